"""The market: a Mesa model whose week has six phases."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import mesa
import numpy as np
from mesa.agent import AgentSet

from sim.model.business import Business, BusinessState
from sim.model.census import Census, count_listed
from sim.model.customer import Customer, CustomerSet, MarketSet
from sim.model.events import surroundings
from sim.model.history import CONTACTED, LENGTH, SPENT, WON, Line, Sums, empty_history, empty_programmes
from sim.model.loops import LOOPS, Crew
from sim.model.world import World
from sim.rules.memory import CUSTOMER, STRANGER
from sim.rules.need import CONTRACT
from sim.scenario.schema import MOST_CHANNELS, Scenario
from sim.state import network
from sim.state.births import create_customers, traits_of
from sim.state.climate import Climate, feel_the_need
from sim.state.customers import Customers
from sim.state.diary import empty_diary, this_week
from sim.state.draws import moment
from sim.state.network import Friends
from sim.state.offers import Offers, no_offers, no_reach
from sim.state.tally import CONTACTED_BY, MICRO, WON_BY, Item, empty_channel_tally, empty_tally

MEMORY_OF_VOLUME = 13.0
"""Weeks of the exponential mean by which a business knows its recent volume."""


class Snapshot(NamedTuple):
    """A market at rest before week 0: all that the future depends on."""

    seed: int
    tick: int
    history_hash: str
    customers: Customers
    businesses: list[BusinessState]
    climate: Climate
    recent_orders: np.ndarray
    history: np.ndarray
    programmes: np.ndarray


class Market(mesa.Model):
    """People, businesses and their weeks.

    Parameters
    ----------
    scenario : the world
    seed : 0 .. 2^64 - 1; the same seed is the same luck for everybody, whatever businesses do
    loop : 'compiled', 'mesa' or 'shuffled': the same bits
    threads : for the compiled loop; the same bits
    followed : write down orders and departures of so many people
    """

    def __init__(
        self, scenario: Scenario, seed: int, loop: str = "compiled", threads: int = 1, followed: int = 0
    ) -> None:
        super().__init__(rng=seed)
        self.scenario = scenario
        self.seed = seed
        self.tick = 0
        self.loop = LOOPS[loop]
        self.opening_tick = scenario.time.burn_in_weeks
        self.last_tick = scenario.time.burn_in_weeks + scenario.time.weeks
        self.reach = no_reach(scenario)
        self.businesses = [Business(self, slot, business) for slot, business in enumerate(scenario.businesses)]
        mesa.Agent._ids.pop(self, None)  # Mesa would keep every market alive for the life of the process
        friends = _make_friends(scenario, seed)
        self.crew = Crew(scenario.people, len(self.businesses), threads)
        self.recent_orders = np.zeros(len(self.businesses))
        self.history = empty_history(self.last_tick, len(self.businesses))
        self.programmes = empty_programmes(self.last_tick, len(self.businesses))
        self.lines, self.programme_lines = Sums(self.history), Sums(self.programmes)
        self.census = Census(scenario)
        self.followed_events: list[np.ndarray] = []
        shown, offers = no_offers(len(self.businesses))
        for business in self.businesses:
            business.show_what_stays(shown)
        shown.passes_on[:] = self.reach.word.any(axis=1)
        self.world = World(
            customers=create_customers(scenario, friends, seed),
            friends=friends,
            offers=offers,
            reach=self.reach,
            rules=scenario.rules,
            traits=traits_of(scenario),
            moment=moment(seed, 0),
            tally=empty_tally(scenario.people, len(self.businesses)),
            by_channel=empty_channel_tally(scenario.people, len(self.businesses), MOST_CHANNELS),
            diary=empty_diary(min(followed, scenario.people)),
            opening_tick=self.opening_tick,
            list_weeks=scenario.time.list_weeks,
            minor_units=scenario.minor_units,
        )
        people = np.bincount(self._markets, minlength=len(scenario.markets))
        self.sizes: list[int] = (people * scenario.represents).tolist()
        for business in self.businesses:
            business.stocks = self._opening_stocks(business.slot)

    def _opening_stocks(self, slot: int) -> list[int]:
        """What stands in a business's books when the world begins, read off the columns."""
        stocks = [0] * LENGTH
        relation = self.world.customers.relation[:, slot]
        feelings = self.world.customers.satisfaction[relation == CUSTOMER, slot]
        stocks[Line.PEOPLE_AWARE] = int(np.count_nonzero(relation != STRANGER))
        stocks[Line.CUSTOMERS] = stocks[Line.LISTED_CUSTOMERS] = len(feelings)
        stocks[Line.SATISFACTION_SUM] = int(np.floor(feelings.astype(float) * MICRO + 0.5).sum())
        return [stock * self.scenario.represents for stock in stocks]

    @property
    def offers(self) -> Offers:
        """What people read, as columns for the businesses to write."""
        plain = self.world.offers.view(np.ndarray)  # whose fields are found faster than those of records
        return Offers(*(plain[name] for name in Offers._fields))

    @property
    def customers(self) -> CustomerSet:
        """All people, as agents made on demand."""
        return CustomerSet(self, np.arange(self.scenario.people))

    @property
    def agents(self) -> MarketSet:
        """Businesses and people."""
        registered = tuple(super().agents)
        return MarketSet(self, np.arange(len(registered) + self.scenario.people), registered)

    @property
    def agents_by_type(self) -> dict[type[mesa.Agent], AgentSet]:
        """Businesses and people apart."""
        return {**super().agents_by_type, Customer: self.customers}

    @property
    def agent_types(self) -> list[type]:
        """The kinds of agents there are."""
        return list(self.agents_by_type)

    @property
    def _markets(self) -> np.ndarray:
        """In which market each person is."""
        return self.world.traits.market[self.world.customers.segment]

    def listed_by_market(self, slot: int) -> list[int]:
        """People of each market who are on the list of a business, in the order of the scenario."""
        counted, customers = np.zeros(len(self.sizes), np.int64), self.world.customers
        since = self.tick - self.scenario.time.list_weeks
        by_contract = self.scenario.rules.need.clock == CONTRACT
        count_listed(counted, customers.people, customers.bonds[:, slot], self.world.traits.market, since, by_contract)
        return (counted * self.scenario.represents).tolist()

    def called(self, name: str) -> Business:
        """The business of this name."""
        return next(business for business in self.businesses if business.name == name)

    def change_climate(self, climate: Climate) -> None:
        """Let everybody live in another climate from this week on; who was born in the old one too."""
        self.world = self.world._replace(traits=self.world.traits._replace(climate=climate))
        feel_the_need(self.world.customers.people, climate.need)

    @property
    def week(self) -> int:
        """Weeks since the run began; negative in the years before."""
        return self.tick - self.opening_tick

    @property
    def weeks_remembered(self) -> float:
        """Over how many weeks recent volume is averaged: as many as there were, and from the thirteenth on about 13."""
        return min(self.tick + 1.0, MEMORY_OF_VOLUME)

    def step(self) -> None:
        """One week.

        ======  ==========================================================================
        events  what happens from outside; each business: opens, or closes for good, if its week has come
        plan    each business, every planning_weeks: counts its classes, asks its strategy
        offer   each business: takes in goods, spends the week's money, shows prices and what money bought
        listen  everybody: hears what one friend published last week
        decide  everybody: fades, meets contacts, renews, buys, tells
        close   each business: books the week, balances its ledger
        ======  ==========================================================================
        """
        self.world = self.world._replace(moment=moment(self.seed, self.tick))
        if self.week == 0:
            for business in self.businesses:
                business.open_the_run()
        self.let_events_happen()
        opened = [business.presence.come_and_go(self) for business in self.businesses]
        due = self.tick == 0 or self.week % self.scenario.time.planning_weeks == 0
        if due:
            self.census.take(self)
        for business, just_opened in zip(self.businesses, opened, strict=True):
            if due or just_opened:
                business.plan()
        offers = self.offers
        for business in self.businesses:
            business.offer(offers)
        self.loop(self)
        self.close_books()
        self.tick += 1
        if self.tick == self.last_tick:
            self.census.look(self)

    def let_events_happen(self) -> None:
        """What this week is like, to people and to businesses; and whoever failed last week closes for good."""
        for business in self.businesses:
            if business.has_failed:
                business.presence.close(self)
        if self.scenario.events:
            around = surroundings(self.scenario, self.week)
            for business, conditions in zip(self.businesses, around.businesses, strict=True):
                business.conditions = conditions
            if around.climate != self.world.traits.climate:
                self.change_climate(around.climate)

    def close_books(self) -> None:
        """Sum the tally over blocks, let each business book it, and clear it for the next week.

        Here one simulated person becomes the many whom it represents: businesses and their money live in the real
        market, people in its sample.
        """
        counted = self.world.tally.sum(axis=0) * self.scenario.represents
        by_channel = self.world.by_channel.sum(axis=0) * self.scenario.represents
        self.world.tally[:] = 0
        self.world.by_channel[:] = 0
        programmes = self.programmes[self.tick]
        programmes[:, :MOST_CHANNELS, CONTACTED] = by_channel[:, :, CONTACTED_BY]
        programmes[:, :MOST_CHANNELS, WON] = by_channel[:, :, WON_BY]
        tallies, won = counted.tolist(), by_channel[:, :, WON_BY].tolist()
        for business in self.businesses:
            business.settle(tallies[business.slot], won[business.slot])
        self.history[self.tick] = [business.close_books(tallies[business.slot]) for business in self.businesses]
        programmes[:, :, SPENT] = [business.spent for business in self.businesses]
        self.lines.forget()
        self.programme_lines.forget()
        self.recent_orders += (counted[:, Item.ORDERS] - self.recent_orders) / self.weeks_remembered
        if self.world.diary.followed:
            events = this_week(self.world.diary)
            self.followed_events.append(np.column_stack([np.full(len(events), self.week), events]))

    def run(self) -> Market:
        """Let the remaining weeks pass."""
        while self.tick < self.last_tick:
            self.step()
        return self

    def snapshot(self) -> Snapshot:
        """This market at rest: a copy from which any number of futures can start."""
        return Snapshot(
            seed=self.seed,
            tick=self.tick,
            history_hash=self.scenario.history_hash,
            customers=Customers(*(table.copy() for table in self.world.customers)),
            businesses=[business.state() for business in self.businesses],
            climate=self.world.traits.climate,
            recent_orders=self.recent_orders.copy(),
            history=self.history[: self.tick].copy(),
            programmes=self.programmes[: self.tick].copy(),
        )

    def resume(self, snapshot: Snapshot) -> Market:
        """Take over another market's past; what happens next is as if this one had lived it.

        Raises
        ------
        ValueError
            If that past is not this scenario's: another seed, or another world before week 0.
        """
        world = (self.seed, self.scenario.history_hash)
        if world != (snapshot.seed, snapshot.history_hash) or snapshot.tick > self.opening_tick:
            raise ValueError("this snapshot is of another world: its seed or its years before week 0 differ")
        self.tick = snapshot.tick
        for own, table in zip(self.world.customers, snapshot.customers, strict=True):
            own[:] = table
        for business, state in zip(self.businesses, snapshot.businesses, strict=True):
            business.restore(state)
        self.change_climate(snapshot.climate)
        self.recent_orders[:] = snapshot.recent_orders
        self.history[: snapshot.tick] = snapshot.history
        self.programmes[: snapshot.tick] = snapshot.programmes
        return self

    def result_hash(self) -> str:
        """Identity of everything that came out: the history and every person's last state, to the bit."""
        digest = hashlib.sha256()
        arrays = {"history": self.history, "programmes": self.programmes} | self.world.customers.columns()
        for name, array in arrays.items():
            little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
            digest.update(f"{name}:{little.dtype.str}:{little.shape};".encode())
            digest.update(little.tobytes())
        return digest.hexdigest()

    def last_weeks(self, weeks: int) -> np.ndarray:
        """The history's most recent lines, int64 (weeks, businesses, entries)."""
        return self.history[max(self.tick - weeks, 0) : self.tick]


def _make_friends(scenario: Scenario, seed: int) -> Friends:
    """The network the scenario describes."""
    people, shape = scenario.people, scenario.network.shape
    match scenario.network.kind:
        case "small_world":
            return network.small_world(people, shape.degree, shape.rewired, seed)
        case "scale_free":
            return network.scale_free(people, shape.links, seed)
        case "random":
            return network.random_network(people, shape.degree, seed)
        case "groups":
            return network.groups(people, shape.size)
        case "mixed":
            return network.nobody(people)
    raise NotImplementedError(f"nobody knows how to make a network of kind {scenario.network.kind!r}")
