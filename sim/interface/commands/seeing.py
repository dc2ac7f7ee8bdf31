"""The commands to look at results, and at a market that plays: what may be typed. What they do is in ``seeing``."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.interface.commands.options import (
    Budget,
    Customers,
    Force,
    Json,
    OwnStrategy,
    Quiet,
    ScenarioName,
    Seed,
    Settings,
    Weeks,
    whole,
)
from sim.interface.terminal.terminal import Terminal


class Language(StrEnum):
    """Languages of pages, by the codes that HTML uses."""

    ENGLISH = "en"
    VIETNAMESE = "vi"
    CHINESE = "zh-Hant"


Results = Annotated[Path, typer.Argument(metavar="DIR", help="A folder of a run, a comparison or advice.")]
Runs = Annotated[Path, typer.Argument(metavar="DIR", help="A folder of a run or a comparison.")]
StudyFolder = Annotated[Path, typer.Argument(metavar="DIR", help="A folder of a study that is finished.")]
Spoken = Annotated[Language, typer.Option("--lang", help="English, Vietnamese or Traditional Chinese.")]
Port = Annotated[
    int, typer.Option(metavar="N", parser=whole("--port", 0, 65_535), help="Where to listen; 0: wherever it is free.")
]
Opened = Annotated[bool, typer.Option("--open", help="Also open it in the browser.")]
File = Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The file to write.")]


def report(
    folder: Results,
    out: File = Path("report.html"),
    lang: Spoken = Language.ENGLISH,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Put results on one page. The answer, the figures that carry it, and what was assumed."""
    from sim.interface.pages import seeing

    seeing.report(seeing.Wanted(folder, out, lang.value, force), Terminal(quiet, as_json))


def explore(
    folder: StudyFolder,
    out: File = Path("explore.html"),
    lang: Spoken = Language.ENGLISH,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Put a study on one page with sliders. Place your bets, play, and see two businesses side by side."""
    from sim.interface.pages import seeing

    seeing.explore(seeing.Wanted(folder, out, lang.value, force), Terminal(quiet, as_json))


def animate(
    folder: Runs,
    out: File = Path("animation.gif"),
    lang: Spoken = Language.ENGLISH,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make a moving picture of results. Customers over time, and where they stand in their journey; GIF or MP4."""
    from sim.interface.pages import seeing

    seeing.animate(seeing.Wanted(folder, out, lang.value, force), Terminal(quiet, as_json))


def lab(
    scenario: ScenarioName,
    seed: Seed = 1,
    weeks: Weeks = None,
    customers: Customers = None,
    settings: Settings = None,
    budget: Budget = None,
    strategy: OwnStrategy = None,
    port: Port = 0,
    lang: Spoken = Language.ENGLISH,
    opened: Opened = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Teach with a market that plays. Two plans on the same luck, people and their stories; decide while it runs."""
    from sim.interface.commands import asked
    from sim.interface.pages import seeing

    changes = asked.Changes(tuple(settings or ()), weeks, customers, budget, asked.own(strategy))
    seeing.lab(scenario, changes, seeing.Room(seed, port, lang.value, opened), Terminal(quiet, as_json))


COMMANDS: tuple[tuple[Callable[..., Any], tuple[str, ...]], ...] = (
    (
        report,
        (
            "report results/steady-vs-aggressive/0123456789abcdef",
            "report results/steady/0123456789abcdef --lang zh-Hant -o report-zh.html",
        ),
    ),
    (
        explore,
        ("explore results/explore-split/0123456789abcdef", "explore results/explore-split/0123456789abcdef --lang vi"),
    ),
    (lab, ("lab referral", "lab steady --customers 5000 --weeks 156 --lang vi", "lab my_firm.yaml --open")),
    (animate, ("animate results/steady/0123456789abcdef", "animate results/steady/0123456789abcdef -o steady.mp4")),
)
"""Every command of this module, with the examples that its help shows first."""
