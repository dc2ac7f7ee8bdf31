"""A search: plans tried in one set of worlds, and what can be read off them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import bdtr

from sim.experiment.executor import Executor, Progress
from sim.experiment.plans import STATUS_QUO, Outcome, Outcomes, Plan, try_plans
from sim.experiment.statistics import CONFIDENCE, mean_interval
from sim.experiment.surface import LITTLE, STEP, Need, Surface, best_of, enough_of
from sim.scenario.schema import YEAR, Scenario

SPLITS, FEW_SPLITS = (0.0, 0.35, 0.7, 1.0), (0.0, 0.6, 1.0)
SPENDS = (0.04, 0.10, 0.28, 0.80)
"""The coarse table: of shares of revenue for marketing those for winning, in full or quickly, and these shares."""
IDLE = Plan(0.0, 0.0)
"""No marketing at all."""
LEAST, MOST = LITTLE, SPENDS[-1]
"""Shares of revenue between which a plan may lie, unless it is idle."""
BESIDE = (-0.15, 0.0, 0.15)
"""Where plans are tried near the best one: beside its split, at its spend."""


class Question(NamedTuple):
    """What is asked of plans."""

    metric: str
    """What shall grow."""
    confidence: float
    """With which probability, in a new world."""
    budget: float | None
    """Money a year that no plan may exceed, on average."""


class Share(NamedTuple):
    """A share of revenue with its confidence interval; an end that worlds do not show is infinite or 0."""

    value: float
    low: float
    high: float


def needed(spends: Sequence[float], growths: np.ndarray, goal: float, slope: float = 0.0) -> np.ndarray:
    """The least spend at which growth reaches the goal in each world: by straight lines between what was tried.

    Where all that was tried reaches the goal, or nothing does, the spend is carried on by the slope.

    Parameters
    ----------
    spends : rising
    growths : (spends, worlds)
    slope : growth that a spend gains when it becomes e times as large; none if it is not known to gain

    Returns
    -------
    (worlds,), infinite where no spend is known to reach it

    Check
    -----
    >>> needed([0.1, 0.2, 0.4], np.array([[0.0, 0.1], [0.2, 0.1], [0.1, 0.3]]), 0.2).round(3).tolist()
    [0.2, 0.3]
    >>> needed([0.1, 0.2], np.array([[0.1, 0.3], [0.2, 0.4]]), 0.25, slope=0.1).round(3).tolist()
    [0.33, 0.061]
    """
    tried, reached = np.array(spends), growths >= goal
    first = reached.argmax(axis=0)
    worlds, before = np.arange(growths.shape[1]), np.maximum(first - 1, 0)
    low, high = growths[before, worlds], growths[first, worlds]
    between = np.isfinite(low) & (high > low)
    part = np.where(between, (goal - np.where(between, low, 0.0)) / np.where(between, high - low, 1.0), 1.0)
    found = tried[before] + np.clip(part, 0.0, 1.0) * (tried[first] - tried[before])
    found = np.where(reached.any(axis=0), found, np.inf)
    if slope > 0.0:
        carried = [
            at * np.exp(np.clip((goal - growths[place]) / slope, -4.0, 4.0))
            for place, at in ((0, tried[0]), (-1, tried[-1]))
        ]
        found = np.where(reached[0], carried[0], found)
        found = np.where(~reached.any(axis=0) & np.isfinite(growths[-1]), carried[1], found)
    return found


def enough(needs: np.ndarray, confidence: float) -> Share:
    """The spend at which a new world has what it needs with this probability, with the interval of order statistics.

    Source
    ------
    Distribution-free interval of a quantile: Conover (1999), Practical Nonparametric Statistics, section 3.2.

    Check
    -----
    >>> enough(np.array([0.1, 0.3, 0.2, np.inf]), 0.5)
    Share(value=0.3, low=0.0, high=inf)
    """
    ordered, worlds = np.sort(needs), len(needs)
    place = enough_of(worlds, confidence) - 1
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

    def middle(self, count: int) -> slice:
        """Which worlds are the middle ones, if they are in the order of their growth.

        Check
        -----
        >>> search = Search(None, None, [11, 12, 13, 14], None)
        >>> [search.seeds[search.middle(count)] for count in (1, 2, 4, 9)]
        [(12,), (12, 13), (11, 12, 13, 14), (11, 12, 13, 14)]
        """
        first = max(len(self.seeds) - count, 0) // 2
        return slice(first, first + count)

    def try_all(self, plans: Iterable[Plan]) -> None:
        """Try what has not been tried."""
        new = [plan for plan in dict.fromkeys(plans) if plan not in self.outcomes]
        if new:
            self.outcomes |= try_plans(self.scenario, new, self.seeds, self.crew, self.progress)

    def try_table(self, splits: Sequence[float] = SPLITS) -> None:
        """Try the coarse table, and no marketing at all."""
        self.try_all([IDLE, *(Plan(spend, split) for spend in SPENDS for split in splits)])

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
        grown, allowed = self.surface()
        return grown.needs(goal, self.question.confidence, allowed)

    def surface(self) -> tuple[Surface, np.ndarray | None]:
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

    def look_closer(self, goals: Iterable[float]) -> None:
        """Try plans near the cheapest one for each goal."""
        bests = [best for best in (best_of(self.needs(goal)) for goal in goals) if np.isfinite(best.spend_share)]
        self.try_all(
            Plan(tidy(best.spend_share), min(max(round(best.split + step, 2), 0.0), 1.0))
            for best in bests
            for step in BESIDE
        )

    def slope(self, plan: Plan) -> float:
        """The growth that a plan gains if its spend becomes e times as large, in the mean of all worlds."""
        return self.surface()[0].slope(plan)

    def known_split(self, goal: float, split: float) -> tuple[float, float] | None:
        """The 95 % interval of the best split, from the best ones of single worlds; None if some do not reach the goal.

        It is never narrower than the step of the surface's grid, and never without the split that is advised.
        """
        grown, allowed = self.surface()
        alone = grown.best_splits(goal, allowed)
        if len(alone) < len(self.seeds):
            return None
        _, low, high = (float(each) for each in mean_interval(alone)[:3])
        return max(min(low, split) - STEP / 2.0, 0.0), min(max(high, split) + STEP / 2.0, 1.0)

    def freely(self) -> float:
        """The growth that enough worlds reach without any marketing."""
        return -enough(-self.growths(IDLE), self.question.confidence).value

    def nearest(self, goal: float) -> Plan:
        """The plan that reaches the goal in most worlds, or else grows most."""
        tried = [plan for plan in self.outcomes if plan != STATUS_QUO]
        return max(tried, key=lambda plan: (self.share(plan, goal), float(np.median(self.growths(plan)))))

    def share(self, plan: Plan, goal: float) -> float:
        """Of worlds in which a plan reaches a goal."""
        return float((self.growths(plan) >= goal).mean())

    def reaches(self, plan: Plan, goal: float) -> bool:
        """Does a plan reach a goal in enough worlds?"""
        reached = int((self.growths(plan) >= goal).sum())
        return reached >= enough_of(len(self.seeds), self.question.confidence)

    def most_worlds(self, goal: float) -> float:
        """The share of worlds that reach a goal under whatever plan, tried or not, reaches it in most of them."""
        grown, allowed = self.surface()
        return grown.most_worlds(goal, allowed)

    def most_profitable(self) -> Plan:
        """The plan of most discounted profit, what its customers are then worth included; within the budget."""
        plans = [plan for plan in self.outcomes if plan != STATUS_QUO]
        surface = Surface(plans, self._all(plans, _worth))
        allowed = self.surface()[1]
        worth = (
            surface.values.mean(axis=2) if allowed is None else np.where(allowed, surface.values.mean(axis=2), -np.inf)
        )
        best = surface.plan_at(int(worth.argmax()))
        idle = float(np.mean([_worth(outcome) for outcome in self.outcomes[IDLE]]))
        return Plan(tidy(best.spend_share), best.acquisition_share) if worth.max() > idle else IDLE


def _worth(outcome: Outcome) -> float:
    return outcome.profit + outcome.equity
