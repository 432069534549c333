"""What is installed besides."""

from __future__ import annotations

from backprop_cli.problems import Diagnostic, Refused


def has_pyarrow() -> bool:
    """Whether pyarrow can be loaded; it is not loaded."""
    from importlib.util import find_spec

    return find_spec("pyarrow") is not None


def needs_dask() -> None:
    """Raise ``Refused`` where dask cannot be loaded."""
    from importlib.util import find_spec

    if find_spec("distributed") is None:
        hint = "pip install 'backprop-cli[cluster]'"
        raise Refused(Diagnostic("cluster.package", "--engine dask takes dask, which is not installed here", hint))
