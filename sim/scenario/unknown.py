"""What is uncertain: numbers that a scenario names as badly known, each with the ends between which it may lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.scenario.catalogue import did_you_mean
from sim.scenario.problems import shown
from sim.scenario.schema import WORDS, Scenario
from sim.scenario.values import Fault


def uncertainties(scenario: Scenario) -> Iterator[Fault]:
    """What is wrong with the uncertainties of a scenario."""
    for name, (path, low, high, _) in scenario.uncertainties.items():
        place = ("uncertainties", name)
        value, around = number_at(scenario.resolved, path)
        if value is None:
            what = f"uncertainties.{name}.path: {shown(path)} is no number of this scenario"
            yield Fault((*place, "path"), what, did_you_mean(path.rpartition(".")[2], around, "Name one by its path"))
        if low > high:
            what = f"uncertainties.{name}: low must not be above high (got {low:g} and {high:g})"
            yield Fault((*place, "low"), what, "Exchange them", reads=((*place, "high"),))


def number_at(resolved: dict[str, Any], path: str) -> tuple[float | None, list[str]]:
    """The number at a path of a resolved scenario, or None; and the names that are known where the way ends.

    Check
    -----
    >>> number_at({"people": {"count": 9}}, "people.count"), number_at({"people": {"count": 9}}, "people.size")
    ((9.0, []), (None, ['count']))
    """
    found: Any = {key: value for key, value in resolved.items() if key not in WORDS}
    for key in path.split("."):
        if not isinstance(found, dict) or key not in found:
            return None, list(found) if isinstance(found, dict) else []
        found = found[key]
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None, list(found) if isinstance(found, dict) else []
    return float(found), []
