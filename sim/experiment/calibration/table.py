"""Tables: a CSV file as texts, its columns found by their names, with the line of every row.

Nothing is converted here and nothing is guessed: a customer called 007 is not one called 7, and a name that two columns
could have is a reason to ask.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.scenario.catalogue import listed, nearest
from sim.scenario.files import text_of
from sim.scenario.problems import MOST_SHOWN, InputError, Mark, Problem, shown

MOST_BYTES = 512 * 2**20
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
"""Between two columns, by the name that a command line gives it."""


class Column(NamedTuple):
    """A column that is wanted: what it is called here, and names by which it goes elsewhere, without marks."""

    name: str
    aliases: tuple[str, ...] = ()
    needed: bool = True
    many: bool = False
    """Every column whose name begins so, each under its own name."""


class Texts(NamedTuple):
    """A column: the different texts in it, and which of them each row holds."""

    name: str
    """As the header of the file has it."""
    place: int
    """Of the column in the file, from 1."""
    different: list[str]
    which: np.ndarray
    """int64 (rows,)."""


class Table(NamedTuple):
    """Rows of a file: the line on which each begins, and the columns that were wanted and are there."""

    file: str
    lines: np.ndarray
    columns: dict[str, Texts]
    header: tuple[str, ...]

    def problems(self, column: str, faults: Mapping[int, str], advice: str) -> list[Problem]:
        """What is wrong in a column, row by row, the first rows only.

        Parameters
        ----------
        faults : what is wrong with a text, by its place among the different ones
        """
        texts = self.columns[column]
        rows = np.flatnonzero(np.isin(texts.which, list(faults)))
        said = [
            Problem(Mark(self.file, int(self.lines[row]), texts.place), faults[int(texts.which[row])], advice)
            for row in rows[:MOST_SHOWN]
        ]
        more = len(rows) - len(said)
        return [*said, *([Problem(Mark(self.file), f"and {more:,} more rows like these")] if more else [])]


def negative(table: Table, name: str, values: np.ndarray) -> list[Problem]:
    """Rows of a column whose value is below zero, where that means nothing."""
    rows = np.flatnonzero(values < 0.0)
    place = table.columns[name].place
    return [
        Problem(Mark(table.file, int(table.lines[row]), place), f"{name} is negative ({values[row]:g})", "Correct it")
        for row in rows
    ]


def read_table(
    source: Path | pd.DataFrame,
    wanted: Sequence[Column],
    called: Mapping[str, str] | None = None,
    separator: str | None = None,
    advice: str = "",
) -> Table:
    """Read the columns that are wanted.

    Parameters
    ----------
    source : a file; or a frame, which is read as the file that it would be written to
    called : names of columns in the file by the names that they have here
    separator : one of SEPARATORS; found by the header if none is named
    advice : what to do about a header that cannot be understood, where no option helps

    Raises
    ------
    InputError
        With everything that is wrong with the file as a table.
    """
    if isinstance(source, pd.DataFrame):
        file, separator, text = "the table", "comma", source.to_csv(index=False)
    else:
        file = str(source)
        text = text_of(source, file, MOST_BYTES).removeprefix("\ufeff")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError([Problem(Mark(file, line, 1), "there is a NUL character", "Save the file as text")])
    if not text.strip():
        raise InputError([Problem(Mark(file), "the file is empty", "Write a header, then a row for each entry")])
    comma, places = _placed(text, Header(file, wanted, called or {}, advice), separator)
    return _read(text, file, comma, places)


# -------------------------------------------------------------------------------------------------------------- header


class Header(NamedTuple):
    """What is looked for in the first line of a file."""

    file: str
    wanted: Sequence[Column]
    called: Mapping[str, str]
    advice: str

    @property
    def say(self) -> str:
        """What to do about a column that is not found."""
        names = ",".join(f"{each.name}=..." for each in self.wanted if each.needed)
        return self.advice or f"Say which is meant: --columns {names}"


def _placed(text: str, sought: Header, separator: str | None) -> tuple[str, dict[str, int]]:
    """What stands between columns, and the place of each that is wanted."""
    file = sought.file
    tried: list[tuple[int, str, list[str], list[Problem], dict[str, int]]] = []
    for comma in [SEPARATORS[separator]] if separator else SEPARATORS.values():
        header = _header(text, comma)
        problems, places = _matched(header, sought)
        tried.append((len(header), comma, header, problems, places))
    good = [each for each in tried if not each[3]]
    if len(good) == 1:
        return good[0][1], good[0][4]
    if good:
        names = listed([name for name, sign in SEPARATORS.items() if sign in [each[1] for each in good]])
        raise InputError(
            [
                Problem(
                    Mark(file, 1, 1), "columns may be separated in two ways", sought.advice or f"--separator: {names}"
                )
            ]
        )
    width, comma, header, problems, _ = max(tried, key=lambda each: (each[0], -len(each[3])))
    if width == 1 and separator:
        what = f"found 1 column {shown(header[0])} with --separator {separator}"
        problems = [Problem(Mark(file, 1, 1), what, "Name another separator, or none")]
    raise InputError(problems)


def _header(text: str, comma: str) -> list[str]:
    """Names of columns if they are separated so."""
    try:
        return [name.strip() for name in next(csv.reader(io.StringIO(text, newline=""), delimiter=comma), [])]
    except csv.Error:
        return [text[:80]]


def _matched(header: list[str], sought: Header) -> tuple[list[Problem], dict[str, int]]:
    """Where each wanted column is, and what stands against it."""
    problems: list[Problem] = []
    places: dict[str, int] = {}
    file, wanted, called, _ = sought
    for column in wanted:
        say = sought.say
        if column.many:
            found = [at for at, name in enumerate(header) if _bare(name).startswith(_bare(column.name))]
            for at in found:
                if header[at] in places:
                    what = f"the header has column {shown(header[at])} twice"
                    problems.append(Problem(Mark(file, 1, at + 1), what, "Rename one of them"))
                places[header[at]] = at
            if found:
                continue
        elif column.name in called:
            found = [at for at, name in enumerate(header) if name == called[column.name]]
        else:
            aliases = {_bare(column.name), *column.aliases}
            found = [at for at, name in enumerate(header) if _bare(name) in aliases]
        if len(found) == 1:
            places[column.name] = found[0]
        elif found:
            names = listed([f"{shown(header[at])} (column {at + 1})" for at in found])
            what = f"several columns could be the {column.name}: {names}"
            if len({header[at] for at in found}) == 1:
                what, say = f"the header has column {shown(header[found[0]])} twice", "Rename one of them"
            problems.append(Problem(Mark(file, 1, found[1] + 1), what, say))
        elif column.name in called:
            near = nearest(called[column.name], header)
            advice = f"Did you mean {shown(near)}?" if near else f"The header has {listed(header)}"
            problems.append(Problem(Mark(file, 1, 1), f"there is no column {shown(called[column.name])}", advice))
        elif column.needed:
            what = f"no column is called {column.name} or the like; the header has {listed(header)}"
            problems.append(Problem(Mark(file, 1, 1), what, say))
    return problems, places


def _bare(name: str) -> str:
    """A name without what people write differently.

    Check
    -----
    >>> _bare("Customer ID"), _bare("order_date")
    ('customerid', 'orderdate')
    """
    return re.sub(r"[\s_.-]+", "", name.casefold())


# ---------------------------------------------------------------------------------------------------------------- rows


def _read(text: str, file: str, comma: str, places: Mapping[str, int]) -> Table:
    """All rows, as far as they have as many fields as the header."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True)
    lines: list[int] = []
    kept: list[list[str]] = [[] for _ in places]
    problems: list[Problem] = []
    header: list[str] = []
    for line, cells in _rows(reader, file, problems):
        if not header:
            header = [name.strip() for name in cells]
        elif len(cells) != len(header):
            what = f"this row has {len(cells)} fields, the header has {len(header)}"
            problems.append(Problem(Mark(file, line, min(len(cells), len(header)) + 1), what, "Mend the row"))
        else:
            lines.append(line)
            for column, place in zip(kept, places.values(), strict=True):
                column.append(cells[place].strip())
    if problems:
        raise InputError(problems)
    if not lines:
        raise InputError([Problem(Mark(file), "the file has a header and no rows", "Write a row for each entry")])
    columns = {}
    for (name, place), texts in zip(places.items(), kept, strict=True):
        which, different = pd.factorize(np.array(texts, object))
        columns[name] = Texts(header[place], place + 1, list(different), which)
    return Table(file, np.array(lines), columns, tuple(header))


def _rows(reader: Iterator[list[str]], file: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, and the line on which each begins; what is no CSV ends them."""
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            unclosed = "unexpected end of data" in str(error) or "field limit" in str(error)
            what = "the quote that is opened here is never closed" if unclosed else f"this is not CSV ({error})"
            problems.append(Problem(Mark(file, line, 1), what, "Check quotes and separators"))
            return
        if cells is None:
            return
        if cells:
            yield line, cells
        line = reader.line_num + 1  # type: ignore[attr-defined]
