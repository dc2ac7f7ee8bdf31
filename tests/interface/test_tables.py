"""Tables: they say what the frames say, and they fit."""

import dataclasses
import io
import math
import re
from collections.abc import Callable

import pytest
from rich.console import Console, RenderableType

from sim.interface.runs.findings import HEADLINES, Findings
from sim.interface.terminal import tables
from sim.model.metrics import METRICS


def console(width: int) -> Console:
    return Console(file=io.StringIO(), width=width, highlight=False, markup=False)


def printed(thing: RenderableType, width: int) -> str:
    out = console(width)
    out.print(thing)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def row_of(text: str, start: str) -> str:
    return " ".join(next(row for row in text.splitlines() if row.startswith(start)).split())


def test_who_wins_says_what_the_frames_say(found: Findings) -> None:
    text = printed(tables.who_wins(found, "aggressive", console(140)), 140)
    assert row_of(text, "profit") == (
        "profit, euro 200,000 ±20,000 150,000 ±15,000 -50,000 ±10,000 2 of 50 [1, 13 %] steady"
    )
    assert row_of(text, "customers") == ("customers 680 ±68 3,090 ±309 +2,410 ±482 50 of 50 [93, 100 %] aggressive")
    assert row_of(text, "satisfaction").endswith("-0.001 ±0.010 2 of 50 [1, 13 %] no clear winner")
    assert row_of(text, "cost of winning").endswith("+80.0 ±16.0 50 of 50 [93, 100 %] steady")
    assert row_of(text, "spent on winning").endswith("+498,000 ±99,600")


def test_every_headline_has_a_row(found: Findings) -> None:
    text = printed(tables.who_wins(found, "aggressive", console(140)), 140)
    assert all(METRICS[name].label in text for name in HEADLINES)


def test_goals_say_what_the_frames_say(found: Findings) -> None:
    text = printed(tables.goals(found, console(120)), 120)
    assert row_of(text, "steady") == ("steady revenue 14.2 % ±1.0 10 to 20 % 49 of 50 [93, 99 %] 0 of 50 [0, 7 %]")
    assert " ".join(text.split()).endswith(tables.REACHED_AND_PASSED)


def test_the_status_quo_is_the_zero_of_the_goals(make_findings: Callable[..., Findings]) -> None:
    text = printed(tables.goals(make_findings(("base", "steady")), console(120)), 120)
    assert row_of(text, "base") == "base revenue 9.0 % ±1.0 the zero - -"


def test_an_interval_that_a_bound_has_cut_shows_both_its_ends(found: Findings) -> None:
    cut = found.levels.assign(low=found.levels["low"].where(found.levels["metric"] != "market_share", 0.0))
    cut.loc[cut["metric"] == "market_share", ["mean", "high"]] = 0.1, 0.3
    text = printed(tables.businesses(dataclasses.replace(found, levels=cut), console(120)), 120)
    assert row_of(text, "market share") == "market share 10.0 % [0.0, 30.0 %]"
    assert row_of(text, "profit") == "profit, euro 200,000 ±20,000"


def test_a_scenario_without_a_goal_shows_none(found: Findings) -> None:
    free = found.goals.assign(low=math.nan, high=math.nan, reached=math.nan, passed=math.nan)
    text = printed(tables.goals(dataclasses.replace(found, goals=free), console(120)), 120)
    assert row_of(text, "steady") == "steady revenue 14.2 % ±1.0 none - -"
    assert "Reached" not in text


NAMES = [
    ("steady", "aggressive"),
    ("my_firm_steady", "my_firm_aggressive"),
    ("spring_campaign_2027", "loyalty_programme_2027"),
    ("a_name_that_goes_on_and_on_until_it_is_as_long_as_1", "a_name_that_goes_on_and_on_until_it_is_as_long_as_2"),
]
NUMBERS = re.compile(r"[-+\N{PLUS-MINUS SIGN}]?\d[\d,.]*")


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_number_label_or_name_is_cut_at_any_width(
    make_findings: Callable[..., Findings], names: tuple[str, str], width: int
) -> None:
    found, out = make_findings(names), console(width)
    many = dataclasses.replace(found, levels=of_businesses(found, 8))
    shown = tables.who_wins(found, names[1], out), tables.goals(found, out), tables.businesses(many, out)
    texts = [printed(thing, width) for thing in shown]
    assert max(len(row) for text in texts for row in text.splitlines()) <= width
    wide = [
        printed(thing, 400)
        for thing in (tables.who_wins(found, names[1], console(400)), tables.goals(found, console(400)))
    ]
    for text, complete in zip(texts, wide, strict=False):
        assert "…" not in text
        assert set(NUMBERS.findall(complete)) <= set(NUMBERS.findall(text.replace("\n", " ")))
    assert "…" not in texts[2]
    for text in texts[:2]:
        assert all(name in text.replace("\n", "") for name in names)
    words_of_labels = {word for name in tables.ROWS_OF_COMPARISON for word in METRICS[name].label.split()}
    assert words_of_labels <= set(re.findall(r"[\w-]+", texts[0]))


def test_letters_stand_for_names_too_long_to_stand_above_columns(make_findings: Callable[..., Findings]) -> None:
    found = make_findings(NAMES[1])
    text = printed(tables.who_wins(found, "my_firm_aggressive", console(80)), 80)
    assert text.startswith("A: my_firm_steady\nB: my_firm_aggressive\n\n")
    heads, _, profit = (row.split() for row in text.splitlines()[4:7])
    assert heads[:2] == ["A", "B"] and "150,000" in profit


def test_half_a_range_that_is_nothing_is_left_out(found: Findings) -> None:
    fixed = found.levels.copy()
    fixed.loc[fixed["metric"] == "profit", ["mean", "low", "high"]] = 150_002.0, 150_001.9, 150_002.1
    text = printed(tables.businesses(dataclasses.replace(found, levels=fixed), console(120)), 120)
    assert row_of(text, "profit") == "profit, euro 150,002"


def of_businesses(found: Findings, count: int) -> object:
    import pandas as pd

    return pd.concat([found.levels.assign(business=f"business_{at}") for at in range(count)])


def test_businesses_stand_side_by_side_if_the_width_allows(found: Findings) -> None:
    two = dataclasses.replace(found, levels=of_businesses(found, 2))
    wide, narrow = (printed(tables.businesses(two, console(width)), width) for width in (120, 60))
    assert "business_0" in wide and any("business_0" in row and "business_1" in row for row in wide.splitlines())
    assert all(text.count("±20,000") == 2 for text in (wide, narrow))


def test_names_are_never_read_as_markup(make_findings: Callable[..., Findings]) -> None:
    found = make_findings(("steady", "[red]x[/red]"), currency="[bold]")
    out = console(120)
    text = printed(tables.who_wins(found, "[red]x[/red]", out), 120) + printed(tables.goals(found, out), 120)
    assert text.count("[red]x[/red]") >= 2
    assert "profit, [bold]" in text


def test_one_world_shows_means_without_ranges(make_findings: Callable[..., Findings]) -> None:
    found = make_findings(("steady",), worlds=1)
    bare = dataclasses.replace(found, levels=found.levels.assign(low=math.nan, high=math.nan))
    assert row_of(printed(tables.businesses(bare, console(80)), 80), "profit") == "profit, euro 200,000"
