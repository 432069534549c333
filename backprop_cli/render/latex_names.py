"""A variable's name as LaTeX."""

from __future__ import annotations

import re

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi",
    "ρ": "rho", "ς": "varsigma", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "varphi", "χ": "chi",
    "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi",
    "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega", "ϑ": "vartheta", "ϕ": "phi",
    "ϵ": "epsilon",
}  # fmt: skip
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_PARTS = re.compile(r"^([A-Za-z]|[^\W\d_])_?([0-9₀-₉]+)$")


def latex_name(text: str) -> str:
    """A variable's name: Greek letters as commands, trailing digits as a subscript, long names upright."""
    single = _PARTS.match(text)
    if single:
        return f"{_letter(single[1])}_{{{single[2].translate(_SUBSCRIPTS)}}}"
    if len(text) == 1:
        return _letter(text)
    if text in _GREEK.values():
        return f"\\{text}"
    escaped = "".join(rf"${_letter(c)}$" if c in _GREEK else c for c in text.translate(_SUBSCRIPTS).replace("_", r"\_"))
    return rf"\text{{{escaped}}}"


def _letter(character: str) -> str:
    return (
        f"\\{_GREEK[character]}"
        if character in _GREEK
        else character
        if character.isascii()
        else rf"\text{{{character}}}"
    )
