"""Tables for a terminal: what the frames say, in columns that fit the width."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

from sim.interface.amounts import UNDEFINED, in_table, is_in_per_cent, range_in_table, unit_in_words
from sim.interface.findings import HEADLINES, Findings, line, lines, winner, worlds_in_words
from sim.model.metrics import METRICS, Metric

ROWS_OF_RUN = (*HEADLINES, "market_share", "retention_rate", "acquisition_spend", "retention_spend", "revenue_growth")
ROWS_OF_COMPARISON = (*HEADLINES, "acquisition_spend", "retention_spend")
ANY_WIDTH = 100_000
NO_WINNER = "no clear winner"
PLUS_MINUS = "\N{PLUS-MINUS SIGN}"
REACHED_AND_PASSED = (
    "Reached: worlds that grew at least as fast as the lower end of the goal; "
    "passed: at least as fast as its upper end."
)


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
    """A number and, smaller, its interval: half its width, or both its ends if a bound cut it."""
    text = Text(in_table(value, unit, signed))
    if not (math.isfinite(low) and math.isfinite(high)):
        return text
    even = math.isclose(high - value, value - low, rel_tol=1e-6, abs_tol=1e-9)
    interval = (
        f"{PLUS_MINUS}{_as_exact_as(text.plain, high - value, unit)}" if even else range_in_table(low, high, unit)
    )
    return text.append(f"{separator}{interval}", style="dim")


def _as_exact_as(written: str, half: float, unit: str) -> str:
    """Half an interval, with as many decimals as the number it belongs to, and no more than three digits.

    Check
    -----
    >>> _as_exact_as("14.2 %", 0.0061, "per year"), _as_exact_as("1,234", 20.4, "money"), _as_exact_as("53.8", 0.6, "")
    ('0.6', '20', '0.6')
    """
    half = 100 * half if is_in_per_cent(unit) else half
    decimals = min(len(written.removesuffix(" %").partition(".")[2]), 2 - math.floor(math.log10(max(half, 1e-3))))
    return f"{half:,.{max(decimals, 0)}f}"


def _counted(share: float, low: float, high: float, n: int, separator: str) -> Text:
    """In how many worlds and, smaller, the interval of the share."""
    text = Text(worlds_in_words(share, n))
    return text.append(f"{separator}[{100 * low:.0f}, {100 * high:.0f} %]", style="dim") if share == share else text


# ----------------------------------------------------------------------------------------------------- who wins, goals


def who_wins(found: Findings, candidate: str, console: Console) -> RenderableType:
    """One candidate against the baseline, metric by metric."""
    return first_that_fits(console, [_duel(found, candidate, " "), _duel(found, candidate, "\n")])


def _duel(found: Findings, candidate: str, separator: str) -> Table:
    """Rows are metrics: both means, the paired difference, in how many worlds it is better, who wins."""
    narrow = separator != " "
    made = table(
        Column("", max_width=19 if narrow else None),
        right(found.baseline),
        right(candidate),
        right("difference"),
        right(f"better in{separator}worlds"),
        Column("winner", max_width=10 if narrow else None),
    )
    for metric in (METRICS[name] for name in ROWS_OF_COMPARISON):
        found_line = line(found.differences, scenario=candidate, business=found.business, metric=metric.id)
        if found_line is None:
            continue
        directed = metric.better != "neither"
        wins = winner(found_line, metric.better, found.baseline)
        verdict = Text(wins, style="bold") if wins else Text(NO_WINNER if directed else "", style="dim")
        better = (found_line.probability_better, found_line.better_low, found_line.better_high, int(found_line.n))
        start = (found_line.baseline, found_line.baseline_low, found_line.baseline_high)
        end = (found_line.value, found_line.value_low, found_line.value_high)
        bounds = (found_line.difference, found_line.low, found_line.high)
        made.add_row(
            Text(heading(metric, found.currency)),
            _with_range(*start, metric.unit, separator),
            _with_range(*end, metric.unit, separator),
            _with_range(*bounds, metric.unit, separator, signed=True),
            _counted(*better, separator) if directed else "",
            verdict,
        )
    return made


def goals(found: Findings, console: Console) -> RenderableType:
    """Growth against the goal of each scenario, and what the columns mean if there is a goal."""
    shown = first_that_fits(console, [_goals(found, " "), _goals(found, "\n")])
    return shown if found.goals["low"].isna().all() else Group(shown, Text(REACHED_AND_PASSED, style="dim"))


def _goals(found: Findings, separator: str) -> Table:
    made = table(
        "",
        "growth of",
        right("a year"),
        right("goal"),
        right(f"reached in{separator}worlds"),
        right(f"passed in{separator}worlds"),
    )
    for goal in lines(found.goals):
        has_goal, zero = goal.low == goal.low, goal.status_quo and found.plans
        made.add_row(
            Text(goal.scenario),
            goal.of,
            _with_range(goal.growth, goal.growth_low, goal.growth_high, "per year", separator),
            f"{100 * goal.low:.0f} to {100 * goal.high:.0f} %" if has_goal else "the zero" if zero else "none",
            _counted(goal.reached, goal.reached_low, goal.reached_high, goal.n, separator),
            _counted(goal.passed, goal.passed_low, goal.passed_high, goal.n, separator),
        )
    return made
