"""Each mechanism at work in a small world made for it: it acts as it says, and off it does not.

Worlds that are compared share their luck: same seed, so that they differ by the mechanism and by nothing else. The
world of these tests is bare: one business, known to all, nobody talks, no money is spent.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from sim.model.history import CONTACTED, SPENT, WON, Line
from sim.model.market import Market
from sim.model.metrics import METRICS
from sim.model.programmes import REFERRAL_REWARDS
from sim.model.views import terms_of, whole
from sim.rules.journey import PHASES, RECOMMENDERS, phase
from sim.rules.memory import AWARE, CUSTOMER, LAPSED, STRANGER
from sim.scenario.schema import MOST_CHANNELS
from sim.state.customers import (
    COLUMNS,
    FORMER_CONTACTED,
    FORMER_REMINDED,
    LONG_AGO,
    NO_CHANNEL,
    TOLD,
    UNKNOWN,
    empty_customers,
)
from sim.state.customers import CONTACTED as BY_CONTACT
from sim.state.diary import AT_NEED, DEPARTURE, ORDER
from sim.state.network import Friends
from sim.state.tally import LOST, Item
from tests.alphas import alpha_of
from tests.small_worlds import LEFT_OUT, differing_columns, lived, scenario_with

BARE: dict[str, Any] = {
    "schema": 1,
    "time": {"weeks": 104, "burn_in_weeks": 0, "planning_weeks": 4, "list_weeks": 52},
    "people": {"count": 1500, "need_per_year": 13.0, "leaving": 0.1, "nothing": 0.0, "mean_order_value": 50.0},
    "network": {"mixed": {"listening": 0.0}},
    "rules": {
        "memory": {"name_forgotten": 0.0, "departure_fades": 0.0, "forgotten_weeks": 30000},
        "value": {"order_shape": 0.0, "person_shape": 0.0},
    },
    "businesses": {"ours": {"known": 1.0, "cash": 1e9}},
}
"""Everybody needs something every four weeks, leaves one time in ten for good, and buys for 50.00 each time."""
SIGMAS = norm.isf(alpha_of("model/test_mechanisms.py") / 2)
"""A statistic at its own law is no further off, in standard deviations, but for the false alarms."""


def plan(per_year: float, winning: float = 0.0) -> dict[str, Any]:
    """So much marketing money."""
    budget = {"fixed_budget": {"spend_per_year": per_year, "acquisition_share": winning}}
    return {"businesses.ours.status_quo": budget, "businesses.ours.strategy": budget}


NO_MONEY = plan(0.0)


def lever(name: str, per_year: float = 30_000.0, **numbers: Any) -> dict[str, Any]:
    """All keeping money for one lever."""
    levers = {"care": {"budget_share": 0.0}} | {name: {"budget_share": 1.0} | numbers}
    return plan(per_year) | {"businesses.ours.levers": levers}


def bare(*changes: dict[str, Any], seed: int = 1, **how: Any) -> Market:
    """A bare world with some changes, lived to its end."""
    together: dict[str, Any] = dict(NO_MONEY)
    for change in changes:
        together |= change
    return lived(together, seed, base=BARE, **how)


def total(market: Market, *items: int) -> int:
    """How much of some items there was in the whole life, of the first business."""
    return int(market.history[:, 0, list(items)].sum())


def events(market: Market, kind: int) -> np.ndarray:
    """What people did, of one kind: int64 (events, 8), oldest first."""
    found = np.concatenate(market.followed_events)
    return found[found[:, 3] == kind]


def measured(market: Market, metric: str) -> float:
    """A metric of the first business over the whole run."""
    return float(whole(market.history, terms_of(market.scenario))[0, list(METRICS).index(metric)])


# -- complaints --------------------------------------------------------------------------------------------------------

FAILING, FLAWLESS = {"businesses.ours.failure_rate": 0.3}, {"businesses.ours.failure_rate": 0.0}
COMPLAINING = FAILING | {"rules.complaints.complains": 1.0, "rules.complaints.effect_on_leaving": 1.5}


def test_complaints_resolved_in_a_day_keep_more_customers_than_in_a_week() -> None:
    """The coin is tossed at the next occasion, so what happens between an order and that occasion counts."""
    idle, busy = bare(COMPLAINING), bare(COMPLAINING, lever("service"))
    days = [market.world.offers.days_to_resolve[0] for market in (idle, busy)]
    assert days[0] == 7.0 and days[1] < 1.1
    assert busy.history[-1, 0, Line.CUSTOMERS] > idle.history[-1, 0, Line.CUSTOMERS]
    assert total(busy, Item.LOST_COMPLAINT) < total(idle, Item.LOST_COMPLAINT)
    assert busy.history[20:, 0, Line.COMPLAINTS_OPEN].sum() < idle.history[20:, 0, Line.COMPLAINTS_OPEN].sum()


def test_where_nobody_complains_service_money_does_nothing() -> None:
    idle, busy = bare(FAILING), bare(FAILING, lever("service"))
    assert total(idle, Item.FAILURES) > 1000 and total(idle, Item.COMPLAINTS, Item.LOST_COMPLAINT) == 0
    assert differing_columns(idle, busy) == []


@pytest.mark.parametrize("recovery", [0.0, 0.6, 1.0])
def test_a_resolution_gives_back_a_part_of_what_the_failure_took(recovery: float) -> None:
    """First orders of all, that go well, fail, or fail and are put right before the week is over."""
    fast = {"businesses.ours.levers.service.slow_days": 0.1, "rules.complaints.recovery": recovery, "time.weeks": 1}
    worlds = [bare(fast, change) for change in (FLAWLESS, FAILING, COMPLAINING)]
    well, failed, resolved = (market.world.customers.satisfaction[:, 0].astype(float) for market in worlds)
    taken, regained = well - failed, resolved - failed
    assert (taken >= 0.0).all() and (taken > 0.1).sum() > 50
    once = worlds[0].world.customers.orders[:, 0] == 1
    assert regained[once] == pytest.approx(recovery * taken[once], abs=1e-6)


@pytest.mark.parametrize("gifts", [0.0, 8_000.0])
def test_what_a_resolution_gives_back_is_not_touched_by_a_gift(gifts: float) -> None:
    """All of it, and at once: then an order that failed and was put right equals one that went well, gift or not."""
    at_once = {"people.leaving": 0.0, "rules.complaints.recovery": 1.0}
    generous = lever("surprise", gifts, delight=0.3, cost=1.0)
    generous["businesses.ours.levers"] |= {"service": {"slow_days": 0.001, "fast_days": 0.001}}
    well, failed, put_right = (bare(at_once, generous, change) for change in (FLAWLESS, FAILING, COMPLAINING))
    assert (total(put_right, Item.GIFTS) > 500) is (gifts > 0.0)
    assert total(put_right, Item.GIFTS) == total(well, Item.GIFTS)
    assert total(put_right, Item.FAILURES) == total(put_right, Item.RESOLVED) > 1000
    for name in ("satisfaction", "expectation"):
        good, bad, same = (getattr(market.world.customers, name)[:, 0] for market in (well, failed, put_right))
        assert same == pytest.approx(good, abs=1e-4)
        assert np.abs(bad - good).max() > 0.1


@pytest.mark.parametrize("recovery", [0.3, 0.9])
def test_in_the_long_run_no_failure_pleases_however_well_it_is_put_right(recovery: float) -> None:
    """If failures put right still lowered what is expected, the next orders would please more than flawless ones."""
    fast = {
        "businesses.ours.levers.service.slow_days": 0.5,
        "rules.complaints.recovery": recovery,
        "people.leaving": 0.0,
    }
    flawless, silent, put_right = (measured(bare(fast, of), "satisfaction") for of in (FLAWLESS, FAILING, COMPLAINING))
    assert silent < put_right < flawless


def test_every_complaint_is_open_resolved_or_gone_with_its_customer() -> None:
    market = bare(COMPLAINING)
    still_open = (market.world.customers.open_complaint != 0.0).sum()
    assert market.history[-1, 0, Line.COMPLAINTS_OPEN] == still_open > 0
    assert total(market, Item.COMPLAINTS) == total(market, Item.FAILURES)
    assert total(market, Item.RESOLVED) + still_open < total(market, Item.COMPLAINTS)


# -- the first weeks ---------------------------------------------------------------------------------------------------

REGRETTING = {"rules.journey.remorse": 0.4, "people.leaving": 0.0, "people.need_per_year": 4.0}


def test_regret_shows_in_affirm_and_nowhere_else() -> None:
    """Week by week: whoever first feels otherwise than without regret has thought a first order over for two weeks."""
    calm, sorry = (
        Market(scenario_with(NO_MONEY | REGRETTING | change, BARE), seed=1)
        for change in ({"rules.journey.remorse": 0.0}, {})
    )
    touched = np.zeros(1500, bool)
    stood = []
    for _ in range(60):
        calm.step(), sorry.step()
        people = sorry.world.customers
        fresh = ~touched & (people.satisfaction[:, 0] != calm.world.customers.satisfaction[:, 0])
        for row in np.flatnonzero(fresh & (people.orders[:, 0] == 1)):
            age = sorry.tick - 1 - int(people.start_tick[row, 0])
            stood.append(
                PHASES[phase(CUSTOMER, 1, age, float(people.satisfaction[row, 0]), sorry.scenario.rules.journey)]
            )
        touched |= fresh
    assert set(stood) == {"affirm"}
    regrets, new = total(sorry, Item.REGRETS), int(sorry.history[:58, 0, Item.NEW].sum())
    again = new * (1 - np.exp(-2 * 4 / 52))  # at most so many had a second need before they could regret
    assert 0.4 * (new - again) - SIGMAS * np.sqrt(0.24 * new) < regrets < 0.4 * new + SIGMAS * np.sqrt(0.24 * new)
    assert total(calm, Item.REGRETS) == 0


@pytest.mark.parametrize("weeks", [1, 2, 4])
def test_a_first_order_is_regretted_when_it_has_been_thought_over(weeks: int) -> None:
    """All order in week 0 and never again, and all regret it."""
    once = {"people.need_per_year": 0.0, "people.leaving": 0.0, "businesses.ours.customers": 1500}
    market = bare(once, {"rules.journey.remorse": 1.0, "rules.journey.affirm_weeks": weeks})
    regrets = market.history[:, 0, Item.REGRETS]
    assert regrets.sum() == regrets[weeks - 1] == 1500  # they ordered in the week before the first


def test_onboarding_aimed_at_others_talks_nobody_out_of_regret() -> None:
    """After a first order nobody is among the best, and that is when it is regretted."""
    often = REGRETTING | {"people.need_per_year": 13.0}
    alone, aimed, welcomed = (
        bare(often, *how) for how in ((), (lever("onboarding", aim="best"),), (lever("onboarding"),))
    )
    assert total(aimed, Line.RETENTION_SPEND) > 0 == total(alone, Line.RETENTION_SPEND)
    assert differing_columns(alone, aimed) == []
    assert total(welcomed, Item.REGRETS) < 0.8 * total(alone, Item.REGRETS)


def test_onboarding_talks_regret_out() -> None:
    alone, welcomed = bare(REGRETTING), bare(REGRETTING, lever("onboarding"))
    assert total(alone, Item.NEW) == total(welcomed, Item.NEW)
    assert total(welcomed, Item.REGRETS) < 0.8 * total(alone, Item.REGRETS)


def first_departures(market: Market) -> dict[int, tuple[int, int, int]]:
    """Of each person who left: the week, the weeks since the first order, and the orders held."""
    orders: dict[int, list[int]] = {}
    for week, person, *_ in events(market, ORDER).tolist():
        orders.setdefault(person, []).append(week)
    return {
        person: (week, week - orders[person][0], len(orders[person]))
        for week, person, *_ in events(market, DEPARTURE).tolist()
    }


@pytest.mark.parametrize("name", ["onboarding", "personal_touch"])
def test_a_lever_touches_only_those_it_is_aimed_at(name: str) -> None:
    """Onboarding acts within the first 14 weeks, personal touch from the fifth order on; the others leave as before."""
    worlds = [bare(change, followed=1500) for change in ({}, lever(name), lever("care"))]
    alone, aimed, spread = (first_departures(market) for market in worlds)

    def is_in_reach(age: int, orders: int) -> bool:
        return age <= 14 if name == "onboarding" else orders >= 5

    for person, (week, age, orders) in alone.items():
        if not is_in_reach(age, orders):
            assert aimed[person][0] == week
    near = [person for person, (_, age, orders) in alone.items() if is_in_reach(age, orders)]
    far = [person for person in alone if person not in near]
    saved = [person for person in near if person not in aimed or aimed[person][0] > alone[person][0]]
    assert len(saved) > 0.1 * len(near) > 10
    assert any(person not in spread or spread[person][0] > alone[person][0] for person in far)


def test_doubt_makes_the_first_weeks_dangerous_and_only_these() -> None:
    doubt = {"rules.journey.first_weeks_effect": 1.0}
    sure, unsure = (first_departures(bare(change, followed=1500)) for change in ({}, doubt))
    for person, (week, age, _) in sure.items():
        assert unsure[person][0] == week if age > 14 and person not in early(unsure) else unsure[person][0] <= week
    assert len(early(unsure)) > 1.3 * len(early(sure))


def early(departures: dict[int, tuple[int, int, int]]) -> set[int]:
    """Who left within the first 14 weeks."""
    return {person for person, (_, age, _) in departures.items() if age <= 14}


# -- reminders ---------------------------------------------------------------------------------------------------------

FORGETFUL = {
    "people.need_per_year": 3.0,
    "people.nothing": 0.3,
    "people.leaving": 0.02,
    "time.weeks": 156,
    "rules.memory.forgotten_weeks": 40,
    "rules.memory.name_forgotten": 0.02,
}


def test_reminders_bring_back_those_who_merely_forget() -> None:
    quiet, reminded, idle = (
        bare(FORGETFUL, change) for change in ({}, lever("reminders"), lever("reminders", ceiling=0.0))
    )
    assert total(reminded, Item.LOST_FORGOTTEN) < 0.8 * total(quiet, Item.LOST_FORGOTTEN)
    assert total(reminded, Item.ORDERS) > 1.05 * total(quiet, Item.ORDERS)
    assert differing_columns(quiet, idle) == [] and total(idle, Item.REMINDERS) == 0


def test_a_reminder_sells_more_often_than_a_contact() -> None:
    """Whoever is reminded has ordered here before: liking selects, and the reminder is more often heeded."""
    both = lever("reminders", 60_000.0) | plan(60_000.0, winning=0.5) | {"businesses.ours.known": 0.2}
    market = bare(FORGETFUL, both, {"people.need_per_year": 8.0})
    assert total(market, Item.REMINDERS) > 300 and total(market, Item.CONTACTS) > 300
    assert measured(market, "sales_per_reminder") > measured(market, "sales_per_contact") > 0.0


def test_reminders_reach_customers_who_are_dormant() -> None:
    market = Market(scenario_with(NO_MONEY | FORGETFUL | lever("reminders"), BARE), seed=1)
    reached: list[int] = []
    while market.tick < 120:
        last = market.world.customers.last_tick[:, 0].astype(int)
        market.step()
        now = market.world.customers.reminder_tick[:, 0] == market.tick - 1
        reached += (market.tick - 1 - last[now]).tolist()
    assert len(reached) > 100 and set(reached) <= set(range(13, 52))
    assert total(market, Item.REMINDERS) >= len(reached) and total(market, Item.WIN_BACKS) > 0


def test_win_back_reaches_those_who_left_and_fell_off_the_list() -> None:
    """Everybody who is reached thinks of coming back, so that all who were reached can be told by it."""
    leaving = {"people.leaving": 0.3, "rules.memory.departure_fades": 0.0, "rules.memory.win_back": 1.0}
    gone_by = {"rules.memory.forgotten_weeks": 40, "people.need_per_year": 26.0}
    market = Market(scenario_with(NO_MONEY | leaving | gone_by | lever("win_back", makes_occasion=0.0), BARE), seed=1)
    reached: list[int] = []
    while market.tick < 104:
        people = market.world.customers
        left, last = people.relation[:, 0] == LAPSED, people.last_tick[:, 0].astype(int)
        market.step()
        now = left & (people.relation[:, 0] == AWARE)
        assert (people.source[now, 0] == FORMER_REMINDED).all()
        reached += (market.tick - 1 - last[now]).tolist()
    assert total(market, Item.WIN_BACKS) >= len(reached) > 100 and set(reached) <= set(range(52, 92))
    assert total(market, Item.REMINDERS, Item.SALES_AFTER_REMINDER) == 0
    assert (market.world.customers.reminder_tick == LONG_AGO).all()


def test_win_back_brings_the_departed_back_and_without_money_they_stay_away() -> None:
    gone, courted = bare(), bare(lever("win_back"))
    assert total(gone, Item.RETURNED) == 0 < total(gone, LOST.start)
    assert total(courted, Item.RETURNED) == total(courted, Item.RETURNED_REMINDED) > 50


# -- further lines -----------------------------------------------------------------------------------------------------

LINES = {
    "people.further_lines": {"uniform": {"low": 0.0, "high": 0.4}},
    "people.leaving": {"beta": {"a": 1.0, "b": 9.0}},
    "businesses.ours.lines": 4,
}


def test_further_lines_make_orders_larger_and_bind() -> None:
    one, many = bare(LINES, {"businesses.ours.lines": 1}), bare(LINES)
    assert measured(one, "average_order_value") == 50.0 < measured(many, "average_order_value")
    assert total(many, LOST.start, LOST.start + 1) < total(one, LOST.start, LOST.start + 1)
    assert many.world.customers.lines.max() == 3 and not one.world.customers.lines.any()


def test_where_lines_do_nothing_their_holders_still_differ() -> None:
    """Selection without effect: not one order or departure turns, and yet many lines are held by other people."""
    nothing = {"rules.lines.order_growth": 0.0, "rules.lines.binding": 0.0}
    one, many = bare(LINES, nothing, {"businesses.ours.lines": 1}), bare(LINES, nothing)
    assert differing_columns(one, many) == ["lines"]
    assert np.array_equal(np.delete(one.history, Item.FURTHER_LINES, 2), np.delete(many.history, Item.FURTHER_LINES, 2))
    people = many.world.customers
    mine = people.relation[:, 0] == CUSTOMER
    few, most = (mine & (people.lines[:, 0] == lines) for lines in (0, 3))
    assert people.further_lines[most].mean() > 2 * people.further_lines[few].mean()
    assert people.leaving[most].mean() < people.leaving[few].mean()


def test_cross_selling_makes_people_look() -> None:
    alone, shown = bare(LINES), bare(LINES, lever("cross_selling"))
    assert total(shown, Item.FURTHER_LINES) > 1.3 * total(alone, Item.FURTHER_LINES)
    assert total(bare(lever("cross_selling")), Item.FURTHER_LINES) == 0


# -- gifts -------------------------------------------------------------------------------------------------------------


def test_gifts_delight_while_they_are_rare() -> None:
    """With every order a gift comes as no surprise, whatever it costs."""
    none, rare, every = (
        bare({"people.leaving": 0.0}, lever("surprise", money, cost=1.0)) for money in (0.0, 8_000.0, 1e6)
    )
    moods = [measured(market, "satisfaction") for market in (none, rare, every)]
    assert moods[0] < moods[1] and moods[2] < moods[1]
    assert total(every, Item.GIFTS) > 0.9 * total(every, Item.ORDERS) > total(rare, Item.GIFTS) > 0
    gifts, surprise = rare.programmes[:, 0, :, SPENT], int(total(rare, Item.GIFTS)) * 100
    assert gifts.sum() == surprise == total(rare, Line.RETENTION_SPEND)


# -- talk and trust ----------------------------------------------------------------------------------------------------

TALKING = {
    "network": {"groups": {"size": 6, "talk_per_friend": 0.05}},
    "rules.talk.told_always": 0.2,
    "businesses.ours.known": 0.1,
    "people.leaving": 0.0,
}


def test_only_the_satisfied_refer_and_each_new_customer_is_rewarded_once() -> None:
    alike = TALKING | FLAWLESS | {"people.match": 0.0, "rules.satisfaction.noise": 0.0}
    programme = lever("referral", reward=7.0)
    poor = {"businesses.ours.quality": -0.5, "rules.satisfaction.first_expectation": -0.5}
    quiet, asked, sad = bare(alike), bare(alike, programme), bare(alike, programme, poor)
    told = [Item.NEW_TOLD, Item.NEW_REFERRED]
    assert total(asked, *told) > total(quiet, *told) > 0
    assert total(asked, Item.NEW_REFERRED) > 20
    assert total(quiet, Item.NEW_REFERRED) == total(sad, Item.NEW_REFERRED) == 0 < total(sad, Item.BAD_STORIES)
    paid = asked.programmes[:, 0, REFERRAL_REWARDS, SPENT]
    assert np.array_equal(paid, 700 * asked.history[:, 0, Item.NEW_REFERRED])


def test_a_story_for_a_reward_that_wins_back_a_lost_customer_is_rewarded_too() -> None:
    """Everybody has been a customer once, so nobody is new: whoever comes back through a paid story is paid for."""
    lost = {"people.leaving": 0.3, "rules.memory.win_back": 0.5, "businesses.ours.known": 1.0, "time.weeks": 300}
    market = bare(TALKING, FLAWLESS, lost, lever("referral", reward=7.0))
    late = market.history[150:, 0]
    assert not late[:, [Item.NEW, Item.NEW_REFERRED]].any()
    assert late[:, Item.RETURNED_REFERRED].sum() > 20
    assert np.array_equal(late[:, Line.REFERRAL_REWARDS], 700 * late[:, Item.RETURNED_REFERRED])
    assert measured(market, "won_back_customers") == total(market, Item.RETURNED_TOLD, Item.RETURNED_REFERRED)


def test_the_offer_of_a_story_is_no_channels_sale() -> None:
    """Nobody needs anything. While there is money channels make offers; later only stories do, to people who know the
    name from a contact."""
    steps = {
        "loud": {"from_week": 0, "spend_per_year": 60_000.0, "acquisition_share": 1.0},
        "silent": {"from_week": 20, "spend_per_year": 0.0},
    }
    channel = {"ceiling": 0.05, "keep": 0.0}
    market = bare(
        TALKING,
        {"people.need_per_year": 0.0, "businesses.ours.known": 0.0, "rules.acquisition.offer_makes_occasion": 0.2},
        {
            "businesses.ours.channels": {"advertising": channel},
            "businesses.ours.strategy": {"schedule": {"steps": steps}},
        },
        followed=1500,
    )
    won = market.programmes[:, 0, :MOST_CHANNELS, WON].sum(axis=1)
    orders = events(market, ORDER)
    begun, by_contact = orders[orders[:, 5] != UNKNOWN], orders[orders[:, 5] == BY_CONTACT]
    assert won[:20].sum() > 20 and not won[20:].any()
    assert np.bincount(begun[begun[:, 6] != NO_CHANNEL][:, 0], minlength=104).tolist() == won.tolist()
    assert (by_contact[by_contact[:, 0] >= 20][:, 6] == NO_CHANNEL).sum() > 20


def test_recommenders_are_those_who_told_for_the_reward_and_a_lever_can_be_aimed_at_them() -> None:
    """Books show whose word was rewarded; who tells unasked they do not show."""
    programme = {"businesses.ours.levers": {"care": {"aim": "recommenders"}, "referral": {"reward": 7.0}}}
    market = Market(scenario_with(plan(30_000.0) | TALKING | programme, BARE), seed=1)
    people, told = market.world.customers, np.full(1500, LONG_AGO)
    while market.tick < market.last_tick:
        market.step()
        told[people.told_for_reward == 1] = market.tick - 1
    assert np.array_equal(people.recommended_tick[:, 0], told)
    assert 20 < (told != LONG_AGO).sum() < 1500
    assert market.businesses[0].classes[RECOMMENDERS] > 20 and total(market, Line.RETENTION_SPEND) > 0
    unasked = bare(TALKING, lever("care", aim="recommenders"))
    assert total(unasked, Item.GOOD_STORIES) > 20 and total(unasked, Line.RETENTION_SPEND) == 0


def test_a_reward_alone_makes_people_tell_and_a_promise_without_money_does_not() -> None:
    alike = TALKING | FLAWLESS | {"people.match": 0.0, "rules.satisfaction.noise": 0.0}
    rewarding = {"businesses.ours.levers.referral.reward": 7.0}
    ruined = {
        f"businesses.ours.{name}": money for name, money in (("cash", 0.0), ("credit_line", 0.0), ("unit_cost", 50.0))
    }
    quiet, asked, poor_and_quiet, poor = (bare(alike, *of) for of in ((), (rewarding,), (ruined,), (ruined, rewarding)))
    assert total(asked, Item.GOOD_STORIES) > 1.2 * total(quiet, Item.GOOD_STORIES)
    assert total(asked, Item.NEW_REFERRED) > 20 and total(quiet, Item.NEW_REFERRED) == 0
    assert total(asked, Line.RETENTION_SPEND) == 0 < total(asked, Line.ACQUISITION_SPEND)
    assert differing_columns(poor_and_quiet, poor) == []
    assert total(poor, Item.GOOD_STORIES) > 0 == total(poor, Line.ACQUISITION_SPEND)


@pytest.mark.parametrize(("name", "one"), [("referral", {"reward": 900.0}), ("surprise", {"cost": 900.0})])
def test_success_is_paid_for_as_long_as_there_is_cash_and_credit(name: str, one: dict[str, float]) -> None:
    """Nobody earns more on orders than 20.00 each, and each success costs 900.00: money runs out, and no further."""
    little = {"businesses.ours.cash": 3_000.0, "businesses.ours.credit_line": 500.0, "businesses.ours.unit_cost": 30.0}
    market = bare(TALKING, FLAWLESS, lever(name, 60_000.0, **one), little)
    week = market.history[:, 0]
    successes = week[:, Item.NEW_REFERRED if name == "referral" else Item.GIFTS]
    paid = week[:, Line.REFERRAL_REWARDS] if name == "referral" else week[:, Line.RETENTION_SPEND]
    assert week[:, Line.CASH].min() == -500_00
    assert 0 < paid.sum() < 900_00 * successes.sum()


@pytest.mark.parametrize("name", ["care", "onboarding", "personal_touch", "reminders", "win_back"])
def test_a_lever_aimed_at_an_empty_class_costs_nothing(name: str) -> None:
    """Nobody complains, so nobody is a complainer; where people do, the same lever costs."""
    aimed = lever(name, aim="complainers")
    nobody, somebody = bare(FAILING, aimed), bare(COMPLAINING, aimed)
    assert total(nobody, Line.RETENTION_SPEND) == 0 < total(somebody, Line.RETENTION_SPEND)
    assert not nobody.programmes[:, 0, :, SPENT].any()
    assert differing_columns(nobody, bare(FAILING)) == []


@pytest.mark.parametrize("name", ["service", "referral", "cross_selling"])
def test_a_lever_per_customer_works_on_its_class_and_on_nobody_else(name: str) -> None:
    """Everybody on the list is a newcomer for ever, or nobody is one after the first weeks."""
    worlds = {
        aim: bare(COMPLAINING, TALKING, {"rules.journey.onboarding_weeks": weeks, "businesses.ours.lines": 4},
                  {"people.further_lines": 0.3}, lever(name, aim=aim))
        for aim, weeks in (("everybody", 30_000), ("newcomers", 30_000), ("promoters", 30_000))
    }  # fmt: skip
    items = {"service": Item.RESOLVED, "referral": Item.NEW_REFERRED, "cross_selling": Item.FURTHER_LINES}
    alike = [worlds[aim].history[:, 0, Item.ORDERS :].sum(axis=0)[items[name]] for aim in ("everybody", "newcomers")]
    assert alike[0] == pytest.approx(alike[1], rel=0.05)  # a class is counted when plans are made, the list each week
    idle = bare(COMPLAINING, TALKING, {"businesses.ours.lines": 4, "people.further_lines": 0.3})
    short = {"rules.journey.affirm_weeks": 1, "rules.journey.activate_weeks": 1, "rules.journey.onboarding_weeks": 0}
    lines = {"businesses.ours.lines": 4, "people.further_lines": 0.3}
    few = bare(COMPLAINING, TALKING, lines, short, lever(name, aim="newcomers"))
    assert total(few, items[name]) < alike[0]
    assert total(few, items[name]) >= total(idle, items[name])


def test_a_second_complaint_joins_the_open_one_and_both_are_put_right_together() -> None:
    """Nothing is resolved in the first weeks: what is open is all that failures took, and then comes back at once."""
    never = {"businesses.ours.levers.service.slow_days": 1000.0, "businesses.ours.failure_rate": 1.0}
    still = {"rules.complaints.waiting_harm": 0.0, "rules.satisfaction.noise": 0.0, "people.leaving": 0.0}
    market = Market(scenario_with(NO_MONEY | COMPLAINING | never | still, BARE), 1)
    opened, counted = [], []
    for _ in range(8):
        market.step()
        people = market.world.customers
        opened.append(float(people.open_complaint[:, 0].astype(float).sum()))
        counted.append(int(people.complaints[:, 0].max()))
    assert counted[-1] >= 2 and opened == sorted(opened) and opened[-1] > 1.5 * opened[2] > 0.0
    several = market.world.customers.complaints[:, 0] >= 1.5
    once = (market.world.customers.complaints[:, 0] > 0) & ~several
    taken = market.world.customers.open_complaint[:, 0].astype(float)
    assert several.sum() > 30 and once.sum() > 30
    assert taken[several].mean() > 1.2 * taken[once].mean()


def matches(market: Market, source: int) -> np.ndarray:
    """Lasting matches of people who came to know the first business in one way, in units of their spread."""
    people = market.world.customers
    return people.match[people.source[:, 0] == source, 0] / 0.4


def test_with_homophily_the_told_fit_better_and_without_it_they_do_not() -> None:
    """Nobody leaves and nothing is forgotten, so without homophily the told are a sample of all: an exact law."""
    changes = TALKING | {"people.count": 6000, "rules.talk.told_always": 0.0, "rules.talk.told_by_feeling": 0.6}
    unlike, alike = (bare(changes, {"rules.trust.homophily": share}) for share in (0.0, 0.6))
    for market, passed_on in ((unlike, False), (alike, True)):
        told = matches(market, TOLD)
        assert len(told) > 500
        assert bool(told.mean() * np.sqrt(len(told)) > SIGMAS) is passed_on
    assert abs(matches(unlike, TOLD).mean()) * np.sqrt(len(matches(unlike, TOLD))) < SIGMAS


def test_a_friend_who_is_a_customer_keeps_a_customer() -> None:
    changes = TALKING | {"businesses.ours.known": 1.0, "people.leaving": 0.1, "time.weeks": 40}
    alone, among_friends = (bare(changes, {"rules.trust.friend_effect": effect}) for effect in (0.0, -1.0))
    assert total(among_friends, LOST.start) < 0.8 * total(alone, LOST.start)
    assert (alone.world.customers.friend_tick == LONG_AGO).all()
    without_talk = bare({"rules.trust.friend_effect": -1.0})
    assert total(without_talk, LOST.start) == total(bare(), LOST.start)


def hubs(friends: Friends, rows: np.ndarray) -> float:
    """Mean number of friends."""
    return float(np.diff(friends.first)[rows].mean())


def test_backers_on_hubs_bring_more_told_customers_than_backers_anywhere() -> None:
    network = {"scale_free": {"links": 2, "talk_per_friend": 0.03}}
    changes = TALKING | {"network": network, "businesses.ours.known": 0.0, "rules.talk.told_always": 0.0}
    told = {"random": 0, "hubs": 0}
    for place in told:
        for seed in range(4):
            backers = {"businesses.ours.backers": {"people": 15, "place": place, "tells": 0.5}}
            market = bare(changes, backers, {"time.weeks": 30}, seed=seed)
            told[place] += total(market, Item.NEW_TOLD)
            backed = market.world.customers.backs == 0
            assert backed.sum() == 15
            assert (hubs(market.world.friends, backed) > 15) is (place == "hubs")
    assert told["hubs"] > 1.2 * told["random"] > 0


def test_backers_neither_leave_nor_forget_nor_move_and_tell_only_once_they_are_customers() -> None:
    """Under everything that ends a relationship; contented from birth, so that only the first order is missing."""
    ending = {
        "rules.memory": LEFT_OUT,
        "rules.memory.forgotten_weeks": 8,
        "rules.population.turnover": 0.02,
        "rules.satisfaction.first_expectation": 0.4,
        "people.leaving": 0.5,
        "people.need_per_year": 6.0,
        "people.match": 0.4,
    }
    owners = {"businesses.ours.backers": {"people": 150, "tells": 0.5}, "businesses.ours.known": 0.5}
    market = Market(scenario_with(NO_MONEY | TALKING | ending | owners, BARE), seed=1)
    people = market.world.customers
    backs = people.backs == 0
    ordered, waiting, tellers = np.zeros(1500, bool), 0, 0
    while market.tick < market.last_tick:
        market.step()
        customers, knows = people.relation[:, 0] == CUSTOMER, people.relation[:, 0] == AWARE
        ordered |= customers
        assert (customers[backs & ordered]).all() and (knows[backs & ~ordered]).all()
        assert np.array_equal(people.backs == 0, backs)
        tells = people.told_about == 0
        assert not (tells & ~customers).any()
        waiting += (backs & ~ordered).sum()
        tellers += (backs & tells).sum()
    assert waiting > 500 and tellers > 500
    assert total(market, Item.LOST_MOVED, Item.LOST_FORGOTTEN) > 500


def test_backers_never_leave_and_the_same_people_without_shares_do() -> None:
    leaving = {"people.leaving": 0.5}
    owners, others = bare(leaving, {"businesses.ours.backers": {"people": 60}}), bare(leaving)
    rows = owners.world.customers.backs == 0
    assert (owners.world.customers.relation[rows] == CUSTOMER).all()
    assert not (others.world.customers.relation[rows] == CUSTOMER).any()


# -- contacts and their sources ----------------------------------------------------------------------------------------

CHANNELS = {
    "businesses.ours.channels": {
        "advertising": {"budget_share": 0.5, "ceiling": 0.05},
        "mail": {"budget_share": 0.5, "ceiling": 0.02},
        "radio": {"budget_share": 0.0},
    }
}


def test_channels_add_up_to_the_totals_and_the_source_of_every_customer_is_known() -> None:
    channels = CHANNELS | TALKING | plan(60_000.0, winning=0.8)
    market = bare(channels, {"people.leaving": 0.1, "rules.memory.departure_fades": 0.05}, followed=1500)
    by_channel, week = market.programmes[:, 0, :MOST_CHANNELS], market.history[:, 0]
    assert np.array_equal(by_channel[:, :, CONTACTED].sum(axis=1), week[:, Item.CONTACTS])
    won = by_channel[:, :, WON].sum(axis=1)
    orders = events(market, ORDER)
    contacted, at_need = np.isin(orders[:, 5], (BY_CONTACT, FORMER_CONTACTED)), orders[:, 7] == AT_NEED
    in_need = np.bincount(orders[contacted & at_need, 0], minlength=len(won))
    assert (in_need <= won).all() and (won <= week[:, Item.NEW] + week[:, Item.RETURNED]).all()
    credited = orders[:, 6] != NO_CHANNEL
    assert (credited & ~contacted & ~at_need).any()  # some take a channel's offer who knew the name by others
    assert (contacted & ~credited & ~at_need).any()  # and some a story's who knew it from a contact
    assert np.array_equal(by_channel[:, :, SPENT].sum(axis=1), week[:, Line.ACQUISITION_SPEND])
    assert (by_channel[:, :2].sum(axis=0) > 10).all() and not by_channel[:, 2:].any()
    assert total(market, Item.RETURNED_CONTACTED) > 10 and total(market, Item.NEW_TOLD) > 10
    known = (Market(market.scenario, 1).world.customers.relation[:, 0] != STRANGER).sum()
    unexplained = total(market, Item.NEW) - total(market, Item.NEW_TOLD, Item.NEW_REFERRED, Item.NEW_CONTACTED)
    assert 0 < unexplained <= known


def test_the_paid_cost_of_a_customer_is_money_for_channels_over_those_whom_they_brought() -> None:
    """Rewards for referrals win customers too, but not these."""
    both = plan(60_000.0, winning=0.5) | {"businesses.ours.levers": {"referral": {"reward": 20.0}}}
    market = bare(CHANNELS, TALKING, both)
    channels = market.programmes[:, 0, :MOST_CHANNELS, SPENT].sum() / 100
    contacted, rewards = (
        total(market, Item.NEW_CONTACTED, Item.RETURNED_CONTACTED),
        total(market, Line.REFERRAL_REWARDS),
    )
    assert contacted > 50 and rewards > 0.01 * 100 * channels
    assert measured(market, "paid_customer_acquisition_cost") == pytest.approx(channels / contacted)
    assert measured(market, "acquisition_spend") == pytest.approx(channels + rewards / 100)


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_media_remind_customers_and_mailings_do_not(share: float) -> None:
    mass = {"businesses.ours.channels": {"advertising": {"reminds_customers": share, "ceiling": 0.05}}}
    market = bare(mass, plan(30_000.0, winning=1.0), {"businesses.ours.known": 0.5, "people.leaving": 0.0})
    assert total(market, Item.CONTACTS) > 50
    assert (total(market, Item.REMINDERS) > 50) is (share > 0.0)
    reminded = market.world.customers.reminder_tick != LONG_AGO
    assert (market.world.customers.relation[reminded] == CUSTOMER).all()


# -- prices ------------------------------------------------------------------------------------------------------------


def test_what_new_people_are_offered_old_customers_do_not_pay() -> None:
    welcome = {"businesses.ours.promotions": {"welcome": {"to": "first_orders", "discount": 0.2, "for_weeks": 13}}}
    for change, first_price in ((welcome, 4000), ({}, 5000)):
        market = bare({"people.price_sensitivity": 1.0}, change, followed=1500)
        orders = events(market, ORDER)
        _, at = np.unique(orders[:, 1], return_index=True)
        assert set(orders[at, 4]) == {first_price}
        assert set(np.delete(orders[:, 4], at)) == {5000}
        taken_off = total(market, Item.LIST_VALUE) - total(market, Item.REVENUE)
        assert taken_off == (5000 - first_price) * total(market, Item.NEW)


def test_a_promotion_for_old_customers_or_for_anybody_is_paid_by_them() -> None:
    for to, prices in (("own_customers", (5000, 4000)), ("anybody", (4000, 4000))):
        sale = {"businesses.ours.promotions": {"sale": {"to": to, "discount": 0.2, "for_weeks": 13}}}
        orders = events(bare(sale, followed=1500), ORDER)
        _, at = np.unique(orders[:, 1], return_index=True)
        assert (set(orders[at, 4]), set(np.delete(orders[:, 4], at))) == ({prices[0]}, {prices[1]})


def test_a_moving_reference_price_makes_the_weeks_after_a_promotion_worse() -> None:
    """Whoever has paid less finds the old price dear. Where the reference stands still those weeks are like any."""
    choosy = {"people.nothing": 1.0, "people.price_sensitivity": 4.0, "people.leaving": 0.0}
    sale = {"businesses.ours.promotions": {"sale": {"discount": 0.3, "every_weeks": 13, "for_weeks": 2}}}
    habit = {"rules.choice.habit": 0.0, "rules.choice.loyalty": 0.0}
    never, still, moving = (
        bare(choosy, habit, change, {"rules.choice.reference_moves": speed, "people.count": 4000})
        for change, speed in (({}, 0.0), (sale, 0.0), (sale, 0.4))
    )
    week = np.arange(104)
    during, after = week % 13 < 2, (week % 13 >= 2) & (week % 13 < 6)
    ordered = [market.history[:, 0, Item.ORDERS] for market in (never, still, moving)]
    assert ordered[1][during].sum() > 1.2 * ordered[0][during].sum()
    assert np.array_equal(ordered[1][after], ordered[0][after])
    assert ordered[2][after].sum() < 0.95 * ordered[1][after].sum()


# -- coming and going --------------------------------------------------------------------------------------------------

BIRTH = {
    *("segment", "weekly_need", "need_threshold", "leaving", "price_sensitivity", "mean_order_value", "further_lines"),
    *("taste", "listening", "affinity_for_nothing", "moves_tick", "affinity", "match", "satisfaction", "expectation"),
}
"""What a person is born with, or has from its place; the first feelings and expectations among it."""


def test_a_newcomers_row_is_empty_in_everything_but_its_birth() -> None:
    """Every column of the table, in the liveliest of worlds, in the week of the move."""
    market = Market(scenario_with({"rules.population.turnover": 0.02, "people.count": 400}), seed=1)
    nothing = empty_customers(1, 3)
    unborn: set[str] = set()
    moved = 0
    while market.tick < market.last_tick:
        moves = market.world.customers.moves_tick == market.tick
        moved += moves.sum()
        before = {name: column[moves].copy() for name, column in market.world.customers.columns().items()}
        market.step()
        for name in COLUMNS:
            column, first = getattr(market.world.customers, name)[moves], getattr(nothing, name)
            if name in BIRTH:
                unborn |= {name} if (column != before[name]).any() else set()
            else:
                assert (column == first).all(), name
    assert moved > 300
    assert unborn >= BIRTH - {
        "segment",
        "listening",
        "price_sensitivity",
        "taste",
    }  # these are alike for all, or of the place


def test_places_are_refilled_at_a_constant_rate_and_names_leave_with_their_owners() -> None:
    """The known share is (1 - turnover) ^ weeks, for newcomers know nobody: binomial, exact, early and late."""
    turnover, people = 0.02, 4000
    alone = {"businesses.ours.known": 1.0, "people.count": people, "people.need_per_year": 0.0}
    still, moving = (bare(alone, {"rules.population.turnover": rate}) for rate in (0.0, turnover))
    assert (still.history[:, 0, Line.PEOPLE_AWARE] == people).all()
    for week in (1, 10, 103):
        share = (1.0 - turnover) ** week
        known = moving.history[week, 0, Line.PEOPLE_AWARE]
        assert abs(known - people * share) < SIGMAS * np.sqrt(people * share * (1.0 - share))
    slower = (1.0 - turnover / 1.5) ** week
    assert abs(known - people * slower) > SIGMAS * np.sqrt(people * slower * (1.0 - slower))


def test_the_population_is_stationary() -> None:
    """As many move in each half of four years, whoever was born when: geometric waiting has no memory."""
    turnover, people = 0.01, 2000
    long = {"rules.population.turnover": turnover, "people.count": people, "time.weeks": 208}
    market = Market(scenario_with(NO_MONEY | long, BARE), seed=1)
    moves = []
    for _ in range(208):
        moves.append(int((market.world.customers.moves_tick == market.tick).sum()))
        market.step()
    for half in (moves[:104], moves[104:]):
        expected = turnover * people * 104
        assert abs(sum(half) - expected) < SIGMAS * np.sqrt(expected * (1.0 - turnover))
    assert market.history[:, 0, Item.LOST_MOVED].sum() > 100
    assert total(bare(), Item.LOST_MOVED) == 0
