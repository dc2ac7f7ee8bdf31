"""What the commands that compute do: load, live, store, tell. In this order, so that what is told is already safe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from sim.experiment import compare as comparing
from sim.experiment.break_even import break_even
from sim.experiment.executor import RunFailed
from sim.experiment.outcome import Comparison
from sim.experiment.runs import run_scenario, seeds_from, summary_of
from sim.experiment.saving import save_comparison, save_runs
from sim.experiment.store import StoreDamaged
from sim.experiment.until import Looks, compare_until
from sim.interface.commands.asked import (
    Changes,
    check_that_worlds_differ,
    how_long,
    load,
    load_all,
    next_command,
    which_is_which,
)
from sim.interface.runs import words
from sim.interface.runs.findings import Findings, findings_of, lines
from sim.interface.terminal import tables
from sim.interface.terminal.place import check_place, writable
from sim.interface.terminal.terminal import Advance, Ending, Stop, Terminal
from sim.scenario.problems import InputError
from sim.scenario.schema import WORDS, Scenario

A_GOAL = 0.15
"""Growth a year that most can think of reaching."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How to compute, as options say it."""

    changes: Changes = field(default_factory=Changes)
    first_seed: int
    worlds: int
    """How many; with ``until``, how many at most."""
    until: float | None = None
    """How well the difference in profit is to be known."""
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


@contextmanager
def explained() -> Iterator[None]:
    """What a computation refuses or cannot finish, as a reason to stop."""
    try:
        yield
    except ValueError as error:  # what scenarios or seeds do not allow; failures inside a run are RunFailed
        raise Stop(Ending.BAD_INPUT, f"{error}.") from error
    except RunFailed as error:
        raise Stop(Ending.RUN_FAILED, f"A run failed: {error}\n{error.details}".strip()) from error
    except StoreDamaged as error:
        raise Stop(Ending.DAMAGED, f"{error}.") from error


# ------------------------------------------------------------------------------------------------------------ commands


def run(name: str, wanted: Wanted, terminal: Terminal) -> None:
    """One scenario in several worlds."""
    scenario = load(name, wanted.changes)
    check_followed(wanted.followed, [scenario])
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
    terminal.document(summary_of(runs) | wanted.changes.document | {"results": str(place)})
    terminal.tell(words.what_was_run(found, scenario.story.what_is_it), wanted.changes.sentence([scenario]))
    terminal.show(tables.businesses(found, terminal.out), "")
    terminal.tell(*(words.goal_reached(found, goal) for goal in lines(found.goals)), words.out_of_business(found))
    terminal.show(words.where_it_is(place))
    terminal.say(next_command(wanted.program, *_following(name, scenario, wanted.changes)))


def compare(names: Sequence[str], wanted: Wanted, terminal: Terminal, turning: bool = True) -> None:
    """Several scenarios in the same worlds; if ``turning``, also the costs at which the better plan changes."""
    scenarios = load_all(names, wanted.changes)
    if wanted.changes.strategy:
        names = [*names, wanted.changes.strategy.spec]
    check_that_worlds_differ(names, scenarios, wanted.changes)
    check_followed(wanted.followed, scenarios)
    check_place(wanted.out)
    with explained():
        with terminal.progress("paired worlds", min(wanted.workers, wanted.worlds)) as advance:
            comparison, looks = _compared(scenarios, wanted, advance)
        if turning:
            with terminal.progress("worlds at other costs", wanted.workers) as advance:
                turns = break_even(comparison, loop=wanted.loop, workers=wanted.workers, progress=advance)
            comparison = replace(comparison, break_even=turns)
    found = findings_of(comparison)
    with writable(wanted.out):
        place = save_comparison(
            comparison, wanted.out, command=wanted.command, figures=partial(_figures, comparison, found)
        )
    terminal.document(
        comparing.document_of(comparison)
        | wanted.changes.document
        | {"until": looks.document if looks else None, "results": str(place)}
    )
    terminal.tell(wanted.changes.sentence(scenarios), which_is_which(found.scenarios, names))
    for candidate in found.candidates:
        terminal.show(tables.title(f"{found.business}: {candidate} against {found.baseline}"))
        terminal.show(tables.who_wins(found, candidate, terminal.out), "")
    terminal.show(tables.title("Growth and goals"), tables.goals(found, terminal.out), "")
    terminal.tell(*words.answer(found), how_long(looks, found.baseline) if looks else "")
    terminal.show(words.where_it_is(place))
    last = names[0] if wanted.changes.strategy else names[-1]
    terminal.say(next_command(wanted.program, "run", last, *wanted.changes.typed))


def check_followed(people: int, scenarios: Sequence[Scenario]) -> None:
    """Has every scenario as many people as are to be followed?

    Raises
    ------
    Stop
        If not.
    """
    for each in scenarios:
        if people > each.people:
            sentence = f"--log {people}: {each.name} has {each.people:,} simulated people. Follow fewer."
            raise Stop(Ending.BAD_INPUT, sentence)


def _compared(scenarios: Sequence[Scenario], wanted: Wanted, advance: Advance) -> tuple[Comparison, Looks | None]:
    """In so many worlds, or in as many as it takes."""
    how: dict[str, Any] = {
        "loop": wanted.loop, "followed": wanted.followed, "workers": wanted.workers, "progress": advance,
    }  # fmt: skip
    if wanted.until is not None:
        return compare_until(scenarios, wanted.first_seed, wanted.until, wanted.worlds, **how)
    return comparing.compare(scenarios, seeds_from(wanted.first_seed, wanted.worlds), **how), None


def _following(name: str, scenario: Scenario, changes: Changes) -> tuple[str, ...]:
    """What to try after a run: a comparison with another plan, if one is at hand for this market, or else advice."""
    if changes.strategy:
        return ("compare", name, *changes.typed)
    if other := _rival(name, scenario, changes):
        return ("compare", name, other, *changes.typed)
    if not _can_be_advised(scenario):
        return ("parameters", "businesses")
    asked = replace(changes, weeks=None, budget=None)  # advice has a length of its own, and finds what to spend
    return ("advise", name, "--quick", "--goal", f"{A_GOAL:.0%}", *asked.typed)


def _rival(name: str, scenario: Scenario, changes: Changes) -> str | None:
    """A bundled scenario with another plan in the same market, if the same options make sense for it."""
    other = "aggressive" if Path(name).stem == "steady" else "steady"
    try:
        rival = load(other, changes)
    except (InputError, Stop):
        return None
    return other if rival.hash != scenario.hash and _around(rival) == _around(scenario) else None


def _around(scenario: Scenario) -> dict[str, Any]:
    """The market that the first business finds: all of a scenario but that business itself, and words."""
    market = {key: value for key, value in scenario.resolved.items() if key not in WORDS}
    first, *others = scenario.businesses
    return market | {"businesses": (first.name, [scenario.resolved["businesses"][each.name] for each in others])}


def _can_be_advised(scenario: Scenario) -> bool:
    """Has its first business anything to grow from?"""
    from sim.experiment.advise import REVENUE, check

    try:
        check(scenario, [A_GOAL], REVENUE)
    except ValueError:
        return False
    return True


def _figures(comparison: Comparison, found: Findings) -> list[tuple[str, bytes]]:
    from sim.interface.figures.plots import figures_of

    return figures_of(comparison, found)
