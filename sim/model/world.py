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
    bond = world.customers.bonds[row, j]
    tick = world.moment.tick
    silent_weeks = tick - as_int(bond.last_tick)
    listed = silent_weeks < world.list_weeks
    if world.rules.need.clock == CONTRACT:
        listed = as_int(bond.relation) == CUSTOMER
    if aim == FORMER:
        ever = as_int(bond.first_tick) != NEVER
        return ever and not listed and silent_weeks < world.list_weeks + world.rules.memory.forgotten_weeks
    if not listed or aim == EVERYBODY:
        return listed
    answer = 0.0
    if aim == PROMOTERS:
        error = luck.of_survey(world.moment, row, j)
        answer = as_float(bond.satisfaction) + world.rules.journey.survey_noise * error
    since = (
        tick - as_int(bond.first_tick),
        silent_weeks,
        tick - as_int(bond.complaint_tick),
        tick - as_int(bond.recommended_tick),
    )
    return has_class(aim, as_int(bond.orders_ever), since, answer, world.rules.journey)


@compiled
def is_aimed_at(row: int, j: int, lever: int, world: World) -> bool:
    """Is a lever of a business meant for this person? What is meant for everybody asks nobody's class."""
    aim = as_int(world.offers[j].aim[lever])
    return aim == EVERYBODY or is_in_class(row, j, aim, world)
