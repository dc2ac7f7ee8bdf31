"""Presence: where and when a business is in the market, and how far its channels carry there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model.moving import orphan
from sim.rules.acquisition import contact_in_segment, contact_of_customers, either, reach_of_segment
from sim.rules.people import moments
from sim.scenario.schema import NEVER_PLANNED, Business, Scenario
from sim.scenario.schema import Presence as Entry
from sim.state.births import get_to_know
from sim.state.offers import ANY_CHANNEL, Reach
from sim.state.seats import introduce_backers
from sim.state.tally import Item
from sim.strategies.books import CAN_ENTER, CLOSED_TO_IT, IS_THERE, Region

if TYPE_CHECKING:
    from sim.model.market import Market

Profile = tuple[tuple[float, ...], list[int]]
"""How channels reach some segments, better or worse than others, and which."""


class Presence:
    """One business in the markets of a scenario.

    Not yet open or closed for good, it is in none of them. Open, it is in those where it is at home and in those that
    it has entered.
    """

    def __init__(self, description: Business, slot: int, scenario: Scenario, reach: Reach) -> None:
        self.description, self.slot, self.scenario, self.reach = description, slot, scenario, reach
        self.markets = [False] * len(scenario.markets)
        self.is_open = self.closed = False
        self.profiles: list[Profile] = []
        self.agreed = reach.word[:, slot].copy()
        self.partners = self.agreed.nonzero()[0].tolist()
        home = self.home()
        for at, (name, market) in enumerate(scenario.markets.items()):
            if not home[at]:
                self.reach.distance[self._segments(name), slot] = market.distance
        if description.offering.opens_week == 0:
            self.settle(home)

    def home(self) -> list[bool]:
        """In which markets the business is at home."""
        return [self.scenario.is_at_home(self.description, market) for market in range(len(self.scenario.markets))]

    def settle(self, markets: list[bool]) -> None:
        """Be in these markets and in no others from now on."""
        self.markets = list(markets)
        self.is_open = any(markets)
        here = [self.markets[segment.market] for segment in self.scenario.segments]
        self.reach.present[:, self.slot] = here
        self.reach.contact[:, self.slot] = 0.0
        self.reach.media[:, self.slot] = 0.0
        profiles: dict[tuple[float, ...], list[int]] = {}
        for at in range(len(here)):
            if here[at]:
                profiles.setdefault(self._profile(at), []).append(at)
        self.profiles = list(profiles.items())

    def _profile(self, segment: int) -> tuple[float, ...]:
        """How much better or worse than on average each channel reaches people of a segment."""
        segments = self.scenario.segments
        needs = [moments(each.person.need_per_year)[0] for each in segments]
        mean = sum(each.share * need for each, need in zip(segments, needs, strict=True))
        return tuple(
            channel.reaches.get(segments[segment].name, reach_of_segment(needs[segment], mean, channel.follows_need))
            for channel in self.description.channels.values()
        )

    # -------------------------------------------------------------------------------------------- coming and going

    def come_and_go(self, market: Market) -> bool:
        """Open, or close for good, if the week has come; has it just opened?"""
        offering = self.description.offering
        if market.week == offering.closes_week:
            self.close(market)
        opens = market.week == offering.opens_week > 0 and not self.closed
        if opens:
            self.open(market)
        return opens

    def open(self, market: Market) -> None:
        """Open in all markets that are home: some know it from the first day, and its backers do."""
        self.settle(self.home())
        self._become_known(market, self.description.offering.known * self.reach.present[:, self.slot])
        market.world.tally[0, self.slot, Item.AWARE] += introduce_backers(market.world.customers, self.slot)

    def wanted(self, week: int, asked: tuple[int, ...]) -> list[str]:
        """Markets that it is to enter, by the scenario's plan or because its strategy asks for it, and has not yet."""
        if week < 0:  # the years before are lived in the markets that are home
            return []
        return [
            name
            for name, presence in self.description.markets.items()
            if not self.markets[self._number(name)]
            and (presence.enters_week <= week < NEVER_PLANNED or self._number(name) in asked)
        ]

    def enter(self, name: str, market: Market) -> None:
        """Be in one more market: some of its people know the name from now on."""
        number = self._number(name)
        self.settle([here or at == number for at, here in enumerate(self.markets)])
        known = np.zeros(len(self.scenario.segments))
        known[self._segments(name)] = self.description.markets[name].known
        self._become_known(market, known)

    def close(self, market: Market) -> None:
        """Be nowhere, for good: its customers look elsewhere, nothing is spent or earned any more.

        A week begins with it; nobody has listened yet.
        """
        if not self.closed:
            self.closed = True
            self.settle([False] * len(self.markets))
            orphan(self.slot, market.world)

    def _become_known(self, market: Market, known: np.ndarray) -> None:
        world, memory = market.world, self.scenario.rules.memory
        newcomers = get_to_know(world.customers, self.slot, known, memory.name_forgotten, world.moment)
        world.tally[0, self.slot, Item.AWARE] += newcomers

    # ------------------------------------------------------------------------------------------------------- reach

    def carry(self, chances: list[float]) -> None:
        """Show how likely a contact is, by each channel and for each segment.

        Parameters
        ----------
        chances : of a contact this week, by channel, where a channel reaches people neither better nor worse
        """
        channels = list(self.description.channels.values())
        for factors, segments in self.profiles:
            reached = media = 0.0
            ends = [0.0] * (ANY_CHANNEL + 1)
            for at, (chance, factor) in enumerate(zip(chances, factors, strict=True)):
                before = reached
                reached = either(before, contact_in_segment(chance, factor))
                media += contact_of_customers(reached - before, channels[at].reminds_customers)
                ends[at] = reached
            ends[len(channels) :] = [reached] * (len(ends) - len(channels))
            for segment in segments:
                self.reach.contact[segment, self.slot] = ends
                self.reach.media[segment, self.slot] = media

    def let_partners_speak(self, can_pay: bool) -> None:
        """A partner passes a word on for its commission; one that nobody can pay says nothing."""
        for partner in self.partners:
            at = int(self.reach.word_channel[partner, self.slot])
            free = list(self.description.channels.values())[at].commission == 0.0
            self.reach.word[partner, self.slot] = self.agreed[partner] if can_pay or free else 0.0

    # ------------------------------------------------------------------------------------------------------- facts

    def people(self, sizes: list[int]) -> int:
        """How many people live where it is, of markets of these sizes."""
        return sum(size for size, here in zip(sizes, self.markets, strict=True) if here)

    def seen(self, sizes: list[int], listed: list[int]) -> tuple[Region, ...]:
        """Every market as the business sees it.

        Parameters
        ----------
        sizes, listed : people of each market, and those of them who are on the own list
        """
        return tuple(
            Region(sizes[at] - listed[at], self._standing(at), self._entry(name).cost, name)
            for at, name in enumerate(self.scenario.markets)
        )

    def can_enter(self, place: int) -> bool:
        """Is this a market that it may enter, or has entered?"""
        return 0 <= place < len(self.markets) and list(self.scenario.markets)[place] in self.description.markets

    def _standing(self, place: int) -> int:
        if self.markets[place]:
            return IS_THERE
        return CAN_ENTER if self.is_open and self.can_enter(place) else CLOSED_TO_IT

    def _entry(self, name: str) -> Entry:
        """What the scenario says of entering a market."""
        return self.description.markets.get(name, Entry())

    def _number(self, name: str) -> int:
        return list(self.scenario.markets).index(name)

    def _segments(self, name: str) -> list[int]:
        number = self._number(name)
        return [at for at, segment in enumerate(self.scenario.segments) if segment.market == number]
