"""What docs/studies.md shows can be done: its file is a study, its SQL runs, and its Python does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from sim.experiment.study.bundled import bundled_studies
from sim.experiment.study.design import Grid
from sim.experiment.study.file import load_study
from sim.experiment.study.methods import Sensing
from sim.experiment.study.sweep import Swept, sweep

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "studies.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
SMALLER = {
    r"people\.count: [0-9]+": "people.count: 60\n  time.burn_in_weeks: 52",
    r"time\.weeks: [0-9]+": "time.weeks: 6",
    r"replications: [0-9]+": "replications: 2",
}


def blocks(kind: str) -> list[str]:
    return [text for name, text in BLOCK.findall(PAGE) if name == kind]


def smaller(path: Path, folder: Path) -> Path:
    """A bundled study in a market of few people and a few weeks."""
    text = path.read_text(encoding="utf-8")
    for old, new in SMALLER.items():
        text, found = re.subn(old, new, text)
        assert found == 1
    written = folder / path.name
    written.write_text(text, encoding="utf-8")
    return written


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Swept:
    """The study of the page, made small."""
    folder = tmp_path_factory.mktemp("study")
    (path,) = [each for each in bundled_studies() if each.stem == "split_and_budget"]
    return sweep(load_study(smaller(path, folder)).planned(), folder / "results", "sweep")


@pytest.mark.parametrize("path", bundled_studies(), ids=lambda path: path.stem)
def test_a_bundled_study_can_be_lived(path: Path, tmp_path: Path) -> None:
    study = load_study(smaller(path, tmp_path))
    found = sweep(study.planned(), tmp_path / "results", "sweep")
    assert found.complete and found.done == study.runs


def test_the_file_of_the_page_is_a_study(tmp_path: Path) -> None:
    text = "".join(blocks("yaml"))  # the sections of analyses belong to the same file
    (tmp_path / "ours.yaml").write_text("extends: base\nname: ours\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    study = load_study(tmp_path / "mine.yaml")
    assert (study.sensing, study.search.objectives) == (Sensing("profit"), ("profit", "customers"))
    assert isinstance(study.design, Grid) and study.plan.kept == ("profit", "customers")
    assert study.runs == 2 * 3 * 3 * 5 * 5 * 2 * 10


def test_the_first_query_follows_customers_from_week_to_week(swept: Swept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(swept.folder)
    rows = duckdb.sql(blocks("sql")[0]).df()
    assert list(rows.columns) == ["share", "week", "customers"] and len(rows) == 5 * 6
    weekly = pd.concat(pd.read_parquet(path) for path in swept.folder.glob("parts/*/weekly.parquet"))
    runs = pd.read_parquet(swept.folder / "answer" / "runs.parquet")
    points = pd.read_parquet(swept.folder / "answer" / "points.parquet")
    chosen = weekly[(weekly["metric"] == "customers") & (weekly["business"] == "ours") & (weekly["week"] == 5)]
    share = "businesses.ours.strategy.fixed_budget.acquisition_share"
    by_hand = chosen.merge(runs, on="run").merge(points, on="point").groupby(share)["value"].mean()
    assert rows[rows["week"] == 5]["customers"].to_numpy() == pytest.approx(by_hand.to_numpy())


def test_the_second_query_pairs_worlds(swept: Swept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(swept.folder)
    rows = duckdb.sql(blocks("sql")[1]).df()
    outcomes = pd.read_parquet(swept.folder / "answer" / "outcomes.parquet")
    means = outcomes.groupby("point")["profit"].mean()
    profit = outcomes.pivot(index="seed", columns="point", values="profit")
    assert rows["seed"].tolist() == [1, 2]
    assert rows["more"].to_numpy() == pytest.approx((profit[means.idxmax()] - profit[0]).to_numpy())


def test_the_python_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = blocks("python")
    (path,) = [each for each in bundled_studies() if each.stem == "split_and_budget"]
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(code.replace('"split_and_budget"', repr(str(smaller(path, tmp_path)))), names)
    frame = names["frame"]
    assert isinstance(frame, pd.DataFrame) and len(frame) == 50 and "profit" in frame


def test_every_table_and_column_of_the_page_is_there(swept: Swept) -> None:
    listed = re.findall(r"^\| `([a-z/*]+\.parquet)` \|[^|]*\| ([^|]*) \|$", PAGE, re.MULTILINE)
    assert len(listed) == 6
    for name, columns in listed:
        found = set(pd.read_parquet(next(swept.folder.glob(name))).columns)
        said = set(re.findall(r"[a-z_]+", columns)) & {
            "run", "week", "business", "metric", "value", "point", "scenario", "seed", "result_hash", "mean", "low",
            "high", "worlds",
        }  # fmt: skip
        assert said <= found, name
