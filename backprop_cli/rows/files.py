"""What ``--data`` names: files, patterns and folders → the data files in order, and of what form each is.

Nothing is opened here. A form follows from the ending of a name; standard input and unknown endings are text, in which
``text_files.py`` tells JSON Lines from a table.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from backprop_cli import limits
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.rows.extras import needs_pyarrow

STDIN = "-"
_REMOTE = "://"
TEXT = "text"
_FORMS = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet",
    ".pq": "parquet", ".feather": "feather", ".arrow": "feather", ".npy": "npy", ".npz": "npz",
}  # fmt: skip
_PACKED = {".gz": "gz", ".zst": "zst"}
ENDINGS = " and ".join(", ".join(f".{form}" for form in dict.fromkeys(_FORMS.values())).rsplit(", ", 1))
"""The endings of data files, for a sentence: one of each form."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file: where it is (``-`` is standard input), its form, and how it is packed (``""``, ``gz``, ``zst``)."""

    path: str
    form: str
    packed: str

    @property
    def is_remote(self) -> bool:
        """Whether it is behind an address."""
        return _REMOTE in self.path

    @property
    def reopens(self) -> bool:
        """Whether it can be read again from its beginning, as standard input and pipes cannot."""
        return self.is_remote or Path(self.path).is_file()

    @property
    def name(self) -> str:
        """What the reader of a message calls it."""
        return "standard input" if self.path == STDIN else self.path


def data_file(path: str) -> DataFile:
    """The file of that name, which need not exist."""
    ending = Path(path).suffix.lower()
    packed = _PACKED.get(ending, "")
    inner = Path(path).with_suffix("").suffix.lower() if packed else ending
    return DataFile(path, _FORMS.get(inner, TEXT), packed)


def looks_like_data(word: str) -> bool:
    """Whether a word of a command line is a data file that a shell's pattern brought there."""
    return "=" not in word and data_file(word).form != TEXT and Path(word).is_file()


def found(names: Sequence[str]) -> tuple[DataFile, ...]:
    """The files that the names mean, in that order. Raises ``Refused`` for a name without a file, or twice the same."""
    files = [file for name in names for file in _meant(name)]
    seen: dict[str, str] = {}
    for file in files:
        place = file.path if file.path == STDIN or file.is_remote else str(Path(file.path).resolve())
        if place in seen:
            raise Refused(Diagnostic("data.twice", f"{file.name} is read twice", "name every file once"))
        seen[place] = file.path
    return tuple(files)


def _meant(name: str) -> Iterator[DataFile]:
    if _REMOTE in name:
        yield from _behind(name)
    elif name == STDIN or (Path(name).exists() and not Path(name).is_dir()):
        yield data_file(name)
    elif Path(name).is_dir():
        yield from _inside(name)
    else:
        paths = sorted(path for path in glob.glob(name, recursive=True) if Path(path).is_file())  # noqa: PTH207  # a pattern of the user's, absolute or not
        if not paths:
            reason = "no file fits this pattern" if glob.has_magic(name) else "no such file or directory"
            raise Refused(Diagnostic("input.file", f"{name} cannot be read: {reason}"))
        yield from map(data_file, paths)


def _behind(address: str) -> Iterator[DataFile]:
    """The file behind an address, or those in a folder there."""
    needs_pyarrow("data.form", f"{address} is read", "pip install 'backprop-cli[data]'")
    from backprop_cli.rows.remote import listed

    files = [data_file(one) for one in listed(address)]
    yield from files if len(files) == 1 else (file for file in files if file.form != TEXT)


def _inside(folder: str) -> Iterator[DataFile]:
    """The data files of a folder and of those in it, by name; hidden ones are none."""
    files = sorted((file for path in _walked(folder) if (file := data_file(path)).form != TEXT), key=_path)
    if not files:
        raise Refused(Diagnostic("data.file", f"{folder} holds no data file", f"data are read from {ENDINGS}"))
    yield from files


def _path(file: DataFile) -> str:
    return file.path


def _walked(folder: str) -> Iterator[str]:
    """The paths of all files below a folder. Raises ``Refused`` where there are too many to be data."""
    count = 0
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        count += len(folders) + len(names)
        if count > limits.FOLDER_FILES:
            message = f"{folder} holds more than {limits.FOLDER_FILES:,} files and folders"
            raise Refused(Diagnostic("limit.files", message, "name the folder in which the data are"))
        yield from (str(Path(place) / name) for name in names if not name.startswith("."))
