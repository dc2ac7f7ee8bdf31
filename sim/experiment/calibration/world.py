"""The world of a calibrated firm: the scenario in which its customers buy and leave as its log says.

The laws of the models hold exactly where all that the log says nothing of is off: no rivals, prices that nobody minds,
no talk, nobody who returns. A contact makes an order at once, so that who comes differs in nothing from who came.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.experiment.calibration.base import Base, Market, Said
from sim.experiment.calibration.estimates import Estimates
from sim.experiment.calibration.money import Money, margin_of
from sim.experiment.firm import money_of, need_of, tidy
from sim.scenario.load import scenario_from
from sim.scenario.problems import InputError
from sim.scenario.schema import YEAR, Scenario
from sim.theory.allocation import Curve

WEEKS = 3 * YEAR
LARGEST_SHAPE, LEAST_SHAPE = 1000.0, 1e-6
NEVER = 30_000
CERTAINLY = 1e5
"""A strength at which the smallest commission reaches the ceiling, and a tenth of it as well."""
A_COIN = 0.01
"""Stands for no money at all, where something must be paid for the customers who come by themselves."""


class Behaviour(NamedTuple):
    """How customers buy and leave, as a scenario writes it."""

    need: float | dict[str, Any]
    leaving: tuple[float, float]
    """Beta, at every order from ``at_risk`` on."""
    at_risk: int
    clock: dict[str, Any]
    order_value: float
    shapes: tuple[float, float]
    """Of one person's orders, and of people."""
    evened: bool = False
    """Was the spread of rates made narrower than estimated, because some people would buy too often?"""


def behaviour_of(found: Estimates) -> Behaviour:
    """BG/NBD and Gamma-Gamma as a scenario has them."""
    r, alpha, a, b = found.buying
    need = need_of(tidy(YEAR * r / alpha, 6), min(tidy(r, 6), LARGEST_SHAPE))
    p, q, _ = found.gamma_gamma.values if found.gamma_gamma else (0.0, 0.0, 0.0)
    shapes = (tidy(min(p, LARGEST_SHAPE), 6), tidy(min(q, LARGEST_SHAPE), 6)) if q > 1.0 else (0.0, 0.0)
    return Behaviour({"gamma": need}, writable(a, b), 2, {}, found.mean_order, shapes, need["shape"] > tidy(r, 6))


def writable(a: float, b: float) -> tuple[float, float]:
    """A beta whose numbers a scenario can hold: where all are nearly alike, the same mean with a little more spread.

    Check
    -----
    >>> writable(0.8, 4.0), writable(2e5, 6e5), writable(1e-9, 2.0)
    ((0.8, 4.0), (333.333, 1000.0), (1e-06, 2.0))
    """
    shrunk = min(1.0, LARGEST_SHAPE / max(a, b))
    return max(tidy(a * shrunk, 6), LEAST_SHAPE), max(tidy(b * shrunk, 6), LEAST_SHAPE)


class Plan(NamedTuple):
    """All that a world is made of."""

    behaviour: Behaviour
    base: Base
    market: Market
    money: Money
    said: Said


def world_of(plan: Plan) -> dict[str, Any]:
    """The scenario, as a file holds it.

    Raises
    ------
    InputError
        If its money cannot be counted exactly.
    """
    world = _world(plan, 2)
    try:
        scenario_from(world)
    except InputError:  # so large a market is counted in whole units
        world = _world(plan, 0)
        scenario_from(world)
    return world


def cohort_of(plan: Plan, people: int, weeks: int) -> Scenario:
    """The same customers and nobody else: all have just bought for the first time, and no money is spent on them.

    What is done for them now is in the chances of leaving that were estimated.
    """
    world = _world(plan, 2)
    nothing = {"fixed_budget": {"spend_per_year": 0.0}}
    ours = {key: world["businesses"]["ours"][key] for key in ("price", "unit_cost", "failure_rate", "known")}
    a, b = plan.behaviour.leaving
    return scenario_from(
        world
        | {
            "time": {"weeks": weeks, "burn_in_weeks": 0, "planning_weeks": 1, "list_weeks": NEVER},
            "people": world["people"] | {"count": people, "represents": 1, "leaving": {"beta": {"a": a, "b": b}}},
            "businesses": {"ours": ours | {"customers": people, "status_quo": nothing, "strategy": nothing}},
        }
    )


def before_care(leaving: tuple[float, float], kept: float) -> tuple[float, float]:
    """Chances of leaving of which care at its present strength leaves those that were estimated.

    A share of a beta is no beta; the one with the same first two moments is taken, as long as there is one.

    Parameters
    ----------
    kept : what care lets through

    Check
    -----
    >>> [round(each, 3) for each in before_care((0.793, 2.426), 0.76)], before_care((0.8, 7.0), 1.0)
    ([0.608, 1.268], (0.8, 7.0))
    """
    a, b = leaving
    if kept >= 1.0:
        return leaving
    mean = a / (a + b) / kept
    square = mean * (a + 1.0) / (a + b + 1.0) / kept
    if not square < mean < 1.0 or square <= mean * mean:
        mean = min(mean, a / (a + 1e-3))
        return a, a / mean - a
    size = (mean - square) / (square - mean * mean)
    return mean * size, (1.0 - mean) * size


def let_through(care: Curve, keeping: float, listed: int) -> float:
    """What care lets through of departures at a spend a year."""
    return 1.0 - care.at(keeping / max(listed, 1))


def _world(plan: Plan, decimals: int) -> dict[str, Any]:
    behaviour, base, market, money, said = plan
    a, b = writable(*before_care(behaviour.leaving, let_through(money.care, money.keeping, base.listed)))
    price = max(round(behaviour.order_value, decimals), 10.0**-decimals)
    need = {"need": behaviour.clock} if behaviour.clock else {}
    return {
        "schema": 1,
        "time": {"weeks": WEEKS, "burn_in_weeks": market.weeks},
        "currency": {"name": said.currency, "decimals": decimals},
        "people": {
            "count": market.simulated,
            "represents": market.represents,
            "need_per_year": behaviour.need,
            "leaving": {"beta": {"a": a, "b": b}},
            "mean_order_value": price,
            "price_sensitivity": 0,
            "match": 0,
            "nothing": 0,
        },
        "network": {"mixed": {"listening": 0}},
        "rules": {
            **need,
            "choice": {"reference_price": price, "loyalty": 0, "habit": 0},
            "defection": {"first_order_at_risk": behaviour.at_risk, "satisfaction_effect": 0},
            "satisfaction": {"speed": 0, "adaptation": 0},
            "talk": {"told_always": 0, "told_by_feeling": 0, "effect": 0},
            "acquisition": {"offer_makes_occasion": 1, "push": 0},
            "memory": {"departure_fades": 0, "win_back": 0, "forgotten_weeks": NEVER},
            "value": {"order_shape": behaviour.shapes[0], "person_shape": behaviour.shapes[1]},
            "complaints": {"complains": 0},
        },
        "businesses": {"ours": _ours(plan, price)},
    }


def _ours(plan: Plan, price: float) -> dict[str, Any]:
    """The firm: what it earns, whom it has, how it reaches people, what it spends."""
    _, base, market, money, said = plan
    budget = money.winning
    spend = {
        "per_customer": {
            "per_customer": tidy(money.keeping / max(base.listed, 1), 6),
            "per_prospect": tidy(budget / (market.people - base.listed), 6),
        }
    }
    shares = [tidy(way.spend / budget, 6) if budget else 0.0 for way in money.ways.values()]
    shares[-1] = 1.0 - sum(shares[:-1])
    channels = {
        name: {
            "budget_share": share,
            "ceiling": tidy(way.curve.ceiling, 6),
            "strength": tidy(way.curve.strength, 6),
            "keep": tidy(way.keep),
        }
        for (name, way), share in zip(money.ways.items(), shares, strict=True)
    }
    by_itself = {"kind": "affiliate", "commission": A_COIN, "ceiling": tidy(money.by_itself, 6), "strength": CERTAINLY}
    return {
        "price": price,
        "unit_cost": tidy(price * (1.0 - margin_of(said)), 8),
        "failure_rate": 0,
        "known": 0,
        "customers": round(market.seeded / market.represents),
        **money_of(base.revenue),
        "channels": channels | {"by_itself": by_itself},
        "levers": {"care": {"ceiling": tidy(money.care.ceiling), "strength": tidy(money.care.strength, 6)}},
        "status_quo": spend,
        "strategy": spend,
    }
