"""What compiled code calls is optimised once, with whoever Python calls: that is how long a first run takes."""

import os

import numba
import pytest

from sim.rules.compile import OPTIONS, Compiled, compiled

pytestmark = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="nothing is compiled without the compiler"
)


@compiled
def _third(number: float) -> float:
    return number / 3.0


@compiled
def _ninth(number: float) -> float:
    return _third(_third(number))


def _made_ready(function: object) -> list[bool]:
    """For each way in which a part was called: is it machine code that somebody could jump to?"""
    assert isinstance(function, Compiled)
    found = [(each.library, each.fndesc.llvm_func_name) for each in function.part.overloads.values()]
    return [bool(library._codegen._engine.is_symbol_defined(name)) for library, name in found]


def test_a_part_waits_for_its_caller() -> None:
    """Both parts are in the machine code of the one function that is called, and nowhere else."""
    whole = numba.njit(**OPTIONS | {"cache": False})(lambda number: _ninth(number) + 1.0)
    assert whole(1.0) == 1.0 / 3.0 / 3.0 + 1.0
    assert _made_ready(_ninth) == _made_ready(_third) == [False]


def test_a_function_that_compiled_code_called_can_be_called_from_python_too() -> None:
    numba.njit(**OPTIONS | {"cache": False})(lambda number: _ninth(number))(1.0)
    assert _ninth(7.0) == 7.0 / 3.0 / 3.0
    assert _third(7.0) == 7.0 / 3.0
