"""Tables for a terminal: what the frames say, in columns that fit the width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

from sim.interface.amounts import (
    UNDEFINED,
    in_table,
    is_in_per_cent,
    range_in_table,
    unit_in_words,
    worlds_of_hundred,
)
from sim.interface.findings import HEADLINES, Findings, line, lines, winner
from sim.model.metrics import METRICS, Metric

ROWS_OF_RUN = (*HEADLINES, "market_share", "retention_rate", "acquisition_spend", "retention_spend", "revenue_growth")
ROWS_OF_COMPARISON = (*HEADLINES, "acquisition_spend", "retention_spend")
ANY_WIDTH = 100_000
NO_WINNER = "no clear winner"


def table(*columns: Column | str) -> Table:
    """An empty table in the style of the house."""
    return Table(
        *columns, box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold"
    )


def title(words: str) -> Text:
    """The name of what follows."""
    return Text(words, style="bold")


def spaced(things: Iterable[RenderableType]) -> Group:
    """One below the other, an empty line between."""
    first, *others = things
    return Group(first, *(part for thing in others for part in (Text(), thing)))


def first_that_fits(console: Console, choices: Sequence[RenderableType]) -> RenderableType:
    """The first of several ways to show the same that the width allows; the last one if none does."""
    anything = console.options.update(max_width=ANY_WIDTH)
    for choice in choices[:-1]:
        if Measurement.get(console, anything, choice).maximum <= console.width:
            return choice
    return choices[-1]


def heading(metric: Metric, currency: str) -> str:
    """What a row is about, with its unit.

    Check
    -----
    >>> [heading(METRICS[name], "euro") for name in ("satisfaction", "customer_acquisition_cost", "customers")]
    ['satisfaction of customers, -1..1', 'cost of winning a customer, euro', 'customers']
    """
    if is_in_per_cent(metric.unit) or metric.unit == "people":
        return metric.label
    unit = metric.unit if metric.unit == "-1..1" else unit_in_words(metric.unit, currency).partition(" per ")[0]
    return f"{metric.label}, {unit}"


def right(name: str) -> Column:
    """A column of numbers."""
    return Column(Text(name), justify="right", no_wrap=True)


# ------------------------------------------------------------------------------------------------------------ one run


def businesses(found: Findings, console: Console) -> RenderableType:
    """Every headline metric of every business of one scenario, with intervals."""
    names = list(dict.fromkeys(found.levels["business"]))
    apart = spaced([_levels_of(found, [name], " ") for name in names])
    return first_that_fits(console, [_levels_of(found, names, " "), _levels_of(found, names, "\n"), apart])


def _levels_of(found: Findings, names: Iterable[str], separator: str) -> Table:
    """Rows are metrics, columns businesses, cells a mean and its interval."""
    made = table(Column("", max_width=None if separator == " " else 20), *(right(name) for name in names))
    for metric in (METRICS[name] for name in ROWS_OF_RUN):
        cells = []
        for business in names:
            level = line(found.levels, scenario=found.baseline, business=business, metric=metric.id)
            cells.append(_with_range(level.mean, level.low, level.high, metric.unit, separator) if level else UNDEFINED)
        made.add_row(Text(heading(metric, found.currency)), *cells)
    return made


def _with_range(value: float, low: float, high: float, unit: str, separator: str, signed: bool = False) -> Text:
    """A number and, smaller, its range."""
    text = Text(in_table(value, unit, signed))
    bounds = range_in_table(low, high, unit)
    return text.append(f"{separator}{bounds}", style="dim") if bounds else text


# ----------------------------------------------------------------------------------------------------- who wins, goals


def who_wins(found: Findings, candidate: str, console: Console) -> RenderableType:
    """One candidate against the baseline, metric by metric."""
    return first_that_fits(console, [_duel(found, candidate, " "), _duel(found, candidate, "\n")])


def _duel(found: Findings, candidate: str, separator: str) -> Table:
    """Rows are metrics: both means, the paired difference, in which share of worlds it is better, who wins."""
    narrow = separator != " "
    made = table(
        Column("", max_width=19 if narrow else None),
        right(found.baseline),
        right(candidate),
        right(f"difference{separator}[95 %]"),
        right("better\nin"),
        Column("winner", max_width=10 if narrow else None),
    )
    for metric in (METRICS[name] for name in ROWS_OF_COMPARISON):
        found_line = line(found.differences, scenario=candidate, business=found.business, metric=metric.id)
        if found_line is None:
            continue
        directed = metric.better != "neither"
        wins = winner(found_line, metric.better, found.baseline)
        verdict = Text(wins, style="bold") if wins else Text(NO_WINNER if directed else "", style="dim")
        share = f"{100 * found_line.probability_better:.0f} %" if directed else ""
        bounds = (found_line.difference, found_line.low, found_line.high)
        made.add_row(
            Text(heading(metric, found.currency)),
            in_table(found_line.baseline, metric.unit),
            in_table(found_line.value, metric.unit),
            _with_range(*bounds, metric.unit, separator, signed=True),
            share,
            verdict,
        )
    return made


def _worlds(probability: float) -> str:
    """A share of worlds in hundreds, short enough for a column."""
    return worlds_of_hundred(probability).replace("more than ", ">").replace("fewer than ", "<")


def goals(found: Findings, console: Console) -> RenderableType:
    """Growth against the goal of each scenario."""
    return first_that_fits(console, [_goals(found, " "), _goals(found, "\n")])


def _goals(found: Findings, separator: str) -> Table:
    made = table(
        "",
        "growth of",
        right(f"a year{separator}[95 %]"),
        right("goal"),
        right(f"reached, of{separator}100 worlds{separator}[95 %]"),
        right(f"passed, of{separator}100 worlds"),
    )
    for goal in lines(found.goals):
        has_goal = goal.low == goal.low
        reached = Text(_worlds(goal.reached))
        if has_goal:
            bounds = f"[{_worlds(goal.reached_low)}, {_worlds(goal.reached_high)}]"
            reached.append(f"{separator}{bounds}", style="dim")
        made.add_row(
            Text(goal.scenario),
            goal.of,
            _with_range(goal.growth, goal.growth_low, goal.growth_high, "per year", separator),
            f"{100 * goal.low:.0f} to {100 * goal.high:.0f} %" if has_goal else "none",
            reached,
            _worlds(goal.above),
        )
    return made
