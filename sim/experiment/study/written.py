"""Reading a study file: keys and values, each with the place where it stands; all that is wrong is told at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sim.scenario.catalogue import did_you_mean, dotted, listed
from sim.scenario.document import ASIDE, Document, Place
from sim.scenario.problems import InputError, Mark, Problem, shown
from sim.scenario.syntax import kind_of


class Sheet:
    """A document that is read key by key; what is wrong is noted, and a default stands in for it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = list(document.problems)

    def fault(self, place: Place, what: str, advice: str = "", *, at_key: bool = False) -> None:
        """Note what is wrong at a place, or at the nearest place around it where something is written."""
        mark = self.key_mark(place) if at_key else self.mark(place)
        problem = Problem(mark, what, advice)
        self.problems += [] if problem in self.problems else [problem]

    def mark(self, place: Place) -> Mark:
        """Where a value stands."""
        around = (place[:end] for end in range(len(place), -1, -1))
        found = next((self.document.marks[each] for each in around if each in self.document.marks), None)
        return found or Mark(self.document.file)

    def key_mark(self, place: Place) -> Mark:
        """Where a key stands."""
        return self.document.key_marks.get(place) or self.mark(place)

    def sound(self) -> None:
        """Is everything right so far?

        Raises
        ------
        InputError
            With all that is not, from the first line to the last.
        """
        if self.problems:
            raise InputError(sorted(dict.fromkeys(self.problems), key=_order))

    # -- values --------------------------------------------------------------------------------------------------------

    def get(self, place: Place) -> Any:
        """What is written at a place; None if that is nothing, ASIDE if it could not be read."""
        value: Any = self.document.data
        for key in place:
            if value is ASIDE:
                return ASIDE
            if isinstance(value, Mapping):
                value = value.get(str(key))
            elif isinstance(value, list) and isinstance(key, int):
                value = value[key]
            else:
                return None
        return value

    def keys(self, place: Place, known: Sequence[str]) -> Mapping[str, Any]:
        """The mapping at a place; keys that nobody knows are faults. Empty if there is none."""
        value = self.get(place)
        if value is None or value is ASIDE:
            return {}
        if not isinstance(value, Mapping):
            self.fault(place, f"{self._called(place)} must be a mapping, got {self._got(value)}", "Write 'key: value'")
            return {}
        for key in value:
            if known and key not in known:
                advice = did_you_mean(key, known, f"Known here: {listed(list(known))}")
                self.fault((*place, key), f"unknown key {shown(key)}", advice, at_key=True)
        return value

    def missing(self, place: Place) -> bool:
        """Is nothing written at a place?"""
        return self.get(place) is None

    def text(self, place: Place, longest: int, default: str = "") -> str:
        """A text of at most so many characters."""
        value = self.get(place)
        if value is None or value is ASIDE:
            return default
        if not isinstance(value, str):
            self.fault(place, f"{self._called(place)} must be text, got {self._got(value)}", "Quote it")
            return default
        if len(value) > longest:
            what = f"{self._called(place)} must have at most {longest:,} characters (got {len(value):,})"
            self.fault(place, what, "Shorten it")
        return value

    def number(
        self, place: Place, low: float, high: float, default: float | None = None, *, whole: bool = False
    ) -> float:
        """A number between bounds, which must be written if there is no default."""
        value = self.get(place)
        called, kind = self._called(place), "a whole number" if whole else "a number"
        stand_in = low if default is None else default
        if value is ASIDE:
            return stand_in
        if value is None:
            if default is None:
                self.fault(place, f"{called} is missing", f"Write {kind}")
            return stand_in
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            self.fault(place, f"{called} must be {kind}, got {self._got(value)}", "Remove the quotes")
            return stand_in
        if not (math.isfinite(value) and low <= value <= high):
            self.fault(place, f"{called} must lie in {low:,.15g}..{high:,.15g} (got {shown(value)})", f"Write {kind}")
            return stand_in
        return value

    def whole(self, place: Place, low: int, high: int, default: int | None = None) -> int:
        """A whole number between bounds."""
        return int(self.number(place, low, high, default, whole=True))

    def metrics(self, place: Place, known: Iterable[str], default: Sequence[str]) -> list[str]:
        """One of the known metrics, or a list of them."""
        value, names = self.get(place), list(known)
        if value is None or value is ASIDE:
            return list(default)
        found = value if isinstance(value, list) else [value]
        for at, word in enumerate(found):
            where = (*place, at) if isinstance(value, list) else place
            if word not in names:
                advice = did_you_mean(str(word), names, f"Known here: {listed(names)}")
                self.fault(where, f"there is no metric {shown(word)}", advice)
            elif found.index(word) < at:
                self.fault(where, f"{shown(word)} is named twice", "Keep one")
        if not found:
            self.fault(place, f"{self._called(place)} is empty", "Name at least one")
        return [str(word) for word in found]

    def one_of(self, place: Place, kinds: Mapping[str, Sequence[str]], default: str) -> tuple[str, Place]:
        """A word that names a kind, or a mapping whose one key does; the kind, and where more is said about it.

        Parameters
        ----------
        kinds : the keys that each kind knows
        """
        value = self.get(place)
        if value is None or value is ASIDE:
            return default, place
        names = list(value) if isinstance(value, Mapping) else [value]
        if len(names) != 1:
            what = f"{self._called(place)} must name exactly one kind, got {len(names) or 'none'}"
            self.fault(place, what, f"Choose of {listed(list(kinds))}")
            return default, place
        kind = names[0]
        if not isinstance(kind, str) or kind not in kinds:
            advice = did_you_mean(str(kind), kinds, f"Choose of {listed(list(kinds))}")
            inside = (*place, str(kind)) if isinstance(value, Mapping) else place
            what = f"{self._called(place)} knows no {shown(kind)}"
            self.fault(inside, what, advice, at_key=isinstance(value, Mapping))
            return default, place
        if isinstance(value, Mapping):
            self.keys((*place, kind), kinds[kind])
        return kind, (*place, kind)

    def _called(self, place: Place) -> str:
        return dotted(place) if place else "the study"

    def _got(self, value: Any) -> str:
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return f"the text {shown(value)}" if isinstance(value, str) else shown(value)
        return kind_of(value)


def _order(problem: Problem) -> tuple[int, int]:
    mark = problem.mark or Mark("")
    return mark.line, mark.column
