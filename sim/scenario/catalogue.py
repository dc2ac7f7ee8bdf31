"""The catalogue: what may be written where in a scenario file, and every parameter with its unit, range and source.

All of it is read off the models, which are made from the records: a parameter is still declared once, beside its rule.
A place is the way to a value, ("rules", "choice", "habit"); a path is the same with dots, as ``--set`` takes it.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.rules.people import DISTRIBUTIONS
from sim.scenario.document import Place
from sim.scenario.models import DISTRIBUTION, scenario_model
from sim.scenario.problems import shown
from sim.units import Parameter

ANY_NAME = "<name>"
"""Stands for the name of a business, channel or segment in the catalogue."""
ANY_DISTRIBUTION = "<distribution>"
"""Stands for a parameter that differs from person to person."""

KEYS_SHOWN = 8
PLACES_REMEMBERED = 4096
MOST_COMPARED = 100
"""Names, and letters of a name, compared to find what was meant."""
SHORTEST_MISSPELT, SHORTEST_MISREAD = 3, 5
"""Letters of a name in which one may be missing, and in which one may be wrong; shorter ones are other words."""
_COUNTED = re.compile("[_-]?[0-9]+|[_-][A-Za-z]$|(?<=[a-z])[A-Z]$")
"""What tells names apart that were meant to be alike: shop1 and shop2, incumbent_a and incumbent_b, cityA and cityB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Parameter):
    """A parameter, where it is written, and what holds if it is not."""

    path: str
    default: str | None
    """As written in YAML; None: a segment shares it with all people, or it must be given."""


def catalogue() -> list[Entry]:
    """Every parameter a scenario file may set, in the order of the models.

    Check
    -----
    >>> [(entry.path, entry.unit, entry.default) for entry in catalogue()][:2]
    [('time.weeks', 'weeks', '260'), ('time.burn_in_weeks', 'weeks', '156')]
    """
    return [*_entries(scenario_model(), ()), *_entries(bare(DISTRIBUTION), (ANY_DISTRIBUTION,))]


def kind_at(place: Place) -> Any:
    """What the models expect at a place: a model, a dict of named models, or a plain type; None at no known place."""
    return _kind_at(scenario_model(), place)


@lru_cache(PLACES_REMEMBERED)
def _kind_at(kind: Any, place: Place) -> Any:
    """A study asks for the same few places at each of its points."""
    for key in place:
        field = fields_of(kind).get(str(key))
        inside = get_args(kind)[1] if is_named(kind) else field.annotation if field else None
        kind = bare(inside)
    return kind


def fields_of(kind: Any) -> Mapping[str, FieldInfo]:
    """The keys that a model knows, as a file writes them; none for whatever is no model."""
    return _fields_of(kind) if isinstance(kind, type) and issubclass(kind, BaseModel) else {}


@cache
def _fields_of(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def is_named(kind: Any) -> bool:
    """Is this a mapping whose keys are names that the writer invents?"""
    return get_origin(kind) is dict


def is_one_of(kind: Any) -> bool:
    """Is this a mapping whose one key names a kind? Then every key may be missing, and nothing stands in for it.

    Check
    -----
    >>> [is_one_of(kind_at((key,))) for key in ("network", "people", "businesses")]
    [True, False, False]
    """
    fields = fields_of(kind).values()
    return bool(fields) and all(not field.is_required() and field.default is None for field in fields)


def is_distribution(kind: Any) -> bool:
    """Is this a one-of whose kinds are distributions, so that a bare number may stand for it too?"""
    return fields_of(kind).keys() == DISTRIBUTIONS.keys()


def default_at(place: Place) -> Any:
    """What holds if nothing is written at a place; None if that is nothing."""
    field = fields_of(kind_at(place[:-1])).get(str(place[-1])) if place else None
    return None if field is None or field.is_required() else field.get_default(call_default_factory=True)


def declared(place: Place) -> Parameter | None:
    """The declaration of the parameter at a place; None if something else is written there."""
    around = kind_at(place[:-1]) if place else None
    if is_named(around):
        return stated(get_args(around)[1])
    field = fields_of(around).get(str(place[-1])) if place else None
    return declaration(field) if field else None


def dotted(place: Place) -> str:
    """A place as a path.

    Check
    -----
    >>> dotted(("rules", "choice", "habit"))
    'rules.choice.habit'
    """
    return ".".join(map(str, place))


def expected(place: Place) -> str:
    """What must be written at a place, in words.

    Check
    -----
    >>> expected(("time", "weeks")), expected(("currency", "name")), expected(("people",))
    ('a whole number', 'text', 'a mapping')
    """
    kind, parameter = kind_at(place), declared(place)
    if is_one_of(kind):
        number = "a number or " if is_distribution(kind) else ""
        return f"{number}a mapping that names one of {', '.join(fields_of(kind))}"
    if fields_of(kind) or is_named(kind):
        return "a mapping"
    if parameter is None:
        return listed(list(map(str, get_args(kind))), "or") or "text"
    if parameter.options:
        return listed(list(parameter.options), "or")
    return "a whole number" if parameter.whole else "a number"


def meaning(parameter: Parameter | None) -> str:
    """A declaration as a sentence; empty for what has none.

    Check
    -----
    >>> meaning(declared(("people", "count")))
    'Meaning: simulated people in the market (count)'
    """
    return f"Meaning: {parameter.meaning} ({parameter.unit})" if parameter else ""


def span(parameter: Parameter) -> str:
    """The bounds of a parameter.

    Check
    -----
    >>> span(declared(("people", "leaving"))), span(declared(("people", "need_per_year")))
    ('0..1', '0..1,500')
    """
    return f"{number(parameter.low)}..{number(parameter.high)}"


def number(value: float) -> str:
    """A number with as many digits as it needs, and commas between thousands."""
    return f"{value:,.0f}" if value == int(value) else repr(value)


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """The question whether a similar word was meant, or something else to say if there is none.

    Check
    -----
    >>> did_you_mean("retnetion", ["retention", "reach"]), did_you_mean("x", ["retention"], "Ask.")
    ("Did you mean 'retention'?", 'Ask.')
    """
    near = nearest(word, known)
    return f"Did you mean {shown(near)}?" if near else otherwise


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most similar, if any is; of very many the first are compared."""
    few = list(islice(known, MOST_COMPARED))
    return next(iter(difflib.get_close_matches(word.casefold()[:MOST_COMPARED], few, n=1)), None)


def slip_of(name: str, known: Iterable[str]) -> str | None:
    """The known name that differs from this one by a slip of the pen, if any does; of very many the first are compared.

    That is a letter after the first too many, missing, wrong or swapped with the next. Names told apart by a number or
    by a last single letter were counted, and of a short name every other letter makes another word.

    Check
    -----
    >>> slip_of("our", ["ours", "rival"]), slip_of("incumbent_c", ["incumbent_a"]), slip_of("shop2", ["shop", "shop1"])
    ('ours', None, None)
    """
    return next((each for each in islice(known, MOST_COMPARED) if _is_slip(name, each)), None)


def _is_slip(name: str, meant: str) -> bool:
    if abs(len(name) - len(meant)) > 1 or name[:1].casefold() != meant[:1].casefold():
        return False
    if _COUNTED.sub("", name) == _COUNTED.sub("", meant):
        return False
    one, other = sorted((name.casefold(), meant.casefold()), key=len)
    same = len(os.path.commonprefix([one, other]))
    if len(one) < len(other):
        return len(one) >= SHORTEST_MISSPELT and one[same:] == other[same + 1 :]
    wrong = len(one) >= SHORTEST_MISREAD and one[same + 1 :] == other[same + 1 :]
    swapped = one[same : same + 2] == other[same : same + 2][::-1] and one[same + 2 :] == other[same + 2 :]
    return one != other and (wrong or swapped)


def listed(words: list[str], last: str = "and") -> str:
    """a, b and c; of many words the first eight."""
    if len(words) > KEYS_SHOWN:
        words = [*words[:KEYS_SHOWN], f"{len(words) - KEYS_SHOWN} more"]
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _entries(kind: Any, place: Place) -> Iterator[Entry]:
    """The parameters at and below a place."""
    if is_named(kind):
        inside = get_args(kind)[1]
        if parameter := stated(inside):
            yield Entry(**asdict(parameter), path=dotted((*place, ANY_NAME)), default=None)
        yield from _entries(bare(inside), (*place, ANY_NAME))
    for key, field in fields_of(kind).items():
        parameter = declaration(field)
        if parameter:
            default = None if field.is_required() or field.default is None else written(field.default)
            yield Entry(**asdict(parameter), path=dotted((*place, key)), default=default)
        else:
            yield from _entries(bare(field.annotation), (*place, key))


def declaration(field: FieldInfo) -> Parameter | None:
    """The declaration that a field was made from; None for texts and for groups of fields."""
    return next((item for item in field.metadata if isinstance(item, Parameter)), None)


def stated(annotation: Any) -> Parameter | None:
    """The declaration that a type carries along; None for texts and groups of fields."""
    inside = get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()
    return next((item for item in inside if isinstance(item, Parameter)), None)


def bare(annotation: Any) -> Any:
    """A type without what may be written instead of it and without what is said about it."""
    while get_origin(annotation) is Annotated or type(None) in get_args(annotation):
        annotation = get_args(annotation)[0]
    return annotation


def written(value: Any) -> str:
    """A default as a scenario file writes it."""
    match value:
        case {"constant": {"value": number}}:
            return written(number)
        case Mapping():
            return f"{{{', '.join(f'{key}: {written(inner)}' for key, inner in value.items())}}}"
    return str(value)
