"""The commands that print what the model is made of: what may be typed. What they print is read off the code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from sim.interface.commands import completion
from sim.interface.commands.options import Json, prefix
from sim.interface.terminal.terminal import Terminal


def scenarios(as_json: Json = False) -> None:
    """List the scenarios that come with the package."""
    from sim.interface.manual import manual

    found = manual.scenarios()
    _answer(as_json, lambda: manual.show_scenarios(found), found)


def strategies(
    beginning: Annotated[str, prefix("Only strategies whose name begins so.", completion.strategies)] = "",
    as_json: Json = False,
) -> None:
    """List every strategy. What it does, what it stands on, and its parameters."""
    from sim.interface.manual import manual

    found = manual.strategies(beginning)
    _answer(as_json, lambda: manual.show_strategies(found), found)


def week(as_json: Json = False) -> None:
    """Show the order of the week."""
    from sim.interface.manual import manual

    found = manual.week()
    _answer(as_json, lambda: manual.show_week(found), found)


def rules(
    beginning: Annotated[str, prefix("Only modules whose name begins so.", completion.rules)] = "",
    as_json: Json = False,
) -> None:
    """Print every rule of the model. What goes in, what it says, and where it comes from."""
    from sim.interface.manual import manual

    found = manual.rules(beginning)
    _answer(as_json, lambda: manual.show_rules(found), found)


def parameters(
    beginning: Annotated[str, prefix("Only parameters whose path begins so.", completion.parameters)] = "",
    as_json: Json = False,
) -> None:
    """Print every parameter a scenario may set. With unit, bounds, default, plausible range and source."""
    from sim.interface.manual import glossary

    found = glossary.parameters(beginning)
    _answer(as_json, lambda: glossary.show_parameters(found), [glossary.plain(entry) for entry in found])


def metrics(
    beginning: Annotated[str, prefix("Only metrics whose name begins so.", completion.metrics)] = "",
    as_json: Json = False,
) -> None:
    """Print every metric. What it is called, counted in and means, and which direction is better."""
    from sim.interface.manual import glossary

    found = glossary.metrics(beginning)
    _answer(as_json, lambda: glossary.show_metrics(found), found)


def _answer(as_json: bool, shown: Callable[[], Any], data: Any) -> None:
    """The same answer, for people or for programs."""
    terminal = Terminal(as_json=as_json)
    if as_json:
        terminal.document(data)
    else:
        terminal.show(shown())


COMMANDS: tuple[tuple[Callable[..., Any], tuple[str, ...]], ...] = (
    (
        scenarios,
        (
            "scenarios",
            "scenarios --json",
        ),
    ),
    (
        strategies,
        (
            "strategies",
            "strategies growth",
            "strategies --json",
        ),
    ),
    (
        week,
        (
            "week",
            "week --json",
        ),
    ),
    (
        rules,
        (
            "rules",
            "rules defection",
            "rules --json",
        ),
    ),
    (
        parameters,
        (
            "parameters",
            "parameters rules.defection",
            "parameters businesses.ours --json",
        ),
    ),
    (
        metrics,
        (
            "metrics",
            "metrics customer",
            "metrics --json",
        ),
    ),
)
"""Every command of this module, with the examples that its help shows first."""
