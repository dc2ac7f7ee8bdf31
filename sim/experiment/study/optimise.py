"""Optimisation of a study: its levers are chosen for the best outcome, and the best are lived again in fresh worlds.

What was chosen as best of many owes part of its lead to luck in the worlds of the search. So nothing is answered from
those: every number of the answer comes from worlds that the search has never seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq

from sim.experiment.statistics import Estimate, mean_interval, written
from sim.experiment.study.answer import outcomes
from sim.experiment.study.design import Row
from sim.experiment.study.factors import Factor, plain
from sim.experiment.study.file import Study
from sim.experiment.study.methods import Search
from sim.experiment.study.parts import PARTS, WEEKLY
from sim.experiment.study.plan import Plan, Replications
from sim.experiment.study.points import Combinations, checked_points
from sim.experiment.study.search import Told, Trial, front, search, to_live_again
from sim.experiment.study.sweep import Swept
from sim.experiment.study.work import Work, check_one_world_for_all
from sim.model.metrics import METRICS
from sim.scenario.problems import InputError

PRESETS = ("steady", "aggressive")
"""Strategies with which the front is compared."""
CASH = "cash"


class Again(NamedTuple):
    """A point in fresh worlds."""

    values: dict[str, Any]
    """Of the levers, by their paths."""
    fresh: dict[str, Estimate]
    """Of objectives and bounded metrics."""
    lowest_cash: float | None
    """Of any week in any world, if asked."""
    holds: bool
    """Does it keep within all bounds in fresh worlds too?"""


class Optimised(NamedTuple):
    """What came of an optimisation."""

    study: Study
    trials: tuple[Trial, ...]
    again: dict[int, Again]
    """In fresh worlds: what no trial beats, by its place among the trials, the best on the first objective first."""
    front: tuple[int, ...]
    """Those of them that keep within all bounds there, and that none of these beats there."""
    presets: dict[str, Again]
    """Known strategies in the same fresh worlds."""
    no_presets: str
    """Why they cannot be placed there; empty if they can."""


def optimise(study: Study, work: Work) -> Optimised:
    """Choose the levers of a study; uncertainties stay at their middle.

    Raises
    ------
    InputError
        If the study has no lever, or an objective is undefined somewhere.
    RunFailed
        If a run cannot be lived.
    """
    check_one_world_for_all(study, "optimise")
    levers = [factor for factor in study.factors if factor.role == "levers"]
    if not levers:
        raise study.fault("vary", "optimise chooses levers, and this study varies none", "Write one below vary.levers")
    how = study.search
    higher = [METRICS[name].better == "higher" for name in how.objectives]
    base = _looking_at(study.plan, how)

    with work.stages("the search") as tell:
        done = 0

        def answers(rows: Sequence[Row]) -> list[Told]:
            nonlocal done
            whole = [_row(study, levers, row) for row in rows]
            plan = replace(base, points=study.planned_for(whole).points, design="Search")
            before, total = done, how.trials * plan.replications.worlds
            swept = work.finished(plan, lambda now, _: tell(before + now * len(rows) * worlds // plan.most_runs, total))
            done += len(rows) * worlds
            return [_told(study, each) for each in _seen(plan, swept, how)]

        worlds = base.replications.worlds
        trials = search(levers, how, higher, answers)
    best = to_live_again(trials, higher)
    fresh = _in_fresh_worlds(base, how)
    again: dict[int, Again] = {}
    if best:
        rows = [_row(study, levers, trials[at].row) for at in best]
        plan = replace(fresh, points=study.planned_for(rows).points)
        seen = _seen(plan, work.lived(plan, "fresh worlds"), how)
        again = {at: _again(how, _named(levers, trials[at].row), each) for at, each in zip(best, seen, strict=True)}
    return Optimised(study, tuple(trials), again, _held(again, how, higher), *_presets(study, fresh, work))


def _held(again: Mapping[int, Again], how: Search, higher: Sequence[bool]) -> tuple[int, ...]:
    """Which of those lived again are the answer: with one objective the best of the search that holds there."""
    held = [at for at, each in again.items() if each.holds]
    if len(higher) == 1:
        return tuple(held[:1])
    seen = [Trial((at,), Told(tuple(float(again[at].fresh[name].mean) for name in how.objectives), ())) for at in held]
    return tuple(held[at] for at in front(seen, higher))


def _looking_at(plan: Plan, how: Search) -> Plan:
    """A plan whose outcomes are objectives and bounded metrics."""
    metrics = dict.fromkeys([*how.objectives, *(bound.metric for bound in how.within)])
    kept = plan.kept if not how.solvent or CASH in plan.kept else (*plan.kept, CASH)
    return replace(plan, metrics=tuple(metrics), kept=kept)


def _in_fresh_worlds(plan: Plan, how: Search) -> Plan:
    """The same in worlds that come after those of the search."""
    first = plan.first_seed + plan.replications.worlds
    return replace(plan, first_seed=first, replications=Replications(how.fresh), design="Fresh")


def _row(study: Study, levers: Sequence[Factor], row: Row) -> Row:
    """A value for each factor: those of levers, and the middle of what nobody knows."""
    chosen = dict(zip((lever.path for lever in levers), row, strict=True))
    return tuple(chosen.get(factor.path, factor.spread.at(0.5)) for factor in study.factors)


def _named(levers: Sequence[Factor], row: Row) -> dict[str, Any]:
    return {lever.path: value for lever, value in zip(levers, row, strict=True)}


class _Outcome(NamedTuple):
    """What was seen at a point: each metric in each world, and the lowest cash of all."""

    worlds: dict[str, np.ndarray]
    lowest_cash: float | None


def _seen(plan: Plan, swept: Swept, how: Search) -> list[_Outcome]:
    """What was seen at every point of a plan."""
    table = outcomes(plan, swept.parts)
    lowest = _lowest_cash(swept, plan.business) if how.solvent else {}
    found = []
    for _, part in table.groupby("point", sort=True):
        worlds = {name: part[name].to_numpy(float) for name in plan.metrics}
        cash = min(lowest[key] for key in part["run"]) if how.solvent else None
        found.append(_Outcome(worlds, cash))
    return found


def _lowest_cash(swept: Swept, business: str) -> dict[str, float]:
    """The lowest cash of a business in any week, by run."""
    wanted = [("metric", "==", CASH), ("business", "==", business)]
    found: dict[str, float] = {}
    for file in sorted((swept.folder / PARTS).glob(f"*/{WEEKLY}")):
        table = pq.read_table(file, columns=["run", "value"], filters=wanted).to_pandas()
        found |= table.groupby("run", observed=True)["value"].min().to_dict()
    return found


def _beyond(how: Search, outcome: _Outcome) -> tuple[float, ...]:
    """By how much each bound is broken."""
    found = []
    for bound in how.within:
        mean = float(outcome.worlds[bound.metric].mean())
        found += [bound.least - mean] if bound.least is not None else []
        found += [mean - bound.most] if bound.most is not None else []
    return (*found, -outcome.lowest_cash) if outcome.lowest_cash is not None else tuple(found)


def _told(study: Study, outcome: _Outcome) -> Told:
    how = study.search
    values = tuple(float(outcome.worlds[name].mean()) for name in how.objectives)
    told = Told(values, _beyond(how, outcome))
    if not np.isfinite([*told.values, *told.beyond]).all():
        asked = dict.fromkeys([*how.objectives, *(bound.metric for bound in how.within)])
        undefined = [name for name in asked if not np.isfinite(outcome.worlds[name].mean())]
        what = f"{', '.join(undefined)} is undefined at some point that was tried"
        raise study.fault("optimise", what, "Choose another objective or bound")
    return told


def _again(how: Search, values: dict[str, Any], seen: _Outcome) -> Again:
    fresh = {name: mean_interval(worlds, bounds=METRICS[name].bounds) for name, worlds in seen.worlds.items()}
    return Again(values, fresh, seen.lowest_cash, all(excess <= 0.0 for excess in _beyond(how, seen)))


def _presets(study: Study, fresh: Plan, work: Work) -> tuple[dict[str, Again], str]:
    """Steady and aggressive in the fresh worlds; if the scenario does not take them none, and why."""
    path = f"businesses.{study.plan.business}.strategy"
    unknown = [factor for factor in study.factors if factor.role != "levers"]
    inside = [factor.path for factor in unknown if factor.path.startswith(f"{path}.")]
    if inside:
        return {}, f"{', '.join(inside)} is inside of the strategy that they would replace"
    values = [({name: {}}, *(factor.spread.at(0.5) for factor in unknown)) for name in PRESETS]
    paths = (path, *(factor.path for factor in unknown))
    fixed = [each for each in study.fixed if each.path != path and not each.path.startswith(f"{path}.")]
    try:
        asked = Combinations(study.plan.templates, fixed, paths, values)
        points = checked_points(asked, study.written.value)
    except InputError as error:
        return {}, error.problems[0].what
    plan = replace(
        fresh,
        points=points,
        paths=paths,
        roles=("levers", *(factor.role for factor in unknown)),
        spreads=(list(PRESETS), *(factor.path for factor in unknown)),
        fixed=tuple((each.path, each.value) for each in fixed),
        design="Presets",
    )
    found = _seen(plan, work.lived(plan, "steady and aggressive"), study.search)
    return {name: _again(study.search, {path: name}, each) for name, each in zip(PRESETS, found, strict=True)}, ""


# ------------------------------------------------------------------------------------------------------------ as data


def document_of(made: Optimised) -> dict[str, Any]:
    """The optimisation as plain data."""
    study, how = made.study, made.study.search
    rows = {
        at: _document(each)
        | {"in_search": dict(zip(how.objectives, made.trials[at].told.values, strict=True)), "trial": at}
        for at, each in made.again.items()
    }
    front_rows = [rows[at] for at in made.front]
    return {
        "study": study.plan.name,
        "question": study.plan.question,
        "scenario": study.plan.templates[0].name,
        "business": study.plan.business,
        "objectives": [{"metric": name, "better": METRICS[name].better} for name in how.objectives],
        "bounds": [bound._asdict() for bound in how.within],
        "solvent": how.solvent,
        "front": front_rows,
        "best": front_rows[0] if front_rows else None,
        "others_lived_again": [row for at, row in rows.items() if at not in made.front],
        "presets": {name: _document(each) for name, each in made.presets.items()},
        "no_presets": made.no_presets or None,
        "trials": [
            {
                "values": [plain(value) for value in each.row],
                "objectives": list(each.told.values),
                "allowed": each.told.is_allowed,
            }
            for each in made.trials
        ],
        "levers": [factor.path for factor in study.factors if factor.role == "levers"],
        "held": {each.path: plain(each.spread.at(0.5)) for each in study.factors if each.role != "levers"},
        "worlds": study.plan.replications.worlds,
        "fresh_worlds": how.fresh,
    }


def _document(each: Again) -> dict[str, Any]:
    outcomes_of = {
        name: {"mean": written(float(found.mean)), "ci95": [written(float(found.low)), written(float(found.high))]}
        for name, found in each.fresh.items()
    }
    values = {path: plain(value) for path, value in each.values.items()}
    return {"values": values, "outcomes": outcomes_of, "lowest_cash": each.lowest_cash, "holds": each.holds}
