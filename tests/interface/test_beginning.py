"""Beginning: questions and answers, and three files that say where every number comes from."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from sim.experiment.firm import Firm, Found, world_of
from sim.experiment.start import Line, Start
from sim.interface import cli
from sim.interface.firm import beginning
from sim.interface.firm.answers import QUESTIONS, Unfit, number, read, share, whole
from sim.interface.firm.files import files_of, shown_line
from sim.interface.terminal import yaml_text
from sim.scenario.load import load_scenario, scenario_from

FLAGS = "--people 300 --customers 40 --orders 3 --order-value 20 --margin 50% --marketing 100".split()
FIRM = Firm(200_000, 5_000, 4.0, 60.0, 0.4, 50_000.0, 0.5, "EUR")
FOUND = Found(7.891, 0.05532, 0.3)


def begun(firm: Firm = FIRM, growth: float = 0.07, customers: float | None = None) -> Start:
    """A beginning as the search would hand it over."""
    listed = float(firm.customers) if customers is None else customers
    lines = (
        Line("listed_customers", firm.customers, listed, 0.9 * listed, 1.1 * listed, 1.0),
        Line("marketing", firm.marketing, firm.marketing, firm.marketing, firm.marketing, 0.0),
        Line("retention_rate", None, 0.59, 0.55, 0.61, 0.01),
        Line("revenue_growth", None, growth, growth - 0.1, growth + 0.1, 0.02),
    )
    return Start(firm, FOUND, lines, 6, 8)


@pytest.fixture
def without_search(monkeypatch: pytest.MonkeyPatch) -> list[Firm]:
    """The search has tests of its own; here it finds at once. Answers the firms it was asked for."""
    asked: list[Firm] = []

    def found(firm: Firm, threads: int) -> Start:
        asked.append(firm)
        return begun(firm)

    monkeypatch.setattr("sim.experiment.start.start", found)
    return asked


@pytest.fixture
def someone_answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A terminal at which somebody types."""

    def typing(*words: str) -> None:
        rest = iter(words)

        def prompt(text: str, *, default: str, **_: object) -> str:
            word = next(rest)
            if word == "^C":
                raise typer.Abort
            return word or default

        monkeypatch.setattr(typer, "prompt", prompt)
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)

    return typing


# -------------------------------------------------------------------------------------------------------------- answers


@pytest.mark.parametrize("text", ["5000", "5,000", "5_000", "5 000", " 5000 ", "5\N{NO-BREAK SPACE}000", "5000.0"])
def test_a_number_may_be_written_as_people_write_it(text: str) -> None:
    assert whole(text) == 5000.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected a number"),
        ("many", "expected a number"),
        ("50,00", "Write a point for decimals: 50.00"),
        ("1.500,50", "Write a point for decimals: 1500.50"),
        ("-3", "must not be below 0"),
        ("1e9", "expected a number"),
        ("5,00,000", "expected a number"),
        ("nan", "expected a number"),
        (".", "expected a number"),
        ("9" * 50, "expected a number"),
        ("\N{ARABIC-INDIC DIGIT FIVE}", "expected a number"),
    ],
)
def test_what_is_no_number_is_explained(text: str, said: str) -> None:
    with pytest.raises(Unfit, match=said):
        number(text)


def test_a_share_of_one_is_not_guessed_at() -> None:
    assert share("100%") == 1.0 and share("0.07") == 0.07 and share("7") == 0.07
    with pytest.raises(Unfit, match="Write 1% or 100%"):
        share("1")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("people", "1", "at least 2 people"),
        ("people", "9,000,000,000", "do not live on Earth"),
        ("people", "10.5", "must be a whole number"),
        ("customers", "300", "must be fewer than the people of the market"),
        ("customers", "0", "at least 1 customer"),
        ("orders", "0.5", "must be at least 1"),
        ("orders", "300", "must be at most 104"),
        ("order_value", "0", "at least 0.01"),
        ("order_value", "2,000,000,000,000", "Count money in thousands"),
        ("margin", "0", "must be above 0"),
        ("margin", "140%", "must be at most 100 %"),
        ("marketing", "9,000,000,000,000", "Count money in thousands"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_with_a_reason(name: str, text: str, said: str) -> None:
    answers, problems = read({"people": "300", name: text})
    (problem,) = problems
    assert said in str(problem) and str(problem).startswith(f"--{name.replace('_', '-')}: ")
    assert name not in answers


def test_what_is_offered_is_itself_an_answer() -> None:
    answers: dict[str, float] = {}
    for question in QUESTIONS:
        answers[question.name] = question.answer(question.offered(answers), answers)
    assert answers["customers"] == 5000 and answers["margin"] == 0.4


# ----------------------------------------------------------------------------------------------------------- the files


FIRMS = {
    "plain": FIRM,
    "odd money": FIRM._replace(currency='no: "#{€'),
    "tiny": Firm(120, 5, 1.0, 3.5, 0.999, 0.0, 1.0, "yes"),
    "large": Firm(80_000_000, 7_000_000, 12.0, 35.5, 0.03, 9e8, 0.0),
    "frequent": Firm(60_000, 2_000, 60.0, 4.0, 0.7, 10_000.0),
}


@pytest.mark.parametrize("firm", FIRMS.values(), ids=FIRMS)
def test_the_files_hold_the_world_that_was_found_and_two_plans_for_it(firm: Firm, tmp_path: Path) -> None:
    files = files_of(begun(firm), tmp_path / "my_firm.yaml")
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
        assert all(len(line) <= 120 for line in text.splitlines())
    mine, steady, aggressive = (load_scenario(path) for path in files)
    assert mine.hash == scenario_from(world_of(firm, FOUND)).hash
    assert mine.history_hash == steady.history_hash == aggressive.history_hash
    assert len({mine.hash, steady.hash, aggressive.hash}) == 3
    assert [list(s.resolved["businesses"]["ours"]["strategy"]) for s in (mine, steady, aggressive)] == [
        ["fixed_budget"], ["steady"], ["aggressive"],
    ]  # fmt: skip
    for scenario in (mine, steady, aggressive):
        assert all(scenario.story)


@pytest.mark.parametrize("marketing", [0.00002, 999.7, 1000.0, 1e12])
def test_no_text_counts_in_powers_of_ten(marketing: float) -> None:
    start = begun(FIRM._replace(marketing=marketing))
    comments = [
        line.partition("#")[2] for text in files_of(start, Path("a.yaml")).values() for line in text.splitlines()
    ]
    assert not any(re.search("[0-9]e[-+]", line) for line in comments)
    assert shown_line(start.lines[1])[1] in {"0.00002", "1,000", "1,000,000,000,000"}


def test_every_number_of_the_firm_says_where_it_comes_from() -> None:
    text = files_of(begun(), Path("my_firm.yaml"))[Path("my_firm.yaml")]
    ours = text.partition("currency:")[2].partition("people:")[2].partition("incumbent_a:")[0]
    numbers = [line for line in ours.splitlines() if any(map(str.isdigit, line.partition("#")[0]))]
    assert len(numbers) == 18
    assert [line for line in numbers if "  # " not in line] == []


def test_the_same_answers_give_the_same_bytes_wherever_they_are_written(tmp_path: Path) -> None:
    one, other = (list(files_of(begun(), folder / "my_firm.yaml").values()) for folder in (tmp_path, Path("/")))
    assert one == other


def test_the_schema_is_named_where_it_can_be_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    (project / "scenarios").mkdir(parents=True)
    monkeypatch.setattr(yaml_text, "BUNDLED", project / "scenarios")
    monkeypatch.setattr(yaml_text, "SCHEMA", project / "scenarios" / "scenario.schema.json")

    def first_line(path: Path) -> str:
        return next(iter(files_of(begun(), path).values())).splitlines()[0]

    assert not first_line(project / "my_firm.yaml").startswith("# yaml-language-server")
    (project / "scenarios" / "scenario.schema.json").write_text("{}", encoding="utf-8")
    near, deep, outside = project / "my_firm.yaml", project / "a" / "b" / "c.yaml", tmp_path / "my_firm.yaml"
    assert first_line(near) == "# yaml-language-server: $schema=scenarios/scenario.schema.json"
    assert first_line(deep) == "# yaml-language-server: $schema=../../scenarios/scenario.schema.json"
    assert not first_line(outside).startswith("# yaml-language-server")


# --------------------------------------------------------------------------------------------------------- the command


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_six_answers_become_three_scenarios_that_can_be_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["init", str(tmp_path / "shop.yaml"), *FLAGS]) == 0
    out, err = capsys.readouterr()
    assert left_in(tmp_path) == ["shop.yaml", "shop_aggressive.yaml", "shop_steady.yaml"]
    assert "you said" in out and "Only about 40 simulated people are your customers" in out
    words = err.splitlines()[-1].partition("Next: ")[2].split()
    command = words[words.index("compare") :]
    assert command[1:] == [str(tmp_path / f"shop{plan}.yaml") for plan in ("", "_steady", "_aggressive")]
    few = ["--replicates", "2", "--weeks", "8", "--workers", "1", "--no-break-even", "--json", "--quiet"]
    assert cli.main([*command, *few, "--out", str(tmp_path / "results")]) == 0
    assert json.loads(capsys.readouterr().out)["baseline"] == "shop"


def test_a_document_says_what_was_asked_found_and_written(
    tmp_path: Path, without_search: list[Firm], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["init", str(tmp_path / "a.yaml"), *FLAGS, "--json", "--quiet"]) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert err == "" and document["files"][0] == str(tmp_path / "a.yaml")
    assert document["firm"] == without_search[0]._asdict()
    assert document["year_before"]["marketing"]["met"] is True


def test_who_cannot_be_asked_hears_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["init", str(tmp_path / "a.yaml"), "--people", "300", "--margin", "2,5%"]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first == "--margin: '2,5' is not a number here. Write a point for decimals: 2.5."
    assert second.startswith("missing: --customers, --orders, --order-value, --marketing. Give them, or call this on a")
    assert left_in(tmp_path) == []


def test_on_a_terminal_only_what_is_missing_is_asked_and_asked_again(
    tmp_path: Path,
    without_search: list[Firm],
    someone_answers: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    someone_answers("300", "", "many", "2,5", "2.5", "0.5", "")
    assert cli.main(["init", str(tmp_path / "a.yaml"), "--customers", "40", "--currency", "EUR"]) == 0
    err = capsys.readouterr().err
    assert without_search == [Firm(300, 40, 4.0, 2.5, 0.5, 32.0, currency="EUR")]
    assert err.count("Sorry") == 2 and "customers do you have" not in err


def test_a_firm_larger_than_its_market_is_noticed_when_the_market_is_told_last(
    tmp_path: Path, someone_answers: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    someone_answers("30")
    assert cli.main(["init", str(tmp_path / "a.yaml"), *FLAGS[2:]]) == 2
    assert "--customers: must be fewer than the people of the market (30), got 40." in capsys.readouterr().err


def test_who_leaves_while_being_asked_leaves_nothing(
    tmp_path: Path, someone_answers: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    someone_answers("300", "^C")
    assert cli.main(["init", str(tmp_path / "a.yaml")]) == 130
    assert capsys.readouterr().err.endswith("Interrupted. Nothing was written.\n") and left_in(tmp_path) == []


def test_no_file_is_replaced_unless_that_is_meant(
    tmp_path: Path, without_search: list[Firm], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a_steady.yaml").write_text("mine", encoding="utf-8")
    words = ["init", str(tmp_path / "a.yaml"), *FLAGS]
    assert cli.main(words) == 2
    assert (
        f"would replace {tmp_path / 'a_steady.yaml'}. Choose another name, or say --force." in capsys.readouterr().err
    )
    assert without_search == [] and left_in(tmp_path) == ["a_steady.yaml"]
    assert cli.main([*words, "--force"]) == 0
    assert load_scenario(tmp_path / "a_steady.yaml").name == "a_steady"
    assert left_in(tmp_path) == ["a.yaml", "a_aggressive.yaml", "a_steady.yaml"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a", "ends with .yaml. Say, for example, a.yaml."),
        ("a.txt", "ends with .yaml. Say, for example, a.yaml."),
        (".yaml", "ends with .yaml"),
        ("base.yaml", "would stand in for the base market"),
        ("file/a.yaml", "Choose another place"),
    ],
)
def test_a_place_that_will_not_do_is_refused(
    name: str, said: str, tmp_path: Path, without_search: list[Firm], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert cli.main(["init", str(tmp_path / name), *FLAGS]) == 2
    assert said in capsys.readouterr().err and left_in(tmp_path) == ["file"]


def test_a_base_of_ones_own_beside_the_file_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "base.yaml").write_text("schema: 1\n", encoding="utf-8")
    assert cli.main(["init", str(tmp_path / "a.yaml"), *FLAGS]) == 2
    assert "would stand in for the base market" in capsys.readouterr().err


def test_a_disk_that_fills_up_leaves_no_half_of_a_firm(
    tmp_path: Path, without_search: list[Firm], monkeypatch: pytest.MonkeyPatch
) -> None:
    original: Callable[..., int] = Path.write_text

    def full(path: Path, text: str, **options: str) -> int:
        if "aggressive" in path.name:
            raise OSError(28, "No space left on device")
        return original(path, text, **options)

    monkeypatch.setattr(Path, "write_text", full)
    assert cli.main(["init", str(tmp_path / "a.yaml"), *FLAGS]) == 5
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("currency", ["", "  ", "a\nb", "x" * 81])
def test_money_needs_a_short_name(currency: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["init", str(tmp_path / "a.yaml"), *FLAGS, "--currency", currency]) == 2
    assert "--currency: expected a short name" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------------------- remarks


REMARKS = [
    (begun(Firm(1_000_000, 500, 5.0, 80.0, 0.5, 20_000.0)), "Only about 5 simulated people"),
    (begun(growth=0.5), "growing by 50 %"),
    (begun(customers=9_000.0), "this marketing money alone brings more"),
    (begun(customers=3_000.0), "not so many people of this market"),
]


@pytest.mark.parametrize(("start", "said"), REMARKS, ids=[said for _, said in REMARKS])
def test_what_must_be_known_is_said(start: Start, said: str) -> None:
    assert [remark for remark in beginning.remarks(start) if said in remark]
    assert not [remark for remark in beginning.remarks(begun()) if said in remark]
    assert "people.leaving" in beginning.remarks(start)[-1]
