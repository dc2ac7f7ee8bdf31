"""The page of a study: what it holds is what was lived, and its script is the one that its policy names."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import ttest_rel

from sim.experiment.store import StoreDamaged
from sim.experiment.study.curves import apart, curves, lived_weeks, looked_back, read_study
from sim.interface import cli
from sim.interface.pages.explore import DIGITS, explore, hash_of
from sim.interface.pages.languages import Say
from sim.interface.terminal.terminal import Ending
from tests.pages.made import GRID, HOSTILE, Elements, saved_study


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved_study(tmp_path_factory.mktemp("explored"), HOSTILE)


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return explore(folder, Say())


def data_in(page: str) -> dict[str, Any]:
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


def test_every_place_of_every_slider_has_the_curve_that_was_lived(folder: Path, page: str) -> None:
    plan, parts = read_study(folder)
    shown, data = curves(plan, lived_weeks(plan, parts, 4), 4), data_in(page)
    assert data["weeks"] == [4, 8, 12, 16, 20, 24]
    assert len(data["points"]) == len(plan.points) == 12
    for point, about in enumerate(plan.points):
        places = [f["values"].index(value) for f, value in zip(data["factors"], about.values, strict=True)]
        assert data["points"][".".join(map(str, places))] == point
        for at, metric in enumerate(data["metrics"]):
            mine = shown[(shown["point"] == point) & (shown["metric"] == metric["id"])]
            for end, values in zip(("mean", "low", "high"), data["curves"][at][point], strict=True):
                np.testing.assert_allclose(values, mine[end], rtol=0.5 * 10.0 ** (1 - DIGITS))


def test_a_curve_is_the_mean_of_weeks_and_then_of_worlds(folder: Path) -> None:
    import pyarrow.parquet as pq

    plan, parts = read_study(folder)
    weekly = pq.read_table([*folder.glob("parts/*/weekly.parquet")]).to_pandas()
    runs = pq.read_table(folder / "answer" / "runs.parquet").to_pandas()
    mine = weekly[(weekly["business"] == "ours") & (weekly["metric"] == "revenue") & weekly["week"].between(4, 7)]
    worlds = mine[mine["run"].isin(set(runs[runs["point"] == 3]["run"]))].groupby("run", observed=True)["value"].mean()
    shown = curves(plan, lived_weeks(plan, parts, 4), 4)
    row = shown[(shown["point"] == 3) & (shown["metric"] == "revenue") & (shown["week"] == 8)].iloc[0]
    assert len(worlds) == 3
    assert row["mean"] == pytest.approx(worlds.mean())
    assert worlds.min() <= row["low"] <= row["mean"] <= row["high"] <= worlds.max()


def test_two_versions_are_told_apart_world_by_world(folder: Path, page: str) -> None:
    plan, parts = read_study(folder)
    lived, data = lived_weeks(plan, parts, 4), data_in(page)
    told = {metric["id"]: metric["period"] for metric in data["metrics"]}
    assert told["revenue"] == "over all 24 weeks" and told["customers"] == "on average over the last 24 weeks"
    assert len(data["couples"]) == 2 * (6 * 5 // 2)  # two markets, six settings of the business in each
    for couple, place in data["couples"].items():
        one, other = map(int, couple.split("."))
        assert plan.points[one].values[2] == plan.points[other].values[2]  # in one market
        for name, weeks in (("customers", 1.0 / 6.0), ("revenue", 4.0)):
            at = [metric["id"] for metric in data["metrics"]].index(name)
            ends = [weeks * lived[point][:, plan.kept.index(name)].sum(axis=-1) for point in (one, other)]
            found = ttest_rel(*ends).confidence_interval(0.95)
            expected = [np.mean(ends[0] - ends[1]), found.low, found.high]
            np.testing.assert_allclose(data["apart"][at][place], expected, rtol=0.5 * 10.0 ** (1 - DIGITS))


def test_what_flows_is_judged_over_all_weeks_and_what_stands_by_its_last_year(folder: Path) -> None:
    plan, _ = read_study(folder)
    weeks = np.arange(20.0) * np.ones((2, len(plan.kept), 1))  # means over 4 weeks: 0, 1, 2 and so on
    (found,) = looked_back(plan, [weeks], 4)
    of = dict(zip(plan.kept, found.T.tolist(), strict=True))
    assert of["revenue"] == [4 * sum(range(20))] * 2
    assert of["customers"] == [np.mean(range(7, 20))] * 2  # thirteen spans are a year


def test_a_world_that_only_one_of_two_points_lived_is_no_pair() -> None:
    lived = [np.array([1.0, 2.0, 4.0]).reshape(3, 1), np.array([1.0, 1.0]).reshape(2, 1)]
    mean, low, high = apart(lived, [(0, 1)])[0, 0]
    assert mean == 0.5 and low < 0.0 < high
    assert np.isnan(apart([each[:1] for each in lived], [(0, 1)])[0, 0, 1:]).all()
    assert apart(lived, []).shape == (0, 1, 3)


def test_the_chance_of_leaving_is_shown_as_the_repeat_rate(page: str) -> None:
    (leaving,) = [factor for factor in data_in(page)["factors"] if factor["path"] == "people.leaving"]
    assert leaving["values"] == [0.2, 0.05] and leaving["texts"] == ["80 %", "95 %"]
    assert leaving["label"].startswith("Repeat rate")


def test_levers_belong_to_each_business_and_uncertainties_to_the_market(page: str) -> None:
    roles = {factor["path"].rpartition(".")[2]: factor["role"] for factor in data_in(page)["factors"]}
    assert roles == {"acquisition_share": "lever", "spend_per_year": "lever", "leaving": "unknown"}


def test_the_policy_names_script_and_style_and_a_hostile_name_adds_nothing(page: str) -> None:
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert f"script-src 'sha256-{hash_of(script)}'" in policy[1] and f"style-src 'sha256-{hash_of(style)}'" in policy[1]
    found = Elements(page)
    assert "img" not in found.names and found.names.count("script") == 2
    assert not any(name.startswith("on") for name in found.attributes)
    assert any(HOSTILE in text for text in found.texts)
    assert set(re.findall(r"https?://[^\s\"'<)]+", page)) == {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("language", ["en", "vi", "zh-Hant"])
def test_the_script_finds_every_word_it_says(folder: Path, language: str) -> None:
    page = explore(folder, Say(language))
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert set(re.findall(r"\bsay\.(\w+)", script)) == set(data_in(page)["say"])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("design: grid", "design: {{latin_hypercube: {{points: 4}}}}", "did not live every combination"),
        ("keep: [revenue, customers, satisfaction]", "keep: none", "kept no weeks of what is looked at"),
    ],
)
def test_a_study_that_cannot_be_explored_is_refused(
    tmp_path: Path, old: str, new: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert old in GRID
    folder = saved_study(tmp_path, text=GRID.replace(old, new))
    assert cli.main(["explore", str(folder), "-o", str(tmp_path / "page.html")]) == Ending.BAD_INPUT
    assert said in capsys.readouterr().err
    assert not (tmp_path / "page.html").exists()


def test_a_study_that_is_not_finished_or_is_damaged_is_refused(tmp_path: Path) -> None:
    folder = saved_study(tmp_path)
    (folder / "manifest.json").unlink()
    with pytest.raises(ValueError, match="is not finished"):
        read_study(folder)
    next(folder.glob("parts/*/weekly.parquet")).write_bytes(b"")
    with pytest.raises(StoreDamaged, match="has changed"):
        read_study(folder)
