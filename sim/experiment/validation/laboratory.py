"""The laboratory: what a check is, the worlds it looks at, and how what is seen becomes a verdict.

A study lives ordinary scenarios in one world and says what was seen there; a check compares what was seen in all worlds
of some studies with what the theory expects of the same scenarios. Nothing here knows a mechanism of the model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, TypeVar

import numpy as np

from sim.experiment.outcome import Run
from sim.experiment.runs import past_of, run_world
from sim.experiment.statistics import mean_interval
from sim.model.market import Snapshot
from sim.model.metrics import METRICS
from sim.scenario.load import BUNDLED, load_scenario
from sim.scenario.schema import Scenario
from sim.state.diary import ORDER
from sim.strategies.fixed import FixedBudget

NUMERICAL, DISTRIBUTIONAL, RELATIONAL = "numerical", "distributional", "relational"
"""Axtell, Axelrod, Epstein & Cohen (1996): the same numbers, the same distribution, the same relation."""
ERRORS_ALLOWED = 4.0
"""A mean over worlds may miss by so many of its standard errors, if that is more than is allowed anyway."""
PRECISE = 0.1
"""A number that may miss by standard errors only has to be known to this part of it, or nothing is said about it."""
Kind = TypeVar("Kind")


# -------------------------------------------------------------------------------------------------------------- worlds


@cache
def validation_scenario(name: str, settings: tuple[str, ...] = ()) -> Scenario:
    """A scenario of the folder of validation, or one of the bundled ones.

    Parameters
    ----------
    settings : values that replace those of the file
    """
    own = BUNDLED / "validation" / f"{name}.yaml"
    return load_scenario(own if own.exists() else BUNDLED / f"{name}.yaml", settings)


@dataclass(frozen=True)
class World:
    """One world, in which any number of scenarios can be lived.

    Parameters
    ----------
    settings : values that somebody wants to replace in every scenario
    """

    seed: int
    settings: tuple[str, ...] = ()
    _pasts: dict[str, Snapshot] = field(default_factory=dict)

    def scenario(self, name: str, *changes: str) -> Scenario:
        """A scenario as it is lived here."""
        return validation_scenario(name, (*self.settings, *changes))

    def life(self, name: str, *changes: str, log: bool = False) -> Run:
        """A scenario, lived once.

        Parameters
        ----------
        log : write down everybody's orders
        """
        scenario = self.scenario(name, *changes)
        history = scenario.history_hash
        if scenario.time.burn_in_weeks and history not in self._pasts:  # plans that differ later share it
            self._pasts[history] = past_of(scenario, self.seed)
        followed = scenario.people if log else 0
        return run_world(scenario, self.seed, followed=followed, past=self._pasts.get(history))


def weekly(run: Run, metric: str, business: int = 0) -> np.ndarray:
    """A metric, week by week."""
    return run.weekly[:, business, list(METRICS).index(metric)]


def whole(run: Run, metric: str, business: int = 0) -> float:
    """A metric of the run as a whole."""
    return float(run.whole[business, list(METRICS).index(metric)])


def orders_of(run: Run, first: int = 0, last: int = 30_000) -> np.ndarray:
    """Orders from one week to before another, int64 (orders, 5): week, person, business, amount, source."""
    week, kind = run.events[:, 0], run.events[:, 3]
    return run.events[(kind == ORDER) & (week >= first) & (week < last)][:, [0, 1, 2, 4, 5]]


def table_of(run: Run, first: int = 0, last: int = 30_000, money: bool = False) -> np.ndarray:
    """Orders, or their money, of each person at each business in some weeks: (people, businesses)."""
    orders = orders_of(run, first, last)
    table = np.zeros((run.scenario.people, len(run.scenario.businesses)))
    np.add.at(table, (orders[:, 1], orders[:, 2]), orders[:, 3] / run.scenario.minor_units if money else 1.0)
    return table


# ------------------------------------------------------------------------------------------------------------ verdicts


class Quantity(NamedTuple):
    """A number that is expected, and what it was."""

    name: str
    expected: float | tuple[float, float]
    """A number, or the ends of a band."""
    observed: float
    low: float
    """Lower end of its 95 % interval over worlds, and below the upper one; NaN if it does not depend on luck."""
    high: float
    tolerance: float
    powerless: bool = False
    """Were too few worlds lived to say anything: is one standard error more than is allowed?"""

    @property
    def closeness(self) -> float:
        """How much of what is allowed was used up: above 1 is too much."""
        if self.powerless:
            return np.inf
        if isinstance(self.expected, tuple):
            ends = [self.observed if np.isnan(end) else end for end in (self.low, self.high)]
            if not np.isfinite(self.observed):
                return np.inf
            return _beyond(self.expected, min(ends), max(ends))
        miss = abs(self.observed - self.expected)
        if np.isnan(miss):
            return np.inf
        return miss / self.tolerance if self.tolerance else np.inf if miss else 0.0

    @property
    def passed(self) -> bool:
        """Is it as expected?"""
        return bool(self.closeness <= 1.0)


def _beyond(band: tuple[float, float], low: float, high: float) -> float:
    """0 in the middle of a band, 1 at its ends; the whole interval counts."""
    middle, half = (band[0] + band[1]) / 2.0, (band[1] - band[0]) / 2.0
    if np.isfinite(half):
        return max(abs(low - middle), abs(high - middle)) / half
    inside = low >= band[0] if np.isfinite(band[0]) else high <= band[1]
    return 0.5 if inside else 2.0


def exactly(name: str, expected: float, observed: float, allowed: float = 0.0) -> Quantity:
    """A number that does not depend on luck."""
    return Quantity(name, float(expected), float(observed), np.nan, np.nan, allowed)


def near(name: str, expected: float, worlds: np.ndarray, allowed: float) -> Quantity:
    """A mean over worlds that should be a number.

    Parameters
    ----------
    allowed : how far it may be from there, if four standard errors are not more; one has to be less

    Check
    -----
    >>> near("sum", 2.0, np.array([1.9, 2.2, 2.1]), 0.1).tolerance > 0.1
    True
    """
    return curve(name, np.array([expected]), np.asarray(worlds, float)[:, None], allowed, [""])


def curve(name: str, expected: np.ndarray, worlds: np.ndarray, allowed: Any, at: Any) -> Quantity:
    """Means over worlds that should be a curve: the point that fits worst, against what is allowed there.

    Parameters
    ----------
    worlds : one curve a world, (worlds, points)
    allowed : a number, or one for each point; where a standard error is larger, too few worlds were lived
    at : what to call each point, a sequence
    """
    worlds, allowed = np.asarray(worlds, float), np.broadcast_to(allowed, np.shape(expected))
    tolerance = np.maximum(allowed, ERRORS_ALLOWED * errors_of(worlds))
    return _worst(name, np.asarray(expected, float), worlds, (tolerance, allowed), at)


def unbiased(name: str, expected: np.ndarray, worlds: np.ndarray, bias: Any, at: Any) -> Quantity:
    """Means over worlds that should be a curve, but for a bias that was derived, and four standard errors beyond it.

    Parameters
    ----------
    bias : a number, or one for each point
    """
    worlds, expected = np.asarray(worlds, float), np.asarray(expected, float)
    tolerance = np.broadcast_to(bias, expected.shape) + ERRORS_ALLOWED * errors_of(worlds)
    return _worst(name, expected, worlds, (tolerance, PRECISE * np.abs(expected)), at)


def errors_of(worlds: np.ndarray) -> np.ndarray:
    """Standard errors of means over worlds, (worlds, points); none of a single world."""
    return worlds.std(axis=0, ddof=1) / np.sqrt(len(worlds)) if len(worlds) > 1 else np.zeros(worlds.shape[1])


def _worst(
    name: str, expected: np.ndarray, worlds: np.ndarray, limits: tuple[np.ndarray, np.ndarray], at: Any
) -> Quantity:
    """The point that fits worst.

    Parameters
    ----------
    limits : by how much each mean may miss, and how large its standard error may be
    """
    found, (tolerance, largest) = mean_interval(worlds), limits
    powerless = (largest > 0.0) & (errors_of(worlds) > largest)
    miss = np.abs(found.mean - expected) / np.maximum(tolerance, 1e-300)
    worst = int(np.argmax(np.where(np.isnan(miss) | powerless, np.inf, miss)))
    one, observed, low, high, far = (float(each[worst]) for each in (expected, *found[:3], tolerance))
    return Quantity(f"{name} {at[worst]}".strip(), one, observed, low, high, far, bool(powerless[worst]))


def within(name: str, band: tuple[float, float], worlds: np.ndarray) -> Quantity:
    """A mean over worlds whose whole 95 % interval should lie in a band; an end may be infinite."""
    found = mean_interval(np.asarray(worlds, float))
    return Quantity(name, band, float(found.mean), float(found.low), float(found.high), 0.0)


# -------------------------------------------------------------------------------------------------- studies and checks


@dataclass(frozen=True)
class Study:
    """Scenarios that are lived together, and what is seen of them in one world."""

    id: str
    worlds: int
    scenarios: tuple[str, ...]
    observe: Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Seen:
    """What was seen of the studies that a check asked for."""

    studies: Mapping[str, Mapping[str, np.ndarray]]
    settings: tuple[str, ...] = ()

    def scenario(self, name: str, *changes: str) -> Scenario:
        """A scenario as it was lived."""
        return validation_scenario(name, (*self.settings, *changes))

    def __getitem__(self, names: tuple[str, str]) -> np.ndarray:
        """What a study saw under one name, an array whose first axis is worlds."""
        study, key = names
        return self.studies[study][key]


Judge = Callable[[Seen], list[Quantity]]


@dataclass(frozen=True)
class Check:
    """Something published or derived, and how it is compared with what was seen."""

    id: str
    title: str
    source: str
    level: str
    judge: Judge
    studies: tuple[str, ...] = ()
    published: Judge | None = None
    """Numbers as they were printed; only for the scenario as it is, and not for one with other settings."""
    must: bool = True
    """Is it a limit that must hold, or a finding about whole markets that is shown as it is?"""

    @property
    def about(self) -> str:
        """What is compared with what, in a sentence or two."""
        of_print = "" if self.published is None else f" As printed: {self.published.__doc__ or ''}"
        return " ".join(f"{self.judge.__doc__ or ''}{of_print}".split())


@dataclass(frozen=True)
class Verdict:
    """What came of a check."""

    check: Check
    quantities: tuple[Quantity, ...] = field(default=())

    @property
    def passed(self) -> bool:
        """Is everything as expected?"""
        return all(quantity.passed for quantity in self.quantities)

    @property
    def deciding(self) -> Quantity:
        """What comes nearest to failing, or fails by most."""
        return max(self.quantities, key=lambda quantity: quantity.closeness)


STUDIES: dict[str, Study] = {}
CHECKS: dict[str, Check] = {}
"""Every study and check by its id, in the order in which they are shown."""


Observe = Callable[[World], dict[str, Any]]


def study(name: str, worlds: int, *scenarios: str) -> Callable[[Observe], Observe]:
    """Register what is seen in one world.

    Parameters
    ----------
    scenarios : those that are lived, if not the one that is called like the study
    """

    def register(observe: Observe) -> Observe:
        STUDIES[name] = Study(name, worlds, scenarios or (name,), observe)
        return observe

    return register


def check(
    id: str, title: str, source: str, level: str, *studies: str, published: Judge | None = None, must: bool = True
) -> Callable[[Judge], Judge]:
    """Register a judge; its docstring says what is compared with what."""

    def register(judge: Judge) -> Judge:
        CHECKS[id] = Check(id, title, source, level, judge, studies, published, must)
        return judge

    return register


def only(kind: type[Kind], value: Any, what: str) -> Kind:
    """Something of a scenario that has to be of one kind: the law says nothing about any other.

    Raises
    ------
    ValueError
        If it is of another kind.
    """
    if not isinstance(value, kind):
        raise ValueError(f"this check is about {what} of kind {kind.__name__}, got {value}")
    return value


def budget_of(scenario: Scenario) -> FixedBudget:
    """The plan of the first business."""
    return only(FixedBudget, scenario.businesses[0].strategy, "a plan")
