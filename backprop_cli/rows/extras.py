"""What is installed besides."""

from __future__ import annotations

from backprop_cli.problems import Diagnostic, Refused


def has_pyarrow() -> bool:
    """Whether pyarrow can be loaded, and it is: its newer versions are there and refuse an older NumPy."""
    return not _lack_of_pyarrow()


def needs_pyarrow(code: str, what: str, hint: str) -> None:
    """Raise ``Refused`` where pyarrow cannot be loaded: ``what`` is done by it."""
    lack = _lack_of_pyarrow()
    if lack:
        raise Refused(Diagnostic(code, f"{what} by pyarrow, which {lack}", hint))


def _lack_of_pyarrow() -> str:
    try:
        import pyarrow as _  # noqa: F401, ICN001  # whether it loads is the question
    except ModuleNotFoundError:
        return "is not installed"
    except ImportError as error:
        return f"cannot be loaded: {error}"
    return ""


def needs_dask() -> None:
    """Raise ``Refused`` where dask cannot be loaded."""
    from importlib.util import find_spec

    if find_spec("distributed") is None:
        hint = "pip install 'backprop-cli[cluster]'"
        raise Refused(Diagnostic("cluster.package", "--engine dask takes dask, which is not installed here", hint))
