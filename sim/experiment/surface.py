"""A response surface: what plans that were not tried would have brought, read off those that were, world by world.

Plans of one world share its luck, so their outcomes lie on a smooth surface over spend and split; a thin plate through
those that were tried says what lies between them. Nothing is ever read off beyond the plans that were tried.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import copy
from typing import NamedTuple

import numpy as np
from scipy.interpolate import RBFInterpolator

from sim.experiment.plans import Plan

STRETCH = 3.0
"""From no winning to all winning is as far as from one spend to twenty times that spend."""
NOTHING, LITTLE = 0.02, 0.005
"""Spends are as far apart as their logarithms, once so much of revenue is added; the least spend that is looked at."""
STEP = 0.05
SPLITS = np.round(np.linspace(0.0, 1.0, 21), 2)
SPENDS_BETWEEN = 240
SMOOTHING = 0.01
NEAR = 0.10
"""Splits within this part of the least spend are as good: chance and ignorance are larger."""


class Need(NamedTuple):
    """What a split needs: the least share of revenue, infinite if none reaches the goal in enough worlds."""

    split: float
    spend_share: float


def enough_of(worlds: int, confidence: float) -> int:
    """How many worlds have to reach a goal so that a new one does with this probability; all if none are enough.

    Of n worlds and a new one, each is as likely to need most. So the spend that k of n worlds have enough of is enough
    for the new one with probability k / (n + 1).

    Source
    ------
    Wilks (1941), Determination of sample sizes for setting tolerance limits.

    Check
    -----
    >>> [enough_of(worlds, 0.5) for worlds in (3, 6, 12)], enough_of(12, 0.9), enough_of(3, 0.9)
    ([2, 4, 7], 12, 3)
    """
    return min(math.ceil(confidence * (worlds + 1) - 1e-9), worlds)


class Surface:
    """Quantities of plans, in every world, over a fine grid of spends and splits.

    Parameters
    ----------
    plans : those that were tried
    values : (plans, worlds)
    """

    def __init__(self, plans: Sequence[Plan], values: np.ndarray) -> None:
        spent, split = np.array(plans).T
        idle, ends = values[spent == 0.0], np.linspace(0.0, 1.0, 4)
        if len(idle):  # without money every split is the same plan
            spent, split = np.append(spent[spent > 0.0], 0.0 * ends), np.append(split[spent > 0.0], ends)
            values = np.concatenate([values[np.array(plans)[:, 0] > 0.0], np.repeat(idle[:1], len(ends), axis=0)])
        self.spends = np.geomspace(LITTLE if len(idle) else spent.min(), spent.max(), SPENDS_BETWEEN)
        spends, splits = np.meshgrid(self.spends, SPLITS, indexing="ij")
        plate = RBFInterpolator(_places(spent, split), values, kernel="thin_plate_spline", smoothing=SMOOTHING)
        self.values = plate(_places(spends.ravel(), splits.ravel())).reshape(*spends.shape, values.shape[1])
        """(spends, splits, worlds)"""

    def mean_of(self, worlds: slice) -> Surface:
        """The mean of some worlds, as if it were one world."""
        return self._with(self.values[:, :, worlds].mean(axis=2, keepdims=True))

    def bent(self, plans: Sequence[Plan], values: np.ndarray) -> Surface:
        """The surface that passes through other values at a few plans, and has the shape of this one between them.

        Beyond them it lies as much higher or lower as at their edge.

        Parameters
        ----------
        plans : not all on one line
        values : (plans, worlds)
        """
        spent, split = np.array(plans).T
        away = values - np.array([self._at(plan) for plan in plans])
        plate = RBFInterpolator(_places(spent, split), away, kernel="thin_plate_spline")
        spends, splits = np.meshgrid(
            np.clip(self.spends, spent.min(), spent.max()), np.clip(SPLITS, split.min(), split.max()), indexing="ij"
        )
        return self._with(self.values + plate(_places(spends.ravel(), splits.ravel())).reshape(self.values.shape))

    def best_splits(self, goal: float, allowed: np.ndarray | None = None) -> np.ndarray:
        """The split that needs least in each world by itself, of those worlds in which the goal can be reached."""
        alone = [self._with(self.values[:, :, [at]]) for at in range(self.values.shape[2])]
        bests = [best_of(each.needs(goal, 1.0, allowed)) for each in alone]
        return np.array([best.split for best in bests if np.isfinite(best.spend_share)])

    def _with(self, values: np.ndarray) -> Surface:
        other = copy(self)
        other.values = values
        return other

    def _at(self, plan: Plan) -> np.ndarray:
        """What it says of a plan, at the nearest split of the grid, (worlds,)."""
        lines = self.values[:, int(np.abs(SPLITS - plan.acquisition_share).argmin())].T
        return np.array([np.interp(plan.spend_share, self.spends, line) for line in lines])

    def needs(self, goal: float, confidence: float, allowed: np.ndarray | None = None) -> list[Need]:
        """The least spend at which enough worlds reach a goal, for every split.

        Parameters
        ----------
        allowed : bool (spends, splits), where a plan may be
        """
        reached = (self.values >= goal).sum(axis=2) >= enough_of(self.values.shape[2], confidence)
        if allowed is not None:
            reached &= allowed
        found = np.where(reached.any(axis=0), self.spends[reached.argmax(axis=0)], np.inf)
        return [Need(float(split), float(spend)) for split, spend in zip(SPLITS, found, strict=True)]

    def plan_at(self, place: int) -> Plan:
        """The plan at a place of the grid, counted through."""
        spend, split = divmod(place, len(SPLITS))
        return Plan(float(self.spends[spend]), float(SPLITS[split]))

    def most_worlds(self, goal: float, allowed: np.ndarray | None = None) -> float:
        """The share of worlds that reach a goal under the plan that reaches it in most of them."""
        share = (self.values >= goal).mean(axis=2)
        return float((share if allowed is None else np.where(allowed, share, 0.0)).max())

    def slope(self, plan: Plan) -> float:
        """The growth gained if the spend of a plan becomes e times as large, in the mean of all worlds."""
        mean = self.values[:, int(np.abs(SPLITS - plan.acquisition_share).argmin())].mean(axis=1)
        return float(np.interp(plan.spend_share, self.spends, np.gradient(mean, np.log(self.spends))))


def best_of(needs: Sequence[Need]) -> Need:
    """The split that needs least.

    Check
    -----
    >>> best_of([Need(0.2, 0.10), Need(0.4, 0.08), Need(0.6, np.inf)])
    Need(split=0.4, spend_share=0.08)
    """
    return min(needs, key=lambda need: need.spend_share)


def band_of(needs: Sequence[Need], around: float | None = None) -> tuple[float, float]:
    """The splits around the best one that need at most a tenth more than it, without a gap.

    Parameters
    ----------
    around : a split as good as the best one, which belongs to the band in any case

    Check
    -----
    >>> needs = [Need(0.0, 0.12), Need(0.2, 0.10), Need(0.4, 0.105), Need(0.6, 0.2), Need(0.8, 0.1)]
    >>> band_of(needs), band_of(needs, around=0.8)
    ((0.2, 0.4), (0.8, 0.8))
    """
    best = best_of(needs)
    limit = best.spend_share * (1.0 + NEAR)
    middle = best.split if around is None else around
    low = high = min(range(len(needs)), key=lambda at: abs(needs[at].split - middle))
    while low > 0 and needs[low - 1].spend_share <= limit:
        low -= 1
    while high + 1 < len(needs) and needs[high + 1].spend_share <= limit:
        high += 1
    return min(needs[low].split, middle), max(needs[high].split, middle)


def _places(spends: np.ndarray, splits: np.ndarray) -> np.ndarray:
    return np.column_stack([np.log(spends + NOTHING), STRETCH * splits])
