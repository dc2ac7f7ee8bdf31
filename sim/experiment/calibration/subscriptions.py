"""Subscriptions: who came when and left when, if ever, and the shifted-beta-geometric of it.

A contract is renewed every so many weeks, or not; whoever left in between is taken to have left at the nearest renewal.
What was paid follows from the dates, so that everything that is asked of purchases can be asked of payments.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.experiment.calibration.estimates import FEWEST_REPEATERS, RESAMPLES, Fitted, Model, fitted
from sim.experiment.calibration.log import AS_FOUND, CUSTOMER, WEEK, Left, Log, Ways, converted, date_of
from sim.experiment.calibration.reading import amounts, dates
from sim.experiment.calibration.table import Column, negative, read_table
from sim.experiment.calibration.world import Behaviour, writable
from sim.scenario.problems import InputError, Mark, Problem
from sim.theory import contracts
from sim.theory.contracts import Subscribers
from sim.theory.fitting import Fit

START = Column("start", ("startdate", "begin", "begins", "signup", "signupdate", "joined", "subscribed", "beginn"))
END = Column("end", ("enddate", "ends", "cancelled", "canceled", "cancellationdate", "churndate", "left", "ende"))
AMOUNT = Column("amount", ("fee", "price", "payment", "mrr", "betrag", "beitrag"), needed=False)
THERE = 0
"""The end of a contract that has none yet."""
PAUSE = 7
"""Days without a contract after which somebody has left, and comes again as a new one; shorter ones are slips of
billing."""


class Contract(NamedTuple):
    """What a file of subscriptions does not say of them."""

    renewal_weeks: int
    fee: float | None = None
    """Of one period, where the file has no amounts."""


@dataclass(frozen=True, eq=False)
class Subscriptions:
    """Contracts, in the order of their starts."""

    start: np.ndarray
    """int64 (contracts,), days."""
    end: np.ndarray
    """int64 (contracts,), THERE for who is there."""
    fee: np.ndarray
    first_day: int
    last_day: int
    renewal_weeks: int
    rows: int = 0
    left: tuple[Left, ...] = ()
    ways: Mapping[str, str] | None = None
    noticed: tuple[Left, ...] = ()

    @property
    def periods(self) -> np.ndarray:
        """Renewals that each has come to: the last of them was refused by who is gone."""
        length = self.renewal_weeks * WEEK
        gone = self.end != THERE
        until = np.where(gone, self.end, self.last_day)
        age = (until - self.start) / length
        return np.where(gone, np.maximum(np.round(age), 1.0), np.floor(age)).astype(int)

    @property
    def active(self) -> int:
        """Who is there at the end."""
        return int((self.end == THERE).sum())

    def until(self, day: int) -> Subscriptions:
        """What was known at the end of a day."""
        known = self.start <= day
        end = np.where(self.end > day, THERE, self.end)[known]
        return replace(self, start=self.start[known], end=end, fee=self.fee[known], last_day=day)

    def payments(self) -> Log:
        """Every fee that was paid: at the start, and at every renewal that was not refused."""
        gone = self.end != THERE
        paid = self.periods + np.where(gone, 0, 1)
        customer = np.repeat(np.arange(len(paid)), paid)
        number = np.arange(len(customer)) - np.repeat(np.cumsum(paid) - paid, paid)
        day = self.start[customer] + round(self.renewal_weeks * WEEK) * number
        return Log(customer, day, self.fee[customer], self.first_day, self.last_day, self.rows, self.left,
                   self.ways or {}, self.noticed)  # fmt: skip

    def subscribers(self) -> Subscribers:
        """How many left at each renewal, and how many are there after so many."""
        periods, gone = self.periods, self.end != THERE
        left = np.bincount(periods[gone] - 1) if gone.any() else np.zeros(1)
        return Subscribers(left.astype(float), np.bincount(periods[~gone], minlength=1).astype(float))


def read_subscriptions(
    path: Path, contract: Contract, ways: Ways = AS_FOUND, today: datetime.date | None = None
) -> Subscriptions:
    """Read a file of subscriptions; whoever is still there has no end, or one in the future.

    Rows of one customer that follow each other, as of billing periods, are one contract.

    Raises
    ------
    InputError
        With everything that is wrong, by line and column.
    """
    table = read_table(path, (CUSTOMER, START, END, AMOUNT), ways.columns, ways.separator)
    today = today or datetime.date.today()
    some = [text for text in table.columns[END.name].different if text]
    start, wrong = converted(table, START.name, lambda texts: dates(texts, ways.date_format, today))
    form = ways.date_format or (start.way if start.way and start.way != "%Y-%m-%d" else None)
    end, wrong_ends = converted(table, END.name, lambda texts: _ends(texts, some, form))
    problems = [*wrong, *wrong_ends]
    if AMOUNT.name in table.columns:
        money, wrong_amounts = converted(table, AMOUNT.name, lambda texts: amounts(texts, ways.decimal))
        problems += wrong_amounts or negative(table, AMOUNT.name, money.values[table.columns[AMOUNT.name].which])
    elif contract.fee is None:
        problems.append(Problem(Mark(table.file, 1, 1), "no column says what is paid", "Say --fee, for one period"))
    if problems:
        raise InputError(problems)
    who = table.columns[CUSTOMER.name]
    began, ended = start.values[table.columns[START.name].which], end.values[table.columns[END.name].which]
    fee = money.values[table.columns[AMOUNT.name].which] if AMOUNT.name in table.columns else None
    _check_order(table.file, table.lines, table.columns[END.name].place, began, ended)
    last = int(max(began.max(), ended[ended <= today.toordinal()].max(initial=0)))
    frame = pd.DataFrame(
        {
            "line": table.lines,
            "customer": who.which,
            "start": began,
            "end": np.where(ended > last, THERE, ended),
            "fee": np.full(len(began), contract.fee) if fee is None else fee,
        }
    )
    blank = frame.customer == (who.different.index("") if "" in who.different else -1)
    left = [Left(f"{CUSTOMER.name} is blank", int(blank.sum()), int(frame.line[blank].iloc[0]))] if blank.any() else []
    rows = frame[~blank].sort_values(["customer", "start", "line"], kind="stable")
    _check_overlaps(Mark(table.file, 0, table.columns[START.name].place), rows)
    pause = rows.start - rows.groupby("customer").end.shift()
    follows, again = pause <= PAUSE, pause > PAUSE
    noticed = []
    if follows.any():
        left.append(Left("goes on with the contract before it", int(follows.sum()), int(rows.line[follows].min())))
    if again.any():
        why = f"begin more than {PAUSE} days after the same customer had left: each counts as a new contract"
        noticed.append(Left(why, int(again.sum()), int(rows.line[again].min())))
    joined = rows.groupby((~follows).cumsum()).agg(
        start=("start", "first"), end=("end", "last"), fee=("fee", "mean"), line=("line", "first")
    )
    joined = joined.sort_values(["start", "line"], kind="stable")
    understood = {"dates": start.way} | {column: texts.name for column, texts in table.columns.items()}
    return Subscriptions(joined.start.to_numpy(), joined.end.to_numpy(), joined.fee.to_numpy(float), int(began.min()),
                         last, contract.renewal_weeks, len(began), tuple(left), understood, tuple(noticed))  # fmt: skip


def _check_overlaps(place: Mark, rows: pd.DataFrame) -> None:
    """Nobody has two contracts at a time.

    Parameters
    ----------
    rows : by customer, and then by start
    """
    before = rows.groupby("customer")[["line", "end"]].shift()
    wrong = before.line.notna() & ((before.end == THERE) | (rows.start < before.end))
    problems = []
    columns = (rows.line, rows.start, before.line, before.end)
    for line, start, first, end in np.column_stack([each[wrong] for each in columns]).astype(int).tolist():
        ends = "has no end" if end == THERE else f"ends on {date_of(end)}"
        what = f"this begins on {date_of(start)}, and the same customer's contract of line {first} {ends}"
        problems.append(Problem(Mark(place.file, line, place.column), what, "Correct one of them"))
    if problems:
        raise InputError(sorted(problems, key=lambda each: each.mark.line if each.mark else 0))


def _ends(texts: list[str], some: list[str], form: str | None) -> Any:
    """Days of ends; a blank one is none yet."""
    found = dates(some, form, datetime.date.max)
    places = {text: at for at, text in enumerate(some)}
    values = np.array([found.values[places[text]] if text else THERE for text in texts])
    faults = {texts.index(some[at]): what for at, what in found.faults.items()}
    return found._replace(values=values, faults=faults)


def _check_order(file: str, lines: np.ndarray, place: int, began: np.ndarray, ended: np.ndarray) -> None:
    """Nothing ends before it begins."""
    wrong = np.flatnonzero((ended != THERE) & (ended < began))
    if len(wrong):
        raise InputError(
            [
                Problem(
                    Mark(file, int(lines[row]), place),
                    f"the end {date_of(ended[row])} lies before the start {date_of(began[row])}",
                    "Correct it, or remove the row",
                )
                for row in wrong
            ]
        )


def estimated(found: Subscriptions, resamples: int = RESAMPLES) -> Fitted:
    """The shifted-beta-geometric.

    Raises
    ------
    InputError
        If hardly anybody has come to a renewal, or nobody ever left.
    """
    if not found.active:
        what = f"all {len(found.start):,} contracts have ended by {date_of(found.last_day)}: nobody is left to keep"
        raise InputError([Problem(None, what, "Leave the end empty of whoever is still there")])
    if not found.fee.any():
        raise InputError(
            [Problem(None, "every contract is free", "Say what one period costs, in a column or by --fee")]
        )
    left, staying = found.subscribers()
    seen, gone = int(left.sum() + staying[1:].sum()), int(left.sum())
    if seen < FEWEST_REPEATERS or gone < FEWEST_REPEATERS:
        what = (
            f"of {len(found.start):,} subscribers {seen or 'none'} came to a renewal until {date_of(found.last_day)} "
            f"and {gone or 'none'} left, so nothing can be said of how they leave"
        )
        raise InputError([Problem(None, what, "Take a longer file, or name a shorter period with --renewal-weeks")])

    def fit(people: np.ndarray, starts: Any, closely: bool) -> Fit:
        return contracts.fit(Subscribers(people[: len(left)], people[len(left) :]), starts, closely=closely)

    def likelihood(people: np.ndarray, given: np.ndarray) -> float:
        return contracts.log_likelihood(Subscribers(people[: len(left)], people[len(left) :]), *given.tolist())

    return fitted(Model("sbg", ("a", "b"), fit, likelihood, ((0, 1),)), np.concatenate([left, staying]), resamples)


def behaviour_of(model: Fitted, found: Subscriptions) -> Behaviour:
    """Contracts as a scenario has them."""
    clock = {"clock": "contract", "renewal_weeks": found.renewal_weeks}
    return Behaviour(0.0, writable(*model.values), 1, clock, float(found.payments().amount.mean()), (0.0, 0.0))
