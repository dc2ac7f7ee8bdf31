"""Numbers that properties of rules are tried on: always the same ones."""

from hypothesis import settings
from hypothesis import strategies as some

SETTINGS = settings(derandomize=True, deadline=None, max_examples=200)
SHARES = some.floats(0.0, 1.0)
WORDS = some.integers(0, 2**32 - 1)
FEELINGS = some.floats(-1.0, 1.0)
EFFECTS = some.floats(-20.0, 20.0)
MONEY = some.floats(0.0, 1000.0)
WEEKS = some.integers(0, 3000)
COUNTS = some.integers(0, 200)
