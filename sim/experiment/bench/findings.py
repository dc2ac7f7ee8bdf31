"""What a benchmark finds: samples of a quantity, rows of a table, targets that are met or missed."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

DIGITS = 4
"""Of every number that is told: more is noise."""


class Sample(NamedTuple):
    """A quantity measured several times: its median, and the least and greatest of all rounds."""

    median: float
    low: float
    high: float

    def over(self, divisor: float) -> Sample:
        """The same per something.

        Check
        -----
        >>> Sample(4.0, 2.0, 6.0).over(2)
        Sample(median=2.0, low=1.0, high=3.0)
        """
        return Sample(*(value / divisor for value in self))


class Row(NamedTuple):
    """A line of the wide table."""

    group: str
    name: str
    sample: Sample
    unit: str
    note: str = ""

    @property
    def document(self) -> dict[str, Any]:
        """As plain data."""
        return {"group": self.group, "name": self.name, **_rounded(self.sample), "unit": self.unit, "note": self.note}


class Target(NamedTuple):
    """What was promised: at least or at most so much."""

    name: str
    sense: str
    target: float
    unit: str
    sample: Sample | None = None
    """None where it was not measured; the note says why."""
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Does the median keep the promise? None if nobody measured it.

        Check
        -----
        >>> fast = Target("speed", "at least", 50.0, "times", Sample(60.0, 40.0, 70.0))
        >>> fast.met, fast._replace(sense="at most").met, fast._replace(sample=None).met
        (True, False, None)
        """
        if self.sample is None:
            return None
        measured = self.sample.median
        return measured >= self.target if self.sense == "at least" else measured <= self.target

    @property
    def document(self) -> dict[str, Any]:
        """As plain data."""
        found = _rounded(self.sample) if self.sample else {"measured": None, "low": None, "high": None}
        promise = {"name": self.name, "sense": self.sense, "target": self.target, "unit": self.unit}
        return {**promise, **found, "met": self.met, "note": self.note}


def _rounded(sample: Sample) -> dict[str, float | None]:
    return dict(zip(("measured", "low", "high"), map(significant, sample), strict=True))


def significant(number: float) -> float | None:
    """A number with as many digits as are told; None for what is no number, or has no end.

    Check
    -----
    >>> significant(123456.0), significant(0.00123456), significant(math.inf)
    (123500.0, 0.001235, None)
    """
    return float(f"{number:.{DIGITS}g}") if math.isfinite(number) else None


class Times(NamedTuple):
    """Seconds of each round, float64 (rounds,): on the clock on the wall, and of the processor."""

    wall: np.ndarray
    processor: np.ndarray


def sample_of(values: Sequence[float] | np.ndarray) -> Sample:
    """What several rounds say together.

    Check
    -----
    >>> sample_of([3.0, 1.0, 2.0])
    Sample(median=2.0, low=1.0, high=3.0)
    """
    return Sample(float(np.median(values)), float(np.min(values)), float(np.max(values)))


def ratio_of(slow: np.ndarray, fast: np.ndarray) -> Sample:
    """How many times as long one took as the other, round by round: what disturbs a round disturbs both.

    Check
    -----
    >>> ratio_of(np.array([4.0, 9.0]), np.array([2.0, 3.0]))
    Sample(median=2.5, low=2.0, high=3.0)
    """
    return sample_of(np.asarray(slow) / np.asarray(fast))


def interleaved(subjects: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, Times]:
    """Seconds of every subject in every round; the subjects take turns."""
    found: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in subjects}
    for _ in range(rounds):
        for name, subject in subjects.items():
            wall, processor = time.perf_counter(), time.process_time()
            subject()
            found[name][1].append(time.process_time() - processor)
            found[name][0].append(time.perf_counter() - wall)
    return {name: Times(np.array(wall), np.array(processor)) for name, (wall, processor) in found.items()}


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The slope of log cost in log size, by least squares: 1 where cost is in proportion to size.

    Check
    -----
    >>> round(exponent([1, 10, 100], [2, 20, 200]), 6), round(exponent([1, 2, 4], [1, 4, 16]), 6)
    (1.0, 2.0)
    """
    return float(np.polyfit(np.log(sizes), np.log(np.maximum(costs, 1e-12)), 1)[0])


def once(value: float) -> Sample:
    """A quantity that was measured once."""
    return Sample(value, value, value)
