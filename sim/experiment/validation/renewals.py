"""Renewals: contracts that people leave with a chance of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.experiment.validation import published
from sim.experiment.validation.laboratory import (
    DISTRIBUTIONAL,
    NUMERICAL,
    RELATIONAL,
    Quantity,
    Seen,
    World,
    check,
    curve,
    exactly,
    near,
    only,
    study,
    weekly,
    within,
)
from sim.rules.people import Beta
from sim.theory import contracts

REGULAR = "Fader & Hardie (2007)"
PERILS = "Fader & Hardie (2010)"


@study("sbg", 12)
def sbg(world: World) -> dict[str, Any]:
    run = world.life("sbg")
    return {"survived": weekly(run, "customers") / run.scenario.businesses[0].offering.customers}


def chances(seen: Seen) -> Beta:
    """How chances of leaving differ in the scenario."""
    return only(Beta, seen.scenario("sbg").segments[0].person.leaving, "a chance of leaving")


def _regular(seen: Seen) -> list[Quantity]:
    """The fit to seven renewals, its forecast of the twelfth, and the simulated twelfth against both."""
    fit = contracts.fit(contracts.Subscribers.of_cohort(published.REGULAR[:8]))
    a, b = fit.estimates
    return [
        exactly("alpha", 0.704, a, 0.002),
        exactly("beta", 1.182, b, 0.002),
        exactly("log likelihood", -1680.3, fit.log_likelihood, 0.1),
        exactly("forecast of the twelfth renewal", 0.170, float(contracts.survival(12, a, b)), 0.002),
        curve("simulated", np.array([0.170]), seen["sbg", "survived"][:, 11:12], 0.005, ["twelfth renewal"]),
    ]


@check("S1", "survival of a cohort under contract", REGULAR, DISTRIBUTIONAL, "sbg", published=_regular)
def survival(seen: Seen) -> list[Quantity]:
    """Share that has renewed once, twice, ... against the shifted-beta-geometric with the scenario's chances."""
    found, (a, b) = seen["sbg", "survived"], chances(seen)
    times = np.arange(1, found.shape[1] + 1)
    return [curve("renewed at least", contracts.survival(times, a, b), found, 0.005, times)]


@check("S3", "retention rises though nobody changes", REGULAR, RELATIONAL, "sbg")
def rising(seen: Seen) -> list[Quantity]:
    """Retention at each renewal against (b + t - 1) / (a + b + t - 1), and how it rises.

    From the first renewal to the last by what the law says; and from one to the next it nowhere falls by more than five
    standard errors, those of as many customers as the law expects there.
    """
    survived, (a, b) = seen["sbg", "survived"], chances(seen)
    before = np.concatenate([np.ones((len(survived), 1)), survived[:, :-1]], axis=1)
    rates = survived / before
    times = np.arange(1, survived.shape[1] + 1)
    expected = contracts.retention(times, a, b)
    customers = seen.scenario("sbg").businesses[0].offering.customers * contracts.survival(times - 1.0, a, b)
    variances = expected * (1.0 - expected) / customers / len(rates)
    rises = np.diff(rates.mean(axis=0)) + 5.0 * np.sqrt(variances[:-1] + variances[1:])
    return [
        curve("retention at renewal", expected, rates, 5.0 * np.sqrt(variances), times),
        near(
            "rise from the first renewal to the last",
            expected[-1] - expected[0],
            rates[:, -1] - rates[:, 0],
            5.0 * float(np.sqrt(variances[0] + variances[-1])),
        ),
        within("smallest rise, five errors added", (0.0, np.inf), np.full(1, rises.min())),
    ]


@check("S4", "one rate for all undervalues a base", PERILS, NUMERICAL)
def undervalued(seen: Seen) -> list[Quantity]:
    """What five cohorts are worth by one retention rate, over what they are worth; the mean chance is .2 in both."""
    return [
        exactly("alike, Beta(3.80, 15.20)", 0.878, contracts.value_if_all_were_alike(3.80, 15.20, 5, 0.1), 0.005),
        exactly("far apart, Beta(.067, .267)", 0.586, contracts.value_if_all_were_alike(0.067, 0.267, 5, 0.1), 0.005),
    ]
