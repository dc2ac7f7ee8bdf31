"""Nobody comes in: data are no code, nothing listens outside, nothing private leaves, no word moves the terminal."""

from __future__ import annotations

import ast
import getpass
import ipaddress
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sim.experiment.cluster import CannotConnect, check_address
from sim.experiment.store import read_manifest, verify
from sim.interface import cli
from tests.architecture.test_arrows import dotted, imports_of
from tests.experiment.study.small import TINY
from tests.experiment.study.test_stopped_by_force import SLOWER, TEXT, cluster, write_study
from tests.reliability.figures import count

ROOT = Path(__file__).resolve().parents[2]
LINUX = sys.platform == "linux"

# -- no code out of data -----------------------------------------------------------------------------------------------

CODE_IN_DATA = ("pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal")
RUNS_TEXT = ("eval", "exec", "os.system", "os.popen", "pd.read_pickle", "pandas.read_pickle", "pd.eval", "pandas.eval")


def code_out_of_data(path: str, text: str) -> list[str]:
    """Whatever could make a program of what was read: pickles, text that is run, a shell."""
    tree, found = ast.parse(text), []
    for line, name in imports_of(path, tree):
        if name.partition(".")[0] in CODE_IN_DATA:
            found.append(f"{path}:{line}: {name}: data that is code")
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = dotted(node.func)
        if called in RUNS_TEXT or called.endswith((".to_pickle", ".read_pickle")):
            found.append(f"{path}:{node.lineno}: {called}")
        for word in node.keywords:
            if word.arg in ("allow_pickle", "shell") and not (
                isinstance(word.value, ast.Constant) and word.value.value is False
            ):
                found.append(f"{path}:{node.lineno}: {word.arg}")
    return found


OFFENCES = [
    "import pickle",
    "def f():\n    from pickle import loads",
    "import joblib",
    "x = eval('1')",
    "import os\nos.system('ls')",
    "import numpy as np\nnp.load('x', allow_pickle=True)",
    "import numpy as np\nnp.load('x', allow_pickle=wish)",
    "import subprocess\nsubprocess.run('ls', shell=True)",
    "import pandas as pd\npd.read_pickle('x')",
    "frame.to_pickle('x')",
    "import importlib\nimportlib.import_module('marshal')",
]


@pytest.mark.parametrize("text", OFFENCES)
def test_code_out_of_data_would_be_seen(text: str) -> None:
    assert len(code_out_of_data("sim/experiment/x.py", text)) == 1
    assert code_out_of_data("sim/experiment/x.py", "import numpy as np\nnp.load('x', allow_pickle=False)") == []


def test_no_data_become_code() -> None:
    files = [*ROOT.glob("sim/**/*.py"), ROOT / "run.py"]
    assert len(files) > 100
    assert [what for path in files for what in code_out_of_data(str(path.relative_to(ROOT)), path.read_text())] == []


def test_reading_results_unpickles_nothing(tmp_path: Path) -> None:
    """Everything that reads results, in a process in which unpickling is an error."""
    script = f"""if True:
        import sys
        from pathlib import Path
        from sim.experiment.runs import run_scenario, seeds_from
        from sim.experiment.saving import save_runs
        from sim.interface import cli
        from tests.experiment.little import little
        folder = save_runs(run_scenario(little("steady"), seeds_from(1, 2)), Path({str(tmp_path)!r}), "test")
        found = []
        sys.addaudithook(lambda name, _: found.append(name) if name in ("pickle.find_class", "marshal.loads") else None)
        assert cli.main(["verify", str(folder)]) == 0
        assert cli.main(["export", str(folder), "--csv", "--out", {str(tmp_path / "tables")!r}]) == 0
        assert "pickle.find_class" not in found
        import pickle
        pickle.loads(b"cbuiltins\\nlen\\n.")
        assert "pickle.find_class" in found
    """
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, text=True, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr


# -- a cluster ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "tls://10.0.0.1:8786",
        "tls://head.example.org:8786",
        "tcp://127.0.0.1:8786",
        "tcp://127.8.9.1:1",
        "tcp://[::1]:1",
        "tcp://localhost:8786",
        "tcp://LocalHost:8786",
    ],
)
def test_a_cluster_is_reached_with_certificates_or_on_this_machine(address: str) -> None:
    check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "tcp://10.0.0.1:8786",
        "tcp://head:8786",
        "tcp://0.0.0.0:8786",
        "tcp://[::]:8786",
        "tcp://localhost.evil.org:1",
        "tcp://127.0.0.1@evil.org:1",
        "tcp://127.0.0.1.evil.org:1",
        "tcp://2130706433:1",
        "tcp://evil.org:1/127.0.0.1:1",
        "127.0.0.1:8786",
        "head:8786",
        "ws://127.0.0.1:8786",
        "wss://head:1",
        "ucx://head:1",
        "inproc://1",
        "",
        "tcp://",
        "tls://",
        "tls://head",
        "tcp://127.0.0.1",
        "tls://a:1,tcp://b:1",
        "tls://head:1\n",
        "\x1b[31m",
    ],
)
def test_no_cluster_is_reached_over_an_open_network(
    address: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CannotConnect):
        check_address(address)
    monkeypatch.chdir(tmp_path)
    write_study(tmp_path)
    assert cli.main(["sweep", "mine.yaml", f"--cluster={address}", "--out", "results"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("--cluster ") and err.replace("\n", "").isprintable()
    assert not (tmp_path / "results").exists()


# -- who listens -------------------------------------------------------------------------------------------------------

Listener = tuple[str, int]


def listeners(pids: set[int]) -> set[Listener]:
    """Addresses and ports at which any of these processes listens, from the socket table of the system."""
    inodes = set()
    for pid in pids:
        try:
            handles = list(Path(f"/proc/{pid}/fd").iterdir())
        except OSError:  # it ended meanwhile
            continue
        for handle in handles:
            try:
                inodes |= set(re.findall(r"socket:\[(\d+)\]", os.readlink(handle)))
            except OSError:
                continue
    found = set()
    for table in ("tcp", "tcp6"):
        path = Path(f"/proc/net/{table}")
        for line in path.read_text(encoding="ascii").splitlines()[1:] if path.exists() else ():
            _, local, _, state, *rest = line.split()
            if state == "0A" and rest[5] in inodes:
                found.add(address_of(local))
    return found


def address_of(local: str) -> Listener:
    """An address as the socket table writes it.

    Check
    -----
    >>> address_of("0100007F:1F90"), address_of("00000000:0050"), address_of("00000000000000000000000001000000:0050")
    (('127.0.0.1', 8080), ('0.0.0.0', 80), ('::1', 80))
    """
    host, _, port = local.partition(":")
    words = [bytes.fromhex(host[at : at + 8])[::-1] for at in range(0, len(host), 8)]
    return str(ipaddress.ip_address(b"".join(words))), int(port, 16)


def outside(found: set[Listener]) -> list[Listener]:
    """Those that another machine could reach."""
    return sorted(each for each in found if not ipaddress.ip_address(each[0]).is_loopback)


def group_of(leader: int) -> set[int]:
    """All processes of a session."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader:
            found.add(int(path.parent.name))
    return found


needs_a_socket_table = pytest.mark.skipif(not LINUX, reason="other systems have no /proc/net")


@needs_a_socket_table
def test_who_listens_outside_would_be_seen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as inner, socket.create_server(("0.0.0.0", 0)) as outer:
        ports = {each.getsockname()[1] for each in (inner, outer)}
        found = {each for each in listeners({os.getpid()}) if each[1] in ports}
        assert found == {("127.0.0.1", inner.getsockname()[1]), ("0.0.0.0", outer.getsockname()[1])}
        assert outside(found) == [("0.0.0.0", outer.getsockname()[1])]


@contextmanager
def running(*words: str) -> Iterator[subprocess.Popen[str]]:
    """A command in a session of its own, where the environment asks programs to listen everywhere."""
    process = subprocess.Popen(
        [sys.executable, "run.py", *words],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=os.environ | {"HOST": "0.0.0.0", "BOKEH_ADDRESS": "0.0.0.0", "DASK_DISTRIBUTED__DASHBOARD__LINK": "x"},
    )
    try:
        yield process
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.communicate()


def watched(process: subprocess.Popen[str], enough: Callable[[set[Listener], int], bool]) -> tuple[set[Listener], int]:
    """Every listener of a command, and how many processes it had at most, until that is enough or it ends."""
    found: set[Listener] = set()
    most, deadline = 0, time.monotonic() + 300.0
    while process.poll() is None and time.monotonic() < deadline and not enough(found, most):
        pids = group_of(process.pid)
        most = max(most, len(pids))
        found |= listeners(pids)
        time.sleep(0.05)
    return found, most


@pytest.fixture
def long_study(tmp_path: Path) -> Path:
    """A study of a minute."""
    path = write_study(tmp_path, TEXT)
    text = TINY
    for old, new in SLOWER.items():
        text = text.replace(old, new)
    (tmp_path / "tiny.yaml").write_text(text, encoding="utf-8")
    return path


@needs_a_socket_table
@pytest.mark.slow
def test_the_lab_listens_on_this_machine_only() -> None:
    with running("lab", "base", "--customers", "200") as process:
        found, _ = watched(process, lambda found, _: bool(found))
        time.sleep(1.0)  # whatever else it opens
        found |= listeners(group_of(process.pid))
    assert found and outside(found) == []
    count("listeners.lab", commands=1, listeners=len(found))


@needs_a_socket_table
@pytest.mark.slow
def test_worker_processes_listen_nowhere(long_study: Path, tmp_path: Path) -> None:
    seen: list[float] = []

    def for_a_while(_: set[Listener], processes: int) -> bool:
        if processes >= 3:
            seen.append(time.monotonic())
        return bool(seen) and time.monotonic() - seen[0] > 3.0

    with running("sweep", str(long_study), "--out", str(tmp_path / "results"), "--workers", "2") as process:
        found, most = watched(process, for_a_while)
    assert most >= 3, "it never had workers"
    assert found == set()
    count("listeners.workers", commands=1, listeners=0)


@needs_a_socket_table
@pytest.mark.slow
def test_a_command_with_a_cluster_listens_nowhere_and_the_cluster_of_our_tests_here_only(
    long_study: Path, tmp_path: Path
) -> None:
    begun = time.monotonic()
    with cluster(tmp_path) as (address, scheduler, worker):
        with running("sweep", str(long_study), "--out", str(tmp_path / "results"), "--cluster", address) as process:
            found, _ = watched(process, lambda *_: any((tmp_path / "results").glob("mine/*/parts/*")))
        servers = listeners(group_of(scheduler.pid) | group_of(worker.pid))
    assert any((tmp_path / "results").glob("mine/*/parts/*")), f"nothing was lived in {time.monotonic() - begun:.0f} s"
    assert found == set()
    assert servers and outside(servers) == []
    count("listeners.cluster", commands=1, listeners=len(servers))


# -- what leaves -------------------------------------------------------------------------------------------------------


def test_a_page_says_nothing_of_the_machine_it_was_made_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither folder nor user nor host: a page is passed on."""
    (tmp_path / "secret-place").mkdir()
    monkeypatch.chdir(tmp_path / "secret-place")
    monkeypatch.setenv("SECRET_TOKEN", "swordfish-1234")
    (tmp_path / "secret-place" / "tiny.yaml").write_text(TINY, encoding="utf-8")
    assert cli.main(["run", "tiny.yaml", "--replicates", "2", "--quiet"]) == 0
    (folder,) = Path("results/tiny").glob("[0-9a-f]*")
    assert verify(folder) == [] and read_manifest(folder)["command"]
    assert cli.main(["report", str(folder), "-o", "page.html"]) == 0
    capsys.readouterr()
    secrets = ["secret-place", str(tmp_path), "swordfish"]
    secrets += [word for word in (socket.gethostname(), getpass.getuser()) if len(word) > 4]  # short ones are in words
    written = [path for path in Path.cwd().rglob("*") if path.is_file() and path.name != "tiny.yaml"]
    assert len(written) > 5
    for path in written:
        content = path.read_bytes().decode("utf-8", errors="ignore")
        assert [word for word in secrets if word in content] == [], path


# -- words that move the terminal --------------------------------------------------------------------------------------

MOVING = ["\x1b[31mred", "a\rb", "a\nb", "a\u2028b", "a\u202eb", "a\x07b", "\x9b31m", "a\u200bb"]


@pytest.mark.parametrize("name", MOVING)
@pytest.mark.parametrize(
    "words",
    [
        ["run", "{}"],
        ["check", "{}.yaml"],
        ["verify", "{}"],
        ["report", "{}"],
        ["run", "base", "--set", "{}=1"],
        ["run", "base", "--loop", "{}"],
        ["{}"],
        ["sweep", "{}"],
        ["merge", "{}"],
        ["calibrate", "{}.csv"],
        ["export", "{}", "--csv"],
        ["run", "base", "--{}"],
        ["run", "base", "--out", "/dev/null/{}"],
    ],
    ids=lambda words: " ".join(words),
)
def test_no_word_moves_the_terminal(
    words: list[str], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main([word.format(name) for word in words]) == 2
    out, err = capsys.readouterr()
    assert out == "" and "Traceback" not in err
    assert [line for line in err.split("\n") if not line.isprintable()] == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["merge", "report", "export", "explore", "verify", "reproduce", "run", "sweep"])
def test_a_name_that_no_file_can_have_is_bad_input(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main([command, "x" * 5_000, *(["--csv"] if command == "export" else [])]) == 2
    out, err = capsys.readouterr()
    assert out == "" and len(err) < 2_000 + 5_000 and "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_name_of_a_file_that_is_there_moves_nothing_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in MOVING:
        (tmp_path / f"{name}.yaml").write_text(TINY, encoding="utf-8")
        cli.main(["check", f"{name}.yaml"])
        out, err = capsys.readouterr()
        assert [line for line in (out + err).split("\n") if not line.isprintable()] == [], ascii(name)


# -- folders from strangers --------------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_among_results_does_not_keep_a_reader_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "manifest.json")
    assert len(verify(tmp_path)) == 1
    (tmp_path / "manifest.json").unlink()
    (tmp_path / "manifest.json").symlink_to("/dev/zero")
    assert len(verify(tmp_path)) == 1
