"""The command line from outside: streams, exit codes, and nothing slow before it is needed."""

import errno
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim import __version__
from sim.experiment.executor import RunFailed
from sim.experiment.store import verify
from sim.interface import cli, commands
from sim.scenario.load import bundled

ROOT = Path(__file__).resolve().parents[2]
SMALL = ("--customers", "200", "--weeks", "6", "--set", "time.burn_in_weeks=52", "--workers", "1")


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures have tests of their own, and take their time."""
    monkeypatch.setattr(commands, "_figures", lambda comparison, found: [("overview.svg", b"<svg/>")])


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


# ---------------------------------------------------------------------------------------------------------------- speed


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["compare", "-h"], ["--version"], ["run"]])
def test_help_imports_nothing_slow(words: list[str]) -> None:
    heavy = {"mesa", "numba", "numpy", "pandas", "matplotlib", "scipy", "pyarrow", "rich", "yaml"}
    code = (
        "import sys; from sim.interface.cli import main; main(sys.argv[1:]);"
        f"print('slow:', sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, text=True, capture_output=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "slow: []"


# ----------------------------------------------------------------------------------------------------------------- help


@pytest.mark.parametrize("command", ["run", "compare", "scenarios", "week", "rules", "parameters"])
def test_help_begins_with_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, "-h"]) == 0
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert (first, second.split()[1]) == ("Examples:", command)


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
        (["run", "steady", "--replicate", "3"], "--replicates"),
        (["comprae", "a", "b"], "Did you mean 'compare'?"),
        (["run", "steady", "--seed", "1", "--seed", "2"], "--seed is given more than once. Keep one."),
        (["run", "steady", "--seed=1", "--json", "--seed", "1"], "--seed is given more than once. Keep one."),
        (["compare", "steady", "base", "--quiet", "--quiet"], "--quiet is given more than once. Keep one."),
        (["run", "steady", "--loop", "fast"], "'fast' is not one of"),
        (["run", "steady", "--seed", "-1"], "a seed is a whole number from 0 to 2^64 - 1."),
        (["run"], "Missing argument"),
        (["run", "stedy"], "there is no scenario 'stedy'. Did you mean 'steady'?"),
        (["run", "steady", "--set", "people.cuont=9"], "unknown key 'cuont'. Did you mean 'count'?"),
        (["run", "steady", "--weeks", "9", "--set", "time.weeks=9"], "--weeks sets it too; keep one."),
        (["compare", "steady"], "One scenario cannot be compared."),
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


def test_a_place_where_nothing_can_be_written_is_refused_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("computed in vain")

    monkeypatch.setattr(commands, "run_scenario", never)
    (tmp_path / "file").touch()
    assert cli.main(["run", "steady", "--out", str(tmp_path / "file" / "results")]) == 2
    assert "is a file. Name a folder." in capsys.readouterr().err


def test_settings_may_be_repeated(small: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    prices = ("--set", "businesses.ours.price=45", "--set", "businesses.ours.unit_cost=20")
    assert small("run", "steady", "--json", *prices) == 0
    folder = Path(json.loads(capsys.readouterr().out)["results"])
    ours = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["scenarios"][0]["resolved"]["businesses"]
    assert (ours["ours"]["price"], ours["ours"]["unit_cost"]) == (45.0, 20.0)


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
    assert err.splitlines()[-1].startswith("Next: ") and err.splitlines()[-1].endswith("compare steady aggressive")


def test_run_prints_one_json_document_and_nothing_else(
    small: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert small("run", "steady", "--json", "--quiet") == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert err == ""
    assert (document["scenario"], document["weeks"], document["customers"]) == ("steady", 6, 200)
    low, high = document["businesses"][0]["metrics"]["profit"]["ci95"]
    assert low <= document["businesses"][0]["metrics"]["profit"]["mean"] <= high
    assert Path(document["results"]).is_dir()


def test_compare_ends_with_sentences(small: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert small("compare", "steady", "aggressive") == 0
    out, err = capsys.readouterr()
    assert out.startswith("ours: aggressive against steady\n")
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
    for command in ("scenarios", "week", "rules", "parameters"):
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

    monkeypatch.setattr(commands, place, fail)
    assert small("run", "steady") == ending
    out, err = capsys.readouterr()
    assert out == ""
    assert ("Traceback" in err) == (ending == 1)


def test_a_failed_run_is_named_by_scenario_and_seed(
    small: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RunFailed("no bottom", "steady", 7)

    monkeypatch.setattr(commands, "run_scenario", fail)
    small("run", "steady")
    assert capsys.readouterr().err == "A run failed: scenario 'steady', seed 7: no bottom\n"


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
    done = outside("week")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout


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
