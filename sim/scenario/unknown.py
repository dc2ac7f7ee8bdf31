"""What is uncertain: numbers that a scenario names as badly known, each with the ends between which it may lie.

One uncertain thing may stand at several places: a star in its path means every name there, and numbers that were
estimated together with it move along. Whoever sets ``uncertainties.NAME`` to a number sets all of them. A number that
several uncertain things move is moved by all of them, whichever is set first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, cast

from pydantic import ValidationError

from sim.scenario.catalogue import declared, did_you_mean, dotted
from sim.scenario.document import Place
from sim.scenario.models import model_of
from sim.scenario.problems import shown
from sim.scenario.records import record_of
from sim.scenario.schema import EVEN, LOG, WORDS, Scenario, Uncertainty
from sim.scenario.values import Fault

EVERY = "*"
"""In a path: every name that stands there."""
PLACE = "uncertainties"
DIGITS = 12
"""Of a value between the ends; those after them are errors of rounding."""
Names = Callable[[Place], Iterable[str]]
"""The names that stand at a place."""


class Moving(NamedTuple):
    """A number that is not known: its path, and its values at both ends of the uncertainty."""

    path: str
    low: float
    high: float
    scale: int = EVEN

    def at(self, part: float) -> float:
        """The value so far on the way from one end to the other.

        Check
        -----
        >>> both = Moving("people.count", 100.0, 900.0)
        >>> both.at(0.5), both._replace(scale=LOG).at(0.5), both._replace(low=0.0, scale=LOG).at(0.5)
        (500, 300, 450)
        """
        parameter = declared(tuple(self.path.split(".")))
        straight = self.low + part * (self.high - self.low)
        if self.scale == LOG and min(self.low, self.high) > 0.0:
            straight = self.low * (self.high / self.low) ** part
        value = float(f"{straight:.{DIGITS}g}")
        return round(value) if parameter and parameter.whole else value


class Moved(NamedTuple):
    """A number that uncertain things have moved: what it was, and where each of them would have it alone."""

    path: str
    before: float
    alone: Mapping[str, float]

    @property
    def now(self) -> float:
        """As many times as it was as all of them make it together; where that is no number of its kind, the nearest.

        Check
        -----
        >>> both = Moved("people.count", 100.0, {"shops": 300.0, "towns": 50.0})
        >>> both.now, both._replace(alone={"shops": 300.0}).now
        (150, 300.0)
        """
        values = list(self.alone.values())
        if len(values) == 1 or not self.before:
            return values[-1]
        value = float(f"{self.before * math.prod(each / self.before for each in values):.{DIGITS}g}")
        parameter = declared(tuple(self.path.split(".")))
        if parameter is None:
            return value
        value = min(max(value, parameter.low), parameter.high)
        return round(value) if parameter.whole else value


def uncertainties(scenario: Scenario) -> Iterator[Fault]:
    """What is wrong with the uncertainties of a scenario."""
    for name, each in scenario.uncertainties.items():
        place, seen = (PLACE, name), set[str]()
        for inside, path in _written(each):
            found = numbers_at(scenario.resolved, path)
            what = f"{'.'.join((*place, *inside))}: {shown(path)} is no number of this scenario"
            if not found:
                word, around = _lost(scenario.resolved, path)
                yield Fault((*place, *inside), what, did_you_mean(word, around, "Name one by its path"))
            elif twice := seen & set(found):
                what = f"{'.'.join((*place, *inside))}: {sorted(twice)[0]} moves twice"
                yield Fault((*place, *inside), what, "Name it once")
            seen |= set(found)
        if each.low > each.high:
            what = f"uncertainties.{name}: low must not be above high (got {each.low:g} and {each.high:g})"
            yield Fault((*place, "low"), what, "Exchange them", reads=((*place, "high"),))
        elif each.scale == LOG and each.low <= 0.0:
            what = f"uncertainties.{name}: on the scale log low must be above 0 (got {each.low:g})"
            yield Fault((*place, "low"), what, "Raise it, or choose the scale even", reads=((*place, "scale"),))


def moving(uncertainty: Uncertainty, names: Names) -> tuple[Moving, ...]:
    """Every number that is another one if this is.

    Parameters
    ----------
    names : that stand at a place, for the stars in paths

    Check
    -----
    >>> both = Uncertainty("firms.*.price", 1.0, 3.0)
    >>> [each.path for each in moving(both, lambda place: {"firms": ["a", "b"]}.get(place[-1], ["price"]))]
    ['firms.a.price', 'firms.b.price']
    """
    scale = uncertainty.scale
    main = Moving(uncertainty.path, uncertainty.low, uncertainty.high, scale)
    all_of_them = (main, *(Moving(*each, scale) for each in uncertainty.along.values()))
    return tuple(each._replace(path=path) for each in all_of_them for path in _paths(each.path, names))


def uncertainty_of(data: Any) -> Uncertainty | None:
    """What a file says of something uncertain; None if it is not written as it must be."""
    try:
        model = model_of(Uncertainty).model_validate(data)
    except ValidationError:
        return None
    return cast("Uncertainty", record_of(Uncertainty, model.model_dump()))


def part_of_way(uncertainty: Uncertainty, value: float) -> float:
    """How far a value lies on the way from low to high.

    Check
    -----
    >>> part_of_way(Uncertainty("price", 10.0, 30.0), 15.0), part_of_way(Uncertainty("price", 10.0, 10.0), 10.0)
    (0.25, 0.0)
    >>> part_of_way(Uncertainty("price", 10.0, 1000.0, scale=LOG), 100.0)
    0.5
    """
    low, high = uncertainty.low, uncertainty.high
    if low == high:
        return 0.0
    if uncertainty.scale == LOG:
        return math.log(value / low) / math.log(high / low)
    return (value - low) / (high - low)


def names_in(resolved: Mapping[str, Any]) -> Names:
    """The names that stand at places of a resolved scenario."""

    def names(place: Place) -> Iterable[str]:
        found = _at(resolved, place)
        return found if isinstance(found, Mapping) else ()

    return names


def numbers_at(resolved: Mapping[str, Any], path: str) -> list[str]:
    """The paths of all numbers that a path means; none if it means none.

    Check
    -----
    >>> numbers_at({"people": {"count": 9}}, "people.count"), numbers_at({"people": {"count": 9}}, "people.size")
    (['people.count'], [])
    >>> numbers_at({"firms": {"a": {"price": 1}, "b": {"name": "B"}}}, "firms.*.price")
    ['firms.a.price']
    """
    if path.split(".")[0] in WORDS:
        return []
    return [each for each in _paths(path, names_in(resolved)) if _is_number(_at(resolved, tuple(each.split("."))))]


def _written(uncertainty: Uncertainty) -> Iterator[tuple[tuple[str, ...], str]]:
    """The paths of an uncertainty, and where each is written inside it."""
    yield ("path",), uncertainty.path
    for name, each in uncertainty.along.items():
        yield ("along", name, "path"), each.path


def _paths(path: str, names: Names) -> list[str]:
    """A path with every star written out; behind a star, only where there is what it names."""
    found: list[Place] = [()]
    starred = False
    for key in path.split("."):
        starred |= key == EVERY
        steps = [(place, names(place) if starred else (key,)) for place in found]
        found = [(*place, each) for place, known in steps for each in known if key in (EVERY, each)]
    return [dotted(place) for place in found]


def _at(data: Any, place: Place) -> Any:
    for key in place:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _lost(resolved: Mapping[str, Any], path: str) -> tuple[str, list[str]]:
    """The first name of a path that nobody knows, and the names that are known there."""
    names = names_in({key: value for key, value in resolved.items() if key not in WORDS})
    way = path.split(".")
    for at, key in enumerate(way):
        places = _paths(".".join(way[:at]), names) if at else [""]
        around = [name for place in places for name in names(tuple(place.split(".")) if place else ())]
        if key != EVERY and key not in around:
            return key, around
    return path, []
