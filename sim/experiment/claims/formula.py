"""Formulas: what a claim measures, written as arithmetic over worlds, such as ``keep.profit - win.profit``.

A formula is evaluated at means over worlds, so a quotient is a ratio of means and not a mean of ratios. How sure it is
comes of leaving out one world after the other; of sums and differences this is Student's interval of paired worlds.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from sim.experiment.statistics import Estimate, mean_interval

FEWEST = 2
"""Worlds without which nothing can be said about chance."""


class Term(NamedTuple):
    """A measure of a business in a world of the claim; the first business if none is named."""

    world: str
    business: str
    measure: str


Values = Mapping[Term, np.ndarray]
"""Of each term, float64 (..., seeds)."""


class Formula(NamedTuple):
    """Arithmetic over terms."""

    text: str
    terms: tuple[Term, ...]

    def at(self, values: Values) -> np.ndarray:
        """The formula of these values, element by element; NaN where it divides by nothing.

        Check
        -----
        >>> double = formula("2 * (keep.profit - win.theirs.profit) / win.orders")
        >>> numbers = [np.array([7.0]), np.array([4.0]), np.array([3.0])]
        >>> double.at(dict(zip(double.terms, numbers, strict=True))).tolist()
        [2.0]
        """
        return np.asarray(_evaluated(_parsed(self.text), values), float)


class Found(NamedTuple):
    """What a formula comes to."""

    pseudo: np.ndarray
    """float64 (worlds,): what each world says, by Tukey's pseudo-values; of sums and differences simply its value."""
    estimate: Estimate

    @property
    def mean(self) -> float:
        """The estimate, less the bias that leaving out worlds shows."""
        return float(self.estimate.mean)

    @property
    def worlds(self) -> int:
        """In how many worlds everything in it is defined."""
        return int(self.estimate.n)

    def interval(self, confidence: float) -> tuple[float, float]:
        """Where the truth lies with so much confidence."""
        found = mean_interval(self.pseudo, confidence)
        return float(found.low), float(found.high)


def formula(text: str) -> Formula:
    """Read a formula.

    Raises
    ------
    ValueError
        If it is none, with the reason.

    Check
    -----
    >>> formula("keep.profit / 2 - 1").terms
    (Term(world='keep', business='', measure='profit'),)
    """
    tree = _parsed(text)
    terms: list[Term] = []
    _collect(tree, terms)
    if not terms:
        raise ValueError("it names no measure; write one such as keep.profit")
    return Formula(" ".join(text.split()), tuple(dict.fromkeys(terms)))


def found(what: Formula, values: Values) -> Found:
    """What a formula comes to over worlds, and how sure that is.

    A world in which one of its terms is undefined is left out.

    Parameters
    ----------
    values : float64 (worlds,) of each term

    Source
    ------
    Quenouille (1956), Notes on bias in estimation; Tukey (1958): pseudo-values, treated as independent.

    Check
    -----
    >>> term = Term("keep", "", "profit")
    >>> found(formula("keep.profit - 1"), {term: np.array([1.0, 2.0, 3.0, np.nan])}).pseudo.tolist()
    [0.0, 1.0, 2.0]
    """
    rows = np.stack([values[term] for term in what.terms])
    rows = rows[:, ~np.isnan(rows).any(axis=0)]
    count = rows.shape[1]
    if count < FEWEST:
        nothing = np.full(count, np.nan)
        return Found(nothing, mean_interval(nothing) if count else _unknown())
    whole = what.at(dict(zip(what.terms, rows.mean(axis=1), strict=True)))
    others = (rows.sum(axis=1, keepdims=True) - rows) / (count - 1)
    left_out = what.at(dict(zip(what.terms, others, strict=True)))
    pseudo = count * whole - (count - 1) * left_out
    return Found(pseudo, mean_interval(pseudo))


# ------------------------------------------------------------------------------------------------------------- details


def _unknown() -> Estimate:
    nothing = np.array(np.nan)
    return Estimate(nothing, nothing, nothing, np.array(0))


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(" ".join(text.split()), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        raise ValueError("it cannot be read; write arithmetic such as keep.profit - win.profit") from error


def _term(node: ast.Attribute) -> Term:
    names = []
    inside: ast.expr = node
    while isinstance(inside, ast.Attribute):
        names.append(inside.attr)
        inside = inside.value
    if not isinstance(inside, ast.Name) or len(names) > 2:
        raise ValueError("a measure is written world.measure or world.business.measure")
    measure, business = names[0], names[1] if len(names) == 2 else ""
    return Term(inside.id, business, measure)


def _collect(node: ast.expr, terms: list[Term]) -> None:
    """Note the terms, and refuse whatever is no arithmetic."""
    match node:
        case ast.BinOp(left, ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right):
            _collect(left, terms)
            _collect(right, terms)
        case ast.UnaryOp(ast.USub(), operand):
            _collect(operand, terms)
        case ast.Attribute():
            terms.append(_term(node))
        case ast.Constant(int() | float() as value) if not isinstance(value, bool):
            pass
        case ast.Name(name):
            raise ValueError(f"{name} alone is no measure; write one such as {name}.profit")
        case _:
            raise ValueError(f"{ast.unparse(node)} is no arithmetic; there is only + - * / and brackets")


def _evaluated(node: ast.expr, values: Values) -> np.ndarray | float:
    match node:
        case ast.BinOp(left, operator, right):
            a, b = _evaluated(left, values), _evaluated(right, values)
            match operator:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
            divisor = np.asarray(b, float)
            return np.asarray(a, float) / np.where(divisor == 0.0, np.nan, divisor)
        case ast.UnaryOp(_, operand):
            return -_evaluated(operand, values)
        case ast.Attribute():
            return values[_term(node)]
        case ast.Constant(value):
            return float(value)  # type: ignore[arg-type]
    raise AssertionError(ast.dump(node))
