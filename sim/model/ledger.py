"""The ledger: double entry in whole minor units. Every event is one debit and one equal credit."""

from __future__ import annotations

from enum import IntEnum


class Account(IntEnum):
    """Where money is or what it was for. Debits count up, credits down; all accounts together are always zero."""

    CASH = 0
    OWNERS = 1
    REVENUE = 2
    COST_OF_GOODS = 3
    ACQUISITION = 4
    RETENTION = 5
    FIXED_COST = 6
    STOCK = 7  # goods, at what was paid for them
    COMMISSIONS = 8


class Ledger:
    """A business's accounts: int balances that sum to zero."""

    def __init__(self) -> None:
        self.balances = [0] * len(Account)

    def post(self, debit: Account, credit: Account, amount: int) -> None:
        """Book one event.

        Raises
        ------
        ValueError
            If the amount is negative: the two accounts are then the wrong way round.
        """
        if amount < 0:
            raise ValueError(f"negative posting {amount} from {credit.name} to {debit.name}")
        self.balances[debit] += amount
        self.balances[credit] -= amount

    def pay(self, purpose: Account, amount: int) -> None:
        """Spend cash on something."""
        self.post(purpose, Account.CASH, amount)

    def earn(self, amount: int) -> None:
        """Receive cash from customers."""
        self.post(Account.CASH, Account.REVENUE, amount)

    def hand_over(self, amount: int) -> None:
        """Give customers goods that were in stock."""
        self.post(Account.COST_OF_GOODS, Account.STOCK, amount)

    def earn_commission(self, amount: int) -> None:
        """Receive cash from another business for customers who were passed on to it."""
        self.post(Account.CASH, Account.COMMISSIONS, amount)

    def set_cash(self, amount: int) -> None:
        """Let the owners pay in or take out until this much is in hand."""
        missing = amount - self.cash
        if missing >= 0:
            self.post(Account.CASH, Account.OWNERS, missing)
        else:
            self.post(Account.OWNERS, Account.CASH, -missing)

    @property
    def cash(self) -> int:
        """Money in hand; negative when the bank has lent some."""
        return self.balances[Account.CASH]

    @property
    def stock(self) -> int:
        """What was paid for the goods that are left."""
        return self.balances[Account.STOCK]

    def check(self) -> None:
        """Make sure that the books balance.

        Raises
        ------
        ArithmeticError
            If they do not: a bug of ours, never a property of a scenario.
        """
        if sum(self.balances) != 0:
            raise ArithmeticError(f"the ledger is out of balance by {sum(self.balances)}: {self.balances}")


def split(amount: int, shares: list[float]) -> list[int]:
    """Whole parts of an amount in given shares; what rounding leaves goes to the largest remainders, then first come.

    Check
    -----
    >>> split(100, [1 / 3, 1 / 3, 1 / 3]), split(5, [1.0, 0.0])
    ([34, 33, 33], [5, 0])
    """
    total = sum(shares)
    exact = [amount * (share / total) for share in shares]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(shares)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: amount - sum(parts)]:
        parts[i] += 1
    return parts
