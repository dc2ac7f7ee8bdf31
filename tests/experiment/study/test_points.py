"""Points of a study: the same on any number of workers, and as good scenarios as those made one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.experiment.study import points as making
from sim.experiment.study.plan import NOWHERE
from sim.experiment.study.points import Combinations, checked_points
from sim.scenario.layers import Setting
from sim.scenario.load import Template, Variants, read_template, varied
from sim.scenario.problems import InputError, Mark
from tests.experiment.study.small import plan_in

PATHS = ("people.price_sensitivity", "uncertainties.strength_of_care", "businesses.ours.strategy")
ROWS = [
    (4.5, 0.03, {"steady": {}}),
    ({"uniform": {"low": 6.0, "high": 10.0}}, 0.2, {"fixed_budget": {"spend_per_year": 4000}}),
    (9, 0.3, {"aggressive": {}}),
]


@pytest.fixture(scope="module")
def base() -> Template:
    return read_template("base")


def settings(row: tuple[object, ...]) -> list[Setting]:
    return [Setting(path, value, NOWHERE) for path, value in zip(PATHS, row, strict=True)]


def test_variants_share_what_they_share_and_nothing_else(base: Template) -> None:
    fixed = [Setting("people.count", 70, NOWHERE)]
    variants = Variants(base, fixed)
    with pytest.raises(InputError, match="must be at least 1"):
        variants.scenario([Setting("people.count", 0, NOWHERE)])
    for row in [*ROWS, *reversed(ROWS)]:  # none is changed by those before it
        alone = varied(base, [*fixed, *settings(row)])
        assert variants.scenario(settings(row)).resolved == alone.resolved
        assert alone.people == 70


def test_points_are_the_same_on_any_number_of_workers(base: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Combinations([base, base], (), PATHS, ROWS)
    alone = checked_points(asked, None)
    monkeypatch.setattr(making, "SECONDS_A_POINT", 10.0)
    monkeypatch.setattr(making, "IN_A_LOT", 1)
    told: list[tuple[int, int]] = []
    assert checked_points(asked, None, 2, lambda done, total: told.append((done, total))) == alone
    assert [point.template for point in alone] == [0, 0, 0, 1, 1, 1]
    assert told == [(done, 6) for done in range(7)]


def test_the_first_bad_points_are_told_whoever_finishes_first(base: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(count,) for count in [5, *[0] * 30]]
    asked = Combinations([base], (), ("people.count",), rows)

    def problems(workers: int) -> list[str]:
        with pytest.raises(InputError) as caught:
            checked_points(asked, Mark("mine.yaml", 4, 9), workers)
        return [str(each) for each in caught.value.problems]

    alone = problems(1)
    assert len(alone) == 20 and "point 1 of base (people.count=0) is no scenario" in alone[0]
    monkeypatch.setattr(making, "SECONDS_A_POINT", 10.0)
    monkeypatch.setattr(making, "IN_A_LOT", 2)
    assert problems(2) == alone


def test_points_share_what_is_large(tmp_path: Path) -> None:
    points = plan_in(tmp_path, ("points: 4", "points: 40")).points
    assert len({id(point.size) for point in points}) == 1
    assert len({point.hash for point in points}) == 40
