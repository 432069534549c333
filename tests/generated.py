"""Programs that ``backprop code`` writes, run many at a time; each gives back its ``name = number`` lines."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from circuits import SMOOTH, safe
from conftest import published
from gate_cases import INSIDE, KINKS

from backprop_cli import Report, differentiate, read
from backprop_cli.gates import GATES
from backprop_cli.reading.own_notation import gate_text
from backprop_cli.render.code.languages import render

GCC = shutil.which("gcc")

# Runs every program in one process; a program that fails gives its error instead of numbers.
_RUNNER = """
import contextlib, io, json, sys, warnings
warnings.simplefilter("error")
found = {}
for name, text in json.load(sys.stdin).items():
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(text, name, "exec"), {"__name__": "__main__"})
        found[name] = out.getvalue()
    except Exception as error:
        found[name] = f"{type(error).__name__}: {error}"
json.dump(found, sys.stdout)
"""


@dataclass(frozen=True)
class Case:
    """An expression at a point, and the variables whose gradients are asked for."""

    name: str
    expression: str
    at: dict[str, str]
    wrt: tuple[str, ...] | None = None

    def report(self) -> Report:
        return differentiate(self.expression, self.at, wrt=self.wrt, check="none")

    def program(self, language: str, function: str | None = None) -> str:
        circuit = read(self.expression, bound=self.at)
        return render(circuit, self.wrt, self.report(), language, function)


def known() -> list[Case]:
    """The published cases."""
    return [Case(case["id"], case["expr"], {n: str(v) for n, v in case["at"].items()}) for case in published()]


def gates() -> list[Case]:
    """Every gate of the table, inside its domain and on its kinks."""
    found = []
    for name, rows in INSIDE.items():
        points = rows.split("; ") + [arguments for arguments, *_ in KINKS.get(name, ())]
        found += [_gate(name, point.split(), f"{name} {point}") for point in points]
    return [case for case in found if case is not None]


def _gate(name: str, point: list[str], label: str) -> Case | None:
    names = [f"x{i}" for i in range(len(point))]
    free = tuple(n for i, n in enumerate(names) if GATES[name].slope(i).text)
    case = Case(label, f"{gate_text(name, tuple(names))} + x0/8", dict(zip(names, point, strict=True)), free)
    return case if is_answered(case) else None


def is_answered(case: Case) -> bool:
    """Whether doubles hold the value and the gradients; where not, there is nothing to write."""
    from backprop_cli import Refused

    try:
        case.report()
    except Refused:
        return False
    return True


def mixed(count: int) -> list[Case]:
    """Random circuits with forks, and with branches that must not be asked where they are not taken."""
    dice = random.Random(231)
    found = []
    while len(found) < count:
        known_names, statements = ["x", "y", "w"], []
        for number in range(dice.randint(2, 7)):
            first, second = dice.choice(known_names), dice.choice(known_names)
            body = safe(dice.choice(SMOOTH), first, second)
            if dice.random() < 0.35:
                risky = dice.choice([f"log({second})", f"sqrt({first})*{second}", f"{body}/{second}", f"{first}^0.5"])
                body = f"where({first} {dice.choice(['<', '>'])} {second}, {body}, {risky})"
            elif dice.random() < 0.2:
                body = f"max({body}, relu({second}), 0)"
            statements.append(f"s{number} = {body}")
            known_names.append(f"s{number}")
        case = Case(
            f"mixed {len(found)}",
            "; ".join([*statements, "+".join(known_names[-3:])]),
            {name: str((2 * dice.randint(-96, 96) + 1) / 64) for name in ("x", "y", "w")},
        )
        if is_answered(case):
            found.append(case)
    return found


def run_python(programs: dict[str, str], python: str = sys.executable) -> dict[str, dict[str, float] | str]:
    """What each program printed, or its error."""
    ended = subprocess.run(
        [python, "-c", _RUNNER], input=json.dumps(programs), capture_output=True, text=True, check=False, timeout=600
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    return {name: numbers(text) for name, text in json.loads(ended.stdout).items()}


_HELPER = re.compile(r"^static double (\w+)\(.*?\n\}\n", re.MULTILINE | re.DOTALL)


def run_c(programs: dict[str, str], folder: Path) -> dict[str, dict[str, float] | str]:
    """All programs as one file: their helper functions once, and each main under a name of its own."""
    helpers: dict[str, str] = {}
    parts = []
    for index, text in enumerate(programs.values()):
        for match in _HELPER.finditer(text):
            assert helpers.setdefault(match[1], match[0]) == match[0]
        body = _HELPER.sub("", text)
        body = re.sub(r"^#include .*\n", "", body, flags=re.MULTILINE)
        body = body.replace("int main(void)", f"static int main_{index}(void)")
        parts.append(
            re.sub(r"\bcircuit\(", f"circuit_{index}(", body).replace("\ndouble circuit", "\nstatic double circuit")
        )
    calls = "".join(f'    puts("case {i}");\n    main_{i}();\n' for i in range(len(parts)))
    whole = ["#include <math.h>\n#include <stdio.h>\n", *helpers.values(), *parts]
    text = "\n".join([*whole, f"int main(void)\n{{\n{calls}    return 0;\n}}\n"])
    out = compiled(text, folder)
    pieces = re.split(r"case \d+\n", out)[1:]
    return {name: numbers(piece) for name, piece in zip(programs, pieces, strict=True)}


def compiled(text: str, folder: Path) -> str:
    """What a C program prints; the compiler may have nothing to say about it."""
    assert GCC
    source = folder / "program.c"
    source.write_text(text, encoding="utf-8")
    program = folder / "program"
    command = [GCC, "-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", str(source), "-o", str(program), "-lm"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[:3000]
    return subprocess.run([str(program)], capture_output=True, text=True, check=True).stdout


def numbers(text: str) -> dict[str, float] | str:
    """``f = -12.0`` lines as numbers; any other text as it is."""
    found = {}
    for line in text.splitlines():
        name, equals, number = line.partition(" = ")
        if not equals:
            return text
        found[name] = float(number)
    return found


def expected(report: Report) -> dict[str, float]:
    """The lines that a program for the report prints."""
    return {report.output: report.value.approx} | {
        f"d{report.output}/d{name}": slope for name, slope in report.gradient.items()
    }
