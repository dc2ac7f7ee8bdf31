"""The paragraph for a paper: it says what the folder says, and nothing of the machine."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
import yaml

from sim import __version__
from sim.experiment.seen import read_document
from sim.experiment.store import read_manifest
from sim.interface import cli
from sim.interface.runs import methods
from tests.pages.made import ADVICE, saved_advice, saved_comparison, saved_run, saved_study

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved_comparison(tmp_path_factory.mktemp("comparison"))


def said(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict:
    assert cli.main(["methods", str(folder), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_comparison_is_told_with_what_names_it(comparison: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest, document = read_manifest(comparison), said(comparison, capsys)
    text = document["paragraph"]
    for each in manifest["scenarios"]:
        assert each["hash"][:12] in text
    assert manifest["result_hash"][:12] in text and f"keepwin {__version__}" in text
    assert document["seeds"] == manifest["seeds"]
    assert f"{len(manifest['seeds'])} worlds each (seeds 1 to {manifest['seeds'][-1]})" in text
    assert "paired 95 % t intervals" in text and "Wilson" in text
    turned = read_document(comparison)[1]["break_even"] is not None
    assert ("costs at which the better plan changes" in text) == turned


def test_a_run_claims_no_pairs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(saved_run(tmp_path), capsys)["paragraph"]
    assert "Student's 95 % t intervals" in text and "paired" not in text


def test_a_study_names_what_it_varied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = said(saved_study(tmp_path), capsys)
    assert "people.leaving" in document["paragraph"] and "12 points (grid; 36 runs)" in document["paragraph"]
    assert document["details"]["points"] == 12


def test_advice_tells_where_its_numbers_come_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    advice = {**ADVICE, "worlds": {"search": 4, "settle": 12, "fresh": 12, "most_fresh": 48, "aside": 0}}
    text = said(saved_advice(tmp_path, advice), capsys)["paragraph"]
    assert "growth of revenue by 15 % and 100 % a year" in text and "fresh worlds" in text


def test_the_same_results_elsewhere_make_the_same_paragraph(
    comparison: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = shutil.copytree(comparison, tmp_path / "elsewhere")
    assert said(other, capsys) == said(comparison, capsys)
    machine = {os.uname().nodename, str(comparison.parent), read_manifest(comparison)["created"]}
    assert not any(word in json.dumps(said(comparison, capsys)) for word in machine)


def test_people_read_paragraph_citation_and_bibtex(comparison: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["methods", str(comparison)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("We used keepwin") and f"Version {__version__}." in out and "@software{" in out


def test_what_is_damaged_or_no_result_is_not_cited(
    comparison: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["methods", str(tmp_path)]) == 2
    assert cli.main(["methods", str(comparison.parent)]) == 2
    assert f"Did you mean {comparison}?" in capsys.readouterr().err
    other = shutil.copytree(comparison, tmp_path / "changed")
    (other / "summary.json").write_text("{}", encoding="utf-8")
    assert cli.main(["methods", str(other)]) == 4


def test_the_citation_is_the_same_wherever_it_stands() -> None:
    file = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (file["title"], file["authors"]) == (methods.TITLE, [{"name": methods.AUTHORS}])
    assert file["date-released"].year == methods.PUBLISHED
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").replace("\n> ", " ").split())
    assert methods.citation(__version__) in readme
