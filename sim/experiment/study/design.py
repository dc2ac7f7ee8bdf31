"""Designs: which combinations of values a study tries."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import qmc

from sim.experiment.study.factors import LEVELS, Factor
from sim.scenario.problems import Mark

Row = tuple[Any, ...]
"""A value for each factor."""


class Grid(NamedTuple):
    """Every combination of levels; the last factor changes fastest."""

    levels: int = LEVELS


class LatinHypercube(NamedTuple):
    """So many points of which each factor's values are spread evenly.

    Source
    ------
    McKay, Beckman & Conover (1979), A comparison of three methods for selecting values of input variables.
    """

    points: int
    seed: int = 1


class Sobol(NamedTuple):
    """A scrambled Sobol sequence: points that leave no large holes, whichever factors one looks at.

    Source
    ------
    Sobol (1967), with the scrambling of Owen (1998).
    """

    points: int
    seed: int = 1


class Listed(NamedTuple):
    """Points that somebody wrote down."""

    rows: tuple[Row, ...]
    marks: tuple[Mark, ...]
    """Where each is written."""


Design = Grid | LatinHypercube | Sobol | Listed


def size_of(design: Design, factors: Sequence[Factor]) -> int:
    """How many points, without making them.

    Check
    -----
    >>> size_of(LatinHypercube(40), []), size_of(Grid(), [])
    (40, 1)
    """
    match design:
        case Grid(levels):
            return math.prod(len(factor.spread.levels(levels)) for factor in factors)
        case Listed(rows, _):
            return len(rows)
    return design.points


def rows_of(design: Design, factors: Sequence[Factor]) -> list[Row]:
    """The points of a design."""
    match design:
        case Grid(levels):
            return list(product(*(factor.spread.levels(levels) for factor in factors)))
        case LatinHypercube(points, seed):
            return rows_at(qmc.LatinHypercube(len(factors), rng=seed).random(points), factors)
        case Sobol(points, seed):
            return rows_at(qmc.Sobol(len(factors), rng=seed).random(points), factors)
    return list(design.rows)


def rows_at(places: np.ndarray, factors: Sequence[Factor]) -> list[Row]:
    """The points at places that somebody else has chosen.

    Parameters
    ----------
    places : float64 (points, factors), each from 0 to 1
    """
    return [tuple(factor.spread.at(float(u)) for factor, u in zip(factors, row, strict=True)) for row in places]
