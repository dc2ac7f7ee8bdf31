"""The command that calibrates: what may be typed. What it does is in ``calibrating``."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from sim.interface.commands.grammar import program, typed
from sim.interface.commands.options import Force, Json, Quiet, money, share, whole
from sim.interface.terminal.terminal import Ending, Stop, Terminal
from sim.scenario.problems import shown


def _day(word: Any) -> datetime.date:
    """The reader of 2024-06-30."""
    try:
        return datetime.date.fromisoformat(str(word).strip())
    except ValueError:
        raise Stop(Ending.BAD_INPUT, f"--split: expected a day such as 2024-06-30, got {shown(str(word))}.") from None


def _columns(word: Any) -> dict[str, str]:
    """The reader of customer_id=Kunde,date=Datum."""
    pairs = [pair.partition("=") for pair in str(word).split(",")]
    if not all(name.strip() and sign and called.strip() for name, sign, called in pairs):
        sentence = f"--columns: expected names such as customer_id=Client,date=Day, got {shown(str(word))}."
        raise Stop(Ending.BAD_INPUT, sentence)
    return {name.strip(): called.strip() for name, _, called in pairs}


def calibrate(
    transactions: Annotated[
        Path | None,
        typer.Argument(metavar="TRANSACTIONS.csv", help="Who bought when and for how much: customer_id, date, amount."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="The scenario to write; two plans and a study go beside it."),
    ] = None,
    spend: Annotated[
        Path | None,
        typer.Option(
            metavar="SPEND.csv", help="What was spent: period, acquisition or acquisition_CHANNEL ..., retention."
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(metavar="DAY", parser=_day, help="Rest on what was known on this day; what came later is a test."),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(metavar="NAME=COLUMN,...", parser=_columns, help="What columns are called, if not as here."),
    ] = None,
    separator: Annotated[
        Literal["comma", "semicolon", "tab", "pipe"] | None, typer.Option(help="Between columns; found if not given.")
    ] = None,
    decimal: Annotated[
        Literal["point", "comma"] | None, typer.Option(help="Before the cents; found if not given and not ambiguous.")
    ] = None,
    date_format: Annotated[
        str | None, typer.Option(metavar="FORM", help="Such as %d/%m/%Y; found if not given and not ambiguous.")
    ] = None,
    refunds: Annotated[
        Literal["net", "drop"] | None,
        typer.Option(help="Negative amounts: take them off earlier purchases, or leave them out."),
    ] = None,
    duplicates: Annotated[
        Literal["keep", "drop"], typer.Option(help="Rows that agree in customer, date and amount.")
    ] = "keep",
    subscriptions: Annotated[
        bool, typer.Option("--subscriptions", help="The file has contracts instead: customer_id, start, end.")
    ] = False,
    renewal_weeks: Annotated[
        int | None,
        typer.Option(metavar="N", parser=whole("--renewal-weeks", 1, 520), help="With it: length of a contract."),
    ] = None,
    fee: Annotated[
        float | None,
        typer.Option(metavar="MONEY", parser=money("--fee"), help="With it: what a contract costs, if no column says."),
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option(metavar="SHARE", parser=share("--margin"), help="Contribution margin of an order, such as 40%."),
    ] = None,
    marketing: Annotated[
        float | None, typer.Option(metavar="MONEY", parser=money("--marketing"), help="Marketing money a year.")
    ] = None,
    acquisition_share: Annotated[
        float | None,
        typer.Option(metavar="SHARE", parser=share("--acquisition-share"), help="Part of it that wins customers."),
    ] = None,
    people: Annotated[
        int | None,
        typer.Option(metavar="N", parser=whole("--people", 1, 10**10), help="Who may buy such things of you."),
    ] = None,
    currency: Annotated[str, typer.Option(metavar="NAME", help="What money is called.")] = "money",
    demo: Annotated[
        bool, typer.Option("--demo", help="Write a made-up shop's files first, and calibrate those.")
    ] = False,
    results: Annotated[Path, typer.Option(metavar="DIR", help="Folder for figures and the summary.")] = Path("results"),
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Turn your own records into a scenario. With what they cannot tell, and a test against what came later."""
    from sim.experiment.calibration.base import Said
    from sim.experiment.calibration.log import Ways
    from sim.interface.calibration import calibrating

    question = calibrating.Question(
        transactions=transactions,
        out=out,
        spend=spend,
        split=split,  # type: ignore[arg-type]
        ways=Ways(columns or {}, separator, decimal, date_format, refunds, duplicates),  # type: ignore[arg-type]
        said=Said(margin, marketing, acquisition_share, people, currency),
        subscriptions=subscriptions,
        renewal_weeks=renewal_weeks,
        fee=fee,
        demo=demo,
        results=results,
        force=force,
        command=typed(),
        program=program(),
    )
    calibrating.calibrate_records(question, Terminal(quiet, as_json))


COMMANDS: tuple[tuple[Callable[..., Any], tuple[str, ...]], ...] = (
    (
        calibrate,
        (
            "calibrate --demo",
            "calibrate sales.csv -o mine.yaml --margin 40%",
            "calibrate sales.csv --spend spend.csv -o mine.yaml --refunds net --people 200000",
            "calibrate members.csv -o mine.yaml --subscriptions --renewal-weeks 52 --fee 120",
        ),
    ),
)
"""Every command of this module, with the examples that its help shows first."""
