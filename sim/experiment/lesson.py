"""A lesson: one world, lived twice side by side from week 0 on, while somebody decides for the first business.

Both lives have the same people and the same luck, so that only what the first business decides can make a difference.
It follows a plan until somebody takes one of its numbers in hand. Left alone, a life is bit for bit what ``run``
gives for the same scenario and seed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.calendar import calendar
from sim.experiment.decidable import MARKETS, Range, decidable, decided, held
from sim.experiment.hand import NOTHING_HELD, Hand, asked_since
from sim.experiment.runs import past_of, surfacing
from sim.experiment.visible import Visible, faces, told_by, who_is_seen
from sim.model import views
from sim.model.market import Market, Snapshot
from sim.model.metrics import METRICS
from sim.rules.journey import PHASES
from sim.scenario.load import scenario_from
from sim.scenario.problems import InputError
from sim.scenario.schema import YEAR, Scenario
from sim.state.tally import Item
from sim.strategies.books import Decision, Strategy
from sim.strategies.fixed import Schedule
from sim.strategies.registry import registered

SIDES = ("A", "B")
"""The two lives of the world."""
OWN, STATUS_QUO = "own", "status_quo"
"""The plan that the scenario gives to the first business, and the one of the years before week 0."""
MOST_PEOPLE = 20_000
"""Simulated people: two lives of so many still pass several weeks a second."""
NICE = (1.0, 2.0, 5.0, 10.0)


class Refused(ValueError):
    """A wish that cannot be granted; nothing has changed."""


class Planned(NamedTuple):
    """A plan that the first business may follow, and how a scenario writes it."""

    strategy: Strategy
    written: Mapping[str, Any]


class Course(NamedTuple):
    """What every lesson begins with: a world at week 0, plans to choose from, and who is seen."""

    scenario: Scenario
    seed: int
    past: Snapshot
    plans: Mapping[str, Planned]
    most_spend: float
    """Money a year: twice the revenue of the first business in its year before week 0, as a round number."""
    seen: Visible

    @property
    def decidable(self) -> Mapping[str, Range]:
        """What somebody may decide for the first business, and between which values."""
        return decidable(self.scenario.businesses[0], self.most_spend)

    @property
    def first(self) -> str:
        """The business that the lesson is about."""
        return self.scenario.businesses[0].name

    def begin(self, strategy: Strategy) -> Market:
        """The market at week 0, its first business under a strategy."""
        first, *others = self.scenario.businesses
        ruled = replace(self.scenario, businesses=(first._replace(strategy=strategy), *others))
        with surfacing(self.scenario, self.seed):
            return Market(ruled, self.seed).resume(self.past)


def course_of(scenario: Scenario, seed: int) -> Course:
    """Live the years before week 0, once for all lessons.

    Raises
    ------
    ValueError
        If there are too many people to live side by side while somebody waits.
    RunFailed
        If these years cannot be lived.
    """
    if scenario.people > MOST_PEOPLE:
        raise ValueError(
            f"people.count: a lesson is for at most {MOST_PEOPLE:,} simulated people, and {scenario.name} has "
            f"{scenario.people:,}; say --customers {MOST_PEOPLE}"
        )
    past = past_of(scenario, seed)
    revenue = float(past.history[-YEAR:, 0, Item.REVENUE].sum()) / scenario.minor_units
    offering = scenario.businesses[0].offering
    most = _round_up(2.0 * revenue or offering.cash + offering.credit_line or 1.0)
    seen = who_is_seen(Market(scenario, seed).world.friends, scenario.people)
    return Course(scenario, seed, past, _plans(scenario), most, seen)


class Side:
    """One life of the world."""

    def __init__(self, course: Course, plan: str) -> None:
        self.course = course
        self.plan = plan
        self.hand = Hand(course.plans[plan].strategy)
        self.market = course.begin(self.hand)
        self.faces = faces(self.market, course.seen, told_by(self.market, course.seen))

    def step(self) -> None:
        """Live a week."""
        before = told_by(self.market, self.course.seen)
        with surfacing(self.course.scenario, self.course.seed):
            self.market.step()
        self.faces = faces(self.market, self.course.seen, before)

    @property
    def standing(self) -> Decision:
        """The decision of the first business that holds now, or will from the next plan on."""
        first = self.market.businesses[0]
        return self.hand.held.over(first.decision, first.description.offering.price)

    @property
    def decided(self) -> dict[str, float]:
        """The same, number by number; a market in which it is was entered, whoever wanted it."""
        return decided(self.standing, self.course.scenario) | dict.fromkeys(self.entered, 1.0)

    @property
    def entered(self) -> list[str]:
        """The markets that it has entered, among all that somebody may decide on: nobody leaves one."""
        here = zip(self.course.scenario.markets, self.market.businesses[0].presence.markets, strict=True)
        return [what for name, is_there in here if is_there and (what := f"{MARKETS}.{name}") in self.course.decidable]

    @property
    def weekly(self) -> dict[str, np.ndarray]:
        """Every metric of the first business, week by week since week 0."""
        lived = self.market.history[: self.market.tick]
        values = views.weekly(lived, views.terms_of(self.course.scenario))[:, 0]
        return dict(zip(METRICS, values.T, strict=True))

    @property
    def whole(self) -> dict[str, float]:
        """Every metric of the first business over all weeks since week 0; empty before the first."""
        if self.market.week == 0:
            return {}
        lived = self.market.history[: self.market.tick]
        return dict(zip(METRICS, views.whole(lived, views.terms_of(self.course.scenario))[0].tolist(), strict=True))

    @property
    def journey(self) -> dict[str, int]:
        """People in each phase of their journey with the first business, at the last census; empty before the first."""
        census = self.market.census
        return dict(zip(PHASES[1:], census.phases[-1][0, 1:].tolist(), strict=True)) if census.weeks else {}

    @property
    def strategy(self) -> Mapping[str, Any]:
        """What the first business did and does now, as a scenario writes it: its plan, or a calendar of decisions.

        Raises
        ------
        Refused
            If somebody wants to decide before the first week: what the plan would have said there, nobody has asked.
        """
        hand, week, standing = self.hand, self.market.week, self.standing
        if hand.left_alone and hand.held == NOTHING_HELD:
            return self.course.plans[self.plan].written
        if not hand.decided:
            raise Refused("nothing has been decided yet")
        there = [at for at, is_there in enumerate(self.market.businesses[0].presence.markets) if is_there]
        asked = asked_since(hand.asked, standing, week, there)
        return calendar(hand.decided | {week: standing}, asked, self.course.scenario)


class Lesson:
    """The two lives, and what may be asked of them; whoever asks for what cannot be changes nothing.

    Parameters
    ----------
    course : where it begins
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self.sides: dict[str, Side] = {}
        self.reset()

    def reset(self) -> None:
        """Begin again at week 0: A under the scenario's plan, B as before week 0, nothing held."""
        self.sides = {side: Side(self.course, plan) for side, plan in zip(SIDES, (OWN, STATUS_QUO), strict=True)}

    @property
    def week(self) -> int:
        """Weeks that have passed."""
        return self.sides[SIDES[0]].market.week

    @property
    def is_over(self) -> bool:
        """Has the last week of the scenario passed?"""
        return self.week >= self.course.scenario.time.weeks

    @property
    def next_plan(self) -> int:
        """The week of the next plan: what is changed now holds from there."""
        every = self.course.scenario.time.planning_weeks
        return -(-self.week // every) * every

    def step(self) -> None:
        """Live a week on both sides; none if the last one has passed.

        Raises
        ------
        RunFailed
            If a side cannot be lived on.
        """
        if not self.is_over:
            for side in self.sides.values():
                side.step()

    def choose(self, side: Any, plan: Any) -> None:
        """Let the first business follow another plan on one side.

        Raises
        ------
        Refused
            If there is no such side or plan.
        """
        chosen = self._side(side)
        if not isinstance(plan, str) or plan not in self.course.plans:
            raise Refused("there is no such plan")
        if plan != chosen.plan:
            chosen.hand.follow(self.course.plans[plan].strategy)
            chosen.plan = plan

    def hold(self, side: Any, what: Any, value: Any) -> None:
        """Decide a number instead of the plan on one side, or leave it to the plan again with None.

        Raises
        ------
        Refused
            If there is no such side or number, or if the value is none that the business could decide on.
        """
        chosen, ranges = self._side(side), self.course.decidable
        if not isinstance(what, str) or what not in ranges:
            raise Refused("nobody decides on such a number")
        if value is not None and not _lies_in(value, ranges[what]):
            raise Refused(f"{what} must be a number from {ranges[what].least:g} to {ranges[what].most:g}")
        if value is not None and what in chosen.entered:
            raise Refused("nobody leaves a market")
        number = None if value is None else float(value)
        chosen.hand.held = held(chosen.hand.held, chosen.standing, self.course.scenario, what, number)

    def saved(self, side: Any) -> dict[str, Any]:
        """A scenario, as a file would hold it, whose first business does from week 0 on what it did on one side.

        It goes on as things stand. Run with the same seed, it lives the weeks of the lesson again.

        Raises
        ------
        Refused
            If no file can say it.
        """
        written = self._side(side).strategy
        data, first = self.course.scenario.resolved, self.course.first
        gone = f"businesses.{first}.strategy."
        unknown = {key: each for key, each in data["uncertainties"].items() if not _mentions(each, gone)}
        firms = data["businesses"] | {first: data["businesses"][first] | {"strategy": written}}
        return {key: value for key, value in data.items() if key != "name"} | {
            "businesses": firms,
            "uncertainties": unknown,
        }

    def _side(self, side: Any) -> Side:
        if not isinstance(side, str) or side not in self.sides:
            raise Refused("there is no such side")
        return self.sides[side]


# ------------------------------------------------------------------------------------------------------------- details


def _plans(scenario: Scenario) -> dict[str, Planned]:
    """The scenario's own plan, the status quo, and every registered one that this scenario allows, with its defaults.

    A calendar is left out: it is what a lesson becomes.
    """
    first, written = scenario.businesses[0], scenario.resolved["businesses"][scenario.businesses[0].name]
    plans = {
        OWN: Planned(first.strategy, written["strategy"]),
        STATUS_QUO: Planned(first.status_quo, written["status_quo"]),
    }
    for name, strategy in registered().items():
        if isinstance(strategy, Schedule):
            continue
        firms = scenario.resolved["businesses"] | {first.name: written | {"strategy": {name: {}}}}
        try:
            tried = scenario_from(scenario.resolved | {"businesses": firms, "uncertainties": {}})
        except InputError:
            continue
        plan = Planned(tried.businesses[0].strategy, tried.resolved["businesses"][first.name]["strategy"])
        if all(plan.written != each.written for each in plans.values()):
            plans[name] = plan
    return plans


def _mentions(uncertainty: dict[str, Any], below: str) -> bool:
    """Does something uncertain move a number below a place?"""
    paths = (uncertainty["path"], *(each["path"] for each in uncertainty["along"].values()))
    return any(path.startswith(below) for path in paths)


def _lies_in(value: Any, allowed: Range) -> bool:
    """Is it a number that may be decided on? NaN is not."""
    least, most, only_ends = allowed
    if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
        return False
    return value in (least, most) or not only_ends


def _round_up(value: float) -> float:
    """The next number that is 1, 2 or 5 and zeros.

    Check
    -----
    >>> _round_up(57_431.0), _round_up(100.0), _round_up(0.3)
    (100000.0, 100.0, 0.5)
    """
    ten = 10.0 ** math.floor(math.log10(value))
    return next(round(nice * ten, 12) for nice in NICE if nice * ten >= value)
