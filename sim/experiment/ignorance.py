"""Ignorance: how advice moves with the numbers that nobody knows, at both ends of what is plausible for each.

What is assumed of the first business is replaced in the whole world, the years before week 0 included, and the search
is made again, more coarsely. What moves the answer more than chance does is worth measuring before money is spent.
"""

from __future__ import annotations

from collections.abc import Mapping
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


class Unknown(NamedTuple):
    """A number that nobody knows, and where it stands in a business."""

    name: str
    group: str
    record: type
    field: str

    @property
    def ends(self) -> tuple[float, float]:
        """What is plausible, as its declaration says."""
        return next(p.sweep for name, p, _ in parameters_of(self.record) if name == self.field)  # type: ignore[return-value]

    def matters(self, scenario: Scenario) -> bool:
        """Does money of the first business pass by this number?"""
        first = scenario.businesses[0]
        return bool(first.channels) if self.record is Channel else first.levers.care.budget_share > 0.0


UNKNOWN = (
    Unknown("strength of care", "levers", Care, "strength"),
    Unknown("strength of channels", "channels", Channel, "strength"),
)
"""The least known first."""
ASKED = 2 * len(UNKNOWN) * len(AROUND) * len(SPLITS)
"""Plans that are tried for all of them, in each world."""


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
    for unknown in UNKNOWN:
        for value in unknown.ends if unknown.matters(search.scenario) else ():
            world = _with(search.scenario, unknown, value)
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


def _with(scenario: Scenario, unknown: Unknown, value: float) -> Scenario:
    """The scenario with another number in the first business."""
    resolved: dict[str, Any] = deepcopy(dict(scenario.resolved))
    group: Mapping[str, Any] = resolved["businesses"][scenario.businesses[0].name][unknown.group]
    for name, each in group.items():
        if unknown.record is Channel or name == "care":
            each[unknown.field] = value
    return scenario_from(resolved, scenario.name)
