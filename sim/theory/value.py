"""Value: what a customer is worth, and what keeping and winning mean for growth. Numbers or arrays of them."""

from __future__ import annotations

from typing import Any


def lifetime_value(margin: Any, keeping: Any, retention: Any, discount: float) -> Any:
    """Expected discounted margin of a customer, less what keeping it costs, before what it cost to win it.

    The first margin comes now; keeping money is paid at every later date on who is then a customer, also on who leaves.
    For numbers or arrays of them; all but the rates per year. Without end where retention reaches 1 + discount.

    Source
    ------
    Blattberg & Deighton (1996), in the form of Pfeifer (2005): (m (1 + d) - R) / (1 + d - r).

    Check
    -----
    >>> round(lifetime_value(100.0, 0.0, 0.8, 0.1), 6), round(lifetime_value(50.0, 15.933, 0.57051, 0.12), 3)
    (366.666667, 72.917)
    """
    return (margin * (1.0 + discount) - keeping) / (1.0 + discount - retention)


def retention_elasticity(retention: Any, discount: float) -> Any:
    """Per cent by which value rises with one per cent of retention, if that costs nothing.

    Source
    ------
    Gupta, Lehmann & Stuart (2004), Valuing customers: value is m r / (1 + i - r).

    Check
    -----
    >>> round(retention_elasticity(0.84, 0.12), 6), round(retention_elasticity(0.8, 0.12), 6)
    (4.0, 3.5)
    """
    return (1.0 + discount) / (1.0 + discount - retention)


def to_be_won(growth: Any, retention: Any) -> Any:
    """Customers to be won in a year, over those at its beginning, for a growth: the leaky bucket.

    Check
    -----
    >>> round(to_be_won(0.15, 0.8), 6), round(to_be_won(0.75, 0.8), 6)
    (0.35, 0.95)
    """
    return growth + 1.0 - retention


def share_of_old_customers(growth: Any, retention: Any) -> Any:
    """Part of next year's volume that today's customers bring; retention in volume, or in heads if all buy alike.

    Check
    -----
    >>> round(share_of_old_customers(0.15, 0.8), 3), round(share_of_old_customers(0.75, 0.8), 3)
    (0.696, 0.457)
    """
    return retention / (1.0 + growth)
