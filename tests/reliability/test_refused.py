"""A system that refuses, at any call, costs the work in hand and nothing that was finished."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq
import pytest

from sim.experiment.reproduce import problems_in
from tests.experiment.study.small import STUDY, write_study
from tests.reliability.figures import count
from tests.reliability.test_killed import check_again, check_parts
from tests.reliability.writer import KINDS, ROOT, Writer, is_stopped

CHECKS: dict[str, Callable[[Path, list[str]], None]] = {
    "parts": lambda folder, words: check_parts(folder, {key for word in words for key in word.split()}),
    "again": lambda folder, words: check_again(folder, max(map(int, words))),
}

# -- inside one process ------------------------------------------------------------------------------------------------

CLOSE = os.close
LAYER: tuple[tuple[Any, str, int], ...] = (
    (os, "open", errno.EMFILE),
    (os, "fsync", errno.EIO),
    (os, "rename", errno.EACCES),
    (os, "mkdir", errno.ENOSPC),
    (os, "close", errno.EIO),
    (Path, "write_bytes", errno.ENOSPC),
    (Path, "open", errno.EMFILE),
    (pq.ParquetWriter, "write_table", errno.ENOSPC),
    (fcntl, "flock", errno.ENOLCK),
)


class Refusing:
    """A function of the system that refuses once, or from then on, and counts how often it was asked."""

    def __init__(self, original: Callable[..., Any], number: int, at: int, *, for_ever: bool) -> None:
        self.original, self.number, self.at, self.for_ever, self.asked = original, number, at, for_ever, 0

    def __call__(self, *args: Any, **options: Any) -> Any:
        self.asked += 1
        if self.asked == self.at or (self.for_ever and self.asked > self.at):
            if self.original is CLOSE:  # Linux closes a file even if it complains
                CLOSE(*args)
            raise OSError(self.number, os.strerror(self.number))
        return self.original(*args, **options)

    def __get__(self, one: Any, kind: Any = None) -> Callable[..., Any]:
        return lambda *args, **options: self(*(args if one is None else (one, *args)), **options)


@contextmanager
def refusing(place: Any, name: str, number: int, at: int, *, for_ever: bool) -> Iterator[Refusing]:
    """A system whose call of this name refuses."""
    original = getattr(place, name)
    layer = Refusing(original, number, at, for_ever=for_ever)
    setattr(place, name, layer)
    try:
        yield layer
    finally:
        setattr(place, name, original)


@pytest.mark.filterwarnings("ignore:.* cannot be locked")  # where locking is refused, the writer goes on
@pytest.mark.parametrize("for_ever", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize(("place", "name", "number"), LAYER, ids=[f"{name}" for _, name, _ in LAYER])
@pytest.mark.parametrize("kind", KINDS)
def test_each_call_that_fails_costs_nothing_that_was_finished(
    kind: str, place: Any, name: str, number: int, for_ever: bool, quick: Path
) -> None:
    """The first call of a kind fails, then the second, and so on, until a writing needs no more of them."""
    at, failed = 0, 0
    while True:
        at += 1
        folder = quick / str(at)
        promised = list(KINDS[kind](folder, 0, 1))
        with refusing(place, name, number, at, for_ever=for_ever) as layer, suppress(OSError):
            promised += list(KINDS[kind](folder, 1, 1))
        CHECKS[kind](folder, promised)
        promised += list(KINDS[kind](folder, 2, 1))
        CHECKS[kind](folder, promised)
        if layer.asked < at:
            break
        failed += 1
    count(f"failed-calls.{kind}-{name}-{for_ever}", refusals=failed)
    assert failed > 0 or (kind, name) == ("again", "write_table") or (kind, name) == ("parts", "write_bytes"), name


def test_a_store_that_hides_a_refusal_would_be_seen(quick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that says it is done though the system has refused to rename the folder."""
    with refusing(os, "rename", errno.EACCES, 1, for_ever=True), pytest.raises(OSError):
        list(KINDS["parts"](quick, 0, 1))
    with pytest.raises(AssertionError):
        CHECKS["parts"](quick, ["run0a run0b"])


# -- in the system -----------------------------------------------------------------------------------------------------


class Injection(NamedTuple):
    """What strace makes a call do."""

    call: str
    what: str


INJECTIONS = [
    Injection("fsync", "error=EIO"),
    Injection("write,pwrite64", "error=ENOSPC"),
    Injection("rename,renameat,renameat2", "error=EACCES"),
    Injection("openat", "error=EMFILE"),
    Injection("close", "error=EIO"),
    Injection("mkdir,mkdirat", "error=ENOSPC"),
    Injection("flock", "error=ENOLCK"),
    Injection("unlink,unlinkat,rmdir", "error=EIO"),
    *(
        Injection(call, "signal=SIGKILL")
        for call in ("fsync", "write,pwrite64", "rename,renameat,renameat2", "openat", "unlink,unlinkat,rmdir", "mkdir")
    ),
]
NEVER_CALLED = [("parts", "unlink,unlinkat,rmdir")]
"""A part that is new takes nobody's place."""
MOST_CALLS = 300
"""Of one kind that a writing may need; it needs fewer."""


def may_trace() -> bool:
    """Is there strace, and may it look at another process?"""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True).returncode == 0


needs_strace = pytest.mark.skipif(not may_trace(), reason="no strace here, or it may not look at other processes")


def injected(writer: Writer, kind: str, folder: Path, at: int, injection: Injection, log: Path) -> tuple[Any, bool]:
    """What came of a writer whose call number ``at`` was made to fail, and whether it came to that."""
    process = writer.begin(kind, folder, 1, 1, waits=True)
    assert is_stopped(process)
    command = ["strace", "-f", "-qq", "-o", str(log), "-p", str(process), "-e", f"trace={injection.call}"]
    command += ["-e", f"inject={injection.call}:{injection.what}:when={at}"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as tracer:
        deadline = time.monotonic() + 30.0
        status = Path(f"/proc/{process}/status")
        while "TracerPid:\t0" in status.read_text(encoding="utf-8") and time.monotonic() < deadline:
            time.sleep(0.002)
        os.kill(process, signal.SIGCONT)
        ended = writer.end()
        tracer.wait(timeout=30)
    seen = log.read_text(encoding="utf-8", errors="replace")
    return ended, "INJECTED" in seen or "+++ killed by SIGKILL" in seen


@needs_strace
@pytest.mark.slow
@pytest.mark.parametrize("injection", INJECTIONS, ids=lambda each: f"{each.call.partition(',')[0]}-{each.what}")
@pytest.mark.parametrize("kind", KINDS)
def test_each_system_call_that_fails_costs_nothing_that_was_finished(
    kind: str, injection: Injection, writer: Writer, quick: Path
) -> None:
    survived = 0
    for at in range(1, MOST_CALLS + 1):
        folder = quick / str(at)
        promised = list(KINDS[kind](folder, 0, 1))
        ended, reached = injected(writer, kind, folder, at, injection, quick / "log")
        assert ended.code in (0, -signal.SIGKILL), "a writer ended in an error that is none of the system's"
        words = [" ".join(ended.promised)] if ended.promised else []
        CHECKS[kind](folder, promised + words)
        again = list(KINDS[kind](folder, 2, 1))
        CHECKS[kind](folder, promised + words + again)
        if not reached:
            break
        survived += 1
    else:
        pytest.fail(f"more than {MOST_CALLS} calls of {injection.call}")
    count(f"failed-system-calls.{kind}-{injection.call.partition(',')[0]}-{injection.what[:5]}", refusals=survived)
    assert survived > 0 or (kind, injection.call) in NEVER_CALLED


# -- the command line --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_study(tmp_path_factory.mktemp("study"), STUDY)


def called(
    *words: str, before: str = "", wrapped: tuple[str, ...] = (), script: tuple[str, ...] = ("run.py",)
) -> subprocess.CompletedProcess[str]:
    """The command line in a shell that has set something up before."""
    quoted = " ".join(f"'{word}'" for word in (*wrapped, sys.executable, *script, *words))
    return subprocess.run(
        ["sh", "-c", f"{before}\nexec {quoted}"], cwd=ROOT, text=True, capture_output=True, timeout=300
    )


def in_a_small_world(script: str) -> subprocess.CompletedProcess[str]:
    """A shell that sees mounts of its own, which are gone when it ends."""
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", script], cwd=ROOT, text=True, capture_output=True, timeout=300
    )


def may_mount() -> bool:
    """May we have mounts of our own?"""
    if shutil.which("unshare") is None:
        return False
    return in_a_small_world("mount -t tmpfs -o size=64k tmpfs /mnt").returncode == 0


needs_mounts = pytest.mark.skipif(not may_mount(), reason="only a superuser may mount a small disk")
RUN = f"'{sys.executable}' run.py"


@needs_mounts
@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "ending", "said"),
    [
        ("size=64k", 5, "No space left on device"),
        ("size=1m,nr_inodes=6", 5, "No space left on device"),
        ("ro", 2, "Read-only file system"),
    ],
)
def test_a_disk_that_is_full_or_read_only(options: str, ending: int, said: str, study: Path, tmp_path: Path) -> None:
    script = f"""
        mount -t tmpfs -o {options} tmpfs '{tmp_path}' || exit 99
        {RUN} sweep '{study}' --out '{tmp_path}/results' --workers 1
        echo "ended $?"
        find '{tmp_path}' -name '.tmp-*' | sed 's/^/left /'
        if [ -d '{tmp_path}/results' ]; then {RUN} verify '{tmp_path}/results'; echo "verified $?"; fi
    """
    done = in_a_small_world(script)
    assert f"ended {ending}" in done.stdout, done.stderr
    assert said in done.stderr and "Traceback" not in done.stderr
    assert "left" not in done.stdout
    verified = re.findall(r"verified (\d)", done.stdout)
    assert verified in ([], ["0"], ["2"]), "2: nothing came of it that could be verified"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits of other systems are others")
@pytest.mark.parametrize(
    ("limit", "endings", "said"),
    [
        ("ulimit -f 8", {5}, "Out of room: [Errno 27] "),
        ("ulimit -n 32", {0, 2}, ""),
        ("ulimit -v 400000", {5}, "Out of memory"),
    ],
    ids=["large files", "open files", "memory"],
)
def test_limits_of_the_system_end_in_a_sentence(
    limit: str, endings: set[int], said: str, study: Path, tmp_path: Path
) -> None:
    done = called("sweep", str(study), "--out", str(tmp_path / "results"), "--workers", "1", before=limit)
    assert done.returncode in endings, done.stderr
    assert said in done.stderr and "Traceback" not in done.stderr
    assert [path for path in tmp_path.rglob("*") if path.name.startswith(".tmp-")] == []
    for folder in (tmp_path / "results").glob("*/*/asked"):
        assert problems_in(folder.parent) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits of other systems are others")
def test_a_market_that_does_not_fit_into_memory_ends_with_5(tmp_path: Path) -> None:
    """Before anything is made where it clearly does not fit; and where its need was not foreseen, when it is made."""
    words = ("run", "base", "--customers", "100000000", "--replicates", "1", "--out", str(tmp_path / "results"))
    blind = "from sim.experiment import room; room.bytes_there = lambda: 1e18"
    for script in (("run.py",), ("-c", f"{blind}; import sys; from sim.interface.door import main; sys.exit(main())")):
        done = called(*words, before=f"ulimit -v {3 * 2**20}", script=script)
        assert done.returncode == 5 and "Traceback" not in done.stderr, done.stderr
        last = done.stderr.splitlines()[-1]
        assert last.startswith("Out of memory") and not (tmp_path / "results").exists()
        assert ("needs 23.84 GiB at least" in last) is (script == ("run.py",))
