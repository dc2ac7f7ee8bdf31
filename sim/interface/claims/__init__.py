"""Claims: the verdicts in tables, words, figures and a page."""
