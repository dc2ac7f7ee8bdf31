"""Sensitivity of a number to its factors: which of them move it, together and alone, and how much of it is chance.

A function is asked at places between 0 and 1, one for each factor, and answers with a number for each of several
worlds. Whether it lives markets or is a formula, everything here is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from SALib.analyze import morris as effects
from SALib.analyze import sobol as variances
from SALib.sample import morris as trajectories
from SALib.sample import sobol as base_samples

from sim.experiment.statistics import CONFIDENCE
from sim.experiment.study.methods import STRONGEST, Sensing

Answers = Callable[[str, np.ndarray], np.ndarray]
"""From what is done, in words, and places (points, factors), to numbers (points, worlds)."""

MORRIS_LEVELS = 4
MARGIN = 0.025
"""Of a range, at each end, where Morris does not go."""
RESAMPLES = 1000
"""Of the bootstrap."""
ROUNDING = 1e-9
"""Of an outcome; what moves it by less does not move it."""
QUARTER = 0.25
CELLS = 5
"""Of a map, in each direction."""
Ends = tuple[float, float]


class Effect(NamedTuple):
    """What Morris says of a factor: its mean absolute effect, and how unlike the effects are."""

    parameter: str
    effect: float
    effect_ci: Ends
    spread: float
    goes_on: bool


class Index(NamedTuple):
    """Which part of the variance a factor makes alone (s1), and with all its interactions (st)."""

    parameter: str
    s1: float
    s1_ci: Ends
    st: float
    st_ci: Ends
    among_strongest: float
    """In which share of bootstrap samples it is one of the three with the largest st."""

    @property
    def is_vague(self) -> bool:
        """Is an interval wider than its index?"""
        ends = ((self.s1, self.s1_ci), (self.st, self.st_ci))
        return any(high - low > abs(index) for index, (low, high) in ends)


class Swing(NamedTuple):
    """The mean over the points with the lowest and with the highest quarter of a factor's values."""

    parameter: str
    low: float
    high: float


class Map(NamedTuple):
    """The mean over the points in each cell of the two factors that matter most; NaN where there are none."""

    across: str
    up: str
    means: tuple[tuple[float, ...], ...]
    """The first row is the lowest of ``up``."""


class Chance(NamedTuple):
    """How much of the variance of an outcome is luck."""

    of_worlds: float
    """Of the variance among single worlds at all points, the share that is not of the points."""
    of_means: float
    """Of the variance among means of points: what the indices see, and take for interactions."""


class Found(NamedTuple):
    """What came of an analysis."""

    effects: tuple[Effect, ...]
    indices: tuple[Index, ...]
    """The strongest first."""
    swings: tuple[Swing, ...]
    map: Map | None
    mean: float
    sd: float
    """Of the means of points."""
    points: int
    worlds: int
    chance: Chance | None
    """None with one world."""

    @property
    def held(self) -> list[str]:
        """Factors that stayed at their middle for the indices."""
        return [each.parameter for each in self.effects if not each.goes_on]


def analyse(names: Sequence[str], how: Sensing, answers: Answers) -> Found:
    """Screen all factors, then measure those that matter.

    Source
    ------
    Morris (1991), Factorial sampling plans for preliminary computational experiments; Campolongo, Cariboni & Saltelli
    (2007) for the mean absolute effect. Sobol (2001), Saltelli et al. (2010) for the indices and their design.

    Raises
    ------
    ValueError
        If the outcome is undefined somewhere.
    """
    screened = screen(names, how, answers) if how.screening else ()
    active = [each.parameter for each in screened if each.goes_on] if screened else list(names)
    if not active:
        return Found(screened, (), (), None, *_moments(answers("nothing moves", np.full((1, len(names)), 0.5))))
    problem = problem_of(active)
    sample = base_samples.sample(problem, how.points, calc_second_order=False, scramble=True, seed=how.seed)
    places = np.full((len(sample), len(names)), 0.5)
    places[:, [list(names).index(name) for name in active]] = sample
    values = _defined(answers("indices", places))
    indices = _indices(problem, values.mean(axis=1), how.seed)
    order = [active.index(each.parameter) for each in indices]
    swings = tuple(_swing(active[at], sample[:, at], values.mean(axis=1)) for at in order)
    made = _map(active, sample, values.mean(axis=1), order[:2]) if len(order) > 1 else None
    return Found(screened, indices, swings, made, *_moments(values))


def problem_of(names: Sequence[str]) -> dict[str, Any]:
    """Factors as SALib wants them described."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def screen(names: Sequence[str], how: Sensing, answers: Answers) -> tuple[Effect, ...]:
    """Elementary effects of all factors, the largest first; those that are among the strongest go on.

    The levels of Morris lie between the 2.5 and the 97.5 % quantile of a factor: its very ends may be values that
    nobody ever meets. Levels in the middle of four even parts would not do: half a range apart, they show nothing of
    whatever repeats itself twice in it.
    """
    problem = problem_of(names)
    steps = trajectories.sample(problem, how.screening, num_levels=MORRIS_LEVELS, seed=how.seed)
    inside = MARGIN + (1.0 - 2.0 * MARGIN) * steps
    values = _defined(answers("screening", inside)).mean(axis=1)
    found = effects.analyze(
        problem, steps, values, num_resamples=RESAMPLES, conf_level=CONFIDENCE, num_levels=MORRIS_LEVELS, seed=how.seed
    )
    sizes = [float(each) for each in found["mu_star"]]
    halves = [float(each) for each in found["mu_star_conf"]]
    order = sorted(range(len(names)), key=lambda at: (-sizes[at], at))
    return tuple(
        Effect(
            names[at],
            sizes[at],
            (max(sizes[at] - halves[at], 0.0), sizes[at] + halves[at]),
            float(found["sigma"][at]),
            bool(place < how.strongest and sizes[at] > ROUNDING * np.abs(values).max()),
        )
        for place, at in enumerate(order)
    )


def chance_of(values: np.ndarray) -> Chance | None:
    """Variance components of points and worlds; all points are lived in the same worlds.

    A number is the sum of what its point, its world and both together make of it. What all points share in a world is
    luck, but moves no point against another.

    Parameters
    ----------
    values : float64 (points, worlds)

    Check
    -----
    >>> chance = chance_of(np.array([[0.0, 2.0], [10.0, 12.0], [20.0, 22.0]]))
    >>> round(chance.of_worlds, 4), round(chance.of_means, 4)
    (0.0196, 0.0)
    """
    points, worlds = values.shape
    if worlds < 2 or points < 2:
        return None
    of_point, of_world = values.mean(axis=1, keepdims=True), values.mean(axis=0, keepdims=True)
    rest = values - of_point - of_world + values.mean()
    within = float((rest**2).sum() / ((points - 1) * (worlds - 1)))
    among = float(of_point.var(ddof=1))
    point = max(among - within / worlds, 0.0)
    world = max(float(of_world.var(ddof=1)) - within / points, 0.0)
    total = point + world + within
    return Chance((world + within) / total if total else 0.0, min(within / worlds / among, 1.0) if among else 0.0)


def _indices(problem: dict[str, Any], means: np.ndarray, seed: int) -> tuple[Index, ...]:
    """Sobol indices with bootstrap intervals, the strongest first; none if nothing moves."""
    if means.max() - means.min() <= ROUNDING * np.abs(means).max():
        return ()
    found = variances.analyze(
        problem,
        means,
        calc_second_order=False,
        num_resamples=RESAMPLES,
        conf_level=CONFIDENCE,
        keep_resamples=True,
        seed=seed,
    )
    among = among_the_strongest(found["ST_conf_all"])
    made = [
        Index(name, s1, (s1 - s1_half, s1 + s1_half), st, (st - half, st + half), often)
        for name, s1, s1_half, st, half, often in zip(
            problem["names"],
            *(found[each].tolist() for each in ("S1", "S1_conf", "ST", "ST_conf")),
            among.tolist(),
            strict=True,
        )
    ]
    return tuple(sorted(made, key=lambda each: -each.st))


def among_the_strongest(samples: np.ndarray) -> np.ndarray:
    """float64 (factors): in which share of samples a factor is one of the strongest.

    Parameters
    ----------
    samples : float64 (samples, factors), of a size

    Check
    -----
    >>> among_the_strongest(np.array([[9.0, 5.0, 4.0, 1.0], [9.0, 5.0, 1.0, 4.0]])).tolist()
    [1.0, 1.0, 0.5, 0.5]
    """
    places = (-samples).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    shares: np.ndarray = (places < STRONGEST).mean(axis=0)
    return shares


def _swing(name: str, places: np.ndarray, means: np.ndarray) -> Swing:
    return Swing(name, float(means[places <= QUARTER].mean()), float(means[places >= 1.0 - QUARTER].mean()))


def _map(names: Sequence[str], places: np.ndarray, means: np.ndarray, two: Sequence[int]) -> Map:
    """The mean in each cell of two factors."""
    cells = np.minimum((places[:, two] * CELLS).astype(np.int64), CELLS - 1)
    flat = cells[:, 1] * CELLS + cells[:, 0]
    counted = np.bincount(flat, minlength=CELLS * CELLS)
    sums = np.bincount(flat, means, minlength=CELLS * CELLS)
    filled = np.where(counted > 0, sums / np.maximum(counted, 1), np.nan).reshape(CELLS, CELLS)
    return Map(names[two[0]], names[two[1]], tuple(tuple(row) for row in filled.tolist()))


def _moments(values: np.ndarray) -> tuple[float, float, int, int, Chance | None]:
    """Mean and standard deviation over points, how many of them and worlds, and how much is chance."""
    means = values.mean(axis=1)
    return float(means.mean()), float(means.std()), *values.shape, chance_of(values)


def _defined(values: np.ndarray) -> np.ndarray:
    missing = int((~np.isfinite(values)).any(axis=1).sum())
    if missing:
        raise ValueError(f"the outcome is undefined at {missing:,} of {len(values):,} points; look at another metric")
    return values
