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

from sim.theory.value import lifetime_value

Measure = Callable[[SimpleNamespace], np.ndarray]

ANYTHING = (-np.inf, np.inf)
BOUNDS = {
    "share": (0.0, 1.0),
    "-1..1": (-1.0, 1.0),
    "per": (-1.0, np.inf),
    **dict.fromkeys(("people", "orders", "stories", "visits", "weeks"), (0.0, np.inf)),
}
"""Between which values a quantity can lie, by the first word of its unit."""
MONEY_THAT_IS_NEVER_OWED = {
    "revenue",
    "customer_acquisition_cost",
    "acquisition_spend",
    "retention_spend",
    "revenue_from_old_customers",
    "revenue_from_new_customers",
    "average_order_value",
    "paid_customer_acquisition_cost",
    "fixed_cost",
    "stock",
    "written_off",
    "foretold_volume",
    "welcome_discounts",
}


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

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which values it can lie."""
        return (0.0, np.inf) if self.id in MONEY_THAT_IS_NEVER_OWED else BOUNDS.get(self.unit.split()[0], ANYTHING)


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
    """Revenue and commissions earned, less cost of goods, all marketing money and fixed cost."""
    spent = v.cost_of_goods + v.acquisition_spend + v.retention_spend + v.fixed_cost
    return v.revenue + v.commission_income - spent


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
    """Blended: acquisition spend and welcome discounts over all customers won, whatever brought them."""
    return ratio(v.acquisition_spend + v.welcome_discounts, v.new + v.returned)


@metric("lifetime value of a customer", "money per customer", "higher", "stock")
def customer_lifetime_value(v: SimpleNamespace) -> np.ndarray:
    """Expected discounted margin of a listed customer, less what keeping it costs, before what winning it cost."""
    margin = ratio(v.year_revenue - v.year_cost_of_goods, v.year_mean_listed)
    keeping = ratio(v.year_retention_spend, v.year_mean_listed)
    retention, discount = retention_rate(v), v.discount_rate
    lasting = np.where(retention < 1.0 + discount, retention, np.nan)  # a lifetime without end has no value
    return lifetime_value(margin, keeping, lasting, discount)


@metric("fixed cost", "money", "lower", "flow")
def fixed_cost(v: SimpleNamespace) -> np.ndarray:
    """What was paid whatever happened; that of a programme is part of what was spent on it."""
    return v.fixed_cost


@metric("out of business", "share", "lower", "stock")
def out_of_business(v: SimpleNamespace) -> np.ndarray:
    """1 for a business that owed more than its bank lends and has closed, else 0; over worlds the share of them."""
    return np.asarray(v.insolvent > 0.0, float)


@metric("week of going out of business", "weeks", "higher", "stock")
def insolvent_week(v: SimpleNamespace) -> np.ndarray:
    """The week at whose close it owed more than its bank lends; undefined for a business that goes on."""
    return np.where(v.insolvent > 0.0, v.insolvent - 1.0, np.nan)


@metric("goods in stock", "money", "neither", "stock")
def stock(v: SimpleNamespace) -> np.ndarray:
    """What was paid for goods that were ordered ahead and are not sold yet."""
    return v.stock


@metric("lost on goods left over", "money", "lower", "flow")
def written_off(v: SimpleNamespace) -> np.ndarray:
    """Part of the cost of goods: what was paid for goods left at a season's end, less what they fetched."""
    return v.written_off


@metric("sales that were not in stock", "share of volume", "lower", "ratio")
def bought_late_share(v: SimpleNamespace) -> np.ndarray:
    """Of all orders at list price, those for which nothing was left of what had been ordered ahead."""
    return ratio(v.bought_late, v.list_value)


@metric("weeks without goods", "weeks", "lower", "flow")
def weeks_out_of_stock(v: SimpleNamespace) -> np.ndarray:
    """Weeks in which there was nothing to sell."""
    return v.out_of_stock


@metric("volume foretold", "money", "neither", "flow")
def foretold_volume(v: SimpleNamespace) -> np.ndarray:
    """Volume at list price foretold for seasons that goods were ordered ahead for, in the first week of each."""
    return v.foretold


@metric("contribution margin", "money", "higher", "flow")
def contribution_margin(v: SimpleNamespace) -> np.ndarray:
    """Revenue less cost of goods, before marketing."""
    return v.revenue - v.cost_of_goods


@metric("spent on winning customers", "money", "neither", "flow")
def acquisition_spend(v: SimpleNamespace) -> np.ndarray:
    """Money paid to channels, in commissions, for entering markets, and to customers for those whom they referred."""
    return v.acquisition_spend


@metric("welcome discounts", "money", "neither", "flow")
def welcome_discounts(v: SimpleNamespace) -> np.ndarray:
    """What promotions for first orders alone took off them: a cost of winning that is no spending, but revenue lost."""
    return v.welcome_discounts


@metric("commissions earned", "money", "higher", "flow")
def commission_income(v: SimpleNamespace) -> np.ndarray:
    """Money that other businesses paid for customers whom this one passed on to them; no part of revenue."""
    return v.commission_income


@metric("spent on keeping customers", "money", "neither", "flow")
def retention_spend(v: SimpleNamespace) -> np.ndarray:
    """Money paid for retention levers."""
    return v.retention_spend


@metric("revenue from old customers", "money", "neither", "flow")
def revenue_from_old_customers(v: SimpleNamespace) -> np.ndarray:
    """Revenue from people who had bought here before week 0, whether they stayed or came back."""
    return v.revenue_from_old_customers


@metric("revenue from new customers", "money", "neither", "flow")
def revenue_from_new_customers(v: SimpleNamespace) -> np.ndarray:
    """Revenue from people who bought here for the first time at week 0 or later."""
    return v.revenue - v.revenue_from_old_customers


@metric("share of revenue from new customers", "share of revenue", "neither", "ratio")
def new_customers_revenue_share(v: SimpleNamespace) -> np.ndarray:
    """The part of revenue from people who bought here for the first time at week 0 or later."""
    return ratio(v.revenue - v.revenue_from_old_customers, v.revenue)


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


@metric("traffic", "visits", "higher", "flow")
def traffic(v: SimpleNamespace) -> np.ndarray:
    """People for whom the business came into question in a week, at an occasion to buy or by a contact; each once a
    week, and added up over weeks. Traffic x conversion x orders per buyer x average order value is revenue."""
    return v.traffic


@metric("conversion", "share of visits", "higher", "ratio")
def conversion(v: SimpleNamespace) -> np.ndarray:
    """Of the traffic of a week, the people who ordered in it."""
    return ratio(v.buyers, v.traffic)


@metric("orders per buyer", "orders per buyer and week", "higher", "ratio")
def orders_per_buyer(v: SimpleNamespace) -> np.ndarray:
    """Orders over the people who ordered, week by week."""
    return ratio(v.orders, v.buyers)


@metric("new customers", "people", "higher", "flow")
def new_customers(v: SimpleNamespace) -> np.ndarray:
    """First orders of people who were never customers, or whom both sides have forgotten."""
    return v.new


@metric("customers who returned", "people", "higher", "flow")
def returned_customers(v: SimpleNamespace) -> np.ndarray:
    """First orders of people who had been customers before, most of them by themselves."""
    return v.returned


@metric("customers won back", "people", "higher", "flow")
def won_back_customers(v: SimpleNamespace) -> np.ndarray:
    """Of those who returned, the ones whom a contact, a reminder or a friend's story won back."""
    return v.returned_told + v.returned_referred + v.returned_contacted + v.returned_reminded


@metric("customers lost", "people", "lower", "flow")
def lost_customers(v: SimpleNamespace) -> np.ndarray:
    """Relationships that ended, for whatever reason."""
    left = v.lost_need_gone + v.lost_dissatisfied + v.lost_complaint + v.lost_moved + v.lost_closed
    return left + v.lost_forgotten + v.lost_to_rival + v.lost_to_price


@metric("lost: no need of it", "people", "lower", "flow")
def lost_need_gone(v: SimpleNamespace) -> np.ndarray:
    """Left, and would have left on that day even if neither pleased nor displeased. What is gone is the need of this
    business; another one may be chosen at once."""
    return v.lost_need_gone


@metric("lost: dissatisfied", "people", "lower", "flow")
def lost_dissatisfied(v: SimpleNamespace) -> np.ndarray:
    """Left because dissatisfaction tipped the scale."""
    return v.lost_dissatisfied


@metric("lost: complaint", "people", "lower", "flow")
def lost_to_complaints(v: SimpleNamespace) -> np.ndarray:
    """Left because a complaint was still open."""
    return v.lost_complaint


@metric("lost: moved", "people", "neither", "flow")
def lost_moved(v: SimpleNamespace) -> np.ndarray:
    """Left the market altogether."""
    return v.lost_moved


@metric("lost: closed", "people", "neither", "flow")
def lost_closed(v: SimpleNamespace) -> np.ndarray:
    """Customers of a business when it closed for good."""
    return v.lost_closed


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
    """Share of the list of a year ago that never fell off it since; undefined for contracts shorter than a year."""
    return ratio(v.kept_a_year, v.listed_a_year_ago * v.list_lasts_a_year)


@metric("new customers told by friends", "people", "neither", "flow")
def new_customers_told(v: SimpleNamespace) -> np.ndarray:
    """New customers who first heard of the business from a friend."""
    return v.new_told


@metric("new customers referred", "people", "neither", "flow")
def new_customers_referred(v: SimpleNamespace) -> np.ndarray:
    """New customers who first heard of the business from a friend whom its referral programme made tell."""
    return v.new_referred


@metric("new customers at an offer", "people", "neither", "flow")
def new_customers_at_offer(v: SimpleNamespace) -> np.ndarray:
    """New customers whose first order came of a contact, story or reminder rather than of a need."""
    return v.new_at_offer


@metric("new customers contacted", "people", "neither", "flow")
def new_customers_contacted(v: SimpleNamespace) -> np.ndarray:
    """New customers whom a channel reached first."""
    return v.new_contacted


@metric("cost of a customer won by money", "money per customer", "lower", "ratio")
def paid_customer_acquisition_cost(v: SimpleNamespace) -> np.ndarray:
    """Paid: money for channels over the customers, new and returned, whom a contact brought."""
    return ratio(v.acquisition_spend - v.referral_rewards, v.new_contacted + v.returned_contacted)


@metric("sales per contact", "share of contacts", "higher", "ratio")
def sales_per_contact(v: SimpleNamespace) -> np.ndarray:
    """Orders within four weeks after a contact with somebody who never ordered here, per such contact."""
    return ratio(v.sales_after_contact, v.prospect_contacts)


@metric("sales per reminder", "share of reminders", "higher", "ratio")
def sales_per_reminder(v: SimpleNamespace) -> np.ndarray:
    """Orders within four weeks after a reminder to a customer, per such reminder."""
    return ratio(v.sales_after_reminder, v.reminders)


@metric("discounts given", "money", "neither", "flow")
def discounts(v: SimpleNamespace) -> np.ndarray:
    """What promotions and price wars took off the list price of orders."""
    return v.list_value - v.revenue


@metric("further lines taken up", "lines", "higher", "flow")
def further_lines(v: SimpleNamespace) -> np.ndarray:
    """Product lines that customers took up beyond their first."""
    return v.further_lines


@metric("failed orders", "orders", "lower", "flow")
def failures(v: SimpleNamespace) -> np.ndarray:
    """Orders that went wrong."""
    return v.failures


@metric("complaints", "complaints", "lower", "flow")
def complaints(v: SimpleNamespace) -> np.ndarray:
    """Complaints made about failed orders."""
    return v.complaints


@metric("complaints open", "complaints", "lower", "stock")
def complaints_open(v: SimpleNamespace) -> np.ndarray:
    """Customers whose complaint has not been resolved."""
    return v.complaints_open


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
    """(Revenue of the last 52 weeks / revenue of the 52 weeks before week 0) ^ (1 / years) - 1; of a year at least."""
    return yearly_growth(v.year_revenue, v.opening_revenue * (v.years >= 1.0), v.years)


@metric("growth of profit", "per year", "higher", "run")
def profit_growth(v: SimpleNamespace) -> np.ndarray:
    """(Profit of the last 52 weeks / profit of the 52 weeks before week 0) ^ (1 / years) - 1; of a year at least."""
    return yearly_growth(v.year_profit, v.opening_profit * (v.years >= 1.0), v.years)


@metric("growth of customers", "per year", "higher", "run")
def customer_growth(v: SimpleNamespace) -> np.ndarray:
    """(Customers at the end / customers at week 0) ^ (1 / years) - 1."""
    return yearly_growth(v.customers, v.opening_customers, v.years)


def yearly_growth(end: np.ndarray, start: np.ndarray, years: float) -> np.ndarray:
    """Growth a year; -1 if nothing is left, undefined if there was nothing to grow from."""
    grown = ratio(np.maximum(end, 0.0), np.where(np.asarray(start) > 0.0, start, 0.0))
    return grown ** (1.0 / years) - 1.0
