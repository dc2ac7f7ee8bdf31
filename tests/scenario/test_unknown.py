"""What a scenario names as uncertain: checked, varied by advice, and no part of what happens."""

from __future__ import annotations

import pytest

from sim.experiment.ignorance import unknown_in, with_number
from sim.scenario.load import scenario_from
from sim.scenario.problems import InputError

PLAIN = {"schema": 1, "businesses": {"ours": {"price": 40}}}
CARE = {"path": "businesses.ours.levers.care.strength", "low": 0.01, "high": 0.5, "source": "a guess"}


def test_what_is_uncertain_is_no_part_of_the_world_and_is_what_advice_varies() -> None:
    scenario = scenario_from(PLAIN | {"uncertainties": {"care": CARE}})
    assert scenario.hash == scenario_from(PLAIN).hash
    assert scenario.history_hash == scenario_from(PLAIN).history_hash
    (unknown,) = unknown_in(scenario)
    assert (unknown.name, unknown.ends) == ("care", (0.01, 0.5))
    assert with_number(scenario, unknown.paths, 0.5).businesses[0].levers.care.strength == 0.5


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"path": "businesses.ours.levers.care.strenght"}, "is no number of this scenario. Did you mean 'strength'?"),
        ({"path": "businesses.ours.levers"}, "is no number of this scenario"),
        ({"path": "story.what_is_it"}, "is no number of this scenario"),
        ({"low": 0.6}, "low must not be above high (got 0.6 and 0.5)"),
    ],
)
def test_an_uncertainty_must_point_at_a_number_and_have_its_ends_in_order(
    changes: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError) as caught:
        scenario_from(PLAIN | {"uncertainties": {"care": CARE | changes}})
    assert said in str(caught.value)
