"""Rows of the gate table: the error functions and the gamma family."""

from __future__ import annotations

from backprop_cli.gates.row import row

_NOT_POLE = "x > 0 or floor(x) != x"

_NOT_POLE_NEED = "x other than 0, -1, -2 …"

SPECIAL = (
    row("erf(x)", "squashes to ±1 by the bell curve", "2*exp(-x^2)/sqrt(pi)"),
    row("erfc(x)", "1 - erf(x) without cancellation in the tail", "-2*exp(-x^2)/sqrt(pi)"),
    row(
        "gamma(x)",
        "the factorial, shifted: gamma(n + 1) = n!",
        "z*digamma(x)",
        domain=_NOT_POLE,
        need=_NOT_POLE_NEED,
        aliases=("tgamma",),
    ),
    row(
        "lgamma(x)",
        "log of the absolute gamma function",
        "digamma(x)",
        domain=_NOT_POLE,
        need=_NOT_POLE_NEED,
        aliases=("gammaln", "loggamma"),
    ),
    row(
        "digamma(x)",
        "the slope of lgamma",
        "polygamma(1, x)",
        domain=_NOT_POLE,
        need=_NOT_POLE_NEED,
        silent=True,
        aliases=("psi",),
    ),
    row(
        "polygamma(n, x)",
        "the n-th slope of digamma",
        "",
        "polygamma(n + 1, x)",
        domain="n >= 0 and n <= 50 and floor(n) == n and (x > 0 or floor(x) != x)",
        need="a whole n from 0 to 50, and " + _NOT_POLE_NEED,
        silent=True,
        example="polygamma(1, x)",
    ),
)
