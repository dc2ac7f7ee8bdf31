"""Advice: for each goal the plan of least spend that reaches it, found by trying plans in the same worlds.

One set of plans in one set of worlds serves all goals: a coarse table of spends and splits in few worlds, then a closer
look where the cheapest plans of each goal lie. A smooth surface through what was tried says what each split needs; the
splits that need hardly more than the best one are its band. At the best split the least spend is settled in more
worlds, and what is advised is tried once in fresh ones, so that it is not praised for the luck by which it was chosen;
these alone say whether a goal can be reached.

Worlds differ more than plans. So that few stand for all, going on as before is tried in many first, and worlds are
chosen evenly from the slowest to the fastest grown: those in which something is
chosen and the fresh ones alternate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.experiment.advised import FULL, Advice, Advised, Effort, Point, Surely
from sim.experiment.executor import Executor, Here, Progress
from sim.experiment.fresh import Fresh
from sim.experiment.ignorance import asked, moved
from sim.experiment.obstacles import obstacles
from sim.experiment.plans import STATUS_QUO, Plan
from sim.experiment.runs import seeds_from
from sim.experiment.search import BESIDE, IDLE, MOST, SPENDS, Question, Search, Share, tidy
from sim.experiment.settling import Aim, required, settle
from sim.experiment.statistics import CONFIDENCE
from sim.experiment.surface import band_of, best_of
from sim.scenario.schema import YEAR, Scenario

CURVE = np.round(np.arange(0.0, 1.2001, 0.025), 3)
"""Goals of the figure, growth a year."""
REVENUE = Question("revenue", 0.5, None)
TRIES = 3
"""Plans that are tried for a goal to settle its spend, mostly, if there may be so many."""
LOWEST_GOAL, HIGHEST_GOAL = 0.0, 3.0


def advise(
    scenario: Scenario,
    goals: Sequence[float],
    question: Question = REVENUE,
    *,
    effort: Effort = FULL,
    crew: Executor | None = None,
    progress: Progress | None = None,
) -> Advised:
    """The plan of least spend that reaches each goal.

    Parameters
    ----------
    goals : growth a year, .15 for 15 %
    question : what shall grow, in which share of worlds, within which budget
    crew : who lives the worlds; this process if nobody is named

    Raises
    ------
    ValueError
        If a goal, the confidence or the effort makes no sense, or if there is nothing to grow from.
    RunFailed
        If a world cannot be lived.
    """
    check(scenario, goals, question)
    check_effort(effort)
    crew, count = crew or Here(), Count(progress, _expected(scenario, len(goals), effort))
    zero = Search(scenario, question, seeds_from(effort.first_seed, effort.settle + effort.fresh), crew, count)
    zero.try_all([STATUS_QUO])
    found = _answers(goals, zero, _apart(zero, effort), effort)
    count.finish()
    return found._replace(runs=count.done)


def check(scenario: Scenario, goals: Sequence[float], question: Question) -> None:
    """Can this be asked at all?

    Raises
    ------
    ValueError
        If a goal or the confidence makes no sense, or if there is no year before week 0 to grow from.
    """
    if not goals:
        raise ValueError("there is no advice without a goal; name one, such as --goal 15%")
    for at, goal in enumerate(goals):
        if not LOWEST_GOAL <= goal <= HIGHEST_GOAL:
            low, high = in_per_cent(LOWEST_GOAL), in_per_cent(HIGHEST_GOAL)
            raise ValueError(
                f"a goal lies between {low} and {high} growth a year ({in_per_cent(goal)}); name one there"
            )
        if goal in goals[:at]:
            raise ValueError(f"the goal {in_per_cent(goal)} is given twice; keep one")
    if not 0.0 < question.confidence < 1.0:
        raise ValueError(
            f"a confidence lies between 0 and 1 ({question.confidence:g}); 0.5 asks for half of the worlds"
        )
    first, past = scenario.businesses[0], scenario.time.burn_in_weeks
    if past < YEAR:
        raise ValueError(
            f"{scenario.name} has no year before week 0 to grow from (time.burn_in_weeks: {past}); give it a past, "
            f"such as --set time.burn_in_weeks={2 * YEAR}, or hold plans for it against each other with compare"
        )
    if first.offering.opens_week > 0:
        raise ValueError(
            f"{first.name} opens after week 0 and has nothing to grow from (businesses.{first.name}.opens_week: "
            f"{first.offering.opens_week}); let it open at week 0, or hold plans for it against each other with compare"
        )


def check_effort(effort: Effort) -> None:
    """Are there worlds enough for everything that is done in them?

    Raises
    ------
    ValueError
        If something has none, or the search more than are chosen from.
    """
    for name in ("search", "settle", "fresh", "rounds"):
        if getattr(effort, name) < 1:
            raise ValueError(f"advice without {name} is none ({name}: {getattr(effort, name)}); take 1 at least")
    if not effort.splits:
        raise ValueError("there is no table of plans without a split; name at least one")
    if effort.search > effort.settle:
        raise ValueError(
            f"the search takes its worlds from those in which spends are settled, and those are fewer "
            f"({effort.search} and {effort.settle}); take no more"
        )


def in_per_cent(goal: float) -> str:
    """A goal as it is typed.

    Check
    -----
    >>> in_per_cent(0.15), in_per_cent(-0.025)
    ('15%', '-2.5%')
    """
    return f"{100.0 * goal:.10g}%"


class Count:
    """One count over many searches.

    Parameters
    ----------
    progress : told how many runs are done, and of about how many; of exactly as many at the end
    """

    def __init__(self, progress: Progress | None, expected: int) -> None:
        self.done, self._before, self._expected, self._progress = 0, 0, expected, progress

    def __call__(self, now: int, total: int) -> None:
        self.done = self._before + now
        if now == total:
            self._before = self.done
        if self._progress is not None:
            self._progress(self.done, max(self._expected, self.done + total - now))

    def finish(self) -> None:
        if self._progress is not None:
            self._progress(self.done, self.done)


def _answers(goals: Sequence[float], zero: Search, worlds: Worlds, effort: Effort) -> Advised:
    """All that is found by one search, settled in more worlds, and tried in fresh ones."""
    search, more, fresh = worlds
    search.try_table(effort.splits)
    if effort.closer:
        search.look_closer(goals)
    if any(search.reaches(IDLE, goal) for goal in goals):
        more.try_all([IDLE])
    aims = [_aim(goal, search, more) for goal in goals]
    plans = settle(aims, more, effort.rounds)
    best = search.most_profitable()
    fresh.try_all([best, *plans])
    before = dict(zip(zero.seeds, zero.outcomes[STATUS_QUO], strict=True))
    fresh.outcomes[STATUS_QUO] = tuple(before[seed] for seed in fresh.seeds)
    seen = Fresh(fresh, effort.first_seed + len(zero.seeds))
    seen.look(goals, plans, search, effort.most_fresh)
    tried = Tried(seen, 1.0 - (1.0 - CONFIDENCE) / len(goals))
    advices = [_advice(goal, plan, worlds, tried) for goal, plan in zip(goals, plans, strict=True)]
    advices = [_explained(advice, search) for advice in advices]
    return Advised(
        search.scenario,
        search.question,
        effort,
        tuple(_if_otherwise(advices, search, effort)),
        tuple(Point(float(goal), tuple(search.needs(float(goal))), search.most_worlds(float(goal))) for goal in CURVE),
        search.freely(),
        _unconstrained(best, seen, tried),
        zero.outcomes[STATUS_QUO],
        search.seeds,
        runs=0,
    )


class Worlds(NamedTuple):
    """Where plans are tried."""

    search: Search
    """The whole table."""
    more: Search
    """The least spend of each goal; the worlds of the search are among them."""
    fresh: Search
    """What is advised, at first."""


def _apart(zero: Search, effort: Effort) -> Worlds:
    """Worlds in which something is chosen, and fresh ones: evenly from the slowest to the fastest grown."""
    metric = zero.question.metric
    growths = np.array([outcome.growth(metric) for outcome in zero.outcomes[STATUS_QUO]])
    if np.isnan(growths).any():
        raise ValueError(
            f"{zero.scenario.businesses[0].name} had no {metric} in the year before week 0 to grow from "
            f"({int(np.isnan(growths).sum())} of {len(growths)} worlds); ask for the growth of something else, such as "
            f"--metric {'customers' if metric == 'revenue' else 'revenue'}"
        )
    order = [zero.seeds[at] for at in np.argsort(growths, kind="stable")]
    chosen, fresh = order[::2], order[1::2]
    few = [chosen[(2 * at + 1) * len(chosen) // (2 * effort.search)] for at in range(effort.search)]
    return Worlds(
        *(Search(zero.scenario, zero.question, seeds, zero.crew, zero.progress) for seeds in (few, chosen, fresh))
    )


def _aim(goal: float, search: Search, more: Search) -> Aim:
    """Where to begin to settle the spend of a goal."""
    if IDLE in more.outcomes and more.reaches(IDLE, goal):
        return Aim(goal, IDLE, 0.0)
    best = best_of(search.needs(goal))
    plan = Plan(tidy(best.spend_share), best.split) if np.isfinite(best.spend_share) else search.nearest(goal)
    return Aim(goal, plan, search.slope(plan))


class Tried(NamedTuple):
    """Fresh worlds, and how to tell what they show."""

    fresh: Fresh
    sure: float
    """How sure an interval has to be, so that those of all goals hold together."""

    def advice(self, goal: float, plan: Plan) -> Advice:
        """A plan as these worlds show it."""
        nobody_knows, fresh = Share(plan.spend_share, 0.0, np.inf), self.fresh
        share, shown = fresh.share(plan, goal), fresh.shown_by(goal)
        surely = shown and Surely(shown, fresh.share(shown, goal), len(fresh.outcomes(shown)))
        outcomes, going_on = fresh.outcomes(plan), fresh.going_on(plan)
        return Advice(
            goal,
            plan,
            fresh.reachable(goal, plan),
            None,
            None,
            nobody_knows,
            outcomes,
            going_on,
            share,
            self.sure,
            surely,
        )


def _advice(goal: float, plan: Plan, worlds: Worlds, tried: Tried) -> Advice:
    """What to do for one goal, as the fresh worlds judge it."""
    search, more, _ = worlds
    plan = tried.fresh.advised(goal, plan)
    found = tried.advice(goal, plan)
    if found.reachable is False:
        return found
    needs, split = search.needs(goal), plan.acquisition_share
    band = (split, split)
    if plan == IDLE:
        band = (0.0, 1.0)
    elif np.isfinite(best_of(needs).spend_share):
        band = band_of(needs, around=split)
    spend = required(plan, goal, search.slope(plan), more)
    if spend.high > MOST:  # which nobody has tried
        spend = spend._replace(high=np.inf)
    known = None if plan == IDLE else search.known_split(goal, split)
    return found._replace(band=band, known_split=known, spend=spend)


def _unconstrained(best: Plan, fresh: Fresh, tried: Tried) -> Advice:
    """The plan of most profit, for the growth that it brings in the middle one of the fresh worlds."""
    grown = float(np.median(fresh.growths(best)))
    return tried.advice(grown, best)._replace(reachable=True, surely=None)


def _explained(advice: Advice, search: Search) -> Advice:
    """With what stands in the way, unless the goal can be reached."""
    if advice.reachable:
        return advice
    return advice._replace(why=obstacles(search, advice.plan, advice.goal))


def _if_otherwise(advices: list[Advice], search: Search, effort: Effort) -> list[Advice]:
    """With what would be advised for the middle one of the goals that can be reached, were numbers others."""
    reachable = [at for at, advice in enumerate(advices) if advice.reachable and advice.plan != IDLE]
    if reachable and effort.aside:
        at = reachable[(len(reachable) - 1) // 2]
        found = moved(search, advices[at].goal, advices[at].plan, effort.aside)
        advices[at] = advices[at]._replace(otherwise=found)
    return advices


def _expected(scenario: Scenario, goals: int, effort: Effort) -> int:
    """About how many runs there will be in all."""
    table = 1 + len(effort.splits) * len(SPENDS)
    closer = len(BESIDE) * goals * effort.closer
    fresh = effort.fresh * (goals + 1)
    return (
        effort.settle * (1 + min(TRIES, effort.rounds) * goals)
        + effort.fresh
        + effort.search * (table + closer)
        + fresh
        + effort.aside * asked(scenario)
    )
