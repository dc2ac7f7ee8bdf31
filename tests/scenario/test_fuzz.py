"""Whatever a file holds, it becomes a scenario or is refused in words."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario import checks, syntax, words
from sim.scenario.load import load_scenario
from sim.scenario.problems import InputError
from tests.reliability.figures import count
from tests.scenario.fuzz import corpus, mutants, offences

SOME, MANY, PARTS = 200, 10_000, 4


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_some_spoilt_files(tmp_path: Path) -> None:
    assert list(offences(mutants(seed=1, count=SOME), tmp_path)) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_many_spoilt_files(part: int, tmp_path: Path) -> None:
    assert list(offences(mutants(seed=100 + part, count=MANY // PARTS), tmp_path)) == []
    count(f"inputs.scenarios-{part}", tried=MANY // PARTS)


def test_the_spoilt_files_are_the_same_each_time_and_neither_all_good_nor_all_bad(tmp_path: Path) -> None:
    files = list(mutants(seed=1, count=SOME))
    assert files == list(mutants(seed=1, count=SOME)) != list(mutants(seed=2, count=SOME))
    assert len(set(files)) > 0.9 * SOME
    good = 0
    for data in files:
        (tmp_path / "s.yaml").write_bytes(data)
        try:
            load_scenario(tmp_path / "s.yaml")
            good += 1
        except InputError:
            pass
    assert 0.05 * SOME < good < 0.6 * SOME


def _fails(*_: object) -> None:
    raise KeyError("a bug")


SELDOM = [
    (words, "_date"),
    (words, "_from_octal"),
    (words, "from_percent"),
    (checks, "_in_order"),
    (syntax, "unprintable"),
]


@pytest.mark.parametrize(("module", "name"), SELDOM, ids=[name for _, name in SELDOM])
def test_a_bug_is_seen(module: object, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of these functions is called for odd input only; that it fails there shows in a part of the files."""
    sound = getattr(module, name)
    refused = [(pattern, what, _fails if instead is sound else instead) for pattern, what, instead in words._REFUSED]
    monkeypatch.setattr(words, "_REFUSED", tuple(refused))
    monkeypatch.setattr(module, name, _fails)
    assert "KeyError: 'a bug'" in next(offences(mutants(seed=100, count=MANY // PARTS), tmp_path))


def talks(path: Path) -> object:
    sys.stdout.write("reading")
    return load_scenario(path)


def writes(path: Path) -> object:
    path.with_suffix(".bak").touch()
    return load_scenario(path)


def warns(path: Path) -> object:
    warnings.warn("old", DeprecationWarning, stacklevel=1)
    return load_scenario(path)


def says_nothing(path: Path) -> object:
    raise InputError([])


def returns_nothing(path: Path) -> object:
    return None


@pytest.mark.parametrize(
    ("load", "word"),
    [
        (talks, "output"),
        (writes, "files"),
        (warns, "DeprecationWarning"),
        (says_nothing, "''"),
        (returns_nothing, "None"),
    ],
)
def test_every_other_offence_is_seen(load: Callable[[Path], object], word: str, tmp_path: Path) -> None:
    files = [text.encode() for text in corpus()[:2]]
    assert list(offences(iter(files), tmp_path)) == []
    assert word in next(offences(iter(files), tmp_path, load))
