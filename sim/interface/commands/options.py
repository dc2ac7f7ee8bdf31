"""The options that several commands share: each is said once, with its help, its bounds and its completion."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from sim.interface.commands import completion
from sim.interface.terminal.terminal import Ending, Stop
from sim.scenario.problems import shown

LAST_SEED = 2**64 - 1
MOST_MONEY = 1e12


# ------------------------------------------------------------------------------------------------- what a word may say


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


MOST_WORKERS = max(64, 4 * cores())


def whole(option: str, least: int, most: int | None = None) -> Callable[[Any], int]:
    """A reader of whole numbers.

    Check
    -----
    >>> whole("--seed", 0)("7")
    7
    """
    bounds = f"from {least} to {most}" if most is not None else f"of at least {least}"

    def read(word: Any) -> int:
        text = str(word).strip()
        if text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 40:
            number = int(text)
            if number >= least and (most is None or number <= most):
                return number
        raise Stop(Ending.BAD_INPUT, f"{option}: expected a whole number {bounds}, got {shown(text)}.")

    return read


def share(option: str) -> Callable[[Any], float]:
    """A reader of shares, as 2% or as 0.02.

    Check
    -----
    >>> share("--until")("2%"), share("--until")("0.02")
    (0.02, 0.02)
    """

    def read(word: Any) -> float:
        text = str(word).strip()
        number = percent(text) if text.endswith("%") else _number(text)
        if 0.0 < number < 1.0:
            return number
        raise Stop(Ending.BAD_INPUT, f"{option}: expected a share such as 2% or 0.02, got {shown(text)}.")

    return read


def percent(text: str) -> float:
    """What 10% or 10 % says; NaN if it is no such thing.

    Check
    -----
    >>> percent("10%"), percent("-2.5 %")
    (0.1, -0.025)
    """
    return _number(f"{text.removesuffix('%').strip()}e-2")


def growth(option: str) -> Callable[[Any], float]:
    """A reader of growth a year, as 15% or as 0.15; 100% or 1.0.

    Check
    -----
    >>> growth("--goal")("15%"), growth("--goal")("0.15"), growth("--goal")("200%")
    (0.15, 0.15, 2.0)
    """

    def read(word: Any) -> float:
        text = str(word).strip()
        number = percent(text) if text.endswith("%") else _number(text)
        if text.endswith("%") and math.isfinite(number) or number <= 1.0:
            return number
        meant = f"for {number:.10g} % write {number:.10g}%" if math.isfinite(number) else "write it as 15% or 0.15"
        raise Stop(Ending.BAD_INPUT, f"{option}: expected growth a year as a share, got {shown(text)}; {meant}.")

    return read


def money(option: str) -> Callable[[Any], float]:
    """A reader of amounts of money."""

    def read(word: Any) -> float:
        text = str(word).strip()
        number = _number(text)
        if 0.0 <= number <= MOST_MONEY:
            return number
        raise Stop(Ending.BAD_INPUT, f"{option}: expected an amount of money such as 20000, got {shown(text)}.")

    return read


def _number(text: str) -> float:
    """The number that a text writes in plain digits; NaN if it is none."""
    try:
        return float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return math.nan


# ------------------------------------------------------------------------------------------------------------- options

_SCENARIO: dict[str, Any] = {"metavar": "SCENARIO", "autocompletion": completion.scenarios}

ScenarioName = Annotated[str, typer.Argument(help="Name of a bundled scenario, or a YAML file.", **_SCENARIO)]
ScenarioNames = Annotated[
    list[str], typer.Argument(help="Two or more names or YAML files; the first is the baseline.", **_SCENARIO)
]
Files = Annotated[list[str], typer.Argument(help="Names of bundled scenarios, or YAML files.", **_SCENARIO)]
Seed = Annotated[
    int,
    typer.Option(
        metavar="N", parser=whole("--seed", 0, LAST_SEED), help="Seed of the first world; the others follow it."
    ),
]
Weeks = Annotated[
    int | None, typer.Option(metavar="N", parser=whole("--weeks", 1), help="Short for --set time.weeks=N.")
]
Customers = Annotated[
    int | None,
    typer.Option(metavar="N", parser=whole("--customers", 1), help="How many people; short for --set people.count=N."),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Replace one value; a share may be 10% or 0.10. May be repeated."),
]
Budget = Annotated[
    float | None,
    typer.Option(
        metavar="MONEY",
        parser=money("--budget"),
        help="Marketing money a year for the first business, in place of its own rule; it keeps its split.",
    ),
]
MostMoney = Annotated[
    float | None,
    typer.Option(
        "--budget",
        metavar="MONEY",
        parser=money("--budget"),
        help="No plan may spend more on marketing a year, on average.",
    ),
]
OwnStrategy = Annotated[
    str | None,
    typer.Option(
        "--strategy",
        metavar="MODULE:CLASS",
        help="Your own strategy for the first business from week 0 on; `compare` then lives the first scenario with "
        "it as well. It is code that runs with your rights.",
    ),
]
Goals = Annotated[
    list[float] | None,
    typer.Option(
        "--goal",
        metavar="SHARE",
        parser=growth("--goal"),
        help="Growth a year to reach, such as 15%. May be repeated; 10, 15, 20, 50 and 100 % if not given.",
    ),
]
Growing = Annotated[Literal["revenue", "profit", "customers"], typer.Option("--metric", help="What shall grow.")]
Years = Annotated[int, typer.Option(metavar="N", parser=whole("--years", 1, 50), help="Over how many years.")]
Confidence = Annotated[
    float,
    typer.Option(
        metavar="SHARE", parser=share("--confidence"), help="Part of the worlds in which a plan has to reach the goal."
    ),
]
Vary = Annotated[
    str | None,
    typer.Option(
        "--vary",
        metavar="PATH=A,B,...",
        help="Also show how the best split moves with one number of the world; repeat_rate, base_size and "
        "price_sensitivity are names for three.",
    ),
]
Quick = Annotated[bool, typer.Option("--quick", help="Fewer worlds: an answer in a third of the time.")]
Loop = Annotated[
    Literal["compiled", "mesa", "shuffled"], typer.Option(help="How people are gone through; results are the same.")
]
Threads = Annotated[
    int,
    typer.Option(
        metavar="N", parser=whole("--threads", 1, MOST_WORKERS), help="For one big world; results are the same."
    ),
]
Whose = Annotated[
    int, typer.Option("--customer", metavar="N", parser=whole("--customer", 0), help="Whose life; the first is 0.")
]
FirstWeek = Annotated[
    int | None,
    typer.Option(
        "--from", metavar="WEEK", parser=whole("--from", -30_000), help="First week to tell; negative: before the run."
    ),
]
LastWeek = Annotated[
    int | None, typer.Option("--to", metavar="WEEK", parser=whole("--to", -30_000), help="Last week to tell.")
]
OneBusiness = Annotated[str | None, typer.Option("--business", metavar="NAME", help="Only what concerns this one.")]
Log = Annotated[
    int,
    typer.Option(metavar="N", parser=whole("--log", 0), help="Write down orders and departures of N people."),
]
Workers = Annotated[
    int | None,
    typer.Option(
        metavar="N", parser=whole("--workers", 1, MOST_WORKERS), help="Processes; default: one for each core."
    ),
]
Until = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE",
        parser=share("--until"),
        help="Add worlds until the difference in profit is known to within this share of the baseline's profit.",
    ),
]
Most = Annotated[
    int | None,
    typer.Option(metavar="N", parser=whole("--most", 2), help="With --until: never more worlds; 640 if not given."),
]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder for results; figures and manifest are always written.")]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="ID", help="Only this check. May be repeated.", autocompletion=completion.checks),
]
Page = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Also write the page there, with figures.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No talk and no progress.")]


def replicates(least: int, what: str) -> Any:
    """The option that says how many worlds."""
    return typer.Option("--replicates", metavar="N", parser=whole("--replicates", least), help=f"How many {what}.")


def prefix(help_text: str, complete: Callable[[str], list[str]]) -> Any:
    """The beginning of a name, to see less."""
    return typer.Argument(metavar="[PREFIX]", help=help_text, autocompletion=complete)


Force = Annotated[bool, typer.Option("--force", help="Replace files that are there already.")]


def answer(help_text: str, metavar: str = "N") -> Any:
    """An answer about one's own firm, as text; numbers may have commas between thousands."""
    return typer.Option(metavar=metavar, help=help_text)
