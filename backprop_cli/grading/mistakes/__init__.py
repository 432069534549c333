"""Naming the mistake: the backward pass again with one rule broken, beside a student's whole vector of answers.

slopes, table (which mistakes there are) → sweep (what comes of each) → choice, whole (which of them give the answers) →
explain (what is said). A mistake is never claimed: the answers are "consistent with" it.
"""

from backprop_cli.grading.mistakes.explain import Found, Mistakes
from backprop_cli.grading.mistakes.records import Explanation, NumericAnswer

__all__ = ["Explanation", "Found", "Mistakes", "NumericAnswer"]
