"""Explore: a finished study as one page with sliders, for a class or a board room without a network."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from sim.experiment.study.answer import summary
from sim.experiment.study.curves import apart, curves, lived_weeks, looked_back, read_study, year_of
from sim.experiment.study.factors import short_names
from sim.experiment.study.plan import Plan
from sim.interface.pages.languages import Say, catalogue, files
from sim.interface.pages.page import hash_of, page
from sim.interface.pages.report_answer import joined
from sim.interface.runs.findings import HEADLINES, YEAR
from sim.interface.terminal.amounts import is_in_per_cent
from sim.model.metrics import METRICS
from sim.scenario.catalogue import declared

MOST_SPANS = 52
"""Weeks of a curve that are shown, at most; a longer run is shown in longer spans."""
DIGITS = 4
LEVER, UNKNOWN = "lever", "unknown"
"""What can be moved belongs to the business or to the market."""
LEAVING = "leaving"
STRINGS = (
    "explore.business", "explore.whole", "explore.end", "explore.inside", "explore.above", "explore.below",
    "explore.ahead", "explore.unclear", "explore.more", "explore.same", "explore.untold", "explore.right",
    "explore.wrong",
)  # fmt: skip
"""What the script of the page says, under the last part of its key."""


def explore(folder: Path, say: Say) -> str:
    """The page of a study whose every setting has been lived.

    Raises
    ------
    StoreDamaged
        If its results are not as they were written.
    ValueError
        If the study is not finished, is no grid, or kept no weeks.
    """
    plan, parts = read_study(folder)
    factors = factors_of(plan, say)
    metrics = [name for name in dict.fromkeys((*plan.metrics, *HEADLINES)) if name in plan.kept]
    if not metrics:
        raise ValueError(f"the study {plan.name} kept no weeks of what is looked at; say keep: [{plan.metrics[0]}]")
    size = plan.points[0].size
    every = span_of(size.weeks, plan.scenario(plan.points[0]).time.planning_weeks)
    lived = lived_weeks(plan, parts, every)
    shown = curves(plan, lived, every)
    couples = couples_of(plan)
    spans = lived[0].shape[-1]
    ahead = apart(looked_back(plan, lived, every), couples)
    whole = summary(plan, parts)
    data = {
        "language": say.language,
        "say": strings(say),
        "time": say("year" if size.weeks >= 2 * YEAR else "week"),
        "weeks": [every * (at + 1) for at in range(spans)],
        "ticks": list(ticks(size.weeks, every)),
        "factors": factors,
        "points": places_of(plan, factors),
        "metrics": [metric_of(name, shown, plan, say) | period(name, spans, every, say) for name in metrics],
        "curves": [_curves(shown[shown["metric"] == name], len(plan.points)) for name in metrics],
        "whole": [_whole(whole, plan.business, name) for name in metrics],
        "couples": {f"{one}.{other}": at for at, (one, other) in enumerate(couples)},
        "apart": [[list(map(_short, each)) for each in ahead[:, plan.kept.index(name)]] for name in metrics],
    }
    script, style = files("shared.js", "explore.js"), files("shared.css", "explore.css")
    counted = {"points": len(plan.points), "worlds": plan.replications.worlds, "weeks": size.weeks}
    return page(
        "explore.html",
        say,
        style,
        title=say("explore.title", study=plan.name),
        question=plan.question,
        about=say("explore.about", people=say.number(f"{size.people:,}"), **counted),
        data=data,
        script=Markup(script),
        script_hash=hash_of(script),
    )


def span_of(weeks: int, planning_weeks: int) -> int:
    """Weeks of one step of a curve: so many periods of planning that all fit.

    Check
    -----
    >>> span_of(156, 4), span_of(520, 4), span_of(8, 1)
    (4, 12, 1)
    """
    return planning_weeks * math.ceil(weeks / planning_weeks / MOST_SPANS)


def ticks(weeks: int, every: int) -> Iterator[tuple[int, str]]:
    """Weeks under which something is written, and what: years, or weeks of a short run."""
    if weeks >= 2 * YEAR:
        yield from ((year * YEAR, str(year)) for year in range(1, weeks // YEAR + 1))
    else:
        yield from ((week, str(week)) for week in range(every, weeks + 1, max(every, weeks // 5 // every * every)))


def factors_of(plan: Plan, say: Say) -> list[dict[str, Any]]:
    """What can be moved: each factor with its values in order, and the scenario if there are several.

    Raises
    ------
    ValueError
        If not every combination of values is among the points.
    """
    columns = {name: cells for name, cells in plan.columns.items() if name != "scenario" or len(plan.templates) > 1}
    roles = dict(zip(plan.paths, plan.roles, strict=True))
    labels = dict(zip(columns, short_names(list(columns)), strict=True))
    factors = []
    for path, cells in columns.items():
        values = list(dict.fromkeys(cells))
        if not any(isinstance(value, str) for value in values):
            values.sort(reverse=_is_repeat(path))
        factors.append(
            {
                "path": path,
                "label": say("list.colon", what=say.title(label_of(path, labels[path], say))),
                "role": _role(roles, path),
                "values": values,
                "texts": [_text(path, value, say) for value in values],
            }
        )
    if math.prod(len(each["values"]) for each in factors) != len(plan.points):
        sentence = f"the study {plan.name} did not live every combination of its values, so sliders would lead nowhere"
        raise ValueError(f"{sentence}; say design: grid")
    return factors


def label_of(path: str, short: str, say: Say) -> str:
    """What a factor is called."""
    last = path.rpartition(".")[2]
    return say(f"factor.{last}") if f"factor.{last}" in catalogue() else short.replace("_", " ")


def _text(path: str, value: Any, say: Say) -> str:
    if isinstance(value, str):
        return value
    value = 1.0 - value if _is_repeat(path) else value
    parameter = declared(tuple(path.split(".")))
    if parameter is not None and is_in_per_cent(parameter.unit):
        return say.number(f"{100 * value:g} %")
    return say.number(f"{value:,.10g}")


def _is_repeat(path: str) -> bool:
    """Is it the chance of leaving, which is shown as what is left of it: the repeat rate?"""
    return path.rpartition(".")[2] == LEAVING


def couples_of(plan: Plan) -> list[tuple[int, int]]:
    """Any two points of the same market, the first before the second: what two versions of the business may be."""
    roles = dict(zip(plan.paths, plan.roles, strict=True))
    unknowns = [cells for path, cells in plan.columns.items() if _role(roles, path) == UNKNOWN]
    markets: dict[tuple[Any, ...], list[int]] = {}
    for point in range(len(plan.points)):
        markets.setdefault(tuple(cells[point] for cells in unknowns), []).append(point)
    return [couple for points in markets.values() for couple in combinations(points, 2)]


def _role(roles: Mapping[str, str], path: str) -> str:
    return UNKNOWN if roles.get(path, LEVER).startswith("uncertain") else LEVER


def places_of(plan: Plan, factors: list[dict[str, Any]]) -> dict[str, int]:
    """The point at each combination of places, written 0.2.1."""
    columns = [[each["values"].index(cell) for cell in plan.columns[each["path"]]] for each in factors]
    return {".".join(map(str, places)): point for point, places in enumerate(zip(*columns, strict=True))}


def metric_of(name: str, shown: pd.DataFrame, plan: Plan, say: Say) -> dict[str, Any]:
    """What a metric is called and counted in, and between which values all its bands lie."""
    metric, mine = METRICS[name], shown[shown["metric"] == name]
    currency = plan.scenario(plan.points[0]).currency.name
    unit = say.unit(metric.unit, currency)
    label = say.title(say.metric(name))
    flow = metric.kind == "flow"
    what = say.title(say("per_week", what=say.metric(name))) if flow else label
    told = say.counted("{value}", metric.unit, currency)
    low, high = float(mine["low"].min()), float(mine["high"].max())
    return {
        "id": name,
        "label": label,
        "title": say("with_unit", what=what, unit=unit),
        "told": told,
        "told_now": say("per_week", what=told) if flow else told,
        "flow": flow,
        "per_cent": is_in_per_cent(metric.unit),
        "low": _short(min(low, 0.0)),
        "high": _short(max(high, 0.0)),
    }


def period(name: str, spans: int, every: int, say: Say) -> dict[str, str]:
    """Over which weeks two versions are compared: all for what adds up, the last year for what stands."""
    if METRICS[name].kind == "flow":
        return {"period": say("explore.period.all", weeks=spans * every)}
    return {"period": say("explore.period.last", weeks=year_of(spans, every) * every)}


def strings(say: Say) -> dict[str, str]:
    """What the script of the page says; blanks are filled there."""
    told = {key.removeprefix("explore."): catalogue()[key][say.language] for key in STRINGS}
    plain = {key: catalogue()[key][say.language] for key in ("range", "amount", "undefined", "week")}
    columns = {name: say(f"report.{name}") for name in ("mean", "low", "high")}
    more = {"gap": joined(say, "", ""), "bet": say("explore.bet.end"), "alike": say("explore.bet.alike")}
    return told | plain | columns | more


def _curves(frame: pd.DataFrame, points: int) -> list[list[list[float | None]]]:
    """Of each point: means, lower and upper ends over time."""
    by_point = dict(list(frame.groupby("point")))
    return [[list(map(_short, by_point[at][end])) for end in ("mean", "low", "high")] for at in range(points)]


def _whole(frame: pd.DataFrame, business: str, metric: str) -> list[list[float | None]]:
    """Of each point: mean over worlds and its interval, of the whole run."""
    mine = frame[(frame["business"] == business) & (frame["metric"] == metric)]
    return [list(map(_short, row)) for row in mine.sort_values("point")[["mean", "low", "high"]].to_numpy()]


def _short(value: float) -> float | None:
    """A number with as many digits as are shown.

    Check
    -----
    >>> _short(1234.567), _short(0.0), _short(0.12), _short(math.nan)
    (1235, 0, 0.12, None)
    """
    if not math.isfinite(value):
        return None
    short = float(f"{value:.{DIGITS}g}")
    return int(short) if short.is_integer() else short
