"""Who imports whom, and how long things are; ``python tests/imports.py [FOLDER]`` prints the counts of a package.

An import inside a function counts as one at the top; one for types alone only where it is asked for.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NAME = "backprop_cli"
OUTSIDE = {"", "__init__", "__main__"}  # the public names and the program: above everything
# The way of the data, from left to right: a module imports from what stands to its left, and from its own step.
ORDER = (
    ("problems", "limits", "nearest", "choices", "settings", "alarms", "json_text", "lost", "printing"),
    ("arithmetic", "gates"),
    ("catalogue",),
    ("circuit",),
    ("reading",),
    ("engine",),
    ("symbolic",),
    ("check",),
    ("report",),
    ("number_systems",),
    ("calculation",),
    ("array_calculation",),
    ("differentiation",),
    ("rows",),
    ("descent",),
    ("grading",),
    ("worksheet",),
    ("render",),
    ("cli",),
)
STEP = {name: step for step, names in enumerate(ORDER) for name in names}
_BLOCKS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Package:
    """Every module of a package, by its name within it (``render.table``; ``render`` is the folder's own file)."""

    paths: dict[str, Path]
    trees: dict[str, ast.Module]

    @classmethod
    def at(cls, folder: Path) -> Package:
        paths = {
            ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix("__init__").rstrip("."): path
            for path in sorted(folder.rglob("*.py"))
        }
        return cls(paths, {name: ast.parse(path.read_text("utf-8")) for name, path in paths.items()})

    def own(self, name: str, *, types: bool = False) -> set[str]:
        """The modules of the package that a module imports: the most exact name there is, so no folder for its part."""
        found = set()
        for module in imported(self.trees[name], types=types):
            if module.startswith(f"{NAME}."):
                inner = module.partition(".")[2]
                found.add(inner if inner in self.paths else inner.rpartition(".")[0])
        parts = {part.rpartition(".")[0] for part in found}
        named = {NAME + "." + folder: folder for folder in parts & found}
        only_parts = {folder for module, folder in named.items() if not _takes(self.trees[name], module, self.paths)}
        return found - only_parts - {name}

    def arrows(self) -> set[tuple[str, str]]:
        """Which room imports from which other: a room is a module or a folder at the top of the package."""
        rooms = {(room(name), room(other)) for name in self.paths for other in self.own(name, types=True)}
        return {(one, other) for one, other in rooms if one != other and not {one, other} & OUTSIDE}

    def circles(self) -> list[list[str]]:
        """The modules that import each other in a circle, a list a knot."""
        uses = {name: self.own(name) for name in self.paths}
        reached = {name: _reached(name, uses) for name in self.paths}
        knots = {
            tuple(sorted(other for other in reached[name] if name in reached[other]))
            for name in self.paths
            if name in reached[name]
        }
        return sorted(map(list, knots))

    def function_lengths(self) -> dict[str, int]:
        """The lines of every function, those of the functions in it left out."""
        return {
            f"{name}:{node.lineno} {node.name}": length(node)
            for name, tree in self.trees.items()
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }

    def file_lengths(self) -> dict[str, int]:
        """The lines of every file."""
        return {name: len(path.read_text("utf-8").splitlines()) for name, path in self.paths.items()}


def room(name: str) -> str:
    """The folder or module at the top of the package that a module belongs to."""
    return name.partition(".")[0]


def imported(tree: ast.AST, *, types: bool = False) -> set[str]:
    """Every module that a file imports, at its top or inside a function; those for types alone if asked for."""
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in typing_only and not types:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found.add(node.module or "")
            if f"{node.module}.".startswith(f"{NAME}."):
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def length(node: ast.stmt) -> int:
    """A block's lines without those of the functions and classes in it."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    return lines - sum(length(inner) for inner in getattr(node, "body", ()) if isinstance(inner, _BLOCKS))


def _takes(tree: ast.AST, module: str, paths: dict[str, Path]) -> bool:
    """Whether a file takes something from a folder's own file, not only parts of the folder."""
    inner = module.partition(".")[2]
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == module
        and any(f"{inner}.{alias.name}" not in paths for alias in node.names)
        for node in ast.walk(tree)
    )


def _reached(start: str, uses: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        fresh = uses[waiting.pop()] - found
        found |= fresh
        waiting += fresh
    return found


def _spread(lengths: dict[str, int], bounds: tuple[int, ...]) -> Iterator[str]:
    yield f"median {statistics.median(lengths.values()):g}"
    for bound in bounds:
        yield f"{sum(1 for one in lengths.values() if one > bound)} over {bound}"
    longest = max(lengths, key=lambda one: lengths[one])
    yield f"longest {longest} {lengths[longest]}"


def main(folder: Path) -> None:
    """Print the counts."""
    package = Package.at(folder)
    arrows = package.arrows()
    upward = [
        f"{one} → {other}" for one, other in sorted(arrows) if {one, other} <= set(STEP) and STEP[other] > STEP[one]
    ]
    files, functions = package.file_lengths(), package.function_lengths()
    print(f"rooms      {len({room(name) for name in package.paths} - OUTSIDE)}")
    print(f"arrows     {len(arrows)}, upward {len(upward)} {' '.join(upward)}".rstrip())
    print(f"circles    {len(package.circles())}" + "".join(f"\n           {', '.join(c)}" for c in package.circles()))
    print(f"files      {len(files)} of {sum(files.values())} lines: {', '.join(_spread(files, (150, 250, 350)))}")
    print(f"functions  {len(functions)}: {', '.join(_spread(functions, (20, 30, 40)))}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / NAME)
