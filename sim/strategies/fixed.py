"""Plans that do not react: a share of revenue, a sum of money, money per head, or a calendar."""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

from sim.rules.retention import Levers
from sim.strategies.books import SAME_SUM, Books, Called, Decision, Misfit, Priced
from sim.units import money, share, weeks

YEAR = 52.0


class FixedSplit(NamedTuple):
    """The same share of revenue and the same split, whatever happens.

    Source
    ------
    Percentage-of-sales budgeting, the commonest rule in practice; the split is the question of the project.
    """

    spend_share: Annotated[float, share("of revenue spent on marketing", "A32", (0.0, 0.4))] = 0.08
    acquisition_share: Annotated[float, share("of the spend that goes to winning customers", "A32", (0.0, 1.0))] = 0.5

    @property
    def split(self) -> float:
        """The part of its money that wins customers."""
        return self.acquisition_share

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

    @property
    def split(self) -> float:
        """The part of its money that wins customers."""
        return self.acquisition_share

    def plan(self, books: Books) -> Decision:
        """Spend one week's part of the year's money."""
        return Decision(self.spend_per_year / YEAR, self.acquisition_share)


class PerCustomer(NamedTuple):
    """The same money for every customer on the list and for every prospect; the split follows from their numbers.

    Growth then moves money from winning to keeping by itself. Departed customers are on the list for a while and cost
    keeping money like the others.

    Source
    ------
    Blattberg & Deighton (1996): their budgets are so much a prospect and so much a customer, and stay.
    """

    per_customer: Annotated[float, money("a year for each listed customer, to keep it", "A66", (0.0, 50.0))] = 8.5
    per_prospect: Annotated[float, money("a year for each prospect, to win it", "A66", (0.0, 3.0))] = 0.3

    def plan(self, books: Books) -> Decision:
        """Spend one week's part of the year's money on everybody."""
        keeping = self.per_customer * max(books.listed_customers, 0) / YEAR
        winning = self.per_prospect * max(books.prospects, 0) / YEAR
        return divided(winning, keeping)


class Step(NamedTuple):
    """From a week on, so much money and such a split; prices and the parts of both sums, if anything is written."""

    from_week: Annotated[int, weeks("since the run began, at which this step begins", "the question")] = 0
    spend_per_year: Annotated[float, money("spent on marketing, at this pace", "the question")] = 6_000.0
    acquisition_share: Annotated[
        float, share("of the spend that goes to winning customers", "the question", (0.0, 1.0))
    ] = 0.5
    price_new: Annotated[
        float, money("for the standard order of people who never ordered here; 0: the listed price", "the question")
    ] = 0.0
    price_old: Annotated[float, money("of those who did; 0: the listed price", "the question")] = 0.0
    channels: dict[
        str, Annotated[float, share("of the winning money for a channel; else as the scenario says", "the question")]
    ] = {}  # noqa: RUF012  a default of a record; nobody writes to it
    levers: dict[
        str, Annotated[float, share("of the keeping money for a lever; else as the scenario says", "the question")]
    ] = {}  # noqa: RUF012

    def prices(self, listed: float) -> tuple[float, float] | None:
        """What both kinds of people pay; None if the step says nothing of it."""
        if self.price_new == self.price_old == 0.0:
            return None
        return self.price_new or listed, self.price_old or listed


class Schedule(NamedTuple):
    """Money, split and whatever else a business decides, by the calendar: named steps, each until the next begins.

    The first step also holds for the time before it. A step begins with the first plan at or after its week.

    Source
    ------
    A media plan: what was decided beforehand is done, whatever happens. It is also the form of an answer that was
    found elsewhere, quarter by quarter.
    """

    steps: dict[str, Step] = {"first": Step()}  # noqa: RUF012
    enters: dict[
        str, Annotated[int, weeks("since the run began, from which it wants to enter a market", "the question")]
    ] = {}  # noqa: RUF012

    @property
    def misfit(self) -> Misfit | None:
        """Two steps that begin in the same week, or parts that are no whole."""
        seen: dict[int, str] = {}
        for name, step in self.steps.items():
            if (first := seen.setdefault(step.from_week, name)) != name:
                what = f"the steps {first} and {name} both begin in week {step.from_week}"
                reads = (("steps", first, "from_week"), ("steps", name, "from_week"))
                return Misfit(what, "Let one begin later, or remove it", reads)
            for group in ("channels", "levers"):
                parts = getattr(step, group)
                if parts and abs((whole := math.fsum(parts.values())) - 1.0) > SAME_SUM:
                    what = f"the {group} of the step {name} add to {whole:.12g}; they must add to 1"
                    return Misfit(what, "Or write none of them", (("steps", name, group),))
        return None

    @property
    def called(self) -> tuple[Called, ...]:
        """Channels, levers and markets by their names."""
        parts = (
            Called(group, each, ("steps", name, group, each))
            for name, step in self.steps.items()
            for group in ("channels", "levers")
            for each in getattr(step, group)
        )
        return (*parts, *(Called("markets", each, ("enters", each)) for each in self.enters))

    @property
    def priced(self) -> tuple[Priced, ...]:
        """Prices of all steps that say one."""
        return tuple(
            Priced(price, ("steps", name, key))
            for name, step in self.steps.items()
            for key, price in (("price_new", step.price_new), ("price_old", step.price_old))
            if price
        )

    def plan(self, books: Books) -> Decision:
        """Do what the step of this week says."""
        steps = sorted(self.steps.values(), key=lambda step: step.from_week)
        now = ([step for step in steps if step.from_week <= books.week] or steps[:1])[-1]
        return Decision(
            now.spend_per_year / YEAR,
            now.acquisition_share,
            enter=tuple(at for at, each in enumerate(books.markets) if self._enters(each.name, books.week)),
            channels=tuple(now.channels.get(each.name, 0.0) for each in books.channels) if now.channels else None,
            levers=tuple(now.levers.get(name, 0.0) for name in Levers._fields) if now.levers else None,
            prices=now.prices(books.price),
        )

    def _enters(self, market: str, week: int) -> bool:
        return market in self.enters and self.enters[market] <= week


def divided(winning: float, keeping: float) -> Decision:
    """The decision to spend so much a week on winning and so much on keeping.

    Check
    -----
    >>> divided(30.0, 10.0)[:2], divided(0.0, 0.0)[:2]
    ((40.0, 0.75), (0.0, 0.5))
    """
    spend = winning + keeping
    return Decision(spend, min(winning / spend, 1.0) if spend > 0.0 else 0.5)
