"""Retention: what money spent on customers does.

Care is spread over those on the firm's list it is aimed at, the silently departed included, because a firm without
contracts cannot see who has left; it saves a share of departures. Reminders are events. A loyalty scheme and gifts pay
per order; service shortens waiting; referral and cross-selling make satisfied customers tell and buy more.
"""

from typing import Annotated, NamedTuple

from sim.rules.arithmetic import exp
from sim.rules.chance import share_won_over
from sim.rules.compile import rule
from sim.rules.costs import fixed_cost
from sim.rules.journey import BEST, CLASSES, DORMANT, EVERYBODY, FORMER, NEWCOMERS
from sim.units import Parameter, choice, factor, log_odds, money, per_money, probability, satisfaction_points, share


def part_of_budget() -> Parameter:
    """The part of the retention budget that a lever gets."""
    return share("of the retention budget; shares of a business add to 1", "design")


def target() -> Parameter:
    """Whom a lever is aimed at, as the business's books can tell."""
    return choice("whom it is aimed at", "design", *CLASSES)


class Care(NamedTuple):
    """Keeping in touch, putting things right: money per customer aimed at and year."""

    budget_share: Annotated[float, part_of_budget()] = 1.0
    ceiling: Annotated[
        float,
        share("of departures that care can save at most", "Blattberg & Deighton (1996): .70, lowered: A25", (0.3, 0.8)),
    ] = 0.60
    strength: Annotated[
        float,
        per_money(
            "response per money per customer aimed at and year; the least known number of all",
            "Blattberg & Deighton (1996), rescaled: A25",
            (0.03, 0.30),
        ),
    ] = 0.06
    aim: Annotated[int, target()] = EVERYBODY
    fixed_cost_per_year: Annotated[float, fixed_cost()] = 0.0


class LoyaltyScheme(NamedTuple):
    """A reward on every order: money per order."""

    budget_share: Annotated[float, part_of_budget()] = 0.0
    ceiling: Annotated[float, log_odds("most that rewards add to own customers' choice", "A26", (0.0, 1.0))] = 0.5
    strength: Annotated[float, per_money("response per money of reward per order", "A26", (0.1, 1.0))] = 0.4
    fixed_cost_per_year: Annotated[float, fixed_cost()] = 0.0


class Service(NamedTuple):
    """People who resolve complaints: money per customer aimed at and year."""

    budget_share: Annotated[float, part_of_budget()] = 0.0
    slow_days: Annotated[float, factor("days to resolve a complaint without money", "A56", (3.0, 21.0))] = 7.0
    fast_days: Annotated[float, factor("days to resolve a complaint, however much is spent", "A56", (0.5, 3.0))] = 1.0
    strength: Annotated[float, per_money("response of the days to money", "A56", (0.1, 2.0))] = 0.5
    aim: Annotated[int, target()] = EVERYBODY
    fixed_cost_per_year: Annotated[float, fixed_cost()] = 0.0


class Reminders(NamedTuple):
    """Contacts with customers, as events: money per customer aimed at and year buys a weekly chance to be reached."""

    budget_share: Annotated[float, part_of_budget()] = 0.0
    ceiling: Annotated[float, probability("most reminders that get through", "A57", (0.02, 0.2), "customer-week")] = (
        0.10
    )
    strength: Annotated[float, per_money("response to money per customer aimed at and year", "A57", (0.1, 1.0))] = 0.3
    makes_occasion: Annotated[float, probability("a reminder makes an occasion", "A57", (0.0, 0.5))] = 0.20
    aim: Annotated[int, target()] = DORMANT
    fixed_cost_per_year: Annotated[float, fixed_cost()] = 0.0


class Referral(NamedTuple):
    """Satisfied customers are asked to bring a friend: money per customer aimed at and year, and a reward for each.

    Both make them tell: what is spent on asking them, and what they can earn. Each has a strength of its own, for one
    is money a head and year and the other money a success.
    """

    budget_share: Annotated[float, part_of_budget()] = 0.0
    gain: Annotated[float, factor("most that it adds to telling, times telling", "A58", (0.2, 2.0))] = 1.0
    strength: Annotated[
        float, per_money("response of telling to money per customer aimed at and year", "A58", (0.1, 1.0))
    ] = 0.5
    reward: Annotated[float, money("paid to the teller for each customer who was referred, new or won back", "A58")] = (
        0.0
    )
    reward_strength: Annotated[float, per_money("response of telling to the reward", "A58", (0.02, 0.5))] = 0.1
    aim: Annotated[int, target()] = EVERYBODY
    fixed_cost_per_year: Annotated[float, fixed_cost()] = 0.0


class CrossSelling(NamedTuple):
    """Customers are shown further lines when they order: money per customer aimed at and year."""

    budget_share: Annotated[float, part_of_budget()] = 0.0
    ceiling: Annotated[float, share("of customers who can be made to look", "A59", (0.3, 1.0))] = 0.8
    strength: Annotated[float, per_money("response to money", "A59", (0.1, 1.0))] = 0.3
    aim: Annotated[int, target()] = EVERYBODY
    fixed_cost_per_year: Annotated[float, fixed_cost()] = 0.0


class Surprise(NamedTuple):
    """A gift that nobody expected, with some orders."""

    budget_share: Annotated[float, part_of_budget()] = 0.0
    cost: Annotated[float, money("of one gift", "A60", low=0.01)] = 5.0
    delight: Annotated[float, satisfaction_points("that the first such gift adds", "A60", (0.05, 0.4), 0.0)] = 0.15
    fixed_cost_per_year: Annotated[float, fixed_cost()] = 0.0


class Levers(NamedTuple):
    """The retention levers of a business."""

    care: Care = Care()
    onboarding: Care = Care(budget_share=0.0, aim=NEWCOMERS)
    personal_touch: Care = Care(budget_share=0.0, aim=BEST)
    service: Service = Service()
    reminders: Reminders = Reminders()
    win_back: Reminders = Reminders(aim=FORMER)
    loyalty_scheme: LoyaltyScheme = LoyaltyScheme()
    surprise: Surprise = Surprise()
    referral: Referral = Referral()
    cross_selling: CrossSelling = CrossSelling()


SAVERS = tuple(name for name, lever in Levers._field_defaults.items() if isinstance(lever, Care))
REMINDERS = tuple(name for name, lever in Levers._field_defaults.items() if isinstance(lever, Reminders))
"""Levers of one kind, which act alike on whom they are aimed at."""
ONBOARDING = SAVERS.index("onboarding")
"""The one that also talks people out of regret."""
SAVER_PLACES = tuple(Levers._fields.index(name) for name in SAVERS)
REMINDER_PLACES = tuple(Levers._fields.index(name) for name in REMINDERS)
SERVICE, REFERRAL, CROSS_SELLING = (Levers._fields.index(name) for name in ("service", "referral", "cross_selling"))
"""Where levers stand among all."""


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


@rule
def telling_gained(gain: float, asking: float, earning: float) -> float:
    """What a referral programme adds to telling, times telling: being asked and earning something go together.

    Parameters
    ----------
    asking, earning : money times its strength, of each

    Check
    -----
    >>> telling_gained(1.0, 0.0, 0.0), telling_gained(1.0, 0.2, 0.3) == telling_gained(1.0, 0.5, 0.0)
    (0.0, True)
    """
    return gain * (1.0 - exp(-(asking + earning)))


@rule
def days_to_resolve(slow: float, fast: float, strength: float, spend: float) -> float:
    """How many days a complaint waits on average: money moves it from slow to fast with diminishing returns.

    Check
    -----
    >>> days_to_resolve(7.0, 1.0, 0.5, 0.0), round(days_to_resolve(7.0, 1.0, 0.5, 100.0), 6)
    (7.0, 1.0)
    """
    return fast + (slow - fast) * exp(-strength * spend)


@rule
def delight_of_gift(delight: float, gift_probability: float) -> float:
    """What an unexpected gift adds to satisfaction: what comes with every order surprises nobody.

    Check
    -----
    >>> delight_of_gift(0.2, 0.0), delight_of_gift(0.2, 1.0)
    (0.2, 0.0)
    """
    return delight * (1.0 - gift_probability)
