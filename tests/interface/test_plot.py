"""One function for each figure: it draws the numbers of its frame, names them as the metrics do, returns its axes."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import sim
from sim.interface.figures import panels, plot
from sim.interface.pages.languages import Say
from sim.model.metrics import METRICS


def weeks(*names: str, start: float = 100.0) -> pd.DataFrame:
    week = np.arange(130)
    parts = [pd.DataFrame({"scenario": name, "week": week, "mean": start + at + week}) for at, name in enumerate(names)]
    return pd.concat(parts, ignore_index=True).assign(low=start - 9.0, high=start + 300.0)


def rows(key: str, *values: str, scenarios: tuple[str, ...] = ("one", "two")) -> pd.DataFrame:
    told = [(name, value, 10.0 * at + 1 + s) for s, name in enumerate(scenarios) for at, value in enumerate(values)]
    frame = pd.DataFrame(told, columns=["scenario", key, "mean"])
    return frame.assign(low=frame["mean"] - 0.5, high=frame["mean"] + 0.5)


def test_the_library_is_a_name_of_the_package() -> None:
    assert sim.plot is plot
    assert all(callable(getattr(sim.plot, name)) for name in plot.__all__)


def test_a_line_and_a_band_for_each_scenario_with_label_and_unit_of_the_metric() -> None:
    frame = weeks("one", "two")
    ax = sim.plot.over_time(frame, "revenue", currency="euro")
    assert ax.get_title("left") == "Revenue per week (euro)"
    for name, line, band in zip(("one", "two"), ax.lines, ax.collections, strict=True):
        part = frame[frame["scenario"] == name]
        np.testing.assert_array_equal(line.get_ydata(), part["mean"])
        heights = band.get_paths()[0].vertices[:, 1]
        assert (heights.min(), heights.max()) == (part["low"].min(), part["high"].max())
    assert {text.get_text() for text in ax.texts} == {"one", "two"}


@pytest.mark.parametrize("metric", ["profit", "customers", "satisfaction", "market_share", "customer_acquisition_cost"])
def test_every_kind_of_metric_has_its_name_and_unit(metric: str) -> None:
    title = plot.over_time(weeks("one"), metric).get_title("left")
    assert title.lower().startswith(METRICS[metric].label)
    assert title.endswith(f"({Say().heading(METRICS[metric].unit, 'money')})")


def test_figures_draw_into_the_axes_that_they_are_given_and_register_none() -> None:
    ax = panels.axes()
    assert plot.over_time(weeks("one"), "customers", ax) is ax
    assert plot.journey(rows("phase", "assess", "adopt"), ax := panels.axes()) is ax


def test_cash_shows_the_line_past_which_no_bank_lends() -> None:
    ax = plot.cash(weeks("one"), 500.0)
    assert -500.0 in {float(np.asarray(line.get_ydata())[0]) for line in ax.lines}
    assert ax.get_ylim()[0] < -500.0
    assert "credit used up" in {text.get_text() for text in ax.texts}


def test_old_and_new_customers_each_have_a_line_and_a_band() -> None:
    frame = pd.concat([weeks("one").assign(metric=plot.OLD), weeks("one", start=17.0).assign(metric=plot.NEW)])
    ax = plot.old_and_new(frame, currency="euro")
    assert [float(np.asarray(line.get_ydata())[0]) for line in ax.lines[:2]] == [100.0, 17.0]
    assert len(ax.collections) == 2
    assert ax.get_title("left") == "Revenue per week from old and new customers: one (euro)"


def test_growth_shows_mean_interval_and_goal() -> None:
    columns = ["scenario", "of", "low", "high", "mean", "mean_low", "mean_high"]
    nothing = (math.nan, math.nan)
    frame = pd.DataFrame(
        [("one", "revenue", 0.1, 0.2, 0.15, 0.12, 0.18), ("two", "revenue", *nothing, 0.4, 0.3, 0.5)], columns=columns
    )
    ax = plot.growth(frame)
    (goal,) = ax.collections
    assert sorted(set(goal.get_paths()[0].vertices[:, 0])) == [0.1, 0.2]
    bars = [list(line.get_xdata()) for line in ax.lines]
    assert bars[:4] == [[0.3, 0.5], [0.4], [0.12, 0.18], [0.15]]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["two", "one"]


@pytest.mark.parametrize(
    ("draw", "key", "values"),
    [
        (plot.journey, "phase", ("assess", "adopt")),
        (plot.came, "metric", ("new_customers_told", "returned_customers")),
        (plot.left, "metric", ("lost_dissatisfied", "lost_moved")),
    ],
)
def test_bars_are_as_long_as_the_means_and_lines_as_the_ranges(draw, key, values) -> None:  # type: ignore[no-untyped-def]
    frame = rows(key, *values)
    ax = draw(frame)
    assert [bar.get_width() for bar in ax.patches] == frame["mean"].tolist()
    ends = [segment[:, 0].tolist() for lines in ax.collections for segment in lines.get_segments()]
    assert ends == frame[["low", "high"]].to_numpy().tolist()
    assert len({bar.get_facecolor() for bar in ax.patches}) == len({bar.get_hatch() for bar in ax.patches}) == 2


def test_a_reason_for_which_nobody_left_is_not_shown() -> None:
    frame = rows("metric", "lost_dissatisfied", "lost_moved")
    frame.loc[frame["metric"] == "lost_moved", ["mean", "low", "high"]] = 0.0
    assert [label.get_text() for label in plot.left(frame).get_yticklabels()] == ["lost: dissatisfied"]


def test_parts_of_growth_are_points_with_ranges_around_one() -> None:
    frame = rows("part", "revenue", "traffic", "conversion", "repeat", "order_value")
    ax = plot.growth_parts(frame)
    assert [list(line.get_xdata()) for line in ax.lines[:2]] == [
        frame[frame["scenario"] == name]["mean"].tolist() for name in ("one", "two")
    ]


def test_a_heat_map_says_what_each_cohort_did_and_leaves_the_future_blank() -> None:
    cells = [("one", 0, 1, 0.5, 40), ("one", 0, 2, 0.25, 40), ("one", 1, 1, 0.75, 30)]
    frame = pd.DataFrame(cells, columns=["scenario", "joined", "age", "mean", "people"])
    ax = plot.cohorts(frame.assign(span=26, low=0.1, high=0.9))
    assert {(text.get_position(), text.get_text()) for text in ax.texts} == {
        ((0.5, 0.5), "50"), ((1.5, 0.5), "25"), ((0.5, 1.5), "75"),
    }  # fmt: skip
    assert [label.get_text() for label in ax.get_yticklabels()] == ["0", "26"]


def test_advice_is_a_point_with_its_band_and_a_cross_if_out_of_reach_and_hollow_if_undecided() -> None:
    columns = ["which", "goal", "reachable", "mean", "low", "high", "of"]
    told: list[tuple[str, float, bool | None, float, float, float, str]]
    told = [("split", 0.1, True, 0.6, 0.4, 0.8, "revenue"), ("split", 1.0, False, 0.7, math.nan, math.nan, "revenue")]
    told.append(("split", 0.9, None, 0.7, math.nan, math.nan, "revenue"))
    ax = plot.advice(pd.DataFrame(told, columns=columns), "split")
    band, point, cross, hollow = ax.lines
    assert (list(hollow.get_ydata()), hollow.get_markerfacecolor()) == ([0.7], "none")
    assert (list(band.get_ydata()), list(point.get_ydata())) == ([0.4, 0.8], [0.6])
    assert cross.get_marker() == "x" and list(cross.get_xdata()) == [1.0]


def test_an_interval_of_the_split_is_drawn_where_the_frame_has_it() -> None:
    told = {"which": "split", "goal": [0.1, 0.5], "reachable": True, "mean": 0.6, "low": 0.4, "high": 0.8}
    frame = pd.DataFrame(told | {"of": "revenue", "known_low": [0.5, math.nan], "known_high": [0.7, math.nan]})
    band, interval, *_ = plot.advice(frame, "split").lines
    assert list(interval.get_ydata()) == [0.5, 0.7] and interval.get_linewidth() < band.get_linewidth()
    assert len(plot.advice(frame, "split").lines) == 5
    assert len(plot.advice(frame.drop(columns=["known_low", "known_high"]), "split").lines) == 4


@pytest.mark.parametrize("language", ["vi", "zh-Hant"])
def test_figures_speak_other_languages(language: str) -> None:
    say = Say(language)
    assert say.metric("customers") in plot.over_time(weeks("one"), "customers", say=say).get_title("left").lower()
    ax = plot.journey(rows("phase", "assess"), say=say)
    assert [label.get_text() for label in ax.get_yticklabels()] == [say("phase.assess")]
