"""A firm for demonstration: our own simulator writes a log and the books of a shop whose truth is known.

What calibration finds here it finds in a world of its own kind. That shows how it works, not that real firms are so.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.experiment.calibration.base import Base, Market, Said
from sim.experiment.calibration.estimates import chance_to_leave
from sim.experiment.calibration.log import date_of
from sim.experiment.calibration.money import Money, Way
from sim.experiment.calibration.response import Spent
from sim.experiment.calibration.world import Behaviour, Plan, world_of
from sim.experiment.runs import run_world
from sim.scenario.load import scenario_from
from sim.scenario.schema import YEAR, Scenario
from sim.state.diary import ORDER
from sim.theory.allocation import Curve

WEEKS = 156
FIRST_DAY = 738_522
"""Monday, 2 January 2023."""
PEOPLE = 30_000
TRUTH = Plan(
    Behaviour({"gamma": {"shape": 0.6, "mean": 5.2}}, (0.8, 4.2), 2, {}, 42.0, (5.0, 4.0)),
    Base(0, 2_900, 0.0, 1.0, 250_000.0, WEEKS, False),
    Market(PEOPLE, 1, 0, 0, 0.0),
    Money(
        {"search": Way(Curve(0.0015, 1.8), 0.15, 1.0), "social": Way(Curve(0.0011, 1.0), 0.65, 1.0)},
        0.0003,
        Curve(0.60, 0.16),
        9_000.0,
    ),
    Said(margin=0.45, people=PEOPLE, currency="euro"),
)  # fmt: skip
"""The shop: every number that calibration has to find."""
ANSWERS: dict[str, dict[str, float]] = {
    "bg_nbd": {
        "r": 0.6,
        "alpha": 0.6 * YEAR / 5.2,
        "a": 0.8,
        "b": 4.2,
        "leaves_at_first": chance_to_leave(0.8, 4.2, 1),
        "leaves_at_fifth": chance_to_leave(0.8, 4.2, 5),
    },
    "gamma_gamma": {"p": 5.0, "q": 4.0, "gamma": 42.0 * (4.0 - 1.0) / 5.0},
    "responses": {
        **{f"{name}.ceiling": way.curve.ceiling for name, way in TRUTH.money.ways.items()},
        **{f"{name}.half_saturation": math.log(2.0) / way.curve.strength for name, way in TRUTH.money.ways.items()},
        **{f"{name}.keep": way.keep for name, way in TRUTH.money.ways.items()},
        "by_itself": TRUTH.money.by_itself,
        "care.strength": TRUTH.money.care.strength,
    },
}
"""The same by model and number, to stand beside what was found. The chances of leaving are those under a steady care of
the usual money; as its money changes, they do."""
EVERY_REFUND, EVERY_BLANK, EVERY_DOUBLE = 45, 160, 220
"""One of so many rows is given back in half, lacks its customer, or is there twice.
An order given back entirely would be none, and the truth another."""


class Demo(NamedTuple):
    """Two files as a shop would export them, and the scenario behind them."""

    transactions: str
    spend: str
    truth: Scenario


def spent() -> Spent:
    """Money of each week: search in waves, social in flights, keeping in steps, so that effects can be told apart."""
    week = np.arange(WEEKS)
    search = 260.0 * (1.0 + 0.75 * np.sin(2.0 * np.pi * week / 23.0)) * np.where(week // 13 % 3 == 1, 0.35, 1.0)
    social = np.where(week % 17 < 6, 620.0, 60.0)
    keeping = np.array([60.0, 420.0, 150.0, 20.0])[week // 13 % 4]
    return Spent(np.column_stack([search, social]).round(), keeping.round())


def demo(seed: int = 1, money: Spent | None = None) -> Demo:
    """The files of one world.

    Parameters
    ----------
    money : of every week; as ``spent`` says if it is not given
    """
    money, world = money or spent(), world_of(TRUTH)
    ours = world["businesses"]["ours"] | {"customers": 0, "cash": 1e7}
    time = {"weeks": WEEKS, "burn_in_weeks": 0, "planning_weeks": 1}
    scenario = scenario_from(world | {"time": time, "businesses": {"ours": ours}}, "demo")
    lived = replace(scenario, businesses=(scenario.businesses[0]._replace(strategy=money),))
    run = run_world(lived, seed, followed=PEOPLE)
    orders = run.events[run.events[:, 3] == ORDER]
    return Demo(_transactions(orders, scenario.minor_units), _spend(money), scenario)


def _transactions(orders: np.ndarray, minor_units: int) -> str:
    """Orders with the small faults of every export.

    A person whom the simulator wins lives the whole of that week as a customer, so the first order is one of its
    Monday; on any other day the rest of the week would be shorter than what was bought in it. Several orders of a
    person and week have days of their own: what is bought on one day would be read as one purchase.
    """
    rows, seen = [], set()
    in_order = orders[np.lexsort((orders[:, 1], orders[:, 0]))]
    for at, (week, person, amount) in enumerate(in_order[:, [0, 1, 4]].tolist()):
        day = FIRST_DAY + 7 * week + ((person * 5 + week * 3 + at) % 7 if person in seen else 0)
        seen.add(person)
        customer = "" if at % EVERY_BLANK == 7 else f"K{10_000 + person}"
        rows.append((day, customer, amount))
        if at % EVERY_DOUBLE == 11:
            rows.append((day, customer, amount))
        if at % EVERY_REFUND == 5 and week < WEEKS - 3:
            rows.append((day + 9, customer, -(amount // 2)))
    rows.sort()
    lines = [f"{customer},{date_of(day)},{amount / minor_units:.2f}" for day, customer, amount in rows]
    return "\n".join(["customer_id,date,amount", *lines, ""])


def _spend(money: Spent) -> str:
    """What was spent in every week."""
    lines = [
        f"{date_of(FIRST_DAY + 7 * week)},{search:.0f},{social:.0f},{keeping:.0f}"
        for week, (search, social, keeping) in enumerate(
            zip(money.winning[:, 0], money.winning[:, 1], money.keeping, strict=True)
        )
    ]
    return "\n".join(["period,acquisition_search,acquisition_social,retention", *lines, ""])
