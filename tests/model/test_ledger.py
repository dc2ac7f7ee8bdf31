"""Double entry in whole minor units."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.model.ledger import Account, Ledger, split

SETTINGS = settings(derandomize=True, deadline=None, max_examples=200)
AMOUNTS = st.integers(0, 10**15)


@SETTINGS
@given(st.lists(st.tuples(st.sampled_from(Account), st.sampled_from(Account), AMOUNTS), max_size=30))
def test_whatever_is_posted_all_accounts_together_are_zero(postings):
    ledger = Ledger()
    for debit, credit, amount in postings:
        ledger.post(debit, credit, amount)
    ledger.check()
    assert sum(ledger.balances) == 0


def test_a_posting_without_its_credit_is_found():
    ledger = Ledger()
    ledger.balances[Account.CASH] += 1
    with pytest.raises(ArithmeticError, match="out of balance by 1"):
        ledger.check()


def test_a_negative_posting_is_refused_and_changes_nothing():
    ledger = Ledger()
    with pytest.raises(ValueError, match="negative posting -5"):
        ledger.pay(Account.RETENTION, -5)
    assert ledger.balances == [0] * len(Account)


def test_cash_is_what_came_in_less_what_went_out():
    ledger = Ledger()
    ledger.set_cash(1000)
    ledger.earn(300)
    ledger.pay(Account.COST_OF_GOODS, 120)
    assert ledger.cash == 1180
    ledger.set_cash(500)
    assert ledger.cash == 500
    assert ledger.balances[Account.OWNERS] == -1000 + 680


@SETTINGS
@given(AMOUNTS, st.lists(st.floats(0.0, 1.0), min_size=1, max_size=6).filter(lambda shares: sum(shares) > 0.01))
def test_parts_add_up_to_the_amount_and_no_part_is_off_by_more_than_one(amount, weights):
    shares = [weight / sum(weights) for weight in weights]
    parts = split(amount, shares)
    assert sum(parts) == amount
    assert all(part >= 0 for part in parts)
    tolerance = 1 + amount * 1e-14
    assert all(abs(part - amount * share) <= tolerance for part, share in zip(parts, shares, strict=True))


def test_a_share_of_zero_gets_nothing():
    assert split(101, [1.0, 0.0]) == [101, 0]
    assert split(101, [0.0, 1.0]) == [0, 101]
