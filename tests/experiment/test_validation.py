"""Validation: limits hold, other parameters of the same limits hold too, and what is wrong is seen."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.experiment.validation import mutants
from sim.experiment.validation.adoption import coefficients
from sim.experiment.validation.laboratory import Quantity, Seen, curve, exactly, near, unbiased, within
from sim.experiment.validation.mutants import MUTANTS, PACKAGE, changed
from sim.experiment.validation.validate import CHECKS, STUDIES, chosen, judged, validate
from sim.scenario.load import load_scenario
from sim.scenario.problems import InputError
from sim.theory import brands

SEED = 1
SCENARIOS = PACKAGE.parent / "scenarios" / "validation"
QUICK = ("N1", "P6m", "S1", "S3", "A2", "Q0")
MUST = [id for id, check in CHECKS.items() if check.must]
NUMERICAL = [id for id in MUST if not CHECKS[id].studies]


def test_there_are_enough_checks_and_each_says_what_it_is_about() -> None:
    assert len(MUST) >= 25
    assert len(CHECKS) - len(MUST) >= 18
    assert {check.level for check in CHECKS.values()} == {"numerical", "distributional", "relational"}
    assert all(check.source and check.about for check in CHECKS.values())
    assert {name for check in CHECKS.values() for name in check.studies} == set(STUDIES)


@pytest.mark.parametrize("id", NUMERICAL)
def test_numbers_that_were_printed_are_found(id: str) -> None:
    verdict = judged(CHECKS[id], Seen({}))
    assert [quantity for quantity in verdict.quantities if not quantity.passed] == []


def test_quick_limits_hold() -> None:
    found = validate(chosen(QUICK), SEED)
    assert [verdict.check.id for verdict in found.verdicts] == [id for id in CHECKS if id in QUICK]
    assert [verdict.deciding for verdict in found.verdicts if not verdict.passed] == []
    assert found.passed


@pytest.mark.slow
def test_all_limits_hold() -> None:
    found = validate([check for check in CHECKS.values() if check.must], SEED, workers=2)
    assert [(verdict.check.id, verdict.deciding) for verdict in found.verdicts if not verdict.passed] == []


OTHERS = [
    ("N1", "people.need_per_year={gamma: {shape: 2.5, mean: 20}}"),
    ("S1", "people.leaving={beta: {a: 3.8, b: 15.2}}"),
    ("S3", "people.leaving={beta: {a: 0.668, b: 3.806}}"),
    ("S3", "people.leaving={beta: {a: 38, b: 152}}"),  # chances so alike that luck hides most rises
    ("A2", "people.leaving=0.4"),
    ("P6m", "people.leaving={beta: {a: 1.5, b: 9}}"),
    ("Q0", "rules.satisfaction.loss=1.4"),
]


@pytest.mark.parametrize(("id", "setting"), OTHERS)
def test_a_limit_is_general_and_another_law_is_not_taken_for_it(id: str, setting: str) -> None:
    """With other parameters it holds; seen by the scenario as it is, the same worlds do not."""
    found = validate(chosen([id]), SEED, (setting,))
    assert found.passed, found.verdicts[0].deciding
    printed_aside = replace(CHECKS[id], published=None)
    assert not judged(printed_aside, Seen(found.seen.studies)).passed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("id", "setting"),
    [
        ("B1", "businesses.brand.channels.advertising.ceiling=0.0104"),
        ("D2", "businesses.signal.affinity=0.6"),
        ("D5", "people.nothing=1"),
        ("P7", "people.leaving={beta: {a: 1.5, b: 6}}"),
        ("P9", "rules.value.person_shape=5"),
        ("L1", "people.price_sensitivity=1.5"),
        ("BD1", "people.mean_order_value=140"),
    ],
)
def test_the_larger_limits_are_general_too(id: str, setting: str) -> None:
    found = validate(chosen([id]), SEED, (setting,), workers=2)
    assert found.passed, found.verdicts[0].deciding


def test_settings_that_a_scenario_does_not_know_are_refused_and_laws_about_something_else_say_so() -> None:
    with pytest.raises(InputError, match="there is no"):
        validate(chosen(["S1"]), SEED, ("businesses.none.price=3",))
    with pytest.raises(ValueError, match="a chance of leaving of kind Beta"):
        validate(chosen(["S1"]), SEED, ("people.leaving=0.5",))


def test_a_law_refuses_a_market_of_which_it_says_nothing() -> None:
    """Before it is compared with what was seen there."""
    ring = load_scenario(SCENARIOS / "bass.yaml", ["network={small_world: {}}"])
    with pytest.raises(ValueError, match="everybody hearing everybody, got the network small_world; set it to mixed"):
        coefficients(ring)
    dearer = Seen({"logit": {}}, ("businesses.second.price=70",))
    with pytest.raises(ValueError, match="brands of one price, got 60, 70, 60"):
        CHECKS["L1"].judge(dearer)


def test_shares_at_prices_that_differ_are_weighted_by_them() -> None:
    """At 30 instead of 60 a brand of sensitivity 3 weighs eight times: ours has 200 of 200 + 8 * 300 + 500."""
    share, total = 200.0 / 3_100.0, 1_000.0
    own, other = (brands.price_elasticity(3.0, share, total, own=which) for which in (True, False))
    luck = np.array([[-1e-3], [1e-3]])
    seen = Seen(
        {"logit_alike": {"elasticities": np.array([own, other, other]) + luck}}, ("businesses.second.price=30",)
    )
    assert all(quantity.passed for quantity in CHECKS["L0"].judge(seen))
    assert not all(quantity.passed for quantity in CHECKS["L0"].judge(Seen(seen.studies)))


def test_the_same_seed_sees_the_same_whatever_the_processes() -> None:
    one, two = (validate(chosen(["S1"]), SEED, workers=workers).seen["sbg", "survived"] for workers in (1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, validate(chosen(["S1"]), SEED + 100).seen["sbg", "survived"])


# ------------------------------------------------------------------------------------------------------------ verdicts


def test_a_number_without_luck_must_be_within_its_tolerance() -> None:
    assert exactly("", 2.0, 2.01, 0.02).passed
    assert not exactly("", 2.0, 2.03, 0.02).passed
    assert exactly("", 2.0, 2.0).passed
    assert not exactly("", 2.0, 2.0 + 1e-15).passed
    assert not exactly("", 2.0, math.nan, 0.02).passed


def test_a_mean_may_miss_by_what_is_allowed_or_by_four_errors() -> None:
    worlds = np.array([1.0, 1.2, 0.8, 1.1, 0.9])
    error = worlds.std(ddof=1) / math.sqrt(5)
    assert near("", 1.0 + 3.9 * error, worlds, 0.0).passed
    assert not near("", 1.0 + 4.1 * error, worlds, 0.0).passed
    assert near("", 1.0 + 4.1 * error, worlds, 5 * error).passed


def test_too_few_worlds_have_no_power_and_do_not_pass() -> None:
    """One standard error more than is allowed; where nothing but errors is allowed, more than a tenth of the number."""
    worlds = np.array([0.0, 1.0, 2.0, 1.0])
    error = worlds.std(ddof=1) / 2.0
    assert near("", 1.0, worlds, 1.01 * error).passed
    few = near("", 1.0, worlds, 0.99 * error)
    assert (few.passed, few.powerless, few.closeness) == (False, True, math.inf)
    many = 10.0 + 0.1 * (worlds[:, None] - 1.0)
    assert unbiased("", np.array([10.0]), many, 0.0, [""]).passed
    assert not unbiased("", np.array([10.0 + 0.41 * error]), many, 0.0, [""]).passed
    assert unbiased("", np.array([10.0 + 0.41 * error]), many, 0.02 * error, [""]).passed
    assert unbiased("", np.array([1.0]), worlds[:, None], 0.0, [""]).powerless


def test_of_a_curve_the_worst_point_decides() -> None:
    worlds = np.array([[1.0, 2.0, 3.0]] * 3)
    found = curve("at", np.array([1.0, 2.3, 3.1]), worlds, 0.2, "abc")
    assert (found.name, found.passed) == ("at b", False)
    assert not curve("at", np.array([1.0, math.nan, 3.0]), worlds, 0.2, "abc").passed


@pytest.mark.parametrize(
    ("band", "worlds", "passed"),
    [
        ((0.0, 1.0), [0.5, 0.6, 0.5], True),
        ((0.0, 1.0), [0.1, 0.5, 0.9], False),  # its interval leaves the band
        ((0.0, math.inf), [1.0, 1.1, 1.2], True),
        ((0.0, math.inf), [-1.0, 2.0], False),
        ((-math.inf, 0.0), [-1.0, -2.0], False),
        ((-math.inf, 0.0), [-1.0, -1.01, -1.0], True),
        ((0.0, 1.0), [math.nan, math.nan], False),
    ],
)
def test_a_band_must_hold_the_whole_interval(band: tuple[float, float], worlds: list[float], passed: bool) -> None:
    assert within("", band, np.array(worlds)).passed is passed


def test_the_quantity_that_comes_nearest_to_failing_decides() -> None:
    verdict = judged(
        replace(CHECKS["S4"], judge=lambda seen: [exactly("a", 1, 1, 1), exactly("b", 1, 1.5, 1)]), Seen({})
    )
    assert verdict.deciding.name == "b"
    assert isinstance(verdict.deciding, Quantity)


# ------------------------------------------------------------------------------------------------------------- mutants


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_a_mutant_changes_one_line_that_is_there_and_names_checks_that_exist(mutant: mutants.Mutant) -> None:
    text = (PACKAGE / mutant.file).read_text(encoding="utf-8")
    assert changed(mutant, text) != text
    compile(changed(mutant, text), mutant.file, "exec")
    assert set(mutant.checks) <= set(MUST)


def test_enough_mutants_are_of_the_model_and_every_check_that_must_pass_is_asked_about_one() -> None:
    assert sum(not mutant.file.startswith("theory") for mutant in MUTANTS) >= 12
    assert {id for mutant in MUTANTS for id in mutant.checks} == set(MUST)


def test_a_line_that_is_gone_is_no_mutant() -> None:
    with pytest.raises(ValueError, match="does not hold exactly once"):
        changed(MUTANTS[0], "nothing of the kind")


def test_mutants_of_the_theory_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    few = tuple(
        mutant for mutant in MUTANTS if mutant.file.startswith("theory") and set(mutant.checks) <= set(NUMERICAL)
    )
    monkeypatch.setattr(mutants, "MUTANTS", few[:2])
    assert all(caught.by and caught.ended for caught in mutants.catch_all(SEED, 2))


@pytest.mark.slow
def test_a_sample_of_wrong_models_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the rules, one of births and one of the week, each compiled anew; `validate --mutants` runs them all."""
    said = ("the first renewal a period late", "a and b of the beta distribution exchanged", "the coin one order late")
    sample = tuple(mutant._replace(checks=("S1",)) for mutant in MUTANTS if mutant.what in said)
    monkeypatch.setattr(mutants, "MUTANTS", sample)
    assert [(caught.by, caught.ended) for caught in mutants.catch_all(SEED, 2)] == [(("S1",), True)] * 3


def test_a_model_that_is_right_is_not_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = MUTANTS[-1]._replace(wrong=MUTANTS[-1].right)
    monkeypatch.setattr(mutants, "MUTANTS", (right,))
    (caught,) = mutants.catch_all(SEED, 1)
    assert (caught.by, caught.ended) == ((), True)


def test_a_program_that_does_not_end_is_not_caught_and_a_control_that_fails_stops_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = MUTANTS[-1]._replace(wrong="1 / 0 = (", checks=("E1",))
    monkeypatch.setattr(mutants, "MUTANTS", (broken,))
    (stuck,) = mutants.catch_all(SEED, 1)
    assert (stuck.by, stuck.ended) == ((), False)
    monkeypatch.setattr(mutants, "_judge", lambda *_: '{"checks": [{"id": "E1", "passed": false}]}')
    with pytest.raises(mutants.ControlFailed, match="the copy in which nothing is wrong fails E1"):
        mutants.catch_all(SEED, 1)


def test_every_scenario_of_validation_is_lived_by_a_study() -> None:
    lived = {name for study in STUDIES.values() for name in study.scenarios}
    files = {path.stem for path in SCENARIOS.glob("*.yaml")}
    assert files - {"off"} <= lived
    assert all(load_scenario(SCENARIOS / f"{name}.yaml") for name in files)
