"""The plain Mesa model keeps its own books right, knows what it leaves out, and comes to the same as the package."""

from __future__ import annotations

import pytest

from benchmarks.agreement import CORE, FALSE_ALARM, LIVELY, MUTANTS, agreement, scenario_of
from benchmarks.core import check_core
from benchmarks.plain_customer import AWARE, CUSTOMER, STRANGER
from benchmarks.plain_mesa import PlainMarket
from sim.scenario.load import load_scenario
from tests.alphas import alpha_of


def lived(people: int = 150, weeks: int = 70) -> PlainMarket:
    market = PlainMarket(scenario_of(people, LIVELY).resolved, 1)
    for _ in range(weeks):
        market.step()
    return market


def test_counts_of_a_business_are_what_its_people_say() -> None:
    market = lived()
    for place, business in enumerate(market.businesses):
        bonds = [person.bonds[place] for person in market.customers]
        mine = [bond for bond in bonds if bond.relation == CUSTOMER]
        assert business.customers == len(mine) > 0
        assert business.aware == sum(bond.relation != STRANGER for bond in bonds) > len(mine)
        assert business.listed == sum(market.week - 1 - bond.last_week < market.list_weeks for bond in bonds)
        assert business.satisfaction == pytest.approx(sum(bond.satisfaction for bond in mine))
    reported = market.datacollector.model_vars
    assert reported["customers"][-1] == [business.customers for business in market.businesses]
    assert len(reported["orders"]) == 70


def test_names_are_forgotten_in_the_week_that_was_drawn() -> None:
    market = lived()
    due = [bond.due_week for person in market.customers for bond in person.bonds if bond.relation == AWARE]
    assert due
    assert min(due) >= market.week


def test_everybody_has_friends_and_friendship_is_mutual() -> None:
    market = lived(weeks=0)
    people = list(market.customers)
    assert sum(len(person.friends) for person in people) == 8 * len(people)
    for person in people:
        assert person not in person.friends
        assert len(set(person.friends)) == len(person.friends)
        assert all(person in friend.friends for friend in person.friends)


@pytest.mark.parametrize(
    "setting",
    [
        "rules.journey.remorse=0.1",
        "rules.population.turnover=0.001",
        "network={mixed: {listening: 0.1}}",
        "businesses.ours.lines=2",
        "businesses.ours.levers.care.budget_share=0.5,businesses.ours.levers.service.budget_share=0.5",
    ],
)
def test_a_mechanism_that_it_leaves_out_is_refused(setting: str) -> None:
    check_core(scenario_of(100, CORE).resolved)
    settings = [each for each in CORE if each.partition("=")[0] != setting.partition("=")[0]]
    with pytest.raises(ValueError, match="knows the core of base only"):
        PlainMarket(load_scenario("base", [*settings, *setting.split(",")]).resolved, 1)


@pytest.mark.slow
@pytest.mark.parametrize("settings", [CORE, LIVELY], ids=["core", "lively"])
def test_plain_mesa_and_the_package_come_to_the_same(settings: tuple[str, ...]) -> None:
    """Twenty-four Welch tests share one chance of a false alarm."""
    assert alpha_of("benchmarks/test_plain_mesa.py") == FALSE_ALARM
    found = agreement(settings)
    assert found.p_values.shape == (8, 3)
    assert found.agrees


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_wrong_rule_is_noticed(mutant: str) -> None:
    assert not agreement(LIVELY, mutant=mutant).agrees
