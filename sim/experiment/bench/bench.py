"""All measurements in one go: the machine, every promise beside what was measured, and the wide table."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sim.experiment.bench import limit, machine, parts, peer, processes, studies, weeks
from sim.experiment.bench.findings import Row, Sample, Target
from sim.experiment.bench.workload import Workload
from sim.experiment.executor import Progress

HISTORY = peer.FOLDER / "history.jsonl"
LEFT_OUT = "left out by --quick"
PAIRS = 50
COMPARE = f"compare steady aggressive --replicates {PAIRS} --workers 2 --json --quiet".split()
GOALS = [word for goal in (10, 20, 30, 50, 100) for word in ("--goal", f"{goal}%")]
ADVISE = ["advise", "base", "--customers", "5000", *GOALS, "--quiet"]


class Effort(NamedTuple):
    """How much is measured, and how often."""

    people: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    rounds: int = 12
    """Rounds of a planning period each, of every market."""
    peers: tuple[int, ...] = (10_000, 100_000)
    peer_rounds: int = 5
    settling: int = 60
    """Weeks that both clocks live before they race."""
    agreement: tuple[int, int, int] = (1_000, 110, 24)
    """People, weeks and worlds."""
    threads: tuple[int, ...] = (100_000, 1_000_000)
    memory: int = 1_000_000
    limits: tuple[int, ...] = (10_000, 1_000_000)
    market: int = 20_000
    """People of the markets that differ in businesses, needs or friends; 0 leaves them out."""
    unit: int = studies.UNIT_PEOPLE
    """People of a whole run."""
    runs: int = 48
    """Of a sweep; 0 leaves it out."""
    points: int = 2_000
    """Of a study that is planned."""
    pairs: int = PAIRS
    """Of worlds for shared luck, and of the comparison that is timed; 0 leaves both out."""
    starts: int = 3
    full: bool = False
    """Live ten million people?"""


USUAL = Effort()
FULL = USUAL._replace(full=True)
QUICK = Effort(
    people=(1_000, 10_000),
    rounds=5,
    peers=(10_000,),
    peer_rounds=3,
    agreement=(500, 60, 6),
    threads=(100_000,),
    memory=100_000,
    limits=(10_000,),
    market=0,
    runs=0,
    pairs=0,
    starts=1,
)


class Bench:
    """One go of all measurements.

    Parameters
    ----------
    program : how the program is called, for whole commands
    """

    def __init__(self, effort: Effort, program: Sequence[str]) -> None:
        self.effort = effort
        self.program = program
        self.targets: list[Target] = []
        self.rows: list[Row] = []

    def run(self, progress: Progress) -> dict[str, Any]:
        """Measure; answer as plain data."""
        described = machine.described()
        steps: list[Callable[[], None]] = [
            self.race,
            self.weeks,
            self.threads,
            self.parts,
            self.limits,
            self.memory,
            self.runs,
            self.start,
            self.commands,
            self.luck,
        ]
        progress(0, len(steps))
        for done, step in enumerate(steps, 1):
            step()
            progress(done, len(steps))
        groups = list(dict.fromkeys(row.group for row in self.rows))
        self.rows.sort(key=lambda row: groups.index(row.group))
        return {
            "machine": described,
            "targets": [target.document for target in self.targets],
            "table": [row.document for row in self.rows],
        }

    def promise(self, name: str, sense: str, target: float, unit: str, found: Sample | None, note: str = "") -> None:
        """A line of the promises."""
        self.targets.append(Target(name, sense, target, unit, found, note))

    # -------------------------------------------------------------------------------------------------------- steps

    def race(self) -> None:
        """Against the plain Mesa model, once both are seen to come to the same."""
        one = two = None
        note, found = peer.ABSENT, peer.modules()
        if found is not None:
            plain, agreement = found
            agrees, row = peer.agreement_row(agreement, self.effort.agreement)
            self.rows.append(row)
            note = "" if agrees else "not measured: the two models do not come to the same"
            if agrees:
                races = [
                    peer.race(plain, people, self.effort.peer_rounds, self.effort.settling)
                    for people in self.effort.peers
                ]
                self.rows += [row for _, rows in races for row in rows]
                one = min((ratios.one_thread for ratios, _ in races), key=lambda sample: sample.median)
                two = min((ratios.two_threads for ratios, _ in races), key=lambda sample: sample.median)
        sizes = " and ".join(f"{people:,}" for people in self.effort.peers)
        self.promise(f"times as fast as plain Mesa, one thread, {sizes} people", "at least", 50.0, "times", one, note)
        self.promise(f"times as fast as plain Mesa, two threads, {sizes} people", "at least", 90.0, "times", two, note)

    def weeks(self) -> None:
        """What a week costs."""
        costs, rows = weeks.by_people(self.effort.people, self.effort.rounds)
        self.rows += rows
        if self.effort.market:
            self.rows += weeks.by_market(self.effort.market, self.effort.rounds)
            self.rows.append(studies.weeks_exponent(self.effort.unit, self.effort.starts))
        sizes = f"up to {max(self.effort.people):,} people, less the fixed cost"
        unit = weeks.UNIT
        self.promise(f"a week of the core rules, one thread, {sizes}", "at most", 60.0, unit, costs.core)
        self.promise(f"a week with every mechanism on, one thread, {sizes}", "at most", 90.0, unit, costs.everything)
        self.promise("fixed cost of a week", "at most", 150.0, "microseconds", costs.fixed)

    def threads(self) -> None:
        """One and two."""
        ratio, rows = weeks.threads(self.effort.threads, self.effort.rounds)
        self.rows += rows
        name = f"two threads against one, {max(self.effort.threads):,} people"
        self.promise(name, "at least", 1.7, "times", ratio)

    def parts(self) -> None:
        """Where a week goes."""
        self.rows += parts.fixed_rows(self.effort.rounds)
        if self.effort.market:
            self.rows += parts.rows(Workload(self.effort.market), self.effort.rounds)

    def limits(self) -> None:
        """What the machine could do."""
        for people in self.effort.limits:
            self.rows += limit.rows(limit.prices(people, self.effort.rounds), people)

    def memory(self) -> None:
        """Of a person, and of ten million."""
        sample, note, rows = processes.memory_rows(self.effort.memory, self.effort.full)
        self.rows += rows
        self.promise("memory of 10,000,000 people", "at most", 4.0, "GiB", sample, note)

    def runs(self) -> None:
        """The unit of every study, and many of them."""
        people = self.effort.unit
        whole = studies.whole_run(people, self.effort.rounds)
        name = f"a whole run, {people:,} people and {studies.UNIT_WEEKS} weeks"
        self.rows.append(Row(studies.GROUP, name, whole, "s"))
        self.promise(name, "at most", 0.15, "s", whole)
        if self.effort.runs:
            self.rows += studies.sweep_rows(people, self.effort.runs, (1, 2), _silently)
            self.rows.append(studies.planning_row(self.effort.points))

    def start(self) -> None:
        """From nothing, and again."""
        found, rows = processes.start_rows(self.program, self.effort.starts)
        self.rows += rows
        for name, key, most in (
            ("first run on a fresh install, compilation included", "first", 20.0),
            ("a later run of 500 people and two years", "again", 3.0),
            ("--help", "help", 0.5),
            ("check", "check", 1.0),
        ):
            self.promise(name, "at most", most, "s", found[key].sample, found[key].note)

    def commands(self) -> None:
        """The commands that answer the question."""
        for name, words, most in (
            (f"compare steady aggressive, {PAIRS} pairs, 10,000 people, 5 years, 2 workers", COMPARE, 30.0),
            ("advise, five goals, 5,000 people", ADVISE, 60.0),
            ("advise --quick, five goals, 5,000 people", [*ADVISE, "--quick"], 20.0),
        ):
            found = processes.command(self.program, words) if self.effort.pairs else processes.Command(None, LEFT_OUT)
            self.promise(name, "at most", most, "s", found.sample, found.note)
            if words is COMPARE:
                self._distant_plans(found)

    def _distant_plans(self, found: processes.Command) -> None:
        """What the timed comparison says of shared luck."""
        luck = None
        if found.out:
            document = json.loads(found.out)
            low, high = document["variance_reduction_ci95"]["profit"]
            luck = Sample(document["variance_reduction"]["profit"], low, high)
        name = "variance of the difference in profit by shared luck, aggressive against steady"
        self.promise(name, "at least", 4.0, "times smaller", luck, found.note)

    def luck(self) -> None:
        """Shared luck between near-by budgets."""
        luck, note = None, LEFT_OUT
        if self.effort.pairs:
            (luck, rows), note = studies.near_budgets(self.effort.pairs, 2, _silently), ""
            self.rows += rows
        name = "variance of the difference in profit by shared luck, a tenth more budget"
        self.promise(name, "at least", 20.0, "times smaller", luck, note)


def _silently(done: int, total: int) -> None:
    """Progress that nobody is told."""


def bench(effort: Effort, program: Sequence[str], progress: Progress = _silently) -> dict[str, Any]:
    """Measure everything; the document of the command.

    Parameters
    ----------
    program : how the program is called, such as ("python", "run.py")
    """
    return Bench(effort, program).run(progress)


def record(document: dict[str, Any], history: Path = HISTORY) -> None:
    """Append a document to the history, one line each, rows without what the median does not need."""
    brief = [
        [row["group"], row["name"], row["measured"], row["low"], row["high"], row["unit"]] for row in document["table"]
    ]
    line = json.dumps(document | {"table": brief}, separators=(",", ":"), allow_nan=False)
    with history.open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")


def last_recorded(history: Path = HISTORY) -> dict[str, Any] | None:
    """The newest line of the history, as it was written; None if there is none."""
    lines = history.read_text(encoding="utf-8").splitlines() if history.exists() else []
    return json.loads(lines[-1]) if lines else None
