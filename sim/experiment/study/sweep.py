"""Sweep: live every run of a study that is not finished yet, and write each one down as soon as that is sensible.

It can be stopped at any moment, by force too, and called again: what is finished is never lived twice, and the answer
is the same. Runs that fail are told and tried again the next time; the others do not wait for them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, nullcontext
from pathlib import Path
from typing import NamedTuple, cast

from sim.experiment.executor import Executor, Progress
from sim.experiment.store import verify
from sim.experiment.study.answer import result_hash, write_answer
from sim.experiment.study.lives import Failed, do, errands_of, local_executor, seconds_of, seconds_of_all
from sim.experiment.study.needs import WHOLE, dues_of, needed
from sim.experiment.study.parts import Parts, flushed
from sim.experiment.study.place import folder_of, is_sealed, parts_in, prepared, problems_of
from sim.experiment.study.plan import Plan, Point, Shard

BYTES_A_NUMBER = 2.5
"""On the disk, with what tells one number from another: as measured on the base market."""
METRICS_OF_A_RUN = 60


class Swept(NamedTuple):
    """What a sweep has done."""

    folder: Path
    parts: Parts
    runs: int
    """Of the whole study, or of the shard."""
    done: int
    """Of these, all that are finished now."""
    reused: int
    """Of these, those that were finished before."""
    failed: tuple[Failed, ...]
    result_hash: str
    complete: bool
    """Is every run of the whole study finished?"""


class Estimate(NamedTuple):
    """What a study will take, before the first run."""

    points: int
    runs: int
    finished: int
    seconds: float
    """Of the runs that are missing, on one core."""
    bytes: float
    """Of all runs, on the disk."""
    room: int
    """Bytes that are free there."""


def estimate(plan: Plan, root: Path, shard: Shard = WHOLE) -> Estimate:
    """What a study, or its shard, will take; nothing is written.

    Raises
    ------
    StoreDamaged
        If finished runs are not as they were written.
    """
    parts = Parts(folder_of(plan, root), plan.kept)
    parts.look()
    keys, pasts, finished, seconds, room_taken = set[str](), set[tuple[str, int]](), 0, 0.0, 0.0
    for due in dues_of(plan, shard):  # of a million, one at a time
        if due.key in keys:
            continue
        keys.add(due.key)
        point = plan.points[due.point]
        room_taken += bytes_of(plan, point)
        if due.key in parts.finished:
            finished += 1
        else:
            seconds += _seconds(point, due.seed, pasts)
    return Estimate(len(plan.points), len(keys), finished, seconds, room_taken, room_at(root))


def room_at(folder: Path) -> int:
    """Bytes that are free where a folder is, or will be."""
    nearest = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    return shutil.disk_usage(nearest).free


def bytes_of(plan: Plan, point: Point) -> float:
    """About how much of the disk a run takes."""
    size = point.size
    return BYTES_A_NUMBER * len(size.businesses) * (size.weeks * len(plan.kept) + METRICS_OF_A_RUN)


def sweep(
    plan: Plan,
    root: Path,
    command: Sequence[str] | str,
    *,
    workers: int | Executor = 1,
    shard: Shard = WHOLE,
    progress: Progress | None = None,
) -> Swept:
    """Live what is missing of a study, or of its shard; write the answer when nothing is.

    Parameters
    ----------
    root : folder of results
    workers : processes of this machine, or whoever does the work instead

    Raises
    ------
    StoreDamaged
        If finished runs are not as they were written.
    RunFailed
        If a worker died; whatever was finished is kept.
    """
    folder = prepared(plan, root, command)
    parts = Parts(folder, plan.kept, command)
    parts.look()
    tell = progress or (lambda done, total: None)
    failed: dict[str, Failed] = {}
    reused: int | None = None
    while True:
        found = needed(plan, parts, shard)
        if reused is None:
            adopt(parts, folder, {due.key for due in found.missing})
            found = needed(plan, parts, shard)
        keys = {due.key for due in found.runs}
        done = len(keys & parts.finished.keys())
        reused = done if reused is None else reused
        tell(done, len(keys))
        missing = [due for due in found.missing if due.key not in failed]
        if not missing:
            break
        here = local_executor(plan, seconds_of_all(plan, missing), workers) if isinstance(workers, int) else None
        with (
            here or nullcontext(cast(Executor, workers)) as executor,
            flushed(parts),
            closing(executor.results(do, errands_of(plan, missing, executor.hands))) as finished,
        ):
            for _, (results,) in finished:
                good = [each for each in results if not isinstance(each, Failed)]
                failed |= {each.key: each for each in results if isinstance(each, Failed)}
                parts.add(good)
                done += len(good)
                tell(done, len(keys))
    whole = found if shard == WHOLE else needed(plan, parts)
    if not whole.missing and (not is_sealed(folder) or problems_of(folder)):
        write_answer(plan, parts, whole, folder, command)
    done = len(keys & parts.finished.keys())
    hashed = result_hash(parts, found)
    return Swept(folder, parts, len(keys), done, reused, tuple(failed.values()), hashed, not whole.missing)


def adopt(parts: Parts, folder: Path, wanted: set[str]) -> None:
    """Take finished runs from other studies of this name: an extended study begins with what the shorter one knows."""
    for part in _parts_of_others(folder) if wanted else ():
        if not verify(part):
            parts.take_from(part, wanted)


def _parts_of_others(folder: Path) -> Iterator[Path]:
    others = (other for other in sorted(folder.parent.iterdir()) if other != folder and not other.name.startswith("."))
    for other in others:
        yield from parts_in(other)


def _seconds(point: Point, seed: int, pasts: set[tuple[str, int]]) -> float:
    """A guess at the work of a run; years before week 0 that are known already cost nothing."""
    size, each, past = point.size, seconds_of(point), (point.history, seed)
    before = each * size.burn_in_weeks / (size.burn_in_weeks + size.weeks) if past in pasts else 0.0
    pasts.add(past)
    return each - before
