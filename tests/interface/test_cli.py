"""The command line from outside: streams, exit codes, and nothing slow before it is needed."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from sim import __version__
from sim.experiment.executor import RunFailed
from sim.experiment.store import LOCK, StoreDamaged, verify
from sim.interface import cli
from sim.interface.commands import asked
from sim.interface.commands.asked import Changes
from sim.interface.runs import running
from sim.interface.terminal.place import check_place
from sim.interface.terminal.terminal import Ending
from sim.scenario import load
from sim.scenario.load import bundled, load_scenario

ROOT = Path(__file__).resolve().parents[2]
LINUX = sys.platform == "linux"
SMALL = ("--customers", "200", "--weeks", "60", "--set", "time.burn_in_weeks=52", "--workers", "1")


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures have tests of their own, and take their time."""
    monkeypatch.setattr(running, "_figures", lambda comparison, found: [("overview.svg", b"<svg/>")])


@pytest.fixture
def small(tmp_path: Path, without_figures: None) -> Callable[..., int]:
    """A command on a small world, in this process."""

    def call(*words: str) -> int:
        return cli.main([*words, *SMALL, "--replicates", "3", "--out", str(tmp_path / "results")])

    return call


def outside(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    return subprocess.run(
        [sys.executable, "run.py", *words], cwd=ROOT, text=True, capture_output=True, timeout=120, **more
    )


def never(*_: object, **__: object) -> None:
    raise AssertionError("computed in vain")


# ---------------------------------------------------------------------------------------------------------------- speed

HEAVY = {"mesa", "numba", "numpy", "pandas", "matplotlib", "scipy", "pyarrow", "rich", "yaml"}
SCENARIOS_MAY = {"numpy", "yaml"}  # the first comes along with the arithmetic of the rules


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["compare", "-h"], ["--version"], ["run"]])
def test_help_imports_nothing_slow(words: list[str]) -> None:
    assert imported(words) & HEAVY == set()


def test_check_imports_no_more_than_reading_a_scenario_takes() -> None:
    assert imported(["check", "steady"]) & HEAVY <= SCENARIOS_MAY


def imported(words: list[str]) -> set[str]:
    """The modules that a command has imported when it ends."""
    code = "import sys; from sim.interface.cli import main; main(sys.argv[1:]); print('imported:', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, text=True, capture_output=True, timeout=60)
    first, *modules = done.stdout.splitlines()[-1].split()
    assert first == "imported:"
    return set(modules)


# ----------------------------------------------------------------------------------------------------------------- help


@pytest.mark.parametrize("command", sorted(typer.main.get_command(cli.app).commands))  # type: ignore[attr-defined]
def test_help_begins_with_examples_and_ends_with_exit_codes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, "-h"]) == 0
    out = capsys.readouterr().out
    first, second, *_ = out.splitlines()
    assert (first, second.split()[1]) == ("Examples:", command)
    _, _, last = out.partition("Exit codes: ")
    assert " ".join(last.split()) == ", ".join(f"{ending:d} {ending.meaning}" for ending in Ending) + "."


def test_whoever_types_nothing_is_shown_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    assert capsys.readouterr().out.startswith("Examples:\n")


def test_readme_has_every_exit_code() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [line for ending in Ending if (line := f"| {ending:d} | {ending.meaning} |") not in readme] == []


def test_the_program_is_called_by_the_name_under_which_it_was_called(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, name in [("/somewhere/run.py", "python run.py"), ("/usr/bin/keepwin", "keepwin")]:
        monkeypatch.setattr(sys, "argv", [path])
        assert cli.main(["--help"]) == 0
        assert f"Usage: {name} [OPTIONS] COMMAND" in capsys.readouterr().out


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"keepwin {__version__}\n"


# ------------------------------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "steady", "--replicate", "3"], "There is no option --replicate. Did you mean --replicates?"),
        (["run", "steady", "--replicate", "3"], "run --help` shows examples and every option."),
        (["comprae", "a", "b"], "Did you mean 'compare'?"),
        (["run", "steady", "--seed", "1", "--seed", "2"], "--seed is given more than once. Keep one."),
        (["run", "steady", "--seed=1", "--json", "--seed", "1"], "--seed is given more than once. Keep one."),
        (["compare", "steady", "base", "--quiet", "--quiet"], "--quiet is given more than once. Keep one."),
        (["run", "steady", "--loop", "fast"], "'--loop': 'fast' is not one of 'compiled',"),
        (["run", "steady", "--seed", "-1"], f"--seed: expected a whole number from 0 to {2**64 - 1}, got '-1'."),
        (["run", "steady", "--seed", "abc"], f"--seed: expected a whole number from 0 to {2**64 - 1}, got 'abc'."),
        (["run", "steady", "--seed", str(2**64)], f"got '{2**64}'."),
        (["run", "steady", "--seed", str(2**64 - 1)], "a seed is a whole number from 0 to 2^64 - 1."),
        (["run", "steady", "--workers", "0"], "--workers: expected a whole number from 1 to "),
        (["run", "steady", "--workers", "1000000"], "got '1000000'."),
        (["run", "steady", "--replicates", "1e3"], "--replicates: expected a whole number of at least 1, got '1e3'."),
        (["run", "steady", "--budget", "20k"], "--budget: expected an amount of money such as 20000, got '20k'."),
        (["run", "steady", "--budget", "nan"], "--budget: expected an amount of money such as 20000, got 'nan'."),
        (["run", "steady", "--budget", "-1"], "got '-1'."),
        (["run", "steady", "--log", "301", "--customers", "300"], "steady has 300 simulated people. Follow fewer."),
        (["compare", "base", "steady", "--log", "301", "--customers", "300"], "base has 300 simulated people."),
        (["run", "steady", "--set", "businesses.ours.price=10%"], "Write 0.1"),
        (["run"], "Missing argument 'SCENARIO'"),
        (["run", "stedy"], "there is no scenario 'stedy'. Did you mean 'steady'?"),
        (["run", "steady", "--set", "people.cuont=9"], "unknown key 'cuont'. Did you mean 'count'?"),
        (["run", "steady", "--weeks", "9", "--set", "time.weeks=9"], "--weeks sets it too; keep one."),
        (["compare", "steady"], "One scenario cannot be compared. Name a second one, or say `run`."),
        (["compare", "steady", "base", "steady"], "steady is named twice. Name two scenarios that differ."),
        (["compare", "steady", "scenarios/steady.yaml"], "steady and scenarios/steady.yaml are the same world:"),
        (["compare", "steady", "base", "--until", "2"], "--until: expected a share such as 2% or 0.02, got '2'."),
        (["compare", "steady", "base", "--until", "x%"], "--until: expected a share such as 2% or 0.02, got 'x%'."),
        (["compare", "steady", "base", "--until", "2%", "--replicates", "9"], "Keep one of them."),
        (["compare", "steady", "base", "--most", "9"], "--most limits --until."),
        (["compare", "steady", "duopoly"], "compare scenarios with the same businesses in the same order."),
    ],
)
def test_bad_input_ends_with_2_says_what_to_do_and_writes_nothing(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*words, "--out", str(tmp_path / "results")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "Traceback" not in err
    assert not (tmp_path / "results").exists()


def test_all_problems_of_all_scenarios_are_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compare", "stedy", "agressive"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "there is no scenario 'stedy'. Did you mean 'steady'?",
        "there is no scenario 'agressive'. Did you mean 'aggressive'?",
    ]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("file", "is a file. Name a folder."),
        ("file/results", "is a file. Name a folder."),
        ("others", "the folder holds other things and no results. Name a new folder, such as "),
        ("x" * 300, "nothing can be written there (File name too long). Name another folder."),
        pytest.param(
            "/proc/results", "nothing can be written there", marks=pytest.mark.skipif(not LINUX, reason="/proc")
        ),
    ],
)
def test_a_place_where_nothing_can_be_written_is_refused_before_anything_runs(
    place: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "run_scenario", never)
    (tmp_path / "file").touch()
    (tmp_path / "others" / "photos").mkdir(parents=True)
    (tmp_path / "others" / "photos" / "cat.png").touch()
    before = sorted(tmp_path.rglob("*"))
    assert cli.main(["run", "steady", "--out", str(tmp_path / place)]) == 2
    assert said in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_place_that_is_good_is_left_as_it_was_until_there_are_results(tmp_path: Path) -> None:
    for name in ("new/results", "empty", "ours", "begun"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / ".hidden").touch()
    (tmp_path / "begun" / "steady").mkdir(parents=True)
    (tmp_path / "ours" / "steady" / "0123").mkdir(parents=True)
    (tmp_path / "ours" / "steady" / "0123" / "manifest.json").touch()
    (tmp_path / "ours" / "notes.txt").touch()
    before = sorted(tmp_path.rglob("*"))
    for name in ("new/results", "new/er/results", "empty", "ours", "begun"):
        check_place(tmp_path / name)
    assert sorted(tmp_path.rglob("*")) == before


def test_settings_may_be_repeated(small: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    prices = ("--set", "businesses.ours.price=45", "--set", "businesses.ours.unit_cost=20")
    assert small("run", "steady", "--json", *prices) == 0
    folder = Path(json.loads(capsys.readouterr().out)["results"])
    ours = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["scenarios"][0]["resolved"]["businesses"]
    assert (ours["ours"]["price"], ours["ours"]["unit_cost"]) == (45.0, 20.0)


def test_a_share_may_be_set_in_per_cent(small: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    split = "businesses.ours.strategy.steady.acquisition_share"
    assert small("run", "steady", "--json", "--set", f"{split}=80%") == 0
    document = json.loads(capsys.readouterr().out)
    assert f"{split}=80%" in document["settings"]
    manifest = json.loads((Path(document["results"]) / "manifest.json").read_text(encoding="utf-8"))
    ours = manifest["scenarios"][0]["resolved"]["businesses"]["ours"]
    assert ours["strategy"]["steady"]["acquisition_share"] == 0.8


def test_the_same_money_for_every_plan_keeps_each_plans_split(
    small: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert small("compare", "steady", "aggressive", "--json", "--budget", "2000") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["budget"] == 2000.0
    manifest = json.loads((Path(document["results"]) / "manifest.json").read_text(encoding="utf-8"))
    plans = [each["resolved"]["businesses"]["ours"]["strategy"] for each in manifest["scenarios"]]
    shares = [load_scenario(name).businesses[0].strategy.acquisition_share for name in ("steady", "aggressive")]
    assert plans == [{"fixed_budget": {"spend_per_year": 2000.0, "acquisition_share": share}} for share in shares]
    assert shares[0] != shares[1]


def test_plans_that_differed_in_their_money_only_are_one_world_with_a_budget(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = "schema: 1\nextends: base\nbusinesses: {ours: {strategy: {fixed_budget: {spend_per_year: 9000}}}}\n"
    (tmp_path / "rich.yaml").write_text(plan, encoding="utf-8")
    words = ["compare", "base", str(tmp_path / "rich.yaml"), "--out", str(tmp_path / "results")]
    assert cli.main([*words, "--budget", "2000"]) == 2
    assert capsys.readouterr().err.startswith("With these options base and ")


def test_the_answer_says_what_was_changed_and_the_next_command_changes_it_too(
    small: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert small("run", "steady", "--budget", "2000") == 0
    out, err = capsys.readouterr()
    assert "With time.burn_in_weeks=52, time.weeks=60, people.count=200." in out
    assert "ours spends 2,000 money a year on marketing" in " ".join(out.split())
    options = "--set time.burn_in_weeks=52 --weeks 60 --customers 200 --budget 2000"
    assert err.splitlines()[-1].endswith(f"compare steady aggressive {options}")
    assert small("compare", "steady", "aggressive", "--budget", "2000") == 0
    out, err = capsys.readouterr()
    assert "Every plan has the same money: ours spends 2,000 money a year" in " ".join(out.split())
    assert err.splitlines()[-1].endswith(f"run aggressive {options}")


def test_a_next_command_that_could_not_work_is_not_offered(
    small: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    turned = "businesses.ours.strategy.steady.acquisition_share=0.8"  # which would turn aggressive into the same plan
    assert small("run", "steady", "--set", turned) == 0
    options = f"--set time.burn_in_weeks=52 --set {turned} --customers 200"
    offered = capsys.readouterr().err.splitlines()[-1].partition(" advise ")[2]
    assert sorted(offered.split()) == sorted(f"steady --quick --goal 15% {options}".split())


def test_two_files_of_one_name_are_told_apart(
    small: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, spend in (("a", 1000), ("b", 2000)):
        (tmp_path / folder).mkdir()
        plan = f"{{fixed_budget: {{spend_per_year: {spend}}}}}"
        text = f"schema: 1\nextends: base\nbusinesses: {{ours: {{strategy: {plan}}}}}\n"
        (tmp_path / folder / "mine.yaml").write_text(text, encoding="utf-8")
    assert small("compare", str(tmp_path / "a" / "mine.yaml"), str(tmp_path / "b" / "mine.yaml")) == 0
    out = "".join(capsys.readouterr().out.split())
    assert f"mineis{tmp_path}/a/mine.yaml,mine(2)is{tmp_path}/b/mine.yaml." in out


def test_worlds_are_added_until_the_difference_is_known(
    without_figures: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["compare", "steady", "aggressive", *SMALL, "--until", "0.1%", "--most", "30", "--out", str(tmp_path)]
    assert cli.main(words) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "30 worlds do not tell the difference in profit to within 0.1 % of the mean profit of steady." in out
    assert "Up to 2 looks were declared (20, 30 worlds);" in out
    assert "each used a 97.5 % interval (Bonferroni)." in out
    assert cli.main([*words[:-4], "--json", *words[-4:]]) == 0
    until = json.loads(capsys.readouterr().out)["until"]
    assert ([look["worlds"] for look in until["looks"]], until["reached"]) == ([20, 30], False)


# ---------------------------------------------------------------------------------------------------------------- check


def test_check_says_in_a_line_that_a_scenario_is_good(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "steady", "monopoly", "--set", "people.count=5000"]) == 0
    assert capsys.readouterr() == (
        "steady: good (3 businesses, 5,000 people, 260 weeks)\nmonopoly: good (1 business, 5,000 people, 260 weeks)\n",
        "",
    )


def test_check_names_events_that_come_after_the_last_week(capsys: pytest.CaptureFixture[str]) -> None:
    whole, short = "check price_war", "check price_war --set time.weeks=53 --json"
    assert cli.main(whole.split()) == cli.main(short.split()) == 0
    told, data = capsys.readouterr().out.split("\n", maxsplit=1)
    assert "events" not in told
    assert json.loads(data)["files"][0]["never_reached"] == ["answer"]
    assert cli.main(short.split()[:-1]) == 0
    assert capsys.readouterr().out.endswith("53 weeks); it ends before these events: answer (week 56)\n")


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_value_is_set_once(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, "steady", "--set", "people.count=5000", "--set", "people.count=6000"]) == 2
    assert capsys.readouterr() == ("", "--set people.count: people.count is set more than once. Keep one.\n")


def test_check_tells_the_problems_of_all_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("schema: 1\nextends: base\npeople:\n  cuont: 9\n", encoding="utf-8")
    assert cli.main(["check", str(bad), "steady", "stedy"]) == 2
    out, err = capsys.readouterr()
    assert out.startswith("steady: good")
    assert f"{bad}:4:3: unknown key 'cuont'. Did you mean 'count'?" in err
    assert "there is no scenario 'stedy'. Did you mean 'steady'?" in err


def test_check_gives_problems_as_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("schema: 1\nextends: base\npeople:\n  cuont: 9\n", encoding="utf-8")
    assert cli.main(["check", "steady", str(bad), "stedy", "--json"]) == 2
    out, err = capsys.readouterr()
    good, wrong, missing = json.loads(out)["files"]
    assert err == ""
    assert good == {
        "file": str(load.BUNDLED / "steady.yaml"),
        "valid": True,
        "scenario_hash": load_scenario("steady").hash,
        "problems": [],
        "never_reached": [],
    }
    assert (wrong["file"], wrong["valid"], wrong["scenario_hash"]) == (str(bad), False, None)
    problem = {"line": 4, "column": 3, "message": "unknown key 'cuont'", "advice": "Did you mean 'count'?"}
    assert wrong["problems"] == [{"file": str(bad)} | problem]
    assert (missing["file"], missing["problems"][0]["file"]) == ("stedy", None)


def test_the_schema_is_printed_or_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema"]) == 0
    text = capsys.readouterr().out
    assert text.startswith('{\n  "') and text.endswith("}\n") and json.loads(text)
    assert cli.main(["schema", "--out", str(tmp_path / "s.json")]) == 0
    assert (tmp_path / "s.json").read_text(encoding="utf-8") == text
    assert cli.main(["schema", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err.endswith(": Is a directory. Name another file.\n")


# -------------------------------------------------------------------------------------------------------------- answers


def test_run_tells_every_business_the_goal_and_the_place(
    small: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert small("run", "steady") == 0
    out, err = capsys.readouterr()
    for words in ("profit, money", "ours", "incumbent_a", "The goal of steady was to grow revenue", "3 worlds of 200"):
        assert words in out
    folder = Path(out.rpartition("Results and pictures: ")[2].strip())
    assert folder.is_relative_to(tmp_path) and verify(folder) == []
    assert (folder / "overview.svg").is_file()
    assert re.match("Next: .*compare steady aggressive --set ", err.splitlines()[-1])


@pytest.mark.parametrize(
    ("name", "settings", "following"),
    [
        ("base", [], "compare base steady"),
        ("steady", [], "compare steady aggressive"),
        ("too_small_for_tv", [], "compare too_small_for_tv steady"),  # the same market, other channels
        ("media_mix", [], "advise media_mix --quick --goal 15%"),
        (
            "steady",
            ["events={gone: {quality_crisis: {business: ours, week: 9, for_weeks: 1}}}"],
            "compare steady aggressive",
        ),
        ("crisis", [], "advise crisis --quick --goal 15%"),
        ("middle", [], "advise middle --quick --goal 15%"),
        ("telecom", [], "advise telecom --quick --goal 15%"),
        ("young_firm", [], "parameters businesses"),
    ],
)
def test_what_follows_a_run_is_a_plan_in_the_same_market_or_advice(
    name: str, settings: list[str], following: str
) -> None:
    changes = Changes(tuple(settings), weeks=20)
    words = " ".join(running._following(name, asked.load(name, changes), changes))
    assert words.startswith(following)
    assert ("--weeks 20" in words) == following.startswith("compare")


def test_run_prints_one_json_document_and_nothing_else(
    small: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert small("run", "steady", "--json", "--quiet") == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert err == ""
    assert (document["scenario"], document["weeks"], document["customers"]) == ("steady", 60, 200)
    low, high = document["businesses"][0]["metrics"]["profit"]["ci95"]
    assert low <= document["businesses"][0]["metrics"]["profit"]["mean"] <= high
    assert Path(document["results"]).is_dir()


def test_compare_ends_with_sentences(small: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert small("compare", "steady", "aggressive") == 0
    out, err = capsys.readouterr()
    assert "\n\nours: aggressive against steady\n" in out
    assert "Compared: aggressive against steady, as ours would live them, in 3 paired worlds" in out
    assert "Growth and goals" in out and "Results and pictures: " in out
    assert "3 paired worlds in " in err


def test_compare_prints_one_json_document_and_nothing_else(
    small: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert small("compare", "steady", "aggressive", "base", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["pairs"], document["baseline"]) == (3, "steady")
    assert {each["scenario"] for each in document["differences"]} == {"aggressive", "base"}
    assert Path(document["results"]).is_dir()


def test_pictures_of_a_real_comparison_lie_beside_the_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["compare", "steady", "aggressive", *SMALL, "--replicates", "2", "--json", "--out", str(tmp_path)]
    assert cli.main(words) == 0
    folder = Path(json.loads(capsys.readouterr().out)["results"])
    pictures = {path.name for path in folder.iterdir() if path.suffix in (".png", ".svg")}
    names = ("overview", "old-and-new", "growth-against-goal")
    assert pictures == {f"{name}.{ending}" for name in names for ending in ("png", "svg")}
    assert verify(folder) == []


def test_the_manual_prints_one_json_document(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("scenarios", "week", "rules", "parameters", "metrics"):
        assert cli.main([command, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)


def test_every_bundled_scenario_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["scenarios"]) == 0
    out = capsys.readouterr().out
    assert bundled() and all(path.stem in out for path in bundled())


# ------------------------------------------------------------------------------------------------------------- failures


@pytest.mark.parametrize(
    ("place", "error", "ending"),
    [
        ("run_scenario", RunFailed("no bottom", "steady", 7), 3),
        ("run_scenario", MemoryError(), 5),
        ("save_runs", OSError(errno.ENOSPC, "No space left on device"), 5),
        ("save_runs", PermissionError(errno.EACCES, "Permission denied"), 2),
        ("run_scenario", StoreDamaged("results/manifest.json is missing"), 4),
        ("run_scenario", ModuleNotFoundError("No module named 'numba'", name="numba"), 2),
        ("run_scenario", ModuleNotFoundError("No module named 'sim.nothing'", name="sim.nothing"), 1),
        ("run_scenario", KeyboardInterrupt(), 130),
        ("run_scenario", ZeroDivisionError("oops"), 1),
    ],
)
def test_each_kind_of_failure_has_its_exit_code(
    place: str,
    error: BaseException,
    ending: int,
    small: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(running, place, fail)
    assert small("run", "steady") == ending
    out, err = capsys.readouterr()
    assert out == ""
    assert ("Traceback" in err) == (ending == 1)


def test_a_failed_run_is_named_by_scenario_and_seed(
    small: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RunFailed("no bottom", "steady", 7)

    monkeypatch.setattr(running, "run_scenario", fail)
    small("run", "steady")
    assert capsys.readouterr().err == "A run failed: scenario 'steady', seed 7: no bottom\n"


def test_without_any_library_the_door_says_how_to_get_them() -> None:
    done = subprocess.run(
        [sys.executable, "-S", "run.py", "week"], cwd=ROOT, text=True, capture_output=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("typer is not installed for this Python: ") and "`make environment`" in done.stderr


@pytest.mark.parametrize("error", [KeyboardInterrupt(), MemoryError()])
def test_no_half_written_folder_stays(
    error: BaseException, small: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(running, "_figures", fail)
    assert small("run", "steady") in (5, 130)
    left = [path for path in tmp_path.rglob("*") if path.is_file() or path.name.startswith(".")]
    assert {path.name for path in left} <= {LOCK} and all(path.stat().st_size == 0 for path in left)


def test_a_reader_who_has_seen_enough_hears_no_complaint() -> None:
    for words in ("rules", "--help", "parameters --json"):
        done = subprocess.run(
            f"set -o pipefail; {sys.executable} run.py {words} | true",
            cwd=ROOT, shell=True, executable="/bin/bash", text=True, capture_output=True, timeout=60,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full exists on Linux only")
def test_a_full_disk_behind_stdout_ends_with_5() -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "run.py", "week"], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60
        )
    assert done.returncode == 5
    assert done.stderr.startswith("Out of room: ")


def test_nothing_is_coloured_where_there_is_no_terminal() -> None:
    done = outside("parameters", "rules")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert [line for line in done.stdout.splitlines() if line != line.rstrip()] == []


@pytest.mark.parametrize("no_color", [True, False])
def test_no_color_is_obeyed_on_a_terminal(no_color: bool, tmp_path: Path) -> None:
    seen = on_a_terminal(["run", "steady", *SMALL, "--replicates", "2", "--out", str(tmp_path)], no_color)
    assert "worlds" in seen and "Results and pictures: " in seen
    assert (re.search(r"\x1b\[(?:\d+;)*[39]\d", seen) is None) == no_color


def on_a_terminal(words: list[str], no_color: bool) -> str:
    """What a command writes if both its streams are a terminal."""
    import pty

    environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    environment |= {"TERM": "xterm-256color", "COLUMNS": "80"} | ({"NO_COLOR": "1"} if no_color else {})
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "run.py", *words], cwd=ROOT, stdout=theirs, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        seen = b""
        try:
            while piece := os.read(ours, 4096):
                seen += piece
        except OSError:  # Linux says so when the last writer has left
            pass
        os.close(ours)
        process.wait()
    return seen.decode()


# ---------------------------------------------------------------------------------------------------------- completion


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("run stea", {"steady"}),
        ("compare steady agg", {"aggressive"}),
        ("check mon", {"monopoly"}),
        ("parameters rules.choice.", None),
        ("metrics customer_l", {"customer_lifetime_value"}),
        ("rules def", {"defection"}),
        ("compare steady --unt", {"--until"}),
        ("run steady --seed 1 --seed abc --loop m", {"mesa"}),
        ("metr", {"metrics"}),
    ],
)
def test_a_shell_completes_commands_options_and_names(
    words: str, offered: set[str] | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/keepwin"])
    monkeypatch.setenv("_KEEPWIN_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", f"keepwin {words}")
    monkeypatch.setenv("COMP_CWORD", str(len(words.split())))
    assert cli.main([]) == 0
    found = set(capsys.readouterr().out.split())
    assert found == offered or (offered is None and found and all(each.startswith(words.split()[1]) for each in found))


def test_the_script_for_a_shell_is_about_the_installed_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/run.py"])
    assert cli.main(["--show-completion", "bash"]) == 0
    assert "_KEEPWIN_COMPLETE=complete_bash" in capsys.readouterr().out


# -------------------------------------------------------------------------------------------------------------- signals


def begun(*words: str) -> "subprocess.Popen[str]":
    """A command in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "run.py", *words],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


@pytest.mark.parametrize("seconds", [0.08, 0.3])
def test_ctrl_c_in_the_first_moments_ends_with_130(seconds: float, tmp_path: Path) -> None:
    process = begun("run", "steady", "--out", str(tmp_path / "results"))
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "Interrupted.\n")


@pytest.mark.slow
@pytest.mark.parametrize(("sent", "ending"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_whoever_is_stopped_at_work_leaves_neither_processes_nor_folders(
    sent: signal.Signals, ending: int, tmp_path: Path
) -> None:
    process = begun("run", "steady", "--replicates", "500", "--workers", "2", "--out", str(tmp_path / "results"))
    time.sleep(6.0)
    process.send_signal(sent)
    _, err = process.communicate(timeout=60)
    assert process.returncode == ending
    assert "Traceback" not in err
    assert not (tmp_path / "results").exists()
    deadline = time.monotonic() + 10.0
    while group_lives(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not group_lives(process.pid)


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_closed_streams_are_no_reason_to_complain() -> None:
    done = subprocess.run(
        f"{sys.executable} run.py week >&-; echo $?; {sys.executable} run.py week stray >&- 2>&-; echo $?",
        cwd=ROOT, shell=True, text=True, capture_output=True, timeout=60,
    )  # fmt: skip
    assert (done.stdout.split(), done.stderr) == (["0", "2"], "")
