"""A process that is there to be killed: it writes finished runs with the store's own code, and says what it promises.

Imports are slow and deaths are many, so one process imports everything and forks a writer for every line it reads. A
writer answers ``done WORD`` when the store has said that something is on the disk; ``refused ERRNO`` when it said no,
0 if nobody knows why.

    python -m tests.reliability.writer
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
WEEKS, BUSINESSES = 60, 3
KEPT = ("profit", "customers")


# -- in the writer -----------------------------------------------------------------------------------------------------


def lived(key: str) -> Any:
    """A finished run of nobody: numbers that its key alone determines."""
    from sim.experiment.study.lives import Lived
    from sim.model.metrics import METRICS

    numbers = np.random.default_rng([ord(letter) for letter in key])  # of a test, and no result of a market
    weekly = numbers.normal(size=(WEEKS, BUSINESSES, len(KEPT)))
    whole = numbers.normal(size=(BUSINESSES, len(METRICS)))
    names = tuple(f"firm{number}" for number in range(BUSINESSES))
    return Lived(key, "0" * 64, 1, f"{key:0>64}", names, weekly, whole)


def write_parts(folder: Path, first: int, count: int) -> Iterator[str]:
    """So many parts of a study with two runs each; the runs that are on the disk after each."""
    from sim.experiment.study.parts import Parts

    parts = Parts(folder, KEPT, "test")
    for number in range(first, first + count):
        keys = [f"run{number}a", f"run{number}b"]
        parts.add(map(lived, keys))
        parts.flush()
        yield " ".join(keys)


def write_again(folder: Path, first: int, count: int) -> Iterator[str]:
    """A folder of results that is replaced by a newer one so many times."""
    from sim.experiment.store import commit

    for number in range(first, first + count):

        def fill(new: Path, number: int = number) -> dict[str, Any]:
            (new / "summary.json").write_text(json.dumps({"number": number}), encoding="utf-8")
            (new / "deep").mkdir()
            (new / "deep" / "data.bin").write_bytes(bytes([number % 256]) * 100_000)
            return {"what": "run", "number": number}

        commit(folder, "results", fill)
        yield str(number)


KINDS = {"parts": write_parts, "again": write_again}


def _write(order: dict[str, Any]) -> None:
    """In the fork: do as ordered, and say each promise at once."""
    os.write(1, f"pid {os.getpid()}\n".encode())
    if order["waits"]:
        os.kill(os.getpid(), signal.SIGSTOP)
    try:
        for word in KINDS[order["kind"]](Path(order["folder"]), order["first"], order["count"]):
            os.write(1, f"done {word}\n".encode())
    except OSError as error:
        os.write(1, f"refused {error.errno or 0}\n".encode())


def serve() -> None:
    """Fork a writer for each order, and tell how it ended; whoever ordered says when its number may be forgotten."""
    import sim.experiment.study.parts

    assert sim.experiment.study.parts.PARTS
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            ending = 1
            try:
                _write(order)
                ending = 0
            except BaseException as error:
                sys.stderr.write(f"{type(error).__name__}: {error}\n")
                sys.stderr.flush()
            finally:
                os._exit(ending)
        ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)  # its number is nobody else's until it is reaped
        assert ended is not None
        code = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
        os.write(1, f"end {code}\n".encode())
        sys.stdin.readline()
        os.waitpid(child, 0)


# -- in the test -------------------------------------------------------------------------------------------------------


class Ended(NamedTuple):
    """What came of an order."""

    promised: tuple[str, ...]
    """Words of which the writer has said that they are on the disk."""
    refused: tuple[int, ...]
    """Numbers of the errors with which the store has refused."""
    code: int
    """As of a process: 0, or the negative number of the signal that ended it."""


class Writer:
    """Gives orders to writers, one at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def begin(self, kind: str, folder: Path, first: int, count: int, *, waits: bool = False) -> int:
        """Start a writer; its process, which is stopped before it does anything if it ``waits``."""
        order = {"kind": kind, "folder": str(folder), "first": first, "count": count, "waits": waits}
        self._say(json.dumps(order))
        word, number = self._line().split()
        assert word == "pid"
        return int(number)

    def promises(self, count: int) -> tuple[str, ...]:
        """Wait for so many promises; what was promised."""
        found: list[str] = []
        for _ in range(count):
            word, *rest = self._line().split()
            assert word == "done", f"{word} {rest}"
            found += rest
        return tuple(found)

    def end(self) -> Ended:
        """Wait for the end of the writer."""
        promised: list[str] = []
        refused: list[int] = []
        while True:
            word, *rest = self._line().split()
            match word:
                case "done":
                    promised += rest
                case "refused":
                    refused.append(int(rest[0]))
                case "end":
                    self._say("reap")
                    return Ended(tuple(promised), tuple(refused), int(rest[0]))

    def _say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the process that forks writers is gone"
        return line


@contextlib.contextmanager
def writers(**environment: str) -> Iterator[Writer]:
    """A process that forks writers, as long as it is needed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.writer"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    try:
        yield Writer(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(timeout=30)
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def is_stopped(pid: int, seconds: float = 10.0) -> bool:
    """Does a process stand still, now or soon?"""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] in "Tt":
            return True
        time.sleep(0.002)
    return False


if __name__ == "__main__":
    serve()
