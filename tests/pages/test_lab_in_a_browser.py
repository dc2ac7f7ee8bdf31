"""The lab as a class sees it: opened by its command, driven in a real browser, and knocked at by strangers.

Every request that leaves the machine is noticed, and so is every complaint on the console.
"""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from sim.interface.pages.lab import MOST_LESSONS, SUMMED
from sim.interface.pages.languages import LANGUAGES, Say
from sim.interface.terminal.terminal import Ending
from sim.model.metrics import METRICS
from sim.rules.journey import PHASES
from tests.pages.made import DESK, HOSTILE, NAME_OF, PHONE

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SEED, WEEKS = 7, 52
SCENARIO = f"""\
schema: 1
name: {json.dumps(HOSTILE)}
story: {{what_is_it: {json.dumps(f"This is {HOSTILE}. It goes on.")}}}
currency: {{name: {json.dumps(HOSTILE)}}}
markets: {{home: {{}}, north: {{distance: 0.5}}}}
people: {{count: 400, segments: {{here: {{share: 0.8, market: home}}, there: {{share: 0.2, market: north}}}}}}
time: {{weeks: {WEEKS}, burn_in_weeks: 52}}
network: {{small_world: {{degree: 6, rewired: 0.1, talk_per_friend: 0.1}}}}
businesses:
  ours: {{known: 0.3, strategy: {{steady: {{}}}}, markets: {{home: {{}}, north: {{enters_week: 30000, cost: 100}}}}}}
  big: {{affinity: 0.5, known: 0.8}}
  small: {{affinity: 0.4, known: 0.6}}
"""


class Opened(NamedTuple):
    """A lab that listens."""

    process: subprocess.Popen[str]
    address: str

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    @property
    def path(self) -> str:
        return urlsplit(self.address).path


Open = Callable[..., Page]


def started(*words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "run.py", *words]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def listening(process: subprocess.Popen[str]) -> Opened:
    """A lab that was started, once it has said where it is."""
    assert process.stdout is not None
    document = ""
    for line in process.stdout:
        document += line
        if line == "}\n":
            return Opened(process, json.loads(document)["address"])
    raise AssertionError(process.stderr and process.stderr.read())


def answered(*words: str) -> Any:
    """What a command prints as JSON."""
    done = subprocess.run([sys.executable, "run.py", *words, "--json"], cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lab") / "lesson.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def labs(scenario: Path) -> Iterator[dict[str, Opened]]:
    """A lab in each language."""
    words = ("lab", str(scenario), "--seed", str(SEED), "--json")
    running = {language: started(*words, "--lang", language) for language in LANGUAGES}
    try:
        yield {language: listening(process) for language, process in running.items()}
    finally:
        for process in running.values():
            process.kill()
            process.communicate()


@pytest.fixture
def visit(browser: Browser, labs: dict[str, Opened]) -> Iterator[Open]:
    """Open a lab; at the end nothing was asked of any other machine, and nobody complained."""
    said: list[str] = []
    asked: list[str] = []
    contexts = []

    def opened(language: str = "en", size: dict[str, int] = DESK, **how: Any) -> Page:
        context = browser.new_context(viewport=size, **how)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda wire: asked.append(wire.url))
        page.goto(labs[language].address)
        expect(page.locator("body[data-week], [role=alert]")).to_have_count(1, timeout=30_000)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []
    here = re.compile(r"(https?|ws|blob:http)://127\.0\.0\.1:\d+/|data:,$")
    assert [url for url in asked if not here.match(url)] == []
    assert sum(url.startswith("ws://") for url in asked) >= 1


def week(page: Page) -> int:
    return int(page.evaluate("document.body.dataset.week"))


def step_to(page: Page, last: int) -> None:
    for now in range(week(page), last):
        page.locator("#step").click()
        expect(page.locator("body")).to_have_attribute("data-week", str(now + 1))


def sums(page: Page, column: int) -> list[str]:
    return page.locator(f"#whole tbody td:nth-of-type({column})").all_text_contents()


def texts_of(document: Any) -> list[str]:
    """What `run` has measured of the first business, as the page writes it."""
    metrics = document["businesses"][0]["metrics"]
    return [Say().plain(metrics[name]["mean"], METRICS[name].unit) for name in SUMMED]


# -- playing -----------------------------------------------------------------------------------------------------------


def test_a_year_plays_and_shows_the_numbers_of_run(visit: Open, scenario: Path, tmp_path: Path) -> None:
    page = visit()
    page.locator("#speed").select_option("8")
    page.locator("#play").click()
    expect(page.locator("#play")).to_have_text("Pause")
    expect(page.locator("body")).to_have_attribute("data-week", str(WEEKS), timeout=120_000)
    expect(page.locator("#play")).to_be_disabled()
    run = answered("run", str(scenario), "--seed", str(SEED), "--replicates", "1", "--out", str(tmp_path / "results"))
    assert sums(page, 1) == texts_of(run)
    assert sums(page, 2) != sums(page, 1)


def test_the_split_moves_the_market_and_what_was_done_can_be_saved_and_run(visit: Open, tmp_path: Path) -> None:
    page = visit()
    step_to(page, 2)
    slider = page.locator("#side-A [data-what=acquisition_share]")
    slider.locator("input").fill("0.95")
    expect(slider.locator(".by")).to_have_text("decided by hand")
    expect(page.locator("#next")).to_contain_text("from week 4 on")
    step_to(page, 26)
    spent = [float(text.replace(",", "")) for text in (*sums(page, 1)[5:7],)]
    assert spent[0] > 5 * spent[1]
    slider.locator(".leave").click()
    expect(slider.locator(".by")).to_have_text("decided by the plan")
    page.locator("#side-A .plan").select_option("aggressive")
    step_to(page, WEEKS)
    with page.expect_download() as download:
        page.locator("#side-A .save").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    expect(page.locator("#notice")).to_contain_text(f"--seed {SEED}")
    run = answered("run", str(file), "--seed", str(SEED), "--replicates", "1", "--out", str(tmp_path / "results"))
    assert sums(page, 1) == texts_of(run)


def test_prices_and_levers_can_be_taken_in_hand_and_given_back(visit: Open) -> None:
    page = visit()
    for what, value, text in (("price_old", "40", "40"), ("levers.reminders", "0.6", "60 %")):
        held = page.locator(f"#side-A [data-what='{what}']")
        expect(held.locator("input")).to_be_hidden()
        page.locator("#side-A details.more", has=page.locator(f"[data-what='{what}']")).locator("summary").click()
        held.locator("input").fill(value)
        expect(held.locator(".by")).to_have_text("decided by hand")
        expect(held.locator("output")).to_have_text(text)
    expect(page.locator("#side-A [data-what='levers.care'] output")).to_have_text("40 %")  # one whole
    step_to(page, 5)
    assert sums(page, 1) != sums(page, 2)
    with page.expect_download() as download:
        page.locator("#side-A .save").click()
    saved = Path(download.value.path()).read_text(encoding="utf-8")
    assert "price_old: 40.0" in saved and "reminders: 0.6" in saved
    page.locator("#side-A [data-what=price_old] .leave").click()
    expect(page.locator("#side-A [data-what=price_old] .by")).to_have_text("decided by the plan")


def test_a_second_market_can_be_entered_and_is_never_left(visit: Open) -> None:
    page = visit()
    box = page.locator("#side-A [data-what='markets.north']")
    inside = page.locator("[data-what='markets.north']")
    page.locator("#side-A details.more", has=inside).locator("summary").click()
    expect(box.locator("label")).to_contain_text("Enter north (costs 100 ")
    box.locator("input").check()
    expect(box.locator(".by")).to_have_text("decided by hand")
    step_to(page, 1)
    expect(box.locator(".by")).to_have_text("entered; nobody leaves a market")
    expect(box.locator("input")).to_be_disabled()
    expect(page.locator("#side-B [data-what='markets.north'] input")).not_to_be_checked()


def test_the_numbers_stand_behind_each_chart(visit: Open) -> None:
    page = visit()
    step_to(page, 3)
    charts = page.locator("figure:has(details)")
    assert charts.count() == 4  # money of both versions, a metric over time, the journey
    for chart in charts.all():
        chart.locator("summary").click()
        expect(chart.locator("table")).to_be_visible()
        assert chart.locator("tbody tr").count() in (3, len(PHASES) - 1)


def test_it_can_be_paused_and_begun_again(visit: Open) -> None:
    page = visit()
    page.locator("#play").click()
    expect(page.locator("body")).not_to_have_attribute("data-week", "0", timeout=10_000)
    page.locator("#play").click()
    expect(page.locator("#play")).to_have_text("Play")
    stopped = week(page)
    page.wait_for_timeout(1500)
    assert week(page) == stopped
    page.locator("#reset").click()
    expect(page.locator("body")).to_have_attribute("data-week", "0")


def test_everything_can_be_done_by_keyboard(visit: Open) -> None:
    page = visit()
    page.locator("#side-B [data-what=acquisition_share] input").focus()
    page.keyboard.press("End")
    expect(page.locator("#side-B [data-what=acquisition_share] output")).to_have_text("100 %")
    expect(page.locator("#side-B [data-what=acquisition_share] .by")).to_have_text("decided by hand")
    page.locator("#step").focus()
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_have_attribute("data-week", "1")
    page.locator("#over-time summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#over-time tbody tr")).to_have_count(1)


def test_stories_travel_unless_motion_is_unwelcome(visit: Open) -> None:
    for how, moves in (({}, True), ({"reduced_motion": "reduce"}, False)):
        page = visit(**how)
        page.evaluate(
            "() => { window.moved = 0; const animate = Element.prototype.animate;"
            "Element.prototype.animate = function (...how) { window.moved += 1; return animate.apply(this, how); }; }"
        )
        step_to(page, 8)
        assert page.locator(".story").count() + page.evaluate("window.moved") > 0
        assert (page.evaluate("window.moved") > 0) == moves


def test_a_value_that_cannot_be_is_refused_by_the_server_and_put_back(visit: Open) -> None:
    page = visit()
    slider = page.locator("#side-A [data-what=acquisition_share]")
    before = slider.locator("output").text_content()
    slider.locator("input").evaluate(
        "(input) => { input.max = 5; input.value = 3; input.dispatchEvent(new Event('change')); }"
    )
    expect(page.locator("#notice")).to_contain_text("refused")
    expect(slider.locator("output")).to_have_text(before or "")
    expect(slider.locator(".by")).to_have_text("decided by the plan")


# -- looking -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_fits_and_shows_hostile_names_as_text(visit: Open, language: str, size: dict[str, int]) -> None:
    page = visit(language, size)
    step_to(page, 3)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.evaluate("document.documentElement.lang") == language
    assert HOSTILE in page.inner_text("h1") and HOSTILE in page.inner_text(".money figcaption >> nth=0")
    assert page.locator("img").count() == 0
    assert page.locator("h1").text_content() == Say(language)("lab.title", scenario=HOSTILE)
    for picture in page.locator("svg[role=img]").all():
        assert len(picture.get_attribute("aria-label") or "") > 20


def test_every_control_has_a_name(visit: Open) -> None:
    page = visit()
    controls = page.locator("button:visible, input:visible, select:visible").all()
    assert len(controls) == 3 + 2 + 2 * (1 + 2 + 1)
    for control in controls:
        assert control.evaluate(NAME_OF)


# -- strangers ---------------------------------------------------------------------------------------------------------


def asked(lab: Opened, path: str, **headers: str) -> tuple[int, str]:
    """The status and the body with which a request is answered."""
    connection = http.client.HTTPConnection("127.0.0.1", lab.port, timeout=30)
    connection.putrequest("GET", path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    response = connection.getresponse()
    body = "" if response.status == 101 else response.read().decode()
    connection.close()
    return response.status, body


def token_of(lab: Opened) -> str:
    """What the page is given to open its socket with; pages of the tests before may have filled the lab for a while."""
    for _ in range(60):
        found = re.search(r'"token":"([^"]+)"', asked(lab, lab.path)[1])
        if found:
            return found.group(1)
        time.sleep(1.0)
    raise AssertionError("the lab stays full")


def test_only_the_address_that_was_printed_opens_it(labs: dict[str, Opened]) -> None:
    lab = labs["en"]
    key = lab.path.split("/")[1]
    assert len(key) == 32
    assert asked(lab, lab.path)[0] == 200
    assert asked(lab, f"/{key}/static/js/bokeh.min.js")[0] == 200
    for path in ("/", "/lab", f"/{'x' * 32}/lab", "/static/js/bokeh.min.js", f"/{key[:-1]}/lab", "/favicon.ico"):
        assert asked(lab, path) == (
            403,
            "403: open the address that `lab` has printed. It is good until that lab is closed.\n",
        )
    assert labs["vi"].path != lab.path


def test_a_page_that_calls_this_machine_by_a_name_of_its_own_stays_outside(labs: dict[str, Opened]) -> None:
    lab = labs["en"]
    assert asked(lab, lab.path, Host=f"127.0.0.1:{lab.port}")[0] == 200
    for host in ("evil.example", f"evil.example:{lab.port}", "127.0.0.1", "127.0.0.1:1"):
        assert asked(lab, lab.path, Host=host)[0] == 403


def test_a_socket_of_another_page_is_refused(labs: dict[str, Opened]) -> None:
    lab = labs["en"]
    shake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "x3JJHMbDL1EzLkh9GBhXDw==",
        "Sec_WebSocket_Protocol": f"bokeh, {token_of(lab)}",
    }
    assert asked(lab, f"{lab.path}/ws", **shake, Origin=f"http://127.0.0.1:{lab.port}")[0] == 101
    for origin in ("http://evil.example", "null", f"https://127.0.0.1:{lab.port}", "http://127.0.0.1:1"):
        assert asked(lab, f"{lab.path}/ws", **shake, Origin=origin)[0] == 403


def test_it_listens_on_one_address_of_this_machine_only(labs: dict[str, Opened]) -> None:
    socket.create_connection(("127.0.0.1", labs["en"].port), timeout=10).close()
    with pytest.raises(OSError):  # a server that listens everywhere answers here too, at least on Linux
        socket.create_connection(("127.0.0.2", labs["en"].port), timeout=10)


def test_one_page_more_than_there_are_seats_is_told_so(visit: Open) -> None:
    for _ in range(MOST_LESSONS):
        assert visit("vi").locator("[role=alert]").count() == 0
    assert visit("vi").locator("[role=alert]").text_content() == Say("vi")("lab.full", most=MOST_LESSONS)


# -- the end -----------------------------------------------------------------------------------------------------------


def test_it_ends_in_peace_and_a_port_that_is_taken_is_refused(scenario: Path) -> None:
    lab = listening(started("lab", str(scenario), "--json"))
    second = started("lab", str(scenario), "--port", str(lab.port))
    out, err = second.communicate(timeout=120)
    assert (second.returncode, out) == (Ending.BAD_INPUT, "")
    assert f"--port {lab.port}: " in err and "Name another, or leave it out." in err
    lab.process.send_signal(signal.SIGINT)
    _, err = lab.process.communicate(timeout=30)
    assert lab.process.returncode == Ending.FINE
    assert err.endswith("The lab is closed.\n")
