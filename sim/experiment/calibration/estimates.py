"""Estimates: the parameters of models of buying from a log, and how sure they are.

The estimators are those of ``sim.theory``. Standard errors come from resampled customers: whoever has many is resampled
in part, and the spread shrunk accordingly.

Source
------
Efron & Tibshirani (1993), An Introduction to the Bootstrap; Politis, Romano & Wolf (1999), Subsampling.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtri
from scipy.stats import multinomial

from sim.experiment.calibration.log import Log, date_of
from sim.scenario.problems import InputError, Problem
from sim.theory import buying
from sim.theory.buying import Buyers, BuyTillYouDie, GammaGamma, GammaRate
from sim.theory.fitting import CONFIDENCE, Fit

RESAMPLES = 100
MOST_RESAMPLED = 3_000
"""Customers of one resample."""
FEW_REPEATERS = 30
"""With fewer customers who came back every number is a guess."""
FEWEST_REPEATERS = 3
DECILES = (0.1, 0.9)
APART = float(ndtri(DECILES[1]) - ndtri(DECILES[0]))
"""Both in a bell-shaped distribution, in standard deviations."""
LONGEST_END = 10.0
"""Of an interval in logarithms, from its middle: what is wider says nothing."""

Weighted = Callable[[np.ndarray, Sequence[Sequence[float]], bool], Fit]
"""An estimator: of how many customers there are of each kind, from where to begin, and whether closely."""


class Estimate(NamedTuple):
    """A parameter, and its 95 % interval."""

    name: str
    value: float
    low: float
    high: float


class Fitted(NamedTuple):
    """A model's parameters, in their order."""

    model: str
    parameters: tuple[Estimate, ...]
    log_likelihood: float
    others: tuple[tuple[float, ...], ...] = ()
    """What the parameters might as well be, together: one set for each resample."""

    @property
    def values(self) -> tuple[float, ...]:
        """The estimates alone."""
        return tuple(each.value for each in self.parameters)

    def with_values(self, values: Sequence[float]) -> Fitted:
        """The same model with other parameters."""
        return self._replace(
            parameters=tuple(each._replace(value=value) for each, value in zip(self.parameters, values, strict=True))
        )


class Estimates(NamedTuple):
    """What a log says of how people buy."""

    bg_nbd: Fitted
    nbd: Fitted
    gamma_gamma: Fitted | None
    """None where amounts tell nothing: all the same, or too few."""
    customers: int
    repeaters: int
    mean_order: float
    """Of all purchases."""

    @property
    def buying(self) -> BuyTillYouDie:
        """How often, and until when; a unit of time is a week."""
        return BuyTillYouDie(*self.bg_nbd.values)

    @property
    def all(self) -> tuple[Fitted, ...]:
        """Every model that could be fitted."""
        return tuple(each for each in (self.bg_nbd, self.nbd, self.gamma_gamma) if each)

    @property
    def is_thin(self) -> bool:
        """Are there so few who came back that intervals are all there is?"""
        return self.repeaters < FEW_REPEATERS


def estimated(log: Log, resamples: int = RESAMPLES) -> Estimates:
    """Fit every model to a log.

    Raises
    ------
    InputError
        If hardly anybody ever came back, so that nothing can be said of when they do.
    """
    buyers = log.buyers()
    repeaters = int((buyers.repeats > 0).sum())
    if repeaters < FEWEST_REPEATERS:
        what = (
            f"of {log.customers:,} customers {repeaters or 'none'} bought on a second day until "
            f"{date_of(log.last_day)}, so nothing can be said of when customers return, and there are none to keep"
        )
        advice = "Take a longer log; if customers of this firm never return, only winning counts and no model is needed"
        raise InputError([Problem(None, what, advice)])
    kinds, _ = buying.alike(buyers)

    def bg_nbd(people: np.ndarray, starts: Any, closely: bool) -> Fit:
        return buying.fit_bg_nbd(_some(kinds, people), starts=starts, closely=closely)

    def nbd(people: np.ndarray, starts: Any, closely: bool) -> Fit:
        return buying.fit_nbd(_some(kinds, people), starts=starts, closely=closely)

    people = np.asarray(kinds.people)
    return Estimates(
        fitted("bg_nbd", BuyTillYouDie._fields, bg_nbd, people, resamples),
        fitted("nbd", GammaRate._fields, nbd, people, resamples),
        _amounts(log, resamples),
        log.customers,
        repeaters,
        float(log.amount.mean()),
    )


def fitted(model: str, names: Sequence[str], fit: Weighted, people: np.ndarray, resamples: int = RESAMPLES) -> Fitted:
    """A model's most likely parameters with intervals from resampled customers.

    The search begins several times on a part of the customers, and goes on from the best place with all of them.

    Parameters
    ----------
    people : how many customers there are of each kind
    """
    total = int(people.sum())
    part = min(total, MOST_RESAMPLED)
    rough = fit(_drawn(people, part, 0) if part < total else people, (), False)
    found = fit(people, [rough.estimates], True)
    logs = []
    for seed in range(1, resamples + 1):
        try:
            logs.append(np.log(fit(_drawn(people, part, seed), [found.estimates], False).estimates))
        except ValueError:  # a sample without anybody who came back
            continue
    shrunk = float(np.sqrt(part / total))
    spread = _spread(np.array(logs)) if len(logs) > resamples // 2 else np.full(len(names), np.inf)
    half = np.minimum(float(ndtri(0.5 + CONFIDENCE / 2.0)) * spread * shrunk, LONGEST_END)
    middle = np.log(found.estimates)
    others = [np.exp(middle + _at_most(each - middle, LONGEST_END) * shrunk).tolist() for each in logs]
    low, high = np.exp(middle - half), np.exp(middle + half)
    parameters = tuple(
        Estimate(*each) for each in zip(names, found.estimates, low.tolist(), high.tolist(), strict=True)
    )
    return Fitted(model, parameters, found.log_likelihood, tuple(map(tuple, others)))


def _drawn(people: np.ndarray, size: int, seed: int) -> np.ndarray:
    """So many customers, drawn with replacement; the same ones for the same seed."""
    return np.asarray(multinomial(size, people / people.sum()).rvs(random_state=seed)[0], float)


def _some(kinds: Buyers, people: np.ndarray) -> Buyers:
    """Kinds of customers of which there are any."""
    there = people > 0
    return Buyers(kinds.repeats[there], kinds.seen[there], kinds.age[there], people[there])


def _at_most(away: np.ndarray, length: float) -> np.ndarray:
    """A step in the same direction, for what parameters say together is in it, that is not too long in any of them."""
    return away * min(1.0, length / max(float(np.abs(away).max()), length))


def _spread(logs: np.ndarray) -> np.ndarray:
    """Standard deviations, from deciles: a resample that says nothing must not decide."""
    low, high = np.quantile(logs, DECILES, axis=0)
    return (high - low) / APART


def _amounts(log: Log, resamples: int) -> Fitted | None:
    """The Gamma-Gamma of repeat purchases, if their amounts differ at all."""
    orders, means = log.mean_repeats()
    if len(means) < FEWEST_REPEATERS or means.max() - means.min() < 1e-6 * means.max():
        return None

    def fit(people: np.ndarray, starts: Any, closely: bool) -> Fit:
        there = people > 0
        return buying.fit_gamma_gamma(orders[there], means[there], people[there], starts, closely=closely)

    return fitted("gamma_gamma", GammaGamma._fields, fit, np.ones(len(means)), resamples)
