"""What we measure: one function each, with unit, better direction and meaning.

A metric is written once and serves both views of a run: ``weekly``, where every quantity is an array (weeks,
businesses), and ``whole``, where flows are summed over the run and stocks are those of the last week, so every
quantity is an array (businesses,). Books see only some of this: who truly lives is for the scientist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from sim.model.history import Line
from sim.rules.value import lifetime_years
from sim.state.tally import MICRO, Item

YEAR = 52
FLOWS = {item.name.lower(): int(item) for item in Item if item not in (Item.AWARE, Item.SATISFACTION)} | {
    "cost_of_goods": int(Line.COST_OF_GOODS),
    "acquisition_spend": int(Line.ACQUISITION_SPEND),
    "retention_spend": int(Line.RETENTION_SPEND),
}
STOCKS = {
    "cash": int(Line.CASH),
    "customers": int(Line.CUSTOMERS),
    "listed_customers": int(Line.LISTED_CUSTOMERS),
    "people_aware": int(Line.PEOPLE_AWARE),
    "satisfaction_sum": int(Line.SATISFACTION_SUM),
}
MONEY = ("revenue", "revenue_from_opening_customers", "cost_of_goods", "acquisition_spend", "retention_spend", "cash")
Measure = Callable[[SimpleNamespace], np.ndarray]


@dataclass(frozen=True)
class Metric:
    """A measured quantity; ``better``: higher, lower or neither; ``kind``: flow, stock, ratio or run."""

    id: str
    label: str
    unit: str
    better: str
    kind: str
    meaning: str
    measure: Measure


METRICS: dict[str, Metric] = {}
"""Every metric by its id, in the order of reports."""


def metric(label: str, unit: str, better: str, kind: str) -> Callable[[Measure], Measure]:
    """Register a function of a view as a metric; its docstring is the definition readers see."""

    def register(measure: Measure) -> Measure:
        name = measure.__name__
        METRICS[name] = Metric(name, label, unit, better, kind, (measure.__doc__ or "").strip(), measure)
        return measure

    return register


def ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """A quotient that is undefined (NaN) where there is nothing to divide by."""
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    return np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=whole != 0.0)


# --------------------------------------------------------------------------------------------------------------- money


@metric("profit", "money", "higher", "flow")
def profit(v: SimpleNamespace) -> np.ndarray:
    """Revenue less cost of goods and all marketing money."""
    return v.revenue - v.cost_of_goods - v.acquisition_spend - v.retention_spend


@metric("revenue", "money", "higher", "flow")
def revenue(v: SimpleNamespace) -> np.ndarray:
    """Money paid by customers."""
    return v.revenue


@metric("customers", "people", "higher", "stock")
def customers(v: SimpleNamespace) -> np.ndarray:
    """People with a live relationship: they bought and have not left. Only the scientist sees who has silently gone."""
    return v.customers


@metric("satisfaction of customers", "-1..1", "higher", "stock")
def satisfaction(v: SimpleNamespace) -> np.ndarray:
    """Mean satisfaction of customers."""
    return ratio(v.satisfaction_sum, v.customers)


@metric("cash", "money", "higher", "stock")
def cash(v: SimpleNamespace) -> np.ndarray:
    """Money in hand at the week's close; negative when the bank has lent some."""
    return v.cash


@metric("cost of winning a customer", "money per customer", "lower", "ratio")
def customer_acquisition_cost(v: SimpleNamespace) -> np.ndarray:
    """Blended: acquisition spend over all customers won, new and won back, whatever brought them."""
    return ratio(v.acquisition_spend, v.new + v.won_back)


@metric("lifetime value of a customer", "money per customer", "higher", "stock")
def customer_lifetime_value(v: SimpleNamespace) -> np.ndarray:
    """Expected discounted margin before acquisition cost: last year's margin per listed customer and its retention."""
    margin = ratio(v.year_revenue - v.year_cost_of_goods, v.year_mean_listed)
    return margin * lifetime_years(retention_rate(v), v.discount_rate)


@metric("contribution margin", "money", "higher", "flow")
def contribution_margin(v: SimpleNamespace) -> np.ndarray:
    """Revenue less cost of goods, before marketing."""
    return v.revenue - v.cost_of_goods


@metric("spent on winning customers", "money", "neither", "flow")
def acquisition_spend(v: SimpleNamespace) -> np.ndarray:
    """Money paid to channels."""
    return v.acquisition_spend


@metric("spent on keeping customers", "money", "neither", "flow")
def retention_spend(v: SimpleNamespace) -> np.ndarray:
    """Money paid for retention levers."""
    return v.retention_spend


@metric("revenue from opening customers", "money", "neither", "flow")
def revenue_from_opening_customers(v: SimpleNamespace) -> np.ndarray:
    """Revenue from people who were customers at week 0 and never left since: the old customers."""
    return v.revenue_from_opening_customers


@metric("revenue from customers won since", "money", "neither", "flow")
def revenue_from_won_customers(v: SimpleNamespace) -> np.ndarray:
    """Revenue from relationships that began at week 0 or later: the new customers."""
    return v.revenue - v.revenue_from_opening_customers


@metric("share of revenue from customers won since", "share of revenue", "neither", "ratio")
def won_customers_share(v: SimpleNamespace) -> np.ndarray:
    """The part of revenue that comes from relationships that began at week 0 or later."""
    return ratio(v.revenue - v.revenue_from_opening_customers, v.revenue)


@metric("market share", "share of revenue", "higher", "ratio")
def market_share(v: SimpleNamespace) -> np.ndarray:
    """Revenue over the revenue of all businesses."""
    return ratio(v.revenue, np.sum(v.revenue, axis=-1, keepdims=True))


@metric("average order value", "money per order", "higher", "ratio")
def average_order_value(v: SimpleNamespace) -> np.ndarray:
    """Revenue over orders."""
    return ratio(v.revenue, v.orders)


# -------------------------------------------------------------------------------------------------------------- people


@metric("orders", "orders", "higher", "flow")
def orders(v: SimpleNamespace) -> np.ndarray:
    """Orders placed."""
    return v.orders


@metric("new customers", "people", "higher", "flow")
def new_customers(v: SimpleNamespace) -> np.ndarray:
    """First orders of people who were never customers, or whom both sides have forgotten."""
    return v.new


@metric("customers won back", "people", "higher", "flow")
def won_back_customers(v: SimpleNamespace) -> np.ndarray:
    """First orders of people who had been customers before."""
    return v.won_back


@metric("customers lost", "people", "lower", "flow")
def lost_customers(v: SimpleNamespace) -> np.ndarray:
    """Relationships that ended, for whatever reason."""
    return v.lost_need_gone + v.lost_dissatisfied + v.lost_forgotten + v.lost_to_rival + v.lost_to_price


@metric("lost: need gone", "people", "lower", "flow")
def lost_need_gone(v: SimpleNamespace) -> np.ndarray:
    """Left although not dissatisfied."""
    return v.lost_need_gone


@metric("lost: dissatisfied", "people", "lower", "flow")
def lost_dissatisfied(v: SimpleNamespace) -> np.ndarray:
    """Left because dissatisfaction tipped the scale."""
    return v.lost_dissatisfied


@metric("lost: forgotten", "people", "lower", "flow")
def lost_forgotten(v: SimpleNamespace) -> np.ndarray:
    """No order for so long that there is no relationship any more."""
    return v.lost_forgotten


@metric("lost: to rivals", "people", "lower", "flow")
def lost_to_rivals(v: SimpleNamespace) -> np.ndarray:
    """Forgotten while buying from a rival, cheaper or not."""
    return v.lost_to_rival + v.lost_to_price


@metric("customers on the list", "people", "higher", "stock")
def listed_customers(v: SimpleNamespace) -> np.ndarray:
    """People who ordered within the list window: what the business takes for its customers."""
    return v.listed_customers


@metric("people who know the business", "people", "higher", "stock")
def people_aware(v: SimpleNamespace) -> np.ndarray:
    """Everybody who knows the name: aware, customers and lapsed."""
    return v.people_aware


@metric("retention, yearly", "share of last year's list", "higher", "stock")
def retention_rate(v: SimpleNamespace) -> np.ndarray:
    """Share of the list of a year ago that did not fall off it since, as the books show it."""
    return 1.0 - ratio(v.year_delisted, v.listed_a_year_ago)


@metric("new customers told by friends", "people", "neither", "flow")
def new_customers_told(v: SimpleNamespace) -> np.ndarray:
    """New customers who first heard of the business from a friend."""
    return v.new_told


@metric("new customers contacted", "people", "neither", "flow")
def new_customers_contacted(v: SimpleNamespace) -> np.ndarray:
    """New customers whom a channel reached first."""
    return v.new_contacted


@metric("cost of a customer won by money", "money per customer", "lower", "ratio")
def paid_customer_acquisition_cost(v: SimpleNamespace) -> np.ndarray:
    """Paid: acquisition spend over customers won, without those whom friends told."""
    return ratio(v.acquisition_spend, v.new + v.won_back - v.new_told)


@metric("good stories told", "stories", "higher", "flow")
def good_stories(v: SimpleNamespace) -> np.ndarray:
    """Stories published by satisfied customers."""
    return v.good_stories


@metric("bad stories told", "stories", "lower", "flow")
def bad_stories(v: SimpleNamespace) -> np.ndarray:
    """Stories published by dissatisfied customers."""
    return v.bad_stories


# -------------------------------------------------------------------------------------------------------------- growth


@metric("growth of revenue", "per year", "higher", "run")
def revenue_growth(v: SimpleNamespace) -> np.ndarray:
    """(Revenue of the last 52 weeks / revenue of the 52 weeks before week 0) ^ (1 / years) - 1."""
    return yearly_growth(v.year_revenue, v.opening_revenue, v.years)


@metric("growth of profit", "per year", "higher", "run")
def profit_growth(v: SimpleNamespace) -> np.ndarray:
    """(Profit of the last 52 weeks / profit of the 52 weeks before week 0) ^ (1 / years) - 1."""
    return yearly_growth(v.year_profit, v.opening_profit, v.years)


@metric("growth of customers", "per year", "higher", "run")
def customer_growth(v: SimpleNamespace) -> np.ndarray:
    """(Customers at the end / customers at week 0) ^ (1 / years) - 1."""
    return yearly_growth(v.customers, v.opening_customers, v.years)


def yearly_growth(end: np.ndarray, start: np.ndarray, years: float) -> np.ndarray:
    """Growth a year; -1 if nothing is left, undefined if there was nothing to grow from."""
    grown = ratio(np.maximum(end, 0.0), np.where(np.asarray(start) > 0.0, start, 0.0))
    return grown ** (1.0 / years) - 1.0


# --------------------------------------------------------------------------------------------------------------- views


def weekly(history: np.ndarray, opening: int, minor_units: int, discount_rate: float) -> np.ndarray:
    """Every metric of every week of the run.

    Parameters
    ----------
    history : int64 (ticks, businesses, entries), the years before week 0 included
    opening : tick of week 0

    Returns
    -------
    float64 (weeks, businesses, metrics), NaN where undefined; metrics of the whole run only are NaN throughout
    """
    view = _quantities(history, minor_units)
    run = SimpleNamespace(**{name: values[opening:] for name, values in vars(view).items()})
    run.discount_rate = discount_rate
    columns = [np.full(run.cash.shape, np.nan) if m.kind == "run" else m.measure(run) for m in METRICS.values()]
    return np.stack(columns, axis=-1)


def whole(history: np.ndarray, opening: int, minor_units: int, discount_rate: float) -> np.ndarray:
    """Every metric of the run as a whole: flows summed, stocks of the last week.

    Returns
    -------
    float64 (businesses, metrics), NaN where undefined
    """
    view = _quantities(history, minor_units)
    run = SimpleNamespace(**{n: v[opening:].sum(axis=0) if n in FLOWS else v[-1] for n, v in vars(view).items()})
    run.discount_rate = discount_rate
    run.years = (len(history) - opening) / YEAR
    before = slice(max(opening - YEAR, 0), opening)
    run.opening_revenue = view.revenue[before].sum(axis=0)
    run.opening_profit = profit(view)[before].sum(axis=0)
    run.opening_customers = view.customers[opening - 1] if opening else np.zeros(history.shape[1])
    run.year_profit = profit(view)[-YEAR:].sum(axis=0)
    return np.stack([m.measure(run) for m in METRICS.values()], axis=-1)


def _quantities(history: np.ndarray, minor_units: int) -> SimpleNamespace:
    """Named quantities over all ticks, float64 (ticks, businesses); trailing years count from each week."""
    view = {name: history[:, :, at].astype(float) for name, at in (FLOWS | STOCKS).items()}
    for name in MONEY:
        view[name] /= minor_units
    view["satisfaction_sum"] /= MICRO
    for name in ("revenue", "cost_of_goods", "delisted"):
        view[f"year_{name}"] = _trailing_sum(view[name])
    view["year_mean_listed"] = _trailing_sum(view["listed_customers"]) / YEAR
    earlier = np.zeros_like(view["listed_customers"])
    earlier[YEAR:] = view["listed_customers"][:-YEAR]
    view["listed_a_year_ago"] = earlier
    return SimpleNamespace(**view)


def _trailing_sum(values: np.ndarray) -> np.ndarray:
    """Sum of this and the 51 weeks before."""
    total = np.cumsum(values, axis=0)
    total[YEAR:] = total[YEAR:] - total[:-YEAR]
    return total
