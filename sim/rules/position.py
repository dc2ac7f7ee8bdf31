"""Position: where an offer stands between the low and the high end, and how far that is from what a person wants.

Position can be seen from outside, so it draws strangers too; quality is met only by who orders. One number stands for
all that makes an offer plain or refined.
"""

from sim.rules.arithmetic import exp
from sim.rules.compile import rule

MIDDLE = 0.5


@rule
def lack_of_fit(position: float, taste: float, fit: float) -> float:
    """What the way from an offer's position to a person's taste takes from attraction, in log odds.

    Source
    ------
    Hotelling (1929): people buy what is near to their taste; d'Aspremont, Gabszewicz & Thisse (1979): with a cost that
    grows with the square of the distance. How much is assumption A80.

    Check
    -----
    >>> lack_of_fit(0.9, 0.9, 8.0), lack_of_fit(0.0, 0.5, 8.0), lack_of_fit(0.0, 1.0, 8.0)
    (0.0, 2.0, 8.0)
    """
    away = position - taste
    return fit * (away * away)


@rule
def cost_at_position(unit_cost: float, position: float, cost_of_position: float) -> float:
    """What the standard order costs at a position: in the middle what it says, towards the high end more.

    Source
    ------
    Mussa & Rosen (1978): what is finer costs more to make.

    Check
    -----
    >>> cost_at_position(27.5, 0.9, 0.0), cost_at_position(27.5, 0.5, 1.0)
    (27.5, 27.5)
    >>> round(cost_at_position(27.5, 1.0, 1.0) / cost_at_position(27.5, 0.0, 1.0), 6)
    2.718282
    """
    return unit_cost * exp(cost_of_position * (position - MIDDLE))
