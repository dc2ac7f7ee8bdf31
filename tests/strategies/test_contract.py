"""The contract: what every registered strategy keeps, shown first to be broken by strategies that break it."""

from __future__ import annotations

import ast
import copy
import importlib
import math
import os
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import sim.strategies
from examples.patient import Patient
from examples.thrifty import Thrifty
from sim.model.business import Business
from sim.model.history import Line
from sim.model.market import Market
from sim.strategies.books import Books, Decision, Period, Rival, Strategy, Volume, possible
from sim.strategies.registry import STRATEGIES
from tests.small_worlds import LEFT_OUT
from tests.strategies import bad
from tests.strategies.some_books import ANY_BOOKS, EMPTY, USUAL, as_json, books, followed, following, lively

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = settings(derandomize=True, deadline=None, max_examples=120)
EXAMPLES: dict[str, Strategy] = {"patient": Patient(), "thrifty": Thrifty()}
"""Strategies of somebody else: those that docs/strategies.md shows."""
ALL = dict(STRATEGIES) | EXAMPLES
every_strategy = pytest.mark.parametrize("name", list(ALL))


def test_all_strategies_are_here() -> None:
    assert set(STRATEGIES) == {
        *("fixed_split", "fixed_budget", "per_customer", "schedule", "growth_goal", "steady", "aggressive", "staged"),
        *("subsidised_growth", "follow_the_leader", "expand_when_saturated", "customer_equity", "adaptive"),
    }


def test_all_examples_are_here() -> None:
    """Every class with a plan that the page of strategies shows is held to the contract too."""
    shown = (ROOT / "docs" / "strategies.md").read_text(encoding="utf-8")
    classes = [node for node in ast.walk(ast.parse(python_in(shown))) if isinstance(node, ast.ClassDef)]
    assert {each.name for each in classes} == {type(example).__name__ for example in EXAMPLES.values()}


def python_in(page: str) -> str:
    """All Python that a page shows."""
    return "\n".join(re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))


# -- one plan ----------------------------------------------------------------------------------------------------------


def complaints(strategy: Strategy, seen: Books) -> Iterator[str]:
    """What is wrong with a plan on some books."""
    before = copy.deepcopy(getattr(strategy, "__dict__", {})), seen
    try:
        decision, again = strategy.plan(seen), strategy.plan(seen)
    except Exception as error:  # that is the finding
        yield f"it stumbles: {error!r}"
        return
    if repr(decision) != repr(again):
        yield "asked twice it gives two answers"
    if (getattr(strategy, "__dict__", {}), seen) != before:
        yield "it changes itself"
    if not math.isfinite(decision.spend_per_week) or decision.spend_per_week < 0.0:
        yield f"it wants to spend {decision.spend_per_week}"
    if not 0.0 <= decision.acquisition_share <= 1.0:
        yield f"its split is {decision.acquisition_share}"
    if not isinstance(decision.learned, tuple) or not all(map(math.isfinite, decision.learned)):
        yield f"it learned {decision.learned}"


def next_books(seen: Books, decision: Decision, later: Books) -> Books:
    """Later books in which the strategy finds what it noted."""
    return later._replace(week=seen.week + later.since_plan.weeks, learned=decision.learned)


@every_strategy
@SETTINGS
@given(shown=some.lists(ANY_BOOKS, min_size=1, max_size=5))
def test_every_plan_is_possible_and_depends_on_the_books_alone(name: str, shown: list[Books]) -> None:
    strategy, seen = ALL[name], shown[0]
    for later in [*shown[1:], shown[0]]:
        assert list(complaints(strategy, seen)) == []
        decision = strategy.plan(seen)
        assert possible(decision) == decision
        seen = next_books(seen, decision, later)


@every_strategy
@SETTINGS
@given(seen=ANY_BOOKS, learned=some.lists(some.floats(0.0, 1.0), max_size=30).map(tuple))
def test_what_another_strategy_learned_does_no_harm(name: str, seen: Books, learned: tuple[float, ...]) -> None:
    own = len(ALL[name].plan(seen).learned)
    foreign = learned[: own - 1] if len(learned) == own else learned
    assert list(complaints(ALL[name], seen._replace(learned=foreign))) == []


EXTREMES: dict[str, Books] = {
    "nothing at all": EMPTY,
    "years before week 0": EMPTY._replace(week=-156),
    "no customers": books(listed_customers=0, volume=Volume(0.0, -50.0, 0.0)),
    "nobody to win": books(prospects=0),
    "no orders": books(
        volume=Volume(0.0, -120.0, 400.0), since_plan=USUAL.since_plan._replace(revenue=0.0, orders=0, joined=0)
    ),
    "no cash": books(cash=0.0, credit_line=0.0),
    "deep in debt": books(cash=-1e6, credit_line=0.0),
    "alone": books(rivals=()),
    "sold below cost": books(year=USUAL.year._replace(cost_of_goods=1e6)),
    "in the first plan of all": books(since_plan=EMPTY.since_plan, year=EMPTY.year),
}


@every_strategy
@pytest.mark.parametrize("case", EXTREMES)
def test_a_plan_survives(name: str, case: str) -> None:
    seen = EXTREMES[case]
    for _ in range(3):
        assert list(complaints(ALL[name], seen)) == []
        seen = next_books(seen, ALL[name].plan(seen), seen)


@pytest.mark.parametrize(
    ("strategy", "seen", "complaint"),
    [
        (bad.Negative(), USUAL, "it wants to spend -1.0"),
        (bad.Endless(), USUAL, "it wants to spend inf"),
        (bad.MoreThanAll(), USUAL, "its split is 1.000000001"),
        (bad.Forgetful(), USUAL, "asked twice it gives two answers"),
        (bad.Changing(), USUAL, "it changes itself"),
        (bad.Dividing(), EXTREMES["no customers"], "it stumbles: ZeroDivisionError('float division by zero')"),
        (bad.Trusting(), books(learned=(1.0, 2.0)), "it stumbles: ValueError"),
    ],
)
def test_whoever_breaks_the_contract_is_caught(strategy: Strategy, seen: Books, complaint: str) -> None:
    assert any(found.startswith(complaint) for found in complaints(strategy, seen))


# -- another process ---------------------------------------------------------------------------------------------------

ELSEWHERE = """
import sys
from examples.patient import Patient
from examples.thrifty import Thrifty
from sim.strategies.registry import STRATEGIES
from tests.strategies import bad
from tests.strategies.some_books import from_json
known = dict(STRATEGIES) | {"patient": Patient(), "thrifty": Thrifty()} | {"superstitious": bad.Superstitious()}
shown = [from_json(line) for line in sys.stdin]
for name in sys.argv[1:]:
    learned = ()
    for seen in shown:
        decision = known[name].plan(seen._replace(learned=learned))
        learned = decision.learned
        print(decision)
"""


def decided_elsewhere(names: list[str], shown: list[Books], hash_seed: int) -> list[str]:
    """The decisions of another process, in full precision."""
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, *names],
        input="\n".join(map(as_json, shown)),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": str(ROOT)},
        check=True,
    )
    return done.stdout.splitlines()


def test_the_same_books_give_the_same_decision_in_another_process() -> None:
    shown = [books(week=week, volume=Volume(900.0 + 7 * week, 300.0, 400.0 + week)) for week in range(0, 120, 4)]
    names = [*ALL, "superstitious"]
    one, other = (decided_elsewhere(names, shown, seed) for seed in (1, 2))
    good = len(ALL) * len(shown)
    assert len(one) == good + len(shown)
    assert one[:good] == other[:good]
    assert one[good:] != other[good:]
    here = []
    for name in ALL:
        learned: tuple[float, ...] = ()
        for seen in shown:
            decision = ALL[name].plan(seen._replace(learned=learned))
            learned = decision.learned
            here.append(str(decision))
    assert one[:good] == here


# -- whole lives -------------------------------------------------------------------------------------------------------

POOR: dict[str, Any] = {
    "businesses__ours__cash": 60.0,
    "businesses__ours__credit_line": 40.0,
    "businesses__ours__unit_cost": 44.0,
    "businesses__ours__levers": LEFT_OUT,
}
"""Little money, and hardly any to be earned: plans will often ask for more than there is."""


def overspent(market: Market) -> list[int]:
    """Weeks in which the first business spent more on marketing than it had and could borrow."""
    history, opening = market.history[:, 0], market.opening_tick
    had = history[opening - 1 : -1, Line.CASH].copy()
    had[0] = 60_00
    spent = history[opening:, [Line.ACQUISITION_SPEND, Line.RETENTION_SPEND]].sum(axis=1)
    return [week for week, (money, cash) in enumerate(zip(spent, had, strict=True)) if money > max(cash + 40_00, 0)]


@every_strategy
def test_nobody_spends_more_than_it_has(name: str) -> None:
    market, plans = followed(ALL[name], lively(**POOR))
    assert overspent(market) == []
    assert len(plans) == 26


def test_a_business_that_spends_what_its_plan_asks_for_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.model.business.max", lambda *numbers: 10**12, raising=False)
    market, _ = followed(STRATEGIES["fixed_budget"], lively(**POOR))
    assert overspent(market) != []


@pytest.mark.parametrize("name", list(STRATEGIES))
def test_a_market_of_its_followers_lives_the_same_twice(name: str) -> None:
    """Everybody follows it, also before week 0, with plans of every length."""
    for weeks in (1, 5):
        plan = {f"businesses.*.{when}": {name: {}} for when in ("status_quo", "strategy")}
        hashes = {Market(lively(time__planning_weeks=weeks, **plan), seed=3).run().result_hash() for _ in range(2)}
        assert len(hashes) == 1


# -- the border --------------------------------------------------------------------------------------------------------


def parts(kind: Any) -> set[Any]:
    """The plain types that something is made of."""
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return set().union(*(parts(inner) for inner in get_type_hints(kind).values()))
    return set().union(*(parts(inner) for inner in get_args(kind) if inner is not ...)) if get_args(kind) else {kind}


def test_books_are_numbers_and_names_in_tuples() -> None:
    assert parts(Books) == {int, float, str}
    assert {Period, Rival, Volume} < set(get_type_hints(Books).values()) | {Rival}
    assert parts(tuple[list[int], ...]) == {int} and parts(dict[str, Market]) == {str, Market}


def plain_only(value: Any) -> bool:
    """Is it a number or a name, or a tuple of such? Arrays and objects, through which one could reach on, are not."""
    if isinstance(value, tuple):
        return all(map(plain_only, value))
    return type(value) in (int, float, str)


def test_what_a_strategy_is_shown_leads_nowhere() -> None:
    _, plans = followed(STRATEGIES["customer_equity"], lively())
    assert plans and all(plain_only(seen) for seen, _ in plans)
    assert not plain_only((1.0, [2.0])) and not plain_only(copy)


def foreign_imports(text: str) -> list[str]:
    """What a module of strategies imports of the package that holds customers, or that reads files."""
    tree = ast.parse(text)
    named = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    named += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return [
        name
        for name in named
        if name.startswith("sim.") and not name.startswith(("sim.strategies", "sim.theory", "sim.rules", "sim.units"))
    ]


def test_no_module_of_strategies_imports_what_holds_a_customer() -> None:
    for found in pkgutil.iter_modules(sim.strategies.__path__, "sim.strategies."):
        module = importlib.import_module(found.name)
        assert foreign_imports(Path(str(module.__file__)).read_text(encoding="utf-8")) == [], found.name
    for name in EXAMPLES:
        assert foreign_imports((ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8")) == [], name
    assert foreign_imports("from sim.state.customers import Customers\nimport sim.model.market") != []


# -- when a plan goes wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strategy", "reason"),
    [
        (bad.Negative(), "decided on spend_per_week=-"),
        (bad.Endless(), "which must be a finite number, 0 or more"),
        (bad.MoreThanAll(), "which must lie in 0..1"),
        (bad.Dividing(), "failed: ZeroDivisionError: float division by zero"),
    ],
)
def test_a_run_names_the_strategy_the_business_and_the_week(strategy: Strategy, reason: str) -> None:
    world = lively(people__count=5, businesses__ours__known=0.0)
    with pytest.raises(ValueError, match=f"in week 0 the strategy {type(strategy).__name__} of 'ours' ") as error:
        following(strategy, world).run()
    assert reason in str(error.value)


@pytest.mark.parametrize(
    "answer",
    [
        *(None, (1.0, 0.5, ()), Decision("10", 0.5), Decision(1.0, 0.5, [1.0]), Decision(1.0, 0.5, (float("nan"),))),
        *(Decision(1.0, 0.5, (), 1), Decision(1.0, 0.5, (), ("south",)), Decision(1.0, 0.5, (), (1.0,))),
    ],
)
def test_an_answer_that_is_no_decision_is_refused(answer: Any) -> None:
    with pytest.raises(ValueError, match="decided on|answered"):
        possible(answer)


def test_leaving_the_program_is_no_answer_either() -> None:
    class Leaves:
        def plan(self, books: Books) -> Decision:
            raise SystemExit(0)

    with pytest.raises(ValueError, match="the strategy Leaves of 'ours' failed: SystemExit"):
        following(Leaves(), lively()).run()


def test_lack_of_memory_stays_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def books_of(business: Business) -> Books:
        raise MemoryError

    monkeypatch.setattr("sim.model.deciding.books_of", books_of)
    with pytest.raises(MemoryError):
        followed(STRATEGIES["steady"], lively())
