"""How far a batch has come: what part of all files has been read, and the line about it on a terminal."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import pty
import re
import sys
import threading
from pathlib import Path
from unittest import mock

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
from command import clean

from backprop_cli.cli import progress
from backprop_cli.cli.main import main
from backprop_cli.rows.files import found
from backprop_cli.rows.rejects import Rejects
from backprop_cli.rows.row_records import Dialect
from backprop_cli.rows.source import Data

ROWS = 40_000
X = np.random.default_rng(3).normal(size=ROWS)
FORMS = ("a.csv", "a.tsv", "a.csv.gz", "a.csv.zst", "true.csv", "a.jsonl", "a.parquet", "a.feather", "a.npy", "a.npz")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("progress")
    text = "x\n" + "".join(f"{x!r}\n" for x in X.tolist())
    for name in ("a.csv", "b.csv", "a.tsv"):
        (folder / name).write_text(text)
    (folder / "true.csv").write_text(text + "true\n")  # where pyarrow stops, and the file is read once more
    (folder / "a.csv.gz").write_bytes(gzip.compress(text.encode()))
    (folder / "a.csv.zst").write_bytes(pa.compress(text.encode(), "zstd", asbytes=True))
    (folder / "a.jsonl").write_text("".join(json.dumps({"x": x}) + "\n" for x in X.tolist()))
    table = pa.table({"x": X})
    pyarrow.parquet.write_table(table, folder / "a.parquet", row_group_size=9_000)
    pyarrow.feather.write_feather(table, folder / "a.feather", chunksize=9_000)
    np.save(folder / "a.npy", X.reshape(-1, 1))
    np.savez(folder / "a.npz", x=X)
    return folder


@pytest.fixture(autouse=True)
def here(files: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(files)
    return files


def parts(*names: str) -> list[float | None]:
    """What part has been read when each block is there."""
    with Data(found(names), Dialect(rename={"c1": "x"} if names == ("a.npy",) else {})) as data:
        return [data.far() for _ in data.blocks(["x"], Rejects(skip=False))]


@pytest.mark.parametrize("name", FORMS)
def test_the_part_of_a_file_grows_to_the_whole(name):
    far = parts(name)
    assert all(part is not None for part in far)
    assert far == sorted(far)
    assert 0 < far[0] <= 1
    assert far[-1] == 1


def test_the_parts_of_rows_that_are_counted():
    assert parts("a.npz") == pytest.approx([8_192 / ROWS, 16_384 / ROWS, 24_576 / ROWS, 32_768 / ROWS, 1])


def test_several_files_count_by_their_sizes(here):
    sizes = [(here / name).stat().st_size for name in ("a.parquet", "a.csv", "b.csv")]
    far = parts("a.parquet", "a.csv", "b.csv")
    assert far == sorted(far)
    assert far[4] == pytest.approx(sizes[0] / sum(sizes))
    assert (sizes[0] + sizes[1]) / sum(sizes) < far[10] < 1
    assert far[-1] == 1


def test_standard_input_and_pipes_have_no_size(here):
    with mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x\n1\n"))):
        assert parts("-", "a.csv") == [None] * 6
    os.mkfifo(here / "pipe")
    writer = threading.Thread(target=lambda: (here / "pipe").write_text("x\n1\n"))
    writer.start()
    assert parts("pipe") == [None]
    writer.join()
    (here / "pipe").unlink()


class Terminal:
    """A pseudo-terminal to be written to, and what came there, line by line as it was seen."""

    def __init__(self) -> None:
        self._main, side = pty.openpty()
        self.stream = os.fdopen(side, "w", encoding="utf-8")
        self._seen = bytearray()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # Linux says so when the other side is closed
            while chunk := os.read(self._main, 65_536):
                self._seen += chunk

    def lines(self) -> list[str]:
        """Every state of the line that was not empty; the terminal is closed."""
        self.stream.close()
        self._reader.join()
        os.close(self._main)
        plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", self._seen.decode())
        return [line.strip() for line in re.split(r"[\r\n]+", plain) if line.strip()]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setattr(progress, "_WAIT", 1e-9)
    return Terminal()


def shown(terminal: Terminal, *argv: str, stdin: bytes = b"") -> list[str]:
    """The states of the line while a command runs whose standard output is no terminal."""
    out = io.TextIOWrapper(io.BytesIO())
    streams = {"stdin": io.TextIOWrapper(io.BytesIO(stdin)), "stdout": out, "stderr": terminal.stream}
    with (
        mock.patch.dict(os.environ, clean({"COLUMNS": "90", "NO_COLOR": "1"}), clear=True),
        mock.patch.multiple(sys, **streams),
    ):
        assert main(list(argv)) == 0
    return terminal.lines()


LAST = re.compile(r"\S? *━{20} ([\d,]+) rows \([\d,]+/s\) \d:\d\d:\d\d left 0:00:00")
COMMANDS = {
    "mean": (["w*x", "w=2", "--data", "a.csv", "--no-check"], "40,000"),
    "two files": (["w*x", "w=2", "--data", "a.csv", "--data", "a.jsonl", "--no-check"], "80,000"),
    "packed": (["w*x", "w=2", "--data", "a.csv.gz", "--no-check"], "40,000"),
    "parquet": (["w*x", "w=2", "--data", "a.parquet", "--no-check"], "40,000"),
    "every row": (["w*x", "w=2", "--data", "a.csv", "--reduce", "none"], "40,000"),
    "limit": (["w*x", "w=2", "--data", "a.csv", "--limit", "9000", "--no-check"], "9,000"),
}


@pytest.mark.parametrize(("argv", "rows"), COMMANDS.values(), ids=COMMANDS)
def test_a_terminal_is_told_how_many_rows_and_how_long_still(terminal, argv, rows):
    states = shown(terminal, "batch", *argv)
    last = LAST.fullmatch(states[-1])
    assert last, states
    assert last[1] == rows


def test_reading_for_a_descent_is_told_too(terminal):
    states = shown(terminal, "descend", "w*x", "w=2", "--data", "a.csv", "--steps", "1", "--no-check", "-q")
    last = [line for line in states if LAST.fullmatch(line)]
    assert last, states
    assert "40,000 rows" in last[-1]


def test_of_standard_input_no_end_is_told(terminal):
    states = shown(terminal, "batch", "w*x", "w=2", "--data", "-", "--no-check", stdin=b"x\n" + b"1\n" * ROWS)
    assert "40,000 rows" in states[-1]
    assert "left" not in "".join(states)


def test_what_is_done_at_once_shows_nothing(terminal, monkeypatch):
    monkeypatch.setattr(progress, "_WAIT", 600)
    assert shown(terminal, "batch", "w*x", "w=2", "--data", "a.npz", "--no-check") == []
