"""The lab: a lesson as a page that plays while somebody watches: what is shown is made here, what is wished heard here.

The page is Panel's; it shows what each week brings and says what was wished, and computes nothing. Whatever it says is
doubted: only a wish that is one of ours, with a value that can be, reaches the lesson.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import panel as pn
import param
from markupsafe import Markup
from panel.custom import JSComponent

from sim.experiment.decidable import is_held
from sim.experiment.executor import RunFailed
from sim.experiment.lesson import OWN, SIDES, STATUS_QUO, Course, Lesson, Refused, Side
from sim.interface.figures.drawing import OKABE_ITO
from sim.interface.pages.lab_controls import groups
from sim.interface.pages.languages import Say, catalogue, files, rooms
from sim.interface.pages.page import with_letters
from sim.interface.runs.findings import first_sentence
from sim.interface.terminal.yaml_text import comment, yaml
from sim.model.metrics import METRICS
from sim.rules.journey import PHASES
from sim.scenario.schema import YEAR
from sim.state.customers import NOBODY

MOST_LESSONS, MOST_KEPT = 4, 12
"""That are watched at a time, and that are kept, with those whose page was just closed; each has two markets."""
SPEEDS = (1, 2, 4, 8)
"""Weeks per second."""
USUAL_SPEED = 2
SUPPLIERS = (*OKABE_ITO[2:], "#000000")
"""Colours of businesses; the first two of all belong to the two versions."""
SHOWN = ("customers", "revenue", "profit", "cash", "satisfaction")
"""Metrics to look at over time."""
SPENT = ("acquisition_spend", "retention_spend")
SUMMED = (*SHOWN, *SPENT, "customer_acquisition_cost")
"""Metrics of all weeks so far."""
QUARTER, MOST_MARKS = 13, 8
"""Weeks of a quarter; marks below a run."""
PLEASED = 0.3
"""Satisfaction from which a person is drawn as pleased: the quality of the usual order."""
STRINGS = (
    "lab.play", "lab.pause", "lab.by_plan", "lab.by_hand", "lab.over", "lab.gone", "lab.winning", "lab.keeping",
    "lab.nobody", "lab.entered",
)  # fmt: skip
"""What the script of the page says, under the last part of its key."""


class Wire(JSComponent):
    """Between the page and its lesson: weeks go one way, wishes the other."""

    frame = param.String()
    _esm = files("shared.js", "lab.js")

    def __init__(self, hear: Callable[[Any], None], **how: Any) -> None:
        super().__init__(**how)
        self._hear = hear

    def _handle_msg(self, said: Any) -> None:
        self._hear(said)

    def hand_over(self, name: str, text: str) -> None:
        """Let the reader's browser keep a file."""
        self._send_msg({"file": name, "text": text})


class Session:
    """One page and its lesson."""

    def __init__(self, course: Course, say: Say) -> None:
        self.course, self.say = course, say
        self.lesson = Lesson(course)
        self.notice, self.turn, self.speed = "", 0, USUAL_SPEED
        self.wire = Wire(self.hear)
        self._context = getattr(pn.state.curdoc, "session_context", None)
        self.clock = pn.state.add_periodic_callback(self._tick, period=self._pause, start=False)
        self.show()

    @property
    def is_watched(self) -> bool:
        """Is its page open? One that was closed stays for half a minute, in case that it comes back."""
        return self._context is None or self._context.session.connection_count > 0

    def page(self) -> pn.Template:
        """What the browser is given."""
        made = pn.Template(rooms().get_template("lab.html"), items={"wire": self.wire})
        for name, part in parts_of(self.course, self.say).items():
            made.add_variable(name, part)
        return made

    def hear(self, said: Any) -> None:
        """Do what the page wishes; whatever cannot be is refused, and nothing changes."""
        self.notice = ""
        try:
            self._do(said)
        except Refused:
            self.notice = self.say("lab.refused")
        except RunFailed as error:
            self.clock.stop()
            self.notice = self.say("lab.failed", reason=error)
        self.show()

    def _do(self, said: Any) -> None:
        match said:
            case {"do": "play"} if not self.lesson.is_over:
                self.clock.start()
            case {"do": "pause"}:
                self.clock.stop()
            case {"do": "step"}:
                self.lesson.step()
            case {"do": "reset"}:
                self.clock.stop()
                self.lesson.reset()
            case {"do": "speed", "value": int(speed)} if speed in SPEEDS and not isinstance(speed, bool):
                self.speed = speed
                self.clock.period = self._pause
            case {"do": "choose", "side": side, "value": plan}:
                self.lesson.choose(side, plan)
            case {"do": "hold", "side": side, "what": what, "value": value}:
                self.lesson.hold(side, what, value)
            case {"do": "save", "side": str(side)}:
                self._save(side)
            case _:
                raise Refused("nobody can do that")

    def _save(self, side: str) -> None:
        if side not in self.lesson.sides:
            raise Refused("there is no such side")
        try:
            text = saved_text(self.lesson, side)
        except Refused:
            self.notice = self.say("lab.unsayable")
            return
        name = file_name(self.course.scenario.name, side)
        self.wire.hand_over(name, text)
        self.notice = self.say("lab.saved", file=name, seed=self.course.seed)

    @property
    def _pause(self) -> int:
        """Milliseconds between two weeks."""
        return 1000 // self.speed

    def _tick(self) -> None:
        if not self.lesson.is_over:
            self.hear({"do": "step"})
        if self.lesson.is_over:
            self.clock.stop()
            self.show()

    def show(self) -> None:
        """Give the page what there is to see now; a frame has a number, so that each differs from the one before."""
        self.turn += 1
        seen = frame_of(self.lesson, self.say)
        now = {"turn": self.turn, "playing": self.clock.running, "speed": self.speed, "notice": self.notice}
        self.wire.frame = json.dumps(seen | now, allow_nan=False)


# --------------------------------------------------------------------------------------------------------- the page


@cache
def style_of(language: str, names: str = "") -> Markup:
    """The style sheet, with the letters of everything that the page may say.

    Parameters
    ----------
    names : what people wrote themselves
    """
    said = "".join(words.get(language, "") for words in catalogue().values())
    return Markup(with_letters(files("shared.css", "lab.css"), said + names))


def parts_of(course: Course, say: Say) -> dict[str, Any]:
    """What the page is made of before the first week."""
    scenario, currency = course.scenario, say.unit("money", course.scenario.currency.name)
    many, mixed = len(course.seen.rows), not len(course.seen.links)
    parts = {
        "say": say,
        "heading": say("lab.title", scenario=scenario.name),
        "story": first_sentence(scenario.story.what_is_it),
        "about": say(
            "lab.about", people=say.number(f"{scenario.market_size:,}"), seed=course.seed, business=course.first
        ),
        "sides": SIDES,
        "speeds": SPEEDS,
        "weeks": scenario.time.weeks,
        "business": course.first,
        "currency": currency,
        "plans": [(name, plan_name(name, say)) for name in course.plans],
        "groups": groups(course, say),
        "people": say("lab.people.mixed" if mixed else "lab.people", seen=many),
        "people_note": say("lab.people.note", high=say.number(f"{PLEASED}")),
        "metrics": [_metric(name, currency, say) for name in SHOWN],
        "data": data_of(course, say),
    }
    return parts | {"style": style_of(say.language, str(parts))}


def data_of(course: Course, say: Say) -> dict[str, Any]:
    """What the script of the page knows from the beginning."""
    weeks, currency = course.scenario.time.weeks, say.unit("money", course.scenario.currency.name)
    return {
        "say": {
            **{key.removeprefix("lab."): say(key) for key in STRINGS},
            "undefined": say("undefined"),
            "week": say("week"),
            "language": say.language,
            "people": say("unit.people"),
            "sign": say.sign,
        },
        "sides": SIDES,
        "weeks": weeks,
        "ticks": list(range(0, weeks + 1, _between_marks(weeks))),
        "metrics": [_metric(name, currency, say) for name in SHOWN],
        "phases": [say(f"phase.{name}") for name in PHASES[1:]],
        "businesses": [business.name for business in course.scenario.businesses],
        "colours": [SUPPLIERS[at % len(SUPPLIERS)] for at in range(len(course.scenario.businesses))],
        "pleased": PLEASED,
        "places": course.seen.places.round(4).tolist(),
        "links": course.seen.links.tolist(),
    }


def plan_name(name: str, say: Say) -> str:
    """What a plan is called; a user's own keeps its name."""
    return say(f"plan.{name}") if f"plan.{name}" in catalogue() else name


def _metric(name: str, currency: str, say: Say) -> dict[str, str]:
    metric = METRICS[name]
    what = say("per_week", what=say.metric(name)) if metric.kind == "flow" else say.metric(name)
    unit = say("unit.scale") if metric.unit == "-1..1" else say.unit(metric.unit, currency)
    return {"id": name, "title": say("with_unit", what=say.title(what), unit=unit)}


def _between_marks(weeks: int) -> int:
    """Weeks between two marks below a run: quarters of a short one, years of a long one.

    Check
    -----
    >>> _between_marks(8), _between_marks(52), _between_marks(260), _between_marks(520)
    (1, 13, 52, 104)
    """
    span = next((each for each in (1, QUARTER, YEAR) if weeks <= MOST_MARKS * each), YEAR)
    return span * math.ceil(weeks / span / MOST_MARKS)


# -------------------------------------------------------------------------------------------------------- the weeks


def frame_of(lesson: Lesson, say: Say) -> dict[str, Any]:
    """What there is to see of a lesson now."""
    course, week, every = lesson.course, lesson.week, lesson.course.scenario.time.planning_weeks
    census = lesson.sides[SIDES[0]].market.census.weeks
    wholes = [side.whole for side in lesson.sides.values()]
    return {
        "week": week,
        "over": lesson.is_over,
        "told": say("lab.week", week=week, weeks=course.scenario.time.weeks),
        "next": say(f"lab.next{'.one' if every == 1 else ''}", every=every, week=lesson.next_plan),
        "journey": say("lab.journey", business=course.first, week=census[-1] if census else 0),
        "sides": {letter: _side(side, say) for letter, side in lesson.sides.items()},
        "whole": [
            [
                say("with_unit", what=say.title(say.metric(name)), unit=_unit(name, course, say)),
                *(say.plain(whole.get(name, math.nan), METRICS[name].unit) for whole in wholes),
            ]
            for name in SUMMED
        ],
    }


def _unit(name: str, course: Course, say: Say) -> str:
    return say.unit(METRICS[name].unit, course.scenario.currency.name)


def _side(side: Side, say: Say) -> dict[str, Any]:
    weekly = side.weekly
    return {
        "plan": side.plan,
        "held": {name: is_held(side.hand.held, name) for name in side.course.decidable},
        "standing": side.decided,
        "entered": side.entered,
        "series": {name: list(map(_defined, weekly[name].tolist())) for name in (*SHOWN, *SPENT)},
        "journey": list(side.journey.values()),
        "supplier": side.faces.supplier,
        "satisfaction": side.faces.satisfaction,
        "telling": side.faces.telling,
        "stories": side.faces.stories,
        "told": _told(side, say),
    }


def _told(side: Side, say: Say) -> str:
    """The picture of people in words."""
    names = {at: business.name for at, business in enumerate(side.course.scenario.businesses)}
    names[NOBODY] = say("lab.nobody")
    each = partial(say, "lab.people.each")
    counted = [each(business=name, people=side.faces.supplier.count(at)) for at, name in names.items()]
    told, heard = len(side.faces.telling), len(side.faces.stories)
    return say("lab.people.told", customers=say("list.comma").join(counted), told=told, heard=heard)


def _defined(value: float) -> float | None:
    return value if math.isfinite(value) else None


# --------------------------------------------------------------------------------------------------------- the file


def saved_text(lesson: Lesson, side: str) -> str:
    """One version of a lesson as a scenario file.

    Raises
    ------
    Refused
        If no file can say what was decided.
    """
    data: Mapping[str, Any] = lesson.saved(side)
    course = lesson.course
    plan = lesson.sides[side].plan
    called = {OWN: "its own plan", STATUS_QUO: "the plan of the years before week 0"}.get(plan, f"the plan {plan}")
    told = (
        f"A lesson in the market of {course.scenario.name}, written by keepwin's lab after week {lesson.week}: in "
        f"version {side}, {course.first} followed {called}, except where somebody decided by hand. Whatever is not its "
        f"strategy is as it was. With --seed {course.seed} the weeks of the lesson come again."
    )
    return f"{comment(told)}\n{yaml(data, {})}"


def file_name(scenario: str, side: str) -> str:
    """What the file of a lesson is called, whatever the scenario is.

    Check
    -----
    >>> file_name("steady", "A"), file_name("../a b<c>", "B")
    ('steady_lesson_a.yaml', 'a_b_c_lesson_b.yaml')
    """
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", scenario).strip("_-") or "scenario"
    return f"{plain}_lesson_{side.lower()}.yaml"
