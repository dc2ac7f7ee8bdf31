"""The place for results: can they be written there? Asked before anything is computed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sim.interface.terminal.terminal import NO_ROOM, Ending, Stop
from sim.scenario.problems import escaped

MANIFESTS = ("*/*/manifest.json", "*/*/asked/manifest.json")
"""Of results; the second of a study that is not finished."""


def check_place(out: Path) -> None:
    """Try to make the folder and to write into it, and leave everything as it was.

    Raises
    ------
    Stop
        If nothing can be written there, or if the folder holds other people's things.
    """
    nearest = next(folder for folder in (out, *out.absolute().parents) if _exists(folder))
    if not nearest.is_dir():
        raise _refused(out, f"{nearest} is a file. Name a folder.")
    made = [folder for folder in (out, *out.parents) if not _exists(folder)]
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            foreign = is_foreign(out)
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            raise
        raise _refused(out, f"nothing can be written there ({_reason(error)}). Name another folder.") from error
    finally:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
    if foreign:
        advice = f"Name a new folder, such as {out / 'results'}."
        raise _refused(out, f"the folder holds other things and no results. {advice}")


def is_foreign(folder: Path) -> bool:
    """Does a folder hold things, but no results? Hidden files do not count, nor folders made for results to come."""
    inside = _seen(folder)
    results = any(any(folder.glob(each)) for each in MANIFESTS)
    return any(inside) and not results and not all(path.is_dir() and not _seen(path) for path in inside)


def _seen(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if not path.name.startswith(".")]


def _exists(path: Path) -> bool:
    """Is there anything of this name? What cannot be looked at is not there."""
    try:
        return path.exists()
    except OSError:
        return False


@contextmanager
def writable(out: Path) -> Iterator[None]:
    """A folder that refuses after all, as a reason to stop; a full disk stays what it is."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise
        raise _refused(out, f"nothing can be written there ({_reason(error)}). Name another folder.") from error


def _reason(error: Exception) -> str:
    return str(error.strerror if isinstance(error, OSError) and error.strerror else error)


def _refused(out: Path, sentence: str) -> Stop:
    return Stop(Ending.BAD_INPUT, escaped(f"--out {out}: {sentence}"))
