"""The report: one file that shows everything as text, asks nobody, and gives every number with its range."""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.experiment.compare import compare
from sim.experiment.runs import seeds_from
from sim.experiment.saving import save_comparison
from sim.experiment.seen import read_results
from sim.interface import cli
from sim.interface.pages.assumed import assumed, assumed_by_all
from sim.interface.pages.languages import LANGUAGES, Say
from sim.interface.pages.report import report
from sim.interface.pages.report_answer import advice_answer, answer
from sim.interface.pages.report_figures import advice_charts
from sim.interface.pages.seeing import MOST_BYTES
from sim.interface.terminal.terminal import Ending
from sim.scenario.load import load_scenario
from tests.pages.made import (
    ADVICE,
    HARMLESS,
    HOSTILE,
    Elements,
    named,
    saved_advice,
    saved_comparison,
    saved_run,
    saved_study,
)

MAKERS: dict[str, Callable[..., Path]] = {"run": saved_run, "comparison": saved_comparison, "advice": saved_advice}
DRAWN = {"g", "text", "tspan", "path", "use", "clippath", "rect"}
"""Elements of pictures, of which a longer name needs more."""
NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Results of every kind, with harmless and with hostile names."""
    root = tmp_path_factory.mktemp("reported")
    return {
        (what, name): make(root / str(at), name=name)
        for at, name in enumerate((HARMLESS, HOSTILE))
        for what, make in MAKERS.items()
    }


@pytest.mark.parametrize("what", MAKERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_name_is_shown_as_text_and_adds_no_element(
    folders: dict[tuple[str, str], Path], what: str, language: str
) -> None:
    harmless, hostile = (Elements(report(folders[what, name], Say(language))) for name in (HARMLESS, HOSTILE))
    counted, expected = (Counter(each for each in page.names if each not in DRAWN) for page in (hostile, harmless))
    assert counted == expected
    assert hostile.attributes == harmless.attributes
    assert not {"script", "img", "iframe", "link", "object", "form"} & set(hostile.names)
    assert not any(name.startswith("on") for name in hostile.attributes)
    assert any(HOSTILE in text for text in hostile.texts)
    assert "49&amp;" not in "".join(hostile.texts)  # nothing in braces is computed


@pytest.mark.parametrize("what", MAKERS)
def test_a_page_asks_nobody_and_is_small(folders: dict[tuple[str, str], Path], what: str) -> None:
    page = report(folders[what, HARMLESS], Say())
    assert set(re.findall(r"https?://[^\s\"'<)]+", page)) <= NAMESPACES
    assert "default-src 'none'" in page and "url(" not in re.sub(r"url\(#f[0-9a-f]{8}-\d+\)", "", page)
    assert 20_000 < len(page.encode()) < MOST_BYTES


def test_what_a_picture_refers_to_is_in_it_and_nothing_has_the_name_of_another(
    folders: dict[tuple[str, str], Path],
) -> None:
    page = report(folders["comparison", HARMLESS], Say())
    names = re.findall(r' id="([^"]+)"', page)
    assert len(names) == len(set(names))
    meant = set(re.findall(r'(?:href="#|url\(#)([^")]+)', page))
    assert meant and meant <= set(names)


def test_a_comparison_says_who_wins_by_how_much_in_how_many_worlds(folders: dict[tuple[str, str], Path]) -> None:
    seen = read_results(folders["comparison", HARMLESS])
    told = answer(seen, Say())
    profit = next(each for each in seen.differences if each["metric"] == "profit")
    assert told[0].startswith("Profit over the 110 weeks: ")
    low, high = (f"{abs(end):,.0f}"[:2] for end in profit["ci95"])
    assert all(end in told[0] for end in (low, high))
    assert "The goal is reached in" in told[-1] and "wants revenue to grow by 50 to 100 % a year" in told[-1]


@pytest.mark.parametrize("what", ["run", "comparison"])
def test_no_number_of_the_answer_stands_without_its_range(folders: dict[tuple[str, str], Path], what: str) -> None:
    for sentence in answer(read_results(folders[what, HARMLESS]), Say()):
        for unit in (f"{HARMLESS}", "people", "points", "% of worlds"):
            for _ in re.findall(rf"\d {unit}", sentence):
                assert re.search(r"\([^)]*( to |always)[^)]*\)", sentence), sentence


def test_advice_names_the_plan_its_band_and_what_no_plan_reaches() -> None:
    reached, out_of_reach, zero, free = advice_answer(ADVICE, "euro", Say())
    assert reached == (
        "15 % a year: spend 9 % (7 % or more) of revenue, 60 % (40 to 80 % cost hardly more) of it on winning "
        "customers. 50 % (19 to 81 %) of worlds reach the goal."
    )
    assert out_of_reach == (
        "100 % a year: no plan was found that reaches it. The nearest reaches it in 0 % (0 to 39 %) of worlds."
    )
    assert zero.startswith("Going on as before, revenue grows 16.0 % a year (14.0 to 19.0)")
    assert free == (
        "Without a goal, the plan of most profit brings 103,000 euro (89,900 to 116,000) over the 3 years, the worth "
        "of its customers at the end included, in today's money."
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reachable", [True, False, None])
@pytest.mark.parametrize(
    ("split", "spend"),
    [
        (None, [0.0, None]), ([0.4, 0.8], [0.0, None]), ([0.4, 0.8], [0.07, None]),
        ([0.6, 0.6], [0.07, 0.12]), (None, [0.07, 0.12]),
    ],
)  # fmt: skip
def test_whatever_is_known_of_a_plan_no_number_of_it_stands_without_its_range(
    language: str, reachable: bool | None, split: list[float] | None, spend: list[float | None]
) -> None:
    say = Say(language)
    plan = {"acquisition_share_band": split, "spend_share_of_revenue_ci95": spend}
    goal = ADVICE["goals"][0] | plan | {"reachable": reachable}
    best = ADVICE["unconstrained"] | plan
    told, *_, free = advice_answer(ADVICE | {"goals": [goal], "unconstrained": best}, "euro", say)
    for number in (say.per_cent(0.09), say.per_cent(0.6), say.per_cent(0.4)):  # spend, split; spend of the free plan
        for line in (told, free):
            for after in line.split(number)[1:]:
                assert after.startswith((" (", "（")) or after.startswith((" cost", " tốn", " 的花費")), line
    if split is None:
        assert say.per_cent(0.75) not in free
    assert "49" not in free  # its growth, of which no interval was saved
    best |= {"annual_growth_ci95": [0.4, 0.6]}
    (*_, free) = advice_answer(ADVICE | {"goals": [goal], "unconstrained": best}, "euro", say)
    assert say.amount(0.49, 0.4, 0.6, "per year", "euro") in free


def test_the_interval_of_the_split_is_told_where_it_was_saved() -> None:
    goal = ADVICE["goals"][0] | {"acquisition_share_ci95": [0.5, 0.7]}
    told = advice_answer(ADVICE | {"goals": [goal]}, "euro", Say())[0]
    assert "60 % (50 to 70 %; 40 to 80 % cost hardly more) of it on winning customers" in told


def test_the_interval_of_the_split_stands_in_the_figure_and_its_table_where_it_was_saved() -> None:
    goal = ADVICE["goals"][0] | {"acquisition_share_ci95": [0.51, 0.69]}
    split, spend = advice_charts(ADVICE | {"goals": [goal]}, Say())
    assert len(split.table.headings) == 6 and split.table.rows[0][-2:] == ("51.0 %", "69.0 %")
    assert len(spend.table.headings) == 4
    assert len(advice_charts(ADVICE, Say())[0].table.headings) == 4


def test_a_goal_that_needs_no_marketing_is_said_to_need_none() -> None:
    goal = ADVICE["goals"][0] | {"spend_share_of_revenue": 0.0, "acquisition_share_band": [0.0, 1.0]}
    told = advice_answer(ADVICE | {"goals": [goal]}, "euro", Say())[0]
    assert told == "15 % a year: no marketing is needed. 50 % (19 to 81 %) of worlds reach the goal without any."


@pytest.mark.parametrize("what", ["run", "comparison"])
def test_a_sum_names_the_time_it_was_made_over(folders: dict[tuple[str, str], Path], what: str) -> None:
    told = [line for line in answer(read_results(folders[what, HARMLESS]), Say()) if "a year" not in line]
    assert len(told) > 3
    assert all("over the 110 weeks" in line or "in the last week" in line for line in told)


def test_a_comparison_of_people_who_are_followed_shows_who_orders_again_under_each_plan(
    folders: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    plans = [named(plan, HARMLESS) for plan in ("steady", "aggressive")]
    folder = save_comparison(compare(plans, seeds_from(1, 4), followed=400), tmp_path, "compare")
    text, without = (
        " ".join(Elements(report(each, Say())).texts) for each in (folder, folders["comparison", HARMLESS])
    )
    for plan in plans:
        heading = Say()("figure.cohorts", scenario=plan.name)
        assert heading in text and heading not in without
    assert Say()("figure.cohorts.none") in without and Say()("figure.cohorts.none") not in text


def test_a_report_says_how_it_was_made(folders: dict[tuple[str, str], Path]) -> None:
    seen = read_results(folders["run", HARMLESS])
    text = " ".join(Elements(report(seen.folder, Say())).texts)
    for said in (seen.manifest["command"], seen.manifest["result_hash"], seen.manifest["scenarios"][0]["hash"]):
        assert said in text


def test_what_the_answer_rests_on_comes_with_range_and_source() -> None:
    resolved = load_scenario("steady").resolved
    rows = {each.path: each for each in assumed(resolved, "ours")}
    leaving = rows["people.leaving"]
    assert (leaving.leads, leaving.plausible) == (True, "0.03 to 0.25") and "A28" in leaving.source
    assert rows["businesses.ours.levers.care.strength"].leads
    assert not rows["businesses.ours.levers.surprise.delight"].leads  # no money goes there
    assert not rows["people.further_lines"].leads  # zero by default: off
    assert not any(path.startswith("businesses.incumbent_a") for path in rows)


def test_where_scenarios_differ_each_value_carries_its_name() -> None:
    scenarios = [copy.deepcopy(load_scenario("base").resolved) for _ in range(2)]
    scenarios[1]["businesses"]["ours"]["price"] = 60.0
    rows = assumed_by_all(scenarios, ["plain", "dear"], "ours")
    (price,) = [each for each in rows if each.path == "businesses.ours.price"]
    assert (price.value, price.leads) == ("plain: 50.0; dear: 60.0", True)


# -- the command -------------------------------------------------------------------------------------------------------


def test_the_command_writes_the_page_and_says_where(
    folders: dict[tuple[str, str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "report.html"
    assert cli.main(["report", str(folders["run", HARMLESS]), "-o", str(out), "--lang", "vi", "--json"]) == Ending.FINE
    document = json.loads(capsys.readouterr().out)
    assert document == {
        "results": str(folders["run", HARMLESS]), "file": str(out), "bytes": out.stat().st_size, "language": "vi",
    }  # fmt: skip
    assert '<html lang="vi">' in out.read_text(encoding="utf-8")
    assert [path.name for path in out.parent.iterdir()] == ["report.html"]


def test_bad_input_is_refused_and_nothing_is_written(
    folders: dict[tuple[str, str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, there = folders["run", HARMLESS], tmp_path / "there.html"
    there.write_text("mine", encoding="utf-8")
    for words, said in [
        ([str(folder.parent)], f"Did you mean {folder}?"),
        ([str(tmp_path / "nowhere")], "no results of this kind"),
        ([str(folder), "-o", str(there)], "there already. Name another file, or say --force."),
        ([str(folder), "-o", str(folder / "report.html")], "lies inside the results"),
        ([str(folder), "-o", str(tmp_path)], "is a folder"),
        ([str(folder), "--lang", "fr"], "'fr' is not one of 'en', 'vi', 'zh-Hant'"),
        ([str(saved_study(tmp_path / "study"))], "no results of this kind"),
    ]:
        assert cli.main(["report", *words]) == Ending.BAD_INPUT
        assert said in " ".join(capsys.readouterr().err.split())
    assert there.read_text(encoding="utf-8") == "mine"


def test_damaged_results_are_not_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = saved_advice(tmp_path), tmp_path / "report.html"
    (folder / "summary.json").write_text("{}", encoding="utf-8")
    assert cli.main(["report", str(folder), "-o", str(out)]) == Ending.DAMAGED
    assert not out.exists() and "has changed" in capsys.readouterr().err
