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
    channels, units = business.description.channels.items(), business.minor_units
    return tuple(
        Reached(channel.budget_share, each[SPENT] / units, each[CONTACTED], each[WON], name)
        for (name, channel), each in zip(channels, _programmes_of_the_year(business), strict=False)
    )


def _used(business: Business) -> tuple[Used, ...]:
    """What each lever cost in the last year."""
    levers, year = business.description.levers, _programmes_of_the_year(business)[MOST_CHANNELS:]
    return tuple(
        Used(lever.budget_share, each[SPENT] / business.minor_units)
        for lever, each in zip(levers._asdict().values(), year, strict=False)
    )


def _programmes_of_the_year(business: Business) -> list[list[int]]:
    """What each programme cost and did in the last year, by its place."""
    market = business.model
    lines: list[list[list[int]]] = market.programme_lines.of(max(market.tick - YEAR, 0), market.tick)
    return lines[business.slot]


def _cost(business: Business, unit_cost: float) -> float:
    """What something of this kind costs at the position of the business."""
    offering = business.description.offering
    return cost_at_position(unit_cost, offering.position, offering.cost_of_position)


def _booked(business: Business, weeks: int) -> Period:
    """What its own books say of the last weeks; a market that is younger has fewer."""
    market, units = business.model, business.minor_units
    first = max(market.tick - weeks, 0)
    booked = market.lines.of(first, market.tick)[business.slot]
    return Period(
        weeks=market.tick - first,
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
    first = max(end - QUARTER, 0)
    quarter = market.lines.of(first, end)[business.slot]
    weekly = 1.0 / business.minor_units / max(end - first, 1)
    return Rival(_tag(business), quarter[Item.REVENUE] * weekly, quarter[Line.ACQUISITION_SPEND] * weekly)


def opening_volume(business: Business) -> Volume:
    """What growth is counted from: the last year, by the week, and the list as it is now."""
    year = business.model.last_weeks(YEAR)[:, business.slot, :]
    units = float(business.model.scenario.minor_units)
    revenue = float(year[:, Item.REVENUE].mean()) if len(year) else 0.0
    costs = (year[:, COSTS].sum() - year[:, Line.COMMISSION_INCOME].sum()) / max(len(year), 1)
    return Volume(revenue / units, (revenue - float(costs)) / units, float(business.listed_customers))
