"""The answer of a report in words, from the document of a run, a comparison or advice. No number without its range."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from sim.experiment.seen import Seen
from sim.interface.pages.languages import Say
from sim.interface.runs.findings import HEADLINES, YEAR, lines, winner
from sim.interface.runs.words import TOLD
from sim.model.metrics import METRICS


def answer(seen: Seen, say: Say) -> list[str]:
    """What came out, and whether the goals were reached."""
    told = list(_levels(seen, say) if seen.manifest["what"] == "run" else _who_wins(seen, say))
    return [*told, *_goals(seen, say)]


def _levels(seen: Seen, say: Say) -> Iterator[str]:
    for name in HEADLINES:
        level = next(lines(seen.levels[seen.levels["metric"] == name]))
        amount = say.amount(level.mean, level.low, level.high, METRICS[name].unit, seen.currency)
        yield say(
            "report.level", metric=say.title(say.metric(name)), period=period(seen.weeks, name, say), amount=amount
        )


def _who_wins(seen: Seen, say: Say) -> Iterator[str]:
    found = {(each["scenario"], each["metric"]): each for each in seen.differences}
    for candidate in seen.names[1:]:
        for name in TOLD:
            if found[candidate, name]["ci95"][0] is not None:
                yield _difference(seen, found[candidate, name], say)


def _difference(seen: Seen, found: Mapping[str, Any], say: Say) -> str:
    """One metric of one plan against the baseline."""
    metric, (low, high) = METRICS[found["metric"]], found["ci95"]
    who = {
        "candidate": found["scenario"],
        "baseline": seen.names[0],
        "metric": say.title(say.metric(metric.id)),
        "period": period(seen.weeks, metric.id, say),
    }
    wins = winner(SimpleNamespace(scenario=found["scenario"], low=low, high=high), metric.better, seen.names[0])
    if wins is None:
        amount = say.amount(found["difference"], low, high, metric.unit, seen.currency)
        return say("report.no_winner", amount=amount, **who)
    less = found["difference"] < 0.0
    size = (-found["difference"], -high, -low) if less else (found["difference"], low, high)
    amount = say.amount(*size, metric.unit, seen.currency)
    sentence = say("report.wins.less" if less else "report.wins", winner=wins, amount=amount, **who)
    share = say.share(found["probability_better"], *found["probability_better_ci95"])
    return joined(say, sentence, say("report.ahead", candidate=found["scenario"], share=share))


def _goals(seen: Seen, say: Say) -> Iterator[str]:
    reached = {each["scenario"]: each for each in seen.summary.get("goals", [])}
    for goal in lines(seen.goals):
        if math.isnan(goal.mean):
            continue
        amount = say.amount(goal.mean, goal.mean_low, goal.mean_high, "per year", seen.currency)
        told = {"scenario": goal.scenario, "of": say.metric(goal.of), "amount": amount}
        if math.isnan(goal.low):
            yield say("report.no_goal", **told)
            continue
        sentence = say("report.goal", goal=say.per_cents(goal.low, goal.high), **told)
        counted = reached.get(goal.scenario)
        if counted is not None and counted["reached"] is not None:
            share = say.share(counted["reached"], *counted["reached_ci95"])
            sentence = joined(say, sentence, say("report.goal.reached", share=share))
        yield sentence


def turning_points(seen: Seen, say: Say) -> list[str]:
    """At which costs the better plan changes; nothing if nobody asked."""
    told = []
    for turn in seen.summary.get("break_even") or []:
        who = {"candidate": turn["scenario"], "baseline": turn["baseline"], "metric": say.metric(turn["metric"])}
        tried = say("range", low=say.number(f"{turn['tried'][0]:g}"), high=say.number(f"{turn['tried'][1]:g}"))
        factor = ""
        if turn["factor"] is not None:
            ends = ["?" if end is None else say.number(f"{end:.2g}") for end in turn["ci95"]]
            value = say.number(f"{turn['factor']:.2g}")
            factor = say("amount", value=value, range=say("range", low=ends[0], high=ends[1]))
        sentence = say(f"break_even.{turn['wins']}", factor=factor, range=tried, **who)
        cost = say.title(say(f"break_even.{turn['what']}"))
        told.append(say("report.turn", cost=cost, sentence=sentence))
    return told


def advice_answer(document: Mapping[str, Any], currency: str, say: Say) -> list[str]:
    """What is advised for each goal, what going on as before brings, and the plan of most profit."""
    told, of = [_advised(goal, say) for goal in document["goals"]], say.metric(document["metric"])
    grown = document["status_quo"]
    amount = say.amount(grown["annual_growth"], *_ends(grown["annual_growth_ci95"]), "per year", currency)
    told.append(say("report.advice.zero", of=of, amount=amount))
    best = document["unconstrained"]
    profit = say.amount(best["with_terminal_equity"], *_ends(best["with_terminal_equity_ci95"]), "money", currency)
    sentences = [say("report.advice.free", amount=profit, years=say.number(f"{document['years']:g}"))]
    sentences += _that_plan(best, say)
    if known := best.get("annual_growth_ci95"):
        growth = say.amount(best["annual_growth"], *_ends(known), "per year", currency)
        sentences.append(say("report.advice.free.growth", of=of, amount=growth))
    return [*told, joined(say, *sentences)]


def _advised(goal: Mapping[str, Any], say: Say) -> str:
    share = say.share(goal["probability"], *goal["probability_ci95"])
    told = {"goal": say.per_cent(goal["annual_growth"]), "share": share}
    if goal["reachable"] is None:
        return joined(say, say("report.advice.undecided", **told), *_that_plan(goal, say))
    if not goal["reachable"]:
        return joined(say, say("report.advice.unreachable", **told), *_that_plan(goal, say))
    if goal["spend_share_of_revenue"] == 0.0:
        return say("report.advice.idle", **told)
    return say("report.advice.reachable", **told, spend=_spend(goal, say), split=_split(goal, say))


def _that_plan(goal: Mapping[str, Any], say: Say) -> list[str]:
    """A plan of which it is known how far others come near it; of another nothing is said."""
    known = goal.get("acquisition_share_band") is not None and any(goal["spend_share_of_revenue_ci95"])
    return [say("report.advice.plan", spend=_spend(goal, say), split=_split(goal, say))] if known else []


def _spend(goal: Mapping[str, Any], say: Say) -> str:
    """The share of revenue that a goal takes, with its range as far as it is known."""
    return say.share(goal["spend_share_of_revenue"], *goal["spend_share_of_revenue_ci95"])


def _split(goal: Mapping[str, Any], say: Say) -> str:
    """The part of the money that wins customers, with its interval if one was saved, and what costs hardly more."""
    low, high = goal["acquisition_share_band"] or (0.0, 0.0)
    near = say("report.advice.band", range=say.per_cents(low, high)) if high > low else say("report.advice.alone")
    if known := goal.get("acquisition_share_ci95"):
        near = say("report.advice.known", interval=say.per_cents(*known), near=near)
    return say("amount", value=say.per_cent(goal["acquisition_share"]), range=near)


def period(weeks: int, metric: str, say: Say) -> str:
    """The time of which a metric of a whole run speaks: its last week, or all of its weeks.

    Check
    -----
    >>> period(260, "profit", Say()), period(60, "profit", Say()), period(60, "cash", Say())
    ('over the 5 years', 'over the 60 weeks', 'in the last week')
    """
    if METRICS[metric].kind == "stock":
        return say("period.end")
    years, rest = divmod(weeks, YEAR)
    return say("period.weeks", count=weeks) if rest or years < 2 else say("period.years", count=years)


def _ends(interval: list[float | None]) -> tuple[float, float]:
    low, high = (math.nan if end is None else end for end in interval)
    return low, high


def joined(say: Say, *sentences: str) -> str:
    """Sentences in a row; Chinese puts no space between them."""
    return ("" if say.language == "zh-Hant" else " ").join(sentences)
