"""Everything wrong is told at once: in a file, in those it extends, and in the settings, each where it was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario.document import ASIDE, salvage_text
from sim.scenario.load import load_scenario, scenario_from
from sim.scenario.problems import InputError

TEXT = "or quote it if it is text."


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")


def refusal(text: str, *overrides: str) -> list[str]:
    write("s.yaml", text)
    with pytest.raises(InputError) as error:
        load_scenario("s.yaml", overrides)
    return [str(problem) for problem in error.value.problems]


def heads(text: str, *overrides: str) -> list[str]:
    """What is wrong, without what to do about it."""
    return [message.partition(". ")[0] for message in refusal(text, *overrides)]


# One file


def test_four_faults_of_four_kinds_in_the_order_of_lines() -> None:
    text = """\
schema: 1
time:
  weks: 100
people:
  count: 100
  count: 200
  leaving: 1.2
businesses:
  ours:
    channels:
      tv: {budget_share: 0.55}
      press: {budget_share: 0.5}
"""
    assert refusal(text) == [
        "s.yaml:3:3: unknown key 'weks'. Did you mean 'weeks'?",
        "s.yaml:6:3: 'count' is given twice (first at line 5). Keep one.",
        "s.yaml:7:12: people.leaving must lie in 0..1 (got 1.2). "
        "Meaning: inborn chance of leaving; sweep of the mean (probability per repeat order).",
        "s.yaml:11:7: shares of channels of 'ours' add to 1.05; they must add to 1. Now: tv 0.55 and press 0.5.",
    ]


ALL = """\
schema: 1
name: "a\\x1bb"
time: {weeks: 010, burn_in_weeks: .nan, planing_weeks: 4}
people: &everybody
  count: 1.5
  nothing: 10%
  leaving: !!float 0.3
  price_sensitivity: *everybody
  match: {normal: {mean: 1:30, sd: -1}}
network: {small_world: {degree: 7}}
rules: {choice: {habbit: 1_5}, need: {1: 2}}
businesses:
  ours: {price: 9.999, price: 010, affinity: 0, channels: {tv: {budget_share: 5%}, press: {budget_share: 0.7}}}
  rival: {levers: {care: {budget_share: 0.9}}, known: 2}
  ours: {known: NO}
people: {cuont: 3}
"""


def test_a_file_full_of_faults_is_answered_with_all_of_them_and_no_echo() -> None:
    assert heads(ALL) == [
        "s.yaml:2:7: the control character U+001B is not allowed",
        "s.yaml:3:15: '010' is ambiguous (octal in YAML 1.1)",
        "s.yaml:3:35: '.nan' is not a finite number",
        "s.yaml:3:41: unknown key 'planing_weeks'",
        "s.yaml:4:9: the anchor '&everybody' is not allowed",
        "s.yaml:5:10: people.count must be a whole number, got 1.5",
        "s.yaml:6:12: '10%' is not a number",
        "s.yaml:7:12: the tag '!!float' is not allowed",
        "s.yaml:8:22: the alias '*everybody' is not allowed",
        "s.yaml:9:26: '1:30' is not a number",
        "s.yaml:9:36: people.match.normal.sd must be at least 0 (got -1)",
        "s.yaml:10:33: network.small_world.degree must be even (got 7)",
        "s.yaml:11:18: unknown key 'habbit'",
        "s.yaml:11:26: '1_5' is not a number",
        "s.yaml:11:39: keys must be names, and '1' is not one",
        "s.yaml:13:17: businesses.ours.price has more than 2 decimals (got 9.999)",
        "s.yaml:13:24: 'price' is given twice (first at line 13)",
        "s.yaml:13:31: '010' is ambiguous (octal in YAML 1.1)",
        "s.yaml:13:46: businesses.ours.affinity must be above 0 (got 0)",
        "s.yaml:13:79: '5%' is not a number",  # and no word about a sum of which it is a part
        "s.yaml:14:19: shares of levers of 'rival' add to 0.9; they must add to 1",
        "s.yaml:14:55: businesses.rival.known must lie in 0..1 (got 2)",
        "s.yaml:15:3: 'ours' is given twice (first at line 13)",
        "s.yaml:15:17: 'NO' would be read as a boolean by some tools",
        "s.yaml:16:1: 'people' is given twice (first at line 4)",
    ]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("schema: 010\nbusinesses: {ours: {}}", ["1:9: '010' is ambiguous (octal in YAML 1.1)"]),
        ("schema: 1\nbusinesses: *all", ["2:13: the alias '*all' is not allowed"]),
        ("schema: 1\nbusinesses: {1: {}}", ["2:14: keys must be names, and '1' is not one"]),
        ("schema: 1\nbusinesses: {ours: {}}\nnetwork: {mixed: 010}", ["3:18: '010' is ambiguous (octal in YAML 1.1)"]),
        ("schema: 1\nbusinesses: {ours: {}}\nnetwork: {<<: {}}", ["3:11: merge keys (<<) are not allowed"]),
        (
            "schema: 1\nbusinesses: {ours: {}}\npeople: {segments: {young: {share: 10%}}}",
            ["3:36: '10%' is not a number"],
        ),
        (
            "schema: 1\nbusinesses: {ours: {}}\npeople: {segments: {young: {shar: 1}}}",
            ["3:29: unknown key 'shar'"],
        ),
        ("shema: 1\nbusinesses: {ours: {}}", ["1:1: unknown key 'shema'"]),
        (
            "time: {weeks: 2}\nbusineses: {ours: {}}",
            [
                "1:1: schema is missing",
                "1:15: time.planning_weeks (4) must not be above time.weeks (2)",
                "2:1: unknown key 'busineses'",
            ],
        ),
        (
            "schema: 1\nnetwork: {mixd: {}}\ntime: {weeks: 2}\nbusinesses: {ours: {channels: {9x: {}}}}",
            [
                "2:11: unknown key 'mixd'",
                "3:15: time.planning_weeks (4) must not be above time.weeks (2)",
                "4:32: '9x' cannot be a name in businesses.ours.channels",
            ],
        ),
    ],
)
def test_what_is_set_aside_is_not_missed(text: str, messages: list[str]) -> None:
    assert heads(text) == [f"s.yaml:{message}" for message in messages]


def test_a_syntax_error_ends_the_reading_but_not_the_answer() -> None:
    text = "schema: 1\nname: NO\npeople: {cuont: 3}\nbusinesses:\n  ours: {price: 0, known: [1\n  rival: {price: 0}\n"
    assert heads(text, "people.count=1.5", "time.weeks=010", "businesses.third.price=4") == [
        "s.yaml:2:7: 'NO' would be read as a boolean by some tools",
        "s.yaml:3:10: unknown key 'cuont'",
        "s.yaml:5:17: businesses.ours.price must be at least 0.01 (got 0)",
        "s.yaml:6:8: expected ',' or a closing bracket, found ':'",
        "--set people.count=1.5: people.count must be a whole number, got 1.5",
        "--set time.weeks=010: '010' is ambiguous (octal in YAML 1.1)",
    ]


def test_a_character_that_cannot_be_seen_does_not_hide_the_rest() -> None:
    text = "schema: 1\nname: a\x07b\n# \x1b\nstory: {what_is_it: x\ufeffy}\npeople: {cou\u202ent: 3, nothing: -1}\n"
    assert heads(text + "businesses: {ours: {}}") == [
        "s.yaml:2:8: the control character U+0007 is not allowed",
        "s.yaml:3:3: the control character U+001B is not allowed",
        "s.yaml:4:22: the character U+FEFF is not allowed",
        "s.yaml:5:13: the direction-changing character U+202E is not allowed",
        "s.yaml:5:30: people.nothing must lie in 0..1,000 (got -1)",
    ]
    assert heads("a: 1\nb: \0\nc: NO") == ["s.yaml:2:4: the control character U+0000 is not allowed"]
    assert len(heads("a: " + "\x07" * 1000 + "\nb: NO")) == 20


def test_a_salvaged_text_says_what_it_could_not_read() -> None:
    document = salvage_text("a: 1\nb: 10%\nc: &x {d: !t 1, e: 2}\nc: 3\n1: 4\nf:\ng: [5, 1:30]\n", "s.yaml")
    assert document.data == {
        "a": 1,
        "b": ASIDE,
        "c": {"d": ASIDE, "e": 2},
        "a key at s.yaml:5:1": ASIDE,
        "f": None,
        "g": [5, ASIDE],
    }
    assert (document.whole, document.empty) == (True, {("f",)})
    assert [str(problem.mark) for problem in document.problems] == [
        "s.yaml:2:4", "s.yaml:3:4", "s.yaml:3:11", "s.yaml:4:1", "s.yaml:5:1", "s.yaml:7:8",
    ]  # fmt: skip
    with pytest.raises(InputError) as error:
        document.sound()
    assert error.value.problems == document.problems
    cut = salvage_text("a: {b: 1, c: [2, 3\nd: 4")
    assert (cut.data, cut.whole) == ({"a": {"b": 1, "c": ASIDE}}, False)


# Three files


def chain(base: str, parent: str, child: str) -> str:
    """A file that extends another, which extends a third; returns the first."""
    write("base.yaml", f"schema: 1\nbusinesses:\n  ours:\n    known: 0.1\n{base}")
    write("parent.yaml", f"extends: base.yaml\n{parent}")
    return f"extends: parent.yaml\n{child}"


def test_a_problem_names_the_file_in_which_the_value_stands() -> None:
    text = chain(
        "    affinity: 0\npeople: {nothing: -1, leaving: {beta: {a: 1}}}\ntime: {weeks: 40}\n",
        "people: {leaving: {beta: {b: -2}}, count: 010}\ntime: {planing_weeks: 3}\n",
        "people: {represents: 0}\nbusinesses: {ours: {price: 9.999}}\n",
    )
    assert heads(text, "time.planning_weeks=50", "rules.choice.habbit=1") == [
        "s.yaml:2:22: people.represents must lie in 1..1,000,000 (got 0)",
        "s.yaml:3:28: businesses.ours.price has more than 2 decimals (got 9.999)",
        "parent.yaml:2:30: people.leaving.beta.b must lie in 0..1,000 (got -2)",
        "parent.yaml:2:43: '010' is ambiguous (octal in YAML 1.1)",
        "parent.yaml:3:8: unknown key 'planing_weeks'",
        "base.yaml:5:15: businesses.ours.affinity must be above 0 (got 0)",
        "base.yaml:6:19: people.nothing must lie in 0..1,000 (got -1)",
        "--set time.planning_weeks=50: time.planning_weeks (50) must not be above time.weeks (40)",
        "--set rules.choice.habbit=1: unknown key 'habbit'",
    ]


@pytest.mark.parametrize(
    ("base", "parent", "child", "overrides", "mark"),
    [
        ("time: {weeks: 3}", "", "", (), "base.yaml:5:15"),
        ("time: {weeks: 30}", "time: {weeks: 3}", "", (), "parent.yaml:2:15"),
        ("time: {weeks: 3}", "", "time: {planning_weeks: 9}", (), "s.yaml:2:24"),
        ("time: {planning_weeks: 9}", "time: {weeks: 8}", "time: {burn_in_weeks: 52}", (), "parent.yaml:2:15"),
        ("time: {planning_weeks: 9}", "", "", ("time.burn_in_weeks=52", "time.weeks=8"), "--set time.weeks=8"),
        ("time: {weeks: 8}", "", "", ("time={planning_weeks: 9}",), "--set time={planning_weeks: 9}"),
    ],
)
def test_of_values_that_do_not_fit_the_one_written_last_is_named(
    base: str, parent: str, child: str, overrides: tuple[str, ...], mark: str
) -> None:
    (message,) = refusal(chain(base, parent, child), *overrides)
    assert message.startswith(f"{mark}: time.planning_weeks (")


def test_what_is_replaced_is_not_blamed_and_what_is_broken_is() -> None:
    assert heads(chain("people: {count: 010}", "people: {count: 5}", "people: {nothing: -1}")) == [
        "s.yaml:2:19: people.nothing must lie in 0..1,000 (got -1)",
        "base.yaml:5:17: '010' is ambiguous (octal in YAML 1.1)",  # it would come back if the parent changed
    ]


def test_a_parent_that_cannot_be_read_does_not_hide_the_child() -> None:
    """Nothing is said to be missing, for it may be written in the parent."""
    child = "people: {cuont: 3, segments: {young: {leaving: 0.5}}}\nbusinesses: {rival: null}\n"
    settings = ("businesses.third.price=4", "time.week=3")
    found = ["s.yaml:2:10: unknown key 'cuont'", "--set time.week=3: unknown key 'week'"]
    for base, message in [
        ("name: 'b", "base.yaml:5:7: the quote opened here is never closed"),
        ("extends: nobody.yaml\n", "base.yaml:5:10: nobody.yaml: there is no such file"),
        ("extends: s.yaml\n", "base.yaml:5:10: the scenario extends itself: s -> parent -> base -> s"),
        ("extends: 010\n", "base.yaml:5:10: '010' is ambiguous (octal in YAML 1.1)"),
        ("extends:\n", "base.yaml:5:9: nothing is written after extends"),
    ]:
        assert heads(chain(base, "", child), *settings) == [found[0], message, found[1]]
    nothing = "parent.yaml:1:10: nothing of base.yaml could be read"
    message = "base.yaml:5:8: the control character U+0000 is not allowed"
    assert heads(chain("name: x\0", "", child), *settings) == [found[0], nothing, message, found[1]]


def test_what_every_scenario_needs_is_missing_in_the_file_that_extends_nothing() -> None:
    write("base.yaml", "# a remark\nbusinesses: {ours: {}}\n")
    assert refusal("extends: base.yaml\n") == [
        "base.yaml:2:1: schema is missing. "
        "Write 'schema: 1' at the top; only a file that extends another may leave it out."
    ]
    write("base.yaml", "schema: 1\nbusinesses: {ours: {}}\n")
    write("s.yaml", "extends: base.yaml\n")
    assert load_scenario("s.yaml").hash == load_scenario("base.yaml").hash


def test_data_of_a_caller_stand_in_no_file() -> None:
    write("base.yaml", "schema: 1\npeople: {count: 5, nothing: -1}\nbusinesses: {ours: {}}\n")
    with pytest.raises(InputError) as error:
        scenario_from({"extends": "base.yaml", "people": {"count": -5}, "time": {"weeks": 2}})
    assert [str(problem).partition(" (")[0] for problem in error.value.problems] == [
        "people.count must be at least 1",
        "time.planning_weeks",
        "base.yaml:2:29: people.nothing must lie in 0..1,000",
    ]


# Nothing after the colon


@pytest.mark.parametrize("null", ["null", "~", "Null", "NULL"])
def test_only_a_written_null_removes_what_is_inherited(null: str) -> None:
    write("base.yaml", "schema: 1\nbusinesses: {ours: {}, rival: {}}\n")
    write("s.yaml", f"extends: base.yaml\nbusinesses:\n  rival: {null}\n")
    assert [business.name for business in load_scenario("s.yaml").businesses] == ["ours"]


def test_an_empty_value_removes_nothing_and_says_so() -> None:
    write("base.yaml", "schema: 1\npeople: {count: 5}\nbusinesses: {ours: {}, rival: {}}\n")
    text = "extends: base.yaml\nname:\npeople:\n  count:\n  nothing: # to do\nbusinesses:\n  ours:\n  third:\n"
    which = "which is inherited. Write null to remove it, or remove the line to keep it."
    assert refusal(text) == [
        "s.yaml:2:6: nothing is written after name. Write a value, or remove the line.",
        f"s.yaml:4:9: nothing is written after people.count, {which}",
        "s.yaml:5:11: nothing is written after people.nothing. Write a value, or remove the line.",
        f"s.yaml:7:8: nothing is written after businesses.ours, {which}",
        "s.yaml:8:9: nothing is written after businesses.third. Write {} for its defaults, or remove the line.",
    ]
    assert refusal("schema: 1\nbusinesses:\n  ours:\n") == [
        "s.yaml:3:8: nothing is written after businesses.ours. Write {} for its defaults, or remove the line."
    ]
    assert refusal("extends: base.yaml\npeple:\n") == ["s.yaml:2:1: unknown key 'peple'. Did you mean 'people'?"]


def test_an_empty_kind_has_its_defaults() -> None:
    write("s.yaml", "schema: 1\nnetwork:\n  mixed:\nbusinesses:\n  ours:\n    strategy:\n      steady:\n")
    assert load_scenario("s.yaml").network.kind == "mixed"
