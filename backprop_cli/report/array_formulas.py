"""The gradients of an array circuit as formulas, composed of the pullbacks, where they are short enough to be read."""

from __future__ import annotations

from collections.abc import Mapping

from backprop_cli import limits
from backprop_cli.engine.array_derivative import array_derivatives
from backprop_cli.engine.shapes import Shaped
from backprop_cli.reading.writing import write


def short_arrays(shaped: Shaped, targets: Mapping[str, int], upstream: str = "") -> Mapping[str, str]:
    """The gradient of each of these variables as the pullbacks compose it; those left out that are long.

    ``upstream`` is the name of the gradient that is given at the output.
    """
    if len(shaped.circuit.nodes) * max(1, len(targets)) > limits.FORMULA_WORK:
        return {}
    texts = {name: write(one) for name, one in array_derivatives(shaped, targets, upstream).items()}
    return {name: text for name, text in texts.items() if len(text) <= limits.FORMULA_CHARACTERS}
