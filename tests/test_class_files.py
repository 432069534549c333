"""A class's files as they really come: the same marks from each, or exit 3 with the line that helps."""

from __future__ import annotations

import json
from dataclasses import replace

import class_of_300 as made
import pytest
from command import Outcome, backprop

RESPONSES = [word for n, name in enumerate(made.NAMES, 1) for word in ("--columns", f"Response {n}={name}")]
QUESTIONS = [word for n, name in enumerate(made.NAMES, 1) for word in ("--columns", f"{n}. What is {name}?={name}")]
WESTERN = made.students(western=True)
CLASS = made.students()


def text(rows, encoding="utf-8", separator=",", number=lambda text: text):
    def write(folder):
        path = folder / "class.csv"
        path.write_bytes(made.table([[number(cell) for cell in row] for row in rows], separator).encode(encoding))
        return path

    return write


FILES = {
    "json": (lambda folder: made.objects(folder / "in", CLASS), []),
    "plain": (text(made.plain(CLASS)), []),
    "plain, with a mark": (text(made.plain(CLASS), "utf-8-sig"), []),
    "long": (text(made.long(CLASS)), []),
    "excel, comma": (text(made.plain(CLASS), "utf-8-sig", ";", made.comma), []),
    "excel, unicode text": (text(made.plain(CLASS), "utf-16", "\t"), []),
    "excel, unicode text, comma": (text(made.plain(CLASS), "utf-16", "\t", made.comma), ["--decimal", ","]),
    "moodle": (text(made.moodle(CLASS)), [*RESPONSES, "--columns", "Email address=student"]),
    "canvas": (text(made.canvas(CLASS)), []),
    "canvas gradebook": (text(made.canvas_gradebook(CLASS)), []),
    "google": (text(made.google(CLASS)), [*QUESTIONS, "--attempt", "latest"]),
    "google, best": (text(made.google(CLASS)), [*QUESTIONS, "--attempt", "best"]),
    "microsoft": (text(made.microsoft(CLASS)), []),
    "gradescope": (text(made.gradescope(CLASS)), []),
    "xlsx": (lambda folder: made.xlsx(folder / "class.xlsx", made.microsoft(CLASS)), []),
    "ods": (lambda folder: made.ods(folder / "class.ods", made.plain(CLASS)), []),
    "windows-1252": (
        text(made.canvas(WESTERN), "windows-1252"),
        ["--encoding", "windows-1252"],
    ),
}


def graded(folder, path, *options, form="jsonl") -> Outcome:
    key = folder / "key.toml"
    key.write_text(made.KEY, encoding="utf-8")
    return backprop("grade", str(key), str(path), "--format", form, *options)


def marks(ran):
    """Each student's score and verdicts."""
    found = {}
    for line in ran.out.splitlines():
        one = json.loads(line)
        if "student" in one:
            words = [answer["verdict"] for part in one["problems"] for answer in part["answers"]]
            found[one["student"]] = one["score"], words
    return found


@pytest.fixture(scope="module")
def true_marks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("truth")
    found = marks(graded(folder, made.objects(folder / "in", CLASS)))
    assert len(found) == 300
    assert 1000 < sum(score for score, _ in found.values()) < 1500
    return found


# Some answers of the class cannot be read, whatever the file; what is said besides:
SAID = {
    "excel, comma": ["class.decimal", "class.invalid"],
    "excel, unicode text, comma": ["class.decimal", "class.invalid"],
    "google": ["class.invalid", "class.attempts"],
    "google, best": ["class.invalid", "class.attempts"],
}


@pytest.mark.parametrize("name", FILES)
def test_the_same_marks_from_every_program(tmp_path, true_marks, name):
    write, options = FILES[name]
    ran = graded(tmp_path, write(tmp_path), *options)
    assert (ran.code, ran.codes) == (0, SAID.get(name, ["class.invalid"]))
    assert marks(ran) == true_marks


NAMELESS = made.plain(CLASS, ("Code", *made.NAMES))
STOPS = {
    "moodle": (
        text(made.moodle(CLASS)),
        "class.columns",
        "class.csv: no column is called `chain.q`, `chain.dx`, `chain.dz` and 3 more; not understood (as Moodle writes "
        "them): `Response 1`, `Response 2`, `Response 3` and 3 more",
        "--columns 'Response 1=chain.q' says what a column is",
    ),
    "google": (
        text(made.google(CLASS)), "class.columns", "(as Google Forms writes them): `1. What is chain.q?`",
        "--columns '1. What is chain.q?=chain.q'",
    ),
    "windows-1252": (
        text(made.canvas(WESTERN), "windows-1252"), "class.encoding",
        "class.csv: 210 rows cannot be read: line 2 is not UTF-8: byte 0xe9", "--encoding windows-1252 reads it",
    ),
    "decimal commas in a file of tabs": (
        text(made.plain(CLASS), "utf-16", "\t", made.comma), "class.invalid",
        "`neuron.f` and `neuron.dw`: 531 of 531 answers cannot be read, as `0,269` (s4711@uni.example, line 2) and",
        "--decimal , reads a comma as the decimal sign",
    ),
    "nobody's name": (
        text(NAMELESS), "class.student", "class.csv: no column names the students; is it `Code`?",
        "--columns 'Code=student' says so",
    ),
    "no titles that mean anything": (
        text(made.plain(CLASS, tuple("abcdefg"))), "class.columns", "not understood: `a`, `b`, `c` and 4 more", "--map",
    ),
    "names of other questions": (
        lambda folder: made.objects(folder / "in", [replace(one, answers=("", *one.answers[1:])) for one in CLASS]),
        "class.missing", "`chain.q`: 300 of 300 answers are missing", "--max-missing 100 grades them",
    ),
    "broken files": (
        lambda folder: broken_objects(folder, 100), "class.invalid", "100 of 300 submissions cannot be read", "--force",
    ),
}  # fmt: skip


def broken_objects(folder, count):
    path = made.objects(folder / "in", CLASS)
    for file in sorted(path.iterdir())[:count]:
        file.write_text(file.read_text(encoding="utf-8")[:-1], encoding="utf-8")
    return path


@pytest.mark.parametrize(("write", "code", "message", "hint"), STOPS.values(), ids=STOPS)
def test_a_file_that_would_give_zeros_is_not_believed(tmp_path, write, code, message, hint):
    path, report = write(tmp_path), tmp_path / "grades.csv"
    ran = graded(tmp_path, path, "--report", f"csv={report}")
    assert (ran.code, ran.out, report.exists()) == (3, "", False)
    [head, said] = ran.err.splitlines()
    assert head.startswith(f"error[{code}]: ")
    assert message in head.replace(f"{tmp_path}/", "")
    assert hint in said.replace(f"{tmp_path}/", "")
    forced = graded(tmp_path, path, "--report", f"csv={report}", "--force")
    assert f"warning[{code}]: " in forced.err
    assert report.exists()


def test_limits_are_as_they_are_told(tmp_path):
    path = broken_objects(tmp_path, 60)
    ran = graded(tmp_path, path)
    assert (ran.code, ran.err.count("\n")) == (0, 1)
    assert ran.err.startswith("warning[class.invalid]: 58 of 1,343 answers and 60 of 300 submissions cannot be read (")
    ran = graded(tmp_path, path, "--max-invalid", "24.1")
    assert (ran.code, ran.codes) == (3, ["class.invalid"])
    ran = graded(tmp_path, path, "--max-invalid", "24.2")
    assert (ran.code, ran.codes) == (0, ["class.invalid"])


def test_the_error_is_json_for_who_asks_for_json(tmp_path):
    ran = graded(tmp_path, text(NAMELESS)(tmp_path), form="json")
    assert (ran.code, json.loads(ran.out)["error"]["code"]) == (3, "class.student")


def test_a_key_says_what_columns_hold(tmp_path, true_marks):
    path, key = text(made.moodle(CLASS))(tmp_path), tmp_path / "key.toml"
    columns = "".join(f'"{name}" = "Response {n}"\n' for n, name in enumerate(made.NAMES, 1) if n > 1)
    told = made.KEY.replace('ask = ["q", ', 'ask = [{name = "q", column = "response  1"}, ')
    key.write_text(told.replace("[[problem]]", f'[columns]\nstudent = "Email address"\n{columns}[[problem]]', 1))
    ran = backprop("grade", str(key), str(path), "--format", "jsonl")
    assert (ran.code, ran.codes) == (0, ["class.invalid"])
    assert marks(ran) == true_marks


def test_a_map_is_lines_for_the_key(tmp_path, true_marks):
    path, key = text(made.moodle(CLASS))(tmp_path), tmp_path / "key.toml"
    key.write_text(made.KEY)
    ran = backprop("grade", "--map", str(key), str(path))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.replace(f"{tmp_path}/", "") == (
        "# class.csv, as Moodle writes it: 300 students\n"
        '[columns]\nstudent = "ID number"\ntime = "Completed"\n'
        + "".join(f'# "{name}" = "Response {n}"\n' for n, name in enumerate(made.NAMES, 1))
    )
    draft = ran.out.replace('# "', '"').replace("ID number", "Email address")
    key.write_text(made.KEY.replace("[[problem]]", f"{draft}[[problem]]", 1))
    ran = backprop("grade", str(key), str(path), "--format", "jsonl")
    assert (marks(ran), ran.codes) == (true_marks, ["class.invalid"])


USAGE = {
    "no title": (["--columns", "=chain.q"], "--columns takes TITLE=NAME"),
    "no name": (["--columns", "chain.q"], "--columns takes TITLE=NAME"),
    "nothing in the key": (["--columns", "A=chain.foo"], "--columns: `a` cannot be chain.foo"),
    "percent": (["--max-invalid", "101"], "--max-invalid takes a number from 0 to 100"),
    "encoding": (["--encoding", "klingon"], "`klingon` is no encoding"),
    "no text encoding": (["--encoding", "zip"], "`zip` is no encoding"),
    "excel": (["--excel"], "--excel is for CSV"),
}


@pytest.mark.parametrize(("options", "message"), USAGE.values(), ids=USAGE)
def test_wrong_usage(tmp_path, options, message):
    ran = graded(tmp_path, made.objects(tmp_path / "in", CLASS[:2]), *options)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.said


def test_a_title_that_no_file_has(tmp_path):
    ran = graded(tmp_path, text(made.plain(CLASS))(tmp_path), "--columns", "Comments=")
    assert (ran.code, ran.said) == (3, "error[class.title]: no file has a column `comments`")


def test_what_is_not_read_is_said(tmp_path):
    rows = [(*made.plain(CLASS)[0], "How long?"), *((*row, "3 h") for row in made.plain(CLASS)[1:])]
    ran = graded(tmp_path, text(rows)(tmp_path))
    assert (ran.code, "class.csv: not read: `How long?`" in ran.err) == (0, True)
    assert "not read" not in graded(tmp_path, text(rows)(tmp_path), "--columns", "How long?=").err


def test_few_submissions_stop_nothing(tmp_path):
    folder = made.objects(tmp_path / "in", CLASS[:4])
    for file in folder.iterdir():
        file.write_text('{"answers": {"chain.q": "0,5"}}')
    ran = graded(tmp_path, folder)
    assert ran.code == 0
    assert ran.err.count("warning[class.invalid]") == ran.err.count("warning[class.missing]") == 1


# ---- attempts

HEAD = "Email,Name,Time,Attempt,chain.q,chain.dx,chain.dz,neuron.f,neuron.dw,relu.dw\n"
RIGHT, WRONG, HALF = "3,-4,3,0.269,-0.0983,x*step(w*x)", "7,7,7,7,7,x", "3,-4,3,7,7,x"
ATTEMPTS = {
    "all": ("", "all", [6, 0, 3, 6]),
    "latest": ("2026-03-05", "latest", [3, 6]),
    "first": ("2026-03-05", "first", [6, 6]),
    "best": ("2026-03-05", "best", [6, 6]),
    "latest, in words": ("5 mars 2026", "latest", [3, 6]),
    "latest, in halves": ("3/25/2026 PM", "latest", [3, 6]),
    "latest, by number": ("", "latest", [3, 6]),
    "first, by number": ("", "first", [6, 6]),
}


@pytest.mark.parametrize(("day", "rule", "scores"), ATTEMPTS.values(), ids=ATTEMPTS)
def test_attempts(tmp_path, day, rule, scores):
    def at(hour):
        return f"{day.removesuffix(' PM')} {hour}:00{' PM' if 'PM' in day else ''}" if day else ""

    rows = [
        f"a@b,Ada,{at(1)},1,{RIGHT}", f"a@b,Ada,{at(2)},2,{WRONG}", f"a@b,Ada,{at(3)},3,{HALF}", f"b@b,Ada,,1,{RIGHT}",
    ]  # fmt: skip
    path = tmp_path / "class.csv"
    path.write_text(HEAD + "\n".join([rows[0], *rows[1:]]))
    ran = graded(tmp_path, path, "--attempt", rule)
    found = [one for one in map(json.loads, ran.out.splitlines()) if "student" in one]
    assert [one["score"] for one in found] == scores
    assert "class.attempts" in ran.err
    assert ("by the time" in ran.err) == (bool(day) and rule in ("latest", "first"))


def test_the_order_of_rows_is_not_the_order_of_time(tmp_path):
    path = tmp_path / "class.csv"
    path.write_text(f"{HEAD}a@b,Ada,2026-03-05 12:00,,{RIGHT}\na@b,Ada,2026-03-05 09:00,,{WRONG}\n")
    ran = graded(tmp_path, path, "--attempt", "latest")
    [one] = map(json.loads, ran.out.splitlines())
    assert (one["score"], ran.codes) == (6, ["class.attempts"])


def test_times_that_can_be_read_in_two_ways_stop_where_it_matters(tmp_path):
    path = tmp_path / "class.csv"
    rows = [
        f"a@b,Ada,03/04/2026 9:00,,{RIGHT}",
        f"a@b,Ada,05/03/2026 9:00,,{WRONG}",
        f"a@b,Ada,04/05/2026 9:00,,{HALF}",
    ]
    path.write_text(HEAD + "\n".join(rows))
    assert graded(tmp_path, path, "--attempt", "latest").said.startswith(
        "error[class.time]: times as 03/04/2026 9:00 can"
    )
    path.write_text(HEAD + "\n".join([*rows, f"b@b,Ben,25/03/2026 9:00,,{RIGHT}"]))
    ran = graded(tmp_path, path, "--attempt", "latest")
    assert (ran.code, ran.codes) == (0, ["class.attempts"])
    path.write_text(HEAD + "\n".join(rows[:2]))
    ran = graded(tmp_path, path, "--attempt", "latest")
    assert (ran.code, ran.codes) == (0, ["class.attempts"])  # forms are in the order of time


def test_students_of_one_name_are_told_apart(tmp_path):
    path = tmp_path / "class.csv"
    path.write_text("Student,Matrikelnummer,chain.q\nAnna,4711,3\nAnna,4712,3\nBen,4713,3\n")
    ran = graded(tmp_path, path, "--force")
    names = [one["student"] for one in map(json.loads, ran.out.splitlines()) if "student" in one]
    assert (names, "class.attempts" in ran.err) == (["Anna (4711)", "Anna (4712)", "Ben"], False)


def test_the_same_name_in_two_files_is_said(tmp_path):
    folder = made.objects(tmp_path / "in", CLASS[:3])
    (folder / "again.json").write_text('{"student": "s4711@uni.example"}')
    ran = graded(tmp_path, folder, "--attempt", "latest")
    assert (
        "1 student stands more than once (s4711@uni.example); the latest submission of each counts, by the order"
        in ran.err
    )
    assert len(ran.out.splitlines()) == 3


# ---- spreadsheets


def test_a_sheet_by_its_name(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["nothing"])
    sheet = book.create_sheet("Week 2")
    sheet.append(["Login", *made.NAMES])
    sheet.append(["ada", 3, "=B2-7", 3, 0.269, -0.0983, "x*step(w*x)"])
    sheet.append(["ben", 3, -4, 3, True, "-0.0983", "x*step(w*x)"])
    path = tmp_path / "class.xlsx"
    book.save(path)
    ran = graded(tmp_path, f"{path}:Week 2", "--max-missing", "100")
    scores = {one["student"]: one["score"] for one in map(json.loads, ran.out.splitlines()) if "student" in one}
    assert scores == {"ada": 5, "ben": 5}  # openpyxl stores no value with a formula
    ran = graded(tmp_path, f"{path}:Week 3")
    assert "there is no sheet `Week 3` (there are Sheet, Week 2)" in ran.out or "there is no sheet" in ran.out


def test_a_spreadsheet_cannot_eat_the_machine(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "Login", 1
    book.save(tmp_path / "far.xlsx")
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="1000"/>'
    made.ods_of(tmp_path / "far.ods", f'<table:table-row table:number-rows-repeated="100000">{cell}</table:table-row>')
    made.ods_of(tmp_path / "bomb.ods", "<table:table-row/>" * 6_000_000)
    (tmp_path / "text.xlsx").write_text("no zip")
    (tmp_path / "cut.xlsx").write_bytes((tmp_path / "far.xlsx").read_bytes()[:2000])
    found = {}
    for name in ("far.xlsx", "far.ods", "bomb.ods", "text.xlsx", "cut.xlsx"):
        ran = graded(tmp_path, tmp_path / name)
        assert ran.code == 3
        found[name] = json.loads(ran.out.splitlines()[0])["invalid"]["message"]
    assert found["far.xlsx"] == found["far.ods"] == "the spreadsheet reaches over more than 2,000,000 cells"
    assert found["bomb.ods"] == "the spreadsheet unpacks to more than 100,000,000 bytes"
    assert found["text.xlsx"].startswith("not a spreadsheet: ")
    assert found["cut.xlsx"].startswith("not a spreadsheet: ")


def test_excel_opens_what_is_written(tmp_path):
    path = made.objects(tmp_path / "in", CLASS[:1])
    report = tmp_path / "grades.csv"
    graded(tmp_path, path, "--report", f"csv={report}", "--excel", "--decimal", ",")
    lines = report.read_bytes().decode("utf-8").splitlines()
    assert lines[0] == "\ufeffstudent;score;points;percent;chain;neuron;relu;status;source;line;reason"
    assert ",666667;" in lines[1]
    assert ";" not in graded(tmp_path, path, "--excel", form="csv").out
