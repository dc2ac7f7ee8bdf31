"""What makes two worlds the same."""

from typing import Any

from sim.scenario.load import load_scenario, scenario_from

TWO: dict[str, Any] = {"schema": 1, "businesses": {"one": {"quality": 0.2}, "two": {"quality": 0.4}}}


def test_a_story_or_a_name_does_not_change_the_identity_of_a_world():
    told = TWO | {"name": "told", "story": {"what_is_it": "A tale."}}
    assert scenario_from(told).hash == scenario_from(TWO).hash


def test_the_order_of_businesses_does_for_it_numbers_them():
    turned = TWO | {"businesses": dict(reversed(TWO["businesses"].items()))}
    assert scenario_from(turned).hash != scenario_from(TWO).hash
    assert scenario_from(turned).history_hash != scenario_from(TWO).history_hash


def test_the_order_in_which_settings_are_written_does_not():
    one = scenario_from(TWO | {"time": {"weeks": 60, "list_weeks": 60}})
    other = scenario_from({"time": {"list_weeks": 60, "weeks": 60}} | TWO)
    assert one.hash == other.hash


def test_plans_after_week_0_change_the_world_but_not_its_history():
    steady, aggressive, base = (load_scenario(name) for name in ("steady", "aggressive", "base"))
    assert len({scenario.hash for scenario in (steady, aggressive, base)}) == 3
    assert len({scenario.history_hash for scenario in (steady, aggressive, base)}) == 1


def test_a_written_default_changes_nothing():
    assert scenario_from(TWO | {"time": {"weeks": 260}}).hash == scenario_from(TWO).hash
    assert scenario_from(TWO | {"time": {"weeks": 261}}).hash != scenario_from(TWO).hash
