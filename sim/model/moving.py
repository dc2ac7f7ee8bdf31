"""Moving and closing: a person leaves the market for good, and a newcomer who knows nobody takes the place; or a
business does, and nobody takes its own.
"""

from __future__ import annotations

from sim.model.meeting import leave
from sim.model.world import World, count
from sim.rules.arithmetic import as_int
from sim.rules.compile import compiled, compiled_apart
from sim.rules.defection import CLOSED, MOVED
from sim.rules.memory import CUSTOMER, NEVER, STRANGER
from sim.state.births import be_born
from sim.state.customers import LONG_AGO, NOBODY, UNKNOWN
from sim.state.tally import Item


@compiled_apart
def move_away(row: int, world: World) -> None:
    """Customers are lost, letters come back, so the list shrinks too; friends stay those of the place."""
    me = world.customers.people[row]
    tick = world.moment.tick
    for j in range(len(world.offers)):
        if tick - as_int(world.customers.bonds[row, j].last_tick) <= world.list_weeks:
            count(world.tally, row, j, Item.DELISTED_MOVED, 1)
        part_with(row, j, MOVED, world)
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


@compiled
def orphan(j: int, world: World) -> None:
    """A business is gone for good, before anybody listens: its customers are lost, its list ends, nobody knows it."""
    for row in range(len(world.customers.people)):
        me = world.customers.people[row]
        part_with(row, j, CLOSED, world)
        if as_int(me.told_about) == j:
            me.told_about = NOBODY
        if as_int(me.backs) == j:
            me.backs = NOBODY


@compiled_apart
def part_with(row: int, j: int, reason: int, world: World) -> None:
    """This person and this business will not meet again."""
    bond = world.customers.bonds[row, j]
    if as_int(bond.relation) == CUSTOMER:
        leave(row, j, reason, world)
    if as_int(bond.relation) != STRANGER:
        count(world.tally, row, j, Item.AWARE, -1)
    if world.moment.tick - as_int(bond.last_tick) <= world.list_weeks:
        count(world.tally, row, j, Item.DELISTED, 1)
    forget_business(row, j, world)


@compiled
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
    bond.visit_tick = LONG_AGO
    bond.contact_tick = LONG_AGO
    bond.reminder_tick = LONG_AGO
    bond.friend_tick = LONG_AGO
    bond.open_complaint = 0.0
    bond.complaints = 0.0
    bond.complaint_tick = LONG_AGO
    bond.recommended_tick = LONG_AGO
