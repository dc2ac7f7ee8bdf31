"""Writers that are killed at any moment lose nothing that they had promised, and leave nothing half-written behind."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sim.experiment.store import commit, read_manifest, verify
from sim.experiment.study.parts import RUNS, Parts
from sim.experiment.study.place import is_study, parts_in, problems_of
from tests.experiment.study.test_stopped_by_force import TEXT, finish, finished_below, start, write_study
from tests.reliability.figures import count
from tests.reliability.writer import KEPT, Writer, writers

SEED = 20_261
A_FOLDER = 5
"""Kills of writers in one folder, before the next takes over; what is there is read in full after each."""
WITHOUT_END = 100_000
"""Parts, or replacements, that a writer is asked for: it never ends by itself."""
MOST_SECONDS = 0.03
"""However slow the first promises of a writer were on a busy machine: the ones after it come quickly."""
MOST_PROMISES = 2
"""A writer is killed after so many at most, and some moments more."""


def killed(writer: Writer, kind: str, folder: Path, first: int, luck: random.Random, one: float) -> set[str]:
    """What a writer had promised that was killed at some moment of its work.

    Parameters
    ----------
    one : seconds that a writer takes for one promise
    """
    process = writer.begin(kind, folder, first, WITHOUT_END)
    promised = writer.promises(luck.randrange(MOST_PROMISES + 1))
    time.sleep(luck.uniform(0.0, one))
    os.kill(process, signal.SIGKILL)
    ended = writer.end()
    assert ended.code == -signal.SIGKILL and not ended.refused
    return {*promised, *ended.promised}


def seconds_of(writer: Writer, kind: str, folder: Path) -> float:
    """How long a writer takes whom nobody kills, for one promise."""
    begun = time.monotonic()
    writer.begin(kind, folder, 0, 4)
    ended = writer.end()
    assert ended.code == 0 and len(ended.promised) == (8 if kind == "parts" else 4)
    return min((time.monotonic() - begun) / 4, MOST_SECONDS)


def check_parts(folder: Path, promised: set[str]) -> None:
    """Nothing is damaged, nothing is there twice, and everything is there that was promised."""
    assert [problem for part in parts_in(folder) for problem in verify(part)] == []
    there = Parts(folder, KEPT)
    there.look()
    assert promised <= set(there.finished)


def check_again(folder: Path, promised: int) -> None:
    """The newest that was promised is there, or a newer one that was finished as its writer died.

    A writer may die between the moment at which the older results step aside and the one at which the newer ones take
    their place: whoever writes next to them puts back what stepped aside.
    """
    commit(folder, "neighbour", lambda new: {"what": "part"})
    results = folder / "results"
    assert verify(results) == []
    assert read_manifest(results)["number"] >= promised
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "neighbour", "results"]


def kills(writer: Writer, kind: str, root: Path, times: int) -> dict[str, int]:
    """Kill so many writers; how many, and how many promises were kept."""
    luck = random.Random(f"{kind}{SEED}")
    one = seconds_of(writer, kind, root / "undisturbed")
    kept = first = 0
    promised: set[str] = set()
    for number in range(times):
        folder = root / str(number // A_FOLDER)
        if number % A_FOLDER == 0:
            kept += len(promised)
            first += 1
            writer.begin(kind, folder, first, 1)
            promised = set(writer.end().promised)
        first += 1000
        promised |= killed(writer, kind, folder, first, luck, one)
        if kind == "parts":
            check_parts(folder, promised)
        else:
            check_again(folder, max(map(int, promised)))
    return {"killed": times, "promises": kept + len(promised)}


def test_some_writers_die_and_nothing_is_lost(writer: Writer, quick: Path) -> None:
    for kind in ("parts", "again"):
        assert kills(writer, kind, quick / kind, 6)["promises"] > 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["parts", "again"])
def test_a_hundred_writers_die_and_nothing_is_lost(kind: str, writer: Writer, quick: Path) -> None:
    found = kills(writer, kind, quick, 100)
    assert found["promises"] > 100
    count(f"killed-writers.{kind}", **found)


def test_two_who_write_the_same_runs_write_each_once(writer: Writer, quick: Path) -> None:
    with writers() as second:
        for number in range(0, 16, 4):
            for each in (writer, second):
                each.begin("parts", quick, number, 4)
            ended = [each.end() for each in (writer, second)]
            assert [each.code for each in ended] == [0, 0] and ended[0].promised == ended[1].promised
            check_parts(quick, set(ended[0].promised))
    assert problems_of_parts(quick) == [] and len(parts_in(quick)) == 16


@pytest.mark.slow
def test_a_sweep_killed_twenty_times_anywhere_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    """At any moment after its start, the first of which are spent on imports."""
    study = write_study(tmp_path, TEXT)
    undisturbed = finish(study, tmp_path / "undisturbed")["result_hash"]
    luck, out = random.Random(SEED), tmp_path / "results"
    for number in range(20):
        process = start(study, out, "--workers", str(1 + number % 2))
        time.sleep(luck.uniform(0.1, 6.0))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert [problem for folder in out.glob("mine/*") if is_study(folder) for problem in problems_of(folder)] == []
    left = finished_below(out)
    document = finish(study, out)
    assert (document["reused"], document["result_hash"], document["done"]) == (left, undisturbed, document["runs"])
    count("killed-commands", killed=20, runs=document["runs"])


def problems_of_parts(folder: Path) -> list[str]:
    """Runs that are in more than one part."""
    keys = [key for part in parts_in(folder) for key in pq.read_table(part / RUNS)["run"].to_pylist()]
    return sorted({key for key in keys if keys.count(key) > 1})


def test_a_store_that_promises_too_early_would_be_seen(tmp_path: Path) -> None:
    """Half of what a part needs, under its final name: what a writer leaves that does not rename."""
    (tmp_path / "parts" / "0123456789abcdef").mkdir(parents=True)
    (tmp_path / "parts" / "0123456789abcdef" / "runs.parquet").write_bytes(b"PAR1")
    with pytest.raises(AssertionError):
        check_parts(tmp_path, set())
    with pytest.raises(AssertionError):
        check_parts(tmp_path / "nothing", {"run0a"})
    (tmp_path / "results").mkdir()
    with pytest.raises(AssertionError):
        check_again(tmp_path, 0)
