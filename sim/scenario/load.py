"""Loading: from the name of a scenario to a checked, frozen world.

A file may extend another and say only what differs; ``--set`` has the last word. Whatever is wrong in any of them is
told at once.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from numbers import Integral, Real
from pathlib import Path
from typing import Any, NamedTuple

from sim.documents import documents
from sim.scenario.catalogue import dotted, listed, nearest
from sim.scenario.checks import checked
from sim.scenario.document import ASIDE, DEEPEST_NESTING, Document, Place, salvage_document
from sim.scenario.layers import NEVER_INHERITED, Draft, Setting
from sim.scenario.problems import InputError, Mark, Problem, escaped, shown
from sim.scenario.schema import Scenario
from sim.scenario.words import LONGEST_NUMBER

BUNDLED = documents("scenarios")
"""The scenarios that come with the package."""
SUFFIXES = (".yaml", ".yml")
MOST_EXTENDED = 16
LONGEST_NAME = 80


def bundled() -> list[Path]:
    """The scenarios that come with the package, by name."""
    return _scenarios_in(BUNDLED)


def find_scenario(name_or_path: str, folder: Path = Path(), mark: Mark | None = None) -> Path:
    """The file that is meant: a bare name always means a bundled scenario, a file is named with its .yaml or its path.

    Parameters
    ----------
    folder : where a path begins
    mark : where the name is written, if it is in a file

    Raises
    ------
    InputError
        If it is neither; whether a file exists at a path shows when it is read.
    """
    if name_or_path.endswith(SUFFIXES) or "/" in name_or_path or os.sep in name_or_path:
        return folder / name_or_path
    for path in bundled():
        if path.stem == name_or_path:
            return path
    ours, theirs = [path.stem for path in bundled()], {path.stem: path.name for path in _scenarios_in(folder)}
    near = theirs.get(name_or_path) or nearest(name_or_path, ours) or theirs.get(nearest(name_or_path, theirs) or "")
    known = [*ours, *theirs.values()]
    advice = f"Name a .yaml file{f', or one of {listed(known)}' if known else ''}"
    what = f"there is no scenario {shown(name_or_path)}"
    raise InputError([Problem(mark, what, f"Did you mean {shown(near)}?" if near else advice)])


def load_scenario(name_or_path: str | Path, overrides: Sequence[str] = ()) -> Scenario:
    """Read a scenario with all it extends, and check it.

    Parameters
    ----------
    name_or_path : the name of a bundled scenario, or a file
    overrides : values that replace those of the file, such as "people.count=5000"

    Raises
    ------
    InputError
        With everything that is wrong, each problem where it was written.
    """
    path = name_or_path if isinstance(name_or_path, Path) else find_scenario(name_or_path)
    return _assembled(_chain(_read(path), path), overrides, path.stem)


class Template(NamedTuple):
    """A scenario as its files say it, laid over one another, with no default written out: plain data, to be varied."""

    name: str
    data: dict[str, Any]


def read_template(name_or_path: str, folder: Path = Path(), mark: Mark | None = None) -> Template:
    """Read a scenario of which many variants are wanted.

    Parameters
    ----------
    folder : where a path begins
    mark : where the name is written, if it is in a file

    Raises
    ------
    InputError
        With everything that is wrong with the scenario as it is.
    """
    path = find_scenario(name_or_path, folder, mark)
    chain = _chain(_read(path, mark), path)
    scenario = _assembled(chain, (), path.stem)
    return Template(scenario.name, _laid(chain).data)


def varied(template: Template, settings: Sequence[Setting] = (), *, alone: bool = False) -> Scenario:
    """The scenario in which settings replace values.

    Parameters
    ----------
    alone : judge each value by itself, and not whether they fit together; the scenario may then be none

    Raises
    ------
    InputError
        With everything that is wrong, each problem where the setting is written.

    Check
    -----
    >>> from sim.scenario.layers import Written
    >>> written = Written(Mark("s.yaml", 3, 1), Mark("s.yaml", 3, 20))
    >>> template = Template("one", {"schema": 1, "businesses": {"ours": {}}})
    >>> varied(template, [Setting("businesses.ours.price", 40.0, written)]).businesses[0].offering.price
    40.0
    """
    return Variants(template).scenario(settings, alone=alone)


class Variants:
    """Many scenarios that differ in few settings: what they share is put together once.

    Parameters
    ----------
    shared : settings that hold in all of them
    """

    def __init__(self, template: Template, shared: Sequence[Setting] = ()) -> None:
        self._name, self._draft = template.name, Draft()
        self._draft.lay(Document("", template.data, {}, {}))
        for setting in shared:
            self._draft.replace(setting)

    def scenario(self, settings: Sequence[Setting] = (), *, alone: bool = False) -> Scenario:
        """The one in which settings replace values; see `varied`."""
        draft = self._draft.copy()
        for setting in settings:
            draft.replace(setting)
        return _finished(draft, self._name, alone=alone)


def scenario_from(data: Mapping[str, Any], name: str = "scenario") -> Scenario:
    """A scenario from data as a file would hold them; problems name the path of a value.

    Raises
    ------
    InputError
        With everything that is wrong.

    Check
    -----
    >>> scenario_from({"schema": 1, "businesses": {"ours": {"price": 40}}}).businesses[0].offering.price
    40.0
    """
    if not isinstance(data, Mapping):
        raise InputError([Problem(None, f"a scenario must be a mapping, got {shown(data)}")])
    document = Document("", _plain(data), {}, {})
    return _assembled(_chain(document, Path()), (), name)


def _assembled(chain: Sequence[Document], overrides: Sequence[str], name: str) -> Scenario:
    """Lay documents over one another, the last one first, then the overrides; check what results."""
    draft = _laid(chain)
    for text in overrides:
        draft.override(text)
    return _finished(draft, escaped(name)[:LONGEST_NAME])


def _laid(chain: Sequence[Document]) -> Draft:
    draft = Draft()
    for document in reversed(chain):
        draft.forget(*NEVER_INHERITED)
        draft.lay(document)
    return draft


def _finished(draft: Draft, name: str, *, alone: bool = False) -> Scenario:
    scenario, faults = checked(draft.data, name, draft.aside(), alone=alone)
    for fault in faults:
        draft.fault(fault)
    if scenario is None or draft.problems:
        raise InputError(draft.in_order())
    return scenario


# -- finding and reading -----------------------------------------------------------------------------------------------


def _scenarios_in(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES and not path.is_dir())
    except (OSError, ValueError):
        return []


def _read(path: Path, mark: Mark | None = None) -> Document:
    """What can be read of a file, called in messages by its way from here if it lies below.

    Parameters
    ----------
    mark : where the file is named, to which its problems as a whole belong
    """
    document = salvage_document(path, _from_here(path))
    problems = [Problem(each.mark or mark, each.what, each.advice) for each in document.problems]
    if mark and not document.data and any(each.mark for each in document.problems):
        problems.append(Problem(mark, f"nothing of {document.file} could be read", "Name another file, or correct it"))
    return replace(document, problems=tuple(problems))


def _from_here(path: Path) -> str:
    """What messages call a file: its way from here if it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _chain(document: Document, path: Path) -> list[Document]:
    """A document and all that it extends, the most general one last; where the chain breaks, its end says why."""
    chain, seen = [document], {_identity(path): path.stem}
    while "extends" in chain[-1].data:
        try:
            path = _parent(chain[-1], path, seen)
        except InputError as error:
            problems = (*chain[-1].problems, *error.problems)
            chain[-1] = replace(chain[-1], problems=problems, whole=False)
            break
        chain.append(_read(path, chain[-1].marks.get(("extends",))))
    return chain


def _parent(document: Document, path: Path, seen: dict[str, str]) -> Path:
    """The file that a document extends, which is then ``seen``; raises InputError."""
    reference, mark = document.data["extends"], document.marks.get(("extends",))
    if reference is ASIDE:
        raise InputError([])
    if ("extends",) in document.empty:
        raise InputError([Problem(mark, "nothing is written after extends", "Name one scenario, or remove the line")])
    if not isinstance(reference, str):
        raise InputError([Problem(mark, f"extends must be text, got {shown(reference)}", "Name one scenario")])
    own, path = path, find_scenario(reference, path.parent, mark)
    beside = [other.name for other in _scenarios_in(own.parent)]
    if path.parent == own.parent and own.name in beside and path.name not in beside:
        near = nearest(path.name, [name for name in beside if name != own.name])  # nobody means the file itself
        advice = f"Did you mean {shown(near)}?" if near else "Check the name"
        raise InputError([Problem(mark, f"{_from_here(path)}: there is no such file", advice)])
    key = _identity(path)
    if key in seen:
        circle = " -> ".join([*list(seen.values())[list(seen).index(key) :], path.stem])
        raise InputError([Problem(mark, f"the scenario extends itself: {circle}", "Remove one of these 'extends'")])
    if len(seen) > MOST_EXTENDED:
        what = f"extends more than {MOST_EXTENDED} scenarios in a row"
        raise InputError([Problem(mark, what, "Join some of them")])
    seen[key] = path.stem
    return path


def _identity(path: Path) -> str:
    """What is the same for all ways to a file."""
    try:
        return os.path.realpath(path)
    except ValueError:  # no file can have such a name, as whoever reads it will say
        return str(path)


def _plain(value: Any, place: Place = ()) -> Any:
    """Data of a caller as a file would give them: plain mappings, texts and numbers.

    A number that no file could hold becomes infinite, which the checks refuse.
    """
    if len(place) > DEEPEST_NESTING:
        what = f"{dotted(place[:3])} is nested more than {DEEPEST_NESTING} levels"
        raise InputError([Problem(None, what, "Write it flatter")])
    match value:
        case Mapping():
            if odd := [key for key in value if not isinstance(key, str)]:
                what = f"{dotted(place) or 'the scenario'}: keys must be names, found {shown(odd[0])}"
                raise InputError([Problem(None, what, "Write a text")])
            return {str(key): _plain(inner, (*place, key)) for key, inner in value.items()}
        case bool() | None:
            return value
        case str():
            return str(value)
        case Integral() if abs(int(value)) < 10**LONGEST_NUMBER:
            return int(value)
        case Real():
            try:
                return float(value)
            except OverflowError:
                return math.inf
    return value
