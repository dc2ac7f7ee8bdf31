"""Units: what a number means, how far it may go, and where it comes from.

A parameter is declared once, beside the rule that uses it, as ``Annotated[float, share("...", "A1")]``. The YAML key,
the bounds check, the catalogue printed by ``parameters`` and the range of a sensitivity study all read that one line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

LARGEST = 1e15
"""No parameter may exceed this: far beyond any market, and still exact in a float."""
LONGEST = 30_000
"""Weeks: no run lasts longer, so this is for good."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What one number means.

    ``low`` and ``high`` are hard bounds, checked when a scenario is read. ``sweep`` is the range within which the truth
    plausibly lies, for sensitivity studies. ``options`` names the values of a choice; the number is then its place.
    """

    unit: str
    meaning: str
    source: str
    low: float = 0.0
    high: float = LARGEST
    sweep: tuple[float, float] | None = None
    options: tuple[str, ...] = ()
    whole: bool = False


Sweep = tuple[float, float] | None


def share(meaning: str, source: str, sweep: Sweep = None) -> Parameter:
    """A part of a whole, 0..1; also one minus a keep factor per week."""
    return Parameter("share", meaning, source, 0.0, 1.0, sweep)


def probability(meaning: str, source: str, sweep: Sweep = None, per: str = "event") -> Parameter:
    """The chance of one event, 0..1."""
    return Parameter(f"probability per {per}", meaning, source, 0.0, 1.0, sweep)


def log_odds(meaning: str, source: str, sweep: Sweep = None) -> Parameter:
    """An addition to utility or to the log odds of an event."""
    return Parameter("log odds", meaning, source, -50.0, 50.0, sweep)


def satisfaction_points(meaning: str, source: str, sweep: Sweep = None, low: float = -1.0) -> Parameter:
    """A place or a length on the scale of satisfaction, which runs from -1 to 1."""
    return Parameter("satisfaction", meaning, source, low, 2.0, sweep)


def factor(meaning: str, source: str, sweep: Sweep = None, high: float = 1000.0) -> Parameter:
    """A number without a unit, zero or more."""
    return Parameter("factor", meaning, source, 0.0, high, sweep)


def money(meaning: str, source: str, sweep: Sweep = None, low: float = 0.0) -> Parameter:
    """An amount of money in major units (what a price tag shows)."""
    return Parameter("money", meaning, source, low, 1e12, sweep)


def per_money(meaning: str, source: str, sweep: Sweep = None) -> Parameter:
    """A response to money: one over an amount."""
    return Parameter("per money", meaning, source, 0.0, 1e6, sweep)


def weeks(meaning: str, source: str, sweep: Sweep = None, low: float = 0) -> Parameter:
    """A whole number of weeks."""
    return Parameter("weeks", meaning, source, low, LONGEST, sweep, whole=True)


def count(meaning: str, source: str, sweep: Sweep = None, low: float = 0, high: float = 2_000_000_000) -> Parameter:
    """A whole number of things."""
    return Parameter("count", meaning, source, low, high, sweep, whole=True)


def choice(meaning: str, source: str, *options: str) -> Parameter:
    """One of a few named possibilities; rules see its place in the list."""
    return Parameter("choice", meaning, source, 0, len(options) - 1, None, options, whole=True)


def is_record(annotation: Any) -> bool:
    """Is this a NamedTuple class, a group of parameters, rather than a single value?"""
    return isinstance(annotation, type) and issubclass(annotation, tuple) and hasattr(annotation, "_fields")


def record_by_name(annotation: Any) -> Any:
    """The record of which a field holds any number, each with a name of its own (``dict[str, Step]``); else None."""
    inside = get_args(annotation)[-1:] if get_origin(annotation) is dict else ()
    return inside[0] if inside and is_record(inside[0]) else None


def number_by_name(annotation: Any) -> Parameter | None:
    """What the numbers mean of which a field holds any, each with a name of its own; else None.

    Such a field is a ``dict[str, Annotated[float, Parameter]]``.
    """
    inside = get_args(annotation)[-1:] if get_origin(annotation) is dict else ()
    return next((item for kind in inside for item in get_args(kind) if isinstance(item, Parameter)), None)


def parameters_of(record: type) -> Iterator[tuple[str, Parameter, Any]]:
    """Name, declaration and default of every parameter of a record, in order.

    Texts, records inside and numbers that have names of their own are passed over.

    Parameters
    ----------
    record : a NamedTuple class whose numbers are ``Annotated[type, Parameter]``

    Raises
    ------
    TypeError
        If a field carries no Parameter: a number without a unit is a mistake.
    """
    defaults = getattr(record, "_field_defaults", {})
    for name, annotation in get_type_hints(record, include_extras=True).items():
        if is_record(annotation) or record_by_name(annotation) or number_by_name(annotation) or annotation is str:
            continue
        found = [item for item in get_args(annotation) if isinstance(item, Parameter)]
        if get_origin(annotation) is not Annotated or len(found) != 1:
            raise TypeError(f"{record.__name__}.{name} does not say what it means: annotate it with one Parameter")
        yield name, found[0], defaults.get(name)


@cache
def anatomy_of(record: type) -> tuple[dict[str, Parameter], dict[str, Any]]:
    """Declarations and types of a record's fields, read once: most of the work of making a record from data.

    Check
    -----
    >>> from typing import NamedTuple
    >>> anatomy_of(NamedTuple("Nothing", [("name", str)]))
    ({}, {'name': <class 'str'>})
    """
    return {name: parameter for name, parameter, _ in parameters_of(record)}, get_type_hints(record)
