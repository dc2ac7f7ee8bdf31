"""The market whose weeks are timed: base or complete, under settings that every cost is told with.

A cost per customer and week means nothing without its rate of occasions, so all are told for three businesses, twelve
needs a person and year, eight friends each, and a friend's story heard every fifth week, unless a row says otherwise.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.bench.findings import Sample, sample_of
from sim.model.loops import Crew
from sim.model.market import Market
from sim.model.world import World
from sim.scenario.load import load_scenario, scenario_from
from sim.scenario.schema import Scenario

CORE, EVERYTHING = "base", "complete"
OCCASIONS, FRIENDS, BUSINESSES = 12.0, 8, 3
STORIES_OFFERED = 0.228
"""Rate of stories from all friends together, a week: one is heard in a fifth of weeks."""
SETTLING_WEEKS = 60
PLANNING_WEEKS = 4
"""A round is as long as a plan stands, so that planning and the census are in every round."""
HARDLY_ANYBODY = 16
"""People of a market whose week is nearly all fixed cost; more than anybody has friends."""
NANO = 1e9


class Workload(NamedTuple):
    """A market to be timed."""

    people: int
    scenario: str = CORE
    occasions: float = OCCASIONS
    evenness: float = 1.0
    """The shape of the Gamma law by which needs differ between people."""
    friends: int = FRIENDS
    businesses: int = BUSINESSES


def scenario_for(load: Workload, weeks: int = 1_000) -> Scenario:
    """The scenario of a workload, a year of history before week 0."""
    talk = STORIES_OFFERED / load.friends
    settings = [
        f"people.count={load.people}",
        f"people.need_per_year={{gamma: {{shape: {load.evenness}, mean: {load.occasions}}}}}",
        f"network={{small_world: {{degree: {load.friends}, rewired: 0.1, talk_per_friend: {talk}}}}}",
        "time.burn_in_weeks=52",
        f"time.weeks={weeks}",
    ]
    scenario = load_scenario(load.scenario, settings)
    return scenario if load.businesses == BUSINESSES else _with_businesses(scenario, load.businesses)


def _with_businesses(scenario: Scenario, businesses: int) -> Scenario:
    """The same market shared by more or fewer: the first one, and rivals like the second with equal parts of liking."""
    data = scenario.resolved
    (first, ours), (second, rival), *_ = data["businesses"].items()
    liking = sum(each["affinity"] for each in data["businesses"].values()) - ours["affinity"]
    names = [second, *(f"rival_{at}" for at in range(2, businesses))]  # the second may be a partner, by its name
    rivals = {name: rival | {"affinity": liking / (businesses - 1)} for name in names}
    return scenario_from(data | {"businesses": {first: ours} | rivals}, f"{businesses} businesses")


class TimedCrew(Crew):
    """A crew that notes how much processor time each kernel takes."""

    def __init__(self, people: int, businesses: int, threads: int) -> None:
        super().__init__(people, businesses, threads)
        self.seconds: dict[str, float] = {}

    def work(self, kernel: Callable[..., None], space: list[np.ndarray], world: World) -> None:
        """Run one kernel over all rows."""
        begun = time.process_time()
        super().work(kernel, space, world)
        name = getattr(kernel, "__name__", str(kernel))
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - begun


def settled(load: Workload, threads: int = 1, weeks: int = SETTLING_WEEKS) -> Market:
    """A market in which customers are won and lost as usual, with a crew that keeps time."""
    market = Market(scenario_for(load), 1, threads=threads)
    market.crew = TimedCrew(load.people, load.businesses, threads)
    live(market, weeks)
    return market


def live(market: Any, weeks: int = PLANNING_WEEKS) -> None:
    """Let some weeks pass."""
    for _ in range(weeks):
        market.step()


class Week(NamedTuple):
    """What a week costs: nanoseconds a customer, but for ``rest``, which is microseconds a week."""

    whole: Sample
    listen: Sample
    decide: Sample
    rest: Sample


def week_of(load: Workload, rounds: int) -> Week:
    """Time the weeks of a market on one thread, in processor time."""
    market = settled(load)
    crew = market.crew
    assert isinstance(crew, TimedCrew)
    rows = []
    for _ in range(rounds):
        crew.seconds.clear()
        begun = time.process_time()
        live(market)
        seconds = time.process_time() - begun
        listening, deciding = crew.seconds["listen_rows"], crew.seconds["decide_rows"]
        rows.append((seconds, listening, deciding, seconds - listening - deciding))
    whole, listen, decide, rest = (
        sample_of([value / PLANNING_WEEKS for value in column]) for column in zip(*rows, strict=True)
    )
    each = load.people / NANO
    return Week(whole.over(each), listen.over(each), decide.over(each), rest.over(1e-6))


def nanoseconds(times: np.ndarray, load: Workload) -> Sample:
    """Rounds of a planning period as nanoseconds per customer and week."""
    return sample_of(times / PLANNING_WEEKS).over(load.people / NANO)
