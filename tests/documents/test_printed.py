"""Documents show what commands print, and every command of a tutorial or a lesson works."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents.printed import PAGES, README, ROOT, documents, filled, printed, steps

SESSION = """\
```sh
echo one > file
```
<!-- output of `cat file`: begin -->
```text
old
```
<!-- output: end -->
"""


@pytest.mark.slow
@pytest.mark.parametrize("path", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_document_shows_what_its_commands_print(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert filled(text, path == README) == text, "run: make numbers"


def test_a_session_shares_its_folder_and_shows_what_is_new() -> None:
    assert filled(SESSION) == SESSION.replace("old", "one")
    assert [step.command for step in steps(SESSION, only_marks=True)] == ["cat file"]


def test_a_command_that_fails_is_found_out() -> None:
    with pytest.raises(RuntimeError, match="no such file"):
        printed(steps("```sh\nkeepwin check nothing.yaml\n```"))


def test_a_first_part_stays_as_long_as_it_was() -> None:
    shown = "```text\nx\n\ny\n```\n"
    mark = "<!-- output of `printf 'a\\n\\nb\\n\\nc\\n'`: begin -->\n"
    text = f"{mark}{shown}<!-- output: end of the first part -->\n"
    assert filled(text) == text.replace("x\n\ny", "a\n\nb")


def test_tutorials_and_lessons_are_sessions() -> None:
    names = {path.relative_to(ROOT).parts[1] for path in documents() if path not in (README, *PAGES)}
    assert names == {"tutorials", "lessons"} and {README, *PAGES} <= set(documents())
