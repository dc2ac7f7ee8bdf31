"""Where the documents that come with the package lie: scenarios and experiments.

In a clone they stand beside ``sim``, where people look for them; the wheel carries them inside, so that they are there
wherever it is installed.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
KINDS = ("scenarios", "experiments")
"""Folders of documents, each beside ``sim`` or in it."""


def documents(kind: str, package: Path = PACKAGE) -> Path:
    """The folder of one kind of documents.

    Parameters
    ----------
    kind : one of ``KINDS``
    package : the folder of ``sim``

    Check
    -----
    >>> documents("scenarios").name
    'scenarios'
    """
    inside = package / kind
    return inside if inside.is_dir() else package.parent / kind
