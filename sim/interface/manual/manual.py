"""The manual: scenarios, strategies, the order of the week and the rules, all read off the code that runs.

Every answer is plain data first, for ``--json``; the functions that show it add nothing.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, get_type_hints

from rich.console import Group, RenderableType
from rich.text import Text

from sim.interface.manual.glossary import indented, nothing_begins_so
from sim.interface.runs.findings import first_sentence
from sim.interface.terminal.tables import spaced, table
from sim.units import parameters_of, record_by_name

if TYPE_CHECKING:
    from sim.strategies.books import Strategy


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


# -------------------------------------------------------------------------------------------------------- strategies


def strategies(beginning: str = "") -> list[dict[str, Any]]:
    """Every strategy whose name begins so: what it does, what it stands on, and its parameters with their defaults.

    Raises
    ------
    Stop
        If there is none.
    """
    from sim.strategies.registry import registered

    known = registered()
    found = [_strategy(name, known) for name in known if name.startswith(beginning)]
    if not found:
        raise nothing_begins_so("strategy", beginning, known)
    return found


def _strategy(name: str, known: Mapping[str, Strategy]) -> dict[str, Any]:
    from sim.strategies.books import goal_of, split_of
    from sim.strategies.registry import code_of

    strategy = known[name]
    first = next(other for other, each in known.items() if type(each) is type(strategy))
    goal = goal_of(strategy)
    return {
        "strategy": name,
        "preset_of": None if first == name else first,
        "what": head(type(strategy)),
        "source": section(type(strategy), "Source"),
        "goal": goal._asdict() if goal else None,
        "keeps_its_split": split_of(strategy) is not None,
        "code": code_of(name),
        "parameters": list(_parameters(strategy)),
    }


def _parameters(strategy: Any) -> Iterator[dict[str, Any]]:
    """The parameters of a strategy; those of a record by name as name.<name>.parameter."""
    from sim.scenario.catalogue import ANY_NAME

    for name, annotation in get_type_hints(type(strategy)).items():
        if inner := record_by_name(annotation):
            inside = _parameters(inner())
            yield from ({**each, "parameter": f"{name}.{ANY_NAME}.{each['parameter']}"} for each in inside)
    for name, parameter, _ in parameters_of(type(strategy)):
        value = getattr(strategy, name)
        yield {
            "parameter": name,
            "default": parameter.options[value] if parameter.options else value,
            "unit": parameter.unit,
            "low": parameter.low,
            "high": parameter.high,
            "plausible": list(parameter.sweep) if parameter.sweep else None,
            "meaning": parameter.meaning,
            "source": parameter.source,
        }


def show_strategies(found: Iterable[dict[str, Any]]) -> RenderableType:
    parts: list[RenderableType] = []
    for each in found:
        preset = f"  {each['preset_of']} with other numbers" if each["preset_of"] else ""
        parts.append(Text(each["strategy"], style="bold underline").append(preset, style="not bold not underline"))
        if not preset:
            parts.append(indented(Text(each["what"]).append(f" {each['source']}", style="dim"), 2))
        for one in each["parameters"]:
            line = Text(f"{one['parameter']}: {one['default']}").append(
                f"  {one['meaning']} ({one['unit']})", style="dim"
            )
            parts.append(indented(line, 4))
        parts.append(Text())
    return Group(*parts[:-1])


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
        if name in of_rules or getattr(step, "__module__", "").startswith("sim.model."):
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

    Raises
    ------
    Stop
        If none does.
    """
    import sim.rules
    from sim.rules.compile import RULES

    names = [found.name for found in pkgutil.iter_modules(sim.rules.__path__)]
    answer = {}
    for name in names:
        module = importlib.import_module(f"sim.rules.{name}")
        found = [rule for rule in RULES if rule.__module__ == module.__name__]
        if found:
            answer[name] = {"module": name, "what": head(module), "rules": [_rule(each) for each in found]}
    chosen = [module for name, module in answer.items() if name.startswith(prefix)]
    if not chosen:
        raise nothing_begins_so("module of rules", prefix, answer)
    return chosen


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
            parts += [indented(name, 2), indented(Text(rule["what"]), 6)]
            if rule["source"]:
                parts.append(indented(Text(f"Source: {rule['source']}", style="dim"), 6))
        parts.append(Text())
    return Group(*parts)
