"""Seats: where in the network the backers of a business sit, and who its first customers are."""

from __future__ import annotations

import numpy as np

from sim.rules.backers import CLUSTERED, ON_HUBS
from sim.rules.compile import compiled
from sim.rules.memory import AWARE, CUSTOMER, NEVER, STRANGER
from sim.rules.need import CONTRACT
from sim.scenario.schema import Scenario
from sim.state.customers import KNEW, Customers
from sim.state.draws import Moment, Purpose, draw
from sim.state.network import Friends


def seat_backers(customers: Customers, scenario: Scenario, friends: Friends, now: Moment) -> None:
    """Make people backers: anybody, the best connected, or one circle of friends. Nobody backs two businesses.

    A backer lives where the business is at home, likes it a little better and does not move away.
    """
    for slot, business in enumerate(scenario.businesses):
        backers = business.backers
        if backers.people:
            order = in_random_order(scenario.people, now, Purpose.BACKER, slot)
            if backers.place == ON_HUBS:
                order = order[np.argsort(-np.diff(friends.first)[order], kind="stable")]
            elif backers.place == CLUSTERED:
                order = circle_by_circle(order, friends)
            free = (customers.backs[order] < 0) & _lives_near(order, customers, slot, scenario)
            rows = order[free][: backers.people]
            customers.backs[rows] = slot
            customers.match[rows, slot] += np.float32(backers.match)
            customers.moves_tick[rows] = NEVER


def introduce_backers(customers: Customers, slot: int) -> int:
    """Backers get to know what they back, for ever; how many had not known it before."""
    rows = np.flatnonzero(customers.backs == slot)
    strangers = int(np.count_nonzero(customers.relation[rows, slot] == STRANGER))
    customers.relation[rows, slot] = AWARE
    customers.source[rows, slot] = KNEW
    customers.due_tick[rows, slot] = NEVER
    return strangers


def seat_customers(customers: Customers, slot: int, scenario: Scenario, now: Moment) -> None:
    """Make people customers who ordered once, in the week before the world begins: anybody, whatever they like.

    All live where the business is at home, so in a small market all of its people are as many as there can be.
    Somebody may be a customer of several businesses, but nobody holds two contracts.
    """
    wanted = scenario.businesses[slot].offering.customers
    if wanted:
        order = in_random_order(scenario.people, now, Purpose.FIRST_CUSTOMER, slot)
        order = order[_lives_near(order, customers, slot, scenario)]
        if scenario.rules.need.clock == CONTRACT:
            order = order[~(customers.relation[order] == CUSTOMER).any(axis=1)]
        rows = order[:wanted]
        customers.relation[rows, slot] = CUSTOMER
        customers.source[rows, slot] = KNEW
        customers.orders[rows, slot] = customers.orders_ever[rows, slot] = 1
        for column in (customers.first_tick, customers.start_tick, customers.last_tick):
            column[rows, slot] = now.tick - 1
        customers.last_supplier[rows] = slot


def _lives_near(rows: np.ndarray, customers: Customers, slot: int, scenario: Scenario) -> np.ndarray:
    """Does each of these people live where a business is at home?"""
    business = scenario.businesses[slot]
    near = np.array([scenario.is_at_home(business, segment.market) for segment in scenario.segments])
    return np.asarray(near[customers.segment[rows]])


def in_random_order(people: int, now: Moment, purpose: Purpose, slot: int) -> np.ndarray:
    """All rows in an order that is drawn for one business and purpose."""
    words = np.zeros(people, np.int64)
    _draw_for_all(words, now, int(purpose), slot)
    return np.argsort(words, kind="stable")


@compiled
def _draw_for_all(words: np.ndarray, now: Moment, purpose: int, slot: int) -> None:
    """One word for every row."""
    for row in range(len(words)):
        words[row] = draw(now, row, purpose, slot, 0)[0]


def circle_by_circle(order: np.ndarray, friends: Friends) -> np.ndarray:
    """The first row, its friends, their friends and so on; whoever is not connected follows in the given order.

    Check
    -----
    >>> from sim.state.network import groups
    >>> circle_by_circle(np.array([4, 0, 1, 2, 3, 5]), groups(6, 3)).tolist()
    [4, 3, 5, 0, 1, 2]
    """
    seen = np.zeros(len(order), bool)
    found: list[int] = []
    for start in order.tolist():
        if not seen[start]:
            seen[start] = True
            circle = [start]
            while circle:
                found += circle
                near = np.unique(np.concatenate([friends.ids[friends.first[i] : friends.first[i + 1]] for i in circle]))
                circle = near[~seen[near]].tolist()
                seen[circle] = True
    return np.array(found, np.int64)
