"""Numbers of each student's own: what may be drawn, by what, what is refused, and that grading uses the same."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
from command import backprop
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_cli.grading.keys.key import read_key
from backprop_cli.grading.marking import ready
from backprop_cli.grading.varying.lots import Lots
from backprop_cli.grading.varying.ranges import Listed, decimal, drawn_from, in_range
from backprop_cli.problems import Refused

SECRET = 'secret = "a long winter in the mountains"\n'

RANGES = {
    "-2..2": ["-2", "-1", "0", "1", "2"],
    "3..3": ["3"],
    " 1 .. 2  step 0.5 ": ["1", "1.5", "2"],
    "0..1 step 0.4": ["0", "0.4", "0.8"],
    "-1..1 step 0.5 not 0": ["-1", "-0.5", "0.5", "1"],
    "1..5 not 1, 3,5": ["2", "4"],
    "1..3 not 7, 1.5": ["1", "2", "3"],
    "-0.25..0.05 step 0.1": ["-0.25", "-0.15", "-0.05", "0.05"],
    "+1..2": ["1", "2"],
}


@pytest.mark.parametrize("text", RANGES)
def test_the_numbers_of_a_range(text):
    found = in_range(text)
    assert [found[place] for place in range(found.size)] == RANGES[text]


@pytest.mark.parametrize("text", ["", "5", "1..", "5..1", "1..5 step 0", "1..5 step -1", "a..b", "1...5", "1..1 not 1",
                                  "1e3..2e3", "1..2 not", "1..2 step 1 step 2", "1/2..3", "1,5..2"])  # fmt: skip
def test_what_is_no_range(text):
    with pytest.raises(Refused) as refused:
        in_range(text)
    assert refused.value.problems[0].code == "key.vary"


def test_arrays_of_a_range():
    found = drawn_from("2x1 of 1..2")
    assert (found.text, [found[place] for place in range(found.size)]) == (
        "2x1 of 1..2",
        ["[[1], [1]]", "[[2], [1]]", "[[1], [2]]", "[[2], [2]]"],
    )
    large = drawn_from(" 2 x 3 of -5..5 step 0.5 not 0 ")
    assert large.size == 20**6
    assert large[large.size - 1] == "[[5, 5, 5], [5, 5, 5]]"
    assert drawn_from("3 of 7..7")[0] == "[7, 7, 7]"


@pytest.mark.parametrize(
    "text", ["0 of 1..2", "2x0 of 1..2", "2x of 1..2", "2x3 of", "2x3 of 5..1", "99x99 of 1..9", "x of 1..2"]
)
def test_what_is_no_array_of_a_range(text):
    with pytest.raises(Refused) as refused:
        drawn_from(text)
    assert refused.value.problems[0].code == "key.vary"


@given(st.integers(-(10**12), 10**12), st.integers(0, 9))
def test_a_decimal_is_the_number(digits, places):
    number = Fraction(digits, 10**places)
    assert Fraction(decimal(number)) == number
    assert re.fullmatch(r"-?(0|[1-9]\d*)(\.\d*[1-9])?", decimal(number))


LOTS = Lots("a long winter in the mountains", "chain", {"x": in_range("-50..50"), "y": Listed(("1", "2", "3"))})


def test_what_is_drawn_is_the_same_on_every_machine():
    drawn = [tuple(LOTS.drawn(student, attempt).values()) for student in ("ada", "ben") for attempt in (0, 1)]
    assert drawn == [("-3", "3"), ("31", "1"), ("-1", "2"), ("43", "3")]


@pytest.mark.parametrize("other", ["Ada", " ada ", "ADA", "\uff41da"])
def test_a_student_is_known_by_what_counts_of_a_name(other):
    assert [LOTS.drawn(other, k) for k in range(9)] == [LOTS.drawn("ada", k) for k in range(9)]


@pytest.mark.parametrize(
    "other",
    [
        Lots("a long winter in the mountain", "chain", LOTS.vary),
        Lots("a long winter in the mountains", "chain[2]", LOTS.vary),
    ],
    ids=["secret", "part"],
)
def test_other_secrets_and_parts_draw_others(other):
    assert [other.drawn("ada", k) for k in range(9)] != [LOTS.drawn("ada", k) for k in range(9)]


def test_every_number_comes_about_equally_often():
    counts = {str(n): 0 for n in range(-5, 6)}
    lots = Lots("a secret of some length", "p", {"x": in_range("-5..5")})
    for student in range(2200):
        counts[lots.drawn(f"student {student}", 0)["x"]] += 1
    assert all(140 < count < 260 for count in counts.values())  # 200 each; four standard deviations are 54


# An expression, its lines, and every pair of numbers that somebody is given.
SUITABLE = {
    "kink": ('"relu(x)*3"', 'vary = {x = "-2..2"}', {"1", "2"}),
    "jump": ('"where(x > 1, 2*x, x)"', 'vary = {x = "0..3"}', {"0", "2", "3"}),
    "tie": ('"max(x, 2)*3 + x"', 'vary = {x = "1..3"}', {"1", "3"}),
    "domain": ('"log(x) + x"', 'vary = {x = "-3..3"}', {"1", "2", "3"}),
    "edge of a domain": ('"sqrt(x) + x"', 'vary = {x = "-2..2"}', {"1", "2"}),
    "the end of arcsin": ('"asin(x)"', 'vary = {x = "-1..1 step 0.5"}', {"-0.5", "0", "0.5"}),
    "thirds": ('"1/x"', 'vary = {x = "1..8"}', {"1", "2", "4", "5"}),
    "ugly is allowed": ('"1/x"', 'vary = {x = "1..4"}\nugly = true', {"1", "2", "3", "4"}),
    "not by hand": ('"exp(x)"', 'vary = {x = "-9..12"}', {str(n) for n in range(-6, 10)}),
    "on the way": ('"1/(1 + exp(-x))"', "vary = {x = [-20, -10, -9, 1, 10]}", {"1"}),
    "a given number of many decimals": ('"x*3"', 'vary = {x = ["1/3", "pi/4", "0.12345"]}',
                                        {"1/3", "pi/4", "0.12345"}),
    "all zero": ('"x^2 - 4*x"', 'vary = {x = "1..3"}', {"1", "3"}),
    "a root that is asked as a value": ('"q = x^0.5; f = q*x"', "vary = {x = [4, 2]}", {"4", "2"}),
    "an array": ('"sum(relu(X))"', "vary = {X = [[1, 2], [0, 1], [3, -1]]}", {"[1, 2]", "[3, -1]"}),
    "a drawn array": ('"sum(relu(X))"', 'vary = {X = "2 of -1..1"}', {"[1, 1]", "[-1, 1]", "[1, -1]"}),
    "a kink on the way of a descent": ('"L = relu(w*3)"', 'vary = {w = [1, 2, 6]}\nlr = 1\nask = ["w after 2 steps"]',
                                       {"1", "2"}),
    "no step to make": ('"L = (w - 2)^2"', 'vary = {w = "1..3"}\nlr = 0.1\nask = ["dw"]', {"1", "3"}),
    "a branch not taken": ('"where(x > 0, x*2, abs(y))"', "vary = {x = [1, 2]}\nat = {y = 0}", {"1", "2"}),
}  # fmt: skip


@pytest.mark.parametrize("name", SUITABLE)
def test_what_is_given_to_somebody(name):
    expression, lines, expected = SUITABLE[name]
    [part] = ready(read_key(f"{SECRET}[[problem]]\nexpression = {expression}\n{lines}", "key.toml")).parts
    named = next(iter(part.variants.lots.vary))
    assert {part.variants.at(f"s{number}")[named] for number in range(150)} == expected


WRONG = {
    "no secret": (
        "",
        'vary = {x = "1..2"}',
        "error[key.secret]: the key: numbers vary, and there is no secret to draw them by",
    ),
    "a short secret": (
        'secret = "1234567"\n',
        'vary = {x = "1..2"}',
        "error[key.secret]: the key: the secret has fewer than 8 characters",
    ),
    "no range": (SECRET, 'vary = {x = "1-2"}', "error[key.vary]: problem 1: x in vary: `1-2` is no range"),
    "a number": (
        SECRET,
        "vary = {x = 3}",
        "error[key.vary]: problem 1: x in vary: it must be a range or an array, and is a number",
    ),
    "an empty array": (
        SECRET,
        "vary = {x = []}",
        "error[key.vary]: problem 1: x in vary: it must be a range or an array, and is an array",
    ),
    "no value": (SECRET, "vary = {x = [1, true]}", "error[key.vary]: problem 1: x in vary: the array has what is no"),
    "nothing": (SECRET, "vary = {}", "error[key.vary]: problem 1: nothing varies"),
    "no table": (SECRET, 'vary = "x"', "error[key.value]: problem 1: vary must be a table, and is `x`"),
    "too many": (
        SECRET,
        f"vary = {{x = {[*range(10_001)]}}}",
        "error[key.size]: problem 1: x in vary: it has 10,001 values; the limit is 10,000",
    ),
    "twice": (
        SECRET,
        'vary = {x = "1..2"}\nat = {x = 3, y = 1}',
        "error[key.vary]: problem 1: x varies, and has a value in at",
    ),
    "a stranger": (
        SECRET,
        'vary = {z = "1..2"}\nat = {x = 1, y = 1}',
        "error[key.vary]: problem p1: z varies, and the expression does not have it",
    ),
    "a value that is none": (
        SECRET,
        'vary = {x = [1, "2+"]}\nat = {y = 1}',
        "error[syntax.operand]: problem p1: a value is missing after +",
    ),
    "not all given": (SECRET, 'vary = {x = "1..2"}', "error[usage.missing]: problem p1: no value for y"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    secret, lines, said = WRONG[name]
    Path("key.toml").write_text(f'{secret}[[problem]]\nexpression = "x*y"\n{lines}\n')
    ran = backprop("grade", "key.toml", "--check-key")
    assert (ran.out, ran.code) == ("", 3)
    assert ran.err.startswith(said)


NOTHING = {
    "kink": (
        "relu(x*0)",
        'vary = {x = "1..2"}',
        "500 of them were refused as this one was: x = 1, where relu(x*0) stands on a kink or a jump",
    ),
    "decimals": (
        "1/x",
        "vary = {x = [3, 7]}",
        "x = 3, where f is 0.333333…, which needs more than 4 decimals",
    ),
    "size": ("exp(x)", "vary = {x = [30]}", "x = 30, where f is 1.06865e+13, too large a number to work with"),
    "zero": ("x - x", "vary = {x = [30]}", "x = 30, where every gradient that is asked for is 0"),
    "value": ("log(x)", 'vary = {x = "-3..0"}', "log needs x > 0"),
}


@pytest.mark.parametrize("name", NOTHING)
def test_where_nothing_is_suitable_the_reason_is_said(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    expression, lines, said = NOTHING[name]
    Path("key.toml").write_text(f'{SECRET}[[problem]]\nexpression = "{expression}"\n{lines}\n')
    ran = backprop("grade", "key.toml", "--check-key")
    assert (ran.out, ran.code) == ("", 3)
    assert ran.err.startswith("error[key.vary]: problem p1: 500 tries gave no suitable numbers; ")
    assert said in ran.err.replace("\n", " ")
    assert ("ugly = true" in ran.err) == (name in ("decimals", "size", "zero"))


KEY = f"""{SECRET}
[[problem]]
id = "chain"
expression = "q = x + y; f = q*z"
vary = {{x = "-5..5", y = [1, 2, 3]}}
at = [{{z = 3}}, {{z = -4}}]
ask = ["q", "dx", "dz"]
[[problem]]
id = "same"
expression = "x*y"
at = {{x = 2, y = 3}}
"""


def sums(student: str) -> list[int]:
    """x + y at both points, as the key draws them."""
    parts = ready(read_key(Path("key.toml").read_text(), "key.toml")).parts
    return [int(part.of(student).at["x"]) + int(part.of(student).at["y"]) for part in parts[:2]]


def right(student: str) -> dict[str, object]:
    first, second = sums(student)
    chain = [{"q": first, "dx": 3, "dz": first}, {"q": second, "dx": -4, "dz": second}]
    return {"student": student, "answers": {"chain": chain, "same": {"dx": 3, "dy": 2}}}


@pytest.fixture
def there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("key.toml").write_text(KEY)


def graded(*submissions, jobs=1):
    Path("class.jsonl").write_text("".join(json.dumps(one) + "\n" for one in submissions))
    ran = backprop("grade", "key.toml", "class.jsonl", "--format", "csv", "--jobs", str(jobs))
    assert (ran.err, ran.code) == ("", 0)
    return [line.split(",")[:3] for line in ran.out.splitlines()[1:]]


@pytest.mark.parametrize("jobs", [1, 2])
def test_grade_has_the_same_numbers_for_each_student(there, jobs):
    students = ["ada", "ben", "cleo", "Dan Okri"]
    assert len({tuple(sums(student)) for student in students}) > 1
    rows = graded(*map(right, students), jobs=jobs)
    assert rows == [[student, "5", "5"] for student in students]


def test_another_students_answers_are_wrong(there):
    other = next(name for name in "bcdefgh" if not set(sums(name)) & set(sums("ada")))
    assert graded({**right(other), "student": "ada"}) == [["ada", "3", "5"]]  # dx, and the problem that is the same


def test_the_name_of_a_file_is_the_student(there):
    Path("submissions").mkdir()
    Path("submissions/Ada.json").write_text(json.dumps(right("ada")["answers"]))
    ran = backprop("grade", "key.toml", "submissions", "--format", "csv")
    assert ran.out.splitlines()[1].startswith("Ada,5,5,")


def test_check_key_and_map_say_what_varies(there):
    ran = backprop("grade", "key.toml", "--check-key")
    assert (ran.err, ran.code) == ("", 0)
    shown = re.findall(
        r"^(\S+): each student's own numbers, (.*)\n  the answers above are those at (.*)$", ran.out, re.MULTILINE
    )
    assert [one[:2] for one in shown] == [(f"chain[{n}]", "x in -5..5; y in 1, 2, 3") for n in (1, 2)]
    first = dict(pair.split(" = ") for pair in shown[0][2].split(", "))
    assert list(first) == ["x", "y", "z"]
    assert re.search(rf"^chain\[1\] +0\.5 +q +{int(first['x']) + int(first['y'])}\.0$", ran.out, re.MULTILINE)
    Path("class.csv").write_text("student,chain.1.q\nada,3\n")
    ran = backprop("grade", "--map", "key.toml", "class.csv")
    line = "# chain[1]: each student's own numbers, by the name in `student`: x in -5..5; y in 1, 2, 3\n"
    assert (line in ran.out, ran.err, ran.code) == (True, "", 0)


def test_reports_have_the_students_own_numbers(there):
    graded(right("ada"))
    [part, _, _] = ready(read_key(KEY, "key.toml")).parts
    at = part.of("ada").at
    ran = backprop("grade", "key.toml", "class.jsonl", "--details")
    assert f"    chain[1] at x = {at['x']}, y = {at['y']}, z = 3\n" in ran.out
    assert "    same\n" in ran.out
    for form, said in (("html", "<p>at x = {x}, y = {y}, z = 3</p>"), ("markdown", "at x = {x}, y = {y}, z = 3\n")):
        assert backprop("grade", "key.toml", "class.jsonl", "--feedback-dir", f"{form}=pages").code == 0
        [page] = Path("pages").glob({"html": "*.html", "markdown": "*.md"}[form])
        assert said.format(**at) in page.read_text()
    report = json.loads(backprop("grade", "key.toml", "class.jsonl", "--json").out)
    jsonschema.validate(report, json.loads(backprop("schema", "grade").out))
    problems = report["submissions"][0]["problems"]
    assert [problem.get("at") for problem in problems][::2] == [{"x": at["x"], "y": at["y"], "z": "3"}, None]


CLASS = [f"student{n}" for n in range(6)]


def handed_in(names, called="{}"):
    """The class's file: everybody has the own sheet right, and is called otherwise there."""
    lines = [json.dumps({**right(name), "student": called.format(name)}) + "\n" for name in names]
    Path("class.jsonl").write_text("".join(lines))


def test_a_class_that_is_called_otherwise_is_noticed(there):
    key = KEY.replace('ask = ["q", "dx", "dz"]', 'ask = ["q", "dz"]').replace("[1, 2, 3]", "[100, 200, 300]")
    Path("key.toml").write_text(key)
    handed_in(CLASS, "{}@uni.example")
    ran = backprop("grade", "key.toml", "class.jsonl", "--format", "csv")
    assert ran.code == 0
    what = "have nothing right in the problems whose numbers are each student's own"
    assert ran.err == (
        f"warning[class.roster]: 5 of 6 students {what}\n"
        "  = students are told by the names that `backprop sheet` had: its students.csv lists them; "
        "--students FILE compares\n"
    )
    handed_in(CLASS)
    assert backprop("grade", "key.toml", "class.jsonl", "--format", "csv").err == ""


def test_a_list_of_students_is_compared(there):
    Path("students.csv").write_text("student,file\n" + "".join(f"{name},x\n" for name in CLASS))
    words = ("grade", "key.toml", "class.jsonl", "--format", "csv", "--students", "students.csv")
    handed_in(CLASS)
    ran = backprop(*words)
    assert (ran.err, ran.code) == ("", 0)
    handed_in([*CLASS[:4], "zoe"])
    ran = backprop(*words)
    assert ran.code == 0
    assert ran.err == (
        "warning[class.roster]: 1 student not in students.csv (zoe)\n"
        "  = each student's own numbers are drawn by the name on the sheet\n"
        "warning[class.absent]: 2 students of students.csv handed in nothing (student4, student5)\n"
    )
    handed_in(CLASS, "{}@uni.example")
    ran = backprop(*words)
    assert (ran.out, ran.code) == ("", 3)
    assert ran.said == (
        "error[class.roster]: 6 students not in students.csv (student0@uni.example, student1@uni.example, "
        "student2@uni.example and 3 more)"
    ) or ran.err.startswith("error[class.roster]: 6 students not in students.csv (student0@uni.example,")
    ran = backprop(*words, "--force")
    assert (ran.code, ran.codes) == (0, ["class.roster", "class.absent"])


def test_standard_input_is_one_thing(there):
    ran = backprop("grade", "key.toml", "-", "--students", "-", stdin="")
    assert (ran.out, ran.code) == ("", 2)
    assert (
        ran.said == "error[usage.option]: standard input can be one thing only: the key, a submission or the students"
    )


def test_the_secret_is_never_told(there):
    for words in (["--check-key"], ["class.jsonl", "--json"], ["class.jsonl", "--details", "--feedback", "full"]):
        graded(right("ada"))
        ran = backprop("grade", "key.toml", *words)
        assert "winter" not in ran.out + ran.err


def test_a_counterexample_is_never_at_the_students_own_point(there):
    Path("key.toml").write_text(f'{SECRET}[[problem]]\nexpression = "x^2*y"\nvary = {{x = "2..5", y = "2..4"}}\n')
    [part] = ready(read_key(Path("key.toml").read_text(), "key.toml")).parts
    students = [f"s{number}" for number in range(8)]
    wrong = ({"student": one, "answers": {"dx": "x*y", "dy": "x"}} for one in students)
    Path("class.jsonl").write_text("".join(json.dumps(one) + "\n" for one in wrong))
    ran = backprop("grade", "key.toml", "class.jsonl", "--format", "jsonl")
    assert (ran.code, ran.codes) == (0, ["class.roster"])
    said = [[r["message"] for q in json.loads(line)["problems"][0]["answers"] for r in q["remarks"]]
            for line in ran.out.splitlines()]  # fmt: skip
    for student, messages in zip(students, said, strict=True):
        at = part.of(student).at
        assert len(messages) == 2
        assert not any(f"x = {at['x']}, y = {at['y']} " in message for message in messages)
        assert not re.search(rf"at x = {at['x']} ", messages[1])  # dy depends on x alone


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=8), st.integers(0, 9))
def test_any_name_has_numbers_and_always_the_same(student, secret):
    key = KEY.replace("a long winter", f"a long winter {secret}")
    one, again = (ready(read_key(key, "key.toml")).parts[0].of(student).at for _ in range(2))
    assert one == again
    assert -5 <= int(one["x"]) <= 5
    assert one["y"] in ("1", "2", "3")
