"""Events happen when they say, to whom they say, and to nobody before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as some

from sim.experiment.runs import past_of
from sim.model.events import Conditions, surroundings
from sim.model.history import SPENT, Line
from sim.model.market import Market
from sim.rules.events import EVENTS
from sim.state.tally import Item
from tests.any_scenario import Data, any_world
from tests.small_worlds import LEFT_OUT, lived, scenario_with

WEEK = 20
ONE_OF_EACH: dict[str, dict[str, Any]] = {
    "substitute": {"pull": 2.0},
    "market_growth": {"need": 2.0},
    "price_war": {"business": "rival", "price": 0.7},
    "quality_crisis": {"business": "ours", "quality": 0.6, "failure_rate": 0.5},
    "cost_rise": {"unit_cost": 1.5},
    "channel_ban": {"business": "ours"},
}


def event(kind: str, week: int = WEEK, **more: Any) -> dict[str, Any]:
    return {"events": {"it": {kind: ONE_OF_EACH[kind] | {"week": week} | more}}}


def from_week(market: Market, week: int) -> np.ndarray:
    return market.history[market.opening_tick + week :]


def before_week(market: Market, week: int) -> np.ndarray:
    return market.history[: market.opening_tick + week]


def test_there_is_one_of_each() -> None:
    assert ONE_OF_EACH.keys() == EVENTS.keys()


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_changes_its_week_and_nothing_before(kind: str) -> None:
    quiet, stirred = lived({}), lived(event(kind))
    assert np.array_equal(before_week(quiet, WEEK), before_week(stirred, WEEK))
    assert not np.array_equal(from_week(quiet, WEEK), from_week(stirred, WEEK))


@any_world(40, kind=some.sampled_from(list(EVENTS)), week=some.integers(0, 12))
def test_an_event_changes_nothing_before_in_any_world(world: Data, seed: int, kind: str, week: int) -> None:
    plain = dict(world, events={})
    size = {key: value for key, value in ONE_OF_EACH[kind].items() if key != "business"}
    stirred = dict(world, events={"it": {kind: size | {"week": week}}})
    one, other = lived({}, seed, plain), lived({}, seed, stirred)
    assert np.array_equal(before_week(one, week), before_week(other, week))
    assert np.array_equal(one.programmes[: one.opening_tick + week], other.programmes[: other.opening_tick + week])


def test_an_event_that_began_a_week_early_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = lived({})
    monkeypatch.setattr(
        "sim.model.events.is_under_way", lambda week, begins, lasts: begins - 1 <= week < begins + lasts
    )
    assert not np.array_equal(before_week(quiet, WEEK), before_week(lived(event("price_war")), WEEK))


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_that_is_over_leaves_the_week_as_it_would_have_been(kind: str) -> None:
    """What surrounds people is as before; what it has done to them stays."""
    around = surroundings(scenario_with(event(kind, for_weeks=5)), WEEK + 5)
    assert around == surroundings(scenario_with({}), WEEK + 5)
    assert around != surroundings(scenario_with(event(kind, for_weeks=5)), WEEK + 4)


def test_events_of_one_kind_add_up() -> None:
    twice = {"events": {name: {"price_war": {"week": 0, "price": 0.5}} for name in ("one", "two")}}
    assert surroundings(scenario_with(twice), 0).businesses == (Conditions(price=0.25),) * 3


def test_an_event_that_names_a_business_is_about_that_business() -> None:
    named = surroundings(scenario_with(event("price_war", 0)), 0).businesses
    assert [conditions.price for conditions in named] == [1.0, 0.7, 1.0]
    unnamed = surroundings(scenario_with({"events": {"it": {"cost_rise": {"unit_cost": 2.0}}}}), 0).businesses
    assert [conditions.unit_cost for conditions in unnamed] == [2.0, 2.0, 2.0]


# -- what each does ----------------------------------------------------------------------------------------------------


def test_a_price_war_lowers_the_price_and_brings_orders() -> None:
    quiet, war = lived({}), lived(event("price_war", for_weeks=20))
    assert from_week(war, WEEK)[:20, 1, Item.ORDERS].sum() > from_week(quiet, WEEK)[:20, 1, Item.ORDERS].sum()
    first = [from_week(market, WEEK)[0, 1, [Item.REVENUE, Item.LIST_VALUE]] for market in (war, quiet)]
    assert first[0][0] / first[0][1] == pytest.approx(0.7 * first[1][0] / first[1][1], rel=0.05)


def test_rivals_see_the_price_of_a_war() -> None:
    from sim.model.sight import published

    market = lived(event("price_war", for_weeks=100))
    assert published(market.businesses[1]).price == pytest.approx(0.7 * 50.0)


def test_a_price_war_makes_goods_no_cheaper() -> None:
    war = lived(event("price_war"))
    line = from_week(war, WEEK)[:, 1]
    assert line[:, Line.COST_OF_GOODS] == pytest.approx(line[:, Item.LIST_VALUE] * 27.5 / 50.0, abs=1.0)


def test_a_quality_crisis_breaks_orders_and_hurts() -> None:
    quiet, crisis = lived({}), lived(event("quality_crisis"))
    failed = [
        from_week(m, WEEK)[:, 0, Item.FAILURES].sum() / from_week(m, WEEK)[:, 0, Item.ORDERS].sum()
        for m in (quiet, crisis)
    ]
    assert failed[1] > 3.0 * failed[0]
    felt = [from_week(m, WEEK)[-1, 0, [Line.SATISFACTION_SUM, Line.CUSTOMERS]] for m in (quiet, crisis)]
    assert felt[1][0] / felt[1][1] < felt[0][0] / felt[0][1]


def test_a_cost_rise_is_paid_from_its_week_on() -> None:
    quiet, dear = lived({}), lived(event("cost_rise"))
    lines = [from_week(market, WEEK)[0] for market in (quiet, dear)]
    assert np.array_equal(lines[0][:, Item.LIST_VALUE], lines[1][:, Item.LIST_VALUE])
    assert lines[1][:, Line.COST_OF_GOODS] == pytest.approx(1.5 * lines[0][:, Line.COST_OF_GOODS], abs=1.0)


def test_a_banned_channel_gets_no_money_which_stays_in_hand() -> None:
    kinds = {"businesses.ours.channels.mail.kind": "direct_mail"}
    quiet, banned = lived(kinds), lived(kinds | event("channel_ban"))
    spent = banned.programmes[banned.opening_tick + WEEK :, 0, :2, SPENT]
    assert spent[:, 0].sum() == 0 < spent[:, 1].sum()
    assert quiet.programmes[quiet.opening_tick + WEEK :, 0, 0, SPENT].sum() > 0
    first = [from_week(market, WEEK)[0, 0] for market in (quiet, banned)]
    saved = first[0][Line.ACQUISITION_SPEND] - first[1][Line.ACQUISITION_SPEND]
    assert saved == quiet.programmes[quiet.opening_tick + WEEK, 0, 0, SPENT]


# -- the years before week 0 -------------------------------------------------------------------------------------------


def test_what_happens_later_is_no_part_of_the_past() -> None:
    plain = scenario_with({})
    assert (
        scenario_with(event("price_war", 0)).history_hash
        == plain.history_hash
        != scenario_with(event("price_war", -1)).history_hash
    )
    assert scenario_with(event("price_war", 0)).hash != plain.hash


@pytest.mark.parametrize("kind", EVENTS)
def test_a_past_is_shared_by_worlds_that_differ_in_what_happens_later(kind: str) -> None:
    """Also if something else happened in it that is still under way."""
    earlier = {"before": {"cost_rise": {"week": -5, "for_weeks": 10}}, "other": {"quality_crisis": {"week": -3}}}
    plain = scenario_with({"events": earlier})
    later = scenario_with({"events": earlier | event(kind, 3)["events"]})
    alone = Market(later, 1).run().result_hash()
    assert Market(later, 1).resume(past_of(plain, 1)).run().result_hash() == alone


def test_no_events_are_the_same_as_none_written() -> None:
    assert lived({"events": {}}).result_hash() == lived({"events": LEFT_OUT}).result_hash()
