"""Programmes: what marketing money buys, channel by channel and lever by lever.

A programme is a channel or a lever; its money goes out whether or not it moves anybody, except rewards and gifts, which
are put aside and paid for orders that come, and commissions, which are paid for customers won.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.model.ledger import split
from sim.rules.acquisition import (
    AFFILIATE,
    PARTNER,
    WEEKS_A_YEAR,
    Channel,
    contact_for_commission,
    contact_probability,
    stock_of_pressure,
)
from sim.rules.chance import share_won_over
from sim.rules.costs import is_run, weekly_part
from sim.rules.journey import CLASSES, EVERYBODY
from sim.rules.retention import (
    REMINDERS,
    SAVERS,
    Care,
    CrossSelling,
    Levers,
    LoyaltyScheme,
    Referral,
    Reminders,
    Service,
    Surprise,
    days_to_resolve,
    scheme_bonus,
    share_of_departures_let_through,
    telling_gained,
)
from sim.rules.value import whole
from sim.scenario.schema import MOST_CHANNELS, Business
from sim.state.offers import Offers

PROGRAMMES = MOST_CHANNELS + len(Levers._fields) + 2
"""Places of programmes in the history: channels of a business in its own order, levers, rewards for referrals, and what
it costs to enter markets."""
REFERRAL_REWARDS, ENTRIES = PROGRAMMES - 2, PROGRAMMES - 1
"""Places of what is paid per success or once, rather than out of the budget; it wins customers, so it is acquisition.
"""
LOYALTY, SURPRISE = (MOST_CHANNELS + Levers._fields.index(name) for name in ("loyalty_scheme", "surprise"))
NO_ORDERS = 1e-9
"""A mean below this is what is left of orders long ago."""


Shares = tuple[float, ...]
"""Parts of a budget, in the order of programmes."""


class Heads(NamedTuple):
    """How many people there are for a business's money."""

    prospects: int
    listed: int
    classes: np.ndarray  # int64 (classes,), as counted at the last plan
    orders: float  # a week, recent mean

    def aimed_at(self, aim: int) -> int:
        """Size of a class; everybody is on the list, which is counted every week."""
        return self.listed if aim == EVERYBODY else int(self.classes[aim])


def lever_aim(lever: Any) -> int:
    """The class a lever is aimed at; those paid per order are for everybody."""
    return int(getattr(lever, "aim", EVERYBODY))


def no_classes() -> np.ndarray:
    """Nobody has been counted yet."""
    return np.zeros(len(CLASSES), np.int64)


class Programmes:
    """Programmes among which a budget is shared out.

    Parameters
    ----------
    places : of each by its name, in the history
    minor_units : smallest coins in one unit of money
    shares : of the budget; as the scenario says, if a plan has not said otherwise
    """

    def __init__(
        self, programmes: dict[str, Any], places: list[int], minor_units: int, shares: Shares | None = None
    ) -> None:
        self.names = list(programmes)
        self.by_name = programmes
        self.kinds = list(programmes.values())
        self.places = places
        self.shares = [kind.budget_share for kind in self.kinds] if shares is None else list(shares)
        self.aims = [lever_aim(kind) for kind in self.kinds]
        self.fixed = [whole(kind.fixed_cost_per_year * minor_units) for kind in self.kinds]
        self.least = [whole(getattr(kind, "minimum", 0.0) * minor_units) for kind in self.kinds]
        self.cost_nothing = not any(self.fixed + self.least)
        self.need_classes = any(
            aim != EVERYBODY and part > 0.0 for aim, part in zip(self.aims, self.shares, strict=True)
        )

    def parts(self, budget: int) -> list[int]:
        """A budget shared out; of what gets no part of any, nothing."""
        return split(budget, self.shares) if any(self.shares) else [0] * len(self.shares)

    def run(self, parts: list[int], tick: int) -> tuple[list[int], list[int]]:
        """Run those programmes that can be paid for.

        Parameters
        ----------
        parts : this week's part of the budget for each

        Returns
        -------
        what is spent on each, and what of it does anything once the programme itself is paid
        """
        if self.cost_nothing:
            return parts, parts
        fixed = [weekly_part(per_year, tick) for per_year in self.fixed]
        runs = [is_run(*each) for each in zip(parts, fixed, self.least, strict=True)]
        spent = [part if run else 0 for part, run in zip(parts, runs, strict=True)]
        return spent, [part - cost if part else 0 for part, cost in zip(spent, fixed, strict=True)]

    def book(self, spent: list[int], week: list[int]) -> None:
        """Write what is spent on each into the week's list of all programmes."""
        for place, amount in zip(self.places, spent, strict=True):
            week[place] = amount

    def is_on(self, name: str, spent: list[int]) -> bool:
        """Does a programme run this week? One without a cost of its own always does."""
        at = self.names.index(name)
        return spent[at] > 0 or self.fixed[at] == 0


def channels_of(business: Business, minor_units: int, shares: Shares | None) -> Programmes:
    """The channels of a business.

    Parameters
    ----------
    shares : what its plan gives to each, or None
    """
    return Programmes(business.channels, list(range(len(business.channels))), minor_units, shares)


def levers_of(business: Business, minor_units: int, shares: Shares | None) -> Programmes:
    """The levers of a business that can get any money before the next plan: of its budget, or for each success.

    Parameters
    ----------
    shares : what its plan gives to each of all levers, or None
    """
    used = {
        name: lever
        for name, lever in business.levers._asdict().items()
        if shares is not None or lever.budget_share > 0.0 or getattr(lever, "reward", 0.0) > 0.0
    }
    return Programmes(used, [MOST_CHANNELS + Levers._fields.index(name) for name in used], minor_units, shares)


def show_idle(levers: Levers, offers: Offers, slot: int) -> None:
    """Show whom levers are for, and what they do without money; those that never get any do so for ever."""
    nobody = Heads(0, 0, no_classes(), 0.0)
    offers.aim[slot] = [lever_aim(lever) for lever in levers]
    keep_customers([0.0] * len(levers), levers._asdict(), nobody, offers, slot)


def reach_prospects(money: list[float], channels: list[Channel], pressure: list[float], heads: Heads) -> list[float]:
    """Let channels press; the chance of a contact by each.

    Affiliates take trouble for their commission, whatever is spent. A partner's word comes with an
    order, not by itself.

    Parameters
    ----------
    money : this week's, for each channel, in major units
    pressure : stock of each channel, changed in place
    """
    chances = []
    for at, (part, channel) in enumerate(zip(money, channels, strict=True)):
        pressure[at] = stock_of_pressure(pressure[at], per_head_year(part, heads.prospects), channel.keep)
        if channel.kind == AFFILIATE:
            chances.append(contact_for_commission(channel.commission, channel.ceiling, channel.strength))
        elif channel.kind == PARTNER:
            chances.append(0.0)
        else:
            chances.append(contact_probability(pressure[at], channel.ceiling, channel.strength))
    return chances


def keep_customers(money: list[float], levers: dict[str, Any], heads: Heads, offers: Offers, slot: int) -> None:
    """Show what levers do this week.

    Parameters
    ----------
    money : this week's, for each of them, in major units
    """
    for part, (name, lever) in zip(money, levers.items(), strict=True):
        rate = per_head_year(part, heads.aimed_at(lever_aim(lever)))
        per_order = part / heads.orders if heads.orders > NO_ORDERS else 0.0
        match lever:
            case Care():
                kept = share_of_departures_let_through(lever.ceiling, lever.strength, rate)
                offers.let_through[slot, SAVERS.index(name)] = kept
            case Reminders():
                at = REMINDERS.index(name)
                offers.reminder[slot, at] = share_won_over(lever.ceiling, lever.strength, rate)
                offers.reminder_tempts[slot, at] = lever.makes_occasion
            case Service():
                days = days_to_resolve(lever.slow_days, lever.fast_days, lever.strength, rate)
                offers.days_to_resolve[slot] = days
                offers.days_without_service[slot] = lever.slow_days
            case LoyaltyScheme():
                offers.scheme_bonus[slot] = scheme_bonus(lever.ceiling, lever.strength, per_order)
            case Surprise():
                offers.gift[slot] = min(per_order / lever.cost, 1.0)
                offers.delight[slot] = lever.delight
            case Referral():
                earned = lever.reward_strength * lever.reward
                offers.referral[slot] = telling_gained(lever.gain, lever.strength * rate, earned)
            case CrossSelling():
                offers.cross_selling[slot] = share_won_over(lever.ceiling, lever.strength, rate)


def per_head_year(money: float, heads: int) -> float:
    """Money a week as money per head and year; nothing where nobody is."""
    return money * WEEKS_A_YEAR / heads if heads else 0.0
