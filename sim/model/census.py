"""The census: everybody looked at, every planning period, for phases of the journey and classes of customers.

Phases and the ways between them are for the scientist and change nothing; a way is from one census to the next, so a
phase that is shorter than a planning period is often passed by unseen. Classes are what a business finds in its own
books, and are counted only while one of its levers is aimed at some.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model.world import World, answer_to_survey, has_been_listed, is_listed, weeks_since
from sim.rules.arithmetic import as_float, as_int
from sim.rules.compile import compiled
from sim.rules.journey import CLASSES, FORMER, PHASES, JourneyRules, has_class, phase
from sim.rules.memory import CUSTOMER
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.model.business import Business
    from sim.model.market import Market


class Census:
    """Where people stand with each business, and how they came there, from week 0 on."""

    def __init__(self, scenario: Scenario) -> None:
        businesses = len(scenario.businesses)
        self.weeks: list[int] = []
        self.phases: list[np.ndarray] = []
        """At each census int64 (businesses, phases): people in each phase."""
        self.moves: list[np.ndarray] = []
        """Between a census and the one before int64 (businesses, phases, phases): people, from and to."""
        self._stand = np.full((scenario.people, businesses), -1, np.int8)

    def take(self, market: Market) -> None:
        """Count phases from week 0 on, and classes for those businesses that use them."""
        if aiming := [business for business in market.businesses if business.levers.need_classes]:
            self.count_customers(market, aiming)
        if market.week >= 0:
            self.look(market)

    def count_customers(self, market: Market, aiming: list[Business]) -> None:
        """Count the classes of some businesses."""
        wanted = np.isin(np.arange(len(market.businesses)), [business.slot for business in aiming])
        classes = np.zeros((len(wanted), len(CLASSES)), np.int64)
        count_classes(classes, wanted, market.world)
        for business in aiming:
            business.classes = classes[business.slot] * market.scenario.represents

    def look(self, market: Market) -> None:
        """Count phases, and moves since the last look."""
        represents = market.scenario.represents
        businesses = self._stand.shape[1]
        moves = np.zeros((businesses, len(PHASES), len(PHASES)), np.int64)
        phases = np.zeros((businesses, len(PHASES)), np.int64)
        bonds = market.world.customers.bonds
        # as things stood at last week's close
        count_phases(self._stand, phases, moves, bonds, market.tick - 1, market.scenario.rules.journey)
        self.weeks.append(market.week)
        self.phases.append(phases * represents)
        self.moves.append(moves * represents)


@compiled
def count_classes(classes: np.ndarray, wanted: np.ndarray, world: World) -> None:
    """Add up who is in which class, int64 (businesses, classes), of the businesses that want to know."""
    for row in range(world.customers.people.shape[0]):
        for j in range(classes.shape[0]):
            if wanted[j] and is_listed(row, j, world):
                count_listed_customer(row, j, classes, world)
            elif wanted[j] and has_been_listed(row, j, world):
                classes[j, FORMER] += 1


@compiled
def count_listed_customer(row: int, j: int, classes: np.ndarray, world: World) -> None:
    """Add somebody on the list of a business to every class that it finds this person in."""
    bond = world.customers.bonds[row, j]
    orders, since, answer = as_int(bond.orders_ever), weeks_since(row, j, world), answer_to_survey(row, j, world)
    for aim in range(len(CLASSES)):
        if has_class(aim, orders, since, answer, world.rules.journey):
            classes[j, aim] += 1


@compiled
def count_listed(
    listed: np.ndarray, people: np.ndarray, bonds: np.ndarray, markets: np.ndarray, since: int, by_contract: bool
) -> None:
    """Add up who of each market is on the list of one business.

    Parameters
    ----------
    listed : int64 (markets,)
    bonds : with this business, records (people,)
    markets : int64 (segments,), where people of each segment live
    since : the week of an order that keeps somebody on the list
    """
    for row in range(people.shape[0]):
        bond = bonds[row]
        is_customer = as_int(bond.relation) == CUSTOMER
        if is_customer if by_contract else as_int(bond.last_tick) >= since:
            listed[markets[as_int(people[row].segment)]] += 1


@compiled
def count_phases(
    stand: np.ndarray, phases: np.ndarray, moves: np.ndarray, bonds: np.ndarray, tick: int, rules: JourneyRules
) -> None:
    """Add up who is in which phase, and who came from where; ``stand`` (people, businesses) is brought up to date."""
    for row in range(stand.shape[0]):
        for j in range(stand.shape[1]):
            now = phase(
                as_int(bonds[row, j].relation),
                as_int(bonds[row, j].orders),
                tick - as_int(bonds[row, j].start_tick),
                as_float(bonds[row, j].satisfaction),
                rules,
            )
            before = as_int(stand[row, j])
            stand[row, j] = now
            phases[j, now] += 1
            if before >= 0:
                moves[j, before, now] += 1
