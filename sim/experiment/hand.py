"""A hand on a plan: a strategy that lets somebody decide about money and split while the market runs."""

from __future__ import annotations

from typing import NamedTuple

from sim.strategies.books import Books, Decision, Strategy
from sim.strategies.fixed import YEAR


class Held(NamedTuple):
    """What somebody decides instead of the plan; None is left to the plan."""

    spend_per_year: float | None = None
    acquisition_share: float | None = None

    def over(self, decision: Decision) -> Decision:
        """The decision with what is held in place of its own."""
        if self.spend_per_year is not None:
            decision = decision._replace(spend_per_week=self.spend_per_year / YEAR)
        if self.acquisition_share is not None:
            decision = decision._replace(acquisition_share=self.acquisition_share)
        return decision


NOTHING_HELD = Held()


class Hand:
    """A strategy that follows a plan unless somebody holds its money or its split.

    The plan is asked all the same, so that it learns, and chooses channels and markets, as ever.
    """

    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy
        self.held = NOTHING_HELD
        self.decided: dict[int, Decision] = {}
        """Every decision of the run, by its week."""
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
            decision, self.left_alone = self.held.over(decision), False
        self.decided[books.week] = decision
        return decision
