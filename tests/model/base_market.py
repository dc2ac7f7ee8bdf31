"""What the base market does, in the measures of the literature: one function each, and the worlds they are taken from.

A measure of one life is an array over businesses (ours, incumbent_a, incumbent_b), or one number where it speaks of the
whole market. Years count from week 0; year -1 is the last one before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from sim.model.history import Line
from sim.model.market import Market, Snapshot
from sim.rules.memory import CUSTOMER
from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from sim.state.diary import ORDER
from sim.state.tally import Item

YEAR = 52
OURS, LEADER = 0, 1
WEEK, PERSON, BUSINESS, KIND, AMOUNT = range(5)
FIVE_YEARS = range(5)


@dataclass(frozen=True)
class Life:
    """One world, lived to its end, with everybody's orders."""

    market: Market

    @cached_property
    def orders(self) -> np.ndarray:
        """int64 (orders, 4): week, person, business, amount in minor units."""
        events = np.concatenate(self.market.followed_events)
        return events[events[:, KIND] == ORDER][:, [WEEK, PERSON, BUSINESS, AMOUNT]]

    @property
    def people(self) -> int:
        return self.market.scenario.people

    def of_year(self, year: float, counted: str = "orders") -> np.ndarray:
        """Orders, or money in minor units, of each person at each business in one year: (people, businesses)."""
        week, person, business, amount = self.orders.T
        inside = (week >= YEAR * year) & (week < YEAR * (year + 1))
        table = np.zeros((self.people, len(self.market.businesses)))
        weight = amount[inside] if counted == "money" else 1.0
        np.add.at(table, (person[inside], business[inside]), weight)
        return table

    def lines_of_year(self, year: int) -> np.ndarray:
        """The history of one year: (weeks, businesses, entries)."""
        start = self.market.opening_tick + YEAR * year
        return self.market.history[start : start + YEAR]

    def flow(self, year: int, *entries: int) -> np.ndarray:
        """The sum of some entries over one year, of each business."""
        return self.lines_of_year(year)[:, :, list(entries)].sum(axis=(0, 2)).astype(float)


@cache
def lives(worlds: int, name: str = "base", weeks: int = 5 * YEAR) -> list[Life]:
    """A bundled market, lived in the worlds of seeds 1, 2, 3 ..."""
    scenario = load_scenario(name, [f"time.weeks={weeks}"])
    return [Life(Market(scenario, seed, followed=scenario.people).run()) for seed in range(1, worlds + 1)]


Measure = Callable[[Life], np.ndarray | float]


def mean_over(worlds: Sequence[Life], measure: Measure) -> np.ndarray:
    """A measure, averaged over lives."""
    return np.mean([measure(life) for life in worlds], axis=0)


# ------------------------------------------------------------------------------------------------------------- buyers


def penetration(life: Life, year: int = 0) -> np.ndarray:
    """Share of people who ordered in the year."""
    return (life.of_year(year) > 0).mean(axis=0)


def orders_per_buyer(life: Life, year: int = 0) -> np.ndarray:
    table = life.of_year(year)
    return table.sum(axis=0) / (table > 0).sum(axis=0)


def double_jeopardy_slope(life: Life, year: int = 0) -> float:
    """Slope of log orders per buyer on log penetration over businesses."""
    return float(np.polyfit(np.log(penetration(life, year)), np.log(orders_per_buyer(life, year)), 1)[0])


def buyers_who_return(life: Life, year: int = 0) -> np.ndarray:
    """Share of a year's buyers who buy in the next year too."""
    now, later = life.of_year(year) > 0, life.of_year(year + 1) > 0
    return (now & later).sum(axis=0) / now.sum(axis=0)


def money_retention(life: Life, year: int = 0) -> np.ndarray:
    """What a year's buyers pay in the next year over what they paid in this one."""
    now, later = life.of_year(year, "money"), life.of_year(year + 1, "money")
    return (later * (now > 0)).sum(axis=0) / now.sum(axis=0)


def still_buying(life: Life, years: int = 5) -> np.ndarray:
    """Share of first-time buyers, of all businesses, who order in the k-th year after their first order: (years,).

    The cohort is everybody whose first order from a business falls in the two years before week 0.
    """
    week, person, business, _ = life.orders.T
    first = np.full((life.people, len(life.market.businesses)), np.iinfo(np.int64).max)
    np.minimum.at(first, (person, business), week)
    cohort = (first >= -2 * YEAR) & (first < 0)
    since = week - first[person, business]
    tenure = (since - 1) // YEAR
    active = np.zeros((years, *first.shape), bool)
    later = (since > 0) & (tenure < years)
    active[tenure[later], person[later], business[later]] = True
    return (active & cohort).sum(axis=(1, 2)) / cohort.sum()


def yearly_retention(life: Life) -> np.ndarray:
    """Of those still buying in one year after their first order, the share in the next: (years,)."""
    survival = still_buying(life)
    return survival / np.concatenate([[1.0], survival[:-1]])


def share_of_top_fifth(amounts: np.ndarray) -> float:
    """What the largest fifth of the positive amounts adds to, as a share of all.

    Check
    -----
    >>> share_of_top_fifth(np.array([0, 0, 1, 1, 1, 1, 1])), share_of_top_fifth(np.array([6, 1, 1, 1, 1]))
    (0.2, 0.6)
    """
    positive = np.sort(amounts[amounts > 0])[::-1]
    return float(positive[: round(len(positive) / 5)].sum() / positive.sum())


def concentration(life: Life, counted: str, year: int = 0) -> np.ndarray:
    """Share of a year's orders or money that the top fifth of buyers bring."""
    return np.array([share_of_top_fifth(column) for column in life.of_year(year, counted).T])


def heavy_who_leave(life: Life, year: int = 0) -> np.ndarray:
    """Share of the top fifth of buyers, by orders and then money, who are not in the next year's top fifth."""
    now, later = top_buyers(life, year), top_buyers(life, year + 1)
    return np.array([1.0 - len(a & b) / len(a) for a, b in zip(now, later, strict=True)])


def top_buyers(life: Life, year: int) -> list[set[int]]:
    orders, money = life.of_year(year), life.of_year(year, "money")
    ranked = [np.lexsort((-money[:, j], -orders[:, j])) for j in range(orders.shape[1])]
    return [set(rows[: round((orders[:, j] > 0).sum() / 5)].tolist()) for j, rows in enumerate(ranked)]


def duplication(life: Life, year: int = 0) -> np.ndarray:
    """Share of the other businesses' buyers who also buy here, over penetration here: one coefficient a business."""
    bought = life.of_year(year) > 0
    alone, both = bought.mean(axis=0), (bought.T.astype(float) @ bought) / life.people
    coefficient = both / np.outer(alone, alone)
    others = ~np.eye(len(alone), dtype=bool)
    return np.array([coefficient[others[:, j], j].mean() for j in range(len(alone))])


# ------------------------------------------------------------------------------------------------- talk and awareness


def good_to_bad_stories(life: Life) -> np.ndarray:
    """Good stories told for each bad one, over the five years."""
    told = [[life.flow(year, item) for year in FIVE_YEARS] for item in (Item.GOOD_STORIES, Item.BAD_STORIES)]
    good, bad = np.sum(told, axis=1)
    return good / bad


def told_share(life: Life, year: int = 0) -> np.ndarray:
    """Share of new customers who first heard of the business from a friend."""
    return life.flow(year, Item.NEW_TOLD) / life.flow(year, Item.NEW)


def aware(life: Life, year: int = 0) -> np.ndarray:
    """Share of people who know the business at the end of the year."""
    return life.lines_of_year(year)[-1, :, Line.PEOPLE_AWARE] / life.people


def satisfaction(life: Life) -> np.ndarray:
    """Mean, standard deviation and share at the floor of customers' satisfaction, at the end: (3, businesses)."""
    people = life.market.world.customers
    feelings = zip(people.satisfaction.T.astype(float), people.relation.T, strict=True)
    columns = [felt[relation == CUSTOMER] for felt, relation in feelings]
    return np.array([[c.mean() for c in columns], [c.std() for c in columns], [(c <= -0.999).mean() for c in columns]])


# ------------------------------------------------------------------------------------------------------------- money


def revenue(life: Life, year: int = 0) -> np.ndarray:
    """Money of one year, in minor units."""
    return life.flow(year, Item.REVENUE)


def market_share(life: Life, year: int = 0) -> np.ndarray:
    return revenue(life, year) / revenue(life, year).sum()


def cost_over_first_margin(life: Life, year: int = 0) -> np.ndarray:
    """Blended cost of winning a customer over the contribution margin of a mean order."""
    won = life.flow(year, Item.NEW, Item.RETURNED)
    margin = (life.flow(year, Item.REVENUE) - life.flow(year, Line.COST_OF_GOODS)) / life.flow(year, Item.ORDERS)
    return life.flow(year, Line.ACQUISITION_SPEND) / won / margin


# -------------------------------------------------------------------------------------------------------- what if


@cache
def past(seed: int) -> Snapshot:
    """The base market at week 0, from which futures start that share everything before."""
    market = Market(load_scenario("base"), seed)
    while market.week < 0:
        market.step()
    return market.snapshot()


def futures(worlds: int, scenario: Scenario, slot: int, price: float | None = None) -> np.ndarray:
    """Orders of one business in every week from week 0 on, in each world: (worlds, weeks).

    Parameters
    ----------
    price : what the business asks from week 0 on, if not what it always asked
    """
    found = []
    for seed in range(1, worlds + 1):
        market = Market(scenario, seed).resume(past(seed))
        business = market.businesses[slot]
        if price is not None:
            offering = business.description.offering._replace(price=price)
            business.description = business.description._replace(offering=offering)
        market.run()
        found.append(market.history[market.opening_tick :, slot, Item.ORDERS])
    return np.array(found, float)


def elasticity(low: np.ndarray, high: np.ndarray, ratio: float) -> float:
    """Change of the logarithm of a quantity, summed over worlds and weeks, per logarithm of the ratio of its cause.

    Check
    -----
    >>> elasticity(np.array([10.0, 30.0]), np.array([5.0, 15.0]), 2.0)
    -1.0
    """
    return float(np.log(high.sum() / low.sum()) / np.log(ratio))


def price_elasticity(worlds: int, slot: int) -> float:
    """Of orders in a quarter, from a price a tenth lower to a price a tenth higher."""
    scenario = load_scenario("base", [f"time.weeks={YEAR // 4}"])
    price = scenario.businesses[slot].offering.price
    return elasticity(*(futures(worlds, scenario, slot, price * factor) for factor in (0.9, 1.1)), 1.1 / 0.9)


def money_elasticity(worlds: int, of: str) -> np.ndarray:
    """Of our orders in the first quarter, the first year and the third year, from half to twice one kind of money.

    Parameters
    ----------
    of : 'winning' or 'keeping'; the other half of the status quo's money stays as it is
    """
    ours = load_scenario("base").businesses[OURS].strategy
    usual = {"winning": ours.spend_per_year * ours.acquisition_share}
    usual["keeping"] = ours.spend_per_year - usual["winning"]
    orders = []
    for factor in (0.5, 2.0):
        money = usual | {of: usual[of] * factor}
        total = sum(money.values())
        plan = f"{{spend_per_year: {total}, acquisition_share: {money['winning'] / total}}}"
        changed = [f"time.weeks={3 * YEAR}", f"businesses.ours.strategy={{fixed_budget: {plan}}}"]
        orders.append(futures(worlds, load_scenario("base", changed), OURS))
    periods = (slice(0, YEAR // 4), slice(0, YEAR), slice(2 * YEAR, 3 * YEAR))
    return np.array([elasticity(orders[0][:, period], orders[1][:, period], 4.0) for period in periods])
