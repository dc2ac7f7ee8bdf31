"""What can be moved in the lab, in words: every number that somebody may decide on, in groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sim.experiment.decidable import CHANNELS, LEVERS, MARKETS, PRICE_NEW, PRICE_OLD, SPEND, SPLIT, Range
from sim.experiment.lesson import Course
from sim.interface.pages.languages import Say

STEPS = 200
"""Places of a slider for money."""
HUNDREDTH = 0.01
MONEY, SHARE, ENTRY = "money", "share", "entry"


class Control(NamedTuple):
    """A slider, or a box to tick."""

    what: str
    label: str
    kind: str
    """What its number is: money, a share, or whether a market is entered."""
    range: Range
    step: float


class Group(NamedTuple):
    """Controls under one heading; the first has none, for it is always open."""

    heading: str
    controls: list[Control]


def groups(course: Course, say: Say) -> list[Group]:
    """All sliders and boxes of one version of the business."""
    currency = say.unit("money", course.scenario.currency.name)
    named = {
        SPEND: say("lab.spend", unit=currency),
        SPLIT: say("lab.split"),
        PRICE_NEW: say("lab.price.new", unit=currency),
        PRICE_OLD: say("lab.price.old", unit=currency),
    }

    def entry(name: str) -> str:
        cost = course.scenario.businesses[0].markets[name].cost
        return say("lab.enter", market=name, cost=f"{say.number(f'{cost:,.10g}')} {currency}")

    labels = {LEVERS: lambda name: say(f"lever.{name}"), MARKETS: entry}

    def controls(*ways: str) -> Iterator[Control]:
        for what, allowed in course.decidable.items():
            whole, _, name = what.partition(".")
            if whole not in ways:
                continue
            label = named.get(what) or labels.get(whole, str)(name)
            kind = ENTRY if allowed.is_yes_or_no else MONEY if what in named and what != SPLIT else SHARE
            step = (allowed.most - allowed.least) / STEPS if kind == MONEY else HUNDREDTH
            yield Control(what, label, kind, allowed, step)

    made = [
        Group("", list(controls(SPEND, SPLIT))),
        Group(say("lab.prices"), list(controls(PRICE_NEW, PRICE_OLD))),
        Group(say("lab.channels"), list(controls(CHANNELS))),
        Group(say("lab.levers"), list(controls(LEVERS))),
        Group(say("lab.markets"), list(controls(MARKETS))),
    ]
    return [group for group in made if group.controls]
