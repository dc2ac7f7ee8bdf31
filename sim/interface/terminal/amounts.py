"""Numbers as people read them: thousands separated, per cent a year, three digits in a sentence, never without a unit.

Nothing here measures anything: a number comes in, the same number goes out as text.
"""

from __future__ import annotations

import math

PER_CENT = ("per year", "share", "probability")
"""First words of units that are written in per cent."""
UNDEFINED = "-"
ALWAYS = "always"
"""Instead of a range that is nothing: every world says the same."""
FURTHER = 3
"""At most so many further decimals, so that the end of a range does not read as a zero that it is not."""


def is_in_per_cent(unit: str) -> bool:
    """Is a number of this unit written in per cent?"""
    return unit.startswith(PER_CENT)


def unit_in_words(unit: str, currency: str) -> str:
    """What a number of this unit is followed by.

    Check
    -----
    >>> unit_in_words("money per customer", "euro"), unit_in_words("per year", "euro"), unit_in_words("-1..1", "euro")
    ('euro per customer', '% a year', 'points')
    """
    if unit == "per year":
        return "% a year"
    if is_in_per_cent(unit):
        return "%"
    if unit == "-1..1":
        return "points"
    first, _, rest = unit.partition(" ")
    return f"{currency} {rest}".strip() if first == "money" else unit


# --------------------------------------------------------------------------------------------------------------- tables


def in_table(value: float, unit: str, signed: bool = False) -> str:
    """A number for a column: whole from 1,000 on, three digits below, per cent with one decimal.

    Check
    -----
    >>> in_table(1234567.8, "money"), in_table(85.349, "money per customer"), in_table(0.1423, "per year")
    ('1,234,568', '85.3', '14.2 %')
    >>> in_table(-0.0312, "-1..1", signed=True), in_table(float("nan"), "money")
    ('-0.031', '-')
    """
    if not math.isfinite(value):
        return UNDEFINED
    sign = "+" if signed and value > 0 else ""
    if is_in_per_cent(unit):
        return f"{sign}{100 * value:,.1f} %"
    if unit == "-1..1":
        return f"{sign}{value:.3f}"
    if unit in ("people", "orders", "stories") or abs(value) >= 1000:
        return f"{sign}{value:,.0f}"
    return f"{sign}{three_digits(value)}"


def range_in_table(low: float, high: float, unit: str) -> str:
    """An interval for a column.

    Check
    -----
    >>> range_in_table(0.1, 0.152, "per year"), range_in_table(-5, 1200, "people")
    ('[10.0, 15.2 %]', '[-5, 1,200]')
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    return f"[{in_table(low, unit).removesuffix(' %')}, {in_table(high, unit)}]"


def three_digits(value: float) -> str:
    """A number rounded to three digits, as it is spoken.

    Check
    -----
    >>> [three_digits(x) for x in (123456, 85.349, 0.31249, -1.5, 99.96, 0.0)]
    ['123,000', '85.3', '0.312', '-1.50', '100', '0']
    """
    if value == 0.0:
        return "0"
    places = 2 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    if abs(rounded) >= 100:
        return f"{rounded:,.0f}"
    return f"{rounded:.{min(max(places, 0), 6)}f}"


def scale_of(*values: float) -> tuple[float, str]:
    """What to divide spoken numbers by, and the word for it.

    Check
    -----
    >>> scale_of(1.2e6, 0.9e6), scale_of(5300.0), scale_of(-2e9)
    ((1000000.0, 'million'), (1.0, ''), (1000000000.0, 'billion'))
    """
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    if largest >= 1e9:
        return 1e9, "billion"
    return (1e6, "million") if largest >= 1e6 else (1.0, "")


def spoken(value: float, low: float, high: float, unit: str, currency: str) -> str:
    """A number with its range, as it is read aloud.

    Check
    -----
    >>> spoken(1234567, 1.1e6, 1.36e6, "money", "euro")
    '1.23 million euro (1.10 to 1.36)'
    >>> spoken(0.142, 0.139, 0.145, "per year", "euro"), spoken(4321.2, 4300.4, 4350, "people", "euro")
    ('14.2 % a year (13.9 to 14.5)', '4,321 people (4,300 to 4,350)')
    >>> spoken(150002, 150002, 150002, "money", "euro")
    '150,000 euro (always)'
    """
    words = unit_in_words(unit, currency)
    if not math.isfinite(value):
        return "an undefined amount"
    divisor, word = scale_of(value, low, high)
    main, first, last = (digits(each, unit, divisor) for each in (value, low, high))
    text = " ".join(part for part in (main, word, words) if part)
    if not (math.isfinite(low) and math.isfinite(high)):
        return text
    return f"{text} ({ALWAYS})" if is_nothing(low, high) else f"{text} ({first} to {last})"


def is_nothing(low: float, high: float) -> bool:
    """Is a range as narrow as a number can tell?"""
    return math.isclose(low, high, rel_tol=1e-9, abs_tol=1e-12)


def digits(value: float, unit: str, divisor: float, further: int = 0) -> str:
    """The digits alone; so many further decimals where their number is fixed."""
    if not math.isfinite(value):
        return UNDEFINED
    if is_in_per_cent(unit):
        return f"{100 * value:,.{1 + further}f}" if abs(value) < 10 else three_digits(100 * value)
    if unit == "-1..1":
        return f"{value:.{3 + further}f}"
    if unit == "people" and divisor == 1.0:
        return f"{value:,.{further}f}"
    return three_digits(value / divisor)


def difference_spoken(difference: float, low: float, high: float, unit: str, currency: str) -> str:
    """A difference with its range, in more and less; a range that contains zero says both.

    Check
    -----
    >>> difference_spoken(-1234567, -1.36e6, -1.1e6, "money", "euro")
    '1.23 million euro less (1.10 to 1.36 less)'
    >>> difference_spoken(120, -30, 270, "people", "euro")
    '120 people more (30 fewer to 270 more)'
    >>> difference_spoken(0.003, 0.0002, 0.0058, "-1..1", "euro")
    '0.0030 points more (0.0002 to 0.0058 more)'
    """
    more, less = "more", "fewer" if unit == "people" else "less"
    divisor, word = scale_of(difference, low, high)
    ends = [abs(each) for each in (low, high) if math.isfinite(each) and not math.isclose(each, 0.0, abs_tol=1e-12)]

    def size(value: float) -> str:
        return digits(abs(value), unit, divisor, further)

    def words(value: float) -> str:
        return f"{size(value)} {more if value >= 0 else less}"

    further = 0
    while further < FURTHER and any(not size(end).strip("0.") for end in ends):
        further += 1
    if not math.isfinite(difference):
        return "an undefined amount"
    text = " ".join(part for part in (size(difference), word, unit_in_words(unit, currency)) if part)
    text = f"{text} {more if difference >= 0 else less}"
    if not (math.isfinite(low) and math.isfinite(high)):
        return text
    if is_nothing(low, high):
        return f"{text} ({ALWAYS})"
    if low >= 0.0:
        return f"{text} ({size(low)} to {words(high)})"
    if high <= 0.0:
        return f"{text} ({size(high)} to {words(low)})"
    return f"{text} ({words(low)} to {words(high)})"
