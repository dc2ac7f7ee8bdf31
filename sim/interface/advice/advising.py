"""What `advise` does: load, ask, store, tell. The plans as tables; what they mean is said in `advice_words`."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from rich.table import Table

from sim.experiment.advise import REVENUE, advise, check, in_per_cent
from sim.experiment.advised import FULL, QUICK, Advice, Advised, document_of, quarters_of
from sim.experiment.phases import Cell, Phases, phases, phases_document, runs_of
from sim.experiment.plans import QUARTER
from sim.experiment.runs import crew_for
from sim.experiment.saving import save_document
from sim.experiment.search import IDLE, Question
from sim.interface.advice import words as advice_words
from sim.interface.advice.varying import EXAMPLE, Axis, axis_of
from sim.interface.advice.words import thousands
from sim.interface.commands.asked import load, next_command
from sim.interface.runs import words
from sim.interface.runs.findings import worlds_in_words
from sim.interface.runs.running import Wanted, explained
from sim.interface.terminal import tables
from sim.interface.terminal.place import check_place, writable
from sim.interface.terminal.terminal import Terminal
from sim.scenario.schema import YEAR

USUAL_YEARS = 3
"""Of `--years`, if nobody says."""


class Asked(NamedTuple):
    """What is asked of a scenario."""

    goals: tuple[float, ...]
    question: Question
    quick: bool
    vary: str | None
    """The second axis, as it was typed."""


def give_advice(name: str, asked: Asked, wanted: Wanted, terminal: Terminal) -> None:
    """How much to spend, and how to split it, for each goal."""
    scenario = load(name, wanted.changes)
    axis = axis_of(asked.vary, name, wanted.changes) if asked.vary is not None else None
    check_place(wanted.out)
    effort = (QUICK if asked.quick else FULL)._replace(first_seed=wanted.first_seed)
    start = time.monotonic()
    with explained():
        for each in (scenario, *(axis.scenarios.values() if axis else ())):
            check(each, asked.goals, asked.question)
        with crew_for(scenario, wanted.workers) as crew:
            with terminal.progress("runs", wanted.workers) as advance:
                found = advise(scenario, asked.goals, asked.question, effort=effort, crew=crew, progress=advance)
            varied = None
            if axis is not None:
                terminal.say(_announced(axis, found))
                with terminal.progress("runs", wanted.workers) as advance:
                    search = asked.question, effort, found.searched
                    varied = phases(axis.name, axis.scenarios, asked.goals, search, crew, advance)
    seconds = time.monotonic() - start
    document = document_of(found) | {"vary": phases_document(varied)}
    with writable(wanted.out):
        place = save_document(
            "advice", scenario, document, wanted.out, wanted.command, figures=partial(_figures, found, varied)
        )
    terminal.document(document | {"seconds": seconds} | wanted.changes.document | {"results": str(place)})
    _tell(found, varied, wanted, terminal)
    terminal.show(words.where_it_is(place))
    terminal.say(next_command(wanted.program, "advise", name, *_again(asked, found, wanted)))


def _again(asked: Asked, found: Advised, wanted: Wanted) -> tuple[str, ...]:
    """The same question in full; what to add to it if that was the question."""
    question, years = found.question, found.scenario.time.weeks // YEAR
    options = [("--goal", in_per_cent(goal)) for goal in asked.goals]
    options += [("--metric", question.metric)] if question.metric != REVENUE.metric else []
    options += [("--years", str(years))] if years != USUAL_YEARS else []
    options += [("--confidence", in_per_cent(question.confidence))] if question.confidence != REVENUE.confidence else []
    options += [("--budget", f"{question.budget:.15g}")] if question.budget is not None else []
    changes = replace(wanted.changes, weeks=None).typed
    further = () if asked.quick or asked.vary is not None else tuple(EXAMPLE.split())
    return (*(word for option in options for word in option), *changes, *further)


def _announced(axis: Axis, found: Advised) -> str:
    more = runs_of(len(axis.scenarios), len(found.goals), found.effort)
    return (
        f"{axis.name} at {len(axis.scenarios)} values: up to {more:,} runs more, after {found.runs:,} for the answer."
    )


def _tell(found: Advised, varied: Phases | None, wanted: Wanted, terminal: Terminal) -> None:
    """The answer for people."""
    terminal.tell(
        advice_words.what_was_asked(found),
        replace(wanted.changes, weeks=None).sentence([found.scenario]),
        advice_words.is_quick(found),
    )
    terminal.show(
        tables.title(f"Growth of {found.question.metric} a year, and the plan of least spend"), goals_table(found), ""
    )
    terminal.tell(*(advice_words.for_one_goal(found, advice) for advice in found.goals))
    terminal.tell(
        advice_words.going_on(found),
        advice_words.most_profit(found),
        advice_words.of_chance(found),
        advice_words.of_ignorance(found),
    )
    if varied is not None:
        terminal.show(tables.title(f"Best share for winning as {varied.name} varies"), phases_table(varied), "")
        terminal.tell(advice_words.of_phases(varied))
    shown = max((advice for advice in found.goals if advice.reachable), key=lambda advice: advice.goal, default=None)
    if shown is not None:
        heading = f"Money for {shown.goal:.0%} a year, quarter by quarter ({found.scenario.currency.name})"
        terminal.show(tables.title(heading), quarters_table(shown), "")


# --------------------------------------------------------------------------------------------------------------- tables


def goals_table(found: Advised) -> Table:
    """One line a goal, ranges below the numbers."""
    names = ("goal", "winning", "of revenue", "fresh worlds", "profit", "with equity", "lowest cash")
    table = tables.table(*(tables.right(name) for name in names))
    for advice in found.goals:
        profit = float(advice.mean(lambda outcome: outcome.profit).mean)
        with_equity = float(advice.mean(lambda outcome: outcome.profit + outcome.equity).mean)
        cash = min(outcome.lowest_cash for outcome in advice.outcomes)
        low, high = advice.together
        table.add_row(
            f"{advice.goal:.0%}" + ("\nundecided" if advice.reachable is None else ""),
            _split(advice),
            ""
            if advice.reachable is False
            else f"{advice.plan.spend_share:.1%}\n{advice_words.chance_of_spend(advice)}",
            f"{worlds_in_words(advice.probability, len(advice.outcomes))}\n{low:.0%}-{high:.0%}",
            thousands(profit),
            thousands(with_equity),
            thousands(cash),
        )
    return table


def _split(advice: Advice) -> str:
    """The share for winning, and the band of those that are as good below it."""
    if advice.band is None:
        return "no split"
    low, high = advice.band
    return "any split" if advice.plan == IDLE else f"{advice.plan.acquisition_share:.0%}\n{low:.0%}-{high:.0%}"


def quarters_table(advice: Advice) -> Table:
    """The plan's money, quarter by quarter."""
    table = tables.table(*(tables.right(name) for name in ("quarter", "week", "winning", "keeping")))
    for at, quarter in enumerate(quarters_of(advice.outcomes)):
        table.add_row(f"{at + 1}", f"{at * QUARTER}", thousands(quarter["winning"]), thousands(quarter["keeping"]))
    return table


def phases_table(varied: Phases) -> Table:
    """One line a value, one column a goal: the best share for winning, and the share of revenue below it."""
    goals = [cell.goal for cell in varied.rows[0].cells]
    names = (varied.name, "customers at week 0", *(f"{goal:.0%}" for goal in goals))
    table = tables.table(*(tables.right(name) for name in names))
    for row in varied.rows:
        table.add_row(row.value, f"{row.customers:,.0f}", *(_cell(cell) for cell in row.cells))
    return table


def _cell(cell: Cell) -> str:
    if cell.plan is None:
        return "no split"
    if cell.plan == IDLE:
        return "any\n0%"
    return f"{cell.plan.acquisition_share:.0%}\n{cell.plan.spend_share:.0%}"


def _figures(found: Advised, varied: Phases | None) -> list[tuple[str, bytes]]:
    from sim.interface.advice.figure import best_split, phase_diagram
    from sim.interface.figures.drawing import files_of

    figures = files_of("best-split", best_split(found))
    return figures if varied is None else [*figures, *files_of("phases", phase_diagram(varied))]
