"""Plans that learn: what they believe comes near what is so, and money goes where it does more."""

from __future__ import annotations

import math
import random

import pytest

from sim.strategies.books import CAN_ENTER, CLOSED_TO_IT, IS_THERE, Books, Period, Region
from sim.strategies.learned import LINE, Adaptive, CustomerEquity, Diary, ExpandWhenSaturated
from sim.strategies.learning import LEAST, believed, per_head_year, square_wave, towards
from tests.strategies.some_books import USUAL, books, followed, large, lively

# -- a line ------------------------------------------------------------------------------------------------------------


def test_a_line_is_found_among_noise() -> None:
    chance, line = random.Random(7), believed(0.9, 0.5)
    for _ in range(400):
        x = chance.choice((-0.2, 0.2))
        line = line.corrected(x, 3.0 + 0.3 * x + chance.gauss(0.0, 0.1), 0.01, 0.0)
    assert line.slope == pytest.approx(0.3, abs=0.06)
    assert 0.0 < math.sqrt(line.doubt_of_slope) < 0.05


def test_what_is_not_doubted_is_not_unlearned() -> None:
    line = believed(0.9, 0.0)
    for x in (-0.2, 0.2) * 50:
        line = line.corrected(x, 3.0, 0.01, 0.0)
    assert line.slope == 0.9


def test_a_line_follows_what_drifts() -> None:
    still, moved = believed(0.5, 0.5), believed(0.5, 0.5)
    for week in range(0, 520, 4):
        x, slope = square_wave(week, 52) * 0.3, 0.1 if week < 260 else 0.6
        moved = moved.corrected(x, slope * x, 0.001, 4.0)
        still = still.corrected(x, slope * x, 0.001, 0.0)
    assert still.slope == pytest.approx(0.35, abs=0.02)
    assert moved.slope > still.slope + 0.1


def test_without_money_or_people_nothing_is_seen() -> None:
    line = believed(0.2, 0.2)
    for money, among, weeks in ((0.0, 10.0, 4.0), (1.0, 0.0, 4.0), (1.0, 10.0, 0.0)):
        assert line.seen(money, 5.0, among, weeks) is line
    assert line.seen(1.0, 0.0, 10.0, 4.0) != line


def test_elasticities_stay_sensible() -> None:
    assert [believed(slope, 0.0).elasticity for slope in (-3.0, 0.4, 3.0)] == [LEAST, 0.4, 1.0]


def test_money_per_head_and_means_that_forget() -> None:
    assert per_head_year(40.0, 4.0, 10.0) == pytest.approx(52.0)
    assert per_head_year(40.0, 0.0, 10.0) == per_head_year(40.0, 4.0, 0.0) == 0.0
    assert [towards(10.0, 20.0, weeks, 20.0) for weeks in (0.0, 5.0, 20.0, 90.0)] == [10.0, 12.5, 20.0, 20.0]


# -- customer equity ---------------------------------------------------------------------------------------------------


def earned_by_the_last_unit(plan: CustomerEquity, seen: Books) -> tuple[float, float]:
    """Elasticity times what is earned, over money, of winning and of keeping, as the plan believes it."""
    decision = plan.plan(seen)
    winning = decision.spend_per_week * decision.acquisition_share
    keeping = decision.spend_per_week - winning
    return plan.believed_winning * seen.year.joined / winning, plan.believed_keeping * seen.listed_customers / keeping


@pytest.mark.parametrize("beliefs", [(0.2, 0.05), (0.1, 0.1), (0.6, 0.02)])
def test_the_last_unit_of_money_earns_the_same_on_both_sides(beliefs: tuple[float, float]) -> None:
    plan = CustomerEquity(*beliefs, doubt=0.0, probe=0.0, most_spend=1.0)
    assert earned_by_the_last_unit(plan, USUAL)[0] == pytest.approx(earned_by_the_last_unit(plan, USUAL)[1])
    probing = earned_by_the_last_unit(plan._replace(probe=0.2), USUAL._replace(week=26))
    assert probing[0] > 1.2 * probing[1]  # while it probes, they differ on purpose


def test_a_customer_who_stays_longer_is_worth_more_of_both() -> None:
    plan = CustomerEquity(doubt=0.0, most_spend=1.0)
    short, long = (plan.plan(books(year=USUAL.year._replace(left=left))) for left in (300, 60))
    assert long.spend_per_week > 1.5 * short.spend_per_week
    assert long.acquisition_share == pytest.approx(short.acquisition_share)


def test_both_together_never_pass_the_most() -> None:
    plan = CustomerEquity(believed_winning=1.0, believed_keeping=1.0, most_spend=0.3, probe=0.0)
    assert plan.plan(USUAL).spend_per_week == pytest.approx(300.0)


def test_what_it_knows_travels_in_the_books() -> None:
    first = CustomerEquity().plan(USUAL).learned
    assert len(first) == 2 * LINE + 2
    second = CustomerEquity().plan(USUAL._replace(learned=first)).learned
    assert second != first and second[LINE - 1] < first[LINE - 1] + 0.001  # doubt does not grow while it sees
    assert (
        CustomerEquity().plan(USUAL._replace(learned=first[:-1])).learned == first
    )  # nothing of its own: from the start


def late(plan: CustomerEquity, *settings: str) -> tuple[float, float]:
    """The mean split of the last two years, so that probing averages out; and the elasticity of keeping in the end."""
    settled = "businesses.ours.known=0.6"  # while a list grows fast, newcomers hide what keeping does
    _, plans = followed(plan, large("businesses.ours.channels.advertising.strength=0.1", settled, *settings))
    decisions = [decision for _, decision in plans[-26:]]
    winning = sum(each.spend_per_week * each.acquisition_share for each in decisions)
    return winning / sum(each.spend_per_week for each in decisions), decisions[-1].learned[LINE + 1]


def test_customer_equity_keeps_more_where_keeping_is_strong() -> None:
    weak, strong = (f"businesses.ours.levers.care.strength={strength}" for strength in (0, 0.1))
    (weak_split, weak_elasticity), (strong_split, strong_elasticity) = (
        late(CustomerEquity(), care) for care in (weak, strong)
    )
    assert weak_elasticity < 0.04 < 0.06 < strong_elasticity
    assert strong_split < weak_split - 0.1
    certain = CustomerEquity(doubt=0.0)  # whoever doubts nothing learns nothing
    assert late(certain, strong)[1] == late(certain, weak)[1] == 0.05
    assert late(certain, weak)[0] < weak_split and strong_split < late(certain, strong)[0]


def test_customer_equity_learns_that_a_channel_does_nothing() -> None:
    _, plans = followed(CustomerEquity(), large("businesses.ours.channels.advertising.strength=0"))
    assert plans[0][1].learned[1] == pytest.approx(0.2, abs=0.05)
    assert plans[-1][1].learned[1] < 0.08


# -- expand when saturated ---------------------------------------------------------------------------------------------


def year(spend: float, responses: int) -> Period:
    return USUAL.year._replace(acquisition_spend=spend, responses=responses)


def test_winning_money_rises_while_the_next_customer_is_cheap_and_falls_when_it_is_dear() -> None:
    plan = ExpandWhenSaturated(most_per_customer=90.0, acquisition_share=0.5, step=0.1)
    cheap = plan.plan(books(year=year(3_000.0, 100)))
    dear = plan.plan(books(year=year(30_000.0, 100)))
    assert cheap.acquisition_share == pytest.approx(0.55)
    assert dear.acquisition_share == pytest.approx(0.5 / 1.1)
    assert cheap.spend_per_week == dear.spend_per_week == pytest.approx(120.0)  # what winning leaves over keeps


@pytest.mark.parametrize(
    ("spent", "cost", "enters"), [(30_000.0, 9_000.0, (2,)), (30_000.0, 11_000.0, ()), (3_000.0, 9_000.0, ())]
)
def test_another_market_is_entered_where_the_next_customer_is_dear_and_the_cost_is_in_hand(
    spent: float, cost: float, enters: tuple[int, ...]
) -> None:
    markets = (Region(9_000, IS_THERE, 0.0), Region(5_000, CLOSED_TO_IT, 0.0), Region(5_000, CAN_ENTER, cost))
    plan = ExpandWhenSaturated(most_per_customer=90.0, acquisition_share=0.5, step=0.1)
    decision = plan.plan(books(year=year(spent, 100), cash=10_000.0, markets=markets))
    assert decision.enter == enters
    assert (decision.acquisition_share == 0.5) is bool(enters)


def test_the_next_customer_costs_more_than_the_last_ones_did_where_returns_fall() -> None:
    """60 on average; at an elasticity of one half 120, which is too much."""
    seen = books(year=year(6_000.0, 100), since_plan=USUAL.since_plan._replace(weeks=0))
    noted = ExpandWhenSaturated().plan(seen).learned
    for elasticity, rises in ((1.0, True), (0.5, False)):
        learned = (0.5, noted[1], elasticity, *noted[3:])
        assert (ExpandWhenSaturated().plan(seen._replace(learned=learned)).acquisition_share > 0.5) is rises


def test_who_has_not_spent_may_begin_and_who_stopped_can_notice() -> None:
    assert ExpandWhenSaturated().plan(books(year=year(0.0, 0))).acquisition_share > 0.5
    least = (0.01, *ExpandWhenSaturated().plan(USUAL).learned[1:])
    assert ExpandWhenSaturated().plan(books(year=year(1e6, 1), learned=least)).acquisition_share == 0.01


def test_in_a_market_it_expands_only_where_people_can_still_be_reached() -> None:
    """A channel that reaches few however much it is paid is given up soon; a wide one when most have been reached."""

    def splits(most_per_customer: float, ceiling: float, strength: float) -> list[float]:
        channel = "businesses.ours.channels.advertising"
        world = large(f"{channel}.ceiling={ceiling}", f"{channel}.strength={strength}")
        _, plans = followed(ExpandWhenSaturated(most_per_customer), world)
        return [decision.acquisition_share for _, decision in plans]

    narrow, wide = splits(60.0, 0.002, 1.0), splits(60.0, 0.05, 0.05)
    assert max(wide) == 1.0 > max(narrow)
    assert min(wide[6:20]) > 0.9 > 0.5 > max(narrow[20:])
    assert wide[-1] < 0.3
    assert splits(1e9, 0.002, 1.0)[-1] == 1.0  # without a limit nothing of this happens


# -- adaptive ----------------------------------------------------------------------------------------------------------


def after_trials(profits: list[float], plan: Adaptive) -> Diary:
    """The diary after trials in which so much was earned a week, planned every 13 weeks."""
    learned = plan.plan(USUAL._replace(since_plan=USUAL.since_plan._replace(weeks=0))).learned
    for profit in profits:
        for part in (1e6, profit):  # whatever happens in the first half of a trial does not count
            seen = USUAL._replace(learned=learned, since_plan=Period(13, part * 13, 0.0, 0.0, 0.0, 0, 0, 0, 0, 0))
            learned = plan.plan(seen).learned
    return Diary(*learned)


@pytest.mark.parametrize(
    ("profits", "centre"),
    [
        ([100.0, 90.0], 0.5),  # two trials decide nothing
        ([100.0, 90.0, 100.0], 0.55),  # above was better twice
        ([100.0, 110.0, 100.0], 0.45),
        ([100.0, 110.0, 120.0], 0.5),  # it only grows
        ([100.0, 110.0, 120.0, 135.0], 0.45),  # growth, and a little more below
        ([100.0, 90.0, 100.0, 90.0], 0.6),
    ],
)
def test_the_split_climbs_to_the_side_that_earned_more_than_its_neighbours(profits: list[float], centre: float) -> None:
    assert after_trials(profits, Adaptive(trial_weeks=26, step=0.05)).centre == pytest.approx(centre)


def test_trials_lie_on_both_sides_in_turn_and_stay_within_bounds() -> None:
    _, plans = followed(Adaptive(acquisition_share=0.9, trial_weeks=13), lively())
    sides = [decision.acquisition_share for _, decision in plans]
    assert max(sides) == 1.0 and min(sides) < 0.9
    assert [decision.learned[1] for seen, decision in plans if seen.week in (0, 12, 16, 28, 32)] == [1, 1, -1, -1, 1]


@pytest.mark.parametrize(
    ("channel", "care", "known", "better"),
    [(0.1, 0.0, 0.06, 1.0), (0.0, 0.06, 0.6, -1.0)],
    ids=["winning pays", "keeping pays"],
)
def test_in_a_market_the_split_moves_to_the_better_side(
    channel: float, care: float, known: float, better: float
) -> None:
    world = large(
        f"businesses.ours.channels.advertising.strength={channel}",
        f"businesses.ours.levers.care={{strength: {care}, ceiling: 0.8}}",
        f"businesses.ours.known={known}",
    )
    for plan, moves in ((Adaptive(), True), (Backwards(), False)):
        _, plans = followed(plan, world)
        assert ((plans[-1][1].learned[0] - 0.5) * better >= 0.1) is moves


class Backwards(Adaptive):
    """Takes what it lost for what it gained."""

    def plan(self, seen: Books):
        recent = seen.since_plan
        return super().plan(seen._replace(since_plan=recent._replace(revenue=-recent.profit, cost_of_goods=0.0,
            acquisition_spend=0.0, retention_spend=0.0)))  # fmt: skip
