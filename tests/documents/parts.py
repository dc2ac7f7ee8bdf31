"""Parts of a page that are written by a module of the tests, between a mark that names it and a mark of their end."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def with_parts(page: str, parts: Mapping[str, Callable[[], str]], writer: str) -> str:
    """The page with each of its parts as it is written now.

    Parameters
    ----------
    writer : the file that writes them, as the marks name it

    Raises
    ------
    ValueError
        If a part has no place in the page, or more than one.
    """
    for name, write in parts.items():
        begin, end = f"<!-- {name}: written by {writer} -->", f"<!-- end of {name} -->"
        if page.count(begin) != 1 or page.count(end) != 1:
            raise ValueError(f"the page needs {begin} and {end} once each")
        before, rest = page.split(begin)
        page = f"{before}{begin}\n\n{write()}\n\n{end}{rest.split(end)[1]}"
    return page
