"""In `complete` every mechanism of the model is on; what is new is missed here as long as it is not."""

from __future__ import annotations

from functools import cache

import pytest

from sim.model.market import Market
from sim.scenario.load import load_scenario
from sim.scenario.models import scenario_model, scenario_of
from sim.scenario.schema import Scenario
from tests.every_mechanism import MECHANISMS, Changes
from tests.small_worlds import data_with

FEWER = ["people.count=300", "time.burn_in_weeks=104", "businesses.ours.fixed_cost_per_year=200"]
"""So that a life takes a second; a shop with so few customers could not pay its rent."""
ANOTHER_CLOCK = {"contracts"}
"""Where people need something now and then, no contracts end."""
SELDOM = {"insolvency"}
"""On, but nothing happens by it while nobody owes too much."""


def complete(changes: Changes) -> Scenario:
    """The scenario on a small scale, with some changes."""
    data = data_with(changes, load_scenario("complete", FEWER).resolved)
    return scenario_of(scenario_model().model_validate(data), "small")


@cache
def life(scenario: str = "") -> str:
    return Market(complete(MECHANISMS[scenario].off[-1] if scenario else {}), 1).run().result_hash()


@pytest.mark.parametrize("name", sorted({*MECHANISMS} - ANOTHER_CLOCK))
def test_every_mechanism_is_on(name: str) -> None:
    """None of the ways to do without it is what the scenario says."""
    as_it_is = complete({}).resolved
    assert [way for way in MECHANISMS[name].off if complete(way).resolved == as_it_is] == []


@pytest.mark.parametrize("name", sorted({*MECHANISMS} - ANOTHER_CLOCK - SELDOM))
def test_every_mechanism_changes_somebodys_life(name: str) -> None:
    assert life(name) != life()


def test_the_exceptions_are_off_or_idle() -> None:
    """Else they would be none."""
    assert all(complete(MECHANISMS[name].off[0]).resolved == complete({}).resolved for name in ANOTHER_CLOCK)
    assert all(life(name) == life() for name in SELDOM)
