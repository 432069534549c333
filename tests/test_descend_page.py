"""The page of a descent: one file without a network, its frames as data, its contours, and its slider in a browser."""

from __future__ import annotations

import math
import re
from base64 import b64encode
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from command import backprop
from test_descend import here
from test_page import Elements, chromium, data, in_browser

from backprop_cli.descent.contours import contour, levels
from backprop_cli.descent.surface import Surface

__all__ = ["chromium", "here"]

BOWL = ["x^2 + 3*y^2", "x=-4", "y=1", "--lr", "0.3", "--steps", "20"]
PAGES = {
    "two numbers": BOWL,
    "one number": ["x^4 - 3*x", "x=-1", "--lr", "0.03", "--steps", "40"],
    "arrays": ["sum((W @ x)^2)", "W=[[1, 2], [3, 4]]", "x=[1, 2]", "--lr", "0.001", "--optimizer", "adam"],
    "many steps": ["(1 - x)^2 + 100*(y - x^2)^2", "x=-1", "y=1", "--lr", "0.002", "--steps", "6000"],
    "no step": ["x^2 + y^2", "x=-1", "y=-2", "--steps", "0"],
    "an edge": ["log(α) + b^2", "α=3", "b=4", "--lr", "0.03", "--steps", "60"],
}


def made(*argv: str) -> str:
    ran = backprop("descend", *argv, "-o", "steps.html", "-q")
    assert (ran.err, ran.code) == ("", 0)
    return Path("steps.html").read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_one_file_that_asks_nothing_of_a_network(name):
    text = made(*PAGES[name])
    elements = Elements(text)
    for tag, attributes in elements.found:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "use", "image"), tag
        assert not {"src", "href", "style", "srcset", "action"} & set(attributes), (tag, attributes)
        assert not [key for key in attributes if key.startswith("on")]
    outside = re.sub(r'(<script type="application/zlib" id="data">)[^<]*', r"\1", text)
    assert not re.search(r"https?://|//\w|url\(|@import|fetch\(|XMLHttp|eval\(|innerHTML", outside)
    assert len(text) < 250_000
    assert len(elements.all("figure")) == (2 if name in ("two numbers", "many steps", "no step", "an edge") else 1)
    assert not re.search(r"\bnan\b|\binf\b", outside)


def test_the_policy_allows_the_files_own_style_and_script_alone():
    elements = Elements(made(*BOWL))
    ((meta, _),) = elements.all("meta", **{"http-equiv": "Content-Security-Policy"})
    policy = dict(part.split(" ", 1) for part in meta["content"].split("; "))
    assert policy["default-src"] == "'none'"
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        (text,) = [text for attributes, text in elements.all(tag) if attributes.get("id") != "data"]
        assert policy[directive] == f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def test_the_words_of_strangers_do_nothing():
    text = made("# </script><script>alert(1)</script> <!-- \u202e & \"'\nx^2", "x=1")
    assert (text.count("</script>"), len(Elements(text).all("script"))) == (2, 2)
    assert "<!-- " not in text
    assert "\u202e" not in text
    assert "</script><script>alert(1)" in Elements(text).all("h1")[0][1]


def test_every_step_has_its_numbers():
    frames = data(made(*BOWL))["frames"]
    assert [frame[0] for frame in frames] == [*(f"step {step} of 20" for step in range(1, 21)), "after 20 steps"]
    assert frames[0][1] == [
        "f = 19",
        "∂f/∂x = -8, ∂f/∂y = 6",
        "x = -4 - 0.3 × -8 = -1.6",
        "y = 1 - 0.3 × 6 = -0.8",
    ]
    assert all(frame[3] == after[2] for frame, after in pairwise(frames))
    assert frames[-1][1][-2].startswith("x = -4.39805e-08")


def test_a_long_descent_begins_step_by_step_and_then_strides():
    frames = data(made(*PAGES["many steps"]))["frames"]
    steps = [int(re.findall(r"[\d,]+", frame[0])[0].replace(",", "")) for frame in frames]
    assert steps[:10] == list(range(1, 11))
    assert (steps[-1], len(frames) <= 411, steps == sorted(set(steps))) == (6000, True, True)


def test_without_a_script_it_tells_the_end():
    elements = Elements(made(*BOWL))
    ((_, numbers),) = elements.all("pre", id="numbers")
    assert numbers.startswith("f = 0.000398768\n")
    assert 'id="stepper" aria-label="Stepper" hidden' in Path("steps.html").read_text()


def test_rows_of_data_are_in_the_first_frames():
    Path("points.csv").write_text("x\n1\n3\n")
    frames = data(made("(w - x)^2", "w=0", "--data", "points.csv", "--steps", "2", "--lr", "0.1"))["frames"]
    assert frames[0][1][:3] == ["row 1: f = 1, ∂f/∂w = -2", "row 2: f = 9, ∂f/∂w = -6", "mean: f = 5, ∂f/∂w = -4"]


def test_only_a_page_can_be_written():
    ran = backprop("descend", "x^2", "x=1", "-o", "steps.pdf")
    assert (ran.out, ran.code, ran.said) == ("", 2, "error[usage.option]: -o takes an .html file, and got steps.pdf")


def plane(function, size: int = 21) -> Surface:
    places = tuple(-2 + 4 * at / (size - 1) for at in range(size))
    return Surface(("x", "y"), places, places, tuple(tuple(function(x, y) for x in places) for y in places))


def test_a_contour_runs_where_the_surface_has_its_height():
    circle = list(contour(plane(lambda x, y: x * x + y * y), 1.1))
    assert len(circle) > 30
    ends = [(piece[at], piece[at + 1]) for piece in circle for at in (0, 2)]
    assert all(math.isclose(math.hypot(*end), math.sqrt(1.1), abs_tol=0.01) for end in ends)
    # A closed line: every end is the end of two pieces.
    rounded = [(round(x, 9), round(y, 9)) for x, y in ends]
    assert {rounded.count(end) for end in rounded} == {2}


def test_a_saddle_and_holes_and_flat_ground():
    assert len(list(contour(plane(lambda x, y: x * y, 4), 0.0))) > 0
    assert list(contour(plane(lambda x, y: None), 1.0)) == []
    assert all(piece[0] > 0 for piece in contour(plane(lambda x, y: y if x > 0 else None), 0.5))
    assert levels(plane(lambda x, y: 3.0)) == levels(plane(lambda x, y: None)) == []
    assert levels(plane(lambda x, y: 1e308 * x)) == []
    heights = levels(plane(lambda x, y: x - 7))
    assert heights == sorted(heights)
    assert -9 < heights[0] < heights[-1] < -5


@in_browser
def test_the_slider_in_a_browser(chromium, tmp_path):
    from selenium.webdriver.common.keys import Keys

    made(*BOWL)
    chromium.get("about:blank")
    chromium.get((tmp_path / "steps.html").as_uri())
    find = lambda name: chromium.find_element("id", name)  # noqa: E731  # a word for the lines below
    wait_for(lambda: find("count").text == "step 1 of 20")
    assert find("numbers").text.splitlines()[2] == "x = -4 - 0.3 × -8 = -1.6"
    start = find("way-here").get_attribute("cx")
    find("next").click()
    assert find("count").text == "step 2 of 20"
    assert find("way-here").get_attribute("cx") != start
    find("slider").send_keys(Keys.END)
    assert find("count").text == "after 20 steps"
    find("previous").click()
    assert find("count").text == "step 20 of 20"
    find("play").click()
    wait_for(lambda: find("count").text == "after 20 steps")
    assert find("play").text == "Play"
    chromium.execute_script("document.title = document.title + getComputedStyle(document.body).margin")
    assert chromium.title == "x^2 + 3*y^2 · backprop0px"
    assert chromium.get_log("browser") == []


def wait_for(condition, seconds: float = 10) -> None:
    from time import monotonic, sleep

    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end
        sleep(0.05)
