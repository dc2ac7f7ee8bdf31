"""Trust: homophily moves taste to friends without adding any, and off leaves friends unlike."""

import numpy as np
import pytest
from scipy import stats

from sim.rules.trust import taste_among_friends
from tests.alphas import alpha_of

GROUPS, SIZE, MEAN, SPREAD, ALARM = 2000, 6, 0.15, 0.4, alpha_of("rules/test_trust.py") / 6


def tastes(homophily: float) -> np.ndarray:
    """Match of people in closed circles of friends, float64 (circles, people), by the rule."""
    luck = np.random.default_rng(2001)
    own = luck.normal(MEAN, SPREAD, (GROUPS, SIZE))
    shared = np.repeat(luck.normal(0.0, 1.0, (GROUPS, 1)), SIZE, axis=1)
    return np.vectorize(lambda a, b: taste_among_friends(a, b, MEAN, SPREAD, homophily))(own, shared)


def is_the_law(match: np.ndarray, alike: float) -> bool:
    """Is this a normal population of mean 0.15 and spread 0.4, a share of whose variance lies between circles?

    Exact: means of circles and distances from them are independent normals, so the three statistics are one normal
    and two chi-squares. Each is refused in the outer part of its law, all three together one time in a million.
    """
    variance = SPREAD**2
    between = variance * (alike + (1.0 - alike) / SIZE)
    means = match.mean(axis=1)
    shares = [
        stats.norm.cdf((means.mean() - MEAN) / np.sqrt(between / GROUPS)),
        stats.chi2.cdf(((means - means.mean()) ** 2).sum() / between, GROUPS - 1),
        stats.chi2.cdf(((match - means[:, None]) ** 2).sum() / (variance * (1.0 - alike)), GROUPS * (SIZE - 1)),
    ]
    return all(ALARM < share < 1.0 - ALARM for share in shares)


@pytest.mark.parametrize("homophily", [0.0, 0.3, 0.6])
def test_homophily_keeps_mean_and_variance_and_makes_friends_alike(homophily):
    match = tastes(homophily)
    assert is_the_law(match, homophily)
    assert not is_the_law(match, homophily + 0.1)


def test_taste_that_is_added_instead_of_shared_would_be_caught():
    own = tastes(0.0)
    assert not is_the_law(own + np.sqrt(0.3) * SPREAD * np.random.default_rng(1).normal(size=(GROUPS, 1)), 0.3)


def test_off_a_friends_taste_says_nothing():
    assert [taste_among_friends(0.1, shared, MEAN, SPREAD, 0.0) for shared in (-3.0, 0.0, 3.0)] == [0.1, 0.1, 0.1]


def test_people_who_are_all_alike_stay_so():
    assert [taste_among_friends(MEAN, shared, MEAN, 0.0, 0.6) for shared in (-3.0, 0.0, 3.0)] == [MEAN, MEAN, MEAN]


def test_a_mean_that_is_shrunk_with_the_spread_would_be_caught():
    """As if the segment's mean were nought: then friends who are alike would also like everything less."""
    own = np.random.default_rng(2001).normal(MEAN, SPREAD, (GROUPS, SIZE))
    shared = np.repeat(np.random.default_rng(1).normal(size=(GROUPS, 1)), SIZE, axis=1)
    match = np.vectorize(lambda a, b: taste_among_friends(a, b, 0.0, SPREAD, 0.3))(own, shared)
    assert is_the_law(match + MEAN * (1.0 - np.sqrt(0.7)), 0.3)
    assert not is_the_law(match, 0.3)
