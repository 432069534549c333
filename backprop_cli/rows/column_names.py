"""The names of a file's columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from backprop_cli.problems import Diagnostic, Refused, some
from backprop_cli.rows.cells import shown
from backprop_cli.rows.files import DataFile
from backprop_cli.rows.row_records import Dialect


def named(file: DataFile, names: Sequence[str], reading: Dialect) -> tuple[str, ...]:
    """The columns' names after renaming. Raises ``Refused`` for a name that two columns have."""
    if not any(names):
        hint = "names in the first line, or with --no-header c1, c2 and so on"
        raise Refused(Diagnostic("data.header", f"the columns of {file.name} have no names", hint))
    known = set(names)
    absent = [old for old in reading.rename if old not in known]
    if absent:
        message = f"--rename asks for the column {shown(absent[0])}, which {file.name} does not have"
        raise Refused(Diagnostic("data.column", message, columns_hint(names)))
    made = tuple(reading.rename.get(name, name) for name in names)
    twice = next((name for name, count in Counter(made).items() if name and count > 1), None)
    if twice is not None:
        raise Refused(Diagnostic("data.header", f"two columns of {file.name} have the name {shown(twice)}"))
    return made


def no_column(names: Sequence[str]) -> Diagnostic:
    """The problem of an expression over data of which it names no column."""
    return Diagnostic("data.column", "the expression names no column of the data", columns_hint(names))


def columns_hint(names: Sequence[str]) -> str:
    """The names that there are, and what to do where a delimiter was missed."""
    if len(names) == 1 and any(sign in names[0] for sign in ";\t|"):
        sign = next(sign for sign in ";\t|" if sign in names[0])
        return f"the columns seem to be divided by {'tabs' if sign == chr(9) else sign}: see --delimiter"
    named_ones = [name for name in names if name]
    return f"its columns are {some(named_ones, 12)}"
