"""What README and the documents point at is there: commands, options, scenarios, files.

Each checker is a function of a text that answers with sentences, so it is shown an offence before it is believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from sim.interface.cli import app
from sim.scenario.load import bundled, load_scenario

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").rglob("*.md"))]

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
VERBS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
WHAT_STANDS_FOR_A_SCENARIO = {"SCENARIO", "A", "B"}

CODE = re.compile(r"```(?:ba)?sh\n(.*?)```|`([^`\n]+)`", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def typed(text: str) -> Iterator[list[str]]:
    """Every command line in code of the text, without comments, as words."""
    for block, inline in CODE.findall(text):
        for line in (block or inline).splitlines():
            if words := line.partition("#")[0].split():
                yield words


def commands_that_do_not_exist(text: str) -> list[str]:
    """Verbs of make, commands and options of run.py, and scenarios, as the text types them."""
    found = []
    for words in typed(text):
        match words:
            case ["make", *verbs]:
                found += [f"make has no {verb}" for verb in verbs if verb not in VERBS]
            case ["python", "run.py", name, *_] if name not in COMMANDS:
                found.append(f"run.py has no {name}")
            case ["keepwin", name, *_] if name not in COMMANDS and not name.startswith("-"):
                found.append(f"keepwin has no {name}")
            case ["python", "run.py", name, *rest] | ["keepwin", name, *rest] if name in COMMANDS:
                found += wrong_arguments(name, rest)
    return found


def wrong_arguments(name: str, words: list[str]) -> Iterator[str]:
    """Options that the command does not have, and scenarios that do not come with the package."""
    known = {option for parameter in COMMANDS[name].params for option in parameter.opts} | {"--help"}
    scenarios = {path.stem for path in bundled()} | WHAT_STANDS_FOR_A_SCENARIO
    for word in words:
        if word.startswith("--") and word not in known:
            yield f"{name} has no {word}"
    if name in ("run", "compare"):
        leading = words[: next((at for at, word in enumerate(words) if word.startswith("--")), len(words))]
        named = [word for word in leading if not word.endswith(".yaml")]  # files are made where they are typed
        yield from (f"there is no scenario {word}" for word in named if word not in scenarios)


def broken_links(text: str, folder: Path) -> list[str]:
    """Local links that lead nowhere."""
    local = [link.partition("#")[0] for link in LINK.findall(text) if "://" not in link]
    return [link for link in local if link and not (folder / link).exists()]


def test_readme_types_only_commands_that_exist() -> None:
    text = README.read_text(encoding="utf-8")
    assert {"make", "python"} <= {words[0] for words in typed(text)}
    assert commands_that_do_not_exist(text) == []


def test_readme_names_every_command() -> None:
    text = README.read_text(encoding="utf-8")
    assert {words[2] for words in typed(text) if words[:2] == ["python", "run.py"]} == set(COMMANDS)


def test_options_that_readme_mentions_exist_for_run_and_compare() -> None:
    text = README.read_text(encoding="utf-8")
    alone = [words for words in typed(text) if words[:2] != ["python", "run.py"]]  # with a command: tested above
    mentioned = {word for words in alone for word in words if word.startswith("--")}
    assert "--set" in mentioned
    for name in ("run", "compare"):
        assert list(wrong_arguments(name, sorted(mentioned))) == []


def test_the_yaml_of_readme_is_a_scenario_that_differs_in_one_number(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    mine, steady = load_scenario(path), load_scenario("steady")
    assert mine.hash != steady.hash
    changed = mine.businesses[0].strategy._replace(acquisition_share=steady.businesses[0].strategy.acquisition_share)
    assert changed == steady.businesses[0].strategy


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    assert broken_links(path.read_text(encoding="utf-8"), path.parent) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_documents_type_only_commands_that_exist(path: Path) -> None:
    assert commands_that_do_not_exist(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Say `make rich`.", "make has no rich"),
        ("```sh\nmake compare   # fine\nmake check moreover\n```", "make has no moreover"),
        ("`python run.py divine steady`", "run.py has no divine"),
        ("`python run.py run steady --wishes 3`", "run has no --wishes"),
        ("`keepwin divine steady`", "keepwin has no divine"),
        ("```sh\nkeepwin run steady --wishes 3\n```", "run has no --wishes"),
        ("`python run.py compare steady eternal --weeks 9`", "there is no scenario eternal"),
    ],
)
def test_what_does_not_exist_is_found_out(text: str, complaint: str) -> None:
    assert commands_that_do_not_exist(text) == [complaint]


def test_a_broken_link_is_found_out() -> None:
    assert broken_links("[a](README.md#top) [b](docs/none.md) [c](https://example.org) [d](#here)", ROOT) == [
        "docs/none.md"
    ]
