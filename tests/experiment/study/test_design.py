"""Designs cover what they promise to cover, and factors say which value lies where."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sim.experiment.study.design import Grid, LatinHypercube, Sobol, rows_of, size_of
from sim.experiment.study.factors import Choice, Factor, Range, short_names
from sim.experiment.study.file import load_study
from sim.scenario.layers import Written
from sim.scenario.problems import InputError, Mark
from tests.alphas import alpha_of
from tests.experiment.study.small import plan_in, seen, write_study

HERE = Written(Mark("s.yaml", 1, 1), Mark("s.yaml", 1, 9))
ALPHA = alpha_of("experiment/study/test_design.py")
"""False alarms of each test of a distribution, were its draws random; they are fixed, so it never alarms twice."""


def factors(*spreads: Choice | Range) -> list[Factor]:
    return [Factor(f"p{at}", "levers", spread, HERE) for at, spread in enumerate(spreads)]


def test_a_grid_holds_every_combination_once_and_the_last_factor_changes_fastest() -> None:
    of = factors(Choice(("a", "b")), Range("uniform", 0.0, 1.0))
    rows = rows_of(Grid(3), of)
    assert rows == [("a", 0.0), ("a", 0.5), ("a", 1.0), ("b", 0.0), ("b", 0.5), ("b", 1.0)]
    assert size_of(Grid(3), of) == len(rows)


def test_whole_levels_that_fall_together_are_one() -> None:
    assert Range("uniform", 1, 3, step=1).levels(9) == [1, 2, 3]


def test_a_latin_hypercube_has_one_point_in_every_slice_of_every_factor() -> None:
    rows = np.array(rows_of(LatinHypercube(50, 3), factors(*[Range("uniform", 0.0, 1.0)] * 3)))
    for column in rows.T:
        assert sorted(np.floor(50 * column).astype(int)) == list(range(50))


def test_a_sobol_sequence_fills_every_quarter_of_every_pair_of_factors_evenly() -> None:
    rows = np.array(rows_of(Sobol(64, 3), factors(*[Range("uniform", 0.0, 1.0)] * 2)))
    quarters = np.floor(4 * rows).astype(int)
    assert (np.unique(quarters @ [4, 1], return_counts=True)[1] == 4).all()


def test_designs_are_the_same_each_time_and_others_with_another_seed() -> None:
    of = factors(Range("uniform", 0.0, 1.0))
    for design in (LatinHypercube, Sobol):
        assert rows_of(design(16, 1), of) == rows_of(design(16, 1), of) != rows_of(design(16, 2), of)


LAWS = {
    "uniform": (Range("uniform", 2.0, 5.0), stats.uniform(2.0, 3.0)),
    "log_uniform": (Range("log_uniform", 0.01, 10.0), stats.loguniform(0.01, 10.0)),
    "normal": (Range("normal", 0.0, 1.0, middle=0.8, sd=0.3), stats.truncnorm(-0.8 / 0.3, 0.2 / 0.3, 0.8, 0.3)),
    "triangular": (Range("triangular", 1.0, 5.0, middle=2.0), stats.triang(0.25, 1.0, 4.0)),
}


@pytest.mark.parametrize("kind", LAWS)
def test_values_of_even_places_follow_the_law_of_their_range(kind: str) -> None:
    spread, law = LAWS[kind]
    values = [spread.at(place) for place in (np.arange(2000) + 0.5) / 2000]
    assert stats.kstest(values, law.cdf).pvalue > ALPHA
    others = [other for name, (_, other) in LAWS.items() if name != kind]
    assert all(stats.kstest(values, other.cdf).pvalue < ALPHA for other in others), "the test has no power"


@pytest.mark.parametrize("kind", LAWS)
def test_no_value_lies_beyond_the_ends_and_places_keep_their_order(kind: str) -> None:
    spread, _ = LAWS[kind]
    values = [spread.at(float(place)) for place in np.linspace(0.0, 1.0, 1001)]
    assert min(values) >= spread.low and max(values) <= spread.high
    assert values == sorted(values)


def test_whole_numbers_are_each_as_likely() -> None:
    spread = Range("uniform", 3, 6, step=1)
    values = [spread.at(place) for place in (np.arange(400) + 0.5) / 400]
    assert {value: values.count(value) for value in values} == {3: 100, 4: 100, 5: 100, 6: 100}
    assert all(isinstance(value, int) for value in values)


def test_names_are_as_short_as_still_tells_them_apart() -> None:
    paths = ["a.b.c", "a.d.c", "x"]
    assert short_names(paths) == ["b.c", "d.c", "x"]


def test_a_plan_has_the_declared_range_where_a_study_says_plausible(tmp_path: Path) -> None:
    plan = plan_in(tmp_path, ("{latin_hypercube: {points: 4}}", "{grid: {levels: 2}}"))
    assert {point["strength"] for point in seen(plan)} == {0.03, 0.3}
    assert {point["acquisition_share"] for point in seen(plan)} == {0.0, 1.0}
    assert plan.roles == ("levers", "uncertainties")


def test_choices_may_be_whole_strategies(tmp_path: Path) -> None:
    text = (
        "study: 1\nquestion: Which?\nscenarios: tiny.yaml\n"
        "vary: {levers: {businesses.ours.strategy: [{steady: {}}, {aggressive: {}}]}}\n"
    )
    plan = load_study(write_study(tmp_path, text)).planned()
    plans = [type(plan.scenario(point).businesses[0].strategy).__name__ for point in plan.points]
    assert len(plan.points) == 2 and plan.points[0].hash != plan.points[1].hash
    assert plan.columns["businesses.ours.strategy"] == ["{steady: {}}", "{aggressive: {}}"]
    assert len(plans) == 2


def test_points_may_be_listed_in_a_file_and_may_be_somebody_elses_design(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text("people.count,businesses.ours.price\n100,40\n120,50.5\n", encoding="utf-8")
    text = "study: 1\nquestion: Which?\nscenarios: tiny.yaml\ndesign: {list: {file: points.csv}}\n"
    plan = load_study(write_study(tmp_path, text)).planned()
    assert [point.values for point in plan.points] == [(100, 40), (120, 50.5)]
    assert [plan.scenario(point).people for point in plan.points] == [100, 120]
    study = load_study(write_study(tmp_path))
    chosen = study.planned_at(np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert [point.values for point in chosen.points] == [(0.0, 0.3), (1.0, 0.03)]


def test_what_scenarios_list_as_uncertain_is_plausible_between_the_ends_that_all_of_them_name(tmp_path: Path) -> None:
    other = ("businesses.ours.levers.care.strength: plausible", "uncertainties.strength_of_care: plausible")
    grid = ("{latin_hypercube: {points: 4}}", "{grid: {levels: 2}}")
    plan = plan_in(tmp_path, other, grid)
    assert {point["strength_of_care"] for point in seen(plan)} == {0.03, 0.3}
    worlds = [plan.scenario(point) for point in plan.points]
    assert {each.levers.care.strength for world in worlds for each in world.businesses} == {0.03, 0.3}
    misspelt = ("businesses.ours.levers.care.strength: plausible", "uncertainties.strenght_of_care: plausible")
    with pytest.raises(InputError) as caught:
        plan_in(tmp_path, misspelt)
    says = "there is no 'strenght_of_care' in uncertainties. Did you mean 'strength_of_care'?"
    assert [str(each).partition(": ")[2] for each in caught.value.problems] == [says]
    surer = "extends: tiny\nname: surer\nuncertainties: {strength_of_care: {low: 0.05, high: 0.4}}\n"
    (tmp_path / "surer.yaml").write_text(surer.replace("tiny", "tiny.yaml"), encoding="utf-8")
    both = plan_in(tmp_path, other, grid, ("scenarios: tiny.yaml", "scenarios: [tiny.yaml, surer.yaml]"))
    assert {point["strength_of_care"] for point in seen(both)} == {0.05, 0.3}
    in_logs = "extends: tiny.yaml\nname: surer\nuncertainties: {strength_of_care: {low: 0.03, high: 0.3, scale: log}}\n"
    (tmp_path / "surer.yaml").write_text(in_logs, encoding="utf-8")
    three, only = (grid[0], "{grid: {levels: 3}}"), ("scenarios: tiny.yaml", "scenarios: surer.yaml")
    found = sorted({point["strength_of_care"] for point in seen(plan_in(tmp_path, other, three, only))})
    assert found == pytest.approx([0.03, math.sqrt(0.03 * 0.3), 0.3])
    half_of_them = plan_in(tmp_path, other, three, ("scenarios: tiny.yaml", "scenarios: [tiny.yaml, surer.yaml]"))
    assert sorted({point["strength_of_care"] for point in seen(half_of_them)}) == pytest.approx([0.03, 0.165, 0.3])


def test_the_name_of_a_study_is_what_it_asks_and_not_how_it_is_told(tmp_path: Path) -> None:
    plan = plan_in(tmp_path)
    assert plan_in(tmp_path, ("Does it matter?", "Well?")).identity == plan.identity
    assert plan_in(tmp_path, name="another").identity == plan.identity
    for change in (("points: 4", "points: 5"), ("replications: 3", "replications: 4"), ("[revenue]", "[profit]")):
        assert plan_in(tmp_path, change).identity != plan.identity
