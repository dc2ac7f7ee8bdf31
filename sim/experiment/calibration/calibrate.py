"""Calibrate: from a firm's records to a scenario, and to what has to be known before it is believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.calibration.base import Base, Said, base_of, market_of
from sim.experiment.calibration.cohorts import Seasons, seasons
from sim.experiment.calibration.estimates import Estimates, Fitted, estimated
from sim.experiment.calibration.holdout import Holdout, held_out, usual_split
from sim.experiment.calibration.log import Log, date_of
from sim.experiment.calibration.money import Money, assumed_money
from sim.experiment.calibration.unknown import Unknown, uncertainties_of, unknown_in
from sim.experiment.calibration.world import Plan, behaviour_of, world_of
from sim.experiment.start import Line, line_of, year_before
from sim.experiment.runs import seeds_from
from sim.experiment.statistics import written
from sim.scenario.load import scenario_from
from sim.scenario.problems import InputError, Problem
from sim.scenario.schema import Scenario

CHECKS = 8
"""Worlds in which the year before week 0 is looked at."""
Tell = Callable[[str], None]


class Calibration(NamedTuple):
    """What was found of a firm, and the scenario made of it."""

    log: Log
    """What the scenario rests on."""
    estimates: Estimates
    plan: Plan
    holdout: Holdout | None
    seasons: Seasons | None
    unknown: list[Unknown]
    world: dict[str, Any]
    """The scenario as a file holds it."""
    scenario: Scenario
    lines: tuple[Line, ...]
    """The last year of the log and the year before week 0."""

    @property
    def models(self) -> tuple[Fitted, ...]:
        """All that was fitted."""
        return self.estimates.all


def calibrate(log: Log, said: Said = Said(), split: int | None = None, *, tell: Tell = lambda text: None) -> Calibration:
    """Find the scenario of a firm.

    Parameters
    ----------
    said : what the firm knows of itself beside its log
    split : the last day on which the scenario rests; what came later only tests it. If nobody names one, the scenario
        rests on the whole log, and the test on what was known before its last third
    tell : is told what is being done

    Raises
    ------
    InputError
        If a log tells nothing of when customers return, or cannot be split so.
    """
    _check(log, said, split)
    known = log if split is None else log.until(split)
    tell("Fitting how customers buy ...")
    found = estimated(known)
    plan = _planned(known, found, said)
    day = usual_split(log) if split is None else split
    holdout = None
    if day is not None and day < log.last_day:
        tell(f"Foretelling what came after {date_of(day)} from what was known then ...")
        holdout = _tested(log, day, found if split is not None else None, said)
    unknown = unknown_in(plan, False, False, frozenset())
    world = world_of(plan) | {"uncertainties": uncertainties_of(unknown)}
    scenario = scenario_from(world)
    tell("Living the years before week 0 ...")
    lines = tuple(_lines(scenario, plan.base))
    return Calibration(
        known, found, plan, holdout, seasons(known, found.buying), unknown, world, scenario, lines
    )


def _planned(log: Log, found: Estimates, said: Said) -> Plan:
    """The world that a log describes, with what is assumed of money."""
    base = base_of(log)
    market = market_of(base, said.people)
    money: Money = assumed_money(base, market, said)
    return Plan(behaviour_of(found), base, market, money, said)


def _tested(log: Log, day: int, found: Estimates | None, said: Said) -> Holdout | None:
    """The hold-out; None where nothing could be foretold from what was known."""
    known = log.until(day)
    try:
        found = found or estimated(known, resamples=0)
    except InputError:
        return None
    return held_out(log, known, _planned(known, found, said), found)


def _lines(scenario: Scenario, base: Base) -> list[Line]:
    """The last year of the log beside the simulated year before week 0."""
    years = [year_before(scenario, seed) for seed in seeds_from(1, CHECKS)]
    asked = {
        "listed_customers": float(base.listed),
        "new_customers": base.won,
        "orders": base.orders,
        "revenue": base.revenue,
    }
    return [line_of(name, value, years) for name, value in asked.items()]


def _check(log: Log, said: Said, split: int | None) -> None:
    if split is not None and not log.first_day <= split < log.last_day:
        what = f"--split {date_of(split)} is not inside the log, which runs from {date_of(log.first_day)} to"
        raise InputError([Problem(None, f"{what} {date_of(log.last_day)}", "Name a day before its last one")])
    if said.people is not None and said.people <= log.customers:
        what = f"--people {said.people:,} must be more than the {log.customers:,} customers of the log"
        raise InputError([Problem(None, what, "Count everybody who may buy such things of this firm")])


# ---------------------------------------------------------------------------------------------------------------- JSON


def document_of(found: Calibration) -> dict[str, Any]:
    """The calibration as plain data: nothing of it tells who a customer is."""
    log = found.log
    return {
        "log": {
            "rows": log.rows,
            "left_out": [each._asdict() for each in log.left],
            "understood": dict(log.ways),
            "customers": log.customers,
            "purchases": len(log.day),
            "from": str(date_of(log.first_day)),
            "to": str(date_of(log.last_day)),
        },
        "parameters": {fit.model: parameters_of_fit(fit) for fit in found.models},
        "log_likelihood": {fit.model: fit.log_likelihood for fit in found.models},
        "holdout": holdout_document(found.holdout),
        "seasons": None if found.seasons is None else [float(each) for each in found.seasons.index],
        "year_before": {
            line.name: {"log": line.asked, "mean": written(line.mean), "low": written(line.low),
                        "high": written(line.high), "met": line.met}
            for line in found.lines
        },
        "unidentified": [each._asdict() for each in found.unknown],
    }  # fmt: skip


def parameters_of_fit(fit: Fitted) -> dict[str, Any]:
    """Estimates and intervals by name."""
    return {each.name: {"estimate": each.value, "ci95": [each.low, each.high]} for each in fit.parameters}


def holdout_document(found: Holdout | None) -> dict[str, Any] | None:
    """The test against what came later."""
    if found is None:
        return None
    mean, low, high = found.by_simulation
    misses = {name: written(miss) for name, miss in found.misses().items()}
    return {
        "split": str(date_of(found.split)),
        "customers": found.customers,
        "actual": found.later,
        "simulated": {"estimate": mean, "band95": [low, high]},
        "formula": found.by_formula,
        "formula_given_history": found.given_history,
        "last_year": found.as_last_year,
        "misses": misses,
        "miss_of_all_repeats": found.miss_of_total,
        "parameters": {each.name: each.value for each in found.estimates.bg_nbd.parameters},
    }
