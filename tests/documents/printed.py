"""What documents show of commands is what commands print: `make numbers` writes it anew, and a slow test compares.

A document is a session: its commands are typed one after the other, by bash, in one empty folder. Commands are the
``sh`` blocks, and those of the marks between which output stands::

    <!-- output of `keepwin run base | head -3`: begin -->
    <!-- output: end -->

In the README only marks are typed, as its blocks install things. A mark that ends with "of the first part" holds as
many paragraphs as it held before. Blocks of ``bash`` are for people: they serve until Ctrl-C, take long, or read files
that only the reader has.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
FOLDERS = ("tutorials", "lessons")
PAGES = (ROOT / "docs" / "calibrate.md",)
STEP = re.compile(
    r"^```sh\n(?P<typed>.*?)^```$"
    r"|^<!-- output of `(?P<command>[^`]+)`: begin -->\n(?P<shown>.*?)"
    r"^<!-- output: end(?P<part> of the first part)? -->$",
    re.MULTILINE | re.DOTALL,
)
DOOR = 'keepwin() {{ "{python}" "{root}/run.py" "$@"; }}'


class Step(NamedTuple):
    """Something that is typed, and where its output stands, if it is shown."""

    command: str
    shown: tuple[int, int] | None
    """From where to where in the document."""
    paragraphs: int | None
    """How many are shown; None: all."""


def documents() -> list[Path]:
    """Those that show what commands print."""
    found = [README, *PAGES, *(path for name in FOLDERS for path in sorted((ROOT / "docs" / name).glob("*.md")))]
    return [path for path in found if steps(path.read_text(encoding="utf-8"), path == README)]


def steps(text: str, only_marks: bool = False) -> list[Step]:
    """A document as a session."""
    found = []
    for each in STEP.finditer(text):
        if each["command"]:
            paragraphs = len(each["shown"].strip().split("\n\n")) if each["part"] else None
            found.append(Step(each["command"], each.span("shown"), paragraphs))
        elif not only_marks:
            found.append(Step(each["typed"], None, None))
    return found


def printed(steps: list[Step], root: Path = ROOT) -> list[str]:
    """What each step prints, typed in one empty folder.

    Parameters
    ----------
    root : where the package is that answers to `keepwin`

    Raises
    ------
    RuntimeError
        If one fails.
    """
    said = []
    own = {"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb", "PYTHONPATH": str(root)}
    door = DOOR.format(python=sys.executable, root=root)
    with TemporaryDirectory(prefix="keepwin-printed-") as folder:
        for step in steps:
            text = step.command.replace("python run.py", "keepwin")
            script = f"set -eo pipefail\n{door}\n{text}"
            done = subprocess.run(
                ["bash", "-c", script], cwd=folder, env=os.environ | own, text=True, capture_output=True, timeout=1800
            )
            if done.returncode:
                raise RuntimeError(f"{step.command}\n{done.stdout}{done.stderr}")
            said.append(done.stdout)
    return said


def filled(text: str, only_marks: bool = False) -> str:
    """The document with what its commands print now."""
    session = steps(text, only_marks)
    for step, said in reversed(list(zip(session, printed(session), strict=True))):
        if step.shown:
            kept = "\n\n".join(said.rstrip("\n").split("\n\n")[: step.paragraphs])
            text = f"{text[: step.shown[0]]}```text\n{kept}\n```\n{text[step.shown[1] :]}"
    return text


if __name__ == "__main__":
    for path in [Path(name) for name in sys.argv[1:]] or documents():
        before = path.read_text(encoding="utf-8")
        path.write_text(filled(before, path.resolve() == README), encoding="utf-8")
