"""Sentences: a comparison as a strategist would read it aloud. No number stands without its range."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from sim.interface.amounts import difference_spoken, spoken, three_digits, worlds_of_hundred
from sim.interface.findings import Findings, duration, first_sentence, line, lines, listed, winner
from sim.model.metrics import METRICS
from sim.scenario.problems import escaped

TOLD = {
    "profit": "profit",
    "revenue": "revenue",
    "customers": "customers at the end",
    "satisfaction": "the satisfaction of customers",
}
"""Metrics on which a winner is named, and what they are called."""


def answer(found: Findings) -> list[str]:
    """The whole answer in short paragraphs: what was compared, who wins on what, goals, cost, what growth rests on."""
    rivals = [[who_wins(found, candidate)] for candidate in found.candidates]
    goals = [goal_reached(found, goal) for goal in lines(found.goals)]
    cost = [cost_of_winning(found), spending(found), old_and_new(found)]
    paragraphs = [[what_was_compared(found), shared_luck(found)], *rivals, goals, cost]
    return [" ".join(part for part in each if part) for each in paragraphs if any(each)]


def what_was_run(found: Findings, story: str) -> str:
    """The scenario's story in one sentence, and how often it was lived."""
    worlds = f"{found.worlds} worlds" if found.worlds > 1 else "One world"
    how = f"{worlds} of {found.people:,} people over {duration(found.weeks)}."
    intervals = " Brackets hold 95 % intervals of the mean." if found.worlds > 1 else ""
    return " ".join(part for part in (f"{found.baseline}:", first_sentence(story), how + intervals) if part)


def what_was_compared(found: Findings) -> str:
    """Scenarios, worlds and years, and how to read the brackets."""
    differ = (
        "share their luck, so they differ by the plan alone."
        if found.same_past
        else "share their luck, but the scenarios differ before week 0 too, not in their plans alone."
    )
    return (
        f"Compared: {listed(found.candidates)} against {found.baseline}, as {found.business} would live them, in "
        f"{found.worlds} paired worlds of {found.people:,} people over {duration(found.weeks)}. The worlds of a pair "
        f"{differ} Brackets hold 95 % intervals."
    )


def who_wins(found: Findings, candidate: str) -> str:
    """Who wins on what, by how much, and in how many worlds."""
    sentences = []
    for name, called in TOLD.items():
        difference = line(found.differences, scenario=candidate, business=found.business, metric=name)
        if difference is None or math.isnan(difference.difference):
            continue
        metric = METRICS[name]
        bounds = (difference.difference, difference.low, difference.high)
        amount = difference_spoken(*bounds, metric.unit, found.currency)
        ahead = f"ahead in {difference.probability_better * difference.n:.3g} of {difference.n:.0f} worlds"
        match winner(difference, metric.better, found.baseline):
            case None:
                sentences.append(
                    f"On {called} there is no clear winner between {candidate} and {found.baseline}: "
                    f"{candidate} comes to {amount}, which may be chance."
                )
            case found.baseline:
                sentences.append(f"On {called} {found.baseline} wins: {candidate} comes to {amount} and is {ahead}.")
            case _:
                sentences.append(f"On {called} {candidate} wins, with {amount}, {ahead}.")
    versus = f"{candidate} against {found.baseline}: " if len(found.candidates) > 1 else ""
    return versus + " ".join(sentences) if sentences else ""


def cost_of_winning(found: Findings) -> str:
    """What a won customer costs under each plan: of all, and of those whom money brought."""
    blended = _under_each(found, "customer_acquisition_cost", "Winning a customer, whatever brought it, cost")
    paid = _under_each(found, "paid_customer_acquisition_cost", "One whom a contact brought cost")
    return " ".join(part for part in (blended, paid) if part)


def spending(found: Findings) -> str:
    """What each plan spends in all, on winning and on keeping."""
    winning = _under_each(found, "acquisition_spend", "Winning customers took")
    keeping = _under_each(found, "retention_spend", "Keeping them took")
    return " ".join(part for part in (winning, keeping) if part)


def _under_each(found: Findings, metric: str, opening: str, unit: str = "money") -> str:
    """One level under each scenario, in one sentence."""
    parts = []
    for scenario in found.scenarios:
        level = line(found.levels, scenario=scenario, business=found.business, metric=metric)
        if level is not None and not math.isnan(level.mean):
            parts.append(f"{spoken(level.mean, level.low, level.high, unit, found.currency)} under {scenario}")
    return f"{opening} {listed(parts)}." if parts else ""


def goal_reached(found: Findings, goal: Any) -> str:
    """Growth against the goal of one scenario; growth alone if it follows none.

    Parameters
    ----------
    goal : a line of the frame of goals
    """
    if math.isnan(goal.growth):
        return f"The growth of {goal.of} under {goal.scenario} is undefined: there was nothing to grow from."
    growth = spoken(goal.growth, goal.growth_low, goal.growth_high, "per year", found.currency)
    if math.isnan(goal.low):
        return f"Under {goal.scenario}, which follows no growth goal, growth of {goal.of} was {growth}."
    worlds = worlds_of_hundred(goal.reached)
    low, high = worlds_of_hundred(goal.reached_low), worlds_of_hundred(goal.reached_high)
    return (
        f"The goal of {goal.scenario} was to grow {goal.of} by {100 * goal.low:.0f} to {100 * goal.high:.0f} % a year: "
        f"growth was {growth}, and the goal was reached in {worlds} of 100 worlds ({low} to {high})."
    )


def old_and_new(found: Findings) -> str:
    """How much of the revenue comes from new customers: what fast growth rests on."""
    opening = "Of all revenue, people who had never bought before week 0 brought"
    return _under_each(found, "new_customers_revenue_share", opening, "share of revenue")


def shared_luck(found: Findings) -> str:
    """What pairing the worlds was worth."""
    ratio = found.variance_reduction.get("profit", math.nan)
    if math.isnan(ratio):
        return ""
    if math.isinf(ratio):
        return "Shared luck: the difference in profit is the same in every world."
    if ratio <= 1.0:
        times = three_digits(1.0 / ratio)
        return f"Shared luck did not help: the difference in profit varies {times} times as much as without."
    return f"Shared luck made the variance of the difference in profit {three_digits(ratio)} times smaller."


def where_it_is(place: Path) -> str:
    """Where the numbers and pictures are."""
    return f"Results and pictures: {escaped(str(place))}"
