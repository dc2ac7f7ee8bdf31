"""Checking scenario files before anything is computed; imports no more than reading them takes."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.interface.commands.asked import Changes
from sim.interface.terminal.terminal import Ending, Stop, Terminal
from sim.scenario.load import find_scenario, load_scenario
from sim.scenario.problems import InputError, Problem, escaped
from sim.scenario.schema import Scenario


def check(names: Sequence[str], settings: Sequence[str], terminal: Terminal) -> int:
    """Tell of every scenario whether it is good; of those that are not, everything that is wrong.

    Parameters
    ----------
    names : of bundled scenarios, or files
    settings : values that replace those of every file

    Raises
    ------
    InputError
        If one value is set twice.
    """
    settings = Changes(tuple(settings)).overrides
    files = []
    for name in dict.fromkeys(names):
        try:
            scenario = load_scenario(name, settings)
        except InputError as error:
            files.append(_judged(name, None, error.problems))
            if not terminal.as_json:
                print(error, file=sys.stderr)
        else:
            files.append(_judged(name, scenario, ()))
            terminal.show(verdict(scenario))
    terminal.document({"files": files})
    return Ending.FINE if all(file["valid"] for file in files) else Ending.BAD_INPUT


def verdict(scenario: Scenario) -> str:
    """A good scenario on one line, with what it says in vain."""
    businesses = len(scenario.businesses)
    never = [f"{name} (week {week})" for name, week in never_reached(scenario)]
    return escaped(
        f"{scenario.name}: good ({businesses} business{'es' if businesses != 1 else ''}, "
        f"{scenario.market_size:,} people, {scenario.time.weeks} weeks)"
        + (f"; it ends before these events: {', '.join(never)}" if never else "")
    )


def never_reached(scenario: Scenario) -> list[tuple[str, int]]:
    """Events by name and week that would begin after the last week: no fault, for a run may be cut short."""
    named = zip(scenario.resolved["events"], scenario.events, strict=True)
    return [(name, event.week) for name, event in named if event.week >= scenario.time.weeks]


def _judged(name: str, scenario: Scenario | None, problems: Sequence[Problem]) -> dict[str, Any]:
    try:
        file = str(find_scenario(name))
    except InputError:  # there is none of this name, which is among the problems
        file = name
    return {
        "file": file,
        "valid": scenario is not None,
        "scenario_hash": scenario.hash if scenario else None,
        "problems": [_plain(problem) for problem in problems],
        "never_reached": [name for name, _ in never_reached(scenario)] if scenario else [],
    }


def _plain(problem: Problem) -> dict[str, Any]:
    """A problem as data; without a place it is the input as a whole."""
    mark = problem.mark
    place = (mark.file, mark.line or None, mark.column or None) if mark else (None, None, None)
    keys = ("file", "line", "column", "message", "advice")
    return dict(zip(keys, (*place, problem.what, problem.advice), strict=True))


def schema(out: Path | None, terminal: Terminal) -> None:
    """The JSON Schema of scenario files, to stdout or to a file.

    Raises
    ------
    Stop
        If the file cannot be written.
    """
    from sim.scenario.json_schema import json_schema

    text = json.dumps(json_schema(), indent=2)
    if out is None:
        terminal.show(text)
        return
    try:
        out.write_text(f"{text}\n", encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise Stop(Ending.BAD_INPUT, escaped(f"--out {out}: {reason}. Name another file.")) from error
    terminal.say(escaped(f"Written: {out}"))
