"""Pictures of the pages for docs/seeing.md: report, explore and lab, in every language, on a phone and on a desk.

``python docs/pages/make.py`` computes what they show (the grid of explore takes minutes), opens each page in the
system's Chromium, and writes what a reader sees as small PNG files beside this one. Look at them before they are
committed.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from sim.interface.pages.languages import LANGUAGES

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SCREENS = {"phone": ({"width": 375, "height": 800}, 1.5), "desk": ({"width": 1280, "height": 960}, 1.0)}
"""The size of each screen, and how many dots of the picture go to one of the page."""
COMPARE = ("compare", "steady", "aggressive", "--replicates", "20", "--customers", "3000", "--log", "1000")
SWEEP = ("sweep", "explore_split")
LAB = ("lab", "referral", "--customers", "2000", "--weeks", "60", "--json")
HELD = (("spend_per_year", "20000"), ("acquisition_share", "0.9"))
"""What A is given in the lab."""
FIRST_WEEKS, ALL_WEEKS = 13, 40
COLOURS, MOST_BYTES = 256, 150_000


def answered(*words: str) -> dict[str, Any]:
    """What a command prints as JSON."""
    done = subprocess.run([sys.executable, "run.py", *words, "--json"], cwd=ROOT, text=True, stdout=subprocess.PIPE)
    done.check_returncode()
    return json.loads(done.stdout)


def opened(browser: Browser, address: str, screen: str) -> Page:
    """A page on a screen."""
    size, dots = SCREENS[screen]
    context = browser.new_context(viewport=size, device_scale_factor=dots, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    return page


def taken(page: Page, name: str, top: str | None = None) -> None:
    """What is seen of a page, from an element on, as a file with few colours.

    Raises
    ------
    ValueError
        If it is too large to be kept beside the code.
    """
    if top is not None:
        page.locator(top).first.evaluate("(element) => element.scrollIntoView()")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    file = HERE / f"{name}.png"
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    if file.stat().st_size > MOST_BYTES:
        raise ValueError(f"{file.name} has {file.stat().st_size:,} bytes")
    page.context.close()


def files(browser: Browser, results: dict[str, str], place: Path) -> None:
    """Pictures of the pages that are files."""
    for language in LANGUAGES:
        for what, folder in results.items():
            file = place / f"{what}-{language}.html"
            answered(what, folder, "-o", str(file), "--lang", language)
            for screen in SCREENS:
                page = opened(browser, file.as_uri(), screen)
                if what == "explore":
                    page.locator("#skip").click()
                    page.mouse.move(0, 0)  # else a slider that comes to lie below the hand is drawn darker
                taken(
                    page, f"{what}-{language}-{screen}", "#verdict" if (what, screen) == ("explore", "phone") else None
                )


def labs(browser: Browser) -> None:
    """Pictures of the lab, after some weeks in which A had its money decided by hand."""
    for language in LANGUAGES:
        command = [sys.executable, "run.py", *LAB, "--lang", language]
        lab = subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE)
        try:
            address = json.loads("".join(iter(lab.stdout.readline, "}\n")) + "}")["address"]  # type: ignore[union-attr]
            for screen in SCREENS:
                page = opened(browser, address, screen)
                page.locator("body[data-week]").wait_for()
                weeks_pass(page, FIRST_WEEKS)
                for what, value in HELD:
                    page.locator(f"#side-A [data-what={what}] input").fill(value)
                weeks_pass(page, ALL_WEEKS)
                taken(page, f"lab-{language}-{screen}", "#side-A .people" if screen == "phone" else None)
        finally:
            lab.terminate()
            lab.wait()


def weeks_pass(page: Page, until: int) -> None:
    """Live up to a week."""
    while (week := int(page.evaluate("document.body.dataset.week"))) < until:
        page.locator("#step").click()
        page.locator(f"body[data-week='{week + 1}']").wait_for()


def main() -> None:
    """Everything anew."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        results = {"report": answered(*COMPARE, "--out", place)["results"], "explore": answered(*SWEEP)["results"]}
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        files(browser, results, Path(place))
        labs(browser)
        browser.close()


if __name__ == "__main__":
    main()
