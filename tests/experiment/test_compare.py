"""Paired worlds: what differs is the plans' doing, and the tables say so in shapes that others build on."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from sim.experiment.compare import (
    compare,
    differences,
    document_of,
    goals,
    growth_of_worlds,
    levels,
    names_of,
    over_time,
    variance_reduction,
)
from sim.experiment.outcome import Comparison
from sim.experiment.runs import canonical_hash, run_scenario, seeds_from
from sim.experiment.statistics import mean_interval
from sim.model.metrics import METRICS
from tests.experiment.little import little

SCENARIOS = [little("steady"), little("aggressive"), little("nothing")]
SEEDS = seeds_from(1, 12)


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare(SCENARIOS, SEEDS, workers=1)


def hash_of(comparison: Comparison) -> str:
    return canonical_hash(run for runs in comparison.runs for run in runs)


def test_a_comparison_is_the_same_bits_for_one_worker_and_for_two(
    comparison: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.experiment.executor.SMALL_SECONDS", 0.0)
    there = compare(SCENARIOS, SEEDS, workers=2)
    assert hash_of(there) == hash_of(comparison)
    for mine, theirs in zip(comparison.runs, there.runs, strict=True):
        assert [run.seed for run in theirs] == list(SEEDS)
        for one, other in zip(mine, theirs, strict=True):
            np.testing.assert_array_equal(one.weekly, other.weekly)
            np.testing.assert_array_equal(one.whole, other.whole)


def test_sharing_the_years_before_week_0_equals_living_each_scenario_straight(comparison: Comparison) -> None:
    for scenario, runs in zip(SCENARIOS, comparison.runs, strict=True):
        assert canonical_hash(runs) == canonical_hash(run_scenario(scenario, SEEDS))


def test_levels_hold_every_scenario_business_and_metric(comparison: Comparison) -> None:
    frame = levels(comparison)
    assert list(frame.columns) == ["scenario", "business", "metric", "mean", "low", "high", "n"]
    assert len(frame) == 3 * 3 * len(METRICS)
    revenue = frame[frame.metric == "revenue"]
    assert ((revenue.low < revenue["mean"]) & (revenue["mean"] < revenue.high) & (revenue.n == len(SEEDS))).all()


def test_differences_are_paired_and_add_up(comparison: Comparison) -> None:
    frame = differences(comparison)
    assert list(frame.columns) == [
        "scenario", "business", "metric", "baseline", "baseline_low", "baseline_high", "value", "value_low",
        "value_high", "difference", "low", "high", "probability_better", "better_low", "better_high", "n",
    ]  # fmt: skip
    assert list(frame.scenario.unique()) == ["aggressive", "nothing"]
    known = frame[frame.n > 1]
    np.testing.assert_allclose(known.value - known.baseline, known.difference, rtol=1e-9, atol=1e-9)
    for each, start in (("difference", ""), ("baseline", "baseline_"), ("value", "value_")):
        assert known[each].between(known[f"{start}low"], known[f"{start}high"]).all()
    directions = frame.metric.map(lambda metric: METRICS[metric].better)
    assert frame[directions == "neither"].probability_better.isna().all()
    share = known[directions[known.index] != "neither"]
    assert (share.better_low <= share.probability_better).all() and (
        share.probability_better <= share.better_high
    ).all()
    assert share.better_low.between(0.0, 1.0).all() and share.better_high.between(0.0, 1.0).all()


def test_who_spends_nothing_saves_money_and_has_fewer_customers_in_most_worlds(comparison: Comparison) -> None:
    frame = differences(comparison)
    ours = frame[(frame.scenario == "nothing") & (frame.business == "ours")].set_index("metric")
    assert ours.loc["retention_spend", "value"] == 0.0 == ours.loc["acquisition_spend", "value"]
    assert ours.loc["customers", "probability_better"] < 0.5


def test_identical_scenarios_differ_by_exactly_nothing_and_win_half_the_worlds() -> None:
    twins = compare([little("steady"), little("steady")], SEEDS[:5], workers=1)
    frame = differences(twins)
    assert list(frame.scenario.unique()) == ["steady (2)"]
    known = frame[frame.n > 1]
    assert (known[["difference", "low", "high"]] == 0.0).all(axis=None)
    assert (known.probability_better.dropna() == 0.5).all()
    assert len(known.probability_better.dropna()) > 30
    ratios = np.array(list(variance_reduction(twins).values()))
    assert (np.isnan(ratios[:, 0]) | np.isinf(ratios[:, 0])).all() and np.isnan(ratios[:, 1:]).all()


def test_pairing_is_reported_as_the_smallest_reduction_of_variance(comparison: Comparison) -> None:
    ratios = variance_reduction(comparison)
    assert list(ratios) == list(METRICS)
    pairs = [
        variance_reduction(Comparison(comparison.scenarios[::step], SEEDS, comparison.runs[::step])) for step in (2,)
    ] + [variance_reduction(Comparison(comparison.scenarios[:2], SEEDS, comparison.runs[:2]))]
    for metric in ("profit", "revenue", "customers"):
        ratio, low, high = ratios[metric]
        assert 0.0 < low < ratio < high < np.inf
        assert ratios[metric] == min(pair[metric] for pair in pairs)


def test_near_by_plans_share_most_of_their_luck() -> None:
    """In the independent worlds of other seeds the ratio would be about 1."""
    near = compare([little("eight"), little("nothing")], seeds_from(1, 30), workers=1)
    assert variance_reduction(near)["revenue"][0] > 2.0
    shuffled = Comparison(near.scenarios, near.seeds, (near.runs[0], near.runs[1][1:] + near.runs[1][:1]))
    assert variance_reduction(shuffled)["revenue"][0] < 2.0


def test_goals_say_how_many_worlds_reached_them(comparison: Comparison) -> None:
    frame = goals(comparison).set_index("scenario")
    assert list(frame.columns) == [
        "of", "low", "high", "growth", "growth_low", "growth_high",
        "reached", "reached_low", "reached_high", "passed", "passed_low", "passed_high", "n", "status_quo",
    ]  # fmt: skip
    assert frame.loc["steady", ["of", "low", "high"]].tolist() == ["revenue", 0.10, 0.20]
    assert frame.loc["aggressive", ["low", "high"]].tolist() == [0.50, 1.00]
    worlds = growth_of_worlds(comparison)
    steady = worlds[worlds.scenario == "steady"]
    assert frame.loc["steady", "reached"] == (steady.growth >= 0.10).mean()
    assert frame.loc["steady", "passed"] == (steady.growth >= 0.20).mean()
    assert frame.loc["steady", "reached_low"] <= frame.loc["steady", "reached"] <= frame.loc["steady", "reached_high"]
    assert np.isfinite(frame.loc["nothing", "growth"])
    assert frame.loc["nothing", ["low", "high", "reached", "reached_low", "reached_high", "passed"]].isna().all()


def test_who_goes_on_as_before_week_0_is_known_as_the_status_quo() -> None:
    scenario = little("steady", "plan")
    ours, *others = scenario.businesses
    same = replace(scenario, name="same", businesses=(ours._replace(strategy=ours.status_quo), *others))
    frame = goals(compare([same, scenario], SEEDS[:2], workers=1)).set_index("scenario")
    assert frame.status_quo.to_dict() == {"same": True, "plan": False}


def test_no_interval_leaves_what_a_metric_can_be() -> None:
    """Two worlds of few people: t intervals as they come reach far beyond."""
    few = compare([little("steady", people=60), little("nothing", people=60)], SEEDS[:2], workers=1)
    frame, beyond = levels(few), 0
    wholes = np.stack([run.whole for run in few.runs[0]])
    for at, metric in enumerate(METRICS.values()):
        least, most = metric.bounds
        part = frame[(frame.metric == metric.id) & frame.low.notna()]
        assert (part.low >= least).all() and (part.high <= most).all()
        uncut = mean_interval(wholes[:, :, at])
        beyond += int(((uncut.low < least) | (uncut.high > most)).sum())
    assert beyond > 5
    shares = differences(few).query("metric == 'market_share'")
    assert (shares.low >= -1.0).all() and (shares.high <= 1.0).all()


def test_growth_is_judged_by_what_the_goal_is_about() -> None:
    scenario = little("steady")
    ours, *others = scenario.businesses
    counting = replace(scenario, businesses=(ours._replace(strategy=ours.strategy._replace(of=2)), *others))  # type: ignore[attr-defined]
    frame = growth_of_worlds(compare([counting], SEEDS[:3], workers=1))
    runs = run_scenario(counting, SEEDS[:3])
    assert frame.of.tolist() == ["customers"] * 3
    assert frame.growth.tolist() == [run.whole[0, list(METRICS).index("customer_growth")] for run in runs]


def test_growth_of_worlds_has_a_row_for_each_world_and_keeps_large_seeds() -> None:
    frame = growth_of_worlds(compare([little("eight", weeks=4, burn_in_weeks=8)], [2**64 - 1, 0], workers=1))
    assert frame.seed.tolist() == [2**64 - 1, 0]


@pytest.mark.parametrize(("weeks", "defined"), [(51, False), (52, True)])
def test_growth_of_money_is_undefined_in_less_than_a_year_and_growth_of_customers_is_not(
    weeks: int, defined: bool
) -> None:
    """The last 52 weeks of a shorter run begin before week 0."""
    found = levels(compare([little("steady", weeks=weeks)], SEEDS[:2], workers=1)).query("business == 'big'")
    there = found.set_index("metric")["mean"].notna()
    assert there[["revenue_growth", "profit_growth", "customer_growth"]].tolist() == [defined, defined, True]


def test_over_time_has_a_band_for_every_week_scenario_and_business(comparison: Comparison) -> None:
    frame = over_time(comparison, "revenue_from_old_customers", "ours")
    assert list(frame.columns) == ["scenario", "week", "mean", "low", "high"]
    assert len(frame) == 3 * 60
    assert ((frame.low <= frame["mean"]) | (frame.low <= frame.high)).all()
    for metric in ("customers", "cash"):
        assert over_time(comparison, metric).equals(over_time(comparison, metric, "ours"))
    assert not over_time(comparison, "revenue", 1).equals(over_time(comparison, "revenue", 0))
    last = over_time(comparison, "customers", "big").groupby("scenario", sort=False)["mean"].last()
    expected = [np.mean([run.whole[1, 2] for run in runs]) for runs in comparison.runs]
    assert last.tolist() == pytest.approx(expected)
    with pytest.raises(ValueError, match="no metric 'joy'"):
        over_time(comparison, "joy")
    with pytest.raises(ValueError, match="no business 'theirs'; choose one of ours, big, small"):
        over_time(comparison, "revenue", "theirs")


def test_the_document_is_json_of_the_promised_shape(comparison: Comparison) -> None:
    document = json.loads(json.dumps(document_of(comparison), allow_nan=False))
    assert {"pairs", "baseline", "differences", "variance_reduction", "goals", "result_hash"} <= set(document)
    assert document["break_even"] is None and document["currency"] == "money"
    assert (document["pairs"], document["baseline"]) == (12, "steady")
    assert document["result_hash"] == hash_of(comparison)
    assert len(document["differences"]) == 2 * 3 * len(METRICS)
    first = document["differences"][0]
    assert {"scenario", "business", "metric", "baseline", "value", "difference", "ci95", "probability_better"} <= set(
        first
    )
    low, high = first["ci95"]
    assert low <= first["difference"] <= high
    assert [goal["scenario"] for goal in document["goals"]] == ["steady", "aggressive", "nothing"]
    assert document["goals"][2]["reached"] is None
    assert all(len(goal["growth_ci95"]) == len(goal["reached_ci95"]) == 2 for goal in document["goals"])


def test_one_pair_has_differences_but_claims_no_interval() -> None:
    single = document_of(compare([little("steady"), little("eight")], [4], workers=1))
    assert all(row["ci95"] == [None, None] for row in single["differences"])
    assert all(ratio is None for ratio in single["variance_reduction"].values())
    assert all(ends == [None, None] for ends in single["variance_reduction_ci95"].values())


def test_a_comparison_of_one_has_levels_and_nothing_to_differ_from() -> None:
    alone = compare([little("steady")], SEEDS[:3], workers=1)
    assert len(differences(alone)) == 0 and variance_reduction(alone) == {}
    assert len(levels(alone)) == 3 * len(METRICS)
    assert document_of(alone)["differences"] == []


def test_scenarios_that_share_a_name_are_told_apart() -> None:
    named = [little("steady", name) for name in ("a", "a", "a (2)", "b", "a")]
    assert names_of(named) == ["a", "a (3)", "a (2)", "b", "a (4)"]


def test_scenarios_that_cannot_be_compared_are_refused_in_plain_words() -> None:
    steady = little("steady")
    renamed = replace(steady, name="other", businesses=steady.businesses[::-1])
    with pytest.raises(ValueError, match="steady has the businesses ours, big, small and other small, big, ours"):
        compare([steady, renamed], [1])
    with pytest.raises(ValueError, match="steady lasts 60 weeks and longer 61; compare scenarios of the same length"):
        compare([steady, little("steady", "longer", weeks=61)], [1])
    with pytest.raises(ValueError, match="count money differently"):
        compare([steady, replace(steady, currency=steady.currency._replace(decimals=0))], [1])
    with pytest.raises(ValueError, match="nothing to compare"):
        compare([], [1])
