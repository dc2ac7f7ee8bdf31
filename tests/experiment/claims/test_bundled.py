"""Every bundled claim can be tried: in a market of few people it ends with a verdict and evidence for each question."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.experiment.claims.claim import Claim, World
from sim.experiment.claims.claims import Session, document_of
from sim.experiment.claims.file import bundled_claims, load_claim
from sim.experiment.claims.lives import Court, Effort
from sim.experiment.claims.trial import tried
from sim.experiment.executor import Here

FEW = 300
LITTLE = Effort(2, 3, 2, 2, 1, 1)


def smaller(world: World) -> World:
    """The same world with few people and one year before week 0."""
    data = world.template.data
    time = data.get("time", {})
    small = {
        "people": data["people"] | {"count": FEW},
        "time": time | {"burn_in_weeks": min(time.get("burn_in_weeks", 52), 52)},
    }
    businesses = {
        name: firm | ({"customers": min(firm["customers"], FEW // 4)} if "customers" in firm else {})
        for name, firm in data["businesses"].items()
    }
    return world._replace(template=world.template._replace(data=data | small | {"businesses": businesses}))


def lived(claim: Claim, folder: Path) -> Session:
    few = claim._replace(worlds=tuple(map(smaller, claim.worlds)))
    return Session((tried(few, Court(1, folder, "claims", Here()).see(few, LITTLE)),), ())


@pytest.mark.slow
@pytest.mark.parametrize("id", bundled_claims())
def test_a_bundled_claim_can_be_tried(id: str, tmp_path: Path) -> None:
    claim = load_claim(bundled_claims()[id])
    (told,) = document_of(lived(claim, tmp_path / "results"), 1, quick=True)["claims"]
    assert any(told["manager"].startswith(sentence) for sentence in claim.says.values())
    assert len(told["evidence"]) == len(claim.questions)
    assert len(told["sampled"]["effects"]) == LITTLE.points
    if claim.condition is not None:
        assert len(told["conditions"][0]["values"]) == LITTLE.values
