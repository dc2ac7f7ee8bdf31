"""`validate` on the command line: what is typed, what is printed, how it ends, and the page it writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.experiment.validation import laboratory
from sim.experiment.validation.laboratory import CHECKS, Check, Verdict, exactly
from sim.experiment.validation.mutants import MUTANTS, Caught
from sim.interface import cli
from sim.interface.validation import validating
from sim.interface.validation.page import PAGE_OF_MUTANTS, paragraph_of

ROOT = Path(__file__).resolve().parents[2]
Capture = pytest.CaptureFixture[str]


def test_numbers_that_were_printed_make_a_table_of_eighty_columns(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert cli.main(["validate", "--only", "B3", "--only", "p5", "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "2 of 2 checks that must pass did." in out
    assert max(map(len, out.splitlines())) <= 80


def test_the_document_has_every_quantity(capsys: Capture) -> None:
    assert cli.main(["validate", "--only", "S1", "--json", "--quiet", "--workers", "1"]) == 0
    document = json.loads(capsys.readouterr().out)
    (check,) = document["checks"]
    assert {"id", "title", "source", "level", "expected", "observed", "ci95", "tolerance", "passed"} <= check.keys()
    assert (check["id"], check["level"], check["passed"]) == ("S1", "distributional", True)
    assert len(check["quantities"]) == 6
    assert document["must_pass"] == {"passed": 1, "of": 1}


def test_another_scenario_is_judged_by_its_own_law(capsys: Capture) -> None:
    changed = ["--set", "people.leaving={beta: {a: 2, b: 5}}"]
    assert cli.main(["validate", "--only", "S1", "--json", "--quiet", "--workers", "1", *changed]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["settings"] == changed[1:]
    assert len(document["checks"][0]["quantities"]) == 1  # what was printed is of another scenario


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--only", "BX1"], "--only: there is no check 'BX1'"),
        (["--only", "S1", "--set", "people.leeving=0.5"], "leeving"),
        (["--only", "S1", "--set", "people.leaving=0.5"], "a chance of leaving of kind Beta"),
        (["--mutants", "--only", "S1"], "Leave out --only and --set"),
    ],
)
def test_what_cannot_be_is_refused(words: list[str], sentence: str, capsys: Capture) -> None:
    assert cli.main(["validate", *words, "--quiet", "--workers", "1"]) == 2
    captured = capsys.readouterr()
    assert sentence in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(("must", "ending", "word"), [(True, 1, "FAILED"), (False, 0, "not shown")])
def test_a_limit_that_fails_is_an_error_and_a_finding_that_is_not_shown_is_none(
    must: bool, ending: int, word: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Check("Z", "two is three", "nobody", "numerical", lambda seen: [exactly("two", 3, 2, 0.5)], must=must)
    monkeypatch.setitem(laboratory.CHECKS, "Z", wrong)
    assert cli.main(["validate", "--only", "Z", "--quiet"]) == ending
    assert word in capsys.readouterr().out


def test_wrong_models_make_a_table_and_too_few_caught_are_an_error(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_but_one = tuple(Caught(mutant, mutant.checks if at else (), True) for at, mutant in enumerate(MUTANTS))
    monkeypatch.setattr(validating, "catch_all", lambda seed, workers, progress: all_but_one)
    assert cli.main(["validate", "--mutants", "--quiet", "--out", str(tmp_path)]) == 0
    assert "| N1, P6, D2 | nothing |" in (tmp_path / PAGE_OF_MUTANTS).read_text(encoding="utf-8")
    out = capsys.readouterr().out
    assert f"{len(MUTANTS) - 1} of {len(MUTANTS)} wrong models were caught." in out
    assert "not caught by N1, P6, D2" in out
    monkeypatch.setattr(validating, "catch_all", lambda seed, workers, progress: all_but_one[:5])
    assert cli.main(["validate", "--mutants", "--quiet", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["caught"] == 4


def test_the_page_is_written_with_a_figure_of_what_was_lived(tmp_path: Path, capsys: Capture) -> None:
    assert cli.main(["validate", "--only", "S1", "--quiet", "--workers", "1", "--out", str(tmp_path)]) == 0
    text = (tmp_path / "validation.md").read_text(encoding="utf-8")
    assert "## Verification" in text
    assert "## Validation" in text
    assert "| S1 | alpha | 0.704 | 0.70408 |" in text
    assert (tmp_path / "validation-renewals.png").read_bytes().startswith(b"\x89PNG")
    assert "(validation-renewals.png)" in text


def test_the_page_of_wrong_models_in_docs_tells_of_every_one_and_of_enough_that_were_caught() -> None:
    text = (ROOT / "docs" / PAGE_OF_MUTANTS).read_text(encoding="utf-8")
    asked = [f"| {each.what} | `sim/{each.file}` | {', '.join(each.checks)} | " for each in MUTANTS]
    assert [line for line in asked if line not in text] == [], "say: python run.py validate --mutants --out docs"
    assert text.count("| nothing |") + text.count("| does not run to its end |") <= 0.1 * len(MUTANTS)


def test_the_page_in_docs_tells_of_every_check_and_has_its_four_figures() -> None:
    text = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    stale = [id for id, check in CHECKS.items() if paragraph_of(Verdict(check)) not in text]
    assert stale == [], "say: python run.py validate --out docs"
    assert [id for id in CHECKS if f"| {id} | " not in text] == []
    figures = [ROOT / "docs" / f"validation-{family}.png" for family in ("adoption", "purchases", "renewals", "brands")]
    assert all(path.name in text and path.exists() for path in figures)
