"""The benchmark measures what it says, in the shape its readers expect; how long anything takes is never asserted."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.experiment.bench import bench as benches
from sim.experiment.bench import child, limit, parts, peer, processes, studies, weeks
from sim.experiment.bench.findings import Row, Sample, Target, exponent, interleaved, once, ratio_of
from sim.experiment.bench.processes import Command
from sim.experiment.bench.workload import Workload, scenario_for, settled, week_of

TINY = benches.QUICK._replace(
    people=(100, 200), rounds=1, peers=(60,), peer_rounds=1, settling=2, agreement=(60, 8, 3), threads=(60,),
    memory=2_000, limits=(), unit=50,
)  # fmt: skip
PROMISES = 17
KEYS_OF_A_TARGET = ["name", "sense", "target", "unit", "measured", "low", "high", "met", "note"]
KEYS_OF_A_ROW = ["group", "name", "measured", "low", "high", "unit", "note"]


@pytest.fixture
def no_processes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Processes that answer at once."""
    asked: list[tuple[Any, ...]] = []

    def answers(*words: Any, cache: str | None = None) -> tuple[dict[str, float], float]:
        asked.append(words)
        if words[0] == "memory":
            return {"peak_bytes": 1e8 + 300.0 * float(words[1]), "seconds_a_week": 1.0}, 2.0
        return {"import": 1.0, "build": 2.0, "first week": 3.0, "other weeks": 0.5}, 7.0

    def takes(program: Any, words: Any, times: int = 1, cache: str | None = None) -> Command:
        asked.append(tuple(words))
        return Command(once(0.25))

    monkeypatch.setattr(processes, "child", answers)
    monkeypatch.setattr(processes, "command", takes)
    return asked


def test_the_document_has_its_shape(no_processes: list[tuple[Any, ...]]) -> None:
    told: list[tuple[int, int]] = []
    document = json.loads(
        json.dumps(benches.bench(TINY, ["keepwin"], lambda *each: told.append(each)), allow_nan=False)
    )
    assert list(document) == ["machine", "targets", "table"]
    assert {"processor", "cores", "python", "numba", "mesa", "sources", "when"} <= set(document["machine"])
    assert [list(target) for target in document["targets"]] == [KEYS_OF_A_TARGET] * PROMISES
    assert [list(row) for row in document["table"]] == [KEYS_OF_A_ROW] * len(document["table"])
    assert {target["met"] for target in document["targets"]} <= {True, False, None}
    assert all(target["note"] for target in document["targets"] if target["met"] is None)
    assert len({(row["group"], row["name"]) for row in document["table"]}) == len(document["table"])
    groups = [row["group"] for row in document["table"]]
    assert sum(one != other for one, other in pairwise(groups)) == len(set(groups)) - 1  # each in one piece
    assert told[0] == (0, told[-1][1])
    assert told[-1][0] == told[-1][1]


def test_memory_of_ten_million_is_lived_or_extended(no_processes: list[tuple[Any, ...]]) -> None:
    extended, note, _ = processes.memory_rows(100_000, full=False)
    lived, lived_note, _ = processes.memory_rows(100_000, full=True)
    assert extended.median == pytest.approx((1e8 + 3e9) / 2**30)
    assert lived.median == pytest.approx(extended.median)
    assert (note, lived_note) == ("estimated from 100,000 people; --full lives them", "lived")
    assert [words[1] for words in no_processes] == [1_000, 100_000, 1_000, 100_000, 10_000_000]


def test_models_that_differ_do_not_race(monkeypatch: pytest.MonkeyPatch) -> None:
    found = peer.modules()
    assert found is not None
    monkeypatch.setattr(found[1].Agreement, "p_values", np.zeros((8, 3)))
    monkeypatch.setattr(peer, "race", None)
    go = benches.Bench(TINY, [])
    go.race()
    assert [target.met for target in go.targets] == [None, None]
    assert "do not come to the same" in go.targets[0].note
    assert len(go.rows) == 1


def test_without_a_clone_the_ratio_is_not_measured_and_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(peer, "FOLDER", tmp_path / "benchmarks")
    go = benches.Bench(TINY, [])
    go.race()
    assert [(target.met, "in a clone" in target.note) for target in go.targets] == [(None, True)] * 2
    assert go.rows == []


def test_a_command_that_fails_is_not_timed() -> None:
    program = ["python3", "-c", "import sys; sys.exit(sys.argv[1])"]
    assert processes.command(program, ["No such command."]) == Command(None, "not measured: No such command.")
    found = processes.command(["python3", "-c", "print(sum([1, 2]))"], [], times=2)
    assert found.out == "3\n"
    assert found.sample is not None
    assert 0.0 < found.sample.low <= found.sample.high


def test_history_is_one_line_each_and_the_newest_is_read(no_processes: list[tuple[Any, ...]], tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    assert benches.last_recorded(history) is None
    row = Row("group", "name", Sample(2.0, 1.0, 3.0), "s", "a note")
    target = Target("fast", "at most", 3.0, "s", Sample(2.0, 1.0, 3.0))
    for when in ("first", "second"):
        document = {"machine": {"when": when}, "targets": [target.document], "table": [row.document]}
        benches.record(document, history)
    assert len(history.read_text(encoding="utf-8").splitlines()) == 2
    last = benches.last_recorded(history)
    assert last is not None
    assert last["machine"] == {"when": "second"}
    assert last["table"] == [["group", "name", 2.0, 1.0, 3.0, "s"]]


# -- what is measured is what is said ----------------------------------------------------------------------------------


def test_the_workload_is_what_its_record_says() -> None:
    scenario = scenario_for(Workload(120, "complete", occasions=3.0, friends=4, businesses=8))
    assert (scenario.people, len(scenario.businesses)) == (120, 8)
    assert scenario.segments[0].person.need_per_year.mean == 3.0  # type: ignore[union-attr]
    assert scenario.network.shape.degree * scenario.network.shape.talk_per_friend == pytest.approx(0.228)
    assert sum(each.offering.affinity for each in scenario.businesses) == pytest.approx(1.2)
    assert len({each.name for each in scenario.businesses}) == 8


@pytest.mark.parametrize("often", weeks.OCCASIONS_A_YEAR)
def test_every_rate_of_needs_is_a_possible_scenario(often: float) -> None:
    load = Workload(50, occasions=often, evenness=weeks.EVENNESS_OF_NEEDS)
    assert scenario_for(load).segments[0].person.need_per_year.mean == often  # type: ignore[union-attr]


def test_kernels_are_timed_within_the_week() -> None:
    week = week_of(Workload(300), rounds=2)
    assert 0.0 < week.listen.median + week.decide.median < week.whole.high
    assert week.rest.low > 0.0


def test_subjects_take_turns() -> None:
    order: list[str] = []
    times = interleaved({name: lambda name=name: order.append(name) for name in "ab"}, 3)  # type: ignore[misc]
    assert "".join(order) == "ababab"
    assert times["a"].wall.shape == times["b"].processor.shape == (3,)


def test_what_has_no_end_is_null_and_can_be_recorded(tmp_path: Path) -> None:
    row = Row("group", "name", Sample(5.0, 2.0, math.inf), "times")
    benches.record({"machine": {}, "targets": [], "table": [row.document]}, tmp_path / "history.jsonl")
    last = benches.last_recorded(tmp_path / "history.jsonl")
    assert last is not None
    assert last["table"] == [["group", "name", 5.0, 2.0, None, "times"]]


def test_a_disturbed_round_disturbs_no_ratio() -> None:
    assert ratio_of(np.array([2.0, 20.0, 2.0]), np.array([1.0, 10.0, 1.0])) == Sample(2.0, 2.0, 2.0)


def test_an_exponent_tells_linear_from_quadratic() -> None:
    sizes = [1, 10, 100]
    assert exponent(sizes, [3, 30, 300]) == pytest.approx(1.0)
    assert exponent(sizes, [3, 300, 30_000]) == pytest.approx(2.0)


def test_the_limit_is_the_sum_of_its_terms() -> None:
    free = limit.Price(*[once(0.0)] * 6)
    for name in limit.Price._fields:
        alone = limit.limit(free._replace(**{name: once(1.0)}))
        assert alone > 0.0
        assert alone == pytest.approx(sum(need.times for need in limit.needs() if need.price == name))
    rows = limit.rows(free._replace(exp=once(2.0)), 1_000)
    assert rows[-1].sample.median == pytest.approx(2.0 * limit.limit(free._replace(exp=once(1.0))))


def test_a_child_tells_its_parts_and_its_memory() -> None:
    assert list(child.start(100, 53)) == ["import", "build", "first week", "other weeks"]
    before = child.peak_bytes()
    held = np.ones(30_000_000 // 8)
    assert child.peak_bytes() >= before >= held.nbytes / 2
    assert child.memory(100, 2)["peak_bytes"] >= before


def test_a_whole_run_has_its_year_of_history_inside() -> None:
    scenario = studies.unit(100)
    assert scenario.time.burn_in_weeks + scenario.time.weeks == studies.UNIT_WEEKS == 260


@pytest.mark.slow
def test_the_long_measurements_answer(no_processes: list[tuple[Any, ...]]) -> None:
    effort = TINY._replace(limits=(500,), market=200, runs=4, pairs=2)
    document = benches.bench(effort, [])
    groups = {row["group"] for row in document["table"]}
    assert {"scaling exponents", "runs and studies", "estimated limit, 500 people"} <= groups
    assert {"a week, by needs a year, 200 people", "where a week of base goes, 200 people"} <= groups
    assert all(math.isfinite(row["measured"]) for row in document["table"] if row["group"] != "scaling exponents")


@pytest.mark.slow
def test_the_steps_that_are_timed_apart_are_those_of_the_week() -> None:
    names = [row.name for row in parts.rows(Workload(300), 1)]
    assert names[:2] == ["listening, its draw included", "draws of the week"]
    market = settled(Workload(300))
    luck = np.zeros((8, 256), np.int64)
    parts.draw_rows(0, 44, parts.WEEKLY, luck, market.world.moment)
    assert (luck[:, :44] != 0).any(axis=1).sum() == 8
    assert (luck[:, 44:] == 0).all()
