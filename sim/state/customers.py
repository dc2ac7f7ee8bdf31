"""The table of people: one array per attribute, and how it is filled when a world is made.

A row is a person for ever: rows never move and are never reused. Columns are narrow; arithmetic is in float64, so a
column is always read through ``as_float`` or ``as_int``, which gives the same bits compiled and interpreted.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.rules.arithmetic import INFINITY, as_float, as_int, exp
from sim.rules.chance import happens, uniform, waiting_weeks
from sim.rules.compile import compiled
from sim.rules.memory import AWARE, NEVER, STRANGER
from sim.rules.need import need_threshold
from sim.rules.people import (
    DISTRIBUTIONS,
    Beta,
    Constant,
    Distribution,
    Gamma,
    Normal,
    Uniform,
    bell_shaped,
    evenly_between,
)
from sim.rules.satisfaction import BEST, WORST
from sim.rules.word_of_mouth import listening_probability
from sim.scenario.schema import Scenario
from sim.state.draws import Moment, Purpose, beta, draw, log_gamma, moment
from sim.state.network import Friends

BYTES_PER_PERSON = 40
BYTES_PER_RELATIONSHIP = 36
"""What the table may cost; a test adds it up."""

NOBODY = -1
"""No business: not heard about, nothing told, no last supplier."""
NEVER_ORDERED = -32_000
"""Week of the last order of who never ordered: longer ago than any run."""
UNKNOWN, KNEW, TOLD, CONTACTED, FORMER, FORMER_TOLD, FORMER_CONTACTED = 0, 1, 2, 3, 4, 5, 6
"""How a person came to know a business; a former customer came back by itself, or was won by a story or a contact."""


class Customers(NamedTuple):
    """Columns of all people; tables are (people, businesses)."""

    # who I am: drawn at birth
    segment: np.ndarray  # int8
    weekly_need: np.ndarray  # float32, needs per week
    need_threshold: np.ndarray  # uint32, a draw below it means at least one need this week
    leaving: np.ndarray  # float32, inborn chance of leaving per repeat order
    price_sensitivity: np.ndarray  # float32
    mean_order_value: np.ndarray  # float32, money in major units at the reference price
    listening: np.ndarray  # float32, chance of hearing somebody this week
    affinity_for_nothing: np.ndarray  # float32, logarithm; minus infinity removes the choice
    affinity: np.ndarray  # float32 table, logarithm
    match: np.ndarray  # float32 table, lasting fit in points of satisfaction

    # what I feel: public, friends may read what is told
    satisfaction: np.ndarray  # float32 table, -1..1
    expectation: np.ndarray  # float32 table
    push: np.ndarray  # float32 table, log odds left of contacts
    heard: np.ndarray  # float32 table, log odds left of stories
    told_about: np.ndarray  # int8, business of the story published this week, or NOBODY
    told_story: np.ndarray  # float32, its strength and sign
    heard_about: np.ndarray  # int8, business of the story heard this week, or NOBODY
    heard_story: np.ndarray  # float32

    # what I have done
    relation: np.ndarray  # int8 table: STRANGER, AWARE, CUSTOMER, LAPSED
    source: np.ndarray  # int8 table: how I came to know it
    orders: np.ndarray  # int16 table, since this relationship began
    first_tick: np.ndarray  # int16 table, of the first order ever
    start_tick: np.ndarray  # int16 table, of this relationship
    last_tick: np.ndarray  # int16 table, of the last order
    due_tick: np.ndarray  # int16 table: aware: name forgotten; lapsed: departure faded
    last_supplier: np.ndarray  # int8, business of the last order, or NOBODY


FLOATS, WHOLE, WORD, SMALL = np.float32, np.int16, np.uint32, np.int8
_TYPES = {
    "segment": SMALL, "weekly_need": FLOATS, "need_threshold": WORD, "leaving": FLOATS, "price_sensitivity": FLOATS,
    "mean_order_value": FLOATS, "listening": FLOATS, "affinity_for_nothing": FLOATS, "told_about": SMALL,
    "told_story": FLOATS, "heard_about": SMALL, "heard_story": FLOATS, "last_supplier": SMALL,
}  # fmt: skip
_TABLE_TYPES = {
    "affinity": FLOATS, "match": FLOATS, "satisfaction": FLOATS, "expectation": FLOATS, "push": FLOATS,
    "heard": FLOATS, "relation": SMALL, "source": SMALL, "orders": WHOLE, "first_tick": WHOLE, "start_tick": WHOLE,
    "last_tick": WHOLE,
    "due_tick": WHOLE,
}  # fmt: skip


class Traits(NamedTuple):
    """How each segment's attributes are distributed: kind and two numbers, one row a segment."""

    cumulative_share: np.ndarray  # float64 (segments,)
    nothing: np.ndarray  # float64 (segments,)
    need_per_year: np.ndarray  # float64 (segments, 3), like the rest
    leaving: np.ndarray
    price_sensitivity: np.ndarray
    mean_order_value: np.ndarray
    match: np.ndarray


CONSTANT, GAMMA, BETA, NORMAL, UNIFORM = (
    list(DISTRIBUTIONS.values()).index(kind) for kind in (Constant, Gamma, Beta, Normal, Uniform)
)


def create_customers(scenario: Scenario, friends: Friends, seed: int) -> Customers:
    """People as they are when the world begins.

    Parameters
    ----------
    friends : their network; how many friends a person has sets how much it hears
    seed : 0 .. 2^64 - 1
    """
    people, businesses = scenario.people, len(scenario.businesses)
    columns = {name: np.zeros(people, kind) for name, kind in _TYPES.items()}
    tables = {name: np.zeros((people, businesses), kind) for name, kind in _TABLE_TYPES.items()}
    customers = Customers(**columns, **tables)
    customers.last_tick[:] = NEVER_ORDERED
    customers.first_tick[:] = NEVER
    for column in (customers.told_about, customers.heard_about, customers.last_supplier):
        column[:] = NOBODY
    customers.satisfaction[:] = min(max(scenario.rules.satisfaction.first_expectation, WORST), BEST)
    customers.expectation[:] = scenario.rules.satisfaction.first_expectation
    affinity = np.array([business.offering.affinity for business in scenario.businesses])
    known = np.array([business.offering.known for business in scenario.businesses])
    shape = scenario.network.shape
    mixed_listening = float(getattr(shape, "listening", 0.0))
    talk_per_friend = float(getattr(shape, "talk_per_friend", 0.0))
    now = moment(seed, 0)
    _be_born(customers, _traits(scenario), scenario.rules.value.person_shape, now)
    _take_a_liking(customers, affinity, _traits(scenario), now)
    _get_to_know(customers, known, scenario.rules.memory.name_forgotten, now)
    _have_friends(customers, friends, mixed_listening, talk_per_friend)
    return customers


def _traits(scenario: Scenario) -> Traits:
    """The segments' distributions as arrays that compiled code can read."""

    def column(name: str) -> np.ndarray:
        return np.array([_as_numbers(getattr(segment.person, name)) for segment in scenario.segments])

    shares = np.cumsum([segment.share for segment in scenario.segments])
    nothing = np.array([segment.person.nothing for segment in scenario.segments])
    return Traits(shares, nothing, *(column(name) for name in Traits._fields[2:]))


def _as_numbers(distribution: Distribution) -> tuple[float, float, float]:
    kind = list(DISTRIBUTIONS.values()).index(type(distribution))
    numbers = [*map(float, tuple(distribution)), 0.0]
    return float(kind), numbers[0], numbers[1]


@compiled
def _drawn(trait: np.ndarray, segment: int, moment: Moment, row: int, address: tuple[int, int]) -> float:
    """One attribute of one person; ``address`` is purpose and slot."""
    kind = as_int(trait[segment, 0])
    first, second = as_float(trait[segment, 1]), as_float(trait[segment, 2])
    purpose, slot = address
    if kind == CONSTANT:
        return first
    if kind == GAMMA:
        return exp(log_gamma(first, moment, row, purpose, slot)) * second / first
    if kind == BETA:
        return beta(first, second, moment, row, purpose, slot)
    word = draw(moment, row, purpose, slot, 0)[0]
    return bell_shaped(first, second, word) if kind == NORMAL else evenly_between(first, second, word)


@compiled
def _be_born(customers: Customers, traits: Traits, person_shape: float, moment: Moment) -> None:
    """Segment, need, leaving, price sensitivity and the size of orders."""
    for row in range(customers.segment.shape[0]):
        word = uniform(draw(moment, row, Purpose.SEGMENT, 0, 0)[0])
        segment = 0
        while segment < traits.cumulative_share.shape[0] - 1 and word >= as_float(traits.cumulative_share[segment]):
            segment += 1
        customers.segment[row] = segment
        need = _drawn(traits.need_per_year, segment, moment, row, (Purpose.NEED_RATE, 0)) / 52.0
        customers.weekly_need[row] = need
        customers.need_threshold[row] = need_threshold(as_float(customers.weekly_need[row]))
        customers.leaving[row] = _drawn(traits.leaving, segment, moment, row, (Purpose.LEAVING, 0))
        customers.price_sensitivity[row] = _drawn(
            traits.price_sensitivity, segment, moment, row, (Purpose.PRICE_SENSITIVITY, 0)
        )
        mean = _drawn(traits.mean_order_value, segment, moment, row, (Purpose.SPENDING, 1))
        if person_shape > 0.0:  # inverse gamma with this mean: a gamma-distributed rate
            mean *= (person_shape - 1.0) / exp(log_gamma(person_shape, moment, row, Purpose.SPENDING, 0))
        customers.mean_order_value[row] = mean


@compiled
def _take_a_liking(customers: Customers, affinity: np.ndarray, traits: Traits, moment: Moment) -> None:
    """Lasting affinities, to each business and to nothing, and lasting matches."""
    for row in range(customers.segment.shape[0]):
        segment = as_int(customers.segment[row])
        nothing = as_float(traits.nothing[segment])
        if nothing > 0.0:
            customers.affinity_for_nothing[row] = log_gamma(nothing, moment, row, Purpose.AFFINITY, 0)
        else:
            customers.affinity_for_nothing[row] = -INFINITY
        for j in range(affinity.shape[0]):
            customers.affinity[row, j] = log_gamma(as_float(affinity[j]), moment, row, Purpose.AFFINITY, j + 1)
            customers.match[row, j] = _drawn(traits.match, segment, moment, row, (Purpose.MATCH, 2 * j))


@compiled
def _get_to_know(customers: Customers, known: np.ndarray, name_forgotten: float, moment: Moment) -> None:
    """Who knows which business when the world begins, and when each will have forgotten the name."""
    for row in range(customers.segment.shape[0]):
        for j in range(known.shape[0]):
            words = draw(moment, row, Purpose.KNOWN, j, 0)
            if happens(as_float(known[j]), words[0]):
                customers.relation[row, j] = AWARE
                customers.source[row, j] = KNEW
                customers.due_tick[row, j] = waiting_weeks(name_forgotten, words[1], NEVER)
            else:
                customers.relation[row, j] = STRANGER


@compiled
def _have_friends(customers: Customers, friends: Friends, mixed_listening: float, talk_per_friend: float) -> None:
    """How much each person hears: by its number of friends, or the same for all where everybody may meet."""
    for row in range(customers.segment.shape[0]):
        count = as_int(friends.first[row + 1]) - as_int(friends.first[row])
        chance = listening_probability(talk_per_friend, count) if count > 0 else mixed_listening
        customers.listening[row] = chance
