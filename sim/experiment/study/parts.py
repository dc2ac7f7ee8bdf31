"""Parts: the finished runs of a study, many to a folder, each folder whole or not there.

A part is named by what it holds and knows nothing of the study: a run is a key, and whoever wants that run may take it
from any part. Two writers of one study cannot write a run twice, for each looks at what is there while it holds the
lock.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiment.outcome import words
from sim.experiment.store import StoreDamaged, circumstances, commit, locked, read_manifest, verify, write_parquet
from sim.experiment.study.lives import Lived
from sim.model.metrics import METRICS

PARTS = "parts"
RUNS, WEEKLY, WHOLE = "runs.parquet", "weekly.parquet", "whole.parquet"
LEAST_SECONDS, PART_OF_THE_TIME = 2.0, 0.05
"""A part is written after so long, or after this part of the time since the beginning: what a power cut may cost."""
MOST_BYTES = 64 * 2**20
"""Of numbers that wait in memory."""


class Finished(NamedTuple):
    """A run of which the store has everything."""

    scenario_hash: str
    seed: int
    result_hash: str


class Parts:
    """The finished runs below a folder, and those that wait to be written there.

    Parameters
    ----------
    folder : of the study
    kept : metrics of which every week is kept
    """

    def __init__(self, folder: Path, kept: Sequence[str], command: Sequence[str] | str = "") -> None:
        self.folder, self.kept, self.command = folder / PARTS, tuple(kept), command
        self.finished: dict[str, Finished] = {}
        self._outcomes: dict[str, np.ndarray] = {}
        self._seen: set[str] = set()
        self._waiting: list[Lived] = []
        self._begun = self._written = time.monotonic()

    @property
    def names(self) -> list[str]:
        """Of the parts, in order."""
        return sorted(path.name for path in self.folder.glob("[0-9a-f]*")) if self.folder.is_dir() else []

    def look(self) -> None:
        """See what is there now.

        Raises
        ------
        StoreDamaged
            If a part is not as it was written.
        """
        for name in self.names:
            if name not in self._seen:
                self._admit(self.folder / name)

    def outcome(self, key: str) -> np.ndarray:
        """float64 (businesses, metrics) of a finished run."""
        return self._outcomes[key]

    def add(self, lived: Iterable[Lived]) -> None:
        """Take over finished runs; they are on the disk after ``flush``, or when enough time has passed."""
        self._waiting += lived
        now = time.monotonic()
        late = now - self._written >= max(LEAST_SECONDS, PART_OF_THE_TIME * (now - self._begun))
        if late or sum(each.weekly.nbytes + each.whole.nbytes for each in self._waiting) >= MOST_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what waits, unless somebody else has written it.

        Raises
        ------
        OSError
            If the disk refuses; what waits still waits.
        """
        if self._waiting:
            self.folder.mkdir(parents=True, exist_ok=True)
            with locked(self.folder.parent):
                self.look()
                new = {each.key: each for each in self._waiting if each.key not in self.finished}
                if new:
                    tables = tables_of(sorted(new.values(), key=lambda each: each.key), self.kept)
                    self._commit(tables, [(each.key, each.result_hash) for each in new.values()])
            self._waiting = []
        self._written = time.monotonic()

    def take_from(self, other: Path, wanted: set[str]) -> int:
        """Copy finished runs of another part; answers how many.

        Parameters
        ----------
        other : a part that is whole
        """
        with locked(self.folder.parent):
            self.look()
            runs = pq.read_table(other / RUNS)
            mine = [key for key in runs["run"].to_pylist() if key in wanted and key not in self.finished]
            if not mine:
                return 0
            self.folder.mkdir(parents=True, exist_ok=True)
            chosen = pa.array(mine)
            tables = {name: _only(other / name, chosen) for name in read_manifest(other)["files"]}
            rows = tables[RUNS]
            self._commit(tables, list(zip(rows["run"].to_pylist(), rows["result_hash"].to_pylist(), strict=True)))
        return len(mine)

    def _commit(self, tables: dict[str, pa.Table], runs: Sequence[tuple[str, str]]) -> None:
        name = hashlib.sha256(repr(sorted(runs)).encode()).hexdigest()[:16]

        def fill(folder: Path) -> dict[str, Any]:
            for file, table in tables.items():
                write_parquet(folder / file, [table])
            return {"what": "part", "runs": len(runs), **circumstances(self.command)}

        self._admit(commit(self.folder, name, fill), ours=True)

    def _admit(self, part: Path, ours: bool = False) -> None:
        """Count the runs of a part among the finished ones."""
        problems = [] if ours else verify(part)
        if problems:
            raise StoreDamaged("\n".join([*problems, f"Remove {part}: its runs will be lived again"]))
        runs = pq.read_table(part / RUNS)
        wholes = read_wholes(part)
        twice = [row["run"] for row in runs.to_pylist() if row["run"] in self.finished]
        if twice:
            what = f"{part} holds {len(twice):,} runs that another part holds too, such as {twice[0]}"
            raise StoreDamaged(f"{what}; two commands wrote at once. Remove {part}: its runs will be lived again")
        for row in runs.to_pylist():
            self.finished[row["run"]] = Finished(row["scenario_hash"], row["seed"], row["result_hash"])
        self._outcomes |= wholes
        self._seen.add(part.name)


def read_wholes(part: Path) -> dict[str, np.ndarray]:
    """float64 (businesses, metrics) of every run of a part."""
    table = pq.read_table(part / WHOLE).unify_dictionaries()
    keys = pq.read_table(part / RUNS, columns=["run"])["run"].to_pylist()
    values = table["value"].to_numpy()
    codes = table["run"].combine_chunks().indices.to_numpy()
    ends = [*(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
    starts = [0, *ends[:-1]]
    if len(ends) != len(keys):
        raise StoreDamaged(f"{part} does not hold what its manifest says")
    return {key: values[a:b].reshape(-1, len(METRICS)) for key, a, b in zip(keys, starts, ends, strict=True)}


def tables_of(lived: Sequence[Lived], kept: Sequence[str]) -> dict[str, pa.Table]:
    """Finished runs as tidy tables: one row for each number, undefined ones null."""
    keys = [each.key for each in lived]
    tables = {
        RUNS: pa.table(
            {
                "run": keys,
                "scenario_hash": [each.scenario_hash for each in lived],
                "seed": np.array([each.seed for each in lived], np.uint64),
                "result_hash": [each.result_hash for each in lived],
            }
        ),
        WHOLE: pa.concat_tables(list(_rows(lived, keys, list(METRICS), weekly=False))),
    }
    if kept:
        tables[WEEKLY] = pa.concat_tables(list(_rows(lived, keys, kept, weekly=True)))
    return {name: table.unify_dictionaries() for name, table in tables.items()}


def _rows(lived: Sequence[Lived], keys: Sequence[str], metrics: Sequence[str], *, weekly: bool) -> Iterator[pa.Table]:
    """A table for each run: run, week, business, metric, value."""
    for at, each in enumerate(lived):
        values = each.weekly if weekly else each.whole[np.newaxis]
        week, business, metric = (axis.ravel() for axis in np.indices(values.shape, np.int32))
        columns = {
            "run": words(np.full(values.size, at), keys),
            "week": week,
            "business": words(business, each.businesses),
            "metric": words(metric, metrics),
            "value": pa.array(values.ravel(), from_pandas=True),
        }
        yield pa.table(columns if weekly else {name: cells for name, cells in columns.items() if name != "week"})


def _only(file: Path, keys: pa.Array) -> pa.Table:
    """The rows of some runs."""
    return pq.read_table(file, filters=pa.compute.field("run").isin(keys)).unify_dictionaries()


@contextmanager
def flushed(parts: Parts) -> Iterator[None]:
    """Whatever happens inside, what is finished is written."""
    try:
        yield
    except OSError:  # the disk refuses: it would refuse again
        raise
    except BaseException:
        parts.flush()
        raise
    parts.flush()
