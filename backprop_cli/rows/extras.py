"""What is installed besides."""

from __future__ import annotations


def has_pyarrow() -> bool:
    """Whether pyarrow can be loaded; it is not loaded."""
    from importlib.util import find_spec

    return find_spec("pyarrow") is not None
