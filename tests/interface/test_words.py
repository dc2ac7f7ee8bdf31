"""Sentences: the exact text for known frames, and what a careful strategist would never say."""

import dataclasses
import math
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from sim.interface.runs import words
from sim.interface.runs.findings import Findings, line, lines, winner

ANSWER = """\
Compared: aggressive against steady, as ours would live them, in 50 paired worlds of 10,000 people over 5 years. The
worlds of a pair share their luck, so they differ by the plan alone. Brackets and ± hold 95 % intervals. Shared luck
made the variance of the difference in profit 7.30 (4.10 to 12.8) times smaller.

On profit steady wins: aggressive comes to 50,000 euro less (40,000 to 60,000 less) and is ahead in 2 of 50 worlds (1
to 13 %). On revenue aggressive wins, with 1.28 million euro more (1.02 to 1.54 more), ahead in 50 of 50 worlds (93 to
100 %). On customers at the end aggressive wins, with 2,410 people more (1,928 to 2,892 more), ahead in 50 of 50
worlds (93 to 100 %). On the satisfaction of customers there is no clear winner between aggressive and steady:
aggressive comes to 0.001 points less (0.011 less to 0.009 more), which may be chance.

The goal of steady was to grow revenue by 10 to 20 % a year: growth was 14.2 % a year (13.2 to 15.2), and the goal
was reached in 49 of 50 worlds (93 to 99 %). The goal of aggressive was to grow revenue by 50 to 100 % a year: growth
was 47.0 % a year (46.0 to 48.0), and the goal was reached in 6 of 50 worlds (7 to 13 %).

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


def test_an_end_is_told_with_its_week_under_each_plan(found: Findings) -> None:
    levels = changed(found.levels, "insolvent_week", mean=140.2, low=131.0, high=149.4)
    ends = (levels["metric"] == "out_of_business") & (levels["scenario"] == "aggressive")
    levels.loc[ends, "mean"] = 0.24
    told = words.out_of_business(dataclasses.replace(found, levels=levels))
    assert told == (
        "ours went out of business under aggressive in 12 of 50 worlds, in week 140 on average (131 to 149)."
    )
    assert words.out_of_business(dataclasses.replace(found, levels=levels), "rival") == ""


def test_the_end_in_one_world_has_a_week_and_no_average(make_findings: Callable[..., Findings]) -> None:
    found = make_findings(("steady",), worlds=1)
    levels = changed(changed(found.levels, "out_of_business", mean=1.0), "insolvent_week", mean=7.0)
    assert words.out_of_business(dataclasses.replace(found, levels=levels)) == "ours went out of business in week 7."


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


def test_the_end_of_a_winners_range_never_reads_as_zero(found: Findings) -> None:
    tight = changed(found.differences, "satisfaction", difference=0.003, low=0.0002, high=0.0058)
    assert "with 0.0030 points more (0.0002 to 0.0058 more)" in words.who_wins(
        dataclasses.replace(found, differences=tight), "aggressive"
    )


def test_a_range_that_is_nothing_is_told_as_always(found: Findings) -> None:
    fixed = changed(found.levels, "acquisition_spend", mean=150_002.0, low=150_002.0, high=150_002.0)
    told = words.spending(dataclasses.replace(found, levels=fixed))
    assert told.startswith("Winning customers took 150,000 euro (always) under steady")


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


def test_a_run_shorter_than_a_year_says_why_its_growth_is_undefined(found: Findings) -> None:
    goal = next(lines(found.goals.assign(growth=math.nan)))
    told = words.goal_reached(dataclasses.replace(found, weeks=30), goal)
    assert told == (
        "The growth of revenue under steady is undefined: it is counted from a year to a year, and the run lasts "
        "30 weeks."
    )


def test_the_status_quo_is_told_as_the_zero(make_findings: Callable[..., Findings]) -> None:
    found = make_findings(("base", "steady"))
    assert words.answer(found)[2].startswith(
        "Under base, which goes on as before week 0, growth of revenue was 9.0 % a year (8.0 to 10.0): the zero of the "
        "other plans. The goal of steady"
    )
    alone = make_findings(("base",))
    assert "zero" not in words.goal_reached(alone, line(alone.goals, scenario="base"))


def test_shared_luck_that_did_not_help_is_not_praised(found: Findings) -> None:
    did_not_help = (
        "Shared luck did not help: the difference in profit varies 2.00 (0.800 to 4.00) times as much as without."
    )
    for ratio, start in [
        ((0.5, 0.25, 1.25), did_not_help),
        ((math.inf, math.nan, math.nan), "Shared luck: the difference in profit is the same in every world."),
        ((2.0, math.nan, math.nan), ""),
        ((math.nan, math.nan, math.nan), ""),
    ]:
        assert words.shared_luck(dataclasses.replace(found, variance_reduction={"profit": ratio})) == start


# ----------------------------------------------------------------------------------------------------------- break-even

NOT_THERE = (math.nan,) * 3


def told(found: Findings, *turns: tuple[str, tuple[float, ...], tuple[float, ...]], what: str = "keeping_cost") -> str:
    """The sentence about turns, each given as who wins where, factor with interval, and amount with interval."""
    return words.turning_point(found, list(lines(frame_of([(what, *turn) for turn in turns]))))


def frame_of(turns: list[tuple[str, str, tuple[float, ...], tuple[float, ...]]]) -> pd.DataFrame:
    rows = [
        ("aggressive", "steady", "profit", what, *factor, 0.25, 4.0, wins, 5, *amount)
        for what, wins, factor, amount in turns
    ]
    columns = ["factor", "low", "high", "tried_low", "tried_high", "wins", "worlds", "amount", "amount_low"]
    return pd.DataFrame(rows, columns=["scenario", "baseline", "metric", "what", *columns, "amount_high"])


def test_a_break_even_is_told_with_its_range_and_what_a_customer_then_costs(found: Findings) -> None:
    turn = ("above", (0.62, 0.5, 0.71), (78.2, 70.1, 85.0))
    assert told(found, turn, what="acquisition_cost") == (
        "aggressive is ahead of steady on profit as long as the same contacts cost at least 0.62 times (0.5 to 0.71) "
        "what is assumed here. At 0.62 times, a customer whom a contact brought costs 78.2 euro (70.1 to 85.0) "
        "under aggressive instead of 110 euro (99.0 to 121)."
    )


def test_who_is_ahead_at_the_cost_assumed_is_told_from_there(found: Findings) -> None:
    """The candidate wins below a factor under 1: at 1 the baseline is ahead, down to that factor."""
    start = "steady is ahead of aggressive on profit as long as the same care for customers costs "
    assert told(found, ("below", (0.62, 0.5, 0.71), NOT_THERE)) == (
        f"{start}at least 0.62 times (0.5 to 0.71) what is assumed here."
    )
    assert told(found, ("below", (0.62, 0.5, 0.71), NOT_THERE), ("above", (2.04, 1.8, math.nan), NOT_THERE)) == (
        f"{start}at least 0.62 times (0.5 to 0.71) and at most 2 times (1.8 to above 4) what is assumed here."
    )


def test_where_the_means_do_not_change_sign_only_the_sure_part_is_told(found: Findings) -> None:
    whatever = "whatever the same care for customers costs, between 0.25 and 4 times what is assumed here."
    below = "Below 0.4 times, the lead of {} may be chance; cheaper than 0.25 times was not tried."
    above = "Above 2.5 times, the lead of {} may be chance; dearer than 4 times was not tried."
    for wins, factor, leader, other, beyond in [
        ("above", (math.nan, math.nan, 0.4), "aggressive", "steady", below),
        ("below", (math.nan, math.nan, 0.4), "steady", "aggressive", below),
        ("above", (math.nan, 2.5, math.nan), "steady", "aggressive", above),
        ("below", (math.nan, 2.5, math.nan), "aggressive", "steady", above),
    ]:
        sentence = f"{leader} is ahead of {other} on profit {whatever} {beyond.format(leader)}"
        assert told(found, (wins, factor, NOT_THERE)) == sentence


def test_a_turn_at_the_edge_of_what_was_tried_is_told_as_none(found: Findings) -> None:
    edge, turn = ("above", (0.251, math.nan, 0.3), NOT_THERE), ("below", (2.4, 2.1, 2.7), (149.0, 136.0, 162.0))
    assert told(found, edge, turn, what="acquisition_cost") == (
        "aggressive is ahead of steady on profit as long as the same contacts cost at most 2.4 times (2.1 to 2.7) what "
        "is assumed here. At 2.4 times, a customer whom a contact brought costs 149 euro (136 to 162) under aggressive "
        f"instead of 110 euro (99.0 to 121){words.WHY_SLOWER}. Below 0.3 times, the lead of aggressive may be chance; "
        "cheaper than 0.25 times was not tried."
    )


def test_what_no_cost_turns_is_told_as_such(found: Findings) -> None:
    tried = "whatever the same care for customers costs, between 0.25 and 4 times what is assumed here."
    assert told(found, ("always", NOT_THERE, NOT_THERE)) == f"aggressive is ahead of steady on profit {tried}"
    assert told(found, ("never", NOT_THERE, NOT_THERE)) == f"steady is ahead of aggressive on profit {tried}"
    assert told(found, ("unclear", NOT_THERE, NOT_THERE)) == (
        f"Which of aggressive and steady is ahead on profit may be chance {tried}"
    )


def test_a_lead_that_may_be_chance_is_called_so(found: Findings) -> None:
    doubtful = dataclasses.replace(found, differences=changed(found.differences, "profit", low=-9e4, high=1.0))
    turn = ("below", (1.3, 0.8, 1.9), NOT_THERE)
    assert told(doubtful, turn).endswith("what is assumed here; with what is assumed, that may be chance.")
    assert "chance" not in told(found, turn)


def test_the_answer_ends_with_both_costs_and_the_worlds_used(found: Findings) -> None:
    frame = frame_of([(what, "never", NOT_THERE, NOT_THERE) for what in ("acquisition_cost", "keeping_cost")])
    last = words.answer(dataclasses.replace(found, break_even=frame))[-1]
    assert "whatever the same contacts cost" in last and "whatever the same care for customers costs" in last
    assert last.endswith("This was tried in 5 of the worlds, with costs from 0.25 to 4 times what is assumed here.")


# ----------------------------------------------------------------------------------------------------------------- runs


def test_a_run_of_one_world_promises_no_interval(make_findings: Callable[..., Findings]) -> None:
    told = words.what_was_run(make_findings(("steady",), worlds=1), "Grow slowly. And surely.")
    assert told == "steady: Grow slowly. One world of 10,000 people over 5 years."


def test_a_hostile_folder_name_stays_harmless() -> None:
    assert words.where_it_is(Path("re\x1b[31msults")) == "Results and pictures: re\\x1b[31msults"
