"""A user's own strategy: a class from a module that somebody named on the command line.

Never does a scenario file lead to code. What was loaded is identified by its module, its class and the sha256 of the
module's source, which become part of every scenario that uses it; so results of different code never have one name.
"""

from __future__ import annotations

import copyreg
import difflib
import hashlib
import importlib
import inspect
import os
import re
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from sim.strategies.registry import STRATEGIES, code_of, join, registered
from sim.units import is_record, parameters_of

WRITTEN = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):([A-Za-z_]\w*)", re.ASCII)
LIKE_THIS = "class Patient(NamedTuple):"
RESERVED = "code"
"""Where a resolved scenario keeps the identity of the code, beside the parameters."""


class CannotLoad(Exception):
    """What was named is no strategy; ``what`` is wrong, and what to do."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(f"{what}. {advice}{'' if advice.endswith('?') else '.'}")


class Plugin(NamedTuple):
    """A strategy that was loaded."""

    spec: str
    """As it was named: package.module:Class."""
    name: str
    """As scenarios and settings name it."""
    folder: str
    """The current folder at that time, where modules were looked for last."""


def load(spec: str, folder: str | None = None) -> Plugin:
    """Import a strategy and let scenarios name it.

    Parameters
    ----------
    spec : package.module:Class
    folder : where to look for modules that are not installed; the current folder if not given

    Raises
    ------
    CannotLoad
        If there is no such class, or if it is no strategy.
    """
    match = WRITTEN.fullmatch(spec)
    if match is None or match[1].endswith(".py"):
        raise CannotLoad("expected package.module:Class", _rewritten(spec))
    folder = os.getcwd() if folder is None else folder
    module = _imported(match[1], folder)
    made, name = _class_of(module, match[2]), name_of(match[2])
    identity = f"{spec} sha256:{_sha256(module)}"
    if name in STRATEGIES:
        raise CannotLoad(f"{name} is a strategy that comes with keepwin", f"Give the class {match[2]} another name")
    if code_of(name) not in (None, identity):
        raise CannotLoad(f"{name} is the name of another strategy, {code_of(name)}", "Use one of them at a time")
    join(name, made(), identity)
    plugin = Plugin(spec, name, folder)
    copyreg.pickle(made, lambda strategy: (restored, (plugin, identity, tuple(strategy))))
    return plugin


def restored(plugin: Plugin, identity: str, values: tuple[Any, ...]) -> Any:
    """A strategy that travelled to another process, which has to load its code first.

    Raises
    ------
    RuntimeError
        If the code has changed in the meantime.
    """
    load(plugin.spec, plugin.folder)
    if code_of(plugin.name) != identity:
        raise RuntimeError(f"the source of {plugin.spec} has changed while it was in use")
    return type(registered()[plugin.name])(*values)


def name_of(words: str) -> str:
    """The name of a class as scenarios write names.

    Check
    -----
    >>> name_of("Patient"), name_of("FollowTheLeader")
    ('patient', 'follow_the_leader')
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", words).lower().lstrip("_")


# ------------------------------------------------------------------------------------------------------------- details


def _rewritten(spec: str) -> str:
    """How somebody who named a file should have named it.

    Check
    -----
    >>> _rewritten("./examples/patient.py:Patient")
    'Did you mean examples.patient:Patient?'
    """
    file, _, name = spec.partition(":")
    module = file.removeprefix("./").removesuffix(".py").replace("/", ".")
    if WRITTEN.fullmatch(f"{module}:{name}"):
        return f"Did you mean {module}:{name}?"
    return "For a class Patient in the file patient.py write patient:Patient"


def _imported(name: str, folder: str) -> ModuleType:
    """The module of this name; what is installed comes before what lies in the folder."""
    if folder not in sys.path:
        sys.path.append(folder)
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{name}.".startswith(f"{error.name}."):
            advice = f"It is looked for among installed modules and in {folder}"
            raise CannotLoad(f"there is no module {error.name}", advice) from error
        raise _not_imported(name, error) from error
    except (Exception, SystemExit) as error:
        raise _not_imported(name, error) from error


def _not_imported(name: str, error: BaseException) -> CannotLoad:
    if isinstance(error, SyntaxError) and error.filename:
        place = f"{error.filename}:{error.lineno}"
    else:
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{last.filename}:{last.lineno}"
    reason = " ".join(str(getattr(error, "msg", error)).split())
    return CannotLoad(f"{name} cannot be imported: {type(error).__name__}: {reason}", f"See {place}")


def _class_of(module: ModuleType, name: str) -> Any:
    """The class of this name, if it is a strategy."""
    found, place = getattr(module, name, None), f"{module.__name__} ({module.__file__})"
    if found is None:
        classes = [key for key, value in vars(module).items() if is_record(value) and hasattr(value, "plan")]
        near = difflib.get_close_matches(name, classes, n=1)
        advice = f"Did you mean {near[0]}?" if near else f"It has {', '.join(classes) or 'no strategy'}"
        raise CannotLoad(f"{place} has no class {name}", advice)
    if not is_record(found):
        raise CannotLoad(f"{name} in {place} is no NamedTuple", f"Begin it with '{LIKE_THIS}'")
    if complaint := _complaint(found):
        raise CannotLoad(f"{name} in {place}: {complaint[0]}", complaint[1])
    return found


def _complaint(found: Any) -> tuple[str, str] | None:
    """What keeps a NamedTuple from being a strategy, and what to do about it."""
    if not callable(getattr(found, "plan", None)) or not _takes_books(found.plan):
        return "it has no method plan(self, books)", "Write one that answers with a Decision"
    if missing := [name for name in found._fields if name not in found._field_defaults]:
        return f"{missing[0]} has no default", "Give every parameter one"
    if RESERVED in found._fields or any(not name.isascii() for name in found._fields):
        return f"{RESERVED!r} and names with other than plain letters cannot be parameters", "Rename it"
    try:
        declared = list(parameters_of(found))
    except (TypeError, NameError, AttributeError) as error:
        return str(error), "For example: patience: Annotated[float, share('of revenue', 'my experience')] = 0.1"
    if others := set(found._fields) - {name for name, _, _ in declared}:
        return f"{min(others)} is no number", "Parameters are numbers that say what they mean"
    for name, parameter, default in declared:
        if isinstance(default, bool) or not isinstance(default, int | float):
            return f"the default of {name} is no number (got {default!r})", "Write a number"
        if not parameter.low <= default <= parameter.high:
            span = f"{parameter.low:g}..{parameter.high:g}"
            return f"the default of {name} must lie in {span} (got {default})", "Change one of them"
    return None


def _takes_books(plan: Any) -> bool:
    """Can it be called as a method with one argument?"""
    try:
        inspect.signature(plan).bind(None, None)
    except (TypeError, ValueError):
        return False
    return not inspect.iscoroutinefunction(plan)


def _sha256(module: ModuleType) -> str:
    """Of the module's source."""
    file = Path(module.__file__ or "")
    if file.suffix != ".py":
        raise CannotLoad(f"{module.__name__} has no source file", "Name a module that is written in Python")
    return hashlib.sha256(file.read_bytes()).hexdigest()
