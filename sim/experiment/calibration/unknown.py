"""What the data cannot tell: each thing in words, with a range, where the range comes from, and where it stands."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sim.experiment.calibration.base import HALF, TIMES_CUSTOMERS
from sim.experiment.calibration.expected import Learned
from sim.experiment.calibration.money import BY_ITSELF, BY_THEMSELVES, Way, margin_of, plausible, scale_of
from sim.experiment.calibration.world import Plan
from sim.experiment.firm import tidy
from sim.rules.acquisition import Channel
from sim.rules.retention import Care

CHANNELS = "businesses.ours.channels"
BY_ITSELF_NAME = "by_itself"
"""The channel of whoever comes without money."""
HARDLY = "spend, which hardly shows it, over what is assumed"
MARGINS = (0.25, 0.65)
"""A36: what shops and services commonly earn; whoever has books knows better."""
MARKETS = (2.0, 20.0)
"""Times the customers a firm ever had."""
SPENDS = (0.5, 2.0)
"""A32: times what is usual."""


class Unknown(NamedTuple):
    """Something that was assumed."""

    name: str
    why: str
    value: float
    low: float
    high: float
    source: str
    path: str | None = None
    """Where it stands in the scenario, if it is one number there that may be varied by itself."""


def unknown_in(plan: Plan, learned: Sequence[Learned] | None = None) -> list[Unknown]:
    """Everything that a scenario assumes because neither the records nor the firm said it.

    Parameters
    ----------
    learned : what a firm's spend has shown, or not; None if none was given
    """
    found = []
    said, here, numbers = plan.said, "businesses.ours", {each.name: each for each in learned or ()}
    if "care.strength" not in numbers or not numbers["care.strength"].known:
        low, high = plausible(Care, "strength")
        scale = scale_of(plan.base, said)
        why = "how strong money for keeping is; purchases alone never tell, because nobody knows who would have left"
        found.append(_unknown("strength_of_care", why, plan.money.care.strength, (low * scale, high * scale),
                              "A25, per margin of a customer and year", f"{here}.levers.care.strength"))  # fmt: skip
    for name, way in plan.money.ways.items():
        if way.spend:
            found += _of_channel(plan, name, way, numbers)
    alone = numbers.get(BY_ITSELF_NAME)
    if alone and not alone.known:
        why = "which chance a week to come by themselves people have: spend does not show who would have come anyway"
        source = "docs/calibrate.md: a fifth to four fifths come by themselves" if alone.assumed else HARDLY
        found.append(_unknown(BY_ITSELF_NAME, why, alone.value, (alone.low, min(alone.high, 1.0)), source,
                              f"{CHANNELS}.{BY_ITSELF_NAME}.ceiling"))  # fmt: skip
    if said.margin is None:
        price = plan.behaviour.order_value
        why = "what an order earns: a log of purchases has no costs. Say --margin"
        ends = (price * (1.0 - MARGINS[1]), price * (1.0 - MARGINS[0]))
        found.append(_unknown("unit_cost", why, price * (1.0 - margin_of(said)), ends, "A36", f"{here}.unit_cost"))
    if said.marketing is None and learned is None:
        total = plan.money.winning + plan.money.keeping
        why = "what is spent on marketing a year. Say --marketing, or give --spend"
        found.append(Unknown("marketing", why, tidy(total), *_times(total, SPENDS), "A32"))
    if said.acquisition_share is None and learned is None:
        why = "which part of it wins customers. Say --acquisition-share, or give --spend"
        found.append(Unknown("acquisition_share", why, HALF, 0.2, 0.8, "A32"))
    if said.people is None:
        why = f"how many people may buy of this firm: {TIMES_CUSTOMERS:g} for each customer it ever had. Say --people"
        ends = _times(plan.base.customers, MARKETS)
        found.append(Unknown("people", why, float(plan.market.people), *ends, "docs/calibrate.md"))
    return found


def _of_channel(plan: Plan, name: str, way: Way, numbers: Mapping[str, Learned]) -> list[Unknown]:
    """What is not known of a channel: as far as spend leaves it open, or if there is none, as far as is plausible."""
    here = f"businesses.ours.channels.{name}"
    found, half, scale = [], math.log(2.0) / way.curve.strength, scale_of(plan.base, plan.said)
    low, high = (math.log(2.0) / (end * scale) for end in plausible(Channel, "strength")[::-1])
    usual = {
        "ceiling": tuple(way.curve.ceiling * (1.0 - part) / (1.0 - BY_ITSELF) for part in BY_THEMSELVES[::-1]),
        "half_saturation": (min(low, half), max(high, half)),
        "keep": plausible(Channel, "keep"),
    }
    kept = {
        "ceiling": (f"how many customers {name} wins and how many come by themselves: half each is assumed",
                    "docs/calibrate.md: a fifth to four fifths come by themselves"),
        "half_saturation": (f"at which money per prospect and year {name} reaches half of what it can",
                            "A20, per margin of a customer and year"),
        "keep": (f"how long {name} goes on working", "Sethuraman, Tellis & Briesch (2011)"),
    }  # fmt: skip
    values = {"ceiling": way.curve.ceiling, "half_saturation": half, "keep": way.keep}
    for what, value in values.items():
        each, ends, (why, source) = numbers.get(f"{name}.{what}"), usual[what], kept[what]
        if each and each.known:
            continue
        if each and not each.assumed:
            why = {
                "ceiling": f"how much {name} can win at most: its spend shows what it brought, not what more would"
            }.get(what, why)
            source = HARDLY
        if each:
            ends = (each.low, each.high)
        low, high = (min(end, 1.0) if what == "ceiling" else end for end in ends)
        path = None if what == "half_saturation" else f"{here}.{what}"
        found.append(_unknown(f"{what}_of_{name}", why, value, (low, high), source, path))
    return found


def _unknown(
    name: str, why: str, value: float, ends: tuple[float, float], source: str, path: str | None = None
) -> Unknown:
    low, high = (tidy(end) for end in ends)
    return Unknown(name.replace("-", "_"), why, tidy(value), low, high, source, path)


def _times(value: float, factors: tuple[float, float]) -> tuple[float, float]:
    return tidy(value * factors[0]), tidy(value * factors[1])
