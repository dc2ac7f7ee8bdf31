"""Fresh worlds: those in which nothing was chosen, and more of them for goals at the edge of what can be reached.

The plan of least spend is about as good as was asked, and no number of worlds tells whether it is a little better or a
little worse. Whether the goal can be reached is another question: it can if any plan that was lived here, mostly a
dearer one, reaches it in so many worlds that their interval lies above the chance that was asked; the one that grew
most is lived here too if it has to be. Only where neither this nor the opposite is plain, the worlds are doubled, up to
a bound that is declared beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.experiment.plans import STATUS_QUO, Outcome, Plan
from sim.experiment.runs import seeds_from
from sim.experiment.search import Search
from sim.experiment.statistics import CONFIDENCE, wilson_interval


class Fresh:
    """Plans lived in fresh worlds, round after round; each round doubles the worlds.

    Parameters
    ----------
    first : the worlds in which every plan is lived, going on as before among them
    next_seed : of the worlds that come after these
    """

    def __init__(self, first: Search, next_seed: int) -> None:
        self._rounds, self._next_seed = [first], next_seed
        self._asked = first.question.confidence

    @property
    def worlds(self) -> int:
        """How many there are by now, whoever lived in them."""
        return sum(len(each.seeds) for each in self._rounds)

    @property
    def plans(self) -> list[Plan]:
        """All that were lived, the cheapest first."""
        return sorted(plan for plan in self._rounds[0].outcomes if plan != STATUS_QUO)

    def outcomes(self, plan: Plan) -> tuple[Outcome, ...]:
        """What came of a plan, in all worlds in which it was lived."""
        return sum((each.outcomes[plan] for each in self._lived(plan)), ())

    def going_on(self, plan: Plan) -> tuple[Outcome, ...]:
        """What came of going on as before in the worlds of this plan."""
        return sum((each.outcomes[STATUS_QUO] for each in self._lived(plan)), ())

    def growths(self, plan: Plan) -> np.ndarray:
        """Growth in each world; none where the plan spent more than the budget."""
        return np.concatenate([each.growths(plan) for each in self._lived(plan)])

    def share(self, plan: Plan, goal: float) -> float:
        """Of worlds in which a plan reaches a goal."""
        return float((self.growths(plan) >= goal).mean())

    def shown_by(self, goal: float) -> Plan | None:
        """The cheapest plan that plainly reaches a goal: the interval of its share lies above what was asked."""
        return next((plan for plan in self.plans if self._between(plan, goal)[0] >= self._asked), None)

    def advised(self, goal: float, plan: Plan) -> Plan:
        """The plan itself; if it is plainly not good enough the next dearer one that is, or else the one that shows it.

        As long as the goal is undecided, the one that comes nearest.
        """
        reachable = self.reachable(goal, plan)
        if reachable is None:
            return max(self._in_question(goal, plan), key=lambda each: self.share(each, goal))
        if not reachable or not self._refuted(plan, goal):
            return plan
        good = (each for each in self.plans if each > plan and not self._refuted(each, goal))
        return next(good, self.shown_by(goal) or plan)

    def reachable(self, goal: float, plan: Plan) -> bool | None:
        """Can a goal be reached? None, undecided, if no plan plainly does it and those in question do not plainly fail.

        Parameters
        ----------
        plan : what is advised for the goal
        """
        if self.shown_by(goal) is not None:
            return True
        return False if all(self._refuted(each, goal) for each in self._in_question(goal, plan)) else None

    def look(self, goals: Sequence[float], plans: Sequence[Plan], search: Search, most: int) -> None:
        """Live plans of goals in doubt, and those that do best for them, in more worlds, until none is in doubt.

        Parameters
        ----------
        plans : what is advised for each goal
        search : where it is known which plan grows most
        most : worlds that there may be at all
        """
        first, pairs = self._rounds[0], list(zip(goals, plans, strict=True))
        first.try_all(search.nearest(goal) for goal, plan in pairs if self.reachable(goal, plan) is None)
        while 2 * (count := self.worlds) <= most:
            doubtful = [pair for pair in pairs if self.reachable(*pair) is None]
            if not doubtful:
                return
            seeds = seeds_from(self._next_seed, count)
            more = Search(first.scenario, first.question, seeds, first.crew, first.progress)
            more.try_all([STATUS_QUO, *(each for pair in doubtful for each in self._in_question(*pair))])
            self._rounds.append(more)
            self._next_seed += count

    def _in_question(self, goal: float, plan: Plan) -> tuple[Plan, Plan]:
        """The plan for a goal, and the one that reaches it in most of the first worlds, the dearest of several."""
        first = self._rounds[0]
        return plan, max(self.plans, key=lambda each: (first.share(each, goal), each))

    def _lived(self, plan: Plan) -> list[Search]:
        return [each for each in self._rounds if plan in each.outcomes]

    def _refuted(self, plan: Plan, goal: float) -> bool:
        """Is a plan plainly not good enough: does the interval of its share lie below what was asked?"""
        return self._between(plan, goal)[1] < self._asked

    def _between(self, plan: Plan, goal: float) -> tuple[float, float]:
        reached = self.growths(plan) >= goal
        return wilson_interval(float(reached.sum()), len(reached), CONFIDENCE)
