"""Satisfaction: what an order does to how a customer feels.

Satisfaction moves towards a home: the quality of the business, the lasting match between it and this person, and what
disconfirmed expectations add or take. Without a home it would be a random walk that sinks for ever, because a shortfall
weighs more than a surplus.
"""

from typing import Annotated, NamedTuple

from sim.rules.compile import rule
from sim.units import factor, satisfaction_points, share

WORST, BEST = -1.0, 1.0


class SatisfactionRules(NamedTuple):
    """How experience becomes satisfaction."""

    gain: Annotated[float, factor("what a surplus over expectation adds", "A6", (0.2, 0.8))] = 0.4
    loss: Annotated[float, factor("what a shortfall takes", "Anderson & Sullivan (1993), the sign; A6", (0.6, 1.2))] = (
        0.8
    )
    speed: Annotated[float, share("of the way to its home that one order covers", "A7", (0.2, 0.6))] = 0.35
    adaptation: Annotated[float, share("of the surprise that becomes expectation", "A8", (0.1, 0.4))] = 0.2
    noise: Annotated[float, satisfaction_points("spread of experience between orders", "A9", (0.1, 0.5), 0.0)] = 0.3
    failure_loss: Annotated[float, satisfaction_points("what a failed order takes", "A10", (0.4, 1.2), 0.0)] = 0.8
    first_expectation: Annotated[float, satisfaction_points("before the first order", "A11", (0.1, 0.5))] = 0.3


@rule
def experience(quality: float, match: float, luck: float, harm: float, rules: SatisfactionRules) -> float:
    """How an order went: quality, lasting match, this order's luck (a standard normal), and the harm of a failure.

    Check
    -----
    >>> experience(0.3, 0.1, 0.0, 0.0, SatisfactionRules())
    0.4
    """
    return quality + match + rules.noise * luck - harm


@rule
def home_of_satisfaction(quality: float, match: float, disconfirmation: float, rules: SatisfactionRules) -> float:
    """Where satisfaction is drawn to: effects of a shortfall and of an equal surplus stand as loss to gain.

    Source
    ------
    Oliver (1980); Anderson & Sullivan (1993): a shortfall weighs more than a surplus.

    Check
    -----
    >>> round(home_of_satisfaction(0.0, 0.0, 0.5, SatisfactionRules()), 6)
    0.2
    >>> round(home_of_satisfaction(0.0, 0.0, -0.5, SatisfactionRules()), 6)
    -0.4
    """
    slope = rules.gain if disconfirmation > 0.0 else rules.loss
    return quality + match + slope * disconfirmation


@rule
def satisfaction_after(satisfaction: float, home: float, rules: SatisfactionRules) -> float:
    """Satisfaction after an order, kept within -1..1.

    Check
    -----
    >>> satisfaction_after(0.0, 1.0, SatisfactionRules()), satisfaction_after(-1.0, -9.0, SatisfactionRules())
    (0.35, -1.0)
    """
    moved = satisfaction + rules.speed * (home - satisfaction)
    return min(max(moved, WORST), BEST)


@rule
def expectation_after(expectation: float, disconfirmation: float, rules: SatisfactionRules) -> float:
    """What is expected next time.

    Check
    -----
    >>> expectation_after(0.3, 0.5, SatisfactionRules())
    0.4
    """
    return expectation + rules.adaptation * disconfirmation
