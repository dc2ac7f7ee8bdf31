"""Minimally different worlds: whoever is not concerned keeps every bit."""

from typing import Any

import numpy as np
import pytest

from sim.model.market import Market
from tests.every_mechanism import both_plans
from tests.small_worlds import LEFT_OUT, LIVELY, differing_columns, lived, scenario_with

SIZE = 7
PEOPLE = 30 * SIZE
"""Groups are dealt in order of rows, so person number PEOPLE + 1 sits alone."""
ONE_EACH = {
    "need_per_year": {"gamma": {"shape": 1.0, "mean": 40.0}},
    "segments": {"a": {"share": 0.5}, "b": {"share": 0.5}},
}
WITHOUT_BUDGETS = {
    "time.burn_in_weeks": 20,
    "time.weeks": 40,
    "people": {"count": PEOPLE, "further_lines": 0.2, **ONE_EACH},
    "network": {"groups": {"size": SIZE, "talk_per_friend": 0.05}},
    "businesses.*.backers": LEFT_OUT,
    **both_plans(spend_share=0.0),
}
"""Money is spent per head and backers are chosen from all, so one more would move everybody's; here is neither."""


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
    people: dict[str, Any] = {"network": {network: {}}, "businesses.*.backers": LEFT_OUT}
    few, many = (
        Market(scenario_with(people | {"people": {"count": count, **ONE_EACH}}), seed=5) for count in (100, 163)
    )
    by_friends = set() if network == "mixed" else {"listening", "match"}  # homophily: friends share a taste
    assert set(differing_columns(few, many, people=100)) <= by_friends


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
