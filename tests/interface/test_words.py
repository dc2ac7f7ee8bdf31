"""Sentences: the exact text for known frames, and what a careful strategist would never say."""

import dataclasses
import math
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from sim.interface import words
from sim.interface.findings import Findings, line, lines, winner

ANSWER = """\
Compared: aggressive against steady, as ours would live them, in 50 paired worlds of 10,000 people over 5 years. The
worlds of a pair share their luck, so they differ by the plan alone. Brackets hold 95 % intervals. Shared luck made
the variance of the difference in profit 7.30 times smaller.

On profit steady wins: aggressive comes to 50,000 euro less (40,000 to 60,000 less) and is ahead in 2 of 50 worlds.
On revenue aggressive wins, with 1.28 million euro more (1.02 to 1.54 more), ahead in 50 of 50 worlds. On customers
at the end aggressive wins, with 2,410 people more (1,928 to 2,892 more), ahead in 50 of 50 worlds. On the
satisfaction of customers there is no clear winner between aggressive and steady: aggressive comes to 0.001 points
less (0.011 less to 0.009 more), which may be chance.

The goal of steady was to grow revenue by 10 to 20 % a year: growth was 14.2 % a year (13.2 to 15.2), and the goal
was reached in 98 of 100 worlds (93 to 99). The goal of aggressive was to grow revenue by 50 to 100 % a year: growth
was 47.0 % a year (46.0 to 48.0), and the goal was reached in 12 of 100 worlds (7 to 13).

Winning a customer, whatever brought it, cost 20.0 euro (18.0 to 22.0) under steady and 100 euro (90.0 to 110) under
aggressive. One whom a contact brought cost 55.0 euro (49.5 to 60.5) under steady and 110 euro (99.0 to 121) under
aggressive. Winning customers took 22,000 euro (19,800 to 24,200) under steady and 520,000 euro (468,000 to 572,000)
under aggressive. Keeping them took 34,000 euro (30,600 to 37,400) under steady and 130,000 euro (117,000 to 143,000)
under aggressive. Of all revenue, people who had never bought before week 0 brought 68.0 % (61.2 to 74.8) under steady
and 90.0 % (81.0 to 99.0) under aggressive.
"""


def changed(frame: pd.DataFrame, metric: str, **values: float) -> pd.DataFrame:
    """The frame with other values for one metric."""
    frame = frame.copy()
    for column, value in values.items():
        frame.loc[frame["metric"] == metric, column] = value
    return frame


def test_the_whole_answer_reads_as_a_strategist_would_say_it(found: Findings) -> None:
    assert words.answer(found) == [" ".join(paragraph.split()) for paragraph in ANSWER.split("\n\n")]


def test_every_amount_of_money_is_followed_by_its_range(found: Findings) -> None:
    for paragraph in words.answer(found):
        assert len(re.findall(r"euro( more| less)?", paragraph)) == len(
            re.findall(r"euro(?: more| less)? \(", paragraph)
        )


def test_of_three_scenarios_each_candidate_is_told_against_the_baseline(
    make_findings: Callable[..., Findings],
) -> None:
    told = words.answer(make_findings(("steady", "aggressive", "middle")))
    assert told[0].startswith("Compared: aggressive and middle against steady, ")
    assert [paragraph.partition(":")[0] for paragraph in told[1:3]] == [
        "aggressive against steady",
        "middle against steady",
    ]


def test_nobody_wins_where_the_interval_contains_zero(found: Findings) -> None:
    found = dataclasses.replace(found, differences=changed(found.differences, "profit", low=-90_000.0, high=1.0))
    assert "On profit there is no clear winner" in words.who_wins(found, "aggressive")


def test_equal_worlds_have_no_winner(found: Findings) -> None:
    same = changed(found.differences, "profit", difference=0.0, low=0.0, high=0.0)
    assert winner(line(same, metric="profit"), "higher", "steady") is None


def test_the_lower_cost_wins(found: Findings) -> None:
    cost = line(found.differences, scenario="aggressive", metric="customer_acquisition_cost")
    assert (winner(cost, "lower", "steady"), winner(cost, "higher", "steady")) == ("steady", "aggressive")
    assert winner(cost, "neither", "steady") is None


def test_what_is_undefined_is_not_told_as_a_number(found: Findings) -> None:
    nowhere = changed(found.differences, "profit", difference=math.nan, low=math.nan, high=math.nan)
    levels = changed(found.levels, "customer_acquisition_cost", mean=math.nan, low=math.nan, high=math.nan)
    goals = found.goals.assign(growth=math.nan, growth_low=math.nan, growth_high=math.nan)
    told = " ".join(words.answer(dataclasses.replace(found, differences=nowhere, levels=levels, goals=goals)))
    assert "nan" not in told and "On profit" not in told and "Winning a customer cost" not in told
    assert "The growth of revenue under steady is undefined: there was nothing to grow from." in told


def test_a_scenario_without_a_goal_has_only_its_growth_told(found: Findings) -> None:
    goal = next(lines(found.goals.assign(low=math.nan, high=math.nan, reached=math.nan)))
    told = words.goal_reached(found, goal)
    assert told == "Under steady, which follows no growth goal, growth of revenue was 14.2 % a year (13.2 to 15.2)."


def test_shared_luck_that_did_not_help_is_not_praised(found: Findings) -> None:
    for ratio, start in [
        (0.5, "Shared luck did not help: the difference in profit varies 2.00 times as much as without."),
        (math.inf, "Shared luck: the difference in profit is the same in every world."),
        (math.nan, ""),
    ]:
        assert words.shared_luck(dataclasses.replace(found, variance_reduction={"profit": ratio})) == start


def test_a_run_of_one_world_promises_no_interval(make_findings: Callable[..., Findings]) -> None:
    told = words.what_was_run(make_findings(("steady",), worlds=1), "Grow slowly. And surely.")
    assert told == "steady: Grow slowly. One world of 10,000 people over 5 years."


def test_a_hostile_folder_name_stays_harmless() -> None:
    assert words.where_it_is(Path("re\x1b[31msults")) == "Results and pictures: re\\x1b[31msults"
