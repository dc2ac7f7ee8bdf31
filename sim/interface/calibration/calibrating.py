"""Calibrating from the command line: read, fit, write the files, and say what was found and what was not."""

from __future__ import annotations

import datetime
import shlex
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sim.experiment.calibration.base import Said
from sim.experiment.calibration.calibrate import Calibration, Records, calibrate, document_of
from sim.experiment.calibration.log import DROP, KEEP, NET, Ways, read_log
from sim.experiment.calibration.spend import Spend, read_spend
from sim.experiment.calibration.subscriptions import Contract, read_subscriptions
from sim.experiment.saving import save_document
from sim.interface.calibration.files import files_of, paths_of
from sim.interface.calibration.words import Truth, remarks, show
from sim.interface.commands.asked import next_command
from sim.interface.runs import words
from sim.interface.runs.running import explained
from sim.interface.terminal.new_files import check_scenario_name, check_that_new, write_files
from sim.interface.terminal.place import check_place, writable
from sim.interface.terminal.terminal import Ending, Stop, Terminal
from sim.scenario.problems import escaped

DEMO = Path("demo.yaml")


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is to be calibrated, and how."""

    transactions: Path | None
    out: Path | None
    spend: Path | None
    split: datetime.date | None
    ways: Ways
    said: Said
    subscriptions: bool
    renewal_weeks: int | None
    fee: float | None
    demo: bool
    results: Path
    force: bool
    command: str
    program: str


def calibrate_records(question: Question, terminal: Terminal) -> None:
    """Read a firm's records and write its scenario.

    Raises
    ------
    Stop
        If options contradict each other, or a file is in the way.
    InputError
        With everything that is wrong with a file.
    """
    _check(question)
    truth: Truth = {}
    if question.demo:
        question, truth = _with_demo(question, terminal)
    assert question.transactions is not None and question.out is not None
    check_scenario_name(question.out)
    check_that_new(question.out, paths_of(question.out), question.force)
    check_place(question.results)
    terminal.say(f"Reading {escaped(str(question.transactions))} ...")
    records, spend = _read(question)
    with explained():
        split = None if question.split is None else question.split.toordinal()
        found = calibrate(records, question.said, split, spend=spend, tell=terminal.say)
    files = files_of(found, question.out)
    with writable(question.results):
        document = document_of(found) | {"remarks": remarks(found)}
        scenario = replace(found.scenario, name=question.out.stem)
        place = save_document("calibration", scenario, document, question.results, question.command,
                              figures=partial(_figures, found))  # fmt: skip
    check_that_new(question.out, list(files), question.force)  # somebody else may have been faster
    write_files(files)
    names = {"scenario": str(question.out), "files": [str(path) for path in files], "results": str(place)}
    terminal.document(document | names | ({"truth": truth} if truth else {}))
    show(found, terminal, truth)
    terminal.show(f"Written: {escaped(', '.join(map(str, files)))}")
    terminal.show(words.where_it_is(place))
    terminal.say(next_command(question.program, "advise", str(question.out), "--quick"))


# ------------------------------------------------------------------------------------------------------------- reading


def _check(question: Question) -> None:
    """Do the options go together?"""
    wrong = ""
    if question.demo and (question.transactions or question.spend or question.subscriptions):
        wrong = "--demo makes files of its own. Leave the others out."
    elif not question.demo and question.transactions is None:
        wrong = "Which records? Name a CSV file, or say --demo to see how it works."
    elif not question.demo and question.out is None:
        wrong = "Where shall the scenario go? Name a file with -o, such as -o mine.yaml."
    elif question.subscriptions and question.renewal_weeks is None:
        wrong = "--subscriptions needs the length of a contract, such as --renewal-weeks 52."
    elif question.subscriptions and question.spend:
        wrong = "--spend goes with purchases, not with --subscriptions. Leave one of them out."
    elif not question.subscriptions and (question.renewal_weeks or question.fee):
        wrong = "--renewal-weeks and --fee are for --subscriptions. Leave them out, or say --subscriptions."
    elif question.subscriptions and (question.ways.refunds or question.ways.duplicates != KEEP):
        wrong = "--refunds and --duplicates are for purchases, not for --subscriptions. Leave them out."
    elif question.fee == 0.0:
        wrong = "--fee: a contract that costs nothing earns nothing. Name what one period costs, above 0."
    elif question.spend and question.said.marketing is not None:
        wrong = "--spend says what marketing cost, and so does --marketing. Keep one of them."
    elif question.spend and question.split:
        wrong = "--spend is for all of the time, --split looks at a part of it. Leave one of them out."
    if wrong:
        raise Stop(Ending.BAD_INPUT, wrong)


def _read(question: Question) -> tuple[Records, Spend | None]:
    assert question.transactions is not None
    if question.subscriptions:
        assert question.renewal_weeks is not None
        contract = Contract(question.renewal_weeks, question.fee)
        return read_subscriptions(question.transactions, contract, question.ways), None
    log = read_log(question.transactions, question.ways)
    return log, None if question.spend is None else read_spend(question.spend, log)


def _with_demo(question: Question, terminal: Terminal) -> tuple[Question, Truth]:
    """Write the files of a made-up shop, and ask about those; and what is true of it."""
    from sim.experiment.calibration.demo import ANSWERS, PEOPLE, TRUTH, demo

    out = question.out or DEMO
    paths = [out.with_name(f"{out.stem}_{name}.csv") for name in ("transactions", "spend")]
    check_scenario_name(out)
    check_that_new(out, [*paths, *paths_of(out)], question.force)
    terminal.say("A made-up shop: our own simulator lives it for three years and writes its books ...")
    made = demo()
    write_files({paths[0]: made.transactions, paths[1]: made.spend})
    files = ["calibrate", str(paths[0]), "--spend", str(paths[1]), "-o", str(out)]
    options = ["--refunds", NET, "--duplicates", DROP, "--margin", "45%", "--people", str(PEOPLE), "--currency", "euro"]
    typed = shlex.join([*files, *options])
    terminal.say(escaped(f"Written: {paths[0]}, {paths[1]}. Calibrating them as by: {question.program} {typed}"))
    ways = question.ways._replace(refunds=NET, duplicates=DROP)
    return replace(question, transactions=paths[0], spend=paths[1], out=out, ways=ways, said=TRUTH.said), ANSWERS


def _figures(found: Calibration) -> list[tuple[str, bytes]]:
    from sim.interface.calibration.figures import figures_of

    return figures_of(found)
