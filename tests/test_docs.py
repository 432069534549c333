"""Every fenced block of the documents is run and compared; ``python tests/test_docs.py --update`` rewrites the outputs.

``console``: lines ``$ command`` (continued by ``> ``), each followed by what it prints, stdout and stderr together; a
last line ``...`` cuts a long output. The commands of a block share an empty directory. ``python``: doctest. ``json``:
must parse. Any other block, and one that cannot be run, needs a comment ``<!-- skip: reason -->`` on the line before;
``<!-- ci: install -->`` and ``<!-- ci: test -->`` mark the README's two commands, which ``.ci/run`` runs. The ``+``
lines of ``<!-- add: FILE, above: TEXT -->`` go into a copy of that file, above the line that begins with that text, and
a block marked ``<!-- with the additions -->`` runs with these copies.
"""

from __future__ import annotations

import doctest
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import backprop_cli

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
_FENCE = re.compile(
    r"^(?:<!-- (?P<mark>[^\n]*) -->\n)?```(?P<language>[^\n]*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE
)
_CUT = "..."
_WITH_ADDITIONS = "with the additions"


@dataclass(frozen=True)
class Block:
    document: Path
    line: int
    mark: str
    language: str
    body: str

    @property
    def skipped(self) -> str:
        return self.mark.partition("skip: ")[2] if self.mark.startswith("skip: ") else ""

    def __str__(self) -> str:
        return f"{self.document.name}:{self.line}"


def blocks(document: Path) -> Iterator[Block]:
    text = document.read_text("utf-8")
    for match in _FENCE.finditer(text):
        line = text.count("\n", 0, match.start("body"))
        yield Block(document, line, match["mark"] or "", match["language"], match["body"])


BLOCKS = [block for document in DOCUMENTS for block in blocks(document)]


def commands(body: str) -> list[tuple[str, str]]:
    """Each command of a console block as typed, and what is said to follow."""
    found: list[list[str]] = []
    for line in body.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append([line, ""])
        elif found and line.startswith("> ") and not found[-1][1]:
            found[-1][0] += line
        else:
            assert found, f"a console block begins with `$ command`, not with {line!r}"
            found[-1][1] += line
    return [(typed, shown) for typed, shown in found]


def with_additions(document: Path, folder: Path) -> Path:
    """A copy of the package and its known answers, with the additions that a document makes."""
    sources = {"backprop_cli": Path(backprop_cli.__file__).parent, "tests/cases": ROOT / "tests" / "cases"}
    for name, source in sources.items():
        shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for block in blocks(document):
        if block.mark.startswith("add: "):
            name, _, text = block.mark.removeprefix("add: ").partition(", above: ")
            lines = (folder / name).read_text("utf-8").splitlines(keepends=True)
            added = [line.removeprefix("+") for line in block.body.splitlines(keepends=True)]
            (place,) = (at for at, line in enumerate(lines) if line.lstrip().startswith(text))
            (folder / name).write_text("".join([*lines[:place], *added, *lines[place:]]), "utf-8")
    return folder


def printed(typed: str, folder: str, package: Path | None = None) -> str:
    """What a command prints, in the order in which a terminal shows it; ``package`` is where the program itself is."""
    command = "\n".join(line[2:] for line in typed.splitlines())
    environment = {
        name: text for name, text in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")
    }
    environment |= {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONUNBUFFERED": "1"}
    environment |= {"LC_ALL": "C.UTF-8", "PYTHONWARNINGS": "default"}
    environment |= {"PYTHONPATH": str(package)} if package else {}
    run = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    return run.stdout.decode()


def cut(output: str, shown: str) -> str:
    """As much of the output as the document shows."""
    lines = shown.splitlines()
    if not lines or lines[-1] != _CUT:
        return output
    kept = output.splitlines(keepends=True)[: len(lines) - 1]
    return "".join(kept) + f"{_CUT}\n"


def whole_numbers(text: str) -> str:
    return re.sub(r"(\d)\.0\b", r"\1", text)


def of(language: str) -> list[Block]:
    return [
        block
        for block in BLOCKS
        if block.language == language and not block.skipped and not block.mark.startswith(("ci: ", "add: "))
    ]


@pytest.mark.parametrize("block", of("console"), ids=str)
def test_console(block: Block, tmp_path: Path) -> None:
    if "jq " in block.body and shutil.which("jq") is None:
        pytest.skip("jq is not installed, and this block pipes into it")
    package = with_additions(block.document, tmp_path) if block.mark == _WITH_ADDITIONS else None
    for typed, shown in commands(block.body):
        output = cut(printed(typed, str(tmp_path), package), shown)
        # jq 1.6 writes the number -4.0 as -4, jq 1.7 as it found it.
        same = whole_numbers(output) == whole_numbers(shown) if "jq " in typed else output == shown
        assert same, f"{typed}{output}"


@pytest.mark.parametrize("block", of("python"), ids=str)
def test_python(block: Block) -> None:
    assert ">>> " in block.body, "a python block without >>> shows nothing that can be compared"
    test = doctest.DocTestParser().get_doctest(block.body, {}, str(block), str(block.document), block.line)
    said: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    assert runner.run(test, out=said.append).failed == 0, "".join(said)


@pytest.mark.parametrize("block", of("json"), ids=str)
def test_json(block: Block) -> None:
    json.loads(block.body)


def test_every_block_is_run_or_says_why_not() -> None:
    run = {"console", "python", "json"}
    silent = [
        str(b) for b in BLOCKS if b.language not in run and not b.skipped and not b.mark.startswith(("ci: ", "add: "))
    ]
    assert not silent
    fences = sum(document.read_text("utf-8").count("\n```") for document in DOCUMENTS)
    assert fences == 2 * len(BLOCKS), "a fence that is not closed, or is indented"


@pytest.mark.parametrize("name", ["install", "test"])
def test_the_two_commands_are_one_line_each(name: str) -> None:
    marked = [block for block in BLOCKS if block.mark == f"ci: {name}"]
    assert len(marked) == 1
    (block,) = marked
    assert block.document.name == "README.md"
    assert block.language == "sh"
    assert len(block.body.splitlines()) == 1
    assert block.body.startswith("python3 -m venv ")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = _FENCE.sub("", document.read_text("utf-8"))
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", text) if not target.startswith("http")]
    for target in targets:
        path, _, heading = target.partition("#")
        aim = document.parent / path if path else document
        assert aim.exists(), target
        if heading:
            assert heading in headings(aim), target


def headings(document: Path) -> set[str]:
    """The anchors that a page's headings make."""
    lines = re.findall(r"^#+ (.*)$", _FENCE.sub("", document.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def test_the_first_output_stands_within_ten_lines() -> None:
    head = (ROOT / "README.md").read_text("utf-8").splitlines()[:10]
    assert any(line.startswith("$ backprop ") for line in head)


def test_pages_made_from_the_tables_are_not_stale() -> None:
    pages = runpy.run_path(str(ROOT / "docs" / "make_pages.py"))["pages"]()
    stale = [path.name for path, text in pages.items() if path.read_text("utf-8") != text]
    assert not stale, "run `python docs/make_pages.py`"


def test_the_added_gate_has_its_known_answer(tmp_path: Path) -> None:
    package = with_additions(ROOT / "CONTRIBUTING.md", tmp_path)
    for test in ("test_published.py", "command.py", "conftest.py"):
        shutil.copy(ROOT / "tests" / test, tmp_path / "tests")
    output = printed(
        "$ python -m pytest -q -p no:cacheprovider tests/test_published.py -k logit", str(tmp_path), package
    )
    assert re.search(r"^[1-9][0-9]* passed", output, re.MULTILINE), output


def update() -> None:
    """Put what the commands print now into the documents."""
    for document in DOCUMENTS:
        text = document.read_text("utf-8")
        document.write_text(_FENCE.sub(lambda match, document=document: _again(match, document), text), "utf-8")


def _again(match: re.Match[str], document: Path) -> str:
    whole = match.group()
    if match["language"] != "console" or (match["mark"] or "").startswith("skip: "):
        return whole
    with tempfile.TemporaryDirectory() as folder:
        package = with_additions(document, Path(folder)) if match["mark"] == _WITH_ADDITIONS else None
        made = [typed + cut(printed(typed, folder, package), shown) for typed, shown in commands(match["body"])]
    start, end = (place - match.start() for place in match.span("body"))
    return whole[:start] + "".join(made) + whole[end:]


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("python tests/test_docs.py --update rewrites the outputs in the documents; pytest compares them")
    update()
