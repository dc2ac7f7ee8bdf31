"""The answer of a report in words, from the document of a run, a comparison or advice. No number without its range."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from sim.experiment.seen import Seen
from sim.interface.findings import HEADLINES, lines, winner
from sim.interface.languages import Say
from sim.interface.words import TOLD
from sim.model.metrics import METRICS


def answer(seen: Seen, say: Say) -> list[str]:
    """What came out, and whether the goals were reached."""
    told = list(_levels(seen, say) if seen.manifest["what"] == "run" else _who_wins(seen, say))
    return [*told, *_goals(seen, say)]


def _levels(seen: Seen, say: Say) -> Iterator[str]:
    for name in HEADLINES:
        level = next(lines(seen.levels[seen.levels["metric"] == name]))
        amount = say.amount(level.mean, level.low, level.high, METRICS[name].unit, seen.currency)
        yield say("report.level", metric=say.title(say.metric(name)), amount=amount)


def _who_wins(seen: Seen, say: Say) -> Iterator[str]:
    found = {(each["scenario"], each["metric"]): each for each in seen.differences}
    for candidate in seen.names[1:]:
        for name in TOLD:
            if found[candidate, name]["ci95"][0] is not None:
                yield _difference(seen, found[candidate, name], say)


def _difference(seen: Seen, found: Mapping[str, Any], say: Say) -> str:
    """One metric of one plan against the baseline."""
    metric, (low, high) = METRICS[found["metric"]], found["ci95"]
    who = {"candidate": found["scenario"], "baseline": seen.names[0], "metric": say.title(say.metric(metric.id))}
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
    told = [_advised(goal, say) for goal in document["goals"]]
    grown = document["status_quo"]
    amount = say.amount(grown["annual_growth"], *_ends(grown["annual_growth_ci95"]), "per year", currency)
    told.append(say("report.advice.zero", of=say.metric(document["metric"]), amount=amount))
    best = document["unconstrained"]
    profit = say.amount(best["with_terminal_equity"], *_ends(best["with_terminal_equity_ci95"]), "money", currency)
    growth = say.per_cent(best["annual_growth"])
    return [*told, say("report.advice.free", **_plan(best, say), amount=profit, growth=growth)]


def _advised(goal: Mapping[str, Any], say: Say) -> str:
    share = say.share(goal["probability"], *goal["probability_ci95"])
    told = {"goal": say.per_cent(goal["annual_growth"]), "share": share, **_plan(goal, say)}
    if goal["reachable"] is None:
        return say("report.advice.undecided", **told)
    if not goal["reachable"]:
        return say("report.advice.unreachable", **told)
    low, high = goal["acquisition_share_band"] or (0.0, 0.0)
    band = say("report.advice.band", range=say.per_cents(low, high)) if high > low else ""
    return say("report.advice.reachable", band=band, **told)


def _plan(goal: Mapping[str, Any], say: Say) -> dict[str, str]:
    """Spend and split of a plan; the range of the spend as far as it is known."""
    spend = say.share(goal["spend_share_of_revenue"], *goal["spend_share_of_revenue_ci95"])
    return {"spend": spend, "split": say.per_cent(goal["acquisition_share"])}


def _ends(interval: list[float | None]) -> tuple[float, float]:
    low, high = (math.nan if end is None else end for end in interval)
    return low, high


def joined(say: Say, *sentences: str) -> str:
    """Sentences in a row; Chinese puts no space between them."""
    return ("" if say.language == "zh-Hant" else " ").join(sentences)
