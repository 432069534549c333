"""The page: its structure, its limits and its escapes as text, and its stepper in a real browser.

The browser tests need Chromium and its driver (Debian: ``chromium``, ``chromium-driver``) and the package ``selenium``;
where one is missing they are skipped and say which.
"""

from __future__ import annotations

import importlib.util
import json
import random
import re
import shutil
import zlib
from base64 import b64decode, b64encode
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from command import backprop

from backprop_cli import Refused, differentiate
from backprop_cli.render.picture.page import page
from backprop_cli.render.steps import words
from backprop_cli.report.step_by_step import steps

FIRST = ("q = x + y; f = q*z", {"x": -2, "y": 5, "z": -4}, {})
NEURON = ("f = 1/(1+exp(-(w0*x0 + w1*x1 + w2)))", {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}, {})
WEIGHTS = (*NEURON[:2], {"wrt": ["w0", "w1", "w2"]})
FORKS = ("f = x*x*y + relu(z)*x", {"x": 3, "y": 2, "z": 0}, {})
MANY = ("x*a + x*b + x*c + x*d + x*g + x*h", dict.fromkeys("xabcdgh", 2), {})
CIRCUITS = {"first": FIRST, "neuron": NEURON, "weights": WEIGHTS, "forks": FORKS, "many": MANY}
LIMIT = 60 * 1024

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
MISSING = [
    name
    for name, found in (
        ("the program chromium", CHROMIUM),
        ("the program chromedriver (Debian: chromium-driver)", DRIVER),
        ("the Python package selenium", importlib.util.find_spec("selenium")),
    )
    if not found
]
in_browser = pytest.mark.skipif(
    bool(MISSING), reason=f"no browser to test the page in: {', '.join(MISSING)} is missing"
)


def made(circuit, **options):
    expression, point, settings = circuit
    return page(differentiate(expression, point, check="forward", **settings), **options)


def sixty(seed):
    """Sixty gates, nearly all of which the output depends on."""
    chance = random.Random(seed)
    pool = [f"x{i}" for i in range(8)]
    unused, lines = list(pool), []
    for number in range(60):
        first = unused.pop(chance.randrange(min(len(unused), 6)))
        second = unused.pop(0) if unused and (len(unused) >= 60 - number or chance.random() < 0.4) else None
        second = second or chance.choice(pool[-14:])
        op = chance.choice(["+", "-", "*", "sin", "tanh", "*"]) if len(unused) < 59 - number else "+"
        if op in ("sin", "tanh"):
            unused += [second] if second not in unused and second != first else []
            lines.append(f"s{number} = {op}({first})")
        else:
            lines.append(f"s{number} = {first} {op} {second}")
        pool.append(f"s{number}")
        unused.append(f"s{number}")
    return "\n".join(lines), {f"x{i}": round(chance.uniform(-1, 1), 2) for i in range(8)}, {}


class Elements(HTMLParser):
    """Every element with its attributes, and the text in each script and style."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.found, self.texts, self.open = [], {}, []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self.open.append(len(self.found) - 1)

    def handle_endtag(self, tag):
        while self.open and self.found[self.open.pop()][0] != tag:
            pass

    def handle_data(self, data):
        for index in self.open:
            self.texts[index] = self.texts.get(index, "") + data

    def all(self, tag, **wanted):
        return [
            (attributes, self.texts.get(index, ""))
            for index, (name, attributes) in enumerate(self.found)
            if name == tag and wanted.items() <= attributes.items()
        ]


def data(text):
    ((attributes, block),) = Elements(text).all("script", id="data")
    return json.loads(zlib.decompress(b64decode(block)) if attributes["type"].endswith("zlib") else block)


# Structure


@pytest.mark.parametrize("name", CIRCUITS)
def test_one_file_that_asks_nothing_of_a_network(name):
    text = made(CIRCUITS[name])
    elements = Elements(text)
    for tag, attributes in elements.found:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "use", "image"), tag
        assert not {"src", "href", "style", "srcset", "action"} & set(attributes), (tag, attributes)
        assert not [key for key in attributes if key.startswith("on")]
    assert not re.search(r"https?://|//\w|url\(|@import|fetch\(|XMLHttp|eval\(|innerHTML", text.replace("// ", ""))


def test_the_policy_allows_the_files_own_style_and_script_alone():
    elements = Elements(made(FIRST))
    ((meta, _),) = elements.all("meta", **{"http-equiv": "Content-Security-Policy"})
    policy = dict(part.split(" ", 1) for part in meta["content"].split("; "))
    assert policy["default-src"] == "'none'"
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        texts = [text for attributes, text in elements.all(tag) if attributes.get("id") != "data"]
        assert len(texts) == 1
        assert policy[directive] == f"'sha256-{b64encode(sha256(texts[0].encode()).digest()).decode()}'"


def test_landmarks_labels_and_language():
    elements = Elements(made(FIRST))
    ((html, _),) = elements.all("html")
    assert html["lang"] == "en"
    assert [text for _, text in elements.all("title")] == ["q = x + y; f = q*z · backprop"]
    assert [text for _, text in elements.all("h1")] == ["q = x + y; f = q*z"]
    assert [text for _, text in elements.all("button")] == ["Previous", "Play", "Next"]
    ((slider, _),) = elements.all("input")
    assert slider["aria-label"] == "Step"
    ((live, _),) = elements.all("p", id="say")
    assert live["aria-live"] == "polite"
    ids = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_without_a_script_it_is_the_finished_circuit():
    text = made(FIRST)
    ((_, caption),) = Elements(text).all("figcaption")
    assert caption.startswith("f = -12; ∂f/∂x = -4, ∂f/∂y = -4, ∂f/∂z = 3")
    assert "agree with power series" in caption
    assert 'id="stepper" aria-label="Stepper" hidden' in text
    assert re.findall(r'id="grad-\d+" class="gradient"[^>]*>([^<]*)<', text) == ["∂ -4", "∂ -4", "∂ 3", "∂ -4", "∂ 1"]


@pytest.mark.parametrize("seed", range(5))
def test_sixty_gates_in_sixty_kilobytes(seed):
    expression, point, _ = sixty(seed)
    report = differentiate(expression, point, check="none")
    assert len(report.gates) == 60
    assert sum(1 for gate in report.gates if any(gate.local)) > 50
    assert len(page(report).encode()) < LIMIT


def test_a_large_circuit_says_as_much_as_a_small_one():
    circuit = sixty(1)
    text = made(circuit)
    assert 'type="application/zlib"' in text
    assert 'type="application/json"' in made(FIRST)
    said = [step[1] for step in data(text)["steps"] if step[0] == "w"]
    work = steps(differentiate(circuit[0], circuit[1], check="none"))
    assert said == wire_words(work)


def wire_words(work):
    live = [(step, wire) for step in work.backward for wire in step.wires if not wire.idle]
    return [words(step, replace(wire, fork=False), work.output) for step, wire in live]


HOSTILE = "# </script><script>alert(1)</script> <!-- <script> & \u2028 \u2029 \u202e ]]> \"'\nx*y"


@pytest.mark.parametrize("text", [HOSTILE, HOSTILE.replace("x*y", "σ1 = x*y; σ1 + 1")])
def test_text_of_the_user_ends_nothing(text):
    result = page(differentiate(text, {"x": 1, "y": 2}, check="none"))
    elements = Elements(result)
    assert len(elements.all("script")) == 2
    assert result.count("</script>") == 2
    assert "<!--" not in result
    assert not {"\u2028", "\u2029", "\u202e"} & set(result)
    assert "</script><script>alert(1)" in elements.all("h1")[0][1]


def test_the_data_block_holds_no_character_that_acts():
    from backprop_cli.render.single_file import block

    for size in (1, 3000):
        made = block({"text": "</script><!--&\u2028\u2029" * size})
        inner = made.partition(">")[2].removesuffix("</script>")
        assert not set("<>&\u2028\u2029") & set(inner)


def test_a_long_comment_does_not_swell_the_page():
    plain = len(made(FIRST).encode())
    long = "# " + "a < b " * 20_000 + "\n" + FIRST[0]
    assert len(page(differentiate(long, FIRST[1], check="forward")).encode()) < plain + 8_000


@pytest.mark.parametrize("expression", ["x", "2 + 3", "7"])
def test_a_bare_variable_and_constants(expression):
    told = data(page(differentiate(expression, {"x": 3} if expression == "x" else {}, check="none")))["steps"]
    assert [step[0] for step in told] == {"x": list("soe"), "2 + 3": list("sve"), "7": list("se")}[expression]


def test_more_gates_than_a_picture_shows_are_refused():
    expression = "\n".join(["s0 = sin(x)", *(f"s{i} = sin(s{i - 1})" for i in range(1, 500))])
    with pytest.raises(Refused, match="a picture shows up to"):
        page(differentiate(expression, {"x": 1}, check="none"))


def test_kinks_and_what_needs_no_gradient_are_said_at_their_step():
    told = data(made(FORKS))["steps"]
    assert [step[1:3] for step in told if len(step) > 2 and step[2].startswith("kink: ")] == [
        ["g3 = relu(z) = relu(0) = 0", "kink: 0 at 0"],
        ["∂f/∂z = step(z) × ∂f/∂g3 = 0 × 3 = 0", "kink: 0 at 0"],
    ]
    notes = [step[2] for step in data(made(WEIGHTS))["steps"] if step[0] == "w"]
    assert "x0 is data: no gradient" in notes
    assert "1 is a constant: no gradient" in notes


def test_what_a_fork_has_is_a_step_of_its_own():
    told = [step[1] for step in data(made(FORKS))["steps"]]
    place = told.index("x now has 0 + 6 = 6")
    assert told[place - 1].startswith("∂f/∂x += ")
    assert told[place + 2] == "x now has 6 + 6 = 12"
    negative = differentiate("b*x + a*x", {"a": 1, "b": -3, "x": 2}, check="none")
    assert "x now has 1 - 3 = -2" in [step[1] for step in data(page(negative))["steps"]]


# The command


def test_the_command_writes_it(tmp_path):
    path = tmp_path / "circuit.html"
    outcome = backprop("draw", FIRST[0], "x=-2", "y=5", "z=-4", "-o", str(path))
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("theme", "scheme", "dark"), [(None, "light dark", 1), ("light", "light", 0), ("dark", "dark", 1)]
)
def test_themes(theme, scheme, dark):
    outcome = backprop("draw", "x*y", "x=1", "y=2", "--format", "html", *(["--theme", theme] if theme else []))
    ((meta, _),) = Elements(outcome.out).all("meta", name="color-scheme")
    assert meta["content"] == scheme
    assert outcome.out.count("#14171a") >= dark
    assert ("prefers-color-scheme: dark" in outcome.out) == (theme is None)


def test_an_empty_exercise_is_no_page():
    outcome = backprop("draw", "x*y", "x=1", "y=2", "--format", "html", "--no-values")
    assert outcome.code == 2
    assert "--no-values" in outcome.said


# In a browser

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--window-size=1200,800",
)  # fmt: skip


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def visit(chromium, tmp_path):
    """Opens a circuit's page from a file; at the end the console must be empty."""

    def opened(circuit, fragment=""):
        path = tmp_path / "page.html"
        path.write_text(made(circuit), encoding="utf-8")
        chromium.get("about:blank")
        chromium.get(f"{path.as_uri()}{fragment}")
        until(lambda: seen(chromium, "#words"))
        return chromium

    yield opened
    assert chromium.get_log("browser") == []


def until(condition, seconds=10):
    from time import monotonic, sleep

    end = monotonic() + seconds
    while not (found := condition()):
        assert monotonic() < end, "it did not come about"
        sleep(0.02)
    return found


def seen(driver, selector):
    return driver.find_element("css selector", selector).text


def press(driver, *keys):
    from selenium.webdriver import ActionChains

    ActionChains(driver).send_keys(*keys).perform()


def labels(driver):
    """The numbers that can be seen in the picture."""
    script = """return [...document.querySelectorAll('svg .value, svg .gradient')].map((label) => [label.id,
        [...label.childNodes].filter((part) => getComputedStyle(part.nodeType === 3 ? label : part).visibility
        === 'visible').map((part) => part.textContent).join('')]).filter(([, text]) => text.trim())"""
    return {key: " ".join(text.split()) for key, text in driver.execute_script(script)}


def lit(driver):
    return set(driver.execute_script("return [...document.querySelectorAll('.now')].map((part) => part.id)"))


@contextmanager
def media(driver, **features):
    """As on paper, in the dark, or with less motion."""
    kind = features.pop("kind", "")
    wanted = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": kind, "features": wanted})
    try:
        yield
    finally:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})


@in_browser
@pytest.mark.parametrize("name", CIRCUITS)
def test_every_step_says_the_words_of_the_steps(visit, name):
    from selenium.webdriver.common.keys import Keys

    circuit = CIRCUITS[name]
    driver = visit(circuit)
    work = steps(differentiate(circuit[0], circuit[1], check="none", **circuit[2]))
    told = [seen(driver, "#words")]
    while seen(driver, "#next") and driver.find_element("id", "next").get_attribute("aria-disabled") != "true":
        press(driver, Keys.ARROW_RIGHT)
        told.append(seen(driver, "#words"))
    assert told[0].startswith("start: given ")
    assert told[-1].startswith("finished: ")
    forward = [text.partition(": ")[::2] for text in told if text.startswith("forward")]
    assert [head for head, _ in forward] == [f"forward {i}/{len(forward)}" for i in range(1, len(forward) + 1)]
    assert [text.split(" = ")[0] for _, text in forward] == [step.gate.name for step in work.forward]
    backward = [text.partition(": ")[::2] for text in told if text.startswith("backward")]
    assert [head for head, _ in backward] == [f"backward {i}/{len(backward)}" for i in range(1, len(backward) + 1)]
    carried = [text for _, text in backward[1:] if " now has " not in text]
    assert carried == wire_words(work)
    later = [wire for step in work.backward for wire in step.wires if not wire.idle and not wire.first]
    assert [text for _, text in backward if " now has " in text] == [
        data(made(circuit))["steps"][i][1] for i, step in enumerate(data(made(circuit))["steps"]) if step[0] == "a"
    ]
    assert len([text for _, text in backward if " now has " in text]) == len(later)
    assert "later" not in driver.execute_script("return document.querySelector('svg').innerHTML")


@in_browser
def test_the_picture_fills_as_one_goes(visit):
    from selenium.webdriver.common.keys import Keys

    driver = visit(FIRST)
    given = {"value-0": "-2", "value-1": "5", "value-2": "-4"}
    assert labels(driver) == {**given, "value-3": "q", "value-4": "f"}
    press(driver, Keys.ARROW_RIGHT)
    assert seen(driver, "#words") == "forward 1/2: q = x + y = -2 + 5 = 3"
    assert labels(driver) == {**given, "value-3": "q 3", "value-4": "f"}
    assert lit(driver) == {"gate-3", "stem-3", "value-3", "wire-3-0", "wire-3-1", "stem-0", "stem-1"}
    for _ in range(3):
        press(driver, Keys.ARROW_RIGHT)
    assert seen(driver, "#words") == "backward 2/5: ∂f/∂q = z × ∂f/∂f = -4 × 1 = -4"
    assert lit(driver) == {"gate-4", "stem-4", "wire-4-0", "stem-3", "grad-3"}
    finished = {**given, "value-3": "q 3", "value-4": "f -12"}
    assert labels(driver) == {**finished, "grad-3": "∂ -4", "grad-4": "∂ 1"}
    press(driver, Keys.END)
    gradients = {"grad-0": "∂ -4", "grad-1": "∂ -4", "grad-2": "∂ 3", "grad-3": "∂ -4", "grad-4": "∂ 1"}
    assert labels(driver) == {**finished, **gradients}
    assert lit(driver) == set()


@in_browser
def test_a_forks_sum_grows_term_by_term(visit):
    driver = visit(FORKS, "#step=9")
    found = []
    for step in range(6, 19):
        driver.execute_script(f"location.hash = 'step={step}'")
        until(lambda step=step: seen(driver, "#count") == f"{step} of 18")
        found.append(labels(driver).get("grad-0", ""))
    grown = list(dict.fromkeys(found))
    assert grown == ["", "∂ 0", "∂ 0 + 6", "∂ 0 + 6 + 6", "∂ 0 + 6 + 6 = 12"]
    assert "fork-0" not in lit(driver)
    driver.execute_script("location.hash = 'step=17'")
    until(lambda: "fork-0" in lit(driver))
    assert seen(driver, "#note") == "a fork adds up what its wires bring back"


@in_browser
def test_many_terms(visit):
    driver = visit(MANY)
    first = data(made(MANY))["steps"]
    places = [i for i, step in enumerate(first) if step[0] == "w" and step[5] == 0]
    grown = []
    for place in [*places, len(first) - 1]:
        driver.execute_script(f"location.hash = 'step={place}'")
        until(lambda place=place: seen(driver, "#count").startswith(f"{place} of"))
        grown.append(labels(driver)["grad-0"])
    assert grown == [
        "∂ 2", "∂ 2 + 2", "∂ 2 + 2 + …", "∂ 2 + 2 + …", "∂ 2 + 2 + …", "∂ 2 + 2 + … + 2", "∂ 2 + 2 + … + 2 = 12",
    ]  # fmt: skip


@in_browser
def test_buttons_keys_and_slider(visit):
    from selenium.webdriver.common.keys import Keys

    driver = visit(FIRST)
    button = {name: driver.find_element("id", name) for name in ("previous", "next", "slider")}
    button["previous"].click()
    assert seen(driver, "#count") == "0 of 8"
    assert button["previous"].get_attribute("aria-disabled") == "true"
    button["next"].click()
    button["next"].click()
    button["previous"].click()
    assert seen(driver, "#count") == "1 of 8"
    press(driver, Keys.END)
    assert seen(driver, "#count") == "8 of 8"
    assert seen(driver, "#words") == "finished: f = -12; ∂f/∂x = -4, ∂f/∂y = -4, ∂f/∂z = 3"
    assert "agree" in seen(driver, "#note")
    press(driver, Keys.ARROW_LEFT)
    assert seen(driver, "#count") == "7 of 8"
    press(driver, Keys.HOME)
    assert seen(driver, "#count") == "0 of 8"
    button["slider"].send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert seen(driver, "#count") == "3 of 8"
    assert button["slider"].get_attribute("aria-valuetext") == "backward 1/5"
    button["slider"].send_keys(Keys.END)
    assert seen(driver, "#count") == "8 of 8"


@in_browser
def test_play_and_pause(visit):
    driver = visit(FIRST)
    play = driver.find_element("id", "play")
    play.click()
    assert (play.text, seen(driver, "#count")) == ("Pause", "1 of 8")
    until(lambda: seen(driver, "#count") == "2 of 8")
    play.click()
    assert play.text == "Play"
    driver.execute_script("location.hash = 'step=7'")
    until(lambda: seen(driver, "#count") == "7 of 8")
    play.click()
    assert (play.text, seen(driver, "#count")) == ("Play", "8 of 8")
    play.click()
    assert (play.text, seen(driver, "#count")) == ("Pause", "0 of 8")
    driver.find_element("id", "next").click()
    assert (play.text, seen(driver, "#count")) == ("Play", "1 of 8")


@in_browser
@pytest.mark.parametrize(
    ("fragment", "step"), [("#step=4", 4), ("#step=0", 0), ("#step=999", 8), ("#step=-1", 0), ("#x", 0)]
)
def test_the_address_says_the_step(visit, fragment, step):
    from selenium.webdriver.common.keys import Keys

    driver = visit(FIRST, fragment)
    assert seen(driver, "#count") == f"{step} of 8"
    press(driver, Keys.HOME, Keys.ARROW_RIGHT)
    until(lambda: driver.current_url.endswith("#step=1"))
    driver.execute_script("location.hash = 'step=5'")
    until(lambda: seen(driver, "#count") == "5 of 8")


@in_browser
def test_a_gates_card(visit):
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.keys import Keys

    driver = visit(FIRST)
    tip, gate = driver.find_element("id", "tip"), driver.find_element("id", "gate-4")
    assert not tip.is_displayed()
    ActionChains(driver).move_to_element(gate).perform()
    intuition = "mul · swaps: each input receives the gradient times the other input"
    assert tip.text.splitlines() == ["f = q*z", "∂f/∂q = z", "∂f/∂z = q", intuition]
    assert gate.get_attribute("aria-describedby") == "tip"
    press(driver, Keys.END)
    shown = ["f = q*z = -12", "∂f/∂q = z = -4", "∂f/∂z = q = 3", "∂f/∂f = 1", intuition]
    assert tip.text.splitlines() == shown
    press(driver, Keys.ESCAPE)
    assert not tip.is_displayed()
    driver.find_element("id", "next").send_keys(Keys.TAB, Keys.TAB, Keys.TAB)
    until(tip.is_displayed)
    focused = driver.switch_to.active_element
    assert (focused.get_attribute("role"), focused.accessible_name) in [("button", "q = x + y"), ("button", "f = q*z")]
    focused.send_keys(Keys.ENTER)
    assert seen(driver, "#words").startswith("backward")
    press(driver, Keys.HOME)
    gate.click()
    assert seen(driver, "#words") == "forward 2/2: f = q*z = 3*(-4) = -12"


@in_browser
def test_the_list_of_all_steps_leads_to_each(visit):
    driver = visit(FIRST)
    driver.find_element("css selector", "#all summary").click()
    links = driver.find_elements("css selector", "#list a")
    assert len(links) == 9
    links[5].click()
    until(lambda: seen(driver, "#count") == "5 of 8")
    assert links[5].get_attribute("aria-current") == "step"
    assert links[5].text == seen(driver, "#words")


@in_browser
def test_on_paper_it_is_the_finished_circuit(visit):
    driver = visit(FIRST)
    assert "grad-0" not in labels(driver)
    with media(driver, kind="print", prefers_color_scheme="dark"):
        assert labels(driver)["grad-0"] == "∂ -4"
        assert not driver.find_element("id", "stepper").is_displayed()
        assert not driver.find_element("id", "all").is_displayed()
        assert seen(driver, "figcaption").startswith("f = -12")
        assert colour(driver, "html", "backgroundColor") == "rgb(255, 255, 255)"


def colour(driver, selector, name):
    return driver.execute_script(f"return getComputedStyle(document.querySelector('{selector}')).{name}")


@in_browser
def test_dark_and_less_motion(visit):
    driver = visit(FIRST)
    assert colour(driver, "html", "backgroundColor") == "rgb(255, 255, 255)"
    assert colour(driver, ".wire", "transitionDuration") != "0s"
    with media(driver, prefers_color_scheme="dark", prefers_reduced_motion="reduce"):
        assert colour(driver, "html", "backgroundColor") == "rgb(20, 23, 26)"
        assert colour(driver, ".paper", "fill") == "rgb(20, 23, 26)"
        assert colour(driver, ".value", "fill") == "rgb(86, 180, 233)"
        assert colour(driver, ".wire", "transitionDuration") == "0s"


@in_browser
def test_a_screen_reader_meets_gates_and_one_live_sentence(visit):
    driver = visit(FIRST, "#step=4")
    nodes = driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    found = [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes if not n["ignored"]]
    for wanted in [
        ("button", "Previous"),
        ("button", "Play"),
        ("button", "Next"),
        ("slider", "Step"),
        ("button", "q = x + y"),
        ("button", "f = q*z"),
    ]:
        assert found.count(wanted) == 1, wanted
    live = driver.find_element("css selector", "[aria-live=polite]")
    assert live.text == "backward 2/5: ∂f/∂q = z × ∂f/∂f = -4 × 1 = -4"


@in_browser
def test_a_wide_picture_follows_the_steps(visit):
    from selenium.webdriver.common.keys import Keys

    circuit = sixty(1)
    driver = visit(circuit)
    with media(driver, prefers_reduced_motion="reduce"):
        gates = len(differentiate(circuit[0], circuit[1], check="none").gates)
        driver.execute_script(f"location.hash = 'step={gates}'")
        until(lambda: seen(driver, "#words").startswith(f"forward {gates}/"))
        left, right = driver.execute_script(
            "const box = document.querySelector('.gate.now').getBoundingClientRect(); return [box.left, box.right]"
        )
        assert 0 < left < right < 1200
        press(driver, Keys.HOME)
        assert driver.execute_script("return document.getElementById('picture').scrollLeft") == 0


@in_browser
def test_text_of_the_user_runs_nothing(visit):
    driver = visit((HOSTILE, {"x": 1, "y": 2}, {}))
    assert "<script>alert(1)</script>" in seen(driver, "h1")
    assert driver.execute_script("return document.querySelectorAll('script').length") == 2


@in_browser
def test_a_grid_of_an_array_comes_with_its_step(chromium, tmp_path):
    file = tmp_path / "page.html"
    file.write_text(
        page(differentiate("D = W @ X; L = sum(D^2)", {"W": [[1, 2], [3, 4]], "X": [[1, 0], [0.5, -1]]})),
        encoding="utf-8",
    )
    script = "return getComputedStyle(document.querySelector(arguments[0])).visibility"

    def seen_from(step: int) -> list[bool]:
        chromium.get("about:blank")
        chromium.get(f"{file.as_uri()}#step={step}")
        until(lambda: seen(chromium, "#words"))
        keys = ("#value-0 .cell", "#value-3 .cell", "#grad-0 .cell", "#grad-1 .cell")
        return [chromium.execute_script(script, key) == "visible" for key in keys]

    assert seen_from(0) == [True, False, False, False]
    assert seen_from(1) == [True, True, False, False]
    assert seen_from(7) == [True, True, True, False]
    assert seen_from(9) == [True, True, True, True]
    assert seen(chromium, "#words").startswith("finished: L = 49; ∂L/∂W (2, 2) = [[4, 6], [10, 13]]")
    assert chromium.get_log("browser") == []
