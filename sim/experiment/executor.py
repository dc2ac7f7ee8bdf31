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
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from itertools import islice
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Protocol, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]
"""Told how many tasks are done, of how many."""

SMALL_SECONDS = 3.0
"""Less work than this is done here: starting processes takes about as long."""
CHUNKS_A_WORKER = 16
"""Tasks travel in chunks, so that small ones do not pay for the journey one by one."""
AHEAD = 3
"""Chunks for each worker that are given out before others are finished."""
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


Chunks = Iterable[Sequence[Task]]
"""Tasks that travel together."""
Finished = Generator[tuple[int, list[Result]], None, None]
"""The place of a chunk among all, and its results."""


class Executor(Protocol):
    """Whoever does chunks of tasks: this process, several, or a cluster."""

    @property
    def hands(self) -> int:
        """How many tasks are done at the same time."""

    def results(self, function: Callable[[Task], Result], chunks: Chunks[Task]) -> Finished[Result]:
        """The place of a chunk among all, and its results: in whatever order chunks are finished.

        Parameters
        ----------
        function : importable by name (or a partial of such), pure
        chunks : taken as they are needed, a few ahead

        Raises
        ------
        MemoryError
            If a worker was killed by force, which a system does that has no memory left.
        RunFailed
            If a worker died otherwise. Whatever the function raises is raised here, and all other tasks are dropped.
        """


class Here:
    """This process, one task after the other."""

    hands = 1

    def results(self, function: Callable[[Task], Result], chunks: Chunks[Task]) -> Finished[Result]:
        for place, chunk in enumerate(chunks):
            yield place, [function(task) for task in chunk]


class Processes:
    """Worker processes of this machine; as a context they stay for many rounds, and keep what they have made ready.

    Parameters
    ----------
    prepare : called here before they start, to compile once what they will load from the disk cache
    """

    def __init__(self, workers: int, prepare: Callable[[], None] | None = None) -> None:
        self.hands, self.prepare = workers, prepare
        self._staff: _Staff | None = None

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        if self._staff is not None:
            self._staff.leave()
            self._staff = None

    def results(self, function: Callable[[Task], Result], chunks: Chunks[Task]) -> Finished[Result]:
        if self._staff is None:
            context = _context()
            if self.prepare is not None:
                self.prepare()
            self._staff = _Staff(context, self.hands)
        yield from self._staff.results(function, chunks)


class _Staff:
    """Processes that work, and the gate at which they are told to stop."""

    def __init__(self, context: BaseContext, workers: int) -> None:
        self._workers = workers
        self._strangers, self._born = set(multiprocessing.active_children()), set[BaseProcess]()
        self._gate, self._handle = context.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(workers, context, _enter, (self._gate,))

    def leave(self) -> None:
        """Drop all work that has not begun, and ask everybody to stop; wait until they have."""
        self._handle.close()
        self._pool.shutdown(cancel_futures=True)
        self._gate.close()

    def results(self, function: Callable[[Task], Result], chunks: Chunks[Task]) -> Finished[Result]:
        def submit(chunk: Sequence[Task]) -> Future[list[Result]]:
            with _signals_wait():
                future = self._pool.submit(_work, function, chunk)
                self._born.update(multiprocessing.active_children())  # those who die are soon forgotten there
            return future

        try:
            yield from as_finished(submit, chunks, lambda: AHEAD * self._workers)
        except BrokenProcessPool as error:
            self.leave()  # so that every exit code is known
            raise _cause_of_death({each.exitcode for each in self._born - self._strangers}) from error


def as_finished(
    submit: Callable[[Sequence[Task]], Future[list[Result]]], chunks: Chunks[Task], ahead: Callable[[], int]
) -> Finished[Result]:
    """Results of chunks as they are finished, with never more than so many ahead in the hands of others."""
    rest = enumerate(chunks)
    waiting: dict[Future[list[Result]], int] = {}
    while True:
        for place, chunk in islice(rest, max(ahead() - len(waiting), 0)):
            waiting[submit(chunk)] = place
        if not waiting:
            return
        for future in wait(waiting, return_when=FIRST_COMPLETED).done:
            yield waiting.pop(future), future.result()


def execute(
    tasks: Sequence[Task],
    function: Callable[[Task], Result],
    workers: int = 1,
    progress: Progress | None = None,
    *,
    expected_seconds: float = math.inf,
    prepare: Callable[[], None] | None = None,
) -> list[Result]:
    """The function of every task, in the order of tasks; raises what executors raise.

    Parameters
    ----------
    function : importable by name (or a partial of such), pure
    workers : processes; at most 1: everything happens here
    progress : called here, first with nothing done
    expected_seconds : a guess at the work in all, so that little work does not start processes
    prepare : called here before processes start, to compile once what they will load from the disk cache
    """
    few = min(workers, len(tasks)) if expected_seconds >= SMALL_SECONDS else 1
    with crew(few, prepare) as executor:
        return in_order(executor, tasks, function, progress)


@contextmanager
def crew(workers: int, prepare: Callable[[], None] | None = None) -> Iterator[Executor]:
    """This process, or several that stay for many rounds of tasks; see `execute`."""
    if workers <= 1:
        yield Here()
    else:
        with Processes(workers, prepare) as processes:
            yield processes


def in_order(
    executor: Executor,
    tasks: Sequence[Task],
    function: Callable[[Task], Result],
    progress: Progress | None = None,
) -> list[Result]:
    """The function of every task, in the order of tasks, whoever does them."""
    tell = progress or (lambda done, total: None)
    tell(0, len(tasks))
    size = 1 if executor.hands == 1 else max(1, len(tasks) // (executor.hands * CHUNKS_A_WORKER))
    chunks = [tasks[start : start + size] for start in range(0, len(tasks), size)]
    found: list[list[Result]] = [[] for _ in chunks]
    done = 0
    with closing(executor.results(function, chunks)) as finished:
        for place, results in finished:
            found[place] = results
            done += len(results)
            tell(done, len(tasks))
    return [result for chunk in found for result in chunk]


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
