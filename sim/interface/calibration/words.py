"""What is told of a calibration: tables of what was found and what was not, and remarks before anybody believes it."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

from sim.experiment.calibration.calibrate import Calibration
from sim.experiment.calibration.cohorts import frequencies
from sim.experiment.calibration.estimates import FEW_CUSTOMERS, Fitted
from sim.experiment.calibration.holdout import Holdout
from sim.experiment.calibration.log import Log, date_of
from sim.experiment.calibration.unseen import Unseen
from sim.interface.firm.files import shown_line
from sim.interface.terminal.tables import left, right, table, title
from sim.interface.terminal.terminal import Terminal
from sim.interface.terminal.yaml_text import amount

MODELS = {
    "bg_nbd": "how often, and until when (BG/NBD)",
    "nbd": "how often, if nobody left (NBD)",
    "gamma_gamma": "for how much (Gamma-Gamma)",
    "sbg": "who renews (shifted-beta-geometric)",
}
CALLED = {
    "leaves_at_first": {"bg_nbd": "leaves after the first repeat", "sbg": "leaves at the first renewal"},
    "leaves_at_fifth": {
        "bg_nbd": "leaves after the fifth, if still there",
        "sbg": "leaves at the fifth, if still there",
    },
}
LARGE_MISS = 0.15
ONCE = (
    "Whoever bought once counts as a customer still, however long ago that was: in this model nobody leaves before the "
    "first repeat purchase. Read that line as not known."
)
Truth = Mapping[str, Mapping[str, float]]
"""Of a demonstration: true numbers by model and name."""


def show(found: Calibration, terminal: Terminal, truth: Truth) -> None:
    """Tell everything.

    Parameters
    ----------
    truth : of a demonstration; empty otherwise
    """
    terminal.tell(what_was_read(found.log))
    for model in found.understood.models:
        terminal.show(title(f"{MODELS[model.model]}: log likelihood {model.log_likelihood:,.1f}"))
        terminal.show(_fit(model, truth.get(model.model, {})), "")
    if found.understood.estimates:
        terminal.show(title("Customers by how often they bought"), _frequencies(found), ONCE, "")
    if found.holdout:
        terminal.show(title(f"The test: after {date_of(found.holdout.split)}"), holdout_table(found.holdout), "")
    if found.responses:
        terminal.show(title("What money did"), _responses(found, truth.get("responses", {})), "")
    if found.unseen:
        when = date_of(int(found.unseen.begins[0]))
        terminal.show(title(f"The test of that: learned until {when}"), unseen_table(found.unseen), "")
    terminal.show(title("The last year, and the simulated year before week 0"), _year(found), "")
    if found.unknown:
        terminal.show(title("What the records cannot tell, and what is assumed"), _unknown(found), "")
    terminal.tell(*remarks(found))


def _fit(model: Fitted, truth: Mapping[str, float]) -> Table:
    """Estimates with intervals; of a demonstration the truth as well."""
    made = _with_truth("95 % interval", truth)
    for each in (*model.parameters, *model.chances):
        wide = f"{amount(each.low)} to {amount(each.high)}"
        doubt = ": not identified" if each.name in model.loose else ""
        name = CALLED[each.name][model.model] if each.name in CALLED else each.name
        _add_row(made, (name, amount(each.value), wide + doubt), truth, each.name)
    return made


def _with_truth(interval: str, truth: Mapping[str, float]) -> Table:
    return table("", right("estimate"), right(interval), *([right("truth")] if truth else []))


def _add_row(made: Table, cells: tuple[str, ...], truth: Mapping[str, float], name: str) -> None:
    made.add_row(*cells, *([amount(truth[name]) if name in truth else ""] if truth else []))


def what_was_read(log: Log) -> str:
    """How the file was understood, and what was left out of it."""
    left_out = "; ".join(f"{each.rows:,} rows: {each.why} (the first on line {each.first})" for each in log.left)
    ways = ", ".join(f"{key} {value}" for key, value in log.ways.items())
    return (
        f"{log.rows:,} rows, read as {ways}. {log.customers:,} customers made {len(log.day):,} purchases from "
        f"{date_of(log.first_day)} to {date_of(log.last_day)}; what a customer bought on one day is one purchase. "
        f"{f'Left out: {left_out}.' if left_out else 'Nothing was left out.'}"
    )


def _frequencies(found: Calibration) -> Table:
    assert found.understood.estimates is not None
    made = table("purchases", right("customers"), right("weeks since the last"), right("mean order"), right("alive"))
    frame = frequencies(found.log, found.understood.estimates.buying)
    for row in frame.to_dict("records"):
        numbers = (f"{row['customers']:,}", f"{row['recency_weeks']:.1f}", f"{row['mean_order']:,.2f}")
        made.add_row(row["purchases"], *numbers, f"{100 * row['alive']:.0f} %")
    return made


def holdout_table(found: Holdout) -> Table:
    """Each forecast of the hold-out, and by how much it missed."""
    mean, low, high = found.by_simulation
    misses = found.misses()
    made = table("repeat purchases of its customers", right("number"), right("miss"))
    made.add_row("what came", amount(found.later), "")
    rows = {
        f"simulated (95 % interval {amount(low)} to {amount(high)})": ("simulated", mean),
        "the formula": ("formula", found.by_formula),
        "the formula, given what each had done": ("formula_given_history", found.given_history),
        "as many as in the same weeks before": ("last_year", found.as_last_year),
    }
    for name, (key, value) in rows.items():
        made.add_row(name, amount(value), f"{100 * misses[key]:+.1f} %")
    return made


def unseen_table(found: Unseen) -> Table:
    """Each forecast of the new customers of periods that were held out, and by how much it missed."""
    mean, low, high = found.total
    misses = found.misses()
    made = table(f"new customers of the last {len(found.actual)} periods", right("number"), right("miss"))
    made.add_row("what came", amount(float(found.actual.sum())), "")
    rows = {
        f"foretold by the curves (95 % interval {amount(low)} to {amount(high)})": ("simulated", mean),
        "as many as in as many periods before": ("as_before", found.as_before),
    }
    for name, (key, value) in rows.items():
        made.add_row(name, amount(value), f"{100 * misses[key]:+.1f} %")
    inside = int(((found.low <= found.actual) & (found.actual <= found.high)).sum())
    made.add_row("periods inside their own 95 % interval", f"{inside} of {len(found.actual)}", "")
    return made


def _responses(found: Calibration, truth: Mapping[str, float]) -> Table:
    assert found.responses is not None
    made = _with_truth("95 % interval, or may be", truth)
    for each in found.responses.learned:
        wide = f"{amount(each.low)} to {amount(each.high)}"
        doubt = "" if each.known else ": assumed" if each.assumed else ": not known"
        name = each.name.replace(".", ": ").replace("_", " ")
        _add_row(made, (name, amount(each.value), wide + doubt), truth, each.name)
    return made


def _year(found: Calibration) -> Table:
    made = table("", right("log"), right("simulated (lowest to highest world)"))
    for line in found.lines:
        made.add_row(*shown_line(line))
    return made


def _unknown(found: Calibration) -> Table:
    made = table(left("what"), right("assumed"), right("may be"), left("from"))
    for each in found.unknown:
        made.add_row(each.why, amount(each.value), f"{amount(each.low)} to {amount(each.high)}", each.source)
    return made


def remarks(found: Calibration) -> list[str]:
    """What must be known before the scenario is believed."""
    said, base, market = _unsure(found), found.plan.base, found.plan.market
    said += [f"{each.rows:,} rows {each.why} (the first on line {each.first})." for each in found.log.noticed]
    if found.untested:
        said.append(f"Nothing was held out to test the forecast: {found.untested}.")
    if base.weeks < 52:
        said.append(
            f"The log is only {base.weeks:.0f} weeks long. Numbers a year are scaled up from it, the simulated years "
            "before week 0 are not shorter than one, and no season can be seen."
        )
    if base.is_slow:
        said.append("The last year of the log won next to no new customers, so the pace of its mean year is assumed.")
    if market.seeded > base.customers / 4:
        said.append(
            f"{market.seeded:,} of {base.customers:,} customers came faster than last year's pace and are there when "
            "the simulated world begins. If the log begins in the middle of the firm's life, its early customers only "
            "look new: take away its first half year."
        )
    if found.plan.behaviour.evened:
        said.append(
            "A few customers would buy more often than can be simulated, so rates are more even than estimated."
        )
    if found.seasons is not None:
        level = found.seasons.level
        if found.seasons.matter:
            said.append(
                f"Purchases have seasons, from {level.min():.2f} to {level.max():.2f} of the usual week. The scenario "
                "leaves them out: growth is counted over whole years, in which they cancel."
            )
    if found.holdout and abs(found.holdout.misses()["simulated"]) > LARGE_MISS:
        said.append(
            "The forecast of the hold-out missed by more than 15 %: customers did not go on as before. Look for what "
            "changed, in seasons, prices or marketing, before you trust the years to come."
        )
    if found.unseen and not found.unseen.total[1] <= found.unseen.actual.sum() <= found.unseen.total[2]:
        said.append(
            "The curves learned without the last periods of spend foretold their new customers wrongly: they lie "
            "outside the interval. Something other than this money changed, or its effect did; do not build on them."
        )
    unmet = [shown_line(line)[0] for line in found.lines if not line.met]
    if unmet:
        said.append(
            f"The simulated year differs from the log in: {'; '.join(unmet)}. Growth is still counted within it."
        )
    return said


def _unsure(found: Calibration) -> list[str]:
    """What the records hardly say of how customers buy and leave."""
    said, estimates, first = [], found.understood.estimates, found.understood.models[0]
    few = f"{found.log.customers:,} customers"
    if estimates:
        few += f", of whom {estimates.repeaters:,} came back"
    if first.is_wide or (estimates.is_thin if estimates else found.log.customers < FEW_CUSTOMERS):
        said.append(
            f"The records tell little ({few}): intervals are wide, and the scenario is one of many that fit. Read the "
            "intervals, not the estimates."
        )
    for model in found.understood.models:
        if model.loose:
            chances = "; ".join(
                f"{CALLED[name][model.model]} {100 * value:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
                for name, value, low, high in model.chances
            )
            said.append(
                f"The records do not identify {' and '.join(model.loose)} of the model of "
                f"{MODELS[model.model]}: values a hundred times as large or as small fit as well."
                f"{f' What they tell is the chance to leave: {chances}.' if chances else ''}"
            )
    return said
