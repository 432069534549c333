"""The array table: one row a gate that takes or gives arrays. All else works element by element, by its scalar row.

The words of the rules: ``x``, ``y`` are the inputs, ``z`` the output, ``dz`` the gradient that arrives at it; ``axis``,
``keepdims``, ``index`` and ``shape`` are what the gate was told (``shape`` is that of ``x``), ``count`` is how many
elements were taken together. Four words occur in rules only: ``expand`` gives a result back the axis that was taken
away, ``others`` is for each element the product of the others, ``put`` puts a part back in its place among zeros,
``part`` takes from a joined array what came from this input.

``@`` is four rows, chosen by rank, because a student meets four rules.
"""

from __future__ import annotations

from functools import cache

from backprop_cli.gates import array_shapes as shape
from backprop_cli.gates.array_row import REQUIRED, ArrayGate, FromGate

__all__ = ["ARRAY_GATES", "RULE_WORDS", "ArrayGate", "array_called", "array_names", "family"]

_AXIS = (("axis", None), ("keepdims", False))
_ALONG = (("axis", -1),)
_EQUAL = "x == expand(z, axis)"
_SHARE = f"where({_EQUAL}, expand(dz, axis)/sum({_EQUAL}, axis=axis, keepdims=true), 0)"
_TIE = f"sum({_EQUAL}, axis=axis, keepdims=true) > 1"
_SHIFTED = "exp(x - amax(x, axis=axis, keepdims=true))"
_FROM_MEAN = "(x - mean(x, axis=axis, keepdims=true))"

PRODUCTS = (
    ArrayGate(
        "matmul", ("x", "y"), "x @ y", shape.product, ("dz @ y.T", "x.T @ dz"),
        "swaps, as mul does: each matrix receives the gradient times the other one turned over",
        "z[i, j] = x[i, 0]*y[0, j] + x[i, 1]*y[1, j] + …",
        ranks=(2, 2), linear=True, aliases=("dot",), example="sum((x @ y)^2)",
    ),
    ArrayGate(
        "matvec", ("x", "y"), "x @ y", shape.product, ("outer(dz, y)", "x.T @ dz"),
        "the matrix receives every product of a gradient with an input, the vector the gradients weighed by the matrix",
        "z[i] = x[i, 0]*y[0] + x[i, 1]*y[1] + …", ranks=(2, 1), linear=True, family="matmul",
    ),
    ArrayGate(
        "vecmat", ("x", "y"), "x @ y", shape.product, ("y @ dz", "outer(x, dz)"),
        "the matrix receives every product of an input with a gradient, the vector the gradients weighed by the matrix",
        "z[j] = x[0]*y[0, j] + x[1]*y[1, j] + …", ranks=(1, 2), linear=True, family="matmul",
    ),
    ArrayGate(
        "vecvec", ("x", "y"), "x @ y", shape.product, ("dz*y", "dz*x"),
        "swaps: each vector receives the gradient times the other vector",
        "z = x[0]*y[0] + x[1]*y[1] + …", ranks=(1, 1), linear=True, family="matmul",
    ),
    ArrayGate(
        "outer", ("x", "y"), "outer(x, y)", shape.outer, ("dz @ y", "x @ dz"),
        "every element times every other; each vector receives its row or column weighed by the other vector",
        "z[i, j] = x[i]*y[j]", scalars="x[:, None]*y", linear=True, example="sum(outer(x, y)^2)",
    ),
)  # fmt: skip

REDUCTIONS = (
    ArrayGate(
        "sum", ("x",), "sum(x, axis, keepdims)", shape.reduced, ("expand(dz, axis)",),
        "an add gate with many inputs: hands the gradient to every element",
        "z = x[0] + x[1] + …", statics=_AXIS, linear=True, repeats=True, example="sum(x^2)",
    ),
    ArrayGate(
        "mean", ("x",), "mean(x, axis, keepdims)", shape.reduced, ("expand(dz/count, axis)",),
        "hands every element its share of the gradient: 1 in the number of elements",
        "z = (x[0] + x[1] + …)/count", value="sum(x, axis=axis, keepdims=keepdims)/count",
        scalars="sum(x, axis=axis, keepdims=keepdims)/count", statics=_AXIS, linear=True, repeats=True,
        aliases=("average",), example="mean(x^2)",
    ),
    ArrayGate(
        "prod", ("x",), "prod(x, axis, keepdims)", shape.reduced, ("expand(dz, axis)*others(x, axis)",),
        "hands each element the gradient times the product of the others",
        "z = x[0]*x[1]*…", statics=_AXIS, example="prod(x)",
    ),
    ArrayGate(
        "var", ("x",), "var(x, axis, keepdims)", shape.reduced, (f"expand(dz, axis)*2*{_FROM_MEAN}/count",),
        "pulls each element towards or away from the mean; the mean itself does not move it",
        "z = ((x[0] - mean)^2 + (x[1] - mean)^2 + …)/count",
        value=f"sum({_FROM_MEAN}^2, axis=axis, keepdims=keepdims)/count",
        scalars=f"sum({_FROM_MEAN}^2, axis=axis, keepdims=keepdims)/count", statics=_AXIS, example="var(x)",
    ),
    ArrayGate(
        "std", ("x",), "std(x, axis, keepdims)", shape.reduced,
        (f"where(expand(z, axis) == 0, 0, expand(dz, axis)*{_FROM_MEAN}/(count*expand(z, axis)))",),
        "the root of var: steep where the elements are nearly equal",
        "z = sqrt(((x[0] - mean)^2 + (x[1] - mean)^2 + …)/count)",
        value=f"sqrt(sum({_FROM_MEAN}^2, axis=axis, keepdims=keepdims)/count)",
        scalars=f"norm({_FROM_MEAN}, axis=axis, keepdims=keepdims)/sqrt(count)",
        statics=_AXIS, kink="z == 0", convention="0 where all elements are equal", example="std(x)",
    ),
    ArrayGate(
        "norm", ("x",), "norm(x, axis, keepdims)", shape.reduced,
        ("where(expand(z, axis) == 0, 0, expand(dz, axis)*x/expand(z, axis))",),
        "the length of a vector: hands on the gradient in the direction of the vector",
        "z = sqrt(x[0]^2 + x[1]^2 + …)", value="sqrt(sum(x*x, axis=axis, keepdims=keepdims))",
        statics=_AXIS, kink="z == 0", convention="0 at the tip of the cone", example="norm(x)",
    ),
    ArrayGate(
        "amax", ("x",), "amax(x, axis, keepdims)", shape.reduced, (_SHARE,),
        "routes: the largest element receives the whole gradient, the others none",
        "z = max(x[0], x[1], …)", statics=_AXIS, kink=_TIE, convention="a tie shares the gradient equally",
        routes=True, example="amax(x)",
    ),
    ArrayGate(
        "amin", ("x",), "amin(x, axis, keepdims)", shape.reduced, (_SHARE,),
        "routes: the smallest element receives the whole gradient, the others none",
        "z = min(x[0], x[1], …)", statics=_AXIS, kink=_TIE, convention="a tie shares the gradient equally",
        routes=True, example="amin(x)",
    ),
    ArrayGate(
        "argmax", ("x",), "argmax(x, axis)", shape.place_of, ("0*x",),
        "the place of the largest element; a place does not move: 0 wherever it has a slope",
        "z = the k at which x[k] is largest, the first if several are", statics=(("axis", None),),
        kink="sum(x == amax(x, axis=axis, keepdims=true), axis=axis) > 1", convention="0 at the jump",
        routes=True, example="sum(x)*argmax(x)",
    ),
    ArrayGate(
        "logsumexp", ("x",), "logsumexp(x, axis, keepdims)", shape.reduced,
        ("expand(dz, axis)*exp(x - expand(z, axis))",),
        "a smooth maximum: shares the gradient by the softmax",
        "z = log(exp(x[0]) + exp(x[1]) + …)",
        value=f"log(sum({_SHIFTED}, axis=axis, keepdims=keepdims)) + amax(x, axis=axis, keepdims=keepdims)",
        scalars="log(sum(exp(x), axis=axis, keepdims=keepdims))", statics=_AXIS, example="logsumexp(x)",
    ),
)  # fmt: skip

SHARES = (
    ArrayGate(
        "softmax", ("x",), "softmax(x, axis)", shape.normalised,
        ("z*(dz - sum(dz*z, axis=axis, keepdims=true))",),
        "shares 1 out by exp(x): what one element gains the others lose, so its gradients add up to 0",
        "z[i] = exp(x[i])/(exp(x[0]) + exp(x[1]) + …)",
        value=f"{_SHIFTED}/sum({_SHIFTED}, axis=axis, keepdims=true)",
        scalars="exp(x)/sum(exp(x), axis=axis, keepdims=true)", statics=_ALONG, example="softmax(x)[0]",
    ),
    ArrayGate(
        "logsoftmax", ("x",), "logsoftmax(x, axis)", shape.normalised,
        ("dz - exp(z)*sum(dz, axis=axis, keepdims=true)",),
        "log of the softmax without overflow: passes the gradient on, less the softmax's share of all of it",
        "z[i] = x[i] - log(exp(x[0]) + exp(x[1]) + …)",
        value="x - logsumexp(x, axis=axis, keepdims=true)",
        scalars="x - log(sum(exp(x), axis=axis, keepdims=true))", statics=_ALONG, aliases=("log_softmax",),
        example="logsoftmax(x)[0]",
    ),
    ArrayGate(
        "cumsum", ("x",), "cumsum(x, axis)", shape.along,
        ("reshape(flip(cumsum(flip(dz, axis=axis), axis=axis), axis=axis), shape)",),
        "each element receives the gradients of all sums that it is in: its own and all after it",
        "z[i] = x[0] + … + x[i]", statics=(("axis", None),), linear=True, example="sum(cumsum(x)^2)",
    ),
)  # fmt: skip

MATRICES = (
    ArrayGate(
        "trace", ("x",), "trace(x)", shape.number_of_square, ("dz*eye(n)",),
        "hands the gradient to the diagonal", "z = x[0, 0] + x[1, 1] + …",
        value="sum(diag(x))", scalars="sum(diag(x))", example="trace(x @ x)",
    ),
    ArrayGate(
        "det", ("x",), "det(x)", shape.number_of_square, ("dz*z*inv(x).T",),
        "each element receives its cofactor",
        "z = the sum over rows of x[0, j] times its cofactor",
        slope="z != 0", slope_need="a determinant other than 0", example="det(x)",
    ),
    ArrayGate(
        "inv", ("x",), "inv(x)", shape.square_again, ("-z.T @ dz @ z.T",),
        "the matrix form of -1/x^2", "z[i, j] = cofactor of x[j, i] over det(x)",
        need="a matrix whose determinant is not 0", example="sum(inv(x))",
    ),
    ArrayGate(
        "solve", ("x", "y"), "solve(x, y)", shape.solved, ("-outer(solve(x.T, dz), z)", "solve(x.T, dz)"),
        "the right side receives the gradient through the turned matrix; the matrix minus that times the solution",
        "z = inv(x) @ y", scalars="inv(x) @ y", ranks=(2, 1),
        need="a matrix whose determinant is not 0", example="sum(solve(x, y)^2)",
    ),
    ArrayGate(
        "solve_matrix", ("x", "y"), "solve(x, y)", shape.solved, ("-solve(x.T, dz) @ z.T", "solve(x.T, dz)"),
        "as solve, for each column", "z = inv(x) @ y", scalars="inv(x) @ y", ranks=(2, 2), family="solve",
        need="a matrix whose determinant is not 0",
    ),
)  # fmt: skip

MOVES = (
    ArrayGate(
        "transpose", ("x",), "x.T", shape.transposed, ("dz.T",), "turns the gradient over as it turns the array",
        "z[i, j] = x[j, i]", moves=True, example="sum(x.T @ x)",
    ),
    ArrayGate(
        "index", ("x", "i"), "x[i]", shape.indexed, ("put(dz, index, shape)", ""),
        "routes: the elements picked receive the gradient, the others 0", "z = the elements picked",
        statics=(("index", REQUIRED),), moves=True, example="x[0]*x[1]",
    ),
    ArrayGate(
        "reshape", ("x",), "reshape(x, shape)", shape.reshaped, ("reshape(dz, shape)",),
        "gives the gradient the shape of its input back", "the same elements, row by row, in another shape",
        statics=(("shape", REQUIRED),), moves=True, example="sum(reshape(x, -1)^2)",
    ),
    ArrayGate(
        "flatten", ("x",), "flatten(x)", shape.flattened, ("reshape(dz, shape)",),
        "gives the gradient the shape of its input back", "the same elements, row by row, in a vector",
        moves=True, aliases=("ravel",), example="sum(flatten(x)^2)",
    ),
    ArrayGate(
        "flip", ("x",), "flip(x, axis)", shape.same, ("flip(dz, axis=axis)",),
        "turns the gradient round as it turns the array", "z[i] = x[n - 1 - i]",
        statics=(("axis", None),), moves=True, example="sum(flip(x)*x)",
    ),
    ArrayGate(
        "concat", ("x",), "concat([x, …], axis)", shape.joined, ("part(dz, axis)",),
        "routes: each input receives the gradient of its own part", "the elements of x, then those of the next",
        statics=(("axis", 0),), moves=True, many=True, aliases=("concatenate",), example="sum(concat([x, x])^2)",
    ),
    ArrayGate(
        "stack", ("x",), "stack([x, …], axis)", shape.stacked, ("part(dz, axis)",),
        "routes: each input receives the gradient of its own part", "z[k] = the k-th input",
        statics=(("axis", 0),), moves=True, many=True, example="prod([x, 2*x])",
    ),
    ArrayGate(
        "diag", ("x",), "diag(x)", shape.matrix_of, ("diag(dz)",), "the diagonal's gradient goes to the vector",
        "z[i, i] = x[i], 0 elsewhere", ranks=(1,), moves=True, example="sum(diag(x) @ x)",
    ),
    ArrayGate(
        "diagonal", ("x",), "diag(x)", shape.diagonal_of, ("diag(dz)",),
        "the gradient goes to the diagonal, the rest receives 0", "z[i] = x[i, i]",
        ranks=(2,), family="diag", moves=True,
    ),
    ArrayGate("zeros", (), "zeros(shape)", shape.told_shape, (), "a constant", "z = 0 everywhere",
              statics=(("shape", REQUIRED),), example="sum(x + zeros(2))"),
    ArrayGate("ones", (), "ones(shape)", shape.told_shape, (), "a constant", "z = 1 everywhere",
              statics=(("shape", REQUIRED),), example="sum(x*ones(2))"),
    ArrayGate("eye", (), "eye(n)", shape.identity_matrix, (), "a constant", "z[i, j] = 1 where i = j, else 0",
              statics=(("n", REQUIRED),), example="sum(x*eye(2))"),
)  # fmt: skip

_RULE_ONLY = (
    ArrayGate("expand", ("x",), "expand(x, axis)", shape.same, (), "", "",
              statics=(("axis", REQUIRED), ("keepdims", FromGate("keepdims")))),
    ArrayGate("others", ("x",), "others(x, axis)", shape.same, (), "", "", statics=(("axis", REQUIRED),)),
    ArrayGate("put", ("x",), "put(x, index, shape)", shape.same, (), "", "",
              statics=(("index", REQUIRED), ("shape", REQUIRED))),
    ArrayGate("part", ("x",), "part(x, axis)", shape.same, (), "", "",
              statics=(("axis", REQUIRED), ("place", FromGate("place")), ("kind", FromGate("kind")))),
)  # fmt: skip

ARRAY_GATES: dict[str, ArrayGate] = {
    gate.name: gate for group in (PRODUCTS, REDUCTIONS, SHARES, MATRICES, MOVES) for gate in group
}
RULE_WORDS: dict[str, ArrayGate] = {gate.name: gate for gate in _RULE_ONLY}


@cache
def array_called(name: str) -> ArrayGate | None:
    """The row, or the first row of a family, that a user calls by that name or alias; None if there is none."""
    heads = [gate for gate in ARRAY_GATES.values() if not gate.family]
    return next((gate for gate in heads if name == gate.name or name in gate.aliases), None)


def array_names() -> list[str]:
    """Every name by which an array gate is called."""
    return [name for gate in ARRAY_GATES.values() if not gate.family for name in (gate.name, *gate.aliases)]


@cache
def family(name: str) -> tuple[ArrayGate, ...]:
    """All rows that a user calls by one name, of which the ranks choose one."""
    return tuple(gate for gate in ARRAY_GATES.values() if gate.called == name)
