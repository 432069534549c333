"""Homework: a student's answers beside the circuit's own, a verdict on each, and what went wrong. Nothing here prints.

names, files/ → reading → truth → tolerance, formulas/ → question → judging, mistakes/ → scoring → telling → records,
keys/ → marking → jobs → summary.
"""
