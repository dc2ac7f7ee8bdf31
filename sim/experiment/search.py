"""A search: plans tried in one set of worlds, and what can be read off them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import bdtr

from sim.experiment.executor import Executor, Progress
from sim.experiment.plans import STATUS_QUO, Outcome, Outcomes, Plan, try_plans
from sim.experiment.statistics import CONFIDENCE
from sim.experiment.surface import Need, Surface, best_of
from sim.scenario.schema import YEAR, Scenario

SPLITS = (0.0, 0.25, 0.5, 0.75, 1.0)
SPENDS = (0.02, 0.05, 0.10, 0.20, 0.40, 0.80)
"""The coarse table: shares of revenue for marketing, and of that for winning."""
CLOSER, ASIDE = (0.85, 1.2), (-0.1, 0.1)
"""Where plans are tried near the best one: times its spend, and beside its split."""

CLOSE, CLOSINGS = 0.97, 4
"""When the least spend is known well enough, and how many plans may be tried for it."""


class Question(NamedTuple):
    """What is asked of plans."""

    metric: str
    """What shall grow."""
    confidence: float
    """In which share of worlds."""
    budget: float | None
    """Money a year that no plan may exceed, on average."""


class Share(NamedTuple):
    """A share of revenue with its confidence interval; an end that worlds do not show is infinite or 0."""

    value: float
    low: float
    high: float


def crossings(spends: Sequence[float], growths: np.ndarray, goal: float) -> np.ndarray:
    """The least spend at which growth reaches the goal in each world, by straight lines between what was tried.

    Parameters
    ----------
    spends : rising
    growths : (spends, worlds)

    Returns
    -------
    (worlds,), infinite where nothing that was tried reaches it

    Check
    -----
    >>> crossings([0.1, 0.2, 0.4], np.array([[0.0, 0.1], [0.2, 0.1], [0.1, 0.3]]), 0.2).round(3).tolist()
    [0.2, 0.3]
    """
    tried, reached = np.array(spends), growths >= goal
    first = reached.argmax(axis=0)
    worlds, before = np.arange(growths.shape[1]), np.maximum(first - 1, 0)
    low, high = growths[before, worlds], growths[first, worlds]
    part = np.where(first > 0, (goal - low) / np.where(high > low, high - low, 1.0), 0.0)
    found = tried[before] + np.clip(part, 0.0, 1.0) * (tried[first] - tried[before])
    return np.where(reached.any(axis=0), found, np.inf)


def enough(needed: np.ndarray, confidence: float) -> Share:
    """The spend at which so many worlds have what they need, with the interval that order statistics give.

    Source
    ------
    Distribution-free interval of a quantile: Conover (1999), Practical Nonparametric Statistics, section 3.2.

    Check
    -----
    >>> enough(np.array([0.1, 0.3, 0.2, np.inf]), 0.5)
    Share(value=0.2, low=0.0, high=inf)
    """
    ordered, worlds = np.sort(needed), len(needed)
    place = max(int(np.ceil(confidence * worlds - 1e-9)) - 1, 0)
    below = bdtr(np.arange(worlds), worlds, confidence)  # chance that at most so many worlds need less
    tail = (1.0 - CONFIDENCE) / 2.0
    lower, upper = int((below <= tail).sum()) - 1, int((below < 1.0 - tail).sum())
    low = float(ordered[lower]) if lower >= 0 else 0.0
    return Share(float(ordered[place]), low, float(ordered[upper]) if upper < worlds else np.inf)


def tidy(share: float) -> float:
    """A share as one would say it: to a thousandth.

    Check
    -----
    >>> tidy(0.08149)
    0.081
    """
    return round(share, 3)


class Search:
    """Plans tried so far in one set of worlds, and what can be read off them."""

    def __init__(
        self,
        scenario: Scenario,
        question: Question,
        seeds: Sequence[int],
        crew: Executor,
        progress: Progress | None = None,
    ) -> None:
        self.scenario, self.question, self.seeds = scenario, question, tuple(seeds)
        self.crew, self.progress = crew, progress
        self.outcomes: Outcomes = {}
        self._made: tuple[int, Surface, np.ndarray | None] | None = None

    @property
    def years(self) -> float:
        return self.scenario.time.weeks / YEAR

    @property
    def runs(self) -> int:
        return len(self.outcomes) * len(self.seeds)

    def try_all(self, plans: Iterable[Plan]) -> None:
        """Try what has not been tried."""
        new = [plan for plan in dict.fromkeys(plans) if plan not in self.outcomes]
        if new:
            self.outcomes |= try_plans(self.scenario, new, self.seeds, self.crew, self.progress)

    def try_table(self) -> None:
        """Try the coarse table."""
        self.try_all(Plan(spend, split) for spend in SPENDS for split in SPLITS)

    def growths(self, plan: Plan) -> np.ndarray:
        """Growth in each world; none where the plan spent more than the budget."""
        values = np.array([outcome.growth(self.question.metric) for outcome in self.outcomes[plan]])
        values = np.where(np.isnan(values), -np.inf, values)
        if self.question.budget is None:
            return values
        spent = np.array([outcome.spend for outcome in self.outcomes[plan]]) / self.years
        return np.where(spent <= self.question.budget, values, -np.inf)

    def needs(self, goal: float) -> list[Need]:
        """What each split needs for a goal, within the budget."""
        grown, allowed = self._surface()
        return grown.needs(goal, self.question.confidence, allowed)

    def _surface(self) -> tuple[Surface, np.ndarray | None]:
        """Growth over all plans, and where the budget allows them; made anew when plans were tried."""
        plans = [plan for plan in self.outcomes if plan != STATUS_QUO]
        if self._made is None or self._made[0] != len(plans):
            grown = Surface(plans, self._all(plans, lambda outcome: outcome.growth(self.question.metric)))
            allowed = None
            if self.question.budget is not None:
                spent = Surface(plans, self._all(plans, lambda outcome: outcome.spend / self.years))
                allowed = spent.values.mean(axis=2) <= self.question.budget
            self._made = len(plans), grown, allowed
        return self._made[1:]

    def _all(self, plans: Sequence[Plan], of: Callable[[Outcome], float]) -> np.ndarray:
        """A quantity of plans in every world, (plans, worlds)."""
        return np.array([[of(outcome) for outcome in self.outcomes[plan]] for plan in plans])

    def look_closer(self, goal: float) -> None:
        """Try plans near the cheapest one for a goal."""
        best = best_of(self.needs(goal))
        if np.isfinite(best.spend_share):
            splits = {min(max(round(best.split + step, 2), 0.0), 1.0) for step in ASIDE}
            spends = {tidy(min(max(best.spend_share * factor, SPENDS[0]), SPENDS[-1])) for factor in CLOSER}
            self.try_all(Plan(spend, split) for split in sorted(splits) for spend in sorted(spends))

    def required(self, split: float, goal: float) -> Share:
        """The spend that a goal takes at one split, read between the spends tried there."""
        spends = sorted(plan.spend_share for plan in self.outcomes if plan.acquisition_share == split)
        growths = np.array([self.growths(Plan(spend, split)) for spend in spends])
        return enough(crossings(spends, growths, goal), self.question.confidence)

    def cheapest(self, split: float, goal: float) -> Plan | None:
        """The plan of least spend among those tried at one split that reach the goal in enough worlds, if any does."""
        tried = [plan for plan in self.outcomes if plan.acquisition_share == split]
        good = [plan for plan in tried if self.share(plan, goal) >= self.question.confidence - 1e-9]
        return min(good, default=None)

    def settle(self, split: float, goal: float) -> Plan | None:
        """The plan of least spend at one split, once nothing clearly cheaper is left to try."""
        for _ in range(CLOSINGS):
            cheapest, required = self.cheapest(split, goal), self.required(split, goal).value
            if not np.isfinite(required):
                return cheapest
            guess = Plan(tidy(required + 0.0005), split)
            if guess in self.outcomes and cheapest is not None:  # luck decided otherwise; go half way
                guess = Plan(tidy((guess.spend_share + cheapest.spend_share) / 2.0), split)
            if cheapest is not None and guess.spend_share >= cheapest.spend_share * CLOSE:
                return cheapest
            self.try_all([guess])
        return self.cheapest(split, goal)

    def nearest(self, goal: float) -> Plan:
        """The plan that reaches the goal in most worlds, or else grows most."""
        tried = [plan for plan in self.outcomes if plan != STATUS_QUO]
        return max(tried, key=lambda plan: (self.share(plan, goal), float(np.median(self.growths(plan)))))

    def share(self, plan: Plan, goal: float) -> float:
        """Of worlds in which a plan reaches a goal."""
        return float((self.growths(plan) >= goal).mean())

    def most_profitable(self) -> Plan:
        """The plan of most discounted profit, what its customers are then worth included; within the budget."""

        def worth(plan: Plan) -> float:
            if np.isneginf(self.growths(plan)).all():
                return -np.inf
            return float(np.mean([outcome.profit + outcome.equity for outcome in self.outcomes[plan]]))

        return max((plan for plan in self.outcomes if plan != STATUS_QUO), key=worth)
