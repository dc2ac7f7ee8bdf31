"""Values: what is wrong with one value by itself, in the words of its declaration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args, get_origin

from sim.scenario.catalogue import (
    declared,
    did_you_mean,
    dotted,
    expected,
    fields_of,
    is_named,
    is_one_of,
    kind_at,
    listed,
    meaning,
    number,
    span,
)
from sim.scenario.document import Place
from sim.scenario.problems import shown
from sim.scenario.words import without_quotes
from sim.units import Parameter

MOST_WRITTEN_OUT = 1e15
"""Larger numbers are shown in powers of ten: nobody counts their digits."""
ALLIANCE = "An alliance is a channel of a business: channels: {ally: {kind: partner, of: its name, commission: 15}}"
AFFILIATE = "An affiliate is a channel of a business: channels: {affiliate: {commission: 15}}"
ELSEWHERE = {"alliance": ALLIANCE, "partner": ALLIANCE, "affiliate": AFFILIATE}
"""What a scenario writes under another name, or in another place."""
LEAST_PER_CENT = 2.0
"""A share written as 1.2 is rather a factor or a slip than 1.2 per cent."""


class Fault(NamedTuple):
    """What is wrong at a place, and what to do about it."""

    place: Place
    what: str
    advice: str = ""
    at_key: bool = False
    """Is it the key that is wrong, rather than its value?"""
    absent: bool = False
    """Is it that something is missing?"""
    reads: tuple[Place, ...] = ()
    """Other places on which the finding rests."""


def explained(error: Mapping[str, Any], data: Any) -> Fault:
    """A finding of pydantic, in the words of the declaration."""
    found, way, value = error["type"], error["loc"], error["input"]
    if found == "missing":
        return _missing(way)
    if way[-1] == "[key]" and found.startswith("string_"):
        advice = "Begin with a letter and go on with letters, digits, '_' and '-', at most 80 in all"
        return Fault(way[:-1], f"{shown(value)} cannot be a name in {dotted(way[:-2])}", advice, at_key=True)
    place = written_part(way, data)
    path, parameter, limits = dotted(place), declared(place), error.get("ctx", {})
    match found:
        case "extra_forbidden":
            return unknown_key(place)
        case "greater_than_equal" | "less_than_equal" if parameter:
            return out_of_bounds(place, value, parameter)
        case "finite_number":
            return Fault(place, f"{path} must be a finite number (got {shown(value)})", meaning(parameter))
        case "value_error" if is_one_of(kind_at(place)):
            what = f"{path} must name exactly one kind, got {len(value) or 'none'}"
            return Fault(place, what, f"Choose of {listed(list(fields_of(kind_at(place))))}", absent=not value)
        case "string_too_long":
            most = limits["max_length"]
            return Fault(place, f"{path} must have at most {most:,} characters (got {len(value):,})", "Shorten it")
        case "string_unicode":
            return Fault(place, f"{path} has characters that are not text (got {shown(value)})", "Remove them")
        case "too_short":
            return Fault(place, f"{path} is empty", "Name at least one", absent=True)
        case "too_long":
            return Fault(place, f"{path} must hold at most {limits['max_length']} (got {len(value)})", "Remove some")
    return _wrong_type(place, value)


def unknown_key(place: Place) -> Fault:
    """A key that nothing of this name is read from."""
    known = list(fields_of(kind_at(place[:-1])))
    usual = did_you_mean(str(place[-1]), known, f"Known here: {listed(known)}")
    advice = ELSEWHERE.get(str(place[-1]).rstrip("s"), usual)
    return Fault(place, f"unknown key {shown(place[-1])}", advice, at_key=True)


def out_of_bounds(place: Place, value: float, parameter: Parameter) -> Fault:
    """A number beyond what its declaration allows; a share of 2 or more may be a percentage.

    Check
    -----
    >>> fault = out_of_bounds(("people", "leaving"), 12, declared(("people", "leaving")))
    >>> fault.what, fault.advice
    ('people.leaving must lie in 0..1 (got 12)', 'Did you mean 0.12?')
    """
    low, high = parameter.low, parameter.high
    if high - low <= 1e6:
        limit = f"lie in {span(parameter)}"
    else:
        limit = f"be at least {number(low)}" if value < low else f"be at most {number(high)}"
    percent = low == 0.0 and high == 1.0 and LEAST_PER_CENT <= value <= 100.0
    advice = f"Did you mean {value / 100.0:.6g}?" if percent else meaning(parameter)
    return Fault(place, f"{dotted(place)} must {limit} (got {brief(value)})", advice)


def brief(value: float) -> str:
    """A number as it was probably written: 3 rather than 3.0.

    Check
    -----
    >>> brief(3.0), brief(0.25), brief(10**30)
    ('3', '0.25', '1e+30')
    """
    return f"{value:.6g}" if abs(value) > MOST_WRITTEN_OUT else shown(value).removesuffix(".0")


def _missing(place: Place) -> Fault:
    if place == ("schema",):
        advice = "Write 'schema: 1' at the top; only a file that extends another may leave it out"
    else:
        advice = meaning(declared(place)) or f"It must be {expected(place)}"
    return Fault(place, f"{dotted(place)} is missing", advice, absent=True)


def written_part(way: Place, data: Any) -> Place:
    """The beginning of a way that the data have: a number that stands for a distribution has nothing inside."""
    for depth, key in enumerate(way):
        if not isinstance(data, Mapping) or key not in data:
            return way[:depth]
        data = data[key]
    return way


def _wrong_type(place: Place, value: Any) -> Fault:
    kind, parameter = kind_at(place), declared(place)
    advice = meaning(parameter)
    if get_origin(kind) is Literal:
        options = [str(option) for option in get_args(kind)]
        quoted = isinstance(value, str) and value.strip() in options
        advice = "Remove the quotes" if quoted else did_you_mean(str(value), options, f"Write {options[0]}")
    elif is_one_of(kind) and isinstance(value, str) and value in fields_of(kind):
        advice = f"Write {{{value}: {{}}}}"
    elif isinstance(value, str) and parameter and _is_date(value):
        advice = "Time is counted in weeks, without dates"
    elif isinstance(value, str) and parameter and (plain := without_quotes(value.strip())) is not None:
        advice = "Remove the quotes" if plain == value.strip() else f"Without quotes, write {plain}"
    elif fields_of(kind) or is_named(kind):
        advice = advice or "Write 'key: value' lines below it, or remove it"
    elif isinstance(value, float) and value.is_integer() and abs(value) < MOST_WRITTEN_OUT:
        advice = f"Write {int(value)}"
    return Fault(place, f"{dotted(place)} must be {expected(place)}, got {_got(value)}", advice or "Quote it")


def _is_date(text: str) -> bool:
    return re.fullmatch("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", text) is not None


def _got(value: Any) -> str:
    match value:
        case bool():
            return f"the boolean {shown(value)}"
        case str():
            return f"the {'date' if _is_date(value) else 'text'} {shown(value)}"
        case Mapping():
            return "a mapping"
        case list() | tuple():
            return "a list"
    return shown(value)
