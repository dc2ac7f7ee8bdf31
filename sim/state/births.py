"""Births: what people are born with, drawn when a world is made and whenever somebody new moves in.

A draw's address has the week of birth in it, so each newcomer to a place is another person.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.rules.arithmetic import INFINITY, as_float, as_int, exp, sqrt
from sim.rules.chance import happens, standard_normal, uniform, waiting_weeks
from sim.rules.compile import compiled, compiled_seldom, compiled_within
from sim.rules.memory import AWARE, NEVER
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
    moments,
)
from sim.rules.satisfaction import BEST, WORST
from sim.rules.trust import taste_among_friends
from sim.rules.word_of_mouth import listening_probability
from sim.scenario.schema import Scenario
from sim.state.customers import KNEW, Customers, empty_customers
from sim.state.draws import Moment, Purpose, beta, draw, log_gamma, moment
from sim.state.network import Friends
from sim.state.seats import seat_backers


class Traits(NamedTuple):
    """How each segment's attributes are distributed: kind and two numbers, one row a segment."""

    cumulative_share: np.ndarray  # float64 (segments,)
    nothing: np.ndarray  # float64 (segments,)
    need_per_year: np.ndarray  # float64 (segments, 3), like the rest
    leaving: np.ndarray
    price_sensitivity: np.ndarray
    mean_order_value: np.ndarray
    further_lines: np.ndarray
    match: np.ndarray
    match_moments: np.ndarray  # float64 (segments, 2): mean and standard deviation
    affinity: np.ndarray  # float64 (businesses,)
    person_shape: float
    first_expectation: float
    turnover: float
    homophily: float


CONSTANT, GAMMA, BETA, NORMAL, UNIFORM = (
    list(DISTRIBUTIONS.values()).index(kind) for kind in (Constant, Gamma, Beta, Normal, Uniform)
)


def traits_of(scenario: Scenario) -> Traits:
    """What a scenario says of people, as arrays that compiled code can read."""

    def column(name: str) -> np.ndarray:
        return np.array([_as_numbers(getattr(segment.person, name)) for segment in scenario.segments])

    rules = scenario.rules
    return Traits(
        cumulative_share=np.cumsum([segment.share for segment in scenario.segments]),
        nothing=np.array([segment.person.nothing for segment in scenario.segments]),
        need_per_year=column("need_per_year"),
        leaving=column("leaving"),
        price_sensitivity=column("price_sensitivity"),
        mean_order_value=column("mean_order_value"),
        further_lines=column("further_lines"),
        match=column("match"),
        match_moments=np.array([moments(segment.person.match) for segment in scenario.segments]),
        affinity=np.array([business.offering.affinity for business in scenario.businesses]),
        person_shape=rules.value.person_shape,
        first_expectation=rules.satisfaction.first_expectation,
        turnover=rules.population.turnover,
        homophily=rules.trust.homophily,
    )


def create_customers(scenario: Scenario, friends: Friends, seed: int) -> Customers:
    """People as they are when the world begins.

    Parameters
    ----------
    friends : their network; how many friends a person has sets how much it hears
    seed : 0 .. 2^64 - 1
    """
    customers = empty_customers(scenario.people, len(scenario.businesses))
    known = np.array([business.offering.known for business in scenario.businesses])
    shape = scenario.network.shape
    mixed_listening = float(getattr(shape, "listening", 0.0))
    talk_per_friend = float(getattr(shape, "talk_per_friend", 0.0))
    now = moment(seed, 0)
    _everybody_is_born(customers, traits_of(scenario), friends, now)
    _get_to_know(customers, known, scenario.rules.memory.name_forgotten, now)
    _have_friends(customers, friends, mixed_listening, talk_per_friend)
    seat_backers(customers, scenario, friends, now)
    return customers


def _as_numbers(distribution: Distribution) -> tuple[float, float, float]:
    kind = list(DISTRIBUTIONS.values()).index(type(distribution))
    numbers = [*map(float, tuple(distribution)), 0.0]
    return float(kind), numbers[0], numbers[1]


@compiled_within
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
def _everybody_is_born(customers: Customers, traits: Traits, friends: Friends, moment: Moment) -> None:
    """The people with whom a world begins."""
    for row in range(len(customers.people)):
        be_born(row, customers, traits, friends, moment)


@compiled_seldom
def be_born(row: int, customers: Customers, traits: Traits, friends: Friends, moment: Moment) -> None:
    """Segment, need, leaving, price sensitivity, size of orders, lasting tastes, and when this person moves away."""
    me = customers.people[row]
    word = uniform(draw(moment, row, Purpose.SEGMENT, 0, 0)[0])
    segment = 0
    while segment < traits.cumulative_share.shape[0] - 1 and word >= as_float(traits.cumulative_share[segment]):
        segment += 1
    me.segment = segment
    need = _drawn(traits.need_per_year, segment, moment, row, (Purpose.NEED_RATE, 0)) / 52.0
    me.weekly_need = need
    me.need_threshold = need_threshold(as_float(me.weekly_need))
    me.leaving = _drawn(traits.leaving, segment, moment, row, (Purpose.LEAVING, 0))
    me.price_sensitivity = _drawn(traits.price_sensitivity, segment, moment, row, (Purpose.PRICE_SENSITIVITY, 0))
    mean = _drawn(traits.mean_order_value, segment, moment, row, (Purpose.SPENDING, 1))
    if traits.person_shape > 0.0:  # inverse gamma with this mean: a gamma-distributed rate
        mean *= (traits.person_shape - 1.0) / exp(log_gamma(traits.person_shape, moment, row, Purpose.SPENDING, 0))
    me.mean_order_value = mean
    me.further_lines = _drawn(traits.further_lines, segment, moment, row, (Purpose.FURTHER_LINES, 0))
    word = draw(moment, row, Purpose.MOVE, 0, 0)[0]
    me.moves_tick = moment.tick + waiting_weeks(traits.turnover, word, NEVER - moment.tick)
    _take_a_liking(row, segment, customers, traits, friends, moment)


@compiled_within
def _take_a_liking(
    row: int, segment: int, customers: Customers, traits: Traits, friends: Friends, moment: Moment
) -> None:
    """Lasting affinities, to each business and to nothing, and lasting matches."""
    me = customers.people[row]
    nothing = as_float(traits.nothing[segment])
    if nothing > 0.0:
        me.affinity_for_nothing = log_gamma(nothing, moment, row, Purpose.AFFINITY, 0)
    else:
        me.affinity_for_nothing = -INFINITY
    for j in range(traits.affinity.shape[0]):
        bond = customers.bonds[row, j]
        bond.affinity = log_gamma(as_float(traits.affinity[j]), moment, row, Purpose.AFFINITY, j + 1)
        match = _drawn(traits.match, segment, moment, row, (Purpose.MATCH, 2 * j))
        if traits.homophily > 0.0:
            shared = _taste_of_the_neighbourhood(row, j, friends, moment)
            mean, sd = as_float(traits.match_moments[segment, 0]), as_float(traits.match_moments[segment, 1])
            match = taste_among_friends(match, shared, mean, sd, traits.homophily)
        bond.match = match
        first = min(max(traits.first_expectation, WORST), BEST)
        bond.satisfaction = first
        bond.expectation = traits.first_expectation


@compiled_within
def _taste_of_the_neighbourhood(row: int, j: int, friends: Friends, moment: Moment) -> float:
    """What a place shares with the places of its friends, a standard normal; it stays when people move."""
    beginning = Moment(moment.seed_low, moment.seed_high, 0)
    total = standard_normal(draw(beginning, row, Purpose.NEIGHBOURHOOD, j, 0)[0])
    first, last = as_int(friends.first[row]), as_int(friends.first[row + 1])
    for at in range(first, last):
        total += standard_normal(draw(beginning, as_int(friends.ids[at]), Purpose.NEIGHBOURHOOD, j, 0)[0])
    return total / sqrt(1.0 + last - first)


@compiled
def _get_to_know(customers: Customers, known: np.ndarray, name_forgotten: float, moment: Moment) -> None:
    """Who knows which business when the world begins, and when each will have forgotten the name."""
    for row in range(len(customers.people)):
        for j in range(known.shape[0]):
            words = draw(moment, row, Purpose.KNOWN, j, 0)
            if happens(as_float(known[j]), words[0]):
                bond = customers.bonds[row, j]
                bond.relation = AWARE
                bond.source = KNEW
                bond.due_tick = waiting_weeks(name_forgotten, words[1], NEVER)


@compiled
def _have_friends(customers: Customers, friends: Friends, mixed_listening: float, talk_per_friend: float) -> None:
    """How much each person hears: by its number of friends, or the same for all where everybody may meet."""
    for row in range(len(customers.people)):
        count = as_int(friends.first[row + 1]) - as_int(friends.first[row])
        chance = listening_probability(talk_per_friend, count) if count > 0 else mixed_listening
        customers.people[row].listening = chance
