"""Sensitivity of a study: its outcome as a function of its factors, every run of which is stored and never lived twice.

The outcome is a metric, or the value of a lever that makes a metric best: "which unknown numbers decide what to do?"
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.statistics import written
from sim.experiment.study.design import Row
from sim.experiment.study.factors import Choice, Factor, Spread, plain
from sim.experiment.study.file import Study
from sim.experiment.study.indices import QUARTER, Found, Map, analyse
from sim.experiment.study.needs import outcomes_at, worlds_of
from sim.experiment.study.plan import Plan
from sim.experiment.study.sweep import Swept
from sim.experiment.study.work import Work, check_one_world_for_all
from sim.model.metrics import METRICS


class Sensitivity(NamedTuple):
    """The analysis of a study."""

    study: Study
    found: Found
    folders: tuple[Path, ...]
    """Where its runs are."""


def sensitivity(study: Study, work: Work) -> Sensitivity:
    """Screen the factors of a study, measure those that matter, and say how much is chance.

    Raises
    ------
    ValueError
        If the study is none that can be analysed so, or its outcome is undefined somewhere.
    RunFailed
        If a run cannot be lived.
    """
    check_one_world_for_all(study, "sensitivity")
    how = study.sensing
    factors = factors_of(study)
    if not factors:
        what = "nothing is left to be sensitive to"
        raise study.fault("vary", what, "Vary something beside the lever whose best value is asked")
    folders: list[Path] = []

    def answers(what: str, places: np.ndarray) -> np.ndarray:
        rows = [row for place in places for row in rows_of(study, factors, place)]
        plan = replace(study.planned_for(rows), metrics=(how.of,), design=what.capitalize())
        swept = work.lived(plan, what)
        folders.append(swept.folder)
        values = outcome_of_points(plan, swept)
        return values if how.lever is None else best_of_levels(study, values)

    return Sensitivity(study, analyse([factor.path for factor in factors], how, answers), tuple(folders))


def factors_of(study: Study) -> list[Factor]:
    """All factors, but for a lever whose best value is asked."""
    return [factor for factor in study.factors if factor.path != study.sensing.lever]


def levels_of(study: Study) -> tuple[float, ...]:
    """The values among which the best one is looked for."""
    spread = next(factor.spread for factor in study.factors if factor.path == study.sensing.lever)
    return spread.values if isinstance(spread, Choice) else ()


def rows_of(study: Study, factors: Sequence[Factor], place: np.ndarray) -> list[Row]:
    """The point at a place; if the best value of a lever is asked, a point for each of its values."""
    values = {factor.path: factor.spread.at(float(u)) for factor, u in zip(factors, place, strict=True)}
    lever = study.sensing.lever
    choices: list[dict[str, Any]] = [values] if lever is None else [values | {lever: v} for v in levels_of(study)]
    return [tuple(each[factor.path] for factor in study.factors) for each in choices]


def outcome_of_points(plan: Plan, swept: Swept) -> np.ndarray:
    """float64 (points, worlds): the first metric of a plan."""
    points = range(len(plan.points))
    return np.stack([outcomes_at(plan, swept.parts, at, worlds_of(plan, swept.parts, at))[:, 0] for at in points])


def best_of_levels(study: Study, values: np.ndarray) -> np.ndarray:
    """float64 (points, worlds): at each point and in each world, the value of the lever that makes its metric best.

    Parameters
    ----------
    values : float64 (points times values of the lever, worlds)
    """
    levels = np.array(levels_of(study))
    sign = -1.0 if METRICS[study.sensing.of].better == "lower" else 1.0
    table = sign * values.reshape(-1, len(levels), values.shape[1]).transpose(0, 2, 1)
    return np.where(np.isfinite(table).all(axis=2), peak(levels, table), np.nan)


def peak(levels: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Where the last axis is highest: the top of the parabola through the highest value and its two neighbours.

    At an end it is that end: nothing beyond it was tried.

    Check
    -----
    >>> peak(np.array([0.0, 1.0, 3.0]), -((np.array([0.0, 1.0, 3.0]) - 1.25) ** 2)).item()
    1.25
    >>> peak(np.array([0.0, 1.0, 3.0]), np.array([[3.0, 2.0, 1.0], [1.0, 2.0, 3.0], [1.0, 1.0, 1.0]])).tolist()
    [0.0, 3.0, 0.0]
    """
    top = heights.argmax(axis=-1)
    middle = np.clip(top, 1, len(levels) - 2)
    left, here, right = (
        np.take_along_axis(heights, (middle + step)[..., np.newaxis], -1)[..., 0] for step in (-1, 0, 1)
    )
    a, b, c = levels[middle - 1], levels[middle], levels[middle + 1]
    rise, fall = (here - left) * (c - b), (here - right) * (b - a)
    flat = rise + fall <= 0.0
    vertex = b + 0.5 * (rise * (c - b) - fall * (b - a)) / np.where(flat, 1.0, rise + fall)
    return np.where((top == middle) & ~flat, vertex, levels[top])


def _map_of(made: Map, spreads: Mapping[str, Spread]) -> dict[str, Any]:
    """A map, and the values of both factors between which its cells lie."""
    edges = np.linspace(0.0, 1.0, len(made.means) + 1).tolist()
    ends = {
        f"{way}_values": [plain(spreads[getattr(made, way)].at(edge)) for edge in edges] for way in ("across", "up")
    }
    return made._asdict() | ends | {"means": [[written(mean) for mean in row] for row in made.means]}


def document_of(made: Sensitivity) -> dict[str, Any]:
    """The analysis as plain data."""
    study, found = made.study, made.found
    spreads = {factor.path: factor.spread for factor in study.factors}
    chance = found.chance
    return {
        "study": study.plan.name,
        "question": study.plan.question,
        "scenario": study.plan.templates[0].name,
        "business": study.plan.business,
        "outcome": {"metric": study.sensing.of, "best": study.sensing.lever, "mean": found.mean, "sd": found.sd},
        "indices": [each._asdict() | {"is_vague": each.is_vague} for each in found.indices],
        "noise_share": None if chance is None else chance.of_worlds,
        "noise_share_of_means": None if chance is None else chance.of_means,
        "screening": [each._asdict() for each in found.effects],
        "held": {name: plain(spreads[name].at(0.5)) for name in found.held},
        "swings": [
            each._asdict()
            | {
                "at_most": plain(spreads[each.parameter].at(QUARTER)),
                "at_least": plain(spreads[each.parameter].at(0.75)),
            }
            for each in found.swings
        ],
        "map": None if found.map is None else _map_of(found.map, spreads),
        "points": found.points,
        "worlds": found.worlds,
        "runs_in": [str(folder) for folder in made.folders],
    }
