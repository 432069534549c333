"""Naming the mistake: the backward pass again with one rule broken, beside a student's whole vector of answers.

slopes, table (which mistakes there are) → sweep (what comes of each) → choice, whole (which of them give the answers) →
explain (what is said). A mistake is never claimed: the answers are "consistent with" it.
"""

from backprop_cli.grading.mistakes.explanation import Explanation, NumericAnswer
from backprop_cli.grading.mistakes.naming import Found, Mistakes

__all__ = ["Explanation", "Found", "Mistakes", "NumericAnswer"]
