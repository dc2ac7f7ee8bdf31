"""What a scenario names as uncertain: checked, varied by advice and studies, and no part of what happens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.experiment.ignorance import at_end, unknown_in
from sim.experiment.study.file import load_study
from sim.scenario.load import load_scenario, scenario_from
from sim.scenario.problems import InputError
from sim.scenario.schema import Scenario

PLAIN = {"schema": 1, "businesses": {"ours": {"price": 40}, "rival": {}}}
CARE = {"path": "businesses.ours.levers.care.strength", "low": 0.01, "high": 0.5, "source": "a guess"}
EVERYBODY = {"path": "businesses.*.levers.care.strength", "low": 0.01, "high": 0.5}
WITH_LEAVING = CARE | {"along": {"leaving": {"path": "people.leaving.beta.b", "at_low": 9.0, "at_high": 5.0}}}


def strengths(scenario: Scenario) -> list[float]:
    """How strong care is, business by business."""
    return [business.levers.care.strength for business in scenario.businesses]


def test_what_is_uncertain_is_no_part_of_the_world_and_is_what_advice_varies() -> None:
    scenario = scenario_from(PLAIN | {"uncertainties": {"care": CARE}})
    assert scenario.hash == scenario_from(PLAIN).hash
    assert scenario.history_hash == scenario_from(PLAIN).history_hash
    (unknown,) = unknown_in(scenario)
    assert (unknown.name, unknown.ends) == ("care", (0.01, 0.5))
    assert strengths(at_end(scenario, unknown.numbers, 1.0)) == [0.5, 0.06]


def test_a_star_is_every_name_that_stands_there() -> None:
    """Also where a number has its default; and only where there is such a thing at all."""
    scenario = scenario_from(PLAIN | {"uncertainties": {"care": EVERYBODY}})
    (unknown,) = unknown_in(scenario)
    assert strengths(at_end(scenario, unknown.numbers, 1.0)) == [0.5, 0.5]
    mix = load_scenario("media_mix", ["uncertainties.strength_of_advertising=0.2"])
    assert [[*firm.channels] for firm in mix.businesses] == [
        [*f.channels] for f in load_scenario("media_mix").businesses
    ]
    assert {firm.channels["advertising"].strength for firm in mix.businesses[1:]} == {0.2}


def test_what_was_estimated_together_moves_along() -> None:
    """On a straight line: what leaving would be without care falls as care is stronger."""
    data = PLAIN | {"people": {"leaving": {"beta": {"a": 0.8, "b": 7.0}}}, "uncertainties": {"care": WITH_LEAVING}}
    (unknown,) = unknown_in(scenario_from(data))
    ends = [at_end(scenario_from(data), unknown.numbers, part) for part in (0.0, 1.0)]
    assert [(strengths(each)[0], each.resolved["people"]["leaving"]["beta"]["b"]) for each in ends] == [
        (0.01, 9.0),
        (0.5, 5.0),
    ]


def test_on_a_scale_of_logarithms_what_goes_up_and_what_goes_down_keep_their_product() -> None:
    """As a channel's strength and its ceiling do, of which a spend far below the ceiling shows only the product."""
    channel = "businesses.ours.channels.search"
    curve = {"path": f"{channel}.strength", "low": 0.5, "high": 8.0, "scale": "log",
             "along": {"ceiling": {"path": f"{channel}.ceiling", "at_low": 0.8, "at_high": 0.05}}}  # fmt: skip
    firm = {"channels": {"search": {"ceiling": 0.2, "strength": 2.0}}}
    scenario = scenario_from({"schema": 1, "businesses": {"ours": firm}, "uncertainties": {"curve": curve}})
    (unknown,) = unknown_in(scenario)
    for part in (0.0, 0.3, 0.5, 1.0):
        search = at_end(scenario, unknown.numbers, part).businesses[0].channels["search"]
        assert search.ceiling * search.strength == pytest.approx(0.4)
    text = "on the scale log low must be above 0"
    with pytest.raises(InputError, match=text):
        scenario_from({"schema": 1, "businesses": {"ours": firm}, "uncertainties": {"curve": curve | {"low": 0.0}}})


def test_a_setting_of_something_uncertain_sets_all_its_numbers(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "schema: 1\nbusinesses: {ours: {}, rival: {}}\npeople: {leaving: {beta: {a: 0.8, b: 7.0}}}\nuncertainties:\n"
        "  care:\n    path: businesses.*.levers.care.strength\n    low: 0.1\n    high: 0.3\n"
        "    along: {leaving: {path: people.leaving.beta.b, at_low: 9, at_high: 5}}\n"
        "  shops: {path: people.count, low: 1000, high: 2001}\n"
    )
    scenario = load_scenario(file, ["uncertainties.care=0.2", "uncertainties.shops=1500"])
    assert strengths(scenario) == [0.2, 0.2]
    assert (scenario.resolved["people"]["leaving"]["beta"]["b"], scenario.people) == (7.0, 1500)
    study = tmp_path / "study.yaml"
    study.write_text(
        "study: 1\nquestion: Which?\nscenarios: mine.yaml\nvary:\n  uncertainties:\n"
        "    uncertainties.care: [0.1, 0.3]\nreplications: 1\noutcomes: {business: ours, metrics: [profit]}\n"
    )
    plan = load_study(str(study)).planned()
    assert [strengths(plan.scenario(point)) for point in plan.points] == [[0.1, 0.1], [0.3, 0.3]]
    with pytest.raises(InputError, match=r"=90: uncertainties.care lies in 0.1..0.3 \(got 90\)"):
        load_scenario(file, ["uncertainties.care=90"])
    with pytest.raises(InputError, match="'car' is a new uncertainty beside 'care'"):
        load_scenario(file, ["uncertainties.car=0.2"])


def test_a_number_that_several_uncertain_things_move_is_moved_by_all_of_them_in_any_order(tmp_path: Path) -> None:
    """A ceiling known up to who comes by itself, and known only with how soon it is reached: both factors count."""
    file = tmp_path / "mine.yaml"
    channel = "businesses.ours.channels.search"
    file.write_text(
        "schema: 1\nbusinesses: {ours: {channels: {search: {ceiling: 0.4, strength: 2}}}}\nuncertainties:\n"
        f"  ceiling: {{path: {channel}.ceiling, low: 0.2, high: 0.8}}\n"
        f"  strength: {{path: {channel}.strength, low: 1, high: 4,\n"
        f"    along: {{ceiling: {{path: {channel}.ceiling, at_low: 0.6, at_high: 0.1}}}}}}\n"
    )
    settings = ["uncertainties.ceiling=0.2", "uncertainties.strength=1"]
    for both in (settings, settings[::-1]):
        search = load_scenario(file, both).businesses[0].channels["search"]
        assert (search.ceiling, search.strength) == (pytest.approx(0.4 * 0.5 * 1.5), 1.0)
    assert load_scenario(file, settings[1:]).businesses[0].channels["search"].ceiling == 0.6
    highest = ["uncertainties.ceiling=0.8", "uncertainties.strength=1"]
    assert load_scenario(file, highest).businesses[0].channels["search"].ceiling == 1.0  # 1.2 would be no chance
    afterwards = [*settings[:1], f"{channel}.ceiling=0.3", settings[1]]
    assert load_scenario(file, afterwards).businesses[0].channels["search"].ceiling == 0.6


def test_a_study_may_vary_several_uncertain_things_that_move_one_number(tmp_path: Path) -> None:
    """As calibrated studies do; what one of its points was moved to is not remembered at the next one."""
    channel = "businesses.ours.channels.search"
    (tmp_path / "mine.yaml").write_text(
        "schema: 1\nbusinesses: {ours: {channels: {search: {ceiling: 0.4, strength: 2}}}}\nuncertainties:\n"
        f"  ceiling: {{path: {channel}.ceiling, low: 0.2, high: 0.8}}\n"
        f"  strength: {{path: {channel}.strength, low: 1, high: 4,\n"
        f"    along: {{ceiling: {{path: {channel}.ceiling, at_low: 0.6, at_high: 0.1}}}}}}\n"
    )
    study = tmp_path / "study.yaml"
    asked = "study: 1\nquestion: Which?\nscenarios: mine.yaml\nreplications: 1\n"
    asked += "outcomes: {business: ours, metrics: [profit]}\nvary:\n  uncertainties:\n"
    ceiling, strength = "uncertainties.ceiling: [0.2, 0.8]", "uncertainties.strength: [1, 4]"
    ways = {
        f"{asked}    {strength}\n    {ceiling}\n": [0.3, 1.0, 0.05, 0.2],
        f"{asked}    {strength}\nset: {{uncertainties.ceiling: 0.2}}\n": [0.3, 0.05],
    }
    for text, ceilings in ways.items():
        study.write_text(text)
        plan = load_study(str(study)).planned()
        lived = [plan.scenario(point) for point in plan.points]
        assert [each.businesses[0].channels["search"].ceiling for each in lived] == pytest.approx(ceilings)
        assert [each.hash for each in lived] == [point.hash for point in plan.points]


@pytest.mark.parametrize(
    ("varied", "said"),
    [
        (
            "    uncertainties.care: [0.1, 0.3]\n    businesses.rival.levers.care.strength: [0.1, 0.2]\n",
            "study.yaml:7:5: businesses.rival.levers.care.strength and uncertainties.care overlap: "
            "both set businesses.rival.levers.care.strength. Keep one of them.",
        ),
        (
            "    people.leaving: [0.1, 0.2]\n    uncertainties.care: [0.1, 0.3]\n",
            "study.yaml:7:5: uncertainties.care and people.leaving overlap: both set people.leaving.beta.b. Keep one",
        ),
        (
            "    uncertainties.care: [0.1, 0.3]\nset: {businesses.ours.levers.care.strength: 0.2}\n",
            "study.yaml:6:5: uncertainties.care and businesses.ours.levers.care.strength overlap: ",
        ),
    ],
)
def test_what_something_uncertain_moves_is_not_varied_or_set_beside_it(varied: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "schema: 1\nbusinesses: {ours: {}, rival: {}}\npeople: {leaving: {beta: {a: 0.8, b: 7.0}}}\nuncertainties:\n"
        "  care:\n    path: businesses.*.levers.care.strength\n    low: 0.1\n    high: 0.3\n"
        "    along: {leaving: {path: people.leaving.beta.b, at_low: 9, at_high: 5}}\n"
    )
    study = tmp_path / "study.yaml"
    study.write_text(
        f"study: 1\nquestion: Which?\nscenarios: mine.yaml\nvary:\n  uncertainties:\n{varied}"
        "replications: 1\noutcomes: {business: ours, metrics: [profit]}\n"
    )
    with pytest.raises(InputError) as caught:
        load_study(str(study))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"path": "businesses.ours.levers.care.strenght"}, "is no number of this scenario. Did you mean 'strength'?"),
        ({"path": "businesses.*.lever.care.strength"}, "is no number of this scenario. Did you mean 'levers'?"),
        ({"path": "businesses.ours.levers"}, "is no number of this scenario"),
        ({"path": "story.what_is_it"}, "is no number of this scenario"),
        ({"low": 0.6}, "low must not be above high (got 0.6 and 0.5)"),
        (
            {"along": {"b": {"path": "people.leaving.beta.c", "at_low": 1, "at_high": 2}}},
            "uncertainties.care.along.b.path: 'people.leaving.beta.c' is no number of this scenario",
        ),
        (
            {"along": {"b": {"path": "businesses.*.levers.care.strength", "at_low": 1, "at_high": 2}}},
            "businesses.ours.levers.care.strength moves twice. Name it once.",
        ),
    ],
)
def test_an_uncertainty_must_point_at_numbers_and_have_its_ends_in_order(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        scenario_from(PLAIN | {"uncertainties": {"care": CARE | changes}})
    assert said in str(caught.value)


def test_a_wrong_path_is_told_where_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "schema: 1\nbusinesses: {ours: {}}\nuncertainties:\n  care:\n"
        "    path: businesses.*.levers.care.strenght\n    low: 0.1\n    high: 0.3\n"
    )
    with pytest.raises(InputError, match=r"mine.yaml:5:11: .*Did you mean 'strength'"):
        load_scenario(file)
