"""Homophily: friends are alike, and yet people in all are as different as their segment says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from sim.model.market import Market
from tests.alphas import alpha_of
from tests.small_worlds import scenario_with

PEOPLE = 20_000
DEGREE = 6
SMALL_WORLD = {"small_world": {"degree": DEGREE, "rewired": 0.1, "talk_per_friend": 0.05}}
NORMAL = {"normal": {"mean": 0.3, "sd": 0.2}}
SIGMAS = norm.isf(alpha_of("model/test_homophily.py") / 2)


def born(homophily: float, match: Any, segments: dict[str, Any] | None = None) -> Market:
    """A market in its first hour."""
    people: dict[str, Any] = {"count": PEOPLE, "match": match} | ({"segments": segments} if segments else {})
    data = {
        "schema": 1,
        "people": people,
        "network": SMALL_WORLD,
        "rules": {"trust": {"homophily": homophily}},
        "businesses": {"ours": {}, "rival": {}},
    }
    return Market(scenario_with({}, data), seed=1)


def likeness(market: Market) -> float:
    """Correlation of match between people and the friends they have."""
    friends, match = market.world.friends, market.world.customers.match.astype(float)
    me = np.repeat(np.arange(PEOPLE), np.diff(friends.first))
    return float(np.mean([np.corrcoef(match[me, j], match[friends.ids, j])[0, 1] for j in range(2)]))


@pytest.mark.parametrize("homophily", [0.0, 0.3, 0.6, 1.0])
def test_mean_and_spread_of_match_stay(homophily: float) -> None:
    """What a circle shares weighs on about so many people, so the mean of all varies that much more."""
    market = born(homophily, NORMAL)
    match = market.world.customers.match.astype(float)
    together = 1.0 + DEGREE * homophily
    assert np.abs(match.mean(axis=0) - 0.3).max() < SIGMAS * 0.2 * np.sqrt(together / PEOPLE)
    assert np.abs(match.std(axis=0) / 0.2 - 1.0).max() < SIGMAS * np.sqrt(together / (2 * PEOPLE))


@pytest.mark.parametrize("homophily", [0.0, 0.6, 1.0])
def test_people_without_spread_stay_without(homophily: float) -> None:
    match = born(homophily, 0.3).world.customers.match
    assert (match == np.float32(0.3)).all()


def test_friends_are_alike_the_more_the_more_they_share() -> None:
    found = [likeness(born(share, NORMAL)) for share in (0.0, 0.3, 0.6)]
    assert abs(found[0]) < SIGMAS / np.sqrt(PEOPLE) < found[1]
    assert found[2] == pytest.approx(2.0 * found[1], rel=0.1)


def test_each_segment_keeps_its_own_mean_and_spread() -> None:
    segments = {
        "one": {"share": 0.5, "match": 0.3},
        "other": {"share": 0.5, "match": {"normal": {"mean": -0.2, "sd": 0.1}}},
    }
    people = born(0.6, 0.0, segments).world.customers
    first, second = (people.match[people.segment == segment].astype(float) for segment in (0, 1))
    assert (first == np.float32(0.3)).all()
    assert (second.mean(), second.std()) == pytest.approx((-0.2, 0.1), abs=0.01)
