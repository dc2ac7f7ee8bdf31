"""The house keeps its shape: what each room of `sim` may import, and what no room may contain.

Every checker is a function of a path and a source text that answers with sentences, so each is shown an offence it must
catch and an innocent neighbour it must leave alone before it is believed about the real package.
"""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ROOMS = (
    "units",
    "theory",
    "rules",
    "strategies",
    "scenario",
    "state",
    "model",
    "experiment",
    "interface",
)  # each may import those before it

THIRD_PARTY = {
    "units": set(),
    "theory": {"numpy", "scipy"},
    "rules": set(),
    "strategies": set(),
    "scenario": {"pydantic", "yaml"},
    "state": {"numpy"},
    "model": {"mesa", "numpy"},
    "experiment": {"SALib", "distributed", "numpy", "openpyxl", "optuna", "pandas", "pyarrow", "scipy"},
    "interface": {"click", "fontTools", "jinja2", "markupsafe", "matplotlib", "numpy", "pandas", "rich", "typer"},
}
LAB = {"jinja2", "markupsafe", "panel", "param", "tornado"}
COMPILER = "sim/rules/compile.py"  # the one decorator
ARITHMETIC = "sim/rules/arithmetic.py"  # our exp and log
THIRD_PARTY_OF_FILE = {
    COMPILER: {"numba", "numpy"},
    "sim/rules/parts.py": {"numba"},  # when it makes machine code
    ARITHMETIC: {"numba", "numpy"},
    "sim/interface/pages/lab.py": LAB,  # nothing else knows what serves the page
    "sim/interface/pages/lab_server.py": LAB,
}

WEEKLY_PURPOSES = {"sim/model/luck.py"}
CREATION_PURPOSES = {"sim/state/births.py", "sim/state/network.py", "sim/state/seats.py"}
MAY_NAME_PURPOSES = WEEKLY_PURPOSES | CREATION_PURPOSES | {"sim/state/draws.py"}  # the last declares them

Checker = Callable[[str, str], list[str]]


# -- reading -----------------------------------------------------------------------------------------------------------


def room_of(path: str) -> str:
    """The first name below `sim`: a room, or a module of its own such as `__init__` or `log`."""
    return path.split("/")[1].removesuffix(".py")


def source_of(path: str, node: ast.ImportFrom) -> str:
    """The module after `from`, with leading dots counted from where the file stands."""
    folders = path.split("/")
    base = folders[: len(folders) - node.level] if node.level else []
    return ".".join([*base, node.module] if node.module else base)


def imports_of(path: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every import as (line, full dotted name), wherever it stands: in functions, under TYPE_CHECKING, or by call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.lineno, f"{source_of(path, node)}.{alias.name}"
        elif isinstance(node, ast.Call) and name_of(node.func) in ("import_module", "__import__") and node.args:
            if isinstance(node.args[0], ast.Constant):
                yield node.lineno, str(node.args[0].value)


def name_of(node: ast.AST | None) -> str:
    """The last word of a name: `jit` for both `jit` and `numba.jit`; empty for anything that is not a name."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def dotted(node: ast.AST) -> str:
    """`np.random.rand` for that chain of attributes; empty if it does not begin with a name."""
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return name_of(node)


def words_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every identifier a module uses, with its line; strings and comments are not identifiers."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            yield node.lineno, name_of(node)
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.lineno, node.arg
        elif isinstance(node, ast.alias):
            yield from ((node.lineno, word) for word in node.name.split("."))


def is_literal(node: ast.AST) -> bool:
    return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)


# -- checkers ----------------------------------------------------------------------------------------------------------


def against_the_arrow(path: str, text: str) -> list[str]:
    """Imports of a later room, or of any room from a module that stands beside them."""
    room, found = room_of(path), []
    if path == "sim/__init__.py":
        return found
    for line, name in imports_of(path, ast.parse(text)):
        package, _, rest = name.partition(".")
        target = rest.partition(".")[0]
        if package != "sim" or target not in ROOMS:
            continue
        if room not in ROOMS:
            found.append(f"{path}:{line}: {room} stands beside the rooms and must not import {target}")
        elif ROOMS.index(target) > ROOMS.index(room):
            found.append(f"{path}:{line}: {room} must not import the later room {target}")
    return sorted(set(found))


def imports_of_the_public_face(path: str, text: str) -> list[str]:
    """`import sim` and `from sim import compare`: names that lead to every room, so the arrow could not see them."""
    found = []
    for node in ast.walk(ast.parse(text)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name == "sim"]
        elif isinstance(node, ast.ImportFrom) and source_of(path, node) == "sim":
            names = [alias.name for alias in node.names if alias.name not in (*ROOMS, "__version__")]
        found += [f"{path}:{node.lineno}: {name}: import the module that defines it" for name in names]
    return [] if room_of(path) in ("__init__", "interface") else found


def foreign_imports(path: str, text: str) -> list[str]:
    """Libraries that the room has no business with."""
    allowed = THIRD_PARTY_OF_FILE.get(path, THIRD_PARTY.get(room_of(path), set()))
    found = []
    for line, name in imports_of(path, ast.parse(text)):
        library = name.partition(".")[0]
        if library != "sim" and library not in sys.stdlib_module_names and library not in allowed:
            found.append(f"{path}:{line}: {library} is not a library of {room_of(path)}")
    return sorted(set(found))


def banned_constructs(path: str, text: str) -> list[str]:
    """What breaks reproducibility, or is said in one place only, wherever it stands."""
    tree, room, found = ast.parse(text), room_of(path), []

    def report(line: int, what: str) -> None:
        found.append(f"{path}:{line}: {what}")

    imported = list(imports_of(path, tree))
    mentioned = [(node.lineno, dotted(node)) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    for line, name in imported + mentioned:
        if f"{name}.".startswith(("np.random.", "numpy.random.")):
            report(line, "numpy.random: draws come from sim.state.draws")
        if f"{name}.".startswith("mesa.space."):
            report(line, "mesa.space: networks are columns")
    for line, word in words_of(tree):
        if word in ("prange", "batch_run"):
            report(line, f"{word}: the design rules it out")
        if word == "fastmath":
            report(line, "fastmath: bits would differ between machines")
        if word == "print" and room != "interface":
            report(line, "print: only the interface prints")
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value == "fastmath":
            report(node.lineno, "fastmath: bits would differ between machines")
        if isinstance(node, ast.keyword) and node.arg == "parallel" and is_true(node.value):
            report(node.lineno, "parallel=True: kernels are serial")
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "parallel" and is_true(value):
                    report(node.lineno, "parallel=True: kernels are serial")
    return sorted(set(found))


def is_true(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def foreign_yaml_loaders(path: str, text: str) -> list[str]:
    """YAML read by any loader but our strict one: a class of ours, named in the call."""
    tree, found = ast.parse(text), []
    theirs = {name.removeprefix("yaml.") for _, name in imports_of(path, tree) if name.startswith("yaml.")}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        verb, whole = name_of(node.func), dotted(node.func)
        if not (whole.startswith("yaml.") or (whole == verb and verb in theirs)):
            continue
        if verb in ("safe_load", "safe_load_all", "full_load", "full_load_all", "unsafe_load", "unsafe_load_all"):
            found.append(f"{path}:{node.lineno}: yaml.{verb}: name our own loader")
        if verb in ("load", "load_all"):
            named = [word.value for word in node.keywords if word.arg == "Loader"]
            loader = (node.args[1:] + named + [None])[0]
            if loader is None or dotted(loader).startswith("yaml.") or name_of(loader) in theirs:
                found.append(f"{path}:{node.lineno}: yaml.{verb}: name our own loader")
    return found


def unportable_arithmetic(path: str, text: str) -> list[str]:
    """Powers, `math` and random generators in rules: their last bits, or their luck, differ between machines."""
    if room_of(path) != "rules":
        return []
    tree, found = ast.parse(text), []
    for line, name in imports_of(path, tree):
        library = name.partition(".")[0]
        if library in ("math", "cmath") and path != ARITHMETIC:
            found.append(f"{path}:{line}: {library}: rules compute with sim.rules.arithmetic")
        if library in ("random", "secrets"):
            found.append(f"{path}:{line}: {library}: a rule is given its draws")
    for node in ast.walk(tree):
        literal = isinstance(node, ast.BinOp) and is_literal(node.left) and is_literal(node.right)
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Pow) and not literal:
            found.append(f"{path}:{node.lineno}: a power: write the product")
        if isinstance(node, ast.Call) and name_of(node.func) == "pow":
            found.append(f"{path}:{node.lineno}: a power: write the product")
    return found


def second_compilers(path: str, text: str) -> list[str]:
    """`jit` and `njit` anywhere but beside the one decorator."""
    if path == COMPILER:
        return []
    return [
        f"{path}:{line}: {word}: compile with the decorator of {COMPILER}"
        for line, word in words_of(ast.parse(text))
        if word in ("jit", "njit")
    ]


def purposes_named_elsewhere(path: str, text: str) -> list[str]:
    """Randomness is visible where it is named: a purpose picked, or renamed, anywhere but in the files for it."""
    if path in MAY_NAME_PURPOSES:
        return []
    found = []
    for node in ast.walk(ast.parse(text)):
        member = isinstance(node, ast.Attribute | ast.Subscript) and name_of(node.value) == "Purpose"
        call = isinstance(node, ast.Call) and name_of(node.func) == "Purpose"
        renamed = isinstance(node, ast.alias) and node.name == "Purpose" and node.asname not in (None, "Purpose")
        if member or call or renamed or (isinstance(node, ast.ClassDef) and node.name == "Purpose"):
            found.append(f"{path}:{node.lineno}: a Purpose is named outside {', '.join(sorted(MAY_NAME_PURPOSES))}")
    return found


def members_of_purpose(text: str) -> set[str]:
    """The purposes a module picks by name."""
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)]
    return {node.attr for node in nodes if name_of(node.value) == "Purpose"}


def purposes_of_two_times(texts: dict[str, str]) -> set[str]:
    """Purposes that are drawn for both every week and at creation; such draws could be the same number."""
    weekly = [members_of_purpose(text) for path, text in texts.items() if path in WEEKLY_PURPOSES]
    creation = [members_of_purpose(text) for path, text in texts.items() if path in CREATION_PURPOSES]
    return set().union(*weekly) & set().union(*creation)


# -- each checker has power --------------------------------------------------------------------------------------------

OFFENCES: list[tuple[Checker, str, str]] = [
    (against_the_arrow, "sim/rules/value.py", "from sim.model.week import decide"),
    (against_the_arrow, "sim/rules/value.py", "import sim.state.draws as draws"),
    (against_the_arrow, "sim/rules/value.py", "from ..state import draws"),
    (against_the_arrow, "sim/rules/__init__.py", "from ..state import draws"),
    (against_the_arrow, "sim/rules/value.py", "from .. import state"),
    (against_the_arrow, "sim/units.py", "from sim import rules"),
    (against_the_arrow, "sim/units.py", "from .rules import value"),
    (against_the_arrow, "sim/state/draws.py", "def late():\n    import sim.model"),
    (against_the_arrow, "sim/state/draws.py", "if TYPE_CHECKING:\n    from sim.experiment.runs import Run"),
    (against_the_arrow, "sim/model/market.py", "importlib.import_module('sim.interface.cli')"),
    (against_the_arrow, "sim/experiment/runs.py", "from sim.interface import plots"),
    (against_the_arrow, "sim/log.py", "from sim.units import Share"),
    (imports_of_the_public_face, "sim/model/market.py", "from sim import compare"),
    (imports_of_the_public_face, "sim/model/market.py", "from .. import compare"),
    (imports_of_the_public_face, "sim/model/market.py", "import sim"),
    (imports_of_the_public_face, "sim/log.py", "def late():\n    from sim import run"),
    (foreign_imports, "sim/units.py", "import numpy"),
    (foreign_imports, "sim/log.py", "import rich"),
    (foreign_imports, "sim/__init__.py", "import pandas"),
    (foreign_imports, "sim/rules/value.py", "import numpy as np"),
    (foreign_imports, "sim/rules/value.py", "from numba import njit"),
    (foreign_imports, "sim/scenario/load.py", "import numpy"),
    (foreign_imports, "sim/state/customers.py", "import numba"),
    (foreign_imports, "sim/model/metrics.py", "def table():\n    import pandas"),
    (foreign_imports, "sim/experiment/store.py", "import matplotlib.pyplot"),
    (foreign_imports, "sim/interface/cli.py", "from scipy import stats"),
    (banned_constructs, "sim/model/market.py", "rng = np.random.default_rng(1)"),
    (banned_constructs, "sim/model/market.py", "import numpy.random"),
    (banned_constructs, "sim/model/market.py", "from numpy import random"),
    (banned_constructs, "sim/model/market.py", "from numpy.random import Philox"),
    (banned_constructs, "sim/rules/compile.py", "njit(fastmath=True)"),
    (banned_constructs, "sim/rules/compile.py", "options = {'fastmath': True}"),
    (banned_constructs, "sim/rules/compile.py", "njit(parallel=True)"),
    (banned_constructs, "sim/rules/compile.py", "options = {'parallel': True}"),
    (banned_constructs, "sim/model/loops.py", "for row in prange(9):\n    pass"),
    (banned_constructs, "sim/model/loops.py", "from numba import prange as span"),
    (banned_constructs, "sim/experiment/runs.py", "mesa.batch_run(Market)"),
    (banned_constructs, "sim/model/market.py", "from mesa import space"),
    (banned_constructs, "sim/model/market.py", "from mesa.space import NetworkGrid"),
    (banned_constructs, "sim/model/market.py", "grid = mesa.space.NetworkGrid(graph)"),
    (banned_constructs, "sim/model/market.py", "print('week', week)"),
    (banned_constructs, "sim/model/market.py", "tell = print"),
    (foreign_yaml_loaders, "sim/scenario/load.py", "yaml.load(text)"),
    (foreign_yaml_loaders, "sim/scenario/load.py", "yaml.load(text, Loader=yaml.SafeLoader)"),
    (foreign_yaml_loaders, "sim/scenario/load.py", "yaml.load(text, yaml.Loader)"),
    (foreign_yaml_loaders, "sim/scenario/load.py", "yaml.safe_load(text)"),
    (foreign_yaml_loaders, "sim/scenario/load.py", "from yaml import safe_load\nsafe_load(text)"),
    (foreign_yaml_loaders, "sim/scenario/load.py", "from yaml import SafeLoader\nyaml.load(text, SafeLoader)"),
    (unportable_arithmetic, "sim/rules/value.py", "worth = discount ** weeks"),
    (unportable_arithmetic, "sim/rules/value.py", "worth **= 2"),
    (unportable_arithmetic, "sim/rules/value.py", "worth = pow(discount, 2)"),
    (unportable_arithmetic, "sim/rules/arithmetic.py", "square = x ** 2"),
    (unportable_arithmetic, "sim/rules/value.py", "import math"),
    (unportable_arithmetic, "sim/rules/value.py", "from math import exp"),
    (unportable_arithmetic, "sim/rules/value.py", "import random"),
    (second_compilers, "sim/rules/value.py", "@njit\ndef rule(): ..."),
    (second_compilers, "sim/state/draws.py", "@numba.jit(nopython=True)\ndef draw(): ..."),
    (second_compilers, "sim/model/loops.py", "from numba import njit as fast"),
    (purposes_named_elsewhere, "sim/model/market.py", "draw(seed, Purpose.NEED)"),
    (purposes_named_elsewhere, "sim/model/market.py", "draw(seed, draws.Purpose.NEED)"),
    (purposes_named_elsewhere, "sim/rules/value.py", "Purpose['NEED']"),
    (purposes_named_elsewhere, "sim/rules/value.py", "Purpose(3)"),
    (purposes_named_elsewhere, "sim/experiment/runs.py", "from sim.state.draws import Purpose as Why"),
    (purposes_named_elsewhere, "sim/experiment/runs.py", "class Purpose(IntEnum): ..."),
]

INNOCENT: list[tuple[Checker, str, str]] = [
    (against_the_arrow, "sim/model/market.py", "from sim.state.draws import Moment\nfrom .week import decide"),
    (against_the_arrow, "sim/model/market.py", "from sim import __version__, rules\nimport sim.log\nimport os"),
    (against_the_arrow, "sim/rules/__init__.py", "from .value import discount\nfrom . import value"),
    (against_the_arrow, "sim/__init__.py", "from sim.interface import cli"),
    (imports_of_the_public_face, "sim/interface/cli.py", "import sim\nfrom sim import compare"),
    (imports_of_the_public_face, "sim/model/market.py", "from sim import __version__, rules\nimport sim.log"),
    (imports_of_the_public_face, "sim/model/market.py", "from . import week\nfrom sim.model import week"),
    (foreign_imports, "sim/units.py", "from __future__ import annotations\nimport typing"),
    (foreign_imports, "sim/rules/compile.py", "import numba"),
    (foreign_imports, "sim/scenario/load.py", "import yaml\nfrom pydantic import BaseModel"),
    (foreign_imports, "sim/model/market.py", "import mesa\nimport numpy as np\nfrom sim.state import draws"),
    (foreign_imports, "sim/interface/figures/plots.py", "import matplotlib.pyplot as plt"),
    (banned_constructs, "sim/rules/compile.py", '"""No fastmath, no prange, no print."""\nnjit(parallel=False)'),
    (banned_constructs, "sim/interface/cli.py", "print('done')"),
    (banned_constructs, "sim/model/market.py", "random.shuffle(rows)\nspace = mesa.spaceship\nnp.randomly"),
    (foreign_yaml_loaders, "sim/scenario/load.py", "yaml.load(text, Loader=StrictLoader)\njson.load(file)"),
    (foreign_yaml_loaders, "sim/scenario/load.py", "yaml.load(text, StrictLoader)"),
    (unportable_arithmetic, "sim/rules/arithmetic.py", "import math\nROUND = 2.0**-52"),
    (unportable_arithmetic, "sim/rules/value.py", "square = x * x"),
    (unportable_arithmetic, "sim/experiment/statistics.py", "import math\nspread = x**2"),
    (second_compilers, "sim/rules/compile.py", "compiled = numba.njit(nogil=True)"),
    (second_compilers, "sim/rules/value.py", '"""Compiled by njit."""'),
    (purposes_named_elsewhere, "sim/model/luck.py", "draw(Purpose.NEED)"),
    (purposes_named_elsewhere, "sim/state/network.py", "draw(Purpose.FRIENDS)"),
    (purposes_named_elsewhere, "sim/state/draws.py", "class Purpose(IntEnum):\n    NEED = 1"),
    (purposes_named_elsewhere, "sim/rules/value.py", "def draw(purpose: Purpose): ..."),
]

CHECKERS = sorted({checker for checker, _, _ in OFFENCES}, key=lambda checker: checker.__name__)


@pytest.mark.parametrize(("checker", "path", "text"), OFFENCES)
def test_every_offence_is_caught_and_its_place_is_named(checker: Checker, path: str, text: str) -> None:
    found = checker(path, text)
    assert len(found) >= 1
    assert all(sentence.startswith(f"{path}:") for sentence in found)


@pytest.mark.parametrize(("checker", "path", "text"), INNOCENT)
def test_an_innocent_neighbour_of_an_offence_is_left_alone(checker: Checker, path: str, text: str) -> None:
    assert checker(path, text) == []


def test_every_banned_construct_is_caught_for_its_own_reason() -> None:
    reasons = {banned_constructs(path, text)[0].split(": ")[1] for c, path, text in OFFENCES if c is banned_constructs}
    assert reasons == {"numpy.random", "mesa.space", "prange", "batch_run", "fastmath", "parallel=True", "print"}


def test_a_purpose_drawn_both_weekly_and_at_creation_is_caught() -> None:
    weekly, creation = "draw(Purpose.NEED)", "draw(draws.Purpose.NEED)\ndraw(Purpose.FRIENDS)"
    assert purposes_of_two_times({"sim/model/luck.py": weekly, "sim/state/network.py": creation}) == {"NEED"}
    assert purposes_of_two_times({"sim/model/luck.py": weekly, "sim/state/network.py": "Purpose.FRIENDS"}) == set()


# -- the package -------------------------------------------------------------------------------------------------------


def modules(root: Path) -> list[tuple[str, str]]:
    """Every module of the package as (path from the root, text); an empty package is an error, never a pass."""
    found = [(path.relative_to(root).as_posix(), path) for path in sorted((root / "sim").rglob("*.py"))]
    assert found, f"no Python files below {root / 'sim'}: these tests would prove nothing"
    return [(name, path.read_text(encoding="utf-8")) for name, path in found]


def test_a_package_without_modules_is_not_taken_for_a_tidy_one(tmp_path: Path) -> None:
    (tmp_path / "sim").mkdir()
    with pytest.raises(AssertionError, match="prove nothing"):
        modules(tmp_path)


@pytest.mark.parametrize("checker", CHECKERS, ids=lambda checker: checker.__name__)
def test_the_package_is_free_of(checker: Checker) -> None:
    found = [sentence for path, text in modules(ROOT) for sentence in checker(path, text)]
    assert not found, "\n" + "\n".join(found)


def test_no_purpose_is_drawn_both_weekly_and_at_creation() -> None:
    assert purposes_of_two_times(dict(modules(ROOT))) == set()


def test_every_folder_of_the_package_is_a_room_of_the_house() -> None:
    folders = {path.split("/")[1] for path, _ in modules(ROOT) if path.count("/") > 1}
    assert folders <= set(ROOMS), f"no room of the house: {sorted(folders - set(ROOMS))}"
