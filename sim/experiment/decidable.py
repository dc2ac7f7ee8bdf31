"""Decidable: each number that somebody may decide on instead of a plan, by its name, with what it may be.

Money and split; what the standard order costs people who never ordered and those who did; what part of the winning
money each channel gets, and of the keeping money each lever; which markets to enter. Parts of one whole move together:
whoever gives one more takes it from the others. Markets are in one hand together as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sim.experiment.hand import Held
from sim.rules.acquisition import PAID_PER_CUSTOMER
from sim.rules.retention import Levers
from sim.scenario.schema import YEAR, Business, Scenario
from sim.strategies.books import Decision

SPEND, SPLIT, PRICE_NEW, PRICE_OLD = "spend_per_year", "acquisition_share", "price_new", "price_old"
CHANNELS, LEVERS, MARKETS = "channels", "levers", "markets"
LOWEST, HIGHEST = 0.5, 2.0
"""Between which multiples of the listed price somebody may set prices: less than what the model allows a plan."""


class Range(NamedTuple):
    """Between which values somebody may decide."""

    least: float
    most: float
    is_yes_or_no: bool = False
    """Is it one of both ends, and nothing between?"""


def decidable(business: Business, most_spend: float) -> dict[str, Range]:
    """What may be decided for a business: ``spend_per_year``, ``channels.NAME``, ``markets.NAME`` and so on.

    A channel that is paid per customer gets no part of a budget, and a single one gets all of it. Where a business is
    at home there is nothing to enter.

    Parameters
    ----------
    most_spend : money a year
    """
    price = Range(LOWEST * business.offering.price, HIGHEST * business.offering.price)
    whole = Range(0.0, 1.0)
    return {
        SPEND: Range(0.0, most_spend), SPLIT: whole, PRICE_NEW: price, PRICE_OLD: price,
        **{f"{CHANNELS}.{name}": whole for name in _divided(business, CHANNELS)},
        **{f"{LEVERS}.{name}": whole for name in _divided(business, LEVERS)},
        **{f"{MARKETS}.{name}": Range(0.0, 1.0, True) for name, at in business.markets.items() if at.enters_week > 0},
    }  # fmt: skip


def decided(decision: Decision, scenario: Scenario) -> dict[str, float]:
    """The numbers of a decision of the first business by their names; where it says nothing, what the scenario says."""
    business = scenario.businesses[0]
    new, old = decision.prices or (business.offering.price,) * 2
    values = {
        SPEND: decision.spend_per_week * YEAR, SPLIT: decision.acquisition_share, PRICE_NEW: new, PRICE_OLD: old,
    }  # fmt: skip
    for whole in (CHANNELS, LEVERS):
        parts = _parts(decision, business, whole)
        values |= {f"{whole}.{name}": parts[at] for name, at in _divided(business, whole).items()}
    asked = {name: float(at in decision.enter) for at, name in enumerate(scenario.markets)}
    return values | {f"{MARKETS}.{name}": asked[name] for name, at in business.markets.items() if at.enters_week > 0}


def held(hand: Held, decision: Decision, scenario: Scenario, what: str, value: float | None) -> Held:
    """What is held once a number is decided on, or left to the plan with None; parts of a whole are left together.

    Parameters
    ----------
    decision : as it stands
    """
    whole, _, name = what.partition(".")
    changed: Any = value
    if whole == MARKETS and value is not None:
        place = list(scenario.markets).index(name)
        others = {each for each in decision.enter if each != place}
        changed = tuple(sorted(others | {place} if value else others))
    elif name and value is not None:
        business = scenario.businesses[0]
        places = _divided(business, whole)
        changed = redivided(_parts(decision, business, whole), places[name], value, places.values())
    return hand._replace(**{whole: changed})


def is_held(hand: Held, what: str) -> bool:
    """Is a number decided by somebody?"""
    return getattr(hand, what.partition(".")[0]) is not None


def redivided(parts: Sequence[float], place: int, value: float, places: Iterable[int]) -> tuple[float, ...]:
    """Parts of a whole after one of them was set: the others share the rest as they shared it before, or evenly.

    Parameters
    ----------
    places : of the parts that may be more than nothing

    Check
    -----
    >>> redivided((0.6, 0.2, 0.2, 0.0), 0, 0.2, [0, 1, 2])
    (0.2, 0.4, 0.4, 0.0)
    >>> redivided((1.0, 0.0, 0.0), 0, 0.5, [0, 1, 2])
    (0.5, 0.25, 0.25)
    """
    others = [each for each in places if each != place]
    whole = sum(parts[each] for each in others)
    made = [0.0] * len(parts)
    for each in others:
        made[each] = (1.0 - value) * (parts[each] / whole if whole > 0.0 else 1.0 / len(others))
    made[place] = value
    return tuple(made)


def _divided(business: Business, whole: str) -> dict[str, int]:
    """The parts of a whole that may be more than nothing, with their places; none if there is only one."""
    names = dict(_budgeted(business, whole))
    return names if len(names) > 1 else {}


def _budgeted(business: Business, whole: str) -> Iterator[tuple[str, int]]:
    if whole == LEVERS:
        yield from ((name, at) for at, name in enumerate(Levers._fields))
    else:
        for at, (name, channel) in enumerate(business.channels.items()):
            if channel.kind not in PAID_PER_CUSTOMER:
                yield name, at


def _parts(decision: Decision, business: Business, whole: str) -> Sequence[float]:
    """How a decision divides one of the two sums, or else the scenario."""
    if (parts := getattr(decision, whole)) is not None:
        return tuple(parts)
    members = business.levers if whole == LEVERS else business.channels.values()
    return tuple(each.budget_share for each in members)
