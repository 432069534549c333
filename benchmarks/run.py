"""Speed as ratios of medians, measured in one run so that both sides meet the same machine: see README.md here.

python benchmarks/run.py [--quick]
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.engine.backward import backward
from backprop_cli.engine.forward import forward
from backprop_cli.engine.rules import Rules
from backprop_cli.reading import read

PYTHON = sys.executable
BACKPROP = str(Path(PYTHON).with_name("backprop"))
IMPORT_SYMPY = [PYTHON, "-c", "import sympy"]
IMPORT_CLICK = [PYTHON, "-c", "import click"]
SIZES = (100, 1_000, 10_000, 100_000)
# An installed package has its compiled files; the first, uncounted call of each command writes those of a checkout.
COMPILED = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
ROOM = 100_000_000  # characters: the texts here are our own


def together(*calls: Callable[[], object], rounds: int) -> list[float]:
    """The median seconds of each call; they take turns, so that a slow moment of the machine meets all of them."""
    times: list[list[float]] = [[] for _ in calls]
    for call in calls:
        call()
    for _ in range(rounds):
        for call, found in zip(calls, times, strict=True):
            gc.collect()
            gc.disable()
            begin = time.perf_counter()
            call()
            found.append(time.perf_counter() - begin)
            gc.enable()
    return [median(found) for found in times]


def process(words: Sequence[str]) -> Callable[[], object]:
    """A call that runs a command line to its end."""
    silent = subprocess.DEVNULL
    return lambda: subprocess.run(words, check=True, stdout=silent, stderr=silent, env=COMPILED)


def line(what: str, ratio: float, target: float | None, detail: str) -> None:
    """One result: the ratio, whether it keeps to its target, and the medians behind it."""
    said = "" if target is None else f"<= {target:g} {'ok' if ratio <= target else 'MISSED'}"
    print(f"{what:56} {ratio:7.2f}  {said:14} {detail}", flush=True)


def compare(what: str, words: Sequence[str], reference: Sequence[str], target: float, rounds: int) -> None:
    """A command against a reference command."""
    ours, theirs = together(process(words), process(reference), rounds=rounds)
    line(what, ours / theirs, target, f"{1000 * ours:.0f} ms / {1000 * theirs:.0f} ms")


def start_up(rounds: int) -> None:
    """What a user waits for in a shell."""
    one_liner = [BACKPROP, "(x + y)*z", "x=-2", "y=5", "z=-4"]
    compare("one-liner / import sympy", one_liner, IMPORT_SYMPY, 1.25, rounds)
    compare("--help / import click", [BACKPROP, "--help"], IMPORT_CLICK, 2, rounds)
    with tempfile.TemporaryDirectory() as folder:
        few, many, point = (Path(folder) / name for name in ("few.txt", "many.txt", "point.json"))
        few.write_text(" + ".join(f"{k}*x" for k in range(1, 10_001)))
        many.write_text(" + ".join(f"x{k}" for k in range(1, 10_001)))
        point.write_text(json.dumps({f"x{k}": k for k in range(1, 10_001)}))
        sums = {
            "10,000 terms k*x": [f"@{few}", "x=2"],
            "10,000 variables added": [f"@{many}", "--at", str(point)],
            "10,000 variables added, --json": [f"@{many}", "--at", str(point), "--json"],
        }
        for what, words in sums.items():
            compare(f"{what}, --no-check / import sympy", [BACKPROP, *words, "--no-check"], IMPORT_SYMPY, 3, rounds)


def mixed(gates: int) -> str:
    """A staged program of about that many gates of many kinds, whose values neither explode nor die."""
    chance = random.Random(gates)
    forms = (
        (3, "tanh({a}*{b} + {c})"),
        (2, "sigmoid({a} - {b})"),
        (3, "exp(-({a}*{b})^2)"),
        (2, "sin({a})*{b}"),
        (3, "{a}/(1 + {b}^2)"),
        (3, "log(2 + cos({a}))"),
        (2, "relu({a}) - {b}/2"),
        (2, "max({a}, 0.1*{b})"),
        (3, "sqrt(1 + {a}*{b}*{a}*{b})/2"),
        (2, "tanh({a} + {b})"),
    )
    names, statements, count = ["x", "y", "z"], [], 0
    while count < gates:
        size, form = chance.choice(forms)
        a, b, c = (chance.choice(names[-30:]) for _ in "abc")
        statements.append(f"v{len(statements)} = {form.format(a=a, b=b, c=c)}")
        names.append(f"v{len(statements) - 1}")
        count += size
    statements.append(f"f = tanh({' + '.join(names[-30:])})")
    return "\n".join(statements)


def sweeps(rounds: int) -> None:
    """The backward pass against the forward pass of the same circuit, all variables asked for."""
    for size in SIZES:
        circuit = read(mixed(size), most_characters=ROOM)
        rules, point = Rules(Float64()), {"x": 0.3, "y": -0.7, "z": 1.1}
        targets = circuit.reach(circuit.inputs.values())
        run = forward(circuit, point, rules)
        times = max(3, min(200, rounds * 20_000 // size))
        there, back = together(
            lambda c=circuit, p=point, r=rules: forward(c, p, r), lambda f=run, t=targets: backward(f, t), rounds=times
        )
        gates = len(circuit.nodes) - circuit.first_gate
        each = f"{1e6 * there / gates:.2f} and {1e6 * back / gates:.2f} us a gate"
        line(f"gradient sweep / forward sweep, {gates:,} gates", back / there, 4, each)


def reading(rounds: int) -> None:
    """Text to circuit; the time for a term must not grow with the number of terms."""
    first = 0.0
    for size in SIZES:
        text = " + ".join(f"a{k % 97}*x^{k % 5 + 2}" for k in range(size))
        (seconds,) = together(lambda t=text: read(t, most_characters=ROOM), rounds=max(3, rounds * 1_000 // size))
        first = first or seconds / size
        detail = f"{1000 * seconds:.1f} ms, {1e6 * seconds / size:.1f} us a term"
        line(f"reading {size:,} terms a*x^n, a term / a term of 100", seconds / size / first, None, detail)


def main() -> None:
    """Every figure once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="few rounds: a first look only")
    rounds = 5 if parser.parse_args().quick else 21
    print(f"Python {sys.version.split()[0]}, medians of {rounds} rounds\n")
    start_up(rounds)
    sweeps(rounds)
    reading(rounds)


if __name__ == "__main__":
    main()
