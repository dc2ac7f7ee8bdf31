"""What is handed over: a wheel and an sdist that work in an empty folder, and papers that agree about the version."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml

from sim import __version__
from sim.documents import KINDS, documents

ROOT = Path(__file__).resolve().parents[2]
SMALL = ("--replicates", "2", "--customers", "300", "--weeks", "60")


def test_documents_lie_beside_the_package_or_in_it(tmp_path: Path) -> None:
    package = tmp_path / "sim"
    package.mkdir()
    assert documents("scenarios", package) == tmp_path / "scenarios"
    (package / "scenarios").mkdir()
    assert documents("scenarios", package) == package / "scenarios"


def test_the_version_is_said_once_and_repeated_truly() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" not in project and project["dynamic"] == ["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == __version__
    assert f"Version {__version__}." in (ROOT / "README.md").read_text(encoding="utf-8")
    releases = re.findall(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert releases[:2] == ["Unreleased", __version__] or releases[0] == __version__


def test_every_entry_of_the_changelog_stands_under_a_kind_and_says_whether_output_changes() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    kinds = set(re.findall(r"^### (.*)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    changed = re.findall(r"^### (?:Changed|Fixed)\n((?:.+\n|\n(?!#))*)", text, re.MULTILINE)
    entries = [line for part in changed for line in part.splitlines() if line.startswith("- ")]
    assert all(re.match(r"- \*\*\[(output|same output)\]\*\* ", line) for line in entries)


def run(*words: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """A program of a stranger: nothing of this clone or of our environment is in reach."""
    ours = {"PYTHONPATH", "VIRTUAL_ENV", "PYTHONHOME"}
    own = {name: value for name, value in os.environ.items() if name not in ours}
    own["KEEPWIN_CACHE"] = str(folder.parent / "cache")
    done = subprocess.run(
        [str(word) for word in words], cwd=folder, env=own, text=True, capture_output=True, timeout=900
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sdist, and the wheel that is made from it, by their endings."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, folder=folder)
    return {path.suffix: path for path in folder.iterdir()}


@pytest.mark.slow
def test_the_wheel_holds_every_document_and_nothing_but_the_package(built: dict[str, Path]) -> None:
    names = set(ZipFile(built[".whl"]).namelist())
    for kind in KINDS:
        ours = {path.relative_to(ROOT).as_posix() for path in (ROOT / kind).rglob("*") if path.is_file()}
        assert ours and {f"sim/{name}" for name in ours} <= names
    assert "sim/py.typed" in names and "sim/experiment/validation/cdnow.csv" in names
    assert {name.split("/")[0] for name in names} == {"sim", f"keepwin-{__version__}.dist-info"}


@pytest.mark.slow
def test_the_sdist_holds_what_a_maintainer_needs(built: dict[str, Path]) -> None:
    with tarfile.open(built[".gz"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"run.py", "Makefile", "constraints.txt", "LICENSE", "scenarios/base.yaml", "tests/conftest.py"} <= names
    assert not any(name.startswith((".git/", "results/", ".venv/")) for name in names)


@pytest.mark.slow
def test_the_wheel_works_for_a_stranger_in_an_empty_folder(built: dict[str, Path], tmp_path: Path) -> None:
    home, empty = tmp_path / "environment", tmp_path / "empty"
    empty.mkdir()
    venv.create(home, with_pip=True)
    python, keepwin = home / "bin" / "python", home / "bin" / "keepwin"
    run(python, "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", built[".whl"], folder=empty)

    assert run(keepwin, "--version", folder=empty).stdout == f"keepwin {__version__}\n"
    place = run(python, "-c", "import sim; print(sim.__file__)", folder=empty).stdout
    assert place.startswith(str(home))
    run(keepwin, "check", "base", "steady", folder=empty)
    assert "subsidy_war" in run(keepwin, "scenarios", folder=empty).stdout
    assert "retention" in run(keepwin, "rules", folder=empty).stdout
    run(keepwin, "claims", "--help", folder=empty)
    run(keepwin, "run", "base", *SMALL, folder=empty)
    said = run(keepwin, "compare", "steady", "aggressive", *SMALL, "--no-break-even", folder=empty).stdout
    (results,) = (empty / "results" / "steady-vs-aggressive").glob("[0-9a-f]*")
    assert str(results.relative_to(empty)) in said
    run(keepwin, "verify", results, folder=empty)
    run(keepwin, "report", results, "--lang", "vi", folder=empty)
    run(keepwin, "sweep", "explore_split", "--dry-run", folder=empty)
    run(keepwin, "validate", "--only", "S4", folder=empty)
    assert sorted(path.name for path in empty.iterdir()) == ["report.html", "results"]
