"""With its mechanisms switched off the model is a published one; here it meets the published equations.

Each test states its false-alarm rate and shows that a wrong law would not pass.
"""

import math

import numpy as np
import pytest

from sim.model.history import Line
from sim.model.market import Market
from sim.scenario.models import scenario_model, scenario_of
from sim.state.tally import Item

ALL_OFF = {
    "choice": {"loyalty": 0.0, "habit": 0.0},
    "defection": {"satisfaction_effect": 0.0},
    "satisfaction": {"speed": 0.0, "adaptation": 0.0},
    "acquisition": {"offer_makes_occasion": 0.0, "push": 0.0},
    "memory": {"name_forgotten": 0.0, "departure_fades": 0.0, "win_back": 0.0, "forgotten_weeks": 30_000},
}
NO_MONEY = {"fixed_split": {"spend_share": 0.0}}
STANDARD_DEVIATIONS = 5.0
"""A two-sided false alarm once in 1.7 million."""


def market(seed: int, weeks: int, people: dict, businesses: dict, **changes) -> Market:
    """A world that begins at week 0 with everything off but what is asked for."""
    plain = {"leaving": 0.0, "price_sensitivity": 0.0, "nothing": 0.0}
    quiet = {"status_quo": NO_MONEY, "strategy": NO_MONEY, "known": 1.0}
    data = {
        "schema": 1,
        "people": plain | people,
        "network": {"mixed": {"listening": 0.0}},
        "rules": ALL_OFF,
        "time": {"weeks": weeks, "burn_in_weeks": 0, "list_weeks": 30_000, "planning_weeks": 1},
        "businesses": {name: quiet | business for name, business in businesses.items()},
    } | changes
    return Market(scenario_of(scenario_model().model_validate(data), "limit"), seed).run()


def orders_of(world: Market) -> np.ndarray:
    return world.world.customers.orders.astype(int)


def test_purchases_of_one_business_are_negative_binomial__ehrenberg_1959():
    shape, mean, people = 0.78, 1.456, 40_000
    world = market(
        1, 13, {"count": people, "need_per_year": {"gamma": {"shape": shape, "mean": 4 * mean}}}, {"brand": {}}
    )
    counts = np.bincount(orders_of(world)[:, 0], minlength=12)[:8] / people
    success = shape / (shape + mean)
    theory = np.array(
        [
            math.exp(
                math.lgamma(shape + n)
                - math.lgamma(shape)
                - math.lgamma(n + 1)
                + shape * math.log(success)
                + n * math.log(1 - success)
            )
            for n in range(8)
        ]
    )
    error = np.sqrt(theory * (1 - theory) / people)
    assert np.all(np.abs(counts - theory) < STANDARD_DEVIATIONS * error)
    poisson = np.array([math.exp(-mean) * mean**n / math.factorial(n) for n in range(8)])
    assert np.any(np.abs(counts - poisson) > STANDARD_DEVIATIONS * error)


def test_penetrations_are_those_of_the_nbd_dirichlet__goodhardt_ehrenberg_chatfield_1984():
    """UK toothpaste, one quarter. Brands outside the eight are the affinity for "nothing": an occasion lost to them."""
    shares = [0.25, 0.19, 0.10, 0.10, 0.09, 0.08, 0.03, 0.02]
    theory = [0.204, 0.160, 0.089, 0.089, 0.080, 0.072, 0.028, 0.019]
    people, runs = 20_000, 4
    need = {"gamma": {"shape": 0.7788, "mean": 4 * 1.456}}
    person = {"count": people, "need_per_year": need, "nothing": 1.485 * 0.14}
    brands = {f"brand{i}": {"affinity": 1.485 * share} for i, share in enumerate(shares)}
    bought = np.mean([(orders_of(market(seed, 13, person, brands)) > 0).mean(axis=0) for seed in range(runs)], axis=0)
    error = np.sqrt(np.array(theory) * (1 - np.array(theory)) / (people * runs))
    assert np.all(np.abs(bought - theory) < 0.0005 + STANDARD_DEVIATIONS * error)  # theory is printed to three places
    equal = {f"brand{i}": {"affinity": 1.485 * 0.86 / 8} for i in range(8)}
    wrong = (orders_of(market(0, 13, person, equal)) > 0).mean(axis=0)
    assert np.any(np.abs(wrong - theory) > 0.0005 + STANDARD_DEVIATIONS * error)


def test_adoption_follows_the_bass_recursion__bass_1969():
    """F += (p + qF)(1 - F). Contacts and stories are separate draws, so listening is q (N - 1) / (N (1 - p))."""
    people, p, q, weeks, runs = 10_000, 0.03, 0.38, 30, 30
    rules = ALL_OFF | {
        "acquisition": {"offer_makes_occasion": 1.0, "push": 0.0},
        "talk": {"told_always": 1.0, "told_by_feeling": 0.0, "told_when_bad": 1.0, "effect": 0.0},
    }
    advertising = {"ad": {"ceiling": p, "strength": 1e6, "keep": 0.0}}
    spend = {"fixed_budget": {"spend_per_year": 1e7, "acquisition_share": 1.0}}
    business = {"known": 0.0, "cash": 1e9, "channels": advertising, "strategy": spend}

    def adoption(listening: float) -> np.ndarray:
        network = {"mixed": {"listening": listening}}
        person = {"count": people, "need_per_year": 0.0}
        worlds = [market(k, weeks, person, {"new": business}, rules=rules, network=network) for k in range(runs)]
        return np.array([world.history[:, 0, Line.CUSTOMERS] / people for world in worlds])

    recursion, adopted = [], 0.0
    for _ in range(weeks):
        adopted += (p + q * adopted) * (1 - adopted)
        recursion.append(adopted)
    curves = adoption(q * (people - 1) / (people * (1 - p)))
    assert np.max(np.abs(curves.mean(axis=0) - recursion)) < 0.005
    doubled = adoption(min(2 * q, 1.0))
    assert np.max(np.abs(doubled.mean(axis=0) - recursion)) > 0.005


def test_money_wins_prospects_as_blattberg_and_deighton_1996_say():
    """10.078 per prospect under a ceiling of .40 with 5 winning .20: a = .30107."""
    people = 100_000
    rules = ALL_OFF | {"acquisition": {"offer_makes_occasion": 1.0, "push": 0.0}}
    channel = {"ad": {"ceiling": 0.40, "strength": math.log(2) / 5, "keep": 0.0}}

    def won(spend_per_prospect: float) -> float:
        plan = {"fixed_budget": {"spend_per_year": spend_per_prospect * people, "acquisition_share": 1.0}}
        business = {"known": 0.0, "cash": 1e9, "channels": channel, "strategy": plan}
        person = {"count": people, "need_per_year": 0.0}
        return int(market(5, 1, person, {"firm": business}, rules=rules).history[0, 0, Item.NEW]) / people

    error = math.sqrt(0.30107 * 0.69893 / people)
    assert abs(won(10.0778) - 0.30107) < STANDARD_DEVIATIONS * error
    assert abs(won(8.0) - 0.30107) > STANDARD_DEVIATIONS * error


@pytest.mark.parametrize("total_affinity", [5.0, 1.485])
def test_price_elasticity_is_that_of_dirichlet_choice(total_affinity):
    """-sensitivity (1 - s) S / (1 + S) with everybody aware; paired runs at +-2 %, share .2, sensitivity 3."""
    sensitivity, share, step = 3.0, 0.2, 1.02

    def orders(price: float) -> int:
        firms = {
            "ours": {"affinity": total_affinity * share, "price": price},
            "rest": {"affinity": total_affinity * (1 - share)},
        }
        person = {"count": 100_000, "need_per_year": 26.0, "price_sensitivity": sensitivity}
        return int(market(3, 26, person, firms).history[:, 0, Item.ORDERS].sum())

    measured = math.log(orders(50.0 * step) / orders(50.0 / step)) / (2 * math.log(step))
    theory = -sensitivity * (1 - share) * total_affinity / (1 + total_affinity)
    assert measured == pytest.approx(theory, abs=0.06)
    assert abs(measured - (-sensitivity * (1 - share))) > 0.06  # what it would be without differences of taste


def test_renewals_of_contracts_are_shifted_beta_geometric__fader_hardie_2007():
    """Regular customers, alpha .704 and beta 1.182: share that renewed at least t times, t = 1..12."""
    alpha, beta, people = 0.704, 1.182, 40_000
    rules = ALL_OFF | {
        "need": {"clock": "contract", "renewal_weeks": 1},
        "acquisition": {"offer_makes_occasion": 1.0, "push": 0.0},
    }
    spend = {"fixed_budget": {"spend_per_year": 1e7, "acquisition_share": 1.0}}
    channel = {"ad": {"ceiling": 1.0, "strength": 1e6, "keep": 0.0}}
    firm = {"known": 0.0, "cash": 1e9, "channels": channel, "strategy": spend}
    person = {"count": people, "need_per_year": 0.0, "leaving": {"beta": {"a": alpha, "b": beta}}}
    paid = orders_of(market(7, 13, person, {"firm": firm}, rules=rules))[:, 0]
    survived = np.array([(paid >= t + 1).mean() for t in range(1, 13)])
    theory = np.cumprod([(beta + t - 1) / (alpha + beta + t - 1) for t in range(1, 13)])
    error = np.sqrt(theory * (1 - theory) / people)
    assert np.all(np.abs(survived - theory) < STANDARD_DEVIATIONS * error)
    constant = (beta / (alpha + beta)) ** np.arange(1, 13)
    assert np.any(np.abs(survived - constant) > STANDARD_DEVIATIONS * error)


def test_under_contract_nothing_is_bought_twice_or_elsewhere():
    rules = ALL_OFF | {
        "need": {"clock": "contract", "renewal_weeks": 52},
        "memory": ALL_OFF["memory"] | {"forgotten_weeks": 30},
    }
    firms = {"one": {"affinity": 1.0}, "two": {"affinity": 1.0}}
    world = market(8, 140, {"count": 3_000, "need_per_year": 60.0}, firms, rules=rules)
    contracts = (world.world.customers.relation == 2).sum(axis=1)
    assert contracts.max() == 1  # one contract at a time, and none is forgotten while it runs
    assert (orders_of(world).max(axis=1) == 3).mean() > 0.95  # signed in the first weeks, renewed twice
    assert np.array_equal(world.history[:, :, Line.CUSTOMERS], world.history[:, :, Line.LISTED_CUSTOMERS])
