"""Until: worlds are added in rounds until a difference is known well enough, without being fooled by looking often.

How often is declared beforehand. Every look uses an interval so wide that all of them together hold what they claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.experiment.compare import PLACE, compare
from sim.experiment.executor import Progress
from sim.experiment.outcome import Comparison
from sim.experiment.runs import seeds_from
from sim.experiment.statistics import CONFIDENCE, mean_interval, paired_difference, written
from sim.scenario.schema import Scenario

FIRST_LOOK = 20
"""Worlds before the first look; each later look has twice as many as the one before."""
MOST_WORLDS = 640
METRIC = "profit"


@dataclass(frozen=True)
class Looks:
    """What was declared, and what each look that was taken found."""

    wanted: float
    """Half the width of an interval, as a share of the baseline's mean profit."""
    declared: tuple[int, ...]
    """Worlds at each look, had all been needed."""
    found: tuple[float, ...]
    """The precision at the looks that were taken: of the least precise difference, if there are several."""

    @property
    def taken(self) -> tuple[int, ...]:
        return self.declared[: len(self.found)]

    @property
    def confidence(self) -> float:
        return confidence_of_each(len(self.declared))

    @property
    def reached(self) -> bool:
        return bool(self.found) and self.found[-1] <= self.wanted

    @property
    def document(self) -> dict[str, Any]:
        """As plain data."""
        looks = zip(self.taken, self.found, strict=True)
        return {
            "wanted": self.wanted,
            "declared": list(self.declared),
            "confidence_of_each_look": self.confidence,
            "looks": [{"worlds": worlds, "precision": written(precision)} for worlds, precision in looks],
            "reached": self.reached,
        }


def looks_up_to(most: int, first: int = FIRST_LOOK) -> tuple[int, ...]:
    """After how many worlds to look: the first time, and whenever there are twice as many.

    Check
    -----
    >>> looks_up_to(640), looks_up_to(100), looks_up_to(10), looks_up_to(20, 5)
    ((20, 40, 80, 160, 320, 640), (20, 40, 80, 100), (10,), (5, 10, 20))
    """
    doubled = [first]
    while doubled[-1] < most:
        doubled.append(2 * doubled[-1])
    return (*(worlds for worlds in doubled if worlds < most), most)


def confidence_of_each(looks: int) -> float:
    """How sure each look must be for all of them together to be as sure as one usually is.

    Source
    ------
    Bonferroni's inequality; see Dunn (1961), Multiple comparisons among means.

    Check
    -----
    >>> round(confidence_of_each(1), 4), round(confidence_of_each(5), 4)
    (0.95, 0.99)
    """
    return 1.0 - (1.0 - CONFIDENCE) / looks


def compare_until(
    scenarios: Sequence[Scenario],
    first_seed: int,
    wanted: float,
    most: int = MOST_WORLDS,
    *,
    loop: str = "compiled",
    followed: int = 0,
    workers: int = 2,
    progress: Progress | None = None,
) -> tuple[Comparison, Looks]:
    """Compare in ever more worlds until the first business's difference in profit is known well enough.

    Parameters
    ----------
    wanted : half the width of the interval, as a share of the baseline's mean profit
    most : worlds at the last look
    followed : write down orders and departures of so many people

    Raises
    ------
    ValueError
        If scenarios cannot be compared.
    RunFailed
        If a world cannot be lived to its end.
    """
    declared = looks_up_to(most)
    seeds = seeds_from(first_seed, most)
    parts: list[Comparison] = []
    found: list[float] = []
    for before, until in zip((0, *declared), declared, strict=False):
        parts.append(
            compare(
                scenarios,
                seeds[before:until],
                loop=loop,
                followed=followed,
                workers=workers,
                progress=_from(progress, before),
            )
        )
        found.append(precision(joined(parts), confidence_of_each(len(declared))))
        if found[-1] <= wanted:
            break
    return joined(parts), Looks(wanted, declared, tuple(found))


def precision(comparison: Comparison, confidence: float) -> float:
    """Half the width of the widest interval of a difference in profit, over the size of the baseline's mean profit."""
    profits = [np.array([run.whole[0, PLACE[METRIC]] for run in runs]) for runs in comparison.runs]
    against = abs(float(mean_interval(profits[0]).mean))
    differences = [paired_difference(each, profits[0], confidence) for each in profits[1:]]
    half = max(float(each.high - each.low) / 2.0 for each in differences)
    return half / against if against > 0.0 else np.inf


def joined(parts: Sequence[Comparison]) -> Comparison:
    """Comparisons of the same scenarios in different worlds, as one."""
    seeds = tuple(seed for part in parts for seed in part.seeds)
    runs = zip(*(part.runs for part in parts), strict=True)
    return Comparison(parts[0].scenarios, seeds, tuple(tuple(run for runs in each for run in runs) for each in runs))


def _from(progress: Progress | None, before: int) -> Progress | None:
    """Progress of a round, counted from the first one."""
    return progress and (lambda done, total: progress(before + done, before + total))
