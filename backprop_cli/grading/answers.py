"""What a student answered, as text: from ``-a dx=-4`` words, a JSON object, CSV or ``name = value`` lines.

Nothing is judged here, and no answer is read as a number or a formula: an answer that cannot even be text (an array,
``true``, NaN) carries the problem with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from backprop_cli.problems import Problem


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the name as the student wrote it, its text (empty: left open), and its line in the file.

    ``problem`` says why there is no text to judge; the answer is then ``invalid``.
    """

    name: str
    text: str
    line: int | None = None
    problem: Problem | None = None
