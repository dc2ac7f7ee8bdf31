"""Plans: every run of a study before the first is lived, each with a name that its content gives it.

A plan is plain data. It can be written down beside its results and read again, so that whoever has the folder can go
on, check it, or live it again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, NamedTuple

from sim.experiment.runs import seeds_from
from sim.experiment.study.factors import columns_of
from sim.experiment.until import confidence_of_each, looks_up_to
from sim.model.metrics import METRICS
from sim.rules.compile import source_hash
from sim.scenario.layers import Setting, Written
from sim.scenario.load import Template, varied
from sim.scenario.problems import Mark
from sim.scenario.schema import Scenario

FORMAT = 1
KEY_DIGITS = 20
"""Of the name of a run: among ten million runs no two are the same by chance."""
NOWHERE = Written(Mark(""), Mark(""))


class Size(NamedTuple):
    """What a run costs depends on these."""

    people: int
    weeks: int
    burn_in_weeks: int
    businesses: tuple[str, ...]


class Point(NamedTuple):
    """A scenario of a study: which one, with which value of each factor, and what it then is."""

    template: int
    values: tuple[Any, ...]
    hash: str
    history: str
    size: Size


class Replications(NamedTuple):
    """In how many worlds each point is lived; with ``until``, in at most so many."""

    worlds: int
    until: float | None = None
    """Half the width of the interval of the first outcome, as a share of its mean."""
    first: int = 1
    """Worlds before the first look."""

    @property
    def looks(self) -> tuple[int, ...]:
        """After how many worlds to look whether they are enough."""
        return (self.worlds,) if self.until is None else looks_up_to(self.worlds, self.first)

    @property
    def confidence(self) -> float:
        """Of the interval at each look."""
        return confidence_of_each(len(self.looks))


class Due(NamedTuple):
    """A run that is wanted."""

    key: str
    point: int
    seed: int


class Shard(NamedTuple):
    """One of several parts of a study, counted from 1."""

    number: int = 1
    of: int = 1

    def share(self, things: Sequence[Any]) -> Sequence[Any]:
        """Its part of things; all parts together are all things.

        Check
        -----
        >>> [Shard(number, 3).share("abcdefgh") for number in (1, 2, 3)]
        ['ab', 'cde', 'fgh']
        """
        return things[len(things) * (self.number - 1) // self.of : len(things) * self.number // self.of]


@dataclass(frozen=True)
class Plan:
    """A study, with every value decided."""

    name: str
    question: str
    templates: tuple[Template, ...]
    fixed: tuple[tuple[str, Any], ...]
    """Paths and values that hold in every run."""
    paths: tuple[str, ...]
    """Of the factors."""
    roles: tuple[str, ...]
    spreads: tuple[Any, ...]
    """How each factor varies, as the file says it."""
    design: str
    points: tuple[Point, ...]
    replications: Replications
    first_seed: int
    business: str
    metrics: tuple[str, ...]
    """Outcomes; the first decides how many worlds are enough."""
    kept: tuple[str, ...]
    """Metrics of which every week is kept."""
    code: str
    """Of all rooms up to the model."""

    @cached_property
    def identity(self) -> str:
        """Sixteen digits that name what is asked, whatever it is called and however it is told."""
        asked = {key: value for key, value in self._said.items() if key not in ("name", "question", "spreads")}
        named = hashlib.sha256(json.dumps(asked, sort_keys=True).encode())
        for point in self.points:
            named.update(json.dumps([point.template, point.values, point.hash], sort_keys=True).encode())
        return named.hexdigest()[:16]

    @cached_property
    def seeds(self) -> tuple[int, ...]:
        """Of all worlds; each point is lived in the first of them."""
        return seeds_from(self.first_seed, self.replications.worlds)

    @cached_property
    def most_runs(self) -> int:
        """How many runs there are; of a study that adds worlds as it needs them, at most."""
        return len({point.hash for point in self.points}) * self.replications.worlds

    def due(self, point: int, seed: int) -> Due:
        """A run of this plan."""
        text = json.dumps([FORMAT, self.points[point].hash, seed, self.code, self.kept])
        return Due(hashlib.sha256(text.encode()).hexdigest()[:KEY_DIGITS], point, seed)

    def scenario(self, point: Point) -> Scenario:
        """The world of a point."""
        return resolved(self.templates[point.template], [*self.fixed, *zip(self.paths, point.values, strict=True)])

    @cached_property
    def columns(self) -> dict[str, list[Any]]:
        """The scenario and the value of each factor, one cell for each point."""
        names = [self.templates[point.template].name for point in self.points]
        return {"scenario": names} | columns_of(self.paths, [point.values for point in self.points])

    @property
    def text(self) -> str:
        """The plan as JSON, with a line for each point: there may be a million."""
        told = self._said | {"templates": [each._asdict() for each in self.templates]}
        lines = [f"{json.dumps(key)}: {json.dumps(value, allow_nan=False)}" for key, value in told.items()]
        points = (each._asdict() | {"size": each.size._asdict()} for each in self.points)
        listed = ",\n".join(json.dumps(each, allow_nan=False) for each in points)
        return "{\n" + ",\n".join([*lines, f'"points": [\n{listed}\n]']) + "\n}\n"

    @property
    def _said(self) -> dict[str, Any]:
        """All but scenarios and points, as plain data."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        said |= {"format": FORMAT, "replications": self.replications._asdict()}
        return {key: value for key, value in said.items() if key not in ("templates", "points")}


def plan_from(document: Mapping[str, Any]) -> Plan:
    """The inverse of writing a plan down: the plan that its text, read as JSON, describes."""
    data = {key: value for key, value in document.items() if key != "format"}
    for name in ("paths", "roles", "spreads", "metrics", "kept"):
        data[name] = tuple(data[name])
    return Plan(
        **data
        | {
            "templates": tuple(Template(**each) for each in data["templates"]),
            "fixed": tuple((path, value) for path, value in data["fixed"]),
            "points": tuple(map(_point_from, data["points"])),
            "replications": Replications(**data["replications"]),
        }
    )


def _point_from(written: Mapping[str, Any]) -> Point:
    size = Size(**dict(written["size"]) | {"businesses": tuple(written["size"]["businesses"])})
    return Point(**dict(written) | {"values": tuple(written["values"]), "size": size})


def resolved(template: Template, settings: Iterable[tuple[str, Any]]) -> Scenario:
    """A scenario with settings that were checked before."""
    return varied(template, [Setting(path, value, NOWHERE) for path, value in settings])


def code_version() -> str:
    """The identity of all code on which a run depends."""
    return source_hash()


def kept_by_default() -> tuple[str, ...]:
    """Every metric that has a value each week."""
    return tuple(name for name, metric in METRICS.items() if metric.kind != "run")
