"""Supply: what is ordered before it is asked for.

A business that knows its customers can order a part of the next season's goods early, which is cheaper. What it then
lacks has to be bought late or is not sold; what is left over goes for little. How much to order depends on what being
short costs against what being left with it costs, and on how well the season can be foretold.
"""

from typing import Annotated, NamedTuple

from sim.rules.compile import rule
from sim.units import Parameter, money, weeks


class Supply(NamedTuple):
    """How a business gets its goods."""

    season_weeks: Annotated[
        int,
        weeks("of a season, counted from week 0; 0: there are none, everything is bought as it is ordered",
              "the question", (13, 52)),
    ] = 0  # fmt: skip
    preorder_share: Annotated[
        float,
        Parameter("share", "of the volume foretold for a season that is ordered ahead of it", "the question", 0.0, 10.0,
                  (0.3, 1.3)),
    ] = 0.65  # fmt: skip
    lead_weeks: Annotated[int, weeks("before a season that its goods are ordered", "the question", (4, 52))] = 8
    early_unit_cost: Annotated[float, money("of the standard order, ordered ahead", "A104", (20.0, 27.5))] = 25.0
    late_unit_cost: Annotated[
        float, money("of the standard order, bought when the goods run out; 0: nothing can be bought late", "A104")
    ] = 0.0
    salvage: Annotated[float, money("for what is left of a standard order at a season's end", "A104", (0.0, 20.0))] = (
        10.0
    )


@rule
def forecast_volume(listed: float, sold: float, listed_weeks: float, season_weeks: float) -> float:
    """A season's volume, foretold from the list: as much for each customer and week as was sold of late.

    Parameters
    ----------
    listed : customers on the list now
    sold : volume of the weeks looked back upon
    listed_weeks : customers on the list in each of these weeks, added up

    Check
    -----
    >>> forecast_volume(200.0, 1000.0, 5000.0, 13.0), forecast_volume(200.0, 0.0, 0.0, 13.0)
    (520.0, 0.0)
    """
    return listed * (sold / listed_weeks) * season_weeks if listed_weeks > 0.0 else 0.0


@rule
def critical_ratio(early: float, late: float, salvage: float) -> float:
    """The chance of having enough at which one more early order neither gains nor loses.

    Parameters
    ----------
    late : what one costs that is bought late, or the price if it is not sold at all

    Source
    ------
    Arrow, Harris & Marschak (1951): the newsvendor weighs what it costs to be short with what it costs to be left over.

    Check
    -----
    >>> critical_ratio(20.0, 30.0, 10.0), critical_ratio(20.0, 20.0, 10.0), critical_ratio(20.0, 30.0, 20.0)
    (0.5, 0.0, 1.0)
    """
    short = max(late - early, 0.0)
    left_over = max(early - salvage, 0.0)
    return short / (short + left_over) if short > 0.0 else 0.0
