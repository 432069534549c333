"""Files behind an address, ``s3://bucket/points.parquet``: opened by pyarrow, or by fsspec where pyarrow cannot."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.fs

from backprop_cli.problems import Diagnostic, Refused


def listed(address: str) -> list[str]:
    """The addresses of the files in a folder, by name; of a file its own. Raises ``Refused`` if there is none."""
    system, path = _system(address)
    try:
        info = system.get_file_info(path)
        if info.type != pa.fs.FileType.Directory:
            return [address]
        inside = system.get_file_info(pa.fs.FileSelector(path, recursive=True))
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(address, error) from None
    root = address.rstrip("/")
    names = sorted(one.path.removeprefix(path).lstrip("/") for one in inside if one.type == pa.fs.FileType.File)
    return [f"{root}/{name}" for name in names if not any(part.startswith((".", "_")) for part in name.split("/"))]


def stream(address: str) -> BinaryIO:
    """The bytes of a file from its beginning. Raises ``Refused``."""
    return _opened(address, seekable=False)


def seekable(address: str) -> Any:
    """The bytes of a file, which may be entered anywhere. Raises ``Refused``."""
    return _opened(address, seekable=True)


def _opened(address: str, *, seekable: bool) -> BinaryIO:
    system, path = _system(address)
    try:
        found = system.open_input_file(path) if seekable else system.open_input_stream(path, compression=None)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(address, error) from None
    return cast("BinaryIO", found)


def _system(address: str) -> tuple[Any, str]:
    """The file system and the path in it."""
    try:
        found: tuple[Any, str] = pa.fs.FileSystem.from_uri(address)
    except (pa.ArrowException, OSError) as error:
        return _by_fsspec(address, error)
    return found


def _by_fsspec(address: str, error: Exception) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ModuleNotFoundError:
        raise _unreadable(address, error) from None
    try:
        system, path = url_to_fs(address)
    except (ValueError, ImportError, OSError) as unknown:
        raise _unreadable(address, unknown) from None
    return pa.fs.PyFileSystem(pa.fs.FSSpecHandler(system)), path


def _unreadable(address: str, error: Exception) -> Refused:
    return Refused(Diagnostic("input.file", f"{address} cannot be read: {str(error).splitlines()[0]}"))
