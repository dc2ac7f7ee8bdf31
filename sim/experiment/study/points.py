"""Points: every combination of values in every scenario, each one seen to be a good scenario before any is lived.

A study may have a million points, so this is shared out among processes, and what comes home of a point is small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, NamedTuple

from sim.experiment.executor import SMALL_SECONDS, Progress, crew
from sim.experiment.study.factors import plain
from sim.experiment.study.plan import NOWHERE, Point, Size
from sim.scenario.layers import Setting
from sim.scenario.load import Template, Variants
from sim.scenario.problems import MOST_SHOWN, InputError, Mark, Problem
from sim.scenario.schema import Scenario

SECONDS_A_POINT = 0.001
"""A guess, without looking at the machine."""
IN_A_LOT = 500


class Combinations(NamedTuple):
    """What is to be combined: each row of values in each scenario."""

    templates: Sequence[Template]
    fixed: Sequence[Setting]
    paths: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    marks: Sequence[Mark] = ()
    """Where each row is written, if somebody wrote them."""

    @property
    def size(self) -> int:
        """How many points these are."""
        return len(self.templates) * len(self.rows)


class Lot(NamedTuple):
    """A part of them, for one worker."""

    template: int
    variants: tuple[Template, Sequence[Setting]]
    paths: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


class Seen(NamedTuple):
    """A good point: what its scenario turned out to be."""

    hash: str
    history: str
    size: Size


def checked_points(
    asked: Combinations, written: Mark | None, workers: int = 1, progress: Progress | None = None
) -> tuple[Point, ...]:
    """Every point, each one seen to be a good scenario: the same, on any number of workers.

    Parameters
    ----------
    written : where the design is, for combinations that are no scenario though each of their values is good
    workers : processes of this machine, for many points

    Raises
    ------
    InputError
        With the first twenty combinations that are none.
    RunFailed
        If a worker died.
    """
    tell, points, problems = progress or (lambda done, total: None), list[Point](), list[Problem]()
    lots = [*_lots(asked)]
    tell(0, asked.size)
    with (
        crew(workers if asked.size * SECONDS_A_POINT >= SMALL_SECONDS else 1) as executor,
        closing(executor.results(look_at, ([lot] for lot in lots))) as finished,
    ):
        for lot, found in _in_turn(lots, finished):
            for values, each in zip(lot.rows, found, strict=True):
                if isinstance(each, Seen):
                    points.append(Point(lot.template, values, *each))
                    continue
                told = ", ".join(f"{path}={plain(value)}" for path, value in zip(lot.paths, values, strict=True))
                name = asked.templates[lot.template].name
                what = f"point {len(points) + len(problems)} of {name} ({told}) is no scenario: {each}"
                mark = asked.marks[(len(points) + len(problems)) % len(asked.rows)] if asked.marks else written
                problems.append(Problem(mark, what, "Change what is varied"))
                if len(problems) >= MOST_SHOWN:
                    raise InputError(problems)
            tell(len(points) + len(problems), asked.size)
    if problems:
        raise InputError(problems)
    return tuple(points)


def look_at(lot: Lot) -> list[Seen | str]:
    """In a worker: each point of a lot, or why it is none."""
    variants, sizes, pasts = Variants(*lot.variants), dict[Size, Size](), dict[str, str]()
    found: list[Seen | str] = []
    for values in lot.rows:
        settings = [Setting(path, value, NOWHERE) for path, value in zip(lot.paths, values, strict=True)]
        try:
            scenario = variants.scenario(settings)
        except InputError as error:
            found.append(str(error.problems[0]).removeprefix(": "))
            continue
        size, past = size_of(scenario), scenario.history_hash
        found.append(Seen(scenario.hash, pasts.setdefault(past, past), sizes.setdefault(size, size)))
    return found


def size_of(scenario: Scenario) -> Size:
    """What a run of a scenario costs depends on this."""
    time = scenario.time
    return Size(scenario.people, time.weeks, time.burn_in_weeks, tuple(each.name for each in scenario.businesses))


def _lots(asked: Combinations) -> Iterator[Lot]:
    for number, template in enumerate(asked.templates):
        for at in range(0, len(asked.rows), IN_A_LOT):
            yield Lot(number, (template, asked.fixed), asked.paths, asked.rows[at : at + IN_A_LOT])


def _in_turn(
    lots: Sequence[Lot], finished: Iterator[tuple[int, list[list[Seen | str]]]]
) -> Iterator[tuple[Lot, list[Seen | str]]]:
    """Lots in their own order, whichever is finished first: so the first problems are the same ones each time."""
    waiting: dict[int, list[Seen | str]] = {}
    turn = 0
    for place, (found,) in finished:
        waiting[place] = found
        while turn in waiting:
            yield lots[turn], waiting.pop(turn)
            turn += 1
