"""Pages of what comes with the package, at the length and with the plans that readers see: small enough, two sheets."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from sim.experiment.advise import advise
from sim.experiment.advised import QUICK, document_of
from sim.experiment.compare import compare
from sim.experiment.runs import seeds_from
from sim.experiment.saving import save_comparison, save_document
from sim.experiment.study.bundled import find_study
from sim.experiment.study.file import load_study
from sim.experiment.study.sweep import sweep
from sim.interface.pages.explore import explore
from sim.interface.pages.languages import CHINESE, LANGUAGES, Say
from sim.interface.pages.report import report
from sim.interface.pages.seeing import MOST_BYTES
from sim.scenario.load import load_scenario

pytestmark = pytest.mark.slow


def compared(root: Path) -> Path:
    """Three bundled plans over five years, with people who are followed: as many figures as a report has."""
    scenarios = [load_scenario(name, ["people.count=2000"]) for name in ("base", "steady", "aggressive")]
    return save_comparison(compare(scenarios, seeds_from(1, 4), followed=1000), root, "compare")


def advised(root: Path) -> Path:
    """The quick advice for three goals."""
    scenario = load_scenario("base", ["people.count=1000", "time.weeks=156"])
    found = advise(scenario, [0.15, 0.5, 1.0], effort=QUICK)
    return save_document("advice", scenario, document_of(found), root, "advise")


@pytest.mark.parametrize("make", [compared, advised])
def test_a_report_is_small_and_prints_to_two_sheets(
    make: Callable[[Path], Path], browser: Browser, tmp_path: Path
) -> None:
    folder, file = make(tmp_path), tmp_path / "report.html"
    for language in LANGUAGES:
        text = report(folder, Say(language))
        assert len(text.encode()) < MOST_BYTES
        file.write_text(text, encoding="utf-8")
        page = browser.new_page()
        page.goto(file.as_uri())
        paper = page.pdf(prefer_css_page_size=True)
        page.close()
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) == 2, language


def test_the_grid_that_is_made_to_be_explored_fits_into_a_page(tmp_path: Path) -> None:
    text = find_study("explore_split").read_text(encoding="utf-8")
    file = tmp_path / "explore_split.yaml"
    for usual, quick in (("people.count: 2000", "people.count: 100"), ("s: 5", "s: 100"), ("ions: 8", "ions: 2")):
        assert usual in text
        text = text.replace(usual, quick)
    file.write_text(text, encoding="utf-8")
    folder = sweep(load_study(file).planned(), tmp_path / "results", "sweep").folder
    page = explore(folder, Say(CHINESE))  # which brings its letters along, so it is the largest
    assert 500_000 < len(page.encode()) < MOST_BYTES
