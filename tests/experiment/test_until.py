"""Worlds are added until a difference is known: looks are declared, counted, and paid for."""

import math

import numpy as np
import pytest
from scipy.stats import binom

from sim.experiment import until
from sim.experiment.compare import PLACE, compare
from sim.experiment.observed import Observed
from sim.experiment.outcome import Comparison, Run
from sim.experiment.runs import canonical_hash, seeds_from
from sim.experiment.statistics import paired_difference
from sim.experiment.until import Looks, compare_until, confidence_of_each, joined, looks_up_to, precision
from sim.model.metrics import METRICS
from tests.alphas import alpha_of
from tests.experiment.little import little

NOTHING_SEEN = Observed(*(np.zeros(0, np.int64) for _ in Observed._fields))


def with_profits(*profits: np.ndarray, first_seed: int = 0) -> Comparison:
    """Runs of which only the profit of the first business matters."""
    scenario = little()

    def run(seed: int, profit: float) -> Run:
        whole = np.zeros((1, len(METRICS)))
        whole[0, PLACE["profit"]] = profit
        weekly, no_events = np.zeros((1, 1, len(METRICS))), np.zeros((0, 6), np.int64)
        return Run(scenario, seed, weekly, whole, no_events, str(profit), NOTHING_SEEN)

    seeds = tuple(range(first_seed, first_seed + len(profits[0])))
    runs = tuple(tuple(map(run, seeds, each)) for each in profits)
    return Comparison((scenario,) * len(profits), seeds, runs)


def test_looks_double_and_end_at_the_most() -> None:
    for most in (2, 20, 21, 40, 100, 640):
        looks = looks_up_to(most)
        assert looks[-1] == most and sorted(set(looks)) == list(looks)
        assert all(later <= 2 * earlier for earlier, later in zip(looks, looks[1:], strict=False))


def test_precision_is_that_of_the_least_known_difference() -> None:
    rng = np.random.default_rng(1)
    base = 1000.0 + rng.normal(size=30)
    near, far = base + rng.normal(size=30), base + 50.0 * rng.normal(size=30)
    found = precision(with_profits(base, near, far), 0.99)
    interval = paired_difference(far, base, 0.99)
    assert found == pytest.approx(float(interval.high - interval.low) / 2.0 / base.mean(), rel=1e-12)


def test_without_profit_there_is_nothing_to_measure_against() -> None:
    assert precision(with_profits(np.zeros(3), np.arange(3.0)), 0.95) == math.inf


def test_rounds_are_the_same_worlds_as_one_comparison() -> None:
    scenarios = [little("steady"), little("aggressive")]
    found, looks = compare_until(scenarios, 5, 1e-9, 4, workers=1)
    assert looks == Looks(1e-9, (4,), looks.found) and not looks.reached
    parts = [compare(scenarios, seeds_from(5, 3), workers=1), compare(scenarios, seeds_from(8, 1), workers=1)]
    for other in (joined(parts), compare(scenarios, seeds_from(5, 4), workers=1)):
        assert other.seeds == found.seeds
        assert canonical_hash(r for runs in other.runs for r in runs) == canonical_hash(
            r for runs in found.runs for r in runs
        )


def rounds(spread: float, wanted: float, monkeypatch: pytest.MonkeyPatch, seed: int = 3) -> tuple[Comparison, Looks]:
    """Worlds whose difference in profit is normal, as many as it takes."""
    lots = np.random.default_rng(seed).normal(size=640)

    def lived(_: object, seeds: tuple[int, ...], **__: object) -> Comparison:
        base = np.full(len(seeds), 100.0)
        return with_profits(base, base + spread * lots[list(seeds)], first_seed=seeds[0])

    monkeypatch.setattr(until, "compare", lived)
    return compare_until([little(), little()], 0, wanted, 640)


def test_it_stops_at_the_first_look_that_is_precise_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison, looks = rounds(10.0, 0.035, monkeypatch)
    assert len(comparison.seeds) == looks.taken[-1] == 80
    assert looks.reached and looks.found[-1] <= 0.035 < min(looks.found[:-1])
    assert looks.document["looks"][-1] == {"worlds": 80, "precision": looks.found[-1]}


def test_it_gives_up_at_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison, looks = rounds(10.0, 0.001, monkeypatch)
    assert (len(comparison.seeds), looks.reached, len(looks.found)) == (640, False, 6)


def test_the_looks_share_the_error() -> None:
    assert 6 * (1.0 - confidence_of_each(6)) == pytest.approx(0.05, rel=1e-12)


def test_stopping_by_width_keeps_what_it_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    """200 times: the interval of the last look misses the truth, zero, no more often than it says.

    With an error of 5 % the number of misses is binomial; more than 25 have the chance of a false alarm.
    """
    misses = 0
    for seed in range(200):
        comparison, looks = rounds(10.0, 0.08, monkeypatch, seed)
        base, other = ([run.whole[0, PLACE["profit"]] for run in runs] for runs in comparison.runs)
        interval = paired_difference(np.array(other), np.array(base), looks.confidence)
        misses += not float(interval.low) <= 0.0 <= float(interval.high)
    assert misses <= binom.isf(alpha_of("experiment/test_until.py"), 200, 0.05) == 25
