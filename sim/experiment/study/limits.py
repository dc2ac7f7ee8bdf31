"""Limits of studies that the command line shows too; it must not import anything large for that."""

MOST_RUNS = 100_000
"""Of a study, if nobody allows more."""
