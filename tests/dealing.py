"""A strategy of tests: the plan of another one, and besides a division of the money and prices."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.rules.acquisition import PAID_PER_CUSTOMER
from sim.scenario.schema import Scenario
from sim.strategies.books import Books, Decision, Strategy


class Dealing(NamedTuple):
    """Divides the money anew at each plan, among channels and levers or only one of them, and sets prices or not."""

    of: Strategy
    seed: int
    per_customer: tuple[bool, ...]
    """Of each channel: is it paid per customer, and gets no part?"""

    def plan(self, books: Books) -> Decision:
        """The other's decision, with more in it; the same books, the same answer."""
        dice = np.random.default_rng([self.seed, books.week + 10_000])
        asked = dice.random(3) < 0.6
        channels = np.where(self.per_customer, 0.0, dice.dirichlet([0.5] * len(self.per_customer)))
        levers = dice.dirichlet([0.5] * len(books.levers))
        new, old = books.price * dice.choice([0.1, 0.5, 0.9, 1.0, 1.2, 10.0], 2)
        return self.of.plan(books)._replace(
            channels=tuple((channels / channels.sum()).tolist()) if asked[0] and channels.sum() > 0.0 else None,
            levers=tuple(levers.tolist()) if asked[1] else None,
            prices=(float(new), float(old)) if asked[2] else None,
        )


def dealt(scenario: Scenario, seed: int) -> Scenario:
    """The scenario, in which about half of the businesses divide their money and set prices by themselves."""
    dice = np.random.default_rng(seed % 2**32)
    businesses = []
    for business in scenario.businesses:
        paid = tuple(channel.kind in PAID_PER_CUSTOMER for channel in business.channels.values())
        if dice.random() < 0.5:
            plan = Dealing(business.strategy, int(dice.integers(2**32)), paid)
            business = business._replace(strategy=plan, status_quo=plan._replace(of=business.status_quo))
        businesses.append(business)
    return replace(scenario, businesses=tuple(businesses))
