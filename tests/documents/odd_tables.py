"""The parts of docs/odd.md that are read off the code: the week, the columns, the rules and the parameters.

Each stands between two comments in the page. ``python -m tests.documents.odd_tables`` writes them anew; a test compares
them with what the code says now.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from sim.interface.manual import glossary, manual
from sim.rules.compile import RULES
from sim.scenario.catalogue import ANY_NAME, Entry, number
from sim.state.customers import COLUMNS, Bond, Person
from tests.documents.parts import with_parts

PAGE = Path(__file__).resolve().parents[2] / "docs" / "odd.md"
SAID_ONCE = (f"people.segments.{ANY_NAME}.", f"businesses.{ANY_NAME}.status_quo.")
"""Groups whose parameters are those of another group: of people, and of strategy."""
RECORDS = {"Of each person": Person, "Of each person and business": Bond}
FIELD = re.compile(r"^    (\w+): Annotated\[.*?\](?:  # (.*))?$")
GROUP = re.compile(r"^    # (.*)$")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table as Markdown writes it."""
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def the_week() -> str:
    """The phases of a week, and the order inside one person's week."""
    found = manual.week()
    phases = table(("phase", "what happens"), ((each["phase"], each["what"]) for each in found["phases"]))
    steps = [{"step": "listen", "what": found["listen"]}, *found["steps"]]
    return f"{phases}\n\n" + "\n".join(f"{at}. *{each['step']}*: {each['what']}" for at, each in enumerate(steps, 1))


def the_columns() -> str:
    """Every column of the tables of people and of bonds, with what its line in the code says of it."""
    return "\n\n".join(f"{of}:\n\n{fields(record)}" for of, record in RECORDS.items())


def fields(record: type) -> str:
    """A table for each group of a record's fields."""
    parts: list[str] = []
    rows: list[tuple[str, ...]] = []
    for line in [*inspect.getsource(record).splitlines(), ""]:
        group, field = GROUP.match(line), FIELD.match(line)
        if field:
            each = COLUMNS[field[1]]
            rows.append((f"`{field[1]}`", np.dtype(each.dtype).name, f"{each.first:g}", field[2] or ""))
            continue
        parts += [table(("column", "kept as", "at first", "what it is"), rows)] if rows else []
        rows = []
        parts += [f"*{group[1][0].upper()}{group[1][1:]}*"] if group else []
    return "\n\n".join(parts)


def the_rules() -> str:
    """Every rule: what goes in, what it says, its source and its formula."""
    formulas = {(rule.__module__.rpartition(".")[2], rule.__name__): formula(rule) for rule in RULES}
    parts = []
    for module in manual.rules():
        parts.append(f"### {module['module'].replace('_', ' ').capitalize()}\n\n{module['what']}")
        for each in module["rules"]:
            source = f" *Source: {each['source']}*" if each["source"] else ""
            said = f"**{each['rule'].replace('_', ' ')}** of {', '.join(each['from'])}. {each['what']}{source}"
            parts.append(f"{said}\n\n```text\n{formulas[module['module'], each['rule']]}\n```")
    return "\n\n".join(parts)


def formula(rule: Callable[..., Any]) -> str:
    """The body of a rule without its docstring."""
    plain = getattr(rule, "py_func", rule)
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(plain))).body
    assert isinstance(function, ast.FunctionDef)
    return "\n".join(ast.unparse(statement) for statement in function.body[1:])


def the_parameters() -> str:
    """Every parameter that a scenario may set, by the place where it is written."""
    groups: dict[str, list[Entry]] = {}
    for entry in glossary.parameters():
        said_elsewhere = entry.path.startswith(SAID_ONCE) and not entry.path.endswith(".share")
        if not said_elsewhere:
            groups.setdefault(entry.path.rpartition(".")[0], []).append(entry)
    head = ("parameter", "unit", "default", "bounds", "plausible", "meaning", "source")
    return "\n\n".join(f"`{group}`\n\n{table(head, map(row, entries))}" for group, entries in groups.items())


def row(entry: Entry) -> tuple[str, ...]:
    """A parameter as a line of the table."""
    plausible = " to ".join(map(number, entry.sweep)) if entry.sweep else ""
    name = entry.path.rpartition(".")[2]
    default = entry.default or ""
    return f"`{name}`", entry.unit, default, glossary.bounds(entry), plausible, entry.meaning, entry.source


PARTS: dict[str, Callable[[], str]] = {
    "week": the_week,
    "columns": the_columns,
    "rules": the_rules,
    "parameters": the_parameters,
}


def filled(page: str) -> str:
    """The page with each of its parts as the code says it now."""
    return with_parts(page, PARTS, "tests/documents/odd_tables.py")


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
