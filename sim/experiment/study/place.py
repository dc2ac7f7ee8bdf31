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

import pyarrow.parquet as pq

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
    locked,
    manifest_bytes,
    path_name,
    problem_with,
    read_manifest,
    verify,
)
from sim.experiment.study.parts import PARTS, RUNS
from sim.experiment.study.plan import Plan, plan_from

ASKED, ANSWER = "asked", "answer"
STUDY = "study.json"
NEW = f"{TEMPORARY}manifest-"


def folder_of(plan: Plan, root: Path) -> Path:
    """Where the results of a plan belong."""
    return root / path_name(plan.name) / plan.identity


def prepared(plan: Plan, root: Path, command: Sequence[str] | str) -> Path:
    """The folder of a study, made if need be, with what was asked in it."""
    folder = folder_of(plan, root)
    text = plan.text.encode()
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
    with locked(folder):
        for left in folder.glob(f"{NEW}*"):
            left.unlink()
        inside = [ASKED, ANSWER, *(f"{PARTS}/{path.name}" for path in parts_in(folder))]
        files = {f"{name}/{MANIFEST}": file_stated(folder / name / MANIFEST) for name in inside}
        new = folder / f"{NEW}{secrets.token_hex(4)}"
        new.write_bytes(manifest_bytes({"what": "study", **about, "format": FORMAT, "files": files}))
        flush(new)
        os.replace(new, folder / MANIFEST)
        flush(folder)


def is_sealed(folder: Path) -> bool:
    """Has every run of the study in a folder been finished, and its answer been written?"""
    return (folder / MANIFEST).exists()


def parts_in(folder: Path) -> list[Path]:
    """Folders with finished runs of a study."""
    return sorted((folder / PARTS).glob("[0-9a-f]*"))


def problems_of(folder: Path) -> list[str]:
    """What is wrong with the folder of a study, in sentences; that it is not finished is nothing wrong."""
    inside = [folder / ASKED, *parts_in(folder)]
    if is_sealed(folder):
        inside.append(folder / ANSWER)
    problems = [problem for each in inside for problem in verify(each)]
    known = {ASKED, PARTS, ANSWER, MANIFEST}
    strangers = sorted(path.name for path in folder.iterdir() if path.name not in known and path.name[0] != ".")
    problems += [f"{folder / name} belongs to no study" for name in strangers]
    problems += [] if problems else _twice(parts_in(folder))
    return problems + _unvouched(folder) if is_sealed(folder) else problems


def _twice(parts: Sequence[Path]) -> list[str]:
    """Parts with runs that an earlier one holds too."""
    seen: set[str] = set()
    found = []
    for part in parts:
        keys = set(pq.read_table(part / RUNS, columns=["run"])["run"].to_pylist())
        if keys & seen:
            found.append(f"{part} holds {len(keys & seen):,} runs that another part holds too")
        seen |= keys
    return found


def _unvouched(folder: Path) -> list[str]:
    """What differs from what the manifest of a finished study says."""
    try:
        files = read_manifest(folder)["files"]
    except StoreDamaged as damage:
        return [str(damage)]
    there = {each.relative_to(folder).as_posix() for each in (folder / PARTS).glob(f"[0-9a-f]*/{MANIFEST}")}
    extra = sorted(there - set(files))
    wrong = [problem for name, stated in files.items() if (problem := problem_with(folder, name, stated))]
    return wrong + [f"{folder / name} is not in the manifest" for name in extra]
