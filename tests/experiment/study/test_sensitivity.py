"""Sensitivity finds what formulas are known to depend on, and asks a study of markets in the same way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from sim.experiment.executor import Executor, Progress, RunFailed
from sim.experiment.outcome import Run
from sim.experiment.runs import run_world
from sim.experiment.study import lives
from sim.experiment.study.file import Study, load_study
from sim.experiment.study.indices import Found, analyse, chance_of, problem_of
from sim.experiment.study.methods import Sensing
from sim.experiment.study.sensitivity import document_of, sensitivity
from sim.experiment.study.work import Work
from sim.model.metrics import METRICS
from sim.scenario.problems import InputError
from sim.scenario.schema import Scenario
from tests.alphas import alpha_of
from tests.experiment.study.small import STUDY, write_study

# Variance and indices of the Ishigami function in closed form: Ishigami & Homma (1990); a = 7, b = 0.1.
A, B = 7.0, 0.1
ALONE = np.array([0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8, 0.0])
TOGETHER = 8 * B**2 * np.pi**8 / 225
VARIANCE = ALONE.sum() + TOGETHER
S1 = ALONE / VARIANCE
ST = (ALONE + np.array([TOGETHER, 0.0, TOGETHER])) / VARIANCE
NAMES = ("one", "two", "three", "idle")
THOROUGH = Sensing("formula", None, 20, 3, 1024, 1)
SIGMAS = norm.isf(alpha_of("experiment/study/test_sensitivity.py") / 2)
BOOTSTRAP_SDS = SIGMAS / norm.isf(0.025)
"""A normal error is no larger, in halves of an interval of 95 %, but for the false alarms."""


def ishigami(what: str, places: np.ndarray) -> np.ndarray:
    x = np.pi * (2.0 * places - 1.0)
    values = np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])
    return values[:, np.newaxis]


def errors(found: Found) -> np.ndarray:
    """Of each index, its distance from the truth in halves of its interval."""
    by_name = {each.parameter: each for each in found.indices}
    made = [by_name[name] for name in NAMES[:3]]
    s1 = [(each.s1 - truth) / (each.s1_ci[1] - each.s1) for each, truth in zip(made, S1, strict=True)]
    st = [(each.st - truth) / (each.st_ci[1] - each.st) for each, truth in zip(made, ST, strict=True)]
    return np.abs([s1, st])


def test_the_indices_of_a_function_are_those_of_its_closed_form__ishigami_homma_1990() -> None:
    found = analyse(NAMES, THOROUGH, ishigami)
    assert errors(found).max() < BOOTSTRAP_SDS
    assert [each.parameter for each in found.indices] == ["one", "two", "three"]
    assert found.held == ["idle"] and found.chance is None
    assert found.points == 1024 * 5 and found.mean == pytest.approx(A / 2, abs=0.05)
    assert found.sd**2 == pytest.approx(VARIANCE, rel=0.05)


def test_indices_of_a_function_with_half_the_range_of_one_factor_are_seen_to_be_others() -> None:
    def narrower(what: str, places: np.ndarray) -> np.ndarray:
        return ishigami(what, np.where(np.arange(4) == 2, 0.25 + 0.5 * places, places))

    assert errors(analyse(NAMES, THOROUGH, narrower)).max() > 2 * BOOTSTRAP_SDS


def test_what_no_screening_finds_idle_is_not_measured_and_the_rest_is_only_as_much_as_asked() -> None:
    asked: list[tuple[str, int]] = []

    def counted(what: str, places: np.ndarray) -> np.ndarray:
        asked.append((what, len(places)))
        return ishigami(what, places)

    found = analyse(NAMES, Sensing("formula", None, 20, 2, 64, 1), counted)
    assert asked == [("screening", 20 * 5), ("indices", 64 * 4)]
    assert [each.goes_on for each in found.effects] == [True, True, False, False]
    assert found.effects[-1].parameter == "idle" and found.effects[-1].effect == 0.0


def test_it_says_the_same_again_and_something_else_with_another_seed() -> None:
    how = THOROUGH._replace(points=64)
    assert analyse(NAMES, how, ishigami) == analyse(NAMES, how, ishigami)
    assert analyse(NAMES, how, ishigami).indices != analyse(NAMES, how._replace(seed=2), ishigami).indices


def test_more_points_begin_with_the_points_of_fewer() -> None:
    seen: list[np.ndarray] = []

    def noted(what: str, places: np.ndarray) -> np.ndarray:
        seen.append(places)
        return ishigami(what, places)

    for points in (64, 128):
        analyse(NAMES, THOROUGH._replace(points=points, screening=0), noted)
    np.testing.assert_array_equal(seen[1][: len(seen[0])], seen[0])


def test_what_moves_by_the_rounding_of_numbers_only_does_not_move() -> None:
    def rounded(what: str, places: np.ndarray) -> np.ndarray:
        return 1000.0 + 1e-13 * np.round(places)

    found = analyse(("a",), THOROUGH, rounded)
    assert not found.effects[0].goes_on and found.indices == ()
    assert analyse(("a",), THOROUGH._replace(screening=0), rounded).indices == ()


def test_what_does_not_move_has_no_indices() -> None:
    found = analyse(NAMES, THOROUGH, lambda what, places: np.ones((len(places), 2)))
    assert (found.indices, found.swings, found.map) == ((), (), None)
    assert found.held == list(NAMES)
    assert analyse(NAMES, THOROUGH._replace(screening=0), lambda what, places: np.ones((len(places), 2))).indices == ()


def test_swings_and_the_map_are_means_over_points() -> None:
    found = analyse(
        ("a", "b"), Sensing("formula", None, 0, 2, 1024, 1), lambda what, places: places[:, :1] * 10 + places[:, 1:]
    )
    first, second = found.swings
    assert (first.low, first.high) == pytest.approx((1.25 + 0.5, 8.75 + 0.5), abs=0.1)
    assert (second.low, second.high) == pytest.approx((5.125, 5.875), abs=0.3)
    assert found.map is not None and (found.map.across, found.map.up) == ("a", "b")
    cells = 10 * (np.arange(5) + 0.5) / 5 + (np.arange(5)[:, np.newaxis] + 0.5) / 5
    np.testing.assert_allclose(found.map.means, cells, atol=0.25)


def test_an_interval_wider_than_its_index_is_called_vague() -> None:
    few = analyse(NAMES, Sensing("formula", None, 0, 4, 8, 1), ishigami)
    many = analyse(NAMES[:3], THOROUGH, ishigami)
    assert sum(each.is_vague for each in few.indices) >= 2
    assert [each.parameter for each in many.indices if each.is_vague] == ["three"]  # whose first index is 0


def test_the_share_of_chance_is_that_of_known_variances() -> None:
    """Points, worlds and the rest with variances 4, 1 and 2; normal draws as quantiles of a fixed shuffled grid.

    The share is 3/7. Over seeds its standard deviation is below .05 with 400 points and 40 worlds, mostly because of
    the worlds.
    """
    draw = np.random.default_rng(1)
    values = 2.0 * draw.normal(size=(400, 1)) + draw.normal(size=(1, 40)) + np.sqrt(2.0) * draw.normal(size=(400, 40))
    chance = chance_of(values)
    assert chance is not None
    assert chance.of_worlds == pytest.approx(3 / 7, abs=SIGMAS * 0.05)
    assert chance.of_means == pytest.approx(0.05 / 4.05, abs=0.003)
    pure = chance_of(draw.normal(size=(400, 40)))
    assert pure is not None and pure.of_worlds > 0.95 and pure.of_means > 0.7
    still = chance_of(np.repeat(draw.normal(size=(400, 1)), 40, axis=1))
    assert still is not None and still.of_worlds < 1e-12


def test_an_undefined_outcome_is_no_number_to_be_guessed() -> None:
    with pytest.raises(ValueError, match="undefined at 20 of 100 points"):
        analyse(NAMES, THOROUGH, lambda what, places: np.where(np.arange(len(places)) % 5, 1.0, np.nan)[:, np.newaxis])


def test_salib_knows_factors_by_places_only() -> None:
    assert problem_of(["a"]) == {"num_vars": 1, "names": ["a"], "bounds": [[0.0, 1.0]]}


# -- of markets --------------------------------------------------------------------------------------------------------

SHARE = "businesses.ours.strategy.fixed_budget.acquisition_share"
PRICES = STUDY.replace(SHARE, "businesses.ours.price").replace(
    "{uniform: {low: 0.0, high: 1.0}}", "[40, 45, 50, 55, 60]"
)
PRICES = PRICES.replace("businesses.ours.levers.care.strength: plausible", "people.price_sensitivity: plausible")
SMALL = PRICES + "sensitivity: {screening: 2, strongest: 2, points: 8}\n"
SPLIT = STUDY.replace("{uniform: {low: 0.0, high: 1.0}}", "[0.1, 0.5, 0.9]").replace(
    "replications: 3", "replications: 2"
)
SPLIT += f"sensitivity: {{of: {{best: {SHARE}}}, screening: 2, points: 8}}\n"


@contextmanager
def quietly(what: str) -> Iterator[Progress]:
    yield lambda done, total: None


def work(root: Path, workers: int | Executor = 1) -> Work:
    return Work(root / "results", "keepwin sensitivity mine.yaml", workers, quietly)


def study_in(folder: Path, text: str) -> Study:
    return load_study(write_study(folder, text))


def test_a_study_is_analysed_and_an_interrupted_analysis_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = study_in(tmp_path, SMALL)
    lived: list[int] = []

    def dies(*arguments: Any, **more: Any) -> Any:
        lived.append(1)
        if len(lived) == 40:
            raise KeyboardInterrupt
        return run_world(*arguments, **more)

    monkeypatch.setattr(lives, "run_world", dies)
    with pytest.raises(KeyboardInterrupt):
        sensitivity(study, work(tmp_path))
    before = len(lived)
    made = sensitivity(study, work(tmp_path))
    assert len(lived) - before < 3 * (2 * 3 + 8 * 4) - 20
    again = len(lived)
    assert document_of(sensitivity(study, work(tmp_path))) == document_of(made) and len(lived) == again
    other = sensitivity(study, work(tmp_path / "undisturbed"))
    assert repr(other.found) == repr(made.found)  # a map may have cells without a number, which equal nothing
    assert made.found.worlds == 3 and made.found.points == 8 * 4
    assert {each.parameter for each in made.found.indices} <= set(study.plan.paths)
    document = document_of(made)
    assert set(document["indices"][0]) == {"parameter", "s1", "s1_ci", "st", "st_ci", "is_vague", "among_strongest"}
    assert 0.0 <= document["noise_share"] <= 1.0


def test_the_best_value_of_a_lever_is_an_outcome_too(tmp_path: Path) -> None:
    made = sensitivity(study_in(tmp_path, SPLIT), work(tmp_path))
    assert [each.parameter for each in made.found.effects] == ["businesses.ours.levers.care.strength"]
    assert 0.1 <= made.found.mean <= 0.9
    assert document_of(made)["outcome"]["best"] == SHARE


def test_a_run_that_fails_is_told_and_the_others_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: Any, **more: Any) -> Any:
        raise RunFailed("the roof fell in", "tiny", 1)

    monkeypatch.setattr(lives, "run_world", fails)
    with pytest.raises(RunFailed, match="the roof fell in"):
        sensitivity(study_in(tmp_path, SMALL), work(tmp_path))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("points: 8}", "points: 9}", "Saltelli's design needs a power of two (got 9). Write 8 or 16."),
        (f"best: {SHARE}", "best: people.count", "'people.count' is no lever of this study"),
        ("[0.1, 0.5, 0.9]", "[0.1, 0.9]", "Give it at least 3 numbers"),
        ("[0.1, 0.5, 0.9]", "[0.5, 0.1, 0.9]", "must rise"),
        ("screening: 2", "screening: 1", "sensitivity.screening must lie in 2..10,000 (got 1)"),
        ("screening: 2", "screenings: 2", "unknown key 'screenings'. Did you mean 'screening'?"),
        (f"{{best: {SHARE}}}", "profits", "there is no metric 'profits'"),
        (f"{{best: {SHARE}}}", "[profit, cash]", "one thing is looked at (got 2)"),
        ("[profit, customers]", "[revenue_per_nobody, customers]", "there is no metric"),
    ],
)
def test_a_wrong_section_is_told_with_its_line(old: str, new: str, says: str, tmp_path: Path) -> None:
    assert old in SPLIT
    with pytest.raises(InputError) as error:
        study_in(tmp_path, SPLIT.replace(old, new))
    assert says in str(error.value) and "mine.yaml:" in str(error.value)


@pytest.mark.slow
def test_the_indices_of_a_study_are_those_of_the_function_that_its_runs_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way of a study: planned, lived, stored and read; only what a run answers is the Ishigami function.

    Three numbers are varied between 0 and 1, and the closed form is met as near as by the function itself.
    """
    paths = [f"businesses.{name}.levers.care.strength" for name in ("ours", "incumbent_a", "incumbent_b")]
    text = STUDY[: STUDY.index("vary:")] + "vary:\n  uncertainties:\n"
    text += "".join(f"    {path}: {{uniform: {{low: 0.0, high: 1.0}}}}\n" for path in paths)
    text += "design: {latin_hypercube: {points: 4}}\nreplications: 1\noutcomes: {metrics: [profit]}\n"
    text += "sensitivity: {of: profit, screening: 0, points: 256}\n"

    def answered(scenario: Scenario, seed: int, **how: Any) -> Run:
        place = np.array([[business.levers.care.strength for business in scenario.businesses]])
        whole = np.zeros_like(lived.whole)
        whole[0, list(METRICS).index("profit")] = ishigami("", np.column_stack([place, [[0.5]]]))[0, 0]
        return replace(lived, scenario=scenario, seed=seed, whole=whole)

    study = study_in(tmp_path, text)
    lived = run_world(study.planned().scenario(study.planned().points[0]), 1)
    monkeypatch.setattr(lives, "run_world", answered)
    found = sensitivity(study, work(tmp_path / "results")).found
    named = dict(zip(paths, NAMES, strict=False))
    found = found._replace(indices=tuple(each._replace(parameter=named[each.parameter]) for each in found.indices))
    assert errors(found).max() < BOOTSTRAP_SDS
    assert found.points == 256 * 5


def test_several_scenarios_or_open_numbers_of_worlds_are_refused(tmp_path: Path) -> None:
    (tmp_path / "same.yaml").write_text("extends: tiny.yaml\n", encoding="utf-8")
    several = study_in(tmp_path, STUDY.replace("scenarios: tiny.yaml", "scenarios: [tiny.yaml, same.yaml]"))
    with pytest.raises(InputError, match=r"\.yaml:\d+:1: sensitivity looks at one scenario"):
        sensitivity(several, work(tmp_path))
    until = study_in(tmp_path, STUDY.replace("replications: 3", "replications: {until: 0.5, most: 4}"))
    with pytest.raises(InputError, match=r"\.yaml:\d+:1: sensitivity needs as many worlds at each point"):
        sensitivity(until, work(tmp_path))
