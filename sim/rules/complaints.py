"""Complaints: a failed order may be followed by a complaint that waits until somebody resolves it.

A complaint that is resolved gives back part of what the failure took; one that waits takes a little more every week,
and an open one makes leaving likelier at the next occasion. How soon it is resolved is what the service budget buys.
"""

from typing import Annotated, NamedTuple

from sim.rules.arithmetic import exp, log
from sim.rules.compile import rule
from sim.units import factor, log_odds, probability, satisfaction_points, share

WEEK, HALF_A_WEEK = 7.0, 3.5
"""Days in which an open complaint, and one that was made this week, can be resolved before the week is over."""


class ComplaintRules(NamedTuple):
    """Who complains, and what becomes of it."""

    complains: Annotated[float, probability("a failed order is complained about", "A46", (0.0, 0.8))] = 0.0
    recovery: Annotated[
        float,
        share("of what the failure took that a resolution gives back", "Knox & van Oest (2014), sign; A47", (0.3, 0.9)),
    ] = 0.6
    waiting_harm: Annotated[float, satisfaction_points("that a week of waiting takes", "A47", (0.0, 0.3), 0.0)] = 0.10
    effect_on_leaving: Annotated[
        float, log_odds("on leaving, of an open complaint", "Knox & van Oest (2014), sign; A48", (0.0, 1.5))
    ] = 0.6
    softened_by_orders: Annotated[
        float,
        factor("how far log orders divide the harm of a failure", "Knox & van Oest (2014), sign; A49", (0.0, 1.0)),
    ] = 0.0
    sharpened_by_complaints: Annotated[
        float, factor("more harm for each earlier complaint", "Knox & van Oest (2014), sign; A49", (0.0, 1.0))
    ] = 0.0
    complaints_keep: Annotated[float, share("of earlier complaints that is remembered a week later", "A49")] = 0.97


@rule
def resolution_probability(days_to_resolve: float, days: float) -> float:
    """Chance that an open complaint is resolved within some days, of a mean time to resolve.

    Check
    -----
    >>> round(resolution_probability(7.0, WEEK), 4), round(resolution_probability(1.0, WEEK), 4)
    (0.6321, 0.9991)
    """
    return 1.0 - exp(-days / days_to_resolve)


@rule
def harm_of_failure(failure_loss: float, orders_before: int, complaints_before: float, rules: ComplaintRules) -> float:
    """What a failed order takes from experience: earlier orders soften it, earlier complaints sharpen it.

    Source
    ------
    Knox & van Oest (2014): prior purchases mitigate the effect of a complaint, prior complaints exacerbate it.

    Check
    -----
    >>> harm_of_failure(0.8, 20, 3.0, ComplaintRules())
    0.8
    >>> harm_of_failure(0.8, 0, 1.0, ComplaintRules(sharpened_by_complaints=0.5))
    1.2000000000000002
    """
    softer = 1.0 + rules.softened_by_orders * log(1.0 + orders_before)
    return failure_loss * (1.0 + rules.sharpened_by_complaints * complaints_before) / softer


@rule
def complaints_remembered(complaints: float, weeks: int, rules: ComplaintRules) -> float:
    """Earlier complaints that still count after some weeks.

    Check
    -----
    >>> complaints_remembered(0.0, 5, ComplaintRules()), complaints_remembered(1.0, 0, ComplaintRules())
    (0.0, 1.0)
    """
    if complaints == 0.0:
        return 0.0
    return complaints * exp(weeks * log(rules.complaints_keep))
