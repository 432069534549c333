"""The one reader of strangers' JSON, and every door it stands behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import backprop
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.json_text import BadJsonError, Literal, NotFinite, value_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def typed(value: object) -> object:
    """A value as Python's own reader has it, numbers as their texts."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, list):
        return [typed(one) for one in value]
    return {key: typed(one) for key, one in value.items()} if isinstance(value, dict) else value


@given(VALUES, st.booleans())
def test_what_python_writes_is_read_and_numbers_stay_as_typed(value, ascii_only):
    assert value_of(json.dumps(value, ensure_ascii=ascii_only)) == typed(value)


READ = [
    ("1" + "0" * 100_000, "1" + "0" * 100_000, Literal),
    ("-1.50E+03", "-1.50E+03", Literal),
    ("-Infinity", "-Infinity", NotFinite),
    (r'"\ud800"', "\ufffd", str),
    (r'"\udc00\ud83d\ude00\ud83d"', "\ufffd😀\ufffd", str),
    (r'"\\ud800"', r"\ud800", str),
    (r'"\\\ud800"', "\\\ufffd", str),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "kind"), READ, ids=[text[:20] for text, *_ in READ])
def test_numbers_what_is_none_and_halves_of_characters(text, value, kind):
    found = value_of(text)
    assert (found, type(found)) == (value, kind)


@given(st.text('\\ud8c0"{}[]:,', max_size=30))
def test_no_text_brings_half_a_character(text):
    try:
        found = value_of(f'"{text}"')
    except BadJsonError:
        return
    str(found).encode()


FAULTS = [
    ("", "expecting value", 0),
    ('{"a": }', "expecting value", 6),
    ("[1 2]", "expecting ',' delimiter", 3),
    ("1 2", "extra data", 2),
    ("[" * 100_000, "nested too deeply", None),
    ('{"a": {"b": 1, "b": 2}}', "a name stands twice in an object", None),
    (r'["\ud800", x]', "expecting value", 11),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says", "at"), FAULTS, ids=[text[:20] for text, *_ in FAULTS])
def test_what_is_wrong_and_where(text, says, at):
    with pytest.raises(BadJsonError) as raised:
        value_of(text)
    assert (raised.value.says, raised.value.at) == (says, at)


HOSTILE = {
    "cut": '{"x": [1',
    "deep": '{"x": ' + "[" * 100_000,
    "twice": '{"x": 1, "x": 2}',
    "half": r'{"\ud800": "\udfff"}',
    "digits": '{"x": ' + "9" * 5_000 + "}",
    "not finite": '{"x": NaN}',
    "list": "[NaN, 1e999]",
    "two": '{"x": 1} {"x": 2}',
}
DOORS = {
    "--at": ("x^2", "--at", "f.json"),
    "an array": ("sum(x)", "x=@f.json"),
    "--data": ("batch", "w*x", "w=1", "--data", "f.jsonl"),
    "--answers": ("check", "x^2", "x=1", "--answers", "f.json"),
    "--compare": ("grade", "key.toml", "s.json", "--compare", "f.json"),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("what", HOSTILE)
def test_every_door_answers_with_a_clear_error(what, door, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("key.toml").write_text('[[problem]]\nid = "a"\nexpression = "x^2"\nat = {x = 1}\n')
    Path("s.json").write_text('{"a": {"dx": 2}}')
    Path("f.json").write_text(HOSTILE[what])
    Path("f.jsonl").write_text(HOSTILE[what] + "\n")
    ran = backprop(*DOORS[door])
    assert ran.code in (1, 3)
    assert ran.err.startswith("error[") or (ran.code == 1 and door == "--answers")
    assert "Traceback" not in ran.err
