"""Libraries that not everybody has: what to say to get one."""

from __future__ import annotations

from sim.documents import PACKAGE


def install(library: str) -> str:
    """The command that installs a library; in a clone, in the version with which keepwin was tested.

    Check
    -----
    >>> install("panel").split()[-1]
    'panel'
    """
    tested = "-c constraints.txt " if (PACKAGE.parent / "constraints.txt").is_file() else ""
    return f"pip install {tested}{library}"
