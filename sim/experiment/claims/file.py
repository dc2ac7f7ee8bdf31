"""Claim files: what is claimed, in which worlds it is tested, and when it counts as true, written before anybody looks.

A file names worlds (a scenario and what is changed in it), questions (a formula over these worlds, and the range in
which a claim needs it), at most one condition (a parameter along which the claim may hold here and fail there), and the
numbers that nobody knows, with their ranges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.experiment.claims.claim import Claim, Question, Source, World, values_of
from sim.experiment.claims.formula import Term, formula
from sim.experiment.claims.people import PEOPLE
from sim.experiment.claims.verdict import Range, Verdict
from sim.experiment.study.bundled import BUNDLED
from sim.experiment.study.factors import Factor
from sim.experiment.study.spreads import spread_at
from sim.experiment.study.written import Sheet
from sim.model.metrics import METRICS
from sim.scenario.catalogue import did_you_mean, listed
from sim.scenario.document import ASIDE, Document, Place, salvage_document
from sim.scenario.layers import Draft, Setting, Written
from sim.scenario.load import Template, read_template, varied
from sim.scenario.problems import InputError, shown

FOLDER = BUNDLED / "claims"
CHAPTERS = ("growth", "costs", "people", "keeping", "rivals", "word", "numbers")
KEYS = (
    "claim", "id", "title", "chapter", "statement", "mechanism", "caution", "worlds", "questions", "condition", "along",
    "labels", "uncertain", "says", "literature",
)  # fmt: skip
TEXTS = ("title", "statement", "mechanism")
SAYINGS = tuple(str(each) for each in Verdict)
MEASURES = (*METRICS, *PEOPLE)
LONGEST, MOST_WORLDS, MOST_QUESTIONS, LEAST_LEVELS = 4000, 16, 12, 3
LARGEST = 1e15


def bundled_claims() -> dict[str, Path]:
    """The claims that come with the package, by their ids, in order."""
    return {path.stem.partition("-")[0]: path for path in sorted(FOLDER.glob("*.yaml"))}


def load_claim(path: Path) -> Claim:
    """Read a claim.

    Raises
    ------
    InputError
        With everything that is wrong with it.
    """
    here, absolute = Path.cwd(), path.absolute()
    name = str(absolute.relative_to(here) if absolute.is_relative_to(here) else path)
    return _Reader(Sheet(salvage_document(path, name)), path).claim()


class _Reader:
    """Reads one file."""

    def __init__(self, sheet: Sheet, path: Path) -> None:
        self.sheet, self.path = sheet, path

    def claim(self) -> Claim:
        sheet = self.sheet
        if not sheet.document.data and sheet.problems:
            sheet.sound()
        sheet.keys((), KEYS)
        if sheet.get(("claim",)) not in (1, ASIDE):
            sheet.fault(("claim",), "claim must be 1, the version of this format", "Write 'claim: 1' at the top")
        texts = {name: self._text((name,), needed=True) for name in TEXTS}
        worlds = self._worlds()
        questions = self._questions({world.name: world.template for world in worlds})
        needed = {term.world for each in questions if each.holds for term in each.value.terms}
        varying = [world for world in worlds if world.name in needed]
        condition, uncertain = self._condition(varying), self._factors(("uncertain",), "uncertainties", varying)
        if not uncertain and sheet.missing(("uncertain",)):
            sheet.fault(("uncertain",), "uncertain is missing", "Name the numbers that nobody knows, with their ranges")
        says = self._says()
        literature = self._literature()
        claim = Claim(
            id=self._id(),
            chapter=sheet.one_of(("chapter",), {name: () for name in CHAPTERS}, CHAPTERS[0])[0],
            caution=self._text(("caution",)),
            worlds=worlds,
            questions=questions,
            condition=condition,
            along=self._text(("along",), needed=condition is not None),
            labels=self._labels(condition),
            uncertain=uncertain,
            says=says,
            literature=literature,
            path=self.path,
            **texts,
        )
        sheet.sound()
        return claim

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _text(self, place: Place, *, needed: bool = False) -> str:
        found = " ".join(self.sheet.text(place, LONGEST).split())
        if needed and not found and self.sheet.get(place) is not ASIDE:
            self.sheet.fault(place, f"{'.'.join(map(str, place))} is missing", "Write it in words")
        return found

    def _id(self) -> str:
        """Its id, with which the name of its file begins."""
        found, named = self._text(("id",), needed=True), self.path.stem.partition("-")[0]
        if found and found != named:
            what = f"the file is called {shown(named)} and the claim {shown(found)}"
            self.sheet.fault(("id",), what, "Let the name of the file begin with the id")
        return found

    def _worlds(self) -> tuple[World, ...]:
        names = self.sheet.keys(("worlds",), ())
        if not 1 <= len(names) <= MOST_WORLDS:
            self.sheet.fault(("worlds",), f"a claim needs 1 to {MOST_WORLDS} worlds (got {len(names)})", "Name them")
        found = []
        for name in names:
            place = ("worlds", name)
            if not name.isidentifier():
                what = f"{shown(name)} cannot be used in a formula"
                self.sheet.fault(place, what, "Use letters and underscores", at_key=True)
            self.sheet.keys(place, ("scenario", "set"))
            scenario = self._text((*place, "scenario"), needed=True)
            if not scenario:
                continue
            try:
                template = read_template(scenario, self.path.parent, self.sheet.mark((*place, "scenario")))
                settings = [self._setting((*place, "set"), path) for path in self.sheet.keys((*place, "set"), ())]
                varied(template, settings)
            except InputError as error:
                self.sheet.problems += [each for each in error.problems if each not in self.sheet.problems]
                continue
            found.append(World(name, scenario, Template(name, laid(template, settings))))
        return tuple(found)

    def _setting(self, place: Place, path: str) -> Setting:
        at = (*place, path)
        return Setting(path, self.sheet.get(at), Written(self.sheet.key_mark(at), self.sheet.mark(at)))

    def _questions(self, worlds: Mapping[str, Template]) -> tuple[Question, ...]:
        written = self.sheet.get(("questions",))
        if not isinstance(written, list) or not 1 <= len(written) <= MOST_QUESTIONS:
            if written is not ASIDE:
                self.sheet.fault(("questions",), f"a claim needs a list of 1 to {MOST_QUESTIONS} questions")
            return ()
        found = [self._question(("questions", at), worlds) for at in range(len(written))]
        questions = tuple(each for each in found if each is not None)
        if len(questions) == len(written) and all(each.holds is None for each in questions):
            self.sheet.fault(("questions",), "no question decides", "Say of at least one where it holds")
        return questions

    def _question(self, place: Place, worlds: Mapping[str, Template]) -> Question | None:
        self.sheet.keys(place, ("ask", "value", "unit", "holds"))
        ask, text = self._text((*place, "ask"), needed=True), self._text((*place, "value"), needed=True)
        if not text:
            return None
        try:
            value = formula(text)
        except ValueError as error:
            self.sheet.fault((*place, "value"), f"{shown(text)} is no formula", str(error))
            return None
        for term in value.terms:
            self._check_term((*place, "value"), term, worlds)
        return Question(ask, value, self._text((*place, "unit")), self._range((*place, "holds")))

    def _check_term(self, place: Place, term: Term, worlds: Mapping[str, Template]) -> None:
        """Is there such a world, such a business in it, and such a measure?"""
        if term.world not in worlds:
            if self.sheet.get(("worlds", term.world)) is None:
                advice = did_you_mean(term.world, list(worlds), f"Known here: {listed(list(worlds))}")
                self.sheet.fault(place, f"there is no world {shown(term.world)}", advice)
            return
        businesses = list(worlds[term.world].data["businesses"])
        if term.business and term.business not in businesses:
            advice = did_you_mean(term.business, businesses, f"Known there: {listed(businesses)}")
            self.sheet.fault(place, f"{term.world} has no business {shown(term.business)}", advice)
        if term.measure not in MEASURES:
            advice = did_you_mean(term.measure, MEASURES, f"Measures of people: {listed(list(PEOPLE))}")
            self.sheet.fault(place, f"there is no measure {shown(term.measure)}", advice)

    def _range(self, place: Place) -> Range | None:
        if self.sheet.missing(place):
            return None
        said = self.sheet.keys(place, ("above", "below", "between"))
        if not said and self.sheet.get(place) is ASIDE:
            return None
        if "above" in said or "below" in said:
            ends = {
                end: self.sheet.number((*place, end), -LARGEST, LARGEST) for end in ("above", "below") if end in said
            }
            if len(said) > 1:
                self.sheet.fault(place, "more than one range is given", "Keep one; between has two ends")
            return Range(ends.get("above", -np.inf), ends.get("below", np.inf))
        ends_written, inside = said.get("between"), (*place, "between")
        if not isinstance(ends_written, list) or len(ends_written) != 2:
            advice = "Write {above: 0}, {below: 0} or {between: [0, 1]}"
            self.sheet.fault(place, "this does not say where the claim holds", advice)
            return None
        low, high = (self.sheet.number((*inside, at), -LARGEST, LARGEST) for at in (0, 1))
        if low >= high:
            self.sheet.fault(inside, f"{low:g} must be less than {high:g}", "Exchange them")
        return Range(low, high)

    def _condition(self, worlds: Sequence[World]) -> Factor | None:
        """The parameter along which the claim may hold here and fail there: its values, from one end to the other."""
        factors = self._factors(("condition",), "levers", worlds)
        if len(factors) > 1:
            self.sheet.fault(("condition",), f"a claim has one condition at most (got {len(factors)})", "Keep one")
        for factor in factors[:1]:
            values = values_of(factor)
            if len(values) < LEAST_LEVELS or list(values) != sorted(set(values)):
                what = f"{factor.path} needs {LEAST_LEVELS} rising numbers or more"
                self.sheet.fault(("condition", factor.path), what, "List them, such as [0.1, 0.5, 0.9]")
            return factor
        return None

    def _labels(self, condition: Factor | None) -> tuple[str, ...]:
        if self.sheet.missing(("labels",)):
            return ()
        written, values = self.sheet.get(("labels",)), values_of(condition)
        if not isinstance(written, list) or len(written) != len(values):
            what = f"the condition has {len(values)} values, and labels are for each of them"
            self.sheet.fault(("labels",), what, 'List as many, such as ["never", "often"]')
            return ()
        return tuple(self._text(("labels", at), needed=True) for at in range(len(written)))

    def _factors(self, place: Place, role: str, worlds: Sequence[World]) -> tuple[Factor, ...]:
        found = []
        for path in self.sheet.keys(place, ()):
            at = (*place, path)
            spread = spread_at(self.sheet, at, path)
            if spread is None:
                continue
            factor = Factor(path, role, spread, Written(self.sheet.key_mark(at), self.sheet.mark(at)))
            if self._is_set_apart(path, worlds):
                what = f"{path} is something in which the worlds of the claim differ"
                self.sheet.fault(at, what, "Vary another parameter, or name a part of this one", at_key=True)
            for world in worlds:
                self._check_ends(world, factor)
            found.append(factor)
        return tuple(found)

    def _check_ends(self, world: World, factor: Factor) -> None:
        """Is each value that must be good a good one for this world?"""
        for value in factor.spread.ends:
            try:
                varied(world.template, [factor.setting(value)])
            except InputError as error:
                self.sheet.problems += [each for each in error.problems if each not in self.sheet.problems]
                return

    def _is_set_apart(self, path: str, worlds: Sequence[World]) -> bool:
        """Do worlds differ in what they set here, so that varying it would make them alike?"""
        sets = [self.sheet.keys(("worlds", world.name, "set"), ()) for world in worlds]
        said = {each for settings in sets for each in settings}
        around = [each for each in said if f"{path}.".startswith(f"{each}.") or each.startswith(f"{path}.")]
        return any(settings.get(each) != sets[0].get(each) for settings in sets for each in around)

    def _says(self) -> dict[str, str]:
        self.sheet.keys(("says",), SAYINGS)
        return {word: self._text(("says", word), needed=True) for word in SAYINGS}

    def _literature(self) -> tuple[Source, ...]:
        written = self.sheet.get(("literature",))
        found = []
        for at in range(len(written) if isinstance(written, list) else 0):
            place = ("literature", at)
            self.sheet.keys(place, ("reference", "found"))
            found.append(Source(*(self._text((*place, name), needed=True) for name in ("reference", "found"))))
        if not found and written is not ASIDE:
            self.sheet.fault(("literature",), "literature is missing", "List reference and found, once at least")
        return tuple(found)


def laid(template: Template, settings: Sequence[Setting]) -> dict[str, Any]:
    """What a template says once settings are laid over it, with no default written out."""
    draft = Draft()
    draft.lay(Document("", template.data, {}, {}))
    for setting in settings:
        draft.replace(setting)
    return draft.data
