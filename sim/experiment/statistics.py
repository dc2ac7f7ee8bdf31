"""What may be concluded from a number of worlds: means, paired differences, shares and bands, each with its doubt.

The first axis of every array is worlds. A world in which a quantity is undefined (NaN) is left out of that quantity,
and ``n`` says how many remain. A world is the unit: weeks and people of one world are not independent.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri, stdtrit

CONFIDENCE = 0.95
ANYWHERE = (-np.inf, np.inf)
Bounds = tuple[float | np.ndarray, float | np.ndarray]
"""Between which values a quantity can lie at all."""


class Estimate(NamedTuple):
    """A mean over worlds and its confidence interval; NaN with fewer than two worlds."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n: np.ndarray


class Difference(NamedTuple):
    """What changed from the baseline, world by world; each number with its interval."""

    baseline: np.ndarray
    baseline_low: np.ndarray
    baseline_high: np.ndarray
    value: np.ndarray
    value_low: np.ndarray
    value_high: np.ndarray
    difference: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n: np.ndarray


class Ratio(NamedTuple):
    """A ratio of variances and its confidence interval."""

    ratio: np.ndarray
    low: np.ndarray
    high: np.ndarray


def mean_interval(values: np.ndarray, confidence: float = CONFIDENCE, bounds: Bounds = ANYWHERE) -> Estimate:
    """Mean over worlds with Student's t interval.

    Exact if worlds differ normally; for other shapes its coverage approaches the stated one as worlds are added. What
    of it lies beyond the bounds is cut off: the truth is never there, so the interval holds it as often as before.

    Parameters
    ----------
    bounds : between which values the quantity can lie at all

    Source
    ------
    Student (1908), The probable error of a mean.

    Check
    -----
    >>> estimate = mean_interval(np.array([1.0, 2.0, 3.0, np.nan]))
    >>> float(estimate.mean), round(float(estimate.high), 3), int(estimate.n)
    (2.0, 4.484, 3)
    """
    mean, variance, n = _moments(np.asarray(values, float))
    error = np.sqrt(_over(variance, n))
    half = stdtrit(np.maximum(n - 1, 1), 0.5 + confidence / 2.0) * error
    return Estimate(mean, np.clip(mean - half, *bounds), np.clip(mean + half, *bounds), n)


def paired_difference(
    value: np.ndarray, baseline: np.ndarray, confidence: float = CONFIDENCE, bounds: Bounds = ANYWHERE
) -> Difference:
    """Mean difference of paired worlds with the paired t interval; both means over the worlds where both are defined.

    Parameters
    ----------
    bounds : between which values the quantity itself can lie

    Source
    ------
    Student (1908). Pairs that share their luck: Conway (1963), Some tactical problems in digital simulation.

    Check
    -----
    >>> found = paired_difference(np.array([3.0, 5.0, np.nan]), np.array([1.0, 2.0, 9.0]))
    >>> float(found.baseline), float(found.difference), int(found.n)
    (1.5, 2.5, 2)
    """
    value, baseline = _both_defined(value, baseline)
    widest = np.subtract(bounds[1], bounds[0])
    change = mean_interval(value - baseline, confidence, (-widest, widest))
    start, end = (mean_interval(each, confidence, bounds)[:3] for each in (baseline, value))
    return Difference(*start, *end, *change)


def share_better(value: np.ndarray, baseline: np.ndarray, better: str) -> np.ndarray:
    """Share of worlds in which the value is better than the baseline; a tie counts half.

    Parameters
    ----------
    better : 'higher' or 'lower'; with 'neither' there is no better, and the answer is NaN

    Source
    ------
    Probability of superiority: McGraw & Wong (1992), here with pairs; ties half: Vargha & Delaney (2000).

    Check
    -----
    >>> float(share_better(np.array([1.0, 2.0, 3.0, 9.0]), np.array([1.0, 1.0, 1.0, np.nan]), "higher"))
    0.8333333333333334
    """
    value, baseline = _both_defined(value, baseline)
    n = (~np.isnan(value)).sum(axis=0)
    if better == "neither":
        return np.full(n.shape, np.nan)
    wins = (value > baseline if better == "higher" else value < baseline).sum(axis=0)
    return _over(wins + 0.5 * (value == baseline).sum(axis=0), n)


def wilson_interval(successes: float, trials: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Interval of a share that was counted; NaN without trials.

    Parameters
    ----------
    successes : a tie may count half

    Source
    ------
    Wilson (1927); recommended by Newcombe (1998), Two-sided confidence intervals for the single proportion.

    Check
    -----
    >>> [round(bound, 4) for bound in wilson_interval(81, 263)]
    [0.2553, 0.3662]
    """
    if trials == 0:
        return np.nan, np.nan
    z = float(ndtri(0.5 + confidence / 2.0))
    share, weight = successes / trials, z * z / trials
    centre = (share + weight / 2.0) / (1.0 + weight)
    half = z / (1.0 + weight) * np.sqrt(share * (1.0 - share) / trials + weight / (4.0 * trials))
    low = 0.0 if successes == 0 else float(centre - half)
    high = 1.0 if successes == trials else float(centre + half)
    return low, high


def band(values: np.ndarray, low: float = 0.05, high: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Between which quantiles most worlds lie: how worlds differ, not how sure a mean is.

    Source
    ------
    Hyndman & Fan (1996), definition 7 (linear between order statistics).

    Check
    -----
    >>> [float(bound) for bound in band(np.arange(101.0))]
    [5.0, 95.0]
    """
    values = np.asarray(values, float)
    nowhere = np.isnan(values).all(axis=0)
    bounds = np.nanquantile(np.where(nowhere, 0.0, values), [low, high], axis=0)
    lower, upper = np.where(nowhere, np.nan, bounds)
    return lower, upper


def variance_ratio(value: np.ndarray, baseline: np.ndarray) -> np.ndarray:
    """By how much shared luck shrinks the variance of a difference: (var(A) + var(B)) / var(A - B).

    That many times the worlds would be needed if the two did not share their luck. Infinite if the difference is the
    same in every world, NaN if there is no variance to shrink.

    Source
    ------
    Common random numbers: Law (2015), Simulation Modeling and Analysis, section 11.2.

    Check
    -----
    >>> round(float(variance_ratio(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0]))), 9)
    10.0
    """
    value, baseline = _both_defined(value, baseline)
    apart = _moments(value)[1] + _moments(baseline)[1]
    paired = _moments(value - baseline)[1]
    shrunk = np.where(apart > 0.0, np.inf, np.nan)
    return np.divide(apart, paired, out=shrunk, where=paired > 0.0)


def variance_ratio_interval(value: np.ndarray, baseline: np.ndarray, confidence: float = CONFIDENCE) -> Ratio:
    """The ratio of ``variance_ratio`` with its confidence interval; NaN bounds with fewer than three worlds.

    The variances of A and B add up to half of those of A + B and A - B, so the ratio is (1 + q) / 2 with q the ratio
    of the variances of sum and difference. These two are correlated; for normal worlds the interval of q is exact.

    Source
    ------
    Pitman (1939), A note on normal correlation.

    Check
    -----
    >>> found = variance_ratio_interval(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 2.0, 4.0, 3.5]))
    >>> [round(float(number), 2) for number in found]
    [9.0, 0.72, 325.79]
    """
    value, baseline = _both_defined(value, baseline)
    total, difference = value + baseline, value - baseline
    (centre, of_sum, n), (other, of_difference, _) = _moments(total), _moments(difference)
    together = _moments((total - centre) * (difference - other))[0] * _over(n, n - 1)
    q = _over(of_sum, of_difference)
    unexplained = np.clip(1.0 - _over(together**2, of_sum * of_difference), 0.0, 1.0)
    t = stdtrit(np.maximum(n - 2, 1), 0.5 + confidence / 2.0)
    k = 1.0 + _over(2.0 * t * t * unexplained, n - 2)
    spread = k + np.sqrt(k * k - 1.0)
    return Ratio(variance_ratio(value, baseline), (1.0 + q / spread) / 2.0, (1.0 + q * spread) / 2.0)


def written(number: float) -> float | None:
    """A number as JSON may hold it: undefined and infinite ones become null.

    Check
    -----
    >>> written(0.5), written(float("nan")), written(float("inf"))
    (0.5, None, None)
    """
    return float(number) if np.isfinite(number) else None


def _moments(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean and unbiased variance over the worlds where values are defined, and how many those are."""
    there = ~np.isnan(values)
    n = there.sum(axis=0)
    mean = _over(np.where(there, values, 0.0).sum(axis=0), n)
    return mean, _over((np.where(there, values - mean, 0.0) ** 2).sum(axis=0), n - 1), n


def _both_defined(value: np.ndarray, baseline: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both, undefined wherever one of them is."""
    value, baseline = np.asarray(value, float), np.asarray(baseline, float)
    missing = np.isnan(value) | np.isnan(baseline)
    return np.where(missing, np.nan, value), np.where(missing, np.nan, baseline)


def _over(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """A quotient, NaN where there is nothing to divide by."""
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    return np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=whole > 0.0)
