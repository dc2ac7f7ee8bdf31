"""What holds in every week of every world: checks that look at a week that has just been lived.

Stocks are held against a recount of the columns, money against the ledger and the plan, and the tally against a diary
of everybody, retold in plain Python by somebody who knows nothing of the model but what the words mean.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from sim.model.business import Business
from sim.model.history import CONTACTED, COSTS, SPENT, WON, Line
from sim.model.ledger import Account
from sim.model.market import Market
from sim.model.programmes import ENTRIES, LOYALTY, REFERRAL_REWARDS, SURPRISE
from sim.rules.acquisition import PAID_PER_CUSTOMER, PARTNER
from sim.rules.events import EVERYBODY, PriceWar
from sim.rules.journey import EVERYBODY as ALL
from sim.rules.journey import FORMER
from sim.rules.memory import AWARE, CUSTOMER, LAPSED, NEVER, STRANGER
from sim.rules.need import CONTRACT
from sim.rules.prices import ANYBODY, FIRST_ORDERS, NEW, OLD, OWN_CUSTOMERS
from sim.scenario.schema import MOST_CHANNELS
from sim.state import customers as ways
from sim.state.customers import COLUMNS, FORMER_REMINDED, LONG_AGO, NO_CHANNEL, UNKNOWN
from sim.state.diary import AT_OFFER, DEPARTURE
from sim.state.tally import LOST, Item

CHANGES = (Item.AWARE, Item.OPEN_COMPLAINTS, Item.SATISFACTION)
FLOWS = [
    *(item for item in Item if item not in CHANGES),
    *(*COSTS, Line.COMMISSION_INCOME, Line.REFERRAL_REWARDS, Line.WELCOME_DISCOUNTS),
    *(Line.WRITTEN_OFF, Line.BOUGHT_LATE, Line.FORETOLD, Line.OUT_OF_STOCK),
]
PARTS: list[tuple[tuple[Item, ...], Item]] = [
    ((Item.NEW_TOLD, Item.NEW_REFERRED, Item.NEW_CONTACTED), Item.NEW),
    ((Item.NEW_AT_OFFER,), Item.NEW),
    ((Item.BUYERS,), Item.ORDERS),
    ((Item.BUYERS,), Item.TRAFFIC),
    ((Item.RETURNED_TOLD, Item.RETURNED_REFERRED, Item.RETURNED_CONTACTED, Item.RETURNED_REMINDED), Item.RETURNED),
    ((Item.NEW, Item.RETURNED), Item.ORDERS),
    ((Item.COMPLAINTS,), Item.FAILURES),
    ((Item.FAILURES,), Item.ORDERS),
    ((Item.GIFTS,), Item.ORDERS),
    ((Item.FURTHER_LINES,), Item.ORDERS),
    ((Item.PROSPECT_CONTACTS,), Item.CONTACTS),
    ((Item.SALES_AFTER_CONTACT,), Item.NEW),
    ((Item.SALES_AFTER_REMINDER,), Item.ORDERS),
    ((Item.REVENUE_FROM_OLD_CUSTOMERS,), Item.REVENUE),
    ((Item.DELISTED_MOVED,), Item.DELISTED),
]
"""What is counted apart and together: the former are parts of the latter."""
WON_BY = {
    ways.TOLD: Item.NEW_TOLD,
    ways.REFERRED: Item.NEW_REFERRED,
    ways.CONTACTED: Item.NEW_CONTACTED,
    ways.FORMER_TOLD: Item.RETURNED_TOLD,
    ways.FORMER_REFERRED: Item.RETURNED_REFERRED,
    ways.FORMER_CONTACTED: Item.RETURNED_CONTACTED,
    ways.FORMER_REMINDED: Item.RETURNED_REMINDED,
}
"""What is counted of customers who were won in one way."""


class Retold:
    """The lives of all people, as their diary tells them."""

    def __init__(self, market: Market) -> None:
        """Whoever is a customer when the world begins ordered once, in the week before."""
        seated = [tuple(pair) for pair in np.argwhere(market.world.customers.relation == CUSTOMER).tolist()]
        self.customers: set[tuple[int, int]] = set(seated)
        self.first: dict[tuple[int, int], int] = dict.fromkeys(seated, -1)
        self.last: dict[tuple[int, int], int] = dict.fromkeys(seated, -1)
        self.ever: Counter[tuple[int, int]] = Counter(seated)

    def week(self, market: Market, movers: list[int], closing: list[int]) -> np.ndarray:
        """This week's lines (businesses, entries) as far as a diary knows, for one simulated person as one."""
        tick, window = market.tick - 1, market.scenario.time.list_weeks
        lines = np.zeros(market.history.shape[1:], np.int64)
        for (person, business), last in list(self.last.items()):
            if business in closing:
                lines[business, Item.DELISTED] += tick - last <= window
                del self.first[person, business], self.last[person, business], self.ever[person, business]
                continue
            lines[business, Item.DELISTED] += tick - last == window or (person in movers and tick - last < window)
            if person in movers:
                lines[business, Item.DELISTED_MOVED] += tick - last <= window
                del self.first[person, business], self.last[person, business], self.ever[person, business]
        self.won = np.zeros((len(lines), MOST_CHANNELS), np.int64)
        for _, person, business, kind, amount, reason, channel, occasion in market.followed_events[-1].tolist():
            line, pair = lines[business], (person, business)
            if kind == DEPARTURE:
                self.customers.remove(pair)
                line[Item.LOST_NEED_GONE + reason - 1] += 1
                continue
            line[Item.ORDERS] += 1
            line[Item.BUYERS] += self.last.get(pair) != tick
            line[Item.REVENUE] += amount
            if channel != NO_CHANNEL:
                assert reason != UNKNOWN
                self.won[business, channel] += 1
            assert (reason == UNKNOWN) == (pair in self.customers)
            if reason != UNKNOWN:
                line[Item.RETURNED if reason >= ways.FORMER else Item.NEW] += 1
                line[Item.NEW_AT_OFFER] += reason < ways.FORMER and occasion == AT_OFFER
                if reason in WON_BY:
                    line[WON_BY[reason]] += 1
            line[Item.LISTED] += pair not in self.last or tick - self.last[pair] >= window
            line[Item.LIST_VALUE] += at_list_price(amount, market, business, NEW if pair not in self.first else OLD)
            if self.first.setdefault(pair, tick) < market.opening_tick:
                line[Item.REVENUE_FROM_OLD_CUSTOMERS] += amount
            self.last[pair] = tick
            self.ever[pair] += 1
            self.customers.add(pair)
        lines[:, Line.CUSTOMERS] = np.bincount([j for _, j in self.customers], minlength=len(lines))
        return lines


def at_list_price(amount: int, market: Market, slot: int, side: int) -> int:
    """What an order would have been without promotions, as nearly as whole coins tell."""
    return round(amount / price_paid(market, slot, side))


def price_paid(market: Market, slot: int, side: int) -> float:
    """What new or old people pay this week, as a share of the list price: from the plan and the scenario alone."""
    business, week = market.businesses[slot], market.week - 1
    offering, decided = business.description.offering, business.decision.prices
    price = decided[side] / offering.price if decided else 1.0
    for event in market.scenario.events:
        if isinstance(event, PriceWar) and event.business in (EVERYBODY, business.name):
            price *= event.price if event.week <= week < event.week + event.for_weeks else 1.0
    for promotion in business.description.promotions.values():
        sides = {ANYBODY: (NEW, OLD), FIRST_ORDERS: (NEW,), OWN_CUSTOMERS: (OLD,)}[promotion.to]
        if week % promotion.every_weeks < promotion.for_weeks and side in sides:
            price *= 1.0 - promotion.discount
    return price


class Week(NamedTuple):
    """A week that has just been lived."""

    market: Market
    cash: list[int]
    """Of each business before, in minor units."""
    goods: list[int]
    """What each had paid before for goods in stock."""
    told: np.ndarray
    """This week's lines as the diary retells them."""
    diary: Retold
    before: np.ndarray
    """Last week's lines, (businesses, entries); in the first week what stood in the books when the world began."""
    closing: list[int]
    """Businesses that closed for good as it began."""

    @property
    def lines(self) -> np.ndarray:
        """This week's lines, (businesses, entries)."""
        return self.market.history[self.market.tick - 1]

    @property
    def programmes(self) -> np.ndarray:
        """What programmes cost and did this week, (businesses, programmes, 3)."""
        return self.market.programmes[self.market.tick - 1]


def weeks_of(market: Market) -> Iterator[Week]:
    """Let a market live that follows everybody, and look at every week."""
    diary = Retold(market)
    before = np.array([business.stocks for business in market.businesses])
    while market.tick < market.last_tick:
        opening = market.week == 0  # the owners pay in or take out until cash is what the scenario says
        cash = [b._minor(b.description.offering.cash) if opening else cash_of(b) for b in market.businesses]
        goods = [b.ledger.stock for b in market.businesses]
        movers = np.flatnonzero(market.world.customers.moves_tick == market.tick).tolist()
        closing = [
            b.slot
            for b in market.businesses
            if b.description.offering.closes_week == market.week or (b.has_failed and not b.presence.closed)
        ]
        market.step()
        yield Week(market, cash, goods, diary.week(market, movers, closing), diary, before, closing)
        before = market.history[market.tick - 1]


def cash_of(business: Business) -> int:
    """Read off the account itself."""
    return business.ledger.balances[Account.CASH]


# -- people ------------------------------------------------------------------------------------------------------------


def everybody_is_in_one_state(week: Week) -> None:
    relation = week.market.world.customers.relation
    counted = sum((relation == state).sum(axis=0) for state in (STRANGER, AWARE, CUSTOMER, LAPSED))
    assert (counted == week.market.scenario.people).all()


def ranges_of(market: Market) -> dict[str, tuple[float, float]]:
    """The least and the largest number of every column at the end of a week; ends belong to it, infinity does not."""
    tick, last = market.tick - 1, len(market.businesses) - 1
    finite, positive, share, points = (-1e38, 1e38), (0.0, 1e38), (0.0, 1.0), (-1.0, 1.0)
    somebody, past, weeks = (-1, last), (LONG_AGO, tick), (0, NEVER)
    return {
        "segment": (0, len(market.scenario.segments) - 1),
        "weekly_need": positive,
        "need_threshold": (0, 2**32 - 1),
        "leaving": share,
        "price_sensitivity": positive,
        "taste": share,
        "mean_order_value": positive,
        "further_lines": share,
        "listening": share,
        "affinity_for_nothing": (-np.inf, 1e38),
        "backs": somebody,
        "moves_tick": (tick + 1, NEVER),
        "affinity": finite,
        "match": finite,
        "satisfaction": points,
        "expectation": finite,
        "push": finite,
        "heard": finite,
        "expected_price": finite,
        "told_about": somebody,
        "told_story": points,
        "told_for_reward": (0, 1),
        "heard_about": somebody,
        "heard_story": points,
        "heard_for_reward": (0, 1),
        "heard_from_customer_of": somebody,
        "relation": (STRANGER, LAPSED),
        "source": (UNKNOWN, FORMER_REMINDED),
        "channel": (-1, MOST_CHANNELS - 1),
        "orders": weeks,
        "orders_ever": weeks,
        "lines": (0, 99),
        "first_tick": (-1, NEVER),
        "start_tick": (-1, tick),
        "last_tick": past,
        "due_tick": weeks,
        "visit_tick": past,
        "contact_tick": past,
        "reminder_tick": past,
        "friend_tick": past,
        "open_complaint": positive,
        "complaints": positive,
        "complaint_tick": past,
        "recommended_tick": past,
        "last_supplier": somebody,
    }


def numbers_stay_where_they_belong(week: Week) -> None:
    table, ranges = week.market.world.customers, ranges_of(week.market)
    assert ranges.keys() == set(COLUMNS)
    for name, (low, high) in ranges.items():
        column = getattr(table, name)
        assert ((column >= low) & (column <= high)).all(), name  # what is no number is not between two either
    nothing = np.array([segment.person.nothing for segment in week.market.scenario.segments])
    assert (np.isneginf(table.affinity_for_nothing) == (nothing[table.segment] == 0.0)).all()


def what_belongs_to_customers_is_theirs_alone(week: Week) -> None:
    table, tick = week.market.world.customers, week.market.tick - 1
    mine = table.relation == CUSTOMER
    offered = np.array([business.description.offering.lines for business in week.market.businesses])
    waits = (table.relation == AWARE) | (table.relation == LAPSED)
    assert (table.due_tick[waits] > tick).all()
    assert not table.lines[~mine].any() and not table.open_complaint[~mine].any()
    assert (table.lines < offered).all()
    assert (table.source[table.relation == STRANGER] == UNKNOWN).all()
    assert (table.orders[mine] >= 1).all()
    assert (table.orders <= table.orders_ever).all()
    assert ((table.orders_ever > 0) == (table.first_tick != NEVER)).all()
    assert (table.first_tick[mine] <= table.start_tick[mine]).all()
    assert (table.start_tick[mine] <= table.last_tick[mine]).all()


def nobody_knows_a_business_that_is_not_there(week: Week) -> None:
    """Not yet open, closed for good, or in other markets."""
    table, scenario = week.market.world.customers, week.market.scenario
    market_of = np.array([segment.market for segment in scenario.segments])[table.segment]
    for business in week.market.businesses:
        offering, now = business.description.offering, week.market.week - 1
        is_open = offering.opens_week <= now < offering.closes_week or (offering.opens_week == 0 and now < 0)
        is_open = is_open and week.before[business.slot, Line.INSOLVENT] == 0
        entered = [at for at, here in enumerate(business.presence.markets) if here]
        assert bool(entered) == is_open
        away = ~np.isin(market_of, entered)
        assert (table.relation[away, business.slot] == STRANGER).all()
        assert (table.orders_ever[away, business.slot] == 0).all()
        if not is_open:
            programmes = week.programmes[business.slot]
            assert not programmes.any() and not week.lines[business.slot, [Item.ORDERS, Item.CONTACTS]].any()


def everybody_stays_in_its_market(week: Week) -> None:
    scenario = week.market.scenario
    market_of = np.array([segment.market for segment in scenario.segments])[week.market.world.customers.segment]
    people = np.bincount(market_of, minlength=len(scenario.markets)) * scenario.represents
    assert people.tolist() == week.market.sizes


def nobody_is_a_former_customer_who_never_ordered(week: Week) -> None:
    """Classes are those of the last plan; since then nobody has lost a first order but by moving away."""
    scenario = week.market.scenario
    if scenario.rules.population.turnover == 0.0:
        ordered = (week.market.world.customers.first_tick != NEVER).sum(axis=0) * scenario.represents
        there = [not business.presence.closed for business in week.market.businesses]
        former = [business.classes[FORMER] * here for business, here in zip(week.market.businesses, there, strict=True)]
        assert (np.array(former) <= ordered).all()


# -- stocks and flows --------------------------------------------------------------------------------------------------


def stocks_equal_recounts(week: Week) -> None:
    table, tick, scenario = week.market.world.customers, week.market.tick - 1, week.market.scenario
    mine = table.relation == CUSTOMER
    recent = tick - table.last_tick.astype(int) < scenario.time.list_weeks
    millionths = np.floor(table.satisfaction.astype(float) * 1e6 + 0.5).astype(int)
    recounted = {
        Line.CUSTOMERS: mine,
        Line.LISTED_CUSTOMERS: mine if scenario.rules.need.clock == CONTRACT else recent,
        Line.PEOPLE_AWARE: table.relation != STRANGER,
        Line.COMPLAINTS_OPEN: table.open_complaint != 0.0,
        Line.SATISFACTION_SUM: millionths * mine,
    }
    for stock, counted in recounted.items():
        assert week.lines[:, stock].tolist() == (counted.sum(axis=0) * scenario.represents).tolist(), stock.name


def flows_change_stocks_and_are_never_negative(week: Week) -> None:
    lines, change = week.lines, week.lines - week.before
    assert (lines[:, FLOWS] >= 0).all()
    won, lost = lines[:, Item.NEW] + lines[:, Item.RETURNED], lines[:, LOST].sum(axis=1)
    assert (change[:, Line.CUSTOMERS] == won - lost).all()
    assert (change[:, Line.LISTED_CUSTOMERS] == lines[:, Item.LISTED] - lines[:, Item.DELISTED]).all()
    assert (change[:, Line.COMPLAINTS_OPEN] == lines[:, Item.OPEN_COMPLAINTS]).all()
    assert (change[:, Line.SATISFACTION_SUM] == lines[:, Item.SATISFACTION]).all()
    assert (lines[:, Item.RESOLVED] <= lines[:, Item.COMPLAINTS] + week.before[:, Line.COMPLAINTS_OPEN]).all()
    assert (change[:, Line.PEOPLE_AWARE] == lines[:, Item.AWARE]).all()


def parts_are_within_their_whole(week: Week) -> None:
    for parts, whole in PARTS:
        assert (week.lines[:, list(parts)].sum(axis=1) <= week.lines[:, whole]).all(), whole.name


def names_are_known_by_ever_more_where_nobody_forgets_or_moves(week: Week) -> None:
    rules = week.market.scenario.rules
    if rules.memory.name_forgotten == 0.0 and rules.population.turnover == 0.0:
        assert (np.delete(week.lines[:, Item.AWARE], week.closing) >= 0).all()


def the_diary_adds_up_to_the_tally(week: Week) -> None:
    lines, table, clock = week.lines, week.market.world.customers, week.market.scenario.rules.need.clock
    told = week.told * week.market.scenario.represents
    flows = [Item.ORDERS, Item.REVENUE, Item.REVENUE_FROM_OLD_CUSTOMERS, *list(Item)[LOST]]
    entries = [*flows, Item.BUYERS, Item.NEW, Item.RETURNED, Item.NEW_AT_OFFER, *WON_BY.values(), Line.CUSTOMERS]
    assert (told[:, entries] == lines[:, entries]).all()
    won = week.programmes[:, :MOST_CHANNELS, WON]
    assert (week.diary.won * week.market.scenario.represents == won).all()
    if clock != CONTRACT:
        listed = [Item.LISTED, Item.DELISTED, Item.DELISTED_MOVED]
        assert (told[:, listed] == lines[:, listed]).all()
    assert set(zip(*np.nonzero(table.relation == CUSTOMER), strict=True)) == week.diary.customers
    for column, dates, never in (
        (table.first_tick, week.diary.first, NEVER),
        (table.last_tick, week.diary.last, LONG_AGO),
        (table.orders_ever, week.diary.ever, 0),
    ):
        expected = np.full(column.shape, never, column.dtype)
        for pair, tick in dates.items():
            expected[pair] = tick
        assert np.array_equal(column, expected)


def list_value_is_revenue_without_promotions(week: Week) -> None:
    market, represents = week.market, week.market.scenario.represents
    sides = [[price_paid(market, slot, side) for side in (NEW, OLD)] for slot in range(len(market.businesses))]
    dearer = 1.0 / np.min(sides, axis=1)
    rounding = week.told[:, Item.ORDERS] * (dearer / 2.0 + 1.0) * represents
    off = week.told[:, Item.LIST_VALUE] * represents - week.lines[:, Item.LIST_VALUE]
    assert (np.abs(off) <= rounding + 1e-9 * week.lines[:, Item.LIST_VALUE]).all()


# -- money -------------------------------------------------------------------------------------------------------------


def ledgers_balance_and_cash_is_what_came_in_less_what_went_out(week: Week) -> None:
    for line, cash, goods, business in zip(week.lines, week.cash, week.goods, week.market.businesses, strict=True):
        assert sum(business.ledger.balances) == 0
        assert cash_of(business) == line[Line.CASH]
        assert business.ledger.balances[Account.STOCK] == line[Line.STOCK] >= 0
        came_in = line[Item.REVENUE] + line[Line.COMMISSION_INCOME]
        assert line[Line.CASH] + line[Line.STOCK] == cash + goods + came_in - line[COSTS].sum()


def commissions_paid_to_partners_are_their_income(week: Week) -> None:
    paid: Counter[str] = Counter()
    for programmes, business in zip(week.programmes, week.market.businesses, strict=True):
        units = week.market.scenario.minor_units
        for at, channel in enumerate(business.description.channels.values()):
            if channel.kind in PAID_PER_CUSTOMER:
                assert programmes[at, SPENT] <= programmes[at, WON] * np.floor(channel.commission * units + 0.5)
            if channel.kind == PARTNER:
                paid[channel.of] += int(programmes[at, SPENT])
    earned = {
        b.name: int(line[Line.COMMISSION_INCOME]) for b, line in zip(week.market.businesses, week.lines, strict=True)
    }
    assert earned == {name: paid[name] for name in earned}


def nobody_plans_to_spend_more_than_was_decided_or_than_there_is(week: Week) -> None:
    """Gifts, rewards for referrals and commissions are paid per success, and entries once, out of what is left then."""
    worth = [cash + goods for cash, goods in zip(week.cash, week.goods, strict=True)]
    for programmes, before, business in zip(week.programmes, worth, week.market.businesses, strict=True):
        kinds = enumerate(business.description.channels.values())
        per_customer = [at for at, channel in kinds if channel.kind in PAID_PER_CUSTOMER]
        planned = np.delete(programmes[:, SPENT], [SURPRISE, REFERRAL_REWARDS, ENTRIES, *per_customer]).sum()
        decided = business._minor(business.decision.spend_per_week)
        available = max(before + business._minor(business.description.offering.credit_line), 0)
        assert planned <= min(decided, available)


def what_was_decided_is_spent_where_nothing_is_in_the_way(week: Week) -> None:
    """To the coin: by a business that sells, has somebody to win and somebody to keep, and only plain programmes."""
    for slot, business in enumerate(week.market.businesses):
        description, listed = business.description, week.before[slot, Line.LISTED_CUSTOMERS]
        channels, levers = list(description.channels.values()), description.levers
        per_customer = [at for at, channel in enumerate(channels) if channel.kind in PAID_PER_CUSTOMER]
        aims = [lever.aim for lever in levers if lever.budget_share and getattr(lever, "aim", ALL) != ALL]
        plain = (
            business.presence.is_open
            and len(per_customer) < len(channels)
            and listed > 0 < business.presence.people(week.market.sizes) - listed
            and (business.classes[aims] > 0).all()
            and levers.loyalty_scheme.budget_share == levers.surprise.budget_share == 0.0
            and not any(programme.fixed_cost_per_year for programme in [*channels, *levers, description.offering])
            and not any(channel.minimum for channel in channels)
            and not (business.conditions.banned or business.decision.levers or description.supply.season_weeks)
            and not week.programmes[slot, ENTRIES, SPENT]
        )
        if plain:
            planned = np.delete(week.programmes[slot, :, SPENT], [SURPRISE, REFERRAL_REWARDS, ENTRIES, *per_customer])
            had = max(week.cash[slot] + business._minor(description.offering.credit_line), 0)
            assert planned.sum() == min(business._minor(business.decision.spend_per_week), had)


def fixed_cost_of(programme: Any, week: Week) -> int:
    """This week's part of what a programme costs before it does anything."""
    coins = round(programme.fixed_cost_per_year * week.market.scenario.minor_units)
    return coins * week.market.tick // 52 - coins * (week.market.tick - 1) // 52


def programmes_that_run_can_be_paid_for(week: Week) -> None:
    for programmes, business in zip(week.programmes, week.market.businesses, strict=True):
        for at, channel in enumerate(business.description.channels.values()):
            spent = programmes[at, SPENT]
            by_budget = channel.kind not in PAID_PER_CUSTOMER and spent > 0
            assert not by_budget or spent > fixed_cost_of(channel, week)
            assert not by_budget or spent >= business._minor(channel.minimum)
        for at, lever in enumerate(business.description.levers, MOST_CHANNELS):
            spent = programmes[at, SPENT]
            assert at in (LOYALTY, SURPRISE) or spent == 0 or spent > fixed_cost_of(lever, week)


def what_is_closed_does_nothing_any_more(week: Week) -> None:
    for line, before, programmes in zip(week.lines, week.before, week.programmes, strict=True):
        assert before[Line.INSOLVENT] in (0, line[Line.INSOLVENT])
        if before[Line.INSOLVENT]:
            assert (
                line[Line.CUSTOMERS] == line[Line.LISTED_CUSTOMERS] == line[Line.PEOPLE_AWARE] == line[Item.ORDERS] == 0
            )
            assert line[COSTS].sum() == line[Line.WRITTEN_OFF]  # goods are sold off the week after
            assert line[Line.STOCK] == programmes[:, SPENT].sum() == 0
            assert line[Line.CASH] >= before[Line.CASH]


def goods_come_and_go_whole(week: Week) -> None:
    for line, business in zip(week.lines, week.market.businesses, strict=True):
        assert (business.ledger.stock == 0) or business.warehouse.goods.left > 0
        assert line[Line.WRITTEN_OFF] <= line[Line.COST_OF_GOODS]
        assert line[Line.BOUGHT_LATE] <= line[Item.LIST_VALUE]
        if not business.description.supply.season_weeks:
            assert not line[[Line.STOCK, Line.WRITTEN_OFF, Line.BOUGHT_LATE, Line.FORETOLD, Line.OUT_OF_STOCK]].any()


def programmes_add_up_to_the_books(week: Week) -> None:
    for line, programmes, business in zip(week.lines, week.programmes, week.market.businesses, strict=True):
        channels, levers = programmes[:MOST_CHANNELS], business.description.levers
        rewards, gifts, entries = programmes[[REFERRAL_REWARDS, SURPRISE, ENTRIES], SPENT].tolist()
        money_left = line[Line.CASH] + business._minor(business.description.offering.credit_line)
        own = {
            at: fixed_cost_of(programme, week)
            for at, programme in ((LOYALTY, levers.loyalty_scheme), (SURPRISE, levers.surprise))
        }
        for paid, successes, each, fixed in (
            (rewards, line[[Item.NEW_REFERRED, Item.RETURNED_REFERRED]].sum(), levers.referral.reward, 0),
            (gifts, line[Item.GIFTS], levers.surprise.cost, own[SURPRISE]),
        ):
            owed = successes * business._minor(each)
            assert paid in (owed, owed + fixed) or (paid < owed + fixed and (money_left <= 0 or line[Line.INSOLVENT]))
            assert paid <= fixed or money_left >= 0
        assert (programmes >= 0).all()
        assert rewards == line[Line.REFERRAL_REWARDS]
        assert channels[:, SPENT].sum() + rewards + entries == line[Line.ACQUISITION_SPEND]
        costs = [each.cost for each in business.description.markets.values() if each.enters_week > 0]
        assert entries <= sum(business._minor(cost) for cost in costs)
        assert programmes[MOST_CHANNELS:REFERRAL_REWARDS, SPENT].sum() == line[Line.RETENTION_SPEND]
        assert line[Item.ORDERS] > 0 or programmes[LOYALTY, SPENT] in (0, own[LOYALTY])
        assert channels[:, CONTACTED].sum() == line[Item.CONTACTS]
        assert channels[:, WON].sum() <= line[Item.NEW] + line[Item.RETURNED]


def no_order_no_revenue(week: Week) -> None:
    assert (week.lines[week.lines[:, Item.ORDERS] == 0, Item.LIST_VALUE] == 0).all()


def no_more_sales_follow_than_there_were_contacts_and_reminders(week: Week) -> None:
    so_far = week.market.history[: week.market.tick].sum(axis=0)
    assert (so_far[:, Item.SALES_AFTER_CONTACT] <= so_far[:, Item.PROSPECT_CONTACTS]).all()
    assert (so_far[:, Item.SALES_AFTER_REMINDER] <= so_far[:, Item.REMINDERS]).all()


Check = Callable[[Week], None]
CHECKS: list[Check] = [
    everybody_is_in_one_state,
    numbers_stay_where_they_belong,
    what_belongs_to_customers_is_theirs_alone,
    nobody_knows_a_business_that_is_not_there,
    everybody_stays_in_its_market,
    nobody_is_a_former_customer_who_never_ordered,
    stocks_equal_recounts,
    flows_change_stocks_and_are_never_negative,
    parts_are_within_their_whole,
    names_are_known_by_ever_more_where_nobody_forgets_or_moves,
    the_diary_adds_up_to_the_tally,
    list_value_is_revenue_without_promotions,
    ledgers_balance_and_cash_is_what_came_in_less_what_went_out,
    commissions_paid_to_partners_are_their_income,
    nobody_plans_to_spend_more_than_was_decided_or_than_there_is,
    what_was_decided_is_spent_where_nothing_is_in_the_way,
    programmes_add_up_to_the_books,
    programmes_that_run_can_be_paid_for,
    what_is_closed_does_nothing_any_more,
    goods_come_and_go_whole,
    no_order_no_revenue,
    no_more_sales_follow_than_there_were_contacts_and_reminders,
]
