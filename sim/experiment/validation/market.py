"""Whole markets: published findings that the bundled markets may show or not. Nothing here was moved to make them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.experiment.outcome import Run
from sim.experiment.validation.laboratory import (
    RELATIONAL,
    Quantity,
    Seen,
    World,
    budget_of,
    check,
    orders_of,
    study,
    table_of,
    weekly,
    whole,
    within,
)
from sim.experiment.validation.measures import duplication, heaviest, heavy_share
from sim.rules.word_of_mouth import effect_of_story
from sim.state.customers import CONTACTED, REFERRED, TOLD
from sim.theory.brands import double_jeopardy

YEAR = 52
WORLDS = 10
ABOVE_ZERO, ABOVE_ONE = (0.0, math.inf), (1.0, math.inf)
BUSINESSES = ("ours", "incumbent_a", "incumbent_b")
DIRICHLET = "Goodhardt et al. (1984)"
SHARP = "Sharp et al. (2019)"
SCHMITT = "Schmitt et al. (2011)"
VILLANUEVA = "Villanueva et al. (2008)"
TRUSOV = "Trusov et al. (2009)"
EAST = "East et al. (2008)"
ANDERSON = "Anderson & Sullivan (1993)"
KNOX = "Knox & van Oest (2014)"
MALTHOUSE = "Malthouse & Blattberg (2005)"


def of_all(setting: str) -> tuple[str, ...]:
    """The same setting for every business of the base market."""
    return tuple(f"businesses.{name}.{setting}" for name in BUSINESSES)


def over_all(run: Run, metric: str) -> float:
    """A metric of the whole run, added over businesses."""
    return sum(whole(run, metric, slot) for slot in range(len(run.scenario.businesses)))


# --------------------------------------------------------------------------------------------------------------- buyers


@study("base", WORLDS)
def base(world: World) -> dict[str, Any]:
    run = world.life("base", "time.weeks=104", log=True)
    orders, money = (
        [table_of(run, YEAR * year, YEAR * (year + 1), money=counted) for year in (0, 1)] for counted in (False, True)
    )
    bought = orders[0] > 0
    penetration = bought.mean(axis=0)
    factors = duplication(orders[0])
    dropped = []
    for slot in range(orders[0].shape[1]):
        before, after = (heaviest(orders[year][:, slot], money[year][:, slot]) for year in (0, 1))
        dropped.append((1.0 - len(before & after) / len(before), 1.0 - len(before & after) / len(after)))
    return {
        "slope": double_jeopardy(penetration, orders[0].sum(axis=0) / bought.sum(axis=0)),
        "heavy": np.mean([heavy_share(column) for column in orders[0].T]),
        "duplication spread": factors.std() / factors.mean(),
        "drop out": np.mean(dropped, axis=0)[0],
        "missed": np.mean(dropped, axis=0)[1],
    }


@check("D3-market", "double jeopardy in the base market", DIRICHLET, RELATIONAL, "base", must=False)
def jeopardy(seen: Seen) -> list[Quantity]:
    """Slope of log purchases per buyer on log penetration over three businesses, in the band of real categories."""
    return [within("slope", (0.0, 0.6), seen["base", "slope"])]


@check("D4-market", "the heaviest fifth in the base market", SHARP, RELATIONAL, "base", must=False)
def heavy(seen: Seen) -> list[Quantity]:
    """Share of a business's orders in a year that the heaviest fifth of its buyers makes."""
    return [within("share of orders", (0.45, 0.70), seen["base", "heavy"])]


@check("D5-market", "duplication in the base market", DIRICHLET, RELATIONAL, "base", must=False)
def duplicated(seen: Seen) -> list[Quantity]:
    """Spread over businesses of how much more often they are bought by each other's buyers."""
    return [within("coefficient of variation", (0.0, 0.15), seen["base", "duplication spread"])]


@check("D6", "heavy buyers become lighter", SHARP, RELATIONAL, "base", must=False)
def moderation(seen: Seen) -> list[Quantity]:
    """Share of a year's heaviest fifth that is not among the heaviest fifth of the next year's buyers."""
    return [within("share that drops out", (0.25, 0.60), seen["base", "drop out"])]


@check("F1", "tomorrow's best customers are missed", MALTHOUSE, RELATIONAL, "base", must=False)
def forecast_of_members(seen: Seen) -> list[Quantity]:
    """Share of the next year's heaviest fifth that was not in this year's."""
    return [within("share missed", (0.25, 0.60), seen["base", "missed"])]


# -------------------------------------------------------------------------------------------------------- word of mouth


@study("told", WORLDS, "complete")
def told(world: World) -> dict[str, Any]:
    """What customers won by friends and by channels bring within two years, in the market with everything on."""
    run = world.life("complete", log=True)
    orders = orders_of(run)
    businesses = len(run.scenario.businesses)
    pair = orders[:, 1] * businesses + orders[:, 2]
    first = np.full(run.scenario.people * businesses, 30_000)
    np.minimum.at(first, pair, orders[:, 0])
    source = np.zeros(len(first), np.int64)
    np.maximum.at(source, pair, orders[:, 4])
    since = orders[:, 0] - first[pair]
    value, stayed = np.zeros(len(first)), np.zeros(len(first), bool)
    np.add.at(value, pair, np.where(since < 2 * YEAR, orders[:, 3] / run.scenario.minor_units, 0.0))
    stayed[pair[(since >= YEAR) & (since < 2 * YEAR)]] = True
    known = first <= run.scenario.time.weeks - 2 * YEAR
    by_friends, by_channels = (known & np.isin(source, kinds) for kinds in ((TOLD, REFERRED), (CONTACTED,)))
    return {
        "value": value[by_friends].mean() / value[by_channels].mean(),
        "stayed": stayed[by_friends].mean() - stayed[by_channels].mean(),
    }


@check("W1", "customers won by friends are worth more", SCHMITT, RELATIONAL, "told", must=False)
def referred(seen: Seen) -> list[Quantity]:
    """Money in two years and share ordering in the second, of those told by friends against those contacted."""
    return [
        within("value against contacted", (1.16, math.inf), seen["told", "value"]),
        within("more who stay", ABOVE_ZERO, seen["told", "stayed"]),
    ]


@check("W2", "and nearly twice as much in the long run", VILLANUEVA, RELATIONAL, "told", must=False)
def long_run(seen: Seen) -> list[Quantity]:
    """The same money, against the published ratio."""
    return [within("value against contacted", (1.3, 2.5), seen["told", "value"])]


@study("talk", WORLDS, "base")
def talk(world: World) -> dict[str, Any]:
    """New customers of ours with half as much talk again, and with half as much money for winning again, for good."""
    usual = world.life("base")
    listening = usual.scenario.network.shape.listening
    plan = budget_of(usual.scenario)
    money = 1.5 * plan.spend_per_year * plan.acquisition_share
    total = plan.spend_per_year + money / 3.0  # half as much again for winning, and as much as before for keeping
    more = f"{{fixed_budget: {{spend_per_year: {total!r}, acquisition_share: {money / total!r}}}}}"
    runs = {
        "told": world.life("base", f"network.mixed.listening={1.5 * listening}"),
        "contacted": world.life("base", *(f"businesses.ours.{when}={more}" for when in ("status_quo", "strategy"))),
    }
    return {
        name: math.log(whole(run, "new_customers") / whole(usual, "new_customers")) / math.log(1.5)
        for name, run in runs.items()
    }


@check("W4", "talk moves sign-ups more than advertising", TRUSOV, RELATIONAL, "talk", must=False)
def elasticities_of_sign_ups(seen: Seen) -> list[Quantity]:
    """Lasting elasticity of new customers in listening less that in money for winning; published .53 against .02."""
    return [within("talk less advertising", ABOVE_ZERO, seen["talk", "told"] - seen["talk", "contacted"])]


@check("W5", "a good story moves more than a bad one", EAST, RELATIONAL, must=False)
def good_and_bad(seen: Seen) -> list[Quantity]:
    """Change in the chance of choosing, by a good story over an equally strong bad one, where the chance was small."""
    scenario, found = seen.scenario("base"), []
    total = sum(business.offering.affinity for business in scenario.businesses) + scenario.segments[0].person.nothing
    for business in scenario.businesses:
        before = business.offering.affinity / total
        odds = math.log(before / (1.0 - before))
        good, bad = (
            1.0 / (1.0 + math.exp(-odds - effect_of_story(story, False, scenario.rules.talk))) - before
            for story in (0.5, -0.5)
        )
        found.append(within(f"ratio at a chance of {before:.2f}", ABOVE_ONE, np.array([-good / bad])))
    return found


# --------------------------------------------------------------------------------------------------------- satisfaction


@study("quality", WORLDS, "base")
def quality(world: World) -> dict[str, Any]:
    """Revenue of ours with a little better and a little worse quality, in the third year."""
    usual = world.life("base", "time.weeks=156")
    level = usual.scenario.businesses[0].offering.quality
    runs = (world.life("base", "time.weeks=156", f"businesses.ours.quality={level + d!r}") for d in (0.15, -0.15))
    third = [weekly(run, "revenue")[-YEAR:].sum() for run in (usual, *runs)]
    return {"better": math.log(third[1] / third[0]), "worse": math.log(third[2] / third[0])}


@check("Q1", "a shortfall costs more than a surplus earns", ANDERSON, RELATIONAL, "quality", must=False)
def disconfirmed(seen: Seen) -> list[Quantity]:
    """Logarithm of revenue lost by worse quality less that gained by equally better quality."""
    return [within("loss less gain", ABOVE_ZERO, -seen["quality", "worse"] - seen["quality", "better"])]


@study("complaints", WORLDS, "base")
def complaints(world: World) -> dict[str, Any]:
    """Customers lost in the base market with and without failed orders, recovery, and the mildness of old customers."""
    failing = (*of_all("failure_rate=0.15"), "rules.complaints.complains=0.4")

    def lost(*changes: str) -> float:
        run = world.life("base", "time.weeks=156", *changes)
        return over_all(run, "lost_customers") / sum(weekly(run, "customers", at).mean() for at in range(3))

    none, unresolved = lost(*of_all("failure_rate=0")), lost(*failing, "rules.complaints.recovery=0")
    recovered = lost(*failing, "rules.complaints.recovery=0.9")
    mild = lost(*failing, "rules.complaints.recovery=0", "rules.complaints.softened_by_orders=0.5")
    return {"harm": unresolved - none, "recovered": unresolved - recovered, "left": recovered - none,
            "buffer": unresolved - mild}  # fmt: skip


@check("Q2", "complaints drive away, recovery helps in part", KNOX, RELATIONAL, "complaints", must=False)
def complained(seen: Seen) -> list[Quantity]:
    """Customers lost per customer in three years through failures, saved by recovery, not saved, buffered by orders."""
    names = {
        "lost through failures": "harm",
        "saved by recovery": "recovered",
        "not saved by it": "left",
        "saved by earlier orders": "buffer",
    }
    return [within(name, ABOVE_ZERO, seen["complaints", key]) for name, key in names.items()]
