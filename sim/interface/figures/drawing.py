"""Drawing: the colours, the style and the paper that all figures share.

Colours are those of Okabe and Ito, which the colour-blind can tell apart; lines also differ in style and carry their
name, so that a grey copy reads as well. No figure is registered anywhere: there is nothing to close.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine

from sim.interface.figures.fonts import families

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Blue, vermilion, green, purple, orange, sky, for plans in their order; its yellow is too pale for lines on white."""
LINES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (6, 2, 1, 2)), (0, (3, 1)), (0, (9, 3)), "-.")
ZERO = ("#000000", (0, (1, 1.2)))
"""Whoever goes on as before week 0, so that plans keep their colours with it and without it."""
GREY = "#555555"
DOTS_PER_INCH = 150
POINTS_PER_INCH = 72
STYLE: dict[Any, Any] = {
    "text.parse_math": False,
    "svg.hashsalt": "keepwin",
    "svg.fonttype": "none",
    "font.size": 10.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.titlesize": 11.0,
    "axes.titlelocation": "left",
    "axes.titlepad": 10.0,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.grid.axis": "y",
    "grid.color": "#E3E3E3",
    "xtick.color": GREY,
    "ytick.color": GREY,
    "lines.linewidth": 1.8,
    "hatch.color": "white",
    "hatch.linewidth": 0.8,
}


@contextmanager
def house_style(language: str = "en") -> Iterator[None]:
    """Inside, figures look alike, names are never read as formulas, and glyphs no font has are no reason to worry."""
    with matplotlib.rc_context({**STYLE, "font.family": families(language)}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        yield


def looks_of(names: Sequence[str], status_quo: str | None = None) -> dict[str, tuple[str, Any]]:
    """Colour and line of each name; where colours begin anew, each comes with another line.

    Parameters
    ----------
    status_quo : the one that goes on as before week 0, if it is among them
    """
    looks: dict[str, tuple[str, Any]] = {}
    for name in names:
        at = len(looks) - (status_quo in looks)
        colour, again = at % len(OKABE_ITO), at // len(OKABE_ITO)
        looks[name] = ZERO if name == status_quo else (OKABE_ITO[colour], LINES[(colour + again) % len(LINES)])
    return looks


def files_of(name: str, figure: Figure) -> list[tuple[str, bytes]]:
    """A figure as the bytes of a PNG and an SVG, the same bytes each time."""
    with house_style():
        png, svg = io.BytesIO(), io.BytesIO()
        figure.savefig(png, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    return [(f"{name}.png", png.getvalue()), (f"{name}.svg", svg.getvalue())]


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of so many inches."""
    figure = Figure((width, height), layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.06))
    FigureCanvasAgg(figure)
    return figure


def entitle(figure: Figure, title: str, note: str) -> None:
    """What a figure shows above it and how to read it below, on as many lines as its width asks for."""
    width = 0.97 * figure.get_figwidth()
    figure.suptitle(wrapped(title, width, 13, "bold"), x=0.01, ha="left", fontsize=13, fontweight="bold")
    figure.supxlabel(wrapped(note, width, 9), x=0.01, ha="left", fontsize=9, color=GREY)


def wrapped(text: str, width: float, size: float, weight: str = "normal") -> str:
    """A text on lines of at most so many inches; a word that is longer by itself is broken."""
    renderer, font = RendererAgg(1, 1, POINTS_PER_INCH), FontProperties(size=size, weight=weight)

    def fits(words: str) -> bool:
        return renderer.get_text_width_height_descent(words, font, False)[0] <= width * POINTS_PER_INCH

    done, current = [], ""
    for word in text.split(" "):
        joined = f"{current} {word}" if current else word
        if not fits(joined) and current:
            done.append(current)
            joined = word
        while not fits(joined) and len(joined) > 1:
            most = next(end for end in range(len(joined) - 1, 0, -1) if end == 1 or fits(joined[:end]))
            done.append(joined[:most])
            joined = joined[most:]
        current = joined
    return "\n".join([*done, current])
