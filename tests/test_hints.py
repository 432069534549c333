"""What a new user types first, and what the calculator says to it; names in other spellings; shared points."""

from __future__ import annotations

import json

import pytest
from command import backprop

from backprop_cli import Refused, differentiate, point


def test_values_that_nothing_uses_are_not_read(tmp_path, monkeypatch):
    read = []
    honest = point.read
    monkeypatch.setattr(point, "read", lambda text, **options: read.append(text) or honest(text, **options))
    shared = {f"v{i}": "1/0 +" if i else "2" for i in range(3_000)} | {"z": "3"}
    (tmp_path / "shared.json").write_text(json.dumps(shared))
    ran = backprop("v0*x", "x=3/1", "--at", str(tmp_path / "shared.json"), "-q", "--no-check")
    assert (ran.out, ran.code) == ("3.0\n2.0\n", 0)
    assert read == ["3/1", "2"]
    assert "error[syntax.operand]" in backprop("v1*z", "--at", str(tmp_path / "shared.json")).err


def test_the_micro_sign_is_the_greek_letter_everywhere(tmp_path):
    micro, mu = "\u00b5", "\u03bc"
    assert differentiate(f"{mu}^2", {micro: 3}).gradient == {mu: 6.0}
    (tmp_path / "p.json").write_text(json.dumps({micro: 3}))
    ran = backprop(f"{mu}^2*x", "x=1", "--at", str(tmp_path / "p.json"), "--wrt", micro, "-q")
    assert (ran.out, ran.code) == ("6.0\n", 0)
    (tmp_path / "p.json").write_text(json.dumps({micro: 3, mu: 4}))
    assert "error[point.twice]" in backprop(mu, "--at", str(tmp_path / "p.json")).err
    with pytest.raises(Refused, match="two values"):
        differentiate(mu, {micro: 3, mu: 4})


@pytest.mark.parametrize("names", ["", ",", " , "])
def test_an_empty_list_of_names(names):
    ran = backprop("x*y", "x=1", "y=2", "--wrt", names)
    assert (ran.said, ran.code) == ("error[usage.wrt]: --wrt names nothing", 2)
