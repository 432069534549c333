"""One step of an optimizer: its rules compiled once for an arithmetic, all parameters updated from the old values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backprop_cli.arithmetic.protocol import Number
from backprop_cli.descent.optimizers import OPTIMIZERS, Optimizer, bound
from backprop_cli.engine.rules import Rule, Rules, rule_circuit
from backprop_cli.nearest import meant
from backprop_cli.problems import Diagnostic, Refused

Values = Mapping[str, Number]
"""A number, or an array, for each variable or parameter by name."""

_GIVEN = ("w", "g", "lr", "t")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to step: the optimizer with its settings, the learning rate and how it decays, and which way.

    The rate of step t is ``rate/(1 + decay*(t - 1))``. ``rate`` None is the optimizer's own.
    """

    optimizer: Optimizer = OPTIMIZERS["sgd"]
    settings: Mapping[str, float] = field(default_factory=dict)
    rate: float | None = None
    decay: float = 0.0
    maximize: bool = False

    @property
    def first_rate(self) -> float:
        """The learning rate of the first step."""
        return self.optimizer.rate if self.rate is None else self.rate

    @property
    def chosen(self) -> dict[str, float]:
        """The value of each of the optimizer's settings."""
        return {**self.optimizer.settings, **self.settings}

    def rate_of(self, step: int) -> float:
        """The learning rate of a step, numbered from 1."""
        return self.first_rate / (1 + self.decay * (step - 1)) if self.decay else self.first_rate

    def refuse_nonsense(self) -> None:
        """Raise ``Refused`` for a rate, a decay or a setting that cannot be."""
        for name, value, least in (("lr", self.first_rate, 0.0), ("decay", self.decay, 0.0)):
            if not least <= value < math.inf or (name == "lr" and value == 0):
                need = "more than 0" if name == "lr" else "0 or more"
                raise Refused(Diagnostic(f"usage.{name}", f"--{name} must be {need}, and got {value}"))
        for name, value in self.settings.items():
            known = self.optimizer.settings
            if name not in known:
                listed = f"it has {', '.join(known)}" if known else "it has none"
                message = f"{self.optimizer.name} has no setting {name}"
                raise Refused(Diagnostic("usage.setting", message, meant(name, known, listed)))
            most = bound(name)
            if not 0 <= value < most:
                need = "0 or more" if most == math.inf else f"at least 0 and less than {most:g}"
                raise Refused(Diagnostic("usage.setting", f"{name} must be {need}, and got {value}"))


class Updater:
    """The optimizer's state for each parameter, moved on by every step."""

    def __init__(self, recipe: Recipe, names: Iterable[str], rules: Rules) -> None:
        row, self.recipe = recipe.optimizer, recipe
        lines = tuple(name for name, _ in row.lines)
        wires = (*_GIVEN, *lines, *recipe.chosen)
        self._settings = tuple(recipe.chosen.values())
        self._rules: tuple[Rule, ...] = tuple(rules.function(rule_circuit(text), wires) for _, text in row.lines)
        self._update = rules.function(rule_circuit(row.update(maximize=recipe.maximize)), wires)
        self._states: dict[str, tuple[Number, ...]] = dict.fromkeys(names, (0.0,) * len(lines))

    def states(self) -> Mapping[str, tuple[Number, ...]]:
        """For each parameter the values of the lines of the optimizer's rule; 0 before the first step."""
        return dict(self._states)

    def step(self, number: int, point: Values, gradients: Values) -> dict[str, Number]:
        """The parameters after step ``number`` (from 1): one for each gradient; ``point`` stays as it is."""
        rate = self.recipe.rate_of(number)
        return {name: self._one(name, point[name], gradient, rate, number) for name, gradient in gradients.items()}

    def _one(self, name: str, value: Number, gradient: Number, rate: float, number: int) -> Number:
        state = self._states[name]
        for place, rule in enumerate(self._rules):
            wires = (value, gradient, rate, number, *state, *self._settings)
            state = (*state[:place], rule(wires), *state[place + 1 :])
        self._states[name] = state
        return self._update((value, gradient, rate, number, *state, *self._settings))
