"""What a report lists as assumed: the numbers of the scenarios, with meaning, plausible range and source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sim.interface.manual.glossary import range_of
from sim.scenario.catalogue import declared, default_at, dotted, written
from sim.scenario.document import Place
from sim.units import Parameter

THE_QUESTION = "the question"
"""The source of a number that is for the asker to decide: at its default it says nothing."""

OFF = ("0", "0.0")


class Assumed(NamedTuple):
    """A number of a scenario, as it is written, and what is declared of it."""

    path: str
    value: str
    meaning: str
    plausible: str
    source: str
    leads: bool
    """Does the answer rest on it first of all? It does on numbers that are not the default, and on those that say who
    people are, who listens to whom, what the business offers, pays for and plans, unless they are off."""


def assumed(resolved: Mapping[str, Any], business: str) -> list[Assumed]:
    """The numbers of the market and of one business.

    Parameters
    ----------
    resolved : a scenario with every number written out
    """
    found = []
    ours = resolved["businesses"][business]
    idle = {("levers", name) for name, lever in ours["levers"].items() if not lever.get("budget_share", 0.0)}
    for place, value, parameter in _numbers(resolved, ()):
        if place[0] == "businesses" and place[1] != business:
            continue
        set_by_somebody = written(value) != written(default_at(place))
        leads = set_by_somebody or (
            _leads(place, idle) and written(value) not in OFF and parameter.source != THE_QUESTION
        )
        meaning = f"{parameter.meaning} ({parameter.unit})"
        found.append(Assumed(dotted(place), written(value), meaning, range_of(parameter), parameter.source, leads))
    return found


def assumed_by_all(scenarios: Sequence[Mapping[str, Any]], names: Sequence[str], business: str) -> list[Assumed]:
    """The same of several scenarios; where they differ, each value carries the name of its scenario."""
    each = [{one.path: one for one in assumed(resolved, business)} for resolved in scenarios]
    rows = []
    for path in dict.fromkeys(path for table in each for path in table):
        values = {name: table[path].value for name, table in zip(names, each, strict=True) if path in table}
        one = next(table[path] for table in each if path in table)
        alike = len(values) == len(names) and len(set(values.values())) == 1
        told = one.value if alike else "; ".join(f"{name}: {value}" for name, value in values.items())
        rows.append(one._replace(value=told, leads=one.leads or not alike))
    return rows


def _leads(place: Place, idle: set[tuple[str, str]]) -> bool:
    match place:
        case ("people" | "network", *_) | ("businesses", _, _) | ("businesses", _, "strategy", *_):
            return True
        case ("businesses", _, "channels" | "levers" as kind, name, *rest):
            return (kind, name) not in idle and rest in (["ceiling"], ["strength"])
    return False


def _numbers(value: Any, place: Place) -> Iterator[tuple[Place, Any, Parameter]]:
    """Every declared number at and below a place."""
    parameter = declared(place)
    if parameter is not None:
        yield place, value, parameter
    elif isinstance(value, Mapping):
        for key, inside in value.items():
            yield from _numbers(inside, (*place, key))
