"""Tracing: one person's weeks, call by call, out of the functions that everybody else lives by.

The traced person lives by shadows of the very loops that everybody else goes through in machine code. The order of
people cannot matter, so a market with a traced person is the market without, to the bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple

from sim.experiment.room import check_room
from sim.experiment.runs import seeds_from, surfacing
from sim.experiment.shadows import Call, Notebook
from sim.model.loops import decide_rows, listen_rows
from sim.model.market import Market
from sim.rules.journey import PHASES, phase
from sim.scenario.schema import Scenario
from sim.state.tally import Item

Person = SimpleNamespace
"""A row of the table of people in plain numbers: a number for each column, or a list with one for each business."""


class Week(NamedTuple):
    """One week of one person."""

    week: int
    calls: tuple[Call, ...]
    """Listening and deciding."""
    before: Person
    after: Person
    phases_before: list[int]
    phases: list[int]
    """Of the journey with each business, when the week is over."""

    def walk(self) -> Iterator[Call]:
        """Every call of the week."""
        for call in self.calls:
            yield from call.walk()


class Order(NamedTuple):
    """An order that was traced."""

    week: int
    business: int
    amount: int
    """Minor units of money."""


class Trace(NamedTuple):
    """One person's life, from the first week of the years before week 0 on."""

    scenario: Scenario
    seed: int
    customer: int
    friends: int
    """How many people this one hears; 0 where nobody has lists of friends."""
    weeks: list[Week]

    @property
    def born(self) -> Person:
        """The person when the world begins."""
        return self.weeks[0].before


class Window(NamedTuple):
    """What is wanted of a trace: the weeks from first to last, and what concerns one business, or all."""

    first: int
    last: int
    business: int | None = None

    def of(self, trace: Trace) -> list[Week]:
        """The wanted weeks."""
        return [week for week in trace.weeks if self.first <= week.week <= self.last]

    def shows(self, *businesses: int | None) -> bool:
        """Is something wanted that is about these businesses?"""
        return self.business is None or self.business in businesses


def window_of(
    scenario: Scenario, first: int | None = None, last: int | None = None, business: str | None = None
) -> Window:
    """What is wanted, checked: by default everything from week 0 to the end of the run.

    Raises
    ------
    ValueError
        If the scenario has no such week or business.
    """
    earliest, latest = -scenario.time.burn_in_weeks, scenario.time.weeks - 1
    last = latest if last is None else last
    first = min(0, last) if first is None else first
    for week in (first, last):
        if not earliest <= week <= latest:
            raise ValueError(f"there is no week {week}: weeks of this scenario are numbered {earliest} to {latest}")
    if first > last:
        raise ValueError(f"the first week to tell ({first}) comes after the last ({last})")
    names = [each.name for each in scenario.businesses]
    if business is not None and business not in names:
        raise ValueError(f"there is no business {business!r}: this scenario has {', '.join(names)}")
    return Window(first, last, None if business is None else names.index(business))


def trace_customer(scenario: Scenario, seed: int, customer: int, last: int) -> Trace:
    """Live one world and note everything that one person goes through.

    Parameters
    ----------
    customer : a row of the table of people, counted from 0
    last : the week after which to stop

    Raises
    ------
    ValueError
        If there is no such customer or seed.
    RunFailed
        If the world cannot be lived so far.
    MemoryError
        If it does not fit into memory.
    """
    if not 0 <= customer < scenario.people:
        raise ValueError(f"there is no customer {customer}: this scenario has customers 0 to {scenario.people - 1}")
    (seed,) = seeds_from(seed, 1)
    check_room(scenario)
    with surfacing(scenario, seed):
        market = Market(scenario, seed)
        witness = Witness(market, customer)
        while market.week <= last:
            market.step()
    first = market.world.friends.first
    return Trace(scenario, seed, customer, int(first[customer + 1] - first[customer]), witness.weeks)


# ------------------------------------------------------------------------------------------------------------ witness


class Witness:
    """A loop for a market, in which one person's week is noted while everybody else lives by the compiled one."""

    def __init__(self, market: Market, row: int) -> None:
        self.row = row
        self.weeks: list[Week] = []
        self.notebook = Notebook()
        self.shadows = [self.notebook.shadow(rows) for rows in (listen_rows, decide_rows)]
        self._phase = getattr(phase, "py_func", phase)
        market.loop = self

    def __call__(self, market: Market) -> None:
        """Listening and deciding: the rows before, the person, the rows after."""
        row, people, world = self.row, market.scenario.people, market.world
        before = self.look(market)
        stood = self.phases(before, market, market.tick - 1)
        kernels, luck = (listen_rows, decide_rows), (market.crew.listening[0], market.crew.weekly[0])
        for rows, shadow, space in zip(kernels, self.shadows, luck, strict=True):
            rows(0, row, space, world)
            shadow(row, row + 1, space, world)
            rows(row + 1, people, space, world)
        after = self.look(market)
        stands = self.phases(after, market, market.tick)
        self.weeks.append(Week(market.week, self.notebook.page(), before, after, stood, stands))

    def look(self, market: Market) -> Person:
        """The person's row of the table as it is now."""
        columns = market.world.customers.columns()
        return Person(**{name: column[self.row].tolist() for name, column in columns.items()})

    def phases(self, person: Person, market: Market, tick: int) -> list[int]:
        """Where the person stands with each business at the close of a week, by the rule that the census uses."""
        relationships = zip(person.relation, person.orders, person.start_tick, person.satisfaction, strict=True)
        return [
            self._phase(relation, orders, tick - start, satisfaction, market.scenario.rules.journey)
            for relation, orders, start, satisfaction in relationships
        ]


# ------------------------------------------------------------------------------------------------------------ reading


def tastes(person: Person) -> tuple[float, list[float]]:
    """Shares of this person's choices if every name were known and prices were alike: of nothing, of each business."""
    liking = [person.affinity_for_nothing, *person.affinity]
    most = max(liking)
    weights = [math.exp(each - most) for each in liking]
    nothing, *shares = (weight / sum(weights) for weight in weights)
    return nothing, shares


def orders_of(weeks: list[Week]) -> list[Order]:
    """Every order of some weeks."""
    placed = [(week.week, call) for week in weeks for call in week.walk() if call.name == "place_order"]
    return [Order(week, call.arguments["j"], counted(call, Item.REVENUE)) for week, call in placed]


def counted(call: Call, item: Item) -> int:
    """How much of an item one call added to the tally."""
    return sum(each.arguments["amount"] for each in call.all("count") if each.arguments["item"] == item)


def document_of(trace: Trace, window: Window) -> dict[str, Any]:
    """A trace as plain data: who the person is, every call of every week, and the orders.

    With a window on one business, calls about no business in particular stay.
    """
    names = [each.name for each in trace.scenario.businesses]
    nothing, shares = tastes(trace.born)
    weeks = window.of(trace)
    return {
        "scenario": trace.scenario.name,
        "scenario_hash": trace.scenario.hash,
        "seed": trace.seed,
        "customer": trace.customer,
        "friends": trace.friends,
        "segment": trace.scenario.segments[trace.born.segment].name,
        "born": {name: value for name, value in vars(trace.born).items() if not isinstance(value, list)},
        "tastes": {"nothing": nothing} | dict(zip(names, shares, strict=True)),
        "match": dict(zip(names, trace.born.match, strict=True)),
        "weeks": [
            {
                "week": week.week,
                "phases": {name: PHASES[at] for name, at in zip(names, week.phases, strict=True)},
                "events": [
                    _event(call, within, names)
                    for top in week.calls
                    for call, within in _with_callers(top, "")
                    if call.business is None or window.shows(call.business)
                ],
            }
            for week in weeks
        ],
        "orders": [
            {"week": order.week, "business": names[order.business], "amount": order.amount / trace.scenario.minor_units}
            for order in orders_of(weeks)
            if window.shows(order.business)
        ],
    }


def _with_callers(call: Call, within: str) -> Iterator[tuple[Call, str]]:
    yield call, within
    for each in call.calls:
        yield from _with_callers(each, call.name)


def _event(call: Call, within: str, names: list[str]) -> dict[str, Any]:
    """One call for a document; what the tally counts goes by its name."""
    item = {"item": Item(call.arguments["item"]).name.lower()} if "item" in call.arguments else {}
    return {
        "name": call.name,
        "within": within or None,
        "business": None if call.business is None else names[call.business],
        "arguments": call.arguments | item,
        "result": call.result if call.result != () else None,
    }
