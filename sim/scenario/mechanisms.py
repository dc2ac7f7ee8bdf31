"""Mechanisms that cannot do what a scenario asks of them: settings that would silently mean nothing."""

from __future__ import annotations

from collections.abc import Iterator

from sim.rules.backers import AT_RANDOM
from sim.rules.events import EVERYBODY, Substitute
from sim.rules.journey import CLASSES, FORMER, NEWCOMERS
from sim.rules.need import CONTRACT
from sim.rules.retention import REMINDERS
from sim.scenario.catalogue import did_you_mean, dotted, listed
from sim.scenario.document import Place
from sim.scenario.problems import shown
from sim.scenario.schema import Business, Scenario
from sim.scenario.values import Fault

NETWORK = ("network",)


def mechanisms(scenario: Scenario) -> Iterator[Fault]:
    """What concerns everybody."""
    trust, journey = scenario.rules.trust, scenario.rules.journey
    for name in ("homophily", "friend_effect"):
        if getattr(trust, name) != 0.0 and scenario.network.kind == "mixed":
            what = f"rules.trust.{name} needs friends, and in a mixed network nobody has any"
            yield Fault(("rules", "trust", name), what, "Choose another network, or remove it", reads=(NETWORK,))
    weeks = journey.affirm_weeks, journey.activate_weeks, journey.onboarding_weeks
    if tuple(sorted(weeks)) != weeks:
        what = f"affirm_weeks, activate_weeks and onboarding_weeks must not decrease (got {', '.join(map(str, weeks))})"
        place = ("rules", "journey")
        reads = tuple((*place, key) for key in ("affirm_weeks", "activate_weeks", "onboarding_weeks"))
        yield Fault((*place, "onboarding_weeks"), what, "Each phase ends after the one before", reads=reads)
    backers = sum(business.backers.people for business in scenario.businesses)
    if backers > scenario.people:
        what = f"there are {backers:,} backers among {scenario.people:,} simulated people"
        yield Fault(("people", "count"), what, "Nobody backs two businesses; write fewer backers, or more people")
    yield from _events(scenario)
    seated = sum(business.offering.customers for business in scenario.businesses)
    if scenario.rules.need.clock == CONTRACT and seated > scenario.people:
        what = f"{seated:,} customers hold a contract at first, but there are {scenario.people:,} simulated people"
        advice = "Nobody holds two contracts; write fewer customers, or more people"
        yield Fault(("people", "count"), what, advice, reads=(("rules", "need", "clock"),))


def _events(scenario: Scenario) -> Iterator[Fault]:
    """Events that could not happen, or to nobody."""
    businesses = [business.name for business in scenario.businesses]
    burn_in = scenario.time.burn_in_weeks
    for (name, written), event in zip(scenario.resolved["events"].items(), scenario.events, strict=True):
        ((kind, _),) = written.items()
        place: Place = ("events", name, kind)
        if event.week < -burn_in:
            what = f"{dotted(place)}.week is {event.week}, and the world begins in week {-burn_in}"
            reads: tuple[Place, ...] = (("time", "burn_in_weeks"),)
            yield Fault((*place, "week"), what, "Write a later week, or more time.burn_in_weeks", reads=reads)
        if isinstance(event, Substitute) and all(s.person.nothing == 0.0 for s in scenario.segments):
            what = f"{dotted(place)} does nothing: nobody here ever buys nothing (people.nothing is 0)"
            advice = "Let people like buying nothing a little, or remove the event"
            yield Fault(place, what, advice, at_key=True, reads=(("people", "nothing"),))
        whose = getattr(event, "business", EVERYBODY)
        if whose not in (EVERYBODY, *businesses):
            what = f"{dotted(place)}.business is {shown(whose)}, and no business is called so"
            advice = did_you_mean(whose, businesses, f"Known here: {listed(businesses)}; leave it out for all of them")
            yield Fault((*place, "business"), what, advice, reads=(("businesses",),))


def _supply(business: Business, place: Place) -> Iterator[Fault]:
    """Goods that are dearer early than late, worth more unsold, or never there."""
    supply, inside = business.supply, (*place, "supply")
    if supply.season_weeks and supply.preorder_share == supply.late_unit_cost == 0.0:
        what = f"{dotted((*inside, 'preorder_share'))} is 0 and late_unit_cost is 0: there would be nothing to sell"
        advice = "Write a late_unit_cost, or season_weeks: 0 to buy everything as it is ordered"
        yield Fault((*inside, "preorder_share"), what, advice, reads=((*inside, "late_unit_cost"),))
    if supply.season_weeks and 0.0 < supply.late_unit_cost < supply.early_unit_cost:
        late = f"late_unit_cost ({supply.late_unit_cost:g})"
        what = f"{dotted(inside)}.early_unit_cost ({supply.early_unit_cost:g}) must not be above {late}"
        advice = "Else nobody would order ahead; exchange them, or write season_weeks: 0"
        yield Fault((*inside, "early_unit_cost"), what, advice, reads=((*inside, "late_unit_cost"),))
    if supply.season_weeks and supply.salvage > supply.early_unit_cost:
        early = f"early_unit_cost ({supply.early_unit_cost:g})"
        what = f"{dotted(inside)}.salvage ({supply.salvage:g}) must not be above {early}"
        advice = "Else whatever is not sold makes money"
        yield Fault((*inside, "salvage"), what, advice, reads=((*inside, "early_unit_cost"),))


def _at_home(business: Business, scenario: Scenario, place: Place) -> Iterator[Fault]:
    """More customers or backers at first than people where the business is at home."""
    share_near = sum(each.share for each in scenario.segments if scenario.is_at_home(business, each.market))
    near = round(share_near * scenario.people)
    here = "people.count" if near == scenario.people else "all people where it is at home"
    asked = {("customers",): business.offering.customers, ("backers", "people"): business.backers.people}
    for inside, count in asked.items():
        if count > near:
            what = f"{dotted((*place, *inside))} ({count:,}) is above {here} ({near:,})"
            yield Fault(
                (*place, *inside), what, f"Write fewer {inside[0]}, or more people", reads=(("people", "count"),)
            )


def mechanisms_of(business: Business, scenario: Scenario) -> Iterator[Fault]:
    """What concerns one business."""
    place: Place = ("businesses", business.name)
    levers = business.levers
    if business.backers.people and business.backers.place != AT_RANDOM and scenario.network.kind == "mixed":
        where: Place = (*place, "backers", "place")
        what = f"{dotted(where)} needs friends, and in a mixed network nobody has any"
        yield Fault(where, what, "Choose another network, or random", reads=(NETWORK,))
    yield from _at_home(business, scenario, place)
    if business.offering.customers and business.offering.opens_week:
        where = (*place, "customers")
        what = f"{dotted(where)} ({business.offering.customers:,}) are there before it opens"
        yield Fault(where, what, "Let it open in week 0, or write no customers", reads=((*place, "opens_week"),))
    for name, promotion in business.promotions.items():
        where = (*place, "promotions", name, "for_weeks")
        if promotion.for_weeks > promotion.every_weeks:
            what = f"{dotted(where)} ({promotion.for_weeks}) must not be above every_weeks ({promotion.every_weeks})"
            yield Fault(where, what, "As long as every_weeks means always", reads=((*place, "promotions", name),))
    yield from _supply(business, place)
    if levers.service.fast_days > levers.service.slow_days:
        where = (*place, "levers", "service", "fast_days")
        slow, fast = levers.service.slow_days, levers.service.fast_days
        what = f"{dotted(where)} ({fast:g}) must not be above slow_days ({slow:g})"
        yield Fault(where, what, "Exchange them", reads=((*place, "levers", "service"),))
    if levers.onboarding.aim != NEWCOMERS:
        where = (*place, "levers", "onboarding", "aim")
        what = f"{dotted(where)} must be newcomers (got {CLASSES[levers.onboarding.aim]}): nobody else is welcomed"
        yield Fault(where, what, "Remove it; care is the same kind of lever and can be aimed at any class")
    for name in REMINDERS:
        lever = getattr(levers, name)
        if scenario.rules.need.clock == CONTRACT and lever.budget_share > 0.0 and lever.aim != FORMER:
            where = (*place, "levers", name, "budget_share")
            what = f"{name} of {shown(business.name)} does nothing under contract: customers order only when it ends"
            advice = "Aim it at the former, or give the money to another lever"
            yield Fault(where, what, advice, reads=(("rules", "need", "clock"), (*place, "levers", name, "aim")))
