"""Two clocks, one week: the compiled loop over rows and the Mesa loop over agents.

Neither knows a rule. Both make this week's draws and call ``listen`` for everybody, then ``decide`` for everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.model.luck import LISTENING, WEEKLY, words_a_week
from sim.model.week import decide, listen
from sim.model.world import World
from sim.rules.compile import compiled, settled
from sim.state.draws import Moment, philox
from sim.state.tally import BLOCK, blocks_of

if TYPE_CHECKING:
    from sim.model.market import Market

TILE = 256
"""Rows whose draws are made in one go, so that the compiler can make several at once; no result depends on it."""


BLOCKS_A_THREAD = 8
"""With fewer blocks for each of them, threads wait for each other longer than they save: see docs/performance.md."""


@compiled
def draw_tile(first: int, count: int, purpose: int, luck: np.ndarray, moment: Moment) -> None:
    """The weekly draws of ``count`` rows from ``first`` on, into int64 (words, rows)."""
    for number in range(luck.shape[0] // 4):
        for at in range(count):
            words = philox(first + at, moment.tick, purpose, number, moment.seed_low, moment.seed_high)
            luck[4 * number, at] = words[0]
            luck[4 * number + 1, at] = words[1]
            luck[4 * number + 2, at] = words[2]
            luck[4 * number + 3, at] = words[3]


@compiled
def listen_rows(first: int, last: int, luck: np.ndarray, world: World) -> None:
    """Everybody from row ``first`` to before ``last`` listens."""
    for start in range(first, last, luck.shape[1]):
        count = min(luck.shape[1], last - start)
        draw_tile(start, count, LISTENING, luck, world.moment)
        for at in range(count):
            listen(start + at, luck, at, world)


@compiled
def decide_rows(first: int, last: int, luck: np.ndarray, world: World) -> None:
    """Everybody from row ``first`` to before ``last`` decides."""
    for start in range(first, last, luck.shape[1]):
        count = min(luck.shape[1], last - start)
        draw_tile(start, count, WEEKLY, luck, world.moment)
        for at in range(count):
            decide(start + at, luck, at, world)


class Crew:
    """Threads that share the blocks of rows, each with its own space for draws; in a small market there is but one."""

    def __init__(self, people: int, businesses: int, threads: int) -> None:
        blocks = blocks_of(people)
        busy = max(min(threads, blocks // BLOCKS_A_THREAD), 1)
        bounds = np.linspace(0, blocks, busy + 1).astype(int) * BLOCK
        self.spans = [(int(a), min(int(b), people)) for a, b in zip(bounds[:-1], bounds[1:], strict=True)]
        self.listening = [np.zeros((4, TILE), np.int64) for _ in self.spans]
        self.weekly = [np.zeros((words_a_week(businesses), TILE), np.int64) for _ in self.spans]
        self.pool = ThreadPoolExecutor(len(self.spans)) if len(self.spans) > 1 else None
        self.settled: dict[Callable[..., None], Callable[..., None]] = {}

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"settled": {}}  # where machine code lies is known to one process only

    def work(self, kernel: Callable[..., None], space: list[np.ndarray], world: World) -> None:
        """Run one kernel over all rows and wait for the last thread."""
        if kernel not in self.settled:  # the types of a market's world stay what they are
            self.settled[kernel] = settled(kernel, *self.spans[0], space[0], world)
        rows = self.settled[kernel]
        if self.pool is None:
            ((first, last),) = self.spans
            rows(first, last, space[0], world)
            return
        jobs = [self.pool.submit(rows, *span, luck, world) for span, luck in zip(self.spans, space, strict=True)]
        for job in jobs:
            job.result()


def compiled_loop(market: Market) -> None:
    """Rows, block by block, in machine code."""
    crew = market.crew
    crew.work(listen_rows, crew.listening, market.world)
    crew.work(decide_rows, crew.weekly, market.world)


def mesa_loop(market: Market) -> None:
    """Agents, one by one, in Mesa's own idiom of simultaneous activation."""
    market.customers.do("step")
    market.customers.do("advance")


def shuffled_mesa_loop(market: Market) -> None:
    """Agents in random order: the same bits, because their order cannot matter."""
    market.customers.shuffle_do("step")
    market.customers.shuffle_do("advance")


LOOPS: dict[str, Callable[[Market], None]] = {
    "compiled": compiled_loop,
    "mesa": mesa_loop,
    "shuffled": shuffled_mesa_loop,
}
