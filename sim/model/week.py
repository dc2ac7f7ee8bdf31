"""One person's week, written once.

``listen`` reads what others published last week and writes only what this person heard. ``decide`` reads and writes
only this person's own row and adds whole numbers to the tally of its block. The order of people can therefore not
matter, and every loop that calls these two functions gives the same bits.
"""

from __future__ import annotations

import numpy as np

from sim.model import luck
from sim.model.buying import let_through_by, occasion
from sim.model.complaining import wait_for_resolution
from sim.model.luck import ANY, FIRST_NEED, FIRST_RENEWAL, FRIEND, LISTENS, NEEDS, TELLS
from sim.model.meeting import become_aware, channel_of_offer, forget_relationship, hear_story, meet_contacts
from sim.model.moving import move_away
from sim.model.world import World, count, feel, is_aimed_at
from sim.rules.arithmetic import as_float, as_int
from sim.rules.chance import happens, one_of
from sim.rules.compile import compiled, compiled_apart
from sim.rules.defection import reason_for_forgetting
from sim.rules.journey import has_been_thought_over, remorse_probability
from sim.rules.memory import AWARE, CUSTOMER, STRANGER, relationship_is_forgotten
from sim.rules.need import CONTRACT, needs_this_week, renewal_is_due
from sim.rules.prices import OLD
from sim.rules.retention import ONBOARDING, REFERRAL
from sim.rules.satisfaction import WORST
from sim.rules.word_of_mouth import telling_for_reward, telling_probability
from sim.state.customers import FORMER, NO_CHANNEL, NOBODY, UNKNOWN
from sim.state.tally import Item

# ---------------------------------------------------------------------------------------------------------- listening


@compiled
def listen(row: int, words: np.ndarray, at: int, world: World) -> None:
    """Hear what one friend published last week, perhaps.

    Parameters
    ----------
    words, at : this week's listening draw, column ``at`` of int64 (words, rows)
    """
    me, bonds = world.customers.people[row], world.customers.bonds
    me.heard_about = NOBODY
    me.heard_from_customer_of = NOBODY
    if happens(as_float(me.listening), as_int(words[LISTENS, at])):
        chosen = a_friend(row, as_int(words[FRIEND, at]), world)
        if chosen != NOBODY:
            friend = world.customers.people[chosen]
            me.heard_about = friend.told_about
            me.heard_story = friend.told_story
            me.heard_for_reward = friend.told_for_reward
            if world.rules.trust.friend_effect != 0.0:
                supplier = as_int(friend.last_supplier)
                if supplier != NOBODY and as_int(bonds[chosen, supplier].relation) == CUSTOMER:
                    me.heard_from_customer_of = supplier


@compiled
def a_friend(row: int, word: int, world: World) -> int:
    """One friend, each as likely; where people have no lists of friends, anybody else."""
    first = as_int(world.friends.first[row])
    friends = as_int(world.friends.first[row + 1]) - first
    if friends > 0:
        return as_int(world.friends.ids[first + one_of(friends, word)])
    others = len(world.customers.people) - 1
    if others == 0:
        return NOBODY
    other = one_of(others, word)
    return other + 1 if other >= row else other


# ----------------------------------------------------------------------------------------------------------- deciding


@compiled
def decide(row: int, words: np.ndarray, at: int, world: World) -> None:
    """A week: what fades, a story, contacts, occasions to buy, and a story to tell; or a move out of the market.

    Parameters
    ----------
    words, at : this week's draw, column ``at`` of int64 (words, rows)
    """
    me = world.customers.people[row]
    if as_int(me.moves_tick) == world.moment.tick:
        move_away(row, world)
        return
    fade(row, world)
    tempted = hear_story(row, world) | meet_contacts(row, words, at, world)
    go_shopping(row, tempted, as_int(words[NEEDS, at]), world)
    tell(row, as_int(words[TELLS, at]), world)


@compiled
def fade(row: int, world: World) -> None:
    """What was felt fades; names, departures and silent relationships are forgotten when their time has come."""
    me, tick = world.customers.people[row], world.moment.tick
    push_keep, heard_keep = world.rules.acquisition.push_keep, world.rules.talk.keep
    by_contract = world.rules.need.clock == CONTRACT
    for j in range(len(world.offers)):
        bond = world.customers.bonds[row, j]
        bond.push = as_float(bond.push) * push_keep
        bond.heard = as_float(bond.heard) * heard_keep
        silent_weeks = tick - as_int(bond.last_tick)
        if silent_weeks == world.list_weeks:
            count(world.tally, row, j, Item.DELISTED, 1)
        relation = as_int(bond.relation)
        if relation == CUSTOMER:
            brood(row, j, silent_weeks, world)
            unreminded_weeks = min(silent_weeks, tick - as_int(bond.reminder_tick))
            kept = by_contract or as_int(me.backs) == j
            if not kept and relationship_is_forgotten(unreminded_weeks, world.rules.memory):
                forget_relationship(row, j, why_forgotten(row, j, world), world)
        elif relation != STRANGER and as_int(bond.due_tick) == tick:
            if relation == AWARE:
                bond.relation = STRANGER
                bond.source = UNKNOWN
                count(world.tally, row, j, Item.AWARE, -1)
            else:
                become_aware(row, j, FORMER, world)


@compiled
def brood(row: int, j: int, silent_weeks: int, world: World) -> None:
    """What a customer's feelings do without an order: an open complaint, and regret after the first one."""
    bond = world.customers.bonds[row, j]
    if as_float(bond.open_complaint) != 0.0:
        wait_for_resolution(row, j, world)
    if has_been_thought_over(as_int(bond.orders), silent_weeks, world.rules.journey):
        regret(row, j, world)


@compiled_apart
def regret(row: int, j: int, world: World) -> None:
    """A first order has been thought over: was it a mistake?"""
    bond = world.customers.bonds[row, j]
    rules = world.rules.journey
    word = luck.of_regret(world.moment, row, j)
    let_through = let_through_by(row, j, ONBOARDING, world)
    if happens(remorse_probability(let_through, rules), word):
        count(world.tally, row, j, Item.REGRETS, 1)
        feel(row, j, max(as_float(bond.satisfaction) - rules.remorse_loss, WORST), world)


@compiled
def why_forgotten(row: int, j: int, world: World) -> int:
    """The reason that is booked for a relationship without orders."""
    elsewhere = as_int(world.customers.people[row].last_supplier)
    price_elsewhere = as_float(world.offers[elsewhere].price[OLD])
    return reason_for_forgetting(elsewhere != j, as_float(world.offers[j].price[OLD]), price_elsewhere)


@compiled
def under_contract(row: int, world: World) -> bool:
    """Does this person hold a contract? Then nothing is bought elsewhere, nor a second time."""
    if world.rules.need.clock != CONTRACT:
        return False
    for j in range(len(world.offers)):
        bond = world.customers.bonds[row, j]
        if as_int(bond.relation) == CUSTOMER:
            return True
    return False


@compiled
def go_shopping(row: int, tempted: int, word: int, world: World) -> None:
    """Contracts to renew; or else offers, in the order of businesses, and then needs.

    An offer made by a contact, a story or a reminder is between its business and nothing. A contract signed at one
    occasion ends the search.

    Parameters
    ----------
    tempted : the bits of businesses whose offers make an occasion, and of the channels that made them
    word : of this week's needs
    """
    me = world.customers.people[row]
    bound = under_contract(row, world)
    needs = 0
    if not bound and word < as_int(me.need_threshold):
        needs = needs_this_week(as_float(me.weekly_need) * world.traits.climate.need, word)
    if not bound and tempted == 0 and needs == 0:
        return
    businesses = len(world.offers)
    for turn in range(businesses if bound else businesses + needs):
        number, only = turn, turn
        wanted, offered_by = False, NO_CHANNEL
        if bound:
            number = FIRST_RENEWAL + turn
            wanted = contract_ends(row, turn, world)
        elif turn < businesses:
            wanted = (tempted >> turn) & 1 == 1 and not under_contract(row, world)
            offered_by = channel_of_offer(tempted, turn)
        else:
            number, only = FIRST_NEED + turn - businesses, ANY
            wanted = not under_contract(row, world)
        if wanted:
            occasion(row, number, only, offered_by, world)


@compiled
def contract_ends(row: int, j: int, world: World) -> bool:
    """Does a contract with this business end this week?"""
    bond = world.customers.bonds[row, j]
    if as_int(bond.relation) != CUSTOMER:
        return False
    age = world.moment.tick - as_int(bond.start_tick)
    return renewal_is_due(age, world.rules.need.renewal_weeks)


@compiled
def tell(row: int, word: int, world: World) -> None:
    """Publish a story about the supplier of the last order, if still its customer; friends may read it next week."""
    me, bonds = world.customers.people[row], world.customers.bonds
    me.told_about = NOBODY
    me.told_for_reward = 0
    mine = as_int(me.backs)
    if mine != NOBODY and as_int(bonds[row, mine].relation) == CUSTOMER:
        contented = as_float(bonds[row, mine].satisfaction) > 0.0
        if contented and happens(as_float(world.offers[mine].backers_tell), word):
            publish(row, mine, world)
            return
    j = as_int(me.last_supplier)
    if j == NOBODY or as_int(bonds[row, j].relation) != CUSTOMER:
        return
    satisfaction = as_float(bonds[row, j].satisfaction)
    chance = telling_probability(satisfaction, world.rules.talk)
    asked = as_float(world.offers[j].referral)
    if asked != 0.0 and not is_aimed_at(row, j, REFERRAL, world):
        asked = 0.0
    prompted = telling_for_reward(chance, satisfaction, asked)
    if happens(chance + prompted, word):
        publish(row, j, world)
        if not happens(chance, word):
            me.told_for_reward = 1
            bonds[row, j].recommended_tick = world.moment.tick


@compiled
def publish(row: int, j: int, world: World) -> None:
    """Put this week's story where friends can find it."""
    me, bond = world.customers.people[row], world.customers.bonds[row, j]
    satisfaction = as_float(bond.satisfaction)
    me.told_about = j
    me.told_story = satisfaction
    count(world.tally, row, j, Item.GOOD_STORIES if satisfaction >= 0.0 else Item.BAD_STORIES, 1)
