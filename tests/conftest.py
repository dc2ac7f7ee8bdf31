"""What several folders of tests share."""

import pytest

from sim.model.market import Market
from tests.small_worlds import lived


@pytest.fixture
def lively_market() -> Market:
    """A small market with every mechanism on, lived to its end; made anew for each test, so it may be spoilt."""
    return lived({})
