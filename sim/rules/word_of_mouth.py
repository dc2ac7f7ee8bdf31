"""Word of mouth: who tells, who hears, and what a story does.

A customer may publish one story a week about the business of its last order; a listener reads what one friend
published last week. A story therefore travels one step a week. On a network a person with more friends hears more: with
a fixed chance of one friend a week the density of a network would change nothing.
"""

from typing import Annotated, NamedTuple

from sim.rules.arithmetic import exp
from sim.rules.compile import rule
from sim.units import count, factor, log_odds, probability, share


class TalkRules(NamedTuple):
    """What is told and what it does."""

    told_always: Annotated[float, probability("a customer tells, whatever it feels", "A12", (0.0, 0.1), per="week")] = (
        0.02
    )
    told_by_feeling: Annotated[float, factor("more telling per unit of strong feeling", "A13", (0.1, 0.6))] = 0.30
    told_when_bad: Annotated[
        float,
        factor(
            "how much more the dissatisfied tell", "East, Hammond & Wright (2007): 3 to 1 positive; A13", (1.0, 5.0)
        ),
    ] = 1.8
    effect: Annotated[float, log_odds("on choice, of a story of strength 1", "A14", (0.3, 1.5))] = 0.8
    negative_weight: Annotated[float, factor("weight of a bad story against a good one", "A15", (1.0, 2.5))] = 1.5
    keep: Annotated[
        float, share("of what was heard that lasts a week", "Trusov, Bucklin & Pauwels (2009): 21 days", (0.6, 0.9))
    ] = 0.72
    customers_hear: Annotated[
        float,
        factor(
            "weight of stories on own customers",
            "East et al. (working paper after 2008): twice as strong on acquisition",
            (0.3, 1.0),
        ),
    ] = 0.5


class Mixed(NamedTuple):
    """Everybody may hear everybody."""

    listening: Annotated[float, probability("a person hears somebody", "A16", (0.0, 0.2), per="week")] = 0.06


class SmallWorld(NamedTuple):
    """A ring of neighbours with some links rewired (Watts & Strogatz 1998)."""

    degree: Annotated[int, count("friends of a person, an even number", "A17", (4, 20), low=2, high=1000)] = 8
    rewired: Annotated[float, share("of links that lead anywhere", "A17", (0.01, 0.3))] = 0.10
    talk_per_friend: Annotated[float, factor("weekly rate of hearing each friend", "A16", (0.0, 0.03))] = 0.0077


class ScaleFree(NamedTuple):
    """Newcomers link to the well-connected (Barabasi & Albert 1999)."""

    links: Annotated[int, count("friends a newcomer links to", "A17", (2, 10), low=1, high=500)] = 4
    talk_per_friend: Annotated[float, factor("weekly rate of hearing each friend", "A16", (0.0, 0.03))] = 0.0077


class RandomNetwork(NamedTuple):
    """Links between anybody and anybody (Erdos & Renyi 1959)."""

    degree: Annotated[float, factor("mean number of friends", "A17", (4, 20))] = 8.0
    talk_per_friend: Annotated[float, factor("weekly rate of hearing each friend", "A16", (0.0, 0.03))] = 0.0077


class Groups(NamedTuple):
    """Closed groups in which everybody hears everybody."""

    size: Annotated[int, count("people in a group", "A17", (3, 20), low=1, high=1000)] = 9
    talk_per_friend: Annotated[float, factor("weekly rate of hearing each friend", "A16", (0.0, 0.03))] = 0.0077


NETWORKS: dict[str, type] = {
    "mixed": Mixed,
    "small_world": SmallWorld,
    "scale_free": ScaleFree,
    "random": RandomNetwork,
    "groups": Groups,
}


@rule
def listening_probability(talk_per_friend: float, friends: int) -> float:
    """Chance of hearing one friend this week: each friend talks at a rate of its own.

    Check
    -----
    >>> listening_probability(0.1, 0), round(listening_probability(0.0077, 8), 4)
    (0.0, 0.0597)
    """
    return 1.0 - exp(-talk_per_friend * friends)


@rule
def telling_probability(satisfaction: float, rules: TalkRules) -> float:
    """Chance that a customer publishes a story this week: strong feelings are told, bad ones more.

    Check
    -----
    >>> round(telling_probability(0.5, TalkRules()), 6), round(telling_probability(-0.2, TalkRules()), 6)
    (0.17, 0.144)
    """
    size = satisfaction if satisfaction >= 0.0 else -satisfaction
    chance = rules.told_always + rules.told_by_feeling * size
    if satisfaction < 0.0:
        chance *= rules.told_when_bad
    return min(chance, 1.0)


@rule
def telling_for_reward(telling: float, satisfaction: float, referral: float) -> float:
    """What a referral programme adds to the chance of telling, for the satisfied only.

    Parameters
    ----------
    telling : the chance without it
    referral : what the programme adds, times that chance

    Check
    -----
    >>> telling_for_reward(0.1, 0.5, 1.0), telling_for_reward(0.1, -0.5, 1.0), telling_for_reward(0.8, 0.5, 1.0)
    (0.1, 0.0, 0.19999999999999996)
    """
    return min(telling * referral, 1.0 - telling) if satisfaction > 0.0 else 0.0


@rule
def effect_of_story(story: float, hearer_is_customer: bool, rules: TalkRules) -> float:
    """What a story adds to (or takes from) the hearer's attraction to the business.

    Source
    ------
    East, Hammond & Lomax (2008): in its own units a bad story weighs more; in probability a good one may move more.

    Check
    -----
    >>> effect_of_story(0.5, False, TalkRules()), round(effect_of_story(-0.5, True, TalkRules()), 6)
    (0.4, -0.3)
    """
    weight = rules.effect
    if story < 0.0:
        weight *= rules.negative_weight
    if hearer_is_customer:
        weight *= rules.customers_hear
    return weight * story
