"""Budgets: what money wins and keeps, which spend is best, and what growth then takes."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from sim.experiment.validation.laboratory import (
    DISTRIBUTIONAL,
    NUMERICAL,
    Quantity,
    Seen,
    World,
    budget_of,
    check,
    curve,
    exactly,
    near,
    study,
    weekly,
    whole,
)
from sim.rules.acquisition import WEEKS_A_YEAR
from sim.rules.journey import PHASES
from sim.scenario.schema import Scenario
from sim.theory.allocation import Curve, Firm, optimum, through, value_of_customer, value_of_prospect
from sim.theory.value import lifetime_value, retention_elasticity, share_of_old_customers, to_be_won

BLATTBERG = "Blattberg & Deighton (1996)"
PFEIFER = "Pfeifer (2005)"
GUPTA = "Gupta et al. (2004)"
LEAKY = "accounting"
EXAMPLE = Firm(through(5.0, 0.2, 0.4), through(8.0, 0.4, 0.7), 50.0, 0.12)
"""5 a head wins .20 of at most .40, 8 a head keeps .40 of at most .70; a margin of 50, discounted by .12."""
CLOSE = 0.05
"""An optimiser should land this near, as a share of the best spend: the optimum is flat."""
TRUE_CUSTOMERS = slice(PHASES.index("admit"), None)


# --------------------------------------------------------------------------------------------------- Blattberg-Deighton


def firm_of(winning: Scenario, keeping: Scenario) -> Firm:
    """The two curves, per money a head and tick, the margin of an order and the discount."""
    (channel,) = winning.businesses[0].channels.values()
    care, offering = keeping.businesses[0].levers.care, keeping.businesses[0].offering
    order = keeping.segments[0].person.mean_order_value[0] * offering.price / keeping.rules.choice.reference_price
    margin = order * (1.0 - offering.unit_cost / offering.price)
    return Firm(
        Curve(channel.ceiling, channel.strength * WEEKS_A_YEAR),
        Curve(care.ceiling, care.strength * WEEKS_A_YEAR),
        margin,
        keeping.rules.value.discount_rate,
    )


def spends_of(winning: Scenario, keeping: Scenario) -> tuple[float, float]:
    """Money per prospect and per customer in one tick."""
    heads = winning.people, keeping.businesses[0].offering.customers
    budgets = [budget_of(scenario).spend_per_year / WEEKS_A_YEAR for scenario in (winning, keeping)]
    return budgets[0] / heads[0], budgets[1] / heads[1]


def _spending(scenario: Scenario, a_head: float, heads: int, share: int) -> str:
    """The setting that spends so much a head in a tick."""
    plan = f"{{fixed_budget: {{spend_per_year: {a_head * heads * WEEKS_A_YEAR!r}, acquisition_share: {share}}}}}"
    return f"businesses.{scenario.businesses[0].name}.strategy={plan}"


def won(world: World, a_head: float | None = None) -> tuple[float, float]:
    """Customers won and profit made in one campaign, both per prospect."""
    scenario = world.scenario("winning")
    changes = [] if a_head is None else [_spending(scenario, a_head, scenario.people, 1)]
    run = world.life("winning", *changes)
    return whole(run, "new_customers") / scenario.people, whole(run, "profit") / scenario.people


def kept(world: World, a_head: float | None = None) -> tuple[float, float]:
    """Customers kept and profit made at one renewal, both per customer before it."""
    scenario = world.scenario("keeping")
    customers = scenario.businesses[0].offering.customers
    changes = [] if a_head is None else [_spending(scenario, a_head, customers, 0)]
    run = world.life("keeping", *changes)
    return weekly(run, "customers")[-1] / customers, whole(run, "profit") / customers


def worth(a: tuple[float, float], r: tuple[float, float], discount: float) -> float:
    """A prospect's value, out of the books of a campaign and of a renewal that repeats itself."""
    return a[1] + a[0] * r[1] / (1.0 + discount - r[0])


@study("blattberg_deighton", 10, "winning", "keeping")
def blattberg_deighton(world: World) -> dict[str, Any]:
    """The shares and the value at the scenario's spend, then an optimiser's search in the same world."""
    winning, keeping = world.scenario("winning"), world.scenario("keeping")
    discount = keeping.rules.value.discount_rate
    a, r = won(world), kept(world)
    firm = firm_of(winning, keeping)
    best_r, best_a = optimum(firm)[1], optimum(firm)[0]

    def loss_of_keeping(spend: float) -> float:
        renewed = kept(world, float(spend))
        return -renewed[1] / (1.0 + discount - renewed[0])

    searched_r = _search(loss_of_keeping, firm.margin)
    renewed = kept(world, searched_r)
    searched_a = _search(lambda spend: -worth(won(world, float(spend)), renewed, discount), firm.margin)
    amiss = {
        f"{which} {factor}": (
            worth(won(world, best_a * (factor if which == "winning" else 1.0)),
                  kept(world, best_r * (factor if which == "keeping" else 1.0)), discount)
        )
        for which in ("winning", "keeping") for factor in (0.5, 1.0, 1.5)
    }  # fmt: skip
    return {
        "a": a[0],
        "r": r[0],
        "value": worth(a, r, discount),
        "searched": np.array([searched_a, searched_r]),
        "amiss": np.array([amiss[f"{which} {factor}"] / amiss[f"{which} 1.0"] - 1.0
                           for which in ("winning", "keeping") for factor in (0.5, 1.5)]),
    }  # fmt: skip


def _search(loss: Any, most: float) -> float:
    """The spend with the least loss: a coarse look everywhere, then a cubic through the neighbourhood of the best.

    The luck of a world is the same at every spend, but customers are whole, so the loss is a staircase: a curve through
    many of its steps is steadier than the lowest of them.
    """
    first = minimize_scalar(loss, bounds=(0.0, most), method="bounded", options={"xatol": 0.05 * most, "maxiter": 9})
    near_by = first.x * np.geomspace(0.7, 1.4, 11)
    smooth = np.polyfit(near_by, [loss(spend) for spend in near_by], 3)
    finely = np.linspace(near_by[0], near_by[-1], 1001)
    return float(finely[np.argmin(np.polyval(smooth, finely))])


def _example(seen: Seen) -> list[Quantity]:
    """The best spends, and the values before and after, in the example of Blattberg & Deighton."""
    best = optimum(EXAMPLE)
    return [
        exactly("best spend per prospect", 10.078, best[0], 0.001),
        exactly("best spend per customer", 15.933, best[1], 0.001),
        exactly("value at the best spends", 11.8756, value_of_prospect(EXAMPLE, *best), 0.001),
        exactly("value at 5 and 8", 8.3333, value_of_prospect(EXAMPLE, 5.0, 8.0), 0.001),
    ]


@check("BD1", "the best spends are found in the simulator", BLATTBERG, DISTRIBUTIONAL, "blattberg_deighton",
       published=_example)  # fmt: skip
def best_spends(seen: Seen) -> list[Quantity]:
    """Shares won and kept, the value of a prospect from the books, and where an optimiser lands.

    The optimiser knows only the simulator: it lives campaigns and renewals with the same luck at every spend.
    """
    scenarios = seen.scenario("winning"), seen.scenario("keeping")
    firm, spends = firm_of(*scenarios), spends_of(*scenarios)
    best, key = optimum(firm), "blattberg_deighton"
    found = seen[key, "searched"]
    return [
        near("share won", firm.winning.at(spends[0]), seen[key, "a"], 0.002),
        near("share kept", firm.keeping.at(spends[1]), seen[key, "r"], 0.004),
        near("value of a prospect", value_of_prospect(firm, *spends), seen[key, "value"], 0.15),
        near("optimiser's spend per prospect", best[0], found[:, 0], CLOSE * best[0]),
        near("optimiser's spend per customer", best[1], found[:, 1], CLOSE * best[1]),
    ]


@check("BD2", "marginal costs equal the value of a customer", PFEIFER, NUMERICAL)
def marginal(seen: Seen) -> list[Quantity]:
    """At the best spends, the cost of one more customer won, the cost of one more kept, and what one is worth."""
    winning, keeping = optimum(EXAMPLE)
    worth_of_one, allowed = 72.917, 72.917e-4
    return [
        exactly("value of a customer", worth_of_one, value_of_customer(EXAMPLE, keeping), allowed),
        exactly("marginal cost of winning", worth_of_one, 1.0 / EXAMPLE.winning.slope(winning), allowed),
        exactly("marginal cost of keeping", worth_of_one, 1.0 / EXAMPLE.keeping.slope(keeping), allowed),
    ]


@check("BD3", "average costs are no guide", PFEIFER, NUMERICAL)
def average(seen: Seen) -> list[Quantity]:
    """At the best spends, cost per customer won over cost per customer kept: far from five."""
    winning, keeping = optimum(EXAMPLE)
    costs = winning / EXAMPLE.winning.at(winning), keeping / EXAMPLE.keeping.at(keeping)
    return [
        exactly("cost per customer won", 33.47, costs[0], 0.01),
        exactly("cost per customer kept", 27.93, costs[1], 0.01),
        exactly("ratio", 1.20, costs[0] / costs[1], 0.01),
    ]


def _losses(firm: Firm) -> np.ndarray:
    """Value lost by spending half, or half as much again, on winning and then on keeping."""
    best = np.array(optimum(firm))
    value = value_of_prospect(firm, *best)
    factors = np.array([(0.5, 1.0), (1.5, 1.0), (1.0, 0.5), (1.0, 1.5)])
    return np.array([value_of_prospect(firm, *(best * each)) / value - 1.0 for each in factors])


def _printed_losses(seen: Seen) -> list[Quantity]:
    """The four losses of the example."""
    names = ("half for winning", "half more for winning", "half for keeping", "half more for keeping")
    expected = (-0.190, -0.119, -0.160, -0.138)
    return [exactly(*each, 0.002) for each in zip(names, expected, _losses(EXAMPLE), strict=True)]


@check("BD4", "too little costs more than too much", PFEIFER, DISTRIBUTIONAL, "blattberg_deighton",
       published=_printed_losses)  # fmt: skip
def asymmetry(seen: Seen) -> list[Quantity]:
    """Value lost by half and by one and a half times the best spend, in the simulator and by the formula."""
    firm = firm_of(seen.scenario("winning"), seen.scenario("keeping"))
    places = ("half on winning", "half more on winning", "half on keeping", "half more on keeping")
    return [curve("value lost,", _losses(firm), seen["blattberg_deighton", "amiss"], 0.015, places)]


@check("E1", "one per cent of retention", GUPTA, NUMERICAL)
def elasticity_of_value(seen: Seen) -> list[Quantity]:
    """Elasticity of value in retention, (1 + i) / (1 + i - r), and the same from the value formula of the metrics.

    Their value leaves out the first margin and has no keeping cost: m r / (1 + i - r).
    """
    found = []
    for retention, discount, printed in ((0.84, 0.12, 4.0), (0.8, 0.12, 3.5), (0.9, 0.12, 5.09)):
        step = 1e-6
        values = [lifetime_value(1.0, 0.0, retention * factor, discount) - 1.0 for factor in (1.0 + step, 1.0 - step)]
        measured = np.log(values[0] / values[1]) / (2.0 * step)
        found += [
            exactly(f"retention {retention}, as printed", printed, retention_elasticity(retention, discount), 0.005),
            exactly(f"retention {retention}, from values", retention_elasticity(retention, discount), measured, 1e-6),
        ]
    multiple = lifetime_value(1.0, 0.0, 0.84, 0.12) - 1.0
    return [*found, exactly("yearly margins that a customer is worth, .84", 3.0, multiple, 1e-9)]


# --------------------------------------------------------------------------------------------------------- accounting


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
        gaps["cash"] += np.abs(np.diff(weekly(run, "cash", slot)) - weekly(run, "profit", slot)[1:]).sum()
    return {name: np.array(gap) for name, gap in gaps.items()}


@check("A1", "nobody and no coin is lost", LEAKY, NUMERICAL, "ledger")
def identities(seen: Seen) -> list[Quantity]:
    """In a market with everything on: closing customers are opening ones plus won less lost, and so many are counted.

    Cash moves by the profit of the week. All gaps are summed over weeks and businesses.
    """
    return [
        exactly("customers less flows", 0.0, seen["ledger", "flows"].max(), 1e-9),
        exactly("customers less those counted", 0.0, seen["ledger", "heads"].max(), 1e-9),
        exactly("cash less profit", 0.0, seen["ledger", "cash"].max(), 1e-2),
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
