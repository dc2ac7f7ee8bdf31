"""The command that calibrates: files that can be used at once, JSON as promised, and nothing written on bad input."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from sim.experiment.calibration.unknown import Unknown
from sim.experiment.ignorance import unknown_in
from sim.experiment.study.file import load_study
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
    strength = "strength_of_marketing"  # ln 2 over the half-saturation, which no log shows
    assert "half_saturation_of_marketing" in {each["name"] for each in found["unidentified"]}
    assert strength.replace("_", " ") in {each.name for each in unknown_in(load_scenario(here / "mine.yaml"))}
    plan = load_study("mine_unknown.yaml").planned()
    assert f"uncertainties.{strength}" in plan.paths
    lived = [plan.scenario(point).businesses[0].channels["marketing"] for point in plan.points]
    assert len({each.strength for each in lived}) > 10
    assert len({each.ceiling for each in lived}) > 10
    again = ["calibrate", "sales.csv", "-o", "mine.yaml", *OPTIONS]
    assert cli.main(again) == 2
    assert "--force" in capsys.readouterr().err
    before = text
    assert cli.main([*again, "--force"]) == 0
    assert (here / "mine.yaml").read_text(encoding="utf-8") == before
    out = capsys.readouterr().out
    assert "What the records cannot tell" in out
    assert "95 % interval" in out
    assert "leaves after the first repeat" in out
    assert "nobody leaves before the first repeat purchase" in " ".join(out.split())


def test_what_customers_are_called_is_in_no_byte_that_is_written_or_said(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    outside = here.parent / "sales.csv"
    rows = [(f"quaint-{who}", day, amount) for who, day, amount in bought(TRUTH, 300, 110, 1)]
    write_log(outside, [*rows, *rows[:3]])
    assert "quaint" in outside.read_text(encoding="utf-8")
    assert cli.main(["calibrate", str(outside), "-o", "mine.yaml", "--people", "20000"]) == 0
    files = [path for path in here.rglob("*") if path.is_file()]
    assert len(files) >= 12
    assert not [path for path in files if b"quaint" in path.read_bytes()]
    told = capfd.readouterr()
    assert "quaint" not in told.out + told.err
    assert "3 rows are the same as an earlier one and were counted" in " ".join(told.err.split() + told.out.split())


def test_a_tiny_firm_is_warned_and_told_why_nothing_was_held_out(here: Path, capsys: Capture) -> None:
    write_log(here / "sales.csv", bought(TRUTH, 50, 18, 3))
    assert cli.main(["calibrate", "sales.csv", "-o", "mine.yaml", "--json", *OPTIONS]) == 0
    found = json.loads(capsys.readouterr().out)
    remarks = " ".join(found["remarks"])
    assert "The records tell little (50 customers, of whom" in remarks
    assert "Nothing was held out to test the forecast: the records are only" in remarks
    assert found["holdout"] is None


def test_contracts_of_few_are_warned_of_and_contracts_that_all_ended_refused(here: Path, capsys: Capture) -> None:
    header = "customer_id,start,end\n"
    rows = [f"c{at},2022-{1 + at % 9:02d}-01,{'' if at % 3 else f'2023-{1 + at % 9:02d}-05'}" for at in range(40)]
    (here / "members.csv").write_text(header + "\n".join(rows) + "\n", encoding="utf-8")
    options = ["-o", "mine.yaml", "--subscriptions", "--renewal-weeks", "13", *OPTIONS]
    assert cli.main(["calibrate", "members.csv", "--fee", "30", "--json", *options]) == 0
    assert "The records tell little (40 customers)" in " ".join(json.loads(capsys.readouterr().out)["remarks"])
    ended = [row if row.endswith("5") else row + "2023-06-01" for row in rows]
    (here / "members.csv").write_text(header + "\n".join(ended) + "\n", encoding="utf-8")
    assert cli.main(["calibrate", "members.csv", "--fee", "30", "--force", *options]) == 2
    assert "all 40 contracts have ended by 2023-07-05" in capsys.readouterr().err


@pytest.mark.slow
def test_the_demonstration_stands_beside_its_truth_and_is_advised_on(here: Path) -> None:
    run = [sys.executable, str(Path(__file__).resolve().parents[2] / "run.py")]
    made = subprocess.run([*run, "calibrate", "--demo", "--json", "--quiet"], cwd=here, capture_output=True, check=True)
    found = json.loads(made.stdout)
    for name in ("r", "alpha", "a", "b"):
        low, high = found["parameters"]["bg_nbd"][name]["ci95"]
        assert low / 1.1 < found["truth"]["bg_nbd"][name] < 1.1 * high
    advise = [*run, "advise", "demo.yaml", "--quick", "--json", "--quiet", "--workers", "2"]
    advised = subprocess.run(advise, cwd=here, capture_output=True, check=True)
    assert json.loads(advised.stdout)["goals"]


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
        (["sales.csv", "-o", "mine.yaml", "--subscriptions", "--renewal-weeks", "4", "--fee", "0"], "earns nothing"),
        (
            ["sales.csv", "-o", "mine.yaml", "--subscriptions", "--renewal-weeks", "4", "--refunds", "net"],
            "for purchases",
        ),
        (
            ["sales.csv", "-o", "mine.yaml", "--subscriptions", "--renewal-weeks", "4", "--duplicates", "drop"],
            "for purch",
        ),
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
