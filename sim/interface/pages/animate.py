"""A moving picture of a run or a comparison: how a metric goes on, and where customers stand in their journey."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

from matplotlib.animation import AbstractMovieWriter, FFMpegWriter, PillowWriter

from sim.experiment import seen as seeing
from sim.experiment.seen import read_results
from sim.interface.figures import plot
from sim.interface.figures.drawing import house_style, looks_of, new_figure
from sim.interface.pages.languages import Say
from sim.interface.terminal.terminal import Advance

WRITERS: dict[str, type[AbstractMovieWriter]] = {".gif": PillowWriter, ".mp4": FFMpegWriter}
ENDINGS = tuple(WRITERS)
METRIC = "customers"
MOST_PICTURES = 60
PICTURES_PER_SECOND, LAST_PICTURE = 8, 12
"""How fast, and how many times the last picture is shown."""
ROOM_FOR_NAMES = 1.2
SIZE, DOTS_PER_INCH = (9.6, 4.0), 90


def can_write(ending: str) -> bool:
    """Is there what it takes to make such a file?"""
    return bool(WRITERS[ending].isAvailable())  # type: ignore[attr-defined]


def animate(folder: Path, ending: str, say: Say, advance: Advance) -> bytes:
    """The picture of a folder of results, as a file.

    Raises
    ------
    StoreDamaged
        If the results are not as they were written.
    ValueError
        If they are no run and no comparison.
    """
    seen = read_results(folder)
    lines, phases, looks = seeing.over_time(seen, METRIC), seeing.journey(seen), looks_of(seen.names, seen.status_quo)
    censuses = sorted(set(phases["week"]))
    shown = censuses[:: math.ceil(len(censuses) / MOST_PICTURES)]
    shown = shown if shown[-1] == censuses[-1] else [*shown, censuses[-1]]
    writer = WRITERS[ending](fps=PICTURES_PER_SECOND)
    with house_style(say.language), tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"picture{ending}"
        figure = new_figure(*SIZE)
        left, right = figure.subplots(1, 2)
        across = seen.weeks * (ROOM_FOR_NAMES if len(seen.names) > 1 else 1.0)
        up, most = (1.04 * each["high"].fillna(each["mean"]).max() for each in (lines, phases))
        with writer.saving(figure, str(path), DOTS_PER_INCH):
            for at, week in enumerate(shown):
                left.clear()
                right.clear()
                plot.over_time(lines[lines["week"] <= week], METRIC, left, currency=seen.currency, say=say, looks=looks)
                left.set(xlim=(0, across), ylim=(0, up))
                plot.journey(phases[phases["week"] == week], right, say=say, looks=looks)
                right.set_xlim(0, most)
                right.set_title(say("animate.week", week=week))
                for _ in range(1 if week != shown[-1] else LAST_PICTURE):
                    writer.grab_frame()
                advance(at + 1, len(shown))
        return path.read_bytes()
