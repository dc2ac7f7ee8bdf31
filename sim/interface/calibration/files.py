"""The files of a calibrated firm: what it does now, two plans, and a study of what nobody knows about it.

Every number of the scenario says where it comes from, with its interval where it was estimated.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.experiment.calibration.calibrate import Calibration
from sim.experiment.calibration.estimates import Fitted
from sim.experiment.calibration.log import date_of
from sim.experiment.calibration.money import margin_of
from sim.experiment.firm import Firm
from sim.interface.firm.files import PLANS, plan_file, shown_line
from sim.interface.terminal.yaml_text import amount, comment, schema_line, story, written_out, yaml

STUDY = "unknown"
SPREADS = {"even": "uniform", "log": "log_uniform"}
"""How a study varies what is uncertain, by the scale on which it is."""


def paths_of(path: Path) -> list[Path]:
    """The files that a calibration is written to; the first is the scenario."""
    return [path, *(path.with_name(f"{path.stem}_{name}{path.suffix}") for name in (*PLANS, STUDY))]


def files_of(found: Calibration, path: Path) -> dict[Path, str]:
    """The text of every file, by its path; the same calibration gives the same texts."""
    own, *others, study = paths_of(path)
    unknown = {study: _study_file(found, own)} if "uncertainties" in found.world else {}
    firm = firm_of(found)
    texts = {own: _own_file(found, own)}
    texts |= {each: plan_file(firm, own, name) for each, name in zip(others, PLANS, strict=True)}
    return texts | unknown


def firm_of(found: Calibration) -> Firm:
    """The firm in the few numbers by which plans are scaled."""
    base, money, said = found.plan.base, found.plan.money, found.plan.said
    total = money.winning + money.keeping
    return Firm(
        people=found.plan.market.people,
        customers=base.listed,
        orders=base.orders / base.listed,
        order_value=base.order,
        margin=margin_of(said),
        marketing=total,
        acquisition_share=money.winning / total if total else 0.5,
        currency=said.currency,
    )


# ------------------------------------------------------------------------------------------------------------ scenario


def _own_file(found: Calibration, path: Path) -> str:
    notes = _notes(found)
    parts = [
        schema_line(path),
        _header(found),
        story(_stories(found)),
        *(yaml({key: value}, notes) for key, value in found.world.items()),
    ]
    return "\n".join(part for part in parts if part)


def _header(found: Calibration) -> str:
    """Where everything comes from, what the simulated firm looks like, and how well it foretold."""
    log = found.log
    text = (
        f"The firm of a log from {date_of(log.first_day)} to {date_of(log.last_day)}, written by keepwin's calibrate. "
        'Behind every number stands where it comes from: "log" is what the records say, with a 95 % interval where it '
        'was estimated; "spend" was learned from spend; "said" is what you said; everything else is assumed: A20 and '
        "so on are paragraphs of docs/assumptions.md, the rest is explained in docs/calibrate.md. Correct what you "
        "know better."
    )
    rows = [("in the last year", "log", "simulated (lowest to highest world)"), *map(shown_line, found.lines)]
    widths = [max(len(row[at]) for row in rows) for at in (0, 1)]
    table = [f"#   {name:<{widths[0]}}  {asked:>{widths[1]}}  {simulated}" for name, asked, simulated in rows]
    return "\n".join([comment(text), "#", *table, *_tested(found), ""])


def _tested(found: Calibration) -> list[str]:
    """How the forecast fared, as comment."""
    if found.holdout is None:
        return []
    test = found.holdout
    mean, low, high = test.by_simulation
    text = (
        f"Tested: from what was known on {date_of(test.split)}, the simulated firm foretold {amount(mean)} repeat "
        f"purchases of its customers until the end (95 % interval {amount(low)} to {amount(high)}); they made "
        f"{amount(test.later)}."
    )
    return ["#", comment(text)]


def _stories(found: Calibration) -> dict[str, str]:
    base, market, money, said = found.plan.base, found.plan.market, found.plan.money, found.plan.said
    return {
        "what_is_it": (
            f"A firm that has had {base.customers:,} customers, of whom {base.listed:,} bought within the last year. "
            f"They placed {amount(base.orders)} orders a year for {amount(base.order)} {said.currency} each, and "
            f"{amount(base.won)} new ones came. {market.people:,} people may buy of it."
        ),
        "how_it_works": (
            "Customers buy and leave as the models say that were fitted to the log. People come by themselves or by "
            f"the money spent on winning them ({amount(money.winning)} a year). Keeping money ({amount(money.keeping)} "
            "a year) saves a part of departures. There are no rivals, prices or talk: the log says nothing of them. "
            f"Each simulated person stands for {market.represents:,}."
        ),
        "things_to_notice": (
            "The years before week 0 repeat the last year's pace until as many have come as in the log. What is "
            "assumed of money decides how to split it: read the uncertainties before you believe an answer."
        ),
        "things_to_try": (
            "Compare with the two plans beside this file, ask advise, and run sensitivity on the study beside it. It "
            "varies all that is listed under uncertainties."
        ),
    }


def _notes(found: Calibration) -> dict[str, str]:
    """Where each number comes from."""
    first, said, money = found.understood.models[0], found.plan.said, found.plan.money
    spend = found.responses is not None
    known = {each.name: each for each in found.responses.learned} if found.responses else {}
    people = "said" if said.people else "assumed"
    here = "businesses.ours"
    notes = {
        "currency": "said, or what is usual",
        "time.burn_in_weeks": "log: as long as it is, or until as many customers have come",
        "people.count": f"simulated people; times represents: the market, {people}",
        "people.represents": "people of the market for each simulated one",
        "people.leaving": f"log: {_interval(first, 'a')}, {_interval(first, 'b')}; before care",
        "people.mean_order_value": "log: mean of all orders",
        "people.price_sensitivity": "off: the log says nothing of it",
        "rules.need": "said",
        "rules.choice": "off, as are the rest of the rules below but two",
        "rules.defection.first_order_at_risk": "the model's: the coin exists from this order on",
        "rules.acquisition": "who is reached orders at once, so those to come are like those who came",
        "rules.value": _of_orders(found),
        f"{here}.price": "log: mean of all orders",
        f"{here}.unit_cost": f"{'said' if said.margin else 'assumed, A36'}: a margin of {100 * margin_of(said):g} %",
        f"{here}.customers": "log: who came faster than last year's pace, when the world begins",
        f"{here}.cash": "a seventh of a year's revenue, A38",
        f"{here}.credit_line": "two sevenths, A38",
        f"{here}.channels.by_itself": _learned(
            known.get("by_itself"), "half of the new customers, assumed; costs next to nothing"
        ),
        f"{here}.levers.care": _learned(known.get("care.strength"), "A25, per margin of a customer and year"),
        f"{here}.status_quo": "spend of the last year" if spend else "said" if said.marketing else "assumed, A32",
        f"{here}.strategy": "the same: the zero",
    }
    for name in money.ways:
        parts = [known.get(f"{name}.{what}") for what in ("ceiling", "half_saturation", "keep")]
        assumed = "from the number of new customers; strength and keep A20"
        notes[f"{here}.channels.{name}"] = _learned(parts[0], assumed) if parts[0] else assumed
    if found.understood.estimates:
        notes["people.need_per_year"] = f"log: {_interval(first, 'r')}, {_interval(first, 'alpha')} weeks; 52 r / alpha"
    return notes


def _learned(each: Any, assumed: str) -> str:
    if each is None or each.assumed:
        return assumed
    if not each.known:
        return f"spend, which hardly shows it: may be {amount(each.low)} to {amount(each.high)}"
    return f"spend: {each.name} {amount(each.value)} ({amount(each.low)} to {amount(each.high)})"


def _of_orders(found: Calibration) -> str:
    model = next((fit for fit in found.understood.models if fit.model == "gamma_gamma"), None)
    return f"log: {_interval(model, 'p')}, {_interval(model, 'q')}" if model else "orders of one person are alike"


def _interval(fit: Fitted, name: str) -> str:
    each = next(each for each in fit.parameters if each.name == name)
    doubt = ", not identified" if name in fit.loose else ""
    return f"{name} {amount(each.value)} ({amount(each.low)} to {amount(each.high)}{doubt})"


# --------------------------------------------------------------------------------------------------------------- study


def _study_file(found: Calibration, path: Path) -> str:
    """The study that varies whatever is uncertain, under any split of the money that is spent now."""
    money = found.plan.money
    total = written_out(money.winning + money.keeping).replace(",", "")
    listed = found.world["uncertainties"].items()
    spreads = [
        f"    uncertainties.{name}: {{{SPREADS[each.get('scale', 'even')]}: "
        f"{{low: {each['low']!r}, high: {each['high']!r}}}}}"
        for name, each in listed
    ]
    strategy = "businesses.ours.strategy.fixed_budget"
    lines = [
        comment(f"Which numbers that nobody knows of {path.name} decide how to split its money? For sensitivity."),
        "study: 1",
        "question: >",
        "  Which of the numbers that were assumed matter most for the best split between winning and keeping?",
        f"scenarios: {path.name}",
        "set:",
        "  time.weeks: 104",
        f"  {strategy}.spend_per_year: {float(total)!r}",
        "vary:",
        "  levers:",
        f"    {strategy}.acquisition_share: [0.1, 0.3, 0.5, 0.7, 0.9]",
        "  uncertainties:",
        *spreads,
        "design: {latin_hypercube: {points: 40}}",
        "replications: 3",
        "outcomes: {business: ours, metrics: [profit]}",
        "keep: none",
        "sensitivity:",
        f"  of: {{best: {strategy}.acquisition_share}}",
        "  screening: 6",
        f"  strongest: {min(len(spreads), 4)}",
        "  points: 64",
        "",
    ]  # fmt: skip
    return "\n".join(lines)
