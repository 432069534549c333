"""The values of arrays: lists as typed, JSON, Python and files; what is none is refused, with its place."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest
from command import backprop
from hypothesis import given as cases
from hypothesis import strategies as st

from backprop_cli import Refused, limits
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.engine.array_values import from_text
from backprop_cli.engine.point import from_json, from_mapping, from_words
from backprop_cli.engine.rules import Rules

LISTS = {
    "[1, 2, 3]": ((3,), [1, 2, 3]),
    "[[1, 2], [pi/3, 1e-3]]": ((2, 2), [1, 2, np.pi / 3, 1e-3]),
    " [ [1,2,] , [max(3, 4), -.5] , ] ": ((2, 2), [1, 2, 4, -0.5]),
    "[[[1]]]": ((1, 1, 1), [1]),
    "[1 2 -3]": ((3,), [1, 2, -3]),
    "[1 2; 3 4]": ((2, 2), [1, 2, 3, 4]),
    "[[1. 2.]\n [3. 4.]]": ((2, 2), [1, 2, 3, 4]),
    "np.array([1, 2])": ((2,), [1, 2]),
    "array([[1., 2.],\n       [3., 4.]], dtype=float32)": ((2, 2), [1, 2, 3, 4]),
    "tensor([1., pi/2], requires_grad=True)": ((2,), [1, np.pi / 2]),
    r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}": ((2, 2), [1, 2, 3, 4]),
}


@pytest.mark.parametrize(("text", "expected"), LISTS.items(), ids=LISTS)
def test_lists_as_typed(text, expected):
    array = from_words([f"W={text}"])["W"]
    assert array.shape == expected[0]
    assert array.doubles(Rules(Float64())).ravel().tolist() == expected[1]


REFUSED = {
    "(1, 2)": ("array.list", "several numbers in one value"),
    "{1, 2}": ("array.list", "several numbers in one value"),
    "[1 2": ("array.list", "this [ is never closed"),
    "[1, 2": ("array.list", "this [ is never closed"),
    "[1, [2, 3]]": ("array.ragged", "W is ragged: W[1] has 2 elements, and W[0] is a number"),
    "[[1, 2], [3]]": ("array.ragged", "W is ragged: W[1] has 1 element, and W[0] has 2 elements"),
    "[[[1], [2]], [[3], [4, 5]]]": ("array.ragged", "W is ragged: W[1, 1] has 2 elements, and W[0, 0] has 1 element"),
    "[]": ("array.empty", "W has no elements"),
    "[[], []]": ("array.empty", "W has no elements"),
    "[1,, 2]": ("array.list", "an element is missing before this comma"),
    "[1, 2] 3": ("array.list", "nothing may follow the list"),
    "[[1, 2] [3, 4]]": ("array.list", "a comma is missing before this ["),
    "[1], [2]": ("array.list", "nothing may follow the list"),
    "[[1][2]]": ("array.list", "a comma is missing before this ["),
    "[[1]2]": ("array.list", "a comma is missing after this ]"),
    "[1, nan]": ("value.finite", "nan is not a value; W[1] must be a finite number"),
    "[[1, 2], [3, y]]": ("value.name", "the value of W[1, 1] must be a number, and y is a name"),
    "[1, 1e999]": ("limit.exponent", "W[1]: the exponent 999 is out of range; the limit is ±400"),
    "[" * 17 + "1" + "]" * 17: ("limit.array", "nested deeper than 16"),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.items(), ids=[text[:30] for text in REFUSED])
def test_lists_that_are_refused(text, expected):
    with pytest.raises(Refused) as caught:
        from_words([f"W={text}"])
    problem = caught.value.problems[0]
    assert (problem.code, problem.message) == expected


JSONS = {
    '{"W": [[1, "pi"], [3, 4e2]]}': (2, 2),
    '{"W": [null]}': "W[0] must be a number, and is null",
    '{"W": [[1, true]]}': "W[0, 1] must be a number, and is true or false",
    '{"W": [{}]}': "W[0] must be a number, and is an object",
    '{"W": [[1], [1, 2]]}': "W is ragged: W[1] has 2 elements, and W[0] has 1 element",
    '{"W": {}}': "W in p must be a number or a list, and is an object",
}


@pytest.mark.parametrize(("text", "expected"), JSONS.items(), ids=JSONS)
def test_json(text, expected):
    if isinstance(expected, tuple):
        assert from_json(text, "p")["W"].shape == expected
        return
    with pytest.raises(Refused) as caught:
        from_json(text, "p")
    assert caught.value.problems[0].message == expected


PYTHON = {
    "list": ([1, 2.5, "pi/2", Fraction(1, 3)], (4,)),
    "tuple of lists": (([1, 2], [3, 4]), (2, 2)),
    "array": (np.eye(2), (2, 2)),
    "integers": (np.arange(3), (3,)),
    "list of arrays": ([np.ones(2), [3, 4]], (2, 2)),
}


@pytest.mark.parametrize(("value", "shape"), PYTHON.values(), ids=PYTHON)
def test_python(value, shape):
    array = from_mapping({"x": value})["x"]
    assert array.shape == shape
    assert array.doubles(Rules(Float64())).shape == shape


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (np.array([1j]), "array.kind"),
        ([1j], "array.kind"),
        (np.array(["a"]), "array.kind"),
        (np.array([object()]), "array.kind"),
        (np.array([[1, np.nan]]), "value.finite"),
        ([float("inf")], "value.finite"),
        (np.zeros((0, 3)), "array.empty"),
        ([[]], "array.empty"),
        (np.zeros((1,) * 17), "limit.array"),
    ],
)
def test_python_that_is_refused(value, code):
    with pytest.raises(Refused) as caught:
        from_mapping({"x": value})
    assert caught.value.problems[0].code == code


def test_the_place_of_what_is_not_finite_is_said():
    with pytest.raises(Refused, match=r"x\[0, 1\] is nan, and must be a finite number"):
        from_mapping({"x": np.array([[1, np.nan]])})


def header(path, shape):
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": shape})


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    matrix = np.arange(6.0).reshape(2, 3)
    np.save("w.npy", matrix)
    np.save("f.npy", np.asfortranarray(matrix))
    np.save("i.npy", np.arange(3, dtype=np.int8))
    np.savez("w.npz", W=matrix, b=np.ones(3))
    np.savez("one.npz", matrix)
    np.save("objects.npy", np.array([{}, 1], dtype=object))
    np.save("complex.npy", np.array([1j]))
    np.save("nan.npy", np.array([[1, np.nan]]))
    np.save("empty.npy", np.zeros((0, 3)))
    np.save("single.npy", np.array(3.0))
    header(tmp_path / "huge.npy", (10**5, 10**4))
    header(tmp_path / "short.npy", (10, 10))
    texts = {
        "a.csv": "1, 2\n\n3,4.5\n",
        "v.csv": "1\n2\n",
        "r.csv": "1,2\n3\n",
        "h.csv": "a,b\n3,4\n",
        "q.csv": '1,2\n"3,4\n',
        "t.tsv": "1\t2\n3\t4\n",
        "l.json": "[[1, 2], [3, 4]]",
        "o.json": '{"a": 1}',
        "bad.json": "[1,",
        "bad.npy": "hello",
        "bad.npz": "hello",
        "x.txt": "1",
        "none.csv": "",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "latin.csv").write_bytes(b"\xe9,1\n")


FILES = {
    "w.npy": (2, 3),
    "f.npy": (2, 3),
    "i.npy": (3,),
    "w.npz:W": (2, 3),
    "one.npz": (2, 3),
    "a.csv": (2, 2),
    "v.csv": (2,),
    "t.tsv": (2, 2),
    "l.json": (2, 2),
}


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(("path", "shape"), FILES.items(), ids=FILES)
def test_files(path, shape):
    array = from_words([f"W=@{path}"])["W"]
    assert array.shape == shape
    if shape == (2, 3):
        assert array.doubles(Rules(Float64())).tolist() == [[0, 1, 2], [3, 4, 5]]


BAD_FILES = {
    "objects.npy": ("array.pickle", "objects.npy holds Python objects, which are never loaded"),
    "complex.npy": ("array.kind", "complex.npy holds complex128, and an array must hold real numbers"),
    "nan.npy": ("value.finite", "W[0, 1] is nan, and must be a finite number"),
    "empty.npy": ("array.empty", "W has no elements"),
    "single.npy": ("array.kind", "W holds a single number"),
    "huge.npy": ("limit.array", f"W has 1,000,000,000 elements; the limit is {limits.ARRAY_ELEMENTS:,}"),
    "short.npy": ("array.file", "short.npy ends before its 100 elements do"),
    "bad.npy": ("array.file", "bad.npy is no array in NumPy's format"),
    "bad.npz": ("array.file", "bad.npz is no .npz file"),
    "w.npz": ("array.file", "w.npz holds W, b"),
    "w.npz:q": ("array.file", "w.npz holds no q"),
    "r.csv": ("array.ragged", "r.csv, line 2 has another length (1) than the first line (2)"),
    "h.csv": ("array.number", "h.csv, line 1, column 1: 'a' is no number"),
    "q.csv": ("array.file", "q.csv, line 2: unexpected end of data"),
    "none.csv": ("array.empty", "W has no elements"),
    "latin.csv": ("text.encoding", "latin.csv is not UTF-8 text: byte 1"),
    "o.json": ("array.file", "o.json holds no list"),
    "bad.json": ("array.file", "bad.json is not valid JSON: expecting value"),
    "x.txt": ("array.file", "x.txt is no file of an array"),
    "missing.npy": ("input.file", "missing.npy cannot be read: no such file or directory"),
    "": ("value.missing", "W has no file after @"),
}


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(("path", "expected"), BAD_FILES.items(), ids=BAD_FILES)
def test_files_that_are_refused(path, expected):
    with pytest.raises(Refused) as caught:
        from_words([f"W=@{path}"])
    problem = caught.value.problems[0]
    assert (problem.code, problem.message) == expected


nested = st.recursive(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    lambda inner: st.lists(inner, max_size=4).map(lambda parts: f"[{', '.join(parts)}]"),
    max_leaves=12,
)


@cases(nested.filter(lambda text: text.startswith("[")))
def test_a_list_is_read_as_numpy_reads_it_or_refused(text):
    try:
        expected = np.array(json.loads(text), dtype=float)
    except ValueError:
        expected = None
    try:
        array = from_text("x", text)
    except Refused as refused:
        code = refused.problems[0].code
    else:
        code = ""
        assert np.array_equal(array.doubles(Rules(Float64())), expected)
    assert (code in ("array.ragged", "array.empty")) == (expected is None or expected.size == 0)


@cases(st.text("[]0123456789.,e-+ ()pix", max_size=30))
def test_no_text_of_a_list_crashes(text):
    try:
        array = from_text("x", "[" + text)
    except Refused:
        return
    assert array.count > 0


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    "argv", [("draw", "-o", "x.svg"), ("code", "--lang", "numpy"), ("check", "-a", "dx=1")], ids=lambda argv: argv[0]
)
def test_other_commands_ask_for_one_number_too(argv):
    command, *rest = argv
    ran = backprop(command, "x*y", "x=[1, 2]", "y=2", *rest)
    assert (ran.said, ran.code) == ("error[shape.output]: x*y is (2,), and a gradient is that of one number", 3)
