"""Product lines: some customers take up further lines, buy more at each order, and are bound a little closer.

Whether a person does is a lasting trait, so that selection and effect can be told apart: those who hold many lines are
other people than those who hold one, also where lines bind nobody.
"""

from typing import Annotated, NamedTuple

from sim.rules.compile import rule
from sim.units import factor, log_odds, share


class LineRules(NamedTuple):
    """What a further line does."""

    unprompted: Annotated[
        float, share("of a person's propensity that acts without cross-selling", "A50", (0.0, 1.0))
    ] = 0.25
    order_growth: Annotated[float, factor("more on an order for each further line", "A51", (0.1, 0.6))] = 0.30
    binding: Annotated[float, log_odds("on leaving, of each further line", "A52", (-0.5, 0.0))] = -0.2


@rule
def line_probability(propensity: float, cross_selling: float, rules: LineRules) -> float:
    """Chance that a customer takes up one more line with an order.

    Parameters
    ----------
    propensity : the person's own, per order
    cross_selling : share of customers whom the lever persuades to look, 0..1

    Check
    -----
    >>> line_probability(0.2, 0.0, LineRules()), line_probability(0.2, 1.0, LineRules())
    (0.05, 0.2)
    """
    return propensity * (rules.unprompted + (1.0 - rules.unprompted) * cross_selling)


@rule
def order_with_lines(value: float, further_lines: int, rules: LineRules) -> float:
    """What an order is worth with further lines in it.

    Check
    -----
    >>> order_with_lines(50.0, 0, LineRules()), order_with_lines(50.0, 2, LineRules())
    (50.0, 80.0)
    """
    return value * (1.0 + rules.order_growth * further_lines)
