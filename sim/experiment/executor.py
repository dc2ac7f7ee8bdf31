"""Independent tasks, in this process or in several: the same results, whoever computes them.

Worker processes are forked from a server that runs no threads (Mesa asks for 'spawn' for the whole process when it is
imported; plain 'fork' may copy a lock that another thread holds, and hang). They never see Ctrl-C; they stop when the
gate, a pipe whose only writing end the parent holds, closes: on purpose, or because the parent died, however it died.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]
"""Told how many tasks are done, of how many."""

SMALL_SECONDS = 3.0
"""Less work than this is done here: starting processes takes about as long."""
CHUNKS_A_WORKER = 16
"""Tasks travel in chunks, so that small ones do not pay for the journey one by one."""
WAITING_SIGNALS = (signal.SIGINT, signal.SIGTERM)
GRACE_SECONDS = 5.0
"""How long a worker may take to leave once the gate is closed."""
UNGUARDED = 'A script of your own must start its work below `if __name__ == "__main__":`, or workers begin it anew.'


class RunFailed(Exception):
    """A run that could not be finished.

    Parameters
    ----------
    reason : what went wrong
    scenario : name of the scenario, empty if unknown
    seed : of the world, None if unknown
    details : where in the code it happened, for who has to mend it
    """

    def __init__(self, reason: str, scenario: str = "", seed: int | None = None, details: str = "") -> None:
        super().__init__(reason, scenario, seed, details)
        self.reason, self.scenario, self.seed, self.details = reason, scenario, seed, details

    def __str__(self) -> str:
        return f"scenario {self.scenario!r}, seed {self.seed}: {self.reason}" if self.scenario else self.reason


class Stopped(Exception):
    """This worker was told to stop; nobody waits for its result."""


_stop = threading.Event()


def heed_stop() -> None:
    """Leave a long task if its results are no longer wanted: call it every now and then.

    Raises
    ------
    Stopped
        Only ever in a worker process.
    """
    if _stop.is_set():
        raise Stopped


def execute(
    tasks: Sequence[Task],
    function: Callable[[Task], Result],
    workers: int = 1,
    progress: Progress | None = None,
    *,
    expected_seconds: float = math.inf,
    prepare: Callable[[], None] | None = None,
) -> list[Result]:
    """The function of every task, in the order of tasks.

    Parameters
    ----------
    function : importable by name (or a partial of such), pure
    workers : processes; at most 1: everything happens here
    progress : called here, first with nothing done
    expected_seconds : a guess at the work in all, so that little work does not start processes
    prepare : called here before processes start, to compile once what they will load from the disk cache

    Raises
    ------
    MemoryError
        If a worker was killed by force, which a system does that has no memory left.
    RunFailed
        If a worker died otherwise. Whatever the function raises is raised here, and all other tasks are dropped.
    """
    with Crew(min(workers, len(tasks)) if expected_seconds >= SMALL_SECONDS else 1, prepare) as crew:
        return crew.execute(tasks, function, progress)


class Crew:
    """Workers who stay for many rounds of tasks, and so keep what they have made ready: a context.

    Parameters
    ----------
    workers : processes; at most 1: everything happens here
    prepare : called here before processes start, to compile once what they will load from the disk cache
    """

    def __init__(self, workers: int = 1, prepare: Callable[[], None] | None = None) -> None:
        self.workers, self._prepare = workers, prepare
        self._staff: _Staff | None = None

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        if self._staff is not None:
            self._staff.leave()
            self._staff = None

    def execute(
        self, tasks: Sequence[Task], function: Callable[[Task], Result], progress: Progress | None = None
    ) -> list[Result]:
        """The function of every task, in the order of tasks; see the function of this name."""
        tell = progress or (lambda done, total: None)
        tell(0, len(tasks))
        if self.workers <= 1:
            results = []
            for task in tasks:
                results.append(function(task))
                tell(len(results), len(tasks))
            return results
        if self._staff is None:
            context = _context()
            if self._prepare is not None:
                self._prepare()
            self._staff = _Staff(context, self.workers)
        return self._staff.work_on(tasks, function, tell)


class _Staff:
    """The worker processes of a crew, and the gate at which they are told to stop."""

    def __init__(self, context: BaseContext, workers: int) -> None:
        self._workers = workers
        self._strangers, self._born = set(multiprocessing.active_children()), set[BaseProcess]()
        self._gate, self._handle = context.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(workers, context, _enter, (self._gate,))

    def leave(self) -> None:
        """Drop all work that has not begun, and ask everybody to stop."""
        self._handle.close()
        self._pool.shutdown(cancel_futures=True)
        self._gate.close()

    def work_on(self, tasks: Sequence[Task], function: Callable[[Task], Result], tell: Progress) -> list[Result]:
        """Chunks of tasks in worker processes; the first error stops them all."""
        size = max(1, len(tasks) // (self._workers * CHUNKS_A_WORKER))
        chunks = [tasks[start : start + size] for start in range(0, len(tasks), size)]
        results: list[list[Result]] = [[] for _ in chunks]
        done = 0
        places = {}
        try:
            with _signals_wait():
                for place, chunk in enumerate(chunks):
                    places[self._pool.submit(_work, function, chunk)] = place
                    self._born.update(multiprocessing.active_children())  # those who die are soon forgotten there
            for future in as_completed(places):
                results[places[future]] = future.result()
                done += len(chunks[places[future]])
                tell(done, len(tasks))
        except BrokenProcessPool as error:
            self.leave()  # waits for the others, so that every exit code is known
            raise _cause_of_death({each.exitcode for each in self._born - self._strangers}) from error
        return [result for chunk in results for result in chunk]


def _cause_of_death(exit_codes: Collection[int | None]) -> Exception:
    """What to raise when a worker is gone; the others were then asked to leave.

    Check
    -----
    >>> type(_cause_of_death({-signal.SIGKILL, -signal.SIGTERM})).__name__
    'MemoryError'
    >>> print(_cause_of_death({1, -signal.SIGTERM}))
    a worker process died before its work was done (exit code 1); one worker alone needs no other process
    """
    if -signal.SIGKILL in exit_codes:
        return MemoryError("the system killed a worker process, most likely for want of memory")
    codes = sorted(code for code in exit_codes if code not in (None, 0, -signal.SIGTERM))
    seen = f" (exit code {', '.join(map(str, codes))})" if codes else ""
    failure = RunFailed(
        f"a worker process died before its work was done{seen}; one worker alone needs no other process"
    )
    failure.add_note(UNGUARDED)  # shown beside a traceback: to callers in Python, who may need it, and to no others
    return failure


def _work(function: Callable[[Task], Result], chunk: Sequence[Task]) -> list[Result]:
    """In a worker: one chunk."""
    results = []
    for task in chunk:
        heed_stop()
        results.append(function(task))
    return results


def _enter(gate: Connection) -> None:
    """In a worker, first of all: leave Ctrl-C to the parent, and watch the gate."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(gate,), name="gate", daemon=True).start()


def _watch(gate: Connection) -> None:
    """In a worker: when the gate closes, ask the task to stop; if that does not help, leave."""
    try:
        gate.recv_bytes()
    except (EOFError, OSError):
        pass
    _stop.set()
    time.sleep(GRACE_SECONDS)
    os._exit(1)


def _context() -> BaseContext:
    """Our own way to start processes, its server already on the way while the parent prepares."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sim.experiment.runs", "numba"])
    with _signals_wait(), _the_same_modules():
        resource_tracker.ensure_running()  # the server would start it, and it would let Ctrl-C through to the server
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # as the server is born, so it lives
        forkserver.ensure_running()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return context


@contextmanager
def _the_same_modules() -> Iterator[None]:
    """Let a fresh interpreter find the modules that this one finds, and none that lie about in the current folder."""
    own = {"PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path), "PYTHONSAFEPATH": "1"}
    before = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Let nothing interrupt the start of a process: half-started ones would be nobody's, and complain."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    late: list[int] = []
    before = {each: signal.signal(each, lambda number, _: late.append(number)) for each in WAITING_SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler or signal.SIG_DFL)
        for number in late[:1]:
            signal.raise_signal(number)
