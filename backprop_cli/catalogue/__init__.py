"""The page of every code, for ``backprop explain``."""
