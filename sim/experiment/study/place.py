"""The folder of a study: what was asked, the parts with finished runs, and, once all are there, the answer.

``asked/`` is written first, parts as runs end, ``answer/`` when all are there, and ``manifest.json`` last of all: it
vouches for the manifests of all others. A study without it is not finished, and the same command goes on with it.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.experiment.outcome import data_dictionary
from sim.experiment.store import (
    FORMAT,
    MANIFEST,
    TEMPORARY,
    StoreDamaged,
    circumstances,
    commit,
    file_stated,
    flush,
    json_bytes,
    manifest_bytes,
    path_name,
    read_manifest,
    verify,
)
from sim.experiment.study.parts import PARTS
from sim.experiment.study.plan import Plan, plan_from

ASKED, ANSWER = "asked", "answer"
STUDY = "study.json"


def folder_of(plan: Plan, root: Path) -> Path:
    """Where the results of a plan belong."""
    return root / path_name(plan.name) / plan.identity


def prepared(plan: Plan, root: Path, command: Sequence[str] | str) -> Path:
    """The folder of a study, made if need be, with what was asked in it."""
    folder = folder_of(plan, root)
    text = json_bytes(plan.document)
    asked = folder / ASKED
    if not verify(asked) and (asked / STUDY).read_bytes() == text:
        return folder
    currency = plan.scenario(plan.points[0]).currency.name

    def fill(new: Path) -> dict[str, Any]:
        (new / STUDY).write_bytes(text)
        (new / "dictionary.csv").write_text(data_dictionary(currency), encoding="utf-8")
        return {"what": "asked", "study": plan.identity, **circumstances(command)}

    commit(folder, ASKED, fill)
    return folder


def is_study(folder: Path) -> bool:
    """Is this the folder of a study, finished or not?"""
    return (folder / ASKED / MANIFEST).is_file()


def asked_in(folder: Path) -> Plan:
    """The plan of the study in a folder.

    Raises
    ------
    StoreDamaged
        If what was asked is not as it was written.
    """
    problems = verify(folder / ASKED)
    if problems:
        raise StoreDamaged("\n".join(problems))
    try:
        return plan_from(json.loads((folder / ASKED / STUDY).read_bytes()))
    except (KeyError, TypeError, ValueError) as error:
        raise StoreDamaged(f"{folder / ASKED / STUDY} was written by another keepwin") from error


def seal(folder: Path, about: dict[str, Any]) -> None:
    """Write the manifest of a study whose runs and answer are all there."""
    inside = [ASKED, ANSWER, *(f"{PARTS}/{path.name}" for path in sorted((folder / PARTS).glob("[0-9a-f]*")))]
    files = {f"{name}/{MANIFEST}": file_stated(folder / name / MANIFEST) for name in inside}
    data = manifest_bytes({"what": "study", **about, "format": FORMAT, "files": files})
    new = folder / f"{TEMPORARY}manifest-{secrets.token_hex(4)}"
    try:
        new.write_bytes(data)
        flush(new)
        os.replace(new, folder / MANIFEST)
    finally:
        new.unlink(missing_ok=True)
    flush(folder)


def sealed(folder: Path) -> dict[str, Any] | None:
    """The manifest of a finished study; None if it is not finished.

    Raises
    ------
    StoreDamaged
        If it is not as it was written.
    """
    return read_manifest(folder) if (folder / MANIFEST).exists() else None
