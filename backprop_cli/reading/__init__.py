"""Text → circuit, as typed, and back: nothing that a user wrote is ever evaluated as Python."""

from backprop_cli.reading.statements import read

__all__ = ["read"]
