"""Factors: what a study varies, and how a number between 0 and 1 becomes a value of it.

Designs know nothing of parameters: they choose places between 0 and 1, and a factor says which value lies there. So a
grid, a Latin hypercube and a method that needs places of its own share everything else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from math import ceil, floor
from typing import Any, NamedTuple, Protocol

import numpy as np
from scipy.special import ndtr, ndtri

from sim.scenario.layers import Setting, Written

DIGITS = 10
"""Of a value that is computed; more would be no knowledge, and no pleasure to read."""
ROUNDING = 1e-9
"""Of a step; an end that is nearer to a multiple is that multiple."""
LEVELS = 5
"""Of a range in a grid, if nobody says."""
ROLES = ("levers", "uncertainties")
"""What a business decides, and what nobody knows."""


class Spread(Protocol):
    """The values that a factor may have."""

    def at(self, place: float) -> Any:
        """The value at a place between 0 and 1."""

    def levels(self, count: int) -> list[Any]:
        """So many values that stand for all; of choices every one."""

    @property
    def ends(self) -> list[Any]:
        """Values that must all be good for every value to be."""


class Choice(NamedTuple):
    """Any of a few values, each as often."""

    values: tuple[Any, ...]

    def at(self, place: float) -> Any:
        """The value at a place.

        Check
        -----
        >>> [Choice(("a", "b")).at(place) for place in (0.0, 0.49, 0.5, 1.0)]
        ['a', 'a', 'b', 'b']
        """
        return self.values[min(int(place * len(self.values)), len(self.values) - 1)]

    def levels(self, count: int) -> list[Any]:
        """All of them."""
        return list(self.values)

    @property
    def ends(self) -> list[Any]:
        """All of them."""
        return list(self.values)


class Range(NamedTuple):
    """A number between two others, both included: evenly, by ratios, or around a middle.

    ``kind`` is one of KINDS. A normal or triangular range is cut at its ends, and what lies beyond is shared out over
    the rest.
    """

    kind: str
    low: float
    high: float
    step: float = 0.0
    """Values are whole multiples of it, such as 1 for counts and 0.01 for prices; 0: any number."""
    middle: float = 0.0
    """The mean of a normal range, the peak of a triangular one."""
    sd: float = 1.0
    many: int = 0
    """Levels in a grid; 0: as many as the grid says."""

    def at(self, place: float) -> float:
        """The value below which such a part of all values lies.

        Check
        -----
        >>> [Range("uniform", 0.0, 1.0).at(0.25), Range("log_uniform", 1.0, 100.0).at(0.5)]
        [0.25, 10.0]
        >>> [Range("uniform", 1, 3, step=1).at(place) for place in (0.0, 0.34, 1.0)]
        [1, 2, 3]
        >>> Range("uniform", 39.99, 50.0, step=0.5).at(0.0)
        40.0
        >>> Range("normal", 0.0, 10.0, middle=5.0, sd=1.0).at(0.5), Range("triangular", 0.0, 1.0, middle=1.0).at(0.25)
        (5.0, 0.5)
        >>> Range("log_uniform", 5e-324, 4e4).at(1.0)
        40000.0
        """
        if self.step and self.kind == "uniform":
            first, last = self.multiples
            return self._multiple(min(first + int(place * (last - first + 1)), last))
        return self._written(self._quantile(place))

    def levels(self, count: int) -> list[Any]:
        """Both ends and what lies between in even steps; around a middle, values in the middle of even parts.

        Check
        -----
        >>> Range("uniform", 0.0, 1.0).levels(3), Range("log_uniform", 1.0, 100.0).levels(3)
        ([0.0, 0.5, 1.0], [1.0, 10.0, 100.0])
        """
        count = self.many or count
        places = np.linspace(0.0, 1.0, count) if count > 1 else np.array([0.5])
        if self.kind in AROUND_A_MIDDLE:
            places = (np.arange(count) + 0.5) / count
        return list(dict.fromkeys(self._written(self._quantile(float(place))) for place in places))

    @property
    def ends(self) -> list[Any]:
        """The least and the largest."""
        return [self._written(self.low), self._written(self.high)]

    @property
    def multiples(self) -> tuple[int, int]:
        """The first and the last multiple of the step between the ends; there is none if the last comes first."""
        return ceil(self.low / self.step - ROUNDING), floor(self.high / self.step + ROUNDING)

    def _quantile(self, place: float) -> float:
        low, high = self.low, self.high
        match self.kind:
            case "log_uniform":
                if np.isinf(ratio := high / low):  # further apart than a number can say
                    return float(np.exp((1.0 - place) * np.log(low) + place * np.log(high)))
                return float(low * ratio**place)
            case "normal":
                below, above = ndtr((np.array([low, high]) - self.middle) / self.sd)
                return float(self.middle + self.sd * ndtri(below + place * (above - below)))
            case "triangular":
                width, rising = high - low, self.middle - low
                if width <= 0.0 or place * width <= rising:
                    return low + float(np.sqrt(max(place * width * rising, 0.0)))
                return high - float(np.sqrt((1.0 - place) * width * (high - self.middle)))
        return low + place * (high - low)

    def _written(self, value: float) -> float:
        """The value as it is written down: few digits, and never beyond the ends for it."""
        value = min(max(value, self.low), self.high)
        if self.step:
            first, last = self.multiples
            return self._multiple(min(max(round(value / self.step), first), last))
        return min(max(float(f"{value:.{DIGITS}g}"), self.low), self.high)

    def _multiple(self, count: int) -> float:
        """So many steps; of a whole step a whole number."""
        return count * int(self.step) if self.step == int(self.step) else float(f"{count * self.step:.{DIGITS}g}")


KINDS = {
    "uniform": ("low", "high"),
    "log_uniform": ("low", "high"),
    "normal": ("mean", "sd"),
    "triangular": ("low", "peak", "high"),
}
"""How a number may be spread, and what has to be said."""
AROUND_A_MIDDLE = ("normal", "triangular")


class Factor(NamedTuple):
    """A parameter that a study varies."""

    path: str
    role: str
    spread: Spread
    written: Written

    def setting(self, value: Any) -> Setting:
        """The parameter with this value."""
        return Setting(self.path, value, self.written)


def short_names(paths: Sequence[str]) -> list[str]:
    """The ends of paths, as short as still tells them apart.

    Check
    -----
    >>> short_names(["people.count", "businesses.ours.price", "businesses.rival.price"])
    ['count', 'ours.price', 'rival.price']
    """
    parts = [path.split(".") for path in paths]
    kept = [1] * len(parts)
    while True:
        names = [".".join(each[-size:]) for each, size in zip(parts, kept, strict=True)]
        alike = [
            at for at, name in enumerate(names) if names.count(name) > 1 and kept[at] < len(parts[at])
        ]  # fmt: skip
        if not alike:
            return names
        kept = [size + (at in alike) for at, size in enumerate(kept)]


def plain(value: Any) -> Any:
    """A value as a cell of a table: a number or a text.

    Check
    -----
    >>> plain(0.5), plain({"steady": {}}), plain(True)
    (0.5, '{steady: {}}', 'true')
    """
    if isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return json.dumps(value).replace('"', "")


def columns_of(paths: Sequence[str], rows: Iterable[Sequence[Any]]) -> dict[str, list[Any]]:
    """Values of points as columns that have one type each: numbers where all are, else texts."""
    made: dict[str, list[Any]] = {}
    for path, values in zip(paths, zip(*rows, strict=True), strict=True):
        cells = [plain(value) for value in values]
        numbers = all(not isinstance(cell, str) for cell in cells)
        fractions = any(isinstance(cell, float) for cell in cells)
        made[path] = [float(cell) if fractions else cell for cell in cells] if numbers else [str(c) for c in cells]
    return made
