"""What the data cannot tell: each thing in words, with a range, where the range comes from, and where it stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from sim.experiment.calibration.base import HALF, TIMES_CUSTOMERS
from sim.experiment.calibration.expected import Learned
from sim.experiment.calibration.money import BY_ITSELF, margin_of, scale_of
from sim.experiment.calibration.world import Plan
from sim.experiment.firm import tidy
from sim.rules.acquisition import Channel
from sim.rules.retention import Care
from sim.units import parameters_of

MARGINS = (0.25, 0.65)
"""A36: what shops and services commonly earn; whoever has books knows better."""
BY_THEMSELVES = (0.2, 0.8)
"""Parts of new customers."""
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


SPEND = "spend"
"""The name by which it is known that the firm's spend was given."""


def unknown_in(plan: Plan, known: frozenset[str]) -> list[Unknown]:
    """Everything that a scenario assumes because neither the records nor the firm said it.

    Parameters
    ----------
    known : what a firm's spend has shown, by name; SPEND if there was one
    """
    found = []
    said, here, is_spend_known = plan.said, "businesses.ours", SPEND in known
    if "care.strength" not in known:
        low, high = _plausible(Care, "strength")
        scale = scale_of(plan.base, said)
        why = "how strong money for keeping is; purchases alone never tell, because nobody knows who would have left"
        found.append(_at(f"{here}.levers.care.strength", "strength_of_care", why, plan.money.care.strength,
                         (low * scale, high * scale), "A25, per margin of a customer and year"))  # fmt: skip
    for name, way in plan.money.ways.items():
        if way.spend and f"{name}.ceiling" not in known:
            ceiling = way.curve.ceiling
            ends = tuple(min(ceiling * (1.0 - part) / (1.0 - BY_ITSELF), 1.0) for part in BY_THEMSELVES[::-1])
            why = f"how many customers {name} wins and how many come by themselves: half each is assumed"
            found.append(_at(f"{here}.channels.{name}.ceiling", f"ceiling_of_{name}", why, ceiling, ends,
                             "docs/calibrate.md: from a fifth to four fifths come by themselves"))  # fmt: skip
        if way.spend and f"{name}.half_saturation" not in known:
            low, high = (math.log(2.0) / (end * scale_of(plan.base, said)) for end in _plausible(Channel, "strength"))
            why = f"at which money per prospect and year {name} reaches half of what it can"
            half = math.log(2.0) / way.curve.strength
            low, high = max(low, half), min(high, half)
            found.append(Unknown(f"half_saturation_of_{name}", why, tidy(half), tidy(high), tidy(low),
                                 "A20, per margin of a customer and year"))  # fmt: skip
        if way.spend and f"{name}.keep" not in known:
            low, high = _plausible(Channel, "keep")
            why = f"how long {name} goes on working"
            found.append(_at(f"{here}.channels.{name}.keep", f"keep_of_{name}", why, way.keep, (low, high),
                             "Sethuraman, Tellis & Briesch (2011)"))  # fmt: skip
    if said.margin is None:
        price = plan.behaviour.order_value
        why = "what an order earns: a log of purchases has no costs. Say --margin"
        ends = tuple(price * (1.0 - share) for share in MARGINS[::-1])
        found.append(_at(f"{here}.unit_cost", "unit_cost", why, price * (1.0 - margin_of(said)), ends, "A36"))
    if said.marketing is None and not is_spend_known:
        total = plan.money.winning + plan.money.keeping
        why = "what is spent on marketing a year. Say --marketing, or give --spend"
        found.append(Unknown("marketing", why, tidy(total), *_times(total, SPENDS), "A32"))
    if said.acquisition_share is None and not is_spend_known:
        why = "which part of it wins customers. Say --acquisition-share, or give --spend"
        found.append(Unknown("acquisition_share", why, HALF, 0.2, 0.8, "A32"))
    if said.people is None:
        why = f"how many people may buy of this firm: {TIMES_CUSTOMERS:g} for each customer it ever had. Say --people"
        ends = _times(plan.base.customers, MARKETS)
        found.append(Unknown("people", why, float(plan.market.people), *ends, "docs/calibrate.md"))
    return found


def uncertainties_of(found: list[Unknown], learned: Sequence[Learned] = ()) -> dict[str, Any]:
    """What stands at one place, as a scenario lists it: the unknown, and what was learned, with its interval.

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


def _place_of(name: str) -> str:
    """Where a number that was learned stands in a scenario; none for those that are not varied by themselves."""
    whose, _, what = name.partition(".")
    if name == "care.strength":
        return "businesses.ours.levers.care.strength"
    return f"businesses.ours.channels.{whose}.ceiling" if what == "ceiling" else ""


def _at(path: str, name: str, why: str, value: float, ends: tuple[float, ...], source: str) -> Unknown:
    low, high = (tidy(end) for end in ends)
    return Unknown(name.replace("-", "_"), why, tidy(value), low, high, source, path)


def _times(value: float, factors: tuple[float, float]) -> tuple[float, float]:
    return tidy(value * factors[0]), tidy(value * factors[1])


def _plausible(record: type, field: str) -> tuple[float, float]:
    return next(p.sweep for name, p, _ in parameters_of(record) if name == field)  # type: ignore[return-value]
