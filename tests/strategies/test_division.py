"""A plan may divide its money among channels and levers and set its prices; one that does not leaves it as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from examples.thrifty import Thrifty
from sim.model.history import SPENT, WON, Line
from sim.model.market import Market
from sim.model.programmes import MOST_CHANNELS
from sim.rules.journey import BEST
from sim.rules.retention import Levers
from sim.state.tally import Item
from sim.strategies.books import Books, Decision, possible
from tests.strategies.some_books import ANY_BOOKS, followed, following, lively
from tests.strategies.test_contract import SETTINGS, complaints

USED = lively().businesses[0]


def shares(*wanted: str, of: tuple[str, ...] = Levers._fields) -> tuple[float, ...]:
    """Equal parts for some, nothing for the others."""
    return tuple((name in wanted) / len(wanted) for name in of)


class Divides:
    """Spends a fifth of revenue and says the same of everything else at every plan, or from a week on."""

    def __init__(self, from_week: int = -1000, **decided: Any) -> None:
        self.from_week, self.decided = from_week, decided

    def plan(self, books: Books) -> Decision:
        spend = max(0.2 * books.volume.revenue, 20.0)
        return Decision(spend, 0.5, **(self.decided if books.week >= self.from_week else {}))


def spent(market: Market, first: int = 0) -> np.ndarray:
    """Of the first business on each programme from a week on."""
    return market.programmes[market.opening_tick + first :, 0, :, SPENT].sum(axis=0)


def life(strategy: Divides, **changes: Any) -> Market:
    return following(strategy, lively(**changes)).run()


def test_to_decide_what_the_scenario_says_changes_nothing_to_the_bit() -> None:
    as_it_is = {
        "channels": tuple(channel.budget_share for channel in USED.channels.values()),
        "levers": tuple(lever.budget_share for lever in USED.levers._asdict().values()),
        "prices": (USED.offering.price, USED.offering.price),
    }
    silent = life(Divides()).result_hash()
    assert [life(Divides(**{name: value})).result_hash() for name, value in as_it_is.items()] == [silent] * 3


def test_money_goes_where_the_plan_says_from_its_week_on() -> None:
    market = life(Divides(from_week=48, channels=shares("mail", of=tuple(USED.channels)), levers=shares("surprise")))
    before, after = spent(market), spent(market, 48)
    surprise = MOST_CHANNELS + Levers._fields.index("surprise")
    assert (before - after)[:2].all() and after[0] == 0 < after[1]
    assert after[surprise] > 0 and after[MOST_CHANNELS:-2].sum() == after[surprise]
    assert (market.world.offers.let_through[0] == 1.0).all()  # what nobody pays for does nothing


def test_a_lever_that_a_plan_aims_for_the_first_time_works_from_that_plan_on() -> None:
    """Until then nobody had counted whom it is aimed at."""
    everybody = {f"businesses__ours__levers__{name}__aim": "everybody" for name in ("care", "reminders")}
    care = {f"businesses__ours__levers__{name}__budget_share": share for name, share in
            (("care", 1.0), ("onboarding", 0.0), ("service", 0.0), ("reminders", 0.0), ("loyalty_scheme", 0.0),
             ("surprise", 0.0), ("cross_selling", 0.0))}  # fmt: skip
    market = life(Divides(from_week=48, levers=shares("personal_touch")), **everybody | care)
    touch = market.programmes[market.opening_tick :, 0, MOST_CHANNELS + Levers._fields.index("personal_touch"), SPENT]
    assert not touch[:48].any() and touch[48] > 0
    assert market.businesses[0].classes[BEST] > 0


def test_new_people_and_old_pay_what_the_plan_says() -> None:
    """Everybody pays 45 or, if new, 30; promotions are off. Goods that are handed over stay the same goods."""
    plain = {"businesses__ours__promotions": {}, "rules__choice__reference_moves": 0.0}
    market = life(Divides(prices=(30.0, 45.0)), **plain)
    line = market.history[market.opening_tick :, 0].sum(axis=0)
    first = line[Item.FIRST_LIST_VALUE]
    assert first > 0
    assert line[Item.REVENUE] == pytest.approx(line[Item.LIST_VALUE] - first * (1.0 - 30.0 / 45.0), rel=1e-4)
    assert line[Line.COST_OF_GOODS] == pytest.approx(line[Item.LIST_VALUE] * 27.5 / 45.0, rel=1e-4)
    told = [rival.price for rival in followed(Divides(prices=(30.0, 45.0)), lively(**plain))[1][-1][0].rivals]
    assert 30.0 not in told  # the first business is nobody's rival in its own books


def test_a_status_quo_that_divides_leaves_nothing_behind_in_a_resumed_run() -> None:
    scenario = lively()
    market = Market(scenario, 1)
    market.businesses[0].description = market.businesses[0].description._replace(
        status_quo=Divides(levers=shares("reminders", "surprise"), prices=(40.0, 44.0))
    )
    while market.week < 0:
        market.step()
    copy = Market(scenario, 1).resume(market.snapshot())
    assert copy.run().result_hash() == market.run().result_hash()


@pytest.mark.parametrize(
    ("decided", "reason"),
    [
        ({"channels": (1.0,)}, r"on 1 parts for its channels, of which it has 2: advertising, mail"),
        ({"levers": (0.5, 0.5)}, r"on 2 parts for its levers, of which it has 10: care, onboarding"),
        ({"prices": (45.0, 451.0)}, r"on a price of 451, which is not within 0\.1 to 10 times 45"),
        ({"channels": (0.5, 0.4)}, r"channels=.*must be None or a tuple of shares that add to 1"),
        ({"channels": (1.5, -0.5)}, r"channels=.*must be None or a tuple of shares that add to 1"),
        ({"levers": {"care": 1.0}}, r"levers=.*must be None or a tuple of shares that add to 1"),
        ({"prices": (45.0,)}, r"prices=.*must be None or two numbers above 0, for new people and for old"),
        ({"prices": (0.0, 45.0)}, r"prices=.*must be None or two numbers above 0, for new people and for old"),
    ],
)
def test_what_a_business_cannot_do_is_refused_in_words(decided: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=r"in week 0 the strategy Divides of 'ours' decided.*" + reason):
        life(Divides(**decided))


def test_who_is_paid_per_customer_gets_no_budget() -> None:
    agents = {"businesses__ours__channels__agents": {"kind": "affiliate", "budget_share": 0.0}}
    with pytest.raises(ValueError, match=r"to give 0\.2 of the winning money to agents, which is paid per"):
        life(Divides(channels=(0.4, 0.4, 0.2)), **agents)


# -- the documented example --------------------------------------------------------------------------------------------


@SETTINGS
@given(seen=ANY_BOOKS)
def test_the_thrifty_plan_keeps_the_contract(seen: Books) -> None:
    """Of books that a business can have: its channels' shares add to 1, or it has none."""
    whole = sum(each.share for each in seen.channels)
    channels = tuple(each._replace(share=each.share / whole) for each in seen.channels) if whole else ()
    strategy, seen = Thrifty(), seen._replace(channels=channels)
    assert list(complaints(strategy, seen)) == []
    assert possible(strategy.plan(seen)).channels is None or channels


def test_the_thrifty_plan_gives_most_to_the_channel_that_wins_most_for_its_money() -> None:
    """One channel reaches ten times as many for the same money."""
    dear = {"businesses__ours__channels__mail__ceiling": 0.005}
    market, plans = followed(Thrifty(), lively(**dear))
    divided = [decision.channels for _, decision in plans if decision.channels]
    assert len(divided) == len(plans) and all(parts[0] > 0.6 for parts in divided)  # the scenario says one half
    won, money = market.programmes[:, 0, :2, WON].sum(axis=0), spent(market)[:2]
    assert won[0] / money[0] > won[1] / money[1]
