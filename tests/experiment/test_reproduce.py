"""Stored results are lived again from what their folder says, and a difference is seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.experiment import reproduce as reproducing
from sim.experiment.compare import compare
from sim.experiment.reproduce import problems_in, reproduce
from sim.experiment.runs import run_scenario, run_world, seeds_from
from sim.experiment.saving import save_comparison, save_document, save_runs
from sim.experiment.store import MANIFEST, StoreDamaged, commit, manifest_bytes, read_manifest
from sim.experiment.study import lives
from sim.experiment.study.plan import Shard
from sim.experiment.study.sweep import sweep
from tests.experiment.little import little
from tests.experiment.study.small import plan_in

Made = Callable[[Path], Path]


def a_run(root: Path) -> Path:
    return save_runs(run_scenario(little(people=120), seeds_from(1, 2), followed=15), root, "run")


def a_comparison(root: Path) -> Path:
    return save_comparison(
        compare([little(people=120), little("aggressive", people=120)], seeds_from(1, 2)), root, "it"
    )


def a_study(root: Path) -> Path:
    return sweep(plan_in(root), root / "results", "sweep").folder


@pytest.mark.parametrize(("made", "runs"), [(a_run, 2), (a_comparison, 4), (a_study, 12)])
def test_results_come_out_again_to_the_bit(made: Made, runs: int, tmp_path: Path) -> None:
    found = reproduce(made(tmp_path))
    assert (found.runs, found.different, found.same_code) == (runs, (), True)


def test_what_is_finished_of_a_study_is_lived_again(tmp_path: Path) -> None:
    folder = sweep(plan_in(tmp_path), tmp_path / "results", "sweep", shard=Shard(1, 3)).folder
    assert reproduce(folder).runs == 4


@pytest.mark.parametrize("made", [a_run, a_comparison])
def test_another_luck_is_seen(made: Made, tmp_path: Path) -> None:
    folder = made(tmp_path)
    manifest = {key: value for key, value in read_manifest(folder).items() if key != "sha256"}
    manifest["seeds"] = [seed + 1 for seed in manifest["seeds"]]
    (folder / MANIFEST).write_bytes(manifest_bytes(manifest))
    found = reproduce(folder)
    assert any("seed 2: another result" in each for each in found.different)
    assert any("weekly.parquet holds other numbers" in each for each in found.different)


def test_a_single_number_that_was_stored_wrong_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = a_study(tmp_path)

    def slightly_other(scenario: Any, seed: int, **how: Any) -> Any:
        run = run_world(scenario, seed, **how)
        if seed == 2:
            run.whole[0, 0] += 1e-9 * abs(run.whole[0, 0]) + 1e-9
        return run

    monkeypatch.setattr(lives, "run_world", slightly_other)
    found = reproduce(folder)
    assert len(found.different) == 1 and "whole.parquet holds other numbers" in found.different[0]


def test_other_code_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = a_study(tmp_path)
    for module in (reproducing, lives):
        monkeypatch.setattr(module, "code_version", lambda: "0123456789abcdef")
    found = reproduce(folder)
    assert (found.different, found.same_code) == ((), False)


def test_damaged_results_and_other_answers_are_not_lived_again(tmp_path: Path) -> None:
    answer = save_document("advice", little(), {"goal": 0.1}, tmp_path, "advise")
    assert problems_in(answer) == []
    with pytest.raises(ValueError, match="holds advice; runs, comparisons and studies can be lived again"):
        reproduce(answer)
    folder = a_run(tmp_path)
    (folder / "weekly.parquet").write_bytes(b"")
    with pytest.raises(StoreDamaged, match="weekly.parquet has changed"):
        reproduce(folder)


def test_a_plan_of_another_keepwin_is_not_guessed_at(tmp_path: Path) -> None:
    folder = a_study(tmp_path)
    about = json.loads((folder / "asked" / "study.json").read_text(encoding="utf-8"))
    (folder / MANIFEST).unlink()

    def fill(new: Path) -> dict[str, Any]:
        (new / "study.json").write_text(json.dumps({"points": about["points"]}), encoding="utf-8")
        return {"what": "asked"}

    commit(folder, "asked", fill)
    with pytest.raises(StoreDamaged, match="written by another keepwin"):
        reproduce(folder)
