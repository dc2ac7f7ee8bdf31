"""With everything newer switched off, the market is what it was before promotions, complaints, lines and moves.

The hashes were taken from the model as it stood before any of these mechanisms was written (commit f7561ef, which
comes before all that brought them in), of the same scenarios: there was nothing else then that could be switched on.
They are not to be renewed. A change that moves them changes what a scenario means that has never heard of anything
new, and has to say so.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest

from sim.model.history import Line
from sim.model.market import Market
from sim.state.tally import Item
from tests.small_worlds import lived

COUNTED_THEN = [
    *(Item.ORDERS, Item.REVENUE, Item.REVENUE_FROM_OLD_CUSTOMERS),
    *(Item.NEW, Item.NEW_TOLD, Item.NEW_CONTACTED, Item.RETURNED, Item.RETURNED_TOLD, Item.RETURNED_CONTACTED),
    *(Item.LOST_NEED_GONE, Item.LOST_DISSATISFIED, Item.LOST_FORGOTTEN, Item.LOST_TO_RIVAL, Item.LOST_TO_PRICE),
    *(Item.CONTACTS, Item.GOOD_STORIES, Item.BAD_STORIES, Item.FAILURES),
    *(Item.AWARE, Item.LISTED, Item.DELISTED, Item.SATISFACTION),
    *(Line.COST_OF_GOODS, Line.ACQUISITION_SPEND, Line.RETENTION_SPEND, Line.CASH),
    *(Line.CUSTOMERS, Line.LISTED_CUSTOMERS, Line.PEOPLE_AWARE, Line.SATISFACTION_SUM),
]
"""Of what is counted today, what was counted then under the same name, in the order of that time."""

THEN: dict[str, Any] = {
    "schema": 1,
    "time": {"weeks": 80, "burn_in_weeks": 16, "planning_weeks": 4, "list_weeks": 52},
    "people": {
        "count": 200,
        "need_per_year": {"gamma": {"shape": 1.0, "mean": 40.0}},
        "leaving": {"beta": {"a": 1.0, "b": 6.0}},
    },
    "network": {"small_world": {"degree": 6, "rewired": 0.2, "talk_per_friend": 0.05}},
    "rules": {
        "talk": {"told_always": 0.1},
        "memory": {"name_forgotten": 0.05, "departure_fades": 0.05, "forgotten_weeks": 12},
        "acquisition": {"offer_makes_occasion": 0.3},
    },
    "businesses": {
        "ours": {
            "price": 45,
            "known": 0.4,
            "failure_rate": 0.1,
            "channels": {
                "advertising": {"budget_share": 0.5, "ceiling": 0.1},
                "mail": {"budget_share": 0.5, "ceiling": 0.05, "keep": 0.0},
            },
            "levers": {"care": {"budget_share": 0.5}, "loyalty_scheme": {"budget_share": 0.5}},
            "strategy": {"growth_goal": {"low": 0.5, "high": 1.0}},
        },
        "rival": {"price": 50, "known": 0.6, "affinity": 0.6, "strategy": {"fixed_split": {"acquisition_share": 0.8}}},
        "third": {"price": 55, "known": 0.2, "quality": 0.6, "cash": 200, "credit_line": 100},
    },
}
WORLDS: dict[str, dict[str, Any]] = {
    "lively": {},
    "contract": {"rules.need": {"clock": "contract", "renewal_weeks": 4}, "people.leaving": 0.2},
    "mixed": {"network": {"mixed": {"listening": 0.3}}, "people.count": 300, "time.weeks": 60},
}
AS_IT_WAS = {
    "lively": "81a4cf9d4179a147606615b39292bd7c732a1d0cdfebeb1af79c839cd92d70ec",
    "contract": "82b7b264bbd9255d27b75347ea2a22134c2f96794b5e4919c104e534c0a60ee6",
    "mixed": "3a9ba3bdbcb38bcbdc222414f4aa5555c80fd67292a4fb315b7d4ad515f5e4bc",
}
"""SHA-256 of what was counted then, int64 little-endian (weeks, businesses, entries), with seed 1."""


def counted(market: Market) -> np.ndarray:
    return market.history[:, :, [int(entry) for entry in COUNTED_THEN]]


def digest(market: Market) -> str:
    return hashlib.sha256(np.ascontiguousarray(counted(market), dtype="<i8").tobytes()).hexdigest()


@pytest.mark.parametrize("name", WORLDS)
def test_the_market_is_as_it_was(name: str) -> None:
    assert digest(lived(WORLDS[name], base=THEN)) == AS_IT_WAS[name]


def test_all_that_was_counted_then_happens() -> None:
    assert counted(lived({}, base=THEN)).any(axis=(0, 1)).all()


NEWER: list[dict[str, Any]] = [
    {"rules.population.turnover": 0.002},
    {"rules.complaints.complains": 0.5},
    {"rules.journey.remorse": 0.3},
    {"rules.trust.homophily": 0.2},
    {"rules.choice.reference_moves": 0.1},
    {"businesses.ours.promotions": {"sale": {}}},
    {"businesses.ours.backers": {"people": 2}},
]


@pytest.mark.parametrize("newer", NEWER, ids=lambda newer: next(iter(newer)))
def test_what_is_newer_would_be_seen(newer: dict[str, Any]) -> None:
    assert digest(lived(newer, base=THEN)) != AS_IT_WAS["lively"]
