"""Figures in Chinese show Chinese letters, wherever a font for them is at hand."""

from __future__ import annotations

import warnings

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.interface.figures.drawing import house_style
from sim.interface.figures.fonts import CHINESE, LATIN, families
from tests.marks import needs_a_font


def glyphs_missing(language: str, text: str) -> bool:
    """Is there a letter that a figure in that language would draw as a box?"""
    with house_style(language):
        figure = Figure()
        figure.text(0.1, 0.5, text)
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            FigureCanvasAgg(figure).draw()
    return any("missing from" in str(each.message) for each in seen)


@needs_a_font
def test_no_chinese_letter_is_a_box_in_a_figure_in_chinese() -> None:
    assert not glyphs_missing(CHINESE, "利潤與營收 revenue")
    assert glyphs_missing("en", "利潤")


def test_other_languages_are_drawn_as_anywhere_else() -> None:
    assert not glyphs_missing("vi", "lợi nhuận và doanh thu của khách hàng")
    assert families("en") == families("vi") == [LATIN]
    before = matplotlib.rcParams["font.family"]
    with house_style(CHINESE):
        pass
    assert matplotlib.rcParams["font.family"] == before
