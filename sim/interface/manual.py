"""The manual: the order of the week, the rules and the parameters, all read off the code that runs.

Every answer is plain data first, for ``--json``; the functions that show it add nothing.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Column
from rich.text import Text

from sim.interface.amounts import UNDEFINED
from sim.interface.findings import first_sentence
from sim.interface.tables import spaced, table
from sim.units import Parameter

if TYPE_CHECKING:
    from sim.scenario.catalogue import Entry

BEYOND_ANY_MARKET = 1e9
"""A bound this far away says nothing to a reader."""


def head(thing: Any) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].split())


def section(function: Any, title: str) -> str:
    """One section of a docstring, on one line; empty if it has none.

    Check
    -----
    >>> section(section, "Check").startswith(">>> section")
    True
    """
    lines = (inspect.getdoc(function) or "").splitlines()
    for at, text in enumerate(lines[:-1]):
        if text == title and lines[at + 1] == "-" * len(title):
            rest = lines[at + 2 :]
            end = next((i for i, after in enumerate(rest[1:]) if set(after) == {"-"}), len(rest))
            return " ".join(" ".join(rest[:end]).split())
    return ""


# --------------------------------------------------------------------------------------------------------- scenarios


def scenarios() -> list[dict[str, str]]:
    """Every bundled scenario: name, file and its story in one sentence."""
    from sim.scenario.load import bundled, load_scenario

    return [
        {"name": path.stem, "file": str(path), "what_is_it": first_sentence(load_scenario(path).story.what_is_it)}
        for path in bundled()
    ]


def show_scenarios(found: Iterable[dict[str, str]]) -> RenderableType:
    made = table("scenario", "what it is")
    for each in found:
        made.add_row(Text(each["name"], style="bold"), Text(each["what_is_it"]))
    return made


# -------------------------------------------------------------------------------------------------------------- week


def week() -> dict[str, Any]:
    """The phases of a week, and the order inside one person's week, from the functions that run them."""
    from sim.model.market import Market
    from sim.model.week import decide, listen

    docstring = inspect.getdoc(Market.step) or ""
    _, lines, _ = docstring.split("\n======", 2)  # between the two rules of its table
    phases = [text.split(maxsplit=1) for text in lines.splitlines()[1:]]
    return {
        "phases": [{"phase": phase, "what": what} for phase, what in phases],
        "listen": head(listen),
        "decide": head(decide),
        "steps": [{"step": step.__name__.replace("_", " "), "what": head(step)} for step in _steps(decide)],
    }


def _steps(function: Any) -> Iterator[Any]:
    """The rules and the functions of its own module that a function calls, by the line of their last call."""
    from sim.rules.compile import RULES

    plain = function.py_func if hasattr(function, "py_func") else function
    tree = ast.parse(textwrap.dedent(inspect.getsource(plain)))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    calls.sort(key=lambda call: (call.lineno, call.col_offset), reverse=True)
    names = dict.fromkeys(call.func.id for call in calls if isinstance(call.func, ast.Name))
    of_rules = {rule.__name__ for rule in RULES}
    for name in reversed(names):
        step = plain.__globals__.get(name)
        if name in of_rules or getattr(step, "__module__", "") == plain.__module__:
            yield step


def show_week(found: dict[str, Any]) -> RenderableType:
    phases = table("phase", "a week of the market")
    for each in found["phases"]:
        phases.add_row(Text(each["phase"], style="bold"), Text(each["what"]))
    steps = table("", "step", "a week of one person")
    steps.add_row("", Text("listen", style="bold"), Text(found["listen"]))
    for number, each in enumerate(found["steps"], start=1):
        steps.add_row(str(number), Text(each["step"], style="bold"), Text(each["what"]))
    return spaced([phases, steps, Text(found["decide"])])


# ------------------------------------------------------------------------------------------------------------- rules


def rules(prefix: str = "") -> list[dict[str, Any]]:
    """Every module of rules with its theory, and every rule with what goes in and where it comes from.

    Parameters
    ----------
    prefix : only modules whose name begins so
    """
    import sim.rules
    from sim.rules.compile import RULES

    names = [found.name for found in pkgutil.iter_modules(sim.rules.__path__)]
    modules = [importlib.import_module(f"sim.rules.{name}") for name in names if name.startswith(prefix)]
    answer = []
    for module in modules:
        found = [rule for rule in RULES if rule.__module__ == module.__name__]
        if found:
            name = Path(str(module.__file__)).stem
            answer.append({"module": name, "what": head(module), "rules": [_rule(each) for each in found]})
    return answer


def _rule(function: Callable[..., Any]) -> dict[str, Any]:
    return {
        "rule": function.__name__,
        "from": [name.replace("_", " ") for name in inspect.signature(function).parameters],
        "what": head(function),
        "source": section(function, "Source"),
    }


def show_rules(found: Iterable[dict[str, Any]]) -> RenderableType:
    parts: list[RenderableType] = []
    for module in found:
        parts += [Text(module["module"], style="bold underline"), Text(module["what"]), Text()]
        for rule in module["rules"]:
            name = Text(rule["rule"].replace("_", " "), style="bold")
            name.append(f"  from {', '.join(rule['from'])}", style="not bold")
            parts += [_indented(name, 2), _indented(Text(rule["what"]), 6)]
            if rule["source"]:
                parts.append(_indented(Text(f"Source: {rule['source']}", style="dim"), 6))
        parts.append(Text())
    return Group(*parts)


def _indented(text: Text, spaces: int) -> Padding:
    return Padding(text, (0, 0, 0, spaces), expand=False)


# -------------------------------------------------------------------------------------------------------- parameters


def parameters(prefix: str = "") -> list[Entry]:
    """Every parameter whose path begins so."""
    from sim.scenario.catalogue import catalogue

    return [entry for entry in catalogue() if entry.path.startswith(prefix)]


def plain(entry: Entry) -> dict[str, Any]:
    """A parameter as data."""
    return {field.name: getattr(entry, field.name) for field in fields(entry)}


def show_parameters(entries: Iterable[Entry]) -> RenderableType:
    from sim.scenario.catalogue import number

    made = table(
        Column("parameter", no_wrap=True),
        "unit, bounds",
        Column("default,\nplausible", justify="right"),
        "meaning (source)",
    )
    above = ""
    for entry in entries:
        group, _, name = entry.path.rpartition(".")
        if group != above:
            made.add_section()
            made.add_row(Text(group, style="bold"))
            above = group
        plausible = f"\n{number(entry.sweep[0])} to {number(entry.sweep[1])}" if entry.sweep else ""
        meaning = Text(entry.meaning).append(f" ({entry.source})", style="dim")
        unit = Text(f"{entry.unit}\n").append(bounds(entry), style="dim")
        default = Text(entry.default or UNDEFINED).append(plausible, style="dim")
        made.add_row(Text(f"  {name}"), unit, default, meaning)
    return made


def bounds(parameter: Parameter) -> str:
    """What a value may be.

    Check
    -----
    >>> bounds(Parameter("money", "of the order", "A3", 0.01, 1e12)), bounds(Parameter("share", "kept", "A9", 0, 1))
    ('at least 0.01', '0 to 1')
    """
    from sim.scenario.catalogue import number

    if parameter.options:
        return " or ".join(parameter.options)
    low, high = number(parameter.low), number(parameter.high)
    if parameter.high < BEYOND_ANY_MARKET:
        return f"{low} to {high}"
    return f"at least {low}" if parameter.low > -BEYOND_ANY_MARKET else "any number"
