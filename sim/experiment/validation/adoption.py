"""Adoption: word of mouth and advertising, with everything else off, are Bass's diffusion."""

from __future__ import annotations

import math
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
    study,
    weekly,
    within,
)
from sim.rules.word_of_mouth import Groups, Mixed, listening_probability, telling_probability
from sim.scenario.schema import Scenario
from sim.theory import diffusion

BASS = "Bass (1969)"


def coefficients(scenario: Scenario) -> tuple[float, float]:
    """The p and q of a scenario in which a contact or a story is an adoption.

    Contacts and stories come independently, so a story counts only where no contact came; and nobody hears itself.

    Raises
    ------
    ValueError
        If people hear some of their friends only, or if there is not one channel: the law is about neither.
    """
    channels, shape = scenario.businesses[0].channels, scenario.network.shape
    if len(channels) != 1:
        raise ValueError(
            f"this check is about one channel of {scenario.businesses[0].name}, got {len(channels)}; leave one"
        )
    (channel,) = channels.values()
    if isinstance(shape, Groups):
        friends = shape.size - 1
        listening = listening_probability(shape.talk_per_friend, friends)
    elif isinstance(shape, Mixed):
        friends, listening = scenario.people - 1, shape.listening
    else:
        raise ValueError(
            f"this check is about everybody hearing everybody, got the network {scenario.network.kind}; "
            "set it to mixed or groups"
        )
    told = telling_probability(scenario.rules.satisfaction.first_expectation, scenario.rules.talk)
    return channel.ceiling, listening * told * (1.0 - channel.ceiling) * (friends + 1) / friends


def adopters(world: World, name: str) -> dict[str, Any]:
    """Share of people who have adopted, at the end of each week."""
    run = world.life(name)
    return {"adopted": weekly(run, "customers") / run.scenario.market_size}


@study("bass", 50)
def bass(world: World) -> dict[str, Any]:
    return adopters(world, "bass")


@study("bass_fine", 16)
def bass_fine(world: World) -> dict[str, Any]:
    return adopters(world, "bass_fine")


@study("bass_circles", 20)
def bass_circles(world: World) -> dict[str, Any]:
    return adopters(world, "bass_circles")


@study("bass_neighbours", 10)
def bass_neighbours(world: World) -> dict[str, Any]:
    return adopters(world, "bass_neighbours")


def _recursion(seen: Seen, name: str, allowed: float) -> list[Quantity]:
    found = seen[name, "adopted"]
    expected = diffusion.recursion(*coefficients(seen.scenario(name)), found.shape[1])[1:]
    return [curve("adopted after period", expected, found, allowed, range(1, len(expected) + 1))]


def _half_time(seen: Seen) -> list[Quantity]:
    """The time until half have adopted, as computed for these p and q from the recursion."""
    times = [diffusion.time_to(0.5, np.concatenate([[0.0], curve])) for curve in seen["bass", "adopted"]]
    return [near("half have adopted after", 7.203, np.array(times), 0.05)]


@check("B1", "adoption follows the discrete recursion", BASS, DISTRIBUTIONAL, "bass", published=_half_time)
def discrete(seen: Seen) -> list[Quantity]:
    """Share of adopters after each period against F += (p + q F)(1 - F), with p and q from the scenario."""
    return _recursion(seen, "bass", 0.005)


@check("B1-circles", "the same on complete networks", BASS, DISTRIBUTIONAL, "bass_circles")
def complete_networks(seen: Seen) -> list[Quantity]:
    """Circles of a thousand in which everybody is a friend of everybody, against the same recursion.

    A circle is a small market: luck early on moves its whole curve, and the mean of curves lags a little behind the
    curve of the mean, by an error of one over its size.
    """
    return _recursion(seen, "bass_circles", 0.008)


def _durables(seen: Seen) -> list[Quantity]:
    """Time and size of the peak of eleven durables as printed, to the last digit of p and q."""
    found = []
    for name, (p, q, market, time, peak) in published.DURABLES.items():
        found += [
            exactly(f"peak of {name}, years", time, diffusion.peak_time(p, q), 0.01),
            exactly(f"peak of {name}, thousands", peak, market * diffusion.peak_share(p, q), 1.0),
        ]
    return found


@check("B2", "with small steps it is the closed form", BASS, DISTRIBUTIONAL, "bass_fine", published=_durables)
def closed_form(seen: Seen) -> list[Quantity]:
    """Adoption in steps of a twentieth of a period against F(t); and the peaks of eleven durables by the formulas."""
    found = seen["bass_fine", "adopted"]
    p, q = coefficients(seen.scenario("bass_fine"))
    expected = diffusion.adopted(np.arange(1, found.shape[1] + 1), p, q)
    steps = diffusion.recursion(p, q, found.shape[1])[1:]
    allowed = 0.008 + np.abs(steps - expected).max()  # what steps of this length make of the closed form
    return [curve("adopted after step", expected, found, allowed, range(1, len(expected) + 1))]


@check("B3", "least squares on intervals", "Srinivasan & Mason (1986)", NUMERICAL)
def intervals(seen: Seen) -> list[Quantity]:
    """p, q and market of three durables, estimated from yearly sales, against the printed estimates."""
    found = []
    for name, (sales, printed) in published.SALES.items():
        estimate = diffusion.fit_intervals(np.array(sales))
        for which, expected, observed in zip(("p", "q", "market"), printed, estimate.coefficients, strict=True):
            found.append(exactly(f"{which} of {name}", expected, observed, 0.01 * expected))
    return found


@check("B4", "least squares on the density", "Cowpertwait & Metcalfe (2009)", NUMERICAL)
def density(seen: Seen) -> list[Quantity]:
    """p, q and market of video recorders, estimated from yearly sales, against the printed estimates."""
    sales, printed = published.VIDEO_RECORDERS
    estimate = diffusion.fit_density(np.array(sales))
    names = ("p", "q", "market")
    return [
        exactly(f"{which} of video recorders", expected, observed, 0.01 * expected)
        for which, expected, observed in zip(names, printed, estimate.coefficients, strict=True)
    ]


@check(
    "B6",
    "among neighbours adoption is slower",
    "Watts & Strogatz (1998); Bass (1969)",
    RELATIONAL,
    "bass",
    "bass_neighbours",
    must=False,
)
def neighbours(seen: Seen) -> list[Quantity]:
    """Periods that neighbours on a ring take longer than anybody among anybody until half have adopted."""
    halves = []
    for name in ("bass_neighbours", "bass"):
        curves = seen[name, "adopted"]
        halves.append([diffusion.time_to(0.5, np.concatenate([[0.0], curve])) for curve in curves])
    worlds = min(map(len, halves))
    return [within("periods later", (0.0, math.inf), np.subtract(*(np.array(half[:worlds]) for half in halves)))]
