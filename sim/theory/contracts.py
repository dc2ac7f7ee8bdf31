"""Contracts: how many renewals, if each customer leaves with a chance of its own at every one.

Chances differ as Beta(a, b), so those who are likely to leave go first, and retention of a cohort rises although nobody
changes (shifted-beta-geometric).

Source
------
Fader & Hardie (2007), How to project customer retention; (2010), Customer-base valuation in a contractual setting.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.special import betaln

from sim.theory.fitting import Fit, maximise

WORTH_NOTHING = 30.0
"""Payments so far off that they are worth e^-30 of what they are paid count as nothing."""


def survival(renewals: np.ndarray | float, a: float, b: float) -> np.ndarray:
    """Share of a cohort that has renewed at least so many times.

    Check
    -----
    >>> survival(np.array([1.0, 7.0, 12.0]), 0.704, 1.182).round(3).tolist()
    [0.627, 0.239, 0.17]
    """
    return np.exp(betaln(a, b + np.asarray(renewals, float)) - betaln(a, b))


def retention(renewal: np.ndarray | float, a: float, b: float) -> np.ndarray:
    """Share that renews at the n-th renewal, of those who have come so far; n counts from 1.

    Check
    -----
    >>> retention(np.array([1.0, 2.0]), 1.0, 1.0).round(3).tolist()
    [0.5, 0.667]
    """
    n = np.asarray(renewal, float)
    return (b + n - 1.0) / (a + b + n - 1.0)


class Subscribers(NamedTuple):
    """How many have left at their first, second, ... renewal, and how many are still there after 0, 1, ... of them."""

    left: np.ndarray
    staying: np.ndarray

    @classmethod
    def of_cohort(cls, survivors: np.ndarray) -> Subscribers:
        """Of a cohort's size at the beginning and after each renewal.

        Check
        -----
        >>> left, staying = Subscribers.of_cohort(np.array([10.0, 6.0, 5.0]))
        >>> left.tolist(), staying.tolist()
        ([4.0, 1.0], [0.0, 0.0, 5.0])
        """
        survivors = np.asarray(survivors, float)
        staying = np.zeros(len(survivors))
        staying[-1] = survivors[-1]
        return cls(survivors[:-1] - survivors[1:], staying)


def log_likelihood(subscribers: Subscribers, a: float, b: float) -> float:
    """Of who has left when, and of those who have not yet."""
    left, staying = subscribers
    there = survival(np.arange(max(len(left) + 1, len(staying))), a, b)
    gone = left > 0
    leaving = (there[: len(left)] - there[1 : len(left) + 1])[gone]
    return float(np.sum(left[gone] * np.log(leaving)) + np.sum(staying * np.log(there[: len(staying)])))


def fit(subscribers: Subscribers, starts: Sequence[Sequence[float]] = (), **how: Any) -> Fit:
    """The most likely (a, b).

    Parameters
    ----------
    how : of ``maximise``
    """
    starts = starts or [(0.5, 1.0), (1.0, 4.0), (5.0, 20.0)]
    return maximise(lambda given: log_likelihood(subscribers, *given), starts, **how)


def discounted_renewals(a: float, b: float, made: int, discount: float) -> float:
    """Payments still to come from somebody about to decide on the next renewal, at the time of that renewal.

    Parameters
    ----------
    made : renewals so far
    discount : by which a payment one renewal later is worth less, above 0

    Check
    -----
    >>> round(discounted_renewals(0.704, 1.182, 7, 0.1), 2)
    6.84
    """
    later = np.arange(np.ceil(WORTH_NOTHING / np.log1p(discount)) + 1.0)
    still_there = np.exp(betaln(a, b + made + 1.0 + later) - betaln(a, b + made))
    return float(np.sum(still_there / (1.0 + discount) ** later))


def value_if_all_were_alike(a: float, b: float, cohorts: int, discount: float) -> float:
    """What cohorts are worth by one retention rate for all, over what they are worth.

    Parameters
    ----------
    cohorts : equal ones, of which the oldest has had this many chances less one to leave; valued before a renewal
    """
    made = np.arange(cohorts)
    size = survival(made, a, b)
    rate = size[1:].sum() / size[:-1].sum()
    naive = size.sum() * rate * (1.0 + discount) / (1.0 + discount - rate)
    return float(naive / sum(n * discounted_renewals(a, b, int(t), discount) for n, t in zip(size, made, strict=True)))
