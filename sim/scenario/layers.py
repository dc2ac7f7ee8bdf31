"""Layers: a scenario is put together from the files it extends, itself, and the settings of the command line.

Each is laid over those below it, and every value keeps the place where it was written, so that a problem names the
right file and line, or the setting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any, NamedTuple

from sim.scenario.catalogue import (
    declared,
    default_at,
    did_you_mean,
    dotted,
    fields_of,
    is_named,
    is_one_of,
    kind_at,
    listed,
    slip_of,
)
from sim.scenario.document import ASIDE, DEEPEST_NESTING, Document, Place, salvage_value
from sim.scenario.problems import Mark, Problem, shortened, shown
from sim.scenario.schema import Uncertainty
from sim.scenario.unknown import PLACE, Moved, moving, part_of_way, uncertainty_of
from sim.scenario.values import Fault, unknown_key
from sim.scenario.words import from_percent

NEVER_INHERITED = ("story", "name")
ONE_OF_THESE = {"businesses": "business", "reaches": "segment", "uncertainties": "uncertainty"}
"""What a name is in a group that is not simply called by its plural."""
IN_PER_CENT = ("share", "probability", "growth")
"""First words of the units in which a setting may be written as 10%."""
MOST_NOTED = 1000
"""Problems of one scenario that are noted while it is put together; more are left to the next reading."""
LONGEST_SETTING = 80


class Written(NamedTuple):
    """Where a setting is written: its path and its value."""

    key: Mark
    value: Mark


class Setting(NamedTuple):
    """One value of a scenario that is replaced from elsewhere."""

    path: str
    value: Any
    written: Written


class Draft:
    """A scenario while it is put together: its data, and the place where each value was written."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self._marks: dict[Place, Mark] = {}
        self._key_marks: dict[Place, Mark] = {}
        self._rank: dict[str, int] = {}
        self._whole = True
        self._bottom: Mark | None = None
        self._moved: dict[Place, Moved] = {}

    def copy(self) -> Draft:
        """A draft to go on with, while this one stays as it is."""
        other = copy(self)
        other.problems, other._rank = [*self.problems], {**self._rank}
        other._marks, other._key_marks, other._moved = {**self._marks}, {**self._key_marks}, {**self._moved}
        return other

    def lay(self, layer: Document) -> None:
        """Let the values of a document replace those already here."""
        if not self._rank:
            self._bottom = layer.marks.get(())
        self._rank.setdefault(layer.file, len(self._rank))
        self._whole &= layer.whole
        if not layer.marks:  # data of a caller were written nowhere
            self._marks = {place: self._marks[place] for place in self._marks.keys() - _places(layer.data)}
        self._marks |= layer.marks
        self._key_marks |= layer.key_marks
        self.problems += layer.problems
        written = {key: value for key, value in layer.data.items() if key != "extends"}  # which has been laid already
        self.data = self._merged(self.data, written, (), layer)

    def forget(self, *keys: str) -> None:
        """Drop what is not inherited."""
        self.data = {key: value for key, value in self.data.items() if key not in keys}

    def override(self, text: str) -> None:
        """Let a setting such as "people.count=5000" replace one value; a share may be written as 10%."""
        path, _, value = (part.strip() for part in text.partition("="))
        place: Place = tuple(path.split("."))
        mark = Mark(f"--set {shortened(text.strip(), LONGEST_SETTING)}".strip())
        self._rank.setdefault(mark.file, len(self._rank))
        if not path or not value or len(place) > DEEPEST_NESTING:
            advice = "Write it as path=value, for example people.count=5000"
            self.problems.append(Problem(mark, "this sets nothing", advice))
        elif place[0] == "extends":
            self.problems.append(Problem(mark, "only a file can extend another", "Write 'extends' into one"))
        elif stranger := self._stranger(place):
            self.problems.append(self._unheard_of(stranger, mark))
        else:
            found = salvage_value(_with_decimal_share(place, value), mark.file)
            problems = tuple(Problem(mark, each.what, each.advice) for each in found.problems)
            data = found.data if found.whole else ASIDE
            self._set(place, data, found.empty, Written(mark, mark), problems)

    def replace(self, setting: Setting) -> None:
        """Let a setting that is written elsewhere, in a study, replace one value."""
        place: Place = tuple(setting.path.split("."))
        self._rank.setdefault(setting.written.value.file, len(self._rank))
        if not all(place) or len(place) > DEEPEST_NESTING:
            what = f"{shown(setting.path)} is no path to a value"
            self.problems.append(
                Problem(setting.written.key, what, "Write names with dots between, as in people.count")
            )
        elif place[0] in ("extends", *NEVER_INHERITED):
            self.problems.append(Problem(setting.written.key, f"{place[0]} cannot be varied", "Name a parameter"))
        elif stranger := self._stranger(place):
            self.problems.append(self._unheard_of(stranger, setting.written.key))
        else:
            self._set(place, setting.value, frozenset(), setting.written, ())

    def fault(self, fault: Fault) -> None:
        """Note a fault, with the place where it was written."""
        if len(self.problems) < MOST_NOTED:
            mark, path = self._mark_of(fault), dotted(fault.place)
            what = fault.what if mark or path in fault.what else f"{path}: {fault.what}"
            self.problems.append(Problem(mark, what, fault.advice))

    def in_order(self) -> list[Problem]:
        """The problems of the file itself from its first line to its last, then those of its parents and settings."""
        return sorted(self.problems, key=self._order)

    def aside(self) -> set[Place]:
        """Where something is written that could not be read; the whole, if that can be anywhere."""
        return {*_places_aside(self.data, ()), *(() if self._whole else ((),))}

    def _order(self, problem: Problem) -> tuple[bool, int, int, int]:
        mark = problem.mark or Mark("")
        rank = self._rank.get(mark.file, 0)
        is_setting = mark.line == 0 and problem.mark is not None
        return is_setting, rank if is_setting else -rank, mark.line, mark.column

    def _mark_of(self, fault: Fault) -> Mark | None:
        """Where the offending value stands: of all on which the finding rests, the one written last.

        If none of them is written, it is the nearest place around it where something is; what every scenario needs is
        missing in the file that extends nothing.
        """
        if fault.absent and len(fault.place) == 1 and fault.place not in self._marks:
            return self._bottom
        if fault.at_key and fault.place in self._key_marks:
            return self._key_marks[fault.place]
        written = [self._marks[place] for place in (fault.place, *fault.reads) if place in self._marks]
        if written:
            return max(written, key=lambda mark: self._rank.get(mark.file, 0))
        around = (fault.place[:end] for end in range(len(fault.place) - 1, -1, -1))
        return next((self._marks[place] for place in around if place in self._marks), None)

    # -- merging -------------------------------------------------------------------------------------------------------

    def _merged(self, below: Any, above: Any, place: Place, layer: Document) -> Any:
        """Mappings are merged; of a one-of, only with the same kind, for which the place's default may stand below."""
        if not isinstance(above, Mapping):
            return above
        expected = kind_at(place)
        keys = fields_of(expected)
        if is_one_of(expected):
            above = {kind: {} if value is None else value for kind, value in above.items()}
            below = below if _same_keys(below, above) else default_at(place)
            below = below if _same_keys(below, above) else None
        result = dict(below) if isinstance(below, Mapping) else {}
        if is_named(expected):
            self._refuse_slips(result, above, place)
            if result and not above and not is_one_of(expected):
                what = f"{dotted(place)} is empty, which removes nothing of what is inherited ({listed(list(result))})"
                self.fault(Fault(place, what, "Write null to remove them all, or remove the line to keep them"))
        for key, value in above.items():
            at, known = (*place, key), is_named(expected) or key in keys
            if value is None and known:
                self._remove(result, at, layer)
            elif value is not ASIDE:  # whoever writes nothing at an unknown key hears of the key
                result[key] = self._merged(result.get(key), value, at, layer)
            else:
                result[key] = ASIDE
                if not known and at in layer.key_marks:
                    self.fault(unknown_key(at))
        return result

    def _refuse_slips(self, below: Mapping[str, Any], above: Mapping[str, Any], place: Place) -> None:
        """A new name must not look like an inherited one, or a slip of the pen would pass for a newcomer.

        Whoever writes the inherited name as well, even to remove it, knows of both.
        """
        inherited = [name for name in below if name not in above]
        for name, value in above.items():
            if name not in below and value is not None and (meant := slip_of(name, inherited)):
                kind = ONE_OF_THESE.get(str(place[-1])) or str(place[-1]).removesuffix("s")
                what = f"{shown(name)} is a new {kind} beside {shown(meant)}"
                advice = f"Did you mean {shown(meant)}? Otherwise choose a name that is less alike"
                self.fault(Fault((*place, name), what, advice, at_key=True))

    def _remove(self, result: dict[str, Any], place: Place, layer: Document) -> None:
        """What a null does; an empty value is no null, for it may be a slip."""
        key = str(place[-1])
        if place in layer.empty:
            what, advice = f"nothing is written after {dotted(place)}", "Write a value, or remove the line"
            if key in result:
                what += ", which is inherited"
                advice = "Write null to remove it, or remove the line to keep it"
            elif fields_of(kind_at(place)):
                advice = "Write {} for its defaults, or remove the line"
            result[key] = ASIDE
            self.fault(Fault(place, what, advice))
        elif key in result:
            del result[key]
        elif self._whole:
            what = f"{dotted(place)} is null, but no value of that name is inherited"
            self.fault(Fault(place, what, did_you_mean(key, result, "Write a value, or remove the line")))

    # -- settings ------------------------------------------------------------------------------------------------------

    def _set(
        self, place: Place, data: Any, empty: frozenset[Place], written: Written, problems: tuple[Problem, ...]
    ) -> None:
        """Lay one setting; a number for something uncertain stands for all numbers that move with it."""
        uncertain = self._uncertain(place)
        if uncertain is None or isinstance(data, bool) or not isinstance(data, int | float):
            self.lay(self._layer(place, data, empty, written, problems))
            return
        if not uncertain.low <= data <= uncertain.high:
            what = f"{dotted(place)} lies in {uncertain.low:,.15g}..{uncertain.high:,.15g} (got {shown(data)})"
            self.problems.append(Problem(written.value, what, "Widen its ends, or set its numbers one by one"))
            return
        part = part_of_way(uncertain, float(data))
        for each in moving(uncertain, self._names_at):
            number = tuple(each.path.split("."))
            moved, now = self._moved.get(number), self._number_at(number)
            if moved is None or moved.now != now:  # or somebody has set it since
                moved = Moved(each.path, now, {})
            moved = moved._replace(alone={**moved.alone, str(place[1]): each.at(part)})
            self._moved[number] = moved
            self.lay(self._layer(number, moved.now, empty, written, problems))

    def _uncertain(self, place: Place) -> Uncertainty | None:
        """What is uncertain under this name, if that is written as it must be; else checks will tell."""
        known = self._value_at((PLACE,)) if len(place) == 2 and place[0] == PLACE else {}
        return uncertainty_of(known[str(place[1])]) if place[-1] in known else None

    def _number_at(self, place: Place) -> float:
        """The number at a place, or its default; 0 if none is there."""
        value = self._value_at(place[:-1]).get(str(place[-1]), default_at(place))
        return float(value) if isinstance(value, int | float) else 0.0

    def _names_at(self, place: Place) -> list[str]:
        """The names at a place: those that are written, and those that have a default."""
        kind = kind_at(place)
        return [*dict.fromkeys([*self._value_at(place), *(() if is_one_of(kind) else fields_of(kind))])]

    def _layer(
        self, place: Place, data: Any, empty: frozenset[Place], written: Written, problems: tuple[Problem, ...]
    ) -> Document:
        """A setting as a document that says nothing else; all its marks are the setting's."""
        for key in reversed(place):
            data = {key: data}
        # the mappings on the way there keep the places where they were written
        here = [each for each in _places(data) if len(each) >= len(place) or each not in self._marks]
        marks, key_marks = dict.fromkeys(here, written.value), dict.fromkeys(here, written.key)
        nothing = frozenset((*place, *each) for each in empty)
        return Document(written.value.file, data, marks, key_marks, nothing, problems)

    def _unheard_of(self, stranger: Place, mark: Mark) -> Problem:
        """A name that nobody has introduced."""
        names = list(self._value_at(stranger[:-1]))
        what = f"there is no {shown(stranger[-1])} in {dotted(stranger[:-1])}"
        return Problem(mark, what, did_you_mean(str(stranger[-1]), names, f"Known here: {listed(names) or 'none'}"))

    def _stranger(self, place: Place) -> Place | None:
        """The first name on the way to a place that nobody has introduced; the last step may introduce one."""
        for end in range(1, len(place) if self._whole else 0):
            around = self._value_at(place[: end - 1])
            if is_named(kind_at(place[: end - 1])) and place[end - 1] not in around:
                return place[:end]
        return None

    def _value_at(self, place: Place) -> Mapping[str, Any]:
        """The mapping at a place, or its default."""
        value: Any = self.data
        for key in place:
            value = value.get(key) if isinstance(value, Mapping) else None
        value = default_at(place) if value is None else value
        return value if isinstance(value, Mapping) else {}


def _with_decimal_share(place: Place, value: str) -> str:
    """A value of the command line with 10% written as 0.10, where the parameter is a share or the like."""
    parameter = declared(place)
    is_share = parameter is not None and parameter.unit.startswith(IN_PER_CENT)
    return from_percent(value) if is_share and re.fullmatch(r"[-+]?[0-9]{1,9}(\.[0-9]{1,9})? ?%", value) else value


def _same_keys(one: Any, other: Mapping[str, Any]) -> bool:
    return isinstance(one, Mapping) and one.keys() == other.keys()


def _places(value: Any, place: Place = ()) -> Iterator[Place]:
    """A place and all places inside it."""
    yield place
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _places(inner, (*place, key))


def _places_aside(value: Any, place: Place) -> Iterator[Place]:
    """The places at or inside a place where what is written was set aside."""
    if value is ASIDE:
        yield place
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _places_aside(inner, (*place, key))
