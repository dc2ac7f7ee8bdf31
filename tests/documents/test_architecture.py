"""The maps of docs/architecture.md are those of the imports, and what it says of calls is among them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.documents.import_map import PAGE, ROOT, edges, filled, imported

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_maps_are_those_of_the_imports() -> None:
    assert filled(TEXT) == TEXT, "run: make odd"


def test_whoever_calls_somebody_on_the_page_imports_it() -> None:
    (calls,) = re.findall(r"\*\*Who calls whom\*\*.*?```text\n(.*?)```", TEXT, re.DOTALL)
    found = edges(sorted((ROOT / "sim" / "model").glob("*.py")), 1)
    lines = re.sub(r"\([^)]*\)", "", re.sub(r"\n +", " ", calls)).splitlines()
    assert len(lines) > 5
    for line in lines:
        caller, called = line.split("->")
        names = set(re.findall(r"\b[a-z]+\b", called)) & {path.stem for path in (ROOT / "sim" / "model").glob("*.py")}
        assert names and names <= found[caller.strip()], line


def test_imports_for_types_alone_are_no_calls() -> None:
    text = (
        "if TYPE_CHECKING:\n    from sim.model import a\nfrom sim.model.b import c\ndef f():\n    import sim.model.d\n"
    )
    assert list(imported(ast.parse(text))) == ["sim.model.b.c", "sim.model.d"]


def test_a_map_without_a_place_is_found_out() -> None:
    with pytest.raises(ValueError, match="end of rooms"):
        filled(TEXT.replace("<!-- end of rooms -->", ""))


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(sim/[a-z_/]+\.py)`", TEXT))))
def test_a_module_that_the_page_names_is_there(name: str) -> None:
    assert (ROOT / Path(name)).is_file()
