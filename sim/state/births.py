"""Births: what people are born with, drawn when a world is made and whenever somebody new moves in.

A draw's address has the week of birth in it, so each newcomer to a place is another person.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.rules.arithmetic import INFINITY, as_float, as_int, exp, sqrt
from sim.rules.chance import happens, standard_normal, uniform, waiting_weeks
from sim.rules.compile import compiled, compiled_apart
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
    moments,
)
from sim.rules.satisfaction import BEST, WORST
from sim.rules.trust import taste_among_friends
from sim.rules.word_of_mouth import listening_probability
from sim.scenario.schema import Scenario
from sim.state.climate import Climate
from sim.state.customers import KNEW, Customers, empty_customers
from sim.state.draws import Moment, Purpose, beta, draw, log_gamma, moment
from sim.state.network import Friends
from sim.state.seats import introduce_backers, seat_backers, seat_customers


class Traits(NamedTuple):
    """How each segment's attributes are distributed: kind and two numbers, one row a segment; and the climate."""

    market: np.ndarray  # int64 (segments,)
    cumulative_share: np.ndarray  # float64 (1 + markets, segments): of all people, then of each market's
    nothing: np.ndarray  # float64 (segments,)
    need_per_year: np.ndarray  # float64 (segments, 3), like the rest
    leaving: np.ndarray
    price_sensitivity: np.ndarray
    taste: np.ndarray
    mean_order_value: np.ndarray
    further_lines: np.ndarray
    match: np.ndarray
    match_moments: np.ndarray  # float64 (segments, 2): mean and standard deviation
    affinity: np.ndarray  # float64 (businesses,)
    person_shape: float
    first_expectation: float
    turnover: float
    homophily: float
    climate: Climate


CONSTANT, GAMMA, BETA, NORMAL, UNIFORM = (
    list(DISTRIBUTIONS.values()).index(kind) for kind in (Constant, Gamma, Beta, Normal, Uniform)
)


def traits_of(scenario: Scenario) -> Traits:
    """What a scenario says of people, as arrays that compiled code can read."""

    def column(name: str) -> np.ndarray:
        return np.array([_as_numbers(getattr(segment.person, name)) for segment in scenario.segments])

    rules = scenario.rules
    return Traits(
        market=np.array([segment.market for segment in scenario.segments], np.int64),
        cumulative_share=_cumulative_shares(scenario),
        nothing=np.array([segment.person.nothing for segment in scenario.segments]),
        need_per_year=column("need_per_year"),
        leaving=column("leaving"),
        price_sensitivity=column("price_sensitivity"),
        taste=column("taste"),
        mean_order_value=column("mean_order_value"),
        further_lines=column("further_lines"),
        match=column("match"),
        match_moments=np.array([moments(segment.person.match) for segment in scenario.segments]),
        affinity=np.array([business.offering.affinity for business in scenario.businesses]),
        person_shape=rules.value.person_shape,
        first_expectation=rules.satisfaction.first_expectation,
        turnover=rules.population.turnover,
        homophily=rules.trust.homophily,
        climate=Climate(),
    )


def _cumulative_shares(scenario: Scenario) -> np.ndarray:
    """Where on the way from 0 to 1 each segment ends: among all people, and among those of each market."""
    everybody = np.cumsum([segment.share for segment in scenario.segments])
    if len(scenario.markets) == 1:
        return np.stack([everybody, everybody])
    rows = [everybody]
    for market in range(len(scenario.markets)):
        parts = np.array([segment.share * (segment.market == market) for segment in scenario.segments])
        ends = np.cumsum(parts)
        rows.append(np.where(ends < ends[-1], ends / (ends[-1] or 1.0), 1.0))  # nothing is left to rounding
    return np.stack(rows)


def create_customers(scenario: Scenario, friends: Friends, seed: int) -> Customers:
    """People as they are when the world begins.

    Parameters
    ----------
    friends : their network; how many friends a person has sets how much it hears
    seed : 0 .. 2^64 - 1
    """
    customers = empty_customers(scenario.people, len(scenario.businesses))
    shape = scenario.network.shape
    mixed_listening = float(getattr(shape, "listening", 0.0))
    talk_per_friend = float(getattr(shape, "talk_per_friend", 0.0))
    now = moment(seed, 0)
    _everybody_is_born(customers, traits_of(scenario), friends, now)
    open_now = [slot for slot, business in enumerate(scenario.businesses) if business.offering.opens_week == 0]
    for slot in open_now:
        business = scenario.businesses[slot]
        here = [scenario.is_at_home(business, segment.market) for segment in scenario.segments]
        known = business.offering.known * np.array(here)
        get_to_know(customers, slot, known, scenario.rules.memory.name_forgotten, now)
    _have_friends(customers, friends, mixed_listening, talk_per_friend)
    seat_backers(customers, scenario, friends, now)
    for slot in open_now:
        introduce_backers(customers, slot)
        seat_customers(customers, slot, scenario, now)
    return customers


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
def _everybody_is_born(customers: Customers, traits: Traits, friends: Friends, moment: Moment) -> None:
    """The people with whom a world begins."""
    for row in range(len(customers.people)):
        be_born(row, customers, traits, friends, moment)


@compiled_apart
def be_born(row: int, customers: Customers, traits: Traits, friends: Friends, moment: Moment) -> None:
    """Segment, need, leaving, price sensitivity, size of orders, lasting tastes, and when this person moves away.

    A place is in one market for ever: whoever moves in is one of that market's people.
    """
    me = customers.people[row]
    word = uniform(draw(moment, row, Purpose.SEGMENT, 0, 0)[0])
    among = 0 if moment.tick == 0 else 1 + as_int(traits.market[as_int(me.segment)])
    segment = 0
    while segment < traits.market.shape[0] - 1 and word >= as_float(traits.cumulative_share[among, segment]):
        segment += 1
    me.segment = segment
    need = _drawn(traits.need_per_year, segment, moment, row, (Purpose.NEED_RATE, 0)) / 52.0
    me.weekly_need = need
    me.need_threshold = need_threshold(as_float(me.weekly_need) * traits.climate.need)
    me.leaving = _drawn(traits.leaving, segment, moment, row, (Purpose.LEAVING, 0))
    me.price_sensitivity = _drawn(traits.price_sensitivity, segment, moment, row, (Purpose.PRICE_SENSITIVITY, 0))
    me.taste = _drawn(traits.taste, segment, moment, row, (Purpose.TASTE, 0))
    mean = _drawn(traits.mean_order_value, segment, moment, row, (Purpose.SPENDING, 1))
    if traits.person_shape > 0.0:  # inverse gamma with this mean: a gamma-distributed rate
        mean *= (traits.person_shape - 1.0) / exp(log_gamma(traits.person_shape, moment, row, Purpose.SPENDING, 0))
    me.mean_order_value = mean
    me.further_lines = _drawn(traits.further_lines, segment, moment, row, (Purpose.FURTHER_LINES, 0))
    word = draw(moment, row, Purpose.MOVE, 0, 0)[0]
    me.moves_tick = moment.tick + waiting_weeks(traits.turnover, word, NEVER - moment.tick)
    _take_a_liking(row, segment, customers, traits, friends, moment)


@compiled
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


@compiled
def _taste_of_the_neighbourhood(row: int, j: int, friends: Friends, moment: Moment) -> float:
    """What a place shares with the places of its friends, a standard normal; it stays when people move."""
    beginning = Moment(moment.seed_low, moment.seed_high, 0)
    total = standard_normal(draw(beginning, row, Purpose.NEIGHBOURHOOD, j, 0)[0])
    first, last = as_int(friends.first[row]), as_int(friends.first[row + 1])
    for at in range(first, last):
        total += standard_normal(draw(beginning, as_int(friends.ids[at]), Purpose.NEIGHBOURHOOD, j, 0)[0])
    return total / sqrt(1.0 + last - first)


@compiled
def get_to_know(customers: Customers, j: int, known: np.ndarray, name_forgotten: float, moment: Moment) -> int:
    """Who knows a business when the world begins, when it opens or when it enters a market, and for how long.

    Parameters
    ----------
    known : share of strangers who know it from now on, by segment

    Returns
    -------
    how many they are
    """
    newcomers = 0
    for row in range(len(customers.people)):
        bond = customers.bonds[row, j]
        if as_int(bond.relation) == STRANGER:
            words = draw(moment, row, Purpose.KNOWN, j, 0)
            if happens(as_float(known[as_int(customers.people[row].segment)]), words[0]):
                bond.relation = AWARE
                bond.source = KNEW
                bond.due_tick = moment.tick + waiting_weeks(name_forgotten, words[1], NEVER - moment.tick)
                newcomers += 1
    return newcomers


@compiled
def _have_friends(customers: Customers, friends: Friends, mixed_listening: float, talk_per_friend: float) -> None:
    """How much each person hears: by its number of friends, or the same for all where everybody may meet."""
    for row in range(len(customers.people)):
        count = as_int(friends.first[row + 1]) - as_int(friends.first[row])
        chance = listening_probability(talk_per_friend, count) if count > 0 else mixed_listening
        customers.people[row].listening = chance
