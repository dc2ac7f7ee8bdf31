"""Search: the best of a function that is asked in batches, with one objective or several, and within bounds.

Optuna proposes, whoever calls answers. A batch is proposed before any of it is known, and told in its order: so the
search is the same however many work on a batch, and a search that was interrupted proposes the same again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution
from optuna.study import StudyDirection
from optuna.trial import TrialState

from sim.experiment.study.design import Row
from sim.experiment.study.factors import Choice, Factor
from sim.experiment.study.methods import Search


class Told(NamedTuple):
    """What came of a point."""

    values: tuple[float, ...]
    """Of the objectives."""
    beyond: tuple[float, ...]
    """By how much each bound is broken; none if at most 0."""

    @property
    def is_allowed(self) -> bool:
        """Does it keep within all bounds?"""
        return all(excess <= 0.0 for excess in self.beyond)


SPARE = 5
"""So many of the best are lived again if there is one objective."""
Answers = Callable[[Sequence[Row]], Sequence[Told]]


class Trial(NamedTuple):
    """A point that was tried."""

    row: Row
    told: Told


def search(factors: Sequence[Factor], how: Search, higher: Sequence[bool], answers: Answers) -> list[Trial]:
    """All trials, in the order in which they were proposed.

    Parameters
    ----------
    higher : of each objective, whether more of it is better

    Source
    ------
    Bergstra et al. (2011), Algorithms for hyper-parameter optimization; Ozaki et al. (2022) for several objectives.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    directions = [StudyDirection.MAXIMIZE if more else StudyDirection.MINIMIZE for more in higher]
    study = optuna.create_study(directions=directions, sampler=optuna.samplers.TPESampler(seed=how.seed))
    space = {factor.path: _places_of(factor) for factor in factors}
    done: list[Trial] = []
    while len(done) < how.trials:
        batch = [study.ask(space) for _ in range(min(how.batch, how.trials - len(done)))]
        rows = [tuple(_value(factor, asked.params[factor.path]) for factor in factors) for asked in batch]
        for asked, row, told in zip(batch, rows, answers(rows), strict=True):
            for number, excess in enumerate(told.beyond):
                asked.set_constraint(str(number), excess)
            study.tell(asked, told.values, state=TrialState.COMPLETE)
            done.append(Trial(row, told))
    return done


def front(trials: Sequence[Trial], higher: Sequence[bool]) -> list[int]:
    """The trials that no other one beats in one objective without losing in another; only those within all bounds.

    Sorted by the first objective, the best first; of trials at one point only the first. With one objective it is the
    best one.

    Check
    -----
    >>> tried = [Trial((at,), Told(values, (over,))) for at, (values, over) in enumerate(
    ...     [((1.0, 5.0), 0.0), ((2.0, 4.0), 0.0), ((1.0, 4.0), 0.0), ((9.0, 9.0), 0.1)])]
    >>> front(tried, [True, True]), front(tried, [True, False]), front(tried[3:], [True, True])
    ([1, 0], [1], [])
    """
    signs = [1.0 if more else -1.0 for more in higher]
    scores = [tuple(sign * value for sign, value in zip(signs, each.told.values, strict=True)) for each in trials]
    rows = [each.row for each in trials]
    allowed = [at for at, each in enumerate(trials) if each.told.is_allowed and rows.index(each.row) == at]
    best = [at for at in allowed if not any(_beats(scores[other], scores[at]) for other in allowed)]
    best.sort(key=lambda at: tuple(-score for score in scores[at]))
    return best[:1] if len(higher) == 1 else best


def to_live_again(trials: Sequence[Trial], higher: Sequence[bool]) -> list[int]:
    """The trials to live in fresh worlds: the front; with one objective the best few, should the first not hold.

    Check
    -----
    >>> tried = [Trial((at,), Told((value,), (0.0,))) for at, value in enumerate([1.0, 3.0, 2.0])]
    >>> to_live_again(tried, [True]), to_live_again(tried, [False])
    ([1, 2, 0], [0, 2, 1])
    """
    if len(higher) > 1:
        return front(trials, higher)
    found: list[int] = []
    while len(found) < SPARE and (best := front(_without(trials, found), higher)):
        found += best
    return found


def _without(trials: Sequence[Trial], places: Sequence[int]) -> list[Trial]:
    """The trials in their places, some of them beyond a bound."""
    rows = [trials[at].row for at in places]
    beyond = Told((0.0,), (1.0,))
    return [each._replace(told=beyond) if each.row in rows else each for each in trials]


def _beats(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one != other and all(a >= b for a, b in zip(one, other, strict=True))


def _places_of(factor: Factor) -> BaseDistribution:
    """Where Optuna looks: a place between 0 and 1, or the number of a choice."""
    if isinstance(factor.spread, Choice):
        return CategoricalDistribution(tuple(range(len(factor.spread.values))))
    return FloatDistribution(0.0, 1.0)


def _value(factor: Factor, found: float) -> object:
    spread = factor.spread
    return spread.values[int(found)] if isinstance(spread, Choice) else spread.at(found)
