"""The newsvendor: how much to order ahead of a demand that nobody knows yet."""

from __future__ import annotations

from statistics import NormalDist


def newsvendor_quantity(mean: float, deviation: float, ratio: float) -> float:
    """How much to order ahead of a normal demand: its mean, and as many deviations more as the critical ratio says.

    Source
    ------
    Arrow, Harris & Marschak (1951); for demand 1 with coefficient of variation CV it is 1 + z CV.
    """
    return NormalDist(mean, deviation).inv_cdf(ratio) if deviation else mean
