"""Runs and studies: the unit of every study, how many of them a second, and what shared luck saves."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from logging import ERROR
from typing import Any

import numpy as np

from sim.experiment.bench.findings import Row, Sample, exponent, interleaved, once, sample_of
from sim.experiment.bench.workload import Workload, scenario_for
from sim.experiment.compare import compare, variance_reduction
from sim.experiment.executor import Progress
from sim.experiment.runs import How, lives_of_world, run_scenario, run_world
from sim.experiment.study.points import Combinations, checked_points
from sim.scenario.load import load_scenario, read_template
from sim.scenario.schema import Scenario

UNIT_PEOPLE, UNIT_WEEKS, HISTORY_WEEKS = 5_000, 260, 52
PLAN = "businesses.ours.strategy={{fixed_budget: {{spend_per_year: {spend}, acquisition_share: 0.5}}}}"
NEAR_BUDGETS = (6_000, 6_600)
GROUP = "runs and studies"
PLANNED = ("businesses.ours.strategy.fixed_budget.acquisition_share", "people.price_sensitivity")
PLANNING = (GROUP, "planning a study of base, each point, processor time")


def unit(people: int, weeks: int = UNIT_WEEKS, load: Workload | None = None) -> Scenario:
    """A whole run of so many weeks, its year of history included."""
    return scenario_for((load or Workload(people))._replace(people=people), weeks - HISTORY_WEEKS)


def whole_run(people: int, rounds: int) -> Sample:
    """Seconds of processor time of one run with books and metrics, once everything is compiled and loaded."""
    scenario = unit(people)
    run_world(scenario, 0)
    times = interleaved({"run": lambda: run_world(scenario, 1)}, rounds)
    return sample_of(times["run"].processor)


def weeks_exponent(people: int, rounds: int) -> Row:
    """Is twice the run twice the time?"""
    weeks = (130, 260, 520, 1040)
    runs = {str(each): partial(run_world, unit(people, each), 1) for each in weeks}
    times = interleaved(runs, rounds)
    slope = exponent(weeks, [float(np.median(times[str(each)].processor)) for each in weeks])
    return Row("scaling exponents", "a run, in weeks", once(slope), "", "130 to 1,040 weeks")


def sweep_rows(people: int, runs: int, workers: Sequence[int], more: Progress) -> list[Row]:
    """Runs a second, starting processes included."""
    scenario = unit(people)
    found = []
    for count in workers:
        begun = time.perf_counter()
        run_scenario(scenario, range(runs), workers=count, progress=more)
        speed = once(runs / (time.perf_counter() - begun))
        name = f"{runs} runs of {people:,} people and {UNIT_WEEKS} weeks, {count} worker{'s' if count > 1 else ''}"
        found.append(Row(GROUP, name, speed, "runs per second"))
    if find_spec("distributed"):
        speed = once(runs / _on_dask(partial(lives_of_world, (scenario,), How()), runs, workers[-1]))
        found.append(Row(GROUP, f"the same on Dask, {workers[-1]} workers", speed, "runs per second"))
    return found


def planning_row(points: int) -> Row:
    """To look at each point of a study before the first run is lived."""
    values = zip(np.linspace(0.1, 0.9, points).tolist(), np.linspace(4.0, 12.0, points).tolist(), strict=True)
    asked = Combinations([read_template("base")], (), PLANNED, [*values])
    checked_points(asked._replace(rows=asked.rows[:1]), None)
    begun = time.process_time()
    checked_points(asked, None)
    return Row(*PLANNING, once(1e3 * (time.process_time() - begun) / points), "ms per point")


def _on_dask(task: Callable[[int], Any], runs: int, workers: int) -> float:
    """Seconds of all runs on a cluster of this machine, once it stands."""
    from distributed import Client, LocalCluster

    options: dict[str, Any] = {
        "n_workers": workers,
        "threads_per_worker": 1,
        "dashboard_address": None,
        "silence_logs": ERROR,
    }
    with LocalCluster(**options) as cluster, Client(cluster) as client:
        client.gather(client.map(task, range(runs, runs + workers)))  # workers load what they need
        begun = time.perf_counter()
        client.gather(client.map(task, range(runs)))
        return time.perf_counter() - begun


def near_budgets(pairs: int, workers: int, more: Progress) -> tuple[Sample, list[Row]]:
    """How many times smaller shared luck makes the variance of the difference between two near-by budgets."""
    scenarios = [load_scenario("base", [PLAN.format(spend=spend)]) for spend in NEAR_BUDGETS]
    reduction = variance_reduction(compare(scenarios, range(1, pairs + 1), workers=workers, progress=more))
    low, high = NEAR_BUDGETS
    name = f"variance of the difference by shared luck, {low:,} against {high:,} a year, {pairs} pairs: "
    rows = [Row(GROUP, name + metric, Sample(*reduction[metric]), "times smaller") for metric in ("profit", "revenue")]
    return rows[0].sample, rows
