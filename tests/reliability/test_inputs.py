"""Whatever is typed or read ends with 0 or with 2 and a sentence, soon, and 2 leaves nothing behind.

Spoilt scenario files are in tests/scenario/test_fuzz.py, spoilt logs under a search for examples in
tests/experiment/calibration/test_reading.py; here are the others, the same ones each time.
"""

from __future__ import annotations

import datetime
import random
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer

from sim.experiment import executor
from sim.experiment.calibration.log import Ways, read_log
from sim.experiment.calibration.spend import read_spend
from sim.experiment.calibration.subscriptions import Contract, read_subscriptions
from sim.experiment.runs import run_scenario, seeds_from
from sim.experiment.saving import save_runs
from sim.experiment.study import lives
from sim.experiment.study.file import load_study
from sim.interface import cli
from sim.model.market import Market
from sim.scenario.problems import InputError
from sim.scenario.schema import Scenario
from tests.experiment.calibration.test_reading import PIECES
from tests.experiment.little import little
from tests.experiment.study.small import STUDY, TINY, write_study
from tests.reliability.figures import count
from tests.scenario.fuzz import SLOWEST, mutants, offences

EXPERIMENTS = Path(__file__).resolve().parents[2] / "experiments"
TODAY = datetime.date(2025, 6, 30)
MEBIBYTE = 2**20
MOST_MEMORY = 500 * MEBIBYTE
"""That all cases of a test may take together, above what there was before."""


@pytest.fixture(autouse=True)
def frugal() -> Iterator[None]:
    """No input makes the process large."""
    unit = 1024 if sys.platform == "linux" else 1
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit - before < MOST_MEMORY


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


# -- files of studies --------------------------------------------------------------------------------------------------


MOST_RUNS = 300
"""Every point of a good study is checked, so that a large one takes its time."""


def first_world(path: Path) -> Scenario:
    """What a study says its first point is."""
    plan = load_study(path, MOST_RUNS).planned()
    return plan.scenario(plan.points[0])


def spoilt_studies(seed: int, number: int, folder: Path) -> list[str]:
    """What happened to files of studies that must not have happened."""
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (folder / "base.yaml").write_text("extends: base\n", encoding="utf-8")
    texts = [path.read_text(encoding="utf-8") for path in sorted(EXPERIMENTS.glob("*.yaml"))] + 3 * [STUDY]
    return list(offences(mutants(seed, number, texts), folder, first_world))


def test_some_spoilt_studies(here: Path) -> None:
    assert spoilt_studies(1, 40, here) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_many_spoilt_studies(part: int, here: Path) -> None:
    assert spoilt_studies(100 + part, 700, here) == []
    count(f"inputs.studies-{part}", tried=700)


# -- tables ------------------------------------------------------------------------------------------------------------

LOG = b"customer_id,date,amount\n" + b"".join(
    f"c{row % 7},2024-{1 + row % 12:02d}-{1 + row % 28:02d},{row}.50\n".encode() for row in range(40)
)
CONTRACTS = b"customer_id,start,end,fee\n" + b"".join(
    f"c{row},2024-{1 + row % 6:02d}-01,{'' if row % 3 else '2024-09-01'},9.90\n".encode() for row in range(12)
)
SPENT = b"period,acquisition,retention\n" + b"".join(f"2024-{month:02d},100,50\n".encode() for month in range(1, 13))
MORE = (b"007", b"1e5", b"NA", b"inf", b"(3)", b"$5", "\uff11".encode(), b"=1+1", b"2024-W53", b"99999999999999999999")


def spoilt_tables(seed: int, number: int, whole: bytes) -> Iterator[bytes]:
    """So many tables with other cells, lines or bytes."""
    chance, pieces = random.Random(seed), [*PIECES, *MORE]
    for _ in range(number):
        data = bytearray(whole) if chance.random() < 0.8 else bytearray()
        for _ in range(chance.choice([1, 1, 2, 3, 8])):
            at = chance.randrange(len(data) + 1)
            match chance.randrange(5):
                case 0:
                    data[at:at] = chance.choice(pieces)
                case 1:
                    data[at : at + chance.choice([1, 3, 10])] = chance.choice(pieces)
                case 2:
                    del data[at : at + chance.choice([1, 10, 100])]
                case 3 if data:
                    data[at % len(data)] ^= 1 << chance.randrange(8)
                case _:
                    cells = bytes(data).split(b",")
                    cells[chance.randrange(len(cells))] = chance.choice(pieces)
                    data = bytearray(b",".join(cells))
        yield bytes(data)


def read_or_refused(read: Callable[[Path], object], tables: Iterator[bytes], path: Path) -> int:
    """Every table is read, or refused in words that print; how many were read."""
    good = 0
    for data in tables:
        path.write_bytes(data)
        began = time.perf_counter()
        try:
            read(path)
            good += 1
        except InputError as error:
            assert error.problems and str(error).replace("\n", "").isprintable(), data
        except Exception as error:
            raise AssertionError(f"{type(error).__name__}: {error} for {data!r}") from error
        assert time.perf_counter() - began < SLOWEST, data
    return good


def readers(folder: Path) -> dict[str, tuple[bytes, Callable[[Path], object]]]:
    """What reads each kind of table."""
    (folder / "good.csv").write_bytes(LOG)
    log = read_log(folder / "good.csv", Ways(), TODAY)
    return {
        "log": (LOG, lambda path: read_log(path, Ways(), TODAY)),
        "contracts": (CONTRACTS, lambda path: read_subscriptions(path, Contract(4, 10.0), today=TODAY)),
        "spend": (SPENT, lambda path: read_spend(path, log)),
    }


def tables_read(kind: str, seed: int, number: int, folder: Path) -> None:
    whole, read = readers(folder)[kind]
    good = read_or_refused(read, spoilt_tables(seed, number, whole), folder / "table.csv")
    assert 0.005 * number < good < 0.8 * number, f"{good} of {number} were read: the test tries one kind of table only"


@pytest.mark.parametrize("kind", ["log", "contracts", "spend"])
def test_some_spoilt_tables(kind: str, here: Path) -> None:
    tables_read(kind, 1, 300, here)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["log", "contracts", "spend"])
def test_many_spoilt_tables(kind: str, here: Path) -> None:
    tables_read(kind, 100, 22_000, here)
    count(f"inputs.tables-{kind}", tried=22_000)


# -- words on the command line -----------------------------------------------------------------------------------------

REACHED = "a market was reached"
ENDLESS = {"lab", "bench", "validate", "claims"}
"""These would begin servers or minutes of work if nothing were wrong: with them, something is."""
WORDS = [
    *("", " ", "-", "--", "---", "0", "-1", "1", "2", "3", "52", "1e3", "1e400", "nan", "inf", "0x10", "10%", "0.1"),
    *(str(2**64), str(10**30), "9" * 5_000, "x" * 5_000, "\u662f", "\x1b[31m", "\u202e", "a\nb", "=cmd()", "'", '"'),
    *("%s", "{}", "$HOME", "~", ".", "/", "/dev/zero", "/dev/null", "/proc/self/mem", "nowhere/s.yaml", "x.csv"),
    *(
        "steady",
        "base",
        "aggressive",
        "stedy",
        "mine.yaml",
        "tiny.yaml",
        "results",
        "results/steady",
        "split_and_budget",
    ),
    *(
        "people.count=9",
        "people.count=NO",
        "people.cuont=9",
        "businesses.ours.price=1,000",
        "=",
        "a=b=c",
        "time.weeks=",
    ),
    *("os:system", "nothing:here", "1/3", "3/1", "2024-02-30", "C01", "V1", "--json", "--quiet", "--help", "--version"),
]


def command_lines(seed: int, number: int) -> Iterator[list[str]]:
    """So many lists of words: a command, some of its options, and words that may be anything."""
    chance = random.Random(seed)
    group = typer.main.get_command(cli.app)
    options = {
        name: [word for parameter in command.params for word in parameter.opts if word.startswith("-")]
        for name, command in sorted(group.commands.items())  # type: ignore[attr-defined]
    }
    names = list(options)
    for _ in range(number):
        name = chance.choice(names)
        words = [name, *(chance.choice(WORDS) for _ in range(chance.choice([0, 1, 1, 1, 2])))]
        for _ in range(chance.choice([0, 1, 1, 2, 4])):
            words.append(chance.choice(options[name] or ["--json"]))
            if chance.random() < 0.7:
                words.append(chance.choice(WORDS))
        if chance.random() < 0.1:
            words[0] = chance.choice(["", "rnu", "--out", "RUN", name[:-1], "x" * 5_000])
        yield [*words, "--nonsense"] if name in ENDLESS else words


@pytest.fixture
def no_market(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever would live a market ends there."""

    def reached(*_: object, **__: object) -> None:
        raise MemoryError(REACHED)

    monkeypatch.setattr(Market, "__init__", reached)
    monkeypatch.setattr(executor.Processes, "results", reached)
    monkeypatch.setattr(executor, "SMALL_SECONDS", float("inf"))
    monkeypatch.setattr(lives, "SMALL_SECONDS", float("inf"))


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a scenario, a study and results."""
    folder = tmp_path_factory.mktemp("furnished")
    write_study(folder)
    save_runs(run_scenario(little("steady"), seeds_from(1, 2)), folder / "results", "test")
    return folder


def files_below(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in folder.rglob("*")}


def bad_endings(
    lines: Iterator[list[str]], folder: Path, furnished: Path, capfd: pytest.CaptureFixture[str]
) -> list[str]:
    """What came of command lines that must not come of any."""
    found = []
    shutil.copytree(furnished, folder, dirs_exist_ok=True)
    before = files_below(folder)
    for words in lines:
        began = time.perf_counter()
        code = cli.main(words)
        seconds = time.perf_counter() - began
        said = capfd.readouterr().err
        after = files_below(folder)
        fine = code in (0, 2) or (code == 5 and REACHED in said)
        if not fine or "Traceback" in said or seconds > SLOWEST or (code == 2 and after != before):
            changed = sorted(set(after) ^ set(before))
            found.append(f"{[word[:60] for word in words]}: {code} in {seconds:.1f} s, {changed}\n{said[-1500:]}")
        if after != before:
            for path in folder.iterdir():  # the folder itself has to stay: one stands in it
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            shutil.copytree(furnished, folder, dirs_exist_ok=True)
            before = files_below(folder)
    return found


def typed(seed: int, number: int, here: Path, furnished: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = bad_endings(command_lines(seed, number), here, furnished, capfd)
    assert found == [], "\n".join(found[:5])


@pytest.mark.usefixtures("no_market")
def test_some_command_lines(here: Path, furnished: Path, capfd: pytest.CaptureFixture[str]) -> None:
    typed(1, 100, here, furnished, capfd)


@pytest.mark.slow
@pytest.mark.usefixtures("no_market")
@pytest.mark.parametrize("part", range(4))
def test_many_command_lines(part: int, here: Path, furnished: Path, capfd: pytest.CaptureFixture[str]) -> None:
    typed(100 + part, 500, here, furnished, capfd)
    count(f"inputs.words-{part}", tried=500)
