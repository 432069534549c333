"""“Did you mean …?”: the known name that a mistyped one was meant to be."""

from __future__ import annotations

from collections.abc import Iterable

_CUTOFF = 0.6  # of difflib's ratio: below it a suggestion is a guess


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name nearest to ``name``, None if none is near.

    The same letters in other capitals are always near. Of several near names the one of the fewest edits wins.
    """
    from difflib import get_close_matches

    names = list(known)
    folded = next((one for one in names if one.lower() == name.lower()), None)
    if folded is not None:
        return folded
    near = get_close_matches(name, names, n=5, cutoff=_CUTOFF)
    return min(near, key=lambda one: _edits(name, one), default=None)


def meant(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """``did you mean …?`` with the nearest name, or what else helps where none is near."""
    near = nearest(name, known)
    return f"did you mean {near}?" if near else otherwise


def _edits(typed: str, meant: str) -> int:
    from difflib import SequenceMatcher

    changes = SequenceMatcher(None, typed, meant).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in changes if tag != "equal")
