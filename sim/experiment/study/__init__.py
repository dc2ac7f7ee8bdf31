"""Studies: a declared design becomes runs, runs become parts of a folder, and what is finished is never lived again."""
