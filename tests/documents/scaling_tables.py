"""The figures of docs/scaling.md, from the last line of benchmarks/history.jsonl.

Each part stands between two comments in the page. ``python -m tests.documents.scaling_tables`` writes them anew; a test
compares them with the history.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sim.experiment.bench.bench import last_recorded
from sim.experiment.bench.studies import PLANNING, UNIT_PEOPLE, UNIT_WEEKS
from sim.interface.runs.benching import number
from tests.documents.odd_tables import table
from tests.documents.parts import with_parts

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scaling.md"
NOTHING = "Nothing has been recorded yet: `python run.py bench --record` does."
MILLION, HUNDRED_MILLION, WORLDS = 1e6, 1e8, 1000
MACHINES, EACH = 40, 4
"""Of an imagined cluster, and how many worlds fit into the memory of one."""
BASE_WEEKS = 260 + 156
"""Of the base market, with those before week 0."""
PER_SECOND = "runs per second"
WEEKS = {
    "the core rules, one thread": ("a week, by people", "base, 1,000,000 people: all of it"),
    "the core rules, two threads": ("threads, on the wall", "1,000,000 people, two threads"),
    "every mechanism, one thread": ("a week, by people", "complete, 1,000,000 people: all of it"),
}
"""What a customer-week costs in the largest markets that were timed."""
Recorded = dict[str, Any]


def medians(found: Recorded) -> dict[tuple[str, str], float]:
    """What was measured, by group and name."""
    return {(group, name): median for group, name, median, *_ in found["table"]}


def spoken(seconds: float) -> str:
    """A time as one would say it.

    Check
    -----
    >>> spoken(1200.0), spoken(9000.0), spoken(400_000.0)
    ('20 minutes', '2.5 hours', '4.63 days')
    """
    for unit, size in (("days", 2 * 86_400.0), ("hours", 5_400.0)):
        if seconds >= size:
            return f"{seconds / (86_400.0 if unit == 'days' else 3600.0):.3g} {unit}"
    return f"{seconds / 60.0:.3g} minutes"


def runs(found: Recorded) -> str:
    """How many runs a second, and what a million of them take."""
    unit = f"{UNIT_PEOPLE:,} people and {UNIT_WEEKS} weeks"
    rows = [
        (name.split(", ")[-1] if "Dask" not in name else f"Dask, {name.split(', ')[-1]}", number(median), million)
        for group, name, median, *_, told in found["table"]
        if told == PER_SECOND and (million := spoken(MILLION / median))
    ]
    made = found["machine"]
    where = f"{made['processor']}, {made['cores']} cores, {made['when']}"
    return f"{where}:\n\n{table((f'a run is {unit}', PER_SECOND, 'a million take'), rows)}"


def planning(found: Recorded) -> str:
    """What it takes to look at every point."""
    each = medians(found).get(PLANNING)
    if each is None:
        return "Planning has not been recorded yet: `python run.py bench --record` does."
    return f"Recorded: {number(each)} ms a point, so a million take {spoken(each * MILLION / 1e3)} of one core."


def paper(found: Recorded) -> str:
    """A hundred million people, from what a person and a customer-week take."""
    known = medians(found)
    per_person = known["memory", "each person, at the peak of 1,000,000"]
    memory = f"{per_person * HUNDRED_MILLION / 1e9:.3g} GB"
    rows = [("memory of one world", f"{number(per_person)} bytes a person, at the peak", memory)]
    for name, place in WEEKS.items():
        seconds = known[place] * HUNDRED_MILLION * BASE_WEEKS / 1e9
        rows.append((f"one world, {name}", f"{number(known[place])} ns a customer-week", spoken(seconds)))
    core = known[WEEKS["the core rules, one thread"]] * HUNDRED_MILLION * BASE_WEEKS / 1e9
    for where, hands in (
        ("on one core", 1),
        (f"{MACHINES} machines, {EACH} worlds at a time on each", MACHINES * EACH),
    ):
        rows.append((f"{WORLDS:,} worlds, the core rules", where, spoken(WORLDS * core / hands)))
    return table(("100,000,000 people, 416 weeks", "measured", "on paper"), rows)


def filled(page: str, found: Recorded | None) -> str:
    """The page with each of its parts as it was recorded."""
    writers: dict[str, Callable[[Recorded], str]] = {"runs": runs, "planning": planning, "paper": paper}
    parts = {name: partial(write, found) if found else lambda: NOTHING for name, write in writers.items()}
    return with_parts(page, parts, "tests/documents/scaling_tables.py")


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), last_recorded()), encoding="utf-8")
