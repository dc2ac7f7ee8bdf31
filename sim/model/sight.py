"""Sight: what a business can see of itself, and what everybody can see of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.history import COSTS, Line
from sim.rules.supply import critical_ratio, forecast_volume
from sim.state.tally import Item
from sim.strategies.books import Books, Period, Region, Rival, Supplies, Volume

if TYPE_CHECKING:
    from sim.model.business import Business

YEAR, QUARTER = 52, 13
"""Weeks of the last year, and between two publications of everybody's figures."""


def books_of(business: Business) -> Books:
    """What a business can see: its money, its list, public facts."""
    market, listed, offering = business.model, business.listed_customers, business.description.offering
    return Books(
        week=market.week,
        cash=business.ledger.cash / market.scenario.minor_units,
        credit_line=offering.credit_line,
        listed_customers=listed,
        prospects=business.presence.people(market.sizes) - listed,
        volume=business.volume,
        opening=business.opening,
        since_plan=_booked(business, market.scenario.time.planning_weeks),
        year=_booked(business, YEAR),
        rivals=tuple(published(each) for each in market.businesses if each is not business),
        classes=tuple(business.classes.tolist()),
        learned=business.decision.learned,
        markets=_regions(business),
        fixed_cost=offering.fixed_cost_per_year / YEAR,
        supplies=_supplies(business),
    )


def _booked(business: Business, weeks: int) -> Period:
    """What its own books say of the last weeks; a market that is younger has fewer."""
    lines = business.model.last_weeks(weeks)[:, business.slot]
    booked, units = lines.sum(axis=0).tolist(), business.model.scenario.minor_units
    return Period(
        weeks=len(lines),
        revenue=booked[Item.REVENUE] / units,
        cost_of_goods=booked[Line.COST_OF_GOODS] / units,
        acquisition_spend=booked[Line.ACQUISITION_SPEND] / units,
        retention_spend=booked[Line.RETENTION_SPEND] / units,
        orders=booked[Item.ORDERS],
        joined=booked[Item.LISTED],
        left=booked[Item.DELISTED],
        contacts=booked[Item.CONTACTS],
        responses=booked[Item.NEW_CONTACTED] + booked[Item.RETURNED_CONTACTED],
        fixed_cost=booked[Line.FIXED_COST] / units,
        commission_income=booked[Line.COMMISSION_INCOME] / units,
    )


def _regions(business: Business) -> tuple[Region, ...]:
    """Every market as the business sees it; nothing where there is only one."""
    market = business.model
    if len(market.sizes) == 1:
        return ()
    return business.presence.seen(market.sizes, market.listed_by_market(business.slot))


def _supplies(business: Business) -> Supplies:
    """Goods ordered ahead, if this business does that."""
    supply, offering = business.description.supply, business.description.offering
    if not supply.season_weeks:
        return Supplies()
    missed = supply.late_unit_cost or offering.price
    return Supplies(
        in_stock=business.ledger.stock / business.model.scenario.minor_units,
        foretold=foretold_volume(business) / business.model.scenario.minor_units,
        critical_ratio=critical_ratio(supply.early_unit_cost, missed, supply.salvage),
    )


def foretold_volume(business: Business) -> float:
    """The volume of a season at list price, in coins, from the list and what it bought in the last year; weeks
    without goods tell nothing."""
    lines = business.model.last_weeks(YEAR)[:, business.slot]
    lines = lines[lines[:, Line.OUT_OF_STOCK] == 0]
    sold, listed = lines[:, [Item.LIST_VALUE, Line.LISTED_CUSTOMERS]].sum(axis=0).tolist()
    return forecast_volume(business.listed_customers, sold, listed, business.description.supply.season_weeks)


def published(business: Business) -> Rival:
    """What everybody may know of a business: its price, and the figures of its last quarter."""
    market = business.model
    end = max(market.tick - market.week % QUARTER, 0)
    quarter = market.history[max(end - QUARTER, 0) : end, business.slot]
    weekly = 1.0 / market.scenario.minor_units / max(len(quarter), 1)
    revenue, advertising = quarter[:, [Item.REVENUE, Line.ACQUISITION_SPEND]].sum(axis=0).tolist()
    price = business.description.offering.price * business.conditions.price
    return Rival(price, revenue * weekly, advertising * weekly)


def opening_volume(business: Business) -> Volume:
    """What growth is counted from: the last year, by the week, and the list as it is now."""
    year = business.model.last_weeks(YEAR)[:, business.slot, :]
    units = float(business.model.scenario.minor_units)
    revenue = float(year[:, Item.REVENUE].mean()) if len(year) else 0.0
    costs = (year[:, COSTS].sum() - year[:, Line.COMMISSION_INCOME].sum()) / max(len(year), 1)
    return Volume(revenue / units, (revenue - float(costs)) / units, float(business.listed_customers))
