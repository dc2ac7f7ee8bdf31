"""Ignorance: how advice moves with the numbers that nobody knows, at both ends of what is plausible for each.

What is assumed of the first business is replaced in the whole world, the years before week 0 included, and the search
is made again, more coarsely. What moves the answer more than chance does is worth measuring before money is spent.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.plans import Plan, try_plans
from sim.experiment.search import LEAST, MOST, Search, tidy
from sim.experiment.surface import Surface, band_of, best_of
from sim.rules.acquisition import Channel
from sim.rules.retention import Care
from sim.scenario.load import scenario_from
from sim.scenario.schema import Scenario
from sim.units import parameters_of

SPLITS = (0.3, 0.65, 1.0)
AROUND = (0.4, 1.0, 2.5)
"""Spends to try, times the one that is advised."""


CARE = ".levers.care.strength"
"""How strong care is, the least known number of all, is always asked first."""


class Unknown(NamedTuple):
    """A number that nobody knows, every place where it stands, and the ends of what is plausible."""

    name: str
    paths: tuple[str, ...]
    ends: tuple[float, float]


def unknown_in(scenario: Scenario) -> tuple[Unknown, ...]:
    """What a scenario names as uncertain, care first; if it names nothing, how strong care and channels of ours are.

    These two only where money of the business passes by them: what is never paid for cannot move an answer.

    Check
    -----
    >>> from sim.scenario.load import load_scenario
    >>> [(each.name, each.ends) for each in unknown_in(load_scenario("base"))]
    [('strength of care', (0.03, 0.3)), ('strength of channels', (0.03, 0.2))]
    """
    if scenario.uncertainties:
        named = [
            Unknown(name.replace("_", " "), (each.path,), (each.low, each.high))
            for name, each in scenario.uncertainties.items()
        ]
        return tuple(sorted(named, key=lambda each: not each.paths[0].endswith(CARE)))
    first = scenario.businesses[0]
    here = f"businesses.{first.name}"
    channels = tuple(f"{here}.channels.{name}.strength" for name in first.channels)
    care = Unknown("strength of care", (f"{here}.levers.care.strength",), _plausible(Care, "strength"))
    winning = Unknown("strength of channels", channels, _plausible(Channel, "strength"))
    return ((care,) if first.levers.care.budget_share > 0.0 else ()) + ((winning,) if channels else ())


def _plausible(record: type, field: str) -> tuple[float, float]:
    """The ends of what is plausible for a parameter, as its declaration says."""
    return next(p.sweep for name, p, _ in parameters_of(record) if name == field)  # type: ignore[return-value]


def asked(scenario: Scenario) -> int:
    """How many plans are tried for all that nobody knows, in each world."""
    return 2 * len(unknown_in(scenario)) * len(AROUND) * len(SPLITS)


class Moved(NamedTuple):
    """What the advice would be if a number were another; undefined where no plan reaches the goal."""

    unknown: str
    value: float
    plan: Plan | None
    band: tuple[float, float] | None


def moved(search: Search, goal: float, plan: Plan, worlds: int) -> tuple[Moved, ...]:
    """The advice for one goal at both ends of what is plausible for each unknown number that the business uses."""
    found = []
    spends = {tidy(min(max(plan.spend_share * factor, LEAST), MOST)) for factor in AROUND}
    plans = [Plan(spend, split) for spend in sorted(spends) for split in SPLITS]
    for unknown in unknown_in(search.scenario):
        for value in unknown.ends:
            world = with_number(search.scenario, unknown.paths, value)
            outcomes = try_plans(world, plans, search.seeds[:worlds], search.crew, search.progress)
            growths = np.array(
                [[outcome.growth(search.question.metric) for outcome in outcomes[each]] for each in plans]
            )
            needs = Surface(plans, growths).needs(goal, search.question.confidence)
            best = best_of(needs)
            reached = bool(np.isfinite(best.spend_share))
            answer = Plan(tidy(best.spend_share), best.split) if reached else None
            found.append(Moved(unknown.name, value, answer, band_of(needs) if reached else None))
    return tuple(found)


def with_number(scenario: Scenario, paths: Sequence[str], value: float) -> Scenario:
    """The scenario with another number at some places."""
    resolved: dict[str, Any] = deepcopy(dict(scenario.resolved))
    for path in paths:
        *way, last = path.split(".")
        inside = resolved
        for key in way:
            inside = inside[key]
        inside[last] = value
    return scenario_from(resolved, scenario.name)
