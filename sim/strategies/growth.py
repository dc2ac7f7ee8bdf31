"""Strategies: how much to spend, and how to split it between winning and keeping.

Each is a record of parameters with one method, ``plan``. The registry gives every strategy its name in scenario files;
``steady`` and ``aggressive`` are the growth goal with other numbers.
"""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

from sim.strategies.books import MEASURES, Books, Decision, Strategy
from sim.units import Parameter, choice, factor, money, share

YEAR = 52.0
LAG_OF_VOLUME = 13.0
"""Books show an exponential mean over 13 weeks: volume as it was about so long ago."""


class FixedSplit(NamedTuple):
    """The same share of revenue and the same split, whatever happens.

    Source
    ------
    Percentage-of-sales budgeting, the commonest rule in practice; the split is the question of the project.
    """

    spend_share: Annotated[float, share("of revenue spent on marketing", "A32", (0.0, 0.4))] = 0.08
    acquisition_share: Annotated[float, share("of the spend that goes to winning customers", "A32", (0.0, 1.0))] = 0.5

    def plan(self, books: Books) -> Decision:
        """Spend the share of recent revenue."""
        return Decision(max(self.spend_share * books.volume.revenue, 0.0), self.acquisition_share)


class FixedBudget(NamedTuple):
    """The same money every year and the same split, whatever happens.

    Source
    ------
    Affordable-method budgeting: what a small shop puts aside; see Low & Mohr (1999).
    """

    spend_per_year: Annotated[float, money("spent on marketing", "A32")] = 6_000.0
    acquisition_share: Annotated[float, share("of the spend that goes to winning customers", "A32", (0.0, 1.0))] = 0.5

    def plan(self, books: Books) -> Decision:
        """Spend one week's part of the year's money."""
        return Decision(self.spend_per_year / YEAR, self.acquisition_share)


class GrowthGoal(NamedTuple):
    """Aim for a yearly growth between ``low`` and ``high`` at least spend: spend more when behind, less when ahead.

    Every plan compares the recent volume with the path that reaches the middle of the goal and moves the share of
    revenue that is spent by ``reaction`` per unit of log gap: a proportional rule on the growth of spending.

    Source
    ------
    Objective-and-task budgeting (Low & Mohr 1999); the rule of reaction is assumption A33.
    """

    low: Annotated[
        float, Parameter("growth per year", "least growth that counts as reached", "the question", -0.9, 9.0)
    ] = 0.10
    high: Annotated[float, Parameter("growth per year", "upper end of the goal", "the question", -0.9, 9.0)] = 0.20
    of: Annotated[int, choice("what is to grow", "the question", *MEASURES)] = 0
    acquisition_share: Annotated[float, share("of the spend that goes to winning customers", "A34", (0.0, 1.0))] = 0.5
    opening_spend: Annotated[float, share("of revenue spent at first", "A34", (0.02, 0.4))] = 0.10
    most_spend: Annotated[float, share("of revenue spent at most", "A34", (0.1, 0.6))] = 0.30
    reaction: Annotated[float, factor("of spending to the gap, per plan", "A33", (0.02, 0.2))] = 0.04

    def plan(self, books: Books) -> Decision:
        """Move last plan's share of revenue by the gap to the path."""
        spend_share = books.learned[0] if books.learned else self.opening_spend
        if books.learned:
            spend_share *= math.exp(self.reaction * min(max(self._gap(books), -1.0), 1.0))
        spend_share = min(spend_share, self.most_spend)
        spend = max(spend_share * books.volume.revenue, 0.0)
        return Decision(spend, self.acquisition_share, (spend_share,))

    def _gap(self, books: Books) -> float:
        """How far behind the path, in log volume: 0.1 means about ten per cent short."""
        now, opening = books.volume[self.of], books.opening[self.of]
        if now <= 0.0 or opening <= 0.0:
            return 0.0
        # flows are means: the opening one of the year before week 0, the recent one of about a quarter
        years = books.week / YEAR if MEASURES[self.of] == "customers" else (books.week - LAG_OF_VOLUME) / YEAR + 0.5
        middle = (self.low + self.high) / 2.0
        return math.log(opening) - math.log(now) + years * math.log(1.0 + middle)


STRATEGIES: dict[str, Strategy] = {
    "fixed_split": FixedSplit(),
    "fixed_budget": FixedBudget(),
    "growth_goal": GrowthGoal(),
    "steady": GrowthGoal(low=0.10, high=0.20, acquisition_share=0.4, opening_spend=0.10, most_spend=0.20),
    "aggressive": GrowthGoal(low=0.50, high=1.00, acquisition_share=0.8, opening_spend=0.25, most_spend=0.30),
}
"""Every strategy a scenario may name, with its default parameters."""
