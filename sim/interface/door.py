"""The door of the process: what must hold before the first library is imported, whoever calls and however.

Only what needs the standard library alone is imported here, so that a missing library, an old Python or an early
Ctrl-C end in a sentence.
"""

from __future__ import annotations

import os
import signal
import sys

from sim.documents import PACKAGE

OLDEST = (3, 11)
BAD_INPUT = 2
INTERRUPTED = 130
ONE_AT_A_TIME = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Linear algebra here is of a few parameters: threads for it only wait for each other."""
ADVICE = (
    "In the folder of keepwin say `make environment`, then `source .venv/bin/activate`."
    if (PACKAGE.parent / "Makefile").is_file()
    else "Install keepwin anew with `pip install --force-reinstall`."
)


def main() -> int:
    """Do what was typed; the exit code."""
    try:
        return _entered()
    except KeyboardInterrupt:
        return _said(INTERRUPTED, "Interrupted.")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is said; what remains is to leave


def _entered() -> int:
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:2]))
        return _said(BAD_INPUT, f"keepwin needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and this is {found}. {ADVICE}")
    stand_in_for_closed_streams()
    if not stands_somewhere():
        return _said(BAD_INPUT, "The current folder is gone: it was deleted. Change to another one, and try again.")
    for name, threads in ONE_AT_A_TIME.items():
        os.environ.setdefault(name, threads)
    try:
        from sim.interface import cli
    except ModuleNotFoundError as error:
        if not is_foreign(error):
            raise
        return _said(BAD_INPUT, missing(error))
    return cli.main()


def stands_somewhere() -> bool:
    """Is there a current folder? Every name of a file, and of results, is read from there."""
    try:
        os.getcwd()
    except FileNotFoundError:
        return False
    return True


def is_foreign(error: ModuleNotFoundError) -> bool:
    """Is the missing module a library, not one of ours?"""
    return not f"{error.name}.".startswith("sim.")


def missing(error: ModuleNotFoundError) -> str:
    """What to say when a library is not installed.

    Check
    -----
    >>> missing(ModuleNotFoundError("No module named 'numba'", name="numba")).partition(":")[0]
    'numba is not installed for this Python'
    """
    library = str(error.name).partition(".")[0]
    return f"{library} is not installed for this Python: {sys.executable}. {ADVICE}"


def stand_in_for_closed_streams() -> None:
    """Open the null device wherever the caller has closed a standard stream (``>&-``).

    Otherwise the next file that is opened would take its number, and receive what is printed.
    """
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(handle)
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)


def _said(ending: int, sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return ending
