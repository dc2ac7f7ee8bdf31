"""Languages: every string of the pages in English, Vietnamese and Traditional Chinese, and numbers as each writes them.

All strings stand in one catalogue, `pages/strings.json`. English names of metrics stand where metrics are defined. What
people wrote themselves, such as names and stories, stays as they wrote it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sim.interface.terminal.amounts import digits, in_table, is_in_per_cent, is_nothing, scale_of
from sim.model.metrics import METRICS

PAGES = Path(__file__).parent
CHINESE = "zh-Hant"
LANGUAGES = {"en": "English", "vi": "Tiếng Việt", "zh-Hant": "繁體中文"}
"""Languages by the code that HTML uses, each with its own name."""
DECIMAL_COMMA = str.maketrans(",.", ".,")
UNITS = {
    "-1..1": "points",
    "money": "money",
    "money per customer": "per_customer",
    "money per order": "per_order",
    "orders per buyer and week": "per_buyer",
    "per year": "per_cent_a_year",
} | {name: name for name in ("people", "orders", "complaints", "lines", "stories", "visits", "weeks")}
"""What a number is counted in, by where it stands in the catalogue; shares are in per cent."""
FAR = re.compile(r"[\u2e80-\ufaff\uff00-\uffef]")
"""Letters and signs of Chinese, which stand beside each other without a space."""
BLANK = re.compile(r" ?\{(\w+)\} ?")


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Every string by its key, then by language."""
    return json.loads((PAGES / "strings.json").read_text(encoding="utf-8"))


@cache
def rooms() -> Environment:
    """Templates of the pages, with everything that people wrote shown as text."""
    made = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.policies["json.dumps_kwargs"] = {
        "sort_keys": True,
        "ensure_ascii": False,
        "separators": (",", ":"),
    }  # letters are letters, and no byte is lost
    return made


def files(*names: str) -> str:
    """Files of the pages, one after the other."""
    return "".join((PAGES / name).read_text(encoding="utf-8") for name in names)


class Say:
    """How things are said in one language.

    Parameters
    ----------
    language : its code

    Check
    -----
    >>> Say("en")("range", low="1", high="2"), Say("vi").metric("cash"), Say("zh-Hant")("year")
    ('1 to 2', 'tiền mặt', '年')
    """

    def __init__(self, language: str = "en") -> None:
        self.language = language

    def __call__(self, key: str, **parts: object) -> str:
        """A string of the catalogue with its blanks filled.

        Check
        -----
        >>> Say("zh-Hant")("report.ahead", candidate="A", share="50%（19 至 81%）")
        'A 在 50%（19 至 81%）的模擬中領先。'
        """
        text = catalogue()[key][self.language]
        if self.language == CHINESE:
            text = BLANK.sub(lambda found: _closed_up(found[0], str(parts[found[1]])), text)
        return text.format_map(parts)

    def metric(self, name: str) -> str:
        """What a metric is called; one that the catalogue does not know has an English name only."""
        return catalogue().get(f"metric.{name}", {}).get(self.language, METRICS[name].label)

    def title(self, text: str) -> str:
        """A text that begins with a capital, where the script has capitals."""
        return text[:1].upper() + text[1:]

    def listed(self, names: Sequence[str], last: str = "and") -> str:
        """a, b and c; or a, b or c.

        Check
        -----
        >>> Say().listed(["a", "b", "c"]), Say("zh-Hant").listed(["甲", "乙"], "or")
        ('a, b and c', '甲或乙')
        """
        *most, end = names
        return self(f"list.{last}", first=self("list.comma").join(most), last=end) if most else end

    # ------------------------------------------------------------------------------------------------------- numbers

    def number(self, text: str) -> str:
        """A number as English writes it, as this language does.

        Check
        -----
        >>> Say("vi").number("1,234.5 %"), Say("zh-Hant").number("14.2 %")
        ('1.234,5%', '14.2%')
        """
        text = text.replace(" %", self.sign)
        return text.translate(DECIMAL_COMMA) if self.language == "vi" else text

    def plain(self, value: float, unit: str) -> str:
        """A number for a column."""
        return self.number(in_table(value, unit))

    def per_cent(self, share: float) -> str:
        """A share in per cent, rounded to whole ones."""
        return self.number(f"{100 * share:.0f} %")

    def per_cents(self, low: float, high: float) -> str:
        """A range of shares.

        Check
        -----
        >>> Say().per_cents(0.1, 0.2), Say("vi").per_cents(0.1, 0.2)
        ('10 to 20 %', '10 đến 20%')
        """
        return self("range", low=f"{100 * low:.0f}", high=self.per_cent(high))

    def share(self, value: float, low: float | None, high: float | None) -> str:
        """A share with its range; an end that nobody knows is open.

        Check
        -----
        >>> Say().share(0.85, 0.64, 0.95), Say().share(0.09, 0.07, None)
        ('85 % (64 to 95 %)', '9 % (7 % or more)')
        """
        if low is not None and high is not None:
            end = self.per_cents(low, high)
        elif low is not None:
            end = self("or_more", low=self.per_cent(low))
        elif high is not None:
            end = self("or_less", high=self.per_cent(high))
        else:
            return self.per_cent(value)
        return self("amount", value=self.per_cent(value), range=end)

    def unit(self, unit: str, currency: str) -> str:
        """What a number of this unit is counted in.

        Check
        -----
        >>> Say().unit("money per order", "euro"), Say("vi").unit("money", "money"), Say("zh-Hant").unit("visits", "")
        ('euro per order', 'đơn vị tiền', '人次')
        """
        if unit == "money" and currency != "money":
            return currency
        if unit in UNITS:
            return self(f"unit.{UNITS[unit]}", currency=self("unit.money") if currency == "money" else currency)
        return self("unit.per_cent") if is_in_per_cent(unit) else unit

    def heading(self, unit: str, currency: str, word: str = "") -> str:
        """The unit of an axis, in thousands or millions if need be."""
        return self("unit.scale") if unit == "-1..1" else self.scaled(self.unit(unit, currency), word)

    def scaled(self, unit: str, word: str) -> str:
        """A unit in millions or billions."""
        return self(f"unit.{word}", unit=unit) if word else unit

    def amount(self, value: float, low: float, high: float, unit: str, currency: str) -> str:
        """A number with its unit and its range.

        Check
        -----
        >>> Say().amount(1234567, 1.1e6, 1.36e6, "money", "euro"), Say("vi").amount(0.142, 0.139, 0.145, "per year", "")
        ('1.23 million euro (1.10 to 1.36)', '14,2% mỗi năm (13,9 đến 14,5)')
        """
        if not math.isfinite(value):
            return self("undefined")
        divisor, word = scale_of(value, low, high)
        main, first, last = (self.number(digits(each, unit, divisor)) for each in (value, low, high))
        told = self.counted(main, unit, currency, word)
        if not (math.isfinite(low) and math.isfinite(high)):
            return told
        ends = self("always") if is_nothing(low, high) else self("range", low=first, high=last)
        return self("amount", value=told, range=ends)

    def counted(self, number: str, unit: str, currency: str, word: str = "") -> str:
        """A number with its unit.

        Check
        -----
        >>> Say("vi").counted("9,5", "share", ""), Say("zh-Hant").counted("2", "per year", "")
        ('9,5%', '每年 2%')
        """
        if unit == "per year":
            return self("a_year", value=number + self.sign)
        if is_in_per_cent(unit):
            return number + self.sign
        return f"{number} {self.scaled(self.unit(unit, currency), word)}"

    @property
    def sign(self) -> str:
        """Per cent, as it follows a number."""
        return " %" if self.language == ENGLISH.language else "%"


def _closed_up(blank: str, text: str) -> str:
    """A blank of a Chinese sentence, with spaces beside it only where the text has other letters there.

    Check
    -----
    >>> _closed_up(" {share} ", "9%（7% 以上）"), _closed_up(" {share} ", "每年 9%"), _closed_up(" {share} ", "9%")
    (' {share}', '{share} ', ' {share} ')
    """
    blank = blank.rstrip() if FAR.fullmatch(text[-1:]) else blank
    return blank.lstrip() if FAR.match(text) else blank


ENGLISH = Say()
