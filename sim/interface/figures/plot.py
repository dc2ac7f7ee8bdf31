"""Plots for notebooks and pages: one function for each figure, from a frame to matplotlib axes.

``sim.plot.over_time(frame, "customers")`` draws into axes of its own or into those that it is given, and returns them.
Labels and units come from the metrics. Frames are made in the experiment room; nothing is computed here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.experiment.seen import CAME, LEFT
from sim.interface.figures.drawing import GREY, OKABE_ITO, STYLE, house_style, looks_of, wrapped
from sim.interface.figures.panels import (
    WIDTH_OF_A_NAME,
    Looks,
    axes,
    bars,
    from_zero,
    name_ends,
    per_cent,
    points,
    rows,
    scaled,
    years,
)
from sim.interface.pages.languages import ENGLISH, Say
from sim.interface.runs.findings import lines
from sim.model.metrics import METRICS

if TYPE_CHECKING:
    from pandas import DataFrame

OLD, NEW = "revenue_from_old_customers", "revenue_from_new_customers"
DARK = 0.6
"""Colours of a heat map up to here want white letters."""
Arguments = ParamSpec("Arguments")


def plot(draw: Callable[Arguments, Axes]) -> Callable[Arguments, Axes]:
    """A function that draws, made to draw in the style of the house."""

    @wraps(draw)
    def drawn(*words: Arguments.args, **named: Arguments.kwargs) -> Axes:
        say = named.get("say", ENGLISH)
        with house_style(say.language if isinstance(say, Say) else ENGLISH.language):
            return draw(*words, **named)

    return drawn


# ------------------------------------------------------------------------------------------------------------ over time


@plot
def over_time(
    frame: DataFrame,
    metric: str,
    ax: Axes | None = None,
    *,
    currency: str = "money",
    say: Say = ENGLISH,
    looks: Looks | None = None,
    top: float | None = None,
) -> Axes:
    """A metric week by week: a line and a band for each scenario, whose name stands at the line's end.

    Parameters
    ----------
    frame : scenario, week, mean, low, high
    looks : colour and line of each scenario
    top : the end of the axis, where several figures are to be compared
    """
    ax = ax or axes()
    what = say("per_week", what=say.metric(metric)) if METRICS[metric].kind == "flow" else say.metric(metric)
    unit = scaled(ax, frame[["low", "high"]].to_numpy().ravel(), METRICS[metric], currency, say)
    ax.set_title(say("with_unit", what=say.title(what), unit=unit) if unit else say.title(what))
    names = list(dict.fromkeys(frame["scenario"]))
    looks = looks or looks_of(names)
    ends = []
    for name in names:
        part = frame[frame["scenario"] == name]
        colour, stroke = looks[name]
        if (part["high"] > part["low"]).any():
            ax.fill_between(part["week"], part["low"], part["high"], color=colour, alpha=0.16, linewidth=0)
        ax.plot(part["week"], part["mean"], color=colour, linestyle=stroke, label=name)
        ends.append((float(part["mean"].iloc[-1]), wrapped(name, WIDTH_OF_A_NAME, STYLE["font.size"]), colour))
    from_zero(ax, METRICS[metric])
    if top is not None:
        ax.set_ylim(top=top)
    years(ax, weeks := int(frame["week"].max()) + 1, say)
    if len(names) > 1:
        name_ends(ax, weeks, ends)
    return ax


@plot
def old_and_new(
    frame: DataFrame,
    ax: Axes | None = None,
    *,
    currency: str = "money",
    say: Say = ENGLISH,
    top: float | None = None,
) -> Axes:
    """Weekly revenue from old and from new customers under one plan, each with its band.

    Parameters
    ----------
    frame : scenario, metric (of old and of new customers), week, mean, low, high
    """
    called = {OLD: say("old"), NEW: say("new")}
    looks = {called[OLD]: (OKABE_ITO[0], "-"), called[NEW]: (OKABE_ITO[1], (0, (6, 2)))}
    named = frame.assign(scenario=frame["metric"].map(called))
    ax = over_time(named, "revenue", ax, currency=currency, say=say, looks=looks, top=top)
    unit = scaled(ax, frame[["low", "high"]].to_numpy().ravel(), METRICS["revenue"], currency, say)
    what = say("figure.old_and_new", scenario=frame["scenario"].iloc[0])
    ax.set_title(say("with_unit", what=what, unit=unit))
    return ax


@plot
def cash(
    frame: DataFrame,
    credit_line: float,
    ax: Axes | None = None,
    *,
    currency: str = "money",
    say: Say = ENGLISH,
    looks: Looks | None = None,
) -> Axes:
    """Cash week by week, and the line beyond which the bank lends no more."""
    ax = over_time(frame, "cash", ax, currency=currency, say=say, looks=looks)
    low, high = ax.get_ylim()
    ax.set_ylim(min(low, -1.15 * credit_line), high)
    ax.axhline(0.0, color=GREY, linewidth=0.8)
    ax.axhline(-credit_line, color="#B00020", linewidth=1.4, linestyle=(0, (5, 3)))
    at = (0.01 * ax.get_xlim()[1], -credit_line)
    ax.annotate(say("figure.cash.danger"), at, (0, 3), textcoords="offset points", fontsize=8.5, color="#B00020")
    return ax


# --------------------------------------------------------------------------------------------------- rows with ranges


@plot
def growth(frame: DataFrame, ax: Axes | None = None, *, say: Say = ENGLISH, looks: Looks | None = None) -> Axes:
    """Growth a year of each scenario with its interval, on the shaded goal if it has one.

    Parameters
    ----------
    frame : scenario, of, low, high (the goal), mean, mean_low, mean_high
    """
    scenarios = list(lines(frame))
    looks = looks or looks_of(list(frame["scenario"]))
    ax = rows(ax, [row.scenario for row in scenarios])
    for height, row in enumerate(reversed(scenarios)):
        if not math.isnan(row.low):
            ax.fill_betweenx([height - 0.4, height + 0.4], row.low, row.high, color="#D9D9D9", zorder=0, linewidth=0)
        colour, _ = looks[row.scenario]
        ax.plot([row.mean_low, row.mean_high], [height, height], color=colour, linewidth=3)
        ax.plot(row.mean, height, "o", color=colour, markersize=7)
    ax.axvline(0.0, color=GREY, linewidth=0.8)
    per_cent(ax.xaxis, say)
    has_goal = frame["low"].notna().any()
    measures = say.listed([say.metric(each) for each in dict.fromkeys(frame["of"])])
    ax.set_title(say("figure.growth" if has_goal else "figure.growth.no_goal", of=measures))
    return ax


@plot
def journey(frame: DataFrame, ax: Axes | None = None, *, say: Say = ENGLISH, looks: Looks | None = None) -> Axes:
    """People in each phase of the customer's journey.

    Parameters
    ----------
    frame : scenario, phase, mean, low, high
    """
    phases = list(dict.fromkeys(frame["phase"]))
    labels = {phase: say(f"phase.{phase}") for phase in phases}
    ax = bars(ax, frame.rename(columns={"phase": "row"}), labels, say, looks)
    ax.set_title(say("figure.journey"))
    return ax


@plot
def came(frame: DataFrame, ax: Axes | None = None, *, say: Say = ENGLISH, looks: Looks | None = None) -> Axes:
    """Where customers came from.

    Parameters
    ----------
    frame : scenario, metric, mean, low, high
    """
    return _counted(ax, frame, CAME, "figure.came", (say, looks))


@plot
def left(frame: DataFrame, ax: Axes | None = None, *, say: Say = ENGLISH, looks: Looks | None = None) -> Axes:
    """Why customers left; reasons for which nobody left are not shown.

    Parameters
    ----------
    frame : scenario, metric, mean, low, high
    """
    return _counted(ax, frame, LEFT, "figure.left", (say, looks))


@plot
def growth_parts(frame: DataFrame, ax: Axes | None = None, *, say: Say = ENGLISH, looks: Looks | None = None) -> Axes:
    """By what factor revenue grew, and each of its parts.

    Parameters
    ----------
    frame : scenario, part, mean, low, high
    """
    parts = list(dict.fromkeys(frame["part"]))
    labels = {part: say(f"part.{part}") for part in parts}
    ax = points(ax, frame.rename(columns={"part": "row"}), labels, looks)
    ax.axvline(1.0, color=GREY, linewidth=0.8)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"\N{MULTIPLICATION SIGN} {say.number(f'{value:g}')}"))
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.set_title(say("figure.growth_parts"))
    return ax


@plot
def cohorts(frame: DataFrame, ax: Axes | None = None, *, say: Say = ENGLISH) -> Axes:
    """Of those who first ordered in the same months, the part who order in later ones, under one plan.

    Parameters
    ----------
    frame : scenario, joined, age, span, mean, low, high, people
    """
    ax = ax or axes()
    span, names = int(frame["span"].iloc[0]), [int(each) for each in dict.fromkeys(frame["joined"])]
    cells = frame.pivot(index="joined", columns="age", values="mean").reindex(names).to_numpy(float)
    ax.grid(visible=False)
    ax.pcolormesh(np.ma.masked_invalid(cells), cmap="viridis", vmin=0.0, vmax=1.0)
    for row, column in np.argwhere(np.isfinite(cells)):
        value = cells[row, column]
        colour = "white" if value < DARK else "black"
        text = f"{100 * value:.0f}"
        ax.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=8, color=colour)
    ax.invert_yaxis()
    ax.set_xticks(np.arange(cells.shape[1]) + 0.5, [str(age + 1) for age in range(cells.shape[1])])
    ax.set_yticks(np.arange(len(names)) + 0.5, [str(each * span) for each in names])
    ax.tick_params(length=0)
    ax.set_xlabel(say("figure.cohorts.age", span=span), color=GREY)
    ax.set_ylabel(say("figure.cohorts.joined"), color=GREY)
    ax.set_title(say("figure.cohorts", scenario=frame["scenario"].iloc[0]))
    return ax


@plot
def advice(frame: DataFrame, which: str, ax: Axes | None = None, *, say: Say = ENGLISH) -> Axes:
    """For each goal across, what is advised up, with its range: hollow if undecided, a cross if out of reach.

    Parameters
    ----------
    frame : which (split or spend), goal, reachable, mean, low, high, of; and ``known_low``, ``known_high`` if an
        interval is known beside the range that does nearly as well: it is drawn as a thin line inside
    which : the part of money that wins customers, or the share of revenue that is spent
    """
    ax = ax or axes()
    frame = frame[frame["which"] == which]
    for row in lines(frame):
        if row.reachable is False:
            ax.plot(row.goal, 0.0, "x", color=OKABE_ITO[1], markersize=9, markeredgewidth=2, clip_on=False)
            continue
        if math.isfinite(row.low):
            top = row.high if math.isfinite(row.high) else row.mean
            ax.plot([row.goal, row.goal], [row.low, top], color=OKABE_ITO[5], linewidth=7, solid_capstyle="butt")
            if not math.isfinite(row.high):
                ax.annotate("\N{UPWARDS ARROW}", (row.goal, row.mean), (0, 5), textcoords="offset points", ha="center")
        if math.isfinite(getattr(row, "known_low", math.nan)):
            ends = (row.known_low, row.known_high)
            ax.plot([row.goal, row.goal], ends, color=OKABE_ITO[0], linewidth=1.6, marker="_", markersize=9)
        filled = OKABE_ITO[0] if row.reachable else "none"
        ax.plot(row.goal, row.mean, "o", color=OKABE_ITO[0], markerfacecolor=filled, markersize=7)
    ax.set_xticks(list(frame["goal"]))
    per_cent(ax.xaxis, say, locate=False)
    per_cent(ax.yaxis, say)
    ax.set_ylim(0.0, 1.0 if which == "split" else None)
    ax.margins(x=0.12)
    ax.set_xlabel(say("figure.advice.goal", of=say.metric(frame["of"].iloc[0])), color=GREY)
    ax.set_title(say(f"figure.advice.{which}"))
    return ax


# ------


def _counted(
    ax: Axes | None, frame: DataFrame, metrics: Sequence[str], title: str, how: tuple[Say, Looks | None]
) -> Axes:
    """People counted by some metrics, each a row; those that are nothing everywhere are left out."""
    say, looks = how
    frame = frame[frame["metric"].isin(metrics)].rename(columns={"metric": "row"})
    seen = set(frame.loc[frame["high"].fillna(frame["mean"]) > 0.0, "row"])
    ax = bars(ax, frame, {metric: say.metric(metric) for metric in metrics if metric in seen}, say, looks)
    ax.set_title(say(title))
    return ax


__all__ = [
    "advice",
    "came",
    "cash",
    "cohorts",
    "growth",
    "growth_parts",
    "journey",
    "left",
    "old_and_new",
    "over_time",
]  # fmt: skip
