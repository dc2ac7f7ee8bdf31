"""Exporting: results as tables for a spreadsheet or another program."""

from __future__ import annotations

from pathlib import Path

from sim.experiment.export import Export, formats_of, read_export
from sim.experiment.sheets import TooLong, library, write_csv, write_workbook
from sim.experiment.store import MANIFEST, StoreDamaged
from sim.experiment.study.export import read_study
from sim.experiment.study.place import is_study
from sim.interface.terminal.extras import install
from sim.interface.terminal.terminal import NO_ROOM, Ending, Stop, Terminal
from sim.scenario.problems import escaped


def export(folder: Path, out: Path, terminal: Terminal, *, csv: bool, xlsx: bool, force: bool) -> None:
    """Write the tables of a folder of results as CSV files, as a workbook, or as both.

    Raises
    ------
    Stop
        If the folder holds no results or damaged ones, or if something cannot be written.
    """
    check(folder, out, csv or xlsx)
    if xlsx:
        check_library()
    try:
        found = read_study(folder) if is_study(folder) else read_export(folder)
    except ValueError as error:
        raise Stop(Ending.BAD_INPUT, escaped(f"{error}.")) from error
    except StoreDamaged as damage:
        sentence = f"{damage}\nNothing was exported. Compute these results again."
        raise Stop(Ending.DAMAGED, "\n".join(map(escaped, sentence.splitlines()))) from damage
    written = _written(found, out, csv, xlsx, force)
    terminal.document(
        {
            "results": str(folder),
            "files": [str(path) for path in written],
            "tables": {
                name: {"rows": len(table), "columns": list(map(str, table))} for name, table in found.tables.items()
            },
            "currency": found.currency,
        }
    )
    for name, table in found.tables.items():
        terminal.show(f"{name}: {len(table):,} rows, {len(table.columns)} columns")
    terminal.show("", *(f"Written: {escaped(str(path))}" for path in written))


def check(folder: Path, out: Path, wanted: bool) -> None:
    """Is there anything to export, and a place for it outside of the results?

    Raises
    ------
    Stop
        If not.
    """
    if not wanted:
        raise Stop(Ending.BAD_INPUT, "Say --csv for a folder of CSV files, --xlsx for an Excel workbook, or both.")
    if not (folder / MANIFEST).exists() and not is_study(folder):
        inside = sorted(path.parent for path in folder.glob(f"*/{MANIFEST}")) if folder.is_dir() else []
        advice = (
            f"Did you mean {inside[-1]}?" if inside else "Name a folder that `run`, `compare` or `sweep` has printed."
        )
        raise Stop(Ending.BAD_INPUT, escaped(f"{folder}: no results here, for there is no {MANIFEST}. {advice}"))
    if out.resolve().is_relative_to(folder.resolve()):
        sentence = f"--out {out}: lies inside the results, which would no longer be as they were written. Name another."
        raise Stop(Ending.BAD_INPUT, escaped(sentence))


def check_library() -> None:
    """Is the library for workbooks installed?

    Raises
    ------
    Stop
        If not.
    """
    try:
        library()
    except ModuleNotFoundError as error:
        how = f"Say: {install('openpyxl')}. Or take --csv, which needs nothing."
        sentence = f"--xlsx needs openpyxl, which is not installed. {how}"
        raise Stop(Ending.BAD_INPUT, sentence) from error


def _written(found: Export, out: Path, csv: bool, xlsx: bool, force: bool) -> list[Path]:
    folder, book = out / found.name, out / f"{found.name}.xlsx"
    there = [path for path, asked in ((folder, csv), (book, xlsx)) if asked and path.exists()]
    if there and not force:
        names = " and ".join(map(str, there))
        raise Stop(
            Ending.BAD_INPUT, escaped(f"{names}: there already. Name another folder with --out, or say --force.")
        )
    try:
        books = write_workbook(found.tables, book, formats_of(found), force=force) if xlsx else []
        return (write_csv(found.tables, folder, force=force) if csv else []) + books
    except TooLong as error:
        raise Stop(Ending.BAD_INPUT, f"--xlsx: {error}. Take --csv, or fewer worlds or weeks.") from error
    except OSError as error:
        if error.errno in NO_ROOM:
            raise
        raise Stop(Ending.BAD_INPUT, escaped(f"--out {out}: {error}. Name another folder.")) from error
