"""Moving: a person leaves the market for good, and a newcomer who knows nobody takes the place."""

from __future__ import annotations

from sim.model.meeting import leave
from sim.model.world import World, count
from sim.rules.arithmetic import as_int
from sim.rules.compile import compiled_seldom, compiled_within
from sim.rules.defection import MOVED
from sim.rules.memory import CUSTOMER, NEVER, STRANGER
from sim.state.births import be_born
from sim.state.customers import LONG_AGO, NOBODY, UNKNOWN
from sim.state.tally import Item


@compiled_seldom
def move_away(row: int, world: World) -> None:
    """Customers are lost, letters come back, so the list shrinks too; friends stay those of the place."""
    me = world.customers.people[row]
    tick = world.moment.tick
    for j in range(len(world.offers)):
        bond = world.customers.bonds[row, j]
        if as_int(bond.relation) == CUSTOMER:
            leave(row, j, MOVED, world)
        if as_int(bond.relation) != STRANGER:
            count(world.tally, row, j, Item.AWARE, -1)
        if tick - as_int(bond.last_tick) <= world.list_weeks:
            count(world.tally, row, j, Item.DELISTED, 1)
            count(world.tally, row, j, Item.DELISTED_MOVED, 1)
        forget_business(row, j, world)
    me.backs = NOBODY
    me.told_about = NOBODY
    me.told_story = 0.0
    me.told_for_reward = 0
    me.heard_about = NOBODY
    me.heard_story = 0.0
    me.heard_for_reward = 0
    me.heard_from_customer_of = NOBODY
    me.last_supplier = NOBODY
    be_born(row, world.customers, world.traits, world.friends, world.moment)


@compiled_within
def forget_business(row: int, j: int, world: World) -> None:
    """Nothing has happened yet between this person and a business."""
    bond = world.customers.bonds[row, j]
    bond.push = 0.0
    bond.heard = 0.0
    bond.expected_price = 0.0
    bond.relation = STRANGER
    bond.source = UNKNOWN
    bond.channel = 0
    bond.orders = 0
    bond.orders_ever = 0
    bond.lines = 0
    bond.first_tick = NEVER
    bond.start_tick = 0
    bond.last_tick = LONG_AGO
    bond.due_tick = 0
    bond.contact_tick = LONG_AGO
    bond.reminder_tick = LONG_AGO
    bond.friend_tick = LONG_AGO
    bond.open_complaint = 0.0
    bond.complaints = 0.0
    bond.complaint_tick = LONG_AGO
