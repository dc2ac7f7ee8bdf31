"""Files: the text of a small regular file in UTF-8, or why there is none."""

from __future__ import annotations

import codecs
import difflib
import re
import stat
from pathlib import Path

from sim.scenario.problems import InputError, Mark, Problem, shown

LARGEST_FILE = 2**20
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def text_of(path: Path, file: str, most: int = LARGEST_FILE) -> str:
    """The text of a file, which messages call ``file``.

    Parameters
    ----------
    most : bytes that it may have

    Raises
    ------
    InputError
        Whatever else stands at the path, and if nothing does.
    """
    data = _contents(path, file, most)
    if data.startswith(UTF_16):
        raise _whole(file, "the file is UTF-16, not UTF-8", "Save the file as UTF-8")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        mark = end_of(data[: error.start].decode("utf-8").removeprefix("\ufeff"), file)
        what = f"byte {error.start + 1} (0x{data[error.start]:02x}) is not UTF-8 text"
        raise InputError([Problem(mark, what, "Save the file as UTF-8")]) from None


def end_of(text: str, file: str) -> Mark:
    """The place just after a text.

    Check
    -----
    >>> print(end_of("one\\ntwo", "s.yaml"))
    s.yaml:2:4
    """
    lines = re.split("\r\n|\r|\n", text)
    return Mark(file, len(lines), len(lines[-1]) + 1)


def _contents(path: Path, file: str, most: int) -> bytes:
    """The bytes of a regular file that is not too large; nothing else is opened, for a pipe would make us wait."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            found = "a folder" if stat.S_ISDIR(mode) else "a pipe, socket or device"
            raise _whole(file, f"expected a regular file, found {found}", f"Name a file of at most {most >> 20} MiB")
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise _whole(file, f"the link leads to no file ({shown(str(path.readlink()))})", "Mend the link") from None
        raise _whole(file, "there is no such file", _near(path)) from None
    except OSError as error:
        raise _whole(file, f"cannot be read ({error.strerror})", "Check the name and the permissions") from None
    except ValueError:
        raise _whole(file, "no file can have such a name", "Check the name") from None
    if len(data) > most:
        raise _whole(file, f"larger than {most >> 20} MiB", f"Name a file of at most {most >> 20} MiB")
    return data


def _near(path: Path) -> str:
    """The question whether a file of a similar name was meant."""
    try:
        names = sorted(other.name for other in path.parent.iterdir() if other.is_file())
    except OSError:
        return f"Check the folder {shown(str(path.parent))}"
    near = difflib.get_close_matches(path.name, names, n=3)
    return f"Did you mean {' or '.join(map(shown, near))}?" if near else "Check the name"


def _whole(file: str, what: str, advice: str) -> InputError:
    """A problem with a file as a whole."""
    return InputError([Problem(None, f"{file}: {what}", advice)])
