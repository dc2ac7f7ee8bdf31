"""Break-even: how much dearer or cheaper winning, or keeping, would have to be for another plan to be the better one.

Two plans are compared again in worlds in which the same contacts, or the same care, cost f times as much: the strength
of every channel, or of every retention lever, of the first business is divided by f in all scenarios. Whole worlds are
lived, the years before week 0 included. The difference in profit is then a curve over log f, one for each world.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from functools import partial
from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.interpolate import PchipInterpolator

from sim.experiment.compare import PLACE, names_of
from sim.experiment.executor import Progress, execute
from sim.experiment.outcome import Comparison
from sim.experiment.runs import How, expected_seconds, lives_of_world
from sim.experiment.statistics import mean_interval
from sim.scenario.load import scenario_from
from sim.scenario.schema import Scenario

METRIC = "profit"
AMOUNT = "paid_customer_acquisition_cost"
"""What a customer whom a contact brought costs: a second way to say how dear winning is at the turn."""
MADE_DEARER = {"acquisition_cost": "channels", "keeping_cost": "levers"}
"""Each question, and where a business keeps what answers to its money."""
LEAST, MOST = 0.25, 4.0
ONE_IN, FEWEST, ENOUGH = 10, 5, 20
"""One world in ten is lived again, five at least; after twenty the shape of the curve is the larger doubt."""
GRID = np.linspace(np.log(LEAST), np.log(MOST), 561)
"""Logarithms of factors, half a per cent apart; those at which worlds are lived are among them."""

Dearer = tuple[str, float]
"""What costs how many times as much."""
Known = dict[Dearer, np.ndarray]
"""At each cost: (worlds, scenarios, 2), METRIC and AMOUNT of the first business."""


class Turn(NamedTuple):
    """Where the better plan changes.

    ``wins`` says on which side of the factor the candidate is better: below or above; always and never if no cost that
    was tried changes that, unclear if none decides it. Ends of the interval that were not reached are NaN, and so is
    the factor if even the means do not change sign.
    """

    wins: str
    factor: float
    low: float
    high: float


def break_even(
    comparison: Comparison, *, loop: str = "compiled", workers: int = 2, progress: Progress | None = None
) -> pd.DataFrame:
    """At which cost of winning, and of keeping, each candidate and the baseline change places on profit.

    First the least and the greatest factor are tried; then the middle of every gap at whose ends the better plan is
    not surely the same. The worlds are the first of those compared.

    Columns: scenario, baseline, metric, what (acquisition_cost or keeping_cost), factor, low, high (95 % interval),
    tried_low, tried_high, wins (see ``Turn``), worlds, amount, amount_low, amount_high (what a customer whom a contact
    brought then costs under the candidate; only of acquisition_cost, and if the factor's interval is closed).

    Raises
    ------
    RunFailed
        If a world cannot be lived to its end.
    """
    names, worlds = names_of(comparison.scenarios), worlds_of(len(comparison.seeds))
    known: Known = {}

    def live(dearer: Sequence[Dearer]) -> Known:
        tasks = [(*each, seed) for each in dearer for seed in comparison.seeds[:worlds]]
        before = (len(known) - len(MADE_DEARER)) * worlds
        lived = execute(
            tasks,
            partial(_world_at, comparison.scenarios, How(loop)),
            workers,
            progress and (lambda done, total: progress(before + done, before + total)),
            expected_seconds=len(tasks) * sum(expected_seconds(each, How(loop)) for each in comparison.scenarios),
        )
        return {each: np.stack(lived[at * worlds : (at + 1) * worlds]) for at, each in enumerate(dearer)}

    known |= {(what, 1.0): _as_assumed(comparison, worlds) for what in MADE_DEARER}
    known |= live([(what, factor) for what in MADE_DEARER for factor in (LEAST, MOST)])
    known |= live(_middles(known))
    rows = []
    for at, what in ((at, what) for at in range(1, len(names)) for what in MADE_DEARER):
        factors, profits, amounts = _curves(known, what)
        for turn in turns(factors, profits[:, at] - profits[:, 0]):
            amount = _amount(turn, factors, amounts[:, at]) if what == "acquisition_cost" else (np.nan,) * 3
            rows.append((names[at], names[0], METRIC, what, *turn[1:], LEAST, MOST, turn.wins, worlds, *amount))
    columns = ["factor", "low", "high", "tried_low", "tried_high", "wins", "worlds", "amount", "amount_low"]
    return pd.DataFrame(rows, columns=["scenario", "baseline", "metric", "what", *columns, "amount_high"])


def turns(factors: Sequence[float], differences: np.ndarray) -> list[Turn]:
    """Where the mean of the differences changes sign, and how sure that is.

    Between the factors each world's difference is interpolated in log f by a curve that does not overshoot. The
    interval of a turn holds every factor at which the t interval of the mean difference contains zero, so it is as
    honest with few worlds as the t interval is, and may be open.

    Parameters
    ----------
    factors : rising, from LEAST to MOST
    differences : (worlds, factors), candidate less baseline

    Source
    ------
    Fieller (1954), Some problems in interval estimation. Curve: Fritsch & Carlson (1980), Monotone piecewise cubic
    interpolation.

    Check
    -----
    >>> [found] = turns([0.25, 1.0, 4.0], np.array([[2.0, 1.0, -1.0], [2.2, 0.8, -1.2], [1.8, 0.9, -1.1]]))
    >>> found.wins, round(found.factor, 1), round(found.low, 1), round(found.high, 1)
    ('below', 2.0, 1.6, 2.5)
    """
    mean, low, high, _ = mean_interval(PchipInterpolator(np.log(factors), differences, axis=1)(GRID))
    unsure = (low <= 0.0) & (high >= 0.0)
    unsure[1:] |= mean[1:] * mean[:-1] < 0.0
    found = []
    for doubtful, group in groupby(range(len(GRID)), key=lambda at: bool(unsure[at])):
        places = list(group)
        if not doubtful:
            continue
        first, last = places[0] - 1, places[-1] + 1  # the nearest places that are sure
        left = np.sign(mean[first]) if first >= 0 else 0.0
        right = np.sign(mean[last]) if last < len(GRID) else 0.0
        if left == right == 0.0:
            return [Turn("unclear", np.nan, np.nan, np.nan)]
        if left != right:
            wins = "below" if left > right else "above"
            ends = (np.exp(GRID[first]) if left else np.nan, np.exp(GRID[last]) if right else np.nan)
            found.append(Turn(wins, _root(mean, first, last), *map(float, ends)))
    return found or [Turn("always" if mean[0] > 0.0 else "never", np.nan, np.nan, np.nan)]


def worlds_of(worlds: int) -> int:
    """How many of the worlds compared are lived again at other costs.

    Check
    -----
    >>> worlds_of(50), worlds_of(3), worlds_of(120), worlds_of(640)
    (5, 3, 12, 20)
    """
    return min(worlds, max(FEWEST, min(worlds // ONE_IN, ENOUGH)))


def made_dearer(scenario: Scenario, what: str, factor: float) -> Scenario:
    """The same scenario in which the first business pays so many times as much for the same contacts, or care."""
    data = deepcopy(scenario.resolved)
    for each in data["businesses"][scenario.businesses[0].name][MADE_DEARER[what]].values():
        if "strength" in each:
            each["strength"] /= factor
    return scenario_from(data, scenario.name)


# ------------------------------------------------------------------------------------------------------------- details

OF_INTEREST = [PLACE[METRIC], PLACE[AMOUNT]]


def _as_assumed(comparison: Comparison, worlds: int) -> np.ndarray:
    """What the comparison itself knows."""
    return np.stack([[run.whole[0, OF_INTEREST] for run in runs[:worlds]] for runs in comparison.runs], axis=1)


def _world_at(scenarios: Sequence[Scenario], how: How, task: tuple[str, float, int]) -> np.ndarray:
    """(scenarios, 2): one world at one cost, wherever it is lived."""
    what, factor, seed = task
    lives = lives_of_world([made_dearer(scenario, what, factor) for scenario in scenarios], how, seed)
    return np.stack([life.whole[0, OF_INTEREST] for life in lives])


def _curves(known: Known, what: str) -> tuple[list[float], np.ndarray, np.ndarray]:
    """Factors in their order, METRIC and AMOUNT over (worlds, scenarios, factors)."""
    factors = sorted(factor for each, factor in known if each == what)
    values = np.stack([known[what, factor] for factor in factors], axis=-1)
    return factors, values[:, :, 0], values[:, :, 1]


def _middles(known: Known) -> list[Dearer]:
    """The middle of every gap at one of whose ends a candidate is not as surely better, or worse, as at the other."""
    middles = []
    for what in MADE_DEARER:
        factors, profits, _ = _curves(known, what)
        _, low, high, _ = mean_interval(profits[:, 1:] - profits[:, :1])
        surely = (low > 0.0) * 1 - (high < 0.0)
        for at, (here, there) in enumerate(pairwise(factors)):
            if (surely[:, at] * surely[:, at + 1] != 1).any():
                middles.append((what, float(np.sqrt(here * there))))
    return middles


def _root(mean: np.ndarray, first: int, last: int) -> float:
    """The factor nearest to 1 at which the mean crosses zero between two places of the grid; NaN if nowhere."""
    here = np.arange(max(first, 0), min(last, len(GRID) - 1))
    here = here[mean[here] * mean[here + 1] <= 0.0]
    here = here[mean[here] != mean[here + 1]]
    if not len(here):
        return np.nan
    roots = GRID[here] + (GRID[here + 1] - GRID[here]) * mean[here] / (mean[here] - mean[here + 1])
    return float(np.exp(roots[np.argmin(np.abs(roots))]))


def _amount(turn: Turn, factors: Sequence[float], amounts: np.ndarray) -> tuple[float, float, float]:
    """The mean amount at a turn, and between which it lies as the factor moves through its interval."""
    means = amounts.mean(axis=0)
    if not np.isfinite(turn[1:]).all() or not (means > 0.0).all():
        return np.nan, np.nan, np.nan
    curve = PchipInterpolator(np.log(factors), np.log(means))
    through = np.exp(curve(np.linspace(np.log(turn.low), np.log(turn.high), 50)))
    return float(np.exp(curve(np.log(turn.factor)))), float(through.min()), float(through.max())
