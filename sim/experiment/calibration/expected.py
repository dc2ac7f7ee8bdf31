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
FARTHEST = 10.0
"""In logarithms: what may be farther off than that may be anything."""
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
    """If it is not known, the ends of where it may be, whatever else that was assumed is."""
    known: bool
    assumed: bool = False
    """Did the periods show nothing of it?"""


class Assumed(NamedTuple):
    """What stands in for numbers that the periods do not show, and between which ends each of them may be."""

    strength: float
    strengths: tuple[float, float]
    keeps: tuple[float, float]
    part: float
    """Of new customers, those who come by themselves."""
    parts: tuple[float, float]


class History(NamedTuple):
    """How the customers of a log grew, week by week from its first day."""

    first_day: int
    never: np.ndarray
    """People who were no customers yet."""
    prospects: np.ndarray
    """People who had not bought for a year."""


def history_of(log: Log, people: int, monday: int | None = None) -> History:
    """Prospects of every week of a log.

    Parameters
    ----------
    monday : a day on which a week begins; if none is given, that of the log's first day
    """
    first_day = log.first_day if monday is None else log.first_day - (log.first_day - monday) % round(WEEK)
    weeks = math.floor((log.last_day - first_day + 1) / WEEK)
    edges = first_day + WEEK * np.arange(weeks)
    day, same = log.day, np.diff(log.customer, append=-1) == 0
    gap = np.where(same, np.append(day[1:], 0) - day, np.inf)
    lapses = day[gap > WEEK * YEAR] + WEEK * YEAR
    before = np.append(np.inf, np.where(same, gap, np.inf)[:-1])
    joins = day[before > WEEK * YEAR]
    listed = np.searchsorted(np.sort(joins), edges) - np.searchsorted(np.sort(lapses), edges)
    ever = np.searchsorted(np.sort(day[log.firsts]), edges)
    return History(first_day, people - ever.astype(float), people - listed.astype(float))


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
            value = 1.0 / (1.0 + math.exp(-place)) if what == "keeps" else round(math.exp(place), 12)
            found = found.instead(what, at, min(max(value, LOWEST_KEEP), HIGHEST_KEEP) if what == "keeps" else value)
        return found

    def instead(self, what: str, at: int, value: float) -> Shape:
        """With another value of one number."""
        made: dict[str, Any] = {what: value}
        if at != BY_ITSELF:
            values = getattr(self, what)
            made = {what: (*values[:at], value, *values[at + 1 :])}
        return self._replace(**made)

    def learned(
        self, names: Sequence[str], free: Free, ends: np.ndarray, seen: Seen, assumed: Assumed
    ) -> list[Learned]:
        """Every number with its interval.

        A ceiling that rests on an assumed strength, keep or part of those who come by themselves is not known: the
        periods show what the money brought, and not what more of it would bring.

        Parameters
        ----------
        ends : how far below and above each free number may be, on the scale on which it is moved
        """
        wide = dict(zip(free, ends.tolist(), strict=True))
        found = []
        for at, name in enumerate(names):
            rest = all(number in wide for number in (("strengths", at), ("keeps", at), ("by_itself", BY_ITSELF)))
            found.append(_learned(f"{name}.ceiling", self.ceilings[at], wide.get(("ceilings", at)), (0.0, 1.0), rest))
            low, high = seen.strengths_of(at, assumed)
            half = math.log(2.0) / self.strengths[at]
            away = wide.get(("strengths", at))
            below = None if away is None else [-away[1], -away[0]]
            found.append(_learned(f"{name}.half_saturation", half, below, (math.log(2.0) / high, math.log(2.0) / low)))
            found.append(_learned_keep(f"{name}.keep", self.keeps[at], wide.get(("keeps", at)), assumed.keeps))
        parts = (assumed.parts[0] * seen.usual, assumed.parts[1] * seen.usual)
        found.append(_learned("by_itself", self.by_itself, wide.get(("by_itself", BY_ITSELF)), parts))
        return found


def _learned(
    name: str, value: float, away: Sequence[float] | None, may_be: tuple[float, float], rest: bool = True
) -> Learned:
    """A number above zero; what is assumed lies somewhere between its own ends."""
    if away is None:
        return Learned(name, value, min(value, may_be[0]), max(value, may_be[1]), False, True)
    low, high = (min(max(each, -FARTHEST), FARTHEST) for each in away)
    return Learned(name, value, value * math.exp(low), value * math.exp(high), rest and high - low < 2.0 * WIDEST)


def _learned_keep(name: str, value: float, away: Sequence[float] | None, may_be: tuple[float, float]) -> Learned:
    """The same of what is kept."""
    if away is None:
        return Learned(name, value, min(value, may_be[0]), max(value, may_be[1]), False, True)
    odds = math.log(value / (1.0 - value))
    low, high = (1.0 / (1.0 + math.exp(-(odds + each))) for each in away)
    return Learned(name, value, low, high, away[1] - away[0] < 2.0 * WIDEST_KEEP)


class Seen(NamedTuple):
    """What the periods show of winning."""

    winning: np.ndarray
    """Money of each week and channel."""
    history: History
    actual: np.ndarray
    """New customers of each period."""
    summed: Summed

    @property
    def channels(self) -> int:
        """How many there are."""
        return int(self.winning.shape[1])

    @property
    def usual(self) -> float:
        """The mean chance a week to become a customer."""
        return float(self.actual.sum() / self.summed(self.history.never).sum())

    @property
    def mean(self) -> np.ndarray:
        """Money per prospect and year, of each channel."""
        return np.maximum((self.winning * YEAR / self.history.prospects[:, None]).mean(axis=0), 1e-9)

    def strengths_of(self, channel: int, assumed: Assumed) -> tuple[float, float]:
        """Strengths that a channel may have: as far as is assumed, and from a straight line to a curve long level."""
        a_head = float(self.mean[channel])
        return (
            min(assumed.strengths[0], assumed.strength, STRENGTHS[0] / a_head),
            max(assumed.strengths[1], assumed.strength, STRENGTHS[-1] / a_head),
        )

    def ends_of(self, number: tuple[str, int], assumed: Assumed) -> tuple[float, float]:
        """Between what a number may be if the periods show nothing of it."""
        what, at = number
        if what == "keeps":
            return max(assumed.keeps[0], LOWEST_KEEP), min(assumed.keeps[1], HIGHEST_KEEP)
        if what == "by_itself":
            return assumed.parts[0] * self.usual, assumed.parts[1] * self.usual
        return self.strengths_of(at, assumed)

    def expected(self, shape: Shape) -> np.ndarray:
        """New customers of each period."""
        return self.summed(expected_new(shape, self.winning, self.history))


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


def started(seen: Seen, assumed: Assumed) -> tuple[Shape, Free]:
    """Where a search begins, and which numbers the periods show at all.

    Whatever would be too uncertain is assumed, the least known first.
    """
    channels = seen.channels
    shape = _rough(seen)
    free: Free = (
        *((what, at) for at in range(channels) for what in ("ceilings", "strengths", "keeps")),
        ("by_itself", BY_ITSELF),
    )
    while True:
        shape, half = fitted_again(shape, free, seen)
        open_ones = [at for at, (what, _) in enumerate(free) if what != "ceilings"] or list(range(len(free)))
        wide = half / np.array([WIDEST_KEEP if what == "keeps" else WIDEST for what, _ in free])
        worst = max(open_ones, key=lambda at: wide[at])
        if wide[worst] < 1.0 or len(free) <= channels:
            return shape, free
        what, at = free[worst]
        free = (*free[:worst], *free[worst + 1 :])
        instead = {"strengths": assumed.strength, "keeps": Channel().keep, "by_itself": assumed.part * seen.usual}
        shape = shape.instead(what, at, instead[what])


def slopes(shape: Shape, free: Free, seen: Seen) -> np.ndarray:
    """What each free number does to the new customers of each period, float64 (periods, numbers)."""
    begin = shape.places(free)
    ends = [
        [seen.expected(shape.moved(free, begin + side * step)) for side in (1, -1)]
        for step in SMALL * np.eye(len(free))
    ]
    return np.column_stack([(up - down) / (2.0 * SMALL) for up, down in ends])


def _rough(seen: Seen) -> Shape:
    """The best of a coarse grid of strengths and keeps, channel by channel; ceilings by least squares."""
    channels, mean, (winning, history, actual, summed) = seen.channels, seen.mean, seen
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
    sizes = np.maximum(tried(best)[1], LEAST_PART * seen.usual)
    strengths = tuple(factor / float(mean[at]) for at, (factor, _) in enumerate(best))
    return Shape(tuple(sizes[:-1].tolist()), strengths, tuple(keep for _, keep in best), float(sizes[-1]))


def fitted_again(shape: Shape, free: Free, seen: Seen) -> tuple[Shape, np.ndarray]:
    """Weighted least squares without luck, and half of each interval."""
    weight = 1.0 / np.sqrt(np.maximum(seen.expected(shape), 1.0))

    def miss(places: np.ndarray) -> np.ndarray:
        return (seen.expected(shape.moved(free, places)) - seen.actual) * weight

    begin = shape.places(free)
    found = least_squares(miss, begin, bounds=(begin - 6.0, begin + 6.0))
    spread = max(float(found.fun @ found.fun) / max(len(seen.actual) - len(free), 1), 1.0)
    variance = np.diag(np.linalg.inv(found.jac.T @ found.jac + NEXT_TO_NOTHING * np.eye(len(free)))) * spread
    return shape.moved(free, found.x), Z * np.sqrt(np.maximum(variance, 0.0))
