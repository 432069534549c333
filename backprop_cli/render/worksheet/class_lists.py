"""What goes with the sheets of a class: which file is whose, and the right answers as ``grade`` reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable

from backprop_cli.render.graded.csv import cell
from backprop_cli.render.tables.csv_tables import lines
from backprop_cli.worksheet.exercises import Worksheet

_EVERYBODY = "everybody"


def index(files: Iterable[tuple[str, str]]) -> str:
    """CSV with the file of each student."""
    return lines([("student", "file"), *((cell(student), name) for student, name in files)])


def answers(sheet: Worksheet) -> str:
    """A line of JSON Lines: the answers of a student who has everything right."""
    found = {one.id: {blank.name: blank.given for blank in one.blanks if blank.given} for one in sheet.exercises}
    return json.dumps({"student": sheet.student or _EVERYBODY, "answers": found}, ensure_ascii=False) + "\n"
