"""The commands about scenario files and what they say: what may be typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.interface.commands.grammar import program
from sim.interface.commands.options import (
    Customers,
    Files,
    FirstWeek,
    Force,
    Json,
    LastWeek,
    OneBusiness,
    Quiet,
    ScenarioName,
    Seed,
    Settings,
    Weeks,
    Whose,
    answer,
    cores,
)
from sim.interface.terminal.terminal import Terminal


def init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The scenario to write; two plans go beside it.")],
    people: Annotated[str | None, answer("How many people may buy such things, from you or from others.")] = None,
    customers: Annotated[str | None, answer("How many of them ordered from you within the last year.")] = None,
    orders: Annotated[str | None, answer("How many orders a customer places in a year.")] = None,
    order_value: Annotated[str | None, answer("What an order is worth.", "MONEY")] = None,
    margin: Annotated[str | None, answer("Contribution margin of an order, such as 40%.", "SHARE")] = None,
    marketing: Annotated[str | None, answer("What you spend on marketing in a year.", "MONEY")] = None,
    acquisition_share: Annotated[
        str | None, answer("Part of it that wins customers; the rest keeps them; 50% if not given.", "SHARE")
    ] = None,
    currency: Annotated[str, typer.Option(metavar="NAME", help="What money is called.")] = "money",
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Begin with your own firm. Six answers become three scenarios to compare; asks what is not given."""
    from sim.interface.firm import beginning

    answers = {
        "people": people,
        "customers": customers,
        "orders": orders,
        "order_value": order_value,
        "margin": margin,
        "marketing": marketing,
        "acquisition_share": acquisition_share,
    }
    given = {name: text for name, text in answers.items() if text is not None}
    terminal = Terminal(quiet, as_json)
    beginning.init(file, given, currency, terminal, program=program(), force=force, threads=cores())


def trace(
    scenario: ScenarioName,
    customer: Whose,
    seed: Seed = 1,
    first: FirstWeek = None,
    last: LastWeek = None,
    business: OneBusiness = None,
    weeks: Weeks = None,
    customers: Customers = None,
    settings: Settings = None,
    as_json: Json = False,
) -> None:
    """Tell one person's life, week by week. With the draws and numbers behind each decision."""
    from sim.interface.commands import asked
    from sim.interface.story import story

    changes = asked.Changes(tuple(settings or ()), weeks, customers)
    story.trace(scenario, changes, story.Question(customer, seed, first, last, business), Terminal(as_json=as_json))


def check(files: Files, settings: Settings = None, as_json: Json = False) -> int:
    """Say whether scenarios are good. If not, everything that is wrong with them, and where."""
    from sim.interface.runs import checking

    return checking.check(files, tuple(settings or ()), Terminal(as_json=as_json))


def schema(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it to this file instead.")] = None,
) -> None:
    """Print the JSON Schema of scenario files. An editor that knows it completes keys and checks values."""
    from sim.interface.runs import checking

    checking.schema(out, Terminal())


COMMANDS: tuple[tuple[Callable[..., Any], tuple[str, ...]], ...] = (
    (
        init,
        (
            "init my_firm.yaml",
            "init my_firm.yaml --people 200000 --customers 5000 --orders 4 --order-value 60 --margin 40% "
            "--marketing 50000",
        ),
    ),
    (
        trace,
        (
            "trace steady --customer 7",
            "trace base --customer 7 --business incumbent_b --from -52 --to 52",
        ),
    ),
    (
        check,
        (
            "check my_firm.yaml",
            "check steady plan_b.yaml --set people.count=5000",
            "check scenarios/*.yaml --json",
        ),
    ),
    (
        schema,
        (
            "schema",
            "schema --out keepwin.schema.json",
        ),
    ),
)
"""Every command of this module, with the examples that its help shows first."""
