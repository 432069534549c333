"""Naming the mistake: an example of each, and how often single mistakes are named, hidden, confused and imitated."""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from functools import cache

import pytest
from circuits import programs, values
from generated import Case, known, mixed
from hypothesis import assume, given
from hypothesis import strategies as st

from backprop_cli import Refused, Report, differentiate
from backprop_cli.grading.mistakes import Entry, Explanation, Mistakes
from backprop_cli.grading.mistakes.sweep import Edit, Tape
from backprop_cli.grading.mistakes.table import breakages
from backprop_cli.grading.names import Names
from backprop_cli.grading.tolerance import Tolerance, Typed, typed_decimal

RULE = Tolerance()


def entry(name: str, node: int, is_value: bool, typed: Typed, truth: float) -> Entry:
    def fits(number: float) -> bool:
        return RULE.right(typed, number, abs(number))

    def near(number: float) -> bool:
        return fits(number) or RULE.close(typed, number, abs(number))

    return Entry(name, node, is_value, typed.value, fits(truth), fits, near)


def mistakes(report: Report) -> Mistakes:
    return Mistakes(*report.trace)


def entries(report: Report, answers: str) -> list[Entry]:
    """Entries from ``dx=-4 q=3``."""
    forth, back = report.trace
    names = Names(forth.circuit)
    found = []
    for word in answers.split():
        name, _, text = word.partition("=")
        asked = names.read(name)
        typed = typed_decimal(text) or Typed(float(text))
        node = asked.of if asked.is_value else asked.by
        truth = (forth.values if asked.is_value else back.gradients)[node]
        found.append(entry(name, node, asked.is_value, typed, truth))
    return found


def explained(expression: str, at: str, answers: str) -> tuple[Explanation, ...]:
    report = differentiate(expression, dict(word.split("=") for word in at.split()), check="none")
    return mistakes(report).explain(entries(report, answers))


# expression | point | answers | codes. Every number was worked by hand with the mistake made on purpose.
EXAMPLES = """
(x + y)*x                | x=3 y=2             | dx=5 dy=3                       | fork-overwrite
(x + y)*x                | x=3 y=2             | dx=3 dy=3                       | fork-overwrite
(x + y)*(x*y + w)        | x=3 y=2 w=1         | dx=10 dy=15 dw=5                | fork-overwrite
(x + y)*(x*y + w)        | x=3 y=2 w=1         | dx=7 dy=7 dw=5                  | fork-overwrite
x*(x + y)*(x + 1)        | x=2 y=3             | dx=25 dy=6                      | fork-overwrite
(x*w + y)*z              | x=2 w=3 y=1 z=5     | dx=3 dw=2 dy=5 dz=7             | missing-upstream
q = x*y; r = sin(q); r*z | x=2 y=3 z=5         | dr=5 dq=0.9602 dx=3 dy=2 dz=-0.2794 | missing-upstream
q = x + y; q*z           | x=-2 y=5 z=-4       | dx=1 dy=1 dz=3                  | missing-upstream missing-local-factor
sin(x^2)                 | x=1.5               | dx=-0.6282                      | missing-local-factor
w*x + b                  | w=2 x=3 b=1         | dw=1 dx=2 db=1                  | missing-local-factor
(w*x + b)*c              | w=2 x=3 b=1 c=4     | dw=8 dx=12 db=4 dc=7            | mul-not-swapped
w*x + u*y                | w=2 x=3 u=5 y=7     | dw=2 dx=3 du=5 dy=7             | mul-not-swapped
x - y*z                  | x=2 y=3 z=5         | dx=1 dy=5 dz=3                  | sign
2*x + 7*y + z*5          | x=4 y=5 z=1         | dx=-2 dy=-7 dz=-5               | sign
2*max(x, y)              | x=2 y=3             | dx=2 dy=2                       | max-both
w*relu(x)                | w=3 x=-2            | dw=0 dx=3                       | max-both
w*where(x > y, x, y)     | w=3 x=2 y=1         | dw=2 dx=3 dy=3                  | max-both
2*max(x, y)              | x=2 y=3             | dx=2 dy=0                       | max-wrong-branch
max(x, y, z)*w           | x=2 y=3 z=5 w=4     | dx=4 dy=0 dz=0 dw=5             | max-wrong-branch
w*where(x > y, x, y)     | w=3 x=2 y=1         | dw=2 dx=0 dy=3                  | max-wrong-branch
sigmoid(w*x)             | w=2 x=0.25          | dw=0.1556 dx=1.245              | sigmoid-value
sigmoid(w*x)             | w=2 x=0.25          | dw=0.0944 dx=0.7551             | sigmoid-value
sigmoid(w*x)             | w=2 x=0.25          | dw=0.0625 dx=0.5                | sigmoid-value
tanh(w*x)                | w=2 x=0.25          | dw=0.0622 dx=0.4971             | sigmoid-value
5*x^3                    | x=2                 | dx=20                           | power-rule
5*x^3 + y                | x=2 y=1             | dx=120 dy=1                     | power-rule
sqrt(x + y)              | x=2 y=7             | dx=0.3333 dy=0.3333             | power-rule
x/y                      | x=3 y=2             | dx=0.5 dy=0.75                  | quotient-sign
x/y                      | x=3 y=2             | dx=0.5 dy=-1.5                  | quotient-sign
1/(x + y)                | x=3 y=2             | dx=0.04 dy=0.04                 | quotient-sign
w*sin(x)                 | w=3 x=0.5           | dw=0.4794 dx=1.438              | value-as-slope
log(x)*y                 | x=5 y=3             | dx=1.864 dy=1.609               | elementary
exp(x)*y                 | x=2 y=3             | dx=16.31 dy=7.389               | elementary
w*cos(x)                 | w=3 x=30            | dw=0.1543 dx=-1.5               | degrees
q = x*y; q^2 + 3*x       | x=1.3 y=2.1         | dx=2.1 dy=1.3                   | forgotten-chain
(x + y)^2 + 3*z          | x=1.5 y=0.25 z=2    | dx=1.5 dy=0.25 dz=3             | value-not-gradient
2*x + 7*y                | x=4 y=5             | dx=7 dy=2                       | swapped-inputs
2*x + 7*y                | x=4 y=5             | dx=6 dy=21                      | constant-factor
x*y + 3*z                | x=4 y=7 z=2         | dx=70 dy=4 dz=3                 | constant-factor
a = w*x; p = sigmoid(a); (p - y)^2 | w=0.7 x=1.3 y=1 | p=0.71 dp=-0.58 dw=-0.1553 | rounded-early
q = x + y; q*z           | x=-2 y=5 z=-4       | q=7 f=-28 dz=7 dx=-4 dy=-4      | follow-through
q = x + y; q*z           | x=-2 y=5 z=-4       | q=7 f=-28 dz=-4 dx=7 dy=7       | mul-not-swapped follow-through
q = x + y; q*z           | x=-2 y=5 z=-4       | q=3 dq=5 dz=3 dx=5 dy=5         | follow-through
q = x + y; q*z           | x=-2 y=5 z=-4       | dx=-4 dy=-4 dz=17               |
q = x + y; q*z           | x=-2 y=5 z=-4       | q=4 dz=3                        |
x*y                      | x=1 y=1             | dx=0 dy=1                       |
"""
CASES = [tuple(part.strip() for part in line.split("|")) for line in EXAMPLES.strip().splitlines()]


@pytest.mark.parametrize(("expression", "at", "answers", "codes"), CASES, ids=[" | ".join(case) for case in CASES])
def test_each_mistake_is_named(expression, at, answers, codes):
    assert [one.code for one in explained(expression, at, answers)] == [f"mistake.{code}" for code in codes.split()]
