"""Strict YAML: a file becomes plain data, and every key and value keeps the place where it was written.

The language is YAML 1.2 (core schema) without its traps: whatever two tools could read in two ways is refused, with
the line and what to write instead. PyYAML finds the structure; what a plain word means is decided in ``words``.

A fault need not end the reading. Where the meaning of the rest is clear, the faulty value is set aside and the reading
goes on, so that those who check the data can add what they find and a person hears of everything at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import yaml

from sim.scenario import syntax
from sim.scenario.files import LARGEST_FILE, end_of, text_of
from sim.scenario.problems import MOST_SHOWN, InputError, Mark, Problem, shown
from sim.scenario.words import Fault, meaning_of

DEEPEST_NESTING = 32
MOST_EVENTS = 25_000
"""Keys, values and brackets of one text: some ten times those of the largest scenario, read in a second or so."""
REPLACED = "\ufffd"
"""Stands in for a refused character while the rest is read."""

Place = tuple[str | int, ...]
"""The way to a value: ("rules", "choice", "habit"); () is the document."""


class Aside(Enum):
    """What stands in the data where something is written that cannot be used."""

    ASIDE = "set aside"


ASIDE = Aside.ASIDE


@dataclass(frozen=True)
class Document:
    """What a text says, and where it says it: ``marks`` of values and ``key_marks`` of keys, both by place."""

    file: str
    data: Any
    """A mapping; of a value from the command line, whatever it is. What was refused in it is ASIDE."""
    marks: dict[Place, Mark] = field(repr=False)
    key_marks: dict[Place, Mark] = field(repr=False)
    empty: frozenset[Place] = frozenset()
    """Where nothing at all is written after the colon; the data hold None there, as for a written null."""
    problems: tuple[Problem, ...] = ()
    whole: bool = True
    """Was all of it read? If not, what the data lack may well be written."""

    def sound(self) -> Document:
        """The document itself, if nothing is wrong with it.

        Raises
        ------
        InputError
            With all its problems.
        """
        if self.problems:
            raise InputError(self.problems)
        return self


def read_document(path: Path, name: str | None = None) -> Document:
    """Read a file of at most 1 MiB; messages call it ``name``, or else by its path.

    Raises
    ------
    InputError
        With all problems found, whatever the file holds and whatever it is.
    """
    return salvage_document(path, name).sound()


def parse_document(text: str, file: str = "<text>") -> Document:
    """Read a text that holds one mapping; raises InputError with all its problems."""
    return salvage_text(text, file).sound()


def parse_value(text: str, file: str = "--set") -> Any:
    """Read one value as in a file: a scalar, or a list or mapping in brackets; raises InputError.

    Check
    -----
    >>> parse_value("0.10"), parse_value("[1, two, {three: 3}]"), parse_value("")
    (0.1, [1, 'two', {'three': 3}], None)
    """
    return salvage_value(text, file).sound().data


def salvage_document(path: Path, name: str | None = None) -> Document:
    """Whatever can be read of a file, with the problems of the rest; without any text, no data."""
    file = str(path) if name is None else name
    try:
        text = text_of(path, file)
    except InputError as error:
        return Document(file, {}, {}, {}, problems=error.problems, whole=False)
    return salvage_text(text, file)


def salvage_text(text: str, file: str = "<text>") -> Document:
    """Whatever can be read of a text that should hold one mapping, with the problems of the rest.

    Check
    -----
    >>> document = salvage_text("price: 10%\\nquality: 0.5\\nquality: 0.7", "s.yaml")
    >>> document.data["quality"], document.data["price"] is ASIDE, len(document.problems)
    (0.5, True, 2)
    """
    reader = _Reader(text, file)
    data = reader.read()
    if data is None and reader.whole:
        reader.refuse(Mark(file, 1, 1), Fault("the file is empty", "Write at least one line 'key: value'"))
    elif reader.whole and data is not ASIDE and not isinstance(data, dict):
        what = f"expected 'key: value' pairs at the top level, found {syntax.kind_of(data)}"
        reader.refuse(reader.marks[()], Fault(what, "Begin with a key, such as 'name: value'"))
    if isinstance(data, dict):
        return reader.document(data)
    reader.whole = False
    return reader.document({})


def salvage_value(text: str, file: str = "--set") -> Document:
    """Whatever can be read of one value, with the problems of the rest."""
    reader = _Reader(text, file)
    return reader.document(reader.read(block=False))


class _Cut(Exception):
    """Nothing more can be read."""


class _Reader:
    """Reads one text, once."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.marks: dict[Place, Mark] = {}
        self.key_marks: dict[Place, Mark] = {}
        self.empty: set[Place] = set()
        self.problems: list[Problem] = []
        self.whole = True
        self._text = text.removeprefix("\ufeff")
        self._replaced = False
        self._left = MOST_EVENTS
        self._last = Mark(file, 1, 1)
        self._latest: tuple[dict[str, Any], str] | None = None

    def document(self, data: Any) -> Document:
        """The data with all that is known about them."""
        empty, problems = frozenset(self.empty), tuple(self.problems)
        return Document(self.file, data, self.marks, self.key_marks, empty, problems, self.whole)

    def read(self, block: bool = True) -> Any:
        """The value of the only document; None if there is nothing. ``block`` allows values of several lines."""
        value: Any = None
        try:
            self._check_characters()
            # The parser in pure Python: the one in C lets some tabs pass and is vague about what it did not expect.
            self._loader = yaml.SafeLoader(self._text)
            self._events: Iterator[yaml.Event] = iter(self._loader.get_event, None)
            self._next()
            start = self._next()
            if isinstance(start, yaml.StreamEndEvent):
                self.empty.add(())
                return None
            if isinstance(start, yaml.DocumentStartEvent) and (start.version or start.tags):
                self.refuse(self._last, syntax.NO_DIRECTIVES)
            first = self._next()
            if not block and isinstance(first, yaml.CollectionStartEvent) and not first.flow_style:
                what = "expected one value, found lines of a list or mapping"
                advice = "Write [a, b] or {a: b}, and quote text that holds ': ' or '- '"
                self.refuse(self._last, Fault(what, advice))
            value = self._value(first, ())
            self._next()
            if isinstance(self._next(), yaml.DocumentStartEvent):
                what = "a second document begins here; a file holds exactly one"
                self.refuse(self._last, Fault(what, "Remove it with its '---'"))
        except _Cut:
            pass
        return value

    def refuse(self, mark: Mark, fault: Fault) -> None:
        """Note a problem and read on."""
        problem = Problem(mark, *fault)
        self.problems += [problem] if problem not in self.problems[-1:] else []

    def stop(self, mark: Mark | None, fault: Fault) -> NoReturn:
        """Note a problem after which nothing more can be read; the value before it may not be what was meant."""
        self.problems.append(Problem(mark, *fault))
        self.whole = False
        self._set_latest_aside()
        raise _Cut from None

    def _check_characters(self) -> None:
        """Refuse what cannot be seen. Few such characters are replaced, and what holds them is set aside."""
        if len(self._text) > LARGEST_FILE:
            self.stop(None, Fault(f"{self.file}: longer than 1 MiB", "Split it"))
        found = list(islice(syntax.UNPRINTABLE.finditer(self._text), MOST_SHOWN))
        for number, each in enumerate(found, start=1):
            refuse = self.stop if each[0] in syntax.BREAKING or number == MOST_SHOWN else self.refuse
            refuse(end_of(self._text[: each.start()], self.file), syntax.unprintable(each[0]))
        if found:
            self._text = syntax.UNPRINTABLE.sub(REPLACED, self._text)
            self._replaced = True

    def _next(self) -> yaml.Event:
        if not self.whole:
            raise _Cut
        try:
            event = next(self._events)
        except yaml.MarkedYAMLError as error:
            place, fault = syntax.explained(error, self._text)
            self.stop(self._mark(place or self._loader.get_mark()), fault)
        except Exception:  # PyYAML leaks ValueError, OverflowError and more from escapes such as "\UFFFFFFFF"
            fault = Fault("an escape or number is out of range", "Correct or remove it")
            self.stop(self._mark(self._loader.get_mark()), fault)
        self._last = self._mark(event.start_mark)
        self._left -= 1
        if self._left < 0:
            self.stop(self._last, Fault(f"more than {MOST_EVENTS:,} keys and values", "Write fewer"))
        return event

    def _mark(self, mark: Any) -> Mark:
        return Mark(self.file, mark.line + 1, mark.column + 1)

    def _value(self, event: yaml.Event, place: Place) -> Any:
        """The value that begins with this event; reads all events that belong to it."""
        self.marks[place] = self._last
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, place)
        self._refuse_decorations(event)
        if isinstance(event, yaml.AliasEvent):
            return ASIDE
        if len(place) >= DEEPEST_NESTING:
            self.stop(self._last, Fault(f"nested more than {DEEPEST_NESTING} levels", "Write it flatter"))
        return self._mapping(place) if isinstance(event, yaml.MappingStartEvent) else self._list(place)

    def _list(self, place: Place) -> list[Any]:
        result: list[Any] = []
        try:
            while not isinstance(event := self._next(), yaml.SequenceEndEvent):
                result.append(self._value(event, (*place, len(result))))
        except _Cut:
            pass
        return result

    def _mapping(self, place: Place) -> dict[str, Any]:
        """The mapping; of two values with one key the first."""
        result: dict[str, Any] = {}
        try:
            while not isinstance(event := self._next(), yaml.MappingEndEvent):
                self._entry(event, place, result)
        except _Cut:
            pass
        return result

    def _entry(self, event: yaml.Event, place: Place, result: dict[str, Any]) -> None:
        """Add a key and its value to a mapping."""
        mark = self._last
        key = self._key(event, place)
        known, usable = (key, True) if isinstance(key, str) else (f"a key at {mark}", False)
        if known in result:
            first = self.key_marks.get((*place, known), mark).line
            self.refuse(mark, Fault(f"{shown(known)} is given twice (first at line {first})", "Keep one"))
            self._value(self._next(), (*place, f"{known} at {mark}"))
            return
        if usable:
            self.key_marks[*place, known] = mark
        result[known] = ASIDE  # until its value is read; for good, if that never happens
        self._latest = (result, known)
        value = self._value(self._next(), (*place, known))
        if usable and (self.whole or isinstance(value, dict)):
            result[known] = value
        if isinstance(value, dict):
            self._latest = None  # it was closed properly, or else nothing more is read

    def _key(self, event: yaml.Event, place: Place) -> str | None:
        """The name that a key is; None if it is none."""
        mark = self._last
        if not isinstance(event, yaml.ScalarEvent):
            found = syntax.kind_of(self._value(event, (*place, "")))
            if not self.whole:
                raise _Cut
            if not isinstance(event, yaml.AliasEvent):
                self.refuse(mark, Fault(f"keys must be names, found {found}", "Write a name before ':'"))
            return None
        if event.style is not None:
            text = self._scalar(event, (*place, ""))
            return text if isinstance(text, str) else None
        clear = self._refuse_decorations(event) and not self._is_replaced(event.value)
        if event.value == "<<":
            self.refuse(mark, Fault("merge keys (<<) are not allowed", "Write the keys out"))
        elif event.value == "":
            self.refuse(mark, Fault("a key is missing before ':'", "Write a name"))
        elif not isinstance(meaning_of(event.value), str):
            index = event.start_mark.index if event.start_mark else 0
            fault, before = syntax.number_as_key(self._text, index, event.value)
            if before:
                self._set_latest_aside()
            self.refuse(Mark(mark.file, mark.line, mark.column - before), fault)
        elif clear:
            return event.value
        return None

    def _set_latest_aside(self) -> None:
        """The value read last may not be what was meant."""
        if self._latest:
            mapping, key = self._latest
            mapping[key] = ASIDE

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> Any:
        """The text of quotes, or the meaning of a plain word; aside if it is refused."""
        clear = self._refuse_decorations(event)
        if found := syntax.UNPRINTABLE.search(event.value):
            self.refuse(self._last, syntax.unprintable(found[0]))
            return ASIDE
        if event.style is None and event.value == "":
            self.empty.add(place)
        meaning = event.value if event.style is not None else meaning_of(event.value)
        if isinstance(meaning, Fault):
            self.refuse(self._last, meaning)
            return ASIDE
        return meaning if clear and not self._is_replaced(event.value) else ASIDE

    def _is_replaced(self, text: str) -> bool:
        return self._replaced and REPLACED in text

    def _refuse_decorations(self, event: yaml.Event) -> bool:
        """Is the meaning of a value clear? With an anchor it is, though that is refused as well; with a tag not."""
        if anchor := getattr(event, "anchor", None):
            kind, sign = ("alias", "*") if isinstance(event, yaml.AliasEvent) else ("anchor", "&")
            self.refuse(
                self._last, Fault(f"the {kind} {shown(sign + anchor)} is not allowed", syntax.NO_ANCHORS.advice)
            )
        if tag := getattr(event, "tag", None):
            name = shown(tag.replace("tag:yaml.org,2002:", "!!", 1))
            self.refuse(self._last, Fault(f"the tag {name} is not allowed", syntax.NO_TAGS.advice))
        return not tag
