"""Sheets to hand out: what they say and hide, that grading them is right, whose they are, and where they are put."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from command import backprop, process
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from backprop_cli.grading.files.forms import FORMS, TABLES
from backprop_cli.grading.keys.key import read_key
from backprop_cli.grading.keys.varied import EXAMPLE_SECRET
from backprop_cli.render.worksheet.typeset import typeset
from backprop_cli.worksheet.stems import stems

KEY = """title = "Backpropagation, week 2"
text = "Hand in by Friday.\\n\\nTwo pages at most."
secret = "a long winter in the mountains"
[[problem]]
id = "chain"
title = "The chain rule"
expression = "q = x + y; f = q*z"
vary = {x = "-5..5", y = [1, 2, 3]}
at = {z = -4}
ask = ["q", "dx", "dz"]
points = 5
[[problem]]
id = "formulas"
expression = "x^2*exp(-y)"
text = "Two derivatives, please."
ask = ["dx", "dy"]
"""
SAME = KEY.replace('vary = {x = "-5..5", y = [1, 2, 3]}\nat = {z = -4}', "at = {x = -2, y = 5, z = -4}")
FORMATS = ("html", "markdown", "latex")


@pytest.fixture
def there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("key.toml").write_text(KEY)
    Path("same.toml").write_text(SAME)
    Path("class.txt").write_text("ada\nben\n")


def sheet(*words):
    """The command, which must succeed, and what it says."""
    ran = backprop("sheet", *words)
    assert (ran.err, ran.code) == ("", 0)
    return ran.out


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file())


def test_one_sheet_for_all_in_markdown(there):
    assert sheet("same.toml", "-o", "out", "--format", "markdown") == "1 sheet in out\n"
    assert files("out") == ["sheet-1.svg", "sheet-2.svg", "sheet.md"]
    text = re.sub(r"(?:&emsp;)+", "…", Path("out/sheet.md").read_text())
    assert text == MARKDOWN


MARKDOWN = r"""# Backpropagation, week 2

**Name:** \_\_\_\_\_\_\_\_\_\_\_\_\_\_\_\_\_\_\_\_\_\_\_\_\_\_\_\_\_\_ — 7 points

Hand in by Friday.

Two pages at most.

## 1. The chain rule (5 points)

Fill in the circuit, values forward and gradients backward. Then answer what is asked for.

```text
q = x + y; f = q*z
```

at x = -2, y = 5, z = -4

![The circuit, to be filled in](sheet-1.svg)

| name | what it is | your answer |
| --- | --- | --- |
| `q` | the value of q | … |
| `dx` | ∂f/∂x | … |
| `dz` | ∂f/∂z | … |

## 2. formulas (2 points)

Two derivatives, please.

```text
x^2*exp(-y)
```

![The circuit, to be filled in](sheet-2.svg)

| name | what it is | your answer |
| --- | --- | --- |
| `dx` | ∂f/∂x | … |
| `dy` | ∂f/∂y | … |
"""


def test_the_solution_has_answers_and_steps(there):
    said = sheet("same.toml", "-o", "out", "--format", "markdown", "--solutions")
    assert said == "1 sheet in out, the solutions in out/solutions\n"
    text = Path("out/solutions/sheet.md").read_text()
    assert "| `q` | the value of q | `3.0` |\n| `dx` | ∂f/∂x | `-4.0` |\n| `dz` | ∂f/∂z | `3.0` |\n" in text
    assert "| `dx` | ∂f/∂x | `2*x*exp(-y)` |" in text
    assert "   2  q = x + y   ∂f/∂x = 1 × -4 = -4   ∂f/∂y = 1 × -4 = -4\n" in text
    assert "![The circuit with its values and gradients](sheet-1.svg)" in text
    assert "∂ -4" in Path("out/solutions/sheet-1.svg").read_text()


@pytest.mark.parametrize("form", FORMATS)
def test_each_student_has_numbers_of_their_own(there, form):
    Path("class.txt").write_text("ada\nben\ncleo\ndan\n")
    said = sheet("key.toml", "--students", "class.txt", "-o", "out", "--format", form, "--solutions")
    assert said == "4 sheets in out, the solutions in out/solutions\n"
    ending = {"html": "html", "markdown": "md", "latex": "tex"}[form]
    rows = list(csv.DictReader(Path("out/students.csv").read_text().splitlines()))
    assert rows == [{"student": name, "file": f"{name}.{ending}"} for name in ("ada", "ben", "cleo", "dan")]
    texts = [Path(f"out/{row['file']}").read_text() for row in rows]
    texts = [text.replace(r"\ensuremath{-}", "-").replace("{,}", ",") for text in texts]
    points = [re.search(r"at x = (-?\d+), y = ([123]), z = -4", text).groups() for text in texts]
    assert len(set(points)) > 1
    for name, (x, y) in zip(("ada", "ben", "cleo", "dan"), points, strict=True):
        solved = re.sub(r"<[^>]*>|[|`&]|.raggedright", " ", Path(f"out/solutions/{name}.{ending}").read_text())
        solved = solved.replace(r"\ensuremath{-}", "-")
        assert re.search(rf"the value of q\s+{int(x) + int(y)}\.0\s", solved)


@pytest.mark.parametrize("form", FORMATS)
def test_a_sheet_tells_no_answer(there, form):
    """Neither the numbers that are asked for nor the secret, also not in titles of pictures."""
    key = KEY.replace('x = "-5..5"', 'x = "100..200"').replace("at = {z = -4}", "at = {z = 777}\nugly = true")
    Path("key.toml").write_text(key)
    sheet("key.toml", "--students", "class.txt", "-o", "out", "--format", form, "--solutions")
    for line in Path("out/solutions/answers.jsonl").read_text().splitlines():
        one = json.loads(line)
        value = one["answers"]["chain"]["q"].removesuffix(".0")
        for path in Path("out").glob(f"{one['student']}*"):
            text = path.read_text()
            assert not re.search(rf"(?<![\d.]){value}(?![\d])", text)
            assert "winter" not in text
            assert "2*x*exp" not in text


def test_the_solutions_earn_everything_and_those_of_others_do_not(there):
    Path("class.txt").write_text("".join(f"student {n}\n" for n in range(12)))
    sheet("key.toml", "--students", "class.txt", "-o", "out", "--solutions")
    ran = backprop("grade", "key.toml", "out/solutions/answers.jsonl", "--format", "csv")
    rows = list(csv.DictReader(ran.out.splitlines()))
    assert [(row["student"], row["score"], row["points"]) for row in rows] == [
        (f"student {n}", "7", "7") for n in range(12)
    ]


PIECES = st.sampled_from(
    [
        "q = x + y; f = q*z",
        "f = x*y - z",
        "q = x*y; f = max(q, z) + x",
        "q = relu(x) + z; f = q*y",
        "x/y + z",
        "exp(x)*y*z",
    ]
)
CHOICES = st.one_of(
    st.builds(
        lambda a, n, by: f'"{a}..{a + n} step {by}"', st.integers(-6, 3), st.integers(3, 9), st.sampled_from([1, 0.5])
    ),
    st.lists(st.integers(-6, 6), min_size=3, max_size=6).map(str),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    PIECES,
    CHOICES,
    CHOICES,
    st.lists(st.text("abcdefgABC .-_äλ", min_size=1, max_size=6), min_size=2, max_size=4),
    st.integers(),
)
def test_sheets_and_grading_have_the_same_numbers(there, expression, x, y, names, secret):
    """Random keys and students: the answers to one's own sheet earn all, another's only what is equal."""
    names = list(dict.fromkeys(" ".join(name.split()) for name in names if name.strip()))
    assume(len(names) > 1)
    Path("k.toml").write_text(
        f'secret = "secret {secret}"\n[[problem]]\nid = "p"\nexpression = "{expression}"\nat = {{z = 2}}\n'
        f'vary = {{x = {x}, y = {y}}}\nask = ["f", "dx", "dy", "dz"]\ntolerance = {{rtol = 1e-9}}\n'
    )
    Path("s.txt").write_text("".join(f"{name}\n" for name in names))
    shutil.rmtree("o", ignore_errors=True)
    ran = backprop("sheet", "k.toml", "--students", "s.txt", "-o", "o", "--solutions")
    if ran.code:
        assert ran.said.startswith("error[key.vary]: problem p: ")
        assume(False)  # no suitable numbers, which is said
    right = [json.loads(line) for line in Path("o/solutions/answers.jsonl").read_text().splitlines()]
    assert [one["student"] for one in right] == names
    swapped = [{**one, "answers": other["answers"]} for one, other in zip(right, right[1:] + right[:1], strict=True)]
    for submitted in (right, swapped):
        Path("c.jsonl").write_text("".join(json.dumps(one) + "\n" for one in submitted))
        rows = csv.DictReader(backprop("grade", "k.toml", "c.jsonl", "--format", "csv").out.splitlines())
        for row, own, given_ in zip(rows, right, submitted, strict=True):
            alike = sum(float(given_["answers"]["p"][n]) == float(own["answers"]["p"][n]) for n in own["answers"]["p"])
            assert float(row["score"]) == alike


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.links, self.ids, self.said = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        named = dict(attrs)
        self.links += [named[name] for name in ("src", "href", "action", "data", "style") if name in named]
        self.ids += [named["id"]] if "id" in named else []

    def handle_data(self, data):
        self.said.append(data)


HOSTILE = '<script>alert(1)</script> & "quotes" `$x$` | \\input{/etc/passwd} %# \u202egnp'


@pytest.mark.parametrize("solved", [False, True])
def test_a_page_asks_no_network_and_runs_nothing(there, solved):
    Path("class.txt").write_text(f"{HOSTILE}\n")
    key = KEY.replace("Two derivatives, please.", HOSTILE.replace("\\", "\\\\").replace('"', '\\"'))
    Path("key.toml").write_text(key.replace("The chain rule", "<b>chain</b>"))
    sheet("key.toml", "--students", "class.txt", "-o", "out", "--solutions")
    [path] = Path("out/solutions" if solved else "out").glob("*.html")
    text = path.read_text()
    page = _Page()
    page.feed(text)
    assert not {"script", "b", "link", "img", "iframe", "object", "form"} & set(page.tags)
    assert page.links == []
    assert len(page.ids) == len(set(page.ids))
    assert "default-src 'none'; style-src 'sha256-" in text
    assert "script-src" not in text
    assert "\u202e" not in text
    assert any("<script>alert(1)</script>" in said for said in page.said)
    assert path.name.startswith("script-alert-1-script-quotes-x-")


def test_markdown_shows_text_as_it_is(there):
    Path("class.txt").write_text(f"{HOSTILE}\n")
    Path("key.toml").write_text(
        KEY.replace("The chain rule", "a*b* [x](y) ~ _z_").replace("x^2*exp(-y)", "x^2*exp(-y) # ```")
    )
    sheet("key.toml", "--students", "class.txt", "-o", "out", "--format", "markdown")
    [path] = Path("out").glob("*.md")
    made = MarkdownIt("commonmark").enable("table").render(path.read_text())
    assert "a*b* [x](y) ~ _z_" in made
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in made
    assert "x^2*exp(-y) # ```\n</code>" in made
    assert made.count("<table>") == 2
    assert {*re.findall(r"<(\w+)", made)} <= {
        "h1",
        "h2",
        "p",
        "strong",
        "pre",
        "code",
        "img",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    }


TYPESET = {
    "plain": ("A word, 3.5 and 50 %", r"A word{,} 3.5 and 50 \%"),
    "what acts": ("\\input{x} $y$ a_b a^b ~ & # {", r"\textbackslash{}input\{x\} {\upshape\char36}y{\upshape\char36} "
                  r"a\_b a\textasciicircum{}b \textasciitilde{} \& \# \{"),
    "ligatures": ("a--b ?` ``q'' -", r"a{-}{-}b {?}{`} {`}{`}q{'}{'} {-}"),
    "a negative number": ("x = -2, a-3 (-1)", r"x = \ensuremath{-}2{,} a{-}3 (\ensuremath{-}1)"),
    "accents": ("é Ü ñ ç ő Å ế", r"\'{e} \"{U} \~{n} \c{c} \H{o} \r{A} \'{\^{e}}"),
    "letters": ("ß Ø ł Œ", r"\ss{} \O{} \l{} \OE{}"),
    "signs": ("∂f/∂x ≤ λ²", r"\ensuremath{\partial}f/\ensuremath{\partial}x \ensuremath{\le} "
              r"\ensuremath{\lambda}\ensuremath{{}^{2}}"),
    "others": ("中😀ą", r"\other{中}{4E2D}\other{😀}{1F600}\other{ą}{0105}"),
    "what hides": ("a\u202eb\x07\u200b", r"a\textless{}U+202E\textgreater{}b\other{␇}{2407}"
                   r"\textless{}U+200B\textgreater{}"),
}  # fmt: skip


@pytest.mark.parametrize("name", TYPESET)
def test_text_as_latex(name):
    text, expected = TYPESET[name]
    assert typeset(text) == expected


_TOKEN = re.compile(
    r"\\(?:textbackslash|textasciicircum|textasciitilde|textless|textgreater|textbar|char34|ss|ae|AE|oe|OE|o|O|l|L|i|ldots)\{\}"
    r"|\{\\upshape\\char36\}|\\[{}&#%_]|\{[-`',?!]\}|\\ensuremath\{(?:\{\}[\^_]\{[^{}]*\}|\\sqrt\[3\]\{\\;\}|-|\\[a-zA-Z|]+)\}"
    r"|\\other\{.\}\{[0-9A-F]{4,6}\}|[-~`',?!]{1,3}|[A-Za-z0-9 ()*+./:;=@\[\]]",
    re.DOTALL,
)
_ACCENTED = re.compile(r"\\[`'^~=u.\"rHvdcb]\{(?P<base>[A-Za-z])\}")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30))
def test_no_text_acts_in_latex(text):
    """What comes of any text is made of a few harmless commands and plain characters, and nothing else."""
    made = typeset(text)
    while (fewer := _ACCENTED.sub(r"\g<base>", made)) != made:
        made = fewer
    assert _TOKEN.sub("", made) == ""


def pdflatex(path):
    """Set a file in a folder of its own, without a shell; its log where that fails."""
    program = shutil.which("pdflatex")
    if program is None:
        pytest.skip("pdflatex is not installed")
    made = path.parent / f"{path.stem}-made"
    made.mkdir()
    words = ("-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", f"-output-directory={made}", str(path))
    ran = process(*words, start=(program,))
    assert ran.code == 0, ran.out[-3000:]
    assert (made / f"{path.stem}.pdf").stat().st_size > 10_000
    return ran.out


LETTERS = "".join(
    chr(n) for n in (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x370, 0x400), *range(0x2010, 0x2028))
)


def test_pdflatex_sets_every_sheet(there):
    Path("class.txt").write_text(f"{HOSTILE}\n")
    key = KEY.replace(
        "Two derivatives, please.", (HOSTILE + " ".join(LETTERS) + "中😀").replace("\\", "\\\\").replace('"', '\\"')
    )
    key += """[[problem]]
expression = "size_1 = where(λ_1 > w_long_name, λ_1^2, sqrt(abs(x11)))*mod(exp(-w_long_name), 7)"
at = {"λ_1" = 2.5, w_long_name = "pi/3", x11 = -1e-3}
[[problem]]
title = "max, ``ties'' & all"
expression = "max(x, y, 1)*relu(z) + floor(x/2.5)"
at = {x = 1, y = 1, z = -2}
[[problem]]
expression = "s = W @ x + b; D = softmax(s)"
at = {W = [[1, 2, 3], [-3, 4, 0.25]], x = [5, 6, 7], b = [0, 1]}
upstream = [1, -1]
"""
    Path("key.toml").write_text(key)
    sheet("key.toml", "--students", "class.txt", "-o", "out", "--format", "latex", "--solutions")
    for folder in ("out", "out/solutions"):
        [path] = Path(folder).glob("*.tex")
        said = pdflatex(path)
        assert "Overfull" not in said or folder != "out"
        assert "root:" not in said


# Whose sheets

ROSTERS = {
    "lines": ("class.txt", "ada\n\n  ben okri \r\nada\n", ["ada", "ben okri"]),
    "lines with commas": ("class.txt", "Okri, Ben\nLovelace, Ada\n", ["Okri, Ben", "Lovelace, Ada"]),
    "a table": ("class.csv", "student,group\nada,1\nben,2\n", ["ada", "ben"]),
    "a table of one column": ("class.csv", "student\nada\nben\n", ["ada", "ben"]),
    "a column without a title": ("class.csv", "ada\nben\n", ["ada", "ben"]),
    "a table in a text file": ("class.txt", "Email address;Group\nada@uni.example;1\n", ["ada@uni.example"]),
    "Moodle": (
        "m.csv",
        "Last name,First name,Email address,State\nO,Ben,ben@u,Finished\n",
        ["ben@u"],
    ),
    "two students of a name": ("t.csv", "student,id\nAda,1\nAda,2\nBen,3\n", ["Ada (1)", "Ada (2)", "Ben"]),
}


@pytest.mark.parametrize("name", ROSTERS)
def test_the_students_are_those_of_the_file_and_grade_calls_them_so(there, name):
    file, text, expected = ROSTERS[name]
    Path(file).write_text(text)
    sheet("key.toml", "--students", file, "-o", "out", "--solutions")
    rows = list(csv.DictReader(Path("out/students.csv").read_text().splitlines()))
    assert [row["student"] for row in rows] == expected
    if "," in text and file.endswith(".csv") and len(text.split("\n")[0].split(",")) > 1:
        Path(file).write_text(text.replace("\n", ",chain.q\n", 1))
        ran = backprop("grade", "key.toml", file, "--format", "csv", "--force")
        few = name == "Moodle"  # too few students for a column without answers to be remarkable
        assert (ran.code, ran.codes) == (0, [] if few else ["class.missing"])
        assert [row["student"] for row in csv.DictReader(ran.out.splitlines())] == expected


def test_the_students_of_a_spreadsheet_and_of_standard_input(there):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["student", "group"], ["ada", 1], [4711, 2]):
        book.active.append(row)
    book.save("class.xlsx")
    sheet("key.toml", "--students", "class.xlsx", "-o", "out")
    assert files("out") == ["4711.html", "ada.html", "students.csv"]
    ran = backprop("sheet", "key.toml", "--students", "-", "-o", "piped", stdin="ada\n")
    assert (ran.out, ran.code) == ("1 sheet in piped\n", 0)
    assert Path("piped/ada.html").read_text() == Path("out/ada.html").read_text()


@pytest.mark.parametrize("ending", [ending for ending, form in FORMS.items() if form not in (None, *TABLES)])
def test_what_is_neither_lines_nor_a_table_is_no_list_of_students(there, ending):
    Path(f"class{ending}").write_text('{"student": "ada"}\n')
    ran = backprop("sheet", "key.toml", "--students", f"class{ending}", "-o", "out")
    assert (ran.out, ran.code, Path("out").exists()) == ("", 3, False)
    assert ran.err == (
        f"error[sheet.students]: class{ending} is neither a list nor a table of students\n"
        "  = students are one id a line, or a table with a column of them\n"
    )


def test_a_column_that_the_key_names(there):
    Path("key.toml").write_text(KEY.replace("[[problem]]", '[columns]\nstudent = "Wer"\n[[problem]]', 1))
    Path("class.csv").write_text("Gruppe,Wer\n1,ada\n")
    sheet("key.toml", "--students", "class.csv", "-o", "out")
    assert files("out") == ["ada.html", "students.csv"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_sheet_of_every_kind_of_problem(there, form):
    """The example of a key has all kinds: each stands there as it was typed, and the solutions earn everything."""
    text = backprop("grade", "--new-key").out
    assert EXAMPLE_SECRET in text
    Path("key.toml").write_text(text)
    words = ("key.toml", "--students", "class.txt", "--format", form, "--solutions")
    ran = backprop("sheet", *words, "-o", "example")
    assert (ran.code, ran.codes) == (0, ["key.secret"])
    Path("key.toml").write_text(text.replace(EXAMPLE_SECRET, "another one that nobody knows"))
    sheet(*words, "-o", "out")
    words = ("--format", "csv", "--feedback", "full")
    ran = backprop("grade", "key.toml", "out/solutions/answers.jsonl", *words)
    assert (ran.err, ran.code) == ("", 0)
    for row in csv.DictReader(ran.out.splitlines()):
        assert row["score"] == row["points"]
    if form == "markdown":
        text = Path("out/ada.md").read_text()
        for problem in read_key(Path("key.toml").read_text(), "key.toml").problems:
            assert f"```text\n{problem.expression.strip()}\n```\n" in text


DESCENT = """secret = "a long winter in the mountains"
[[problem]]
id = "steps"
expression = "L = (w*x - 1)^2"
vary = {w = "-3..3", x = [1, 2]}
lr = 0.05
ask = ["dw", "w after 2 steps"]
[[problem]]
id = "rows"
expression = "L = (w*x - y)^2"
vary = {w = "1..5"}
data = "points.csv"
lr = 0.1
ask = ["mean dw", "dw row 2", "L", "w after 1 step"]
"""


@pytest.mark.parametrize("form", FORMATS)
def test_steps_of_descent_and_rows_of_data(there, form):
    Path("points.csv").write_text("x,y\n1,2\n3,5\n")
    Path("key.toml").write_text(DESCENT)
    sheet("key.toml", "--students", "class.txt", "-o", "out", "--format", form, "--solutions")
    ran = backprop("grade", "key.toml", "out/solutions/answers.jsonl", "--format", "csv")
    assert [line.split(",")[:3] for line in ran.out.splitlines()[1:]] == [["ada", "6", "6"], ["ben", "6", "6"]]
    for line in Path("out/solutions/answers.jsonl").read_text().splitlines():
        one = json.loads(line)
        answers = [text for part in one["answers"].values() for text in part.values()]
        assert len(answers) == 6
        for path in Path("out").glob(f"{one['student']}.*"):
            text = re.sub(
                r"(?s)<style>.*?</style>|<[^>]*>|.*begin.document.|\\\\put[^{]*|[(][\d.,]*[)]", "", path.read_text()
            )
            text = text.replace(r"\ensuremath{-}", "-")
            assert not [number for number in answers if re.search(rf"(?<![\d.-]){re.escape(number)}(?!\d)", text)]
            assert "the learning rate is 0.1" in text
            assert "the rows are those of points.csv" in text


def test_names_of_a_descent_are_explained_and_its_sums_written_out(there):
    Path("points.csv").write_text("x,y\n1,2\n3,5\n")
    Path("key.toml").write_text(DESCENT.replace('vary = {w = "-3..3", x = [1, 2]}', "at = {w = 0, x = 2}")
                                .replace('vary = {w = "1..5"}', "at = {w = 1}"))  # fmt: skip
    sheet("key.toml", "-o", "out", "--format", "markdown", "--solutions")
    text = Path("out/solutions/sheet.md").read_text()
    assert "| `w after 2 steps` | the value of w after 2 steps | `0.32` |" in text
    assert "w after 2 steps = (0.0) - 0.05*(-4.0) - 0.05*(-2.4) = 0.32\n" in text
    assert "| `mean dw` | ∂L/∂w, the mean over the rows | `-7.0` |" in text
    assert "| `dw row 2` | ∂L/∂w in row 2 | `-12.0` |" in text
    assert "mean dw = (1.0*(-2.0) + 1.0*(-12.0))/2.0 = -7.0\n" in text


# Where they are put


def test_nothing_is_overwritten_without_being_asked(there):
    sheet("same.toml", "-o", "out", "--solutions")
    Path("out/sheet.html").write_text("mine")
    Path("out/other.txt").write_text("other")
    ran = backprop("sheet", "same.toml", "-o", "out", "--solutions")
    assert (ran.out, ran.code) == ("", 3)
    assert ran.err == (
        "error[output.exists]: out has these files already: sheet.html, solutions/sheet.html, solutions/answers.jsonl\n"
        "  = --overwrite puts new ones in their places; nothing was written\n"
    )
    assert Path("out/sheet.html").read_text() == "mine"
    sheet("same.toml", "-o", "out", "--overwrite")
    assert Path("out/sheet.html").read_text().startswith("<!doctype html>")
    assert files("out") == ["other.txt", "sheet.html", "solutions/answers.jsonl", "solutions/sheet.html"]
    assert not list(Path().glob(".*"))


def test_a_failure_leaves_nothing_behind(there):
    Path("key.toml").write_text(
        KEY.replace('x = "-5..5"', "x = [3]").replace("q = x + y; f = q*z", "q = x*y*relu(y - 2); f = q*z")
    )
    Path("class.txt").write_text("ada\n" * 3)
    ran = backprop("sheet", "key.toml", "--students", "class.txt", "-o", "out")
    assert (ran.out, ran.code) == ("1 sheet in out\n", 0)  # y = 3 is the only one that is suitable
    Path("file").write_text("")
    for target, said in (("file", "is a folder"), ("no/such/out", "no such file"), ("file/out", "not a directory")):
        ran = backprop("sheet", "same.toml", "-o", target)
        assert (ran.out, ran.code) == ("", 3)
        assert ran.said.startswith(f"error[output.file]: {target} cannot be written: ") or said in ran.err
    assert not [path for path in Path().rglob(".*") if ".tmp" in path.name]


def test_what_is_in_the_way_is_found_before_anything_is_changed(there):
    sheet("same.toml", "-o", "out")
    before = Path("out/sheet.html").read_text()
    Path("same.toml").write_text(SAME.replace("Two pages", "Three pages"))
    Path("out/solutions").write_text("a file")
    ran = backprop("sheet", "same.toml", "-o", "out", "--solutions", "--overwrite")
    assert (ran.out, ran.code) == ("", 3)
    assert ran.said == "error[output.file]: out cannot be written: solutions is no folder in it"
    Path("out/solutions").unlink()
    Path("out/solutions/answers.jsonl").mkdir(parents=True)
    ran = backprop("sheet", "same.toml", "-o", "out", "--solutions", "--overwrite")
    assert (ran.out, ran.code) == ("", 3)
    assert ran.said == "error[output.file]: out cannot be written: answers.jsonl is a folder in it"
    assert Path("out/sheet.html").read_text() == before
    assert files("out") == ["sheet.html"]


def test_a_link_is_replaced_and_never_followed(there):
    Path("mine.txt").write_text("mine")
    Path("out").mkdir()
    Path("out/sheet.html").symlink_to("../mine.txt")
    ran = backprop("sheet", "same.toml", "-o", "out")
    assert (ran.code, ran.said) == (3, "error[output.exists]: out has these files already: sheet.html")
    sheet("same.toml", "-o", "out", "--overwrite")
    assert Path("mine.txt").read_text() == "mine"
    assert not Path("out/sheet.html").is_symlink()


def test_arrays_in_files_stand_on_the_sheet(there):
    numpy = pytest.importorskip("numpy")
    numpy.save("w.npy", numpy.array([[1.0, 2.5]]))
    numpy.save("large.npy", numpy.ones((10, 10)))
    Path("files.toml").write_text('[[problem]]\nexpression = "sum(W @ x) + sum(L)"\nask = ["dx"]\n'
                                  'at = {W = "@w.npy", L = "@large.npy", x = [1, 2]}\n')  # fmt: skip
    sheet("files.toml", "-o", "out")
    said = "at W = [[1.0, 2.5]], x = [1, 2], L = (10, 10) as in large.npy"
    assert said in Path("out/sheet.html").read_text()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_folder_that_is_not_ours(there):
    Path("locked").mkdir(mode=0o500)
    ran = backprop("sheet", "same.toml", "-o", "locked/out")
    assert (ran.out, ran.code) == ("", 3)


NAMES = ["ada", "Ada", "../../etc/passwd", "..", ".", "CON", "nul.txt", "a/b", "a-b", "a b", "Ωλ",
         "solutions", "students", "x" * 300, ".hidden", "-rf", "ada@uni.example", "tail.", "é", "e\u0301", "a\nb",
         "", "ada-0123456789ab", "\ud800"]  # fmt: skip


def test_names_of_files_are_safe_and_nobody_elses():
    found = stems(NAMES)
    assert set(found) == set(NAMES)
    assert len({name.lower() for name in found.values()}) == len(NAMES)
    assert found["ada@uni.example"] == "ada@uni.example"
    assert found["a-b"] == "a-b"
    for name in found.values():
        assert re.fullmatch(r"[A-Za-z0-9_@][A-Za-z0-9._@-]{0,70}", name)
        assert not name.endswith(".")
        assert name.split(".")[0].lower() not in ("con", "nul", "solutions", "students")


@given(st.lists(st.text(max_size=12), unique=True, max_size=20))
def test_any_names_have_files_of_their_own(names):
    found = stems(names)
    assert len({name.lower() for name in found.values()}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_@][A-Za-z0-9._@-]*", name) for name in found.values())


ERRORS = {
    "nobody is named": (["key.toml", "-o", "out"], 2, "error[usage.option]: numbers vary by student in this key"),
    "no folder": (["key.toml"], 2, "error[usage.option]: Missing option '-o' / '--output'."),
    "no key": (["-o", "out"], 2, "error[usage.option]: Missing argument 'KEY'."),
    "no such key": (["none.toml", "-o", "out"], 3, "error[input.file]: none.toml cannot be read: no such file"),
    "no such file": (["key.toml", "--students", "no.csv", "-o", "out"], 3, "error[input.file]: no.csv cannot be read"),
    "no student": (["key.toml", "--students", "empty.txt", "-o", "out"], 3, "error[sheet.students]: empty.txt names"),
    "no column": (["key.toml", "--students", "odd.csv", "-o", "out"], 3, "error[sheet.students]: odd.csv: no column"),
    "no UTF-8": (["key.toml", "--students", "latin.txt", "-o", "out"], 3, "error[answers.encoding]: latin.txt: line 1"),
    "twice": (["-", "--students", "-", "-o", "out"], 2, "error[usage.option]: standard input can be one thing only"),
    "a format": (["same.toml", "-o", "out", "--format", "pdf"], 2, "error[usage.option]: --format takes html, "),
    "a bad key": (["bad.toml", "-o", "out"], 3, "error[key.problems]: the key: the key has no problem"),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_errors(there, name):
    Path("empty.txt").write_text("\n \n")
    Path("odd.csv").write_text("Farbe,Form\nrot,rund\n")
    Path("latin.txt").write_bytes(b"Andr\xe9\n")
    Path("bad.toml").write_text("")
    words, code, said = ERRORS[name]
    ran = backprop("sheet", *words)
    assert (ran.out, ran.code) == ("", code)
    assert ran.err.startswith(said)
    assert not Path("out").exists()


def test_an_encoding(there):
    Path("latin.txt").write_bytes(b"Andr\xe9\n")
    sheet("key.toml", "--students", "latin.txt", "--encoding", "windows-1252", "-o", "out")
    assert "Name: André" in next(Path("out").glob("Andre-*.html")).read_text()


def test_what_cannot_be_drawn_is_left_out(there):
    terms = " + ".join(f"x{n}*y" for n in range(300))
    at = ", ".join(f"x{n} = 1" for n in range(300))
    Path("large.toml").write_text(f'[[problem]]\nexpression = "{terms}"\nat = {{y = 2, {at}}}\nask = ["dy"]\n'
                                  '[[problem]]\nexpression = "log(x)"\nat = {x = -1}\nask = ["dx"]\n')  # fmt: skip
    sheet("large.toml", "-o", "out", "--solutions")
    text = Path("out/sheet.html").read_text()
    assert "<svg" not in text
    assert "Fill in the circuit" not in text
    assert text.count("<p>Work out what is asked for.</p>") == 2
    solved = Path("out/solutions/sheet.html").read_text()
    assert "<code>none</code> (no answer is right: log needs x &gt; 0, and got -1.0" in solved
    ran = backprop("grade", "large.toml", "out/solutions/answers.jsonl", "--format", "csv")
    assert ran.out.splitlines()[1].startswith("everybody,2,2,100,")
