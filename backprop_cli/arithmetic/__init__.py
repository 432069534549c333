"""The number systems in which one circuit can be run; each loads its library on first use."""

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.arithmetic.protocol import Arithmetic

__all__ = ["Arithmetic", "Float64"]
