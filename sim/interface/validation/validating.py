"""Validating from the command line: the table of checks, the table of wrong models, the page with its figures."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from sim.experiment.validation.laboratory import Check, Quantity, Verdict
from sim.experiment.validation.mutants import MUTANTS, Caught, ControlFailed, catch_all
from sim.experiment.validation.validate import CHECKS, Validation, chosen, validate
from sim.interface.commands.asked import Changes
from sim.interface.runs.running import explained
from sim.interface.terminal import tables
from sim.interface.terminal.place import writable
from sim.interface.terminal.terminal import Ending, Stop, Terminal
from sim.scenario.catalogue import did_you_mean
from sim.scenario.problems import escaped, shown

SMALL = 1e-5
"""Tolerances below it are written with their exponent."""
LEAST_CAUGHT = 0.9
"""Of the wrong models."""
WHAT_DECIDES = "Each line shows the quantity of its check that came nearest to failing; --json has them all."


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is to be validated, and how."""

    only: Sequence[str]
    settings: Sequence[str]
    seed: int
    workers: int
    out: Path | None


def run(question: Question, terminal: Terminal) -> int:
    """Judge the checks and show the verdicts; the exit code says whether all limits hold that must."""
    checks = _chosen(question.only)
    settings, start = Changes(tuple(question.settings)).overrides, time.monotonic()
    with explained(), terminal.progress("worlds", question.workers) as advance:
        found = validate(checks, question.seed, settings, question.workers, advance)
    if question.out is not None:
        _write(found, question.out, terminal)
    terminal.document(document_of(found) | {"seconds": time.monotonic() - start})
    for words, must in (("What must hold", True), ("What is shown as it is", False)):
        verdicts = [verdict for verdict in found.verdicts if verdict.check.must is must]
        if verdicts:
            terminal.show(tables.title(words), table_of(verdicts), "")
    terminal.tell(f"{summary(found)} {WHAT_DECIDES}")
    return Ending.FINE if found.passed else Ending.OUR_BUG


def run_mutants(question: Question, terminal: Terminal) -> int:
    """Run the wrong models and show which checks caught them; the exit code says whether enough were caught.

    Raises
    ------
    Stop
        If something else is asked for as well, or if a copy without anything wrong fails.
    """
    if question.only or question.settings:
        raise Stop(Ending.BAD_INPUT, "--mutants has checks and scenarios of its own. Leave out --only and --set.")
    try:
        with terminal.progress("wrong models", question.workers) as advance:
            caught = catch_all(question.seed, question.workers, advance)
    except ControlFailed as error:
        raise Stop(Ending.OUR_BUG, escaped(f"{error}. Run validate, and mend what fails there.")) from error
    if question.out is not None:
        _write_mutants(caught, question.out, terminal)
    terminal.document(document_of_mutants(caught))
    terminal.show(tables.title("Models that are wrong on purpose"), table_of_mutants(caught), "")
    terminal.tell(summary_of_mutants(caught))
    return Ending.FINE if share_caught(caught) >= LEAST_CAUGHT else Ending.OUR_BUG


def _chosen(only: Sequence[str]) -> tuple[Check, ...]:
    try:
        return chosen(only)
    except KeyError as error:
        name = str(error.args[0])
        advice = did_you_mean(name.upper(), list(CHECKS), f"Known: {', '.join(CHECKS)}")
        raise Stop(Ending.BAD_INPUT, escaped(f"--only: there is no check {shown(name)}. {advice}.")) from error


def _write(found: Validation, folder: Path, terminal: Terminal) -> None:
    from sim.interface.validation.figures import figures_of
    from sim.interface.validation.page import PAGE, page_of

    figures = figures_of(found)
    with writable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in figures:
            (folder / name).write_bytes(data)
        (folder / PAGE).write_text(page_of(found, [name for name, _ in figures]), encoding="utf-8")
    terminal.say(f"Written: {folder / PAGE}")


def _write_mutants(caught: Sequence[Caught], folder: Path, terminal: Terminal) -> None:
    from sim.interface.validation.page import PAGE_OF_MUTANTS, mutants_page_of

    with writable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PAGE_OF_MUTANTS).write_text(mutants_page_of(caught), encoding="utf-8")
    terminal.say(f"Written: {folder / PAGE_OF_MUTANTS}")


# --------------------------------------------------------------------------------------------------------------- words


def number(value: float) -> str:
    """A number with five digits that count.

    Check
    -----
    >>> number(0.20386), number(-9582.43), number(39658.64), number(0.0), number(1e-12)
    ('0.20386', '-9,582.4', '39,659', '0', '0')
    """
    if not math.isfinite(value):
        return "-"
    if abs(value) < 1e-6:
        return "0"
    decimals = max(0, min(5, 4 - math.floor(math.log10(abs(value)))))
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def expected_of(quantity: Quantity) -> str:
    """What is expected: a number or a band.

    Check
    -----
    >>> expected_of(Quantity("", (0.0, 0.6), 0, 0, 0, 0)), expected_of(Quantity("", (0.0, math.inf), 0, 0, 0, 0))
    ('0 to 0.6', 'above 0')
    """
    if not isinstance(quantity.expected, tuple):
        return number(quantity.expected)
    low, high = quantity.expected
    if math.isinf(high):
        return f"above {number(low)}"
    return f"below {number(high)}" if math.isinf(low) else f"{number(low)} to {number(high)}"


def interval_of(quantity: Quantity) -> str:
    """The interval of what was observed; empty where luck plays no part."""
    if not math.isfinite(quantity.low):
        return ""
    return f"[{number(quantity.low)}, {number(quantity.high)}]"


def tolerance_of(quantity: Quantity) -> str:
    """How far the observed number may be from the expected one.

    Check
    -----
    >>> few = Quantity("", 1.0, 1.0, 0.5, 1.5, 0.2)
    >>> tolerance_of(few), tolerance_of(few._replace(tolerance=1e-6)), tolerance_of(few._replace(powerless=True))
    ('±0.2', '±1e-06', 'too few worlds')
    """
    if isinstance(quantity.expected, tuple):
        return "in it"
    if quantity.powerless:
        return "too few worlds"
    if 0.0 < quantity.tolerance < SMALL:
        return f"{tables.PLUS_MINUS}{quantity.tolerance:.0e}"
    return f"{tables.PLUS_MINUS}{number(quantity.tolerance)}" if quantity.tolerance else "none"


def verdict_of(verdict: Verdict) -> str:
    """In a word: a limit passes or fails; a finding is shown or not."""
    if verdict.check.must:
        return "passed" if verdict.passed else "FAILED"
    return "shown" if verdict.passed else "not shown"


def summary(found: Validation) -> str:
    """How many of each, in a sentence or two."""
    must = [verdict for verdict in found.verdicts if verdict.check.must]
    rest = [verdict for verdict in found.verdicts if not verdict.check.must]
    parts = []
    if must:
        passed = sum(verdict.passed for verdict in must)
        parts.append(f"{passed} of {len(must)} checks that must pass did.")
    if rest:
        shown_ones = sum(verdict.passed for verdict in rest)
        parts.append(
            f"{shown_ones} of {len(rest)} published findings about whole markets are shown by the bundled ones; "
            "nothing was moved to make it more."
        )
    return " ".join(parts)


def share_caught(caught: Iterable[Caught]) -> float:
    """Share of wrong models that at least one check saw."""
    seen = [bool(each.by) for each in caught]
    return sum(seen) / len(seen)


def summary_of_mutants(caught: Sequence[Caught]) -> str:
    """How many were caught, and which checks have shown no power."""
    failed = {name for each in caught for name in each.by}
    without = [id for id, check in CHECKS.items() if check.must and id not in failed]
    number_caught = sum(bool(each.by) for each in caught)
    stuck = sum(not each.ended for each in caught)
    stuck_words = f" {stuck} did not run to their end, which shows nothing." if stuck else ""
    words = "The copy without anything wrong passed. "
    words += f"{number_caught} of {len(caught)} wrong models were caught.{stuck_words}"
    return f"{words} No wrong model failed {', '.join(without)}." if without else f"{words} Each check caught one."


# -------------------------------------------------------------------------------------------------------------- tables


def table_of(verdicts: Iterable[Verdict]) -> RenderableType:
    """A line for each check: the quantity that decided."""
    made = tables.table("", "what, source, quantity", tables.right("expected"), tables.right("observed"),
                        tables.right("tolerance"), "verdict")  # fmt: skip
    for verdict in verdicts:
        quantity = verdict.deciding
        what = Text(verdict.check.title)
        what.append(f"\n{verdict.check.source}\n{quantity.name}", style="dim")
        observed = Text(number(quantity.observed))
        if math.isfinite(quantity.high):
            observed.append(f"\n{tables.PLUS_MINUS}{number(quantity.high - quantity.observed)}", style="dim")
        style = "" if verdict.passed else "bold red" if verdict.check.must else "dim"
        cells = (what, Text(expected_of(quantity)), observed, Text(tolerance_of(quantity)))
        made.add_row(Text(verdict.check.id.replace("-", "-\n")), *cells, Text(verdict_of(verdict), style=style))
    return made


def table_of_mutants(caught: Iterable[Caught]) -> RenderableType:
    """A line for each wrong model."""
    made = tables.table("what is wrong", "where", "caught by")
    for each in caught:
        by = ", ".join(each.by)
        asked = f"not caught by {', '.join(each.mutant.checks)}" if each.ended else "it does not run to its end"
        made.add_row(Text(each.mutant.what), Text(each.mutant.file), Text(by or asked, style="" if by else "bold red"))
    return made


# ----------------------------------------------------------------------------------------------------------- documents


def document_of(found: Validation) -> dict[str, Any]:
    """The verdicts as plain data."""
    must = [verdict for verdict in found.verdicts if verdict.check.must]
    return {
        "seed": found.seed,
        "settings": list(found.seen.settings),
        "must_pass": {"passed": sum(verdict.passed for verdict in must), "of": len(must)},
        "checks": [
            {
                "id": verdict.check.id,
                "title": verdict.check.title,
                "source": verdict.check.source,
                "level": verdict.check.level,
                "must_pass": verdict.check.must,
                "about": verdict.check.about,
                **_plain(verdict.deciding),
                "passed": verdict.passed,
                "quantities": [_plain(quantity) | {"passed": quantity.passed} for quantity in verdict.quantities],
            }
            for verdict in found.verdicts
        ],
    }


def _plain(quantity: Quantity) -> dict[str, Any]:
    band = isinstance(quantity.expected, tuple)
    return {
        "quantity": quantity.name,
        "expected": list(quantity.expected) if isinstance(quantity.expected, tuple) else quantity.expected,
        "observed": quantity.observed,
        "ci95": [quantity.low, quantity.high],
        "tolerance": None if band else quantity.tolerance,
        "powerless": quantity.powerless,
    }


def document_of_mutants(caught: Sequence[Caught]) -> dict[str, Any]:
    """The wrong models as plain data."""
    return {
        "caught": sum(bool(each.by) for each in caught),
        "did_not_end": sum(not each.ended for each in caught),
        "of": len(MUTANTS),
        "mutants": [
            {
                "what": each.mutant.what,
                "file": each.mutant.file,
                "wrong": each.mutant.wrong,
                "checks": list(each.mutant.checks),
                "caught_by": list(each.by),
                "ended": each.ended,
            }
            for each in caught
        ],
    }
