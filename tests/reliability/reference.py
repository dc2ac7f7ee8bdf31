"""Reference hashes: what small worlds, with all mechanisms in play, came to when somebody last said that they may move.

``make reference WHY="..."`` writes them anew. Each change has its reason, and CHANGELOG.md has it too, marked as one
that moves numbers; a test holds the one against the other.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.reliability.bits import Way, hashes
from tests.small_worlds import VARIANTS, lived

FILE = Path(__file__).with_name("reference.json")
CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"
MARK = "**[output]**"
LEAST_LETTERS = 20
USAGE = 'Say why numbers move, as the changelog will: make reference WHY="Complaints wait a week longer, as ..."'


def recorded() -> dict[str, Any]:
    """``hashes`` by name, and ``changes``: every reason for which they were written anew, the newest last."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def now() -> dict[str, str]:
    """What the worlds come to today."""
    small = {f"small/{name}": lived(changes).result_hash() for name, changes in VARIANTS.items()}
    return small | hashes(Way())


def rewritten(why: str) -> str:
    """Write the hashes anew, if they moved; what to do next, in words.

    Raises
    ------
    ValueError
        If there is no reason, or no sentence.
    """
    why = " ".join(why.split())
    before, made = recorded(), now()
    if made == before["hashes"]:
        return "The hashes are as they were. Nothing was written."
    if len(why) < LEAST_LETTERS:
        raise ValueError(USAGE)
    moved = sorted(name for name in made if before["hashes"].get(name) != made[name])
    FILE.write_text(
        json.dumps({"changes": [*before["changes"], why], "hashes": made}, indent=1, ensure_ascii=False) + "\n",
        encoding="utf-8",
    )
    return f"{len(moved)} hashes moved: {', '.join(moved)}.\nNow write in CHANGELOG.md, below Changed:\n- {MARK} {why}"


def untold(changes: list[str], changelog: str) -> list[str]:
    """Reasons that the changelog does not have, line breaks aside."""
    told = " ".join(changelog.split())
    return [why for why in changes if f"{MARK} {why}" not in told]


if __name__ == "__main__":
    try:
        sys.stdout.write(rewritten(" ".join(sys.argv[1:])) + "\n")
    except ValueError as error:
        raise SystemExit(str(error)) from None
