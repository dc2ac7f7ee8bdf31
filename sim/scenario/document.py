"""Strict YAML: a file becomes plain data, and every key and value keeps the place where it was written.

The language is YAML 1.2 (core schema) without its traps: whatever two tools could read in two ways is refused, with
the line and what to write instead. PyYAML finds the structure; what a plain word means is decided here.
"""

from __future__ import annotations

import codecs
import difflib
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

from sim.scenario.problems import InputError, Mark, Problem, shown
from sim.scenario.words import Fault, meaning_of

__all__ = ["Document", "InputError", "Mark", "Problem", "parse_document", "parse_value", "read_document", "shown"]

LARGEST_FILE = 2**20
DEEPEST_NESTING = 32

Place = tuple[str | int, ...]
"""The way to a value: ("rules", "choice", "habit"); () is the document."""


@dataclass(frozen=True)
class Document:
    """What a file says, and where it says it: ``marks`` of values and ``key_marks`` of keys, both by place."""

    file: str
    data: dict[str, Any]
    marks: dict[Place, Mark] = field(repr=False)
    key_marks: dict[Place, Mark] = field(repr=False)


def read_document(path: Path, name: str | None = None) -> Document:
    """Read a file of at most 1 MiB; messages call it ``name``, or else by its path.

    Raises
    ------
    InputError
        With all problems found, whatever the file holds and whatever it is.
    """
    file = str(path) if name is None else name
    data = _contents(path, file)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _whole(file, "the file is UTF-16, not UTF-8", "Save the file as UTF-8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        mark = _end_of(data[: error.start].decode("utf-8").removeprefix("\ufeff"), file)
        what = f"byte {error.start + 1} (0x{data[error.start]:02x}) is not UTF-8 text"
        raise InputError([Problem(mark, what, "Save the file as UTF-8")]) from None
    return parse_document(text, file)


def parse_document(text: str, file: str = "<text>") -> Document:
    """Read a text that holds one mapping; raises InputError with all its problems."""
    reader = _Reader(text, file)
    data = reader.read()
    if not reader.problems and data is None:
        reader.refuse(Mark(file, 1, 1), "the file is empty", "Write at least one line 'key: value'")
    elif not reader.problems and not isinstance(data, dict):
        what = f"expected 'key: value' pairs at the top level, found {_kind(data)}"
        reader.refuse(reader.marks[()], what, "Begin with a key, such as 'name: value'")
    reader.raise_problems()
    return Document(file, data, reader.marks, reader.key_marks)


def parse_value(text: str, file: str = "--set") -> Any:
    """Read one value as in a file: a scalar, or a list or mapping in brackets; raises InputError.

    Check
    -----
    >>> parse_value("0.10"), parse_value("[1, two, {three: 3}]"), parse_value("")
    (0.1, [1, 'two', {'three': 3}], None)
    """
    reader = _Reader(text, file)
    data = reader.read(block=False)
    reader.raise_problems()
    return data


class _Reader:
    """Reads one text, once: ``read`` it, then ``raise_problems``."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.text = _checked(text.removeprefix("\ufeff"), file)
        self.marks: dict[Place, Mark] = {}
        self.key_marks: dict[Place, Mark] = {}
        self.problems: list[Problem] = []
        # The parser in pure Python: the one in C lets some tabs pass and is vague about what it did not expect.
        self._loader = yaml.SafeLoader(self.text)
        self._events: Iterator[yaml.Event] = iter(self._loader.get_event, None)
        self._last = Mark(file, 1, 1)

    def read(self, block: bool = True) -> Any:
        """The value of the only document; None if there is nothing. ``block`` allows values of several lines."""
        self._next()
        start = self._next()
        if isinstance(start, yaml.StreamEndEvent):
            return None
        if isinstance(start, yaml.DocumentStartEvent) and (start.version or start.tags):
            self.refuse(self._last, *_NO_DIRECTIVES)
        first = self._next()
        if not block and isinstance(first, yaml.CollectionStartEvent) and not first.flow_style:
            what = "expected one value, found lines of a list or mapping"
            self.refuse(self._last, what, "Write [a, b] or {a: b}, and quote text that holds ': ' or '- '")
        value = self._value(first, ())
        self._next()
        if isinstance(self._next(), yaml.DocumentStartEvent):
            what = "a second document begins here; a file holds exactly one"
            self.refuse(self._last, what, "Remove it with its '---'")
        return value

    def refuse(self, mark: Mark, what: str, advice: str) -> None:
        """Note a problem and read on."""
        self.problems.append(Problem(mark, what, advice))

    def stop(self, mark: Mark, what: str, advice: str) -> NoReturn:
        """Raise a problem after which nothing more can be read, with all noted before."""
        raise InputError([*self.problems, Problem(mark, what, advice)]) from None

    def raise_problems(self) -> None:
        """Raise all problems noted, if any."""
        if self.problems:
            raise InputError(self.problems)

    def _next(self) -> yaml.Event:
        try:
            event = next(self._events)
        except yaml.MarkedYAMLError as error:
            self._explain(error)
        except Exception:  # PyYAML leaks ValueError, OverflowError and more from escapes such as "\UFFFFFFFF"
            place = self._mark(self._loader.get_mark())
            self.stop(place, "an escape or number is out of range", "Correct or remove it")
        self._last = self._mark(event.start_mark)
        return event

    def _mark(self, mark: Any) -> Mark:
        return Mark(self.file, mark.line + 1, mark.column + 1)

    def _explain(self, error: yaml.MarkedYAMLError) -> NoReturn:
        """Say in our own words what PyYAML did not understand."""
        report = f"{error.context}: {error.problem}"
        _, from_start, what, advice = next(row for row in _SYNTAX if re.search(row[0], report))
        place = (from_start and error.context_mark) or error.problem_mark or self._loader.get_mark()
        found = shown(self.text[place.index]) if place.index < len(self.text) else "the end"
        self.stop(self._mark(place), what.format(found=found), advice)

    def _value(self, event: yaml.Event, place: Place) -> Any:
        """The value that begins with this event; reads all events that belong to it."""
        self.marks[place] = self._last
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        self._refuse_decorations(event)
        if isinstance(event, yaml.AliasEvent):
            return None
        if len(place) >= DEEPEST_NESTING:
            self.stop(self._last, f"nested more than {DEEPEST_NESTING} levels", "Write it flatter")
        return self._mapping(place) if isinstance(event, yaml.MappingStartEvent) else self._list(place)

    def _list(self, place: Place) -> list[Any]:
        result: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            result.append(self._value(event, (*place, len(result))))
        return result

    def _mapping(self, place: Place) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            mark = self._last
            key = self._key(event, place)
            if key in result:
                first = self.key_marks[*place, key].line
                self.refuse(mark, f"{shown(key)} is given twice (first at line {first})", "Keep one")
            self.key_marks.setdefault((*place, key), mark)
            result[key] = self._value(self._next(), (*place, key))
        return result

    def _key(self, event: yaml.Event, place: Place) -> str:
        """The name that a key is; of a key that is none, something to read on with."""
        mark = self._last
        if not isinstance(event, yaml.ScalarEvent):
            found = _kind(self._value(event, (*place, "")))
            if not isinstance(event, yaml.AliasEvent):
                self.refuse(mark, f"keys must be names, found {found}", "Write a name before ':'")
            return f"{found} at {mark}"
        if event.style is not None:
            return str(self._scalar(event))
        self._refuse_decorations(event)
        if event.value == "<<":
            self.refuse(mark, "merge keys (<<) are not allowed", "Write the keys out")
        elif event.value == "":
            self.refuse(mark, "a key is missing before ':'", "Write a name")
        elif not isinstance(meaning_of(event.value), str):
            word = shown(event.value)
            self.refuse(mark, f"keys must be names, and {word} is not one", f"Quote it: {word}")
        return event.value

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        """The text of quotes, or the meaning of a plain word; the word itself if it is refused."""
        self._refuse_decorations(event)
        if found := _UNPRINTABLE.search(event.value):
            self.refuse(self._last, *_unprintable(found[0]))
        meaning = event.value if event.style is not None else meaning_of(event.value)
        if isinstance(meaning, Fault):
            self.refuse(self._last, *meaning)
            return event.value
        return meaning

    def _refuse_decorations(self, event: yaml.Event) -> None:
        if anchor := getattr(event, "anchor", None):
            kind, sign = ("alias", "*") if isinstance(event, yaml.AliasEvent) else ("anchor", "&")
            self.refuse(self._last, f"the {kind} {shown(sign + anchor)} is not allowed", _NO_ANCHORS.advice)
        if tag := getattr(event, "tag", None):
            name = shown(tag.replace("tag:yaml.org,2002:", "!!", 1))
            self.refuse(self._last, f"the tag {name} is not allowed", _NO_TAGS.advice)


_NO_ANCHORS = Fault("anchors and aliases (&, *) are not allowed", "Write the value out where it is needed")
_NO_TAGS = Fault("tags (!) are not allowed", "Remove it, or quote it if it is text")
_NO_DIRECTIVES = Fault("directives (%) are not allowed", "Remove the line")

# What PyYAML reports: a pattern, whether the place where it began tells more than where it failed, and our words.
_SYNTAX: tuple[tuple[str, bool, str, str], ...] = (
    (r"'\\t' that cannot start", False, "a tab stands where YAML allows only spaces", "Indent with spaces"),
    (r"cannot start any token", False, "a value cannot begin with {found}", "Quote it"),
    (r"(scanning|parsing) a tag|tag handle", False, *_NO_TAGS),
    (r"scanning an (anchor|alias)", True, *_NO_ANCHORS),
    (r"directive|incompatible YAML", False, *_NO_DIRECTIVES),
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

# Besides control characters these are line breaks of YAML 1.1 and marks of byte order: unseen, they shift the lines.
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def _unprintable(character: str) -> Fault:
    kind = {"Cc": "control character", "Cs": "lone surrogate"}.get(unicodedata.category(character), "character")
    return Fault(f"the {kind} U+{ord(character):04X} is not allowed", "Remove it")


def _checked(text: str, file: str) -> str:
    """The text, if it is short enough and all of it can be seen."""
    if len(text) > LARGEST_FILE:
        raise _whole(file, "longer than 1 MiB", "Split it")
    if found := _UNPRINTABLE.search(text):
        raise InputError([Problem(_end_of(text[: found.start()], file), *_unprintable(found[0]))])
    return text


def _end_of(text: str, file: str) -> Mark:
    """The place just after a text."""
    lines = re.split("\r\n|\r|\n", text)
    return Mark(file, len(lines), len(lines[-1]) + 1)


def _kind(value: object) -> str:
    """What sort of thing a value is, in words."""
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "text", list: "a list", dict: "a mapping"}
    return kinds.get(type(value), "nothing")


def _contents(path: Path, file: str) -> bytes:
    """The bytes of a regular file that is not too large; nothing else is opened, for a pipe would make us wait."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            found = "a folder" if stat.S_ISDIR(mode) else "a pipe, socket or device"
            raise _whole(file, f"expected a regular file, found {found}", "Name a file of at most 1 MiB")
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise _whole(file, "there is no such file", _near(path)) from None
    except OSError as error:
        raise _whole(file, f"cannot be read ({error.strerror})", "Check the name and the permissions") from None
    except ValueError:
        raise _whole(file, "no file can have such a name", "Check the name") from None
    if len(data) > LARGEST_FILE:
        raise _whole(file, "larger than 1 MiB", "Name a file of at most 1 MiB")
    return data


def _near(path: Path) -> str:
    """The question whether a file of a similar name was meant."""
    try:
        names = sorted(other.name for other in path.parent.iterdir() if other.is_file())
    except OSError:
        return f"Check the folder {shown(str(path.parent))}"
    near = difflib.get_close_matches(path.name, names, n=3)
    return f"Did you mean {' or '.join(map(shown, near))}?" if near else "Check the name"


def _whole(file: str, what: str, advice: str) -> InputError:
    """A problem with a file as a whole."""
    return InputError([Problem(None, f"{file}: {what}", advice)])
