"""Trials: what follows for a claim from what its worlds came to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import spearmanr

from sim.experiment.claims.claim import Claim, Question
from sim.experiment.claims.formula import Found, Values, found
from sim.experiment.claims.lives import Grids, Seen
from sim.experiment.claims.verdict import Judgement, Share, Verdict, confidence_of_each, judged, together
from sim.experiment.statistics import CONFIDENCE
from sim.experiment.study.design import Row
from sim.experiment.study.factors import Factor

FEWEST_POINTS = 4
"""Without so many nothing is said about what leads."""
HERE_ONLY = "That is so where it was tested; whether it is in most plausible worlds, nobody can tell."


class Evidence(NamedTuple):
    """What a question comes to."""

    question: Question
    found: Found
    interval: tuple[float, float]
    """95 %, of this question alone."""
    corrected: tuple[float, float]
    """So wide that all on which verdicts rest hold together with 95 %."""

    @property
    def side(self) -> int:
        """1 if what the claim needs surely holds, -1 if surely not, else 0."""
        return self.question.holds.side(*self.corrected) if self.question.holds else 0


class Level(NamedTuple):
    """A value of the condition: evidence of every deciding question there."""

    value: float
    evidence: tuple[Evidence, ...]

    @property
    def side(self) -> int:
        """1 if the claim surely holds there, -1 if it surely fails, else 0."""
        return together([each.side for each in self.evidence])


class Sample(NamedTuple):
    """The claim where unknown numbers have other values."""

    factors: tuple[Factor, ...]
    rows: tuple[Row, ...]
    effects: np.ndarray
    """float64 (deciding questions, points); NaN where undefined."""
    holds: np.ndarray
    """bool (points defined,)."""

    @property
    def share(self) -> Share:
        """Of points at which the claim holds."""
        return Share(int(self.holds.sum()), len(self.holds))

    def leading(self, question: int) -> tuple[str, float] | None:
        """The number with which a question moves most: its path and the rank correlation."""
        effect, numbers = self.effects[question], np.array(self.rows, float)
        defined = np.isfinite(effect)
        if defined.sum() < FEWEST_POINTS or np.ptp(effect[defined]) == 0.0:
            return None
        moved = [float(spearmanr(column[defined], effect[defined]).statistic) for column in numbers.T]
        at = int(np.argmax(np.abs(moved)))
        return self.factors[at].path, moved[at]


class Trial(NamedTuple):
    """A claim, what was found, and the verdict."""

    claim: Claim
    evidence: tuple[Evidence, ...]
    levels: tuple[Level, ...]
    sample: Sample
    judgement: Judgement
    runs: int

    @property
    def boundary(self) -> tuple[int, float] | None:
        """Which deciding question crosses its threshold once along the condition, and where."""
        at = np.array([level.value for level in self.levels])
        for number, question in enumerate(self.claim.deciding if self.levels else ()):
            means = np.array([level.evidence[number].found.mean for level in self.levels])
            found = crossing(at, means - question.edge)
            if found is not None:
                return number, found
        return None

    @property
    def for_managers(self) -> str:
        """What the file says of this verdict; of one that is open only beyond the test, what it says of the test."""
        verdict, tested = self.judgement.verdict, _tested(self.evidence)
        if verdict is not Verdict.INCONCLUSIVE or tested == 0:
            return self.claim.says[str(verdict)]
        here = Verdict.SUPPORTED if tested == 1 else Verdict.REFUTED
        return f"{self.claim.says[str(here)]} {HERE_ONLY}"

    @property
    def pivot(self) -> int:
        """The deciding question on which the verdict hangs: one that fails, or is open, or turns, or else the first."""
        sides = [each.side for each in self.evidence if each.question.holds]
        for side in (-1, 0):
            if side in sides:
                return sides.index(side)
        return self.boundary[0] if self.boundary else 0


def tried(claim: Claim, seen: Seen) -> Trial:
    """The verdict on a claim, from what its worlds came to."""
    evidence = tuple(evidence_of(claim, question, _at(seen.as_they_are, 0)) for question in claim.questions)
    levels = tuple(
        Level(float(row[0]), tuple(evidence_of(claim, each, _at(seen.along, at)) for each in claim.deciding))
        for at, row in enumerate(seen.values)
    )
    sample = _sample(claim, seen)
    ends = [levels[0].side, levels[-1].side] if levels else []
    return Trial(claim, evidence, levels, sample, judged(_tested(evidence), ends, sample.share), seen.runs)


def evidence_of(claim: Claim, question: Question, values: Values) -> Evidence:
    """What a question of a claim comes to in some worlds."""
    result = found(question.value, values)
    each = confidence_of_each(claim.intervals)
    return Evidence(question, result, result.interval(CONFIDENCE), result.interval(each))


def crossing(at: np.ndarray, over: np.ndarray) -> float | None:
    """Where a line through points crosses zero; none if not exactly once.

    Check
    -----
    >>> crossing(np.array([1.0, 2.0, 4.0]), np.array([-1.0, -1.0, 3.0]))
    2.5
    >>> crossing(np.array([1.0, 2.0, 4.0]), np.array([1.0, -1.0, 3.0])) is None
    True
    """
    turns = np.flatnonzero(over[1:] * over[:-1] < 0.0)
    if len(turns) != 1 or not np.isfinite(over).all():
        return None
    left = int(turns[0])
    part = over[left] / (over[left] - over[left + 1])
    return float(at[left] + part * (at[left + 1] - at[left]))


def _tested(evidence: Sequence[Evidence]) -> int:
    """What the deciding questions say together where the claim is tested."""
    return together([each.side for each in evidence if each.question.holds])


def _sample(claim: Claim, seen: Seen) -> Sample:
    means = {term: grid.mean(axis=1) for term, grid in seen.sampled.items()}
    effects = np.stack([question.value.at(means) for question in claim.deciding])
    defined = np.isfinite(effects).all(axis=0)
    holds = [_holds(claim.deciding, column) for column in effects.T[defined]]
    return Sample(claim.uncertain, seen.rows, effects, np.array(holds, bool))


def _holds(questions: Sequence[Question], values: np.ndarray) -> bool:
    pairs = zip(questions, values.tolist(), strict=True)
    return all(question.holds.holds(value) for question, value in pairs if question.holds)


def _at(grids: Grids, point: int) -> Values:
    return {term: grid[point] for term, grid in grids.items()}
