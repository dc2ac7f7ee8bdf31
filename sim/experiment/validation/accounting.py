"""Accounting: what growth takes of winning and keeping, and that nobody and no coin is lost."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.experiment.validation.laboratory import (
    DISTRIBUTIONAL,
    NUMERICAL,
    Quantity,
    Seen,
    World,
    check,
    curve,
    exactly,
    near,
    study,
    weekly,
)
from sim.rules.journey import PHASES
from sim.theory.value import share_of_old_customers, to_be_won

LEAKY = "accounting"
TRUE_CUSTOMERS = slice(PHASES.index("admit"), None)


@study("leaky_bucket", 10)
def leaky_bucket(world: World) -> dict[str, Any]:
    run = world.life("leaky_bucket")
    customers = np.concatenate([[run.scenario.businesses[0].offering.customers], weekly(run, "customers")])
    won, orders = weekly(run, "new_customers"), weekly(run, "orders")
    return {
        "growth": customers[1:] / customers[:-1] - 1.0,
        "won": won / customers[:-1],
        "old": (orders - won) / orders,
    }


@check("A2", "what today's customers bring of tomorrow's volume", LEAKY, DISTRIBUTIONAL, "leaky_bucket")
def from_the_base(seen: Seen) -> list[Quantity]:
    """Share of a period's orders from those who were customers before, against r / (1 + g), r from the scenario.

    And how many are won, over the base, against g + 1 - r.
    """
    leaving = seen.scenario("leaky_bucket").segments[0].person.leaving[0]
    growth, key = seen["leaky_bucket", "growth"], "leaky_bucket"
    mean = growth.mean(axis=0)
    periods = range(1, len(mean) + 1)
    return [
        curve("share in period", share_of_old_customers(mean, 1.0 - leaving), seen[key, "old"], 0.003, periods),
        curve("won in period", to_be_won(mean, 1.0 - leaving), seen[key, "won"], 0.004, periods),
        *(
            [near("share at 15 % growth", 0.696, seen[key, "old"][:, 0], 0.01)]
            if not seen.settings
            else []
        ),
    ]  # fmt: skip


@study("ledger", 2, "complete")
def ledger(world: World) -> dict[str, Any]:
    """The liveliest bundled market: stocks against flows, and both against people counted one by one."""
    run = world.life("complete")
    names = [business.name for business in run.scenario.businesses]
    gaps = {"flows": 0.0, "heads": 0.0, "cash": 0.0}
    lost = ("lost_customers",)
    for slot in range(len(names)):
        customers = weekly(run, "customers", slot)
        change = weekly(run, "new_customers", slot) + weekly(run, "returned_customers", slot)
        change = change - sum(weekly(run, name, slot) for name in lost)
        gaps["flows"] += np.abs(np.diff(customers) - change[1:]).sum()
        counted = run.observed.phases[:, slot, TRUE_CUSTOMERS].sum(axis=1)
        closes = run.observed.weeks - 1
        there = closes >= 0
        gaps["heads"] += np.abs(counted[there] - customers[closes[there]]).sum()
        worth = weekly(run, "cash", slot) + weekly(run, "stock", slot)
        gaps["cash"] += np.abs(np.diff(worth) - weekly(run, "profit", slot)[1:]).sum()
    return {name: np.array(gap) for name, gap in gaps.items()}


@check("A1", "nobody and no coin is lost", LEAKY, NUMERICAL, "ledger")
def identities(seen: Seen) -> list[Quantity]:
    """In a market with everything on: closing customers are opening ones plus won less lost, and so many are counted.

    Cash and goods in stock move by the profit of the week. All gaps are summed over weeks and businesses.
    """
    return [
        exactly("customers less flows", 0.0, seen["ledger", "flows"].max(), 1e-9),
        exactly("customers less those counted", 0.0, seen["ledger", "heads"].max(), 1e-9),
        exactly("cash and goods less profit", 0.0, seen["ledger", "cash"].max(), 1e-2),
    ]


# --------------------------------------------------------------------------------------------------------- satisfaction


@study("disconfirmation", 2)
def disconfirmation(world: World) -> dict[str, Any]:
    """What satisfaction becomes after orders that are better, and after orders that are worse, than was expected."""
    scenario = world.scenario("disconfirmation")
    quality = scenario.businesses[0].offering.quality
    size = quality - scenario.rules.satisfaction.first_expectation
    effects = []
    for shock in (size, -size):
        run = world.life("disconfirmation", f"rules.satisfaction.first_expectation={quality - shock!r}")
        effects.append(weekly(run, "satisfaction")[-1] - quality)
    return {"ratio": -effects[1] / effects[0]}


@check("Q0", "a shortfall against an equal surplus", "Anderson & Sullivan (1993)", NUMERICAL, "disconfirmation")
def shortfall(seen: Seen) -> list[Quantity]:
    """What a shortfall takes from satisfaction over what an equal surplus adds: exactly loss over gain."""
    rules = seen.scenario("disconfirmation").rules.satisfaction
    return [exactly("ratio", rules.loss / rules.gain, seen["disconfirmation", "ratio"].mean(), 1e-4)]
