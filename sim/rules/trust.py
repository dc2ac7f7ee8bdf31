"""Trust passed on: friends are alike, and a friend who is a customer keeps a customer.

Two effects with switches of their own. Homophily is selection: whoever hears of a business from a friend shares the
friend's taste, and so likes it better. A friend who buys there is an effect on leaving. Off, the told and the contacted
do not differ.
"""

from typing import Annotated, NamedTuple

from sim.rules.arithmetic import sqrt
from sim.rules.compile import rule
from sim.units import log_odds, share, weeks


class TrustRules(NamedTuple):
    """How alike friends are, and what a friend who is a customer does."""

    homophily: Annotated[
        float, share("of the variance of match that a person's circle of friends has in common", "A53", (0.0, 0.6))
    ] = 0.0
    friend_effect: Annotated[float, log_odds("on leaving, of a friend who is a customer", "A54", (-1.0, 0.0))] = 0.0
    friend_weeks: Annotated[int, weeks("for which such a friend is remembered", "A54", (13, 104))] = 52


@rule
def taste_among_friends(own: float, shared: float, mean: float, sd: float, homophily: float) -> float:
    """A lasting match out of a person's own draw and what its circle of friends shares; mean and spread stay.

    Two friends are as alike as their circles overlap: fully in a closed group, little in a random network.

    Parameters
    ----------
    shared : a standard normal
    mean, sd : of the match of people of this segment

    Source
    ------
    McPherson, Smith-Lovin & Cook (2001): similarity breeds connection.

    Check
    -----
    >>> taste_among_friends(0.5, 2.0, 0.1, 0.4, 0.0), taste_among_friends(0.5, 2.0, 0.1, 0.4, 1.0)
    (0.5, 0.9)
    """
    return mean + sqrt(1.0 - homophily) * (own - mean) + sqrt(homophily) * sd * shared
