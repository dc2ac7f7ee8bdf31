"""Methods: what a study file says about its analyses, and what holds if it says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sim.experiment.study.factors import Choice, Factor
from sim.experiment.study.written import Sheet
from sim.model.metrics import METRICS
from sim.scenario.catalogue import did_you_mean, listed
from sim.scenario.problems import shown

SENSITIVITY = ("of", "screening", "strongest", "points", "seed")
OPTIMISE = ("objectives", "within", "solvent", "trials", "batch", "fresh", "seed")
STRONGEST = 3
"""So many factors are named as those that matter most."""
LEAST_LEVELS = 3
"""Of a lever whose best value is asked: fewer have no middle."""
MOST_SEED = 2**31
BEST = {name: metric for name, metric in METRICS.items() if metric.better in ("higher", "lower")}
"""Metrics of which it is known which direction is better."""


class Sensing(NamedTuple):
    """A sensitivity analysis: of what, and how thoroughly."""

    of: str
    """The metric."""
    lever: str | None = None
    """If given, not the metric itself is looked at, but the value of this lever that makes it best."""
    screening: int = 8
    """Trajectories of Morris through all factors; none: all factors go on."""
    strongest: int = 4
    """So many factors go on to Sobol indices, those with the largest effects."""
    points: int = 64
    """Rows of each base sample of Saltelli."""
    seed: int = 1


class Bound(NamedTuple):
    """Between which values the mean of a metric has to lie."""

    metric: str
    least: float | None
    most: float | None


class Search(NamedTuple):
    """An optimisation: of what, within which bounds, and how long."""

    objectives: tuple[str, ...]
    within: tuple[Bound, ...] = ()
    solvent: bool = False
    """Cash must not fall below zero in any week of any world."""
    trials: int = 64
    """In all, also if some were done before."""
    batch: int = 8
    """Trials that are chosen together, before any of them is known; the same for any number of workers."""
    fresh: int = 20
    """New worlds in which the best are lived again."""
    seed: int = 1


def sensing_of(sheet: Sheet, factors: Sequence[Factor], metrics: Sequence[str]) -> Sensing:
    """What the file says about sensitivity."""
    at = ("sensitivity",)
    sheet.keys(at, SENSITIVITY)
    usual = Sensing(metrics[0] if metrics else "profit")
    points = sheet.whole((*at, "points"), 8, 2**20, usual.points)
    if points & (points - 1):
        near = 1 << (points.bit_length() - 1)
        what = f"Saltelli's design needs a power of two (got {points})"
        sheet.fault((*at, "points"), what, f"Write {near} or {2 * near}")
    of, lever = _looked_at(sheet, factors, usual.of)
    return Sensing(
        of,
        lever,
        _none_or(sheet, (*at, "screening"), 2, 10_000, usual.screening),
        sheet.whole((*at, "strongest"), 1, 100, usual.strongest),
        points,
        sheet.whole((*at, "seed"), 1, MOST_SEED, usual.seed),
    )


def _looked_at(sheet: Sheet, factors: Sequence[Factor], first: str) -> tuple[str, str | None]:
    """A metric, or a lever whose best value is looked at."""
    place: tuple[str | int, ...] = ("sensitivity", "of")
    if not isinstance(sheet.get(place), dict):
        names = sheet.metrics(place, METRICS, [first])
        if len(names) > 1:
            sheet.fault(place, f"one thing is looked at (got {len(names)})", "Keep one")
        return (names or [first])[0], None
    place = (*place, "best")
    sheet.keys(place[:-1], ("best",))
    path = sheet.text(place, 400)
    levers = {factor.path: factor for factor in factors if factor.role == "levers"}
    if path not in levers:
        advice = did_you_mean(path, list(levers), f"Its levers: {listed(list(levers)) or 'none'}")
        sheet.fault(place, f"{shown(path)} is no lever of this study", advice)
        return first, None
    spread = levers[path].spread
    values = spread.values if isinstance(spread, Choice) else ()
    if len(values) < LEAST_LEVELS or any(isinstance(v, bool) or not isinstance(v, int | float) for v in values):
        what = f"the best value of {path} is looked for among values that the study lists"
        sheet.fault(place, what, f"Give it at least {LEAST_LEVELS} numbers, such as [0.1, 0.5, 0.9]")
    elif list(values) != sorted(set(values)):
        sheet.fault(place, f"the values of {path} must rise", "Write them from the least to the largest")
    if first not in BEST:
        sheet.fault(place, f"nobody knows which {first} is best", f"Let another outcome be first: {listed(list(BEST))}")
    return first, path


def search_of(sheet: Sheet, metrics: Sequence[str]) -> Search:
    """What the file says about optimisation."""
    at = ("optimise",)
    sheet.keys(at, OPTIMISE)
    usual = Search(tuple(metrics[:1]))
    objectives = sheet.metrics((*at, "objectives"), BEST, usual.objectives)
    solvent = sheet.get((*at, "solvent"))
    if solvent not in (None, True, False):
        sheet.fault((*at, "solvent"), f"optimise.solvent must be true or false, got {shown(solvent)}", "Write true")
    trials = sheet.whole((*at, "trials"), 1, 100_000, usual.trials)
    return Search(
        tuple(objectives),
        _bounds(sheet),
        bool(solvent),
        trials,
        sheet.whole((*at, "batch"), 1, trials, min(usual.batch, trials)),
        sheet.whole((*at, "fresh"), 2, 100_000, usual.fresh),
        sheet.whole((*at, "seed"), 0, MOST_SEED, usual.seed),
    )


def _bounds(sheet: Sheet) -> tuple[Bound, ...]:
    """Of which metrics the mean has to lie where."""
    place = ("optimise", "within")
    found = []
    for name in sheet.keys(place, tuple(METRICS)):
        inside = (*place, name)
        if not sheet.keys(inside, ("least", "most")):
            sheet.fault(inside, f"{name} has no bound", "Write {least: 0.3}, {most: 0.5} or both")
            continue
        ends = {end: sheet.number((*inside, end), -1e15, 1e15, 0.0) for end in sheet.keys(inside, ())}
        least, most = ends.get("least"), ends.get("most")
        if least is not None and most is not None and least > most:
            sheet.fault(inside, f"least {least:g} is above most {most:g}", "Exchange them")
        found.append(Bound(name, least, most))
    return tuple(found)


def _none_or(sheet: Sheet, place: tuple[str, ...], least: int, most: int, default: int) -> int:
    """A whole number between bounds, or 0 for none."""
    return 0 if sheet.get(place) == 0 else sheet.whole(place, least, most, default)
