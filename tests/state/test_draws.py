"""Draws: the published generator, addresses of their own, and the laws they are turned into.

Statistical tests have fixed seeds, so they either pass or do not; with a fresh seed each would raise a false alarm once
in a million times. Each is shown a wrong law that it must refuse.
"""

from collections.abc import Callable
from itertools import count, product
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.rules.arithmetic import exp, log, sqrt
from sim.rules.chance import standard_normal, uniform, waiting_weeks
from sim.rules.need import needs_this_week
from sim.state.draws import MASK, Moment, Purpose, beta, draw, gamma_above_one, log_gamma, moment, philox
from tests.alphas import alpha_of

FALSE_ALARM = alpha_of("state/test_draws.py")
PEOPLE = 10_000
NOW = moment(20_260_701, 3)
A, B = Purpose.NEED_RATE, Purpose.LEAVING


# -- the generator -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
)
def test_philox_gives_the_words_published_with_random123(counter: str, key: str, words: str) -> None:
    given = [int(word, 16) for word in f"{counter} {key}".split()]
    assert " ".join(f"{word:08x}" for word in philox(*given)) == words


# -- addresses ---------------------------------------------------------------------------------------------------------


def test_purposes_are_frozen() -> None:
    """A number once used keeps its meaning, or old results could not be made again. New purposes get new numbers."""
    assert {purpose.name: purpose.value for purpose in Purpose} == {
        "SEGMENT": 1,
        "NEED_RATE": 2,
        "LEAVING": 3,
        "SPENDING": 4,
        "PRICE_SENSITIVITY": 5,
        "AFFINITY": 6,
        "MATCH": 7,
        "KNOWN": 8,
        "NETWORK": 9,
        "FURTHER_LINES": 10,
        "MOVE": 11,
        "NEIGHBOURHOOD": 12,
        "BACKER": 13,
        "TASTE": 14,
        "FIRST_CUSTOMER": 15,
        "LISTENING": 32,
        "WEEK": 33,
        "OFFER": 34,
        "RACE": 35,
        "OCCASION": 36,
        "ORDER_VALUE": 37,
        "DATE": 38,
        "COMPLAINT": 39,
        "RESOLUTION": 40,
        "LINE": 41,
        "REGRET": 42,
        "SURVEY": 43,
        "ALLIANCE": 44,
    }


def test_no_purpose_is_a_second_name_and_all_leave_room_for_slots() -> None:
    values = [purpose.value for purpose in Purpose.__members__.values()]
    assert len(set(values)) == len(values)
    assert 0 < min(values) <= max(values) < 256


def test_every_address_has_words_of_its_own() -> None:
    addresses = product((0, 1, 2**31), (0, 7), Purpose, (0, 1, 0x7FFF, 0x8000), (0, 1))
    seen = {draw(moment(1, tick), row, purpose, slot, number) for row, tick, purpose, slot, number in addresses}
    assert len(seen) == 3 * 2 * len(Purpose) * 4 * 2


def test_both_halves_of_the_seed_matter() -> None:
    seeds = (0, 1, 2**32 - 1, 2**32, 2**32 + 1, 2**63, 2**64 - 1)
    assert len({draw(moment(seed, 0), 0, A, 0, 0) for seed in seeds}) == len(seeds)
    assert moment(0x0123456789ABCDEF, 5) == Moment(0x89ABCDEF, 0x01234567, 5)


def test_a_draw_does_not_depend_on_what_was_asked_before() -> None:
    alone = gamma_above_one(2.0, NOW, 5, A, 0)
    for row in range(20):
        gamma_above_one(2.0, NOW, row, A, 0)
    assert gamma_above_one(2.0, NOW, 5, A, 0) == alone


def test_small_shapes_take_their_second_draw_from_a_place_that_no_slot_uses() -> None:
    shape = 0.25
    words = draw(NOW, 9, A, 3 | 0x8000, 0)
    larger = gamma_above_one(shape + 1.0, NOW, 9, A, 3)
    assert exp(log_gamma(shape, NOW, 9, A, 3)) == pytest.approx(larger * uniform(words[0]) ** (1 / shape), rel=1e-12)


def gamma_by_the_book(shape: float, row: int, surely: float | None = None) -> float:
    """The method of Marsaglia and Tsang without its squeeze, or with one that accepts below 1 - surely x^4."""
    d = shape - 1.0 / 3.0
    words = (word for number in count() for word in draw(NOW, row, A, 0, number))
    for normal, even in zip(words, words, strict=True):
        x, u = standard_normal(normal), uniform(even)
        v = 1.0 + 1.0 / sqrt(9.0 * d) * x
        v = v * v * v
        squeezed = surely is not None and u < 1.0 - surely * x * x * x * x
        if v > 0.0 and (squeezed or log(u) < 0.5 * x * x + d - d * v + d * log(v)):
            return float(d * v)
    raise AssertionError("words never end")


@pytest.mark.parametrize("shape", [1.0, 1.03, 2.0, 6.25, 40.0, 1000.0])
def test_the_squeeze_accepts_nothing_that_would_be_refused__marsaglia_tsang_2000(shape: float) -> None:
    drawn = [gamma_above_one(shape, NOW, row, A, 0) for row in range(PEOPLE)]
    assert drawn == [gamma_by_the_book(shape, row) for row in range(PEOPLE)]


def test_a_squeeze_that_accepts_too_much_would_be_seen() -> None:
    drawn = [gamma_above_one(1.0, NOW, row, A, 0) for row in range(PEOPLE)]
    assert drawn == [gamma_by_the_book(1.0, row, surely=0.0331) for row in range(PEOPLE)]
    assert drawn != [gamma_by_the_book(1.0, row, surely=0.01) for row in range(PEOPLE)]


# -- laws --------------------------------------------------------------------------------------------------------------


def words_of(rows: range, tick: int = 3, purpose: int = Purpose.WEEK, number: int = 0) -> np.ndarray:
    return np.array([draw(moment(1, tick), row, purpose, 0, number) for row in rows])


def p_of(sample: list[float] | np.ndarray, law: Any) -> float:
    """How often a true sample would lie further from the law (Kolmogorov and Smirnov)."""
    return float(stats.kstest(sample, law.cdf).pvalue)


def p_of_counts(sample: list[int], law: Any, most: int) -> float:
    """The same for whole numbers, those from ``most`` on taken together (chi square)."""
    seen = np.bincount(np.minimum(sample, most), minlength=most + 1)
    chances = np.append(law.pmf(np.arange(most)), law.sf(most - 1))
    return float(stats.chisquare(seen, chances * len(sample)).pvalue)


def gammas(shape: float) -> list[float]:
    return [gamma_above_one(shape, NOW, row, A, 0) for row in range(PEOPLE)]


def log_gammas(shape: float) -> list[float]:
    return [log_gamma(shape, NOW, row, A, 0) for row in range(PEOPLE)]


def betas(a: float, b: float) -> list[float]:
    return [beta(a, b, NOW, row, A, 0) for row in range(PEOPLE)]


def normals() -> list[float]:
    return [standard_normal(int(word)) for word in words_of(range(PEOPLE))[:, 0]]


LAWS: list[tuple[str, Callable[[], list[float]], Any, Any]] = [
    ("gamma 1", lambda: gammas(1.0), stats.gamma(1.0), stats.gamma(1.0, scale=1.1)),
    ("gamma 6.25", lambda: gammas(6.25), stats.gamma(6.25), stats.gamma(7.25)),
    ("gamma 40", lambda: gammas(40.0), stats.gamma(40.0), stats.gamma(41.0)),
    ("log gamma .03", lambda: log_gammas(0.03), stats.loggamma(0.03), stats.loggamma(0.04)),
    ("log gamma .3", lambda: log_gammas(0.3), stats.loggamma(0.3), stats.loggamma(1.3)),
    ("log gamma 3", lambda: log_gammas(3.0), stats.loggamma(3.0), stats.loggamma(3.0, scale=1.2)),
    ("beta .8 7", lambda: betas(0.8, 7.0), stats.beta(0.8, 7.0), stats.beta(7.0, 0.8)),
    ("beta .05 .1", lambda: betas(0.05, 0.1), stats.beta(0.05, 0.1), stats.beta(0.1, 0.1)),
    ("beta 3 2", lambda: betas(3.0, 2.0), stats.beta(3.0, 2.0), stats.beta(4.0, 2.0)),
    ("normal", normals, stats.norm(), stats.norm(scale=1.2)),
]


@pytest.mark.parametrize(("sample", "law", "wrong"), [line[1:] for line in LAWS], ids=[line[0] for line in LAWS])
def test_a_draw_follows_its_law_and_no_other(sample: Callable[[], list[float]], law: Any, wrong: Any) -> None:
    drawn = sample()
    assert p_of(drawn, law) > FALSE_ALARM
    assert p_of(drawn, wrong) < FALSE_ALARM


def test_a_rate_in_the_place_of_a_scale_is_refused() -> None:
    """The classic slip: a gamma draw multiplied by its rate instead of divided by it."""
    rate = 1.3
    assert p_of(np.array(gammas(2.0)) / rate, stats.gamma(2.0, scale=1 / rate)) > FALSE_ALARM
    assert p_of(np.array(gammas(2.0)) * rate, stats.gamma(2.0, scale=1 / rate)) < FALSE_ALARM


@pytest.mark.parametrize(
    "words",
    [
        words_of(range(PEOPLE // 4)),
        np.array([draw(moment(1, tick), 7, Purpose.WEEK, 0, 0) for tick in range(PEOPLE // 4)]),
        np.array([draw(moment(seed, 0), 7, Purpose.WEEK, 0, 0) for seed in range(PEOPLE // 4)]),
        np.array([draw(NOW, 7, Purpose.WEEK, slot, 0) for slot in range(PEOPLE // 4)]),
        np.array([draw(NOW, 7, Purpose.WEEK, 0, number) for number in range(PEOPLE // 4)]),
    ],
    ids=["people", "weeks", "seeds", "slots", "numbers"],
)
def test_words_are_uniform_and_neighbours_know_nothing_of_each_other(words: np.ndarray) -> None:
    assert words.min() >= 0 and words.max() <= MASK
    drawn = np.vectorize(uniform)(words)
    assert p_of(drawn.ravel(), stats.uniform()) > FALSE_ALARM
    assert p_of(drawn.ravel() ** 1.2, stats.uniform()) < FALSE_ALARM
    pairs = [(drawn[:-1, 0], drawn[1:, 0]), (drawn[:, 0], drawn[:, 1]), (drawn[:, 2], drawn[:, 3])]
    assert all(stats.pearsonr(one, other).pvalue > FALSE_ALARM for one, other in pairs)


def test_needs_are_poisson() -> None:
    words = words_of(range(PEOPLE))[:, 0].tolist()
    needs = [needs_this_week(0.8, word) for word in words]
    assert p_of_counts(needs, stats.poisson(0.8), 5) > FALSE_ALARM
    assert p_of_counts(needs, stats.poisson(0.9), 5) < FALSE_ALARM


@pytest.mark.parametrize(("chance", "weeks"), [(0.0, 99), (5e-324, 99), (1e-17, 99), (1e-15, 99), (1.0, 1)])
def test_a_chance_however_small_gives_a_date(chance: float, weeks: int) -> None:
    assert {waiting_weeks(chance, word, 99) for word in (0, 1, MASK // 2, MASK)} == {weeks}


def test_waiting_for_a_date_is_geometric() -> None:
    words = words_of(range(PEOPLE))[:, 1].tolist()
    more_than_one = [waiting_weeks(0.2, word, 10_000) - 1 for word in words]
    assert min(more_than_one) == 0
    assert p_of_counts(more_than_one, stats.geom(0.2, loc=-1), 20) > FALSE_ALARM
    assert p_of_counts(more_than_one, stats.geom(0.22, loc=-1), 20) < FALSE_ALARM
