"""The worlds of a claim: lived once, found again, and the same for any workers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.experiment.claims import people
from sim.experiment.claims.lives import Court, Effort, thinned
from sim.experiment.claims.trial import tried
from sim.experiment.executor import Here
from sim.experiment.study.place import parts_in
from sim.scenario.load import read_template, varied
from tests.experiment.claims.toy import toy

SHORT, LONGER = Effort(3, 3, 2, 4, 1, 1), Effort(4, 3, 2, 8, 1, 1)


def test_a_longer_trial_begins_with_the_worlds_of_a_shorter_one(tmp_path: Path) -> None:
    claim, court = toy(tmp_path), Court(1, tmp_path / "results", "claims", Here())
    first = court.see(claim, SHORT)
    stored = {part for folder in (tmp_path / "results" / "claim-c00").iterdir() for part in parts_in(folder)}
    again = court.see(claim, SHORT)
    assert {part for folder in (tmp_path / "results" / "claim-c00").iterdir() for part in parts_in(folder)} == stored
    for grids in ("as_they_are", "along", "sampled"):
        ours, theirs = getattr(first, grids), getattr(again, grids)
        assert all(np.array_equal(ours[term], theirs[term], equal_nan=True) for term in ours)
    longer = court.see(claim, LONGER)
    term = claim.deciding[0].value.terms[0]
    assert np.array_equal(longer.as_they_are[term][0, :3], first.as_they_are[term][0])
    assert longer.rows[:4] == first.rows
    assert np.array_equal(longer.sampled[term][:4], first.sampled[term])


def test_the_toy_has_an_answer_to_every_question(tmp_path: Path) -> None:
    claim = toy(tmp_path)
    found = tried(claim, Court(1, tmp_path / "results", "claims", Here()).see(claim, SHORT))
    assert [each.found.worlds for each in found.evidence] == [3, 3]
    assert found.evidence[0].found.mean > 0.0
    assert 0.2 < found.evidence[1].found.mean < 1.0
    assert [level.value for level in found.levels] == [0.0, 0.1, 0.3]
    assert found.sample.share.of == 4
    assert found.runs == 2 * 3 + 3 + 3 * 2 * 2 + 4 * 2


def test_a_thinned_market_is_the_same_market_with_fewer_simulated() -> None:
    whole, half = (varied(thinned(read_template("co_owners"), each)) for each in (1, 2))
    assert (half.people, half.represents) == (whole.people // 2, 2)
    assert half.market_size == whole.market_size
    backers = [each.businesses[0].backers.people * each.represents for each in (whole, half)]
    assert backers[0] == backers[1] == 30
    assert thinned(read_template("base"), 1) == read_template("base")


ORDERS = people.pd.DataFrame(
    [
        (0, 1, 100, people.CONTACTED),
        (10, 1, 50, 0),
        (60, 1, 50, 0),
        (110, 1, 50, 0),
        (160, 1, 100, 0),
        (5, 2, 100, people.TOLD),
        (7, 3, 700, 0),
    ],
    columns=["week", "person", "amount", "reason"],
)
"""One contacted and coming again, one told and gone, one who was a customer before."""


@pytest.mark.parametrize(
    ("name", "weeks", "answer"),
    [
        ("top_fifth_of_everybody", 208, 700 / 1150),
        ("kept_new", 208, 0.5),
        ("kept_if_contacted", 208, 1.0),
        ("kept_if_told", 208, 0.0),
        ("orders_in_two_years", 208, 3.0),
        ("orders_in_next_two_years", 208, 2.0),
        ("basket_of_regulars", 208, 1.0),
        ("top_fifth_of_orders", 168, 1.0),
    ],
)
def test_a_measure_of_people_counts_what_it_says(name: str, weeks: int, answer: float) -> None:
    assert people.PEOPLE[name](ORDERS, weeks) == pytest.approx(answer)


def test_old_and_new_customers_are_told_apart_by_their_first_order() -> None:
    orders = people.pd.DataFrame(
        [(week, 1, 40, 0) for week in (160, 170, 180, 190)]
        + [(110, 2, 10, people.TOLD), (165, 2, 20, 0), (175, 2, 20, 0)]
        + [(170, 3, 99, people.TOLD)],
        columns=["week", "person", "amount", "reason"],
    )
    assert people.PEOPLE["orders_of_old_over_new"](orders, 208) == pytest.approx(4.0 / 2.0)
    assert people.PEOPLE["basket_of_old_over_new"](orders, 208) == pytest.approx(40.0 / 20.0)
