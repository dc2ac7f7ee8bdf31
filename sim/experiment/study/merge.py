"""Merge: shards of a study that were lived in different places become one study."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.experiment.store import StoreDamaged
from sim.experiment.study.answer import result_hash, write_answer
from sim.experiment.study.needs import needed
from sim.experiment.study.parts import Parts
from sim.experiment.study.place import asked_in, parts_in, prepared, problems_of
from sim.experiment.study.sweep import Swept


def merge(folders: Sequence[Path], root: Path, command: Sequence[str] | str) -> Swept:
    """Gather the finished runs of several folders of one study below ``root``; no run is there twice.

    Raises
    ------
    ValueError
        If the folders are of different studies.
    StoreDamaged
        If one of them is not as it was written; nothing is written then.
    """
    problems = [problem for folder in folders for problem in problems_of(folder)]
    if problems:
        raise StoreDamaged("\n".join(problems))
    plans = [asked_in(folder) for folder in folders]
    plan = plans[0]
    for folder, other in zip(folders, plans, strict=True):
        if other.identity != plan.identity:
            raise ValueError(f"{folders[0]} and {folder} are different studies: {plan.identity}, {other.identity}")
    target = prepared(plan, root, command)
    parts = Parts(target, plan.kept, command)
    parts.look()
    before = len(parts.finished)
    wanted = {plan.due(point, seed).key for point in range(len(plan.points)) for seed in plan.seeds}
    for folder in folders:
        for part in parts_in(folder) if folder.resolve() != target.resolve() else ():
            parts.take_from(part, wanted)
    found = needed(plan, parts)
    if not found.missing:
        write_answer(plan, parts, found, target, command)
    keys = {due.key for due in found.runs}
    done = len(keys & parts.finished.keys())
    hashed = result_hash(parts, found)
    return Swept(target, parts, len(keys), done, before, (), hashed, not found.missing)
