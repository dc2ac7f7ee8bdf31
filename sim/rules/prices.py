"""Prices: promotions for new or for old customers, and the price that a person has come to expect."""

from typing import Annotated, NamedTuple

from sim.rules.compile import rule
from sim.units import Parameter, choice, weeks

ANYBODY, FIRST_ORDERS, OWN_CUSTOMERS = 0, 1, 2
NEW, OLD = 0, 1
"""Whose price it is: of people who never ordered here, or of those who did."""


class Promotion(NamedTuple):
    """A lower price that comes back."""

    discount: Annotated[float, Parameter("share", "off the price", "the question", 0.0, 0.95)] = 0.10
    to: Annotated[int, choice("who gets it", "the question", "anybody", "first_orders", "own_customers")] = ANYBODY
    every_weeks: Annotated[int, weeks("from one start to the next, counted from week 0", "the question", low=1)] = 13
    for_weeks: Annotated[int, weeks("that it lasts; as long as every_weeks: always", "the question", low=1)] = 2


@rule
def is_on(week: int, every_weeks: int, for_weeks: int) -> bool:
    """Is a promotion on in this week? Weeks before week 0 are negative and count alike.

    Check
    -----
    >>> [is_on(week, 13, 2) for week in (-13, -1, 0, 1, 2, 13)]
    [True, False, True, True, False, True]
    """
    return week % every_weeks < for_weeks


@rule
def is_for(side: int, to: int) -> bool:
    """Does a promotion hold for people on this side, new or old?

    Check
    -----
    >>> is_for(NEW, FIRST_ORDERS), is_for(OLD, FIRST_ORDERS), is_for(OLD, ANYBODY)
    (True, False, True)
    """
    return to == ANYBODY or (to == FIRST_ORDERS) == (side == NEW)


@rule
def expected_price_after(expected: float, paid: float, speed: float) -> float:
    """The price a person expects after paying one, both as logarithms of their ratio to the reference price.

    Source
    ------
    Kalyanaram & Winer (1995): consumers compare with a reference price that past prices have formed.

    Check
    -----
    >>> expected_price_after(0.0, -0.2, 0.0), expected_price_after(0.0, -0.2, 0.5)
    (0.0, -0.1)
    """
    return expected + speed * (paid - expected)
