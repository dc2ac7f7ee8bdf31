"""A sweep that is killed again and again, and each time called anew, comes to what an undisturbed one comes to."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from distributed import Client

from sim.experiment.study.place import parts_in, problems_of
from tests.experiment.study.small import STUDY, write_study

ROOT = Path(__file__).resolve().parents[3]
RUNS = 300
TEXT = STUDY.replace("points: 4", "points: 100").replace("keep: [revenue]", "keep: [revenue, profit]")
SLOWER = {"people: {count: 120}": "people: {count: 2000}", "weeks: 8": "weeks: 26"}
"""So that a sweep takes long enough to be killed several times."""
MOMENTS = 4
SEED = 20_250


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    path = write_study(folder, TEXT)
    tiny = (folder / "tiny.yaml").read_text(encoding="utf-8")
    for old, new in SLOWER.items():
        assert old in tiny
        tiny = tiny.replace(old, new)
    (folder / "tiny.yaml").write_text(tiny, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def undisturbed(study: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The result hash of a sweep that nobody stops."""
    document = finish(study, tmp_path_factory.mktemp("undisturbed"))
    assert (document["runs"], document["done"], document["reused"]) == (RUNS, RUNS, 0)
    return document["result_hash"]


def start(study: Path, out: Path, *words: str, **variables: str) -> subprocess.Popen[str]:
    command = [sys.executable, "run.py", "sweep", str(study), "--out", str(out), "--json", *words]
    streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True, env=os.environ | variables, **streams)


def finish(study: Path, out: Path, *words: str, **variables: str) -> dict[str, Any]:
    """The document of a sweep that is left alone."""
    process = start(study, out, *words, **variables)
    told, said = process.communicate(timeout=600)
    assert process.returncode == 0, said
    return json.loads(told)


def parts_below(out: Path) -> list[Path]:
    return [part for folder in out.glob("mine/*") for part in parts_in(folder)]


def finished_below(out: Path) -> int:
    return sum(pq.read_metadata(part / "runs.parquet").num_rows for part in parts_below(out))


def killed_after_some_progress(study: Path, out: Path, luck: random.Random, *words: str) -> bool:
    """Start a sweep, and kill it at a random moment after its next part; False if it ended before."""
    process = start(study, out, *words)
    before, deadline = len(parts_below(out)), time.monotonic() + 300.0
    while process.poll() is None and len(parts_below(out)) == before and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(luck.uniform(0.0, 1.0))
    ended = process.poll() is not None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return not ended


def check_that_nothing_is_lost_or_there_twice(out: Path, document: dict[str, Any], undisturbed: str) -> None:
    assert (document["runs"], document["done"], document["failed"]) == (RUNS, RUNS, 0)
    assert document["result_hash"] == undisturbed
    keys = [key for part in parts_below(out) for key in pq.read_table(part / "runs.parquet")["run"].to_pylist()]
    assert len(keys) == len(set(keys)) == RUNS
    assert problems_of(Path(document["results"])) == []


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_sweep_killed_at_random_moments_ends_as_an_undisturbed_one(
    workers: str, study: Path, undisturbed: str, tmp_path: Path
) -> None:
    luck = random.Random(SEED)
    killed = [killed_after_some_progress(study, tmp_path, luck, "--workers", workers) for _ in range(MOMENTS)]
    assert killed[0], "it ended before it could be killed: the test shows nothing"
    left = finished_below(tmp_path)
    assert 0 < left
    document = finish(study, tmp_path, "--workers", workers)
    assert document["reused"] == left
    check_that_nothing_is_lost_or_there_twice(tmp_path, document, undisturbed)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_sweep_that_is_asked_to_stop_keeps_what_is_finished(
    number: signal.Signals, study: Path, undisturbed: str, tmp_path: Path
) -> None:
    process = start(study, tmp_path, "--workers", "2")
    while process.poll() is None and not parts_below(tmp_path):
        time.sleep(0.02)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + number and "Traceback" not in said
    left = finished_below(tmp_path)
    document = finish(study, tmp_path)
    assert document["reused"] == left > 0
    check_that_nothing_is_lost_or_there_twice(tmp_path, document, undisturbed)


# -- a cluster ---------------------------------------------------------------------------------------------------------


@contextmanager
def process_of(module: str, *words: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """A part of a cluster as a process of its own, with all its children."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{module}", *words],
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | variables,
    )
    try:
        yield process
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


@contextmanager
def cluster(
    folder: Path, security: tuple[str, ...] = (), scheme: str = "tcp", **variables: str
) -> Iterator[tuple[str, Any, Any]]:
    """A scheduler and two workers that listen to this machine alone; its address, itself, and the first worker.

    Parameters
    ----------
    variables : of the surroundings of the first worker
    """
    file = folder / "scheduler.json"
    here = ("--host", f"{scheme}://127.0.0.1", *security)
    scheduler = ("--port", "0", "--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(file), *here)
    worker = (
        "--scheduler-file",
        str(file),
        "--nthreads",
        "1",
        "--no-nanny",
        "--dashboard-address",
        "127.0.0.1:0",
        *here,
    )
    with process_of("dask_scheduler", *scheduler) as first:
        deadline = time.monotonic() + 60.0
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(0.5)
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        with process_of("dask_worker", *worker, **variables) as one, process_of("dask_worker", *worker):
            yield address, first, one


@pytest.mark.slow
def test_a_worker_of_a_cluster_is_killed_and_nothing_is_lost(study: Path, undisturbed: str, tmp_path: Path) -> None:
    with cluster(tmp_path) as (address, _, worker):
        out = tmp_path / "results"
        process = start(study, out, "--cluster", address)
        while process.poll() is None and not parts_below(out):
            time.sleep(0.02)
        assert process.poll() is None, "it ended before the worker could be killed"
        os.killpg(worker.pid, signal.SIGKILL)
        told, said = process.communicate(timeout=600)
        assert process.returncode == 0, said
    check_that_nothing_is_lost_or_there_twice(out, json.loads(told), undisturbed)


@pytest.mark.slow
def test_a_sweep_on_a_cluster_killed_at_random_moments_ends_as_an_undisturbed_one(
    study: Path, undisturbed: str, tmp_path: Path
) -> None:
    luck, out = random.Random(SEED), tmp_path / "results"
    with cluster(tmp_path) as (address, _, _):
        assert killed_after_some_progress(study, out, luck, "--cluster", address)
        killed_after_some_progress(study, out, luck, "--cluster", address)
        left = finished_below(out)
        document = finish(study, out, "--cluster", address)
    assert document["reused"] == left > 0
    check_that_nothing_is_lost_or_there_twice(out, document, undisturbed)


@pytest.mark.slow
def test_a_scheduler_that_dies_costs_nothing_that_is_finished(study: Path, undisturbed: str, tmp_path: Path) -> None:
    out = tmp_path / "results"
    with cluster(tmp_path) as (address, scheduler, _):
        process = start(study, out, "--cluster", address)
        while process.poll() is None and not parts_below(out):
            time.sleep(0.02)
        os.killpg(scheduler.pid, signal.SIGKILL)
        _, said = process.communicate(timeout=300)
        assert process.returncode == 3, said
        assert "the same command goes on where it stopped" in said
    left = finished_below(out)
    document = finish(study, out)
    assert document["reused"] == left > 0
    check_that_nothing_is_lost_or_there_twice(out, document, undisturbed)


@pytest.mark.slow
def test_a_worker_of_a_cluster_with_another_library_is_refused(study: Path, tmp_path: Path) -> None:
    """It finds a NumPy of another name before the one that is there."""
    other = tmp_path / "elsewhere"
    (other / "numpy-99.dist-info").mkdir(parents=True)
    (other / "numpy-99.dist-info" / "METADATA").write_text("Name: numpy\nVersion: 99\n", encoding="utf-8")
    with cluster(tmp_path, PYTHONPATH=f"{other}{os.pathsep}{ROOT}") as (address, _, _):
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=120)
        process = start(study, tmp_path / "results", "--cluster", address)
        _, said = process.communicate(timeout=300)
    assert process.returncode == 2 and f"numpy 99 instead of {np.__version__}; install the same there." in said, said
    assert not (tmp_path / "results").exists()


@pytest.mark.slow
def test_a_cluster_may_want_certificates(study: Path, undisturbed: str, tmp_path: Path) -> None:
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    words = ("--tls-ca-file", certificate, "--tls-cert", certificate, "--tls-key", key)
    prefix = "DASK_DISTRIBUTED__COMM__TLS__"
    known = {"CA_FILE": certificate, "CLIENT__KEY": key, "CLIENT__CERT": certificate}
    with cluster(tmp_path, words, "tls") as (address, _, _):
        assert address.startswith("tls://")
        document = finish(
            study, tmp_path / "results", "--cluster", address, **{prefix + name: file for name, file in known.items()}
        )
        stranger = start(study, tmp_path / "stranger", "--cluster", address)
        _, said = stranger.communicate(timeout=120)
    check_that_nothing_is_lost_or_there_twice(tmp_path / "results", document, undisturbed)
    assert stranger.returncode == 2 and said.startswith(f"--cluster {address}: tls:// needs certificates")
