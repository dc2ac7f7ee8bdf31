"""The claims: which are on trial, all of them tried, and what came out as plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.claims.claim import Claim
from sim.experiment.claims.diagram import Market, diagram
from sim.experiment.claims.diagram import document_of as diagram_as_data
from sim.experiment.claims.file import load_claim
from sim.experiment.claims.lives import FULL, QUICK, Court
from sim.experiment.claims.trial import Evidence, Level, Trial, tried
from sim.experiment.claims.verdict import CLAIMS, Range
from sim.experiment.executor import crew
from sim.experiment.runs import AS_USUAL, compile_for
from sim.experiment.statistics import written
from sim.scenario.load import load_scenario
from sim.scenario.problems import InputError, Problem

Told = Callable[[Trial], None]
"""Hears of each trial as it ends."""
SIDES = {1: "holds", 0: "open", -1: "fails"}


def read_claims(paths: Iterable[Path]) -> list[Claim]:
    """Claims, in this order.

    Raises
    ------
    InputError
        With everything that is wrong with any of them.
    """
    claims: list[Claim] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            claims.append(load_claim(path))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return claims


class Wanted(NamedTuple):
    """How claims are tried, and where their worlds are kept."""

    quick: bool
    seed: int
    root: Path
    workers: int
    command: str
    diagram: bool = False
    """Also the phases of the best split, which take about as long as a dozen claims."""


class Session(NamedTuple):
    """What came out of a day in court."""

    trials: tuple[Trial, ...]
    markets: tuple[Market, ...]
    """Of the phase diagram; none if it was not wanted."""


def try_claims(claims: Sequence[Claim], wanted: Wanted, told: Told | None = None) -> Session:
    """Put claims on trial, one after the other; worlds that were lived before are not lived again.

    Raises
    ------
    RunFailed
        If a world cannot be lived.
    StoreDamaged
        If finished runs are not as they were written.
    """
    prepare = partial(compile_for, [load_scenario("base")], AS_USUAL.loop)
    trials = []
    with crew(wanted.workers, prepare) as hands:
        court = Court(wanted.seed, wanted.root, wanted.command, hands)
        for claim in claims:
            trials.append(tried(claim, court.see(claim, QUICK if wanted.quick else FULL)))
            if told:
                told(trials[-1])
        markets = diagram(hands, wanted.seed, quick=wanted.quick) if wanted.diagram else ()
    return Session(tuple(trials), markets)


def document_of(session: Session, seed: int, quick: bool) -> dict[str, Any]:
    """A session as plain data; what is undefined is null, ``ci95`` is always [low, high].

    ``pivot`` is the place, among the questions that decide, of the one on which the verdict hangs; ``effects`` are its
    estimates in sampled worlds.
    """
    return {
        "seed": seed,
        "quick": quick,
        "corrected_for": CLAIMS,
        "runs": sum(trial.runs for trial in session.trials),
        "claims": [_claim(trial) for trial in session.trials],
        "phases": diagram_as_data(session.markets),
    }


# ------------------------------------------------------------------------------------------------------------- details


def _claim(trial: Trial) -> dict[str, Any]:
    claim, share, leading = trial.claim, trial.sample.share, trial.sample.leading(trial.pivot)
    return {
        "id": claim.id,
        "title": claim.title,
        "chapter": claim.chapter,
        "statement": claim.statement,
        "verdict": str(trial.judgement.verdict),
        "why": trial.judgement.why,
        "manager": trial.for_managers,
        "pivot": trial.pivot,
        "conditions": _conditions(trial),
        "evidence": [_evidence(each) | {"question": each.question.ask} for each in trial.evidence],
        "sampled": {
            "holds": share.holding,
            "of": share.of,
            "share": written(share.value),
            "ci95": [written(end) for end in share.interval],
            "varied": [factor.path for factor in trial.sample.factors],
            "leading": leading and leading[0],
            "rank_correlation": leading and leading[1],
            "effects": [written(effect) for effect in trial.sample.effects[trial.pivot]],
        },
        "caution": claim.caution,
        "mechanism": claim.mechanism,
        "literature": [source._asdict() for source in claim.literature],
        "file": f"experiments/claims/{claim.path.name}",
        "runs": trial.runs,
    }


def _conditions(trial: Trial) -> list[dict[str, Any]]:
    """The condition and where the claim surely holds or fails along it; empty if it names none."""
    factor = trial.claim.condition
    if factor is None:
        return []
    return [
        {
            "path": factor.path,
            "meaning": trial.claim.along,
            "holds_at": [level.value for level in trial.levels if level.side == 1],
            "fails_at": [level.value for level in trial.levels if level.side == -1],
            "boundary": None if trial.boundary is None else trial.boundary[1],
            "values": [_level(level, trial.claim.called(level.value)) for level in trial.levels],
        }
    ]


def _level(level: Level, label: str) -> dict[str, Any]:
    evidence = [_evidence(each) for each in level.evidence]
    return {"value": level.value, "label": label, "side": SIDES[level.side], "evidence": evidence}


def _evidence(each: Evidence) -> dict[str, Any]:
    holds = each.question.holds
    return {
        "formula": each.question.value.text,
        "unit": each.question.unit,
        "estimate": written(each.found.mean),
        "ci95": [written(end) for end in each.interval],
        "ci95_of_all_claims": [written(end) for end in each.corrected],
        "n": each.found.worlds,
        "worlds": [written(value) for value in each.found.pseudo],
        "decides": holds is not None,
        "needs": None if holds is None else _range(holds),
        "side": None if holds is None else SIDES[each.side],
    }


def _range(holds: Range) -> dict[str, float | None]:
    ends = {"above": holds.low, "below": holds.high}
    return {name: float(end) for name, end in ends.items() if np.isfinite(end)}
