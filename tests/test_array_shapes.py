"""Shapes first: every mismatch in the user's own names, and none where NumPy finds a shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli import Refused, read
from backprop_cli.engine.shapes import one_number, shaped

GIVEN = {"W": (2, 3), "x": (2,), "y": (3,), "A": (2, 2), "a": (), "i": (), "X": (4, 3), "b": (4,), "T": (2, 2, 2)}
GIVEN |= {"R": (2, 4), "S": (1, 3)}
SHAPES = {
    "W @ y": (2,),
    "x @ W": (3,),
    "x @ x": (),
    "W @ W.T": (2, 2),
    "X + b[:, None]": (4, 3),
    "a*W + y": (2, 3),
    "sum(W)": (),
    "sum(W, 0)": (3,),
    "sum(W, axis=(0, -1))": (),
    "mean(W, 1, keepdims=true)": (2, 1),
    "W[0]": (3,),
    "W[0, 1]": (),
    "y[i]": (),
    "y[1:9]": (2,),
    "W[::-1, None, 0]": (2, 1),
    "reshape(W, 3, -1)": (3, 2),
    "flatten(W)": (6,),
    "concat([W, A], 1)": (2, 5),
    "stack([x, x], 1)": (2, 2),
    "[x, x]": (2, 2),
    "[a, 2a, 3]": (3,),
    "diag(x)": (2, 2),
    "diag(A)": (2,),
    "det(A)": (),
    "inv(A)": (2, 2),
    "solve(A, x)": (2,),
    "solve(A, W)": (2, 3),
    "outer(x, y)": (2, 3),
    "max(W, axis=0)": (3,),
    "max(W, 0)": (2, 3),
    "argmax(W)": (),
    "argmax(W, 0)": (3,),
    "cumsum(W)": (6,),
    "cumsum(W, 1)": (2, 3),
    "T.T": (2, 2, 2),
    "where(x > 0, x, a)": (2,),
    "softmax(W)": (2, 3),
    "norm(T, axis=(0, 2))": (2,),
    "zeros(3) + y": (3,),
    "eye(2) @ x": (2,),
    "logsumexp(W, axis=1, keepdims=true)": (2, 1),
}


@pytest.mark.parametrize(("text", "shape"), SHAPES.items(), ids=SHAPES)
def test_shapes(text, shape):
    assert shaped(read(text, arrays=True), GIVEN).output == shape


MISFITS = {
    "W @ x": ("W @ x: W is (2, 3), x is (2,): the inner sizes 3 and 2 differ", "W.T @ x would fit"),
    "x @ X": ("x @ X: x is (2,), X is (4, 3): the inner sizes 2 and 4 differ", ""),
    "(W + 1) @ x": (
        "(W + 1) @ x: W + 1 is (2, 3), x is (2,): the inner sizes 3 and 2 differ",
        "(W + 1).T @ x would fit",
    ),
    "a @ x": ("a @ x: a is a number, x is (2,): @ multiplies arrays", "write * for a product with a number"),
    "T @ A": (
        "T @ A: T is (2, 2, 2), A is (2, 2): @ is for vectors and matrices here, not for more than two dimensions",
        "",
    ),
    "X + b": (
        "X + b: X is (4, 3), b is (4,): the sizes 3 and 4 of axis -1 differ, and neither is 1",
        "b[:, None] is one number for each row",
    ),
    "sum(W, axis=2)": ("sum(W, axis=2): W is (2, 3): there is no axis 2; its axes are 0 to 1", ""),
    "sum(a, 0)": ("sum(a, 0): a is a number: there is no axis 0; its axes are none: it is a number", ""),
    "W[2]": ("W[2]: W is (2, 3): there is no element 2 on an axis of 2, which counts from 0 to 1", ""),
    "W[0, 0, 0]": ("W[0, 0, 0]: W is (2, 3): 3 indices for 2 axes", ""),
    "y[x]": ("y[x]: y is (3,), x is (2,): an index is one whole number, not an array", ""),
    "y[5:]": ("y[5:]: y is (3,): this part of an axis of 3 is empty", ""),
    "reshape(W, 4)": ("reshape(W, 4): W is (2, 3): 6 elements do not fill (4,)", ""),
    "concat([W, X], 1)": ("concat([W, X], 1): W is (2, 3), X is (4, 3): all but axis 1 must have the same sizes", ""),
    "[a, x]": ("[a, x]: a is a number, x is (2,): all parts must have the same shape", ""),
    "det(W)": ("det(W): W is (2, 3): it takes a square matrix", ""),
    "solve(A, y)": ("solve(A, y): A is (2, 2), y is (3,): the right side needs 2 rows", ""),
    "outer(W, y)": ("outer(W, y): W is (2, 3), y is (3,): outer takes two vectors", ""),
    "max(W)": ("max(W): W is (2, 3): max compares values, and this is one array", "amax(W) is its largest element"),
    "softmax(a)": ("softmax(a): a is a number: it is one number, and the shares of one number are 1", ""),
    "zeros(0)": ("zeros(0): (0,) is no shape", ""),
    "W @ W": ("W @ W: W is (2, 3): the inner sizes 3 and 2 differ", "W.T @ W would fit"),
    "X @ R": ("X @ R: X is (4, 3), R is (2, 4): the inner sizes 3 and 2 differ", "R @ X would fit"),
    "S @ X": ("S @ X: S is (1, 3), X is (4, 3): the inner sizes 3 and 4 differ", "S @ X.T would fit"),
    "argmax(W, axis=[0, 1])": ("argmax(W, axis=[0, 1]): W is (2, 3): a place is found along one axis, or over all", ""),
    "reshape(x, [-1, -1])": ("reshape(x, [-1, -1]): x is (2,): (-1, -1) is no shape", ""),
    "eye(-1)": ("eye(-1): -1 is no size", ""),
    "diag(T)": ("diag(T): T is (2, 2, 2): it takes a vector or a square matrix", ""),
}


@pytest.mark.parametrize(("text", "expected"), MISFITS.items(), ids=MISFITS)
def test_misfits(text, expected):
    with pytest.raises(Refused) as caught:
        shaped(read(text, arrays=True), GIVEN)
    problem = caught.value.problems[0]
    assert (problem.code, problem.message, problem.hint) == ("shape.misfit", *expected)


LARGE = {
    "zeros(100000, 100000)": "this array would have 10,000,000,000 elements; the limit is 20,000,000",
    "ones(10000, 1000) + 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10": "the arrays of this expression have over 100,000,000",
    f"ones({'1, ' * 16}1)": "this array would have 17 dimensions; the limit is 16",
}


@pytest.mark.parametrize(("text", "message"), LARGE.items(), ids=[text[:30] for text in LARGE])
def test_nothing_large_is_begun(text, message):
    with pytest.raises(Refused, match=message) as caught:
        shaped(read(text, arrays=True), GIVEN)
    assert caught.value.problems[0].code == "limit.array"


def test_an_output_that_is_an_array():
    with pytest.raises(Refused) as caught:
        one_number(shaped(read("D = W @ y", arrays=True), GIVEN))
    problem = caught.value.problems[0]
    assert (problem.code, problem.message) == ("shape.output", "D is (2,), and a gradient is that of one number")
    assert problem.hint == "make it one: sum(D) or mean(D); or give the gradient that arrives at it with --upstream"


sizes = st.lists(st.integers(1, 3), max_size=3).map(tuple)


@given(sizes, sizes, st.sampled_from(["x + y", "x @ y", "max(x, y)", "concat([x, y])", "stack([x, y])", "outer(x, y)"]))
def test_numpy_agrees_about_two(one, other, text):
    def with_numpy(x, y):
        if text == "x @ y":
            assert x.ndim < 3 and y.ndim < 3  # noqa: PT018  # both are refused here
            return x @ y
        if text == "outer(x, y)":
            assert x.ndim == y.ndim == 1
            return np.outer(x, y)
        return {
            "x + y": np.add,
            "max(x, y)": np.maximum,
            "concat([x, y])": lambda *a: np.concatenate(a),
            "stack([x, y])": lambda *a: np.stack(a),
        }[text](x, y)

    agree(text, {"x": one, "y": other}, lambda: with_numpy(np.ones(one), np.ones(other)))


@given(
    sizes.filter(bool),
    st.sampled_from([None, 0, 1, -1, 2, (0, 1), (0, -1)]),
    st.booleans(),
    st.sampled_from(["sum", "amax", "var"]),
)
def test_numpy_agrees_about_axes(shape, axis, keep, name):
    text = f"{name}(x, axis={axis}, keepdims={str(keep).lower()})"
    agree(text, {"x": shape}, lambda: getattr(np, name)(np.ones(shape), axis=axis, keepdims=keep))


@given(sizes, st.sampled_from(["0", "-1", "1", ":", "1:", "::2, 0", "None", ":, None", "0, 1", "0, 0, 0", "2:"]))
def test_numpy_agrees_about_indices(shape, entries):
    taken = {
        "0": 0,
        "-1": -1,
        "1": 1,
        ":": slice(None),
        "1:": slice(1, None),
        "2:": slice(2, None),
        "None": None,
        "::2, 0": (slice(None, None, 2), 0),
        ":, None": (slice(None), None),
        "0, 1": (0, 1),
        "0, 0, 0": (0, 0, 0),
    }

    def numpy_index():
        found = np.ones(shape)[taken[entries]]
        assert found.size  # an empty part is refused here
        return found

    agree(f"x[{entries}]", {"x": shape}, numpy_index)


def agree(text, given_shapes, with_numpy):
    """A shape is found exactly where NumPy finds one, and it is the same."""
    try:
        expected = np.shape(with_numpy())
    except (ValueError, IndexError, AssertionError, TypeError):
        expected = None
    try:
        found = shaped(read(text, arrays=True), given_shapes).output
    except Refused as refused:
        found = refused.problems[0].code
    assert found == ("shape.misfit" if expected is None else expected)
