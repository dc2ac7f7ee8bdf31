"""Shadows: plain copies of the compiled functions of a week, which note what they are given and what they answer.

A week is written once, as plain functions that the compiler turns into machine code. The shadow of such a function is
the same code with other neighbours: every function that it calls is a shadow too. Plain and compiled code give the same
bits, so a person may live by shadows and nobody can tell from the results.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from sim.rules.compile import RULES

SHADOWED = ("sim.rules.", "sim.state.", "sim.model.")
"""Where functions of a week come from."""
NOTED = "sim.model."
"""Of these, all functions are noted; of the others, rules."""


@dataclass
class Call:
    """A rule or a step of the week: what it was given, what it answered, and what it called on the way.

    Parameters
    ----------
    business : the slot of the business it was about; None if about none in particular
    arguments : plain numbers and tuples of numbers by name; what is the same for everybody is left out
    """

    name: str
    business: int | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    result: Any = None
    calls: list[Call] = field(default_factory=list)

    def all(self, name: str) -> list[Call]:
        """Those calls of a name that were made right here."""
        return [call for call in self.calls if call.name == name]

    def one(self, name: str) -> Call | None:
        """The first call of a name that was made right here, if any was."""
        return next(iter(self.all(name)), None)

    def walk(self) -> Iterator[Call]:
        """This call and everything it led to, in the order of beginning."""
        yield self
        for call in self.calls:
            yield from call.walk()


class Notebook:
    """Shadows of functions, and the calls that they note."""

    def __init__(self) -> None:
        self.open = [Call("week")]
        self._shadows: dict[FunctionType, Callable[..., Any]] = {}
        self._rules = frozenset(RULES)

    def page(self) -> tuple[Call, ...]:
        """What was noted since the last page: the person's own week, not the making of its draws."""
        calls, self.open = self.open[0].calls, [Call("week")]
        return tuple(rows.calls[-1] for rows in calls)

    def shadow(self, thing: Any, names: frozenset[str] = frozenset()) -> Any:
        """The shadow of a function, or of a module of which these names are wanted; anything else as it is."""
        plain = getattr(thing, "py_func", thing)
        if isinstance(plain, FunctionType) and plain.__module__.startswith(SHADOWED):
            return self._shadows[plain] if plain in self._shadows else self._made(plain)
        if isinstance(thing, ModuleType) and thing.__name__.startswith(SHADOWED):
            return SimpleNamespace(**self._neighbours(vars(thing), names))
        return thing

    def _made(self, plain: FunctionType) -> Callable[..., Any]:
        """The same code among shadows; registered before its neighbours are made, which may call it back."""
        around: dict[str, Any] = {}
        made = FunctionType(plain.__code__, around, plain.__name__, plain.__defaults__, plain.__closure__)
        noted = plain in self._rules or plain.__module__.startswith(NOTED)
        self._shadows[plain] = self._noting(made) if noted else made
        around.update(self._neighbours(plain.__globals__, frozenset(plain.__code__.co_names)))
        return self._shadows[plain]

    def _neighbours(self, around: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
        return around | {name: self.shadow(around[name], names) for name in names if name in around}

    def _noting(self, function: FunctionType) -> Callable[..., Any]:
        names = function.__code__.co_varnames[: function.__code__.co_argcount]

        def noted(*given: Any) -> Any:
            within = self.open[-1]
            arguments = {name: value for name, value in zip(names, map(_in_numbers, given), strict=True) if value != ()}
            # a business goes by the name of j throughout the week: here, or where this was called in a loop over all
            about = sys._getframe(1).f_locals.get("j", within.business)
            call = Call(function.__name__, arguments.get("j", about), arguments)
            within.calls.append(call)
            self.open.append(call)
            call.result = _in_numbers(answer := function(*given))
            self.open.pop()
            return answer

        return noted


def _in_numbers(value: Any) -> Any:
    """A number as Python's own, and a tuple of them; the empty tuple for records, arrays and whatever else."""
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(_in_numbers(each) for each in value)
    if isinstance(value, np.generic):
        return value.item()
    return value if value is None or isinstance(value, bool | int | float) else ()
