"""Homework: a student's answers beside the circuit's own, a verdict on each, and what went wrong.

names → answers → truth → tolerance, formulas → judging → mistakes → key → submissions → grading; nothing here prints.
"""
