"""The point: a value for every variable, from ``NAME=VALUE`` words, a JSON object or a Python mapping.

A value is itself a constant expression (``pi/3``, ``3/7``, ``1e-3``), read by the same reader and kept as a circuit, so
that each arithmetic evaluates it at its own precision. Nothing here prints.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from backprop_cli import json_text, limits
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.circuit import Circuit
from backprop_cli.engine.forward import forward, refuse_without_output
from backprop_cli.engine.given import NOT_NUMBERS, Given
from backprop_cli.engine.rules import Rules
from backprop_cli.nearest import nearest
from backprop_cli.problems import Diagnostic, Refused, Source, Span, some
from backprop_cli.reading.printed_lists import listed

_NAMED_APART = 3
_LONG = 60
_DEGREES = ("deg", "degree", "degrees")
_FLAG = re.compile(r"-[A-Za-z]")
_JOINED = re.compile(r",\s*(?:[^\W\d]\w*\s*=|$)")


Point = Mapping[str, Given]


def given(name: str, text: str) -> Given:
    """A value from text, read at once. Raises ``Refused`` for what is not a finite constant, or an array of them."""
    bracketed, printed = text.lstrip().startswith("["), listed(text) if _may_be_printed(text) else None
    if bracketed or printed is not None:
        from backprop_cli.engine.array_values import from_text

        return from_text(name, text if printed is None else printed)
    if text.startswith("@"):
        from backprop_cli.engine.array_values import from_file

        return from_file(name, text[1:])
    value = Given(name, text)
    _ = value.circuit
    return value


def _may_be_printed(text: str) -> bool:
    """Whether a text may be an array as others print it: ``[1 2; 3 4]``, ``array([1, 2])``, a matrix of LaTeX."""
    begin = text.lstrip()[:1]
    return (begin == "[" and ("," not in text or ";" in text)) or (begin.isalpha() and "[" in text) or begin == "\\"


def from_words(words: Sequence[str]) -> dict[str, Given]:
    """The point of ``NAME=VALUE`` words; ``x = -2`` and ``x=[1, 2]`` with spaces arrive as several words."""
    found: dict[str, Given] = {}
    problems: list[Diagnostic] = []
    for name, text in _pairs(words):
        try:
            if name in found:
                problems.append(Diagnostic("usage.twice", f"{name} is given two values", "leave one of them out"))
            found[name] = given(name, text)
        except Refused as refused:
            problems.extend(refused.problems)
    if problems:
        raise Refused(*problems)
    return found


def _whole_lists(words: Sequence[str]) -> list[str]:
    """The words with lists in one piece: ``x=[1, 2]`` without quotes arrives as two."""
    found: list[str] = []
    for word in words:
        if found and found[-1].count("[") > found[-1].count("]"):
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found


def _pairs(words: Sequence[str]) -> Iterable[tuple[str, str]]:
    rest = _whole_lists(words)
    if any(_JOINED.search(_outside_brackets(word)) for word in rest):
        apart = " ".join(part.strip() for word in rest for part in word.split(",") if part.strip())
        hint = f"values are separate arguments after the expression: {apart if len(apart) < _LONG else 'x=3 y=2'}"
        raise Refused(Diagnostic("usage.value", "a comma between values", hint))
    while rest:
        word = rest.pop(0)
        if "=" not in word and rest and rest[0].startswith("="):
            word += rest.pop(0)
        name, equals, text = (part.strip() for part in word.partition("="))
        if not equals or not is_name(name):
            raise Refused(_not_a_pair(word))
        if not text and rest and "=" not in rest[0]:
            text = rest.pop(0)
        yield folded(name), text


def _outside_brackets(text: str) -> str:
    """What a text has outside of brackets: ``x=array([1, 2], dtype=int)`` is one value."""
    outside, depth = list[str](), 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        outside.append(letter if depth <= 0 else " ")
    return "".join(outside)


def folded(name: str) -> str:
    """A name as the reader has it: the micro sign is the Greek letter."""
    return name.replace("\u00b5", "\u03bc")


def is_name(text: str) -> bool:
    """Whether a text is one variable's name."""
    from backprop_cli.reading.notation import NAME, tokens

    try:
        found = tokens(Source("name", text))
    except Refused:
        return False
    return len(found) == 2 and found[0].kind == NAME


def _not_a_pair(word: str) -> Diagnostic:
    hint = "values are written NAME=VALUE after the expression, as x=-2"
    if _FLAG.fullmatch(word):
        hint = f"there is no option {word} here; {hint}"
    elif any(character in word for character in "+*/^( "):
        hint = "the expression is one argument: put it in quotes; " + hint
    return Diagnostic("usage.value", f"`{word}` is not NAME=VALUE", hint)


def from_json(text: str, name: str) -> dict[str, Given]:
    """The point of a JSON object: numbers, or strings that hold constant expressions; or the ``point`` of a report."""
    if len(text) > limits.TEXT_CHARACTERS * 10:
        raise Refused(
            Diagnostic(
                "limit.size", f"{name} has {len(text):,} characters; the limit is {limits.TEXT_CHARACTERS * 10:,}"
            )
        )
    data = _value(text, name)
    if not isinstance(data, dict):
        raise Refused(Diagnostic("point.json", f"{name} must be one JSON object", 'for example {"x": -2, "y": "pi/3"}'))
    if str(data.get("schema", "")).startswith("backprop.") and isinstance(data.get("point"), dict):
        data = data["point"]  # what `descend --json` printed
    return {folded(key): _member(key, value, name) for key, value in data.items()}


def _value(text: str, name: str) -> object:
    try:
        return json_text.value_of(text, _unique)
    except json_text.BadJsonError as bad:
        if bad.at is None:
            raise Refused(Diagnostic("point.json", f"{name} is {bad.says}")) from None
        problem = Diagnostic("point.json", f"{name} is not valid JSON: {bad.says}")
        raise Refused(problem.at(Source(name, text), Span(bad.at, min(bad.at + 1, len(text))))) from None


def _member(key: str, value: object, name: str) -> Given:
    if not is_name(key):
        raise Refused(Diagnostic("point.name", f"`{key}` in {name} is not a variable's name"))
    if isinstance(value, list):
        from backprop_cli.engine.array_values import from_nested

        return from_nested(folded(key), value)
    if isinstance(value, json_text.NotFinite):
        raise Refused(Diagnostic("value.finite", f"{value} is not a value; JSON has finite numbers only"))
    if not isinstance(value, str):
        kind = {dict: "an object", bool: "true or false", type(None): "null"}[type(value)]
        raise Refused(Diagnostic("point.value", f"{key} in {name} must be a number or a list, and is {kind}"))
    return Given(folded(key), str(value))


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    names = set()
    for key, value in pairs:
        if folded(key) in names:
            raise Refused(Diagnostic("point.twice", f"`{key}` stands twice in the JSON object"))
        found[key] = value
        names.add(folded(key))
    return found


def from_mapping(values: Mapping[str, object]) -> dict[str, Given]:
    """The point of Python values: numbers (also fractions and SymPy's), or texts as on the command line."""
    found: dict[str, Given] = {}
    for name, value in values.items():
        if folded(name) in found:
            raise Refused(Diagnostic("usage.twice", f"{folded(name)} is given two values", "leave one of them out"))
        found[folded(name)] = _from_python(folded(name), value)
    return found


def _from_python(name: str, value: object) -> Given:
    if isinstance(value, (list, tuple)) or getattr(value, "shape", None):
        from backprop_cli.engine.array_values import from_python

        return from_python(name, value)
    return given(name, _as_text(name, value))


def _as_text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, float) and not math.isfinite(value):
        raise Refused(Diagnostic("value.finite", f"{value} is not a value; {name} must be a finite number"))
    return repr(float(value)) if isinstance(value, float) else str(value)


def complete(circuit: Circuit, point: Point) -> tuple[Diagnostic, ...]:
    """Refuse a point that lacks a variable's value; returns warnings about values that nothing uses."""
    missing = [name for name in circuit.inputs if name not in point]
    if missing:
        unused = [name for name in point if name not in circuit.inputs]
        raise Refused(_missing(circuit, missing, unused, point), *_stages_given(circuit, unused))
    return beside(circuit, point)


def beside(circuit: Circuit, point: Point) -> tuple[Diagnostic, ...]:
    """Warnings about values that nothing uses. Raises ``Refused`` for a value of a stage."""
    unused = [name for name in point if name not in circuit.inputs]
    problems = _stages_given(circuit, unused)
    if problems:
        raise Refused(*problems)
    return _unused(unused)


def _unused(names: list[str]) -> tuple[Diagnostic, ...]:
    """A warning for each value that nothing uses; one for all of them where there are many, as in a shared file."""
    if len(names) <= _NAMED_APART:
        messages = [f"{name} is given a value, and the expression does not use it" for name in names]
    else:
        messages = [f"{some(names, _NAMED_APART)} are given values, and the expression does not use them"]
    return tuple(Diagnostic("value.unused", message) for message in messages)


def _stages_given(circuit: Circuit, names: list[str]) -> list[Diagnostic]:
    stages = {stage.name for stage in circuit.stages}
    return [_stage_given(name) for name in names if name in stages]


def _stage_given(name: str) -> Diagnostic:
    hint = f"leave out {name}=…, or give the stage another name"
    return Diagnostic("usage.stage", f"{name} is a stage with a value of its own; it cannot be given one", hint)


def _missing(circuit: Circuit, missing: list[str], unused: list[str], point: Point) -> Diagnostic:
    hint = _hint(circuit, missing, unused, point)
    shown = some(missing, 20)
    problem = Diagnostic("usage.missing", f"no value for {shown}", hint)
    return problem.at(circuit.source, circuit.spans[circuit.inputs[missing[0]]])


def _hint(circuit: Circuit, missing: list[str], unused: list[str], point: Point) -> str:
    """What the first missing name that looks like something else was meant to be."""
    for name in missing:
        letters = [*name] if len(name) > 1 else []
        if letters and all(letter in circuit.inputs or letter in point for letter in letters):
            return f"{name} is one name; the product is {'*'.join(letters)}"
        if name.lower() in NOT_NUMBERS:
            return "infinity is not a value" if "inf" in name.lower() else "nan is not a value"
        if name in _DEGREES:
            return f"angles are in radians: 30 {name} is 30*pi/180"
        near = nearest(name, unused)
        if near:
            return f"{near} is given a value, and the expression has {name}"
    return "give " + " ".join(f"{name}=…" for name in missing[:3])


def numbers(circuit: Circuit, point: Point, rules: Rules) -> dict[str, Number]:
    """The value of each of the circuit's variables in an arithmetic. Raises ``Refused`` if one does not exist."""
    found = {}
    for name in circuit.inputs:
        run = forward(point[name].circuit, {}, rules)
        refuse_without_output(run)
        found[name] = run.values[point[name].circuit.output]
    return found
