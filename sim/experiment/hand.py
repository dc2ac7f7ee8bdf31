"""A hand on a plan: a strategy that lets somebody decide instead of the plan while the market runs."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import NamedTuple

from sim.strategies.books import IS_THERE, Books, Decision, Strategy
from sim.strategies.fixed import YEAR


class Held(NamedTuple):
    """What somebody decides instead of the plan; None is left to the plan."""

    spend_per_year: float | None = None
    acquisition_share: float | None = None
    price_new: float | None = None
    """What the standard order costs people who never ordered here."""
    price_old: float | None = None
    """And those who did."""
    channels: tuple[float, ...] | None = None
    """What part of the winning money each channel gets."""
    levers: tuple[float, ...] | None = None
    """What part of the keeping money each lever gets."""
    markets: tuple[int, ...] | None = None
    """Places of markets to enter."""

    def over(self, decision: Decision, price: float) -> Decision:
        """The decision with what is held in place of its own.

        Parameters
        ----------
        price : as the scenario lists it, for whoever's price nobody decides on

        Check
        -----
        >>> Held(price_old=45.0).over(Decision(100.0, 0.5), 50.0).prices
        (50.0, 45.0)
        """
        if self.spend_per_year is not None:
            decision = decision._replace(spend_per_week=self.spend_per_year / YEAR)
        if self.acquisition_share is not None:
            decision = decision._replace(acquisition_share=self.acquisition_share)
        if self.price_new is not None or self.price_old is not None:
            new, old = decision.prices or (price, price)
            new = new if self.price_new is None else self.price_new
            old = old if self.price_old is None else self.price_old
            decision = decision._replace(prices=(new, old))
        if self.channels is not None:
            decision = decision._replace(channels=self.channels)
        if self.levers is not None:
            decision = decision._replace(levers=self.levers)
        if self.markets is not None:
            decision = decision._replace(enter=self.markets)
        return decision


NOTHING_HELD = Held()


class Hand:
    """A strategy that follows a plan unless somebody holds one of its numbers.

    The plan is asked all the same, so that it learns, and decides on whatever is not held, as ever.
    """

    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy
        self.held = NOTHING_HELD
        self.decided: dict[int, Decision] = {}
        """Every decision of the run, by its week."""
        self.asked: dict[int, int] = {}
        """Since which week each market has been asked for, by its place, if it still is or was entered."""
        self.left_alone = True
        """Has one plan decided everything so far?"""
        self._begins = False

    def follow(self, strategy: Strategy) -> None:
        """Ask another plan from now on; it has learned nothing yet."""
        if self.decided:
            self.left_alone, self._begins = False, True
        self.strategy = strategy

    def plan(self, books: Books) -> Decision:
        """Decide about the coming weeks."""
        decision = self.strategy.plan(books._replace(learned=()) if self._begins else books)
        self._begins = False
        if self.held != NOTHING_HELD:
            decision, self.left_alone = self.held.over(decision, books.price), False
        self.decided[books.week] = decision
        there = {place for place, market in enumerate(books.markets) if market.standing == IS_THERE}
        self.asked = asked_since(self.asked, decision, books.week, there)
        return decision


def asked_since(before: Mapping[int, int], decision: Decision, week: int, there: Container[int]) -> dict[int, int]:
    """Since which week each market has been asked for, once a decision was made.

    What could not be paid for and is no longer wanted might as well never have been asked for.

    Parameters
    ----------
    there : places of markets in which the business is

    Check
    -----
    >>> asked_since({1: 4, 2: 4}, Decision(0.0, 0.5, enter=(3,)), 8, there={1})
    {1: 4, 3: 8}
    """
    kept = {place: since for place, since in before.items() if place in decision.enter or place in there}
    return kept | {place: week for place in decision.enter if place not in kept}
