"""What a paper has to say about results so that others can make them again, as plain data.

All of it is what the folder says about itself, and nothing depends on the machine: no path, no time, no processor.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from sim.experiment.seen import read_document
from sim.experiment.store import StoreDamaged, read_manifest
from sim.experiment.study.place import asked_in, is_sealed, is_study, problems_of


class World(NamedTuple):
    """A scenario that was lived."""

    name: str
    hash: str
    people: int
    businesses: int
    weeks: int
    burn_in_weeks: int


class Cited(NamedTuple):
    """What results were made of."""

    what: str
    """What the manifest calls them: a run, a comparison, a study, advice, or another answer."""
    versions: dict[str, str]
    worlds: tuple[World, ...]
    """Every scenario that was lived."""
    seeds: tuple[int, ...]
    """Of each scenario; empty where an answer has chosen its worlds itself."""
    result_hash: str | None
    """Of all that came out; only of runs, comparisons and studies."""
    details: dict[str, Any]
    """What only this kind of answer has."""

    @property
    def document(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "what": self.what,
            "versions": self.versions,
            "scenarios": [world._asdict() for world in self.worlds],
            "seeds": list(self.seeds),
            "result_hash": self.result_hash,
            "details": self.details,
        }


def read_cited(folder: Path) -> Cited:
    """What a folder of results says about itself.

    Raises
    ------
    StoreDamaged
        If anything in it is not as it was written.
    ValueError
        If it is a study that is not finished.
    """
    if is_study(folder):
        return _study(folder)
    manifest, document = read_document(folder)
    worlds = tuple(_world(each["name"], each["hash"], each["resolved"]) for each in manifest["scenarios"])
    details: dict[str, Any] = {}
    if manifest["what"] == "comparison":
        details = {"break_even": document["break_even"] is not None}
    if manifest["what"] == "advice":
        details = {
            "goals": [each["annual_growth"] for each in document["goals"]],
            **{key: document[key] for key in ("metric", "confidence", "worlds", "runs")},
        }
    seeds, result_hash = tuple(manifest.get("seeds", ())), manifest.get("result_hash")
    return Cited(manifest["what"], manifest["versions"], worlds, seeds, result_hash, details)


def _study(folder: Path) -> Cited:
    if problems := problems_of(folder):
        raise StoreDamaged("\n".join(problems))
    if not is_sealed(folder):
        raise ValueError(f"{folder} is a study that is not finished; say `sweep` once more")
    plan, manifest = asked_in(folder), read_manifest(folder)
    first = [next(point for point in plan.points if point.template == at) for at in range(len(plan.templates))]
    scenarios = [plan.scenario(point) for point in first]
    worlds = tuple(_world(each.name, each.hash, each.resolved) for each in scenarios)
    details = {"question": plan.question, "design": plan.design, "points": len(plan.points), "runs": manifest["runs"]}
    varied = {"varied": list(plan.paths), "outcomes": list(plan.metrics), "until": plan.replications.until}
    return Cited("study", manifest["versions"], worlds, plan.seeds, manifest["result_hash"], details | varied)


def _world(name: str, hash: str, resolved: dict[str, Any]) -> World:
    time = resolved["time"]
    count, businesses = resolved["people"]["count"], len(resolved["businesses"])
    return World(name, hash, count, businesses, time["weeks"], time["burn_in_weeks"])
