"""Calibrate: from a firm's records to a scenario, and to what has to be known before it is believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sim.experiment.calibration import subscriptions
from sim.experiment.calibration.base import NOTHING_SAID, Base, Said, base_of, market_of
from sim.experiment.calibration.cohorts import Seasons, seasons, tellable
from sim.experiment.calibration.estimates import RESAMPLES, Estimates, Fitted, estimated
from sim.experiment.calibration.holdout import Holdout, Law, held_out, law_of_buying, law_of_renewals, usual_split
from sim.experiment.calibration.log import Log, date_of
from sim.experiment.calibration.money import assumed_money
from sim.experiment.calibration.response import Responses, learn
from sim.experiment.calibration.spend import Spend
from sim.experiment.calibration.subscriptions import Subscriptions
from sim.experiment.calibration.uncertain import uncertainties_of
from sim.experiment.calibration.unknown import Unknown, unknown_in
from sim.experiment.calibration.unseen import Unseen, foretold_by_curves
from sim.experiment.calibration.world import Behaviour, Plan, behaviour_of, world_of
from sim.experiment.runs import seeds_from
from sim.experiment.start import Line, line_of, year_before
from sim.experiment.statistics import written
from sim.scenario.load import scenario_from
from sim.scenario.problems import InputError, Problem
from sim.scenario.schema import Scenario

TESTED_RESAMPLES = 20
"""Of what was known at a split: how sure its estimates were shows in the band of what they foretell."""
CHECKS = 8
"""Worlds in which the year before week 0 is looked at."""
Tell = Callable[[str], None]
Records = Log | Subscriptions


class Understood(NamedTuple):
    """What records say of how customers buy and leave."""

    log: Log
    """Purchases, or payments."""
    models: tuple[Fitted, ...]
    """The first is the one that the scenario rests on."""
    behaviour: Behaviour
    law: Law
    base: Base
    estimates: Estimates | None
    """None for subscriptions."""


class Calibration(NamedTuple):
    """What was found of a firm, and the scenario made of it."""

    understood: Understood
    """What the scenario rests on."""
    plan: Plan
    holdout: Holdout | None
    seasons: Seasons | None
    unknown: list[Unknown]
    world: dict[str, Any]
    """The scenario as a file holds it."""
    scenario: Scenario
    lines: tuple[Line, ...]
    """The last year of the records and the year before week 0."""
    responses: Responses | None
    """What money did; None where no spend was given."""
    unseen: Unseen | None
    """What was foretold of the last periods of spend from the others; None where none or too little was given."""
    untested: str = ""
    """Why nothing was held out, if nothing was."""

    @property
    def log(self) -> Log:
        """What the scenario rests on, purchase by purchase."""
        return self.understood.log


def calibrate(
    records: Records,
    said: Said = NOTHING_SAID,
    split: int | None = None,
    *,
    spend: Spend | None = None,
    tell: Tell = lambda text: None,
) -> Calibration:
    """Find the scenario of a firm.

    Parameters
    ----------
    said : what the firm knows of itself beside its records
    split : the last day on which the scenario rests; what came later only tests it. If nobody names one, the scenario
        rests on all, and the test on what was known before the last third
    spend : what was spent, if that is known
    tell : is told what is being done

    Raises
    ------
    InputError
        If records tell nothing of when customers return, or cannot be split so.
    """
    _check(records, said, split)
    tell("Fitting how customers buy ...")
    found = understood(records if split is None else records.until(split))
    plan = _planned(found, said)
    day = usual_split(records) if split is None else split
    holdout, untested = None, f"the records are only {found.log.weeks:.0f} weeks long"
    if day is not None:
        tell(f"Foretelling what came after {date_of(day)} from what was known then ...")
        try:
            holdout, untested = foretold(records, day, found if split is not None else None, said), ""
        except InputError as error:
            untested = f"of what was known on {date_of(day)}, {error.problems[0].what}"
    responses, unseen = None, None
    if spend is not None:
        responses = learn(plan, spend, found.log, tell)
        tell("Foretelling new customers of the last periods from the others ...")
        unseen = foretold_by_curves(plan, spend, found.log)
    if responses:
        market = market_of(plan.base, plan.market.people, responses.contact)
        plan = plan._replace(money=responses.money, market=market)
    unknown = unknown_in(plan, responses.learned if responses else None)
    uncertain = uncertainties_of(unknown, plan, responses)
    world = world_of(plan) | ({"uncertainties": uncertain} if uncertain else {})
    scenario = scenario_from(world)
    tell("Living the years before week 0 ...")
    lines = tuple(_lines(scenario, plan.base))
    indices = seasons(found.log, found.law.expected) if found.estimates else None
    return Calibration(found, plan, holdout, indices, unknown, world, scenario, lines, responses, unseen, untested)


def understood(records: Records, resamples: int = RESAMPLES) -> Understood:
    """Fit what fits such records.

    Raises
    ------
    InputError
        If they tell nothing of when customers return.
    """
    if isinstance(records, Subscriptions):
        model, log = subscriptions.estimated(records, resamples), records.payments()
        base = base_of(log)._replace(listed=records.active)
        law = law_of_renewals(model, records)
        return Understood(log, (model,), subscriptions.behaviour_of(model, records), law, base, None)
    found = estimated(records, resamples)
    law = law_of_buying(found, records)
    return Understood(records, found.all, behaviour_of(found), law, base_of(records), found)


def _planned(found: Understood, said: Said) -> Plan:
    """The world that records describe, with what is assumed of money."""
    market = market_of(found.base, said.people)
    return Plan(found.behaviour, found.base, market, assumed_money(found.base, market, said), said)


def foretold(records: Records, day: int, found: Understood | None, said: Said) -> Holdout:
    """What was known on a day, asked about the time after it.

    Parameters
    ----------
    found : what records until that day say, if that is known already

    Raises
    ------
    InputError
        If they say nothing.
    """
    known = records.until(day)
    found = found or understood(known, resamples=TESTED_RESAMPLES)
    plan = _planned(found, said)
    others = [plan._replace(behaviour=each) for each in _as_well(found, known)]
    return held_out(_log_of(records), found.log, plan, others, found.law)


def _as_well(found: Understood, records: Records) -> list[Behaviour]:
    """How customers might as well buy and leave, as far as the records tell."""
    (model, *_), estimates = found.models, found.estimates
    sets = [model.with_values(values) for values in model.others]
    if isinstance(records, Subscriptions):
        return [subscriptions.behaviour_of(each, records) for each in sets]
    return [behaviour_of(estimates._replace(bg_nbd=each)) for each in sets] if estimates else []


def _log_of(records: Records) -> Log:
    return records.payments() if isinstance(records, Subscriptions) else records


def _lines(scenario: Scenario, base: Base) -> list[Line]:
    """The last year of the records beside the simulated year before week 0."""
    years = [year_before(scenario, seed) for seed in seeds_from(1, CHECKS)]
    asked = {
        "listed_customers": float(base.listed),
        "new_customers": base.won,
        "orders": base.orders,
        "revenue": base.revenue,
    }
    return [line_of(name, value, years) for name, value in asked.items()]


def _check(records: Records, said: Said, split: int | None) -> None:
    first, last = date_of(records.first_day), date_of(records.last_day)
    if split is not None and not records.first_day <= split < records.last_day:
        what = f"--split {date_of(split)} is not inside the records, which run from {first} to {last}"
        raise InputError([Problem(None, what, "Name a day before the last one")])
    customers = _log_of(records).customers
    if said.people is not None and said.people <= customers:
        what = f"--people {said.people:,} must be more than the {customers:,} customers of the records"
        raise InputError([Problem(None, what, "Count everybody who may buy such things of this firm")])


# ---------------------------------------------------------------------------------------------------------------- JSON


def document_of(found: Calibration) -> dict[str, Any]:
    """The calibration as plain data: nothing of it tells who a customer is."""
    log = found.log
    return {
        "log": {
            "rows": log.rows,
            "left_out": [each._asdict() for each in log.left],
            "noticed": [each._asdict() for each in log.noticed],
            "understood": dict(log.ways),
            "customers": log.customers,
            "purchases": len(log.day),
            "from": str(date_of(log.first_day)),
            "to": str(date_of(log.last_day)),
        },
        "parameters": {fit.model: parameters_of_fit(fit) for fit in found.understood.models},
        "log_likelihood": {fit.model: fit.log_likelihood for fit in found.understood.models},
        "responses": None if found.responses is None else {
            each.name: {"estimate": each.value, "ci95": [each.low, each.high] if each.known else None,
                        "may_be": [each.low, each.high], "identified": each.known, "assumed": each.assumed}
            for each in found.responses.learned
        },
        "unseen": None if found.unseen is None else unseen_document(found.unseen),
        "holdout": holdout_document(found.holdout),
        "untested": found.untested or None,
        "seasons": None if found.seasons is None else [float(each) for each in found.seasons.level],
        "year_before": {
            line.name: {"log": line.asked, "mean": written(line.mean), "low": written(line.low),
                        "high": written(line.high), "met": line.met}
            for line in found.lines
        },
        "unidentified": [each._asdict() for each in found.unknown],
    }  # fmt: skip


def parameters_of_fit(fit: Fitted) -> dict[str, Any]:
    """Estimates and intervals by name."""
    return {
        each.name: {"estimate": each.value, "ci95": [each.low, each.high], "identified": each.name not in fit.loose}
        for each in (*fit.parameters, *fit.chances)
    }


def unseen_document(found: Unseen) -> dict[str, Any]:
    """The test of what money did against the new customers of periods that were not looked at."""
    told = [float(came) if may else None for came, may in zip(found.actual, tellable(found.actual), strict=True)]
    periods = zip(found.begins.tolist(), told, found.foretold.tolist(), found.low.tolist(),
                  found.high.tolist(), strict=True)  # fmt: skip
    return {
        "from": str(date_of(int(found.begins[0]))),
        "actual": float(found.actual.sum()),
        "foretold": {"estimate": found.total[0], "band95": list(found.total[1:])},
        "as_before": found.as_before,
        "misses": {name: written(miss) for name, miss in found.misses().items()},
        "periods": [
            {"from": str(date_of(begin)), "actual": came, "foretold": mean, "band95": [low, high]}
            for begin, came, mean, low, high in periods
        ],
    }


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
        "simulated": {"estimate": mean, "band95": [low, high], "band95_of_luck_alone": list(found.by_luck)},
        "formula": found.by_formula,
        "formula_given_history": found.given_history,
        "last_year": found.as_last_year,
        "misses": misses,
        "miss_of_all_repeats": found.miss_of_total,
        "parameters": {each.name: each.value for each in found.fitted.parameters},
    }
