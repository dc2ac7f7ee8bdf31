"""What a run and a comparison leave behind, before anybody summarises it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.scenario.schema import Scenario


@dataclass(frozen=True, eq=False)
class Run:
    """One world, lived once."""

    scenario: Scenario
    seed: int
    weekly: np.ndarray
    """float64 (weeks, businesses, metrics) in the order of METRICS; NaN where undefined."""
    whole: np.ndarray
    """float64 (businesses, metrics): flows summed over the run, stocks of the last week."""
    events: np.ndarray
    """int64 (events, 6): week, person, business, kind, amount in minor units, reason; from week 0 on, empty unless
    people were followed."""
    result_hash: str


@dataclass(frozen=True, eq=False)
class Comparison:
    """The same worlds lived under several scenarios: ``runs[s][k]`` is scenario s in the world of ``seeds[k]``."""

    scenarios: tuple[Scenario, ...]
    seeds: tuple[int, ...]
    runs: tuple[tuple[Run, ...], ...]
