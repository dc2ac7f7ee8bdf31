"""How people come to know a business and are reminded of it: stories, contacts, reminders, a partner's word; and how
it is left.

A business that is not in a person's market cannot be met: no channel leads there, and nobody listens to its stories.
"""

from __future__ import annotations

import numpy as np

from sim.model import luck
from sim.model.complaining import close_complaint
from sim.model.luck import (
    ADMITTED,
    FIRST_CONTACT,
    FROM_CONTACT,
    FROM_MEDIA,
    FROM_PARTNER,
    FROM_REMINDER,
    FROM_STORY,
    TEMPTED,
)
from sim.model.world import World, come_into_question, count, is_in_class, millionths
from sim.rules.arithmetic import as_float, as_int
from sim.rules.chance import happens, waiting_weeks
from sim.rules.compile import compiled, compiled_apart
from sim.rules.memory import AWARE, CUSTOMER, LAPSED, NEVER, STRANGER
from sim.rules.retention import REMINDER_PLACES, REMINDERS
from sim.rules.word_of_mouth import effect_of_story
from sim.scenario.schema import MOST_BUSINESSES
from sim.state.customers import (
    CONTACTED,
    FORMER,
    FORMER_CONTACTED,
    FORMER_REFERRED,
    FORMER_REMINDED,
    FORMER_TOLD,
    NO_CHANNEL,
    NOBODY,
    REFERRED,
    TOLD,
)
from sim.state.diary import AT_NOTHING, DEPARTURE, write
from sim.state.draws import MASK
from sim.state.offers import ANY_CHANNEL
from sim.state.tally import BLOCK, CONTACTED_BY, Item

HALF_OF_ALL_WORDS = 0x80000000
BITS_OF_A_CHANNEL = 4
"""Of an offer, beside the bit of its business: the number of the channel that made it and one more; 0 if none did."""


@compiled
def hear_story(row: int, world: World) -> int:
    """What a heard story does; the bit of its business is set if it makes an occasion."""
    me, bonds = world.customers.people[row], world.customers.bonds
    friend_buys_at = as_int(me.heard_from_customer_of)
    if friend_buys_at != NOBODY:
        bonds[row, friend_buys_at].friend_tick = world.moment.tick
    j = as_int(me.heard_about)
    if j == NOBODY or as_float(world.reach.present[as_int(me.segment), j]) == 0.0:
        return 0
    bond = bonds[row, j]
    story = as_float(me.heard_story)
    mine = as_int(bond.relation) == CUSTOMER
    bond.heard = as_float(bond.heard) + effect_of_story(story, mine, world.rules.talk)
    if story < 0.0 or mine:  # a bad story never makes a business known
        return 0
    for_reward = as_int(me.heard_for_reward) != 0
    source = (REFERRED, FORMER_REFERRED, 0) if for_reward else (TOLD, FORMER_TOLD, 0)
    return meet(row, j, FROM_STORY, source, world)


@compiled
def meet_contacts(row: int, words: np.ndarray, at: int, world: World) -> int:
    """Who is reached by which business; bits are set for those whose contact or reminder makes an occasion."""
    tempted = 0
    segment = as_int(world.customers.people[row].segment)
    for j in range(len(world.offers)):
        bond, offer = world.customers.bonds[row, j], world.offers[j]
        word = as_int(words[FIRST_CONTACT + j, at])
        if happens(as_float(world.reach.contact[segment, j, ANY_CHANNEL]), word):
            if as_int(bond.relation) != CUSTOMER:
                tempted |= be_contacted(row, j, word, world)
            elif happens(as_float(world.reach.media[segment, j]), word):
                bond.push = as_float(bond.push) + world.rules.acquisition.push
                tempted |= be_reminded(row, j, FROM_MEDIA, world.rules.acquisition.offer_makes_occasion, world)
        if as_int(bond.first_tick) != NEVER:
            for lever in range(len(REMINDERS)):
                # words from the other end, and half the circle further on, so that hardly anybody gets two at once
                spun = (MASK - word + lever * HALF_OF_ALL_WORDS) & MASK
                if happens(as_float(offer.reminder[lever]), spun):
                    if is_in_class(row, j, as_int(offer.aim[REMINDER_PLACES[lever]]), world):
                        chance = as_float(offer.reminder_tempts[lever])
                        tempted |= be_reminded(row, j, FROM_REMINDER + lever, chance, world)
    return tempted


@compiled
def be_contacted(row: int, j: int, word: int, world: World) -> int:
    """A channel reaches somebody who is no customer: the first in whose part of the chance the word falls."""
    segment = as_int(world.customers.people[row].segment)
    channel = 0
    while not happens(as_float(world.reach.contact[segment, j, channel]), word):
        channel += 1
    return hear_from(row, j, channel, FROM_CONTACT, world)


@compiled
def hear_from(row: int, j: int, channel: int, way: int, world: World) -> int:
    """A business's own message arrives: it is counted, pushes, and may make known, win back or tempt."""
    bond = world.customers.bonds[row, j]
    come_into_question(row, j, world)
    count(world.tally, row, j, Item.CONTACTS, 1)
    world.by_channel[row // BLOCK, j, channel, CONTACTED_BY] += 1
    bond.push = as_float(bond.push) + world.rules.acquisition.push
    if as_int(bond.first_tick) == NEVER:
        count(world.tally, row, j, Item.PROSPECT_CONTACTS, 1)
        bond.contact_tick = world.moment.tick
    tempted = meet(row, j, way, (CONTACTED, FORMER_CONTACTED, channel), world)
    return tempted | made_by(channel, j) if tempted != 0 else 0


@compiled
def made_by(channel: int, j: int) -> int:
    """The bits that say which channel made the offer of a business."""
    return (channel + 1) << (MOST_BUSINESSES + BITS_OF_A_CHANNEL * j)


@compiled
def channel_of_offer(tempted: int, j: int) -> int:
    """The channel that made the offer of a business; NO_CHANNEL if it was a story or a reminder.

    Parameters
    ----------
    tempted : the bits of all offers
    """
    written = (tempted >> (MOST_BUSINESSES + BITS_OF_A_CHANNEL * j)) & ((1 << BITS_OF_A_CHANNEL) - 1)
    return written - 1 if written != 0 else NO_CHANNEL


@compiled_apart
def pass_on(row: int, j: int, number: int, world: World) -> None:
    """An order at a partner brings a word about its allies, perhaps: a contact, but never an occasion of its own.

    Parameters
    ----------
    number : of the occasion in the person's week
    """
    segment = as_int(world.customers.people[row].segment)
    for ally in range(len(world.offers)):
        chance = as_float(world.reach.word[j, ally]) * as_float(world.reach.present[segment, ally])
        chance *= as_float(world.offers[ally].open)
        if chance > 0.0 and happens(chance, luck.of_word(world.moment, row, number, j, ally)):
            if as_int(world.customers.bonds[row, ally].relation) != CUSTOMER:
                hear_from(row, ally, as_int(world.reach.word_channel[j, ally]), FROM_PARTNER + number, world)


@compiled_apart
def be_reminded(row: int, j: int, way: int, makes_occasion: float, world: World) -> int:
    """A reminder reaches somebody who has ordered here before, customer or not."""
    bond = world.customers.bonds[row, j]
    if as_int(bond.relation) == CUSTOMER:
        count(world.tally, row, j, Item.REMINDERS, 1)
        bond.reminder_tick = world.moment.tick
    else:
        count(world.tally, row, j, Item.WIN_BACKS, 1)
    words = luck.of_meeting(world.moment, row, j, way)
    if as_int(bond.relation) == LAPSED and happens(world.rules.memory.win_back, words[ADMITTED]):
        become_aware(row, j, FORMER_REMINDED, world)
    relation = as_int(bond.relation)
    known = relation == AWARE or relation == CUSTOMER
    return 1 << j if known and happens(makes_occasion, words[TEMPTED]) else 0


@compiled
def meet(row: int, j: int, way: int, source: tuple[int, int, int], world: World) -> int:
    """A contact or a good story reaches somebody who is no customer: known, perhaps won back, perhaps tempted.

    Parameters
    ----------
    source : how a stranger comes to know the business, how a former customer is won back, and the channel, if it was
        a contact
    """
    bond = world.customers.bonds[row, j]
    words = luck.of_meeting(world.moment, row, j, way)
    relation = as_int(bond.relation)
    stranger, former, channel = source
    admitted = relation == LAPSED and happens(world.rules.memory.win_back, words[ADMITTED])
    if admitted or relation == STRANGER:
        become_aware(row, j, former if admitted else stranger, world)
        bond.channel = channel
    may_tempt = as_int(bond.relation) == AWARE and way < FROM_PARTNER  # who hears of it at an order has just bought
    return 1 << j if may_tempt and happens(world.rules.acquisition.offer_makes_occasion, words[TEMPTED]) else 0


@compiled
def become_aware(row: int, j: int, source: int, world: World) -> None:
    """From now on this person knows the business, until the name is forgotten."""
    bond = world.customers.bonds[row, j]
    tick = world.moment.tick
    if as_int(bond.relation) == STRANGER:
        count(world.tally, row, j, Item.AWARE, 1)
    word = luck.of_date(world.moment, row, j, AWARE)
    bond.relation = AWARE
    bond.source = source
    bond.due_tick = tick + waiting_weeks(world.rules.memory.name_forgotten, word, NEVER - tick)


@compiled
def leave(row: int, j: int, reason: int, world: World) -> None:
    """The relationship is over; the departure fades after a while."""
    bond = world.customers.bonds[row, j]
    tick = world.moment.tick
    word = luck.of_date(world.moment, row, j, LAPSED)
    bond.relation = LAPSED
    bond.due_tick = tick + waiting_weeks(world.rules.memory.departure_fades, word, NEVER - tick)
    bond.lines = 0
    close_complaint(row, j, world)
    count(world.tally, row, j, Item.LOST_NEED_GONE + reason - 1, 1)
    count(world.tally, row, j, Item.SATISFACTION, -millionths(as_float(bond.satisfaction)))
    write(world.diary, row, j, DEPARTURE, (0, reason, NO_CHANNEL, AT_NOTHING))


@compiled
def forget_relationship(row: int, j: int, reason: int, world: World) -> None:
    """A customer who has not ordered for so long is a customer no more, but still knows the name."""
    leave(row, j, reason, world)
    become_aware(row, j, FORMER, world)
