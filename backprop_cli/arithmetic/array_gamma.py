"""digamma and trigamma of arrays: shifted to large arguments, where the asymptotic series is exact to the last digit.

    ψ(x)  = ψ(x + m) - Σ 1/(x + k)        ψ(y)  ~ log y - 1/(2y) - Σ B₂ⱼ/(2j·y²ʲ)
    ψ'(x) = ψ'(x + m) + Σ 1/(x + k)²      ψ'(y) ~ 1/y + 1/(2y²) + Σ B₂ⱼ/y²ʲ⁺¹          k = 0 … m - 1

Below 0 they are reflected: ψ(x) = ψ(1 - x) - π/tan(πx), ψ'(x) = (π/sin(πx))² - ψ'(1 - x) (Abramowitz and Stegun, 6.3
and 6.4). Where the terms of ψ cancel, close to its roots, doubles have few digits left; such elements are NaN, to be
asked otherwise. The relative error is at most 1e-13 elsewhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

_SHIFT = 10
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
_LEFT = 1 / 256  # of the largest term that must be left


def digamma(x: Array) -> Array:
    """ψ of each element, none of them a pole; NaN close to a root."""
    below = x < 0
    found, size = _digamma_above(np.where(below, 1 - x, x))
    if below.any():
        turned = np.pi / np.tan(_angle(x, below))
        found, size = np.where(below, found - turned, found), np.where(below, np.maximum(size, abs(turned)), size)
    return np.where(abs(found) < _LEFT * size, np.nan, found)


def trigamma(x: Array) -> Array:
    """ψ' of each element, none of them a pole."""
    below = x < 0
    found = _trigamma_above(np.where(below, 1 - x, x))
    if below.any():
        found = np.where(below, np.square(np.pi / np.sin(_angle(x, below))) - found, found)
    return found


def _angle(x: Array, below: Mask) -> Array:
    """πx less whole turns, which tan and the square of sin do not see; a harmless one where it is not asked for."""
    return np.pi * np.where(below, x - np.rint(x), 0.25)


def _digamma_above(x: Array) -> tuple[Array, Array]:
    """ψ above 0, and the size of its largest term."""
    y = x + _SHIFT
    inverse = 1 / y
    square, series = inverse * inverse, np.zeros_like(x)
    for at in range(len(_BERNOULLI), 0, -1):
        series = square * (series + _BERNOULLI[at - 1] / (2 * at))
    far = np.log(y) - 0.5 * inverse - series
    steps = np.zeros_like(x)
    for k in range(_SHIFT - 1, -1, -1):
        steps += 1 / (x + k)
    return far - steps, np.maximum(far, steps)


def _trigamma_above(x: Array) -> Array:
    """ψ' above 0."""
    y = x + _SHIFT
    inverse = 1 / y
    square, series = inverse * inverse, np.zeros_like(x)
    for number in reversed(_BERNOULLI):
        series = square * (series + number)
    found = inverse * (1 + 0.5 * inverse + series)
    for k in range(_SHIFT - 1, -1, -1):
        found += np.square(1 / (x + k))
    return found
