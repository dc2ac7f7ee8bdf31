"""Figures of a run or a comparison, put together from several plots. They draw what frames say and compute nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.experiment.compare import over_time
from sim.interface.figures import plot
from sim.interface.figures.drawing import (
    GREY,
    OKABE_ITO,
    STYLE,
    ZERO,
    entitle,
    files_of,
    house_style,
    looks_of,
    new_figure,
    wrapped,
)
from sim.interface.figures.panels import WIDTH_OF_A_NAME, years
from sim.interface.figures.plot import NEW, OLD
from sim.interface.runs.findings import Findings, duration, line, listed, worlds_in_words
from sim.interface.terminal.amounts import scale_of, spoken

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.experiment.outcome import Comparison

OVERVIEW = ("customers", "profit", "cash", "satisfaction")
AREAS = ("from old customers", "from new customers")
COLOURS_OF_AREAS = OKABE_ITO[5], OKABE_ITO[4]
MOST_IN_A_ROW = 3
WIDTH_OF_A_PANEL = 3.4
"""In inches: what a title above a panel may take."""
ROOM_FOR_NAMES = 1.2


def figures_of(comparison: Comparison, found: Findings) -> list[tuple[str, bytes]]:
    """Every figure of a comparison, or of a run, as files: name and content."""
    series = {name: over_time(comparison, name, found.business) for name in (*OVERVIEW, OLD, NEW)}
    figures = {"overview": overview(found, series), "old-and-new": old_and_new(found, series[OLD], series[NEW])}
    if found.growth["growth"].notna().any():
        figures["growth-against-goal"] = growth_against_goal(found)
    return [file for name, figure in figures.items() for file in files_of(name, figure)]


# ------------------------------------------------------------------------------------------------------------ over time


def overview(found: Findings, series: dict[str, DataFrame]) -> Figure:
    """Customers, profit, cash and satisfaction over time, every scenario in each panel.

    Parameters
    ----------
    series : of each metric, a frame scenario, week, mean, low, high
    """
    with house_style():
        figure = new_figure(10.0, 7.4)
        panels = figure.subplots(2, 2, sharex=True).ravel()
        looks = looks_of(found.scenarios, found.status_quo)
        for at, (panel, name) in enumerate(zip(panels, OVERVIEW, strict=True)):
            plot.over_time(series[name], name, panel, currency=found.currency, looks=looks)
            years(panel, found.weeks, labelled=at >= 2)
        entitle(figure, _headline(found), _bands_note(found))
    return figure


# ---------------------------------------------------------------------------------------------------------- old and new


def old_and_new(found: Findings, old: DataFrame, new: DataFrame) -> Figure:
    """Weekly revenue from old and from new customers, one panel for each scenario, on one scale, a few in a row.

    Parameters
    ----------
    old, new : frames scenario, week, mean, low, high of the revenue from old and from new customers
    """
    with house_style():
        count = len(found.scenarios)
        columns = min(count, MOST_IN_A_ROW)
        rows = math.ceil(count / columns)
        figure = new_figure(max(6.0, 4.6 * columns), 1.0 + 3.6 * rows)
        panels = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel()
        for spare in panels[count:]:
            spare.remove()
        for panel, scenario in zip(panels[:count], found.scenarios, strict=True):
            kept, won = (frame[frame["scenario"] == scenario] for frame in (old, new))
            areas = panel.stackplot(kept["week"], kept["mean"], won["mean"], colors=COLOURS_OF_AREAS, labels=AREAS)
            areas[1].set_hatch("//")
            name = wrapped(scenario, WIDTH_OF_A_PANEL, STYLE["axes.titlesize"])
            panel.set_title(f"{name}\n{_share_of_new(found, scenario)}".strip())
            years(panel, found.weeks)
        _area_names(panels[0])
        divisor, word = scale_of(*panels[0].get_ylim())
        panels[0].yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / divisor:,.10g}"))
        unit = " ".join(part for part in (word, found.currency) if part)
        title = f"Revenue per week of {found.business} ({unit})"
        entitle(figure, title, f"Old: had bought here before week 0. {_mean_of(found)}")
    return figure


def _area_names(panel: Axes) -> None:
    """What the areas are, in the order in which they lie upon each other, above them all."""
    bottom, top = panel.get_ylim()
    panel.set_ylim(bottom, top * ROOM_FOR_NAMES)
    handles, labels = panel.get_legend_handles_labels()
    names = panel.legend(handles[::-1], labels[::-1], loc="upper left", frameon=False, borderaxespad=0.0)
    names.set_in_layout(False)


# ------------------------------------------------------------------------------------------------------ growth and goal


def growth_against_goal(found: Findings) -> Figure:
    """Growth reached in every world, with the mean and its interval, against the shaded goal if there is one."""
    with house_style():
        names = list(dict.fromkeys(found.growth["scenario"]))
        figure = new_figure(10.0, 1.9 + 1.1 * len(names))
        panel = figure.subplots()
        panel.grid(axis="x")
        panel.grid(visible=False, axis="y")
        for row, name in enumerate(names):
            _growth_row(panel, found, name, -row)
        labels = [wrapped(name, WIDTH_OF_A_NAME, STYLE["font.size"]) for name in names]
        panel.set_yticks([-row for row in range(len(names))], labels, color="black")
        panel.tick_params(axis="y", length=0)
        panel.set_ylim(-len(names) + 0.4, 0.6)
        panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:,.10g} %"))
        measures = listed(list(dict.fromkeys(found.growth["of"])))
        panel.set_xlabel(f"growth of {measures} a year", color=GREY)
        has_goal = bool(found.goals["low"].notna().any())
        note = f"{'Shaded: the goal. ' if has_goal else ''}Dot: one world. Bar: mean and its 95 % interval."
        zero = line(found.goals, scenario=found.status_quo)
        if zero is not None and not math.isnan(zero.growth) and found.plans:
            colour, stroke = ZERO
            panel.axvline(zero.growth, color=colour, linestyle=stroke, linewidth=1.0, zorder=0.5)
            note += f" Dotted: mean under {zero.scenario}, which goes on as before week 0."
        entitle(figure, f"Growth of {found.business}{' against its goal' if has_goal else ''}", note)
    return figure


def _growth_row(panel: Axes, found: Findings, name: str, height: int) -> None:
    """One scenario: goal, worlds, mean, and how many worlds reached it."""
    worlds = found.growth[found.growth["scenario"] == name]
    goal = line(found.goals, scenario=name)
    colour, _ = looks_of(found.scenarios, found.status_quo)[name]
    # a fixed pattern keeps neighbours apart: luck has no place in a picture
    heights = [height + ((place * 7) % 11 - 5) / 11 * 0.5 for place in range(len(worlds))]
    panel.plot(worlds["growth"], heights, "o", color=colour, alpha=0.5, markersize=5, markeredgewidth=0)
    if goal is None or math.isnan(goal.growth):
        return
    panel.plot([goal.growth_low, goal.growth_high], [height, height], color="black", linewidth=2.5)
    panel.plot(goal.growth, height, "|", color="black", markersize=20, markeredgewidth=2.5)
    if math.isnan(goal.low):  # it follows no goal
        return
    panel.fill_betweenx([height - 0.38, height + 0.38], goal.low, goal.high, color="#D9D9D9", zorder=0, linewidth=0)
    counted = worlds_in_words(goal.reached, int(goal.n))
    text = f"goal reached in {counted} worlds ({100 * goal.reached_low:.0f} to {100 * goal.reached_high:.0f} %)"
    panel.annotate(text, (goal.low, height + 0.41), va="bottom", fontsize=9, color=GREY)


# -------------------------------------------------------------------------------------------------------------- details


def _share_of_new(found: Findings, scenario: str) -> str:
    """What part of all revenue is new, with its range."""
    share = line(found.levels, scenario=scenario, business=found.business, metric="new_customers_revenue_share")
    if share is None or math.isnan(share.mean):
        return ""
    return f"new: {spoken(share.mean, share.low, share.high, 'share of revenue', found.currency)}"


def _mean_of(found: Findings) -> str:
    if found.worlds == 1:
        return "One world."
    return f"Mean of {found.worlds:,} worlds; in brackets the 95 % interval of the share of revenue."


def _headline(found: Findings) -> str:
    worlds = "one world" if found.worlds == 1 else f"{found.worlds:,} worlds"
    return f"{found.business} under {listed(found.scenarios)}, in {worlds}"


def _bands_note(found: Findings) -> str:
    if found.worlds == 1:
        return f"One world of {found.people:,} people over {duration(found.weeks)}."
    return f"Line: mean of {found.worlds:,} worlds of {found.people:,} people. Band: 5 to 95 % of worlds."
