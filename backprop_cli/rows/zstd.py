"""Bytes that are packed by zstd, unpacked by pyarrow."""

from __future__ import annotations

from typing import BinaryIO, cast

import pyarrow as pa


def unpacked(file: BinaryIO) -> BinaryIO:
    """The bytes behind those of a file."""
    return cast("BinaryIO", pa.CompressedInputStream(pa.PythonFile(file, "r"), "zstd"))
