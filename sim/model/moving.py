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
    people, tick = world.customers, world.moment.tick
    for j in range(people.relation.shape[1]):
        if as_int(people.relation[row, j]) == CUSTOMER:
            leave(row, j, MOVED, world)
        if as_int(people.relation[row, j]) != STRANGER:
            count(world.tally, row, j, Item.AWARE, -1)
        if tick - as_int(people.last_tick[row, j]) <= world.list_weeks:
            count(world.tally, row, j, Item.DELISTED, 1)
            count(world.tally, row, j, Item.DELISTED_MOVED, 1)
        forget_business(row, j, world)
    people.backs[row] = NOBODY
    people.told_about[row] = NOBODY
    people.told_story[row] = 0.0
    people.told_for_reward[row] = 0
    people.heard_about[row] = NOBODY
    people.heard_story[row] = 0.0
    people.heard_for_reward[row] = 0
    people.heard_from_customer_of[row] = NOBODY
    people.last_supplier[row] = NOBODY
    be_born(row, people, world.traits, world.friends, world.moment)


@compiled_within
def forget_business(row: int, j: int, world: World) -> None:
    """Nothing has happened yet between this person and a business."""
    people = world.customers
    people.push[row, j] = 0.0
    people.heard[row, j] = 0.0
    people.expected_price[row, j] = 0.0
    people.relation[row, j] = STRANGER
    people.source[row, j] = UNKNOWN
    people.channel[row, j] = 0
    people.orders[row, j] = 0
    people.orders_ever[row, j] = 0
    people.lines[row, j] = 0
    people.first_tick[row, j] = NEVER
    people.start_tick[row, j] = 0
    people.last_tick[row, j] = LONG_AGO
    people.due_tick[row, j] = 0
    people.contact_tick[row, j] = LONG_AGO
    people.reminder_tick[row, j] = LONG_AGO
    people.friend_tick[row, j] = LONG_AGO
    people.open_complaint[row, j] = 0.0
    people.complaints[row, j] = 0.0
    people.complaint_tick[row, j] = LONG_AGO
