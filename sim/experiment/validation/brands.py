"""Brands: how purchases of a category spread over those who sell it, and what a price does to that."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.experiment.outcome import Run
from sim.experiment.validation import published
from sim.experiment.validation.laboratory import (
    DISTRIBUTIONAL,
    ERRORS_ALLOWED,
    NUMERICAL,
    RELATIONAL,
    Quantity,
    Seen,
    World,
    check,
    curve,
    errors_of,
    exactly,
    near,
    study,
    table_of,
    unbiased,
    whole,
    within,
)
from sim.experiment.validation.measures import duplication, heavy_share
from sim.experiment.validation.purchases import WEEKS, rates_of
from sim.scenario.schema import Scenario
from sim.theory import brands
from sim.theory.brands import Category
from sim.theory.buying import nbd

DIRICHLET = "Goodhardt et al. (1984)"
SHARP = "Sharp & Romaniuk (2007)"
LOGIT = "multinomial logit, Dirichlet tastes"
QUARTER = 13
STEP = 1.02


def category_of(scenario: Scenario, weeks: int) -> Category:
    """The category in so many weeks; an affinity for nothing is all other brands."""
    need, nothing = rates_of(scenario), scenario.segments[0].person.nothing
    affinities = [business.offering.affinity for business in scenario.businesses]
    return Category(need.mean * weeks / WEEKS, need.shape, (*affinities, *([nothing] if nothing else [])))


@study("nbd_dirichlet", 12)
def nbd_dirichlet(world: World) -> dict[str, Any]:
    run = world.life("nbd_dirichlet", log=True)
    found: dict[str, Any] = {}
    for name, weeks in (("quarter", QUARTER), ("year", run.scenario.time.weeks)):
        table = table_of(run, 0, weeks)
        bought = table > 0
        penetration, rate = bought.mean(axis=0), table.sum(axis=0) / bought.sum(axis=0)
        together = np.array([table.sum(axis=1)[column].sum() for column in bought.T])
        alone = np.array([(bought.sum(axis=1) == 1)[column].mean() for column in bought.T])
        found |= {
            f"penetration {name}": penetration,
            f"rate {name}": rate,
            f"of eight {name}": table.sum(axis=0) / together,
            f"sole of eight {name}": alone,
            f"slope {name}": brands.double_jeopardy(penetration, rate),
            f"correlation {name}": np.corrcoef(np.log(penetration), np.log(rate))[0, 1],
            f"heavy {name}": heavy_share(table.sum(axis=1)),
            f"duplication {name}": duplication(table),
        }
    return found


@check("D1", "mean, shape and spread of a category", DIRICHLET, NUMERICAL)
def estimated(seen: Seen) -> list[Quantity]:
    """M, K and S of UK toothpaste from its penetrations and rates, against the published ones."""
    of = published.TOOTHPASTE
    shape = brands.shape_of_category(of.mean, of.penetration)
    spread = brands.spread_of_tastes(of.mean, shape, np.array(of.shares), np.array(of.penetrations))
    return [
        exactly("M", 1.456, of.mean, 0.01),
        exactly("K", 0.779, shape, 0.01),
        exactly("S", 1.55, spread, 0.01),
    ]


def _toothpaste(seen: Seen) -> list[Quantity]:
    """Penetrations of eight brands in a quarter by the Dirichlet with S of 1.485."""
    found = seen["nbd_dirichlet", "penetration quarter"]
    expected = np.array([0.204, 0.160, 0.089, 0.089, 0.080, 0.072, 0.028, 0.019])
    return [curve("penetration of brand", expected, found, 0.006, range(1, 9))]


@check("D2", "penetration and rate of each brand", DIRICHLET, DISTRIBUTIONAL, "nbd_dirichlet", published=_toothpaste)
def penetrations(seen: Seen) -> list[Quantity]:
    """Buyers and purchases per buyer of each brand in a quarter and a year, against the NBD-Dirichlet."""
    found = []
    scenario = seen.scenario("nbd_dirichlet")
    number = len(scenario.businesses)
    for name, weeks in (("quarter", QUARTER), ("year", scenario.time.weeks)):
        expected = brands.measures(category_of(scenario, weeks))
        places = [f"{brand} in a {name}" for brand in range(1, number + 1)]
        penetration, rate = expected.penetration[:number], expected.rate[:number]
        found += [
            curve("penetration,", penetration, seen["nbd_dirichlet", f"penetration {name}"], 0.002, places),
            curve("purchases a buyer,", rate, seen["nbd_dirichlet", f"rate {name}"], 0.03 * rate, places),
        ]
    return found


def _real_slopes(seen: Seen) -> list[Quantity]:
    """The slope in the band of real categories."""
    return [within("slope against real categories", (0.0, 0.6), seen["nbd_dirichlet", "slope year"])]


@check("D3", "double jeopardy", DIRICHLET, RELATIONAL, "nbd_dirichlet", published=_real_slopes)
def double_jeopardy(seen: Seen) -> list[Quantity]:
    """Slope of log purchases per buyer on log penetration in a year, against theory; both rise together."""
    scenario = seen.scenario("nbd_dirichlet")
    number = len(scenario.businesses)
    theory = brands.measures(category_of(scenario, scenario.time.weeks))
    slope = brands.double_jeopardy(theory.penetration[:number], theory.rate[:number])
    slopes = seen["nbd_dirichlet", "slope year"]
    return [
        curve("slope", np.array([slope]), slopes[:, None], 0.02, [""]),
        within("correlation", (0.0, 1.0), seen["nbd_dirichlet", "correlation year"]),
    ]


def _real_heaviest(seen: Seen) -> list[Quantity]:
    """Share of a year's purchases of the category that the heaviest fifth makes, in the band of real categories."""
    return [within("share of purchases", (0.45, 0.70), seen["nbd_dirichlet", "heavy year"])]


@check("D4", "the heaviest fifth buys about half", SHARP, RELATIONAL, "nbd", "nbd_dirichlet", published=_real_heaviest)
def heaviest(seen: Seen) -> list[Quantity]:
    """Share of purchases of one business that the heaviest fifth of its buyers makes, against the negative binomial."""
    scenario, counts = seen.scenario("nbd"), np.arange(1000)
    need = rates_of(scenario)
    people = nbd(counts, need.shape, need.mean * scenario.time.weeks / WEEKS)
    return [near("share of one business", brands.share_of_heaviest(counts, people), seen["nbd", "heavy"], 0.01)]


@check("D5", "duplication of purchase is constant", DIRICHLET, RELATIONAL, "nbd_dirichlet")
def duplicated(seen: Seen) -> list[Quantity]:
    """How much more often a brand is bought by other brands' buyers, by brand, against theory; and how it spreads.

    Shares of so many people are as good as without bias, so only luck may move them: four standard errors of each, and
    for the spread over brands four of their root mean square.
    """
    scenario = seen.scenario("nbd_dirichlet")
    number = len(scenario.businesses)
    pairs = brands.duplication(category_of(scenario, scenario.time.weeks))[:number, :number]
    expected = (pairs.sum(axis=0) - 1.0) / (number - 1)
    found = seen["nbd_dirichlet", "duplication year"]
    mean, luck = found.mean(axis=0), float(np.sqrt(np.mean(errors_of(found) ** 2)))
    return [
        unbiased("duplication with brand", expected, found, 0.0, range(1, number + 1)),
        exactly(
            "spread over brands",
            expected.std() / expected.mean(),
            mean.std() / mean.mean(),
            ERRORS_ALLOWED * luck / mean.mean(),
        ),
    ]


# --------------------------------------------------------------------------------------------------------- elasticities


@study("logit", 8)
def logit(world: World) -> dict[str, Any]:
    return {"elasticities": _elasticities(world, "logit")}


@study("logit_alike", 8)
def logit_alike(world: World) -> dict[str, Any]:
    return {"elasticities": _elasticities(world, "logit_alike")}


def _elasticities(world: World, name: str) -> np.ndarray:
    """Of each brand's orders in the price of the first, between a price a little higher and one a little lower."""
    first = world.scenario(name).businesses[0]
    runs = [
        world.life(name, f"businesses.{first.name}.price={round(first.offering.price * factor, 2)!r}")
        for factor in (STEP, 1.0 / STEP)
    ]
    prices = [run.scenario.businesses[0].offering.price for run in runs]
    return np.log(np.divide(*map(_orders, runs))) / np.log(prices[0] / prices[1])


def _orders(run: Run) -> np.ndarray:
    return np.array([whole(run, "orders", slot) for slot in range(len(run.scenario.businesses))])


def _against_logit(seen: Seen, name: str, share: float) -> list[Quantity]:
    """Both elasticities, for this share of the brand whose price moves.

    Between two prices at a distance of h an elasticity is the mean of those between them, so it misses the one in the
    middle by h squared times a third derivative: for logits at most b cubed h squared over sixty.
    """
    scenario = seen.scenario(name)
    total, sensitivity = _affinities(scenario).sum(), scenario.segments[0].person.price_sensitivity[0]
    found, bias = seen[name, "elasticities"], sensitivity**3 * np.log(STEP) ** 2 / 60.0
    own = brands.price_elasticity(sensitivity, share, total)
    other = brands.price_elasticity(sensitivity, share, total, own=False)
    rivals = found.shape[1] - 1
    return [
        unbiased("own price", np.array([own]), found[:, :1], bias, [""]),
        unbiased("price of another, brand", np.full(rivals, other), found[:, 1:], bias, range(2, rivals + 2)),
    ]


def _affinities(scenario: Scenario) -> np.ndarray:
    return np.array([business.offering.affinity for business in scenario.businesses])


@check("L0", "price elasticities where all are alike", LOGIT, DISTRIBUTIONAL, "logit_alike")
def alike(seen: Seen) -> list[Quantity]:
    """Own elasticity -b (1 - s) and cross elasticity b s, but for luck; a share s is an affinity times price^-b."""
    scenario = seen.scenario("logit_alike")
    sensitivity = scenario.segments[0].person.price_sensitivity[0]
    weights = _affinities(scenario) * np.array([each.offering.price for each in scenario.businesses]) ** -sensitivity
    return _against_logit(seen, "logit_alike", weights[0] / weights.sum())


@check("L1", "price elasticities where tastes differ", LOGIT, DISTRIBUTIONAL, "logit")
def different(seen: Seen) -> list[Quantity]:
    """Own elasticity -b (1 - s) S / (1 + S) and cross elasticity b s S / (1 + S), but for luck, at equal prices."""
    scenario = seen.scenario("logit")
    prices = [business.offering.price for business in scenario.businesses]
    if len(set(prices)) > 1:
        raise ValueError(
            f"this check is about brands of one price, got {', '.join(f'{price:g}' for price in prices)}: shares over "
            "tastes that differ are Dirichlet at equal prices only; set all prices alike"
        )
    affinities = _affinities(scenario)
    return _against_logit(seen, "logit", affinities[0] / affinities.sum())
