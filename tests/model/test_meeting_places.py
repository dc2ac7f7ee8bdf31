"""Where people and businesses meet, each mechanism at work in a small world made for it.

Worlds that are compared share their luck: same seed, so that they differ by the mechanism and by nothing else.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.model.history import CONTACTED, SPENT, WON, Line
from sim.model.ledger import Account
from sim.model.market import Market
from sim.model.programmes import ENTRIES
from sim.model.sight import books_of
from sim.rules.acquisition import KIND_NAMES, KINDS, PAID_PER_CUSTOMER, Channel
from sim.rules.memory import AWARE, CUSTOMER, STRANGER
from sim.rules.need import need_threshold
from sim.scenario.schema import MOST_CHANNELS
from sim.state.climate import Climate
from sim.state.customers import CONTACTED as BY_CONTACT
from sim.state.customers import LONG_AGO, TOLD
from sim.state.diary import AT_OFFER
from sim.state.tally import Item
from sim.strategies.books import CAN_ENTER, CLOSED_TO_IT, IS_THERE, Books, Decision
from tests.alphas import alpha_of
from tests.small_worlds import lived, scenario_with
from tests.strategies.some_books import following

IDLE: dict[str, Any] = {"fixed_budget": {"spend_per_year": 0.0, "acquisition_share": 0.0}}
SPENDING: dict[str, Any] = {"fixed_budget": {"spend_per_year": 50_000.0, "acquisition_share": 1.0}}
FIRM: dict[str, Any] = {"known": 1.0, "cash": 1e9, "affinity": 5.0, "status_quo": IDLE, "strategy": IDLE}
PLAIN: dict[str, Any] = {
    "schema": 1,
    "time": {"weeks": 52, "burn_in_weeks": 0, "planning_weeks": 4, "list_weeks": 52},
    "people": {"count": 3000, "need_per_year": 13.0, "leaving": 0.0, "nothing": 0.0, "price_sensitivity": 0.0},
    "network": {"mixed": {"listening": 0.0}},
    "rules": {
        "memory": {"name_forgotten": 0.0, "departure_fades": 0.0, "forgotten_weeks": 30000},
        "value": {"order_shape": 0.0, "person_shape": 0.0},
        "choice": {"loyalty": 0.0, "habit": 0.0},
        "acquisition": {"push": 0.0, "offer_makes_occasion": 0.0},
    },
    "businesses": {"ours": {**FIRM}, "rival": {**FIRM}},
}
"""Two equal businesses, known to all, among people who stay; nobody talks, no money is spent."""
TWO = {
    "markets": {"north": {}, "south": {"distance": 1.0}},
    "people.segments": {"northern": {"share": 0.5, "market": "north"}, "southern": {"share": 0.5, "market": "south"}},
}
RARE = alpha_of("model/test_meeting_places.py")
"""Chance that a sound model fails a statistical test here, had the seed not been fixed."""


def plain(*changes: dict[str, Any], seed: int = 1) -> Market:
    """A plain world with some changes, lived to its end."""
    together: dict[str, Any] = {}
    for change in changes:
        together |= change
    return lived(together, seed, base=PLAIN)


def orders(market: Market) -> list[int]:
    """Of each business, over the whole life."""
    return [int(count) for count in market.history[:, :, Item.ORDERS].sum(axis=0)]


def place_of(market: Market, name: str, slot: int = 0) -> int:
    """Where a channel of a business stands."""
    return list(market.scenario.businesses[slot].channels).index(name)


# -- position and taste ------------------------------------------------------------------------------------------------


def shares_of_high_end(fit: float, taste: float) -> tuple[int, int]:
    """Orders at the high end, and of all, where one business is at each end and everybody has one taste."""
    ends = {"businesses.ours.position": 1.0, "businesses.rival.position": 0.0}
    market = plain(ends, {"rules.choice.fit": fit, "people.taste": taste, "businesses.*.affinity": 1000.0})
    high, low = orders(market)
    return high, high + low


@pytest.mark.parametrize(("fit", "taste"), [(2.0, 0.8), (2.0, 0.3), (5.0, 0.5)])
def test_the_nearer_business_wins_with_the_odds_of_the_squares(fit: float, taste: float) -> None:
    """Affinities of shape 1000 are all but equal, so choices are independent tosses; a wrong power is far off."""
    high, both = shares_of_high_end(fit, taste)
    squares, straight = taste**2 - (1.0 - taste) ** 2, taste - (1.0 - taste)
    chance, wrong = (1.0 / (1.0 + math.exp(-fit * away)) for away in (squares, 0.5 * straight))
    assert stats.binomtest(high, both, chance).pvalue > RARE
    if taste != 0.5:
        assert stats.binomtest(high, both, wrong).pvalue < RARE


def test_position_draws_strangers_and_quality_does_not() -> None:
    """At the first need nobody has ordered anywhere."""
    first = {"time.weeks": 1}
    fine = plain(first, {"businesses.ours.quality": 1.0})
    near = plain(first, {"rules.choice.fit": 4.0, "businesses.rival.position": 0.0})
    assert orders(fine) == orders(plain(first))
    assert orders(near)[0] > orders(plain(first))[0]


def test_two_tastes_part_between_two_ends() -> None:
    humps = {"people.segments": {"plain": {"share": 0.5, "taste": 0.0}, "fine": {"share": 0.5, "taste": 1.0}}}
    ends = {"businesses.ours.position": 1.0, "businesses.rival.position": 0.0, "rules.choice.fit": 4.0}
    market = plain(humps, ends)
    table = market.world.customers
    fine = table.segment == 1
    assert table.orders_ever[fine, 0].sum() > 10 * table.orders_ever[fine, 1].sum() > 0
    assert table.orders_ever[~fine, 1].sum() > 10 * table.orders_ever[~fine, 0].sum() > 0


def test_the_middle_gets_less_of_two_tastes_the_more_fit_counts() -> None:
    humps = {"people.segments": {"plain": {"share": 0.5, "taste": 0.0}, "fine": {"share": 0.5, "taste": 1.0}}}
    ends = {"businesses.ours.position": 0.5, "businesses.rival.position": 1.0, "businesses.third": {**FIRM}}
    ends |= {"businesses.third.position": 0.0}
    sold = [orders(plain(humps, ends, {"rules.choice.fit": fit}))[0] for fit in (0.0, 4.0, 12.0)]
    assert sold == sorted(sold, reverse=True) and sold[0] > 2 * sold[-1]


def test_the_high_end_costs_more_and_the_low_end_less() -> None:
    def cost(position: float) -> int:
        place = {"businesses.ours.position": position, "businesses.ours.cost_of_position": 0.8}
        return int(plain(place).history[:, 0, Line.COST_OF_GOODS].sum())

    low, middle, high = cost(0.0), cost(0.5), cost(1.0)
    assert high / middle == pytest.approx(math.exp(0.4), rel=1e-4)
    assert low / middle == pytest.approx(math.exp(-0.4), rel=1e-4)
    assert middle == plain().history[:, 0, Line.COST_OF_GOODS].sum()


# -- several markets ---------------------------------------------------------------------------------------------------

ENTERS = {"businesses.ours.markets": {"north": {}, "south": {"enters_week": 20, "known": 0.3, "cost": 700.0}}}


def test_who_is_absent_is_not_known_and_entering_makes_it_known_to_a_share() -> None:
    market = Market(scenario_with(TWO | ENTERS, PLAIN), 1)
    southern = market.world.customers.segment == 1
    while market.week < 20:
        market.step()
    assert (market.world.customers.relation[southern, 0] == STRANGER).all()
    market.step()
    known = int((market.world.customers.relation[southern, 0] != STRANGER).sum())
    assert stats.binomtest(known, int(southern.sum()), 0.3).pvalue > RARE
    assert stats.binomtest(known, int(southern.sum()), 0.4).pvalue < RARE
    assert market.programmes[:, 0, ENTRIES, SPENT].nonzero()[0].tolist() == [20]
    assert market.programmes[20, 0, ENTRIES, SPENT] == market.history[20, 0, Line.ACQUISITION_SPEND] == 70_000


def test_people_buy_less_from_a_business_that_is_far_from_home() -> None:
    sold = []
    for distance in (0.0, 1.0, 3.0):
        far = {"markets.south.distance": distance, "businesses.ours.markets.south.known": 1.0}
        table = plain(TWO, ENTERS, far).world.customers
        sold.append(int(table.orders_ever[table.segment == 1, 0].sum()))
    assert sold == sorted(sold, reverse=True) and sold[0] > 2 * sold[-1] > 0


def test_distance_concerns_only_those_who_are_not_at_home() -> None:
    near, far = (plain(TWO, {"markets.*.distance": distance}) for distance in (0.0, 9.0))
    assert np.array_equal(near.history, far.history)


def test_nobody_listens_to_stories_about_a_business_that_is_not_there() -> None:
    talk = {"network": {"mixed": {"listening": 0.5}}, "rules.talk.told_always": 0.5}
    everywhere = plain(TWO, talk, {"businesses.ours.known": 0.1})
    absent = plain(TWO, talk, {"businesses.ours.known": 0.1, "businesses.ours.markets": {"north": {}}})
    southern = absent.world.customers.segment == 1
    assert (everywhere.world.customers.source[southern, 0] == TOLD).any()
    assert (absent.world.customers.relation[southern, 0] == STRANGER).all()
    assert (absent.world.customers.heard[southern, 0] == 0.0).all()


def test_prospects_are_the_people_of_the_markets_where_it_is() -> None:
    market = Market(scenario_with(TWO | ENTERS | {"people.represents": 7}, PLAIN), 1)
    business = market.businesses[0]
    north, south = market.sizes
    assert north + south == market.scenario.market_size
    while market.week < 24:
        seen = books_of(business)
        listed = business.listed_customers
        assert sum(each.prospects for each in seen.markets) == north + south - listed
        here = [each.standing == IS_THERE for each in seen.markets]
        assert here == [True, market.week > 20]
        assert seen.prospects == (north + south if all(here) else north) - listed
        assert seen.markets[1].entry_cost == 700.0
        market.step()
    standings = [[each.standing for each in books_of(other).markets] for other in Market(market.scenario, 1).businesses]
    assert standings == [[IS_THERE, CAN_ENTER], [IS_THERE, IS_THERE]]
    alone = scenario_with(TWO | {"businesses.ours.markets": {"north": {}}}, PLAIN)
    assert books_of(Market(alone, 1).businesses[0]).markets[1].standing == CLOSED_TO_IT


class Explorer:
    """Enters the second market at its third plan."""

    def plan(self, books: Books) -> Decision:
        return Decision(0.0, 0.0, enter=(1,) if books.week == 8 else ())


@pytest.mark.parametrize(("cost", "entered"), [(700.0, True), (2e9, False)])
def test_a_strategy_enters_a_market_that_it_can_pay_for(cost: float, entered: bool) -> None:
    may = {"businesses.ours.markets": {"north": {}, "south": {"enters_week": 30_000, "cost": cost}}}
    market = following(Explorer(), scenario_with(TWO | may, PLAIN)).run()
    paid = market.programmes[:, 0, ENTRIES, SPENT]
    assert paid.nonzero()[0].tolist() == ([8] if entered else [])
    assert market.businesses[0].presence.markets == [True, entered]


def test_a_strategy_cannot_enter_where_the_scenario_knows_no_way() -> None:
    market = following(Explorer(), scenario_with(TWO | {"businesses.ours.markets": {"north": {}}}, PLAIN))
    with pytest.raises(ValueError, match="Explorer of 'ours' decided to enter market 1, which is none of those"):
        market.run()


def test_entering_changes_nothing_before() -> None:
    stays, enters = plain(TWO, {"businesses.ours.markets": {"north": {}}}), plain(TWO, ENTERS)
    assert np.array_equal(stays.history[:20], enters.history[:20])
    assert not np.array_equal(stays.history[20:], enters.history[20:])


# -- channels ----------------------------------------------------------------------------------------------------------

WINNING = {"businesses.ours.strategy": SPENDING, "businesses.ours.known": 0.0}


def test_a_channel_is_what_its_kind_says_wherever_nothing_is_written() -> None:
    written = {"email": {}, "fair": {"kind": "seminar", "keep": 0.9}, "tv": {}, "web": {"kind": "telephone"}}
    channels = scenario_with({"businesses.ours.channels": written}, PLAIN).businesses[0].channels
    assert channels["email"] == KINDS["email"]
    assert channels["fair"] == KINDS["seminar"]._replace(keep=0.9)
    assert channels["tv"] == Channel()
    assert channels["web"] == KINDS["telephone"]


def test_every_kind_has_defaults_and_no_two_kinds_the_same() -> None:
    assert tuple(KINDS) == KIND_NAMES
    assert [KIND_NAMES[channel.kind] for channel in KINDS.values()] == list(KINDS)
    assert len({repr(channel._replace(kind=0)) for channel in KINDS.values()}) == len(KINDS)
    assert all((channel.budget_share == 0.0) == (channel.kind in PAID_PER_CUSTOMER) for channel in KINDS.values())


def test_a_channel_reaches_one_segment_so_many_times_better_than_another() -> None:
    segments = {"people.segments": {"young": {"share": 0.5}, "old": {"share": 0.5}}, "time.weeks": 20}
    channel = {"businesses.ours.channels": {"web": {"reaches": {"young": 3.0}, "ceiling": 0.01, "strength": 9.0}}}
    table = plain(WINNING, segments, channel, {"people.need_per_year": 0.0}).world.customers
    young, old = (table.relation[table.segment == segment, 0] == AWARE for segment in (0, 1))
    law = 1.0 - np.array([[0.97**20, 0.99**20], [0.98**20, 0.99**20]])  # three times as often; or only twice
    for chance, wrong, reached in zip(law[0], law[1], (young, old), strict=True):
        assert stats.binomtest(int(reached.sum()), len(reached), chance).pvalue > RARE
        if wrong != chance:
            assert stats.binomtest(int(reached.sum()), len(reached), wrong).pvalue < RARE


@pytest.mark.parametrize(("kind", "times"), [("direct_mail", (1.0, 1.0)), ("email", (1.3, 0.7)), ("web", (1.6, 0.4))])
def test_a_kind_of_channel_reaches_those_who_need_more_in_its_own_way(kind: str, times: tuple[float, float]) -> None:
    """Half need it 16 times a year and half 4 times, 10 in the mean: with need rise contacts, 1.6 and 0.4 times.

    What is written of a segment stands instead.
    """
    segments = {
        "people.segments": {"heavy": {"share": 0.5, "need_per_year": 16}, "light": {"share": 0.5, "need_per_year": 4}}
    }
    channel = {"kind": kind, "ceiling": 0.01, "strength": 9.0}
    ours = {"businesses.ours.channels": {"one": channel}}
    said = {"businesses.ours.channels": {"one": channel | {"reaches": {"heavy": 3.0}}}}
    reach = [plain(WINNING, segments, each, {"time.weeks": 20}).world.reach.contact[:, 0, 0] for each in (ours, said)]
    assert reach[0] == pytest.approx(0.01 * np.array(times), rel=1e-3)
    assert reach[1] == pytest.approx(0.01 * np.array((3.0, times[1])), rel=1e-3)


def test_a_channel_can_leave_a_segment_alone() -> None:
    segments = {"people.segments": {"young": {"share": 0.5}, "old": {"share": 0.5}}}
    channel = {"businesses.ours.channels": {"web": {"reaches": {"old": 0.0}, "ceiling": 0.5, "strength": 9.0}}}
    table = plain(WINNING, segments, channel).world.customers
    assert (table.relation[table.segment == 1, 0] == STRANGER).all()
    assert (table.relation[table.segment == 0, 0] != STRANGER).mean() > 0.9


AFFILIATE = {"kind": "affiliate", "ceiling": 0.2, "strength": 0.1, "commission": 6.0}


def test_an_affiliate_is_paid_for_each_customer_it_has_won_and_for_nothing_else() -> None:
    unknown = {"businesses.ours.known": 0.0, "businesses.ours.channels": {"agents": AFFILIATE}}
    market = plain(unknown)
    agents = market.programmes[:, 0, place_of(market, "agents")]
    assert agents[:, CONTACTED].sum() > agents[:, WON].sum() > 100
    assert (agents[:, SPENT] == 600 * agents[:, WON]).all()
    assert (market.history[:, 0, Line.ACQUISITION_SPEND] == agents[:, SPENT]).all()


@pytest.mark.parametrize("tempts", [0.0, 1.0])
def test_a_sale_belongs_to_the_channel_whose_offer_is_taken_and_else_to_the_one_that_made_the_name_known(
    tempts: float,
) -> None:
    """Everybody knows the name. Where contacts make no occasion the affiliate has won nobody; where each makes one, it
    has won everybody whose first order came of an offer, and no one of them has the affiliate for a source."""
    known = {"businesses.ours.known": 1.0, "rules.acquisition.offer_makes_occasion": tempts}
    market = plain(known, {"businesses.ours.channels": {"agents": AFFILIATE}})
    agents, line = market.programmes[:, 0, place_of(market, "agents")], market.history[:, 0]
    assert agents[:, CONTACTED].sum() > 100 and not line[:, Item.NEW_CONTACTED].any()
    assert (agents[:, WON] == line[:, Item.NEW_AT_OFFER]).all()
    assert (agents[:, SPENT] == 600 * agents[:, WON]).all()
    assert bool(agents[:, WON].sum() > 100) is (tempts > 0.0)


def test_the_channel_whose_offer_is_taken_comes_before_the_one_that_made_the_name_known() -> None:
    """Posters make names known and nobody buys; a letter then finds only people who know it, and makes them buy."""
    posters = {"ceiling": 0.9, "strength": 9.0, "budget_share": 1.0}
    unknown = {"businesses.ours.known": 0.0, "businesses.ours.channels": {"posters": posters, "agents": AFFILIATE}}
    market = Market(scenario_with(WINNING | unknown | {"people.need_per_year": 0.0}, PLAIN), 1, followed=3000)
    for _ in range(6):
        market.step()
    assert (market.world.customers.relation[:, 0] == AWARE).all() and not market.history[:, 0, Item.ORDERS].any()
    first_touch = {tuple(pair) for pair in np.argwhere(market.world.customers.channel[:, :1] == 0).tolist()}
    assert len(first_touch) > 2000
    eager = market.scenario.rules.acquisition._replace(offer_makes_occasion=1.0)
    market.world = market.world._replace(rules=market.world.rules._replace(acquisition=eager))
    market.step()
    events = market.followed_events[-1]
    by_agents = [tuple(pair) for pair in events[events[:, 6] == 1][:, [1, 2]].tolist()]
    assert by_agents and any(pair in first_touch for pair in by_agents)
    assert (events[:, 5] == BY_CONTACT).all() and (events[:, 7] == AT_OFFER).all()
    won = market.programmes[6, 0, :2, WON]
    assert won.tolist() == [(events[:, 6] == channel).sum() for channel in (0, 1)]


def test_affiliates_take_more_trouble_for_a_higher_commission() -> None:
    won = []
    for commission in (0.0, 2.0, 20.0):
        channels = {"businesses.ours.channels": {"agents": AFFILIATE | {"commission": commission, "ceiling": 0.01}}}
        market = plain({"businesses.ours.known": 0.0}, channels)
        won.append(int(market.programmes[:, 0, 0, WON].sum()))
    assert won[0] == 0 and won == sorted(won) and won[2] > 2 * won[1]


def test_nobody_works_for_a_business_that_cannot_pay() -> None:
    broke = {"businesses.ours.cash": 0.0, "businesses.ours.credit_line": 0.0, "businesses.ours.unit_cost": 500.0}
    market = plain(broke, {"businesses.ours.known": 0.1, "businesses.ours.channels": {"agents": AFFILIATE}})
    assert not market.programmes[:, 0, 0].any()


# -- alliances ---------------------------------------------------------------------------------------------------------

PARTNER = {"kind": "partner", "of": "rival", "chance": 0.1, "commission": 4.0}
ALLIED = {"businesses.ours.known": 0.0, "businesses.ours.channels": {"ally": PARTNER}}


def test_a_partners_orders_bring_a_word_with_the_chance_that_was_agreed() -> None:
    """One week, in which only the partner is known: each of its orders is one toss, until somebody hears twice."""
    rare = {"time.weeks": 1, "people.need_per_year": 26.0, "people.count": 20_000}
    market = plain(ALLIED, rare)
    tossed = int(market.history[:, 1, Item.ORDERS].sum())
    words = int(market.history[:, 0, Item.CONTACTS].sum())
    assert words == market.programmes[:, 0, 0, CONTACTED].sum()
    assert stats.binomtest(words, tossed, 0.1).pvalue > RARE
    assert stats.binomtest(words, tossed, 0.13).pvalue < RARE
    assert market.history[:, 1, Item.CONTACTS].sum() == 0


def test_a_word_is_a_contact_and_no_talk_and_its_commission_is_the_partners_income() -> None:
    market = plain(ALLIED)
    history, ally = market.history, market.programmes[:, 0, place_of(market, "ally")]
    won = int(history[:, 0, [Item.NEW_CONTACTED, Item.RETURNED_CONTACTED]].sum())
    assert won == ally[:, WON].sum() > 100
    assert not history[:, 0, [Item.NEW_TOLD, Item.NEW_REFERRED]].any()
    knows = market.world.customers.relation[:, 0] != STRANGER
    assert (market.world.customers.source[knows, 0] == BY_CONTACT).all()
    assert (ally[:, SPENT] == 400 * ally[:, WON]).all()
    assert (history[:, 0, Line.ACQUISITION_SPEND] == ally[:, SPENT]).all()
    assert (history[:, 1, Line.COMMISSION_INCOME] == ally[:, SPENT]).all()
    ours, rival = (business.ledger for business in market.businesses)
    assert rival.balances[Account.COMMISSIONS] == -ally[:, SPENT].sum()
    assert sum(ours.balances) == sum(rival.balances) == 0


def test_a_partner_says_nothing_for_whoever_cannot_pay() -> None:
    broke = {"businesses.ours.cash": 0.0, "businesses.ours.credit_line": 0.0, "businesses.ours.unit_cost": 500.0}
    silent, free = plain(ALLIED, broke), plain(ALLIED, broke, {"businesses.ours.channels.ally.commission": 0.0})
    assert not silent.history[:, 0, Item.CONTACTS].any()
    assert free.history[:, 0, Item.CONTACTS].any()


def test_commissions_move_money_and_make_none() -> None:
    paid, free = plain(ALLIED), plain(ALLIED, {"businesses.ours.channels.ally.commission": 0.0})
    assert np.array_equal(paid.history[:, :, : Item.AWARE], free.history[:, :, : Item.AWARE])
    assert paid.history[-1, :, Line.CASH].sum() == free.history[-1, :, Line.CASH].sum()
    assert paid.history[-1, 0, Line.CASH] < free.history[-1, 0, Line.CASH]


def test_an_alliance_of_chance_0_is_none() -> None:
    without = plain({"businesses.ours.known": 0.0})
    silent = plain(ALLIED, {"businesses.ours.channels.ally.chance": 0.0})
    assert np.array_equal(without.history, silent.history)


def test_a_partner_that_has_closed_is_paid_nothing() -> None:
    market = plain(ALLIED, {"businesses.rival.closes_week": 30})
    ally = market.programmes[:, 0, 0]
    assert ally[30:, WON].sum() > 0 and not ally[30:, SPENT].any() and ally[:30, SPENT].any()


# -- open, closed, not yet there ---------------------------------------------------------------------------------------


def test_a_closed_business_wins_nothing_and_its_customers_look_elsewhere() -> None:
    market = plain({"businesses.ours.closes_week": 30, "businesses.ours.strategy": SPENDING})
    ours, rival = market.history[:, 0], market.history[:, 1]
    assert ours[30, Item.LOST_CLOSED] == ours[29, Line.CUSTOMERS] > 0
    for stock in (Line.CUSTOMERS, Line.LISTED_CUSTOMERS, Line.PEOPLE_AWARE, Line.SATISFACTION_SUM):
        assert not ours[30:, stock].any(), stock.name
    assert not ours[30:, [Item.ORDERS, Item.CONTACTS, Line.ACQUISITION_SPEND]].any()
    assert ours[30:, Line.CASH].tolist() == [ours[29, Line.CASH]] * 22
    table = market.world.customers
    assert (table.relation[:, 0] == STRANGER).all() and (table.last_tick[:, 0] == LONG_AGO).all()
    assert rival[31:, Item.ORDERS].mean() > 1.5 * rival[:30, Item.ORDERS].mean()


def test_closing_changes_nothing_before() -> None:
    stays, closes = plain(), plain({"businesses.ours.closes_week": 30})
    assert np.array_equal(stays.history[:30], closes.history[:30])


@pytest.mark.parametrize("clock", ["open", "contract"])
def test_while_it_is_shut_a_business_sells_nothing_and_keeps_its_customers(
    clock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of stock, say; a contract that ends meanwhile waits for its next end."""
    contract = {"rules.need": {"clock": clock, "renewal_weeks": 4}, "businesses.ours.strategy": SPENDING}
    market = Market(scenario_with(contract, PLAIN), 1)
    while market.week < 20:
        market.step()
    with monkeypatch.context() as patch:
        patch.setattr("sim.model.business.Business.is_selling", property(lambda self: self.slot != 0))
        for _ in range(5):
            market.step()
    shut = market.history[20:25, 0]
    assert not shut[:, [Item.ORDERS, Item.CONTACTS, Line.ACQUISITION_SPEND]].any()
    assert (shut[:, Line.CUSTOMERS] == market.history[19, 0, Line.CUSTOMERS]).all()
    market.run()
    assert market.history[25:, 0, Item.ORDERS].any() and market.history[25:, 0, Line.ACQUISITION_SPEND].any()


def test_who_is_not_yet_there_does_nothing_and_is_then_known_to_its_share() -> None:
    later = {"businesses.ours.opens_week": 18, "businesses.ours.known": 0.4, "businesses.ours.strategy": SPENDING}
    market = plain(later, {"time.burn_in_weeks": 52, "businesses.ours.backers": {"people": 9}})
    opened = 52 + 18
    ours = market.history[:, 0]
    assert not np.delete(ours[:opened], Line.CASH, axis=1).any()
    assert ours[opened, Item.AWARE] == ours[opened, Line.PEOPLE_AWARE]
    known = int(ours[opened, Line.PEOPLE_AWARE] - market.programmes[opened, 0, :MOST_CHANNELS, CONTACTED].sum())
    assert known == pytest.approx(0.4 * 3000, abs=5 * math.sqrt(3000 * 0.4 * 0.6) + 9)
    assert ours[opened, Line.ACQUISITION_SPEND] > 0
    backers = market.world.customers.backs == 0
    assert backers.sum() == 9 and (market.world.customers.relation[backers, 0] >= AWARE).all()


def test_opening_changes_nobody_else_before() -> None:
    never, later = plain({"businesses.ours.opens_week": 30}), plain({"businesses.ours.opens_week": 18})
    assert np.array_equal(never.history[:18], later.history[:18])
    assert not np.array_equal(never.history[18:, 1], later.history[18:, 1])


# -- the climate -------------------------------------------------------------------------------------------------------


def weeks_in(climates: dict[int, Climate], changes: dict[str, Any] | None = None) -> Market:
    """A plain world whose climate changes in some weeks."""
    market = Market(scenario_with(changes or {}, PLAIN), 1)
    while market.tick < market.last_tick:
        if market.week in climates:
            market.change_climate(climates[market.week])
        market.step()
    return market


def test_a_climate_of_1_and_0_is_none() -> None:
    turnover = {"rules.population.turnover": 0.02}
    still, told = weeks_in({}, turnover), weeks_in({5: Climate(), 9: Climate(1.0, 0.0)}, turnover)
    assert still.result_hash() == told.result_hash()


def test_need_follows_the_climate_for_newcomers_too_and_comes_back_to_the_bit() -> None:
    """Poisson totals: at the factor's own law, and far from that of a factor a tenth larger."""
    many = {"people.count": 6000}
    market = weeks_in({10: Climate(need=2.0), 30: Climate()}, many)
    orders_a_week = market.history[:, :, Item.ORDERS].sum(axis=1)
    for weeks, need in ((slice(0, 10), 1.0), (slice(10, 30), 2.0), (slice(30, 52), 1.0)):
        expected = len(orders_a_week[weeks]) * 6000 * 13.0 / 52.0 * need
        measured = float(orders_a_week[weeks].sum())
        assert abs(measured - expected) < 4.9 * math.sqrt(expected) < 0.05 * expected
    turnover = {"rules.population.turnover": 0.05}
    calm, grown, back = (
        weeks_in(climates, turnover).world.customers.need_threshold
        for climates in ({}, {10: Climate(need=2.0)}, {10: Climate(need=2.0), 51: Climate()})
    )
    assert np.array_equal(calm, back)
    assert set(grown.tolist()) == {need_threshold(float(np.float32(13.0 / 52.0)) * 2.0)} != set(calm.tolist())


def test_a_substitute_takes_customers_from_everybody() -> None:
    something = {"people.nothing": 1.0}
    sold = [orders(weeks_in({20: Climate(nothing=nothing)}, something)) for nothing in (0.0, 1.0, 4.0)]
    assert all(one > other for one, other in zip(sold[0], sold[1], strict=True))
    assert all(one > other for one, other in zip(sold[1], sold[2], strict=True))
    calm, struck = (weeks_in({20: Climate(nothing=nothing)}, something) for nothing in (0.0, 4.0))
    assert np.array_equal(calm.history[:20], struck.history[:20])


def test_a_snapshot_remembers_climate_and_markets() -> None:
    scenario = scenario_with(TWO | {"time.burn_in_weeks": 52, "businesses.ours.markets": {"north": {}}}, PLAIN)
    market = Market(scenario, 1)
    while market.week < 0:
        if market.week == -20:
            market.change_climate(Climate(0.5, 0.2))
            market.businesses[1].presence.close(market)
        market.step()
    copy = Market(scenario, 1).resume(market.snapshot())
    assert copy.run().result_hash() == market.run().result_hash()
    assert copy.world.traits.climate == Climate(0.5, 0.2) and copy.businesses[1].presence.closed
    assert not (copy.world.customers.relation[:, 1] == CUSTOMER).any()
