"""A class of 2,000 students with 10 problems, graded by one command: throughput and memory.

python benchmarks/homework.py [--students N] [--rounds N]

The answers are those of a class: most are right and rounded somewhere, some have a sign turned, a factor lost, or text
that cannot be read, and some are left open.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from backprop_cli.differentiation import differentiate

BACKPROP = str(Path(sys.executable).with_name("backprop"))
PROBLEMS = {
    "chain": ("q = x + y; f = q*z", {"x": -2, "y": 5, "z": -4}),
    "neuron": ("s = w0*x0 + w1*x1 + w2; f = sigmoid(s)", {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}),
    "max": ("p = x*y; m = max(z, w); f = 2*(p + m)", {"x": 3, "y": -4, "z": 2, "w": -1}),
    "fork": ("d = a*b; e = a + b; f = d*e", {"a": -2, "b": 3}),
    "staged": (
        "sigy = 1/(1 + exp(-y)); num = x + sigy; sigx = 1/(1 + exp(-x)); den = sigx + (x + y)^2; f = num/den",
        {"x": 3, "y": -4},
    ),
    "tanh": ("n = x1*w1 + x2*w2 + b; o = tanh(n)", {"x1": 2, "x2": 0, "w1": -3, "w2": 1, "b": 6.88}),
    "log": ("v1 = log(x1); v2 = x1*x2; v3 = sin(x2); y = v1 + v2 - v3", {"x1": 2, "x2": 5}),
    "norm": ("u = a^2 + b^2; d = sqrt(u)", {"a": 3, "b": 4}),
    "relu": ("h = relu(w*x + b); L = (h - t)^2", {"w": 0.5, "x": 2, "b": -0.3, "t": 1}),
    "softmax": ("z = exp(f0) + exp(f1) + exp(f2); L = log(z) - f1", {"f0": 0.1, "f1": 0.2, "f2": -0.4}),
}
SLIPS = (0.05, 0.1, 0.05, 0.02)  # left open, sign, factor, unreadable


def write_class(folder: Path, students: int) -> int:
    """The key and the class's JSON Lines; returns how many answers there are."""
    truths = {name: _truth(*problem) for name, problem in PROBLEMS.items()}
    lines = ['title = "A class"\n']
    for name, (expression, at) in PROBLEMS.items():
        point = ", ".join(f"{variable} = {value}" for variable, value in at.items())
        asked = json.dumps(list(truths[name]))
        lines.append(f'\n[[problem]]\nid = "{name}"\nexpression = "{expression}"\nat = {{{point}}}\nask = {asked}\n')
    (folder / "key.toml").write_text("".join(lines))
    chance, count = random.Random(1), 0
    with (folder / "class.jsonl").open("w") as file:
        for number in range(students):
            answers = {name: _answers(truth, chance) for name, truth in truths.items()}
            count += sum(map(len, answers.values()))
            file.write(json.dumps({"student": f"student {number:05}", "answers": answers}) + "\n")
    return count


def _truth(expression: str, at: dict[str, float]) -> dict[str, float]:
    """Every gradient and every stage's value."""
    report = differentiate(expression, at, check="none")
    stages = {stage.name: stage.value.approx for stage in report.stages if stage.value is not None}
    return {f"d{name}": gradient for name, gradient in report.gradient.items()} | stages


def _answers(truth: dict[str, float], chance: random.Random) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in truth.items():
        slip = chance.choices(("open", "sign", "factor", "text", ""), (*SLIPS, 1 - sum(SLIPS)))[0]
        wrong = {"sign": -value, "factor": value * chance.choice((2, 0.5, chance.random()))}.get(slip, value)
        if slip != "open":
            found[name] = "2*(" if slip == "text" else float(f"{wrong:.{chance.choice((3, 4, 6))}g}")
    return found


def graded(folder: Path, jobs: int) -> tuple[float, float]:
    """Seconds and megabytes (of the largest process) of one grading."""
    report = ("--format", "csv", "--report", f"json={folder / 'all.json'}")
    words = [BACKPROP, "grade", str(folder / "key.toml"), str(folder / "class.jsonl"), *report, "--jobs", str(jobs)]
    begin = time.perf_counter()
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return time.perf_counter() - begin, usage.ru_maxrss / 1024


def main() -> None:
    """Once on one core, once on two."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--students", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_class(folder, 100)
        _, small = min(graded(folder, 1) for _ in range(2))
        answers = write_class(folder, options.students)
        print(f"{options.students:,} submissions, {len(PROBLEMS)} problems, {answers:,} answers; CSV and JSON written")
        for jobs in (1, 2):
            runs = [graded(folder, jobs) for _ in range(options.rounds)]
            seconds, memory = median(run[0] for run in runs), max(run[1] for run in runs)
            print(
                f"--jobs {jobs}   {seconds:5.1f} s   {options.students / seconds:5.0f} submissions a second   "
                f"{memory:4.0f} MB, {memory / small:.2f} times that of 100 submissions"
            )


if __name__ == "__main__":
    main()
