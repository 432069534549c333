"""Wrong pullbacks that people write, array gate by array gate, as text in the calculator's own language.

Each row stands beside a row of the array table and has another rule for some of its inputs; an empty text leaves an
input's rule as it is. ``said`` follows the words "consistent with". Whether a rule fits depends on the shapes: a
product of matrices that are not square has no wrong order that could be worked out.
"""

from __future__ import annotations

from dataclasses import dataclass

_COUNT = "taking the mean in {gate} for a sum: a factor of the number of elements is missing"
_SUM = "taking the sum in {gate} for a mean: divided by the number of elements"
_TURN = "leaving a transpose out of the pullback of {gate}"
_ORDER = "an outer product the wrong way round in the pullback of {gate}"
_PRODUCT = "the factors of a product the wrong way round in the pullback of {gate}"
_CROSS = "a softmax without its cross terms in {gate}: each element moves all others, too"
_ROUTE = "letting {gate} pass the gradient to every element"
_SIGN = "leaving out the minus sign of the pullback of {gate}"


@dataclass(frozen=True, slots=True)
class WrongPullback:
    """One wrong rule: the mistake's code, the row of the array table, a rule for each input, what was done in words."""

    code: str
    gate: str
    pullbacks: tuple[str, ...]
    said: str


def _wrong(name: str, gate: str, *pullbacks: str, said: str) -> WrongPullback:
    return WrongPullback(f"mistake.{name}", gate, pullbacks, said)


WRONG_PULLBACKS = (
    _wrong("outer-order", "matvec", "outer(y, dz)", said=_ORDER),
    _wrong("outer-order", "vecmat", "", "outer(dz, x)", said=_ORDER),
    _wrong("transpose", "matmul", "dz @ y", said=_TURN),
    _wrong("transpose", "matmul", "", "x @ dz", said=_TURN),
    _wrong("transpose", "matmul", "dz @ y", "x @ dz", said=_TURN),
    _wrong("transpose", "matvec", "", "x @ dz", said=_TURN),
    _wrong("transpose", "vecmat", "dz @ y", said=_TURN),
    _wrong("transpose", "transpose", "dz", said=_TURN),
    _wrong("product-order", "matmul", "y.T @ dz", said=_PRODUCT),
    _wrong("product-order", "matmul", "", "dz @ x.T", said=_PRODUCT),
    _wrong("product-order", "matmul", "y.T @ dz", "dz @ x.T", said=_PRODUCT),
    _wrong("mul-not-swapped", "vecvec", "dz*x", "dz*y", said="using each vector's own value as its slope in {gate}"),
    _wrong("mean-as-sum", "mean", "expand(dz, axis)", said=_COUNT),
    _wrong("mean-as-sum", "var", "expand(dz, axis)*2*(x - mean(x, axis=axis, keepdims=true))", said=_COUNT),
    _wrong("mean-as-sum", "sum", "expand(dz, axis)/count", said=_SUM),
    _wrong(
        "power-rule", "var", "expand(dz, axis)*(x - mean(x, axis=axis, keepdims=true))/count",
        said="not bringing the exponent down in the slope of {gate}",
    ),
    _wrong("softmax-cross", "softmax", "z*(1 - z)*dz", said=_CROSS),
    _wrong("softmax-cross", "softmax", "z*dz", said=_CROSS),
    _wrong("softmax-cross", "logsoftmax", "(1 - exp(z))*dz", said=_CROSS),
    _wrong("softmax-cross", "logsoftmax", "dz", said=_CROSS),
    _wrong("missing-local-factor", "logsumexp", "expand(dz, axis)", said="leaving the softmax out of {gate}'s slope"),
    _wrong("missing-local-factor", "norm", "expand(dz, axis)*x", said="not dividing by the norm {gate}"),
    _wrong("max-both", "amax", "expand(dz, axis)", said=_ROUTE),
    _wrong("max-both", "amin", "expand(dz, axis)", said=_ROUTE),
    _wrong("transpose", "cumsum", "cumsum(dz, axis=axis)", said="summing from the wrong end in the pullback of {gate}"),
    _wrong("quotient-sign", "inv", "z.T @ dz @ z.T", said=_SIGN),
    _wrong("transpose", "inv", "-z @ dz @ z", said=_TURN),
    _wrong("quotient-sign", "solve", "outer(solve(x.T, dz), z)", said=_SIGN),
    _wrong("transpose", "solve", "", "solve(x, dz)", said=_TURN),
    _wrong("transpose", "det", "dz*z*inv(x)", said=_TURN),
)  # fmt: skip
