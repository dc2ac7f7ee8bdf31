"""The census equals a plain recount: classes as books show them, phases of the journey and the moves between them.

Books show orders, and so does the diary of everybody: classes are recounted from that, not from the columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sim.model.market import Market
from sim.model.sight import books_of
from sim.rules.journey import CLASSES, PHASES, phase
from sim.rules.memory import CUSTOMER, NEVER
from sim.rules.need import CONTRACT
from sim.scenario.schema import Scenario
from sim.state.customers import LONG_AGO
from tests.model.every_week import Retold, weeks_of
from tests.small_worlds import CONTRACT as BY_CONTRACT
from tests.small_worlds import lived, scenario_with

AIMED: dict[str, Any] = {
    "people.count": 300,
    "rules.journey.survey_noise": 0.0,
    "time.list_weeks": 52,
    "time.weeks": 80,
    **{
        f"businesses.{name}.levers": {"care": {"aim": "best"}, "referral": {"reward": 3.0}}
        for name in ("ours", "rival", "third")
    },
}
"""Every business aims at some class, so all are counted; surveys are answered truly, so that they can be recounted."""


def recounted(market: Market, diary: Retold, tick: int) -> np.ndarray:
    """Who is in which class, bool (classes, people, businesses): orders from the diary, the rest from columns."""
    people, scenario = market.world.customers, market.scenario
    rules = scenario.rules
    first_tick, last_tick, orders, customer = np.full(
        (4, *people.relation.shape), [[[NEVER]], [[LONG_AGO]], [[0]], [[0]]]
    )
    for table, known in ((first_tick, diary.first), (last_tick, diary.last), (orders, diary.ever)):
        for pair, number in known.items():
            table[pair] = number
    for pair in diary.customers:
        customer[pair] = 1
    first, last, complaint = tick - first_tick, tick - last_tick, tick - people.complaint_tick.astype(int)
    recommended = tick - people.recommended_tick.astype(int)
    listed = customer == 1 if rules.need.clock == CONTRACT else last < scenario.time.list_weeks
    found = {
        "everybody": listed,
        "newcomers": listed & (first <= rules.journey.onboarding_weeks),
        "frequent": listed & (orders * 52 / np.maximum(first, 13) >= rules.journey.frequent_orders),
        "best": listed & (orders >= rules.journey.adopted_orders),
        "dormant": listed & (last >= rules.journey.dormant_weeks),
        "former": ~listed & (last < scenario.time.list_weeks + rules.memory.forgotten_weeks),
        "complainers": listed & (complaint <= 52),
        "recommenders": listed & (recommended <= 52),
        "promoters": listed & (people.satisfaction.astype(float) >= rules.journey.advocate_satisfaction),
    }
    return np.array([found[name] for name in CLASSES])


def plans_of(scenario: Scenario) -> Iterator[tuple[Market, np.ndarray]]:
    """A market at each of its plans, with the classes recounted just before."""
    market, counted = Market(scenario, seed=1, followed=scenario.people), np.zeros((len(CLASSES), 3), int)
    for week in weeks_of(market):
        tick = market.tick - 1  # of the week that has just been lived
        if tick == 0 or (tick - market.opening_tick) % scenario.time.planning_weeks == 0:
            yield market, counted
        counted = recounted(market, week.diary, market.tick).sum(axis=1)


@pytest.mark.parametrize("clock", [{}, BY_CONTRACT])
@pytest.mark.parametrize("represents", [1, 7])
def test_classes_are_those_of_a_plain_recount(clock: dict[str, Any], represents: int) -> None:
    scenario = scenario_with(AIMED | clock | {"people.represents": represents})
    seen = np.zeros(len(CLASSES), int)
    for market, counted in plans_of(scenario):
        for business in market.businesses:
            assert business.classes.tolist() == (represents * counted[:, business.slot]).tolist()
            assert books_of(business).classes == tuple(business.classes)
            seen += business.classes
    assert (seen > 0).all()


def test_a_class_that_is_a_week_off_would_be_noticed() -> None:
    *_, week = weeks_of(Market(scenario_with(AIMED), seed=1, followed=300))
    tick = week.market.tick
    now, later = (recounted(week.market, week.diary, tick + weeks).sum(axis=(1, 2)) for weeks in (0, 1))
    assert (now != later).sum() >= 4


def test_who_left_and_came_back_is_no_newcomer_for_the_books_and_has_all_orders_ever() -> None:
    """Half leave at any occasion and may come back a week later; all ordered long ago, and the books have it all."""
    fickle = {
        "time": {"weeks": 60, "burn_in_weeks": 0, "planning_weeks": 1, "list_weeks": 520},
        "people": {"count": 400, "need_per_year": 150.0, "nothing": 0.0, "leaving": 0.5},
        "rules": {"memory": {"departure_fades": 1.0}},
        "businesses": {"ours": {"known": 1.0, "levers": {"care": {"aim": "newcomers"}}}},
    }
    market = Market(scenario_with(fickle), seed=1)
    while market.tick < 59:
        market.step()
    people, rules = market.world.customers, market.scenario.rules.journey
    mine = people.relation == CUSTOMER
    came_back = mine & (market.tick - people.start_tick.astype(int) <= rules.onboarding_weeks)
    started_afresh = mine & (people.orders < rules.adopted_orders)
    market.step()
    found = dict(zip(CLASSES, market.businesses[0].classes.tolist(), strict=True))
    assert found["newcomers"] == 0 and came_back.sum() > 100 and started_afresh.sum() > 100
    assert found["best"] == found["frequent"] == found["everybody"] == 400


def test_a_survey_errs_the_same_way_for_a_quarter_and_then_otherwise() -> None:
    """Nobody's satisfaction moves and everybody is on the list, so only the error of the answers can."""
    still = {
        "time": {"weeks": 78, "burn_in_weeks": 0, "planning_weeks": 1, "list_weeks": 520},
        "people": {"count": 400, "need_per_year": 150.0, "nothing": 0.0, "leaving": 0.0},
        "rules": {"satisfaction": {"speed": 0.0}, "journey": {"survey_noise": 0.2}},
        "businesses": {"ours": {"known": 1.0, "levers": {"care": {"aim": "promoters"}}}},
    }
    market = Market(scenario_with(still), seed=1)
    found = []
    while market.tick < market.last_tick:
        market.step()
        found.append(int(market.businesses[0].classes[CLASSES.index("promoters")]))
    quarters = [found[week : week + 13] for week in range(26, 78, 13)]
    assert all(len(set(quarter)) == 1 for quarter in quarters)
    assert len({quarter[0] for quarter in quarters}) > 1
    assert 400 * 0.05 < np.mean(found[26:]) < 400 * 0.3  # a feeling of 0.3 reads as 0.5 or more one time in six


def test_classes_are_counted_only_for_those_who_aim_at_some() -> None:
    market = lived({"businesses.ours.levers": {"care": {"budget_share": 1.0, "aim": "everybody"}}})
    assert not market.businesses[0].classes.any()
    assert market.businesses[1].classes.any()


def test_everybody_stands_somewhere_exactly_once_and_moves_lead_from_one_count_to_the_next() -> None:
    market = lived({"people.represents": 3})
    people, census = market.scenario.market_size, market.census
    assert census.weeks == [*range(0, 50, 4), 50]
    assert len(census.phases) == len(census.moves) == len(census.weeks)
    assert all((counts.sum(axis=1) == people).all() for counts in census.phases)
    assert not census.moves[0].any()
    for before, moves, after in zip(census.phases[:-1], census.moves[1:], census.phases[1:], strict=True):
        assert np.array_equal(moves.sum(axis=2), before)
        assert np.array_equal(moves.sum(axis=1), after)
    assert (sum(census.phases).sum(axis=0) > 0).sum() == len(PHASES)
    stay = sum(int(np.trace(moves[slot])) for moves in census.moves for slot in range(3))
    assert 0 < stay < sum(int(moves.sum()) for moves in census.moves)


@pytest.mark.parametrize("week", [40, 50])
def test_phases_are_those_of_the_last_weeks_close(week: int) -> None:
    market = Market(scenario_with({}), seed=1)
    while market.week < week:
        market.step()
    people, tick = market.world.customers, market.tick - 1
    counted = np.zeros((3, len(PHASES)), int)
    for row in range(market.scenario.people):
        for slot in range(3):
            state = (people.relation, people.orders, tick - people.start_tick.astype(int))
            relation, orders, age = (int(column[row, slot]) for column in state)
            counted[
                slot, phase(relation, orders, age, float(people.satisfaction[row, slot]), market.scenario.rules.journey)
            ] += 1
    if week < 50:
        market.step()
    assert market.census.weeks[-1] == week
    assert np.array_equal(market.census.phases[-1], counted)
