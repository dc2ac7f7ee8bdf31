"""Where people and businesses meet: markets, openings and channels that cannot be what a scenario says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from sim.rules.acquisition import AFFILIATE, KIND_NAMES, PAID_PER_CUSTOMER, PARTNER, Channel, default_channel
from sim.rules.retention import Levers
from sim.scenario.catalogue import did_you_mean, dotted, listed
from sim.scenario.document import Place
from sim.scenario.problems import shown
from sim.scenario.schema import NEVER_PLANNED, PLANS, Business, Scenario
from sim.scenario.values import Fault
from sim.strategies.books import LEAST_PRICE, MOST_PRICE, called_by, priced_by

MARKETS: Place = ("markets",)
SEGMENTS: Place = ("people", "segments")
IDLE = {AFFILIATE: ("keep", "chance"), PARTNER: ("ceiling", "strength", "keep", "reminds_customers", "follows_need")}
"""What means nothing for a kind of channel; for those paid out of the budget it is the chance of a partner's word."""
WHY_IDLE = {
    AFFILIATE: "an affiliate takes trouble for its commission, week by week",
    PARTNER: "a partner passes a word on with its orders, by chance",
}
NO_WORD = "only a partner passes a word on"


def markets(scenario: Scenario) -> Iterator[Fault]:
    """Markets without people, and people in markets that nobody has named."""
    named = list(scenario.resolved["markets"])
    for name, segment in scenario.resolved["people"]["segments"].items():
        if segment.get("market") is not None and segment["market"] not in named:
            yield _unknown((*SEGMENTS, name, "market"), segment["market"], named, "markets", (MARKETS,))
    lived_in = {segment.market for segment in scenario.segments}
    for at, name in enumerate(named):
        if at not in lived_in:
            what, advice = f"nobody lives in the market {shown(name)}", "Write it as the market of a segment of people"
            yield Fault((*MARKETS, name), what, advice, at_key=True, reads=(SEGMENTS,))


def places_of(business: Business, scenario: Scenario) -> Iterator[Fault]:
    """Where and when a business is."""
    place: Place = ("businesses", business.name)
    named = list(scenario.resolved["markets"])
    for name in business.markets:
        if name not in named:
            yield _unknown((*place, "markets", name), name, named, "markets", (MARKETS,), at_key=True)
    if business.markets and all(each.enters_week > 0 for each in business.markets.values()):
        what = f"{shown(business.name)} is at home in no market"
        advice = "Leave out enters_week for one of them; a business that comes later has an opens_week"
        yield Fault((*place, "markets"), what, advice)
    offering = business.offering
    if offering.closes_week <= offering.opens_week:
        where = (*place, "closes_week")
        what = f"{dotted(where)} ({offering.closes_week}) must be after opens_week ({offering.opens_week})"
        advice = f"Write {NEVER_PLANNED} for a business that stays"
        yield Fault(where, what, advice, reads=((*place, "opens_week"),))


def channels_of(business: Business, scenario: Scenario) -> Iterator[Fault]:
    """Channels that are paid for what they do not do, or lead to nobody."""
    place: Place = ("businesses", business.name, "channels")
    segments = list(scenario.resolved["people"]["segments"])
    for name, channel in business.channels.items():
        for segment in channel.reaches:
            if segment not in segments:
                where = (*place, name, "reaches", segment)
                yield _unknown(where, segment, segments, "segments of people", (SEGMENTS,), at_key=True)
        yield from _payment(channel, (*place, name))
        yield from _idle(channel, (*place, name))
        if channel.kind == PARTNER or channel.of:
            yield from _partner(channel, (*place, name), business.name, [each.name for each in scenario.businesses])
    partners = [(name, each.of) for name, each in business.channels.items() if each.kind == PARTNER]
    for (first, of), (name, again) in combinations(partners, 2):
        if of and of == again:
            what = f"channels {shown(first)} and {shown(name)} have the same partner, {shown(of)}"
            yield Fault((*place, name), what, "Make them one", at_key=True, reads=((*place, first),))


def plans_of(business: Business, scenario: Scenario) -> Iterator[Fault]:
    """Plans that call something by a name that stands nowhere, or will ask prices that none may ask."""
    paid = [name for name, each in business.channels.items() if each.kind not in PAID_PER_CUSTOMER]
    known = {"channels": paid, "levers": list(Levers._fields), "markets": list(business.markets)}
    for plan in PLANS:
        strategy = getattr(business, plan)
        ((kind, _),) = scenario.resolved["businesses"][business.name][plan].items()
        place: Place = ("businesses", business.name, plan, kind)
        for called in called_by(strategy):
            if called.name not in known[called.group]:
                whose = f"{called.group} of {shown(business.name)}"
                reads = (("businesses", business.name, called.group),)
                yield _unknown((*place, *called.way), called.name, known[called.group], whose, reads, at_key=True)
        price = business.offering.price
        for asked in priced_by(strategy):
            if not LEAST_PRICE * price <= asked.price <= MOST_PRICE * price:
                where, times = (*place, *asked.way), f"{LEAST_PRICE:g} to {MOST_PRICE:g} times"
                what = f"{dotted(where)} ({asked.price:g}) is not within {times} the price of {shown(business.name)}"
                what += f" ({price:g})"
                yield Fault(where, what, "Write a price in between", reads=(("businesses", business.name, "price"),))


def _payment(channel: Channel, place: Place) -> Iterator[Fault]:
    """Budgets are for some kinds, commissions for the others."""
    kind = KIND_NAMES[channel.kind]
    reads = ((*place, "kind"),)
    if channel.kind in PAID_PER_CUSTOMER and channel.budget_share > 0.0:
        where = (*place, "budget_share")
        what = f"{dotted(where)} ({channel.budget_share:g}) does nothing: {kind} is paid per customer won"
        yield Fault(where, what, "Write a commission, and give the share to another channel", reads=reads)
    for name in ("fixed_cost_per_year", "minimum") if channel.kind in PAID_PER_CUSTOMER else ():
        if getattr(channel, name) > 0.0:
            where = (*place, name)
            what = f"{dotted(where)} ({getattr(channel, name):g}) does nothing: {kind} is paid per customer won"
            yield Fault(where, what, "Remove it, or make it part of the commission", reads=reads)
    if channel.kind not in PAID_PER_CUSTOMER and channel.commission > 0.0:
        where = (*place, "commission")
        what = f"{dotted(where)} ({channel.commission:g}) does nothing: {kind} is paid out of the budget"
        yield Fault(where, what, "Remove it, or make it an affiliate or a partner", reads=reads)


def _idle(channel: Channel, place: Place) -> Iterator[Fault]:
    """Numbers that a channel of this kind has no use for."""
    kind, usual = KIND_NAMES[channel.kind], default_channel("", KIND_NAMES[channel.kind])
    for name in IDLE.get(channel.kind, ("chance",)):
        if getattr(channel, name) != getattr(usual, name):
            where = (*place, name)
            what = f"{dotted(where)} ({getattr(channel, name):g}) does nothing: {WHY_IDLE.get(channel.kind, NO_WORD)}"
            yield Fault(where, what, f"Remove it, or choose another kind than {kind}", reads=((*place, "kind"),))


def _partner(channel: Channel, place: Place, own: str, businesses: list[str]) -> Iterator[Fault]:
    where, others = (*place, "of"), [name for name in businesses if name != own]
    reads: tuple[Place, ...] = ((*place, "kind"), *([("businesses", channel.of)] if channel.of else []))
    if channel.kind != PARTNER:
        what = f"{dotted(where)} does nothing: {KIND_NAMES[channel.kind]} has no partner"
        yield Fault(where, what, "Remove it, or write kind: partner", reads=reads)
    elif channel.reaches:
        what = f"{dotted((*place, 'reaches'))} does nothing: a partner tells whoever orders there"
        yield Fault((*place, "reaches"), what, "Remove it", reads=reads)
    elif channel.of not in others:
        got = f"got {shown(channel.of)}" if channel.of else "nothing is written"
        what = f"{dotted(where)} must name another business ({got})"
        known = f"Known here: {listed(others) or 'none'}"
        advice = did_you_mean(channel.of, others, known) if channel.of else known
        yield Fault(where, what, advice, reads=reads)


def _unknown(
    place: Place, name: str, known: Iterable[str], what: str, reads: tuple[Place, ...], *, at_key: bool = False
) -> Fault:
    """A name that stands nowhere else."""
    names = list(known)
    advice = did_you_mean(name, names, f"Known here: {listed(names) or 'none'}")
    return Fault(place, f"there is no {shown(name)} among the {what}", advice, at_key=at_key, reads=reads)
