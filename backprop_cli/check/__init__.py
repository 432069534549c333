"""The independent oracle: what each gradient must be, found without the backward pass, and the verdict."""

from backprop_cli.check.oracle import check
from backprop_cli.check.verdict import Check, Verdict

__all__ = ["Check", "Verdict", "check"]
