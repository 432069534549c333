"""How the code is laid out: who imports whom, who may load what, what is never called, and how long things are."""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from pathlib import Path

import pytest
from command import process
from imports import OUTSIDE, STEP, Package, imported, length, room

import backprop_cli
from backprop_cli.cli.main import COMMANDS

PACKAGE = Path(backprop_cli.__file__).parent
TESTS = Path(__file__).parent
HOUSE = Package.at(PACKAGE)
MODULES, TREES = HOUSE.paths, HOUSE.trees

THIRD_PARTY = {
    "click",
    "rich",
    "sympy",
    "mpmath",
    "flint",
    "numpy",
    "matplotlib",
    "pyarrow",
    "dask",
    "distributed",
    "plotext",
    "cairosvg",
}
MAY_LOAD = {
    "click": ("cli",),
    "rich": ("render",),
    "sympy": ("arithmetic.exact", "symbolic", "check"),
    "flint": ("arithmetic", "check", "engine.precision", "grading.formulas", "grading.tolerance", "grading.truth"),
    "plotext": ("render.descent.terminal",),
    "matplotlib": ("render.descent.plot",),
    "numpy": (
        "arithmetic.array_arithmetic",
        "arithmetic.array_gamma",
        "array_calculation",
        *("check.array_check", "check.array_directions", "check.array_slopes"),
        "descent.array_objective",
        "descent.batches",
        "engine.array_elements",
        "engine.array_problems",
        "engine.array_rules",
        "engine.array_values",
        "engine.buffers",
        "engine.picking",
        "engine.pullback",
        "engine.row_calls",
        "engine.vectorised",
        "engine.written_out",
        "grading.arrays.array_judging",
        "grading.arrays.array_mistakes",
        "grading.arrays.array_question",
        "grading.arrays.broken",
        "grading.arrays.reader",
        "grading.arrays.whole_answers",
        "reading.array_files",
        "report.array_assembly",
        "report.array_remarks",
        "rows.array_rows",
        "rows.arrow",
        "rows.block_engine",
        "rows.block_sums",
        "rows.chunks",
        "rows.cluster",
        "rows.compiled",
        "rows.mean",
        "rows.memory",
        "rows.numpy_files",
        "rows.quotes",
        "rows.written",
    ),
    "pyarrow": (
        "rows.arrow",
        "rows.bulk",
        "rows.extras",
        "rows.zstd",
        "rows.remote",
        "rows.quotes",
        "render.batch.parquet",
    ),
    "distributed": ("rows.cluster",),
}
NEVER_CALLED = {"eval", "exec", "compile", "sympify", "parse_expr", "lambdify", "__import__", "nsimplify", "S"}
NEVER_LOADED = {"pickle", "marshal", "shelve", "yaml", "subprocess", "ctypes", "runpy", "code"}


@pytest.mark.parametrize("name", [name for name in MODULES if name not in OUTSIDE])
def test_a_module_imports_only_from_what_stands_to_its_left(name):
    assert room(name) in STEP, f"{room(name)} has no place on the way of the data: give it one in ORDER"
    wrong = {other for other in HOUSE.own(name) if STEP[room(other)] > STEP[room(name)]}
    assert wrong == set()


def test_the_order_names_only_what_there_is():
    assert {room(name) for name in MODULES} - OUTSIDE == set(STEP)


def test_no_modules_import_each_other_in_circles():
    assert HOUSE.circles() == []


@pytest.mark.parametrize("name", MODULES)
def test_who_may_load_what(name):
    loaded = {module.partition(".")[0] for module in imported(TREES[name])} & THIRD_PARTY
    allowed = {
        library
        for library, homes in MAY_LOAD.items()
        if any(name == home or name.startswith(f"{home}.") for home in homes)
    }
    assert loaded <= allowed


@pytest.mark.parametrize("name", MODULES)
def test_nothing_runs_text(name):
    tree = TREES[name]
    assert {module.partition(".")[0] for module in imported(tree)} & NEVER_LOADED == set()
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    attributes = {
        func.attr for func in called if isinstance(func, ast.Attribute) if getattr(func.value, "id", "") != "re"
    }
    from_names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert (names | attributes | from_names) & NEVER_CALLED == set()


def loaded_by(*argv: str) -> set[str]:
    """The top-level modules in memory when a command has ended."""
    program = (
        "import sys, json; from backprop_cli.cli.main import main\n"
        "code = main(sys.argv[1:]); sys.stdout.flush()\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})), file=sys.stderr)\n"
    )
    ran = process("-c", program, *argv, start=(__import__("sys").executable,))
    assert ran.code == 0
    return set(json.loads(ran.err.splitlines()[-1]))


NOTHING_LARGE = {"sympy", "mpmath", "flint", "numpy", "rich", "plotext", "matplotlib", "pyarrow", "distributed"}
LAZY = [
    (["--help"], NOTHING_LARGE),
    *(([command, "--help"], NOTHING_LARGE) for command in COMMANDS),
    (["--version"], {"sympy", "mpmath", "flint", "numpy", "rich", "decimal"}),
    (["-q", "x*y + sin(x)", "x=1", "y=2", "--no-check"], {"sympy", "mpmath", "flint", "numpy", "rich"}),
    (["x*y", "x=1", "y=2", "--no-check"], {"sympy", "mpmath", "flint", "numpy", "rich"}),
    (["x*y", "x=1", "y=2", "--no-check", "--json"], {"sympy", "mpmath", "flint", "numpy", "rich"}),
    (["x*y", "x=1", "y=2", "--check", "forward", "-q"], {"sympy", "numpy", "rich"}),
    (["x*y", "x=1", "y=2", "--digits", "20", "--no-check", "-q"], {"sympy", "numpy", "rich"}),
    (["x*y", "x=1", "y=2", "-q"], {"numpy", "rich"}),
    (["explain", "kink.relu"], {"sympy", "mpmath", "flint", "numpy", "rich"}),
    (["schema", "grad"], {"sympy", "mpmath", "flint", "numpy", "rich"}),
    (["descend", "x^2", "x=1", "-q", "--no-check"], {"sympy", "mpmath", "flint", "numpy", "rich", "matplotlib"}),
    (["descend", "x^2", "x=1", "--json"], {"sympy", "mpmath", "numpy", "rich", "matplotlib"}),
    (["descend", "x^2", "x=1", "--show-work"], {"sympy", "mpmath", "numpy", "matplotlib"}),
    (["draw", "x*y", "x=1", "y=2", "--format", "html"], {"sympy", "numpy", "rich"}),
    (["code", "x*y", "x=1", "y=2", "--lang", "numpy"], {"sympy", "numpy", "rich"}),
    (["grade", "--new-key"], {"sympy", "mpmath", "flint", "numpy", "rich"}),
    (["check", "x*y", "x=1", "y=2", "-a", "dx=2"], {"sympy", "numpy"}),
    (["check", "x*y", "x=1", "y=2", "-a", "dx=2", "--json"], {"sympy", "numpy", "rich"}),
]


@pytest.mark.parametrize(("argv", "absent"), LAZY, ids=[" ".join(argv) for argv, _ in LAZY])
def test_what_a_command_does_not_load(argv, absent):
    assert loaded_by(*argv) & absent == set()


def test_a_class_is_found_by_its_name():
    """One class or type a name, private ones too: a reader who meets a name looks for it once."""
    homes = defaultdict(set)
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                homes[node.name].add(name)
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found = re.fullmatch(r"_?[A-Z]\w*[a-z]\w*", node.targets[0].id)
                homes[node.targets[0].id] |= {name} if found else set()
    assert {name: sorted(where) for name, where in homes.items() if len(where) > 1} == {}


# Files of render/ that print one kind of report in one format: in each of its folders they have the format's name.
PRINTERS = frozenset(
    (
        *("csv", "json", "latex", "markdown", "plain", "html", "page", "table", "terminal"),
        *("derivation", "formula", "steps", "words"),
    )
)


def test_a_file_is_found_by_its_name():
    """One file a name: but for the printers under ``render/``, where the folder says what is printed."""
    homes = defaultdict(set)
    for name, path in MODULES.items():
        if path.stem != "__init__" and not (room(name) == "render" and path.stem in PRINTERS):
            homes[path.stem].add(name)
    assert {stem: sorted(where) for stem, where in homes.items() if len(where) > 1} == {}


def test_the_documents_name_files_that_there_are():
    paths = {f"/{path.relative_to(PACKAGE.parent)}" for path in MODULES.values()}
    paths |= {f"/{path.relative_to(TESTS.parent)}" for path in TESTS.rglob("*.py")}
    docs = PACKAGE.parent / "docs"
    if not docs.exists():
        pytest.skip("the package stands alone")
    text = "".join((docs / page).read_text("utf-8") for page in ("architecture.md", "../CONTRIBUTING.md"))
    named = set(re.findall(r"`([\w/]+\.py)`", text))
    assert {name for name in named if not any(path.endswith(f"/{name}") for path in paths)} <= {"docs/make_pages.py"}


@pytest.mark.parametrize("name", MODULES)
def test_files_stay_short(name):
    assert len(MODULES[name].read_text("utf-8").splitlines()) < 360


TABLES = {("symbolic.build", "forms")}  # functions that are one literal


@pytest.mark.parametrize("name", MODULES)
def test_functions_stay_short(name):
    long = {
        node.name: length(node)
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (name, node.name) not in TABLES
        if length(node) >= 45
    }
    assert long == {}


GATE_FUNCTIONS = {"check.arcs", "check.smooth", "check.gamma_family", "check.pieces"}


@pytest.mark.parametrize("name", MODULES)
def test_what_is_public_is_documented(name):
    tree = TREES[name]
    assert ast.get_docstring(tree), "the module"
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    public = [node for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")]
    methods = [
        inner for node in public if isinstance(node, ast.ClassDef) for inner in node.body if isinstance(inner, kinds)
    ]
    public += [method for method in methods if not method.name.startswith("_")]
    if name in GATE_FUNCTIONS:  # each function is the gate of its name
        public = [node for node in public if isinstance(node, ast.ClassDef)]
    assert [node.name for node in public if not ast.get_docstring(node)] == []


def test_the_version_stands_in_one_place():
    version = backprop_cli.__version__
    quoted = [name for name, path in MODULES.items() if re.search(rf'"{re.escape(version)}"', path.read_text("utf-8"))]
    assert quoted == [""]
    project = PACKAGE.parent / "pyproject.toml"
    if project.exists():
        assert f'version = "{version}"' not in project.read_text("utf-8")


def test_the_types_are_shipped():
    assert (PACKAGE / "py.typed").exists()
