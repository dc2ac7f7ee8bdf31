"""Logs: who bought when and for how much, read from a firm's file, cleaned, and with a report of what was left out.

Customers are numbered in the order in which they come; what they are called is forgotten, so that nothing written later
can tell who somebody is. All purchases of one customer on one day are one purchase, as in the literature.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.experiment.calibration.reading import Read, Undecided, amounts, dates
from sim.experiment.calibration.table import Column, Table, Texts, read_table
from sim.scenario.problems import InputError, Mark, Problem
from sim.theory.buying import Buyers

CUSTOMER = Column(
    "customer_id",
    (
        *("customer", "customernumber", "customerno", "custid", "clientid", "client", "userid", "buyerid", "memberid"),
        *("accountid", "subscriberid", "kundennummer", "kundennr", "kunde", "idclient", "idcliente", "cliente"),
    ),
)
DATE = Column(
    "date",
    (
        *("orderdate", "purchasedate", "invoicedate", "transactiondate", "day", "datetime", "timestamp"),
        *("datum", "bestelldatum", "fecha", "data"),
    ),
)
AMOUNT = Column(
    "amount",
    (
        *("total", "totalamount", "totalprice", "value", "ordervalue", "revenue", "sales", "spend", "spent", "betrag"),
        *("umsatz", "montant", "importe", "importo"),
    ),
)
NET, DROP, KEEP = "net", "drop", "keep"
CENT = 0.005
"""Half the smallest coin: less is nothing."""
WEEK = 7.0
BUSY, BUSIER = 0.01, 20.0
"""Part of all rows, and times the mean of a customer, from which on an id may be no single person."""


class Ways(NamedTuple):
    """How a file is written and cleaned, as far as somebody said."""

    columns: Mapping[str, str] = {}
    """Names in the file, by the names here."""
    separator: str | None = None
    decimal: str | None = None
    date_format: str | None = None
    refunds: str | None = None
    """NET: a refund makes the customer's last purchases before it smaller; DROP: refunds are left out."""
    duplicates: str = KEEP
    """DROP: of rows that agree in customer, date and amount only the first counts."""


AS_FOUND = Ways()
"""Whatever can be found is found, and nothing ambiguous is taken."""


class Left(NamedTuple):
    """Rows that were left out, or changed what others say."""

    why: str
    rows: int
    first: int
    """The line on which the first of them begins."""


@dataclass(frozen=True, eq=False)
class Log:
    """Purchases, sorted by customer and then by day; at most one a day."""

    customer: np.ndarray
    """int64 (purchases,), from 0."""
    day: np.ndarray
    """int64 (purchases,), as ``datetime.date.toordinal`` counts."""
    amount: np.ndarray
    first_day: int
    last_day: int
    """Of all that is known, not only of purchases."""
    rows: int = 0
    """Of the file."""
    left: tuple[Left, ...] = ()
    ways: Mapping[str, str] = field(default_factory=dict)
    """How the file was understood."""
    noticed: tuple[Left, ...] = ()
    """Rows that count, and that somebody should look at."""

    @property
    def customers(self) -> int:
        """How many people there are."""
        return int(self.customer[-1]) + 1 if len(self.customer) else 0

    @property
    def weeks(self) -> float:
        """How long the log is."""
        return (self.last_day - self.first_day + 1) / WEEK

    @property
    def firsts(self) -> np.ndarray:
        """int64 (customers,): the place of each customer's first purchase."""
        return np.flatnonzero(np.diff(self.customer, prepend=-1))

    def until(self, day: int) -> Log:
        """What was known at the end of a day: who had bought by then, and what."""
        known = self.day <= day
        customer = np.unique(self.customer[known], return_inverse=True)[1]
        return replace(self, customer=customer, day=self.day[known], amount=self.amount[known], last_day=day)

    def buyers(self) -> Buyers:
        """What the models of buying need to know of each customer, in weeks."""
        firsts = self.firsts
        lasts = np.append(firsts[1:], len(self.day)) - 1
        first, last = self.day[firsts], self.day[lasts]
        return Buyers((lasts - firsts).astype(float), (last - first) / WEEK, (self.last_day - first) / WEEK)

    def mean_repeats(self) -> tuple[np.ndarray, np.ndarray]:
        """Of each customer who came back: how many purchases after the first, and their mean amount."""
        later = np.ones(len(self.customer), bool)
        later[self.firsts] = False
        orders = np.bincount(self.customer[later], minlength=self.customers)
        money = np.bincount(self.customer[later], self.amount[later], minlength=self.customers)
        back = orders > 0
        return orders[back].astype(float), money[back] / orders[back]


def date_of(day: int) -> datetime.date:
    """The calendar's name of a day."""
    return datetime.date.fromordinal(int(day))


def read_log(source: Path | pd.DataFrame, ways: Ways = AS_FOUND, today: datetime.date | None = None) -> Log:
    """Read and clean a file of transactions, or a frame of them.

    Parameters
    ----------
    source : of a frame, lines are counted as if its header were the first
    today : later dates are mistakes

    Raises
    ------
    InputError
        With everything that is wrong, by line and column.
    """
    table = read_table(source, (CUSTOMER, DATE, AMOUNT), ways.columns, ways.separator)
    day = converted(table, DATE.name, lambda texts: dates(texts, ways.date_format, today or datetime.date.today()))
    money = converted(table, AMOUNT.name, lambda texts: amounts(texts, ways.decimal))
    if problems := [*day[1], *money[1]]:
        raise InputError(sorted(problems, key=lambda each: each.mark.line if each.mark and each.mark.line else 10**9))
    texts = table.columns[CUSTOMER.name]
    frame = pd.DataFrame(
        {
            "line": table.lines,
            "customer": texts.which,
            "day": day[0].values[table.columns[DATE.name].which],
            "amount": money[0].values[table.columns[AMOUNT.name].which],
        }
    )
    if ways.refunds is None and (negative := frame[frame.amount < 0]).size:
        first = Mark(table.file, int(negative.line.iloc[0]), table.columns[AMOUNT.name].place)
        what = f"{len(negative):,} amounts are negative, here the first: refunds?"
        advice = "Say --refunds net to take them off earlier purchases, or --refunds drop to leave them out"
        raise InputError([Problem(first, what, advice)])
    understood = {"dates": day[0].way, "decimals": money[0].way}
    understood |= {column: texts.name for column, texts in table.columns.items()}
    return _cleaned(frame, texts, ways, understood, Mark(table.file))


def converted(table: Table, column: str, read: Any, advice: str = "") -> tuple[Read, list[Problem]]:
    """Values of a column's different texts, and what is wrong with its rows.

    Parameters
    ----------
    advice : what to do if they can be read in two ways, where no option helps
    """
    texts = table.columns[column]
    try:
        found: Read = read(texts.different)
    except Undecided as error:
        row = int(np.argmax(texts.which == texts.different.index(error.text)))
        mark = Mark(table.file, int(table.lines[row]), texts.place)
        return Read(np.zeros(0), {}, ""), [Problem(mark, error.what, advice or error.advice)]
    return found, table.problems(column, found.faults, "Correct it, or remove the row")


# ------------------------------------------------------------------------------------------------------------ cleaning


def _cleaned(frame: pd.DataFrame, texts: Texts, ways: Ways, understood: dict[str, str], file: Mark) -> Log:
    """Purchases out of rows."""
    rows, ends = len(frame), (int(frame.day.min()), int(frame.day.max()))
    left: list[Left] = []

    def leave_out(why: str, out: pd.Series) -> None:
        nonlocal frame
        if out.any():
            left.append(Left(why, int(out.sum()), int(frame.line[out].iloc[0])))
            frame = frame[~out]

    blank = texts.different.index("") if "" in texts.different else -1
    leave_out(f"{CUSTOMER.name} is blank", frame.customer == blank)
    noticed = _busiest(frame)
    again = frame.duplicated(["customer", "day", "amount"])
    if ways.duplicates == DROP:
        leave_out("the same as an earlier row", again)
    elif again.any():
        why = "are the same as an earlier one and were counted; say --duplicates drop if the file has rows twice"
        noticed.append(Left(why, int(again.sum()), int(frame.line[again].iloc[0])))
    leave_out("amount is zero", frame.amount.abs() < CENT)
    refunds: pd.DataFrame = frame[frame.amount < 0]
    frame = frame[frame.amount > 0]
    bought = frame.groupby(["customer", "day"], as_index=False)[["amount"]].sum()
    before = len(bought)
    kinds = [("refund", refunds)]
    if ways.refunds == NET and len(refunds):
        bought, matched = _net_of(bought, refunds)
        kinds = [("refund, taken off earlier purchases", refunds[matched]),
                 ("refund of more than was bought before it", refunds[~matched])]  # fmt: skip
    left += [Left(why, len(rows), int(rows.line.iloc[0])) for why, rows in kinds if len(rows)]
    if len(bought) < before:
        left.append(Left("purchases given back entirely", before - len(bought), int(refunds.line.iloc[0])))
    if not len(bought):
        raise InputError(
            [Problem(file, "no purchase is left after cleaning", "Look at what was left out: " + _all(left))]
        )
    customer = np.unique(bought.customer.to_numpy(), return_inverse=True)[1]
    return Log(
        customer, bought.day.to_numpy(), bought.amount.to_numpy(), *ends, rows, tuple(left), understood, tuple(noticed)
    )


def _busiest(frame: pd.DataFrame) -> list[Left]:
    """The rows of the one id that has the most, if it may be a till or a reseller."""
    counts = frame.customer.value_counts()
    if not len(counts) or counts.iloc[0] <= max(BUSY * len(frame), BUSIER * counts.mean()):
        return []
    rows = frame.line[frame.customer == counts.index[0]]
    why = f"({100 * len(rows) / len(frame):.1f} %) have one {CUSTOMER.name}: a till, a reseller, guests? Leave such out"
    return [Left(why, len(rows), int(rows.iloc[0]))]


def _net_of(bought: pd.DataFrame, refunds: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Purchases less refunds: each takes from the customer's last purchase up to its day, then from the one before.

    What is given back without having been bought in the log is left out; the second answer is of which all was bought.
    """
    matched = np.zeros(len(refunds), bool)
    amount = bought.amount.to_numpy().copy()
    day = bought.day.to_numpy()
    who = bought.customer.to_numpy()
    for place, (customer, when, back) in enumerate(zip(refunds.customer, refunds.day, -refunds.amount, strict=True)):
        begin, end = np.searchsorted(who, [customer, customer + 1])
        at = begin + int(np.searchsorted(day[begin:end], when, side="right")) - 1
        while back > CENT and at >= begin:
            taken = min(back, amount[at])
            amount[at] -= taken
            back -= taken
            at -= 1
        matched[place] = back <= CENT
    kept = amount >= CENT
    return bought[kept].assign(amount=amount[kept]), matched


def _all(left: list[Left]) -> str:
    return "; ".join(f"{each.rows:,} rows: {each.why}" for each in left) or "nothing"
