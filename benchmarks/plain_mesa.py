"""The core of the base market as a plain Mesa model: one agent object per person, written the way Mesa's guides write.

It is the other side of a benchmark. The rules are those of `docs/odd.md` that the bundled scenario `base` uses, told
again by other hands: it imports nothing of the package, chooses by weights instead of a race, and draws from the
model's own stream. It keeps fewer books than the package does, which is to its advantage.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import mesa

from benchmarks.core import check_core
from benchmarks.plain_customer import LONG_AGO, WEEKS_A_YEAR, Customer

MEMORY_OF_VOLUME = 13


class Business(mesa.Agent):
    """A business: spends by a fixed plan, keeps count of what it sees."""

    def __init__(self, model: PlainMarket, place: int, about: dict[str, Any]) -> None:
        super().__init__(model)
        self.place = place
        self.about = about
        self.price_ratio = about["price"] / model.rules.choice.reference_price
        self.log_price_ratio = math.log(self.price_ratio)
        self.cash = about["cash"]
        self.pressure = [0.0] * len(about["channels"])
        self.volume = 0.0
        self.spend, self.acquisition_share = 0.0, 0.0
        self.contact, self.let_through = 0.0, 1.0
        self.aware, self.customers, self.listed, self.satisfaction = 0, 0, 0, 0.0
        self.open_week()

    def open_week(self) -> None:
        """Nothing has happened yet."""
        self.orders, self.revenue, self.good_stories, self.bad_stories = 0, 0.0, 0, 0

    def plan(self) -> None:
        """A fixed sum or a fixed share of revenue, and a fixed split."""
        ((name, numbers),) = self.about["status_quo" if self.model.week < 0 else "strategy"].items()
        if name == "fixed_budget":
            self.spend = numbers["spend_per_year"] / WEEKS_A_YEAR
        elif name == "fixed_split":
            self.spend = numbers["spend_share"] * self.volume
        else:
            raise ValueError(f"the plain Mesa model knows fixed plans only, not {name}")
        self.acquisition_share = numbers["acquisition_share"]

    def offer(self) -> None:
        """Spend this week's money: contacts with prospects, care for the listed."""
        self.open_week()
        money = min(self.spend, max(self.cash + self.about["credit_line"], 0.0))
        prospects = self.model.people - self.listed
        winning = money * self.acquisition_share if prospects else 0.0
        keeping = money * (1 - self.acquisition_share) if self.listed else 0.0
        self.cash -= winning + keeping
        nobody_reached = 1.0
        for at, channel in enumerate(self.about["channels"].values()):
            rate = winning * channel["budget_share"] * WEEKS_A_YEAR / prospects if prospects else 0.0
            self.pressure[at] = (1 - channel["keep"]) * rate + channel["keep"] * self.pressure[at]
            nobody_reached *= 1 - channel["ceiling"] * (1 - math.exp(-channel["strength"] * self.pressure[at]))
        self.contact = 1 - nobody_reached
        care = self.about["levers"]["care"]
        rate = keeping * WEEKS_A_YEAR / self.listed if self.listed else 0.0
        self.let_through = 1 - care["ceiling"] * (1 - math.exp(-care["strength"] * rate))

    def close(self) -> None:
        """Book the week."""
        self.cash += self.revenue * (1 - self.about["unit_cost"] / self.about["price"])
        self.volume += (self.revenue - self.volume) / min(self.model.tick + 1, MEMORY_OF_VOLUME)


REPORTED = ("orders", "revenue", "customers", "aware", "listed", "satisfaction", "good_stories", "bad_stories")
"""What is collected every week, one number a business; satisfaction is the sum over customers."""


class PlainMarket(mesa.Model):
    """The market.

    Parameters
    ----------
    data : a resolved scenario as plain data: `load_scenario("base").resolved`
    seed : of the model's own random stream
    """

    def __init__(self, data: Mapping[str, Any], seed: int) -> None:
        super().__init__(seed=seed)
        check_core(data)
        self.data = data
        self.rules = SimpleNamespace(**{name: SimpleNamespace(**rule) for name, rule in data["rules"].items()})
        self.people: int = data["people"]["count"]
        self.list_weeks: int = data["time"]["list_weeks"]
        self.tick = 0
        self.businesses = [Business(self, at, about) for at, about in enumerate(data["businesses"].values())]
        self.customers = Customer.create_agents(self, self.people)
        self.make_friends(**data["network"]["small_world"])
        reporters = {
            name: lambda model, name=name: [getattr(each, name) for each in model.businesses] for name in REPORTED
        }
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    @property
    def week(self) -> int:
        """Weeks since the run began; negative in the years before."""
        return self.tick - self.data["time"]["burn_in_weeks"]

    def step(self) -> None:
        """One week."""
        if self.week == 0:
            for business in self.businesses:
                business.cash = business.about["cash"]
        if self.tick == 0 or self.week % self.data["time"]["planning_weeks"] == 0:
            for business in self.businesses:
                business.plan()
        for business in self.businesses:
            business.offer()
        self.customers.do("listen")
        self.customers.do("decide")
        for business in self.businesses:
            business.close()
        self.datacollector.collect(self)
        self.tick += 1

    def make_friends(self, degree: int, rewired: float, talk_per_friend: float) -> None:
        """A ring of neighbours with some links rewired (Watts & Strogatz 1998)."""
        everybody = list(self.customers)
        people = len(everybody)
        links: list[set[int]] = [set() for _ in everybody]
        laps = [(at, (at + step) % people) for step in range(1, degree // 2 + 1) for at in range(people)]
        for one, other in laps:
            links[one].add(other)
            links[other].add(one)
        for one, other in laps:
            if self.random.random() < rewired:
                links[one].remove(other)
                links[other].remove(one)
                while other == one or other in links[one]:
                    other = self.random.randrange(people)
                links[one].add(other)
                links[other].add(one)
        for customer, friends in zip(everybody, links, strict=True):
            customer.meet_friends([everybody[friend] for friend in sorted(friends)], talk_per_friend)

    def drawn(self, distribution: Mapping[str, Mapping[str, float]]) -> float:
        """One person's attribute."""
        ((kind, numbers),) = distribution.items()
        match kind, tuple(numbers.values()):
            case "constant", (value,):
                return value
            case "gamma", (shape, mean):
                return self.random.gammavariate(shape, mean / shape)
            case "beta", (a, b):
                return self.random.betavariate(a, b)
            case "normal", (mean, sd):
                return self.random.gauss(mean, sd)
            case "uniform", (low, high):
                return self.random.uniform(low, high)
        raise ValueError(f"nobody knows how to draw {kind}")

    def waited(self, chance: float) -> int:
        """The week in which an event of this weekly chance happens."""
        if chance <= 0:
            return -LONG_AGO
        wait = 0 if chance >= 1 else int(math.log(1 - self.random.random()) / math.log(1 - chance))
        return self.week + 1 + wait
