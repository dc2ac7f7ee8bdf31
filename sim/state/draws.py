"""Random numbers by counter: who, when and what for decide a draw; the order of asking never does.

Philox 4x32-10 turns a key (the seed) and a counter (row, tick, purpose and slot, number) into four 32-bit words. Every
draw of the model has an address of its own, so two worlds with the same seed share every draw that both of them need:
common random numbers for nothing, whatever the loop, the threads or the other people.

Source
------
Salmon, Moraes, Dror & Shaw (2011), Parallel random numbers: as easy as 1, 2, 3. Words are kept in signed 64-bit
integers: masked after every product, they are the same compiled (where products wrap) and interpreted (where not).
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from sim.rules.arithmetic import exp, log, sqrt
from sim.rules.chance import standard_normal, uniform
from sim.rules.compile import compiled, compiled_apart

MASK = 0xFFFFFFFF
Words = tuple[int, int, int, int]


class Purpose(IntEnum):
    """What a draw is for. Append only: a number once used keeps its meaning, or old results could not be reproduced."""

    # once, when a world is made
    SEGMENT = 1
    NEED_RATE = 2
    LEAVING = 3
    SPENDING = 4
    PRICE_SENSITIVITY = 5
    AFFINITY = 6
    MATCH = 7
    KNOWN = 8
    NETWORK = 9
    FURTHER_LINES = 10
    MOVE = 11
    NEIGHBOURHOOD = 12
    BACKER = 13
    # every week
    LISTENING = 32
    WEEK = 33
    OFFER = 34
    RACE = 35
    OCCASION = 36
    ORDER_VALUE = 37
    DATE = 38
    COMPLAINT = 39
    RESOLUTION = 40
    LINE = 41
    REGRET = 42
    SURVEY = 43


class Moment(NamedTuple):
    """When a draw is made: the two halves of the seed and the tick (weeks since the world began)."""

    seed_low: int
    seed_high: int
    tick: int


def moment(seed: int, tick: int) -> Moment:
    """The address of a week in the world of a 64-bit seed."""
    return Moment(seed & MASK, (seed >> 32) & MASK, tick)


@compiled
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> Words:
    """Philox 4x32-10: four words from a counter of four and a key of two.

    Check
    -----
    >>> [f"{word:08x}" for word in philox(0, 0, 0, 0, 0, 0)]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    for _ in range(10):
        first = 0xD2511F53 * c0
        second = 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (
            ((second >> 32) & 0xFFFFFFFF) ^ c1 ^ k0,
            second & 0xFFFFFFFF,
            ((first >> 32) & 0xFFFFFFFF) ^ c3 ^ k1,
            first & 0xFFFFFFFF,
        )
        k0 = (k0 + 0x9E3779B9) & 0xFFFFFFFF
        k1 = (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c0, c1, c2, c3


@compiled_apart
def draw(moment: Moment, row: int, purpose: int, slot: int, number: int) -> Words:
    """Four words for one person (row), one purpose, one slot (a business, an occasion) and one number in a series."""
    return philox(row, moment.tick, purpose | (slot << 8), number, moment.seed_low, moment.seed_high)


@compiled_apart
def gamma_above_one(shape: float, moment: Moment, row: int, purpose: int, slot: int) -> float:
    """A draw from Gamma(shape, scale 1), shape at least 1.

    Rejected tries use up numbers of this draw's own series, so they never shift another draw.

    Source
    ------
    Marsaglia & Tsang (2000), A simple method for generating gamma variables.
    """
    d = shape - 1.0 / 3.0
    c = 1.0 / sqrt(9.0 * d)
    number = 0
    while True:
        words = draw(moment, row, purpose, slot, number)
        for first in range(0, 4, 2):
            x = standard_normal(words[first])
            v = 1.0 + c * x
            if v > 0.0:
                v = v * v * v
                word = uniform(words[first + 1])
                if word < 1.0 - 0.0331 * x * x * x * x:  # Marsaglia and Tsang's squeeze: surely accepted
                    return d * v
                if log(word) < 0.5 * x * x + d - d * v + d * log(v):
                    return d * v
        number += 1


@compiled_apart
def log_gamma(shape: float, moment: Moment, row: int, purpose: int, slot: int) -> float:
    """The logarithm of a draw from Gamma(shape, scale 1), any shape above 0.

    Shapes as small as .03 are in use; their draws underflow, their logarithms do not: a draw of shape + 1 times
    U^(1 / shape). The slot's upper half is kept for U.
    """
    if shape >= 1.0:
        return log(gamma_above_one(shape, moment, row, purpose, slot))
    words = draw(moment, row, purpose, slot | 0x8000, 0)
    return log(gamma_above_one(shape + 1.0, moment, row, purpose, slot)) + log(uniform(words[0])) / shape


@compiled_apart
def beta(a: float, b: float, moment: Moment, row: int, purpose: int, slot: int) -> float:
    """A draw from Beta(a, b) out of two gamma draws, taken as logarithms so that small a and b do not underflow."""
    first = log_gamma(a, moment, row, purpose, slot)
    second = log_gamma(b, moment, row, purpose, slot + 1)
    return 1.0 / (1.0 + exp(second - first))
