"""Saving: what a command has computed, as a folder of the store.

A run or a comparison is its tables, its figures and a summary; any other answer is a document and its figures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.compare import document_of, names_of
from sim.experiment.observed import TABLES, observed_tables
from sim.experiment.outcome import Comparison, Run, data_dictionary, order_tables, weekly_tables
from sim.experiment.runs import canonical_hash, summary_of
from sim.experiment.store import allowed, circumstances, commit, json_bytes, path_name, write_parquet
from sim.scenario.schema import Scenario

Figures = Callable[[], Iterable[tuple[str, bytes]]] | Iterable[tuple[str, bytes]]
"""Files to put beside the data, as (name, content), or a function that makes them."""


class _Result(NamedTuple):
    """What a folder is made from: ``runs[s]`` are the runs of ``scenarios[s]``, called ``names[s]``."""

    what: str
    scenarios: Sequence[Scenario]
    names: Sequence[str]
    runs: Sequence[Sequence[Run]]
    summary: dict[str, Any]


def save_runs(
    runs: Sequence[Run], folder_root: str | Path, command: Sequence[str] | str, *, figures: Figures = ()
) -> Path:
    """Runs of one scenario as ``folder_root/<name>/<hash>``; an older copy of the same results is replaced.

    Parameters
    ----------
    command : the command line that asked for them

    Raises
    ------
    ValueError
        If runs are of different scenarios.
    OSError
        If the disk refuses; nothing is left behind.
    """
    if len({run.scenario.hash for run in runs}) != 1:
        raise ValueError("these are not runs of one scenario")
    scenario = runs[0].scenario
    result = _Result("run", [scenario], [scenario.name], [runs], summary_of(runs))
    return _save(result, Path(folder_root), command, figures)


def save_comparison(
    comparison: Comparison, folder_root: str | Path, command: Sequence[str] | str, *, figures: Figures = ()
) -> Path:
    """A comparison as ``folder_root/<names>/<hash>``; otherwise as ``save_runs``."""
    names = names_of(comparison.scenarios)
    result = _Result("comparison", comparison.scenarios, names, comparison.runs, document_of(comparison))
    return _save(result, Path(folder_root), command, figures)


def save_document(
    what: str,
    scenario: Scenario,
    document: dict[str, Any],
    folder_root: str | Path,
    command: Sequence[str] | str,
    *,
    figures: Figures = (),
) -> Path:
    """An answer about one scenario as ``folder_root/<name>-<what>/<hash>``: the document, figures and the manifest."""
    identity = hashlib.sha256(json_bytes([what, scenario.hash, document])).hexdigest()[:16]

    def fill(folder: Path) -> dict[str, Any]:
        (folder / "summary.json").write_bytes(json_bytes(document))
        _write_figures(folder, figures)
        return {"what": what, "scenarios": [_named(scenario.name, scenario)], **circumstances(command)}

    return commit(Path(folder_root) / path_name(f"{scenario.name}-{what}"), identity, fill)


def _save(result: _Result, root: Path, command: Sequence[str] | str, figures: Figures) -> Path:
    runs = [run for each in result.runs for run in each]
    result_hash = canonical_hash(runs)

    def fill(folder: Path) -> dict[str, Any]:
        write_parquet(folder / "weekly.parquet", weekly_tables(result.names, result.runs))
        for name, columns_of in TABLES.items():
            write_parquet(folder / name, observed_tables(columns_of, result.names, result.runs))
        if any(len(run.events) for run in runs):
            write_parquet(folder / "orders.parquet", order_tables(result.names, result.runs))
        (folder / "summary.json").write_bytes(json_bytes({k: v for k, v in result.summary.items() if k != "results"}))
        (folder / "dictionary.csv").write_text(data_dictionary(result.scenarios[0].currency.name), encoding="utf-8")
        _write_figures(folder, figures)
        return {
            "what": result.what,
            "scenarios": [_named(*each) for each in zip(result.names, result.scenarios, strict=True)],
            "seeds": [run.seed for run in result.runs[0]],
            "result_hashes": [[run.result_hash for run in each] for each in result.runs],
            "result_hash": result_hash,
            **circumstances(command),
        }

    return commit(root / path_name("-vs-".join(s.name for s in result.scenarios)), _identity(result, result_hash), fill)


def _write_figures(folder: Path, figures: Figures) -> None:
    for name, content in figures() if callable(figures) else figures:
        with (folder / allowed(name, r"(?!manifest\.)[a-z0-9][a-z0-9_.-]{0,79}")).open("xb") as file:
            file.write(content)


def _named(name: str, scenario: Scenario) -> dict[str, Any]:
    return {"name": name, "hash": scenario.hash, "resolved": scenario.resolved}


def _identity(result: _Result, result_hash: str) -> str:
    """Sixteen digits that name these results: what was asked, what came out, and what was written down on the way."""
    digest = hashlib.sha256(json_bytes([result.what, [scenario.hash for scenario in result.scenarios], result_hash]))
    for run in (run for each in result.runs for run in each if len(run.events)):
        digest.update(np.ascontiguousarray(run.events, "<i8").tobytes())
    return digest.hexdigest()[:16]
