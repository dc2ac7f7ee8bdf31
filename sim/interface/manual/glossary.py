"""The glossary: every parameter and every metric, as they are declared.

Every answer is plain data first, for ``--json``; the functions that show it add nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Column
from rich.text import Text

from sim.interface.terminal.amounts import UNDEFINED
from sim.interface.terminal.tables import table
from sim.interface.terminal.terminal import Ending, Stop
from sim.scenario.problems import shown
from sim.units import Parameter

if TYPE_CHECKING:
    from sim.scenario.catalogue import Entry

BEYOND_ANY_MARKET = 1e9
"""A bound this far away says nothing to a reader."""
WIDE = 120
"""Columns from which on everything about a thing fits beside its name."""


class ByWidth:
    """One of two ways to show the same: beside one another on a wide terminal, below one another on a narrow one."""

    def __init__(self, wide: RenderableType, narrow: RenderableType) -> None:
        self.wide, self.narrow = wide, narrow

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.wide if options.max_width >= WIDE else self.narrow


def nothing_begins_so(what: str, prefix: str, known: Iterable[str], meant: str | None = None) -> Stop:
    """The complaint about a beginning that no name has.

    Parameters
    ----------
    known : the names that there are
    meant : one of them, if it is clear what was meant
    """
    from sim.scenario.catalogue import did_you_mean, listed

    names = list(dict.fromkeys(known))
    advice = f"Did you mean {shown(meant)}?" if meant else did_you_mean(prefix, names, f"There are {listed(names)}.")
    return Stop(Ending.BAD_INPUT, f"No {what} begins with {shown(prefix)}. {advice}")


# -------------------------------------------------------------------------------------------------------- parameters


def parameters(prefix: str = "") -> list[Entry]:
    """Every parameter whose path begins so; a name of one's own may stand where the catalogue says <name>.

    Raises
    ------
    Stop
        If there is none.
    """
    from sim.scenario.catalogue import catalogue, nearest

    entries = catalogue()
    found = [entry for entry in entries if begins(entry.path, prefix)]
    if not found:
        paths = [entry.path for entry in entries]
        groups = {".".join(path.split(".")[:length]) for path in paths for length in range(1, path.count(".") + 1)}
        meant = next((path for path in paths if path.endswith(f".{prefix}")), None) or nearest(prefix, sorted(groups))
        raise nothing_begins_so("parameter", prefix, [path.partition(".")[0] for path in paths], meant)
    return found


def begins(path: str, prefix: str) -> bool:
    """Does a path begin so?

    Check
    -----
    >>> [begins("businesses.<name>.price", prefix) for prefix in ("bus", "businesses.ours.pr", "businesses.ours.cash")]
    [True, True, False]
    """
    from sim.scenario.catalogue import ANY_NAME

    steps, (*whole, last) = path.split("."), prefix.split(".")
    if len(whole) >= len(steps):
        return False
    alike = all(step in (ANY_NAME, typed) for step, typed in zip(steps, whole, strict=False))
    return alike and (steps[len(whole)] == ANY_NAME or steps[len(whole)].startswith(last))


def plain(entry: Entry) -> dict[str, Any]:
    """A parameter as data; a default that is a number is one here too."""
    from sim.scenario.words import meaning_of

    default = meaning_of(entry.default or "")
    return {field.name: getattr(entry, field.name) for field in fields(entry)} | (
        {"default": default} if isinstance(default, int | float) and not isinstance(default, bool) else {}
    )


def show_parameters(entries: Iterable[Entry]) -> RenderableType:
    entries = list(entries)
    return ByWidth(_parameters_beside(entries), _parameters_below(entries))


def _parameters_beside(entries: Iterable[Entry]) -> RenderableType:
    """A parameter a line."""
    made = table(
        Column("parameter", no_wrap=True),
        "unit, bounds",
        Column("default,\nplausible", justify="right"),
        "meaning (source)",
    )
    for group, members in _grouped(entries):
        made.add_section()
        made.add_row(Text(group, style="bold"))
        for entry in members:
            unit = Text(f"{entry.unit}\n").append(bounds(entry), style="dim")
            plausible = f"\n{range_of(entry)}" if entry.sweep else ""
            default = Text(entry.default or UNDEFINED).append(plausible, style="dim")
            meaning = Text(entry.meaning).append(f" ({entry.source})", style="dim")
            made.add_row(Text(f"  {_own_name(entry)}"), unit, default, meaning)
    return made


def _parameters_below(entries: Iterable[Entry]) -> RenderableType:
    """A parameter with its numbers, and its meaning below."""
    parts: list[RenderableType] = []
    for group, members in _grouped(entries):
        parts.append(Text(group, style="bold underline"))
        for entry in members:
            numbers = [entry.unit, bounds(entry), *([f"default {entry.default}"] if entry.default else [])]
            name = Text(_own_name(entry), style="bold").append(f"  {', '.join(numbers)}", style="not bold")
            plausible = f"; plausible: {range_of(entry)}" if entry.sweep else ""
            meaning = Text(f"{entry.meaning}{plausible}").append(f" ({entry.source})", style="dim")
            parts += [indented(name, 2), indented(meaning, 6)]
        parts.append(Text())
    return Group(*parts[:-1])


def _grouped(entries: Iterable[Entry]) -> Iterable[tuple[str, list[Entry]]]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.path.rpartition(".")[0], []).append(entry)
    return groups.items()


def _own_name(entry: Entry) -> str:
    return entry.path.rpartition(".")[2]


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


def range_of(parameter: Parameter) -> str:
    """Within which the truth plausibly lies."""
    from sim.scenario.catalogue import number

    return " to ".join(map(number, parameter.sweep or ()))


# ----------------------------------------------------------------------------------------------------------- metrics


def metrics(prefix: str = "") -> list[dict[str, str]]:
    """Every metric whose name begins so.

    Raises
    ------
    Stop
        If there is none.
    """
    from sim.model.metrics import METRICS

    found = [
        {
            "metric": metric.id,
            "label": metric.label,
            "unit": metric.unit,
            "better": metric.better,
            "kind": metric.kind,
            "definition": " ".join(metric.meaning.split()),
        }
        for metric in METRICS.values()
        if metric.id.startswith(prefix)
    ]
    if not found:
        raise nothing_begins_so("metric", prefix, METRICS)
    return found


def show_metrics(found: Iterable[dict[str, str]]) -> RenderableType:
    found = list(found)
    wide = table(Column("metric", no_wrap=True), "unit", "better", "kind", "definition")
    narrow: list[RenderableType] = []
    for each in found:
        name = Text(each["metric"], style="bold")
        wide.add_row(name, each["unit"], each["better"], each["kind"], Text(each["definition"]))
        about = f"  {each['unit']}, {each['kind']}, better {each['better']}".replace("better neither", "no better")
        narrow += [name.copy().append(about, style="not bold"), indented(Text(each["definition"]), 4)]
    return ByWidth(wide, Group(*narrow))


def indented(text: Text, spaces: int) -> Padding:
    """A paragraph that begins further right, in all its lines."""
    return Padding(text, (0, 0, 0, spaces), expand=False)
