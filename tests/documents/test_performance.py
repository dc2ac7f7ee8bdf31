"""The page of costs holds what was recorded, and nothing that no command printed."""

from __future__ import annotations

import re

import pytest

from sim.experiment.bench.bench import last_recorded
from sim.experiment.bench.findings import Sample, Target
from tests.documents.performance_tables import GROUPS, NOTHING, PAGE, filled

TEXT = PAGE.read_text(encoding="utf-8")
RECORDED = {
    "machine": {"processor": "An abacus", "caches": ["L1 48K", "L2 1024K"]},
    "targets": [
        Target("speed", "at least", 50.0, "times", Sample(61.0, 55.0, 66.0)).document,
        Target("advice", "at most", 60.0, "s", None, "there is none").document,
    ],
    "table": [
        [f"{beginning} here", "name", 12_345.0, 1.0, 2.0, "ns"] for each in GROUPS.values() for beginning in each
    ],
}
DIGITS = re.compile(r"\d")


def figures_in_prose(text: str) -> list[str]:
    """Lines outside the written parts that hold a figure; numbers of decisions are names."""
    prose = re.sub(r"<!-- (\w+): written by .*?<!-- end of \1 -->", "", text, flags=re.DOTALL)
    prose = re.sub(r"\[decision \d+\]\([^)]*\)", "", prose)
    return [line for line in prose.splitlines() if DIGITS.search(line)]


def test_the_page_holds_what_was_recorded_last() -> None:
    assert filled(TEXT, last_recorded()) == TEXT, "run: python -m tests.documents.performance_tables"


def test_every_group_of_the_table_has_a_place_in_the_page() -> None:
    page = filled(TEXT, RECORDED)
    assert page.count("12,345") == len(RECORDED["table"])
    assert "processor An abacus; caches L1 48K, L2 1024K" in page
    assert "| speed | at least 50 | 61 | 55 | 66 | times | met |  |" in page
    assert "| advice | at most 60 |  |  |  | s | not measured | there is none |" in page


def test_a_page_before_the_first_record_says_so() -> None:
    assert filled(TEXT, None).count(NOTHING) == len(GROUPS) + 2


def test_a_part_without_a_place_is_found_out() -> None:
    with pytest.raises(ValueError, match="end of kernel"):
        filled(TEXT.replace("<!-- end of kernel -->", ""), None)


def test_no_figure_stands_in_the_prose() -> None:
    assert figures_in_prose(TEXT) == []


def test_a_figure_in_the_prose_is_found_out() -> None:
    assert figures_in_prose("It takes 60 ns.\nSee [decision 7](decisions/0007-x.md).") == ["It takes 60 ns."]
