"""Tables for a terminal: what the frames say, in columns that fit the width."""

from __future__ import annotations

import math
import string
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

from sim.interface.runs.findings import HEADLINES, Findings, line, lines, winner, worlds_in_words
from sim.interface.terminal.amounts import UNDEFINED, in_table, is_in_per_cent, range_in_table, unit_in_words
from sim.model.metrics import METRICS, Metric

ROWS_OF_RUN = (*HEADLINES, "market_share", "retention_rate", "acquisition_spend", "retention_spend", "revenue_growth")
ROWS_OF_COMPARISON = (*HEADLINES, "acquisition_spend", "retention_spend")
ANY_WIDTH = 100_000
WIDTH_OF_LABELS = 19
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


def first_that_fits(console: Console, choices: Iterable[RenderableType]) -> RenderableType:
    """The first of several ways to show the same that the width allows; the last one if none does."""
    anything = console.options.update(max_width=ANY_WIDTH)
    choice: RenderableType = ""
    for choice in choices:
        if Measurement.get(console, anything, choice).maximum <= console.width:
            break
    return choice


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


def left(name: str) -> Column:
    """A column of words; should even the last layout be too wide, they are folded and never cut."""
    return Column(Text(name), overflow="fold")


def right(name: str) -> Column:
    """A column of numbers; folded, never cut."""
    return Column(Text(name), justify="right", overflow="fold")


def label(metric: Metric, currency: str, separator: str) -> Text:
    """What a row is about, folded between words where the layout is a narrow one."""
    words = heading(metric, currency)
    return Text(words if separator == " " else folded(words))


def folded(words: str) -> str:
    """Words on lines as narrow as labels are; no word is broken."""
    return textwrap.fill(words, WIDTH_OF_LABELS, break_long_words=False, break_on_hyphens=False)


def letters_of(names: Sequence[str]) -> dict[str, str]:
    """A letter for each name, where names are too long to stand above columns.

    Check
    -----
    >>> letters_of(["steady", "aggressive"])
    {'steady': 'A', 'aggressive': 'B'}
    """
    letters = string.ascii_uppercase
    return {name: letters[at % len(letters)] * (at // len(letters) + 1) for at, name in enumerate(names)}


def legend(letters: Mapping[str, str], names: Iterable[str]) -> Text:
    """Which letter stands for which name."""
    return Text("\n".join(f"{letters[name]}: {name}" for name in names))


def blocks(parts: Iterable[tuple[str, Iterable[tuple[str, Text | str]]]]) -> Group:
    """The layout for the narrowest: below each heading its columns, one per line."""
    made = []
    for words, rows in parts:
        block = table(left(""), left(""))
        block.show_header = False
        for name, cell in rows:
            block.add_row(Text(f"  {name}"), cell)
        made.append(Group(Text(words), block))
    return spaced(made)


# ------------------------------------------------------------------------------------------------------------ one run


def businesses(found: Findings, console: Console) -> RenderableType:
    """Every headline metric of every business of one scenario, with intervals."""
    names = list(dict.fromkeys(found.levels["business"]))

    def ways() -> Iterator[RenderableType]:
        for separator in (" ", "\n"):
            yield _levels_of(found, names, separator)
        for separator in (" ", "\n"):
            yield spaced([_levels_of(found, [name], separator) for name in names])
        yield spaced([Group(title(name), _levels_of(found, [name], "\n", headed=False)) for name in names])

    return first_that_fits(console, ways())


def _levels_of(found: Findings, names: Iterable[str], separator: str, headed: bool = True) -> Table:
    """Rows are metrics, columns businesses, cells a mean and its interval."""
    made = table(left(""), *(right(name if headed else "") for name in names))
    made.show_header = headed
    for metric in (METRICS[name] for name in ROWS_OF_RUN):
        cells = []
        for business in names:
            level = line(found.levels, scenario=found.baseline, business=business, metric=metric.id)
            cells.append(_with_range(level.mean, level.low, level.high, metric.unit, separator) if level else UNDEFINED)
        made.add_row(label(metric, found.currency, separator), *cells)
    return made


def _with_range(value: float, low: float, high: float, unit: str, separator: str, signed: bool = False) -> Text:
    """A number and, smaller, its interval: half its width, or both its ends if a bound cut it.

    Half a width that is nothing at the digits shown is left out.
    """
    text = Text(in_table(value, unit, signed))
    if not (math.isfinite(low) and math.isfinite(high)):
        return text
    half = _as_exact_as(text.plain, high - value, unit)
    if not math.isclose(high - value, value - low, rel_tol=1e-6, abs_tol=1e-9):
        return text.append(f"{separator}{range_in_table(low, high, unit)}", style="dim")
    return text.append(f"{separator}{PLUS_MINUS}{half}", style="dim") if half.strip("0.") else text


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
    """One candidate against the baseline, metric by metric; by letters, with a legend, where the names do not fit."""
    names = {name: name for name in (found.baseline, candidate)}
    letters = letters_of(found.scenarios)
    choices: list[RenderableType] = [
        _duel(found, candidate, names, " "),
        _duel(found, candidate, names, "\n"),
        _duel(found, candidate, letters, "\n"),
        _duel_in_blocks(found, candidate, letters),
    ]
    shown = first_that_fits(console, choices)
    return shown if shown in choices[:2] else Group(legend(letters, names), Text(), shown)


def _duel(found: Findings, candidate: str, called: Mapping[str, str], separator: str) -> Table:
    """Rows are metrics; the columns are told by ``_cells``."""
    columns = _columns(called[found.baseline], called[candidate], separator)
    made = table(left(""), *(right(name) for name in columns[:-1]), left(columns[-1]))
    for metric, cells in _cells(found, candidate, called, separator):
        made.add_row(label(metric, found.currency, separator), *cells)
    return made


def _duel_in_blocks(found: Findings, candidate: str, called: Mapping[str, str]) -> Group:
    columns = _columns(called[found.baseline], called[candidate], " ")
    return blocks(
        (heading(metric, found.currency), [(name, cell) for name, cell in zip(columns, cells, strict=True) if cell])
        for metric, cells in _cells(found, candidate, called, " ")
    )


def _columns(baseline: str, candidate: str, separator: str) -> tuple[str, ...]:
    return baseline, candidate, "difference", f"better in{separator}worlds", "winner"


def _cells(
    found: Findings, candidate: str, called: Mapping[str, str], separator: str
) -> Iterator[tuple[Metric, list[Text]]]:
    """Of each metric: both means, the paired difference, in how many worlds it is better, who wins."""
    for metric in (METRICS[name] for name in ROWS_OF_COMPARISON):
        found_line = line(found.differences, scenario=candidate, business=found.business, metric=metric.id)
        if found_line is None:
            continue
        directed = metric.better != "neither"
        wins = winner(found_line, metric.better, found.baseline)
        nobody = (NO_WINNER if separator == " " else NO_WINNER.replace(" winner", "\nwinner")) if directed else ""
        better = (found_line.probability_better, found_line.better_low, found_line.better_high, int(found_line.n))
        start = (found_line.baseline, found_line.baseline_low, found_line.baseline_high)
        end = (found_line.value, found_line.value_low, found_line.value_high)
        bounds = (found_line.difference, found_line.low, found_line.high)
        yield (
            metric,
            [
                _with_range(*start, metric.unit, separator),
                _with_range(*end, metric.unit, separator),
                _with_range(*bounds, metric.unit, separator, signed=True),
                _counted(*better, separator) if directed else Text(),
                Text(called[wins], style="bold") if wins else Text(nobody, style="dim"),
            ],
        )


def goals(found: Findings, console: Console) -> RenderableType:
    """Growth against the goal of each scenario, and what the columns mean if there is a goal."""
    names = {name: name for name in found.scenarios}
    letters = letters_of(found.scenarios)
    choices: list[RenderableType] = [
        _goals(found, names, " "),
        _goals(found, names, "\n"),
        _goals(found, letters, "\n"),
        blocks((name, zip(_columns_of_goals(" "), cells, strict=True)) for name, cells in _cells_of_goals(found, " ")),
    ]
    shown = first_that_fits(console, choices)
    parts = [legend(letters, names), Text(), shown] if shown is choices[2] else [shown]
    return Group(*parts, *([] if found.goals["low"].isna().all() else [Text(REACHED_AND_PASSED, style="dim")]))


def _goals(found: Findings, called: Mapping[str, str], separator: str) -> Table:
    """Rows are scenarios; the columns are told by ``_cells_of_goals``."""
    of, *numbers = _columns_of_goals(separator)
    made = table(left(""), left(of), *(right(name) for name in numbers))
    for name, cells in _cells_of_goals(found, separator):
        made.add_row(Text(called[name]), *cells)
    return made


def _columns_of_goals(separator: str) -> tuple[str, ...]:
    return "growth of", "a year", "goal", f"reached in{separator}worlds", f"passed in{separator}worlds"


def _cells_of_goals(found: Findings, separator: str) -> Iterator[tuple[str, list[Text]]]:
    """Of each scenario: what grew, by how much, its goal, in how many worlds that was reached and passed."""
    for goal in lines(found.goals):
        has_goal, zero = goal.low == goal.low, goal.status_quo and found.plans
        aim = f"{100 * goal.low:.0f} to {100 * goal.high:.0f} %" if has_goal else "the zero" if zero else "none"
        yield (
            goal.scenario,
            [
                Text(goal.of),
                _with_range(goal.growth, goal.growth_low, goal.growth_high, "per year", separator),
                Text(aim),
                _counted(goal.reached, goal.reached_low, goal.reached_high, goal.n, separator),
                _counted(goal.passed, goal.passed_low, goal.passed_high, goal.n, separator),
            ],
        )
