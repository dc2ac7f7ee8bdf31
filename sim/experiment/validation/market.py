"""Whole markets."""
