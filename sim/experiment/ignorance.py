"""Ignorance: how advice moves with the numbers that nobody knows, at both ends of what is plausible for each.

What is uncertain is replaced in the whole world, the years before week 0 included, and a few plans around the advised
one are tried there. What moves the answer more than chance does is worth measuring before money is spent.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.plans import Plan, try_plans
from sim.experiment.search import LEAST, MOST, Search, tidy
from sim.experiment.surface import band_of, best_of
from sim.rules.acquisition import Channel
from sim.rules.retention import Care
from sim.scenario.load import scenario_from
from sim.scenario.schema import Scenario, Uncertainty
from sim.scenario.unknown import Moving, moving, names_in
from sim.units import parameters_of

SPLITS = (0.3, 1.0)
AROUND = (0.4, 2.5)
"""Spends to try, times the one that is advised, which is tried as well."""


CARE = ".levers.care.strength"
"""How strong care is, the least known number of all, is always asked first."""


class Unknown(NamedTuple):
    """Something that nobody knows: the ends of what is plausible, and every number that is another one there."""

    name: str
    ends: tuple[float, float]
    numbers: tuple[Moving, ...]


def unknown_in(scenario: Scenario) -> tuple[Unknown, ...]:
    """What a scenario names as uncertain, care first; if it names nothing, how strong care and channels of ours are.

    These two only where money of the business passes by them: what is never paid for cannot move an answer.

    Check
    -----
    >>> from sim.scenario.load import load_scenario
    >>> [(each.name, each.ends) for each in unknown_in(load_scenario("base"))][:2]
    [('strength of care', (0.03, 0.3)), ('strength of advertising', (0.03, 0.2))]
    """
    if scenario.uncertainties:
        named = [_unknown(scenario, *each) for each in scenario.uncertainties.items()]
        return tuple(sorted(named, key=lambda each: not each.numbers[0].path.endswith(CARE)))
    first = scenario.businesses[0]
    here = f"businesses.{first.name}"
    care = Uncertainty(f"{here}{CARE}", *_plausible(Care, "strength"))
    channels = Uncertainty(f"{here}.channels.*.strength", *_plausible(Channel, "strength"))
    paid = {"strength_of_care": care} if first.levers.care.budget_share > 0.0 else {}
    paid |= {"strength_of_channels": channels} if first.channels else {}
    return tuple(_unknown(scenario, *each) for each in paid.items())


def _unknown(scenario: Scenario, name: str, uncertain: Uncertainty) -> Unknown:
    numbers = moving(uncertain, names_in(scenario.resolved))
    return Unknown(name.replace("_", " "), (uncertain.low, uncertain.high), numbers)


def _plausible(record: type, field: str) -> tuple[float, float]:
    """The ends of what is plausible for a parameter, as its declaration says."""
    return next(p.sweep for name, p, _ in parameters_of(record) if name == field)  # type: ignore[return-value]


def asked(scenario: Scenario) -> int:
    """How many plans are tried for all that nobody knows, in each world."""
    return 2 * len(unknown_in(scenario)) * (len(AROUND) * len(SPLITS) + 1)


class Moved(NamedTuple):
    """What the advice would be if a number were another; undefined where no plan reaches the goal."""

    unknown: str
    value: float
    plan: Plan | None
    band: tuple[float, float] | None


def moved(search: Search, goal: float, plan: Plan, worlds: int) -> tuple[Moved, ...]:
    """The advice for one goal at both ends of what is plausible for everything that nobody knows.

    At each end a few plans around the advised one are tried. By how much they grow more or less than as things are, in
    the mean of the same worlds, bends the surface of the search; what lies between has its shape. By as many times as
    the goal then takes more money than before, the advised spend is moved: the level of a few worlds is luck, and
    cancels. They are the middle ones of the search: slow ones would tell what the numbers do to a firm that shrinks.
    """
    (surface, allowed), question, middle = search.surface(), search.question, search.middle(worlds)
    as_it_is = surface.mean_of(middle)
    before = best_of(as_it_is.needs(goal, question.confidence, allowed)).spend_share
    times = plan.spend_share / before if np.isfinite(before) else 1.0
    plans, found = _around(plan), []
    for unknown in unknown_in(search.scenario):
        for part, value in enumerate(unknown.ends):
            world = at_end(search.scenario, unknown.numbers, part)
            outcomes = try_plans(world, plans, search.seeds[middle], search.crew, search.progress)
            growths = [np.mean([outcome.growth(question.metric) for outcome in outcomes[each]]) for each in plans]
            needs = as_it_is.bent(plans, np.array(growths)[:, None]).needs(goal, question.confidence, allowed)
            best = best_of(needs)
            if not np.isfinite(best.spend_share):
                found.append(Moved(unknown.name, value, None, None))
                continue
            spend = tidy(min(max(best.spend_share * times, LEAST), MOST))
            found.append(Moved(unknown.name, value, Plan(spend, best.split), band_of(needs)))
    return tuple(found)


def _around(plan: Plan) -> list[Plan]:
    """A plan, and some around it."""
    spends = sorted({tidy(min(max(plan.spend_share * factor, LEAST), MOST)) for factor in AROUND})
    return list(dict.fromkeys([plan, *(Plan(spend, split) for spend in spends for split in SPLITS)]))


def at_end(scenario: Scenario, numbers: Iterable[Moving], part: float) -> Scenario:
    """The scenario with other numbers at some places.

    Parameters
    ----------
    part : 0 for the lower end of what is uncertain, 1 for the upper one
    """
    resolved: dict[str, Any] = deepcopy(dict(scenario.resolved))
    for number in numbers:
        *way, last = number.path.split(".")
        inside = resolved
        for key in way:
            inside = inside[key]
        inside[last] = number.at(part)
    return scenario_from(resolved, scenario.name)
