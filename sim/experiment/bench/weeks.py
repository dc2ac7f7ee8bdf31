"""What a week costs a customer: by people, businesses, occasions and friends, and on how many threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

import numpy as np

from sim.experiment.bench.findings import Row, Sample, exponent, interleaved, once, ratio_of, sample_of
from sim.experiment.bench.workload import (
    CORE,
    EVERYTHING,
    FRIENDS,
    HARDLY_ANYBODY,
    Week,
    Workload,
    live,
    nanoseconds,
    scenario_for,
    settled,
    week_of,
)
from sim.model.market import Market

SIZE_THAT_COUNTS = 10_000
"""From here on the target for a customer and week holds."""
UNIT = "ns per customer-week"
EVENNESS_OF_NEEDS = 4.0
"""Where needs are varied: people differ less, so that even with many nobody has more than a scenario allows."""
OCCASIONS_A_YEAR = (1.0, 3.0, 6.0, 12.0, 26.0, 52.0)
NUMBERS_OF_BUSINESSES = (2, 4, 8)
NUMBERS_OF_FRIENDS = (4, 8, 16, 32)
SLOPES = "scaling exponents"


class Costs(NamedTuple):
    """What weeks cost, beside the rows that tell it."""

    fixed: Sample
    """Microseconds of a week in which hardly anybody lives."""
    core: Sample
    """Nanoseconds that each customer of base adds to a week, in the dearest of the sizes that count."""
    everything: Sample
    """The same of complete."""


def fixed_cost(rounds: int) -> Sample:
    """Microseconds of a week with hardly anybody: plans, offers, kernels that are entered, books."""
    return week_of(Workload(HARDLY_ANYBODY), rounds).whole.over(1_000.0 / HARDLY_ANYBODY)


def by_people(sizes: Iterable[int], rounds: int) -> tuple[Costs, list[Row]]:
    """Base and complete in every size."""
    fixed = fixed_cost(rounds)
    rows = [Row("a week, by people", f"fixed cost, {HARDLY_ANYBODY} people", fixed, "microseconds a week")]
    added: dict[str, dict[int, Sample]] = {CORE: {}, EVERYTHING: {}}
    for name, found in added.items():
        for people in sizes:
            week = week_of(Workload(people, name), rounds)
            each = fixed.median * 1_000.0 / people
            found[people] = Sample(*(value - each for value in week.whole))
            rows += _rows_of(f"{name}, {people:,} people", week, found[people])
        if len(found) > 1:
            slope = exponent(list(found), [sample.median * people for people, sample in found.items()])
            rows.append(Row(SLOPES, f"a week of {name}, in people", once(slope), "", "less its fixed cost"))
    core, everything = (
        max(
            (cost for size, cost in found.items() if size >= min(SIZE_THAT_COUNTS, max(found))),
            key=lambda it: it.median,
        )
        for found in added.values()
    )
    return Costs(fixed, core, everything), rows


def _rows_of(name: str, week: Week, added: Sample) -> list[Row]:
    group = "a week, by people"
    return [
        Row(group, f"{name}: all of it", week.whole, UNIT),
        Row(group, f"{name}: less the fixed cost", added, UNIT),
        Row(group, f"{name}: listening", week.listen, UNIT),
        Row(group, f"{name}: deciding", week.decide, UNIT),
        Row(group, f"{name}: all else", week.rest, "microseconds a week"),
    ]


def by_market(people: int, rounds: int) -> list[Row]:
    """More businesses, more needs, more friends: each alone."""
    load = Workload(people)
    rows = []
    for count in NUMBERS_OF_BUSINESSES:
        week = week_of(load._replace(businesses=count), rounds)
        rows.append(Row(f"a week, by businesses, {people:,} people", f"{count} businesses", week.whole, UNIT))
    without = week_of(load._replace(occasions=0.0, evenness=EVENNESS_OF_NEEDS), rounds).whole
    rows.append(Row(f"a week, by needs a year, {people:,} people", "no needs", without, UNIT))
    costs = []
    for often in OCCASIONS_A_YEAR:
        week = week_of(load._replace(occasions=often, evenness=EVENNESS_OF_NEEDS), rounds)
        costs.append(week.whole.median - without.median)
        rows.append(Row(f"a week, by needs a year, {people:,} people", f"{often:g} needs a year", week.whole, UNIT))
    added = float(np.polyfit(np.array(OCCASIONS_A_YEAR) / 52.0, costs, 1)[0])
    rows.append(Row(f"a week, by needs a year, {people:,} people", "what each need adds", once(added), "ns per need"))
    rows.append(Row(SLOPES, "a week, in needs", once(exponent(OCCASIONS_A_YEAR, costs)), "", "less a week without any"))
    return rows + _by_friends(load, rounds)


def _by_friends(load: Workload, rounds: int) -> list[Row]:
    """Building grows with friendships; a week does not, for one friend is heard however many there are."""
    loads = {each: load._replace(friends=each) for each in NUMBERS_OF_FRIENDS}
    rows = [
        Row(f"a week, by friends, {load.people:,} people", f"{each} friends", week_of(one, rounds).whole, UNIT)
        for each, one in loads.items()
    ]
    scenarios = {str(each): scenario_for(one) for each, one in loads.items()}
    built = interleaved({name: partial(Market, scenario, 1) for name, scenario in scenarios.items()}, rounds)
    seconds = {each: sample_of(built[str(each)].processor) for each in loads}
    rows += [
        Row(f"building, by friends, {load.people:,} people", f"{each} friends", sample.over(1e-3), "ms")
        for each, sample in seconds.items()
    ]
    least, *more = NUMBERS_OF_FRIENDS
    costs = [seconds[each].median - seconds[least].median for each in more]
    slope = exponent([each - least for each in more], costs)
    return [*rows, Row(SLOPES, "building, in friendships", once(slope), "", f"beyond {least} friends each")]


def threads(sizes: Iterable[int], rounds: int) -> tuple[Sample, list[Row]]:
    """One thread and two, in turns, on the wall: the ratio of the largest market, and rows."""
    rows, ratio = [], once(float("nan"))
    for people in sizes:
        load = Workload(people, CORE, friends=FRIENDS)
        weeks: dict[str, Callable[[], None]] = {str(count): partial(live, settled(load, count)) for count in (1, 2)}
        times = interleaved(weeks, rounds)
        one, two = times["1"].wall, times["2"].wall
        ratio = ratio_of(one, two)
        group = "threads, on the wall"
        rows += [
            Row(group, f"{people:,} people, one thread", nanoseconds(one, load), UNIT),
            Row(group, f"{people:,} people, two threads", nanoseconds(two, load), UNIT),
            Row(group, f"{people:,} people, times as fast on two", ratio, "times"),
        ]
    return ratio, rows
