"""Value: what an order is worth."""

from typing import Annotated, NamedTuple

from sim.rules.arithmetic import floor
from sim.rules.compile import rule
from sim.units import factor, share


class ValueRules(NamedTuple):
    """How order values spread (Gamma-Gamma: Fader, Hardie & Lee 2005b), and what a later year is worth."""

    order_shape: Annotated[
        float, factor("evenness of one person's orders (p); 0: all alike", "Fader, Hardie & Lee (2005b), CDNOW: 6.25")
    ] = 6.25
    person_shape: Annotated[
        float, factor("evenness of people's means (q), above 1; 0: all alike", "Fader, Hardie & Lee (2005b): 3.74")
    ] = 3.74
    discount_rate: Annotated[float, share("by which money a year later is worth less", "A31", (0.05, 0.20))] = 0.10


@rule
def order_value(person_mean: float, relative_size: float, price_ratio: float) -> float:
    """Money of one order: the person's mean, this order's size relative to it, at today's price.

    Check
    -----
    >>> order_value(40.0, 0.5, 2.0)
    40.0
    """
    return person_mean * relative_size * price_ratio


@rule
def whole(amount: float) -> int:
    """The nearest whole number, halves up: money is counted in minor units.

    Check
    -----
    >>> whole(2.5), whole(2.49), whole(-0.5)
    (3, 2, 0)
    """
    return floor(amount + 0.5)
