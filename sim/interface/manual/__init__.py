"""The manual: what the model is made of, read off the code that runs."""
