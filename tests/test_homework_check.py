"""``backprop check``: one answer after another beside the truth, as a student's script sees it."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest
from command import backprop
from conftest import published

CHAIN = ("q = x + y; f = q*z", "x=-2", "y=5", "z=-4")
NEURON = (
    "dot = w0*x0 + w1*x1 + w2; f = sigmoid(dot)",
    "w0=2",
    "x0=-1",
    "w1=-3",
    "x1=-2",
    "w2=-3",
)


def checked(*argv: str, **more) -> tuple[dict, int]:
    """The JSON of a check, valid by its schema, and the exit code."""
    ran = backprop("check", *argv, "--json", **more)
    report = json.loads(ran.out)
    jsonschema.validate(report, json.loads(backprop("schema", "check").out))
    assert ran.err == ""
    return report, ran.code


def words(*argv: str, **more) -> dict[str, str]:
    return {one["name"]: one["verdict"] for one in checked(*argv, **more)[0]["answers"]}


def answers(*pairs: str) -> list[str]:
    return [word for pair in pairs for word in ("-a", pair)]


NAMES = [
    "dx",
    "df/dx",
    "dfdx",
    "df_dx",
    "x.grad",
    "∂f/∂x",
    "grad x",
    "d f / d x",
    "∂x",
    "grad(x)",
    "\\frac{\\partial f}{\\partial x}",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_that_people_write(name):
    assert words(*CHAIN, "-a", f"{name}=-4")[name] == "ok"
    assert words(*CHAIN, "-a", f"{name}=4")[name] == "wrong"


# circuit, answer, verdict
NUMBERS = [
    (CHAIN, "q=3", "ok"),
    (CHAIN, "f=-12", "ok"),
    (CHAIN, "f=-13", "wrong"),
    (CHAIN, "dq=-4", "ok"),
    (CHAIN, "dq/dx=1", "ok"),
    (CHAIN, "dqdx=1", "ok"),
    (CHAIN, "dq/dx=-4", "wrong"),
    (CHAIN, "df=1", "ok"),
    (CHAIN, "dz=6/2", "ok"),
    (CHAIN, "dz=sqrt(9)", "ok"),
    (CHAIN, "dz=−(−3)", "ok"),
    (CHAIN, "dx=-\t4", "ok"),
    (CHAIN, "dx=−\u00a04.0", "ok"),
    (CHAIN, "dz=30E−1", "ok"),
    (CHAIN, "dz=.00", "wrong"),
    (CHAIN, "dz=3.004", "close"),
    (CHAIN, "dz=3.002", "ok"),
    (CHAIN, "dz=3.04", "close"),
    (CHAIN, "dz=3.2", "wrong"),
    (CHAIN, "dz=4", "wrong"),
    (CHAIN, "dz=", "missing"),
    (CHAIN, "dz=three*", "invalid"),
    (CHAIN, "dz=w*2", "invalid"),
    (CHAIN, "dz=1/0", "invalid"),
    (CHAIN, "dz=nan", "invalid"),
    (CHAIN, "dz=inf", "invalid"),
    (CHAIN, "dz=1e999", "invalid"),
    (CHAIN, "dw=3", "extra"),
    (CHAIN, "x=-4", "extra"),
    (("x^2", "x=1e200"), "dx=2e200", "ok"),
    (("x^2", "x=1e200"), "f=1", "undefined"),
    (("exp(x)/exp(x - 1)", "x=1000"), "f=2.718", "ok"),
    (NEURON, "dw2=0.20", "ok"),
    (NEURON, "dw2=0.2", "close"),
    (NEURON, "dw2=.197", "ok"),
    (NEURON, "dw2=0.204", "wrong"),
    (NEURON, "dw2=0.198", "close"),
    (NEURON, "dw2=0.3", "wrong"),
    (NEURON, "dw2=0.19", "close"),
    (NEURON, "dw2=-0.20", "wrong"),
    (NEURON, "f=0.73", "ok"),
    (NEURON, "dot=1.0", "ok"),
    (NEURON, "dw2=f*(1-f)", "ok"),
    (NEURON, "dw2=sigmoid(dot)*sigmoid(-dot)", "ok"),
    (NEURON, "dw0=x0*f*(1-f)", "ok"),
    (NEURON, "dw0=f*(1-f)", "wrong"),
    (NEURON, "dw0=w0*f*(1-f)", "wrong"),
]


@pytest.mark.parametrize(("circuit", "answer", "verdict"), NUMBERS, ids=[answer for _, answer, _ in NUMBERS])
def test_verdicts(circuit, answer, verdict):
    report, code = checked(*circuit, "-a", answer)
    (one,) = (one for one in report["answers"] if one["name"] == answer.partition("=")[0])
    assert one["verdict"] == verdict
    assert code == (0 if verdict == "ok" else 1)


def test_answers_that_nobody_asked_for_are_not_missing():
    report, code = checked(*CHAIN, "-a", "dx=-4")
    assert [(one["name"], one["verdict"]) for one in report["answers"]] == [("dx", "ok")]
    assert (code, report["ok"], report["counts"]["missing"]) == (0, True, 0)
    report, code = checked(*CHAIN, "-a", "dx=-4", "--ask", "dx,dy")
    assert [(one["name"], one["verdict"]) for one in report["answers"]] == [("dx", "ok"), ("dy", "missing")]
    assert code == 1


# code, circuit, answers, the quantity it is said of
REMARKS = [
    ("answer.close", NEURON, ["dw2=0.198"], "dw2"),
    ("answer.coarse", NEURON, ["dw2=0.2"], "dw2"),
    ("answer.extra", CHAIN, ["dw=1"], "dw"),
    ("answer.twice", CHAIN, ["dx=-4", "df/dx=4"], "dx"),
    ("answer.kink", ("abs(x)", "x=0"), ["dx=0.5"], "dx"),
    ("answer.undefined", ("step(x)", "x=0"), ["dx=0"], "dx"),
    ("answer.form", (*CHAIN, "--accept", "number"), ["dx=z"], "dx"),
    ("answer.finite", CHAIN, ["dx=inf"], "dx"),
    ("answer.name", CHAIN, ["dx=2w"], "dx"),
    ("answer.counterexample", CHAIN, ["dx=-z"], "dx"),
    ("answer.sampled", ("lgamma(x)", "x=2"), ["dx=digamma(x + 1) - 1/x"], "dx"),
    ("answer.domain", ("sqrt(-1 - x^2)",), ["dx=x"], "dx"),
    ("answer.put-in", ("x*y + sin(x)", "x=0.5", "y=4.2"), ["dx=4.2+cos(x)"], "dx"),
    ("domain.div", CHAIN, ["dx=1/0"], "dx"),
    ("syntax.operand", CHAIN, ["dx=2*"], "dx"),
    ("mistake.follow-through", CHAIN, ["q=7", "dz=7"], "dz"),
]


@pytest.mark.parametrize(("code", "circuit", "given", "name"), REMARKS, ids=[code for code, *_ in REMARKS])
def test_remarks(code, circuit, given, name):
    report, _ = checked(*circuit, *answers(*given))
    (one, *_) = (one for one in report["answers"] if one["name"] == name)
    assert code in [remark["code"] for remark in one["remarks"]]


OPTIONS = [
    (["--atol", "-1"], "usage.atol", "--atol must be 0 or more, and got -1.0"),
    (["--rtol", "nan"], "usage.rtol", "--rtol must be 0 or more, and got nan"),
    (["--sigfigs", "3", "--exact"], "usage.option", "--sigfigs and --exact exclude each other"),
    (["--ask", "dw"], "ask.name", "dw is no quantity of this expression"),
    (["--ask", "dx,df/dx"], "ask.twice", "df/dx and dx are the same quantity"),
    (["--answers", "-", "--at", "-"], "usage.option", "standard input can be one thing only"),
    (["-a", "4"], "usage.answer", ""),
    (["--feedback", "all"], "usage.option", "--feedback takes none, verdict, hint or full, and got all"),
    (["--format", "xml"], "usage.option", "--format takes text, json"),
]


@pytest.mark.parametrize(("argv", "code", "message"), OPTIONS, ids=[" ".join(argv) for argv, *_ in OPTIONS])
def test_usage(argv, code, message):
    ran = backprop("check", *CHAIN, "-a", "dx=-4", *argv)
    assert (ran.code, ran.out) == (2, "")
    assert ran.said.startswith(f"error[{code}]: {message}")


def test_what_is_asked_must_be_answered():
    report, code = checked(*CHAIN, "-a", "dx=-4", "-a", "q=3", "--ask", "dx, dy")
    assert {one["name"]: one["verdict"] for one in report["answers"]} == {"dx": "ok", "dy": "missing", "q": "extra"}
    assert code == 1


def test_two_answers_to_one_question():
    assert words(*CHAIN, *answers("dx=-4", "df/dx=4"))["dx"] == "duplicate"
    report, code = checked(*CHAIN, *answers("dx=-4", "x.grad=-4"))
    assert [one["verdict"] for one in report["answers"][:1]] == ["ok"]
    assert "duplicate" in [one["verdict"] for one in report["answers"]]
    assert code == 1


FILES = {
    "an object": '{"dx": -4, "dy": "-4", "q": 3}',
    "the tool's own": backprop(*CHAIN, "--json").out,
    "csv": "name,answer\ndx,-4\ndy,-4\nq,3\n",
    "lines": "# mine\ndx = -4\ndy = -4\nq = 3\n",
    "crlf and bom": "\ufeffdx = -4\r\ndy = -4\r\n",
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_answers_from_standard_input(text):
    report, code = checked(*CHAIN, "--answers", "-", stdin=text)
    given = [one for one in report["answers"] if one["verdict"] != "missing"]
    assert len(given) >= 2
    assert {one["verdict"] for one in given} == {"ok"}
    assert code == 0


TOLERANCES = [
    (["--rtol", "1e-6"], "dw2=0.1966", "wrong"),
    (["--rtol", "1e-6"], "dw2=0.19661", "close"),
    (["--rtol", "1e-6"], "dw2=0.19661193", "ok"),
    ([], "dw2=0.1966", "ok"),
    (["--rtol", "0.5"], "dw2=0.1", "ok"),
    (["--atol", "0.1"], "dw2=0.25", "ok"),
    (["--sigfigs", "3"], "dw2=0.197", "ok"),
    (["--sigfigs", "3"], "dw2=0.20", "close"),
    (["--sigfigs", "2"], "dw2=0.2", "close"),
    (["--sigfigs", "2"], "dw2=0.20", "ok"),
]


@pytest.mark.parametrize(("options", "answer", "verdict"), TOLERANCES, ids=[f"{o} {a}" for o, a, _ in TOLERANCES])
def test_tolerances(options, answer, verdict):
    assert words(*NEURON, *options, "-a", answer)["dw2"] == verdict


# expression with its point, options, answer: pairs of published graders, and where the truth is small
MEANT = [
    ("x*y x=10 y=10", "--sigfigs 2", "f=95", "close"),
    ("x*y x=10 y=10", "--sigfigs 2", "f=100", "ok"),
    ("x/7 x=1", "--sigfigs 2", "f=0.146", "close"),
    ("x/7 x=1", "--sigfigs 2", "f=0.14", "ok"),
    ("x/7 x=1", "--sigfigs 2", "f=0.1429", "ok"),
    ("x/7 x=1", "--sigfigs 2", "f=0.1", "close"),
    ("6.626e-34*v v=5e14", "", "dv=0", "wrong"),
    ("6.626e-34*v v=5e14", "", "dv=-99e-34", "wrong"),
    ("6.626e-34*v v=5e14", "--sigfigs 3", "dv=0", "wrong"),
    ("6.626e-34*v v=5e14", "--sigfigs 3", "dv=6.63e-34", "ok"),
    ("sigmoid(x)*y x=-25 y=1", "", "dy=-3e-10", "wrong"),
    ("sigmoid(x)*y x=-25 y=1", "", "dy=1.39e-11", "ok"),
    ("u*(1 - tanh(x)^2) u=1 x=20", "", "du=0", "ok"),
    ("u*(1 - tanh(x)^2) u=1 x=8", "", "du=0", "wrong"),
    ("sin(x) x=pi/2", "", "dx=0", "ok"),
    ("x - y - z x=0.3 y=0.1 z=0.2", "", "f=0", "ok"),
    ("relu(x)*y x=-1 y=3", "", "dx=0", "ok"),
    ("relu(x)*y x=-1 y=3", "", "dx=1e-12", "wrong"),
    ("x^3/9 x=2", "--rtol 1e-6", "dx=0.333333333333*x^2", "ok"),
    ("x^3/9 x=2", "", "dx=0.3333333335*x^2", "close"),
]


@pytest.mark.parametrize(("about", "options", "answer", "verdict"), MEANT, ids=[" ".join(row[:3]) for row in MEANT])
def test_tolerances_mean_what_they_say(about, options, answer, verdict):
    *expression, point = re.split(r" (?=\w+=)", about, maxsplit=1)
    assert words(*expression, *point.split(), *options.split(), "-a", answer)[answer.partition("=")[0]] == verdict


# What is said beside a right or close answer where that is not all: expression with its point, answer, code, word
SAID = [
    ("floor(erf(x))*y + y x=800 y=3", "dy=1", "answer.undecided", "one of the outcomes"),
    ("floor(erf(x))*y + y x=800 y=3", "dy=7", "answer.undecided", "none of those"),
    ("x^3/9 x=2", "dx=0.333333333333*x^2", "answer.nearly", "as its decimals leave open"),
    ("x^3/9 x=2", "dx=0.3333333335*x^2", "answer.nearly", "off by 5.0e-10 of it at most"),
]


@pytest.mark.parametrize(("about", "answer", "code", "word"), SAID, ids=[" ".join(row[:2]) for row in SAID])
def test_what_is_said_beside_an_answer_that_is_not_wrong(about, answer, code, word):
    expression, point = re.split(r" (?=\w+=)", about, maxsplit=1)
    remarks = checked(expression, *point.split(), "-a", answer)[0]["answers"][0]["remarks"]
    assert [remark["code"] for remark in remarks] == [code]
    assert word in remarks[0]["message"]


EXACT = [
    ("1/3", "ok"),
    ("0.333333333", "close"),
    ("2/6", "ok"),
    ("0.3", "wrong"),
    ("sqrt(1/9)", "ok"),
    ("cos(pi/3)*2/3", "ok"),
]


@pytest.mark.parametrize(("answer", "verdict"), EXACT, ids=[answer for answer, _ in EXACT])
def test_exact(answer, verdict):
    assert words("x*y", "x=1/3", "y=2", "--exact", "-a", f"dy={answer}")["dy"] == verdict


def test_every_slope_between_both_sides_is_right_at_a_kink():
    for answer, verdict in [
        ("0", "ok"),
        ("1", "ok"),
        ("0.5", "ok"),
        ("-0.1", "wrong"),
        ("1.1", "wrong"),
        ("1.005", "close"),
    ]:
        report, _ = checked("relu(x)", "x=0", "-a", f"dx={answer}")
        (one,) = report["answers"]
        assert (answer, one["verdict"]) == (answer, verdict)
        assert one["kink"] is True
        assert "answer.kink" in [remark["code"] for remark in one["remarks"]]


@pytest.mark.parametrize("at", [("sqrt(x)", "x=0"), ("step(x)", "x=0"), ("log(x)", "x=-1"), ("floor(x)", "x=3")])
def test_no_answer_is_right_where_there_is_no_gradient(at):
    for answer in ("0", "1", "1e9", "x"):
        report, code = checked(*at, "-a", f"dx={answer}")
        (one,) = report["answers"]
        assert one["verdict"] == "undefined"
        assert "no answer is right" in one["remarks"][0]["message"]
        assert code == 1


def test_a_formula_is_judged_as_a_function():
    """Where a grader that samples [0, 1] would say yes."""
    report, code = checked("relu(x)*y", "x=2", "y=3", "-a", "dx=y")
    (one,) = report["answers"]
    assert one["verdict"] == "wrong"
    (remark,) = one["remarks"]
    assert remark["code"] == "answer.counterexample"
    at, yours, truth = re.fullmatch(r"at (.*) yours gives (.*), the gradient is (.*)", remark["message"]).groups()
    place = dict(pair.split(" = ") for pair in at.split(", "))
    assert float(place["x"]) < 0
    assert float(yours) == pytest.approx(float(place["y"]))
    assert float(truth) == 0
    assert code == 1


def test_formulas_need_no_point():
    assert words("x*sin(y)", "-a", "dx=sin(y)", "-a", "dy=x*cos(y)") == {"dx": "ok", "dy": "ok"}
    assert words("x*sin(y)", "--accept", "formula", "-a", "dx=1", "-a", "dy=x*cos(y)") == {"dx": "wrong", "dy": "ok"}
    ran = backprop("check", "x*y", "-a", "dx=1")
    assert (ran.code, ran.out) == (2, "")
    assert ran.said == "error[usage.missing]: no value for x, y"


def test_a_formula_where_a_number_is_asked_for():
    report, _ = checked(*CHAIN, "--accept", "number", *answers("dx=z", "dy=-8/2"))
    assert [(one["verdict"]) for one in report["answers"][:2]] == ["invalid", "ok"]


@pytest.mark.parametrize("feedback", ["none", "verdict", "hint"])
def test_rel_error_tells_nothing_below_full(feedback):
    report, _ = checked(*CHAIN, *answers("dx=-4", "dz=3.3", "q=-3"), "--feedback", feedback)
    assert {one["rel_error"] for one in report["answers"]} == {None}


def test_rel_error_is_always_there_at_full():
    report, _ = checked(*CHAIN, *answers("dx=-4", "dz=3.3", "q=-3"), "--feedback", "full")
    errors = {one["name"]: one["rel_error"] for one in report["answers"] if one["verdict"] != "missing"}
    assert errors == {"dx": 0, "dz": pytest.approx(0.3 / 6.3), "q": 1}


LEAKY = ("q = x*y; f = exp(q)*z", "x=0.37", "y=1.3", "z=2.7")


@pytest.mark.parametrize("feedback", ["none", "verdict", "hint"])
@pytest.mark.parametrize("form", ["text", "json", "jsonl", "csv", "junit", "tap", "gradescope", "github", "markdown"])
def test_no_correct_number_leaks(feedback, form):
    truth = json.loads(backprop(*LEAKY, "--json").out)
    numbers = [
        truth["value"],
        *truth["gradient"].values(),
        *(s[k] for s in truth["stages"] for k in ("value", "gradient")),
    ]
    wrong = answers("dx=5.67", "dy=1.62", "dz=3.2", "q=0.5", "f=-4.4", "dq=1.6")
    out = backprop("check", *LEAKY, *wrong, "--feedback", feedback, "--format", form).out
    shown = {float(text) for text in re.findall(r"-?\d+\.\d+(?:e-?\d+)?", out)}
    for number in set(numbers) - {1.0}:  # ∂f/∂f is no secret
        assert not [near for near in shown if abs(near - number) <= 1e-3 * abs(number) + 1e-12], number


# what is asked, an answer, and the number that must not be told
HIDDEN = [
    (("3*relu(x)", "x=2"), ["dx=x"], "3"),
    (("q = x - 3; f = log(q)", "x=2"), ["q=5", "dx=1"], "-1"),
    (("q = 2*x; f = sqrt(q - 4)", "x=2"), ["q=5", "dx=1"], "4"),
    (("q = 2*x; f = exp(q)", "x=500"), ["q=5", "dx=1"], "1000"),
    (("q = x*y; f = q*3", "x=1.7", "y=2.3"), ["q=1", "dq=q"], "3.91"),
]


@pytest.mark.parametrize(("circuit", "given", "secret"), HIDDEN, ids=[circuit[0] for circuit, *_ in HIDDEN])
def test_remarks_do_not_tell_an_answer(circuit, given, secret):
    for level in ("verdict", "hint"):
        report, _ = checked(*circuit, *answers(*given), "--feedback", level)
        said = [remark["message"] for one in report["answers"] for remark in one["remarks"]]
        assert said or level == "verdict"
        numbers = {float(text) for message in said for text in re.findall(r"-?\d+(?:\.\d+)?", message)}
        assert float(secret) not in numbers


def test_what_is_only_rounded_is_no_mistake_where_it_should_be_exact():
    report, _ = checked("x/3", "x=1", "-a", "dx=0.333", "--exact")
    assert [one["verdict"] for one in report["answers"]] == ["close"]
    assert [remark["code"] for one in report["answers"] for remark in one["remarks"]] == ["answer.close"]
    assert report["hints"] == []


COARSE = [  # truth, answer, options, verdict
    ("0.5", "1", [], "wrong"),
    ("0.7", "1", [], "wrong"),
    ("0.05", "0.1", [], "wrong"),
    ("1.6", "1", [], "wrong"),
    ("0.96", "1", [], "close"),
    ("1.5", "2", [], "close"),
    ("-0.0019661", "-2e-3", [], "close"),
    ("1/3", "0.33", ["--sigfigs", "3"], "close"),
    ("1/3", "0.34", ["--sigfigs", "3"], "wrong"),
]


@pytest.mark.parametrize(("truth", "answer", "options", "verdict"), COARSE)
def test_a_coarse_answer_is_the_truth_rounded(truth, answer, options, verdict):
    report, _ = checked("k*x", f"k={truth}", "x=1", "-a", f"dx={answer}", *options)
    assert report["answers"][0]["verdict"] == verdict
    if verdict == "close":
        (remark,) = report["answers"][0]["remarks"]
        digits = "three" if options else "two"
        assert remark == {
            "code": "answer.coarse",
            "message": f"rounded too far: give at least {digits} significant digits",
        }


def test_several_answers_in_one():
    report, code = checked(*CHAIN, "-a", "dx=-4, dy=-4, dz=3")
    (remark,) = report["answers"][0]["remarks"]
    assert (code, report["answers"][0]["verdict"], remark["code"]) == (1, "invalid", "answer.several")


def test_an_answer_without_its_option_is_no_value():
    ran = backprop("check", *CHAIN, "-a", "dx=-4", "dy=-4")
    assert (ran.out, ran.code) == ("", 2)
    assert "dy is no variable of the expression" in ran.err
    assert "an answer is given by -a dy=-4" in ran.err
    assert words("dy*y", "dy=2", "y=3", "-a", "ddy=3")["ddy"] == "ok"


@pytest.mark.parametrize(("name", "near"), [("dx₀", "dx0"), ("dW1", "dw1"), ("dx_0", "dx0"), ("D_W_1", "dw1")])
def test_the_nearest_name(name, near):
    report, _ = checked("w0*x0 + w1*x1", "w0=1", "x0=2", "w1=3", "x1=4", "-a", f"{name}=1")
    said = {one["name"]: one["remarks"] for one in report["answers"]}[name]
    assert said[0]["message"] == f"no quantity of this name; did you mean {near}?"


def test_without_a_point_constants_beside_formulas_are_functions_too():
    assert words("3*x + y", "-a", "dx=3", "-a", "dy=1*y/y") == {"dx": "ok", "dy": "ok"}
    assert words("3*x*y", "-a", "dx=3*y", "-a", "dy=0") == {"dx": "ok", "dy": "wrong"}
    ran = backprop("check", "3*x*y", "-a", "dx=3")
    assert (ran.code, ran.said) == (2, "error[usage.missing]: no value for x, y")


def test_a_stage_may_be_called_e():
    assert words("d = a*b; e = a + b; f = d*e", "-a", "dd=e")["dd"] == "ok"


def test_a_coarse_answer_is_no_mistake():
    report, _ = checked("sigmoid(x)", "x=1", "-a", "dx=0.2")
    assert [remark["code"] for remark in report["answers"][0]["remarks"]] == ["answer.coarse"]
    assert report["hints"] == []


def test_the_last_line_says_why_the_answer_is_no():
    ran = backprop("check", "x*y", "x=2", "y=3", *answers("dx=3", "dy=2", "foo=1"))
    assert (ran.out.splitlines()[-1], ran.code) == ("✗ 2 of 2 right, 1 that was not asked for or came twice", 1)
    ran = backprop("check", "f*2", "f=3", "-a", "f=6")
    assert "f: its value is given; its gradient is called df [answer.extra]" in ran.out
    ran = backprop("check", "x*y", "x=2", "y=3", "-a", "dx=3", "--feedback", "none")
    assert ran.out.splitlines()[-1].endswith("1 received")


def test_full_feedback_tells():
    report, _ = checked(*CHAIN, *answers("dx=5", "q=7"), "--feedback", "full")
    assert [one["expected"] for one in report["answers"][:2]] == ["-4.0", "3.0"]


def numeric(case: dict) -> list[tuple[str, str]]:
    """The printed numbers of a published case, as its source prints them."""
    text = case.get("published_text") or {}
    found = [(f"d{name}", shown) for name, shown in text.get("grad", {}).items()]
    found += [("f", text["value"])] if "value" in text else []
    for name, gate in case.get("gates", {}).items():
        found += [(name, repr(gate["value"])), (f"d{name}", repr(gate["grad"]))]
    if case["id"] == "gomez-lstm-2-steps":  # its note: right to the last digit or so only
        found.remove(("dWi2", "-0.0067"))
    return [(name, shown) for name, shown in found if re.fullmatch(r"[+-]?\d*\.?\d*(e[+-]?\d+)?", shown)]


def digits(text: str) -> str:
    return re.sub(r"e.*|\D", "", text).lstrip("0")


PRINTED = [(case, name, text) for case in published() for name, text in numeric(case)]
GOOD = [(c, n, t) for c, n, t in PRINTED if len(digits(t)) > 1 or float(t) == 0 or "." not in t]
IDS = [f"{case['id']} {name}={text}" for case, name, text in GOOD]


def check_case(case: dict, name: str, text: str) -> str:
    point = [f"{variable}={value}" for variable, value in case["at"].items()]
    label = "output" if name == "f" else name
    return words(case["expr"], *point, "-a", f"{label}={text}")[label]


def test_there_are_enough_printed_numbers():
    assert len(GOOD) > 250


@pytest.mark.parametrize(("case", "name", "text"), GOOD, ids=IDS)
def test_printed_numbers_are_right(case, name, text):
    assert check_case(case, name, text) == "ok"


def changed(text: str) -> list[str]:
    """The number with one of its first three significant digits changed, and with its sign turned."""
    first = re.search(r"[1-9]", text)
    if first is None:
        return []
    places = [at for at in range(first.start(), len(text.partition("e")[0])) if text[at].isdigit()][:3]
    turned = text[1:] if text.startswith("-") else f"-{text.removeprefix('+')}"
    return [turned, *(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :] for at in places)]


def truth(case: dict, name: str) -> float:
    if name == "f":
        return case["value_full"]
    if name[1:] in case["grad_full"]:
        return case["grad_full"][name[1:]]
    gate = case["gates"]
    return gate[name]["value_full"] if name in gate else gate[name[1:]]["grad_full"]


@pytest.mark.parametrize(("case", "name", "text"), GOOD, ids=IDS)
def test_printed_numbers_with_a_digit_changed_are_not(case, name, text):
    """0.125 rounds to 0.12 and to 0.13: what is half a unit away is a rounding of the truth too."""
    unit = 10.0 ** -len(re.sub(r"e.*", "", text).partition(".")[2]) * 10.0 ** int(text.partition("e")[2] or 0)
    others = [o for o in changed(text) if abs(float(o) - truth(case, name)) > 0.5000001 * unit]
    for other in others if not case.get("kink") else ():
        assert check_case(case, name, other) != "ok", other


FOLLOWED = {  # a student who goes on with the unrounded number, or with the one that was written
    "unrounded": (NEURON, ["dot=2", "f=0.88", "ddot=0.105"], {"f", "ddot"}),
    "many digits": (NEURON, ["dot=7", "f=0.9991", "ddot=0.00091022"], {"f", "ddot"}),
    "written": (NEURON, ["dot=7", "f=0.99", "ddot=0.0099"], {"ddot"}),
    "an exponential": (("a=x*y; b=exp(a); f=b*z", "x=1", "y=2", "z=3"), ["a=3", "b=20", "da=60.3"], {"b", "da"}),
    "neither": (NEURON, ["dot=7", "f=0.9991", "ddot=0.0105"], {"f"}),
}


@pytest.mark.parametrize(("circuit", "given", "followed"), FOLLOWED.values(), ids=FOLLOWED)
def test_what_follows_from_an_earlier_number(circuit, given, followed):
    report, _ = checked(*circuit, *answers(*given))
    found = {a["name"] for a in report["answers"] for r in a["remarks"] if r["code"] == "mistake.follow-through"}
    assert found == followed


@pytest.mark.parametrize("typed", ["undefined", "does not exist", "no value"])
@pytest.mark.parametrize(
    ("expression", "at", "code"),
    [("abs(x)*y", ("x=0", "y=2"), 0), ("relu(x) + y", ("x=0", "y=2"), 0), ("abs(x)*y", ("x=1", "y=2"), 1)],
)
def test_that_there_is_no_slope_is_right_at_a_kink_only(typed, expression, at, code):
    ran = backprop("check", expression, *at, "-a", f"dx={typed}")
    assert (ran.err, ran.code) == ("", code)
    assert ("✓ ok (kink)" in ran.out, "there is a gradient here" in ran.out) == (code == 0, code == 1)


def test_answers_to_nothing_of_a_descent():
    ran = backprop("check", "x^2", "x=1", "--lr", "0.1", "-a", "x1=0.8")
    assert (ran.out, ran.code) == ("", 2)
    assert ran.said == "error[ask.name]: no answer is to a quantity of these rows or steps"
