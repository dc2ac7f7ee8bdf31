"""Sheets: tables as CSV files or as one workbook, safe to open in a spreadsheet, and there whole or not at all."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.experiment.store import TEMPORARY
from sim.scenario.problems import escaped

MOST_ROWS = 1_048_576
"""Of one sheet of a workbook, the heading included."""
LONGEST_TEXT = 32_767
EXACT = 2**53
"""A spreadsheet rounds larger whole numbers."""
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take a text for a formula."""


class TooLong(Exception):
    """A table that no workbook can hold."""


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula: what begins like one gets an apostrophe.

    Check
    -----
    >>> safe("=1+1"), safe("steady"), safe("a=b")
    ("'=1+1", 'steady', 'a=b')
    """
    return f"'{text}" if text.startswith(FORMULAS) else text


def library() -> Any:
    """The library that writes workbooks, an extra.

    Raises
    ------
    ModuleNotFoundError
        If it is not installed.
    """
    import openpyxl

    return openpyxl


def write_csv(tables: Mapping[str, pd.DataFrame], folder: Path, *, force: bool = False) -> list[Path]:
    """Each table as a CSV file of its own: UTF-8 with a byte order mark, commas, decimal points, empty if undefined.

    The mark is for Excel, which takes the file for another alphabet without it; pandas, R and the like skip it.

    Raises
    ------
    FileExistsError
        If the folder is there and may not be replaced.
    """

    def fill(new: Path) -> None:
        new.mkdir()
        for name, table in tables.items():
            _safe_table(table).to_csv(
                new / f"{name}.csv", index=False, encoding="utf-8-sig", lineterminator="\r\n", na_rep=""
            )

    _appear(folder, fill, force)
    return [folder / f"{name}.csv" for name in tables]


def write_workbook(
    tables: Mapping[str, pd.DataFrame], path: Path, formats: Mapping[str, str], *, force: bool = False
) -> list[Path]:
    """All tables as sheets of one workbook; texts are texts, and nothing is ever a formula.

    Numbers keep 16 digits, one fewer than CSV files.

    Parameters
    ----------
    formats : number format by the unit of a row, for tables that have units

    Raises
    ------
    ModuleNotFoundError
        If openpyxl is not installed.
    TooLong
        If a table has more rows than a sheet.
    FileExistsError
        If the file is there and may not be replaced.
    """
    workbook = library().Workbook
    for name, table in tables.items():
        if len(table) >= MOST_ROWS:
            raise TooLong(f"the table {name} has {len(table):,} rows; a sheet holds {MOST_ROWS - 1:,} and its heading")

    def fill(new: Path) -> None:
        book = workbook(write_only=True)
        for name, table in tables.items():
            _add_sheet(book, name, table, formats)
        book.save(new)

    _appear(path, fill, force)
    return [path]


# ------------------------------------------------------------------------------------------------------------- details


def _safe_table(table: pd.DataFrame) -> pd.DataFrame:
    """The same with every text safe, headings included; numbers stay as they are."""
    made = {}
    for name, column in table.items():
        if isinstance(column.dtype, pd.CategoricalDtype):
            column = column.astype(object)
        if not pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            column = column.map(lambda cell: safe(cell) if isinstance(cell, str) else cell)
        made[safe(str(name))] = column
    return pd.DataFrame(made)


def _add_sheet(book: Any, name: str, table: pd.DataFrame, formats: Mapping[str, str]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"

    def cell(value: Any) -> Any:
        """A number as it is, a text as a text, nothing for what is undefined."""
        if isinstance(value, bool) or (isinstance(value, float) and value != value) or value is None or value is pd.NA:
            return value if isinstance(value, bool) else None
        if isinstance(value, int | float) and abs(value) <= EXACT:
            return value
        made = WriteOnlyCell(sheet, value=escaped(str(value))[:LONGEST_TEXT])
        made.data_type = "s"
        return made

    heading = [cell(str(column)) for column in table]
    for each in heading:
        each.font = Font(bold=True)
    sheet.append(heading)
    units = list(table["unit"]) if "unit" in table else []
    columns = [column.astype(object).tolist() for _, column in table.items()]
    for at, row in enumerate(zip(*columns, strict=True)):
        cells = [cell(value) for value in row]
        if units and (style := formats.get(units[at])):
            cells = [_styled(sheet, each, style) if isinstance(each, float) else each for each in cells]
        sheet.append(cells)


def _styled(sheet: Any, value: float, style: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    made = WriteOnlyCell(sheet, value=value)
    made.number_format = style
    return made


def _appear(target: Path, fill: Callable[[Path], None], force: bool) -> None:
    """Make a file or folder under a hidden name beside its place and give it its name when it is whole."""
    if target.exists() and not force:
        raise FileExistsError(f"{target} is there already")
    target.parent.mkdir(parents=True, exist_ok=True)
    mark = secrets.token_hex(4)
    new, old = (target.with_name(f"{TEMPORARY}{kind}-{mark}-{target.name}") for kind in ("new", "old"))
    try:
        fill(new)
        if target.exists():
            target.rename(old)
        try:
            new.rename(target)
        except BaseException:
            if old.exists():
                old.rename(target)
            raise
    except BaseException:
        _remove(new)
        raise
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
