"""A firm's world: what answers fix, what they scale, and that the year before week 0 looks like them."""

from __future__ import annotations

import pytest

from sim.experiment.firm import Firm, Found, plan_of, world_of
from sim.experiment.start import Line, start, year_before
from sim.scenario.load import load_scenario, scenario_from
from sim.scenario.problems import InputError
from sim.strategies.registry import STRATEGIES

BASE = Firm(people=10_000, customers=350, orders=4.0, order_value=50.0, margin=0.45, marketing=6_000.0)
FOUND = Found(need=8.0, known=0.06, affinity=0.30)
VILLAGE = Firm(people=300, customers=40, orders=3.0, order_value=20.0, margin=0.5, marketing=100.0)
FIRMS = {
    "tiny": VILLAGE,
    "large": Firm(2_000_000, 600_000, 12.0, 35.0, 0.3, 9e6),
    "rare orders": Firm(500_000, 6_000, 1.3, 900.0, 0.25, 600_000.0, 0.8, "EUR"),
    "heavy spend": Firm(100_000, 3_000, 4.0, 60.0, 0.4, 150_000.0),
    "no spend": Firm(100_000, 3_000, 4.0, 60.0, 0.4, 0.0),
    "frequent orders": Firm(60_000, 2_000, 24.0, 15.0, 0.65, 40_000.0),
    "all margin": Firm(40_000, 1_500, 6.0, 10.0, 1.0, 5_000.0, 0.0),
}


def line(lines: tuple[Line, ...], name: str) -> Line:
    (found,) = (each for each in lines if each.name == name)
    return found


def test_the_shop_of_the_base_market_describes_the_base_market_itself() -> None:
    assert scenario_from(world_of(BASE, FOUND)).hash == load_scenario("base").hash


@pytest.mark.parametrize("name", ["steady", "aggressive"])
def test_its_plans_are_those_of_the_base_market(name: str) -> None:
    (values,) = plan_of(BASE, name).values()
    plan = STRATEGIES[name]
    assert values == {key: getattr(plan, key) for key in values} and len(values) == 5


@pytest.mark.parametrize("firm", FIRMS.values(), ids=FIRMS)
def test_every_world_passes_its_checks_with_few_enough_people(firm: Firm) -> None:
    scenario = scenario_from(world_of(firm, FOUND))
    assert scenario.people <= 10_000
    assert scenario.market_size == pytest.approx(firm.people, rel=0.01)
    ours = scenario.businesses[0].offering
    assert (ours.price, 1.0 - ours.unit_cost / ours.price) == pytest.approx((firm.order_value, firm.margin), abs=1e-6)


def test_what_has_no_unit_does_not_change_with_the_unit_of_money() -> None:
    cheap = VILLAGE
    dear = cheap._replace(order_value=1_000.0 * cheap.order_value, marketing=1_000.0 * cheap.marketing)
    found = Found(4.4, 0.38, 0.36)
    one, other = (year_before(scenario_from(world_of(firm, found)), 1) for firm in (cheap, dear))
    for name in ("orders", "listed_customers", "new_customers", "people_aware", "good_stories"):
        assert one[name] == other[name]
    assert other["revenue"] == pytest.approx(1_000.0 * one["revenue"], rel=1e-3)


def test_a_market_too_large_for_cents_is_counted_in_whole_units() -> None:
    nation = Firm(1_400_000_000, 1_000_000, 20.0, 5_000.0, 0.3, 1e10)
    decimals = [world_of(firm, FOUND)["currency"]["decimals"] for firm in (BASE, nation)]
    assert decimals == [2, 0]
    with pytest.raises(InputError, match="smallest coins"):
        world_of(nation._replace(customers=10_000, order_value=500_000.0), FOUND)


def test_the_year_before_week_0_is_measured_as_a_year_of_the_run_would_be() -> None:
    scenario = scenario_from(world_of(VILLAGE, Found(4.4, 0.38, 0.36)))
    year = year_before(scenario, 3)
    assert year["marketing"] == pytest.approx(100.0, rel=0.01)
    assert year["orders"] / year["listed_customers"] == year["orders_of_a_customer"] >= 1.0
    assert year["revenue"] / year["orders"] == pytest.approx(year["average_order_value"])


def test_a_line_is_met_within_its_share_or_its_error() -> None:
    assert Line("marketing", 100.0, 104.0, 0, 0, 0.0).met and not Line("marketing", 100.0, 106.0, 0, 0, 0.0).met
    assert Line("marketing", 100.0, 106.0, 0, 0, 3.0).met and Line("growth", None, 9.0, 0, 0, 0.0).met


def test_a_small_firm_is_found_again_whatever_the_threads() -> None:
    one, other = start(VILLAGE), start(VILLAGE, threads=2)
    assert one == other
    assert one.unmet == [] and one.is_noisy
    for name, asked in (("listed_customers", 40.0), ("orders_of_a_customer", 3.0), ("marketing", 100.0)):
        found = line(one.lines, name)
        assert (found.asked, found.mean) == (asked, pytest.approx(asked, rel=0.15))
        assert found.low <= found.mean <= found.high


def test_what_cannot_be_is_said_and_not_forced() -> None:
    everybody = start(VILLAGE._replace(customers=299))
    assert [line.name for line in everybody.unmet] == ["listed_customers"]
    assert line(everybody.lines, "listed_customers").mean < 280.0


@pytest.mark.slow
@pytest.mark.parametrize("firm", FIRMS.values(), ids=FIRMS)
def test_a_firm_is_found_again_within_a_twentieth_or_two_standard_errors(firm: Firm) -> None:
    begun = start(firm, threads=2, first_check=501)
    assert begun.unmet == []
    for name in ("listed_customers", "orders_of_a_customer"):
        found = line(begun.lines, name)
        assert abs(found.mean / (found.asked or 1.0) - 1.0) < 0.12
