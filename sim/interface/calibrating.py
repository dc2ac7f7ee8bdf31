"""Calibrating from the command line: read, fit, write the files, and say what was found and what was not."""

from __future__ import annotations

import datetime
import shlex
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rich.table import Table

from sim.experiment.calibration.base import Said
from sim.experiment.calibration.calibrate import Calibration, Records, calibrate, document_of
from sim.experiment.calibration.cohorts import frequencies
from sim.experiment.calibration.holdout import Holdout
from sim.experiment.calibration.log import DROP, NET, Log, Ways, date_of, read_log
from sim.experiment.calibration.spend import Spend, read_spend
from sim.experiment.calibration.subscriptions import Contract, read_subscriptions
from sim.experiment.saving import save_document
from sim.interface import words
from sim.interface.asked import next_command
from sim.interface.calibrated_files import files_of, paths_of
from sim.interface.commands import explained
from sim.interface.firm_files import shown_line
from sim.interface.new_files import check_scenario_name, check_that_new, write_files
from sim.interface.place import check_place, writable
from sim.interface.tables import left, right, table, title
from sim.interface.terminal import Ending, Stop, Terminal
from sim.interface.yaml_text import amount
from sim.scenario.problems import escaped

MODELS = {
    "bg_nbd": "how often, and until when (BG/NBD)",
    "nbd": "how often, if nobody left (NBD)",
    "gamma_gamma": "for how much (Gamma-Gamma)",
    "sbg": "who renews (shifted-beta-geometric)",
}
DEMO = Path("demo.yaml")
LARGE_MISS = 0.15


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
    if question.demo:
        question = _with_demo(question, terminal)
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
    terminal.document(document | names)
    _show(found, terminal)
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
    own = question.ways._replace(columns={})  # names are those of the transactions
    return log, None if question.spend is None else read_spend(question.spend, log, own)


def _with_demo(question: Question, terminal: Terminal) -> Question:
    """Write the files of a made-up shop, and ask about those."""
    from sim.experiment.calibration.demo import PEOPLE, TRUTH, demo

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
    return replace(question, transactions=paths[0], spend=paths[1], out=out, ways=ways, said=TRUTH.said)


# ------------------------------------------------------------------------------------------------------------- telling


def _show(found: Calibration, terminal: Terminal) -> None:
    terminal.tell(what_was_read(found.log))
    for model in found.understood.models:
        terminal.show(title(f"{MODELS[model.model]}: log likelihood {model.log_likelihood:,.1f}"))
        made = table("", right("estimate"), right("95 % interval"))
        for each in model.parameters:
            made.add_row(each.name, amount(each.value), f"{amount(each.low)} to {amount(each.high)}")
        terminal.show(made, "")
    if found.understood.estimates:
        terminal.show(title("Customers by how often they bought"), _frequencies(found), "")
    if found.holdout:
        terminal.show(title(f"The test: after {date_of(found.holdout.split)}"), holdout_table(found.holdout), "")
    if found.responses:
        terminal.show(title("What money did"), _responses(found), "")
    terminal.show(title("The last year, and the simulated year before week 0"), _year(found), "")
    if found.unknown:
        terminal.show(title("What the records cannot tell, and what is assumed"), _unknown(found), "")
    terminal.tell(*remarks(found))


def what_was_read(log: Log) -> str:
    """How the file was understood, and what was left out of it."""
    left_out = "; ".join(f"{each.rows:,} rows: {each.why} (the first on line {each.first})" for each in log.left)
    ways = ", ".join(f"{key} {value}" for key, value in log.ways.items())
    return (
        f"{log.rows:,} rows, read as {ways}. {log.customers:,} customers made {len(log.day):,} purchases from "
        f"{date_of(log.first_day)} to {date_of(log.last_day)}; what a customer bought on one day is one purchase. "
        f"{f'Left out: {left_out}.' if left_out else 'Nothing was left out.'}"
    )


def _frequencies(found: Calibration) -> Table:
    assert found.understood.estimates is not None
    made = table("purchases", right("customers"), right("weeks since the last"), right("mean order"), right("alive"))
    frame = frequencies(found.log, found.understood.estimates.buying)
    for row in frame.to_dict("records"):
        numbers = (f"{row['customers']:,}", f"{row['recency_weeks']:.1f}", f"{row['mean_order']:,.2f}")
        made.add_row(row["purchases"], *numbers, f"{100 * row['alive']:.0f} %")
    return made


def holdout_table(found: Holdout) -> Table:
    """Each forecast of the hold-out, and by how much it missed."""
    mean, low, high = found.by_simulation
    misses = found.misses()
    made = table("repeat purchases of its customers", right("number"), right("miss"))
    made.add_row("what came", amount(found.later), "")
    rows = {
        f"simulated (95 % interval {amount(low)} to {amount(high)})": ("simulated", mean),
        "the formula": ("formula", found.by_formula),
        "the formula, given what each had done": ("formula_given_history", found.given_history),
        "as many as in the same weeks before": ("last_year", found.as_last_year),
    }
    for name, (key, value) in rows.items():
        made.add_row(name, amount(value), f"{100 * misses[key]:+.1f} %")
    return made


def _responses(found: Calibration) -> Table:
    assert found.responses is not None
    made = table("", right("value"), right("95 % interval, or may be"))
    for each in found.responses.learned:
        wide = f"{amount(each.low)} to {amount(each.high)}"
        doubt = "" if each.known else ": assumed" if each.assumed else ": not known, rests on what is assumed"
        made.add_row(each.name.replace(".", ": ").replace("_", " "), amount(each.value), wide + doubt)
    return made


def _year(found: Calibration) -> Table:
    made = table("", right("log"), right("simulated (lowest to highest world)"))
    for line in found.lines:
        made.add_row(*shown_line(line))
    return made


def _unknown(found: Calibration) -> Table:
    made = table(left("what"), right("assumed"), right("may be"), left("from"))
    for each in found.unknown:
        made.add_row(each.why, amount(each.value), f"{amount(each.low)} to {amount(each.high)}", each.source)
    return made


def remarks(found: Calibration) -> list[str]:
    """What must be known before the scenario is believed."""
    said, base, market = [], found.plan.base, found.plan.market
    if found.understood.estimates and found.understood.estimates.is_thin:
        said.append(
            f"Only {found.understood.estimates.repeaters} customers ever came back: every interval is wide, and the "
            "scenario is one of many that fit. Read the intervals, not the estimates."
        )
    if base.weeks < 52:
        said.append(
            f"The log is only {base.weeks:.0f} weeks long. Numbers a year are scaled up from it, the simulated years "
            "before week 0 are not shorter than one, and no season can be seen."
        )
    if base.is_slow:
        said.append("The last year of the log won next to no new customers, so the pace of its mean year is assumed.")
    if market.seeded > base.customers / 4:
        said.append(
            f"{market.seeded:,} of {base.customers:,} customers came faster than last year's pace and are there when "
            "the simulated world begins. If the log begins in the middle of the firm's life, its early customers only "
            "look new: take away its first half year."
        )
    if found.plan.behaviour.evened:
        said.append(
            "A few customers would buy more often than can be simulated, so rates are more even than estimated."
        )
    if found.seasons is not None:
        level = found.seasons.level
        if found.seasons.matter:
            said.append(
                f"Purchases have seasons, from {level.min():.2f} to {level.max():.2f} of the usual week. The scenario "
                "leaves them out: growth is counted over whole years, in which they cancel."
            )
    if found.holdout and abs(found.holdout.misses()["simulated"]) > LARGE_MISS:
        said.append(
            "The forecast of the hold-out missed by more than 15 %: customers did not go on as before. Look for what "
            "changed, in seasons, prices or marketing, before you trust the years to come."
        )
    unmet = [shown_line(line)[0] for line in found.lines if not line.met]
    if unmet:
        said.append(
            f"The simulated year differs from the log in: {'; '.join(unmet)}. Growth is still counted within it."
        )
    return said


def _figures(found: Calibration) -> list[tuple[str, bytes]]:
    from sim.interface.calibration_figures import figures_of

    return figures_of(found)
