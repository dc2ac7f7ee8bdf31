"""Small results to make pages of, with names that would do harm if they were not shown as text."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from sim.experiment.compare import compare
from sim.experiment.outcome import Comparison
from sim.experiment.runs import run_scenario, seeds_from
from sim.experiment.saving import save_comparison, save_document, save_runs
from sim.experiment.study.file import load_study
from sim.experiment.study.sweep import sweep
from sim.scenario.models import scenario_model, scenario_of
from sim.scenario.schema import Scenario
from tests.experiment.little import PLANS

HOSTILE = "</script><img src=x onerror=alert(1)>{{7*7}}&amp;"
HARMLESS = "a plain name"
PHONE, DESK = {"width": 375, "height": 800}, {"width": 1280, "height": 900}
COMMAND = f"keepwin run '{HOSTILE}'"
NAME_OF = "(each) => each.getAttribute('aria-label') || (each.labels?.[0] ?? each).textContent.trim()"
"""What a screen reader calls a control."""
GRID = """\
study: 1
question: Does {name} matter?
scenarios: tiny.yaml
vary:
  levers:
    businesses.ours.strategy.fixed_budget.acquisition_share: [0.1, 0.5, 0.9]
    businesses.ours.strategy.fixed_budget.spend_per_year: [100, 10000]
  uncertainties:
    people.leaving: [0.05, 0.2]
design: grid
replications: 3
outcomes: {{metrics: [revenue, customers]}}
keep: [revenue, customers, satisfaction]
"""
TINY = """\
schema: 1
extends: base
people: {count: 150}
time: {weeks: 24, burn_in_weeks: 52}
"""
ADVICE: dict[str, Any] = {
    "scenario": "base",
    "metric": "revenue",
    "years": 3.0,
    "confidence": 0.5,
    "runs": 156,
    "status_quo": {"annual_growth": 0.16, "annual_growth_ci95": [0.14, 0.19]},
    "goals": [
        {
            "annual_growth": 0.15,
            "reachable": True,
            "probability": 0.5,
            "probability_ci95": [0.19, 0.81],
            "acquisition_share": 0.6,
            "acquisition_share_band": [0.4, 0.8],
            "spend_share_of_revenue": 0.09,
            "spend_share_of_revenue_ci95": [0.07, None],
        },
        {
            "annual_growth": 1.0,
            "reachable": False,
            "probability": 0.0,
            "probability_ci95": [0.0, 0.39],
            "acquisition_share": 0.75,
            "acquisition_share_band": None,
            "spend_share_of_revenue": 0.8,
            "spend_share_of_revenue_ci95": [None, None],
        },
    ],
    "unconstrained": {
        "annual_growth": 0.49,
        "acquisition_share": 0.75,
        "spend_share_of_revenue": 0.4,
        "spend_share_of_revenue_ci95": [0.4, 0.77],
        "with_terminal_equity": 103_000.0,
        "with_terminal_equity_ci95": [89_900.0, 116_000.0],
    },
}
"""What `advise` may answer: a goal that is reached, and one that no plan reaches."""


def named(plan: str, name: str, weeks: int = 110) -> Scenario:
    """Three businesses and 400 people; whatever people may name is called so."""
    data = {
        "schema": 1,
        "name": f"{plan} {name}",
        "story": {"what_is_it": f"This is {name}. It goes on."},
        "currency": {"name": name},
        "people": {"count": 400},
        "time": {"weeks": weeks, "burn_in_weeks": 52},
        "businesses": {
            "ours": {"known": 0.3, "strategy": PLANS[plan]},
            "big": {"affinity": 0.5, "known": 0.8},
            "small": {"affinity": 0.4, "known": 0.6},
        },
    }
    return scenario_of(scenario_model().model_validate(data), "made")


def made_comparison(name: str = HARMLESS) -> Comparison:
    return compare([named("steady", name), named("aggressive", name)], seeds_from(1, 4), workers=1)


def saved_comparison(root: Path, name: str = HARMLESS) -> Path:
    return save_comparison(made_comparison(name), root, COMMAND)


def saved_run(root: Path, name: str = HARMLESS) -> Path:
    return save_runs(run_scenario(named("steady", name), seeds_from(1, 4), followed=400), root, COMMAND)


def saved_advice(root: Path, document: Mapping[str, Any] = ADVICE, name: str = HARMLESS) -> Path:
    return save_document("advice", named("steady", name), dict(document), root, COMMAND)


def saved_study(root: Path, name: str = HARMLESS, text: str = GRID) -> Path:
    """The folder of a study of which every combination has been lived."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (root / "mine.yaml").write_text(text.format(name=name), encoding="utf-8")
    return sweep(load_study(root / "mine.yaml").planned(), root / "results", COMMAND).folder


class Elements(HTMLParser):
    """What a page consists of: elements, texts, attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
