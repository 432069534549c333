"""What varies in a problem of a key: ``vary = {x = "-5..5", y = [1, 2, 3]}``, each name with its choices."""

from __future__ import annotations

from collections.abc import Mapping

from backprop_cli import limits
from backprop_cli.engine.point import folded
from backprop_cli.grading.files import trees
from backprop_cli.grading.files.texts import cut
from backprop_cli.grading.keys.fields import Fields
from backprop_cli.grading.varying.ranges import Choices, drawn_from, listed
from backprop_cli.json_text import Literal, NotFinite
from backprop_cli.problems import Diagnostic, Refused

LEAST_SECRET = 8  # characters
_HINT = 'as vary = {x = "-5..5", y = [1, 2, 3]}'


def choices(given: Fields) -> Mapping[str, Choices]:
    """The choices of each name in ``vary``; what is wrong with one is noted, and it counts as left out."""
    inner = given.inner("vary", None)
    found: dict[str, Choices] = {}
    for name, value in inner.table.pairs if inner is not None else ():
        try:
            found[folded(name)] = _choices(name, value)
        except Refused as refused:
            [problem] = refused.problems
            given.wrong(problem.code, "vary", f"{cut(name)} in vary: {problem.message}", problem.hint)
    if inner is not None and not inner.table.pairs:
        given.wrong("key.vary", "vary", "nothing varies", _HINT)
    return found


def _choices(name: str, value: object) -> Choices:
    if isinstance(value, str) and not isinstance(value, Literal | NotFinite):
        return drawn_from(cut(value))
    if not isinstance(value, list) or not value:
        raise Refused(Diagnostic("key.vary", f"it must be a range or an array, and is {trees.kind(value)}", _HINT))
    if len(value) > limits.KEY_CHOICES:
        message = f"it has {len(value):,} values; the limit is {limits.KEY_CHOICES:,}"
        raise Refused(Diagnostic("key.size", message, "a range takes no room"))
    texts = [text for text in map(_text, value) if text is not None]
    if len(texts) < len(value):
        raise Refused(Diagnostic("key.vary", "the array has what is no value", _HINT))
    return listed(texts)


def _text(value: object) -> str | None:
    """A value as it was typed: a number, a text, an array."""
    if isinstance(value, list):
        return trees.as_list(value)
    return str(value) if isinstance(value, str) and not isinstance(value, NotFinite) and value.strip() else None


EXAMPLE_SECRET = "please write another one here"  # noqa: S105  # a secret of nobody
"""That of ``new_key.toml``, which everybody can read."""


def check_secret(top: Fields, secret: str, *, needed: bool) -> None:
    """Note a secret that is missing where numbers vary, or that can be guessed."""
    if not secret and needed and not top.has_wrong("secret"):
        hint = 'write secret = "…" above the first problem, with words that no student can guess, and keep them'
        top.wrong("key.secret", "secret", "numbers vary, and there is no secret to draw them by", hint)
    elif secret and len(secret) < LEAST_SECRET:
        hint = "whoever guesses it knows everybody's numbers"
        top.wrong("key.secret", "secret", f"the secret has fewer than {LEAST_SECRET} characters", hint)


def refuse_given_twice(given: Fields, vary: Mapping[str, Choices], at: tuple[Mapping[str, str], ...]) -> None:
    """Note a name that varies and has a value in ``at``."""
    twice = [name for name in vary if any(name in map(folded, point) for point in at)]
    if twice:
        given.wrong("key.vary", "vary", f"{cut(twice[0])} varies, and has a value in at", "leave one of them out")
