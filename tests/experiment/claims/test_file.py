"""Claim files: the bundled ones can all be read, and whatever is wrong with one is told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.experiment.claims.claim import Claim
from sim.experiment.claims.claims import read_claims
from sim.experiment.claims.file import CHAPTERS, bundled_claims
from sim.scenario.problems import InputError
from tests.experiment.claims.toy import TOY, toy

LITERATURE = TOY[TOY.index("literature:") :]


@pytest.fixture(scope="module")
def bundled() -> dict[str, Claim]:
    return {claim.id: claim for claim in read_claims(bundled_claims().values())}


def test_there_are_twenty_seven_claims(bundled: dict[str, Claim]) -> None:
    assert list(bundled) == [f"C{number:02}" for number in range(1, 28)]
    assert {claim.chapter for claim in bundled.values()} == set(CHAPTERS)


def test_every_bundled_claim_says_where_it_would_be_wrong(bundled: dict[str, Claim]) -> None:
    for claim in bundled.values():
        assert claim.deciding and claim.uncertain and claim.literature
        assert len(set(claim.says.values())) == 4


WRONG = [
    ("claim: 1", "claim: 2", "claim must be 1, the version of this format."),
    ("id: C00", "id: C99", "the file is called 'C00' and the claim 'C99'. Let the name of the file begin with the id."),
    ("title: A toy\n", "", "title is missing. Write it in words."),
    ("chapter: costs", "chapter: cots", "chapter knows no 'cots'. Did you mean 'costs'?"),
    ("mechanism:", "mechanics:", "unknown key 'mechanics'. "),
    ("scenario: base", "scenario: bas", "there is no scenario 'bas'. Did you mean 'base'?"),
    ("people.count", "people.cuont", "unknown key 'cuont'. Did you mean 'count'?"),
    ("acquisition_share: 0.9", "acquisition_share: 9", "must lie in 0..1 (got 9)"),
    ("win:", "to win:", "'to win' cannot be used in a formula. Use letters and underscores."),
    ("win.new_customers -", "wim.new_customers -", "there is no world 'wim'. Did you mean 'win'?"),
    ("win.new_customers", "win.new_custmers", "there is no measure 'new_custmers'. Did you mean 'new_customers'?"),
    ("win.new_customers", "win.incumbent_c.profit", "win has no business 'incumbent_c'. Did you mean 'incumbent_"),
    ("win.new_customers -", "win.new_customers %", "is no formula. win.new_customers % keep.new_customers is no arith"),
    ("{above: 0}", "{abvoe: 0}", "unknown key 'abvoe'. Did you mean 'above'?"),
    ("{above: 0}", "0", "questions.0.holds must be a mapping, got 0"),
    ("{above: 0}", "{above: 0, below: 1}", "more than one range is given. Keep one; between has two ends."),
    ("{above: 0}", "{between: [2, 1]}", "2 must be less than 1. Exchange them."),
    ("{above: 0}", "{between: 2}", "this does not say where the claim holds."),
    ("    holds: {above: 0}\n", "", "no question decides. Say of at least one where it holds."),
    ("[0.0, 0.1, 0.3]", "[0.3, 0.1, 0.0]", "needs 3 rising numbers or more. List them"),
    ("[0.0, 0.1, 0.3]", "[0.0, 0.1, 3]", "must lie in 0..1 (got 3)"),
    ("along: Contacts make more and more occasions.\n", "", "along is missing. Write it in words."),
    ("uncertain:\n", "labels: [never, often]\nuncertain:\n", "the condition has 3 values, and labels are for each"),
    ("rules.acquisition.offer_makes_occasion", "time.weeks", "must be a whole number"),
    ("people.price_sensitivity", "people.price_sensitvity", "unknown key 'price_sensitvity'. Did you mean 'price_s"),
    ("levers.care.strength", "strategy.fixed_budget.acquisition_share", "the worlds of the claim differ. Vary another"),
    ("  refuted: Keep.\n", "", "says.refuted is missing. Write it in words."),
    (LITERATURE, "", "literature is missing. List reference and found, once at least."),
]


@pytest.mark.parametrize(("old", "new", "told"), WRONG)
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, told: str, tmp_path: Path) -> None:
    assert old in TOY
    with pytest.raises(InputError) as caught:
        toy(tmp_path, TOY.replace(old, new, 1))
    assert told in str(caught.value)
    assert "C00-toy.yaml:" in str(caught.value)


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = (
        TOY.replace("people.count", "people.cuont", 1).replace("{above: 0}", "{abvoe: 0}").replace("refuted", "refutd")
    )
    with pytest.raises(InputError) as caught:
        toy(tmp_path, text)
    assert all(word in str(caught.value) for word in ("cuont", "abvoe", "refutd"))


def test_a_world_that_is_only_told_of_need_not_have_what_is_varied(tmp_path: Path) -> None:
    """What is varied belongs to the worlds that decide."""
    told = "  alone: {scenario: online_shop, set: {people.count: 200}}\nquestions:\n"
    text = TOY.replace("questions:\n", told).replace("win.top_fifth_of_everybody", "alone.top_fifth_of_everybody")
    assert [world.name for world in toy(tmp_path, text).worlds] == ["win", "keep", "alone"]
