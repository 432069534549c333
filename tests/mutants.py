"""Small changes of the gate table, each of which a test must notice: ``python tests/mutants.py [GATE…]``, by hand.

A flag of a row is left out, a comparison gets or loses its equals sign, a sum becomes a difference. The tests of the
gates run against a copy of the package; what they let pass is printed, and the exit code is 1. It takes a while: name
gates to ask about those only.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLES = ("elementary", "networks", "piecewise", "special")
FLAGS = ("routes", "where")
SWAPS = ((" >= ", " > "), (" > ", " >= "), (" <= ", " < "), (" < ", " <= "), (" + ", " - "), (" - ", " + "))
# Changes that change nothing, with the reason.
SAME = {
    "relu: where(x > 0, x, 0) → where(x >= 0, x, 0)": "both branches are 0 at 0",
    "elu: where(x > 0, 0, expm1(x)) → where(x >= 0, 0, expm1(x))": "both branches are 0 at 0",
    "elu: where(x > 0, x, a*expm1(x)) → where(x >= 0, x, a*expm1(x))": "both branches are 0 at 0",
}

Mutant = tuple[str, str, str, str]  # the gate, what is changed, its file's name, the file's new text


def mutants() -> Iterator[Mutant]:
    """Every change, one at a time."""
    for table in TABLES:
        text = (ROOT / "backprop_cli" / "gates" / f"{table}.py").read_text("utf-8")
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "row":
                name = ast.literal_eval(call.args[0]).partition("(")[0]
                for change, new in (*without_flags(text, call), *swapped(text, call)):
                    yield name, change, table, new


def without_flags(text: str, call: ast.Call) -> Iterator[tuple[str, str]]:
    for keyword in call.keywords:
        if keyword.arg in FLAGS:
            yield f"without {keyword.arg}", replaced(text, keyword.value, "False")


def swapped(text: str, call: ast.Call) -> Iterator[tuple[str, str]]:
    for node in ast.walk(call):
        rule = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if not rule.isascii() or node in call.args[:2] or is_prose(call, node):
            continue
        for old, new in SWAPS:
            if old in rule:
                changed = rule.replace(old, new, 1)
                yield f"{rule} → {changed}", replaced(text, node, repr(changed))


def is_prose(call: ast.Call, node: ast.AST) -> bool:
    said = ("need", "convention", "written", "symbol", "example")
    slopes = (each for each in ast.walk(call) if isinstance(each, ast.Call) and getattr(each.func, "id", "") == "Slope")
    if any(node in slope.args[2:] for slope in slopes):
        return True
    return any(keyword.arg in said and node in ast.walk(keyword.value) for keyword in call.keywords)


def replaced(text: str, node: ast.expr, new: str) -> str:
    lines = text.splitlines(keepends=True)
    start = len("".join(lines[: node.lineno - 1]).encode()) + node.col_offset
    end = len("".join(lines[: (node.end_lineno or 0) - 1]).encode()) + (node.end_col_offset or 0)
    whole = text.encode()
    return (whole[:start] + new.encode() + whole[end:]).decode()


def survives(mutant: Mutant, folder: Path) -> bool:
    """Whether the tests of the gate pass all the same."""
    name, _, table, text = mutant
    path = folder / "backprop_cli" / "gates" / f"{table}.py"
    before = path.read_text("utf-8")
    path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests/test_gates.py", "-k", name]
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
        return ended.returncode == 0
    finally:
        path.write_text(before, encoding="utf-8")


def main(names: list[str]) -> int:
    """Try them; 1 if one lives that should not."""
    alive, count = 0, 0
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        for part in ("backprop_cli", "tests"):
            shutil.copytree(ROOT / part, folder / part)
        shutil.copy(ROOT / "pyproject.toml", folder)
        for mutant in mutants():
            if (names and mutant[0] not in names) or f"{mutant[0]}: {mutant[1]}" in SAME:
                continue
            count += 1
            if survives(mutant, folder):
                alive += 1
                print(f"lives: {mutant[0]}: {mutant[1]}", flush=True)
    print(f"{count - alive} of {count} changes were noticed")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
