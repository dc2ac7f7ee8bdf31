"""The scenarios that come with the package: each loads, explains itself, fits one screen, and lives the same twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.interface.runs.findings import first_sentence
from sim.model.market import Market
from sim.scenario.load import bundled, load_scenario
from sim.scenario.schema import Story
from sim.strategies.registry import STRATEGIES

FILES = bundled()
ASSUMPTIONS = (Path(__file__).resolve().parents[2] / "docs" / "assumptions.md").read_text(encoding="utf-8")
ONE_SCREEN = 60
OF_THE_BASE = 120
A_HUNDREDTH = ("people.count=100", "time.weeks=8", "time.burn_in_weeks=52")

every_scenario = pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])


def test_the_five_scenarios_of_the_readme_are_there() -> None:
    assert {"base", "steady", "aggressive", "monopoly", "duopoly"} <= {path.stem for path in FILES}


@every_scenario
def test_a_scenario_tells_its_story_in_all_four_parts(path: Path) -> None:
    story = load_scenario(path).story
    assert all(len(getattr(story, part).split()) >= 10 for part in Story._fields)


@every_scenario
def test_a_list_of_scenarios_of_80_columns_has_a_line_for_each(path: Path) -> None:
    longest_name = max(len(each.stem) for each in FILES)
    said = first_sentence(load_scenario(path).story.what_is_it)
    assert longest_name + 2 + len(said) <= 80


@every_scenario
def test_a_scenario_fits_one_screen(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= (OF_THE_BASE if path.stem == "base" else ONE_SCREEN)
    assert max(map(len, lines)) <= 120


SOURCE = re.compile(r"\bA(\d+)\b|\b[A-Z]\w+[^()\n]* \([12]\d{3}\)|Directive \d{4}/\d+")
"""A numbered assumption, an author with a year, or a law."""


@every_scenario
def test_a_scenario_names_a_source_of_its_own_and_no_assumption_that_is_not_written(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert SOURCE.search(text)
    assert {number for number in SOURCE.findall(text) if number} <= {*re.findall(r"\*\*A(\d+)\.", ASSUMPTIONS)}


def test_what_names_nobody_is_no_source() -> None:
    assert [bool(SOURCE.search(text)) for text in ("a price of 50 (2000)", "A 4", "Low & Mohr (1999)", "A4;")] == [
        False, False, True, True,
    ]  # fmt: skip


@every_scenario
def test_a_scenario_begins_with_comments_that_name_its_schema_and_say_what_it_is(path: Path) -> None:
    first, second, *_ = path.read_text(encoding="utf-8").splitlines()
    assert first == "# yaml-language-server: $schema=scenario.schema.json"
    assert second.startswith("# ")


@every_scenario
def test_a_hundredth_of_a_scenario_lives_the_same_life_in_both_loops(path: Path) -> None:
    seated = {b.name: b.offering.customers for b in load_scenario(path).businesses if b.offering.customers}
    fewer = [f"businesses.{name}.customers={-(-count // 100)}" for name, count in seated.items()]
    scenario = load_scenario(path, [*A_HUNDREDTH, *fewer])
    markets = [Market(scenario, seed=7, loop=loop).run() for loop in ("compiled", "mesa")]
    assert markets[0].result_hash() == markets[1].result_hash()
    assert markets[0].recent_orders.sum() > 0.0


def test_plans_for_the_base_market_share_its_past() -> None:
    """Then a comparison of plans lives the years before week 0 only once."""
    assert len({load_scenario(name).history_hash for name in ("base", "steady", "aggressive")}) == 1


def test_base_repeats_its_status_quo() -> None:
    ours = load_scenario("base").businesses[0]
    assert ours.strategy == ours.status_quo


@pytest.mark.parametrize("name", ["steady", "aggressive"])
def test_what_a_plan_writes_out_is_what_its_strategy_means_anyway(name: str) -> None:
    ours = load_scenario(name).businesses[0]
    assert (ours.name, ours.strategy) == ("ours", STRATEGIES[name])


def test_the_two_of_the_duopoly_differ_in_nothing_but_their_names() -> None:
    ours, theirs = load_scenario("duopoly").resolved["businesses"].values()
    assert ours == theirs
