"""Modules and functions that have grown large enough for another look: `make report`. Places to look, not verdicts."""

import ast
from pathlib import Path

MOST_LINES = 350
MOST_PARAMETERS = 6  # a record counts as one; self and cls do not count


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    declared = function.args
    named = [word.arg for word in declared.posonlyargs + declared.args]
    extra = [word for word in (declared.vararg, declared.kwarg) if word]
    return len(named) - (named[:1] in (["self"], ["cls"])) + len(declared.kwonlyargs) + len(extra)


def large_places(path: str, text: str) -> list[str]:
    """One sentence for each place in a module that is over a mark.

    >>> large_places("sim/wide.py", "def wide(a, b, c, d, e, f, g): ...")
    ['sim/wide.py:1: wide has 7 parameters (6)']
    >>> large_places("sim/fine.py", "def fine(self, b, c, d, e, f, g): ...")
    []
    >>> large_places("sim/long.py", "x = 1" + chr(10) * 351)
    ['sim/long.py: 351 lines (350)']
    """
    lines = text.count("\n")
    found = [f"{path}: {lines} lines ({MOST_LINES})"] if lines > MOST_LINES else []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and parameters(node) > MOST_PARAMETERS:
            found.append(f"{path}:{node.lineno}: {node.name} has {parameters(node)} parameters ({MOST_PARAMETERS})")
    return found


def main() -> None:
    root = Path(__file__).resolve().parents[2]
    for path in sorted((root / "sim").rglob("*.py")):
        for sentence in large_places(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")):
            print(sentence)


if __name__ == "__main__":
    main()
