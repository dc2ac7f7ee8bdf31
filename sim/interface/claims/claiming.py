"""Claims from the command line: the table of verdicts, what each rests on, and the page with its figures."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from sim.experiment.claims.claim import Claim
from sim.experiment.claims.claims import Wanted, document_of, read_claims, try_claims
from sim.experiment.claims.file import bundled_claims
from sim.experiment.claims.trial import Trial
from sim.experiment.claims.verdict import Verdict
from sim.interface.claims.words import Data, amount, for_scientists, interval, pivot_of, turning
from sim.interface.runs.running import explained
from sim.interface.terminal import tables
from sim.interface.terminal.place import check_place, writable
from sim.interface.terminal.terminal import Ending, Stop, Terminal
from sim.scenario.catalogue import did_you_mean
from sim.scenario.problems import escaped, shown

MOST_TOLD = 3
"""Of so few claims each one is told in full."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which claims are tried, and how."""

    only: Sequence[str]
    wanted: Wanted
    page: Path | None


def run(question: Question, terminal: Terminal) -> int:
    """Try the claims and show the verdicts."""
    if question.page is not None and question.only:
        raise Stop(Ending.BAD_INPUT, "--page tells of all claims together. Leave out --only.")
    claims = chosen(question.only)
    check_place(question.wanted.root)

    def told(trial: Trial) -> None:
        terminal.say(f"{trial.claim.id} {trial.judgement.verdict}: {trial.claim.title}")

    with ExitStack() as stack:
        stack.enter_context(explained())
        stack.enter_context(writable(question.wanted.root))
        session = try_claims(claims, question.wanted, told)
    document = document_of(session, question.wanted.seed, question.wanted.quick)
    if question.page is not None:
        _write(document, question.page, terminal)
    terminal.document(document)
    terminal.show(table_of(document["claims"]), "")
    if len(claims) <= MOST_TOLD:
        for claim in document["claims"]:
            terminal.tell(claim["manager"], for_scientists(claim), turning(claim), f"Verdict: {claim['why']}.")
    terminal.tell(summary(document))
    return Ending.FINE


def chosen(only: Sequence[str]) -> list[Claim]:
    """The claims that are asked for, or all of them.

    Raises
    ------
    Stop
        If there is no such claim.
    InputError
        With everything that is wrong with one of them.
    """
    known = bundled_claims()
    for name in only:
        if name.upper() not in known:
            advice = did_you_mean(name.upper(), list(known), f"Known: {', '.join(known)}")
            raise Stop(Ending.BAD_INPUT, escaped(f"--only: there is no claim {shown(name)}. {advice}."))
    wanted = {name.upper() for name in only} or set(known)
    return read_claims(path for id, path in known.items() if id in wanted)


def table_of(claims: Sequence[Data]) -> Table:
    """A line for each claim: the verdict and the number on which it hangs."""
    made = tables.table("", "claim", "verdict", tables.right("it hangs on"), tables.right("holds in"))
    for claim in claims:
        hangs_on = pivot_of(claim)
        measured = Text(amount(hangs_on["estimate"], hangs_on["unit"]))
        measured.append(f"\n{interval(hangs_on['ci95'], hangs_on['unit'])}", style="dim")
        share = claim["sampled"]
        made.add_row(claim["id"], claim["title"], claim["verdict"], measured, f"{share['holds']} of {share['of']}")
    return made


def counted(claims: Sequence[Data]) -> str:
    """How many of each verdict.

    Check
    -----
    >>> counted([{"verdict": "refuted"}, {"verdict": "supported"}, {"verdict": "refuted"}])
    '1 supported, 2 refuted'
    """
    verdicts = [claim["verdict"] for claim in claims]
    return ", ".join(f"{verdicts.count(str(each))} {each}" for each in Verdict if str(each) in verdicts)


def summary(document: Any) -> str:
    """What was done and how it is to be read."""
    return (
        f"{counted(document['claims']).capitalize()}, in {document['runs']:,} runs. Intervals are 95 % of one "
        "question; verdicts rest on wider ones, which hold for all 27 claims together. 'Holds in': of worlds in which "
        "what nobody knows has other values."
    )


def _write(document: Any, folder: Path, terminal: Terminal) -> None:
    from sim.interface.advice.phase_figure import phase_figure
    from sim.interface.claims.figures import figure_of
    from sim.interface.claims.page import FIGURES, page_of
    from sim.interface.figures.drawing import files_of

    with writable(folder):
        (folder / FIGURES).mkdir(parents=True, exist_ok=True)
        drawn = {claim["id"]: figure_of(claim) for claim in document["claims"]}
        if document["phases"]:
            drawn["phases"] = phase_figure(document["phases"])
        for id, figure in drawn.items():
            files = dict(files_of(id, figure))
            (folder / FIGURES / f"{id}.png").write_bytes(files[f"{id}.png"])
        (folder / "claims.md").write_text(page_of(document), encoding="utf-8")
    terminal.say(f"Written: {folder / 'claims.md'}")
