"""The figures of advice: goal across and best split up; and the phase diagram, goal across and one number up."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import PercentFormatter

from sim.experiment.advised import Advised
from sim.experiment.phases import Cell, Phases
from sim.experiment.search import IDLE
from sim.experiment.surface import band_of, best_of
from sim.interface.figures.drawing import GREY, OKABE_ITO, entitle, house_style, new_figure
from sim.interface.runs.findings import duration

FEASIBLE = {
    "reached without marketing": "#D9EFE6",
    "reached in enough worlds": "#FFFFFF",
    "in some worlds only": "#FBE9CF",
    "in none": "#E4E4E4",
}
"""How far a goal is within reach, and its colour."""
CHANCE, IGNORANCE = OKABE_ITO[1], OKABE_ITO[3]
SPLIT = OKABE_ITO[0]
DECIDED: dict[str, Any] = {"linestyle": "", "marker": "o", "color": SPLIT, "markersize": 6}
UNDECIDED = DECIDED | {"markerfacecolor": "white"}


def best_split(found: Advised) -> Figure:
    """Above, the share for winning that needs least money; below, the money it needs; behind, what is within reach."""
    goals = np.array([point.goal for point in found.curve])
    bests = [best_of(point.needs) for point in found.curve]
    reached = np.isfinite([best.spend_share for best in bests]) & (goals > found.freely)
    bands = np.array(
        [band_of(point.needs) if ok else (np.nan,) * 2 for point, ok in zip(found.curve, reached, strict=True)]
    )
    splits = np.where(reached, [best.split for best in bests], np.nan)
    spends = np.where(reached, [best.spend_share for best in bests], np.nan)
    with house_style():
        figure = new_figure(9.0, 7.4)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        for axes in (above, below):
            _show_reach(axes, found, goals)
            axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
            axes.set_xlim(goals[0], goals[-1])
        above.fill_between(goals, bands[:, 0], bands[:, 1], color=OKABE_ITO[5], alpha=0.45, linewidth=0)
        above.plot(goals, splits, color=SPLIT, label="best split")
        below.plot(goals, spends, color=SPLIT)
        _show_advice(found, above, below)
        above.set_ylim(-0.02, 1.04)
        top = max((advice.plan.spend_share for advice in found.goals if advice.reachable is not False), default=0.0)
        below.set_ylim(0.0, 1.15 * max(np.nanmax(spends, initial=0.0), top, 0.05))
        above.set_title("Share of marketing money for winning customers")
        below.set_title("Share of revenue that this takes")
        below.set_xlabel(f"goal: growth of {found.question.metric} a year")
        below.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        _legend(above)
        note = (
            "Line: read off all plans tried. Dots: what is advised, hollow if undecided. Enough: a new world reaches "
            f"the goal with a chance of {found.question.confidence:.0%}. Chance: 95 % intervals of the best split "
            "and of the spend. Ignorance: numbers nobody knows at the ends of their plausible ranges."
        )
        who = found.scenario.businesses[0].name
        entitle(
            figure,
            f"What it takes for {who} of {found.scenario.name} to grow, over {duration(found.scenario.time.weeks)}",
            note,
        )
    return figure


def _show_reach(axes: Axes, found: Advised, goals: np.ndarray) -> None:
    """Behind everything: how far each goal is within reach."""
    half = (goals[1] - goals[0]) / 2.0
    for point in found.curve:
        if point.goal <= found.freely:
            kind = "reached without marketing"
        elif np.isfinite(best_of(point.needs).spend_share):
            kind = "reached in enough worlds"
        else:
            kind = "in some worlds only" if point.worlds > 0.0 else "in none"
        axes.axvspan(point.goal - half, point.goal + half, color=FEASIBLE[kind], linewidth=0, zorder=0)


def _show_advice(found: Advised, above: Axes, below: Axes) -> None:
    """The goals that were asked, each with its two bands."""
    for advice in found.goals:
        if advice.reachable is False:
            continue
        dot = UNDECIDED if advice.reachable is None else DECIDED
        if (between := advice.ignorance) is not None:
            for axes, ends in ((above, between.split), (below, between.spend)):
                axes.plot([advice.goal] * 2, ends, color=IGNORANCE, linewidth=5, alpha=0.5, solid_capstyle="butt")
        for axes, known in ((above, advice.known_split), (below, advice.spend[1:])):
            if known is not None and np.isfinite(known[1]):
                axes.plot([advice.goal] * 2, known, color=CHANCE, linewidth=1.6, marker="_", markersize=7)
        if advice.plan != IDLE:
            above.plot(advice.goal, advice.plan.acquisition_share, **dot)
        below.plot(advice.goal, advice.plan.spend_share, **dot)


def _legend(axes: Axes) -> None:
    lines = [
        Patch(color=OKABE_ITO[5], alpha=0.45, label="costs at most a tenth more"),
        Patch(color=CHANCE, label="chance"),
        Patch(color=IGNORANCE, alpha=0.5, label="ignorance"),
    ]
    reach = [Patch(facecolor=colour, edgecolor=GREY, linewidth=0.4, label=name) for name, colour in FEASIBLE.items()]
    axes.legend(
        handles=[*axes.get_lines()[:1], *lines, *reach],
        loc="lower left",
        bbox_to_anchor=(-0.01, 1.11),
        borderaxespad=0.0,
        ncols=4,
        columnspacing=1.2,
        handlelength=1.6,
        frameon=False,
        fontsize=9,
    )


def phase_diagram(varied: Phases) -> Figure:
    """The best share for winning in colour, with its number and the share of revenue; hatched where no plan reaches."""
    goals, rows = [cell.goal for cell in varied.rows[0].cells], varied.rows
    splits = np.array([[_split(cell) for cell in row.cells] for row in rows])
    with house_style():
        figure = new_figure(max(4.6, 2.6 + 1.15 * len(goals)), 2.6 + 0.7 * len(rows))
        panel = figure.subplots()
        panel.grid(visible=False)
        image = panel.imshow(splits, origin="lower", cmap="viridis", vmin=0.0, vmax=1.0, aspect="auto")
        for (row, column), split in np.ndenumerate(splits):
            cell = rows[row].cells[column]
            if cell.plan is None:
                corner = column - 0.5, row - 0.5
                panel.add_patch(Rectangle(corner, 1, 1, facecolor="#E4E4E4", edgecolor=GREY, hatch="///", linewidth=0))
            colour = "white" if split < 0.6 else "black"
            panel.text(column, row, _told(cell), ha="center", va="center", color=colour, fontsize=9)
        panel.set_xticks(range(len(goals)), [f"{goal:.0%}" for goal in goals])
        panel.set_yticks(range(len(rows)), [row.value for row in rows])
        panel.set_xlabel("goal: growth a year")
        panel.set_ylabel(varied.name.replace("_", " "))
        bar = figure.colorbar(image, label="best share for winning")
        bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        note = (
            "Below each share for winning: the share of revenue it takes. Hatched: no plan reaches the goal in "
            f"enough of {varied.worlds} worlds. White: reached without marketing."
        )
        entitle(figure, f"The best split, as {varied.name.replace('_', ' ')} varies", note)
    return figure


def _split(cell: Cell) -> float:
    return np.nan if cell.plan is None or cell.plan == IDLE else cell.plan.acquisition_share


def _told(cell: Cell) -> str:
    if cell.plan is None:
        return ""
    return "no need" if cell.plan == IDLE else f"{cell.plan.acquisition_share:.0%}\n{cell.plan.spend_share:.1%}"
