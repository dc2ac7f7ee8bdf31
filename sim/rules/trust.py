"""Trust passed on: friends are alike, and a friend who is a customer keeps a customer.

Two effects with switches of their own. Homophily is selection: whoever hears of a business from a friend shares the
friend's taste, and so likes it better. A friend who buys there is an effect on leaving. Off, the told and the contacted
do not differ.
"""

from typing import Annotated, NamedTuple

from sim.rules.arithmetic import sqrt
from sim.rules.compile import rule
from sim.units import log_odds, satisfaction_points, share, weeks


class TrustRules(NamedTuple):
    """How alike friends are, and what a friend who is a customer does."""

    homophily: Annotated[float, share("of the variance of taste that friends share", "A53", (0.0, 0.6))] = 0.0
    shared_taste: Annotated[
        float, satisfaction_points("spread of the taste that friends share", "A53", (0.2, 0.6), 0.0)
    ] = 0.4
    friend_effect: Annotated[float, log_odds("on leaving, of a friend who is a customer", "A54", (-1.0, 0.0))] = 0.0
    friend_weeks: Annotated[int, weeks("for which such a friend is remembered", "A54", (13, 104))] = 52


@rule
def taste_among_friends(own: float, shared: float, rules: TrustRules) -> float:
    """A lasting match out of a person's own draw and what its neighbourhood shares (a standard normal).

    Source
    ------
    McPherson, Smith-Lovin & Cook (2001): similarity breeds connection.

    Check
    -----
    >>> taste_among_friends(0.4, 2.0, TrustRules()), taste_among_friends(0.4, 2.0, TrustRules(homophily=1.0))
    (0.4, 0.8)
    """
    return sqrt(1.0 - rules.homophily) * own + sqrt(rules.homophily) * rules.shared_taste * shared
