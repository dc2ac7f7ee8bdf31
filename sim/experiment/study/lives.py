"""Lives: what a worker does. It makes worlds of a study from data, lives them, and brings home numbers or a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.executor import SMALL_SECONDS, Executor, RunFailed, crew
from sim.experiment.runs import AS_USUAL, SECONDS_A_CUSTOMER_WEEK, SECONDS_A_WEEK, compile_for, past_of, run_world
from sim.experiment.study.plan import Due, Plan, Point, code_version, resolved
from sim.model.market import Snapshot
from sim.model.metrics import METRICS
from sim.scenario.load import Template

CHUNK_SECONDS = 1.0
"""About how long a worker is busy with what it is given at a time."""
MOST_IN_A_CHUNK = 200
CHUNKS_A_WORKER = 8
"""At least so many, as long as there are runs, so that the last ones end together."""


class Lived(NamedTuple):
    """What came of a run."""

    key: str
    scenario_hash: str
    seed: int
    result_hash: str
    businesses: tuple[str, ...]
    weekly: np.ndarray
    """float64 (weeks, businesses, metrics kept); NaN where undefined."""
    whole: np.ndarray
    """float64 (businesses, metrics): flows summed over the run, stocks of the last week."""


class Failed(NamedTuple):
    """A run that could not be lived to its end."""

    key: str
    scenario: str
    seed: int
    reason: str
    details: str


class Errand(NamedTuple):
    """Several runs of a study for one worker: everything it needs to know."""

    templates: tuple[Template, ...]
    fixed: tuple[tuple[str, Any], ...]
    paths: tuple[str, ...]
    kept: tuple[int, ...]
    """Places of the metrics of which every week comes home."""
    code: str
    runs: tuple[tuple[Due, Point], ...]


def do(errand: Errand) -> list[Lived | Failed]:
    """Live the runs; years before week 0 that several share are lived once.

    Raises
    ------
    RunFailed
        If this worker has another keepwin than whoever sent the errand.
    """
    if errand.code != code_version():
        raise RunFailed(
            f"a worker has other code ({code_version()} instead of {errand.code}); install the same keepwin there"
        )
    waiting = Counter((point.history, due.seed) for due, point in errand.runs)
    pasts: dict[tuple[str, int], Snapshot] = {}
    return [_lived(errand, due, point, waiting, pasts) for due, point in errand.runs]


def _lived(
    errand: Errand, due: Due, point: Point, waiting: Counter[tuple[str, int]], pasts: dict[tuple[str, int], Snapshot]
) -> Lived | Failed:
    template = errand.templates[point.template]
    try:
        scenario = resolved(template, [*errand.fixed, *zip(errand.paths, point.values, strict=True)])
        if scenario.hash != point.hash:
            raise RunFailed("this worker makes another scenario of the same file; install the same keepwin there")
        before = point.history, due.seed
        if waiting[before] > 1 and before not in pasts:
            pasts[before] = past_of(scenario, due.seed)
        waiting[before] -= 1
        run = run_world(scenario, due.seed, past=pasts.get(before) if waiting[before] else pasts.pop(before, None))
    except RunFailed as failure:
        return Failed(due.key, template.name, due.seed, failure.reason, failure.details)
    names = tuple(business.name for business in scenario.businesses)
    weekly = np.ascontiguousarray(run.weekly[:, :, list(errand.kept)])
    return Lived(due.key, scenario.hash, due.seed, run.result_hash, names, weekly, run.whole)


def errands_of(plan: Plan, dues: Sequence[Due], hands: int) -> list[list[Errand]]:
    """Runs in the order in which they share years before week 0, divided into errands of about a second.

    Each errand is a chunk of its own.
    """
    ordered = sorted(dues, key=lambda due: (due.seed, plan.points[due.point].history, due.point))
    most = max(1, min(MOST_IN_A_CHUNK, len(ordered) // (hands * CHUNKS_A_WORKER)))
    places = {name: at for at, name in enumerate(METRICS)}
    kept = tuple(places[name] for name in plan.kept)
    common = (plan.templates, plan.fixed, plan.paths, kept, plan.code)
    return [
        [Errand(*common, tuple((due, plan.points[due.point]) for due in group))]
        for group in _groups(plan, ordered, most)
    ]


def _groups(plan: Plan, ordered: Sequence[Due], most: int) -> Iterator[list[Due]]:
    group: list[Due] = []
    seconds = 0.0
    for due in ordered:
        group.append(due)
        seconds += seconds_of(plan.points[due.point])
        if len(group) >= most or seconds >= CHUNK_SECONDS:
            yield group
            group, seconds = [], 0.0
    if group:
        yield group


def seconds_of(point: Point) -> float:
    """A guess at what a run takes, with nothing shared."""
    size = point.size
    week = SECONDS_A_WEEK + SECONDS_A_CUSTOMER_WEEK[AS_USUAL.loop] * size.people
    return (size.burn_in_weeks + size.weeks) * week


def seconds_of_all(plan: Plan, dues: Sequence[Due]) -> float:
    """The same for several runs."""
    return sum(seconds_of(plan.points[due.point]) for due in dues)


def local_executor(plan: Plan, seconds: float, workers: int) -> AbstractContextManager[Executor]:
    """This process for little work, and worker processes for more.

    Parameters
    ----------
    seconds : a guess at the work in all
    """
    if workers <= 1 or seconds < SMALL_SECONDS:
        return crew(1)
    first = {point.template: point for point in reversed(plan.points)}
    return crew(workers, lambda: compile_for([plan.scenario(point) for point in first.values()], AS_USUAL.loop))
