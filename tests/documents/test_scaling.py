"""The page of scale holds what was recorded."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from sim.experiment.bench.bench import last_recorded
from sim.experiment.bench.studies import PLANNING
from tests.documents.scaling_tables import NOTHING, PAGE, filled

TEXT = PAGE.read_text(encoding="utf-8")


@pytest.fixture
def recorded() -> dict[str, Any]:
    found = last_recorded()
    assert found is not None
    return copy.deepcopy(found)


def test_the_page_holds_what_was_recorded_last() -> None:
    assert filled(TEXT, last_recorded()) == TEXT, "run: python -m tests.documents.scaling_tables"


def test_twice_the_speed_is_half_the_time(recorded: dict[str, Any]) -> None:
    for row in recorded["table"]:
        if row[-1] == "runs per second":
            row[2] = 10.0
    assert filled(TEXT, recorded).count("| 10 | 27.8 hours |") == 3  # 1e6 / 10 / 3600


def test_a_hundred_million_people_take_a_hundred_times_a_million(recorded: dict[str, Any]) -> None:
    for row in recorded["table"]:
        if row[1] == "each person, at the peak of 1,000,000":
            row[2] = 300.0
        if row[1] == "base, 1,000,000 people: all of it":
            row[2] = 100.0
    page = filled(TEXT, recorded)
    assert "| 30 GB |" in page
    assert "| 100 ns a customer-week | 69.3 minutes |" in page  # 100e-9 x 1e8 x 416 s


def test_what_planning_takes_is_told_once_it_is_recorded(recorded: dict[str, Any]) -> None:
    recorded["table"] = [row for row in recorded["table"] if (row[0], row[1]) != PLANNING]
    assert "Planning has not been recorded yet" in filled(TEXT, recorded)
    recorded["table"].append([*PLANNING, 1.2, 1.2, 1.2, "ms per point"])
    assert "1.2 ms a point, so a million take 20 minutes of one core" in filled(TEXT, recorded)


def test_a_page_before_the_first_record_says_so() -> None:
    assert filled(TEXT, None).count(NOTHING) == 3
