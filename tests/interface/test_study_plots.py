"""Figures of analyses: what stands at their axes and in their cells."""

from __future__ import annotations

from typing import Any

from sim.interface.study.plots import heat_map, tornado

PATHS = "uncertainties.talk", "businesses.ours.strategy.fixed_budget.acquisition_share"
NAMES = {PATHS[0]: "talk", PATHS[1]: "fixed_budget.acquisition_share"}
DOCUMENT: dict[str, Any] = {
    "outcome": {"mean": 20_000.0},
    "swings": [
        {"parameter": path, "low": -5_000.0, "high": 30_000.0, "at_most": 0.1, "at_least": 0.9} for path in PATHS
    ],
    "indices": [{"st": 0.5, "st_ci": [0.4, 0.6], "s1": 0.3, "s1_ci": [0.2, 0.4]} for _ in PATHS],
    "map": {
        "across": PATHS[0],
        "up": PATHS[1],
        "across_values": [0.0, 0.05, 0.1],
        "up_values": [0.0, 0.5, 1.0],
        "means": [[27_812.0, None], [-3_704.0, 1_200.0]],
    },
    "points": 80,
    "noise_share_of_means": None,
}


def labels(texts: Any) -> list[str]:
    return [each.get_text() for each in texts]


def test_a_heat_map_has_values_at_its_axes_and_no_powers_of_ten_in_its_cells() -> None:
    panel = heat_map(DOCUMENT, "the profit of ours", NAMES).axes[0]
    assert labels(panel.texts) == ["27,800", "-", "-3,700", "1,200"]
    assert labels(panel.get_xticklabels()) == ["0", "0.05", "0.1"]
    assert labels(panel.get_yticklabels()) == ["0", "0.5", "1"]
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("talk", "fixed budget: acquisition share")


def test_names_of_a_tornado_end_lines_between_words() -> None:
    left = tornado(DOCUMENT, "the profit of ours", NAMES).axes[0]
    assert [name.split() for name in labels(left.get_yticklabels())] == [
        ["talk"],
        ["fixed", "budget:", "acquisition", "share"],
    ]
