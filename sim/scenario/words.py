"""Words: what an unquoted word of a scenario file means, and which words are refused because tools disagree on them.

YAML 1.2 (core schema) without its traps: what one reader takes for a number and another for a boolean, a date or an
octal has to be quoted or written plainly.
"""

from __future__ import annotations

import math
import re
from calendar import monthrange
from collections.abc import Callable
from decimal import Decimal
from functools import reduce
from typing import NamedTuple

from sim.scenario.problems import shown

LONGEST_NUMBER = 40
"""Digits of a number; more would be a mistake or an attack."""


class Fault(NamedTuple):
    """Why something is refused, and what to do."""

    what: str
    advice: str


_CONSTANTS = (
    dict.fromkeys(("", "~", "null", "Null", "NULL"))
    | dict.fromkeys(("true", "True", "TRUE"), True)
    | dict.fromkeys(("false", "False", "FALSE"), False)
)
_MONTHS = "January February March April May June July August September October November December".split()
_THOUSANDS = r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?"


def meaning_of(word: str) -> str | int | float | bool | None | Fault:
    """What a plain word says: nothing, a boolean, a number or text; or why it may not stand unquoted."""
    if word in _CONSTANTS:
        return _CONSTANTS[word]
    if (digits := sum(map(str.isdigit, word))) > LONGEST_NUMBER and re.fullmatch(r"[-+.,:_0-9eE]+ ?%?", word):
        return _refused(f"number too long ({digits} digits)", f"Use at most {LONGEST_NUMBER} digits")
    for pattern, what, instead in _REFUSED:
        if re.fullmatch(pattern, word):
            return _refused(f"{shown(word)} {what}", f"Write {instead(word)}")
    if date := re.fullmatch("([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", word):
        return _date(word, *map(int, date.groups()))
    if re.fullmatch("[-+]?[0-9]+", word):
        return int(word)
    if re.fullmatch(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", word):
        return _decimal(word)
    return word


def _refused(what: str, advice: str) -> Fault:
    return Fault(what, f"{advice}, or quote it if it is text")


def _decimal(word: str) -> float | Fault:
    value = float(word)
    lost = value == 0.0 and re.match(r"[-+.0]*[1-9]", word)
    if math.isinf(value) or lost:
        return _refused(f"{shown(word)} is outside the range of numbers", "Write it nearer to 1")
    return value


def _date(word: str, year: int, month: int, day: int) -> str | Fault:
    """The word itself, for dates stay text, if the calendar has such a day."""
    if year == 0 or not 1 <= month <= 12:
        why = f"there is no month {month}" if year else "there is no year 0"
    elif day not in range(1, (days := monthrange(year, month)[1]) + 1):
        why = f"{_MONTHS[month - 1]} {year} has {days} days"
    else:
        return word
    return _refused(f"{shown(word)} is not a date: {why}", "Write another day")


def without_quotes(word: str) -> str | None:
    """What to write instead of a text that looks like a number; None if it does not.

    Check
    -----
    >>> without_quotes("0.15"), without_quotes("15%"), without_quotes("1,000"), without_quotes("many")
    ('0.15', '0.15', '1000', None)
    """
    if type(meaning_of(word)) in (int, float):
        return word
    refused = _REFUSED if len(word) <= LONGEST_NUMBER else ()
    meant = (read(word) for pattern, what, read in refused if _NO_NUMBER in what and re.fullmatch(pattern, word))
    return next(meant, None)


def _boolean(word: str) -> str:
    return "true" if word.lower() in ("y", "yes", "on") else "false"


def _from_octal(word: str) -> str:
    """Both readings of a number with a leading zero; one, if they agree or octal cannot be meant."""
    readings = [int(word)] if re.search("[89]", word) else [int(word), int(word, 8)]
    return " or ".join(str(number) for number in dict.fromkeys(readings))


def _from_base(word: str) -> str:
    return str(int(word.replace("_", ""), 0)) if len(word) <= LONGEST_NUMBER else "it in decimal"


def _from_clock(word: str) -> str:
    """Minutes of 1:30, seconds of 0:01:30."""
    total = reduce(lambda whole, part: whole * 60 + part, map(Decimal, word.strip("+-").split(":")))
    return f"{'-' if word.startswith('-') else ''}{total:f}"


def _from_comma(word: str) -> str:
    """The number with a point for decimals and no separator of thousands."""
    if re.fullmatch(_THOUSANDS, word):
        return word.replace(",", "")
    return word.replace(".", "").replace(",", ".") if "," in word else word


def from_percent(word: str) -> str:
    """The share that a percentage is.

    Check
    -----
    >>> from_percent("10%"), from_percent("2,5 %")
    ('0.10', '0.025')
    """
    return f"{Decimal(_from_comma(word.rstrip(' %'))).scaleb(-2):f}"


def _instead_of_percent(word: str) -> str:
    share = from_percent(word)
    return f"{share} where it is a factor; a share is 1 at most" if Decimal(share) > 1 else share


_NO_NUMBER = "is not a number"

# Plain words that some tool or reader takes for something else: a pattern, what is wrong, and what to write instead.
_REFUSED: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    (r"(?i:y|yes|on|n|no|off)", "would be read as a boolean by some tools", _boolean),
    (r"[-+]?\.(?i:nan|inf)", "is not a finite number", lambda _: "a finite number"),
    (r"[-+]?0[0-9]+", "is ambiguous (octal in YAML 1.1)", _from_octal),
    (r"[-+]?0(?i:x[0-9a-f_]*[0-9a-f]|o[0-7_]*[0-7]|b[01_]*[01])", "is not a decimal number", _from_base),
    (r"(?=.*_)[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]+)?", _NO_NUMBER, lambda w: w.replace("_", "")),
    (r"[-+]?[0-9]+(?::[0-9]+)+(?:\.[0-9]*)?", _NO_NUMBER, _from_clock),
    (_THOUSANDS, f"{_NO_NUMBER} (no separator of thousands)", _from_comma),
    (r"[-+]?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+),[0-9]+", f"{_NO_NUMBER} (no decimal comma)", _from_comma),
    (rf"(?:{_THOUSANDS}|[-+]?[0-9]+[.,]?[0-9]*|[-+]?[.,][0-9]+) ?%", _NO_NUMBER, _instead_of_percent),
)
