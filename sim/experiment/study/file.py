"""Study files: what is asked, in YAML, becomes a plan; whatever is wrong with one is told at once, with its line.

A file names scenarios, what is varied in them (levers that a business holds, uncertainties that nobody knows), the
design, the worlds of each point, and the outcomes that are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.executor import Progress
from sim.experiment.runs import SEEDS
from sim.experiment.study.bundled import find_study
from sim.experiment.study.design import Design, Grid, LatinHypercube, Listed, Row, Sobol, rows_at, rows_of, size_of
from sim.experiment.study.factors import LEVELS, ROLES, Factor
from sim.experiment.study.limits import MOST_RUNS
from sim.experiment.study.listing import listing
from sim.experiment.study.methods import Search, Sensing, search_of, sensing_of
from sim.experiment.study.overlaps import overlaps
from sim.experiment.study.plan import Plan, Replications, code_version, kept_by_default
from sim.experiment.study.points import Combinations, checked_points
from sim.experiment.study.spreads import Uncertain, spread_at, uncertain_in
from sim.experiment.study.written import Sheet
from sim.model.metrics import METRICS
from sim.scenario.catalogue import did_you_mean, listed
from sim.scenario.document import ASIDE, salvage_document
from sim.scenario.layers import Setting, Written
from sim.scenario.load import Template, read_template, varied
from sim.scenario.problems import InputError, Mark, Problem, escaped, shown

KEYS = tuple(
    "study name question scenarios set vary design replications seed outcomes keep sensitivity optimise".split()
)
DESIGNS = {
    "grid": ("levels",),
    "latin_hypercube": ("points", "seed"),
    "sobol": ("points", "seed"),
    "list": ("file",),
}
OUTCOMES = ("profit", "revenue", "customers", "satisfaction")
"""What is looked at if nobody says."""
MOST_POINTS, MOST_WORLDS, MOST_FACTORS, MOST_SCENARIOS = 10_000_000, 100_000, 100, 50
FIRST_LOOK = 5


class Study(NamedTuple):
    """A study file that has been read: all of a plan but its points."""

    plan: Plan
    """With no points yet."""
    factors: tuple[Factor, ...]
    fixed: tuple[Setting, ...]
    design: Design
    written: Written
    """Where the design is."""
    sensing: Sensing
    search: Search
    marks: Mapping[str, Mark]
    """Where each section is, or where the file begins if it is not written."""

    def fault(self, section: str, what: str, advice: str) -> InputError:
        """What an analysis cannot do with a section of the file."""
        return InputError([Problem(self.marks[section], what, advice)])

    @property
    def runs(self) -> int:
        """How many runs its own design takes, at most."""
        return self.points * self.plan.replications.worlds

    @property
    def points(self) -> int:
        """How many points its own design has."""
        return len(self.plan.templates) * size_of(self.design, self.factors)

    def planned(self, workers: int = 1, progress: Progress | None = None) -> Plan:
        """With the points of its own design.

        Parameters
        ----------
        workers : processes of this machine that look at points, if there are many

        Raises
        ------
        InputError
            If a combination of values is no scenario.
        RunFailed
            If a worker died.
        """
        marks = self.design.marks if isinstance(self.design, Listed) else ()
        return self._with_points(rows_of(self.design, self.factors), marks, workers, progress)

    def planned_at(self, places: np.ndarray) -> Plan:
        """With the points of somebody else's design.

        Parameters
        ----------
        places : float64 (points, factors), each from 0 to 1

        Raises
        ------
        InputError
            If a combination of values is no scenario.
        """
        return self.planned_for(rows_at(places, self.factors))

    def planned_for(self, rows: Sequence[Row]) -> Plan:
        """With these values of its factors; raises what `planned` raises."""
        return self._with_points(rows, (), 1, None)

    def _with_points(self, rows: Sequence[Row], marks: Sequence[Mark], workers: int, progress: Progress | None) -> Plan:
        asked = Combinations(self.plan.templates, self.fixed, self.plan.paths, rows, marks)
        return replace(self.plan, points=checked_points(asked, self.written.value, workers, progress))


def load_study(name_or_path: str | Path, most_runs: int = MOST_RUNS) -> Study:
    """Read a study.

    Parameters
    ----------
    most_runs : more are a mistake

    Raises
    ------
    InputError
        With everything that is wrong with it.
    """
    path = name_or_path if isinstance(name_or_path, Path) else find_study(name_or_path)
    here = Path.cwd()
    absolute = path.absolute()
    name = str(absolute.relative_to(here) if absolute.is_relative_to(here) else path)
    return _Reader(Sheet(salvage_document(path, name)), path, most_runs).study()


class _Reader:
    """Reads one file."""

    def __init__(self, sheet: Sheet, path: Path, most_runs: int) -> None:
        self.sheet, self.path, self.most_runs = sheet, path, most_runs

    def study(self) -> Study:
        sheet = self.sheet
        if not sheet.document.data and sheet.problems:
            sheet.sound()
        sheet.keys((), KEYS)
        if sheet.get(("study",)) != 1 and sheet.get(("study",)) is not ASIDE:
            sheet.fault(("study",), "study must be 1, the version of this format", "Write 'study: 1' at the top")
        question = sheet.text(("question",), 4000)
        if not question.strip() and sheet.missing(("question",)):
            sheet.fault(("question",), "question is missing", "Say in a sentence what the study asks")
        templates = self._templates()
        fixed = self._fixed()
        factors, design = self._varied(uncertain_in(templates, fixed))
        replications = self._replications()
        seed = sheet.whole(("seed",), 0, SEEDS - replications.worlds, 1)
        business, metrics = self._outcomes(templates)
        kept = self._kept()
        sensing, search = sensing_of(sheet, factors, metrics), search_of(sheet, metrics)
        self._check_settings(templates, fixed, factors, design)
        sheet.sound()
        plan = Plan(
            name=escaped(sheet.text(("name",), 80, self.path.stem)),
            question=" ".join(question.split()),
            templates=tuple(templates),
            fixed=tuple((each.path, each.value) for each in fixed),
            paths=tuple(factor.path for factor in factors),
            roles=tuple(factor.role for factor in factors),
            spreads=tuple(sheet.get(("vary", factor.role, factor.path)) for factor in factors),
            design=type(design).__name__,
            points=(),
            replications=replications,
            first_seed=seed,
            business=business,
            metrics=tuple(metrics),
            kept=tuple(kept),
            code=code_version(),
        )
        written = Written(sheet.key_mark(("design",)), sheet.mark(("design",)))
        marks = {section: sheet.key_mark((section,)) for section in KEYS}
        study = Study(plan, tuple(factors), tuple(fixed), design, written, sensing, search, marks)
        if study.runs > self.most_runs:
            what = f"the study has {study.runs:,} runs (limit {self.most_runs:,})"
            sheet.fault(("design",), what, "Take fewer points or worlds, or raise the limit with --most-runs")
            sheet.sound()
        return study

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _templates(self) -> list[Template]:
        names = self.sheet.get(("scenarios",))
        if names is None:
            self.sheet.fault(("scenarios",), "scenarios is missing", "Name at least one, such as base")
            return []
        found: list[Template] = []
        for at, name in enumerate(names if isinstance(names, list) else [names]):
            place = ("scenarios", at) if isinstance(names, list) else ("scenarios",)
            if name is ASIDE:
                continue
            if not isinstance(name, str):
                self.sheet.fault(place, f"a scenario must be named, got {shown(name)}", "Name one, such as base")
                continue
            try:
                template = read_template(name, self.path.parent, self.sheet.mark(place))
            except InputError as error:
                self.sheet.problems += error.problems
                continue
            if template.name in [each.name for each in found]:
                self.sheet.fault(place, f"two scenarios are called {shown(template.name)}", "Give one another name")
            found.append(template)
        if names == [] or (isinstance(names, list) and len(names) > MOST_SCENARIOS):
            self.sheet.fault(("scenarios",), f"name 1 to {MOST_SCENARIOS} scenarios (got {len(names)})")
        return found

    def _fixed(self) -> list[Setting]:
        return [
            Setting(path, value, self._written(("set", path)))
            for path, value in self.sheet.keys(("set",), ()).items()
            if self._is_value(("set", path), value)
        ]

    def _varied(self, uncertain: Mapping[str, Uncertain]) -> tuple[list[Factor], Design]:
        kind, inside = self.sheet.one_of(("design",), DESIGNS, "grid")
        if kind == "list":
            return self._listed(inside)
        groups = self.sheet.keys(("vary",), ROLES)
        factors = []
        for role in ROLES:
            group = self.sheet.keys(("vary", role), ()) if role in groups else {}
            for path in group:
                spread = spread_at(self.sheet, ("vary", role, path), path, uncertain)
                if spread is not None:
                    factors.append(Factor(path, role, spread, self._written(("vary", role, path))))
        if not factors and not self.sheet.problems:
            self.sheet.fault(("vary",), "nothing is varied", "Name at least one lever or uncertainty")
        if len(factors) > MOST_FACTORS:
            self.sheet.fault(("vary",), f"{len(factors)} factors are too many (limit {MOST_FACTORS})", "Vary fewer")
        self._check_paths(factors)
        return factors, self._drawn(kind, inside)

    def _drawn(self, kind: str, inside: tuple[str | int, ...]) -> Design:
        if kind == "grid":
            return Grid(self.sheet.whole((*inside, "levels"), 1, 1000, LEVELS))
        seed = self.sheet.whole((*inside, "seed"), 0, 2**31, 1)
        points = self.sheet.whole((*inside, "points"), 1, MOST_POINTS)
        if kind == "latin_hypercube":
            return LatinHypercube(points, seed)
        if points & (points - 1):
            near = 1 << (points.bit_length() - 1)
            what = f"a Sobol sequence needs a power of two (got {points})"
            self.sheet.fault((*inside, "points"), what, f"Write {near} or {2 * near}")
        return Sobol(points, seed)

    def _listed(self, inside: tuple[str | int, ...]) -> tuple[list[Factor], Design]:
        if not self.sheet.missing(("vary",)):
            what = "a listed design varies what its file has columns for"
            self.sheet.fault(("vary",), what, "Remove 'vary', or choose another design", at_key=True)
        name = self.sheet.text((*inside, "file"), 4000)
        if not name:
            if self.sheet.missing((*inside, "file")):
                self.sheet.fault((*inside, "file"), f"{'.'.join(map(str, inside))}.file is missing", "Name a CSV file")
            return [], Listed((), ())
        try:
            factors, rows, marks = listing(self.path.parent / name, self.sheet.mark((*inside, "file")))
        except InputError as error:
            self.sheet.problems += error.problems
            return [], Listed((), ())
        self._check_paths(factors)
        return factors, Listed(tuple(rows), tuple(marks))

    def _replications(self) -> Replications:
        place = ("replications",)
        if not isinstance(self.sheet.get(place), Mapping):
            return Replications(self.sheet.whole(place, 1, MOST_WORLDS, 1))
        self.sheet.keys(place, ("until", "first", "most"))
        until = self.sheet.number((*place, "until"), 0.0001, 1.0)
        most = self.sheet.whole((*place, "most"), 2, MOST_WORLDS)
        return Replications(most, until, self.sheet.whole((*place, "first"), 2, most, min(FIRST_LOOK, most)))

    def _outcomes(self, templates: list[Template]) -> tuple[str, list[str]]:
        self.sheet.keys(("outcomes",), ("business", "metrics"))
        firms = [list(template.data.get("businesses", {})) for template in templates]
        first = firms[0][0] if firms and firms[0] else ""
        business = self.sheet.text(("outcomes", "business"), 80, first)
        for template, names in zip(templates, firms, strict=True):
            if business not in names:
                what = f"{template.name} has no business {shown(business)}"
                advice = did_you_mean(business, names, f"Known there: {listed(names)}")
                self.sheet.fault(("outcomes", "business"), what, advice)
        return business, self.sheet.metrics(("outcomes", "metrics"), METRICS, OUTCOMES)

    def _kept(self) -> list[str]:
        """Of which metrics every week is kept."""
        weekly = kept_by_default()
        value = self.sheet.get(("keep",))
        if value in (None, "all") or value is ASIDE:
            return list(weekly)
        return [] if value == "none" else self.sheet.metrics(("keep",), weekly, weekly)

    # -- checks --------------------------------------------------------------------------------------------------------

    def _written(self, place: tuple[str | int, ...]) -> Written:
        return Written(self.sheet.key_mark(place), self.sheet.mark(place))

    def _is_value(self, place: tuple[str | int, ...], value: Any) -> bool:
        if value is None:
            self.sheet.fault(place, f"nothing is written after {place[-1]}", "Write a value, or remove the line")
        return value is not None and value is not ASIDE

    def _check_paths(self, factors: list[Factor]) -> None:
        """Nothing is said twice about one value."""
        paths = [factor.path for factor in factors]
        marks = [factor.written.key for factor in factors]
        fixed = list(self.sheet.keys(("set",), ()))
        said = [*zip(paths, marks, strict=True)]
        for at, (path, mark) in enumerate(said):
            for other in [*fixed, *paths[:at]]:
                if path == other or path.startswith(f"{other}.") or other.startswith(f"{path}."):
                    what = f"{path} is given twice" if path == other else f"{path} and {other} overlap"
                    self.sheet.problems.append(Problem(mark, what, "Keep one of them"))

    def _check_settings(
        self, templates: list[Template], fixed: list[Setting], factors: list[Factor], design: Design
    ) -> None:
        """Every path and every value is good for every scenario, by itself; points show whether they fit together."""
        for template in templates:
            try:
                scenario = varied(template, fixed, alone=True)
            except InputError as error:
                self.sheet.problems += [each for each in error.problems if each not in self.sheet.problems]
                continue
            marks = {each.path: each.written.key for each in fixed} | {each.path: each.written.key for each in factors}
            for path, other, number in overlaps(scenario, list(marks)):
                what = f"{path} and {other} overlap: both set {number}"
                self.sheet.problems.append(Problem(marks[path], what, "Keep one of them"))
            for at, factor in enumerate(factors):
                for value in [design.rows[0][at]] if isinstance(design, Listed) else factor.spread.ends:
                    try:
                        varied(template, [*fixed, factor.setting(value)], alone=True)
                    except InputError as error:
                        self.sheet.problems += [each for each in error.problems if each not in self.sheet.problems]
                        break
