"""The bench command: measure, print, and remember if asked to."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from sim.experiment.bench import bench as benches
from sim.interface.terminal import tables
from sim.interface.terminal.place import writable
from sim.interface.terminal.terminal import Ending, Stop, Terminal

EFFORTS = {"quick": benches.QUICK, "usual": benches.USUAL, "full": benches.FULL}
DOOR = "import sys; from sim.interface.door import main; sys.exit(main())"
VERDICTS = {True: "met", False: "missed", None: "not measured"}


def bench(effort: str, terminal: Terminal, to_be_recorded: bool = False) -> None:
    """Measure this machine with this version.

    Parameters
    ----------
    effort : quick, usual or full
    to_be_recorded : append what was found to the history of the project

    Raises
    ------
    Stop
        If it is to be recorded where there is no history.
    """
    if to_be_recorded and not benches.HISTORY.with_name("plain_mesa.py").exists():
        sentence = f"--record: there are no benchmarks in {benches.HISTORY.parent}. Record in a clone of the project."
        raise Stop(Ending.BAD_INPUT, sentence)
    with terminal.progress("measurements", 2) as advance:
        document = benches.bench(EFFORTS[effort], (sys.executable, "-c", DOOR), advance)
    if to_be_recorded:
        with writable(Path(benches.HISTORY)):
            benches.record(document)
        terminal.say(f"Written: {benches.HISTORY}")
    terminal.document(document)
    terminal.show(tables.title("Machine"), _machine(document["machine"]), "")
    terminal.show(tables.title("Promised and measured"), _targets(document["targets"]), "")
    for group, rows in groupby(document["table"], key=lambda row: row["group"]):
        terminal.show(tables.title(f"{group[0].upper()}{group[1:]}"), _rows(rows), "")


def _machine(found: dict[str, Any]) -> Table:
    lines = tables.table(tables.left("what"), tables.left(""))
    for name, value in found.items():
        lines.add_row(name.replace("_", " "), ", ".join(value) if isinstance(value, list) else str(value))
    return lines


def _targets(found: Iterable[dict[str, Any]]) -> Table:
    lines = tables.table(
        tables.left("promise"),
        tables.right("target"),
        tables.right("measured"),
        tables.left("unit"),
        tables.left("met"),
    )
    for each in found:
        name = f"{each['name']} ({each['note']})" if each["note"] else each["name"]
        target = f"{each['sense']} {each['target']:g}"
        lines.add_row(name, target, *_numbers(each), each["unit"], VERDICTS[each["met"]])
    return lines


def _rows(found: Iterable[dict[str, Any]]) -> RenderableType:
    lines = tables.table(tables.left("what"), tables.right("median"), tables.left("unit"))
    for each in found:
        name = f"{each['name']} ({each['note']})" if each["note"] else each["name"]
        lines.add_row(name, *_numbers(each), each["unit"])
    return lines


def _numbers(each: dict[str, Any]) -> Iterable[Text]:
    """Median and spread; empty where nothing was measured."""
    if each["measured"] is None:
        return (Text(""),)
    spread = f"{number(each['low'])} to {number(each['high'])}"
    return (Text(f"{number(each['measured'])}\n{spread}" if each["low"] != each["high"] else number(each["measured"])),)


def number(value: float | None) -> str:
    """Three digits, and whole numbers as they are; a question mark for what is no number.

    Check
    -----
    >>> number(1234567.0), number(12.345), number(0.0012345), number(None)
    ('1,234,567', '12.3', '0.00123', '?')
    """
    if value is None:
        return "?"
    return f"{value:,.0f}" if abs(value) >= 1_000.0 else f"{value:.3g}"
