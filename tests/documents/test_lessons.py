"""What the answers of a lesson say in words is what its tables show.

`make numbers` writes the tables anew and `test_printed` holds them against the commands; the sentences around them are
written by people. Here the sentences that name a direction are held against the tables that stand on the same page.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

LESSONS = Path(__file__).parents[2] / "docs" / "lessons"
TABLE = re.compile(r"<!-- output of `keepwin compare[^\n]*begin -->\n```text\n(.*?)```", re.S)
ROW = re.compile(r"^([a-z][a-z ,]*?) {2,}([\d,.-]+) +([\d,.-]+) +([+-]?[\d,.]+)(?: |$)", re.M)


def number(text: str) -> float:
    return float(text.replace(",", ""))


def tables(text: str) -> list[dict[str, tuple[float, float]]]:
    """Each table of a page: row -> what the first plan has, what the second has."""
    found = [{name: (number(a), number(b)) for name, a, b, _ in ROW.findall(table)} for table in TABLE.findall(text)]
    return [table for table in found if table]


def lesson(name: str) -> list[dict[str, tuple[float, float]]]:
    return tables((LESSONS / f"{name}.md").read_text(encoding="utf-8"))


def kept(before: tuple[float, float], after: tuple[float, float]) -> tuple[float, float]:
    """What part of a number each plan keeps when one thing is changed."""
    return after[0] / before[0], after[1] / before[1]


@pytest.mark.parametrize("name", ["first-100-days", "leaky-bucket", "old-or-new", "subsidy-war"])
def test_each_lesson_has_a_table_and_one_with_one_thing_changed(name: str) -> None:
    first, changed = lesson(name)
    assert {"profit, money", "revenue, money", "customers"} <= first.keys() & changed.keys()


def test_pouring_has_more_of_both_and_the_order_stays_when_customers_leave_more_easily() -> None:
    first, changed = lesson("leaky-bucket")
    for table in (first, changed):
        for row in ("profit, money", "customers", "cost of winning a"):
            mend, pour = table[row]
            assert pour > mend, row
    assert all(part < 1 for part in kept(first["profit, money"], changed["profit, money"])), "both earn less"
    cost, value = (changed[row][1] for row in ("cost of winning a", "lifetime value of a"))
    assert cost < value, "as long as the last one costs less than it is worth, pouring pays"


def test_care_for_everybody_has_more_customers_and_satisfaction_hardly_differs() -> None:
    for table in lesson("first-100-days"):
        everybody, newcomers = table["customers"]
        assert everybody > newcomers
        of_all, of_new = table["satisfaction of"]
        assert abs(of_all - of_new) < 0.01, "a two-hundredth of the scale from -1 to 1"
        assert table["spent on keeping"][0] == table["spent on keeping"][1]


def test_without_talk_the_plan_that_relies_on_old_customers_loses_the_larger_part() -> None:
    first, changed = lesson("old-or-new")
    for row in ("customers", "profit, money"):
        steady, aggressive = kept(first[row], changed[row])
        assert steady < aggressive < 1, row
    assert first["cost of winning a"][0] < first["cost of winning a"][1]


def test_a_subsidy_raises_revenue_and_costs_more_than_it_brings_even_in_ten_years() -> None:
    first, changed = lesson("subsidy-war")
    for table in (first, changed):
        assert table["revenue, money"][1] > table["revenue, money"][0]
        assert table["profit, money"][1] < table["profit, money"][0]
    lost, lost_in_ten = (table["profit, money"][0] - table["profit, money"][1] for table in (first, changed))
    assert lost_in_ten < lost, "riders who were bought have time to pay it back"


def test_a_table_that_says_otherwise_is_noticed() -> None:
    page = (LESSONS / "leaky-bucket.md").read_text(encoding="utf-8")
    turned = page.replace("92,074  121,377", "121,377  92,074")
    mend, pour = tables(turned)[0]["profit, money"]
    assert pour < mend
