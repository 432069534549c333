"""Why a descent ends, as data: a word for programs, a sentence for people, and the problem where there is one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from backprop_cli.problems import INTERRUPTED, Diagnostic, Refused

StopWord = Literal["steps", "tol", "standstill", "no value", "overflow", "time", "interrupted"]


@dataclass(frozen=True, slots=True)
class Stop:
    """``exit_code`` is 0 where the descent ended as it was told to, or where there is nothing left to do."""

    word: StopWord
    sentence: str
    problem: Diagnostic | None = None
    exit_code: int = 0


def made(steps: int) -> Stop:
    """All steps were made."""
    return Stop("steps", f"all {steps:,} steps were made" if steps != 1 else "the step was made")


def converged(size: float, tol: float) -> Stop:
    """The gradient is small enough."""
    return Stop("tol", f"no part of the gradient is larger than {tol:g}: the largest is {size:.3g}")


def standstill(step: int, *, flat: bool) -> Stop:
    """A step moved nothing, and so no other will."""
    why = "the gradient is 0 here" if flat else "the steps are too small to change a double"
    return Stop("standstill", f"step {step:,} moved nothing: {why}")


def no_value(step: int, refused: Refused) -> Stop:
    """The new point has no value, or no gradient."""
    problem = refused.problems[0]
    hint = problem.hint or "a smaller --lr takes smaller steps"
    if problem.code.startswith("overflow."):
        hint = "a smaller --lr takes smaller steps"
    placed = replace(problem, message=f"step {step:,} leads nowhere: {problem.message}", hint=hint)
    return Stop("no value", f"step {step:,} leads to a point without a value", placed, refused.exit_code)


def without_digits(refused: Refused) -> Refused:
    """The same, without the advice to take more digits: a descent has doubles."""
    kept = (replace(one, hint="") if one.hint.startswith("--digits") else one for one in refused.problems)
    return Refused(*kept, exit_code=refused.exit_code)


def lost(name: str, step: int) -> Stop:
    """A parameter left the range of doubles."""
    message = f"step {step:,} takes {name} out of the range of doubles"
    problem = Diagnostic("overflow.step", message, "a smaller --lr takes smaller steps")
    return Stop("overflow", message, problem, Refused(problem).exit_code)


def time_up(seconds: float) -> Stop:
    """The time for all steps is over."""
    message = f"the steps took longer than {seconds:g} s"
    problem = Diagnostic("limit.time", message, "--max-seconds gives them more")
    return Stop("time", message, problem, Refused(problem).exit_code)


def interrupted() -> Stop:
    """Ctrl-C."""
    return Stop("interrupted", "interrupted", None, INTERRUPTED)
