"""The notation of arrays: brackets, attributes, calls with an axis, and what has two readings and is refused."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from backprop_cli import Refused, read
from backprop_cli.gates.array_row import NEW_AXIS, WIRE, Slice
from backprop_cli.reading.writing import write


def tree(text: str, bound: Collection[str] = ()) -> str:
    """The output with every gate by its table name and what it is told."""
    circuit, made = read(text, arrays=True, bound=bound), []
    for node in circuit.nodes:
        told = "".join(f"; {name}={value}" for name, value in node.statics)
        made.append(f"{node.op}({', '.join(made[i] for i in node.inputs)}{told})" if node.is_gate else node.text)
    return made[circuit.output]


def index(*entries: object) -> str:
    return f"; index={entries}"


ALL = "; axis=None; keepdims=False"
READ = {
    "W @ x + b": "add(matmul(W, x), b)",
    "A @ B @ C": "matmul(matmul(A, B), C)",
    "-A @ B^2": "matmul(neg(A), pow(B, 2))",
    "2W@x": "matmul(mul(2, W), x)",
    "W.dot(x)": "matmul(W, x)",
    "X.T.dot(d)": "matmul(transpose(X), d)",
    "np.dot(x, y)": "matmul(x, y)",
    "x[0]": f"index(x{index(0)})",
    "W[0, -1]": f"index(W{index(0, -1)})",
    "x[1:]": f"index(x{index(Slice(1))})",
    "x[::2, None, i, 3]": f"index(x, i{index(Slice(step=2), NEW_AXIS, WIRE, 3)})",
    "x[i + 1]": f"index(x, add(i, 1){index(WIRE)})",
    "(x + y)[0]": f"index(add(x, y){index(0)})",
    "x.T[0][1]": f"index(index(transpose(x){index(0)}){index(1)})",
    "sum(A)": f"sum(A{ALL})",
    "sum(A, 0)": "sum(A; axis=0; keepdims=False)",
    "sum(A, axis=(0, 1), keepdims=true)": "sum(A; axis=(0, 1); keepdims=True)",
    "np.sum(A, axis=0, keepdims=True)": "sum(A; axis=0; keepdims=True)",
    "x.sum()": f"sum(x{ALL})",
    "x.sum(0).T": "transpose(sum(x; axis=0; keepdims=False))",
    "(a + b).mean(axis=1)": "mean(add(a, b); axis=1; keepdims=False)",
    "max(x, 0)": "max(x, 0)",
    "max(x, axis=0)": "amax(x; axis=0; keepdims=False)",
    "x.max(0)": "amax(x; axis=0; keepdims=False)",
    "np.max(x)": f"amax(x{ALL})",
    "np.maximum(0, x)": "max(0, x)",
    "np.linalg.norm(x)": f"norm(x{ALL})",
    "np.exp(np.pi*x)": "exp(mul(pi, x))",
    "np.add(a, np.subtract(b, c))": "add(a, sub(b, c))",
    "np.multiply(a, np.divide(b, c))": "mul(a, div(b, c))",
    "np.power(np.absolute(x), np.negative(2))": "pow(abs(x), neg(2))",
    "np.square(x) - jnp.minimum(x, 1)": "sub(square(x), min(x, 1))",
    "np.matmul(A, torch.mm(B, C))": "matmul(A, matmul(B, C))",
    "torch.nn.functional.relu(x)": "relu(x)",
    "tf.math.log(tf.nn.sigmoid(x))": "log(sigmoid(x))",
    "tf.reduce_sum(A, axis=1)": "sum(A; axis=1; keepdims=False)",
    "torch.sum(A, dim=0, keepdim=True)": "sum(A; axis=0; keepdims=True)",
    "torch.max(x)": f"amax(x{ALL})",
    "math.exp(math.pi*x)": "exp(mul(pi, x))",
    "np.heaviside(Z, 0)": "step(Z)",
    "np.heaviside(Z, 0.0)": "step(Z)",
    "np.zeros_like(X)": "mul(0, X)",
    "np.ones_like(X)": "add(mul(0, X), 1)",
    "np.full_like(X, 3)": "add(mul(0, X), 3)",
    "X.t() @ X.mT": "matmul(transpose(X), transpose(X))",
    "x.abs() + (x + y).exp()": "add(abs(x), exp(add(x, y)))",
    "x.clamp(0, 1).pow(2)": "pow(clip(x, 0, 1), 2)",
    "(Z > 0).astype(float)*x": "mul(gt(Z, 0), x)",
    "(Z > 0).float()": "gt(Z, 0)",
    "(Z > 0).astype(np.float32).sum()": f"sum(gt(Z, 0){ALL})",
    "(Z > 0).to(torch.float32)": "gt(Z, 0)",
    "(Z > 0).astype(int)": "gt(Z, 0)",
    "Z.float()": "Z",
    "[1, -2, x]": "stack(1, -2, x; axis=0)",
    "[[1], [y + 1],]": "stack(stack(1; axis=0), stack(add(y, 1); axis=0); axis=0)",
    "[1 - 2]": "stack(sub(1, 2); axis=0)",
    "[1,\n 2]": "stack(1, 2; axis=0)",
    "np.array([1, 2])": "stack(1, 2; axis=0)",
    "reshape(x, 2, -1)": "reshape(x; shape=(2, -1))",
    "x.reshape((2, 3))": "reshape(x; shape=(2, 3))",
    "concat([a, b], 1)": "concat(a, b; axis=1)",
    "np.concatenate((a, b), axis=1)": "concat(a, b; axis=1)",
    "stack([a])": "stack(a; axis=0)",
    "np.zeros((2, 3)) + ones(3)": "add(zeros(; shape=(2, 3)), ones(; shape=(3,)))",
    "eye(2)": "eye(; n=2)",
    "softmax(s)[y]": f"index(softmax(s; axis=-1), y{index(WIRE)})",
    "where(m > 0, log(m), 0)": "where(gt(m, 0), log(m), 0)",
    "where(x, 1, 2)": "where(ne(x, 0), 1, 2)",
    "where(argmax(x), 1, 2)": "where(argmax(x; axis=None), 1, 2)",
    # names of gates stay names, and e stays e beside an argument of a call
    "sum = x + y; 2*sum": "mul(2, add(x, y))",
    "norm*T": "mul(norm, T)",
    "f = sum(x, axis=0); e + f": "add(e, sum(x; axis=0; keepdims=False))",
}


@pytest.mark.parametrize(("text", "expected"), READ.items(), ids=READ)
def test_read(text, expected):
    assert tree(text) == expected


@pytest.mark.parametrize("text", [text for text in READ if "=" not in text.replace("axis=", "").replace("dims=", "")])
def test_what_is_written_reads_back(text):
    circuit = read(text, arrays=True)
    assert tree(write(circuit)) == tree(text)


REFUSED = {
    "2[1, 2]": ("syntax.ambiguous", "[", "write 2*[1, 2] for the product"),
    "x [0]": ("syntax.ambiguous", "[", "write x*[0] for the product, x[0] for the element"),
    "(x) [0]": ("syntax.ambiguous", "[", "write (x)*[0] for the product, (x)[0] for the element"),
    "[1 -2]": ("syntax.ambiguous", "-", "write a comma between elements, [1, -2], or space on both sides of a sign"),
    "[[1, 2 +x]]": ("syntax.ambiguous", "+", "write a comma between elements, [1, +2]"),
    "[1 2]": ("syntax.operator", "2", "elements are separated by commas: [1, 2]"),
    "[[1, 2] [3, 4]]": ("syntax.operator", "[", "elements are separated by commas: [1, 2]"),
    "np.max(x, 0)": (
        "syntax.ambiguous",
        "np.max",
        "write amax(x, 0) along an axis, or max(x, 0) for the larger of the two",
    ),
    "np.min(a + b, y)": ("syntax.ambiguous", "np.min", "write amin(a + b, y) along an axis, or min(a + b, y) for the"),
    "torch.max(x, y)": ("syntax.ambiguous", "torch.max", "write amax(x, y) along an axis, or max(x, y) for the larger"),
    "np.linalg.norm(x, 2)": ("syntax.ambiguous", "np.linalg.norm", "write norm(x) for the length, or norm(x, axis=2)"),
    "x.norm(1)": ("syntax.ambiguous", ".norm", "write norm(x) for the length, or norm(x, axis=1)"),
    "np.heaviside(Z, 0.5)": ("name.arguments", "0.5", "step(x) is 0 there"),
    "np.heaviside(Z, z)": ("name.arguments", "z", "step(x) is 0 there"),
    "Z.astype(int)": ("syntax.operand", ".astype", "(x > 0).astype(float)"),
    "(Z > 0).astype(float": ("syntax.parenthesis", "(", ""),
    "(Z > 0).float": ("syntax.operand", ".float", ""),
    "np.foo(x)": ("name.function", "np.foo", "did you mean floor?"),
    "torch.std(x)": ("name.function", "torch.std", "PyTorch divides by n - 1"),
    "np.zeros_like(x, 1)": ("name.function", "np.zeros_like", ""),
    "sum(A, axis=k)": ("syntax.static", "k", "it is written down as such"),
    "sum(A, axis=0 + 1)": ("syntax.static", "0", "it is written down as such"),
    "sum(A, keepdims=2)": ("syntax.static", "sum(A, keepdims=2)", "write keepdims=true or leave it out"),
    "sum(A, axes=0)": ("name.keyword", "axes", "it has axis and keepdims"),
    "sum(A, 0, 1, 2)": ("name.arguments", "2", ""),
    "softmax(a, b)": ("syntax.static", "b", "several numbers make an array: softmax([a, b])"),
    "concat(a, b)": ("syntax.static", "b", "it takes a list: concat([a, b])"),
    "concat(a)": ("name.arguments", "concat(a)", "it is written concat([a, b])"),
    "reshape(x)": ("name.arguments", "reshape(x)", "it is written reshape(x, shape)"),
    "outer(x)": ("name.arguments", "outer(x)", "it is written outer(x, y)"),
    "x[]": ("syntax.operand", "]", ""),
    "[]": ("array.empty", "[]", ""),
    "x[a:b]": ("syntax.slice", ":", "parts of an axis are written with whole numbers: x[1:3]"),
    "x[1:b]": ("syntax.slice", ":b", "its ends are whole numbers"),
    "x[::0]": ("syntax.slice", "::0", ""),
    "x[0": ("syntax.parenthesis", "[", ""),
    "x]": ("syntax.parenthesis", "]", ""),
    "[1, 2)": ("syntax.parenthesis", "[", ""),
    "x.sum": ("syntax.operand", ".sum", ""),
    "x.foo()": ("text.character", ".", "write foo(x)"),
    "A'": ("text.character", "'", "write A.T for the transposed matrix"),
    "X.T r": ("syntax.operator", "r", "write X.T @ r for the product"),
    "Xᵀ (r - s)": ("syntax.operator", "(", "write Xᵀ @ ( for the product"),
    "x .T": ("text.character", ".", "a dot stands inside a number"),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.items(), ids=REFUSED)
def test_refused(text, expected):
    code, marked, hint = expected
    with pytest.raises(Refused) as caught:
        read(text, arrays=True)
    problem = caught.value.problems[0]
    assert problem.source is not None
    assert problem.span is not None
    assert (problem.code, problem.source.text[problem.span.start : problem.span.end]) == (code, marked)
    assert problem.hint.startswith(hint) or hint in problem.hint


VARIABLES = {
    "np.T @ x": (["np", "x"], "matmul(transpose(np), x)"),
    "np.sum()": (["np"], f"sum(np{ALL})"),
    "torch = x + 1; torch.sum()": (["x"], f"sum(add(x, 1){ALL})"),
    "math*tf": (["math", "tf"], "mul(math, tf)"),
    "T.T @ x": (["T", "x"], "matmul(transpose(T), x)"),
}


@pytest.mark.parametrize(("text", "expected"), VARIABLES.items(), ids=VARIABLES)
def test_a_variable_that_is_called_like_a_module_stays_one(text, expected):
    bound, wanted = expected
    assert tree(text, bound) == wanted


@pytest.mark.parametrize(("text", "bound"), [("np.e*x", ["e", "x"]), ("np.exp(x)", ["np", "x"])])
def test_a_member_that_is_none_is_refused(text, bound):
    with pytest.raises(Refused):
        read(text, arrays=True, bound=bound)


SCALARS = {
    "np.sign(w)": "sign(w)", "math.exp(x)": "exp(x)", "np.log(x)": "log(x)", "torch.sigmoid(x)": "sigmoid(x)",
    "np.maximum(x, 0)": "max(x, 0)", "math.pow(x, 2)": "x^2", "math.pi*np.e": "pi*e", "tf.nn.relu(x)": "relu(x)",
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SCALARS.items(), ids=SCALARS)
def test_a_module_is_dropped_where_only_numbers_are_read(text, expected):
    assert write(read(text)) == expected


@pytest.mark.parametrize("text", ["[1, 2]", "x[0]", "W @ x", "x.T", "sum(x, axis=0)"])
def test_where_only_numbers_are_read_arrays_are_refused(text):
    with pytest.raises(Refused):
        read(text)
