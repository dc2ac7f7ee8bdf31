"""Lives: the worlds of a claim, lived by the ordinary sweep, and what each term of its formulas was in them.

Three studies belong to a claim. Its worlds as they are, in many seeds, decide. Along its condition, if it has one, they
are lived at each value. And they are lived where the numbers that nobody knows have other values, at points of a Sobol
sequence, so that a long trial begins with the points of a short one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.experiment.claims.claim import Claim, Question
from sim.experiment.claims.file import laid
from sim.experiment.claims.formula import Term
from sim.experiment.claims.people import PEOPLE, measured
from sim.experiment.executor import Executor, Progress, RunFailed, in_order
from sim.experiment.study.design import Grid, Row, Sobol, rows_of
from sim.experiment.study.factors import Factor
from sim.experiment.study.plan import NOWHERE, Plan, Replications, code_version
from sim.experiment.study.points import Combinations, checked_points
from sim.experiment.study.sweep import sweep
from sim.model.metrics import METRICS
from sim.scenario.layers import Setting
from sim.scenario.load import Template, varied

PLACE = {metric: at for at, metric in enumerate(METRICS)}
SCRAMBLE = 1
"""Seed of the points at which unknown numbers are sampled; not of any world."""
Grids = Mapping[Term, np.ndarray]
"""Of each term, float64 (points, seeds)."""


Study = tuple[Sequence[Question], Sequence[Factor], Sequence[Row], int]
"""Which questions are asked, what is varied, its values, and in how many seeds."""


class Effort(NamedTuple):
    """How thoroughly a claim is tried."""

    worlds: int
    """Seeds in which its worlds are lived as they are."""
    values: int
    """Of its condition, at most so many, from one end to the other."""
    along: int
    """Seeds at each of these."""
    points: int
    """Sampled values of what nobody knows; a power of two."""
    each: int
    """Seeds at each of these."""
    stands_for: int
    """Each simulated person, of so many whom the scenario has."""


QUICK, FULL = Effort(7, 2, 6, 8, 1, 2), Effort(32, 12, 24, 64, 2, 1)


class Seen(NamedTuple):
    """What the worlds of a claim came to."""

    as_they_are: Grids
    """One point."""
    values: tuple[Row, ...]
    """Of the condition."""
    along: Grids
    rows: tuple[Row, ...]
    """Values of what nobody knows."""
    sampled: Grids
    runs: int = 0


class Court(NamedTuple):
    """Where and by whom worlds are lived."""

    seed: int
    root: Path
    command: str
    crew: Executor
    progress: Progress | None = None

    def see(self, claim: Claim, effort: Effort) -> Seen:
        """Live all worlds of a claim that have not been lived yet.

        Raises
        ------
        InputError
            If a sampled combination is no scenario.
        RunFailed
            If a world cannot be lived.
        """
        values = _spaced(rows_of(Grid(), [claim.condition]), effort.values) if claim.condition else ()
        rows = tuple(rows_of(Sobol(effort.points, SCRAMBLE), claim.uncertain))
        wanted: list[Study] = [(claim.questions, (), ((),), effort.worlds)]
        if claim.condition:
            wanted.append((claim.deciding, (claim.condition,), values, effort.along))
        wanted.append((claim.deciding, claim.uncertain, rows, effort.each))
        worlds = {world.name: thinned(world.template, effort.stands_for) for world in claim.worlds}
        found = [self._lived(_plan(claim, worlds, each, self.seed), each[0], len(each[2])) for each in wanted]
        grids = [grid for grid, _ in found]
        along = grids[1] if claim.condition else {}
        return Seen(grids[0], values, along, rows, grids[-1], sum(runs for _, runs in found))

    def _lived(self, plan: Plan, questions: Sequence[Question], rows: int) -> tuple[dict[Term, np.ndarray], int]:
        """float64 (points, seeds) of each term of the questions, and how many runs that took."""
        terms = _terms(questions)
        swept = sweep(plan, self.root, self.command, workers=self.crew, progress=self.progress)
        if swept.failed:
            first = swept.failed[0]
            raise RunFailed(first.reason, first.scenario, first.seed, first.details)
        points = {each.name: range(at * rows, (at + 1) * rows) for at, each in enumerate(plan.templates)}
        private = [term for term in terms if term.measure in PEOPLE]
        found = self._followed(plan, points, private)

        def of(term: Term, point: int) -> list[float]:
            slot = plan.points[point].size.businesses.index(_business(plan, point, term))
            keys = (plan.due(point, seed).key for seed in plan.seeds)
            return [float(swept.parts.outcome(key)[slot, PLACE[term.measure]]) for key in keys]

        for term in terms:
            if term not in found:
                found[term] = np.array([of(term, point) for point in points[term.world]])
        again = sum(len(points[world]) for world in {term.world for term in private}) * len(plan.seeds)
        return found, swept.runs + again

    def _followed(self, plan: Plan, points: Mapping[str, range], terms: Sequence[Term]) -> dict[Term, np.ndarray]:
        """Measures of single people: their worlds are lived again, with everybody's diary."""
        found: dict[Term, np.ndarray] = {}
        for world in dict.fromkeys(term.world for term in terms):
            mine = [term for term in terms if term.world == world]
            tasks = [
                (plan.scenario(plan.points[at]), seed, [(_business(plan, at, each), each.measure) for each in mine])
                for at in points[world]
                for seed in plan.seeds
            ]
            rows = np.array(in_order(self.crew, tasks, measured, self.progress))
            found |= {term: rows[:, at].reshape(len(points[world]), -1) for at, term in enumerate(mine)}
        return found


def thinned(template: Template, stands_for: int) -> Template:
    """The same market with fewer simulated people, each of whom stands for more.

    What a scenario counts in simulated people, backers and first customers, becomes as much less.
    """
    if stands_for == 1:
        return template
    whole = varied(template)
    settings = {"people.count": whole.people // stands_for, "people.represents": whole.represents * stands_for}
    for business in whole.businesses:
        counted = {"backers.people": business.backers.people, "customers": business.offering.customers}
        settings |= {
            f"businesses.{business.name}.{key}": count // stands_for for key, count in counted.items() if count
        }
    return Template(template.name, laid(template, [Setting(*each, NOWHERE) for each in settings.items()]))


# ------------------------------------------------------------------------------------------------------------- details


def _spaced(rows: Sequence[Row], most: int) -> tuple[Row, ...]:
    """At most so many rows: the first, the last, and others evenly between.

    Check
    -----
    >>> _spaced([(1,), (2,), (3,), (4,), (5,)], 3), _spaced([(1,), (2,)], 3)
    (((1,), (3,), (5,)), ((1,), (2,)))
    """
    places = np.linspace(0, len(rows) - 1, min(most, len(rows)))
    return tuple(rows[round(place)] for place in places)


def _terms(questions: Sequence[Question]) -> list[Term]:
    return list(dict.fromkeys(term for question in questions for term in question.value.terms))


def _plan(claim: Claim, worlds: Mapping[str, Template], study: Study, seed: int) -> Plan:
    """A study of those worlds of a claim that questions need."""
    questions, factors, rows, seeds = study
    terms = _terms(questions)
    wanted = {term.world for term in terms}
    templates = tuple(template for name, template in worlds.items() if name in wanted)
    paths = tuple(factor.path for factor in factors)
    return Plan(
        name=f"claim-{claim.id}",
        question=claim.statement,
        templates=templates,
        fixed=(),
        paths=paths,
        roles=tuple(factor.role for factor in factors),
        spreads=(),
        design="claim",
        points=checked_points(Combinations(templates, (), paths, rows), NOWHERE.value),
        replications=Replications(seeds),
        first_seed=seed,
        business=next(iter(templates[0].data["businesses"])),
        metrics=tuple(dict.fromkeys(term.measure for term in terms if term.measure in METRICS)) or ("profit",),
        kept=(),
        code=code_version(),
    )


def _business(plan: Plan, point: int, term: Term) -> str:
    """Of whom a term tells: the first business if it names none."""
    return term.business or plan.points[point].size.businesses[0]
