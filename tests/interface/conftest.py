"""Findings with round numbers, so that every sentence and every picture can be known beforehand."""

from collections.abc import Callable

import pandas as pd
import pytest

from sim.interface.findings import Findings
from sim.model.metrics import METRICS

LEVELS = {
    "steady": {
        "profit": 200_000.0,
        "revenue": 560_000.0,
        "customers": 680.0,
        "satisfaction": 0.28,
        "cash": 210_000.0,
        "customer_acquisition_cost": 20.0,
        "customer_lifetime_value": 220.0,
        "acquisition_spend": 22_000.0,
        "retention_spend": 34_000.0,
        "new_customers_revenue_share": 0.68,
        "paid_customer_acquisition_cost": 55.0,
    },
    "aggressive": {
        "profit": 150_000.0,
        "revenue": 1_840_000.0,
        "customers": 3_090.0,
        "satisfaction": 0.279,
        "cash": 160_000.0,
        "customer_acquisition_cost": 100.0,
        "customer_lifetime_value": 215.0,
        "acquisition_spend": 520_000.0,
        "retention_spend": 130_000.0,
        "new_customers_revenue_share": 0.90,
        "paid_customer_acquisition_cost": 110.0,
    },
}
GOALS = {"steady": (0.10, 0.20, 0.142, 0.98), "aggressive": (0.50, 1.00, 0.47, 0.12)}


def made_findings(
    scenarios: tuple[str, ...] = ("steady", "aggressive"), worlds: int = 50, currency: str = "euro"
) -> Findings:
    """Two plans whose every mean is known; a range is a tenth of the mean to either side, a difference's a fifth."""
    levels, differences, goals, growth = [], [], [], []
    for at, name in enumerate(scenarios):
        known = LEVELS.get(name, LEVELS["aggressive"])
        for metric in METRICS:
            mean = known.get(metric, 10.0)
            levels.append((name, "ours", metric, mean, 0.9 * mean, 1.1 * mean, worlds))
            if at:
                baseline = LEVELS[scenarios[0]].get(metric, 10.0)
                change = mean - baseline
                half = 0.01 if metric == "satisfaction" else 0.2 * abs(change)
                better = float("nan") if METRICS[metric].better == "neither" else 0.04 if change < 0 else 1.0
                row = (name, "ours", metric, baseline, mean, change, change - half, change + half, better, worlds)
                differences.append(row)
        low, high, grown, reached = GOALS.get(name, GOALS["aggressive"])
        around = (grown - 0.01, grown + 0.01, reached, reached - 0.05, min(1.0, reached + 0.01), 0.0, worlds)
        goals.append((name, "revenue", low, high, grown, *around))
        growth += [(name, seed, "revenue", grown + 0.001 * seed, low, high) for seed in range(worlds)]
    columns = ["growth", "growth_low", "growth_high", "reached", "reached_low", "reached_high", "above", "n"]
    compared = ["baseline", "value", "difference", "low", "high", "probability_better", "n"]
    return Findings(
        business="ours",
        currency=currency,
        scenarios=scenarios,
        worlds=worlds,
        people=10_000,
        weeks=260,
        levels=pd.DataFrame(levels, columns=["scenario", "business", "metric", "mean", "low", "high", "n"]),
        differences=pd.DataFrame(differences, columns=["scenario", "business", "metric", *compared]),
        goals=pd.DataFrame(goals, columns=["scenario", "of", "low", "high", *columns]),
        growth=pd.DataFrame(growth, columns=["scenario", "seed", "of", "growth", "low", "high"]),
        variance_reduction={"profit": 7.3},
    )


@pytest.fixture
def make_findings() -> Callable[..., Findings]:
    return made_findings


@pytest.fixture
def found() -> Findings:
    return made_findings()
