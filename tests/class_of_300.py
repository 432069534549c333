"""A class of 300 students as it really comes: the same answers as the programs that teachers use save them."""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

KEY = """
title = "Homework 1"
[[problem]]
id = "chain"
expression = "q = x + y; f = q*z"
at = {x = -2, y = 5, z = -4}
ask = ["q", "dx", "dz"]
[[problem]]
id = "neuron"
expression = "sigmoid(w*x)"
at = {w = 2, x = -0.5}
ask = ["f", "dw"]
[[problem]]
id = "relu"
expression = "relu(w*x)"
accept = "formula"
ask = ["dw"]
"""
NAMES = ("chain.q", "chain.dx", "chain.dz", "neuron.f", "neuron.dw", "relu.dw")
CHOICES = (
    ("3", "3", "3", "7", ""), ("-4", "-4", "4", "-20"), ("3", "3", "-3", "5/2+0.5"), ("0.269", "0.26894", "0.73", ""),
    ("-0.0983", "-0.09831", "0.0983", "-0,1966 or so"), ("x*step(w*x)", "x*step(w*x)", "x", "relu(x)"),
)  # fmt: skip
GIVEN = ("José", "Jürgen", "Zoë", "Ada", "Ben", "Françoise", "Søren", "Mia", "Łukasz", "Anna")
FAMILY = ("Müller", "García", "Dupont", "Smith", "Ångström", "Nguyen", "O'Neil", "Weiß", "Silva", "de Boer")


@dataclass(frozen=True)
class Student:
    given: str
    family: str
    number: str
    answers: tuple[str, ...]

    @property
    def mail(self) -> str:
        return f"s{self.number}@uni.example"


def students(*, western: bool = False) -> list[Student]:
    """The class. A western one has names that Windows-1252 can write."""
    draw = random.Random(300)
    found = []
    for index in range(300):
        given = GIVEN[index % 10] if not western else GIVEN[index % 10].replace("Ł", "L")
        family = FAMILY[index // 10 % 10]
        answers = tuple(draw.choice(choices) for choices in CHOICES)
        found.append(Student(given, family, str(4711 + index), answers))
    return found


def table(rows: Sequence[Sequence[str]], separator: str = ",", end: str = "\r\n") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(rows)
    return out.getvalue()


def comma(text: str) -> str:
    """A number as a program in a comma country writes it."""
    return text.replace(".", ",") if text.replace(".", "").lstrip("-").isdecimal() else text


def plain(klass, titles=("Login", *NAMES)):
    return [titles, *((one.mail, *one.answers) for one in klass)]


def moodle(klass):
    head = (
        "Last name", "First name", "ID number", "Institution", "Department", "Email address", "State", "Started on",
        "Completed", "Time taken", "Grade/10.00", *(f"Response {n}" for n in range(1, 7)),
    )  # fmt: skip
    about = ("Finished", "5 March 2026  10:11 AM", "5 March 2026  10:59 AM", "48 mins", "-")
    rows = [(one.family, one.given, one.number, "", "", one.mail, *about, *one.answers) for one in klass]
    return [head, *rows]


def canvas(klass):
    asked = [cell for n, name in enumerate(NAMES) for cell in (f"{880 + n}: {name}", "1.0")]
    head = ("name", "id", "sis_id", "section", "section_id", "section_sis_id", "submitted", "attempt", *asked)
    rows = [
        (f"{one.given} {one.family}", str(90000 + n), one.mail, "A", "7", "", "2026-03-05 10:11:12 UTC", "1",
         *(cell for text in one.answers for cell in (text, "0.0")) )
        for n, one in enumerate(klass)
    ]  # fmt: skip
    return [(*head, "n correct", "n incorrect", "score"), *((*row, "0", "0", "0") for row in rows)]


def canvas_gradebook(klass):
    head = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", *NAMES, "Final Score")
    points = ("    Points Possible", "", "", "", "", *["1.0"] * 6, "(read only)")
    return [head, points, *((one.mail, "9", one.number, one.mail, "A", *one.answers, "0") for one in klass)]


def google(klass):
    """A form's sheet in the order of time, in which every seventh student answered twice, the first time nonsense."""
    head = ("Timestamp", "Email Address", "Score", *(f"{n}. What is {name}?" for n, name in enumerate(NAMES, 1)))
    early = [("3/25/2026 10:11:12", one.mail, "0 / 6", *["77"] * 6) for one in klass[::7]]
    return [head, *early, *(("3/26/2026 9:01:00", one.mail, "0 / 6", *one.answers) for one in klass)]


def microsoft(klass):
    head = ("ID", "Start time", "Completion time", "Email", "Name", *NAMES)
    times = ("2026-03-05 10:11:12", "2026-03-05 10:51:12")
    return [head, *((str(n), *times, one.mail, "anonymous", *one.answers) for n, one in enumerate(klass, 1))]


def gradescope(klass):
    asked = [f"{n}: {name} (1.0 pts)" for n, name in enumerate(NAMES, 1)]
    head = ("First Name", "Last Name", "SID", "Email", "Sections", "Total Score", "Status", "Submission ID", *asked)
    return [head, *((one.given, one.family, one.mail, "x@y", "", "0", "Graded", "1", *one.answers) for one in klass)]


def long(klass):
    rows = [(one.mail, *name.split("."), text) for one in klass for name, text in zip(NAMES, one.answers, strict=True)]
    return [("student", "problem", "name", "answer"), *rows]


def objects(folder: Path, klass) -> Path:
    """A folder with a JSON file for each student."""
    folder.mkdir()
    for one in klass:
        answers = {name: text or None for name, text in zip(NAMES, one.answers, strict=True)}
        text = json.dumps({"student": one.mail, "answers": answers}, ensure_ascii=False)
        (folder / f"{one.number}.json").write_text(text, encoding="utf-8")
    return folder


def _cell(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def xlsx(path: Path, rows) -> Path:
    """A workbook, in which numbers are numbers."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([_cell(text) for text in row])
    book.save(path)
    return path


_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
_MANIFEST = (
    f'<manifest:manifest xmlns:manifest="{_OFFICE}manifest:1.0"><manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)


def ods(path: Path, rows) -> Path:
    """A spreadsheet as LibreOffice writes it, with what is empty repeated to the end."""

    def cell(text: str) -> str:
        value = _cell(text)
        kind = f'office:value-type="float" office:value="{value}"' if isinstance(value, float) else ""
        kind = kind or 'office:value-type="string"'
        body = f"<table:table-cell {kind}><text:p>{escape(text)}</text:p></table:table-cell>"
        return body if text else "<table:table-cell/>"

    empty = '<table:table-cell table:number-columns-repeated="16000"/>'
    body = "".join(f"<table:table-row>{''.join(map(cell, row))}{empty}</table:table-row>" for row in rows)
    body += f'<table:table-row table:number-rows-repeated="1048000">{empty}</table:table-row>'
    return ods_of(path, body)


def ods_of(path: Path, body: str) -> Path:
    """A spreadsheet with this inside its table."""
    names = " ".join(f'xmlns:{name}="{_OFFICE}{name}:1.0"' for name in ("office", "table", "text"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:spreadsheet>"
            f'<table:table table:name="Sheet1">{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path
