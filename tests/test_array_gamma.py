"""Functions of arrays that NumPy lacks, beside the doubles' own, which have every digit: to 1e-13, or bit for bit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.arithmetic import array_gamma
from backprop_cli.arithmetic.array_arithmetic import Arrays
from backprop_cli.arithmetic.float64 import Float64

RNG = np.random.default_rng(5)
ROOTS = [1.4616321449683622, -0.5040830082644554, -1.5734984731623904, -9.702672541]
NEAR_POLES = -RNG.integers(0, 50, 300) + RNG.choice([-1, 1], 300) * 10 ** RNG.uniform(-12, -1, 300)
ARGUMENTS = {
    "small": RNG.uniform(0, 3, 800),
    "next to 0": RNG.choice([-1, 1], 400) * 10 ** RNG.uniform(-150, 0, 400),
    "middle": RNG.uniform(3, 40, 400),
    "large": 10 ** RNG.uniform(1, 300, 400),
    "below 0": RNG.uniform(-30, 0, 800),
    "far below 0": -(10 ** RNG.uniform(1, 14, 400)),
    "next to poles": NEAR_POLES[np.floor(NEAR_POLES) != NEAR_POLES],
    "next to roots": np.concatenate([root + np.linspace(-0.05, 0.05, 101) for root in ROOTS]),
    "whole": np.arange(1.0, 60),
}


def apart(name: str, x: np.ndarray, *order: float) -> float:
    """The largest relative error, with the processor's flags as the sweeps have them."""
    with np.errstate(all="raise", under="ignore"):
        found = Arrays.operations[name](*order, x)
    own = Float64.operations[name]
    expected = np.array([own(*order, one) for one in x.tolist()])
    return float(np.max(abs(found - expected) / abs(expected)))


@pytest.mark.parametrize("x", ARGUMENTS.values(), ids=ARGUMENTS)
def test_digamma_and_trigamma_have_thirteen_digits(x):
    x = x[(x > 0) | (np.floor(x) != x)]
    assert apart("digamma", x) <= 1e-13
    assert apart("polygamma", x, 1.0) <= 1e-14


@given(st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-150 and (x > 0 or math.floor(x) != x)))
def test_any_argument(x):
    assert apart("digamma", np.array([x])) <= 1e-13
    assert apart("polygamma", np.array([x]), 1.0) <= 1e-14


def test_only_next_to_roots_it_is_asked_otherwise():
    with np.errstate(all="raise"):
        assert np.isnan(array_gamma.digamma(np.array(ROOTS))).all()
        assert not np.isnan(array_gamma.digamma(np.array([*ROOTS]) + 0.02)).any()


@pytest.mark.parametrize("pole", [0.0, -1.0, -2.0, -1e17])
@pytest.mark.parametrize("name", ["digamma", "polygamma"])
def test_a_pole_has_no_value(name, pole):
    order = (1.0,) if name == "polygamma" else ()
    with np.errstate(all="ignore"):
        found = Arrays.operations[name](*order, np.array([1.0, pole]))
    assert np.isfinite(found).tolist() == [True, False]


@pytest.mark.parametrize("shape", [(), (1,), (2, 3), (0,)])
@pytest.mark.parametrize("name", ["erf", "erfc", "gamma", "lgamma", "digamma"])
def test_shapes_stay(name, shape):
    found = Arrays.operations[name](np.full(shape, 2.5))
    assert found.shape == shape
    assert (found == pytest.approx(Float64.operations[name](2.5), rel=1e-13)) or not found.size


@pytest.mark.parametrize("name", ["erf", "erfc", "gamma", "lgamma"])
def test_the_others_have_the_bits_of_doubles(name):
    x = np.concatenate([RNG.normal(size=500) * 20, [0.0, -1.0, 171.7, 1e300, 1e306, math.nan]])
    found, own = Arrays.operations[name](x), Float64.operations[name]
    assert np.array_equal(found, [own(one) for one in x.tolist()], equal_nan=True)


def test_higher_orders_are_the_doubles_own():
    x = np.array([0.5, 2.0, -1.5])
    for order in (np.array(2.0), np.array([0.0, 1.0, 3.0])):
        own = [Float64.operations["polygamma"](n, one) for n, one in zip(np.broadcast_to(order, 3), x, strict=True)]
        assert Arrays.operations["polygamma"](order, x).tolist() == pytest.approx(own, rel=1e-14)
