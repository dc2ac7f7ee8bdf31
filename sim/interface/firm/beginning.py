"""Beginning: six answers about one's own firm become three scenarios that can be compared at once."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sim.interface.firm.answers import Unfit, at_odds, firm_of, missing_from, read
from sim.interface.firm.files import CALLED, files_of, paths_of, shown_line
from sim.interface.terminal.new_files import check_scenario_name, check_that_new, refused, write_files
from sim.interface.terminal.tables import right, table, title
from sim.interface.terminal.terminal import Ending, Stop, Terminal
from sim.scenario.load import BUNDLED, SUFFIXES
from sim.scenario.problems import InputError, Problem, escaped

if TYPE_CHECKING:
    from sim.experiment.start import Line, Start

EXAMPLE = "--people 200000 --customers 5000 --orders 4 --order-value 60 --margin 40% --marketing 50000"
FAST_GROWTH = 0.25


def init(
    path: Path, given: Mapping[str, str], currency: str, terminal: Terminal, *, program: str, force: bool, threads: int
) -> None:
    """Ask what is not known yet, find the world of the firm, and write its three files.

    Parameters
    ----------
    given : answers by the name of their question, as they were typed
    program : how the next command begins
    force : may files be replaced?
    threads : results are the same

    Raises
    ------
    Stop
        If a file is in the way, or cannot be written.
    InputError
        If an answer cannot be, or is missing and nobody can be asked.
    """
    check_paths(path, force)
    firm = firm_of(_complete(given), currency)
    from sim.experiment.executor import RunFailed
    from sim.experiment.start import start

    terminal.say("Living the three years before week 0 until they look like your answers ...")
    try:
        begun = start(firm, threads=threads)
    except InputError as error:
        sentence = "Amounts of this size cannot be counted exactly. Count money in thousands, or take a smaller market."
        raise Stop(Ending.BAD_INPUT, sentence) from error
    except RunFailed as error:
        raise Stop(Ending.RUN_FAILED, f"A run failed: {error}\n{error.details}".strip()) from error
    files = files_of(begun, path)
    check_paths(path, force)  # somebody else may have been faster
    write_files(files)
    terminal.document(document_of(begun, files))
    terminal.show(title("The year before week 0, as you describe it and as it is simulated"))
    terminal.show(_table(begun), "")
    terminal.tell(*(remark for remark in remarks(begun)))
    terminal.show(f"Written: {escaped(', '.join(map(str, files)))}")
    terminal.say(escaped(f"Next: {program} compare {shlex.join(map(str, files))}"))


# ------------------------------------------------------------------------------------------------------------- asking


def _complete(given: Mapping[str, str]) -> dict[str, float]:
    """All answers: what options say, then what a person says who can be asked."""
    answers, problems = read(given)
    missing = [question for question in missing_from(answers) if question.name not in given]
    if missing and not problems and sys.stdin.isatty() and sys.stderr.isatty():
        answers = _asked(answers)
        problems = at_odds(answers)
    elif missing:
        options = ", ".join(question.option for question in missing)
        advice = f"Give them, or call this on a terminal to be asked. For example: init my_firm.yaml {EXAMPLE}"
        problems.append(Problem(None, f"missing: {options}", advice))
    if problems:
        raise InputError(problems)
    return answers


def _asked(answers: dict[str, float]) -> dict[str, float]:
    """Ask what is missing, one question after the other; an answer that cannot be is asked for again."""
    typer.echo("Press Enter to take what stands in brackets.\n", err=True)
    for question in missing_from(answers):
        typer.echo(question.why, err=True)
        while question.name not in answers:
            try:
                text = typer.prompt(question.ask, default=question.offered(answers), err=True, type=str)
                answers[question.name] = question.answer(text, answers)
            except Unfit as error:
                typer.echo(
                    f"  Sorry, this {error}." if str(error).startswith("must") else f"  Sorry: {error}.", err=True
                )
            except typer.Abort:
                raise Stop(Ending.INTERRUPTED, "\nInterrupted. Nothing was written.") from None
        typer.echo(err=True)
    return answers


# ------------------------------------------------------------------------------------------------------------ writing


def check_paths(path: Path, force: bool) -> None:
    """May the three files be written, and will they be what they say?

    Raises
    ------
    Stop
        If not.
    """
    check_scenario_name(path)
    own_base = [path.parent / f"base{suffix}" for suffix in SUFFIXES]
    if path in own_base or any(base.exists() and not base.samefile(BUNDLED / base.name) for base in own_base):
        raise refused(path, "a base.yaml beside it would stand in for the base market. Choose another name or folder")
    check_that_new(path, paths_of(path), force)


# ------------------------------------------------------------------------------------------------------------ telling


def _table(begun: Start) -> Any:
    made = table("", right("you said"), right("simulated (lowest to highest world)"))
    for line in begun.lines:
        made.add_row(*shown_line(line))
    return made


def remarks(begun: Start) -> list[str]:
    """What must be known before the scenarios are believed."""
    few = begun.simulated_customers
    said = [_why(line, begun) for line in begun.unmet]
    if begun.is_noisy:
        said.append(
            f"Only about {few:.0f} simulated people are your customers, so worlds differ widely. Live many, and read "
            "the ranges; or describe a smaller market, of those who really may buy from you."
        )
    growth = next(line.mean for line in begun.lines if line.name == "revenue_growth")
    if growth > FAST_GROWTH:
        said.append(
            f"With this marketing money the firm was growing by {100 * growth:.0f} % in that year. If yours is not, "
            "money does less for it than is assumed: make strength in channels and care smaller."
        )
    said.append(
        "Nobody asked how many customers stay from one year to the next. If yours are more or fewer than the table "
        "says, change people.leaving in the file."
    )
    return said


def _why(line: Line, begun: Start) -> str:
    """Why an answer is not met, as far as that can be told."""
    called = CALLED[line.name].partition(":")[0]
    opening = f"The answer on {called} could not be met:"
    above = line.mean > (line.asked or 0.0)
    match line.name, above:
        case "listed_customers", True:
            return f"{opening} this marketing money alone brings more. Check it, or the size of the market."
        case "listed_customers", False:
            return (
                f"{opening} not so many people of this market need such a thing in a year, if a customer orders so "
                "seldom or rivals have their part. Check the size of the market and the orders of a customer."
            )
        case "marketing", False:
            return (
                f"{opening} the firm runs out of cash and credit before week 0 if it spends so much. "
                f"It is {100 * begun.firm.marketing / (begun.firm.revenue * begun.firm.margin):.0f} % of its margin."
            )
    return f"{opening} it is what the market allows together with the other answers."


def document_of(begun: Start, files: Mapping[Path, str]) -> dict[str, Any]:
    """The beginning as plain data."""
    keys = ("asked", "mean", "low", "high", "met")
    return {
        "files": [str(path) for path in files],
        "firm": begun.firm._asdict(),
        "found": begun.found._asdict(),
        "year_before": {line.name: {key: getattr(line, key) for key in keys} for line in begun.lines},
        "simulated_customers": begun.simulated_customers,
        "remarks": remarks(begun),
    }
