"""Validating: live the studies that the chosen checks need, in many worlds and on all cores, and judge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.executor import Progress, execute
from sim.experiment.runs import run_world
from sim.experiment.validation import accounting, adoption, brands, budgets, market, plans, purchases, renewals
from sim.experiment.validation.laboratory import (
    CHECKS,
    STUDIES,
    Check,
    Quantity,
    Seen,
    Verdict,
    World,
    validation_scenario,
)

FAMILIES = {
    "adoption": adoption,
    "purchases": purchases,
    "renewals": renewals,
    "brands": brands,
    "budgets": budgets,
    "accounting": accounting,
    "whole markets": market,
    "plans in whole markets": plans,
}
"""Where checks are written, in the order in which they are shown."""


class Validation(NamedTuple):
    """What was seen, and the verdicts."""

    verdicts: tuple[Verdict, ...]
    seen: Seen
    seed: int

    @property
    def passed(self) -> bool:
        """Do all limits hold that must?"""
        return all(verdict.passed for verdict in self.verdicts if verdict.check.must)


def chosen(only: Sequence[str] = ()) -> tuple[Check, ...]:
    """The checks with these ids, or all; an id also names those that begin with it and a dash.

    Raises
    ------
    KeyError
        For an id that no check has; its argument is that id.
    """
    for name in only:
        if not any(_is_meant(name, id) for id in CHECKS):
            raise KeyError(name)
    return tuple(each for id, each in CHECKS.items() if not only or any(_is_meant(name, id) for name in only))


def _is_meant(name: str, id: str) -> bool:
    return id.casefold() == name.casefold() or id.casefold().startswith(f"{name.casefold()}-")


def validate(
    checks: Iterable[Check],
    seed: int,
    settings: tuple[str, ...] = (),
    workers: int = 1,
    progress: Progress | None = None,
) -> Validation:
    """Judge some checks.

    Parameters
    ----------
    seed : of the first world of each study; the others follow it
    settings : values that replace those of every scenario; printed numbers are then left out

    Raises
    ------
    InputError
        If a scenario does not allow a setting.
    ValueError
        If a law says nothing about a scenario with these settings.
    """
    checks = tuple(checks)
    wanted = dict.fromkeys(name for each in checks for name in each.studies)
    for scenario in dict.fromkeys(scenario for name in wanted for scenario in STUDIES[name].scenarios):
        validation_scenario(scenario, settings)
    tasks = [(name, seed + at, settings) for name in wanted for at in range(STUDIES[name].worlds)]
    found = execute(tasks, observe, workers, progress, prepare=_compile)
    seen = Seen({name: _stacked(found, tasks, name) for name in wanted}, settings)
    return Validation(tuple(judged(each, seen) for each in checks), seen, seed)


def _compile() -> None:
    """Live the empty world once, so that workers find its machine code on the disk."""
    run_world(validation_scenario("off"), 0)


def observe(task: tuple[str, int, tuple[str, ...]]) -> dict[str, Any]:
    """What one study sees in one world."""
    name, seed, settings = task
    return STUDIES[name].observe(World(seed, settings))


def judged(each: Check, seen: Seen) -> Verdict:
    """The verdict on a check; what was printed is compared only with scenarios as they are."""
    found: list[Quantity] = list(each.judge(seen))
    if each.published is not None and not seen.settings:
        found += each.published(seen)
    return Verdict(each, tuple(found))


def _stacked(
    found: Sequence[dict[str, Any]], tasks: Sequence[tuple[str, int, Any]], name: str
) -> dict[str, np.ndarray]:
    """What a study saw, its worlds along the first axis."""
    own = [seen for seen, task in zip(found, tasks, strict=True) if task[0] == name]
    return {key: np.array([seen[key] for seen in own]) for key in own[0]}
