"""Choice: which business gets an occasion.

Every business a person knows, and "nothing", run a race: an exponential clock with the business's weight as its rate.
The first to ring wins, which is the multinomial logit; with Gamma-distributed affinities the shares of a person are
Dirichlet. Deleting a business that does not win changes no winner, so the runner-up of a race is well defined.
"""

from typing import Annotated, NamedTuple

from sim.rules.arithmetic import log
from sim.rules.chance import uniform
from sim.rules.compile import rule
from sim.units import Parameter, log_odds, money, share


class ChoiceRules(NamedTuple):
    """What counts when an occasion is given to a business."""

    loyalty: Annotated[float, log_odds("pull of one's own supplier per unit of satisfaction", "A1", (0.0, 1.5))] = 0.5
    habit: Annotated[float, log_odds("pull of the supplier of the last order", "A2", (0.0, 1.0))] = 0.3
    reference_price: Annotated[float, money("the price people compare with", "A3", low=0.01)] = 50.0
    reference_moves: Annotated[
        float, share("of the way to a price just paid that the expected price moves", "A62", (0.0, 0.4))
    ] = 0.0
    fit: Annotated[
        float,
        Parameter(
            "log odds", "lost at the whole way between position and taste; by its square", "A80", 0.0, 50.0, (0.0, 12.0)
        ),
    ] = 0.0


@rule
def attraction(log_affinity: float, price_effect: float, push: float, heard: float) -> float:
    """How strongly a business draws a person, as the logarithm of its weight in the race.

    Source
    ------
    Goodhardt, Ehrenberg & Chatfield (1984): Gamma affinities make choice shares Dirichlet.
    """
    return log_affinity + price_effect + push + heard


@rule
def price_effect(price_sensitivity: float, log_price_ratio: float, log_expected_ratio: float) -> float:
    """What a price above (or below) the expected price takes from (or adds to) the attraction.

    Both are logarithms of their ratio to the reference price, which is what everybody expects at first.

    One person's elasticity in price is then -sensitivity (1 - share); less where tastes differ or few know it.

    Check
    -----
    >>> price_effect(8.0, 0.0, 0.0), price_effect(2.0, 0.5, 0.0), price_effect(2.0, 0.5, 0.5)
    (-0.0, -1.0, -0.0)
    """
    return -price_sensitivity * (log_price_ratio - log_expected_ratio)


@rule
def pull_of_my_supplier(satisfaction: float, bought_here_last: bool, scheme_bonus: float, rules: ChoiceRules) -> float:
    """What a business's own customers feel beyond its attraction: satisfaction, habit and the loyalty scheme.

    Check
    -----
    >>> round(pull_of_my_supplier(0.4, True, 0.1, ChoiceRules()), 6)
    0.6
    """
    habit = rules.habit if bought_here_last else 0.0
    return rules.loyalty * satisfaction + habit + scheme_bonus


@rule
def finishing_time(attraction: float, word: int) -> float:
    """When this runner of the race arrives, as a logarithm: the least one wins.

    Check
    -----
    >>> finishing_time(1.0, 5) < finishing_time(0.5, 5)
    True
    """
    return log(-log(uniform(word))) - attraction
