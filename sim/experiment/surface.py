"""A response surface: what plans that were not tried would have brought, read off those that were, world by world.

Plans of one world share its luck, so their outcomes lie on a smooth surface over spend and split; a thin plate through
those that were tried says what lies between them. Nothing is ever read off beyond the plans that were tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.interpolate import RBFInterpolator

from sim.experiment.plans import Plan

STRETCH = 3.0
"""From no winning to all winning is as far as from one spend to twenty times that spend."""
SPLITS = np.round(np.linspace(0.0, 1.0, 21), 2)
SPENDS_BETWEEN = 240
SMOOTHING = 0.01
NEAR = 0.10
"""Splits within this part of the least spend are as good: chance and ignorance are larger."""


class Need(NamedTuple):
    """What a split needs: the least share of revenue, infinite if none reaches the goal in enough worlds."""

    split: float
    spend_share: float


class Surface:
    """Quantities of plans, in every world, over a fine grid of spends and splits.

    Parameters
    ----------
    plans : those that were tried
    values : (plans, worlds)
    """

    def __init__(self, plans: Sequence[Plan], values: np.ndarray) -> None:
        places = _places(np.array([plan.spend_share for plan in plans]), np.array([p.acquisition_share for p in plans]))
        least, most = (end(plan.spend_share for plan in plans) for end in (min, max))
        self.spends = np.geomspace(least, most, SPENDS_BETWEEN)
        spend, split = np.meshgrid(self.spends, SPLITS, indexing="ij")
        plate = RBFInterpolator(places, values, kernel="thin_plate_spline", smoothing=SMOOTHING)
        self.values = plate(_places(spend.ravel(), split.ravel())).reshape(*spend.shape, values.shape[1])
        """(spends, splits, worlds)"""

    def needs(self, goal: float, confidence: float, allowed: np.ndarray | None = None) -> list[Need]:
        """The least spend at which enough worlds reach a goal, for every split.

        Parameters
        ----------
        allowed : bool (spends, splits), where a plan may be
        """
        reached = (self.values >= goal).mean(axis=2) >= confidence - 1e-9
        if allowed is not None:
            reached &= allowed
        found = np.where(reached.any(axis=0), self.spends[reached.argmax(axis=0)], np.inf)
        return [Need(float(split), float(spend)) for split, spend in zip(SPLITS, found, strict=True)]


def best_of(needs: Sequence[Need]) -> Need:
    """The split that needs least.

    Check
    -----
    >>> best_of([Need(0.2, 0.10), Need(0.4, 0.08), Need(0.6, np.inf)])
    Need(split=0.4, spend_share=0.08)
    """
    return min(needs, key=lambda need: need.spend_share)


def band_of(needs: Sequence[Need]) -> tuple[float, float]:
    """The splits around the best one that need at most a tenth more, without a gap.

    Check
    -----
    >>> band_of([Need(0.0, 0.12), Need(0.2, 0.10), Need(0.4, 0.105), Need(0.6, 0.2), Need(0.8, 0.1)])
    (0.2, 0.4)
    """
    at = needs.index(best_of(needs))
    limit = needs[at].spend_share * (1.0 + NEAR)
    low = high = at
    while low > 0 and needs[low - 1].spend_share <= limit:
        low -= 1
    while high + 1 < len(needs) and needs[high + 1].spend_share <= limit:
        high += 1
    return needs[low].split, needs[high].split


def _places(spends: np.ndarray, splits: np.ndarray) -> np.ndarray:
    return np.column_stack([np.log(spends), STRETCH * splits])
