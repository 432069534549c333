"""JSON Lines as text: an object a line, the members that are wanted as numbers or lists of numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from backprop_cli import json_text
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.rows.cells import BadCellError, member
from backprop_cli.rows.column_names import named
from backprop_cli.rows.files import DataFile
from backprop_cli.rows.row_records import BadRow, Dialect, Record, RowPlace, bad_cell, bad_row


class JsonLines:
    """One JSON object a line; the columns are the names in the first one. A member may be a list of numbers."""

    def __init__(self, file: DataFile, reading: Dialect, source: Iterator[str]) -> None:
        self.file, self.source = file, source
        self.row = self.line = 0
        first = self._next()
        if first is None:
            raise Refused(Diagnostic("data.empty", f"{file.name} is empty"))
        if isinstance(first, BadRow):
            raise Refused(first.problem)
        self.first, self.keys = first, tuple(first)
        self.names = named(file, self.keys, reading)

    def _next(self) -> dict[str, Any] | BadRow | None:
        for text in self.source:
            self.line += 1
            if text.strip():
                self.row += 1
                return self._object(text)
        return None

    @property
    def _place(self) -> RowPlace:
        return RowPlace(self.file.name, self.row, self.line)

    def _object(self, text: str) -> dict[str, Any] | BadRow:
        try:
            found = json_text.value_of(text, _unique)
        except BadCellError as bad:
            return bad_row(self._place, bad.code, bad.says)
        except json_text.BadJsonError as bad:
            return bad_row(self._place, "data.json", f"this is no JSON object: {bad.says}")
        if not isinstance(found, dict):
            return bad_row(self._place, "data.json", "this is no JSON object")
        return found

    def records(self, wanted: Sequence[str]) -> Iterator[Record | BadRow]:
        """Every row in order, with the members of these names as numbers or lists of numbers."""
        keys = {name: self.keys[self.names.index(name)] for name in wanted}
        found: dict[str, Any] | BadRow | None = self.first
        while found is not None:
            yield found if isinstance(found, BadRow) else self._record(found, keys)
            found = self._next()

    def _record(self, found: dict[str, Any], keys: dict[str, str]) -> Record | BadRow:
        cells = []
        for name, key in keys.items():
            try:
                cells.append(member(found.get(key)))
            except BadCellError as bad:
                return bad_cell(self._place, name, json.dumps(found.get(key)), bad.code, bad.says)
        return Record(self.row, self.line, tuple(cells))


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadCellError("data.json", "a name stands twice in this object")
    return found
