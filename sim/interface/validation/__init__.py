"""Validation: the checks in a table, figures and a page."""
