"""Mechanisms with one way only to be off, taken out of the interpreted model itself.

Their ways of being off resolve to one scenario, so there is nothing in the compiled model to compare it with. Here the
code of each is replaced by what a model would do that had never heard of it; such a model needs no switch.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest import mock

from sim.model.luck import ADMITTED, FROM_MEDIA
from sim.model.market import Market
from sim.model.world import World
from sim.rules.arithmetic import INFINITY, log
from sim.rules.memory import AWARE, LAPSED, NEVER
from sim.state import births
from sim.state.draws import Purpose
from tests.every_mechanism import MECHANISMS
from tests.small_worlds import lived

Replacement = Callable[..., Any]


class Cut(NamedTuple):
    """A function of a module, and how it is made over."""

    place: str
    made_over: Callable[[Replacement], Replacement]


def instead(place: str, function: Replacement) -> Cut:
    """Another function in this place."""
    return Cut(place, lambda before: function)


def and_then(place: str, function: Replacement) -> Cut:
    """The function as it was; then this one is called on the same arguments, and its answer counts."""

    def made_over(before: Replacement) -> Replacement:
        def both(*arguments: Any) -> Any:
            before(*arguments)
            return function(*arguments)

        return both

    return Cut(place, made_over)


def at_birth(column: str, value: Callable[..., float]) -> list[Cut]:
    """Everybody is born with this value, those who move in too."""

    def change(row: int, customers: Any, traits: Any, friends: Any, moment: Any) -> None:
        getattr(customers, column)[row] = value(row, customers, traits, moment)

    return [and_then(f"{module}.be_born", change) for module in ("sim.state.births", "sim.model.moving")]


def never_over(relation: int) -> Cut:
    """No such relation ends because its time has come."""

    def made_over(fade: Replacement) -> Replacement:
        def for_ever(row: int, world: World) -> None:
            world.customers.due_tick[row][world.customers.relation[row] == relation] = NEVER
            fade(row, world)

        return for_ever

    return Cut("sim.model.week.fade", made_over)


def mean_of_the_segment(row: int, customers: Any, traits: Any, moment: Any) -> float:
    segment = int(customers.segment[row])
    return births._drawn(traits.mean_order_value, segment, moment, row, (int(Purpose.SPENDING), 1))


def no_offer_by(before: Replacement) -> Replacement:
    """Media remind, but make no occasion; reminders have a chance of their own."""

    def remind(row: int, j: int, way: int, makes_occasion: float, world: World) -> int:
        return before(row, j, way, 0.0 if way == FROM_MEDIA else makes_occasion, world)

    return remind


def nobody_admitted(before: Replacement) -> Replacement:
    def words(*address: Any) -> Any:
        return tuple(2**32 if at == ADMITTED else word for at, word in enumerate(before(*address)))

    return words


def programmes_that_cost_nothing(before: Replacement) -> Replacement:
    def made(*arguments: Any) -> Any:
        group = before(*arguments)
        group.fixed = [0] * len(group.fixed)
        return group

    return made


PULL, HARM = "sim.model.buying.pull_of_my_supplier", "sim.model.buying.harm_of_failure"
WITHOUT: dict[str, list[Cut]] = {
    "turnover": at_birth("moves_tick", lambda *_: NEVER),
    "customers at the beginning": [instead("sim.state.births.seat_customers", lambda *_: None)],
    "needs": [instead("sim.model.week.needs_this_week", lambda rate, word: 0)],
    "choosing nothing": at_birth("affinity_for_nothing", lambda *_: -INFINITY),
    "offers": [
        and_then("sim.model.meeting.meet", lambda *_: 0),
        Cut("sim.model.meeting.be_reminded", no_offer_by),
    ],
    "loyalty": [instead(PULL, lambda feels, last, bonus, rules: (rules.habit if last else 0.0) + bonus)],
    "habit": [instead(PULL, lambda feels, last, bonus, rules: rules.loyalty * feels + bonus)],
    "price sensitivity": [instead("sim.model.buying.price_effect", lambda *_: 0.0)],
    "moving reference price": [instead("sim.model.buying.expected_price_after", lambda before, *_: before)],
    "forgetting names": [never_over(AWARE)],
    "fading": [never_over(LAPSED)],
    "winning back": [Cut("sim.model.luck.of_meeting", nobody_admitted)],
    "softening": [
        instead(HARM, lambda loss, orders, complaints, rules: loss * (1.0 + rules.sharpened_by_complaints * complaints))
    ],
    "sharpening": [
        instead(
            HARM, lambda loss, orders, complaints, rules: loss / (1.0 + rules.softened_by_orders * log(1.0 + orders))
        )
    ],
    "homophily": [instead("sim.state.births.taste_among_friends", lambda own, *_: own)],
    "spread of orders": [instead("sim.model.luck.of_order_size", lambda *_: 1.0)],
    "spread of people's orders": at_birth("mean_order_value", mean_of_the_segment),
    "media that remind": [instead("sim.model.presence.contact_of_customers", lambda *_: 0.0)],
    "fixed cost": [instead("sim.model.business.weekly_part", lambda per_year, tick: 0)],
    "fixed costs of programmes": [
        Cut(f"sim.model.business.{group}_of", programmes_that_cost_nothing) for group in ("channels", "levers")
    ],
    "least buys": [instead("sim.model.programmes.is_run", lambda part, fixed, least: part > fixed)],
    "insolvency": [instead("sim.model.business.is_insolvent", lambda cash, credit_line: False)],
}
"""What a model does that has never heard of a mechanism."""
BUGS: dict[str, list[Cut]] = {
    "turnover": at_birth("moves_tick", lambda *_: 30),
    "loyalty": [instead(PULL, lambda feels, last, bonus, rules: 0.1 * feels + (rules.habit if last else 0.0) + bonus)],
    "moving reference price": [
        instead("sim.model.buying.expected_price_after", lambda before, paid, speed: before + 0.1 * (paid - before))
    ],
    "fading": [never_over(AWARE)],
    "homophily": [instead("sim.state.births.taste_among_friends", lambda own, *_: 0.9 * own)],
}
"""Models in which something of a mechanism is left that was taken out, or another one is missing."""


@contextmanager
def cut(cuts: list[Cut]) -> Iterator[None]:
    """A model made over, for a while. Only interpreted code notices."""
    if not cuts:
        yield
        return
    place, made_over = cuts[0]
    module, name = place.rsplit(".", 1)
    before = getattr(importlib.import_module(module), name)
    with mock.patch(place, made_over(before)), cut(cuts[1:]):
        yield


def what_happened(market: Market) -> str:
    """Every week of every business, hashed; what people are born with may differ where nobody looks at it."""
    return hashlib.sha256(market.history.tobytes() + market.programmes.tobytes()).hexdigest()


def lived_with(cuts: dict[str, list[Cut]], small: dict[str, Any]) -> dict[str, str]:
    """By mechanism, what happens where it is on, in a model that is made over like this."""
    happened = {}
    for name, made_over in cuts.items():
        with cut(made_over):
            happened[name] = what_happened(lived(small | MECHANISMS[name].on))
    return happened
