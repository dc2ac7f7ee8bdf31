"""What holds in every world, every week; and that each of these checks sees the bug it is there for.

Worlds are drawn at random with their extremes well in sight; the same ones every time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from sim.model import business as business_module
from sim.model import market as market_module
from sim.model.business import Business, BusinessState
from sim.model.history import Line
from sim.model.ledger import Account, Ledger, split
from sim.model.market import Market
from sim.rules.memory import AWARE, CUSTOMER, LAPSED, STRANGER
from sim.rules.need import CONTRACT
from sim.state.diary import DEPARTURE, ORDER, Diary, this_week
from sim.state.tally import Item
from tests.small_worlds import LIVELY, differing_columns, lived, scenario_with

LOST = slice(Item.LOST_NEED_GONE, Item.LOST_TO_PRICE + 1)
FLOWS = [*(item for item in Item if item not in (Item.AWARE, Item.SATISFACTION)), *list(Line)[:3]]

# -- any world ---------------------------------------------------------------------------------------------------------

share = some.sampled_from([0.0, 1.0]) | some.floats(0.0, 1.0)
few_weeks = some.sampled_from([1, 2, 5, 30])
points = some.sampled_from([-1.0, 0.0, 0.3, 2.0])
log_odds = some.sampled_from([0.0, 0.5, -3.0, 50.0])
money = some.sampled_from([0.0, 1.0, 5000.0, 1e7])
per_money = some.sampled_from([0.0, 0.1, 1e6])
seeds = some.integers(0, 2**64 - 1)


def one(**kinds: Any) -> Any:
    """One of several kinds, as a scenario writes it."""
    return some.one_of(
        [some.fixed_dictionaries({kind: some.fixed_dictionaries(inside)}) for kind, inside in kinds.items()]
    )


people = some.fixed_dictionaries(
    {
        "count": some.sampled_from([1, 2, 60]) | some.integers(1, 60),
        "need_per_year": one(
            constant={"value": some.sampled_from([0.0, 150.0])},
            gamma={"shape": some.sampled_from([0.1, 1.0]), "mean": some.sampled_from([5.0, 60.0])},
        ),
        "leaving": one(constant={"value": share}, beta={"a": some.just(0.5), "b": some.sampled_from([0.1, 5.0])}),
        "price_sensitivity": one(constant={"value": some.sampled_from([0.0, 8.0, 100.0])}),
        "mean_order_value": one(constant={"value": money}, gamma={"shape": some.just(0.2), "mean": some.just(50.0)}),
        "match": one(normal={"mean": points, "sd": some.sampled_from([0.0, 0.4, 3.0])}),
        "nothing": some.sampled_from([0.0, 0.3, 20.0]),
        "segments": some.just({})
        | some.just({"a": {"share": 0.3, "nothing": 0.0}, "b": {"share": 0.7, "leaving": 1.0}}),
    }
)
talk_per_friend = some.sampled_from([0.0, 0.05, 1000.0])
network = one(
    mixed={"listening": share},
    small_world={"degree": some.sampled_from([2, 8]), "rewired": share, "talk_per_friend": talk_per_friend},
    scale_free={"links": some.sampled_from([1, 4]), "talk_per_friend": talk_per_friend},
    random={"degree": some.sampled_from([0.0, 5.0]), "talk_per_friend": talk_per_friend},
    groups={"size": some.sampled_from([1, 9, 1000]), "talk_per_friend": talk_per_friend},
)
rules = some.fixed_dictionaries(
    {
        "need": some.fixed_dictionaries({"clock": some.sampled_from(["open", "contract"]), "renewal_weeks": few_weeks}),
        "choice": some.fixed_dictionaries({"loyalty": log_odds, "habit": log_odds}),
        "defection": some.fixed_dictionaries(
            {
                "first_order_at_risk": some.integers(1, 2),
                "satisfaction_effect": log_odds,
                "neutral_satisfaction": points,
            }
        ),
        "satisfaction": some.fixed_dictionaries(
            {
                "speed": share,
                "adaptation": share,
                "noise": some.sampled_from([0.0, 0.3, 2.0]),
                "first_expectation": points,
            }
        ),
        "talk": some.fixed_dictionaries({"told_always": share, "effect": log_odds, "keep": share}),
        "acquisition": some.fixed_dictionaries({"offer_makes_occasion": share, "push": log_odds, "push_keep": share}),
        "memory": some.fixed_dictionaries(
            {"name_forgotten": share, "departure_fades": share, "win_back": share, "forgotten_weeks": few_weeks}
        ),
        "value": some.fixed_dictionaries(
            {"order_shape": some.sampled_from([0.0, 0.03, 1.0, 6.25]), "person_shape": some.sampled_from([0.0, 3.74])}
        ),
    }
)
strategy = one(
    fixed_split={"spend_share": share, "acquisition_share": share},
    fixed_budget={"spend_per_year": money, "acquisition_share": share},
    growth_goal={"of": some.sampled_from(["revenue", "profit", "customers"]), "acquisition_share": share},
)


@some.composite
def firms(draw: Any) -> dict[str, Any]:
    """A business with extremes of everything; shares of channels and levers add to one."""
    first, care = draw(share), draw(share)
    channel = some.fixed_dictionaries({"ceiling": share, "strength": per_money, "keep": share})
    lever = some.fixed_dictionaries({"ceiling": share, "strength": per_money})
    return {
        "price": draw(some.sampled_from([0.01, 45.0, 1000.0])),
        "unit_cost": draw(some.sampled_from([0.0, 27.5, 60.0])),
        "quality": draw(points),
        "failure_rate": draw(share),
        "affinity": draw(some.sampled_from([0.03, 0.3, 3.0])),
        "known": draw(share),
        "cash": draw(money),
        "credit_line": draw(money),
        "channels": {
            "a": draw(channel) | {"budget_share": first},
            "b": draw(channel) | {"budget_share": 1.0 - first},
        },
        "levers": {
            "care": draw(lever) | {"budget_share": care},
            "loyalty_scheme": draw(lever) | {"budget_share": 1.0 - care},
        },
        "status_quo": draw(strategy),
        "strategy": draw(strategy),
    }


@some.composite
def worlds(draw: Any) -> dict[str, Any]:
    """Plain data of a small scenario."""
    names = ("a", "b", "c", "d", "e", "f", "g", "h")[: draw(some.sampled_from([1, 2, 3, 8]))]
    return {
        "schema": 1,
        "time": {
            "weeks": draw(some.sampled_from([1, 7, 60])),
            "burn_in_weeks": draw(some.sampled_from([0, 1, 10])),
            "planning_weeks": draw(some.sampled_from([1, 4])),
            "list_weeks": draw(some.sampled_from([52, 53, 1000])),
        },
        "people": draw(people),
        "network": draw(network),
        "rules": draw(rules),
        "businesses": {name: draw(firms()) for name in names},
    }


any_world = settings(max_examples=80, derandomize=True, deadline=None)
some_worlds = settings(any_world, max_examples=25)

# -- what holds in every week ------------------------------------------------------------------------------------------


class Week(NamedTuple):
    """A week that has just been lived."""

    market: Market
    cash: list[int]
    """Of each business before, in minor units."""

    @property
    def lines(self) -> np.ndarray:
        """This week's lines, (businesses, entries)."""
        return self.market.history[self.market.tick - 1]


def weeks_of(market: Market) -> Iterator[Week]:
    """Let a market live, and look at every week."""
    while market.tick < market.last_tick:
        opening = market.week == 0  # the owners pay in or take out until cash is what the scenario says
        cash = [b._minor(b.description.offering.cash) if opening else cash_of(b) for b in market.businesses]
        market.step()
        yield Week(market, cash)


def cash_of(business: Business) -> int:
    return business.ledger.balances[Account.CASH]


def everybody_is_in_one_state(week: Week) -> None:
    relation = week.market.world.customers.relation
    counted = sum((relation == state).sum(axis=0) for state in (STRANGER, AWARE, CUSTOMER, LAPSED))
    assert (counted == week.market.scenario.people).all()


def stocks_equal_recounts(week: Week) -> None:
    table, tick, scenario = week.market.world.customers, week.market.tick - 1, week.market.scenario
    mine = table.relation == CUSTOMER
    recent = tick - table.last_tick.astype(int) < scenario.time.list_weeks
    listed = mine if scenario.rules.need.clock == CONTRACT else recent
    millionths = np.floor(table.satisfaction.astype(float) * 1e6 + 0.5).astype(int)
    assert week.lines[:, Line.CUSTOMERS].tolist() == mine.sum(axis=0).tolist()
    assert week.lines[:, Line.LISTED_CUSTOMERS].tolist() == listed.sum(axis=0).tolist()
    assert week.lines[:, Line.PEOPLE_AWARE].tolist() == (table.relation != STRANGER).sum(axis=0).tolist()
    assert week.lines[:, Line.SATISFACTION_SUM].tolist() == (millionths * mine).sum(axis=0).tolist()


def flows_change_stocks_and_are_never_negative(week: Week) -> None:
    lines, tick = week.lines, week.market.tick - 1
    known = week.market.businesses[0].stocks * 0 if tick == 0 else week.market.history[tick - 1]
    won = lines[:, Item.NEW] + lines[:, Item.RETURNED]
    change = won - lines[:, LOST].sum(axis=1)
    assert (lines[:, FLOWS] >= 0).all()
    assert (lines[:, Line.CUSTOMERS] - known[..., Line.CUSTOMERS] == change).all()
    assert (lines[:, Item.NEW_TOLD] + lines[:, Item.NEW_CONTACTED] <= lines[:, Item.NEW]).all()
    assert (won <= lines[:, Item.ORDERS]).all() and (lines[:, Item.FAILURES] <= lines[:, Item.ORDERS]).all()


def ledgers_balance_and_cash_is_what_came_in_less_what_went_out(week: Week) -> None:
    for line, before, business in zip(week.lines, week.cash, week.market.businesses, strict=True):
        spent = line[Line.COST_OF_GOODS] + line[Line.ACQUISITION_SPEND] + line[Line.RETENTION_SPEND]
        assert sum(business.ledger.balances) == 0
        assert cash_of(business) == line[Line.CASH] == before + line[Item.REVENUE] - spent


def nobody_spends_more_than_was_decided_or_than_there_is(week: Week) -> None:
    for line, before, business in zip(week.lines, week.cash, week.market.businesses, strict=True):
        spent = line[Line.ACQUISITION_SPEND] + line[Line.RETENTION_SPEND]
        assert spent <= business._minor(business.decision.spend_per_week)
        assert spent <= max(before + business._minor(business.description.offering.credit_line), 0)


def no_order_no_revenue(week: Week) -> None:
    lines = week.lines
    assert (lines[lines[:, Item.ORDERS] == 0, Item.REVENUE] == 0).all()
    assert (lines[:, Item.REVENUE_FROM_OLD_CUSTOMERS] <= lines[:, Item.REVENUE]).all()


def numbers_stay_where_they_belong(week: Week) -> None:
    table, tick = week.market.world.customers, week.market.tick - 1
    nothing = np.array([segment.person.nothing for segment in week.market.scenario.segments])
    without = nothing[table.segment] == 0.0
    assert (np.isneginf(table.affinity_for_nothing) == without).all()
    for name, column in table._asdict().items():
        if column.dtype.kind == "f" and name != "affinity_for_nothing":
            assert np.isfinite(column).all(), name
    for column in (table.satisfaction, table.told_story, table.heard_story):
        assert (np.abs(column) <= 1.0).all()
    for column in (table.leaving, table.listening):
        assert ((column >= 0.0) & (column <= 1.0)).all()
    waits = (table.relation == AWARE) | (table.relation == LAPSED)
    assert (table.due_tick[waits] > tick).all()
    assert (table.start_tick <= tick).all() and (table.last_tick <= tick).all() and (table.orders >= 0).all()


def the_diary_adds_up_to_the_tally(week: Week) -> None:
    events, lines = week.market.followed_events[-1], week.lines * 0
    _, _, business, kind, amount, reason = events.T
    bought, left = kind == ORDER, kind == DEPARTURE
    np.add.at(lines, (business[bought], Item.ORDERS), 1)
    np.add.at(lines, (business[bought], Item.REVENUE), amount[bought])
    np.add.at(lines, (business[left], Item.LOST_NEED_GONE + reason[left] - 1), 1)
    told = [Item.ORDERS, Item.REVENUE, *range(LOST.start, LOST.stop)]
    assert (bought | left).all() and (events[:, 0] == week.market.week - 1).all()
    assert (lines[:, told] == week.lines[:, told]).all()


Check = Callable[[Week], None]
CHECKS: list[Check] = [
    everybody_is_in_one_state,
    stocks_equal_recounts,
    flows_change_stocks_and_are_never_negative,
    ledgers_balance_and_cash_is_what_came_in_less_what_went_out,
    nobody_spends_more_than_was_decided_or_than_there_is,
    no_order_no_revenue,
    numbers_stay_where_they_belong,
    the_diary_adds_up_to_the_tally,
]


@any_world
@given(world=worlds(), seed=seeds)
def test_every_week_of_every_world(world: dict[str, Any], seed: int) -> None:
    scenario = scenario_with({}, world)
    for week in weeks_of(Market(scenario, seed, followed=scenario.people)):
        for check in CHECKS:
            check(week)


# -- each check sees its bug -------------------------------------------------------------------------------------------


def forget(*items: Item) -> Callable[[pytest.MonkeyPatch], None]:
    """Businesses that do not book some of what was counted."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        whole = Business.close_books

        def close_books(self: Business, counted: np.ndarray) -> np.ndarray:
            counted = counted.copy()
            counted[list(items)] = 0
            return whole(self, counted)

        patch.setattr(Business, "close_books", close_books)

    return plant


def spoil(name: str, value: float, place: Any) -> Callable[[pytest.MonkeyPatch], None]:
    """A loop that writes a column behind everybody's back."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        close = Market.close_books

        def close_books(self: Market) -> None:
            close(self)
            getattr(self.world.customers, name)[place] = value

        patch.setattr(Market, "close_books", close_books)

    return plant


def a_debit_without_its_credit(patch: pytest.MonkeyPatch) -> None:
    def post(self: Ledger, debit: Account, credit: Account, amount: int) -> None:
        self.balances[debit] += amount

    patch.setattr(Ledger, "post", post)


def revenue_earned_twice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ledger, "earn", lambda self, amount: self.post(Account.CASH, Account.REVENUE, 2 * amount))


def money_that_is_not_there(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ledger, "cash", property(lambda self: self.balances[Account.CASH] + 10**9))


def parts_that_are_each_the_whole(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(business_module, "split", lambda amount, shares: [amount for _ in shares])


def parts_rounded_up(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(business_module, "split", lambda amount, shares: [part + 1 for part in split(amount, shares)])


def a_list_one_week_longer(patch: pytest.MonkeyPatch) -> None:
    made = Market.__init__

    def make(self: Market, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        self.world = self.world._replace(list_weeks=self.world.list_weeks + 1)

    patch.setattr(Market, "__init__", make)


def a_lost_page(patch: pytest.MonkeyPatch) -> None:
    def short(diary: Diary) -> np.ndarray:
        return this_week(diary)[:-1]

    patch.setattr(market_module, "this_week", short)


def a_line_that_loses_its_losses(patch: pytest.MonkeyPatch) -> None:
    whole = Business.close_books

    def close_books(self: Business, counted: np.ndarray) -> np.ndarray:
        line = whole(self, counted).copy()
        line[Item.LOST_NEED_GONE] = 0
        return line

    patch.setattr(Business, "close_books", close_books)


BUGS: list[tuple[Check, Callable[[pytest.MonkeyPatch], None]]] = [
    (everybody_is_in_one_state, spoil("relation", 4, (3, 0))),
    (stocks_equal_recounts, forget(Item.RETURNED)),
    (stocks_equal_recounts, forget(Item.LOST_FORGOTTEN)),
    (stocks_equal_recounts, forget(Item.DELISTED)),
    (stocks_equal_recounts, forget(Item.AWARE)),
    (stocks_equal_recounts, forget(Item.SATISFACTION)),
    (stocks_equal_recounts, spoil("relation", CUSTOMER, slice(None))),
    (stocks_equal_recounts, spoil("satisfaction", 0.25, slice(None))),
    (stocks_equal_recounts, a_list_one_week_longer),
    (flows_change_stocks_and_are_never_negative, a_line_that_loses_its_losses),
    (flows_change_stocks_and_are_never_negative, forget(Item.NEW)),
    (flows_change_stocks_and_are_never_negative, forget(Item.ORDERS)),
    (ledgers_balance_and_cash_is_what_came_in_less_what_went_out, a_debit_without_its_credit),
    (ledgers_balance_and_cash_is_what_came_in_less_what_went_out, revenue_earned_twice),
    (ledgers_balance_and_cash_is_what_came_in_less_what_went_out, money_that_is_not_there),
    (nobody_spends_more_than_was_decided_or_than_there_is, money_that_is_not_there),
    (nobody_spends_more_than_was_decided_or_than_there_is, parts_that_are_each_the_whole),
    (nobody_spends_more_than_was_decided_or_than_there_is, parts_rounded_up),
    (no_order_no_revenue, forget(Item.ORDERS)),
    (no_order_no_revenue, forget(Item.REVENUE)),
    (numbers_stay_where_they_belong, spoil("satisfaction", 1.5, (3, 0))),
    (numbers_stay_where_they_belong, spoil("push", np.nan, (3, 0))),
    (numbers_stay_where_they_belong, spoil("affinity_for_nothing", -np.inf, 3)),
    (numbers_stay_where_they_belong, spoil("leaving", 1.01, 3)),
    (numbers_stay_where_they_belong, spoil("due_tick", 0, slice(None))),
    (the_diary_adds_up_to_the_tally, a_lost_page),
    (the_diary_adds_up_to_the_tally, forget(Item.REVENUE)),
    (the_diary_adds_up_to_the_tally, forget(Item.LOST_DISSATISFIED)),
]


@pytest.mark.parametrize(("check", "plant"), BUGS)
def test_a_check_sees_the_bug_it_is_there_for(
    check: Check, plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = scenario_with({})
    for week in weeks_of(Market(scenario, seed=1, followed=scenario.people)):
        check(week)
    plant(monkeypatch)
    with pytest.raises((AssertionError, ArithmeticError)):
        for week in weeks_of(Market(scenario, seed=1, followed=scenario.people)):
            check(week)


def test_every_check_has_a_bug_to_see() -> None:
    assert {check for check, _ in BUGS} == set(CHECKS)


# -- what holds between two lives --------------------------------------------------------------------------------------


def same_past(one: Market, other: Market, ticks: int) -> bool:
    return not differing_columns(one, other) and np.array_equal(one.history[:ticks], other.history[:ticks])


@some_worlds
@given(world=worlds(), seed=seeds)
def test_a_shorter_life_is_the_beginning_of_a_longer_one(world: dict[str, Any], seed: int) -> None:
    short = lived({}, seed, world)
    long = Market(scenario_with({"time.weeks": 2 * short.scenario.time.weeks}, world), seed)
    while long.tick < short.tick:
        long.step()
    assert same_past(short, long, short.tick)


def test_a_plan_that_knows_how_long_it_lives_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Business.plan

    def plan_for_the_end(self: Business) -> None:
        plan(self)
        if self.model.last_tick - self.model.tick < 10:
            self.decision = self.decision._replace(spend_per_week=0.0)

    monkeypatch.setattr(Business, "plan", plan_for_the_end)
    short = lived({})
    long = Market(scenario_with({"time.weeks": 100}), seed=1)
    while long.tick < short.tick:
        long.step()
    assert not same_past(short, long, short.tick)


def lived_on_from(tick: int, world: dict[str, Any], seed: int) -> Market:
    """A life that was put to rest and taken up by another market."""
    scenario = scenario_with({}, world)
    first = Market(scenario, seed)
    while first.tick < tick:
        first.step()
    rest = first.snapshot()
    first.run()  # what happens to the first one now must not matter
    return Market(scenario, seed).resume(rest).run()


@some_worlds
@given(world=worlds(), seed=seeds, data=some.data())
def test_a_life_taken_up_again_is_the_life_that_was_put_to_rest(world: dict[str, Any], seed: int, data: Any) -> None:
    tick = data.draw(some.integers(0, world["time"]["burn_in_weeks"]))
    assert lived_on_from(tick, world, seed).result_hash() == lived({}, seed, world).result_hash()


@pytest.mark.parametrize("tick", range(0, 17, 3))
def test_a_lively_life_can_be_taken_up_at_any_week_of_its_past(tick: int) -> None:
    assert lived_on_from(tick, LIVELY, 1).result_hash() == lived({}).result_hash()


@pytest.mark.parametrize("forgotten", ["pressure", "volume", "stocks", "balances"])
def test_whatever_is_not_taken_up_would_be_missed(forgotten: str, monkeypatch: pytest.MonkeyPatch) -> None:
    restore = Business.restore

    def forgetful(self: Business, state: BusinessState) -> None:
        restore(self, state._replace(**{forgotten: getattr(self.state(), forgotten)}))

    monkeypatch.setattr(Business, "restore", forgetful)
    assert lived_on_from(7, LIVELY, 1).result_hash() != lived({}).result_hash()


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


# -- off means off -----------------------------------------------------------------------------------------------------

ALL = tuple(LIVELY["businesses"])


def each(path: str, value: Any) -> dict[str, Any]:
    """The same change for every business."""
    return {f"businesses.{name}.{path}": value for name in ALL}


def both_plans(**plan: float) -> dict[str, Any]:
    kind = "fixed_budget" if "spend_per_year" in plan else "fixed_split"
    return each("status_quo", {kind: plan}) | each("strategy", {kind: plan})


CARE = {"ceiling": 0.1, "strength": 3.0}
ADVERTISING = {"mail": {"ceiling": 0.9, "strength": 3.0, "keep": 0.9}}
OFF: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "push": ({"rules.acquisition.push": 0}, {"rules.acquisition.push_keep": 0.95}),
    "stories": ({"rules.talk.effect": 0}, {"rules.talk.negative_weight": 9, "rules.talk.keep": 0.1}),
    "listening": (
        {"network.small_world.talk_per_friend": 0},
        {"rules.talk.effect": 9, "rules.talk.keep": 0.1, "network.small_world.degree": 2},
    ),
    "failures": (each("failure_rate", 0), {"rules.satisfaction.failure_loss": 2}),
    "satisfaction on leaving": (
        {"rules.defection.satisfaction_effect": 0},
        {"rules.defection.neutral_satisfaction": -1},
    ),
    "feelings": (
        {
            "rules.choice.loyalty": 0,
            "rules.defection.satisfaction_effect": 0,
            "rules.talk.effect": 0,
            "rules.talk.told_always": 0,
            "rules.talk.told_by_feeling": 0,
            "rules.satisfaction": {"speed": 0, "adaptation": 0},
        },
        {"rules.satisfaction.noise": 2, "rules.satisfaction.gain": 9} | each("quality", -1),
    ),
    "acquisition": (both_plans(acquisition_share=0.0), each("channels", ADVERTISING) | {"rules.acquisition.push": 5}),
    "retention": (both_plans(acquisition_share=1.0), each("levers.care", CARE) | each("levers.loyalty_scheme", CARE)),
    "care": (
        each("levers.care.budget_share", 0) | each("levers.loyalty_scheme.budget_share", 1),
        each("levers.care.ceiling", 0.9) | each("levers.care.strength", 5),
    ),
    "loyalty scheme": (
        each("levers.care.budget_share", 1) | each("levers.loyalty_scheme.budget_share", 0),
        each("levers.loyalty_scheme.ceiling", 5) | each("levers.loyalty_scheme.strength", 5),
    ),
    "contracts": ({"rules.need.clock": "open"}, {"rules.need.renewal_weeks": 3}),
}
ON = {"contracts": {"rules.need.clock": "contract"}}


@pytest.mark.parametrize("name", OFF)
def test_a_mechanism_at_zero_makes_its_other_numbers_irrelevant_to_the_bit(name: str) -> None:
    off, irrelevant = OFF[name]
    on = ON.get(name, {})
    assert lived(off).result_hash() == lived(off | irrelevant).result_hash()
    assert lived(on).result_hash() != lived(on | irrelevant).result_hash()


@pytest.mark.parametrize(
    "off", [{"groups": {"size": 1}}, {"small_world": {"talk_per_friend": 0}}, {"random": {"degree": 0}}]
)
def test_all_ways_not_to_listen_are_one_world(off: dict[str, Any]) -> None:
    assert lived({"network": off}).result_hash() == lived({"network": {"mixed": {"listening": 0}}}).result_hash()


def test_without_listening_nobody_hears_whatever_is_told() -> None:
    told_and_lost, silent = (
        lived({"network": {"mixed": {"listening": 0}}, "rules.talk": {"told_always": told, "told_by_feeling": told}})
        for told in (1.0, 0.0)
    )
    assert told_and_lost.history[:, :, Item.GOOD_STORIES].sum() > 100
    assert (told_and_lost.world.customers.heard_about == -1).all() and not told_and_lost.world.customers.heard.any()
    assert set(differing_columns(told_and_lost, silent)) == {"told_about", "told_story"}


def test_without_a_budget_nobody_is_contacted() -> None:
    market = lived(both_plans(spend_per_year=0.0))
    for item in (Item.CONTACTS, Item.NEW_CONTACTED, Line.ACQUISITION_SPEND, Line.RETENTION_SPEND):
        assert not market.history[:, :, item].any()
    assert not market.world.customers.push.any()
    assert market.history[:, :, Item.NEW_TOLD].any()


def test_a_business_without_budget_or_talk_wins_only_those_who_know_it() -> None:
    quiet = both_plans(spend_share=0.0) | {"network": {"mixed": {"listening": 0}}, "businesses.third.known": 0}
    market = lived(quiet)
    assert not market.history[:, 2, : len(Item)].any()
    for item in (Item.NEW_TOLD, Item.NEW_CONTACTED):
        assert not market.history[:, :, item].any()
    assert market.history[:, :2, Item.NEW].sum() > 50


def test_offers_that_make_no_occasion_leave_every_other_draw_in_its_place() -> None:
    """Without push, talk and offers a contact changes what is known and nothing else, so known-to-all hides it."""
    known = each("known", 1) | {
        "rules.memory.name_forgotten": 0,
        "rules.memory.win_back": 0,
        "rules.acquisition.push": 0,
    }
    alone = known | {"network": {"mixed": {"listening": 0}}, "rules.acquisition.offer_makes_occasion": 0}
    contacted = lived(alone | both_plans(spend_per_year=9e5, acquisition_share=1.0) | each("cash", 1e9))
    left_alone = lived(alone | both_plans(spend_share=0.0) | each("cash", 1e9))
    assert contacted.history[:, :, Item.CONTACTS].sum() > 100
    assert differing_columns(contacted, left_alone) == []


def test_names_that_are_never_forgotten_are_known_by_ever_more() -> None:
    known, forgetful = (
        lived(changes).history[:, :, Line.PEOPLE_AWARE] for changes in ({"rules.memory.name_forgotten": 0}, {})
    )
    assert (np.diff(known, axis=0) >= 0).all()
    assert (np.diff(forgetful, axis=0) < 0).any()


def test_nobody_leaves_who_was_born_to_stay() -> None:
    market = lived({"people.leaving": 0, "rules.memory.forgotten_weeks": 1000})
    assert not market.history[:, :, LOST].any()
    assert market.history[-1, :, Line.CUSTOMERS].all()


def test_orders_without_spread_are_worth_exactly_the_mean_at_todays_price() -> None:
    alike = {"rules.value": {"order_shape": 0, "person_shape": 0}, "people.mean_order_value": 40}
    market = lived(alike | {"rules.choice.reference_price": 50, "businesses.ours.price": 25})
    orders, revenue = (market.history[:, 0, item] for item in (Item.ORDERS, Item.REVENUE))
    assert (revenue == orders * 2000).all() and orders.any()


def test_where_nobody_looks_at_prices_they_can_be_exchanged() -> None:
    prices = {"people.price_sensitivity": 0} | both_plans(spend_per_year=5200.0) | each("cash", 1e9)
    dear, cheap = (
        lived(prices | {"businesses.ours.price": ours, "businesses.rival.price": theirs})
        for ours, theirs in ((80, 20), (20, 80))
    )
    assert differing_columns(dear, cheap) == []
    assert np.array_equal(dear.history[:, :, Item.ORDERS], cheap.history[:, :, Item.ORDERS])
    watched = {"people.price_sensitivity": 1}
    one, other = (lived(prices | watched | {"businesses.ours.price": price}) for price in (80, 20))
    assert not np.array_equal(one.history[:, :, Item.ORDERS], other.history[:, :, Item.ORDERS])


@pytest.mark.parametrize("scale", [2.0, 4.0, 1024.0])
def test_money_in_another_currency_buys_the_same(scale: float) -> None:
    """Powers of two are exact: not one decision may turn. Budgets are fixed sums, for revenue is rounded to coins."""

    def priced_in(coin: float) -> Market:
        amounts = {"price": 45.0, "unit_cost": 27.5, "cash": 1e8, "credit_line": 0.0}
        money = [each(name, amount * coin) for name, amount in amounts.items()]
        strengths = {"levers.care.strength": 0.3, "levers.loyalty_scheme.strength": 0.4, "channels.ads.strength": 0.1}
        answers = [each(name, strength / coin) for name, strength in strengths.items()]
        changes: dict[str, Any] = {"people.mean_order_value": 50.0 * coin, "rules.choice.reference_price": 50.0 * coin}
        for group in (
            each("channels", {"ads": {"ceiling": 0.1}}),
            each("levers", {"care": {"budget_share": 0.5}, "loyalty_scheme": {"budget_share": 0.5}}),
            both_plans(spend_per_year=5200.0 * coin, acquisition_share=0.5),
            *money,
            *answers,
        ):
            changes |= group
        return lived(changes)

    mine, theirs = priced_in(1.0), priced_in(scale)
    in_money = [Item.REVENUE, Item.REVENUE_FROM_OLD_CUSTOMERS, *list(Line)[:4]]
    counted = [entry for entry in range(mine.history.shape[2]) if entry not in in_money]
    assert differing_columns(mine, theirs) == ["mean_order_value"]
    assert np.array_equal(mine.history[:, :, counted], theirs.history[:, :, counted])
    spent = [Line.ACQUISITION_SPEND]
    assert np.array_equal(mine.history[:, :, spent] * int(scale), theirs.history[:, :, spent])
    assert mine.history[:, :, spent].any() and mine.history[:, :, Item.CONTACTS].any()
