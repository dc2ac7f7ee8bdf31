"""Deciding: a strategy is asked, and its answer held against what its business has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.sight import books_of
from sim.rules.acquisition import PAID_PER_CUSTOMER
from sim.rules.retention import Levers
from sim.strategies.books import LEAST_PRICE, MOST_PRICE, Decision, NoDecision, possible

if TYPE_CHECKING:
    from sim.model.business import Business


def decide(business: Business) -> Decision:
    """What the strategy of a business does until its next plan.

    Raises
    ------
    ValueError
        If the strategy fails; it names the strategy, the business and the week.
    NoDecision
        If its answer is none that this business can follow; it names the same.
    """
    who = f"in week {business.model.week} the strategy {type(business.strategy).__name__} of {business.name!r}"
    try:
        answer = business.strategy.plan(books_of(business))
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:  # whatever a user's own code may do
        raise ValueError(f"{who} failed: {type(error).__name__}: {error}") from error
    try:
        decision = possible(answer)
    except NoDecision as error:
        raise NoDecision(f"{who} {error}") from None
    if reason := impossible_here(decision, business):
        raise NoDecision(f"{who} decided {reason}")
    return decision


def impossible_here(decision: Decision, business: Business) -> str | None:
    """Why a decision is none that this business can follow."""
    for place in decision.enter:
        if not business.presence.can_enter(place):
            return f"to enter market {place}, which is none of those it may enter"
    channels, price = business.description.channels, business.description.offering.price
    for name, parts, all_of in (("channels", decision.channels, channels), ("levers", decision.levers, Levers._fields)):
        if parts is not None and len(parts) != len(all_of):
            return f"on {len(parts)} parts for its {name}, of which it has {len(all_of)}: {', '.join(all_of)}"
    for part, (name, channel) in zip(decision.channels or (), channels.items(), strict=False):
        if part and channel.kind in PAID_PER_CUSTOMER:
            return f"to give {part:g} of the winning money to {name}, which is paid per customer won and not by budget"
    for asked in decision.prices or ():
        if not LEAST_PRICE * price <= asked <= MOST_PRICE * price:
            return f"on a price of {asked:g}, which is not within {LEAST_PRICE:g} to {MOST_PRICE:g} times {price:g}"
    return None
