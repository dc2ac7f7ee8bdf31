"""The bench command: what may be asked together, what is printed, and what is remembered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.experiment.bench import bench as benches
from sim.experiment.bench.findings import Sample, Target, once
from sim.interface import cli
from sim.interface.runs import benching
from sim.interface.terminal.terminal import Ending

TABLE = [
    {"group": "weeks", "name": "base", "measured": 61.23, "low": 60.0, "high": 70.0, "unit": "ns", "note": ""},
    {"group": "memory", "name": "each", "measured": 300.0, "low": 300.0, "high": 300.0, "unit": "bytes", "note": ""},
]
DOCUMENT: dict[str, Any] = {
    "machine": {"processor": "An abacus", "cores": 2, "caches": ["L1 48K", "L2 1024K"]},
    "targets": [
        Target("speed", "at least", 50.0, "times", Sample(61.0, 55.0, 66.0)).document,
        Target("size", "at most", 4.0, "GiB", once(5.25), "estimated").document,
        Target("advice", "at most", 60.0, "s", None, "there is none").document,
    ],
    "table": TABLE,
}


@pytest.fixture
def efforts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[benches.Effort]:
    """What was asked for; answered at once, and remembered elsewhere."""
    asked: list[benches.Effort] = []

    def answer(effort: benches.Effort, program: Any, progress: Any) -> dict[str, Any]:
        asked.append(effort)
        progress(1, 1)
        return DOCUMENT

    monkeypatch.setattr(benches, "bench", answer)
    monkeypatch.setattr(benches, "HISTORY", tmp_path / "history.jsonl")
    (tmp_path / "plain_mesa.py").touch()
    return asked


def test_the_answer_for_programs_is_the_document(
    efforts: list[benches.Effort], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["bench", "--quick", "--json"]) == Ending.FINE
    assert json.loads(capsys.readouterr().out) == DOCUMENT
    assert efforts == [benches.QUICK]


def test_the_answer_for_people_says_what_is_met_and_what_is_missed(
    efforts: list[benches.Effort], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["bench", "--full", "--quiet"]) == Ending.FINE
    out = " ".join(capsys.readouterr().out.split())
    assert "An abacus" in out
    assert "speed at least 50 61 times met" in out
    assert "size (estimated) at most 4 5.25 GiB missed" in out
    assert "advice (there is none) at most 60 s not measured" in out
    assert "Weeks what median unit" in out
    assert efforts == [benches.FULL]


@pytest.mark.parametrize("other", ["--full", "--record"])
def test_quick_is_too_little_for_some(
    other: str, efforts: list[benches.Effort], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["bench", "--quick", other]) == Ending.BAD_INPUT
    assert f"too little for {other}" in capsys.readouterr().err
    assert efforts == []


def test_only_what_is_to_be_recorded_is(
    efforts: list[benches.Effort], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written: list[dict[str, Any]] = []
    monkeypatch.setattr(benches, "record", written.append)
    assert cli.main(["bench", "--quiet"]) == Ending.FINE
    assert written == []
    assert cli.main(["bench", "--record", "--quiet"]) == Ending.FINE
    assert written == [DOCUMENT]
    assert efforts == [benches.USUAL] * 2


def test_without_a_history_nothing_is_measured_in_vain(
    efforts: list[benches.Effort], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(benches, "HISTORY", tmp_path / "none" / "history.jsonl")
    assert cli.main(["bench", "--record"]) == Ending.BAD_INPUT
    assert "Record in a clone of the project" in capsys.readouterr().err
    assert efforts == []


def test_numbers_are_told_with_three_digits() -> None:
    assert [benching.number(value) for value in (12_345.0, 61.23, 0.001234, 0.0)] == ["12,345", "61.2", "0.00123", "0"]
