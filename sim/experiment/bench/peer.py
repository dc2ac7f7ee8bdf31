"""The peer: the same rules as a plain Mesa model, which lives in ``benchmarks/`` beside the package."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from sim.experiment.bench.findings import Row, Sample, interleaved, once, ratio_of
from sim.experiment.bench.workload import Workload, live, nanoseconds, scenario_for, settled

FOLDER = Path(__file__).resolve().parents[3] / "benchmarks"
ABSENT = "not measured: the plain Mesa model is not installed with the package; run this in a clone of the project"
WEEKS_OF_OURS = 5
"""Planning periods of ours to one of the plain model, so that a round of ours is long enough to be timed."""


class Ratios(NamedTuple):
    """How many times as fast the compiled loop is."""

    one_thread: Sample
    two_threads: Sample


def modules() -> tuple[ModuleType, ModuleType] | None:
    """The plain model, and how its agreement with ours is tested; None without a clone."""
    if not (FOLDER / "plain_mesa.py").exists():
        return None
    root = str(FOLDER.parent)
    if root not in sys.path:
        sys.path.insert(0, root)
    plain, agreement = (import_module(f"{FOLDER.name}.{name}") for name in ("plain_mesa", "agreement"))
    return plain, agreement


def agreement_row(agreement: ModuleType, size: tuple[int, int, int]) -> tuple[bool, Row]:
    """Do both come to the same? Asked before their speed is compared.

    Parameters
    ----------
    size : people, weeks and worlds on each side
    """
    found = agreement.agreement(agreement.CORE, agreement.Size(*size))
    people, weeks, worlds = size
    note = f"{worlds} worlds of {people:,} people and {weeks} weeks; false alarm {agreement.FALSE_ALARM:g}"
    name = "same output: least p of all quantities, corrected"
    return bool(found.agrees), Row("against plain Mesa", name, once(found.least_p), "", note)


def race(plain: ModuleType, people: int, rounds: int, weeks: int) -> tuple[Ratios, list[Row]]:
    """Both clocks in turns, from markets that have settled.

    The ratio for one thread is of processor time, the one for two threads of time on the wall.
    """
    load = Workload(people)
    theirs = plain.PlainMarket(scenario_for(load).resolved, 1)
    live(theirs, weeks)
    runners: dict[str, Callable[[], None]] = {
        "plain": partial(live, theirs),
        "one": partial(_several, settled(load, 1, weeks)),
        "two": partial(_several, settled(load, 2, weeks)),
    }
    times = interleaved(runners, rounds)
    one, two = (times[name] for name in ("one", "two"))
    ratios = Ratios(
        ratio_of(times["plain"].processor, one.processor / WEEKS_OF_OURS),
        ratio_of(times["plain"].wall, two.wall / WEEKS_OF_OURS),
    )
    group, unit = "against plain Mesa", "ns per customer-week"
    rows = [
        Row(group, f"plain Mesa, {people:,} people", nanoseconds(times["plain"].processor, load), unit),
        Row(group, f"keepwin, {people:,} people", nanoseconds(one.processor / WEEKS_OF_OURS, load), unit),
        Row(group, f"times as fast on one thread, {people:,} people", ratios.one_thread, "times"),
        Row(group, f"times as fast on two threads, {people:,} people", ratios.two_threads, "times", "on the wall"),
    ]
    return ratios, rows


def _several(market: object) -> None:
    for _ in range(WEEKS_OF_OURS):
        live(market)
