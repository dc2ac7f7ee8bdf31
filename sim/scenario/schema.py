"""What a world is: the frozen description that a scenario file becomes.

Every number is declared once, in the record of the rule, strategy or thing it belongs to; this page only says which
records make up a world and in which order.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from sim.rules.acquisition import AcquisitionRules, Channel
from sim.rules.backers import Backers
from sim.rules.choice import ChoiceRules
from sim.rules.complaints import ComplaintRules
from sim.rules.costs import SolvencyRules
from sim.rules.defection import DefectionRules
from sim.rules.journey import JourneyRules
from sim.rules.lines import LineRules
from sim.rules.memory import MemoryRules
from sim.rules.need import NeedRules
from sim.rules.people import Person, PopulationRules
from sim.rules.prices import Promotion
from sim.rules.retention import Levers
from sim.rules.satisfaction import SatisfactionRules
from sim.rules.supply import Supply
from sim.rules.trust import TrustRules
from sim.rules.value import ValueRules
from sim.rules.word_of_mouth import TalkRules
from sim.strategies.books import Strategy
from sim.units import (
    LARGEST,
    Parameter,
    choice,
    count,
    factor,
    log_odds,
    money,
    probability,
    satisfaction_points,
    share,
    weeks,
)

MOST_BUSINESSES = 8
MOST_MARKETS = 8
MOST_CHANNELS = 8
NEVER_PLANNED = 30_000
"""A week that no plan names."""
YEAR = 52
WORDS = ("story", "name", "uncertainties")
"""Keys of a scenario that change nothing that happens."""
PLANS = ("status_quo", "strategy")
"""Keys of a business under which a plan stands."""


class Rules(NamedTuple):
    """Every rule's parameters: what the compiled week receives."""

    need: NeedRules = NeedRules()
    choice: ChoiceRules = ChoiceRules()
    defection: DefectionRules = DefectionRules()
    satisfaction: SatisfactionRules = SatisfactionRules()
    talk: TalkRules = TalkRules()
    acquisition: AcquisitionRules = AcquisitionRules()
    memory: MemoryRules = MemoryRules()
    value: ValueRules = ValueRules()
    journey: JourneyRules = JourneyRules()
    complaints: ComplaintRules = ComplaintRules()
    lines: LineRules = LineRules()
    trust: TrustRules = TrustRules()
    population: PopulationRules = PopulationRules()
    solvency: SolvencyRules = SolvencyRules()


class Time(NamedTuple):
    """How long things take. A year has 52 weeks."""

    weeks: Annotated[int, weeks("the run, from week 0", "the question", low=1)] = 260
    burn_in_weeks: Annotated[
        int, weeks("before week 0 under the status quo; growth is counted from its last year", "A40")
    ] = 156
    planning_weeks: Annotated[int, weeks("between two plans of a business", "A39", low=1)] = 4
    list_weeks: Annotated[
        int, weeks("since the last order for which a customer stays on the list", "A35", low=YEAR)
    ] = 52


class Currency(NamedTuple):
    """What money is called and how finely it is counted."""

    name: str = "money"
    decimals: Annotated[int, count("decimal places of the smallest coin", "design", high=4)] = 2


class Story(NamedTuple):
    """What a reader is told about a scenario."""

    what_is_it: str = ""
    how_it_works: str = ""
    things_to_notice: str = ""
    things_to_try: str = ""


class Offering(NamedTuple):
    """What a business is, apart from its plans."""

    price: Annotated[float, money("of the standard order", "A3", low=0.01)] = 50.0
    unit_cost: Annotated[float, money("of the standard order; margin share .45", "A36")] = 27.5
    quality: Annotated[float, satisfaction_points("of the average order", "A30")] = 0.30
    failure_rate: Annotated[float, probability("an order fails", "A10", (0.01, 0.15), per="order")] = 0.05
    affinity: Annotated[
        float,
        factor(
            "shape of people's liking for it; over the sum of all, its share of choices by those who know all",
            "Goodhardt, Ehrenberg & Chatfield (1984): S = 1.5 in all; A37",
        ),
    ] = 0.30
    known: Annotated[float, share("of people who know it when the world begins", "A37")] = 0.06
    position: Annotated[float, share("of the way from the low to the high end", "the question")] = 0.5
    cost_of_position: Annotated[
        float, Parameter("log of unit cost", "from the low to the high end", "A82", 0.0, 5.0, (0.0, 1.5))
    ] = 0.0
    opens_week: Annotated[int, weeks("in which it opens; 0: it has always been there", "the question")] = 0
    closes_week: Annotated[int, weeks("in which it closes for good; 30,000: never", "the question")] = NEVER_PLANNED
    customers: Annotated[
        int, count("simulated people, anybody, who ordered in the week before the world begins", "the question")
    ] = 0
    lines: Annotated[int, count("product lines it offers", "the question", low=1, high=100)] = 1
    cash: Annotated[float, money("in hand at week 0", "A38")] = 10_000.0
    credit_line: Annotated[float, money("that a bank lends at most", "A38")] = 20_000.0
    fixed_cost_per_year: Annotated[float, money("a year, paid every week whatever happens", "A100")] = 0.0


class Territory(NamedTuple):
    """One of several markets, with people of its own."""

    distance: Annotated[
        float, log_odds("that its people take from a business that is not at home there", "A86", (0.0, 2.0))
    ] = 0.0


class Presence(NamedTuple):
    """A business in one of several markets."""

    enters_week: Annotated[
        int, weeks("in which it enters; 0: it is at home there; 30,000: only if its strategy says so", "the question")
    ] = 0
    known: Annotated[float, share("of that market's people who know it when it enters", "A87", (0.0, 0.1))] = 0.02
    cost: Annotated[float, money("of entering, paid once", "the question")] = 0.0


EVEN, LOG = 0, 1
"""Scales on which an uncertain number lies between its ends."""


class Along(NamedTuple):
    """A number that moves along with an uncertain one, on the straight line between its values at both ends of that.

    The line is straight on the scale of the uncertain one.
    """

    path: str = ""
    at_low: Annotated[float, Parameter("unit of the parameter", "at low", "the question", -LARGEST, LARGEST)] = 0.0
    at_high: Annotated[float, Parameter("unit of the parameter", "at high", "the question", -LARGEST, LARGEST)] = 0.0


class Uncertainty(NamedTuple):
    """What nobody knows well: where its number stands, and between which ends the truth may lie.

    A star in a path stands for every name there: the number is then the same in all these places. What was estimated
    together with it moves along.
    """

    path: str = ""
    low: Annotated[float, Parameter("unit of the parameter", "least", "the question", -LARGEST, LARGEST)] = 0.0
    high: Annotated[float, Parameter("unit of the parameter", "most", "the question", -LARGEST, LARGEST)] = 0.0
    source: str = ""
    """Why these ends."""
    scale: Annotated[int, choice("how numbers lie between their ends", "the question", "even", "log")] = EVEN
    """LOG: evenly in their logarithms; a number of which an end is not above zero lies evenly all the same."""
    along: dict[str, Along] = {}  # noqa: RUF012
    """Other numbers that are others if this one is."""


class Segment(NamedTuple):
    """A kind of people, its part of the population, and the place of its market among all."""

    name: str
    share: float
    person: Person
    market: int


class Network(NamedTuple):
    """Who hears whom: the kind by name and its own parameters."""

    kind: str
    shape: Any


class Business(NamedTuple):
    """A business: what it is, how it reaches and keeps people, and what it plans before and after week 0."""

    name: str
    offering: Offering
    markets: dict[str, Presence]
    channels: dict[str, Channel]
    levers: Levers
    promotions: dict[str, Promotion]
    backers: Backers
    supply: Supply
    status_quo: Strategy
    strategy: Strategy

    @property
    def at_home(self) -> list[str]:
        """The markets that it names and need not enter."""
        return [name for name, presence in self.markets.items() if presence.enters_week == 0]


@dataclass(frozen=True)
class Scenario:
    """A world, checked and frozen.

    ``resolved`` is the whole file after ``extends`` and overrides with every default written out: plain data, so that
    a manifest can hold it and a reader can see what was assumed.
    """

    name: str
    story: Story
    time: Time
    currency: Currency
    people: int
    """Simulated people: rows of the table."""
    represents: int
    """People of the real market for each simulated one."""
    markets: dict[str, Territory]
    """At least one; a scenario that names none has one without a name."""
    segments: tuple[Segment, ...]
    network: Network
    rules: Rules
    businesses: tuple[Business, ...]
    events: tuple[Any, ...]
    """Records of ``sim.rules.events``, in the order of the file."""
    uncertainties: dict[str, Uncertainty]
    """What its writer does not know; it changes nothing that happens."""
    resolved: dict[str, Any]

    @property
    def hash(self) -> str:
        """Identity of the world: everything but its name, its story and what is uncertain in it."""
        return _digest(_without(self.resolved, *WORDS))

    @property
    def history_hash(self) -> str:
        """Identity of the years before week 0: two scenarios that differ only in what happens later share it."""
        kept = _without(self.resolved, *WORDS)
        kept["time"] = _without(kept["time"], "weeks")
        kept["businesses"] = {key: _before_week_0(value) for key, value in kept["businesses"].items()}
        kept["events"] = [event for event in kept["events"].values() if next(iter(event.values()))["week"] < 0]
        return _digest(kept)

    def is_at_home(self, business: Business, market: int) -> bool:
        """Is a business in a market from its own beginning? Where it names no markets it is at home in all."""
        return not business.markets or list(self.markets)[market] in business.at_home

    @property
    def market_size(self) -> int:
        """People of the real market."""
        return self.people * self.represents

    @property
    def minor_units(self) -> int:
        """How many of the smallest coin make one unit of money."""
        return int(10**self.currency.decimals)


def _before_week_0(business: dict[str, Any]) -> dict[str, Any]:
    """A business without what it does later: its strategy, the markets that it enters, and its end."""
    at_home = [name for name, presence in business["markets"].items() if presence["enters_week"] == 0]
    return _without(business, "strategy", "markets", "closes_week") | {"at_home": at_home}


def _without(mapping: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key not in keys}


def _digest(data: Any) -> str:
    """The order of keys counts, for it numbers businesses and segments; that of all other keys is the models' own."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
