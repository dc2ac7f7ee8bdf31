"""What only ever raises, or lowers, the answer of a rule: one table for all of them, and why some have no row."""

from __future__ import annotations

import importlib
import math
import pkgutil
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as some

import sim.rules
from sim.rules.compile import RULES
from sim.rules.complaints import ComplaintRules
from sim.rules.journey import JourneyRules
from sim.rules.lines import LineRules
from sim.units import is_record
from tests.rules.drawn import COUNTS, EFFECTS, FEELINGS, MONEY, SETTINGS, SHARES, WEEKS, WORDS

for module in pkgutil.iter_modules(sim.rules.__path__):
    importlib.import_module(f"sim.rules.{module.name}")
BY_NAME = {rule.__name__: rule for rule in RULES}

UP_AND_DOWN = {
    "happens": ("probability", "word"), "uniform": ("word", ""), "one_of": ("word", ""),
    "waiting_weeks": ("longest", "chance"), "normal_quantile": ("u", ""),
    "share_won_over": ("ceiling strength spend", ""),
    "is_run": ("part", "fixed least"), "is_insolvent": ("", "cash credit_line"),
    "stock_of_pressure": ("stock spend_per_prospect_year", ""), "contact_probability": ("stock ceiling strength", ""),
    "contact_for_commission": ("commission ceiling strength", ""), "reach_of_segment": ("need", "mean_need"),
    "contact_in_segment": ("chance factor", ""), "contact_of_customers": ("chance reminds_customers", ""),
    "either": ("first second", ""),
    "attraction": ("log_affinity price_effect push heard", ""),
    "price_effect": ("log_expected_ratio", "log_price_ratio"),
    "pull_of_my_supplier": ("satisfaction bought_here_last scheme_bonus", ""), "finishing_time": ("", "attraction"),
    "resolution_probability": ("days", "days_to_resolve"),
    "harm_of_failure": ("failure_loss complaints_before", "orders_before"),
    "complaints_remembered": ("complaints", "weeks"),
    "leaving_effect": ("", "satisfaction"), "leaving_circumstances": ("open_complaint first_weeks binding friend", ""),
    "leaving_probability": ("inborn effect kept_share", ""), "relationship_is_forgotten": ("weeks_since_order", ""),
    "in_first_weeks": ("", "weeks_since_first"), "remorse_probability": ("let_through", ""),
    "line_probability": ("propensity cross_selling", ""), "order_with_lines": ("value further_lines", ""),
    "needs_this_week": ("weekly_rate", "word"), "need_threshold": ("weekly_rate", ""),
    "bell_shaped": ("mean", ""), "evenly_between": ("low high", ""),
    "lack_of_fit": ("fit", ""), "cost_at_position": ("unit_cost position", ""),
    "expected_price_after": ("expected paid", ""),
    "share_of_departures_let_through": ("", "ceiling strength spend"),
    "scheme_bonus": ("ceiling strength reward_per_order", ""), "telling_gained": ("gain asking earning", ""),
    "days_to_resolve": ("slow fast", "strength spend"), "delight_of_gift": ("delight", "gift_probability"),
    "experience": ("quality match luck", "harm"), "home_of_satisfaction": ("quality match disconfirmation", ""),
    "satisfaction_after": ("satisfaction home", ""), "expectation_after": ("expectation disconfirmation", ""),
    "forecast_volume": ("listed sold season_weeks", "listed_weeks"), "critical_ratio": ("late salvage", "early"),
    "taste_among_friends": ("own shared", ""),
    "order_value": ("person_mean relative_size price_ratio", ""), "whole": ("amount", ""),
    "listening_probability": ("talk_per_friend friends", ""), "telling_for_reward": ("satisfaction referral", ""),
    "effect_of_story": ("story", ""),
}  # fmt: skip
"""Of each rule the arguments that raise its answer, or leave it, and those that lower it."""
NEITHER = {
    "standard_normal": "of a word whose bits are used in their own way; its quantile has a row",
    "weekly_part": "coins are dealt out over weeks: more money a year may mean a coin less in one of them",
    "decision_to_leave": "a reason, not a size; its chance has a row",
    "reason_for_forgetting": "a reason",
    "is_under_way": "begins and ends",
    "phase": "moved by orders, weeks and feelings of customers: test_journey",
    "has_been_thought_over": "one week of all",
    "has_class": "each class its own way: test_journey",
    "renewal_is_due": "comes back",
    "is_on": "comes back",
    "is_for": "a kind",
    "telling_probability": "rises to both sides: test_sentences",
}
"""Rules that have no row, and why."""

DRAWN: dict[str, some.SearchStrategy[Any]] = {
    **dict.fromkeys(("word",), WORDS),
    **dict.fromkeys(("push heard log_affinity price_effect log_price_ratio log_expected_ratio attraction effect own "
                     "shared open_complaint first_weeks binding friend mean expected paid").split(), EFFECTS),
    **dict.fromkeys(("satisfaction quality match luck disconfirmation home expectation story").split(), FEELINGS),
    **dict.fromkeys(("weeks weeks_since_order weeks_since_first").split(), WEEKS),
    **dict.fromkeys(("further_lines friends orders_before").split(), COUNTS),
    **dict.fromkeys(("part fixed least").split(), some.integers(0, 10**6)),
    **dict.fromkeys(("cash credit_line").split(), some.integers(-(10**9), 10**9)),
    **dict.fromkeys(("bought_here_last hearer_is_customer").split(), some.booleans()),
    **dict.fromkeys(("stock spend spend_per_prospect_year commission strength need listed sold season_weeks unit_cost "
                     "reward_per_order late value amount person_mean relative_size price_ratio asking earning "
                     "complaints complaints_before harm price_sensitivity sd fit weekly_rate failure_loss "
                     ).split(), MONEY),
    "mean_need": some.floats(0.01, 100.0), "listed_weeks": some.floats(1.0, 1e6), "u": some.floats(1e-9, 1.0 - 1e-9),
    "number": some.integers(1, 1000), "longest": some.integers(1, 3000), "days_to_resolve": some.floats(0.1, 100.0),
    "days": some.floats(0.0, 7.0), "slow": some.floats(10.0, 30.0), "fast": some.floats(0.0, 5.0),
    "early": some.floats(20.0, 90.0), "salvage": some.floats(0.0, 20.0), "factor": some.floats(0.0, 100.0),
    "low": some.floats(0.0, 1.0), "high": some.floats(2.0, 3.0), "gain": some.floats(0.0, 5.0),
    "referral": some.floats(0.0, 5.0), "delight": some.floats(0.0, 1.0),
}  # fmt: skip
"""What is not named here is a share."""
IN_USE: dict[type, Any] = {
    ComplaintRules: ComplaintRules(softened_by_orders=0.3, sharpened_by_complaints=0.4),
    JourneyRules: JourneyRules(remorse=0.3),
    LineRules: LineRules(order_growth=0.2),
}
"""Parameters with which rules do something that are off by default."""
ROWS = [
    (name, argument, sign)
    for name, directions in UP_AND_DOWN.items()
    for sign, arguments in zip((1.0, -1.0), directions, strict=True)
    for argument in arguments.split()
]


@pytest.mark.parametrize(("name", "argument", "sign"), ROWS)
@SETTINGS
@given(data=some.data())
def test_more_of_it_never_lowers_the_answer_or_never_raises_it(
    name: str, argument: str, sign: float, data: Any
) -> None:
    rule = BY_NAME[name]
    hints = {key: hint for key, hint in get_type_hints(rule).items() if key != "return"}
    given_ = {
        key: IN_USE.get(hint, hint()) if is_record(hint) else data.draw(DRAWN.get(key, SHARES), key)
        for key, hint in hints.items()
    }
    less, more = sorted((given_[argument], data.draw(DRAWN.get(argument, SHARES), "another")))
    before, after = (float(rule(**given_ | {argument: value})) for value in (less, more))
    assert sign * (after - before) >= -1e-9 * max(abs(before), abs(after), 1.0) or math.isinf(before)


def test_every_rule_has_a_row_or_a_reason_for_none() -> None:
    assert sorted([*UP_AND_DOWN, *NEITHER]) == sorted(BY_NAME)
