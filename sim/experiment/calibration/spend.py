"""Spend: what a firm spent on winning and on keeping, period by period, and what came of it."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.experiment.calibration.log import WEEK, Log, converted, date_of
from sim.experiment.calibration.reading import Read, amounts, dates
from sim.experiment.calibration.table import Column, Table, negative, read_table
from sim.scenario.problems import InputError, Mark, Problem, shown

PERIOD = Column("period", ("date", "week", "month", "day", "start", "from", "periode", "woche", "monat"))
ACQUISITION = Column("acquisition", many=True)
RETENTION = Column("retention", ("retentionspend", "keeping", "crm"), needed=False)
NEW = Column("new_customers", ("new", "newcustomer", "acquired", "neukunden"), needed=False)
REVENUE = Column("revenue", ("sales", "turnover", "umsatz"), needed=False)
FEWEST_PERIODS = 12
MOST_CHANNELS = 4
LEAST_OVERLAP = 0.5
BY_ITSELF = "by_itself"
NAMES = "Call the columns of this file period, acquisition or acquisition_CHANNEL, retention, new_customers, revenue"
PERIODS = "Write the periods of this file as 2024-03-01, as months 2024-03 or as weeks 2024-W09"
AMOUNTS = "Write the amounts of this file with a point before the cents and nothing between thousands"
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_WEEK = re.compile(r"(\d{4})-?W(\d{2})", re.ASCII)


class Spend(NamedTuple):
    """Money a period, and what came; periods follow each other without gaps."""

    begins: np.ndarray
    """int64 (periods + 1,), first days; the last is the day after the last period."""
    channels: dict[str, np.ndarray]
    """Money of each period, by channel."""
    retention: np.ndarray
    new_customers: np.ndarray
    revenue: np.ndarray
    has_retention: bool

    @property
    def acquisition(self) -> np.ndarray:
        """Over all channels."""
        return np.sum(list(self.channels.values()), axis=0)

    def a_year(self, money: np.ndarray) -> float:
        """Money a year, from the last year of periods."""
        last = self.begins[1:] > self.begins[-1] - 364
        days = np.diff(self.begins)[last].sum()
        return float(money[last].sum() / days * 364.0)


def read_spend(path: Path, log: Log) -> Spend:
    """Read a file of spend; new customers and revenue are those of the log where the file has none.

    It may be written in another way than the log, so options that say how the log is written are none of its business.

    Raises
    ------
    InputError
        With everything that is wrong, by line and column.
    """
    table = read_table(path, (PERIOD, ACQUISITION, RETENTION, NEW, REVENUE), advice=NAMES)
    days, problems = converted(table, PERIOD.name, _periods, PERIODS)
    numbers = {}
    for name in table.columns:
        if name != PERIOD.name:
            found, wrong = converted(table, name, lambda texts, name=name: amounts(texts, None, name), AMOUNTS)
            problems += wrong
            if not wrong:
                numbers[name] = found.values[table.columns[name].which]
                problems += negative(table, name, numbers[name])
    if problems:
        raise InputError(problems)
    begins = days.values[table.columns[PERIOD.name].which]
    order = np.argsort(begins, kind="stable")
    _check_periods(table, begins, order)
    begins = begins[order]
    begins = np.append(begins, begins[-1] + round(float(np.median(np.diff(begins)))))
    _check_overlap(table, begins, log)
    numbers = {name: values[order] for name, values in numbers.items()}
    known = {PERIOD.name, RETENTION.name, NEW.name, REVENUE.name}
    columns = [name for name in numbers if name not in known]
    _check_channels(table, columns)
    channels = {_channel(name): numbers[name] for name in columns}
    if len(channels) > MOST_CHANNELS:
        what = f"{len(channels)} columns of acquisition spend are too many (limit {MOST_CHANNELS})"
        raise InputError([Problem(Mark(table.file, 1, 1), what, "Add up what goes together")])
    firsts = log.firsts
    from_log = {
        NEW.name: np.histogram(log.day[firsts], begins)[0].astype(float),
        REVENUE.name: np.histogram(log.day, begins, weights=log.amount)[0],
    }
    none = np.zeros(len(begins) - 1)
    return Spend(begins, channels, numbers.get(RETENTION.name, none), numbers.get(NEW.name, from_log[NEW.name]),
                 numbers.get(REVENUE.name, from_log[REVENUE.name]), RETENTION.name in numbers)  # fmt: skip


def _check_channels(table: Table, columns: list[str]) -> None:
    """Every column is a channel of its own, and none has the name of those who come without money."""
    problems, first = [], {BY_ITSELF: ""}
    for name in columns:
        called, mark = _channel(name), Mark(table.file, 1, table.columns[name].place)
        if called == BY_ITSELF:
            what = f"a channel cannot be called {called}: so are customers called who come without money"
            problems.append(Problem(mark, what, "Name it otherwise, or leave it out if it is no spend"))
        elif called in first:
            what = f"columns {shown(first[called])} and {shown(name)} would both be the channel {called}"
            problems.append(Problem(mark, what, "Rename one of them, or add them up"))
        first.setdefault(called, name)
    if problems:
        raise InputError(problems)


def _periods(texts: list[str]) -> Read:
    """First days of periods: dates, months such as 2024-05, or weeks such as 2024-W07."""
    plain = [text for text in texts if not (_MONTH.fullmatch(text) or _WEEK.fullmatch(text))]
    found = dates(plain, None, datetime.date.max)
    values, faults = np.zeros(len(texts), np.int64), {}
    for at, text in enumerate(texts):
        month, week = _MONTH.fullmatch(text), _WEEK.fullmatch(text)
        try:
            if month:
                values[at] = datetime.date(int(month[1]), int(month[2]), 1).toordinal()
            elif week:
                values[at] = datetime.date.fromisocalendar(int(week[1]), int(week[2]), 1).toordinal()
            else:
                values[at] = found.values[plain.index(text)]
                if plain.index(text) in found.faults:
                    faults[at] = found.faults[plain.index(text)]
        except ValueError as error:
            faults[at] = f"{text!r} is no period ({error})"
    return Read(values, faults, found.way)


def _check_periods(table: Table, begins: np.ndarray, order: np.ndarray) -> None:
    place = table.columns[PERIOD.name].place
    twice = order[1:][np.diff(begins[order]) == 0]
    problems = [
        Problem(Mark(table.file, int(table.lines[row]), place), f"the period of {date_of(begins[row])} is there twice",
                "Add the rows up")
        for row in twice
    ]  # fmt: skip
    if len(begins) < FEWEST_PERIODS:
        what = f"{len(begins)} periods are too few to see what money does (at least {FEWEST_PERIODS})"
        problems.append(Problem(Mark(table.file), what, "Give weeks or months, for two years if there are so many"))
    lengths = np.diff(begins[order])
    if not problems and lengths.max() > 1.5 * np.median(lengths):
        row = order[int(np.argmax(lengths))]
        what = f"after the period of {date_of(begins[row])} some are missing"
        problems.append(
            Problem(Mark(table.file, int(table.lines[row]), place), what, "Write 0 where nothing was spent")
        )
    if problems:
        raise InputError(problems)


def _check_overlap(table: Table, begins: np.ndarray, log: Log) -> None:
    both = min(begins[-1], log.last_day + 1) - max(begins[0], log.first_day)
    if both < LEAST_OVERLAP * (begins[-1] - begins[0]):
        spans = f"{date_of(begins[0])} to {date_of(begins[-1] - 1)}"
        what = f"the periods ({spans}) hardly overlap the log ({date_of(log.first_day)} to {date_of(log.last_day)})"
        raise InputError([Problem(Mark(table.file), what, "Give the spend of the time in which the log was kept")])


def _channel(name: str) -> str:
    """What a channel is called in a scenario.

    Check
    -----
    >>> _channel("acquisition_search"), _channel("Acquisition Spend"), _channel("acquisition: TV ads")
    ('search', 'marketing', 'tv_ads')
    """
    rest = re.sub(r"^acquisition", "", name.strip(), flags=re.IGNORECASE)
    words = [word for word in re.split(r"[^a-z0-9]+", rest.casefold()) if word not in ("", "spend")]
    called = "_".join(words)[:40]
    return called if called[:1].isalpha() else f"channel_{called}" if called else "marketing"


def apportioned(begins: np.ndarray, first_day: int, weeks: int) -> np.ndarray:
    """How many days of each week lie in each period, float64 (weeks, periods).

    Check
    -----
    >>> apportioned(np.array([7, 11, 28]), 0, 4).tolist()
    [[0.0, 0.0], [4.0, 3.0], [0.0, 7.0], [0.0, 7.0]]
    """
    starts = first_day + WEEK * np.arange(weeks)[:, None]
    return np.clip(np.minimum(starts + WEEK, begins[1:]) - np.maximum(starts, begins[:-1]), 0.0, WEEK)


def weekly(spend: Spend, money: np.ndarray, first_day: int, weeks: int) -> np.ndarray:
    """Money of each week from a day on; days before or after the periods have the mean.

    Check
    -----
    >>> two = Spend(np.array([7, 14, 28]), {}, np.zeros(2), np.zeros(2), np.zeros(2), False)
    >>> weekly(two, np.array([10.0, 40.0]), 0, 4).round(3).tolist()
    [16.667, 10.0, 20.0, 20.0]
    """
    days = apportioned(spend.begins, first_day, weeks)
    mean = money.sum() / (spend.begins[-1] - spend.begins[0])
    return np.asarray(days @ (money / np.diff(spend.begins)) + (WEEK - days.sum(axis=1)) * mean)
