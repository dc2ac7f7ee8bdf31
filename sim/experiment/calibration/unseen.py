"""Unseen periods: what money will have done, foretold by curves that were learned without the last periods.

How customers buy and leave, and how large the market is, is known from the whole log; only what money does is not. So
this tests the curves, and not the rest of the scenario.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.experiment.calibration.expected import Seen, Z, history_of, slopes
from sim.experiment.calibration.log import Log
from sim.experiment.calibration.response import OTHERS, Replay, winning
from sim.experiment.calibration.spend import Spend
from sim.experiment.calibration.world import Plan

HELD_OUT = 0.25
"""Of the periods."""
LEAST_KNOWN = 9
"""Periods from which anything can be learned."""


class Unseen(NamedTuple):
    """New customers of the periods that were held out, and what was foretold of them."""

    begins: np.ndarray
    """First days of these periods."""
    actual: np.ndarray
    foretold: np.ndarray
    """The mean over worlds, and the ends of the interval: luck of the firm, and errors of the curves."""
    low: np.ndarray
    high: np.ndarray
    total: tuple[float, float, float]
    """Of all these periods: foretold, and the ends of its interval."""
    as_before: float
    """As many as in as many periods just before."""

    def misses(self) -> dict[str, float]:
        """Each forecast of the total over what came, less one."""
        came = float(self.actual.sum())
        forecasts = {"simulated": self.total[0], "as_before": self.as_before}
        return {name: value / came - 1.0 if came else np.nan for name, value in forecasts.items()}


def foretold_by_curves(plan: Plan, spend: Spend, log: Log) -> Unseen | None:
    """Learn what money did without the last quarter of the periods, and foretell their new customers.

    Parameters
    ----------
    plan : the world, with what is assumed of money

    Returns
    -------
    None if too few periods would be left
    """
    history = history_of(log, plan.market.people, int(spend.begins[0]))
    replay = Replay(plan, spend, history.first_day, len(history.never))
    periods = replay.periods
    count = round(HELD_OUT * len(periods))
    if len(periods) - count < LEAST_KNOWN:
        return None
    known, later = periods[:-count], periods[-count:]
    won = winning(plan, replay, history, known)
    money = plan.money._replace(ways=won.ways, by_itself=won.by_itself, keeping=spend.a_year(spend.retention))
    worlds = replay.won(money, OTHERS)[:, later]
    actual, foretold = spend.new_customers[later], worlds.mean(axis=0)
    seen = Seen(replay.spent.winning, history, actual, lambda weeks: replay.summed(weeks)[later])
    steep = slopes(won.shape, won.free, seen)
    luck = np.atleast_2d(np.cov(worlds.T)) * (1.0 / plan.market.represents + 1.0 / len(worlds))
    covariance = steep @ won.covariance @ steep.T + luck
    half = Z * np.sqrt(np.diag(covariance))
    total, wide = float(foretold.sum()), Z * float(np.sqrt(covariance.sum()))
    return Unseen(
        spend.begins[:-1][later],
        actual,
        foretold,
        np.maximum(foretold - half, 0.0),
        foretold + half,
        (total, max(total - wide, 0.0), total + wide),
        float(spend.new_customers[known[-count:]].sum()),
    )
