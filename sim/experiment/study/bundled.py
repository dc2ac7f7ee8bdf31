"""Where studies are found: those that come with the package by name, all others by their path."""

from __future__ import annotations

from pathlib import Path

from sim.documents import documents
from sim.scenario.catalogue import listed, nearest
from sim.scenario.load import SUFFIXES
from sim.scenario.problems import InputError, Problem, shown

BUNDLED = documents("experiments")
"""The studies that come with the package."""


def bundled_studies() -> list[Path]:
    """The studies that come with the package, by name."""
    return sorted(path for path in BUNDLED.glob("*.yaml")) if BUNDLED.is_dir() else []


def find_study(name_or_path: str) -> Path:
    """The file that is meant: a bare name means a bundled study, a file is named with its .yaml or its path.

    Raises
    ------
    InputError
        If it is neither.
    """
    if name_or_path.endswith(SUFFIXES) or "/" in name_or_path:
        return Path(name_or_path)
    known = {path.stem: path for path in bundled_studies()}
    if name_or_path in known:
        return known[name_or_path]
    near = nearest(name_or_path, known)
    advice = f"Did you mean {shown(near)}?" if near else f"Name a .yaml file, or one of {listed(list(known))}"
    raise InputError([Problem(None, f"there is no study {shown(name_or_path)}", advice)])
