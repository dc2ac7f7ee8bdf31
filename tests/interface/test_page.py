"""The letters that a page brings along: those that it needs, in a font that may be passed on."""

from __future__ import annotations

import base64
import re
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from sim.interface.figures import fonts
from sim.interface.figures.fonts import free_font
from sim.interface.pages.languages import LANGUAGES, catalogue
from sim.interface.pages.page import far, font_face, with_letters
from tests.marks import needs_a_font

SAID = {language: "".join(words.get(language, "") for words in catalogue().values()) for language in LANGUAGES}


def letters_in(style: str) -> set[str]:
    (made,) = re.findall(r"base64,([A-Za-z0-9+/=]+)", style)
    font = TTFont(BytesIO(base64.b64decode(made)))
    assert font.flavor == "woff"
    return {chr(code) for code in font.getBestCmap()}


@needs_a_font
def test_every_chinese_letter_of_the_catalogue_is_brought_along_and_no_other() -> None:
    style = with_letters("body {}", SAID["zh-Hant"])
    assert style.startswith("body {}")
    assert letters_in(style) == set(far(SAID["zh-Hant"]))
    assert len(style) < 200_000
    assert style == with_letters("body {}", SAID["zh-Hant"])


@pytest.mark.parametrize("language", ["en", "vi"])
def test_other_languages_need_no_font(language: str) -> None:
    assert with_letters("body {}", SAID[language]) == "body {}"


def test_without_a_free_font_the_reader_has_to_have_one(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    free_font.cache_clear()
    monkeypatch.setattr(fonts, "findSystemFonts", lambda: ["/fonts/PingFang.ttc"])
    request.addfinalizer(free_font.cache_clear)
    assert free_font() is None
    assert with_letters("body {}", SAID["zh-Hant"]) == "body {}"
    with pytest.raises(LookupError, match="passed on"):
        font_face("顧")
