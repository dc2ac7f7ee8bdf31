"""Small worlds with much going on: what tests of the whole model live in."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from sim.model.market import Market
from sim.scenario.models import scenario_model, scenario_of
from sim.scenario.schema import Scenario

LEFT_OUT = object()
"""In the place of a value: the default, whatever it is."""

LIVELY: dict[str, Any] = {
    "schema": 1,
    "time": {"weeks": 50, "burn_in_weeks": 16, "planning_weeks": 4, "list_weeks": 52},
    "people": {
        "count": 113,
        "need_per_year": {"gamma": {"shape": 1.0, "mean": 40.0}},
        "leaving": {"beta": {"a": 1.0, "b": 6.0}},
        "further_lines": {"beta": {"a": 1.0, "b": 3.0}},
    },
    "network": {"small_world": {"degree": 6, "rewired": 0.2, "talk_per_friend": 0.05}},
    "rules": {
        "talk": {"told_always": 0.1},
        "memory": {"name_forgotten": 0.05, "departure_fades": 0.05, "forgotten_weeks": 12},
        "acquisition": {"offer_makes_occasion": 0.3},
        "choice": {"reference_moves": 0.2},
        "journey": {"remorse": 0.3, "first_weeks_effect": 0.4, "adopted_orders": 3, "dormant_weeks": 4},
        "complaints": {"complains": 0.7, "softened_by_orders": 0.3, "sharpened_by_complaints": 0.5},
        "trust": {"homophily": 0.3, "friend_effect": -0.4, "friend_weeks": 20},
        "population": {"turnover": 0.004},
    },
    "businesses": {
        "ours": {
            "price": 45,
            "known": 0.4,
            "failure_rate": 0.1,
            "lines": 3,
            "channels": {
                "advertising": {"budget_share": 0.5, "ceiling": 0.1, "reminds_customers": 0.5},
                "mail": {"budget_share": 0.5, "ceiling": 0.05, "keep": 0.0},
            },
            "levers": {
                "care": {"budget_share": 0.25, "aim": "frequent"},
                "onboarding": {"budget_share": 0.125},
                "service": {"budget_share": 0.125},
                "reminders": {"budget_share": 0.125},
                "loyalty_scheme": {"budget_share": 0.125},
                "surprise": {"budget_share": 0.125},
                "cross_selling": {"budget_share": 0.125},
            },
            "promotions": {"welcome": {"to": "first_orders", "discount": 0.2}, "sale": {"every_weeks": 10}},
            "strategy": {"growth_goal": {"low": 0.5, "high": 1.0}},
        },
        "rival": {
            "price": 50,
            "known": 0.6,
            "affinity": 0.6,
            "failure_rate": 0.2,
            "levers": {
                "care": {"budget_share": 0.125, "aim": "complainers"},
                "personal_touch": {"budget_share": 0.125},
                "win_back": {"budget_share": 0.25},
                "referral": {"budget_share": 0.5, "gain": 4.0, "reward": 3.0},
            },
            "promotions": {"thanks": {"to": "own_customers", "every_weeks": 7}},
            "backers": {"people": 4, "place": "clustered"},
            "strategy": {"fixed_split": {"acquisition_share": 0.4}},
        },
        "third": {
            "price": 55,
            "known": 0.2,
            "quality": 0.6,
            "failure_rate": 0.3,
            "cash": 200,
            "credit_line": 100,
            "levers": {
                "care": {"budget_share": 0.25, "aim": "promoters"},
                "reminders": {"budget_share": 0.5, "aim": "everybody"},
                "loyalty_scheme": {"budget_share": 0.25},
            },
            "backers": {"people": 3, "place": "hubs"},
        },
    },
}  # fmt: skip
"""Three businesses and a social network, with every mechanism of the model in play."""


def data_with(changes: dict[str, Any], base: dict[str, Any] = LIVELY) -> dict[str, Any]:
    """The base with what stands at dotted paths replaced, one change after the other.

    Parameters
    ----------
    changes : a ``*`` in a path is every name there is; what is to be ``LEFT_OUT`` is removed
    """
    data = copy.deepcopy(base)
    for path, value in changes.items():
        _write(data, path.split("."), value if value is LEFT_OUT else copy.deepcopy(value))
    return data


def _write(place: dict[str, Any], path: list[str], value: Any) -> None:
    name, *rest = path
    if name == "*":
        for each in place:
            _write(place, [each, *rest], value)
    elif rest:
        if name in place or (rest[0] != "*" and value is not LEFT_OUT):  # every name of nothing is none
            _write(place.setdefault(name, {}), rest, value)
    elif value is LEFT_OUT:
        place.pop(name, None)
    else:
        place[name] = copy.deepcopy(value)  # or one change would be written into another


def scenario_with(changes: dict[str, Any], base: dict[str, Any] = LIVELY) -> Scenario:
    """A scenario out of plain data, without the checks that files get: extremes are welcome."""
    return scenario_of(scenario_model().model_validate(data_with(changes, base)), "small")


def lived(changes: dict[str, Any] | Scenario, seed: int = 1, base: dict[str, Any] = LIVELY, **how: Any) -> Market:
    """A market that has lived to its end."""
    scenario = changes if isinstance(changes, Scenario) else scenario_with(changes, base)
    return Market(scenario, seed, **how).run()


def differing_columns(
    one: Market, other: Market, people: int | None = None, businesses: int | None = None
) -> list[str]:
    """Names of the columns that differ, to the bit, among the first people and businesses."""
    found = []
    for name, column in one.world.customers.columns().items():
        part = (slice(people), slice(businesses))[: column.ndim]
        if not np.array_equal(column[part], getattr(other.world.customers, name)[part]):
            found.append(name)
    return found


EIGHT = {f"firm{number}": {"known": number / 8, "affinity": 0.2, "price": 40 + number} for number in range(1, 9)}
CONTRACT = {"rules.need": {"clock": "contract", "renewal_weeks": 4}}
SEGMENTS = {
    "people.segments": {
        "heavy": {"share": 0.25, "need_per_year": 150, "price_sensitivity": {"uniform": {"low": 0, "high": 2}}},
        "light": {"share": 0.75, "need_per_year": {"gamma": {"shape": 0.3, "mean": 10}}, "nothing": 0},
    }
}
VARIANTS: dict[str, dict[str, Any]] = {
    "small_world": {},
    "mixed": {"network": {"mixed": {"listening": 0.3}}},
    "scale_free": {"network": {"scale_free": {"links": 3, "talk_per_friend": 0.05}}},
    "random": {"network": {"random": {"degree": 5.0, "talk_per_friend": 0.05}}},
    "groups": {"network": {"groups": {"size": 7, "talk_per_friend": 0.05}}},
    "contract": CONTRACT,
    "eight_businesses": {"businesses": EIGHT},
    "segments": SEGMENTS,
    "uneven_orders": {"rules.value": {"order_shape": 0.4, "person_shape": 2.0}},
    "equal_orders": {"rules.value": {"order_shape": 0, "person_shape": 0}},
    "meeting_places": {
        "markets": {"north": {"distance": 0.5}, "south": {"distance": 1.0}},
        "people.segments": {
            "northern": {"share": 0.6, "market": "north", "taste": 0.2},
            "southern": {"share": 0.4, "market": "south", "taste": {"beta": {"a": 2, "b": 1}}},
        },
        "rules.choice.fit": 3.0,
        "businesses.ours.markets": {"north": {}, "south": {"enters_week": 5, "known": 0.3, "cost": 10.0}},
        "businesses.ours.position": 0.8,
        "businesses.ours.channels": {
            "email": {"ceiling": 0.2, "reaches": {"northern": 3.0}},
            "affiliate": {"ceiling": 0.5},
            "ally": {"kind": "partner", "of": "rival", "chance": 0.5, "commission": 3.0},
        },
        "businesses.rival.cost_of_position": 0.5,
        "businesses.rival.position": 0.1,
        "businesses.rival.closes_week": 30,
        "businesses.third.opens_week": 8,
    },
    "one_person": {"people.count": 1, "network": {"mixed": {}}},
    "one_business": {"businesses": {"ours": {"known": 1}}},
}
"""Lively worlds, each with another part of the model in play."""
