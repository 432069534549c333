"""Statements and names: the stages ``name = …`` of a program, and what each name in it means.

A name followed by ``(`` is a gate of the table; ``pi`` and ``e`` are constants unless they are bound; every other name
is a stage defined above or a variable. Problems of separate statements come out together.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from backprop_cli import limits
from backprop_cli.circuit import CONSTANT, Circuit, CircuitBuilder
from backprop_cli.gates import called
from backprop_cli.gates.array_table import ArrayGate, array_called
from backprop_cli.problems import Diagnostic, Refused, Source, Span
from backprop_cli.reading import hints
from backprop_cli.reading.calls import wrong_array_call, wrong_count
from backprop_cli.reading.conditions import Conditions
from backprop_cli.reading.latex_words import is_latex
from backprop_cli.reading.notation import END, NAME, OPERATOR, Token, tokens
from backprop_cli.reading.openings import Call, Operand
from backprop_cli.reading.operators import WORDS
from backprop_cli.reading.syntax import Statement

_CONSTANTS = {"pi": "pi", "π": "pi", "e": "e"}
_LIKE = {"zeros_like": 1, "ones_like": 1, "full_like": 2}
_ARRAYS = ("array", "asarray")  # of a notebook: what stands in them is an array already
_SHOWN_PROBLEMS = 10


def read(
    text: str,
    *,
    bound: Collection[str] = (),
    share: bool = True,
    name: str = "expression",
    most_characters: int = limits.TEXT_CHARACTERS,
    arrays: bool = False,
    rule: bool = False,
) -> Circuit:
    """The circuit of an expression or a staged program, exactly as typed.

    ``bound`` names the variables that have a value, so that ``e`` and ``pi`` among them are no constants. With
    ``share=False`` equal subexpressions stay apart. With ``arrays`` the notation of arrays is read, too; ``rule`` says
    that the text is a rule of the array table. Raises ``Refused`` with every problem found.
    """
    source = Source(name, text.removeprefix("\ufeff"))
    builder = CircuitBuilder(share)
    if is_latex(source.text):
        from backprop_cli.reading.latex_tokens import latex_tokens

        found = latex_tokens(source, bound, arrays=arrays)
    else:
        found = tokens(source, most_characters, arrays=arrays, names=bound)
    return _Program(source, frozenset(bound), builder, Conditions(builder), found, arrays, rule).read()


@dataclass(slots=True)
class _Program:
    source: Source
    bound: frozenset[str]
    builder: CircuitBuilder
    conditions: Conditions
    tokens: list[Token]
    arrays: bool = False
    rule: bool = False
    stages: dict[str, int] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    assigned: set[str] = field(default_factory=set)
    used: dict[str, Token] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)

    def read(self) -> Circuit:
        self.assigned = self._assignments()
        if self.arrays and not self.rule and self.bound:
            hints.no_transposed(self.source, self.tokens, self.bound | self.assigned)
        at, output = 0, -1
        while len(self.problems) < _SHOWN_PROBLEMS:
            at = self._next_statement(at)
            if self.tokens[at].kind == END:
                break
            at, output = self._one(at)
        if output < 0 and not self.problems:
            hint = "for example: backprop '(x + y)*z' x=-2 y=5 z=-4"
            self.problems.append(Diagnostic("text.empty", f"the {self.source.name} is empty", hint))
        if self.problems:
            raise Refused(*self.problems[:_SHOWN_PROBLEMS])
        return self.builder.finish(self.source, output)[0]

    def _assignments(self) -> set[str]:
        """The names before an = that stands in no bracket: in a call it names an argument."""
        found, depth = set(), 0
        for token, following in zip(self.tokens, self.tokens[1:], strict=False):
            if token.kind == OPERATOR:
                depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
            elif depth <= 0 and token.kind == NAME and following.kind == OPERATOR and following.text == "=":
                found.add(token.text)
        return found

    def _next_statement(self, at: int) -> int:
        while self.tokens[at].kind == OPERATOR and self.tokens[at].text == "\n":
            at += 1
        return at

    def _one(self, at: int) -> tuple[int, int]:
        """Read one statement; after a problem, go on with the next so that more of them are seen."""
        target = self._target(at)
        first = at + 2 if target else at
        meaning = (self._call, self._name, self._is_function)
        parser = Statement(self.source, self.tokens, self.builder, *meaning, self.conditions, self.arrays, self.rule)
        try:
            self._no_definition(at)
            operand, end = parser.read(first)
            self._check_end(end)
            return end, self._define(target, operand, end)
        except Refused as refused:
            self.problems.extend(refused.problems)
            if target:
                self.failed.add(target.text)
            return self._skip(max(first, parser.at)), 0

    def _no_definition(self, at: int) -> None:
        problem = hints.definition(self.source, self.tokens, at)
        if problem is not None:
            self.failed.add(self.tokens[at].text)
            raise Refused(problem)

    def _target(self, at: int) -> Token | None:
        token, following = self.tokens[at], self.tokens[min(at + 1, len(self.tokens) - 1)]
        named = token.kind == NAME and following.kind == OPERATOR and following.text == "="
        return token if named else None

    def _skip(self, at: int) -> int:
        while self.tokens[at].kind != END and not (self.tokens[at].kind == OPERATOR and self.tokens[at].text == "\n"):
            at += 1
        return at

    def _check_end(self, end: int) -> None:
        token = self.tokens[end]
        if token.kind == OPERATOR and token.text == "=":
            hint = "a stage is written name = expression; == compares"
            raise Refused(
                Diagnostic("syntax.assignment", "only a name can stand before =", hint, self.source, _span(token))
            )

    def _define(self, target: Token | None, operand: Operand, end: int) -> int:
        last = self.tokens[self._next_statement(end)].kind == END
        if target is None:
            if not last:
                hint = "give it a name, name = …; only the last statement may be without one"
                span = Span(operand.start, operand.end)
                raise Refused(
                    Diagnostic("syntax.unnamed", "this statement's value is never used", hint, self.source, span)
                )
            return operand.node
        self._may_define(target)
        node = self.builder.stage(target.text, operand.node, Span(target.start, operand.end))
        self.stages[target.text] = node
        return node

    def _may_define(self, target: Token) -> None:
        name = target.text
        if name in WORDS:
            problem = Diagnostic("name.reserved", f"`{name}` joins conditions and cannot be a name")
        elif name in self.stages:
            problem = Diagnostic("name.redefined", f"`{name}` is defined twice", "give the new value a name of its own")
        elif name in self.used:
            hint = "a stage is defined before it is used, and once"
            problem = Diagnostic("name.order", f"`{name}` is used above before it is defined here", hint)
        else:
            return
        raise Refused(problem.at(self.source, _span(target)))

    def _name(self, token: Token) -> int:
        name = token.text
        stage = self.stages.get(name)
        if stage is not None:
            return stage
        if name in _CONSTANTS and name not in self.bound and name not in self.assigned:
            return self.builder.constant(_CONSTANTS[name], _span(token))
        if name not in self.failed:
            self.used.setdefault(name, token)
        return self.builder.input(name, _span(token))

    def _call(self, call: Call) -> int:
        token, arguments, span = call.name, call.arguments, call.span
        if call.gate is not None:
            return self._array_call(call, call.gate)
        gate = called(token.text)
        if gate is None:
            return self._without_gate(call)
        nodes = self._one_sided(call) if token.text == "heaviside" else tuple(each.node for each in arguments)
        if gate.name == "where":
            nodes = (self.conditions.made(nodes[0], _within(arguments[0])), *nodes[1:])
        if len(nodes) < gate.least or (not gate.many and len(nodes) > len(gate.params)):
            self._note(wrong_count(gate, token, len(nodes)).at(self.source, span))
            return nodes[0]
        missing = () if gate.many else gate.defaults[len(gate.defaults) - (len(gate.params) - len(nodes)) :]
        if len(nodes) < len(gate.params) and not gate.many:
            nodes += tuple(self.builder.constant(text, span) for text in missing)
        return self.builder.gate(gate.name, nodes, span)

    def _without_gate(self, call: Call) -> int:
        """A call of what is no gate: an array that is one already, a constant array, or a problem."""
        name, arguments = call.name.text, call.arguments
        if name in self.failed or (self.arrays and name in _ARRAYS and len(arguments) == 1):
            return arguments[0].node
        made = self._like(call)
        if made is None:
            self._note(self._unknown(call.name, arguments, call.span, call.divided))
        return arguments[0].node if made is None else made

    def _one_sided(self, call: Call) -> tuple[int, ...]:
        """``heaviside(x, 0)`` is step(x), which is 0 at 0."""
        nodes = tuple(argument.node for argument in call.arguments)
        at_zero = self.builder.kind(nodes[1]) if len(nodes) == 2 else None
        if at_zero is None:
            return nodes
        if at_zero.op != CONSTANT or at_zero.text.strip("0.") != "":
            hint = "step(x) is 0 there; where(x == 0, 1/2, step(x)) is 1/2"
            problem = Diagnostic("name.arguments", "heaviside is read with the value 0 at 0", hint)
            raise Refused(problem.at(self.source, _within(call.arguments[1])))
        return nodes[:1]

    def _like(self, call: Call) -> int | None:
        """``zeros_like(x)`` is 0*x, ``ones_like(x)`` 0*x + 1; None for another call."""
        nodes, name = [argument.node for argument in call.arguments], call.name.text
        if not self.arrays or len(nodes) != _LIKE.get(name):
            return None
        zeros = self.builder.gate("mul", (self.builder.constant("0", call.span), nodes[0]), call.span)
        if name == "zeros_like":
            return zeros
        value = nodes[1] if name == "full_like" else self.builder.constant("1", call.span)
        return self.builder.gate("add", (zeros, value), call.span)

    def _array_call(self, call: Call, gate: ArrayGate) -> int:
        parts = call.arguments[0].parts if gate.many and len(call.arguments) == 1 else None
        nodes = parts or tuple(argument.node for argument in call.arguments)
        problem = wrong_array_call(gate, call, parts)
        if problem is not None:
            raise Refused(problem.at(self.source, call.span))
        statics = tuple((name, call.told.get(name, default)) for name, default in gate.statics)
        return self.builder.gate(gate.name, nodes, call.span, statics)

    def _is_function(self, text: str) -> bool:
        """Whether a name means a gate here: a bound ``gamma`` is a variable."""
        known = called(text) is not None or (self.arrays and array_called(text) is not None)
        return known and text not in self.bound and text not in self.stages

    def _note(self, problem: Diagnostic) -> None:
        """Keep a problem and read on, unless there are as many as are shown."""
        if len(self.problems) + 1 >= _SHOWN_PROBLEMS:
            raise Refused(problem)
        self.problems.append(problem)

    def _unknown(self, token: Token, arguments: list[Operand], span: Span, divided: str) -> Diagnostic:
        name = token.text
        inside = self.source.text[token.end : span.end]
        known = name in self.stages or name in self.bound or name in self.used or len(name) == 1
        if known and len(arguments) == 1 and divided:
            message = "a product without a sign that can be read in two ways"
            over = divided if len(divided) < _INSIDE else "…"
            inner = inside if len(inside) < _INSIDE else "(…)"
            hint = f"write {over}/({name}*{inner}) or ({over}/{name})*{inner}"
            return Diagnostic("syntax.ambiguous", message, hint, self.source, span)
        product = known and len(arguments) == 1 and len(inside) < _INSIDE
        hint = f"for the product write {name}*{inside}" if product else hints.for_function(name, arrays=self.arrays)
        return Diagnostic("name.function", f"there is no function `{name}`", hint, self.source, _span(token))


_INSIDE = 40


def _span(token: Token) -> Span:
    return Span(token.start, token.end)


def _within(operand: Operand) -> Span:
    return Span(operand.start, operand.end)
