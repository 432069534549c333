"""Text → circuit: notation, precedence, stages, sharing, and what is refused, with the code, the span and the hint."""

from __future__ import annotations

import pytest

from backprop_cli import Circuit, Diagnostic, Refused, differentiate, read
from backprop_cli.gates import GATES, called


def tree(circuit: Circuit) -> str:
    """The output with every gate by its table name: ``sub(x, y)``."""
    made: list[str] = []
    for node in circuit.nodes:
        made.append(f"{node.op}({', '.join(made[i] for i in node.inputs)})" if node.is_gate else node.text)
    return made[circuit.output]


def problems(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(Refused) as caught:
        read(text)
    return caught.value.problems


def marked(problem: Diagnostic) -> str:
    """The part of the text that a problem's carets stand under."""
    assert problem.source is not None
    assert problem.span is not None
    return problem.source.text[problem.span.start : problem.span.end]


READ = {
    # as typed: nothing is simplified or reordered
    "x - y": "sub(x, y)",
    "x + -y": "add(x, neg(y))",
    "x--y": "sub(x, neg(y))",
    "x + x": "add(x, x)",
    "1*x": "mul(1, x)",
    "1/x": "div(1, x)",
    "+x": "x",
    "--x": "neg(neg(x))",
    "3 - 2": "sub(3, 2)",
    "x-2": "sub(x, 2)",
    ".5 + 5.": "add(.5, 5.)",
    "2e3": "2e3",
    # precedence
    "a + b - c": "sub(add(a, b), c)",
    "a - b - c": "sub(sub(a, b), c)",
    "a - (b - c)": "sub(a, sub(b, c))",
    "a/b/c": "div(div(a, b), c)",
    "a*b/c*d": "mul(div(mul(a, b), c), d)",
    "a + b*c^d": "add(a, mul(b, pow(c, d)))",
    "x^y^z": "pow(x, pow(y, z))",
    "x**y": "pow(x, y)",
    "-x^2": "neg(pow(x, 2))",
    "-2^2": "neg(pow(2, 2))",
    "(-2)^2": "pow(-2, 2)",
    "-2*x": "mul(-2, x)",
    "-x*y": "mul(neg(x), y)",
    "2^-x": "pow(2, neg(x))",
    "x**-y**z": "pow(x, neg(pow(y, z)))",
    "2**-1": "pow(2, -1)",
    # products without a sign
    "2x": "mul(2, x)",
    "2 x": "mul(2, x)",
    "2x^2": "mul(2, pow(x, 2))",
    "2(x+1)": "mul(2, add(x, 1))",
    "(a)(b)": "mul(a, b)",
    "sin(x)cos(x)": "mul(sin(x), cos(x))",
    "2pi": "mul(2, pi)",
    "1/(2x)": "div(1, mul(2, x))",
    "xy": "xy",
    # conditions
    "a == b": "eq(a, b)",
    "not a": "where(ne(a, 0), 0, 1)",
    "a < b and b < c or not c": "where(where(lt(a, b), lt(b, c), 0), 1, where(ne(c, 0), 0, 1))",
    "a + 1 < b*2": "lt(add(a, 1), mul(b, 2))",
    "where(x>0, x, -x)": "where(gt(x, 0), x, neg(x))",
    "where(x, y, 3)": "where(ne(x, 0), y, 3)",
    "x and 2*y": "where(ne(x, 0), ne(mul(2, y), 0), 0)",
    "where(x != 0, y, 3)": "where(ne(x, 0), y, 3)",
    "where(1, x, y)": "where(1, x, y)",
    "where((x > 0)*(y > 0), x, y)": "where(mul(gt(x, 0), gt(y, 0)), x, y)",
    "where(floor(x), x, y)": "where(floor(x), x, y)",
    "where(where(x, 1, 0), x, y)": "where(where(ne(x, 0), 1, 0), x, y)",
    "where(where(x > 1, x, y), x, y)": "where(ne(where(gt(x, 1), x, y), 0), x, y)",
    # Unicode
    "a × b · c ÷ d − f": "sub(div(mul(mul(a, b), c), d), f)",
    "x²y": "mul(pow(x, 2), y)",
    "x⁻²": "pow(x, -2)",
    "-x²": "neg(pow(x, 2))",
    "√x + √(y)": "add(sqrt(x), sqrt(y))",
    "a ≤ b": "le(a, b)",
    "a ≠ b": "ne(a, b)",
    "x₁ + x₂": "add(x₁, x₂)",
    "\u00b5 + \u03bc": "add(\u03bc, \u03bc)",
    # names
    "α*β": "mul(α, β)",
    "lambda*E": "mul(lambda, E)",
    "I + S + N + Q": "add(add(add(I, S), N), Q)",
    "beta*gamma": "mul(beta, gamma)",
    "π*e": "mul(pi, e)",
    "ln(x)": "log(x)",
    "σ(x)": "sigmoid(x)",
    "σ*x": "mul(σ, x)",
    "leaky_relu(x)": "leaky_relu(x, 0.01)",
    "max(a, b, c)": "max(a, b, c)",
    # statements
    "q = x + y; f = q*z": "mul(add(x, y), z)",
    "q = x + y\nq*z # the product": "mul(add(x, y), z)",
    "x +\n y": "add(x, y)",
    "(x\n + y)": "add(x, y)",
    "e = 3; e*x": "mul(3, x)",
    "b = a; b*2": "mul(identity(a), 2)",
}


@pytest.mark.parametrize(("text", "expected"), READ.items(), ids=READ)
def test_a_text_is_read_as_typed(text, expected):
    assert tree(read(text)) == expected


@pytest.mark.parametrize("alias", [(a, g.name) for g in GATES.values() for a in g.aliases], ids=lambda pair: pair[0])
def test_every_alias_is_its_gate(alias):
    assert called(alias[0]) is GATES[alias[1]]


REFUSED = {
    # text: (code, the marked part, a part of the hint)
    "1/2x": ("syntax.ambiguous", "1/2x", "1/(2*x) or (1/2)*x"),
    "2x/3y": ("syntax.ambiguous", "2x/3y", "2x/(3*y) or (2x/3)*y"),
    "a/b(c)": ("syntax.ambiguous", "b(c)", "a/(b*(c)) or (a/b)*(c)"),
    "2^3x": ("syntax.ambiguous", "2^3x", "2^(3*x) or (2^3)*x"),
    "1/2y(": ("syntax.ambiguous", "1/2y", "1/(2*y() or (1/2)*y("),
    "√2x": ("syntax.ambiguous", "√2x", "√(2*x) or √(2)*x"),
    "√x²": ("syntax.ambiguous", "√x²", "√(x^2) or (√x)^2"),
    "x y": ("syntax.operator", "y", "x*y"),
    "sin x": ("syntax.operator", "x", "sin(x)"),
    "0x10": ("syntax.operator", "0x10", "decimal"),
    "x +": ("syntax.operand", "", ""),
    "x * * y": ("syntax.operand", "*", "^ or **"),
    "()": ("syntax.operand", "()", ""),
    "max()": ("syntax.operand", "max()", ""),
    "(x + y": ("syntax.parenthesis", "(", ""),
    "x)": ("syntax.parenthesis", ")", ""),
    "a < b < c": ("syntax.comparison", "< b <", "and"),
    "(x, y)": ("syntax.unexpected", ",", "dot"),
    "x @ y": ("syntax.matrix", "@", "*"),
    "foo(x)": ("name.function", "foo", "floor"),
    "sine(x)": ("name.function", "sine", "did you mean sin"),
    "x(y)": ("name.function", "x", "x*(y)"),
    "sin(x, y)": ("name.arguments", "sin(x, y)", "sin(x)"),
    "leaky_relu(x, 1, 2)": ("name.arguments", "leaky_relu(x, 1, 2)", "leaky_relu(x, a)"),
    "log(x, 2)": ("name.arguments", "log(x, 2)", "log(x)/log(b)"),
    "x = 1; x = 2": ("name.redefined", "x", ""),
    "b = a; a = 3": ("name.order", "a", "before"),
    "and = 3": ("name.reserved", "and", ""),
    "x; y": ("syntax.unnamed", "x", "name = …"),
    "2*x = 3": ("syntax.assignment", "=", "=="),
    "": ("text.empty", None, "example"),
    "# nothing": ("text.empty", None, ""),
    "x$": ("text.character", "$", ""),
    "|x|": ("text.character", "|", "abs(x)"),
    "5!": ("text.character", "!", "gamma"),
    "x\u200by": ("text.control", "\u200b", ""),
    "x\x00": ("text.control", "\x00", ""),
    "жx": ("text.character", "ж", ""),
    "1e401": ("limit.exponent", "1e401", ""),
    "x" + "²" * 5000: ("limit.number", "²" * 5000, ""),
    "1" * 401: ("limit.number", "1" * 401, ""),
    "x" * 65: ("limit.name", "x" * 65, ""),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.items(), ids=[repr(text[:12]) for text in REFUSED])
def test_a_refusal_says_what_and_where(text, expected):
    code, part, hint = expected
    first = problems(text)[0]
    assert first.code == code
    assert part is None or marked(first) == part
    assert hint in first.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = b +; c = *; a + c", [("syntax.operand", ";"), ("syntax.operand", "*")]),
        ("sine(x) + cosine(x)", [("name.function", "sine"), ("name.function", "cosine")]),
        ('"x"', [("text.character", '"')] * 2),
        ("$" * 9, [("text.character", "$")] * 5),
        ("a = foo(x); b = a + 1; b", [("name.function", "foo")]),
    ],
)
def test_several_problems_come_out_together(text, expected):
    assert [(problem.code, marked(problem)) for problem in problems(text)] == expected


def test_reading_stops_once_there_are_as_many_problems_as_are_shown(monkeypatch):
    asked = []
    monkeypatch.setattr("difflib.get_close_matches", lambda *given, **_: asked.append(given) or [])
    for text in ("+".join(f"nothing{i}(x)" for i in range(50_000)), ";".join(f"a{i}=no{i}(x)" for i in range(40_000))):
        asked.clear()
        assert len(problems(text)) == len(asked) == 10


def test_a_problem_on_a_later_line_has_its_line_and_column():
    (problem,) = problems("a = x\n\nb = a*foo(x)")
    assert problem.source.position(problem.span.start) == (3, 7)


def test_limits_that_are_just_met_are_read():
    assert tree(read("x" * 64)) == "x" * 64
    assert read("1" * 400).nodes[0].text == "1" * 400
    assert tree(read("1e400")) == "1e400"
    assert problems("x " * 500_001)[0].code == "limit.size"
    assert problems("x+" * 200_000 + "x")[0].code == "limit.tokens"
    assert len(read("x+" * 100 + "x", most_characters=1_000).nodes) == 101


def test_constants_are_names_once_they_are_bound():
    assert read("e*pi").inputs == {}
    assert list(read("e*pi", bound={"e"}).inputs) == ["e"]
    assert differentiate("e*x", {"e": 2, "x": 3}).gradient == {"e": 3.0, "x": 2.0}


def test_equal_subexpressions_are_one_node_unless_told_not_to():
    assert [node.op for node in read("x*y + x*y").nodes] == ["input", "input", "mul", "add"]
    apart = read("x*y + x*y", share=False)
    assert [node.op for node in apart.nodes] == ["input", "input", "mul", "mul", "add"]
    point = {"x": 3, "y": 5}
    assert differentiate("x*y + x*y", point).gradient == differentiate("x*y + x*y", point, share=False).gradient
    assert len(read("x*y + y*x").nodes) == 5


def test_a_stage_is_a_quantity_of_its_own():
    circuit = read("a = x*y; b = x*y; f = 2*a + 3*b")
    assert len({stage.node for stage in circuit.stages}) == 3
    report = differentiate(circuit, {"x": 2, "y": 5})
    assert {stage.name: stage.gradient.approx for stage in report.stages} == {"a": 2.0, "b": 3.0, "f": 1.0}
    assert report.gradient == {"x": 25.0, "y": 10.0}


def test_an_alias_stage_leaves_its_variable_alone():
    report = differentiate("b = a; f = a*b", {"a": 3})
    assert report.gradient == {"a": 6.0}
    assert {stage.name: stage.gradient.approx for stage in report.stages} == {"b": 3.0, "f": 1.0}


def test_a_named_expression_is_not_shared_with_a_later_unnamed_one():
    report = differentiate("a = x*y; f = a + x*y", {"x": 2, "y": 5})
    assert {stage.name: stage.gradient.approx for stage in report.stages}["a"] == 1.0
    assert report.gradient == {"x": 10.0, "y": 4.0}


def test_nodes_are_inputs_then_constants_then_gates_in_reading_order():
    circuit = read("b*2 + a*3")
    assert [node.op for node in circuit.nodes] == ["input", "input", "constant", "constant", "mul", "mul", "add"]
    assert list(circuit.inputs) == ["b", "a"]
    assert [circuit.typed(index) for index in range(4, 7)] == ["b*2", "a*3", "b*2 + a*3"]


def test_deep_and_long_texts_are_read():
    deep = read("sin(" * 10_000 + "x" + ")" * 10_000)
    assert sum(node.op == "sin" for node in deep.nodes) == 10_000
    chain = read(" + ".join(f"x{i}" for i in range(10_000)))
    assert (len(chain.inputs), len(chain.nodes)) == (10_000, 19_999)
    assert tree(read("(" * 19_999 + "x" + ")" * 19_999)) == "x"
    problem = problems("(" * 20_001 + "x" + ")" * 20_001)[0]
    assert (problem.code, problem.span.start) == ("limit.nesting", 20_000)


def test_ten_thousand_nested_sines_have_a_gradient():
    report = differentiate("sin(" * 10_000 + "x" + ")" * 10_000, {"x": 1}, check="forward")
    assert report.ok
    assert 0 < report.gradient["x"] < 1e-4
