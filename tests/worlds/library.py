"""The bundled scenarios lived in a few worlds: what each business did, and how surely one thing is above another."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from sim.experiment.outcome import Run
from sim.experiment.runs import run_scenario, seeds_from
from sim.model.history import SPENT
from sim.model.metrics import METRICS
from sim.model.programmes import ENTRIES
from sim.scenario.load import load_scenario
from sim.scenario.schema import YEAR
from sim.state.customers import CONTACTED
from sim.state.diary import DEPARTURE, EVENT_COLUMNS, ORDER
from tests.alphas import alpha_of

WORLDS = 20
FIRST_SEED = 101
"""Of worlds at which nobody looked before the stories were written."""
FALSE_ALARM = alpha_of("worlds/test_library.py")
"""Chance that a difference which is not there is taken for one; normal worlds, Student's t."""
FALSE_BELIEF = 1e-3
"""Chance that what a story says is taken for true though it is just not so; the same law."""
METRIC = {name: at for at, name in enumerate(METRICS)}
EVERYBODY = 10_000


@cache
def lives(name: str, *changes: str, followed: int = 0) -> tuple[Run, ...]:
    """A bundled scenario, with changes, in the same worlds as every other scenario."""
    return run_scenario(load_scenario(name, changes), seeds_from(FIRST_SEED, WORLDS), followed=followed)


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


def programmes_of(name: str, *changes: str, business: str = "ours") -> dict[str, np.ndarray]:
    """What each channel of a business cost and did over the run: (worlds, 3), money, contacts and customers won."""
    runs = lives(name, *changes)
    slot, units = slot_of(runs[0], business), runs[0].scenario.minor_units
    whole = np.array([run.observed.programmes[:, slot].sum(axis=0) for run in runs], float)
    whole[:, :, SPENT] /= units
    channels = runs[0].scenario.businesses[slot].channels
    return {channel: whole[:, at] for at, channel in enumerate(channels)} | {"markets.entered": whole[:, ENTRIES]}


def slot_of(run: Run, business: str) -> int:
    return [each.name for each in run.scenario.businesses].index(business)


def margin_of_error(values: np.ndarray, beyond: float) -> float:
    """How far the mean of so many worlds is from the truth to one side, but for this chance that it is further."""
    n = len(values)
    return float(stdtrit(n - 1, 1.0 - beyond) * values.std(ddof=1) / np.sqrt(n))


def surely_above(values: np.ndarray, bound: float | np.ndarray) -> bool:
    """Is the mean above the bound, world by world if there is one for each? Said of equals with FALSE_BELIEF."""
    difference = np.asarray(values - bound, float)
    return float(difference.mean()) > margin_of_error(difference, FALSE_BELIEF)


def surely_below(values: np.ndarray, bound: float | np.ndarray) -> bool:
    return surely_above(-values, -np.asarray(bound))


def surely_within(values: np.ndarray, low: float, high: float) -> bool:
    return surely_above(values, low) and surely_below(values, high)


def surely_different(values: np.ndarray, others: np.ndarray) -> bool:
    """Is the mean of paired differences off zero, to either side? Said of equals with FALSE_ALARM."""
    difference = values - others
    return abs(float(difference.mean())) > margin_of_error(difference, FALSE_ALARM / 2)


# -- what single people did -------------------------------------------------------------------------------------------


def events_of(run: Run) -> pd.DataFrame:
    """Orders and departures of the followed people from week 0 on."""
    return pd.DataFrame(run.events, columns=["week", *EVENT_COLUMNS])


def leaving_by_renewal(run: Run, renewals: int = 3) -> np.ndarray:
    """Of contracts that began after the first year, the share of those still held that end at the k-th renewal.

    Who held one before week 0 has renewed or left in the first year, so a first order later is a new contract. Those
    that begin too late to be renewed so often are left aside.
    """
    events, contract = events_of(run), ["person", "business"]
    begun = events[events.kind == ORDER].groupby(contract).week.min()
    begun = begun[(begun >= YEAR) & (begun < run.scenario.time.weeks - renewals * YEAR)]
    ends = events[events.kind == DEPARTURE].join(begun.rename("begun"), on=contract, how="inner")
    held = (ends.week - ends.begun)[ends.week > ends.begun].groupby([ends[key] for key in contract]).min() // YEAR
    ended = held.reindex(begun.index).fillna(np.inf).to_numpy()
    return np.array([(ended == k).sum() / (ended >= k).sum() for k in range(1, renewals + 1)])


def share_without_repeat(run: Run, within: int = 39) -> float:
    """Of people whom a contact won early enough, the share without another order in so many weeks: of one business."""
    events = events_of(run)
    orders = events[events.kind == ORDER]
    won = orders[(orders.reason == CONTACTED) & (orders.week < run.scenario.time.weeks - within)]
    later = orders[orders.reason != CONTACTED].merge(won, on="person", suffixes=("", "_won"))
    again = later[(later.week >= later.week_won) & (later.week <= later.week_won + within)]
    return 1.0 - again.person.nunique() / won.person.nunique()
