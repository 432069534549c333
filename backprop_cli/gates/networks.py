"""Rows of the gate table: the activations of neural networks."""

from __future__ import annotations

from backprop_cli.gates.row import row

_SELU = ("1.0507009873554804934193349852946", "1.6732632423543772848170429916717")  # Klambauer et al. 2017, λ and α

_AT_ZERO = "x == 0"

NEURAL = (
    row(
        "sigmoid(x)",
        "squashes to (0, 1); scales by at most 1/4",
        "z*sigmoid(-x)",
        value="where(x >= 0, 1/(1 + exp(-x)), exp(x)/(1 + exp(x)))",
        quick="1/(1 + exp(-x))",
        quick_slopes=("z*(z*exp(-x))",),
        aliases=("logistic", "expit", "sigma", "σ"),
    ),
    row(
        "softplus(x)",
        "a smooth relu, whose slope is the sigmoid",
        "sigmoid(x)",
        value="max(x, 0) + log1p(exp(-abs(x)))",
    ),
    row(
        "relu(x)",
        "routes: passes the gradient where x > 0, blocks it elsewhere",
        "step(x)",
        value="where(x > 0, x, 0)",
        quick="max(x, 0)",
        kink=_AT_ZERO,
        convention="0 at 0",
        routes=True,
    ),
    row(
        "leaky_relu(x, a)",
        "passes the gradient where x > 0, a fraction a of it elsewhere",
        "where(x > 0, 1, a)",
        "where(x > 0, 0, x)",
        value="where(x > 0, x, a*x)",
        quick="max(x, 0) + a*min(x, 0)",
        kink="x == 0 and a != 1",
        convention="the left slope, a, at 0",
        defaults=("0.01",),
        aliases=("lrelu",),
    ),
    row(
        "elu(x, a)",
        "passes the gradient where x > 0, bends to -a below",
        "where(x > 0, 1, a*exp(x))",
        "where(x > 0, 0, expm1(x))",
        value="where(x > 0, x, a*expm1(x))",
        quick="max(x, 0) + a*expm1(min(x, 0))",
        quick_slopes=("where(x > 0, 1, a*exp(min(x, 0)))", "expm1(min(x, 0))"),
        kink="x == 0 and a != 1",
        convention="the left slope, a, at 0",
        defaults=("1",),
    ),
    row(
        "selu(x)",
        "an elu scaled so that activations keep their spread",
        f"{_SELU[0]}*where(x > 0, 1, {_SELU[1]}*exp(x))",
        value=f"{_SELU[0]}*where(x > 0, x, {_SELU[1]}*expm1(x))",
        quick=f"{_SELU[0]}*(max(x, 0) + {_SELU[1]}*expm1(min(x, 0)))",
        quick_slopes=(f"{_SELU[0]}*where(x > 0, 1, {_SELU[1]}*exp(min(x, 0)))",),
        kink=_AT_ZERO,
        convention="the left slope, about 1.758, at 0",
    ),
    row(
        "gelu(x)",
        "weighs x by the normal probability below it",
        "erfc(-x/sqrt(2))/2 + x*exp(-x^2/2)/sqrt(2*pi)",
        value="x*erfc(-x/sqrt(2))/2",
    ),
    row(
        "silu(x)",
        "weighs x by its own sigmoid",
        "sigmoid(x)*(1 + x*sigmoid(-x))",
        value="x*sigmoid(x)",
        quick_slopes=("sigmoid(x)*(1 + x*(sigmoid(x)*exp(-x)))",),
        aliases=("swish",),
    ),
    row("softsign(x)", "squashes to ±1 gently", "(1/(1 + abs(x)))^2", value="x/(1 + abs(x))"),
    row(
        "hardtanh(x)",
        "routes: passes the gradient between -1 and 1, blocks it elsewhere",
        "where(abs(x) < 1, 1, 0)",
        value="max(min(x, 1), -1)",
        kink="abs(x) == 1",
        convention="0 at -1 and 1",
        routes=True,
    ),
)
