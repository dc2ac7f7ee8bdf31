"""A study comes to the same, whoever lives it and however often it stops; what is finished is not lived again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim.experiment.executor import RunFailed
from sim.experiment.runs import canonical_hash, run_world
from sim.experiment.statistics import mean_interval
from sim.experiment.store import StoreDamaged, read_table
from sim.experiment.study import lives
from sim.experiment.study import parts as storing
from sim.experiment.study.answer import ahead, outcomes, summary
from sim.experiment.study.merge import merge
from sim.experiment.study.needs import needed
from sim.experiment.study.parts import Parts
from sim.experiment.study.place import asked_in, is_sealed, parts_in, problems_of
from sim.experiment.study.plan import Plan, Replications, Shard, plan_from
from sim.experiment.study.sweep import Swept, estimate, sweep
from sim.model.metrics import METRICS
from tests.experiment.study.small import plan_in

SWEEP = "keepwin sweep mine.yaml"
Lives = Callable[[], int]


def swept(plan: Plan, root: Path, **how: Any) -> Swept:
    return sweep(plan, root, SWEEP, **how)


@pytest.fixture
def lived(monkeypatch: pytest.MonkeyPatch) -> Lives:
    """How many runs have been lived in this process."""
    counted: list[int] = []

    def live(*arguments: Any, **more: Any) -> Any:
        counted.append(1)
        return run_world(*arguments, **more)

    monkeypatch.setattr(lives, "run_world", live)
    return lambda: len(counted)


def runs_in(folder: Path) -> list[str]:
    """The key of every run of every part, as often as it is there."""
    return [key for part in parts_in(folder) for key in pq.read_table(part / "runs.parquet")["run"].to_pylist()]


# -- what comes out ----------------------------------------------------------------------------------------------------


def test_a_study_is_its_points_in_its_worlds_and_nothing_else(tmp_path: Path) -> None:
    plan = plan_in(tmp_path)
    found = swept(plan, tmp_path / "results")
    assert (found.runs, found.done, found.reused, found.failed, found.complete) == (12, 12, 0, (), True)
    alone = [run_world(plan.scenario(point), seed) for point in plan.points for seed in (1, 2, 3)]
    assert found.result_hash == canonical_hash(alone)
    table = outcomes(plan, found.parts)
    assert list(table["point"]) == [point for point in range(4) for _ in range(3)]
    assert list(table["seed"]) == [1, 2, 3] * 4
    profit = [run.whole[0, list(METRICS).index("profit")] for run in alone]
    np.testing.assert_array_equal(table["profit"].to_numpy(), profit)
    assert table[list(plan.paths)].drop_duplicates().to_numpy().tolist() == [list(p.values) for p in plan.points]


def test_every_week_of_the_metrics_that_are_kept_is_a_row(tmp_path: Path) -> None:
    plan = plan_in(tmp_path)
    folder = swept(plan, tmp_path / "results").folder
    parts = parts_in(folder)  # a machine that is busy writes more than one
    weekly = pd.concat(map(read_table, parts))
    assert list(weekly.columns) == ["run", "week", "business", "metric", "value"]
    assert len(weekly) == 12 * 8 * 3 and set(weekly["metric"]) == {"revenue"}
    due = plan.due(2, 3)
    run = run_world(plan.scenario(plan.points[2]), 3)
    mine = weekly[(weekly["run"] == due.key) & (weekly["business"] == "incumbent_a")]
    np.testing.assert_array_equal(mine["value"], run.weekly[:, 1, list(METRICS).index("revenue")])
    assert sum(len(read_table(part, "whole.parquet")) for part in parts) == 12 * 3 * len(METRICS)


def test_a_study_that_keeps_no_weeks_has_no_file_of_them(tmp_path: Path) -> None:
    found = swept(plan_in(tmp_path, ("keep: [revenue]", "keep: none")), tmp_path / "results")
    for part in parts_in(found.folder):
        assert sorted(path.name for path in part.iterdir()) == ["manifest.json", "runs.parquet", "whole.parquet"]
    assert found.result_hash == swept(plan_in(tmp_path), tmp_path / "others").result_hash


def test_the_summary_is_the_mean_of_the_worlds_with_its_interval(tmp_path: Path) -> None:
    plan = plan_in(tmp_path)
    found = swept(plan, tmp_path / "results")
    rows = summary(plan, found.parts).set_index(["point", "business", "metric"])
    worlds = [
        run_world(plan.scenario(plan.points[1]), seed).whole[0, list(METRICS).index("revenue")] for seed in (1, 2, 3)
    ]
    expected = mean_interval(np.array(worlds))
    row = rows.loc[1, "ours", "revenue"]
    assert (row["mean"], row["low"], row["high"], row["worlds"]) == (
        expected.mean,
        max(expected.low, 0.0),
        expected.high,
        3,
    )


def test_the_answer_lies_beside_the_runs_as_tables_that_any_reader_joins(tmp_path: Path) -> None:
    plan = plan_in(tmp_path)
    folder = swept(plan, tmp_path / "results").folder
    answer = folder / "answer"
    runs, points = (pd.read_parquet(answer / f"{name}.parquet") for name in ("runs", "points"))
    weekly = pd.concat(pd.read_parquet(part / "weekly.parquet") for part in parts_in(folder))
    joined = weekly.merge(runs, on="run").merge(points, on="point")
    assert len(joined) == len(weekly) == 12 * 8 * 3
    assert set(plan.paths) <= set(joined.columns)
    document = json.loads((answer / "summary.json").read_text(encoding="utf-8"))
    assert [each["point"] for each in document["points"]] == [0, 1, 2, 3]


def test_a_plan_that_is_written_down_is_the_same_plan(tmp_path: Path) -> None:
    plan = plan_in(tmp_path, ("replications: 3", "replications: {until: 0.5, first: 2, most: 4}"))
    again = plan_from(json.loads(plan.text))
    assert again == plan and again.identity == plan.identity
    folder = swept(plan, tmp_path / "results").folder
    assert asked_in(folder) == plan


def test_scenarios_are_held_against_the_first_one_world_by_world(tmp_path: Path) -> None:
    (tmp_path / "dear.yaml").write_text("extends: tiny.yaml\nbusinesses: {ours: {unit_cost: 49.0}}\n", encoding="utf-8")
    (tmp_path / "same.yaml").write_text("extends: tiny.yaml\n", encoding="utf-8")
    several = ("scenarios: tiny.yaml", "scenarios: [tiny.yaml, dear.yaml, same.yaml]")
    plan = plan_in(tmp_path, several, ("replications: 3", "replications: 10"))
    found = {each.scenario: each for each in ahead(plan, swept(plan, tmp_path / "results").parts)}
    assert set(found) == {"dear", "same"}
    assert (found["same"].better, found["same"].worse, found["same"].settings) == (0, 0, 4)
    assert found["dear"].better == 0 and found["dear"].worse > 0


# -- interruptions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [1, 5, 11])
def test_an_interrupted_study_goes_on_where_it_stopped(after: int, tmp_path: Path, lived: Lives) -> None:
    plan = plan_in(tmp_path)
    undisturbed = swept(plan, tmp_path / "whole").result_hash
    before = lived()

    def stop(done: int, total: int) -> None:
        assert total == 12
        if done == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        swept(plan, tmp_path / "results", progress=stop)
    assert lived() - before == after
    found = swept(plan, tmp_path / "results")
    assert (found.runs, found.done, found.reused) == (12, 12, after)
    assert lived() - before == 12
    assert found.result_hash == undisturbed
    assert problems_of(found.folder) == [] and is_sealed(found.folder)
    assert len(runs_in(found.folder)) == len(set(runs_in(found.folder))) == 12


def test_parts_are_written_while_a_study_runs_and_never_more_than_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_in(tmp_path)
    monkeypatch.setattr(storing, "LEAST_SECONDS", 0.0)
    monkeypatch.setattr(storing, "PART_OF_THE_TIME", 0.0)
    folder = swept(plan, tmp_path / "often").folder
    assert len(parts_in(folder)) == 12
    monkeypatch.setattr(storing, "LEAST_SECONDS", 1e9)
    monkeypatch.setattr(storing, "MOST_BYTES", 3 * (8 * 3 * 8 + 3 * len(METRICS) * 8))
    assert len(parts_in(swept(plan, tmp_path / "large").folder)) == 4


def test_a_finished_study_is_left_as_it_is(tmp_path: Path, lived: Lives) -> None:
    plan = plan_in(tmp_path)
    first = swept(plan, tmp_path / "results")
    before = {path: path.read_bytes() for path in first.folder.rglob("*") if path.is_file()}
    second = swept(plan, tmp_path / "results")
    assert (second.done, second.reused, lived()) == (12, 12, 12)
    assert second.result_hash == first.result_hash
    assert {path: path.read_bytes() for path in first.folder.rglob("*") if path.is_file()} == before


def test_a_study_with_more_worlds_begins_with_what_the_smaller_one_knows(tmp_path: Path, lived: Lives) -> None:
    swept(plan_in(tmp_path), tmp_path / "results")
    larger = plan_in(tmp_path, ("replications: 3", "replications: 5"))
    found = swept(larger, tmp_path / "results")
    assert (found.runs, found.reused, lived()) == (20, 12, 20)
    assert found.result_hash == swept(larger, tmp_path / "alone").result_hash


def test_runs_of_other_code_are_never_taken_over(tmp_path: Path, lived: Lives, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_in(tmp_path)
    first = swept(plan, tmp_path / "results")
    for module in ("sim.experiment.study.file", "sim.experiment.study.lives"):
        monkeypatch.setattr(f"{module}.code_version", lambda: "0123456789abcdef")
    second = swept(plan_in(tmp_path), tmp_path / "results")
    assert second.folder != first.folder and second.reused == 0 and lived() == 24


def test_a_worker_with_other_code_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_in(tmp_path)
    monkeypatch.setattr(lives, "code_version", lambda: "another")
    with pytest.raises(RunFailed, match="a worker has other code"):
        swept(plan, tmp_path / "results")


def test_a_run_that_fails_does_not_stop_the_others_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_in(tmp_path)
    with monkeypatch.context() as patched:

        def stumble(scenario: Any, seed: int, **how: Any) -> Any:
            if seed == 2:
                raise RunFailed("no money", scenario.name, seed)
            return run_world(scenario, seed, **how)

        patched.setattr(lives, "run_world", stumble)
        first = swept(plan, tmp_path / "results")
    assert (first.runs, first.done, len(first.failed), first.complete) == (12, 8, 4, False)
    assert {(each.seed, each.reason) for each in first.failed} == {(2, "no money")}
    assert not is_sealed(first.folder) and problems_of(first.folder) == []
    second = swept(plan, tmp_path / "results")
    assert (second.done, second.reused, second.complete) == (12, 8, True)
    assert second.result_hash == swept(plan, tmp_path / "others").result_hash


def test_two_who_live_one_study_write_each_run_once(tmp_path: Path) -> None:
    plan = plan_in(tmp_path)

    def meanwhile(done: int, total: int) -> None:
        if done == 3:
            swept(plan, tmp_path / "results")

    found = swept(plan, tmp_path / "results", progress=meanwhile)
    assert found.complete and problems_of(found.folder) == []
    assert len(runs_in(found.folder)) == len(set(runs_in(found.folder))) == 12


def test_years_before_week_0_that_points_share_are_lived_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_in(
        tmp_path,
        ("  uncertainties:\n    businesses.ours.levers.care.strength: plausible\n", ""),
        ("points: 4", "points: 40"),
    )
    pasts = []

    def past_of(scenario: Any, seed: int) -> Any:
        pasts.append(seed)
        from sim.experiment.runs import past_of as live

        return live(scenario, seed)

    monkeypatch.setattr(lives, "past_of", past_of)
    found = swept(plan, tmp_path / "results")
    assert found.runs == 120 and 0 < len(pasts) < 40
    assert found.result_hash == canonical_hash(
        [run_world(plan.scenario(p), s) for p in plan.points for s in plan.seeds]
    )


# -- worlds as they are needed -----------------------------------------------------------------------------------------


def test_worlds_are_added_where_the_interval_is_too_wide_and_nowhere_else(tmp_path: Path) -> None:
    plan = plan_in(
        tmp_path, ("replications: 3", "replications: {until: 0.1, first: 2, most: 16}"), ("[profit,", "[revenue,")
    )
    found = swept(plan, tmp_path / "results")
    table = outcomes(plan, found.parts)
    assert plan.replications.looks == (2, 4, 8, 16)
    counts = table.groupby("point")["revenue"].count()
    assert set(counts) <= {2, 4, 8, 16}
    for point, count in counts.items():
        values = table[table["point"] == point]["revenue"].to_numpy()
        for look in plan.replications.looks:
            known = mean_interval(values[:look], plan.replications.confidence)
            narrow = (known.high - known.low) / 2.0 <= 0.1 * abs(known.mean)
            if look < count:
                assert not narrow
            elif look == count < 16:
                assert narrow
    assert found.complete and found.runs == counts.sum()


def test_an_interrupted_study_that_adds_worlds_ends_with_the_same_runs(tmp_path: Path, lived: Lives) -> None:
    plan = plan_in(
        tmp_path, ("replications: 3", "replications: {until: 0.1, first: 2, most: 8}"), ("[profit,", "[revenue,")
    )
    undisturbed = swept(plan, tmp_path / "whole")
    before = lived()

    def stop(done: int, total: int) -> None:
        if done == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        swept(plan, tmp_path / "results", progress=stop)
    found = swept(plan, tmp_path / "results")
    assert (found.runs, found.result_hash) == (undisturbed.runs, undisturbed.result_hash)
    assert lived() - before == found.runs, "no run is lived twice"


def test_looks_share_the_doubt_among_them() -> None:
    assert Replications(20, 0.1, 5).looks == (5, 10, 20)
    assert Replications(20, 0.1, 5).confidence == pytest.approx(1 - 0.05 / 3)
    assert Replications(7).looks == (7,)


# -- shards ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [("replications: 3", "replications: 3"), ("replications: 3", "replications: {until: 0.1, first: 2, most: 8}")],
)
def test_shards_lived_apart_and_merged_are_the_study(change: tuple[str, str], tmp_path: Path) -> None:
    plan = plan_in(tmp_path, change)
    whole = swept(plan, tmp_path / "whole")
    places = [swept(plan, tmp_path / f"place-{number}", shard=Shard(number, 3)) for number in (1, 2, 3)]
    assert sum(place.runs for place in places) == whole.runs
    assert not any(place.complete for place in places)
    some = merge([place.folder for place in places[:2]], tmp_path / "some", "merge")
    assert not some.complete and some.done == places[0].done + places[1].done
    all_of_it = merge([place.folder for place in places], tmp_path / "all", "merge")
    assert (all_of_it.result_hash, all_of_it.done, all_of_it.complete) == (whole.result_hash, whole.runs, True)
    assert problems_of(all_of_it.folder) == [] and is_sealed(all_of_it.folder)
    twice = merge([place.folder for place in places] * 2, tmp_path / "all", "merge")
    assert len(runs_in(twice.folder)) == whole.runs


def test_shards_that_share_a_folder_need_no_merging(tmp_path: Path) -> None:
    plan = plan_in(tmp_path)
    found = [swept(plan, tmp_path / "results", shard=Shard(number, 2)) for number in (1, 2)]
    assert [each.complete for each in found] == [False, True]
    assert is_sealed(found[1].folder)
    assert swept(plan, tmp_path / "results").reused == 12


def test_different_studies_and_damaged_ones_are_not_merged(tmp_path: Path) -> None:
    one = swept(plan_in(tmp_path), tmp_path / "one").folder
    other = swept(plan_in(tmp_path, ("points: 4", "points: 5")), tmp_path / "other").folder
    with pytest.raises(ValueError, match="are different studies"):
        merge([one, other], tmp_path / "merged", "merge")
    next(iter(parts_in(one))).joinpath("whole.parquet").write_bytes(b"")
    with pytest.raises(StoreDamaged, match="whole.parquet"):
        merge([one], tmp_path / "merged", "merge")
    assert not (tmp_path / "merged").exists()


# -- before the first run ----------------------------------------------------------------------------------------------


def test_an_estimate_counts_what_is_missing_and_writes_nothing(tmp_path: Path) -> None:
    plan = plan_in(tmp_path)
    before = estimate(plan, tmp_path / "results")
    assert (before.points, before.runs, before.finished) == (4, 12, 0)
    assert before.seconds > 0.0 and before.bytes > 0.0
    assert not (tmp_path / "results").exists()
    swept(plan, tmp_path / "results", shard=Shard(1, 2))
    after = estimate(plan, tmp_path / "results")
    assert (after.runs, after.finished) == (12, 6) and after.seconds < before.seconds


def test_the_estimate_of_disk_errs_on_the_side_of_too_much(tmp_path: Path) -> None:
    plan = plan_in(tmp_path, ("keep: [revenue]", "keep: all"), ("points: 4", "points: 40"))
    folder = swept(plan, tmp_path / "results").folder
    taken = sum(path.stat().st_size for part in parts_in(folder) for path in part.iterdir())
    assert 1.0 < estimate(plan, tmp_path / "results").bytes / taken < 10.0


# -- damage ------------------------------------------------------------------------------------------------------------


def test_a_damaged_part_is_told_and_nothing_is_lived_on_top_of_it(tmp_path: Path, lived: Lives) -> None:
    plan = plan_in(tmp_path)
    folder = swept(plan, tmp_path / "results").folder
    (part,) = parts_in(folder)
    raw = bytearray((part / "weekly.parquet").read_bytes())
    raw[len(raw) // 2] ^= 1
    (part / "weekly.parquet").write_bytes(raw)
    assert any("weekly.parquet has changed" in problem for problem in problems_of(folder))
    with pytest.raises(StoreDamaged, match="its runs will be lived again"):
        swept(plan, tmp_path / "results")
    assert lived() == 12


@pytest.mark.parametrize("name", ["asked/study.json", "answer/summary.parquet", "manifest.json", "asked/manifest.json"])
def test_damage_anywhere_is_seen(name: str, tmp_path: Path) -> None:
    folder = swept(plan_in(tmp_path), tmp_path / "results").folder
    assert problems_of(folder) == []
    raw = bytearray((folder / name).read_bytes())
    raw[len(raw) // 2] ^= 1
    (folder / name).write_bytes(raw)
    assert any(name in problem for problem in problems_of(folder))


def test_a_run_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    """As if two commands had written at once on a disk that locks nothing."""
    plan = plan_in(tmp_path)
    found = swept(plan, tmp_path / "results")
    (part,) = parts_in(found.folder)
    shutil.copytree(part, part.with_name("f" * 16))
    assert any("12 runs that another part holds too" in each for each in problems_of(found.folder))
    with pytest.raises(StoreDamaged, match="12 runs that another part holds too"):
        swept(plan, tmp_path / "results")


def test_a_part_that_was_put_in_or_taken_away_later_is_seen(tmp_path: Path) -> None:
    plan = plan_in(tmp_path)
    folder = swept(plan, tmp_path / "results").folder
    other = swept(plan_in(tmp_path, ("points: 4", "points: 5")), tmp_path / "others").folder
    (foreign,), (own,) = parts_in(other), parts_in(folder)
    foreign.rename(folder / "parts" / foreign.name)
    assert any("is not in the manifest" in problem for problem in problems_of(folder))
    own.rename(tmp_path / "aside")
    assert any("is missing" in problem for problem in problems_of(folder))


def test_needs_of_an_unknown_study_are_all_of_it(tmp_path: Path) -> None:
    plan = plan_in(tmp_path)
    found = needed(plan, Parts(tmp_path / "nowhere", plan.kept))
    assert len(found.missing) == len(found.runs) == plan.most_runs == 12
