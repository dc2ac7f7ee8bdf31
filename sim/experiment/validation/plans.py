"""Plans: what prices, money and splits do in the base market, against published elasticities and findings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.experiment.outcome import Run
from sim.experiment.validation.laboratory import (
    RELATIONAL,
    Quantity,
    Seen,
    World,
    budget_of,
    check,
    near,
    only,
    study,
    weekly,
    within,
)
from sim.rules.people import Beta

YEAR, QUARTER = 52, 13
WORLDS = 10
ABOVE_ZERO = (0.0, math.inf)
SPLITS = (0.0, 0.25, 0.5, 0.75, 1.0)
LEVELS = (0.02, 0.04, 0.08, 0.16, 0.32)
"""Shares of revenue."""
BIJMOLT = "Bijmolt et al. (2005)"
SETHURAMAN = "Sethuraman et al. (2011)"
DORFMAN = "Dorfman & Steiner (1954)"
GUPTA = "Gupta et al. (2004)"
REICHHELD = "Reichheld & Sasser (1990)"
FRUCHTER = "Fruchter & Zhang (2004)"
KING = "King et al. (2016)"


def split_plan(spend_share: float, acquisition_share: float, business: str = "ours") -> str:
    """The setting for a share of revenue that is spent, and its split."""
    plan = f"{{fixed_split: {{spend_share: {spend_share!r}, acquisition_share: {acquisition_share!r}}}}}"
    return f"businesses.{business}.strategy={plan}"


def total(run: Run, metric: str, first: int, last: int, business: int = 0) -> float:
    """A flow from one week to before another."""
    return float(weekly(run, metric, business)[first:last].sum())


def best_of(levels: tuple[float, ...], profits: list[float]) -> float:
    """Where a parabola through the profits is highest, within the range of what was tried."""
    bend, slope, _ = np.polyfit(levels, profits, 2)
    if bend < 0.0:
        return float(np.clip(-slope / (2.0 * bend), levels[0], levels[-1]))
    return levels[int(np.argmax(profits))]


# --------------------------------------------------------------------------------------------------------- elasticities


@study("price", WORLDS, "base")
def price(world: World) -> dict[str, Any]:
    """Orders of a quarter in which ours is a tenth cheaper, against the same quarter as usual."""
    cut = "businesses.ours.promotions={cut: {discount: 0.10, to: anybody, every_weeks: 30000, for_weeks: 13}}"
    usual, cheaper = world.life("base", "time.weeks=13"), world.life("base", "time.weeks=13", cut)
    orders = [total(run, "orders", 0, QUARTER) for run in (cheaper, usual)]
    return {"elasticity": math.log(orders[0] / orders[1]) / math.log(0.9)}


@check("X1", "price elasticity of the base market", BIJMOLT, RELATIONAL, "price", must=False)
def price_elasticity(seen: Seen) -> list[Quantity]:
    """Of ours' orders in a quarter, a tenth off; published means -1.76 and -2.62."""
    return [within("elasticity", (-4.0, -1.2), seen["price", "elasticity"])]


@study("advertising", WORLDS, "base")
def advertising(world: World) -> dict[str, Any]:
    """Orders of ours with half and with twice the money for winning from week 0 on, and the most profitable money."""
    plan = budget_of(world.scenario("base"))
    winning, keeping = (
        plan.spend_per_year * plan.acquisition_share,
        plan.spend_per_year * (1.0 - plan.acquisition_share),
    )
    factors = (0.25, 0.5, 1.0, 2.0, 4.0)
    runs = []
    for factor in factors:
        spend = factor * winning + keeping
        budget = f"{{fixed_budget: {{spend_per_year: {spend!r}, acquisition_share: {factor * winning / spend!r}}}}}"
        runs.append(world.life("base", f"businesses.ours.strategy={budget}"))
    weeks = runs[0].scenario.time.weeks
    logs = np.log(factors)
    best = best_of(tuple(logs), [total(run, "profit", 0, weeks) for run in runs])
    revenue = np.interp(best, logs, [total(run, "revenue", 0, weeks) for run in runs])
    changes = [
        math.log(total(runs[3], "orders", first, last) / total(runs[1], "orders", first, last)) / math.log(4.0)
        for first, last in ((0, YEAR), (2 * YEAR, 3 * YEAR))
    ]
    return {"short": changes[0], "long": changes[1], "best": math.exp(best) * winning * weeks / YEAR / revenue}


@check("X2", "advertising elasticity of the base market", SETHURAMAN, RELATIONAL, "advertising", must=False)
def advertising_elasticity(seen: Seen) -> list[Quantity]:
    """Of ours' orders in money for winning, in the first and in the third year; published means .12 and .24."""
    short, long = seen["advertising", "short"], seen["advertising", "long"]
    return [
        within("first year", (0.05, 0.20), short),
        within("third year over first", (1.5, 2.5), np.array([long.mean() / short.mean()])),
    ]


@check("X3", "advertising to sales by two elasticities", DORFMAN, RELATIONAL, "advertising", "price", must=False)
def dorfman_steiner(seen: Seen) -> list[Quantity]:
    """The most profitable money for winning over revenue, against the ratio of third-year and price elasticities.

    The law is about constant elasticities; a logit has none, so this need not hold.
    """
    ratio = seen["advertising", "long"].mean() / abs(seen["price", "elasticity"].mean())
    return [near("advertising over sales", ratio, seen["advertising", "best"], 0.005)]


@study("value", WORLDS, "base")
def value(world: World) -> dict[str, Any]:
    """Value of a customer less what it costs to win one, with higher retention, margin, or cost of winning."""
    leaving = only(Beta, world.scenario("base").segments[0].person.leaving, "a chance of leaving")
    first = world.scenario("base").businesses[0]
    (channel,) = first.channels
    strength, cost, price = first.channels[channel].strength, first.offering.unit_cost, first.offering.price
    runs = {
        "usual": world.life("base"),
        "retention": world.life("base", f"people.leaving={{beta: {{a: {leaving.a}, b: {1.3 * leaving.b}}}}}"),
        "margin": world.life("base", f"businesses.ours.unit_cost={cost - 0.02 * price!r}"),
        "winning": world.life("base", f"businesses.ours.channels.{channel}.strength={strength / 1.3!r}"),
    }
    last = {name: _last_year(run) for name, run in runs.items()}
    usual = last["usual"]
    margins = (price - cost) / price
    return {
        "retention": math.log(last["retention"]["net"] / usual["net"])
        / math.log(last["retention"]["retention"] / usual["retention"]),
        "margin": math.log(last["margin"]["net"] / usual["net"]) / math.log((margins + 0.02) / margins),
        "winning": -math.log(last["winning"]["net"] / usual["net"]) / math.log(1.3),
        "five points": (last["retention"]["profit"] / usual["profit"] - 1.0)
        * 0.05 / (last["retention"]["retention"] - usual["retention"]),
    }  # fmt: skip


def _last_year(run: Run) -> dict[str, float]:
    """Means over ours' last year, and its profit."""
    means = {
        name: float(np.nanmean(weekly(run, name)[-YEAR:]))
        for name in ("customer_lifetime_value", "customer_acquisition_cost", "retention_rate")
    }
    return {
        "net": means["customer_lifetime_value"] - means["customer_acquisition_cost"],
        "retention": means["retention_rate"],
        "profit": float(weekly(run, "profit")[-YEAR:].sum()),
    }


@check("E2", "retention, margin, cost of winning", GUPTA, RELATIONAL, "value", must=False)
def drivers_of_value(seen: Seen) -> list[Quantity]:
    """Elasticity of the value of a customer, less what it costs to win one, in each of three; published 5, 1 and .1."""
    retention, margin, winning = (seen["value", name] for name in ("retention", "margin", "winning"))
    return [
        within("retention", (3.0, 7.0), retention),
        within("retention less margin", ABOVE_ZERO, retention - margin),
        within("margin less cost of winning", ABOVE_ZERO, margin - winning),
    ]


@check("E3", "five points of retention", REICHHELD, RELATIONAL, "value", must=False)
def five_points(seen: Seen) -> list[Quantity]:
    """By how much five points of retention raise the profit of ours in the fifth year."""
    return [within("rise in profit", (0.25, 0.85), seen["value", "five points"])]


# --------------------------------------------------------------------------------------------------------------- splits


@study("splits", 4, "base")
def splits(world: World) -> dict[str, Any]:
    """The split with the most profit in five years: of ours, of the leader, and of ours in a market that knows it."""
    weeks = world.scenario("base").time.weeks

    def best_split(business: str, slot: int, *changes: str) -> float:
        runs = [world.life("base", *changes, split_plan(0.08, share, business)) for share in SPLITS]
        return best_of(SPLITS, [total(run, "profit", 0, weeks, slot) for run in runs])

    def best_level(*changes: str) -> float:
        runs = [world.life("base", *changes, split_plan(level, 0.5)) for level in LEVELS]
        return best_of(LEVELS, [total(run, "profit", 0, weeks) for run in runs])

    large = "businesses.ours.known=0.8"
    return {
        "ours": best_split("ours", 0),
        "leader": best_split("incumbent_a", 1),
        "large": best_split("ours", 0, large),
        "level": best_level(),
        "level large": best_level(large),
    }


@check("L2", "the larger a share, the more is kept", FRUCHTER, RELATIONAL, "splits", must=False)
def defence_and_offence(seen: Seen) -> list[Quantity]:
    """The most profitable acquisition share of the small business less that of the leader."""
    return [within("ours less leader", ABOVE_ZERO, seen["splits", "ours"] - seen["splits", "leader"])]


@check("L3", "from winning to keeping as a base grows", KING, RELATIONAL, "splits", must=False)
def life_cycle(seen: Seen) -> list[Quantity]:
    """The most profitable acquisition share, and spend over revenue, of a small less that of a large base."""
    return [
        within("acquisition share", ABOVE_ZERO, seen["splits", "ours"] - seen["splits", "large"]),
        within("spend over revenue", ABOVE_ZERO, seen["splits", "level"] - seen["splits", "level large"]),
    ]
