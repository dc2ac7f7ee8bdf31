"""Studies: lived, analysed, optimised, told and drawn."""
