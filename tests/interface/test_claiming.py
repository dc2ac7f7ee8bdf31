"""`claims` on the command line, with a toy for a claim: what is printed, how it ends, the page and its figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.experiment.claims import claims, diagram, file
from sim.experiment.claims.lives import Effort
from sim.experiment.executor import Here
from sim.experiment.phases import Cell
from sim.experiment.plans import Plan
from sim.experiment.search import IDLE
from sim.interface import cli
from sim.interface.claims.page import anchor, page_of
from sim.interface.claims.words import turning
from tests.experiment.claims.toy import TOY

Capture = pytest.CaptureFixture[str]
SMALL = Effort(3, 3, 2, 4, 1, 1)


@pytest.fixture
def court(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two toys for claims, and little effort."""
    folder = tmp_path / "claims"
    folder.mkdir()
    (folder / "C01-toy.yaml").write_text(TOY.replace("id: C00", "id: C01"), encoding="utf-8")
    turned = (
        TOY.replace("id: C00", "id: C02").replace("{above: 0}", "{below: 0}").replace("title: A toy", "title: Another")
    )
    (folder / "C02-toy.yaml").write_text(turned, encoding="utf-8")
    monkeypatch.setattr(file, "FOLDER", folder)
    monkeypatch.setattr(claims, "QUICK", SMALL)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path / "results"


def tried(court: Path, *words: str) -> int:
    return cli.main(["claims", "--quick", "--workers", "1", "--out", str(court), *words])


def document_of(capsys: Capture, court: Path, *words: str) -> Any:
    assert tried(court, "--json", "--quiet", *words) == 0
    return json.loads(capsys.readouterr().out)


def test_the_document_has_every_claim_with_its_evidence(court: Path, capsys: Capture) -> None:
    document = document_of(capsys, court)
    assert [claim["id"] for claim in document["claims"]] == ["C01", "C02"]
    assert {"seed", "quick", "corrected_for", "runs", "phases"} <= document.keys()
    ours, theirs = document["claims"]
    assert {"statement", "verdict", "conditions", "evidence", "sampled", "manager", "file"} <= ours.keys()
    evidence = ours["evidence"][0]
    assert {"question", "estimate", "ci95", "n"} <= evidence.keys()
    assert evidence["ci95"][0] <= evidence["estimate"] <= evidence["ci95"][1]
    told = ours["evidence"][1]
    wide = told["ci95_of_all_claims"]
    assert wide[0] < told["ci95"][0] < told["estimate"] < told["ci95"][1] < wide[1]
    assert (ours["sampled"]["of"], ours["sampled"]["holds"] + theirs["sampled"]["holds"]) == (4, 4)
    assert [each["value"] for each in ours["conditions"][0]["values"]] == [0.0, 0.1, 0.3]
    assert ours["evidence"][0]["estimate"] == theirs["evidence"][0]["estimate"]


def test_a_table_of_eighty_columns_shows_every_verdict(court: Path, capsys: Capture) -> None:
    assert tried(court) == 0
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("C01") for line in lines) and any(line.startswith("C02") for line in lines)
    assert "95 % interval" in captured.out.replace("\n", " ")
    assert "C01 " in captured.err


def test_a_claim_tried_alone_has_the_verdict_it_has_among_others(court: Path, capsys: Capture) -> None:
    together = document_of(capsys, court)["claims"][1]
    alone = document_of(capsys, court, "--only", "c02")["claims"]
    assert alone == [together]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--only", "C03"], "--only: there is no claim 'C03'"),
        (["--only", "C01", "--page", "docs"], "--page tells of all claims together. Leave out --only."),
    ],
)
def test_what_cannot_be_is_refused(words: list[str], sentence: str, court: Path, capsys: Capture) -> None:
    assert tried(court, *words) == 2
    captured = capsys.readouterr()
    assert sentence in captured.err
    assert captured.out == "" and not court.exists()


def test_a_claim_that_cannot_be_read_stops_all_with_its_place(court: Path, capsys: Capture) -> None:
    (file.FOLDER / "C03-bad.yaml").write_text(
        TOY.replace("id: C00", "id: C03").replace("{above: 0}", "{abvoe: 0}"), encoding="utf-8"
    )
    assert tried(court) == 2
    assert "C03-bad.yaml:" in capsys.readouterr().err


def test_the_page_has_a_figure_for_each_claim_and_the_phases(
    court: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = (
        Cell(0.05, IDLE, (0.0, 1.0), 1.0),
        Cell(0.1, Plan(0.08, 0.4), (0.2, 0.6), 0.7),
        Cell(1.0, None, None, 0.1),
    )
    markets = tuple(
        diagram.Market(leaving, known, 0.7, known / 2.0, cells) for leaving in (0.03, 0.25) for known in (0.06, 0.6)
    )
    monkeypatch.setattr(claims, "diagram", lambda crew, seed, quick: markets)
    assert tried(court, "--page", str(tmp_path / "docs"), "--quiet") == 0
    page = (tmp_path / "docs" / "claims.md").read_text(encoding="utf-8")
    for name in ("C01", "C02", "phases"):
        picture = (tmp_path / "docs" / "claims" / f"{name}.png").read_bytes()
        assert picture.startswith(b"\x89PNG") and len(picture) > 10_000
        assert f"(claims/{name}.png)" in page
    assert "(../experiments/claims/C01-toy.yaml)" in page
    assert page.count("### C0") == 2


def test_every_link_of_the_board_leads_to_a_heading(court: Path, capsys: Capture) -> None:
    document = document_of(capsys, court)
    page = page_of(document)
    for claim in document["claims"]:
        assert f"(#{anchor(claim)})" in page
        assert f"### {claim['id']} {claim['title']}\n" in page


def test_where_a_claim_turns_is_told_by_the_labels_of_its_condition() -> None:
    values = [{"value": 1.0, "label": "few"}, {"value": 3.0, "label": "many"}]
    condition = {"meaning": "More and more.", "holds_at": [1.0], "fails_at": [], "boundary": 2.0, "values": values}
    told = "More and more. Along this it surely holds at few; its mean crosses the line between few and many."
    assert turning({"conditions": [condition]}) == told


def test_a_market_of_the_diagram_is_tried_as_advice_tries_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram, "KNOWN", (0.3,))
    monkeypatch.setattr(diagram, "LEAVING", {7.0: 0.10})
    monkeypatch.setattr(diagram, "GOALS", (-0.9, 0.3, 9.0))
    monkeypatch.setattr(diagram, "YEARS", 1)
    monkeypatch.setattr(diagram, "QUICK_WORLDS", 2)
    monkeypatch.setattr(diagram, "PEOPLE", 300)
    (market,) = diagram.diagram(Here(), 1, quick=True)
    least, some, most = market.cells
    assert (least.plan, least.band, least.worlds) == (IDLE, (0.0, 1.0), 1.0)
    assert some.plan is not None and some.plan.spend_share > 0.0 and some.band is not None
    assert most == Cell(9.0, None, None, 0.0)
    assert 0.0 < market.penetration < 1.0 and 0.0 < market.retention < 1.0
