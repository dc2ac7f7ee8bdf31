"""Expected new customers: the same curves without luck, to begin a search near its end and to see what can be found."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import least_squares, nnls
from scipy.signal import lfilter
from scipy.special import ndtri

from sim.experiment.calibration.log import WEEK, Log
from sim.rules.acquisition import Channel
from sim.scenario.schema import YEAR
from sim.theory.fitting import CONFIDENCE

STRENGTHS = (0.1, 0.3, 1.0, 3.0)
"""Times one over the mean money a head: where a search begins."""
KEEPS = (0.05, 0.5, 0.8)
LOWEST_KEEP, HIGHEST_KEEP = 0.01, 0.97
LEAST_PART = 0.02
"""Of new customers, with which a search begins for every channel."""
SMALL = 1e-3
NEXT_TO_NOTHING = 1e-6
"""Information that every number is taken to have, so that what has none is very uncertain and not undefined."""
WIDEST = 1.8
"""Half of an interval in logarithms, beyond which a number is not known: six times more or less."""
WIDEST_KEEP = 2.8
"""The same in log odds, for what is kept: from .06 to .94 about a half."""
Z = float(ndtri(0.5 + CONFIDENCE / 2.0))
BY_ITSELF = -1
"""The place of those who come without a channel."""

Summed = Callable[[np.ndarray], np.ndarray]
"""Weeks added up by period."""
Free = tuple[tuple[str, int], ...]
"""Numbers to be found: what each is, and of which channel."""


class Learned(NamedTuple):
    """A number that the periods show, with its interval; or one that they do not, kept as it was assumed."""

    name: str
    value: float
    low: float
    high: float
    known: bool


class History(NamedTuple):
    """How the customers of a log grew, week by week from its first day."""

    first_day: int
    never: np.ndarray
    """People who were no customers yet."""
    prospects: np.ndarray
    """People who had not bought for a year."""


def history_of(log: Log, people: int) -> History:
    """Prospects of every week of a log."""
    weeks = math.floor(log.weeks)
    edges = log.first_day + WEEK * np.arange(weeks)
    day, same = log.day, np.diff(log.customer, append=-1) == 0
    gap = np.where(same, np.append(day[1:], 0) - day, np.inf)
    lapses = day[gap > WEEK * YEAR] + WEEK * YEAR
    before = np.append(np.inf, np.where(same, gap, np.inf)[:-1])
    joins = day[before > WEEK * YEAR]
    listed = np.searchsorted(np.sort(joins), edges) - np.searchsorted(np.sort(lapses), edges)
    ever = np.searchsorted(np.sort(day[log.firsts]), edges)
    return History(log.first_day, people - ever.astype(float), people - listed.astype(float))


class Shape(NamedTuple):
    """Curves of all channels, and the chance a week to come by oneself."""

    ceilings: tuple[float, ...]
    strengths: tuple[float, ...]
    keeps: tuple[float, ...]
    by_itself: float

    def places(self, free: Free) -> np.ndarray:
        """The free numbers on the scale on which they are moved: logarithms, log odds for what is kept."""
        found = []
        for what, at in free:
            value = self.by_itself if at == BY_ITSELF else getattr(self, what)[at]
            found.append(math.log(value / (1.0 - value)) if what == "keeps" else math.log(value))
        return np.array(found)

    def moved(self, free: Free, places: np.ndarray) -> Shape:
        """With other free numbers.

        Check
        -----
        >>> shape, free = Shape((0.1,), (2.0,), (0.5,), 0.01), (("keeps", 0), ("by_itself", BY_ITSELF))
        >>> shape.moved(free, shape.places(free)) == shape
        True
        """
        found = self
        for (what, at), place in zip(free, places.tolist(), strict=True):
            if at == BY_ITSELF:
                found = found._replace(by_itself=round(math.exp(place), 12))
                continue
            value = 1.0 / (1.0 + math.exp(-place)) if what == "keeps" else round(math.exp(place), 12)
            values = list(getattr(found, what))
            values[at] = min(max(value, LOWEST_KEEP), HIGHEST_KEEP) if what == "keeps" else value
            found = found._with(what, tuple(values))
        return found

    def _with(self, what: str, values: tuple[float, ...]) -> Shape:
        """With other values of all channels."""
        made: dict[str, Any] = {what: values}
        return self._replace(**made)

    def learned(self, names: Sequence[str], free: Free, half: np.ndarray) -> list[Learned]:
        """Every number with its interval; one that rests on something assumed is not known.

        Parameters
        ----------
        half : of each free number's interval
        """
        ends = dict(zip(free, half.tolist(), strict=True))
        rest = ("by_itself", BY_ITSELF) in ends
        found = []
        for at, name in enumerate(names):
            found.append(_learned(f"{name}.ceiling", self.ceilings[at], ends.get(("ceilings", at)), rest))
            wide = ends.get(("strengths", at))
            found.append(_learned(f"{name}.half_saturation", math.log(2.0) / self.strengths[at], wide, True))
            keep, wide = self.keeps[at], ends.get(("keeps", at))
            odds = math.log(keep / (1.0 - keep))
            low, high = (1.0 / (1.0 + math.exp(-(odds + side * (wide or 0.0)))) for side in (-1.0, 1.0))
            found.append(Learned(f"{name}.keep", keep, low, high, wide is not None))
        found.append(_learned("by_itself", self.by_itself, ends.get(("by_itself", BY_ITSELF)), True))
        return found


def _learned(name: str, value: float, half: float | None, rest: bool) -> Learned:
    known = half is not None and rest and half < WIDEST
    if half is None:
        return Learned(name, value, value, value, known)
    half = min(half, 10.0)
    return Learned(name, value, value * math.exp(-half), value * math.exp(half), known)


def expected_new(shape: Shape, winning: np.ndarray, history: History) -> np.ndarray:
    """New customers of each week.

    Parameters
    ----------
    winning : money of each week and channel
    """
    missed = np.full(len(winning), 1.0 - shape.by_itself)
    for at, (ceiling, strength, keep) in enumerate(zip(*shape[:3], strict=True)):
        missed *= 1.0 - ceiling * _reached(winning[:, at], strength, keep, history)
    return history.never * (1.0 - missed)


def pressure(money: np.ndarray, keep: float, history: History) -> np.ndarray:
    """Stock of a channel's money per prospect and year, week by week."""
    return np.asarray(lfilter([1.0 - keep], [1.0, -keep], money * YEAR / history.prospects))


def _reached(money: np.ndarray, strength: float, keep: float, history: History) -> np.ndarray:
    """Part of the ceiling that a channel reaches in each week."""
    return -np.expm1(-strength * pressure(money, keep, history))


def started(
    winning: np.ndarray, history: History, actual: np.ndarray, summed: Summed, assumed: tuple[float, float]
) -> tuple[Shape, Free]:
    """Where a search begins, and which numbers the periods show at all.

    Whatever would be too uncertain is assumed, the least known first.

    Parameters
    ----------
    actual : new customers of each period
    assumed : strength of channels, and part of new customers who come by themselves
    """
    strength, part = assumed
    channels = winning.shape[1]
    usual = float(actual.sum() / summed(history.never).sum())
    shape = _rough(winning, history, actual, summed, usual)
    free: Free = (
        *((what, at) for at in range(channels) for what in ("ceilings", "strengths", "keeps")),
        ("by_itself", BY_ITSELF),
    )
    while True:
        shape, half = _fitted(shape, free, winning, history, actual, summed)
        open_ones = [at for at, (what, _) in enumerate(free) if what != "ceilings"] or list(range(len(free)))
        wide = half / np.array([WIDEST_KEEP if what == "keeps" else WIDEST for what, _ in free])
        worst = max(open_ones, key=lambda at: wide[at])
        if wide[worst] < 1.0 or len(free) <= channels:
            return shape, free
        what, at = free[worst]
        free = (*free[:worst], *free[worst + 1 :])
        if at == BY_ITSELF:
            shape = shape._replace(by_itself=part * usual)
        else:
            instead = strength if what == "strengths" else Channel().keep
            values = list(getattr(shape, what))
            values[at] = instead
            shape = shape._with(what, tuple(values))


def slopes(shape: Shape, free: Free, winning: np.ndarray, history: History, summed: Summed) -> np.ndarray:
    """What each free number does to the new customers of each period, float64 (periods, numbers)."""
    begin = shape.places(free)

    def at(places: np.ndarray) -> np.ndarray:
        return summed(expected_new(shape.moved(free, places), winning, history))

    steps = SMALL * np.eye(len(free))
    return np.column_stack([(at(begin + step) - at(begin - step)) / (2.0 * SMALL) for step in steps])


def _rough(winning: np.ndarray, history: History, actual: np.ndarray, summed: Summed, usual: float) -> Shape:
    """The best of a coarse grid of strengths and keeps, channel by channel; ceilings by least squares."""
    channels = winning.shape[1]
    mean = np.maximum((winning * YEAR / history.prospects[:, None]).mean(axis=0), 1e-9)
    grid = [(factor, keep) for factor in STRENGTHS for keep in KEEPS]

    def tried(places: tuple[tuple[float, float], ...]) -> tuple[float, np.ndarray]:
        reached = [_reached(winning[:, at], places[at][0] / mean[at], places[at][1], history) for at in range(channels)]
        columns = np.column_stack([summed(history.never * each) for each in (*reached, np.ones(len(winning)))])
        sizes, miss = nnls(columns, actual)
        return float(miss), sizes

    best = min(((place,) * channels for place in grid), key=lambda places: tried(places)[0])
    for at in list(range(channels)) * (2 if channels > 1 else 0):
        near = [(*best[:at], place, *best[at + 1 :]) for place in grid]
        best = min([best, *near], key=lambda places: tried(places)[0])
    sizes = np.maximum(tried(best)[1], LEAST_PART * usual)
    strengths = tuple(factor / float(mean[at]) for at, (factor, _) in enumerate(best))
    return Shape(tuple(sizes[:-1].tolist()), strengths, tuple(keep for _, keep in best), float(sizes[-1]))


def _fitted(
    shape: Shape, free: Free, winning: np.ndarray, history: History, actual: np.ndarray, summed: Summed
) -> tuple[Shape, np.ndarray]:
    """Weighted least squares without luck, and half of each interval."""
    weight = 1.0 / np.sqrt(np.maximum(summed(expected_new(shape, winning, history)), 1.0))

    def miss(places: np.ndarray) -> np.ndarray:
        return (summed(expected_new(shape.moved(free, places), winning, history)) - actual) * weight

    begin = shape.places(free)
    found = least_squares(miss, begin, bounds=(begin - 6.0, begin + 6.0))
    spread = max(float(found.fun @ found.fun) / max(len(actual) - len(free), 1), 1.0)
    variance = np.diag(np.linalg.inv(found.jac.T @ found.jac + NEXT_TO_NOTHING * np.eye(len(free)))) * spread
    return shape.moved(free, found.x), Z * np.sqrt(np.maximum(variance, 0.0))
