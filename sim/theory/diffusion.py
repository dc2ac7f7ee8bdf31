"""Diffusion: how an innovation is adopted by people who hear of it from outside and from those who have it.

Source
------
Bass (1969), A new product growth for model consumer durables: the chance of adopting is p + q F.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import curve_fit


class Estimate(NamedTuple):
    """Coefficients of a series of sales, and their standard errors."""

    coefficients: tuple[float, float, float]
    """p, q and the size of the market."""
    errors: tuple[float, float, float]


def recursion(p: float, q: float, periods: int) -> np.ndarray:
    """Share of adopters after 0, 1, ... periods, if everybody decides once a period on what was so in the last one.

    Check
    -----
    >>> recursion(0.03, 0.38, 2).round(6).tolist()
    [0.0, 0.03, 0.070158]
    """
    adopted = [0.0]
    for _ in range(periods):
        adopted.append(adopted[-1] + min(p + q * adopted[-1], 1.0) * (1.0 - adopted[-1]))
    return np.array(adopted)


def adopted(time: np.ndarray | float, p: float, q: float) -> np.ndarray:
    """Share of adopters in continuous time.

    Check
    -----
    >>> round(float(adopted(peak_time(0.03, 0.38), 0.03, 0.38)), 6), round(0.5 - 0.03 / 0.76, 6)
    (0.460526, 0.460526)
    """
    gone = np.exp(-(p + q) * np.asarray(time, float))
    return (1.0 - gone) / (1.0 + q / p * gone)


def peak_time(p: float, q: float) -> float:
    """When most adopt, in continuous time.

    Check
    -----
    >>> round(peak_time(0.010399, 0.41861), 2)
    8.61
    """
    return float(np.log(q / p) / (p + q))


def peak_share(p: float, q: float) -> float:
    """Share of all that adopts in a unit of time at the peak.

    Check
    -----
    >>> round(16895 * peak_share(0.010399, 0.41861))
    1857
    """
    return (p + q) * (p + q) / (4.0 * q)


def time_to(share: float, curve: np.ndarray) -> float:
    """When a curve that is known after 0, 1, ... periods reaches a share, between two periods on a straight line.

    Check
    -----
    >>> round(time_to(0.5, recursion(0.03, 0.38, 30)), 3)
    7.203
    """
    return float(np.interp(share, curve, np.arange(len(curve))))


def fit_intervals(sales: np.ndarray) -> Estimate:
    """Least squares on m (F(t) - F(t - 1)).

    Source
    ------
    Srinivasan & Mason (1986), Nonlinear least squares estimation of new product diffusion models.
    """
    return _fit(sales, lambda t, p, q: adopted(t, p, q) - adopted(t - 1.0, p, q))


def fit_density(sales: np.ndarray) -> Estimate:
    """Least squares on m f(t), the density at the end of each period."""

    def density(t: np.ndarray, p: float, q: float) -> np.ndarray:
        share = adopted(t, p, q)
        return (p + q * share) * (1.0 - share)

    return _fit(sales, density)


def _fit(sales: np.ndarray, shape: Callable[[np.ndarray, float, float], np.ndarray]) -> Estimate:
    sales = np.asarray(sales, float)
    times = np.arange(1.0, len(sales) + 1.0)

    def curve(t: np.ndarray, p: float, q: float, market: float) -> np.ndarray:
        return market * shape(t, p, q)

    start = (0.02, 0.4, 2.0 * sales.sum())
    found, spread = curve_fit(curve, times, sales, start, bounds=([1e-7, 1e-7, sales.max()], [1.0, 5.0, np.inf]))
    p, q, market = map(float, found)
    of_p, of_q, of_market = map(float, np.sqrt(np.diag(spread)))
    return Estimate((p, q, market), (of_p, of_q, of_market))
