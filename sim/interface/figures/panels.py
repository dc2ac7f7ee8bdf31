"""Panels: what plots have in common. Axes, their scales, names at lines, rows with bars or points."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from sim.interface.figures.drawing import GREY, STYLE, house_style, looks_of, new_figure, wrapped
from sim.interface.pages.languages import ENGLISH, Say
from sim.interface.runs.findings import YEAR
from sim.interface.terminal.amounts import scale_of
from sim.model.metrics import Metric

if TYPE_CHECKING:
    from pandas import DataFrame

SIZE = 4.6, 3.1
"""Of new axes, in inches: what a column of a page takes."""
WIDTH_OF_A_NAME = 2.0
"""In inches, of a name beside a panel."""
LEAST_APART = 0.075
"""Between two names, as a part of a panel's height."""
THICKNESS = 0.8
"""Of all bars of one row, as a part of the room they have."""
Looks = Mapping[str, tuple[str, Any]]
"""Colour and line of each scenario."""


def axes() -> Axes:
    """Axes of a figure of their own."""
    with house_style():
        return new_figure(*SIZE).subplots()


def scaled(ax: Axes, values: Any, metric: Metric, currency: str, say: Say = ENGLISH) -> str:
    """Ticks in millions where numbers are large; answers the unit to write into the title."""
    divisor, word = scale_of(*values)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: say.number(f"{value / divisor:,.10g}")))
    ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    return say.heading(metric.unit, currency, word)


def years(ax: Axes, weeks: int, say: Say = ENGLISH, labelled: bool = True) -> None:
    """Time in years, or in weeks if the run is short."""
    ax.set_xlim(0, weeks)
    if weeks >= 2 * YEAR:
        step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200) if weeks / YEAR / step <= 12)
        ax.xaxis.set_major_locator(MultipleLocator(step * YEAR))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda week, _: f"{week / YEAR:.0f}"))
    if labelled:
        ax.set_xlabel(say("year") if weeks >= 2 * YEAR else say("week"), color=GREY)


def from_zero(ax: Axes, metric: Metric) -> None:
    """An axis that begins at zero, or a line there; scores from -1 to 1 need neither."""
    if metric.unit == "-1..1":
        return
    if ax.get_ylim()[0] >= 0.0:
        ax.set_ylim(bottom=0.0)
    else:
        ax.axhline(0.0, color=GREY, linewidth=0.8)


def name_ends(ax: Axes, week: int, ends: Sequence[tuple[float, str, str]]) -> None:
    """Names right of the lines' ends, pushed apart where they would overlap."""
    bottom, top = ax.get_ylim()
    least = (top - bottom) * LEAST_APART * max(name.count("\n") + 1 for _, name, _ in ends)
    ends = sorted(end for end in ends if not math.isnan(end[0]))
    places: list[float] = []
    for height, _, _ in ends:
        places.append(max(height, places[-1] + least) if places else height)
    ceiling = max(top, bottom + least * (len(ends) - 1))
    for at in reversed(range(len(places))):  # what was pushed out of the panel comes down again
        places[at] = min(places[at], ceiling)
        ceiling = places[at] - least
    for place, (_, name, colour) in zip(places, ends, strict=True):
        ax.annotate(
            name, (week, place), (6, 0), textcoords="offset points", va="center", color=colour, annotation_clip=False
        )


def per_cent(axis: Any, say: Say, locate: bool = True) -> None:
    axis.set_major_formatter(FuncFormatter(lambda value, _: say.number(f"{100 * value:,.10g} %")))
    if locate:
        axis.set_major_locator(MaxNLocator(5))


def rows(ax: Axes | None, names: Sequence[str]) -> Axes:
    """Axes with a name for each row, the first on top."""
    ax = ax or axes()
    ax.grid(axis="x")
    ax.grid(visible=False, axis="y")
    labels = [wrapped(name, WIDTH_OF_A_NAME, STYLE["font.size"]) for name in reversed(names)]
    ax.set_yticks(range(len(names)), labels, color="black")
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-0.6, len(names) - 0.4)
    return ax


def bars(ax: Axes | None, frame: DataFrame, labels: Mapping[str, str], say: Say, looks: Looks | None) -> Axes:
    """A bar for each scenario in each row, with its range."""
    ax = rows(ax, list(labels.values()))
    names, thick = list(dict.fromkeys(frame["scenario"])), THICKNESS / frame["scenario"].nunique()
    looks = looks or looks_of(names)
    for scenario, row, heights in _each(frame, labels, names):
        colour, stroke = looks[scenario]
        hatch = None if stroke == "-" else "//"
        ax.barh(heights, row["mean"], thick, color=colour, hatch=hatch, label=scenario)
        ax.hlines(heights, row["low"], row["high"], color="black", linewidth=1.2)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: say.number(f"{value:,.10g}")))
    ax.xaxis.set_major_locator(MaxNLocator(5))
    _legend(ax, names)
    return ax


def points(ax: Axes | None, frame: DataFrame, labels: Mapping[str, str], looks: Looks | None) -> Axes:
    """A point for each scenario in each row, with its range."""
    ax = rows(ax, list(labels.values()))
    names = list(dict.fromkeys(frame["scenario"]))
    looks = looks or looks_of(names)
    for (scenario, row, heights), mark in zip(_each(frame, labels, names), "osD^vP", strict=False):
        colour, _ = looks[scenario]
        ax.hlines(heights, row["low"], row["high"], color=colour, linewidth=2)
        ax.plot(row["mean"], heights, mark, color=colour, markersize=6, label=scenario)
    _legend(ax, names)
    return ax


def _each(frame: DataFrame, labels: Mapping[str, str], names: Sequence[str]) -> Iterator[Any]:
    """Of every scenario its rows and their heights."""
    thick = THICKNESS / len(names)
    base = np.arange(len(labels))[::-1]
    for at, name in enumerate(names):
        part = frame[frame["scenario"] == name].set_index("row").reindex(list(labels))
        yield name, part, base + THICKNESS / 2 - thick * (at + 0.5)


def _legend(ax: Axes, names: Sequence[str]) -> None:
    if len(names) > 1:
        ax.legend(frameon=False, loc="best", fontsize=8.5)
