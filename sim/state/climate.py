"""The climate: what surrounds the market and acts on everybody alike.

Nobody's traits change with it. A person keeps the need it was born with; the climate multiplies it when it is read, so
that a market that has grown and shrunk again is the one it was, to the bit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.rules.arithmetic import as_float
from sim.rules.compile import compiled
from sim.rules.need import need_threshold


class Climate(NamedTuple):
    """How much everybody needs, and what else there is to do with the money."""

    need: float = 1.0
    """Times everybody's need."""
    nothing: float = 0.0
    """Log odds added to buying nothing here: a substitute."""


@compiled
def feel_the_need(people: np.ndarray, need: float) -> None:
    """Make the weeks of all people follow a changed need: those in which nothing is needed are told by a threshold."""
    for row in range(len(people)):
        people[row].need_threshold = need_threshold(as_float(people[row].weekly_need) * need)
