"""Damage is never silent: of very many flipped bits, in any file of any kind of results, none goes unnoticed."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sim.experiment.compare import compare
from sim.experiment.reproduce import problems_in
from sim.experiment.runs import run_scenario, seeds_from
from sim.experiment.saving import save_comparison, save_runs
from sim.experiment.store import MANIFEST, StoreDamaged, read_table, write_parquet
from sim.experiment.study.place import is_study
from sim.experiment.study.sweep import sweep
from sim.interface import cli
from tests.experiment.little import little
from tests.experiment.study.small import plan_in
from tests.reliability.figures import count

SEED = 20_262
SOME, MANY = 60, 1_000

MAKERS: dict[str, Callable[[Path], Path]] = {
    "run": lambda root: save_runs(run_scenario(little("steady"), seeds_from(1, 2), followed=5), root, "test"),
    "comparison": lambda root: save_comparison(
        compare([little("steady"), little("aggressive")], seeds_from(1, 2), workers=1), root, "test"
    ),
    "study": lambda root: sweep(plan_in(root), root / "results", "test").folder,
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder of each kind of results."""
    found = {}
    for kind, make in MAKERS.items():
        root = tmp_path_factory.mktemp(kind)
        found[kind] = make(root)
        assert problems_in(found[kind]) == []
    return found


def files_in(folder: Path) -> list[Path]:
    """Everything that is written in a folder; a lock is empty."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)


def flipped(whole: bytes, bit: int) -> bytes:
    spoilt = bytearray(whole)
    spoilt[bit // 8] ^= 1 << bit % 8
    return bytes(spoilt)


def unnoticed(folder: Path, bits: int, luck: random.Random) -> list[str]:
    """Bits that were flipped, one at a time, and of which nothing was said: every file has its turn."""
    found, files = [], files_in(folder)
    for number in range(bits):
        path = files[number % len(files)]
        whole = path.read_bytes()
        bit = luck.randrange(8 * len(whole))
        path.write_bytes(flipped(whole, bit))
        if not any(path.name in problem for problem in problems_in(folder)):
            found.append(f"{path}: bit {bit}")
        path.write_bytes(whole)
    assert problems_in(folder) == []
    return found


@pytest.mark.parametrize("kind", MAKERS)
def test_some_flipped_bits_are_all_noticed(kind: str, results: dict[str, Path]) -> None:
    assert unnoticed(results[kind], SOME, random.Random(SEED)) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", MAKERS)
def test_a_thousand_flipped_bits_are_all_noticed(kind: str, results: dict[str, Path]) -> None:
    assert unnoticed(results[kind], MANY, random.Random(SEED + 1)) == []
    count(f"flipped-bits.{kind}", flipped=MANY, unnoticed=0)


@pytest.mark.parametrize("kind", MAKERS)
def test_every_file_cut_short_or_replaced_is_noticed(kind: str, results: dict[str, Path]) -> None:
    folder = results[kind]
    for path in files_in(folder):
        whole = path.read_bytes()
        for size in {0, 4, 100, len(whole) // 2, len(whole) - 1} - {len(whole)}:
            path.write_bytes(whole[:size])
            assert problems_in(folder), f"{path} cut to {size} bytes"
        path.unlink()
        assert problems_in(folder) or (path.name == MANIFEST and path.parent == folder and is_study(folder)), path
        path.mkdir()
        assert problems_in(folder), f"{path} is a folder"
        path.rmdir()
        path.write_bytes(whole)
    assert problems_in(folder) == []


def test_parquet_of_another_shape_or_of_a_newer_kind_is_noticed(results: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "results"
    shutil.copytree(results["run"], folder)
    table = pq.read_table(folder / "weekly.parquet")
    write_parquet(folder / "weekly.parquet", [table.drop_columns(["value"])])
    assert ["weekly.parquet" in problem for problem in problems_in(folder)] == [True]
    with pytest.raises(StoreDamaged, match="has changed"):
        read_table(folder)


@pytest.mark.parametrize("kind", MAKERS)
def test_the_command_line_ends_with_4_and_names_the_file(
    kind: str, results: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever reads results: what is damaged is told by name, and nothing is made of it."""
    folder = tmp_path / "results"
    shutil.copytree(results[kind], folder)
    assert cli.main(["verify", str(folder)]) == 0
    capsys.readouterr()
    path = next(path for path in files_in(folder) if path.suffix == ".parquet")
    path.write_bytes(flipped(path.read_bytes(), 8 * 50))
    commands = [["verify"], ["reproduce"], ["report", "-o", str(tmp_path / "page.html")]]
    if kind == "study":
        commands[2] = ["explore", "-o", str(tmp_path / "page.html")]
    commands.append(["export", "--csv", "--out", str(tmp_path / "tables")])
    for name, *options in commands:
        assert cli.main([name, str(folder), *options]) == 4, name
        out, err = capsys.readouterr()
        assert path.name in out + err and "Traceback" not in err, name
    assert not (tmp_path / "page.html").exists() and not (tmp_path / "tables").exists()


def test_without_checksums_a_flipped_bit_would_be_read_as_a_number(tmp_path: Path, results: dict[str, Path]) -> None:
    """What the promise is worth: of plain Parquet some flipped bits are read without a word, and as other numbers."""
    table = pq.read_table(results["run"] / "weekly.parquet").select(["value"])
    path, luck, silent = tmp_path / "plain.parquet", random.Random(SEED), 0
    pq.write_table(table, path, compression="none", use_dictionary=False)
    whole = path.read_bytes()
    for _ in range(50):
        path.write_bytes(flipped(whole, luck.randrange(8 * len(whole))))
        try:
            silent += not pq.read_table(path).equals(table)
        except (OSError, ValueError):
            pass
    assert silent > 10
