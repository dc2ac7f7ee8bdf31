"""Reading: what texts say, dates and amounts of money, in whichever of several ways they are all written.

A way is taken only if the texts leave no other: 03/04/2020 and 1,234 say two things each, and unless some other row
decides between them somebody has to.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from sim.scenario.problems import shown

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d"
FIRST_YEAR = 1900
_DATE = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(.*)", re.ASCII | re.DOTALL)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_TIME = r"[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[AP]M)?"
_ZONE = r"\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?"
_CLOCK = re.compile(f"(?:{_TIME})?{_ZONE}", re.ASCII | re.IGNORECASE)
_CLOCK_AT_END = re.compile(f"{_TIME}{_ZONE}$", re.ASCII | re.IGNORECASE)
GROUPING = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}'\N{RIGHT SINGLE QUOTATION MARK}"
"""What may stand between thousands beside a point or a comma; none of it is anything else."""
_AMOUNT = re.compile(rf"[+-]?\d[\d.,{GROUPING}]*", re.ASCII)
POINT, COMMA = "point", "comma"
DECIMALS = {POINT: ".", COMMA: ","}
"""What stands before the cents, by the name that a command line gives it."""


class Read(NamedTuple):
    """Values of texts, and what is wrong with those that have none."""

    values: np.ndarray
    faults: dict[int, str]
    """By the place of the text."""
    way: str
    """How all of them are written."""


class Undecided(ValueError):
    """The texts can be read in two ways; what is wrong, what to say, and one of the texts."""

    def __init__(self, what: str, advice: str, text: str) -> None:
        super().__init__(what, advice, text)
        self.what, self.advice, self.text = what, advice, text


# --------------------------------------------------------------------------------------------------------------- dates


def dates(texts: Sequence[str], form: str | None, today: datetime.date) -> Read:
    """Days, counted as ``datetime.date`` does. The time of day is read over.

    Parameters
    ----------
    form : as for ``strptime``; found if none is given

    Raises
    ------
    Undecided
        If nothing tells days from months, or rows contradict each other.

    Check
    -----
    >>> found = dates(["13/04/2020", "03/04/2020 10:15"], None, datetime.date(2021, 1, 1))
    >>> [str(datetime.date.fromordinal(int(day))) for day in found.values], found.way
    (['2020-04-13', '2020-04-03'], '%d/%m/%Y')
    """
    parse, way = (_by(form), form) if form else _way_of_dates(texts)
    values, faults = np.zeros(len(texts), np.int64), {}
    for at, text in enumerate(texts):
        try:
            day = parse(text)
            if day > today:
                raise ValueError(f"date {shown(text)} lies in the future")
            if day.year < FIRST_YEAR:
                raise ValueError(f"date {shown(text)} lies before {FIRST_YEAR}")
            values[at] = day.toordinal()
        except ValueError as error:
            faults[at] = str(error)
    return Read(values, faults, way)


def _by(form: str) -> Callable[[str], datetime.date]:
    has_clock = re.search("%[HIMScXfp]", form)

    def parse(text: str) -> datetime.date:
        clock = None if has_clock else _CLOCK_AT_END.search(text)
        try:
            return datetime.datetime.strptime(text[: clock.start()] if clock else text, form).date()
        except ValueError:
            raise ValueError(f"{shown(text)} is no date of the form {form}") from None

    return parse


def _way_of_dates(texts: Sequence[str]) -> tuple[Callable[[str], datetime.date], str]:
    """How to read all these dates, and what the way is called."""
    days_first = months_first = either = ""
    zones: dict[str, str] = {}
    for text in texts:
        match = _DATE.fullmatch(text)
        if not match:
            continue
        clock = _CLOCK.fullmatch(match[5])
        zones.setdefault(((clock and clock[1]) or "").upper().replace("UTC", "Z"), text)
        if len(match[1]) == 4:
            continue
        if len(match[4]) != 4:
            raise Undecided(
                f"the year of {shown(text)} has no four digits", "Say how dates are written: --date-format", text
            )
        if int(match[1]) > 12:
            days_first = days_first or text
        elif int(match[3]) > 12:
            months_first = months_first or text
        else:
            either = either or text
    if len(zones) > 1:
        one, other = list(zones.values())[:2]
        raise Undecided(f"dates have several time zones: {shown(one)} and {shown(other)}", "Write all in one", other)
    advice = f"Say which comes first: --date-format '{DAY_FIRST}' or '{MONTH_FIRST}'"
    if days_first and months_first:
        raise Undecided(
            f"in {shown(days_first)} the day comes first, in {shown(months_first)} the month", advice, months_first
        )
    if either and not (days_first or months_first):
        raise Undecided(f"dates are ambiguous (day or month first?): all are like {shown(either)}", advice, either)
    order = DAY_FIRST if days_first else MONTH_FIRST if months_first else YEAR_FIRST
    return (lambda text: _day(text, order)), order


def _day(text: str, order: str) -> datetime.date:
    if compact := _COMPACT.fullmatch(text):
        year, month, day = map(int, compact.groups())
    else:
        match = _DATE.fullmatch(text)
        if not match or not _CLOCK.fullmatch(match[5]):
            raise ValueError(f"{shown(text)} is no date" if text else "date is blank")
        first, second, third = (int(match[place]) for place in (1, 3, 4))
        if len(match[1]) == 4:
            year, month, day = first, second, third
        else:
            year = third
            day, month = (first, second) if order == DAY_FIRST else (second, first)
    try:
        return datetime.date(year, month, day)
    except ValueError as error:
        raise ValueError(f"{shown(text)} is no date ({error})") from None


# ------------------------------------------------------------------------------------------------------------- amounts


def amounts(texts: Sequence[str], decimal: str | None, name: str = "amount") -> Read:
    """Numbers.

    Parameters
    ----------
    decimal : one of DECIMALS; found if none is named
    name : what they are called in messages

    Raises
    ------
    Undecided
        If nothing tells thousands from cents, or rows contradict each other.

    Check
    -----
    >>> amounts(["1.234,50", "7"], None).values.tolist(), amounts(["1,234.5", "-7.25"], None).values.tolist()
    ([1234.5, 7.0], [1234.5, -7.25])
    >>> amounts(["1 234,50", "12'000"], None).values.tolist()
    [1234.5, 12000.0]
    """
    sign = DECIMALS[decimal] if decimal else _decimal_sign(texts, name)
    thousands = "," if sign == "." else "."
    groups = rf"\d{{1,3}}(?P<between>[{re.escape(thousands)}{GROUPING}])\d{{3}}(?:(?P=between)\d{{3}})*"
    whole = re.compile(rf"[+-]?(?:\d+|{groups})(?:{re.escape(sign)}\d*)?", re.ASCII)
    no_groups = str.maketrans({each: None for each in thousands + GROUPING} | {sign: "."})
    values, faults = np.zeros(len(texts)), {}
    for at, text in enumerate(texts):
        if whole.fullmatch(text):
            values[at] = float(text.translate(no_groups))
        if not np.isfinite(values[at]) or text.casefold().strip("+-") in ("inf", "infinity", "nan"):
            faults[at] = f"{name} {shown(text)} is not finite"
        elif not whole.fullmatch(text):
            faults[at] = f"{name} {shown(text)} is no number" if text else f"{name} is blank"
    return Read(values, faults, POINT if sign == "." else COMMA)


def _decimal_sign(texts: Sequence[str], name: str) -> str:
    """What stands before the cents in all of these."""
    point = comma = either = ""
    for text in texts:
        if not _AMOUNT.fullmatch(text) or ("." not in text and "," not in text):
            continue
        last = max(text.rfind("."), text.rfind(","))
        only_one = text.count(text[last]) == 1
        if "." in text and "," in text:
            sign = text[last]
        elif any(each in text[:last] for each in GROUPING):  # 1 234,567: the spaces are thousands
            sign = text[last]
        elif not only_one:  # 1.234.567: thousands
            sign = "," if text[last] == "." else "."
        elif len(text) - last - 1 == 3 and re.fullmatch(r"[+-]?[1-9]\d{0,2}", text[:last], re.ASCII):
            either = either or text
            continue
        else:
            sign = text[last]
        if sign == ".":
            point = point or text
        else:
            comma = comma or text
    advice = f"Say what stands before the cents: --decimal {POINT} or --decimal {COMMA}"
    if point and comma:
        raise Undecided(f"{name}s are written in two ways: {shown(point)} and {shown(comma)}", advice, comma)
    if either and not (point or comma):
        raise Undecided(f"{name} {shown(either)} is ambiguous (thousands or three decimals?)", advice, either)
    return "," if comma else "."
