"""Strategies that break the contract, each in one way: what the tests of the contract must catch."""

from __future__ import annotations

from typing import NamedTuple

from sim.strategies.books import Books, Decision

CALLS: list[int] = []


class Negative(NamedTuple):
    def plan(self, books: Books) -> Decision:
        return Decision(min(books.volume.profit, -1.0), 0.5)


class Endless(NamedTuple):
    def plan(self, books: Books) -> Decision:
        return Decision(float("inf"), 0.5)


class MoreThanAll(NamedTuple):
    def plan(self, books: Books) -> Decision:
        return Decision(0.0, 1.0 + 1e-9)


class Forgetful(NamedTuple):
    """Counts its calls outside of what it learned."""

    def plan(self, books: Books) -> Decision:
        CALLS.append(books.week)
        return Decision(float(len(CALLS)), 0.5)


class Changing:
    """Keeps a note in itself."""

    def __init__(self) -> None:
        self.asked = 0

    def plan(self, books: Books) -> Decision:
        self.asked += 1
        return Decision(1.0, 0.5)


class Superstitious(NamedTuple):
    """Looks at something that differs from process to process."""

    def plan(self, books: Books) -> Decision:
        return Decision(float(hash("luck") % 1_000_003), 0.5)


class Dividing(NamedTuple):
    """Needs customers."""

    def plan(self, books: Books) -> Decision:
        return Decision(books.volume.revenue / books.listed_customers, 0.5)


class Trusting(NamedTuple):
    """Takes whatever it learned for its own."""

    def plan(self, books: Books) -> Decision:
        (spend,) = books.learned or (1.0,)
        return Decision(1.0, 0.5, (spend,))
