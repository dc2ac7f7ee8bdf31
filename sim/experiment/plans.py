"""Plans tried in worlds: a share of revenue, split between winning and keeping from week 0 on, and what came of it.

Many plans share one world up to week 0, so its years before are lived once in each process that needs them. Only what
advice needs comes back from a world: a few numbers a plan, not its whole history.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sim.experiment.compare import GROWTH, PLACE
from sim.experiment.executor import Executor, Progress, in_order
from sim.experiment.runs import How, past_of, run_world
from sim.model.market import Snapshot
from sim.scenario.schema import YEAR, Scenario
from sim.strategies.fixed import FixedSplit

QUARTER = 13
PLANS_A_TASK = 8
"""Plans of one world that travel together: few enough to share the work evenly."""
TASKS_A_HAND = 4
"""Or fewer travel together, so that everybody has something to do to the end."""
PEOPLE_KEPT = 500_000
"""Of worlds at week 0 that a process keeps: some hundred megabytes."""


class Plan(NamedTuple):
    """So much of revenue for marketing, and so much of that for winning customers."""

    spend_share: float
    acquisition_share: float


STATUS_QUO = Plan(-1.0, -1.0)
"""Not a plan of its own: go on as in the years before week 0."""


class Outcome(NamedTuple):
    """What came of a plan in one world for the first business; money in major units."""

    revenue_growth: float
    profit_growth: float
    customer_growth: float
    spend: float
    """On marketing, all weeks."""
    revenue: float
    profit: float
    """Discounted to week 0."""
    equity: float
    """What the customers of the end are worth, discounted to week 0: their lifetime value times their number."""
    lowest_cash: float
    customers_before: float
    """Customers in the first week of the plan."""
    winning: tuple[float, ...]
    """Spent on winning, quarter by quarter."""
    keeping: tuple[float, ...]

    def growth(self, of: str) -> float:
        """Growth a year of revenue, profit or customers."""
        return float(getattr(self, GROWTH[of]))


Outcomes = dict[Plan, tuple[Outcome, ...]]
"""What came of each plan, in every world."""


def under(scenario: Scenario, plan: Plan) -> Scenario:
    """The scenario with this plan for the first business."""
    first = scenario.businesses[0]
    if plan == STATUS_QUO:
        strategy, written = first.status_quo, scenario.resolved["businesses"][first.name]["status_quo"]
    else:
        strategy, written = FixedSplit(*plan), {"fixed_split": plan._asdict()}
    firms = scenario.resolved["businesses"]
    resolved = scenario.resolved | {"businesses": firms | {first.name: firms[first.name] | {"strategy": written}}}
    return replace(
        scenario, businesses=(first._replace(strategy=strategy), *scenario.businesses[1:]), resolved=resolved
    )


def try_plans(
    scenario: Scenario,
    plans: Sequence[Plan],
    seeds: Iterable[int],
    crew: Executor,
    progress: Progress | None = None,
) -> Outcomes:
    """Every plan in every world, by whoever has time.

    Raises
    ------
    RunFailed
        If a world cannot be lived to its end.
    """
    seeds, plans = tuple(seeds), tuple(dict.fromkeys(plans))
    groups = _evenly(plans, max(1, min(PLANS_A_TASK, len(plans) * len(seeds) // (TASKS_A_HAND * crew.hands))))
    tasks = [(seed, group) for seed in seeds for group in groups]
    lived = in_order(
        crew,
        tasks,
        partial(_world_under, scenario),
        progress and (lambda done, total: progress(done * len(plans) // len(groups), len(plans) * len(seeds))),
    )
    rows = [sum(lived[at : at + len(groups)], ()) for at in range(0, len(tasks), len(groups))]
    return {plan: tuple(row[at] for row in rows) for at, plan in enumerate(plans)}


def _evenly(plans: tuple[Plan, ...], most: int) -> list[tuple[Plan, ...]]:
    """Groups of plans that differ by one plan at most.

    Check
    -----
    >>> [len(group) for group in _evenly((STATUS_QUO,) * 9, 4)]
    [3, 3, 3]
    """
    count = -(-len(plans) // most)
    ends = [len(plans) * at // count for at in range(count + 1)]
    return [plans[start:end] for start, end in pairwise(ends)]


_pasts: dict[tuple[str, int], Snapshot] = {}


def _world_under(scenario: Scenario, task: tuple[int, tuple[Plan, ...]]) -> tuple[Outcome, ...]:
    """One world under several plans."""
    seed, plans = task
    key = scenario.history_hash, seed
    if key not in _pasts:
        while len(_pasts) * scenario.people > PEOPLE_KEPT:
            del _pasts[next(iter(_pasts))]
        _pasts[key] = past_of(scenario, seed)
    return tuple(_outcome(under(scenario, plan), seed, _pasts[key]) for plan in plans)


def _outcome(scenario: Scenario, seed: int, past: Snapshot) -> Outcome:
    run = run_world(scenario, seed, past=past, **How()._asdict())
    weekly, whole = run.weekly[:, 0, :], run.whole[0]
    weeks = np.arange(len(weekly))
    discount = (1.0 + scenario.rules.value.discount_rate) ** (-weeks / YEAR)
    worth = whole[PLACE["customer_lifetime_value"]] * whole[PLACE["listed_customers"]]
    quarters = weeks[::QUARTER]
    winning, keeping = weekly[:, PLACE["acquisition_spend"]], weekly[:, PLACE["retention_spend"]]
    return Outcome(
        **{metric: float(whole[PLACE[metric]]) for metric in GROWTH.values()},
        spend=float(winning.sum() + keeping.sum()),
        revenue=float(weekly[:, PLACE["revenue"]].sum()),
        profit=float(weekly[:, PLACE["profit"]] @ discount),
        equity=float(np.nan_to_num(worth) * discount[-1]),
        lowest_cash=float(weekly[:, PLACE["cash"]].min()),
        customers_before=float(weekly[0, PLACE["customers"]]),
        winning=tuple(np.add.reduceat(winning, quarters).tolist()),
        keeping=tuple(np.add.reduceat(keeping, quarters).tolist()),
    )
