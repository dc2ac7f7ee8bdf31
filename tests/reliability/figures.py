"""Figures of docs/reliability.md: tests count what they have tried, and nobody else does.

Where ``KEEPWIN_FIGURES`` names a folder, a test leaves its count there; ``make reliability`` collects them in
``figures.json``, of which the page is made.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

FOLDER = "KEEPWIN_FIGURES"
RECORDED = Path(__file__).with_name("figures.json")


def count(name: str, **numbers: int) -> None:
    """Write down what a test has tried, if somebody collects it.

    Parameters
    ----------
    name : of the test's figures, letters and hyphens; a test of many parts has a name for each
    """
    folder = os.environ.get(FOLDER)
    if folder:
        (Path(folder) / f"{name}.json").write_text(json.dumps(numbers), encoding="utf-8")


def collected(folder: Path) -> dict[str, dict[str, int]]:
    """All counts of a folder, parts of one name added up: ``fuzz.1`` and ``fuzz.2`` are ``fuzz``."""
    found: dict[str, dict[str, int]] = {}
    for path in sorted(folder.glob("*.json")):
        totals = found.setdefault(path.name.partition(".")[0], {})
        for what, number in json.loads(path.read_text(encoding="utf-8")).items():
            totals[what] = totals.get(what, 0) + number
    return found
