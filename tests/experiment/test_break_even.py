"""Break-even: on curves of known shape, and on little worlds where it can be found by another way."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.experiment import break_even as module
from sim.experiment.break_even import LEAST, MOST, Turn, break_even, made_dearer, turns
from sim.experiment.compare import compare, document_of
from sim.experiment.outcome import Comparison
from sim.experiment.runs import seeds_from
from sim.scenario.load import scenario_from
from sim.scenario.schema import Scenario
from tests.alphas import alpha_of

FACTORS = [LEAST, 0.5, 1.0, 2.0, MOST]
Curve = Callable[[np.ndarray], np.ndarray]


def falling(root: float) -> Curve:
    """A difference that falls evenly with the logarithm of the factor."""
    return lambda factors: 10.0 * (np.log(root) - np.log(factors))


def in_worlds(curve: Curve, spread: float = 0.3, worlds: int = 5, seed: int = 1) -> np.ndarray:
    """What worlds show of a curve: each has luck of its own, everywhere the same and at each factor another."""
    generator = np.random.default_rng(seed)
    luck = generator.normal(0.0, spread, (worlds, 1)) + generator.normal(0.0, spread, (worlds, len(FACTORS)))
    return curve(np.array(FACTORS)) + luck


# ---------------------------------------------------------------------------------------------------- of known curves


@pytest.mark.parametrize("root", [0.3, 0.8, 1.5, 3.5])
def test_the_root_of_a_straight_curve_is_found(root: float) -> None:
    (found,) = turns(FACTORS, in_worlds(falling(root), spread=0.01))
    assert found.wins == "below"
    assert found.factor == pytest.approx(root, rel=0.01)
    assert found.low <= root <= found.high


@pytest.mark.parametrize(
    "curve", [lambda f: 1.0 / f - 0.4, lambda f: 2.5**0.5 - f**0.5, lambda f: 1.0 / (1 + f) - 2 / 7]
)
def test_a_bent_curve_is_followed_to_within_a_few_per_cent(curve: Curve) -> None:
    """All three turn at 2.5, where nothing was measured."""
    (found,) = turns(FACTORS, in_worlds(curve, spread=1e-9))
    assert found.factor == pytest.approx(2.5, rel=0.04)


def test_the_same_curve_upside_down_lets_the_candidate_win_above() -> None:
    values = in_worlds(falling(1.5))
    (found,), (turned,) = turns(FACTORS, values), turns(FACTORS, -values)
    assert turned == found._replace(wins="above")


ALPHA = alpha_of("experiment/test_break_even.py")


@pytest.mark.parametrize("worlds", [3, 5, 12])
def test_the_interval_of_a_root_holds_the_truth_as_often_as_it_says(worlds: int) -> None:
    """The accepted range holds all but ALPHA of a Binomial(400, 0.95)."""
    found = [turns(FACTORS, in_worlds(falling(1.7), worlds=worlds, seed=seed)) for seed in range(400)]
    assert all(len(each) == 1 for each in found)
    held = sum(each.low <= 1.7 <= each.high for (each,) in found)
    low, high = stats.binom.ppf([ALPHA / 2, 1 - ALPHA / 2], 400, 0.95)
    assert low <= held <= high


def test_an_interval_that_leaves_the_range_is_open() -> None:
    (found,) = turns(FACTORS, in_worlds(falling(3.6), spread=2.0, seed=3))
    assert found.low < 3.6 and np.isnan(found.high)
    (found,) = turns(FACTORS, in_worlds(falling(4.4), spread=1.0, seed=3))
    assert found.wins == "below" and np.isnan([found.factor, found.high]).all() and found.low < 4.0


@pytest.mark.parametrize(("sign", "wins"), [(1.0, "always"), (-1.0, "never")])
def test_what_nothing_turns_is_said(sign: float, wins: str) -> None:
    (found,) = turns(FACTORS, sign * in_worlds(lambda factors: 5.0 + 0.0 * factors))
    assert found.wins == wins and np.isnan(found[1:]).all()


def test_what_nothing_decides_is_said() -> None:
    (found,) = turns(FACTORS, in_worlds(lambda factors: 0.0 * factors, spread=1.0))
    assert found.wins == "unclear" and np.isnan(found[1:]).all()
    (found,) = turns(FACTORS, np.zeros((5, len(FACTORS))))
    assert found.wins == "unclear"


def test_two_turns_are_both_told() -> None:
    def bump(factors: np.ndarray) -> np.ndarray:
        return 1.0 - np.log(factors) ** 2

    below, above = turns(FACTORS, in_worlds(bump, spread=0.02))
    assert (below.wins, above.wins) == ("above", "below")
    assert below.factor * above.factor == pytest.approx(1.0, rel=0.05)


def test_touching_zero_is_no_turn() -> None:
    (found,) = turns(FACTORS, in_worlds(lambda factors: np.log(factors) ** 2, spread=0.05))
    assert found.wins == "always"


# ----------------------------------------------------------------------------------------------------- of little worlds


def plan(name: str, spend_share: float, acquisition_share: float, strength: float = 0.1) -> Scenario:
    """A young shop beside a large one; nobody talks, nobody forgets: who is won was bought."""
    nothing = {"fixed_budget": {"spend_per_year": 0, "acquisition_share": 0.5}}
    strategy = {"fixed_split": {"spend_share": spend_share, "acquisition_share": acquisition_share}}
    data = {
        "schema": 1,
        "people": {"count": 1500},
        "time": {"weeks": 104, "burn_in_weeks": 52},
        "businesses": {
            "ours": {
                "known": 0.2,
                "channels": {"advertising": {"strength": strength}},
                "status_quo": nothing,
                "strategy": strategy,
            },
            "big": {"affinity": 0.5, "known": 0.8, "status_quo": nothing, "strategy": nothing},
        },
    }
    return scenario_from(data, name)


SEEDS = seeds_from(1, 12)
FRUGAL, WINNING = plan("frugal", 0.0, 1.0), plan("winning", 0.2, 1.0)


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare([FRUGAL, WINNING], SEEDS, workers=1)


@pytest.fixture(scope="module")
def found(comparison: Comparison) -> pd.DataFrame:
    return break_even(comparison, workers=1)


def row(frame: pd.DataFrame, what: str) -> Turn:
    (turn,) = frame[frame.what == what].itertuples(index=False)
    return turn


def mean_difference(factor: float, worlds: int = 5) -> float:
    """Found the long way: a comparison of its own in dearer worlds."""
    dearer = [made_dearer(each, "acquisition_cost", factor) for each in (FRUGAL, WINNING)]
    frugal, winning = ([run.whole[0, 0] for run in runs] for runs in compare(dearer, SEEDS[:worlds], workers=1).runs)
    return float(np.mean(np.subtract(winning, frugal)))


def test_at_the_factor_found_the_difference_in_profit_vanishes(found: pd.DataFrame) -> None:
    turn = row(found, "acquisition_cost")
    assert (turn.scenario, turn.baseline, turn.metric, turn.wins) == ("winning", "frugal", "profit", "below")
    scale = mean_difference(LEAST) - mean_difference(MOST)
    assert scale > 0.0
    assert abs(mean_difference(turn.factor)) < 0.05 * scale
    assert mean_difference(turn.low) > 0.0 > mean_difference(turn.high)


def test_contacts_half_as_strong_again_may_be_half_as_dear_again(found: pd.DataFrame) -> None:
    strong = [plan("frugal", 0.0, 1.0, strength=0.15), plan("winning", 0.2, 1.0, strength=0.15)]
    stronger = row(break_even(compare(strong, SEEDS, workers=1), workers=1), "acquisition_cost")
    factor = row(found, "acquisition_cost").factor
    assert factor < stronger.low < 1.5 * factor < stronger.high


def test_where_nobody_spends_on_keeping_its_cost_turns_nothing(comparison: Comparison, found: pd.DataFrame) -> None:
    turn = row(found, "keeping_cost")
    frugal, winning = (np.mean([run.whole[0, 0] for run in runs[:5]]) for runs in comparison.runs)
    assert turn.wins in (("always", "unclear") if winning > frugal else ("never", "unclear"))
    assert np.isnan([turn.factor, turn.low, turn.high, turn.amount]).all()


def test_who_throws_money_away_never_wins() -> None:
    """Money for keeping that keeps nobody, against none."""
    useless = scenario_from(
        FRUGAL.resolved
        | {
            "businesses": {
                **FRUGAL.resolved["businesses"],
                "ours": {
                    **FRUGAL.resolved["businesses"]["ours"],
                    "levers": {"care": {"strength": 0.0}},
                    "strategy": {"fixed_split": {"spend_share": 0.2, "acquisition_share": 0.0}},
                },
            }
        },
        "useless",
    )
    frame = break_even(compare([FRUGAL, useless], SEEDS[:4], workers=1), workers=1)
    assert frame.wins.tolist() == ["never", "never"]
    assert frame.worlds.tolist() == [4, 4]


def test_dearer_means_weaker_everywhere_in_one_place_and_nowhere_else() -> None:
    dearer = made_dearer(WINNING, "keeping_cost", 2.0)
    assert dearer.businesses[0].levers.care.strength == WINNING.businesses[0].levers.care.strength / 2.0
    assert (
        dearer.businesses[0].levers.loyalty_scheme.strength
        == WINNING.businesses[0].levers.loyalty_scheme.strength / 2.0
    )
    assert dearer.businesses[0].channels == WINNING.businesses[0].channels
    assert dearer.businesses[1] == WINNING.businesses[1]
    assert made_dearer(dearer, "keeping_cost", 0.5).hash == WINNING.hash
    assert made_dearer(WINNING, "acquisition_cost", 4.0).businesses[0].channels["advertising"].strength == 0.025


def test_several_workers_find_the_same(
    comparison: Comparison, found: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.experiment.executor.SMALL_SECONDS", 0.0)
    pd.testing.assert_frame_equal(break_even(comparison, workers=2), found)


def test_progress_counts_on_through_both_rounds(comparison: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    lived: list[tuple[str, float, int]] = []

    def world(factor: float, seed: int) -> np.ndarray:
        return np.array([[0.0, 1.0], [1.0 - np.log(factor) + 0.001 * seed, 1.0]])

    def instead(scenarios: object, how: object, task: tuple[str, float, int]) -> np.ndarray:
        lived.append(task)
        return world(*task[1:])

    monkeypatch.setattr(module, "_world_at", instead)
    monkeypatch.setattr(module, "_as_assumed", lambda *_: np.stack([world(1.0, seed) for seed in SEEDS[:5]]))
    seen: list[tuple[int, int]] = []
    frame = break_even(comparison, workers=1, progress=lambda done, total: seen.append((done, total)))
    assert len(lived) == len(set(lived)) and {seed for *_, seed in lived} == set(SEEDS[:5])
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (len(lived), len(lived))
    assert row(frame, "acquisition_cost").factor == pytest.approx(np.e, rel=0.02)


def test_the_document_holds_what_was_promised(comparison: Comparison, found: pd.DataFrame) -> None:
    rows = document_of(Comparison(comparison.scenarios, comparison.seeds, comparison.runs, found))["break_even"]
    assert [each["what"] for each in rows] == ["acquisition_cost", "keeping_cost"]
    first = rows[0]
    assert set(first) == {
        "scenario", "baseline", "metric", "what", "factor", "ci95", "tried", "wins", "worlds", "amount", "amount_ci95",
    }  # fmt: skip
    assert first["tried"] == [LEAST, MOST] and first["worlds"] == 5
    assert first["ci95"][0] < first["factor"] < first["ci95"][1]
    assert first["amount_ci95"][0] <= first["amount"] <= first["amount_ci95"][1]
