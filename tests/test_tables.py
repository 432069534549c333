"""Tables: every printer of the same rows and columns, read by a reader that is not ours."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from backprop_cli.render.safe_text import width
from backprop_cli.render.tables import csv_tables, markdown_tables, plain_tables, terminal_tables
from backprop_cli.render.tables.screens import Screen
from backprop_cli.render.tables.shown import shown
from backprop_cli.render.tables.tabular import Cell, CellPart, Column, Table, code, ours, said
from backprop_cli.render.tables.terminal_tables import printed, table
from backprop_cli.render.tables.text_lines import line, prose

PLAIN = st.text(st.sampled_from("ab 漢é|="), max_size=12)
PIPE = Screen(None, color=False, unicode=True)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Zl", "Zp")), max_size=12)
COLUMNS = (
    Column("name"),
    Column("value", "number"),
    Column("formula", "formula", optional=True),
    Column("relative error", "figure", short="error", optional=True),
)


def drawn(made: Table, screen: Screen = PIPE) -> list[str]:
    return printed([table(made, screen)], screen).splitlines()


def row(name: str, value: str, formula: str = "", error: str = "") -> tuple[Cell, ...]:
    return code(name), code(value), code(formula), ours(error)


def test_numbers_end_below_each_other_and_columns_that_say_nothing_are_left_out():
    made = Table(COLUMNS, (row("x", "-2.0"), row("yy", "1e-10")))
    assert drawn(made) == ["name   value", "────────────", "x       -2.0", "yy     1e-10"]
    assert drawn(made, Screen(80, color=False, unicode=False))[1] == "-----+------"


@pytest.mark.parametrize("columns", [100, 80, 59, 50, 40])
def test_a_number_is_rounded_and_a_formula_cut_until_the_line_fits(columns):
    made = Table(COLUMNS, (row("parameter", "-2.123456789012345678", "x*y + " * 30, "1e-17"),))
    head, _, line = drawn(made, Screen(columns, color=False, unicode=True))
    assert width(line) <= columns
    assert ("relative error" in head) == (columns >= 60)
    assert ("-2.12345678901234568" in line, "-2.123456789" in line) == (columns >= 90, columns > 40)
    assert "-2.123" in line
    assert "x*y + x" in line
    assert "…" in line


@settings(max_examples=15)
@given(st.lists(st.tuples(PLAIN, PLAIN), min_size=1, max_size=5))
def test_a_long_table_looks_like_a_short_one(rows):
    """A table of very many rows is set by hand: the same lines as rich's, for cells that are as wide."""
    columns = Column("one"), Column("two", "figure")
    cells = tuple((code(one), ours(two)) for one, two in rows)
    widest = max(cells, key=lambda row: width(row[0].text)), max(cells, key=lambda row: width(row[1].text))
    few = drawn(Table(columns, (*widest, *cells)))
    many = drawn(Table(columns, (*widest, *cells * 301)))
    assert many[: len(few)] == few


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=4))
@example([("|a|", "`|`", "\\|"), ("<b>", "@you", "&lt; ~x~ *y*")])
def test_nothing_in_a_markdown_table_is_markup(rows):
    """As GitHub's parser reads it: as many rows and cells as there are, and no markup but code."""
    columns = Column("a|b"), Column("value", "number"), Column("@all")
    cells = tuple(
        (code(one), said(two), Cell((CellPart(three, "said"), CellPart(one, "code")))) for one, two, three in rows
    )
    tokens = (
        MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown_tables.table(Table(columns, cells)))
    )
    assert sum(token.type == "tr_open" for token in tokens) == 1 + len(rows)
    assert sum(token.type in ("td_open", "th_open") for token in tokens) == 3 * (1 + len(rows))
    inner = {child.type for token in tokens for child in token.children or ()}
    assert inner <= {"text", "code_inline", "text_special"}
    assert {token.attrs.get("style") for token in tokens if token.type == "td_open"} == {None, "text-align:right"}


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=4), max_size=4), st.sampled_from(",;\t"))
def test_csv_is_read_back_a_carriage_return_too(rows, separator):
    text = csv_tables.lines(rows, separator=separator)
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=separator)) == rows


HARMLESS = [
    ("=1+1", "'=1+1"), ("@you", "'@you"), ("-x", "'-x"), ("+a", "'+a"), ("＝1", "'＝1"),
    ("-1.5e-3", "-1.5e-3"), ("+2", "+2"), ("x=1", "x=1"), ("", ""), ("-1-1", "'-1-1"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "cell"), HARMLESS)
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(text, cell):
    assert csv_tables.harmless(text) == cell


@given(TEXTS, st.integers(1, 12))
def test_a_text_is_cut_and_filled_to_a_width(text, size):
    cut = plain_tables.cut(text, size)
    assert width(cut) <= size
    assert width(plain_tables.filled(cut, size)) == width(plain_tables.filled(cut, size, right=True)) == size


WORDS = st.text("abz09 .-é日本α∂", max_size=12)
CELLS = st.builds(lambda text, role: Cell((CellPart(text),), role), WORDS, st.sampled_from(["", "value", "doubt"]))
KINDS = st.sampled_from(["word", "number", "figure", "formula", "prose"])


@st.composite
def tables(draw):
    headings = WORDS.map(lambda text: " ".join(text.split())).filter(bool)
    column = st.builds(Column, headings, KINDS, least=st.integers(0, 9))
    columns = draw(st.lists(column, min_size=1, max_size=4))
    rows = draw(st.lists(st.tuples(*[CELLS] * len(columns)), min_size=1, max_size=4))
    return Table(tuple(columns), tuple(rows))


@given(parts=st.lists(tables() | st.builds(prose, WORDS) | st.builds(line, WORDS), max_size=3), unicode=st.booleans())
def test_a_pipe_gets_by_hand_what_rich_would_write(parts, unicode):
    pipe = Screen(None, color=False, unicode=unicode)
    by_rich = terminal_tables.printed((terminal_tables.part(each, pipe) for each in parts), pipe)
    assert shown(parts, pipe) == by_rich
