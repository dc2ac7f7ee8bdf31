"""Minimally different worlds: whoever is not concerned keeps every bit."""

from typing import Any

import numpy as np
import pytest

from sim.model.market import Market
from tests.small_worlds import LIVELY, data_with, differing_columns, lived, scenario_with

SIZE = 7
PEOPLE = 30 * SIZE
"""Groups are dealt in order of rows, so person number PEOPLE + 1 sits alone."""
ONE_EACH = {
    "need_per_year": {"gamma": {"shape": 1.0, "mean": 40.0}},
    "segments": {"a": {"share": 0.5}, "b": {"share": 0.5}},
}
NO_MONEY = {"spend_share": 0.0}
WITHOUT_BUDGETS = {
    "time.burn_in_weeks": 20,
    "time.weeks": 40,
    "people": {"count": PEOPLE, **ONE_EACH},
    "network": {"groups": {"size": SIZE, "talk_per_friend": 0.05}},
    **{
        f"businesses.{name}.{plan}": {"fixed_split": NO_MONEY}
        for name in ("ours", "rival", "third")
        for plan in ("status_quo", "strategy")
    },
}
"""Money is spent per head, so one more head would move everybody's; here nobody spends any."""


@pytest.mark.parametrize("loop", ["compiled", "mesa"])
def test_one_more_person_in_a_group_of_its_own_leaves_everyone_elses_life_unchanged(loop: str) -> None:
    world, larger = (lived(WITHOUT_BUDGETS | {"people.count": PEOPLE + more}, loop=loop) for more in (0, 1))
    assert world.tick == 60
    assert larger.customers[PEOPLE].friends()[:] == []
    assert differing_columns(world, larger, people=PEOPLE) == []
    assert larger.world.customers.orders[:PEOPLE].any()


def test_one_more_person_among_friends_would_be_noticed() -> None:
    """The test above has power: it is the group of its own that shields the others."""
    changes = WITHOUT_BUDGETS | {"network": {"mixed": {"listening": 0.5}}}
    world, larger = (lived(changes | {"people.count": PEOPLE + more}) for more in (0, 1))
    assert differing_columns(world, larger, people=PEOPLE) != []


@pytest.mark.parametrize("network", ["mixed", "small_world", "scale_free", "random", "groups"])
def test_people_are_born_the_same_however_many_there_are(network: str) -> None:
    few, many = (
        Market(scenario_with({"people": {"count": count, **ONE_EACH}, "network": {network: {}}}), seed=5)
        for count in (100, 163)
    )
    links = {"listening"} if network in ("small_world", "scale_free", "random", "groups") else set()
    assert set(differing_columns(few, many, people=100)) <= links


def with_a_stranger(changes: dict[str, Any], **stranger: Any) -> dict[str, Any]:
    """The same world with one business more, in the last place, that nobody knows and that spends nothing."""
    quiet = {"known": 0.0, "status_quo": {"fixed_split": NO_MONEY}, "strategy": {"fixed_split": NO_MONEY}}
    return data_with(changes | {"businesses.stranger": quiet | stranger})


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"network": {"mixed": {"listening": 0.4}}},
        {"rules.need": {"clock": "contract", "renewal_weeks": 3}},
        {"rules.value": {"order_shape": 0.3}},
    ],
    ids=["open", "mixed", "contract", "uneven_orders"],
)
@pytest.mark.parametrize("cheap", [1.0, 50.0])
def test_one_more_business_that_nobody_can_know_leaves_everyone_elses_life_unchanged(
    changes: dict[str, Any], cheap: float
) -> None:
    world = lived(changes)
    larger = lived({}, base=with_a_stranger(changes, price=cheap, affinity=50.0))
    known = len(world.businesses)
    assert differing_columns(world, larger, businesses=known) == []
    assert np.array_equal(world.history, larger.history[:, :known])
    assert not larger.history[:, known, :20].any()


def test_one_more_business_that_somebody_knows_would_be_noticed() -> None:
    world, larger = lived({}), lived({}, base=with_a_stranger({}, known=0.1))
    assert differing_columns(world, larger, businesses=len(world.businesses)) != []


def test_another_seed_is_another_world() -> None:
    """Luck comes from both halves of the seed, in the making of the world and in its weeks."""
    hashes = {lived({}, seed=seed).result_hash() for seed in (0, 1, 2**32, 2**32 + 1, 2**64 - 1)}
    assert len(hashes) == 5


def test_a_plan_changes_no_luck_before_it_is_made() -> None:
    """Two plans share the years before week 0: candidates are compared from one past."""
    spend = {"fixed_split": {"spend_share": 0.3, "acquisition_share": 1.0}}
    one, other = lived({}), lived({f"businesses.{name}.strategy": spend for name in LIVELY["businesses"]})
    opening = one.opening_tick
    assert np.array_equal(one.history[:opening], other.history[:opening])
    assert not np.array_equal(one.history[opening:], other.history[opening:])
