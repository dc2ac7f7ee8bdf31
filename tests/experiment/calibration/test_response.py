"""What money did: known curves are found again, and what cannot be seen is not claimed."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from sim.experiment.calibration.base import Said
from sim.experiment.calibration.calibrate import calibrate
from sim.experiment.calibration.demo import ANSWERS, FIRST_DAY, PEOPLE, TRUTH, WEEKS, demo, spent
from sim.experiment.calibration.expected import (
    BY_ITSELF,
    Assumed,
    History,
    Learned,
    Seen,
    Shape,
    expected_new,
    history_of,
    started,
    swayed,
)
from sim.experiment.calibration.log import Log, Ways, date_of, read_log
from sim.experiment.calibration.response import Responses, Spent
from sim.experiment.calibration.spend import Spend, read_spend
from sim.experiment.calibration.unknown import together, uncertainties_of
from sim.experiment.calibration.world import let_through
from sim.rules.acquisition import Channel
from tests.alphas import alpha_of

ASSUMED = Assumed(1.0, (0.4, 2.7), (0.0, 0.9), 0.5, (0.2, 0.8))
ENDS = ("at_low", "at_high")
SHAPE = Shape((0.0015, 0.0011), (1.8, 1.0), (0.15, 0.65), 0.0003)


def test_what_was_learned_is_uncertain_within_its_interval_and_nothing_is_listed_if_nothing_is() -> None:
    learned = [Learned("care.strength", 0.2, 0.1, 0.4, True), Learned("tv.ceiling", 0.5, 0.2, 3.0, True),
               Learned("tv.keep", 0.5, 0.2, 0.8, True), Learned("web.ceiling", 0.5, 0.5, 0.5, False)]  # fmt: skip
    listed = uncertainties_of([], learned)
    assert {name: (each["low"], each["high"]) for name, each in listed.items()} == {
        "strength_of_care": (0.1, 0.4),
        "ceiling_of_tv": (0.2, 1.0),
    }
    assert uncertainties_of([]) == {}


def same(weeks: np.ndarray) -> np.ndarray:
    return weeks


def steady_history() -> History:
    return History(FIRST_DAY, np.linspace(30_000.0, 25_000.0, WEEKS), np.full(WEEKS, 28_000.0))


def test_curves_behind_expected_numbers_are_found_again() -> None:
    money, history = spent().winning, steady_history()
    new = expected_new(SHAPE, money, history)
    seen = Seen(money, history, new, same)
    found, free = started(seen, ASSUMED)
    assert len(free) == 7
    assert not swayed(found, free, seen, ASSUMED).any()
    for what in ("ceilings", "strengths", "keeps"):
        assert getattr(found, what) == pytest.approx(getattr(SHAPE, what), rel=0.02)
    assert found.by_itself == pytest.approx(SHAPE.by_itself, rel=0.02)


def test_of_steady_money_only_the_number_it_brings_is_known() -> None:
    money, history = np.full((WEEKS, 1), 300.0), steady_history()
    shape = Shape((0.0015,), (1.8,), (0.15,), 0.0003)
    luck = np.random.default_rng(1)
    new = luck.poisson(expected_new(shape, money, history)).astype(float)
    seen = Seen(money, history, new, same)
    found, free = started(seen, ASSUMED)
    assert free == (("ceilings", 0),)
    assert found.strengths == (1.0,)
    assert found.keeps == (Channel().keep,)
    assert expected_new(found, money, history).sum() == pytest.approx(new.sum(), rel=0.02)
    learned = {each.name: each.known for each in found.learned(["tv"], free, np.array([[-0.1, 0.1]]), seen, ASSUMED)}
    assert learned == {"tv.ceiling": False, "tv.half_saturation": False, "tv.keep": False, "by_itself": False}
    assert ("by_itself", BY_ITSELF) not in free


@pytest.mark.parametrize("strength", [0.3, 1.0, 6.0])
def test_a_ceiling_that_rests_on_an_assumed_strength_is_not_known_and_may_be_whatever_that_allows(
    strength: float,
) -> None:
    """Flights that are on or off show what the money brought, and not what more of it would bring."""
    luck, history = np.random.default_rng(2), steady_history()
    money = np.where(np.arange(WEEKS) // 8 % 2 == 0, 500.0, 0.0)[:, None]
    truth = Shape((0.0015,), (1.8,), (0.15,), 0.0003)
    new = luck.poisson(expected_new(truth, money, history)).astype(float)
    seen, assumed = Seen(money, history, new, same), ASSUMED._replace(strength=strength)
    found, free = started(seen, assumed)
    assert ("strengths", 0) not in free
    assert {("ceilings", 0), ("by_itself", BY_ITSELF)} <= set(free)
    ends = swayed(found, free, seen, assumed) + 0.1 * np.array([-1.0, 1.0])
    learned = {each.name: each for each in found.learned(["tv"], free, ends, seen, assumed)}
    ceiling = learned["tv.ceiling"]
    assert not ceiling.known
    assert ceiling.low < truth.ceilings[0] < ceiling.high
    assert learned["tv.half_saturation"].assumed
    assert learned["tv.half_saturation"].low < np.log(2.0) / 1.8 < learned["tv.half_saturation"].high
    assert learned["by_itself"].known
    without = found.learned(["tv"], free, 0.1 * np.array([[-1.0, 1.0]] * len(free)), seen, assumed)[0]
    assert strength == 1.0 or not without.low < truth.ceilings[0] < without.high  # an interval of luck alone misses it


def test_prospects_come_back_a_year_after_the_last_purchase() -> None:
    log = Log(np.array([0, 0, 1]), np.array([0, 70, 7]), np.ones(3), 0, 7 * 80)
    history = history_of(log, 10)
    assert history.never[[0, 1, 2, 79]].tolist() == [10, 9, 8, 8]
    assert history.prospects[[1, 2, 54, 61, 63]].tolist() == [9, 8, 9, 9, 10]


@pytest.mark.slow
def test_what_money_did_in_a_simulated_shop_is_found_again(tmp_path: Path) -> None:
    """None of eight numbers is further off than its interval says of luck; intervals a quarter as wide miss some."""
    files = demo(7)
    learned = learned_of(files.transactions, files.spend, tmp_path)
    assert outside(learned, 1.0) == []
    assert outside(learned, 0.25) != []
    assert sum(each.known for each in learned) >= 4


@pytest.mark.slow
def test_what_money_did_is_found_again_in_the_books_of_months(tmp_path: Path) -> None:
    """None of five numbers is further off than its interval says of luck.

    One channel, and its money stays the same for a month, which is all that such books can show of it. Of other random
    months many show too little, and then nothing is claimed.
    """
    days = FIRST_DAY + 7 * np.arange(WEEKS) + 3
    months = (np.array([date_of(int(day)) for day in days], "datetime64[M]") - np.datetime64("2023-01")).astype(int)
    luck = np.random.default_rng(7)
    search = np.where(luck.random(36) < 0.5, 0.0, luck.uniform(50.0, 900.0, 36)).round()
    keeping = np.array([60.0, 420.0, 150.0, 20.0])[np.arange(36) // 3 % 4]
    files = demo(7, Spent(np.column_stack([search[months], np.zeros(WEEKS)]), keeping[months]))
    begins = np.arange(np.datetime64("2023-01"), np.datetime64("2026-02")).astype("datetime64[D]")
    weeks = np.diff(begins).astype(int) / 7.0
    lines = [
        f"{str(begin)[:7]},{a:.2f},{b:.2f}"
        for begin, a, b in zip(begins, search * weeks, keeping * weeks, strict=False)
    ]
    spend = "\n".join(["period,acquisition_search,retention", *lines, ""])
    learned = learned_of(files.transactions, spend, tmp_path)
    assert outside(learned, 1.0) == []
    assert sum(each.known for each in learned) >= 4


def outside(learned: tuple[Learned, ...], width: float) -> list[str]:
    """Numbers claimed to be known that are further from the truth of the demonstration than luck explains.

    Parameters
    ----------
    width : of the intervals, if they were so many times as wide
    """
    known, truth = [each for each in learned if each.known], ANSWERS["responses"]
    errors = norm.isf(alpha_of("experiment/calibration/test_response.py") / 2 / len(known)) / norm.isf(0.025) * width
    middles = [((each.low + each.high) / 2.0, (each.high - each.low) / 2.0) for each in known]
    return [
        each.name
        for each, (middle, half) in zip(known, middles, strict=True)
        if abs(truth[each.name] - middle) > errors * half
    ]


def learned_of(transactions: str, spend: str, folder: Path) -> tuple[Learned, ...]:
    """What calibration learns of money."""
    for name, text in (("t.csv", transactions), ("s.csv", spend)):
        (folder / name).write_text(text, encoding="utf-8")
    log = read_log(folder / "t.csv", Ways(refunds="net", duplicates="drop"))
    found = calibrate(log, Said(margin=0.45, people=PEOPLE), spend=read_spend(folder / "s.csv", log))
    assert found.responses is not None
    return found.responses.learned


@pytest.mark.slow
def test_half_a_million_rows_take_less_than_a_minute_and_two_gibibytes(tmp_path: Path) -> None:
    luck = np.random.default_rng(1)
    customers, rows = 30_000, 520_000
    who = luck.choice(customers, rows, p=luck.dirichlet(np.full(customers, 0.5)))
    day = luck.integers(738_000, 738_730, rows)
    names = np.array([np.datetime64("0000-12-31") + int(each) for each in range(738_000, 738_730)]).astype(str)
    refunds = luck.random(rows) < 0.02
    lines = [
        f"{f'C{number}' if at % 30 else ''};{names[when - 738_000]};{'-' if back else ''}{5 + at % 90},{at % 100:02d}"
        for at, (number, when, back) in enumerate(zip(who.tolist(), day.tolist(), refunds.tolist(), strict=True))
    ]
    path = tmp_path / "retail.csv"
    path.write_text("\n".join(["Customer ID;InvoiceDate;Amount", *lines, *lines[::50], ""]), encoding="utf-8")
    begin = time.process_time()
    log = read_log(path, Ways(refunds="net", duplicates="drop"))
    found = calibrate(log)
    assert time.process_time() - begin < 60.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2 * 2**20
    assert found.log.rows > rows
    assert {each.why for each in log.left} >= {"customer_id is blank", "the same as an earlier row"}


def test_what_was_estimated_together_moves_together() -> None:
    """By regression on the error of the ceiling: the strength falls as much, in logarithms, as the ceiling rises."""
    free = (("ceilings", 0), ("strengths", 0), ("by_itself", BY_ITSELF))
    covariance = np.array([[0.04, -0.04, 0.0], [-0.04, 0.05, 0.0], [0.0, 0.0, 0.01]])
    money = TRUTH._replace(money=TRUTH.money._replace(ways={"search": TRUTH.money.ways["search"]}))
    nothing = np.zeros(1)
    spend = Spend(np.arange(2), {}, nothing, nothing, nothing, True)
    found = Responses(money.money, (), free, covariance, spend, nothing, 0.0)
    ceiling = money.money.ways["search"].curve.ceiling
    path = "businesses.ours.channels.search.ceiling"
    listed = {"ceiling_of_search": {"path": path, "low": ceiling / 2.0, "high": ceiling * 2.0}}
    along = together(listed, money, found)["ceiling_of_search"]["along"]
    strength = along["strength_of_search"]
    assert (strength["at_low"], strength["at_high"]) == (pytest.approx(2 * 1.8), pytest.approx(1.8 / 2))
    assert along["by_itself"]["at_low"] == along["by_itself"]["at_high"] == money.money.by_itself


def test_without_spend_a_higher_ceiling_leaves_fewer_who_come_by_themselves_and_care_moves_leaving() -> None:
    ceiling = TRUTH.money.ways["search"].curve.ceiling
    listed = {
        "ceiling_of_search": {
            "path": "businesses.ours.channels.search.ceiling",
            "low": 0.9 * ceiling,
            "high": 1.1 * ceiling,
        },
        "strength_of_care": {"path": "businesses.ours.levers.care.strength", "low": 0.05, "high": 0.3},
    }
    found = together(listed, TRUTH)
    alone = found["ceiling_of_search"]["along"]["by_itself"]
    assert alone["at_low"] > TRUTH.money.by_itself > alone["at_high"]
    leaving = found["strength_of_care"]["along"]
    means = [leaving["leaving_a"][end] / (leaving["leaving_a"][end] + leaving["leaving_b"][end]) for end in ENDS]
    kept = [let_through(TRUTH.money.care._replace(strength=s), 9_000.0, 2_900) for s in (0.05, 0.3)]
    assert [mean * part for mean, part in zip(means, kept, strict=True)] == pytest.approx([0.8 / 5.0] * 2, rel=1e-3)
