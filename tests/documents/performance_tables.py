"""The figures of docs/performance.md, from the last line of benchmarks/history.jsonl.

Each part stands between two comments in the page. ``python -m tests.documents.performance_tables`` writes them anew; a
test compares them with the history.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sim.experiment.bench.bench import last_recorded
from sim.interface.runs.benching import VERDICTS, number
from tests.documents.odd_tables import table
from tests.documents.parts import with_parts

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
NOTHING = "Nothing has been recorded yet: `python run.py bench --record` does."
GROUPS = {
    "kernel": ("where a week of",),
    "fixed": ("fixed cost of a week",),
    "start": ("start-up",),
    "growth": ("a week, by", "building, by", "threads", "scaling exponents"),
    "peer": ("against plain Mesa",),
    "limit": ("estimated limit",),
    "studies": ("runs and studies", "memory"),
}
"""Which groups of the wide table stand in which part, by how they begin."""
Recorded = dict[str, Any]


def machine(found: Recorded) -> str:
    """The machine on one line."""
    parts = ((name.replace("_", " "), value) for name, value in found["machine"].items())
    return "; ".join(f"{name} {', '.join(value) if isinstance(value, list) else value}" for name, value in parts)


def targets(found: Recorded) -> str:
    """Every promise."""
    head = ("promise", "target", "measured", "from", "to", "unit", "", "note")
    rows = [
        (
            *(each["name"], f"{each['sense']} {number(each['target'])}"),
            *(number(each[key]) if each[key] is not None else "" for key in ("measured", "low", "high")),
            *(each["unit"], VERDICTS[each["met"]], each["note"]),
        )
        for each in found["targets"]
    ]
    return table(head, rows)


def groups(found: Recorded, beginnings: tuple[str, ...]) -> str:
    """Rows of the wide table."""
    rows = [
        (group, name, *map(number, numbers), unit)
        for group, name, *numbers, unit in found["table"]
        if group.startswith(beginnings)
    ]
    return table(("", "what", "median", "from", "to", "unit"), rows)


def part(name: str, found: Recorded | None) -> str:
    """What stands in one place of the page."""
    if found is None:
        return NOTHING
    writers: dict[str, Callable[[Recorded], str]] = {"machine": machine, "targets": targets}
    return writers[name](found) if name in writers else groups(found, GROUPS[name])


def filled(page: str, found: Recorded | None) -> str:
    """The page with each of its parts as it was recorded."""
    parts = {name: partial(part, name, found) for name in ("machine", "targets", *GROUPS)}
    return with_parts(page, parts, "tests/documents/performance_tables.py")


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), last_recorded()), encoding="utf-8")
