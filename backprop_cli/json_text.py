"""Strangers' JSON as values: the only reader of it. What the members mean, and how an error is told, is not known here.

A number stays the text that was typed, so that none is rounded or takes long; ``NaN`` and its kind are marked. Half a
surrogate pair, which an escape can write and no encoding can, becomes U+FFFD. How long a text may be is asked where its
file is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache

Members = Callable[[list[tuple[str, object]]], object]

_ESCAPED = re.compile(
    r"\\\\|\\u[dD][89aAbB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)


class Literal(str):
    """A number as typed."""

    __slots__ = ()


class NotFinite(str):
    """``NaN`` or an infinity, as typed."""

    __slots__ = ()


class BadJsonError(Exception):
    """Why a text is no JSON in a few words, and the character where that is seen; None if it is no single place."""

    def __init__(self, says: str, at: int | None = None) -> None:
        super().__init__(says)
        self.says, self.at = says, at


_DEEP = "nested too deeply"


def unique(members: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose names are all different."""
    found = dict(members)
    if len(found) < len(members):
        raise BadJsonError("a name stands twice in an object")
    return found


def value_of(text: str, members: Members = unique) -> object:
    """The value of a text; ``members`` makes an object of its names and values, in their order.

    Raises ``BadJsonError``, and what ``members`` raises.
    """
    try:
        return _decoder(members).decode(_ESCAPED.sub(_whole, text) if "\\u" in text else text)
    except json.JSONDecodeError as error:
        raise BadJsonError(error.msg.lower(), min(error.pos, len(text))) from None
    except RecursionError:
        raise BadJsonError(_DEEP) from None


@lru_cache(maxsize=8)
def _decoder(members: Members) -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=members, parse_float=Literal, parse_int=Literal, parse_constant=NotFinite)


def _whole(escape: re.Match[str]) -> str:
    return "\\ufffd" if escape["half"] else escape[0]
