"""What a folder holds is what was computed: frames read from the store, against the runs themselves."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.experiment import compare as comparing
from sim.experiment import seen as seeing
from sim.experiment.outcome import Comparison
from sim.experiment.saving import save_comparison
from sim.experiment.seen import Seen, read_results
from sim.experiment.store import StoreDamaged, read_table
from sim.rules.journey import PHASES
from tests.pages.made import made_comparison, saved_advice, saved_run


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return made_comparison()


@pytest.fixture(scope="module")
def seen(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return read_results(save_comparison(comparison, tmp_path_factory.mktemp("seen"), "here"))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return read_results(saved_run(tmp_path_factory.mktemp("run")))


@pytest.mark.parametrize("metric", ["customers", "cash", "satisfaction", "customer_lifetime_value"])
def test_weeks_are_those_of_the_comparison(seen: Seen, comparison: Comparison, metric: str) -> None:
    pd.testing.assert_frame_equal(seeing.over_time(seen, metric), comparing.over_time(comparison, metric))


def test_levels_and_goals_are_those_of_the_comparison(seen: Seen, comparison: Comparison) -> None:
    levels = comparing.levels(comparison)
    mine = levels[levels["business"] == "ours"].set_index(["scenario", "metric"])[["mean", "low", "high"]]
    read = seen.levels.set_index(["scenario", "metric"])
    assert seen.levels["scenario"].drop_duplicates().tolist() == list(seen.names)
    for at in [("steady a plain name", "profit"), ("aggressive a plain name", "customers")]:
        np.testing.assert_allclose(read.loc[at].to_numpy(float), mine.loc[at].to_numpy(float))
    goals = comparing.goals(comparison)
    np.testing.assert_array_equal(seen.goals["mean"], goals["growth"])
    np.testing.assert_array_equal(seen.goals["mean_high"], goals["growth_high"])
    assert seen.goals["low"].tolist() == [0.1, 0.5]


def test_a_run_knows_its_goal_too(run: Seen) -> None:
    (goal,) = run.goals.itertuples()
    assert (goal.of, goal.low, goal.high) == ("revenue", 0.1, 0.2)
    assert goal.mean_low < goal.mean < goal.mean_high


def test_the_journey_is_the_mean_over_worlds_at_each_census(seen: Seen, comparison: Comparison) -> None:
    found = seeing.journey(seen)
    for scenario, runs in zip(seen.names, comparison.runs, strict=True):
        last = np.mean([run.observed.phases[-1, 0, 1:] for run in runs], axis=0)
        mine = found[(found["scenario"] == scenario) & (found["week"] == found["week"].max())]
        assert mine["phase"].tolist() == list(PHASES[1:])
        np.testing.assert_allclose(mine["mean"], last)


def test_factors_of_the_parts_multiply_to_that_of_revenue(seen: Seen) -> None:
    found = seeing.growth_parts(seen).set_index(["scenario", "part"])["mean"]
    for name in seen.names:
        parts = np.prod([found[name, part] for part in seeing.PARTS])
        assert parts == pytest.approx(found[name, "revenue"], rel=1e-12)
    assert found[seen.names[0], "traffic"] != pytest.approx(1.0, abs=1e-3)


def test_growth_of_revenue_is_that_from_the_first_to_the_last_year(seen: Seen, comparison: Comparison) -> None:
    at = comparing.PLACE["revenue"]
    logs = [np.log(r.weekly[-52:, 0, at].sum() / r.weekly[:52, 0, at].sum()) for r in comparison.runs[1]]
    found = seeing.growth_parts(seen).set_index(["scenario", "part"])["mean"]
    assert found[seen.names[1], "revenue"] == pytest.approx(np.exp(np.mean(logs)))


def test_a_cohort_is_counted_as_one_would_by_hand(run: Seen) -> None:
    found = seeing.cohorts(run)
    assert found is not None and len(found) > 2
    orders = read_table(run.folder, "orders.parquet")
    joined, spans = {}, set()
    for order in orders[(orders["business"] == "ours") & (orders["kind"] == "order")].itertuples():
        who = (order.run, order.person)
        spans.add((*who, order.week // 13))
        if order.reason in ("knew it from its beginning", "told by a friend", "referred by a friend", "contacted"):
            joined.setdefault(who, order.week // 13)
    row = found[(found["joined"] == 1) & (found["age"] == 2)].iloc[0]
    sizes, again = Counter(), Counter()
    for (world, person), span in joined.items():
        if span == 1:
            sizes[world] += 1
            again[world] += (world, person, 3) in spans
    assert row["people"] == sum(sizes.values())
    assert row["mean"] == pytest.approx(np.mean([again[world] / sizes[world] for world in sizes]))


def test_without_followed_people_there_are_no_cohorts(seen: Seen) -> None:
    assert seeing.cohorts(seen) is None


def test_other_results_and_damaged_ones_are_refused(run: Seen, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="neither a run nor a comparison"):
        read_results(saved_advice(tmp_path))
    copy = saved_run(tmp_path / "again")
    (copy / "weekly.parquet").write_bytes(b"")
    with pytest.raises(StoreDamaged, match="has changed"):
        read_results(copy)
