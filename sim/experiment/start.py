"""Start: find the world in which a firm looks, in the year before week 0, as it says it does.

Three numbers are found by living the years before week 0 again and again in the same few worlds: how often people
need the category moves the orders of a customer; how many know the firm, and how well it is liked, move its customers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.firm import Firm, Found, tidy, world_of
from sim.experiment.runs import past_of, seeds_from
from sim.model import views
from sim.model.metrics import METRICS
from sim.scenario.load import scenario_from
from sim.scenario.schema import YEAR, Scenario

KNOWN = (0.0, 0.0, 0.06, 0.60, 0.80, 1.0)
AFFINITY = (0.01, 0.30, 0.30, 0.40, 0.50, 1.10)
"""The path from the smallest firm to the largest, by way of the three businesses of the base market (A37)."""
PENETRATION = (0.0, 0.015, 0.035, 0.35, 0.475, 0.55)
"""About which share of people buys from a firm at each place of the path: where to look first."""
NEEDS = (0.02, 400.0)
"""Occasions a year within which the mean is looked for."""

ROUNDS = (0.05, 0.02, 0.01)
"""The search comes this close to both answers, round by round."""
NOISE = 0.4
"""Or within this part of a standard error, as far as chance in counting customers goes."""
LOOKS = 8
"""Tries for one number in one round, at most."""
MET = 0.05
"""An answer counts as met within this share of it, or within two standard errors of the check."""
FIRST_SEED, FIRST_CHECK = 1_000_001, 1
"""The search has worlds of its own; its answer is checked in those that ``run`` lives first."""
ENOUGH_CUSTOMERS = 200
"""With fewer simulated customers at week 0 worlds differ widely."""
ENOUGH = 1_500
"""Simulated customers that the worlds of a search shall have together, if four to sixteen worlds have so many."""
FEWEST, MOST = 4, 16
CHECKS = 8


class Line(NamedTuple):
    """A number of the year before week 0: what was said, and what was simulated over the worlds of the check."""

    name: str
    asked: float | None
    mean: float
    low: float
    high: float
    error: float
    """Standard error of the mean, that of the worlds of the search included."""

    @property
    def met(self) -> bool:
        """Does the simulated year show what was said? True if nothing was."""
        miss = 0.0 if self.asked is None else abs(self.mean - self.asked)
        return miss <= max(MET * (self.asked or 0.0), 2.0 * self.error)


class Start(NamedTuple):
    """A firm and the world it starts from."""

    firm: Firm
    found: Found
    lines: tuple[Line, ...]
    searched: int
    """Worlds of the search."""
    checked: int
    """Worlds of the check."""

    @property
    def simulated_customers(self) -> float:
        """How many simulated people stand for its customers."""
        return self.firm.customers / self.firm.represents

    @property
    def is_noisy(self) -> bool:
        """Are they so few that worlds differ widely?"""
        return self.simulated_customers < ENOUGH_CUSTOMERS

    @property
    def unmet(self) -> list[Line]:
        """The answers that the simulated year does not show."""
        return [line for line in self.lines if not line.met]


def start(firm: Firm, *, threads: int = 1, first_check: int = FIRST_CHECK) -> Start:
    """Find the world of a firm; the same answers give the same world.

    Raises
    ------
    InputError
        If no scenario can hold so large a market.
    RunFailed
        If a world cannot be lived.
    """
    search = _Search(firm, threads)
    found = search.run()
    scenario = scenario_from(world_of(firm, found))
    years = [year_before(scenario, seed, threads) for seed in seeds_from(first_check, CHECKS)]
    return Start(firm, found, tuple(_lines(firm, years, len(search.all_seeds))), len(search.all_seeds), CHECKS)


def year_before(scenario: Scenario, seed: int, threads: int = 1) -> dict[str, float]:
    """Every metric of the first business, over the last year before week 0 of one world."""
    history = past_of(scenario, seed, threads=threads).history
    terms = views.terms_of(scenario)._replace(opening=len(history) - YEAR)
    year = dict(zip(METRICS, views.whole(history, terms)[0].tolist(), strict=True))
    year["marketing"] = year["acquisition_spend"] + year["retention_spend"]
    year["orders_of_a_customer"] = year["orders"] / max(year["listed_customers"], 1.0)
    return year


def worlds_for(firm: Firm) -> int:
    """How many worlds a search needs: more for a firm of which few customers are simulated.

    Check
    -----
    >>> [worlds_for(Firm(people, 300, 4.0, 50.0, 0.4, 0.0)) for people in (2_000, 10_000, 100_000)]
    [5, 5, 16]
    """
    return min(max(math.ceil(ENOUGH * firm.represents / firm.customers), FEWEST), MOST)


class _Search:
    """Looks at worlds until one fits; each number is found with the other held, in turn."""

    def __init__(self, firm: Firm, threads: int) -> None:
        self.firm, self.threads = firm, threads
        self.seeds = self.all_seeds = seeds_from(FIRST_SEED, worlds_for(firm))
        self.orders = max(firm.orders, 1.0 + MET)  # exactly one would need nobody to need anything
        self.seen: dict[tuple[Found, int], tuple[float, float]] = {}
        self.need = math.log(min(max(self.orders**1.5 - 1.0, NEEDS[0]), NEEDS[1]))  # near it: where to look first
        self.place = float(np.interp(firm.customers / firm.people, PENETRATION, range(len(PENETRATION))))

    def run(self) -> Found:
        ends = (0.0, len(KNOWN) - 1.0)
        for step in ROUNDS:
            self.seeds = self.all_seeds[:FEWEST] if step == ROUNDS[0] else self.all_seeds
            close = max(step, NOISE / math.sqrt(len(self.seeds) * self.firm.customers / self.firm.represents))
            self.need = _nearest(self._orders_missed_at, self.need, (math.log(NEEDS[0]), math.log(NEEDS[1])), close)
            self.place = _nearest(self._customers_missed_at, self.place, ends, close)
        return self._at(self.need, self.place)

    def _at(self, need: float, place: float) -> Found:
        """The numbers as they will be written, so that what is measured is what is found."""
        known, affinity = (float(np.interp(place, range(len(path)), path)) for path in (KNOWN, AFFINITY))
        return Found(tidy(math.exp(need)), tidy(known), tidy(affinity))

    def _orders_missed_at(self, need: float) -> float:
        return self._look(self._at(need, self.place))[0] / self.orders - 1.0

    def _customers_missed_at(self, place: float) -> float:
        return self._look(self._at(self.need, place))[1] / self.firm.customers - 1.0

    def _look(self, found: Found) -> tuple[float, float]:
        """Orders of a customer, and customers, over the worlds of the search."""
        look = found, len(self.seeds)
        if look not in self.seen:
            scenario = scenario_from(world_of(self.firm, found))
            years = [year_before(scenario, seed, self.threads) for seed in self.seeds]
            listed = sum(year["listed_customers"] for year in years)
            self.seen[look] = sum(year["orders"] for year in years) / max(listed, 1.0), listed / len(years)
        return self.seen[look]


def _nearest(miss: Callable[[float], float], guess: float, ends: tuple[float, float], close: float) -> float:
    """Where a rising function comes nearest to zero, between two ends: bracketed, then by false position.

    Check
    -----
    >>> [round(_nearest(lambda x: x - zero, 0.0, (-9.0, 9.0), 1e-6), 5) for zero in (2.0, 20.0)]
    [2.0, 9.0]
    """
    tried: dict[float, float] = {}
    step, at = 0.25, guess
    for _ in range(LOOKS):
        tried[at] = miss(at)
        below = max((x for x in tried if tried[x] < 0.0), default=None)
        above = min((x for x in tried if tried[x] >= 0.0), default=None)
        if abs(tried[at]) <= close:
            break
        if below is not None and above is not None:
            part = tried[below] / (tried[below] - tried[above])
            at = below + (above - below) * min(max(part, 0.1), 0.9)
        else:
            at = min(max(at + (step if above is None else -step), ends[0]), ends[1])
            step *= 2.0
        if at in tried:
            break
    return min(tried, key=lambda x: abs(tried[x]))


def _lines(firm: Firm, years: list[dict[str, float]], searched: int) -> Iterable[Line]:
    """What was said beside what was simulated, then what nobody was asked."""
    asked: dict[str, Any] = {
        "listed_customers": firm.customers,
        "orders_of_a_customer": firm.orders,
        "average_order_value": firm.order_value,
        "marketing": firm.marketing,
        "retention_rate": None,
        "revenue_growth": None,
    }
    for name, answer in asked.items():
        yield line_of(name, answer, years, searched)


def line_of(name: str, asked: float | None, years: list[dict[str, float]], searched: float = math.inf) -> Line:
    """A number of some simulated years beside what was said.

    Parameters
    ----------
    searched : worlds from which the scenario was found, whose luck adds to the error; endless if from none
    """
    values = np.array([year[name] for year in years])
    values = values[np.isfinite(values)]
    if len(values) < 2:  # no such thing in these worlds
        return Line(name, asked, np.nan, np.nan, np.nan, np.nan)
    error = float(values.std(ddof=1)) * math.sqrt(1.0 / len(values) + 1.0 / searched)
    return Line(name, asked, float(values.mean()), float(values.min()), float(values.max()), error)
