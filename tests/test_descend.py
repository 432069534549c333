"""``backprop descend``: every known descent, every optimizer beside an independent one, and every way of stopping."""

from __future__ import annotations

import csv
import io
import json
import math
import signal
import subprocess
import time
from pathlib import Path

import pytest
from command import SCRIPT, backprop, clean, process
from test_cli_json import parsed

CASES = [
    json.loads(line) for line in (Path(__file__).parent / "cases" / "descent.jsonl").read_text("utf-8").splitlines()
]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def words(point: dict) -> list[str]:
    return [f"{name}={json.dumps(value)}" for name, value in point.items()]


def run(*argv: str, code: int = 0) -> dict:
    ran = backprop("descend", *argv, "--json")
    assert ran.code == code, ran.err
    found = parsed(ran.out, "descend")
    if code == 4:
        assert ran.said == f"error[{found['error']['code']}]: {found['error']['message']}"
    elif code:
        assert ran.said.startswith("error[check.wrong]: ")
    return found


def close(found: object, wanted: object, rel: float = 1e-9) -> bool:
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(close(*pair, rel) for pair in zip(found, wanted, strict=True))
    return math.isclose(found, wanted, rel_tol=rel, abs_tol=rel)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_published_descent(case):
    told = case["descent"]
    way = [] if told["minimize"] else ["--maximize"]
    options = ["--lr", str(told["lr"]), "--steps", str(told["steps"]), "--wrt", ",".join(told["update"]), *way]
    options += ["--history", "-"] if "trajectory_full" in told else []
    found = run(case["expr"], *words(case["at"]), *options, "--no-check")
    assert (found["steps"], found["stopped"]) == (told["steps"], "steps")
    assert close(found["value_before"], case["value_full"])
    if case["id"] != "hackers-mul-ascent-step1":
        assert all(close(found["point"][name], value) for name, value in told["after_full"].items())
    assert close(found["value"], told["value_after_full"])
    for step, point in enumerate(told.get("trajectory_full", []), 1):
        assert all(close(found["history"][step]["point"][name], value) for name, value in point.items())


# Written for this test from the papers, with nothing of the program's: each gives the next point and its own memory.
def sgd(w, g, lr, t, memory):
    return w - lr * g, memory


def momentum(w, g, lr, t, memory, mu=0.9):
    velocity = memory * mu + g if t > 1 else g
    return w - lr * velocity, velocity


def nesterov(w, g, lr, t, memory, mu=0.9):
    velocity = memory * mu + g if t > 1 else g
    return w - lr * (g + mu * velocity), velocity


def adagrad(w, g, lr, t, memory):
    total = (memory or 0.0) + g * g
    return w - lr * g / (math.sqrt(total) + 1e-10), total


def rmsprop(w, g, lr, t, memory, alpha=0.99):
    mean = alpha * (memory or 0.0) + (1 - alpha) * g * g
    return w - lr * g / (math.sqrt(mean) + 1e-8), mean


def adam(w, g, lr, t, memory, beta1=0.9, beta2=0.999):
    first, second = memory or (0.0, 0.0)
    first, second = beta1 * first + (1 - beta1) * g, beta2 * second + (1 - beta2) * g * g
    step = lr / (1 - beta1**t)
    return w - step * first / (math.sqrt(second) / math.sqrt(1 - beta2**t) + 1e-8), (first, second)


REFERENCES = {function.__name__: function for function in (sgd, momentum, nesterov, adagrad, rmsprop, adam)}
BANANA = "(1 - x)^2 + 3*(y - x^2)^2"


def slopes(x, y):
    return -2 * (1 - x) - 12 * x * (y - x * x), 6 * (y - x * x)


def referenced(name, steps, *, lr, decay=0.0, sign=1.0, **settings):
    points, memory = [(-1.5, 0.5)], [None, None]
    for step in range(1, steps + 1):
        rate, moved = lr / (1 + decay * (step - 1)), []
        for place, slope in enumerate(slopes(*points[-1])):
            new, memory[place] = REFERENCES[name](
                points[-1][place], sign * slope, rate, step, memory[place], **settings
            )
            moved.append(new)
        points.append(tuple(moved))
    return points


WAYS = [
    *((name, 0.01, [], {}) for name in REFERENCES),
    ("sgd", 0.02, ["--decay", "0.1"], {"decay": 0.1}),
    ("sgd", 0.0001, ["--maximize"], {"sign": -1.0}),
    ("adam", 0.001, ["--maximize"], {"sign": -1.0}),
    ("momentum", 0.002, ["--set", "mu=0.5"], {"mu": 0.5}),
    ("nesterov", 0.002, ["--set", "mu=0.7"], {"mu": 0.7}),
    ("rmsprop", 0.01, ["--set", "alpha=0.5"], {"alpha": 0.5}),
    ("adam", 0.1, ["--set", "beta1=0.5", "--set", "beta2=0.9"], {"beta1": 0.5, "beta2": 0.9}),
]


@pytest.mark.parametrize(("name", "lr", "options", "told"), WAYS, ids=[" ".join([w[0], *w[2]]) for w in WAYS])
@pytest.mark.parametrize("arrays", [False, True], ids=["numbers", "arrays"])
def test_every_step_of_an_optimizer(name, lr, options, told, arrays):
    expression, point = (BANANA, ["x=-1.5", "y=0.5"])
    if arrays:
        expression, point = "(1 - v[0])^2 + 3*(v[1] - v[0]^2)^2", ["v=[-1.5, 0.5]"]
    argv = [expression, *point, "--optimizer", name, "--lr", str(lr), "--steps", "50", *options]
    found = run(*argv, "--no-check", "--history", "-")
    wanted = referenced(name, 50, lr=lr, **told)
    assert len(found["history"]) == 51
    for visit, point in zip(found["history"], wanted, strict=True):
        got = visit["point"]["v"] if arrays else list(visit["point"].values())
        assert close(got, list(point), 1e-12), visit["step"]
        assert close(list(visit["gradient"]["v"] if arrays else visit["gradient"].values()), list(slopes(*got)), 1e-9)


TORCH = {
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "adagrad": ("Adagrad", {}),
    "rmsprop": ("RMSprop", {}),
    "adam": ("Adam", {}),
}


@pytest.mark.parametrize("name", TORCH)
@pytest.mark.parametrize("lr", [None, 0.02], ids=["own rate", "0.02"])
def test_as_torch(name, lr):
    torch = pytest.importorskip("torch")
    kind, settings = TORCH[name]
    x, y = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (-1.5, 0.5))
    steps = getattr(torch.optim, kind)([x, y], **settings, **({} if lr is None else {"lr": lr}))
    options = [] if lr is None else ["--lr", str(lr)]
    found = run(BANANA, "x=-1.5", "y=0.5", "--optimizer", name, "--steps", "30", *options, "--history", "-")
    for visit in found["history"]:
        assert close([visit["point"]["x"], visit["point"]["y"]], [x.item(), y.item()], 1e-12)
        steps.zero_grad()
        ((1 - x) ** 2 + 3 * (y - x**2) ** 2).backward()
        steps.step()


def test_the_table():
    ran = backprop("descend", "(1 - x)^2 + 100*(y - x^2)^2", "x=-1", "y=1", "--lr", "0.002", "--steps", "2000")
    assert (ran.err, ran.code) == ("", 0)
    assert ran.out == (
        "f = (1 - x)^2 + 100*(y - x^2)^2\n"
        "f: 4.0 → 0.008950297025205571 in 2,000 steps (sgd, lr 0.002)\n"
        "\n"
        "parameter   before                after               gradient\n"
        "──────────────────────────────────────────────────────────────\n"
        "x             -1.0   0.9054786804978062   -0.04408826879106009\n"
        "y              1.0   0.8194914260840741   -0.08004295039483189\n"
        "\n"
        "f  ██▇▇▆▆▅▅▄▄▃▃▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁\n"
        "\n"
        "all 2,000 steps were made\n"
        "✓ at the last point, 2 gradients agree with power series\n"
    )


def test_the_table_of_arrays_and_of_what_is_fixed():
    argv = ["sum((W @ x - y)^2)", "W=[[1, 0], [0, 1]]", "x=[1, 2]", "y=[3, 4]", "--wrt", "W", "--lr", "0.05"]
    ran = backprop("descend", *argv, "--steps", "1", "--no-check")
    assert (ran.err, ran.code) == ("", 0)
    assert ran.out == (
        "f = sum((W @ x - y)^2)\n"
        "f: 8.0 → 2.0 in 1 step (sgd, lr 0.05)\n"
        "\n"
        "W (2, 2)\n"
        "  before    [[1, 0],\n"
        "             [0, 1]]\n"
        "  after     [[1.2, 0.4],\n"
        "             [0.2, 1.4]]\n"
        "  gradient  [[-2, -4],\n"
        "             [-2, -4]]\n"
        "held fixed: x, y\n"
        "\n"
        "f  █▁\n"
        "\n"
        "the step was made\n"
        "the last gradient is not checked (--no-check)\n"
    )


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_the_table_keeps_to_the_terminal(columns):
    long = "a_very_long_name_of_a_parameter*1.5 + " * 6 + "x^2"
    ran = backprop(
        "descend",
        long,
        "a_very_long_name_of_a_parameter=1",
        "x=0.1",
        "--wrt",
        "x",
        columns=columns,
        env={"NO_COLOR": "1"},
    )
    assert max(map(len, ran.out.splitlines())) <= columns


def test_the_curve_on_a_terminal(monkeypatch):
    argv = ["descend", "(1 - x)^2 + 100*(y - x^2)^2", "x=-1", "y=1", "--lr", "0.002", "--steps", "2000"]
    pytest.importorskip("plotext")
    drawn = backprop(*argv, columns=80, env={"NO_COLOR": "1"}).out.splitlines()
    assert max(map(len, drawn)) <= 80
    assert "f at each step" in " ".join(drawn)
    assert list(map(float, drawn[-4].split())) == [0, 500, 1000, 1500, 2000]
    assert sum("┤" in line for line in drawn) == 5
    monkeypatch.setitem(__import__("sys").modules, "plotext", None)
    assert "f  ██▇▇" in backprop(*argv, columns=80, env={"NO_COLOR": "1"}).out


def test_a_terminal_without_unicode():
    ran = process("descend", "x^2", "x=10", env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert ran.code == 0
    assert ran.out.isascii()


def test_plain_and_quiet():
    argv = ["x^2 + y", "x=4", "y=1", "--lr", "0.25", "--steps", "2", "--wrt", "x"]
    ran = backprop("descend", *argv, "--format", "plain")
    assert (ran.err, ran.code) == ("", 0)
    assert ran.out == (
        "f = 2.0\n"
        "x = 1.0\n"
        "df/dx = 2.0\n"
        "# 2 steps from f = 17.0: sgd, lr 0.25\n"
        "# all 2 steps were made\n"
        "# at the last point, 1 gradient agrees with power series\n"
    )
    assert backprop("descend", *argv, "-q") == type(ran)("1.0\n", "", 0)


def test_all_parameters_move_from_their_old_values():
    found = run("x*y", "x=1", "y=1", "--lr", "0.5", "--steps", "1")
    assert found["point"] == {"x": 0.5, "y": 0.5}


def test_a_stage_is_followed_and_an_index_is_never_moved():
    found = run("s = W @ x; L = -log(softmax(s)[y])", "W=[[1, 0], [0, 1]]", "x=[1, 2]", "y=0", "--lr", "0.1")
    assert (found["output"], found["value"] < found["value_before"], set(found["gradient"])) == ("L", True, {"W", "x"})
    assert found["point"]["y"] == 0.0


def test_the_point_that_was_printed_can_be_given():
    once = ["x^2 + 3*y^2", "--lr", "0.05", "--no-check"]
    whole = run(*once, "x=1", "y=2", "--steps", "20")
    half = backprop("descend", *once, "x=1", "y=2", "--steps", "10", "--json")
    Path("half.json").write_text(half.out)
    again = run(*once, "--at", "half.json", "--steps", "10")
    assert again["point"] == whole["point"]
    Path("point.json").write_text(json.dumps(json.loads(half.out)["point"]))
    assert run(*once, "--at", "point.json", "--steps", "10")["point"] == whole["point"]
    assert backprop("x^2 + 3*y^2", "--at", "half.json", "--no-check", "-q").code == 0


def test_a_printed_point_of_arrays_can_be_given():
    ran = backprop("descend", "sum(W^2)", "W=[[1, 2], [3, 4]]", "--lr", "0.1", "--json")
    Path("out.json").write_text(ran.out)
    assert run("sum(W^2)", "--at", "out.json", "--steps", "0")["point"] == json.loads(ran.out)["point"]


HISTORY = "step,f,x,df/dx\n0,4.0,2.0,4.0\n1,1.0,1.0,2.0\n2,0.25,0.5,1.0\n"


@pytest.mark.parametrize("where", ["-", "history.csv"])
def test_history_as_csv(where):
    ran = backprop("descend", "x^2", "x=2", "--lr", "0.25", "--steps", "2", "--history", where)
    assert (ran.err, ran.code) == ("", 0)
    assert (ran.out if where == "-" else Path(where).read_text()) == HISTORY
    assert where == "-" or ran.out.startswith("f = x^2\n")


def test_history_of_arrays_has_a_column_for_each_element():
    ran = backprop("descend", "sum(W^2)", "W=[[1, 2]]", "--lr", "0.25", "--steps", "1", "--history", "-")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert rows[1] == {
        "step": "1",
        "f": "1.25",
        "W[0, 0]": "0.5",
        "W[0, 1]": "1.0",
        "df/dW[0, 0]": "1.0",
        "df/dW[0, 1]": "2.0",
    }


def test_history_as_json_lines_and_in_json():
    argv = ["x^2", "x=2", "--lr", "0.25", "--steps", "2"]
    assert backprop("descend", *argv, "--history", "history.jsonl").code == 0
    lines = [json.loads(line) for line in Path("history.jsonl").read_text().splitlines()]
    assert lines[1] == {"step": 1, "value": 1.0, "point": {"x": 1.0}, "gradient": {"x": 2.0}}
    assert run(*argv, "--history", "-")["history"] == lines


STOPS = [
    # id, arguments, code, stopped, steps, beginning of what stderr says
    ("steps", ["x^2", "x=2", "--lr", "0.1", "--steps", "3"], 0, "steps", 3, ""),
    ("no steps", ["x^2", "x=2", "--steps", "0"], 0, "steps", 0, ""),
    ("small enough", ["x^2", "x=2", "--lr", "0.25", "--tol", "0.5"], 0, "tol", 3, ""),
    ("small enough at once", ["x^2", "x=2", "--tol", "5"], 0, "tol", 0, ""),
    ("the bottom", ["x^2", "x=2", "--lr", "0.5"], 0, "standstill", 2, ""),
    ("flat from the start", ["relu(x)", "x=-1"], 0, "standstill", 1, ""),
    ("too small a step", ["1e-9*x", "x=1e9"], 0, "standstill", 1, ""),
    (
        "a domain",
        ["log(x)", "x=1", "--lr", "0.3"],
        4,
        "no value",
        2,
        "error[domain.log]: step 3 leads nowhere: log needs",
    ),
    (
        "a slope",
        ["sqrt(x)", "x=1", "--lr", "2"],
        4,
        "no value",
        0,
        "error[slope.sqrt]: step 1 leads nowhere: sqrt has a value",
    ),
    (
        "overflow",
        ["x^2", "x=1", "--lr", "1e200"],
        4,
        "no value",
        0,
        "error[overflow.pow]: step 1 leads nowhere: pow overflows",
    ),
    (
        "a parameter",
        ["1e200*x", "x=1", "--lr", "1e200"],
        4,
        "overflow",
        0,
        "error[overflow.step]: step 1 takes x out of",
    ),
    (
        "an array",
        ["sum(log(v))", "v=[1, 4]", "--lr", "0.6"],
        4,
        "no value",
        1,
        "error[domain.log]: step 2 leads nowhere: log needs",
    ),
    (
        "an array's parameter",
        ["sum(1e200*v)", "v=[1, 4]", "--lr", "1e200"],
        4,
        "overflow",
        0,
        "error[overflow.step]: step 1 takes v",
    ),
    (
        "higher",
        ["x^2", "x=10", "--lr", "1.1", "--steps", "2"],
        0,
        "steps",
        2,
        "warning[descent.rises]: f rises where it should fall",
    ),
    (
        "lower",
        ["-x^2", "x=10", "--lr", "1.1", "--steps", "2", "--maximize"],
        0,
        "steps",
        2,
        "warning[descent.rises]: f falls where it should grow",
    ),
    (
        "jumps",
        ["x^2", "x=10", "--lr", "1", "--steps", "9"],
        0,
        "steps",
        9,
        "warning[descent.jumps]: x jumps back and forth since step 1, each time as far",
    ),
    (
        "a kink",
        ["abs(x)", "x=1.05", "--lr", "0.1", "--steps", "30"],
        0,
        "steps",
        30,
        "warning[descent.jumps]: x jumps back and forth since step 11, each time",
    ),
    (
        "an element jumps",
        ["sum(v^2)", "v=[0, 10]", "--lr", "1", "--steps", "9"],
        0,
        "steps",
        9,
        "warning[descent.jumps]: v[1] jumps back and forth since step 1,",
    ),
    (
        "on the kink",
        ["abs(x)", "x=1", "--lr", "1", "--steps", "1"],
        0,
        "steps",
        1,
        "warning[kink.abs]: abs stands on a kink",
    ),
]


@pytest.mark.parametrize(
    ("argv", "code", "stopped", "steps", "said"), [case[1:] for case in STOPS], ids=[c[0] for c in STOPS]
)
def test_why_it_stops(argv, code, stopped, steps, said):
    shown = backprop("descend", *argv)
    assert (shown.said[: len(said)], shown.code) == (said, code)
    assert bool(shown.err) is bool(said)
    assert " step" in shown.out
    found = run(*argv, code=code)
    assert (found["stopped"], found["steps"]) == (stopped, steps)
    assert ("error" in found) is (code == 4)
    if code == 4:
        assert said.startswith(f"error[{found['error']['code']}]")
    if found["steps"]:
        assert (
            found["value"] == json.loads(backprop(argv[0], *words(found["point"]), "--json", "--no-check").out)["value"]
        )


def test_a_start_without_a_value_is_refused():
    ran = backprop("descend", "log(x)", "x=-1")
    assert (ran.out, ran.code) == ("", 4)
    assert ran.err == "error[domain.log]: log needs x > 0, and got -1.0\n  expression:\n    log(x)\n    ^^^^^^\n"


def test_no_advice_is_given_that_cannot_be_followed():
    ran = backprop("descend", "x^2", "x=1e308")
    assert ran.err == (
        "error[overflow.pow]: pow overflows a double, with x = 1e+308, y = 2.0\n  expression:\n    x^2\n    ^^^\n"
    )


ERRORS = [
    ("usage.lr", ["x", "x=1", "--lr", "0"], "--lr must be more than 0, and got 0.0"),
    ("usage.lr", ["x", "x=1", "--lr", "nan"], "--lr must be more than 0, and got nan"),
    ("usage.decay", ["x", "x=1", "--decay", "-1"], "--decay must be 0 or more, and got -1.0"),
    ("usage.steps", ["x", "x=1", "--steps", "-1"], "--steps must be at least 0 and at most 10,000,000, and got -1"),
    ("usage.steps", ["x", "x=1", "--steps", "1000000000"], "--steps must be at least 0 and at most"),
    ("usage.tol", ["x", "x=1", "--tol", "nan"], "--tol must be 0 or more, and got nan"),
    ("usage.setting", ["x", "x=1", "--set", "mu=0.5"], "sgd has no setting mu"),
    ("usage.setting", ["x", "x=1", "--optimizer", "adam", "--set", "beta3=0.5"], "adam has no setting beta3"),
    (
        "usage.setting",
        ["x", "x=1", "--optimizer", "momentum", "--set", "mu=1"],
        "mu must be at least 0 and less than 1",
    ),
    ("usage.setting", ["x", "x=1", "--optimizer", "adam", "--set", "eps=-1"], "eps must be 0 or more, and got -1.0"),
    ("usage.setting", ["x", "x=1", "--set", "mu"], "--set takes NAME=VALUE with a number, and got mu"),
    ("usage.parameters", ["2 + 3"], "there is no parameter to move"),
    ("usage.wrt", ["q = x; q^2", "x=1", "--wrt", "q"], "--wrt names q, which is a stage"),
    ("usage.wrt", ["x^2", "x=1", "--wrt", "z"], "--wrt names z, which cannot be moved"),
    ("usage.wrt", ["v[y]", "v=[1, 2]", "y=1", "--wrt", "y"], "--wrt names y, which cannot be moved"),
    ("usage.missing", ["x*y", "x=1"], "no value for y"),
    (
        "shape.output",
        ["v*2", "v=[1, 2]"],
        "v*2 is (2,), and a gradient is that of one number",
    ),
    ("usage.option", ["x", "x=1", "--history", "h.txt"], "--history takes a .csv or a .jsonl file, and got h.txt"),
    ("usage.option", ["x", "x=1", "--history", "-", "-q"], "--history - and --quiet both want standard output"),
    ("usage.option", ["x", "x=1", "--show-work", "-q"], "--show-work and --quiet exclude each other"),
    ("usage.option", ["x", "x=1", "--format", "plain", "-q"], "--format and --quiet exclude each other"),
    ("usage.option", ["x", "x=1", "--optimizer", "adm"], "--optimizer takes sgd, momentum, nesterov"),
    ("usage.option", ["x", "x=1", "--plot", "p.pdf"], "--plot takes an .svg or a .png file, and got p.pdf"),
    ("usage.setting", ["x", "x=1", "--set", "=0.5"], "--set takes NAME=VALUE with a number, and got =0.5"),
    ("output.file", ["x", "x=1", "-o", "no/p.html"], "no/p.html cannot be written: there is no such folder"),
    ("output.file", ["x", "x=1", "--plot", "no/p.svg"], "no/p.svg cannot be written: there is no such folder"),
    ("output.file", ["x", "x=1", "--history", "no/h.csv"], "no/h.csv cannot be written"),
]


@pytest.mark.parametrize(("code", "argv", "message"), ERRORS, ids=[" ".join(argv) for _, argv, _ in ERRORS])
def test_an_error(code, argv, message):
    ran = backprop("descend", *argv)
    assert ran.out == ""
    assert ran.said.startswith(f"error[{code}]: {message}")
    assert ran.code == (2 if code.startswith("usage.") else 3)


def test_a_history_that_is_too_long_for_one_object():
    ran = backprop("descend", "x^2", "x=1", "--steps", "1000000", "--json", "--history", "-")
    assert (ran.code, json.loads(ran.out)["error"]["code"]) == (3, "limit.history")
    assert ran.said == "error[limit.history]: a history of 2,000,002 numbers in one object; the limit is 2,000,000"


def test_the_time_that_it_may_take():
    ran = backprop("descend", "x^2", "x=1", "--steps", "10000000", "--lr", "1e-9", "--max-seconds", "1", "--json")
    found = parsed(ran.out, "descend")
    assert (ran.code, found["stopped"], found["steps"] > 100) == (3, "time", True)
    assert ran.said == "error[limit.time]: the steps took longer than 1 s"


def test_a_signal_leaves_no_half_file():
    argv = [*SCRIPT, "descend", "x^2", "x=1", "--steps", "10000000", "--lr", "1e-9", "--history", "h.csv"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean(), text=True) as running:
        until(lambda: any(Path().iterdir()))
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=20)
    assert (running.returncode, out, err) == (130, "", "interrupted\n")
    assert list(Path().iterdir()) == []


def until(condition, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_reader_who_has_seen_enough():
    program = f"{SCRIPT[0]} descend x^2 x=1 --lr 1e-9 --steps 200000 --history - | head -2"
    ran = process("-c", program, start=("bash",))
    assert (ran.out, ran.err, ran.code) == ("step,f,x,df/dx\n0,1.0,1.0,2.0\n", "", 0)


def test_ctrl_c_prints_what_was_reached():
    argv = [*SCRIPT, "descend", "x^2", "x=1", "--steps", "10000000", "--lr", "1e-9", "--history", "h.csv", "--json"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean(), text=True) as running:
        until(lambda: any(one.stat().st_size for one in Path().iterdir()))
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
    found = parsed(out, "descend")
    assert (running.returncode, err, found["stopped"]) == (130, "interrupted\n", "interrupted")
    assert 0 < found["steps"] == len(Path("h.csv").read_text().splitlines()) - 2
    assert [one.name for one in Path().iterdir()] == ["h.csv"]
