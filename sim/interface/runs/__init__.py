"""Runs and comparisons: lived, stored, told, exported and proved."""
