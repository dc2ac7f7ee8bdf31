"""The phase diagram: the best split in colour, over the growth that is wanted, the repeat rate and the base size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from sim.interface.claims.words import HARDLY_ANY, Data, matters
from sim.interface.figures.drawing import GREY, OKABE_ITO, entitle, house_style, new_figure

KEEP_TO_WIN = LinearSegmentedColormap.from_list("keep to win", [OKABE_ITO[0], "#F4F1EA", OKABE_ITO[1]])
SIZE = (11.0, 6.6)
CROSS, FAINT = "\N{MULTIPLICATION SIGN}", "#777777"
DARK = 0.28
"""A split nearer than this to either end has white letters."""


def phase_figure(markets: Sequence[Data]) -> Figure:
    """A panel for each chance to leave; columns are sizes of the base, rows goals.

    Parameters
    ----------
    markets : of the document, in the order in which they were tried
    """
    leaving = list(dict.fromkeys(market["leaving"] for market in markets))
    with house_style():
        figure = new_figure(*SIZE)
        panels = figure.subplots(1, len(leaving), sharey=True)
        for panel, chance in zip(np.atleast_1d(panels), leaving, strict=True):
            mine = [market for market in markets if market["leaving"] == chance]
            image = _panel(panel, mine)
        np.atleast_1d(panels)[len(leaving) // 2].set_xlabel("part of all people who buy here at week 0", color=GREY)
        np.atleast_1d(panels)[0].set_ylabel("growth of revenue that is wanted, a year", color=GREY)
        bar = figure.colorbar(image, ax=panels, ticks=[0.0, 0.5, 1.0], aspect=40)
        bar.ax.set_yticklabels(["all to keep", "half and half", "all to win"])
        bar.outline.set_visible(False)
        note = (
            "Each cell: of the marketing money that reaches the goal with least spend, what wins customers, in "
            "per cent; in brackets that spend, in per cent of revenue. Crosses: no plan that was tried reaches it in "
            f"half of the worlds. Any: at most {100 * HARDLY_ANY:.0f} % of revenue is enough, however it is split."
        )
        entitle(figure, "Keep or win? The best split over goal, repeat rate and size", note)
    return figure


def _panel(panel: Axes, markets: Sequence[Data]) -> AxesImage:
    goals = [cell["annual_growth"] for cell in markets[0]["goals"]]
    splits = np.array(
        [[cell["acquisition_share"] if matters(cell) else np.nan for cell in market["goals"]] for market in markets]
    ).T
    image = panel.imshow(splits, origin="lower", aspect="auto", cmap=KEEP_TO_WIN, vmin=0.0, vmax=1.0)
    for column, market in enumerate(markets):
        for row, cell in enumerate(market["goals"]):
            if not matters(cell):
                sign = "any" if cell["reachable"] else CROSS
                panel.text(column, row, sign, ha="center", va="center", color=FAINT, fontsize=8)
                continue
            light = DARK < cell["acquisition_share"] < 1.0 - DARK
            text = f"{100 * cell['acquisition_share']:.0f}\n({100 * cell['spend_share_of_revenue']:.0f})"
            panel.text(column, row, text, ha="center", va="center", fontsize=8, color="black" if light else "white")
    retention = np.mean([market["retention"] for market in markets])
    panel.set_title(
        f"{100 * markets[0]['leaving']:.0f} % leave at an order\n{100 * retention:.0f} % are still listed a year later",
        fontsize=10,
    )
    panel.set_xticks(range(len(markets)), [f"{100 * market['penetration']:.1f} %" for market in markets])
    panel.set_yticks(range(len(goals)), [f"{100 * goal:.0f} %" for goal in goals])
    panel.grid(visible=False)
    panel.tick_params(length=0)
    for side in ("left", "bottom"):
        panel.spines[side].set_visible(False)
    return image
