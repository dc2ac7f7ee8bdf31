"""Marks of tests that need something of the system."""

from __future__ import annotations

import pytest
from matplotlib.animation import FFMpegWriter

from sim.interface.figures.fonts import free_font

needs_ffmpeg = pytest.mark.skipif(not FFMpegWriter.isAvailable(), reason="needs ffmpeg, which is not installed")
"""Of tests that make a film."""
needs_a_font = pytest.mark.skipif(free_font() is None, reason="no free font with Chinese letters on this system")
