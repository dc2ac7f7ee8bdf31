"""Every mechanism of the model, once: how it is switched off, and what then must not matter any more.

A new parameter belongs to one of these, to the bare market below or to what is only read; a test of worlds demands it.
A ``*`` in a path stands for every business, channel or segment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, get_type_hints

from sim.rules.acquisition import Channel
from sim.rules.backers import Backers
from sim.rules.events import EVENTS
from sim.rules.people import Person
from sim.rules.prices import Promotion
from sim.rules.retention import Levers
from sim.rules.supply import Supply
from sim.rules.word_of_mouth import NETWORKS
from sim.scenario.schema import Currency, Offering, Presence, Rules, Territory, Time
from sim.units import is_record, parameters_of
from tests.small_worlds import LEFT_OUT

Changes = dict[str, Any]


class Mechanism(NamedTuple):
    """A part of the model that a scenario can do without."""

    off: list[Changes]
    """Ways to do without it: not there, or there at neutral strength; they are one world, to the bit."""
    idle: Changes = {}  # noqa: RUF012 (nobody writes to it)
    """What does not matter while it is off."""
    given: Changes = {}  # noqa: RUF012
    """What else must be so for these ways to be one world."""
    on: Changes = {}  # noqa: RUF012
    """What makes it matter in the liveliest world, if it does not already."""


def both_plans(**plan: float) -> Changes:
    """All businesses spend like this, before and after week 0."""
    kind = "fixed_budget" if "spend_per_year" in plan else "fixed_split"
    return {f"businesses.*.{when}": {kind: plan} for when in ("status_quo", "strategy")}


def of_everybody(**traits: float) -> Changes:
    """The same for all people, whatever their segment."""
    alike: Changes = {f"people.segments.*.{name}": LEFT_OUT for name in traits}
    return alike | {f"people.{name}": value for name, value in traits.items()}


NO_COMMISSIONS: Changes = {f"businesses.*.channels.{name}": LEFT_OUT for name in ("agents", "ally")}
NO_REWARDS: Changes = {"businesses.*.levers.referral.reward": 0.0}  # which is paid beside the budget
KEEPING = both_plans(spend_share=0.3, acquisition_share=0.3) | {"time.weeks": 200}
"""Long enough that some fall off the list and are won back."""


def lever(name: str, instead: str = "care", **strengths: Any) -> Mechanism:
    """A lever without money; another one gets its part.

    Parameters
    ----------
    strengths : other values of its parameters
    """
    path = f"businesses.*.levers.{name}"
    no_money = {f"{path}.budget_share": 0.0, f"businesses.*.levers.{instead}.budget_share": 1.0}
    idle = {f"{path}.{key}": value for key, value in strengths.items()}
    return Mechanism([no_money], idle, on={f"{path}.budget_share": 0.5} | KEEPING)


def of_no_effect(name: str, *zeros: str, **wild: float) -> Mechanism:
    """A lever whose money buys nothing: each zero by itself is enough.

    Parameters
    ----------
    zeros : parameters any of which at zero makes the others irrelevant
    wild : values of the others
    """
    path = f"businesses.*.levers.{name}"
    ways = [{f"{path}.{key}": value for key, value in wild.items()} | {f"{path}.{zero}": 0.0} for zero in zeros]
    return Mechanism(ways, on={f"{path}.budget_share": 0.5} | KEEPING)


CARE = {"ceiling": 0.9, "strength": 0.001, "aim": "frequent"}
REMINDING = {"ceiling": 0.9, "strength": 0.001, "makes_occasion": 0.7, "aim": "everybody"}
NO_COMPLAINTS: Changes = {
    "rules.complaints.recovery": 0.1,
    "rules.complaints.waiting_harm": 0.6,
    "rules.complaints.effect_on_leaving": 5.0,
    "rules.complaints.complaints_keep": 0.0,
    "rules.complaints.sharpened_by_complaints": 3.0,
    "businesses.*.levers.service.slow_days": 30.0,
    "businesses.*.levers.service.fast_days": 0.0,
    "businesses.*.levers.service.strength": 3.0,
}
NO_LINES: Changes = {
    "rules.lines.unprompted": 1.0,
    "rules.lines.order_growth": 3.0,
    "rules.lines.binding": -3.0,
    "businesses.*.levers.cross_selling.ceiling": 1.0,
    "businesses.*.levers.cross_selling.strength": 3.0,
}
NO_TALK: Changes = {
    "rules.talk.effect": 9.0,
    "rules.talk.negative_weight": 9.0,
    "rules.talk.customers_hear": 3.0,
    "rules.talk.keep": 0.1,
    "rules.trust.friend_effect": -3.0,
    "rules.trust.friend_weeks": 1,
}
NO_LEAVING: Changes = {
    "rules.defection.satisfaction_effect": -3.0,
    "rules.defection.neutral_satisfaction": 1.0,
    "rules.defection.first_order_at_risk": 3,
    "rules.complaints.effect_on_leaving": 3.0,
    "rules.journey.first_weeks_effect": 3.0,
    "rules.lines.binding": 3.0,
    "rules.trust.friend_effect": 3.0,
    "businesses.*.levers.care.ceiling": 1.0,
}
NO_LOSSES = of_everybody(leaving=0.0) | {
    "rules.memory.forgotten_weeks": 30_000,
    "rules.population.turnover": 0.0,
    "businesses.*.closes_week": LEFT_OUT,
    "rules.solvency": LEFT_OUT,
}
AT_EVERYBODY: Changes = {
    f"businesses.*.levers.{name}.aim": "everybody" for name, part in Levers()._asdict().items() if "aim" in part._fields
}

COSTS_OF_PROGRAMMES = [
    "businesses.*.channels.*.fixed_cost_per_year",
    *(f"businesses.*.levers.{name}.fixed_cost_per_year" for name in Levers._fields),
]
FAR_AWAY: Changes = {name: {name: {"week": 20_000, "for_weeks": 7}} for name in EVENTS} | {
    "channel_ban": {"channel_ban": {"week": 20_000, "for_weeks": 7, "kind": "web"}}
}
OF_NO_SIZE: Changes = {
    name: {name: {"week": 2} | sizes}
    for name, sizes in {
        "substitute": {"pull": 0.0},
        "market_growth": {"need": 1.0},
        "price_war": {"price": 1.0},
        "quality_crisis": {"quality": 0.0, "failure_rate": 0.0},
        "cost_rise": {"unit_cost": 1.0},
    }.items()
}
TWO_MARKETS: Changes = {
    "markets": {"north": {"distance": 0.5}, "south": {"distance": 1.0}},
    "people.segments": {"northern": {"share": 0.6, "market": "north"}, "southern": {"share": 0.4, "market": "south"}},
    "businesses.ours.markets": {"north": {}, "south": {"enters_week": 5, "known": 0.3, "cost": 10.0}},
    "businesses.rival.markets": {"south": {}},
}
AGENTS = {"kind": "affiliate", "budget_share": 0.0, "ceiling": 0.5, "strength": 0.5, "commission": 4.0}
ALLY = {"kind": "partner", "budget_share": 0.0, "of": "rival", "chance": 0.5, "commission": 3.0}

MECHANISMS: dict[str, Mechanism] = {
    # where people and businesses meet
    "fit": Mechanism(
        [{"rules.choice.fit": LEFT_OUT}, {"rules.choice.fit": 0.0}],
        {"businesses.*.position": 0.9},
        given={"businesses.*.cost_of_position": 0.0},
        on={"rules.choice.fit": 8.0, "businesses.ours.position": 0.7},
    ),
    "cost of position": Mechanism(
        [{"businesses.*.cost_of_position": LEFT_OUT}, {"businesses.*.cost_of_position": 0.0}],
        {"businesses.*.position": 0.1},
        given={"rules.choice.fit": 0.0},
        on={"businesses.*.cost_of_position": 1.0, "businesses.*.position": 0.9},
    ),
    "markets": Mechanism(
        [
            {"markets": LEFT_OUT, "businesses.*.markets": LEFT_OUT},
            {
                "markets": {"only": {"distance": 9.0}},
                "businesses.*.markets": {"only": {"enters_week": 0, "known": 0.9, "cost": 5.0}},
            },
        ],
        on=TWO_MARKETS,
    ),
    "opening and closing": Mechanism(
        [
            {"businesses.*.opens_week": LEFT_OUT, "businesses.*.closes_week": LEFT_OUT},
            {"businesses.*.opens_week": 0, "businesses.*.closes_week": 20_000},
        ],
        on={"businesses.rival.opens_week": 5},
    ),
    "segments reached alike": Mechanism(
        [
            {"businesses.*.channels.*.reaches": LEFT_OUT, "businesses.*.channels.*.follows_need": 0.0},
            {"businesses.*.channels.*.reaches": {"few": 1.0, "most": 1.0, "northern": 1.0, "southern": 1.0}},
        ],
        {"businesses.*.channels.*.follows_need": 0.9},
        on=TWO_MARKETS
        | {"people.segments.southern.need_per_year": 200.0, "businesses.*.channels.*.reaches": {"northern": 9.0}},
    ),
    "affiliates": Mechanism(
        [
            {"businesses.*.channels.agents": LEFT_OUT},
            {"businesses.*.channels.agents": AGENTS | {"commission": 0.0}},
        ],
        given={"businesses.*.channels": {"tv": {}}},
        on={"businesses.ours.channels.agents": AGENTS},
    ),
    "alliances": Mechanism(
        [{"businesses.*.channels.*.chance": 0.0}],
        {"businesses.*.channels.*.commission": 7.0},
        given={"businesses.*.channels.agents": LEFT_OUT},
        on={"businesses.ours.channels.ally": ALLY},
    ),
    # who comes and goes
    "turnover": Mechanism([{"rules.population.turnover": LEFT_OUT}, {"rules.population.turnover": 0.0}]),
    "backers": Mechanism(
        [{"businesses.*.backers": LEFT_OUT}, {"businesses.*.backers": {"people": 0}}],
        {"businesses.*.backers.place": "hubs", "businesses.*.backers.match": 1.0, "businesses.*.backers.tells": 1.0},
    ),
    "customers at the beginning": Mechanism(
        [{"businesses.*.customers": LEFT_OUT}, {"businesses.*.customers": 0}], on={"businesses.*.customers": 20}
    ),
    # needs and occasions
    "contracts": Mechanism(
        [{"rules.need.clock": "open"}, {"rules.need.clock": LEFT_OUT}],
        {"rules.need.renewal_weeks": 3},
        on={"rules.need": {"clock": "contract", "renewal_weeks": 4}},
    ),
    "needs": Mechanism([of_everybody(need_per_year=0.0)]),
    "choosing nothing": Mechanism([of_everybody(nothing=0.0)]),
    "offers": Mechanism([{"rules.acquisition.offer_makes_occasion": 0.0}]),
    # choice
    "loyalty": Mechanism([{"rules.choice.loyalty": 0.0}]),
    "habit": Mechanism([{"rules.choice.habit": 0.0}]),
    "price sensitivity": Mechanism([of_everybody(price_sensitivity=0.0)]),
    "moving reference price": Mechanism(
        [{"rules.choice.reference_moves": LEFT_OUT}, {"rules.choice.reference_moves": 0.0}]
    ),
    "promotions": Mechanism(
        [
            {"businesses.*.promotions": LEFT_OUT},
            *(
                {"businesses.*.promotions": {"sale": {"discount": 0.0, "to": to, "every_weeks": 3, "for_weeks": weeks}}}
                for to, weeks in (("anybody", 3), ("first_orders", 1), ("own_customers", 9))
            ),
        ]
    ),
    "push": Mechanism([{"rules.acquisition.push": 0.0}], {"rules.acquisition.push_keep": 0.95}),
    # leaving
    "leaving": Mechanism(
        [of_everybody(leaving=0.0)],
        NO_LEAVING,
        given={"rules.trust.friend_effect": -0.5},  # else nobody notes down that a friend buys there
    ),
    "satisfaction on leaving": Mechanism(
        [{"rules.defection.satisfaction_effect": 0.0}], {"rules.defection.neutral_satisfaction": -1.0}
    ),
    "forgetting names": Mechanism([{"rules.memory.name_forgotten": 0.0}]),
    "fading": Mechanism([{"rules.memory.departure_fades": 0.0}]),
    "winning back": Mechanism([{"rules.memory.win_back": 0.0}]),
    "coming back": Mechanism([NO_LOSSES], {"rules.memory.departure_fades": 1.0, "rules.memory.win_back": 1.0}),
    # satisfaction
    "moving satisfaction": Mechanism(
        [{"rules.satisfaction.speed": 0.0, "rules.satisfaction.adaptation": 0.0}],
        {
            "rules.satisfaction.gain": 9.0,
            "rules.satisfaction.loss": 0.1,
            "rules.satisfaction.noise": 2.0,
            "rules.satisfaction.failure_loss": 2.0,
            "rules.complaints.softened_by_orders": 3.0,
            "rules.complaints.sharpened_by_complaints": 3.0,
            "businesses.*.quality": -1.0,
        },
    ),
    "failures": Mechanism(
        [{"businesses.*.failure_rate": 0.0}],
        {"rules.satisfaction.failure_loss": 2.0, "rules.complaints.softened_by_orders": 3.0}
        | NO_COMPLAINTS
        | {"rules.complaints.complains": 1.0},
        given={"events": LEFT_OUT},
    ),
    "complaints": Mechanism(
        [{"rules.complaints.complains": LEFT_OUT}, {"rules.complaints.complains": 0.0}], NO_COMPLAINTS
    ),
    "softening": Mechanism(
        [{"rules.complaints.softened_by_orders": LEFT_OUT}, {"rules.complaints.softened_by_orders": 0.0}]
    ),
    "sharpening": Mechanism(
        [{"rules.complaints.sharpened_by_complaints": LEFT_OUT}, {"rules.complaints.sharpened_by_complaints": 0.0}]
    ),
    # the journey
    "remorse": Mechanism(
        [{"rules.journey.remorse": LEFT_OUT}, {"rules.journey.remorse": 0.0}],
        {"rules.journey.remorse_loss": 2.0, "rules.journey.affirm_weeks": 9},
    ),
    "first weeks": Mechanism(
        [{"rules.journey.first_weeks_effect": LEFT_OUT}, {"rules.journey.first_weeks_effect": 0.0}],
        {"rules.journey.onboarding_weeks": 2},
        given=AT_EVERYBODY,
        on={"businesses.*.levers.care.aim": "newcomers"},
    ),
    "classes": Mechanism(
        [AT_EVERYBODY],
        {
            "rules.journey.adopted_orders": 1,
            "rules.journey.advocate_satisfaction": -1.0,
            "rules.journey.dormant_weeks": 1,
            "rules.journey.frequent_orders": 0.5,
            "rules.journey.survey_noise": 2.0,
        },
    ),
    # lines
    "lines": Mechanism([{"businesses.*.lines": LEFT_OUT}, {"businesses.*.lines": 1}], NO_LINES),
    "taking up lines": Mechanism(
        [of_everybody(further_lines=LEFT_OUT), of_everybody(further_lines=0.0)], NO_LINES | {"businesses.*.lines": 9}
    ),
    # talk and trust
    "talk": Mechanism(
        [
            {"network": {"mixed": {"listening": 0.0}}},
            {"network": {"groups": {"size": 1, "talk_per_friend": 1.0}}},
            {"network": {"small_world": {"degree": 4, "rewired": 0.3, "talk_per_friend": 0.0}}},
            {"network": {"scale_free": {"links": 2, "talk_per_friend": 0.0}}},
            {"network": {"random": {"degree": 0.0, "talk_per_friend": 1.0}}},
        ],
        NO_TALK,
        given={"rules.trust.homophily": 0.0, "businesses.*.backers.place": "random"},
    ),
    "stories": Mechanism(
        [{"rules.talk.effect": 0.0}],
        {"rules.talk.negative_weight": 9.0, "rules.talk.keep": 0.1, "rules.talk.customers_hear": 9.0},
    ),
    "telling": Mechanism(
        [{"rules.talk.told_always": 0.0, "rules.talk.told_by_feeling": 0.0}],
        {"rules.talk.told_when_bad": 9.0, "businesses.*.levers.referral.gain": 9.0},
    ),
    "homophily": Mechanism([{"rules.trust.homophily": LEFT_OUT}, {"rules.trust.homophily": 0.0}]),
    "friends": Mechanism(
        [{"rules.trust.friend_effect": LEFT_OUT}, {"rules.trust.friend_effect": 0.0}], {"rules.trust.friend_weeks": 1}
    ),
    # money
    "spread of orders": Mechanism([{"rules.value.order_shape": 0.0}]),
    "spread of people's orders": Mechanism([{"rules.value.person_shape": 0.0}]),
    "acquisition": Mechanism(
        [both_plans(acquisition_share=0.0)],
        {
            "businesses.*.channels": {
                "mail": {
                    "kind": "telephone",
                    "ceiling": 0.9,
                    "strength": 3.0,
                    "keep": 0.9,
                    "reminds_customers": 1.0,
                    "budget_share": 1.0,
                }
            },
            "rules.acquisition.push": 5.0,
        },
        given=NO_COMMISSIONS,
        on=both_plans(acquisition_share=0.5),
    ),
    "channels": Mechanism(
        [
            {"businesses.*.channels.*.ceiling": 0.0, "businesses.*.channels.*.strength": 9.0},
            {"businesses.*.channels.*.ceiling": 0.9, "businesses.*.channels.*.strength": 0.0},
        ],
        {"businesses.*.channels.*.keep": 0.99, "businesses.*.channels.*.reminds_customers": 1.0},
    ),
    "media that remind": Mechanism(
        [{"businesses.*.channels.*.reminds_customers": LEFT_OUT}, {"businesses.*.channels.*.reminds_customers": 0.0}]
    ),
    "retention": Mechanism(
        [both_plans(acquisition_share=1.0)],
        {
            f"businesses.*.levers.{name}.{key}": value
            for name, part in Levers()._asdict().items()
            for key, value in (REMINDING if "makes_occasion" in part._fields else CARE).items()
            if key in part._fields
        },
        given=NO_REWARDS,
        on=KEEPING,
    ),
    "care": lever("care", instead="service", **CARE),
    "onboarding": lever("onboarding", **CARE),
    "personal touch": lever("personal_touch", **CARE),
    "service": lever("service", fast_days=0.1, strength=0.001),
    "reminders": lever("reminders", **REMINDING),
    "winning back by letter": lever("win_back", **REMINDING),
    "loyalty scheme": lever("loyalty_scheme", ceiling=5.0, strength=0.001),
    "surprise": lever("surprise", cost=0.5, delight=1.0),
    "referral": lever("referral", gain=9.0, strength=0.001)._replace(given=NO_REWARDS),
    "rewards": Mechanism(
        [{"businesses.*.levers.referral.reward": LEFT_OUT}, NO_REWARDS],
        {"businesses.*.levers.referral.reward_strength": 3.0},
    ),
    "cross-selling": lever("cross_selling", ceiling=1.0, strength=0.001),
    # costs, goods and what happens from outside
    "fixed cost": Mechanism(
        [{"businesses.*.fixed_cost_per_year": LEFT_OUT}, {"businesses.*.fixed_cost_per_year": 0.0}],
        on={"businesses.*.fixed_cost_per_year": 20_000.0},
    ),
    "fixed costs of programmes": Mechanism(
        [dict.fromkeys(COSTS_OF_PROGRAMMES, LEFT_OUT), dict.fromkeys(COSTS_OF_PROGRAMMES, 0.0)],
        on=dict.fromkeys(COSTS_OF_PROGRAMMES, 500.0),
    ),
    "least buys": Mechanism(
        [{"businesses.*.channels.*.minimum": LEFT_OUT}, {"businesses.*.channels.*.minimum": 0.0}],
        on={"businesses.*.channels.*.minimum": 40.0},
    ),
    "insolvency": Mechanism(
        [{"rules.solvency.past_credit_line": LEFT_OUT}, {"rules.solvency.past_credit_line": "goes_on"}],
        on={"rules.solvency.past_credit_line": "closes", "businesses.*.fixed_cost_per_year": 300_000.0},
    ),
    "goods ordered ahead": Mechanism(
        [{"businesses.*.supply": LEFT_OUT}, {"businesses.*.supply": {"season_weeks": 0}}],
        {
            "businesses.*.supply.preorder_share": 0.3,
            "businesses.*.supply.lead_weeks": 5,
            "businesses.*.supply.early_unit_cost": 15.0,
            "businesses.*.supply.late_unit_cost": 60.0,
            "businesses.*.supply.salvage": 1.0,
        },
        on={"businesses.*.supply": {"season_weeks": 8, "lead_weeks": 2, "preorder_share": 0.8}},
    ),
    "events": Mechanism(
        [{"events": LEFT_OUT}, {"events": {}}, {"events": FAR_AWAY}, {"events": OF_NO_SIZE}],
        on={"events": {"dear": {"cost_rise": {"week": 3, "unit_cost": 2.0}}}},
    ),
    "care of no effect": of_no_effect("care", "ceiling", "strength", **{"ceiling": 0.9, "strength": 3.0}),
    "onboarding of no effect": of_no_effect("onboarding", "ceiling", "strength", ceiling=0.9, strength=3.0),
    "touch of no effect": of_no_effect("personal_touch", "ceiling", "strength", ceiling=0.9, strength=3.0),
    "reminders of no effect": of_no_effect("reminders", "ceiling", "strength", ceiling=0.9, strength=3.0),
    "letters of no effect": of_no_effect("win_back", "ceiling", "strength", ceiling=0.9, strength=3.0),
    "scheme of no effect": of_no_effect("loyalty_scheme", "ceiling", "strength", ceiling=3.0, strength=3.0),
    "referral of no effect": Mechanism(
        [
            {f"businesses.*.levers.referral.{key}": value for key, value in numbers.items()}
            for numbers in (
                {"gain": 0.0, "strength": 3.0, "reward": 9.0, "reward_strength": 3.0},
                {"gain": 9.0, "strength": 0.0, "reward": 9.0, "reward_strength": 0.0},
            )
        ],
        on={"businesses.*.levers.referral.budget_share": 0.5} | KEEPING,
    ),
    "cross-selling of no effect": of_no_effect("cross_selling", "ceiling", "strength", ceiling=1.0, strength=3.0),
}

BARE = {
    "time.weeks", "time.burn_in_weeks", "time.planning_weeks", "time.list_weeks",
    "currency.decimals",
    "people.mean_order_value", "people.match", "people.taste",
    "rules.choice.reference_price", "rules.satisfaction.first_expectation",
    "businesses.*.price", "businesses.*.unit_cost", "businesses.*.affinity", "businesses.*.known",
    "businesses.*.cash", "businesses.*.credit_line",
}  # fmt: skip
"""The bare market, which is always there: people, prices, names, and money to begin with."""
READ_ONLY = {
    "rules.value.discount_rate": 0.9,
    "rules.journey.activate_weeks": 0,
}
"""Read by those who measure, never by those who live."""


def parameters() -> Iterator[str]:
    """The path of every parameter of the model, but how businesses plan."""
    places: list[tuple[str, type]] = [
        ("time", Time),
        ("currency", Currency),
        ("people", Person),
        ("rules", Rules),
        ("markets.*", Territory),
        ("businesses.*", Offering),
        ("businesses.*.markets.*", Presence),
        ("businesses.*.channels.*", Channel),
        ("businesses.*.levers", Levers),
        ("businesses.*.promotions.*", Promotion),
        ("businesses.*.backers", Backers),
        ("businesses.*.supply", Supply),
        *((f"events.*.{name}", kind) for name, kind in EVENTS.items()),
        *((f"network.{name}", kind) for name, kind in NETWORKS.items()),
    ]
    while places:
        path, record = places.pop()
        yield from (f"{path}.{name}" for name, _, _ in parameters_of(record))
        places += [(f"{path}.{name}", hint) for name, hint in get_type_hints(record).items() if is_record(hint)]


def owned() -> set[str]:
    """Every path at which some mechanism is switched off or shown to be idle; names are anybody's."""
    leaves = (path for changes in _all_changes() for path in _leaves("", changes))
    return {re.sub(r"(businesses|promotions|channels|markets|events)\.\w+", r"\1.*", path) for path in leaves}


def _all_changes() -> Iterator[Changes]:
    for mechanism in MECHANISMS.values():
        yield from (*mechanism.off, mechanism.idle)


def _leaves(path: str, value: Any) -> Iterator[str]:
    """Paths of what is written at a path."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}" if path else name, inner)
    else:
        yield path
