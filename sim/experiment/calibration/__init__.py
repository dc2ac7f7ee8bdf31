"""Calibration: a firm's own records become a scenario, and are asked how far they can be believed."""
