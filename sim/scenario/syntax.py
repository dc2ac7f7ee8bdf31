"""Syntax: what a text may not contain, and what PyYAML did not understand, in our own words."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import yaml

from sim.scenario.problems import shown
from sim.scenario.words import LONGEST_NUMBER, Fault, meaning_of

NO_ANCHORS = Fault("anchors and aliases (&, *) are not allowed", "Write the value out where it is needed")
NO_TAGS = Fault("tags (!) are not allowed", "Remove it, or quote it if it is text")
NO_DIRECTIVES = Fault("directives (%) are not allowed", "Remove the line")

# What PyYAML reports: a pattern, whether the place where it began tells more than where it failed, and our words.
_SYNTAX: tuple[tuple[str, bool, str, str], ...] = (
    (r"'\\t' that cannot start", False, "a tab stands where YAML allows only spaces", "Indent with spaces"),
    (r"cannot start any token", False, "a value cannot begin with {found}", "Quote it"),
    (r"(scanning|parsing) a tag|tag handle", False, *NO_TAGS),
    (r"scanning an (anchor|alias)", True, *NO_ANCHORS),
    (r"directive|incompatible YAML", False, *NO_DIRECTIVES),
    (r"unexpected (end of stream|document separator)", True, "the quote opened here is never closed", "Close it"),
    (r"but got '<stream end>'", True, "the bracket {found} is never closed", "Close it"),
    (r"expected ',' or", False, "expected ',' or a closing bracket, found {found}", "Separate or quote the values"),
    (r"escape sequence", False, "the escape in double quotes breaks off at {found}", "Write \\\\ for a backslash"),
    (r"unknown escape", False, "the escape \\ before {found} is unknown", "Write \\\\ for a backslash"),
    (r"block scalar", False, "expected the end of the line after '|' or '>'", "Begin the text on the next line"),
    (r"mapping (values|keys) are not", False, "{found} cannot stand here", "Check the indentation, or quote the text"),
    (r"sequence entries are not", False, "a list cannot begin here", "Begin it on the next line, or quote the text"),
    (r"expected ':'", True, "expected 'key: value', found no ':'", "Write ':' and a space after the key"),
    (r"(block end>|node content).*':'", False, "a key is missing before ':'", "Write a name"),
    (r"found '<scalar>'|document start", False, "text after the end of a value", "Quote the whole, or remove the rest"),
    (r"<block end>", False, "this does not fit the lines above", "Check the indentation and the brackets"),
    (r"node content", False, "a value is missing before {found}", "Write one, or quote the text"),
    (r"", False, "this is not YAML", "Check quotes, brackets and indentation"),
)

# Control characters and lone surrogates; line breaks of YAML 1.1 and marks of byte order, which unseen shift the lines;
# and what turns the direction of writing, so that a text is not what it seems.
UNPRINTABLE = re.compile(
    r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
BREAKING = "\0\x85\u2028\u2029"
"""Of these, what no text holds and what some readers take for the end of a line: then nothing stands where it seems."""


def explained(error: yaml.MarkedYAMLError, text: str) -> tuple[Any, Fault]:
    """Where PyYAML lost its way (None: where it stands now), and why."""
    report = f"{error.context}: {error.problem}"
    _, from_start, what, advice = next(row for row in _SYNTAX if re.search(row[0], report))
    place = (from_start and error.context_mark) or error.problem_mark
    found = shown(text[place.index]) if place and place.index < len(text) else "the end"
    return place, Fault(what.format(found=found), advice)


def number_as_key(text: str, index: int, word: str) -> tuple[Fault, int]:
    """Why a number is no key, and how many letters before the index it begins: {count: 1,000} cuts a value in two.

    Check
    -----
    >>> number_as_key("{count: 1,000}", 10, "000")[0].what, number_as_key("{count: 1, 2}", 11, "2")[0].advice
    ("'1,000' is not a number (no separator of thousands)", "Quote it: '2'")
    """
    before = re.search(r"[-+]?[0-9][0-9.]*,(?:[0-9]+,)*$", text[max(0, index - LONGEST_NUMBER) : index])
    after = re.match(r"[0-9]+(?:,[0-9]+)*(?:\.[0-9]*)?", text[index : index + LONGEST_NUMBER])
    fault = meaning_of(before[0] + after[0]) if before and after else None
    if before and isinstance(fault, Fault):
        return fault, len(before[0])
    return Fault(f"keys must be names, and {shown(word)} is not one", f"Quote it: {shown(word)}"), 0


def kind_of(value: object) -> str:
    """What sort of thing a value is, in words."""
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "text", list: "a list", dict: "a mapping"}
    return kinds.get(type(value), "nothing")


def unprintable(character: str) -> Fault:
    """Why a character may not stand in a text, and what to do.

    Check
    -----
    >>> unprintable("\\x1b").what, unprintable("\\u202e").what
    ('the control character U+001B is not allowed', 'the direction-changing character U+202E is not allowed')
    """
    if unicodedata.bidirectional(character) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"):
        kind = "direction-changing character"
    else:
        kind = {"Cc": "control character", "Cs": "lone surrogate"}.get(unicodedata.category(character), "character")
    return Fault(f"the {kind} U+{ord(character):04X} is not allowed", "Remove it")
