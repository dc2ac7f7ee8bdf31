"""A strategy of one's own: from a name on the command line into a run, its manifest and its workers, or a message."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.experiment import executor
from sim.experiment.runs import run_scenario
from sim.interface import cli
from sim.interface.commands.asked import Changes, load, load_all, own
from sim.scenario.load import load_scenario, scenario_from
from sim.scenario.problems import InputError
from sim.strategies import registry
from sim.strategies.plugins import CannotLoad
from sim.strategies.plugins import load as load_strategy

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "patient.py"
SMALL = ("--set", "time.burn_in_weeks=52", "--weeks", "20", "--customers", "200", "--replicates", "2", "--quiet")
BEGINNING = (
    "from typing import Annotated, NamedTuple\nfrom sim.strategies.books import Decision\nfrom sim.units import share\n"
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty current folder; whatever is loaded from it is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(registry, "_joined", {})
    monkeypatch.setattr(registry, "_code", {})
    monkeypatch.setattr(sys, "path", sys.path.copy())
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", None)).startswith(str(tmp_path)):
            del sys.modules[name]


def write(name: str, text: str) -> None:
    Path(name).write_text(BEGINNING + text, encoding="utf-8")


def patient(folder: Path) -> None:
    shutil.copy(EXAMPLE, folder / "patient.py")


def outside(*words: str, hash_seed: int = 0) -> subprocess.CompletedProcess[str]:
    """What a user would type in the current folder, in a process of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    environment.pop("PYTHONPATH", None)
    command = [sys.executable, str(ROOT / "run.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


# -- it works ----------------------------------------------------------------------------------------------------------


def test_the_example_fits_a_page() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 25
    assert max(map(len, text.splitlines())) <= 120


def test_the_example_runs_from_the_command_line_where_it_lies(here: Path) -> None:
    patient(here)
    split = "businesses.ours.strategy.patient.acquisition_share"
    done = outside("run", "base", "--strategy", "patient:Patient", "--set", f"{split}=40%", *SMALL, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert document["strategy"] == "patient:Patient"
    manifest = json.loads((here / document["results"] / "manifest.json").read_text(encoding="utf-8"))
    ours = manifest["scenarios"][0]["resolved"]["businesses"]["ours"]
    plan = ours["strategy"]["patient"]
    assert plan.pop("code").startswith("patient:Patient sha256:")
    assert plan == {"enough": 400, "cash_share": 0.2, "acquisition_share": 0.4}
    assert list(ours["status_quo"]) == ["fixed_budget"]


def test_one_more_line_in_the_source_is_another_scenario_with_the_same_results(here: Path) -> None:
    patient(here)
    words = ("run", "base", "--strategy", "patient:Patient", *SMALL, "--json")
    one = json.loads(outside(*words).stdout)
    with Path("patient.py").open("a", encoding="utf-8") as file:
        file.write("# a remark\n")
    other = json.loads(outside(*words).stdout)
    assert one["scenario_hash"] != other["scenario_hash"]
    assert one["results"] != other["results"]
    assert one["businesses"] == other["businesses"]


def test_compare_lives_the_first_scenario_once_more_with_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    patient(here)
    words = ["compare", "base", "steady", "--strategy", "patient:Patient", *SMALL, "--no-break-even"]
    words += ["--set", "businesses.ours.strategy.patient.enough=1"]
    assert cli.main([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in document["scenarios"]] == ["base", "steady", "patient"]
    manifest = json.loads((here / document["results"] / "manifest.json").read_text(encoding="utf-8"))
    plans = [each["resolved"]["businesses"]["ours"]["strategy"] for each in manifest["scenarios"]]
    assert [list(plan) for plan in plans] == [["fixed_budget"], ["steady"], ["patient"]]
    assert plans[-1]["patient"]["enough"] == 1
    assert cli.main([word for word in words if word != "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert "In patient, ours follows your patient:Patient from week 0 on." in " ".join(out.split())
    assert err.splitlines()[-1].startswith("Next: ") and "run base --set" in err.splitlines()[-1]
    assert err.splitlines()[-1].endswith("--strategy patient:Patient")


def test_one_scenario_and_a_strategy_are_a_comparison(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    patient(here)
    assert cli.main(["compare", "base", "--strategy", "patient:Patient", *SMALL, "--no-break-even", "--json"]) == 0
    assert [each["name"] for each in json.loads(capsys.readouterr().out)["scenarios"]] == ["base", "patient"]
    assert cli.main(["compare", "base", *SMALL]) == 2
    assert cli.main(["run", "base", "--strategy", "patient:Patient", *SMALL[:-1]]) == 0
    assert "compare base " in capsys.readouterr().err.splitlines()[-1]


def test_it_plans_from_week_0_on_for_the_first_business_only(here: Path) -> None:
    patient(here)
    changes = Changes(strategy=own("patient:Patient"))
    scenario = load("duopoly", changes)
    assert [type(each.strategy).__name__ for each in scenario.businesses] == ["Patient", "FixedSplit"]
    assert type(scenario.businesses[0].status_quo).__name__ == "FixedSplit"
    assert scenario.history_hash == load_scenario("duopoly").history_hash
    assert [each.name for each in load_all(["duopoly"], changes)] == ["duopoly", "patient"]


def test_its_resolved_scenario_is_read_again(here: Path) -> None:
    patient(here)
    scenario = load("base", Changes(("businesses.ours.strategy.patient.enough=7",), strategy=own("patient:Patient")))
    again = scenario_from(scenario.resolved)
    assert (again.hash, again.businesses) == (scenario.hash, scenario.businesses)
    written = json.loads(json.dumps(scenario.resolved))
    written["businesses"]["ours"]["strategy"]["patient"]["code"] = "patient:Patient sha256:0"
    with pytest.raises(InputError, match="strategy.patient.code must be patient:Patient sha256:"):
        scenario_from(written)


def test_a_budget_goes_to_a_plan_that_has_a_split_to_keep(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    patient(here)
    assert cli.main(["run", "base", "--strategy", "patient:Patient", "--budget", "500", *SMALL]) == 2
    assert "the plan of ours in base has no fixed split that could be kept" in capsys.readouterr().err
    text = EXAMPLE.read_text(encoding="utf-8").replace("class Patient", "class Splitting")
    method = "    @property\n    def split(self):\n        return self.acquisition_share\n"
    Path("splitting.py").write_text(f"{text}\n{method}", encoding="utf-8")
    assert cli.main(["run", "base", "--strategy", "splitting:Splitting", "--budget", "500", *SMALL]) == 0


def test_its_own_goal_judges_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(
        "modest.py",
        "from sim.strategies.books import Goal\nclass Modest(NamedTuple):\n"
        "    @property\n    def goal(self):\n        return Goal('customers', -0.9, 0.5)\n"
        "    def plan(self, books):\n        return Decision(10.0, 0.5)\n",
    )
    words = ["compare", "base", "--strategy", "modest:Modest", *SMALL, "--no-break-even", "--json"]
    words[words.index("--weeks") + 1] = "60"
    assert cli.main(words) == 0
    status_quo, modest = json.loads(capsys.readouterr().out)["goals"]
    assert (modest["of"], modest["low"], modest["high"]) == ("customers", -0.9, 0.5)
    assert (status_quo["of"], status_quo["low"]) == ("revenue", None)
    assert modest["reached"] == 1.0


# -- other processes ---------------------------------------------------------------------------------------------------


def test_worker_processes_load_it_too(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    patient(here)
    small = ("time.burn_in_weeks=52", "time.weeks=20", "people.count=100", "businesses.ours.strategy.patient.enough=1")
    scenario = load("base", Changes(small, strategy=own("patient:Patient")))
    here_alone = [run.result_hash for run in run_scenario(scenario, (1, 2, 3, 4))]
    monkeypatch.setattr(executor, "SMALL_SECONDS", 0.0)
    assert [run.result_hash for run in run_scenario(scenario, (1, 2, 3, 4), workers=2)] == here_alone


ARRIVES = """
import pickle, sys
scenario = pickle.loads(sys.stdin.buffer.read())
print(scenario.businesses[0].strategy, scenario.hash)
"""


def arrived(packed: bytes) -> subprocess.CompletedProcess[bytes]:
    """A scenario unpacked elsewhere, by a process that has never heard of its module."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, "-c", ARRIVES]
    return subprocess.run(command, input=packed, capture_output=True, env=environment, cwd="/", check=False)


def test_it_travels_with_its_scenario_unless_its_source_has_changed(here: Path) -> None:
    patient(here)
    scenario = load("base", Changes(("businesses.ours.strategy.patient.enough=7",), strategy=own("patient:Patient")))
    packed = pickle.dumps(scenario)
    expected = f"Patient(enough=7, cash_share=0.2, acquisition_share=0.3) {scenario.hash}\n"
    assert arrived(packed).stdout.decode() == expected
    Path("patient.py").write_text(EXAMPLE.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    assert b"the source of patient:Patient has changed while it was in use" in arrived(packed).stderr


# -- it does not work --------------------------------------------------------------------------------------------------

MODULE = """
class Patient(NamedTuple):
    def plan(self, books): return Decision(1.0, 0.5)
class Plain:
    def plan(self, books): return Decision(1.0, 0.5)
class Needy(NamedTuple):
    after: Annotated[float, share("x", "y")]
    def plan(self, books): return Decision(1.0, 0.5)
class Vague(NamedTuple):
    after: float = 0.5
    def plan(self, books): return Decision(1.0, 0.5)
class Wordy(NamedTuple):
    after: str = "all"
    def plan(self, books): return Decision(1.0, 0.5)
class Idle(NamedTuple):
    after: Annotated[float, share("x", "y")] = 0.5
class Greedy(NamedTuple):
    def plan(self, books, market): return Decision(1.0, 0.5)
class Waiting(NamedTuple):
    async def plan(self, books): return Decision(1.0, 0.5)
class Wild(NamedTuple):
    after: Annotated[float, share("x", "y")] = 5.0
    def plan(self, books): return Decision(1.0, 0.5)
class Odd(NamedTuple):
    after: Annotated[float, share("x", "y")] = True
    def plan(self, books): return Decision(1.0, 0.5)
class Secret(NamedTuple):
    code: Annotated[float, share("x", "y")] = 0.5
    def plan(self, books): return Decision(1.0, 0.5)
class FixedSplit(NamedTuple):
    def plan(self, books): return Decision(1.0, 0.5)
"""


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("mine", "expected package.module:Class. For a class Patient in the file patient.py write patient:Patient."),
        ("mine.py:Patient:x", "expected package.module:Class."),
        ("mine.py:Patient", "expected package.module:Class. Did you mean mine:Patient?"),
        ("./lib/mine.py:Patient", "expected package.module:Class. Did you mean lib.mine:Patient?"),
        ("../mine:Patient", "expected package.module:Class."),
        ("nowhere:Patient", "there is no module nowhere. It is looked for among installed modules and in "),
        ("mine.nowhere:Patient", "there is no module mine.nowhere."),
        ("needs:Patient", "needs cannot be imported: ModuleNotFoundError: No module named 'nowhere_at_all'. See "),
        ("slips:Patient", "slips cannot be imported: SyntaxError: "),
        ("fails:Patient", "fails cannot be imported: ZeroDivisionError: division by zero. See "),
        ("leaves:Patient", "leaves cannot be imported: SystemExit: 0. See "),
        ("mine:Patiemt", "has no class Patiemt. Did you mean Patient?"),
        ("empty:Patient", "has no class Patient. It has no strategy."),
        ("mine:Plain", "is no NamedTuple. Begin it with 'class Patient(NamedTuple):'."),
        ("mine:share", "is no NamedTuple."),
        ("mine:Needy", "after has no default. Give every parameter one."),
        ("mine:Vague", "Vague.after does not say what it means: annotate it with one Parameter."),
        ("mine:Wordy", "after is no number."),
        ("mine:Idle", "it has no method plan(self, books). Write one that answers with a Decision."),
        ("mine:Greedy", "it has no method plan(self, books)."),
        ("mine:Waiting", "it has no method plan(self, books)."),
        ("mine:Wild", "the default of after must lie in 0..1 (got 5.0)."),
        ("mine:Odd", "the default of after is no number (got True)."),
        ("mine:Secret", "'code' and names with other than plain letters cannot be parameters."),
        ("mine:FixedSplit", "fixed_split is a strategy that comes with keepwin. Give the class FixedSplit another"),
    ],
)  # fmt: skip
def test_what_is_no_strategy_is_refused_and_nothing_is_written(
    spec: str, said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write("mine.py", MODULE)
    write("needs.py", "import nowhere_at_all\n")
    write("slips.py", "class Patient(\n")
    write("fails.py", "1 / 0\n")
    write("leaves.py", "raise SystemExit(0)\n")
    write("empty.py", "")
    before = sorted(path.name for path in here.iterdir())
    assert cli.main(["run", "base", "--strategy", spec, *SMALL]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"--strategy {spec}: ") and said in err
    assert sorted(path.name for path in here.iterdir() if path.name != "__pycache__") == before


def test_two_strategies_of_one_name_are_told_apart(here: Path) -> None:
    write("one.py", MODULE)
    write("two.py", MODULE)
    assert load_strategy("one:Patient") == load_strategy("one:Patient")
    with pytest.raises(CannotLoad, match="patient is the name of another strategy, one:Patient sha256:"):
        load_strategy("two:Patient")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("businesses.ours.strategy={steady: {}}", "--strategy patient:Patient: a --set names another strategy."),
        ("businesses.ours.strategy.steady.high=0.3", "a --set names another strategy. Keep one of them."),
        ("businesses.ours.strategy.patient.enuogh=3", "unknown key 'enuogh'. Did you mean 'enough'?"),
        ("businesses.ours.strategy.patient.cash_share=3", "cash_share must lie in 0..1 (got 3)"),
    ],
)
def test_settings_that_do_not_fit_it_are_refused(
    setting: str, said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    patient(here)
    assert cli.main(["run", "base", "--strategy", "patient:Patient", "--set", setting, *SMALL]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("plan", ["patient", "'patient:Patient'", "{patient: {}}", "{'patient:Patient': {}}"])
def test_no_scenario_leads_to_code(plan: str, here: Path) -> None:
    (here / "patient.py").write_text("raise AssertionError('imported')\n", encoding="utf-8")
    text = f"schema: 1\nextends: base\nbusinesses: {{ours: {{strategy: {plan}}}}}\n"
    (here / "s.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        load_scenario("s.yaml")


ANSWERS: list[tuple[str, str]] = [
    ("if books.week > 10: 1 / 0", "in week 12 the strategy Late of 'ours' failed: ZeroDivisionError: division by zero"),
    ("if books.week > 10: return Decision(float('nan'), 0.5)", "in week 12 the strategy Late of 'ours' decided on "),
    (
        "if books.week > 10: return Decision(-1.0, 0.5)",
        "decided on spend_per_week=-1.0, which must be a finite number, 0 or more",
    ),
    ("if books.week > 10: return Decision(1.0, 1.5)", "decided on acquisition_share=1.5, which must lie in 0..1"),
    ("if books.week > 10: return None", "in week 12 the strategy Late of 'ours' answered None, which is no Decision"),
    ("if books.week > 10: exit()", "in week 12 the strategy Late of 'ours' failed: SystemExit"),
]


@pytest.mark.parametrize(("line", "said"), ANSWERS)
def test_a_plan_that_goes_wrong_fails_the_run_by_name(
    line: str, said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(
        "late.py",
        f"class Late(NamedTuple):\n    def plan(self, books):\n        {line}\n        return Decision(1, 0)\n",
    )
    assert cli.main(["run", "base", "--strategy", "late:Late", *SMALL]) == 3
    err = capsys.readouterr().err
    assert err.startswith("A run failed: scenario 'base', seed 1: ") and said in err
    assert ("Traceback" in err) is ("failed:" in said)  # an answer is no fault of any code of ours
    assert not list(here.rglob("manifest.json"))


# -- the list ----------------------------------------------------------------------------------------------------------


def listed(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert cli.main(["strategies", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)  # type: ignore[no-any-return]


def test_the_command_lists_every_strategy_with_theory_and_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    found = {each["strategy"]: each for each in listed(capsys)}
    assert list(found) == list(registry.STRATEGIES)
    assert all(each["what"].endswith(".") and each["source"] and each["parameters"] for each in found.values())
    assert {name: each["preset_of"] for name, each in found.items() if each["preset_of"]} == {
        "steady": "growth_goal",
        "aggressive": "growth_goal",
    }
    assert found["steady"]["goal"] == {"of": "revenue", "low": 0.1, "high": 0.2}
    assert found["staged"]["goal"] is None and not found["staged"]["keeps_its_split"]
    assert [each["parameter"] for each in found["schedule"]["parameters"]] == [
        "steps.<name>.from_week",
        "steps.<name>.spend_per_year",
        "steps.<name>.acquisition_share",
        "steps.<name>.price_new",
        "steps.<name>.price_old",
    ]
    defaults = {each["parameter"]: each["default"] for each in found["aggressive"]["parameters"]}
    assert (defaults["of"], defaults["acquisition_share"]) == ("revenue", 0.8)


def test_the_list_can_begin_with_some_letters(capsys: pytest.CaptureFixture[str]) -> None:
    assert [each["strategy"] for each in listed(capsys, "st")] == ["steady", "staged"]
    assert cli.main(["strategies", "groth"]) == 2
    assert "No strategy begins with 'groth'. Did you mean 'growth_goal'?" in capsys.readouterr().err
    assert cli.main(["strategies", "customer"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("customer_equity\n") and "believed_winning: 0.2" in out
    assert max(map(len, out.splitlines())) <= 80
