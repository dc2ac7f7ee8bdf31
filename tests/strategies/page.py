"""The parts of docs/strategies.md that are read off the code: the table of strategies and the example.

Each stands between two comments in the page. ``python -m tests.strategies.page`` writes them anew; a test compares them
with what the code says now.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from sim.interface.manual import manual
from tests.documents.parts import with_parts

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "strategies.md"
EXAMPLE, DIVIDING = (ROOT / "examples" / f"{name}.py" for name in ("patient", "thrifty"))


def the_table() -> str:
    """Every strategy: what it does, and what it stands on."""
    lines = ["| strategy | what it does | it stands on |", "| --- | --- | --- |"]
    for each in manual.strategies():
        what, source = each["what"], each["source"]
        if each["preset_of"]:
            what, source = f"`{each['preset_of']}` with {_differences(each)}.", "its belief: A34"
        lines.append(f"| `{each['strategy']}` | {what} | {source} |".replace("``", "`"))
    return "\n".join(lines)


def _differences(preset: dict[str, object]) -> str:
    """Where a preset differs from the strategy it is a preset of."""
    (base,) = (each for each in manual.strategies() if each["strategy"] == preset["preset_of"])
    pairs = zip(preset["parameters"], base["parameters"], strict=True)  # type: ignore[call-overload]
    return ", ".join(f"{own['parameter']} {own['default']}" for own, other in pairs if own != other)


def lies_in(file: Path) -> str:
    """An example, as it lies in its file."""
    return f"```python\n{file.read_text(encoding='utf-8').strip()}\n```"


PARTS: dict[str, Callable[[], str]] = {
    "table": the_table,
    "example": lambda: lies_in(EXAMPLE),
    "dividing": lambda: lies_in(DIVIDING),
}


def filled(page: str) -> str:
    """The page with each of its parts as the code says it now."""
    return with_parts(page, PARTS, "tests/strategies/page.py")


def named_in(page: str) -> set[str]:
    """The strategies that the table of a page names."""
    return set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
