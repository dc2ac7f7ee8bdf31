"""The strict YAML loader: what it reads, where it says things stand, and what it says about bad input."""

from __future__ import annotations

import codecs
import math
import os
import pickle
import socket
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim.scenario.document import parse_document, parse_value, read_document
from sim.scenario.problems import InputError, Mark, Problem, shown

fuzzed = settings(max_examples=300, derandomize=True, deadline=None)

VALID = """\
what_is_it: >
  Two firms, one market: who keeps, who wins?
weeks: 104
shares: [0.25, 1e-3, {deep: [a, "b: c", null]}]
firms:
  - name: "Acme & Söhne"   # the incumbent
    price: 12.50
    loyal: true
  - name: Bolt
    price: -.5
    note:
rules:
  choice: {habit: +1, noise: 1.}
"""


def messages(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [str(problem) for problem in error.value.problems]


def refusal(text: str) -> list[str]:
    with pytest.raises(InputError) as error:
        parse_document(text, "s.yaml")
    return messages(error)


# What is read


def test_a_valid_document_becomes_plain_data() -> None:
    assert parse_document(VALID).data == {
        "what_is_it": "Two firms, one market: who keeps, who wins?\n",
        "weeks": 104,
        "shares": [0.25, 0.001, {"deep": ["a", "b: c", None]}],
        "firms": [
            {"name": "Acme & Söhne", "price": 12.5, "loyal": True},
            {"name": "Bolt", "price": -0.5, "note": None},
        ],
        "rules": {"choice": {"habit": 1, "noise": 1.0}},
    }


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("0", 0), ("-0", 0), ("+1", 1), ("-12", -12), ("9" * 40, int("9" * 40)),
        ("1e3", 1000.0), ("1E-3", 0.001), ("1.", 1.0), (".5", 0.5), ("-.5", -0.5),
        ("+1.5e+2", 150.0), ("0.0e-999", 0.0),
        ("", None), ("~", None), ("null", None), ("Null", None), ("NULL", None),
        ("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False), ("FALSE", False),
        ("tRUE", "tRUE"), ("none", "none"), ("1e", "1e"), (".", "."), ("+", "+"), ("1.2.3", "1.2.3"), ("e5", "e5"),
        ("2024-02-29", "2024-02-29"), ("2024-2-3", "2024-2-3"), ("127.0.0.1:80", "127.0.0.1:80"),
        ("nan", "nan"), ("inf", "inf"), ("yes, please", "yes, please"), ("off-peak", "off-peak"), ("\u0663", "\u0663"),
    ],
)  # fmt: skip
def test_a_plain_word_means_what_yaml_1_2_says(word: str, value: Any) -> None:
    read = parse_document(f"a: {word}").data["a"]
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize("text", ["010", "NO", "10%", "1,000", "1:30", "2024-02-30", "0x1F", ".nan", "<<", "9" * 99])
def test_in_quotes_everything_is_text(text: str) -> None:
    assert parse_document(f"'{text}': \"{text}\"").data == {text: text}
    assert parse_document(f"a: |-\n  {text}").data == {"a": text}


@pytest.mark.parametrize(
    "prose",
    [
        "Prices rise by 10% on 2024-02-30, at 1:30, to 1,000 or 10,5.",
        "10% of all customers",
        "1,000 customers",
        "No, thanks",
        "on and off",
        "0x1F is 31",
        "NO_WAY",
    ],
)
def test_prose_may_speak_of_dates_and_percentages(prose: str) -> None:
    assert parse_document(f"note: {prose}").data == {"note": prose}


def test_lines_may_end_as_on_any_system_and_begin_with_a_byte_order_mark() -> None:
    expected = parse_document("a: 1\nb:\n- 2\n")
    for text in ("a: 1\r\nb:\r\n- 2\r\n", "a: 1\rb:\r- 2\r", "\ufeffa: 1\nb:\n- 2\n"):
        assert parse_document(text) == expected


def test_thirty_two_levels_are_not_too_deep() -> None:
    assert refusal("a: " + "[" * 32 + "]" * 32) == ["s.yaml:1:35: nested more than 32 levels. Write it flatter."]
    assert parse_document("a: " + "[" * 31 + "]" * 31).data["a"]


def test_a_value_of_the_command_line_is_read_like_one_of_a_file() -> None:
    assert [parse_value(text) for text in ("0.10", "abc", "[1, {a: 2}]", "", " ", "'010'", "true", "null")] == [
        0.1, "abc", [1, {"a": 2}], None, None, "010", True, None,
    ]  # fmt: skip


# Where things stand


def test_marks_of_values_and_keys_count_from_one() -> None:
    document = parse_document(VALID, "s.yaml")
    assert document.file == "s.yaml"
    places = {place: (mark.line, mark.column) for place, mark in document.marks.items()}
    keys = {place: (mark.line, mark.column) for place, mark in document.key_marks.items()}
    assert {mark.file for mark in [*document.marks.values(), *document.key_marks.values()]} == {"s.yaml"}
    assert places == {
        (): (1, 1),
        ("what_is_it",): (1, 13),
        ("weeks",): (3, 8),
        ("shares",): (4, 9), ("shares", 0): (4, 10), ("shares", 1): (4, 16), ("shares", 2): (4, 22),
        ("shares", 2, "deep"): (4, 29), ("shares", 2, "deep", 0): (4, 30),
        ("shares", 2, "deep", 1): (4, 33), ("shares", 2, "deep", 2): (4, 41),
        ("firms",): (6, 3),
        ("firms", 0): (6, 5), ("firms", 0, "name"): (6, 11),
        ("firms", 0, "price"): (7, 12), ("firms", 0, "loyal"): (8, 12),
        ("firms", 1): (9, 5), ("firms", 1, "name"): (9, 11),
        ("firms", 1, "price"): (10, 12), ("firms", 1, "note"): (11, 10),
        ("rules",): (13, 3), ("rules", "choice"): (13, 11),
        ("rules", "choice", "habit"): (13, 19), ("rules", "choice", "noise"): (13, 30),
    }  # fmt: skip
    assert keys == {
        ("what_is_it",): (1, 1), ("weeks",): (3, 1), ("shares",): (4, 1), ("shares", 2, "deep"): (4, 23),
        ("firms",): (5, 1), ("firms", 0, "name"): (6, 5), ("firms", 0, "price"): (7, 5), ("firms", 0, "loyal"): (8, 5),
        ("firms", 1, "name"): (9, 5), ("firms", 1, "price"): (10, 5), ("firms", 1, "note"): (11, 5),
        ("rules",): (12, 1), ("rules", "choice"): (13, 3),
        ("rules", "choice", "habit"): (13, 12), ("rules", "choice", "noise"): (13, 23),
    }  # fmt: skip


# What is refused

TEXT = "or quote it if it is text."

BAD: dict[str, tuple[str, str]] = {
    # the file as a whole
    "empty": ("", "1:1: the file is empty. Write at least one line 'key: value'."),
    "only a comment": ("# nothing\n", "1:1: the file is empty. Write at least one line 'key: value'."),
    "only a rule": ("---\n", "1:1: the file is empty. Write at least one line 'key: value'."),
    "a list": (
        "\n- a\n- b\n",
        "2:1: expected 'key: value' pairs at the top level, found a list. Begin with a key, such as 'name: value'.",
    ),
    "a text": (
        "a:b",
        "1:1: expected 'key: value' pairs at the top level, found text. Begin with a key, such as 'name: value'.",
    ),
    "two documents": (
        "a: 1\n---\nb: 2\n",
        "2:1: a second document begins here; a file holds exactly one. Remove it with its '---'.",
    ),
    "an old version": ("%YAML 1.1\n---\na: 1\n", "1:1: directives (%) are not allowed. Remove the line."),
    "no version": ("%YAML x\n---\na: 1\n", "1:7: directives (%) are not allowed. Remove the line."),
    # characters
    "NUL": ("a: 1\nb: x\0", "2:5: the control character U+0000 is not allowed. Remove it."),
    "escape": ("a: \x1b[31m", "1:4: the control character U+001B is not allowed. Remove it."),
    "escaped NUL": ('a: "x\\0"', "1:4: the control character U+0000 is not allowed. Remove it."),
    "lone surrogate": ("a: \ud800", "1:4: the lone surrogate U+D800 is not allowed. Remove it."),
    "escaped surrogate": ('a: "\\udc80"', "1:4: the lone surrogate U+DC80 is not allowed. Remove it."),
    "escaped surrogate in a key": ('"\\udc80": 1', "1:1: the lone surrogate U+DC80 is not allowed. Remove it."),
    "hidden line break": ("a: x\u2028b: y", "1:5: the character U+2028 is not allowed. Remove it."),
    "hidden byte order mark": ("a: x\r\nb: \ufeffy", "2:4: the character U+FEFF is not allowed. Remove it."),
    "no such character": ('a: "\\UFFFFFFFF"', "1:7: an escape or number is out of range. Correct or remove it."),
    # YAML we do without
    "anchor": ("a: &x 1", "1:4: the anchor '&x' is not allowed. Write the value out where it is needed."),
    "alias": ("a: *x", "1:4: the alias '*x' is not allowed. Write the value out where it is needed."),
    "alias as key": ("*x : 1", "1:1: the alias '*x' is not allowed. Write the value out where it is needed."),
    "anchor on a key": ("&x a: 1", "1:1: the anchor '&x' is not allowed. Write the value out where it is needed."),
    "broken anchor": (
        "a: &",
        "1:4: anchors and aliases (&, *) are not allowed. Write the value out where it is needed.",
    ),
    "python tag": (
        'a: !!python/object/apply:os.system ["id"]',
        "1:4: the tag '!!python/object/apply:os.system' is not allowed. Remove it, " + TEXT,
    ),
    "harmless tag": ("a: !!str 1", "1:4: the tag '!!str' is not allowed. Remove it, " + TEXT),
    "bare tag": ("a: ! 1", "1:4: the tag '!' is not allowed. Remove it, " + TEXT),
    "tag on a list": ("a: !x [1]", "1:4: the tag '!x' is not allowed. Remove it, " + TEXT),
    "tag of nobody": ("a: !x!y 1", "1:4: tags (!) are not allowed. Remove it, " + TEXT),
    "merge key": ("a:\n  <<: {b: 1}", "2:3: merge keys (<<) are not allowed. Write the keys out."),
    # keys
    "key twice": ("price: 1\nb: 2\nprice: 3", "3:1: 'price' is given twice (first at line 1). Keep one."),
    "key twice in brackets": ("a: {b: 1, 'b': 2}", "1:11: 'b' is given twice (first at line 1). Keep one."),
    "number as key": ("1: a", "1:1: keys must be names, and '1' is not one. Quote it: '1'."),
    "boolean as key": ("true: a", "1:1: keys must be names, and 'true' is not one. Quote it: 'true'."),
    "old boolean as key": ("on: a", "1:1: keys must be names, and 'on' is not one. Quote it: 'on'."),
    "null as key": ("~: a", "1:1: keys must be names, and '~' is not one. Quote it: '~'."),
    "nothing as key": (": a", "1:1: a key is missing before ':'. Write a name."),
    "nothing as key in brackets": ("{: a}", "1:2: a key is missing before ':'. Write a name."),
    "nothing as marked key": ("?\n: a", "1:2: a key is missing before ':'. Write a name."),
    "list as key": ("[a, b]: c", "1:1: keys must be names, found a list. Write a name before ':'."),
    "mapping as key": ("{{a: b}: c}", "1:2: keys must be names, found a mapping. Write a name before ':'."),
    # plain words
    "Norway": ("country: NO", "1:10: 'NO' would be read as a boolean by some tools. Write false, " + TEXT),
    "Yes": ("a: Yes", "1:4: 'Yes' would be read as a boolean by some tools. Write true, " + TEXT),
    "on": ("a: on", "1:4: 'on' would be read as a boolean by some tools. Write true, " + TEXT),
    "oFF": ("a: oFF", "1:4: 'oFF' would be read as a boolean by some tools. Write false, " + TEXT),
    "y": ("a: y", "1:4: 'y' would be read as a boolean by some tools. Write true, " + TEXT),
    "N": ("a: N", "1:4: 'N' would be read as a boolean by some tools. Write false, " + TEXT),
    "octal of old": ("a: 010", "1:4: '010' is ambiguous (octal in YAML 1.1). Write 10 or 8, " + TEXT),
    "leading zero": ("a: -08", "1:4: '-08' is ambiguous (octal in YAML 1.1). Write -8, " + TEXT),
    "octal": ("a: 0o17", "1:4: '0o17' is not a decimal number. Write 15, " + TEXT),
    "hexadecimal": ("a: -0x1F", "1:4: '-0x1F' is not a decimal number. Write -31, " + TEXT),
    "binary": ("a: 0b1_0", "1:4: '0b1_0' is not a decimal number. Write 2, " + TEXT),
    "sexagesimal": ("a: 1:30", "1:4: '1:30' is not a number. Write 90, " + TEXT),
    "long sexagesimal": ("a: -1:00:30.5", "1:4: '-1:00:30.5' is not a number. Write -3630.5, " + TEXT),
    "nan": ("a: .nan", "1:4: '.nan' is not a finite number. Write a finite number, " + TEXT),
    "infinity": ("a: -.Inf", "1:4: '-.Inf' is not a finite number. Write a finite number, " + TEXT),
    "too large": ("a: 1e400", "1:4: '1e400' is outside the range of numbers. Write it nearer to 1, " + TEXT),
    "too small": ("a: -0.1e-400", "1:4: '-0.1e-400' is outside the range of numbers. Write it nearer to 1, " + TEXT),
    "thousands": ("a: 1,000", "1:4: '1,000' is not a number (no separator of thousands). Write 1000, " + TEXT),
    "millions": (
        "a: -1,000,000.5",
        "1:4: '-1,000,000.5' is not a number (no separator of thousands). Write -1000000.5, " + TEXT,
    ),
    "decimal comma": ("a: 10,5", "1:4: '10,5' is not a number (no decimal comma). Write 10.5, " + TEXT),
    "thousands and comma": (
        "a: 1.000,50",
        "1:4: '1.000,50' is not a number (no decimal comma). Write 1000.50, " + TEXT,
    ),
    "percent": ("a: 10%", "1:4: '10%' is not a number. Write 0.10, " + TEXT),
    "percent apart": ("a: -2,5 %", "1:4: '-2,5 %' is not a number. Write -0.025, " + TEXT),
    "many percent": (
        "a: 1,000.%",
        "1:4: '1,000.%' is not a number. Write 10.00 where it is a factor; a share is 1 at most, " + TEXT,
    ),
    "underscores": ("a: 1_000.0", "1:4: '1_000.0' is not a number. Write 1000.0, " + TEXT),
    "long number": ("a: " + "7" * 5000, "1:4: number too long (5000 digits). Use at most 40 digits, " + TEXT),
    "long decimal": ("a: 0." + "3" * 40, "1:4: number too long (41 digits). Use at most 40 digits, " + TEXT),
    "long hexadecimal": (
        "a: 0x" + "f" * 5000,
        f"1:4: '0x{'f' * 53}...' is not a decimal number. Write it in decimal, {TEXT}",
    ),
    "no such day": (
        "a: 2024-02-30",
        "1:4: '2024-02-30' is not a date: February 2024 has 29 days. Write another day, " + TEXT,
    ),
    "day zero": ("a: 2023-4-0", "1:4: '2023-4-0' is not a date: April 2023 has 30 days. Write another day, " + TEXT),
    "no such month": (
        "a: 2024-13-01",
        "1:4: '2024-13-01' is not a date: there is no month 13. Write another day, " + TEXT,
    ),
    "no such year": (
        "a: 0000-01-01",
        "1:4: '0000-01-01' is not a date: there is no year 0. Write another day, " + TEXT,
    ),
    # syntax
    "tab": ("a:\n\tb: 1", "2:1: a tab stands where YAML allows only spaces. Indent with spaces."),
    "tab before a list": ("a:\n  - x\n\t- z", "3:1: a tab stands where YAML allows only spaces. Indent with spaces."),
    "tab in brackets": ("a: {\n\tb: 1}", "2:1: a tab stands where YAML allows only spaces. Indent with spaces."),
    "at": ("a: @b", "1:4: a value cannot begin with '@'. Quote it."),
    "backtick": ("a: `b`", "1:4: a value cannot begin with '`'. Quote it."),
    "two colons": ("a: b: c", "1:5: ':' cannot stand here. Check the indentation, or quote the text."),
    "question mark": ("a: ? b", "1:4: '?' cannot stand here. Check the indentation, or quote the text."),
    "open list": ("a: [1,\n b", "1:4: the bracket '[' is never closed. Close it."),
    "open mapping": ("a: {b: 1", "1:4: the bracket '{' is never closed. Close it."),
    "open after a comma": ("a: [1,", "1:7: a value is missing before the end. Write one, or quote the text."),
    "wrong bracket": ("a: [1}", "1:6: expected ',' or a closing bracket, found '}'. Separate or quote the values."),
    "two commas": ("a: [1,,2]", "1:7: a value is missing before ','. Write one, or quote the text."),
    "open quote": ("a: 'b\nc: d", "1:4: the quote opened here is never closed. Close it."),
    "unknown escape": ('a: "\\q"', "1:6: the escape \\ before 'q' is unknown. Write \\\\ for a backslash."),
    "broken escape": (
        'a: "\\xg0"',
        "1:7: the escape in double quotes breaks off at 'g'. Write \\\\ for a backslash.",
    ),
    "after quotes": ("a: 'b' c", "1:8: text after the end of a value. Quote the whole, or remove the rest."),
    "after the end": ("a: 1\n...\nb: 2", "3:1: text after the end of a value. Quote the whole, or remove the rest."),
    "no colon": ("a: 1\nb\nc: 2", "2:1: expected 'key: value', found no ':'. Write ':' and a space after the key."),
    "indentation": (
        "a:\n   b: 1\n  c: 2",
        "3:3: this does not fit the lines above. Check the indentation and the brackets.",
    ),
    "list in a line": ("a: - b", "1:4: a list cannot begin here. Begin it on the next line, or quote the text."),
    "bar": ("a: |x\n b", "1:5: expected the end of the line after '|' or '>'. Begin the text on the next line."),
    # depth
    "deep brackets": ("a: " + "[" * 100_000, "1:35: nested more than 32 levels. Write it flatter."),
    "deep mappings": ("{a: " * 100_000, "1:129: nested more than 32 levels. Write it flatter."),
    "deep lists": ("- " * 100_000, "1:65: nested more than 32 levels. Write it flatter."),
    "deep keys": ("? " * 100_000, "1:65: nested more than 32 levels. Write it flatter."),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_document_is_refused_with_its_own_words(name: str) -> None:
    text, message = BAD[name]
    assert refusal(text) == [f"s.yaml:{message}"]


def test_all_problems_are_told_at_once_in_the_order_of_the_text() -> None:
    text = "a: &x 10%\nb: [NO, 1:30, *x]\na: 2\n1: {c: d\n"
    assert refusal(text) == [
        "s.yaml:1:4: the anchor '&x' is not allowed. Write the value out where it is needed.",
        "s.yaml:1:4: '10%' is not a number. Write 0.10, " + TEXT,
        "s.yaml:2:5: 'NO' would be read as a boolean by some tools. Write false, " + TEXT,
        "s.yaml:2:9: '1:30' is not a number. Write 90, " + TEXT,
        "s.yaml:2:15: the alias '*x' is not allowed. Write the value out where it is needed.",
        "s.yaml:3:1: 'a' is given twice (first at line 1). Keep one.",
        "s.yaml:4:1: keys must be names, and '1' is not one. Quote it: '1'.",
        "s.yaml:4:4: the bracket '{' is never closed. Close it.",
    ]


def test_an_alias_bomb_ends_at_once() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}]\n" for old, new in zip("abcdefg", "bcdefgh", strict=True)
    )
    began = time.perf_counter()
    assert len(refusal(bomb)) == 8 + 14
    assert time.perf_counter() - began < 1.0
    assert len(refusal("a: &a [*a]")) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("10%", "1:1: '10%' is not a number. Write 0.10, " + TEXT),
        ("[1, NO]", "1:5: 'NO' would be read as a boolean by some tools. Write false, " + TEXT),
        (
            "b: c",
            "1:1: expected one value, found lines of a list or mapping. "
            "Write [a, b] or {a: b}, and quote text that holds ': ' or '- '.",
        ),
        ("1\n--- 2", "2:1: a second document begins here; a file holds exactly one. Remove it with its '---'."),
        ("{a: 1", "1:1: the bracket '{' is never closed. Close it."),
        ("\x07", "1:1: the control character U+0007 is not allowed. Remove it."),
    ],
)
def test_a_bad_value_of_the_command_line_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        parse_value(text, "--set a")
    assert messages(error) == [f"--set a:{message}"]


# Files


def unreadable(path: Path, name: str | None = "s.yaml") -> str:
    with pytest.raises(InputError) as error:
        read_document(path, name)
    assert len(error.value.problems) == 1
    return str(error.value)


def test_a_file_is_read_under_its_own_name_or_a_given_one(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(codecs.BOM_UTF8 + "a: ö".encode())
    assert read_document(path).data == {"a": "ö"}
    assert read_document(path).file == str(path)
    assert read_document(path, "other").marks["a",] == Mark("other", 1, 4)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a: caf\xe9", "s.yaml:1:7: byte 7 (0xe9) is not UTF-8 text. Save the file as UTF-8."),
        (b"\xef\xbb\xbfa: 1\r\nb: \xff", "s.yaml:2:4: byte 13 (0xff) is not UTF-8 text. Save the file as UTF-8."),
        (b"a: \xed\xa0\x80", "s.yaml:1:4: byte 4 (0xed) is not UTF-8 text. Save the file as UTF-8."),
        ("a: 1".encode("utf-16"), "s.yaml: the file is UTF-16, not UTF-8. Save the file as UTF-8."),
        ("a: 1".encode("utf-16-le"), "s.yaml:1:2: the control character U+0000 is not allowed. Remove it."),
        (b"", "s.yaml:1:1: the file is empty. Write at least one line 'key: value'."),
        (b"a: " + b"x" * 2**20, "s.yaml: larger than 1 MiB. Name a file of at most 1 MiB."),
    ],
    ids=["latin-1", "second line", "surrogate", "utf-16", "utf-16 unmarked", "empty", "large"],
)
def test_a_file_of_the_wrong_bytes_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(data)
    assert unreadable(path) == message


def test_a_text_of_more_than_a_mebibyte_is_refused() -> None:
    assert refusal("a: " + "x" * 2**20) == ["s.yaml: longer than 1 MiB. Split it."]


def test_only_a_regular_file_is_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for path in (tmp_path / "pipe", tmp_path / "socket", Path("/dev/zero"), Path("/dev/null")):
            found = "expected a regular file, found a pipe, socket or device"
            assert unreadable(path) == f"s.yaml: {found}. Name a file of at most 1 MiB."
    assert unreadable(tmp_path) == "s.yaml: expected a regular file, found a folder. Name a file of at most 1 MiB."


def test_a_missing_file_is_answered_with_names_that_are_near(tmp_path: Path) -> None:
    (tmp_path / "telecom.yaml").touch()
    (tmp_path / "telecom.yaml.d").mkdir()
    assert unreadable(tmp_path / "telecmo.yml") == "s.yaml: there is no such file. Did you mean 'telecom.yaml'?"
    assert unreadable(tmp_path / "xyz") == "s.yaml: there is no such file. Check the name."
    assert unreadable(tmp_path / "telecom.yaml" / "x") == (
        f"s.yaml: there is no such file. Check the folder {shown(str(tmp_path / 'telecom.yaml'))}."
    )
    assert unreadable(tmp_path / "a\nb", None) == f"{tmp_path}/a\\nb: there is no such file. Check the name."


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "s.yaml"
    path.touch()
    monkeypatch.setattr(Path, "open", denied)
    assert unreadable(path) == "s.yaml: cannot be read (Permission denied). Check the name and the permissions."


def test_a_path_that_no_file_can_have_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "broken").symlink_to("gone.yaml")
    assert unreadable(tmp_path / "broken") == "s.yaml: the link leads to no file ('gone.yaml'). Mend the link."
    assert unreadable(Path("a\0b")) == "s.yaml: no file can have such a name. Check the name."
    assert unreadable(Path("\ud800")) == "s.yaml: no file can have such a name. Check the name."
    assert "s.yaml: cannot be read (File name too long)." in unreadable(Path("x" * 5000))
    assert "s.yaml: cannot be read (Too many levels of symbolic links)." in unreadable(tmp_path / "loop")


# Messages


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("price", "'price'"),
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0.1, "0.1"),
        (-5, "-5"),
        ([1, "a"], "[1, 'a']"),
        ("a\x1b\n\u202eb\ud800", "'a\\x1b\\n\\u202eb\\ud800'"),
        ("x" * 58, "'" + "x" * 58 + "'"),
        ("x" * 59, "'" + "x" * 55 + "...'"),
        ("\0" * 1000, "'" + "\\x00" * 13 + "\\x0...'"),
        ([0] * 1000, "[" + "0, " * 18 + "0,..."),
        (10**5000, "<int>"),
    ],
    ids=range(13),
)
def test_a_value_is_shown_short_and_harmless(value: object, expected: str) -> None:
    assert shown(value) == expected


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (Problem(Mark("s.yaml", 1, 2), "wrong", "Mend it"), "s.yaml:1:2: wrong. Mend it."),
        (Problem(Mark("s.yaml", 1, 2), "wrong.", "Mend it!"), "s.yaml:1:2: wrong. Mend it!"),
        (Problem(None, "no such key 'a'", "Did you mean 'b'?"), "no such key 'a'. Did you mean 'b'?"),
        (Problem(Mark("s.yaml", 1, 2), "wrong"), "s.yaml:1:2: wrong."),
        (Problem(Mark("a\nb\u202e", 1, 2), "x\ny", "z\x7f"), "a\\nb\\u202e:1:2: x\\ny. z\\x7f."),
    ],
)
def test_a_problem_is_one_tidy_line(problem: Problem, expected: str) -> None:
    assert str(problem) == expected


def test_an_error_shows_twenty_problems_and_counts_the_rest() -> None:
    problems = [Problem(Mark("s.yaml", line, 1), "wrong") for line in range(1, 26)]
    error = InputError(problems)
    assert error.problems == tuple(problems)
    assert str(error).splitlines() == [*map(str, problems[:20]), "... and 5 more"]
    assert str(InputError(problems[:20])).splitlines() == [*map(str, problems[:20])]


def test_an_error_survives_the_way_from_another_process() -> None:
    error = InputError([Problem(Mark("s.yaml", 1, 1), "wrong", "Mend it")])
    assert pickle.loads(pickle.dumps(error)).problems == error.problems  # noqa: S301 - our own bytes


def test_a_scenario_of_two_hundred_lines_is_read_in_an_instant() -> None:
    text = "".join(f"part_{n}:\n  a: 1\n  b: [0.5, two, {{three: 3}}]\n  c: some words\n" for n in range(50))

    def seconds() -> float:
        began = time.perf_counter()
        parse_document(text)
        return time.perf_counter() - began

    assert min(seconds() for _ in range(5)) < 0.05


# Whatever comes


def harmless(text: str) -> bool:
    return not any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in text)


def assert_read_or_refused(text: str) -> None:
    for read in (parse_document, parse_value):
        try:
            read(text, "s.yaml")
        except InputError as error:
            assert error.problems
            assert all(harmless(line) for line in str(error).split("\n"))
            assert all(
                problem.mark is None or problem.mark.line > 0 < problem.mark.column for problem in error.problems
            )


# Half letters that mean something to YAML, half anything at all.
telling = st.text(st.sampled_from("aeny019.-+:,#?&*!|>'\"%@`{}[]<~_\\xUu \n\t\r")) | st.text()


@fuzzed
@given(telling)
@example('"\\U00110000"')
@example('"\\UFFFFFFFF"')
@example("%YAML " + "9" * 5000 + ".1\n--- a")
@example("0x" + "f" * 5000)
@example("[" * 100_000)
@example("\ufeff\ufeff")
def test_any_text_is_read_or_refused(text: str) -> None:
    assert_read_or_refused(text)


@fuzzed
@given(st.integers(0, len(VALID)), st.integers(0, 9), telling, st.booleans())
def test_any_change_of_a_valid_document_is_read_or_refused(at: int, cut: int, new: str, twice: bool) -> None:
    changed = VALID[:at] + new + VALID[at + cut :]
    assert_read_or_refused(changed * 2 if twice else changed)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "s.yaml"


@fuzzed
@given(data=st.binary() | st.builds(bytes.__add__, st.binary(), st.just(VALID.encode())))
def test_any_bytes_are_read_or_refused(scratch: Path, data: bytes) -> None:
    scratch.write_bytes(data)
    try:
        read_document(scratch)
    except InputError as error:
        assert error.problems


@fuzzed
@given(st.text())
def test_any_path_is_read_or_refused(name: str) -> None:
    try:
        read_document(Path("/nowhere", name))
    except InputError as error:
        assert error.problems and all(map(harmless, str(error).split("\n")))


@fuzzed
@given(telling | st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Zs", "Lu"])))
def test_no_message_holds_a_control_character(text: str) -> None:
    assert harmless(str(Problem(Mark(text, 1, 1), text, text)))
    assert harmless(shown(text)) and len(shown(text)) <= 60
    assert harmless(shown([text])) and len(shown([text])) <= 60


plain_data = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**39), 10**39) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=4),
    max_leaves=12,
)


def written(value: Any) -> str:
    """The value in brackets, as JSON writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}": {written(item)}' for key, item in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return shown(value)


@fuzzed
@given(plain_data)
def test_what_is_written_is_what_is_read(data: Any) -> None:
    read = parse_value(written(data))
    assert read == data
    if isinstance(data, float):
        assert isinstance(read, float) and math.copysign(1.0, read) == math.copysign(1.0, data)
