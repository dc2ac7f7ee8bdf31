"""A person of the plain Mesa model, and the week of its life."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import mesa

if TYPE_CHECKING:
    from benchmarks.plain_mesa import Business, PlainMarket

STRANGER, AWARE, CUSTOMER, LAPSED = range(4)
LONG_AGO = -10_000
WEEKS_A_YEAR = 52


@dataclass(slots=True)
class Bond:
    """What is between a person and a business."""

    business: Business
    affinity: float
    match: float
    satisfaction: float
    expectation: float
    relation: int = STRANGER
    orders: int = 0
    last_week: int = LONG_AGO
    due_week: int = 0
    push: float = 0.0
    heard: float = 0.0


class Customer(mesa.Agent):
    """A person, customer or not."""

    def __init__(self, model: PlainMarket) -> None:
        super().__init__(model)
        people, random = model.data["people"], model.random
        rules = model.rules
        self.need = model.drawn(people["need_per_year"]) / WEEKS_A_YEAR
        self.leaving = model.drawn(people["leaving"])
        self.price_sensitivity = model.drawn(people["price_sensitivity"])
        self.mean_order = model.drawn(people["mean_order_value"])
        if rules.value.person_shape > 0:
            self.mean_order *= (rules.value.person_shape - 1) / random.gammavariate(rules.value.person_shape, 1)
        self.liking_for_nothing = random.gammavariate(people["nothing"], 1) if people["nothing"] > 0 else 0.0
        first = rules.satisfaction.first_expectation
        self.bonds = [
            Bond(
                business, random.gammavariate(business.about["affinity"], 1), model.drawn(people["match"]), first, first
            )
            for business in model.businesses
        ]
        for bond in self.bonds:
            if random.random() < bond.business.about["known"]:
                self.become_aware(bond)
        self.friends: list[Customer] = []
        self.listening = 0.0
        self.last_supplier: Bond | None = None
        self.story: tuple[int, float] | None = None
        self.heard: tuple[int, float] | None = None

    def meet_friends(self, friends: list[Customer], talk_per_friend: float) -> None:
        """The network is there: who is heard, and how often."""
        self.friends = friends
        self.listening = 1 - math.exp(-talk_per_friend * len(friends))

    # ---------------------------------------------------------------------------------------------------- the week

    def listen(self) -> None:
        """Hear what one friend published last week, perhaps."""
        self.heard = None
        if self.random.random() < self.listening:
            self.heard = self.random.choice(self.friends).story

    def decide(self) -> None:
        """What fades, a story, contacts, occasions to buy, and a story to tell."""
        self.fade()
        tempted = self.hear_story()
        tempted |= self.meet_contacts()
        for bond in self.bonds:
            if bond.business.place in tempted:
                self.shop([bond])
        for _ in range(self.needs_this_week()):
            self.shop(self.bonds)
        self.tell()

    def fade(self) -> None:
        """Push and stories fade; names, departures and silent relationships are forgotten when their time has come."""
        rules, week = self.model.rules, self.model.week
        for bond in self.bonds:
            bond.push *= rules.acquisition.push_keep
            bond.heard *= rules.talk.keep
            silent = week - bond.last_week
            if silent == self.model.list_weeks:
                bond.business.listed -= 1
            if bond.relation == CUSTOMER:
                if silent >= rules.memory.forgotten_weeks:
                    self.leave(bond)
                    self.become_aware(bond)
            elif bond.relation != STRANGER and bond.due_week == week:
                if bond.relation == AWARE:
                    bond.relation = STRANGER
                    bond.business.aware -= 1
                else:
                    self.become_aware(bond)

    def hear_story(self) -> set[int]:
        """What the story of this week does."""
        if self.heard is None:
            return set()
        place, strength = self.heard
        bond, talk = self.bonds[place], self.model.rules.talk
        mine = bond.relation == CUSTOMER
        weight = talk.effect
        if strength < 0:
            weight *= talk.negative_weight
        if mine:
            weight *= talk.customers_hear
        bond.heard += weight * strength
        return self.meet(bond) if strength >= 0 and not mine else set()

    def meet_contacts(self) -> set[int]:
        """Which businesses reach this person, of whom it is no customer."""
        tempted = set()
        for bond in self.bonds:
            if bond.relation != CUSTOMER and self.random.random() < bond.business.contact:
                bond.push += self.model.rules.acquisition.push
                tempted |= self.meet(bond)
        return tempted

    def meet(self, bond: Bond) -> set[int]:
        """A contact or a good story: known, perhaps won back, perhaps an occasion."""
        rules = self.model.rules
        won_back = bond.relation == LAPSED and self.random.random() < rules.memory.win_back
        if won_back or bond.relation == STRANGER:
            self.become_aware(bond)
        if bond.relation == AWARE and self.random.random() < rules.acquisition.offer_makes_occasion:
            return {bond.business.place}
        return set()

    def needs_this_week(self) -> int:
        """A Poisson number, by Knuth's product of uniforms."""
        needs, product, floor = 0, self.random.random(), math.exp(-self.need)
        while product > floor:
            needs += 1
            product *= self.random.random()
        return needs

    def tell(self) -> None:
        """Publish a story about the supplier of the last order, perhaps."""
        self.story = None
        bond, talk = self.last_supplier, self.model.rules.talk
        if bond is None or bond.relation != CUSTOMER:
            return
        chance = talk.told_always + talk.told_by_feeling * abs(bond.satisfaction)
        if bond.satisfaction < 0:
            chance *= talk.told_when_bad
        if self.random.random() < chance:
            self.story = bond.business.place, bond.satisfaction
            if bond.satisfaction >= 0:
                bond.business.good_stories += 1
            else:
                bond.business.bad_stories += 1

    # ------------------------------------------------------------------------------------------------- an occasion

    def shop(self, bonds: list[Bond]) -> None:
        """Choose; a customer may leave the winner first, and then chooses again among the others."""
        while (bond := self.choose(bonds)) is not None:
            if bond.relation == CUSTOMER and self.wants_to_leave(bond):
                self.leave(bond)
            else:
                self.order(bond)
                return

    def choose(self, bonds: list[Bond]) -> Bond | None:
        """One of the businesses that are known and have not been left, or nothing."""
        known = [bond for bond in bonds if bond.relation in (AWARE, CUSTOMER)]
        if not known:
            return None
        weights = [self.weight(bond) for bond in known]
        return self.random.choices([*known, None], [*weights, self.liking_for_nothing])[0]

    def weight(self, bond: Bond) -> float:
        """How much a business draws this person."""
        choice = self.model.rules.choice
        pull = bond.push + bond.heard - self.price_sensitivity * bond.business.log_price_ratio
        if bond.relation == CUSTOMER:
            pull += choice.loyalty * bond.satisfaction
            if bond is self.last_supplier:
                pull += choice.habit
        return bond.affinity * math.exp(pull)

    def wants_to_leave(self, bond: Bond) -> bool:
        """The coin of defection."""
        defection = self.model.rules.defection
        if bond.orders < defection.first_order_at_risk:
            return False
        effect = defection.satisfaction_effect * (bond.satisfaction - defection.neutral_satisfaction)
        weight = self.leaving * math.exp(effect)
        return self.random.random() < weight / (1 - self.leaving + weight) * bond.business.let_through

    def order(self, bond: Bond) -> None:
        """An order and what it was like."""
        value, business = self.model.rules.value, bond.business
        if bond.relation != CUSTOMER:
            bond.relation = CUSTOMER
            bond.orders = 0
            business.customers += 1
            business.satisfaction += bond.satisfaction
        if self.model.week - bond.last_week >= self.model.list_weeks:
            business.listed += 1
        bond.orders += 1
        bond.last_week = self.model.week
        self.last_supplier = bond
        size = self.random.gammavariate(value.order_shape, 1 / value.order_shape) if value.order_shape > 0 else 1.0
        business.orders += 1
        business.revenue += self.mean_order * size * business.price_ratio
        self.experience(bond)

    def experience(self, bond: Bond) -> None:
        """Satisfaction moves towards its home, and expectation towards what was met."""
        rules, business = self.model.rules.satisfaction, bond.business
        felt = business.about["quality"] + bond.match
        met = felt + rules.noise * self.random.gauss(0, 1)
        if self.random.random() < business.about["failure_rate"]:
            met -= rules.failure_loss
        surprise = met - bond.expectation
        home = felt + (rules.gain if surprise > 0 else rules.loss) * surprise
        before = bond.satisfaction
        bond.satisfaction = min(max(before + rules.speed * (home - before), -1.0), 1.0)
        bond.expectation += rules.adaptation * surprise
        business.satisfaction += bond.satisfaction - before

    # ------------------------------------------------------------------------------------------------------- bonds

    def become_aware(self, bond: Bond) -> None:
        """From now on the name is known, until it is forgotten."""
        if bond.relation == STRANGER:
            bond.business.aware += 1
        bond.relation = AWARE
        bond.due_week = self.model.waited(self.model.rules.memory.name_forgotten)

    def leave(self, bond: Bond) -> None:
        """The relationship is over; the departure fades after a while."""
        bond.relation = LAPSED
        bond.due_week = self.model.waited(self.model.rules.memory.departure_fades)
        bond.business.customers -= 1
        bond.business.satisfaction -= bond.satisfaction
