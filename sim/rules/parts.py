"""Parts: compiled functions that are made ready for the compiled function that calls them, and for nothing else.

Numba optimises every compiled function, with everything that it calls, and makes machine code of it; then all of that
is done again at each level of calls above. A part waits instead: it is optimised once, as it stands in the function
that Python calls. This is most of the time that a first run would take, and no bit of any result.
"""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import AnalysisPass, register_pass
from numba.core.typed_passes import AnnotateTypes


class WaitingCode(JITCodeLibrary):
    """Code that is handed to callers as it was written down, with that of everything it calls.

    Should Numba one day give these methods other names, parts will be optimised like all else: slow to compile, and
    right.
    """

    def _optimize_final_module(self) -> None:
        """Whoever calls it will optimise it."""

    def _finalize_final_module(self) -> None:
        """It can be linked now; no machine code is made of it."""
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """Nowhere: Python cannot call it."""
        self._ensure_finalized()
        return 0

    @property
    def codegen(self) -> WaitingCode:
        """Who is told of the environment in which Python calls it."""
        return self

    def set_env(self, env_name: str, env: object) -> None:
        """Nobody calls it from Python, so there is none."""


@register_pass(mutates_CFG=False, analysis_only=True)
class Wait(AnalysisPass):
    """Before a function becomes code: let its code wait."""

    _name = "wait_for_the_caller"

    def __init__(self) -> None:
        AnalysisPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        """Give the function a place for its code; nothing of the function changes."""
        state.library = WaitingCode(state.targetctx.codegen(), state.func_id.func_qualname)
        return False


class CompilerOfParts(CompilerBase):
    """Numba's own way from a function to code, but for the last step."""

    def define_pipelines(self) -> list[Any]:
        """One way: everything typed, nothing left to Python."""
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.add_pass_after(Wait, AnnotateTypes)
        passes.finalize()
        return [passes]
