"""Formulas as answers: the quantity as a function, points on all sides of its kinks, and a comparison at each.

quantity_function → candidates, borders → search → samples → comparison, branches, proof → equality.
"""
