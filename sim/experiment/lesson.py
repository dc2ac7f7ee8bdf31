"""A lesson: one world, lived twice side by side from week 0 on, while somebody decides for the first business.

Both lives have the same people and the same luck, so that only what the first business decides can make a difference.
It follows a plan until somebody takes its money or its split in hand. Left alone, a life is bit for bit what ``run``
gives for the same scenario and seed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.hand import NOTHING_HELD, Hand
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
from sim.strategies.fixed import Schedule, Step
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
        return self.hand.held.over(self.market.businesses[0].decision)

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
            If somebody has decided and no calendar can say it: before the first week, or if the plan also chose
            channels or markets.
        """
        hand = self.hand
        if hand.left_alone and hand.held == NOTHING_HELD:
            return self.course.plans[self.plan].written
        if not hand.decided or any(each.channels or each.enter for each in hand.decided.values()):
            raise Refused("no calendar can say what was decided")
        steps: dict[int, Step] = {}
        for week, decision in [*hand.decided.items(), (self.market.week, self.standing)]:
            step = Step(week, decision.spend_per_week * YEAR, decision.acquisition_share)
            if not steps or step[1:] != list(steps.values())[-1][1:]:
                steps[week] = step
        return {"schedule": Schedule({f"week_{week}": step for week, step in steps.items()})._asdict()}


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
        chosen = self._side(side)
        most = {"spend_per_year": self.course.most_spend, "acquisition_share": 1.0}
        if not isinstance(what, str) or what not in most:
            raise Refused("nobody decides on such a number")
        if value is not None and not _lies_in(value, most[what]):
            raise Refused(f"{what} must be a number from 0 to {most[what]:g}")
        chosen.hand.held = chosen.hand.held._replace(**{what: value if value is None else float(value)})

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
        firms = data["businesses"] | {first: data["businesses"][first] | {"strategy": _plain(written)}}
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


def _lies_in(value: Any, most: float) -> bool:
    """Is it a number from 0 to so much? NaN is not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.0 <= value <= most


def _round_up(value: float) -> float:
    """The next number that is 1, 2 or 5 and zeros.

    Check
    -----
    >>> _round_up(57_431.0), _round_up(100.0), _round_up(0.3)
    (100000.0, 100.0, 0.5)
    """
    ten = 10.0 ** math.floor(math.log10(value))
    return next(round(nice * ten, 12) for nice in NICE if nice * ten >= value)


def _plain(data: Any) -> Any:
    """Records as plain mappings."""
    if hasattr(data, "_asdict"):
        return _plain(data._asdict())
    return {key: _plain(value) for key, value in data.items()} if isinstance(data, Mapping) else data
