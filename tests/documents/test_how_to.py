"""What the pages *How to add* say is done to a copy of the package, and their commands are typed there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.documents.printed import ROOT, printed, steps

PAGES = sorted((ROOT / "docs" / "how-to").glob("*.md"))
CHANGE = re.compile(r"[Ii]n\s+`(sim/[^`]+)`:\n\n```diff\n(.*?)```", re.DOTALL)
MORE = re.compile(r"At the end of `(sim/[^`]+)`:\n\n```python\n(.*?)```", re.DOTALL)
MOST_FILES = 3
NUMBERS = {"one": 1, "two": 2, "three": 3}


def changed(text: str, copy: Path) -> set[str]:
    """Do to a copy what a page says; which files that touched.

    Raises
    ------
    ValueError
        If what a page changes is not there exactly once.
    """
    for name, lines in CHANGE.findall(text):
        before, after = (
            "\n".join(line[1:] for line in lines.splitlines() if line[0] in kinds) for kinds in (" -", " +")
        )
        file = copy / name
        there = file.read_text(encoding="utf-8")
        if there.count(before) != 1:
            raise ValueError(f"{name} does not hold exactly once:\n{before}")
        file.write_text(there.replace(before, after), encoding="utf-8")
    for name, more in MORE.findall(text):
        with (copy / name).open("a", encoding="utf-8") as file:
            file.write(f"\n\n{more}")
    return {name for found in (CHANGE, MORE) for name, _ in found.findall(text)}


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_what_a_page_says_works_in_a_copy(page: Path, tmp_path: Path) -> None:
    for name in ("sim", "scenarios", "experiments"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(ROOT / "run.py", tmp_path)
    text = page.read_text(encoding="utf-8")
    files = changed(text, tmp_path)
    said = [NUMBERS[each] for each in re.findall(r"\*\*(one|two|three)\*\*", text)]
    assert max(said) <= MOST_FILES and len(files) <= said[0]
    assert printed(steps(text), tmp_path)


def test_a_page_that_is_behind_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "a.py").write_text("one\ntwo\n", encoding="utf-8")
    page = "In `sim/a.py`:\n\n```diff\n one\n+more\n two\n```\n"
    assert changed(page, tmp_path) == {"sim/a.py"}
    assert (tmp_path / "sim" / "a.py").read_text(encoding="utf-8") == "one\nmore\ntwo\n"
    with pytest.raises(ValueError, match="exactly once"):
        changed(page, tmp_path)


def test_there_are_four_pages() -> None:
    assert [page.stem for page in PAGES] == ["channel", "lever", "metric", "strategy"]
