"""What the commands that compute do: load, live, store, tell. In this order, so that what is told is already safe."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sim.experiment import compare as comparing
from sim.experiment.executor import RunFailed
from sim.experiment.outcome import Comparison
from sim.experiment.runs import run_scenario, seeds_from, summary_of
from sim.experiment.store import save_comparison, save_runs
from sim.interface import tables, words
from sim.interface.findings import Findings, findings_of, lines
from sim.interface.terminal import NO_ROOM, Ending, Stop, Terminal
from sim.scenario.load import load_scenario
from sim.scenario.problems import InputError, Mark, Problem, escaped
from sim.scenario.schema import Scenario


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How to compute, as options say it."""

    overrides: tuple[str, ...]
    first_seed: int
    worlds: int
    loop: str
    workers: int
    threads: int = 1
    followed: int = 0
    out: Path
    command: str
    """The line that was typed."""
    program: str
    """How the next command begins."""

    @property
    def cores(self) -> int:
        """How many cores may be busy: processes share worlds, else threads share people."""
        return min(self.workers, self.worlds) if min(self.workers, self.worlds) > 1 else self.threads


# ------------------------------------------------------------------------------------------------------------- options


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def overrides_of(settings: Sequence[str], weeks: int | None, customers: int | None) -> tuple[str, ...]:
    """All settings, the short forms written out; one value is set once.

    Check
    -----
    >>> overrides_of(["rules.choice.habit=0.1"], 52, None)
    ('rules.choice.habit=0.1', 'time.weeks=52')
    """
    short = {"time.weeks": ("--weeks", weeks), "people.count": ("--customers", customers)}
    written = [*settings, *(f"{path}={value}" for path, (_, value) in short.items() if value is not None)]
    paths = [text.partition("=")[0].strip() for text in written]
    problems = []
    for path in dict.fromkeys(path for path in paths if path and paths.count(path) > 1):
        option, value = short.get(path, ("", None))
        advice = f"{option} sets it too; keep one" if value is not None else "Keep one"
        problems.append(Problem(Mark(f"--set {path}", 1, 1), f"{path} is set more than once", advice))
    if problems:
        raise InputError(problems)
    return tuple(written)


def check_place(out: Path) -> None:
    """Is there a folder to write to, or can there be one? Asked before anything is computed.

    Raises
    ------
    Stop
        If not.
    """
    nearest = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    if not nearest.is_dir():
        raise Stop(Ending.BAD_INPUT, f"--out {out}: {nearest} is a file. Name a folder.")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise Stop(Ending.BAD_INPUT, f"--out {out}: nothing may be written to {nearest}. Name another folder.")


def load_all(names: Sequence[str], overrides: Sequence[str]) -> list[Scenario]:
    """Every scenario; the problems of all of them at once."""
    scenarios: list[Scenario] = []
    problems: list[Problem] = []
    for name in names:
        try:
            scenarios.append(load_scenario(name, overrides))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(dict.fromkeys(problems))
    return scenarios


@contextmanager
def explained() -> Iterator[None]:
    """What a computation refuses or cannot finish, as a reason to stop."""
    try:
        yield
    except ValueError as error:  # what scenarios or seeds do not allow; failures inside a run are RunFailed
        raise Stop(Ending.BAD_INPUT, f"{error}.") from error
    except RunFailed as error:
        raise Stop(Ending.RUN_FAILED, f"A run failed: {error}\n{error.details}".strip()) from error


@contextmanager
def writable(out: Path) -> Iterator[None]:
    """A folder that refuses, as a reason to stop; a full disk stays what it is."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise
        raise Stop(Ending.BAD_INPUT, f"--out {out}: {error}. Name another folder.") from error


# ------------------------------------------------------------------------------------------------------------ commands


def run(name: str, wanted: Wanted, terminal: Terminal) -> None:
    """One scenario in several worlds."""
    (scenario,) = load_all([name], wanted.overrides)
    check_place(wanted.out)
    with explained():
        seeds = seeds_from(wanted.first_seed, wanted.worlds)
        with terminal.progress("worlds", wanted.cores) as advance:
            runs = run_scenario(
                scenario,
                seeds,
                loop=wanted.loop,
                threads=wanted.threads,
                followed=wanted.followed,
                workers=wanted.workers,
                progress=advance,
            )
    comparison = Comparison((scenario,), seeds, (runs,))
    found = findings_of(comparison)
    with writable(wanted.out):
        place = save_runs(runs, wanted.out, wanted.command, figures=partial(_figures, comparison, found))
    terminal.document(summary_of(runs) | {"results": str(place)})
    terminal.tell(words.what_was_run(found, scenario.story.what_is_it))
    terminal.show(tables.businesses(found, terminal.out), "")
    terminal.tell(*(words.goal_reached(found, goal) for goal in lines(found.goals)))
    terminal.show(words.where_it_is(place))
    other = "aggressive" if Path(name).stem == "steady" else "steady"
    alike = [business.name for business in scenario.businesses] == list(load_scenario(other).resolved["businesses"])
    terminal.say(_next(wanted, "compare", name, other) if alike else _next(wanted, "parameters", "businesses"))


def compare(names: Sequence[str], wanted: Wanted, terminal: Terminal) -> None:
    """Several scenarios in the same worlds."""
    if len(names) < 2:
        raise Stop(Ending.BAD_INPUT, "One scenario cannot be compared. Name a second one, or say `run`.")
    scenarios = load_all(names, wanted.overrides)
    check_place(wanted.out)
    with explained():
        seeds = seeds_from(wanted.first_seed, wanted.worlds)
        with terminal.progress("paired worlds", min(wanted.workers, wanted.worlds)) as advance:
            comparison = comparing.compare(scenarios, seeds, loop=wanted.loop, workers=wanted.workers, progress=advance)
    found = findings_of(comparison)
    with writable(wanted.out):
        place = save_comparison(
            comparison, wanted.out, command=wanted.command, figures=partial(_figures, comparison, found)
        )
    terminal.document(comparing.document_of(comparison) | {"results": str(place)})
    for candidate in found.candidates:
        terminal.show(tables.title(f"{found.business}: {candidate} against {found.baseline}"))
        terminal.show(tables.who_wins(found, candidate, terminal.out), "")
    terminal.show(tables.title("Growth and goals"), tables.goals(found, terminal.out), "")
    terminal.tell(*words.answer(found))
    terminal.show(words.where_it_is(place))
    terminal.say(_next(wanted, "run", names[-1]))


def _figures(comparison: Comparison, found: Findings) -> list[tuple[str, bytes]]:
    from sim.interface.plots import figures_of

    return figures_of(comparison, found)


def _next(wanted: Wanted, *words: str) -> str:
    """A command to try."""
    return escaped(f"Next: {wanted.program} {shlex.join(words)}")
