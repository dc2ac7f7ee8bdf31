"""Plans that want to grow: a goal at least spend, growth ahead of revenue, and winning first and keeping then."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.rules.arithmetic import exp, log
from sim.strategies.books import MEASURES, Books, Decision, Goal, Misfit
from sim.units import Parameter, choice, count, factor, money, share, weeks

YEAR = 52.0
USUAL_BASE = 0.10
"""Share of all people that is a base where a staged plan states none: the question."""
LAG_OF_VOLUME = 13.0
"""Books show an exponential mean over 13 weeks: volume as it was about so long ago."""


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

    @property
    def goal(self) -> Goal:
        """What is to grow, and how much."""
        return Goal(MEASURES[self.of], self.low, self.high)

    @property
    def split(self) -> float:
        """The part of its money that wins customers."""
        return self.acquisition_share

    @property
    def misfit(self) -> Misfit | None:
        """The ends of the goal the wrong way round."""
        if self.low <= self.high:
            return None
        what = f"low must not be above high (got {self.low:.10g} and {self.high:.10g})"
        return Misfit(what, "Exchange them", (("low",), ("high",)))

    def plan(self, books: Books) -> Decision:
        """Move last plan's share of revenue by the gap to the path."""
        spend_share = books.learned[0] if books.learned else self.opening_spend
        if books.learned:
            spend_share *= exp(self.reaction * min(max(self._gap(books), -1.0), 1.0))
        spend_share = min(max(spend_share, 0.0), self.most_spend)
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
        return log(opening) - log(now) + years * log(1.0 + middle)


class SubsidisedGrowth(NamedTuple):
    """Until a date spend on winning whatever is earned and a subsidy on top, whatever the profit; then live on revenue.

    The margin of the weeks since the last plan and ``burn_per_year`` are spent, so that the business loses about so
    much a year as its owners have agreed to. It ends earlier if cash and credit do. It subsidises contacts, not prices:
    a lower first price is a promotion to first orders, and what it gives away makes the margin, and so the rest of the
    spending, smaller by as much.

    Source
    ------
    Gupta, Lehmann & Stuart (2004) and McCarthy & Fader (2018): firms that lose money while they grow, valued by the
    customers whom they have paid for.
    """

    burn_per_year: Annotated[float, money("lost at most while growth is subsidised", "the question")] = 20_000.0
    until_week: Annotated[int, weeks("since the run began, at which the subsidy ends", "the question")] = 104
    acquisition_share: Annotated[
        float, share("of the spend that goes to winning customers, until then", "A67", (0.5, 1.0))
    ] = 0.9
    then_spend: Annotated[float, share("of revenue spent on marketing, after that", "A67", (0.0, 0.4))] = 0.08
    then_acquisition_share: Annotated[
        float, share("of the spend that goes to winning customers, after that", "A67", (0.0, 1.0))
    ] = 0.5

    def plan(self, books: Books) -> Decision:
        """Spend the recent margin and a week's part of the subsidy; after the date a share of revenue."""
        if books.week >= self.until_week:
            return Decision(max(self.then_spend * books.volume.revenue, 0.0), self.then_acquisition_share)
        recent = books.since_plan
        earned = (recent.margin - recent.fixed_cost) / recent.weeks if recent.weeks else 0.0
        return Decision(max(earned + self.burn_per_year / YEAR, 0.0), self.acquisition_share)


class Staged(NamedTuple):
    """Win first, then keep: one spend and split until a base is reached, another for ever after.

    The base is a share of the market, a number of listed customers, or a date: of those that are stated whichever comes
    first, for 0 states nothing. Where none is stated it is a tenth of all people. Once reached it stays reached, also
    if customers are lost again.

    Source
    ------
    Fruchter & Zhang (2004): small shares call for acquisition, large ones for retention.
    """

    base_penetration: Annotated[float, share("of all people on the list, from which to keep", "the question")] = 0.0
    base_customers: Annotated[int, count("on the list, from which to keep", "the question")] = 0
    base_week: Annotated[int, weeks("since the run began, from which to keep", "the question")] = 0
    first_spend: Annotated[float, share("of revenue spent on marketing, before", "A65", (0.0, 0.4))] = 0.15
    first_acquisition_share: Annotated[
        float, share("of the spend that goes to winning customers, before", "A65", (0.0, 1.0))
    ] = 0.9
    then_spend: Annotated[float, share("of revenue spent on marketing, after", "A65", (0.0, 0.4))] = 0.08
    then_acquisition_share: Annotated[
        float, share("of the spend that goes to winning customers, after", "A65", (0.0, 1.0))
    ] = 0.3

    def plan(self, books: Books) -> Decision:
        """Spend as the stage says; note that the base was reached."""
        reached = books.learned[:1] == (1.0,) or self._is_reached(books)
        spend = self.then_spend if reached else self.first_spend
        part = self.then_acquisition_share if reached else self.first_acquisition_share
        return Decision(max(spend * books.volume.revenue, 0.0), part, (float(reached),))

    def _is_reached(self, books: Books) -> bool:
        listed, people = books.listed_customers, books.listed_customers + books.prospects
        penetration = self.base_penetration if any(self[:3]) else USUAL_BASE
        return (
            0 < self.base_customers <= listed
            or 0.0 < penetration * people <= listed
            or 0 < self.base_week <= books.week
        )
