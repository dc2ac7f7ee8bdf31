"""Sentences: a comparison as a strategist would read it aloud. No number stands without its range."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from sim.interface.runs.findings import (
    YEAR,
    Findings,
    duration,
    first_sentence,
    line,
    lines,
    listed,
    winner,
    worlds_in_words,
)
from sim.interface.terminal.amounts import difference_spoken, spoken, three_digits
from sim.model.metrics import METRICS
from sim.scenario.problems import escaped

TOLD = {
    "profit": "profit",
    "revenue": "revenue",
    "customers": "customers at the end",
    "satisfaction": "the satisfaction of customers",
}
"""Metrics on which a winner is named, and what they are called."""

DEARER = {"acquisition_cost": "the same contacts cost", "keeping_cost": "the same care for customers costs"}
"""What is made dearer or cheaper, as the middle of a sentence."""

SIDES = ("at least", "at most")
LESS_THAN_DEARER = 0.95
WHY_SLOWER = "; it rises more slowly, as plans tend to spend less when contacts are dear, and talk brings the rest"
"""Why a won customer is not as many times dearer as contacts are."""


def answer(found: Findings) -> list[str]:
    """The whole answer in short paragraphs: what was compared, who wins on what, goals, cost, what would turn it."""
    rivals = [[who_wins(found, candidate)] for candidate in found.candidates]
    goals = [goal_reached(found, goal) for goal in lines(found.goals)]
    cost = [cost_of_winning(found), spending(found), old_and_new(found)]
    rivals.append([out_of_business(found, found.business)])
    paragraphs = [[what_was_compared(found), shared_luck(found)], *rivals, goals, cost, turning_points(found)]
    return [" ".join(part for part in each if part) for each in paragraphs if any(each)]


def what_was_run(found: Findings, story: str) -> str:
    """The scenario's story in one sentence, and how often it was lived."""
    worlds = f"{found.worlds} worlds" if found.worlds > 1 else "One world"
    how = f"{worlds} of {found.people:,} people over {duration(found.weeks)}."
    intervals = " Brackets and \N{PLUS-MINUS SIGN} hold 95 % intervals of the mean." if found.worlds > 1 else ""
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
        f"{differ} Brackets and \N{PLUS-MINUS SIGN} hold 95 % intervals."
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
        ahead = f"ahead in {_counted(difference.probability_better, difference, 'better')}"
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
        short = f"it is counted from a year to a year, and the run lasts {duration(found.weeks)}"
        why = short if found.weeks < YEAR else "there was nothing to grow from"
        return f"The growth of {goal.of} under {goal.scenario} is undefined: {why}."
    growth = spoken(goal.growth, goal.growth_low, goal.growth_high, "per year", found.currency)
    if goal.status_quo and found.plans:
        return (
            f"Under {goal.scenario}, which goes on as before week 0, growth of {goal.of} was {growth}: the zero of the "
            "other plans."
        )
    if math.isnan(goal.low):
        return f"Under {goal.scenario}, which follows no growth goal, growth of {goal.of} was {growth}."
    return (
        f"The goal of {goal.scenario} was to grow {goal.of} by {100 * goal.low:.0f} to {100 * goal.high:.0f} % a year: "
        f"growth was {growth}, and the goal was reached in {_counted(goal.reached, goal, 'reached')}."
    )


def _counted(share: float, row: Any, what: str) -> str:
    """In how many worlds, with the interval of the share.

    Parameters
    ----------
    what : how the columns of the row that hold the ends of the interval begin
    """
    low, high = getattr(row, f"{what}_low"), getattr(row, f"{what}_high")
    return f"{worlds_in_words(share, int(row.n))} worlds ({100 * low:.0f} to {100 * high:.0f} %)"


def out_of_business(found: Findings, of: str | None = None) -> str:
    """Who went out of business, in how many worlds, and when.

    Parameters
    ----------
    of : the business it is about; all, if none is named
    """
    sentences = []
    for closed in lines(found.levels[(found.levels["metric"] == "out_of_business") & (found.levels["mean"] > 0.0)]):
        if of not in (None, closed.business):
            continue
        level = line(found.levels, scenario=closed.scenario, business=closed.business, metric="insolvent_week")
        under = f" under {closed.scenario}" if len(found.scenarios) > 1 else ""
        when = f"in week {level.mean:.0f}"
        if found.worlds > 1:
            spread = "" if math.isnan(level.low) else f" ({level.low:.0f} to {level.high:.0f})"
            when = f"in {worlds_in_words(closed.mean, found.worlds)} worlds, {when} on average{spread}"
        sentences.append(f"{closed.business} went out of business{under} {when}.")
    return " ".join(sentences)


def old_and_new(found: Findings) -> str:
    """How much of the revenue comes from new customers: what fast growth rests on."""
    opening = "Of all revenue, people who had never bought before week 0 brought"
    return _under_each(found, "new_customers_revenue_share", opening, "share of revenue")


def shared_luck(found: Findings) -> str:
    """What pairing the worlds was worth."""
    ratio, low, high = found.variance_reduction.get("profit", (math.nan,) * 3)
    if math.isnan(ratio) or (math.isfinite(ratio) and math.isnan(low)):
        return ""
    if math.isinf(ratio):
        return "Shared luck: the difference in profit is the same in every world."
    if ratio <= 1.0:
        times = _with_range(1.0 / ratio, 1.0 / high, 1.0 / low)
        return f"Shared luck did not help: the difference in profit varies {times} times as much as without."
    return f"Shared luck made the variance of the difference in profit {_with_range(ratio, low, high)} times smaller."


def _with_range(value: float, low: float, high: float) -> str:
    """A bare number with its range."""
    return f"{three_digits(value)} ({three_digits(low)} to {three_digits(high)})"


# ----------------------------------------------------------------------------------------------------------- break-even


def turning_points(found: Findings) -> list[str]:
    """At which costs the better plan changes; nothing if nobody asked."""
    if found.break_even is None or found.break_even.empty:
        return []
    turns = list(lines(found.break_even))
    sentences = [
        turning_point(found, [turn for turn in turns if (turn.scenario, turn.what) == (candidate, what)])
        for candidate in found.candidates
        for what in DEARER
    ]
    tried = f"costs from {turns[0].tried_low:.2g} to {turns[0].tried_high:.2g} times what is assumed here"
    return [*sentences, f"This was tried in {turns[0].worlds:,} of the worlds, with {tried}."]


def turning_point(found: Findings, turns: list[Any]) -> str:
    """Up to which cost, or from which on, one candidate is the better plan.

    Parameters
    ----------
    turns : lines of the frame of break-even, of one candidate and one cost
    """
    first = turns[0]
    candidate, baseline, cost = first.scenario, first.baseline, DEARER[first.what]
    anywhere = f"whatever {cost}, between {first.tried_low:.2g} and {first.tried_high:.2g} times what is assumed here"
    match first.wins:
        case "always":
            return f"{candidate} is ahead of {baseline} on {first.metric} {anywhere}."
        case "never":
            return f"{baseline} is ahead of {candidate} on {first.metric} {anywhere}."
        case "unclear":
            return f"Which of {candidate} and {baseline} is ahead on {first.metric} may be chance {anywhere}."
    limits = {_side(turn): turn for turn in sorted(turns, key=_distance, reverse=True)}  # of each side the nearest
    nearest = min(turns, key=_distance)
    leads = (nearest.wins == "below") == (_side(nearest) == "at most")
    leader, other = (candidate, baseline) if leads else (baseline, candidate)
    told = " and ".join(
        _limit(side, limits[side]) for side in SIDES if side in limits and not _is_open(side, limits[side])
    )
    doubt = line(found.differences, scenario=candidate, business=found.business, metric=first.metric)
    chance = "" if doubt is None or winner(doubt, "higher", baseline) else "; with what is assumed, that may be chance"
    where = f"as long as {cost} {told} what is assumed here" if told else anywhere
    amounts = [_amount(found, turn) for turn in limits.values() if not math.isnan(turn.amount)]
    beyond = [_beyond(side, limits[side], leader) for side in SIDES if side in limits and _is_open(side, limits[side])]
    return " ".join([f"{leader} is ahead of {other} on {first.metric} {where}{chance}.", *amounts, *beyond])


def _side(turn: Any) -> str:
    """Is this a lower or an upper limit of the costs around those assumed?"""
    return "at least" if turn.factor < 1.0 or math.isnan(turn.factor) and math.isnan(turn.low) else "at most"


def _is_open(side: str, turn: Any) -> bool:
    """Does the turn lie beyond what was tried, or so near to its end that it may as well?"""
    end, tried = (turn.low, turn.tried_low) if side == "at least" else (turn.high, turn.tried_high)
    return math.isnan(turn.factor) or math.isnan(end) and f"{turn.factor:.2g}" == f"{tried:.2g}"


def _distance(turn: Any) -> float:
    """How far a turn is from the cost assumed."""
    return abs(math.log(turn.factor if not math.isnan(turn.factor) else turn.tried_high))


def _limit(side: str, turn: Any) -> str:
    """At most, or at least, so many times."""
    low = f"below {turn.tried_low:.2g}" if math.isnan(turn.low) else f"{turn.low:.2g}"
    high = f"above {turn.tried_high:.2g}" if math.isnan(turn.high) else f"{turn.high:.2g}"
    return f"{side} {turn.factor:.2g} times ({low} to {high})"


def _beyond(side: str, turn: Any, leader: str) -> str:
    """From where on nobody is surely ahead, and what was not tried."""
    if side == "at least":
        sure, direction, further = turn.high, "Below", f"cheaper than {turn.tried_low:.2g}"
    else:
        sure, direction, further = turn.low, "Above", f"dearer than {turn.tried_high:.2g}"
    return f"{direction} {sure:.2g} times, the lead of {leader} may be chance; {further} times was not tried."


def _amount(found: Findings, turn: Any) -> str:
    """What a customer whom a contact brought costs at the turn, and as things are assumed."""
    there = spoken(turn.amount, turn.amount_low, turn.amount_high, "money", found.currency)
    metric = "paid_customer_acquisition_cost"
    here = line(found.levels, scenario=turn.scenario, business=found.business, metric=metric)
    now = "" if here is None else f" instead of {spoken(here.mean, here.low, here.high, 'money', found.currency)}"
    cost = f"a customer whom a contact brought costs {there} under {turn.scenario}{now}"
    slower = here is not None and turn.factor > 1.0 and turn.amount < LESS_THAN_DEARER * turn.factor * here.mean
    return f"At {turn.factor:.2g} times, {cost}{WHY_SLOWER if slower else ''}."


# ---------------------------------------------------------------------------------------------------------------- place


def where_it_is(place: Path) -> str:
    """Where the numbers and pictures are."""
    return f"Results and pictures: {escaped(str(place))}"
