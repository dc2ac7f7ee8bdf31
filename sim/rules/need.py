"""Need: when an occasion to buy arises.

A person's needs come at a rate of their own. In an open market they come as a Poisson process (Ehrenberg 1959); under
contract each live relationship has exactly one occasion every ``renewal_weeks`` after its start, at which the person
leaves or renews, and a need arises only for people who hold no contract.
"""

from typing import Annotated, NamedTuple

from sim.rules.arithmetic import exp
from sim.rules.chance import WORDS, uniform
from sim.rules.compile import rule
from sim.units import choice, weeks

OPEN, CONTRACT = 0, 1
MOST_NEEDS = 64
"""No more occasions than this in one week; a Poisson week of mean 5 passes it once in 10^40 weeks."""


class NeedRules(NamedTuple):
    """When people need the category."""

    clock: Annotated[int, choice("open market, or contracts that are renewed", "design", "open", "contract")] = OPEN
    renewal_weeks: Annotated[int, weeks("length of a contract", "A41", low=1)] = 52


@rule
def needs_this_week(weekly_rate: float, word: int) -> int:
    """How many needs arise this week: Poisson, by inverting its distribution with one draw from the top.

    Source
    ------
    Ehrenberg (1959): purchases of a person are Poisson in time.

    Check
    -----
    >>> needs_this_week(0.0, 0), needs_this_week(0.2, 4294967295), needs_this_week(0.2, 700000000)
    (0, 0, 1)
    """
    nobody_needs = exp(-weekly_rate)
    u = uniform(word)
    chance = nobody_needs
    beyond = 1.0 - nobody_needs
    needs = 0
    while u < beyond and needs < MOST_NEEDS:
        needs += 1
        chance *= weekly_rate / needs
        beyond -= chance
    return needs


@rule
def need_threshold(weekly_rate: float) -> int:
    """The words of a draw below which at least one need may arise, rounded up: most weeks end after this comparison.

    Check
    -----
    >>> need_threshold(0.0), need_threshold(1000.0)
    (0, 4294967295)
    """
    words = (1.0 - exp(-weekly_rate)) * WORDS
    return int(min(words + 0.999999, WORDS - 1.0))


@rule
def renewal_is_due(weeks_since_start: int, renewal_weeks: int) -> bool:
    """Is this the week in which the contract ends?

    Check
    -----
    >>> renewal_is_due(0, 52), renewal_is_due(52, 52), renewal_is_due(53, 52), renewal_is_due(104, 52)
    (False, True, False, True)
    """
    return weeks_since_start > 0 and weeks_since_start % renewal_weeks == 0
