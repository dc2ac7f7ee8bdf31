"""Brands: how purchases of a category spread over brands that nobody prefers for good.

People buy the category as a negative binomial distribution says, and each has lasting chances to take each brand, which
differ between people as a Dirichlet distribution: ``affinities`` are its parameters, one a brand, and the last one may
be all other brands together.

Source
------
Goodhardt, Ehrenberg & Chatfield (1984), The Dirichlet: a comprehensive model of buying behaviour.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln

from sim.theory.buying import nbd

FARTHEST = 0.99999999
"""Share of people whose number of purchases is looked at."""


class Category(NamedTuple):
    """How often people buy, in one period, and how they spread over brands."""

    mean: float
    """Purchases of a person (M)."""
    shape: float
    """Of the gamma distribution of rates (K)."""
    affinities: tuple[float, ...]

    def in_time(self, periods: float) -> Category:
        """The same people in another length of time."""
        return self._replace(mean=self.mean * periods)


class BrandMeasures(NamedTuple):
    """Of each brand in one period."""

    penetration: np.ndarray
    """Share of people who buy it at least once."""
    rate: np.ndarray
    """Purchases per buyer."""
    requirements: np.ndarray
    """Its share of what its buyers buy of the category."""
    sole: np.ndarray
    """Share of its buyers who buy nothing else."""


def _purchases(category: Category) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of purchases, and how many people make them."""
    most = 64
    while nbd(np.arange(most), category.shape, category.mean).sum() < FARTHEST and most < 2**16:
        most *= 2
    counts = np.arange(most, dtype=float)
    return counts, nbd(counts, category.shape, category.mean)


def _none_of(affinity: float, total: float, counts: np.ndarray) -> np.ndarray:
    """Chance that none of so many purchases is of brands with this affinity."""
    if affinity >= total:
        return np.where(counts == 0, 1.0, 0.0)
    rest = total - affinity
    return np.exp(gammaln(rest + counts) - gammaln(rest) + gammaln(total) - gammaln(total + counts))


def not_bought(category: Category, affinity: float) -> float:
    """Share of people who buy none of some brands, whose affinities add to this."""
    counts, people = _purchases(category)
    return float(1.0 - np.sum(people * (1.0 - _none_of(affinity, sum(category.affinities), counts))))


def measures(category: Category) -> BrandMeasures:
    """What each brand's buyers look like.

    Check
    -----
    >>> colgate = measures(Category(1.456, 0.7788, tuple(1.485 * share for share in (0.25, 0.19, 0.56))))
    >>> [round(float(column[0]), 3) for column in colgate]
    [0.204, 1.785, 0.56, 0.432]
    """
    counts, people = _purchases(category)
    total = sum(category.affinities)
    found = []
    for affinity in category.affinities:
        bought = people * (1.0 - _none_of(affinity, total, counts))
        penetration = bought.sum()
        rate = category.mean * affinity / total / penetration
        alone = people[1:] * _none_of(total - affinity, total, counts[1:]) if total > affinity else people[1:]
        found.append((penetration, rate, rate * penetration / (counts * bought).sum(), alone.sum() / penetration))
    return BrandMeasures(*np.array(found).T)


def duplication(category: Category) -> np.ndarray:
    """Of each pair of brands, how much more often one is bought by buyers of the other than by everybody; 1 on itself.

    Check
    -----
    >>> duplication(Category(5.824, 0.7788, (0.4, 0.3, 0.8))).round(2).tolist()
    [[1.0, 1.14, 1.12], [1.14, 1.0, 1.12], [1.12, 1.12, 1.0]]
    """
    affinities = category.affinities
    without = np.array([not_bought(category, affinity) for affinity in affinities])
    found = np.ones((len(affinities), len(affinities)))
    for i, one in enumerate(affinities):
        for j, other in enumerate(affinities[:i]):
            both = 1.0 - without[i] - without[j] + not_bought(category, one + other)
            found[i, j] = found[j, i] = both / (1.0 - without[i]) / (1.0 - without[j])
    return found


def double_jeopardy(penetration: np.ndarray, rate: np.ndarray) -> float:
    """Slope of log purchases per buyer on log penetration: small brands have fewer buyers, who buy a little less often.

    Check
    -----
    >>> round(double_jeopardy(np.array([0.1, 0.2, 0.4]), np.array([1.0, 1.1, 1.21])), 4)
    0.1375
    """
    return float(np.polyfit(np.log(penetration), np.log(rate), 1)[0])


def share_of_heaviest(counts: np.ndarray, people: np.ndarray, part: float = 0.2) -> float:
    """What the heaviest part of buyers buys, as a share of all purchases.

    Parameters
    ----------
    counts : purchases, zeros are no buyers
    people : how many make so many

    Check
    -----
    >>> share_of_heaviest(np.array([1, 6]), np.array([4, 1]))
    0.6
    """
    order = np.argsort(counts)[::-1]
    counts, people = np.asarray(counts, float)[order], np.where(np.asarray(counts)[order] > 0, people[order], 0.0)
    reached = np.cumsum(people) / people.sum()
    bought = np.cumsum(counts * people) / (counts * people).sum()
    return float(np.interp(part, np.concatenate([[0.0], reached]), np.concatenate([[0.0], bought])))


def shape_of_category(mean: float, penetration: float) -> float:
    """The shape under which a mean number of purchases comes with a share of people who buy at all.

    Check
    -----
    >>> round(shape_of_category(1.456, 0.56), 4)
    0.7788
    """
    return float(brentq(lambda shape: (1.0 + mean / shape) ** -shape - (1.0 - penetration), 1e-6, 1e6, xtol=1e-12))


def spread_of_tastes(mean: float, shape: float, shares: np.ndarray, penetrations: np.ndarray) -> float:
    """S, the sum of affinities: brand by brand what fits its penetration, weighted by share.

    Small where everybody is loyal to some brand, large where all choose alike.

    Source
    ------
    Goodhardt, Ehrenberg & Chatfield (1984), section 4.
    """
    shares, penetrations = np.asarray(shares, float), np.asarray(penetrations, float)

    def gap(total: float, share: float, penetration: float) -> float:
        return (
            1.0 - not_bought(Category(mean, shape, (total * share, total * (1.0 - share))), total * share) - penetration
        )

    fitting = [brentq(gap, 1e-3, 1e3, args=each) for each in zip(shares, penetrations, strict=True)]
    return float(np.average(fitting, weights=shares))


def price_elasticity(sensitivity: float, share: float, total: float = np.inf, own: bool = True) -> float:
    """Of a brand's purchases in its own price, or in that of another brand of this share, where all brands are known.

    Parameters
    ----------
    sensitivity : of the logarithm of a weight in choice to the logarithm of price
    total : sum of affinities; infinite where tastes do not differ

    Source
    ------
    The multinomial logit's -b (1 - s) and b s, over Dirichlet shares: E[p(1 - p)] is s (1 - s) S / (1 + S).

    Check
    -----
    >>> round(price_elasticity(3.0, 0.2), 6), round(price_elasticity(3.0, 0.2, 5.0), 6)
    (-2.4, -2.0)
    >>> round(price_elasticity(3.0, 0.3, 5.0, own=False), 6)
    0.75
    """
    differ = 1.0 if np.isinf(total) else total / (1.0 + total)
    return -sensitivity * (1.0 - share) * differ if own else sensitivity * share * differ
