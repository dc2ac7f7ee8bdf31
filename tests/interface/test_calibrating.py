"""The command that calibrates: files that can be used at once, JSON as promised, and nothing written on bad input."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from sim.experiment.calibration.unknown import Unknown
from sim.interface import cli
from sim.scenario.load import load_scenario
from sim.theory.buying import BuyTillYouDie
from tests.experiment.calibration.logs import bought, write_log

Capture = pytest.CaptureFixture[str]
TRUTH = BuyTillYouDie(0.6, 6.0, 0.8, 4.0)
OPTIONS = ["--quiet", "--margin", "40%", "--people", "20000"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_log_becomes_a_scenario_two_plans_and_a_study(here: Path, capsys: Capture) -> None:
    write_log(here / "sales.csv", bought(TRUTH, 700, 110, 1))
    assert cli.main(["calibrate", "sales.csv", "-o", "mine.yaml", "--json", *OPTIONS]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["scenario"] == "mine.yaml"
    estimate = found["parameters"]["bg_nbd"]["r"]
    assert estimate["ci95"][0] < estimate["estimate"] < estimate["ci95"][1]
    assert math.isfinite(found["log_likelihood"]["bg_nbd"])
    assert found["holdout"]["actual"] > 0
    assert {each["name"] for each in found["unidentified"]} >= {"strength_of_care", "marketing"}
    assert set(found["unidentified"][0]) == set(Unknown._fields)
    for name in ("mine", "mine_steady", "mine_aggressive"):
        assert load_scenario(here / f"{name}.yaml").market_size == 20_000
    text = (here / "mine.yaml").read_text(encoding="utf-8")
    assert "# log: r 0." in text
    assert "# said: a margin of 40 %" in text
    results = Path(found["results"])
    assert {path.stem for path in results.glob("*.png")} == {"tracking", "frequency", "cohorts", "alive", "spending",
                                                             "seasons"}  # fmt: skip
    assert cli.main(["check", "mine.yaml", "mine_steady.yaml"]) == 0
    assert cli.main(["sweep", "mine_unknown.yaml", "--dry-run", "--quiet"]) == 0
    again = ["calibrate", "sales.csv", "-o", "mine.yaml", *OPTIONS]
    assert cli.main(again) == 2
    assert "--force" in capsys.readouterr().err
    before = text
    assert cli.main([*again, "--force"]) == 0
    assert (here / "mine.yaml").read_text(encoding="utf-8") == before
    out = capsys.readouterr().out
    assert "What the records cannot tell" in out
    assert "95 % interval" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Which records?"),
        (["sales.csv"], "Where shall the scenario go?"),
        (["sales.csv", "-o", "mine.txt"], "ends with .yaml"),
        (["none.csv", "-o", "mine.yaml"], "there is no such file"),
        (["sales.csv", "--demo"], "--demo makes files of its own"),
        (["sales.csv", "-o", "mine.yaml", "--subscriptions"], "--renewal-weeks 52"),
        (["sales.csv", "-o", "mine.yaml", "--fee", "5"], "are for --subscriptions"),
        (["sales.csv", "-o", "mine.yaml", "--spend", "s.csv", "--marketing", "5"], "Keep one of them"),
        (["sales.csv", "-o", "mine.yaml", "--split", "yesterday"], "expected a day"),
        (["sales.csv", "-o", "mine.yaml", "--split", "2019-01-01"], "is not inside the records"),
        (["sales.csv", "-o", "mine.yaml", "--people", "3"], "must be more than the 30 customers"),
        (["sales.csv", "-o", "mine.yaml", "--columns", "date"], "expected names such as"),
        (["sales.csv", "-o", "mine.yaml", "--columns", "date=Day"], "there is no column 'Day'"),
    ],
)
def test_bad_input_is_explained_and_nothing_is_written(
    arguments: list[str], said: str, here: Path, capsys: Capture
) -> None:
    write_log(here / "sales.csv", bought(TRUTH, 30, 110, 1))
    assert cli.main(["calibrate", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert [path.name for path in here.iterdir()] == ["sales.csv"]
