"""Verdicts on claims whose truth is known, because a formula stands in place of a market."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from sim.experiment.claims.claim import Claim
from sim.experiment.claims.lives import FULL, QUICK, Effort
from sim.experiment.claims.trial import HERE_ONLY, Trial
from sim.experiment.claims.verdict import CLAIMS, Share, Verdict, confidence_of_each, judged
from tests.alphas import alpha_of
from tests.experiment.claims.toy import TOY, Effect, judged_by, toy

WITHOUT_CONDITION = TOY.replace("condition: {rules.acquisition.offer_makes_occasion: [0.0, 0.1, 0.3]}\n", "").replace(
    "along: Contacts make more and more occasions.\n", ""
)
TRIALS = 3000


@pytest.fixture(scope="module")
def claim(tmp_path_factory: pytest.TempPathFactory) -> Claim:
    return toy(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Claim:
    """Without a condition."""
    return toy(tmp_path_factory.mktemp("plain"), WITHOUT_CONDITION)


TRUTHS: dict[str, tuple[Effect, Verdict]] = {
    "true everywhere": (lambda condition, unknown: 5.0, Verdict.SUPPORTED),
    "false everywhere": (lambda condition, unknown: -5.0, Verdict.REFUTED),
    "true beyond a boundary": (lambda condition, unknown: 12.0 * (condition - 0.4), Verdict.CONDITIONAL),
    "true only where nobody thinks it likely": (
        lambda condition, unknown: 5.0 if 0.4 < unknown < 0.6 else -5.0,
        Verdict.CONDITIONAL,
    ),
    "true here, and in half of what is plausible": (
        lambda condition, unknown: 5.0 if unknown <= 0.53 else -5.0,
        Verdict.INCONCLUSIVE,
    ),
    "exactly on the threshold": (lambda condition, unknown: 0.0, Verdict.INCONCLUSIVE),
}


@pytest.mark.parametrize("effort", [QUICK, FULL], ids=["quick", "full"])
@pytest.mark.parametrize("truth", TRUTHS)
def test_a_claim_of_known_truth_gets_the_verdict_it_deserves(truth: str, effort: Effort, claim: Claim) -> None:
    effect, verdict = TRUTHS[truth]
    assert {judged_by(claim, effect, effort, seed).judgement.verdict for seed in range(5)} == {verdict}


def test_a_manager_is_told_of_the_test_where_only_the_rest_is_open(claim: Claim) -> None:
    here = judged_by(claim, lambda condition, unknown: 5.0 if unknown <= 0.53 else -5.0, FULL, 1)
    assert here.for_managers == f"Win. {HERE_ONLY}"
    nowhere = judged_by(claim, lambda condition, unknown: 0.0, FULL, 1)
    assert nowhere.for_managers == "Nobody can tell."


def test_the_boundary_of_a_condition_is_found_where_it_is(claim: Claim) -> None:
    found = judged_by(claim, lambda condition, unknown: 12.0 * (condition - 0.4), FULL, 1)
    assert found.boundary is not None
    assert found.boundary[1] == pytest.approx(0.4 * 0.3, abs=0.02)


def test_what_moves_a_claim_is_named(claim: Claim) -> None:
    leading = judged_by(claim, lambda condition, unknown: 5.0 * unknown, FULL, 1).sample.leading(0)
    assert leading is not None and leading[0] == "businesses.ours.levers.care.strength" and leading[1] > 0.9


def null_trials(claim: Claim) -> Iterator[Trial]:
    return (judged_by(claim, lambda condition, unknown: 0.0, QUICK, seed) for seed in range(TRIALS))


def test_a_claim_on_its_threshold_is_hardly_ever_decided(plain: Claim) -> None:
    """Of 3,000 trials 0.05 / 27 of each are expected to see a side, 5.6; more than 18 have the chance of a false alarm.

    An interval of 95 % that is not corrected would see 150: what a court without correction would call proof.
    """
    wrong = decided = 0
    for trial in null_trials(plain):
        (evidence,) = [each for each in trial.evidence if each.question.holds]
        decided += evidence.side != 0
        assert evidence.question.holds is not None
        wrong += evidence.question.holds.side(*evidence.interval) != 0
    assert decided <= binom.isf(alpha_of("experiment/claims/test_trial.py"), TRIALS, 0.05 / CLAIMS) == 18
    assert wrong > 100


def test_another_seed_changes_a_verdict_to_inconclusive_at_most(claim: Claim) -> None:
    """Effects from clear to none: of one truth no two seeds say two different things."""
    for size in (-3.0, -1.0, -0.5, 0.5, 1.0, 3.0):
        seen = {judged_by(claim, lambda c, u, size=size: size, QUICK, seed).judgement.verdict for seed in range(40)}  # type: ignore[misc]
        assert len(seen - {Verdict.INCONCLUSIVE}) <= 1


def test_every_combination_of_what_was_seen_has_one_verdict_and_opposites_have_opposite_ones() -> None:
    opposite = {Verdict.SUPPORTED: Verdict.REFUTED, Verdict.REFUTED: Verdict.SUPPORTED}
    for tested in (-1, 0, 1):
        for ends in ((), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, 0)):
            for holding in (0, 8, 16):
                seen = judged(tested, ends, Share(holding, 16)).verdict
                turned = judged(-tested, [-end for end in ends], Share(16 - holding, 16)).verdict
                assert turned == opposite.get(seen, seen)


def test_all_intervals_of_all_claims_together_are_right_with_95_per_cent(claim: Claim, plain: Claim) -> None:
    for each in (claim, plain):
        assert (1.0 - confidence_of_each(each.intervals)) * each.intervals * CLAIMS == pytest.approx(0.05)
    assert (plain.intervals, claim.intervals) == (1, 3)


def test_a_world_with_an_undefined_answer_counts_neither_for_nor_against(claim: Claim) -> None:
    assert Share(0, 0).side == 0 and np.isnan(Share(0, 0).value)
    assert judged(1, (), Share(0, 0)).verdict == Verdict.INCONCLUSIVE


def test_a_toy_is_a_file(tmp_path: Path) -> None:
    assert toy(tmp_path).worlds[0].template.data["people"]["count"] == 400
