"""Books: all that a business can see, and Decision: all that it can do.

This border is what makes the laboratory fair: a strategy knows its own money, its own list of customers (the silently
departed included) and public facts of the market. Who is truly alive nobody knows.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

REVENUE, PROFIT, CUSTOMERS = 0, 1, 2
MEASURES = ("revenue", "profit", "customers")


class Volume(NamedTuple):
    """How big a business is, by each measure: money per week, or people on the list."""

    revenue: float
    profit: float
    customers: float


class Books(NamedTuple):
    """What a business sees when it plans; money in major units."""

    week: int
    """Weeks since the run began; negative in the years before."""
    cash: float
    credit_line: float
    listed_customers: int
    """People who ordered within the list window; under contract the live relationships."""
    prospects: int
    """People in the market who are not on the own list: a public fact."""
    volume: Volume
    """Recent volume: exponential means over 13 weeks; customers as of now."""
    opening: Volume
    """Volume of the year before week 0: what growth is counted from. Zeros before week 0."""
    classes: tuple[int, ...]
    """People in each class of customers, in the order of ``sim.rules.journey.CLASSES``; counted only while some lever
    is aimed at one."""
    learned: tuple[float, ...]
    """What the strategy noted at its last plan."""


class Decision(NamedTuple):
    """What a business does until its next plan."""

    spend_per_week: float
    """Marketing money, major units."""
    acquisition_share: float
    """Of that money, the part spent on winning customers; the rest keeps them."""
    learned: tuple[float, ...] = ()


class Strategy(Protocol):
    """A way to plan: a pure function of the books."""

    def plan(self, books: Books) -> Decision:
        """Decide about the coming weeks."""
        ...
