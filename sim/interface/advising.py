"""Advice in words: for each goal the share for winning, the money, how sure that is, or what stands in the way."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from rich.table import Table

from sim.experiment.advise import FULL, QUICK, Advice, Advised, advise, document_of
from sim.experiment.ignorance import Moved
from sim.experiment.plans import QUARTER, Outcome
from sim.experiment.saving import save_document
from sim.experiment.search import Question
from sim.experiment.statistics import mean_interval
from sim.interface import tables, words
from sim.interface.amounts import spoken, three_digits
from sim.interface.asked import load, next_command
from sim.interface.commands import Wanted, explained
from sim.interface.findings import duration, listed, worlds_in_words
from sim.interface.place import check_place, writable
from sim.interface.terminal import Terminal
from sim.scenario.schema import YEAR

EASED = {
    "credit": "with a bank that lends without limit",
    "reach": "if twice as many prospects could be reached",
    "keeping": "if keeping money could save nearly everybody",
    "all": "with all three",
}
"""What was taken out of the way, as an aside in a sentence."""


def give_advice(
    name: str,
    goals: Sequence[float],
    wanted: Wanted,
    terminal: Terminal,
    question: Question,
    *,
    quick: bool = False,
) -> None:
    """How much to spend, and how to split it, for each goal."""
    scenario = load(name, wanted.changes)
    check_place(wanted.out)
    start = time.monotonic()
    with explained(), terminal.progress("plans tried", wanted.workers) as advance:
        found = advise(
            scenario,
            goals,
            question,
            effort=QUICK if quick else FULL,
            first_seed=wanted.first_seed,
            workers=wanted.workers,
            progress=advance,
        )
    seconds = time.monotonic() - start
    with writable(wanted.out):
        place = save_document(
            "advice", scenario, document_of(found), wanted.out, wanted.command, figures=partial(_figures, found)
        )
    terminal.document(document_of(found, seconds) | wanted.changes.document | {"results": str(place)})
    terminal.tell(what_was_asked(found), wanted.changes.sentence([scenario]))
    terminal.show(
        tables.title(f"Growth of {found.question.metric} a year, and the plan of least spend"), goals_table(found), ""
    )
    terminal.tell(*(in_words(found, advice) for advice in found.goals))
    terminal.tell(the_zero(found), most_profit(found))
    for advice in found.goals:
        if advice.otherwise:
            terminal.tell(if_otherwise(advice))
    shown = next((advice for advice in reversed(found.goals) if advice.reachable), None)
    if shown is not None:
        heading = f"Money for {shown.goal:.0%} a year, quarter by quarter ({scenario.currency.name})"
        terminal.show(tables.title(heading), quarters_table(shown), "")
    terminal.show(words.where_it_is(place))
    terminal.say(next_command(wanted.program, "compare", "steady", "aggressive"))


# ------------------------------------------------------------------------------------------------------------ sentences


def what_was_asked(found: Advised) -> str:
    """What was searched, and what counts as reaching a goal."""
    scenario = found.scenario
    return (
        f"{scenario.name}: which share of revenue to spend on marketing, and which part of that on winning customers, "
        f"for {scenario.businesses[0].name} to grow so much a year over {duration(scenario.time.weeks)}? A goal counts "
        f"as reached by a plan if {found.question.confidence:.0%} of worlds reach it. {found.runs:,} runs; the plans "
        "advised were tried again in fresh worlds."
    )


def in_words(found: Advised, advice: Advice) -> str:
    """The advice for one goal in a sentence or two."""
    plan, currency = advice.plan, found.scenario.currency.name
    worlds = worlds_in_words(advice.probability, len(advice.outcomes))
    if not advice.reachable:
        middle = float(np.median([outcome.growth(found.question.metric) for outcome in advice.outcomes]))
        return (
            f"{advice.goal:.0%} a year is out of reach with any split: the nearest plan, {plan.spend_share:.0%} of "
            f"revenue and {plan.acquisition_share:.0%} of that for winning, reaches it in {worlds} worlds and grows "
            f"{middle:.0%} in the middle one. {why_not(advice)} {its_price(found, advice)}"
        )
    low, high = advice.band or (plan.acquisition_share, plan.acquisition_share)
    flat = f"; {_band(low, high)} cost hardly more" if high > low else ""
    spend = advice.mean(lambda outcome: outcome.spend / (found.scenario.time.weeks / YEAR))
    money = spoken(float(spend.mean), float(spend.low), float(spend.high), "money", currency)
    return (
        f"For {advice.goal:.0%} a year spend {plan.spend_share:.1%} of revenue{_range(advice)}, {money} a year, and "
        f"put {plan.acquisition_share:.0%} of it into winning customers{flat}. {worlds[0].upper() + worlds[1:]} worlds "
        f"reach the goal ({advice.probability_low:.0%} to {advice.probability_high:.0%})."
    )


def _range(advice: Advice) -> str:
    """Between which shares of revenue the answer lies, as far as the worlds show it."""
    low, high = advice.spend.low, advice.spend.high
    return f" ({low:.1%} to {high:.1%})" if low > 0.0 and np.isfinite(high) else ""


def _band(low: float, high: float) -> str:
    return f"splits from {low:.0%} to {high:.0%}"


def why_not(advice: Advice) -> str:
    """What the nearest plan would bring if things were easier."""
    parts = [f"{obstacle.growth:.0%} {EASED[obstacle.name]}" for obstacle in advice.why]
    return f"That plan would grow {listed(parts)}." if parts else ""


def its_price(found: Advised, advice: Advice) -> str:
    """What the nearest plan costs, against going on as before."""
    ours = float(np.mean([outcome.profit for outcome in advice.outcomes]))
    zero = float(np.mean([outcome.profit for outcome in found.status_quo]))
    currency = found.scenario.currency.name
    return f"Its profit over the years is {_thousands(ours)} {currency}, that of going on as before {_thousands(zero)}."


def the_zero(found: Advised) -> str:
    """What going on as before brings: the zero of every plan."""
    growth = _estimate(found.status_quo, lambda outcome: outcome.growth(found.question.metric))
    told = spoken(*growth, "per year", found.scenario.currency.name)
    return f"Going on as before, {found.question.metric} grows {told}: every plan is to be measured from there."


def most_profit(found: Advised) -> str:
    """The plan of most profit, whatever the goal."""
    best, currency = found.unconstrained, found.scenario.currency.name
    profit = _estimate(best.outcomes, lambda outcome: outcome.profit + outcome.equity)
    plan = best.plan
    return (
        f"Without a goal, profit and what the customers are then worth are largest with {plan.spend_share:.0%} of "
        f"revenue, {plan.acquisition_share:.0%} of it for winning: {spoken(*profit, 'money', currency)} in today's "
        f"money, and growth of {best.goal:.0%} a year."
    )


def if_otherwise(advice: Advice) -> str:
    """How the advice moves with what nobody knows."""
    parts = [f"{each.unknown} {three_digits(each.value)}: {_plan(each)}" for each in advice.otherwise]
    return f"Nobody knows some of this well. For {advice.goal:.0%} a year, " + "; ".join(parts) + "."


def _plan(each: Moved) -> str:
    if each.plan is None:
        return "out of reach"
    low, high = each.band or (each.plan.acquisition_share,) * 2
    spend, split = each.plan
    return f"{spend:.0%} of revenue, {split:.0%} for winning ({low:.0%} to {high:.0%})"


def _estimate(outcomes: Sequence[Outcome], of: Any) -> tuple[float, float, float]:
    values = np.array([of(outcome) for outcome in outcomes])
    found = mean_interval(values)
    return float(found.mean), float(found.low), float(found.high)


def _thousands(amount: float) -> str:
    return f"{amount:,.0f}"


# --------------------------------------------------------------------------------------------------------------- tables


def goals_table(found: Advised) -> Table:
    """One line a goal."""
    table = tables.table(
        *(tables.right(name) for name in ("goal", "winning", "band", "of revenue", "worlds", "profit", "lowest cash"))
    )
    for advice in found.goals:
        plan, band = advice.plan, advice.band
        profit = float(np.mean([outcome.profit for outcome in advice.outcomes]))
        cash = min(outcome.lowest_cash for outcome in advice.outcomes)
        table.add_row(
            f"{advice.goal:.0%}",
            f"{plan.acquisition_share:.0%}" if advice.reachable else "no split",
            f"{band[0]:.0%}-{band[1]:.0%}" if band else "",
            f"{plan.spend_share:.1%}" if advice.reachable else "",
            worlds_in_words(advice.probability, len(advice.outcomes)),
            _thousands(profit),
            _thousands(cash),
        )
    return table


def quarters_table(advice: Advice) -> Table:
    """The plan's money, quarter by quarter."""
    table = tables.table(*(tables.right(name) for name in ("quarter", "week", "winning", "keeping")))
    winning = np.mean([outcome.winning for outcome in advice.outcomes], axis=0)
    keeping = np.mean([outcome.keeping for outcome in advice.outcomes], axis=0)
    for at, (win, keep) in enumerate(zip(winning, keeping, strict=True)):
        table.add_row(f"{at + 1}", f"{at * QUARTER}", _thousands(float(win)), _thousands(float(keep)))
    return table


def _figures(found: Advised) -> list[tuple[str, bytes]]:
    from sim.interface.advice_figure import best_split
    from sim.interface.drawing import files_of

    return files_of("best-split", best_split(found))
