"""A firm's first scenarios: questions, answers and the files they become."""
