"""The yearly retention rate is what a look into the diary of everybody finds, whoever moves away and whoever comes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from sim.model.history import Line
from sim.model.market import Market
from sim.model.metrics import METRICS
from sim.model.views import terms_of, weekly
from sim.scenario.schema import YEAR
from sim.state.customers import LONG_AGO
from sim.state.diary import ORDER
from sim.state.tally import Item
from tests.alphas import alpha_of
from tests.small_worlds import scenario_with

PEOPLE = 12_000
FEW_THOUSANDTHS = 0.005
SIGMAS = norm.isf(alpha_of("model/test_retention_rate.py") / 2)
"""Movers are a sample of the list, which is all that the rate may be off by: binomial in any week."""
SETTLED: dict[str, Any] = {
    "schema": 1,
    "time": {"weeks": 182, "burn_in_weeks": 0},
    "people": {"count": PEOPLE, "need_per_year": 26.0, "leaving": 0.04, "nothing": 0.0},
    "network": {"mixed": {"listening": 0.0}},
    "rules": {"population": {"turnover": 0.004}},
    "businesses": {
        "ours": {
            "known": 0.5,
            "cash": 1e9,
            "strategy": {"fixed_budget": {"spend_per_year": 300_000.0, "acquisition_share": 1.0}},
        }
    },
}
GROWING = {"businesses.ours.known": 0.02}
RESTLESS = {"rules.population.turnover": 0.02}
WORLDS = {
    "settled": {},
    "growing": GROWING,
    "restless": RESTLESS,
    "growing and restless": GROWING | RESTLESS,
    "nobody moves": {"rules.population.turnover": 0.0},
    "a list of two years": {"time.list_weeks": 104},
}


def lists_of(market: Market) -> tuple[np.ndarray, np.ndarray]:
    """Who is on the list at the close of every week, and who fell off it in that week: bool (weeks, people).

    Whoever orders again in the very week in which the list would forget the last order has fallen off and come back.
    """
    window = market.scenario.time.list_weeks
    listed, fell = np.zeros((2, market.last_tick, PEOPLE), bool)
    last, on = np.full(PEOPLE, LONG_AGO), np.zeros(PEOPLE, bool)
    while market.tick < market.last_tick:
        tick, moves = market.tick, market.world.customers.moves_tick == market.tick
        market.step()
        fell[tick] = on & (moves | (tick - last >= window))
        events = market.followed_events[-1]
        last[moves] = LONG_AGO
        last[events[events[:, 3] == ORDER, 1]] = tick
        listed[tick] = on = tick - last < window
    return listed, fell


@pytest.mark.parametrize("name", WORLDS)
def test_retention_is_the_share_of_last_years_list_that_never_fell_off_it(name: str) -> None:
    scenario = scenario_with(WORLDS[name], SETTLED)
    market = Market(scenario, seed=1, followed=PEOPLE)
    listed, fell = lists_of(market)
    assert (listed.sum(axis=1) == market.history[:, 0, Line.LISTED_CUSTOMERS]).all()
    measured = weekly(market.history, terms_of(scenario))[:, 0, list(METRICS).index("retention_rate")]
    assert np.isnan(measured[: YEAR - 1]).all()
    off = []
    for tick in range(YEAR + 26, market.last_tick, 13):
        before = listed[tick - YEAR]
        kept = (before & ~fell[tick - YEAR + 1 : tick + 1].any(axis=0)).sum() / before.sum()
        assert abs(measured[tick] - kept) <= SIGMAS * np.sqrt(kept * (1.0 - kept) / before.sum()), tick
        off.append(measured[tick] - kept)
    assert len(off) == 8
    assert abs(np.mean(off)) < FEW_THOUSANDTHS
    if scenario.rules.population.turnover == 0.0:
        assert off == pytest.approx([0.0] * 8, abs=1e-12)
    assert (measured[YEAR:] >= 0.0).all() and (measured[YEAR:] <= 1.0).all()
    assert bool(market.history[:, 0, Item.LOST_MOVED].sum() > 1000) is (scenario.rules.population.turnover > 0.0)
