"""Advice: for each goal the plan of least spend that reaches it, found by trying plans in the same worlds.

One set of plans in one set of worlds serves all goals: a coarse table of spends and splits, then a closer look where
the cheapest plans of each goal lie. A smooth surface through what was tried says what each split needs; the splits that
need hardly more than the best one are its band. What is recommended is tried again in fresh worlds, so that it is not
praised for the luck by which it was chosen, and a goal counts as reachable only if it is reached there.

Worlds differ more than plans. So that few of them stand for all, going on as before is tried in many first, and worlds
are chosen evenly from the slowest to the fastest grown: those of the search and the fresh ones alternate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.executor import Progress
from sim.experiment.ignorance import Moved, moved
from sim.experiment.obstacles import Obstacle, obstacles
from sim.experiment.plans import STATUS_QUO, Outcome, Plan
from sim.experiment.runs import crew_for, seeds_from
from sim.experiment.search import ASIDE, CLOSER, SPENDS, SPLITS, Question, Search, Share, tidy
from sim.experiment.statistics import Estimate, mean_interval, wilson_interval, written
from sim.experiment.surface import Need, band_of, best_of
from sim.scenario.schema import YEAR, Scenario

LESS, MORE, STEPS = 0.8, 1.25, 3
"""How the best split is tried in fresh worlds: with so much less, or more, until one reaches and one does not."""
CURVE = np.round(np.arange(0.0, 1.2001, 0.025), 3)
"""Goals of the figure, growth a year."""


class Effort(NamedTuple):
    """How many worlds to live: of the search, fresh ones, and of questions aside."""

    search: int
    fresh: int
    aside: int
    """For numbers that nobody knows; the question is left out if it is 0."""
    closer: bool
    """Look closer where the cheapest plans of each goal lie?"""


REVENUE = Question("revenue", 0.5, None)
FULL, QUICK = Effort(6, 12, 3, True), Effort(3, 6, 0, False)
TRIES = 3
"""Plans that a goal asks for in fresh worlds, mostly."""
FEWEST_ASIDE = 3
"""Worlds in which to look for what stands in the way."""


class Advice(NamedTuple):
    """What is advised for one goal."""

    goal: float
    plan: Plan
    """The plan of least spend that reaches it; where none does, the one that comes nearest."""
    reachable: bool
    band: tuple[float, float] | None
    """The splits that need at most a tenth more than the best; none where no plan reaches the goal."""
    spend: Share
    """The share of revenue that the goal takes at this split."""
    probability: float
    probability_low: float
    probability_high: float
    outcomes: tuple[Outcome, ...]
    """Of the plan, in fresh worlds."""
    why: tuple[Obstacle, ...] = ()
    """What stands in the way where no plan reaches the goal."""
    otherwise: tuple[Moved, ...] = ()
    """What would be advised if the least known numbers were others."""

    def mean(self, of: Callable[[Outcome], float]) -> Estimate:
        """A quantity of the outcomes with its interval."""
        return mean_interval(np.array([of(outcome) for outcome in self.outcomes]))


class Advised(NamedTuple):
    """All that was asked and found."""

    scenario: Scenario
    question: Question
    goals: tuple[Advice, ...]
    curve: tuple[tuple[float, tuple[Need, ...]], ...]
    """For the figure: goals, and what each split needs."""
    unconstrained: Advice
    """The plan of most profit, the worth of its customers included; its goal is the growth that it brings."""
    status_quo: tuple[Outcome, ...]
    runs: int


def advise(
    scenario: Scenario,
    goals: Sequence[float],
    question: Question = REVENUE,
    *,
    effort: Effort = FULL,
    first_seed: int = 1,
    workers: int = 1,
    progress: Progress | None = None,
) -> Advised:
    """The plan of least spend that reaches each goal.

    Parameters
    ----------
    goals : growth a year, .15 for 15 %
    question : what shall grow, in which share of worlds, within which budget

    Raises
    ------
    ValueError
        If a goal or the confidence makes no sense, or if there is nothing to grow from.
    RunFailed
        If a world cannot be lived.
    """
    _check(goals, question)
    tell = _counter(progress, _guess(len(goals), effort))
    with crew_for(scenario, workers) as crew:
        zero = Search(scenario, question, seeds_from(first_seed, 2 * effort.fresh), crew, tell)
        zero.try_all([STATUS_QUO])
        search, fresh = (Search(scenario, question, seeds, crew, tell) for seeds in _apart(zero, effort))
        return _answers(goals, zero, search, fresh, effort)


def _answers(goals: Sequence[float], zero: Search, search: Search, fresh: Search, effort: Effort) -> Advised:
    """All that is found by one search, tried again in fresh worlds."""
    search.try_table()
    if effort.closer:
        for goal in goals:
            search.look_closer(goal)
    advices = [_explained(_advice(goal, search, fresh), search, effort) for goal in goals]
    best = search.most_profitable()
    fresh.try_all([best])
    return Advised(
        search.scenario,
        search.question,
        tuple(_if_otherwise(advices, search, effort)),
        tuple((float(goal), tuple(search.needs(float(goal)))) for goal in CURVE),
        _tried(float(np.median(fresh.growths(best))), best, fresh),
        zero.outcomes[STATUS_QUO],
        zero.runs + search.runs + fresh.runs,
    )


def _apart(zero: Search, effort: Effort) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Worlds of the search, and fresh ones: evenly from the slowest to the fastest grown, and none in both."""
    growths = np.array([outcome.growth(zero.question.metric) for outcome in zero.outcomes[STATUS_QUO]])
    if np.isnan(growths).any():
        raise ValueError(f"{zero.scenario.name} has no {zero.question.metric} before week 0 to grow from")
    order = [zero.seeds[at] for at in np.argsort(growths, kind="stable")]
    others = order[::2]
    step = len(others) // effort.search
    return tuple(others[step // 2 :: step][: effort.search]), tuple(order[1::2])


def _advice(goal: float, search: Search, fresh: Search) -> Advice:
    """What to do for one goal: the split of the search, and the spend that fresh worlds ask for."""
    needs = search.needs(goal)
    best = best_of(needs)
    reachable = bool(np.isfinite(best.spend_share))
    plan = Plan(tidy(best.spend_share), best.split) if reachable else search.nearest(goal)
    split = plan.acquisition_share
    tried = [plan, *_near_the_least(plan, goal, fresh)]
    cheapest = fresh.settle(split, goal)
    if cheapest is not None:
        return _tried(goal, cheapest, fresh, band_of(needs) if reachable else (split, split))
    return _tried(goal, max(tried, key=lambda plan: (fresh.share(plan, goal), plan.spend_share)), fresh)


def _near_the_least(plan: Plan, goal: float, fresh: Search) -> list[Plan]:
    """Try less money while a plan reaches its goal, and more while it does not."""

    def reaches(plan: Plan) -> bool:
        fresh.try_all([plan])
        return fresh.share(plan, goal) >= fresh.question.confidence

    reached, tried = reaches(plan), [plan]
    while len(tried) <= STEPS:
        spend = tidy(min(max(tried[-1].spend_share * (LESS if reached else MORE), SPENDS[0]), SPENDS[-1]))
        tried.append(Plan(spend, plan.acquisition_share))
        if tried[-1] == tried[-2] or reaches(tried[-1]) != reached:
            break
    return tried[1:]


def _tried(goal: float, plan: Plan, fresh: Search, band: tuple[float, float] | None = None) -> Advice:
    """A plan as fresh worlds show it."""
    share, worlds = fresh.share(plan, goal), len(fresh.seeds)
    low, high = wilson_interval(share * worlds, worlds)
    spend = fresh.required(plan.acquisition_share, goal)
    return Advice(goal, plan, band is not None, band, spend, share, low, high, fresh.outcomes[plan])


def _explained(advice: Advice, search: Search, effort: Effort) -> Advice:
    """With what stands in the way, if the goal is out of reach."""
    if advice.reachable:
        return advice
    seeds = search.seeds[:: max(len(search.seeds) // max(effort.aside, FEWEST_ASIDE), 1)]
    found = obstacles(search.scenario, advice.plan, advice.goal, search.question.metric, seeds, search.crew)
    return advice._replace(why=found)


def _if_otherwise(advices: list[Advice], search: Search, effort: Effort) -> list[Advice]:
    """With what would be advised for the middle one of the goals that can be reached, were numbers others."""
    reachable = [at for at, advice in enumerate(advices) if advice.reachable]
    if reachable and effort.aside:
        at = reachable[(len(reachable) - 1) // 2]
        seeds = search.seeds[:: len(search.seeds) // effort.aside]
        found = moved(search.scenario, advices[at].goal, advices[at].plan, search.question, seeds, search.crew)
        advices[at] = advices[at]._replace(otherwise=found)
    return advices


def _guess(goals: int, effort: Effort) -> int:
    """About how many runs there will be in all."""
    table = len(SPLITS) * len(SPENDS)
    closer = len(CLOSER) * len(ASIDE) * goals * effort.closer
    return 2 * effort.fresh + effort.search * (table + closer) + effort.fresh * TRIES * goals


def _counter(progress: Progress | None, expected: int) -> Progress | None:
    """One count over many searches."""
    if progress is None:
        return None
    done = last = 0

    def tell(now: int, total: int) -> None:
        nonlocal done, last
        done += now - last if now >= last else now
        last = now
        progress(done, max(expected, done))

    return tell


def _check(goals: Sequence[float], question: Question) -> None:
    if not goals:
        raise ValueError("there is no advice without a goal; name one, such as --goal 15%")
    for goal in goals:
        if not -0.9 <= goal <= 9.0:
            raise ValueError(f"a goal of {goal:.0%} a year is beyond what can be meant; name -90% to 900%")
    if not 0.0 < question.confidence < 1.0:
        raise ValueError(f"a confidence lies between 0 and 1, got {question.confidence:g}")


def document_of(found: Advised, seconds: float | None = None) -> dict[str, Any]:
    """The advice as plain data: money in major units, shares and growth as numbers, ``ci95`` as [low, high]."""
    years = found.scenario.time.weeks / YEAR
    status_quo = [
        _ci("annual_growth", found.status_quo, lambda outcome: outcome.growth(found.question.metric)),
        _ci("discounted_profit", found.status_quo, lambda outcome: outcome.profit),
    ]
    return {
        "scenario": found.scenario.name,
        "scenario_hash": found.scenario.hash,
        "metric": found.question.metric,
        "years": years,
        "confidence": found.question.confidence,
        "budget": found.question.budget,
        "status_quo": {key: value for part in status_quo for key, value in part.items()},
        "goals": [_goal_document(advice, years) for advice in found.goals],
        "unconstrained": _goal_document(found.unconstrained, years) | {"annual_growth": found.unconstrained.goal},
        "runs": found.runs,
        "seconds": seconds,
    }


def _goal_document(advice: Advice, years: float) -> dict[str, Any]:
    plan, reachable = advice.plan, advice.reachable
    return {
        "annual_growth": advice.goal,
        "reachable": reachable,
        "probability": advice.probability,
        "probability_ci95": [written(advice.probability_low), written(advice.probability_high)],
        "acquisition_share": plan.acquisition_share,
        "acquisition_share_band": list(advice.band) if advice.band else None,
        "spend_share_of_revenue": plan.spend_share,
        "spend_share_of_revenue_ci95": [written(advice.spend.low), written(advice.spend.high)],
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
            {
                "unknown": each.unknown,
                "value": each.value,
                "plan": each.plan._asdict() if each.plan else None,
                "acquisition_share_band": list(each.band) if each.band else None,
            }
            for each in advice.otherwise
        ],
    }


def _ci(name: str, outcomes: Sequence[Outcome], of: Callable[[Outcome], float]) -> dict[str, Any]:
    estimate = mean_interval(np.array([of(outcome) for outcome in outcomes]))
    return {
        name: written(float(estimate.mean)),
        f"{name}_ci95": [written(float(estimate.low)), written(float(estimate.high))],
    }
