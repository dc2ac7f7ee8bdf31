"""Costs: what is paid whatever happens, and when a business has no money left.

A fixed cost does not follow from orders. A business pays its own every week; a programme that has one is run only with
more money than that, and a programme that is not run costs nothing. This is why some things pay only from a certain
size on.
"""

from typing import Annotated, NamedTuple

from sim.rules.compile import rule
from sim.units import Parameter, choice, money

WEEKS_A_YEAR = 52
GOES_ON, CLOSES = 0, 1


class SolvencyRules(NamedTuple):
    """What money that has run out does to a business."""

    past_credit_line: Annotated[
        int,
        choice("what a business does from week 0 on whose debt at a week's close is above its credit line", "A103",
               "goes_on", "closes"),
    ] = GOES_ON  # fmt: skip


def fixed_cost() -> Parameter:
    """What a programme costs before its money does anything."""
    return money("a year that running it costs before it does anything; with no more money it is not run", "A101")


@rule
def weekly_part(per_year: int, tick: int) -> int:
    """One week's part of a yearly sum in whole coins; the parts of any 52 weeks in a row add to the sum.

    Check
    -----
    >>> weekly_part(5200, 7), sum(weekly_part(1001, tick) for tick in range(30, 82))
    (100, 1001)
    """
    return per_year * (tick + 1) // WEEKS_A_YEAR - per_year * tick // WEEKS_A_YEAR


@rule
def is_run(part: int, fixed: int, least: int) -> bool:
    """Is a programme run with this much money? Not with no more than it costs anyhow, nor with less than can be bought.

    Check
    -----
    >>> is_run(100, 0, 0), is_run(100, 100, 0), is_run(101, 100, 0), is_run(101, 100, 102)
    (True, False, True, False)
    """
    return part > fixed and part >= least


@rule
def is_insolvent(cash: int, credit_line: int) -> bool:
    """Does a business owe more than its bank lends?

    Check
    -----
    >>> is_insolvent(-100, 100), is_insolvent(-101, 100)
    (False, True)
    """
    return cash < -credit_line
