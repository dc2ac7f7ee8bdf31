"""Events: what surrounds people and businesses this week, as far as the scenario says so."""

from __future__ import annotations

from typing import NamedTuple

from sim.rules.events import (
    EVERYBODY,
    ChannelBan,
    CostRise,
    MarketGrowth,
    PriceWar,
    QualityCrisis,
    Substitute,
    is_under_way,
)
from sim.scenario.schema import Scenario
from sim.state.climate import Climate


class Conditions(NamedTuple):
    """What this week is like for one business."""

    price: float = 1.0
    """Factor on its list price."""
    unit_cost: float = 1.0
    """Factor on what goods cost."""
    quality: float = 0.0
    """Taken off its quality."""
    failure_rate: float = 0.0
    """Added to its failure rate."""
    banned: frozenset[int] = frozenset()
    """Kinds of channels that it may not use."""


class Surroundings(NamedTuple):
    """What this week is like."""

    climate: Climate
    businesses: tuple[Conditions, ...]


def surroundings(scenario: Scenario, week: int) -> Surroundings:
    """All events that are under way, together."""
    need, nothing = 1.0, 0.0
    conditions = {business.name: Conditions() for business in scenario.businesses}
    for event in scenario.events:
        if not is_under_way(week, event.week, event.for_weeks):
            continue
        match event:
            case Substitute():
                nothing += event.pull
            case MarketGrowth():
                need *= event.need
            case _:
                for name in conditions if event.business == EVERYBODY else [event.business]:
                    conditions[name] = _changed(conditions[name], event)
    return Surroundings(Climate(need, nothing), tuple(conditions.values()))


def _changed(now: Conditions, event: PriceWar | QualityCrisis | CostRise | ChannelBan) -> Conditions:
    """What one more event makes of it."""
    match event:
        case PriceWar():
            return now._replace(price=now.price * event.price)
        case QualityCrisis():
            worse = min(now.failure_rate + event.failure_rate, 1.0)
            return now._replace(quality=now.quality + event.quality, failure_rate=worse)
        case CostRise():
            return now._replace(unit_cost=now.unit_cost * event.unit_cost)
        case ChannelBan():
            return now._replace(banned=now.banned | {event.kind})
