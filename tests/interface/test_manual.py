"""The manual is read off the code: nothing in it can be behind."""

import inspect

import pytest
from rich.console import Console

from sim.interface import cli
from sim.interface.manual import glossary, manual
from sim.interface.terminal.tables import table
from sim.model.market import Market
from sim.model.metrics import METRICS
from sim.rules.compile import RULES
from sim.scenario.catalogue import catalogue
from sim.units import Parameter


def test_the_week_has_the_phases_that_the_market_documents() -> None:
    phases = manual.week()["phases"]
    assert [each["phase"] for each in phases] == ["events", "plan", "offer", "listen", "decide", "close"]
    documented = inspect.getdoc(Market.step) or ""
    assert all(f"{each['phase']:<6}  {each['what']}" in documented for each in phases)


def test_a_persons_week_is_told_in_the_order_in_which_the_code_calls() -> None:
    steps = [each["step"] for each in manual.week()["steps"]]
    assert steps == [
        "move away",
        "fade",
        "hear story",
        "meet contacts",
        "go shopping",
        "tell",
    ]
    assert all(each["what"] for each in manual.week()["steps"])


def test_every_rule_of_the_model_is_printed_under_its_module() -> None:
    printed = {(module["module"], rule["rule"]) for module in manual.rules() for rule in module["rules"]}
    assert printed == {(rule.__module__.rpartition(".")[2], rule.__name__) for rule in RULES if in_package(rule)}
    assert len(printed) > 20


def in_package(rule: object) -> bool:
    return getattr(rule, "__module__", "").startswith("sim.rules.")


def test_a_rule_shows_what_goes_in_and_where_it_comes_from() -> None:
    (module,) = manual.rules("defection")
    (rule,) = (each for each in module["rules"] if each["rule"] == "leaving_probability")
    assert rule["from"] == ["inborn", "effect", "kept share"]
    assert rule["source"].startswith("Inborn chances ~ Beta: Fader, Hardie & Lee (2005).")
    assert "Check" not in rule["source"]


@pytest.mark.parametrize("width", [80, 120])
def test_every_parameter_of_the_catalogue_is_printed_with_its_unit(width: int) -> None:
    console = Console(width=width, record=True, file=open_nowhere())
    console.print(glossary.show_parameters(glossary.parameters()))
    text = console.export_text()
    for entry in catalogue():
        assert entry.path.rpartition(".")[2] in text
        assert entry.unit.split()[0] in text
    assert len(glossary.parameters("rules.")) < len(glossary.parameters()) == len(catalogue())


def open_nowhere() -> object:
    import io

    return io.StringIO()


def test_a_bound_beyond_any_market_is_not_printed() -> None:
    assert glossary.bounds(Parameter("count", "people", "A", 1, 2e9, whole=True)) == "at least 1"
    assert glossary.bounds(Parameter("choice", "clock", "A", 0, 1, None, ("open", "contract"))) == "open or contract"


def test_a_default_that_is_a_number_is_one_as_data() -> None:
    found = {entry.path: glossary.plain(entry)["default"] for entry in glossary.parameters()}
    assert (found["time.weeks"], found["rules.need.clock"], found["people.segments.<name>.share"]) == (
        260,
        "open",
        None,
    )
    assert found["people.need_per_year"] == "{gamma: {shape: 1.0, mean: 8.0}}"


def test_a_parameter_is_found_under_a_name_of_ones_own() -> None:
    assert [entry.path for entry in glossary.parameters("businesses.ours.pri")] == ["businesses.<name>.price"]


def test_every_metric_is_printed_with_unit_direction_kind_and_definition() -> None:
    found = {each["metric"]: each for each in glossary.metrics()}
    assert list(found) == list(METRICS)
    assert found["customer_acquisition_cost"] == {
        "metric": "customer_acquisition_cost",
        "label": "cost of winning a customer",
        "unit": "money per customer",
        "better": "lower",
        "kind": "ratio",
        "definition": METRICS["customer_acquisition_cost"].meaning,
    }
    assert set(each["metric"] for each in glossary.metrics("customer")) < set(found)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rules", "defektion"], "No module of rules begins with 'defektion'. Did you mean 'defection'?"),
        (["parameters", "rules.choise"], "No parameter begins with 'rules.choise'. Did you mean 'rules.choice'?"),
        (["parameters", "price"], "No parameter begins with 'price'. Did you mean 'businesses.<name>.price'?"),
        (["parameters", "???"], "No parameter begins with '???'. There are time, currency, markets, people, network,"),
        (["metrics", "proft"], "No metric begins with 'proft'. Did you mean 'profit'?"),
    ],
)
def test_a_beginning_that_no_name_has_is_refused(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for more in ([], ["--json"]):
        assert cli.main([*words, *more]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(said)


def test_scenarios_are_told_in_one_sentence() -> None:
    found = {each["name"]: each["what_is_it"] for each in manual.scenarios()}
    assert {"base", "steady", "aggressive"} <= set(found)
    assert all(story.endswith(".") and "\n" not in story for story in found.values())


@pytest.mark.parametrize("width", [80, 120])
def test_the_manual_fits_the_terminal(width: int) -> None:
    console = Console(width=width, record=True, file=open_nowhere())
    console.print(
        manual.show_week(manual.week()),
        manual.show_rules(manual.rules()),
        glossary.show_parameters(glossary.parameters()),
        glossary.show_metrics(glossary.metrics()),
        manual.show_scenarios(manual.scenarios()),
        table("nothing"),
    )
    assert max(map(len, console.export_text().splitlines())) <= width
