"""Complaints: made after a failed order, resolved or left to wait."""

from __future__ import annotations

from sim.model import luck
from sim.model.luck import AT_ONCE, COMPLAINS
from sim.model.world import World, count, feel, is_aimed_at
from sim.rules.arithmetic import as_float, as_int
from sim.rules.chance import happens
from sim.rules.compile import compiled, compiled_apart
from sim.rules.complaints import HALF_A_WEEK, WEEK, complaints_remembered, resolution_probability
from sim.rules.retention import SERVICE
from sim.rules.satisfaction import BEST, WORST
from sim.state.tally import Item

SMALLEST_HARM = 1e-6
"""What an open complaint is about, at least: 0 stands for none."""


@compiled_apart
def complain(row: int, j: int, number: int, taken: float, world: World) -> bool:
    """Perhaps complain about a failed order; the complaint may be resolved before the week is over.

    Who has an open complaint adds to it: both are one case, put right together, and what both failures took comes back
    in part.

    Parameters
    ----------
    number : of the occasion in the person's week
    taken : what the failure took from satisfaction

    Returns
    -------
    whether it is complained about
    """
    bond = world.customers.bonds[row, j]
    words = luck.of_failure(world.moment, row, number, j)
    if not happens(world.rules.complaints.complains, words[COMPLAINS]):
        return False
    count(world.tally, row, j, Item.COMPLAINTS, 1)
    bond.complaints = earlier_complaints(row, j, world) + 1.0
    bond.complaint_tick = world.moment.tick
    if as_float(bond.open_complaint) == 0.0:
        count(world.tally, row, j, Item.OPEN_COMPLAINTS, 1)
    bond.open_complaint = as_float(bond.open_complaint) + max(taken, SMALLEST_HARM)
    if happens(resolution_probability(days_here(row, j, world), HALF_A_WEEK), words[AT_ONCE]):
        resolve(row, j, world)
    return True


@compiled_apart
def wait_for_resolution(row: int, j: int, world: World) -> None:
    """A week with an open complaint: it is resolved, or the waiting takes something more."""
    bond = world.customers.bonds[row, j]
    word = luck.of_resolution(world.moment, row, j)
    if happens(resolution_probability(days_here(row, j, world), WEEK), word):
        resolve(row, j, world)
    else:
        satisfaction = as_float(bond.satisfaction) - world.rules.complaints.waiting_harm
        feel(row, j, max(satisfaction, WORST), world)


@compiled
def days_here(row: int, j: int, world: World) -> float:
    """How many days this person's complaint waits on average: fewer for those at whom the service is aimed."""
    offer = world.offers[j]
    aimed = is_aimed_at(row, j, SERVICE, world)
    return as_float(offer.days_to_resolve) if aimed else as_float(offer.days_without_service)


@compiled
def resolve(row: int, j: int, world: World) -> None:
    """The business puts it right: part of what the failure took comes back."""
    bond = world.customers.bonds[row, j]
    regained = world.rules.complaints.recovery * as_float(bond.open_complaint)
    feel(row, j, min(as_float(bond.satisfaction) + regained, BEST), world)
    count(world.tally, row, j, Item.RESOLVED, 1)
    close_complaint(row, j, world)


@compiled
def close_complaint(row: int, j: int, world: World) -> None:
    """No complaint is open any more, whether it was resolved or not."""
    bond = world.customers.bonds[row, j]
    if as_float(bond.open_complaint) != 0.0:
        bond.open_complaint = 0.0
        count(world.tally, row, j, Item.OPEN_COMPLAINTS, -1)


@compiled
def earlier_complaints(row: int, j: int, world: World) -> float:
    """Complaints made here before, as far as they are remembered."""
    bond = world.customers.bonds[row, j]
    weeks = world.moment.tick - as_int(bond.complaint_tick)
    return complaints_remembered(as_float(bond.complaints), weeks, world.rules.complaints)
