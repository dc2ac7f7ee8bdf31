"""Findings with round numbers, so that every sentence and every picture can be known beforehand."""

from collections.abc import Callable

import pandas as pd
import pytest

from sim.experiment.statistics import Difference
from sim.interface.runs.findings import Findings
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
        "out_of_business": 0.0,
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
        "out_of_business": 0.0,
    },
}
NOTHING = float("nan")
GOALS = {
    "steady": (0.10, 0.20, 0.142, 0.98),
    "aggressive": (0.50, 1.00, 0.47, 0.12),
    "base": (NOTHING, NOTHING, 0.09, NOTHING),
}


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
                baseline = LEVELS.get(scenarios[0], LEVELS["aggressive"]).get(metric, 10.0)
                change = mean - baseline
                half = 0.01 if metric == "satisfaction" else 0.2 * abs(change)
                better = (0.04, 0.01, 0.13) if change < 0 else (1.0, 0.93, 1.0)
                if METRICS[metric].better == "neither":
                    better = (NOTHING,) * 3
                interval = (change - half, change + half)
                both = (baseline, 0.9 * baseline, 1.1 * baseline, mean, 0.9 * mean, 1.1 * mean)
                differences.append((name, "ours", metric, *both, change, *interval, *better, worlds))
        low, high, grown, reached = GOALS.get(name, GOALS["aggressive"])
        around = (grown - 0.01, grown + 0.01, reached, reached - 0.05, min(1.0, reached + 0.01))
        passed = (0.0 * reached, 0.0, 0.07)
        goals.append((name, "revenue", low, high, grown, *around, *passed, worlds, name == "base"))
        growth += [(name, seed, "revenue", grown + 0.001 * seed, low, high) for seed in range(worlds)]
    columns = [f"{each}{end}" for each in ("growth", "reached", "passed") for end in ("", "_low", "_high")]
    compared = [*Difference._fields[:-1], "probability_better", "better_low", "better_high"]
    return Findings(
        business="ours",
        currency=currency,
        scenarios=scenarios,
        worlds=worlds,
        people=10_000,
        weeks=260,
        levels=pd.DataFrame(levels, columns=["scenario", "business", "metric", "mean", "low", "high", "n"]),
        differences=pd.DataFrame(differences, columns=["scenario", "business", "metric", *compared, "n"]),
        goals=pd.DataFrame(goals, columns=["scenario", "of", "low", "high", *columns, "n", "status_quo"]),
        growth=pd.DataFrame(growth, columns=["scenario", "seed", "of", "growth", "low", "high"]),
        variance_reduction={"profit": (7.3, 4.1, 12.8)},
    )


@pytest.fixture
def make_findings() -> Callable[..., Findings]:
    return made_findings


@pytest.fixture
def found() -> Findings:
    return made_findings()
