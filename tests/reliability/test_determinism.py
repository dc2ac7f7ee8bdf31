"""The same worlds come to the same bits, whatever lives them and wherever: pairs of all circumstances, tried.

Every two levels of two factors meet in some row (a covering array), with one exception: only one row begins without
compiled code, for it costs half a minute. Where a row differs, the first week, column and row are told.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest

from sim.model.market import Market
from tests.reliability import reference
from tests.reliability.bits import ROOT, TINY, Way, first_difference, trace, traced, weeks_of
from tests.reliability.figures import count

FACTORS: dict[str, tuple[str, ...]] = {
    "loop": ("compiled", "mesa", "shuffled"),
    "threads": ("1", "2", "7"),
    "compiler": ("on", "off"),
    "block": ("2048", "8", "1"),
    "executor": ("here", "processes", "killed"),
    "resume": ("straight", "past", "stopped"),
    "cpu": ("host", "generic"),
    "numpy": ("all", "none"),
    "hash_seed": ("0", "1", "random"),
    "zone": ("UTC", "America/Sao_Paulo", "Asia/Kathmandu"),
    "locale": ("C.UTF-8", "C", "POSIX"),
}
Row = dict[str, str]
Pair = tuple[tuple[str, str], tuple[str, str]]

NEWER_THAN_SSE = "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"
"""What NumPy finds on processors of today, by the names that it has for them since 2.4."""
CPU: dict[str, dict[str, str]] = {"host": {}, "generic": {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}}
NUMPY: dict[str, dict[str, str]] = {"all": {}, "none": {"NPY_DISABLE_CPU_FEATURES": NEWER_THAN_SSE}}
LOCALE: dict[str, dict[str, str]] = {
    "C.UTF-8": {"LC_ALL": "C.UTF-8"},
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0"},
    "POSIX": {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"},
}


def is_possible(row: Row) -> bool:
    """Machine code knows its block, and its processor; without it neither loop is another one."""
    if row.get("compiler") == "on":
        return row.get("block", "2048") == "2048"
    return row.get("compiler") != "off" or row.get("cpu", "host") == "host"


def pairs_of(row: Row) -> set[Pair]:
    return set(combinations(sorted(row.items()), 2))


def possible_pairs() -> set[Pair]:
    """Every two levels of two factors that can be had together."""
    found = set()
    for (one, levels), (other, others) in combinations(FACTORS.items(), 2):
        found |= {pair for a, b in product(levels, others) for pair in pairs_of({one: a, other: b})}
    return {pair for pair in found if any(is_possible(dict(pair) | {"compiler": on}) for on in compilers(dict(pair)))}


def compilers(row: Row) -> tuple[str, ...]:
    return (row["compiler"],) if "compiler" in row else FACTORS["compiler"]


def covering() -> list[Row]:
    """Few rows in which all pairs are: each begins with a pair that is missing, and takes what is missing most."""
    missing, rows = possible_pairs(), []
    while missing:
        row: Row = dict(min(missing))
        for name, levels in sorted(FACTORS.items(), key=lambda factor: factor[0] != "compiler"):
            if name not in row:
                fits = [level for level in levels if is_possible(row | {name: level})]
                row[name] = max(fits, key=lambda level: len(pairs_of(row | {name: level}) & missing))
        assert is_possible(row)
        missing -= pairs_of(row)
        rows.append({name: row[name] for name in FACTORS})
    return rows


ROWS = covering()


def way_of(row: Row) -> Way:
    return Way(row["loop"], int(row["threads"]), int(row["block"]), row["executor"], row["resume"])


def circumstances(row: Row) -> dict[str, str]:
    """Variables of the process that lives a row."""
    own = {"PYTHONHASHSEED": row["hash_seed"], "TZ": row["zone"], "PYTHONPATH": str(ROOT)}
    compiler = {"NUMBA_DISABLE_JIT": "1"} if row["compiler"] == "off" else {}
    known = {
        name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "NUMBA_", "NPY_"))
    }
    return known | own | compiler | CPU[row["cpu"]] | NUMPY[row["numpy"]] | LOCALE[row["locale"]]


def answer(asked: dict[str, Any], environment: dict[str, str]) -> Any:
    """What another process says about the worlds."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.reliability.bits", json.dumps(asked)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check(row: Row, expected: dict[str, str], **more: str) -> int:
    """Hold a row against what others came to; how many hashes were compared."""
    way, environment = way_of(row), circumstances(row) | more
    found = answer(way._asdict(), environment)
    for name, value in found.items():
        if value != expected[name]:
            told = ""
            if name.startswith("tiny"):
                theirs = answer(way._asdict() | {"trace": name}, environment)
                told = first_difference(weeks_of(Way(), TINY, int(name.partition("/")[2])), traced(theirs))
            pytest.fail(f"{row}: {name} is another result. {told}")
    assert set(expected) - set(found) == ({"large/1"} if row["compiler"] == "off" else set())
    return len(found)


@pytest.fixture(scope="module")
def expected() -> dict[str, str]:
    """What was written down of the worlds that rows live."""
    return {name: value for name, value in reference.recorded()["hashes"].items() if not name.startswith("small/")}


# -- reference ---------------------------------------------------------------------------------------------------------


def test_worlds_are_what_was_written_down() -> None:
    assert reference.now() == reference.recorded()["hashes"], "if numbers may move: " + reference.USAGE


def test_every_change_of_the_reference_is_in_the_changelog() -> None:
    changes = reference.recorded()["changes"]
    if reference.CHANGELOG.exists():
        assert reference.untold(changes, reference.CHANGELOG.read_text(encoding="utf-8")) == []
    assert reference.untold(["Talk is\ncheaper."], "- **[output]** Talk is cheaper.") == ["Talk is\ncheaper."]
    assert reference.untold(["Talk is cheaper."], "- **[output]** Talk is\n  cheaper.") == []
    assert reference.untold(["Talk is cheaper."], "- **[same output]** Talk is cheaper.") == ["Talk is cheaper."]


def test_the_reference_is_written_anew_with_a_reason_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(reference, "FILE", tmp_path / "reference.json")
    reference.FILE.write_text(json.dumps({"changes": [], "hashes": {"tiny/1": "old"}}), encoding="utf-8")
    monkeypatch.setattr(reference, "now", lambda: {"tiny/1": "new"})
    with pytest.raises(ValueError, match="Say why numbers move"):
        reference.rewritten("because")
    assert reference.recorded()["hashes"] == {"tiny/1": "old"}
    assert "- **[output]** Complaints wait a week longer." in reference.rewritten("Complaints wait a week longer.")
    assert reference.recorded() == {"changes": ["Complaints wait a week longer."], "hashes": {"tiny/1": "new"}}
    assert reference.rewritten("") == "The hashes are as they were. Nothing was written."


# -- circumstances -----------------------------------------------------------------------------------------------------


def test_every_two_circumstances_meet() -> None:
    assert possible_pairs() <= {pair for row in ROWS for pair in pairs_of(row)}
    assert all(is_possible(row) for row in ROWS)
    assert len(ROWS) <= 24


def test_a_row_of_many_changes_has_the_same_bits(expected: dict[str, str]) -> None:
    """The one that is furthest from what is usual, of those without machine code: nothing has to be compiled."""
    usual = {name: levels[0] for name, levels in FACTORS.items()}
    interpreted = [row for row in ROWS if row["compiler"] == "off"]
    row = max(interpreted, key=lambda row: sum(row[name] != usual[name] for name in row))
    assert check(row, expected) >= 4


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(ROWS)))
def test_all_circumstances_have_the_same_bits(number: int, expected: dict[str, str]) -> None:
    count(f"circumstances.{number}", rows=1, hashes=check(ROWS[number], expected))


@pytest.mark.slow
def test_without_compiled_code_the_bits_are_the_same(expected: dict[str, str], tmp_path: Path) -> None:
    """For a processor without anything new, from source, and then from what was compiled for it."""
    row = {name: levels[0] for name, levels in FACTORS.items()} | {"cpu": "generic", "numpy": "none"}
    for number in range(2):
        compared = check(row, expected, KEEPWIN_CACHE=str(tmp_path))
        count(f"circumstances.without-{number}", rows=1, hashes=compared)
    assert list(tmp_path.rglob("*.nbi"))


# -- the judge ---------------------------------------------------------------------------------------------------------


def test_the_first_difference_is_told_by_week_column_and_row(monkeypatch: pytest.MonkeyPatch) -> None:
    step, touched = Market.step, []

    def spoilt(market: Market) -> None:
        week = market.week
        step(market)
        if week == 3 and touched:
            market.world.customers.satisfaction[17, 1] = 0.1234

    assert first_difference(weeks_of(Way(), TINY, 1), weeks_of(Way(loop="mesa"), TINY, 1)) == ""
    right = list(weeks_of(Way(), TINY, 1))
    monkeypatch.setattr(Market, "step", spoilt)
    touched.append(True)
    assert first_difference(iter(right), weeks_of(Way(), TINY, 1)).startswith("week 3, satisfaction, row 17: ")


def test_another_result_is_told(expected: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A world in which somebody feels differently from week 2 on, as another process would tell of it."""
    row, name = {factor: levels[0] for factor, levels in FACTORS.items()}, "tiny/1"
    weeks = trace(Way(), name)
    kind, shape, data = weeks[6][1]["satisfaction"]
    weeks[6][1]["satisfaction"] = kind, shape, f"{int(data[:2], 16) ^ 1:02x}" + data[2:]
    answers = {"hashes": expected | {name: "another"}, "trace": weeks}
    monkeypatch.setitem(globals(), "answer", lambda asked, _: answers["trace" if "trace" in asked else "hashes"])
    with pytest.raises(pytest.fail.Exception, match=f"{name} is another result. week 2, satisfaction, row 0: "):
        check(row, expected)
