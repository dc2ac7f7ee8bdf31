"""A world is the same world whoever lives it: straight through, from a shared past, in this process or another."""

from __future__ import annotations

import gc
import json
import weakref
from dataclasses import replace

import numpy as np
import pytest

from sim.experiment import runs as runs_module
from sim.experiment.executor import RunFailed
from sim.experiment.outcome import Run
from sim.experiment.runs import (
    WARM_PEOPLE,
    How,
    canonical_hash,
    compile_for,
    lives_of_world,
    past_of,
    run_scenario,
    run_world,
    seeds_from,
    summary_of,
)
from sim.model.market import Market
from sim.model.metrics import METRICS
from tests.experiment.little import little
from tests.small_worlds import scenario_with

STEADY, AGGRESSIVE = little("steady"), little("aggressive")


@pytest.fixture(scope="module")
def runs() -> tuple[Run, ...]:
    return run_scenario(STEADY, seeds_from(1, 6), followed=25)


def same(one: Run, other: Run) -> bool:
    arrays = ("weekly", "whole", "events")
    equal = all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in arrays)
    return equal and one.result_hash == other.result_hash


def test_a_run_is_what_its_market_remembers(runs: tuple[Run, ...]) -> None:
    market = Market(STEADY, 1).run()
    assert runs[0].result_hash == market.result_hash()
    assert runs[0].weekly.shape == (60, 3, len(METRICS))
    revenue = list(METRICS).index("revenue")
    np.testing.assert_allclose(runs[0].weekly[:, :, revenue].sum(axis=0), runs[0].whole[:, revenue])


def test_a_shared_past_gives_the_same_bits_as_living_straight_through() -> None:
    past = past_of(STEADY, 5)
    for scenario in (STEADY, AGGRESSIVE):
        assert same(run_world(scenario, 5, past=past), run_world(scenario, 5))
        assert same(run_world(scenario, 5, past=past, followed=40), run_world(scenario, 5, followed=40))


def test_one_past_is_lived_once_for_all_who_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    lived: list[int] = []

    def counted(*args: object, **options: object) -> object:
        lived.append(1)
        return past_of(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(runs_module, "past_of", counted)
    other = little("eight", burn_in_weeks=40)
    lives = lives_of_world((STEADY, other, AGGRESSIVE), How(), 3)
    assert len(lived) == 1  # the history that only one scenario has is not set apart
    assert [life.result_hash for life in lives] == [
        run_world(scenario, 3).result_hash for scenario in (STEADY, other, AGGRESSIVE)
    ]


def test_the_past_of_another_world_is_refused() -> None:
    with pytest.raises(ValueError, match="another world"):
        run_world(STEADY, 6, past=past_of(STEADY, 5))
    with pytest.raises(ValueError, match="another world"):
        run_world(little("steady", people=301), 5, past=past_of(STEADY, 5))


def test_a_world_without_years_before_week_0_runs() -> None:
    young = little("eight", burn_in_weeks=0)
    assert same(run_world(young, 1, past=past_of(young, 1)), run_world(young, 1))


def test_events_count_from_week_0_and_add_up_to_the_orders_of_the_run() -> None:
    everybody = run_world(STEADY, 2, followed=300)
    week, _, business, kind = everybody.events.T[:4]
    assert week.min() >= 0 and week.max() < 60
    orders = [int(((business == slot) & (kind == 0)).sum()) for slot in range(3)]
    assert orders == everybody.whole[:, list(METRICS).index("orders")].tolist()


def test_following_people_changes_nothing_but_the_events(runs: tuple[Run, ...]) -> None:
    unwatched = run_scenario(STEADY, seeds_from(1, 6))
    assert canonical_hash(unwatched) == canonical_hash(runs)
    assert all(run.events.shape == (0, 8) for run in unwatched)
    assert all(len(run.events) for run in runs)


def test_runs_are_the_same_bits_for_any_workers_and_threads(
    runs: tuple[Run, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.experiment.executor.SMALL_SECONDS", 0.0)
    there = run_scenario(STEADY, seeds_from(1, 6), followed=25, workers=2)
    threaded = run_scenario(STEADY, seeds_from(1, 6), followed=25, threads=2)
    assert all(same(*pair) for pair in zip(runs, there, strict=True))
    assert all(same(*pair) for pair in zip(runs, threaded, strict=True))


def test_the_canonical_hash_forgets_order_and_repetition_and_nothing_else(runs: tuple[Run, ...]) -> None:
    whole = canonical_hash(runs)
    assert canonical_hash(runs[::-1]) == whole == canonical_hash([*runs, runs[0]])
    assert canonical_hash(runs[1:]) != whole
    moved = [
        Run(STEADY, 99, *[getattr(runs[0], n) for n in ("weekly", "whole", "events", "result_hash", "observed")]),
        *runs[1:],
    ]
    assert canonical_hash(moved) != whole


def test_the_name_and_story_of_a_scenario_do_not_enter_the_canonical_hash(runs: tuple[Run, ...]) -> None:
    assert canonical_hash(run_scenario(little("steady", "renamed"), seeds_from(1, 6))) == canonical_hash(runs)


def test_a_summary_is_json_with_an_interval_for_every_metric(runs: tuple[Run, ...]) -> None:
    summary = json.loads(json.dumps(summary_of(runs), allow_nan=False))
    assert list(summary) == [
        "scenario", "scenario_hash", "result_hash", "weeks", "customers", "businesses", "results",
    ]  # fmt: skip
    assert (summary["weeks"], summary["customers"]) == (60, 300)
    assert [business["name"] for business in summary["businesses"]] == ["ours", "big", "small"]
    for business in summary["businesses"]:
        assert list(business["metrics"]) == list(METRICS)
    revenue = summary["businesses"][0]["metrics"]["revenue"]
    low, high = revenue["ci95"]
    assert low < revenue["mean"] < high
    assert revenue["mean"] == pytest.approx(np.mean([run.whole[0, 1] for run in runs]))


def test_one_world_has_levels_but_no_interval(runs: tuple[Run, ...]) -> None:
    revenue = summary_of(runs[:1])["businesses"][0]["metrics"]["revenue"]
    assert revenue["mean"] == runs[0].whole[0, 1]
    assert revenue["ci95"] == [None, None]


def test_seeds_are_consecutive_and_reach_to_the_last_64_bit_number() -> None:
    assert seeds_from(5, 3) == (5, 6, 7)
    assert seeds_from(2**64 - 2, 2) == (2**64 - 2, 2**64 - 1)
    assert run_world(little("eight", weeks=2, burn_in_weeks=2), 2**64 - 1).seed == 2**64 - 1


@pytest.mark.parametrize(
    ("seeds", "says"), [([], "at least one"), ([-1], "0 to 2"), ([2**64], "0 to 2"), ([4, 5, 4], "named twice")]
)
def test_seeds_that_make_no_sense_are_refused(seeds: list[int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        run_scenario(STEADY, seeds)


def test_ways_to_live_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="no loop 'quick'; choose one of compiled"):
        run_world(STEADY, 1, loop="quick")
    with pytest.raises(ValueError, match="at least one thread"):
        run_world(STEADY, 1, threads=0)
    with pytest.raises(ValueError, match="at least one thread"):
        run_world(STEADY, 1, followed=-1)


class Blunder:
    """A strategy that fails at week 0; found by name in worker processes."""

    def plan(self, books: object) -> object:
        raise ZeroDivisionError("nothing to divide by")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_that_fails_says_in_which_scenario_and_world(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.experiment.executor.SMALL_SECONDS", 0.0)
    monkeypatch.setattr(runs_module, "compile_for", lambda scenarios, loop: None)
    ours, *others = STEADY.businesses
    doomed = replace(STEADY, businesses=(ours._replace(strategy=Blunder()), *others))
    who = "in week 0 the strategy Blunder of 'ours' failed: ZeroDivisionError: nothing to divide by"
    with pytest.raises(RunFailed, match=f"scenario 'steady', seed .: ValueError: {who}") as failure:
        run_scenario(doomed, [7, 8], workers=workers)
    assert failure.value.seed in (7, 8)


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("push", "push of somebody is no number at the end; this is a bug of ours"),
        ("listening", "listening of somebody is no number"),
        ("affinity", "affinity of somebody is no number"),
        ("mean_order_value", "negative posting .* from REVENUE to CASH"),
    ],
)
def test_a_run_in_which_a_number_is_none_is_never_kept(column: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was spoilt in one week is seen at the end, and money at once."""
    step = Market.step

    def spoilt(self: Market) -> None:
        if self.week == 3:
            getattr(self.world.customers, column)[:] = np.nan
        step(self)

    monkeypatch.setattr(Market, "step", spoilt)
    with pytest.raises(RunFailed, match=said):
        run_world(STEADY, 1)


def test_want_of_memory_stays_want_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_much(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Market, "step", too_much)
    with pytest.raises(MemoryError):
        run_world(STEADY, 1)


def test_a_finished_market_leaves_no_columns_behind() -> None:
    kept: list[weakref.ref[Market]] = []
    step = Market.step

    def watched(market: Market) -> None:
        if not kept:
            kept.append(weakref.ref(market))
        step(market)

    gc.collect()
    gc.disable()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Market, "step", watched)
            run_world(STEADY, 1)
        assert kept[0]() is None  # gone at once, not when a collector comes round
    finally:
        gc.enable()


def test_machine_code_is_made_ready_for_a_firm_of_many_customers() -> None:
    """They are more than the people of the little world that is lived for that."""
    compile_for(
        [scenario_with({"people": {"count": 3000}, "businesses": {"ours": {"customers": WARM_PEOPLE + 1}}})], "compiled"
    )
