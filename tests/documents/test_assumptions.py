"""The assumptions page and the code name the same assumptions, with the same numbers.

The checker is a function of the page's text that answers with sentences, so it is shown doctored pages before it is
believed about the real one.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

import sim.rules
import sim.strategies
from sim.rules.acquisition import KINDS
from sim.scenario import schema
from sim.units import Parameter, is_record, parameters_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "assumptions.md").read_text(encoding="utf-8")
NUMBER = re.compile(r"\bA(\d+)\b")
HEADING = re.compile(r"^\*\*A(\d+)\. ", re.MULTILINE)


class Citation(NamedTuple):
    """A parameter whose source is a numbered assumption."""

    assumption: int
    name: str
    default: Any
    sweep: tuple[float, float] | None


# -- reading -----------------------------------------------------------------------------------------------------------


def modules() -> Iterator[ModuleType]:
    for package in (sim.rules, sim.strategies):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)
    yield schema


@cache
def citations() -> tuple[Citation, ...]:
    """Every parameter of every record that rules, strategies and scenarios declare, for each assumption it cites."""
    found = []
    for module in modules():
        for record in vars(module).values():
            if is_record(record) and record.__module__ == module.__name__:
                for name, parameter, default in declared(record):
                    numbers = map(int, NUMBER.findall(parameter.source))
                    found += [Citation(number, name, default, parameter.sweep) for number in numbers]
    return tuple(found)


def declared(record: type) -> list[tuple[str, Parameter, Any]]:
    """The parameters of a record; none of books, decisions and other records that no scenario file sets."""
    try:
        return list(parameters_of(record))
    except TypeError:
        return []


def paragraphs(page: str) -> dict[int, str]:
    """The text about each assumption, on one line."""
    return {
        int(found[1]): " ".join(block.split())
        for block in page.split("\n\n")
        if (found := HEADING.match(block.strip()))
    }


# -- checking ----------------------------------------------------------------------------------------------------------


def disagreements(page: str) -> list[str]:
    """What the page and the code say differently."""
    written, cited = paragraphs(page), {citation.assumption for citation in citations()}
    numbers = [int(number) for number in HEADING.findall(page)]
    found = [f"A{number} is written twice" for number in sorted(set(numbers)) if numbers.count(number) > 1]
    found += [f"A{number} is cited but not written" for number in sorted(cited - set(written))]
    found += [f"A{number} is written but nothing cites it" for number in sorted(set(written) - cited)]
    for citation in citations():
        text = written.get(citation.assumption, "")
        found += [
            f"A{citation.assumption} does not say {part}" for part in parts(citation) if text and part not in text
        ]
    for number, text in written.items():
        found += [f"A{number} does not say what would settle it" for _ in range("*Would settle it:*" not in text)]
    found += [
        f"A{n} is mentioned but not written" for n in sorted({int(n) for n in NUMBER.findall(page)} - set(written))
    ]
    return found


def parts(citation: Citation) -> Iterator[str]:
    """What the paragraph of an assumption must hold: its parameter, the value of it, and the plausible range."""
    if isinstance(citation.default, tuple):
        kind = type(citation.default)
        yield f"`{citation.name}` " + ("" if kind.__name__ == "Constant" else kind.__name__.lower())
        yield from (number_text(value) for value in citation.default)
    else:
        yield f"`{citation.name}` {number_text(citation.default)}"
    if citation.sweep:
        yield "({} to {})".format(*map(number_text, citation.sweep))


def number_text(value: float) -> str:
    return f"{value:g}"


# -- tests -------------------------------------------------------------------------------------------------------------


def test_the_page_and_the_code_name_the_same_assumptions_with_the_same_numbers() -> None:
    assert disagreements(PAGE) == []


def test_the_walk_finds_the_parameters() -> None:
    names = {citation.name for citation in citations()}
    assert {"loyalty", "failure_rate", "talk_per_friend", "leaving", "reaction", "cash"} <= names
    assert len({citation.assumption for citation in citations()}) >= 38


@pytest.mark.parametrize(
    ("original", "doctored", "complaint"),
    [
        ("**A7. ", "**A77. ", "A7 is cited but not written"),
        ("**A7. ", "**A77. ", "A77 is written but nothing cites it"),
        ("**A7. ", "**A8. ", "A8 is written twice"),
        ("`speed` 0.35", "`speed` 0.36", "A7 does not say `speed` 0.35"),
        ("(0.2 to 0.6) of the distance", "(0.2 to 0.7) of the distance", "A7 does not say (0.2 to 0.6)"),
        ("beta with a 0.8", "beta with a 0.9", "A28 does not say 0.8"),
        ("costs 50 (A3)", "costs 50 (A300)", "A300 is mentioned but not written"),
        ("*Would settle it:* your cost of capital.", "", "A31 does not say what would settle it"),
    ],
)
def test_a_doctored_page_is_found_out(original: str, doctored: str, complaint: str) -> None:
    unwrapped = re.sub(r"(?<!\n)\n(?!\n)", " ", PAGE)
    assert original in unwrapped
    assert complaint not in disagreements(unwrapped)
    assert complaint in disagreements(unwrapped.replace(original, doctored))


# -- kinds of channels -------------------------------------------------------------------------------------------------


def kinds_written(page: str) -> dict[str, list[float]]:
    """The table of A83: the defaults of each kind of channel."""
    rows = re.findall(r"^\| (\w+) ((?:\| [0-9.]+ )+)\|$", page, re.MULTILINE)
    return {name: [float(each) for each in cells.split("|")[1:]] for name, cells in rows if name in KINDS}


def test_the_page_has_the_defaults_of_every_kind_of_channel() -> None:
    fields = ("budget_share", "ceiling", "strength", "keep", "follows_need", "commission")
    assert f"| kind | {' | '.join(fields)} |" in PAGE
    coded = {name: [getattr(channel, field) for field in fields] for name, channel in KINDS.items()}
    assert kinds_written(PAGE) == coded
    assert kinds_written(PAGE.replace("| email | 1 | 0.003", "| email | 1 | 0.004")) != coded
