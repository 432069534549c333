"""The optimizers: a row each, with its published rule as text in the calculator's own language.

A rule is over one parameter ``w``, its gradient ``g``, the learning rate ``lr``, the step's number ``t`` (from 1), the
optimizer's settings, and its own lines: each line's new value is worked out in order from what stands before it and
from its own old value, which begins with 0. The text is what runs (``updating.py``) and what ``--show-work`` prints.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Optimizer(NamedTuple):
    """One row: ``w`` moves by ``lr`` times ``direction``, downhill unless the output is to grow.

    ``rate`` is the learning rate if none is given: PyTorch's, as are the settings' values.
    """

    name: str
    direction: str
    intuition: str
    source: str
    lines: tuple[tuple[str, str], ...] = ()
    settings: Mapping[str, float] = MappingProxyType({})
    rate: float = 0.001

    def update(self, *, maximize: bool) -> str:
        """The rule of the parameter's new value."""
        return f"w {'+' if maximize else '-'} lr*{self.direction}"


_ROWS = (
    Optimizer(
        "sgd",
        "g",
        "goes straight downhill",
        "Cauchy 1847; Robbins and Monro 1951; torch.optim.SGD",
    ),
    Optimizer(
        "momentum",
        "v",
        "rolls: what was downhill before still counts",
        "Polyak 1964, as torch.optim.SGD(momentum=0.9) has it",
        (("v", "mu*v + g"),),
        {"mu": 0.9},
    ),
    Optimizer(
        "nesterov",
        "(g + mu*v)",
        "rolls, and looks ahead along its own way",
        "Nesterov 1983, as torch.optim.SGD(momentum=0.9, nesterov=True) has it",
        (("v", "mu*v + g"),),
        {"mu": 0.9},
    ),
    Optimizer(
        "adagrad",
        "g/(sqrt(s) + eps)",
        "takes smaller steps where gradients have been large",
        "Duchi, Hazan and Singer 2011; torch.optim.Adagrad",
        (("s", "s + g^2"),),
        {"eps": 1e-10},
        0.01,
    ),
    Optimizer(
        "rmsprop",
        "g/(sqrt(s) + eps)",
        "as adagrad, and forgets what is long ago",
        "Tieleman and Hinton 2012, lecture 6.5; torch.optim.RMSprop",
        (("s", "alpha*s + (1 - alpha)*g^2"),),
        {"alpha": 0.99, "eps": 1e-8},
        0.01,
    ),
    Optimizer(
        "adam",
        "mhat/(sqrt(vhat) + eps)",
        "rolls as momentum does, in steps as rmsprop's, both corrected for their start at 0",
        "Kingma and Ba 2015, algorithm 1; torch.optim.Adam",
        (
            ("m", "beta1*m + (1 - beta1)*g"),
            ("v", "beta2*v + (1 - beta2)*g^2"),
            ("mhat", "m/(1 - beta1^t)"),
            ("vhat", "v/(1 - beta2^t)"),
        ),
        {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    ),
)


def bound(setting: str) -> float:
    """What a setting is below: what is kept of the past is less than 1, and eps may be anything."""
    return math.inf if setting == "eps" else 1.0


OPTIMIZERS = {row.name: row for row in _ROWS}
