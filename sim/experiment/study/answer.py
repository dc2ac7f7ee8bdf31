"""The answer of a study: its points, its runs, and what came out at each point, as tidy tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.experiment.outcome import BOUNDS
from sim.experiment.runs import hash_of_results
from sim.experiment.statistics import mean_interval, written
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
