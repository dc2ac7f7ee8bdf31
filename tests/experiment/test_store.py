"""A folder of results is complete or not there, and knows when it has been touched."""

from __future__ import annotations

import contextlib
import csv
import errno
import fcntl
import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiment import store
from sim.experiment.compare import compare, document_of
from sim.experiment.outcome import Comparison, Run, data_dictionary
from sim.experiment.runs import canonical_hash, run_scenario, seeds_from, summary_of
from sim.experiment.saving import save_comparison, save_runs
from sim.experiment.store import (
    LOCK,
    StoreDamaged,
    commit,
    locked,
    path_name,
    read_manifest,
    read_table,
    verify,
)
from sim.model.metrics import METRICS
from sim.rules.defection import REASONS
from sim.scenario.models import scenario_model, scenario_of
from sim.state.customers import FORMER, SOURCES
from tests.experiment.little import little

COMMAND = ["keepwin", "run", "steady"]


@pytest.fixture(scope="module")
def runs() -> tuple[Run, ...]:
    return run_scenario(little("steady", "Steady Hand", people=200), seeds_from(1, 3), followed=20)


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare([little("steady"), little("aggressive")], seeds_from(1, 3), workers=1)


def left_in(folder: Path) -> list[str]:
    """What is in a folder, but for the empty file that writers lock."""
    return sorted(path.name for path in folder.iterdir() if path.name != LOCK) if folder.exists() else []


# -- what is written ---------------------------------------------------------------------------------------------------


def test_a_folder_of_runs_holds_what_the_design_promises(runs: tuple[Run, ...], tmp_path: Path) -> None:
    folder = save_runs(runs, tmp_path, COMMAND, figures=[("growth.svg", b"<svg/>")])
    assert folder.parent == tmp_path / "steady-hand"
    assert re.fullmatch("[0-9a-f]{16}", folder.name)
    assert left_in(folder) == [
        "dictionary.csv", "growth.svg", "journey.parquet", "manifest.json", "moves.parquet", "orders.parquet",
        "programmes.parquet", "summary.json", "weekly.parquet",
    ]  # fmt: skip
    assert left_in(folder.parent) == [folder.name]
    assert verify(folder) == []


def test_the_manifest_says_what_was_computed_from_what_with_what(runs: tuple[Run, ...], tmp_path: Path) -> None:
    manifest = read_manifest(save_runs(runs, tmp_path, COMMAND))
    assert (manifest["what"], manifest["command"], manifest["seeds"]) == ("run", COMMAND, [1, 2, 3])
    assert manifest["result_hash"] == canonical_hash(runs)
    assert manifest["result_hashes"] == [[run.result_hash for run in runs]]
    assert set(manifest["versions"]) == {"keepwin", "python", "numpy", "numba", "mesa", "pandas", "pyarrow"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", manifest["created"])
    (scenario,) = manifest["scenarios"]
    again = scenario_of(scenario_model().model_validate(scenario["resolved"]), scenario["name"])
    assert (again.name, again.hash) == ("Steady Hand", scenario["hash"])
    assert canonical_hash(run_scenario(again, manifest["seeds"])) == manifest["result_hash"]


def test_weekly_numbers_come_back_as_they_were(comparison: Comparison, tmp_path: Path) -> None:
    frame = read_table(save_comparison(comparison, tmp_path, COMMAND))
    assert list(frame.columns) == ["run", "scenario", "week", "business", "metric", "value"]
    kept = [metric for metric, about in METRICS.items() if about.kind != "run"]
    assert len(frame) == 2 * 3 * 60 * 3 * len(kept)
    run = comparison.runs[1][2]
    mine = frame[(frame.scenario == "aggressive") & (frame.run == run.seed) & (frame.business == "big")]
    for metric in ("revenue", "customers", "satisfaction"):
        values = mine[mine.metric == metric].sort_values("week")["value"].to_numpy()
        np.testing.assert_array_equal(values, run.weekly[:, 1, list(METRICS).index(metric)])
    assert frame.scenario.cat.categories.tolist() == ["steady", "aggressive"]


def test_rows_are_sorted_by_scenario_run_week_business_and_metric(comparison: Comparison, tmp_path: Path) -> None:
    frame = read_table(save_comparison(comparison, tmp_path, COMMAND))
    codes = pd.DataFrame(
        {
            "scenario": frame.scenario.cat.codes,
            "run": frame.run,
            "week": frame.week,
            "business": frame.business.cat.codes,
            "metric": frame.metric.cat.codes,
        }
    )
    assert codes.equals(codes.sort_values(list(codes.columns), kind="stable"))


def test_orders_are_told_in_words_and_money(runs: tuple[Run, ...], tmp_path: Path) -> None:
    orders = read_table(save_runs(runs, tmp_path, COMMAND), "orders.parquet")
    columns = ["run", "scenario", "person", "week", "business", "kind", "amount", "reason", "channel", "occasion"]
    assert list(orders.columns) == columns
    assert set(orders[orders.kind == "order"].occasion) == {"offer", "need"}
    assert set(orders.channel) == {"", "advertising"}
    assert set(orders[orders.channel != ""].reason) <= set(SOURCES[1:])
    assert (orders[orders.kind == "departure"].occasion == "").all()
    assert len(orders) == sum(len(run.events) for run in runs)
    assert set(orders.kind) <= {"order", "departure"} and set(orders.business) <= {"ours", "big", "small"}
    assert (orders[orders.kind == "departure"].reason.isin(REASONS[1:])).all()
    possible: dict[tuple[object, ...], tuple[str, ...]] = {}  # what came before week 0 is not followed
    for order in orders.itertuples():
        relationship = (order.run, order.scenario, order.person, order.business)
        if order.kind == "order":
            assert order.reason in possible.get(relationship, SOURCES)
        possible[relationship] = SOURCES[:1] if order.kind == "order" else SOURCES[FORMER:]
    assert set(orders.reason) > {"", "knew it from its beginning", "contacted", "came back", "no need of it"}
    assert orders.amount.sum() == pytest.approx(sum(run.events[:, 4].sum() for run in runs) / 100)
    assert orders.person.max() < 20


def test_without_followed_people_there_is_no_file_of_orders(comparison: Comparison, tmp_path: Path) -> None:
    assert "orders.parquet" not in left_in(save_comparison(comparison, tmp_path, COMMAND))


def test_the_summary_is_the_document_of_the_command(
    runs: tuple[Run, ...], comparison: Comparison, tmp_path: Path
) -> None:
    for folder, document in (
        (save_runs(runs, tmp_path, COMMAND), summary_of(runs)),
        (save_comparison(comparison, tmp_path, COMMAND), document_of(comparison)),
    ):
        stored = json.loads((folder / "summary.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
        assert stored | {"results": None} == json.loads(json.dumps(document))


def test_the_data_dictionary_calls_money_by_its_name() -> None:
    plain, named = data_dictionary(), data_dictionary("=euro")
    assert ",money," in plain and ",money per customer," in plain
    assert ",'=euro," in named and ",'=euro per customer," in named and ",money" not in named


def test_the_data_dictionary_explains_every_metric_and_holds_no_formula(comparison: Comparison, tmp_path: Path) -> None:
    text = (save_comparison(comparison, tmp_path, COMMAND) / "dictionary.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["metric"] for row in rows] == list(METRICS)
    assert list(rows[0]) == ["metric", "label", "unit", "better", "kind", "meaning"]
    assert all(row["meaning"] for row in rows)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_the_same_results_have_the_same_place_and_others_have_their_own(
    runs: tuple[Run, ...], comparison: Comparison, tmp_path: Path
) -> None:
    folder = save_runs(runs, tmp_path, COMMAND, figures=[("old.svg", b"old")])
    assert save_runs(runs, tmp_path, "again") == folder
    assert "old.svg" not in left_in(folder) and read_manifest(folder)["command"] == "again"
    unwatched = [Run(r.scenario, r.seed, r.weekly, r.whole, r.events[:0], r.result_hash, r.observed) for r in runs]
    turned = Comparison(comparison.scenarios[::-1], comparison.seeds, comparison.runs[::-1])
    places = {
        folder,
        save_runs(runs[:2], tmp_path, COMMAND),
        save_runs(unwatched, tmp_path, COMMAND),  # must not take away the orders of the first
        save_comparison(comparison, tmp_path, COMMAND),
        save_comparison(turned, tmp_path, COMMAND),
    }
    assert len(places) == 5
    assert all(verify(place) == [] for place in places)


def test_runs_of_several_scenarios_are_no_run(comparison: Comparison, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not runs of one scenario"):
        save_runs([comparison.runs[0][0], comparison.runs[1][0]], tmp_path, COMMAND)


@given(st.text())
def test_no_name_that_people_choose_forms_a_path(name: str) -> None:
    assert re.fullmatch("[a-z0-9-]{1,64}", path_name(name))


@pytest.mark.parametrize("name", ["../x.svg", "/tmp/x", "a/b.svg", "manifest.json", ".hidden", "", "Å.svg", "a\n"])
def test_figures_cannot_be_written_elsewhere(name: str, runs: tuple[Run, ...], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be a name"):
        save_runs(runs, tmp_path, COMMAND, figures=[(name, b"")])


def test_a_figure_cannot_replace_the_data(runs: tuple[Run, ...], tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        save_runs(runs, tmp_path, COMMAND, figures=[("weekly.parquet", b"")])


# -- complete or not there ---------------------------------------------------------------------------------------------


def test_where_nothing_can_be_locked_the_writer_is_warned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on some network disks; where locks work, a second one has to wait."""
    with locked(tmp_path), (tmp_path / LOCK).open("r+") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def refused(handle: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refused)
    with (
        pytest.warns(UserWarning, match=r"cannot be locked \(No locks available\); let only one command"),
        locked(tmp_path),
    ):
        pass


@pytest.mark.parametrize("trouble", [RuntimeError, KeyboardInterrupt, OSError])
def test_an_end_before_the_manifest_leaves_no_folder(
    trouble: type[BaseException], runs: tuple[Run, ...], tmp_path: Path
) -> None:
    def figures() -> list[tuple[str, bytes]]:
        (name,) = left_in(tmp_path / "steady-hand")
        writing = tmp_path / "steady-hand" / name
        assert writing.name.startswith(".tmp-") and not (writing / "manifest.json").exists()
        raise trouble

    with pytest.raises(trouble):
        save_runs(runs, tmp_path, COMMAND, figures=figures)
    assert left_in(tmp_path / "steady-hand") == []


def test_an_end_while_replacing_keeps_the_older_results(runs: tuple[Run, ...], tmp_path: Path) -> None:
    folder = save_runs(runs, tmp_path, "first")

    def figures() -> list[tuple[str, bytes]]:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        save_runs(runs, tmp_path, "second", figures=figures)
    assert verify(folder) == [] and read_manifest(folder)["command"] == "first"


@pytest.mark.parametrize("call", ["rename", "mkdir", "write_bytes", "write_text"])
def test_a_disk_that_refuses_leaves_the_older_results(
    call: str, runs: tuple[Run, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every call of each kind fails once, the first, the second, and so on, until a writing needs no more of them."""
    folder = save_runs(runs, tmp_path, "first")
    original = getattr(Path, call)
    failing = calls = 0

    def refuse(path: Path, *args: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise OSError(28, "No space left on device")
        return original(path, *args, **options)

    while calls >= failing:
        failing, calls = failing + 1, 0
        monkeypatch.setattr(Path, call, refuse)
        with contextlib.suppress(OSError):
            save_runs(runs, tmp_path, "second")
        monkeypatch.setattr(Path, call, original)
        if calls >= failing:
            assert verify(folder) == [] and left_in(folder.parent) == [folder.name]
            assert read_manifest(folder)["command"] == "first"
    assert failing > 1
    assert read_manifest(folder)["command"] == "second" and verify(folder) == []


def test_what_dead_writers_left_is_swept_and_what_living_ones_write_is_not(
    runs: tuple[Run, ...], tmp_path: Path
) -> None:
    parent = tmp_path / "steady-hand"
    (parent / ".tmp-new-0123456789abcdef-dead").mkdir(parents=True)
    (parent / ".tmp-new-0123456789abcdef-dead" / "weekly.parquet").write_bytes(b"half")

    def figures() -> list[tuple[str, bytes]]:
        writing = left_in(parent)
        save_runs(runs[:1], tmp_path, COMMAND)  # a second writer, while the first is busy
        assert set(writing) < set(left_in(parent)) and len(writing) == 1
        return []

    save_runs(runs, tmp_path, COMMAND, figures=figures)
    assert len(left_in(parent)) == 2 and not any(name.startswith(".tmp-") for name in left_in(parent))


def test_results_that_stepped_aside_for_a_replacement_that_never_came_are_put_back(
    runs: tuple[Run, ...], tmp_path: Path
) -> None:
    folder = save_runs(runs, tmp_path, "first")
    folder.rename(folder.with_name(f".tmp-old-{folder.name}-12345678"))
    save_runs(runs[:1], tmp_path, COMMAND)
    assert verify(folder) == [] and read_manifest(folder)["command"] == "first"


KILLED = """
import sys, os
from pathlib import Path
from sim.experiment.store import commit
def fill(folder):
    (folder / "data.bin").write_bytes(b"x" * 1000)
    print("writing", flush=True)
    sys.stdin.read()
    return {}
commit(Path(sys.argv[1]), "abc", fill)
"""


def test_a_writer_that_is_killed_leaves_nothing_that_a_reader_believes(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    writer = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert writer.stdout is not None and writer.stdout.readline() == b"writing\n"
    writer.kill()
    writer.communicate()
    assert not (tmp_path / "abc").exists() and len(left_in(tmp_path)) == 1
    folder = commit(tmp_path, "abc", lambda new: {"what": "part"})
    assert left_in(tmp_path) == ["abc"] and verify(folder) == []


# -- touched -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(runs: tuple[Run, ...], tmp_path: Path) -> Path:
    return save_runs(runs, tmp_path, COMMAND)


def test_a_flipped_bit_is_found_wherever_it_is(folder: Path) -> None:
    luck = random.Random(4)
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        for _ in range(10):
            at = luck.randrange(len(whole))
            flipped = bytearray(whole)
            flipped[at] ^= 1 << luck.randrange(8)
            path.write_bytes(flipped)
            problems = verify(folder)
            assert len(problems) == 1 and path.name in problems[0]
            if path.suffix == ".parquet":
                with pytest.raises(StoreDamaged, match="has changed"):
                    read_table(folder, path.name)
        path.write_bytes(whole)
    assert verify(folder) == []


@pytest.mark.parametrize("size", [0, 4, 100, -1])
def test_a_truncated_file_is_found(folder: Path, size: int) -> None:
    path = folder / "weekly.parquet"
    path.write_bytes(path.read_bytes()[:size])
    assert [problem for problem in verify(folder) if "weekly.parquet has changed" in problem]


def test_a_missing_and_an_extra_file_are_found(folder: Path) -> None:
    (folder / "summary.json").unlink()
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    (folder / "deep").mkdir()
    (folder / "deep" / "link").symlink_to("/etc/hostname")
    problems = verify(folder)
    assert len(problems) == 3
    assert "summary.json is missing" in problems[0]
    assert "deep/link is not in the manifest" in problems[1] and "notes.txt is not in the manifest" in problems[2]


def test_results_are_as_good_by_any_way_that_leads_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder.parent / "elsewhere").mkdir()
    monkeypatch.chdir(folder.parent / "elsewhere")
    roundabout = Path("..") / folder.name
    assert verify(roundabout) == [] and verify(folder / ".." / folder.name) == []
    assert read_table(roundabout).equals(read_table(folder))


def test_a_file_that_became_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    data = folder / "weekly.parquet"
    data.rename(tmp_path / "elsewhere")
    data.symlink_to(tmp_path / "elsewhere")
    assert "leads out of the folder" in verify(folder)[0]


def test_a_manifest_that_points_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    folder = tmp_path / "results"
    folder.mkdir()
    files = {"../secret": {"sha256": "", "size": 1}, str(tmp_path / "secret"): {"sha256": "", "size": 1}}
    (folder / "manifest.json").write_bytes(store.manifest_bytes({"format": 1, "files": files}))
    assert all("leads out of the folder" in problem for problem in verify(folder)) and len(verify(folder)) == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a manifest"),
        (b"[]", "not a manifest"),
        (b"null", "not a manifest"),
        (b"{}", "not as it was written"),
        (b'{"format": 1, "format": 1}', "not as it was written"),
        (b'{"format": NaN}', "not a manifest"),
        (b"\xef\xbb\xbf{}", "not as it was written"),
        (b"[" * 100_000, "not a manifest"),
        (b"\xff\xfe", "not a manifest"),
        (store.manifest_bytes({"format": 2, "files": {}}), "in format 2; this keepwin reads format 1"),
    ],
    ids=range(10),
)
def test_a_damaged_manifest_is_named_and_never_guessed_at(folder: Path, content: bytes, says: str) -> None:
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(StoreDamaged, match=says):
        read_manifest(folder)
    (problem,) = verify(folder)
    assert "manifest.json" in problem


def test_a_folder_without_a_manifest_is_no_result(folder: Path, tmp_path: Path) -> None:
    (folder / "manifest.json").unlink()
    for place in (folder, tmp_path / "nowhere"):
        with pytest.raises(StoreDamaged, match="never finished, or are no results"):
            read_manifest(place)
        assert len(verify(place)) == 1


def test_a_table_that_the_manifest_does_not_know_is_not_read(folder: Path) -> None:
    with pytest.raises(StoreDamaged, match="not in the manifest"):
        read_table(folder, "cohorts.parquet")
