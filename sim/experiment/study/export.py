"""Export of a study: its answer as plain tables, one row a point, a run of a point, or a finding about a point."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.experiment.export import Export, about_rows, dictionary_of, in_units
from sim.experiment.store import StoreDamaged, read_manifest, read_table
from sim.experiment.study.place import ANSWER, asked_in, is_sealed, problems_of
from sim.experiment.study.plan import Plan
from sim.scenario.catalogue import declared

COLUMNS = {
    "point": ("", "number of the point, from 0"),
    "seed": ("", "of the world; the same seed is the same luck at every point"),
    "outcomes.run": ("", "key of the run, made of its scenario, its seed and the code of the model"),
    "runs.run": ("", "key of the run, made of its scenario, its seed and the code of the model"),
    "runs.result_hash": ("", "identity of everything that came out of the run, to the bit"),
}
"""Unit and meaning of every column that only studies have."""
CALLED = {"low": "ci95_low", "high": "ci95_high", "worlds": "n"}
"""What exports call columns of a summary."""


def read_study(folder: Path) -> Export:
    """All tables of the answer of a study.

    Raises
    ------
    ValueError
        If the study is not finished, so that it has none.
    StoreDamaged
        If anything in the folder is not as it was written.
    """
    if not is_sealed(folder):
        raise ValueError(f"the study in {folder} is not finished; the command that began it goes on with it")
    if problems := problems_of(folder):
        raise StoreDamaged("\n".join(problems))
    plan, manifest = asked_in(folder), read_manifest(folder)
    currency = plan.scenario(plan.points[0]).currency
    stored = {name: read_table(folder / ANSWER, f"{name}.parquet") for name in ("points", "outcomes", "runs")}
    summary = read_table(folder / ANSWER, "summary.parquet").rename(columns=CALLED)
    tables = {"about": _about(plan, manifest), "summary": in_units(summary, currency.name)} | stored
    tables["dictionary"] = dictionary_of(tables, currency.name, COLUMNS | _factors(plan, currency.name))
    name = f"{folder.resolve().parent.name}-{folder.resolve().name}"
    return Export(name, tables, currency.name, currency.decimals)


def _about(plan: Plan, manifest: Mapping[str, Any]) -> pd.DataFrame:
    """What was asked, and computed with what."""
    return about_rows(
        manifest,
        [
            ("question", plan.question),
            ("points", len(plan.points)),
            ("runs", manifest["runs"]),
            ("first seed", plan.first_seed),
            ("business", plan.business),
            *((f"{path} in every run", value) for path, value in plan.fixed),
        ],
    )


def _factors(plan: Plan, currency: str) -> dict[str, tuple[str, str]]:
    """Unit and meaning of every factor, by its path."""
    known = {path: declared(tuple(path.split("."))) for path in plan.paths}
    return {
        path: (each.unit.replace("money", currency), each.meaning) if each else ("", "what is written at this path")
        for path, each in known.items()
    }
