"""What people type from other notations, recognized in the tokens, and how it is written here.

Each function looks at the tokens from a place on and gives a problem, or None where nothing is recognized; only
``no_transposed`` looks at all of them, and refuses.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from backprop_cli.gates import callable_names, called
from backprop_cli.gates.array_table import array_names
from backprop_cli.nearest import nearest
from backprop_cli.problems import Diagnostic, Refused, Source, Span
from backprop_cli.reading.notation import NAME, NUMBER, OPERATOR, POWER, SIZES_ARE_TYPED, Token

WRITTEN_OUT = {
    "softmax": "write it out: exp(a)/(exp(a) + exp(b))",
    "sum": "write the sum out: a + b + c",
    "prod": "write the product out: a*b*c",
    "dot": "write the sum of products out: a*x + b*y",
    "norm": "write it out: sqrt(a^2 + b^2)",
    "mean": "write the mean out: (a + b + c)/3",
    "average": "write the mean out: (a + b + c)/3",
    "mse": "write the mean of the squares out: ((a - x)^2 + (b - y)^2)/2",
    "len": SIZES_ARE_TYPED,
    "inner": "of vectors it is x @ y",
    "torch.var": "PyTorch divides by n - 1, and var(x) by n",
    "torch.std": "PyTorch divides by n - 1, and std(x) by n",
    "tf.argmax": "write argmax(x, axis=0)",
    "radians": "x degrees are x*pi/180 radians",
    "degrees": "x radians are x*180/pi degrees",
}
_DERIVATIVE = re.compile(r"d[A-Za-z]\w*")


def for_function(name: str, *, arrays: bool = False) -> str:
    """What helps where there is no function of that name: a spelling in other letters, a formula, a near name."""
    names = callable_names() + (array_names() if arrays else [])
    from difflib import SequenceMatcher

    written = WRITTEN_OUT.get(name.lower())
    if written is not None and name.lower() not in map(str.lower, names):
        return written
    near = (nearest(name, callable_names()), nearest(name, array_names()) if arrays else None)
    likest = max(
        near, key=lambda one: SequenceMatcher(None, name, one).ratio() if one else 0.0
    )  # a scalar gate if even
    return f"did you mean {likest}?" if likest else "`backprop gates` lists the functions"


def powered_function(source: Source, tokens: Sequence[Token], at: int) -> Diagnostic | None:
    """``sin²(x)``, ``sin^2(x)``: the power belongs behind the value."""
    name, following = tokens[at], tokens[at + 1]
    behind = at + 2
    exponent = following.text
    if following.kind == OPERATOR and following.text == "^":
        sign = "-" if _is(tokens[behind], "-") else ""
        behind += bool(sign)
        if tokens[behind].kind != NUMBER:
            return None
        exponent = sign + tokens[behind].text
        behind += 1
    elif following.kind != POWER:
        return None
    if not _is(tokens[behind], "("):
        return None
    end = tokens[_closing(tokens, behind)].end
    inside = source.text[tokens[behind].start : end]
    inside = inside if len(inside) < 30 and inside.endswith(")") else "(…)"
    hint = f"write {name.text}{inside}^{exponent}"
    if exponent.startswith("-"):
        hint = f"write 1/{name.text}{inside}" if exponent == "-1" else f"write {name.text}{inside}^({exponent})"
    inverse = called(f"a{name.text}")
    if exponent == "-1" and inverse is not None:
        hint = f"write {inverse.name}{inside} for the inverse function, 1/{name.text}{inside} for the reciprocal"
    message = f"a power between {name.text} and its parentheses"
    return Diagnostic("syntax.operator", message, hint, source, Span(name.start, tokens[behind].start))


def derivative(source: Source, tokens: Sequence[Token], at: int) -> Diagnostic | None:
    """``d/dx x^2``: an order to differentiate."""
    if not (tokens[at].text == "d" and _is(tokens[at + 1], "/") and _DERIVATIVE.fullmatch(tokens[at + 2].text)):
        return None
    behind = tokens[at + 3]
    if not (behind.kind in (NAME, NUMBER) or _is(behind, "(") or _is(behind, "√")):
        return None
    hint = "type the function itself: its derivative is worked out"
    span = Span(tokens[at].start, tokens[at + 2].end)
    return Diagnostic("syntax.operator", "a derivative is not something to type", hint, source, span)


def no_transposed(source: Source, tokens: Sequence[Token], known: Collection[str]) -> None:
    """Refuse ``X^T`` where T is no name and stands nowhere else: a matrix turned over."""
    if "T" in known or "T" not in source.text:
        return
    places = [at for at, token in enumerate(tokens) if token.kind == NAME and token.text == "T"]
    if not places or not all(at > 1 and _is(tokens[at - 1], "^") and _turns(tokens[at - 2]) for at in places):
        return
    base, power = tokens[places[0] - 2], tokens[places[0]]
    written = "(…)" if _is(base, ")") else source.text[base.start : base.end]
    hint = f"write {written}.T for the transposed matrix"
    raise Refused(Diagnostic("usage.missing", "no value for T", hint, source, Span(power.start, power.end)))


def _turns(base: Token) -> bool:
    """Whether a power's base may be an array: a name, or what is in parentheses."""
    return (base.kind == NAME and base.text != "e") or _is(base, ")")


def definition(source: Source, tokens: Sequence[Token], at: int) -> Diagnostic | None:
    """``f(x) = x^2``: a stage has no arguments."""
    if not (tokens[at].kind == NAME and _is(tokens[at + 1], "(")):
        return None
    closing = at + 2
    while tokens[closing].kind == NAME or _is(tokens[closing], ","):
        closing += 1
    if not (_is(tokens[closing], ")") and _is(tokens[closing + 1], "=")):
        return None
    line = source.text[tokens[closing + 1].end :].split("\n")[0].split(";")[0].strip()
    name = tokens[at].text
    hint = f"write {name} = {line if 0 < len(line) < 40 else '…'}; every name in it is a variable"
    span = Span(tokens[at].start, tokens[closing].end)
    return Diagnostic("syntax.assignment", "a stage has a name and no arguments", hint, source, span)


def values(source: Source, tokens: Sequence[Token], at: int) -> Diagnostic | None:
    """``x*y, x=3`` and ``x*y x=3`` in one text: values among the expression."""
    first = at + 1 if _is(tokens[at], ",") else at
    if not (tokens[first].kind == NAME and _is(tokens[first + 1], "=")):
        return None
    rest = source.text[tokens[first].start :].split("\n")[0].strip()
    shown = " ".join(part.strip() for part in rest.replace(";", ",").split(","))
    shown = re.sub(r"\s*=\s*", "=", shown) if len(shown) < 60 else f"{tokens[first].text}=…"
    hint = f"values are separate arguments after the expression: {shown}"
    return Diagnostic("syntax.unexpected", "a value inside the expression", hint, source, Span(*tokens[first][2:]))


def _is(token: Token, text: str) -> bool:
    return token.kind == OPERATOR and token.text == text


def _closing(tokens: Sequence[Token], at: int) -> int:
    """The number of the token that closes the parenthesis there, or of the last before the end."""
    depth = 0
    for number in range(at, len(tokens) - 1):
        depth += _is(tokens[number], "(") - _is(tokens[number], ")")
        if depth == 0:
            return number
    return len(tokens) - 2
