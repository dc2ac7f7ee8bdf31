"""What a folder of a run or a comparison holds, as the frames that figures are drawn from.

Whatever a store keeps of every world becomes a mean over worlds with its range here, so that no picture and no page has
to compute one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.experiment.compare import GROWTH, bands_of
from sim.experiment.statistics import mean_interval
from sim.experiment.store import StoreDamaged, read_manifest, read_table, verify
from sim.rules.journey import PHASES
from sim.scenario.load import scenario_from
from sim.scenario.problems import InputError
from sim.scenario.schema import YEAR
from sim.state.customers import SOURCES
from sim.strategies.books import goal_of

CAME = ("new_customers_told", "new_customers_referred", "new_customers_contacted", "returned_customers")
"""Metrics that say where customers came from."""
LEFT = (
    "lost_need_gone", "lost_dissatisfied", "lost_to_complaints", "lost_to_rivals", "lost_forgotten", "lost_moved",
    "lost_closed",
)  # fmt: skip
"""Metrics that say why they left."""
PARTS = ("traffic", "conversion", "repeat", "order_value")
"""What revenue is the product of: metrics of these names, orders per buyer and money per order."""
STEPS = ("traffic", "conversion", "orders", "revenue")
"""Metrics from which they are made."""
FIRST_ORDERS = SOURCES[1:5]
"""Reasons of a first order of somebody who never was a customer."""
FEWEST_PEOPLE = 10
"""In a cohort; of fewer, a share says nothing."""
HALF_YEAR, LONG_RUN = 26, 156


@dataclass(frozen=True)
class Seen:
    """A folder of a run or a comparison, seen from its first business."""

    folder: Path
    manifest: dict[str, Any]
    summary: dict[str, Any]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the scenarios; the first is the baseline."""
        return tuple(each["name"] for each in self.manifest["scenarios"])

    @property
    def worlds(self) -> int:
        return len(self.manifest["seeds"])

    @property
    def weeks(self) -> int:
        return int(self.summary["weeks"])

    @property
    def resolved(self) -> dict[str, Any]:
        """The baseline as it was lived."""
        return self.manifest["scenarios"][0]["resolved"]

    @property
    def business(self) -> str:
        """The first one, which the question is about."""
        return next(iter(self.resolved["businesses"]))

    @property
    def status_quo(self) -> str | None:
        """The scenario of a comparison that goes on as before week 0, if one does."""
        return next((each["scenario"] for each in self.summary.get("goals", []) if each["status_quo"]), None)

    @property
    def currency(self) -> str:
        return self.resolved["currency"]["name"]

    @property
    def credit_line(self) -> float:
        """Past which the business is out of money."""
        return self.resolved["businesses"][self.business]["credit_line"]

    @cached_property
    def weekly(self) -> pd.DataFrame:
        """Of the first business: scenario, run, week, metric, value."""
        table = read_table(self.folder)
        return table[table["business"] == self.business]

    @cached_property
    def levels(self) -> pd.DataFrame:
        """What each scenario comes to: scenario, metric, mean, low, high."""
        rows: list[tuple[Any, ...]] = []
        if self.manifest["what"] == "run":
            (ours,) = [each for each in self.summary["businesses"] if each["name"] == self.business]
            rows = [(self.names[0], metric, each["mean"], *each["ci95"]) for metric, each in ours["metrics"].items()]
        for each in self.differences:
            rows.append((each["scenario"], each["metric"], each["value"], *each["value_ci95"]))
            if each["scenario"] == self.names[1]:
                rows.append((self.names[0], each["metric"], each["baseline"], *each["baseline_ci95"]))
        frame = pd.DataFrame(rows, columns=["scenario", "metric", "mean", "low", "high"])
        order = {name: at for at, name in enumerate(self.names)}
        frame = frame.sort_values("scenario", key=lambda names: names.map(order), kind="stable", ignore_index=True)
        return frame.astype({"mean": float, "low": float, "high": float})

    @property
    def differences(self) -> list[dict[str, Any]]:
        """Of the first business, as the comparison's document says them; none of a run."""
        return [each for each in self.summary.get("differences", []) if each["business"] == self.business]

    @cached_property
    def goals(self) -> pd.DataFrame:
        """Growth a year against the goal: scenario, of, low, high (the goal), mean, mean_low, mean_high, reached, n."""
        if self.manifest["what"] == "comparison":
            rows = [
                (*(each[key] for key in ("scenario", "of", "low", "high", "growth")), *each["growth_ci95"])
                for each in self.summary["goals"]
            ]
        else:
            rows = [self._goal_of_the_run()]
        columns = ["scenario", "of", "low", "high", "mean", "mean_low", "mean_high"]
        return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:], float))

    def _goal_of_the_run(self) -> tuple[Any, ...]:
        try:
            goal = goal_of(scenario_from(self.resolved, self.names[0]).businesses[0].strategy)
        except InputError:  # a strategy that is not installed here
            goal = None
        of, low, high = goal or ("revenue", np.nan, np.nan)
        grown = self.levels[self.levels["metric"] == GROWTH[of]].iloc[0]
        return self.names[0], of, low, high, grown["mean"], grown["low"], grown["high"]


def read_results(folder: str | Path) -> Seen:
    """A folder that ``run`` or ``compare`` has written.

    Raises
    ------
    StoreDamaged
        If anything in the folder is not as it was written.
    ValueError
        If it holds other results.
    """
    manifest, document = read_document(folder)
    if manifest.get("what") not in ("run", "comparison"):
        raise ValueError(f"{folder} holds neither a run nor a comparison")
    return Seen(Path(folder), manifest, document)


def read_document(folder: str | Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The manifest and the document of a folder of results.

    Raises
    ------
    StoreDamaged
        If anything in the folder is not as it was written.
    """
    if problems := verify(folder):
        raise StoreDamaged("\n".join(problems))
    return read_manifest(folder), json.loads((Path(folder) / "summary.json").read_text(encoding="utf-8"))


def over_time(seen: Seen, metric: str) -> pd.DataFrame:
    """A metric week by week: scenario, week, mean, low, high; the band holds 90 % of worlds (5 to 95 %)."""
    part = seen.weekly[seen.weekly["metric"] == metric]
    pieces = [
        bands_of(name, _by_world(part[part["scenario"] == name], "week", range(seen.weeks))) for name in seen.names
    ]
    return pd.concat(pieces, ignore_index=True)


def journey(seen: Seen) -> pd.DataFrame:
    """People in each phase of the journey at each census: scenario, week, phase, mean, low, high (95 % interval)."""
    table = read_table(seen.folder, "journey.parquet")
    table = table[table["business"] == seen.business]
    pieces = []
    for name in seen.names:
        for week, people in table[table["scenario"] == name].groupby("week"):
            found = _intervals(name, "phase", PHASES[1:], _by_world(people, "phase", PHASES[1:], "people"))
            pieces.append(found.assign(week=week))
    return pd.concat(pieces, ignore_index=True)


def growth_parts(seen: Seen) -> pd.DataFrame:
    """By what factor revenue and each of its parts grew from the first to the last year of the run.

    Columns: scenario, part, mean, low, high. Means are geometric, so that the factors of the parts multiply to that of
    revenue; intervals are Student's, of logarithms. Worlds in which something came to nothing are left out. A run of
    less than two years is cut in halves.
    """
    span = min(YEAR, seen.weeks // 2)
    pieces = []
    for name in seen.names:
        mine = seen.weekly[seen.weekly["scenario"] == name]
        columns = [_by_world(mine[mine["metric"] == m], "week", range(seen.weeks)) for m in STEPS]
        columns[1] = columns[1] * columns[0]  # of the people who came into question, those who ordered
        first, last = (_logs(np.stack([np.nansum(each[:, part], axis=1) for each in columns])) for part in _ends(span))
        logs = (last - first).T
        logs[~np.isfinite(logs).all(axis=1)] = np.nan
        pieces.append(_intervals(name, "part", ("revenue", *PARTS), logs))
    frame = pd.concat(pieces, ignore_index=True)
    frame[["mean", "low", "high"]] = np.exp(frame[["mean", "low", "high"]])
    return frame


def cohorts(seen: Seen) -> pd.DataFrame | None:
    """Which part of those who first ordered in the same months orders again in later ones; None if nobody was followed.

    Columns: scenario, joined and age (both in spans of ``span`` weeks), span, mean, low, high (95 % interval over
    worlds), people (in all worlds). Cohorts of fewer than ten people in all worlds, and months that the run did not
    reach, are left out.
    """
    if "orders.parquet" not in seen.manifest["files"]:
        return None
    span = HALF_YEAR if seen.weeks >= LONG_RUN else HALF_YEAR // 2
    table = read_table(seen.folder, "orders.parquet")
    table = table[(table["business"] == seen.business) & (table["kind"] == "order")]
    pieces = [_cohorts_of(seen, name, table[table["scenario"] == name], span) for name in seen.names]
    return pd.concat(pieces, ignore_index=True)


# ------------------------------------------------------------------------------------------------------------- details


def _cohorts_of(seen: Seen, name: str, orders: pd.DataFrame, span: int) -> pd.DataFrame:
    whole = seen.weeks // span  # a last span that is cut short is no span
    person = ["run", "person"]
    first = orders[orders["reason"].isin(FIRST_ORDERS)].groupby(person, observed=True)["week"].min() // span
    later = (
        orders.assign(at=orders["week"] // span).drop_duplicates([*person, "at"]).join(first.rename("joined"), person)
    )
    rows = []
    for joined in range(whole):
        sizes = first[first == joined].groupby("run").size()
        if sizes.sum() < FEWEST_PEOPLE:
            continue
        mine = later[later["joined"] == joined]
        for age in range(1, whole - joined):
            again = mine[mine["at"] == joined + age].groupby("run").size().reindex(sizes.index, fill_value=0)
            found = mean_interval((again / sizes).to_numpy(), bounds=(0.0, 1.0))
            rows.append((name, joined, age, span, *map(float, found[:3]), int(sizes.sum())))
    return pd.DataFrame(rows, columns=["scenario", "joined", "age", "span", "mean", "low", "high", "people"])


def _by_world(table: pd.DataFrame, key: str, order: Sequence[Any], value: str = "value") -> np.ndarray:
    """Float64 (worlds, keys) in this order; NaN where there is nothing."""
    return table.pivot(index="run", columns=key, values=value).reindex(columns=list(order)).to_numpy(float)


def _intervals(name: str, key: str, order: Sequence[str], values: np.ndarray) -> pd.DataFrame:
    """A mean over worlds of each column, with its interval."""
    found = mean_interval(values)
    return pd.DataFrame({"scenario": name, key: order, "mean": found.mean, "low": found.low, "high": found.high})


def _ends(span: int) -> Iterator[slice]:
    yield from (slice(None, span), slice(-span, None))


def _logs(steps: np.ndarray) -> np.ndarray:
    """Logarithms of revenue and of its parts, float64 (1 + parts, worlds).

    Parameters
    ----------
    steps : people who came into question, those who ordered, orders and revenue, of each world
    """
    with np.errstate(divide="ignore"):
        steps = np.log(steps)
    return np.concatenate([steps[-1:], steps[:1], np.diff(steps, axis=0)])
