"""Records of validated data: the inverse of writing them down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from sim.rules.people import DISTRIBUTIONS, Distribution
from sim.units import Parameter, anatomy_of, is_record, record_by_name


def record_of(record: type, data: Mapping[str, Any]) -> Any:
    """The record of validated data: the inverse of writing it down."""
    return record(**{name: make(data[name]) if make else data[name] for name, make in _makers_of(record)})


@cache
def _makers_of(record: type) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    """What makes each field of a record from its data; None where these are its value."""
    declared, annotations = anatomy_of(record)
    return tuple((name, _maker_of(annotation, declared.get(name))) for name, annotation in annotations.items())


def _maker_of(annotation: Any, parameter: Parameter | None) -> Callable[[Any], Any] | None:
    if is_record(annotation):
        return partial(record_of, annotation)
    if inner := record_by_name(annotation):
        return partial(_records_of, inner)
    if annotation == Distribution:
        return partial(chosen, DISTRIBUTIONS)
    return parameter.options.index if parameter and parameter.options else None


def _records_of(record: type, data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: record_of(record, each) for key, each in data.items()}


def chosen(records: Mapping[str, Any], data: Mapping[str, Any]) -> Any:
    """The record of a one-key mapping."""
    ((kind, values),) = data.items()
    record = records[kind] if isinstance(records[kind], type) else type(records[kind])
    return record_of(record, values)
