"""Pydantic models made from the records: types, bounds and defaults are read off the declarations, never repeated."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from sim.rules.acquisition import KIND_NAMES, Channel, default_channel
from sim.rules.backers import Backers
from sim.rules.events import EVENTS
from sim.rules.people import DISTRIBUTIONS, Distribution, Person
from sim.rules.prices import Promotion
from sim.rules.retention import Levers
from sim.rules.supply import Supply
from sim.rules.word_of_mouth import NETWORKS
from sim.scenario.records import chosen, record_of
from sim.scenario.schema import (
    MOST_BUSINESSES,
    MOST_CHANNELS,
    MOST_MARKETS,
    Business,
    Currency,
    Network,
    Offering,
    Presence,
    Rules,
    Scenario,
    Segment,
    Story,
    Territory,
    Time,
    Uncertainty,
)
from sim.strategies.plugins import RESERVED
from sim.strategies.registry import STRATEGIES, joined, registered
from sim.units import Parameter, count, is_record, number_by_name, parameters_of, record_by_name, share

STRICT = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)
PEOPLE = count("simulated people in the market", "the question", low=1, high=100_000_000)
REPRESENTS = count("people of the real market for each simulated one", "the question", low=1, high=1_000_000)
MOST_NAMED, MOST_STEPS = 16, 1_000
"""Segments, promotions of a business, events, uncertainties; steps of a schedule, for a lesson may have one a week."""
SEGMENT_SHARE = share("of the people; shares of all segments add to 1", "the question")
NAME = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]


def model_of(record: type, defaults: Any = None) -> type[BaseModel]:
    """A strict model of a record of parameters.

    Parameters
    ----------
    record : a NamedTuple class
    defaults : an instance of it whose values replace the record's own defaults
    """
    given = dict(getattr(record, "_field_defaults", {})) if defaults is None else defaults._asdict()
    declared = {name: parameter for name, parameter, _ in parameters_of(record)}
    fields: dict[str, Any] = {}
    for name, full in get_type_hints(record, include_extras=True).items():
        default, annotation = given.get(name, ...), _plain(full)
        if is_record(annotation):
            inner = model_of(annotation, None if default is ... else default)
            fields[name] = (inner, Field(default_factory=dict, validate_default=True))
        elif inner := record_by_name(annotation):
            written = {key: value._asdict() for key, value in default.items()}
            limits: dict[str, Any] = {"min_length": min(len(written), 1), "max_length": MOST_STEPS}
            fields[name] = (by_name(model_of(inner)), Field(default=written, validate_default=True, **limits))
        elif parameter := number_by_name(full):
            kind, _ = field_of(parameter, _plain(get_args(full)[-1]))
            fields[name] = (by_name(kind), Field(default=default, max_length=MOST_NAMED))
        elif annotation is str:
            fields[name] = (str, Field(default=default, max_length=4000))
        else:
            fields[name] = field_of(declared[name], annotation, default)
    return create_model(record.__name__, __config__=STRICT, __doc__=record.__doc__, **fields)


def _plain(annotation: Any) -> Any:
    """A type without what is said about it."""
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def field_of(parameter: Parameter, annotation: Any, default: Any = ...) -> tuple[Any, Any]:
    """The pydantic field of one declared parameter, which it carries along as metadata."""
    extra: dict[str, Any] = {"unit": parameter.unit, "source": parameter.source}
    if parameter.sweep:
        extra["plausible"] = list(parameter.sweep)
    about: dict[str, Any] = {"description": f"{parameter.meaning} ({parameter.unit})", "json_schema_extra": extra}
    if annotation == Distribution:
        written = ... if default is ... else written_distribution(default)
        return Annotated[DISTRIBUTION, parameter], Field(default=written, validate_default=True, **about)
    if parameter.options:
        written = ... if default is ... else parameter.options[default]
        return Annotated[Literal[parameter.options], parameter], Field(default=written, **about)
    bounds = Field(ge=parameter.low, le=parameter.high)
    return Annotated[annotation, parameter, bounds], Field(default=default, **about)


def models_of(records: Mapping[str, Any]) -> dict[str, type[BaseModel]]:
    """The model of each kind.

    Parameters
    ----------
    records : kind to a record class, or to an instance whose values are the defaults
    """
    return {
        name: model_of(record) if isinstance(record, type) else model_of(type(record), record)
        for name, record in records.items()
    }


def one_of(title: str, kinds: Mapping[str, type[BaseModel]], doc: str) -> Any:
    """A mapping with exactly one key, which names the kind; its value holds the kind's parameters."""

    def only_one(value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        if len(value) != 1:
            raise ValueError(f"name exactly one of {', '.join(kinds)}")
        return {key: {} if inner is None else inner for key, inner in value.items()}

    fields: dict[str, Any] = {name: (kind | None, Field(default=None)) for name, kind in kinds.items()}
    return Annotated[create_model(title, __config__=STRICT, __doc__=doc, **fields), BeforeValidator(only_one)]


def by_name(model: Any) -> Any:
    """A mapping from names that the user gives to things of one kind."""
    return dict.__class_getitem__((NAME, model))


def written_distribution(value: Any) -> Any:
    """A distribution as a scenario file writes it."""
    kind = next(name for name, record in DISTRIBUTIONS.items() if isinstance(value, record))
    return {kind: value._asdict()}


def _no_boolean(value: Any) -> Any:
    """The value itself; Python takes true for 1, and no other reader of scenario files does."""
    if isinstance(value, bool):
        raise ValueError("a boolean")
    return value


def _number_is_constant(value: Any) -> Any:
    return {"constant": {"value": value}} if isinstance(value, int | float) and not isinstance(value, bool) else value


DISTRIBUTION: Any = Annotated[
    one_of("Distribution", models_of(DISTRIBUTIONS), "A number, or how it differs from person to person."),
    BeforeValidator(_number_is_constant),
]
NETWORK = one_of("Network", models_of(NETWORKS), "Who hears whom.")
EVENT = one_of("Event", models_of(EVENTS), "What happens to the market from outside.")


def _optional_person() -> dict[str, Any]:
    """A segment's own values; what it leaves out it shares with all people."""
    hints = get_type_hints(Person)
    fields: dict[str, Any] = {}
    for name, parameter, _ in parameters_of(Person):
        annotation, about = field_of(parameter, hints[name])
        fields[name] = (Annotated[annotation | None, parameter], Field(default=None, description=about.description))
    return fields


SegmentModel: Any = create_model(
    "Segment",
    __config__=STRICT,
    __doc__="A kind of people.",
    share=field_of(SEGMENT_SHARE, float),
    market=(str | None, Field(default=None, max_length=80, description="where they are; if none is said, the first")),
    **_optional_person(),
)
PeopleModel: Any = create_model(
    "People",
    __base__=model_of(Person),
    __doc__="Who lives in the market.",
    count=field_of(PEOPLE, int, 10_000),
    represents=field_of(REPRESENTS, int, 1),
    segments=(by_name(SegmentModel), Field(default_factory=dict, max_length=MOST_NAMED)),
)


def scenario_model() -> type[BaseModel]:
    """The model of a whole scenario, with every strategy that is registered now."""
    return _scenario_model(joined())


@cache
def _scenario_model(others: tuple[tuple[str, str], ...]) -> type[BaseModel]:
    strategies: dict[str, str | None] = {**dict.fromkeys(STRATEGIES), **dict(others)}
    return create_model(
        "Scenario",
        __config__=STRICT,
        __doc__="A keepwin scenario.",
        schema_=(
            Annotated[Literal[1], BeforeValidator(_no_boolean)],
            Field(alias="schema", description="version of this format"),
        ),
        name=(str, Field(default="", max_length=80)),
        story=(model_of(Story), Field(default_factory=dict, validate_default=True)),
        time=(model_of(Time), Field(default_factory=dict, validate_default=True)),
        currency=(model_of(Currency), Field(default_factory=dict, validate_default=True)),
        markets=(by_name(model_of(Territory)), Field(default_factory=dict, max_length=MOST_MARKETS)),
        people=(PeopleModel, Field(default_factory=dict, validate_default=True)),
        network=(NETWORK, Field(default={"mixed": {}}, validate_default=True)),
        rules=(model_of(Rules), Field(default_factory=dict, validate_default=True)),
        businesses=(
            by_name(_business_model(strategies)),
            Field(min_length=1, max_length=MOST_BUSINESSES),
        ),
        events=(by_name(EVENT), Field(default_factory=dict, max_length=MOST_NAMED)),
        uncertainties=(by_name(model_of(Uncertainty)), Field(default_factory=dict, max_length=MOST_NAMED)),
    )


def _business_model(strategies: Mapping[str, str | None]) -> type[BaseModel]:
    kinds = {name: _strategy_model(name, code) for name, code in strategies.items()}
    plan = one_of("Strategy", kinds, "How a business plans.")
    return create_model(
        "Business",
        __base__=model_of(Offering),
        __doc__="A business and its plans.",
        markets=(by_name(model_of(Presence)), Field(default_factory=dict, max_length=MOST_MARKETS)),
        channels=(
            _of_kinds(by_name(model_of(Channel))),
            Field(
                default_factory=lambda: {"advertising": {}},
                validate_default=True,
                min_length=1,
                max_length=MOST_CHANNELS,
            ),
        ),
        levers=(model_of(Levers), Field(default_factory=dict, validate_default=True)),
        promotions=(by_name(model_of(Promotion)), Field(default_factory=dict, max_length=MOST_NAMED)),
        backers=(model_of(Backers), Field(default_factory=dict, validate_default=True)),
        supply=(model_of(Supply), Field(default_factory=dict, validate_default=True)),
        status_quo=(plan, Field(default={"fixed_split": {}}, validate_default=True)),
        strategy=(plan, Field(default={"fixed_split": {}}, validate_default=True)),
    )


def _of_kinds(channels: Any) -> Any:
    """A mapping of channels in which, wherever nothing is written, a channel is what its kind says."""

    def completed(written: Any) -> Any:
        if not isinstance(written, Mapping):
            return written
        return {name: _of_its_kind(name, value) for name, value in written.items()}

    return Annotated[channels, BeforeValidator(completed)]


def _of_its_kind(name: str, written: Any) -> Any:
    if not isinstance(written, Mapping):
        return written
    kind = written.get("kind")
    preset = default_channel(name, kind if isinstance(kind, str) else None)
    differs = {key: value for key, value in preset._asdict().items() if value != Channel._field_defaults[key]}
    if "kind" in differs:
        differs["kind"] = KIND_NAMES[preset.kind]
    return differs | dict(written)


def _strategy_model(name: str, code: str | None) -> type[BaseModel]:
    """A strategy's parameters, and of a user's own also its code: data that were written with other code do not fit."""
    strategy = registered()[name]
    kind = model_of(type(strategy), strategy)
    if code is None:
        return kind
    fields: dict[str, Any] = {RESERVED: (Literal[code], Field(default=code))}
    return create_model(kind.__name__, __base__=kind, __doc__=kind.__doc__, **fields)


def scenario_of(model: BaseModel, name: str) -> Scenario:
    """The frozen scenario of a validated model.

    Parameters
    ----------
    name : what to call it if the file does not say
    """
    resolved: dict[str, Any] = model.model_dump(exclude_none=True, by_alias=True)
    people = resolved["people"]
    everybody = {key: people[key] for key in Person._fields}
    markets = {key: record_of(Territory, value) for key, value in resolved["markets"].items()} or {"": Territory()}
    segments = [
        Segment(key, kind["share"], record_of(Person, everybody | kind), _market_of(kind, markets))
        for key, kind in people["segments"].items()
    ] or [Segment("everybody", 1.0, record_of(Person, everybody), 0)]
    ((network, shape),) = resolved["network"].items()
    return Scenario(
        name=resolved["name"] or name,
        story=record_of(Story, resolved["story"]),
        time=record_of(Time, resolved["time"]),
        currency=record_of(Currency, resolved["currency"]),
        people=people["count"],
        represents=people["represents"],
        markets=markets,
        segments=tuple(segments),
        network=Network(network, record_of(NETWORKS[network], shape)),
        rules=record_of(Rules, resolved["rules"]),
        businesses=tuple(_business(key, value) for key, value in resolved["businesses"].items()),
        events=tuple(chosen(EVENTS, event) for event in resolved["events"].values()),
        uncertainties={key: record_of(Uncertainty, value) for key, value in resolved["uncertainties"].items()},
        resolved=resolved,
    )


def _market_of(segment: Mapping[str, Any], markets: Mapping[str, Territory]) -> int:
    """The place of a segment's market among all; the first if none of that name is known, which a check refuses."""
    names = list(markets)
    return names.index(segment["market"]) if segment.get("market") in names else 0


def _business(name: str, data: Mapping[str, Any]) -> Business:
    return Business(
        name=name,
        offering=record_of(Offering, data),
        markets={key: record_of(Presence, value) for key, value in data["markets"].items()},
        channels={key: record_of(Channel, value) for key, value in data["channels"].items()},
        levers=record_of(Levers, data["levers"]),
        promotions={key: record_of(Promotion, value) for key, value in data["promotions"].items()},
        backers=record_of(Backers, data["backers"]),
        supply=record_of(Supply, data["supply"]),
        status_quo=chosen(registered(), data["status_quo"]),
        strategy=chosen(registered(), data["strategy"]),
    )
