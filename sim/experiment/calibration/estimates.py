"""Estimates: the parameters of models of buying from a log, and how sure they are.

The estimators are those of ``sim.theory``. Standard errors come from resampled customers: whoever has many is resampled
in part, and the spread shrunk accordingly.

Source
------
Efron & Tibshirani (1993), An Introduction to the Bootstrap; Politis, Romano & Wolf (1999), Subsampling; Wilks (1938),
The large-sample distribution of the likelihood ratio.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit, logit, ndtri
from scipy.stats import multinomial, norm

from sim.experiment.calibration.log import Log, date_of
from sim.scenario.problems import InputError, Problem
from sim.theory import buying
from sim.theory.buying import Buyers, BuyTillYouDie, GammaGamma, GammaRate
from sim.theory.fitting import CONFIDENCE, FARTHEST, Fit, along

RESAMPLES = 100
MOST_RESAMPLED = 3_000
"""Customers of one resample."""
FEW_REPEATERS, FEW_CUSTOMERS = 30, 100
"""With fewer customers who came back, or fewer at all, every number is a guess."""
FEWEST_REPEATERS = 3
DECILES = (0.1, 0.9)
APART = float(ndtri(DECILES[1]) - ndtri(DECILES[0]))
"""Both in a bell-shaped distribution, in standard deviations."""
SMALLEST = 1e-9
LONGEST_END = 10.0
"""Of an interval in logarithms, from its middle: what is wider says nothing."""

SCATTER = 1.5
"""Standard deviation, in logarithms, of another place at which the search begins in every other resample if the
likelihood is flat: from the estimate alone it would end where it began."""
AWAY: tuple[float, ...] = (-math.log(100.0), -math.log(10.0), math.log(10.0), math.log(100.0))
"""Steps in logarithms at which the likelihood is looked at again."""
BACK = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0)
"""Logarithms of a ratio to which it is brought back as well, if it has run away."""
LEAST_DROP = float(ndtri(0.5 + CONFIDENCE / 2.0)) ** 2 / 2.0
"""Of the logarithm of a likelihood, at the end of a 95 % interval."""
WIDE = math.log(20.0)
"""Of an interval from end to end: what is wider is hardly known."""
ORDERS = {"leaves_at_first": 1, "leaves_at_fifth": 5}
"""At which decision the chance of leaving is told."""

Weighted = Callable[[np.ndarray, Sequence[Sequence[float]], bool], Fit]
"""An estimator: of how many customers there are of each kind, from where to begin, and whether closely."""
Likelihood = Callable[[np.ndarray, np.ndarray], float]
"""The logarithm, of how many customers there are of each kind, and of parameters."""


class Model(NamedTuple):
    """A model that can be fitted."""

    name: str
    parameters: tuple[str, ...]
    fit: Weighted
    likelihood: Likelihood
    pairs: tuple[tuple[int, int], ...]
    """Parameters of one distribution: their ratio is its mean, and if both are larger its values are more alike."""


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
    chances: tuple[Estimate, ...] = ()
    """To leave at the first decision and at the fifth, where the model has them: known better than ``a`` and ``b``."""
    loose: tuple[str, ...] = ()
    """Parameters that the records do not identify: a hundred times as much or as little fits as well."""

    @property
    def is_wide(self) -> bool:
        """Is something hardly known?"""
        return any(each.high > math.exp(WIDE) * each.low for each in self.parameters)

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
        """Are there so few who came back, or so few at all, that intervals are all there is?"""
        return self.repeaters < FEW_REPEATERS or self.customers < FEW_CUSTOMERS


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

    bg_nbd = Model(
        "bg_nbd",
        BuyTillYouDie._fields,
        lambda people, starts, closely: buying.fit_bg_nbd(_some(kinds, people), starts=starts, closely=closely),
        lambda people, given: buying.bg_nbd_log_likelihood(BuyTillYouDie(*given), _some(kinds, people)),
        ((0, 1), (2, 3)),
    )
    nbd = Model(
        "nbd",
        GammaRate._fields,
        lambda people, starts, closely: buying.fit_nbd(_some(kinds, people), starts=starts, closely=closely),
        lambda people, given: buying.nbd_log_likelihood(GammaRate(*given), _some(kinds, people)),
        ((0, 1),),
    )
    people = np.asarray(kinds.people)
    return Estimates(
        fitted(bg_nbd, people, resamples),
        fitted(nbd, people, resamples),
        _amounts(log, resamples),
        log.customers,
        repeaters,
        float(log.amount.mean()),
    )


def fitted(model: Model, people: np.ndarray, resamples: int = RESAMPLES) -> Fitted:
    """A model's most likely parameters with intervals from resampled customers.

    The search begins several times on a part of the customers, and goes on from the best place with all of them. Where
    the likelihood is flat, intervals reach as far as it is.

    Parameters
    ----------
    people : how many customers there are of each kind
    """
    total, names = int(people.sum()), model.parameters
    part = total if len(people) <= MOST_RESAMPLED else min(total, MOST_RESAMPLED)
    some = _drawn(people, part, 0) if part < total else people
    rough = model.fit(some, (), False)
    found = model.fit(people, [rough.estimates], True)
    loose, flat = _flat(model, some, rough if part < total else found, total / part)
    logs = []
    for seed in range(1, resamples + 1):
        starts = _scattered(found.estimates, seed) if loose and seed % 2 == 0 else [found.estimates]
        try:
            logs.append(np.log(model.fit(_drawn(people, part, seed), starts, False).estimates))
        except ValueError:  # a sample without anybody who came back
            continue
    shrunk = float(np.sqrt(part / total))
    spread = _spread(np.array(logs)) if len(logs) > resamples // 2 else np.full(len(names), np.inf)
    half = np.minimum(float(ndtri(0.5 + CONFIDENCE / 2.0)) * spread * shrunk, LONGEST_END)
    middle = np.log(found.estimates)
    others = [np.exp(middle + _at_most(each - middle, LONGEST_END) * shrunk).tolist() for each in logs]
    ends = np.array([middle - half, middle + half, *flat])
    low, high = np.exp(ends.min(axis=0)).tolist(), np.exp(ends.max(axis=0)).tolist()
    parameters = tuple(Estimate(*each) for each in zip(names, found.estimates, low, high, strict=True))
    chances = _chances(found.estimates, others, np.exp(flat)) if names[-2:] == ("a", "b") else ()
    return Fitted(model.name, parameters, found.log_likelihood, tuple(map(tuple, others)), chances, loose)


def _scattered(estimates: Sequence[float], seed: int) -> list[Sequence[float]]:
    """The estimates, and a place about them, where a search may begin."""
    middle = np.clip(np.log(estimates), -LONGEST_END, LONGEST_END)
    return [estimates, np.exp(middle + norm.rvs(scale=SCATTER, size=len(estimates), random_state=seed)).tolist()]


def _flat(model: Model, people: np.ndarray, found: Fit, times: float) -> tuple[tuple[str, ...], np.ndarray]:
    """Parameters that could be a hundred times as large or as small, and logarithms of all that fit as well.

    Parameters
    ----------
    found : the most likely parameters of these people
    times : customers for each of these people
    """
    loose: set[int] = set()
    flat, names = [], model.parameters
    logs = np.clip(np.log(found.estimates), -FARTHEST, FARTHEST)
    for pair in model.pairs:
        for sign in (1.0, -1.0):
            direction = np.zeros(len(names))
            direction[list(pair)] = 1.0, sign
            steps = AWAY
            if sign < 0.0 and abs(ratio := float(logs[pair[0]] - logs[pair[1]])) > LONGEST_END:
                steps += tuple((math.copysign(back, ratio) - ratio) / 2.0 for back in BACK)
            heights = along(lambda given: model.likelihood(people, given), found.estimates, direction.tolist(), steps)
            for step, (height, place) in zip(steps, heights, strict=True):
                if (found.log_likelihood - height) * times < LEAST_DROP:
                    flat.append(np.log(place))
                    loose |= set(pair) if abs(step) >= AWAY[-1] else set()
        loose |= set(pair) if (np.abs(logs[list(pair)]) > LONGEST_END).any() else set()
    return tuple(names[at] for at in sorted(loose)), np.array(flat).reshape(-1, len(logs))


def chance_to_leave(a: float, b: float, decision: int) -> float:
    """Of somebody who stayed at all decisions before this one, if chances are Beta(a, b).

    Check
    -----
    >>> round(chance_to_leave(0.8, 4.2, 1), 3), round(chance_to_leave(0.8, 4.2, 5), 3)
    (0.16, 0.089)
    """
    return a / (a + b + decision - 1.0)


def _chances(estimates: Sequence[float], others: list[list[float]], flat: np.ndarray) -> tuple[Estimate, ...]:
    """The chances to leave at some decisions, with intervals."""
    made = []
    for name, decision in ORDERS.items():

        def odds(given: Sequence[float], decision: int = decision) -> float:
            return float(logit(np.clip(chance_to_leave(given[-2], given[-1], decision), SMALLEST, 1.0 - SMALLEST)))

        middle = odds(estimates)
        spread = _spread(np.array([[odds(each)] for each in others]))[0] if others else np.inf
        half = float(ndtri(0.5 + CONFIDENCE / 2.0)) * spread
        ends = [middle - half, middle + half, *(odds(each) for each in flat.tolist())]
        made.append(Estimate(name, *expit([middle, min(ends), max(ends)]).tolist()))
    return tuple(made)


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

    def likelihood(people: np.ndarray, given: np.ndarray) -> float:
        there = people > 0
        logs = buying.gamma_gamma_log_density(GammaGamma(*given), orders[there], means[there])
        return float(np.sum(logs * people[there]))

    model = Model("gamma_gamma", GammaGamma._fields, fit, likelihood, ((1, 2),))
    return fitted(model, np.ones(len(means)), resamples)
