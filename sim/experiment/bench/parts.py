"""Where the time of a week goes: its steps, each in a loop of its own over the same people.

Nobody lives through these loops: they run on a market that is thrown away, and a step alone is a little cheaper than
among the others, or dearer, for it has to fetch its people for itself. What occasions take is not among them: it is
what weeks with more needs cost more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np

from sim.experiment.bench.findings import Row, interleaved, sample_of
from sim.experiment.bench.workload import HARDLY_ANYBODY, NANO, PLANNING_WEEKS, Workload, settled
from sim.model.loops import TILE, decide_rows, draw_tile, listen_rows
from sim.model.luck import TELLS, WEEKLY, words_a_week
from sim.model.meeting import meet_contacts
from sim.model.week import fade, tell
from sim.model.world import World
from sim.rules.arithmetic import as_int
from sim.rules.compile import compiled
from sim.state.draws import Moment

CENSUS = "the census, a fourth of it: it is taken every fourth week"
REPEATS = 20
"""Of a phase that takes microseconds, in each round."""


@compiled
def draw_rows(first: int, last: int, purpose: int, luck: np.ndarray, moment: Moment) -> None:
    """Only the draws of a week."""
    for start in range(first, last, luck.shape[1]):
        draw_tile(start, min(luck.shape[1], last - start), purpose, luck, moment)


@compiled
def fade_rows(first: int, last: int, world: World) -> None:
    """Only what fades."""
    for row in range(first, last):
        fade(row, world)


@compiled
def contact_rows(first: int, last: int, luck: np.ndarray, world: World) -> None:
    """Only contacts, with the draws of the last tile for everybody."""
    for row in range(first, last):
        meet_contacts(row, luck, row % luck.shape[1], world)


@compiled
def tell_rows(first: int, last: int, luck: np.ndarray, world: World) -> None:
    """Only telling, with the draws of the last tile for everybody."""
    for row in range(first, last):
        tell(row, as_int(luck[TELLS, row % luck.shape[1]]), world)


def rows(load: Workload, rounds: int) -> list[Row]:
    """Nanoseconds per customer and week of each step."""
    market = settled(load)
    world, people = market.world, load.people
    listening, weekly = np.zeros((4, TILE), np.int64), np.zeros((words_a_week(load.businesses), TILE), np.int64)
    steps: dict[str, Callable[[], object]] = {
        "listening, its draw included": partial(listen_rows, 0, people, listening, world),
        "draws of the week": partial(draw_rows, 0, people, WEEKLY, weekly, world.moment),
        "fading and forgetting": partial(fade_rows, 0, people, world),
        "contacts": partial(contact_rows, 0, people, weekly, world),
        "telling": partial(tell_rows, 0, people, weekly, world),
        "deciding, all of it": partial(decide_rows, 0, people, weekly, world),
        CENSUS: partial(market.census.look, market),
    }
    for step in steps.values():
        step()
    times = interleaved(steps, rounds * PLANNING_WEEKS)
    each = {name: times[name].processor / people * NANO for name in steps}
    each[CENSUS] = each[CENSUS] / PLANNING_WEEKS
    group = f"where a week of {load.scenario} goes, {people:,} people"
    return [Row(group, name, sample_of(values), "ns per customer-week") for name, values in each.items()]


def fixed_rows(rounds: int) -> list[Row]:
    """Microseconds of each phase of a week in which hardly anybody lives; plans and censuses come every fourth week."""
    market = settled(Workload(HARDLY_ANYBODY))
    phases: dict[str, Callable[[], object]] = {
        "census, before every plan": partial(market.census.take, market),
        "plans, every fourth week": partial(_each, market.businesses, "plan"),
        "offers": partial(_each, market.businesses, "offer", market.offers),
        "listening and deciding: kernels entered and left": partial(market.loop, market),
        "books": market.close_books,
    }
    times = interleaved(phases, rounds * REPEATS)
    return [
        Row("fixed cost of a week, by phase", name, sample_of(times[name].processor).over(1e-6), "microseconds")
        for name in phases
    ]


def _each(things: Iterable[object], action: str, *arguments: object) -> None:
    for thing in things:
        getattr(thing, action)(*arguments)
