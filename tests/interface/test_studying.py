"""The commands about studies from outside: what they print, how they end, and that a refusal leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.experiment.executor import RunFailed
from sim.experiment.study import lives
from sim.experiment.study.file import load_study
from sim.interface import cli
from sim.interface.terminal.terminal import Ending
from tests.experiment.study.small import STUDY, write_study

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """A command, its ending, and what it printed."""

    def typed(*words: str) -> tuple[int, str, str]:
        ending = cli.main(list(words))
        told = capsys.readouterr()
        return ending, told.out, told.err

    return typed


@pytest.fixture
def study(tmp_path: Path) -> str:
    return str(write_study(tmp_path))


@pytest.fixture
def out(tmp_path: Path) -> tuple[str, str]:
    return "--out", str(tmp_path / "results")


def test_a_sweep_tells_points_and_where_they_are_and_again_that_it_had_them(
    call: Call, study: str, out: tuple[str, str]
) -> None:
    ending, told, said = call("sweep", study, "--workers", "1", *out)
    assert ending == Ending.FINE
    assert told.startswith("Does it matter?\n\ntiny, 120 people over 8 weeks: 4 points (a Latin hypercube of 1 lever")
    assert "12 of 12 runs are finished." in told and "acquisition" in told
    assert told.splitlines()[-1].startswith(f"Results: {out[1]}/mine/")
    assert "12 runs in" in said and "Next: " in said and " verify " in said
    assert max(map(len, told.splitlines()[:-1])) <= 80
    _, told, _ = call("sweep", study, "--workers", "1", *out)
    assert "12 of 12 runs are finished. 12 of them had been finished before." in told


def test_of_several_scenarios_it_tells_at_how_many_settings_one_is_ahead(
    call: Call, tmp_path: Path, out: tuple[str, str]
) -> None:
    (tmp_path / "same.yaml").write_text("extends: tiny.yaml\n", encoding="utf-8")
    text = STUDY.replace("scenarios: tiny.yaml", "scenarios: [tiny.yaml, same.yaml]")
    _, told, _ = call("sweep", str(write_study(tmp_path, text)), "--workers", "1", *out)
    told = " ".join(told.split())
    assert (
        "On profit same is ahead of tiny at 0 of 4 settings, and behind at 0; at the other 4 that may be chance" in told
        and "luck would make it about 0.1 on each side" in told
    )


def test_the_document_of_a_sweep_has_what_the_design_promises(call: Call, study: str, out: tuple[str, str]) -> None:
    ending, told, _ = call("sweep", study, "--workers", "1", "--json", *out)
    document = json.loads(told)
    assert ending == Ending.FINE
    assert {name: document[name] for name in ("runs", "done", "reused", "failed", "complete")} == {
        "runs": 12, "done": 12, "reused": 0, "failed": 0, "complete": True,
    }  # fmt: skip
    assert len(document["result_hash"]) == 64 and Path(document["results"]).is_dir()
    assert [each["outcomes"]["profit"]["worlds"] for each in document["points"]] == [3, 3, 3, 3]
    assert all(len(each["outcomes"]["customers"]["ci95"]) == 2 for each in document["points"])


def test_a_dry_run_says_what_it_would_take_and_writes_nothing(call: Call, study: str, out: tuple[str, str]) -> None:
    ending, told, _ = call("sweep", study, "--dry-run", *out)
    assert ending == Ending.FINE and not Path(out[1]).exists()
    assert all(word in told for word in ("points", "runs", "disk, about", "Nothing was"))
    _, told, _ = call("sweep", study, "--dry-run", "--json", "--shard", "1/2", *out)
    document = json.loads(told)
    assert (document["points"], document["runs"], document["done"]) == (4, 6, 0)
    assert {"minutes", "bytes", "free_bytes"} <= set(document)


@pytest.mark.parametrize(
    ("change", "words", "says"),
    [
        (("points: 4", "points: 0"), (), "mine.yaml:9:36: "),
        (("", ""), ("--most-runs", "11"), "mine.yaml:9:9: the study has 12 runs (limit 11)."),
        (("", ""), ("--shard", "0/3"), "--shard: expected a part such as 2/10, got '0/3'."),
        (("", ""), ("--shard", "3"), "--shard: expected a part such as 2/10, got '3'."),
        (("", ""), ("--workers", "0"), "--workers: expected a whole number from 1"),
        (("", ""), ("--workers", "2", "--cluster", "tcp://x:1"), "Keep one of them."),
        (("", ""), ("--cluster", "nonsense://x"), "--cluster nonsense://x: expected tls://host:port"),
        (("", ""), ("--cluster", "tcp://127.0.0.1:1"), "--cluster tcp://127.0.0.1:1: no scheduler answers there"),
        (("", ""), ("--cluster", "tls://localhost:1"), "--cluster tls://localhost:1: tls:// needs certificates"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    change: tuple[str, str], words: tuple[str, ...], says: str, call: Call, tmp_path: Path, out: tuple[str, str]
) -> None:
    path = write_study(tmp_path, STUDY.replace(*change, 1) if change[0] else STUDY)
    ending, told, said = call("sweep", str(path), *words, *out)
    assert (ending, told) == (Ending.BAD_INPUT, "")
    assert says in said and "Traceback" not in said
    assert not Path(out[1]).exists()


def test_a_combination_that_is_no_scenario_leaves_nothing_behind(
    call: Call, tmp_path: Path, out: tuple[str, str]
) -> None:
    text = STUDY.replace("care.strength: plausible", "care.budget_share: [0.5, 1.0]")
    ending, _, said = call("sweep", str(write_study(tmp_path, text)), *out)
    assert ending == Ending.BAD_INPUT and "is no scenario: " in said and not Path(out[1]).exists()


def test_failed_runs_are_told_and_end_in_3(
    call: Call, study: str, out: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(scenario: Any, seed: int, **how: Any) -> Any:
        raise RunFailed("no money", scenario.name, seed)

    with monkeypatch.context() as patched:
        patched.setattr(lives, "run_world", stumble)
        ending, told, said = call("sweep", study, "--workers", "1", *out)
    assert ending == Ending.RUN_FAILED
    assert "0 of 12 runs are finished. 12 failed; the same command tries them again." in told.replace("\n", " ")
    assert said.count("Failed: tiny, seed") == 5 and "no money" in said
    ending, told, _ = call("sweep", study, "--workers", "1", *out)
    assert ending == Ending.FINE and "12 of 12 runs are finished." in told


def test_parts_are_merged_and_what_is_missing_is_told(call: Call, study: str, tmp_path: Path) -> None:
    identity = load_study(study).planned().identity
    places = []
    for number in (1, 2):
        out = tmp_path / f"place-{number}"
        ending, told, _ = call("sweep", study, "--workers", "1", "--shard", f"{number}/2", "--out", str(out))
        assert ending == Ending.FINE and "Other parts of the study are missing" in told.replace("\n", " ")
        places.append(str(out / "mine" / identity))
    merged = ("--out", str(tmp_path / "merged"))
    _, told, _ = call("merge", places[0], *merged)
    assert "6 of 12 runs are finished." in told
    ending, told, _ = call("merge", *places, "--json", *merged)
    document = json.loads(told)
    assert (ending, document["done"], document["complete"]) == (Ending.FINE, 12, True)
    ending, told, _ = call("verify", str(tmp_path / "merged"))
    assert ending == Ending.FINE and told.endswith(": a study, as it was written\n")


def test_merging_what_is_no_study_is_refused(call: Call, tmp_path: Path) -> None:
    ending, _, said = call("merge", str(tmp_path), "--out", str(tmp_path / "merged"))
    assert ending == Ending.BAD_INPUT and "no study here" in said and not (tmp_path / "merged").exists()


def test_verify_finds_every_folder_and_every_damage(call: Call, study: str, out: tuple[str, str]) -> None:
    call("sweep", study, "--workers", "1", "--shard", "1/2", *out)
    ending, told, _ = call("verify", out[1])
    assert ending == Ending.FINE and "a study that is not finished, as it was written" in told
    call("sweep", study, "--workers", "1", *out)
    (damaged, *_) = Path(out[1]).glob("mine/*/parts/*/whole.parquet")
    damaged.write_bytes(damaged.read_bytes()[:-1])
    ending, told, _ = call("verify", out[1], "--json")
    (folder,) = json.loads(told)["folders"]
    assert ending == Ending.DAMAGED and any("whole.parquet has changed" in each for each in folder["problems"])
    ending, _, said = call("sweep", study, "--workers", "1", *out)
    assert ending == Ending.DAMAGED and "its runs will be lived again" in said


def test_verify_and_reproduce_say_where_there_is_nothing(call: Call, tmp_path: Path) -> None:
    for command in ("verify", "reproduce"):
        ending, _, said = call(command, str(tmp_path))
        assert ending == Ending.BAD_INPUT and "no results here, for there is no manifest.json" in said


def test_reproduce_says_that_results_are_the_same_or_not(
    call: Call, study: str, out: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call("sweep", study, "--workers", "1", *out)
    (folder,) = Path(out[1]).glob("mine/*")
    ending, told, _ = call("reproduce", str(folder), "--workers", "1")
    assert (ending, told) == (Ending.FINE, "12 runs lived again: the same, to the bit.\n\n")
    live = lives.run_world
    monkeypatch.setattr(lives, "run_world", lambda scenario, seed, **how: live(scenario, seed + 1, **how))
    ending, told, _ = call("reproduce", str(folder), "--workers", "1", "--json")
    document = json.loads(told)
    assert ending == Ending.OUR_BUG and not document["same"] and len(document["different"]) >= 12


def test_a_large_study_shows_its_best_points_and_says_that_luck_chose_too(
    call: Call, tmp_path: Path, out: tuple[str, str]
) -> None:
    text = STUDY.replace("points: 4", "points: 31").replace("replications: 3", "replications: 2")
    ending, told, _ = call("sweep", str(write_study(tmp_path, text)), "--workers", "1", *out)
    assert ending == Ending.FINE
    assert "The 10 points of 31 with the highest profit: chosen for it, so luck is in it." in told.replace("\n", " ")
