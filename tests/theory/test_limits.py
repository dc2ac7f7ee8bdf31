"""What contracts forbid. Published limits are checks of `validate`, see tests/experiment/test_validation.py."""

import numpy as np

from sim.model.history import Line
from sim.model.market import Market
from sim.scenario.models import scenario_model, scenario_of

ALL_OFF = {
    "choice": {"loyalty": 0.0, "habit": 0.0},
    "defection": {"satisfaction_effect": 0.0},
    "satisfaction": {"speed": 0.0, "adaptation": 0.0},
    "acquisition": {"offer_makes_occasion": 0.0, "push": 0.0},
    "memory": {"name_forgotten": 0.0, "departure_fades": 0.0, "win_back": 0.0, "forgotten_weeks": 30_000},
}
NO_MONEY = {"fixed_split": {"spend_share": 0.0}}


def market(seed: int, weeks: int, people: dict, businesses: dict, **changes) -> Market:
    """A world that begins at week 0 with everything off but what is asked for."""
    plain = {"leaving": 0.0, "price_sensitivity": 0.0, "nothing": 0.0}
    quiet = {"status_quo": NO_MONEY, "strategy": NO_MONEY, "known": 1.0}
    data = {
        "schema": 1,
        "people": plain | people,
        "network": {"mixed": {"listening": 0.0}},
        "rules": ALL_OFF,
        "time": {"weeks": weeks, "burn_in_weeks": 0, "list_weeks": 30_000, "planning_weeks": 1},
        "businesses": {name: quiet | business for name, business in businesses.items()},
    } | changes
    return Market(scenario_of(scenario_model().model_validate(data), "limit"), seed).run()


def orders_of(world: Market) -> np.ndarray:
    return world.world.customers.orders.astype(int)


def test_under_contract_nothing_is_bought_twice_or_elsewhere():
    rules = ALL_OFF | {
        "need": {"clock": "contract", "renewal_weeks": 52},
        "memory": ALL_OFF["memory"] | {"forgotten_weeks": 30},
    }
    firms = {"one": {"affinity": 1.0}, "two": {"affinity": 1.0}}
    world = market(8, 140, {"count": 3_000, "need_per_year": 60.0}, firms, rules=rules)
    contracts = (world.world.customers.relation == 2).sum(axis=1)
    assert contracts.max() == 1  # one contract at a time, and none is forgotten while it runs
    assert (orders_of(world).max(axis=1) == 3).mean() > 0.95  # signed in the first weeks, renewed twice
    assert np.array_equal(world.history[:, :, Line.CUSTOMERS], world.history[:, :, Line.LISTED_CUSTOMERS])
