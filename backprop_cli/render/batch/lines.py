"""One line a row: CSV with a head, JSON Lines, or bare gradients. Written block by block."""

from __future__ import annotations

import json
from dataclasses import dataclass

from backprop_cli.render.json import escaped
from backprop_cli.render.tables.csv_tables import lines
from backprop_cli.rows.batch_calculation import nested
from backprop_cli.rows.careful import Worked
from backprop_cli.rows.task import Task


@dataclass(frozen=True)
class RowLines:
    """The lines of a task's rows: ``file,row,value,dw,db``, or an object a line."""

    task: Task
    json: bool = False
    quiet: bool = False

    def head(self) -> str:
        """The names of the columns; JSON and bare numbers have none."""
        if self.json or self.quiet:
            return ""
        return lines([column_names(self.task)])

    def piece(self, worked: Worked) -> str:
        """The lines of one block."""
        block = worked.block
        pairs = zip(block.rows, worked.numbers, strict=True)
        if self.json:
            return "".join(self._object(block.file, int(row), numbers) for row, numbers in pairs)
        if self.quiet:
            return "".join(f"{' '.join(map(repr, numbers[1:]))}\n" for _, numbers in pairs)
        return lines((block.file, row, *map(repr, numbers)) for row, numbers in pairs)

    def _object(self, file: str, row: int, numbers: tuple[float, ...]) -> str:
        gradient, begin = {}, 1
        for name in self.task.wrt:
            shape = self.task.shape(name)
            end = begin + sum(1 for one, _ in self.task.components if one == name)
            gradient[name] = nested(numbers[begin:end], shape)
            begin = end
        found = {"file": file, "row": row, "value": numbers[0], "gradient": gradient}
        return escaped(json.dumps(found, ensure_ascii=False, allow_nan=False)) + "\n"


def column_names(task: Task) -> tuple[str, ...]:
    """``file``, ``row``, ``value``, then ``dw`` or ``dW[0,1]`` for each number whose gradient is asked for."""
    names = [name + (f"[{','.join(map(str, place))}]" if place else "") for name, place in task.components]
    return ("file", "row", "value", *(f"d{name}" for name in names))
