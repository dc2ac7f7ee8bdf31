"""Settling: the least spend that reaches each goal, at the split that looks best, in more worlds than the search had.

From the outcomes of one spend, the slope of the surface says which spend half of the worlds would need; that one is
tried next, until the cheapest plan that reaches is hardly dearer than what is needed. All goals go forward together.
Whatever was tried counts for every goal, so a higher goal never costs less than a lower one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sim.experiment.plans import STATUS_QUO, Plan
from sim.experiment.search import IDLE, LEAST, MOST, Search, Share, enough, needed, tidy

CLOSE = 0.95
"""A plan is settled if at least so much of its spend is needed: half of the zone in which spends are as good."""
ABOVE, FURTHER = 1.02, 1.06
"""Times what is needed: so much is tried, and so much if that was tried already and did not do."""


class Aim(NamedTuple):
    """A goal, and where to begin."""

    goal: float
    start: Plan
    slope: float
    """Growth that the start gains if its spend becomes e times as large."""


def settle(aims: Sequence[Aim], worlds: Search, rounds: int) -> list[Plan]:
    """Try plans until the least spend for every goal is known well enough.

    Parameters
    ----------
    rounds : plans that are tried for one goal, at most

    Returns
    -------
    The plan of each goal. Where rounds were too few it is one that was not tried here, of the spend that is needed by
    those that were; where none reaches the goal, the one that comes nearest.
    """
    for _ in range(rounds):
        wanted = [plan for plan in (_next(aim, worlds) for aim in aims) if plan is not None]
        if not wanted:
            break
        worlds.try_all(wanted)
    found = {aim.goal: [*_good(aim, worlds)] for aim in aims}
    return [
        min((plan for goal, plans in found.items() if goal >= aim.goal for plan in plans), default=None)
        or worlds.nearest(aim.goal)
        for aim in aims
    ]


def _good(aim: Aim, worlds: Search) -> Iterator[Plan]:
    """The cheapest plan that reaches a goal, and one that would have been tried next."""
    for plan in (cheapest(aim.goal, worlds), _next(aim, worlds)):
        if plan is not None:
            yield plan


def cheapest(goal: float, worlds: Search) -> Plan | None:
    """The plan of least spend among all that were tried and reach the goal in enough worlds."""
    return min((plan for plan in worlds.outcomes if plan != STATUS_QUO and worlds.reaches(plan, goal)), default=None)


def required(plan: Plan, goal: float, slope: float, worlds: Search) -> Share:
    """The spend that a goal takes at the split of a plan in enough worlds; the plan is tried if nothing was yet."""
    split = plan.acquisition_share
    if not _tried_at(split, worlds):
        worlds.try_all([plan])
    spends = _tried_at(split, worlds)
    growths = np.array([worlds.growths(Plan(spend, split)) for spend in spends])
    return enough(needed(spends, growths, goal, slope), worlds.question.confidence)


def _next(aim: Aim, worlds: Search) -> Plan | None:
    """What to try next for a goal; None if that is settled."""
    split = aim.start.acquisition_share
    if aim.start not in worlds.outcomes:
        return aim.start
    if aim.start == IDLE:
        return None
    good = min((s for s in _tried_at(split, worlds) if worlds.reaches(Plan(s, split), aim.goal)), default=np.inf)
    wanted = required(aim.start, aim.goal, aim.slope, worlds).value * ABOVE
    guess = _allowed(wanted, split)
    if guess in worlds.outcomes and guess.spend_share < good:  # luck decided otherwise
        guess = _allowed(min(guess.spend_share * FURTHER, (guess.spend_share + good) / 2.0), split)
    if guess.spend_share >= CLOSE * good or guess in worlds.outcomes or not np.isfinite(wanted):
        return None
    return guess


def _allowed(spend: float, split: float) -> Plan:
    return Plan(tidy(min(max(spend, LEAST), MOST)), split)


def _tried_at(split: float, worlds: Search) -> list[float]:
    return sorted(plan.spend_share for plan in worlds.outcomes if plan.acquisition_share == split)
