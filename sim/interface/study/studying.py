"""Studies in words: what one will take, how far it is, and what came out at its points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from rich.table import Table
from rich.text import Text

from sim.experiment.executor import Executor
from sim.experiment.store import StoreDamaged
from sim.experiment.study import merge as merging
from sim.experiment.study import sweep as sweeping
from sim.experiment.study.answer import Ahead, ahead, document_of, summary
from sim.experiment.study.factors import short_names
from sim.experiment.study.file import load_study
from sim.experiment.study.needs import WHOLE
from sim.experiment.study.place import asked_in, is_study
from sim.experiment.study.plan import Plan, Shard
from sim.interface.commands.asked import next_command
from sim.interface.runs import words
from sim.interface.runs.findings import duration, listed
from sim.interface.runs.running import explained
from sim.interface.terminal import tables
from sim.interface.terminal.amounts import in_table
from sim.interface.terminal.extras import install
from sim.interface.terminal.place import check_place, writable
from sim.interface.terminal.terminal import Ending, Stop, Terminal
from sim.model.metrics import METRICS
from sim.scenario.problems import escaped

DESIGNS = {
    "Grid": "every combination of levels",
    "LatinHypercube": "a Latin hypercube",
    "Sobol": "a Sobol sequence",
    "Listed": "points from a list",
}
MOST_POINTS_SHOWN = 30
MANY_POINTS = 3000
"""To look at so many takes some seconds."""
BEST_SHOWN = 10
MOST_FAILURES_SHOWN = 5
ROUGH = "Time is a rough guess, made without looking at this machine. Nothing was written."


class Wanted(NamedTuple):
    """How to live a study, as options say it."""

    study: str
    workers: int
    shard: tuple[int, int] | None
    cluster: str | None
    most_runs: int
    out: Path
    command: str
    program: str

    @property
    def part(self) -> Shard:
        """Which part of the study."""
        return WHOLE if self.shard is None else Shard(*self.shard)


# ------------------------------------------------------------------------------------------------------------ commands


def estimate(wanted: Wanted, terminal: Terminal) -> int:
    """What a study will take; nothing is written."""
    plan = _planned(wanted, terminal)
    check_place(wanted.out)
    with explained():
        found = sweeping.estimate(plan, wanted.out, wanted.part)
    terminal.document(
        {"study": plan.name, "question": plan.question, "done": found.finished}
        | taken(found, wanted.workers)
        | {"results": str(sweeping.folder_of(plan, wanted.out))}
    )
    terminal.tell(plan.question, what_is_lived(plan))
    part = f" in part {wanted.part.number} of {wanted.part.of}" if wanted.part != WHOLE else ""
    shown = takes_table(found, wanted.workers, part, at_most=plan.replications.until is not None)
    shown.add_row("of these runs finished", f"{found.finished:,}")
    terminal.show(shown, "")
    terminal.tell(ROUGH)
    return Ending.FINE


def _planned(wanted: Wanted, terminal: Terminal) -> Plan:
    """The study with all its points; whoever has to wait for them is told how far it is."""
    study = load_study(wanted.study, wanted.most_runs)
    if study.points < MANY_POINTS:
        return study.planned()
    with explained(), terminal.progress("points", wanted.workers) as advance:
        return study.planned(wanted.workers, advance)


def taken(found: sweeping.Estimate, workers: int) -> dict[str, Any]:
    """What runs take, as plain data."""
    minutes = found.seconds / 60.0 / workers
    counted = {"points": found.points, "runs": found.runs, "minutes": minutes}
    return counted | {"bytes": found.bytes, "free_bytes": found.room}


def takes_table(found: sweeping.Estimate, workers: int, part: str = "", *, at_most: bool = False) -> Table:
    """What runs take, to be read."""
    most = "at most " if at_most else ""
    shown = tables.table(tables.left("it takes"), tables.right(""))
    shown.add_row("points", f"{most}{found.points:,}")
    shown.add_row(f"runs{part}", f"{most}{found.runs:,}")
    cores = "one core" if workers == 1 else f"{workers} cores"
    shown.add_row(f"time on {cores}, about", spoken_time(found.seconds / workers))
    shown.add_row("disk, about", spoken_bytes(found.bytes))
    shown.add_row("disk that is free", spoken_bytes(found.room))
    return shown


def sweep(wanted: Wanted, terminal: Terminal) -> int:
    """Live what is missing of a study."""
    plan = _planned(wanted, terminal)
    check_place(wanted.out)
    with explained():
        room = sweeping.estimate(plan, wanted.out, wanted.part)
    if room.bytes * (1.0 - room.finished / room.runs) > room.room:
        terminal.say(f"This needs about {spoken_bytes(room.bytes)}, and {spoken_bytes(room.room)} are free.")
    with ExitStack() as stack:
        stack.enter_context(explained())
        cluster = stack.enter_context(on_cluster(wanted.cluster)) if wanted.cluster is not None else None
        cores = cluster.hands if cluster else min(wanted.workers, room.runs)
        stack.enter_context(writable(wanted.out))
        advance = stack.enter_context(terminal.progress("runs", cores))
        swept = sweeping.sweep(
            plan,
            wanted.out,
            wanted.command,
            workers=cluster or wanted.workers,
            shard=wanted.part,
            progress=advance,
        )
    _tell(plan, swept, terminal)
    if not swept.failed:
        terminal.say(next_command(wanted.program, "verify", str(swept.folder)))
    return Ending.RUN_FAILED if swept.failed else Ending.FINE


def merge(folders: Sequence[Path], out: Path, command: str, terminal: Terminal) -> None:
    """Join the parts of a study."""
    for folder in folders:
        if not is_study(folder):
            raise Stop(Ending.BAD_INPUT, escaped(f"{folder}: no study here. Name folders that `sweep` has printed."))
    check_place(out)
    try:
        with explained(), writable(out):
            swept = merging.merge(folders, out, command)
            plan = asked_in(swept.folder)
    except StoreDamaged as damage:
        raise Stop(Ending.DAMAGED, f"{damage}\nNothing was merged.") from damage
    _tell(plan, swept, terminal)


@contextmanager
def on_cluster(address: str) -> Iterator[Executor]:
    """Workers of a cluster that exists, or why not."""
    try:
        from sim.experiment.cluster import CannotConnect, connected

        with connected(address) as cluster:
            yield cluster
    except ModuleNotFoundError as error:
        sentence = (
            f"--cluster needs {error.name}, which is not installed. Say: {install('distributed')}. Or leave it out."
        )
        raise Stop(Ending.BAD_INPUT, sentence) from error
    except CannotConnect as error:
        raise Stop(Ending.BAD_INPUT, escaped(f"--cluster {address}: {error}.")) from error


def _tell(plan: Plan, swept: sweeping.Swept, terminal: Terminal) -> None:
    """What came of it."""
    counted = {"runs": swept.runs, "done": swept.done, "reused": swept.reused, "failed": len(swept.failed)}
    terminal.document(
        document_of(plan, swept.parts)
        | counted
        | {
            "complete": swept.complete,
            "failures": [each._asdict() | {"details": ""} for each in swept.failed[:MOST_FAILURES_SHOWN]],
            "result_hash": swept.result_hash,
            "results": str(swept.folder),
        }
    )
    terminal.tell(plan.question, what_is_lived(plan))
    found = summary(plan, swept.parts)
    if swept.done:
        points, which = shown_points(plan, found)
        terminal.tell(which)
        terminal.show(points_table(plan, found, points), "")
        terminal.tell(*(who_is_ahead(each) for each in ahead(plan, swept.parts)))
    terminal.tell(how_far(swept))
    for each in swept.failed[:MOST_FAILURES_SHOWN]:
        terminal.say(escaped(f"Failed: {each.scenario}, seed {each.seed}: {each.reason}"))
    terminal.show(words.where_it_is(swept.folder).replace("Results and pictures", "Results"))


# ------------------------------------------------------------------------------------------------------------ sentences


def what_is_lived(plan: Plan) -> str:
    """Points, worlds and scenarios."""
    names = listed([template.name for template in plan.templates])
    count, worlds = len(plan.points), plan.replications.worlds
    sizes = {(point.size.people, point.size.weeks) for point in plan.points}
    people, weeks = next(iter(sizes))
    size = f", {people:,} people over {duration(weeks)}" if len(sizes) == 1 else ""
    each = f"{worlds:,} world{'s' if worlds != 1 else ''} each"
    if plan.replications.until is not None:
        known = f"{METRICS[plan.metrics[0]].label} is known to within {100 * plan.replications.until:.3g} %"
        each = f"worlds added until the mean of {known}, {worlds:,} at most"
    levers, unknown = plan.roles.count("levers"), plan.roles.count("uncertainties")
    varied = listed([f"{n} {what}" for n, what in ((levers, "levers"), (unknown, "uncertainties")) if n])
    varied = varied.replace("1 levers", "1 lever").replace("1 uncertainties", "1 uncertainty")
    return escaped(f"{names}{size}: {count:,} points ({DESIGNS[plan.design]} of {varied}), {each}.")


def how_far(swept: sweeping.Swept) -> str:
    """How many runs are finished, and what is missing."""
    reused = f" {swept.reused:,} of them had been finished before." if swept.reused else ""
    told = f"{swept.done:,} of {swept.runs:,} runs are finished.{reused}"
    if swept.failed:
        return f"{told} {len(swept.failed):,} failed; the same command tries them again."
    if not swept.complete:
        return f"{told} Other parts of the study are missing; once all are there, `merge` writes the answer."
    return told


def who_is_ahead(found: Ahead) -> str:
    """At how many settings of the factors one scenario is surely ahead of another."""
    unclear = found.settings - found.better - found.worse
    doubt = f"; at the other {unclear:,} that may be chance" if unclear else ""
    return escaped(
        f"On {METRICS[found.metric].label} {found.scenario} is ahead of {found.baseline} at {found.better:,} of "
        f"{found.settings:,} settings, and behind at {found.worse:,}{doubt} (95 % intervals of paired worlds, each "
        f"setting by itself; were there no difference anywhere, luck would make it about {found.by_luck:.2g} on each "
        "side)."
    )


def shown_points(plan: Plan, found: pd.DataFrame) -> tuple[list[int], str]:
    """Which points to show, and what to say about that."""
    there = sorted(found["point"].unique())
    currency = plan.scenario(plan.points[0]).currency.name
    counted = "" if currency == "money" else f"; money is {currency}"
    metric = METRICS[plan.metrics[0]]
    brackets = (
        f"Means for {plan.business} over the worlds of each point, with 95 % intervals (±){counted}. All "
        "points share their worlds, so differences between them are surer than each mean."
    )
    if len(there) <= MOST_POINTS_SHOWN:
        return there, escaped(brackets)
    chosen = found[(found["business"] == plan.business) & (found["metric"] == metric.id)].dropna(subset="mean")
    ordered = chosen.sort_values(["mean", "point"], ascending=[metric.better == "lower", True], kind="stable")
    best = "lowest" if metric.better == "lower" else "highest"
    told = f"The {BEST_SHOWN} points of {len(there):,} with the {best} {metric.label}: chosen for it, so luck is in it."
    return ordered["point"].head(BEST_SHOWN).tolist(), escaped(f"{told} {brackets}")


def spoken_time(seconds: float) -> str:
    """A time as one would say it.

    Check
    -----
    >>> spoken_time(20.0), spoken_time(300.0), spoken_time(40_000.0)
    ('20 s', '5 min', '11.1 h')
    """
    if seconds < 100.0:
        return f"{seconds:.0f} s"
    return f"{seconds / 60.0:.0f} min" if seconds < 6000.0 else f"{seconds / 3600.0:.1f} h"


def spoken_bytes(number: float) -> str:
    """An amount of data as one would say it.

    Check
    -----
    >>> spoken_bytes(1200.0), spoken_bytes(25e6), spoken_bytes(3.2e9)
    ('1.2 kB', '25 MB', '3.2 GB')
    """
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number / 1e3:.3g} kB"


# --------------------------------------------------------------------------------------------------------------- tables


def points_table(plan: Plan, found: pd.DataFrame, points: Sequence[int]) -> Table:
    """A line for each point: what it is, and what came out."""
    several = len(plan.templates) > 1
    heads = [*(["scenario"] if several else []), *short_names(plan.paths)]
    made = tables.table(
        *(tables.right(name.replace("_", "\n").replace(".", ".\n")) for name in heads),
        *(tables.right(METRICS[name].label) for name in plan.metrics),
    )
    mine = found[found["business"] == plan.business].set_index(["point", "metric"])
    for point in points:
        cells = [column[point] for column in plan.columns.values()][0 if several else 1 :]
        made.add_row(
            *(_cell(cell) for cell in cells), *(_outcome(mine.loc[point, name], name) for name in plan.metrics)
        )
    return made


def _cell(value: Any) -> Text:
    if isinstance(value, str):
        return Text(escaped(value))
    return Text(f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}")


def _outcome(row: Any, metric: str) -> Text:
    unit = METRICS[metric].unit
    shown = Text(in_table(float(row["mean"]), unit))
    half = (float(row["high"]) - float(row["low"])) / 2.0
    if half == half:
        shown.append(f"\n{tables.PLUS_MINUS}{in_table(half, unit).removesuffix(' %')}", style="dim")
    return shown
