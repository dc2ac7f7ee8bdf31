"""Hooks of the site: pages that are read off the code, and links to files beside ``docs/``.

Called by mkdocs (``make docs``). Pages of the reference are filled here and nowhere kept, so they cannot be behind.
Files of the clone that pages point at are published as text under ``clone/``; a folder, which is no page, becomes its
name.
"""

from __future__ import annotations

import re
from pathlib import Path
from posixpath import normpath, relpath
from typing import Any

import typer
from mkdocs.structure.files import File, Files

from sim.interface.cli import app
from sim.interface.commands.grammar import NAME
from sim.interface.manual import glossary
from tests.documents.odd_tables import table, the_parameters

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
DECISIONS = "decisions/index.md"
LINK = re.compile(r"\[([^\]]*)\]\(((?![a-z]+:)[^)#\s]+)(#[^)\s]*)?\)")
PAGES = {"README.md": "readme.md", "CONTRIBUTING.md": "contributing.md", "CODE_OF_CONDUCT.md": "conduct.md"}
"""Files beside ``docs/`` that are pages of the site."""


def the_commands() -> str:
    """The help of every command."""
    group = typer.main.get_command(app)
    context = group.make_context(NAME, [], resilient_parsing=True)
    parts = []
    for name in group.commands:  # type: ignore[attr-defined]
        command = group.commands[name]  # type: ignore[attr-defined]
        with command.make_context(name, [], parent=context, resilient_parsing=True) as inner:
            parts.append(f"## {name}\n\n```text\n{command.get_help(inner).strip()}\n```")
    return "\n\n".join(parts)


def the_metrics() -> str:
    """Every metric with unit, better direction, kind and definition."""
    head = ("metric", "label", "unit", "better", "kind", "definition")
    return table(head, ([str(each[key] or "") for key in head] for each in glossary.metrics()))


def the_decisions() -> str:
    """A list of all decisions, by number."""
    lines = []
    for path in sorted((DOCS / "decisions").glob("[0-9]*.md")):
        title = path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
        lines.append(f"- [{title}]({path.name})")
    return "\n".join(["# Decisions", "", "What was decided, why, and what was not taken.", "", *lines, ""])


PARTS = {"commands": the_commands, "parameters": the_parameters, "metrics": the_metrics}


def filled(text: str) -> str:
    """A page with the part that it asks for."""
    return re.sub(r"<!-- (\w+): filled when the site is built;[^>]*-->", lambda found: PARTS[found[1]](), text)


def led(text: str, page: str, files: dict[str, str]) -> str:
    """A page whose links to files of the clone lead to where the site has them.

    Parameters
    ----------
    page : where the page stands in the clone, such as "docs/odd.md"
    files : where the site has each file of the clone that is none of its pages; filled on the way
    """
    here = site_path(page)

    def target(found: re.Match[str]) -> str:
        said, link, anchor = found[1], found[2], found[3] or ""
        path = normpath(f"{page.rpartition('/')[0] or '.'}/{link}")
        if path.startswith("docs/decisions") and (ROOT / path).is_dir():
            path = f"docs/{DECISIONS}"
        elif (ROOT / path).is_dir():
            return f"{said} (`{path}/` in the clone)" if said.strip("`/") != path else f"`{path}/`"
        elif not path.startswith("docs/") and path not in PAGES:
            files[path] = site_path(path)
        return f"[{said}]({relpath(site_path(path), here.rpartition('/')[0] or '.')}{anchor})"

    fence = re.split(r"(^```.*?^```)", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if part.startswith("```") else LINK.sub(target, part) for part in fence)


def site_path(path: str) -> str:
    """Where the site has a file of the clone."""
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    return PAGES.get(path, f"clone/{path}.txt")


def on_files(files: Files, config: Any) -> Files:
    """Add what is no file of ``docs/``."""
    texts = {f"docs/{DECISIONS}": the_decisions()}
    texts |= {name: (ROOT / name).read_text(encoding="utf-8") for name in PAGES}
    beside: dict[str, str] = {}
    for file in files.documentation_pages():
        led(file.content_string, f"docs/{file.src_uri}", beside)
    for name, text in texts.items():
        files.append(File.generated(config, site_path(name), content=led(text, name, beside)))
    for name, place in beside.items():
        files.append(File.generated(config, place, content=(ROOT / name).read_bytes()))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Fill and lead a page of ``docs/``; generated ones are whole."""
    return markdown if page.file.generated_by else led(filled(markdown), f"docs/{page.file.src_uri}", {})
