"""Fitting: the parameters under which what was seen is most likely, and how sure they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.linalg import null_space
from scipy.optimize import minimize
from scipy.special import ndtri

FARTHEST = 12.0
"""How far the logarithm of a parameter may go: from 6e-6 to 160,000."""
STEP = 1e-3
"""Of the logarithm of a parameter, for second differences."""
CONFIDENCE = 0.95
FLAT, LARGEST_SCALE = 1e-8, 1e12
"""A slope that is none, of a likelihood in units of what it is at the start; and the largest such unit."""


class Fit(NamedTuple):
    """Estimates, in the order of the model's parameters."""

    estimates: tuple[float, ...]
    low: tuple[float, ...]
    """Lower ends of 95 % intervals, and below the upper ones; NaN where the data say nothing."""
    high: tuple[float, ...]
    log_likelihood: float


def maximise(
    log_likelihood: Callable[[np.ndarray], float], starts: Sequence[Sequence[float]], *, closely: bool = True
) -> Fit:
    """The positive parameters that make a log likelihood largest, from whichever start leads highest.

    Intervals are Wald's on the scale of logarithms, so that none reaches below zero.

    Parameters
    ----------
    log_likelihood : of an array of parameters
    starts : where to begin, several: a likelihood may have more than one hill
    closely : to seven digits and with intervals; otherwise as far as slopes lead, which is a tenth of the work

    Raises
    ------
    ValueError
        If no start leads to a number.

    Check
    -----
    >>> found = maximise(lambda rate: 90 * math.log(rate[0]) - 30 * rate[0], [[1.0], [10.0]])
    >>> round(found.estimates[0], 4), round(found.low[0], 2), round(found.high[0], 2)
    (3.0, 2.44, 3.69)
    """

    def loss(logs: np.ndarray) -> float:
        with np.errstate(all="ignore"):
            value = -log_likelihood(np.exp(logs))
        return value if math.isfinite(value) else 1e300

    bounds = [(-FARTHEST, FARTHEST)] * len(starts[0])
    best, lowest = np.zeros(0), math.inf
    for start in starts:
        # the first step is as long as the slope: unless that is small, it leads out of all that can be reckoned with
        scale = min(max(abs(loss(np.log(start))), 1.0), LARGEST_SCALE)
        found = minimize(
            lambda logs, scale=scale: loss(logs) / scale,
            np.log(start),
            method="L-BFGS-B",
            bounds=bounds,
            options={"gtol": FLAT},
        )
        found.fun *= scale
        if closely:
            found = minimize(loss, found.x, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9})
        if found.fun < lowest:
            best, lowest = found.x, float(found.fun)
    if lowest >= 1e300:
        raise ValueError("no start leads to a likelihood that is a number")
    half = ndtri(0.5 + CONFIDENCE / 2.0) * _errors(loss, best) if closely else np.full(len(best), np.nan)
    ends = (tuple(np.exp(logs).tolist()) for logs in (best, best - half, best + half))
    estimates, low, high = ends
    return Fit(estimates, low, high, -lowest)


def along(
    log_likelihood: Callable[[np.ndarray], float],
    at: Sequence[float],
    direction: Sequence[float],
    steps: Sequence[float],
) -> list[tuple[float, tuple[float, ...]]]:
    """The profile of a log likelihood: how large it still is a step away, if all else is free to follow, and where.

    Parameters
    ----------
    at : where it is largest
    direction : in which parameters are moved, by what one step does to their logarithms
    steps : how far, each from there

    Check
    -----
    >>> def ridge(given):  # only the ratio of the two is seen
    ...     return 90 * math.log(given[0] / given[1]) - 30 * given[0] / given[1]
    >>> found = along(ridge, [3.0, 1.0], [1.0, 1.0], [2.0]) + along(ridge, [3.0, 1.0], [1.0, -1.0], [1.0])
    >>> [round(ridge([3.0, 1.0]) - height, 1) for height, _ in found]
    [0.0, 395.0]
    """
    others = null_space(np.array([direction]))
    begin, reach = np.clip(np.log(at), -FARTHEST, FARTHEST), FARTHEST * math.sqrt(len(at))
    found = []
    for step in steps:
        held = begin + step * np.array(direction)

        def loss(moved: np.ndarray, held: np.ndarray = held) -> float:
            with np.errstate(all="ignore"):
                value = -log_likelihood(np.exp(held + others @ moved))
            return value if math.isfinite(value) else 1e300

        best = minimize(loss, np.zeros(others.shape[1]), method="L-BFGS-B", bounds=[(-reach, reach)] * others.shape[1])
        found.append((-float(best.fun), tuple(np.exp(held + others @ best.x).tolist())))
    return found


def _errors(loss: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """Standard errors from the curvature of the loss; NaN where it has none."""
    steps = STEP * np.eye(len(at))
    curvature = np.array(
        [[loss(at + a + b) - loss(at + a - b) - loss(at - a + b) + loss(at - a - b) for b in steps] for a in steps]
    ) / (4.0 * STEP * STEP)
    try:
        variance = np.diag(np.linalg.inv(curvature))
    except np.linalg.LinAlgError:
        return np.full(len(at), np.nan)
    return np.sqrt(np.where(variance > 0.0, variance, np.nan))
