"""Ignorance: how advice moves with the numbers that nobody knows, at both ends of what is plausible for each.

What is assumed of the first business is replaced in the whole world, the years before week 0 included, and the search
is made again, more coarsely. What moves the answer more than chance does is worth measuring before money is spent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.executor import Executor
from sim.experiment.plans import Plan, try_plans
from sim.experiment.search import Question
from sim.experiment.surface import Surface, band_of, best_of
from sim.rules.acquisition import Channel
from sim.rules.retention import Care
from sim.scenario.load import scenario_from
from sim.scenario.schema import Scenario
from sim.units import parameters_of

SPLITS = (0.3, 0.65, 1.0)
AROUND = (0.4, 1.0, 2.5)
"""Spends to try, times the one that is advised."""
LEAST, MOST = 0.005, 0.9


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


UNKNOWN = (
    Unknown("strength of care", "levers", Care, "strength"),
    Unknown("strength of channels", "channels", Channel, "strength"),
)
"""The least known first."""


class Moved(NamedTuple):
    """What the advice would be if a number were another; undefined where no plan reaches the goal."""

    unknown: str
    value: float
    plan: Plan | None
    band: tuple[float, float] | None


def moved(
    scenario: Scenario,
    goal: float,
    plan: Plan,
    question: Question,
    seeds: Sequence[int],
    crew: Executor,
) -> tuple[Moved, ...]:
    """The advice for one goal at both ends of what is plausible for each unknown number."""
    found = []
    for unknown in UNKNOWN:
        for value in unknown.ends:
            world = _with(scenario, unknown, value)
            spends = {round(min(max(plan.spend_share * factor, LEAST), MOST), 3) for factor in AROUND}
            plans = [Plan(spend, split) for spend in sorted(spends) for split in SPLITS]
            outcomes = try_plans(world, plans, seeds, crew)
            growths = np.array([[outcome.growth(question.metric) for outcome in outcomes[each]] for each in plans])
            needs = Surface(plans, growths).needs(goal, question.confidence)
            best = best_of(needs)
            reached = bool(np.isfinite(best.spend_share))
            answer = Plan(round(best.spend_share, 3), best.split) if reached else None
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
