"""Hostile files: whatever a mebibyte may hold, a person does not wait for the answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario.document import DEEPEST_NESTING, MOST_EVENTS, salvage_text
from sim.scenario.files import LARGEST_FILE
from sim.scenario.load import load_scenario
from sim.scenario.problems import MOST_SHOWN, InputError

SLOWEST = 5.0
"""Seconds; most files here take a tenth of it."""
START = "schema: 1\nbusinesses: {ours: {}}\n"


def again(piece: str) -> Callable[[], str]:
    """As much of a text as a file may hold."""
    return lambda: piece * (LARGEST_FILE // len(piece.encode()))


def inside(before: str, piece: str, after: str = "") -> Callable[[], str]:
    """The same with a beginning and an end."""
    return lambda: before + piece * ((LARGEST_FILE - len(before) - len(after)) // len(piece.encode())) + after


def numbered(before: str, piece: str) -> Callable[[], str]:
    """The same of a piece that holds a number."""
    return lambda: (
        before + "".join(piece.format(number) for number in range((LARGEST_FILE - len(before)) // (len(piece) + 4)))
    )


HOSTILE: dict[str, Callable[[], str]] = {
    "numbers in a list": inside("a: [", "1,", "]"),
    "numbers in a list of many lines": inside("a: [\n", "1,\n", "]"),
    "words that are refused": inside("a: [", "NO,", "]"),
    "anchors": inside("a: [", "&a 1,", "]"),
    "aliases": inside("a: [", "*a,", "]"),
    "tags": inside("a: [", "!a 1,", "]"),
    "empty lists": inside("a: [", "[],", "]"),
    "empty mappings": inside("a: [", "{},", "]"),
    "a list": inside("a:\n", "- 1\n"),
    "an empty list": inside("a:\n", "-\n"),
    "one key": again("a: 1\n"),
    "question marks": again("?\n"),
    "questions": again("? "),
    "dashes": again("- "),
    "brackets": again("["),
    "braces": again("{a: "),
    "documents": again("---\n"),
    "directives": again("%A b\n"),
    "comments": again("#x\n"),
    "a comment": again("#"),
    "lines without anything": again("\n"),
    "spaces": inside("a: 1", " "),
    "a word": inside("a: ", "x"),
    "words": inside("a: ", "x "),
    "lines of words": inside("a:\n", " x\n"),
    "a text in double quotes": inside('a: "', "x", '"'),
    "escapes": inside('a: "', "\\x41", '"'),
    "escapes of what is refused": inside('a: "', "\\0", '"'),
    "quotes in quotes": inside("a: '", "''", "'"),
    "a block of text": inside("a: |\n", " x\n"),
    "a folded text": inside("a: >\n", " x\n\n"),
    "one key that is long": inside("", "x", ": 1"),
    "an anchor that is long": inside("a: &", "x"),
    "digits": inside("a: ", "1"),
    "hours and minutes": inside("a: 1", ":1"),
    "thousands": inside("a: 1", ",000"),
    "digits and lines": inside("a: 1", "_1"),
    "digits of hexadecimals": inside("a: 0x", "f"),
    "what cannot be seen": inside("a: ", "\u200b\u2028"),
    "what turns the writing": inside("a: ", "\u202e"),
    "what takes four bytes": inside("a: ", "\U0001f600"),
    "keys": numbered("", "k{}: 1\n"),
    "unknown keys": numbered(START, "k{}: 1\n"),
    "unknown keys that are refused": numbered(START, "k{}: NO\n"),
    "long names": numbered(START, "y" * 900 + "{}: 1\n"),
    "businesses": numbered("schema: 1\nbusinesses:\n", " k{}: {{}}\n"),
    "wrong businesses": numbered("schema: 1\nbusinesses:\n", " k{}: {{price: 0, known: 2}}\n"),
    "no businesses": numbered("extends: base\nbusinesses:\n", " k{}: null\n"),
    "businesses and none": numbered("extends: base\nbusinesses:\n", " k{0}: {{}}\n b{0}: null\n"),
    "nothing": numbered("extends: base\nbusinesses:\n", " k{}:\n"),
    "channels": numbered("schema: 1\nbusinesses:\n ours:\n  channels:\n", "   k{}: {{budget_share: 2}}\n"),
    "segments": numbered(START + "people:\n segments:\n", "  k{}: {{x: NO}}\n"),
    "segments that fit": numbered(START + "people:\n segments:\n", "  k{}: {{share: 0.5}}\n"),
    "a long story": inside(START + "story: {what_is_it: ", "x", "}"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_answered_soon_and_shortly(name: str, tmp_path: Path) -> None:
    path = tmp_path / "hostile.yaml"
    path.write_text(HOSTILE[name](), encoding="utf-8")
    assert 0.75 * LARGEST_FILE < path.stat().st_size <= LARGEST_FILE
    began = time.perf_counter()
    with pytest.raises(InputError) as error:
        load_scenario(path)
    assert len(str(error.value).splitlines()) <= MOST_SHOWN + 1
    assert len(str(error.value)) < 1000 * MOST_SHOWN
    assert time.perf_counter() - began < SLOWEST


def test_a_text_of_very_many_values_is_left_at_once() -> None:
    document = salvage_text("a: [" + "1," * MOST_EVENTS + "]", "s.yaml")
    (problem,) = document.problems
    assert problem.what == f"more than {MOST_EVENTS:,} keys and values" and not document.whole
    assert salvage_text("a: [" + "1," * (MOST_EVENTS - 9) + "]").problems == ()


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_left_at_once(opening: str) -> None:
    (problem,) = salvage_text(opening * 10_000).problems
    assert problem.what == f"nested more than {DEEPEST_NESTING} levels"
