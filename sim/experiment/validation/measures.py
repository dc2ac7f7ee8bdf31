"""Measures of the literature, taken of tables of purchases: (people, businesses), or of one column."""

from __future__ import annotations

import numpy as np

PART = 0.2
"""The heaviest fifth."""


def heavy_share(purchases: np.ndarray) -> float:
    """What the heaviest fifth of buyers brings, as a share of all.

    Check
    -----
    >>> heavy_share(np.array([0, 0, 1, 1, 1, 1, 1])), heavy_share(np.array([6, 1, 1, 1, 1]))
    (0.2, 0.6)
    """
    positive = np.sort(purchases[purchases > 0])[::-1]
    return float(positive[: round(len(positive) * PART)].sum() / positive.sum())


def heaviest(orders: np.ndarray, money: np.ndarray) -> set[int]:
    """The heaviest fifth of buyers, by orders and then by money."""
    ranked = np.lexsort((-money, -orders))
    return set(ranked[: round((orders > 0).sum() * PART)].tolist())


def duplication(purchases: np.ndarray) -> np.ndarray:
    """Share of the other businesses' buyers who also buy here, over the share of all people who do: one a business.

    Check
    -----
    >>> duplication(np.array([[1, 1], [1, 0], [0, 1], [0, 0]]))
    array([1., 1.])
    """
    bought = purchases > 0
    alone, both = bought.mean(axis=0), bought.T.astype(float) @ bought / len(bought)
    coefficient = both / np.outer(alone, alone)
    others = ~np.eye(len(alone), dtype=bool)
    return np.array([coefficient[others[:, j], j].mean() for j in range(len(alone))])
