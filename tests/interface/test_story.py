"""The story of one person: the exact words of a life that can be checked by hand, and words for everything."""

import io
import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from rich.console import Console

from sim.experiment.trace import Trace, Week, Window, trace_customer
from sim.interface.commands.asked import Changes
from sim.interface.story import story
from sim.interface.story.telling import AFTER, BEFORE, Entry, Scene, Sentences, told
from sim.interface.terminal.terminal import Ending, Stop, Terminal
from sim.rules.journey import PHASES
from sim.state.tally import Item
from tests.every_mechanism import ALLY
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
  Leaves shop: no need of it any more (chance 0.25, draw 0.121; inborn 0.25). Without it no business comes to mind:
  nothing is bought.
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
        "Customer 0 is alone in this market. This person hears nobody.",
        "A need arises 26 times a year on average, an order is usually worth 50.00 money, and the inborn chance to "
        "leave a supplier instead of ordering again is 0.25.",
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


def test_what_is_shown_is_the_head_every_line_and_the_end_within_the_width() -> None:
    trace, window = alone(), Window(0, 11)
    written = io.StringIO()
    Console(file=written, width=70).print(story.show_trace(trace, window))
    shown = written.getvalue()
    assert max(map(len, shown.splitlines())) <= 70
    assert shown.startswith("Customer 0 of small, in the world of seed 4\n")
    words = re.sub(r"\s+", " ", re.sub(r"(?m)^weeks? [\d to]+|^ +", "", shown))
    told_ = [paragraph for line in story.life(trace, window) for paragraph in line.paragraphs]
    for text in [*story.introduction(trace), story.HOW_TO_READ, *told_, story.ending(trace, window)]:
        assert text in words


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
    Item.RETURNED_REFERRED: "; a friend's story for a reward won this person back",
    Item.RETURNED_CONTACTED: "; a contact won this person back",
    Item.RETURNED_REMINDED: "; a reminder won this person back",
    Item.LOST_NEED_GONE: r"Leaves .*: no need of it any more",
    Item.LOST_DISSATISFIED: r"Leaves .*: dissatisfied",
    Item.LOST_COMPLAINT: r"Leaves .*: a complaint is still open",
    Item.LOST_FORGOTTEN: r"No longer a customer .*\(forgotten\)",
    Item.LOST_TO_RIVAL: r"No longer a customer .*\(bought from a rival\)",
    Item.LOST_TO_PRICE: r"No longer a customer .*\(bought cheaper from a rival\)",
    Item.LOST_MOVED: "Leaves the market for good, also as a customer of",
    Item.CONTACTS: "Is reached by",
    Item.PROSPECT_CONTACTS: "Is reached by",
    Item.REMINDERS: r"Is reached(, though a customer,)? by (a reminder|an attempt to win back|what .* tells everybody)",
    Item.WIN_BACKS: "Is reached by (a reminder|an attempt to win back)",
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
    Item.DELISTED_MOVED: "Leaves the market",
    Item.OPEN_COMPLAINTS: r"Complains to|resolves|Leaves|No longer a customer",
    Item.SATISFACTION: r"satisfaction (rises|falls|stays)|Leaves|No longer a customer|Comes back",
}
"""What the story says of a week in which this was counted."""
ELSEWHERE = {Item.LIST_VALUE, Item.FIRST_LIST_VALUE, Item.REVENUE_FROM_OLD_CUSTOMERS, Item.SALES_AFTER_CONTACT,
             Item.SALES_AFTER_REMINDER, Item.LISTED, Item.LOST_CLOSED, Item.TRAFFIC, Item.BUYERS}  # fmt: skip
"""Other sides of an order, for books and for science; nothing of its own that a person lives through. And the end of a
business, which comes before anybody's week."""
RESTLESS = {
    "rules.complaints.effect_on_leaving": 4.0,
    "rules.complaints.complains": 1.0,
    "rules.population.turnover": 0.02,
    "time.weeks": 70,
}


@cache
def lives() -> tuple[Trace, ...]:
    """People of lively worlds, all with every mechanism on: as they are, restless, by contract."""
    traces = []
    for changes in ({}, RESTLESS, {"businesses.ours.channels.ally": ALLY}, VARIANTS["contract"]):
        scenario = scenario_with(changes)
        traces += [trace_customer(scenario, 1, row, last=scenario.time.weeks - 1) for row in (*range(10), 17)]
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


@pytest.mark.parametrize("tellers", [BEFORE, AFTER], ids=["before", "after"])
def test_every_teller_has_something_to_tell(tellers: dict[str, Entry], monkeypatch: pytest.MonkeyPatch) -> None:
    spoke = set()

    def overheard(name: str, entry: Entry) -> Entry:
        def teller(scene: Scene) -> Sentences:
            said = entry.teller(scene) or ()
            said = said if isinstance(said, str) else list(said)
            if said:
                spoke.add(name)
            return said

        return entry._replace(teller=teller)

    for name, entry in list(tellers.items()):
        monkeypatch.setitem(tellers, name, overheard(name, entry))
    for trace in lives():
        assert list(sentences(trace))
    assert spoke == set(tellers)


def test_every_name_of_a_call_that_is_told_exists_in_the_model() -> None:
    called = {call.name for trace in lives() for week in trace.weeks for call in week.walk()}
    assert set(BEFORE) | set(AFTER) <= called


# -- what is said is true ----------------------------------------------------------------------------------------------

RUNNER = re.compile(r"\(strength (-?\d+\.\d\d)(?: of ([^;]*))?; draw ([\d.]+), time ([\d.,]+)\)")
TOSS = re.compile(r"chance ([\d.]+), draw ([\d.]+)")


def number(text: str) -> float:
    return float(text.replace(",", ""))


def test_times_of_a_race_follow_from_strength_and_draw_as_the_head_says() -> None:
    races = 0
    for _, text in (each for trace in lives() for each in sentences(trace)):
        runners = RUNNER.findall(text)
        times = [number(time) for *_, time in runners]
        assert times == sorted(times)
        for strength, made, draw, time in runners:
            if 0.01 < float(draw) < 0.99:
                expected = -math.log(float(draw)) / math.exp(float(strength))
                assert number(time) == pytest.approx(expected, rel=0.06), text
                races += 1
            if made:
                parts = [float(part) for part in re.findall(r"[+-]\d+\.\d\d", made)]
                assert sum(parts) == pytest.approx(float(strength), abs=0.031), text
    assert races > 500


HAPPENED = ("Leaves ", "Regrets", "Complains", "Tells", "Hears", "Is reached", "It fails", "Takes up", "A need arises",
            "It makes an occasion", "That is enough")  # fmt: skip
DID_NOT = ("Does not leave", "Does not complain", "It makes no occasion", "That is not enough", "stays open")


def test_what_happened_had_its_draw_below_its_chance_and_what_did_not_had_not() -> None:
    seen: Counter[str] = Counter()
    for _, text in (each for trace in lives() for each in sentences(trace)):
        for beginning in HAPPENED + DID_NOT:
            if text.startswith(beginning) or (beginning == "stays open" and beginning in text):
                toss = TOSS.search(text)
                if toss:
                    chance, draw = map(float, toss.groups())
                    assert draw <= chance if beginning in HAPPENED else draw >= chance, text
                    seen[beginning] += 1
    assert set(seen) == set(HAPPENED + DID_NOT)


def test_satisfaction_goes_on_from_where_it_was_told_to_have_gone() -> None:
    going = re.compile(
        r"satisfaction (?:rises|falls) from (-?\d\.\d\d) to (-?\d\.\d\d)|satisfaction stays at (-?\d\.\d\d)"
    )
    for trace in lives():
        last: dict[int, str] = {}
        for week in trace.weeks:
            for said in told(trace.scenario, week):
                if said.text.startswith("Leaves the market"):
                    last = {}
                for before, after, same in going.findall(said.text):
                    (business,) = said.businesses
                    assert last.get(business, before or same) == (before or same), said.text
                    last[business] = after or same
        assert trace.weeks[-1].after.satisfaction == pytest.approx(
            [float(last.get(slot, trace.weeks[-1].after.satisfaction[slot])) for slot in range(3)], abs=0.0051
        )


def test_every_week_is_told_once_and_quiet_weeks_together() -> None:
    for trace in lives():
        last = trace.scenario.time.weeks - 1
        weeks: list[int] = []
        lines = story.life(trace, Window(-16, last))
        for line in lines:
            first, *rest = map(int, re.findall(r"-?\d+", line.when))
            weeks += range(first, (rest or [first])[0] + 1)
        assert weeks == list(range(-16, last + 1))
        quiet = [line.paragraphs[0].startswith("Nothing") for line in lines]
        assert not any(this and following for this, following in zip(quiet[:-1], quiet[1:], strict=True))


def test_what_fades_in_quiet_weeks_is_told() -> None:
    said = [line for trace in lives() for line in story.life(trace, Window(-16, 40)) if "fades" in line.paragraphs[0]]
    fading = re.compile(r"(the push|what was heard) of (\w+) fades from (-?\d+\.\d\d) to (-?\d+\.\d\d)")
    assert said
    for line in said:
        for _, name, before, after in fading.findall(line.paragraphs[0]):
            assert name in ("ours", "rival", "third")
            assert abs(float(after)) < abs(float(before)) >= story.NOTICEABLE


def test_a_change_of_phase_is_told_and_leads_to_where_the_next_one_begins() -> None:
    for trace in lives():
        stands = dict(zip(("ours", "rival", "third"), (PHASES[at] for at in trace.weeks[0].phases_before), strict=True))
        for week in trace.weeks:
            for said in story.journey(trace.scenario, week):
                name, now, before = re.findall(r"Journey with (\w+): (\w+), after (\w+)\.", said.text)[0]
                assert stands[name] == before != now
                stands[name] = now
        assert list(stands.values()) == [PHASES[at] for at in trace.weeks[-1].phases]


def test_about_one_business_only_what_concerns_it_is_told() -> None:
    for trace in lives()[:5]:
        everything = {line.when: line.paragraphs for line in story.life(trace, Window(-16, 49))}
        for line in story.life(trace, Window(-16, 49, business=2)):
            if line.paragraphs[0].startswith("Nothing"):
                assert line.paragraphs[0].startswith("Nothing with third")
                continue
            assert "third" in " ".join(line.paragraphs)
            for paragraph in line.paragraphs:
                for other in ("ours", "rival"):
                    for part in (f"Orders from {other}", f"leave {other}", f"Journey with {other}", f"list of {other}"):
                        assert part not in paragraph
            assert set(" ".join(line.paragraphs).split()) <= set(" ".join(everything[line.when]).split())


def test_a_newcomer_is_introduced_with_the_traits_of_that_day() -> None:
    moves = 0
    for trace in lives():
        for week in trace.weeks:
            if any(call.name == "move_away" for call in week.walk()):
                told_ = story.paragraphs_of(trace.scenario, week, Window(-16, 80))
                assert (
                    told_[1:3] == story.traits(trace.scenario, week.after) != story.traits(trace.scenario, week.before)
                )
                moves += 1
    assert moves > 3


def test_segments_contracts_and_backers_are_part_of_the_introduction() -> None:
    segments = trace_customer(scenario_with(VARIANTS["segments"]), 1, 0, last=-16)
    names = [segment.name for segment in segments.scenario.segments]
    assert story.introduction(segments)[1].startswith(f"Segment {names[segments.born.segment]}: A need arises")
    contract = lives()[-1]
    assert story.introduction(contract)[1].endswith("A contract lasts four weeks.")
    backers = [trace for trace in lives() if trace.born.backs >= 0]
    assert backers
    assert all(re.search(r"This person backs (ours|rival|third)\.", story.introduction(one)[0]) for one in backers)
    many = trace_customer(scenario_with({"people.represents": 50}), 1, 0, last=-16)
    assert story.introduction(many)[0].startswith(
        "Customer 0 is one of 113 people and stands for 50 of the real market."
    )


# -- the command -------------------------------------------------------------------------------------------------------

FEW = Changes(weeks=6, customers=200)


def test_the_command_tells_the_story_of_a_scenario_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    story.trace("steady", FEW, story.Question(customer=42, seed=1, last=3), Terminal())
    shown = capsys.readouterr().out
    assert shown.startswith("With time.weeks=6, people.count=200.\n\nCustomer 42 of steady, in the world of seed 1\n")
    assert "In all, weeks 0 to 3:" in shown


def test_the_command_prints_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    question = story.Question(customer=42, seed=1, first=-2, last=1, business="ours")
    story.trace("steady", FEW, question, Terminal(as_json=True))
    document = json.loads(capsys.readouterr().out)
    assert (document["customer"], document["settings"]) == (42, ["time.weeks=6", "people.count=200"])
    assert [week["week"] for week in document["weeks"]] == [-2, -1, 0, 1]
    assert {event["business"] for week in document["weeks"] for event in week["events"]} == {None, "ours"}


@pytest.mark.parametrize(
    "question",
    [
        story.Question(customer=200, seed=1),
        story.Question(customer=0, seed=1, last=6),
        story.Question(customer=0, seed=1, first=2, last=1),
        story.Question(customer=0, seed=1, business="theirs"),
        story.Question(customer=0, seed=2**64),
    ],
)
def test_what_does_not_exist_is_bad_input(question: story.Question, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Stop) as stopped:
        story.trace("steady", FEW, question, Terminal())
    assert stopped.value.ending == Ending.BAD_INPUT
    assert capsys.readouterr().out == ""
