"""Advice: asked, in words, and as figures."""
