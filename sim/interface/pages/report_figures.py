"""The figures of a report: plots as SVG that may stand inside a page, each with its title, note and table."""

from __future__ import annotations

import hashlib
import io
import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes

from sim.experiment import seen as seeing
from sim.experiment.seen import CAME, LEFT, Seen
from sim.interface.figures import plot
from sim.interface.figures.drawing import house_style, looks_of
from sim.interface.figures.plot import NEW, OLD
from sim.interface.pages.languages import Say
from sim.interface.runs.findings import YEAR, lines
from sim.model.metrics import METRICS

SVG, LINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
HREF = f"{{{LINK}}}href"
REFERENCE = re.compile(r"(?<=url\(#)[\w.-]+(?=\))")
"""What an attribute refers to inside its document: a clip, or a fill that is a pattern."""
NUMBERS = ("mean", "low", "high")
EVERY = YEAR // 4
"""Weeks between two lines of a table of weeks."""


class Table(NamedTuple):
    """What a figure shows, in numbers."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


class Chart(NamedTuple):
    """A figure of a page."""

    title: str
    svg: Markup
    note: str
    table: Table


def charts(seen: Seen, say: Say) -> list[Chart]:
    """The figures that carry the answer of a run or a comparison."""
    return list(_charts(seen, say))


def _charts(seen: Seen, say: Say) -> Iterator[Chart]:
    looks, currency = looks_of(seen.names, seen.status_quo), seen.currency
    goals = seen.goals
    if goals["mean"].notna().any():
        table = _growth_table(goals, say)
        yield chart(plot.growth(goals, say=say, looks=looks), say("figure.growth.note"), table)
    cash = seeing.over_time(seen, "cash")
    drawn = plot.cash(cash, seen.credit_line, currency=currency, say=say, looks=looks)
    yield chart(drawn, say("figure.cash.note"), weeks_table(cash, "cash", say))
    both = pd.concat([seeing.over_time(seen, metric).assign(metric=metric) for metric in (OLD, NEW)])
    top = both["high"].max()
    for name in seen.names:
        mine = both[both["scenario"] == name]
        drawn = plot.old_and_new(mine, currency=currency, say=say, top=1.04 * top)
        named = mine.assign(scenario=mine["metric"].map(say.metric))
        yield chart(drawn, say("figure.old_and_new.note"), weeks_table(named, "revenue", say))
    phases = seeing.journey(seen)
    phases = phases[phases["week"] == phases["week"].max()]
    labels = {phase: say(f"phase.{phase}") for phase in phases["phase"]}
    drawn = plot.journey(phases, say=say, looks=looks)
    yield chart(drawn, say("figure.journey.note"), _ranges_table(phases, "phase", labels, "people", say))
    parts = seeing.growth_parts(seen)
    if parts["mean"].notna().any():
        labels = {part: say(f"part.{part}") for part in parts["part"]}
        drawn = plot.growth_parts(parts, say=say, looks=looks)
        yield chart(drawn, say("figure.growth_parts.note"), _ranges_table(parts, "part", labels, "factor", say))
    for draw, metrics in ((plot.came, CAME), (plot.left, LEFT)):
        levels = seen.levels[seen.levels["metric"].isin(metrics)]
        labels = {metric: say.metric(metric) for metric in metrics}
        drawn = draw(levels, say=say, looks=looks)
        yield chart(drawn, say("figure.people.note"), _ranges_table(levels, "metric", labels, "people", say))
    cohorts = seeing.cohorts(seen)
    for _, mine in cohorts.groupby("scenario", sort=False) if cohorts is not None else ():
        note = say("figure.cohorts.note", span=int(mine["span"].iloc[0]))
        yield chart(plot.cohorts(mine, say=say), note, _cohorts_table(mine, say))


def advice_charts(document: Mapping[str, Any], say: Say) -> list[Chart]:
    """The figures of advice: which part of the money wins customers, and how much money it is."""
    frame = advice_frame(document)
    made = []
    for which in ("split", "spend"):
        part = frame[frame["which"] == which]
        headings = [say("report.goal.column"), say("report.mean"), say("report.low"), say("report.high")]
        numbers = ["mean", "low", "high"]
        if part["known_low"].notna().any():
            headings += [say("report.known.low"), say("report.known.high")]
            numbers += ["known_low", "known_high"]
        rows = [
            (say.per_cent(each.goal), *(say.plain(getattr(each, number), "share") for number in numbers))
            for each in lines(part[[each is not False for each in part["reachable"]]])
        ]
        drawn = plot.advice(frame, which, say=say)
        made.append(chart(drawn, say(f"figure.advice.{which}.note"), Table(headings, rows)))
    return made


def advice_frame(document: Mapping[str, Any]) -> pd.DataFrame:
    """What is advised for each goal, as ``plot.advice`` takes it.

    Low and high of the split are the ends of what costs hardly more, its known ends those of its 95 % interval.
    """
    rows = []
    for goal in document["goals"]:
        nothing, known = [None, None], goal.get("acquisition_share_ci95")
        for which, mean, ends in (
            ("split", goal["acquisition_share"], [*(goal["acquisition_share_band"] or nothing), *(known or nothing)]),
            ("spend", goal["spend_share_of_revenue"], [*goal["spend_share_of_revenue_ci95"], *nothing]),
        ):
            low, high, *inside = (math.nan if end is None else end for end in ends)
            rows.append((which, goal["annual_growth"], goal["reachable"], mean, low, high, document["metric"], *inside))
    columns = ["which", "goal", "reachable", "mean", "low", "high", "of", "known_low", "known_high"]
    return pd.DataFrame(rows, columns=columns)


def chart(ax: Axes, note: str, table: Table) -> Chart:
    """Axes as part of a page: the title leaves the picture, where the page's own type can wrap it."""
    title = ax.get_title("left")
    with house_style():
        ax.set_title("")
        text = io.StringIO()
        figure: Any = ax.figure
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return Chart(title, inside_a_page(text.getvalue(), title), note, table)


def inside_a_page(text: str, title: str) -> Markup:
    """An SVG document as an element of a page, with names of its own for what it refers to.

    Check
    -----
    >>> picture = '<svg xmlns="http://www.w3.org/2000/svg"><g id="a_1"><text>x &lt; y</text></g></svg>'
    >>> str(inside_a_page(picture, "<b>"))
    '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="&lt;b&gt;"><g><text>x &lt; y</text></g></svg>'
    """
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", LINK)
    root = ElementTree.fromstring(text)
    for parent in list(root.iter()):
        for child in [each for each in parent if each.tag in (f"{{{SVG}}}metadata", f"{{{SVG}}}style")]:
            parent.remove(child)
    whose = hashlib.sha256(title.encode()).hexdigest()[:8]
    own = {target: f"f{whose}-{at}" for at, target in enumerate(sorted(_targets(root)))}
    for element in root.iter():
        if (name := element.get("id")) is not None:
            element.attrib.pop("id")
            if name in own:
                element.set("id", own[name])
        for key, value in element.items():
            element.set(key, REFERENCE.sub(lambda found: own[found[0]], value))
        if HREF in element.attrib:
            element.set(HREF, f"#{own[element.attrib[HREF][1:]]}")
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    root.set("role", "img")
    root.set("aria-label", title)
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _targets(root: ElementTree.Element) -> set[str]:
    """What an SVG document refers to inside itself."""
    found = {
        target for element in root.iter() for value in element.attrib.values() for target in REFERENCE.findall(value)
    }
    return found | {element.attrib[HREF][1:] for element in root.iter() if HREF in element.attrib}


# -------------------------------------------------------------------------------------------------------------- tables


def weeks_table(frame: pd.DataFrame, metric: str, say: Say) -> Table:
    """A metric four times a year: week, and of each scenario mean and range."""
    shown = frame[frame["week"] % EVERY == EVERY - 1]
    labels = {week: str(int(week) + 1) for week in dict.fromkeys(shown["week"])}
    return _ranges_table(shown, "week", labels, METRICS[metric].unit, say)


def _ranges_table(frame: pd.DataFrame, key: str, labels: Mapping[Any, str], unit: str, say: Say) -> Table:
    """A row for each label, and of each scenario mean and range."""
    names = list(dict.fromkeys(frame["scenario"]))
    cells = {(row[0], row[1]): row[2:] for row in frame[["scenario", key, *NUMBERS]].itertuples(index=False)}
    rows = [
        (label, *(ranged(*cells[name, each], unit=unit, say=say) for name in names)) for each, label in labels.items()
    ]
    return Table([say("week" if key == "week" else "report.what"), *names], rows)


def _growth_table(goals: pd.DataFrame, say: Say) -> Table:
    keys = ("report.scenario", "report.goal.column", "report.mean", "report.low", "report.high")
    rows = [
        (
            each.scenario,
            "" if math.isnan(each.low) else say.per_cents(each.low, each.high),
            *(say.plain(number, "per year") for number in (each.mean, each.mean_low, each.mean_high)),
        )
        for each in lines(goals)
    ]
    return Table([say(key) for key in keys], rows)


def _cohorts_table(frame: pd.DataFrame, say: Say) -> Table:
    ages = sorted(set(frame["age"]))
    rows = []
    for cohort in lines(frame.drop_duplicates("joined")):
        mine = lines(frame[frame["joined"] == cohort.joined])
        cells = {each.age: ranged(each.mean, each.low, each.high, unit="share", say=say) for each in mine}
        people = say.plain(cohort.people, "people")
        rows.append((str(cohort.joined * cohort.span), people, *(cells.get(age, "") for age in ages)))
    return Table([say("figure.cohorts.joined"), say("unit.people"), *(f"+{age}" for age in ages)], rows)


def ranged(value: float, low: float, high: float, *, unit: str, say: Say) -> str:
    """A number and its range for a cell.

    Check
    -----
    >>> ranged(120.0, 100.0, 140.0, unit="people", say=Say())
    '120 (100 to 140)'
    >>> ranged(2.0, math.nan, math.nan, unit="factor", say=Say())
    '2.00'
    """
    told = say.plain(value, unit)
    if not (math.isfinite(low) and math.isfinite(high)):
        return told
    return say("amount", value=told, range=say("range", low=say.plain(low, unit), high=say.plain(high, unit)))
