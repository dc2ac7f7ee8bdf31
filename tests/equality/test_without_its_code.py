"""Off is off: a mechanism that is switched off does what a model does that never had it, to the bit."""

from __future__ import annotations

import pytest

from tests.equality.test_clocks import interpreted
from tests.every_mechanism import MECHANISMS
from tests.small_worlds import lived
from tests.without_its_code import BUGS, WITHOUT, what_happened

SMALL = {"people.count": 47, "time.weeks": 32, "time.burn_in_weeks": 8}
"""Interpreted weeks are long."""


def happened(models: str) -> dict[str, str]:
    """By mechanism, what happens where it is on, in interpreted models without its code."""
    return interpreted(f"""if True:
        import json
        from tests import without_its_code
        print(json.dumps(without_its_code.lived_with(without_its_code.{models}, {SMALL})))
    """)


@pytest.fixture(scope="module")
def without() -> dict[str, str]:
    return happened("WITHOUT")


@pytest.fixture(scope="module")
def with_bugs() -> dict[str, str]:
    return happened("BUGS")


def switched_off(name: str) -> str:
    """What happens in the model as it is."""
    return what_happened(lived(SMALL | MECHANISMS[name].on | MECHANISMS[name].off[-1]))


@pytest.mark.parametrize("name", WITHOUT)
def test_switched_off_is_as_if_it_had_never_been_written(name: str, without: dict[str, str]) -> None:
    assert without[name] == switched_off(name)


@pytest.mark.parametrize("name", WITHOUT)
def test_a_switch_that_nobody_hears_would_be_seen(name: str, without: dict[str, str]) -> None:
    assert without[name] != what_happened(lived(SMALL | MECHANISMS[name].on))


@pytest.mark.parametrize("name", BUGS)
def test_a_switch_that_leaves_something_would_be_seen(name: str, with_bugs: dict[str, str]) -> None:
    assert with_bugs[name] != switched_off(name)
