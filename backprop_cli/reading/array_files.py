"""``W=@w.npy``: an array from a file of its own: .npy, .npz, .csv, .tsv or .json.

Nothing of a file is ever run: pickled objects are refused by NumPy's reader, and the size is known before anything is
loaded. NumPy is imported when a file of its formats is read.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from backprop_cli import json_text, limits
from backprop_cli.gates.array_row import Shape
from backprop_cli.problems import Diagnostic, Refused, Source, Span
from backprop_cli.reading.nested_lists import flatten, too_large

if TYPE_CHECKING:
    import numpy as np

_FORMS = ".npy, .npz, .csv, .tsv and .json"
_MAGIC = b"\x93NUMPY"


def load(name: str, path: str) -> tuple[Shape, list[str] | np.ndarray[Any, Any]]:
    """The shape of a file's array, and its elements as texts or as doubles. Raises ``Refused`` for what is none."""
    file, _, member = path.partition(":") if ".npz:" in path else (path, "", "")
    suffix = Path(file).suffix.lower()
    readers: dict[str, Callable[[str, str], Any]] = {
        ".npy": _npy, ".csv": _table(","), ".tsv": _table("\t"), ".json": _json,
    }  # fmt: skip
    try:
        if suffix == ".npz":
            return _npz(name, file, member)
        if suffix not in readers:
            raise _refused("array.file", f"{file} is no file of an array", f"arrays are read from {_FORMS}")
        if Path(file).stat().st_size > limits.ARRAY_FILE_BYTES:
            raise _refused("limit.array", f"{file} has more than {limits.ARRAY_FILE_BYTES:,} bytes")
        found: tuple[Shape, Any] = readers[suffix](name, file)
        return found
    except OSError as error:
        raise _refused("input.file", f"{file} cannot be read: {(error.strerror or str(error)).lower()}") from None


def _refused(code: str, message: str, hint: str = "") -> Refused:
    return Refused(Diagnostic(code, message, hint))


def _npy(name: str, path: str) -> tuple[Shape, Any]:
    with Path(path).open("rb") as file:
        return _array(name, path, file)


def _npz(name: str, path: str, member: str) -> tuple[Shape, Any]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [one.removesuffix(".npy") for one in archive.namelist()]
            if not member and len(names) != 1:
                raise _refused("array.file", f"{path} holds {', '.join(names)}", f"name one: {name}=@{path}:{names[0]}")
            wanted = member or names[0]
            if wanted not in names:
                raise _refused("array.file", f"{path} holds no {wanted}", f"it holds {', '.join(names) or 'nothing'}")
            with archive.open(f"{wanted}.npy") as file:
                return _array(name, f"{path}:{wanted}", file)  # type: ignore[arg-type]  # reads like a file
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        raise _refused("array.file", f"{path} is no .npz file") from None


def _array(name: str, path: str, file: BinaryIO) -> tuple[Shape, Any]:
    """An array in NumPy's format: its header is looked at first, so that nothing large or pickled is ever loaded."""
    import numpy as np
    from numpy.lib import format as form

    try:
        major, _ = form.read_magic(file)
        read = form.read_array_header_1_0 if major == 1 else form.read_array_header_2_0
        shape, fortran, kind = read(file)
    except (ValueError, EOFError, SyntaxError, TypeError, zipfile.BadZipFile):
        raise _refused("array.file", f"{path} is no array in NumPy's format") from None
    if kind.hasobject:
        raise _refused("array.pickle", f"{path} holds Python objects, which are never loaded", "save numbers")
    if kind.kind not in "fiub" or kind.itemsize > 8:
        raise _refused("array.kind", f"{path} holds {kind}, and an array must hold real numbers")
    count = 1
    for size in shape:
        count *= size
    if count > limits.ARRAY_ELEMENTS:
        raise Refused(too_large(name, count))
    data = file.read(count * kind.itemsize)
    if len(data) < count * kind.itemsize:
        raise _refused("array.file", f"{path} ends before its {count:,} elements do")
    array = np.frombuffer(data, kind, count).reshape(shape, order="F" if fortran else "C")
    return tuple(shape), np.ascontiguousarray(array, dtype=np.float64).reshape(shape)


def _text(path: str) -> str:
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused("text.encoding", f"{path} is not UTF-8 text: byte {error.start + 1}") from None


def _table(separator: str) -> Callable[[str, str], tuple[Shape, list[str]]]:
    """A reader of rows of numbers; one row, or one column, is a vector."""

    def read(name: str, path: str) -> tuple[Shape, list[str]]:
        text, rows = _text(path), list[list[str]]()
        reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
        try:
            for row in reader:
                if row:
                    _numbers(path, row, reader.line_num)
                    rows.append([cell.strip() for cell in row])
                    _same_length(path, rows, reader.line_num)
        except csv.Error as error:
            raise _refused("array.file", f"{path}, line {reader.line_num}: {error}") from None
        shape, elements = flatten(name, rows)
        vector = len(rows) == 1 or len(rows[0]) == 1
        return (len(elements),) if vector else shape, elements

    return read


def _same_length(path: str, rows: list[list[str]], line: int) -> None:
    if len(rows[-1]) != len(rows[0]):
        message = f"{path}, line {line} has another length ({len(rows[-1])}) than the first line ({len(rows[0])})"
        raise _refused("array.ragged", message, "every row of an array has the same length")


def _numbers(path: str, row: list[str], line: int) -> None:
    """Every cell must be a number; a head line is none."""
    for column, cell in enumerate(row, 1):
        try:
            float(cell)
        except ValueError:
            message = f"{path}, line {line}, column {column}: {cell.strip()[:40]!r} is no number"
            hint = "a file of an array has numbers only, without a line of names" if line == 1 else ""
            raise _refused("array.number", message, hint) from None


def _json(name: str, path: str) -> tuple[Shape, list[str]]:
    text = _text(path)
    try:
        nested = json_text.value_of(text)
    except json_text.BadJsonError as bad:
        if bad.at is None:
            raise _refused("array.file", f"{path}: {bad.says}") from None
        problem = Diagnostic("array.file", f"{path} is not valid JSON: {bad.says}")
        raise Refused(problem.at(Source(path, text), Span(bad.at, min(bad.at + 1, len(text))))) from None
    if not isinstance(nested, list):
        raise _refused("array.file", f"{path} holds no list", "for example [[1, 2], [3, 4]]")
    return flatten(name, nested)
