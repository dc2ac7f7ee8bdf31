"""Tasks give the same results wherever they run, and an end, whichever, leaves no process behind."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.experiment.executor import SMALL_SECONDS, UNGUARDED, RunFailed, crew, execute, in_order
from tests.experiment.little import be_killed, die, square, stumble, wait_and_stumble, who_and_square

ROOT = Path(__file__).resolve().parents[2]


def told() -> tuple[list[tuple[int, int]], object]:
    heard: list[tuple[int, int]] = []
    return heard, lambda done, total: heard.append((done, total))


def test_results_come_in_the_order_of_tasks_whoever_did_them() -> None:
    here = execute(range(50), square)
    there = execute(range(50), who_and_square, workers=2)
    assert here == [result for _, result in there] == [number * number for number in range(50)]
    assert os.getpid() not in {pid for pid, _ in there}


@pytest.mark.parametrize(("workers", "seconds"), [(1, 1e9), (2, SMALL_SECONDS / 2)])
def test_little_work_and_single_workers_stay_in_this_process(workers: int, seconds: float) -> None:
    results = execute(range(3), who_and_square, workers, expected_seconds=seconds)
    assert {pid for pid, _ in results} == {os.getpid()}


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_begins_with_nothing_and_ends_with_everything(workers: int) -> None:
    heard, tell = told()
    execute(range(40), square, workers, tell)
    assert heard[0] == (0, 40)
    assert heard[-1] == (40, 40)
    assert heard == sorted(heard)


def test_no_tasks_are_no_trouble() -> None:
    heard, tell = told()
    assert execute([], square, 4, tell) == []
    assert heard == [(0, 0)]


def test_a_crew_stays_for_the_next_round() -> None:
    with crew(2) as two:
        rounds = [{pid for pid, _ in in_order(two, range(8), who_and_square)} for _ in range(3)]
    assert len(set().union(*rounds)) <= 2
    assert os.getpid() not in set().union(*rounds)
    with crew(1) as alone:
        assert {pid for pid, _ in in_order(alone, range(8), who_and_square)} == {os.getpid()}


def test_what_is_compiled_is_compiled_before_processes_start_and_not_for_little_work() -> None:
    calls: list[str] = []
    execute(range(4), square, 2, expected_seconds=0.0, prepare=lambda: calls.append("little"))
    execute(range(4), square, 2, prepare=lambda: calls.append("much"))
    assert calls == ["much"]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_first_error_is_raised_as_it_is(workers: int) -> None:
    with pytest.raises(LookupError, match="no way past 3"):
        execute(range(6), stumble, workers)


def test_an_error_stops_tasks_that_would_take_for_ever() -> None:
    began = time.monotonic()
    with pytest.raises(LookupError, match="no way past 3"):
        execute(range(6), wait_and_stumble, 2)
    assert time.monotonic() - began < 30.0


def test_an_error_in_the_callers_progress_stops_everything_too() -> None:
    def give_up(done: int, total: int) -> None:
        if done:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        execute(range(100), square, 2, give_up)


def test_a_worker_that_dies_is_a_failed_run_and_not_a_hang() -> None:
    with pytest.raises(RunFailed, match=r"a worker process died before its work was done \(exit code 9\)") as caught:
        execute(range(4), die, 2)
    assert "__main__" not in str(caught.value) + caught.value.details, "the command line prints these"
    assert caught.value.__notes__ == [UNGUARDED], "Python prints this below a traceback"


def test_a_worker_that_is_killed_counts_as_lack_of_memory() -> None:
    with pytest.raises(MemoryError, match="the system killed a worker process, most likely for want of memory"):
        execute(range(4), be_killed, 2)


def test_the_way_processes_start_is_ours_and_leaves_the_callers_alone() -> None:
    before, environment = multiprocessing.get_start_method(allow_none=True), dict(os.environ)
    execute(range(2), square, 2)
    assert multiprocessing.get_start_method(allow_none=True) == before
    assert dict(os.environ) == environment


def test_a_failed_run_says_where_and_survives_the_way_between_processes() -> None:
    failure = pickle.loads(pickle.dumps(RunFailed("no money", "steady", 7)))  # noqa: S301  (our own)
    assert str(failure) == "scenario 'steady', seed 7: no money"
    assert (failure.reason, failure.scenario, failure.seed) == ("no money", "steady", 7)


# -- ends from outside -------------------------------------------------------------------------------------------------

SCRIPT = """
import sys
from sim.experiment.executor import execute
from tests.experiment.little import begin_and_never_end

if __name__ == "__main__":
    try:
        execute(range(6), begin_and_never_end, 2, lambda done, total: done and print("begun", flush=True))
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.fixture
def endless(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of its own session whose workers are busy for ever."""
    script = tmp_path / "endless.py"
    script.write_text(SCRIPT, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None and process.stdout.readline() == "begun\n"
    yield process
    if somebody_is_left(process.pid):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def somebody_is_left(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def all_gone(group: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while somebody_is_left(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not somebody_is_left(group)


def test_ctrl_c_ends_parent_and_workers_without_a_word_from_any_child(endless: subprocess.Popen[str]) -> None:
    os.killpg(endless.pid, signal.SIGINT)
    _, complaints = endless.communicate(timeout=30)
    assert (endless.returncode, complaints) == (130, "")
    assert all_gone(endless.pid, 5.0)


@pytest.mark.slow
def test_workers_do_not_outlive_a_parent_that_is_killed(endless: subprocess.Popen[str]) -> None:
    endless.kill()
    endless.wait()
    assert all_gone(endless.pid, 20.0)


def test_a_folder_named_sim_where_the_user_stands_is_not_taken_for_ours(tmp_path: Path) -> None:
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "__init__.py").write_text("raise SystemExit('the wrong sim')", encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    script = tmp_path / "elsewhere" / "script.py"
    script.write_text(
        "from sim.experiment.executor import execute\n"
        "from tests.experiment.little import square\n"
        "if __name__ == '__main__':\n"
        "    print(sum(execute(range(4), square, 2)))\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("14\n", "", 0)
