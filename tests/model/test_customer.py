"""Customers as Mesa agents: what a Mesa user expects of agents and of sets of them, over the table of people."""

import copy
import gc
import pickle
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import mesa
import numpy as np
import pytest
from mesa.agent import AgentSet, GroupBy

from sim.model.business import Business
from sim.model.customer import FIRST_ID, Customer, CustomerSet, MarketSet
from sim.model.market import Market
from sim.state.customers import COLUMNS
from tests.small_worlds import LIVELY, lived, scenario_with

PEOPLE, BUSINESSES = LIVELY["people"]["count"], len(LIVELY["businesses"])


@pytest.fixture(scope="module")
def market() -> Market:
    """One market for those who only look."""
    return lived({})


@pytest.fixture
def customers(market: Market) -> CustomerSet:
    return market.customers


def rows(agents: Any) -> list[int]:
    return [agent.row for agent in agents]


def anybody(market: Market, row: int = 5) -> Customer:
    customer: Customer = market.customers[row]
    return customer


# -- one customer ------------------------------------------------------------------------------------------------------


def test_a_customer_is_a_mesa_agent_that_mesa_has_not_registered(market: Market) -> None:
    customer = anybody(market)
    assert isinstance(customer, mesa.Agent)
    assert (customer.model, customer.row, customer.pos) == (market, 5, None)
    assert (customer.random, customer.rng) == (market.random, market.rng)
    assert len(market._agents) == BUSINESSES


def test_a_customer_has_an_attribute_for_every_column_and_no_other() -> None:
    declared = [name for name, value in vars(Customer).items() if hasattr(value, "__set__") and hasattr(value, "name")]
    assert declared == list(COLUMNS)


@pytest.mark.parametrize("name", COLUMNS)
def test_an_attribute_is_what_the_table_says(name: str, market: Market) -> None:
    column = getattr(market.world.customers, name)
    for row in (0, 7, PEOPLE - 1):
        value = getattr(anybody(market, row), name)
        assert np.array_equal(value, column[row])
        assert type(value) is (tuple if column.ndim == 2 else float if column.dtype.kind == "f" else int)


@pytest.mark.parametrize("name", COLUMNS)
def test_writing_an_attribute_writes_the_table_for_this_person_only(name: str, lively_market: Market) -> None:
    column = getattr(lively_market.world.customers, name)
    before = column.copy()
    value = (1, 0, 1) if column.ndim == 2 else 1
    setattr(anybody(lively_market), name, value)
    assert getattr(anybody(lively_market), name) == value
    assert np.array_equal(np.delete(column, 5, axis=0), np.delete(before, 5, axis=0))


@pytest.mark.parametrize("name", ["mood", "satisfation", "row", "model", "unique_id", "pos", "step"])
def test_what_is_no_column_cannot_be_written(name: str, market: Market) -> None:
    with pytest.raises(AttributeError, match=f"no column '{name}'"):
        setattr(anybody(market), name, 1)


def test_two_looks_at_one_row_are_the_same_customer(market: Market, lively_market: Market) -> None:
    assert anybody(market) == anybody(market) is not anybody(market)
    assert len({anybody(market), anybody(market), anybody(market, 6)}) == 2
    assert anybody(market) != anybody(market, 6)
    assert anybody(market) != anybody(lively_market)
    assert anybody(market) != 5


def test_numbers_of_agents_are_unique_and_are_not_rows(market: Market) -> None:
    numbers = market.agents.get("unique_id")
    assert len(set(numbers)) == len(numbers) == PEOPLE + BUSINESSES
    assert anybody(market, 0).unique_id == FIRST_ID > max(business.unique_id for business in market.businesses)


def test_people_stay(market: Market) -> None:
    with pytest.raises(TypeError, match="for ever"):
        anybody(market).remove()


def test_friends_are_mutual(market: Market) -> None:
    customer = anybody(market)
    assert len(customer.friends()) > 0
    assert all(customer in friend.friends() for friend in customer.friends())
    assert customer not in customer.friends()


def test_where_everybody_may_hear_everybody_nobody_has_a_list_of_friends() -> None:
    assert len(anybody(lived({"network": {"mixed": {}}})).friends()) == 0


# -- the set, against Mesa's own over the same agents ------------------------------------------------------------------


class Peer(mesa.Agent):
    """A plain Mesa agent with a few attributes of a customer."""

    def __init__(self, model: mesa.Model, customer: Customer) -> None:
        super().__init__(model)
        self.row = customer.row
        for name in COLUMNS:
            setattr(self, name, getattr(customer, name))

    def older_than(self, row: int, by: int = 0) -> bool:
        return bool(self.row > row + by)


@pytest.fixture(scope="module")
def mesas(market: Market) -> Iterator[AgentSet]:
    """Mesa's own set of agents that look like the customers; it holds them weakly, so somebody else has to."""
    model = mesa.Model(rng=1)
    peers = [Peer(model, customer) for customer in market.customers]
    mesa.Agent._ids.pop(model, None)
    yield AgentSet(peers, random=model.random)


SELECTIONS: list[Callable[[Any], Any]] = [
    lambda agents: agents.select(),
    lambda agents: agents.select(lambda agent: agent.relation[0] == 2),
    lambda agents: agents.select(lambda agent: agent.relation[0] == 2, at_most=3),
    lambda agents: agents.select(at_most=10),
    lambda agents: agents.select(at_most=0.25),
    lambda agents: agents.select(at_most=1.0),
    lambda agents: agents.select(at_most=0),
    lambda agents: agents.select(at_most=2.5),
    lambda agents: agents.select(agent_type=mesa.Agent),
    lambda agents: agents.select(agent_type=Business),
    lambda agents: agents.select(lambda agent: agent.leaving > 0.1, agent_type=mesa.Agent, at_most=7),
    lambda agents: agents.sort("weekly_need"),
    lambda agents: agents.sort("weekly_need", ascending=True),
    lambda agents: agents.sort("last_supplier"),
    lambda agents: agents.sort("last_supplier", ascending=True),
    lambda agents: agents.sort("relation", ascending=True),
    lambda agents: agents.sort(lambda agent: sum(agent.orders)),
    lambda agents: agents.sort(lambda agent: sum(agent.orders), ascending=True),
    lambda agents: copy.copy(agents),
    lambda agents: agents[:5],
    lambda agents: agents[::-7],
    lambda agents: [agents[0], agents[-1], agents[17]],
    lambda agents: list(reversed(agents)),
    lambda agents: agents.select(at_most=9) | agents.select(lambda agent: agent.row > 105),
    lambda agents: agents.select(at_most=9) & agents.select(lambda agent: agent.row > 5),
    lambda agents: agents - agents.select(lambda agent: agent.row > 5),
    lambda agents: agents.select(at_most=9) ^ agents.select(lambda agent: 5 < agent.row < 12),
    lambda agents: agents.do(lambda agent: None),
    lambda agents: agents.groupby("last_supplier").groups[-1],
    lambda agents: agents.groupby("relation", result_type="list").groups[agents[0].relation],
]


@pytest.mark.parametrize("choose", SELECTIONS)
def test_a_set_of_customers_chooses_and_orders_as_mesa_does(
    choose: Callable[[Any], Any], customers: CustomerSet, mesas: AgentSet
) -> None:
    assert rows(choose(customers)) == rows(choose(mesas))


@pytest.mark.parametrize(
    "ask",
    [
        lambda agents: len(agents),
        lambda agents: list(agents.get("weekly_need")),
        lambda agents: agents.get(["row", "last_supplier"]),
        lambda agents: agents.get(["row", "mood"], handle_missing="default", default_value=7),
        lambda agents: agents.get("mood", handle_missing="default"),
        lambda agents: agents.agg("leaving", min),
        lambda agents: agents.agg("need_threshold", [min, max, sum]),
        lambda agents: agents.agg("satisfaction", lambda rows: [tuple(row) for row in rows]),
        lambda agents: agents.map(lambda agent, offset: agent.row + offset, 3),
        lambda agents: agents.groupby("last_supplier").count(),
        lambda agents: agents.groupby("relation").count(),
        lambda agents: agents.groupby(lambda agent: agent.orders[0] > 3).count(),
        lambda agents: agents.groupby("last_supplier").agg("leaving", max),
        lambda agents: {name: len(group) for name, group in agents.groupby("segment", result_type="list")},
        lambda agents: agents.index(agents[9]),
        lambda agents: agents.count(agents[9]),
        lambda agents: agents[0] in agents,
        lambda agents: agents[0] in agents.select(lambda agent: agent.row > 3),
        lambda agents: None in agents,
        lambda agents: agents == copy.copy(agents),
        lambda agents: agents.select(at_most=3) < agents,
    ],
)
def test_a_set_of_customers_answers_as_mesa_does(
    ask: Callable[[Any], Any], customers: CustomerSet, mesas: AgentSet
) -> None:
    assert ask(customers) == ask(mesas)


@pytest.mark.parametrize(
    "ask",
    [
        lambda agents: agents.get("mood"),
        lambda agents: agents.get("weekly_need", handle_missing="perhaps"),
        lambda agents: agents.select(at_most=1).remove(agents[5]),
        lambda agents: agents.groupby("mood"),
        lambda agents: agents.sort("mood"),
        lambda agents: agents.do("dance"),
        lambda agents: agents[PEOPLE],
    ],
)
def test_a_set_of_customers_refuses_as_mesa_does(
    ask: Callable[[Any], Any], customers: CustomerSet, mesas: AgentSet
) -> None:
    with pytest.raises((AttributeError, ValueError, KeyError, IndexError)) as theirs:
        ask(mesas)
    with pytest.raises(theirs.type):
        ask(customers)


def test_shuffling_draws_from_the_markets_own_random_as_mesa_does(market: Market, mesas: AgentSet) -> None:
    def orders_of(agents: Any) -> list[int]:
        called: list[mesa.Agent] = []
        agents.random.seed(9)
        return rows(agents.shuffle()) + rows(agents.shuffle_do(called.append) and called)

    ours = orders_of(market.customers)
    assert ours == orders_of(mesas)
    assert sorted(ours[:PEOPLE]) == sorted(ours[PEOPLE:]) == list(range(PEOPLE)) != ours[:PEOPLE]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda agents: agents.select(at_most=2, inplace=True), [0, 1]),
        (lambda agents: agents.sort("row", inplace=True), list(range(PEOPLE))[::-1]),
        (lambda agents: agents.sort(lambda agent: -agent.row, ascending=True, inplace=True), list(range(PEOPLE))[::-1]),
        (lambda agents: agents.discard(agents[0]), list(range(1, PEOPLE))),
        (lambda agents: agents.remove(agents[-1]), list(range(PEOPLE - 1))),
        (lambda agents: agents.discard("nobody"), list(range(PEOPLE))),
        (lambda agents: agents.add(agents[0]), list(range(PEOPLE))),
        (lambda agents: [agents.select(at_most=1, inplace=True), agents.add(agents[0].model.customers[9])], [0, 9]),
        (lambda agents: agents.clear(), []),
    ],
)
def test_changes_in_place_change_this_set_and_nobody_elses(
    change: Callable[[Any], Any], expected: list[int], market: Market
) -> None:
    agents, other = market.customers, market.customers
    change(agents)
    assert rows(agents) == expected
    assert rows(other) == rows(market.customers) == list(range(PEOPLE))


def test_what_is_not_in_place_is_a_set_of_its_own(customers: CustomerSet) -> None:
    for other in (
        customers.select(),
        copy.copy(customers),
        customers.sort("row"),
        customers.groupby("segment").groups[0],
    ):
        assert type(other) is CustomerSet
        other.clear()
    assert len(customers) == PEOPLE


def test_a_mask_chooses_by_column(customers: CustomerSet) -> None:
    hungry = customers.get("weekly_need") > 0.5
    chosen = customers.select(hungry, at_most=20)
    assert rows(chosen) == np.flatnonzero(hungry)[:20].tolist()
    assert rows(chosen.select([True] + [False] * 19)) == rows(chosen[:1])
    for wrong in (hungry[1:], hungry.astype(int), [0, 1]):
        with pytest.raises(ValueError, match="one boolean for each"):
            customers.select(wrong)


def test_columns_come_wide_enough_for_sums(customers: CustomerSet) -> None:
    assert {customers.get(name).dtype.name for name in COLUMNS} == {"float64", "int64"}
    assert customers.get("satisfaction").shape == (PEOPLE, BUSINESSES)
    assert customers.get("row") == list(range(PEOPLE))
    assert customers.select(at_most=0).get("match").shape == (0, BUSINESSES)


def test_a_column_that_was_got_is_a_copy(lively_market: Market) -> None:
    before = lively_market.result_hash()
    for name in COLUMNS:
        lively_market.customers.get(name)[:] = 0
    assert lively_market.result_hash() == before


def test_setting_writes_the_columns_of_the_set_only(lively_market: Market) -> None:
    table = lively_market.world.customers
    some = lively_market.customers.select(lambda agent: agent.row % 25 == 3)
    before = table.leaving.copy()
    assert some.set("leaving", 1.0) is some
    assert np.flatnonzero(table.leaving != before).tolist() == [3, 28, 53, 78, 103]
    some.set("push", np.arange(15).reshape(5, 3))
    assert some[1].push == (3.0, 4.0, 5.0)
    with pytest.raises(AttributeError, match="no column 'mood'"):
        some.set("mood", 1)


def test_strangers_do_not_fit_in(market: Market, lively_market: Market) -> None:
    for stranger in (anybody(lively_market), market.businesses[0], "somebody"):
        assert stranger not in market.customers
        with pytest.raises(TypeError, match="of one market"):
            market.customers.add(stranger)


def test_an_empty_set_is_an_empty_set(customers: CustomerSet) -> None:
    empty = customers.select(at_most=0)
    assert list(empty) == list(empty.shuffle()) == list(empty.sort("leaving")) == empty.map("friends") == []
    assert len(empty.groupby("segment")) == len(empty.groupby(lambda agent: agent.row)) == 0
    assert len(empty.do("step")) == 0


def test_sets_and_customers_survive_pickling(market: Market) -> None:
    some = pickle.loads(pickle.dumps(market.customers.select(at_most=3)))  # noqa: S301 (our own)
    assert rows(some) == [0, 1, 2]
    assert some[0].satisfaction == anybody(market, 0).satisfaction
    assert some[0] == pickle.loads(pickle.dumps(some))[0] or some[0].model is not market  # noqa: S301
    assert some.market.result_hash() == market.result_hash()


# -- everybody ---------------------------------------------------------------------------------------------------------


def test_all_agents_are_the_businesses_and_the_people(market: Market) -> None:
    assert type(market.agents) is MarketSet
    assert [*market.agents] == [*market.businesses, *market.customers]
    assert len(market.agents) == PEOPLE + BUSINESSES
    assert market.businesses[1] in market.agents and anybody(market) in market.agents
    assert "nobody" not in market.agents
    assert market.agents[1] is market.businesses[1]
    assert market.agents[BUSINESSES + 5] == anybody(market)


def test_agents_are_known_by_type(market: Market) -> None:
    assert market.agent_types == [Business, Customer]
    assert list(market.agents_by_type[Business]) == market.businesses
    assert list(market.agents_by_type[Customer]) == list(market.customers)


def test_people_chosen_by_type_have_the_speed_of_columns(market: Market) -> None:
    people = market.agents.select(agent_type=Customer)
    assert type(people) is CustomerSet
    assert people == market.customers
    assert isinstance(people.get("leaving"), np.ndarray)
    assert rows(market.agents.select(lambda agent: agent.row > 100, agent_type=Customer, at_most=2)) == [101, 102]
    assert rows(market.agents.shuffle().select(agent_type=Customer).sort("row", ascending=True)) == list(range(PEOPLE))


def test_businesses_chosen_by_type_or_by_question(market: Market) -> None:
    assert list(market.agents.select(agent_type=Business)) == market.businesses
    assert list(market.agents.select(lambda agent: hasattr(agent, "ledger"))) == market.businesses
    assert list(market.agents.select(agent_type=mesa.Agent, at_most=1)) == market.businesses[:1]
    only = market.agents
    assert list(only.select(agent_type=Customer, at_most=1, inplace=True)) == [anybody(market, 0)] == list(only)


def test_values_of_everybody(market: Market) -> None:
    names = market.agents.get("name", handle_missing="default", default_value="")
    assert names == ["ours", "rival", "third"] + [""] * PEOPLE
    needs = market.agents.get("weekly_need", handle_missing="default")
    assert needs == [None] * BUSINESSES + market.customers.get("weekly_need").tolist()
    assert market.agents.agg("unique_id", [min, max]) == [1, FIRST_ID + PEOPLE - 1]
    for missing in ("name", "weekly_need"):
        with pytest.raises(AttributeError):
            market.agents.get(missing)


def test_everybody_can_be_grouped_sorted_and_asked(market: Market) -> None:
    groups = market.agents.groupby(type)
    assert isinstance(groups, GroupBy)
    assert groups.count() == {Business: BUSINESSES, Customer: PEOPLE}
    assert list(groups.groups[Business]) == market.businesses
    assert market.agents.sort("unique_id")[0] == anybody(market, PEOPLE - 1)
    assert list(market.agents - market.customers) == market.businesses
    asked: list[Any] = []
    market.agents.do(asked.append)
    market.agents.shuffle_do(asked.append)
    assert asked[: len(market.agents)] == list(market.agents) != asked[len(market.agents) :]
    assert set(asked) == set(market.agents)


def test_an_agent_that_a_user_registers_is_one_of_all(lively_market: Market) -> None:
    observer = mesa.Agent(lively_market)
    mesa.Agent._ids.pop(lively_market, None)
    assert observer in lively_market.agents
    assert lively_market.agent_types == [Business, mesa.Agent, Customer]


# -- Mesa's collector --------------------------------------------------------------------------------------------------


def test_mesas_collector_sees_market_businesses_and_people() -> None:
    market = Market(scenario_with({"people.count": 20}), seed=1)
    collector = mesa.DataCollector(
        model_reporters={"agents": lambda model: len(model.agents), "week": "week"},
        agent_reporters={"satisfaction": "satisfaction", "name": "name"},
        agenttype_reporters={Customer: {"orders": lambda agent: sum(agent.orders)}, Business: {"slot": "slot"}},
    )
    for _ in range(3):
        market.step()
        collector.collect(market)
    assert collector.get_model_vars_dataframe()["agents"].tolist() == [23, 23, 23]
    everybody = collector.get_agent_vars_dataframe()
    assert len(everybody) == 3 * 23
    assert everybody.loc[3, FIRST_ID]["satisfaction"] == market.customers[0].satisfaction
    orders = collector.get_agenttype_vars_dataframe(Customer)["orders"]
    assert orders.loc[3].tolist() == market.customers.map(lambda customer: sum(customer.orders))
    assert collector.get_agenttype_vars_dataframe(Business)["slot"].tolist() == [0, 1, 2] * 3


def test_what_a_collector_keeps_of_a_table_does_not_change_afterwards() -> None:
    market = Market(scenario_with({"people.count": 20}), seed=1)
    before = [customer.last_tick for customer in market.customers]
    kept = list(before)
    market.run()
    assert before == kept != [customer.last_tick for customer in market.customers]


# -- life and death ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loop", ["compiled", "mesa", "shuffled"])
def test_a_deleted_market_is_collected(loop: str) -> None:
    market = lived({"people.count": 10, "time.weeks": 2}, loop=loop, threads=2)
    look = (market.agents, market.customers[:], market.agents_by_type, market.customers[0].friends())
    grave, business = weakref.ref(market), weakref.ref(market.businesses[0])
    del market, look
    gc.collect()
    assert (grave(), business()) == (None, None)


def test_a_market_held_by_mesa_would_be_seen() -> None:
    """Mesa numbers agents in a table that holds every model for ever; a market leaves it at once."""
    market = lived({"people.count": 10, "time.weeks": 2})
    assert market not in mesa.Agent._ids
    held = mesa.Agent(market)
    grave = weakref.ref(market)
    del market, held
    gc.collect()
    kept = grave()
    assert kept is not None
    del mesa.Agent._ids[kept]
    del kept
    gc.collect()
    assert grave() is None


def test_looking_at_agents_changes_nothing() -> None:
    scenario = scenario_with({"people.count": 50})
    watched, alone = Market(scenario, seed=3), Market(scenario, seed=3)
    while watched.tick < watched.last_tick:
        watched.step()
        watched.customers.shuffle().sort("leaving").select(lambda customer: customer.orders[0] > 1)
        watched.agents.get("satisfaction", handle_missing="default")
    assert watched.result_hash() == alone.run().result_hash()
