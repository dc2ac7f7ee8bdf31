"""Budgets: what money wins and keeps, and which spend is best."""

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
    exactly,
    near,
    study,
    unbiased,
    weekly,
    whole,
)
from sim.rules.acquisition import WEEKS_A_YEAR
from sim.scenario.schema import Scenario
from sim.theory.allocation import Curve, Firm, optimum, through, value_of_customer, value_of_prospect
from sim.theory.value import lifetime_value, retention_elasticity

BLATTBERG = "Blattberg & Deighton (1996)"
PFEIFER = "Pfeifer (2005)"
GUPTA = "Gupta et al. (2004)"
EXAMPLE = Firm(through(5.0, 0.2, 0.4), through(8.0, 0.4, 0.7), 50.0, 0.12)
"""5 a head wins .20 of at most .40, 8 a head keeps .40 of at most .70; a margin of 50, discounted by .12."""
CLOSE = 0.05
"""An optimiser should land this near, as a share of the best spend: the optimum is flat."""
RENEWALS = 40
"""So many are lived at most: of a value with .7 kept and discounted by .12, less than a millionth comes later."""
APART = 1_000
"""Seeds of one renewal and the next, so that their luck differs."""
AMISS = (0.5, 1.5)
"""Times the best spend: too little and too much."""


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


def kept(world: World, a_head: float | None = None, customers: int | None = None) -> tuple[float, float]:
    """Customers kept and profit made at one renewal, both per customer before it; of so many, if not the scenario's."""
    scenario, changes = world.scenario("keeping"), []
    name = scenario.businesses[0].name
    if customers is not None:
        changes.append(f"businesses.{name}.customers={customers}")
    customers = customers or scenario.businesses[0].offering.customers
    if a_head is not None:
        changes.append(_spending(scenario, a_head, customers, 0))
    run = world.life("keeping", *changes)
    return weekly(run, "customers")[-1] / customers, whole(run, "profit") / customers


def kept_for_good(world: World, a_head: float, discount: float) -> float:
    """Discounted profit of all renewals per customer; each is lived by those whom the one before left."""
    first = left = world.scenario("keeping").businesses[0].offering.customers
    profit, renewal = 0.0, 0
    while left and renewal < RENEWALS:
        renewal += 1
        share, each = kept(World(world.seed + renewal * APART, world.settings), a_head, left)
        profit += each * left / first / (1.0 + discount) ** renewal
        left = round(share * left)
    return profit


def worth(a: tuple[float, float], renewals: float) -> float:
    """A prospect's value, out of the books of a campaign and of all renewals of a customer."""
    return a[1] + a[0] * renewals


@study("blattberg_deighton", 10, "winning", "keeping")
def blattberg_deighton(world: World) -> dict[str, Any]:
    """The shares and the value at the scenario's spend and at the best one, and an optimiser's search in this world.

    While it is searched, one renewal is lived, and stands for all of them: all chances of leaving are alike.
    """
    winning, keeping = world.scenario("winning"), world.scenario("keeping")
    discount, firm, spends = keeping.rules.value.discount_rate, firm_of(winning, keeping), spends_of(winning, keeping)
    best = optimum(firm)

    def renewals(spend: float) -> float:
        share, profit = kept(world, float(spend))
        return profit / (1.0 + discount - share)

    def value(a_head: float, spend: float) -> float:
        return worth(won(world, float(a_head)), renewals(spend))

    searched_r = _search(lambda spend: -renewals(spend), firm.keeping.ceiling * firm.margin)
    later = renewals(searched_r)
    searched_a = _search(
        lambda spend: -worth(won(world, float(spend)), later), firm.winning.ceiling * (firm.margin + later)
    )
    at_best = value(*best)
    amiss = [value(best[0] * factor, best[1]) for factor in AMISS]
    amiss += [value(best[0], best[1] * factor) for factor in AMISS]
    a = won(world)
    return {
        "a": a[0],
        "r": kept(world)[0],
        "value": worth(a, kept_for_good(world, spends[1], discount)),
        "best value": worth(won(world, best[0]), kept_for_good(world, best[1], discount)),
        "searched": np.array([searched_a, searched_r]),
        "amiss": np.array(amiss) / at_best - 1.0,
        "at best": at_best,
    }


def _search(loss: Any, most: float) -> float:
    """The spend with the least loss: a coarse look everywhere, then a cubic through the neighbourhood of the best.

    The luck of a world is the same at every spend, but customers are whole, so the loss is a staircase: a curve through
    many of its steps is steadier than the lowest of them.

    Parameters
    ----------
    most : more than this cannot pay: the ceiling of what it wins or keeps, times what that is worth
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

    The value is cash: of a campaign, and of renewals lived one after the other until nobody is left, discounted. The
    formula has no bias, so only luck may move it: four standard errors. The optimiser knows only the simulator: it
    lives campaigns and renewals with the same luck at every spend.
    """
    scenarios = seen.scenario("winning"), seen.scenario("keeping")
    firm, spends = firm_of(*scenarios), spends_of(*scenarios)
    best, key = optimum(firm), "blattberg_deighton"
    found = seen[key, "searched"]
    return [
        near("share won", firm.winning.at(spends[0]), seen[key, "a"], 0.002),
        near("share kept", firm.keeping.at(spends[1]), seen[key, "r"], 0.004),
        unbiased("value lived", np.array([value_of_prospect(firm, *spends)]), seen[key, "value"][:, None], 0.0, [""]),
        unbiased(
            "value lived at the best spends",
            np.array([value_of_prospect(firm, *best)]),
            seen[key, "best value"][:, None],
            0.0,
            [""],
        ),
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
    """Value lost by half and by one and a half times the best spend, in the simulator and by the formula.

    A ratio of two values of one world is biased by the order of the relative variance of the lower one; beyond that and
    four standard errors it may not miss.
    """
    firm = firm_of(seen.scenario("winning"), seen.scenario("keeping"))
    places = ("half on winning", "half more on winning", "half on keeping", "half more on keeping")
    best = seen["blattberg_deighton", "at best"]
    bias = float(best.var(ddof=1) / best.mean() ** 2)
    return [unbiased("value lost,", _losses(firm), seen["blattberg_deighton", "amiss"], bias, places)]


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
