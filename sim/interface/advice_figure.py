"""The figure of advice: goal across, best split up, its band, and where no plan reaches."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from sim.experiment.advise import Advised
from sim.experiment.surface import band_of, best_of
from sim.interface.drawing import GREY, OKABE_ITO, house_style

OUT_OF_REACH = "#EFEFEF"
SIZE = 7.2, 5.4


def best_split(found: Advised) -> Figure:
    """Above, the share for winning that needs least money; below, the money it needs; grey where no plan reaches."""
    goals = np.array([goal for goal, _ in found.curve])
    bests = [best_of(needs) for _, needs in found.curve]
    within = np.isfinite([best.spend_share for best in bests])
    bands = np.array(
        [band_of(needs) if ok else (np.nan,) * 2 for (_, needs), ok in zip(found.curve, within, strict=True)]
    )
    with house_style():
        figure = Figure(figsize=SIZE, layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        least = min(best.spend_share for best in bests)  # there all splits need the same, so none is best
        unlike = within & np.array([best.spend_share > least for best in bests])
        splits = np.where(unlike, [best.split for best in bests], np.nan)
        spends = np.where(within, [best.spend_share for best in bests], np.nan)
        above.fill_between(goals, bands[:, 0], bands[:, 1], color=OKABE_ITO[5], alpha=0.45, linewidth=0)
        above.plot(goals, splits, color=OKABE_ITO[0])
        below.plot(goals, spends, color=OKABE_ITO[1])
        for advice in found.goals:
            if advice.reachable:
                above.plot(advice.goal, advice.plan.acquisition_share, "o", color=OKABE_ITO[0], markersize=5)
                below.plot(advice.goal, advice.plan.spend_share, "o", color=OKABE_ITO[1], markersize=5)
        first_out = goals[within][-1] if within.any() else goals[0]
        for axes in (above, below):
            axes.axvspan(first_out, goals[-1], color=OUT_OF_REACH, zorder=0)
            axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
            axes.set_xlim(goals[0], goals[-1])
        above.text((first_out + goals[-1]) / 2, 0.5, "no plan\nreaches it", ha="center", va="center", color=GREY)
        above.set_ylim(-0.02, 1.02)
        below.set_ylim(0.0, None)
        above.set_title("Share of marketing money for winning customers; shaded: costs at most a tenth more")
        below.set_title("Share of revenue that this takes")
        below.set_xlabel(f"goal: growth of {found.question.metric} a year")
        below.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    return figure
