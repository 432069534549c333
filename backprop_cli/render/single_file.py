"""What every page that is one file has: its assets without what their readers here need, its policy, and its data.

Style and script are allowed by their hashes alone (Content-Security-Policy). Data stand in a block as JSON in which no
character can end the block; where there is much of it, it is packed.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import Any

_PLAIN = 8_000
_UNSAFE = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def asset(package: str, name: str) -> str:
    """A file of a page, without indentation and without the lines of comment."""
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def policy(style: str, script: str = "") -> str:
    """The policy that allows this style, this script if there is one, and nothing else."""
    scripts = f" script-src {_hash(script)};" if script else ""
    return f"default-src 'none'; style-src {_hash(style)};{scripts} base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def block(data: dict[str, Any]) -> str:
    """The data as an element: JSON, or where there is much of it JSON deflated."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if len(text) <= _PLAIN:
        return f'<script type="application/json" id="data">{text.translate(_UNSAFE)}</script>'
    packed = b64encode(zlib.compress(text.encode(), 9)).decode()
    return f'<script type="application/zlib" id="data">{packed}</script>'
