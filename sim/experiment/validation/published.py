"""What was published: numbers and small tables, each with its source."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.theory.buying import Buyers

ADDED_UP = Path(__file__).with_name("cdnow.csv")


class Cohort(NamedTuple):
    """CDNOW: who bought for the first time in the first quarter of 1997, a tenth of them all (2,357 people).

    Fader & Hardie (2001), Forecasting repeat sales at CDNOW. Purchases of one day are one; the first 39 weeks end on 30
    September 1997, the next 39 on 30 June 1998. Only what each was seen to do is kept, and how many did the same.
    """

    buyers: Buyers
    """In weeks, at the end of week 39."""
    later: np.ndarray
    """Purchases in weeks 40 to 78."""
    mean_order: np.ndarray
    """Dollars of a repeat purchase; 0 without any."""


@cache
def cdnow() -> Cohort:
    """The cohort, as it is kept beside this file."""
    table = np.loadtxt(ADDED_UP, delimiter=",", skiprows=1)
    repeats, seen, age, later, mean_order, people = table.T
    return Cohort(Buyers(repeats, seen / 7.0, age / 7.0, people), later, mean_order)


CDNOW_WEEKS = np.array(
    [
        *(0, 19, 42, 81, 119, 192, 261, 351, 428, 504, 610, 733, 828, 914, 1005, 1078, 1149, 1222, 1286, 1359),
        *(1414, 1484, 1517, 1573, 1672, 1746, 1800, 1840, 1885, 1973, 2032, 2069, 2132, 2192, 2239, 2290, 2342, 2395),
        *(2457, 2507, 2563, 2612, 2671, 2718, 2803, 2864, 2923, 2968, 3038, 3104, 3153, 3183, 3234, 3276, 3329, 3357),
        *(3404, 3444, 3490, 3533, 3598, 3677, 3727, 3786, 3844, 3879, 3915, 3962, 3991, 4035, 4077, 4112, 4141, 4183),
        *(4231, 4279, 4311, 4339),
    ]
)
"""Repeat purchases of that cohort by the end of each calendar week of 1997 and 1998."""

REGULAR = np.array([1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173])
"""Of 1,000 "regular" customers, how many had renewed 0, 1, ... 12 times: Fader & Hardie (2007), table 1."""

DURABLES = {
    "electric refrigerators": (0.0026167, 0.21566, 40_001, 20.21, 2_209),
    "home freezers": (0.018119, 0.17110, 21_973, 11.87, 1_149),
    "black and white television": (0.027877, 0.25105, 96_717, 7.88, 7_493),
    "water softeners": (0.017703, 0.29695, 5_793, 8.96, 483),
    "room air conditioners": (0.010399, 0.41861, 16_895, 8.61, 1_857),
    "clothes dryers": (0.017206, 0.35688, 15_092, 8.11, 1_479),
    "power lawnmowers": (0.0091837, 0.33790, 44_751, 10.39, 3_989),
    "electric bed coverings": (0.005876, 0.24387, 76_589, 14.92, 4_897),
    "automatic coffee makers": (0.017135, 0.30145, 58_838, 9.00, 4_953),
    "steam irons": (0.028632, 0.32791, 55_696, 6.84, 5_398),
    "record players": (0.024796, 0.65410, 21_937, 4.82, 3_864),
}
"""Eleven durables of Bass (1969): p, q, market (thousands), time and size (thousands) of the peak."""

SALES = {
    "room air conditioners": (
        (96, 195, 238, 380, 1045, 1230, 1267, 1828, 1586, 1673, 1800, 1580, 1500),
        (0.00944, 0.3748, 18_713),
    ),
    "colour television": ((747, 1480, 2646, 5118, 5777, 5982, 5962, 4631), (0.01847, 0.6159, 39_659)),
    "clothes dryers": (
        (106, 319, 492, 635, 737, 890, 1397, 1523, 1294, 1240, 1425, 1260, 1236),
        (0.01360, 0.3267, 16_497),
    ),
}
"""Yearly sales in thousands, and p, q and market as Srinivasan & Mason (1986) estimate them."""
VIDEO_RECORDERS = ((840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890), (0.00659, 0.638, 67_980))
"""Yearly sales in thousands, and p, q and market: Cowpertwait & Metcalfe (2009), section 3.3."""


class Brands(NamedTuple):
    """A category in a panel."""

    mean: float
    """Purchases of a household in a quarter."""
    penetration: float
    """Share of households that bought it in the quarter."""
    shares: tuple[float, ...]
    penetrations: tuple[float, ...]


TOOTHPASTE = Brands(
    mean=0.56 * 2.6,
    penetration=0.56,
    shares=(0.25, 0.19, 0.10, 0.10, 0.09, 0.08, 0.03, 0.02),
    penetrations=(0.20, 0.17, 0.09, 0.08, 0.08, 0.07, 0.03, 0.02),
)
"""UK toothpaste, first quarter of 1973: Goodhardt, Ehrenberg & Chatfield (1984), table 3."""
