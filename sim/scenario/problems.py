"""What is wrong with an input, where it was written, and what to do about it.

Every reader of files and options reports in these words, all problems of one input at once, so that a person can put
them right in one go. Nothing here writes a control or direction-changing character: a hostile name stays harmless.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MOST_SHOWN = 20
"""Problems printed of one input; more would push the first ones off the screen."""

LONGEST_SHOWN = 60
"""Characters of a value repeated in a message."""


@dataclass(frozen=True)
class Mark:
    """Where something was written; line and column count from 1, as editors do.

    Line 0 stands for all of it, as of a setting on the command line, which has no lines.

    Check
    -----
    >>> print(Mark("s.yaml", 14, 5), Mark("--set people.count=0"))
    s.yaml:14:5 --set people.count=0
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return escaped(f"{self.file}:{self.line}:{self.column}" if self.line else self.file)


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input, and what to do about it.

    Without a mark the trouble lies with the input as a whole, and ``what`` names it.

    Check
    -----
    >>> print(Problem(Mark("s.yaml", 14, 5), "'price' is given twice (first at line 9)", "Keep one"))
    s.yaml:14:5: 'price' is given twice (first at line 9). Keep one.
    """

    mark: Mark | None
    what: str
    advice: str = ""

    def __str__(self) -> str:
        text = " ".join(_ended(part.strip()) for part in (self.what, self.advice) if part.strip())
        return escaped(f"{self.mark}: {text}" if self.mark else text)


class InputError(Exception):
    """All problems of one input; its text is one line for each, the first twenty of them."""

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        # The only argument, so that the error survives the way back from another process.
        super().__init__(self.problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        if len(self.problems) > MOST_SHOWN:
            lines.append(f"... and {len(self.problems) - MOST_SHOWN} more")
        return "\n".join(lines)


def shown(value: object) -> str:
    """A value as shown in a message: text in quotes, the rest as YAML writes it, at most 60 printable characters.

    Check
    -----
    >>> print(shown("10%"), shown(0.1), shown(None), shown(True), shown("a\\tb"))
    '10%' 0.1 null true 'a\\tb'
    """
    if isinstance(value, str):
        return f"'{_shortened(escaped(value[:LONGEST_SHOWN]), LONGEST_SHOWN - 2, len(value) > LONGEST_SHOWN)}'"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    try:
        text = repr(value)
    except Exception:  # a value that cannot be shown (a million digits) must not hide its message
        text = f"<{type(value).__name__}>"
    return _shortened(escaped(text), LONGEST_SHOWN)


def shortened(text: str, length: int = LONGEST_SHOWN) -> str:
    """The beginning of a text that is too long, harmless to print.

    Check
    -----
    >>> shortened("businesses.ours.price=45", 20)
    'businesses.ours.p...'
    """
    return _shortened(escaped(text[:length]), length, len(text) > length)


def escaped(text: str) -> str:
    """The text with every character that does not print, or that changes the direction of writing, spelled out."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _shortened(text: str, length: int, cut: bool = False) -> str:
    """The text, or its beginning and three dots if it is too long or was ``cut`` already."""
    return f"{text[: length - 3]}..." if cut or len(text) > length else text


def _ended(sentence: str) -> str:
    """The sentence with a full stop, unless it has an ending of its own."""
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
