"""Telling: how the calls of a traced week become sentences, and how chances, draws and feelings are put.

A draw is a number from 0 to 1; whatever has a chance happens if its draw is below it. Nothing here is computed a second
time: every number is one that a call was given or answered, or stands in the person's own row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sim.experiment.shadows import Call
from sim.experiment.trace import Week
from sim.interface.runs.findings import listed
from sim.interface.terminal.amounts import three_digits
from sim.rules.chance import WORDS
from sim.scenario.schema import Scenario


class Said(NamedTuple):
    """A sentence, the businesses that it is about (none: about none in particular), and whether a line begins here."""

    text: str
    businesses: tuple[int, ...]
    opens: bool = False


@dataclass(frozen=True)
class Scene:
    """A call and what surrounds it."""

    scenario: Scenario
    week: Week
    call: Call
    within: Call
    """Who made the call."""
    earlier: list[Call]
    """What the same one had called before."""

    @property
    def name(self) -> str:
        """The business that the call is about."""
        return "" if self.call.business is None else self.named(self.call.business)

    def named(self, business: int) -> str:
        """A business by its slot."""
        return self.scenario.businesses[business].name

    def last(self, name: str) -> Call | None:
        """The latest of the earlier calls of this name."""
        return next((call for call in reversed(self.earlier) if call.name == name), None)


Sentences = Iterable[str | tuple[str, tuple[int, ...]]] | str | None
"""One sentence, several, or none; a sentence may say itself which businesses it is about."""
Teller = Callable[[Scene], Sentences]


class Entry(NamedTuple):
    """Who tells a call, and whether that begins a new line."""

    teller: Teller
    opens: bool


BEFORE: dict[str, Entry] = {}
"""Tellers by the name of the call. What has none is told as part of something else, or is a step without an event."""
AFTER: dict[str, Entry] = {}
"""Tellers who wait until everything has been told that the call led to."""


def tells(name: str, opens: bool = False, after: bool = False) -> Callable[[Teller], Teller]:
    """Register who tells a call of this name."""

    def register(teller: Teller) -> Teller:
        (AFTER if after else BEFORE)[name] = Entry(teller, opens)
        return teller

    return register


def told(scenario: Scenario, week: Week) -> Iterator[Said]:
    """All sentences of one week, in the order of what happened."""
    return _told(Scene(scenario, week, Call("week", calls=list(week.calls)), Call(""), []))


def _told(scene: Scene) -> Iterator[Said]:
    yield from _said(scene, BEFORE.get(scene.call.name))
    for at, call in enumerate(scene.call.calls):
        yield from _told(Scene(scene.scenario, scene.week, call, scene.call, scene.call.calls[:at]))
    yield from _said(scene, AFTER.get(scene.call.name))


def _said(scene: Scene, entry: Entry | None) -> Iterator[Said]:
    sentences = (entry.teller(scene) if entry else None) or ()
    about = () if scene.call.business is None else (scene.call.business,)
    opens = entry is not None and entry.opens
    for each in (sentences,) if isinstance(sentences, str) else sentences:
        text, businesses = (each, about) if isinstance(each, str) else each
        yield Said(text, businesses, opens)
        opens = False


# ------------------------------------------------------------------------------------------------------------ numbers


def money(scenario: Scenario, minor: int) -> str:
    """An amount of money, to the smallest coin."""
    return f"{minor / scenario.minor_units:,.{scenario.currency.decimals}f} {scenario.currency.name}"


def points(value: float) -> str:
    """Satisfaction, or log odds.

    Check
    -----
    >>> points(0.4167), points(-0.001)
    ('0.42', '0.00')
    """
    return f"{round(value, 2) + 0.0:.2f}"


def signed(value: float) -> str:
    """The same as something that is added.

    Check
    -----
    >>> signed(0.4167), signed(-0.5)
    ('+0.42', '-0.50')
    """
    return f"{round(value, 2) + 0.0:+.2f}"


def digits(value: float) -> str:
    """Three digits, and no zeros at the end.

    Check
    -----
    >>> digits(0.06), digits(0.12345), digits(2.0), digits(1234.0)
    ('0.06', '0.123', '2', '1,230')
    """
    text = three_digits(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def toss(call: Call | None) -> str:
    """The chance of an event, and the draw that decided it.

    Check
    -----
    >>> toss(Call("happens", None, {"probability": 0.5, "word": 2**30}))
    'chance 0.5, draw 0.25'
    """
    if call is None:
        return "for certain"
    return f"chance {digits(call.arguments['probability'])}, {drawn(call.arguments['word'])}"


def drawn(word: int) -> str:
    """A drawn word as a number from 0 to 1.

    Check
    -----
    >>> drawn(2**31), drawn(2**22)
    ('draw 0.5', 'draw 0.000977')
    """
    return f"draw {digits(word / WORDS)}"


def tossed(call: Call, words: Call | None, which: int) -> Call | None:
    """The toss of one of several words that were drawn together, if it came to that."""
    word = words.result[which] if words else None
    return next((each for each in call.all("happens") if each.arguments["word"] == word), None)


def moved(feel: Call) -> str:
    """Where satisfaction went."""
    before, after = feel.calls[0].arguments["satisfaction"], feel.arguments["satisfaction"]
    if points(before) == points(after):
        return f"satisfaction stays at {points(after)}"
    return f"satisfaction {'rises' if after > before else 'falls'} from {points(before)} to {points(after)}"


def arrival(log_time: float) -> str:
    """When a runner arrives.

    Check
    -----
    >>> arrival(0.0), arrival(-20.0), arrival(30.0)
    ('1', 'almost 0', 'over a million')
    """
    if log_time > math.log(1e6):
        return "over a million"
    return digits(math.exp(log_time)) if log_time > math.log(1e-5) else "almost 0"


def counting(number: int, what: str) -> str:
    """So many of something.

    Check
    -----
    >>> counting(1, "order"), counting(12, "order"), counting(0, "order")
    ('one order', '12 orders', 'no orders')
    """
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return f"{words[number] if number < len(words) else f'{number:,}'} {what}{'' if number == 1 else 's'}"


def runner(scene: Scene, finish: Call) -> str:
    """Who runs, with what strength, made of what, and when it arrives."""
    strength = f"strength {points(finish.arguments['attraction'])}"
    time = f"{drawn(finish.arguments['word'])}, time {arrival(finish.result)}"
    if finish.business is None:
        return f"buying nothing ({strength}; {time})"
    mine = {call.name: call for call in scene.call.calls if call.business == finish.business}
    given = mine["attraction"].arguments
    parts = {
        "liking": given["log_affinity"],
        "price": given["price_effect"],
        "push": given["push"],
        "stories": given["heard"],
        "being a customer": mine["pull_of_my_supplier"].result if "pull_of_my_supplier" in mine else 0.0,
    }
    made = [f"{what} {signed(value)}" for what, value in parts.items() if abs(value) >= 0.005]
    of = f" of {listed(made)}" if len(made) > 1 else ""
    return f"{scene.named(finish.business)} ({strength}{of}; {time})"


def effects(leaves: Call) -> Iterator[str]:
    """What moved the chance of leaving, in log odds."""
    feeling, circumstances = leaves.one("leaving_effect"), leaves.one("leaving_circumstances")
    if feeling and signed(feeling.result) != signed(0.0):
        yield f"{signed(feeling.result)} for satisfaction {points(feeling.arguments['satisfaction'])}"
    if circumstances:
        given = circumstances.arguments
        parts = {
            "an open complaint": given["open_complaint"],
            "the first weeks": given["first_weeks"],
            "further lines": given["binding"] * given["further_lines"],
            "a friend who buys there": given["friend"],
        }
        yield from (f"{signed(value)} for {what}" for what, value in parts.items() if value != 0.0)
