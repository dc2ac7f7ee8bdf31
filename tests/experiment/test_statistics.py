"""Statistics on data with known truth, and intervals that are wrong on purpose, which the same checks must catch.

Coverage is counted over many data sets drawn with a fixed seed. The accepted range holds a Binomial(data sets, 0.95)
count with all but 1e-6 of probability: that is the false-alarm rate of each such test if its seed were drawn anew.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.experiment.statistics import (
    band,
    mean_interval,
    paired_difference,
    share_better,
    variance_ratio,
    variance_ratio_interval,
    wilson_interval,
    written,
)
from tests.alphas import alpha_of

FALSE_ALARMS = alpha_of("experiment/test_statistics.py")
DATA_SETS = 4000
TRUTH = 3.0


def accepted() -> tuple[float, float]:
    low, high = stats.binom.ppf([FALSE_ALARMS / 2, 1 - FALSE_ALARMS / 2], DATA_SETS, 0.95)
    return float(low), float(high)


def covered(interval: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]], worlds: int, seed: int) -> int:
    """How many of many intervals hold the true mean of normal worlds."""
    values = np.random.default_rng(seed).normal(TRUTH, 2.0, (worlds, DATA_SETS))
    low, high = interval(values)
    return int(((low <= TRUTH) & (high >= TRUTH)).sum())


def ours(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    found = mean_interval(values)
    return found.low, found.high


def with_the_normal_quantile(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wrong on purpose: forgets that the spread is estimated, too."""
    mean, error = values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(len(values))
    return mean - 1.96 * error, mean + 1.96 * error


def with_the_spread_of_worlds(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wrong on purpose: where worlds lie instead of where their mean lies."""
    low, high = band(values, 0.025, 0.975)
    return low, high


@pytest.mark.parametrize("worlds", [2, 5, 10, 50])
def test_the_interval_of_a_mean_holds_the_truth_as_often_as_it_says(worlds: int) -> None:
    low, high = accepted()
    assert low <= covered(ours, worlds, seed=11) <= high


@pytest.mark.parametrize(("wrong", "worlds"), [(with_the_normal_quantile, 10), (with_the_spread_of_worlds, 10)])
def test_a_wrong_interval_is_caught_by_the_same_count(
    wrong: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]], worlds: int
) -> None:
    low, high = accepted()
    assert not low <= covered(wrong, worlds, seed=11) <= high


def paired_interval(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both plans share most of their luck; the second is better by TRUTH."""
    luck = np.random.default_rng(5).normal(0.0, 30.0, values.shape)
    found = paired_difference(values + luck, luck)
    return found.low, found.high


def test_the_interval_of_a_paired_difference_holds_the_truth_as_often_as_it_says() -> None:
    low, high = accepted()
    assert low <= covered(paired_interval, 20, seed=12) <= high


def test_pairing_makes_the_interval_narrow_where_luck_is_shared() -> None:
    generator = np.random.default_rng(3)
    luck, own = generator.normal(0.0, 30.0, 50), generator.normal(TRUTH, 2.0, 50)
    paired = paired_difference(luck + own, luck)
    apart = mean_interval(luck + own)
    assert float(paired.high - paired.low) < 0.2 * float(apart.high - apart.low)


def test_the_interval_of_a_mean_is_the_one_of_scipy() -> None:
    values = np.random.default_rng(1).normal(0.0, 1.0, 12)
    theirs = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    found = mean_interval(values)
    assert (float(found.low), float(found.high)) == pytest.approx((theirs.low, theirs.high), rel=1e-12)


def test_worlds_where_a_metric_is_undefined_are_left_out_and_counted() -> None:
    values = np.array([[1.0, np.nan], [np.nan, np.nan], [3.0, np.nan], [5.0, 7.0]])
    found = mean_interval(values)
    assert found.n.tolist() == [3, 1]
    assert found.mean.tolist() == [3.0, 7.0]
    assert found.low[0] < 3.0 < found.high[0]
    assert np.isnan([found.low[1], found.high[1]]).all()


def test_a_pair_counts_only_where_both_are_defined() -> None:
    found = paired_difference(np.array([2.0, np.nan, 4.0]), np.array([1.0, 5.0, np.nan]))
    assert (int(found.n), float(found.baseline), float(found.value), float(found.difference)) == (1, 1.0, 2.0, 1.0)
    assert np.isnan(found.low)


def test_without_any_defined_world_nothing_is_claimed() -> None:
    nothing = np.full((4, 2), np.nan)
    assert mean_interval(nothing).n.tolist() == [0, 0]
    assert np.isnan(mean_interval(nothing).mean).all()
    assert np.isnan(share_better(nothing, nothing, "higher")).all()
    assert np.isnan(band(nothing)).all()
    assert np.isnan(variance_ratio(nothing, nothing)).all()
    assert np.isnan(wilson_interval(0, 0)).all()


def test_identical_worlds_differ_by_exactly_nothing() -> None:
    values = np.random.default_rng(2).normal(0.1, 1.0, 30)
    found = paired_difference(values, values)
    assert (float(found.difference), float(found.low), float(found.high)) == (0.0, 0.0, 0.0)
    assert float(share_better(values, values, "higher")) == 0.5
    assert float(variance_ratio(values, values)) == np.inf


def test_better_follows_the_direction_of_the_metric_and_ties_count_half() -> None:
    value, baseline = np.array([1.0, 2.0, 3.0, np.nan]), np.array([0.0, 2.0, 4.0, 0.0])
    assert float(share_better(value, baseline, "higher")) == 0.5
    assert float(share_better(value, baseline - 2.0, "higher")) == 1.0
    assert float(share_better(value, baseline - 2.0, "lower")) == 0.0
    assert np.isnan(share_better(value, baseline, "neither"))


NEWCOMBE_1998 = [  # Table I, method 3: the score interval without continuity correction
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@pytest.mark.parametrize(("successes", "trials", "low", "high"), NEWCOMBE_1998)
def test_the_interval_of_a_share_is_the_published_one__newcombe_1998(
    successes: int, trials: int, low: float, high: float
) -> None:
    assert wilson_interval(successes, trials) == pytest.approx((low, high), abs=5e-5)


def coverage(interval: Callable[[int, int], tuple[float, float]], trials: int, truth: float) -> float:
    """Exact probability that the interval of a counted share holds the truth; no luck involved."""
    bounds = [interval(successes, trials) for successes in range(trials + 1)]
    chances = stats.binom.pmf(np.arange(trials + 1), trials, truth)
    return float(sum(p for p, (low, high) in zip(chances, bounds, strict=True) if low <= truth <= high))


def wald(successes: int, trials: int) -> tuple[float, float]:
    """Wrong on purpose: the textbook's interval, which is a point where nothing or everything succeeded."""
    share = successes / trials
    half = 1.96 * (share * (1 - share) / trials) ** 0.5
    return share - half, share + half


def mean_coverage(interval: Callable[[int, int], tuple[float, float]], trials: int) -> float:
    return float(np.mean([coverage(interval, trials, truth) for truth in np.linspace(0.005, 0.995, 199)]))


@pytest.mark.parametrize("trials", [10, 50])
def test_the_interval_of_a_share_covers_as_stated_on_average_and_the_textbooks_does_not(trials: int) -> None:
    assert mean_coverage(wilson_interval, trials) == pytest.approx(0.95, abs=0.01)
    assert mean_coverage(wald, trials) < 0.92


@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_a_share_holds_the_share_and_stays_between_0_and_1(counted: tuple[int, int]) -> None:
    low, high = wilson_interval(*counted)
    assert 0.0 <= low <= counted[0] / counted[1] <= high <= 1.0


def test_a_band_holds_nine_worlds_of_ten() -> None:
    values = np.arange(1001.0)[:, None].repeat(2, axis=1)
    values[:, 1] = np.nan
    low, high = band(values)
    assert (low[0], high[0]) == (50.0, 950.0)
    assert np.isnan([low[1], high[1]]).all()


def test_shared_luck_shrinks_the_variance_by_the_known_ratio() -> None:
    """Correlation r between plans of equal variance: (1 + 1) / (2 - 2 r)."""
    generator = np.random.default_rng(8)
    luck, first, second = generator.normal(0.0, 1.0, (3, 200_000))
    shared, own = 0.9**0.5, 0.1**0.5
    ratio = float(variance_ratio(shared * luck + own * first, shared * luck + own * second))
    assert ratio == pytest.approx(10.0, rel=0.03)  # 8 standard errors
    assert float(variance_ratio(first, second)) == pytest.approx(1.0, rel=0.03)


def two_plans(worlds: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Plans of variances 4 and 1 that share nine tenths of their variance: true ratio 5 / (5 - 3.6)."""
    luck, first, second = np.random.default_rng(seed).normal(0.0, 1.0, (3, worlds, DATA_SETS))
    shared, own = 0.9**0.5, 0.1**0.5
    return 2.0 * (shared * luck + own * first), shared * luck + own * second


def held(low: np.ndarray, high: np.ndarray, truth: float) -> bool:
    least, most = accepted()
    return least <= int(((low <= truth) & (truth <= high)).sum()) <= most


@pytest.mark.parametrize("worlds", [4, 10, 50])
def test_the_interval_of_a_ratio_of_variances_holds_the_truth_as_often_as_it_says(worlds: int) -> None:
    found = variance_ratio_interval(*two_plans(worlds, 21))
    assert held(found.low, found.high, 5.0 / 1.4)
    np.testing.assert_array_equal(found.ratio, variance_ratio(*two_plans(worlds, 21)))


def test_an_interval_that_takes_sum_and_difference_for_independent_is_caught() -> None:
    first, second = two_plans(10, 21)
    q = (first + second).var(axis=0) / (first - second).var(axis=0)
    low, high = ((1.0 + q / stats.f.ppf(level, 9, 9)) / 2.0 for level in (0.975, 0.025))
    assert not held(low, high, 5.0 / 1.4)


def test_a_ratio_of_variances_from_two_worlds_has_no_interval() -> None:
    found = variance_ratio_interval(*two_plans(2, 1))
    assert np.isfinite(found.ratio).all() and np.isnan(found.low).all() and np.isnan(found.high).all()


def test_bounds_cut_an_interval_and_never_its_coverage() -> None:
    values = np.random.default_rng(4).binomial(3, 0.2, (6, DATA_SETS)) / 3.0
    free, cut = mean_interval(values), mean_interval(values, bounds=(0.0, 1.0))
    assert (free.low < 0.0).sum() > DATA_SETS / 4 and cut.low.min() == 0.0 and cut.high.max() <= 1.0
    covers = [(each.low <= 0.2) & (each.high >= 0.2) for each in (free, cut)]
    np.testing.assert_array_equal(*covers)


def test_bounds_of_a_quantity_bound_its_difference_too() -> None:
    found = paired_difference(np.array([1.0, 0.0]), np.array([0.0, 0.9]), bounds=(0.0, 1.0))
    assert (float(found.low), float(found.high)) == (-1.0, 1.0)


def test_json_never_sees_a_number_that_it_has_no_word_for() -> None:
    assert [written(number) for number in (1.5, np.float64(2.0), np.nan, np.inf, -np.inf)] == [
        1.5,
        2.0,
        None,
        None,
        None,
    ]
