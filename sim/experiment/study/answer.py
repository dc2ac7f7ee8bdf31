"""The answer of a study: its points, its runs, and what came out at each point, as tidy tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.experiment.outcome import BOUNDS
from sim.experiment.runs import hash_of_results
from sim.experiment.statistics import CONFIDENCE, mean_interval, paired_difference, written
from sim.experiment.store import circumstances, commit, json_bytes, write_parquet
from sim.experiment.study.needs import Needed, outcomes_at, worlds_of
from sim.experiment.study.parts import Parts
from sim.experiment.study.place import ANSWER, seal
from sim.experiment.study.plan import Plan
from sim.model.metrics import METRICS


def result_hash(parts: Parts, runs: Needed) -> str:
    """The identity of all finished runs, whatever the order, the workers or the interruptions."""
    keys = {due.key for due in runs.runs} & parts.finished.keys()
    return hash_of_results(
        (each.scenario_hash, each.seed, each.result_hash) for each in (parts.finished[key] for key in keys)
    )


def outcomes(plan: Plan, parts: Parts) -> pd.DataFrame:
    """One row for each finished run: point, scenario, factors, seed, run, and the outcomes that are looked at."""
    rows: list[dict[str, Any]] = []
    columns = plan.columns
    for point in range(len(plan.points)):
        keys = worlds_of(plan, parts, point)
        told = {name: cells[point] for name, cells in columns.items()}
        for key, values in zip(keys, outcomes_at(plan, parts, point, keys), strict=True):
            about = {"point": point, **told, "seed": parts.finished[key].seed, "run": key}
            rows.append(about | dict(zip(plan.metrics, values.tolist(), strict=True)))
    return pd.DataFrame(rows, columns=["point", *columns, "seed", "run", *plan.metrics])


def summary(plan: Plan, parts: Parts) -> pd.DataFrame:
    """One row for each point, business and metric: mean over worlds, its 95 % interval, and worlds."""
    pieces = []
    metrics = list(METRICS)
    for point, about in enumerate(plan.points):
        keys = worlds_of(plan, parts, point)
        if not keys:
            continue
        found = mean_interval(np.stack([parts.outcome(key) for key in keys]), bounds=BOUNDS)
        business, metric = (axis.ravel() for axis in np.indices(found.mean.shape))
        pieces.append(
            pd.DataFrame(
                {
                    "point": point,
                    "business": [about.size.businesses[at] for at in business],
                    "metric": [metrics[at] for at in metric],
                    "mean": found.mean.ravel(),
                    "low": found.low.ravel(),
                    "high": found.high.ravel(),
                    "worlds": found.n.ravel().astype(np.int64),
                }
            )
        )
    names = ["point", "business", "metric", "mean", "low", "high", "worlds"]
    return pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=names)


class Ahead(NamedTuple):
    """How often one scenario is ahead of the first one on the first outcome, of all settings of the factors."""

    scenario: str
    baseline: str
    metric: str
    better: int
    """Settings at which the 95 % interval of the paired difference lies on its side."""
    worse: int
    settings: int

    @property
    def by_luck(self) -> float:
        """Settings at which an interval would lie on one side if nothing differed anywhere."""
        return (1.0 - CONFIDENCE) / 2.0 * self.settings


def ahead(plan: Plan, parts: Parts) -> list[Ahead]:
    """Every other scenario against the first one, world by world; nothing if there is one scenario."""
    settings = len(plan.points) // len(plan.templates)
    metric = METRICS[plan.metrics[0]]
    found = []
    for number, template in list(enumerate(plan.templates))[1:]:
        sides = [_side(plan, parts, at, number * settings + at) for at in range(settings)]
        better = -1 if metric.better == "lower" else 1
        counted = (sides.count(better), sides.count(-better), settings)
        found.append(Ahead(template.name, plan.templates[0].name, metric.id, *counted))
    return found


def _side(plan: Plan, parts: Parts, baseline: int, point: int) -> int:
    """1 if a point is surely higher than another in the worlds that both have, -1 if surely lower, else 0."""
    keys = [(plan.due(baseline, seed).key, plan.due(point, seed).key) for seed in plan.seeds]
    both = [pair for pair in keys if pair[0] in parts.finished and pair[1] in parts.finished]
    if len(both) < 2:
        return 0
    columns = zip(*both, strict=True)
    base, value = (
        outcomes_at(plan, parts, at, list(each))[:, 0] for at, each in zip((baseline, point), columns, strict=True)
    )
    found = paired_difference(value, base)
    return int(found.low > 0.0) - int(found.high < 0.0)


def points_of(plan: Plan) -> pd.DataFrame:
    """One row for each point: its number, its scenario, and the value of each factor under the factor's path."""
    return pd.DataFrame({"point": range(len(plan.points)), **plan.columns})


def document_of(plan: Plan, parts: Parts) -> dict[str, Any]:
    """Every point with its outcomes as plain data."""
    found = summary(plan, parts)
    chosen = found[(found["business"] == plan.business) & found["metric"].isin(plan.metrics)]
    measured: dict[int, dict[str, Any]] = {}
    for row in chosen.itertuples():
        interval = [written(float(row.low)), written(float(row.high))]  # type: ignore[arg-type]
        each = {"mean": written(float(row.mean)), "ci95": interval, "worlds": row.worlds}  # type: ignore[arg-type]
        measured.setdefault(int(row.point), {})[str(row.metric)] = each  # type: ignore[arg-type]
    points = [
        {"point": point, **{name: cells[point] for name, cells in plan.columns.items()}, "outcomes": outcome}
        for point, outcome in measured.items()
    ]
    return {
        "study": plan.name,
        "question": plan.question,
        "identity": plan.identity,
        "business": plan.business,
        "factors": [{"path": path, "role": role} for path, role in zip(plan.paths, plan.roles, strict=True)],
        "points": points,
        "ahead": [each._asdict() for each in ahead(plan, parts)],
    }


def write_answer(plan: Plan, parts: Parts, runs: Needed, folder: Path, command: Sequence[str] | str) -> None:
    """Write the answer of a study whose runs are all there, and its manifest."""
    hash_of_all = result_hash(parts, runs)

    def fill(new: Path) -> dict[str, Any]:
        tables = {
            "points": points_of(plan),
            "runs": _runs(plan, parts, runs),
            "outcomes": outcomes(plan, parts),
            "summary": summary(plan, parts),
        }
        for name, table in tables.items():
            write_parquet(new / f"{name}.parquet", [pa.Table.from_pandas(table, preserve_index=False)])
        (new / "summary.json").write_bytes(json_bytes(document_of(plan, parts) | {"result_hash": hash_of_all}))
        return {"what": "answer", "study": plan.identity, **circumstances(command)}

    commit(folder, ANSWER, fill)
    about = {"study": plan.identity, "name": plan.name, "question": plan.question, "code": plan.code}
    counted = {"runs": len({due.key for due in runs.runs}), "points": len(plan.points), "result_hash": hash_of_all}
    seal(folder, about | counted | circumstances(command))


def _runs(plan: Plan, parts: Parts, runs: Needed) -> pd.DataFrame:
    """One row for each run of each point."""
    scenarios = plan.columns["scenario"]
    rows = [
        (due.point, scenarios[due.point], due.seed, due.key, parts.finished[due.key].result_hash) for due in runs.runs
    ]
    return pd.DataFrame(rows, columns=["point", "scenario", "seed", "run", "result_hash"]).astype({"seed": np.uint64})
