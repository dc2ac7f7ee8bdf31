"""What a run and a comparison leave behind before anybody summarises it, and the same as tidy tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.experiment.observed import Observed
from sim.model.metrics import METRICS
from sim.rules.defection import REASONS
from sim.scenario.schema import MOST_CHANNELS, Scenario
from sim.state.customers import SOURCES
from sim.state.diary import OCCASIONS, ORDER

KINDS_OF_EVENT = ("order", "departure")
BOUNDS = tuple(np.array([metric.bounds for metric in METRICS.values()]).T)
"""The least and the greatest value that each metric can have, in the order of METRICS."""


@dataclass(frozen=True, eq=False)
class Run:
    """One world, lived once."""

    scenario: Scenario
    seed: int
    weekly: np.ndarray
    """float64 (weeks, businesses, metrics) in the order of METRICS; NaN where undefined."""
    whole: np.ndarray
    """float64 (businesses, metrics): flows summed over the run, stocks of the last week."""
    events: np.ndarray
    """int64 (events, 8): week, person, business, kind, amount in minor units, reason, channel, occasion; from week 0
    on, empty unless people were followed."""
    result_hash: str
    observed: Observed
    """Phases of the journey, moves between them, and programmes."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """The same worlds lived under several scenarios: ``runs[s][k]`` is scenario s in the world of ``seeds[k]``."""

    scenarios: tuple[Scenario, ...]
    seeds: tuple[int, ...]
    runs: tuple[tuple[Run, ...], ...]
    break_even: pd.DataFrame | None = None
    """At which costs the better plan changes, if somebody asked."""


def weekly_tables(names: Sequence[str], runs: Sequence[Sequence[Run]]) -> Iterator[pa.Table]:
    """One table a run: run (its seed), scenario, week, business, metric, value.

    One row a number, in the order of scenarios, seeds, weeks, businesses and metrics; metrics of a whole run only are
    left out, undefined numbers are null.

    Parameters
    ----------
    names : what to call each scenario
    runs : ``runs[s]`` are those of the scenario called ``names[s]``
    """
    kept = {metric.id: at for at, metric in enumerate(METRICS.values()) if metric.kind != "run"}
    for place, each in enumerate(runs):
        for run in each:
            values = run.weekly[:, :, list(kept.values())]
            week, business, metric = (axis.ravel() for axis in np.indices(values.shape, np.int32))
            yield pa.table(
                {
                    "run": np.full(values.size, run.seed, np.uint64),
                    "scenario": words(np.full(values.size, place), names),
                    "week": week,
                    "business": words(business, _businesses(run)),
                    "metric": words(metric, list(kept)),
                    "value": pa.array(values.ravel(), from_pandas=True),
                }
            )


def order_tables(names: Sequence[str], runs: Sequence[Sequence[Run]]) -> Iterator[pa.Table]:
    """One table a run: run (its seed), scenario, person, week, business, kind, amount, reason, channel, occasion.

    What the followed people did, week by week; amounts in units of the scenario's currency. The reason is that
    of a departure; of a first order it is how the person came to know the business, and the channel is the one that is
    credited with it, if any. The occasion is an offer, a renewal or a need.
    """
    for place, each in enumerate(runs):
        for run in each:
            week, person, business, kind, amount, reason, channel, occasion = run.events.T
            yield pa.table(
                {
                    "run": np.full(len(week), run.seed, np.uint64),
                    "scenario": words(np.full(len(week), place), names),
                    "person": np.ascontiguousarray(person),
                    "week": week.astype(np.int32),
                    "business": words(business, _businesses(run)),
                    "kind": words(kind, KINDS_OF_EVENT),
                    "amount": amount / run.scenario.minor_units,
                    "reason": words(np.where(kind == ORDER, reason, reason + len(SOURCES)), [*SOURCES, *REASONS]),
                    "channel": channel_names(run, business, channel),
                    "occasion": words(occasion, OCCASIONS),
                }
            )


def data_dictionary(currency: str = "money") -> str:
    """What every metric is called, counted in and means, as CSV; what looks like a formula is quoted.

    Parameters
    ----------
    currency : what money is called
    """
    text = io.StringIO()
    sheet = csv.writer(text, lineterminator="\n")
    sheet.writerow(["metric", "label", "unit", "better", "kind", "meaning"])
    for metric in METRICS.values():
        first, space, rest = metric.unit.partition(" ")
        unit = (currency if first == "money" else first) + space + rest
        cells = (metric.id, metric.label, unit, metric.better, metric.kind, " ".join(metric.meaning.split()))
        sheet.writerow([f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell for cell in cells])
    return text.getvalue()


def _businesses(run: Run) -> list[str]:
    return [business.name for business in run.scenario.businesses]


def channel_names(run: Run, business: np.ndarray, channel: np.ndarray) -> pa.Array:
    """Channels of events by the names that businesses give them; nothing where there was none."""
    names = ["", *dict.fromkeys(name for each in run.scenario.businesses for name in each.channels)]
    # NO_CHANNEL finds the last place, which stays 0
    code = np.zeros((len(run.scenario.businesses), MOST_CHANNELS + 1), np.int32)
    for slot, each in enumerate(run.scenario.businesses):
        code[slot, : len(each.channels)] = [names.index(name) for name in each.channels]
    return words(code[business, channel], names)


def words(codes: np.ndarray, spoken: Sequence[str]) -> pa.Array:
    """Numbers as the words they stand for."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(list(spoken), pa.string()))
