"""Listed designs: points that somebody wrote into a CSV file, one row each, one column for each parameter."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from sim.experiment.study.factors import Choice, Factor
from sim.scenario.document import salvage_value
from sim.scenario.files import text_of
from sim.scenario.layers import Written
from sim.scenario.problems import MOST_SHOWN, InputError, Mark, Problem, shown


def listing(path: Path, named: Mark) -> tuple[list[Factor], list[tuple[Any, ...]], list[Mark]]:
    """The factors that a file has columns for, its points, and where each is written.

    Parameters
    ----------
    named : where the file is named

    Raises
    ------
    InputError
        With everything that is wrong with the file.
    """
    try:
        text = text_of(path, str(path))
    except InputError as error:
        raise InputError([Problem(each.mark or named, each.what, each.advice) for each in error.problems]) from None
    try:
        lines = list(csv.reader(text.removeprefix("\ufeff").splitlines(), strict=True))
    except csv.Error as error:
        raise InputError([Problem(Mark(str(path)), f"this is not CSV ({error})", "Check quotes and commas")]) from None
    rows = [(number, cells) for number, cells in enumerate(lines, start=1) if any(cell.strip() for cell in cells)]
    if len(rows) < 2:
        what = "the file has no points" if rows else "the file is empty"
        raise InputError([Problem(Mark(str(path)), what, "Write a line of paths, then a line for each point")])
    paths = [cell.strip() for cell in rows[0][1]]
    if len(paths) == 1 and ";" in paths[0]:
        what = f"found 1 column {shown(paths[0])}: the file looks semicolon-separated"
        raise InputError([Problem(Mark(str(path), 1, 1), what, "Separate columns with commas")])
    problems: list[Problem] = []
    points: list[tuple[Any, ...]] = []
    for number, cells in rows[1:]:
        if len(cells) != len(paths):
            what = f"this row has {len(cells)} fields, the header has {len(paths)}"
            problems.append(Problem(Mark(str(path), number, 1), what, "Write one value for each column"))
            continue
        found = [_value(cell, Mark(str(path), number, at + 1), problems) for at, cell in enumerate(cells)]
        points.append(tuple(found))
        if len(problems) >= MOST_SHOWN:
            break
    for at, name in enumerate(paths):
        if not name or name in paths[:at]:
            what = f"column {shown(name)} is there twice" if name else "a column has no name"
            problems.append(Problem(Mark(str(path), rows[0][0], at + 1), what, "Name a parameter by its path"))
    if problems:
        raise InputError(problems)
    marks = [Mark(str(path), rows[0][0], at + 1) for at in range(len(paths))]
    factors = [
        Factor(name, "levers", Choice(tuple(dict.fromkeys(map(_hashable, column)))), Written(mark, mark))
        for name, mark, column in zip(paths, marks, zip(*points, strict=True), strict=True)
    ]
    return factors, points, [Mark(str(path), number, 1) for number, _ in rows[1:]]


def _value(cell: str, mark: Mark, problems: list[Problem]) -> Any:
    """What a cell says, as a scenario file would."""
    found = salvage_value(cell.strip(), mark.file)
    problems += [Problem(mark, each.what, each.advice) for each in found.problems]
    if not found.problems and found.data is None:
        problems.append(Problem(mark, "a value is missing", "Write one"))
    return found.data


def _hashable(value: Any) -> Any:
    return value if isinstance(value, str | int | float) else repr(value)
