"""What the data cannot tell: each thing in words, with a range, where the range comes from, and where it stands."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sim.experiment.calibration.base import HALF, TIMES_CUSTOMERS
from sim.experiment.calibration.expected import Learned
from sim.experiment.calibration.money import BY_ITSELF, BY_THEMSELVES, Way, margin_of, plausible, scale_of
from sim.experiment.calibration.response import Responses
from sim.experiment.calibration.world import Plan, before_care, let_through, writable
from sim.experiment.firm import tidy
from sim.rules.acquisition import Channel
from sim.rules.retention import Care

CHANNELS = "businesses.ours.channels"
BY_ITSELF_NAME = "by_itself"
"""The channel of whoever comes without money."""
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
                    "docs/calibrate.md: from a fifth to four fifths come by themselves"),
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
            source = "spend, which hardly shows it, over what is assumed"
        if each:
            ends = (each.low, each.high)
        low, high = (min(end, 1.0) if what == "ceiling" else end for end in ends)
        path = None if what == "half_saturation" else f"{here}.{what}"
        found.append(_unknown(f"{what}_of_{name}", why, value, (low, high), source, path))
    return found


def uncertainties_of(found: list[Unknown], learned: Sequence[Learned] = ()) -> dict[str, Any]:
    """What stands in the scenario, as it lists it: the unknown, and what was learned, with its interval.

    Parameters
    ----------
    learned : from spend
    """
    paths = {each.name: _place_of(each.name) for each in learned if each.known}
    known = {
        f"{path.rpartition('.')[2]}_of_{name.rpartition('.')[0]}": {
            "path": path, "low": tidy(each.low), "high": tidy(min(each.high, 1.0) if "ceiling" in name else each.high),
            "source": "spend: a 95 % interval",
        }
        for each in learned
        for name, path in paths.items()
        if path and each.name == name
    }  # fmt: skip
    return known | {
        each.name: {"path": each.path, "low": each.low, "high": each.high, "source": each.source}
        for each in found
        if each.path
    }


def together(listed: dict[str, Any], plan: Plan, responses: Responses | None = None) -> dict[str, Any]:
    """The same, with the numbers that were estimated together: the firm still wins and loses as many as it did.

    What spend has shown moves along as its errors do: a higher ceiling goes with a weaker channel. Where no spend was
    given, it leaves fewer who come by themselves. If care is stronger, more would leave without it.

    Parameters
    ----------
    listed : uncertainties that name one number each
    plan : the world, with the money that it was found under
    """
    found = {}
    for name, each in listed.items():
        *_, whose, what = each["path"].split(".")
        along: dict[str, Any] = {}
        if whose == "care":
            along = _of_care(each, plan)
        elif what == "ceiling":
            along = _of_money(each, plan) if responses is None else _of_errors(each, responses)
        found[name] = each | ({"along": along} if along else {})
    return found


def _of_care(each: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    """The chances of leaving without care, of which care of other strengths leaves those that were estimated."""
    money, ends = plan.money, (each["low"], each["high"])
    kept = [let_through(money.care._replace(strength=end), money.keeping, plan.base.listed) for end in ends]
    shapes = [writable(*before_care(plan.behaviour.leaving, part)) for part in kept]
    return {
        f"leaving_{name}": {"path": f"people.leaving.beta.{name}", "at_low": low, "at_high": high}
        for name, low, high in zip("ab", *shapes, strict=True)
    }


def _of_money(each: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    """Who then comes by itself: whoever the channel does not win."""
    money, name = plan.money, each["path"].split(".")[-2]
    a_head = money.ways[name].spend / (plan.market.people - plan.base.listed)
    wins = [money.ways[name].curve._replace(ceiling=end).at(a_head) for end in (each["low"], each["high"])]
    now = money.ways[name].curve.at(a_head)
    low, high = (tidy(max(money.by_itself + now - win, 0.0), 6) for win in wins)
    return {BY_ITSELF_NAME: {"path": f"{CHANNELS}.{BY_ITSELF_NAME}.ceiling", "at_low": low, "at_high": high}}


def _of_errors(each: Mapping[str, Any], responses: Responses) -> dict[str, Any]:
    """What the other curves most likely are if this ceiling is at one of its ends: by regression on its error."""
    names, ways = list(responses.money.ways), responses.money.ways
    mine = ("ceilings", names.index(each["path"].split(".")[-2]))
    if mine not in responses.free:
        return {}
    at = responses.free.index(mine)
    now = ways[names[mine[1]]].curve.ceiling
    moves = [math.log(each[end] / now) for end in ("low", "high")]
    found = {}
    for other, number in enumerate(responses.free):
        if other == at:
            continue
        name, path, value = _number(number, names, responses)
        share = responses.covariance[other, at] / responses.covariance[at, at]
        low, high = (tidy(_moved(value, share * move, number[0]), 6) for move in moves)
        found[name] = {"path": path, "at_low": low, "at_high": high}
    return found


def _number(number: tuple[str, int], names: Sequence[str], responses: Responses) -> tuple[str, str, float]:
    """A number that was found: what to call it, where it stands, and what it is."""
    what, at = number
    if what == "by_itself":
        return BY_ITSELF_NAME, f"{CHANNELS}.{BY_ITSELF_NAME}.ceiling", responses.money.by_itself
    name, field = names[at], what.removesuffix("s")
    way = responses.money.ways[name]
    value = way.keep if field == "keep" else float(getattr(way.curve, field))
    return f"{field}_of_{name}".replace("-", "_"), f"{CHANNELS}.{name}.{field}", value


def _moved(value: float, move: float, what: str) -> float:
    """A number moved so far in its logarithm; what is kept, in its log odds."""
    if what == "keeps":
        return 1.0 / (1.0 + (1.0 - value) / value * math.exp(-move))
    return value * math.exp(move) if what == "strengths" else min(value * math.exp(move), 1.0)


def _place_of(name: str) -> str:
    """Where a number that was learned stands in a scenario; none for those that are not varied by themselves."""
    whose, _, what = name.partition(".")
    if name == "care.strength":
        return "businesses.ours.levers.care.strength"
    return f"businesses.ours.channels.{whose}.ceiling" if what == "ceiling" else ""


def _unknown(
    name: str, why: str, value: float, ends: tuple[float, float], source: str, path: str | None = None
) -> Unknown:
    low, high = (tidy(end) for end in ends)
    return Unknown(name.replace("-", "_"), why, tidy(value), low, high, source, path)


def _times(value: float, factors: tuple[float, float]) -> tuple[float, float]:
    return tidy(value * factors[0]), tidy(value * factors[1])
