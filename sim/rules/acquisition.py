"""Acquisition: how money reaches strangers, and what a contact does.

Money builds a stock of advertising pressure per prospect that decays week by week; pressure buys contacts with
diminishing returns up to a ceiling. A contact makes the name known, pushes for a while, and may make an occasion of
its own: an offer, at which only this business and "nothing" race.

Channels come in kinds. Most are paid out of the budget; affiliates and partners are paid a commission for each customer
whom they win. An affiliate takes trouble as its commission is worth it; a partner is another business, which passes its
own customers on.
"""

from typing import Annotated, NamedTuple

from sim.rules.chance import share_won_over
from sim.rules.compile import rule
from sim.rules.costs import fixed_cost
from sim.units import choice, factor, log_odds, money, per_money, probability, share

WEEKS_A_YEAR = 52.0
SALE_WEEKS = 4
"""For so long an order counts as the success of a contact or a reminder: decision 12, 7."""


KIND_NAMES = ("advertising", "seminar", "direct_mail", "email", "telephone", "web", "affiliate", "partner")
ADVERTISING, SEMINAR, DIRECT_MAIL, EMAIL, TELEPHONE, WEB, AFFILIATE, PARTNER = range(len(KIND_NAMES))
PAID_PER_CUSTOMER = (AFFILIATE, PARTNER)
"""Kinds that get no part of the budget."""


class AcquisitionRules(NamedTuple):
    """What a contact does."""

    offer_makes_occasion: Annotated[
        float, probability("a contact or a good story makes an occasion", "A18", (0.0, 0.3))
    ] = 0.06
    push: Annotated[float, log_odds("of a contact, on choice", "A19", (0.0, 2.0))] = 1.0
    push_keep: Annotated[
        float, share("of push that lasts a week", "Trusov, Bucklin & Pauwels (2009): media last 5 days", (0.2, 0.8))
    ] = 0.50


class Channel(NamedTuple):
    """A way to reach strangers.

    What is not written has the default of its kind; a channel that is called like a kind is of that kind.
    """

    kind: Annotated[int, choice("what it is, from which its other defaults follow", "A83", *KIND_NAMES)] = ADVERTISING
    budget_share: Annotated[float, share("of the acquisition budget; shares of a business add to 1", "design")] = 1.0
    ceiling: Annotated[
        float,
        probability(
            "most contacts that get through",
            "Blattberg & Deighton (1996), rescaled: A20",
            (0.005, 0.03),
            per="prospect-week",
        ),
    ] = 0.011
    strength: Annotated[
        float,
        per_money(
            "response of contacts to money per prospect and year",
            "Blattberg & Deighton (1996), rescaled: A20",
            (0.03, 0.2),
        ),
    ] = 0.075
    keep: Annotated[
        float,
        share("of the stock that lasts a week", "Sethuraman, Tellis & Briesch (2011): long/short near 2", (0.0, 0.9)),
    ] = 0.60
    reminds_customers: Annotated[
        float, share("of its contacts that would also reach own customers: 1 for mass media, 0 for mailings", "A61")
    ] = 0.0
    fixed_cost_per_year: Annotated[float, fixed_cost()] = 0.0
    minimum: Annotated[float, money("that can be spent on it in a week at least; less buys nothing", "A102")] = 0.0
    reaches: dict[
        str,
        Annotated[float, factor("on the chance of a contact, for people of the segment", "the question", high=100.0)],
    ] = {}  # noqa: RUF012 (nobody writes to it)
    follows_need: Annotated[
        float,
        share("of its reach that goes by how often a segment needs; `reaches` stands instead", "A106", (0.0, 1.0)),
    ] = 0.0
    commission: Annotated[float, money("for each customer won by an affiliate or a partner", "the question")] = 0.0
    of: str = ""
    """The business that is the partner."""
    chance: Annotated[
        float, probability("an order at the partner brings a word about this business", "A85", (0.01, 0.2), "order")
    ] = 0.05


KINDS: dict[str, Channel] = {
    "advertising": Channel(),
    "seminar": Channel(kind=SEMINAR, ceiling=0.002, strength=0.16, keep=0.3, follows_need=1.0),
    "direct_mail": Channel(kind=DIRECT_MAIL, ceiling=0.008, strength=0.1, keep=0.2),
    "email": Channel(kind=EMAIL, ceiling=0.003, strength=0.28, keep=0.0, follows_need=0.5),
    "telephone": Channel(kind=TELEPHONE, ceiling=0.003, strength=0.064, keep=0.0),
    "web": Channel(kind=WEB, ceiling=0.006, strength=0.11, keep=0.4, follows_need=1.0),
    "affiliate": Channel(
        kind=AFFILIATE, budget_share=0.0, ceiling=0.004, strength=0.05, follows_need=1.0, commission=15.0
    ),
    "partner": Channel(kind=PARTNER, budget_share=0.0, commission=15.0),
}
"""Each kind of channel with its own defaults: assumptions A83 and A106."""


def default_channel(name: str, kind: str | None) -> Channel:
    """What a channel is as far as nothing is written: by its kind, else by its name, else advertising.

    Check
    -----
    >>> default_channel("fair", "seminar").kind == SEMINAR, default_channel("email", None).kind == EMAIL
    (True, True)
    >>> default_channel("fair", None) == Channel()
    True
    """
    return KINDS.get(kind or name, KINDS["advertising"])


@rule
def stock_of_pressure(stock: float, spend_per_prospect_year: float, keep: float) -> float:
    """Advertising stock after this week's money: weights add to one, so a steady budget means a steady stock.

    Source
    ------
    Nerlove & Arrow (1962), in weekly steps.

    Check
    -----
    >>> stock_of_pressure(10.0, 10.0, 0.6), stock_of_pressure(10.0, 0.0, 0.6)
    (10.0, 6.0)
    """
    return (1.0 - keep) * spend_per_prospect_year + keep * stock


@rule
def contact_probability(stock: float, ceiling: float, strength: float) -> float:
    """Chance that a channel reaches a given prospect this week.

    Check
    -----
    >>> contact_probability(0.0, 0.011, 0.075)
    0.0
    """
    return share_won_over(ceiling, strength, stock)


@rule
def contact_for_commission(commission: float, ceiling: float, strength: float) -> float:
    """Chance that affiliates reach a given prospect this week: they take trouble as it is worth it.

    Check
    -----
    >>> contact_for_commission(0.0, 0.004, 0.05), contact_for_commission(1e9, 0.004, 0.05)
    (0.0, 0.004)
    """
    return share_won_over(ceiling, strength, commission)


@rule
def reach_of_segment(need: float, mean_need: float, follows_need: float) -> float:
    """Factor on the chance of a contact for people of one segment; over all people it is 1 in the mean.

    Check
    -----
    >>> reach_of_segment(16.0, 8.0, 0.0), reach_of_segment(16.0, 8.0, 0.5), reach_of_segment(2.0, 8.0, 1.0)
    (1.0, 1.5, 0.25)
    """
    return 1.0 + follows_need * (need / mean_need - 1.0) if mean_need > 0.0 else 1.0


@rule
def contact_in_segment(chance: float, factor: float) -> float:
    """Chance of a contact for people of one segment, which a channel reaches better or worse than others.

    Check
    -----
    >>> contact_in_segment(0.011, 1.0), contact_in_segment(0.5, 0.0), contact_in_segment(0.5, 3.0)
    (0.011, 0.0, 1.0)
    """
    return min(chance * factor, 1.0)


@rule
def contact_of_customers(chance: float, reminds_customers: float) -> float:
    """Chance that a channel's message reaches a given customer too, of the chance that it reaches a prospect.

    Check
    -----
    >>> contact_of_customers(0.25, 0.0), contact_of_customers(0.25, 0.5)
    (0.0, 0.125)
    """
    return chance * reminds_customers


@rule
def either(first: float, second: float) -> float:
    """Chance that at least one of two independent events happens.

    Check
    -----
    >>> either(0.0, 0.25), either(0.5, 0.5)
    (0.25, 0.75)
    """
    return 1.0 - (1.0 - first) * (1.0 - second)
