"""What the machine could do at best: the price of each thing that a week cannot do without, measured, and their sum.

The sum assumes that nothing overlaps and nothing else is done. It is an estimate to hold the kernel against, no proof.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.experiment.bench.findings import Row, Sample, interleaved, once, sample_of
from sim.experiment.bench.workload import BUSINESSES, NANO, OCCASIONS, STORIES_OFFERED
from sim.model.luck import words_a_week
from sim.rules.arithmetic import as_float, exp
from sim.rules.compile import compiled
from sim.state.customers import CACHE_LINE
from sim.state.draws import Moment, draw, moment, philox

TILE = 256
BLOCKS = 1 << 14
READS = 1 << 18
BRANCHES = 1 << 16
HALF = 1 << 31
"""Of all words that can be drawn, the lower ones."""


class Price(NamedTuple):
    """Nanoseconds of one of each."""

    line_copied: Sample
    """A cache line of 64 bytes, read and written, one after the other."""
    line_anywhere: Sample
    """A cache line read at a random place."""
    block_of_many: Sample
    """A Philox block of four words, made in a tile."""
    block_alone: Sample
    """A Philox block asked for by its address."""
    exp: Sample
    """Our own exponential."""
    branch: Sample
    """A branch that was foreseen wrongly."""


@compiled
def copy_lines(source: np.ndarray, target: np.ndarray) -> None:
    """Copy int64 words."""
    for at in range(len(source)):
        target[at] = source[at]


@compiled
def read_anywhere(lines: np.ndarray, reads: int) -> int:
    """Read the first word of lines in an order that no machine foresees; int64 (lines, words)."""
    total, place = 0, 1
    for _ in range(reads):
        place = (place * 1103515245 + 12345) & 0x7FFFFFFF
        total += int(lines[(place * len(lines)) >> 31, 0])
    return total


@compiled
def many_blocks(blocks: int, luck: np.ndarray) -> None:
    """Philox blocks, a tile at a time, into int64 (4, rows)."""
    for first in range(0, blocks, luck.shape[1]):
        for at in range(luck.shape[1]):
            words = philox(first + at, 1, 2, 3, 4, 5)
            luck[0, at] = words[0]
            luck[1, at] = words[1]
            luck[2, at] = words[2]
            luck[3, at] = words[3]


@compiled
def single_blocks(blocks: int, when: Moment) -> int:
    """Philox blocks asked for one by one."""
    total = 0
    for row in range(blocks):
        total ^= draw(when, row, 1, 2, 3)[0]
    return total


@compiled
def exponentials(numbers: np.ndarray, found: np.ndarray) -> None:
    """Exponentials of numbers that do not depend on each other, float64."""
    for at in range(len(numbers)):
        found[at] = exp(as_float(numbers[at]))


@compiled
def branches(numbers: np.ndarray, when: Moment) -> int:
    """Do something for the lower half of numbers and nothing for the others."""
    total = 0
    for at in range(len(numbers)):
        if int(numbers[at]) < HALF:
            total ^= draw(when, at, 1, 2, 3)[0]
    return total


def prices(people: int, rounds: int) -> Price:
    """Measure them, on tables as large as those of so many people.

    Parameters
    ----------
    rounds : of each, in turns; medians are told
    """
    lines = people * (1 + BUSINESSES)
    table = np.zeros((lines, CACHE_LINE // 8), np.int64)
    words, copied = table.ravel(), np.zeros(table.size, np.int64)
    luck, numbers = np.zeros((4, TILE), np.int64), np.linspace(-2.0, 2.0, BLOCKS)
    found = np.empty(BLOCKS)
    when = moment(1, 1)
    drawn = np.array([draw(when, at, 1, 2, 3)[1] for at in range(BRANCHES)], np.int64)
    known = np.sort(drawn)
    subjects = {
        "line_copied": (lambda: copy_lines(words, copied), lines),
        "line_anywhere": (lambda: read_anywhere(table, READS), READS),
        "block_of_many": (lambda: many_blocks(BLOCKS, luck), BLOCKS),
        "block_alone": (lambda: single_blocks(BLOCKS, when), BLOCKS),
        "exp": (lambda: exponentials(numbers, found), BLOCKS),
        "unforeseen": (lambda: branches(drawn, when), BRANCHES),
        "foreseen": (lambda: branches(known, when), BRANCHES),
    }
    for subject, _ in subjects.values():
        subject()
    times = interleaved({name: subject for name, (subject, _) in subjects.items()}, rounds)
    each = {name: times[name].processor * NANO / count for name, (_, count) in subjects.items()}
    # half of the numbers go either way, and of those in no order half are foreseen wrongly
    branch = sample_of(np.maximum(each.pop("unforeseen") - each.pop("foreseen"), 0.0) * 2.0)
    return Price(**{name: sample_of(values) for name, values in each.items()}, branch=branch)


class Need(NamedTuple):
    """How often a customer and week needs something, and of what."""

    what: str
    times: float
    price: str


def needs() -> list[Need]:
    """The least that the core week does for a customer: the formula of the limit, term by term."""
    occasions = OCCASIONS / 52.0
    heard = 1.0 - float(np.exp(-STORIES_OFFERED))
    return [
        Need("lines of the person and its bonds, read and written when deciding", 1.0 + BUSINESSES, "line_copied"),
        Need("line of the person, read and written when listening", 1.0, "line_copied"),
        Need("line of a friend who is heard", heard, "line_anywhere"),
        Need("draws that everybody needs: listening, and those of the week", 1.0 + words_a_week(BUSINESSES) / 4.0,
             "block_of_many"),
        Need("draws of an occasion: the race, the order, its size", 3.0 * occasions, "block_alone"),
        Need("exponentials and logarithms of an occasion", 10.0 * occasions, "exp"),
        Need("branches: does a need arise, is a friend heard", 2.0 * occasions + heard, "branch"),
        Need("branches of an occasion: who runs, who wins, who stays", 4.0 * occasions, "branch"),
    ]  # fmt: skip


def limit(price: Price) -> float:
    """Nanoseconds per customer and week.

    Check
    -----
    >>> limit(Price(*[once(0.0)] * 6))
    0.0
    """
    return sum(need.times * getattr(price, need.price).median for need in needs())


def rows(price: Price, people: int) -> list[Row]:
    """Prices, the formula and its sum, as lines of the table."""
    group = f"estimated limit, {people:,} people"
    primitives = [
        Row(group, name.replace("_", " "), sample, "ns") for name, sample in zip(Price._fields, price, strict=True)
    ]
    terms = [
        Row(
            group,
            need.what,
            once(need.times * getattr(price, need.price).median),
            "ns per customer-week",
            f"{need.times:.2f} x {need.price.replace('_', ' ')}",
        )
        for need in needs()
    ]
    return [*primitives, *terms, Row(group, "the sum: a limit", once(limit(price)), "ns per customer-week")]
