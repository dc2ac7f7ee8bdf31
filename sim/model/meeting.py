"""How people come to know a business and are reminded of it: stories, contacts, reminders; and how it is left."""

from __future__ import annotations

import numpy as np

from sim.model import luck
from sim.model.complaining import close_complaint
from sim.model.luck import ADMITTED, FIRST_CONTACT, FROM_CONTACT, FROM_MEDIA, FROM_REMINDER, FROM_STORY, TEMPTED
from sim.model.world import World, count, is_in_class, millionths
from sim.rules.arithmetic import as_float, as_int
from sim.rules.chance import happens, waiting_weeks
from sim.rules.compile import compiled_seldom, compiled_within
from sim.rules.memory import AWARE, CUSTOMER, LAPSED, NEVER, STRANGER
from sim.rules.retention import REMINDERS
from sim.rules.word_of_mouth import effect_of_story
from sim.state.customers import (
    CONTACTED,
    FORMER,
    FORMER_CONTACTED,
    FORMER_REMINDED,
    FORMER_TOLD,
    NOBODY,
    REFERRED,
    TOLD,
)
from sim.state.diary import DEPARTURE, write
from sim.state.draws import MASK
from sim.state.tally import BLOCK, CONTACTED_BY, Item

HALF_OF_ALL_WORDS = 0x80000000


@compiled_within
def hear_story(row: int, world: World) -> int:
    """What a heard story does; the bit of its business is set if it makes an occasion."""
    me, bonds = world.customers.people[row], world.customers.bonds
    friend_buys_at = as_int(me.heard_from_customer_of)
    if friend_buys_at != NOBODY:
        bonds[row, friend_buys_at].friend_tick = world.moment.tick
    j = as_int(me.heard_about)
    if j == NOBODY:
        return 0
    bond = bonds[row, j]
    story = as_float(me.heard_story)
    mine = as_int(bond.relation) == CUSTOMER
    bond.heard = as_float(bond.heard) + effect_of_story(story, mine, world.rules.talk)
    if story < 0.0 or mine:  # a bad story never makes a business known
        return 0
    source = REFERRED if as_int(me.heard_for_reward) != 0 else TOLD
    return meet(row, j, FROM_STORY, (source, FORMER_TOLD, 0), world)


@compiled_within
def meet_contacts(row: int, words: np.ndarray, at: int, world: World) -> int:
    """Who is reached by which business; bits are set for those whose contact or reminder makes an occasion."""
    tempted = 0
    for j in range(len(world.offers)):
        bond, offer = world.customers.bonds[row, j], world.offers[j]
        word = as_int(words[FIRST_CONTACT + j, at])
        if happens(as_float(offer.contact), word):
            if as_int(bond.relation) != CUSTOMER:
                tempted |= be_contacted(row, j, word, world)
            elif happens(as_float(offer.media), word):
                bond.push = as_float(bond.push) + world.rules.acquisition.push
                tempted |= be_reminded(row, j, FROM_MEDIA, world.rules.acquisition.offer_makes_occasion, world)
        if as_int(bond.first_tick) != NEVER:
            for lever in range(len(REMINDERS)):
                # words from the other end, and half the circle further on, so that hardly anybody gets two at once
                spun = (MASK - word + lever * HALF_OF_ALL_WORDS) & MASK
                if happens(as_float(offer.reminder[lever]), spun):
                    if is_in_class(row, j, as_int(offer.reminder_aim[lever]), world):
                        chance = as_float(offer.reminder_tempts[lever])
                        tempted |= be_reminded(row, j, FROM_REMINDER + lever, chance, world)
    return tempted


@compiled_within
def be_contacted(row: int, j: int, word: int, world: World) -> int:
    """A channel reaches somebody who is no customer: the first in whose part of the chance the word falls."""
    bond, offer = world.customers.bonds[row, j], world.offers[j]
    channel = 0
    while not happens(as_float(offer.reached[channel]), word):
        channel += 1
    count(world.tally, row, j, Item.CONTACTS, 1)
    world.by_channel[row // BLOCK, j, channel, CONTACTED_BY] += 1
    bond.push = as_float(bond.push) + world.rules.acquisition.push
    if as_int(bond.first_tick) == NEVER:
        count(world.tally, row, j, Item.PROSPECT_CONTACTS, 1)
        bond.contact_tick = world.moment.tick
    return meet(row, j, FROM_CONTACT, (CONTACTED, FORMER_CONTACTED, channel), world)


@compiled_seldom
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


@compiled_within
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
    known = as_int(bond.relation) == AWARE
    return 1 << j if known and happens(world.rules.acquisition.offer_makes_occasion, words[TEMPTED]) else 0


@compiled_within
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


@compiled_within
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
    write(world.diary, row, j, DEPARTURE, 0, reason)


@compiled_within
def forget_relationship(row: int, j: int, reason: int, world: World) -> None:
    """A customer who has not ordered for so long is a customer no more, but still knows the name."""
    leave(row, j, reason, world)
    become_aware(row, j, FORMER, world)
