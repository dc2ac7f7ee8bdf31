"""Figures of claims: one for each, of three shared panels, and they draw what the document says and compute nothing.

Every deciding question has a strip: what each world says, the mean, its interval, the interval that is corrected for
all claims, and the side on which the claim holds. A condition has a line along its values. What nobody knows has a dot
for each sampled world.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.interface.claims.words import Data
from sim.interface.figures.drawing import GREY, OKABE_ITO, entitle, house_style, new_figure, wrapped

WIDTH, STRIP, LEAST = 11.0, 1.7, 5.4
LEAST_WITHOUT = 4.0
"""Of a claim without a condition."""
TITLE_INCHES = 4.2
SIDES = {"holds": OKABE_ITO[2], "fails": OKABE_ITO[1], "open": GREY}
MARKS = {"holds": "o", "fails": "X", "open": "D"}
SHADE = "#E4F1EA"
CENTRAL = (0.05, 0.95)
"""Of the sampled worlds, the part that decides how wide the panel is; the rest are arrows at its ends."""
NOTE = (
    "Strips: grey, each paired world; thick bar, 95 % interval of the mean; thin bar, corrected for all 27 claims; "
    "green ground, where the claim holds. "
)


def figure_of(claim: Data) -> Figure:
    """The evidence on a claim."""
    deciding = [each for each in claim["evidence"] if each["decides"]]
    condition = claim["conditions"][0] if claim["conditions"] else None
    height = max(LEAST if condition else LEAST_WITHOUT, STRIP * len(deciding) + 1.8)
    with house_style():
        figure = new_figure(WIDTH, height)
        halves = figure.add_gridspec(1, 2)
        for panel, each in zip(_panels(figure, halves[0], len(deciding)), deciding, strict=True):
            _strip(panel, each)
        panels = _panels(figure, halves[1], 2 if condition else 1)
        if condition:
            _along(panels[0], condition, deciding[claim["pivot"]], claim["pivot"])
        _sampled(panels[-1], claim["sampled"], deciding[claim["pivot"]])
        entitle(figure, f"{claim['id']}  {claim['title']}: {claim['verdict']}", f"{NOTE}{_note(claim)}")
    return figure


def _panels(figure: Figure, place: SubplotSpec, count: int) -> list[Axes]:
    """So many panels, one below the other."""
    rows = place.subgridspec(count, 1)
    return [figure.add_subplot(rows[at]) for at in range(count)]


def _strip(panel: Axes, each: Data) -> None:
    """One question."""
    scale = _scale(each)
    worlds = np.array([value for value in each["worlds"] if value is not None], float) * scale
    limits = _limits([*worlds, *(end * scale for end in each["ci95_of_all_claims"] if end is not None)], each)
    _ground(panel.axvspan, each, limits)
    panel.set_xlim(limits)
    colour = SIDES[each["side"]]
    heights = np.linspace(0.25, 0.75, len(worlds)) if len(worlds) > 1 else np.array([0.5])
    panel.plot(worlds, heights, "o", color="#B5B5B5", markersize=3)
    if each["estimate"] is not None:
        for ends, width in ((each["ci95_of_all_claims"], 1.4), (each["ci95"], 4.5)):
            if None not in ends:
                panel.plot(np.array(ends) * scale, (0.5, 0.5), color=colour, linewidth=width, solid_capstyle="butt")
        panel.plot(each["estimate"] * scale, 0.5, MARKS[each["side"]], color=colour, markersize=7, zorder=4)
    panel.set(ylim=(0, 1), yticks=[])
    panel.spines["left"].set_visible(False)
    panel.grid(visible=False, axis="y")
    panel.set_title(wrapped(each["question"], TITLE_INCHES, 9), fontsize=9)
    _measure(panel.xaxis, each)


def _along(panel: Axes, condition: Data, asked: Data, pivot: int) -> None:
    """The question on which the verdict hangs, along the condition of the claim."""
    scale = _scale(asked)
    at = range(len(condition["values"]))
    seen = [level["evidence"][pivot] for level in condition["values"]]
    limits = _limits([end * scale for each in seen for end in each["ci95"] if end is not None], asked)
    _ground(panel.axhspan, asked, limits)
    means = [np.nan if each["estimate"] is None else each["estimate"] * scale for each in seen]
    panel.plot(at, means, color=GREY, linewidth=1.0)
    for place, (level, each) in enumerate(zip(condition["values"], seen, strict=True)):
        colour = SIDES[level["side"]]
        for ends, width in ((each["ci95_of_all_claims"], 1.2), (each["ci95"], 3.5)):
            if None not in ends:
                panel.plot((place, place), np.array(ends) * scale, color=colour, linewidth=width)
        panel.plot(place, means[place], MARKS[level["side"]], color=colour, markersize=6, zorder=4)
    panel.set_ylim(limits)
    panel.set_xticks(list(at), [level["label"] for level in condition["values"]])
    panel.set_title(wrapped(condition["meaning"], TITLE_INCHES, 9), fontsize=9)
    _measure(panel.yaxis, asked)


def _sampled(panel: Axes, sampled: Data, asked: Data) -> None:
    """The same in each sampled world, from the least to the largest."""
    scale = _scale(asked)
    effects = np.sort([value * scale for value in sampled["effects"] if value is not None])
    if len(effects):
        limits = _limits(np.quantile(effects, CENTRAL).tolist(), asked)
        _ground(panel.axvspan, asked, limits)
        heights = np.arange(1, len(effects) + 1) / len(effects)
        inside = (effects >= limits[0]) & (effects <= limits[1])
        panel.plot(effects[inside], heights[inside], "o", color=OKABE_ITO[0], markersize=3.5)
        for mark, beyond, edge in (("<", effects < limits[0], limits[0]), (">", effects > limits[1], limits[1])):
            if beyond.any():
                panel.plot(np.full(beyond.sum(), edge), heights[beyond], mark, color=OKABE_ITO[0], clip_on=False)
        panel.set_xlim(limits)
    panel.set(ylim=(0, 1.05), yticks=[])
    panel.grid(visible=False, axis="y")
    title = f"If uncertain numbers are others: the claim holds in {sampled['holds']} of {sampled['of']} sampled worlds"
    panel.set_title(wrapped(title, TITLE_INCHES, 9), fontsize=9)
    _measure(panel.xaxis, asked)


def _limits(values: Sequence[float], each: Data) -> tuple[float, float]:
    """Room for all values and for the threshold."""
    ends = [_scale(each) * end for end in each["needs"].values()]
    shown = [value for value in (*values, *ends) if np.isfinite(value)]
    low, high = min(shown), max(shown)
    room = 0.08 * ((high - low) or 1.0)
    return low - room, high + room


def _ground(span: Any, each: Data, limits: tuple[float, float]) -> None:
    """Colour the side on which the claim holds."""
    scale, wanted = _scale(each), each["needs"]
    low = wanted["above"] * scale if "above" in wanted else limits[0]
    high = wanted["below"] * scale if "below" in wanted else limits[1]
    span(low, high, color=SHADE, zorder=0)


def _scale(each: Data) -> float:
    return 100.0 if each["unit"].startswith("%") else 1.0


def _measure(axis: Any, each: Data) -> None:
    """The unit, and few numbers."""
    axis.set_major_locator(MaxNLocator(5))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.6g}"))
    axis.set_label_text(each["unit"], color=GREY, fontsize=9)


def _note(claim: Data) -> str:
    along = "along the condition, and " if claim["conditions"] else ""
    which = f"question {claim['pivot'] + 1}" if _several(claim) else "the same"
    return f"Right: {which} {along}in worlds sampled from the ranges of what nobody knows, in order."


def _several(claim: Data) -> bool:
    return sum(each["decides"] for each in claim["evidence"]) > 1
