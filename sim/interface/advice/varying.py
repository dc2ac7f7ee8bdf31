"""The second axis of advice: one number of the world, by its path or by a name that people use, and its values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sim.interface.commands.asked import Changes, load
from sim.interface.commands.options import percent
from sim.interface.terminal.terminal import Ending, Stop
from sim.scenario.catalogue import did_you_mean
from sim.scenario.problems import InputError, Mark, Problem, escaped, shown
from sim.scenario.schema import Scenario

FEWEST, MOST = 2, 8
EXAMPLE = "--vary repeat_rate=80%,90%,95%"


@dataclass(frozen=True)
class Axis:
    """A number, and the scenario at each of its values."""

    name: str
    scenarios: dict[str, Scenario]


def axis_of(text: str, file: str, changes: Changes) -> Axis:
    """What ``--vary`` says.

    Raises
    ------
    Stop
        If it names no number, or fewer than two values, or too many.
    InputError
        If a scenario cannot have one of the values.
    """
    name, _, rest = (part.strip() for part in text.partition("="))
    values = [part for part in _apart(rest) if part]
    if not name or not FEWEST <= len(values) <= MOST:
        raise _no(f"expected a path and {FEWEST} to {MOST} values, got {shown(text)}. Write it as in {EXAMPLE}.")
    for at, value in enumerate(values):
        if value in values[:at]:
            raise _no(f"{name} is to be {shown(value)} twice. Keep one.")
    scenario = load(file, changes)
    first = scenario.businesses[0].name
    if name.startswith(f"businesses.{first}.strategy"):
        raise _no(f"{name} is what advice looks for. Vary something that {first} cannot choose, as in {EXAMPLE}.")
    setting = NAMES.get(name, _as_it_is)
    scenarios, problems = {}, []
    for value in values:
        written = setting(scenario, name, value)
        try:
            scenarios[value] = load(file, replace(changes, settings=(*changes.settings, written)))
        except InputError as error:
            problems += [_about(problem, name, written) for problem in error.problems]
    if problems:
        raise InputError(dict.fromkeys(problems))
    twins = [
        value for value, each in scenarios.items() if [other.hash for other in scenarios.values()].count(each.hash) > 1
    ]
    if twins:
        raise _no(f"with {name} {' and '.join(twins)} the world is the same. Name values that differ.")
    return Axis(name, scenarios)


def _about(problem: Problem, name: str, setting: str) -> Problem:
    """A problem of a setting, told as one of ``--vary``; one of the file as it is."""
    if problem.mark is None or not problem.mark.file.startswith("--set"):
        return problem
    if "unknown key" in problem.what:  # whatever its value is
        near = did_you_mean(name, NAMES, problem.advice)
        paths = f"Names are {', '.join(NAMES)}; `parameters` lists every path"
        return Problem(Mark(f"--vary {name}"), problem.what, f"{near}{'' if near.endswith('?') else '.'} {paths}")
    return replace(problem, mark=Mark(f"--vary {setting}"))


def _apart(text: str) -> Iterator[str]:
    """Values between commas that stand in no bracket.

    Check
    -----
    >>> list(_apart("4, {beta: {a: 1, b: 2}},0.5"))
    ['4', '{beta: {a: 1, b: 2}}', '0.5']
    """
    depth, current = 0, ""
    for letter in text:
        depth += (letter in "{[") - (letter in "}]")
        if letter == "," and depth == 0:
            yield current.strip()
            current = ""
        else:
            current += letter
    yield current.strip()


# --------------------------------------------------------------------------------------------------------------- names


def _as_it_is(scenario: Scenario, name: str, value: str) -> str:
    return f"{name}={value}"


def _repeat_rate(scenario: Scenario, name: str, value: str) -> str:
    """The mean chance that a customer is there for its next order; the shape of its spread stays."""
    rate = percent(value) if value.endswith("%") else _number(value)
    if not 0.0 < rate < 1.0:
        raise _no(
            f"{name} is the part of customers who stay until the next order, such as 85% or 0.85, got {shown(value)}."
        )
    kind, spread = next(iter(scenario.resolved["people"]["leaving"].items()))
    if kind == "beta":
        return f"people.leaving={{beta: {{a: {spread['a']!r}, b: {spread['a'] * rate / (1.0 - rate):.6g}}}}}"
    return f"people.leaving={1.0 - rate:.6g}"


def _base_size(scenario: Scenario, name: str, value: str) -> str:
    """Customers of the first business when the world begins, before its years until week 0."""
    return f"businesses.{scenario.businesses[0].name}.customers={value}"


def _price_sensitivity(scenario: Scenario, name: str, value: str) -> str:
    return f"people.price_sensitivity={value}"


NAMES: dict[str, Callable[[Scenario, str, str], str]] = {
    "repeat_rate": _repeat_rate,
    "base_size": _base_size,
    "price_sensitivity": _price_sensitivity,
}
"""Names that people use, and the setting that each stands for."""


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0


def _no(sentence: str) -> Stop:
    return Stop(Ending.BAD_INPUT, escaped(f"--vary: {sentence}"))
