"""The catalogue: every parameter of a scenario file, and the bounds it promises."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_type_hints

import pytest

from sim.rules.acquisition import Channel
from sim.rules.people import Person
from sim.rules.retention import Levers
from sim.scenario.catalogue import (
    ANY_DISTRIBUTION,
    ANY_NAME,
    Entry,
    catalogue,
    declared,
    default_at,
    did_you_mean,
    expected,
    is_one_of,
    kind_at,
    listed,
    span,
)
from sim.scenario.document import parse_value
from sim.scenario.load import load_scenario
from sim.scenario.problems import InputError
from sim.scenario.schema import Currency, Offering, Rules, Time
from sim.strategies.registry import STRATEGIES
from sim.units import is_record, number_by_name, parameters_of, record_by_name

WORLD = """
schema: 1
markets: {home: {}}
people: {segments: {young: {share: 1, market: home}}}
businesses: {ours: {markets: {home: {}}, promotions: {welcome: {}}, channels: {advertising: {reaches: {young: 1}}}}}
events: {war: {price_war: {}}}
uncertainties: {care: {path: time.weeks, low: -1, high: 1, along: {past: {path: time.burn_in_weeks}}}}
"""
NAMES = {
    f"businesses.{ANY_NAME}": "businesses.ours",
    f"channels.{ANY_NAME}": "channels.advertising",
    f"promotions.{ANY_NAME}": "promotions.welcome",
    f"segments.{ANY_NAME}": "segments.young",
    f"steps.{ANY_NAME}": "steps.first",
    f"levers.{ANY_NAME}": "levers.care",
    f"enters.{ANY_NAME}": "enters.home",
    f"markets.{ANY_NAME}": "markets.home",
    f"reaches.{ANY_NAME}": "reaches.young",
    f"events.{ANY_NAME}": "events.war",
    f"uncertainties.{ANY_NAME}": "uncertainties.care",
    f"along.{ANY_NAME}": "along.past",
    ANY_DISTRIBUTION: "people.segments.young.match",  # which allows every number
}
ENTRIES = {entry.path: entry for entry in catalogue()}
NUMBERS = [entry for entry in ENTRIES.values() if not entry.options]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("world.yaml").write_text(WORLD, encoding="utf-8")
    return "world.yaml"


def path_of(entry: Entry) -> str:
    """The path with names of the test's world in it."""
    path = entry.path
    for any_of_them, one in NAMES.items():
        path = path.replace(any_of_them, one)
    return path


def number_of_parameters(record: type) -> int:
    inside = [record_by_name(each) or each for each in get_type_hints(record).values()]
    nested = sum(number_of_parameters(inner) for inner in inside if is_record(inner))
    by_name = sum(number_by_name(each) is not None for each in get_type_hints(record, include_extras=True).values())
    return nested + by_name + sum(1 for _ in parameters_of(record))


# What it holds


def test_every_row_has_a_unit_a_meaning_and_a_source() -> None:
    assert [entry.path for entry in catalogue() if not (entry.unit and entry.meaning and entry.source)] == []


def test_every_path_is_listed_once() -> None:
    paths = [entry.path for entry in catalogue()]
    assert sorted(set(paths)) == sorted(paths)


@pytest.mark.parametrize(
    ("prefix", "record"),
    [
        ("time.", Time),
        ("currency.", Currency),
        ("rules.", Rules),
        (f"businesses.{ANY_NAME}.channels.{ANY_NAME}.", Channel),
        (f"businesses.{ANY_NAME}.levers.", Levers),
        *((f"businesses.{ANY_NAME}.strategy.{kind}.", type(plan)) for kind, plan in STRATEGIES.items()),
    ],
)
def test_every_parameter_of_a_record_is_listed(prefix: str, record: type) -> None:
    assert sum(path.startswith(prefix) for path in ENTRIES) == number_of_parameters(record)


@pytest.mark.parametrize(
    ("prefix", "record"), [("people.", Person), (f"businesses.{ANY_NAME}.", Offering), ("currency.", Currency)]
)
def test_a_row_says_what_the_record_declares(prefix: str, record: type) -> None:
    for name, parameter, _ in parameters_of(record):
        entry = ENTRIES[prefix + name]
        for field in ("unit", "meaning", "source", "low", "high", "sweep", "options", "whole"):
            assert getattr(entry, field) == getattr(parameter, field), (entry.path, field)


def test_rows_for_a_reader() -> None:
    rows = {
        "time.weeks": ("weeks", 1, 30_000, "260"),
        "people.leaving": ("probability per repeat order", 0.0, 1.0, "{beta: {a: 0.8, b: 7.0}}"),
        "people.price_sensitivity": ("per log price", 0.0, 100.0, "8.0"),
        "people.segments.<name>.share": ("share", 0.0, 1.0, None),
        "people.segments.<name>.leaving": ("probability per repeat order", 0.0, 1.0, None),
        "network.small_world.degree": ("count", 2, 1000, "8"),
        "rules.choice.habit": ("log odds", -50.0, 50.0, "0.3"),
        "rules.need.clock": ("choice", 0, 1, "open"),
        "businesses.<name>.channels.<name>.keep": ("share", 0.0, 1.0, "0.6"),
        "businesses.<name>.strategy.steady.acquisition_share": ("share", 0.0, 1.0, "0.4"),
        "<distribution>.gamma.mean": ("unit of the parameter", 0.0, 1e15, "1.0"),
    }
    assert {p: (ENTRIES[p].unit, ENTRIES[p].low, ENTRIES[p].high, ENTRIES[p].default) for p in rows} == rows
    assert ENTRIES["rules.need.clock"].options == ("open", "contract")
    assert ENTRIES["rules.choice.habit"].sweep == (0.0, 1.0)


# What it promises


def test_every_default_can_be_written_through_its_path(world: str) -> None:
    for entry in catalogue():
        if entry.default is None:
            continue
        path = path_of(entry)
        value: Any = load_scenario(world, [f"{path}={entry.default}"]).resolved
        for key in path.split("."):
            value = value[key]
        written = parse_value(entry.default)
        assert value in (written, {"constant": {"value": written}}), path


@pytest.mark.parametrize("side", ["low", "high"])
def test_a_number_out_of_bounds_is_refused_by_its_path(world: str, side: str) -> None:
    for entry in NUMBERS:
        path, bound = path_of(entry), getattr(entry, side)
        beyond = bound - max(1, abs(bound)) if side == "low" else bound + max(1, abs(bound))
        with pytest.raises(InputError) as error:
            load_scenario(world, [f"{path}={beyond}"])
        assert any(problem.what.startswith(f"{path} must ") for problem in error.value.problems), path


def test_a_text_is_no_number(world: str) -> None:
    for entry in NUMBERS:
        path = path_of(entry)
        with pytest.raises(InputError, match="must be a") as error:
            load_scenario(world, [f"{path}=much"])
        assert str(error.value).startswith(f"--set {path}=much: {path} must be a"), path


def test_sweeps_lie_within_bounds() -> None:
    outside = [e.path for e in catalogue() if e.sweep and not e.low <= e.sweep[0] < e.sweep[1] <= e.high]
    assert outside == []


# Places


@pytest.mark.parametrize(
    ("path", "one_of"),
    [
        ("network", True),
        ("people.leaving", True),
        ("people.segments.young.leaving", True),
        ("businesses.ours.strategy", True),
        ("businesses.ours.status_quo", True),
        ("network.mixed", False),
        ("people.segments.young", False),
        ("people.segments", False),
        ("people.nothing", False),
        ("businesses.ours.levers", False),
        ("rules", False),
        ("nowhere.at.all", False),
    ],
)
def test_what_is_a_one_of_shows_in_the_models(path: str, one_of: bool) -> None:
    assert is_one_of(kind_at(tuple(path.split(".")))) is one_of


def test_places_that_do_not_exist_have_nothing() -> None:
    for place in ((), ("nowhere",), ("time", "weeks", "days"), ("businesses", "ours", "x", "y")):
        assert (declared(place), default_at(place)) == (None, None)


def test_defaults_of_places() -> None:
    assert default_at(("businesses", "ours", "channels")) == {"advertising": {}}
    assert default_at(("people", "leaving")) == {"beta": {"a": 0.8, "b": 7.0}}
    assert default_at(("people", "segments", "young", "leaving")) is None


def test_words_for_places() -> None:
    assert expected(("schema",)) == "1"
    assert expected(("rules", "need", "clock")) == "open or contract"
    assert expected(("businesses", "ours", "strategy")).startswith("a mapping that names one of fixed_split, ")
    assert expected(("people", "leaving")).startswith("a number or a mapping that names one of constant, ")
    assert span(ENTRIES["people.need_per_year"]) == "0..1,500"
    assert (
        listed([]) == "" and listed(["a"]) == "a" and listed(list("abcdefghij")) == "a, b, c, d, e, f, g, h and 2 more"
    )
    assert did_you_mean("COUNT", ["count"]) == "Did you mean 'count'?"
