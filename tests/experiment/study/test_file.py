"""Whatever is wrong with a study file is told with its place and what to do, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.experiment.study.bundled import bundled_studies, find_study
from sim.experiment.study.file import load_study
from sim.scenario.problems import InputError
from tests.experiment.study.small import STUDY, write_study

LEVER = "businesses.ours.strategy.fixed_budget.acquisition_share: {uniform: {low: 0.0, high: 1.0}}"

WRONG = [
    ("study: 1", "study: 2", "1:8: study must be 1, the version of this format. Write 'study: 1' at the top."),
    ("study: 1\n", "", "1:1: study must be 1"),
    ("question: Does it matter?", "question: 3", "2:11: question must be text, got 3. Quote it."),
    ("question: Does it matter?\n", "", "1:1: question is missing. Say in a sentence what the study asks."),
    ("question:", "quesion:", "2:1: unknown key 'quesion'. Did you mean 'question'?"),
    ("tiny.yaml", "bas", "3:12: there is no scenario 'bas'. Did you mean 'base'?"),
    ("tiny.yaml", "tin.yaml", "tin.yaml: there is no such file. Did you mean 'tiny.yaml' or"),
    ("tiny.yaml", "[base, base]", "3:19: two scenarios are called 'base'. Give one another name."),
    ("levers:\n", "lever:\n", "5:3: unknown key 'lever'. Did you mean 'levers'?"),
    ("acquisition_share:", "aquisition_share:", "6:5: unknown key 'aquisition_share'. Did you mean 'acquisition_sh"),
    ("businesses.ours.s", "businesses.our.s", "6:5: there is no 'our' in businesses. Did you mean 'ours'?"),
    ("low: 0.0, high: 1.0", "low: 0.0, high: 12", "must lie in 0..1 (got 12). Did you mean 0.12?"),
    ("low: 0.0, high: 1.0", "low: 1.0, high: 0.5", "6:72: low must be less than high (got 1.0 and 0.5)."),
    ("low: 0.0, high: 1.0", "low: 0.0", "6:72: vary.levers.businesses.ours.strategy.fixed_budget.acquisition_share"),
    ("{uniform: {low: 0.0, high: 1.0}}", "{uniforn: {}}", "6:63: "),
    ("{uniform: {low: 0.0, high: 1.0}}", "uniform", "uniform alone is no range. Write {uniform: {low: .., high: ..}}."),
    ("{uniform: {low: 0.0, high: 1.0}}", "0.5", "this does not say how it varies. Write a list of values, plausible"),
    ("{uniform: {low: 0.0, high: 1.0}}", "[0.5, 0.5]", "6:68: 0.5 is given twice. Keep one."),
    ("{uniform: {low: 0.0, high: 1.0}}", "[0.5, x]", "must be a number, got the text 'x'"),
    ("{uniform: {low: 0.0, high: 1.0}}", "[]", "6:62: a list of 1 to 1,000 values is expected (got 0)."),
    ("{uniform: {low: 0.0, high: 1.0}}", "[10%]", "6:63: '10%' is not a number. Write 0.10"),
    (LEVER, "businesses.ours.price: plausible", "no plausible range is declared for businesses.ours.price. Write one"),
    ("{uniform: {low: 0.0, high: 1.0}}", "{log_uniform: {low: 0, high: 1}}", "low must be more than 0 (got 0)."),
    ("{uniform: {low: 0.0, high: 1.0}}", "{normal: {mean: 2, sd: 1}}", "mean must lie in 0..1 (got 2). Write one betw"),
    ("{uniform: {low: 0.0, high: 1.0}}", "{normal: {mean: 0.5, sd: 0}}", "sd must be more than 0 (got 0)."),
    ("low: 0.0, high: 1.0}}", "low: 0.3, high: 1.0, step: 2}}", "no multiple of 2 lies in 0.3..1. Write a smaller"),
    (
        LEVER,
        "people.count: {uniform: {low: 9, high: 20, step: 1.5}}",
        "people.count is a whole number, and 1.5 is no st",
    ),
    (LEVER, "businesses.ours.levers.care.aim: plausible", "is no number, so it has no range. List values of it, such"),
    (LEVER, "businesses.ours.levers.care: [{strength: 0.1}]", "overlap. Keep one of them."),
    (LEVER, "story.what_is_it: [a]", "6:5: story cannot be varied. Name a parameter."),
    ("latin_hypercube", "latin_hypercub", "9:10: design knows no 'latin_hypercub'. Did you mean 'latin_hypercube'?"),
    ("points: 4", "points: 0", "9:36: design.latin_hypercube.points must lie in 1..10,000,000 (got 0)."),
    ("points: 4", "seed: 1", "design.latin_hypercube.points is missing. Write a whole number."),
    (
        "{latin_hypercube: {points: 4}}",
        "{sobol: {points: 5}}",
        "needs a power of two (got 5). Write 4 or 8.",
    ),
    ("{points: 4}", "{points: 100000}", "9:9: the study has 300,000 runs (limit 100,000). Take fewer points or worlds"),
    ("replications: 3", "replications: 1.5", "10:15: replications must be a whole number, got 1.5."),
    ("replications: 3", "replications: {until: 0.1}", "replications.most is missing"),
    ("replications: 3", "replications: {until: 10%, most: 9}", "10:23: '10%' is not a number. Write 0.10"),
    ("[profit, customers]", "[profits]", "11:22: there is no metric 'profits'. Did you mean 'profit'?"),
    ("[profit, customers]", "[profit, profit]", "11:30: 'profit' is named twice. Keep one."),
    ("metrics: [p", "business: mine, metrics: [p", "11:22: tiny has no business 'mine'. Known there: ours, incumbent"),
    ("[revenue]", "[revenu]", "12:8: there is no metric 'revenu'. Did you mean 'revenue'?"),
    ("keep: [revenue]", "seed: -1", "12:7: seed must lie in 0.."),
    ("keep: [revenue]", "set: {people.cuont: 5}", "12:7: unknown key 'cuont'. Did you mean 'count'?"),
    ("keep: [revenue]", "set: {people.count: 0}", "12:21: people.count must be at least 1 (got 0)"),
    (
        "keep: [revenue]",
        "set: {businesses.ours.levers.care.strength: 1}",
        "strength is given twice. Keep",
    ),
    ("design:", "desing: 1\ndesign:", "9:1: unknown key 'desing'. Did you mean 'design'?"),
    ("design:", "design: grid\ndesign:", "'design' is given twice (first at line 9). Keep one."),
]

MOST_CUSTOMER_WEEKS = 1e9
"""Of a bundled study: some minutes on two cores."""


@pytest.mark.parametrize(("old", "new", "says"), WRONG, ids=range(len(WRONG)))
def test_a_bad_study_is_refused_with_its_place_and_what_to_do(old: str, new: str, says: str, tmp_path: Path) -> None:
    assert old in STUDY
    path = write_study(tmp_path, STUDY.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        load_study(path)
    assert says in str(caught.value)
    assert all(problem.mark is None or problem.mark.file for problem in caught.value.problems)


def test_everything_that_is_wrong_is_told_at_once_from_the_first_line_to_the_last(tmp_path: Path) -> None:
    text = STUDY.replace("question:", "quesion:").replace("points: 4", "points: 0").replace("[revenue]", "[revenu]")
    with pytest.raises(InputError) as caught:
        load_study(write_study(tmp_path, text))
    lines = [problem.mark.line for problem in caught.value.problems if problem.mark]
    assert lines == sorted(lines) == [1, 2, 9, 12]


def test_a_combination_that_is_no_scenario_is_refused_though_each_value_is_good(tmp_path: Path) -> None:
    text = STUDY.replace(LEVER, "businesses.ours.levers.onboarding.budget_share: [0.0, 0.4]").replace(
        "care.strength: plausible", "care.budget_share: [0.6, 1.0]"
    )
    study = load_study(write_study(tmp_path, text.replace("{latin_hypercube: {points: 4}}", "grid")))
    with pytest.raises(InputError, match=r"mine.yaml:\d+:\d+: point \d of tiny \(.*budget_share=.*\) is no scenario"):
        study.planned()
    pairs = "businesses.ours.levers.care.budget_share,businesses.ours.levers.onboarding.budget_share\n0.6,0.4\n1,0\n"
    (tmp_path / "points.csv").write_text(pairs, encoding="utf-8")
    assert len(load_study(write_study(tmp_path, CSV)).planned().points) == 2


CSV = "study: 1\nquestion: Which?\nscenarios: tiny.yaml\ndesign: {list: {file: points.csv}}\n"
WRONG_CSV = [
    ("", "points.csv: the file is empty. Write a line of paths, then a line for each point."),
    ("people.count\n", "points.csv: the file has no points"),
    ("people.count;a\n1;2\n", "points.csv:1:1: found 1 column 'people.count;a': the file looks semicolon-separated"),
    ("people.count,people.count\n1,2\n", "points.csv:1:2: column 'people.count' is there twice"),
    ("people.cuont\n100\n", "points.csv:1:1: unknown key 'cuont'. Did you mean 'count'?"),
    ("people.count\n100,3\n", "points.csv:2:1: this row has 2 fields, the header has 1."),
    ("people.count\n010\n", "points.csv:2:1: '010' is ambiguous (octal in YAML 1.1)."),
    (
        "people.count\n100\n0\n",
        "points.csv:3:1: point 1 of tiny (people.count=0) is no scenario: people.count must be at ",
    ),
    ('people.count\n"100\n', "points.csv: this is not CSV (unexpected end of data). Check quotes and commas."),
]


@pytest.mark.parametrize(("text", "says"), WRONG_CSV, ids=range(len(WRONG_CSV)))
def test_a_bad_list_of_points_is_refused_with_its_place(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_study(write_study(tmp_path, CSV)).planned()
    assert says in str(caught.value)


def test_a_listed_design_has_no_other_factors_and_a_file_that_is_there(tmp_path: Path) -> None:
    for text, says in (
        (CSV, "4:23: "),
        (CSV + "vary: {levers: {people.count: [1]}}\n", "5:1: a listed design varies what its file has columns for"),
        (CSV.replace("{file: points.csv}", "{}"), "design.list.file is missing. Name a CSV file."),
    ):
        with pytest.raises(InputError) as caught:
            load_study(write_study(tmp_path, text))
        assert says in str(caught.value)


def test_a_study_that_is_not_there_is_named_with_what_may_be_meant(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no study 'split_and_budgt'. Did you mean 'split_and_budget'?"):
        find_study("split_and_budgt")
    with pytest.raises(InputError, match="no such file"):
        load_study(tmp_path / "nothing.yaml")


@pytest.mark.parametrize("path", bundled_studies(), ids=lambda path: path.stem)
def test_a_bundled_study_asks_a_question_and_is_short(path: Path) -> None:
    plan = load_study(path).planned()
    assert len(plan.question.split()) >= 10 and plan.question.endswith("?")
    weeks = max(size.people * (size.burn_in_weeks + size.weeks) for size in (point.size for point in plan.points))
    assert plan.most_runs * weeks <= MOST_CUSTOMER_WEEKS
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_at_least_two_studies_come_with_the_package() -> None:
    assert {"split_and_budget", "least_known"} <= {path.stem for path in bundled_studies()}
