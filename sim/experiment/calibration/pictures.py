"""Pictures: the numbers that figures of a calibration draw."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.experiment.calibration.calibrate import Calibration
from sim.experiment.calibration.cohorts import FEWEST_PEOPLE
from sim.experiment.calibration.expected import Shape, Z, expected_new, history_of, pressure
from sim.experiment.calibration.response import Replay, Responses
from sim.theory.buying import Buyers, GammaGamma, alive, gamma_gamma_log_density, nbd, repeats_by

MOST_REPEATS = 7
BINS, LARGEST_PART = 40, 0.98
MOST_WEEKS, MOST_ALIVE = 104.0, 15
POINTS = 60


class Histogram(NamedTuple):
    """Customers by repeat purchases; the last class is all above."""

    names: list[str]
    actual: np.ndarray
    bg_nbd: np.ndarray
    nbd: np.ndarray


def histogram(found: Calibration) -> Histogram:
    """Counted, and as both models expect them, customer by customer of each age; no class but the last is small."""
    estimates, buyers = found.understood.estimates, found.log.buyers()
    assert estimates is not None
    exactly = np.bincount(buyers.repeats.astype(int), minlength=MOST_REPEATS + 1)
    most = int(np.argmax(np.append(exactly[1:MOST_REPEATS], 0) < FEWEST_PEOPLE)) + 1
    counts = np.arange(most)
    actual = np.bincount(np.minimum(buyers.repeats.astype(int), most), minlength=most + 1)
    r, alpha = estimates.nbd.values
    by_models = np.zeros((2, most))
    for age, people in zip(*np.unique(buyers.age, return_counts=True), strict=True):
        by_models[0] += people * repeats_by(estimates.buying, counts, float(age))
        by_models[1] += people * (nbd(counts, r, r * age / alpha) if age > 0 else (counts == 0))
    rest = found.log.customers - by_models.sum(axis=1)
    return Histogram([*map(str, counts), f"{most}+"], actual.astype(float),
                     np.append(by_models[0], rest[0]), np.append(by_models[1], rest[1]))  # fmt: skip


class Grid(NamedTuple):
    """The chance to be a customer still, float64 (repeats, weeks since the last purchase)."""

    weeks: np.ndarray
    repeats: np.ndarray
    chance: np.ndarray
    age: float


def alive_grid(found: Calibration) -> Grid:
    """For somebody who first bought when the log began, or two years ago."""
    assert found.understood.estimates is not None
    age = min(found.log.weeks, MOST_WEEKS)
    weeks, repeats = np.linspace(0.0, age, POINTS), np.arange(1.0, MOST_ALIVE + 1.0)
    x, silent = np.meshgrid(repeats, weeks, indexing="ij")
    chance = alive(found.understood.estimates.buying, Buyers(x, age - silent, np.full(x.shape, age)))
    return Grid(weeks, repeats, chance, age)


class Orders(NamedTuple):
    """Densities of mean orders of those who came back."""

    edges: np.ndarray
    density: np.ndarray
    middles: np.ndarray
    fitted: np.ndarray | None


def order_values(found: Calibration) -> Orders:
    """Counted, and as the Gamma-Gamma expects them for as many orders as each placed."""
    orders, means = found.log.mean_repeats()
    largest = float(np.quantile(means, LARGEST_PART))
    even = np.linspace(0.0, largest if largest > 0.0 else 1.0, BINS + 1)
    edges, middles = merged(means, even), (even[1:] + even[:-1]) / 2.0
    density = np.histogram(means, edges)[0] / len(means) / np.diff(edges)
    model = next((fit for fit in found.understood.models if fit.model == "gamma_gamma"), None)
    fitted = None
    if model is not None:
        fitted = np.zeros(len(middles))
        for count, people in zip(*np.unique(orders, return_counts=True), strict=True):
            logs = gamma_gamma_log_density(GammaGamma(*model.values), np.full(len(middles), count), middles)
            fitted += people / len(orders) * np.exp(logs)
    return Orders(edges, density, middles, fitted)


def merged(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Edges of classes of which none that is not empty holds fewer people than may be told: each is added to the next.

    Check
    -----
    >>> merged(np.array([0.5] * 6 + [1.5, 2.5] + [3.5] * 4), np.arange(6.0)).tolist()
    [0.0, 1.0, 4.0, 5.0]
    """
    kept, people = [float(edges[0])], 0
    for edge, inside in zip(edges[1:].tolist(), np.histogram(values, edges)[0].tolist(), strict=True):
        people += inside
        if people == 0 or people >= FEWEST_PEOPLE:
            kept.append(edge)
            people = 0
    if people:  # too few are left at the end: with those before them, over empty classes
        inside = values[values <= edges[-1]]
        while len(kept) > 1 and np.sum(inside >= kept[-1]) < FEWEST_PEOPLE:
            kept.pop()
        kept.append(float(edges[-1]))
    return np.array(kept)


class Answered(NamedTuple):
    """What one channel's money did, in new customers per 1,000 prospects and week over pressure."""

    name: str
    spend: np.ndarray
    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray
    points: tuple[np.ndarray, np.ndarray]
    """Of each period: mean pressure, and new customers less those that all else brought."""
    known: bool


def answered(found: Calibration) -> list[Answered]:
    """The curve of each channel with the periods it was learned from."""
    responses, log = found.responses, found.log
    assert responses is not None
    history = history_of(log, found.plan.market.people, int(responses.spend.begins[0]))
    replay = Replay(found.plan, responses.spend, history.first_day, len(history.never))
    names = list(responses.money.ways)
    shape = _shape_of(responses)
    numbers = {each.name: each for each in responses.learned}
    weeks = replay.summed(np.ones(replay.weeks))[replay.periods]
    never = replay.summed(history.never)[replay.periods]
    made = []
    for at, name in enumerate(names):
        without = shape._replace(ceilings=tuple(0.0 if i == at else each for i, each in enumerate(shape.ceilings)))
        others = replay.summed(expected_new(without, replay.spent.winning, history))[replay.periods]
        stock = pressure(replay.spent.winning[:, at], shape.keeps[at], history)
        x = replay.summed(stock)[replay.periods] / weeks
        y = 1000.0 * (responses.spend.new_customers[replay.periods] - others) / never
        spend = np.linspace(0.0, 1.05 * float(x.max()), POINTS)
        middle, wide = _curve(spend, shape.ceilings[at], shape.strengths[at], _covariance_of(responses, at))
        known = all(numbers[f"{name}.{what}"].known for what in ("ceiling", "half_saturation"))
        made.append(Answered(name, spend, middle, middle / wide, middle * wide, (x, y), known))
    return made


def _shape_of(responses: Responses) -> Shape:
    ways = responses.money.ways.values()
    return Shape(tuple(way.curve.ceiling for way in ways), tuple(way.curve.strength for way in ways),
                 tuple(way.keep for way in ways), responses.money.by_itself)  # fmt: skip


def _covariance_of(responses: Responses, channel: int) -> np.ndarray:
    """Of the logarithms of a channel's ceiling and strength; what was assumed does not vary."""
    found = np.zeros((2, 2))
    places = [("ceilings", channel), ("strengths", channel)]
    for (i, one), (j, other) in ((a, b) for a in enumerate(places) for b in enumerate(places)):
        if one in responses.free and other in responses.free:
            found[i, j] = responses.covariance[responses.free.index(one), responses.free.index(other)]
    return found


def _curve(spend: np.ndarray, ceiling: float, strength: float, covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """New customers per 1,000, and the factor by which they may be more or less (delta method)."""
    reached = -np.expm1(-strength * spend)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.where(spend > 0.0, strength * spend * np.exp(-strength * spend) / reached, 1.0)
    slopes = np.column_stack([np.ones(len(spend)), slope])
    variance = np.einsum("pi,ij,pj->p", slopes, covariance, slopes)
    return 1000.0 * ceiling * reached, np.exp(Z * np.sqrt(np.maximum(variance, 0.0)))
