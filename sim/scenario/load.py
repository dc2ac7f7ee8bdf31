"""Loading: from the name of a scenario to a checked, frozen world.

A file may extend another and say only what differs; ``--set`` has the last word. Each of them is a layer, laid over
those below it. Every value keeps the place where it was written, so that a problem names the right file and line.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from sim.scenario.catalogue import (
    default_at,
    did_you_mean,
    dotted,
    fields_of,
    is_named,
    is_one_of,
    kind_at,
    listed,
    nearest,
)
from sim.scenario.checks import Fault, checked
from sim.scenario.document import (
    DEEPEST_NESTING,
    Document,
    InputError,
    Mark,
    Place,
    Problem,
    parse_value,
    read_document,
    shown,
)
from sim.scenario.problems import escaped
from sim.scenario.schema import Scenario
from sim.scenario.words import LONGEST_NUMBER

BUNDLED = Path(__file__).resolve().parents[2] / "scenarios"
"""The scenarios that come with the package."""
SUFFIXES = (".yaml", ".yml")
MOST_EXTENDED = 16
LONGEST_NAME = 80
NEVER_INHERITED = ("story", "name", "extends")


def bundled() -> list[Path]:
    """The scenarios that come with the package, by name."""
    return _scenarios_in(BUNDLED)


def find_scenario(name_or_path: str) -> Path:
    """The file of a bundled scenario, or the file that a path names.

    Raises
    ------
    InputError
        If it is neither; whether a file exists at a path shows when it is read.
    """
    if _is_path(name_or_path):
        return Path(name_or_path)
    return _named(name_or_path, [BUNDLED])


def load_scenario(name_or_path: str | Path, overrides: Sequence[str] = ()) -> Scenario:
    """Read a scenario with all it extends, and check it.

    Parameters
    ----------
    name_or_path : the name of a bundled scenario, or a file
    overrides : values that replace those of the file, such as "people.count=5000"

    Raises
    ------
    InputError
        With everything that is wrong, each problem where it was written.
    """
    path = name_or_path if isinstance(name_or_path, Path) else find_scenario(name_or_path)
    return _assembled([*_chain(_read(path), path)], overrides, path.stem)


def scenario_from(data: Mapping[str, Any], name: str = "scenario") -> Scenario:
    """A scenario from data as a file would hold them; problems name the path of a value.

    Raises
    ------
    InputError
        With everything that is wrong.

    Check
    -----
    >>> scenario_from({"schema": 1, "businesses": {"ours": {"price": 40}}}).businesses[0].offering.price
    40.0
    """
    if not isinstance(data, Mapping):
        raise InputError([Problem(None, f"a scenario must be a mapping, got {shown(data)}")])
    document = Document("", _plain(data), {}, {})
    return _assembled([*_chain(document, Path())], (), name)


# -- finding and reading -----------------------------------------------------------------------------------------------


def _is_path(text: str) -> bool:
    return text.endswith(SUFFIXES) or "/" in text or os.sep in text


def _scenarios_in(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    except (OSError, ValueError):
        return []


def _named(name: str, folders: Sequence[Path], mark: Mark | None = None) -> Path:
    """The file of this name in the first of the folders that has one; raises InputError."""
    found = [path for folder in folders for path in _scenarios_in(folder)]
    for path in found:
        if path.stem == name:
            return path
    names = {path.stem: str(path) for path in _scenarios_in(Path())} | {path.stem: path.stem for path in found}
    near = nearest(name, names)
    known = f", or one of {listed(list(names.values()))}" if names else ""
    advice = f"Did you mean {shown(names[near])}?" if near else f"Name a .yaml file{known}"
    raise InputError([Problem(mark, f"there is no scenario {shown(name)}", advice)])


def _read(path: Path, mark: Mark | None = None) -> Document:
    """A file, called in messages by its way from here if it lies below.

    Parameters
    ----------
    mark : where the file is named, to which its problems as a whole belong
    """
    here = Path.cwd()
    try:
        return read_document(path, str(path.relative_to(here) if path.is_relative_to(here) else path))
    except InputError as error:
        raise InputError(Problem(each.mark or mark, each.what, each.advice) for each in error.problems) from None


def _chain(document: Document, path: Path) -> Iterator[Document]:
    """A document and all that it extends, the most general one last."""
    seen = {os.path.realpath(path): path.stem}
    yield document
    while "extends" in document.data:
        reference = document.data["extends"]
        mark = document.marks.get(("extends",))
        if not isinstance(reference, str):
            raise InputError([Problem(mark, f"extends must be text, got {shown(reference)}", "Name one scenario")])
        folder = path.parent
        path = folder / reference if _is_path(reference) else _named(reference, [folder, BUNDLED], mark)
        key = os.path.realpath(path)
        if key in seen:
            circle = " -> ".join([*list(seen.values())[list(seen).index(key) :], path.stem])
            raise InputError([Problem(mark, f"the scenario extends itself: {circle}", "Remove one of these 'extends'")])
        if len(seen) > MOST_EXTENDED:
            what = f"extends more than {MOST_EXTENDED} scenarios in a row"
            raise InputError([Problem(mark, what, "Join some of them")])
        seen[key] = path.stem
        document = _read(path, mark)
        yield document


def _plain(value: Any, place: Place = ()) -> Any:
    """Data of a caller as a file would give them: plain mappings, texts and numbers.

    A number that no file could hold becomes infinite, which the checks refuse.
    """
    if len(place) > DEEPEST_NESTING:
        what = f"{dotted(place[:3])} is nested more than {DEEPEST_NESTING} levels"
        raise InputError([Problem(None, what, "Write it flatter")])
    match value:
        case Mapping():
            if odd := [key for key in value if not isinstance(key, str)]:
                what = f"{dotted(place) or 'the scenario'}: keys must be names, found {shown(odd[0])}"
                raise InputError([Problem(None, what, "Write a text")])
            return {str(key): _plain(inner, (*place, key)) for key, inner in value.items()}
        case bool() | None:
            return value
        case str():
            return str(value)
        case Integral() if abs(int(value)) < 10**LONGEST_NUMBER:
            return int(value)
        case Real():
            try:
                return float(value)
            except OverflowError:
                return math.inf
    return value


# -- layers ------------------------------------------------------------------------------------------------------------


def _assembled(documents: Sequence[Document], overrides: Sequence[str], name: str) -> Scenario:
    """Lay documents over one another, the last one first, then the overrides; check what results."""
    draft = _Draft()
    for document in reversed(documents):
        draft.forget(NEVER_INHERITED)
        draft.lay(document)
    draft.forget(["extends"])
    for text in overrides:
        draft.override(text)
    scenario, faults = checked(draft.data, escaped(name)[:LONGEST_NAME])
    problems = draft.problems + [draft.problem(fault) for fault in faults]
    if scenario is None or problems:
        raise InputError(sorted(problems, key=_by_place))
    return scenario


def _by_place(problem: Problem) -> tuple[str, int, int]:
    mark = problem.mark
    return (mark.file, mark.line, mark.column) if mark else ("", 0, 0)


class _Draft:
    """A scenario while it is put together: its data, and the place where each value was written."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self._marks: dict[Place, Mark] = {}
        self._key_marks: dict[Place, Mark] = {}

    def lay(self, layer: Document) -> None:
        """Let the values of a document replace those already here."""
        self._marks |= layer.marks
        self._key_marks |= layer.key_marks
        self.data = self._merged(self.data, layer.data, ())

    def forget(self, keys: Sequence[str]) -> None:
        """Drop what is not inherited."""
        self.data = {key: value for key, value in self.data.items() if key not in keys}

    def override(self, text: str) -> None:
        """Let a text such as "people.count=5000" replace one value."""
        path, _, value = (part.strip() for part in text.partition("="))
        place: Place = tuple(path.split("."))
        mark = Mark(f"--set {path}", 1, 1)
        if not path or not value or len(place) > DEEPEST_NESTING:
            advice = "Write it as path=value, for example people.count=5000"
            self.problems.append(Problem(Mark("--set", 1, 1), f"{shown(text)} sets nothing", advice))
        elif stranger := self._stranger(place):
            names = list(self._value_at(stranger[:-1]))
            what = f"there is no {shown(stranger[-1])} in {dotted(stranger[:-1])}"
            advice = did_you_mean(str(stranger[-1]), names, f"Known here: {listed(names) or 'none'}")
            self.problems.append(Problem(mark, what, advice))
        else:
            try:
                layer: Any = parse_value(value, mark.file)
            except InputError as error:
                self.problems += error.problems
                return
            for key in reversed(place):
                layer = {key: layer}
            # the mappings on the way there keep the places where they were written
            marks = {each: mark for each in _places(layer) if len(each) >= len(place) or each not in self._marks}
            self.lay(Document(mark.file, layer, marks, marks))

    def problem(self, fault: Fault) -> Problem:
        """A fault with the nearest place where something was written; without one it names the path."""
        if fault.at_key and fault.place in self._key_marks:
            return Problem(self._key_marks[fault.place], fault.what, fault.advice)
        for end in range(len(fault.place), -1, -1):
            if mark := self._marks.get(fault.place[:end]):
                return Problem(mark, fault.what, fault.advice)
        path = dotted(fault.place)
        return Problem(None, fault.what if path in fault.what else f"{path}: {fault.what}", fault.advice)

    def _merged(self, below: Any, above: Any, place: Place) -> Any:
        """Mappings are merged; of a one-of, only with the same kind, for which the place's default may stand below."""
        if not isinstance(above, Mapping):
            return above
        expected = kind_at(place)
        keys = fields_of(expected)
        if is_one_of(expected):
            above = {kind: {} if value is None else value for kind, value in above.items()}
            below = next((each for each in (below, default_at(place)) if _same_keys(each, above)), None)
        result = dict(below) if isinstance(below, Mapping) else {}
        for key, value in above.items():
            known = is_named(expected) or key in keys
            if value is not None or not known:  # whoever writes nothing at an unknown key hears of the key
                result[key] = self._merged(result.get(key), value, (*place, key))
            elif key in result:
                del result[key]
            else:
                what = f"{dotted((*place, key))} is null, but no value of that name is inherited"
                advice = did_you_mean(key, result, "Write a value, or remove the line")
                self.problems.append(self.problem(Fault((*place, key), what, advice)))
        return result

    def _stranger(self, place: Place) -> Place | None:
        """The first name on the way to a place that nobody has introduced; the last step may introduce one."""
        for end in range(1, len(place)):
            if is_named(kind_at(place[: end - 1])) and place[end - 1] not in self._value_at(place[: end - 1]):
                return place[:end]
        return None

    def _value_at(self, place: Place) -> Mapping[str, Any]:
        """The mapping at a place, or its default."""
        value: Any = self.data
        for key in place:
            value = value.get(key) if isinstance(value, Mapping) else None
        value = default_at(place) if value is None else value
        return value if isinstance(value, Mapping) else {}


def _same_keys(one: Any, other: Mapping[str, Any]) -> bool:
    return isinstance(one, Mapping) and one.keys() == other.keys()


def _places(value: Any, place: Place = ()) -> Iterator[Place]:
    """A place and all places inside it."""
    yield place
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _places(inner, (*place, key))
