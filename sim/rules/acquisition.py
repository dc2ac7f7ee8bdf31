"""Acquisition: how money reaches strangers, and what a contact does.

Money builds a stock of advertising pressure per prospect that decays week by week; pressure buys contacts with
diminishing returns up to a ceiling. A contact makes the name known, pushes for a while, and may make an occasion of
its own: an offer, at which only this business and "nothing" race.
"""

from typing import Annotated, NamedTuple

from sim.rules.chance import share_won_over
from sim.rules.compile import rule
from sim.rules.costs import fixed_cost
from sim.units import log_odds, money, per_money, probability, share

WEEKS_A_YEAR = 52.0


class AcquisitionRules(NamedTuple):
    """What a contact does."""

    offer_makes_occasion: Annotated[
        float, probability("a contact or a good story makes an occasion", "A18", (0.0, 0.3))
    ] = 0.06
    push: Annotated[float, log_odds("of a contact, on choice", "A19", (0.0, 2.0))] = 1.0
    push_keep: Annotated[
        float, share("of push that lasts a week", "Trusov, Bucklin & Pauwels (2009): media last 5 days", (0.2, 0.8))
    ] = 0.50


class Channel(NamedTuple):
    """A way to reach strangers."""

    budget_share: Annotated[float, share("of the acquisition budget; shares of a business add to 1", "design")] = 1.0
    ceiling: Annotated[
        float,
        probability(
            "most contacts that get through",
            "Blattberg & Deighton (1996), rescaled: A20",
            (0.005, 0.03),
            per="prospect-week",
        ),
    ] = 0.011
    strength: Annotated[
        float,
        per_money(
            "response of contacts to money per prospect and year",
            "Blattberg & Deighton (1996), rescaled: A20",
            (0.03, 0.2),
        ),
    ] = 0.075
    keep: Annotated[
        float,
        share("of the stock that lasts a week", "Sethuraman, Tellis & Briesch (2011): long/short near 2", (0.0, 0.9)),
    ] = 0.60
    reminds_customers: Annotated[
        float, share("of its contacts that would also reach own customers: 1 for mass media, 0 for mailings", "A61")
    ] = 0.0
    fixed_cost_per_year: Annotated[float, fixed_cost()] = 0.0
    minimum: Annotated[float, money("that can be spent on it in a week at least; less buys nothing", "A102")] = 0.0


@rule
def stock_of_pressure(stock: float, spend_per_prospect_year: float, keep: float) -> float:
    """Advertising stock after this week's money: weights add to one, so a steady budget means a steady stock.

    Source
    ------
    Nerlove & Arrow (1962), in weekly steps.

    Check
    -----
    >>> stock_of_pressure(10.0, 10.0, 0.6), stock_of_pressure(10.0, 0.0, 0.6)
    (10.0, 6.0)
    """
    return (1.0 - keep) * spend_per_prospect_year + keep * stock


@rule
def contact_probability(stock: float, ceiling: float, strength: float) -> float:
    """Chance that a channel reaches a given prospect this week.

    Check
    -----
    >>> contact_probability(0.0, 0.011, 0.075)
    0.0
    """
    return share_won_over(ceiling, strength, stock)


@rule
def either(first: float, second: float) -> float:
    """Chance that at least one of two independent events happens.

    Check
    -----
    >>> either(0.0, 0.25), either(0.5, 0.5)
    (0.25, 0.75)
    """
    return 1.0 - (1.0 - first) * (1.0 - second)
