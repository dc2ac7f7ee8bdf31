"""One person's week, written once.

``listen`` reads what others published last week and writes only what this person heard. ``decide`` reads and writes
only this person's own row and adds whole numbers to the tally of its block. The order of people can therefore not
matter, and every loop that calls these two functions gives the same bits. All weekly draws are named in this file.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.rules.arithmetic import INFINITY, as_float, as_int, exp
from sim.rules.chance import happens, one_of, standard_normal, waiting_weeks
from sim.rules.choice import attraction, finishing_time, price_effect, pull_of_my_supplier
from sim.rules.compile import compiled, compiled_within
from sim.rules.defection import STAYS, decision_to_leave, leaving_effect, reason_for_forgetting
from sim.rules.memory import AWARE, CUSTOMER, LAPSED, NEVER, STRANGER, relationship_is_forgotten
from sim.rules.need import CONTRACT, needs_this_week, renewal_is_due
from sim.rules.satisfaction import expectation_after, experience, home_of_satisfaction, satisfaction_after
from sim.rules.value import order_value, whole
from sim.rules.word_of_mouth import effect_of_story, telling_probability
from sim.scenario.schema import MOST_BUSINESSES, Rules
from sim.state.customers import (
    CONTACTED,
    FORMER,
    FORMER_CONTACTED,
    FORMER_TOLD,
    NOBODY,
    TOLD,
    UNKNOWN,
    Customers,
)
from sim.state.diary import DEPARTURE, ORDER, Diary, write
from sim.state.draws import Moment, Purpose, draw, gamma_above_one, log_gamma
from sim.state.network import Friends
from sim.state.offers import Offers
from sim.state.tally import BLOCK, MICRO, Item

LISTENING, WEEKLY = int(Purpose.LISTENING), int(Purpose.WEEK)
"""The two draws that everybody needs every week; loops make them for many rows at once."""
LISTENS, FRIEND = 0, 1
"""Words of the listening draw."""
NEEDS, TELLS, FIRST_CONTACT = 0, 1, 2
"""Words of the weekly draw; the contact word of business j is FIRST_CONTACT + j."""
COIN, LUCK, FAILURE = 0, 1, 2
"""Words of an occasion's draw at one business."""
FROM_STORY, FROM_CONTACT = 0, 1
ADMITTED, TEMPTED = 0, 1
"""Words of a meeting: won back; makes an occasion."""
ANY = -1
"""At this occasion every business a person knows may race."""
FIRST_RENEWAL, FIRST_NEED = MOST_BUSINESSES, 2 * MOST_BUSINESSES
"""Numbers of occasions in a week: offers come first, each with its business's number. One more business shifts none."""


class World(NamedTuple):
    """Everything one person's week may touch."""

    customers: Customers
    friends: Friends
    offers: Offers
    rules: Rules
    moment: Moment
    tally: np.ndarray  # int64 (blocks, businesses, items)
    diary: Diary
    opening_tick: int  # week 0 as a tick
    list_weeks: int
    minor_units: int  # smallest coins in one unit of money


def words_a_week(businesses: int) -> int:
    """How many words the weekly draw of one person has, in fours."""
    return (FIRST_CONTACT + businesses + 3) // 4 * 4


@compiled_within
def count(tally: np.ndarray, row: int, j: int, item: int, amount: int) -> None:
    """Add to the tally of this person's block."""
    tally[row // BLOCK, j, item] += amount


# ---------------------------------------------------------------------------------------------------------- listening


@compiled
def listen(row: int, luck: np.ndarray, at: int, world: World) -> None:
    """Hear what one friend published last week, perhaps.

    Parameters
    ----------
    luck, at : this week's listening draw, column ``at`` of int64 (words, rows)
    """
    people = world.customers
    people.heard_about[row] = NOBODY
    if happens(as_float(people.listening[row]), as_int(luck[LISTENS, at])):
        friend = a_friend(row, as_int(luck[FRIEND, at]), world)
        if friend != NOBODY:
            people.heard_about[row] = people.told_about[friend]
            people.heard_story[row] = people.told_story[friend]


@compiled_within
def a_friend(row: int, word: int, world: World) -> int:
    """One friend, each as likely; where people have no lists of friends, anybody else."""
    first = as_int(world.friends.first[row])
    friends = as_int(world.friends.first[row + 1]) - first
    if friends > 0:
        return as_int(world.friends.ids[first + one_of(friends, word)])
    others = world.customers.relation.shape[0] - 1
    if others == 0:
        return NOBODY
    other = one_of(others, word)
    return other + 1 if other >= row else other


# ----------------------------------------------------------------------------------------------------------- deciding


@compiled
def decide(row: int, luck: np.ndarray, at: int, world: World) -> None:
    """A week: what fades, a story, contacts, then a contract to renew or else offers and needs, and a story to tell.

    Parameters
    ----------
    luck, at : this week's draw, column ``at`` of int64 (words, rows)
    """
    fade(row, world)
    offers = hear_story(row, world) | meet_contacts(row, luck, at, world)
    if under_contract(row, world):
        renew_contracts(row, world)
    else:
        consider_offers(row, offers, world)
        satisfy_needs(row, as_int(luck[NEEDS, at]), world)
    tell(row, as_int(luck[TELLS, at]), world)


@compiled_within
def fade(row: int, world: World) -> None:
    """What was felt fades; names, departures and silent relationships are forgotten when their time has come."""
    people, tick = world.customers, world.moment.tick
    push_keep, heard_keep = world.rules.acquisition.push_keep, world.rules.talk.keep
    by_contract = world.rules.need.clock == CONTRACT
    for j in range(people.relation.shape[1]):
        people.push[row, j] = as_float(people.push[row, j]) * push_keep
        people.heard[row, j] = as_float(people.heard[row, j]) * heard_keep
        silent_weeks = tick - as_int(people.last_tick[row, j])
        if silent_weeks == world.list_weeks:
            count(world.tally, row, j, Item.DELISTED, 1)
        relation = as_int(people.relation[row, j])
        if relation == CUSTOMER:
            if not by_contract and relationship_is_forgotten(silent_weeks, world.rules.memory):
                forget_relationship(row, j, world)
        elif relation != STRANGER and as_int(people.due_tick[row, j]) == tick:
            if relation == AWARE:
                people.relation[row, j] = STRANGER
                people.source[row, j] = UNKNOWN
                count(world.tally, row, j, Item.AWARE, -1)
            else:
                become_aware(row, j, FORMER, world)


@compiled_within
def forget_relationship(row: int, j: int, world: World) -> None:
    """A customer who has not ordered for so long is a customer no more, but still knows the name."""
    people = world.customers
    elsewhere = as_int(people.last_supplier[row])
    moved = elsewhere != j
    price_elsewhere = as_float(world.offers.price[elsewhere])
    leave(row, j, reason_for_forgetting(moved, as_float(world.offers.price[j]), price_elsewhere), world)
    become_aware(row, j, FORMER, world)


@compiled_within
def become_aware(row: int, j: int, source: int, world: World) -> None:
    """From now on this person knows the business, until the name is forgotten."""
    people, tick = world.customers, world.moment.tick
    if as_int(people.relation[row, j]) == STRANGER:
        count(world.tally, row, j, Item.AWARE, 1)
    word = draw(world.moment, row, Purpose.DATE, j, AWARE)[0]
    people.relation[row, j] = AWARE
    people.source[row, j] = source
    people.due_tick[row, j] = tick + waiting_weeks(world.rules.memory.name_forgotten, word, NEVER - tick)


@compiled_within
def hear_story(row: int, world: World) -> int:
    """What a heard story does; the bit of its business is set if it makes an occasion."""
    people = world.customers
    j = as_int(people.heard_about[row])
    if j == NOBODY:
        return 0
    story = as_float(people.heard_story[row])
    mine = as_int(people.relation[row, j]) == CUSTOMER
    people.heard[row, j] = as_float(people.heard[row, j]) + effect_of_story(story, mine, world.rules.talk)
    if story < 0.0 or mine:  # a bad story never makes a business known
        return 0
    return meet(row, j, FROM_STORY, world)


@compiled_within
def meet_contacts(row: int, luck: np.ndarray, at: int, world: World) -> int:
    """Who is reached by which business; bits are set for those whose contact makes an occasion."""
    people = world.customers
    offers = 0
    for j in range(people.relation.shape[1]):
        if happens(as_float(world.offers.contact[j]), as_int(luck[FIRST_CONTACT + j, at])):
            if as_int(people.relation[row, j]) != CUSTOMER:
                count(world.tally, row, j, Item.CONTACTS, 1)
                people.push[row, j] = as_float(people.push[row, j]) + world.rules.acquisition.push
                offers |= meet(row, j, FROM_CONTACT, world)
    return offers


@compiled_within
def meet(row: int, j: int, way: int, world: World) -> int:
    """A contact or a good story reaches somebody who is no customer: known, perhaps won back, perhaps tempted."""
    people = world.customers
    words = draw(world.moment, row, Purpose.OFFER, j, way)
    relation = as_int(people.relation[row, j])
    if relation == LAPSED and happens(world.rules.memory.win_back, words[ADMITTED]):
        become_aware(row, j, FORMER_TOLD if way == FROM_STORY else FORMER_CONTACTED, world)
    elif relation == STRANGER:
        become_aware(row, j, TOLD if way == FROM_STORY else CONTACTED, world)
    known = as_int(people.relation[row, j]) == AWARE
    return 1 << j if known and happens(world.rules.acquisition.offer_makes_occasion, words[TEMPTED]) else 0


@compiled_within
def under_contract(row: int, world: World) -> bool:
    """Does this person hold a contract? Then nothing is bought elsewhere, nor a second time."""
    if world.rules.need.clock != CONTRACT:
        return False
    for j in range(world.customers.relation.shape[1]):
        if as_int(world.customers.relation[row, j]) == CUSTOMER:
            return True
    return False


@compiled_within
def renew_contracts(row: int, world: World) -> None:
    """Contracts that end this week are renewed or left."""
    people = world.customers
    for j in range(people.relation.shape[1]):
        if as_int(people.relation[row, j]) == CUSTOMER:
            age = world.moment.tick - as_int(people.start_tick[row, j])
            number = FIRST_RENEWAL + j
            if renewal_is_due(age, world.rules.need.renewal_weeks) and not leaves(row, j, number, world):
                place_order(row, j, number, world)


@compiled_within
def consider_offers(row: int, offers: int, world: World) -> None:
    """Occasions that contacts and stories made, in the order of businesses; each is between that one and nothing."""
    if offers:
        for j in range(world.customers.relation.shape[1]):
            if (offers >> j) & 1 and not under_contract(row, world):
                occasion(row, j, j, world)


@compiled_within
def satisfy_needs(row: int, word: int, world: World) -> None:
    """Occasions that arise by themselves, one after the other; a contract signed at one of them ends the search."""
    if word < as_int(world.customers.need_threshold[row]):
        for need in range(needs_this_week(as_float(world.customers.weekly_need[row]), word)):
            if not under_contract(row, world):
                occasion(row, FIRST_NEED + need, ANY, world)


@compiled_within
def occasion(row: int, number: int, only: int, world: World) -> None:
    """An occasion to buy: a race, the coin of the winner's own customer, and an order.

    Whoever leaves the winner gives the occasion to the runner-up of the same race: the race is run again without the
    one just left, on the same draws.

    Parameters
    ----------
    number : of this occasion in the person's week; offers have numbers of their own, so they shift no other draw
    only : the business that makes the offer, or ANY
    """
    while True:
        winner = race(row, number, only, world)
        if winner == NOBODY:
            return
        if not leaves(row, winner, number, world):
            place_order(row, winner, number, world)
            return


@compiled_within
def race(row: int, number: int, only: int, world: World) -> int:
    """Who wins this occasion among the businesses this person knows and has not left; NOBODY if nothing is bought."""
    people, offers = world.customers, world.offers
    winner = NOBODY
    words = draw(world.moment, row, Purpose.RACE, number, 0)
    best = INFINITY
    nothing = as_float(people.affinity_for_nothing[row])
    if nothing > -INFINITY:
        best = finishing_time(nothing, words[0])
    sensitivity = as_float(people.price_sensitivity[row])
    for j in range(people.relation.shape[1]):
        runner = j + 1
        if runner % 4 == 0:
            words = draw(world.moment, row, Purpose.RACE, number, runner // 4)
        relation = as_int(people.relation[row, j])
        if (only == ANY or only == j) and (relation == AWARE or relation == CUSTOMER):
            strength = attraction(
                as_float(people.affinity[row, j]),
                price_effect(sensitivity, as_float(offers.log_price_ratio[j])),
                as_float(people.push[row, j]),
                as_float(people.heard[row, j]),
            )
            if relation == CUSTOMER:
                strength += pull_of_my_supplier(
                    as_float(people.satisfaction[row, j]),
                    as_int(people.last_supplier[row]) == j,
                    as_float(offers.scheme_bonus[j]),
                    world.rules.choice,
                )
            time = finishing_time(strength, words[runner % 4])
            if time < best:
                best = time
                winner = j
    return winner


@compiled_within
def leaves(row: int, j: int, number: int, world: World) -> bool:
    """Does a customer leave its supplier instead of buying again? Tossed here, before the order."""
    people = world.customers
    at_risk = as_int(people.orders[row, j]) >= world.rules.defection.first_order_at_risk
    if as_int(people.relation[row, j]) != CUSTOMER or not at_risk:
        return False
    effect = leaving_effect(as_float(people.satisfaction[row, j]), world.rules.defection)
    word = draw(world.moment, row, Purpose.OCCASION, number, j)[COIN]
    reason = decision_to_leave(as_float(people.leaving[row]), effect, as_float(world.offers.kept_share[j]), word)
    if reason == STAYS:
        return False
    leave(row, j, reason, world)
    return True


@compiled_within
def leave(row: int, j: int, reason: int, world: World) -> None:
    """The relationship is over; the departure fades after a while."""
    people, tick = world.customers, world.moment.tick
    word = draw(world.moment, row, Purpose.DATE, j, LAPSED)[0]
    people.relation[row, j] = LAPSED
    people.due_tick[row, j] = tick + waiting_weeks(world.rules.memory.departure_fades, word, NEVER - tick)
    count(world.tally, row, j, Item.LOST_NEED_GONE + reason - 1, 1)
    count(world.tally, row, j, Item.SATISFACTION, -millionths(as_float(people.satisfaction[row, j])))
    write(world.diary, row, j, DEPARTURE, 0, reason)


@compiled_within
def place_order(row: int, j: int, number: int, world: World) -> None:
    """An order: its value, whether it fails, what it does to satisfaction and expectation."""
    people, tick = world.customers, world.moment.tick
    if as_int(people.relation[row, j]) != CUSTOMER:
        begin_relationship(row, j, world)
    size = relative_size(row, number, j, world)
    value = order_value(as_float(people.mean_order_value[row]), size, as_float(world.offers.price_ratio[j]))
    amount = whole(value * world.minor_units)
    count(world.tally, row, j, Item.ORDERS, 1)
    count(world.tally, row, j, Item.REVENUE, amount)
    people.first_tick[row, j] = min(as_int(people.first_tick[row, j]), tick)
    if as_int(people.first_tick[row, j]) < world.opening_tick:
        count(world.tally, row, j, Item.REVENUE_FROM_OLD_CUSTOMERS, amount)
    if tick - as_int(people.last_tick[row, j]) >= world.list_weeks:
        count(world.tally, row, j, Item.LISTED, 1)
    people.orders[row, j] = min(as_int(people.orders[row, j]) + 1, NEVER)
    people.last_tick[row, j] = tick
    people.last_supplier[row] = j
    write(world.diary, row, j, ORDER, amount, STAYS)
    live_through(row, j, number, world)


@compiled_within
def begin_relationship(row: int, j: int, world: World) -> None:
    """A first order, or the first one after coming back."""
    people = world.customers
    source = as_int(people.source[row, j])
    if source >= FORMER:
        count(world.tally, row, j, Item.RETURNED, 1)
        if source == FORMER_TOLD:
            count(world.tally, row, j, Item.RETURNED_TOLD, 1)
        elif source == FORMER_CONTACTED:
            count(world.tally, row, j, Item.RETURNED_CONTACTED, 1)
    else:
        count(world.tally, row, j, Item.NEW, 1)
        if source == TOLD:
            count(world.tally, row, j, Item.NEW_TOLD, 1)
        elif source == CONTACTED:
            count(world.tally, row, j, Item.NEW_CONTACTED, 1)
    people.relation[row, j] = CUSTOMER
    people.start_tick[row, j] = world.moment.tick
    people.orders[row, j] = 0
    count(world.tally, row, j, Item.SATISFACTION, millionths(as_float(people.satisfaction[row, j])))


@compiled_within
def relative_size(row: int, number: int, j: int, world: World) -> float:
    """This order against the person's mean order: Gamma with mean 1."""
    shape = world.rules.value.order_shape
    if shape == 0.0:
        return 1.0
    slot = number * MOST_BUSINESSES + j
    if shape >= 1.0:
        return gamma_above_one(shape, world.moment, row, Purpose.ORDER_VALUE, slot) / shape
    return exp(log_gamma(shape, world.moment, row, Purpose.ORDER_VALUE, slot)) / shape


@compiled_within
def live_through(row: int, j: int, number: int, world: World) -> None:
    """What the order was like, and what is felt and expected from now on."""
    people, rules = world.customers, world.rules.satisfaction
    words = draw(world.moment, row, Purpose.OCCASION, number, j)
    failed = happens(as_float(world.offers.failure_rate[j]), words[FAILURE])
    if failed:
        count(world.tally, row, j, Item.FAILURES, 1)
    quality, match = as_float(world.offers.quality[j]), as_float(people.match[row, j])
    before = as_float(people.satisfaction[row, j])
    expected = as_float(people.expectation[row, j])
    surprise = experience(quality, match, standard_normal(words[LUCK]), failed, rules) - expected
    home = home_of_satisfaction(quality, match, surprise, rules)
    people.satisfaction[row, j] = satisfaction_after(before, home, rules)
    people.expectation[row, j] = expectation_after(expected, surprise, rules)
    change = millionths(as_float(people.satisfaction[row, j])) - millionths(before)
    count(world.tally, row, j, Item.SATISFACTION, change)


@compiled_within
def tell(row: int, word: int, world: World) -> None:
    """Publish a story about the supplier of the last order, if still its customer; friends may read it next week."""
    people = world.customers
    people.told_about[row] = NOBODY
    j = as_int(people.last_supplier[row])
    if j == NOBODY or as_int(people.relation[row, j]) != CUSTOMER:
        return
    satisfaction = as_float(people.satisfaction[row, j])
    if happens(telling_probability(satisfaction, world.rules.talk), word):
        people.told_about[row] = j
        people.told_story[row] = satisfaction
        count(world.tally, row, j, Item.GOOD_STORIES if satisfaction >= 0.0 else Item.BAD_STORIES, 1)


@compiled_within
def millionths(satisfaction: float) -> int:
    """Satisfaction as a whole number, so that sums do not depend on order."""
    return whole(satisfaction * MICRO)
