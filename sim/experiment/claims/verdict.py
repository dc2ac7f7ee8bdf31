"""Verdicts: what may be concluded about a claim, and how rarely that is wrong.

Every interval that a verdict rests on is so wide that all of them, of all twenty-seven claims together, hold the truth
with 95 % (Bonferroni). So the verdict on one claim does not depend on which others were looked at, and a claim that
does not hold where it is tested is called supported in fewer than one of a thousand trials.

In how many plausible worlds it holds is a second question, with an ordinary interval: its answer can make a verdict
more careful, and never turn it round.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from sim.experiment.statistics import CONFIDENCE, wilson_interval

CLAIMS = 27
"""That are tested together."""
MOST = 0.5
"""A claim has to hold in more than this share of the worlds that are plausible."""


class Verdict(StrEnum):
    """What is concluded."""

    SUPPORTED = "supported"
    CONDITIONAL = "conditional"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"


class Range(NamedTuple):
    """Between which values a quantity must lie for a claim to hold."""

    low: float = -np.inf
    high: float = np.inf

    def holds(self, value: float) -> bool:
        """Does it lie there?"""
        return self.low < value < self.high

    def side(self, low: float, high: float) -> int:
        """1 if all of an interval lies there, -1 if none of it does, else 0.

        Check
        -----
        >>> positive = Range(low=0.0)
        >>> [positive.side(*interval) for interval in ((1.0, 2.0), (-2.0, -1.0), (-1.0, 1.0), (np.nan, np.nan))]
        [1, -1, 0, 0]
        """
        if self.low < low and high < self.high:
            return 1
        return -1 if high < self.low or low > self.high else 0


class Share(NamedTuple):
    """In how many of the sampled worlds a claim holds."""

    holding: int
    of: int

    @property
    def value(self) -> float:
        """The share."""
        return self.holding / self.of if self.of else np.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval."""
        return wilson_interval(self.holding, self.of)

    @property
    def side(self) -> int:
        """1 if it surely holds in most plausible worlds, -1 if surely not, else 0.

        Check
        -----
        >>> [Share(holding, 16).side for holding in (12, 11, 8, 4)]
        [1, 0, 0, -1]
        """
        return Range(low=MOST).side(*self.interval) if self.of else 0


class Judgement(NamedTuple):
    """A verdict, and the step of the reasoning that led there."""

    verdict: Verdict
    why: str


def confidence_of_each(intervals: int) -> float:
    """The confidence of each interval of one claim, if its verdict rests on so many.

    Check
    -----
    >>> round(confidence_of_each(1), 5), round(confidence_of_each(3), 5)
    (0.99815, 0.99938)
    """
    return 1.0 - (1.0 - CONFIDENCE) / (CLAIMS * intervals)


def together(sides: Sequence[int]) -> int:
    """What several questions say of a claim that needs all of them: 1 if all do, -1 if one refutes it, else 0.

    Check
    -----
    >>> together([1, 1]), together([1, 0]), together([0, -1])
    (1, 0, -1)
    """
    return -1 if -1 in sides else int(all(side == 1 for side in sides))


def judged(tested: int, ends: Sequence[int], share: Share) -> Judgement:
    """The verdict on a claim.

    Parameters
    ----------
    tested : what the questions say where the claim is tested, as by `together`
    ends : the same at both ends of the range of its condition; none if it names no condition
    share : of sampled worlds

    Check
    -----
    >>> [str(judged(*seen).verdict) for seen in ((1, (), Share(15, 16)), (-1, (), Share(1, 16)), (0, (), Share(8, 16)))]
    ['supported', 'refuted', 'inconclusive']
    >>> str(judged(0, (-1, 1), Share(8, 16)).verdict), str(judged(1, (), Share(2, 16)).verdict)
    ('conditional', 'conditional')
    """
    seen = {tested, *ends}
    if {1, -1} <= seen:
        return Judgement(Verdict.CONDITIONAL, "it surely holds in one part of the range of its condition and surely "
                         "fails in another")  # fmt: skip
    if tested == 0:
        return Judgement(Verdict.INCONCLUSIVE, "an interval reaches to both sides of its threshold")
    if share.side == tested:
        if tested == 1:
            return Judgement(Verdict.SUPPORTED, "it surely holds where it is tested, and in most plausible worlds")
        return Judgement(Verdict.REFUTED, "it surely fails where it is tested, and in most plausible worlds")
    if share.side == -tested:
        here, there = ("holds", "not") if tested == 1 else ("fails", "but holds")
        return Judgement(Verdict.CONDITIONAL, f"it surely {here} where it is tested, {there} in most plausible worlds")
    here = "holds" if tested == 1 else "fails"
    return Judgement(
        Verdict.INCONCLUSIVE, f"it surely {here} where it is tested; for most plausible worlds nobody can tell"
    )
