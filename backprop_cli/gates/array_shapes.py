"""The shape rules of the array table: from the inputs' shapes and what the gate is told to the output's shape.

They follow NumPy. A rule raises ``MisfitError`` with what does not fit; it knows neither the user's names nor the text.
"""

from __future__ import annotations

from math import prod

from backprop_cli.gates.array_row import NEW_AXIS, WIRE, MisfitError, Shape, Slice, Told
from backprop_cli.gates.axes import axes


def shown(shape: Shape) -> str:
    """A shape in words: ``a number`` or NumPy's ``(2, 3)``."""
    return str(shape) if shape else "a number"


def broadcast(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """The common shape of operands side by side, as NumPy has it: from the last axis, 1 stretches."""
    rank = max(map(len, shapes), default=0)
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    out = []
    for position, sizes in enumerate(zip(*padded, strict=True)):
        wide = {size for size in sizes if size != 1}
        if len(wide) > 1:
            one, other = sorted(wide)[:2]
            message = f"the sizes {one} and {other} of axis {position - rank} differ, and neither is 1"
            raise MisfitError(message, _column(shapes))
        out.append(wide.pop() if wide else 1)
    return tuple(out)


def _column(shapes: tuple[Shape, ...]) -> str:
    """The commonest repair: a vector of one number a row must stand as a column."""
    for number, shape in enumerate(shapes):
        others = [other for at, other in enumerate(shapes) if at != number]
        if len(shape) == 1 and any(len(other) == 2 and other[0] == shape[0] for other in others):
            return f"{{{number}}}[:, None] is one number for each row"
    return ""


def reduced(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """An axis is gone, or has length 1 with ``keepdims``."""
    (shape,) = shapes
    gone = axes(told["axis"], len(shape))
    if told.get("keepdims"):
        return tuple(1 if at in gone else size for at, size in enumerate(shape))
    return tuple(size for at, size in enumerate(shape) if at not in gone)


def place_of(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """The axis along which a place is looked for is gone; over all axes it is one number."""
    if isinstance(told["axis"], tuple):
        raise MisfitError("a place is found along one axis, or over all")
    return reduced(shapes, told)


def same(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """The shape of the input; the axis must exist."""
    if told.get("axis") is not None:
        axes(told["axis"], len(shapes[0]))
    return shapes[0]


def along(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """The shape of the input along one axis; without an axis, the elements in one row."""
    if told["axis"] is None:
        return (prod(shapes[0]),)
    return same(shapes, told)


def normalised(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """The shape of the input, which must have an axis to run along."""
    if not shapes[0]:
        raise MisfitError("it is one number, and the shares of one number are 1")
    return same(shapes, told)


def product(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """``x @ y`` of vectors and matrices."""
    x, y = shapes
    if not x or not y:
        raise MisfitError("@ multiplies arrays", "write * for a product with a number")
    if len(x) > 2 or len(y) > 2:
        raise MisfitError("@ is for vectors and matrices here, not for more than two dimensions")
    if x[-1] != y[0]:
        raise MisfitError(f"the inner sizes {x[-1]} and {y[0]} differ", _would_fit(x, y))
    return (*x[:-1], *y[1:])


def _would_fit(x: Shape, y: Shape) -> str:
    if len(x) == 2 and x[0] == y[0]:
        return "{0}.T @ {1} would fit"
    if len(y) == 2 and x[-1] == y[-1]:
        return "{0} @ {1}.T would fit"
    if y[-1] == x[0]:
        return "{1} @ {0} would fit"
    return ""


def outer(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """Every element of one vector times every element of the other."""
    if any(len(shape) != 1 for shape in shapes):
        raise MisfitError("outer takes two vectors")
    return (*shapes[0], *shapes[1])


def square(shapes: tuple[Shape, ...]) -> int:
    """The size of a square matrix."""
    shape = shapes[0]
    if len(shape) != 2 or shape[0] != shape[1]:
        raise MisfitError("it takes a square matrix")
    return shape[0]


def number_of_square(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """One number from a square matrix."""
    square(shapes)
    return ()


def square_again(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """A square matrix from a square matrix."""
    square(shapes)
    return shapes[0]


def solved(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """The solution has the right side's shape."""
    size, right = square(shapes), shapes[1]
    if len(right) not in (1, 2) or right[0] != size:
        raise MisfitError(f"the right side needs {size} rows")
    return right


def transposed(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """The axes in reverse order."""
    if not shapes[0]:
        raise MisfitError("one number has nothing to turn over", "leave .T out; a T that is an exponent needs a value")
    return shapes[0][::-1]


def matrix_of(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """A vector on the diagonal of a matrix."""
    return (*shapes[0], *shapes[0])


def diagonal_of(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """The diagonal of a square matrix."""
    return (square(shapes),)


def reshaped(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """The elements in another shape; one size may be -1, which is then worked out."""
    wanted, count = told["shape"], prod(shapes[0])
    known = prod(size for size in wanted if size != -1)
    if wanted.count(-1) > 1 or any(size < -1 or size == 0 for size in wanted):
        raise MisfitError(f"{wanted} is no shape")
    if -1 in wanted and count % known == 0:
        return tuple(count // known if size == -1 else size for size in wanted)
    if -1 in wanted or known != count:
        raise MisfitError(f"{count:,} elements do not fill {wanted}")
    return tuple(wanted)


def flattened(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """All elements in one row."""
    return (prod(shapes[0]),)


def joined(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """Arrays one after the other along an axis that they have."""
    first = shapes[0]
    if not first:
        raise MisfitError("numbers have no axis to be joined along", "write [a, b], or stack([a, b])")
    (axis,) = axes(told["axis"], len(first))
    for shape in shapes:
        if len(shape) != len(first) or any(a != b for at, (a, b) in enumerate(zip(shape, first)) if at != axis):  # noqa: B905  # the lengths are compared before
            raise MisfitError(f"all but axis {axis} must have the same sizes")
    return (*first[:axis], sum(shape[axis] for shape in shapes), *first[axis + 1 :])


def stacked(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """Arrays of one shape side by side along a new axis."""
    first = shapes[0]
    if any(shape != first for shape in shapes):
        raise MisfitError("all parts must have the same shape")
    (axis,) = axes(told["axis"], len(first) + 1)
    return (*first[:axis], len(shapes), *first[axis:])


def told_shape(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """The shape that was written."""
    if any(size < 1 for size in told["shape"]):
        raise MisfitError(f"{told['shape']} is no shape")
    return tuple(told["shape"])


def identity_matrix(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """An n × n matrix."""
    if told["n"] < 1:
        raise MisfitError(f"{told['n']} is no size")
    return (told["n"], told["n"])


def indexed(shapes: tuple[Shape, ...], told: Told) -> Shape:
    """``x[…]``: a whole number takes its axis away, a slice shortens it."""
    shape, *wires = shapes
    if any(wire for wire in wires):
        raise MisfitError("an index is one whole number, not an array")
    entries = told["index"]
    used = sum(1 for entry in entries if entry != NEW_AXIS)
    if used > len(shape):
        axes_ = "axis" if len(shape) == 1 else "axes"
        raise MisfitError(f"{used} indices for {len(shape)} {axes_}" if shape else "a number has no elements to pick")
    rest, out = list(shape), []
    for entry in entries:
        if entry == NEW_AXIS:
            out.append(1)
            continue
        size = rest.pop(0)
        if isinstance(entry, Slice):
            out.append(len(range(size)[slice(entry.start, entry.stop, entry.step)]))
            if out[-1] == 0:
                raise MisfitError(f"this part of an axis of {size} is empty")
        elif entry != WIRE and not -size <= entry < size:
            raise MisfitError(f"there is no element {entry} on an axis of {size}, which counts from 0 to {size - 1}")
    return (*out, *rest)
