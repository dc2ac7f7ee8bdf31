"""Off is off, to the bit, for every mechanism: not there, there at neutral strength, or with its other numbers wild."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import pytest
from hypothesis import strategies as some

from sim.model.business import Business
from sim.state.offers import Offers
from sim.units import share
from tests import every_mechanism
from tests.any_scenario import Data, any_world
from tests.every_mechanism import BARE, MECHANISMS, READ_ONLY, owned
from tests.small_worlds import LIVELY, lived, scenario_with
from tests.without_its_code import WITHOUT


def ways_to_do_without(name: str) -> list[dict[str, Any]]:
    """All that must be one world."""
    mechanism = MECHANISMS[name]
    ways = [mechanism.given | way for way in mechanism.off]
    return [*ways, *([ways[-1] | mechanism.idle] if mechanism.idle else [])]


def scenarios_without(name: str) -> int:
    """How many scenarios there are among these ways, once defaults are filled in."""
    resolved = [scenario_with(way).resolved for way in ways_to_do_without(name)]
    return sum(one not in resolved[:at] for at, one in enumerate(resolved))


COMPARED = [name for name in MECHANISMS if scenarios_without(name) > 1]
"""Those that can be off in more than one way: of one way alone, one world would be compared with itself."""


def is_one_world(name: str, world: Data, seed: int) -> bool:
    return len({lived(way, seed, world).result_hash() for way in ways_to_do_without(name)}) == 1


@pytest.mark.parametrize("name", COMPARED)
def test_off_is_off_in_the_liveliest_world(name: str) -> None:
    assert is_one_world(name, LIVELY, 1)


@any_world(60, name=some.sampled_from(COMPARED))
def test_off_is_off_in_any_world(world: Data, seed: int, name: str) -> None:
    assert is_one_world(name, world, seed)


@pytest.mark.slow
@pytest.mark.parametrize("name", COMPARED)
def test_off_is_off_in_many_worlds(name: str) -> None:
    @any_world(30)
    def check(world: Data, seed: int) -> None:
        assert is_one_world(name, world, seed)

    check()


def test_what_has_one_way_to_be_off_is_compared_with_a_model_without_it() -> None:
    assert {*MECHANISMS} - {*COMPARED} == {*WITHOUT}


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_mechanism_that_is_on_is_not_off(name: str) -> None:
    """Else off would prove nothing: on, it makes another world, and so does each number that is idle while off."""
    mechanism = MECHANISMS[name]
    on = lived(mechanism.on).result_hash()
    assert lived(mechanism.on | mechanism.off[-1]).result_hash() != on
    without_effect = [
        path for path, value in mechanism.idle.items() if lived(mechanism.on | {path: value}).result_hash() == on
    ]
    assert without_effect == []


@any_world(20)
def test_what_is_only_measured_changes_nobodys_life(world: Data, seed: int) -> None:
    assert lived(READ_ONLY, seed, world).result_hash() == lived({}, seed, world).result_hash()


def homeless() -> set[str]:
    """Parameters that belong nowhere."""
    return set(every_mechanism.parameters()) - owned() - BARE - set(READ_ONLY)


def test_every_parameter_belongs_to_a_mechanism_or_to_the_bare_market() -> None:
    assert homeless() == set()
    assert (BARE | set(READ_ONLY)) <= set(every_mechanism.parameters())


def test_nothing_belongs_to_the_bare_market_that_can_be_switched_off() -> None:
    assert owned() & (BARE | set(READ_ONLY)) == set()


class Novelty(NamedTuple):
    """A mechanism of which nobody has said how to switch it off."""

    strength: Annotated[float, share("of something new", "design")] = 0.0


def test_a_new_mechanism_is_demanded_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(every_mechanism, "Backers", Novelty)
    assert homeless() == {"businesses.*.backers.strength"}


def promotions_that_cost_a_little(business: Business, offers: Offers) -> None:
    if business.description.promotions:
        offers.price_ratio[business.slot] *= 1.01


def gifts_of_money_alone(business: Business, offers: Offers) -> None:
    if business.description.levers.loyalty_scheme.ceiling == 0.0:
        offers.scheme_bonus[business.slot] = 0.1


@pytest.mark.parametrize(
    ("name", "leak"), [("promotions", promotions_that_cost_a_little), ("scheme of no effect", gifts_of_money_alone)]
)
def test_a_mechanism_that_leaks_while_it_is_off_would_be_seen(
    name: str, leak: Callable[[Business, Offers], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = Business.offer

    def offer_and_leak(self: Business, offers: Offers) -> None:
        offer(self, offers)
        leak(self, offers)

    monkeypatch.setattr(Business, "offer", offer_and_leak)
    assert not is_one_world(name, LIVELY, 1)
