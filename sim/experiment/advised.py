"""What advice says: for each goal the plan, what it brings in fresh worlds, and its two bands; and all of it as data.

The band of chance is what other worlds might show; the band of ignorance is what the same worlds show if numbers that
nobody knows lie elsewhere in their plausible ranges. They are never added up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.ignorance import Moved
from sim.experiment.obstacles import Obstacle
from sim.experiment.plans import Outcome, Plan
from sim.experiment.search import FEW_SPLITS, SPLITS, Question, Share
from sim.experiment.statistics import Estimate, mean_interval, wilson_interval, written
from sim.experiment.surface import Need
from sim.scenario.schema import YEAR, Scenario


class Effort(NamedTuple):
    """How many worlds to live."""

    search: int
    """In which all plans of the table are tried."""
    settle: int
    """In which the least spend for each goal is settled; those of the search are among them."""
    fresh: int
    """In which nothing was chosen: what is advised is tried there once."""
    most_fresh: int
    """To so many they are doubled, for goals of which they do not show whether they can be reached."""
    aside: int
    """For numbers that nobody knows; the question is left out if it is 0."""
    closer: bool
    """Look closer where the cheapest plans of each goal lie?"""
    splits: tuple[float, ...] = SPLITS
    """Of the table."""
    rounds: int = 5
    """Plans that are tried to settle the least spend for one goal, at most."""
    first_seed: int = 1


FULL, QUICK = Effort(4, 11, 11, 44, 4, True), Effort(3, 6, 5, 5, 0, False, FEW_SPLITS, rounds=1)


class Between(NamedTuple):
    """The advice as it is, and at both ends of what is plausible for each number that nobody knows, taken together."""

    split: tuple[float, float]
    spend: tuple[float, float]
    out_of_reach: int
    asked: int


class Surely(NamedTuple):
    """A plan that plainly reaches a goal: the interval of its share of fresh worlds lies above what was asked."""

    plan: Plan
    probability: float
    worlds: int


class Advice(NamedTuple):
    """What is advised for one goal."""

    goal: float
    plan: Plan
    """The plan of least spend that reaches it; where none does, the one that comes nearest."""
    reachable: bool | None
    """None if fresh worlds leave it undecided."""
    band: tuple[float, float] | None
    """The splits that need at most a tenth more than the best; none where the goal is out of reach."""
    known_split: tuple[float, float] | None
    """The interval of the best split, from those of single worlds; none where some do not reach the goal."""
    spend: Share
    """The share of revenue that the goal takes at this split."""
    outcomes: tuple[Outcome, ...]
    """Of the plan, in fresh worlds; in more of them if the goal is near the edge."""
    going_on: tuple[Outcome, ...]
    """Of going on as before, in the same worlds."""
    probability: float
    """Share of the fresh worlds that reach the goal."""
    sure: float
    """How sure one interval has to be, so that those of all goals hold together in 95 of 100 answers."""
    surely: Surely | None = None
    """The cheapest plan of all in the fresh worlds that shows beyond doubt that the goal can be reached."""
    why: tuple[Obstacle, ...] = ()
    """What stands in the way where it is not shown that the goal can be reached."""
    otherwise: tuple[Moved, ...] = ()
    """What would be advised if the least known numbers were others."""

    def mean(self, of: Callable[[Outcome], float]) -> Estimate:
        """A quantity of the outcomes with its interval."""
        return mean_interval(np.array([of(outcome) for outcome in self.outcomes]))

    def against_going_on(self, of: Callable[[Outcome], float]) -> Estimate:
        """By how much a quantity differs from going on as before, world by world."""
        pairs = zip(self.outcomes, self.going_on, strict=True)
        return mean_interval(np.array([of(ours) - of(before) for ours, before in pairs]))

    def probability_between(self, sure: float) -> tuple[float, float]:
        """The interval of the probability."""
        return wilson_interval(self.probability * len(self.outcomes), len(self.outcomes), sure)

    @property
    def together(self) -> tuple[float, float]:
        """The interval of the probability, so that those of all goals hold together."""
        return self.probability_between(self.sure)

    @property
    def ignorance(self) -> Between | None:
        """What the least known numbers leave open; None if that was not asked."""
        if not self.otherwise:
            return None
        plans = [self.plan, *(each.plan for each in self.otherwise if each.plan is not None)]
        lost = sum(each.plan is None for each in self.otherwise)
        spends, splits = zip(*plans, strict=True)
        return Between((min(splits), max(splits)), (min(spends), max(spends)), lost, len(self.otherwise))


class Point(NamedTuple):
    """A goal of the figure, read off the surface."""

    goal: float
    needs: tuple[Need, ...]
    """What each split needs."""
    worlds: float
    """The share of worlds of the search that reach it under the best plan."""


class Advised(NamedTuple):
    """All that was asked and found."""

    scenario: Scenario
    question: Question
    effort: Effort
    goals: tuple[Advice, ...]
    curve: tuple[Point, ...]
    freely: float
    """The growth that enough worlds reach without any marketing."""
    unconstrained: Advice
    """The plan of most profit, the worth of its customers included; its goal is the growth that it brings."""
    status_quo: tuple[Outcome, ...]
    searched: tuple[int, ...]
    """Seeds of the worlds of the search."""
    runs: int


# ---------------------------------------------------------------------------------------------------------------- data


def document_of(found: Advised, seconds: float | None = None) -> dict[str, Any]:
    """The advice as plain data: money in major units, shares and growth as numbers, ``ci95`` as [low, high]."""
    years = found.scenario.time.weeks / YEAR
    status_quo = {
        **_ci("annual_growth", [outcome.growth(found.question.metric) for outcome in found.status_quo]),
        **_ci("discounted_profit", [outcome.profit for outcome in found.status_quo]),
    }
    return {
        "scenario": found.scenario.name,
        "scenario_hash": found.scenario.hash,
        "metric": found.question.metric,
        "years": years,
        "confidence": found.question.confidence,
        "budget": found.question.budget,
        "worlds": {name: getattr(found.effort, name) for name in ("search", "settle", "fresh", "most_fresh", "aside")},
        "status_quo": status_quo,
        "growth_without_marketing": written(found.freely),
        "goals": [_goal_document(advice, years) for advice in found.goals],
        "unconstrained": _goal_document(found.unconstrained, years),
        "runs": found.runs,
        "seconds": seconds,
    }


def _goal_document(advice: Advice, years: float) -> dict[str, Any]:
    plan, between = advice.plan, advice.ignorance
    return {
        "annual_growth": advice.goal,
        "reachable": advice.reachable,
        "probability": advice.probability,
        "probability_ci95": [written(each) for each in advice.probability_between(0.95)],
        "probability_together_ci95": [written(each) for each in advice.together],
        "fresh_worlds": len(advice.outcomes),
        "surely": None if advice.surely is None else advice.surely._asdict() | {"plan": advice.surely.plan._asdict()},
        "acquisition_share": plan.acquisition_share,
        "acquisition_share_ci95": list(advice.known_split) if advice.known_split else None,
        "acquisition_share_band": list(advice.band) if advice.band else None,
        "spend_share_of_revenue": plan.spend_share,
        "spend_share_of_revenue_ci95": [written(advice.spend.low), written(advice.spend.high)],
        **_ci("spend", [outcome.spend / years for outcome in advice.outcomes]),
        **_ci("discounted_profit", [outcome.profit for outcome in advice.outcomes]),
        **_estimate("profit_against_status_quo", advice.against_going_on(lambda outcome: outcome.profit)),
        **_ci("with_terminal_equity", [outcome.profit + outcome.equity for outcome in advice.outcomes]),
        "lowest_cash": min(outcome.lowest_cash for outcome in advice.outcomes),
        "quarters": quarters_of(advice.outcomes),
        "why": None if advice.reachable else [obstacle._asdict() for obstacle in advice.why],
        "ignorance": None
        if between is None
        else {
            "acquisition_share": list(between.split),
            "spend_share_of_revenue": list(between.spend),
            "out_of_reach": between.out_of_reach,
            "asked": between.asked,
        },
        "if_otherwise": [
            {
                "unknown": each.unknown,
                "value": each.value,
                "plan": each.plan._asdict() if each.plan else None,
                "acquisition_share_band": list(each.band) if each.band else None,
            }
            for each in advice.otherwise
        ],
    }


def quarters_of(outcomes: Sequence[Outcome]) -> list[dict[str, float]]:
    """The money of a plan, quarter by quarter, in the mean of its worlds."""
    winning, keeping = (
        np.mean([getattr(outcome, name) for outcome in outcomes], axis=0).tolist() for name in ("winning", "keeping")
    )
    return [{"winning": win, "keeping": keep} for win, keep in zip(winning, keeping, strict=True)]


def _ci(name: str, values: Sequence[float]) -> dict[str, Any]:
    return _estimate(name, mean_interval(np.array(values)))


def _estimate(name: str, estimate: Estimate) -> dict[str, Any]:
    mean, low, high = (written(float(each)) for each in estimate[:3])
    return {name: mean, f"{name}_ci95": [low, high]}
