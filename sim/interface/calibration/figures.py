"""Figures of a calibration: what the records show, what was fitted, and how it foretold. They compute nothing."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from sim.experiment.calibration.calibrate import Calibration
from sim.experiment.calibration.cohorts import cohorts, tellable
from sim.experiment.calibration.log import date_of
from sim.experiment.calibration.pictures import (
    Answered,
    alive_grid,
    answered,
    histogram,
    order_values,
)
from sim.interface.figures.drawing import GREY, OKABE_ITO, files_of, house_style

BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY = OKABE_ITO
SIZE = (6.8, 4.0)
FEW_CELLS = 150


def figures_of(found: Calibration) -> list[tuple[str, bytes]]:
    """Every figure that the records allow, as files: name and content."""
    with house_style():
        figures = {"cohorts": cohort_heat(found), "spending": spending(found)}
        if found.holdout:
            figures["tracking"] = tracking(found)
        if found.understood.estimates:
            figures |= {"frequency": frequency(found), "alive": probability_alive(found)}
        if found.seasons:
            figures["seasons"] = seasons(found)
        if found.responses:
            figures["responses"] = responses(found)
        if found.unseen:
            figures["foretold"] = foretold(found)
        return [file for name, figure in figures.items() for file in files_of(name, figure)]


def tracking(found: Calibration) -> Figure:
    """Repeat purchases week by week: what came, simulated worlds, the formula; the split between."""
    test = found.holdout
    assert test is not None
    figure = Figure(SIZE, layout="constrained")
    panel = figure.subplots()
    panel.fill_between(test.weeks, test.low, test.high, color=SKY, alpha=0.35, linewidth=0, label="95 % interval")
    panel.plot(test.weeks, test.simulated, color=BLUE, label="simulated, the mean")
    panel.plot(test.weeks, test.formula, color=VERMILION, linestyle=(0, (6, 2)), label="formula")
    panel.plot(test.weeks, test.actual, color="black", linewidth=1.2, label="what came")
    split = (test.split - found.log.first_day + 1) / 7.0
    panel.axvline(split, color=GREY, linewidth=0.8)
    panel.text(split, panel.get_ylim()[1], f" known until {date_of(test.split)}", va="top", ha="left", color=GREY)
    panel.set(title=f"Repeat purchases of {test.customers:,} customers", xlabel="week of the log",
              ylabel="since the log began", ylim=(0, None), xlim=(0, None))  # fmt: skip
    panel.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    panel.legend(frameon=False, loc="upper left")
    return figure


def frequency(found: Calibration) -> Figure:
    """How many customers came back how often, in the log and by the models."""
    data = histogram(found)
    figure = Figure(SIZE, layout="constrained")
    panel = figure.subplots()
    places = np.arange(len(data.names))
    panel.bar(places - 0.27, data.actual, 0.26, color=BLUE, label="log")
    panel.bar(places, data.bg_nbd, 0.26, color=VERMILION, label="BG/NBD", hatch="//")
    panel.bar(places + 0.27, data.nbd, 0.26, color=GREY, alpha=0.6, label="NBD: nobody leaves")
    panel.set_xticks(places, data.names)
    panel.set(title="Customers by repeat purchases", xlabel="repeat purchases", ylabel="customers")
    panel.legend(frameon=False)
    return figure


def cohort_heat(found: Calibration) -> Figure:
    """Share of each period's newcomers who bought in each later one."""
    frame = cohorts(found.log)
    shares = frame.drop(columns="customers").to_numpy()[:, 1:]
    names = [f"{name} ({int(size):,})" for name, size in zip(frame.index, frame["customers"], strict=True)]
    figure = Figure((6.8, 1.4 + 0.3 * len(names)), layout="constrained")
    panel = figure.subplots()
    if shares.size == 0 or np.isnan(shares).all():
        panel.set_axis_off()
        panel.set_title("Cohorts: the log has one period only")
        return figure
    drawn = panel.imshow(shares, cmap="cividis", vmin=0.0, vmax=float(np.nanmax(shares)), aspect="auto")
    panel.set_yticks(range(len(names)), names)
    panel.set_xticks(range(shares.shape[1]), [str(at + 1) for at in range(shares.shape[1])])
    panel.grid(visible=False)
    if shares.size <= FEW_CELLS:
        for (row, column), share in np.ndenumerate(shares):
            if np.isfinite(share):
                dark = share < 0.6 * np.nanmax(shares)
                panel.text(column, row, f"{100 * share:.0f}", ha="center", va="center",
                           color="white" if dark else "black", fontsize=8.5)  # fmt: skip
    length = "quarter" if "Q" in names[0] else "month"
    panel.set(title=f"Of each {length}'s newcomers, per cent who bought again", ylabel="",
              xlabel=f"{length}s since the first purchase")  # fmt: skip
    figure.colorbar(drawn, ax=panel, format=lambda share, _: f"{100 * share:.0f} %")
    return figure


def probability_alive(found: Calibration) -> Figure:
    """The chance that somebody is still a customer, by purchases and by the time since the last."""
    grid = alive_grid(found)
    figure = Figure(SIZE, layout="constrained")
    panel = figure.subplots()
    drawn = panel.pcolormesh(
        grid.weeks, grid.repeats, grid.chance, cmap="cividis", vmin=0.0, vmax=1.0, shading="nearest"
    )
    panel.set(title=f"Chance to be a customer still after {grid.age:.0f} weeks", xlabel="weeks since the last purchase",
              ylabel="repeat purchases (of none it is not known)")  # fmt: skip
    panel.grid(visible=False)
    figure.colorbar(drawn, ax=panel, format=lambda share, _: f"{100 * share:.0f} %")
    return figure


def spending(found: Calibration) -> Figure:
    """Mean orders of those who came back, in the log and by the Gamma-Gamma."""
    data = order_values(found)
    figure = Figure(SIZE, layout="constrained")
    panel = figure.subplots()
    panel.stairs(data.density, data.edges, color=BLUE, fill=True, alpha=0.5, label="log")
    if data.fitted is not None:
        panel.plot(data.middles, data.fitted, color=VERMILION, label="Gamma-Gamma")
    panel.set(title="Mean orders of customers who came back", xlabel=f"mean order, {found.plan.said.currency}",
              ylabel="share of customers, per unit", xlim=(0, data.edges[-1]))  # fmt: skip
    panel.legend(frameon=False)
    return figure


def seasons(found: Calibration) -> Figure:
    """Purchases of each week of the year over what would be usual."""
    assert found.seasons is not None
    level, error = found.seasons
    weeks = np.arange(1, len(level) + 1)
    figure = Figure(SIZE, layout="constrained")
    panel = figure.subplots()
    panel.fill_between(weeks, level - 1.96 * error, level + 1.96 * error, color=SKY, alpha=0.35, linewidth=0,
                       label="95 % interval")  # fmt: skip
    panel.plot(weeks, level, color=BLUE, label="five weeks together")
    panel.axhline(1.0, color=GREY, linewidth=0.8)
    panel.set(
        title="Seasons of repeat purchases", xlabel="week of the year", ylabel="over the usual week", ylim=(0, None)
    )
    panel.legend(frameon=False)
    return figure


def responses(found: Calibration) -> Figure:
    """What each channel's money did: the curve and its interval, a point for each period."""
    curves = answered(found)
    figure = Figure((3.6 * len(curves), 3.8), layout="constrained")
    panels = figure.subplots(1, len(curves), squeeze=False, sharey=True)[0]
    for panel, (curve, colour) in zip(panels, zip(curves, OKABE_ITO, strict=False), strict=True):
        _response(panel, curve, colour)
    panels[0].set_ylabel("new customers per 1,000 prospects and week")
    figure.suptitle("What money for winning did", x=0.01, ha="left")
    return figure


def foretold(found: Calibration) -> Figure:
    """New customers of each period, and those that the curves foretold of the last ones without having seen them."""
    assert found.unseen is not None and found.responses is not None
    test, spend = found.unseen, found.responses.spend
    begins, later = _days(spend.begins[:-1]), _days(test.begins)
    figure = Figure(SIZE, layout="constrained")
    panel = figure.subplots()
    panel.fill_between(later, test.low, test.high, color=SKY, alpha=0.35, linewidth=0, label="95 % interval")
    came = np.where(tellable(spend.new_customers), spend.new_customers, np.nan)
    panel.plot(begins, came, color="black", linewidth=1.0, label="what came")
    panel.plot(later, test.foretold, color=BLUE, label="foretold by the curves")
    top = 1.15 * max(float(spend.new_customers.max()), float(test.high.max()))
    panel.axvspan(begins[0], later[0], color=GREY, alpha=0.1, linewidth=0)
    panel.text(later[0], top, "from these the curves were learned ", va="top", ha="right", color=GREY)
    panel.set(ylabel="new customers a period", ylim=(0, top), xlim=(begins[0], later[-1]))
    panel.xaxis.set_major_formatter(ConciseDateFormatter(panel.xaxis.get_major_locator()))
    panel.legend(frameon=False, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3)
    figure.suptitle("New customers that the curves foretold without having seen them", x=0.01, ha="left")
    return figure


def _days(ordinals: np.ndarray) -> np.ndarray:
    """Days of the calendar as axes take them."""
    return np.array([date_of(int(day)) for day in ordinals], "datetime64[D]")


def _response(panel: Axes, curve: Answered, colour: str) -> None:
    panel.plot(*curve.points, "o", color=GREY, alpha=0.45, markersize=3, label="periods")
    panel.fill_between(curve.spend, curve.low, curve.high, color=colour, alpha=0.2, linewidth=0, label="95 % interval")
    panel.plot(curve.spend, curve.middle, color=colour, label="curve" if curve.known else "curve, assumed in part")
    panel.set(title=curve.name, xlabel="pressure: money per prospect and year", xlim=(0, None),
              ylim=(0, 1.35 * float(np.nanmax(curve.points[1]))))  # fmt: skip
    panel.legend(frameon=False, fontsize=8.5, loc="upper left")
