"""A student's answers to a question about arrays: each component judged as a number, one opinion an array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import prod

from numpy import ndindex

from backprop_cli import limits
from backprop_cli.gates.array_row import Shape
from backprop_cli.gates.array_shapes import shown
from backprop_cli.grading.answer_judging import SettledAnswers, judge, unreadable
from backprop_cli.grading.answer_reading import without_title
from backprop_cli.grading.arrays.answer_grid import AnswerGrid, grid
from backprop_cli.grading.arrays.array_names import component
from backprop_cli.grading.arrays.array_question import ArrayAsk, ArrayQuestion, canonical
from backprop_cli.grading.arrays.folding import folded
from backprop_cli.grading.files.answers import Answer
from backprop_cli.grading.handwriting import plainly, says_no_value, sides
from backprop_cli.grading.opinion import Opinion, Said, invalid
from backprop_cli.problems import Diagnostic, Refused

_LEFT_OPEN = frozenset({"null", "none", "?", "_"})


@dataclass
class _Sheet:
    """What was answered to one quantity: its components' answers, or why there are none."""

    ask: ArrayAsk
    cells: list[Answer] = field(default_factory=list)
    typed: str | None = None
    below: int | None = None
    refused: Opinion | None = None
    said: tuple[Said, ...] = ()
    grid: AnswerGrid | None = None
    settled: SettledAnswers = field(default_factory=dict)


def judge_arrays(question: ArrayQuestion, answers: Sequence[Answer]) -> tuple[tuple[Opinion, ...], tuple[Said, ...]]:
    """An opinion for everything asked, in the order asked, then for what nobody asked; and the mistakes named."""
    sheets, rest, unasked = _sheets(question, answers)
    cells = [cell for sheet in sheets if sheet.refused is None for cell in sheet.cells]
    beside = [cell for sheet in unasked if sheet.refused is None for cell in sheet.cells]
    settled = {known: one for sheet in (*sheets, *unasked) for known, one in sheet.settled.items()}
    judged, hints = judge(question.elements, cells, beside, settled)
    parts, more = judged[: len(question.elements.asks)], judged[len(question.elements.asks) :]
    found, begin = [], 0
    for sheet in sheets:
        size = len(sheet.ask.cells)
        own, begin = parts[begin : begin + size], begin + size
        found.append(sheet.refused or folded(sheet.ask, own, sheet.typed, sheet.below, sheet.said))
    misshapen = [(sheet.ask, sheet.grid) for sheet in sheets if sheet.grid is not None]
    named = question.mistakes.explain(question.elements, parts, misshapen)
    return (*found, *rest, *more), named or hints


def _sheets(question: ArrayQuestion, answers: Sequence[Answer]) -> tuple[list[_Sheet], list[Opinion], list[_Sheet]]:
    """The answers by what is asked, the opinions on those that nobody asked for, and what these say."""
    sheets = [_Sheet(ask) for ask in question.asks]
    given: dict[int, list[Answer]] = {}
    rest, unasked = list[Opinion](), list[_Sheet]()
    for answer in answers:
        meant = question.meant(answer.name)
        own = next((at for at, ask in enumerate(question.asks) if meant == ask.asked), None)
        if own is not None:
            given.setdefault(own, []).append(answer)
            continue
        home = next((one for one in sheets if meant and one.ask.asked == replace(meant, index=None)), None)
        cell = home.ask.cell(meant.index) if home is not None and meant and meant.index is not None else None
        if home is None or cell is None:
            rest.append(_extra(question, answer, home))
            unasked += _unasked(question, answer) if home is None else ()
        else:
            home.cells.append(replace(answer, name=canonical(question.elements, cell)))
    for at, several in given.items():
        rest += _whole(question, sheets[at], several)
    return sheets, rest, unasked


def _unasked(question: ArrayQuestion, answer: Answer) -> Sequence[_Sheet]:
    """An answer that nobody asked for, and others may name."""
    ask = question.unasked(answer.name)
    if ask is None:
        return ()
    sheet = _Sheet(ask)
    _whole(question, sheet, [answer])
    return (sheet,)


def _extra(question: ArrayQuestion, answer: Answer, home: _Sheet | None) -> Opinion:
    meant = question.meant(answer.name)
    if home is not None:
        said = f"{home.ask.name} is {shown(home.ask.shape)}, and has no such component"
    elif meant is not None:
        said = "this quantity is not asked for"
    elif answer.name in question.circuit.inputs:
        said = f"its value is given; its gradient is called d{answer.name}"
    else:
        near = question.names.near(answer.name)
        said = "no quantity of this name" + (f"; did you mean {near}?" if near else "")
    return Opinion(answer.name, "extra", answer.text, said=(Said("answer.extra", said),), below=answer.below)


def _whole(question: ArrayQuestion, sheet: _Sheet, answers: Sequence[Answer]) -> list[Opinion]:
    """Take in what was answered to an array as a whole; returns the opinions on further answers to it."""
    first, *others = answers
    ask = sheet.ask
    sheet.typed, sheet.below = first.text, first.below
    plain = Opinion(ask.name, "missing", first.text, weight=ask.weight, below=first.below)
    twice = Said("answer.twice", f"{ask.name} is answered {len(answers)} times")
    if any(other.text.strip() != first.text.strip() for other in others):
        differ = replace(twice, message=f"{twice.message}, and not alike")
        sheet.refused = replace(plain, word="duplicate", said=(differ,))
    else:
        _spread(question, sheet, first, plain)
    return [Opinion(ask.name, "duplicate", other.text, said=(twice,), below=other.below) for other in others]


def _spread(question: ArrayQuestion, sheet: _Sheet, answer: Answer, plain: Opinion) -> None:
    """Give each component its part of an answer."""
    try:
        texts = _texts(question, sheet, answer)
    except Refused as refused:
        sheet.refused = invalid(plain, refused.problems[0])
        return
    if texts is None:
        sheet.refused = replace(plain, word="wrong", said=sheet.said)
    for cell, text in zip(sheet.ask.cells, texts or (), strict=False):
        name = canonical(question.elements, cell)
        sheet.cells.append(Answer(name, text, answer.below, answer.problem))


def _texts(question: ArrayQuestion, sheet: _Sheet, answer: Answer) -> Sequence[str] | None:
    """The text of each component; None where the shape is another, nothing where the answer was left open."""
    ask, text = sheet.ask, _statement(answer.text)
    if not ask.shape:
        return [answer.text]
    if answer.problem is not None:
        raise Refused(answer.problem)
    if not text or says_no_value(text):
        return [text] * len(ask.cells) if text else []
    parts = without_title(sides(text))
    found = _joined([grid(part) or _formula(question, part) for part in parts])
    if found.shape == ask.shape and not any(map(grid, parts)):
        settled = question.whole.settled(ask, parts[0]) if len(parts) == 1 else question.whole.all_settled(ask, parts)
        sheet.settled = settled
    if found.shape != ask.shape:
        sheet.said = (_misshapen(question, ask, found.shape),)
        if found.squeezed != AnswerGrid(ask.shape, ()).squeezed:
            sheet.grid = found
            return None
    return ["" if one.lower() in _LEFT_OPEN else one for one in found.texts]


def _statement(text: str) -> str:
    """An answer without a comment behind it, and without the sign that ends a statement."""
    return plainly(text.partition("#")[0]).rstrip("; \t\n")


def _joined(parts: Sequence[AnswerGrid]) -> AnswerGrid:
    """The sides of = as one grid, whose components are equations; of another shape if a side is."""
    odd = next((part for part in parts if part.shape != parts[0].shape), None)
    if len(parts) == 1 or odd is not None:
        return odd or parts[0]
    return AnswerGrid(parts[0].shape, tuple(" = ".join(texts) for texts in zip(*(p.texts for p in parts), strict=True)))


def _formula(question: ArrayQuestion, text: str) -> AnswerGrid:
    """A formula for all components as one for each. Raises ``Refused`` if it cannot be read, or there are too many."""
    shape, nodes = question.reader.shape(text), len(question.elements.circuit.nodes)
    if nodes > limits.FORMULA_NODES:
        message = f"written out, the expression has {nodes:,} gates; formulas are judged up to {limits.FORMULA_NODES:,}"
        raise Refused(Diagnostic("limit.formula", message, "answer with numbers"))
    if prod(shape) > limits.FORMULA_COMPONENTS:
        message = (
            f"a formula for {prod(shape):,} components; at most {limits.FORMULA_COMPONENTS:,} are judged as functions"
        )
        raise Refused(Diagnostic("limit.formula", message))
    return AnswerGrid(shape, tuple(component(f"({text})", index) for index in ndindex(*shape)))


def unreadable_array(question: ArrayQuestion, answer: Answer) -> Diagnostic | None:
    """Why an answer says nothing, as far as that is known without judging it."""
    meant = question.meant(answer.name)
    if answer.problem is not None or meant is None:
        return answer.problem
    shape = next((ask.shape for ask in question.asks if ask.asked == meant), ())
    text = _statement(answer.text)
    if not shape:
        return unreadable(question.elements, answer)
    try:
        for part in without_title(sides(text)) if text and not says_no_value(text) else ():
            if grid(part) is None:
                question.reader.shape(part)
    except Refused as refused:
        return refused.problems[0]
    return None


def _misshapen(question: ArrayQuestion, ask: ArrayAsk, shape: Shape) -> Said:
    """That an answer has another shape than it should; one that differs by axes of length 1 is judged all the same."""
    whole = ask.asked.whole
    squeezed = AnswerGrid(shape, ()).squeezed == AnswerGrid(ask.shape, ()).squeezed
    if squeezed:
        return Said("answer.shape", f"{shown(shape)} is taken for {shown(ask.shape)}", least="verdict")
    if whole.by is None:
        said = f"{ask.name} is {shown(ask.shape)}, and yours is {shown(shape)}"
    else:
        name = question.circuit.names[whole.by]
        said = f"a gradient has the shape of its variable: {name} is {shown(ask.shape)}, and yours is {shown(shape)}"
    return Said("answer.shape", said, least="verdict")
