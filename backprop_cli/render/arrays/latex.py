"""The report of an array circuit as LaTeX: matrices in an ``align*``, needing amsmath only."""

from __future__ import annotations

from backprop_cli.render.arrays import grid
from backprop_cli.render.arrays.formula import array_latex
from backprop_cli.render.latex import number
from backprop_cli.render.latex_names import latex_name
from backprop_cli.report.array_report import ArrayQuantity, ArrayReport, ArrayRow
from backprop_cli.report.report import Quantity

_MOST = 10


def render(report: ArrayReport) -> str:
    """One ``align*`` with a line for the value, each stage and each gradient."""
    out, partial = latex_name(report.output), latex_name(report.partial)
    made = [f"{out} &= {matrix(report.value)}"]
    for row in report.stages:
        if row.name != report.output:
            made.append(f"{latex_name(row.name)} &= {matrix(row.value)}")
            if row.gradient is not None:
                made.append(_partial(partial, row.name, row.gradient))
    for row in report.parameters:
        assert row.gradient is not None
        made.append(_partial(partial, row.name, row.gradient, _formula(report, row)))
    body = " \\\\\n".join(f"  {one}" for one in made)
    return f"\\setcounter{{MaxMatrixCols}}{{{2 * _MOST}}}\n\\begin{{align*}}\n{body}\n\\end{{align*}}\n"


def _partial(out: str, name: str, gradient: ArrayQuantity, through: str = "") -> str:
    return rf"\frac{{\partial {out}}}{{\partial {latex_name(name)}}} &= {through}{matrix(gradient)}"


def _formula(report: ArrayReport, row: ArrayRow) -> str:
    """What the pullbacks compose, before the numbers; nothing where that is long."""
    if not row.symbolic:
        return ""
    numbers = {one.name for one in report.variables if not one.value.shape}
    partial = rf"\frac{{\partial {latex_name(report.partial)}}}{{\partial {latex_name(report.output)}}}"
    names = {f"d{report.output}": partial} if report.upstream is not None else {}
    return f"{array_latex(row.symbolic, names, numbers)} = "


def matrix(block: ArrayQuantity) -> str:
    """A vector as a column, a matrix as it is; of a large one its corners. More dimensions: the matrices in a list."""
    if not block.shape:
        return _element(block, 0)
    return _array(block, block.shape, 0)


def _array(block: ArrayQuantity, shape: tuple[int, ...], start: int) -> str:
    if len(shape) > 2:
        size = _product(shape[1:])
        parts = [_array(block, shape[1:], start + at * size) for at in range(min(shape[0], _MOST))]
        more = r", \ldots" if shape[0] > _MOST else ""
        return rf"\left[{', '.join(parts)}{more}\right]"
    rows, columns = shape if len(shape) == 2 else (shape[0], 1)
    across = _shown(columns)
    dots = " & ".join([r"\vdots"] * len(across))
    made = [dots if i is None else " & ".join(_cell(block, start, columns, i, j) for j in across) for i in _shown(rows)]
    body = r" \\ ".join(made)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"


def _cell(block: ArrayQuantity, start: int, columns: int, i: int, j: int | None) -> str:
    return r"\cdots" if j is None else _element(block, start + i * columns + j)


def _shown(size: int) -> list[int | None]:
    return list(range(size)) if size <= _MOST else [*range(3), None, *range(size - 3, size)]


def _product(sizes: tuple[int, ...]) -> int:
    total = 1
    for size in sizes:
        total *= size
    return total


def _element(block: ArrayQuantity, at: int) -> str:
    text = grid.cell(block, at)
    return r"\text{none}" if text == "none" else number(Quantity(text, 0.0))
