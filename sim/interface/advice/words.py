"""Advice in sentences: for each goal the split, the money and how sure that is, or what stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sim.experiment.advised import FULL, QUICK, Advice, Advised
from sim.experiment.ignorance import Moved
from sim.experiment.phases import Phases
from sim.experiment.plans import Outcome
from sim.experiment.search import IDLE, MOST
from sim.experiment.statistics import mean_interval
from sim.interface.runs.findings import duration, listed, worlds_in_words
from sim.interface.terminal.amounts import difference_spoken, spoken
from sim.scenario.schema import YEAR

EASED = {
    "credit": "with a bank that lends without limit",
    "reach": "if twice as many prospects could be reached",
    "keeping": "if keeping money could save nearly everybody",
    "all": "with all three",
}
"""What was taken out of the way, as an aside in a sentence."""
FLAT = 0.20
"""The optimum is called flat if splits so far apart are as good."""


def what_was_asked(found: Advised) -> str:
    """What was searched, and what counts as reaching a goal."""
    scenario, effort = found.scenario, found.effort
    return (
        f"{scenario.name}: which share of revenue to spend on marketing, and which part of that on winning customers, "
        f"for {scenario.businesses[0].name} to grow so much a year over {duration(scenario.time.weeks)}? A plan is "
        f"good enough if a new world would reach the goal with a chance of {found.question.confidence:.0%}. Plans were "
        f"tried in {effort.search} worlds, the least spend was settled in {effort.settle}, and what is advised was "
        f"tried once in {effort.fresh} fresh ones{_and_more(found)}: {found.runs:,} runs."
    )


def _and_more(found: Advised) -> str:
    """In how many fresh worlds goals near the edge were tried; empty if there were none of these."""
    most = max(len(advice.outcomes) for advice in found.goals)
    return f", for goals near the edge in {most}" if most > found.effort.fresh else ""


def is_quick(found: Advised) -> str:
    """That this is the quick answer, and what the full one has besides; empty for the full one."""
    if found.effort.aside:
        return ""
    return (
        f"This is the quick answer: few plans in few worlds, so intervals are wide, and a goal may stay undecided. "
        f"Without --quick there are {FULL.fresh} fresh worlds instead of {QUICK.fresh}, up to {FULL.most_fresh} for "
        "goals near the edge; a closer look at the splits; a spend that is tried again until it is settled; and how "
        "the answer moves with numbers that nobody knows."
    )


def for_one_goal(found: Advised, advice: Advice) -> str:
    """The advice for one goal in a few sentences."""
    if advice.reachable is None:
        return _undecided(found, advice)
    return _plan_for(found, advice) if advice.reachable else _no_plan_for(found, advice)


def _plan_for(found: Advised, advice: Advice) -> str:
    plan, currency, goal = advice.plan, found.scenario.currency.name, f"{advice.goal:.0%} a year"
    low, high = advice.together
    worlds = worlds_in_words(advice.probability, len(advice.outcomes))
    reached = f"{worlds[0].upper()}{worlds[1:]} fresh worlds reach the goal ({low:.0%} to {high:.0%}{_surely(advice)})."
    if plan == IDLE:
        return f"For {goal} no marketing is needed. {reached} {_its_price(found, advice)}"
    spend = advice.mean(lambda outcome: outcome.spend / (found.scenario.time.weeks / YEAR))
    money = spoken(float(spend.mean), float(spend.low), float(spend.high), "money", currency)
    between = f" ({chance_of_spend(advice).replace('-', ' to ')})"
    return (
        f"For {goal} spend {plan.spend_share:.1%} of revenue{between}, {money} a year, and put "
        f"{plan.acquisition_share:.0%} of it{_known(advice)} into winning customers{_flat(advice)}. {reached} "
        f"{_its_price(found, advice)}"
    )


def _surely(advice: Advice) -> str:
    """Which plan shows that the goal can be reached, where the advised one does so in too few worlds to show it."""
    surely = advice.surely
    if surely is None or surely.plan == advice.plan:
        return ""
    return f"; with {surely.plan.spend_share:.1%} of revenue {worlds_in_words(surely.probability, surely.worlds)} do"


def _undecided(found: Advised, advice: Advice) -> str:
    """A goal at the edge of what can be reached."""
    plan, (low, high) = advice.plan, advice.together
    worlds = worlds_in_words(advice.probability, len(advice.outcomes))
    return (
        f"Whether {advice.goal:.0%} a year can be reached is undecided: the plan that comes nearest, "
        f"{plan.spend_share:.1%} of revenue and {plan.acquisition_share:.0%} of that{_known(advice)} for winning, "
        f"reaches it in {worlds} fresh worlds ({low:.0%} to {high:.0%}), too near a chance of "
        f"{found.question.confidence:.0%} to say yes or no. {_why_not(advice)} {_its_price(found, advice)}"
    )


def _known(advice: Advice) -> str:
    """How well the best split is known."""
    return " ({:.0%} to {:.0%})".format(*advice.known_split) if advice.known_split else ""


def _flat(advice: Advice) -> str:
    """Which other splits are as good."""
    low, high = advice.band or (0.0, 0.0)
    if high <= low:
        return ""
    if (low, high) == (0.0, 1.0):
        return "; the optimum is flat, any other split costs at most a tenth more"
    flat = "the optimum is flat, " if high - low >= FLAT else ""
    return f"; {flat}splits from {low:.0%} to {high:.0%} cost at most a tenth more"


def chance_of_spend(advice: Advice) -> str:
    """Between which shares of revenue the answer lies, as far as the worlds show it."""
    low, high = advice.spend.low, advice.spend.high
    return f"{low:.1%}-{high:.1%}" if np.isfinite(high) else f"at least {low:.1%}"


def _no_plan_for(found: Advised, advice: Advice) -> str:
    plan, metric = advice.plan, found.question.metric
    worlds = worlds_in_words(advice.probability, len(advice.outcomes))
    middle = float(np.median([outcome.growth(metric) for outcome in advice.outcomes]))
    return (
        f"{advice.goal:.0%} a year is out of reach with any split: the nearest plan, {plan.spend_share:.0%} of revenue "
        f"and {plan.acquisition_share:.0%} of that for winning, reaches it in {worlds} fresh worlds and grows "
        f"{middle:.0%} in the middle one. {_why_not(advice)} {_its_price(found, advice)}"
    )


def _why_not(advice: Advice) -> str:
    """What the nearest plan would bring if things were easier."""
    as_it_is, *easier = advice.why
    parts = [f"{obstacle.growth:.0%} {EASED[obstacle.name]}" for obstacle in easier]
    return f"Where it grows {as_it_is.growth:.0%} as things are, it would grow {listed(parts)}."


def _its_price(found: Advised, advice: Advice) -> str:
    """What a plan earns against going on as before, and how low its cash falls."""
    difference = advice.against_going_on(lambda outcome: outcome.profit)
    mean, low, high = (float(each) for each in difference[:3])
    less = difference_spoken(mean, low, high, "money", found.scenario.currency.name)
    return f"Over the years its profit is {less} than that of going on as before. {_cash(found, advice)}"


def _cash(found: Advised, advice: Advice) -> str:
    """How low the cash falls on the way."""
    lowest = min(outcome.lowest_cash for outcome in advice.outcomes)
    if lowest >= 0.0:
        return f"Its cash is never below {thousands(lowest)}."
    credit = found.scenario.businesses[0].offering.credit_line
    return f"Its cash falls to {thousands(lowest)} in the worst world, of a credit of {thousands(credit)}."


def going_on(found: Advised) -> str:
    """What going on as before brings: the zero of every plan."""
    growth = _estimate(found.status_quo, lambda outcome: outcome.growth(found.question.metric))
    told = spoken(*growth, "per year", found.scenario.currency.name)
    return f"Going on as before, {found.question.metric} grows {told}: every plan is to be measured from there."


def most_profit(found: Advised) -> str:
    """The plan of most profit, whatever the goal."""
    best, currency = found.unconstrained, found.scenario.currency.name
    plan = best.plan
    most = ", the most that was tried" if plan.spend_share == MOST else ""
    worth = _estimate(best.outcomes, lambda outcome: outcome.profit + outcome.equity)
    what = (
        "without any marketing"
        if plan == IDLE
        else (f"with {plan.spend_share:.0%} of revenue{most}, {plan.acquisition_share:.0%} of it for winning")
    )
    return (
        f"Without a goal, profit and what the customers are then worth are largest {what}: "
        f"{spoken(*worth, 'money', currency)} in today's money, and growth of {best.goal:.0%} a year. "
        f"{_cash(found, best)}"
    )


def of_chance(found: Advised) -> str:
    """How the ranges are to be read."""
    count = len(found.goals)
    together = (
        f"; those of the {count} shares of worlds hold together (Bonferroni), all others one by one"
        if count > 1
        else ""
    )
    return f"Chance: every range is a 95 % interval of what other worlds would show{together}."


def of_ignorance(found: Advised) -> str:
    """How the advice moves with what nobody knows; empty if that was not asked."""
    return " ".join(_ignorance_of(advice) for advice in found.goals if advice.otherwise)


def _ignorance_of(advice: Advice) -> str:
    between = advice.ignorance
    if between is None:
        return ""
    parts = [f"{each.unknown} {each.value:g}: {_plan(each)}" for each in advice.otherwise]
    (least, most), (few, many) = between.spend, between.split
    lost = f"; out of reach at {between.out_of_reach} of the {between.asked} ends" if between.out_of_reach else ""
    return (
        f"Ignorance: nobody knows some numbers well. For {advice.goal:.0%} a year, at the ends of what is plausible, "
        f"{'; '.join(parts)}. That is {least:.0%} to {most:.0%} of revenue, and {few:.0%} to {many:.0%} of it for "
        f"winning{lost}; chance comes on top."
    )


def _plan(each: Moved) -> str:
    if each.plan is None:
        return "out of reach"
    low, high = each.band or (each.plan.acquisition_share,) * 2
    spend, split = each.plan
    return f"{spend:.0%} of revenue, {split:.0%} for winning ({low:.0%} to {high:.0%})"


def of_phases(varied: Phases) -> str:
    """How the phase diagram came about, and whether it moves at all."""
    still = len({row.cells for row in varied.rows}) == 1
    moves = f" In this scenario the answer does not move with {varied.name}." if still else ""
    return (
        f"The best share for winning, and below it the share of revenue, read off the plans that were tried in "
        f"{varied.worlds} worlds; not tried again in fresh ones. For each value of {varied.name} the years before week "
        f"0 are lived anew, so customers at week 0 may differ.{moves}"
    )


def _estimate(outcomes: Sequence[Outcome], of: Callable[[Outcome], float]) -> tuple[float, float, float]:
    found = mean_interval(np.array([of(outcome) for outcome in outcomes]))
    return float(found.mean), float(found.low), float(found.high)


def thousands(amount: float) -> str:
    """An amount as tables write it."""
    return f"{amount:,.0f}"
