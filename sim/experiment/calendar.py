"""A calendar: what a business decided, week by week, as the strategy ``schedule`` of a scenario says it.

Whoever follows it with the same luck does the same to the last bit: numbers are written as they were decided, and a
week's money as the year's money that comes back to it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim.rules.retention import Levers
from sim.rules.value import whole
from sim.scenario.schema import YEAR, Scenario
from sim.strategies.books import Decision
from sim.strategies.fixed import Step


def calendar(
    decided: Mapping[int, Decision], asked: Mapping[int, int], scenario: Scenario
) -> dict[str, dict[str, Any]]:
    """Decisions of the first business as a scenario writes a schedule: what says nothing is left out.

    Parameters
    ----------
    decided : each decision, by the week from which it holds
    asked : since which week it has wanted to enter a market, by the market's place
    """
    steps: dict[str, dict[str, Any]] = {}
    before: dict[str, Any] = {}
    for week, decision in sorted(decided.items()):
        step = {key: value for key, value in _step(decision, scenario).items() if key != "from_week"}
        if step != before:
            steps[f"week_{week}"] = {"from_week": week, **step}
        before = step
    names = list(scenario.markets)
    enters = {names[place]: week for place, week in sorted(asked.items())}
    return {"schedule": {"steps": steps} | ({"enters": enters} if enters else {})}


def _step(decision: Decision, scenario: Scenario) -> dict[str, Any]:
    new, old = decision.prices or (0.0, 0.0)
    step = Step(
        spend_per_year=a_year(decision.spend_per_week, scenario.minor_units),
        acquisition_share=decision.acquisition_share,
        price_new=new,
        price_old=old,
        channels=_named(scenario.businesses[0].channels, decision.channels),
        levers=_named(Levers._fields, decision.levers),
    )
    always = {"spend_per_year", "acquisition_share"}
    usual = Step._field_defaults
    return {key: value for key, value in step._asdict().items() if key in always or value != usual[key]}


def _named(names: Any, parts: tuple[float, ...] | None) -> dict[str, float]:
    """Parts of a whole by their names, without those that get nothing."""
    return {name: part for name, part in zip(names, parts or (), strict=False) if part}


def a_year(a_week: float, minor_units: int) -> float:
    """Money a year of which a 52nd part is this money a week: the same float if one leads there, always the same coins.

    Check
    -----
    >>> a_year(100.0, 100), a_year(0.0, 100), a_year(1.25, 100)
    (5200.0, 0.0, 65.0)
    """
    about = a_week * YEAR
    coins = whole(a_week * minor_units)
    tried = (about, math.nextafter(about, 0.0), math.nextafter(about, math.inf))
    return min(tried, key=lambda year: (whole(year / YEAR * minor_units) != coins, abs(year / YEAR - a_week)))
