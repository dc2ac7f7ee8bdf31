"""Books: all that a business can see, and Decision: all that it can do.

This border is what makes the laboratory fair: a strategy knows its own money, its own list of customers (the silently
departed included) and what is published about the market. Who is truly alive nobody knows.
"""

from __future__ import annotations

import math
from numbers import Real
from typing import Any, NamedTuple, Protocol

REVENUE, PROFIT, CUSTOMERS = 0, 1, 2
MEASURES = ("revenue", "profit", "customers")
SAME_SUM = 1e-9
"""How far shares that add to 1 may be from it."""
LEAST_PRICE, MOST_PRICE = 0.1, 10.0
"""Between which multiples of the listed price a plan may set prices: money is counted exactly in that range."""


class Volume(NamedTuple):
    """How big a business is, by each measure: money per week, or people on the list."""

    revenue: float
    profit: float
    customers: float


class Period(NamedTuple):
    """What a business booked in some weeks, added up; money in major units."""

    weeks: int
    """How many: fewer than asked for while the market is young, perhaps none."""
    revenue: float
    cost_of_goods: float
    acquisition_spend: float
    retention_spend: float
    orders: int
    joined: int
    """People who came onto the list."""
    left: int
    """People who fell off the list, for want of orders or because they moved away."""
    contacts: int
    """With people who were no customers."""
    responses: int
    """Customers, new and former, whom a contact brought."""
    fixed_cost: float = 0.0
    """What was paid whatever happened; of programmes it is part of what was spent on them."""
    commission_income: float = 0.0
    """What others paid for customers whom this business passed on to them."""

    @property
    def margin(self) -> float:
        """Revenue less what was handed over for it."""
        return self.revenue - self.cost_of_goods

    @property
    def profit(self) -> float:
        """Margin and commissions earned, less marketing and fixed cost."""
        spent = self.acquisition_spend + self.retention_spend + self.fixed_cost
        return self.margin + self.commission_income - spent


class Rival(NamedTuple):
    """What anybody can know of another business: its price tag, and its last quarter as published; money a week."""

    price: float
    revenue: float
    advertising: float
    """Money for winning customers, as those who watch the media estimate it; what is spent on keeping does not show."""


class Supplies(NamedTuple):
    """Goods ordered ahead of a season; money in major units, all zero for a business that does not do that."""

    in_stock: float = 0.0
    """What was paid for the goods that are left."""
    foretold: float = 0.0
    """The volume of a season at list price, if it began now and customers went on as they did in the last year."""
    critical_ratio: float = 0.0
    """The chance of having enough at which one more early order neither gains nor loses."""


CLOSED_TO_IT, CAN_ENTER, IS_THERE = 0, 1, 2
"""How a business stands to one of several markets."""


class Region(NamedTuple):
    """One of several markets, as anybody can know it, and what it takes this business to enter it."""

    prospects: int
    """Its people who are not on the own list."""
    standing: int
    """CLOSED_TO_IT, CAN_ENTER or IS_THERE."""
    entry_cost: float
    name: str = ""


class Reached(NamedTuple):
    """What one channel cost and did in the last 52 weeks; money in major units."""

    share: float
    """Of the winning money, as the scenario divides it; 0 for a channel that is paid per customer won."""
    spend: float
    contacts: int
    won: int
    """Customers, new and former, with whom it is credited."""
    name: str = ""


class Used(NamedTuple):
    """What one lever cost in the last 52 weeks; money in major units."""

    share: float
    """Of the keeping money, as the scenario divides it."""
    spend: float


class Books(NamedTuple):
    """What a business sees when it plans; money in major units."""

    week: int
    """Weeks since the run began; negative in the years before."""
    cash: float
    credit_line: float
    listed_customers: int
    """People who ordered within the list window; under contract the live relationships."""
    prospects: int
    """People in the markets where the business is who are not on its own list: a public fact."""
    volume: Volume
    """Recent volume: exponential means over 13 weeks; customers as of now."""
    opening: Volume
    """Volume of the year before week 0: what growth is counted from. Zeros before week 0."""
    since_plan: Period
    """The weeks since the last plan."""
    year: Period
    """The last 52 weeks."""
    rivals: tuple[Rival, ...]
    """The others, in the order of the scenario; quarters end every 13 weeks, and before the first nothing is known."""
    classes: tuple[int, ...]
    """People in each class of customers, in the order of ``sim.rules.journey.CLASSES``; counted only while some lever
    is aimed at one."""
    learned: tuple[float, ...]
    """What the strategy noted at its last plan."""
    fixed_cost: float = 0.0
    """Money a week that is due whatever is planned."""
    supplies: Supplies = Supplies()
    """Goods ordered ahead."""
    markets: tuple[Region, ...] = ()
    """Every market of the scenario, in its order; empty where there is only one."""
    price: float = 0.0
    """Of the standard order, as the scenario lists it."""
    unit_cost: float = 0.0
    """Of the standard order, this week."""
    channels: tuple[Reached, ...] = ()
    """Each channel of the business, in the order of the scenario."""
    levers: tuple[Used, ...] = ()
    """Each lever, in the order of ``sim.rules.retention.Levers``."""


class Decision(NamedTuple):
    """What a business does until its next plan."""

    spend_per_week: float
    """Marketing money, major units. A plan may ask for more than there is: the business spends what it has and what
    its bank lends, and no more."""
    acquisition_share: float
    """Of that money, the part spent on winning customers; the rest keeps them."""
    learned: tuple[float, ...] = ()
    enter: tuple[int, ...] = ()
    """Places in the books of markets to enter as soon as their cost can be paid."""
    channels: tuple[float, ...] | None = None
    """What part of the winning money each channel gets, in the order of the books; None: as the scenario divides it."""
    levers: tuple[float, ...] | None = None
    """What part of the keeping money each lever gets, in the order of the books; None: as the scenario divides it."""
    prices: tuple[float, float] | None = None
    """What the standard order costs people who never ordered here, and those who did, before promotions; None: both
    pay the listed price."""


class Strategy(Protocol):
    """A way to plan: a pure function of the books.

    A strategy may also have the properties that ``goal_of``, ``split_of``, ``misfit_of``, ``called_by`` and
    ``priced_by`` ask for.
    """

    def plan(self, books: Books) -> Decision:
        """Decide about the coming weeks."""
        ...


class Goal(NamedTuple):
    """What a strategy wants to grow, and between which rates a year."""

    of: str
    """One of MEASURES."""
    low: float
    """Least growth that counts as reached."""
    high: float


class Misfit(NamedTuple):
    """Parameters of a strategy that contradict each other."""

    what: str
    advice: str
    reads: tuple[tuple[str, ...], ...]
    """The ways to the parameters, inside the strategy."""


def goal_of(strategy: Strategy) -> Goal | None:
    """The growth that a strategy declares as its goal, in a property ``goal``; most have none."""
    goal = getattr(strategy, "goal", None)
    return goal if isinstance(goal, Goal) else None


def split_of(strategy: Strategy) -> float | None:
    """The part of its money that a strategy always spends on winning, in a property ``split``; None if it moves."""
    split = getattr(strategy, "split", None)
    return float(split) if isinstance(split, Real) else None


def misfit_of(strategy: Strategy) -> Misfit | None:
    """What is wrong with the parameters of a strategy taken together, in a property ``misfit``."""
    misfit = getattr(strategy, "misfit", None)
    return misfit if isinstance(misfit, Misfit) else None


class Called(NamedTuple):
    """Something of its business that a strategy calls by its name."""

    group: str
    """``channels``, ``levers`` or ``markets``."""
    name: str
    way: tuple[str, ...]
    """To the name, inside the strategy."""


def called_by(strategy: Strategy) -> tuple[Called, ...]:
    """What a strategy calls by name, in a property ``called``; most call nothing."""
    called = getattr(strategy, "called", ())
    return tuple(each for each in called if isinstance(each, Called)) if isinstance(called, tuple) else ()


class Priced(NamedTuple):
    """A price that a strategy will ask, whatever the books say."""

    price: float
    way: tuple[str, ...]
    """To the price, inside the strategy."""


def priced_by(strategy: Strategy) -> tuple[Priced, ...]:
    """What a strategy will ask, in a property ``priced``; most leave it to the scenario or to what they see."""
    priced = getattr(strategy, "priced", ())
    return tuple(each for each in priced if isinstance(each, Priced)) if isinstance(priced, tuple) else ()


class NoDecision(ValueError):
    """A plan answered with something that no business can do: its strategy has to be mended, and nothing else."""


def possible(answer: Any) -> Decision:
    """A decision with which a business can go on, in plain floats.

    Raises
    ------
    NoDecision
        If the answer of a plan is none, with the reason.

    Check
    -----
    >>> possible(Decision(100, 1))
    Decision(spend_per_week=100.0, acquisition_share=1.0, learned=(), enter=(), channels=None, levers=None, prices=None)
    """
    if not isinstance(answer, Decision):
        advice = "end every way through plan with: return Decision(spend_per_week, acquisition_share)"
        raise NoDecision(f"answered {answer!r}, which is no Decision; {advice}")
    if not _is_number(answer.spend_per_week) or answer.spend_per_week < 0.0:
        raise NoDecision(
            f"decided on spend_per_week={answer.spend_per_week!r}, which must be a finite number, 0 or more"
        )
    if not _is_number(answer.acquisition_share) or not 0.0 <= answer.acquisition_share <= 1.0:
        raise NoDecision(f"decided on acquisition_share={answer.acquisition_share!r}, which must lie in 0..1")
    if not isinstance(answer.learned, tuple) or not all(map(_is_number, answer.learned)):
        raise NoDecision(f"decided on learned={answer.learned!r}, which must be a tuple of finite numbers")
    if not isinstance(answer.enter, tuple) or not all(type(place) is int for place in answer.enter):
        raise NoDecision(f"decided on enter={answer.enter!r}, which must be a tuple of places of markets")
    for name in ("channels", "levers"):
        if not _is_division(parts := getattr(answer, name)):
            raise NoDecision(f"decided on {name}={parts!r}, which must be None or a tuple of shares that add to 1")
    if answer.prices is not None and not (_are_numbers(answer.prices, 0.0) and len(answer.prices) == 2):
        what = f"decided on prices={answer.prices!r}"
        raise NoDecision(f"{what}, which must be None or two numbers above 0, for new people and for old")
    channels, levers, prices = (
        None if parts is None else tuple(map(float, parts)) for parts in (answer.channels, answer.levers, answer.prices)
    )
    return Decision(
        float(answer.spend_per_week), float(answer.acquisition_share), tuple(map(float, answer.learned)), answer.enter,
        channels, levers, None if prices is None else (prices[0], prices[1]),
    )  # fmt: skip


def _is_division(parts: Any) -> bool:
    return parts is None or (_are_numbers(parts, -SAME_SUM) and abs(math.fsum(parts) - 1.0) <= SAME_SUM)


def _are_numbers(values: Any, above: float) -> bool:
    return isinstance(values, tuple) and all(_is_number(value) and value > above for value in values)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and math.isfinite(value)
