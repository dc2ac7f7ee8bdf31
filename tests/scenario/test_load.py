"""Loading: names, inheritance, overrides, and what is said about everything that can be wrong with a scenario."""

from __future__ import annotations

import math
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.rules.people import Beta, Constant, Gamma, Normal
from sim.rules.word_of_mouth import Mixed, SmallWorld
from sim.scenario import load
from sim.scenario.load import bundled, find_scenario, load_scenario, scenario_from
from sim.scenario.problems import InputError
from sim.scenario.schema import Scenario
from sim.strategies.fixed import FixedSplit
from sim.strategies.growth import GrowthGoal

BASE = """\
schema: 1
name: The base
story: {what_is_it: Two firms., things_to_try: More money.}
people:
  count: 5000
  leaving: {beta: {a: 1, b: 9}}
  price_sensitivity: 6
network: {small_world: {degree: 10, rewired: 0.2}}
businesses:
  ours:
    price: 40
    strategy: {steady: {low: 0.12}}
  rival:
    price: 60
    channels: {search: {budget_share: 0.25}, press: {budget_share: 0.75}}
"""
SMALLEST = {"schema": 1, "businesses": {"ours": {}}}


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """We stand in an empty folder, and two scenarios come with the package."""
    (tmp_path / "here").mkdir()
    (tmp_path / "bundled").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(load, "BUNDLED", tmp_path / "bundled")
    for name in ("steady", "aggressive"):
        write(f"../bundled/{name}.yaml", BASE.replace("The base", name))
    write("base.yaml", BASE)
    yield


def write(name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")


def child(text: str, overrides: tuple[str, ...] = ()) -> Scenario:
    """A scenario that extends the base."""
    write("child.yaml", f"extends: base.yaml\n{text}")
    return load_scenario("child.yaml", overrides)


def refusal(text: str, *overrides: str) -> list[str]:
    write("s.yaml", text)
    with pytest.raises(InputError) as error:
        load_scenario("s.yaml", overrides)
    return [str(problem) for problem in error.value.problems]


def objection(**changes: Any) -> list[str]:
    """What is wrong with the smallest scenario after a change of its top level."""
    with pytest.raises(InputError) as error:
        scenario_from(SMALLEST | changes)
    return [str(problem) for problem in error.value.problems]


def cases(table: str) -> list[list[str]]:
    """Rows of a table of inputs, each with its message below it, indented."""
    rows = re.split(r"\n(?=\S)", table.strip("\n"))
    return [
        [" ".join(part.split()) if number else part for number, part in enumerate(row.split("\n", 1))] for row in rows
    ]


# Names and paths


def test_bundled_scenarios_are_known_by_name() -> None:
    assert [path.stem for path in bundled()] == ["aggressive", "steady"]
    assert find_scenario("steady") == load.BUNDLED / "steady.yaml"
    assert load_scenario("steady").name == "steady"


@pytest.mark.parametrize("path", ["base.yaml", "./base.yaml", "nowhere/base", "some.yml"])
def test_a_separator_or_an_ending_makes_a_path(path: str) -> None:
    assert find_scenario(path) == Path(path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("stedy", "there is no scenario 'stedy'. Did you mean 'steady'?"),
        ("base", "there is no scenario 'base'. Did you mean 'base.yaml'?"),
        ("Steady", "there is no scenario 'Steady'. Did you mean 'steady'?"),
        ("xyz", "there is no scenario 'xyz'. Name a .yaml file, or one of aggressive, steady and base.yaml."),
        ("", "there is no scenario ''. Name a .yaml file, or one of aggressive, steady and base.yaml."),
        ("bas.yaml", "bas.yaml: there is no such file. Did you mean 'base.yaml'?"),
        ("a\0.yaml", "a\\x00.yaml: no file can have such a name. Check the name."),
        ("../here", "../here: expected a regular file, found a folder. Name a file of at most 1 MiB."),
    ],
)
def test_unknown_names(name: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        load_scenario(name)
    assert str(error.value) == message


def test_no_scenario_is_bundled_when_the_folder_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "BUNDLED", Path("missing"))
    assert bundled() == []


def test_a_scenario_without_a_name_is_called_by_its_file() -> None:
    write("mine.yaml", "schema: 1\nbusinesses: {ours: {}}\n")
    assert load_scenario(Path("mine.yaml")).name == "mine"
    assert scenario_from(SMALLEST).name == "scenario"
    assert scenario_from(SMALLEST, "a\nb" + "x" * 100).name == "a\\nb" + "x" * 76


# Inheritance


def test_a_child_says_only_what_differs() -> None:
    scenario = child("people: {count: 7}\nbusinesses: {ours: {quality: 0.5}}\n")
    base = load_scenario("base.yaml")
    assert scenario.people == 7
    assert scenario.segments == base.segments
    ours, rival = scenario.businesses
    assert ours.offering == base.businesses[0].offering._replace(quality=0.5)
    assert rival == base.businesses[1]


def test_name_and_story_are_not_inherited() -> None:
    scenario = child("story: {how_it_works: Otherwise.}\n")
    assert scenario.name == "child"
    assert tuple(scenario.story) == ("", "Otherwise.", "", "")


def test_a_bare_name_is_bundled_and_a_file_has_its_ending_on_the_command_line_as_in_a_file() -> None:
    Path("below").mkdir()
    Path("stedy.yaml").mkdir()  # a folder is no scenario
    write("steady.yaml", BASE.replace("5000", "11"))
    write("below/aggressive.yaml", BASE.replace("5000", "12"))
    for reference, people in [("steady", 5000), ("steady.yaml", 11), ("below/aggressive.yaml", 12)]:
        write("child.yaml", f"extends: {reference}\n")
        assert load_scenario(reference).people == people
        assert load_scenario("child.yaml").people == people
        assert scenario_from({"extends": reference}).people == people
    assert refusal("extends: stedy\n") == ["s.yaml:1:10: there is no scenario 'stedy'. Did you mean 'steady'?"]
    write("below/child.yaml", "extends: ../steady.yaml\n")
    assert load_scenario("below/child.yaml").people == 11


NAMED = "schema: 1\nbusinesses: {%s: {%s}}\n"


@pytest.mark.parametrize(
    ("inherited", "new"),
    [
        ("ours", "our"), ("ours", "ousr"), ("rival", "rivall"), ("rival", "rivel"),
        ("incumbent_a", "incumbant_a"), ("incumbent_b", "incumbentb"), ("direct-mail", "direct_mail"),
    ],
)  # fmt: skip
def test_a_slip_is_no_new_business(inherited: str, new: str) -> None:
    write("parent.yaml", NAMED % (inherited, ""))
    what = f"'{new}' is a new business beside '{inherited}'. Did you mean '{inherited}'?"
    text = f"extends: parent.yaml\nbusinesses: {{{new}: {{price: 45}}}}\n"
    assert refusal(text) == [f"s.yaml:2:14: {what} Otherwise choose a name that is less alike."]


@pytest.mark.parametrize(
    ("inherited", "new"),
    [
        ("incumbent_a", "incumbent_c"), ("incumbent", "incumbent_b"), ("shop", "shop2"), ("shop1", "shop2"),
        ("shop_9", "shop_10"), ("cityA", "cityB"), ("tv", "tw"), ("mail", "email"), ("young", "young_women"),
        ("a", "ab"), ("man", "men"), ("search", "press"), ("sale2024_x", "sale2025_x"),
    ],
)  # fmt: skip
def test_a_name_of_a_kind_is_a_new_business(inherited: str, new: str) -> None:
    write("parent.yaml", NAMED % (inherited, ""))
    write("s.yaml", f"extends: parent.yaml\nbusinesses: {{{new}: {{price: 45}}}}\n")
    assert [business.name for business in load_scenario("s.yaml").businesses] == [inherited, new]


def test_a_slip_in_other_groups_and_in_a_setting() -> None:
    segments = "people: {segments: {young: {share: 1}}}\n"
    inside = "channels: {advertising: {}}, promotions: {summer: {discount: 0.1}}"
    write("parent.yaml", NAMED % ("ours", inside) + segments)
    text = "extends: parent.yaml\npeople: {segments: {yuong: null, yonug: {share: 0}}}\nbusinesses:\n  ours:\n"
    text += "    channels: {advertisng: {}}\n    promotions: {sumer: {}}\n"
    kinds = [message.partition(". ")[0].partition("is a new ")[2] for message in refusal(text, "businesses.our={}")]
    assert [kind for kind in kinds if kind] == [
        "segment beside 'young'", "channel beside 'advertising'", "promotion beside 'summer'", "business beside 'ours'"
    ]  # fmt: skip


def test_whoever_names_both_knows_of_both() -> None:
    for ours, names in [("null", ["our"]), ("{price: 9}", ["ours", "our"])]:
        write("parent.yaml", NAMED % ("ours", ""))
        write("s.yaml", f"extends: parent.yaml\nbusinesses: {{our: {{}}, ours: {ours}}}\n")
        assert [business.name for business in load_scenario("s.yaml").businesses] == names


def test_null_removes_what_is_inherited() -> None:
    scenario = child("people: {price_sensitivity: null}\nbusinesses: {rival: null}\n")
    assert scenario.segments[0].person.price_sensitivity == Constant(8.0)
    assert [business.name for business in scenario.businesses] == ["ours"]


def test_null_must_remove_something() -> None:
    nothing_there = "is null, but no value of that name is inherited. Write a value, or remove the line."
    messages = refusal("extends: base.yaml\nbusinesses:\n  rivl: null\npeople: {count: {a: null}}\ntime: null\n")
    assert messages == [
        "s.yaml:3:9: businesses.rivl is null, but no value of that name is inherited. Did you mean 'rival'?",
        "s.yaml:4:17: people.count must be a whole number, got a mapping. "
        "Meaning: simulated people in the market (count).",
        f"s.yaml:5:7: time {nothing_there}",
    ]
    assert objection(people={"count": None}) == [f"people.count {nothing_there}"]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("", SmallWorld(10, 0.2)),
        ("network: {small_world: {degree: 6}}", SmallWorld(6, 0.2)),
        ("network: {small_world: }", SmallWorld(10, 0.2)),
        ("network: {mixed: {}}", Mixed()),
        ("network: {mixed: null}", Mixed()),
        ("network: null", Mixed()),
    ],
)
def test_a_network_is_merged_with_its_own_kind_only(text: str, shape: Any) -> None:
    assert child(text).network.shape == shape


@pytest.mark.parametrize(
    ("text", "leaving"),
    [
        ("{beta: {b: 3}}", Beta(1.0, 3.0)),
        ("{gamma: {shape: 9, mean: 0.01}}", Gamma(9.0, 0.01)),
        ("0.2", Constant(0.2)),
        ("{constant: {value: 0.2}}", Constant(0.2)),
    ],
)
def test_a_distribution_is_merged_with_its_own_kind_only(text: str, leaving: Any) -> None:
    assert child(f"people: {{leaving: {text}}}").segments[0].person.leaving == leaving


def test_what_a_distribution_leaves_out_keeps_its_default() -> None:
    person = (
        scenario_from(SMALLEST | {"people": {"leaving": {"beta": {"a": 1}}, "match": {"normal": {}}}})
        .segments[0]
        .person
    )
    assert person.leaving == Beta(1.0, 7.0)
    assert person.match == Normal(0.0, 0.4)


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("{steady: {high: 0.3}}", GrowthGoal(0.12, 0.3, 0, 0.4, 0.10, 0.20)),
        ("{growth_goal: {high: 0.3}}", GrowthGoal(high=0.3)),
        ("{fixed_split: {}}", FixedSplit()),
    ],
)
def test_a_strategy_is_merged_with_its_own_kind_only(text: str, plan: Any) -> None:
    assert child(f"businesses: {{ours: {{strategy: {text}}}}}").businesses[0].strategy == plan


def test_segments_share_what_they_do_not_say() -> None:
    young, old = child("people: {segments: {young: {share: 0.4, leaving: 0.5}, old: {share: 0.6}}}\n").segments
    assert (young.person.leaving, young.person.price_sensitivity) == (Constant(0.5), Constant(6.0))
    assert old.person.leaving == Beta(1.0, 9.0)


def test_an_inherited_mistake_is_shown_where_it_was_written() -> None:
    write("base.yaml", BASE.replace("a: 1,", "a: -1,").replace("0.25", "0.5"))
    assert refusal("extends: base.yaml\npeople: {cuont: 3}\nbusinesses: {rival: {price: 0}}\n") == [
        "s.yaml:2:10: unknown key 'cuont'. Did you mean 'count'?",
        "s.yaml:3:29: businesses.rival.price must be at least 0.01 (got 0). Meaning: of the standard order (money).",
        "base.yaml:6:23: people.leaving.beta.a must lie in 0..1,000 (got -1). Meaning: weight towards 1 (factor).",
        "base.yaml:15:15: shares of channels of 'rival' add to 1.25; they must add to 1. "
        "Now: search 0.5 and press 0.75.",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("extends: bas\n", "s.yaml:1:10: there is no scenario 'bas'. Did you mean 'base.yaml'?"),
        ("extends: no/base.yaml\n", "s.yaml:1:10: no/base.yaml: there is no such file. Check the folder 'no'."),
        ("extends: s.yaml\n", "s.yaml:1:10: the scenario extends itself: s -> s. Remove one of these 'extends'."),
        ("extends:\n", "s.yaml:1:9: nothing is written after extends. Name one scenario, or remove the line."),
        ("extends: null\n", "s.yaml:1:10: extends must be text, got null. Name one scenario."),
        ("extends: 1:30\n", "s.yaml:1:10: '1:30' is not a number. Write 90, or quote it if it is text."),
        ("extends: [base]\n", "s.yaml:1:10: extends must be text, got ['base']. Name one scenario."),
        ("extends: broken.yaml\n", "broken.yaml:3:7: 'NO' would be read as a boolean by some tools. "
                              "Write false, or quote it if it is text."),
    ],
)  # fmt: skip
def test_parents_that_cannot_be_read(text: str, message: str) -> None:
    write("broken.yaml", "schema: 1\nbusinesses: {ours: {}}\nname: NO\n")
    assert refusal(text) == [message]


def test_a_circle_is_shown_in_full() -> None:
    write("a.yaml", "extends: b.yaml\n")
    write("b.yaml", "extends: a.yaml\n")
    message = "b.yaml:1:10: the scenario extends itself: a -> b -> a. Remove one of these 'extends'."
    assert refusal("extends: a.yaml\n") == [message]


@pytest.mark.parametrize("length", [16, 17])
def test_a_chain_is_at_most_sixteen_long(length: int) -> None:
    write("p1.yaml", BASE)
    for number in range(2, length + 1):
        write(f"p{number}.yaml", f"extends: p{number - 1}.yaml\n")
    text = f"extends: p{length}.yaml\n"
    if length > 16:
        assert refusal(text) == ["p2.yaml:1:10: extends more than 16 scenarios in a row. Join some of them."]
    else:
        write("s.yaml", text)
        assert load_scenario("s.yaml").people == 5000


# Overrides


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("people.count=7", "people.count", 7),
        (" people.count = 7 ", "people.count", 7),
        ("name='Another: world'", "name", "Another: world"),
        (
            "network.small_world.degree=6",
            "network.small_world",
            {"degree": 6, "rewired": 0.2, "talk_per_friend": 0.0077},
        ),
        ("network.mixed.listening=0.1", "network", {"mixed": {"listening": 0.1}}),
        ("network={mixed: {listening: 0.1}}", "network", {"mixed": {"listening": 0.1}}),
        ("people.leaving.beta.b=3", "people.leaving", {"beta": {"a": 1.0, "b": 3.0}}),
        ("people.leaving=0.3", "people.leaving", {"constant": {"value": 0.3}}),
        ("people.price_sensitivity=null", "people.price_sensitivity", {"constant": {"value": 8.0}}),
        ("businesses.ours.strategy.steady.high=0.3", "businesses.ours.strategy.steady.low", 0.12),
        ("businesses.ours.strategy.growth_goal.high=0.3", "businesses.ours.strategy.growth_goal.low", 0.1),
        ("businesses.ours.channels.advertising.keep=0.5", "businesses.ours.channels.advertising.keep", 0.5),
        ("businesses.third={price: 45}", "businesses.third.price", 45.0),
    ],
)
def test_an_override_replaces_one_value(override: str, path: str, value: Any) -> None:
    found: Any = load_scenario("base.yaml", [override]).resolved
    for key in path.split("."):
        found = found[key]
    assert found == value


def test_the_last_override_wins() -> None:
    assert child("people: {count: 7}", ("people.count=8", "people.count=9")).people == 9


OVERRIDES = r"""
people.cuont=5
    unknown key 'cuont'. Did you mean 'count'?
peple.count=5
    unknown key 'peple'. Did you mean 'people'?
people.cuont=010
    unknown key 'cuont'. Did you mean 'count'?
    '010' is ambiguous (octal in YAML 1.1). Write 10 or 8, or quote it if it is text.
people.count=many
    people.count must be a whole number, got the text 'many'. Meaning: simulated people in the market (count).
people.leaving=2
    people.leaving must lie in 0..1 (got 2). Did you mean 0.02?
time.weeks.x=3
    time.weeks must be a whole number, got a mapping. Meaning: the run, from week 0 (weeks).
businesses.our.price=4
    there is no 'our' in businesses. Did you mean 'ours'?
businesses.ours.channels.tv.keep=0
    there is no 'tv' in businesses.ours.channels. Known here: advertising.
people.segments.young.share=1
    there is no 'young' in people.segments. Known here: none.
people.count
    this sets nothing. Write it as path=value, for example people.count=5000.
people.count=
    this sets nothing. Write it as path=value, for example people.count=5000.
people.count=# many
    nothing is written after people.count, which is inherited. Write null to remove it, or remove the line to keep it.
=5
    this sets nothing. Write it as path=value, for example people.count=5000.
extends=steady
    only a file can extend another. Write 'extends' into one.
people.count=010
    '010' is ambiguous (octal in YAML 1.1). Write 10 or 8, or quote it if it is text.
people.count=[1
    the bracket '[' is never closed. Close it.
people={count: 010, cuont: 3}
    '010' is ambiguous (octal in YAML 1.1). Write 10 or 8, or quote it if it is text.
    unknown key 'cuont'. Did you mean 'count'?
time.weeks=null
    time.weeks is null, but no value of that name is inherited. Write a value, or remove the line.
time.week=null
    unknown key 'week'. Did you mean 'weeks'?
people.count=10%
    '10%' is not a number. Write 0.10, or quote it if it is text.
people.leaving={constant: {value: 10%}}
    '10%' is not a number. Write 0.10, or quote it if it is text.
"""


@pytest.mark.parametrize("row", re.split(r"\n(?=\S)", OVERRIDES.strip("\n")))
def test_overrides_that_are_refused(row: str) -> None:
    override, *messages = row.split("\n    ")
    assert sorted(refusal(BASE, override)) == sorted(f"--set {override}: {message}" for message in messages)


def test_hostile_overrides_are_refused_too() -> None:
    assert refusal(BASE, "a." * 100_000 + "b=1") == [
        f"--set {'a.' * 38}a...: this sets nothing. Write it as path=value, for example people.count=5000."
    ]
    assert refusal(BASE, "people.count=5\u202e") == [
        "--set people.count=5\\u202e: the direction-changing character U+202E is not allowed. Remove it."
    ]


@pytest.mark.parametrize(
    ("override", "value"),
    [("10%", 0.1), ("12.5 %", 0.125), ("0%", 0.0), ("+100%", 1.0), ("0.10", 0.1)],
)
def test_an_override_may_be_a_percentage_where_a_share_is_meant(override: str, value: float) -> None:
    assert child("", (f"people.leaving={override}",)).segments[0].person.leaving == Constant(value)
    offering = child("", (f"businesses.ours.known={override}",)).businesses[0].offering
    assert offering.known == value
    plan = child(
        "", ("businesses.ours.strategy.steady={low: 0, high: 2}", f"businesses.ours.strategy.steady.low={override}")
    )
    assert plan.businesses[0].strategy == GrowthGoal(value, 2.0, 0, 0.4, 0.10, 0.20)


def test_an_override_leaves_the_marks_of_the_file_around_it() -> None:
    sum_of = "shares of channels of 'ours' add to 1.1; they must add to 1. Now: tv 0.6 and press 0.5."
    text = "schema: 1\nbusinesses:\n  ours:\n    channels: {tv: {budget_share: TV}, press: {budget_share: 0.5}}\n"
    for override in ("name=x", "businesses.ours.price=9", "businesses.ours.channels.tv.keep=0.5"):
        assert refusal(text.replace("TV", "0.6"), override) == [f"s.yaml:4:15: {sum_of}"]
    override = "businesses.ours.channels.tv.budget_share=0.6"
    assert refusal(text.replace("TV", "0.5"), override, "name=x") == [f"--set {override}: {sum_of}"]


# One value


ONE_WRONG_VALUE = r"""
retnetion: 1
    3:1: unknown key 'retnetion'. Known here: schema, name, story, time, currency, markets, people, network and 4
        more.
poeple: {}
    3:1: unknown key 'poeple'. Did you mean 'people'?
rules: {choice: {habbit: 1}}
    3:18: unknown key 'habbit'. Did you mean 'habit'?
network: {mixd: null}
    3:11: unknown key 'mixd'. Did you mean 'mixed'?
people: {leaving: {mean: 1}}
    3:20: unknown key 'mean'. Known here: constant, gamma, beta, normal and uniform.
people: {count: "100"}
    3:17: people.count must be a whole number, got the text '100'. Remove the quotes.
people: {count: "1e3"}
    3:17: people.count must be a whole number, got the text '1e3'. Remove the quotes.
people: {nothing: " .5 "}
    3:19: people.nothing must be a number, got the text ' .5 '. Remove the quotes.
people: {nothing: "15%"}
    3:19: people.nothing must be a number, got the text '15%'. Without quotes, write 0.15.
people: {count: "1,000"}
    3:17: people.count must be a whole number, got the text '1,000'. Without quotes, write 1000.
people: {nothing: "true"}
    3:19: people.nothing must be a number, got the text 'true'. Meaning: shape of the affinity for buying nothing; 0
        removes that choice (factor).
people: {leaving: 2024-02-29}
    3:19: people.leaving must be a number or a mapping that names one of constant, gamma, beta, normal, uniform,
        got the date '2024-02-29'. Time is counted in weeks, without dates.
time: {weeks: 2026-1-1}
    3:15: time.weeks must be a whole number, got the date '2026-1-1'. Time is counted in weeks, without dates.
time: {weeks: 2024-02-30}
    3:15: '2024-02-30' is not a date: February 2024 has 29 days. Write another day, or quote it if it is text.
people: {count: true}
    3:17: people.count must be a whole number, got the boolean true. Meaning: simulated people in the market (count).
people: {count: 1.5}
    3:17: people.count must be a whole number, got 1.5. Meaning: simulated people in the market (count).
people: {count: 1e4}
    3:17: people.count must be a whole number, got 10000.0. Write 10000.
people: {count: [1]}
    3:17: people.count must be a whole number, got a list. Meaning: simulated people in the market (count).
people: {count: 0}
    3:17: people.count must be at least 1 (got 0). Meaning: simulated people in the market (count).
people: {count: 1000000000000000000000000000000}
    3:17: people.count must be at most 100,000,000 (got 1e+30). Meaning: simulated people in the market (count).
people: {count: 1e22}
    3:17: people.count must be a whole number, got 1e+22. Meaning: simulated people in the market (count).
time: {weeks: 0}
    3:15: time.weeks must lie in 1..30,000 (got 0). Meaning: the run, from week 0 (weeks).
people: {count: -5}
    3:17: people.count must be at least 1 (got -5). Meaning: simulated people in the market (count).
people: {count: 3000000000}
    3:17: people.count must be at most 100,000,000 (got 3000000000). Meaning: simulated people in the market (count).
people: {nothing: much}
    3:19: people.nothing must be a number, got the text 'much'. Meaning: shape of the affinity for buying
        nothing; 0 removes that choice (factor).
people: {leaving: often}
    3:19: people.leaving must be a number or a mapping that names one of constant, gamma, beta, normal, uniform,
        got the text 'often'. Meaning: inborn chance of leaving; sweep of the mean (probability per repeat
        order).
people: {leaving: 12}
    3:19: people.leaving must lie in 0..1 (got 12). Did you mean 0.12?
people: {leaving: {constant: {value: 12}}}
    3:19: people.leaving must lie in 0..1 (got 12). Did you mean 0.12?
people: []
    3:9: people must be a mapping, got a list. Write 'key: value' lines below it, or remove it.
rules: {acquisition: {offer_makes_occasion: 1.2}}
    3:45: rules.acquisition.offer_makes_occasion must lie in 0..1 (got 1.2). Meaning: a contact or a good story
        makes an occasion (probability per event).
rules: {acquisition: {offer_makes_occasion: 120}}
    3:45: rules.acquisition.offer_makes_occasion must lie in 0..1 (got 120). Meaning: a contact or a good story
        makes an occasion (probability per event).
rules: {need: {clock: opne}}
    3:23: rules.need.clock must be open or contract, got the text 'opne'. Did you mean 'open'?
rules: {need: {clock: 1}}
    3:23: rules.need.clock must be open or contract, got 1. Write open.
network: small_world
    3:10: network must be a mapping that names one of mixed, small_world, scale_free, random, groups, got the
        text 'small_world'. Write {small_world: {}}.
network: {}
    3:10: network must name exactly one kind, got none. Choose of mixed, small_world, scale_free, random and
        groups.
network: {mixed: {}, groups: {}}
    3:10: network must name exactly one kind, got 2. Choose of mixed, small_world, scale_free, random and
        groups.
network: {mixed: 5}
    3:18: network.mixed must be a mapping, got 5. Write 'key: value' lines below it, or remove it.
people: {segments: {young: {}}}
    3:28: people.segments.young.share is missing. Meaning: of the people; shares of all segments add to 1
        (share).
people: {segments: {a b: {share: 1}}}
    3:21: 'a b' cannot be a name in people.segments. Begin with a letter and go on with letters, digits, '_' and
        '-', at most 80 in all.
name: "Caf\u202eé"
    3:7: the direction-changing character U+202E is not allowed. Remove it.
name: 5
    3:7: name must be text, got 5. Quote it.
name: "a\nb"
    3:7: name must be one line of at most 80 printable characters (got 'a\nb'). Write another name.
"""


@pytest.mark.parametrize(("line", "message"), cases(ONE_WRONG_VALUE))
def test_one_wrong_value(line: str, message: str) -> None:
    assert refusal(f"schema: 1\nbusinesses: {{ours: {{}}}}\n{line}\n") == [f"s.yaml:{message}"]


def test_texts_that_are_too_long() -> None:
    assert objection(name="x" * 81) == ["name must have at most 80 characters (got 81). Shorten it."]
    assert objection(story={"what_is_it": "x" * 4001}) == [
        "story.what_is_it must have at most 4,000 characters (got 4,001). Shorten it."
    ]


NEEDED = r"""
{schema: 1}
    1:1: businesses is missing. It must be a mapping.
{businesses: {ours: {}}}
    1:1: schema is missing. Write 'schema: 1' at the top; only a file that extends another may leave it out.
{schema: 2, businesses: {ours: {}}}
    1:10: schema must be 1, got 2. Write 1.
{schema: true, businesses: {ours: {}}}
    1:10: schema must be 1, got the boolean true. Write 1.
{schema: "1", businesses: {ours: {}}}
    1:10: schema must be 1, got the text '1'. Remove the quotes.
{schema: 1, businesses: {ours: {}}, people: {count: 1,000}}
    1:53: '1,000' is not a number (no separator of thousands). Write 1000, or quote it if it is text.
{schema: 1, businesses: {ours: {}}, people: {count: 1,000,000}}
    1:53: '1,000,000' is not a number (no separator of thousands). Write 1000000, or quote it if it is text.
{schema: 1, businesses: {ours: {}}, people: {leaving: 0,5}}
    1:55: '0,5' is not a number (no decimal comma). Write 0.5, or quote it if it is text.
{schema: 1, businesses: {}}
    1:25: businesses is empty. Name at least one.
{schema: 1, businesses: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}, i: {}}}
    1:25: businesses must hold at most 8 (got 9). Remove some.
{schema: 1, businesses: {ours: 5}}
    1:32: businesses.ours must be a mapping, got 5. Write 'key: value' lines below it, or remove it.
{schema: 1, businesses: {9lives: {}}}
    1:26: '9lives' cannot be a name in businesses. Begin with a letter and go on with letters, digits, '_' and '-',
        at most 80 in all.
{schema: 1, businesses: {<script>: {}}}
    1:26: '<script>' cannot be a name in businesses. Begin with a letter and go on with letters, digits, '_' and '-',
        at most 80 in all.
{schema: 1, businesses: {=cmd: {}, $\foo$: {}}}
    1:26: '=cmd' cannot be a name in businesses. Begin with a letter and go on with letters, digits, '_' and '-',
        at most 80 in all.
    1:36: '$\foo$' cannot be a name in businesses. Begin with a letter and go on with letters, digits, '_' and '-',
        at most 80 in all.
{schema: 1, businesses: {"a\nb": {}}}
    1:26: 'a\nb' cannot be a name in businesses. Begin with a letter and go on with letters, digits, '_' and '-',
        at most 80 in all.
{schema: 1, businesses: {ours: {channels: {}}}}
    1:43: businesses.ours.channels is empty. Name at least one.
[schema]
    1:1: expected 'key: value' pairs at the top level, found a list. Begin with a key, such as 'name: value'.
"""


@pytest.mark.parametrize(("text", "message"), cases(NEEDED))
def test_what_every_scenario_needs(text: str, message: str) -> None:
    assert refusal(text) == [f"s.yaml:{each}" for each in re.split(r" (?=1:)", message)]


def test_a_name_of_many_letters_is_told_in_few() -> None:
    (message,) = refusal(f"schema: 1\nbusinesses:\n  ? {'x' * 100_000}\n  : {{}}\n")
    assert message.startswith(f"s.yaml:3:5: '{'x' * 55}...' cannot be a name in businesses. ")


# How values fit together


MISFITS = r"""
people: {segments: {a: {share: 0.3}, b: {share: 0.6}}}
    3:20: shares of segments add to 0.9; they must add to 1. Now: a 0.3 and b 0.6.
network: {small_world: {degree: 7}}
    3:33: network.small_world.degree must be even (got 7). Half of the friends live on each side of the ring.
rules: {value: {person_shape: 0.5}}
    3:31: rules.value.person_shape must be 0 or above 1 (got 0.5). At 1 and below, means of people have no mean
        themselves.
rules: {value: {person_shape: 1}}
    3:31: rules.value.person_shape must be 0 or above 1 (got 1). At 1 and below, means of people have no mean
        themselves.
time: {burn_in_weeks: 51}
    3:23: time.burn_in_weeks must be 0 or at least 52 (got 51). Growth is counted from the last 52 weeks before
        week 0.
time: {weeks: 3}
    3:15: time.planning_weeks (4) must not be above time.weeks (3). Plan more often, or run longer.
time: {weeks: 30000, burn_in_weeks: 2000}
    3:15: time.weeks and time.burn_in_weeks add to 32,000; together they must be below 32,000. Shorten one.
people: {leaving: {normal: {mean: 0.1, sd: 0.01}}}
    3:19: people.leaving must lie in 0..1 for every person; a normal of mean 0.1 and sd 0.01 can leave it. Choose
        another distribution, or other numbers for it.
people: {leaving: {gamma: {shape: 2, mean: 0.1}}}
    3:19: people.leaving must lie in 0..1 for every person; a gamma of shape 2 and mean 0.1 can leave it. It gives one
        person in 10^12 2.01 or more; choose a larger shape or a smaller mean.
people: {leaving: {uniform: {low: 0.5, high: 1.5}}}
    3:19: people.leaving must lie in 0..1 for every person; a uniform of low 0.5 and high 1.5 can leave it.
        Choose another distribution, or other numbers for it.
people: {segments: {a: {share: 1, leaving: 1.5}}}
    3:44: people.segments.a.leaving must lie in 0..1 (got 1.5). Meaning: inborn chance of
        leaving; sweep of the mean (probability per repeat order).
people: {match: {uniform: {low: 2, high: 1}}}
    3:27: people.match.uniform: low must not be above high (got 2 and 1). Exchange them.
people: {match: {gamma: {shape: 0, mean: 1}}}
    3:33: people.match.gamma.shape must be above 0 (got 0). Write a larger number.
people: {need_per_year: {gamma: {shape: 0, mean: 8}}}
    3:41: people.need_per_year.gamma.shape must be above 0 (got 0). Write a larger number.
people: {match: {beta: {a: 1, b: 0}}}
    3:34: people.match.beta.b must be above 0 (got 0). Write a larger number.
businesses: {ours: {unit_cost: 1e12}}
    2:32: all orders of a run could add to 2.3e+21 of the smallest coins; the limit is 9e+17. Write fewer
        people, weeks or decimals, or smaller orders.
people: {count: 100000000, mean_order_value: 1000000.0}
    3:46: all orders of a run could add to 2.3e+19 of the smallest coins; the limit is 9e+17. Write fewer
        people, weeks or decimals, or smaller orders.
currency: {name: "a\tb"}
    3:18: currency.name must be one line of at most 80 printable characters (got 'a\tb'). Write another name.
businesses: {Ours: {}, theirs: {}, ours: {}}
    2:36: businesses 'Ours' and 'ours' differ only in capital letters. Rename one.
people: {segments: {Young: {share: 0.5}, young: {share: 0.5}}}
    3:42: segments 'Young' and 'young' differ only in capital letters. Rename one.
businesses: {ours: {affinity: 0}}
    2:31: businesses.ours.affinity must be above 0 (got 0). Nobody ever chooses a business without affinity;
        remove it instead.
businesses: {ours: {price: 9.999}}
    2:28: businesses.ours.price has more than 2 decimals (got 9.999). The smallest coin is 0.01; round it, or
        change currency.decimals.
businesses: {ours: {channels: {search: {budget_share: 0.55}, press: {budget_share: 0.5}}}}
    2:31: shares of channels of 'ours' add to 1.05; they must add to 1. Now: search 0.55 and press 0.5.
businesses: {ours: {channels: {search: {budget_share: 0.5}, press: {budget_share: 0.500000002}}}}
    2:31: shares of channels of 'ours' add to 1.000000002; they must add to 1. Now: search 0.5 and press
        0.500000002.
businesses: {ours: {levers: {loyalty_scheme: {budget_share: 0.3}}}}
    2:29: shares of levers of 'ours' add to 1.3; they must add to 1. Now: care 1 and loyalty_scheme 0.3.
businesses: {ours: {strategy: {steady: {low: 0.3}}}}
    2:31: businesses.ours.strategy: low must not be above high (got 0.3 and 0.2). Exchange them.
businesses: {ours: {status_quo: {growth_goal: {high: -0.1}}}}
    2:33: businesses.ours.status_quo: low must not be above high (got 0.1 and -0.1). Exchange them.
"""


@pytest.mark.parametrize(("line", "message"), cases(MISFITS))
def test_values_that_do_not_fit(line: str, message: str) -> None:
    businesses = "" if line.startswith("businesses") else "businesses: {ours: {}}\n"
    assert refusal(f"schema: 1\n{businesses}{line}\n") == [f"s.yaml:{message}"]


@pytest.mark.parametrize(
    "changes",
    [
        {"time": {"burn_in_weeks": 0}},
        {"time": {"burn_in_weeks": 52, "weeks": 4}},
        {"time": {"weeks": 29_999, "burn_in_weeks": 2000}},
        {"rules": {"value": {"person_shape": 0}}},
        {"people": {"leaving": {"uniform": {"low": 0, "high": 1}}, "nothing": 0}},
        {"people": {"leaving": {"normal": {"mean": 0.5, "sd": 0}}}},
        {"people": {"need_per_year": {"gamma": {"shape": 0.5, "mean": 20}}, "count": 100_000_000}},
        {"businesses": {"ours": {"channels": {c: {"budget_share": 0.125} for c in "abcdefgh"}}}},
        {"businesses": {"ours": {"price": 9.9999}}, "currency": {"decimals": 4}},
        {"businesses": {"ours": {"strategy": {"growth_goal": {"low": 0.1, "high": 0.1}}}}},
    ],
)
def test_values_that_just_fit(changes: dict[str, Any]) -> None:
    assert isinstance(scenario_from(SMALLEST | changes), Scenario)


def test_everything_wrong_is_found_at_once() -> None:
    text = """\
schema: 1
time: {weeks: 2, burn_in_weeks: 20}
people: {cuont: 3, count: 1.5, segments: {young: {share: 40}}}
network: {small_world: {degree: 7}}
businesses:
  ours: {price: 9.999, affinity: 0, channels: {tv: {budget_shar: 0.5}, press: {}}}
"""
    assert [message.partition(". ")[0] for message in refusal(text, "people.cuont=4", "x")] == [
        "s.yaml:2:15: time.planning_weeks (4) must not be above time.weeks (2)",
        "s.yaml:2:33: time.burn_in_weeks must be 0 or at least 52 (got 20)",
        "s.yaml:3:27: people.count must be a whole number, got 1.5",
        "s.yaml:3:58: people.segments.young.share must lie in 0..1 (got 40)",
        "s.yaml:4:33: network.small_world.degree must be even (got 7)",
        "s.yaml:6:17: businesses.ours.price has more than 2 decimals (got 9.999)",
        "s.yaml:6:34: businesses.ours.affinity must be above 0 (got 0)",
        "s.yaml:6:53: unknown key 'budget_shar'",  # and no word about the sum of shares, one of which is unknown
        "--set people.cuont=4: unknown key 'cuont'",
        "--set x: this sets nothing",
    ]


# Data instead of a file


def test_data_of_numpy_and_of_any_mapping_are_read_as_a_file_would_give_them() -> None:
    people = MappingProxyType({"count": np.int64(7), "nothing": np.float32(0.5), "leaving": np.float64(0.25)})
    scenario = scenario_from(MappingProxyType(SMALLEST | {"people": people}))
    plain = scenario_from(SMALLEST | {"people": {"count": 7, "nothing": 0.5, "leaving": 0.25}})
    assert scenario.hash == plain.hash


def test_data_that_no_file_could_hold() -> None:
    circle: dict[str, Any] = {}
    circle["people"] = circle
    for data, message in [
        (5, "a scenario must be a mapping, got 5."),
        ({1: 2}, "the scenario: keys must be names, found 1. Write a text."),
        (circle, "people.people.people is nested more than 32 levels. Write it flatter."),
    ]:
        with pytest.raises(InputError) as error:
            scenario_from(data)  # type: ignore[arg-type]
        assert str(error.value) == message
    meaning = "Meaning: simulated people in the market (count)."
    assert objection(people={"count": 10**5000}) == [f"people.count must be a whole number, got inf. {meaning}"]
    assert objection(people={"count": object}) == [f"people.count must be a whole number, got {object!r}. {meaning}"]
    assert objection(rules={"choice": {"habit": math.nan}}) == [
        "rules.choice.habit must be a finite number (got nan). "
        "Meaning: pull of the supplier of the last order (log odds)."
    ]
    assert objection(name="\ud800") == ["name has characters that are not text (got '\\ud800'). Remove them."]


def test_data_may_extend_a_file() -> None:
    assert scenario_from({"extends": "steady", "people": {"count": 7}}).people == 7


def test_the_callers_data_stay_as_they_are() -> None:
    ours = {"strategy": {"steady": None}}
    data = {"schema": 1, "people": {"leaving": {"beta": {"a": 2}}}, "businesses": {"ours": ours}}
    before = repr(data)
    scenario_from(data)
    assert repr(data) == before


# Any input


def test_what_is_resolved_is_a_scenario_of_its_own() -> None:
    for scenario in (load_scenario("base.yaml"), scenario_from(SMALLEST)):
        assert scenario_from(scenario.resolved, scenario.name) == scenario


def test_loading_takes_less_than_a_tenth_of_a_second() -> None:
    write("child.yaml", "extends: base.yaml\n")
    load_scenario("child.yaml")
    times = []
    for _ in range(3):
        start = time.perf_counter()
        load_scenario("child.yaml")
        times.append(time.perf_counter() - start)
    assert min(times) < 0.1


def test_a_file_of_nothing_but_mistakes_is_refused_soon() -> None:
    start = time.perf_counter()
    objection(**{f"k{number}": 1 for number in range(50_000)})
    assert time.perf_counter() - start < 5


FRAGMENTS = [
    "\n", "  ", "- ", ": ", "{", "}", "[", "]", ",", "null", "true", "0", "-1", "1.5", "1e30", "9e99", "12", "x", "'",
    '"', "#", "&a ", "*a", "extends: base.yaml\n", "extends: s.yaml\n", "name: x\n", "count", "beta: ", "mixed: {}",
    "price: 0\n",
    "segments: {a: {share: 1}}", "steady", "growth_goal: {low: 2}", "\u202e", "é", "degree: 3", "budget_share: ",
]  # fmt: skip


def mutated(text: str, chance: random.Random) -> str:
    """The text after a few slips of the pen."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice([0, 0, 1, 3, 12, 60]))
        middle = chance.choice(["", "", chance.choice(FRAGMENTS), chance.choice(FRAGMENTS), text[start:end] * 2])
        text = text[:start] + middle + text[end:]
    return text


@settings(max_examples=200, derandomize=True, deadline=None)
@given(seed=st.integers(0, 2**32), extending=st.booleans())
def test_any_text_becomes_a_scenario_or_is_refused(folder_of_texts: Path, seed: int, extending: bool) -> None:
    chance = random.Random(seed)
    text = ("extends: base.yaml\n" + BASE.replace("schema: 1\n", "")) if extending else BASE
    (folder_of_texts / "s.yaml").write_text(mutated(text, chance), encoding="utf-8")
    overrides = [mutated("businesses.ours.strategy.steady.low=0.1", chance) for _ in range(chance.choice([0, 0, 1]))]
    try:
        scenario = load_scenario(folder_of_texts / "s.yaml", overrides)
    except InputError as error:
        assert error.problems and all(problem.mark for problem in error.problems), error
        assert str(error).replace("\n", "").isprintable()
    else:
        assert scenario_from(scenario.resolved, scenario.name) == scenario


KEYS = ["schema", "people", "leaving", "beta", "network", "mixed", "businesses", "extends", "x"]


@settings(max_examples=200, derandomize=True, deadline=None)
@given(
    data=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["schema", "people", "leaving", "beta", "network", "mixed", "businesses", "x"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_any_data_become_a_scenario_or_are_refused(data: Any) -> None:
    for candidate in (data, SMALLEST | {"people": data, "network": data}, SMALLEST | {"businesses": {"ours": data}}):
        try:
            assert isinstance(scenario_from(candidate), Scenario)
        except InputError as error:
            assert str(error)


@pytest.fixture(scope="session")
def folder_of_texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts")
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    return folder
