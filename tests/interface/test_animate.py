"""A moving picture shows one census after the other, and ends in a sentence where it cannot be made."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from matplotlib.animation import FFMpegWriter
from PIL import Image

from sim.experiment.seen import journey, read_results
from sim.interface import cli
from sim.interface.pages import animate
from sim.interface.pages.languages import Say
from sim.interface.terminal.terminal import Ending
from tests.marks import needs_ffmpeg
from tests.pages.made import saved_comparison


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved_comparison(tmp_path_factory.mktemp("animated"))


def test_a_few_censuses_are_drawn_and_the_last_stays(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(animate, "MOST_PICTURES", 4)
    done: list[tuple[int, int]] = []
    out = tmp_path / "moving.gif"
    out.write_bytes(animate.animate(folder, ".gif", Say(), lambda *counted: done.append(counted)))
    assert (
        done[-1] == (5, 5) and len(journey(read_results(folder))["week"].unique()) == 29
    )  # every eighth, and the last
    with Image.open(out) as picture:
        frames, times = [], []
        for at in range(picture.n_frames):
            picture.seek(at)
            frames.append(picture.convert("RGB").tobytes())
            times.append(picture.info["duration"])
    assert len(set(frames[:4])) == 4
    shown = 4 + animate.LAST_PICTURE
    assert sum(times) == pytest.approx(1000.0 * shown / animate.PICTURES_PER_SECOND, rel=0.05)


@needs_ffmpeg
def test_a_film_shows_as_many_pictures_as_the_moving_picture(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(animate, "MOST_PICTURES", 4)
    out = tmp_path / "film.mp4"
    assert cli.main(["animate", str(folder), "-o", str(out)]) == Ending.FINE
    assert out.read_bytes()[4:8] == b"ftyp"
    command = ["ffmpeg", "-i", str(out), "-map", "0:v", "-c", "copy", "-f", "null", "-"]
    told = subprocess.run(command, text=True, capture_output=True, check=True).stderr
    assert re.findall(r"frame=\s*(\d+)", told)[-1] == str(4 + animate.LAST_PICTURE)


def test_a_film_without_ffmpeg_and_a_name_without_an_ending_are_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(FFMpegWriter, "isAvailable", classmethod(lambda writer: False))
    for name, said in (("film.mp4", "ffmpeg, which makes .mp4, is not found"), ("film.webm", "ends with .gif or .mp4")):
        assert cli.main(["animate", str(folder), "-o", str(tmp_path / name)]) == Ending.BAD_INPUT
        assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
