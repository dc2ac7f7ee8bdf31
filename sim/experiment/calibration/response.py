"""Responses: what money did, found by simulated moments.

The firm is lived again under the money that it really spent, and its curves are moved until what is simulated comes as
near to its books as it can: new customers of every period for the money that wins, and for the money that keeps the
share of purchases that were soon followed by another of the same customer. The luck of the worlds is the same for every
curve, so that only curves make a difference. What a curve needs and the periods do not show is kept as it is assumed,
and named.

Source
------
McFadden (1989), A method of simulated moments for estimation of discrete response models without numerical integration;
Gourieroux, Monfort & Renault (1993), Indirect inference, for the errors.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.experiment.calibration.expected import (
    WIDEST,
    Assumed,
    Free,
    History,
    Learned,
    Seen,
    Shape,
    Z,
    history_of,
    slopes,
    started,
)
from sim.experiment.calibration.log import WEEK, Log
from sim.experiment.calibration.money import BY_ITSELF, BY_THEMSELVES, Money, Way, plausible, scale_of
from sim.experiment.calibration.spend import Spend, apportioned, weekly
from sim.experiment.calibration.sway import Sway, swayed, sways
from sim.experiment.calibration.world import Plan, world_of
from sim.experiment.compare import PLACE
from sim.experiment.runs import run_world
from sim.rules.acquisition import Channel
from sim.rules.retention import Care
from sim.scenario.load import scenario_from
from sim.scenario.schema import Scenario
from sim.state.diary import ORDER
from sim.strategies.books import Books, Decision
from sim.strategies.fixed import divided
from sim.theory.allocation import Curve

WORLDS = 8
"""In which every strength of care is tried, and curves far from the best ones."""
SEEDS = range(4_000_001, 4_000_001 + WORLDS)
MANY = range(4_002_001, 4_002_001 + 40)
"""Worlds in which the last curves are tried: the luck of a few, the same for every firm, would be a bias."""
OTHERS = range(4_001_001, 4_001_001 + 16)
"""Worlds from which the luck of a period is known."""
CLOSE = 0.1
"""To the best strength of care, in its logarithm."""
STEPS, LONGEST_STEP = (SEEDS, SEEDS, MANY), 1.0
"""Of the search for curves, each by what the same curves would do without luck: the worlds of each."""
LEAST_VARIATION = 0.15
"""Standard deviation over mean of a spend that shows anything."""
CARES = np.geomspace(1.0 / 16.0, 16.0, 9)
"""Times the assumed strength of care: where it is looked for."""
WIDE_STEP = 0.7
"""Of the logarithm of that strength, for its slope."""
SOON = 8
"""Weeks within which another purchase follows, or does not."""
FEWEST_PURCHASES = 5
"""Of a period, for a share to be one."""


class Responses(NamedTuple):
    """What money does, and the periods it was learned from."""

    money: Money
    learned: tuple[Learned, ...]
    free: Free
    """What was found of the curves, and not assumed."""
    covariance: np.ndarray
    """Of these, in logarithms (of what is kept, in log odds)."""
    spend: Spend
    new_simulated: np.ndarray
    """New customers of each period with these curves, the mean over worlds."""
    contact: float
    """Chance a week to become a customer at last year's spend."""
    sways: tuple[Sway, ...] = ()
    """What was assumed of the curves, and what they are if it is otherwise."""


class Spent(NamedTuple):
    """What was spent, week by week."""

    winning: np.ndarray
    """Money of each week and channel."""
    keeping: np.ndarray

    def plan(self, books: Books) -> Decision:
        """Spend it again."""
        week = min(max(books.week, 0), len(self.keeping) - 1)
        winning = float(self.winning[week].sum())
        decision = divided(winning, float(self.keeping[week]))
        if not winning:
            return decision
        return decision._replace(channels=(*(self.winning[week] / winning).tolist(), 0.0))


class Replay:
    """The firm lived again under its own money.

    Parameters
    ----------
    plan : the world, with the money that is assumed
    """

    def __init__(self, plan: Plan, spend: Spend, first_day: int, weeks: int) -> None:
        self.plan, self.spend, self.weeks = plan, spend, weeks
        winning = np.column_stack([weekly(spend, each, first_day, weeks) for each in spend.channels.values()])
        self.spent = Spent(winning, weekly(spend, spend.retention, first_day, weeks))
        self.days = apportioned(spend.begins, first_day, weeks)

    def won(self, money: Money, seeds: Sequence[int]) -> np.ndarray:
        """New customers of each period in each world, float64 (worlds, periods)."""
        scenario = self._scenario(money)
        runs = (run_world(scenario, seed) for seed in seeds)
        return np.array([self.summed(run.weekly[:, 0, PLACE["new_customers"]]) for run in runs])

    def followed(self, money: Money, seeds: Sequence[int]) -> np.ndarray:
        """Share of each period's purchases that were soon followed by another, in each world."""
        scenario, found = self._scenario(money), []
        for seed in seeds:
            events = run_world(scenario, seed, followed=scenario.people).events
            orders = events[events[:, 3] == ORDER]
            orders = orders[np.lexsort((orders[:, 0], orders[:, 1]))]
            found.append(self.shares(orders[:, 1], orders[:, 0] + 0.5))
        return np.array(found)

    def shares(self, customer: np.ndarray, week: np.ndarray) -> np.ndarray:
        """Share of each period's purchases that were soon followed by another; NaN where nothing was bought.

        Parameters
        ----------
        customer, week : of purchases sorted by customer and then by time
        """
        following = np.append(np.where(np.diff(customer) == 0, np.diff(week), np.inf), np.inf)
        at = np.minimum(week.astype(int), self.weeks - 1)
        bought = self.summed(np.bincount(at, minlength=self.weeks))
        soon = self.summed(np.bincount(at, following <= SOON, minlength=self.weeks))
        return np.where(bought >= FEWEST_PURCHASES, soon / np.maximum(bought, 1.0), np.nan)

    def _scenario(self, money: Money) -> Scenario:
        world = world_of(self.plan._replace(money=money))
        ours = world["businesses"]["ours"] | {"customers": 0, "cash": 1e10}
        time = {"weeks": self.weeks, "burn_in_weeks": 0, "planning_weeks": 1}
        scenario = scenario_from(world | {"time": time, "businesses": {"ours": ours}})
        return replace(scenario, businesses=(scenario.businesses[0]._replace(strategy=self.spent),))

    def summed(self, weeks: np.ndarray) -> np.ndarray:
        """Weeks added up by period; a week that lies in two is shared by its days."""
        return np.asarray(weeks @ self.days / WEEK)

    @property
    def periods(self) -> np.ndarray:
        """Those that the log covers wholly."""
        return np.flatnonzero(self.days.sum(axis=0) >= np.diff(self.spend.begins))


def learn(plan: Plan, spend: Spend, log: Log, tell: Callable[[str], None]) -> Responses:
    """Find what money did.

    Parameters
    ----------
    plan : the world, with what is assumed of money
    """
    history = history_of(log, plan.market.people, int(spend.begins[0]))
    replay = Replay(plan, spend, history.first_day, len(history.never))
    tell("Living the firm again under the money it spent, to see what it did ...")
    won = winning(plan, replay, history, replay.periods)
    ways, by_itself = won.ways, won.by_itself
    money = plan.money._replace(ways=ways, by_itself=by_itself, keeping=spend.a_year(spend.retention))
    care = _keeping(plan, replay, money, log, history.first_day)
    money = money._replace(care=Curve(plan.money.care.ceiling, care.value))
    simulated = replay.won(money, SEEDS).mean(axis=0)
    prospects = plan.market.people - plan.base.listed
    contact = 1.0 - (1.0 - by_itself) * math.prod(1.0 - way.curve.at(way.spend / prospects) for way in ways.values())
    return Responses(money, (*won.learned, care), won.free, won.covariance, spend, simulated, contact, won.sways)


# ------------------------------------------------------------------------------------------------------------- winning


class Won(NamedTuple):
    """What was found of money for winning."""

    ways: dict[str, Way]
    by_itself: float
    learned: list[Learned]
    shape: Shape
    free: Free
    covariance: np.ndarray
    sways: tuple[Sway, ...]


def winning(plan: Plan, replay: Replay, history: History, periods: np.ndarray) -> Won:
    """Curves of channels, and who comes by itself.

    Parameters
    ----------
    periods : places of those from which to learn
    """
    spend = replay.spend
    names = list(spend.channels)
    actual = spend.new_customers[periods]

    seen = Seen(replay.spent.winning, history, actual, lambda weeks: replay.summed(weeks)[periods])
    assumed = assumed_of(plan)
    shape, free = started(seen, assumed)
    weight = 1.0 / np.sqrt(np.maximum(seen.expected(shape), 1.0))
    for seeds in STEPS:
        miss = (replay.won(_money_of(shape, names, spend, plan), seeds).mean(axis=0)[periods] - actual) * weight
        slope = slopes(shape, free, seen) * weight[:, None]
        step = np.clip(-np.linalg.pinv(slope) @ miss, -LONGEST_STEP, LONGEST_STEP)
        shape = shape.moved(free, shape.places(free) + step)
    money = _money_of(shape, names, spend, plan)
    slope = slopes(shape, free, seen) * weight[:, None]
    worlds = replay.won(money, MANY)[:, periods]
    luck = _covariance(slope, worlds * weight, plan, (worlds.mean(axis=0) - actual) * weight, len(MANY))
    half = Z * np.sqrt(np.diag(luck))[:, None]
    ends = swayed(shape, free, seen, assumed) + half * np.array([-1.0, 1.0])
    learned = shape.learned(names, free, ends, seen, assumed)
    ways = {name: way._replace(spend=spend.a_year(spend.channels[name])) for name, way in money.ways.items()}
    return Won(ways, shape.by_itself, learned, shape, free, luck, sways(shape, free, seen, assumed))


def assumed_of(plan: Plan) -> Assumed:
    """What is assumed of channels, at the firm's margin: A20."""
    scale = scale_of(plan.base, plan.said)
    low, high = plausible(Channel, "strength")
    return Assumed(Channel().strength * scale, (low * scale, high * scale), plausible(Channel, "keep"), BY_ITSELF,
                   BY_THEMSELVES)  # fmt: skip


def _money_of(shape: Shape, names: Sequence[str], spend: Spend, plan: Plan) -> Money:
    """Curves as a world has them. Shares of the budget do not matter where a plan says its own."""
    ways = {
        name: Way(Curve(min(shape.ceilings[at], 1.0), shape.strengths[at]), shape.keeps[at], 1.0)
        for at, name in enumerate(names)
    }
    return plan.money._replace(ways=ways, by_itself=shape.by_itself, keeping=spend.a_year(spend.retention))


def _covariance(slopes: np.ndarray, worlds: np.ndarray, plan: Plan, miss: np.ndarray, tried: int) -> np.ndarray:
    """Of the estimates: the luck of the real periods and that of the simulated ones, through the slopes.

    A simulated person who stands for many is as lucky as one, so simulated periods vary more than real ones. If the
    periods miss the curves by more than both, so much more is unknown.

    Parameters
    ----------
    worlds : weighted moments in many worlds
    tried : worlds of which the mean came nearest to the books
    """
    luck = np.atleast_2d(np.cov(worlds.T)) * (1.0 / plan.market.represents + 1.0 / tried)
    luck *= max(float(miss @ miss) / max(np.trace(luck), 1e-12), 1.0)
    bread = np.linalg.pinv(slopes.T @ slopes)
    return np.asarray(bread @ slopes.T @ luck @ slopes @ bread)


# ------------------------------------------------------------------------------------------------------------- keeping


def _keeping(plan: Plan, replay: Replay, money: Money, log: Log, first_day: int) -> Learned:
    """How strong care is: what it does to who comes back soon, whatever the level of that is.

    Parameters
    ----------
    first_day : of the first simulated week
    """
    assumed, spend = plan.money.care, replay.spend
    retention = spend.retention
    low, high = (end * scale_of(plan.base, plan.said) for end in plausible(Care, "strength"))
    unknown = Learned("care.strength", assumed.strength, low, high, False, True)
    if not spend.has_retention or retention.std() < LEAST_VARIATION * max(retention.mean(), 1e-12):
        return unknown
    week = (log.day - first_day) / WEEK
    actual = replay.shares(log.customer, week)
    seen = np.isfinite(actual) & (spend.begins[1:] + SOON * WEEK <= log.last_day)
    seen &= np.isin(np.arange(len(seen)), replay.periods)
    weight = np.sqrt(replay.summed(np.bincount(week.astype(int), minlength=replay.weeks)[: replay.weeks]))[seen]
    actual = actual[seen] * weight

    def lived(place: float, seeds: Sequence[int]) -> np.ndarray:
        found = replay.followed(money._replace(care=Curve(assumed.ceiling, math.exp(place))), seeds)[:, seen]
        return np.where(np.isfinite(found), found, 0.0) * weight

    def level(of: np.ndarray) -> float:
        return float(of @ actual / (of @ of))

    def loss(place: float) -> float:
        of = lived(place, SEEDS).mean(axis=0)
        return float(np.sum((level(of) * of - actual) ** 2))

    places = np.log(assumed.strength * CARES)
    at = int(np.argmin([loss(place) for place in places]))
    best = _bottom(loss, places, at)
    middle = lived(best, SEEDS).mean(axis=0)
    ends = [lived(best + side * WIDE_STEP, SEEDS).mean(axis=0) for side in (-1.0, 1.0)]
    size = level(middle)
    slopes = np.column_stack([size * (ends[1] - ends[0]) / (2.0 * WIDE_STEP), middle])
    luck = _covariance(slopes, size * lived(best, OTHERS), plan, size * middle - actual, WORLDS)
    half = Z * math.sqrt(luck[0, 0])
    if not half < WIDEST or at in (0, len(places) - 1):
        return unknown
    return Learned("care.strength", math.exp(best), math.exp(best - half), math.exp(best + half), True)


def _bottom(loss: Callable[[float], float], places: np.ndarray, at: int) -> float:
    """The bottom of a valley: ever nearer places around the lowest that was tried."""
    step = float(places[1] - places[0])
    best, lowest = float(places[at]), loss(float(places[at]))
    while step > CLOSE:
        step /= 2.0
        for place in (best - step, best + step):
            if (found := loss(place)) < lowest:
                best, lowest = place, found
    return best
