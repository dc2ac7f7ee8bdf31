"""What the commands to see do: read results, make one file to look at, and write it whole or not at all; or open a lab
that plays."""

from __future__ import annotations

import os
import secrets
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sim.experiment.store import MANIFEST, StoreDamaged
from sim.experiment.study.place import is_study
from sim.interface.commands.asked import Changes, load
from sim.interface.figures.fonts import free_font
from sim.interface.pages.languages import CHINESE, Say
from sim.interface.runs.running import explained
from sim.interface.terminal.place import writable
from sim.interface.terminal.terminal import Ending, Stop, Terminal
from sim.scenario.problems import escaped

MOST_BYTES = 1_000_000
"""Of a page: what opens at once, and can be mailed."""


class Wanted(NamedTuple):
    """What to look at and where to put it, as options say it."""

    folder: Path
    out: Path
    language: str
    force: bool


class Room(NamedTuple):
    """How a lab is opened, as options say it."""

    seed: int
    port: int
    """Where it listens; 0: wherever it is free."""
    language: str
    opened: bool
    """In a browser, by us?"""


def report(wanted: Wanted, terminal: Terminal) -> None:
    """A run, a comparison or advice as a page."""
    from sim.interface.pages.report import report

    _check(wanted, "run`, `compare` or `advise", is_study(wanted.folder))
    _make(wanted, terminal, lambda: report(wanted.folder, Say(wanted.language)).encode())


def explore(wanted: Wanted, terminal: Terminal) -> None:
    """A study as a page with sliders."""
    from sim.interface.pages.explore import explore

    _check(wanted, "sweep", not is_study(wanted.folder))
    _make(wanted, terminal, lambda: explore(wanted.folder, Say(wanted.language)).encode())


def animate(wanted: Wanted, terminal: Terminal) -> None:
    """A run or a comparison as a moving picture."""
    from sim.interface.pages.animate import ENDINGS, animate, can_write

    _check(wanted, "run` or `compare", is_study(wanted.folder))
    ending = wanted.out.suffix
    if ending not in ENDINGS:
        raise _refused(f"--out {wanted.out}: expected a name that ends with {' or '.join(ENDINGS)}.")
    if not can_write(ending):
        raise _refused(
            f"--out {wanted.out}: ffmpeg, which makes {ending}, is not found. Install it, or name a .gif file."
        )
    with terminal.progress("pictures", 1) as advance:
        _make(wanted, terminal, lambda: animate(wanted.folder, ending, Say(wanted.language), advance))


def lab(name: str, changes: Changes, room: Room, terminal: Terminal) -> None:
    """A market that plays on a page of its own, until somebody closes it with Ctrl-C."""
    from sim.experiment.lesson import course_of
    from sim.interface.study.analysing import extra

    with extra("lab"):
        from sim.interface.pages.lab_server import free_port, server_of
    scenario = load(name, changes)
    with explained():
        terminal.say(f"Living the {scenario.time.burn_in_weeks} weeks before week 0 ...")
        course = course_of(scenario, room.seed)
    port = room.port or free_port()
    try:
        server, address = server_of(course, Say(room.language), port)
    except OSError as error:
        raise _refused(f"--port {port}: {error.strerror or error}. Name another, or leave it out.") from error
    terminal.document({"address": address, "scenario": scenario.name, "seed": room.seed, "language": room.language})
    terminal.show(f"The lab is open on this machine: {address}")
    terminal.say("Only this address opens it. Close it with Ctrl-C.")
    sys.stdout.flush()
    if room.opened:
        webbrowser.open(address)
    server.io_loop.start()
    terminal.say("The lab is closed.")


def _check(wanted: Wanted, makers: str, is_other: bool) -> None:
    """Are there results of the right kind, and is there a place outside of them?

    Raises
    ------
    Stop
        If not.
    """
    folder, out = wanted.folder, wanted.out
    if is_other or not (folder / MANIFEST).exists() and not is_study(folder):
        inside = sorted(path.parent for path in folder.glob(f"*/{MANIFEST}")) if folder.is_dir() else []
        advice = (
            f"Did you mean {inside[-1]}?" if inside and not is_other else f"Name a folder that `{makers}` has printed."
        )
        raise _refused(f"{folder}: no results of this kind. {advice}")
    if out.resolve().is_relative_to(folder.resolve()):
        sentence = "lies inside the results, which would no longer be as they were written. Name another."
        raise _refused(f"--out {out}: {sentence}")
    if out.is_dir():
        raise _refused(f"--out {out}: is a folder. Name a file in it, such as {out / 'page.html'}.")
    if out.exists() and not wanted.force:
        raise _refused(f"--out {out}: there already. Name another file, or say --force.")


def _make(wanted: Wanted, terminal: Terminal, content: Callable[[], bytes]) -> None:
    """Make the file and say where it is."""
    try:
        made = content()
    except StoreDamaged as damage:
        raise Stop(Ending.DAMAGED, f"{escaped(str(damage))}.") from damage
    except ValueError as error:
        raise _refused(f"{error}.") from error
    with writable(wanted.out):
        _write(wanted.out, made)
    terminal.document(
        {"results": str(wanted.folder), "file": str(wanted.out), "bytes": len(made), "language": wanted.language}
    )
    terminal.show(f"Written: {escaped(str(wanted.out))}")
    if wanted.language == CHINESE and free_font() is None:
        terminal.say("This system has no Noto Sans CJK, so whoever reads it needs Chinese letters of their own.")
    if len(made) > MOST_BYTES:
        terminal.say(f"It has {len(made) / 1e6:.1f} million bytes. Fewer scenarios, points or metrics make it smaller.")


def _write(path: Path, content: bytes) -> None:
    """The whole file under its name, or nothing."""
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(content)
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def _refused(sentence: str) -> Stop:
    return Stop(Ending.BAD_INPUT, escaped(sentence))
