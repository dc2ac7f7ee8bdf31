"""The one decorator for compiled functions, and the folder where their machine code is kept.

Every rule, draw and loop is compiled with the same options: no reference counting (it is what makes a serial kernel
slow), callees inlined, the interpreter lock released, IEEE division, and never ``fastmath``, so that compiled and
interpreted code give the same bits. Numba's disk cache does not notice an edit in another file; its folder is therefore
named after a hash of everything that can be compiled.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from functools import cache, cached_property, update_wrapper
from pathlib import Path
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])

OPTIONS: dict[str, Any] = {"nogil": True, "forceinline": True, "_nrt": False, "error_model": "numpy", "cache": True}
WHOLE = {"no_cfunc_wrapper": True}
"""What is called from Python needs one door, the interpreter's own."""
PART = {"cache": False, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""What compiled code calls needs no door, and is kept on disk as a part of what Python calls."""
HASHED = ("units.py", "rules/*.py", "strategies/*.py", "scenario/*.py", "state/*.py", "model/*.py")
"""Compiled code bakes in constants of whatever it imports: everything up to the model counts."""
KEPT_FOLDERS = 4


def source_hash(package: Path | None = None) -> str:
    """The identity of everything that is compiled: sources of all rooms up to the model, and the options.

    Returns
    -------
    16 hexadecimal digits
    """
    package = package or Path(__file__).parent.parent
    digest = hashlib.sha256(repr(sorted(OPTIONS.items())).encode())
    for pattern in HASHED:
        for file in sorted(package.glob(pattern)):
            digest.update(file.relative_to(package).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    """This version's folder, private to the user; folders of older versions are swept, the newest few kept."""
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "keepwin"
    root = Path(os.environ.get("KEEPWIN_CACHE") or default)
    folder = root / source_hash()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.touch()
    others = sorted((f for f in root.iterdir() if f.is_dir() and f != folder), key=lambda f: f.stat().st_mtime)
    for old in others[: max(0, len(others) - KEPT_FOLDERS + 1)]:
        shutil.rmtree(old, ignore_errors=True)
    return folder


os.environ["NUMBA_DISABLE_INTEL_SVML"] = "1"  # a vector library would change last bits from machine to machine


@cache
def _numba() -> Any:
    """Numba, told where to keep its machine code: imported when something is first called, for it takes a while."""
    try:
        os.environ["NUMBA_CACHE_DIR"] = str(_cache_folder())
    except OSError:  # a read-only home: compile anew in each process rather than fail
        OPTIONS["cache"] = False
    import numba

    if "NUMBA_CACHE_DIR" in os.environ:
        numba.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]  # somebody may have imported Numba before us
    return numba


class Compiled:
    """A function that is compiled when it, or a compiled function that calls it, is first called.

    So whoever wants the rules' parameters only, as a reader of scenarios does, need not wait for the compiler.
    """

    def __init__(self, function: Callable[..., Any], changes: dict[str, Any]) -> None:
        update_wrapper(self, function)
        self.py_func = function
        self._changes = changes

    @cached_property
    def machine_code(self) -> Any:
        """Numba's own object for whoever calls it from Python: compiled with all that it calls, and kept on disk."""
        numba = _numba()
        return numba.njit(**(OPTIONS | self._changes | WHOLE))(self.py_func)

    @cached_property
    def part(self) -> Any:
        """Numba's own object for compiled functions that call it: it becomes machine code together with them."""
        numba = _numba()
        from sim.rules.parts import CompilerOfParts

        return numba.njit(**(OPTIONS | self._changes | PART), pipeline_class=CompilerOfParts)(self.py_func)

    @property
    def _numba_type_(self) -> Any:
        """What Numba asks of a function that it finds in another."""
        return self.part._numba_type_

    def __call__(self, *arguments: Any) -> Any:
        return self.machine_code(*arguments)

    def for_types_of(self, *arguments: Any) -> Callable[..., None]:
        """The machine code for arguments of just these types."""
        code = self.machine_code
        return cast(Callable[..., None], code.compile(tuple(map(code.typeof_pyval, arguments))))


def settled(function: Callable[..., None], *arguments: Any) -> Callable[..., None]:
    """A compiled function for arguments whose types never change again: no call asks for them any more.

    To find out the types of a whole world takes longer than the week of a hundred people. Nobody checks them either,
    so whoever calls it later with arguments of other types reads nonsense.
    """
    return function.for_types_of(*arguments) if isinstance(function, Compiled) else function


def _made(function: Function, **changes: Any) -> Function:
    if os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":
        return function
    return cast(Function, Compiled(function, changes))


def compiled(function: Function) -> Function:
    """Compile a scalar function or a loop with the options that keep its bits; as it is if the compiler is off."""
    return _made(function)


def compiled_apart(function: Function) -> Function:
    """The same, but called instead of copied into every caller.

    For bodies that are long, or that are called from many places, and run only when something happens: copying them
    would make the compiler slower and the program no faster.
    """
    return _made(function, forceinline=False)


RULES: list[Callable[..., Any]] = []
"""Every rule of the model in the order of import: what ``rules`` prints."""


def rule(function: Function) -> Function:
    """A compiled function that is a sentence about people: numbers and finished draws in, a number out."""
    RULES.append(function)
    return compiled(function)
