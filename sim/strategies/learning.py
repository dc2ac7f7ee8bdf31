"""Learning from books: how customers answer to money, as a line in logarithms that every plan corrects.

The slope of such a line is an elasticity: by how many per cent customers change when money changes by one. A strategy
begins with what it believes and how much it doubts it; what it sees moves the belief, the less the noisier it is.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.rules.arithmetic import log

NO_IDEA = 100.0
"""Variance of a level that nobody has seen yet, in logarithms."""
DRIFT = 0.0002
"""Variance by which a level may move in a week: about a tenth in a year."""
FORGETS = 0.005
"""By which part the doubt of a slope grows in a week: what was seen counts for about four years."""
UNEXPLAINED = 0.0025
"""Variance of what money does not explain, beside chance in counting: a twentieth."""
LEAST, MOST = 0.01, 1.0
"""Elasticities lie between these: money never quite stops to act, and never has increasing returns."""


class Response(NamedTuple):
    """A line y = level + slope x, with the variances and the covariance of what is believed of it.

    Levels drift and slopes are slowly forgotten, except one that was never doubted.

    Source
    ------
    Kalman (1960): the filter of a line whose level and slope drift. Little (1966): control of promotional spending by
    what is learned from it.
    """

    level: float
    slope: float
    doubt_of_level: float
    both: float
    doubt_of_slope: float

    @property
    def elasticity(self) -> float:
        """The slope, within what is sensible."""
        return min(max(self.slope, LEAST), MOST)

    def corrected(self, x: float, y: float, noise: float, weeks: float) -> Response:
        """What is believed after seeing y at x.

        Parameters
        ----------
        noise : variance of y
        weeks : since the last look

        Check
        -----
        >>> line = believed(0.5, 0.5)
        >>> for x in (0.0, 1.0, 0.0, 1.0) * 50:
        ...     line = line.corrected(x, 2.0 + 0.2 * x, 0.01, 0.0)
        >>> round(line.level, 2), round(line.slope, 2)
        (2.0, 0.2)
        """
        level, slope = self.doubt_of_level + weeks * DRIFT, self.doubt_of_slope * (1.0 + weeks * FORGETS)
        towards_level, towards_slope = level + x * self.both, self.both + x * slope
        whole = noise + towards_level + x * towards_slope
        surprise = (y - self.level - self.slope * x) / whole
        return Response(
            self.level + towards_level * surprise,
            self.slope + towards_slope * surprise,
            max(level - towards_level * towards_level / whole, 0.0),
            self.both - towards_level * towards_slope / whole,
            max(slope - towards_slope * towards_slope / whole, 0.0),
        )

    def seen(self, money: float, counted: float, among: float, weeks: float) -> Response:
        """What is believed after so many were counted among so many, at so much money; without money nothing is seen.

        Parameters
        ----------
        money : per head and year
        counted, among : the share counted among the heads is what answers to money
        weeks : in which they were counted
        """
        if money <= 0.0 or among <= 0.0 or weeks <= 0.0:
            return self
        counted = max(counted, 0.0) + 0.5  # none of few is not never
        return self.corrected(log(money), log(counted / among / weeks), 1.0 / counted + UNEXPLAINED, weeks)


def believed(elasticity: float, doubt: float) -> Response:
    """A line of which only the slope is believed, with this standard deviation."""
    return Response(0.0, elasticity, NO_IDEA, 0.0, doubt * doubt)


def towards(before: float, now: float, weeks: float, memory: float) -> float:
    """A mean that forgets: moved towards what is now, wholly after ``memory`` weeks in one step."""
    return before + (now - before) * min(weeks / memory, 1.0)


def per_head_year(money: float, weeks: float, heads: float) -> float:
    """Money of some weeks as money per head and year; nothing where nobody is."""
    return 52.0 * money / weeks / heads if weeks > 0.0 and heads > 0.0 else 0.0


def square_wave(week: int, cycle: int) -> float:
    """1 in the first half of every cycle and -1 in the second; a cycle and its double are uncorrelated.

    Check
    -----
    >>> [square_wave(week, 8) for week in (-1, 0, 3, 4, 8)]
    [-1.0, 1.0, 1.0, -1.0, 1.0]
    """
    return 1.0 if 2 * (week % cycle) < cycle else -1.0
