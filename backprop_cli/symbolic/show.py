"""A derivative for the reader: literals as numbers again, powers gathered, nothing expanded, in a notation that
``backprop`` itself reads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from backprop_cli.problems import Refused
from backprop_cli.symbolic.build import literal

_SMALL, _SHORT, _TIDY_OPERATIONS = 64, 6, 60


def tidy(derivative: Any, literals: Iterable[str]) -> Any:
    """The derivative with its literals as numbers where that computes nothing large, and powers of one base joined."""
    from sympy import powsimp

    frozen = _frozen(derivative, frozenset(literal(text) for text in literals))
    numbers = {literal(text): _number(text) for text in literals if literal(text) not in frozen and _is_short(text)}
    plain = derivative.xreplace(numbers)
    if not _has_gates(plain):  # 0^x has made log(0), or polygamma(2, 1) a zeta: the literals stay what was typed
        return derivative
    return powsimp(plain) if plain.count_ops() <= _TIDY_OPERATIONS else plain


def _has_gates(form: Any) -> bool:
    """Whether every part of a form can be read back."""
    from backprop_cli.symbolic.lower import lower

    try:
        lower([form])
    except Refused:
        return False
    return True


def text(form: Any, bound: Collection[str] = ()) -> str:
    """The form as one line that reads back; where the user's own ``e`` or ``pi`` is bound, the constants say so."""
    from backprop_cli.symbolic.printer import Printer

    return str(Printer(*_constant_names(bound)).doprint(form))


def _constant_names(bound: Collection[str]) -> tuple[str, str]:
    pi = next((name for name in ("pi", "π") if name not in bound), "acos(-1)")
    return pi, "exp(1)" if "e" in bound else "e"


def _is_short(text: str) -> bool:
    return text in ("pi", "e") or ("e" not in text.lower() and len(text.strip("-0.")) <= _SHORT)


def _number(text: str) -> Any:
    from sympy import E, Rational, pi

    return {"pi": pi, "e": E}[text] if text in ("pi", "e") else Rational(text)


def _frozen(form: Any, literals: frozenset[Any]) -> set[Any]:
    """The literals that stand inside a power or function of constants only, which SymPy would set out to compute."""
    from sympy import postorder_traversal

    fixed: dict[Any, bool] = {}
    found: set[Any] = set()
    for part in postorder_traversal(form):
        if part in fixed:
            continue
        fixed[part] = part in literals or (not part.is_Symbol and all(fixed[argument] for argument in part.args))
        computed = fixed[part] and not (part.is_Atom or part.is_Add or part.is_Mul)
        if computed and not all(_is_small(argument, literals) for argument in part.args):
            found |= part.free_symbols
    return found


def _is_small(argument: Any, literals: frozenset[Any]) -> bool:
    if argument in literals:
        name = argument.name
        return name in ("pi'", "e'") or abs(float(name)) <= _SMALL
    return bool(argument.is_Number) and abs(argument) <= _SMALL
