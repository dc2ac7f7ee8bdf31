"""Findings: all that is shown of a run or a comparison, as frames made by the experiment room.

Tables, sentences and figures read from here; none of them measures anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

from sim.interface.terminal.amounts import UNDEFINED

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.experiment.outcome import Comparison

YEAR = 52
HEADLINES = (
    "profit",
    "revenue",
    "customers",
    "satisfaction",
    "cash",
    "customer_acquisition_cost",
    "customer_lifetime_value",
)
"""The metrics of every first answer, in the order in which they are told."""


@dataclass(frozen=True)
class Findings:
    """A comparison (or a run: a comparison of one), seen from one business."""

    business: str
    currency: str
    scenarios: tuple[str, ...]
    """Names; the first is the baseline."""
    worlds: int
    people: int
    weeks: int
    levels: DataFrame
    differences: DataFrame
    goals: DataFrame
    growth: DataFrame
    """One line per scenario and world."""
    variance_reduction: dict[str, tuple[float, float, float]]
    """Of each metric: how many times fewer worlds the pairing needs, and its interval."""
    break_even: DataFrame | None = None
    """At which costs the better plan changes, if somebody asked."""
    same_past: bool = True
    """Is everything before week 0 the same in all scenarios, so that plans alone differ?"""

    @property
    def baseline(self) -> str:
        return self.scenarios[0]

    @property
    def candidates(self) -> tuple[str, ...]:
        return self.scenarios[1:]

    @property
    def status_quo(self) -> str | None:
        """The scenario that goes on as before week 0: the zero of all others."""
        return next((goal.scenario for goal in lines(self.goals) if goal.status_quo), None)

    @property
    def plans(self) -> tuple[str, ...]:
        """The scenarios in which something changes at week 0."""
        return tuple(scenario for scenario in self.scenarios if scenario != self.status_quo)


def findings_of(comparison: Comparison) -> Findings:
    """Everything there is to tell about a comparison; the business is the first one of its scenarios."""
    from sim.experiment import compare

    first = comparison.scenarios[0]
    return Findings(
        business=first.businesses[0].name,
        currency=first.currency.name,
        scenarios=tuple(compare.names_of(comparison.scenarios)),
        worlds=len(comparison.seeds),
        people=first.market_size,
        weeks=first.time.weeks,
        levels=compare.levels(comparison),
        differences=compare.differences(comparison),
        goals=compare.goals(comparison),
        growth=compare.growth_of_worlds(comparison),
        variance_reduction=compare.variance_reduction(comparison),
        break_even=comparison.break_even,
        same_past=len({scenario.history_hash for scenario in comparison.scenarios}) == 1,
    )


def line(frame: DataFrame, **where: object) -> Any:
    """The one line of a frame with these values, as a named tuple; None if there is none."""
    found = reduce(and_, (frame[column] == value for column, value in where.items()))
    return next(lines(frame[found]), None)


def lines(frame: DataFrame) -> Iterator[Any]:
    """Every line of a frame, as a named tuple."""
    return iter(frame.itertuples(index=False))


def winner(difference: Any, better: str, baseline: str) -> str | None:
    """The scenario that a paired difference speaks for; None if its interval contains zero or no direction is better.

    Parameters
    ----------
    difference : a line of the frame of differences
    better : of the metric: 'higher', 'lower' or 'neither'
    """
    if better not in ("higher", "lower") or not (difference.low > 0 or difference.high < 0):
        return None
    return difference.scenario if (difference.low > 0) == (better == "higher") else baseline


def worlds_in_words(share: float, n: int) -> str:
    """A share of worlds as what was counted; a tie counts half.

    Check
    -----
    >>> worlds_in_words(0.64, 50), worlds_in_words(0.75, 2), worlds_in_words(float("nan"), 2)
    ('32 of 50', '1.5 of 2', '-')
    """
    return f"{round(2 * share * n) / 2:,.10g} of {n:,}" if share == share else UNDEFINED


def duration(weeks: int) -> str:
    """A time in words.

    Check
    -----
    >>> duration(260), duration(52), duration(30)
    ('5 years', '1 year', '30 weeks')
    """
    years, rest = divmod(weeks, YEAR)
    if rest or not years:
        return f"{weeks} week{'s' if weeks != 1 else ''}"
    return f"{years} year{'s' if years != 1 else ''}"


def listed(names: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def first_sentence(text: str) -> str:
    """The first sentence of a text.

    Check
    -----
    >>> first_sentence("Grow 1.5 times. Then rest.")
    'Grow 1.5 times.'
    """
    whole = " ".join(text.split())
    end = whole.find(". ")
    return whole if end < 0 else whole[: end + 1]
