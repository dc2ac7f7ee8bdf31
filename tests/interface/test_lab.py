"""The page of a lesson doubts whatever it is told, and shows the numbers that the lesson has."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from sim.experiment.lesson import Course, Lesson, course_of
from sim.experiment.runs import run_world
from sim.interface import cli
from sim.interface.pages.lab import (
    MOST_LESSONS,
    SPEEDS,
    SUMMED,
    SUPPLIERS,
    Session,
    frame_of,
    parts_of,
    saved_text,
    style_of,
)
from sim.interface.pages.lab_controls import groups
from sim.interface.pages.lab_server import Lessons, Stranger
from sim.interface.pages.languages import LANGUAGES, Say, files
from sim.interface.pages.page import LETTERS
from sim.interface.terminal.terminal import Ending
from sim.interface.terminal.yaml_text import yaml
from sim.model.metrics import METRICS
from sim.scenario.load import bundled, load_scenario
from tests.experiment.little import little
from tests.marks import needs_a_font
from tests.pages.made import HOSTILE, named

SEED = 7
NONSENSE: list[Any] = [
    None, "play", 7, [], {}, {"do": None}, {"do": "die"}, {"do": ["step"]}, {"do": "speed"},
    *({"do": "speed", "value": value} for value in (0, 3, True, 1.0, "2", None, math.nan, [1], 10**9)),
    *({"do": "hold", "side": "A", "what": "acquisition_share", "value": value} for value in (2, -1, "x", math.nan, {})),
    {"do": "hold", "side": "C", "what": "acquisition_share", "value": 0.5},
    {"do": "hold", "side": "A", "what": "__class__", "value": 0.5},
    {"do": "choose", "side": "A", "value": "../../etc"}, {"do": "choose", "side": {}, "value": "own"},
    {"do": "save", "side": "C"}, {"do": "save", "side": ["A"]},
]  # fmt: skip


@pytest.fixture(scope="module")
def course() -> Course:
    return course_of(little("steady"), SEED)


@pytest.fixture
def session(course: Course) -> Iterator[Session]:
    made = Session(course, Say())
    yield made
    made.clock.stop()


def frame(session: Session) -> dict[str, Any]:
    return json.loads(session.wire.frame)


@pytest.mark.parametrize("said", NONSENSE, ids=repr)
def test_what_cannot_be_is_refused_in_words_and_nothing_else_changes(session: Session, said: Any) -> None:
    session.hear({"do": "step"})
    before = frame(session)
    session.hear(said)
    after = frame(session)
    assert after["notice"] == Say()("lab.refused")
    assert {**after, "notice": "", "turn": 0} == {**before, "notice": "", "turn": 0}
    session.hear({"do": "step"})
    assert frame(session)["notice"] == "" and frame(session)["week"] == 2


def test_every_wish_of_the_page_is_granted(session: Session) -> None:
    for speed in SPEEDS:
        session.hear({"do": "speed", "value": speed})
        assert frame(session)["speed"] == speed and session.clock.period == 1000 // speed
    session.hear({"do": "hold", "side": "A", "what": "acquisition_share", "value": 0.9})
    session.hear({"do": "choose", "side": "B", "value": "aggressive"})
    session.hear({"do": "step"})
    sides = frame(session)["sides"]
    assert sides["A"]["standing"]["acquisition_share"] == 0.9 and sides["A"]["held"]["acquisition_share"]
    assert sides["B"]["plan"] == "aggressive" and not sides["B"]["held"]["acquisition_share"]
    session.hear({"do": "save", "side": "A"})
    assert frame(session)["notice"] == Say()("lab.saved", file="steady_lesson_a.yaml", seed=SEED)
    session.hear({"do": "reset"})
    assert frame(session)["week"] == 0 and not frame(session)["sides"]["A"]["held"]["acquisition_share"]


def test_it_shows_the_numbers_of_run(course: Course) -> None:
    lesson = Lesson(course)
    while not lesson.is_over:
        lesson.step()
    run = run_world(course.scenario, SEED)
    whole = dict(zip(METRICS, run.whole[0].tolist(), strict=True))
    shown = frame_of(lesson, Say())
    assert [row[1] for row in shown["whole"]] == [Say().plain(whole[name], METRICS[name].unit) for name in SUMMED]
    at = list(METRICS).index("customers")
    assert shown["sides"]["A"]["series"]["customers"] == run.weekly[:, 0, at].tolist()
    journey = run.observed.phases[-1][0][1:]
    assert shown["sides"]["A"]["journey"] == list(map(int, journey))


def test_a_file_that_is_saved_loads_as_what_was_lived(course: Course, tmp_path: Path) -> None:
    lesson = Lesson(course)
    lesson.hold("A", "acquisition_share", 0.9)
    for _ in range(20):
        lesson.step()
    lesson.hold("A", "acquisition_share", 0.3)
    while not lesson.is_over:
        lesson.step()
    path = tmp_path / "lesson.yaml"
    path.write_text(saved_text(lesson, "A"), encoding="utf-8")
    assert run_world(load_scenario(path), SEED).result_hash == lesson.sides["A"].market.result_hash()


@pytest.mark.parametrize("path", bundled(), ids=lambda path: path.stem)
def test_every_scenario_can_be_written_out_and_read_again(path: Path, tmp_path: Path) -> None:
    scenario, copy = load_scenario(path), tmp_path / "lesson.yaml"
    copy.write_text(yaml(scenario.resolved, {}), encoding="utf-8")
    assert load_scenario(copy).hash == scenario.hash


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_its_words_in_every_language_and_names_stay(language: str) -> None:
    course = course_of(named("steady", HOSTILE, weeks=8), SEED)
    parts, say = parts_of(course, Say(language)), Say(language)
    assert HOSTILE in parts["heading"] and parts["story"] == f"This is {HOSTILE}."
    assert len({name for _, name in parts["plans"]}) == len(course.plans)
    assert json.dumps(frame_of(Lesson(course), say), allow_nan=False)


@needs_a_font
def test_names_that_people_wrote_in_chinese_bring_their_letters() -> None:
    plain, named_so = (style_of("en", parts) for parts in ("a shop", "小麥商行"))
    assert LETTERS not in plain.partition("@font-face")[2] and "@font-face" not in plain
    assert f'@font-face {{ font-family: "{LETTERS}"' in named_so
    styles = [
        parts_of(course_of(named("steady", name, weeks=8), SEED), Say("zh-Hant"))["style"] for name in ("a", "麥")
    ]
    assert styles[0] != styles[1]


def test_colours_of_businesses_are_not_those_of_the_two_versions(course: Course) -> None:
    versions = set(re.findall(r"\.[AB] \{ stroke: (#\w+)", files("lab.css")))
    assert versions == {"#0072b2", "#d55e00"}
    assert not versions & {colour.lower() for colour in SUPPLIERS}


def test_there_is_a_slider_for_whatever_may_be_decided(course: Course) -> None:
    shown = [each for group in groups(course, Say()) for each in group.controls]
    assert [each.what for each in shown] == list(course.decidable)
    for each in shown:
        assert each.label and each.step > 0.0
    standing = Lesson(course).sides["A"].decided
    assert all(each.range.least <= standing[each.what] <= each.range.most for each in shown)


# -- the door ----------------------------------------------------------------------------------------------------------


def request(path: str, host: str = "127.0.0.1:5006", origin: str | None = None) -> HTTPServerRequest:
    """As a browser would send it."""
    headers = HTTPHeaders({"Host": host} if origin is None else {"Host": host, "Origin": origin})
    return HTTPServerRequest(headers=headers, start_line=RequestStartLine("GET", path, "HTTP/1.1"))


@pytest.mark.parametrize(
    "asked, may_pass",
    [
        (request("/key/lab"), True),
        (request("/key/lab/ws", origin="http://127.0.0.1:5006"), True),
        (request("/key/static/js/bokeh.min.js", host="localhost:5006"), True),
        (request("/key/lab/ws", origin="http://localhost:5006"), True),
        (request("/"), False),
        (request("/lab"), False),
        (request("/Key/lab"), False),
        (request("/ke/lab"), False),
        (request("/keyy/lab"), False),
        (request("//key/lab"), False),
        (request("/kéy/lab"), False),
        (request("/key/lab", host="127.0.0.1"), False),
        (request("/key/lab", host="127.0.0.1:5007"), False),
        (request("/key/lab", host="evil.example:5006"), False),
        (request("/key/lab", host="127.0.0.1.evil.example:5006"), False),
        (request("/key/lab/ws", origin="https://127.0.0.1:5006"), False),
        (request("/key/lab/ws", origin="http://evil.example"), False),
        (request("/key/lab/ws", origin="null"), False),
        (request("/key/lab/ws", origin=""), False),
    ],
)
def test_only_our_own_page_comes_in(asked: HTTPServerRequest, may_pass: bool) -> None:
    assert (Stranger("key", 5006).match(asked) is None) == may_pass


def test_a_request_with_two_hosts_stays_outside() -> None:
    asked = request("/key/lab")
    asked.headers.add("Host", "evil.example")
    assert Stranger("key", 5006).match(asked) == {}


def test_no_more_lessons_than_there_are_seats(course: Course) -> None:
    lessons = Lessons(course, Say())
    for _ in range(MOST_LESSONS):
        lessons.page()
    assert len(lessons.open) == MOST_LESSONS
    lessons.page()
    assert len(lessons.open) == MOST_LESSONS
    for session in lessons.open:
        session.clock.stop()


# -- the command -------------------------------------------------------------------------------------------------------


def test_a_market_too_large_to_watch_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lab", "base", "--customers", "20001", "--quiet"]) == Ending.BAD_INPUT
    out, err = capsys.readouterr()
    assert out == ""
    assert "at most 20,000 simulated people" in err and "say --customers 20000" in err


def test_without_panel_it_says_how_to_get_it() -> None:
    code = "import sys; sys.modules['panel'] = None; from sim.interface import cli; sys.exit(cli.main(['lab', 'base']))"
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True)
    assert (done.returncode, done.stdout) == (Ending.BAD_INPUT, "")
    assert done.stderr == "lab needs panel, which is not installed. Say: pip install -c constraints.txt panel\n"
