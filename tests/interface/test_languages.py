"""Three languages, one catalogue: nothing is missing in any, nothing is left over, and blanks are the same in all."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from sim.interface.commands.seeing import Language
from sim.interface.pages.languages import CHINESE, LANGUAGES, Say, catalogue
from sim.model.metrics import METRICS
from sim.rules.journey import PHASES
from sim.rules.retention import Levers

INTERFACE = Path(__file__).resolve().parents[2] / "sim" / "interface"
SAID = re.compile(
    r"""\b(?:say|self)\(\s*f?["']([^"'\s]+)["']"""  # say("key"), say(f"key.{rest}")
    r"""|["']((?:[a-z_]+\.)+[a-z_]+)["']"""  # a key that is handed on
)
READ_BY_NAME = ("metric.", "unit.", "factor.", "break_even.", "lever.")
"""Rooms of the catalogue whose strings are found by the name of what they are about."""


def keys_in(text: str) -> set[str]:
    """Every key that a text names; what is put together at run time ends where its blank begins."""
    return {next(filter(None, found)) for found in SAID.findall(text)}


def sources() -> str:
    files = [*INTERFACE.rglob("*.py"), *(INTERFACE / "pages").glob("*.html")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_string_is_there_in_every_language_with_the_same_blanks() -> None:
    for key, texts in catalogue().items():
        english = METRICS[key.removeprefix("metric.")].label if key.startswith("metric.") else texts["en"]
        assert set(texts) | {"en"} == set(LANGUAGES), key
        for language in set(LANGUAGES) - {"en"}:
            assert texts[language].strip(), key
            assert blanks(texts[language]) == blanks(english), key
            assert texts[language] != english or not re.search("[a-z]{3}", re.sub("{.*?}", "", english)), key


def test_english_names_of_metrics_stand_where_metrics_are_defined() -> None:
    known = {key.removeprefix("metric.") for key in catalogue() if key.startswith("metric.")}
    assert known == set(METRICS)
    assert all("en" not in catalogue()[f"metric.{name}"] for name in known)
    assert Say("en").metric("cash") == METRICS["cash"].label


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_every_metric_unit_and_phase_has_its_words(language: str) -> None:
    say, english = Say(language), Say()
    letters = re.compile("[A-Za-z]{2}" if language == CHINESE else r"\b(of|and|per|the)\b")
    for name, metric in METRICS.items():
        assert say.metric(name) != metric.label and not letters.search(say.metric(name)), name
        unit = say.unit(metric.unit, "money")
        assert unit == "%" or (unit != english.unit(metric.unit, "money") and not letters.search(unit)), metric.unit
        told = say.amount(5.0, 4.0, 6.0, metric.unit, "money")
        assert told != english.amount(5.0, 4.0, 6.0, metric.unit, "money") and not letters.search(told), told
    for key in (*(f"phase.{phase}" for phase in PHASES[1:]), *(f"lever.{name}" for name in Levers._fields)):
        assert say(key) != english(key) and not letters.search(say(key)), key


def test_no_space_stands_beside_a_sign_that_brings_its_own() -> None:
    say = Say(CHINESE)
    share = say.share(0.5, 0.19, 0.81)
    assert share == "50%（19 至 81%）"
    for key, texts in catalogue().items():
        spoken = say(key, **dict.fromkeys(blanks(texts[CHINESE]), share))
        assert not re.search("[）」，。；：] | [（「，。；：]", spoken), spoken


def test_per_cent_stands_as_each_language_writes_it() -> None:
    for key, texts in catalogue().items():
        assert not re.search(r"\d %", texts["vi"] + texts[CHINESE]), key
    assert Say("vi").amount(0.142, 0.1, 0.2, "per year", "") == "14,2% mỗi năm (10,0 đến 20,0)"
    assert Say(CHINESE).share(0.09, 0.07, None) == "9%（7% 以上）"


def test_every_string_is_said_somewhere_and_everything_said_is_there() -> None:
    named = keys_in(sources())
    whole = {key for key in named if "{" not in key}
    begun = {*READ_BY_NAME, *(key.partition("{")[0] for key in named if "{" in key and key[0] != "{")}
    assert {key for key in catalogue() if key not in whole and not key.startswith(tuple(begun))} == set()
    rooms = {key.partition(".")[0] for key in catalogue()}
    said = {key for key in whole if "." in key and key.partition(".")[0] in rooms}
    assert {key for key in said if key not in catalogue() and not key.endswith((".html", ".css", ".js"))} == set()


def test_a_key_that_nobody_says_would_be_noticed() -> None:
    text = 'say("report.title", a=1)\nself("range")\nsay(f"phase.{x}")\nsay("a.b" if c else "d.e")'
    assert keys_in(text) == {"report.title", "range", "phase.{x}", "a.b", "d.e"}


def test_the_command_line_offers_exactly_these_languages() -> None:
    assert [each.value for each in Language] == list(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_amount_stands_with_its_range_in_every_language(language: str) -> None:
    told = Say(language).amount(1234567.0, 1.1e6, 1.36e6, "money", "euro")
    for digits in ("1.23", "1.10", "1.36"):
        assert digits.replace(".", "," if language == "vi" else ".") in told
    assert "euro" in told


def test_what_is_not_known_is_not_made_up() -> None:
    say, nothing = Say(), float("nan")
    assert say.amount(nothing, nothing, nothing, "money", "euro") == "undefined"
    assert say.amount(5.0, nothing, nothing, "people", "euro") == "5 people"
    assert say.amount(5.0, 5.0, 5.0, "people", "euro") == "5 people (always)"
    assert say.share(0.5, None, 0.7) == "50 % (70 % or less)"
