"""What a process in some circumstances makes of the same worlds: hashes, and, if they differ, where first.

python -m tests.reliability.bits '{"loop": "mesa", "threads": 2, ...}'
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
SEEDS = (1, 2, 2**64 - 1)
TINY: dict[str, Any] = {"people.count": 53, "time.weeks": 12, "time.burn_in_weeks": 4}
LARGE: dict[str, Any] = TINY | {"people.count": 5000}
"""Of three blocks; too many people for Python alone."""


class Way(NamedTuple):
    """How worlds are lived."""

    loop: str = "compiled"
    threads: int = 1
    block: int = 2048
    """Rows that travel together; another number needs the compiler to be off."""
    executor: str = "here"
    resume: str = "straight"


# -- hashes ------------------------------------------------------------------------------------------------------------


def hashes(way: Way) -> dict[str, str]:
    """What comes of the worlds, by name."""
    from sim.model import buying, loops, meeting, world
    from sim.state import diary, tally

    loops.BLOCKS_A_THREAD = 1
    if way.block != Way().block:
        assert os.environ.get("NUMBA_DISABLE_JIT") == "1", "machine code knows its block"
        for module in (buying, loops, meeting, world, diary, tally):
            module.BLOCK = way.block  # type: ignore[attr-defined]
    found = {f"tiny/{seed}": lived(way, TINY, seed) for seed in SEEDS}
    if os.environ.get("NUMBA_DISABLE_JIT") != "1":
        found["large/1"] = lived(way, LARGE, 1)
    return found | {"study": of_a_study(way)}


def lived(way: Way, changes: dict[str, Any], seed: int) -> str:
    """The hash of a world, straight through or from its years before week 0."""
    from sim.experiment.runs import past_of, run_world
    from tests.small_worlds import scenario_with

    scenario = scenario_with(changes)
    past = past_of(scenario, seed, loop=way.loop, threads=way.threads) if way.resume == "past" else None
    return run_world(scenario, seed, loop=way.loop, threads=way.threads, past=past).result_hash


def of_a_study(way: Way) -> str:
    """The hash of all runs of a small study, whoever lives them and however often they are stopped."""
    from sim.experiment.study.file import load_study
    from sim.experiment.study.sweep import sweep
    from tests.experiment.study.small import TINY as WORLD
    from tests.experiment.study.small import write_study

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = write_study(folder)
        fewer = WORLD.replace("count: 120", "count: 40")
        assert fewer != WORLD
        (folder / "tiny.yaml").write_text(fewer, encoding="utf-8")
        plan, stops = load_study(path).planned(), 0
        while True:
            try:
                with hands(way) as executor:
                    tell = disturbed(way) if stops == 0 else None
                    swept = sweep(plan, folder / "results", "test", workers=executor, progress=tell)
                break
            except (KeyboardInterrupt, MemoryError):
                stops += 1
        assert stops == (way.resume == "stopped" or way.executor == "killed"), "nothing was disturbed"
        results = sorted((each.seed, each.result_hash) for each in swept.parts.finished.values())
    return hashlib.sha256(json.dumps(results).encode()).hexdigest()


def hands(way: Way) -> Any:
    """Who lives the runs of a study."""
    from sim.experiment.executor import crew

    return crew(1 if way.executor == "here" else 2)


def disturbed(way: Way) -> Callable[[int, int], None]:
    """Told how far a study is, it stops it or kills a worker as soon as something is done."""

    def tell(done: int, total: int) -> None:
        if done == 0:
            return
        if way.resume == "stopped":
            raise KeyboardInterrupt
        for worker in multiprocessing.active_children() if way.executor == "killed" else ():
            assert worker.pid is not None
            os.kill(worker.pid, signal.SIGKILL)

    return tell


# -- the first difference ----------------------------------------------------------------------------------------------


def weeks_of(way: Way, changes: dict[str, Any], seed: int) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
    """Every column after every week, and the line of the week in the books."""
    from sim.model.market import Market
    from tests.small_worlds import scenario_with

    market = Market(scenario_with(changes), seed, way.loop, way.threads)
    while market.tick < market.last_tick:
        week = market.week
        market.step()
        columns = {name: column.copy() for name, column in market.world.customers.columns().items()}
        yield week, columns | {"history": market.history[market.tick - 1].copy()}


def first_difference(
    one: Iterator[tuple[int, dict[str, np.ndarray]]], other: Iterator[tuple[int, dict[str, np.ndarray]]]
) -> str:
    """The first week, column and row in which two lives differ, in words; empty if they do not.

    Columns of people come before the lines of books, which follow from them.
    """
    for (week, mine), (_, theirs) in zip(one, other, strict=True):
        for name, column in mine.items():
            rows = np.flatnonzero((bytes_of(column) != bytes_of(theirs[name])).any(axis=1))
            if len(rows):
                row = int(rows[0])
                values = f"{column[row].tolist()} and {theirs[name][row].tolist()}"
                return f"week {week}, {name}, row {row}: {values} ({len(rows)} rows of {len(column)} differ)"
    return ""


def bytes_of(column: np.ndarray) -> np.ndarray:
    """uint8 (rows, bytes)."""
    return np.ascontiguousarray(column).view(np.uint8).reshape(len(column), -1)


def trace(way: Way, name: str) -> list[Any]:
    """All weeks of a tiny world as plain data, for another process to compare."""
    seed = int(name.partition("/")[2])
    return [
        (week, {key: (column.dtype.str, column.shape, column.tobytes().hex()) for key, column in columns.items()})
        for week, columns in weeks_of(way, TINY, seed)
    ]


def traced(weeks: list[Any]) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
    """What ``trace`` has written, read again."""
    for week, columns in weeks:
        yield (
            week,
            {
                name: np.frombuffer(bytes.fromhex(data), np.dtype(kind)).reshape(shape)
                for name, (kind, shape, data) in columns.items()
            },
        )


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    wish = asked.pop("trace", None)
    sys.stdout.write(json.dumps(trace(Way(**asked), wish) if wish else hashes(Way(**asked))))
