"""The terminal: data on stdout, talk and progress on stderr, and how the process ends."""

from __future__ import annotations

import errno
import json
import math
import os
import signal
import sys
import textwrap
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from sim.interface.door import is_foreign, missing
from sim.scenario.problems import InputError, shown

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENOMEM)
NO_PLACE_FOR_A_LIBRARY = ("failed to map segment", "annot allocate memory")
"""How the linker of the system says that there is no memory to load a library into."""
PATIENCE_SECONDS = 2.0
"""Without a terminal nothing is said about work that takes no longer."""
TIED = "\N{NO-BREAK SPACE}"
Advance = Callable[[int, int], None]


class Ending(IntEnum):
    """How a process ends: the exit code, and what it means.

    Check
    -----
    >>> int(Ending.BAD_INPUT), Ending.BAD_INPUT.meaning
    (2, 'bad input or a missing library')
    """

    meaning: str

    def __new__(cls, code: int, meaning: str) -> Ending:
        ending = int.__new__(cls, code)
        ending._value_ = code
        ending.meaning = meaning
        return ending

    FINE = 0, "fine"
    OUR_BUG = 1, "a bug of ours"
    BAD_INPUT = 2, "bad input or a missing library"
    RUN_FAILED = 3, "a run failed"
    DAMAGED = 4, "damaged results"
    NO_ROOM = 5, "out of disk or memory"
    INTERRUPTED = 130, "interrupted"
    TERMINATED = 143, "terminated"


class Stop(Exception):
    """The command cannot go on, for a reason that a sentence explains."""

    def __init__(self, ending: Ending, sentence: str) -> None:
        super().__init__(sentence)
        self.ending = ending


class Terminated(BaseException):
    """Somebody asked the process to end."""


# ------------------------------------------------------------------------------------------------------------- endings


def ending_of(action: Callable[[], Any]) -> int:
    """Do something; answer the exit code, after a word on stderr if it went wrong.

    Check
    -----
    >>> ending_of(lambda: None) == Ending.FINE, ending_of(lambda: 3)
    (True, 3)
    """
    with _termination_raises():
        try:
            answer = action()
            sys.stdout.flush()
            return answer if isinstance(answer, int) else Ending.FINE
        except BaseException as error:
            return _explained(error)


def _explained(error: BaseException) -> int:
    """The exit code of an error; says what a person needs to know."""
    if _nobody_reads(error):
        _let_go_of_stdout()
        return Ending.FINE
    match error:
        case SystemExit():
            return error.code if isinstance(error.code, int) else Ending.FINE
        case KeyboardInterrupt():
            return _said(Ending.INTERRUPTED, "Interrupted.")
        case Terminated():
            return _said(Ending.TERMINATED, "Terminated.")
        case InputError():
            return _said(Ending.BAD_INPUT, str(error))
        case Stop():
            return _said(error.ending, str(error))
        case MemoryError():
            reason = f": {error}" if str(error) else ""
            return _said(Ending.NO_ROOM, f"Out of memory{reason}. Fewer people, or fewer --workers, need less.")
        case OSError() if error.errno in NO_ROOM:
            _let_go_of_stdout()
            return _said(Ending.NO_ROOM, f"Out of room: {error}.")
        case OSError() if error.errno == errno.ENAMETOOLONG:
            return _said(Ending.BAD_INPUT, f"{shown(str(error.filename))}: no file can have so long a name.")
        case ModuleNotFoundError() if is_foreign(error):
            return _said(Ending.BAD_INPUT, missing(error))
        case ImportError() if any(words in str(error) for words in NO_PLACE_FOR_A_LIBRARY):
            return _said(Ending.NO_ROOM, f"Out of memory: {error}.")
    traceback.print_exception(error)
    return _said(Ending.OUR_BUG, "This is a bug of ours. Please report the lines above and the command you gave.")


def _nobody_reads(error: BaseException) -> bool:
    """Was the reader of stdout gone, as in `keepwin rules | head`?"""
    cause = error.__context__ if isinstance(error, SystemExit) else error
    return isinstance(cause, OSError) and cause.errno == errno.EPIPE


def _let_go_of_stdout() -> None:
    """Nothing more can be written; the interpreter must not try when it ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)
    except (OSError, ValueError):
        pass


def _said(ending: Ending, sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return ending


@contextmanager
def _termination_raises() -> Iterator[None]:
    """Inside, SIGTERM unwinds the process as Ctrl-C does, so that nothing half-written stays."""

    def terminate(number: int, frame: Any) -> NoReturn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise Terminated

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


# ------------------------------------------------------------------------------------------------------------- streams


class Terminal:
    """Where a command speaks.

    Parameters
    ----------
    quiet : no talk and no progress
    as_json : the answer is one document, so that nothing else may appear on stdout
    """

    def __init__(self, quiet: bool = False, as_json: bool = False) -> None:
        self.quiet = quiet
        self.as_json = as_json

    @cached_property
    def out(self) -> Console:
        """Stdout; obeys NO_COLOR, the width of the terminal, and that a file is no terminal."""
        from rich.console import Console

        return Console(highlight=False, markup=False, emoji=False)

    def show(self, *things: RenderableType) -> None:
        """Print an answer for people; nothing if a document was asked for. Texts stay as they are."""
        for thing in things if not self.as_json else ():
            if isinstance(thing, str):
                print(thing)
            elif self.out.is_terminal:
                self.out.print(thing)
            else:
                with self.out.capture() as captured:
                    self.out.print(thing)
                print("\n".join(line.rstrip() for line in captured.get().splitlines()))

    def tell(self, *paragraphs: str) -> None:
        """Print paragraphs, an empty line after each; a per cent sign stays with its number."""
        for paragraph in filter(None, paragraphs):
            tied = textwrap.fill(paragraph.replace(" %", f"{TIED}%"), self.out.width, break_on_hyphens=False)
            self.show(tied.replace(TIED, " "), "")

    def document(self, data: Any) -> None:
        """Print an answer for programs; nothing unless it was asked for. What is undefined is null."""
        if self.as_json:
            print(json.dumps(_without_nan(data), indent=2, allow_nan=False))

    def say(self, sentence: str = "") -> None:
        """Talk."""
        if not self.quiet:
            print(sentence, file=sys.stderr, flush=True)

    @contextmanager
    def progress(self, what: str, cores: int) -> Iterator[Advance]:
        """Show how far work has come: a bar on a terminal, else a line per tenth; at the end what it took.

        Parameters
        ----------
        what : the plural of what is counted, such as "worlds"
        cores : how many may work on it, for the last line
        """
        begun = time.monotonic()
        counted = [0]
        with self._display(what, cores) as display:

            def advance(done: int, total: int) -> None:
                counted[0] = done
                display(done, total)

            yield advance
        seconds = time.monotonic() - begun
        among = "one core" if cores == 1 else f"up to {cores} cores"
        what = what.removesuffix("s") if counted[0] == 1 else what
        self.say(f"{counted[0]:,} {what} in {seconds:.1f} s, on {among}.")

    @contextmanager
    def _display(self, what: str, cores: int) -> Iterator[Advance]:
        if self.quiet:
            yield lambda done, total: None
        elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            with _bar(what) as advance:
                yield advance
        else:
            yield _Lines(what, cores, self.say)


@contextmanager
def _bar(what: str) -> Iterator[Advance]:
    """A bar with the time left; no thread of its own, which a fork could not take along."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TextColumn("time left"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task(what, total=None)
        bar.refresh()

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            bar.refresh()

        yield advance


class _Lines:
    """A line for each tenth of the work, once the work proves long.

    The time left is guessed from what came after every core had its first turn: first turns pay for compilation.
    """

    def __init__(self, what: str, cores: int, say: Callable[[str], None]) -> None:
        self.what, self.cores, self.say = what, cores, say
        self.begun = time.monotonic()
        self.tenths = 0
        self.warm: tuple[int, float] | None = None
        """How much was done after the first turns, and when."""

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if self.warm is None and done >= self.cores:
            self.warm = done, now
        tenths = 10 * done // max(total, 1)
        if tenths > self.tenths and now - self.begun > PATIENCE_SECONDS and done < total:
            self.say(f"{done:,} of {total:,} {self.what}, {10 * tenths} %{self._left(done, total, now)}")
            self.tenths = tenths

    def _left(self, done: int, total: int, now: float) -> str:
        """The time left, in words; nothing as long as there is nothing to guess it from."""
        if self.warm is None or done == self.warm[0]:
            return ""
        before, since = self.warm
        return f", about {(now - since) * (total - done) / (done - before):.0f} s left"


def _without_nan(data: Any) -> Any:
    """Plain data in which what is undefined is None, as JSON wants it."""
    match data:
        case dict():
            return {str(key): _without_nan(value) for key, value in data.items()}
        case list() | tuple():
            return [_without_nan(value) for value in data]
        case float():
            return float(data) if math.isfinite(data) else None
        case None | bool() | int() | str():
            return data
    return _without_nan(data.item() if hasattr(data, "item") else str(data))
