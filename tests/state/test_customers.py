"""The table of people: what it costs, and how people are when a world begins.

Statistical tests have fixed seeds; with a fresh one each would raise a false alarm once in a million times. Each is
shown a wrong law that it must refuse.
"""

import itertools
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.rules.memory import AWARE, NEVER, STRANGER
from sim.rules.need import need_threshold
from sim.scenario.schema import Scenario
from sim.state.births import create_customers
from sim.state.customers import (
    BOND,
    CACHE_LINE,
    COLUMNS,
    KNEW,
    LONG_AGO,
    NOBODY,
    PERSON,
    UNKNOWN,
    Column,
    Customers,
    _record,
    empty_customers,
)
from sim.state.network import groups, nobody
from tests.alphas import alpha_of
from tests.small_worlds import scenario_with

FALSE_ALARM = alpha_of("state/test_customers.py")
PEOPLE = 20_000
EVERYBODY: dict[str, Any] = {
    "count": PEOPLE,
    "need_per_year": {"gamma": {"shape": 2.0, "mean": 26.0}},
    "leaving": {"beta": {"a": 0.8, "b": 7.0}},
    "price_sensitivity": {"uniform": {"low": 2.0, "high": 6.0}},
    "mean_order_value": {"normal": {"mean": 80.0, "sd": 5.0}},
    "match": {"normal": {"mean": 0.1, "sd": 0.4}},
    "nothing": 0.5,
    "segments": {
        "few": {"share": 0.2, "need_per_year": {"gamma": {"shape": 0.5, "mean": 52.0}}, "nothing": 0.0},
        "most": {"share": 0.7, "mean_order_value": 10.0},
        "rest": {
            "share": 0.1,
            "match": {"uniform": {"low": -1.0, "high": 1.0}},
            "leaving": {"beta": {"a": 2.0, "b": 2.0}},
        },
    },
}
WORLD: dict[str, Any] = {
    "people": EVERYBODY,
    "network": {"mixed": {"listening": 0.07}},
    "rules": {"memory": {"name_forgotten": 0.1}, "value": {"person_shape": 0.0}},
    "businesses": {
        "one": {"known": 0.3, "affinity": 0.3},
        "two": {"known": 1.0, "affinity": 1.4},
        "three": {"known": 0.0},
    },
}
FEW, MOST, REST = 0, 1, 2


def world(changes: dict[str, Any] | None = None) -> Scenario:
    return scenario_with(WORLD | (changes or {}))


@cache
def people() -> Customers:
    return create_customers(world(), nobody(PEOPLE), seed=11)


def p_of(sample: np.ndarray, law: Any) -> float:
    """How often a true sample would lie further from the law (Kolmogorov and Smirnov)."""
    return float(stats.kstest(sample, law.cdf).pvalue)


# -- the table ---------------------------------------------------------------------------------------------------------


def faults(records: np.ndarray, columns: dict[str, Column]) -> set[str]:
    """What is wrong with records of which each should be one line of the cache, with these columns for fields."""
    fields = {name: (field[0], field[1]) for name, field in dict(records.dtype.fields or {}).items()}
    places = sorted((offset, offset + dtype.itemsize) for dtype, offset in fields.values())
    found = {
        "is no line": records.itemsize != CACHE_LINE or records.nbytes != records.size * CACHE_LINE,
        "begins elsewhere": any(at % CACHE_LINE for at in (records.ctypes.data, *records.strides)),
        "overlaps": any(end > begin for (_, end), (begin, _) in itertools.pairwise(places)),
        "does not fit": places[-1][1] > CACHE_LINE,
        "is out of line": any(offset % dtype.itemsize for dtype, offset in fields.values()),
        "is not as declared": {name: dtype for name, (dtype, _) in fields.items()}
        != {name: np.dtype(column.dtype) for name, column in columns.items()},
    }
    return {fault for fault, there in found.items() if there}


@pytest.mark.parametrize("count", [1, 7, 10])
def test_a_person_costs_a_line_of_the_cache_and_a_bond_another(count: int) -> None:
    table = create_customers(world({"people": {"count": count}}), nobody(count), seed=1)
    assert (table.people.shape, table.bonds.shape) == ((count,), (count, 3))
    assert (faults(table.people, PERSON), faults(table.bonds, BOND)) == (set(), set())


def fields_of_people() -> dict[str, Any]:
    """How the fields of people are laid out, as NumPy is told."""
    fields = dict(empty_customers(1, 1).people.dtype.fields or {})
    formats, offsets = zip(*(field[:2] for field in fields.values()), strict=True)
    return {"names": [*fields], "formats": [*formats], "offsets": [*offsets], "itemsize": CACHE_LINE}


def records_with(start: int = 0, **changes: Any) -> np.ndarray:
    """Five people's records laid out in another way, so many bytes after the beginning of a line."""
    layout: Any = fields_of_people() | changes
    dtype = np.dtype(layout)
    space = np.zeros(5 * dtype.itemsize + 2 * CACHE_LINE, np.uint8)
    start += -space.ctypes.data % CACHE_LINE
    return space[start : start + 5 * dtype.itemsize].view(dtype)


def test_records_that_are_kept_in_another_way_would_be_seen() -> None:
    name, (first, *rest) = fields_of_people()["names"][0], fields_of_people()["offsets"]
    assert faults(records_with(), PERSON) == set()
    assert faults(records_with(itemsize=60), PERSON) == {"is no line", "begins elsewhere"}
    assert faults(records_with(start=4), PERSON) == {"begins elsewhere"}
    assert faults(records_with(offsets=[first + 4, *rest]), PERSON) == {"overlaps"}
    assert faults(records_with(offsets=[64, *rest], itemsize=128), PERSON) == {"is no line", "does not fit"}
    assert faults(records_with(offsets=[57, *rest]), PERSON) == {"is out of line"}
    assert faults(records_with(), PERSON | {"mood": Column(np.int8)}) == {"is not as declared"}
    assert faults(records_with(), PERSON | {name: Column(np.float16)}) == {"is not as declared"}


def test_more_than_a_line_can_hold_is_refused() -> None:
    full = {f"number_{at}": Column(np.float32) for at in range(16)}
    assert _record(full).itemsize == CACHE_LINE
    with pytest.raises(TypeError, match="a record of 68 bytes does not fit into 64"):
        _record(full | {"one_more": Column(np.int8)})


def test_columns_are_narrow() -> None:
    columns = people().columns()
    assert list(columns) == list(COLUMNS) == [*PERSON, *BOND]
    assert {column.dtype.name for column in columns.values()} == {"float32", "int16", "int8", "uint32"}
    assert {columns[name].shape for name in PERSON} == {(PEOPLE,)}
    assert {columns[name].shape for name in BOND} == {(PEOPLE, 3)}


def test_columns_never_share_memory() -> None:
    columns = [*people().columns().values()]
    assert not any(np.shares_memory(a, b) for i, a in enumerate(columns) for b in columns[:i])


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_is_a_view_of_one_field_and_of_no_other(name: str) -> None:
    table, untouched = empty_customers(4, 3), empty_customers(4, 3)
    place = 2 if name in PERSON else (2, 1)
    getattr(table, name)[place] = 5
    records = table.people if name in PERSON else table.bonds
    assert records[place][name] == records[name][place] == 5
    getattr(table, name)[place] = COLUMNS[name].first
    assert all(np.array_equal(table.columns()[each], untouched.columns()[each]) for each in COLUMNS)


def test_what_is_no_column_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no column 'mood'"):
        _ = people().mood


# -- birth -------------------------------------------------------------------------------------------------------------


def test_segments_have_their_shares() -> None:
    seen = np.bincount(people().segment)
    assert stats.chisquare(seen, np.array([0.2, 0.7, 0.1]) * PEOPLE).pvalue > FALSE_ALARM
    assert stats.chisquare(seen, np.array([0.22, 0.68, 0.1]) * PEOPLE).pvalue < FALSE_ALARM


SAME, MORE = 1.0, 1.1


@pytest.mark.parametrize(
    ("column", "segment", "law", "wrong"),
    [
        ("weekly_need", FEW, stats.gamma(0.5, scale=2.0), stats.gamma(0.5, scale=0.5)),
        ("weekly_need", MOST, stats.gamma(2.0, scale=0.25), stats.gamma(3.0, scale=0.25)),
        ("leaving", MOST, stats.beta(0.8, 7.0), stats.beta(7.0, 0.8)),
        ("leaving", REST, stats.beta(2.0, 2.0), stats.beta(0.8, 7.0)),
        ("price_sensitivity", MOST, stats.uniform(2.0, 4.0), stats.uniform(2.0, 4.4)),
        ("mean_order_value", FEW, stats.norm(80.0, 5.0), stats.norm(80.0, 6.0)),
        ("mean_order_value", REST, stats.norm(80.0, 5.0), stats.norm(82.0, 5.0)),
        ("affinity_for_nothing", MOST, stats.loggamma(0.5), stats.loggamma(1.5)),
    ],
)
def test_an_attribute_follows_the_distribution_of_its_segment(column: str, segment: int, law: Any, wrong: Any) -> None:
    values = getattr(people(), column)[people().segment == segment].astype(float)
    assert p_of(values, law) > FALSE_ALARM
    assert p_of(values, wrong) < FALSE_ALARM


@pytest.mark.parametrize(
    ("table", "segment", "laws"),
    [
        ("match", MOST, [stats.norm(0.1, 0.4)] * 3),
        ("match", REST, [stats.uniform(-1.0, 2.0)] * 3),
        ("affinity", FEW, [stats.loggamma(0.3), stats.loggamma(1.4), stats.loggamma(0.3)]),
        ("affinity", MOST, [stats.loggamma(0.3), stats.loggamma(1.4), stats.loggamma(0.3)]),
    ],
)
def test_each_pair_of_person_and_business_has_a_draw_of_its_own(table: str, segment: int, laws: list[Any]) -> None:
    values = getattr(people(), table)[people().segment == segment].astype(float)
    for column, law in zip(values.T, laws, strict=True):
        assert p_of(column, law) > FALSE_ALARM
        assert p_of(column + 0.3, law) < FALSE_ALARM
    ranks = np.apply_along_axis(stats.rankdata, 0, values)
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert stats.pearsonr(ranks[:, one], ranks[:, other]).pvalue > FALSE_ALARM


def test_a_constant_is_the_same_for_everybody_and_nothing_can_be_no_choice() -> None:
    assert set(people().mean_order_value[people().segment == MOST].tolist()) == {10.0}
    assert set(people().affinity_for_nothing[people().segment == FEW].tolist()) == {-np.inf}
    assert np.isfinite(people().affinity_for_nothing[people().segment != FEW]).all()


def test_individual_means_of_orders_are_inverse_gamma_and_keep_their_mean() -> None:
    shape = 4.0
    spread = create_customers(world({"rules.value.person_shape": shape}), nobody(PEOPLE), seed=11)
    relative = spread.mean_order_value.astype(float) / people().mean_order_value
    assert p_of(relative, stats.invgamma(shape, scale=shape - 1.0)) > FALSE_ALARM
    assert p_of(relative, stats.gamma(shape, scale=1.0 / shape)) < FALSE_ALARM


def test_one_trait_more_shifts_no_other_draw() -> None:
    spread = create_customers(world({"rules.value.person_shape": 4.0}), nobody(PEOPLE), seed=11)
    changed = [name for name in COLUMNS if not np.array_equal(getattr(spread, name), getattr(people(), name))]
    assert changed == ["mean_order_value"]


def test_the_threshold_of_needs_belongs_to_the_stored_rate() -> None:
    expected = [need_threshold(float(rate)) for rate in people().weekly_need[:500]]
    assert people().need_threshold[:500].tolist() == expected


# -- the first day -----------------------------------------------------------------------------------------------------


def test_as_many_know_a_business_as_the_scenario_says() -> None:
    known = np.count_nonzero(people().relation == AWARE, axis=0)
    assert stats.binomtest(int(known[0]), PEOPLE, 0.3).pvalue > FALSE_ALARM
    assert stats.binomtest(int(known[0]), PEOPLE, 0.33).pvalue < FALSE_ALARM
    assert known[1:].tolist() == [PEOPLE, 0]


def test_who_knows_a_name_will_forget_it_on_a_geometric_date() -> None:
    knows = people().relation == AWARE
    dates = people().due_tick[knows[:, 1], 1]
    seen = np.bincount(np.minimum(dates, 30), minlength=31)[1:]
    law = stats.geom(0.1)
    chances = np.append(law.pmf(np.arange(1, 30)), law.sf(29))
    assert stats.chisquare(seen, chances * PEOPLE).pvalue > FALSE_ALARM
    assert stats.chisquare(seen[1:], chances[:-1] / chances[:-1].sum() * seen[1:].sum()).pvalue < FALSE_ALARM
    assert not people().due_tick[~knows].any()


def test_names_that_are_never_forgotten_have_no_date() -> None:
    table = create_customers(world({"rules.memory.name_forgotten": 0.0}), nobody(PEOPLE), seed=1)
    assert set(table.due_tick[table.relation == AWARE].tolist()) == {NEVER}


def test_nobody_has_done_or_heard_anything_yet() -> None:
    table = people()
    assert set(np.unique(table.relation)) == {STRANGER, AWARE}
    assert set(np.unique(table.source)) == {UNKNOWN, KNEW}
    assert ((table.source == KNEW) == (table.relation == AWARE)).all()
    assert (table.last_tick == LONG_AGO).all()
    for column in (table.told_about, table.heard_about, table.last_supplier):
        assert (column == NOBODY).all()
    for column in (table.orders, table.start_tick, table.push, table.heard, table.told_story, table.heard_story):
        assert not column.any()
    first = np.float32(world().rules.satisfaction.first_expectation)
    assert (table.satisfaction == first).all() and (table.expectation == first).all()


def test_listening_is_the_same_for_all_where_everybody_may_meet_and_grows_with_friends_elsewhere() -> None:
    assert set(people().listening.tolist()) == {float(np.float32(0.07))}
    scenario = world({"people": {"count": 10}, "network": {"groups": {"size": 9, "talk_per_friend": 0.1}}})
    table = create_customers(scenario, groups(10, 9), seed=1)
    assert table.listening.tolist() == pytest.approx([1.0 - np.exp(-0.8)] * 9 + [0.0], rel=1e-6)
