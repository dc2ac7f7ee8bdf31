"""Advice from the command line: what is printed and stored, what is the same twice, and what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.experiment import ignorance, obstacles, search
from sim.experiment.advise import advise
from sim.experiment.advised import Surely
from sim.experiment.phases import Cell, Phases, Row
from sim.experiment.plans import Plan
from sim.experiment.search import IDLE
from sim.interface import cli
from sim.interface.advice import advising
from sim.interface.advice import words as advice_words
from sim.interface.advice.figure import phase_diagram
from sim.interface.advice.varying import NAMES
from sim.interface.terminal.terminal import Ending, Terminal
from sim.scenario.load import load_scenario
from tests.experiment.test_advise import EFFORT, by_formula

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "advice.md"
SMALL = ("--customers", "120", "--years", "1", "--set", "time.burn_in_weeks=52", "--quick")
GOALS = ("--goal", "10%", "--goal", "290%")
Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Advice in this process: the exit code, stdout and stderr."""
    monkeypatch.setattr(advising, "_figures", lambda found, varied: [("best-split.svg", b"<svg/>")])

    def call(*words: str, small: bool = True) -> tuple[int, str, str]:
        capsys.readouterr()
        how = SMALL if small else ()
        workers = () if "--workers" in words else ("--workers", "1")
        code = cli.main(["advise", *words, *how, *workers, "--out", str(tmp_path / "results")])
        return code, *capsys.readouterr()

    return call


def without_seconds(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    assert document.pop("seconds") > 0.0
    return document


def test_the_answer_in_words(ask: Ask) -> None:
    code, out, err = ask("base", *GOALS)
    told = " ".join(out.split())
    assert code == Ending.FINE
    for words in (
        "Without --quick there are 11 fresh worlds instead of 5",
        "290% a year is out of reach with any split",
        "Where it grows",
        "Going on as before, revenue grows",
        "Without a goal, profit and what the customers are then worth are largest",
        "the 2 shares of worlds hold together (Bonferroni)",
        "Money for 10% a year, quarter by quarter",
    ):
        assert words in told
    without_a_goal = told.partition("Without a goal")[2].partition("Chance:")[0]
    assert "Its cash" in without_a_goal
    (further,) = re.findall(r"Next: \S+ advise base (.*)", err)
    assert further == "--goal 10% --goal 290% --years 1 --set time.burn_in_weeks=52 --customers 120"


def test_a_goal_at_the_edge_is_told_as_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the market by formula, which brings .767 at most in a world of middling luck."""
    for place in (search, ignorance, obstacles):
        monkeypatch.setattr(place, "try_plans", by_formula)
    found = advise(load_scenario("base", ["time.weeks=156"]), (0.3, 0.767, 1.2), effort=EFFORT)
    assert [advice.reachable for advice in found.goals] == [True, None, False]
    clear, edge, beyond = (advice_words.for_one_goal(found, advice) for advice in found.goals)
    assert clear.startswith("For 30% a year spend")
    dearer = found.goals[0]._replace(surely=Surely(Plan(0.4, 0.5), 1.0, 16))
    assert "; with 40.0% of revenue 16 of 16 do)." in advice_words.for_one_goal(found, dearer)
    assert edge.startswith("Whether 77% a year can be reached is undecided") and "of 64 fresh worlds" in edge
    assert beyond.startswith("120% a year is out of reach")
    assert "for goals near the edge in 64: " in advice_words.what_was_asked(found)
    assert list(advising.goals_table(found).columns[0].cells) == ["30%", "77%\nundecided", "120%"]


def test_json_is_what_the_page_documents_and_the_same_for_one_worker_and_for_two(ask: Ask) -> None:
    one, other = (without_seconds(ask("base", *GOALS, "--json", "--quiet", "--workers", n)[1]) for n in "12")
    assert one == other
    documented = re.findall(r"^\| `([a-z_0-9.\[\]]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {*paths_in(one), "seconds"} == set(documented) - set(NAMES)
    assert [goal["reachable"] for goal in one["goals"]] == [True, False]
    assert one["goals"][1]["why"] and one["goals"][0]["why"] is None


def paths_in(data: Any, path: str = "") -> list[str]:
    """Keys of the document, as its page names them; what is inside lists of records is documented once."""
    found = []
    for key, value in data.items():
        here = f"{path}{key}"
        found.append(here)
        if isinstance(value, dict) and key in ("worlds", "status_quo"):
            found += paths_in(value, f"{here}.")
        if key == "goals":
            found += paths_in(value[0], "goals[].")
    return found


def test_a_second_axis(ask: Ask) -> None:
    code, out, err = ask("base", *GOALS, "--vary", "base_size=0,60", "--json")
    document = json.loads(out)
    assert code == Ending.FINE
    assert "base_size at 2 values: up to 78 runs more" in err
    few, many = document["vary"]["values"]
    assert (few["value"], many["value"]) == ("0", "60")
    assert few["customers_at_week_0"] < many["customers_at_week_0"]
    assert [goal["reachable"] for goal in few["goals"]] == [True, False]
    documented = PAGE.read_text(encoding="utf-8")
    for key in (*document["vary"], *few):
        assert f"`{key}`" in documented
    assert {*few["goals"][0]} - {"most_worlds"} < {*document["goals"][0]} and "`most_worlds`" in documented


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["--goal", "15"], "--goal: expected growth a year as a share, got '15'; for 15 % write 15%."),
        (["--goal", "much"], "got 'much'; write it as 15% or 0.15."),
        (["--goal", "-5%"], "a goal lies between 0% and 300% growth a year (-5%)"),
        (["--goal", "400%"], "(400%)"),
        (["--goal", "15%", "--goal", "0.15"], "the goal 15% is given twice; keep one."),
        (["--vary", "base_sise=1,2"], "--vary base_sise: unknown key 'base_sise'. Did you mean 'base_size'?"),
        (["--vary", "people.count=5"], "--vary: expected a path and 2 to 8 values"),
        (["--vary", "people.count=5,5"], "people.count is to be '5' twice"),
        (["--vary", "people.price_sensitivity=5,5.0"], "with people.price_sensitivity 5 and 5.0 the world is the same"),
        (["--vary", "repeat_rate=2,3"], "repeat_rate is the part of customers who stay until the next order"),
        (["--vary", "people.count=0,-1"], "--vary people.count=-1: people.count must be at least 1"),
        (["--vary", "businesses.ours.strategy.steady.low=1,2"], "is what advice looks for"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_lived(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, words: list[str], what: str
) -> None:
    monkeypatch.setattr(advising, "advise", lambda *_, **__: pytest.fail("lived in vain"))
    code, out, err = ask("base", *words, small=False)
    assert (code, out) == (Ending.BAD_INPUT, "")
    assert what in err


def test_a_firm_without_a_past_is_told_so_at_once_and_the_way_out_works(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(advising, "advise", lambda *_, **__: pytest.fail("lived in vain"))
        code, out, err = ask("young_firm", "--quick", small=False)
    assert (code, out) == (Ending.BAD_INPUT, "")
    assert "young_firm has no year before week 0 to grow from (time.burn_in_weeks: 0); give it a past" in err
    (way_out,) = re.findall(r"--set (\S+),", err)
    smaller = [f"businesses.incumbent_{each}.customers=100" for each in "ab"]
    settings = [word for each in (way_out, *smaller, "people.count=400") for word in ("--set", each)]
    assert ask("young_firm", "--goal", "10%", "--years", "1", "--quick", *settings, small=False)[0] == Ending.FINE


@pytest.mark.slow
def test_advice_for_a_firm_of_ones_own(ask: Ask, tmp_path: Path) -> None:
    file = str(tmp_path / "mine.yaml")
    answers = {"people": 2_000, "customers": 300, "orders": 4, "order-value": 60, "margin": "40%", "marketing": 5_000}
    given = [word for name, value in answers.items() for word in (f"--{name}", str(value))]
    assert cli.main(["init", file, *given, "--quiet"]) == Ending.FINE
    code, out, _ = ask(file, "--goal", "15%", "--quick", "--json", small=False)
    assert code == Ending.FINE
    (goal,) = json.loads(out)["goals"][-1:]
    assert goal["reachable"] and 0.0 < goal["spend_share_of_revenue"] < 0.5


def test_the_phase_diagram_writes_numbers_and_hatches_what_is_out_of_reach() -> None:
    cells = Cell(0.1, IDLE, (0.0, 1.0), 1.0), Cell(0.5, Plan(0.081, 0.35), (0.2, 0.5), 1.0), Cell(1.0, None, None, 0.0)
    (panel, _) = phase_diagram(Phases("repeat_rate", (Row("80%", 10.0, cells), Row("90%", 12.0, cells)), 4, 9)).axes
    assert [text.get_text() for text in panel.texts[:3]] == ["no need", "35%\n8.1%", ""]
    assert [patch.get_hatch() for patch in panel.patches] == ["///", "///"]
    assert np.isnan(panel.images[0].get_array().filled(np.nan)[:, [0, 2]]).all()


def test_the_table_of_phases_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    cells = Cell(0.1, IDLE, (0.0, 1.0), 1.0), Cell(0.5, Plan(0.081, 0.35), (0.2, 0.5), 1.0), Cell(1.0, None, None, 0.0)
    varied = Phases("repeat_rate", (Row("80%", 10.0, cells),), 4, 9)
    Terminal().show(advising.phases_table(varied))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["repeat_rate", "customers", "at", "week", "0", "10%", "50%", "100%"]
    assert lines[2].split() == ["80%", "10", "any", "35%", "no", "split"]
    assert lines[3].split() == ["0%", "8%"]
    assert "does not move with repeat_rate" in advice_words.of_phases(varied)
