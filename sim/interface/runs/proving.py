"""Proof: are stored results as they were written, and do they come out again?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.experiment.reproduce import Reproduced, problems_in
from sim.experiment.reproduce import reproduce as live_again
from sim.experiment.store import MANIFEST, StoreDamaged, read_manifest
from sim.experiment.study.place import is_sealed, is_study
from sim.interface.runs.running import explained
from sim.interface.terminal.terminal import Ending, Stop, Terminal
from sim.scenario.problems import escaped

MOST_TOLD = 20


def verify(folders: Sequence[Path], terminal: Terminal) -> int:
    """Look at every file of every folder of results."""
    found = [each for folder in folders for each in results_in(folder)]
    documents = []
    for folder in dict.fromkeys(found):
        problems = problems_in(folder)
        documents.append({"folder": str(folder), "what": what_it_is(folder), "problems": problems})
        if problems:
            for problem in problems[:MOST_TOLD]:
                terminal.show(escaped(problem))
        else:
            terminal.show(escaped(f"{folder}: {what_it_is(folder)}, as it was written"))
    terminal.document({"folders": documents})
    return Ending.DAMAGED if any(each["problems"] for each in documents) else Ending.FINE


def reproduce(folder: Path, workers: int, terminal: Terminal) -> int:
    """Live results again."""
    if folder not in results_in(folder):
        raise Stop(Ending.BAD_INPUT, escaped(f"{folder}: holds several results. Name one of them."))
    try:
        with explained(), terminal.progress("runs", workers) as advance:
            found = live_again(folder, workers, advance)
    except StoreDamaged as damage:
        raise Stop(Ending.DAMAGED, str(damage)) from damage
    same = not found.different
    terminal.document(
        {
            "folder": str(folder),
            "runs": found.runs,
            "same": same,
            "same_code": found.same_code,
            "different": list(found.different),
        }
    )
    terminal.tell(*map(escaped, found.different[:MOST_TOLD]))
    terminal.tell(verdict(found))
    return Ending.FINE if same else Ending.OUR_BUG


def verdict(found: Reproduced) -> str:
    """What came of it in a sentence."""
    runs = "1 run" if found.runs == 1 else f"{found.runs:,} runs"
    code = "" if found.same_code else " The code of the model has changed since."
    if found.different:
        return f"{runs} lived again: not the same.{code}"
    return f"{runs} lived again: the same, to the bit.{code}"


def results_in(folder: Path) -> list[Path]:
    """The folder itself if it holds results, or else all that are inside.

    Raises
    ------
    Stop
        If there are none.
    """
    if is_study(folder) or (folder / MANIFEST).exists():
        return [folder]
    inside = {path.parent for depth in ("*", "*/*") for path in folder.glob(f"{depth}/{MANIFEST}")}
    studies = {path.parent.parent for depth in ("*", "*/*") for path in folder.glob(f"{depth}/asked/{MANIFEST}")}
    found = sorted({each for each in inside if not is_study(each.parent)} | studies)
    if not found:
        sentence = f"{folder}: no results here, for there is no {MANIFEST}. Name a folder that a command has printed."
        raise Stop(Ending.BAD_INPUT, escaped(sentence))
    return found


def what_it_is(folder: Path) -> str:
    """What a folder holds, in a few words."""
    if is_study(folder):
        return "a study" if is_sealed(folder) else "a study that is not finished"
    try:
        about: dict[str, Any] = read_manifest(folder)
    except StoreDamaged:
        return "results"
    what = str(about.get("what", "results"))
    return f"{'an' if what[:1] in 'aeiou' else 'a'} {what}"
