"""Exact numbers: SymPy holds the form, a ball holds the size, and no sign is guessed.

``numbers`` is the arithmetic; ``forms`` what SymPy is asked to compute, and what is too large to ask; ``enclosure`` a
form as a ball; ``zero`` the proofs that a form is 0; ``tidy`` a form as the reader sees it.
"""

from backprop_cli.arithmetic.exact.exact_numbers import Exact, ExactNumbers

__all__ = ["Exact", "ExactNumbers"]
