"""The base market against published bands: what holds must go on holding, and what does not hold is written down.

No number of the model was moved to bring a row into its band. A row that misses its band is not deleted: the range in
which it lies instead is asserted, so that a change is noticed either way. docs/assumptions.md shows the same table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim.scenario.load import load_scenario
from tests.model import base_market as market

pytestmark = pytest.mark.slow

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "assumptions.md"
WORLDS = 16
YEAR = market.YEAR
OURS, LEADER = market.OURS, market.LEADER
Band = tuple[float, float]
Values = Callable[[], np.ndarray]


@dataclass(frozen=True)
class Row:
    """One published finding and what the base market does.

    Parameters
    ----------
    judged : what of the measured values must lie in the band; all of them, if nothing is said
    instead : where a row that misses its band lies
    """

    what: str
    source: str
    measured: Values
    band: Band
    judged: Callable[[np.ndarray], np.ndarray] = np.asarray
    instead: Band | None = None
    digits: int = 2

    def lies_in(self, band: Band) -> bool:
        found = self.judged(_values(self.measured))
        return bool(np.all((found >= band[0]) & (found <= band[1])))

    def as_text(self) -> str:
        """The row as docs/assumptions.md shows it."""
        shown = " ".join(f"{value:.{self.digits}f}" for value in _values(self.measured))
        verdict = "yes" if self.instead is None else "**no**"
        return f"| {self.what} | {shown} | {self.band[0]:g} to {self.band[1]:g} | {verdict} | {self.source} |"


@cache
def _values(measured: Values) -> np.ndarray:
    return np.atleast_1d(measured())


def of(measure: Callable[..., np.ndarray | float], *more: object) -> Values:
    """A measure of one life, averaged over worlds."""
    return lambda: market.mean_over(market.lives(WORLDS), lambda life: measure(life, *more))


def ours(values: np.ndarray) -> np.ndarray:
    return values[OURS]


def leader_less_ours(values: np.ndarray) -> np.ndarray:
    return values[LEADER] - values[OURS]


# ---------------------------------------------------------------------------------------------------------- what if


@cache
def from_year_1_to_year_10() -> np.ndarray:
    """Revenue of year 10 over that of year 1: of each business, and of all together."""
    first, *_, tenth = revenue_of_ten_years()
    return np.append(tenth / first, tenth.sum() / first.sum())


@cache
def revenue_of_ten_years() -> np.ndarray:
    """(years, businesses), the mean over worlds."""
    worlds = market.lives(WORLDS, weeks=10 * YEAR)
    return np.array([market.mean_over(worlds, lambda life, at=at: market.revenue(life, at)) for at in range(10)])


def explodes_or_drains(revenue: np.ndarray, resting_share: float) -> list[str]:
    """What is wrong with ten years of a market in which nothing happens: decision 28.

    Parameters
    ----------
    revenue : (years, businesses), ours first, which is young; the others have been there for long
    resting_share : of the money of those who know everybody, what goes to ours
    """
    whole = revenue.sum(axis=1)
    early, late = ((revenue[end, OURS] / revenue[start, OURS]) ** 0.25 for start, end in ((0, 4), (5, 9)))
    wrong = {
        "the market moves by a twentieth in a year": (np.abs(np.diff(whole) / whole[:-1]) > 0.05).any(),
        "the market does not come to rest": abs(whole[9] / whole[5] - 1.0) > 0.05,
        "an established business grows or shrinks by a quarter": (
            np.abs(revenue[9, 1:] / revenue[0, 1:] - 1.0) > 0.25
        ).any(),
        "the growth of the young one does not slow down": late >= early,
        "the young one shrinks": late < 1.0,
        "the young one is above its resting share": (revenue[:, OURS] / whole > resting_share).any(),
    }
    return [what for what, so in wrong.items() if so]


@cache
def duopoly_share() -> np.ndarray:
    """Share of revenue of the first of two equals in one year, over many worlds."""
    worlds = market.lives(3 * WORLDS, "duopoly", weeks=YEAR)
    return market.mean_over(worlds, market.market_share)[:1]


@cache
def of_prices() -> np.ndarray:
    return np.array([market.price_elasticity(WORLDS, slot) for slot in (OURS, LEADER)])


@cache
def of_winning() -> np.ndarray:
    return market.money_elasticity(WORLDS, "winning")


DIRICHLET = "Goodhardt, Ehrenberg & Chatfield (1984)"
SIXTY_TWENTY = "Sharp, Romaniuk & Graham (2019)"
ADVERTISING = "Sethuraman, Tellis & Briesch (2011)"
UNCONTROVERSIAL = "neither none nor all"

ROWS = [
    # who buys
    Row("people who buy in a year; judged: ours", "A37: set so", of(market.penetration), (0.02, 0.05), ours, digits=3),
    Row("people who know the name after five years", UNCONTROVERSIAL, of(market.aware, 4), (0.02, 0.9)),
    Row(
        "orders per buyer and year; judged: leader less ours",
        DIRICHLET,
        of(market.orders_per_buyer),
        (0.0, 1.5),
        leader_less_ours,
    ),
    Row("slope of log orders per buyer on log penetration", DIRICHLET, of(market.double_jeopardy_slope), (0.0, 0.6)),
    Row(
        "others' buyers who buy here over penetration; judged: CV",
        DIRICHLET,
        of(market.duplication),
        (0.0, 0.15),
        lambda d: d.std() / d.mean(),
    ),
    Row(
        "the same; judged: level",
        "Dirichlet of toothpaste; cold cereal",
        of(market.duplication),
        (1.1, 1.6),
        instead=(0.85, 1.05),
    ),
    Row("top fifth of buyers: share of orders", SIXTY_TWENTY, of(market.concentration, "orders"), (0.45, 0.70)),
    Row("top fifth of buyers: share of money", SIXTY_TWENTY, of(market.concentration, "money"), (0.45, 0.75)),
    Row("top fifth of buyers: not in it a year later", SIXTY_TWENTY, of(market.heavy_who_leave), (0.25, 0.60)),
    # who stays
    Row(
        "buyers who buy next year too; judged: leader less ours",
        "Sharp (2010)",
        of(market.buyers_who_return),
        (0.0, 0.15),
        leader_less_ours,
    ),
    Row("money of a year's buyers next year over this year", "plausible", of(market.money_retention), (0.6, 0.9)),
    Row(
        "yearly retention of a cohort; judged: each year less the one before",
        "Fader & Hardie (2007)",
        of(market.yearly_retention),
        (0.0, 0.3),
        np.diff,
    ),
    # what they feel and tell
    Row("mean satisfaction of customers", UNCONTROVERSIAL, of(lambda life: market.satisfaction(life)[0]), (-0.5, 0.7)),
    Row(
        "standard deviation of satisfaction", UNCONTROVERSIAL, of(lambda life: market.satisfaction(life)[1]), (0.2, 0.6)
    ),
    Row(
        "customers at the floor of satisfaction",
        UNCONTROVERSIAL,
        of(lambda life: market.satisfaction(life)[2]),
        (0.0, 0.02),
        digits=3,
    ),
    Row(
        "good stories for each bad one",
        "East, Hammond & Wright (2007); told_when_bad set so",
        of(market.good_to_bad_stories),
        (1.5, 6.0),
    ),
    Row("new customers whom a friend told", "above .8 talk alone would do", of(market.told_share), (0.1, 0.8)),
    # what money and prices do
    Row(
        "price elasticity of orders in a quarter: ours, leader",
        "Tellis (1988); Bijmolt et al. (2005)",
        of_prices,
        (-4.0, -1.2),
    ),
    Row("the same; judged: leader less ours", "logit: falls with share", of_prices, (0.0, 2.0), leader_less_ours),
    Row(
        "elasticity of orders to winning money: first quarter",
        ADVERTISING,
        lambda: of_winning()[:1],
        (0.05, 0.20),
        instead=(0.01, 0.05),
    ),
    Row("the same: first year", ADVERTISING, lambda: of_winning()[1:2], (0.05, 0.20)),
    Row("the same: third year", ADVERTISING, lambda: of_winning()[2:], (0.15, 0.35)),
    Row(
        "the same: third year over first",
        ADVERTISING,
        lambda: of_winning()[2:] / of_winning()[1],
        (1.5, 2.5),
        instead=(2.5, 3.5),
    ),
    Row(
        "cost of a customer won over the margin of an order",
        "rule of thumb",
        of(market.cost_over_first_margin),
        (1.0, 2.0),
        instead=(0.6, 1.5),
    ),
    # what stays
    Row(
        "revenue of year 10 over year 1: A, B, all together",
        "no news, no growth",
        lambda: from_year_1_to_year_10()[1:],
        (0.8, 1.25),
    ),
    Row("the same: ours", "no news, no growth", lambda: from_year_1_to_year_10()[:1], (0.8, 1.25), instead=(1.8, 2.3)),
    Row("share of the first of two equals (duopoly)", "symmetry", duopoly_share, (0.49, 0.51), digits=3),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_the_base_market_against_a_published_band(row: Row) -> None:
    assert row.lies_in(row.band) == (row.instead is None), row.as_text()
    assert row.instead is None or row.lies_in(row.instead), row.as_text()


def test_ten_years_of_the_base_market_neither_explode_nor_drain() -> None:
    liking = [business.offering.affinity for business in load_scenario("base").businesses]
    assert explodes_or_drains(revenue_of_ten_years(), liking[OURS] / sum(liking)) == []


LEVEL = np.tile([1.0, 11.0, 8.0], (10, 1))
YEARS = np.arange(10.0)[:, None]


@pytest.mark.parametrize(
    ("revenue", "wrong"),
    [
        (LEVEL * 1.06**YEARS, "the market moves by a twentieth in a year"),
        (LEVEL * 0.98**YEARS, "the market does not come to rest"),
        (LEVEL * (0.96, 1.0, 1.0) ** YEARS, "the young one shrinks"),
        (LEVEL * (1.0, 1.03, 1.0) ** YEARS, "an established business grows or shrinks by a quarter"),
        (LEVEL * (1.1, 1.0, 1.0) ** YEARS, "the growth of the young one does not slow down"),
        (LEVEL * (7.0, 1.0, 1.0), "the young one is above its resting share"),
    ],
)
def test_a_market_that_explodes_or_drains_is_found_out(revenue: np.ndarray, wrong: str) -> None:
    assert wrong in explodes_or_drains(revenue, 0.25)
    slowing = LEVEL * np.column_stack([1.0 + 0.8 * (1.0 - 0.8**YEARS), np.ones((10, 2))])
    assert explodes_or_drains(slowing, 0.25) == []


def test_a_value_out_of_its_band_is_found_out() -> None:
    row = Row("one in and one out", "nobody", lambda: np.array([0.3, 0.5]), (0.0, 0.4))
    assert not row.lies_in(row.band)
    assert row.lies_in((0.0, 0.5))
    assert not Row("a gap", "nobody", lambda: np.array([np.nan]), (0.0, 1.0)).lies_in((0.0, 1.0))


def test_the_document_shows_what_was_measured() -> None:
    """If the model has changed on purpose, paste the lines of the message into the document."""
    shown = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    missing = [row.as_text() for row in ROWS if row.as_text() not in shown]
    assert not missing, "docs/assumptions.md should say:\n" + "\n".join(row.as_text() for row in ROWS)
