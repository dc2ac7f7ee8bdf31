"""The report: results as one page that opens from disk, asks nobody, and prints to two pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.experiment.seen import Seen, read_document, read_results
from sim.experiment.store import read_manifest
from sim.interface.pages.assumed import assumed_by_all
from sim.interface.pages.languages import Say, files
from sim.interface.pages.page import page
from sim.interface.pages.report_answer import advice_answer, answer, turning_points
from sim.interface.pages.report_figures import Chart, advice_charts, charts
from sim.interface.runs.findings import first_sentence

MOST_SEEDS_SHOWN = 3


def report(folder: Path, say: Say) -> str:
    """The page of a folder of results that are as they were written.

    Raises
    ------
    StoreDamaged
        If they are not.
    """
    if read_manifest(folder)["what"] == "advice":
        return page("report.html", say, files("report.css"), **_of_advice(folder, say))
    return page("report.html", say, files("report.css"), **_of_runs(read_results(folder), say))


def _of_runs(seen: Seen, say: Say) -> dict[str, Any]:
    what = seen.manifest["what"]
    names = {"scenario": seen.names[0], "scenarios": say.listed(seen.names, "or"), "business": seen.business}
    people = seen.resolved["people"]["count"] * seen.resolved["people"]["represents"]
    counted = {"worlds": seen.worlds, "people": say.number(f"{people:,}"), "weeks": seen.weeks}
    cohorts = "orders.parquet" in seen.manifest["files"]
    return {
        "question": say(f"report.question.{what}", **names),
        "lived": say("report.lived.one" if seen.worlds == 1 else f"report.lived.{what}", **counted),
        "answer": answer(seen, say),
        "turns": turning_points(seen, say),
        "charts": charts(seen, say),
        "missing": [] if cohorts else [say("figure.cohorts.none")],
        **_told(seen.manifest, say),
    }


def _of_advice(folder: Path, say: Say) -> dict[str, Any]:
    manifest, document = read_document(folder)
    resolved = manifest["scenarios"][0]["resolved"]
    asked = {"runs": document["runs"], "years": f"{document['years']:g}"}
    made: list[Chart] = advice_charts(document, say)
    told = _told(manifest, say)
    return {
        "question": say("report.question.advice", business=told["business"]),
        "lived": say("report.lived.advice", confidence=say.per_cent(document["confidence"]), **asked),
        "answer": advice_answer(document, resolved["currency"]["name"], say),
        "turns": [],
        "charts": made,
        "missing": [],
        **told,
    }


def _told(manifest: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """What every report says of its scenarios, and of how it was made."""
    scenarios = [each["resolved"] for each in manifest["scenarios"]]
    names = [each["name"] for each in manifest["scenarios"]]
    business = next(iter(scenarios[0]["businesses"]))
    numbers = assumed_by_all(scenarios, names, business)
    stories = [(name, first_sentence(each["story"]["what_is_it"])) for name, each in zip(names, scenarios, strict=True)]
    return {
        "title": say("report.title", business=business),
        "business": business,
        "stories": [(name, story) for name, story in stories if story],
        "leading": [each for each in numbers if each.leads],
        "others": [each for each in numbers if not each.leads],
        "manifest": _manifest(manifest, names, say),
    }


def _manifest(manifest: Mapping[str, Any], names: Sequence[str], say: Say) -> list[tuple[str, str]]:
    """What was computed, with what, from what."""
    command, seeds = manifest["command"], manifest.get("seeds", [])
    shown = [str(seed) for seed in seeds]
    if len(shown) > MOST_SEEDS_SHOWN:
        shown = [*shown[: MOST_SEEDS_SHOWN - 1], "...", shown[-1]]
    rows = [
        (say("report.manifest.command"), command if isinstance(command, str) else " ".join(command)),
        (say("report.manifest.created"), manifest["created"]),
        (say("report.manifest.versions"), ", ".join(f"{name} {each}" for name, each in manifest["versions"].items())),
        *(
            (say("report.manifest.scenario", name=name), each["hash"])
            for name, each in zip(names, manifest["scenarios"], strict=True)
        ),
        (say("report.manifest.seeds"), ", ".join(shown)),
        (say("report.manifest.result"), manifest.get("result_hash", manifest["files"]["summary.json"]["sha256"])),
    ]
    return [(name, text) for name, text in rows if text]
