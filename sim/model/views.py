"""Two views of a run's history: week by week, and as a whole. Both hand the same named quantities to the metrics."""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from sim.model.history import Line
from sim.model.metrics import METRICS, profit
from sim.rules.need import CONTRACT
from sim.scenario.schema import YEAR, Scenario
from sim.state.tally import MICRO, Item

CHANGES = (Item.AWARE, Item.OPEN_COMPLAINTS, Item.SATISFACTION)
"""Items that say how a stock moved."""
FLOWS = {item.name.lower(): int(item) for item in Item if item not in CHANGES} | {
    "cost_of_goods": int(Line.COST_OF_GOODS),
    "acquisition_spend": int(Line.ACQUISITION_SPEND),
    "retention_spend": int(Line.RETENTION_SPEND),
    "fixed_cost": int(Line.FIXED_COST),
    "referral_rewards": int(Line.REFERRAL_REWARDS),
    "welcome_discounts": int(Line.WELCOME_DISCOUNTS),
    "written_off": int(Line.WRITTEN_OFF),
    "bought_late": int(Line.BOUGHT_LATE),
    "foretold": int(Line.FORETOLD),
    "out_of_stock": int(Line.OUT_OF_STOCK),
    "commission_income": int(Line.COMMISSION_INCOME),
}
STOCKS = {
    "cash": int(Line.CASH),
    "stock": int(Line.STOCK),
    "customers": int(Line.CUSTOMERS),
    "listed_customers": int(Line.LISTED_CUSTOMERS),
    "people_aware": int(Line.PEOPLE_AWARE),
    "complaints_open": int(Line.COMPLAINTS_OPEN),
    "satisfaction_sum": int(Line.SATISFACTION_SUM),
    "insolvent": int(Line.INSOLVENT),
}
MONEY = (
    "revenue", "list_value", "revenue_from_old_customers", "cost_of_goods", "acquisition_spend", "retention_spend",
    "referral_rewards", "commission_income", "cash", "fixed_cost", "stock", "written_off", "bought_late", "foretold",
    "welcome_discounts", "first_list_value",
)  # fmt: skip


class Terms(NamedTuple):
    """What a history has to be read with."""

    opening: int
    """The tick of week 0."""
    minor_units: int
    discount_rate: float
    list_lasts_a_year: bool
    """Can nobody join the list and fall off it within a year? Then who fell off had been on it a year ago."""


def terms_of(scenario: Scenario) -> Terms:
    """The terms of a scenario."""
    contract = scenario.rules.need
    return Terms(
        opening=scenario.time.burn_in_weeks,
        minor_units=scenario.minor_units,
        discount_rate=scenario.rules.value.discount_rate,
        list_lasts_a_year=contract.clock != CONTRACT or contract.renewal_weeks >= YEAR,
    )


def weekly(history: np.ndarray, terms: Terms) -> np.ndarray:
    """Every metric of every week of the run.

    Parameters
    ----------
    history : int64 (ticks, businesses, entries), the years before week 0 included

    Returns
    -------
    float64 (weeks, businesses, metrics), NaN where undefined; metrics of the whole run only are NaN throughout
    """
    view = _quantities(history, terms.minor_units)
    run = SimpleNamespace(**{name: values[terms.opening :] for name, values in vars(view).items()}, **_constants(terms))
    columns = [np.full(run.cash.shape, np.nan) if m.kind == "run" else m.measure(run) for m in METRICS.values()]
    return np.stack(columns, axis=-1)


def whole(history: np.ndarray, terms: Terms) -> np.ndarray:
    """Every metric of the run as a whole: flows summed, stocks of the last week.

    Returns
    -------
    float64 (businesses, metrics), NaN where undefined
    """
    view, opening = _quantities(history, terms.minor_units), terms.opening
    values = {n: v[opening:].sum(axis=0) if n in FLOWS else v[-1] for n, v in vars(view).items()}
    run = SimpleNamespace(**values, **_constants(terms))
    run.years = (len(history) - opening) / YEAR
    before = slice(max(opening - YEAR, 0), opening)
    run.opening_revenue = view.revenue[before].sum(axis=0)
    run.opening_profit = profit(view)[before].sum(axis=0)
    run.opening_customers = view.customers[opening - 1] if opening else np.zeros(history.shape[1])
    run.year_profit = profit(view)[-YEAR:].sum(axis=0)
    return np.stack([m.measure(run) for m in METRICS.values()], axis=-1)


def _constants(terms: Terms) -> dict[str, float]:
    return {"discount_rate": terms.discount_rate, "list_lasts_a_year": float(terms.list_lasts_a_year)}


def _quantities(history: np.ndarray, minor_units: int) -> SimpleNamespace:
    """Named quantities over all ticks, float64 (ticks, businesses); trailing years count from each week."""
    view = {name: history[:, :, at].astype(float) for name, at in (FLOWS | STOCKS).items()}
    for name in MONEY:
        view[name] /= minor_units
    view["satisfaction_sum"] /= MICRO
    for name in ("revenue", "cost_of_goods", "retention_spend"):
        view[f"year_{name}"] = _trailing_sum(view[name])
    view["year_mean_listed"] = _trailing_sum(view["listed_customers"]) / YEAR
    earlier = np.zeros_like(view["listed_customers"])
    earlier[YEAR:] = view["listed_customers"][:-YEAR]
    view["listed_a_year_ago"] = earlier
    view["kept_a_year"] = _kept_a_year(earlier, view)
    return SimpleNamespace(**view)


def _kept_a_year(earlier: np.ndarray, view: dict[str, np.ndarray]) -> np.ndarray:
    """How many of the list of a year ago never fell off it since.

    Whoever falls off for want of orders had been on the list a year ago, so these are counted. Whoever moves away may
    have joined since; movers are a sample of the list, so those of last year's list among them are as many as it is
    still a part of the list.
    """
    before = np.zeros_like(earlier)
    before[1:] = view["listed_customers"][:-1]
    stay = 1.0 - view["delisted_moved"] / np.maximum(before, 1.0)
    off = view["delisted"] - view["delisted_moved"]
    kept = earlier.copy()
    weeks = max(len(earlier) - YEAR, 0)
    for week in range(1, YEAR + 1):
        kept[YEAR:] = kept[YEAR:] * stay[week : week + weeks] - off[week : week + weeks]
    return np.maximum(kept, 0.0)


def _trailing_sum(values: np.ndarray) -> np.ndarray:
    """Sum of this and the 51 weeks before."""
    total = np.cumsum(values, axis=0)
    total[YEAR:] = total[YEAR:] - total[:-YEAR]
    return total
