"""What one person's week may touch, and how things are counted there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.model import luck
from sim.rules.arithmetic import as_float, as_int
from sim.rules.compile import compiled
from sim.rules.journey import EVERYBODY, FORMER, PROMOTERS, has_class
from sim.rules.memory import CUSTOMER, NEVER
from sim.rules.need import CONTRACT
from sim.rules.value import whole
from sim.scenario.schema import Rules
from sim.state.births import Traits
from sim.state.customers import Customers
from sim.state.diary import Diary
from sim.state.draws import Moment
from sim.state.network import Friends
from sim.state.offers import Reach
from sim.state.tally import BLOCK, MICRO, Item


class World(NamedTuple):
    """Everything one person's week may touch."""

    customers: Customers
    friends: Friends
    offers: np.recarray  # one a business, see Offers
    reach: Reach
    rules: Rules
    traits: Traits
    moment: Moment
    tally: np.ndarray  # int64 (blocks, businesses, items)
    by_channel: np.ndarray  # int64 (blocks, businesses, channels, 2)
    diary: Diary
    opening_tick: int  # week 0 as a tick
    list_weeks: int
    minor_units: int  # smallest coins in one unit of money


@compiled
def count(tally: np.ndarray, row: int, j: int, item: int, amount: int) -> None:
    """Add to the tally of this person's block."""
    tally[row // BLOCK, j, item] += amount


@compiled
def come_into_question(row: int, j: int, world: World) -> None:
    """A person thinks of buying here, or is reached by a channel: traffic, counted once a week."""
    bond = world.customers.bonds[row, j]
    if as_int(bond.visit_tick) != world.moment.tick:
        bond.visit_tick = world.moment.tick
        count(world.tally, row, j, Item.TRAFFIC, 1)


@compiled
def millionths(satisfaction: float) -> int:
    """Satisfaction as a whole number, so that sums do not depend on order."""
    return whole(satisfaction * MICRO)


@compiled
def feel(row: int, j: int, satisfaction: float, world: World) -> None:
    """A customer's satisfaction from now on; its change is counted."""
    bond = world.customers.bonds[row, j]
    before = millionths(as_float(bond.satisfaction))
    bond.satisfaction = satisfaction
    count(world.tally, row, j, Item.SATISFACTION, millionths(as_float(bond.satisfaction)) - before)


@compiled
def is_in_class(row: int, j: int, aim: int, world: World) -> bool:
    """Does a business find this person in one of its classes? It sees orders, complaints, referrals, a survey."""
    listed = is_listed(row, j, world)
    if aim == FORMER:
        return not listed and has_been_listed(row, j, world)
    if not listed or aim == EVERYBODY:
        return listed
    orders = as_int(world.customers.bonds[row, j].orders_ever)
    answer = answer_to_survey(row, j, world) if aim == PROMOTERS else 0.0
    return has_class(aim, orders, weeks_since(row, j, world), answer, world.rules.journey)


@compiled
def is_listed(row: int, j: int, world: World) -> bool:
    """Is this person on the list of a business: ordered lately, or under contract?"""
    bond = world.customers.bonds[row, j]
    if world.rules.need.clock == CONTRACT:
        return as_int(bond.relation) == CUSTOMER
    return world.moment.tick - as_int(bond.last_tick) < world.list_weeks


@compiled
def has_been_listed(row: int, j: int, world: World) -> bool:
    """Would a business remember somebody who is not on its list any more?"""
    bond = world.customers.bonds[row, j]
    remembered_weeks = world.list_weeks + world.rules.memory.forgotten_weeks
    return as_int(bond.first_tick) != NEVER and world.moment.tick - as_int(bond.last_tick) < remembered_weeks


@compiled
def weeks_since(row: int, j: int, world: World) -> tuple[int, int, int, int]:
    """What ``has_class`` asks for: since the first order ever and the last, a complaint, a recommendation."""
    bond, tick = world.customers.bonds[row, j], world.moment.tick
    return (
        tick - as_int(bond.first_tick),
        tick - as_int(bond.last_tick),
        tick - as_int(bond.complaint_tick),
        tick - as_int(bond.recommended_tick),
    )


@compiled
def answer_to_survey(row: int, j: int, world: World) -> float:
    """Satisfaction as a survey finds it."""
    error = luck.of_survey(world.moment, row, j)
    return as_float(world.customers.bonds[row, j].satisfaction) + world.rules.journey.survey_noise * error


@compiled
def is_aimed_at(row: int, j: int, lever: int, world: World) -> bool:
    """Is a lever of a business meant for this person? What is meant for everybody asks nobody's class."""
    aim = as_int(world.offers[j].aim[lever])
    return aim == EVERYBODY or is_in_class(row, j, aim, world)
