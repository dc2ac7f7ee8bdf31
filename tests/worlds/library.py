"""The bundled scenarios lived in a few worlds: what each business did, and how surely one thing is above another."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import stdtrit

from sim.experiment.outcome import Run
from sim.experiment.runs import run_scenario, seeds_from
from sim.model.metrics import METRICS
from sim.scenario.load import load_scenario
from sim.scenario.schema import YEAR
from sim.state.diary import DEPARTURE, ORDER

WORLDS = 8
FALSE_ALARM = 1e-3
"""Chance that a difference which is not there is taken for one; normal worlds, Student's t."""
METRIC = {name: at for at, name in enumerate(METRICS)}
EVERYBODY = 10_000
WEEK, PERSON, BUSINESS, KIND, _, _ = range(6)


@cache
def lives(name: str, *changes: str, followed: int = 0) -> tuple[Run, ...]:
    """A bundled scenario, with changes, in the worlds of seeds 1, 2, 3 ...: the same worlds for every scenario."""
    return run_scenario(load_scenario(name, changes), seeds_from(1, WORLDS), followed=followed)


def of(metric: str, name: str, *changes: str, business: str = "ours") -> np.ndarray:
    """A metric of the whole run: (worlds,)."""
    runs = lives(name, *changes)
    return np.array([run.whole[slot_of(runs[0], business), METRIC[metric]] for run in runs])


def by_year(metric: str, name: str, *changes: str, business: str = "ours") -> np.ndarray:
    """A flow summed over each year: (worlds, years)."""
    runs = lives(name, *changes)
    slot = slot_of(runs[0], business)
    flows = np.array([run.weekly[:, slot, METRIC[metric]] for run in runs])
    return flows.reshape(len(runs), -1, YEAR).sum(axis=2)


def at_end_of_year(year: int, metric: str, name: str, *changes: str, business: str = "ours") -> np.ndarray:
    """A stock in the last week of a year, the first of which is 1: (worlds,)."""
    runs = lives(name, *changes)
    return np.array([run.weekly[YEAR * year - 1, slot_of(runs[0], business), METRIC[metric]] for run in runs])


def slot_of(run: Run, business: str) -> int:
    return [each.name for each in run.scenario.businesses].index(business)


def margin_of_error(values: np.ndarray, sides: int = 1) -> float:
    """How far the mean of so many worlds is from the truth, at most, but for the false alarms."""
    n = len(values)
    return float(stdtrit(n - 1, 1.0 - FALSE_ALARM / sides) * values.std(ddof=1) / np.sqrt(n))


def surely_above(values: np.ndarray, bound: float | np.ndarray) -> bool:
    """Is the mean above the bound, world by world if there is one for each? Said of equals with FALSE_ALARM."""
    difference = np.asarray(values - bound, float)
    return float(difference.mean()) > margin_of_error(difference)


def surely_below(values: np.ndarray, bound: float | np.ndarray) -> bool:
    return surely_above(-values, -np.asarray(bound))


def surely_within(values: np.ndarray, low: float, high: float) -> bool:
    return surely_above(values, low) and surely_below(values, high)


def surely_different(values: np.ndarray, others: np.ndarray) -> bool:
    """Is the mean of paired differences off zero, to either side? Said of equals with FALSE_ALARM."""
    difference = values - others
    return abs(float(difference.mean())) > margin_of_error(difference, sides=2)


# -- what single people did -------------------------------------------------------------------------------------------


def leaving_by_renewal(run: Run, renewals: int = 3) -> np.ndarray:
    """Of contracts that began in the second year, the share of those still held that end at the k-th renewal."""
    pairs, weeks, leaves = _by_pair(run)
    begun = {pair: week for pair, week, left in zip(pairs, weeks, leaves, strict=True) if not left}
    first: dict[int, int] = {}
    ends: dict[int, int] = {}
    for pair, week, left in zip(pairs, weeks, leaves, strict=True):
        first.setdefault(pair, week)
        if left:
            ends.setdefault(pair, week)
    tenures = [
        (ends[pair] - week) // YEAR if pair in ends else np.inf
        for pair, week in first.items()
        if pair in begun and YEAR <= week < 2 * YEAR
    ]
    ended = np.array(tenures)
    return np.array([(ended == k).sum() / (ended >= k).sum() for k in range(1, renewals + 1)])


def share_without_repeat(run: Run, within: int = 39) -> float:
    """Of people whom a contact won early enough, the share without another order in so many weeks."""
    orders = run.events[(run.events[:, KIND] == ORDER)]
    won = orders[(orders[:, 5] == 4) & (orders[:, WEEK] < run.scenario.time.weeks - within)]
    again = 0
    for week, person in won[:, [WEEK, PERSON]]:
        later = orders[(orders[:, PERSON] == person) & (orders[:, WEEK] >= week) & (orders[:, WEEK] <= week + within)]
        again += len(later) > 1
    return 1.0 - again / len(won)


def _by_pair(run: Run) -> tuple[list[int], list[int], list[bool]]:
    events = run.events[np.isin(run.events[:, KIND], (ORDER, DEPARTURE))]
    pairs = events[:, PERSON] * 8 + events[:, BUSINESS]
    return pairs.tolist(), events[:, WEEK].tolist(), (events[:, KIND] == DEPARTURE).tolist()
