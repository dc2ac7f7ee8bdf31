"""The tables of docs/reliability.md: what could go wrong (``rows``), and what tests have tried (``figures.json``).

Each part stands between two comments in the page. ``python -m tests.reliability.page`` writes them anew, after taking
over the counts of a folder if one is named: ``make reliability`` runs the slow tests and does both.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from tests.documents.odd_tables import table
from tests.reliability.figures import RECORDED, collected
from tests.reliability.rows import SECTIONS, Row

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
COUNTED: dict[str, dict[str, str]] = {
    "killed-writers": {
        "killed": "writers killed in the middle of writing",
        "promises": "runs and results they had promised, all kept",
    },
    "killed-commands": {"killed": "times that one `sweep` was killed", "runs": "runs it came to, as undisturbed"},
    "failed-system-calls": {"refusals": "system calls that failed, or in which a writer died (strace)"},
    "failed-calls": {"refusals": "calls that failed in a layer within the process"},
    "flipped-bits": {"flipped": "bits flipped in runs, comparisons and studies", "unnoticed": "of these unnoticed"},
    "circumstances": {
        "rows": "rows of circumstances, in which every two levels meet",
        "hashes": "hashes of worlds compared to the bit",
    },
    "inputs": {"tried": "spoilt files and command lines tried"},
    "listeners": {
        "commands": "commands whose sockets were read from the table of the system",
        "listeners": "listeners found, all on this machine",
    },
}


def tested(row: Row) -> str:
    """The tests of a row, by file and name, and what they leave out."""
    names = [f"`{test.replace('::', '` `')}`" for test in row.tests]
    return "; ".join(names) + ("." if names and row.note else "") + (f" {row.note}" if row.note else "")


def rows(section: str) -> str:
    """A section as a table."""
    return table(("what", "tested by, or why not"), [(row.what, tested(row).strip()) for row in SECTIONS[section]])


def figures() -> str:
    """What tests have tried, when they were last counted."""
    found: dict[str, dict[str, int]] = json.loads(RECORDED.read_text(encoding="utf-8"))
    lines = [
        (what, f"{found[name][key]:,}")
        for name, counts in COUNTED.items()
        for key, what in counts.items()
        if key in found.get(name, {})
    ]
    return table(("what", "how many"), lines)


def parts() -> dict[str, str]:
    """Every part of the page that is written by this module."""
    return {name: rows(name) for name in SECTIONS} | {"figures": figures()}


def filled(text: str) -> str:
    """The page with its parts as they are now."""
    for name, part in parts().items():
        pattern = rf"(<!-- {name}: written by .*?-->\n).*?(<!-- end of {name} -->)"
        text, found = re.subn(pattern, lambda match, part=part: f"{match[1]}{part}\n{match[2]}", text, flags=re.DOTALL)
        assert found == 1, f"the page has no place for {name}"
    return text


if __name__ == "__main__":
    if len(sys.argv) > 1:
        RECORDED.write_text(json.dumps(collected(Path(sys.argv[1])), indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
