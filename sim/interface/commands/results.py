"""The commands that take results elsewhere: what may be typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.interface.commands.options import Force, Json
from sim.interface.terminal.terminal import Terminal


def export(
    results: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder that `run`, `compare` or `sweep` has written.")
    ],
    csv: Annotated[bool, typer.Option("--csv", help="A folder of CSV files, one for each table.")] = False,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="One Excel workbook; needs openpyxl.")] = False,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to write.")] = Path("exports"),
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Write results as tables for a spreadsheet. With a data dictionary that says what every column means."""
    from sim.interface.runs import exporting

    exporting.export(results, out, Terminal(as_json=as_json), csv=csv, xlsx=xlsx, force=force)


def methods(
    results: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="A folder of results that a command has written."),
    ],
    as_json: Json = False,
) -> None:
    """Write the methods paragraph of a paper, and the citation. From what a folder of results says about itself."""
    from sim.interface.runs import methods

    methods.methods(results, Terminal(as_json=as_json))


COMMANDS: tuple[tuple[Callable[..., Any], tuple[str, ...]], ...] = (
    (
        export,
        (
            "export results/steady/0123456789abcdef --csv",
            "export results/steady-vs-aggressive/0123456789abcdef --xlsx --out tables",
        ),
    ),
    (methods, ("methods results/steady-vs-aggressive/0123456789abcdef",)),
)
"""Every command of this module, with the examples that its help shows first."""
