"""Buying without a contract: how often, until when, and for how much.

Purchases of a person are Poisson, rates differ as a gamma distribution; after a purchase a person may be gone for good,
with a chance of its own that differs as a beta distribution. How often somebody has been seen again, when last, and for
how long we have looked is all that these models need to know.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from scipy.special import betaln, gammaln, logsumexp, roots_genlaguerre, roots_jacobi, xlogy

from sim.theory.fitting import Fit, maximise

Starts = Sequence[Sequence[float]]
"""Where an estimator begins; from places of its own if nobody says."""
NODES = 96
"""Chances of leaving that stand for all of a distribution."""
LEAST_CHANCE = 1e-12
"""Of leaving: whoever leaves less often never does, as far as numbers go."""
LARGEST_SIZE, SHAPELY = 500.0, 50.0
"""Of a + b, beyond which a beta is as good as its limit; and of a, for which that limit is a single number."""


class Buyers(NamedTuple):
    """People of one firm since their first purchase; arrays of one length."""

    repeats: np.ndarray
    """Purchases after the first."""
    seen: np.ndarray
    """Time from the first purchase to the last; 0 without repeats."""
    age: np.ndarray
    """Time from the first purchase to the end of what is known."""
    people: np.ndarray | float = 1.0
    """How many are like this."""


def alike(buyers: Buyers) -> tuple[Buyers, np.ndarray]:
    """The same people, those who are alike counted together; and for each person which of these it is.

    Check
    -----
    >>> few, kind = alike(Buyers(np.array([1, 0, 1]), np.array([2.5, 0.0, 2.5]), np.full(3, 9.0)))
    >>> few.people.tolist(), kind.tolist()
    ([1.0, 2.0], [1, 0, 1])
    """
    columns = np.column_stack([buyers.repeats, buyers.seen, buyers.age]).astype(float)
    kinds, kind = np.unique(columns, axis=0, return_inverse=True)
    repeats, seen, age = kinds.T
    people = np.bincount(kind, np.broadcast_to(buyers.people, kind.shape))
    return Buyers(repeats, seen, age, people), kind


class GammaRate(NamedTuple):
    """Rates ~ Gamma(r, alpha), mean r / alpha a unit of time."""

    r: float
    alpha: float


class BuyTillYouDie(NamedTuple):
    """Rates ~ Gamma(r, alpha); chances of leaving after a purchase ~ Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float


class GammaGamma(NamedTuple):
    """One person's orders ~ Gamma(p, nu), and nu, a rate, ~ Gamma(q, gamma)."""

    p: float
    q: float
    gamma: float

    @property
    def mean(self) -> float:
        """Mean order of the mean person; infinite for q of 1 or less."""
        return self.p * self.gamma / (self.q - 1.0) if self.q > 1.0 else np.inf


# ------------------------------------------------------------------------------------------- NBD: nobody ever leaves


def nbd(counts: np.ndarray, shape: float, mean: float) -> np.ndarray:
    """Share of people with each number of purchases.

    Source
    ------
    Ehrenberg (1959), The pattern of consumer purchases.

    Check
    -----
    >>> nbd(np.arange(3), 1.0, 1.0).round(6).tolist()
    [0.5, 0.25, 0.125]
    """
    counts = np.asarray(counts, float)
    logs = gammaln(shape + counts) - gammaln(shape) - gammaln(counts + 1.0)
    logs += shape * np.log(shape / (shape + mean)) + counts * np.log(mean / (shape + mean))
    return np.exp(logs)


def nbd_log_likelihood(rate: GammaRate, buyers: Buyers) -> float:
    """Of the times of all purchases, if nobody ever leaves."""
    r, alpha = rate
    x = buyers.repeats
    each = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + buyers.age)
    return float(np.sum(each * buyers.people))


def fit_nbd(buyers: Buyers, starts: Starts = (), **how: Any) -> Fit:
    """The most likely (r, alpha).

    Parameters
    ----------
    how : of ``maximise``
    """
    middle = float(np.median(buyers.age))
    starts = starts or [(0.3, middle / 3.0), (1.0, middle), (3.0, 3.0 * middle)]
    return maximise(lambda given: nbd_log_likelihood(GammaRate(*given), buyers), starts, **how)


# ------------------------------------------------------------------------- BG/NBD and MBG/NBD: a coin after purchases


def bg_nbd_log_likelihood(model: BuyTillYouDie, buyers: Buyers) -> float:
    """Of who bought when, if the coin is tossed after every repeat purchase.

    Source
    ------
    Fader, Hardie & Lee (2005), "Counting your customers" the easy way, equation 6.
    """
    x = buyers.repeats
    logs = _if_alive(model, buyers, 0.0), np.where(x > 0, _if_gone(model, buyers, np.maximum(x - 1.0, 0.0)), -np.inf)
    return _total(model, buyers, logs)


def mbg_nbd_log_likelihood(model: BuyTillYouDie, buyers: Buyers) -> float:
    """The same if the coin is tossed after the first purchase too.

    Source
    ------
    Batislam, Denizel & Filiztekin (2007), Empirical validation and comparison of models for customer base analysis.
    """
    logs = _if_alive(model, buyers, 1.0), _if_gone(model, buyers, buyers.repeats)
    return _total(model, buyers, logs)


def _if_alive(model: BuyTillYouDie, buyers: Buyers, tosses_more: float) -> np.ndarray:
    """Every coin so far said stay."""
    r, alpha, a, b = model
    return betaln(a, b + buyers.repeats + tosses_more) - (r + buyers.repeats) * np.log(alpha + buyers.age)


def _if_gone(model: BuyTillYouDie, buyers: Buyers, stays: np.ndarray) -> np.ndarray:
    """The coin after the last purchase said go."""
    r, alpha, a, b = model
    return betaln(a + 1.0, b + stays) - (r + buyers.repeats) * np.log(alpha + buyers.seen)


def _total(model: BuyTillYouDie, buyers: Buyers, logs: tuple[np.ndarray, np.ndarray]) -> float:
    r, alpha, a, b = model
    common = gammaln(r + buyers.repeats) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
    return float(np.sum((common + logsumexp(np.array(logs), axis=0)) * buyers.people))


def fit_bg_nbd(buyers: Buyers, at_first_purchase: bool = False, starts: Starts = (), **how: Any) -> Fit:
    """The most likely (r, alpha, a, b).

    Parameters
    ----------
    at_first_purchase : is the coin tossed after the first purchase too (MBG/NBD)?
    how : of ``maximise``
    """
    likelihood = mbg_nbd_log_likelihood if at_first_purchase else bg_nbd_log_likelihood
    middle = float(np.median(buyers.age))
    starts = starts or [(0.3, middle / 8.0, 0.8, 2.5), (1.0, middle / 2.0, 1.0, 8.0), (1.0, middle, 0.2, 0.5)]
    return maximise(lambda given: likelihood(BuyTillYouDie(*given), buyers), starts, **how)


def expected_repeats(model: BuyTillYouDie, time: np.ndarray | float, at_first_purchase: bool = False) -> np.ndarray:
    """Repeat purchases that a new customer makes within a time, on average.

    Parameters
    ----------
    at_first_purchase : is the coin tossed after the first purchase too (MBG/NBD)?

    Source
    ------
    Fader, Hardie & Lee (2005), equation 9; Batislam, Denizel & Filiztekin (2007).

    Check
    -----
    >>> expected_repeats(BuyTillYouDie(0.243, 4.414, 0.793, 2.426), np.array([13.0, 39.0, 78.0])).round(4).tolist()
    [0.5344, 1.1967, 1.8605]
    >>> round(float(expected_repeats(BuyTillYouDie(0.243, 4.414, 0.793, 2.426), 39.0, at_first_purchase=True)), 3)
    0.991
    """
    r, alpha, a, b = model
    if at_first_purchase:  # whoever stays after the first purchase is the rest of a beta distribution
        return b / (a + b) * expected_repeats(BuyTillYouDie(r, alpha, a, b + 1.0), time)
    return _repeats(r, alpha, _chances(a, b), np.asarray(time, float))


@lru_cache(maxsize=512)
def _chances(a: float, b: float) -> tuple[np.ndarray, np.ndarray]:
    """Chances of leaving that stand for a beta distribution, and their weights (Gauss-Jacobi)."""
    if a + b > LARGEST_SIZE and (a > SHAPELY or b < a):
        return np.array([max(a / (a + b), LEAST_CHANCE)]), np.ones(1)  # all alike
    if a + b > LARGEST_SIZE:  # Beta(a, b) is then Gamma(a) over b
        nodes, weights = roots_genlaguerre(NODES // 2, a - 1.0)
        return np.maximum(nodes / (b + nodes), LEAST_CHANCE), weights / weights.sum()
    nodes, weights = roots_jacobi(NODES, b - 1.0, a - 1.0)
    return np.maximum((nodes + 1.0) / 2.0, LEAST_CHANCE), weights / weights.sum()


def _repeats(
    shape: np.ndarray | float, rate: np.ndarray | float, chances: tuple[np.ndarray, np.ndarray], time: np.ndarray
) -> np.ndarray:
    """Purchases within a time of somebody who is a customer: (1 - E[exp(-p lambda t)]) / p, over all p.

    The same as with the hypergeometric function of the papers, which is not a number for some of their parameters.
    """
    leaving, weights = chances
    missed = np.log1p(np.multiply.outer(time / np.asarray(rate, float), leaving))
    return (-np.expm1(-np.asarray(shape, float)[..., None] * missed) / leaving) @ weights


def repeats_by(model: BuyTillYouDie, counts: np.ndarray, time: float) -> np.ndarray:
    """Share of new customers with each number of repeat purchases within a time (BG/NBD).

    Source
    ------
    Fader, Hardie & Lee (2005), equation 8.

    Check
    -----
    >>> shares = repeats_by(BuyTillYouDie(0.243, 4.414, 0.793, 2.426), np.arange(400), 39.0)
    >>> round(float(shares.sum()), 6), round(float(shares @ np.arange(400)), 4)
    (1.0, 1.1967)
    """
    r, alpha, a, b = model
    x = np.asarray(counts, float)
    upto = np.arange(int(x.max(initial=0)) + 1.0)
    poisson = np.exp(gammaln(r + upto) - gammaln(r) - gammaln(upto + 1.0)
                     + r * np.log(alpha / (alpha + time)) + xlogy(upto, time / (alpha + time)))  # fmt: skip
    there = np.exp(betaln(a, b + x) - betaln(a, b)) * poisson[x.astype(int)]
    beyond = 1.0 - np.append(0.0, np.cumsum(poisson))[x.astype(int)]
    gone = np.exp(betaln(a + 1.0, b + np.abs(x - 1.0)) - betaln(a, b)) * beyond
    return there + np.where(x > 0, gone, 0.0)


def alive(model: BuyTillYouDie, buyers: Buyers) -> np.ndarray:
    """Chance that each is still a customer (BG/NBD).

    Source
    ------
    Fader, Hardie & Lee (2008), Computing P(alive) using the BG/NBD model.

    Check
    -----
    >>> someone = Buyers(np.array([2, 7]), np.array([30.43, 29.43]), np.array([38.86, 38.86]))
    >>> alive(BuyTillYouDie(0.243, 4.414, 0.793, 2.426), someone).round(2).tolist()
    [0.73, 0.64]
    """
    r, alpha, a, b = model
    x = np.asarray(buyers.repeats, float)
    silence = (r + x) * np.log((alpha + buyers.age) / (alpha + buyers.seen))
    gone = np.where(x > 0, a / np.maximum(b + x - 1.0, 1e-300) * np.exp(silence), 0.0)
    return 1.0 / (1.0 + gone)


def expected_later(model: BuyTillYouDie, buyers: Buyers, time: float) -> np.ndarray:
    """Purchases that each will make within a time from now on, on average (BG/NBD).

    Source
    ------
    Fader, Hardie & Lee (2005), equation 10.

    Check
    -----
    >>> someone = Buyers(np.array([2, 0]), np.array([30.43, 0.0]), np.array([38.86, 38.86]))
    >>> expected_later(BuyTillYouDie(0.243, 4.414, 0.793, 2.426), someone, 39.0).round(2).tolist()
    [1.23, 0.2]
    """
    r, alpha, a, b = model
    repeats, age = np.broadcast_arrays(np.asarray(buyers.repeats, float), np.asarray(buyers.age, float))
    found = np.empty(repeats.shape)
    for x in np.unique(repeats):  # whoever has come x times is like a new customer of another firm
        same = repeats == x
        found[same] = _repeats(r + x, alpha + age[same], _chances(a, b + float(x)), np.asarray(time, float))
    return found * alive(model, buyers)


# ------------------------------------------------------------------------------------------------------- Gamma-Gamma


def gamma_gamma_log_density(model: GammaGamma, orders: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Of each person's mean over a number of orders.

    Source
    ------
    Fader, Hardie & Lee (2005), RFM and CLV: using iso-value curves for customer base analysis; Fader & Hardie (2013),
    The Gamma-Gamma model of monetary value.
    """
    p, q, gamma = model
    x = np.asarray(orders, float)
    each = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(gamma)
    each += (p * x - 1.0) * np.log(means) + p * x * np.log(x) - (p * x + q) * np.log(gamma + x * means)
    return each


def fit_gamma_gamma(
    orders: np.ndarray, means: np.ndarray, people: np.ndarray | float = 1.0, starts: Starts = (), **how: Any
) -> Fit:
    """The most likely (p, q, gamma), from people who ordered and their mean orders.

    Parameters
    ----------
    people : how many are like each
    how : of ``maximise``
    """
    middle = float(np.mean(means))
    starts = starts or [(6.0, 4.0, middle / 2.0), (2.0, 2.0, middle / 2.0), (1.0, 6.0, 5.0 * middle)]

    def log_likelihood(given: np.ndarray) -> float:
        return float(np.sum(gamma_gamma_log_density(GammaGamma(*given), orders, means) * people))

    return maximise(log_likelihood, starts, **how)


def expected_order(model: GammaGamma, orders: np.ndarray, means: np.ndarray) -> np.ndarray:
    """The next order of each, from what has been seen of the person and of all others; q above 1.

    Check
    -----
    >>> expected_order(GammaGamma(6.25, 3.74, 15.45), np.array([1.0, 100.0]), np.array([50.0, 50.0])).round(1).tolist()
    [45.5, 49.9]
    """
    p, q, _ = model
    own = p * orders / (p * orders + q - 1.0)
    return own * means + (1.0 - own) * model.mean
