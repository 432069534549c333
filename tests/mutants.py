"""Small changes of the gate table and of what tells right from close, each of which a test must notice.

    python tests/mutants.py                     all of them, before a release: it takes a while
    python tests/mutants.py relu max            those of some gates
    python tests/mutants.py tolerance           those of ``grading/tolerance.py``
    python tests/mutants.py --list relu         what would be changed, and nothing is run

A flag of a row is left out, a comparison gets or loses its equals sign, a sum becomes a difference. The tests run
against a copy of the package; what they let pass is printed, and the exit code is 1.
"""

from __future__ import annotations

import argparse
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
    "tolerance: if abs(value - truth) <= room: → if abs(value - truth) < room:": "the rounded border is asked next",
    "elu: where(x > 0, x, a*expm1(x)) → where(x >= 0, x, a*expm1(x))": "both branches are 0 at 0",
}

TOLERANCE = "tolerance"

Mutant = tuple[str, str, str, str]  # the gate, what is changed, its file in the package, the file's new text


def mutants() -> Iterator[Mutant]:
    """Every change, one at a time."""
    yield from of_the_tolerance("grading/tolerance.py")
    for table in (f"gates/{name}.py" for name in TABLES):
        text = (ROOT / "backprop_cli" / table).read_text("utf-8")
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "row":
                name = ast.literal_eval(call.args[0]).partition("(")[0]
                for change, new in (*without_flags(text, call), *swapped(text, call)):
                    yield name, change, table, new


def of_the_tolerance(path: str) -> Iterator[Mutant]:
    """Its comparisons with the sign of another: ``<`` for ``<=``, and the other way round."""
    text = (ROOT / "backprop_cli" / path).read_text("utf-8")
    lines = text.splitlines(keepends=True)
    compared = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Compare))
    for number in sorted({node.lineno - 1 for node in compared}):
        for old, new in SWAPS[:4]:
            if old in lines[number]:
                changed = lines[number].replace(old, new, 1)
                whole = "".join([*lines[:number], changed, *lines[number + 1 :]])
                yield TOLERANCE, f"{lines[number].strip()} → {changed.strip()}", path, whole


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
    name, _, file, text = mutant
    path = folder / "backprop_cli" / file
    before = path.read_text("utf-8")
    path.write_text(text, encoding="utf-8")
    tests = ["tests/test_tolerance.py"] if name == TOLERANCE else ["tests/test_gates.py", "-k", name]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
        return ended.returncode == 0
    finally:
        path.write_text(before, encoding="utf-8")


def asked(names: list[str]) -> list[Mutant]:
    """The changes of some gates, or all; those that change nothing are left out."""
    found = [one for one in mutants() if f"{one[0]}: {one[1]}" not in SAME]
    return [one for one in found if not names or one[0] in names]


def unchanged(chosen: list[Mutant]) -> list[Mutant]:
    """For each gate that is asked about, its file as it is."""
    return [
        (name, "", file, (ROOT / "backprop_cli" / file).read_text("utf-8"))
        for name, file in {(one[0], one[2]) for one in chosen}
    ]


def main() -> int:
    """Try them; 1 if one lives that should not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="GATE", help="names of gates, or tolerance; all if none is given")
    parser.add_argument("--list", action="store_true", help="print the changes, and run nothing")
    given = parser.parse_args()
    chosen, alive = asked(given.names), 0
    if not chosen:
        parser.error(f"nothing is changed for {' '.join(given.names)}")
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        for part in ("backprop_cli", "tests"):
            shutil.copytree(ROOT / part, folder / part)
        shutil.copy(ROOT / "pyproject.toml", folder)
        if not given.list and not all(survives(one, folder) for one in unchanged(chosen)):
            parser.error("the tests do not pass as it is")
        for mutant in chosen:
            said = f"{mutant[0]}: {mutant[1]}"
            if given.list:
                print(said)
            elif survives(mutant, folder):
                alive += 1
                print(f"lives: {said}", flush=True)
    if not given.list:
        print(f"{len(chosen) - alive} of {len(chosen)} changes were noticed")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
