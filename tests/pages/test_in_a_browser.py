"""The pages in a real browser: the system's Chromium, driven as a person would.

Every request that is not the file itself is noticed, and so is every word on the console: a blocked script, a missing
font or an error of the page's own script speaks there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sim.interface.pages.explore import explore
from sim.interface.pages.languages import LANGUAGES, Say
from sim.interface.pages.report import report
from tests.marks import needs_a_font
from tests.pages.made import DESK, HOSTILE, NAME_OF, PHONE, saved_advice, saved_comparison, saved_run, saved_study

pytestmark = pytest.mark.slow

Open = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Open a file; at the end nothing was asked of anybody, and nothing was said on the console."""
    said: list[str] = []
    asked: list[str] = []
    contexts = []

    def opened(file: Path, size: dict[str, int] = DESK, words: str = "", **how: str) -> Page:
        context = browser.new_context(viewport=size, **how)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri() + words)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []
    assert {url.partition("#")[0] for url in asked if not url.startswith(("file://", "data:"))} == set()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Every page in every language, of results with hostile names."""
    root = tmp_path_factory.mktemp("pages")
    folders = {
        "run": saved_run(root / "run", HOSTILE),
        "comparison": saved_comparison(root / "comparison", HOSTILE),
        "advice": saved_advice(root / "advice", name=HOSTILE),
        "study": saved_study(root / "study", HOSTILE),
    }
    made = {}
    for what, folder in folders.items():
        for language in LANGUAGES:
            made[what, language] = root / f"{what}-{language}.html"
            text = (explore if what == "study" else report)(folder, Say(language))
            made[what, language].write_text(text, encoding="utf-8")
    return made


# -- every page --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("what", ["run", "comparison", "advice", "study"])
def test_a_page_fits_shows_hostile_names_as_text_and_runs_nothing_of_theirs(
    pages: dict[tuple[str, str], Path], visit: Open, what: str, language: str, size: dict[str, int]
) -> None:
    page = visit(pages[what, language], size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.evaluate("document.documentElement.lang") == language
    assert HOSTILE in page.inner_text("body")
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == (2 if what == "study" else 0)


def test_the_first_paint_takes_less_than_a_second(pages: dict[tuple[str, str], Path], visit: Open) -> None:
    for what in ("comparison", "study"):
        page = visit(pages[what, "en"])
        painted = page.evaluate(
            "new Promise((tell) => new PerformanceObserver((list) => tell(list.getEntries()[0].startTime))"
            ".observe({type: 'paint', buffered: true}))"
        )
        assert 0.0 < painted < 1000.0


@needs_a_font
@pytest.mark.parametrize("what", ["comparison", "study"])
def test_a_page_in_chinese_shows_its_letters_on_a_system_that_has_none(
    what: str, pages: dict[tuple[str, str], Path], visit: Open
) -> None:
    page = visit(pages[what, "zh-Hant"])
    found = page.evaluate(
        """async () => (await document.fonts.load('16px "letters of this page"', '顧客'))[0].status"""
    )
    assert found == "loaded"
    for other in ("en", "vi"):
        assert visit(pages[what, other]).evaluate("document.fonts.size") == 0


@pytest.mark.parametrize("make", [saved_run, saved_comparison, saved_advice])
def test_a_report_prints_to_two_pages(make: Callable[[Path], Path], visit: Open, tmp_path: Path) -> None:
    folder, file = make(tmp_path), tmp_path / "report.html"
    for language in LANGUAGES:
        file.write_text(report(folder, Say(language)), encoding="utf-8")
        paper = visit(file).pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) == 2, language


def test_a_table_stands_behind_every_figure(pages: dict[tuple[str, str], Path], visit: Open) -> None:
    page = visit(pages["run", "en"])
    figures = page.locator("figure")
    assert figures.count() >= 8
    for figure in figures.all():
        expect(figure.locator("table")).to_be_hidden()
        figure.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(figure.locator("table")).to_be_visible()
        assert figure.locator("tbody tr").count() >= 1


# -- explore -----------------------------------------------------------------------------------------------------------


def stored(page: Page) -> dict:  # type: ignore[type-arg]
    return json.loads(page.locator("#data").text_content() or "")


def end_of_the_curve(page: Page, letter: str) -> float:
    """What the last point of a line says, read off the axis beside it."""
    room = page.locator(f"#business-{letter} svg")
    told = room.evaluate(
        "(svg) => [...svg.querySelectorAll('.tick')].map((tick) =>"
        " [Number(tick.dataset.value), Number(tick.querySelector('line').getAttribute('y1'))])"
    )
    (first, top), (last, bottom) = told[0], told[-1]
    y = float((room.locator(".mean").get_attribute("d") or "").rpartition(" ")[2])
    return first + (last - first) * (y - top) / (bottom - top)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_slider_moves_the_curve_to_the_value_that_is_stored(
    pages: dict[tuple[str, str], Path], visit: Open, language: str
) -> None:
    page = visit(pages["study", language], words="#shown=1&m=customers&a=0.1")
    data = stored(page)
    at = [metric["id"] for metric in data["metrics"]].index("customers")
    width = data["metrics"][at]["high"] - data["metrics"][at]["low"]
    seen = set()
    for place in range(3):
        page.locator("#business-A [data-factor$=acquisition_share]").fill(str(place))
        page.locator("#market [data-factor='people.leaving']").fill(str(place % 2))
        mean, low, high = (ends[-1] for ends in data["curves"][at][data["points"][f"{place}.1.{place % 2}"]])
        assert end_of_the_curve(page, "A") == pytest.approx(mean, abs=0.001 * width)
        numbers = page.locator("#business-A tbody tr").last.locator("td").all_text_contents()
        shown = [re.sub(r"\D", "", text) for text in numbers[1:]]
        assert shown == [re.sub(r"\D", "", f"{value:g}") for value in (mean, low, high)]
        seen.add(mean)
    assert len(seen) == 3


def test_a_curve_hides_until_the_reader_has_bet_and_played(pages: dict[tuple[str, str], Path], visit: Open) -> None:
    page = visit(pages["study", "en"], reduced_motion="reduce")
    assert page.locator(".mean").count() == page.locator(".band").count() == 0
    expect(page.locator("#more legend")).to_have_text(re.compile(r"More over all \d+ weeks:"))
    page.locator("#more input[value=B]").check()
    chart = page.locator("#business-A svg")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.15 * box["width"], box["y"] + 0.6 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.97 * box["width"], box["y"] + 0.05 * box["height"], steps=20)
    page.mouse.up()
    assert len(re.findall("[ML]", chart.locator(".bet").get_attribute("d") or "")) == 6
    page.locator("#play").click()
    assert page.locator(".mean").count() == 2
    expect(page.locator("#business-A .result")).to_contain_text("Your curve ends above the range of worlds.")
    expect(page.locator("#verdict")).to_contain_text(re.compile(r"over all \d+ weeks.*You said (so|otherwise)\."))
    page.locator("#again").click()
    assert page.locator(".mean").count() == 0 and chart.locator(".bet").get_attribute("d") == ""


def test_what_stands_is_told_by_its_last_year(pages: dict[tuple[str, str], Path], visit: Open) -> None:
    page = visit(pages["study", "en"])
    page.get_by_label("Customers", exact=True).check()
    expect(page.locator("#more legend")).to_have_text(re.compile(r"More on average over the last \d+ weeks:"))


def test_the_numbers_stand_behind_each_chart(pages: dict[tuple[str, str], Path], visit: Open) -> None:
    page = visit(pages["study", "en"], reduced_motion="reduce")
    expect(page.locator("#business-A summary")).to_be_hidden()  # until somebody has guessed and plays
    page.locator("#play").click()
    for letter in "AB":
        room = page.locator(f"#business-{letter}")
        expect(room.locator("table")).to_be_hidden()
        room.locator("summary").click()
        assert room.locator("tbody tr").count() == len(stored(page)["weeks"])


def test_play_draws_the_curve_little_by_little_unless_motion_is_unwelcome(
    pages: dict[tuple[str, str], Path], visit: Open
) -> None:
    page = visit(pages["study", "en"])
    page.locator("#play").click()
    expect(page.locator("#business-A .result")).to_be_empty()
    expect(page.locator("#business-A .result")).not_to_be_empty(timeout=10_000)
    calm = visit(pages["study", "en"], reduced_motion="reduce")
    calm.locator("#play").click()
    assert calm.locator("#business-A .result").text_content()


def test_everything_can_be_done_by_keyboard_and_the_address_holds_it(
    pages: dict[tuple[str, str], Path], visit: Open
) -> None:
    page = visit(pages["study", "en"], reduced_motion="reduce")
    page.locator("#business-B [data-factor$=spend_per_year]").focus()
    page.keyboard.press("ArrowLeft")
    page.locator("[data-show=A]").focus()
    page.keyboard.press("End")
    page.locator("#play").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("shown=1"))  # it is written when the hand rests
    words = page.url.partition("#")[2]
    assert "b=2.0" in words and "shown=1" in words and "betA=" in words
    again = visit(pages["study", "en"], words=f"#{words}")
    for letter in "AB":
        for what in (".mean", ".band", ".bet"):
            path = f"#business-{letter} {what}"
            assert again.locator(path).get_attribute("d") == page.locator(path).get_attribute("d")


def test_a_drawn_bet_is_in_the_address_which_is_written_a_few_times_only(
    pages: dict[tuple[str, str], Path], visit: Open
) -> None:
    page = visit(pages["study", "en"])
    page.evaluate("""() => {
      const write = history.replaceState.bind(history);
      window.written = 0;
      history.replaceState = (...words) => { window.written += 1; write(...words); };
    }""")
    page.locator("#business-A svg").scroll_into_view_if_needed()
    box = page.locator("#business-A svg").bounding_box()
    assert box is not None
    for at, (across, up) in enumerate([(0.2, 0.7), (0.5, 0.2), (0.9, 0.6)]):
        page.mouse.move(box["x"] + across * box["width"], box["y"] + up * box["height"], steps=20)
        if not at:
            page.mouse.down()
    page.mouse.up()
    page.locator("#play").click()
    expect(page.locator("#business-A .result")).not_to_be_empty(timeout=10_000)
    expect(page).to_have_url(re.compile("shown=1"))
    assert page.evaluate("window.written") <= 5
    drawn = page.locator("#business-A .bet").get_attribute("d")
    assert drawn is not None and len({float(y) for y in re.findall(r"[ ,](-?[0-9.]+)(?=[A-Z ]|$)", drawn)}) > 3
    again = visit(pages["study", "en"], words="#" + page.url.partition("#")[2])
    assert again.locator("#business-A .bet").get_attribute("d") == drawn


def test_every_control_has_a_name(pages: dict[tuple[str, str], Path], visit: Open) -> None:
    controls = visit(pages["study", "en"]).locator("button:visible, input:visible, select:visible").all()
    assert len(controls) > 10
    for control in controls:
        assert control.evaluate(NAME_OF)


@pytest.mark.parametrize(
    "words", ["#a=99.x&b=&w=-1&m=nonsense&betA=NaN", "#%%%", "#a=1.1.1.1.1&shown=2", "#m=__proto__"]
)
def test_an_address_that_makes_no_sense_does_no_harm(
    pages: dict[tuple[str, str], Path], visit: Open, words: str
) -> None:
    page = visit(pages["study", "en"], words=words)
    page.locator("#skip").click()
    assert page.locator(".mean").count() == 2
