"""Compiled code is kept between runs, and never outlives an edit: Numba itself would not notice one in another file."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.rules.compile import source_hash

ROOT = Path(__file__).resolve().parents[2]
CALLER = "from sim.rules.acquisition import contact_probability; print(contact_probability(10.0, 0.5, 0.1))"
"""A rule that calls another in another file; it is the other that is edited."""
REVERSED = ("rules/chance.py", "ceiling * (1.0 - exp(-strength * spend))", "ceiling * exp(-strength * spend)")
MARKET = "from tests.small_worlds import lived; print(lived({}).result_hash())"


class Copy:
    """A copy of the package that may be edited, and a cache of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder / "cache"
        shutil.copytree(ROOT / "sim", folder / "sim", ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "tests").mkdir()
        shutil.copy(ROOT / "tests/small_worlds.py", folder / "tests")

    def edit(self, file: str, before: str, after: str) -> None:
        path = self.folder / "sim" / file
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{file} no longer says {before!r} once"
        path.write_text(text.replace(before, after), encoding="utf-8")

    def says(self, script: str) -> str:
        """What a new process answers that lives in this copy."""
        switched_on = {key: value for key, value in os.environ.items() if key != "NUMBA_DISABLE_JIT"}
        answer = subprocess.run(
            [sys.executable, "-c", script],
            cwd=self.folder,
            env=switched_on | {"KEEPWIN_CACHE": str(self.cache), "PYTHONPATH": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.strip()

    def kept(self) -> dict[str, set[str]]:
        """Every folder of the cache and the machine code in it, by the moment of its making."""
        files = {
            folder.name: {f"{file.name}@{file.stat().st_mtime_ns}" for file in folder.rglob("*.nbc")}
            for folder in self.cache.iterdir()
        }
        assert all(files.values())
        return files


@pytest.fixture
def package(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def test_an_edited_rule_in_another_file_is_compiled_anew(package: Copy) -> None:
    before = package.says(CALLER)
    first = package.kept()
    assert list(first) == [source_hash(package.folder / "sim")]
    assert (package.says(CALLER), package.kept()) == (before, first)  # nothing is compiled twice
    package.edit(*REVERSED)
    after = package.says(CALLER)
    assert float(before) + float(after) == pytest.approx(0.5) != 2.0 * float(before)
    assert set(package.kept()) == {*first, source_hash(package.folder / "sim")}
    assert len(package.kept()) == 2


def test_without_the_named_folder_the_old_rule_would_live_on(package: Copy) -> None:
    package.edit("rules/compile.py", "    package = package or", '    return "the same"\n    package = package or')
    before = package.says(CALLER)
    package.edit(*REVERSED)
    assert package.says(CALLER) == before


Change = Callable[[Path], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda sim: (sim / "rules/need.py").write_text("# nothing but a remark\n", encoding="utf-8"),
        lambda sim: (sim / "state/draws.py").rename(sim / "state/luck.py"),
        lambda sim: (sim / "model/week.py").unlink(),
    ],
    ids=["edited", "renamed", "deleted"],
)
def test_whatever_can_be_compiled_names_the_folder(change: Change, package: Copy) -> None:
    sim = package.folder / "sim"
    before = source_hash(sim)
    assert before == source_hash()
    (sim / "interface/words.py").write_text("# not compiled\n", encoding="utf-8")
    assert source_hash(sim) == before
    change(sim)
    assert source_hash(sim) != before


def test_only_the_newest_folders_are_kept(package: Copy) -> None:
    package.says(CALLER)
    first = next(iter(package.kept()))
    for age, name in enumerate(["newest", "second", "third", "fourth", "oldest"]):
        (package.cache / name).mkdir()
        os.utime(package.cache / name, (10**9 - age, 10**9 - age))
    package.says(CALLER)
    assert {folder.name for folder in package.cache.iterdir()} == {first, "newest", "second", "third"}
    assert (package.cache / first).stat().st_mode & 0o077 == 0


def test_a_cache_that_cannot_be_written_costs_time_and_nothing_else(package: Copy) -> None:
    expected = package.says(CALLER)
    shutil.rmtree(package.cache)
    package.cache.write_text("a file where a folder should be", encoding="utf-8")
    assert package.says(CALLER) == expected


@pytest.mark.slow
def test_an_edited_rule_changes_the_result_of_a_market(package: Copy) -> None:
    before = package.says(MARKET)
    assert package.says(MARKET) == before
    package.edit("rules/choice.py", "return -price_sensitivity *", "return price_sensitivity *")
    assert package.says(MARKET) != before
