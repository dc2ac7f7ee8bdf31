"""Settings under which a mechanism would silently do nothing are refused, where they stand and with a way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario.load import load_scenario
from sim.scenario.problems import InputError

FIRM = "schema: 1\nbusinesses:\n  ours: {}\n"
MIXED = "network: {mixed: {}}\n"
SMALL_WORLD = "network: {small_world: {degree: 6, rewired: 0.1, talk_per_friend: 0.05}}\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refusals(text: str, *overrides: str) -> list[str]:
    """Every message about a file; none if it loads."""
    Path("s.yaml").write_text(text, encoding="utf-8")
    try:
        load_scenario("s.yaml", overrides)
    except InputError as error:
        return [str(problem) for problem in error.problems]
    return []


REFUSED = {
    "homophily without friends": (
        FIRM + MIXED + "rules:\n  trust: {homophily: 0.4}\n",
        "s.yaml:6:22: rules.trust.homophily needs friends, and in a mixed network nobody has any. "
        "Choose another network, or remove it.",
    ),
    "company without friends": (
        FIRM + MIXED + "rules:\n  trust: {friend_effect: -0.3}\n",
        "s.yaml:6:26: rules.trust.friend_effect needs friends, and in a mixed network nobody has any. "
        "Choose another network, or remove it.",
    ),
    "a substitute for people who never do without": (
        FIRM + "people: {nothing: 0}\nevents:\n  gas: {substitute: {week: 5}}\n",
        "s.yaml:6:9: events.gas.substitute does nothing: nobody here ever buys nothing (people.nothing is 0). "
        "Let people like buying nothing a little, or remove the event.",
    ),
    "more backers than neighbours": (
        "schema: 1\nmarkets: {north: {}, south: {}}\npeople:\n  count: 100\n  segments:\n"
        "    cold: {share: 0.3, market: north}\n    warm: {share: 0.7, market: south}\n"
        "businesses:\n  ours: {markets: {north: {}}, backers: {people: 31}}\n",
        "s.yaml:9:50: businesses.ours.backers.people (31) is above all people where it is at home (30). "
        "Write fewer backers, or more people.",
    ),
    "an affiliate with rent": (
        "schema: 1\nbusinesses:\n  ours:\n    channels:\n      ads: {}\n"
        "      agents: {kind: affiliate, commission: 5, minimum: 10}\n",
        "s.yaml:6:57: businesses.ours.channels.agents.minimum (10) does nothing: affiliate is paid per customer won. "
        "Remove it, or make it part of the commission.",
    ),
    "hubs without friends": (
        "schema: 1\nbusinesses:\n  ours:\n    backers: {people: 5, place: hubs}\n" + MIXED,
        "s.yaml:4:33: businesses.ours.backers.place needs friends, and in a mixed network nobody has any. "
        "Choose another network, or random.",
    ),
    "a circle without friends": (
        "schema: 1\nbusinesses:\n  ours:\n    backers: {people: 5, place: clustered}\n" + MIXED,
        "s.yaml:4:33: businesses.ours.backers.place needs friends, and in a mixed network nobody has any. "
        "Choose another network, or random.",
    ),
    "phases that end before they begin": (
        FIRM + "rules:\n  journey:\n    activate_weeks: 20\n",
        "s.yaml:6:21: affirm_weeks, activate_weeks and onboarding_weeks must not decrease (got 2, 20, 14). "
        "Each phase ends after the one before.",
    ),
    "more backers than people": (
        "schema: 1\npeople:\n  count: 10\nbusinesses:\n  ours: {backers: {people: 6}}\n"
        "  rival: {backers: {people: 5}}\n",
        "s.yaml:3:10: there are 11 backers among 10 simulated people. "
        "Nobody backs two businesses; write fewer backers, or more people.",
    ),
    "a promotion longer than its period": (
        "schema: 1\nbusinesses:\n  ours:\n    promotions:\n      sale: {every_weeks: 4, for_weeks: 5}\n",
        "s.yaml:5:41: businesses.ours.promotions.sale.for_weeks (5) must not be above every_weeks (4). "
        "As long as every_weeks means always.",
    ),
    "fast service that is slow": (
        "schema: 1\nbusinesses:\n  ours:\n    levers:\n      service: {slow_days: 2, fast_days: 3}\n",
        "s.yaml:5:42: businesses.ours.levers.service.fast_days (3) must not be above slow_days (2). Exchange them.",
    ),
    "a welcome for everybody": (
        "schema: 1\nbusinesses:\n  ours:\n    levers:\n      onboarding: {aim: everybody}\n",
        "s.yaml:5:25: businesses.ours.levers.onboarding.aim must be newcomers (got everybody): nobody else is "
        "welcomed. Remove it; care is the same kind of lever and can be aimed at any class.",
    ),
    "goods that are dearer early than late": (
        "schema: 1\nbusinesses:\n  ours:\n    supply: {season_weeks: 13, early_unit_cost: 30, late_unit_cost: 26}\n",
        "s.yaml:4:49: businesses.ours.supply.early_unit_cost (30) must not be above late_unit_cost (26). "
        "Else nobody would order ahead; exchange them, or write season_weeks: 0.",
    ),
    "a shop that never has anything": (
        "schema: 1\nbusinesses:\n  ours:\n    supply: {season_weeks: 13, preorder_share: 0}\n",
        "s.yaml:4:48: businesses.ours.supply.preorder_share is 0 and late_unit_cost is 0: there would be nothing to "
        "sell. Write a late_unit_cost, or season_weeks: 0 to buy everything as it is ordered.",
    ),
    "reminders under contract": (
        "schema: 1\nrules: {need: {clock: contract}}\nbusinesses:\n  ours:\n    levers:\n"
        "      care: {budget_share: 0.5}\n      reminders: {budget_share: 0.5}\n",
        "s.yaml:7:33: reminders of 'ours' does nothing under contract: customers order only when it ends. "
        "Aim it at the former, or give the money to another lever.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_mean_nothing_is_refused_where_it_stands(name: str) -> None:
    text, message = REFUSED[name]
    assert refusals(text) == [message]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("homophily without friends", MIXED, SMALL_WORLD),
        ("homophily without friends", "0.4", "0.0"),
        ("hubs without friends", MIXED, SMALL_WORLD),
        ("hubs without friends", "hubs", "random"),
        ("hubs without friends", "people: 5", "people: 0"),
        ("a circle without friends", MIXED, SMALL_WORLD),
        ("phases that end before they begin", "20", "14"),
        ("more backers than people", "count: 10", "count: 11"),
        ("a promotion longer than its period", "for_weeks: 5", "for_weeks: 4"),
        ("fast service that is slow", "fast_days: 3", "fast_days: 2"),
        ("a welcome for everybody", "everybody", "newcomers"),
        ("goods that are dearer early than late", "late_unit_cost: 26", "lead_weeks: 40"),
        ("reminders under contract", "contract", "open"),
        ("reminders under contract", "reminders: {", "reminders: {aim: former, "),
        ("reminders under contract", "reminders:", "win_back:"),
    ],
)
def test_what_can_do_something_is_taken(name: str, old: str, new: str) -> None:
    text, _ = REFUSED[name]
    assert old in text
    assert refusals(text.replace(old, new)) == []


def test_a_setting_is_blamed_that_takes_the_friends_away() -> None:
    text = FIRM + SMALL_WORLD + "rules: {trust: {homophily: 0.4}}\n"
    assert refusals(text) == []
    (message,) = refusals(text, "network={mixed: {}}")
    assert "rules.trust.homophily needs friends" in message


@pytest.mark.parametrize(
    "dear", ["supply: {season_weeks: 13, late_unit_cost: 1e9}", "supply: {season_weeks: 13, early_unit_cost: 1e9}"]
)
def test_goods_bought_ahead_or_late_are_money_that_has_to_be_counted_too(dear: str) -> None:
    text = FIRM + "people: {count: 100000, represents: 1000}\ntime: {weeks: 520}\n"
    messages = [
        refusals(text.replace("ours: {}", f"ours: {{{written}}}")) for written in (dear, dear.replace("13", "0"))
    ]
    assert "all orders of a run could add to" in messages[0][0]
    assert messages[1] == []


def test_orders_of_many_lines_are_as_large_as_they_can_become_when_all_money_is_added() -> None:
    """What is just within the limit with one line is above it with a hundred."""
    text = FIRM + "people: {count: 100000, represents: 1000, mean_order_value: 20000}\ntime: {weeks: 520}\n"
    lines = [refusals(text.replace("ours: {}", f"ours: {{lines: {many}}}")) for many in (1, 100)]
    assert lines[0] == []
    (message,) = lines[1]
    assert "all orders of a run could add to" in message
