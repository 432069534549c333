"""A circuit as a staged program: the forward pass and the backward pass, one line a gate, in each of several languages.

``program.py`` writes it for no language in particular, out of the gate table's own rules; a module a language prints
it. Nothing here computes a number: those in comments and checks are the report's.
"""
