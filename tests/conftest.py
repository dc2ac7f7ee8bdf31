"""What several folders of tests share."""

import signal

import pytest

from sim.model import loops
from sim.model.market import Market
from tests.small_worlds import lived

signal.signal(signal.SIGINT, signal.default_int_handler)
"""Shells start what runs in the background deaf to interrupts, and programs that tests start would inherit that."""

loops.BLOCKS_A_THREAD = 1
"""Else small markets would live on one thread, whatever was asked for, and show nothing of threads."""


@pytest.fixture
def lively_market() -> Market:
    """A small market with every mechanism on, lived to its end; made anew for each test, so it may be spoilt."""
    return lived({})
