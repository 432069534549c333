"""Random programs at points loaded with what hurts: ties, jumps behind inverse pairs, tails, the ends of the doubles.

A tree is grown with its value in hand, so that edges can be met on purpose: ``max(u, c)`` with c equal to u's value.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

from independent_numbers import NeedDifferencesError, NoValueError, Run, UnknownError
from independent_reference import Reference, Walk
from independent_trees import Call, Num, Program, Tree, Var, leaves

PLAIN = (
    "0",
    "1",
    "-1",
    "2",
    "-2",
    "3",
    "0.5",
    "-0.5",
    "1.5",
    "-2.5",
    "0.1",
    "0.3",
    "-0.7",
    "1.7",
    "10",
    "4",
    "49",
    "9",
)
LOADED = (
    "74", "-167", "18", "-18", "146", "-146", "800", "-800", "2000", "-2000", "1e5", "-1e5", "1e10", "12", "-12", "40",
    "1e300", "-1e300", "1e-300", "-1e-300", "5e-324", "1e20", "1e-200", "1e-9", "-1e-8", "59049", "32", "-1001.5", "6",
    "1.0000000000000002", "0.9999999999999999", "1.5707963267948966", "3.141592653589793", "-1.5707963267948966",
    "2.718281828459045", "1e16", "9007199254740993", "0.30000000000000004", "1e-16", "-2.9e-11", "1e30", "4.5", "5.5",
)  # fmt: skip
LITERALS = ("1", "2", "3", "0.5", "10", "0.1", "4", "1e-3", "7", "49", "1e10", "1e30", "100", "0.25", "1e-20", "2.5")

SMOOTH = (
    "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "cbrt", "sin", "cos", "tan", "asin", "acos", "atan",
    "sinh", "cosh", "tanh", "sech", "asinh", "acosh", "atanh", "sigmoid", "softplus", "gelu", "silu", "erf", "erfc",
    "square", "reciprocal", "neg", "identity", "cot", "sec", "csc", "softsign",
)  # fmt: skip
KINKED = ("relu", "abs", "leaky_relu", "elu", "selu", "hardtanh", "sign", "step", "floor", "ceil", "round")
BINARY = ("add", "sub", "mul", "div", "add", "sub", "mul", "pow", "max", "min", "hypot", "atan2", "mod", "fmod")
GAMMAS = ("gamma", "lgamma", "digamma")
COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")


def call(op: str, *parts: Tree | str) -> Call:
    """A gate over trees and literals (``"-2"`` becomes the negative of 2)."""
    return Call(op, tuple(literal(part) if isinstance(part, str) else part for part in parts))


def literal(text: str) -> Tree:
    return Call("neg", (Num(text[1:]),)) if text.startswith("-") else Num(text)


class Garden:
    """Grows programs from a seed."""

    def __init__(self, seed: int, *, without: tuple[str, ...] = ()) -> None:
        self.dice = Random(seed)
        self.without = without
        self.run = Run(200, 0)
        self.known: dict[str, Any] = {}

    def program(self) -> Program:
        """A program whose value, as a rule, exists."""
        dice = self.dice
        names = ["x", "y", "w"][: dice.choice((1, 2, 2, 3))]
        point = {name: self.coordinate() for name in names}
        self.known = dict(self.starts(point))
        stages: list[tuple[str, Tree]] = []
        for index in range(dice.choice((1, 1, 2, 2, 3))):
            tree = self.grown(dice.choice((1, 2, 2, 3)))
            name = f"q{index}"
            value = self.value(tree)
            stages.append((name, tree))
            if value is not None:
                self.known[name] = value
        tree = self.tied_up(stages)
        return Program((*stages, ("f", tree)), point).trimmed()

    def tied_up(self, stages: list[tuple[str, Tree]]) -> Tree:
        """The output: something over the stages, so that most of them matter."""
        tree = self.grown(2)
        used = set(leaves(tree))
        for name, _ in stages:
            if name not in used and name in self.known:
                tree = self.kept(call(self.dice.choice(("add", "mul", "add", "max")), tree, Var(name)), tree)
        return tree

    def coordinate(self) -> str:
        roll = self.dice.random()
        if roll < 0.5:
            return self.dice.choice(PLAIN)
        if roll < 0.85:
            return self.dice.choice(LOADED)
        return repr(round(self.dice.uniform(-4, 4), self.dice.choice((1, 3, 15))))

    def starts(self, point: dict[str, str]) -> Any:
        reference = Reference(Program((("f", Num("0")),), point), "float64")
        return ((name, reference.start(self.run, name, value, False, None)) for name, value in reference.point.items())

    def value(self, tree: Tree) -> Any:
        """The value at the point, None where there is none."""
        try:
            return Walk(self.run, self.known).of(tree)
        except (NoValueError, NeedDifferencesError, UnknownError, ArithmeticError):
            return None

    def kept(self, tree: Tree, instead: Tree) -> Tree:
        """The new tree if it has a value of a fair size (or, rarely, anyway)."""
        value = self.value(tree)
        if value is None:
            return tree if self.dice.random() < 0.02 else instead
        size = abs(self.run.real(value.v))
        fair = size == 0 or -990 < self.run.mp.mag(size) < 990
        return tree if fair or self.dice.random() < 0.1 else instead

    def grown(self, depth: int) -> Tree:
        """A tree of at most that depth."""
        if depth == 0 or self.dice.random() < 0.05:
            return self.leaf()
        for _ in range(6):
            tree = self.gate(depth)
            if tree is not None and not (set(self.without) & {tree.op}):
                kept = self.kept(tree, Num("0"))
                if kept is tree:
                    return tree
        return self.leaf()

    def leaf(self) -> Tree:
        if self.dice.random() < 0.85:
            return Var(self.dice.choice(list(self.known)))
        return Num(self.dice.choice(LITERALS))

    def gate(self, depth: int) -> Call | None:
        dice, u = self.dice, self.grown(depth - 1)
        kinds = (
            (0.28, lambda: call(dice.choice(SMOOTH), u)),
            (0.36, lambda: call(dice.choice(KINKED), u)),
            (0.60, lambda: call(dice.choice(BINARY), u, self.grown(depth - 1))),
            (0.74, lambda: self.inverse_pair(u)),
            (0.76, lambda: call(dice.choice(GAMMAS), u)),
            (0.80, lambda: call("pow", u, dice.choice(("2", "3", "0.5", "-1", "1.5", "4", "0", "1", "-2")))),
            (0.84, lambda: self.choice(u, depth)),
            (1.00, lambda: self.edge(u, depth)),
        )
        roll = dice.random()
        return next(made for most, made in kinds if roll < most)()

    def choice(self, u: Tree, depth: int) -> Call:
        condition = call(self.dice.choice(COMPARISONS), u, self.grown(depth - 1))
        return call("where", condition, self.grown(depth - 1), self.grown(depth - 1))

    def inverse_pair(self, u: Tree) -> Call:
        """What should be u again, and is not in doubles."""
        pairs = (
            lambda: call("exp", call("log", u)),
            lambda: call("log", call("exp", u)),
            lambda: call("pow", call("sqrt", u), "2"),
            lambda: call("square", call("sqrt", u)),
            lambda: call("pow", call("cbrt", u), "3"),
            lambda: call("mul", call("div", u, "49"), "49"),
            lambda: call("div", call("mul", u, "3"), "3"),
            lambda: call("sub", call("add", u, "0.1"), "0.1"),
            lambda: call("sub", call("add", u, "1e16"), "1e16"),
            lambda: call("div", call("log", u), call("log", self.dice.choice(("2", "3", "10")))),
            lambda: call("tan", call("atan", u)),
            lambda: call("sin", call("asin", u)),
            lambda: call("cos", call("acos", u)),
            lambda: call("sinh", call("asinh", u)),
            lambda: call("acosh", call("cosh", u)),
            lambda: call("atanh", call("tanh", u)),
            lambda: call("sqrt", call("mul", u, u)),
            lambda: call("sqrt", call("square", u)),
            lambda: call("reciprocal", call("reciprocal", u)),
            lambda: call("pow", "2", call("log2", u)),
            lambda: call("pow", "10", call("log10", u)),
            lambda: call("expm1", call("log1p", u)),
            lambda: call("log", call("div", call("sigmoid", u), call("sub", "1", call("sigmoid", u)))),
            lambda: call("add", call("square", call("sin", u)), call("square", call("cos", u))),
            lambda: call("sub", call("square", call("cosh", u)), call("square", call("sinh", u))),
            lambda: call("sub", u, u),
            lambda: call("sub", call("mul", u, u), call("square", u)),
            lambda: call("mul", call("tan", u), call("cos", u)),
        )
        return self.dice.choice(pairs)()

    def edge(self, u: Tree, depth: int) -> Call | None:
        """A gate that stands on its edge at the point."""
        value = self.value(u)
        if value is None:
            return None
        text = self.text(value)
        if text is None:
            return None
        away = call("sub", u, text) if self.dice.random() < 0.6 and not text.startswith("-") else self.zeroed(u, text)
        c = literal(text)
        a, b = self.grown(depth - 1), self.grown(depth - 1)
        edges = (
            lambda: call(
                self.dice.choice(("relu", "abs", "sign", "step", "elu", "leaky_relu", "selu", "softsign")), away
            ),
            lambda: call(self.dice.choice(("max", "min")), u, c),
            lambda: call(self.dice.choice(("max", "min")), c, u, a),
            lambda: call(self.dice.choice(("floor", "ceil", "round")), away),
            lambda: call(self.dice.choice(("floor", "ceil")), u),
            lambda: call("round", call("add", away, self.dice.choice(("0.5", "1.5", "2.5")))),
            lambda: call("where", call(self.dice.choice(COMPARISONS), u, c), a, b),
            lambda: call("where", call(self.dice.choice(COMPARISONS), away, "0"), a, a),
            lambda: call("clip", u, c, call("add", c, "1")),
            lambda: call("clip", away, "-1", "0"),
            lambda: call("hardtanh", call("add", away, "1")),
            lambda: call("hypot", away, self.zeroed(b, None)),
            lambda: call("hypot", away, away),
            lambda: call("sqrt", call("square", away)),
            lambda: call("sqrt", call("pow", away, self.dice.choice(("4", "3", "2")))),
            lambda: call("pow", call("cbrt", away), self.dice.choice(("3", "2", "4"))),
            lambda: call("pow", call("add", call("square", away), call("square", self.zeroed(b, None))), "0.5"),
            lambda: call("acosh", call("cosh", away)),
            lambda: call("acos", call("cos", away)),
            lambda: call("mod", u, c),
            lambda: call(self.dice.choice(("mod", "fmod")), away, self.dice.choice(("1", "3", "-2"))),
            lambda: call("atan2", away, self.dice.choice(("-1", "1", "-0.5"))),
            lambda: call("mul", call("sqrt", away), away),
            lambda: call("pow", away, self.dice.choice(("1", "2", "3", "1.5", "0.5"))),
            lambda: call("sub", call("relu", away), call("relu", call("neg", away))),
            lambda: call("where", call("eq", away, "0"), "1", call("div", call("sin", away), away)),
            lambda: call("asin", call("add", away, "1")),
            lambda: call("acosh", call("add", away, "1")),
            lambda: call("sqrt", call("relu", away)),
            lambda: call("sqrt", away),
        )
        return self.dice.choice(edges)()

    def zeroed(self, u: Tree, text: str | None) -> Tree:
        """Something over u that is 0 at the point."""
        if text is None:
            value = self.value(u)
            text = self.text(value) if value is not None else None
        if text is None:
            return call("sub", u, u)
        if text == "0":
            return u
        return call("add", u, text[1:]) if text.startswith("-") else call("sub", u, text)

    def text(self, value: Any) -> str | None:
        """The value as a literal that doubles and decimals both hold; None if there is none."""
        near = self.run.real(value.v)
        if near != 0 and not -60 < self.run.mp.mag(near) < 70:
            return None
        double = float(near)
        text = repr(int(double)) if double == int(double) else repr(double)
        if "e" in text and "." not in text:
            text = text.replace("e", ".0e")
        same = Fraction(double) == value.v if isinstance(value.v, Fraction) else abs(near - double) <= 8 * value.e
        return text if same else None
