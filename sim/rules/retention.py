"""Retention: what money spent on customers does.

Care is spread over the firm's list, the silently departed included, because a firm without contracts cannot see who has
left; it saves a share of departures. A loyalty scheme pays per order and adds to choice.
"""

from typing import Annotated, NamedTuple

from sim.rules.chance import share_won_over
from sim.rules.compile import rule
from sim.units import log_odds, per_money, share


class Care(NamedTuple):
    """Keeping in touch, putting things right: money per listed customer and year."""

    budget_share: Annotated[float, share("of the retention budget; shares of a business add to 1", "design")] = 1.0
    ceiling: Annotated[
        float,
        share("of departures that care can save at most", "Blattberg & Deighton (1996): .70, lowered: A25", (0.3, 0.8)),
    ] = 0.60
    strength: Annotated[
        float,
        per_money(
            "response per money per listed customer and year; the least known number of all",
            "Blattberg & Deighton (1996), rescaled: A25",
            (0.03, 0.30),
        ),
    ] = 0.06


class LoyaltyScheme(NamedTuple):
    """A reward on every order: money per order."""

    budget_share: Annotated[float, share("of the retention budget; shares of a business add to 1", "design")] = 0.0
    ceiling: Annotated[float, log_odds("most that rewards add to own customers' choice", "A26", (0.0, 1.0))] = 0.5
    strength: Annotated[float, per_money("response per money of reward per order", "A26", (0.1, 1.0))] = 0.4


class Levers(NamedTuple):
    """The retention levers of a business."""

    care: Care = Care()
    loyalty_scheme: LoyaltyScheme = LoyaltyScheme()


@rule
def share_of_departures_let_through(ceiling: float, strength: float, spend: float) -> float:
    """What is left of the chance of leaving after a lever has saved its share.

    Source
    ------
    Blattberg & Deighton (1996): r(R) = ceiling (1 - exp(-k R)).

    Check
    -----
    >>> share_of_departures_let_through(0.6, 0.06, 0.0)
    1.0
    """
    return 1.0 - share_won_over(ceiling, strength, spend)


@rule
def scheme_bonus(ceiling: float, strength: float, reward_per_order: float) -> float:
    """What a reward per order adds to the choice of own customers.

    Check
    -----
    >>> scheme_bonus(0.5, 0.4, 0.0)
    0.0
    """
    return share_won_over(ceiling, strength, reward_per_order)
