"""A claim as data: its worlds, its questions, and what would be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.experiment.claims.formula import Formula
from sim.experiment.claims.verdict import Range
from sim.experiment.study.factors import Choice, Factor
from sim.scenario.load import Template


class Question(NamedTuple):
    """One thing that is measured."""

    ask: str
    value: Formula
    unit: str
    """What the number counts; ``%`` for a share that is shown as per cent."""
    holds: Range | None
    """Where the claim needs it; none if it is only told."""

    @property
    def edge(self) -> float:
        """The threshold; of a range with two ends the lower one."""
        ends = self.holds or Range()
        return ends.low if np.isfinite(ends.low) else ends.high


class World(NamedTuple):
    """A world of a claim: a scenario with what is changed in it."""

    name: str
    scenario: str
    template: Template


class Source(NamedTuple):
    """What somebody has published."""

    reference: str
    found: str


class Claim(NamedTuple):
    """A claim, ready for its trial."""

    id: str
    title: str
    chapter: str
    statement: str
    mechanism: str
    caution: str
    worlds: tuple[World, ...]
    questions: tuple[Question, ...]
    condition: Factor | None
    along: str
    """What the condition means, in words."""
    labels: tuple[str, ...]
    """What readers call the values of the condition; none if the numbers speak for themselves."""
    uncertain: tuple[Factor, ...]
    says: Mapping[str, str]
    """One sentence for a manager, by the verdict."""
    literature: tuple[Source, ...]
    path: Path

    @property
    def deciding(self) -> tuple[Question, ...]:
        """The questions on which the verdict rests."""
        return tuple(question for question in self.questions if question.holds is not None)

    def called(self, value: float) -> str:
        """What readers call a value of the condition."""
        return dict(zip(values_of(self.condition), self.labels, strict=False)).get(value, f"{value:,.6g}")

    @property
    def intervals(self) -> int:
        """On how many intervals the verdict rests."""
        return len(self.deciding) * (3 if self.condition else 1)


def values_of(condition: Factor | None) -> tuple[float, ...]:
    """The values of a condition, as the file lists them."""
    return tuple(condition.spread.values) if condition and isinstance(condition.spread, Choice) else ()
