"""Any scenario: whole worlds drawn at random as plain data, their extremes well in sight.

``scenarios()`` is read off the declarations of the parameters themselves, so a parameter that is added to a rule, a
lever or a business is drawn from the next run on, whether or not anybody thinks of it here. Every parameter is

- left out half of the time: its default, which for most mechanisms means off; unless
- it has values at which much happens in a small world (``USUAL``): these then, half of the time;
- otherwise somewhere in its plausible range, or at its extremes: the ends of its declared bounds, or of what a small
  world can bear (``BEARABLE``).

Worlds are small, at most 60 people and mostly at most 30 weeks, so that hundreds live in the time it takes to read
this page. What fits together only in some ways (shares that add to one, the two ends of a goal) is made to fit. The
years before week 0 are shorter than a file may say. A minimal example is a minimal scenario, in a plain dictionary
that can be printed, stored and shrunk.

``any_world(examples)`` gives a test ``world`` and ``seed``: the same examples every time, and no deadline, for the
first of them compiles the week.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_type_hints

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from hypothesis.strategies import SearchStrategy

from sim.rules.acquisition import KIND_NAMES, PAID_PER_CUSTOMER, Channel
from sim.rules.backers import Backers
from sim.rules.events import EVENTS
from sim.rules.people import Distribution, Person
from sim.rules.prices import Promotion
from sim.rules.retention import Levers
from sim.rules.supply import Supply
from sim.rules.word_of_mouth import NETWORKS
from sim.scenario.schema import MOST_BUSINESSES, Currency, Offering, Presence, Rules, Territory, Time
from sim.strategies.registry import STRATEGIES
from sim.units import Parameter, is_record, parameters_of, record_by_name
from tests.small_worlds import LEFT_OUT

Data = dict[str, Any]

BEARABLE: dict[str, tuple[float, float]] = {
    "factor": (0.0, 20.0),
    "money": (0.01, 1e7),
    "weeks": (0, 60),
    "count": (0, 100),
}
"""Ends of what is drawn, by unit, where the declared bounds are those of any market."""

USUAL: dict[str, list[Any]] = {
    "time.burn_in_weeks": [0, 6],
    "people.need_per_year": [{"gamma": {"shape": 1.0, "mean": 40.0}}, 60.0],
    "people.leaving": [{"beta": {"a": 1.0, "b": 6.0}}, 0.2],
    "people.further_lines": [0.3, {"beta": {"a": 1.0, "b": 2.0}}],
    "people.taste": [{"beta": {"a": 0.5, "b": 0.5}}, 0.2],
    "rules.choice.fit": [8.0],
    "rules.choice.reference_moves": [0.3],
    "rules.journey.remorse": [0.4],
    "rules.journey.first_weeks_effect": [0.5],
    "rules.journey.adopted_orders": [2],
    "rules.journey.dormant_weeks": [3],
    "rules.complaints.complains": [0.7, 1.0],
    "rules.complaints.effect_on_leaving": [3.0],
    "rules.complaints.softened_by_orders": [0.4],
    "rules.complaints.sharpened_by_complaints": [0.5],
    "rules.defection.satisfaction_effect": [-1.5],
    "rules.trust.homophily": [0.4],
    "rules.trust.friend_effect": [-0.5],
    "rules.population.turnover": [0.02, 0.0],
    "rules.acquisition.offer_makes_occasion": [0.3],
    "rules.memory.name_forgotten": [0.02],
    "rules.memory.forgotten_weeks": [8, 4, 8, 30_000],
    "rules.memory.departure_fades": [0.2],
    "rules.memory.win_back": [0.6],
    "channels.ceiling": [0.2],
    "channels.strength": [1.0],
    "channels.reminds_customers": [0.5],
    "channels.chance": [0.5],
    "channels.commission": [4.0],
    "businesses.known": [0.5, 1.0],
    "businesses.customers": [LEFT_OUT, 0, 9],
    "businesses.failure_rate": [0.3],
    "businesses.lines": [3],
    "businesses.cash": [10_000.0],
    "promotions.every_weeks": [1, 5, 13],
    "promotions.for_weeks": [1, 2, 30],
    "levers.reminders.ceiling": [0.3],
    "levers.win_back.ceiling": [0.3],
    "levers.service.slow_days": [20.0],
    "levers.referral.gain": [3.0],
    "levers.referral.reward": [4.0],
    "strategy.spend_share": [0.2],
    "strategy.spend_per_year": [6_000.0, 1e8],
    "strategy.acquisition_share": [0.5],
    "network.talk_per_friend": [0.05],
    "network.listening": [0.3],
}
"""What keeps a small world lively; drawn half of the time."""

WHOLLY: dict[str, list[Any]] = {
    "time.weeks": [30, 12, 1, 2, 75],
    "time.planning_weeks": [4, 1],
    "time.list_weeks": [52, 30_000],
    "currency.decimals": [2, 0, 4],
    "people.need_per_year": [{"gamma": {"shape": 1.0, "mean": 40.0}}, 60.0, 0.0, 365.0],
    "people.mean_order_value": [50.0, 50.0, {"gamma": {"shape": 2.0, "mean": 50.0}}, 0.0, 1e5],
    "rules.need.renewal_weeks": [4, 1, 52],
    "rules.defection.first_order_at_risk": [1, 2, 100],
    "rules.value.person_shape": [3.74, 0.0, 1.5],
    "rules.value.order_shape": [6.25, 0.0, 1.0, 0.05],
    "businesses.affinity": [0.5, 0.03, 3.0],
    "businesses.price": [50.0, 45.0, 48.0, 0.01, 1000.0],
    "businesses.opens_week": [0, 0, 0, 0, 5, 20],
    "businesses.closes_week": [30_000, 30_000, 30_000, 8, 25],
    "presence.enters_week": [3, 0, 12, 30_000],
    "backers.people": [0, 0, 2, 100],
    "supply.season_weeks": [0, 4, 13],
    "supply.lead_weeks": [1, 4, 0, 20],
    "supply.early_unit_cost": [25.0, 0.01, 200.0],
    "supply.late_unit_cost": [0.0, 30.0, 200.0],
    "events.week": [3, 0, -2, 20],
    "events.for_weeks": [30_000, 1, 5],
    "events.need": [1.2, 0.5, 2.0],
    "network.degree": [4, 0, 2, 8],
    "network.size": [5, 1, 1000],
}
"""All that is drawn of these: other values would be refused, last too long, or be the death of every world."""

# -- one parameter -----------------------------------------------------------------------------------------------------


def choices(parameter: Parameter, path: str, differs: bool) -> list[Any]:
    """What may stand at a place of a scenario, the simplest first; more than once what is to be drawn more often.

    Parameters
    ----------
    path : of the parameter, as the tables above write it
    differs : may it be a distribution over people?
    """
    number = int if parameter.whole else float
    if path in WHOLLY:
        values = WHOLLY[path]
        return [v if isinstance(v, dict) else number(v) for v in values if not _is_refused(v, parameter)]
    rest = list(parameter.options) or _numbers(parameter)
    if differs:
        rest += _distributions(parameter)
    first = USUAL.get(path, [LEFT_OUT])
    return first * max(len(rest) // len(first), 1) + rest


def _is_refused(value: Any, parameter: Parameter) -> bool:
    return not isinstance(value, dict) and not parameter.low <= value <= parameter.high


def _numbers(parameter: Parameter) -> list[float]:
    """Five numbers from the plausible range, and the extremes."""
    number = int if parameter.whole else float
    low, high = BEARABLE.get(parameter.unit, (parameter.low, parameter.high))
    ends = [max(low, parameter.low), min(high, parameter.high)]
    if parameter.low == 0.0 and parameter.unit == "money":
        ends.insert(0, 0.0)
    least, most = parameter.sweep or (ends[0], min(ends[-1], 100.0))
    between = [least + (most - least) * part for part in (0.0, 0.13, 0.41, 0.77, 1.0)]
    return [number(value) for value in (*between, *ends)]


def _distributions(parameter: Parameter) -> list[Data]:
    """One of each kind that keeps to the bounds of every person."""
    least, most = parameter.sweep or (0.0, 1.0)
    kinds: list[Data] = [{"uniform": {"low": least, "high": most}}]
    if parameter.high == 1.0:
        kinds += [{"beta": {"a": 0.05, "b": 0.3}}, {"beta": {"a": 2.0, "b": 8.0}}]
    elif parameter.low >= 0.0:
        kinds += [{"gamma": {"shape": 0.05, "mean": most}}, {"gamma": {"shape": 8.0, "mean": least}}]
    else:
        kinds += [{"normal": {"mean": 0.0, "sd": 0.4}}, {"normal": {"mean": 1.0, "sd": 3.0}}]
    return kinds


# -- groups of parameters ----------------------------------------------------------------------------------------------

Group = dict[str, Any]
"""By name a strategy for each parameter of a record, or another group."""


def group(record: type, path: str, without: tuple[str, ...] = ()) -> Group:
    """What may stand at each place of a record.

    Parameters
    ----------
    without : parameters that somebody else sees to
    """
    hints = get_type_hints(record)
    found: Group = {name: group(hint, f"{path}.{name}") for name, hint in hints.items() if is_record(hint)}
    for name, hint in hints.items():
        if inner := record_by_name(hint):
            found[name] = {called: group(inner, path) for called in ("one", "other")}
    for name, parameter, _ in parameters_of(record):
        if name not in without:
            found[name] = some.sampled_from(choices(parameter, f"{path}.{name}", hints[name] == Distribution))
    return found


def drawn(draw: Callable[..., Any], wanted: Group) -> Data:
    """One scenario's part of a group."""
    found = {name: drawn(draw, part) if isinstance(part, dict) else draw(part) for name, part in wanted.items()}
    return {name: value for name, value in found.items() if value is not LEFT_OUT}


def kinds(records: dict[str, Any], path: str) -> dict[str, Group]:
    """A group for each kind of which a scenario names one."""
    classes = {name: kind if isinstance(kind, type) else type(kind) for name, kind in records.items()}
    return {name: group(record, path) for name, record in classes.items()}


def one(draw: Callable[..., Any], of: dict[str, Group]) -> Data:
    """One of several kinds, as a scenario writes it."""
    name = draw(some.sampled_from(list(of)))
    return {name: drawn(draw, of[name])}


def parts(draw: Callable[..., Any], names: list[str]) -> dict[str, float]:
    """Shares that add to one, zeros among them."""
    weights = [draw(some.sampled_from([1, 0, 3])) for _ in names]
    whole = sum(weights)
    shares = [weight / whole for weight in weights] if whole else [1.0] + [0.0] * (len(names) - 1)
    return dict(zip(names, shares, strict=True))


GROUPS = {
    "time": group(Time, "time"),
    "currency": group(Currency, "currency"),
    "rules": group(Rules, "rules"),
}
PEOPLE = group(Person, "people")
SEGMENT = {name: some.just(LEFT_OUT) | strategy for name, strategy in PEOPLE.items()}
OFFERING = group(Offering, "businesses")
CHANNEL = group(Channel, "channels", without=("budget_share", "kind", "chance", "commission"))
PER_CUSTOMER = group(Channel, "channels", without=("budget_share", "kind"))
KINDS = [name for at, name in enumerate(KIND_NAMES) if at not in PAID_PER_CUSTOMER]
TERRITORY, PRESENCE = group(Territory, "markets"), group(Presence, "presence")
LEVERS = {
    name: group(type(lever), f"levers.{name}", without=("budget_share",))
    for name, lever in Levers._field_defaults.items()
}
PROMOTION, BACKERS = group(Promotion, "promotions"), group(Backers, "backers")
SUPPLY, EVENT_KINDS = group(Supply, "supply"), kinds(EVENTS, "events")
PLANS, NETWORK_KINDS = kinds(STRATEGIES, "strategy"), kinds(NETWORKS, "network")


TIMES_LISTED = some.sampled_from([1.0, 0.0, 0.5, 2.0, 0.11, 9.9])
"""What a step asks, as a multiple of the listed price."""


def plan(draw: Callable[..., Any], listed: float) -> Data:
    """A strategy; the ends of a growth goal in order, no two steps in one week, and prices near the listed one."""
    ((kind, values),) = one(draw, PLANS).items()
    if steps := values.get("steps"):
        steps["other"]["from_week"] = steps["one"].get("from_week", 0) + draw(some.sampled_from([4, 1, 20]))
        for step in steps.values():
            step |= {key: listed * draw(TIMES_LISTED) for key in ("price_new", "price_old") if key in step}
    if {"low", "high"} & values.keys():
        values["low"], values["high"] = sorted((values.get("low", 0.1), values.get("high", 0.2)))
    return {kind: values}


def channels_of(draw: Callable[..., Any], others: list[str], segments: list[str]) -> Data:
    """Channels of all kinds, some of which reach one segment better than another; perhaps affiliates or a partner."""
    names = draw(some.sampled_from([["ads"], ["ads", "mail"], ["ads", "mail", "fair"]]))
    found = {
        name: drawn(draw, CHANNEL) | {"budget_share": part, "kind": draw(some.sampled_from(KINDS))}
        for name, part in parts(draw, names).items()
    }
    if draw(some.booleans()):
        found["agents"] = drawn(draw, PER_CUSTOMER) | {"kind": "affiliate", "budget_share": 0.0}
    if others and draw(some.booleans()):
        of = draw(some.sampled_from(others))
        found["ally"] = drawn(draw, PER_CUSTOMER) | {"kind": "partner", "budget_share": 0.0, "of": of}
    for channel in found.values():
        told = [name for name in segments if draw(some.booleans())]  # of the others its kind says it
        channel["reaches"] = {name: draw(some.sampled_from([1.0, 0.0, 5.0, 100.0])) for name in told}
    return found


def presences(draw: Callable[..., Any], markets: list[str]) -> Data:
    """Where a business is: everywhere, or at home in one market and perhaps in others later."""
    if not markets or draw(some.booleans()):
        return {}
    home = draw(some.sampled_from(markets))
    later = {name: drawn(draw, PRESENCE) for name in markets if name != home and draw(some.booleans())}
    return {home: {}, **later}


def business(draw: Callable[..., Any], others: list[str], segments: list[str], markets: list[str]) -> Data:
    """A business with channels, levers, promotions, backers and plans; most levers are in use, or a few, or one."""
    offering = drawn(draw, OFFERING)
    if offering.get("closes_week", 30_000) <= offering.get("opens_week", 0):
        del offering["closes_week"]
    if offering.get("opens_week", 0):
        offering.pop("customers", None)
    price = offering.get("price", Offering().price)
    levers = draw(some.sampled_from([list(LEVERS)] * 4 + [[name] for name in LEVERS]))
    promotions = draw(some.sampled_from([[], ["sale"], ["sale", "welcome"]]))
    return {
        **offering,
        "markets": presences(draw, markets),
        "channels": channels_of(draw, others, segments),
        "levers": {
            name: drawn(draw, LEVERS[name]) | {"budget_share": part}
            for name, part in ({"care": 0.0} | parts(draw, levers)).items()
        },
        "promotions": {name: drawn(draw, PROMOTION) for name in promotions},
        "backers": drawn(draw, BACKERS),
        "supply": drawn(draw, SUPPLY),
        "status_quo": plan(draw, price),
        "strategy": plan(draw, price),
    }


def event(draw: Callable[..., Any], businesses: list[str]) -> Data:
    """Something that happens to everybody, or to one business."""
    ((kind, values),) = one(draw, EVENT_KINDS).items()
    if "business" in EVENTS[kind]._fields and draw(some.booleans()):
        values["business"] = draw(some.sampled_from(businesses))
    return {kind: values}


# -- the whole ---------------------------------------------------------------------------------------------------------


@some.composite
def scenarios(draw: Any, most_people: int = 60, most_businesses: int = MOST_BUSINESSES) -> Data:
    """A whole scenario as plain data, with every mechanism of the model perhaps in play.

    Parameters
    ----------
    most_people, most_businesses : how large a world may be; interpreted code wants smaller ones
    """
    firms = min(draw(some.sampled_from([2, 1, 3, 3, MOST_BUSINESSES])), most_businesses)
    groups = {name: drawn(draw, wanted) for name, wanted in GROUPS.items()}
    people = drawn(draw, PEOPLE) | {
        "count": draw(some.sampled_from([most_people, most_people // 2, 1, 2])),
        "represents": draw(some.sampled_from([1, 1, 7])),
    }
    segments, markets = [], []
    if draw(some.booleans()):
        segments = ["few", "most"]
        markets = draw(some.sampled_from([[], ["north", "south"]]))
        people["segments"] = {
            name: drawn(draw, SEGMENT) | {"share": part} | ({"market": markets[at]} if markets else {})
            for at, (name, part) in enumerate({"few": 0.25, "most": 0.75}.items())
        }
    names = list("abcdefgh"[:firms])
    return {
        "schema": 1,
        **groups,
        "markets": {name: drawn(draw, TERRITORY) for name in markets},
        "people": people,
        "network": one(draw, NETWORK_KINDS),
        "businesses": {
            name: business(draw, [other for other in names if other != name], segments, markets) for name in names
        },
        "events": {name: event(draw, names) for name in draw(some.sampled_from([[], ["one"], ["one", "two"]]))},
    }


SEEDS: SearchStrategy[int] = some.integers(0, 2**64 - 1)
HURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
"""A scenario is a lot of data, and the first one has to wait for the compiler."""


def any_world(
    examples: int, of: SearchStrategy[Data] | None = None, **more: SearchStrategy[Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Call a test with ``world`` and ``seed``, the same ones every time.

    Parameters
    ----------
    examples : how many worlds
    of : ``scenarios`` of another size
    more : whatever else the test wants to be drawn
    """
    wanted: dict[str, SearchStrategy[Any]] = {"world": scenarios() if of is None else of, "seed": SEEDS, **more}

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        always = settings(max_examples=examples, derandomize=True, deadline=None, suppress_health_check=HURRIED)
        return always(given(**wanted)(test))

    return decorate
