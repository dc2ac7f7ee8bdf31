"""Checks: what is wrong with the data of a scenario, in words that a person can act on.

First every value by itself, as its declaration demands; then how the values fit together. Values that do not pass are
set aside for the second part, so that one look at a file finds everything.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel, ValidationError

from sim.rules.people import Constant, Distribution, Gamma, Uniform, support
from sim.rules.word_of_mouth import SmallWorld
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
from sim.scenario.models import ScenarioModel, scenario_of
from sim.scenario.problems import shown
from sim.scenario.schema import YEAR, Business, Scenario
from sim.strategies.growth import GrowthGoal
from sim.units import Parameter

MOST_EXPLAINED = 1000
"""Wrong values of one scenario that are put into words: a file of nothing else must not keep us busy."""
SAME_SUM = 1e-9
MOST_WEEKS = 32_000
"""Dates of a run lie below this, for they are kept in 16 bits."""
MOST_MONEY = 9e17
"""Minor units that a run may turn over: a tenth of what 64 bits hold, for orders vary about their mean."""
ALMOST_NEVER = -math.log(1e-12)
ABOVE_ZERO = {"gamma": ("shape",), "beta": ("a", "b")}
"""What must not be zero in a distribution."""


class Fault(NamedTuple):
    """What is wrong at a place, and what to do about it."""

    place: Place
    what: str
    advice: str = ""
    at_key: bool = False
    """Is it the key that is wrong, rather than its value?"""
    reads: tuple[Place, ...] = ()
    """Other places on which the finding rests."""


def checked(data: dict[str, Any], name: str) -> tuple[Scenario | None, list[Fault]]:
    """The scenario that the data describe, and all that is wrong with them.

    Returns
    -------
    a scenario, to be used only if there are no faults; every fault
    """
    model, faults = _validated(data)
    wrong = {fault.place for fault in faults}
    for _ in range(2):  # the second time without the group that cannot do without one of them
        if model is None:
            model, missing = _validated(_without(data, wrong))
            wrong |= {fault.place[:-1] for fault in missing}
    if model is None:
        return None, faults
    scenario = scenario_of(model, name)
    return scenario, faults + [misfit for misfit in _misfits(scenario) if not _rests_on(misfit, wrong)]


def _validated(data: dict[str, Any]) -> tuple[BaseModel | None, list[Fault]]:
    try:
        return ScenarioModel.model_validate(data), []
    except ValidationError as error:
        return None, [_explained(detail, data) for detail in error.errors(include_url=False)[:MOST_EXPLAINED]]


def _without(data: Any, places: Collection[Place], here: Place = ()) -> Any:
    """The data without what is written at some places."""
    if not isinstance(data, Mapping):
        return data
    kept = ((key, value, (*here, key)) for key, value in data.items())
    return {key: _without(value, places, place) for key, value, place in kept if place not in places}


def _rests_on(misfit: Fault, wrong: Iterable[Place]) -> bool:
    """Does a finding rest on a value that was set aside?"""
    read = (misfit.place, *misfit.reads)
    return any(one[: len(other)] == other[: len(one)] for one in read for other in wrong)


# -- one value by itself -----------------------------------------------------------------------------------------------


def _explained(error: Mapping[str, Any], data: dict[str, Any]) -> Fault:
    """A finding of pydantic, in the words of the declaration."""
    found, way, value = error["type"], error["loc"], error["input"]
    if found == "missing":
        return Fault(way, f"{dotted(way)} is missing", meaning(declared(way)) or f"It must be {expected(way)}")
    if way[-1] == "[key]" and found.startswith("string_"):
        advice = "Begin with a letter and go on with letters, digits, '_' and '-', at most 80 in all"
        return Fault(way[:-1], f"{shown(value)} cannot be a name in {dotted(way[:-2])}", advice, at_key=True)
    place = _written_part(way, data)
    path, parameter, limits = dotted(place), declared(place), error.get("ctx", {})
    match found:
        case "extra_forbidden":
            known = list(fields_of(kind_at(place[:-1])))
            advice = did_you_mean(str(place[-1]), known, f"Known here: {listed(known)}")
            return Fault(place, f"unknown key {shown(place[-1])}", advice, at_key=True)
        case "greater_than_equal" | "less_than_equal" if parameter:
            return out_of_bounds(place, value, parameter)
        case "finite_number":
            return Fault(place, f"{path} must be a finite number (got {shown(value)})", meaning(parameter))
        case "value_error":
            kinds = listed(list(fields_of(kind_at(place))))
            return Fault(place, f"{path} must name exactly one kind, got {len(value) or 'none'}", f"Choose of {kinds}")
        case "string_too_long":
            most = limits["max_length"]
            return Fault(place, f"{path} must have at most {most:,} characters (got {len(value):,})", "Shorten it")
        case "string_unicode":
            return Fault(place, f"{path} has characters that are not text (got {shown(value)})", "Remove them")
        case "too_short":
            return Fault(place, f"{path} is empty", "Name at least one")
        case "too_long":
            return Fault(place, f"{path} must hold at most {limits['max_length']} (got {len(value)})", "Remove some")
    return _wrong_type(place, value)


def _written_part(way: Place, data: Any) -> Place:
    """The beginning of a way that the data have: a number that stands for a distribution has nothing inside."""
    for depth, key in enumerate(way):
        if not isinstance(data, Mapping) or key not in data:
            return way[:depth]
        data = data[key]
    return way


def out_of_bounds(place: Place, value: float, parameter: Parameter) -> Fault:
    """A number beyond what its declaration allows; a share above 1 may be a percentage.

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
    percent = low == 0.0 and high == 1.0 and 1.0 < value <= 100.0
    advice = f"Did you mean {value / 100.0:.6g}?" if percent else meaning(parameter)
    return Fault(place, f"{dotted(place)} must {limit} (got {_brief(value)})", advice)


def _wrong_type(place: Place, value: Any) -> Fault:
    kind, parameter = kind_at(place), declared(place)
    advice = meaning(parameter)
    if get_origin(kind) is Literal:
        options = [str(option) for option in get_args(kind)]
        advice = did_you_mean(str(value), options, f"Write {options[0]}")
    elif is_one_of(kind) and isinstance(value, str) and value in fields_of(kind):
        advice = f"Write {{{value}: {{}}}}"
    elif fields_of(kind) or is_named(kind):
        advice = advice or "Write 'key: value' lines below it, or remove it"
    elif isinstance(value, str) and value.strip().replace(".", "", 1).isdecimal():
        advice = "Remove the quotes"
    elif isinstance(value, float) and value.is_integer():
        advice = f"Write {int(value)}"
    return Fault(place, f"{dotted(place)} must be {expected(place)}, got {_got(value)}", advice or "Quote it")


def _got(value: Any) -> str:
    match value:
        case bool():
            return f"the boolean {shown(value)}"
        case str():
            return f"the text {shown(value)}"
        case Mapping():
            return "a mapping"
        case list() | tuple():
            return "a list"
    return shown(value)


def _brief(value: float) -> str:
    """A number as it was probably written: 3 rather than 3.0."""
    return shown(value).removesuffix(".0")


# -- how values fit together -------------------------------------------------------------------------------------------


def _misfits(scenario: Scenario) -> Iterator[Fault]:
    """Everything that no value can be blamed for alone, and bounds that are not simple."""
    yield from _names(scenario)
    yield from _weeks(scenario)
    yield from _people(scenario)
    yield from _rules(scenario)
    for business in scenario.businesses:
        yield from _business(business, scenario.currency.decimals)
    yield from _turnover(scenario)


def _names(scenario: Scenario) -> Iterator[Fault]:
    for place, text in ((("name",), scenario.name), (("currency", "name"), scenario.currency.name)):
        if not text.isprintable() or len(text) > 80:
            what = f"{dotted(place)} must be one line of at most 80 printable characters (got {shown(text)})"
            yield Fault(place, what, "Write another name")
    seen: dict[str, str] = {}
    for business in scenario.businesses:
        first = seen.setdefault(business.name.casefold(), business.name)
        if first != business.name:
            what = f"businesses {shown(first)} and {shown(business.name)} differ only in capital letters"
            yield Fault(("businesses", business.name), what, "Rename one", at_key=True)


def _weeks(scenario: Scenario) -> Iterator[Fault]:
    time = scenario.time
    run, burn_in, planning = (("time", key) for key in ("weeks", "burn_in_weeks", "planning_weeks"))
    if 0 < time.burn_in_weeks < YEAR:
        what = f"time.burn_in_weeks must be 0 or at least {YEAR} (got {time.burn_in_weeks})"
        yield Fault(burn_in, what, f"Growth is counted from the last {YEAR} weeks before week 0")
    for business in scenario.businesses if time.burn_in_weeks == 0 else ():
        if isinstance(business.strategy, GrowthGoal):
            what = f"the growth goal of {shown(business.name)} has nothing to grow from: time.burn_in_weeks is 0"
            yield Fault(burn_in, what, f"Give it at least {YEAR} weeks, or another strategy")
    if time.planning_weeks > time.weeks:
        what = f"time.planning_weeks ({time.planning_weeks}) must not be above time.weeks ({time.weeks})"
        yield Fault(planning, what, "Plan more often, or run longer", reads=(run,))
    if (total := time.weeks + time.burn_in_weeks) >= MOST_WEEKS:
        what = f"time.weeks and time.burn_in_weeks add to {total:,}; together they must be below {MOST_WEEKS:,}"
        yield Fault(run, what, "Shorten one", reads=(burn_in,))


def _people(scenario: Scenario) -> Iterator[Fault]:
    own = scenario.resolved["people"]["segments"]
    if own:
        yield from _add_to_one("segments", ("people", "segments"), {s.name: s.share for s in scenario.segments})
    faults: dict[Place, list[Fault]] = {}
    for segment in scenario.segments:
        for key in segment.person._fields:
            at = ("people", "segments", segment.name) if key in own.get(segment.name, {}) else ("people",)
            place, value = (*at, key), getattr(segment.person, key)
            parameter = declared(place)
            if isinstance(value, Distribution) and parameter and place not in faults:
                faults[place] = list(_distribution(place, value, parameter))
    for found in faults.values():
        yield from found


def _distribution(place: Place, distribution: Distribution, parameter: Parameter) -> Iterator[Fault]:
    """Numbers that make no distribution, or one that can give a person a value out of bounds."""
    kind = type(distribution).__name__.lower()
    inside = (*place, kind)
    faults = [
        Fault((*inside, key), f"{dotted((*inside, key))} must be above 0 (got 0)", "Write a larger number")
        for key in ABOVE_ZERO.get(kind, ())
        if getattr(distribution, key) == 0.0
    ]
    if isinstance(distribution, Uniform):
        faults += _in_order(inside, distribution)
    if not faults:
        least, most = _reach(distribution)
        if isinstance(distribution, Constant) and not parameter.low <= least <= parameter.high:
            faults = [out_of_bounds(place, distribution.value, parameter)]
        elif not parameter.low <= least <= most <= parameter.high:
            what = f"{dotted(place)} must lie in {span(parameter)} for every person; a {kind} distribution can leave it"
            faults = [Fault(place, what, "Choose another distribution, or other numbers for it")]
    yield from faults


def _reach(distribution: Distribution) -> tuple[float, float]:
    """The least and largest number a distribution can give; beyond the end of a gamma lies one person in 10^12.

    Source
    ------
    Boucheron, Lugosi & Massart (2013), Concentration Inequalities, section 2.4: the tail of a sub-gamma variable.
    """
    if isinstance(distribution, Gamma):
        scaled = ALMOST_NEVER / distribution.shape
        return 0.0, distribution.mean * (1.0 + math.sqrt(2.0 * scaled) + scaled)
    return support(distribution)


def _rules(scenario: Scenario) -> Iterator[Fault]:
    shape = scenario.network.shape
    if isinstance(shape, SmallWorld) and shape.degree % 2:
        what = f"network.small_world.degree must be even (got {shape.degree})"
        yield Fault(("network", "small_world", "degree"), what, "Half of the friends live on each side of the ring")
    if 0.0 < (spread := scenario.rules.value.person_shape) <= 1.0:
        what = f"rules.value.person_shape must be 0 or above 1 (got {_brief(spread)})"
        yield Fault(("rules", "value", "person_shape"), what, "At 1 and below, means of people have no mean themselves")


def _business(business: Business, decimals: int) -> Iterator[Fault]:
    place, offering = ("businesses", business.name), business.offering
    if offering.affinity == 0.0:
        what = f"{dotted(place)}.affinity must be above 0 (got 0)"
        yield Fault((*place, "affinity"), what, "Nobody ever chooses a business without affinity; remove it instead")
    if round(offering.price, decimals) != offering.price:
        what = f"{dotted(place)}.price has more than {decimals} decimals (got {shown(offering.price)})"
        step = f"The smallest coin is {10**-decimals:.{decimals}f}; round it, or change currency.decimals"
        yield Fault((*place, "price"), what, step, reads=(("currency", "decimals"),))
    groups = {"channels": business.channels, "levers": business.levers._asdict()}
    for group, members in groups.items():
        shares = {name: member.budget_share for name, member in members.items()}
        yield from _add_to_one(f"{group} of {shown(business.name)}", (*place, group), shares)
    for plan in ("status_quo", "strategy"):
        strategy = getattr(business, plan)
        if isinstance(strategy, GrowthGoal):
            yield from _in_order((*place, plan), strategy)


def _add_to_one(whose: str, place: Place, shares: Mapping[str, float]) -> Iterator[Fault]:
    total = math.fsum(shares.values())
    if abs(total - 1.0) > SAME_SUM:
        what = f"shares of {whose} add to {total:.12g}; they must add to 1"
        yield Fault(place, what, f"Now: {listed([f'{name} {share:.12g}' for name, share in shares.items()])}")


def _in_order(place: Place, ends: Uniform | GrowthGoal) -> Iterator[Fault]:
    if ends.low > ends.high:
        what = f"{dotted(place)}: low must not be above high (got {_brief(ends.low)} and {_brief(ends.high)})"
        yield Fault(place, what, "Exchange them")


def _turnover(scenario: Scenario) -> Iterator[Fault]:
    """Could the money of all orders leave the range in which money is counted exactly?"""
    offerings = [business.offering for business in scenario.businesses]
    dearest = max(max(each.price, each.unit_cost) for each in offerings) / scenario.rules.choice.reference_price
    order = max(_reach(segment.person.mean_order_value)[1] for segment in scenario.segments) * max(dearest, 1.0)
    per_week = max(_reach(segment.person.need_per_year)[1] for segment in scenario.segments) / YEAR
    weeks = scenario.time.weeks + scenario.time.burn_in_weeks
    money = order * max(per_week, 1.0) * weeks * scenario.market_size * scenario.minor_units
    if money > MOST_MONEY:
        what = f"all orders of a run could add to {money:.1e} of the smallest coins; the limit is {MOST_MONEY:.0e}"
        advice = "Write fewer people, weeks or decimals, or smaller orders"
        read = tuple((key,) for key in ("people", "time", "currency", "rules", "businesses"))
        yield Fault(("people", "mean_order_value"), what, advice, reads=read)
