"""The JSON Schema of scenario files: editors complete keys with it and show what each means while one types.

It is read off the same models that check a scenario. What no schema can say (shares that add to 1, a value that is
missing because nothing is inherited) is left to the check itself.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from sim.scenario.catalogue import (
    bare,
    declaration,
    fields_of,
    is_distribution,
    is_named,
    is_one_of,
    number,
    stated,
    written,
)
from sim.scenario.layers import NEVER_INHERITED
from sim.scenario.models import NAME, scenario_model
from sim.units import Parameter

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NEVER_NULL = ("schema", *NEVER_INHERITED)
"""What a file cannot remove with null, for it inherits nothing of that name."""

Schema = dict[str, Any]


def json_schema() -> Schema:
    """The schema of scenario files, in JSON Schema 2020-12.

    Check
    -----
    >>> schema = json_schema()
    >>> schema["properties"]["people"]["properties"]["represents"]["description"]
    'people of the real market for each simulated one (count, 1..1,000,000, default 1). Source: the question.'
    >>> schema["then"]["required"]
    ['schema', 'businesses']
    """
    shared: dict[str, Schema] = {}
    scenario = _mapping(scenario_model(), shared)
    parent = {
        "type": "string",
        "description": "name or path of a scenario of which this file changes only some values",
    }
    return {
        "$schema": DIALECT,
        "title": "keepwin scenario",
        **scenario,
        "properties": {"extends": parent, **scenario["properties"]},
        "if": {"not": {"required": ["extends"]}},
        "then": _demands(scenario_model()),
        "$defs": dict(sorted(shared.items())),
    }


def _of(annotation: Any, shared: dict[str, Schema]) -> Schema:
    """What may be written where the models expect this; whatever is used in several places is ``shared``."""
    kind = bare(annotation)
    if parameter := stated(annotation):
        return _limited(parameter) | {"description": _sentence(parameter, None)}
    if is_named(kind):
        names = {name: value for name, value in _limits(NAME).items() if name != "minLength"}
        value = _or_null(_of(get_args(kind)[1], shared))
        return {"type": "object", "propertyNames": names, "additionalProperties": value}
    if is_one_of(kind):
        title = kind.__name__
        if title not in shared:
            shared[title] = {**_mapping(kind, shared), "minProperties": 1, "maxProperties": 1}
        return {"$ref": f"#/$defs/{title}"}
    return _mapping(kind, shared)


def _mapping(model: Any, shared: dict[str, Schema]) -> Schema:
    """A mapping with the keys of a model; none is required, for all may be inherited."""
    properties = {}
    for key, field in fields_of(model).items():
        schema = _field(field, shared)
        fixed = key in NEVER_NULL and model is scenario_model()
        properties[key] = schema if fixed else _or_null(schema)
    about = inspect.getdoc(model) or ""
    summary = " ".join(about.split("\n\n")[0].split())
    return {"type": "object", "description": summary, "properties": properties, "additionalProperties": False}


def _field(field: FieldInfo, shared: dict[str, Schema]) -> Schema:
    kind, parameter = bare(field.annotation), declaration(field)
    if parameter:
        return _parameter(parameter, field, shared)
    if fields_of(kind) or is_named(kind):
        return _of(kind, shared)
    if get_origin(kind) is Literal:
        return {"enum": list(get_args(kind)), "description": field.description}
    return {"type": "string", **_limits(field)}


def _parameter(parameter: Parameter, field: FieldInfo, shared: dict[str, Schema]) -> Schema:
    """A number, an option or a distribution, with all that its declaration says."""
    default = None if field.is_required() else written(field.default)
    about: Schema = {"description": _sentence(parameter, default)}
    if not field.is_required() and field.default is not None:
        about["default"] = _plain(field.default)
    if parameter.options:
        return {"enum": list(parameter.options), **about}
    value = _limited(parameter)
    if is_distribution(bare(field.annotation)):
        return {"anyOf": [value, _of(field.annotation, shared)], **about}
    return {**value, **about}


def _limited(parameter: Parameter) -> Schema:
    """A number within its bounds."""
    kind = "integer" if parameter.whole else "number"
    return {"type": kind, "minimum": parameter.low, "maximum": parameter.high}


def _sentence(parameter: Parameter, default: str | None) -> str:
    """A declaration in words: meaning, unit, bounds, default, plausible range and source."""
    unbounded = parameter.options or parameter.high >= 1e15
    limits = [] if unbounded else [f"{number(parameter.low)}..{number(parameter.high)}"]
    if unbounded and not parameter.options and parameter.low == 0.0:
        limits = ["0 or more"]
    preset = [f"default {default}"] if default not in (None, "None") else []
    sweep = [f"plausible {number(parameter.sweep[0])}..{number(parameter.sweep[1])}"] if parameter.sweep else []
    return f"{parameter.meaning} ({', '.join([parameter.unit, *limits, *preset, *sweep])}). Source: {parameter.source}."


def _plain(default: Any) -> Any:
    """A default as a file would write it: a number for a distribution that is one."""
    match default:
        case {"constant": {"value": value}}:
            return value
    return default


def _or_null(schema: Schema) -> Schema:
    """The same, or null, which removes what is inherited."""
    match schema:
        case {"type": str(kind)}:
            return {**schema, "type": [kind, "null"]}
        case {"enum": options}:
            return {**schema, "enum": [*options, None]}
        case {"anyOf": kinds}:
            return {**schema, "anyOf": [*kinds, {"type": "null"}]}
    return {"anyOf": [schema, {"type": "null"}]}


def _demands(annotation: Any) -> Schema:
    """What has to be written in a file that inherits nothing; empty if that is nothing."""
    kind = bare(annotation)
    if is_named(kind):
        inside = _demands(get_args(kind)[1])
        return {"additionalProperties": inside} if inside else {}
    required = [key for key, field in fields_of(kind).items() if field.is_required()]
    inner = {key: _demands_of(field) for key, field in fields_of(kind).items()}
    demands: Schema = {"required": required} if required else {}
    if properties := {key: value for key, value in inner.items() if value}:
        demands["properties"] = properties
    return demands


def _demands_of(field: FieldInfo) -> Schema:
    """What is demanded of the value of a field: how many entries it needs, and what is inside them."""
    demands = _demands(field.annotation)
    if is_named(bare(field.annotation)):
        names = {"min_length": "minProperties", "max_length": "maxProperties"}
        demands |= {names[name]: value for name, value in _bounds(field).items() if name in names}
    return demands


def _limits(holder: Any) -> Schema:
    """The limits of a text."""
    names = {"min_length": "minLength", "max_length": "maxLength", "pattern": "pattern"}
    return {names[name]: value for name, value in _bounds(holder).items()}


def _bounds(holder: Any) -> Mapping[str, Any]:
    """Lengths and patterns that pydantic keeps beside a type."""
    found: dict[str, Any] = {}
    for item in _metadata(holder):
        for name in ("min_length", "max_length", "pattern"):
            value = getattr(item, name, None)
            if value is not None:
                found[name] = value
    return found


def _metadata(holder: Any) -> list[Any]:
    if isinstance(holder, FieldInfo):
        return holder.metadata
    return [each for info in get_args(holder)[1:] for each in _metadata(info)]
