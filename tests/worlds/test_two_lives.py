"""What holds between two lives of one world: a longer one, one taken up again, one with something irrelevant added."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as some

from sim.model.business import Business, BusinessState
from sim.model.census import Census
from sim.model.market import Market, Snapshot
from sim.scenario.schema import MOST_BUSINESSES
from sim.state.tally import Item
from tests.any_scenario import Data, any_world
from tests.small_worlds import LEFT_OUT, LIVELY, data_with, differing_columns, lived, scenario_with

# -- a longer life -----------------------------------------------------------------------------------------------------


def same_past(one: Market, other: Market, ticks: int) -> bool:
    histories = [(market.history[:ticks], market.programmes[:ticks]) for market in (one, other)]
    return not differing_columns(one, other) and all(map(np.array_equal, *histories))


def a_life_and_its_beginning(world: Data, seed: int) -> tuple[Market, Market]:
    """A whole life, and another of twice its length, as far as the former went."""
    short = lived({}, seed, world)
    long = Market(scenario_with({"time.weeks": 2 * short.scenario.time.weeks}, world), seed)
    while long.tick < short.tick:
        long.step()
    return short, long


@any_world(30)
def test_a_shorter_life_is_the_beginning_of_a_longer_one(world: Data, seed: int) -> None:
    short, long = a_life_and_its_beginning(world, seed)
    assert same_past(short, long, short.tick)


@pytest.mark.slow
@any_world(500)
def test_many_shorter_lives_are_beginnings_of_longer_ones(world: Data, seed: int) -> None:
    short, long = a_life_and_its_beginning(world, seed)
    assert same_past(short, long, short.tick)


def test_a_plan_that_knows_how_long_it_lives_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Business.plan

    def plan_for_the_end(self: Business) -> None:
        plan(self)
        if self.model.last_tick - self.model.tick < 10:
            self.decision = self.decision._replace(spend_per_week=0.0)

    monkeypatch.setattr(Business, "plan", plan_for_the_end)
    short, long = a_life_and_its_beginning(LIVELY, 1)
    assert not same_past(short, long, short.tick)


# -- a life taken up again ---------------------------------------------------------------------------------------------


def lived_on_from(tick: int, world: Data, seed: int) -> Market:
    """A life that was put to rest and taken up by another market."""
    scenario = scenario_with({}, world)
    first = Market(scenario, seed)
    while first.tick < tick:
        first.step()
    rest = first.snapshot()
    first.run()  # what happens to the first one now must not matter
    return Market(scenario, seed).resume(rest).run()


def taken_up_at(part: float, world: Data, seed: int) -> None:
    """Check a life taken up when some part of its past is over."""
    taken_up = lived_on_from(round(part * scenario_with({}, world).time.burn_in_weeks), world, seed)
    assert taken_up.result_hash() == lived({}, seed, world).result_hash()


@any_world(30, part=some.sampled_from([1.0, 0.0, 0.5]))
def test_a_life_taken_up_again_is_the_life_that_was_put_to_rest(world: Data, seed: int, part: float) -> None:
    taken_up_at(part, world, seed)


@pytest.mark.slow
@any_world(500, part=some.floats(0.0, 1.0))
def test_many_lives_are_taken_up_again(world: Data, seed: int, part: float) -> None:
    taken_up_at(part, world, seed)


@pytest.mark.parametrize("tick", range(0, 17, 3))
def test_a_lively_life_can_be_taken_up_at_any_week_of_its_past(tick: int) -> None:
    assert lived_on_from(tick, LIVELY, 1).result_hash() == lived({}).result_hash()


@pytest.mark.parametrize("forgotten", ["pressure", "classes", "decision", "volume", "stocks", "balances"])
def test_whatever_a_business_does_not_take_up_would_be_missed(forgotten: str, monkeypatch: pytest.MonkeyPatch) -> None:
    restore = Business.restore

    def forgetful(self: Business, state: BusinessState) -> None:
        restore(self, state._replace(**{forgotten: getattr(self.state(), forgotten)}))

    monkeypatch.setattr(Business, "restore", forgetful)
    assert lived_on_from(7, LIVELY, 1).result_hash() != lived({}).result_hash()


@pytest.mark.parametrize("forgotten", ["customers", "recent_orders", "history", "programmes"])
def test_whatever_a_market_does_not_take_up_would_be_missed(forgotten: str, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot, fresh = Market.snapshot, Market(scenario_with({}), 1).snapshot()

    def forgetful(self: Market) -> Snapshot:
        rest = snapshot(self)
        nothing = fresh.customers if forgotten == "customers" else np.zeros_like(getattr(rest, forgotten))
        return rest._replace(**{forgotten: nothing})

    monkeypatch.setattr(Market, "snapshot", forgetful)
    assert lived_on_from(7, LIVELY, 1).result_hash() != lived({}).result_hash()


def pickled(market: Market) -> Market:
    other: Market = pickle.loads(pickle.dumps(market))  # noqa: S301 (our own)
    return other


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_a_copy_of_a_market_lives_on_as_the_market_does(copied: Callable[[Market], Market]) -> None:
    market = Market(scenario_with({}), seed=1)
    while market.tick < 30:
        market.step()
    other = copied(market)
    assert market.run().result_hash() == other.run().result_hash() == lived({}).result_hash()


def test_one_past_serves_many_futures() -> None:
    scenario = scenario_with({})
    first = Market(scenario, 1)
    while first.week < 0:
        first.step()
    rest = first.snapshot()
    lives = [Market(scenario, 1).resume(rest).run().result_hash() for _ in range(2)]
    other = scenario_with({"businesses.ours.strategy": {"fixed_split": {"spend_share": 0.9}}})
    assert lives[0] == lives[1] == lived(scenario).result_hash()
    assert Market(other, 1).resume(rest).run().result_hash() == lived(other).result_hash() != lives[0]


@pytest.mark.parametrize("changes", [{"people.count": 212}, {"businesses.ours.price": 46}, {"rules.talk.keep": 0.5}])
def test_a_past_of_another_world_is_refused(changes: dict[str, Any], lively_market: Market) -> None:
    early = Market(lively_market.scenario, 1).snapshot()
    with pytest.raises(ValueError, match="another world"):
        Market(scenario_with(changes), 1).resume(early)
    with pytest.raises(ValueError, match="another world"):
        Market(lively_market.scenario, 2).resume(early)
    with pytest.raises(ValueError, match="another world"):
        Market(lively_market.scenario, 1).resume(lively_market.snapshot())


# -- something irrelevant added ----------------------------------------------------------------------------------------

NO_MONEY = {"fixed_split": {"spend_share": 0.0}}
UNKNOWABLE = {
    **{"known": 0.0, "customers": 0, "backers": {"people": 0}, "channels": {"ads": {}}},
    **{"status_quo": NO_MONEY, "strategy": NO_MONEY},
}
"""Neither known nor advertised nor told of, and nobody is paid to recommend it."""
UNSEEN = {
    "businesses.*.levers.*.aim": LEFT_OUT,
    "businesses.*.levers.onboarding": LEFT_OUT,
    "businesses.*.levers.personal_touch": LEFT_OUT,
    "businesses.*.levers.reminders": LEFT_OUT,
    "businesses.*.levers.win_back": LEFT_OUT,
    "businesses.*.levers.care.budget_share": 1.0,
}
"""No lever is aimed at a class, so nobody needs the census."""


def with_a_stranger(world: Data, **stranger: Any) -> Data:
    """The same world with one business more, in the last place, of which nobody ever hears."""
    like = world["businesses"][next(iter(world["businesses"]))]
    home = {name: {} for name, presence in like.get("markets", {}).items() if not presence.get("enters_week")}
    return data_with({"businesses.stranger": like | UNKNOWABLE | {"markets": home} | stranger}, world)


def adding_changes_nothing(world: Data, seed: int) -> None:
    """Check that a business which nobody can know, and followers, are not noticed."""
    alone = lived({}, seed, world)
    followed = lived({}, seed, world, followed=alone.scenario.people)
    assert followed.result_hash() == alone.result_hash()
    known = len(alone.businesses)
    if known < MOST_BUSINESSES:
        larger = lived({}, seed, with_a_stranger(world))
        assert differing_columns(alone, larger, businesses=known) == []
        assert np.array_equal(alone.history, larger.history[:, :known])
        assert np.array_equal(alone.programmes, larger.programmes[:, :known])
        assert not larger.history[:, known, : len(Item)].any()


@any_world(40)
def test_what_is_irrelevant_changes_nobodys_life(world: Data, seed: int) -> None:
    adding_changes_nothing(world, seed)


@pytest.mark.slow
@any_world(500)
def test_what_is_irrelevant_changes_nothing_in_many_worlds(world: Data, seed: int) -> None:
    adding_changes_nothing(world, seed)


def test_one_more_business_that_somebody_knows_would_be_noticed() -> None:
    world, larger = lived({}), lived({}, base=with_a_stranger(LIVELY, known=0.1))
    assert differing_columns(world, larger, businesses=len(world.businesses)) != []


@any_world(20)
def test_a_census_that_no_lever_needs_changes_nobodys_life(world: Data, seed: int) -> None:
    counted = lived(UNSEEN, seed, world)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Census, "take", lambda self, market: None)
        assert lived(UNSEEN, seed, world).result_hash() == counted.result_hash()


def test_a_census_that_a_lever_needs_would_be_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = lived({}).result_hash()
    monkeypatch.setattr(Census, "take", lambda self, market: None)
    assert lived({}).result_hash() != before
