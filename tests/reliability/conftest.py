"""What tests of reliability share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reliability.writer import Writer, writers

MEMORY = Path("/dev/shm")


@pytest.fixture(scope="module")
def writer() -> Iterator[Writer]:
    """Somebody who writes, and may be killed as often as one likes."""
    with writers() as found:
        yield found


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, if there is such a thing: a death loses nothing that the system has, so no disk is needed."""
    if not MEMORY.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="keepwin-test-", dir=MEMORY) as folder:
        yield Path(folder)
