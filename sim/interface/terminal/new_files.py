"""New files: written all or none, and nothing that is there is replaced unless somebody says so."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.interface.terminal.terminal import NO_ROOM, Ending, Stop
from sim.scenario.load import SUFFIXES
from sim.scenario.problems import escaped

LONGEST_STEM = 60


def check_scenario_name(path: Path) -> None:
    """Can a scenario be called so?

    Raises
    ------
    Stop
        If not.
    """
    is_name = path.suffix in SUFFIXES and path.stem.strip() and path.name.isprintable()
    if not is_name or len(path.stem) > LONGEST_STEM:
        example = path.with_suffix(".yaml").name if path.stem.isidentifier() else "my_firm.yaml"
        raise refused(path, f"the name of a scenario file ends with .yaml. Say, for example, {example}")


def check_that_new(path: Path, paths: Sequence[Path], force: bool) -> None:
    """Would nothing be replaced?

    Parameters
    ----------
    path : what was asked for
    paths : all that would be written
    force : may files be replaced?

    Raises
    ------
    Stop
        If something would.
    """
    there = [each for each in paths if each.exists() or each.is_symlink()]
    if there and not force:
        names = ", ".join(str(each) for each in there)
        raise refused(path, f"would replace {names}. Choose another name, or say --force")


def write_files(files: Mapping[Path, str]) -> None:
    """Write all files, or none: each is whole before the first gets its name."""
    waiting: dict[Path, Path] = {}
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            waiting[new] = path
            new.write_text(text, encoding="utf-8")
        for new, path in waiting.items():
            os.replace(new, path)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise
        raise refused(next(iter(files)), f"{error.strerror}. Choose another place") from error
    finally:
        for new in waiting:
            new.unlink(missing_ok=True)


def refused(path: Path, sentence: str) -> Stop:
    """A reason to stop that begins with the name of a file."""
    return Stop(Ending.BAD_INPUT, escaped(f"{path}: {sentence}."))
