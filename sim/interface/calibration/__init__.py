"""Calibration: a firm's own records read, and scenario files written."""
