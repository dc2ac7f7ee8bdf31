"""Checks: what is wrong with the data of a scenario, in words that a person can act on.

First every value by itself, as its declaration demands; then how the values fit together. Values that do not pass are
set aside for the second part, so that one look at a file finds everything.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.rules.acquisition import PAID_PER_CUSTOMER
from sim.rules.events import CostRise, MarketGrowth, PriceWar
from sim.rules.people import Constant, Distribution, Gamma, Uniform, support
from sim.rules.position import MIDDLE
from sim.rules.word_of_mouth import SmallWorld
from sim.scenario.catalogue import declared, dotted, listed, nearest, span
from sim.scenario.document import Place
from sim.scenario.mechanisms import mechanisms, mechanisms_of
from sim.scenario.meeting_places import channels_of, markets, places_of, plans_of
from sim.scenario.models import scenario_model, scenario_of
from sim.scenario.problems import shown
from sim.scenario.schema import PLANS, YEAR, Business, Scenario
from sim.scenario.unknown import uncertainties
from sim.scenario.values import Fault, brief, explained, out_of_bounds, written_part
from sim.strategies.books import goal_of, misfit_of
from sim.units import Parameter

MOST_EXPLAINED = 1000
"""Wrong values of one scenario that are put into words: a file of nothing else must not keep us busy."""
SAME_SUM = 1e-9
MOST_WEEKS = 32_000
"""Dates of a run lie below this, for they are kept in 16 bits."""
MOST_MONEY = 9e17
"""Minor units that a run may turn over: a tenth of what 64 bits hold, for orders vary about their mean."""
ALMOST_NEVER = -math.log(1e-12)
DEAR = ("price", "unit_cost", "position", "cost_of_position")
"""What makes an order dear."""
ABOVE_ZERO = {"gamma": ("shape",), "beta": ("a", "b")}
"""What must not be zero in a distribution."""


def checked(
    data: dict[str, Any], name: str, aside: Set[Place] = frozenset(), *, alone: bool = False
) -> tuple[Scenario | None, list[Fault]]:
    """The scenario that the data describe, and all that is wrong with them.

    Parameters
    ----------
    aside : places where something is written that nobody could read; it is neither missed nor judged
    alone : judge each value by itself, and not whether they fit together

    Returns
    -------
    a scenario, to be used only if there are no faults and nothing was set aside; every fault
    """
    known = _without(data, aside) if aside else data
    model, found = _validated(known)
    out_of_sight = _resting_on(aside)
    faults = [fault for fault in found if not (fault.absent and out_of_sight(fault))]
    wrong = {*aside, *(fault.place for fault in found)}
    for _ in range(2):  # the second time without the group that cannot do without one of them
        if model is None:
            rest = _completed(_without(known, wrong))
            model, missing = _validated(rest)
            wrong |= {written_part(fault.place, rest) for fault in missing}
    if model is None:
        return None, faults
    if alone:
        return scenario_of(model, name), faults
    scenario, unsure = scenario_of(model, name), _resting_on(wrong)
    return scenario, faults + [misfit for misfit in _misfits(scenario) if not unsure(misfit)]


def _validated(data: dict[str, Any]) -> tuple[BaseModel | None, list[Fault]]:
    try:
        return scenario_model().model_validate(data), []
    except ValidationError as error:
        faults = [explained(detail, data) for detail in error.errors(include_url=False)[:MOST_EXPLAINED]]
        unknown = [fault.place for fault in faults if fault.at_key]
        return None, [fault for fault in faults if not (fault.absent and _is_misspelt(fault.place, unknown))]


def _is_misspelt(missing: Place, unknown: Iterable[Place]) -> bool:
    """Is a key only missing because it is there with a slip of the pen?"""
    return any(each[:-1] == missing[:-1] and nearest(str(each[-1]), [str(missing[-1])]) for each in unknown if missing)


def _without(data: Any, places: Set[Place], here: Place = ()) -> Any:
    """The data without what is written at some places."""
    if not isinstance(data, Mapping):
        return data
    kept = ((key, value, (*here, key)) for key, value in data.items())
    return {key: _without(value, places, place) for key, value, place in kept if place not in places}


def _completed(data: dict[str, Any]) -> dict[str, Any]:
    """The data with a stand-in for what no scenario can do without, so that the rest can be checked."""
    return {**data, "schema": 1, "businesses": data.get("businesses") or {"nobody": {}}}


def _resting_on(places: Set[Place]) -> Callable[[Fault], bool]:
    """A judge of findings: does one rest on what stands at, in or around one of these places?"""
    around = {place[:end] for place in places for end in range(len(place) + 1)}

    def rests(fault: Fault) -> bool:
        read = (fault.place, *fault.reads)
        return any(one in around or any(one[:end] in places for end in range(len(one))) for one in read)

    return rests


# -- how values fit together -------------------------------------------------------------------------------------------


def _misfits(scenario: Scenario) -> Iterator[Fault]:
    """Everything that no value can be blamed for alone, and bounds that are not simple."""
    yield from _names(scenario)
    yield from _weeks(scenario)
    yield from _people(scenario)
    yield from markets(scenario)
    yield from _rules(scenario)
    for business in scenario.businesses:
        yield from _business(business, scenario)
        yield from places_of(business, scenario)
        yield from channels_of(business, scenario)
        yield from plans_of(business, scenario)
        yield from mechanisms_of(business, scenario)
    yield from _turnover(scenario)
    yield from uncertainties(scenario)


def _names(scenario: Scenario) -> Iterator[Fault]:
    for place, text in ((("name",), scenario.name), (("currency", "name"), scenario.currency.name)):
        if not text.isprintable() or len(text) > 80:
            what = f"{dotted(place)} must be one line of at most 80 printable characters (got {shown(text)})"
            yield Fault(place, what, "Write another name")
    groups: dict[Place, Iterable[str]] = {
        ("businesses",): [business.name for business in scenario.businesses],
        ("people", "segments"): [segment.name for segment in scenario.segments],
        ("markets",): scenario.markets,
    }
    for business in scenario.businesses:
        place = ("businesses", business.name)
        groups |= {(*place, "channels"): business.channels, (*place, "promotions"): business.promotions}
        for plan in PLANS:
            ((kind, written),) = scenario.resolved["businesses"][business.name][plan].items()
            groups |= {(*place, plan, kind, key): value for key, value in written.items() if isinstance(value, dict)}
    for group, names in groups.items():
        seen: dict[str, str] = {}
        for name in names:
            first = seen.setdefault(name.casefold(), name)
            if first != name:
                what = f"{group[-1]} {shown(first)} and {shown(name)} differ only in capital letters"
                yield Fault((*group, name), what, "Rename one", at_key=True)


def _weeks(scenario: Scenario) -> Iterator[Fault]:
    time = scenario.time
    run, burn_in, planning = (("time", key) for key in ("weeks", "burn_in_weeks", "planning_weeks"))
    if 0 < time.burn_in_weeks < YEAR:
        what = f"time.burn_in_weeks must be 0 or at least {YEAR} (got {time.burn_in_weeks})"
        yield Fault(burn_in, what, f"Growth is counted from the last {YEAR} weeks before week 0")
    for business in scenario.businesses if time.burn_in_weeks == 0 else ():
        if goal_of(business.strategy):
            what = f"the growth goal of {shown(business.name)} has nothing to grow from: time.burn_in_weeks is 0"
            plan = ("businesses", business.name, "strategy")
            reads = (plan, (*plan, _kind_of(scenario, plan)))
            yield Fault(burn_in, what, f"Give it at least {YEAR} weeks, or another strategy", reads=reads)
    if time.planning_weeks > time.weeks:
        what = f"time.planning_weeks ({time.planning_weeks}) must not be above time.weeks ({time.weeks})"
        yield Fault(planning, what, "Plan more often, or run longer", reads=(run,))
    if (total := time.weeks + time.burn_in_weeks) >= MOST_WEEKS:
        what = f"time.weeks and time.burn_in_weeks add to {total:,}; together they must be below {MOST_WEEKS:,}"
        yield Fault(run, what, "Shorten one", reads=(burn_in,))


def _people(scenario: Scenario) -> Iterator[Fault]:
    own = scenario.resolved["people"]["segments"]
    if own:
        shares = {segment.name: segment.share for segment in scenario.segments}
        yield from _add_to_one("segments", ("people", "segments"), "share", shares)
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
            numbers = listed([f"{key} {brief(value)}" for key, value in distribution._asdict().items()])
            what = f"{dotted(place)} must lie in {span(parameter)} for every person; a {kind} of {numbers} can leave it"
            advice = "Choose another distribution, or other numbers for it"
            if isinstance(distribution, Gamma):
                advice = f"It gives one person in 10^12 {most:.3g} or more; choose a larger shape or a smaller mean"
            reads = tuple((*inside, key) for key in distribution._fields)
            faults = [Fault(place, what, advice, reads=reads)]
    yield from faults


def _reach(distribution: Distribution) -> tuple[float, float]:
    """The least and largest number a distribution can give; beyond the end of a gamma lies one person in 10^12.

    Source
    ------
    Boucheron, Lugosi & Massart (2013), Concentration Inequalities, section 2.4: the tail of a sub-gamma variable.
    """
    if isinstance(distribution, Gamma):
        scaled = ALMOST_NEVER / (distribution.shape or 1.0)  # a shape of 0 has been refused
        return 0.0, distribution.mean * (1.0 + math.sqrt(2.0 * scaled) + scaled)
    return support(distribution)


def _rules(scenario: Scenario) -> Iterator[Fault]:
    shape = scenario.network.shape
    if isinstance(shape, SmallWorld) and shape.degree % 2:
        what = f"network.small_world.degree must be even (got {shape.degree})"
        yield Fault(("network", "small_world", "degree"), what, "Half of the friends live on each side of the ring")
    if 0.0 < (spread := scenario.rules.value.person_shape) <= 1.0:
        what = f"rules.value.person_shape must be 0 or above 1 (got {brief(spread)})"
        yield Fault(("rules", "value", "person_shape"), what, "At 1 and below, means of people have no mean themselves")
    yield from mechanisms(scenario)


def _business(business: Business, scenario: Scenario) -> Iterator[Fault]:
    place, offering, decimals = ("businesses", business.name), business.offering, scenario.currency.decimals
    if offering.affinity == 0.0:
        what = f"{dotted(place)}.affinity must be above 0 (got 0)"
        yield Fault((*place, "affinity"), what, "Nobody ever chooses a business without affinity; remove it instead")
    if round(offering.price, decimals) != offering.price:
        what = f"{dotted(place)}.price has more than {decimals} decimals (got {shown(offering.price)})"
        step = f"The smallest coin is {10**-decimals:.{decimals}f}; round it, or change currency.decimals"
        yield Fault((*place, "price"), what, step, reads=(("currency", "decimals"),))
    paid = {name: each for name, each in business.channels.items() if each.kind not in PAID_PER_CUSTOMER}
    groups = {"channels": paid, "levers": business.levers._asdict()}
    for group, members in groups.items():
        shares = {name: member.budget_share for name, member in members.items()}
        if shares:
            yield from _add_to_one(f"{group} of {shown(business.name)}", (*place, group), "budget_share", shares)
    for plan in PLANS:
        if misfit := misfit_of(getattr(business, plan)):
            at = (*place, plan)
            reads = tuple((*at, _kind_of(scenario, at), *way) for way in misfit.reads)
            yield Fault(at, f"{dotted(at)}: {misfit.what}", misfit.advice, reads=reads)


def _kind_of(scenario: Scenario, place: Place) -> str:
    """What the one-of at a place is."""
    found: Any = scenario.resolved
    for key in place:
        found = found[key]
    return str(next(iter(found)))


def _add_to_one(whose: str, place: Place, key: str, shares: Mapping[str, float]) -> Iterator[Fault]:
    total = math.fsum(shares.values())
    if abs(total - 1.0) > SAME_SUM:
        what = f"shares of {whose} add to {total:.12g}; they must add to 1"
        advice = f"Now: {listed([f'{name} {share:.12g}' for name, share in shares.items() if share])}"
        yield Fault(place, what, advice, reads=tuple((*place, name, key) for name in shares))


def _in_order(place: Place, ends: Uniform) -> Iterator[Fault]:
    if ends.low > ends.high:
        what = f"{dotted(place)}: low must not be above high (got {brief(ends.low)} and {brief(ends.high)})"
        yield Fault(place, what, "Exchange them", reads=((*place, "low"), (*place, "high")))


def _turnover(scenario: Scenario) -> Iterator[Fault]:
    """Could the money of all orders leave the range in which money is counted exactly?"""
    offerings = [business.offering for business in scenario.businesses]
    costs = [_cost_of_goods(business) * _most(CostRise, "unit_cost", scenario) for business in scenario.businesses]
    dearest = max(*costs, *(each.price for each in offerings)) / scenario.rules.choice.reference_price
    order = max(_reach(segment.person.mean_order_value)[1] for segment in scenario.segments) * max(dearest, 1.0)
    order *= _most(PriceWar, "price", scenario)
    per_week = max(_reach(segment.person.need_per_year)[1] for segment in scenario.segments) / YEAR
    per_week *= _most(MarketGrowth, "need", scenario)
    weeks = scenario.time.weeks + scenario.time.burn_in_weeks
    lines = max(offering.lines for offering in offerings) - 1
    order *= 1.0 + scenario.rules.lines.order_growth * lines
    money = order * max(per_week, 1.0) * weeks * scenario.market_size * scenario.minor_units
    if money > MOST_MONEY:
        what = f"all orders of a run could add to {money:.1e} of the smallest coins; the limit is {MOST_MONEY:.0e}"
        advice = "Write fewer people, weeks or decimals, or smaller orders"
        yield Fault(("people", "mean_order_value"), what, advice, reads=tuple(_behind_turnover(scenario)))


def _cost_of_goods(business: Business) -> float:
    """What the dearest goods cost for a standard order, bought at any time."""
    offering, supply = business.offering, business.supply
    bought = [offering.unit_cost, supply.early_unit_cost, supply.late_unit_cost][: 3 if supply.season_weeks else 1]
    at_position = math.exp(offering.cost_of_position * (offering.position - MIDDLE))
    return max(bought) * at_position


def _most(kind: type, factor: str, scenario: Scenario) -> float:
    """What events of a kind make of something at most, should all that raise it come together."""
    return math.prod(max(getattr(event, factor), 1.0) for event in scenario.events if isinstance(event, kind))


def _behind_turnover(scenario: Scenario) -> Iterator[Place]:
    """The places of all that makes a turnover large."""
    yield from (("people", key) for key in ("count", "represents", "need_per_year"))
    for segment in scenario.resolved["people"]["segments"]:
        yield from (("people", "segments", segment, key) for key in ("mean_order_value", "need_per_year"))
    for business in scenario.businesses:
        yield from (("businesses", business.name, key) for key in DEAR)
        yield from (("businesses", business.name, "supply", key) for key in ("early_unit_cost", "late_unit_cost"))
    yield from (("time", "weeks"), ("time", "burn_in_weeks"), ("currency", "decimals"))
    yield from (("rules", "choice", "reference_price"), ("events",))
