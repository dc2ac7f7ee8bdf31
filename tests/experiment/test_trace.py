"""Tracing: a watched person lives as unwatched ones do, and whatever is noted is what happened."""

import inspect
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.experiment.shadows import Call, Notebook
from sim.experiment.trace import Trace, Window, Witness, document_of, orders_of, tastes, trace_customer, window_of
from sim.model import week as week_module
from sim.model.loops import decide_rows
from sim.model.market import Market
from sim.rules import chance
from sim.rules.compile import RULES
from sim.state.diary import DEPARTURE, ORDER
from sim.state.tally import Item
from tests.small_worlds import VARIANTS, lived, scenario_with

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = VARIANTS["contract"]
WHOLE = Window(-16, 49)
PLAIN_RULES = {rule.__name__: rule for rule in RULES}


def watched(changes: dict[str, Any], seed: int, row: int) -> tuple[Market, Witness]:
    """A lively market that has lived to its end under the eyes of a witness."""
    market = Market(scenario_with(changes), seed, followed=113)
    witness = Witness(market, row)
    return market.run(), witness


def traced(changes: dict[str, Any], seed: int = 1, row: int = 3) -> Trace:
    return trace_customer(scenario_with(changes), seed, row, last=49)


@pytest.fixture(scope="module")
def life() -> Trace:
    """Somebody of the lively world, in which every mechanism is on."""
    return traced({})


# -- nothing changes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["small_world", "mixed", "contract", "eight_businesses", "segments", "uneven_orders"])
def test_a_market_with_a_traced_person_is_the_market_without(name: str) -> None:
    for seed, row in ((1, 0), (2, 42), (3, 112)):
        market, _ = watched(VARIANTS[name], seed, row)
        alone = lived(VARIANTS[name], seed, followed=113)
        assert market.result_hash() == alone.result_hash()
        assert tuple(map(bytes, market.followed_events)) == tuple(map(bytes, alone.followed_events))


def test_a_shadow_that_lived_otherwise_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = lived({}).result_hash()
    plain = getattr(chance.happens, "py_func", chance.happens)

    def luckless(probability: float, word: int) -> bool:
        return bool(plain(0.5 * probability, word))

    monkeypatch.setattr(Notebook, "shadow", _replacing(Notebook.shadow, plain, luckless))
    assert watched({}, 1, 3)[0].result_hash() != honest


def _replacing(shadow: Any, plain: Any, other: Any) -> Any:
    def replaced(self: Notebook, thing: Any, names: frozenset[str] = frozenset()) -> Any:
        return other if getattr(thing, "py_func", thing) is plain else shadow(self, thing, names)

    return replaced


def test_the_compiler_changes_nothing_of_what_is_noted(life: Trace) -> None:
    script = """if True:
        import json
        from sim.experiment.trace import Window, document_of, trace_customer
        from tests.small_worlds import scenario_with
        trace = trace_customer(scenario_with({}), 1, 3, last=12)
        print(json.dumps(document_of(trace, Window(-16, 12))))
    """
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=ROOT,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == json.loads(json.dumps(document_of(life, Window(-16, 12))))


# -- what is noted is what happened ------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{}, CONTRACT], ids=["open", "contract"])
@pytest.mark.parametrize("row", [3, 42, 77])
def test_orders_and_departures_are_those_of_the_diary(changes: dict[str, Any], row: int) -> None:
    market, witness = watched(changes, 1, row)
    events = np.concatenate(market.followed_events)
    mine = events[events[:, 1] == row].tolist()
    orders = [(week, business, amount) for week, _, business, kind, amount, *_ in mine if kind == ORDER]
    assert [tuple(order) for order in orders_of(witness.weeks)] == orders
    departures = [(week, business, reason) for week, _, business, kind, _, reason, *_ in mine if kind == DEPARTURE]
    assert [
        (week.week, call.arguments["j"], call.arguments["reason"])
        for week in witness.weeks
        for call in week.walk()
        if call.name == "leave"
    ] == departures
    assert orders


def test_of_one_person_alone_everything_that_was_counted_was_noted() -> None:
    market, witness = watched({"people.count": 1, "network": {"mixed": {}}, "people.need_per_year": 100}, 5, 0)
    for tick, week in enumerate(witness.weeks):
        noted: Counter[tuple[int, int]] = Counter()
        for call in week.walk():
            if call.name == "count":
                noted[call.arguments["j"], call.arguments["item"]] += call.arguments["amount"]
        for business in range(3):
            counted = market.history[tick, business, : len(Item)].tolist()
            assert counted == [noted[business, item] for item in Item], week.week


def test_every_noted_rule_gives_its_result_again(life: Trace) -> None:
    seen = set()
    for week in life.weeks:
        for call in week.walk():
            rule = PLAIN_RULES.get(call.name)
            if rule and list(call.arguments) == list(inspect.signature(rule).parameters):
                assert rule(**call.arguments) == call.result
                seen.add(call.name)
    assert {"happens", "finishing_time", "attraction", "leaving_probability", "order_value", "waiting_weeks"} <= seen


def test_every_runner_of_a_race_is_noted_with_its_business(life: Trace) -> None:
    races = 0
    for week in life.weeks:
        for call in week.walk():
            if call.name == "race":
                runners = [each.business for each in call.all("finishing_time")]
                assert runners[0] is None  # this person may always buy nothing
                assert runners[1:] == [each.business for each in call.all("attraction")]
                times = {each.result: each.business for each in call.all("finishing_time")}
                assert call.result == (-1 if times[min(times)] is None else times[min(times)])
                races += 1
    assert races > 20


def test_the_first_week_begins_with_the_person_as_born_and_each_follows_the_last(life: Trace) -> None:
    assert [week.week for week in life.weeks] == list(range(-16, 50))
    assert life.born == life.weeks[0].before
    for week, following in zip(life.weeks[:-1], life.weeks[1:], strict=True):
        assert (week.after, week.phases) == (following.before, following.phases_before)


def test_a_call_is_named_as_the_function_and_holds_its_arguments_by_name(life: Trace) -> None:
    plain = getattr(week_module.decide, "py_func", week_module.decide)
    listening, deciding = life.weeks[0].calls
    assert (listening.name, deciding.name) == ("listen", plain.__name__)
    assert deciding.arguments == {"row": 3, "at": 0}  # the world, and the draws of all, are left out
    (told,) = deciding.all("tell")
    assert set(told.arguments) == {"row", "word"}


def test_shadows_leave_the_functions_themselves_alone() -> None:
    before = dict(vars(week_module))
    notebook = Notebook()
    assert notebook.shadow(decide_rows) is notebook.shadow(decide_rows)
    assert vars(week_module) == before


# -- asking ------------------------------------------------------------------------------------------------------------


def test_the_run_stops_after_the_last_week_that_is_wanted() -> None:
    assert [week.week for week in trace_customer(scenario_with({}), 1, 3, last=-15).weeks] == [-16, -15]


@pytest.mark.parametrize(
    ("customer", "seed", "message"),
    [
        (113, 1, "there is no customer 113: this scenario has customers 0 to 112"),
        (-1, 1, "there is no customer -1"),
        (0, -1, "a seed is a whole number from 0"),
    ],
)
def test_who_does_not_exist_cannot_be_traced(customer: int, seed: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        trace_customer(scenario_with({}), seed, customer, last=0)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"first": -17}, "there is no week -17: weeks of this scenario are numbered -16 to 49"),
        ({"last": 50}, "there is no week 50"),
        ({"first": 5, "last": 4}, r"the first week to tell \(5\) comes after the last \(4\)"),
        ({"business": "nobody"}, "there is no business 'nobody': this scenario has ours, rival, third"),
    ],
)
def test_what_does_not_exist_cannot_be_wanted(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        window_of(scenario_with({}), **asked)


def test_a_window_is_the_run_unless_something_else_is_wanted() -> None:
    scenario = scenario_with({})
    assert window_of(scenario) == Window(0, 49, None)
    assert window_of(scenario, last=-3) == Window(-3, -3, None)
    assert window_of(scenario, first=-16, last=2, business="third") == Window(-16, 2, 2)


def test_tastes_are_the_shares_of_races_among_all_at_equal_prices(life: Trace) -> None:
    nothing, shares = tastes(life.born)
    weights = np.exp([life.born.affinity_for_nothing, *life.born.affinity])
    assert [nothing, *shares] == pytest.approx((weights / weights.sum()).tolist())


def test_a_document_holds_every_call_in_its_order(life: Trace) -> None:
    document = json.loads(json.dumps(document_of(life, WHOLE)))
    assert [week["week"] for week in document["weeks"]] == list(range(-16, 50))
    for week, written in zip(life.weeks, document["weeks"], strict=True):
        assert [event["name"] for event in written["events"]] == [call.name for call in week.walk()]
    orders = [(order["week"], order["business"], round(100 * order["amount"])) for order in document["orders"]]
    names = ["ours", "rival", "third"]
    assert orders == [(order.week, names[order.business], order.amount) for order in orders_of(life.weeks)]


def test_a_document_about_one_business_leaves_out_the_others(life: Trace) -> None:
    document = document_of(life, Window(0, 49, business=1))
    about = {event["business"] for week in document["weeks"] for event in week["events"]}
    assert about == {None, "rival"}
    assert {order["business"] for order in document["orders"]} == {"rival"}


def test_a_call_finds_what_it_called() -> None:
    first, second = Call("a", result=1), Call("a", result=2)
    call = Call("b", calls=[first, Call("c", calls=[Call("a")]), second])
    assert call.all("a") == [first, second]
    assert (call.one("a"), call.one("d")) == (first, None)
    assert [each.name for each in call.walk()] == ["b", "a", "c", "a", "a"]
