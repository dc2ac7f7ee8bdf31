"""Validation: published results and exact limits, met by ordinary scenarios on the ordinary engine."""
