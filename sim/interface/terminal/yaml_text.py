"""YAML as it is written for people: a note behind each number, stories in paragraphs, no powers of ten."""

from __future__ import annotations

import json
import os
import re
import textwrap
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from sim.interface.terminal.terminal import TIED
from sim.scenario.load import BUNDLED

SCHEMA = BUNDLED / "scenario.schema.json"
WIDTH, LONGEST_FLOW, NOTES_BEGIN = 120, 80, 52


def amount(value: float) -> str:
    """A number as a comment writes it: whole from a thousand on, in three digits below.

    Check
    -----
    >>> amount(50000.0), amount(0.4), amount(4.0449), amount(161.57), amount(999.7), amount(0.000012)
    ('50,000', '0.4', '4.04', '162', '1,000', '0.000012')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 else written_out(value, 3)


def written_out(value: float, digits: int = 10) -> str:
    """A number to so many digits, never in powers of ten.

    Check
    -----
    >>> written_out(1e12), written_out(59.9), written_out(40.0), written_out(0.00001)
    ('1,000,000,000,000', '59.9', '40', '0.00001')
    """
    return f"{Decimal(f'{value:.{digits}g}'):,f}"


def schema_line(path: Path) -> str:
    """Where editors find the schema, if it lies in the same project as the file."""
    folder, project = path.resolve().parent, BUNDLED.parent
    if not SCHEMA.is_file() or not folder.is_relative_to(project):
        return ""
    return f"# yaml-language-server: $schema={Path(os.path.relpath(SCHEMA, folder)).as_posix()}"


def _filled(text: str, indent: str) -> str:
    """Lines of a paragraph; a per cent sign stays with its number."""
    lines = textwrap.fill(text.replace(" %", f"{TIED}%"), WIDTH - len(indent), break_on_hyphens=False)
    return textwrap.indent(lines.replace(TIED, " "), indent)


def comment(text: str) -> str:
    """A paragraph of comment."""
    return _filled(text, "# ")


def story(told: Mapping[str, str]) -> str:
    """The story of a scenario."""
    lines = ["story:"]
    for key, text in told.items():
        lines += [f"  {key}: >", _filled(text, "    ")]
    return "\n".join([*lines, ""])


def yaml(data: Mapping[str, Any], notes: Mapping[str, str]) -> str:
    """Data as YAML, each note behind its number; what is short stays on one line, if nothing inside has a note."""
    return "\n".join([*_lines(data, notes, ""), ""])


def _lines(data: Mapping[str, Any], notes: Mapping[str, str], above: str, indent: str = "") -> Iterator[str]:
    for key, value in data.items():
        path = f"{above}{key}"
        line = f"{indent}{key}: {_flow(value)}"
        inside = not indent or len(line) > LONGEST_FLOW or any(note.startswith(f"{path}.") for note in notes)
        if isinstance(value, Mapping) and value and inside:
            opening = f"{indent}{key}:"
            yield f"{opening:<{NOTES_BEGIN}}  # {notes[path]}" if path in notes else opening
            yield from _lines(value, notes, f"{path}.", f"{indent}  ")
        else:
            yield f"{line:<{NOTES_BEGIN}}  # {notes[path]}" if path in notes else line


def _flow(value: Any) -> str:
    """A value on one line."""
    match value:
        case Mapping():
            return f"{{{', '.join(f'{key}: {_flow(inner)}' for key, inner in value.items())}}}"
        case str() if re.fullmatch(r"[a-z_]{4,}(\.ya?ml)?", value):
            return value
        case str():
            return json.dumps(value, ensure_ascii=False)
        case float() if value.is_integer() and value >= 1000.0:
            return str(int(value))
    return repr(value)
