"""Figures of validation: a published law and what was simulated, one for each family that was checked."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from sim.experiment.validation import published
from sim.experiment.validation.adoption import coefficients
from sim.experiment.validation.brands import category_of
from sim.experiment.validation.laboratory import Seen
from sim.experiment.validation.purchases import PRINTED, cohort_of, tracking
from sim.experiment.validation.renewals import chances
from sim.experiment.validation.validate import Validation
from sim.interface.figures.drawing import GREY, OKABE_ITO, files_of, house_style
from sim.theory import contracts, diffusion
from sim.theory.brands import measures
from sim.theory.buying import expected_repeats

BLUE, VERMILION, GREEN = OKABE_ITO[:3]
SIZE = (6.4, 3.8)


def adoption(seen: Seen) -> Figure:
    """Share of adopters by period: worlds, their mean, the recursion."""
    found = seen["bass", "adopted"]
    figure, periods = Figure(SIZE, layout="constrained"), np.arange(1, found.shape[1] + 1)
    panel = figure.subplots()
    panel.plot(periods, found.T, color="#CCCCCC", linewidth=0.6)
    curve = diffusion.recursion(*coefficients(seen.scenario("bass")), len(periods))[1:]
    panel.plot(periods, curve, color=VERMILION, label="Bass recursion")
    panel.plot(periods, found.mean(axis=0), "o", color=BLUE, markersize=3.5, label="mean of simulated worlds")
    panel.set(title="Adoption: Bass (1969)", xlabel="period", ylabel="share who have adopted", ylim=(0, 1))
    panel.legend(frameon=False, loc="lower right")
    return figure


def renewals(seen: Seen) -> Figure:
    """Survival of a cohort under contract: as published, by the law, simulated."""
    found = seen["sbg", "survived"]
    figure, times = Figure(SIZE, layout="constrained"), np.arange(1, found.shape[1] + 1)
    panel = figure.subplots()
    panel.plot(times, contracts.survival(times, *chances(seen)), color=VERMILION, label="shifted-beta-geometric")
    panel.plot(times, found.mean(axis=0), "o", color=BLUE, markersize=4, label="mean of simulated worlds")
    if not seen.settings:
        actual = published.REGULAR[1 : len(times) + 1] / published.REGULAR[0]
        panel.plot(times[: len(actual)], actual, "x", color=GREEN, label="regular customers, as published")
    panel.set(title="Renewals: Fader & Hardie (2007)", xlabel="renewal", ylabel="share still customers", ylim=(0, None))
    panel.legend(frameon=False)
    return figure


def purchases(seen: Seen) -> Figure:
    """Cumulative repeat purchases: CDNOW, the BG/NBD, and a simulated cohort with its parameters."""
    figure = Figure(SIZE, layout="constrained")
    panel, found = figure.subplots(), seen["bg_nbd", "repeats"].mean(axis=0)
    weeks = np.arange(1, len(found) + 1)
    panel.plot(weeks, expected_repeats(cohort_of(seen.scenario("bg_nbd")), weeks), color=VERMILION,
               label="BG/NBD, all first bought in week 0")  # fmt: skip
    panel.plot(weeks[2::3], found[2::3], "o", color=BLUE, markersize=3, label="simulated, the same")
    if not seen.settings:
        of_a_head = np.asarray(published.cdnow().buyers.people).sum()
        calendar = np.arange(1, len(published.CDNOW_WEEKS) + 1)
        panel.plot(calendar, published.CDNOW_WEEKS / of_a_head, color=GREEN, label="CDNOW, first bought in weeks 1-12")
        panel.plot(calendar, tracking(calendar, PRINTED) / of_a_head, color=GREEN, linestyle=(0, (1, 1.2)),
                   label="BG/NBD of CDNOW, fitted to 39 weeks")  # fmt: skip
        panel.axvline(39, color=GREY, linewidth=0.8)
    panel.set(title="Purchases: Fader, Hardie & Lee (2005)", xlabel="week", ylabel="repeat purchases a head")
    panel.legend(frameon=False, fontsize=8.5)
    return figure


def brands(seen: Seen) -> Figure:
    """Purchases per buyer over penetration, in a quarter and a year: the law and simulated brands."""
    figure = Figure(SIZE, layout="constrained")
    panel = figure.subplots()
    scenario = seen.scenario("nbd_dirichlet")
    for name, weeks, colour in (("quarter", 13, GREEN), ("year", scenario.time.weeks, BLUE)):
        law = measures(category_of(scenario, weeks))
        number = len(scenario.businesses)
        order = np.argsort(law.penetration[:number])
        panel.plot(law.penetration[order], law.rate[order], color=VERMILION, linewidth=1.2,
                   label="NBD-Dirichlet" if name == "year" else None)  # fmt: skip
        found = (seen["nbd_dirichlet", f"{what} {name}"].mean(axis=0) for what in ("penetration", "rate"))
        panel.plot(*found, "o", color=colour, markersize=4, label=f"simulated brands, a {name}")
    panel.set(title="Brands: Goodhardt, Ehrenberg & Chatfield (1984)", xlabel="share of people who buy the brand",
              ylabel="purchases per buyer", ylim=(0, None))  # fmt: skip
    panel.legend(frameon=False)
    return figure


FIGURES = {
    "adoption": (adoption, "bass"),
    "purchases": (purchases, "bg_nbd"),
    "renewals": (renewals, "sbg"),
    "brands": (brands, "nbd_dirichlet"),
}
"""By family: what draws it, and the study it draws."""


def figures_of(found: Validation) -> list[tuple[str, bytes]]:
    """The figures of all families whose study was lived, as PNG files."""
    files = []
    with house_style():
        for family, (draw, study) in FIGURES.items():
            if study in found.seen.studies:
                drawn = files_of(f"validation-{family}", draw(found.seen))
                files += [(name, data) for name, data in drawn if name.endswith(".png")]
    return files
