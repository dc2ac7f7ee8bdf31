"""Studies of markets so small that a hundred runs take a second or two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.experiment.study.file import load_study
from sim.experiment.study.plan import Plan

TINY = """\
schema: 1
extends: base
people: {count: 120}
time: {weeks: 8, burn_in_weeks: 52}
"""
STUDY = """\
study: 1
question: Does it matter?
scenarios: tiny.yaml
vary:
  levers:
    businesses.ours.strategy.fixed_budget.acquisition_share: {uniform: {low: 0.0, high: 1.0}}
  uncertainties:
    businesses.ours.levers.care.strength: plausible
design: {latin_hypercube: {points: 4}}
replications: 3
outcomes: {metrics: [profit, customers]}
keep: [revenue]
"""


def write_study(folder: Path, text: str = STUDY, name: str = "mine") -> Path:
    """A study and its scenario as files."""
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def plan_in(folder: Path, *changes: tuple[str, str], name: str = "mine") -> Plan:
    """The plan of the study with some of its text replaced."""
    text = STUDY
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return load_study(write_study(folder, text, name)).planned()


def seen(plan: Plan) -> list[dict[str, Any]]:
    """Values of each point by the last word of the path."""
    return [
        {path.rpartition(".")[2]: value for path, value in zip(plan.paths, point.values, strict=True)}
        for point in plan.points
    ]
