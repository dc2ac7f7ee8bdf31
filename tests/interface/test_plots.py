"""Figures: they draw what the frames say, in colours that everybody can tell apart, the same bytes each time."""

import dataclasses
import hashlib
import math
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from sim.interface.figures import drawing, panels, plots
from sim.interface.runs.findings import Findings
from sim.model.metrics import METRICS

THE_EIGHT_OF_OKABE_AND_ITO = {
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
}  # fmt: skip


def series_of(found: Findings, start: float = 100.0) -> pd.DataFrame:
    """A straight line for each scenario, one steeper than the other, in a band of 10 to either side."""
    week = np.arange(found.weeks)
    frames = []
    for at, name in enumerate(found.scenarios):
        mean = start + (at + 1.0) * week
        frames.append(pd.DataFrame({"scenario": name, "week": week, "mean": mean, "low": mean - 10, "high": mean + 10}))
    return pd.concat(frames, ignore_index=True)


@pytest.fixture
def series(found: Findings) -> dict[str, pd.DataFrame]:
    return {name: series_of(found) for name in plots.OVERVIEW}


def test_colours_are_those_of_okabe_and_ito_and_every_line_has_a_style_of_its_own() -> None:
    assert set(drawing.OKABE_ITO) <= THE_EIGHT_OF_OKABE_AND_ITO
    looks = [*zip(drawing.OKABE_ITO, drawing.LINES, strict=True), drawing.ZERO]
    for each in zip(*looks, strict=True):
        assert len({str(look) for look in each}) == 7


def test_a_plan_keeps_its_colour_whether_or_not_the_status_quo_is_drawn_too(
    make_findings: Callable[..., Findings],
) -> None:
    two, three = make_findings(("steady", "aggressive")), make_findings(("base", "steady", "aggressive"))
    alone, beside = (drawing.looks_of(each.scenarios, each.status_quo) for each in (two, three))
    assert [alone[plan] for plan in two.plans] == [beside[plan] for plan in two.plans]
    assert beside["base"] == drawing.ZERO


def test_growth_of_the_status_quo_is_drawn_through_all_rows(make_findings: Callable[..., Findings]) -> None:
    figure = plots.growth_against_goal(make_findings(("base", "steady")))
    (zero,) = [each for each in figure.axes[0].lines if each.get_linewidth() == 1.0]
    assert list(zero.get_xdata()) == [0.09, 0.09]
    assert "Dotted: mean under base" in figure.get_supxlabel()


def test_the_overview_draws_each_mean_and_each_band(found: Findings, series: dict[str, pd.DataFrame]) -> None:
    figure = plots.overview(found, series)
    assert len(figure.axes) == 4
    for panel, name in zip(figure.axes, plots.OVERVIEW, strict=True):
        assert panel.get_title("left").startswith(METRICS[name].label.capitalize())
        for at, scenario in enumerate(found.scenarios):
            part = series[name][series[name]["scenario"] == scenario]
            assert panel.lines[at].get_label() == scenario
            np.testing.assert_array_equal(panel.lines[at].get_ydata(), part["mean"])
            band = panel.collections[at].get_paths()[0].vertices
            assert (band[:, 1].min(), band[:, 1].max()) == (part["low"].min(), part["high"].max())


def test_every_line_carries_its_name_in_its_colour(found: Findings, series: dict[str, pd.DataFrame]) -> None:
    for panel in plots.overview(found, series).axes:
        names = {text.get_text(): text.get_color() for text in panel.texts}
        assert names == {"steady": drawing.OKABE_ITO[0], "aggressive": drawing.OKABE_ITO[1]}


def test_names_at_lines_that_end_together_do_not_overlap(make_findings: Callable[..., Findings]) -> None:
    found = make_findings(tuple("steady aggressive third fourth fifth".split()))
    flat = series_of(found).assign(mean=50.0, low=0.0, high=100.0)
    for panel in plots.overview(found, dict.fromkeys(plots.OVERVIEW, flat)).axes:
        bottom, top = panel.get_ylim()
        heights = sorted(text.xy[1] for text in panel.texts)
        assert min(np.diff(heights)) >= 0.999 * panels.LEAST_APART * (top - bottom)
        assert heights[-1] <= top


def test_old_and_new_customers_are_stacked_on_one_scale(found: Findings) -> None:
    old, new = series_of(found, 100.0), series_of(found, 300.0)
    figure = plots.old_and_new(found, old, new)
    assert [panel.get_title("left") for panel in figure.axes] == [
        "steady\nnew: 68.0 % (61.2 to 74.8)",
        "aggressive\nnew: 90.0 % (81.0 to 99.0)",
    ]
    assert figure.axes[0].get_ylim() == figure.axes[1].get_ylim()
    for panel, scenario in zip(figure.axes, found.scenarios, strict=True):
        kept, won = (frame[frame["scenario"] == scenario]["mean"].to_numpy() for frame in (old, new))
        lower, upper = (area.get_paths()[0].vertices[:, 1] for area in panel.collections)
        assert lower.max() == kept.max() and upper.max() == (kept + won).max()


def test_growth_shows_every_world_the_goal_and_the_mean(found: Findings) -> None:
    (panel,) = plots.growth_against_goal(found).axes
    assert [label.get_text() for label in panel.get_yticklabels()] == ["steady", "aggressive"]
    for at, name in enumerate(found.scenarios):
        dots, bar, mean = panel.lines[3 * at : 3 * at + 3]
        worlds = found.growth[found.growth["scenario"] == name]["growth"]
        goal = found.goals[found.goals["scenario"] == name].iloc[0]
        np.testing.assert_array_equal(dots.get_xdata(), worlds)
        assert list(bar.get_xdata()) == [goal["growth_low"], goal["growth_high"]]
        assert list(mean.get_xdata()) == [goal["growth"]]
        shaded = panel.collections[at].get_paths()[0].vertices[:, 0]
        assert (shaded.min(), shaded.max()) == (goal["low"], goal["high"])
    assert "goal reached in 6 of 50 worlds (7 to 13 %)" in [text.get_text() for text in panel.texts]


def test_growth_without_a_goal_is_drawn_without_shade(found: Findings) -> None:
    free = dataclasses.replace(found, goals=found.goals.assign(low=math.nan, high=math.nan, reached=math.nan))
    (panel,) = plots.growth_against_goal(free).axes
    assert not panel.collections and not panel.texts and len(panel.lines) == 6


def test_without_a_goal_no_word_is_said_of_one(found: Findings) -> None:
    free = dataclasses.replace(found, goals=found.goals.assign(low=math.nan, high=math.nan, reached=math.nan))
    figure = plots.growth_against_goal(free)
    assert figure.get_suptitle() == "Growth of ours" and "goal" not in figure.get_supxlabel()


LONG = "a_name_that_goes_on_and_on_until_it_is_as_long_as_"


@pytest.mark.parametrize(
    "names", [("steady",), ("my_firm_steady", "my_firm_aggressive"), tuple(f"{LONG}{at}" for at in range(7))]
)
def test_every_text_lies_within_its_figure_and_titles_do_not_overprint(
    names: tuple[str, ...], make_findings: Callable[..., Findings]
) -> None:
    found = make_findings(names)
    series = series_of(found)
    for figure in (
        plots.overview(found, dict.fromkeys(plots.OVERVIEW, series)),
        plots.old_and_new(found, series, series),
        plots.growth_against_goal(found),
    ):
        figure.draw_without_rendering()
        above, below = figure.texts
        titles = [
            text
            for panel in figure.axes
            for text in panel.get_children()
            if isinstance(text, Text) and text.get_text() == panel.get_title("left") != ""
        ]
        for text in [above, below, *titles, *(text for panel in figure.axes for text in panel.texts)]:
            box = text.get_window_extent()
            assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1, text.get_text()
            assert figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1, text.get_text()
        boxes = [text.get_window_extent() for text in (above, below, *titles)]
        assert not any(one.overlaps(other) for at, one in enumerate(boxes) for other in boxes[:at])


def test_more_plans_than_colours_still_look_different() -> None:
    assert len({str(look) for look in drawing.looks_of([f"plan_{at}" for at in range(36)]).values()}) == 36


def test_the_same_frames_give_the_same_bytes(found: Findings, series: dict[str, pd.DataFrame]) -> None:
    def digests() -> list[str]:
        figures = [
            plots.overview(found, series),
            plots.old_and_new(found, series_of(found), series_of(found)),
            plots.growth_against_goal(found),
        ]
        files = [file for at, figure in enumerate(figures) for file in drawing.files_of(str(at), figure)]
        return [f"{name} {hashlib.sha256(content).hexdigest()}" for name, content in files]

    assert digests() == digests()


def test_a_vector_picture_keeps_texts_as_texts_and_has_no_date(found: Findings) -> None:
    _, (name, content) = drawing.files_of("growth", plots.growth_against_goal(found))
    assert name == "growth.svg"
    texts = {text for node in ElementTree.fromstring(content).iter() for text in [(node.text or "").strip()]}
    assert {"steady", "aggressive", "Growth of ours against its goal"} <= texts
    assert b"<dc:date>" not in content


@pytest.mark.parametrize("name", [r"$\frac{1}{$", "<&>\"'", "日本", "a_b^c"])
def test_a_name_that_looks_like_a_formula_or_like_markup_is_drawn_as_it_is(
    name: str, make_findings: Callable[..., Findings]
) -> None:
    found = make_findings(("steady", name), currency=r"$\alpha$")
    figure = plots.overview(found, {metric: series_of(found) for metric in plots.OVERVIEW})
    for _, content in [*drawing.files_of("o", figure), *drawing.files_of("g", plots.growth_against_goal(found))]:
        assert content
    _, (_, svg) = drawing.files_of("o", figure)
    assert name in {(node.text or "").strip() for node in ElementTree.fromstring(svg).iter()}


def test_large_amounts_are_drawn_in_millions_and_the_title_says_so(found: Findings) -> None:
    rich = {name: series_of(found, 3e6) for name in plots.OVERVIEW}
    panel = plots.overview(found, rich).axes[2]
    assert panel.get_title("left") == "Cash (million euro)"
    assert panel.yaxis.get_major_formatter()(2_500_000.0, 0) == "2.5"


def test_figures_are_registered_nowhere(found: Findings, series: dict[str, pd.DataFrame]) -> None:
    plots.overview(found, series)
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()
