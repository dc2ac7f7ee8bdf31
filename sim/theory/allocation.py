"""Allocation: how much to spend on winning and on keeping, if each has a response curve that rises to a ceiling.

Source
------
Blattberg & Deighton (1996), Manage marketing by the customer equity test; Pfeifer (2005), The optimal ratio of
acquisition and retention costs.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy.optimize import brentq

from sim.theory.value import lifetime_value


class Curve(NamedTuple):
    """Share won or kept by money a head: ceiling (1 - exp(-strength spend))."""

    ceiling: float
    strength: float

    def at(self, spend: float) -> float:
        """The share at this spend."""
        return self.ceiling * (1.0 - math.exp(-self.strength * spend))

    def slope(self, spend: float) -> float:
        """How much one more unit of money adds."""
        return self.ceiling * self.strength * math.exp(-self.strength * spend)


class Firm(NamedTuple):
    """Two curves, what a customer leaves at each renewal, and how much less that is worth one renewal later."""

    winning: Curve
    keeping: Curve
    margin: float
    discount: float


def through(spend: float, share: float, ceiling: float) -> Curve:
    """The curve below a ceiling that reaches a share at a spend.

    Check
    -----
    >>> round(through(5.0, 0.2, 0.4).at(5.0), 6)
    0.2
    """
    return Curve(ceiling, -math.log(1.0 - share / ceiling) / spend)


def value_of_customer(firm: Firm, keeping: float) -> float:
    """Lifetime value of somebody won, if so much is spent at each renewal on everybody who is then a customer."""
    return float(lifetime_value(firm.margin, keeping, firm.keeping.at(keeping), firm.discount))


def value_of_prospect(firm: Firm, winning: float, keeping: float) -> float:
    """Customer equity per prospect: the chance of winning it times its value, less what trying costs.

    Check
    -----
    >>> firm = Firm(through(5.0, 0.2, 0.4), through(8.0, 0.4, 0.7), 50.0, 0.12)
    >>> round(value_of_prospect(firm, 5.0, 8.0), 4), round(value_of_prospect(firm, *optimum(firm)), 4)
    (8.3333, 11.8756)
    """
    return firm.winning.at(winning) * value_of_customer(firm, keeping) - winning


def optimum(firm: Firm) -> tuple[float, float]:
    """The money per prospect and per customer that make a prospect worth most: each marginal cost is then the value.

    Check
    -----
    >>> firm = Firm(through(5.0, 0.2, 0.4), through(8.0, 0.4, 0.7), 50.0, 0.12)
    >>> [round(spend, 3) for spend in optimum(firm)]
    [10.078, 15.933]
    """

    def gain(keeping: float) -> float:
        return firm.keeping.slope(keeping) * value_of_customer(firm, keeping) - 1.0

    keeping = float(brentq(gain, 0.0, firm.margin * (1.0 + firm.discount), xtol=1e-12)) if gain(0.0) > 0.0 else 0.0
    worth = firm.winning.ceiling * firm.winning.strength * value_of_customer(firm, keeping)
    return max(math.log(worth), 0.0) / firm.winning.strength if worth > 0.0 else 0.0, keeping
