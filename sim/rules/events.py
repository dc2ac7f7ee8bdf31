"""Events: what happens to a market from outside, in a week that the scenario names.

An event lasts for a number of weeks, or for good. Several at once add up: sizes are multiplied or added. One that names
a business is about that business; one that names none is about all.
"""

from typing import Annotated, Any, NamedTuple

from sim.rules.acquisition import ADVERTISING, KIND_NAMES, PARTNER
from sim.rules.compile import rule
from sim.units import LONGEST, Parameter, choice, factor, log_odds, probability, satisfaction_points, weeks

FORBIDDABLE = KIND_NAMES[:PARTNER]
"""Kinds of channels by the name that a scenario gives them; what a partner says nobody can forbid."""
EVERYBODY = ""
"""The business of an event that names none."""


def from_week() -> Parameter:
    """When an event begins."""
    return weeks("at which it begins; negative weeks are the years before week 0", "the question", low=-LONGEST)


def lasting() -> Parameter:
    """How long an event lasts."""
    return weeks(f"that it lasts; {LONGEST:,} is for good", "the question", low=1)


class Substitute(NamedTuple):
    """Something else appears that serves as well, so people buy nothing here more often."""

    week: Annotated[int, from_week()] = 0
    for_weeks: Annotated[int, lasting()] = LONGEST
    pull: Annotated[float, log_odds("added to buying nothing", "A105", (0.0, 2.0))] = 1.0


class MarketGrowth(NamedTuple):
    """People need more, or less."""

    week: Annotated[int, from_week()] = 0
    for_weeks: Annotated[int, lasting()] = LONGEST
    need: Annotated[float, factor("on everybody's need", "A105", (0.5, 2.0), high=10.0)] = 1.2


class PriceWar(NamedTuple):
    """A business sells below its list price to everybody."""

    week: Annotated[int, from_week()] = 0
    for_weeks: Annotated[int, lasting()] = 13
    business: str = EVERYBODY
    price: Annotated[float, Parameter("factor", "on the price", "A105", 0.05, 20.0, (0.6, 1.0))] = 0.8


class QualityCrisis(NamedTuple):
    """Orders are worse, and more of them fail."""

    week: Annotated[int, from_week()] = 0
    for_weeks: Annotated[int, lasting()] = 13
    business: str = EVERYBODY
    quality: Annotated[float, satisfaction_points("taken off the quality", "A105", (0.0, 0.8), low=0.0)] = 0.4
    failure_rate: Annotated[float, probability("added to the failure rate", "A105", (0.0, 0.5), per="order")] = 0.2


class CostRise(NamedTuple):
    """Goods become dearer."""

    week: Annotated[int, from_week()] = 0
    for_weeks: Annotated[int, lasting()] = LONGEST
    business: str = EVERYBODY
    unit_cost: Annotated[float, factor("on what goods cost", "A105", (1.0, 1.5), high=10.0)] = 1.15


class ChannelBan(NamedTuple):
    """A kind of channel is forbidden; the money meant for it is not spent."""

    week: Annotated[int, from_week()] = 0
    for_weeks: Annotated[int, lasting()] = LONGEST
    business: str = EVERYBODY
    kind: Annotated[int, choice("of channel that is forbidden", "the question", *FORBIDDABLE)] = ADVERTISING


EVENTS: dict[str, Any] = {
    "substitute": Substitute,
    "market_growth": MarketGrowth,
    "price_war": PriceWar,
    "quality_crisis": QualityCrisis,
    "cost_rise": CostRise,
    "channel_ban": ChannelBan,
}
"""The kinds of events by the name that a scenario gives them."""


@rule
def is_under_way(week: int, begins: int, for_weeks: int) -> bool:
    """Is an event under way in this week?

    Check
    -----
    >>> [is_under_way(week, 10, 3) for week in (9, 10, 12, 13)]
    [False, True, True, False]
    """
    return begins <= week < begins + for_weeks
