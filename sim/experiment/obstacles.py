"""Obstacles: what stands in the way of a goal that no plan reaches, found by taking things out of the way.

From week 0 on the first business lives in an easier world: a bank without limits, channels that reach twice as many,
keeping that saves nearly everybody. Plan and luck stay the same, so what growth gains is what the obstacle took.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.experiment.plans import Outcome, Plan, try_plans
from sim.experiment.search import Search
from sim.rules.retention import SAVERS
from sim.scenario.schema import Business

WITHOUT_LIMIT = 1e15
NEARLY_ALL = 0.95


class Obstacle(NamedTuple):
    """Something taken out of the way, and the growth that the same plan then has: the middle of all worlds."""

    name: str
    growth: float
    probability: float
    """Share of worlds in which the goal is then reached."""


def _as_it_is(business: Business) -> Business:
    return business


def _endless_credit(business: Business) -> Business:
    return business._replace(offering=business.offering._replace(credit_line=WITHOUT_LIMIT))


def _twice_the_reach(business: Business) -> Business:
    channels = {
        name: channel._replace(ceiling=min(2.0 * channel.ceiling, 1.0)) for name, channel in business.channels.items()
    }
    return business._replace(channels=channels)


def _perfect_keeping(business: Business) -> Business:
    care = {
        name: getattr(business.levers, name)._replace(ceiling=NEARLY_ALL)
        for name in SAVERS
        if getattr(business.levers, name).budget_share > 0.0
    }
    return business._replace(levers=business.levers._replace(**care))


def _all_of_them(business: Business) -> Business:
    for easier in (_endless_credit, _twice_the_reach, _perfect_keeping):
        business = easier(business)
    return business


EASIER: dict[str, Callable[[Business], Business]] = {
    "nothing": _as_it_is,
    "credit": _endless_credit,
    "reach": _twice_the_reach,
    "keeping": _perfect_keeping,
    "all": _all_of_them,
}
"""What can be taken out of the way: nothing, one thing at a time, and all at once."""


def obstacles(search: Search, plan: Plan, goal: float) -> tuple[Obstacle, ...]:
    """What the plan would bring without each obstacle, in all worlds of the search: some of them would be slow ones.

    The years before week 0 stay as they were: what is easier begins with the plan.
    """
    search.try_all([plan])
    first, *others = search.scenario.businesses
    found = []
    for name, easier in EASIER.items():
        outcomes: tuple[Outcome, ...] = search.outcomes[plan]
        if easier is not _as_it_is:
            world = replace(search.scenario, businesses=(easier(first), *others))
            outcomes = try_plans(world, [plan], search.seeds, search.crew, search.progress)[plan]
        growths = np.array([outcome.growth(search.question.metric) for outcome in outcomes])
        found.append(Obstacle(name, float(np.nanmedian(growths)), float((growths >= goal).mean())))
    return tuple(found)
