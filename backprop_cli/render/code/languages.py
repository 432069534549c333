"""The languages, by the names that users give them, and the way from a circuit to a text in one of them."""

from __future__ import annotations

import builtins
from collections.abc import Collection
from importlib import import_module
from typing import Any

from backprop_cli.choices import LANGUAGES
from backprop_cli.circuit import Circuit
from backprop_cli.gates import GATES
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.render.code import c
from backprop_cli.render.code.identifiers import is_identifier
from backprop_cli.render.code.program import program
from backprop_cli.render.code.writer import LackingError
from backprop_cli.report.report import Report


def module_of(language: str) -> Any:
    """The file of a language, which has its name: ``LANGUAGE``, its words, and ``render``."""
    return import_module(f"backprop_cli.render.code.{language}")


def render(
    circuit: Circuit, wanted: Collection[str] | None, report: Report | None, language: str, function: str | None
) -> str:
    """The program of a circuit: at the report's point, or as a function, which needs no report.

    ``wanted`` names the variables whose gradients are computed (None: all). Raises ``Refused`` for a gate that the
    language cannot write, and for what cannot be such a function's name or such a variable.
    """
    _known(circuit, wanted)
    if function is not None:
        _function_name(function, language)
    made = program(circuit, wanted, report if function is None else None)
    try:
        text: str = module_of(language).render(made, report, function)
    except LackingError as lacking:
        raise Refused(_lacking(lacking.op, language)) from None
    return text


def _lacking(op: str, language: str) -> Diagnostic:
    others = [name for name in LANGUAGES if module_of(name).LANGUAGE.has(op)]
    hint = f"{', '.join(others)} can write it" if others else "no language here can write it"
    return Diagnostic("code.gate", f"{op} cannot be written in {language}", hint)


def _known(circuit: Circuit, wanted: Collection[str] | None) -> None:
    stages = {stage.name for stage in circuit.stages}
    for name in wanted or ():
        if name in circuit.inputs:
            continue
        hint = f"the gradient of the stage {name} stands in the program" if name in stages else ""
        hint = hint or f"the expression has {', '.join(list(circuit.inputs)[:12]) or 'no variables'}"
        raise Refused(Diagnostic("usage.wrt", f"--wrt takes variables, and {name} is none", hint))


def _function_name(name: str, language: str) -> None:
    taken = {*GATES, *module_of(language).LANGUAGE.reserved}
    taken |= c.LIBRARY if language == "c" else set(dir(builtins))
    if not is_identifier(name):
        problem = Diagnostic("usage.function", f"`{name}` cannot be a function's name", "use letters, digits and _")
    elif name in taken:
        hint = f"{name}_ is free" if f"{name}_" not in taken else "choose another name"
        problem = Diagnostic("usage.function", f"`{name}` has a meaning of its own in {language}", hint)
    else:
        return
    raise Refused(problem)
