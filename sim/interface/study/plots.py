"""Figures of analyses of studies: they draw what a document says and compute nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.interface.figures.drawing import GREY, OKABE_ITO, entitle, house_style, new_figure, wrapped
from sim.interface.terminal.amounts import scale_of
from sim.model.metrics import METRICS

LOW, HIGH = OKABE_ITO[0], OKABE_ITO[1]
NAME_INCHES = 2.4
LABELS = {"st": "in all", "s1": "alone"}


def tornado(document: Mapping[str, Any], outcome: str, names: Mapping[str, str]) -> Figure:
    """How far each parameter swings the outcome, and its shares of the variance with their intervals.

    Parameters
    ----------
    document : of a sensitivity analysis
    outcome : in words
    names : of parameters, by their paths
    """
    swings, indices = document["swings"], document["indices"]
    heights = np.arange(len(swings))[::-1].astype(float)
    with house_style():
        figure = new_figure(11.0, 2.2 + 0.75 * len(swings))
        left, right = figure.subplots(1, 2, sharey=True)
        mean = document["outcome"]["mean"]
        divisor, word = scale_of(*(value for each in swings for value in (each["low"], each["high"])))
        for height, each in zip(heights, swings, strict=True):
            sides = (each["low"], "at_most", LOW, "", 0.15), (each["high"], "at_least", HIGH, "//", -0.15)
            for value, end, colour, hatch, shift in sides:
                place = height + shift
                left.barh(place, (value - mean) / divisor, 0.28, mean / divisor, color=colour, hatch=hatch, alpha=0.85)
                sign = "\N{LESS-THAN OR EQUAL TO}" if end == "at_most" else "\N{GREATER-THAN OR EQUAL TO}"
                _beside(left, value / divisor, place, value >= mean, f"{sign} {_number(each[end])}")
        left.axvline(mean / divisor, color=GREY, linewidth=1.0)
        left.margins(x=0.25)
        left.set_title(f"Mean of the outcome{f' ({word})' if word else ''}")
        told = [wrapped(_spoken(names[each["parameter"]]), NAME_INCHES, 10) for each in swings]
        left.set_yticks(heights, told, color="black")
        left.xaxis.set_major_formatter(FuncFormatter(_separated))
        for height, each in zip(heights, indices, strict=True):
            for index, shift, colour, mark in (("st", 0.13, OKABE_ITO[2], "o"), ("s1", -0.13, OKABE_ITO[3], "s")):
                right.plot(np.array(each[f"{index}_ci"]) * 100, [height + shift] * 2, color=colour)
                right.plot(
                    100 * each[index], height + shift, mark, color=colour, label=LABELS[index] if height == 0 else None
                )
        right.axvline(0.0, color=GREY, linewidth=1.0)
        right.set_title("Share of the variance (%)")
        right.legend(frameon=False, loc="best")
        for panel in (left, right):
            panel.grid(axis="x")
            panel.grid(visible=False, axis="y")
            panel.tick_params(axis="y", length=0)
        note = (
            "Left: the mean where a parameter is in its lowest (plain) and highest (hatched) quarter; line: "
            f"mean of all {document['points']:,} points. Right: Sobol indices with 95 % intervals."
        )
        entitle(figure, f"What moves {outcome}", f"{note}{_chance(document)}")
    return figure


def heat_map(document: Mapping[str, Any], outcome: str, names: Mapping[str, str]) -> Figure:
    """The mean outcome over the two parameters that matter most."""
    made = document["map"]
    means = np.array([[math.nan if cell is None else cell for cell in row] for row in made["means"]])
    divisor, word = scale_of(*means[np.isfinite(means)])
    with house_style():
        figure = new_figure(7.2, 6.2)
        panel = figure.subplots()
        panel.grid(visible=False)
        count = len(means)
        image = panel.imshow(means / divisor, origin="lower", cmap="viridis", extent=(0, 100, 0, 100), aspect="auto")
        ends = np.nanmin(means), np.nanmax(means)
        for row, column in np.ndindex(means.shape):
            value = means[row, column]
            dark = np.isfinite(value) and value < (ends[0] + ends[1]) / 2.0
            text = _number(value / divisor) if np.isfinite(value) else "-"
            at = (column + 0.5) * 100 / count, (row + 0.5) * 100 / count
            panel.text(*at, text, ha="center", va="center", color="white" if dark else "black", fontsize=9)
        ticks = [100 * at / count for at in range(count + 1)]
        panel.set_xticks(ticks, [_number(value) for value in made["across_values"]])
        panel.set_yticks(ticks, [_number(value) for value in made["up_values"]])
        panel.set_xlabel(_spoken(names[made["across"]]))
        panel.set_ylabel(_spoken(names[made["up"]]))
        bar = figure.colorbar(image, label=f"mean{f' ({word})' if word else ''}")
        bar.ax.yaxis.set_major_formatter(FuncFormatter(_separated))
        note = (
            "Each cell: the mean over its points, whatever the others are. Both ranges of the study are cut into parts "
            "that are equally likely there."
        )
        entitle(figure, f"{outcome[0].upper()}{outcome[1:]}, over the two that matter most", note)
    return figure


def pareto(document: Mapping[str, Any]) -> Figure:
    """The front of the first two objectives in fresh worlds, all trials behind it, steady and aggressive marked."""
    across, up = (each["metric"] for each in document["objectives"][:2])
    front, presets = document["front"], document["presets"]
    dots = np.array([each["objectives"][:2] for each in document["trials"]])
    allowed = np.array([each["allowed"] for each in document["trials"]])
    scales = [scale_of(*column) for column in dots.T]
    by = np.array([divisor for divisor, _ in scales])
    with house_style():
        figure = new_figure(9.0, 6.2)
        panel = figure.subplots()
        panel.grid(axis="both")
        panel.plot(*(dots[allowed] / by).T, "o", color="#BBBBBB", markersize=4, label="trial, in the search")
        if not allowed.all():
            panel.plot(*(dots[~allowed] / by).T, "x", color="#BBBBBB", markersize=5, label="beyond a bound")
        _points(panel, front, (across, up), by, (OKABE_ITO[0], "o", "what no trial beats, in fresh worlds"))
        for (name, each), colour, mark in zip(presets.items(), (OKABE_ITO[2], OKABE_ITO[1]), ("s", "^"), strict=False):
            _points(panel, [each], (across, up), by, (colour, mark, f"{name}, in fresh worlds"))
        for axis, name, (_, word), one in zip(
            (panel.xaxis, panel.yaxis), (across, up), scales, document["objectives"][:2], strict=True
        ):
            unit = f" ({word})" if word else ""
            axis.set_label_text(f"{METRICS[name].label}{unit}; {one['better']} is better", color=GREY)
            axis.set_major_formatter(FuncFormatter(_separated))
        panel.legend(frameon=False)
        note = f"Bars: 95 % intervals of means over {document['fresh_worlds']:,} fresh worlds."
        title = f"{METRICS[across].label.capitalize()} or {METRICS[up].label}: what {document['business']} can choose"
        entitle(figure, title, note)
    return figure


def _points(panel: Any, each_of: Any, metrics: tuple[str, str], by: np.ndarray, look: tuple[str, str, str]) -> None:
    """Means with a bar in each direction."""
    colour, mark, label = look
    seen = [[each["outcomes"][name] for name in metrics] for each in each_of]
    means = np.array([[one["mean"] for one in pair] for pair in seen]) / by
    ends = np.array([[one["ci95"] for one in pair] for pair in seen]) / by[:, np.newaxis]
    bars = [np.abs(ends[:, axis].T - means[:, axis]) for axis in (0, 1)]
    panel.errorbar(
        *means.T, bars[1], bars[0], fmt=mark, color=colour, label=label, markersize=6, elinewidth=1.0, zorder=3
    )


def _beside(panel: Any, value: float, height: float, is_right: bool, text: str) -> None:
    """A small text at the end of a bar."""
    panel.annotate(
        text,
        (value, height),
        (4 if is_right else -4, 0),
        textcoords="offset points",
        va="center",
        ha="left" if is_right else "right",
        fontsize=8,
        color=GREY,
    )


def _number(value: Any) -> str:
    """A value in three digits, never with a power of ten in a table of thousands.

    Check
    -----
    >>> _number(27812.0), _number(0.15833), _number(-3704.2), _number("steady")
    ('27,800', '0.158', '-3,700', 'steady')
    """
    return f"{float(f'{value:.3g}'):,.10g}" if isinstance(value, int | float) else str(value)


def _separated(value: float, _: int) -> str:
    """A tick of an axis."""
    return f"{value:,.10g}"


def _spoken(name: str) -> str:
    """The end of a path as words, which lines may end between.

    Check
    -----
    >>> _spoken("fixed_budget.acquisition_share")
    'fixed budget: acquisition share'
    """
    return name.replace(".", ": ").replace("_", " ")


def _chance(document: Mapping[str, Any]) -> str:
    share = document["noise_share_of_means"]
    return "" if share is None else f" Of the variance among points {100 * share:.1f} % is chance."
