"""What SymPy raises where it loses its way in a form; its precision running out is an ``ArithmeticError``.

A part of this program that asks SymPy for something has an answer for that: another way, or that nothing is known.
"""

LOST = (RecursionError, TypeError, ValueError, NotImplementedError, AttributeError, ArithmeticError)
