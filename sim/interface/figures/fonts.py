"""Fonts: one with Chinese letters, where this system has one that may be passed on."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from matplotlib.font_manager import FontProperties, findSystemFonts, fontManager

from sim.interface.pages.languages import CHINESE

LATIN = "DejaVu Sans"
"""The font of figures, which matplotlib brings along; it has Vietnamese."""
FREE = ("NotoSansCJK-Regular", "NotoSansTC-Regular", "NotoSansCJKtc-Regular", "SourceHanSansTC-Regular")
"""Files of fonts that may be passed on (SIL Open Font License), and have Traditional Chinese."""


@cache
def free_font() -> Path | None:
    """A font of this system that may be passed on; None if there is none."""
    found = {Path(path).stem: Path(path) for path in sorted(findSystemFonts())}
    return next((found[name] for name in FREE if name in found), None)


@cache
def families(language: str) -> list[str]:
    """Fonts of figures in a language, in the order in which a letter is looked for."""
    free = free_font() if language == CHINESE else None
    if free is None:
        return [LATIN]
    fontManager.addfont(str(free))
    return [LATIN, FontProperties(fname=str(free)).get_name()]
