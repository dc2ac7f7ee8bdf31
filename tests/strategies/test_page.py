"""The page about strategies says what the code says."""

from __future__ import annotations

import pytest

from sim.strategies.books import Books, Decision, Period, Reached, Region, Rival, Supplies, Used
from sim.strategies.registry import STRATEGIES
from tests.strategies.page import PAGE, PARTS, filled, named_in

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_is_as_the_code_says_now() -> None:
    assert filled(TEXT) == TEXT, "run: python -m tests.strategies.page"


@pytest.mark.parametrize("name", PARTS)
def test_a_doctored_part_is_found_out(name: str) -> None:
    end = f"<!-- end of {name} -->"
    assert filled(TEXT.replace(end, f"One line more.\n\n{end}")) == TEXT
    with pytest.raises(ValueError, match=f"end of {name}"):
        filled(TEXT.replace(end, ""))


def test_every_strategy_is_in_the_table() -> None:
    assert named_in(TEXT) == set(STRATEGIES)
    assert named_in(TEXT.replace("| `staged` |", "| `stagged` |")) != set(STRATEGIES)


def test_everything_a_strategy_can_see_and_do_is_named() -> None:
    names = {
        name for record in (Books, Decision, Period, Reached, Region, Rival, Supplies, Used) for name in record._fields
    }
    missing = [name for name in sorted(names) if f"`{name}`" not in TEXT]
    assert missing == []
