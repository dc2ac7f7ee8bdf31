"""Sight: what a business can see of itself, and what everybody can see of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.history import CONTACTED, COSTS, SPENT, WON, Line
from sim.rules.position import cost_at_position
from sim.rules.supply import critical_ratio, forecast_volume
from sim.scenario.schema import MOST_CHANNELS
from sim.state.tally import Item
from sim.strategies.books import Books, Period, Reached, Region, Rival, Supplies, Used, Volume

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
        price=offering.price,
        unit_cost=_cost(business, offering.unit_cost) * business.conditions.unit_cost,
        channels=_reached(business),
        levers=_used(business),
    )


def _reached(business: Business) -> tuple[Reached, ...]:
    """What each channel cost and did in the last year."""
    market, channels = business.model, business.description.channels.items()
    year = market.programmes[max(market.tick - YEAR, 0) : market.tick, business.slot].sum(axis=0).tolist()
    units = market.scenario.minor_units
    return tuple(
        Reached(channel.budget_share, each[SPENT] / units, each[CONTACTED], each[WON], name)
        for (name, channel), each in zip(channels, year, strict=False)
    )


def _used(business: Business) -> tuple[Used, ...]:
    """What each lever cost in the last year."""
    market, levers = business.model, business.description.levers
    year = market.programmes[max(market.tick - YEAR, 0) : market.tick, business.slot, MOST_CHANNELS:, SPENT].sum(axis=0)
    units, parts = market.scenario.minor_units, [lever.budget_share for lever in levers._asdict().values()]
    return tuple(Used(part, money / units) for part, money in zip(parts, year.tolist(), strict=False))


def _cost(business: Business, unit_cost: float) -> float:
    """What something of this kind costs at the position of the business."""
    offering = business.description.offering
    return cost_at_position(unit_cost, offering.position, offering.cost_of_position)


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
    supply, dearer = business.description.supply, business.conditions.unit_cost
    if not supply.season_weeks:
        return Supplies()
    late, early = (_cost(business, cost) * dearer for cost in (supply.late_unit_cost, supply.early_unit_cost))
    return Supplies(
        in_stock=business.ledger.stock / business.model.scenario.minor_units,
        foretold=foretold_volume(business) / business.model.scenario.minor_units,
        critical_ratio=critical_ratio(early, late or _tag(business), _cost(business, supply.salvage)),
    )


def _tag(business: Business) -> float:
    """What stands on the price tag: promotions left out, price wars not."""
    decided = business.decision.prices
    return (decided[0] if decided else business.description.offering.price) * business.conditions.price


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
    return Rival(_tag(business), revenue * weekly, advertising * weekly)


def opening_volume(business: Business) -> Volume:
    """What growth is counted from: the last year, by the week, and the list as it is now."""
    year = business.model.last_weeks(YEAR)[:, business.slot, :]
    units = float(business.model.scenario.minor_units)
    revenue = float(year[:, Item.REVENUE].mean()) if len(year) else 0.0
    costs = (year[:, COSTS].sum() - year[:, Line.COMMISSION_INCOME].sum()) / max(len(year), 1)
    return Volume(revenue / units, (revenue - float(costs)) / units, float(business.listed_customers))
