"""Figures: one function for each, from frames to a matplotlib figure. They draw what frames say and compute nothing.

Colours are those of Okabe and Ito, which the colour-blind can tell apart; lines also differ in style and carry their
name, so that a grey copy reads as well. No figure is registered anywhere: there is nothing to close.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from sim.experiment.compare import over_time
from sim.interface.amounts import scale_of, spoken, unit_in_words
from sim.interface.findings import YEAR, Findings, duration, line, listed, worlds_in_words
from sim.model.metrics import METRICS, Metric

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.experiment.outcome import Comparison

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Blue, vermilion, green, purple, orange, sky, for plans in their order; its yellow is too pale for lines on white."""
LINES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (6, 2, 1, 2)), (0, (3, 1)), (0, (9, 3)), "-.")
ZERO = ("#000000", (0, (1, 1.2)))
"""Whoever goes on as before week 0, so that plans keep their colours with it and without it."""
GREY = "#555555"
DOTS_PER_INCH = 150
POINTS_PER_INCH = 72
STYLE: dict[Any, Any] = {
    "text.parse_math": False,
    "svg.hashsalt": "keepwin",
    "svg.fonttype": "none",
    "font.size": 10.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.titlesize": 11.0,
    "axes.titlelocation": "left",
    "axes.titlepad": 10.0,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.grid.axis": "y",
    "grid.color": "#E3E3E3",
    "xtick.color": GREY,
    "ytick.color": GREY,
    "lines.linewidth": 1.8,
    "hatch.color": "white",
    "hatch.linewidth": 0.8,
}
OVERVIEW = ("customers", "profit", "cash", "satisfaction")
AREAS = ("from old customers", "from new customers")
COLOURS_OF_AREAS = OKABE_ITO[5], OKABE_ITO[4]
MOST_IN_A_ROW = 3
WIDTH_OF_A_PANEL, WIDTH_OF_A_NAME = 3.4, 2.0
"""In inches: what a title above a panel, and a name beside one, may take."""
ROOM_FOR_NAMES = 1.2
LEAST_APART = 0.075
"""Between two names, as a part of a panel's height."""
OLD, NEW = "revenue_from_old_customers", "revenue_from_new_customers"


@contextmanager
def house_style() -> Iterator[None]:
    """Inside, figures look alike, names are never read as formulas, and glyphs no font has are no reason to worry."""
    with matplotlib.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        yield


def figures_of(comparison: Comparison, found: Findings) -> list[tuple[str, bytes]]:
    """Every figure of a comparison, or of a run, as files: name and content."""
    series = {name: over_time(comparison, name, found.business) for name in (*OVERVIEW, OLD, NEW)}
    figures = {"overview": overview(found, series), "old-and-new": old_and_new(found, series[OLD], series[NEW])}
    if found.growth["growth"].notna().any():
        figures["growth-against-goal"] = growth_against_goal(found)
    return [file for name, figure in figures.items() for file in files_of(name, figure)]


def look(found: Findings, scenario: str) -> tuple[str, Any]:
    """Colour and line of a scenario; where colours begin anew, each comes with another line."""
    if scenario == found.status_quo:
        return ZERO
    at = found.plans.index(scenario)
    colour, again = at % len(OKABE_ITO), at // len(OKABE_ITO)
    return OKABE_ITO[colour], LINES[(colour + again) % len(LINES)]


def files_of(name: str, figure: Figure) -> list[tuple[str, bytes]]:
    """A figure as the bytes of a PNG and an SVG, the same bytes each time."""
    with house_style():
        png, svg = io.BytesIO(), io.BytesIO()
        figure.savefig(png, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    return [(f"{name}.png", png.getvalue()), (f"{name}.svg", svg.getvalue())]


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
        for at, (panel, name) in enumerate(zip(panels, OVERVIEW, strict=True)):
            _lines(panel, found, series[name], METRICS[name])
            _years(panel, found.weeks, labelled=at >= 2)
        entitle(figure, _headline(found), _bands_note(found))
    return figure


def _lines(panel: Axes, found: Findings, frame: DataFrame, metric: Metric) -> None:
    """A line and a band for each scenario; the name at the line's end."""
    _scaled(panel, frame[["low", "high"]].to_numpy().ravel(), metric, found.currency)
    ends = []
    for scenario in found.scenarios:
        part = frame[frame["scenario"] == scenario]
        colour, stroke = look(found, scenario)
        if found.worlds > 1:
            panel.fill_between(part["week"], part["low"], part["high"], color=colour, alpha=0.16, linewidth=0)
        panel.plot(part["week"], part["mean"], color=colour, linestyle=stroke, label=scenario)
        name = wrapped(scenario, WIDTH_OF_A_NAME, STYLE["font.size"])
        ends.append((float(part["mean"].iloc[-1]), name, colour))
    if metric.unit != "-1..1" and panel.get_ylim()[0] >= 0.0:
        panel.set_ylim(bottom=0.0)
    elif metric.unit != "-1..1":
        panel.axhline(0.0, color=GREY, linewidth=0.8)
    if len(found.scenarios) > 1:
        _name_ends(panel, found.weeks, ends)


def _name_ends(panel: Axes, week: int, ends: Sequence[tuple[float, str, str]]) -> None:
    """Names right of the lines' ends, pushed apart where they would overlap."""
    bottom, top = panel.get_ylim()
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
        panel.annotate(
            name, (week, place), (6, 0), textcoords="offset points", va="center", color=colour, annotation_clip=False
        )


def _scaled(panel: Axes, values: Any, metric: Metric, currency: str) -> None:
    """Ticks in thousands or millions where numbers are large; the title says so."""
    divisor, word = scale_of(*values)
    per = " per week" if metric.kind == "flow" else ""
    unit = " ".join(part for part in (word, unit_in_words(metric.unit, currency)) if part)
    if metric.unit == "-1..1":
        unit = "from -1 to 1"
    panel.set_title(f"{metric.label.capitalize()}{per}" + (f" ({unit})" if unit else ""))
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / divisor:,.10g}"))
    panel.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))


def _years(panel: Axes, weeks: int, labelled: bool = True) -> None:
    """Time in years, or in weeks if the run is short."""
    panel.set_xlim(0, weeks)
    if weeks >= 2 * YEAR:
        step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200) if weeks / YEAR / step <= 12)
        panel.xaxis.set_major_locator(MultipleLocator(step * YEAR))
        panel.xaxis.set_major_formatter(FuncFormatter(lambda week, _: f"{week / YEAR:.0f}"))
    if labelled:
        panel.set_xlabel("year" if weeks >= 2 * YEAR else "week", color=GREY)


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
            _years(panel, found.weeks)
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
    colour, _ = look(found, name)
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


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of so many inches."""
    figure = Figure((width, height), layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.06))
    FigureCanvasAgg(figure)
    return figure


def entitle(figure: Figure, title: str, note: str) -> None:
    """What a figure shows above it and how to read it below, on as many lines as its width asks for."""
    width = 0.97 * figure.get_figwidth()
    figure.suptitle(wrapped(title, width, 13, "bold"), x=0.01, ha="left", fontsize=13, fontweight="bold")
    figure.supxlabel(wrapped(note, width, 9), x=0.01, ha="left", fontsize=9, color=GREY)


def wrapped(text: str, width: float, size: float, weight: str = "normal") -> str:
    """A text on lines of at most so many inches; a word that is longer by itself is broken."""
    renderer, font = RendererAgg(1, 1, POINTS_PER_INCH), FontProperties(size=size, weight=weight)

    def fits(words: str) -> bool:
        return renderer.get_text_width_height_descent(words, font, False)[0] <= width * POINTS_PER_INCH

    done, current = [], ""
    for word in text.split(" "):
        joined = f"{current} {word}" if current else word
        if not fits(joined) and current:
            done.append(current)
            joined = word
        while not fits(joined) and len(joined) > 1:
            most = next(end for end in range(len(joined) - 1, 0, -1) if end == 1 or fits(joined[:end]))
            done.append(joined[:most])
            joined = joined[most:]
        current = joined
    return "\n".join([*done, current])


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
