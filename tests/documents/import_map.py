"""The maps of docs/architecture.md that are read off the imports: of the rooms, and of the modules of ``sim/model``.

``python -m tests.documents.import_map`` writes them anew (`make odd`); a test compares them with the code. What is
imported for types alone is left out: it is no call.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from tests.documents.parts import with_parts

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "architecture.md"
EVERYWHERE = {"luck", "world"}
"""Modules of the model that all of it uses, as the page says."""


def imported(tree: ast.AST) -> Iterator[str]:
    """Modules of ours that a module imports, wherever it does, but for types alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sim"):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("sim."))
        yield from imported(node)


def edges(files: Iterable[Path], depth: int) -> dict[str, set[str]]:
    """Who imports whom, at a depth below ``sim``: 0 for rooms, 1 for the modules of one room."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in files:
        own = file.relative_to(ROOT / "sim").with_suffix("").parts
        for name in imported(ast.parse(file.read_text(encoding="utf-8"))):
            other = name.split(".")[1:]
            if len(other) > depth and other[:depth] == list(own[:depth]) and other[depth] != own[depth]:
                found[own[depth]].add(other[depth])
    return found


def the_rooms() -> str:
    """Which room imports which, in the order of the arrow."""
    from tests.architecture.test_arrows import ROOMS

    found = edges(sorted((ROOT / "sim").rglob("*.py")), 0)
    return drawn({room: [other for other in ROOMS if other in found[room]] for room in ROOMS})


def the_model() -> str:
    """Which module of the model imports which."""
    folder = ROOT / "sim" / "model"
    names = {path.stem for path in folder.glob("*.py")}
    found = edges(sorted(folder.glob("*.py")), 1)
    return drawn({name: sorted((found[name] & names) - EVERYWHERE) for name in sorted(names - EVERYWHERE)})


def drawn(lines: dict[str, list[str]]) -> str:
    """A map as text; who imports nobody is left out."""
    width = max(map(len, lines))
    return "\n".join(f"{name:<{width}} -> {', '.join(others)}" for name, others in lines.items() if others)


PARTS = {"rooms": the_rooms, "model": the_model}


def _fenced(draw: Callable[[], str]) -> str:
    return f"```text\n{draw()}\n```"


def filled(page: str) -> str:
    """The page with each of its maps as the imports are now."""
    maps = {name: partial(_fenced, draw) for name, draw in PARTS.items()}
    return with_parts(page, maps, "tests/documents/import_map.py")


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
