# ruff: noqa: INP001  # a script beside the pages it writes, not a module of a package
"""Writes the pages that are read off the program's own tables: gates.md, and the list of codes in errors.md.

Run ``python docs/make_pages.py`` after a change of the gate table or of the catalogue; a test says when it is needed.
"""

from __future__ import annotations

from pathlib import Path

from backprop_cli.catalogue.topics import codes, exits
from backprop_cli.gates import GATES, Gate
from backprop_cli.gates.array_table import ARRAY_GATES, ArrayGate

DOCS = Path(__file__).resolve().parent
BEGIN, END = "<!-- begin: made by make_pages.py -->\n", "<!-- end -->\n"
_GATE_CODES = ("domain", "slope", "overflow", "kink")


def pages() -> dict[Path, str]:
    """Each page's text as it should be."""
    errors = DOCS / "errors.md"
    before, _, rest = errors.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    return {DOCS / "gates.md": _gates(), errors: before + BEGIN + _codes() + END + after}


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_").replace("<", "&lt;")


def _code(*texts: str) -> str:
    return ", ".join(f"`{text}`" for text in texts if text)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _local(gate: Gate) -> str:
    return "; ".join(
        (_code(slope.text) if slope.text else "none") + (f" ({_cell(slope.need)})" if slope.need else "")
        for slope in gate.slopes
    )


def _written(gate: Gate) -> str:
    given = ", ".join(f"{name} = {text}" for name, text in zip(gate.params[-len(gate.defaults) :], gate.defaults))  # noqa: B905  # without defaults there is nothing to pair
    also = f", also {_code(*gate.aliases)}" if gate.aliases else ""
    return f"{_code(gate.form)}{also}" + (f"; {given} if left out" if gate.defaults else "")


def _gates() -> str:
    rows = [
        (f"`{gate.name}`", _written(gate), _code(gate.value), _local(gate), _cell(gate.need)) for gate in GATES.values()
    ]
    kinks = [(f"`{gate.name}`", _code(gate.kink), _cell(gate.convention)) for gate in GATES.values() if gate.kink]
    does = [(f"`{gate.name}`", _cell(gate.intuition)) for gate in GATES.values()]
    return (
        _HEAD.format(count=len(GATES))
        + _table(("name", "written", "value", "local gradients", "needs"), rows)
        + "\n## Kinks\n\nWhere a gate has a value but no single slope, a convention answers; the report says so.\n\n"
        + _table(("name", "where", "convention"), kinks)
        + "\n## What each does to a gradient\n\n"
        + _table(("name", "does"), does)
        + _arrays()
    )


def _arrays() -> str:
    gates = ARRAY_GATES.values()
    rows = [(f"`{gate.name}`", _array_form(gate), _pullbacks(gate), _cell(gate.elements)) for gate in gates]
    needs = [(f"`{gate.name}`", _cell(gate.need or gate.slope_need)) for gate in gates if gate.need or gate.slope_need]
    kinks = [(f"`{gate.name}`", _code(gate.kink), _cell(gate.convention)) for gate in gates if gate.kink]
    does = [(f"`{gate.name}`", _cell(gate.intuition)) for gate in gates]
    return (
        _ARRAY_HEAD.format(count=len(ARRAY_GATES))
        + _table(("name", "written", "sends back", "its elements"), rows)
        + "\n### What arrays need\n\n"
        + _table(("name", "needs"), needs)
        + "\n### Kinks of array gates\n\n"
        + _table(("name", "where", "convention"), kinks)
        + "\n### What each array gate does to a gradient\n\n"
        + _table(("name", "does"), does)
    )


def _array_form(gate: ArrayGate) -> str:
    words = {1: "vector", 2: "matrix"}
    ranks = f" ({', '.join(words[rank] for rank in gate.ranks)})" if gate.ranks is not None else ""
    return _code(gate.form) + ranks + (f", also {_code(*gate.aliases)}" if gate.aliases else "")


def _pullbacks(gate: ArrayGate) -> str:
    pairs = zip(gate.params, gate.pullbacks, strict=True)
    return "; ".join(_code(f"d{name} = {text}") if text else f"d{name}: none" for name, text in pairs)


_ARRAY_HEAD = """
## Arrays

Every gate above works on arrays element by element, with NumPy's broadcasting; what was repeated on the way forward is
summed on the way back. The {count} rows below take or give whole arrays. `dz` is the gradient that arrives at the
output `z`; `axis`, `index` and `shape` are what the gate was told (`shape` is that of `x`), `count` how many elements
were taken together. `expand(dz, axis)` gives a gradient the axis back that was taken away, `others(x, axis)` is for
each element the product of the others, `put(dz, index, shape)` puts a part back in its place among zeros, and
`part(dz, axis)` takes from a joined array what came from this input. The check writes every gate out in the scalar
gates that its elements are made of.

"""


_HEAD = """# Gates

This page is written by `docs/make_pages.py` from the gate table, `backprop_cli/gates/`; do not edit it.
`backprop gates` prints the same table, `backprop gates NAME` one gate with an example, `backprop gates --json` all.

There are {count} gates. Rules are text in the calculator's own language: `x`, `y` … are the gate's inputs, `z` is its
cached output, and `n`, for `max` and `min`, is how many inputs equal the output. A gate without a value rule is a
primitive: each arithmetic provides it under its name. There is one local gradient for each input, in order; a
condition in parentheses says where it exists if that is less than the domain.

"""


def _codes() -> str:
    known = codes()
    made = {f"{kind}.{gate}" for kind in _GATE_CODES for gate in (*GATES, *ARRAY_GATES)}
    rows = [(f"`{code}`", exits(code), _cell(topic.title)) for code, topic in known.items() if code not in made]
    table = _table(("code", "exit code", "meaning"), rows)
    parts = [f"{table}\n"]
    for kind, words in _KINDS.items():
        gates = [f"`{kind}.{gate}`" for gate in GATES if f"{kind}.{gate}" in known]
        listed = "every gate has one" if len(gates) == len(GATES) else ", ".join(gates)
        parts.append(f"* {words}: {listed}.\n")
    return "\n" + "".join(parts) + "\n"


_KINDS = {
    "domain": "`domain.GATE`, exit code 4, the gate has no value there",
    "slope": "`slope.GATE`, exit code 4, it has a value and no finite slope there",
    "overflow": "`overflow.GATE`, exit code 4, its value leaves the range of numbers",
    "kink": "`kink.GATE`, a warning, it stands on its kink",
}


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, "utf-8")
