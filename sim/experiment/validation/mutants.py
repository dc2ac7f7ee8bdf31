"""Mutants: models that are wrong on purpose. A check that none of them fails says nothing.

A mutant is a copy of the package with one line changed, run by the ordinary command in a process of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple

from sim.documents import PACKAGE, documents
from sim.experiment.executor import Progress


class Mutant(NamedTuple):
    """One wrong line, and the checks that are asked whether they see it."""

    what: str
    file: str
    right: str
    wrong: str
    checks: tuple[str, ...]


class Caught(NamedTuple):
    """Which checks failed; none did if the program did not come to an end, which is no proof of anything."""

    mutant: Mutant
    by: tuple[str, ...]
    ended: bool


class ControlFailed(Exception):
    """The unchanged copy did not pass: whatever catches mutants then catches right models too."""


MUTANTS = (
    # of the model
    Mutant("at most one need a week", "rules/need.py", "needs < MOST_NEEDS:", "needs < 1:", ("N1", "P6", "D2")),
    Mutant(
        "the coin one order late",
        "model/buying.py",
        "as_int(bond.orders) >= world.rules.defection.first_order_at_risk",
        "as_int(bond.orders) > world.rules.defection.first_order_at_risk",
        ("S1", "S3", "P6", "P6m", "P7", "P8"),
    ),
    Mutant(
        "everybody hears twice as often",
        "model/week.py",
        "if happens(as_float(me.listening), as_int(words[LISTENS, at])):",
        "if happens(2.0 * as_float(me.listening), as_int(words[LISTENS, at])):",
        ("B1", "B1-circles", "B2"),
    ),
    Mutant(
        "stories of this week are heard",
        "model/loops.py",
        "        draw_tile(start, count, WEEKLY, luck, world.moment)\n",
        "        draw_tile(start, count, LISTENING, luck, world.moment)\n"
        "        for at in range(count):\n"
        "            listen(start + at, luck, at, world)\n"
        "        draw_tile(start, count, WEEKLY, luck, world.moment)\n",
        ("B1", "B1-circles"),
    ),
    Mutant(
        "the first renewal a period late",
        "rules/need.py",
        "return weeks_since_start > 0 and",
        "return weeks_since_start > 1 and",
        ("S1", "S3", "BD1", "A2"),
    ),
    Mutant(
        "a constant liking for nothing",
        "state/births.py",
        "log_gamma(nothing, moment, row, Purpose.AFFINITY, 0)",
        "log_gamma(1e6 * nothing, moment, row, Purpose.AFFINITY, 0) - 13.815510557964274",
        ("D2", "D4", "D5"),
    ),
    Mutant(
        "everybody likes a business alike",
        "state/births.py",
        "log_gamma(as_float(traits.affinity[j]), moment, row, Purpose.AFFINITY, j + 1)",
        "log_gamma(1e6 * as_float(traits.affinity[j]), moment, row, Purpose.AFFINITY, j + 1) - 13.815510557964274",
        ("D2", "D3", "D5"),
    ),
    Mutant(
        "scale for rate in order values",
        "state/births.py",
        "mean *= (traits.person_shape - 1.0) / exp(log_gamma(",
        "mean *= 1.0 / traits.person_shape * exp(log_gamma(",
        ("P9",),
    ),
    Mutant(
        "the mean of needs taken for their scale",
        "state/births.py",
        "return exp(log_gamma(first, moment, row, purpose, slot)) * second / first",
        "return exp(log_gamma(first, moment, row, purpose, slot)) * second",
        ("N1", "P6", "P6m", "D2", "D4"),
    ),
    Mutant(
        "a and b of the beta distribution exchanged",
        "state/births.py",
        "return beta(first, second, moment, row, purpose, slot)",
        "return beta(second, first, moment, row, purpose, slot)",
        ("S1", "S3", "P6", "P7", "P8"),
    ),
    Mutant(
        "attraction counts twice in a race",
        "rules/choice.py",
        "return log(-log(uniform(word))) - attraction",
        "return log(-log(uniform(word))) - 2.0 * attraction",
        ("D2", "L0", "L1"),
    ),
    Mutant(
        "price effects not on logarithms",
        "model/pricing.py",
        "= [log(one / reference) for one in paid]",
        "= [one / reference - 1.0 for one in paid]",
        ("L0", "L1"),
    ),
    Mutant(
        "a straight response to money",
        "rules/chance.py",
        "return ceiling * (1.0 - exp(-strength * spend))",
        "return min(ceiling * strength * spend, ceiling)",
        ("BD1", "BD4"),
    ),
    Mutant(
        "care saves half of what it should",
        "rules/retention.py",
        "return 1.0 - share_won_over(ceiling, strength, spend)",
        "return 1.0 - 0.5 * share_won_over(ceiling, strength, spend)",
        ("BD1", "BD4"),
    ),
    Mutant(
        "a surplus weighs as a shortfall should",
        "rules/satisfaction.py",
        "slope = rules.gain if disconfirmation > 0.0 else rules.loss",
        "slope = rules.gain if disconfirmation < 0.0 else rules.loss",
        ("Q0",),
    ),
    Mutant(
        "customers who return are not counted",
        "model/closing.py",
        "won, lost = items[Item.NEW] + items[Item.RETURNED], sum(items[LOST])",
        "won, lost = items[Item.NEW], sum(items[LOST])",
        ("A1",),
    ),
    # of the theory and its estimators
    Mutant(
        "a forgotten toss in the BG/NBD",
        "theory/buying.py",
        "np.maximum(x - 1.0, 0.0)",
        "x",
        ("P1", "P3", "P4"),
    ),
    Mutant(
        "orders forgotten in the Gamma-Gamma",
        "theory/buying.py",
        "p * x * np.log(x) - (p * x + q)",
        "p * np.log(x) - (p * x + q)",
        ("P5",),
    ),
    Mutant(
        "survival counts one renewal too many",
        "theory/contracts.py",
        "return np.exp(betaln(a, b + np.asarray(renewals, float)) - betaln(a, b))",
        "return np.exp(betaln(a, b + 1.0 + np.asarray(renewals, float)) - betaln(a, b))",
        ("S1", "S4"),
    ),
    Mutant(
        "sales at a point of time, not in a year",
        "theory/diffusion.py",
        "adopted(t, p, q) - adopted(t - 1.0, p, q)",
        "adopted(t + 0.5, p, q) - adopted(t - 0.5, p, q)",
        ("B3",),
    ),
    Mutant(
        "a density without those left",
        "theory/diffusion.py",
        "return (p + q * share) * (1.0 - share)",
        "return (p + q * share) * (1.0 - share * share)",
        ("B4",),
    ),
    Mutant(
        "a shape from buyers instead of others",
        "theory/brands.py",
        "** -shape - (1.0 - penetration)",
        "** -shape - penetration",
        ("D1",),
    ),
    Mutant(
        "keeping money only for those who stay",
        "theory/value.py",
        "(margin * (1.0 + discount) - keeping)",
        "(margin * (1.0 + discount) - keeping * retention)",
        ("BD1", "BD2", "BD3", "BD4"),
    ),
    Mutant(
        "values discounted once too often",
        "theory/value.py",
        "(1.0 + discount - retention)\n\n\ndef retention",
        "(1.0 + 2.0 * discount - retention)\n\n\ndef retention",
        ("E1", "BD2"),
    ),
)


def catch_all(seed: int, workers: int, progress: Progress | None = None) -> tuple[Caught, ...]:
    """Run the unchanged copy against all their checks, and then every mutant against its own.

    Parameters
    ----------
    workers : how many run at a time

    Raises
    ------
    ControlFailed
        If the unchanged copy fails a check, or does not come to an end.
    """
    tell = progress or (lambda done, total: None)
    tell(0, len(MUTANTS))
    running: set[subprocess.Popen[str]] = set()
    found: dict[int, Caught] = {}
    stopped = threading.Event()
    with tempfile.TemporaryDirectory(prefix="keepwin-mutants-") as place, ThreadPoolExecutor(workers) as pool:
        try:
            _try_unchanged(Path(place) / "unchanged", seed, workers, running)
            jobs = {
                pool.submit(_catch, mutant, Path(place) / str(at), seed, running, stopped): at
                for at, mutant in enumerate(MUTANTS)
            }
            for job in as_completed(jobs):
                found[jobs[job]] = job.result()
                tell(len(found), len(MUTANTS))
        finally:
            stopped.set()
            for process in list(running):
                process.kill()
    return tuple(found[at] for at in range(len(MUTANTS)))


def _try_unchanged(place: Path, seed: int, workers: int, running: set[subprocess.Popen[str]]) -> None:
    """The control: a copy as it is has to pass what mutants are asked."""
    checks = tuple(dict.fromkeys(name for mutant in MUTANTS for name in mutant.checks))
    _copy(place)
    failed, ended = _failed(_judge(place, checks, (seed, workers), running))
    if failed or not ended:
        what = f"fails {', '.join(failed)}" if ended else "does not run to its end"
        raise ControlFailed(f"the copy in which nothing is wrong {what}: no wrong model can be told from a right one")


def changed(mutant: Mutant, text: str) -> str:
    """The text of its file with the wrong line.

    Raises
    ------
    ValueError
        If the right one is not there exactly once.
    """
    if text.count(mutant.right) != 1:
        raise ValueError(f"{mutant.file} does not hold exactly once: {mutant.right}")
    return text.replace(mutant.right, mutant.wrong)


def _catch(
    mutant: Mutant, place: Path, seed: int, running: set[subprocess.Popen[str]], stopped: threading.Event
) -> Caught:
    """One mutant, in a place of its own that is cleared when it has been judged."""
    if stopped.is_set():
        return Caught(mutant, (), False)
    _copy(place)
    file = place / "sim" / mutant.file
    file.write_text(changed(mutant, file.read_text(encoding="utf-8")), encoding="utf-8")
    return Caught(mutant, *_failed(_judge(place, mutant.checks, (seed, 1), running)))


def _copy(place: Path) -> None:
    """The package and its scenarios."""
    for folder in (PACKAGE, documents("scenarios")):
        if not (place / folder.relative_to(PACKAGE.parent)).exists():  # in a wheel the first holds the second
            shutil.copytree(folder, place / folder.name, ignore=shutil.ignore_patterns("__pycache__"))


def _judge(place: Path, checks: Sequence[str], how: tuple[int, int], running: set[subprocess.Popen[str]]) -> str:
    """What `validate` prints in a copy, which is cleared away then.

    Parameters
    ----------
    how : seed and worker processes
    """
    only = [word for name in checks for word in ("--only", name)]
    seed, workers = map(str, how)
    program = [sys.executable, "-m", "sim.interface"]
    command = [*program, "validate", *only, "--json", "--quiet", "--seed", seed, "--workers", workers]
    own = {"KEEPWIN_CACHE": str(place / "cache"), "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(
        command, cwd=place, env=os.environ | own, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    running.add(process)
    try:
        text, _ = process.communicate()
    finally:
        running.discard(process)
        shutil.rmtree(place, ignore_errors=True)
    return text


def _failed(text: str) -> tuple[tuple[str, ...], bool]:
    """Which checks failed, and whether the program came to an end.

    Check
    -----
    >>> _failed('{"checks": [{"id": "S1", "passed": false}]}'), _failed("")
    ((('S1',), True), ((), False))
    """
    try:
        found: list[dict[str, Any]] = json.loads(text)["checks"]
    except (ValueError, KeyError):
        return (), False
    return tuple(each["id"] for each in found if not each["passed"]), True
