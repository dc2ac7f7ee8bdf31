"""Figures: colours, panels, and one function for each plot."""
