"""Tokens → circuit: an operator-precedence parser with an explicit stack, so that no nesting is too deep for Python.

One statement at a time. Operands are (node, start, end) on one stack, operators and open parentheses on the other;
each reduction makes one gate, so a chain ``a + b - c`` becomes binary gates from left to right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from backprop_cli import limits
from backprop_cli.circuit import CircuitBuilder
from backprop_cli.problems import Refused, Source, Span
from backprop_cli.reading import brackets, choosing, complaints, hints
from backprop_cli.reading.conditions import Conditions
from backprop_cli.reading.notation import ATTRIBUTE, END, NAME, NUMBER, OPERATOR, POWER, Token
from backprop_cli.reading.openings import GROUP, Call, Opening, Operand, PendingOperator
from backprop_cli.reading.operators import BINARY, COMPARISON, ELSE, IF, IMPLICIT, MATRIX, UNARY, WORDS

Name = Callable[[Token], int]


@dataclass(slots=True)
class Statement:
    """The parser of one expression.

    ``call`` and ``name`` give tokens their meaning (``statements.py``). ``arrays`` says whether ``[ ]``, ``@`` and the
    calls of array gates are read (``brackets.py``), ``rule`` that this is a rule of the array table.
    """

    source: Source
    tokens: Sequence[Token]
    builder: CircuitBuilder
    call: Callable[[Call], int]
    name: Name
    is_function: Callable[[str], bool]
    conditions: Conditions
    arrays: bool = False
    rule: bool = False
    operands: list[Operand] = field(default_factory=list)
    stack: list[PendingOperator | Opening] = field(default_factory=list)
    opened: int = 0
    at: int = 0

    def read(self, first: int) -> tuple[Operand, int]:
        """The expression that starts at that token, and the number of the token after it."""
        self.at = first
        while True:
            self._operand()
            if self._after_operand():
                return self.operands[0], self.at

    def _operand(self) -> None:
        """Everything up to and with the next operand: prefix operators, parentheses, then a number or a name."""
        while True:
            if self.arrays and brackets.told(self):
                return None
            token = self.tokens[self.at]
            if token.kind == NUMBER:
                self.at += 1
                return self._number(token)
            if token.kind == NAME and token.text not in WORDS:
                self._recognize(token)
                self.at += 1
                if not self._opens_call():
                    return self.operands.append(Operand(self.name(token), token.start, token.end))
                self._open(self.tokens[self.at], token)
            elif token.text in UNARY and token.kind in (OPERATOR, NAME):
                self.at += 1
                self.push(PendingOperator(UNARY[token.text], token.start, token.text))
            elif token.text == "(" and token.kind == OPERATOR:
                self._open(token, None)
            elif token.text == "[" and token.kind == OPERATOR:
                brackets.open_literal(self, token)
            elif token.text == "\n" and token.kind == OPERATOR and self._continues():
                self.at += 1
            else:
                self._missing_operand(token)

    def _recognize(self, token: Token) -> None:
        """Refuse what a name begins in other notations: ``sin²(x)``, ``d/dx x²``."""
        problem = None
        if self.tokens[self.at + 1].text != "(" and self.is_function(token.text):
            problem = hints.powered_function(self.source, self.tokens, self.at)
        elif token.text == "d":
            problem = hints.derivative(self.source, self.tokens, self.at)
        if problem is not None:
            raise Refused(problem)

    def _continues(self) -> bool:
        """Whether a line break falls inside parentheses or after an operator, where a statement cannot end."""
        return self.source.text[self.tokens[self.at].start] == "\n" and (self.opened > 0 or bool(self.stack))

    def _opens_call(self) -> bool:
        following = self.tokens[self.at]
        return following.kind == OPERATOR and following.text == "("

    def _open(self, token: Token, name: Token | None) -> None:
        opening = Opening(token.start, name, len(self.operands))
        self.open(brackets.of_array_gate(self, opening) if self.arrays else opening)

    def open(self, opening: Opening) -> None:
        """Begin what a bracket at the current token opens."""
        self.at += 1
        self.opened += 1
        self.push(opening)

    def push(self, entry: PendingOperator | Opening) -> None:
        """Put an operator or a bracket on the stack. Raises ``Refused`` when it grows too deep."""
        self.stack.append(entry)
        if len(self.stack) > limits.NESTING:
            span = Span(self.tokens[self.at - 1].start, self.tokens[self.at - 1].end)
            self._fail("limit.nesting", f"nested deeper than {limits.NESTING:,}", span)

    def _number(self, token: Token) -> None:
        """A literal; a minus directly before it is part of it, unless a power follows (``-2^2`` is ``-(2^2)``)."""
        top = self.stack[-1] if self.stack else None
        following = self.tokens[self.at]
        raised = following.kind == POWER or (following.kind == OPERATOR and following.text == "^")
        if isinstance(top, PendingOperator) and top.operator.gate == "neg" and not raised:
            self.stack.pop()
            node = self.builder.constant(f"-{token.text}", Span(top.start, token.end))
            self.operands.append(Operand(node, top.start, token.end, literal=True))
            return
        node = self.builder.constant(token.text, Span(token.start, token.end))
        self.operands.append(Operand(node, token.start, token.end, literal=True))

    def _after_operand(self) -> bool:
        """Everything between an operand and the next one; True at the end of the statement."""
        while True:
            token = self.tokens[self.at]
            if token.kind == POWER:
                self._superscript(token)
            elif token.kind == OPERATOR and token.text == ")":
                self._close(token)
            elif token.kind == ATTRIBUTE or (token.kind == OPERATOR and token.text in ("[", "]", ":")):
                if brackets.after_operand(self, token):
                    return False
            elif token.kind == OPERATOR and token.text == "\n" and self.opened and self._continues():
                self.at += 1
            else:
                return self._operator(token)

    def _operator(self, token: Token) -> bool:
        """A comma, an operator or a product without a sign; True at the end of the statement."""
        if token.kind == OPERATOR and token.text == ",":
            return self._comma(token)
        if token.kind == END or (token.kind == OPERATOR and token.text in ("\n", "=")):
            self._end()
            return True
        if choosing.is_word(token):
            choosing.word(self, token)
            return False
        if token.text in BINARY and token.kind != NUMBER and (self.arrays or token.text != MATRIX):
            return self._binary(token)
        return self._product(token)

    def _binary(self, token: Token) -> bool:
        operator = BINARY[token.text]
        if self.arrays:
            brackets.no_spaced_sign(self, token)
        self.reduce(operator.left)
        top = self.stack[-1] if self.stack else None
        if isinstance(top, PendingOperator) and operator.left == COMPARISON == top.operator.left:
            hint = "compare two values at a time and join them with `and`"
            self._fail("syntax.comparison", "two comparisons in a chain", Span(top.start, token.end), hint)
        self.at += 1
        self.push(PendingOperator(operator, token.start, token.text))
        return False

    def _superscript(self, token: Token) -> None:
        top = self.stack[-1] if self.stack else None
        if isinstance(top, PendingOperator) and top.operator.gate == "sqrt":
            base = self.text(self.operands[-1])
            readings = f"√({base}^{token.text})", f"(√{base})^{token.text}"
            complaints.ambiguous(self.source, Span(top.start, token.end), *readings)
        self.at += 1
        base_operand = self.operands.pop()
        exponent = self.builder.constant(token.text.lstrip("+"), Span(token.start, token.end))
        span = Span(base_operand.start, token.end)
        self.operands.append(
            Operand(self.builder.gate("pow", (base_operand.node, exponent), span), span.start, span.end)
        )

    def _product(self, token: Token) -> bool:
        """A product without a sign: ``2x``, ``2(x + 1)``, ``(a)(b)``; refused where it could be read in two ways."""
        problem = hints.values(self.source, self.tokens, self.at)
        if problem is not None:
            raise Refused(problem)
        if self.arrays and self.stack and isinstance(self.stack[-1], Opening):
            brackets.no_spaced_elements(self, token)
        left = self.operands[-1]
        closed = self.source.text[left.end - 1] == ")"
        superscript = self.tokens[self.at - 1].kind == POWER
        if left.literal and self.text(left) == "0":
            self._fail(
                "syntax.operator", "a product with 0 and no sign", Span(left.start, token.end), "numbers are decimal"
            )
        starts = token.kind == NAME or (token.kind == OPERATOR and token.text in ("(", "√"))
        if not starts or not (left.literal or closed or superscript):
            complaints.missing_operator(self.source, token, self.text(left), self.is_function)
        top = self.stack[-1] if self.stack else None
        if isinstance(top, PendingOperator) and top.text in ("/", "^", "√") and not top.implicit:
            self._two_readings(top, left, token)
        self.reduce(IMPLICIT.left)
        self.push(PendingOperator(IMPLICIT, token.start, "*", implicit=True))
        return False

    def _two_readings(self, top: PendingOperator, left: Operand, token: Token) -> NoReturn:
        right = self.source.text[token.start : complaints.right_end(self.tokens, self.at)]
        typed = self.text(left)
        if top.text == "√":
            span = Span(top.start, token.end)
            complaints.ambiguous(self.source, span, f"√({typed}*{right})", f"√({typed})*{right}")
        before = self.operands[-2]
        first = self.text(before)
        readings = f"{first}{top.text}({typed}*{right})", f"({first}{top.text}{typed})*{right}"
        complaints.ambiguous(self.source, Span(before.start, token.end), *readings)

    def _comma(self, token: Token) -> bool:
        self.reduce()
        opening = self.stack[-1] if self.stack else None
        if not isinstance(opening, Opening) or opening.kind == GROUP:
            problem = hints.values(self.source, self.tokens, self.at)
            if problem is not None:
                raise Refused(problem)
            hint = "a decimal point is a dot; arguments stand in a function's parentheses"
            self._fail("syntax.unexpected", "a comma outside a function's arguments", _span(token), hint)
        opening.next()
        self.at += 1
        return False

    def _close(self, token: Token) -> None:
        self.reduce()
        if not self.stack:
            self._fail("syntax.parenthesis", "a ) that closes nothing", _span(token))
        opening = self.stack.pop()
        assert isinstance(opening, Opening)
        self.at += 1
        self.opened -= 1
        if opening.bracket != "(" or opening.takes_parts:
            return brackets.close(self, opening, token)
        if opening.name is None:
            inside = self.operands.pop()
            self.operands.append(Operand(inside.node, opening.start, token.end))
            return None
        span = Span(opening.begins, token.end)
        arguments = self.operands[opening.base :]
        del self.operands[opening.base :]
        top = self.stack[-1] if self.stack else None
        divided = self.text(self.operands[-1]) if isinstance(top, PendingOperator) and top.text == "/" else ""
        call = Call(opening.name, arguments, span, divided, opening.meant, opening.told)
        self.operands.append(Operand(self.call(call), span.start, span.end))
        return None

    def _end(self) -> None:
        self.reduce()
        if self.stack:
            opening = self.stack[-1]
            assert isinstance(opening, Opening)
            span = Span(opening.start, opening.start + 1)
            self._fail("syntax.parenthesis", f"this {opening.bracket} is never closed", span)

    def reduce(self, binding: int = 0) -> None:
        """Make gates of all waiting operators that bind at least as tightly as what follows."""
        while self.stack:
            top = self.stack[-1]
            if isinstance(top, Opening) or top.operator.right <= binding:
                return
            self.stack.pop()
            right = self.operands.pop()
            if top.operator is IF:
                choosing.without_else(self, top)
            elif top.operator is ELSE:
                self.operands.append(choosing.chosen(self, right))
            elif top.operator.unary:
                self.operands.append(self._unary(top, right))
            else:
                left = self.operands.pop()
                span = Span(left.start, right.end)
                node = self._gate(top.operator.gate, (left.node, right.node), span)
                self.operands.append(Operand(node, span.start, span.end))

    def _unary(self, top: PendingOperator, right: Operand) -> Operand:
        span = Span(top.start, right.end)
        if top.operator.gate == "plus":
            return Operand(right.node, span.start, span.end, right.literal)
        return Operand(self._gate(top.operator.gate, (right.node,), span), span.start, span.end)

    def _gate(self, name: str, inputs: tuple[int, ...], span: Span) -> int:
        """One gate; connectives are choices: ``a and b`` is where(a, b, 0), which asks ``b`` only if ``a`` holds."""
        if name not in WORDS:
            return self.builder.gate(name, inputs, span)
        inputs = tuple(self.conditions.made(index, span) for index in inputs)
        yes, no = (self.builder.constant(text, span) for text in ("1", "0"))
        branches = {"and": (*inputs, no), "or": (inputs[0], yes, inputs[-1]), "not": (inputs[0], no, yes)}[name]
        return self.builder.gate("where", branches, span)

    def _missing_operand(self, token: Token) -> NoReturn:
        top = self.stack[-1] if self.stack else None
        after = top.text if isinstance(top, PendingOperator) else ""
        empty = None
        if token.kind == OPERATOR and token.text == ")" and isinstance(top, Opening):
            empty = Span(top.name.start if top.name else top.start, token.end)
        name = top.name.text if isinstance(top, Opening) and top.name else ""
        complaints.missing_operand(self.source, token, after, empty, name)

    def text(self, operand: Operand) -> str:
        """The text from which an operand was read."""
        return self.source.text[operand.start : operand.end]

    def _fail(self, code: str, message: str, span: Span, hint: str = "") -> NoReturn:
        complaints.fail(self.source, code, message, span, hint)


def _span(token: Token) -> Span:
    return Span(token.start, token.end)
