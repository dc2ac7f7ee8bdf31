"""Export: a folder of results as plain tables, with a data dictionary that says what every column means.

Nothing is computed here: every number is one that the folder holds. Metrics of a week stand side by side, one row for
each run, week and business, as a spreadsheet wants them; everything else keeps one row for each finding.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from sim.experiment.observed import TABLES
from sim.experiment.outcome import KINDS_OF_EVENT
from sim.experiment.store import StoreDamaged, read_manifest, read_table, verify
from sim.model.metrics import METRICS
from sim.rules.journey import PHASES
from sim.state.diary import OCCASIONS

KEYS = ["scenario", "run", "week", "business"]
"""What tells one row of ``weekly`` from another."""

COLUMNS: dict[str, tuple[str, str]] = {
    "scenario": ("", "name of the scenario"),
    "run": ("", "seed of the world; the same seed is the same luck in every scenario"),
    "week": ("weeks", "since the run began; the first is 0"),
    "business": ("", "name of the business in the scenario"),
    "metric": ("", "id of the metric; all metrics are in this dictionary"),
    "unit": ("", "what the numbers of this row are counted in"),
    "better": ("", "which direction of the metric is better"),
    "n": ("worlds", "in which the number is defined"),
    "about.item": ("", "what the value of this row is about"),
    "about.value": ("", "what the manifest says about it"),
    "summary.mean": (
        "unit of the row",
        "mean over worlds, of a comparison those in which both of a pair have it; flows summed over the run, stocks "
        "of the last week",
    ),
    "summary.ci95": ("unit of the row", "end of the 95 % interval of mean"),
    "differences.baseline": ("unit of the row", "mean over worlds of the baseline"),
    "differences.value": ("unit of the row", "mean over worlds of the scenario"),
    "differences.difference": ("unit of the row", "mean over paired worlds of the scenario less the baseline"),
    "differences.ci95": ("unit of the row", "end of the 95 % interval of difference"),
    "differences.probability_better": ("share", "of worlds in which the scenario is better; a tie is half"),
    "goals.of": ("", "what the goal is about"),
    "goals.low": ("per year", "least growth that counts as reached"),
    "goals.high": ("per year", "growth at which the goal is passed"),
    "goals.growth": ("per year", "mean over worlds"),
    "goals.reached": ("share", "of worlds that grew at least as fast as low"),
    "goals.passed": ("share", "of worlds that grew at least as fast as high"),
    "goals.status_quo": ("", "does the scenario go on as before week 0?"),
    "break_even.baseline": ("", "name of the baseline"),
    "break_even.what": ("", "the cost that is changed until the other plan wins"),
    "break_even.factor": ("factor", "times what the cost is, at which the plans are equal"),
    "break_even.ci95": ("factor", "end of the 95 % interval of factor"),
    "break_even.amount": ("money per customer", "the cost at that factor"),
    "break_even.wins": (
        "",
        "on which side of the factor the scenario wins: below or above it, always or never; or unclear",
    ),
    "break_even.worlds": ("worlds", "in which it was tried"),
    "break_even.tried": ("factor", "end of the range of factors that were tried"),
    "variance_reduction.ratio": ("factor", "variance of the difference without shared luck over that with it"),
    "variance_reduction.ci95": ("factor", "end of the 95 % interval of ratio"),
    "journey.phase": (
        "",
        f"of the customer's journey with this business, in this order: {', '.join(PHASES[1:])}; {PHASES[0]} is a "
        "stranger, or gone; where one ends and the next begins is assumption A42",
    ),
    "journey.people": ("people", "who are in it at that week"),
    "moves.from": (
        "",
        "phase at one census of everybody; the next one is a planning period later (time.planning_weeks), so a phase "
        "that is shorter than that is mostly passed unseen",
    ),
    "moves.to": ("", "phase at the next census"),
    "moves.people": ("people", "who went this way, summed over the run"),
    "programmes.year": ("years", "since the run began; the first is 0"),
    "programmes.programme": ("", "channel of the business, one of its levers, or the markets that it entered"),
    "programmes.spent": ("money", "on it in that year"),
    "programmes.contacts": ("people", "reached by it who were no customers, each time"),
    "programmes.won": (
        "people",
        "who became customers, or came back, by its offer, or who know the name by it and took no channel's offer",
    ),
    "orders.person": ("", "number of the person, from 0"),
    "orders.kind": ("", f"what the person did: {' or '.join(KINDS_OF_EVENT)}"),
    "orders.amount": ("money", "of the order"),
    "orders.reason": ("", "why the person left; of a first order, how the person came to know the business"),
    "orders.channel": ("", "of an order that begins a relationship, the channel that is credited with it"),
    "orders.occasion": ("", f"what an order came of: {', '.join(OCCASIONS[:-1])}"),
    "dictionary.table": ("", "where the column stands; all: a metric, in any table"),
    "dictionary.name": ("", "of the column, or id of the metric"),
    "dictionary.label": ("", "of the metric, for people"),
    "dictionary.definition": ("", "what it means"),
}
"""Unit and meaning of every column that is no metric, by its name, or by its table and name."""
ENDS = ("_low", "_high")


class Export(NamedTuple):
    """Tables by name, in the order in which they are read, and how their money is counted."""

    name: str
    tables: dict[str, pd.DataFrame]
    currency: str
    decimals: int


def read_export(folder: str | Path) -> Export:
    """All tables of a folder of results that ``run`` or ``compare`` has made.

    Raises
    ------
    StoreDamaged
        If anything in the folder is not as it was written.
    ValueError
        If it holds other results.
    """
    folder = Path(folder)
    if problems := verify(folder):
        raise StoreDamaged("\n".join(problems))
    manifest = read_manifest(folder)
    if manifest.get("what") not in ("run", "comparison"):
        raise ValueError(f"{folder} holds no run, comparison or study; its summary.json is plain data already")
    money = manifest["scenarios"][0]["resolved"]["currency"]
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    tables = {"about": _about(manifest), "summary": _summary(summary)} | _findings(summary)
    tables["weekly"] = _weekly(read_table(folder))
    stored = [*TABLES, "orders.parquet"] if "orders.parquet" in manifest["files"] else list(TABLES)
    tables |= {name.removesuffix(".parquet"): _keys_first(read_table(folder, name)) for name in stored}
    tables |= {name: in_units(tables[name], money["name"]) for name in ("summary", "differences") if name in tables}
    tables["dictionary"] = dictionary_of(tables, money["name"])
    return Export(f"{folder.resolve().parent.name}-{folder.resolve().name}", tables, money["name"], money["decimals"])


Meanings = Mapping[str, tuple[str, str]]
"""Unit and meaning by the name of a column, or by its table and name."""


def dictionary_of(
    tables: Mapping[str, pd.DataFrame], currency: str, own: Meanings = MappingProxyType({})
) -> pd.DataFrame:
    """Every metric, then every column of every table: table, name, label, unit, better, definition.

    Parameters
    ----------
    own : of columns that only these tables have
    """
    rows = [
        ("all", each.id, each.label, unit_of(each.id, currency), each.better, " ".join(each.meaning.split()))
        for each in METRICS.values()
    ]
    columns = ["table", "name", "label", "unit", "better", "definition"]
    headings = {name: [str(column) for column in frame] for name, frame in tables.items()}
    for table, names in (headings | {"dictionary": columns}).items():
        for name in names:
            if name not in METRICS:
                unit, meaning = defined(table, name, own)
                rows.append((table, name, "", _named(unit, currency), "", meaning))
    return pd.DataFrame(rows, columns=columns)


def defined(table: str, column: str, own: Meanings = MappingProxyType({})) -> tuple[str, str]:
    """Unit and meaning of a column that is no metric.

    Check
    -----
    >>> defined("goals", "n"), defined("goals", "reached_ci95_low")
    (('worlds', 'in which the number is defined'), ('share', 'lower end of the 95 % interval of reached'))
    >>> defined("differences", "ci95_high")
    ('unit of the row', 'upper end of the 95 % interval of difference')
    """
    for known in (own, COLUMNS):
        if (found := known.get(f"{table}.{column}", known.get(column))) is not None:
            return found
    stem, _, last = column.rpartition("_")
    end = {"low": "lower", "high": "upper"}[last]
    if inside := stem.removesuffix("_ci95") if stem.endswith("_ci95") else "":
        return defined(table, inside, own)[0], f"{end} end of the 95 % interval of {inside}"
    unit, meaning = defined(table, stem, own)
    return unit, f"{end} {meaning}"


def unit_of(metric: str, currency: str) -> str:
    """What a metric is counted in, money by its name.

    Check
    -----
    >>> unit_of("customer_acquisition_cost", "EUR"), unit_of("orders", "EUR")
    ('EUR per customer', 'orders')
    """
    return _named(METRICS[metric].unit, currency) if metric in METRICS else ""


def _named(unit: str, currency: str) -> str:
    first, space, rest = unit.partition(" ")
    return (currency if first == "money" else first) + space + rest


def formats_of(export: Export) -> dict[str, str]:
    """How a spreadsheet shows numbers, by their unit: money with its decimals, shares in per cent.

    Check
    -----
    >>> formats = formats_of(Export("x", {}, "EUR", 2))
    >>> formats["EUR"], formats["per year"], formats["people"]
    ('#,##0.00', '0.0%', '#,##0')
    """
    decimals = f".{'0' * export.decimals}" if export.decimals else ""
    formats = {}
    for metric in METRICS.values():
        unit = unit_of(metric.id, export.currency)
        if metric.unit.startswith("money"):
            formats[unit] = f"#,##0{decimals}"
        elif metric.unit in ("people", "orders", "stories"):
            formats[unit] = "#,##0"
        else:
            formats[unit] = "0.000" if metric.unit == "-1..1" else "0.0%"
    return formats


# -------------------------------------------------------------------------------------------------------------- tables


def _about(manifest: Mapping[str, Any]) -> pd.DataFrame:
    """What was computed from what, with what."""
    seeds, scenarios = manifest["seeds"], manifest["scenarios"]
    money = scenarios[0]["resolved"]["currency"]
    return about_rows(
        manifest,
        [
            ("worlds", len(seeds)),
            ("first seed", min(seeds)),
            ("last seed", max(seeds)),
            *((f"hash of scenario {scenario['name']}", scenario["hash"]) for scenario in scenarios),
            ("currency", money["name"]),
            ("decimals of money", money["decimals"]),
        ],
    )


def about_rows(manifest: Mapping[str, Any], more: Sequence[tuple[str, Any]]) -> pd.DataFrame:
    """What a manifest says of any results, and what else there is to say of these."""
    command = manifest["command"]
    rows = [
        ("results of", manifest["what"]),
        ("command", command if isinstance(command, str) else " ".join(command)),
        ("created", manifest["created"]),
        ("result hash", manifest["result_hash"]),
        *more,
        *((f"version of {name}", version) for name, version in manifest["versions"].items()),
    ]
    return pd.DataFrame([(item, str(value)) for item, value in rows], columns=["item", "value"])


def _summary(summary: Mapping[str, Any]) -> pd.DataFrame:
    """Every metric of the run as a whole, with its interval: of a run, or of every scenario of a comparison."""
    if "businesses" in summary:
        rows = [
            {"scenario": summary["scenario"], "business": business["name"], "metric": metric, **_flat(found)}
            for business in summary["businesses"]
            for metric, found in business["metrics"].items()
        ]
        return pd.DataFrame(rows)
    differences = summary["differences"]
    first = [
        row | {"scenario": summary["baseline"]} for row in differences if row["scenario"] == differences[0]["scenario"]
    ]
    levels = [(row, "baseline") for row in first] + [(row, "value") for row in differences]
    return pd.DataFrame(
        [
            {key: row[key] for key in ("scenario", "business", "metric")}
            | _flat({"mean": row[level], "ci95": row[f"{level}_ci95"]})
            for row, level in levels
        ]
    )


def _findings(summary: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Every other table of a comparison."""
    found = {
        name: pd.DataFrame([_flat(row) for row in summary[name]])
        for name in ("differences", "goals", "break_even")
        if summary.get(name)
    }
    if ratios := summary.get("variance_reduction"):
        ends = summary["variance_reduction_ci95"]
        found["variance_reduction"] = pd.DataFrame(
            [_flat({"metric": metric, "ratio": ratio, "ci95": ends[metric]}) for metric, ratio in ratios.items()]
        )
    return found


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A finding with the two ends of each interval as columns of their own.

    Check
    -----
    >>> _flat({"mean": 2.0, "ci95": [1.0, 3.0]})
    {'mean': 2.0, 'ci95_low': 1.0, 'ci95_high': 3.0}
    """
    flat: dict[str, Any] = {}
    for key, value in row.items():
        pair = isinstance(value, Sequence) and not isinstance(value, str)
        flat |= {f"{key}{end}": each for end, each in zip(ENDS, value, strict=True)} if pair else {key: value}
    return flat


def _keys_first(table: pd.DataFrame) -> pd.DataFrame:
    """A stored table that begins as ``weekly`` does: with its scenario, then its run."""
    return table[["scenario", "run", *table.columns.drop(["scenario", "run"])]]


def _weekly(tidy: pd.DataFrame) -> pd.DataFrame:
    """One row for each run, week and business; a column for each metric."""
    metrics = list(tidy["metric"].drop_duplicates())
    if not (tidy["metric"].to_numpy().reshape(-1, len(metrics)) == metrics).all():
        raise StoreDamaged("weekly.parquet is not in the order in which this keepwin writes it")
    keys = tidy.iloc[:: len(metrics)][KEYS].reset_index(drop=True)
    values = tidy["value"].to_numpy().reshape(-1, len(metrics))
    return pd.concat([keys, pd.DataFrame(values, columns=metrics)], axis=1)


def in_units(table: pd.DataFrame, currency: str) -> pd.DataFrame:
    """A table whose rows say what their metric is counted in, and which direction is better."""
    at = list(table.columns).index("metric") + 1
    better = [METRICS[metric].better if metric in METRICS else "" for metric in table["metric"]]
    table = table.copy()
    table.insert(at, "unit", [unit_of(metric, currency) for metric in table["metric"]])
    table.insert(at + 1, "better", better)
    return table
