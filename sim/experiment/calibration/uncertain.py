"""Uncertain: what a calibrated scenario lists as uncertain, and what moves along with each of it.

The firm still wins and loses as many as it did. A curve that spend has shown is one thing that is uncertain: its
ceiling, or if the half-saturation is not known its strength, takes along what was estimated together with it. What was
assumed is uncertain by itself, and what was found is fitted again at its ends.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.experiment.calibration.expected import BY_ITSELF, Z
from sim.experiment.calibration.money import plausible, scale_of
from sim.experiment.calibration.response import Responses
from sim.experiment.calibration.unknown import BY_ITSELF_NAME, CHANNELS, HARDLY, Unknown
from sim.experiment.calibration.world import Plan, before_care, let_through, writable
from sim.experiment.firm import tidy
from sim.rules.acquisition import Channel

CARE = "businesses.ours.levers.care.strength"
SHOWN = "spend: a 95 % interval"
GIVEN = "spend: a 95 % interval, if the rest is as assumed"
DIGITS = 6
Number = tuple[str, int]
"""Of the curves: what it is, and of which channel."""


def uncertainties_of(unknown: Sequence[Unknown], plan: Plan, responses: Responses | None = None) -> dict[str, Any]:
    """What a scenario lists: the unknown, and what spend has shown, with its interval.

    Parameters
    ----------
    unknown : what the data cannot tell
    plan : the world, with the money that it was found under
    responses : what spend has shown; None if none was given
    """
    by_themselves = {
        each.name: _entry(each.path, (each.low, each.high), each.source)
        for each in unknown
        if each.path and (responses is None or not each.path.startswith(CHANNELS))
    }
    care = next((each for each in responses.learned if each.name == "care.strength"), None) if responses else None
    if care and care.known:
        by_themselves["strength_of_care"] = _entry(CARE, (care.low, care.high), SHOWN)
    curves = _assumed_curves(plan) if responses is None else _learned_curves(responses) | _swaying(responses)
    found = by_themselves | curves
    if responses is None:
        for name in plan.money.ways:
            if ceiling := found.get(f"ceiling_of_{_plain(name)}"):
                ceiling["along"] = _who_else_comes(ceiling, name, plan)
    if "strength_of_care" in found:
        found["strength_of_care"]["along"] = _who_would_leave(found["strength_of_care"], plan)
    return found


def _entry(path: str, ends: tuple[float, float], source: str, is_log: bool = False) -> dict[str, Any]:
    scale = {"scale": "log"} if is_log else {}
    return {"path": path, "low": tidy(ends[0]), "high": tidy(ends[1]), "source": source} | scale


def _along(path: str, ends: Sequence[float]) -> dict[str, Any]:
    return {"path": path, "at_low": tidy(ends[0], DIGITS), "at_high": tidy(ends[1], DIGITS)}


def _plain(name: str) -> str:
    return name.replace("-", "_")


# ------------------------------------------------------------------------------------------------------- without spend


def _assumed_curves(plan: Plan) -> dict[str, Any]:
    """How strong channels are: if one is stronger, it reaches as many with a lower ceiling."""
    found = {}
    for name, way in plan.money.ways.items():
        if way.spend:
            now, a_head = way.curve.strength, way.spend / (plan.market.people - plan.base.listed)
            usual = [end * scale_of(plan.base, plan.said) for end in plausible(Channel, "strength")]
            ends = tidy(min(*usual, now)), tidy(max(*usual, now))
            reached = [way.curve._replace(ceiling=1.0, strength=end).at(a_head) for end in ends]
            ceilings = [min(way.curve.at(a_head) / each, 1.0) for each in reached]
            here = f"{CHANNELS}.{name}"
            found[f"strength_of_{_plain(name)}"] = _entry(
                f"{here}.strength", ends, "A20, per margin of a customer and year: ln 2 over the half-saturation", True
            ) | {"along": {f"ceiling_of_{_plain(name)}": _along(f"{here}.ceiling", ceilings)}}
    return found


def _who_else_comes(each: Mapping[str, Any], name: str, plan: Plan) -> dict[str, Any]:
    """Who comes by itself at other ceilings: whoever the channel does not win."""
    money = plan.money
    a_head = money.ways[name].spend / (plan.market.people - plan.base.listed)
    wins = [money.ways[name].curve._replace(ceiling=end).at(a_head) for end in (each["low"], each["high"])]
    now = money.ways[name].curve.at(a_head)
    alone = [max(money.by_itself + now - win, 0.0) for win in wins]
    return {BY_ITSELF_NAME: _along(f"{CHANNELS}.{BY_ITSELF_NAME}.ceiling", alone)}


def _who_would_leave(each: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    """The chances of leaving without care, of which care of other strengths leaves those that were estimated."""
    money, ends = plan.money, (each["low"], each["high"])
    kept = [let_through(money.care._replace(strength=end), money.keeping, plan.base.listed) for end in ends]
    shapes = [writable(*before_care(plan.behaviour.leaving, part)) for part in kept]
    return {
        f"leaving_{name}": _along(f"people.leaving.beta.{name}", pair)
        for name, pair in zip("ab", zip(*shapes, strict=True), strict=True)
    }


# ---------------------------------------------------------------------------------------------------------- with spend


def _learned_curves(responses: Responses) -> dict[str, Any]:
    """A number of each curve that was found, at the ends of what luck allows, with the others as they then are.

    By regression on the errors of all numbers that are listed, so that several may be moved at once.
    """
    free, covariance = responses.free, responses.covariance
    mains = [at for at, number in enumerate(free) if _stands_for_its_curve(number, responses)]
    rest = [at for at in range(len(free)) if at not in mains]
    shares = covariance[np.ix_(rest, mains)] @ np.linalg.pinv(covariance[np.ix_(mains, mains)])
    found = {}
    for column, at in enumerate(mains):
        name, path, value = _named(free[at], responses)
        half = Z * math.sqrt(covariance[at, at])
        ends = tuple(_moved(value, side * half, free[at][0]) for side in (-1.0, 1.0))
        steps = [_step(value, end, free[at][0]) for end in ends]
        along = {}
        for row, other in enumerate(rest):
            label, place, now = _named(free[other], responses)
            along[label] = _along(place, [_moved(now, shares[row, column] * step, free[other][0]) for step in steps])
        rests = free[at][0] == "ceilings" and not _is_known(free[at], responses)
        source = GIVEN if rests else SHOWN if _is_known(free[at], responses) else HARDLY
        found[name] = _entry(path, (ends[0], ends[1]), source, free[at][0] != "keeps")
        found[name] |= {"along": along} if along else {}
    return found


def _swaying(responses: Responses) -> dict[str, Any]:
    """What the periods did not show, at the ends of what is assumed, with what was found as it then is."""
    found = {}
    for number, ends, moves in responses.sways:
        name, path, _ = _named(number, responses)
        along = {}
        for at, other in enumerate(responses.free):
            label, place, now = _named(other, responses)
            along[label] = _along(place, [_moved(now, float(move[at]), other[0]) for move in moves])
        found[name] = _entry(path, ends, "assumed: spend does not show it", number[0] != "keeps") | {"along": along}
    return found


def _stands_for_its_curve(number: Number, responses: Responses) -> bool:
    """Is it listed by itself? Of ceiling and strength one is, as they go together; others are if they are not known."""
    what, at = number
    if what == "ceilings":
        return _is_known(("strengths", at), responses) or ("strengths", at) not in responses.free
    return not _is_known(number, responses)


def _is_known(number: Number, responses: Responses) -> bool:
    what, at = number
    called = {"ceilings": "ceiling", "strengths": "half_saturation", "keeps": "keep"}
    name = BY_ITSELF_NAME if at == BY_ITSELF else f"{list(responses.money.ways)[at]}.{called[what]}"
    return any(each.name == name and each.known for each in responses.learned)


def _named(number: Number, responses: Responses) -> tuple[str, str, float]:
    """A number of the curves: what to call it, where it stands, and what it is."""
    what, at = number
    if at == BY_ITSELF:
        return BY_ITSELF_NAME, f"{CHANNELS}.{BY_ITSELF_NAME}.ceiling", responses.money.by_itself
    name, field = (
        list(responses.money.ways)[at],
        {"ceilings": "ceiling", "strengths": "strength", "keeps": "keep"}[what],
    )
    way = responses.money.ways[name]
    value = way.keep if field == "keep" else float(getattr(way.curve, field))
    return f"{field}_of_{_plain(name)}", f"{CHANNELS}.{name}.{field}", value


def _moved(value: float, move: float, what: str) -> float:
    """A number moved so far in its logarithm; what is kept, in its log odds."""
    if what == "keeps":
        return 1.0 / (1.0 + (1.0 - value) / value * math.exp(-move))
    return value * math.exp(move) if what == "strengths" else min(value * math.exp(move), 1.0)


def _step(value: float, end: float, what: str) -> float:
    """How far it is from a number to another, on the scale on which it is moved."""
    if what == "keeps":
        return math.log(end / (1.0 - end)) - math.log(value / (1.0 - value))
    return math.log(end / value)
