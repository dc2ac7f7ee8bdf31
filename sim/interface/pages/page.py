"""A page: a template in one language, its style, and the letters that a reader's system may not have."""

from __future__ import annotations

import base64
import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont
from markupsafe import Markup

from sim.interface.figures.fonts import free_font
from sim.interface.pages.languages import FAR, Say, rooms

LETTERS = "letters of this page"
"""What styles call the font that a page brings along."""
SEVERAL = b"ttcf"
"""How a file begins that has several faces."""
TRADITIONAL = "TC"
"""In the name of the face for it."""
FAMILY = 1
"""Place of the family among the names of a font."""


def page(template: str, say: Say, style: str, **parts: Any) -> str:
    """A page with everything that people wrote shown as text.

    Parameters
    ----------
    style : the style sheet; the font is added to it if letters need one and this system has it
    parts : what else the template shows
    """

    def made(style: str) -> str:
        room = rooms().get_template(template)
        return room.render(say=say, style=Markup(style), style_hash=hash_of(style), **parts)

    plain = made(style)
    full = with_letters(style, plain)
    return plain if full == style else made(full)


def with_letters(style: str, text: str) -> str:
    """A style sheet that brings along what a text needs of letters, if it needs any and this system has them."""
    letters = far(text)
    return style + font_face(letters) if letters and free_font() else style


def far(text: str) -> str:
    """Chinese letters and signs of a text, each once, in their order.

    Check
    -----
    >>> far("營收 of ours: 營業"), far("lợi nhuận")
    ('收業營', '')
    """
    return "".join(sorted(set(FAR.findall(text))))


def font_face(letters: str) -> str:
    """A rule for style sheets that holds these letters.

    Raises
    ------
    LookupError
        If no font of this system may be passed on.
    """
    path = free_font()
    if path is None:
        raise LookupError("no font with Chinese letters that may be passed on")
    made = base64.b64encode(_part_of(path, letters)).decode()
    return f'@font-face {{ font-family: "{LETTERS}"; src: url(data:font/woff;base64,{made}) format("woff"); }}\n'


def _part_of(path: Path, letters: str) -> bytes:
    """The font with these letters alone, in the form that browsers read."""
    part = Subsetter(Options(layout_features=[], hinting=False, notdef_outline=True))
    part.populate(text=letters)
    written = BytesIO()
    with path.open("rb") as file:
        font = _face(file)
        part.subset(font)
        font.flavor, font.recalcTimestamp = "woff", False
        font.save(written)
    return written.getvalue()


def _face(file: BinaryIO) -> TTFont:
    """The face for Traditional Chinese, where a file has several."""
    if file.read(len(SEVERAL)) != SEVERAL:
        return TTFont(file, lazy=True)
    faces = TTCollection(file, lazy=True).fonts
    return next((each for each in faces if TRADITIONAL in str(each["name"].getDebugName(FAMILY)).split()), faces[0])


def hash_of(text: str) -> str:
    """What a content-security policy calls a text.

    Check
    -----
    >>> hash_of("alert('Hello, world.');")
    'qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='
    """
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
