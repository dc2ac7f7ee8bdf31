"""A firm in the base market: what six answers fix, and what they scale.

The base market is kept as it is in everything that has no unit. Whatever has one is rescaled: money with the value of
an order, responses to money with a customer's yearly margin (so that Blattberg & Deighton's product of the two stays),
marketing shares of revenue with the margin, the chance of leaving per order with the orders of a year.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from sim.rules.acquisition import Channel
from sim.rules.people import Person
from sim.rules.retention import Care, LoyaltyScheme
from sim.scenario.checks import ALMOST_NEVER
from sim.scenario.load import scenario_from
from sim.scenario.problems import InputError
from sim.scenario.schema import Offering
from sim.strategies.fixed import FixedSplit
from sim.strategies.registry import STRATEGIES

MOST_PEOPLE = 10_000
"""Simulated people: enough for most firms, few enough for a comparison within a minute."""
BASE_PRICE, BASE_MARGIN = Offering().price, 1.0 - Offering().unit_cost / Offering().price
BASE_ORDERS = 4.0
"""Orders a customer of the small business places in a year."""
BASE_YEARLY_MARGIN = 90.0
"""A20, A25: of a customer, in the market for which the responses to money are stated."""
BASE_REVENUE = 70_000.0
"""A38: of the small business, in a year."""
NEED_SHAPE: float = Person().need_per_year._asdict()["shape"]
LEAVING: dict[str, float] = Person().leaving._asdict()
LEAST_LEAVING, MOST_LEAVING = 0.03, 0.25
"""A28: the plausible range of the mean chance of leaving per repeat order."""
INCUMBENTS = {"incumbent_a": 5.0 / 9.0, "incumbent_b": 4.0 / 9.0}
"""How the incumbents share the liking that is left for them."""
LIKING = 1.2
"""A37: of all businesses together; another 0.3 is for buying nothing."""
HIGHEST_NEED = 1500.0
"""Occasions a year that no person may pass."""


class Firm(NamedTuple):
    """What a firm knows about itself. Its customers are who ordered within the last year."""

    people: int
    customers: int
    orders: float
    order_value: float
    margin: float
    marketing: float
    acquisition_share: float = 0.5
    currency: str = "money"

    @property
    def revenue(self) -> float:
        """Of a year."""
        return self.customers * self.orders * self.order_value

    @property
    def yearly_margin(self) -> float:
        """Of a customer, before marketing."""
        return self.orders * self.order_value * self.margin

    @property
    def represents(self) -> int:
        """People of its market for each simulated one."""
        return math.ceil(self.people / MOST_PEOPLE)


class Found(NamedTuple):
    """What no firm can answer: how often people need the category, how many know the firm, how well it is liked."""

    need: float
    known: float
    affinity: float


def world_of(firm: Firm, found: Found) -> dict[str, Any]:
    """The scenario of a firm that keeps doing what it does, as a file that extends ``base`` holds it.

    Raises
    ------
    InputError
        If its money cannot be counted exactly.
    """
    world = _world(firm, found, 2)
    try:
        scenario_from(world)
    except InputError:  # so large a market is counted in whole units
        world = _world(firm, found, 0)
        scenario_from(world)
    return world


def plan_of(firm: Firm, name: str) -> dict[str, Any]:
    """The strategy ``steady`` or ``aggressive`` with its limits of spending at the same share of the margin."""
    plan, scale = STRATEGIES[name], firm.margin / BASE_MARGIN
    kept = {key: getattr(plan, key) for key in ("low", "high", "acquisition_share")}
    limits = {key: tidy(scale * getattr(plan, key), 3) for key in ("opening_spend", "most_spend")}
    return {name: kept | limits}


def tidy(number: float, digits: int = 4) -> float:
    """A number as it is written down.

    Check
    -----
    >>> tidy(0.070312), tidy(171428.57, 2)
    (0.07031, 170000.0)
    """
    return float(f"{number:.{digits}g}")


def need_of(mean: float, shape: float = NEED_SHAPE) -> dict[str, float]:
    """The spread of needs, evener where a person could need the category too often.

    Parameters
    ----------
    shape : how even it should be; that of the base market if nobody says

    Check
    -----
    >>> need_of(8.0), need_of(100.0)
    ({'shape': 1.0, 'mean': 8.0}, {'shape': 2.9, 'mean': 100.0})
    """
    reach = HIGHEST_NEED / mean - 1.0  # sqrt(2 x) + x for x = ALMOST_NEVER / shape, as the checks have it
    root = (math.sqrt(2.0 + 4.0 * reach) - math.sqrt(2.0)) / 2.0
    least = ALMOST_NEVER / root**2
    return {"shape": shape if shape > least else math.ceil(10.0 * least) / 10.0, "mean": mean}


def leaving_of(orders: float) -> dict[str, float]:
    """The chance of leaving per repeat order that loses about as many in a year as the base market does.

    Check
    -----
    >>> leaving_of(4.0), leaving_of(12.0), leaving_of(1.0)
    ({'a': 0.8, 'b': 7.0}, {'a': 0.8, 'b': 22.6}, {'a': 0.8, 'b': 2.4})
    """
    a, b = LEAVING["a"], LEAVING["b"]
    chance = min(max(a / (a + b) * BASE_ORDERS / orders, LEAST_LEAVING), MOST_LEAVING)
    return {"a": a, "b": tidy(a / chance - a, 3)}


def _world(firm: Firm, found: Found, decimals: int) -> dict[str, Any]:
    price = round(firm.order_value, decimals)
    offering = {"price": price, "unit_cost": tidy(price * (1.0 - firm.margin), 8)} | money_of(firm.revenue)
    responses = _responses(firm)
    budget = {"fixed_budget": {"spend_per_year": firm.marketing, "acquisition_share": firm.acquisition_share}}
    ours = offering | {"affinity": found.affinity, "known": found.known} | responses
    left, usual = LIKING - found.affinity, {"fixed_split": {"spend_share": _usual_spend(firm)}}
    rivals = {
        name: offering | {"affinity": tidy(left * part)} | responses | {"status_quo": usual, "strategy": usual}
        for name, part in INCUMBENTS.items()
    }
    return {
        "schema": 1,
        "extends": "base",
        "currency": {"name": firm.currency, "decimals": decimals},
        "people": {
            "count": max(round(firm.people / firm.represents), 1),
            "represents": firm.represents,
            "need_per_year": {"gamma": need_of(found.need)},
            "leaving": {"beta": leaving_of(firm.orders)},
            "mean_order_value": price,
        },
        "rules": {"choice": {"reference_price": price}},
        "businesses": {"ours": ours | {"status_quo": budget, "strategy": budget}, **rivals},
    }


def money_of(revenue: float) -> dict[str, float]:
    """Cash and credit, at the base market's share of a year's revenue."""
    scale = revenue / BASE_REVENUE
    return {"cash": tidy(scale * Offering().cash, 2), "credit_line": tidy(scale * Offering().credit_line, 2)}


def _responses(firm: Firm) -> dict[str, Any]:
    """Responses to money: one over a yearly margin, that of the reward per order one over the margin of an order."""
    scale = BASE_YEARLY_MARGIN / firm.yearly_margin
    per_order = BASE_PRICE * BASE_MARGIN / (firm.order_value * firm.margin)
    return {
        "channels": {"advertising": {"strength": tidy(Channel().strength * scale)}},
        "levers": {
            "care": {"strength": tidy(Care().strength * scale)},
            "loyalty_scheme": {"strength": tidy(LoyaltyScheme().strength * per_order)},
        },
    }


def _usual_spend(firm: Firm) -> float:
    """The share of revenue that incumbents spend: the base market's share of the margin."""
    return tidy(FixedSplit().spend_share * firm.margin / BASE_MARGIN, 3)
