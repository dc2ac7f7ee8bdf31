"""Reproduce: live stored results again from what the folder itself says, and compare them to the bit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiment.executor import Progress, RunFailed
from sim.experiment.observed import TABLES, observed_tables
from sim.experiment.outcome import Run, order_tables, weekly_tables
from sim.experiment.runs import How, canonical_hash, live_all
from sim.experiment.store import StoreDamaged, read_manifest, verify
from sim.experiment.study.lives import Failed, Lived, do, errands_of, local_executor, seconds_of_all
from sim.experiment.study.parts import RUNS, tables_of
from sim.experiment.study.place import asked_in, is_study, parts_in, problems_of
from sim.experiment.study.plan import Plan, code_version
from sim.scenario.load import scenario_from
from sim.scenario.problems import InputError

ORDERS = "orders.parquet"


class Reproduced(NamedTuple):
    """What came of living results again."""

    runs: int
    different: tuple[str, ...]
    """What is not the same, in sentences."""
    same_code: bool
    """Is all code on which a run depends the same as it was? If nobody wrote it down, nobody knows: True."""


def problems_in(folder: Path) -> list[str]:
    """What is wrong with any folder of results, in sentences."""
    return problems_of(folder) if is_study(folder) else verify(folder)


def reproduce(folder: Path, workers: int = 1, progress: Progress | None = None) -> Reproduced:
    """Live the results in a folder again: a run, a comparison, or what is finished of a study.

    Raises
    ------
    StoreDamaged
        If the folder is not as it was written.
    ValueError
        If it holds an answer that is not made of runs alone.
    RunFailed
        If a world cannot be lived to its end.
    """
    if problems := problems_in(folder):
        raise StoreDamaged("\n".join(problems))
    if is_study(folder):
        return _study(folder, workers, progress)
    manifest = read_manifest(folder)
    if manifest.get("what") not in ("run", "comparison"):
        raise ValueError(f"{folder} holds {manifest.get('what')}; runs, comparisons and studies can be lived again")
    return _runs(folder, manifest, workers, progress)


def _runs(folder: Path, manifest: dict[str, Any], workers: int, progress: Progress | None) -> Reproduced:
    names = [each["name"] for each in manifest["scenarios"]]
    try:
        scenarios = [scenario_from(each["resolved"], each["name"]) for each in manifest["scenarios"]]
    except InputError as error:
        raise ValueError(f"this keepwin cannot read the scenario of {folder}: {error}") from error
    different = [
        f"{name}: this keepwin makes another scenario of the same data"
        for name, scenario, each in zip(names, scenarios, manifest["scenarios"], strict=True)
        if scenario.hash != each["hash"]
    ]
    followed = _followed(folder)
    lived = live_all(scenarios, manifest["seeds"], How(followed=followed), workers, progress)
    for name, runs, hashes in zip(names, lived, manifest["result_hashes"], strict=True):
        different += [
            f"{name}, seed {run.seed}: another result"
            for run, before in zip(runs, hashes, strict=True)
            if run.result_hash != before
        ]
    if canonical_hash([run for runs in lived for run in runs]) != manifest["result_hash"] and not different:
        different.append("the results together are others")
    different += [
        f"{folder / file} holds other numbers"
        for file, made in _tables(names, lived, followed).items()
        if not _same(pq.read_table(folder / file), made())
    ]
    return Reproduced(sum(map(len, lived)), tuple(different), True)


def _followed(folder: Path) -> int:
    """How many people were followed, at least: those who did nothing left no trace."""
    if not (folder / ORDERS).exists():
        return 0
    return int(np.max(pq.read_table(folder / ORDERS, columns=["person"])["person"].to_numpy())) + 1


def _tables(names: Sequence[str], lived: Sequence[Sequence[Run]], followed: int) -> dict[str, Callable[[], pa.Table]]:
    """How to make each stored table anew."""
    made: dict[str, Callable[[], pa.Table]] = {
        name: partial(_joined, partial(observed_tables, columns_of, names, lived))
        for name, columns_of in TABLES.items()
    }
    made["weekly.parquet"] = partial(_joined, partial(weekly_tables, names, lived))
    if followed:
        made[ORDERS] = partial(_joined, partial(order_tables, names, lived))
    return made


def _joined(tables: Callable[[], Iterable[pa.Table]]) -> pa.Table:
    return pa.concat_tables(list(tables()))


def _study(folder: Path, workers: int, progress: Progress | None) -> Reproduced:
    plan = asked_in(folder)
    different = []
    parts = parts_in(folder)
    total = sum(pq.read_metadata(part / RUNS).num_rows for part in parts)
    done = 0
    tell = progress or (lambda done, total: None)
    tell(0, total)
    for part in parts:
        wrong, runs = _part(part, plan, workers)
        different += wrong
        done += runs
        tell(done, total)
    return Reproduced(done, tuple(different), plan.code == code_version())


def _part(part: Path, plan: Plan, workers: int) -> tuple[list[str], int]:
    """What differs in one part, and of how many runs."""
    stored = pq.read_table(part / RUNS).to_pylist()
    points = {point.hash: at for at, point in enumerate(plan.points)}
    strangers = [row["run"] for row in stored if row["scenario_hash"] not in points]
    if strangers:
        return [f"{part} holds runs that the study does not ask for"], len(stored)
    now = replace(plan, code=code_version())
    dues = [now.due(points[row["scenario_hash"]], row["seed"]) for row in stored]
    lived: dict[tuple[str, int], Lived] = {}
    with local_executor(now, seconds_of_all(now, dues), workers) as executor:
        for _, (results,) in executor.results(do, errands_of(now, dues, executor.hands)):
            for each in results:
                if isinstance(each, Failed):
                    raise RunFailed(each.reason, each.scenario, each.seed, each.details)
                lived[each.scenario_hash, each.seed] = each
    again = [lived[row["scenario_hash"], row["seed"]]._replace(key=row["run"]) for row in stored]
    different = [
        f"{each.scenario_hash[:16]}, seed {each.seed}: another result"
        for each, row in zip(again, stored, strict=True)
        if each.result_hash != row["result_hash"]
    ]
    made = tables_of(again, plan.kept)
    different += [
        f"{part / name} holds other numbers"
        for name, table in made.items()
        if name != RUNS and not _same(pq.read_table(part / name), table)
    ]
    return different, len(stored)


def _same(stored: pa.Table, made: pa.Table) -> bool:
    """Do two tables hold the same rows, to the bit?"""
    if stored.column_names != made.column_names or stored.num_rows != made.num_rows:
        return False
    for name in stored.column_names:
        one, other = (_plain(table[name]) for table in (stored, made))
        if not one.equals(other):
            return False
    return True


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column without the way in which its words are packed."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
