"""The commands that analyse a study, from outside."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.experiment import study
from sim.experiment.study.indices import Index
from sim.interface import cli
from sim.interface.study.analysing import strongest_in_words
from sim.interface.terminal.terminal import Ending
from tests.experiment.study.small import write_study
from tests.experiment.study.test_optimise import PRICED, TASK
from tests.experiment.study.test_sensitivity import SMALL

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """A command about a study with this text, its ending, and what it printed."""

    def typed(command: str, text: str, *words: str) -> tuple[int, str, str]:
        path, out = write_study(tmp_path, text), str(tmp_path / "results")
        ending = cli.main([command, str(path), "--workers", "1", "--out", out, *words])
        told = capsys.readouterr()
        return ending, told.out, told.err

    return typed


def figures_in(folder: str) -> set[str]:
    return {path.name for path in Path(folder).glob("*.png") if path.read_bytes()[:4] == b"\x89PNG"}


def test_sensitivity_tells_what_matters_and_how_much_is_chance(call: Call) -> None:
    ending, told, said = call("sensitivity", SMALL)
    words = " ".join(told.split())
    assert ending == Ending.FINE and "What is looked at: the profit of ours, in tiny" in words
    assert "Screening (Morris)" in told and "Shares of the variance (Sobol)" in told
    assert "Chance: of the variance among single worlds" in words and "Careful: for " in words
    assert max(map(len, told.splitlines()[:-1])) <= 80 and "runs for screening" in said
    ending, told, _ = call("sensitivity", SMALL, "--json")
    document = json.loads(told)
    assert {"parameter", "s1", "s1_ci", "st", "st_ci"} <= set(document["indices"][0])
    assert 0.0 <= document["noise_share"] <= 1.0
    assert figures_in(document["results"]) == {"tornado.png", "heat-map.png"}
    assert cli.main(["verify", document["results"]]) == Ending.FINE


def test_optimise_tells_the_front_in_fresh_worlds(call: Call) -> None:
    ending, told, _ = call("optimise", PRICED + TASK)
    words = " ".join(told.split())
    assert ending == Ending.FINE and "Asked for: most profit and most customers of ours, in tiny" in words
    assert "Every number is from 3 fresh worlds" in words and "steady" in words and "aggressive" in words
    assert max(map(len, told.splitlines()[:-1])) <= 80
    ending, told, _ = call("optimise", PRICED + TASK, "--json")
    document = json.loads(told)
    assert document["best"] == document["front"][0] and len(document["trials"]) == 6
    assert figures_in(document["results"]) == {"pareto.png"}


def test_where_no_trial_keeps_within_bounds_it_says_so(call: Call) -> None:
    text = PRICED + TASK.replace("fresh: 3", "fresh: 3, within: {revenue: {least: 1000000000}}")
    ending, told, _ = call("optimise", text)
    assert ending == Ending.FINE and "None did, so nothing is best." in told


@pytest.mark.parametrize(
    ("command", "module", "library"),
    [("sensitivity", "indices", "SALib"), ("optimise", "search", "optuna")],
)
def test_a_missing_library_is_named_with_the_line_that_installs_it(
    command: str, module: str, library: str, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [each for each in sys.modules if each.split(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    for each in (module, "sensitivity", "optimise"):
        monkeypatch.delitem(sys.modules, f"sim.experiment.study.{each}", raising=False)
        monkeypatch.delattr(study, each, raising=False)
    monkeypatch.setitem(sys.modules, library, None)
    ending, told, said = call(command, PRICED + TASK)
    assert (ending, told) == (Ending.BAD_INPUT, "") and not (tmp_path / "results").exists()
    assert f"{command} needs {library}, which is not installed." in " ".join(said.split())
    assert f"pip install -c constraints.txt {library}" in said


@pytest.mark.parametrize(("command", "runs"), [("sensitivity", 3 * (2 * 3 + 8 * 4)), ("optimise", 3 * 6)])
def test_a_dry_run_says_what_it_takes_and_writes_nothing(command: str, runs: int, call: Call, tmp_path: Path) -> None:
    text = SMALL if command == "sensitivity" else PRICED + TASK
    ending, told, _ = call(command, text, "--dry-run", "--json")
    document = json.loads(told)
    assert ending == Ending.FINE and document["runs"] == runs and document["points"] == runs // 3
    assert {"minutes", "bytes", "free_bytes", "question"} <= set(document)
    ending, told, _ = call(command, text, "--dry-run")
    assert ending == Ending.FINE and f"at most {runs}" in told and "written." in told
    assert not (tmp_path / "results").exists()


def test_workers_of_a_cluster_and_of_this_machine_cannot_both_be_meant(call: Call) -> None:
    ending, told, said = call("optimise", PRICED + TASK, "--cluster", "tcp://127.0.0.1:1")
    assert (ending, told) == (Ending.BAD_INPUT, "") and "Keep one of them." in said


def test_the_three_that_matter_most_are_named_with_how_sure_that_is() -> None:
    def index(name: str, often: float) -> Index:
        return Index(name, 0.1, (0.0, 0.2), 0.2, (0.1, 0.3), often)

    names = {name: name.upper() for name in "abcde"}
    five = [index(*each) for each in (("a", 1.0), ("b", 0.9), ("c", 0.7), ("d", 0.38), ("e", 0.02))]
    told = strongest_in_words(five, names)
    assert told.startswith(
        "The 3 that matter most: A (> 99 %), B (90 %) and C (70 %). One of them may have to give way"
    )
    assert "give way to D (38 %)." in told
    assert strongest_in_words(five[:2], names) == "The 2 that matter most: A and B."
    assert "give way" not in strongest_in_words([*five[:3], five[4]], names)


@pytest.mark.parametrize("command", ["sensitivity", "optimise"])
def test_too_many_runs_are_refused_before_the_first(command: str, call: Call, tmp_path: Path) -> None:
    ending, told, said = call(command, SMALL, "--most-runs", "10")
    assert (ending, told) == (Ending.BAD_INPUT, "") and "(limit 10)" in said
    assert not (tmp_path / "results").exists()
