"""A market that clearly does not fit into memory is refused before anything of it is made."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from sim.experiment import room, runs
from sim.experiment.room import bytes_of, check_room
from sim.experiment.trace import trace_customer
from sim.model.market import Market
from sim.scenario.load import load_scenario

MILLION = load_scenario("base", ["people.count=1000000"])


def nothing_is_made(*_: object, **__: object) -> None:
    raise AssertionError("a market was made")


@pytest.mark.parametrize(
    "live", [runs.run_world, runs.past_of, lambda scenario, seed: trace_customer(scenario, seed, 0, 3)]
)
def test_it_is_refused_with_numbers_before_it_is_made(live: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "bytes_there", lambda: 2.0e8)
    monkeypatch.setattr(Market, "__init__", nothing_is_made)
    said = r"a market of 1,000,000 simulated people needs 0.24 GiB at least, and 0.19 GiB are free"
    with pytest.raises(MemoryError, match=said):
        live(MILLION, 1)  # type: ignore[operator]


def test_what_workers_need_together_has_to_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "bytes_there", lambda: 3.0 * bytes_of(MILLION))
    check_room(MILLION, 3)
    monkeypatch.setattr(runs, "execute", nothing_is_made)
    with pytest.raises(MemoryError, match="4 markets at a time of 1,000,000 simulated people"):
        runs.run_scenario(MILLION, range(1, 9), workers=4)


def test_what_is_asked_for_is_what_the_records_of_a_market_take() -> None:
    small = load_scenario("base", ["people.count=1000"])
    customers = Market(small, 1).world.customers
    assert bytes_of(small) == customers.people.nbytes + customers.bonds.nbytes


def test_the_least_of_what_a_system_says_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory, group = tmp_path / "meminfo", tmp_path / "memory.max"
    memory.write_text("MemTotal: 9 kB\nMemAvailable:   4096 kB\nSwapFree: 1024 kB\n", encoding="ascii")
    monkeypatch.setattr(room, "MEMORY", memory)
    monkeypatch.setattr(room, "GROUPS", (group,))
    monkeypatch.setattr(room, "_own_limit", lambda: math.inf)
    assert room.bytes_there() == 5120 * 1024
    group.write_text("1000\n", encoding="ascii")
    assert room.bytes_there() == 1000
    group.write_text("max\n", encoding="ascii")
    assert room.bytes_there() == 5120 * 1024
    memory.unlink()
    assert room.bytes_there() == math.inf


def test_a_little_world_does_not_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "bytes_there", nothing_is_made)
    check_room(load_scenario("base", ["people.count=1000"]))
