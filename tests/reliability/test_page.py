"""docs/reliability.md names tests that exist, for every row, and figures that tests have counted."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.reliability.page import COUNTED, PAGE, filled
from tests.reliability.rows import SECTIONS, Row

TESTS = Path(__file__).resolve().parents[1]
ROWS = [row for rows in SECTIONS.values() for row in rows]


@cache
def names_in(file: str) -> frozenset[str]:
    path = TESTS / file
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def missing(row: Row) -> list[str]:
    """Tests that a row names and nobody has written."""
    return [test for test in row.tests if test.partition("::")[2] not in names_in(test.partition("::")[0])]


def test_every_row_has_a_test_that_exists_or_says_why_not() -> None:
    assert [test for row in ROWS for test in missing(row)] == []
    assert [row.what for row in ROWS if not row.tests and len(row.note) < 10] == []
    assert len({row.what for row in ROWS}) == len(ROWS) > 100


def test_a_test_that_does_not_exist_is_found_out() -> None:
    assert missing(Row("x", ("reliability/test_page.py::test_nothing", "nowhere.py::test_x"))) == [
        "reliability/test_page.py::test_nothing",
        "nowhere.py::test_x",
    ]


def test_all_invariants_all_forty_inputs_are_there() -> None:
    text = " ".join(row.what for row in SECTIONS["invariants"])
    for letter, most in (("X", 8), ("P", 14), ("D", 12), ("G", 1)):
        assert [f"{letter}{at}" for at in range(1, most + 1) if not re.search(rf"\b{letter}{at}\b", text)] == []
    assert [at for at in range(1, 41) if not any(row.what.startswith(f"{at} ") for row in SECTIONS["inputs"])] == []


def test_the_page_is_as_its_rows_and_figures_say() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert filled(text) == text, "run: python -m tests.reliability.page"


@pytest.mark.parametrize("name", COUNTED)
def test_every_figure_is_counted_by_some_test(name: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py") if path != Path(__file__)]
    assert any(re.search(rf'count\(\s*f?"{name}[".]', text) for text in texts)
