"""The store: one folder of results, complete or not there at all.

A folder is written beside its place under a name that begins with ``.tmp-``, flushed to the disk, given its manifest
(the last file, with the sha256 of all others) and then renamed. Readers believe only what a manifest vouches for.
Names in paths are made here, from ``[a-z0-9-]``; names that people chose live inside files only.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from platform import python_version
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim import __version__

FORMAT = 1
MANIFEST = "manifest.json"
TEMPORARY = ".tmp-"
LOCK = ".lock"
"""Held by whoever writes in a folder; it stays there, empty."""
LIBRARIES = ("numpy", "numba", "mesa", "pandas", "pyarrow")


class StoreDamaged(Exception):
    """A folder of results that cannot be believed."""


# ------------------------------------------------------------------------------------------------------------- writing


def commit(parent: Path, name: str, fill: Callable[[Path], dict[str, Any]]) -> Path:
    """Make the folder ``parent/name`` appear whole, replacing an older one, or leave everything as it was.

    Parameters
    ----------
    fill : writes all files into the folder it is given and answers what the manifest shall say about them
    """
    allowed(name, "[a-z0-9-]{1,64}")
    parent.mkdir(parents=True, exist_ok=True)
    new = parent / f"{TEMPORARY}new-{name}-{secrets.token_hex(4)}"
    owner = None
    try:
        with locked(parent):
            _sweep(parent)
            new.mkdir()
            owner = _lock(new)
        about = fill(new)
        files = {}
        for path in sorted(path for path in new.rglob("*") if path.is_file()):
            flush(path)
            files[path.relative_to(new).as_posix()] = file_stated(path)
        (new / MANIFEST).write_bytes(manifest_bytes({**about, "format": FORMAT, "files": files}))
        flush(new / MANIFEST)
        for folder in (*(path for path in new.rglob("*") if path.is_dir()), new):
            flush(folder)
        with locked(parent):
            _replace(new, parent / name)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    finally:
        _unlock(owner)
    return parent / name


def path_name(name: str) -> str:
    """A name made fit for a path: ``[a-z0-9-]``, 1 to 64 characters.

    Check
    -----
    >>> path_name("Die große Wette!"), path_name("../../x"), path_name("日本")
    ('die-gro-e-wette', 'x', 'scenario')
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64].strip("-") or "scenario"


def circumstances(command: Sequence[str] | str) -> dict[str, Any]:
    """With what, by which command and when."""
    return {
        "versions": {"keepwin": __version__, "python": python_version()} | {each: version(each) for each in LIBRARIES},
        "command": command if isinstance(command, str) else list(command),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


# ------------------------------------------------------------------------------------------------------------- reading


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """The manifest of a folder of results.

    Raises
    ------
    StoreDamaged
        If there is none, if it is not as it was written, or if a newer keepwin wrote it.
    """
    path = Path(folder) / MANIFEST
    if not path.is_file() or path.is_symlink():
        raise StoreDamaged(f"{path} is missing: these results were never finished, or are no results")
    raw = path.read_bytes()
    try:
        manifest = json.loads(raw)
        intact = raw == manifest_bytes({key: value for key, value in manifest.items() if key != "sha256"})
    except (ValueError, AttributeError, RecursionError):
        raise StoreDamaged(f"{path} is damaged: it is not a manifest") from None
    if not intact:
        raise StoreDamaged(f"{path} is damaged: it is not as it was written")
    if manifest.get("format") != FORMAT:
        raise StoreDamaged(f"{path} is in format {manifest.get('format')}; this keepwin reads format {FORMAT}")
    return manifest


def verify(folder: str | Path) -> list[str]:
    """What is wrong with a folder of results, in sentences; nothing if every file is as it was written."""
    folder = Path(folder)
    try:
        files = read_manifest(folder)["files"]
    except StoreDamaged as damage:
        return [str(damage)]
    problems = [problem for name, stated in files.items() if (problem := problem_with(folder, name, stated))]
    found = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()
    }
    extra = sorted(found - set(files) - {MANIFEST})
    return problems + [f"{folder / name} is not in the manifest" for name in extra]


def read_table(folder: str | Path, name: str = "weekly.parquet") -> pd.DataFrame:
    """A table of a folder of results, if it is as it was written.

    Raises
    ------
    StoreDamaged
        If it is not, or the manifest does not know it.
    """
    stated = read_manifest(folder)["files"].get(name)
    problem = problem_with(Path(folder), name, stated) if stated else f"{Path(folder) / name} is not in the manifest"
    if problem:
        raise StoreDamaged(problem)
    return pq.read_table(Path(folder) / name, page_checksum_verification=True).to_pandas()


def problem_with(folder: Path, name: str, stated: dict[str, Any]) -> str | None:
    """What is wrong with one file, None if nothing; the folder itself may be anywhere, and be reached by any way."""
    path = folder / name
    if ".." in Path(name).parts or not path.resolve().is_relative_to(folder.resolve()) or path.is_symlink():
        return f"{path} leads out of the folder"
    if not path.is_file():
        return f"{path} is missing"
    if path.stat().st_size != stated["size"]:
        return f"{path} has changed: {path.stat().st_size} bytes instead of {stated['size']}"
    return None if _sha256(path) == stated["sha256"] else f"{path} has changed: its sha256 is another"


# ------------------------------------------------------------------------------------------------------------- details


def write_parquet(path: Path, tables: Iterable[pa.Table]) -> None:
    """Tables of one shape, one after the other, with a checksum on every page."""
    rest = iter(tables)
    first = next(rest)
    repeated = [name for name in first.column_names if name not in ("value", "amount", "person")]
    options = {"compression": "zstd", "use_dictionary": repeated, "write_page_checksum": True}
    with pq.ParquetWriter(path, first.schema, **options) as writer:
        for table in chain([first], rest):
            writer.write_table(table)


def json_bytes(data: Any) -> bytes:
    """JSON that every reader accepts; keys stay in order, because a business's place in its scenario matters."""
    return (json.dumps(data, allow_nan=False, indent=1) + "\n").encode()


def manifest_bytes(manifest: dict[str, Any]) -> bytes:
    """A manifest that vouches for itself, too."""
    return json_bytes({**manifest, "sha256": hashlib.sha256(json_bytes(manifest)).hexdigest()})


def file_stated(path: Path) -> dict[str, Any]:
    """What a manifest says about a file."""
    return {"sha256": _sha256(path), "size": path.stat().st_size}


def allowed(name: str, alphabet: str) -> str:
    """The name itself, if it is made of the alphabet; else ValueError."""
    if not re.fullmatch(alphabet, name):
        raise ValueError(f"{name!r} cannot be a name among results")
    return name


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flush(path: Path) -> None:
    """Ask the disk to keep a file, or the entries of a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _replace(new: Path, target: Path) -> None:
    """Put a finished folder in its place; an older one steps aside first and is put back if we die in between."""
    old = new.with_name(new.name.replace(f"{TEMPORARY}new-", f"{TEMPORARY}old-", 1))
    if target.exists():
        target.rename(old)
    try:
        new.rename(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.rename(target)
        raise
    flush(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Clear away what dead writers left: their unfinished folders, and finished ones whose replacement never came."""
    for left in sorted(parent.glob(f"{TEMPORARY}*")):
        owner = _lock(left)
        if owner is None:
            continue
        kind, _, name = left.name.removeprefix(TEMPORARY).rpartition("-")[0].partition("-")
        if kind == "old" and not (parent / name).exists() and not verify(left):
            left.rename(parent / name)
        else:
            shutil.rmtree(left, ignore_errors=True)
        _unlock(owner)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One writer at a time, for a moment; the lock falls with its owner.

    A file is locked and not the folder, because network disks lock nothing that cannot be written. Where locking is
    refused even so, the writer goes on with a warning.
    """
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as error:
            warnings.warn(
                f"{folder} cannot be locked ({error.strerror}); let only one command write there at a time, or give "
                "each its own folder and merge them",
                stacklevel=3,
            )
        yield
    finally:
        os.close(handle)


def _lock(folder: Path) -> int | None:
    """A handle that holds a folder until it is given back or its owner dies; None if somebody else holds it.

    File systems that cannot lock a folder count as held: nothing there is ever swept.
    """
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _unlock(owner: int | None) -> None:
    if owner is not None:
        os.close(owner)
