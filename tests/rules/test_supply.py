"""Forecasts, and how much to order ahead."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from sim.rules.supply import critical_ratio, forecast_volume
from tests.rules.drawn import SETTINGS
from tests.theory.newsvendor import newsvendor_quantity

MONEY, RATIOS = some.floats(0.01, 1e6), some.floats(0.001, 0.999)


@SETTINGS
@given(MONEY, MONEY, MONEY, some.floats(1.0, 3.0))
def test_a_forecast_is_in_proportion_to_the_list_and_to_what_it_bought(listed, sold, listed_weeks, times):
    foretold = forecast_volume(listed, sold, listed_weeks, 13.0)
    assert forecast_volume(times * listed, sold, listed_weeks, 13.0) == pytest.approx(times * foretold)
    assert forecast_volume(listed, times * sold, listed_weeks, 13.0) == pytest.approx(times * foretold)
    assert forecast_volume(listed, sold, listed_weeks, 26.0) == pytest.approx(2.0 * foretold)


def test_a_steady_list_is_foretold_exactly():
    assert forecast_volume(300.0, 52 * 60.0, 52 * 300.0, 13.0) == pytest.approx(13 * 60.0)


@SETTINGS
@given(MONEY, MONEY, MONEY, MONEY)
def test_the_ratio_rises_with_what_being_short_costs_and_falls_with_what_is_lost_on_the_rest(
    early, late, salvage, more
):
    ratio = critical_ratio(early, late, salvage)
    assert 0.0 <= ratio <= 1.0
    assert critical_ratio(early, late + more, salvage) >= ratio
    assert critical_ratio(early, late, max(salvage - more, 0.0)) <= ratio


def cost_of(quantity: float, demand: np.ndarray, early: float, late: float, salvage: float) -> float:
    """What a season costs on average, to whoever orders so much ahead."""
    short, left = np.maximum(demand - quantity, 0.0), np.maximum(quantity - demand, 0.0)
    return float((early * quantity + late * short - salvage * left).mean())


@pytest.mark.parametrize(("early", "late", "salvage"), [(20.0, 40.0, 10.0), (20.0, 24.0, 2.0), (20.0, 30.0, 10.0)])
def test_no_other_quantity_is_cheaper(early: float, late: float, salvage: float) -> None:
    """A million seasons with a fixed seed; nearer than half a deviation the cost is too flat to tell."""
    demand = np.random.default_rng(1).normal(100.0, 15.0, 1_000_000)
    best = newsvendor_quantity(100.0, 15.0, critical_ratio(early, late, salvage))
    cheapest = cost_of(best, demand, early, late, salvage)
    assert all(cost_of(best + off, demand, early, late, salvage) > cheapest for off in (-15.0, -7.5, 7.5, 15.0))


@SETTINGS
@given(RATIOS, some.floats(0.1, 100.0))
def test_who_orders_the_mean_does_so_at_a_ratio_of_one_half(ratio, deviation):
    assert (newsvendor_quantity(100.0, deviation, ratio) > 100.0) == (ratio > 0.5)
    assert newsvendor_quantity(100.0, 0.0, ratio) == 100.0
