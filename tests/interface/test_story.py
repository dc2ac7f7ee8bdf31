"""The story of one person: the exact words of a life that can be checked by hand, and words for everything."""

import io
import re
from collections import Counter
from functools import cache
from typing import Any

import pytest
from rich.console import Console

from sim.experiment.trace import Trace, Window, trace_customer
from sim.interface import story
from sim.interface.telling import AFTER, BEFORE, told
from sim.state.tally import Item
from tests.small_worlds import VARIANTS, scenario_with

# -- a life that can be checked by hand --------------------------------------------------------------------------------

ALONE: dict[str, Any] = {
    "schema": 1,
    "time": {"weeks": 12, "burn_in_weeks": 0},
    "people": {"count": 1, "need_per_year": 26, "leaving": 0.25, "match": 0, "nothing": 0},
    "network": {"mixed": {"listening": 0}},
    "rules": {
        "satisfaction": {"noise": 0},
        "defection": {"satisfaction_effect": 0},
        "value": {"order_shape": 0, "person_shape": 0},
        "talk": {"told_always": 0, "told_by_feeling": 0},
    },
    "businesses": {
        "shop": {
            "known": 1,
            "quality": 0.5,
            "failure_rate": 0,
            "status_quo": {"fixed_split": {"spend_share": 0}},
            "strategy": {"fixed_split": {"spend_share": 0}},
        }
    },
}
"""One person and one shop without luck, talk or spending: what is left are needs, races and coins.

A need has the chance 1 - e^(-26/52) = 0.393. Experience is quality, 0.50; 0.30 was expected, so satisfaction goes from
0.30 by 0.35 of the way to 0.50 + 0.4 x 0.20, which is 0.40, and 0.34 is expected next; then 0.50 + 0.4 x 0.16, which is
0.46. Being a customer is worth half of satisfaction and 0.30 for habit. The times are -ln(draw) / e^strength.
"""

FIRST_WEEKS = """\
weeks 0 to 1
  Nothing.
week 2
  A need arises (0.5 a week: chance 0.393, draw 0.168). In the race shop (strength -0.85; draw 0.669, time 0.939) runs
  alone.
  First order from shop: 50.00 money (50.00 as usual). It goes better than expected (0.50 against 0.30; quality 0.50,
  match +0.00): satisfaction rises from 0.30 to 0.40.
  Journey with shop: admit, after assess.
week 3
  Two needs arise (0.5 a week: chance 0.393, draw 0.0424). In the race shop (strength -0.35 of liking -0.85 and being a
  customer +0.50; draw 0.488, time 1.02) runs alone.
  Does not leave shop (chance 0.25, draw 0.837; inborn 0.25).
  Orders from shop: 50.00 money (50.00 as usual). It goes better than expected (0.50 against 0.34; quality 0.50, match
  +0.00): satisfaction rises from 0.40 to 0.46.
  Now the next need. In the race shop (strength -0.32 of liking -0.85 and being a customer +0.53; draw 0.787, time
  0.329) runs alone.
  Does not leave shop (chance 0.25, draw 0.491; inborn 0.25).
  Orders from shop: 50.00 money (50.00 as usual). It goes better than expected (0.50 against 0.37; quality 0.50, match
  +0.00): satisfaction rises from 0.46 to 0.49.
  Journey with shop: affirm, after admit.
"""
LAST_WEEKS = """\
week 9
  A need arises (0.5 a week: chance 0.393, draw 0.278). In the race shop (strength -0.29 of liking -0.85 and being a
  customer +0.56; draw 0.494, time 0.94) runs alone.
  Leaves shop: the need is gone (chance 0.25, draw 0.121; inborn 0.25). Without it no business comes to mind: nothing is
  bought.
  Journey with shop: nowhere, after advocate.
week 10
  A need arises (0.5 a week: chance 0.393, draw 0.37). No business comes to mind: nothing is bought.
week 11
  Nothing.
"""


@cache
def alone() -> Trace:
    return trace_customer(scenario_with({}, ALONE), 4, 0, last=11)


def unwrapped(text: str) -> list[story.Line]:
    """The lines of a story that was written down to be read."""
    lines: list[story.Line] = []
    for raw in text.splitlines():
        if raw.startswith("week"):
            lines.append(story.Line(raw, []))
        elif lines[-1].paragraphs and not lines[-1].paragraphs[-1].endswith("."):
            lines[-1].paragraphs[-1] += f" {raw.strip()}"
        else:
            lines[-1].paragraphs.append(raw.strip())
    return lines


@pytest.mark.parametrize(("first", "last", "text"), [(0, 3, FIRST_WEEKS), (9, 11, LAST_WEEKS)])
def test_a_life_without_luck_reads_as_computed_by_hand(first: int, last: int, text: str) -> None:
    assert story.life(alone(), Window(first, last)) == unwrapped(text)


def test_head_and_end_say_who_it_is_and_what_came_of_it() -> None:
    trace = alone()
    assert story.introduction(trace) == [
        "Customer 0 is one of 1. This person hears nobody.",
        "A need arises 26 times a year on average, an order is usually worth 50.00 money, and the inborn chance to leave "
        "a supplier instead of ordering again is 0.25.",
        "Taste, if every name were known and prices were alike: 100 % for shop. Lasting match: +0.00 with shop.",
    ]
    assert story.past(trace, Window(0, 11)) == "The world begins: knows shop."
    assert story.past(trace, Window(3, 11)) == (
        "The three weeks before: one order from shop (worth 50.00 money). At the beginning: a customer of shop (phase "
        "admit, one order, satisfaction 0.40)."
    )
    assert story.ending(trace, Window(0, 11)) == (
        "In all, weeks 0 to 11: seven orders from shop (worth 350.00 money); one relationship ended. In the end: has "
        "left shop."
    )


def test_what_is_shown_is_the_head_every_line_and_the_end() -> None:
    trace, window = alone(), Window(0, 11)
    console = Console(file=io.StringIO(), width=70)
    console.print(story.show_trace(trace, window))
    shown = " ".join(console.file.getvalue().split())  # type: ignore[attr-defined]
    said = [paragraph for line in story.life(trace, window) for paragraph in line.paragraphs]
    assert shown.startswith("Customer 0 of small, in the world of seed 4 Customer 0 is one of 1.")
    assert shown.endswith(story.ending(trace, window))
    assert all(" ".join(re.findall(r"[\w.]+", text)) for text in said)
    assert len([line for line in console.file.getvalue().splitlines() if len(line) > 70]) == 0  # type: ignore[attr-defined]


# -- words for everything ----------------------------------------------------------------------------------------------

SPOKEN = {
    Item.ORDERS: r"(Orders|First order) from|Comes back to",
    Item.REVENUE: r"\.\d\d money",
    Item.NEW: "First order from",
    Item.NEW_TOLD: "; a friend told of it",
    Item.NEW_REFERRED: "; a friend told of it for a reward",
    Item.NEW_CONTACTED: "; a contact made it known",
    Item.NEW_AT_OFFER: "Now the occasion that",
    Item.RETURNED: "Comes back to",
    Item.RETURNED_TOLD: "; a friend's story won this person back",
    Item.RETURNED_CONTACTED: "; a contact won this person back",
    Item.LOST_NEED_GONE: r"Leaves .*: the need is gone",
    Item.LOST_DISSATISFIED: r"Leaves .*: dissatisfied",
    Item.LOST_COMPLAINT: r"Leaves .*: a complaint is still open",
    Item.LOST_FORGOTTEN: r"No longer a customer .*\(forgotten\)",
    Item.LOST_TO_RIVAL: r"No longer a customer .*\(bought from a rival\)",
    Item.LOST_TO_PRICE: r"No longer a customer .*\(bought cheaper from a rival\)",
    Item.LOST_MOVED: "Leaves the market for good, also as a customer of",
    Item.CONTACTS: "Is reached by",
    Item.REMINDERS: r"Is reached(, though a customer,)? by (a reminder|an attempt to win back|what .* tells everybody)",
    Item.GOOD_STORIES: "Tells a good story",
    Item.BAD_STORIES: "Tells a bad story",
    Item.FAILURES: "It fails",
    Item.COMPLAINTS: "Complains to",
    Item.RESOLVED: r"resolves (it|the complaint)",
    Item.REGRETS: "Regrets the first order",
    Item.FURTHER_LINES: "Takes up a further line",
    Item.GIFTS: "An unexpected gift",
    Item.AWARE: r"The name is new|The name of .* is forgotten|Leaves the market",
    Item.DELISTED: r"off its list of customers|Leaves the market",
    Item.OPEN_COMPLAINTS: r"Complains to|resolves|Leaves|No longer a customer",
    Item.SATISFACTION: r"satisfaction (rises|falls|stays)|Leaves|No longer a customer|Comes back",
}
"""What the story says of a week in which this was counted."""
ELSEWHERE = {Item.LIST_VALUE, Item.REVENUE_FROM_OLD_CUSTOMERS, Item.SALES_AFTER_CONTACT, Item.SALES_AFTER_REMINDER,
             Item.LISTED}  # fmt: skip
"""Other sides of an order, for books and for science; nothing of its own that a person lives through."""
ANGRY = {"rules.complaints.effect_on_leaving": 4.0, "rules.complaints.complains": 1.0, "time.weeks": 70}


@cache
def lives() -> tuple[Trace, ...]:
    """People of lively worlds, all with every mechanism on: as they are, with much to complain about, by contract."""
    traces = []
    for changes in ({}, ANGRY, VARIANTS["contract"]):
        scenario = scenario_with(changes)
        traces += [trace_customer(scenario, 1, row, last=scenario.time.weeks - 1) for row in range(10)]
    return tuple(traces)


def sentences(trace: Trace) -> Iterator[tuple[Week, str]]:
    """Everything that is said, with its week."""
    for week in trace.weeks:
        for said in told(trace.scenario, week):
            yield week, said.text


def test_of_every_kind_of_event_the_story_tells() -> None:
    seen: Counter[Item] = Counter()
    for trace in lives():
        for week in trace.weeks:
            text = " ".join(said.text for said in told(trace.scenario, week))
            for call in week.walk():
                item = Item(call.arguments["item"]) if call.name == "count" else None
                if item in SPOKEN and call.arguments["amount"] != 0:
                    assert re.search(SPOKEN[item], text), f"{item.name} in week {week.week} is not told: {text}"
                    seen[item] += 1
    assert {item for item in Item if not seen[item]} == ELSEWHERE
    assert set(SPOKEN) | ELSEWHERE == set(Item)


def test_every_teller_has_something_to_tell() -> None:
    silent = set(BEFORE) | {f"after {name}" for name in AFTER}
    for trace in lives():
        for week in trace.weeks:
            for call in week.walk():
                scene = Scene(trace.scenario, week, call, Call(""), [])
                for name, tellers in ((call.name, BEFORE), (f"after {call.name}", AFTER)):
                    if name in silent and call.name in tellers and _speaks(tellers[call.name], scene):
                        silent.remove(name)
    assert silent == {"resolve", "be_reminded"}  # these look at what surrounds them; the items above show they speak


def _speaks(entry: Entry, scene: Scene) -> bool:
    try:
        return bool(list(entry.teller(scene) or ()))
    except AttributeError:
        return False
