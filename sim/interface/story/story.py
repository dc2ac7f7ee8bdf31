"""A story: one person's life week by week, in words, with the draws and numbers behind each decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from sim.experiment.trace import (
    Person,
    Trace,
    Week,
    Window,
    document_of,
    orders_of,
    tastes,
    trace_customer,
    window_of,
)
from sim.interface.commands.asked import Changes, load
from sim.interface.runs.findings import listed
from sim.interface.runs.running import explained
from sim.interface.story import tellers  # noqa: F401  (every teller registers itself)
from sim.interface.story.telling import Said, counting, digits, money, points, signed, told
from sim.interface.terminal.tables import spaced, title
from sim.interface.terminal.terminal import Terminal
from sim.rules.journey import PHASES
from sim.rules.memory import AWARE, CUSTOMER, LAPSED
from sim.rules.need import CONTRACT
from sim.scenario.schema import Scenario
from sim.state.customers import NOBODY

NOTICEABLE = 0.1
"""Log odds; a push or a story below this has faded."""
HOW_TO_READ = (
    "How to read: what has a chance happens if its draw, a number from 0 to 1, is below it. In a race time is "
    "-ln(draw) / e^strength, and the least one wins. Strengths are in log odds, satisfaction runs from -1 to 1."
)


class Line(NamedTuple):
    """What is said of a week, or of several quiet ones."""

    when: str
    paragraphs: list[str]


class Question(NamedTuple):
    """Whose life is wanted, and which part of it, as options say it."""

    customer: int
    seed: int
    first: int | None = None
    last: int | None = None
    business: str | None = None


def trace(name: str, changes: Changes, question: Question, terminal: Terminal) -> None:
    """Live one world of a scenario and tell what one person goes through."""
    scenario = load(name, changes)
    with explained():
        window = window_of(scenario, question.first, question.last, question.business)
        traced = trace_customer(scenario, question.seed, question.customer, window.last)
    if terminal.as_json:
        terminal.document(document_of(traced, window) | changes.document)
    terminal.tell(changes.sentence([scenario]))
    terminal.show(show_trace(traced, window))


# ----------------------------------------------------------------------------------------------------------- the life


def life(trace: Trace, window: Window) -> list[Line]:
    """Week by week, quiet weeks together."""
    lines: list[Line] = []
    quiet: list[Week] = []
    for week in window.of(trace):
        paragraphs = paragraphs_of(trace.scenario, week, window)
        if paragraphs:
            lines += [*_quiet(trace.scenario, quiet, window), Line(f"week {week.week}", paragraphs)]
            quiet = []
        else:
            quiet.append(week)
    return lines + _quiet(trace.scenario, quiet, window)


def paragraphs_of(scenario: Scenario, week: Week, window: Window) -> list[str]:
    """What is told of one week; nothing if nothing happens."""
    said = [*told(scenario, week), *newcomer(scenario, week), *journey(scenario, week)]
    if not any(window.shows(*each.businesses) for each in said):
        return []
    paragraphs: list[str] = []
    for each in said:
        if not each.businesses or window.shows(*each.businesses):
            if each.opens or not paragraphs:
                paragraphs.append(each.text)
            else:
                paragraphs[-1] += f" {each.text}"
    return paragraphs


def newcomer(scenario: Scenario, week: Week) -> list[Said]:
    """Who has moved in."""
    moved = any(call.name == "move_away" for call in week.walk())
    return [Said(text, (), True) for text in traits(scenario, week.after)] if moved else []


def journey(scenario: Scenario, week: Week) -> list[Said]:
    """Which phases have changed."""
    steps = zip(scenario.businesses, week.phases_before, week.phases, strict=True)
    said = [
        Said(f"Journey with {business.name}: {PHASES[now]}, after {PHASES[before]}.", (slot,))
        for slot, (business, before, now) in enumerate(steps)
        if before != now
    ]
    return [said[0]._replace(opens=True), *said[1:]] if said else []


def _quiet(scenario: Scenario, weeks: Sequence[Week], window: Window) -> list[Line]:
    """Weeks without an event, and what faded in them."""
    if not weeks:
        return []
    before, after = weeks[0].before, weeks[-1].after
    faded = []
    for slot, each in enumerate(scenario.businesses):
        for what, column in (("the push", "push"), ("what was heard", "heard")):
            then, now = (getattr(person, column)[slot] for person in (before, after))
            if abs(then) >= NOTICEABLE and window.shows(slot):
                faded.append(f"{what} of {each.name} fades from {points(then)} to {points(now)}")
    when = f"week {weeks[0].week}" if len(weeks) == 1 else f"weeks {weeks[0].week} to {weeks[-1].week}"
    what = "Nothing" if window.business is None else f"Nothing with {scenario.businesses[window.business].name}"
    return [Line(when, [f"{'; '.join([what, *faded])}."])]


# ----------------------------------------------------------------------------------------------------- head and end


def introduction(trace: Trace) -> list[str]:
    """Who this is."""
    scenario, person = trace.scenario, trace.born
    stands_for = f" and stands for {scenario.represents:,} of the real market" if scenario.represents > 1 else ""
    among = f"one of {scenario.people:,} people" if scenario.people > 1 else "alone in this market"
    who = f"Customer {trace.customer} is {among}{stands_for}."
    whom = f"one of {counting(trace.friends, 'friend')}" if trace.friends else "anybody"
    hears = (
        f"In a week there is a chance of {digits(person.listening)} to hear {whom}."
        if person.listening > 0.0
        else "This person hears nobody."
    )
    backs = f"This person backs {scenario.businesses[person.backs].name}." if person.backs != NOBODY else ""
    return [" ".join(part for part in (who, hears, backs) if part), *traits(scenario, person)]


def traits(scenario: Scenario, person: Person) -> list[str]:
    """What a person is born with."""
    names = [business.name for business in scenario.businesses]
    segment = f"Segment {scenario.segments[person.segment].name}: " if len(scenario.segments) > 1 else ""
    by_contract = scenario.rules.need.clock == CONTRACT
    contract = f" A contract lasts {counting(scenario.rules.need.renewal_weeks, 'week')}." if by_contract else ""
    born = (
        f"{segment}A need arises {digits(52.0 * person.weekly_need)} times a year on average, an order is usually "
        f"worth {person.mean_order_value:,.2f} {scenario.currency.name}, and the inborn chance to leave a supplier "
        f"instead of ordering again is {digits(person.leaving)}.{contract}"
    )
    nothing, shares = tastes(person)
    liked = sorted(zip([*shares, nothing], [*names, "buying nothing"], strict=True), reverse=True)
    liking = listed([f"{_per_cent(share)} for {name}" for share, name in liked if share > 0.0])
    match = listed([f"{signed(fit)} with {name}" for fit, name in zip(person.match, names, strict=True)])
    return [born, f"Taste, if every name were known and prices were alike: {liking}. Lasting match: {match}."]


def _per_cent(share: float) -> str:
    return "under 1 %" if share < 0.01 else f"{100 * share:.0f} %"


def past(trace: Trace, window: Window) -> str:
    """What had happened before the story begins."""
    weeks = [week for week in trace.weeks if week.week < window.first]
    if not weeks:
        return f"The world begins: {standing(trace.scenario, trace.weeks[0].before, trace.weeks[0].phases_before)}."
    stands = standing(trace.scenario, weeks[-1].after, weeks[-1].phases)
    return f"The {counting(len(weeks), 'week')} before: {deeds(trace, weeks)}. At the beginning: {stands}."


def ending(trace: Trace, window: Window) -> str:
    """What came of it."""
    weeks = window.of(trace)
    stands = standing(trace.scenario, weeks[-1].after, weeks[-1].phases)
    return f"In all, weeks {window.first} to {window.last}: {deeds(trace, weeks)}. In the end: {stands}."


def deeds(trace: Trace, weeks: Sequence[Week]) -> str:
    """Orders and departures of some weeks."""
    orders = orders_of(list(weeks))
    parts = []
    for slot, business in enumerate(trace.scenario.businesses):
        amounts = [order.amount for order in orders if order.business == slot]
        if amounts:
            worth = money(trace.scenario, sum(amounts))
            parts.append(f"{counting(len(amounts), 'order')} from {business.name} (worth {worth})")
    left = sum(call.name == "leave" for week in weeks for call in week.walk())
    ended = f"; {counting(left, 'relationship')} ended" if left else ""
    return f"{listed(parts) or 'no orders'}{ended}"


def standing(scenario: Scenario, person: Person, phases: Sequence[int]) -> str:
    """Where a person stands with every business."""
    by_relation: dict[int, list[str]] = {}
    for slot, business in enumerate(scenario.businesses):
        words = business.name
        if person.relation[slot] == CUSTOMER:
            orders = counting(person.orders[slot], "order")
            words += f" (phase {PHASES[phases[slot]]}, {orders}, satisfaction {points(person.satisfaction[slot])})"
        by_relation.setdefault(person.relation[slot], []).append(words)
    verbs = {CUSTOMER: "a customer of", AWARE: "knows", LAPSED: "has left"}
    said = [f"{verb} {listed(by_relation[relation])}" for relation, verb in verbs.items() if relation in by_relation]
    return "; ".join(said) or "knows no business"


# ------------------------------------------------------------------------------------------------------------- showing


def show_trace(trace: Trace, window: Window) -> RenderableType:
    """The story for a terminal of any width."""
    name = f"Customer {trace.customer} of {trace.scenario.name}, in the world of seed {trace.seed}"
    head = [title(name), *map(Text, [*introduction(trace), past(trace, window), HOW_TO_READ])]
    weeks = Table.grid(padding=(0, 2, 0, 0))
    weeks.add_column(no_wrap=True, style="bold")
    weeks.add_column()
    for line in life(trace, window):
        weeks.add_row(Text(line.when), Text("\n".join(line.paragraphs)))
    return spaced([*head, weeks, Text(ending(trace, window))])
