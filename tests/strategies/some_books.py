"""Books of every kind, and markets whose first business follows a strategy and writes down what it was shown."""

from __future__ import annotations

import json
import math
from typing import Any

from hypothesis import strategies as some

from sim.model.market import Market
from sim.rules.journey import CLASSES
from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from sim.strategies.books import Books, Decision, Period, Reached, Region, Rival, Strategy, Supplies, Used, Volume
from tests.small_worlds import scenario_with

NOTHING = Volume(0.0, 0.0, 0.0)
NO_TIME = Period(0, 0.0, 0.0, 0.0, 0.0, 0, 0, 0, 0, 0)
EMPTY = Books(0, 0.0, 0.0, 0, 0, NOTHING, NOTHING, NO_TIME, NO_TIME, (), (), ())
"""A business with nothing at all."""

USUAL = Books(
    week=52,
    cash=10_000.0,
    credit_line=20_000.0,
    listed_customers=400,
    prospects=9_600,
    volume=Volume(1000.0, 300.0, 400.0),
    opening=Volume(1000.0, 300.0, 400.0),
    since_plan=Period(4, 4_000.0, 2_200.0, 240.0, 240.0, 80, 20, 18, 10, 5),
    year=Period(52, 52_000.0, 28_600.0, 3_000.0, 3_000.0, 1040, 260, 240, 130, 65),
    rivals=(Rival(50.0, 9_000.0, 360.0), Rival(50.0, 6_000.0, 240.0)),
    classes=(0,) * len(CLASSES),
    learned=(),
)
"""A small business in its second year."""


def books(**changes: Any) -> Books:
    """The usual books with some entries replaced."""
    return USUAL._replace(**changes)


# -- any books ---------------------------------------------------------------------------------------------------------

MONEY, GAIN = some.floats(0.0, 1e9), some.floats(-1e9, 1e9)
PEOPLE = some.integers(0, 10**7)
VOLUMES = some.builds(Volume, MONEY, GAIN, MONEY)


def periods(most_weeks: int) -> some.SearchStrategy[Period]:
    counts = {name: PEOPLE for name in ("orders", "joined", "left", "contacts", "responses")}
    money = ("revenue", "cost_of_goods", "acquisition_spend", "retention_spend", "commission_income", "fixed_cost")
    flows = {name: MONEY for name in money}
    lived = some.builds(Period, weeks=some.integers(1, most_weeks), **flows, **counts)
    return some.one_of(some.just(NO_TIME), lived)


def divided(parts: list[Any]) -> tuple[Any, ...]:
    """Shares that add to 1, as in all books; or nothing to divide, where everything is paid per customer won."""
    whole = math.fsum(each.share for each in parts)
    return tuple(each._replace(share=each.share / whole if whole > 1e-6 else 0.0) for each in parts)


ANY_BOOKS = some.builds(
    Books,
    week=some.integers(-200, 1000),
    cash=GAIN,
    credit_line=MONEY,
    listed_customers=PEOPLE,
    prospects=PEOPLE,
    volume=VOLUMES,
    opening=VOLUMES,
    since_plan=periods(52),
    year=periods(52),
    rivals=some.lists(some.builds(Rival, MONEY, MONEY, MONEY), max_size=7).map(tuple),
    classes=some.lists(PEOPLE, min_size=len(CLASSES), max_size=len(CLASSES)).map(tuple),
    learned=some.just(()),
    markets=some.lists(some.builds(Region, PEOPLE, some.integers(0, 2), MONEY), max_size=3).map(tuple),
    fixed_cost=MONEY,
    supplies=some.builds(Supplies, MONEY, MONEY, some.floats(0.0, 1.0)),
    price=MONEY,
    unit_cost=MONEY,
    channels=some.lists(some.builds(Reached, some.floats(0.0, 1.0), MONEY, PEOPLE, PEOPLE), max_size=8).map(divided),
    levers=some.lists(some.builds(Used, some.floats(0.0, 1.0), MONEY), min_size=10, max_size=10).map(divided),
)


def as_json(seen: Books) -> str:
    return json.dumps(seen)


def from_json(text: str) -> Books:
    raw = json.loads(text)
    kinds = {"volume": Volume, "opening": Volume, "since_plan": Period, "year": Period}
    plain = dict(zip(Books._fields, raw, strict=True))
    plain |= {name: kind(*plain[name]) for name, kind in kinds.items()}
    rivals = tuple(Rival(*each) for each in plain["rivals"])
    plain |= {"rivals": rivals, "markets": tuple(Region(*each) for each in plain["markets"])}
    plain |= {"channels": tuple(Reached(*each) for each in plain["channels"])}
    plain |= {"levers": tuple(Used(*each) for each in plain["levers"])}
    return Books(**plain | {name: tuple(plain[name]) for name in ("classes", "learned")})


# -- lived -------------------------------------------------------------------------------------------------------------


class Recorder:
    """Asks another strategy and writes down what it was shown and what it answered."""

    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy
        self.plans: list[tuple[Books, Decision]] = []

    def plan(self, seen: Books) -> Decision:
        decision = self.strategy.plan(seen)
        self.plans.append((seen, decision))
        return decision


def followed(strategy: Strategy, world: Scenario, seed: int = 1) -> tuple[Market, list[tuple[Books, Decision]]]:
    """A market whose first business follows a strategy from week 0 on, lived to its end; and its plans."""
    recorder = Recorder(strategy)
    return following(recorder, world, seed).run(), recorder.plans


def following(strategy: Strategy, world: Scenario, seed: int = 1) -> Market:
    """A market whose first business will follow a strategy from week 0 on."""
    market = Market(world, seed)
    first = market.businesses[0]
    first.description = first.description._replace(strategy=strategy)
    return market


def lively(**changes: Any) -> Scenario:
    """A small world with much going on; double underscores stand for dots."""
    plain = {"people.count": 400, "time.weeks": 104, "time.burn_in_weeks": 52}
    return scenario_with(plain | {path.replace("__", "."): value for path, value in changes.items()})


def large(*settings: str) -> Scenario:
    """The base market with so many people, who buy so often, that chance hardly counts."""
    often = "people.need_per_year={gamma: {shape: 1, mean: 30}}"
    return load_scenario("base", ["people.count=20000", "time.burn_in_weeks=104", often, *settings])
