"""Advice: for each goal the plan of least spend that reaches it, found by trying plans in the same worlds.

One set of plans in one set of worlds serves all goals: a coarse table of spends and splits, then a closer look where
the cheapest plans of each goal lie. A smooth surface through what was tried says what each split needs; the splits that
need hardly more than the best one are its band. What is recommended is tried again in fresh worlds, so that it is not
praised for the luck by which it was chosen, and a goal counts as reachable only if it is reached there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.ignorance import Moved, moved
from sim.experiment.obstacles import Obstacle, obstacles
from sim.experiment.plans import STATUS_QUO, Outcome, Outcomes, Plan, try_plans
from sim.experiment.runs import seeds_from
from sim.experiment.statistics import Estimate, mean_interval, wilson_interval, written
from sim.experiment.surface import Need, Surface, band_of, best_of
from sim.scenario.schema import YEAR, Scenario

SPLITS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
SPENDS = (0.02, 0.05, 0.10, 0.20, 0.40, 0.80)
"""The coarse table: shares of revenue for marketing, and of that for winning."""
CLOSER, ASIDE = (0.8, 1.0, 1.25), (-0.1, 0.0, 0.1)
"""Where plans are tried near the best one: times its spend, and beside its split."""
AGAIN = (0.86, 0.93, 1.0, 1.08, 1.16)
"""Where the best split is tried in fresh worlds, times the spend found; the least that does is recommended."""
CURVE = np.round(np.arange(0.0, 1.2001, 0.025), 3)
"""Goals of the figure, growth a year."""


class Effort(NamedTuple):
    """How many worlds to live: of the search, fresh ones, and of questions aside."""

    search: int
    fresh: int
    aside: int
    """For what stands in the way, and for numbers that nobody knows; the latter are left out if it is 0."""


FULL, QUICK = Effort(8, 16, 4), Effort(4, 8, 0)
FEWEST_ASIDE = 3


class Advice(NamedTuple):
    """What is advised for one goal; undefined numbers where no plan reaches it."""

    goal: float
    plan: Plan | None
    band: tuple[float, float] | None
    """The splits that need at most a tenth more than the best."""
    probability: float
    probability_low: float
    probability_high: float
    outcomes: tuple[Outcome, ...]
    """Of the plan, in fresh worlds; of the nearest plan, in the worlds of the search, if none reaches the goal."""
    nearest: Plan
    """The plan that comes nearest to the goal where none reaches it; otherwise the plan."""
    why: tuple[Obstacle, ...] = ()
    """What stands in the way where no plan reaches the goal."""
    otherwise: tuple[Moved, ...] = ()
    """What would be advised if the least known numbers were others."""

    @property
    def reachable(self) -> bool:
        """Does any plan reach it in enough worlds?"""
        return self.plan is not None

    def mean(self, of: Callable[[Outcome], float]) -> Estimate:
        """A quantity of the outcomes with its interval."""
        return mean_interval(np.array([of(outcome) for outcome in self.outcomes]))


class Advised(NamedTuple):
    """All that was asked and found."""

    scenario: Scenario
    metric: str
    confidence: float
    goals: tuple[Advice, ...]
    curve: tuple[tuple[float, tuple[Need, ...]], ...]
    """For the figure: goals, and what each split needs."""
    unconstrained: Advice
    """The plan of most profit, the worth of its customers included; its goal is the growth that it brings."""
    status_quo: tuple[Outcome, ...]
    searched: Outcomes
    runs: int


def advise(
    scenario: Scenario,
    goals: Sequence[float],
    *,
    metric: str = "revenue",
    confidence: float = 0.5,
    budget: float | None = None,
    effort: Effort = FULL,
    first_seed: int = 1,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Advised:
    """The plan of least spend that reaches each goal.

    Parameters
    ----------
    goals : growth a year, .15 for 15 %
    metric : what shall grow: 'revenue', 'profit' or 'customers'
    confidence : the least share of worlds in which the goal must be reached
    budget : no plan may spend more money a year than this, on average

    Raises
    ------
    ValueError
        If a goal or the confidence makes no sense.
    RunFailed
        If a world cannot be lived.
    """
    _check(goals, confidence)
    search = _Search(scenario, metric, confidence, budget, seeds_from(first_seed, effort.search), workers, progress)
    search.expected = search.guess(len(goals), effort)
    search.try_all([STATUS_QUO, *(Plan(spend, split) for spend in SPENDS for split in SPLITS)])
    for goal in goals:
        search.look_closer(goal)
    fresh = search.in_worlds(seeds_from(first_seed + effort.search, effort.fresh))
    advices = tuple(_explained(_advice(goal, search, fresh), search, effort) for goal in goals)
    advices = _if_otherwise(advices, search, effort)
    best = search.most_profitable()
    fresh.try_all([best])
    return Advised(
        scenario,
        metric,
        confidence,
        advices,
        tuple((float(goal), tuple(search.needs(float(goal)))) for goal in CURVE),
        _tried(float(np.median(fresh.growths(best))), best, None, fresh),
        search.outcomes[STATUS_QUO],
        search.outcomes,
        search.runs + fresh.runs,
    )


class _Search:
    """Plans tried so far in one set of worlds, and what can be read off them."""

    def __init__(
        self,
        scenario: Scenario,
        metric: str,
        confidence: float,
        budget: float | None,
        seeds: tuple[int, ...],
        workers: int,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.scenario, self.metric, self.confidence, self.budget = scenario, metric, confidence, budget
        self.seeds, self.workers, self.progress = seeds, workers, progress
        self.outcomes: Outcomes = {}
        self.expected = 0
        self.before = 0

    @property
    def years(self) -> float:
        return self.scenario.time.weeks / YEAR

    @property
    def runs(self) -> int:
        return len(self.outcomes) * len(self.seeds)

    def guess(self, goals: int, effort: Effort) -> int:
        """About how many runs there will be in all."""
        coarse = len(SPLITS) * len(SPENDS) + 1
        return effort.search * (coarse + len(CLOSER) * len(ASIDE) * goals) + effort.fresh * (len(AGAIN) * goals + 1)

    def in_worlds(self, seeds: tuple[int, ...]) -> _Search:
        """The same question in other worlds, where nothing has been tried yet."""
        other = _Search(self.scenario, self.metric, self.confidence, self.budget, seeds, self.workers, self.progress)
        other.expected, other.before = self.expected, self.before + self.runs
        return other

    def try_all(self, plans: Iterable[Plan]) -> None:
        """Try what has not been tried."""
        new = [plan for plan in dict.fromkeys(plans) if plan not in self.outcomes]
        done = self.before + self.runs

        def tell(part: int, total: int) -> None:
            if self.progress:
                self.progress(done + part, max(self.expected, done + total))

        if new:
            found = try_plans(self.scenario, new, self.seeds, workers=self.workers, progress=tell)
            self.outcomes |= found

    def growths(self, plan: Plan) -> np.ndarray:
        """Growth in each world; none where the plan spent more than the budget."""
        values = np.array([outcome.growth(self.metric) for outcome in self.outcomes[plan]])
        values = np.where(np.isnan(values), -np.inf, values)
        if self.budget is None:
            return values
        spent = np.array([outcome.spend for outcome in self.outcomes[plan]]) / self.years
        return np.where(spent <= self.budget, values, -np.inf)

    def needs(self, goal: float) -> list[Need]:
        """What each split needs for a goal, within the budget."""
        plans = [plan for plan in self.outcomes if plan != STATUS_QUO]
        grown = Surface(plans, self._all(plans, lambda outcome: outcome.growth(self.metric)))
        if self.budget is None:
            return grown.needs(goal, self.confidence)
        spent = Surface(plans, self._all(plans, lambda outcome: outcome.spend / self.years))
        return grown.needs(goal, self.confidence, spent.values.mean(axis=2) <= self.budget)

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


def tidy(share: float) -> float:
    """A share as one would say it: to a thousandth.

    Check
    -----
    >>> tidy(0.08149)
    0.081
    """
    return round(share, 3)


def _advice(goal: float, search: _Search, fresh: _Search) -> Advice:
    """What to do for one goal: the split of the search, and the spend that fresh worlds ask for."""
    needs = search.needs(goal)
    best = best_of(needs)
    if not np.isfinite(best.spend_share):
        return _tried(goal, None, None, search, search.nearest(goal))
    plans = [Plan(tidy(best.spend_share * factor), best.split) for factor in AGAIN]
    fresh.try_all(plans)
    good = [plan for plan in plans if fresh.share(plan, goal) >= search.confidence]
    if not good:
        return _tried(goal, None, None, fresh, max(plans, key=lambda plan: fresh.share(plan, goal)))
    return _tried(goal, good[0], band_of(needs), fresh)


def _explained(advice: Advice, search: _Search, effort: Effort) -> Advice:
    """With what stands in the way, if the goal is out of reach."""
    if advice.reachable:
        return advice
    seeds = search.seeds[: max(effort.aside, FEWEST_ASIDE)]
    found = obstacles(search.scenario, advice.nearest, advice.goal, search.metric, seeds, search.workers)
    return advice._replace(why=found)


def _if_otherwise(advices: tuple[Advice, ...], search: _Search, effort: Effort) -> tuple[Advice, ...]:
    """With what would be advised for the middle one of the goals that can be reached, were numbers others."""
    reachable = [at for at, advice in enumerate(advices) if advice.plan]
    if not reachable or not effort.aside:
        return advices
    at = reachable[(len(reachable) - 1) // 2]
    plan = advices[at].nearest
    found = moved(
        search.scenario,
        advices[at].goal,
        plan,
        metric=search.metric,
        confidence=search.confidence,
        seeds=search.seeds[: effort.aside],
        workers=search.workers,
    )
    return (*advices[:at], advices[at]._replace(otherwise=found), *advices[at + 1 :])


def _tried(
    goal: float, plan: Plan | None, band: tuple[float, float] | None, worlds: _Search, nearest: Plan | None = None
) -> Advice:
    shown = plan or nearest or STATUS_QUO
    reached = int((worlds.growths(shown) >= goal).sum())
    low, high = wilson_interval(reached, len(worlds.seeds))
    return Advice(goal, plan, band, reached / len(worlds.seeds), low, high, worlds.outcomes[shown], shown)


def _check(goals: Sequence[float], confidence: float) -> None:
    if not goals:
        raise ValueError("there is no advice without a goal; name one, such as --goal 15%")
    for goal in goals:
        if not -0.9 <= goal <= 9.0:
            raise ValueError(f"a goal of {goal:.0%} a year is beyond what can be meant; name -90% to 900%")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"a confidence lies between 0 and 1, got {confidence:g}")


def document_of(found: Advised, seconds: float | None = None) -> dict[str, Any]:
    """The advice as plain data: money in major units, shares and growth as numbers, ``ci95`` as [low, high]."""
    years = found.scenario.time.weeks / YEAR
    status_quo = [
        _ci("annual_growth", found.status_quo, lambda outcome: outcome.growth(found.metric)),
        _ci("discounted_profit", found.status_quo, lambda outcome: outcome.profit),
    ]
    return {
        "scenario": found.scenario.name,
        "scenario_hash": found.scenario.hash,
        "metric": found.metric,
        "years": years,
        "confidence": found.confidence,
        "status_quo": {key: value for part in status_quo for key, value in part.items()},
        "goals": [_goal_document(advice, years) for advice in found.goals],
        "unconstrained": _goal_document(found.unconstrained, years) | {"annual_growth": found.unconstrained.goal},
        "runs": found.runs,
        "seconds": seconds,
    }


def _goal_document(advice: Advice, years: float) -> dict[str, Any]:
    plan, reachable = advice.nearest, advice.reachable
    return {
        "annual_growth": advice.goal,
        "reachable": reachable,
        "probability": advice.probability,
        "probability_ci95": [written(advice.probability_low), written(advice.probability_high)],
        "acquisition_share": plan.acquisition_share,
        "acquisition_share_band": list(advice.band) if advice.band else None,
        "spend_share_of_revenue": plan.spend_share,
        **_ci("spend", advice.outcomes, lambda outcome: outcome.spend / years),
        **_ci("discounted_profit", advice.outcomes, lambda outcome: outcome.profit),
        **_ci("with_terminal_equity", advice.outcomes, lambda outcome: outcome.profit + outcome.equity),
        "lowest_cash": min(outcome.lowest_cash for outcome in advice.outcomes),
        "quarters": [
            {"winning": float(winning), "keeping": float(keeping)}
            for winning, keeping in zip(
                np.mean([outcome.winning for outcome in advice.outcomes], axis=0),
                np.mean([outcome.keeping for outcome in advice.outcomes], axis=0),
                strict=True,
            )
        ],
        "why": None if reachable else [obstacle._asdict() for obstacle in advice.why],
        "if_otherwise": [
            each._asdict() | {"plan": each.plan._asdict() if each.plan else None} for each in advice.otherwise
        ],
    }


def _ci(name: str, outcomes: Sequence[Outcome], of: Callable[[Outcome], float]) -> dict[str, Any]:
    estimate = mean_interval(np.array([of(outcome) for outcome in outcomes]))
    return {name: written(estimate.mean), f"{name}_ci95": [written(estimate.low), written(estimate.high)]}
