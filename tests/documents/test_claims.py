"""docs/claims.md is written by `claims --page docs`; here it is seen to be about the claims that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.experiment.claims.claim import Claim
from sim.experiment.claims.claims import read_claims
from sim.experiment.claims.file import bundled_claims
from sim.experiment.claims.trial import HERE_ONLY
from sim.experiment.claims.verdict import Verdict

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "claims.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def claims() -> list[Claim]:
    return read_claims(bundled_claims().values())


def section_of(claim: Claim) -> str:
    found = re.search(rf"^### {claim.id} .*?(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, f"{claim.id} is not on the page; write it anew"
    return found.group()


def test_every_claim_is_told_as_its_file_says_it(claims: list[Claim]) -> None:
    for claim in claims:
        section = section_of(claim)
        assert section.startswith(f"### {claim.id} {claim.title}\n")
        assert f"> {claim.statement}" in section
        (verdict,) = re.findall(r"^\*\*(\w+)\*\*: ", section, re.MULTILINE)
        said = [claim.says[str(Verdict(verdict.lower()))]]
        if verdict == "Inconclusive" and "where it is tested" in section:
            said = [f"{claim.says[word]} {HERE_ONLY}" for word in ("supported", "refuted")]
        assert any(f"*{sentence}*" in section for sentence in said)
        assert f"(../experiments/claims/{claim.path.name})" in section
        for question in claim.questions:
            assert question.ask in section


def test_every_picture_of_the_page_is_there() -> None:
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", PAGE)
    assert len(pictures) == 28
    assert all((DOCS / picture).read_bytes().startswith(b"\x89PNG") for picture in pictures)
    assert {picture.name for picture in (DOCS / "claims").iterdir()} == {Path(each).name for each in pictures}
