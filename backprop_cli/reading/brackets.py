"""Square brackets, attributes and what array gates are told: the part of the grammar that only arrays have.

``[`` directly after a name, ``)`` or ``]`` is an index; where a value may begin it is an array of expressions; between
the two it could be either, and is refused with both readings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backprop_cli.gates import COMPARISONS
from backprop_cli.gates.array_row import WIRE
from backprop_cli.gates.array_table import RULE_WORDS, ArrayGate, array_called
from backprop_cli.problems import Span
from backprop_cli.reading import complaints
from backprop_cli.reading.notation import ATTRIBUTE, ATTRIBUTES, CASTS, NAME, OPERATOR, TURNED, Token
from backprop_cli.reading.openings import INDEX, LITERAL, PARTS, Opening, Operand
from backprop_cli.reading.statics import StaticReader

if TYPE_CHECKING:
    from backprop_cli.reading.syntax import Statement

_KEYWORDS = {"dim": "axis", "keepdim": "keepdims"}  # PyTorch's words
_WHOLE = frozenset({"int", "long", "int32", "int64", "bool"})
_FLOATS = frozenset({"float", "double", "float32", "float64"})
_EXTREMES = {"max": "amax", "min": "amin"}


def of_array_gate(parser: Statement, opening: Opening) -> Opening:
    """The opening, with the array gate that its name means or the list that it is."""
    if opening.name is None:
        if _begins_parts(parser):
            opening.kind = PARTS
        return opening
    name = opening.name.text
    opening.named_only = name in _EXTREMES
    opening.gate = array_called(_EXTREMES.get(name.rpartition(".")[2], name))
    if parser.rule and name in RULE_WORDS:
        opening.gate = RULE_WORDS[name]
    return opening


def open_literal(parser: Statement, token: Token) -> None:
    """``[`` where a value may begin."""
    kind = PARTS if _begins_parts(parser) else LITERAL
    parser.open(Opening(token.start, None, len(parser.operands), "[", kind))


def _begins_parts(parser: Statement) -> bool:
    """Whether the bracket is the first thing in a call of concat or stack."""
    top = parser.stack[-1] if parser.stack else None
    is_call = isinstance(top, Opening) and top.gate is not None and top.gate.many
    return is_call and top.position == 0 and len(parser.operands) == top.base  # type: ignore[union-attr]  # asked above


def told(parser: Statement) -> bool:
    """Read what is no operand: a keyword, an axis, a shape, an entry of an index, the end after a last comma.

    True if something was read, so that an operator, a comma or a closing bracket follows.
    """
    top = parser.stack[-1] if parser.stack else None
    if not isinstance(top, Opening):
        return False
    if top.kind == INDEX:
        return _entries(parser, top)
    if top.kind in (LITERAL, PARTS):
        return _is(parser, parser.at, "]" if top.bracket == "[" else ")") and (top.position > 0 or top.bracket == "[")
    return top.gate is not None and _told_gate(parser, top, top.gate)


def _entries(parser: Statement, top: Opening) -> bool:
    reader = StaticReader(parser.source, parser.tokens, parser.rule)
    while (found := reader.entry(parser.at)) is not None:
        value, parser.at = found
        top.entries.append(value)
        if not _is(parser, parser.at, ","):
            return True
        parser.at += 1
    return False


def _told_gate(parser: Statement, top: Opening, gate: ArrayGate) -> bool:
    token, names = parser.tokens[parser.at], [name for name, _ in gate.statics]
    reader = StaticReader(parser.source, parser.tokens, parser.rule)
    if token.kind == NAME and _is(parser, parser.at + 1, "="):
        called = _KEYWORDS.get(token.text, token.text)
        if called not in names:
            has = f"it has {' and '.join(names)}" if names else "it has none"
            message = f"{gate.called} has no argument named {token.text}"
            complaints.fail(parser.source, "name.keyword", message, Span(token.start, token.end), has)
        top.told[called], parser.at = reader.argument(parser.at + 2, token.text)
        return True
    place = top.position - (1 if gate.many else len(gate.params))
    if top.named_only or place < 0 or not names:
        return False
    _one_reading(parser, top, gate)
    what = f"the {names[min(place, len(names) - 1)]} of {gate.called}"
    value, parser.at = reader.argument(parser.at, what, _meant(parser, top, gate))
    if names[0] == "shape" and isinstance(value, int):
        before = top.told.get("shape", ())
        top.told["shape"] = (*before, value) if isinstance(before, tuple) else (value,)
    elif place < len(names):
        top.told[names[place]] = value
    else:
        message = f"{gate.called} takes no more than {gate.form}"
        complaints.fail(parser.source, "name.arguments", message, Span(token.start, token.end))
    return True


def _meant(parser: Statement, top: Opening, gate: ArrayGate) -> str:
    """What several values in a call of one array were meant for."""
    name, first = gate.called, complaints.short(parser.text(parser.operands[top.base])) if gate.params else ""
    token = parser.tokens[parser.at]
    if token.kind != NAME or top.position != 1:
        return ""
    listed = f"{name}([{first}, {token.text}])"
    return f"it takes a list: {listed}" if gate.many else f"several numbers make an array: {listed}"


def _one_reading(parser: Statement, top: Opening, gate: ArrayGate) -> None:
    """Refuse ``np.max(x, 0)``, whose 0 is an axis there and a number in max(x, 0), and the order of a norm."""
    if top.name is None:
        return
    typed = parser.source.text[top.name.start : top.name.end]
    if "." not in top.name.text and (gate.called != "norm" or typed == "norm"):
        return
    first = complaints.short(parser.text(parser.operands[top.base]))
    end = complaints.right_end(parser.tokens, parser.at)
    second = complaints.short(parser.source.text[parser.tokens[parser.at].start : end])
    short = typed.rpartition(".")[2]
    hint = f"write norm({first}) for the length, or norm({first}, axis={second}) along an axis"
    if short in _EXTREMES:
        larger = "larger" if short == "max" else "smaller"
        hint = (
            f"write {_EXTREMES[short]}({first}, {second}) along an axis, or "
            f"{short}({first}, {second}) for the {larger} of the two"
        )
    message = f"{typed} with two arguments can be read in two ways"
    complaints.fail(parser.source, "syntax.ambiguous", message, Span(top.name.start, top.name.end), hint)


def after_operand(parser: Statement, token: Token) -> bool:
    """``[``, ``]``, ``:`` or an attribute after an operand; True if an operand follows."""
    return _attribute(parser, token) if token.kind == ATTRIBUTE else _bracket(parser, token)


def _bracket(parser: Statement, token: Token) -> bool:
    if token.text == "]":
        _close_square(parser, token)
        return False
    if token.text == ":":
        hint = "parts of an axis are written with whole numbers: x[1:3]"
        complaints.fail(parser.source, "syntax.slice", "a : that cannot stand here", Span(token.start, token.end), hint)
    left, before = parser.operands[-1], parser.tokens[parser.at - 1]
    array = before.kind in (NAME, ATTRIBUTE) or (before.kind == OPERATOR and before.text in (")", "]"))
    if not array or before.end != token.start:
        top = parser.stack[-1] if parser.stack else None
        if isinstance(top, Opening) and top.kind in (LITERAL, PARTS):
            complaints.spaced_elements(parser.source, token)
        complaints.spaced_index(parser.source, parser.text(left), token, complaints.right_end(parser.tokens, parser.at))
    parser.open(Opening(token.start, None, len(parser.operands) - 1, "[", INDEX, begins=left.start))
    return True


def _close_square(parser: Statement, token: Token) -> None:
    parser.reduce()
    if not parser.stack:
        complaints.fail(parser.source, "syntax.parenthesis", "a ] that closes nothing", Span(token.start, token.end))
    opening = parser.stack.pop()
    assert isinstance(opening, Opening)
    parser.at += 1
    parser.opened -= 1
    close(parser, opening, token)


def close(parser: Statement, opening: Opening, token: Token) -> None:
    """Make what a square bracket, or the list of parts, has held."""
    if (opening.bracket == "[") != (token.text == "]"):
        span = Span(opening.start, opening.start + 1)
        message = f"this {opening.bracket} is closed by a {token.text}"
        complaints.fail(parser.source, "syntax.parenthesis", message, span)
    span = Span(opening.begins, token.end)
    held = parser.operands[opening.base :]
    del parser.operands[opening.base :]
    if not held:
        complaints.fail(parser.source, "array.empty", "an array without elements", span)
    nodes = tuple(operand.node for operand in held)
    if opening.kind == PARTS:
        return parser.operands.append(Operand(nodes[0], span.start, span.end, parts=nodes))
    if opening.kind == INDEX:
        if len(nodes) - 1 > opening.entries.count(WIRE):
            opening.entries.append(WIRE)
        node = parser.builder.gate("index", nodes, span, (("index", tuple(opening.entries)),))
    else:
        node = parser.builder.gate("stack", nodes, span, (("axis", 0),))
    return parser.operands.append(Operand(node, span.start, span.end))


def _attribute(parser: Statement, token: Token) -> bool:
    """``.T`` or a method; True if its arguments follow."""
    left, name = parser.operands[-1], ATTRIBUTES[token.text]
    parser.at += 1
    if token.text in TURNED:
        parser.operands.pop()
        span = Span(left.start, token.end)
        parser.operands.append(Operand(parser.builder.gate("transpose", (left.node,), span), span.start, span.end))
        return False
    if not _is(parser, parser.at, "("):
        message = f".{token.text} needs parentheses: {complaints.short(parser.text(left))}.{token.text}()"
        complaints.fail(parser.source, "syntax.operand", message, Span(token.start, token.end))
    if token.text in CASTS:
        return _cast(parser, left, token)
    called, gate = Token(NAME, name, token.start, token.end), array_called(name)
    base = len(parser.operands) - 1
    start = parser.tokens[parser.at].start
    parser.open(Opening(start, called, base, gate=gate, position=1, begins=left.start))
    return not _is(parser, parser.at, ")")


def _cast(parser: Statement, left: Operand, token: Token) -> bool:
    """``(Z > 0).astype(float)`` is ``Z > 0``; only of a comparison the kind may be that of whole numbers."""
    inside = parser.tokens[parser.at + 1]
    kind, behind = (inside.text, parser.at + 2) if inside.kind == NAME else (token.text, parser.at + 1)
    compared = parser.builder.kind(left.node).op in COMPARISONS
    if kind not in _FLOATS and not (kind in _WHOLE and compared):
        message = f".{token.text} is read with kinds of numbers that change nothing"
        hint = "(x > 0).astype(float); all numbers here are doubles"
        complaints.fail(parser.source, "syntax.operand", message, Span(token.start, token.end), hint)
    if not _is(parser, behind, ")"):
        opening = parser.tokens[parser.at]
        span = Span(opening.start, opening.end)
        complaints.fail(parser.source, "syntax.parenthesis", "this ( is never closed", span)
    parser.operands[-1] = Operand(left.node, left.start, parser.tokens[behind].end)
    parser.at = behind + 1
    return False


def no_spaced_sign(parser: Statement, token: Token) -> None:
    """Refuse ``[1 -2]``: two elements, or a difference."""
    if token.text not in ("+", "-"):
        return
    inner = next((one for one in reversed(parser.stack) if isinstance(one, Opening)), None)
    text = parser.source.text
    around = text[token.start - 1 : token.start].isspace(), text[token.end : token.end + 1].isspace()
    if inner is not None and inner.kind == LITERAL and around == (True, False):
        complaints.spaced_sign(parser.source, token)


def no_spaced_elements(parser: Statement, token: Token) -> None:
    """Refuse ``[1 x]`` and ``[(a) (b)]``, which are no products inside an array."""
    top, left = parser.stack[-1], parser.operands[-1]
    if isinstance(top, Opening) and top.kind in (LITERAL, PARTS) and left.end != token.start:
        complaints.spaced_elements(parser.source, token)


def _is(parser: Statement, at: int, *texts: str) -> bool:
    token = parser.tokens[min(at, len(parser.tokens) - 1)]
    return token.kind == OPERATOR and token.text in texts
