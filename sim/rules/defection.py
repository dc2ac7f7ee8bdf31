"""Defection: the coin that a customer tosses at the next occasion, before buying again.

When a person's choice falls on a business from which it already holds enough orders, it first leaves with a probability
of its own; the runner-up of the same race then gets the occasion. In the log of purchases this is the same process as a
coin tossed right after each order (the coin is only read later), so the buy-till-you-die laws hold; but complaints and
care can act in between, and nobody knows of a silent departure until a need arises.
"""

from typing import Annotated, NamedTuple

from sim.rules.arithmetic import exp
from sim.rules.chance import happens
from sim.rules.compile import rule
from sim.units import count, log_odds, satisfaction_points

STRONGEST_EFFECT = 700.0
"""In log odds: what lies beyond is as certain, and its weight would be no number any more."""
STAYS, NEED_GONE, DISSATISFIED, COMPLAINT, FORGOTTEN, RIVAL, PRICE, MOVED, CLOSED = range(9)
REASONS = (
    "stays",
    "no need of it",
    "dissatisfied",
    "complaint left open",
    "forgotten",
    "bought from a rival",
    "bought cheaper from a rival",
    "left the market",
    "the business closed",
)


class DefectionRules(NamedTuple):
    """What makes a customer leave."""

    first_order_at_risk: Annotated[
        int,
        count(
            "orders held before the coin is tossed", "1: Fader & Hardie (2007); 2: Fader, Hardie & Lee (2005)", low=1
        ),
    ] = 1
    satisfaction_effect: Annotated[
        float, log_odds("on leaving, per unit of satisfaction above neutral", "A4", (-3.0, 0.0))
    ] = -1.5
    neutral_satisfaction: Annotated[
        float, satisfaction_points("satisfaction at which leaving is as inborn", "A5", (0.2, 0.4))
    ] = 0.3


@rule
def leaving_effect(satisfaction: float, rules: DefectionRules) -> float:
    """What moves the coin: log odds added to a person's inborn chance of leaving.

    Check
    -----
    >>> leaving_effect(0.3, DefectionRules()), leaving_effect(0.5, DefectionRules()) < 0.0
    (-0.0, True)
    """
    return rules.satisfaction_effect * (satisfaction - rules.neutral_satisfaction)


@rule
def leaving_circumstances(
    open_complaint: float, first_weeks: float, binding: float, further_lines: int, friend: float
) -> float:
    """What moves the coin beside satisfaction, in log odds; each effect is 0 where its mechanism is off.

    Parameters
    ----------
    binding : of each further line

    Check
    -----
    >>> leaving_circumstances(0.0, 0.0, -0.2, 0, 0.0) == 0.0, leaving_circumstances(0.6, 0.4, -0.2, 2, -0.1)
    (True, 0.5)
    """
    return open_complaint + first_weeks + binding * further_lines + friend


@rule
def leaving_probability(inborn: float, effect: float, kept_share: float) -> float:
    """Chance of leaving at this occasion: the inborn chance moved in log odds, then what the firm's levers let pass.

    Exact at 0 and 1; without an effect the inborn chance itself, to the bit.

    Source
    ------
    Inborn chances ~ Beta: Fader, Hardie & Lee (2005). Levers save a share of departures: Blattberg & Deighton (1996).

    Check
    -----
    >>> leaving_probability(0.1, 0.0, 1.0), leaving_probability(1.0, -2.0, 1.0), leaving_probability(0.0, 5.0, 1.0)
    (0.1, 1.0, 0.0)
    >>> leaving_probability(0.2, 0.0, 0.5), leaving_probability(0.2, 5000.0, 1.0)
    (0.1, 1.0)
    """
    if effect == 0.0:
        return inborn * kept_share
    weight = inborn * exp(min(max(effect, -STRONGEST_EFFECT), STRONGEST_EFFECT))
    return weight / (1.0 - inborn + weight) * kept_share


@rule
def decision_to_leave(inborn: float, effects: tuple[float, float, float], kept_share: float, word: int) -> int:
    """Toss the coin: STAYS, or the reason for leaving.

    The need of this business is gone if even a neutral customer would have left on this draw; else dissatisfaction (or
    the doubt of the first weeks) tipped the scale, or an open complaint if its part in the effect is larger.

    Parameters
    ----------
    effects : of satisfaction, of circumstances, and the part of these that is due to an open complaint, in log odds

    Check
    -----
    >>> decision_to_leave(0.5, (0.0, 0.0, 0.0), 1.0, 4294967295), decision_to_leave(0.5, (0.0, 0.0, 0.0), 1.0, 0)
    (0, 1)
    >>> tipped = (3.0, 0.0, 0.0), (0.5, 2.0, 2.0), (-0.5, 2.0, 0.0)
    >>> [decision_to_leave(0.5, effects, 1.0, 3000000000) for effects in tipped]
    [2, 3, 2]
    """
    dissatisfaction, circumstances, complaint = effects
    if not happens(leaving_probability(inborn, dissatisfaction + circumstances, kept_share), word):
        return STAYS
    if happens(inborn * kept_share, word):
        return NEED_GONE
    return COMPLAINT if complaint > max(dissatisfaction, 0.0) else DISSATISFIED


@rule
def reason_for_forgetting(bought_elsewhere: bool, price: float, price_elsewhere: float) -> int:
    """Why a relationship without orders is over: a cheaper rival, a rival, or nothing in particular.

    Check
    -----
    >>> reason_for_forgetting(False, 50.0, 40.0), reason_for_forgetting(True, 50.0, 50.0)
    (4, 5)
    >>> reason_for_forgetting(True, 50.0, 40.0)
    6
    """
    if not bought_elsewhere:
        return FORGOTTEN
    return PRICE if price > price_elsewhere else RIVAL
