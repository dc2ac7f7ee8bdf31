"""Work: how an analysis has the runs of its points lived, what it takes, and which studies can be analysed at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.experiment.executor import Executor, Progress, RunFailed
from sim.experiment.study.file import Study
from sim.experiment.study.lives import local_executor, seconds_of
from sim.experiment.study.plan import Plan
from sim.experiment.study.sweep import Estimate, Swept, bytes_of, room_at, sweep

Stages = Callable[[str], AbstractContextManager[Progress]]
"""From what is done, in words, to somebody who is told how far it is."""


class Work(NamedTuple):
    """Where and how runs are lived."""

    root: Path
    command: Sequence[str] | str
    workers: int | Executor
    """Processes of this machine for each part, or whoever does all parts."""
    stages: Stages

    def lived(self, plan: Plan, what: str) -> Swept:
        """Every run of a plan, finished.

        Raises
        ------
        RunFailed
            If one cannot be lived; the others are kept.
        """
        with self.stages(what) as tell:
            return self.finished(plan, tell)

    def finished(self, plan: Plan, tell: Progress) -> Swept:
        """The same, as a part of something longer that is told how far it is."""
        swept = sweep(plan, self.root, self.command, workers=self.workers, progress=tell)
        if swept.failed:
            first = swept.failed[0]
            raise RunFailed(first.reason, first.scenario, first.seed, first.details)
        return swept


def middle_of(study: Study) -> Plan:
    """A study with one point, at which every factor is at its middle."""
    return study.planned_at(np.full((1, len(study.factors)), 0.5))


def hands_for(study: Study, runs: int, workers: int) -> AbstractContextManager[Executor]:
    """Who does all parts of an analysis: this process if that is little, else processes that stay from part to part."""
    plan = middle_of(study)
    return local_executor(plan, runs * seconds_of(plan.points[0]), workers)


def estimate(study: Study, runs: int, root: Path) -> Estimate:
    """What so many runs will take at most, all as large as those in the middle of the study; nothing is written."""
    plan = middle_of(study)
    (point,) = plan.points
    return Estimate(
        points=runs // plan.replications.worlds,
        runs=runs,
        finished=0,
        seconds=runs * seconds_of(point),
        bytes=runs * bytes_of(plan, point),
        room=room_at(root),
    )


def check_one_world_for_all(study: Study, what: str) -> None:
    """One scenario, and as many worlds at each point.

    Raises
    ------
    InputError
        If it is otherwise.
    """
    names = [template.name for template in study.plan.templates]
    if len(names) > 1:
        told = f"{what} looks at one scenario, and this study names {len(names)} ({', '.join(names)})"
        raise study.fault("scenarios", told, "Keep one")
    if study.plan.replications.until is not None:
        told = f"{what} needs as many worlds at each point, and replications have a target"
        raise study.fault("replications", told, "Write a number, such as 5")
